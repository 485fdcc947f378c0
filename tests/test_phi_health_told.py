"""What is told of health in one text: which label, and where it begins and ends."""

from __future__ import annotations

import pytest

from compliant_sms.phi import PhiLabel, find

C, M, P = PhiLabel.CONDITION, PhiLabel.MEDICATION, PhiLabel.PROCEDURE
T, S = PhiLabel.TEST_RESULT, PhiLabel.SPECIALTY_HINT
HEALTH = frozenset({C, M, P, T, S})


def told(text: str) -> list[tuple[PhiLabel, str]]:
    return [(f.label, text[f.start : f.end]) for f in find(text) if f.label in HEALTH]


RESULTS = [
    ("my sugar was 262 this am and 301 after supper", ["262", "301"]),
    ("sugars 188 204 175 last 3 mornings", ["188", "204", "175"]),
    ("my sugars have been 180-220", ["180-220"]),
    ("bp log: mon 146/88 tue 139/84", ["146/88", "139/84"]),
    ("tsh 6.2, is that bad", ["tsh 6.2"]),
    ("your TSH came back at 6.2", ["6.2"]),
    ("fever 102.4 and a cough", ["102.4"]),
    ("my DEXA: T-score -2.1", ["T-score -2.1"]),
    ("his MoCA score was 21 of 30", ["21 of 30"]),
    ("my sugar was 51 at 2am, sweaty, ate crackers now 88", ["51", "88"]),
    ("bp 168/100 at 8 pm, took my pill, now 138/86", ["168/100", "138/86"]),
    ("O2 is 91 percent on my oxygen", ["91 percent"]),
    ("potassium 6.1 critical, hold the spironolactone", ["potassium 6.1 critical"]),
    ("my ldl is 150, a bit high", ["150"]),
    ("my weight today 154, down 3 lbs", ["154", "down 3 lbs"]),
    ("she gained about 6 pounds since her lasix stopped", ["6 pounds"]),
    ("baby weighs 8 lb 4 oz now", ["8 lb 4 oz"]),
    ("my eyes: 20/40 in the right eye", ["20/40 in the right eye"]),
    ("his vision is 20/60", ["20/60"]),
    ("her growth chart says 12th percentile", ["12th percentile"]),
    ("his culture grew MRSA", ["MRSA"]),
    ("your biopsy = melanoma in situ", ["melanoma in situ"]),
    ("your mammogram showed a small cyst", ["small cyst"]),
    ("HPV 16 positive, it says", ["HPV 16 positive"]),
    ("Lyme IgM positive, take your doxycycline", ["Lyme IgM positive"]),
    ("positive covid test this am, what do i do", ["positive"]),
    ("my abnormal pap worries me", ["abnormal"]),
    ("Ana, your Pap came back abnormal (ASC-H).", ["abnormal (ASC-H)"]),
    ("Su Papanicolaou salio anormal (AGC), llame", ["anormal (AGC)"]),
    ("her strep test was positive (again)", ["positive"]),
    ("my nipt says low risk", ["low risk"]),
    ("Covid test collected 1/8 - DETECTED", ["DETECTED"]),
    ("you are positive for E. coli", ["positive for E. coli"]),
]


@pytest.mark.parametrize(("text", "values"), RESULTS)
def test_results_are_told_from_what_they_are_results_of(text: str, values: list[str]) -> None:
    """One finding for each value; with its measure when nothing stands between them."""
    assert values == [words for label, words in told(text) if label is T]


NO_RESULTS = [
    "is blood in stool normal after a colonoscopy",
    "call if her fever is over 101",
    "my appointment about the biopsy. The cyst is old",
    "20/30 people came to my class on asthma",
    "i lost 20 minutes, my asthma is fine",
    "the 5 lbs box with my inhaler came",
    "im hiv positive",
    "the biopsy was last week and i could not work or drive for days, as it showed a cyst",
    "my test strips: 50 a box",
    "the lab says come fasting, my diabetes visit moved",
]


@pytest.mark.parametrize("text", NO_RESULTS)
def test_limits_amounts_and_states_are_no_results(text: str) -> None:
    """What looks like a value but measures nothing of somebody."""
    assert T not in [label for label, _ in told(text)]


CONDITIONS = [
    ("my chest feels tight and left arm is numb", ["chest feels tight", "left arm is numb"]),
    ("pain in my arm and neck", ["pain in my arm and neck"]),
    ("my knees are bone on bone", ["knees are bone on bone"]),
    ("she has severe sleep apnea", ["severe sleep apnea"]),
    ("he wont stop coughing", ["coughing"]),
    ("my itchy rash is back", ["itchy rash"]),
    ("low potassium again, my labs say", ["low potassium"]),
    ("tengo el potasio bajo", ["potasio bajo"]),
    ("ronca mucho mi esposo", ["ronca mucho"]),
    ("is any drainage or pain normal for me", ["drainage", "pain"]),
    ("my ears hurt", ["ears hurt"]),
    ("pls tell me about the hep b", ["hep b"]),
    ("my foot is swollen and her hand", ["foot is swollen"]),
]


@pytest.mark.parametrize(("text", "said"), CONDITIONS)
def test_complaints_end_where_the_next_one_begins(text: str, said: list[str]) -> None:
    """Parts of the body, each with what is wrong with it, and how bad."""
    assert said == [words for label, words in told(text) if label is C]


