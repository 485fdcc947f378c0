"""Names of patients, of those around them and of staff: found, and told from words and places."""

from __future__ import annotations

import re
from datetime import date

import pytest

from compliant_sms.people import PatientFacts
from compliant_sms.phi import PhiLabel, find
from compliant_sms.phi._facts._known_facts import find_known_facts
from compliant_sms.phi._known import NOTHING_KNOWN, Known, OwnFacts
from compliant_sms.phi._labels import Confidence, PhiFinding
from compliant_sms.phi._names._recognizer import find_names
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words import _lexicon
from growth import grows

# [N:...] is a name of a patient or somebody around one, [P:...] of staff.
NAMED = (
    "Cedar Ridge Clinic: [N:Tomas], your visit is Mon 4/7 at 9 with Dr. [P:Okafor].",
    "Hi [N:Grace], this is [P:Nina] from Lakeview Dental. Your cleaning is due.",
    "Hey [N:Zander]! Your labs are back.",
    "Good afternoon Mr. [N:Abernathy], your order is ready.",
    "[N:Hope]'s results are in. Please call.",
    "[N:LAKISHA], REMINDER: APPT TUES 9AM",
    "[N:Penny]: refill sent.",
    "[N:Rich] - your ride is here.",
    "[N:Quillan], your MRI is Friday.",
    "[N:Tzipporah]: your ride arrives at 9.",
    "We have [N:Bartholomew Quigg] down for 3pm.",
    "Thanks for coming in today, [N:Violet]! ",
    "Happy birthday, [N:Octavia]!",
    "Your appointment with [P:Gwen Aldana], PA-C is tomorrow.",
    "You are scheduled with [P:Tamsin Roe] on 5/6.",
    "Please ask for [P:Marisol] when you arrive.",
    "Nurse [P:Peggy] will call you after lunch.",
    "Your therapist [P:Janelle Ortiz] is out today.",
    "Call [P:Darnell] at ext 22 to reschedule.",
    "this is [N:marcus bellweather] need to cancel",
    "its [N:jolene] again",
    "im [N:roberta stokes] dob 4/5/66",
    "my name is [N:wanda pruitt]",
    "hi my name's [N:Oskar]",
    "Can you send [N:Lucas]'s shot records?",
    "my son [N:Beckett] has a fever",
    "my wife [N:Annette] needs a refill",
    "cancel appt for [N:Jorge Medina]",
    "can [N:ellie] see the dr today",
    "[N:brianna] has strep",
    "[N:eli] and [N:noah] need physicals",
    "please call my daughter [N:Simone] at work",
    "[N:Xiomara Beltran] here, running late",
    "running late sorry. [N:Paula]",
    "ok thank you [N:Renee]",
    "thx - [N:Gus]",
    "Yes I confirm. [N:Latoya Simms]",
    "This is [N:Will] again, is it ready",
    "im picking up for [N:Hazel Munson]",
    "soy [N:Ximena Robledo], necesito una cita",
    "me llamo [N:Octavio]",
    "mi hija [N:Camila] tiene fiebre",
    "Hola Sra. [N:Benavides], su cita es el lunes.",
    "[N:Joaquín], sus resultados están listos.",
    "su cita con la Dra. [P:Montoya] es mañana",
    "es [N:marisela] la mama de [N:iker]",
    "patient [N:GARCIA, M] dob",
    "[N:Nakamura, Kenji] checked in",
    "[N:J. Whitaker] is due for labs",
    "last name [N:Szymanski], first name [N:Irena]",
    "parent of [N:Theo]: form is ready",
    "the [N:Kowalczyk] family",
    "this is [N:T.J.] calling back",
    "[N:Kofi Asante-Boateng], pls confirm for Mon.",
    "[N:Anjali Deshmukh] 03/04/1991",
    "[N:ngozi eze], 3/4/91",
    "did dr [P:banerjee] call it in",
    "is doctor [P:Weiss] in today",
    "can i see [P:Carla] instead of dr [P:lin]",
    "my counselor [P:Reggie] said to text",
    "Your dog walker",
    "w/ [P:Sandra Beal], LMFT at 4",
    "See you Thursday, [N:Wyatt].",
    "Reminder for [N:Zuri]: flu shot Tues.",
    "[N:Beth], you can stop the cream.",
    "[N:Deandre Hollis]'s mom here",
    "wrong person this is [N:Hollis]",
    "no this isnt [N:Patrice]",
    "[N:Patrice] doesnt live here anymore",
    "is [N:Jamal]s form ready",
    "its [N:Kim] from yesterday",
    "hi [N:Kim Tran] again",
    "Message for [N:Ingrid Solheim]: call us.",
    "RX ready for [N:P. Dombrowski].",
    "We called [N:Harriet] twice.",
    "Your coordinator is [P:Trudy].",
    "Transport: [P:Ahmed] is your driver today.",
    "can my mom [N:Rosalind] come in w me",
    "my dads name is [N:Earl Tibbets]",
    "bringing [N:Finn] and [N:Cora] at 4",
    "[N:Ruth Ann Macklin], checking in",
    "yes. [N:d. sandoval]",
    "its [N:tj]",
    "from: [N:Lenore Achebe]",
    "re: [N:Quentin Marsh]",
    "Sorry [N:Dawn], the dr is out",
    "hello [N:Thandiwe]",
    "I'm [N:Cristóbal], here for my 3pm",
    "u have my name wrong its [N:Catalina] not [N:Katalina]",
    "[N:Mohammed Al-Farsi] confirms",
    "[N:Bui Thi Lan] needs interpreter",
    "[N:Li Wei], please bring ID",
    "Mr [N:O'Connell], fasting labs tmrw",
    "[N:Anna-Lise]'s cast check is 6/6",
    "its [N:rob]. cant come",
    "this is [N:Nguyen]",
    "[P:Maya] (RN) will call you today.",
    "Your provider, [P:Elliot Sands], has retired.",
    "Text [P:Bonnie] at the desk when you park.",
    "[P:Bonnie] at the front desk has your form.",
    "[N:Mateo] and [N:Lucia] need forms",
    "[N:王芳] is fine, thanks",
    "hi its [N:Robert Diaz Jr]",
    "[N:joy]. no pain today",
    "[N:Rivera, Luis] checked in",
    "the visit is with [P:Paula] or [P:Denise]",
    "[P:Tanya], your nurse, has the form",
    "[N:fatima noor] here, running late",
    "thanks for the help. [N:delgadillo]",
    "[N:maria de la cruz] here",
    "[N:Hunter] needs a refill",
    "my son [N:chase] fell",
    "[N:chase]'s mom here",
    "see you at 3, [N:Gene].",
    "we lost [N:Hope]'s form, sorry",
    "Hi [N:Rosalind] (window 3), your form is ready.",
    "[N:Rosalind] - your form is ready. [N:Tomas]; your form too.",
    "Hi [N:Kwabena] (Front desk has it), your form is ready.",
    "see you then - [N:JT]",
    "[P:Rosalind] (midwife) has your form.",
)
NOBODY = (
    "take 50 \u00b5g daily",
    "it lowers TNF-\u03b1 and the rest",
    "Our Park Hill office is closed Monday.",
    "You may reschedule online. Will you need a ride?",
    "Mark your calendar for the May health fair.",
    "Grace period for copays ends Friday.",
    "Hope to see you soon!",
    "Visit St. Mary's Hospital for walk-in flu shots.",
    "Free skin checks at Lincoln Park, Saturday 10-2.",
    "We moved to 410 Madison Ave, Suite 3.",
    "Chase Bank lobby hosts our blood drive.",
    "Summer hours start June 1.",
    "Reply YES to confirm or NO to cancel.",
    "Art therapy group is open to all.",
    "HELP: Msg & data rates may apply.",
    "Vitamin D. Calcium. Ask us how.",
    "i will come in dawn or noon",
    "the bill is too high",
    "can u mark it paid",
    "rose water is fine",
    "whats ur address",
    "do u take Aetna or Cigna",
    "Text STOP to opt out, HELP for help.",
    "Thanks for your patience. Our team will respond soon.",
    "Now hiring: nurses and techs! Apply online.",
    "Jordan Street entrance is closed.",
    "Meet our team at the Harmony Center on Main.",
    "Login code 551201. Never share it.",
    "Class in Room B. Bring water.",
    "Delta Dental is accepted here.",
    "Lakeview, Halsted and Pilsen clinics open at 9.",
    "Happy New Year from Grace Family Practice!",
    "omg thanks so much",
    "yeah ok sounds good",
    "gracias, hasta luego",
    "la clinica esta cerrada el lunes",
    "no joy with the wifi lol",
    "im running late",
    "its swollen n red",
    "im nauseous and dizzy",
    "this is confusing",
    "my name is spelled wrong",
    "is parking free",
    "Dr. is out today",
    "the nurse line is busy",
    "Walk-ins welcome Mon-Fri 8-5.",
    "5th and Maple lot is full",
    "Merry Christmas and happy holidays",
    "Max height 6 ft in garage",
    "June is Pride month. April showers!",
    "Ask a pharmacist about Shingrix.",
    "We accept Visa, Amex, Discover.",
    "New: Georgia and Virginia telehealth visits.",
    "Zorblatt Quennix: hours change today.",
    "Monday's visit is moved.",
)
_MARK = re.compile(r"\[([NP]):([^\]]+)\]")
_LABELS = {"N": PhiLabel.NAME, "P": PhiLabel.PROVIDER_NAME}


