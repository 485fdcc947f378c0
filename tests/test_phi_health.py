"""What texts say about somebody's health, and when they speak to everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms.phi import PhiFinding, PhiLabel, Sensitivity
from compliant_sms.phi._audience._health_terms import read_health
from compliant_sms.phi._health._codes import find_codes
from compliant_sms.phi._health._conditions import find_conditions
from compliant_sms.phi._health._medications import find_medications
from compliant_sms.phi._health._procedures import find_procedures
from compliant_sms.phi._health._results import find_results
from compliant_sms.phi._health._sensitivities import care_of, care_of_finding
from compliant_sms.phi._health._specialties import find_specialties
from compliant_sms.phi._known import NOTHING_KNOWN, Known
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._health_data import cues, heads
from compliant_sms.phi._words._health_words import terms_from
from growth import grows

Recognizer = Callable[[View, Known], Iterable[PhiFinding]]

ALL: tuple[Recognizer, ...] = (
    find_codes,
    find_medications,
    find_results,
    find_procedures,
    find_conditions,
    find_specialties,
)

C, M, P = PhiLabel.CONDITION, PhiLabel.MEDICATION, PhiLabel.PROCEDURE
T, S = PhiLabel.TEST_RESULT, PhiLabel.SPECIALTY_HINT


def found(text: str) -> list[tuple[PhiLabel, str]]:
    view = View(text)
    return [
        (finding.label, view.plain[finding.start : finding.end])
        for recognize in ALL
        for finding in recognize(view, NOTHING_KNOWN)
    ]


SAID = [
    ("history of tia", C, "tia"),
    ("TIA", C, "TIA"),
    ("Tía Rosa y mi TIA", C, "TIA"),
    # medicines
    ("Ana, your Farxiga 10 mg is ready", M, "Farxiga 10 mg"),
    ("can i take naproxen w/ this", M, "naproxen"),
    ("need more pantoprazole 40mg pls", M, "pantoprazole 40mg"),
    ("my thyroid meds ran out", M, "thyroid meds"),
    ("the asthma inhaler is empty", M, "asthma inhaler"),
    ("Your second Heplisav dose is due", M, "Heplisav"),
    ("started zibotinib last week", M, "zibotinib"),
    ("Take amoxicillin, then 500 mg twice", M, "500 mg"),
    ("metoprolol 25 or 50?", M, "metoprolol"),
    ("necesito pastillas para la presion", M, "pastillas para la presion"),
    ("on PrEP since may", M, "PrEP"),
    ("tresiba 18 units at night", M, "tresiba 18 units"),
    ("is my B12 shot today", M, "B12 shot"),
    # what somebody has
    ("he has croup again", C, "croup"),
    ("my left knee is really swollen", C, "left knee is really swollen"),
    ("swollen ankle since sunday", C, "swollen ankle"),
    ("me duele la rodilla", C, "duele la rodilla"),
    ("Hashimoto's runs in us, i have it", C, "Hashimoto's"),
    ("my blepharitis is back", C, "blepharitis"),
    ("contractions every 5 min apart", C, "contractions every 5 min apart"),
    ("I'm allergic to sulfa", C, "allergic to sulfa"),
    ("pneumonia in the left lung", C, "pneumonia in the left lung"),
    ("tengo fiebre y tos", C, "fiebre"),
    ("my covid-19 came back", C, "covid-19"),
    ("am i a type 2 diabetic", C, "type 2 diabetic"),
    ("i think my burn is infected", C, "burn"),
    ("F33.1 is on my bill", C, "F33.1"),
    ("dx E11 on my chart?", C, "E11"),
    ("his jaw wont close", C, "jaw wont close"),
    ("my foot is red and hot", C, "foot is red and hot"),
    ("allergic to nuts and latex", C, "allergic to nuts and latex"),
    ("im allergic to it", C, "allergic to it"),
    ("she is allergic to", C, "allergic"),
    ("allergic to nuts, she says", C, "allergic to nuts"),
    ("numbness in the left hand", C, "numbness in the left hand"),
    ("he cant breathe", C, "cant breathe"),
    ("E. coli in my urine", C, "E. coli"),
    ("me duele mucho el pecho", C, "duele mucho el pecho"),
    ("type 1 diabetics in the family? yes me", C, "type 1 diabetics"),
    ("Ana has Addison's disease", C, "Addison's disease"),
    # what is done
    ("Your MRI brain is Monday", P, "MRI brain"),
    ("CT w/o contrast at 7, biopsy after", P, "CT w/o contrast"),
    ("your cataract surgery is the 8th", P, "cataract surgery"),
    ("the pleuroscopy went well", P, "pleuroscopy"),
    ("dr wants my crown on #14 redone", P, "crown on #14"),
    ("You need a diagnostic mammogram", P, "diagnostic mammogram"),
    ("thyroid ultrasound moved to 3", P, "thyroid ultrasound"),
    ("x-ray of your left wrist", P, "x-ray of your left wrist"),
    ("CPT 99213, 36415 billed", P, "36415"),
    ("HCPCS J3490 was approved", P, "j3490"),
    ("code D2740 was sent", P, "D2740"),
    ("Your ferritin is pending", P, "ferritin"),
    ("rash then left knee mri", P, "knee mri"),
    ("my ankle arthroscopy is set", P, "ankle arthroscopy"),
    ("a diagnostic laparoscopy is next", P, "diagnostic laparoscopy"),
    ("liver function test is due", P, "liver function test"),
    ("rash on belly, cough, swollen", C, "rash"),
    ("su cirugia de catarata es el lunes", P, "cirugia de catarata"),
    ("mi terapia de la rodilla", P, "terapia de la rodilla"),
    ("upper endoscopy on friday for you", P, "upper endoscopy"),
    ("J0897 was billed", P, "J0897"),
    # what it gave
    ("your contact lenses: R -3.75 -1.25 x 170", T, "-3.75 -1.25 x 170"),
    ("my pain is 7/10", T, "7/10"),
    ("the mri shows no growth", T, "no growth"),
    ("pulse was up, 112 bpm after", T, "112 bpm"),
    ("sugars: 212, then 198", T, "198"),
    ("my mri came back completely normal", T, "completely normal"),
    ("your LDL 131", T, "LDL 131"),
    ("A1C is 9.1%, down from 10.2%", T, "10.2%"),
    ("bp was 148/94 today", T, "148/94"),
    ("pressure 92 over 58", T, "92 over 58"),
    ("fever 102.6 since noon", T, "102.6"),
    ("ear infection, she had 101.4", T, "101.4"),
    ("My potassium came back 5.9 mmol/L", T, "5.9 mmol/L"),
    ("your labs are normal", T, "normal"),
    ("Strep test: negative", T, "negative"),
    ("You tested positive for gonorrhea", T, "positive for gonorrhea"),
    ("your blood type is AB neg", T, "AB neg"),
    ("The culture shows no evidence of mrsa", T, "no evidence of mrsa"),
    ("ferritin 9 ng/ml = low", T, "ferritin 9 ng/ml = low"),
    # where
    ("Hill Spine & Pain: Sam, see you", S, "Spine & Pain"),
    ("Sam, see you. Bayou Sleep", S, "Sleep"),
    ("your visit with the EP clinic", S, "EP clinic"),
    ("Lakeside Oncology: see you at 3", S, "Oncology"),
    ("Elm Dermatology: Kim, you're booked", S, "Dermatology"),
    ("your visit at Pine Memory Clinic", S, "Memory"),
    ("the kidney doctor called", S, "kidney doctor"),
    ("Dawn Recovery: see you at 6", S, "Recovery"),
    ("https://example.org/hiv-clinic is your page", S, "hiv-clinic"),
    ("Grove Hearing Center: your fitting is set", S, "Hearing"),
    ("cita con ginecologia el martes", S, "ginecologia"),
]


@pytest.mark.parametrize(("text", "label", "said"), SAID)
def test_what_a_text_says_of_health_is_found(text: str, label: PhiLabel, said: str) -> None:
    """Each label, in English and Spanish, with the place that the rules of annotation ask for."""
    assert (label, said.lower()) in [(each, words.lower()) for each, words in found(text)]


GENERAL = [
    "Flu shots are here! Walk in any weekday 9-4, no appointment needed.",
    "Did you know 1 in 4 adults has high cholesterol? Learn more: example.org",
    "October is Breast Cancer Awareness Month. Call us about mammograms.",
    "Free blood pressure checks at the library, Sat 9-12. Open to the public.",
    "Join us for a talk on diabetes and heart disease, Tues 6 PM.",
    "Botox special: $11 a unit through Friday.",
    "We now offer cataract surgery at our north office.",
    "Kids ages 5-11: COVID vaccine clinic Saturday.",
    "50% off teeth whitening this month only!",
    "Dear patients, we are closed Monday. For chest pain call 911.",
    "If you are having suicidal thoughts call or text 988.",
    "Vacunas contra la gripe gratis este domingo. Todos bienvenidos.",
    "do you do flu shots on saturday",
    "how much is a root canal without insurance",
    "Most patients need no pain medicine. Ask your doctor.",
    "For adults 65 and older: ask about the shingles vaccine.",
    "Support group for families of patients with dementia, Wed 7 PM.",
    "Blood drive Friday. All are welcome.",
    "Our new dermatologist is accepting new patients.",
    "Volunteers needed: migraine research study, earn up to $400.",
]

NOTHING = [
    "Your video visit starts at 2:30: https://doxy.me/drlee",
    "For your visit open doxy.me/drlee",
    "no sign of your fax",
    "bp at 9 is fine for the call",
    "seen at the Grove Street",
    "file a.E11.9b was sent, the code",
    "let me know if my chart, the signs are up",
    "2 PM CT, call us",
    "See you tomorrow at 3",
    "Your refill is ready, reply C",
    "Labs are due before the visit",
    "Please bring ID and a $20 copay",
    "Room B12, second floor",
    "The order of 24 chairs is late",
    "mark me down for friday",
    "the bridge on main st is closed so ill be late",
    "we look forward to hearing from you",
    "Meet at 5th and Crown, call me",
    "code 551902 did not work",
    "dont need a walker at 80",
    "ask for extension 4412",
    "2/10 works, or 3/14",
    "weather is bad, roads are icy",
    "it was confusing but fine",
    "su tia puede recoger el formulario",
    "habla con la tía",
    "a good diagnosis of the photography budget",
    "Call if fever is over 101",
    "the price went from 120 to 140",
    "He is out at 1 PM CT today",
    "add my wife to the account",
    "can you fall back to tuesday",
    "your chart is in room A12, call for the code",
    "ask als or mets fans",
    "Everyone is welcome at the new Dawn Recovery Center open house",
    "ok by 10/14, the pressure is on",
    "STOP",
    "",
]


@pytest.mark.parametrize("text", [*GENERAL, *NOTHING])
def test_words_to_everybody_and_everyday_words_are_no_findings(text: str) -> None:
    """Campaigns, offers and ordinary texts hold nothing to hide."""
    assert found(text) == []


PROTECTED = [
    ("your Suboxone is ready", {Sensitivity.SUBSTANCE_USE}),
    ("is my hiv test back", {Sensitivity.HIV_STI}),
    ("i think im pregnant", {Sensitivity.REPRODUCTIVE}),
    ("my anxiety is worse", {Sensitivity.MENTAL_HEALTH}),
    ("genetic counseling is at 3", {Sensitivity.GENETICS}),
    ("top surgery consult friday", {Sensitivity.GENDER_AFFIRMING}),
    ("F10.20 is on my chart", {Sensitivity.SUBSTANCE_USE}),
    ("code M54.5 is on my chart", set()),
    ("my knee hurts", set()),
    ("do not hurt yourself on the ice", set()),
    ("see you at 3", set()),
]


@pytest.mark.parametrize(("text", "kinds"), PROTECTED)
def test_protected_kinds_of_care_are_named(text: str, kinds: set[Sensitivity]) -> None:
    """By the terms, and by chapters of ICD-10-CM."""
    view = View(text)
    findings = [finding for recognize in ALL for finding in recognize(view, NOTHING_KNOWN)]
    assert {care_of_finding(view, each) for each in findings} - {Sensitivity.GENERAL} == kinds


def test_every_packaged_term_is_found_by_itself() -> None:
    """Whole, after a word that makes it somebody's."""
    missed = []
    for word in heads():
        terms = terms_from(word)
        further = [entry for some in terms.further.values() for entry in some]
        for entry in (*terms.alone, *further, *terms.figured):
            head = word.upper() if entry.capitals else word
            text = f"my {' '.join((*entry.before, head + entry.figures, *entry.rest))}"
            if not any(term.kind == entry.kind for term in read_health(View(text)).terms):
                missed.append(text)
    assert missed == []


