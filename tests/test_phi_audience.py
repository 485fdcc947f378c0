"""Whom a text is for: health, days and places in texts to everybody are nobody's."""

from __future__ import annotations

import pytest

from compliant_sms.phi import PhiLabel, find
from compliant_sms.phi._audience._audience import Audience, _signs, ends_sentence
from compliant_sms.phi._audience._everybody import Everybody
from compliant_sms.phi._audience._form import named
from compliant_sms.phi._audience._health_terms import is_of_one, read_health
from compliant_sms.phi._audience._sentences import tells_of_one
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._audience_words import signs_of_words
from compliant_sms.phi._words._health_data import cues

OF_ONE = {
    *(PhiLabel.CONDITION, PhiLabel.MEDICATION, PhiLabel.PROCEDURE, PhiLabel.TEST_RESULT),
    *(PhiLabel.SPECIALTY_HINT, PhiLabel.DATE, PhiLabel.GEO, PhiLabel.AGE_OVER_89),
}

TO_EVERYBODY = [
    # The house.
    "Our office will be closed Thursday 11/27 for Thanksgiving.",
    "Nuevo horario a partir del 3 de marzo: lunes a viernes de 8 a 6.",
    "We have moved to 77 Sunset Ave, Lakeland FL 33801. Same phone.",
    "The lab has moved to the 2nd floor on Monday 3/4.",
    # Campaigns, events and offers.
    "Flu shots are here! Walk in any day this week, most insurance covers it.",
    "Join us Saturday, June 14 for a free class on managing arthritis pain.",
    "Botox special: 15% off when you book before March 31.",
    "Colonoscopy at 45 and older saves lives.",
    "Invisalign scans Sat 9-1, and $500 off!",
    "Got knee pain? We have same-day visits.",
    "Tired of snoring? Ask about an oral appliance.",
    "Tetanus boosters on Mondays and Fridays, first come.",
    "The county reports 9 cases of mumps.",
    "Wildfire smoke can worsen asthma.",
    # Advice in general.
    "If you take blood thinners, tell the dentist before any extraction.",
    "People with diabetes should have their feet checked once a year.",
    "Postpartum depression is common and treatable.",
    "Thinking about suicide? Call or text 988.",
    "Si tiene fiebre, tos o dolor de garganta use cubrebocas al entrar.",
    # Questions that are not about one's own care.
    "how much is a flu shot without insurance",
    "hi do you do botox",
    "whats the difference between a cold and covid",
    "cuanto cuesta una limpieza dental",
    # What a line answers by itself, and whom it sends texts.
    "Sorry we missed your call! Elmwood Dental is open Mon-Thu 8-5.",
    "We got your message! Oak Orthodontics will reply during business hours.",
    "Your text was received. Valley Oncology checks messages M-F 8-4.",
    "Reply YES to get texts from Canyon Eye Care. Msg & data rates may apply.",
    "You are now subscribed to Bright Dental texts.",
    "You're signed up for texts from Peak Orthopedics! 4 msgs/mo.",
    # What a season brings, what runs out, what stands or was found in the house.
    "Masks are again required in the dialysis waiting area.",
    "Your order of contact lens solution has shipped.",
    # What lapses for all.
    "Oak Pediatric Dentistry is now in network with Acme Dental!",
    "Most colonoscopies find nothing.",
    # A clinician that is presented.
    "Dr. Nwosu, a cardiologist, joins our team. She welcomes patients.",
]

OF_ONE_PERSON = [
    "We got your message about the biopsy, Dr. Lee will call.",
    "Sorry we missed you today, your root canal is moved to 3/4.",
    "can i get my mri moved, not going there",
    "u got any Suboxone left",
    "knee still swollen after the shot on friday",
    "he has a fever of 103 and an earache",
    "is my mammogram on the 12th or the 13th",
    "how much will my root canal cost w delta",
    "is it normal to bleed after the biopsy",
    "new addr is 1809 N Vine St Apt 3, Tulsa OK",
    "mi hijo tiene fiebre de 39 desde anoche",
    "Your Ozempic is ready for pickup.",
    "Because you take lithium, drink extra water in the heat.",
    "Got my flu shot? yes, on the 4th",
    "Need a refill? Reply Y and your metformin ships.",
    "EEG sleep deprived, stay up til 2.",
    "EF is up to 50",
    "Potassium 5.6. Please repeat this week.",
    "A1C is 9.1%, down from 10.2%",
    "Biopsy from 4/22: benign. No further treatment.",
    "Our office is closed July 4. Your allergy shot is moved to Monday 7/7.",
    "You're overdue for INR. Come by Friday, no appointment needed.",
    "Call us if your fever goes over 100.4 after chemo.",
    "Statement for acct 00498812 is due 11/30, balance $128.40",
]