def _found(text: str) -> list[PhiFinding]:
    view = View(text)
    return list(find_names(view, NOTHING_KNOWN))


def _shown(text: str, findings: list[PhiFinding]) -> set[tuple[PhiLabel, str]]:
    view = View(text)
    return {(one.label, text[slice(*view.place(one.start, one.end))]) for one in findings}


@pytest.mark.parametrize("marked", NAMED)
def test_names_are_found_and_told_from_staff(marked: str) -> None:
    """Every name is found, from its first letter to its last, and nothing else is."""
    text = _MARK.sub(r"\2", marked)
    wanted = {(_LABELS[kind], name) for kind, name in _MARK.findall(marked)}
    assert _shown(text, _found(text)) == wanted


@pytest.mark.parametrize("text", NOBODY)
def test_words_and_places_are_no_names(text: str) -> None:
    """Words that are names too, places and firms are left alone when nobody is meant."""
    assert _found(text) == []


FACTS = Known(
    patient=PatientFacts(
        names=("Rebecca Stahl-Oduya", "Will Harmon"),
        birth_date=date(1983, 6, 18),
        mrn=("SH-0020931",),
        addresses=("412 Birch Hollow Rd, Medina, OH 44256",),
        phones=("+12065550171",),
        emails=("becca@example.com",),
        insurance_ids=("XYZ 907 412 338",),
        clinicians=("Dr. Anil Mehta",),
    )
)
KNOWN = (
    ("its becky, running late", PhiLabel.NAME, "becky"),
    ("BECCA CALLED", PhiLabel.NAME, "BECCA"),
    ("rebeca stahl here", PhiLabel.NAME, "rebeca stahl"),
    ("from R. Stahl today", PhiLabel.NAME, "R. Stahl"),
    ("Will, will you come?", PhiLabel.NAME, "Will"),
    ("ok see you then. will", PhiLabel.NAME, "will"),
    ("this is RO", PhiLabel.NAME, "RO"),
    ("from R. O. today", PhiLabel.NAME, "R. O."),
    ("born june 18th", PhiLabel.DATE, "june 18th"),
    ("R., your labs are in", PhiLabel.NAME, "R."),
    ("is mehta in?", PhiLabel.PROVIDER_NAME, "mehta"),
    ("dob 6/18/83", PhiLabel.DATE, "6/18/83"),
    ("dob 18.06.1983", PhiLabel.DATE, "18.06.1983"),
    ("dob 1983-06-18", PhiLabel.DATE, "1983-06-18"),
    ("06181983 ok", PhiLabel.DATE, "06181983"),
    ("born june 18th, 1983", PhiLabel.DATE, "june 18th, 1983"),
    ("born 18 jun 83", PhiLabel.DATE, "18 jun 83"),
    ("nací el 18 de junio de 1983", PhiLabel.DATE, "18 de junio de 1983"),
    ("june 18, 1983 it is", PhiLabel.DATE, "june 18, 1983"),
    ("June 18 '83 2pm", PhiLabel.DATE, "June 18 '83"),
    ("june 18 is my birthday", PhiLabel.DATE, "june 18"),
    ("18 Jun (DOB)", PhiLabel.DATE, "18 Jun"),
    ("tu cumpleaños es el 18 de junio", PhiLabel.DATE, "18 de junio"),
    ("my # is 20931", PhiLabel.MRN, "20931"),
    ("chart sh0020931", PhiLabel.MRN, "sh0020931"),
    ("chart 002-0931", PhiLabel.MRN, "002-0931"),
    ("cell (206) 555-0171", PhiLabel.PHONE, "(206) 555-0171"),
    ("cell 555 0171", PhiLabel.PHONE, "555 0171"),
    ("use BECCA@EXAMPLE.COM", PhiLabel.EMAIL, "BECCA@EXAMPLE.COM"),
    ("at 412 birch  hollow rd", PhiLabel.GEO, "412 birch  hollow rd"),
    (
        "412 Birch Hollow Rd, Medina, OH 44256",
        PhiLabel.GEO,
        "412 Birch Hollow Rd, Medina, OH 44256",
    ),
    ("at 412 Birch Hollow Road now", PhiLabel.GEO, "412 Birch Hollow Road"),
    ("412 Birch Hollow Rd., Medina", PhiLabel.GEO, "412 Birch Hollow Rd., Medina"),
    ("in Medina 44256", PhiLabel.GEO, "Medina 44256"),
    ("ZIP: OH 44256", PhiLabel.GEO, "OH 44256"),
    ("member xyz907412338", PhiLabel.HEALTH_PLAN_ID, "xyz907412338"),
)
UNRELATED = (
    "will you be there? it will rain",
    "I will call",
    "the dob 6/19/83",
    "june 19 and july 18",
    "see you Fri June 18 at 2:30 PM",
    "see you June 18 at 83 Oak Ave",
    "see you on the 18th of June, 8:30",
    "see you 6/18 83:00",
    "your visit on June 18. Bring your birth certificate",
    "412 Birch St, 44256 Oak",
    "call 206-555-0172",
    "room 2093",
    "order 120931",
    "write bea@example.com",
    "414 Birch Rd",
    "Will 3 do?",
    "in room R o k",
    "Stahl's Noodle House",
    "a member xyz907412339",
)


