"""Templates by name and version: which one is used, and what a file of them may hold."""

from __future__ import annotations

from datetime import date, time

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms import Purpose
from compliant_sms.errors import InvalidInput, InvalidTemplate, UnknownTemplate
from compliant_sms.lint import LintSettings
from compliant_sms.optout import Author, Awaiting, Intent, Reading, Revocation, read
from compliant_sms.phi import ContentTier, PhiLabel
from compliant_sms.templates import (
    CannedReply,
    Catalogue,
    Template,
    Withdrawal,
    starter,
    suggestions,
)
from compliant_sms.text import Encoding, segment
from templates_made import CLINIC, LEE, reminder, simple

GONE = Withdrawal(by="Dr. Lee", on=date(2026, 11, 9), reason="It named the wrong phone.")
FILE = """
[[template]]
name = "visit"
version = 3
purpose = "appointment_reminder"
asks = "confirm"
approved = { by = "Dr. Lee", on = 2026-11-02 }

[template.variables]
given_name = "given_name"
day = { kind = "date", year = true }
what = { kind = "choice", options = { card = { en = "bring a card", es = "traiga su tarjeta" } } }
drug = { kind = "text", most = 20, labels = ["MEDICATION"] }

[template.bodies.en]
minimum = "{practice}: {given_name}, see you {day}[[, {what}]]."
detail = "{practice}: {given_name}, see you {day}[[ about {drug}]]."

[template.bodies.es]
minimum = "{practice}: {given_name}, le esperamos el {day}[[, {what}]]."

[[reply]]
name = "thanks"
version = 1
intents = ["greeting_or_thanks", "other"]
withdrawn = { by = "Dr. Lee", on = 2026-11-09, reason = "too short" }

[reply.variables]
given_name = "given_name"
signature = "staff_name"

[reply.bodies.en]
minimum = "Thank you, {given_name}. {signature}"
"""


def test_the_newest_approved_version_is_used() -> None:
    """Neither what nobody approved nor what was withdrawn; both stay on record."""
    versions = [
        reminder(1),
        reminder(2, "we see you"),
        reminder(3, "we meet you", withdrawn=GONE),
        reminder(10, "we wait for you", approved=None),
    ]
    made = Catalogue(reversed(versions))

    assert made.newest("visit") is versions[1]
    assert made.in_use == (versions[1],)
    assert made.version("visit", 3) is versions[2]
    assert list(made) == versions
    assert (len(made), repr(made)) == (4, "<Catalogue of 4 templates>")


def test_what_is_not_there_is_told() -> None:
    """A name without versions, a name without one that may be used, and a version."""
    made = Catalogue([reminder(approved=None)])

    with pytest.raises(UnknownTemplate, match="no version of this template is approved"):
        made.newest("visit")
    with pytest.raises(UnknownTemplate, match="no template of this name"):
        made.newest("hello")
    with pytest.raises(UnknownTemplate, match="no such version"):
        made.version("visit", 2)
    with pytest.raises(InvalidInput):
        made.newest(3)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput):
        Catalogue(["visit"])  # type: ignore[list-item]


def test_changed_words_need_a_new_version() -> None:
    """The same version with other words is refused, whoever made it; the same words are not."""
    assert len(Catalogue([reminder(), reminder()])) == 1
    with pytest.raises(InvalidTemplate, match=r"^visit 1: there are two texts of this version\."):
        Catalogue([*Catalogue([reminder()]), reminder(word="we see you")])
    assert len(Catalogue([reminder(), reminder(2, "we see you")])) == 2


@given(st.permutations([1, 2, 3, 4, 5]), st.sets(st.integers(1, 5)), st.sets(st.integers(1, 5)))
def test_order_does_not_matter(order: list[int], approved: set[int], gone: set[int]) -> None:
    """Whatever is approved and withdrawn, the highest number that may be used is used."""
    made = Catalogue(MADE[version, version in approved, version in gone] for version in order)
    usable = approved - gone

    if usable:
        assert made.newest("hello").version == max(usable)
    else:
        with pytest.raises(UnknownTemplate):
            made.newest("hello")


MADE = {
    (version, approved, gone): simple(
        version=version, approved=LEE if approved else None, withdrawn=GONE if gone else None
    )
    for version in range(1, 6)
    for approved in (True, False)
    for gone in (True, False)
}


def test_problems_are_those_of_what_is_not_withdrawn() -> None:
    """A practice's own name, or its limit of segments, is tried on all of them."""
    made = Catalogue([simple(), simple(name="old", withdrawn=GONE)])

    (problem,) = made.problems(evolve(CLINIC, name="Lakeside Oncology"))
    assert (problem.template, problem.rule) == ("hello", "content-tier")
    assert made.problems(CLINIC, LintSettings(max_segments=3)) == ()