MEDICINES = [
    ("advair 250/50 refill pls", ["advair 250/50"]),
    ("MMR 04/2021 is on my record", ["MMR"]),
    ("start your ketorolac drops 4/13", ["ketorolac drops"]),
    ("lantus 18u at night for my sugar", ["lantus 18u"]),
    ("se me acabo la losartan de 50", ["losartan de 50"]),
    ("my tretinoin .05 is gone", ["tretinoin .05"]),
    ("his hep a and hpv shots", ["hep a", "hpv"]),
    ("Time for Theo's MMR and varicella shots!", ["MMR", "varicella"]),
    ("Ana, your flu shots are due", ["flu shots"]),
    ("ran out of lisinipril and metropolol", ["lisinipril", "metropolol"]),
    ("your allergy shots are monthly", []),
    ("give him amoxicillin 400 mg/5 mL twice a day", ["amoxicillin 400 mg/5 mL"]),
    ("your cephalexin 250mg/5ml is ready", ["cephalexin 250mg/5ml"]),
    ("her heparin 25 units/kg", ["heparin 25 units/kg"]),
    ("Your knee injection is friday", []),
]


@pytest.mark.parametrize(("text", "said"), MEDICINES)
def test_medicines_end_with_their_strength(text: str, said: list[str]) -> None:
    """And not with a date, nor with the therapy that they are given in."""
    assert said == [words for label, words in told(text) if label is M]


PROCEDURES = [
    ("your allergy shots are monthly", ["allergy shots"]),
    ("my CPAP supplies are late", ["CPAP"]),
    ("Metro has your MRI right shoulder order", ["MRI right shoulder"]),
    ("is your Cabenuva injection monday", []),
    ("they billed me 99214 for a 5 min visit, my insurance wont pay", ["99214"]),
    ("your mammogram was denied (code 77067), call me", ["mammogram", "77067"]),
    ("the door code 77067 was wrong, chart it", []),
    ("my insurance card code 770672 was denied", []),
    ("renew my PT please", ["PT"]),
    ("the lump in my breast, implant side", ["implant"]),
    ("see you at dialysis tomorrow", ["dialysis"]),
    ("Rosa will be there for your wound vac change", ["wound vac"]),
    ("your dressing change is at 4", ["dressing change"]),
    ("We mailed your hearing aid batteries.", ["hearing aid"]),
    ("my glucose monitor sensors shipped", ["glucose monitor"]),
    ("Ana, phototherapy session 9 is tues", ["phototherapy"]),
    ("my therapy session was moved", ["therapy session"]),
    ("should i get tested for it, my sister has lupus", ["tested"]),
    ("Filling this in for my daughter, she has asthma", []),
    ("your silver filling is friday", ["filling"]),
    ("Ana, your eval for knee PT is at 3", ["knee PT"]),
    ("your chemo is at 9, the infusion entrance is on Elm", ["chemo"]),
]


@pytest.mark.parametrize(("text", "said"), PROCEDURES)
def test_procedures_are_told_without_supplies_and_checks(text: str, said: list[str]) -> None:
    """A device without what is sold for it, a code where a bill is spoken of."""
    assert said == [words for label, words in told(text) if label is P]


HINTS = [
    ("St. Ansgar Dialysis: Lou, chair time is 6", ["Dialysis"]),
    ("please see your counselor before friday", ["counselor"]),
    ("we sent your referral to PT today", ["PT"]),
    ("referral to the kidney dr, did you send mine", ["kidney"]),
    ("please help me with anxiety", []),
    ("River Stone, both of my kids have the flu", []),
    ("Sam, see you at Peak Shoulder.", ["Shoulder"]),
    ("Sam, see you at Peak Shoulder", ["Shoulder"]),
    ("Sam, your Peak Botox: see you", []),
    ("Sam, your Peak Colonoscopy: see you", []),
    ("Northfork Cancer Center: Ana, your PET scan is Tues", ["Cancer Center"]),
    ("Bluff Breast Clinic: Ana, your mammogram is Tues", ["Breast"]),
    ("Bayou Kidney Center: Ana, your labs are due", ["Kidney"]),
    ("PT is helping my shoulder", []),
    ("going to rehab for my hip", []),
]


@pytest.mark.parametrize(("text", "said"), HINTS)
def test_kinds_of_care_are_told_by_names_and_ways(text: str, said: list[str]) -> None:
    """A practice's name, or where somebody is sent; not what somebody suffers from."""
    assert said == [words for label, words in told(text) if label is S]


EVERYDAY = [
    "my phone is dead, sorry i missed your call",
    "the link is broken and the page wont open",
    "My card was declined, can you run it again",
    "the elevator is stuck on 2",
    "im in the parking lot, the purple van",
    "the battery in my car died",
    "my back door was open",
    "Find us in Tupelo, MS 38801",
    "I hate the hold music",
    "you charged me twice",
    "it is pouring here, might be late",
    "no coma nada despues de medianoche",
    "las facturas llegaron tarde",
    "el copago fue facturado dos veces",
    "Votre facture est pr\u00eate, vos factures aussi",
]


@pytest.mark.parametrize("text", EVERYDAY)
def test_everyday_words_are_no_health(text: str) -> None:
    """Words that are complaints only beside a part of the body."""
    assert told(text) == []