@pytest.mark.parametrize(("text", "label", "shown"), KNOWN)
def test_what_is_known_is_certain_in_other_forms(text: str, label: PhiLabel, shown: str) -> None:
    """Short forms, slips, initials, separators and orders of a date do not hide a known fact."""
    findings = list(find_known_facts(View(text), FACTS))
    assert (label, shown) in _shown(text, findings)
    assert {one.confidence for one in findings} == {Confidence.CERTAIN}


@pytest.mark.parametrize("text", UNRELATED)
def test_what_only_looks_like_it_is_not_found(text: str) -> None:
    """A word that is a known name too, and a number that differs, are left alone."""
    assert list(find_known_facts(View(text), FACTS)) == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Ana, see you in our Medina office.", "known/town"),
        ("Ana, our Medina, OH office is closed.", "known/town"),
        ("Ana, we have 44256 Medina OH.", "known/town"),
        ("Ana, we have Medina, OH 44256.", "known/address"),
        ("Ana, we have 412 Birch Hollow Rd., Medina.", "known/address"),
    ],
)
def test_a_town_alone_is_no_address(text: str, rule: str) -> None:
    """Thousands live there, and the office is there too; with the street or the ZIP it is one."""
    [(found, confidence)] = [
        (one.rule, one.confidence) for one in find_known_facts(View(text), FACTS)
    ]

    assert found == rule
    assert confidence is (Confidence.HINT if rule == "known/town" else Confidence.CERTAIN)


