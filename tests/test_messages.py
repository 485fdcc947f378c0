"""Texts as they are kept: what a draft refuses, what a repr hides, how a text moves."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliant_sms.classification import Purpose
from compliant_sms.errors import InvalidInput, InvalidPhoneNumber
from compliant_sms.lifecycle import TRANSITIONS, State
from compliant_sms.messages import Draft, Inbound, Message
from compliant_sms.phone import PhoneNumber
from compliant_sms.providers import Failure, Problem

# The same examples each time, however long they take.
STEADY = settings(derandomize=True, deadline=None)
NUMBER = PhoneNumber("+12175550134")
AT = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
LATER = AT + timedelta(hours=3)
CANARY = "Planted-Canary-77"
PROBLEM = Problem(category=Failure.UNKNOWN, code="1", words="something")


def draft(**changes: object) -> Draft:
    """Make a draft; any field can be replaced."""
    fields: dict[str, object] = {
        "to": NUMBER,
        "person": "pat-881",
        "purpose": Purpose.APPOINTMENT_REMINDER,
        "body": f"See you tomorrow at 2:30 PM, {CANARY}.",
        "idempotency_key": "appt-991/24h",
    }
    return Draft(**(fields | changes))  # type: ignore[arg-type]


def message(**changes: object) -> Message:
    """Make a stored text; any field can be replaced."""
    fields: dict[str, object] = {
        "message_id": "m-1",
        "practice_id": "lakeside",
        "draft": draft(),
        "created_at": AT,
        "state": State.DUE,
        "not_before": AT,
    }
    return Message(**(fields | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("body", ["", " ", "\n\t\u00a0\u2003"])
def test_an_empty_body_is_refused(body: str) -> None:
    """A draft has something to say."""
    with pytest.raises(InvalidInput, match="empty"):
        draft(body=body)


@pytest.mark.parametrize("code_point", [0, 0xD800, 0xDBFF, 0xDC00, 0xDFFF])
def test_a_broken_body_is_refused(code_point: int) -> None:
    """NUL and half a surrogate pair are refused wherever they stand, and not quoted."""
    broken = chr(code_point)
    for body in (f"{broken}Hello", f"Hel{broken}lo", f"Hello{broken}"):
        with pytest.raises(InvalidInput, match="NUL") as caught:
            draft(body=body)

        assert "Hel" not in str(caught.value)


@STEADY
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
def test_any_readable_body_is_kept(body: str) -> None:
    """Every other text is kept as it was given, unless it is blank."""
    if body.strip():
        assert draft(body=body).body == body


@pytest.mark.parametrize("key", ["", "  ", "\n", "k" * 256])
def test_an_unusable_key_is_refused(key: str) -> None:
    """A key has 1 to 255 characters that are not all blank."""
    with pytest.raises(InvalidInput, match="1 to 255"):
        draft(idempotency_key=key)


@pytest.mark.parametrize("key", ["k", "k" * 255])
def test_the_shortest_and_longest_keys_are_taken(key: str) -> None:
    """Keys of 1 and of 255 characters are taken."""
    assert draft(idempotency_key=key).idempotency_key == key


@pytest.mark.parametrize("purpose", ["APPOINTMENT_REMINDER", "reminder", "", None, 7, Purpose])
def test_a_purpose_comes_from_the_catalogue(purpose: object) -> None:
    """What is neither a purpose nor the code of one is refused, and the error lists the codes."""
    with pytest.raises(InvalidInput, match="no such purpose") as refused:
        draft(purpose=purpose)

    assert Purpose.APPOINTMENT_REMINDER.code in str(refused.value)


def test_a_purpose_can_be_named_by_its_code() -> None:
    """The code of a purpose, as records and the command line have it, is that purpose."""
    assert draft(purpose="appointment_reminder") == draft(purpose=Purpose.APPOINTMENT_REMINDER)


def test_a_naive_limit_is_refused() -> None:
    """A last instant without a time zone is refused, and the error names it."""
    with pytest.raises(InvalidInput, match="not_after has no time zone"):
        draft(not_after=datetime(2026, 12, 1, 14, 30))  # noqa: DTZ001


def test_a_limit_is_kept_in_utc() -> None:
    """A last instant in any zone is the same instant in UTC."""
    limit = draft(not_after=LATER.astimezone(timezone(timedelta(hours=-6)))).not_after

    assert limit == LATER
    assert limit.tzinfo is UTC
    assert draft().not_after is None


def test_a_typed_number_is_read() -> None:
    """A number in everyday dress is read; what is none is refused."""
    assert draft(to="(217) 555-0134").to == NUMBER
    assert draft(to=NUMBER).to is NUMBER
    with pytest.raises(InvalidPhoneNumber):
        draft(to="my phone")


def test_a_text_says_what_was_asked_for() -> None:
    """Whoever has one need not know that it holds a draft."""
    text, asked = message(), draft()

    assert (text.to, text.person, text.purpose) == (asked.to, asked.person, asked.purpose)
    assert (text.idempotency_key, text.body) == (asked.idempotency_key, asked.body)


def test_reprs_hide_body_and_number() -> None:
    """The repr of a draft, a text and an inbound text shows neither body nor full number."""
    inbound = Inbound(
        inbound_id="i-1",
        practice_id="lakeside",
        provider="twilio",
        provider_key="SM1",
        number=NUMBER,
        body=CANARY,
        media=(f"https://example.org/{CANARY}",),
        received_at=AT,
    )

    for shown in map(repr, (draft(), message(), inbound)):
        assert CANARY not in shown
        assert "5550134" not in shown
        assert "0134" in shown


@pytest.mark.parametrize(("now", "wanted"), list(itertools.product(State, State)))
def test_a_text_never_leaves_the_table(now: State, wanted: State) -> None:
    """A text moves where the table lets it, and otherwise stays exactly as it was."""
    before = message(state=now, problem=PROBLEM)
    after = before.moved(wanted, not_before=LATER)

    if wanted in TRANSITIONS[now]:
        assert after.state is wanted
        assert after.not_before == LATER
        assert after.problem is None
    else:
        assert after == before


@pytest.mark.parametrize("wanted", [State.SENT, State.CANCELLED])
def test_the_providers_id_is_kept(wanted: State) -> None:
    """The provider's id is learned even where the state stays, and never replaced."""
    learned = message(state=State.CLAIMED).moved(wanted, provider_id="SM1")

    assert learned.provider_id == "SM1"
    assert learned.moved(State.DELIVERED, provider_id="SM2").provider_id == "SM1"
    assert learned.moved(State.DUE, provider_id="SM2").provider_id == "SM1"


def test_a_move_keeps_what_it_does_not_change() -> None:
    """Moving keeps the draft, the id and, unless told otherwise, the earliest instant."""
    before = message(state=State.CLAIMED, attempts=2)
    after = before.moved(State.FAILED, problem=PROBLEM)

    assert after.problem == PROBLEM
    assert (after.draft, after.message_id, after.attempts) == (before.draft, "m-1", 2)
    assert after.not_before == AT