def test_a_file_says_all_that_python_says() -> None:
    """Kinds with settings, labels, tiers, languages, approvals, withdrawals, replies."""
    made = Catalogue.parse(FILE, "own.toml", approved=evolve(LEE, by="Ms. Kim"))
    visit, thanks = made.newest("visit"), made.version("thanks", 1)

    assert (visit.version, visit.purpose, visit.asks) == (
        3,
        Purpose.APPOINTMENT_REMINDER,
        Awaiting.CONFIRM,
    )
    assert visit.approved == LEE
    assert visit.optional == {"what", "drug"}
    drug = visit.variable("drug")
    assert drug is not None
    assert drug.labels == {PhiLabel.MEDICATION}
    values = {"given_name": "Ana", "day": date(2026, 12, 1), "what": "card"}
    assert visit.render(values, practice=CLINIC, language="es").body == (
        "Lakeside Family Medicine: Ana, le esperamos el mar 1 dic 2026, traiga su tarjeta."
    )
    assert isinstance(thanks, CannedReply)
    assert thanks.intents == (Intent.GREETING_OR_THANKS, Intent.OTHER)
    assert thanks.approved is not None
    assert (thanks.approved.by, thanks.withdrawn and thanks.withdrawn.reason) == (
        "Ms. Kim",
        "too short",
    )
    assert made.replies == ()


def test_all_problems_of_a_file_come_together() -> None:
    """Each with the file, and the template as far as it has a name."""
    with pytest.raises(InvalidTemplate) as error:
        Catalogue.parse(
            """
[[template]]
version = 1
[[template]]
name = "a"
version = 1
purpose = "nothing"
[[template]]
name = "b"
version = 1
purpose = "recall"
variables = { x = "text", y = { kind = "what" } }
[[template]]
name = "c"
version = 1
purpose = "recall"
color = "red"
[[template]]
name = "d"
version = 1
purpose = 3
[[template]]
name = "e"
version = 1
purpose = "recall"
variables = { x = { kind = "text", most = 0 } }
[[template]]
name = "f"
version = 1
purpose = "recall"
variables = ["x"]
[[template]]
name = "g"
version = 1
purpose = "recall"
[template.bodies.en]
minimum = "{practice}: {who}, {"
[[template]]
name = "h"
version = 1
purpose = "recall"
variables = { x = { kind = "text", long = 3 } }
[[reply]]
name = "i"
version = 1
[[reply]]
name = "j"
version = 1
intents = ["other"]
approved = { by = "Dr. Lee" }
""",
            "own.toml",
        )

    places = [each.partition(": ")[2][:14] for each in error.value.problems]
    assert all(each.startswith("own.toml: ") for each in error.value.problems)
    assert [place.partition(":")[0].split(",")[0] for place in places] == [
        "template no. 1",
        "template a",
        "template b",
        "template c",
        "template d",
        "template e",
        "template f",
        "g 1",
        "g 1",
        "template h",
        "reply i",
        "reply j",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[template]", "it is no TOML"),
        ("[[templates]]\nname = 'a'", "other tables than [[template]] and [[reply]]"),
        ("[[template]]\nname = 'a'", "template a: it lacks bodies, purpose, version."),
        ("[[reply]]\nversion = 1", "reply no. 1: it lacks bodies, intents, name."),
        ("template = 3", "other tables than"),
        ("template = [3]", "other tables than"),
    ],
)
def test_what_is_no_file_of_templates_is_refused(text: str, words: str) -> None:
    """Broken TOML, and tables that nobody knows."""
    with pytest.raises(InvalidTemplate) as error:
        Catalogue.parse(text, "own.toml")
    assert str(error.value).startswith("own.toml: ")
    assert words in str(error.value)


def test_an_empty_file_has_no_templates() -> None:
    """Nothing is wrong with it."""
    assert len(Catalogue.parse("", "own.toml")) == 0


def test_the_starter_passes_its_own_checks() -> None:
    """No error and no warning, with a practice and without; in three languages, and in GSM-7."""
    made = starter(LEE)

    assert len(made) >= 18
    assert made.problems() == ()
    assert made.problems(CLINIC) == ()
    for each in made:
        assert list(each.bodies) == ["en", "es", "fr"], each.name
        for text in each.texts:
            assert segment(text.written).encoding is Encoding.GSM_7, (each.name, text.language)


def test_nobody_approved_the_starter_beforehand() -> None:
    """Somebody of the practice has to read it first."""
    assert starter().in_use == ()
    assert {each.approved for each in starter(LEE)} == {LEE}