@pytest.mark.parametrize(
    ("address", "written", "rule"),
    [
        ("One Main Street, Springfield", "One Main Street, Springfield", "known/address"),
        ("One Main Street, Springfield", "one main st", "known/address"),
        ("Rose Cottage, Springfield", "Rose Cottage", "known/address"),
        ("Calle Ocho, Miami", "Calle Ocho, Miami", "known/address"),
        ("Calle Ocho, Miami", "Miami", "known/town"),
        ("Calle Ocho, Miami, FL", "Calle Ocho", "known/address"),
        ("Springfield", "Springfield", "known/town"),
        ("Springfield, IL", "Springfield, IL", "known/town"),
    ],
)
def test_a_street_without_a_number_is_an_address(address: str, written: str, rule: str) -> None:
    """What stands before the town tells where somebody lives, in figures or not."""
    known = Known(patient=PatientFacts(names=("Bea Stahl",), addresses=(address,)))
    text = f"Bea, we have {written}."
    found = [(one.rule, text[one.start : one.end]) for one in find_known_facts(View(text), known)]

    assert (rule, written) in found


def test_a_town_hides_no_other_address() -> None:
    """What is seen for another reason says more than that somebody's town is named."""
    text = "Ana, we have you at 9 Oak Street, Medina. You live in Medina?"
    found = [(one.rule, text[one.start : one.end]) for one in find(text, FACTS)]

    assert ("geo/address", "9 Oak Street, Medina") in found
    assert ("geo/town", "Medina") in found


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("Rose Cottage, 9 Oak Street, Medina", {"Rose Cottage", "9 Oak Street, Medina"}),
        ("9 Oak Street Apt 4, Medina, OH", {"9 Oak St"}),
        ("Medina, OH", set()),
        (" , ", set()),
    ],
)
def test_parts_of_an_address_are_known(address: str, shown: set[str]) -> None:
    """The name of a house before the street says where somebody lives; a unit can be left out."""
    known = Known(patient=PatientFacts(addresses=(address,)))
    text = "Rose Cottage or 9 Oak Street, Medina" if "Rose" in address else "Medina: 9 Oak St"
    places = find_known_facts(View(text), known)

    assert {text[one.start : one.end] for one in places if one.rule == "known/address"} == shown