def test_care_is_told_for_each_part_of_a_text() -> None:
    """The most protected kind inside it, and nothing of what stands outside."""
    view = View("my anxiety and my suboxone and my knee pain")
    assert care_of(view, 0, 10) is Sensitivity.MENTAL_HEALTH
    assert care_of(view, 11, 26) is Sensitivity.SUBSTANCE_USE
    assert care_of(view, 0, 26) is Sensitivity.SUBSTANCE_USE
    assert care_of(view, 27, 43) is Sensitivity.GENERAL


CUES = [*sorted(cues("of one"))[:20], "bp", "120/80", "cpt", "a1c", "type", "-1.25", "no sign", "."]


@given(st.lists(st.one_of(st.text(max_size=8), st.sampled_from(CUES)), max_size=12))
def test_any_text_can_be_read(parts: list[str]) -> None:
    """Whatever it is made of; every place lies inside it and holds something."""
    view = View(" ".join(parts))
    findings = [finding for recognize in ALL for finding in recognize(view, NOTHING_KNOWN)]
    assert all(0 <= each.start < each.end <= len(view.plain) for each in findings)
    assert all(care_of_finding(view, each) in Sensitivity for each in findings)


def test_cues_are_small_words() -> None:
    """As they are compared with the words of a view."""
    assert all(word == word.lower() and " " not in word for word in cues("verdicts"))