def of_one(text: str) -> list[str]:
    """What is found in a text of one person's health, days and places."""
    return [text[each.start : each.end] for each in find(text) if each.label in OF_ONE]


@pytest.mark.parametrize("text", TO_EVERYBODY)
def test_what_is_for_everybody_is_nobodys(text: str) -> None:
    """Nothing of health, no day and no place is found in a text to everybody."""
    assert of_one(text) == []


@pytest.mark.parametrize("text", OF_ONE_PERSON)
def test_what_is_of_one_person_is_found(text: str) -> None:
    """Words that also stand in broadcasts hide nothing of a text about one person."""
    assert of_one(text) != []


ADDED = [
    "Refer a friend and get $20 off!",
    "Join us for our free health fair. Everyone welcome.",
    "Flu shots are here, free for ages 3 and up!",
    "Walk-ins welcome, no appointment needed.",
]
BEFORE_OFFERS = [
    ("Your strep test was positive, amoxicillin is at the pharmacy.", "amoxicillin"),
    ("Your A1c is 9.1%, please schedule a visit.", "9.1%"),
    ("Hi Tom, your MRI moved to 3/4 at 9.", "3/4"),
    ("Because you take lithium, call us if you get shaky.", "lithium"),
    ("Glad the hip replacement went well.", "hip replacement"),
    ("My migraine is back, i need a refill.", "migraine"),
    ("Rapid covid: neg.", "covid"),
    ("Sertraline 50 mg, taken twice daily, missed yesterday, ready today.", "Sertraline"),
]


@pytest.mark.parametrize("offer", ADDED)
@pytest.mark.parametrize(("text", "told"), BEFORE_OFFERS)
def test_an_offer_beside_it_hides_nothing_of_one_person(text: str, told: str, offer: str) -> None:
    """A sentence to everybody says nothing of the one before or behind it."""
    for both in (f"{text} {offer}", f"{offer} {text}"):
        assert any(
            told in both[f.start : f.end] or both[f.start : f.end] in told for f in find(both)
        )


SURE = [
    ("Since you have asthma, the class is free.", True),
    ("Como usted padece asma, venga.", True),
    ("You asked about the Botox.", True),
    ("You asked, we listened: Botox is back.", False),
    ("If you asked for Botox, tell us.", False),
    ("You said parking was bad. The Botox is here.", False),
    ("You take warfarin.", True),
    ("Do you take warfarin?", False),
    ("You're overdue. The mammogram van is here.", True),
    ("Your left knee MRI is in.", True),
    ("Your MRI is covered by most plans.", False),
    ("If your left knee MRI is in, call.", False),
    ("Your son's asthma inhaler", True),
    ("Does your son have asthma?", False),
    ("the pharmacist said my warfarin", True),
    ("Tengo asma", True),
    ("We got your biopsy back", True),
    ("We got new MRI machines", False),
    ("Balance for the MRI: $40", True),
    ("The MRI costs $40", False),
    ("Sra. Ruiz, la mamografia", True),
    ("Mrs. Ruiz, our educator, speaks on migraine.", False),
    ("Ask Mrs. Ruiz at the MRI desk", False),
    ("The hip replacement went well", True),
    ("Hip replacement went out of fashion", False),
    ("Flu test neg. Rest.", True),
    ("Flu test normal range is posted", False),
]


@pytest.mark.parametrize(("text", "sure"), SURE)
def test_what_is_surely_told_of_one(text: str, sure: bool) -> None:  # noqa: FBT001
    """The subject is a reader, somebody near or what was done; nothing supposed or asked is."""
    view = View(text)
    assert tells_of_one(view, read_health(view).terms) is sure


PERSONAL = [
    ("Clayton Family Dental offers free crowns, Jan 31", False),
    ("Dr. Ruth Lane: free talk on migraine", False),
    ("Hi Tom, free flu shots are here and your dose is due", True),
    ("Mr. Lee: flu season is here, you're due for a flu shot", True),
    ("Everyone welcome: free hearing tests", False),
    ("my awareness of the pain is worse", True),
    ("Note: free clinic Saturday", False),
]


