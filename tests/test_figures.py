"""Figures: what a practice's texting came to, as the record tells."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from compliant_sms import AsyncMessenger, Keyring, Messenger, Plaintext, Practice, Profile, Purpose
from compliant_sms.driver import finish
from compliant_sms.errors import CannotUnseal, InvalidInput
from compliant_sms.figures import Answered, Figures
from compliant_sms.flows import activity
from compliant_sms.flows._records import _figures
from compliant_sms.lifecycle import State
from compliant_sms.messenger import StoreKind
from compliant_sms.providers import Twilio
from compliant_sms.stores._dialect import SQLITE
from compliant_sms.stores._schema import migrations
from compliant_sms.stores._sql import _counts
from compliant_sms.testing import MovableClock
from conftest import MORNING, PATIENT, PERSON
from test_receive import from_patient, status
from test_send import BODY, NIGHT, agree, remind, waits

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures(waits.__name__)]
Make = Callable[..., Messenger]
NOBODY = "+12175550135"


@pytest.fixture(params=["sealed", "in the clear"])
def keys(request: pytest.FixtureRequest) -> Any:
    """Figures are the same whether records are sealed or not."""
    return Keyring.generate() if request.param == "sealed" else Plaintext(reason="a test")


@pytest.fixture
def busy(make_messenger: Make, keys: Any, clock: MovableClock) -> Messenger:
    """A messenger after a day and a night."""
    messenger = make_messenger(keyring=keys, people=lambda _: Profile(time_zone="America/Chicago"))
    agree(messenger)
    sent = remind(messenger)
    messenger.receive(status(sent.provider_id, "delivered"))
    remind(messenger, "nobody agreed", to=NOBODY, person="pat-882")
    remind(messenger, "nobody agreed", to=NOBODY, person="pat-882")
    messenger.receive(from_patient("Can I bring my sister?", "SM1"))
    clock.advance(timedelta(minutes=7))
    messenger.send(
        to=PATIENT,
        person=PERSON,
        purpose=Purpose.CARE_CONVERSATION,
        body="Lakeside Family Medicine: Yes, do.",
        idempotency_key="answer-1",
    )
    clock.move_to(NIGHT)
    remind(messenger, "later", body=f"{BODY} Again.")
    messenger.receive(from_patient("STOP", "SM2"))
    return messenger


def test_a_day(busy: Messenger, clock: MovableClock) -> None:
    """Each figure is what happened; one text counts once for each state."""
    found = busy.figures()
    assert (found.since, found.until) == (None, clock() + timedelta.resolution)
    assert (found.allowed, found.held, found.blocked, found.delivered) == (2, 1, 1, 1)
    assert found.texts[State.SENT] == 2
    assert found.blocked_by["consent"] == 2
    assert list(found.held_by) == ["courtesy-window"]
    assert (found.received, found.opt_outs) == (2, 1)
    assert found.opt_out_rate == 0.5
    assert (found.uncertain, found.overdue) == (0, 0)


def test_a_period(busy: Messenger) -> None:
    """The beginning belongs to a period, its end does not."""
    later = busy.figures(since=NIGHT)
    assert (later.allowed, later.held, later.received, later.opt_outs) == (0, 1, 1, 1)
    assert later.opt_out_rate is None
    before = busy.figures(since=MORNING, until=NIGHT)
    assert (before.allowed, before.held, before.received, before.opt_outs) == (2, 0, 1, 0)
    assert (before.held_by, before.blocked_by["consent"]) == ({}, 2)


def test_what_is_open(busy: Messenger, clock: MovableClock) -> None:
    """What is due and nobody takes is overdue after five minutes."""
    clock.advance(timedelta(minutes=5))
    assert busy.figures().overdue == 0
    clock.advance(timedelta(seconds=1))
    assert busy.figures().overdue == 1  # the confirmation of the STOP
    busy.dispatch_due()
    assert busy.figures().overdue == 0


def test_after_erasure(busy: Messenger, keys: Any) -> None:
    """Sums stay when a person is erased; their decisions tell of no rule any more."""
    if isinstance(keys, Plaintext):
        pytest.skip("what lies in the clear cannot be erased")
    before = busy.figures()
    busy.erase(PERSON, reason="a request", by="privacy:kim")
    after = busy.figures()
    assert (after.allowed, after.opt_outs) == (before.allowed, before.opt_outs)
    assert (after.held_by, after.blocked_by) == ({}, before.blocked_by)


def test_minute_by_minute(busy: Messenger, clock: MovableClock) -> None:
    """What the report draws adds up to the figures, and says how long patients waited."""
    ports = busy._ports
    found = finish(activity(ports.store, "lakeside", None, None, clock()))
    assert found.figures == busy.figures()
    assert sum(found.received.values()) == 2
    assert found.opt_outs == {NIGHT: 1}
    assert sum(m.count for m in found.moves if m.state is State.CLAIMED) == 2
    assert found.answers[0] == Answered(
        received_at=MORNING, answered_at=MORNING + timedelta(minutes=7)
    )
    assert found.answers[0].after == timedelta(minutes=7)
    assert Answered(received_at=MORNING, answered_at=None).after is None


def test_practices_are_apart(busy: Messenger, make_messenger: Make, practice: Practice) -> None:
    """Another practice on the same database has figures of its own: none."""
    other = make_messenger(practice=evolve(practice, id="another"))
    found = other.figures()
    assert found == Figures(practice_id="another", since=None, until=found.until, texts={})


def test_pages(busy: Messenger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Decisions are read a page at a time, whatever the page's size."""
    whole = busy.figures()
    for size in (1, 2, 3):
        monkeypatch.setattr(_figures, "_PAGE", size)
        assert busy.figures() == whole