@pytest.mark.parametrize("known", [NOTHING_KNOWN, Known(patient=PatientFacts())])
def test_without_facts_nothing_is_known(known: Known) -> None:
    """No facts, no findings."""
    assert list(find_known_facts(View("Will 6/18/83 206 555 0171"), known)) == []


@pytest.mark.many_rounds
@pytest.mark.parametrize("unit", ["7", "a", "A", "-.", "([", "\n", "a ", "王"])
def test_hostile_texts_are_read_and_no_place_is_found_twice(unit: str) -> None:
    """A hundred kilobytes of one thing do no harm, and no place is found twice."""
    text = unit * (100_000 // len(unit))

    assert grows(_found, text[:10_000], 40, 0.05)  # or it would take minutes to fail
    found = _found(text)
    assert len({(one.start, one.end) for one in found}) == len(found)


def test_a_title_is_no_name() -> None:
    """A record that holds nothing but a title makes nothing certain."""
    facts = Known(patient=PatientFacts(names=("Dr.",)))

    assert list(find_known_facts(View("Dr. Weiss is in"), facts)) == []


def test_what_is_learned_of_words_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words beyond the most that are kept are worked out anew, with the same marks."""
    monkeypatch.setattr(_lexicon, "_MOST_KEPT", 0)
    fresh = _lexicon.Lexicon()

    assert fresh["maria"] == _lexicon.lexicon()["maria"]
    assert not fresh


@pytest.mark.parametrize(
    "shown",
    [
        *("Jane  Gomez", "Jane\tGomez", "Jane \n Gomez", "Jane \u202fGomez", "Jane\u200bGomez"),
        *("Jane-Gomez", "Jane_Gomez", "Jane.Gomez", "Jane/Gomez", "Jane (Gomez", "JaneGomez"),
        *(
            "Gomez,Jane",
            "Gomez , Jane",
            "Gomez  Jane",
            "gomezjane",
            "Jane J. Gomez",
            "Jane J Gomez",
        ),
        *("Jane Maria Gomez", "Janie/Gomez"),
    ],
)
def test_a_name_is_shown_in_full_whatever_stands_between(shown: str) -> None:
    """A blank too many, as of a middle name that is empty, makes no given name of a full one."""
    known = Known(patient=PatientFacts(names=["Jane Gomez"]))
    text = f"{shown}, see you soon."
    found = [(one.rule, text[one.start : one.end]) for one in find(text, known)]

    assert found == [("known/full-name", shown)]


@pytest.mark.parametrize(
    ("name", "text", "shown"),
    [
        ("Will Smith", "Mr. Smith, will you come?", {"Smith"}),
        ("Mary-Jane O'Brien", "Mary-Jane, see you soon.", {"Mary-Jane"}),
        ("Jane Gomez", "Jane, Gomez is away.", {"Jane", "Gomez"}),
        ("Jane Gomez", "Thanks Jane. Gomez is away.", {"Jane", "Gomez"}),
        ("Jane Gomez", "Jane or Gomez", {"Jane", "Gomez"}),
        ("Jane Gomez", "Jane X-Gomez", {"Jane", "Gomez"}),
        ("Jane Gomez", "Jane the Gomez", {"Jane", "Gomez"}),
        ("X Gomez", "X/Gomez", {"Gomez"}),
        ("X Gomez", "x.gomez", {"x.gomez"}),
        ("O'Brien", "o brien", {"o brien"}),
        ("O Brien", "Hello O'Brien", {"O'Brien"}),
        ("Ludwig van der Berg", "Mr. Vanderberg", {"Vanderberg"}),
        ("Li", "Li", {"Li"}),
        ("\u738b\u660e", "\u738b\u660e\u60a8\u597d", {"\u738b\u660e"}),
        ("\u738b\u5c0f\u660e", "\u5c0f\u660e\u60a8\u597d", {"\u5c0f\u660e"}),
        ("\uae40\ubbfc\uc218", "\ubbfc\uc218\ub2d8", {"\ubbfc\uc218"}),
        ("Jos\u00e9 N\u00fa\u00f1ez", "\u738b, Jos\u00e9", {"Jos\u00e9"}),
    ],
)
def test_a_name_in_part_is_no_full_one(name: str, text: str, shown: set[str]) -> None:
    """A given name, a surname, and both of them in different sentences."""
    known = Known(patient=PatientFacts(names=[name]))
    found = list(find_known_facts(View(text), known))
    places = {View(text).place(one.start, one.end) for one in found}

    assert {text[start:end] for start, end in places} >= shown
    if text[:2] != "\u738b\u660e":  # a whole one in Chinese
        assert {one.rule for one in found} == {"known/name"}


def test_a_whole_name_in_a_script_without_blanks_is_full() -> None:
    """It stands among letters, where nothing parts words."""
    known = Known(patient=PatientFacts(names=["\u738b\u5c0f\u660e"]))
    found = find("\u738b\u5c0f\u660e\u60a8\u597d", known)

    assert [(one.rule, one.start, one.end) for one in found] == [("known/full-name", 0, 3)]


@pytest.mark.parametrize("clinicians", [(), ("Raj Patel",)])
@pytest.mark.parametrize("shown", ["Dr. Raj Patel", "Raj Patel, MD", "Raj Patel"])
def test_a_clinician_may_have_the_surname_of_the_patient(
    shown: str, clinicians: tuple[str, ...]
) -> None:
    """With the record's names, or a title, it is no name of the patient in full."""
    known = Known(patient=PatientFacts(names=["Asha Patel"], clinicians=clinicians))
    text = f"Asha, see you with {shown} soon."
    found = {text[one.start : one.end]: one for one in find(text, known)}

    assert found["Asha"].rule == "known/name"
    told = clinicians or shown != "Raj Patel"
    assert found["Raj Patel"].label is (PhiLabel.PROVIDER_NAME if told else PhiLabel.NAME)
    assert find("Asha Patel", known)[0].rule == "known/full-name"


@pytest.mark.parametrize("text", ["Jane - Gomez Dental: see you", "See you, Jane\nGomez Dental"])
def test_the_practices_own_name_completes_no_patients(text: str) -> None:
    """Its surname stands there as the practice's."""
    known = Known(patient=PatientFacts(names=["Jane Gomez"]), own=OwnFacts(names=["Gomez Dental"]))
    found = [(one.rule, text[one.start : one.end]) for one in find(text, known)]

    assert [one for one in found if one[0].startswith("known/")] == [("known/name", "Jane")]


@pytest.mark.parametrize(
    "phone",
    [
        *("217-555-0134 ext. 12", "(217) 555-0134 x5", "cell: +1 217.555.0134"),
        *("217 555 0134 (home)", "217-555-0199 / 217-555-0134", "tel:+1-217-555-0134;ext=5"),
        "\uff12\uff11\uff17 555 0134",
    ],
)
def test_a_phone_of_the_record_is_known_with_what_stands_around_it(phone: str) -> None:
    """Records have extensions and words beside a number, and two numbers in one field."""
    known = Known(patient=PatientFacts(phones=[phone, "n/a", "12"]))
    text = "Call us at 217-555-0134 or 555-0134."
    found = {(one.rule, text[one.start : one.end]) for one in find_known_facts(View(text), known)}

    assert found == {("known/phone", "217-555-0134"), ("known/phone", "555-0134")}


@pytest.mark.parametrize("name", ["Maria de la Cruz", "Xoltan van der Qubb"])
def test_a_known_name_goes_on_over_its_particles(name: str) -> None:
    """They stand in small letters, as words do."""
    known = Known(patient=PatientFacts(names=[name]))
    [found] = list(find_known_facts(View(f"{name}, see you"), known))

    assert (found.rule, found.end - found.start) == ("known/full-name", len(name))


@pytest.mark.parametrize("blank", ["  ", "   ", "\t", " \u00a0", "&nbsp; "])
@pytest.mark.parametrize(
    "text", ["Lakeside: {}, see you Tue.", "Dear {}, hello", "We have {} at 3pm"]
)
def test_a_full_name_with_blanks_too_many_is_one(text: str, blank: str) -> None:
    """A template leaves two where a middle name is empty; no record need be known."""
    shown = f"Jane{blank}Gomez"
    written = text.format(shown)
    [found] = [one for one in find(written) if one.label is PhiLabel.NAME]

    assert (written[found.start : found.end], found.rule[:10]) == (shown, "full-name/")


@pytest.mark.parametrize(
    ("mrn", "text", "found"),
    [
        ("1201", "see you 12/01 at 9", False),
        ("1201", "see you Tue 12-01", False),
        ("12126", "see you 12/1/26", False),
        ("2026", "see you Dec 1, 2026", False),
        ("1030", "see you at 10.30", False),
        ("217555", "call 217-555-0100", False),
        ("555010", "call 217-555-010", False),
        ("4520", "your balance is $45.20", False),
        ("1204", "see you in room 1204", False),
        ("1200", "see you at 1200 Main Street", False),
        ("2026", "chart 2026", True),
        ("1201", "MRN 12-01", True),
        ("1201", "bring #1201", True),
        ("123456", "bring 12-34-56", True),
        ("2575", "bring 25.75", True),
        ("120000", "bring 120000 Main Street", True),
        ("1201", "bring 1201", True),
        ("2026", "MRN for Ana Gomez is 2026", True),
        ("2026", "2026 (MRN)", True),
        ("2026", "2026 is your record number", True),
        ("2026", "see you Dec 1, 2026 (Tuesday)", False),
        ("2026", "Dec 1, 2026 is your visit", False),
        ("1201", "your patient visit on 12/01", False),
        ("1201", "your appointment is 12/01", False),
        ("1201", "no visit 12/01", False),
        ("1201", "no 12/01 visit", False),
        ("1201", "record no. 12-01", True),
        ("1201", "record no 12-01", True),
        ("1201", "your record is 12-01", True),
        ("482913", "bring 482913-01", True),
        ("482913", "bring 2026/482913", True),
        ("482913", "order 482913", True),
        ("482913", "bring 12-482913", False),
        ("217555", "call 217555-0100", False),
        ("4829", "bring 4829-13-4", False),
    ],
)
def test_a_number_of_record_is_no_day_or_price(mrn: str, text: str, found: bool) -> None:  # noqa: FBT001
    """Short ones look like a day, a year or a part of a phone number, unless they are announced."""
    known = Known(patient=PatientFacts(mrn=[mrn]))
    rules = {one.rule for one in find_known_facts(View(text), known)}

    assert ("known/mrn" in rules) is found


@pytest.mark.parametrize("name", ["Per Son", "Mon Day", "Jo King"])
def test_a_name_as_one_word_is_none_where_that_is_a_word(name: str) -> None:
    """Nobody is named in "one person on Monday, no joking"."""
    known = Known(patient=PatientFacts(names=[name]))

    assert list(find_known_facts(View("One person on Monday, no joking"), known)) == []


def test_many_names_of_a_patient_and_a_clinician_take_linear_time() -> None:
    """Each of the one is looked for among all of the other."""
    known = Known(
        patient=PatientFacts(names=["Ana Gomez"], clinicians=["Dr. Raj Gomez"]),
        own=OwnFacts(names=("Gomez Clinic",)),
    )

    def look(text: str) -> object:
        return list(find_known_facts(View(text), known))

    assert grows(look, "ana j. gomez gomez clinic " * 4_000, 40, 0.05)


def rules(text: str, known: Known = NOTHING_KNOWN) -> list[tuple[str, str]]:
    """What was found of names, each with its rule."""
    return [(text[f.start : f.end], f.rule) for f in find(text, known) if f.label is PhiLabel.NAME]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("First name: Jane, last name: Gomez", "Jane", "Gomez"),
        ("First name Jane, last name Gomez", "Jane", "Gomez"),
        ("Last name: Gomez, first name: Jane", "Jane", "Gomez"),
        ("Last name is Gomez, first name is Jane", "Jane", "Gomez"),
        ("First: Jane Last: Gomez", "Jane", "Gomez"),
        ("first name jane last name gomez", "jane", "gomez"),
        ("FIRST NAME: JANE LAST NAME: GOMEZ", "JANE", "GOMEZ"),
        ("Given name: Jane. Family name - Okonkwo", "Jane", "Okonkwo"),
        ("Nombre: Juana, apellido: Gómez", "Juana", "Gómez"),
        ("Apellidos: Gomez Perez, nombre: Juana", "Juana", "Gomez Perez"),
        ("Su apellido es Gomez y su nombre es Ana", "Ana", "Gomez"),
        ("Hi Ana, is your last name Gomez?", "Ana", "Gomez"),
    ],
)
def test_a_name_in_fields_is_one_in_full(text: str, first: str, last: str) -> None:
    """Whoever reads both fields has the patient's full name."""
    assert sorted(rules(text)) == sorted(
        [(first, "full-name/labelled"), (last, "full-name/labelled")]
    )


