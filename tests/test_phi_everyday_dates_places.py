"""Dates, ages and places as people write them in haste, and what practices keep on file."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from compliant_sms.phi._dates._ages import find_ages
from compliant_sms.phi._dates._recognizer import find_dates
from compliant_sms.phi._known import NOTHING_KNOWN, Known
from compliant_sms.phi._labels import PhiFinding
from compliant_sms.phi._places._recognizer import find_geo
from compliant_sms.phi._reading._view import View

Recognizer = Callable[[View, Known], Iterable[PhiFinding]]


def marked(text: str, find: Recognizer) -> str:
    """The text with what was found in double brackets."""
    view = View(text)
    for finding in reversed(list(find(view, NOTHING_KNOWN))):
        start, end = view.place(finding.start, finding.end)
        text = f"{text[:start]}[[{text[start:end]}]]{text[end:]}"
    return text


def bare(text: str) -> str:
    """The text without the brackets."""
    return text.replace("[[", "").replace("]]", "")


# What is to be found stands in double brackets.
DATES = [
    "Hattie you're booked tomorrow the [[15th]] 1:30",
    "ok u r all set 4 tmrw the [[9th]] , 220",
    "can we push tmrw the [[8th]] cuz i got class",
    "going to my moms the [[3rd]] thru the [[9th]]",
    "gone the [[3rd]] thru [[9th]] so no appts",
    "auth runs out [[10-31]] can u renew",
    "my script ended [[8-21]] i think",
    "Dr. Menon will see you [[2-17]].",
    "how about [[2-17]] or [[2-19]]",
    "moved you from [[Wed]] to [[Mon 12/8]] 9:20",
    "can u move me from [[tues]] to [[thurs]]",
    "switch me from [[monday]] to [[wednesday]] pls",
    "flu shots [[sat]] please",
    "i'll come by noon [[mon]] for the form",
    "vaccine was [[2019-03]]",
    "last tdap [[2023-08]], need another?",
    "come back in [[June]] for your recheck",
    "surgery is in [[march]] i think",
    "next colonoscopy due [[Dec. '25]]",
    "naci el [[siete de marzo de mil novecientos ochenta]]",
    "stents were [[Thanksgiving 2019]]",
    "[[twelve one fifty three]] bernadette quill",
    "[[ten eleven fifty six]] is my bday",
    "kids are Juniper ([[3/3/17]]) and Atlas ([[3/3/17]])",
    "new address from [[nov 15]]: 84 Quarry Rd",
    "please cancel me for [[4-11]]. insurance lapsed",
    "can u book me for [[4-11]] instead",
    "keep mom down for [[6-8]] pls",
    "knee replacement [[4-16]] do i stop plavix",
    "hi its Latoya, need to move my [[wed]] appt",
    "is the [[sat]] infusion still on",
    "no food before [[Wed]]'s PET",
    "We billed Aetna for [[9/18]]. They say coverage ended. Do you have a new card?",
    "Thanks! Payment plan set up: $55 on the [[3rd]] each month.",
    "Vernon, the Veterans Clinic on Pike has you at 0830 on [[11 Aug]].",
    "Tala your ringworm follow up is the [[9th]], 4:10",
    "Your visit has moved to [[Saturday 3/8]], 1-3 PM.",
]
NO_DATES = [
    "my o2 sat 94",
    "size 10/12",
    "he sat down hard",
    "i may be late",
    "take 1/2 tab",
    "pain 7/10",
    "open mon - fri",
    "2/3 of my pills",
    "for 3-5 days",
    "6-8 hrs",
    "L4-5",
    "room 5-12",
    "9-11 am",
    "hydrocodone 5/325",
    "sun exposure",
    "jan is my nurse",
    "black friday",
    "the 1st one",
    "5th and Main",
    "book me for 2-4 people",
    "cancel for 3-5 days",
    "the office is open for 4-9",
    "my sat test",
    "sun's out, wear a hat",
    "are you open for thanksgiving",
    "Franklin Pharmacy: closed Thanksgiving",
    "Ask about our payment plans, offer ends 9/18!",
]
AGES = [
    "my moms [[96]], she cant drive",
    "dads [[94]] and fell",
    "grandmas [[91]] w dementia",
    "my husbands [[93]]. still drives",
    "Wow Earl [[101]] next month!",
    "she'll be [[90]] in may",
    "b. [[1929]]",
    "You're [[91]] today, Evelyn! From all of us.",
    "he's [[93]] today!",
]
NO_AGES = [
    "94 F temp",
    "Linden Hill Hospital turns 95!",
    "our clinic turns 100",
    "fever 102",
    "o2 is 94",
    "i weigh 94",
    "her sugar was 101",
    "Age 91+",
    "90 days",
    "i-95 exit 3",
    "100%",
    "mom is 100 lbs",
    "it is 91 today",
    "you're 95% there",
    "you're 94 minutes late",
]
PLACES = [
    "dad's in [[Birchwood Manor]] now",
    "going to [[Scranton]] for my sisters wedding, can i get refills early",
    "we leave for [[Tulsa]] tomorrow and he is out of keppra",
    "is there a lab near [[Yreka]]",
    "moved to [[1212 Juniper]]",
    "[[14607]]",
    "C.P. [[64000]]",
    "nos mudamos a [[2208 Avenida Encanto, Las Cruces NM 88001]]",
    "We have [[12 Oak Ln, Barre VT 05641]] on file for you. Still good?",
    "Hi Ana, we show [[12 Oak Ln, Barre VT 05641]] as your home address. Reply YES if correct.",
    "Your address in our system is [[918 Alder Dr, Bellefonte PA]]. Correct?",
    "he goes to school in [[Ames]]",
    "evacuated to [[Baton Rouge]] bc of the storm",
    "[[N4417 County Rd K, Fond du Lac WI 54937]]",
    "[[W224 Larch Rd, Pewaukee WI 53072]]",
    "[[123 1/2 Elm St]] is the back house",
    "[[88 Rue Dauphine, New Orleans LA 70112]]",
    "[[12 Via del Sol]] is my house",
    "Van for Mr. Ito leaves [[Larkspur Village]] at 7:10.",
    "Nurse Ines can't find [[410 Dogwood Trl]]. Is there a gate?",
    "You are registered at [[Apt 6, 18 Rue Royale]].",
    "[[90210]]!",
    "im in the [[Bronx]]",
    "moving to the [[Bronx]] next month",
    "hes in [[st louis]]",
    "she is in [[ft worth]]",
    "in [[san antonio]] for work",
    "she lives with us on [[Tremont Street]]",
    "my kids stay with my ex on [[Wabash Avenue]]",
    "the van can't find my place on [[Orchard Road]]",
]
NO_PLACES = [
    "Due to snow we open at 11 today. Drive safe.",
    "Dr. Ito now sees patients in Macon.",
    "are you at 55 grand ave or the old place",
    "im going to jackson hewitt to do my taxes",
    "what r ur hrs on christmas eve",
    "Parking: use the lot at 14 Pine St.",
    "Your visit with Dr. Ito is at 14 Pine St, Suite 200.",
    "Your MRI is Tue at 2, 14 Pine St, Suite 3.",
    "Visit us at 55 Grand Ave, Suite 200.",
    "We are at 12 Oak Ln, Barre VT 05641. Park in back.",
    "Flu clinic Sat 9-1 at 100 Main St, Toledo.",
    "Our Tulsa office is closed Monday.",
    "Join us in Springfield for our health fair",
    "Lakeside Medical, 12 Oak Ln, Barre VT: your visit is tomorrow.",
    "do you have an office in Flagstaff",
    "is parking on Elm St ok",
    "can i see dr york",
    "i take it 4 anxiety",
    "going to physical therapy",
    "we leave for vacation",
    "im in surgery recovery",
    "from friday on",
    "its Dana from billing",
    "Erin from Dr. Lee's office",
    "Austin is sick",
    "my mobile is 217 555 0100",
    "going in for surgery in march",
    "my order 90210 hasnt come",
    "Your verification code is 48291.",
    "your confirmation number is 90210",
    "claim 44321 was denied",
    "the pain is in my right arm",
    "i want to go in peace",
    "driving to work",
    "coming to clinic at 3",
    "moved to Monday at 9",
    "ride to dialysis",
    "i take 1 tab by mouth",
    "need 2 dr notes",
    "my st john's wort",
    "from her mother",
    "in hospital",
    "i live in fear",
    "moving in with my daughter",
    "stay in bed",
    "lives in her car",
    "Hi from Grace Hospital!",
    "is it ok to stay in bend position",
    "living will is attached",
    "hope you get well",
    "my mom hope moved back in with us",
    "i was in Hope House meeting... thx",
    "48291 is the code",
    "10000 steps",
    "14 days, Akron",
    "Come see our new office at 14 Pine St, Akron!",
    "Mail checks to PO Box 9, Etna CA 96027.",
    "Pay online or send a check to PO Box 9, Etna.",
    "Vaccine event: Sat, 14 Pine St, Akron.",
    "Your visit is at our Akron office.",
    "Enter from Pine St.",
    "leave of absence form",
    "i left my phone at ur office",
    "i was in Target",
    "i need a ride from dialysis",
    "hes in memory care",
    "30 min late",
    "going crazy",
    "in case of fire",
    "in summer",
    "20 min walk",
    "4 Walgreens",
    "we are at the clinic on Elm Street",
    "i live far from the office on Elm Street",
    "moved my appt to the clinic on Oak Avenue",
    "is the lab on Larch St open",
    "u still at 40 E 9th? google says permanently closed",
]


@pytest.mark.parametrize("text", DATES)
def test_dates(text: str) -> None:
    """Days that are moved, run out, follow upon tomorrow or are spoken are found."""
    assert marked(bare(text), find_dates) == text


@pytest.mark.parametrize("text", NO_DATES)
def test_no_dates(text: str) -> None:
    """Figures that count something and words that are no days are left alone."""
    assert marked(text, find_dates) == text


@pytest.mark.parametrize("text", AGES)
def test_ages(text: str) -> None:
    """Ages without an apostrophe, of decades and of birthdays to come are found."""
    assert marked(bare(text), find_ages) == text


@pytest.mark.parametrize("text", NO_AGES)
def test_no_ages(text: str) -> None:
    """Measures, and ages of houses, are left alone."""
    assert marked(text, find_ages) == text


@pytest.mark.parametrize("text", PLACES)
def test_places(text: str) -> None:
    """Where somebody goes, and what a practice has on file, is found."""
    assert marked(bare(text), find_geo) == text


@pytest.mark.parametrize("text", NO_PLACES)
def test_no_places(text: str) -> None:
    """Where a practice is, and where things are sent to it, is left alone."""
    assert marked(text, find_geo) == text


@pytest.mark.parametrize(
    ("text", "birth"),
    [
        ("you turn 44 on March 4", True),
        ("Happy birthday! You turn 44 on 3/4", True),
        ("Your child turns 12 this March 4", True),
        ("On March 4 you turn 44", True),
        ("You'll be 50 on March 4: book your screening", True),
        ("usted cumple 44 años el 4 de marzo", True),
        ("Cumple 44 el 4 de marzo", True),
        ("Your turn 4 is on March 4", False),
        ("You will be 15 minutes early on March 4", False),
        ("Your practice turns 25 on March 4", False),
        ("On March 4 you will be seen", False),
        ("On March 4 you will be 15 minutes early", False),
        ("On March 4 you will be 6 weeks in the programme", False),
    ],
)
def test_a_day_on_which_somebody_turns_an_age(text: str, *, birth: bool) -> None:
    """Day and age together are the date of birth."""
    (found,) = find_dates(View(text), NOTHING_KNOWN)
    assert (found.rule == "date/birth") is birth


def test_a_practice_has_birthdays_too() -> None:
    """It is nobody's date."""
    assert marked("We turn 10 on March 4! Come celebrate.", find_dates).count("[[") == 0