@pytest.mark.parametrize(
    "text",
    [
        *("9" * 100_000, "a" * 100_000, "(-" * 50_000, "1/" * 50_000, "Maria " * 16_000),
        *("my bp " * 16_000 + "120", "knee pain " * 10_000, "allergic to a " * 7_000),
        *("free flu shot, your " * 5_000, "hurts and " * 10_000, "pastillas de la " * 6_000),
        *("cpt 12345 " * 10_000, "no sign of " * 9_000, "test is normal " * 6_000, "b12 " * 5_000),
        *("the eye doctor " * 5_000, "the biopsy showed a cyst " * 3_000, "lost 5 lbs " * 8_000),
        *("low potassium " * 6_000, "bad back and neck " * 5_000, "my sugars 180-220 " * 5_000),
        *("Eye & Pain " * 4_000, "blood pressure " * 6_000, "F33.1 " * 16_000, "-1.25 x " * 12_000),
    ],
)
def test_hostile_texts_take_no_longer_than_others(text: str) -> None:
    """Ten times as many characters of one kind take about ten times as long."""
    assert grows(found, text, 40, 0.05)


MISSPELT = [
    ("have a toothake since monday", C),
    ("need my perscription for metphormin", M),
    ("when is my colonoscpy", P),
    ("bad diarhea all night", C),
]


@pytest.mark.parametrize(("text", "label"), MISSPELT)
def test_misspelt_terms_are_found(text: str, label: PhiLabel) -> None:
    """By the letters that stay when vowels are left out."""
    assert label in [each for each, _ in found(text)]
