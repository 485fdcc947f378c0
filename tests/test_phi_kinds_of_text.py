"""Kinds of text in which something was overlooked, or said to be there: both ways of each kind."""

from __future__ import annotations

import re

import pytest

from compliant_sms.phi import Known, PatientFacts, PhiLabel, find
from compliant_sms.phi._audience._form import named
from compliant_sms.phi._names._cues import after_cue
from compliant_sms.phi._reading._view import View

NOTHING_KNOWN = Known()
BILAL = Known(patient=PatientFacts(names=["Bilal Mansour"]))
_MARKED = re.compile(r"\[\[(.*?)\]\]")

FOUND = [
    # Filed under a name, or there with a party.
    "Glasses are ready under [[Bergstrom]]",
    "the rx should be under [[Yamada]]",
    "[[Nakamura]] party of 2",
    "[[nakamura]] party of 2 is here",
    "[[Petrov]] checking in, 2pm",
    "[[petrov]] arriving now",
    "[[LINDQVIST, B]] MRN [[88-20114]] is here",
    "[[PHAM, D.]] room 4",
    "which one is it for, [[Herb]] or [[Fran]]?",
    "Two last names: [[Ximena Lucia Prieto Mora]]. Chart: [[Prieto]].",
    "plz tell her mr [[hendersin]] called",
    "안녕하세요 [[최민지]]입니다",
    "hi [[marisol]] here, mom of [[javi]]",
    "habla el papá de [[Dieguito]]",
    # Numbers.
    "We ran the Discover ending [[4410]] today",
    "Bill due: [[4410-8821]] balance $80.",
    "Bus pass # [[RT-40021]] mailed today.",
    "bank is routing [[271070801]] checking [[5582013340]]",
    "Orders for [[80053]] and [[85025]] are in the system.",
    "Auth for [[43239-LT]] approved.",
    # Days.
    "half now half on [[sep 3]]",
    "she died on [[thanksgiving]]",
    "the [[12th]] won't work for us",
    "after [[sunday]]s game we came in",
    # Places.
    "we live at [[2210 N Central Apt 5 phoenix]]",
    "new address [[880 E Baseline unit 12 mesa az]]",
    "send it to [[4410 birchwood apt 7b]]",
    "now at [[14 W Broadway #3, Salem]]",
    "at [[Motel 6 on Airline Hwy]], can the nurse come here",
    "my son is at the [[Ramada on Elm St]]",
    # Health.
    "[[Echo]] shows [[EF 55%]].",
    "[[Stress test]] and [[echo]] ordered.",
    "Your [[hepatitis C surface antigen]] is [[nonreactive]].",
    "[[HIV antigen/antibody]] is [[nonreactive]].",
    "[[INR 3.8]]: call us.",
    "[[creatinine]] last week [[1.9]]",
    "i fell and have a [[hedache]]",
    "need my [[watr pill]]",
    "[[bee venom immunotherapy]] starts [[5/2]]",
]

# What one person is told or tells, in words that are said to everybody oftener.
PERSONAL = [
    "fell at the bus stop on [[3/4]], [[sprained ankle]]",
    "[[MRI]] now shows a [[tumor]]",
    "[[Biopsy]] now shows [[melanoma]], call the office",
    "[[mammogram]] once a year since [[lumpectomy]]",
    "is on vacation and ran out of [[insulin]]",
    "recommend a doctor for [[HIV]]",
    "who accepts medicaid for [[suboxone]]",
    "is it safe to take [[Prozac]] while [[pregnant]]",
    "how long do i stay on [[prednisone]]",
    "how long does the [[chlamydia]] take to clear",
    "can a refill of [[Adderall]] be sent today",
    "is this the right dose of [[lithium]]",
    "is this a bot? having [[chest pain]]",
    "hold music for 20 minutes, having [[chest pain]]",
    "u got any [[Suboxone]] left",
    "power is out, [[oxygen concentrator]] stopped",
    "[[PT eval]] [[3/4]] at 9 for [[torn ACL]]. Wear comfortable clothes.",
    "Use the rear entrance for your [[abortion]] on [[3/4]]",
    "System is down, [[dialysis]] moved to [[3/4]]",
    "[[Torn ACL]], self pay visit",
    "was quoted $400 for [[MRI]]",
    "Recall notice: your [[pacemaker]]",
    # Beside a sentence to everybody.
    "We're switching portals. Your [[HIV]] result of [[3/2]] is in the old one.",
    "We are switching you from [[Lexapro]] to [[Zoloft]] on 5/3",
    "In American [[Heart]] Month: your [[stent]] was placed [[2/3]], call us",
    "[[Breast Cancer]] Awareness Month: [[Maria Lopez]], your [[biopsy]] is [[10/4]]",
    "[[Diabetes]] Awareness Month: [[John Carter]]'s [[A1c]] is [[9.2]]",
    "[[Asthma]] Month. Refill [[albuterol]] for [[Tommy]].",
    "Switching to a new [[insulin]] on 3/4",
    "[[Chemo]] [[3/4]] at 9. Message frequency varies. Reply STOP to end.",
    "[[Lupus]] Month and my [[flare]]",
    "Paperless billing is on. Your [[colonoscopy]] on [[4/2]]: $80.",
    # Bills.
    "My copay is $40 per visit for [[dialysis]]",
    "You owe $40 each for the two [[MRI scans]] on [[4/2]]",
    "$25 off your bill for the [[vasectomy]] on [[4/2]]",
    "Can i get $50 off my [[abortion]] bill",
    # Whom a text praises, asks for or greets need not be staff.
    "[[Tommy]] was great after [[surgery]]",
    "[[Tommy]] was very helpful during [[surgery]]",
    "swim lessons with [[Emma]], [[ear infection]]",
    "I had class with [[Tommy]], he has [[strep]]",
    "[[John]] was so sweet, he died [[Tuesday]]",
    "need to speak to [[Maria]], my wife",
    "Congratulations [[Maria]] on your baby boy! Open house for all patients Saturday.",
    "We are closing early. Ask [[Norma Diaz]] to come at 3.",
    "Thanks to all patients. Sent by [[John Smith]]'s daughter.",
    # Where somebody is.
    "[[Marriott]] is where we are staying, room 212",
    "[[Holiday Inn]] has my mom, room 212",
]