@pytest.mark.parametrize(
    "text",
    [
        "Please enter your first name, last name, and date of birth.",
        "What is your first name? Last name?",
        "First name, Last name:",
        "First name: Last name: Required",
        "Nombre: ____ Apellido: ____",
        "Reply with your last name",
        "Last name: First name:",
        "Last name is",
        "Last visit: Monday. First come, first served.",
    ],
)
def test_empty_fields_name_nobody(text: str) -> None:
    """A form that asks tells of nobody."""
    assert rules(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "First name: Jane",
        "Last name: Gomez",
        "Hi Ana, please confirm your last name.",
        "Hi Ana, we need two fields. Last name: First name:",
        "Hi Ana, your last name is",
        "Last: Ng",
        "Hi Ana, visit Lakeside Family - Decatur",
        "Ana, Lakeside Family: Decatur office is closed",
        "Hi Ana, Last-Chance offer",
        "First-Name basis: Ana, Family-Centered",
    ],
)
def test_one_field_is_no_full_name(text: str) -> None:
    """A part of a name is what any reminder may have."""
    assert "full-name/labelled" not in dict(map(reversed, rules(text)))  # type: ignore[arg-type]


APART = Known(patient=PatientFacts(names=("Ana", "Gomez")))
WHOLE = Known(patient=PatientFacts(names=("Ana Gomez",)))


