"""Names in every form that texts have, in every place where they stand.

A form that is missed shows in all places at once. Surnames and first names are those that are
frequent and words besides ("Grace Price"), which is harder than any list of names that are none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import pytest

from compliant_sms.phi import PhiLabel, find

FIRST = (
    *("Maria", "Theo", "Linda", "Wei", "Xochitl", "Grace", "James", "Mary", "Robert", "Patricia"),
    *("Hope", "Joy", "Dawn", "Jose", "Rosa", "Angel", "Frank", "Faith", "Ray", "Rose", "Carol"),
    *("Jack", "Penny", "Max"),
)
LAST = (
    *("Lopez", "Okafor", "Smith", "Baker", "Nguyen", "Raghunathan", "Johnson", "Williams"),
    *("Miller", "Davis", "Wilson", "Taylor", "Moore", "Clark", "Walker", "Young", "King"),
    *("Wright", "Green", "Carter", "Cook", "Wood", "Stone", "Banks"),
)
PLACES = (
    *("Hi {}, your visit is confirmed.", "{} missed her visit.", "Please call {} back."),
    *("This is {}, I need a refill.", "Thanks, {}", "Patient: {}", "{} is due for labs."),
    *("Confirming the visit for {} at our office.", "Please fax the records of {} to us."),
    *("The form for {} is ready.", "I'm calling about {}.", "{}'s form is ready for pickup."),
    *("Reminder for {}: bring your card.", "My husband {} needs a ride."),
    *("Message from {}: call me.", "Tell {} hi from me", "Can {} be seen today?"),
    *("We called {} twice today.", "Is {} there?", "Please add {} to my account"),
    *("La cita de {} es mañana", "Gracias, {}", "{} was seen on Monday"),
)
FORMS: dict[str, tuple[Callable[[str, str], str], float]] = {
    "Grace Miller": (lambda first, last: f"{first} {last}", 0.99),
    "Grace J Miller": (lambda first, last: f"{first} J {last}", 0.99),
    "Grace J. Miller": (lambda first, last: f"{first} J. {last}", 0.99),
    "G Miller": (lambda first, last: f"{first[0]} {last}", 0.93),
    "G. Miller": (lambda first, last: f"{first[0]}. {last}", 0.99),
    "G R Miller": (lambda first, last: f"{first[0]} R {last}", 0.96),
    "G.R. Miller": (lambda first, last: f"{first[0]}.R. {last}", 0.99),
    "TJ Miller": (lambda _, last: f"TJ {last}", 0.98),
    "GRACE MILLER": (lambda first, last: f"{first} {last}".upper(), 0.95),
    "MILLER, GRACE": (lambda first, last: f"{last}, {first}".upper(), 0.93),
    "Miller, Grace": (lambda first, last: f"{last}, {first}", 0.9),
    "grace miller": (lambda first, last: f"{first} {last}".lower(), 0.9),
    "Grace M.": (lambda first, last: f"{first} {last[0]}.", 0.97),
    "Grace": (lambda first, _: first, 0.98),
}


@cache
def hidden(text: str) -> frozenset[int]:
    """The places of a text that a finding covers."""
    return frozenset(n for each in find(text) for n in range(each.start, each.end))


def shares(form: Callable[[str, str], str]) -> Iterator[float]:
    """Of each name in each place the share of its letters that is found."""
    for first, last in zip(FIRST, LAST, strict=True):
        name = form(first, last)
        for place in PLACES:
            text, start = place.replace("{}", name), place.index("{}")
            letters = {n for n in range(start, start + len(name)) if text[n].isalnum()}
            yield len(letters & hidden(text)) / len(letters)


@pytest.mark.parametrize("name", FORMS)
def test_a_form_is_found_wherever_it_stands(name: str) -> None:
    """Most of the letters of all names in it."""
    form, least = FORMS[name]
    found = list(shares(form))

    assert sum(found) / len(found) >= least


@pytest.mark.parametrize("title", ["Mr.", "Mrs", "Ms.", "Dr.", "Dr"])
@pytest.mark.parametrize("letters", ["J", "J.", "J R", "J. R.", "J.R."])
@pytest.mark.parametrize("last", ["Smith", "Patel", "Lopez", "Long"])
def test_initials_behind_a_title(title: str, letters: str, last: str) -> None:
    """The whole is one name: "Dr. K" alone tells less than it hides."""
    text = f"{title} {letters} {last} is here"
    first = len(title) + 1

    assert set(range(first, len(text) - len(" is here"))) <= hidden(text)


@pytest.mark.parametrize(
    "text",
    [
        *["Our GRACE PERIOD for balances ends soon", "SUMMER HOURS: we close at 3 on Fridays"],
        *["FLU SHOTS at all clinics", "MAY DAY FAIR on the lawn", "Tickets at WILL CALL"],
        *["The HOPE FUND supports families", "FAITH WALK for charity on the riverfront"],
        *["LONG WAIT times expected today", "ROSE GARDEN entrance is closed", "JOY RIDE shuttle"],
        *["NOTE, STAFF parking moved", "NEW YEAR, NEW hours", "CHASE BANK building, next door"],
        *["FORD, LINCOLN and Grant streets are closed", "VIRGINIA MASON clinic is closed"],
        *["Our Suite B Long Hall entrance is closed", "Plan B Young adults can ask at the desk"],
        *["Part B Medicare covers flu shots", "Use Gate C Park lot", "Hepatitis B Young adults"],
        *["Building D Hill Street side is open", "On J Street, next to the bank"],
        *[
            "is there a grace period for late bills?",
            "do you have tickets at will call for the gala",
        ],
        *[
            "sign up for art class at the desk",
            "call chase bank about the check",
            "for long term care",
        ],
        *["from bill pay to autopay", "the rose garden is open to all", "for crystal clear vision"],
        *["Ask for IT Support at ext 3", "See ER Wait times online", "Take the N Long Ave exit"],
    ],
)
def test_what_has_the_form_of_a_name_only(text: str) -> None:
    """Headings in capitals, and letters of places and plans."""
    assert not any(each.label is PhiLabel.NAME for each in find(text))


def test_a_letter_may_end_a_sentence() -> None:
    """The sentence that follows is not the doctor's surname."""
    text = "See Dr. K. Please bring your card"

    assert max(hidden(text)) < text.index("Please")


def test_initials_may_end_a_text() -> None:
    """No surname follows, and the letters are somebody's all the same."""
    text = "Your visit is with Dr. J."

    assert text.index("J") in hidden(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("R. Brown missed her visit", "R. Brown"),
        ("The form for G. Hill is ready", "G. Hill"),
        ("Please call J. White back", "J. White"),
        ("llame a maria por favor", "maria"),
        ("The chart of little Omar is open", "Omar"),
    ],
)
def test_a_name_and_no_more(text: str, name: str) -> None:
    """A color and a hill are surnames behind an initial; "little" is none."""
    start = text.index(name)

    assert {n for n in range(start, start + len(name)) if text[n].isalnum()} <= hidden(text)
    assert hidden(text) <= set(range(start, start + len(name)))