NOTHING = [
    "Free under Aetna",
    "it is under Aetna now",
    "the Tupperware party was fun",
    "Parking is under Settings",
    "Halloween party of the year!",
    "just checking in",
    "Suite, B room 4",
    "오전중입니다 확인하세요",
    "Allô, ici la clinique",
    "Reply 1 star or 5 stars",
    "1 star",
    "merry christmas",
    "this is verizon",
    "Serving Dayton since 1952.",
    "mother of the bride",
    "mom of two",
    # Numbers and places of nobody.
    "Order for 50000 masks arrived",
    "12 people apt to come",
    "20 patients unit 5",
    "Holiday Inn has a patient discount",
    "American Express accepted",
    "Build 2024.11.3 fixes the video bug.",
    # Days of everybody.
    "You get a text each month. We moved to paperless billing. To opt out call by end of August.",
    "Use code SMILE25 for $25 off whitening through 6/30.",
    "Diabetes cooking class w/ Rhonda, RD, every 2nd Tues. $5 at the door.",
    "Rhonda, RD: every 2nd Tues, cooking class for all ages.",
    "Fire drill at 10 on Thursday.",
    "Clocks change Sunday.",
    "We are switching portals on 10/1.",
    # Health of everybody.
    "November is Diabetes Month. Wear blue on the 14th!",
    "October is Breast Cancer Awareness Month.",
    "Ramada offers a rate for patients",
    "20 minutes late apt 4",
    "Octubre es el mes de la concientización sobre el cáncer de seno.",
    "Si tiene fiebre, use mascarilla.",
    "High blood pressure has no symptoms. Get checked.",
    "the echo in your hallway is loud",
]

STAFF = [
    ("Zumba with Carlos, $5 at the door.", "Carlos"),
    ("Line dancing w/ Earl, Wednesdays.", "Earl"),
    ("Knitting club: ask Norma for details.", "Norma"),
    ("Live music by Hank in the lobby.", "Hank"),
    ("tina was so rude to me", "tina"),
]


def marked(text: str, known: Known = NOTHING_KNOWN) -> str:
    """A text with what is found in it but for staff, each part in brackets."""
    end, parts = 0, list[str]()
    for each in find(text, known):
        if each.label is not PhiLabel.PROVIDER_NAME:
            parts += [text[end : each.start], f"[[{text[each.start : each.end]}]]"]
            end = each.end
    return "".join([*parts, text[end:]])


@pytest.mark.parametrize("text", FOUND)
def test_found(text: str) -> None:
    """Everything that is marked is found, and nothing else."""
    assert marked(_MARKED.sub(r"\1", text)) == text


@pytest.mark.parametrize("text", PERSONAL)
def test_one_person_in_words_to_everybody(text: str) -> None:
    """Words that announcements use hide nothing of what is said of one person."""
    assert marked(_MARKED.sub(r"\1", text)) == text


@pytest.mark.parametrize("text", NOTHING)
def test_nothing(text: str) -> None:
    """What looks alike and is nobody's."""
    assert marked(text) == text


@pytest.mark.parametrize(("text", "name"), STAFF)
def test_staff(text: str, name: str) -> None:
    """Who leads what everybody is invited to, or served there, is no patient."""
    found = [(text[each.start : each.end], each.label) for each in find(text)]

    assert (name, PhiLabel.PROVIDER_NAME) in found
    assert PhiLabel.NAME not in dict(map(reversed, found))


@pytest.mark.parametrize(
    "text",
    [
        "salam, [[Umm Bilal]] speaking",
        "[[MANSOUR, T]] DOB [[1/2/1980]]",
        "my son [[Bilal]] is 4",
        "[[Umm Bilal]] and [[Bilal Mansour]] are here",
    ],
)
def test_a_known_name_inside_a_longer_one(text: str) -> None:
    """A name that is known hides no less of a longer one than would be hidden without."""
    assert marked(_MARKED.sub(r"\1", text), BILAL) == text


def test_no_name_behind_under() -> None:
    """A plan that is somebody's name too is not announced as one."""
    assert after_cue(View("it is under Kaiser"), 2) is None
    assert after_cue(View("it is under Nakamura"), 2) is not None


def test_nobody_is_called() -> None:
    """Who stands before a degree is staff, and no reader is called by that name."""
    assert named(View("Rhonda leads it"))
    assert not named(View("Rhonda, RD leads it"))