@pytest.mark.parametrize(
    ("text", "known", "found"),
    [
        ("Ana Gomez, your visit is here", APART, [("Ana Gomez", "known/full-name")]),
        ("Gomez, Ana: call us", APART, [("Gomez, Ana", "known/full-name")]),
        ("Ana  see you at 9", WHOLE, [("Ana", "known/name")]),
        ("Ana see you at 9", APART, [("Ana", "known/name")]),
        ("AG is here", APART, []),  # what is in two fields may be two names of one person
    ],
)
def test_names_given_apart(text: str, known: Known, found: list[tuple[str, str]]) -> None:
    """A record with a field for each part is one of the whole name too; "Ana" is nobody's test."""
    assert rules(text, known) == found


def test_a_test_in_capitals_stays_one() -> None:
    """Of a patient of that name too, and however it is written where a test is said behind it."""
    for text in ("ANA screen is back", "Ana screen is back", "Your Ana blood test is back"):
        assert rules(text, WHOLE) == []
        assert PhiLabel.PROCEDURE in {each.label for each in find(text, WHOLE)}


def test_many_names_are_not_one() -> None:
    """Who has more than three single names goes by one of them at a time."""
    known = Known(patient=PatientFacts(names=("Ana", "Anita", "Gomez", "Perez")))
    assert ("Ana Gomez", "known/full-name") not in rules("AG: Ana, Anita Perez", known)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('Robert "Bobby" Tran is here', ['Robert "Bobby" Tran']),
        ("Hi William (Bill) Hargrove, your form", ["William (Bill) Hargrove"]),
        ("We have a referral for WEI ZHANG.", ["WEI ZHANG"]),
        ("the clinic will see DR WEI ZHANG today", []),  # staff
        ("this is HAROLD FINCH III", ["HAROLD FINCH III"]),
        ("Referral for P Raghunathan", ["P Raghunathan"]),
        ("Reply C please", []),
        ("hi this is rosa maria pena", ["rosa maria pena"]),
        ("soy angel saldivar meza", ["angel saldivar meza"]),
        ("soy angel saldivar ", ["angel saldivar"]),
        ("soy juan de dios peralta", ["juan de dios peralta"]),
        ("this is omar al-hassan", ["omar al-hassan"]),
        ("Jackson-Lee, Ebony dob 3-4-61", ["Jackson-Lee, Ebony"]),
        ("Chart: WHITFIELD, MARY ANN", ["WHITFIELD, MARY ANN"]),
        ("Joy/Mohammed have visits", ["Joy", "Mohammed"]),
        ("calling about the Rivers twins", ["Rivers"]),
        ("forms for baby de la Cruz", ["de la Cruz"]),
        ("is this xochitl?", ["xochitl"]),
        ("Hi, Mark we have your form", ["Mark"]),
        ("Hi, Angel your form is ready", ["Angel"]),
        ("Hello, Treyvonn we have your form", ["Treyvonn"]),
        ("Hi Brown we have your form", ["Brown"]),
        ("Okonjo here for my visit", ["Okonjo"]),
        ("Parking by W Halsted", []),
    ],
)
def test_names_in_more_forms(text: str, found: list[str]) -> None:
    """Nicknames inside, capitals amid small letters, no full stops, two first names or surnames."""
    names = [each for each in find(text) if each.label is PhiLabel.NAME]
    assert [text[each.start : each.end] for each in names] == found


@pytest.mark.parametrize(
    "text",
    [
        "Hi, Read the form",
        "Hello - New hours start soon",
        "Dear patient, Download our app",
        "Hi, Will you be open",
        "Hi, Hope you are well",
        "Hi, Mark your calendar",
        "Hi, Early you come, early you go",
        "Hi, May is a busy month",
        "aqui esta el formulario",
        "Click here to see our hours",
        "Hi - Season's greetings to all",
        "WILL CALL BACK",
        "Lakeside Clinic: Billing office here",
        "mi tia lo lleva",
    ],
)
def test_the_first_word_of_a_sentence_is_no_name(text: str) -> None:
    """Nor is what only looks like somebody, a town or an illness."""
    assert find(text) == ()
