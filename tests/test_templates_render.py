"""Filling a template: what is refused, what comes out, and that it is never longer than told."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from compliant_sms import PhoneNumber, Purpose
from compliant_sms.consent import PhiPreference
from compliant_sms.errors import CannotRender, InvalidInput
from compliant_sms.phi import ContentTier, Sensitivity
from compliant_sms.phi._words._name_lists import given_names
from compliant_sms.templates import (
    Body,
    Choice,
    Date,
    GivenName,
    Kind,
    Link,
    Money,
    Number,
    Phone,
    Place,
    StaffName,
    Template,
    Text,
    Time,
    Variable,
)
from compliant_sms.text import segment
from templates_made import CLINIC, GIVEN, WISH, reminder, simple

VALUES: Mapping[str, object] = {
    "given_name": "Ana",
    "date": date(2026, 12, 1),
    "time": time(14, 30),
}
FULL = {**VALUES, "provider": "Dr. Lee", "procedure": "colonoscopy"}
# 01:30 in Chicago, the day before.
INSTANT = datetime(2026, 12, 2, 7, 30, tzinfo=UTC)


def of(kind: Kind, text: str = "{practice}: about {x}.") -> Template:
    """A template with one variable of a kind."""
    if isinstance(kind, Money):
        text = "{practice}: your balance is {x}."
    return simple(text, purpose=purpose_of(kind), variables=[Variable("x", kind)])


def purpose_of(kind: Kind) -> Purpose:
    """Amounts stand in bills: elsewhere they sell."""
    return Purpose.BILLING if isinstance(kind, Money) else Purpose.APPOINTMENT_REMINDER


def why(template: Template, values: Any, **changes: Any) -> str:
    """Why values are refused."""
    with pytest.raises(CannotRender) as error:
        template.render(values, **({"practice": CLINIC} | changes))
    assert str(error.value) == "\n".join(error.value.problems)
    return str(error.value)


def body(template: Template, values: Mapping[str, object], language: str = "en") -> str:
    """What a patient reads."""
    return template.render(values, practice=CLINIC, language=language).body


def test_a_patient_gets_the_text_in_their_language_and_tier() -> None:
    """Minimum unless both warned and wishing; the first language for whoever reads none."""
    visit = reminder()
    made = visit.render(FULL, practice=CLINIC, preference=WISH)

    assert made.body == (
        "Lakeside Family Medicine: Ana, see you Tue Dec 1 at 2:30 PM with Dr. Lee for your "
        "colonoscopy. Reply C to confirm."
    )
    assert (made.tier, made.language, made.template, made.version) == (
        ContentTier.DETAIL,
        "en",
        "visit",
        1,
    )
    assert made.fingerprint == visit.fingerprint
    assert "Ana" not in repr(made)
    assert body(visit, FULL) == (
        "Lakeside Family Medicine: Ana, see you Tue Dec 1 at 2:30 PM with Dr. Lee. Reply C to "
        "confirm."
    )
    assert body(visit, VALUES, "es-MX") == (
        "Lakeside Family Medicine: Ana, le esperamos el mar 1 dic, 2:30 PM. Responda C para "
        "confirmar."
    )
    assert body(visit, VALUES, "vi") == body(visit, VALUES)
    for half in (PhiPreference(warned=True), PhiPreference(prefers=True)):
        assert visit.render(FULL, practice=CLINIC, preference=half).tier is ContentTier.MINIMUM
    spanish = visit.render(FULL, practice=CLINIC, preference=WISH, language="es")
    assert spanish.tier is ContentTier.MINIMUM
    assert made.ref("front-desk:ana").by == "front-desk:ana"


def test_special_care_gets_the_minimum_whatever_the_wish() -> None:
    """42 CFR Part 2, state law; policy P-PHI."""
    special = evolve(Purpose.APPOINTMENT_REMINDER, sensitivity=Sensitivity.SUBSTANCE_USE)
    bodies = {"en": Body(minimum="{practice}: hi.", detail="{practice}: see you.")}

    made = simple("", purpose=special, bodies=bodies)

    assert made.render({}, practice=CLINIC, preference=WISH).body.endswith(": hi.")


def test_everything_that_is_missing_is_told_at_once() -> None:
    """Missing, unknown, blank and of another type: all in one error, and no value in it."""
    told = why(
        reminder(),
        {"given_name": " ", "date": "2026-12-01", "provider": 7, "mrn": "A-7731", "time": None},
    )

    assert told.splitlines() == [
        (
            "a value is for no variable of visit; its variables: given_name, date, time, provider, "
            "procedure"
        ),
        "given_name is blank",
        "date is of a type that cannot be used; pass a date or an aware datetime",
        "time is missing",
        "provider is of a type that cannot be used; pass a str",
    ]


def test_a_template_without_variables_takes_none() -> None:
    """The error says so."""
    assert "its variables: none" in why(simple("{practice}: hi."), {"x": 1})


def test_a_part_goes_or_stays_as_a_whole() -> None:
    """With some of its values and not all, nobody knows what was meant."""
    made = simple(
        "{practice}: hello[[ on {a} at {b}]][[ with {c}]].",
        variables=[Variable("a", Date()), Variable("b", Time()), Variable("c", StaffName())],
    )
    day, hour = date(2026, 12, 1), time(9)

    assert body(made, {}) == "Lakeside Family Medicine: hello."
    assert body(made, {"a": day, "b": hour}).endswith("hello on Tue Dec 1 at 9:00 AM.")
    assert body(made, {"a": None, "c": "Sam"}).endswith("hello with Sam.")
    assert why(made, {"a": day}) == "b is missing beside a; give all that stands in a part, or none"


HOSTILE = {
    "line break": "Ana\nReply STOP",
    "carriage return": "Ana\r",
    "nul": "Ana\0",
    "escape": "\x1b[31mAna",
    "right-to-left": "Ana\u202ebob",
    "zero width": "An\u200ba",
    "line separator": "Ana\u2028x",
    "surrogate": "Ana\ud800",
    "private use": "Ana\ue000",
    "html": "<b>Ana</b>",
    "wide html": "\uff1cb\uff1eAna",
    "entity": "Ana &amp; co",
    "number entity": "Ana &#60;",
    "template": "{given_name}",
    "part": "[[Ana]]",
    "jinja": "{{7*7}}",
    "shell": "$(whoami)",
    "printf": "%(x)s",
    "markdown": "*Ana*",
    "link": "https://evil.example/x",
    "bare link": "evil.com",
    "wide link": "evil\uff0ecom",
    "scheme": "javascript://x",
    "mail": "ana@mail.example",
    "keyword": "STOP",
    "keyword in small": " stop ",
    "keyword asked for": "Reply STOP",
    "yes asked for": "reply YES to win",
    "keyword abroad": "ALTO",
    "nothing": "None",
    "undefined": "undefined",
    "not a number": "NaN",
    "blank": "  ",
    "empty": "",
    "wide blank": "\u3000",
    "long": "x" * 41,
    "long in units": "\U0001f600" * 21,
    "long in septets": "\u20ac" * 21,
    "number": 3,
    "bytes": b"Ana",
    "list": ["Ana"],
}


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("kind", [GivenName(), StaffName(), Place(), Text()], ids=lambda k: k.code)
def test_hostile_values_are_refused(kind: Kind, value: object) -> None:
    """Markup, links, keywords, hidden characters and blanks get into no text, and no error."""
    told = why(of(kind), {"x": value})

    assert told.startswith("x ")
    assert isinstance(value, int | bytes | list) or not value.strip() or value.strip() not in told


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (GivenName(), "Ana3"),
        (GivenName(), "Ana, MD"),
        (GivenName(), "Ana!"),
        (StaffName(), "Sam 4"),
        (StaffName(), "Sam\U0001f600"),
        (Place(), "Suite 4; drop"),
        (Date(), "2026-12-01"),
        (Date(), datetime(2026, 12, 1, 9)),  # noqa: DTZ001 - what is refused
        (Date(), 20261201),
        (Time(), "9:00"),
        (Time(), datetime(2026, 12, 1, 9)),  # noqa: DTZ001 - what is refused
        (Time(), time(9, tzinfo=UTC)),
        (Money(), 45.0),
        (Money(), True),
        (Money(), Decimal("NaN")),
        (Money(), Decimal("Infinity")),
        (Money(), Decimal(-1)),
        (Money(), Decimal("1.005")),
        (Money(), 100_000),
        (Number(), 3.0),
        (Number(), False),
        (Number(least=5), 4),
        (Number(most=5), 6),
        (Phone(), "call me"),
        (Phone(), 2175550100),
        (Link(), "http://lakeside.example/"),
        (Link(), "https://lakeside.example.evil.com/"),
        (Link(), "https://lakeside.example@evil.com/"),
        (Link(), "https://evil.com/lakeside.example"),
        (Link(), "https://lakeside.example/."),
        (Link(), "https://lakeside.example/x y"),
        (Link(), "https://./"),
        (Link(), "lakeside.example"),
        (Link(), 3),
        (Link(most=30), "https://lakeside.example/a-page-that-is-long"),
        (Choice({"a": {"en": "yes indeed"}}), "b"),
        (Choice({"a": {"en": "yes indeed"}}), 1),
    ],
)
def test_each_kind_refuses_what_it_is_not(kind: Kind, value: object) -> None:
    """Other types, other forms, other hosts, and numbers out of range."""
    assert why(of(kind), {"x": value}).startswith("x ")


@pytest.mark.parametrize(
    ("kind", "value", "english", "spanish"),
    [
        (GivenName(), " Jose\u0301 ", "Jos\u00e9", "Jos\u00e9"),
        (GivenName(), "Jean-Luc", "Jean-Luc", "Jean-Luc"),
        (GivenName(), "D\u2019Arcy", "D\u2019Arcy", "D\u2019Arcy"),
        (GivenName(), "\u5f35\u5049", "\u5f35\u5049", "\u5f35\u5049"),
        (StaffName(), "Jo Smith, NP", "Jo Smith, NP", "Jo Smith, NP"),
        (Place(), "Suite 4 (2nd floor)", "Suite 4 (2nd floor)", "Suite 4 (2nd floor)"),
        (Text(), "the blue form", "the blue form", "the blue form"),
        (Date(), date(2026, 12, 2), "Wed Dec 2", "mi\u00e9 2 dic"),
        (Date(), INSTANT, "Wed Dec 2", "mi\u00e9 2 dic"),
        (Date(), datetime(2026, 12, 2, 5, 30, tzinfo=UTC), "Tue Dec 1", "mar 1 dic"),
        (Date(year=True), date(2027, 1, 9), "Sat Jan 9, 2027", "sab 9 ene 2027"),
        (Time(), time(0, 5), "12:05 AM", "12:05 AM"),
        (Time(), time(12), "12:00 PM", "12:00 PM"),
        (Time(), time(13, 1, 59), "1:01 PM", "1:01 PM"),
        (Time(), INSTANT, "1:30 AM", "1:30 AM"),
        # The same wall time before and after the clocks change.
        (Time(), datetime(2026, 7, 1, 14, tzinfo=UTC), "9:00 AM", "9:00 AM"),
        (Time(), datetime(2026, 12, 1, 15, tzinfo=UTC), "9:00 AM", "9:00 AM"),
        (Money(), Decimal("1234.5"), "$1,234.50", "$1,234.50"),
        (Money(), 45, "$45.00", "$45.00"),
        (Number(), 15, "15", "15"),
        (Phone(), "(217) 555-0100", "217-555-0100", "217-555-0100"),
        (Phone(), PhoneNumber("+12175550100"), "217-555-0100", "217-555-0100"),
        (Link(), "https://www.lakeside.example/p", *["https://www.lakeside.example/p"] * 2),
        (
            Choice({"card": {"en": "bring your card", "es": "traiga su tarjeta"}}),
            "card",
            "bring your card",
            "traiga su tarjeta",
        ),
    ],
)
def test_each_kind_is_written_in_each_language(
    kind: Kind, value: object, english: str, spanish: str
) -> None:
    """Days and times by the clock of the practice; everything else as it is."""
    both = {tag: Body(minimum="{practice}: balance {x} (it)") for tag in ("en", "es")}
    made = simple("", bodies=both, variables=[Variable("x", kind)], purpose=purpose_of(kind))

    assert body(made, {"x": value}) == f"Lakeside Family Medicine: balance {english} (it)"
    assert body(made, {"x": value}, "es") == f"Lakeside Family Medicine: balance {spanish} (it)"


def test_a_value_brings_no_label_that_its_variable_may_not() -> None:
    """A drug in a few plain words is refused, and let in where it was allow-listed."""
    told = why(of(Text()), {"x": "your metformin"})
    assert told == "x brings MEDICATION, which its variable may not"

    bodies = {"en": Body(minimum="{practice}: hi.", detail="{practice}: {x} is ready.")}
    made = simple("", bodies=bodies, variables=[Variable("x", Text(), labels=["MEDICATION"])])
    detail = made.render({"x": "your metformin"}, practice=CLINIC, preference=WISH)
    assert detail.body.endswith(": your metformin is ready.")
    assert "TEST_RESULT, which its variable may not" in why(
        made, {"x": "A1c of 9.2"}, preference=WISH
    )


def test_a_surname_beside_a_given_name_is_refused() -> None:
    """Name and surname tell everybody else who the patient is."""
    assert "given_name tells NAME, more than a minimum text may" in why(
        simple(), {"given_name": "Ana Gomez"}
    )


def test_the_words_round_a_value_count() -> None:
    """What is harmless alone may tell something, lead somewhere or sell beside other words."""
    link = of(Text(), "{practice}: see www.{x} today.")
    assert why(link, {"x": "evil.yz"}) == "x becomes a link with what stands beside it"
    invites = of(Text(), "{practice}: reply {x} to confirm.")
    assert "x: It invites YES" in why(invites, {"x": "Yes"})
    oncology = evolve(CLINIC, name="Lakeside Oncology")
    told = why(simple(), {"given_name": "Ana"}, practice=oncology)
    assert "tells SPECIALTY_HINT" in told


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"practice": "Lakeside"}, "practice"),
        ({"language": 3}, "language"),
        ({"preference": True}, "preference"),
    ],
)
def test_wrong_arguments_are_refused(changes: dict[str, Any], name: str) -> None:
    """Of another kind than they should be."""
    with pytest.raises(InvalidInput, match=name):
        simple().render(**({"values": {"given_name": "Ana"}, "practice": CLINIC} | changes))
    with pytest.raises(InvalidInput, match="values"):
        simple().render(["Ana"], practice=CLINIC)  # type: ignore[arg-type]


def refused_names(names: Iterable[str]) -> list[str]:
    """The given names that no text can be sent to."""
    made, found = simple("{practice}: {given_name}, see you soon."), []
    for name in names:
        try:
            made.render({"given_name": name.title()}, practice=CLINIC)
        except CannotRender:
            found.append(name)
    return found


SELLING = ["gala", "luce"]
"""Words that sell elsewhere."""
ODD = ["april", "christian", "dallas", "nan", "nat", "parish", "sunday", "tia", "tuesday"]


def test_common_given_names_are_taken() -> None:
    """A given name is not taken for a day, a place, a disease, an offer or a missing value."""
    names = random.Random(8).sample(sorted(given_names()), 500)

    assert refused_names([*ODD, *SELLING, *sorted(names)]) == []


@pytest.mark.endurance
def test_all_given_names_are_taken() -> None:
    """Each of the lists."""
    assert refused_names(sorted(given_names())) == []


@pytest.mark.parametrize("town", ["Madison", "Terre Haute", "Santa Ana"])
def test_the_practices_town_is_a_place(town: str) -> None:
    """Many are called like people. Of no other town anybody can say that it is meant."""
    made = simple("{practice}: see you at {place}.", variables=[Variable("place", Place())])
    there = evolve(CLINIC, addresses=[f"4 Wabash Ave, {town}, IN 47807"])

    assert made.render({"place": town}, practice=there).body.endswith(f"see you at {town}.")
    with pytest.raises(CannotRender, match="place brings"):
        made.render({"place": town}, practice=CLINIC)


LETTERS = st.text(alphabet="abcdefgh\u00e9\u0161\u5f35\U0001e922 -'.", max_size=60)
ANY = st.text(max_size=60)
SOME = {
    "given_name": st.one_of(st.sampled_from(["Ana", "Jos\u00e9", "\u0160\u00e1rka"]), LETTERS),
    "provider": st.one_of(st.sampled_from(["Dr. Lee", "Sam"]), LETTERS),
    "place": st.one_of(st.just("Annex"), LETTERS, ANY),
    "note": st.one_of(LETTERS, ANY, st.text(alphabet="\u20ac\U0001f600x", max_size=60)),
    "date": st.dates(),
    "time": st.times(),
    "amount": st.decimals(0, 99_999, places=2),
    "minutes": st.integers(-5, 1005),
    "phone": st.sampled_from(["217-555-0100", "+442079460958", "2175550100"]),
    "link": st.text(alphabet="abc/.%-", max_size=70).map("https://lakeside.example/{}".format),
    "what": st.sampled_from(["short", "long"]),
}
WHOLE = Template(
    name="whole",
    version=1,
    purpose=Purpose.BILLING,
    bodies={
        "en": Body(
            minimum="{practice} {practice_phone}: {given_name}, see you {date} at {time}"
            "[[ with {provider}]][[ at {place}]][[, {note}]][[, balance due {amount}]]"
            "[[, {minutes} min]][[, {phone}]][[, {what}]][[ {link}]]"
        )
    },
    variables=[
        GIVEN,
        Variable("date", Date(year=True)),
        Variable("time", Time()),
        Variable("provider", StaffName()),
        Variable("place", Place()),
        Variable("note", Text()),
        Variable("amount", Money()),
        Variable("minutes", Number()),
        Variable("phone", Phone()),
        Variable("link", Link()),
        Variable(
            "what", Choice({"short": {"en": "soon"}, "long": {"en": "bring \u20ac\u20ac and go"}})
        ),
    ],
)


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_no_value_is_longer_than_was_told(data: st.DataObject) -> None:
    """Whatever is taken lies between the fewest and the most segments, with and without a name."""
    leave_out = data.draw(st.sets(st.sampled_from(sorted(WHOLE.optional))))
    values = {name: data.draw(some) for name, some in SOME.items() if name not in leave_out}
    try:
        made = WHOLE.render(values, practice=CLINIC)
    except CannotRender as error:
        assert error.problems
        return
    taken = segment(made.body).segments

    for practice in (None, CLINIC):
        least, most = WHOLE.segments("en", practice=practice)
        assert least <= taken <= most


def letters(alphabet: str, most: int) -> st.SearchStrategy[str]:
    """Words that a kind takes, as long as it takes them and in the oddest letters."""
    return st.text(alphabet=alphabet, min_size=most, max_size=most).map(
        lambda text: in_room("\u00e9" + text, most)
    )


def in_room(text: str, most: int) -> str:
    """As much of it as takes no more room."""
    while segment(text).units > most:
        text = text[:-1]
    return text


LONG = {
    "given_name": letters("\u0161\u00e9\U0001e922", 40),
    "provider": letters("\u0161b\U0001e922", 40),
    "place": letters("\u0161b\U0001e922", 40),
    "note": letters("\u20ac\U0001f600\u0161", 40),
    "amount": st.just(99_999),
    "minutes": st.just(999),
    "phone": st.sampled_from(["217-555-0100"]),
    "link": st.just("https://lakeside.example/" + "a" * 55),
    "what": st.just("long"),
    "date": st.dates(),
    "time": st.times(),
}


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_the_longest_values_reach_no_further(data: st.DataObject) -> None:
    """Filled to the brim, in letters that take the most room, it comes close to what is told."""
    values = {name: data.draw(some) for name, some in LONG.items()}
    made = WHOLE.render(values, practice=CLINIC)
    most = WHOLE.segments("en", practice=CLINIC)[1]

    assert most - 1 <= segment(made.body).segments <= most


@settings(deadline=None, max_examples=200)
@given(ANY)
def test_any_value_is_taken_whole_or_refused(value: str) -> None:
    """No text makes it fail otherwise, and nothing of a refused one is shown."""
    made = of(Text(most=60), "{practice}: {x} (it)")
    try:
        text = made.render({"x": value}, practice=CLINIC).body
    except CannotRender as error:
        assert len(value.strip()) < 8 or value not in str(error)
        return

    assert text.startswith("Lakeside Family Medicine: ")
    assert text.endswith(" (it)")
    assert not any(sign in text for sign in "<>{}[]\n\r\0")
    assert "://" not in text
