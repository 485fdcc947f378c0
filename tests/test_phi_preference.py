"""The wish for health details by text: recorded, withdrawn, folded, proved, and kept apart."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms import AsyncMessenger, Blocked, Messenger, Practice, Sent, Tier
from compliant_sms.consent import (
    Channel,
    ConsentEvent,
    PhiPreference,
    PhiPreferenceStated,
    fold,
    from_payload,
    phi_preference,
    to_payload,
)
from compliant_sms.errors import InvalidInput, LedgerTampered
from compliant_sms.providers import Twilio
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores import SQLite
from compliant_sms.testing import MovableClock
from conftest import PATIENT, PERSON, WARNING
from test_consent import ME, NUMBER, OTHER, STEADY, clarified, granted, minute, restored, revoked
from test_receive import from_patient
from test_send import agree, outgoing, remind

DETAIL = "Lakeside Family Medicine: Ana, your lisinopril is ready. Reply STOP to opt out."


def stated(at: int, *, prefers: bool = True, person: str = ME, **changes: Any) -> ConsentEvent:
    """A wish some minutes after the start."""
    usual = {
        "event_id": f"w-{at}-{prefers}-{person}",
        "practice_id": "lakeside",
        "number": NUMBER,
        "person": person,
        "occurred_at": minute(at),
        "recorded_at": minute(at),
        "actor": "front-desk:ana",
        "prefers": prefers,
        "warning": WARNING if prefers else None,
        "channel": "spoken",
    }
    return PhiPreferenceStated(**(usual | changes))


def typed(at: int, **changes: Any) -> ConsentEvent:
    """A wish on a form that anybody can fill in."""
    return stated(at, event_id=f"t-{at}", unproven=True, **changes)


def wants(*events: ConsentEvent, person: str | None = ME) -> bool:
    """Whether details may go, whatever the order of recording."""
    answers = {phi_preference(order, person).allows_detail for order in (events, events[::-1])}
    assert len(answers) == 1
    return answers.pop()


# The fold


@pytest.mark.parametrize(
    ("events", "allowed"),
    [
        ((), False),
        ((granted(1),), False),
        ((stated(1),), True),
        ((stated(1), granted(2)), True),
        ((stated(1), stated(2, prefers=False)), False),
        ((stated(1, prefers=False), stated(2)), True),
        ((stated(1), stated(1, prefers=False)), False),
        ((stated(1), stated(2, prefers=False, person=OTHER)), True),
        ((stated(1, person=OTHER),), False),
        ((stated(1), revoked(2)), False),
        ((stated(1), revoked(1)), False),
        ((revoked(1), stated(2)), True),
        ((stated(1), revoked(2, category="surveys", message_class="transactional")), False),
        ((stated(1), revoked(2), clarified(3)), False),
        ((stated(1), revoked(2), restored(3)), False),
        ((stated(1), revoked(2), granted(3)), False),
        ((stated(1), revoked(2), granted(3), stated(4)), True),
        ((typed(1),), True),
        ((stated(1, prefers=False), typed(2)), False),
        ((typed(1), stated(2, prefers=False), typed(3)), False),
        ((typed(2), stated(1, prefers=False, recorded_at=minute(9))), False),
        ((revoked(1), typed(2)), False),
        ((revoked(1), restored(2), typed(3)), False),
        ((stated(1, prefers=False), stated(2), typed(3)), True),
        ((stated(1, prefers=False, person=OTHER), typed(2)), True),
        ((stated(1), typed(2, prefers=False)), False),
        ((typed(1, prefers=False), typed(2)), False),
        ((typed(1, prefers=False), stated(2), typed(3)), True),
    ],
)
def test_the_newest_word_counts_and_less_content_wins(
    events: tuple[ConsentEvent, ...], *, allowed: bool
) -> None:
    """A withdrawal wins a tie, a revocation ends the wish, and nothing but a new one restores."""
    assert wants(*events) is allowed


def test_nobody_in_particular_has_no_wish() -> None:
    """An answer to whoever holds the number carries no details."""
    assert not wants(stated(1), person=None)


def test_the_wish_names_its_event() -> None:
    """Whoever relies on it can show it; before it was recorded it did not count."""
    wish = stated(1, recorded_at=minute(5))

    assert phi_preference([wish], ME) == PhiPreference(
        warned=True, prefers=True, event_id=wish.event_id
    )
    assert phi_preference([wish], ME, as_known_at=minute(4)) == PhiPreference()
    assert phi_preference([wish], ME, as_known_at=minute(5)).allows_detail


EVENTS = st.lists(
    st.builds(
        lambda make, at: make(at),
        st.sampled_from(
            [
                granted,
                revoked,
                restored,
                clarified,
                stated,
                typed,
                lambda at: typed(at, prefers=False),
                lambda at: stated(at, prefers=False),
                lambda at: stated(at, person=OTHER),
            ]
        ),
        st.integers(0, 6),
    ),
    max_size=8,
)


@STEADY
@given(EVENTS)
def test_wish_and_consent_are_two_matters(events: list[ConsentEvent]) -> None:
    """No wish changes what a person agreed to; and a revocation never leaves a wish behind."""
    without = [event for event in events if not isinstance(event, PhiPreferenceStated)]

    assert fold(events, ME) == fold(without, ME)
    assert not wants(*events, revoked(7))
    assert not wants(*events, stated(7, prefers=False))
    assert wants(*events, stated(7))


# What is refused, and the bytes


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"warning": None}, "after a warning"),
        ({"person": ""}, "one person's"),
        ({"person": None}, "one person's"),
        ({"prefers": "no"}, "prefers must be True or False"),
        ({"channel": "pigeon"}, "no such channel"),
        ({"reference": "\ud800"}, "surrogate"),
    ],
)
def test_what_could_not_be_proved_is_refused(changes: dict[str, Any], why: str) -> None:
    """A wish needs a person, a warning and a way in which it came."""
    with pytest.raises(InvalidInput, match=why):
        stated(1, **changes)


def test_a_wish_is_kept_by_its_bytes() -> None:
    """Canonical JSON with the wording of the warning, and back."""
    wish = stated(1, reference="form-7", channel=Channel.WEB)
    payload, anybody_s = to_payload(wish), stated(1, unproven=True)

    assert from_payload(payload) == wish
    assert b"unproven" not in payload  # those of before it joined stay as they are
    assert from_payload(to_payload(anybody_s)) == anybody_s
    assert payload.startswith(b'{"actor":"front-desk:ana","channel":"web","event_id":')
    assert b'"kind":"phi_preference_stated"' in payload
    assert WARNING.text.encode() in payload


# The desk


@pytest.fixture
def warned(messenger: Messenger) -> Messenger:
    """A messenger whose patient agreed to texts, and after a warning to details too."""
    agree(messenger)
    messenger.consent.record_phi_preference(
        PATIENT, person=PERSON, warning=WARNING, channel="spoken", recorded_by="front-desk:ana"
    )
    return messenger


def test_details_go_to_who_wants_them(warned: Messenger, carrier: Sandbox) -> None:
    """The decision relies on the wish and names its event."""
    assert isinstance(remind(warned, body=DETAIL), Sent)
    [record] = warned.history(PERSON).texts
    [told] = [f for f in record.decisions[-1].findings if f.rule == "phi-in-body"]

    assert outgoing(carrier) == [DETAIL]
    assert told.relies_on == warned.consent.phi_preference(PATIENT, person=PERSON).event_id
    assert record.decisions[-1].facts.phi_preference.allows_detail


def test_a_wish_is_no_consent(messenger: Messenger) -> None:
    """Who wants details has not agreed to texts."""
    messenger.consent.record_phi_preference(
        PATIENT, person=PERSON, warning=WARNING, channel="spoken", recorded_by="front-desk:ana"
    )

    assert messenger.consent.state(PATIENT, person=PERSON).tier is Tier.NONE
    assert isinstance(remind(messenger, body=DETAIL), Blocked)


def test_a_withdrawal_holds_at_once(warned: Messenger, clock: MovableClock) -> None:
    """Texts without details go on, and what was known before can still be asked."""
    before = clock()
    clock.advance(timedelta(minutes=1))
    warned.consent.withdraw_phi_preference(
        PATIENT, person=PERSON, channel="letter", recorded_by="front-desk:ana"
    )
    outcome = remind(warned, "1", body=DETAIL)

    assert isinstance(outcome, Blocked)
    assert [reason.code for reason in outcome.reasons] == ["risk-warning-required"]
    assert isinstance(remind(warned, "2"), Sent)
    assert not warned.consent.phi_preference(PATIENT, person=PERSON).prefers
    assert warned.consent.phi_preference(PATIENT, person=PERSON, as_known_at=before).prefers


def test_a_wish_is_not_the_households(warned: Messenger) -> None:
    """Another person at the number gets no details for it."""
    agree(warned, person="pat-882")

    assert not warned.consent.phi_preference(PATIENT, person="pat-882").prefers
    assert isinstance(remind(warned, "1", person="pat-882", body=DETAIL), Blocked)


def test_stop_ends_the_wish_and_start_does_not_bring_it_back(
    warned: Messenger, clock: MovableClock
) -> None:
    """START restores what carriers restore; the wish is stated anew or not at all."""
    for number, word in enumerate(("STOP", "START")):
        clock.advance(timedelta(minutes=1))
        warned.receive(from_patient(word, f"SM{number}"))

    assert warned.consent.state(PATIENT, person=PERSON).tier is Tier.PRIOR_EXPRESS
    assert not warned.consent.phi_preference(PATIENT, person=PERSON).prefers
    assert isinstance(remind(warned, body=DETAIL), Blocked)


def test_the_wish_stands_in_the_persons_chain(warned: Messenger, database: Path) -> None:
    """It is chained like every event, and one filed under another person is found."""
    assert warned.verify_ledger().events == 2
    assert len(warned.history(PERSON).consent) == 2
    with closing(sqlite3.connect(database)) as other, other:
        other.execute("UPDATE sms_chains SET person = 'pat-882'")

    with pytest.raises(LedgerTampered, match="filed under"):
        warned.verify_ledger()


def test_a_wish_of_tomorrow_is_refused(messenger: Messenger, clock: MovableClock) -> None:
    """As every event: nothing is recorded before it happens."""
    with pytest.raises(InvalidInput, match="future"):
        messenger.consent.record_phi_preference(
            PATIENT,
            person=PERSON,
            warning=WARNING,
            channel="spoken",
            recorded_by="front-desk:ana",
            occurred_at=clock() + timedelta(days=1),
        )


def test_an_event_loop_keeps_wishes_too(
    practice: Practice, provider: Twilio, clock: MovableClock
) -> None:
    """The other desk records, withdraws and answers the same."""

    async def main() -> list[bool]:
        async with AsyncMessenger(
            practice=practice, provider=provider, store=SQLite(":memory:"), clock=clock
        ) as messenger:
            desk, answers = messenger.consent, []
            common: Any = {"person": PERSON, "channel": "web", "recorded_by": "portal"}
            await desk.record_phi_preference(PATIENT, warning=WARNING, **common)
            answers.append((await desk.phi_preference(PATIENT, person=PERSON)).allows_detail)
            clock.advance(timedelta(minutes=1))
            await desk.withdraw_phi_preference(PATIENT, **common)
            answers.append((await desk.phi_preference(PATIENT, person=PERSON)).allows_detail)
            return answers

    assert asyncio.run(main()) == [True, False]