@pytest.mark.parametrize(("text", "personal"), PERSONAL)
def test_who_is_spoken_to_is_weighed(text: str, personal: bool) -> None:  # noqa: FBT001
    """Words to everybody against words to one person, the same each time it is asked."""
    view = View(text)
    assert is_of_one(view) is personal
    assert is_of_one(view) is personal  # what is remembered is the same


NEARER = [
    ("We are closed Monday. Your visit moved to Tuesday.", "monday", "tuesday"),
    ("We're closed Monday, so your appt is now Tuesday at 9.", "monday", "tuesday"),
]


@pytest.mark.parametrize(("text", "everybodys", "ones"), NEARER)
def test_the_sentence_of_a_day_counts_most(text: str, everybodys: str, ones: str) -> None:
    """In one text a day can be everybody's and another one person's."""
    view = View(text)
    audience = Audience(view)

    around = [audience.around(view, view.words.index(day)) for day in (everybodys, ones)]
    assert around[0] < 0 < around[1]


WEIGHED = [
    ("appointment", 0),
    ("your appointment", 3),
    ("no appointment", -2),
    ("a referral", -2),
    ("yours. referral", 2),
    ("she came", 4),
    ("dr she", 2),
    ("if your referral", -2),
    ("ok if your", -1),
    ("opioid-free", 0),
    ("x.free", 0),
    ("join, us", -4),
    ("flu season", -4),
    ("flu. season", -2),
    ("", 0),
]


@pytest.mark.parametrize(("text", "weight"), WEIGHED)
def test_a_word_says_what_those_around_it_allow(text: str, weight: int) -> None:
    """Denied, supposed and joined words, parts of links and of words with hyphens."""
    assert Audience(View(text.capitalize())).whole == weight


NAMED = [
    ("Kirsten: labs are due", True),
    ("Remember Rose, labs are due", True),
    ("labs for Max Straub are due", True),
    ("Kirsten's labs", True),
    ("Thanks, Rose", True),
    ("with Kirsten at 3", False),
    ("Clayton Family Dental is open", False),
    ("Rose gardens bloom", False),
    ("kirsten", False),
    ("labs by Max Straub Imaging, see Dr", False),
    ("see Max at noon", False),
    ("May 4", False),
]


@pytest.mark.parametrize(("text", "said"), NAMED)
def test_a_name_shows_that_somebody_is_meant(text: str, said: bool) -> None:  # noqa: FBT001
    """Who is called, or spoken of; no clinician, firm or ordinary word."""
    assert named(View(text)) is said


def test_days_of_a_text_without_words_are_ones() -> None:
    """What no word tells anything of is one person's, and stays so when asked again."""
    everybody = Everybody(View("3/4"))

    assert [everybody.means(0), everybody.means(0)] == [False, False]


ENDS = [
    ("One. Two", True),
    ("one! two", True),
    ("see dr. lee", False),
    ("so J. lee", False),
    ("one, two", False),
    ("one two", False),
]


@pytest.mark.parametrize(("text", "ends"), ENDS)
def test_where_a_sentence_ends(text: str, ends: bool) -> None:  # noqa: FBT001
    """A full stop behind what is written short ends none."""
    view = View(text)
    assert ends_sentence(view, len(view.words) - 1) is ends


def test_every_entry_can_be_met_in_a_text() -> None:
    """The packaged words are such as texts are split into."""
    sections = ("to everybody", "to all", "selling", "to many", "to some", "supposed", "of one")
    sections += ("third", "told to one", "event", "your", "care of one", "staff", "asks")
    entries = {entry for section in sections for entry in cues(section)}

    assert {entry for entry in entries if View(entry).words != entry.split()} == set()
    assert all(sign.weight or sign.role or sign.phrases for sign in signs_of_words().values())


def _around(view: View, index: int) -> int:
    """The same as :meth:`Audience.around`, word by word."""

    def turns(at: int) -> bool:
        return ends_sentence(view, at) or view.words[at] in {"so", "but", "pero", "asi"}

    first, last = index, index + 1
    while first > max(0, index - 25) and not turns(first):
        first -= 1
    while last < min(len(view.words), index + 25) and not turns(last):
        last += 1
    return sum(weight for at, weight in _signs(view) if first <= at < last)


@pytest.mark.parametrize("text", [*TO_EVERYBODY, *OF_ONE_PERSON, " so ".join(OF_ONE_PERSON) * 3])
def test_the_sentence_around_a_word(text: str) -> None:
    """What counts around a word are the signs from where its sentence begins to where it turns."""
    view = View(text)
    audience = Audience(view)
    every = range(len(view.words))

    assert [audience.around(view, index) for index in every] == [_around(view, i) for i in every]