def test_the_starter_has_the_usual_texts() -> None:
    """What each office sends, with results told in the minimum only."""
    made = starter(LEE)
    names = {each.name for each in made}

    assert {
        "appointment_reminder",
        "appointment_confirmed",
        "recall",
        "running_late",
        "results_ready",
        "statement_ready",
    } <= names
    assert {text.tier for text in made.newest("results_ready").texts} == {ContentTier.MINIMUM}
    assert made.newest("appointment_reminder").asks is Awaiting.CONFIRM


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_each_text_of_the_starter_can_be_filled(language: str) -> None:
    """With usual values it is one or two segments, and nothing is left open in it."""
    usual = {
        "given_name": "Ana",
        "date": date(2026, 12, 1),
        "time": time(14, 30),
        "provider": "Dr. Lee",
        "place": "2nd floor",
        "minutes": 20,
        "link": "https://lakeside.example/portal",
        "medication": "metformin",
        "signature": "Sam",
    }
    for each in starter(LEE):
        values = {variable.name: usual[variable.name] for variable in each.variables}
        made = each.render(values, practice=CLINIC, language=language)

        assert segment(made.body).segments <= 2, each.name
        assert "{" not in made.body


def test_each_intent_that_people_answer_has_a_reply() -> None:
    """The starter leaves none of them without a suggestion."""
    answered = {intent for each in starter(LEE).replies for intent in each.intents}

    assert answered == set(Intent) - {Intent.EMERGENCY, Intent.OPT_OUT, Intent.OPT_IN}


def names(reading: Reading, catalogue: Catalogue, language: str = "") -> list[str]:
    """What is suggested."""
    return [each.name for each in suggestions(reading, catalogue, language)]


def test_suggestions_go_by_what_a_text_is_about() -> None:
    """The leading intent first, then the others; a reply that answers both once."""
    made = starter(LEE)
    reading = Reading(intent=Intent.BILLING, also=(Intent.RESCHEDULE, Intent.BILLING))

    assert names(reading, made) == ["reply_billing", "reply_reschedule"]
    assert names(read("Thank you so much!"), made) == ["reply_thanks"]
    assert names(read("My mom is in hospice now. Thank you"), made) == []
    assert names(read("What do I owe for last week?"), made)[0] == "reply_billing"
    assert names(Reading(intent=Intent.OTHER), Catalogue()) == []


def reply(name: str, intents: list[str], language: str = "en", **changes: object) -> Template:
    """A reply in one language."""
    bodies = {
        "en": "Thank you, {given_name}. {signature}",
        "es": "Gracias por escribir, {given_name}. Le respondo hoy. {signature}",
    }
    return next(
        iter(
            Catalogue.parse(
                f"""
[[reply]]
name = "{name}"
version = 1
intents = {intents}
variables = {{ given_name = "given_name", signature = "staff_name" }}
bodies = {{ {language} = {{ minimum = "{bodies[language]}" }} }}
""",
                "t",
                **({"approved": LEE} | changes),  # type: ignore[arg-type]
            )
        )
    )


def test_suggestions_are_in_order() -> None:
    """The patient's language first, then the intent, its rank in the reply, and the name."""
    made = Catalogue(
        [
            reply("b", ["other"]),
            reply("a", ["billing", "other"]),
            reply("d", ["other"], "es"),
            reply("c", ["billing"]),
            reply("e", ["other"], approved=None),
            reminder(),
        ]
    )

    assert names(Reading(intent=Intent.OTHER), made) == ["b", "a", "d"]
    assert names(Reading(intent=Intent.OTHER, language="es"), made) == ["d", "b", "a"]
    assert names(Reading(intent=Intent.OTHER, language="es"), made, "en") == ["b", "a", "d"]
    assert names(Reading(intent=Intent.OTHER, also=(Intent.BILLING,)), made) == [
        "b",
        "a",
        "c",
        "d",
    ]


@pytest.mark.parametrize(
    "reading",
    [
        Reading(intent=Intent.EMERGENCY, also=(Intent.BILLING,)),
        Reading(intent=Intent.OPT_OUT),
        Reading(intent=Intent.OPT_IN),
        Reading(intent=Intent.BILLING, revocation=Revocation(start=0, end=4, rule="x")),
        Reading(intent=Intent.BILLING, author=Author.ROBOT),
        read("STOP"),
        read("I cannot breathe"),
    ],
)
def test_some_texts_get_no_suggestion(reading: Reading) -> None:
    """A revocation, an emergency and a machine are no matter of prepared words."""
    assert names(reading, starter(LEE)) == []