BEGINNINGS = {
    "_BY_STATE": "sms_steps_by_time (at>? AND at<?)",
    "_MOVES": "sms_steps_by_time (at>? AND at<?)",
    "_STOPS": "sms_steps_by_time (at>? AND at<?)",
    "_RECEIVED": "sms_inbound_by_time (practice_id=? AND received_at>? AND received_at<?)",
    "_ANSWERS": "sms_inbound_by_time (practice_id=? AND received_at>? AND received_at<?)",
    "_OPT_OUTS": "sms_consent_events_revoked",
    "_UNCERTAIN": "sms_messages_open (practice_id=? AND state=?)",
    "_OVERDUE": "sms_messages_due (practice_id=?)",
}


@pytest.mark.parametrize("name", BEGINNINGS)
def test_no_query_reads_a_whole_table(name: str, database: Path) -> None:
    """Each begins where the period does, or at what is rare, so that a day costs what it holds."""
    query = SQLITE.reading(getattr(_counts, name))
    asked = {"practice_id": "", "since": "", "until": "", "at": "", "purpose": ""}
    with closing(sqlite3.connect(database)) as connection:
        for statement in migrations(SQLITE, 0):
            connection.execute(statement)
        rows = connection.execute(f"EXPLAIN QUERY PLAN {query}", {**asked, "after": 0, "limit": 1})
        steps = [step for *_, step in rows if step.startswith(("SCAN", "SEARCH"))]
    first, *others = steps
    assert first.endswith(BEGINNINGS[name])
    assert not [step for step in others if step.startswith("SCAN sms_")]


def test_what_cannot_be_asked(busy: Messenger, make_messenger: Make, keys: Any) -> None:
    """A period that ends before it begins, a naive instant, and records of other keys."""
    with pytest.raises(InvalidInput, match="ends before"):
        busy.figures(since=NIGHT, until=MORNING)
    with pytest.raises(InvalidInput, match="time zone"):
        busy.figures(since=datetime(2026, 11, 30))  # noqa: DTZ001 - that is the point
    if isinstance(keys, Keyring):
        with pytest.raises(CannotUnseal):
            make_messenger(keyring=Keyring.generate()).figures()


def test_on_an_event_loop(  # noqa: PLR0917 - fixtures
    busy: Messenger,
    keys: Any,
    practice: Practice,
    provider: Twilio,
    make_store: Callable[[], StoreKind],
    clock: MovableClock,
) -> None:
    """The other facade answers the same."""

    async def ask() -> Figures:
        other = AsyncMessenger(
            practice=practice, provider=provider, store=make_store(), clock=clock, keyring=keys
        )
        found = await other.figures()
        await other.aclose()
        return found

    assert asyncio.run(ask()) == busy.figures()
