"""The audit log: who did what, why and when; it only grows, and what is done to it shows."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from compliant_sms import AsyncMessenger, Messenger, PhoneNumber, Practice
from compliant_sms.audit import Act, AuditEvent, from_payload, to_payload
from compliant_sms.errors import InvalidInput, LedgerTampered, SchemaTooNew
from compliant_sms.providers import Twilio
from compliant_sms.stores import SQLite
from compliant_sms.testing import MovableClock
from conftest import MORNING, PATIENT

pytestmark = pytest.mark.both_databases
Make = Callable[..., Messenger]


def event(**changes: Any) -> AuditEvent:
    fields: dict[str, Any] = {
        "practice_id": "lakeside",
        "act": Act.IMPORTED,
        "at": MORNING,
        "actor": "it:kim",
        "reason": "Moved from the old system.",
        "subject": "batch-7",
        "details": {"rows": 12, "dry_run": False, "source": "old.csv", "note": None},
    }
    return AuditEvent(**fields | changes)


def put(messenger: Messenger, *events: AuditEvent, number: PhoneNumber | None = None) -> None:
    async def work(tx: Any) -> None:
        for each in events:
            await tx.audit(each, number)

    messenger._store.run(work)  # type: ignore[attr-defined]


def test_what_goes_in_comes_out(messenger: Messenger) -> None:
    """Every field survives; events come in the order of the record; since and until bound them."""
    events = [event(at=MORNING + timedelta(hours=n), subject=f"batch-{n}") for n in range(4)]
    put(messenger, *events)

    assert list(messenger.audit()) == events
    assert list(messenger.audit(since=events[1].at, until=events[3].at)) == events[1:3]
    assert [dict(e.details) for e in messenger.audit()] == [dict(e.details) for e in events]
    assert messenger.verify_ledger().audit == 4


def test_each_practice_has_a_log_of_its_own(
    make_messenger: Make, practice: Practice, messenger: Messenger
) -> None:
    """One store, two practices, two chains."""
    other = make_messenger(
        practice=Practice(
            name="Hill Clinic",
            phone="+12175550199",
            time_zone="America/Chicago",
            state="IL",
            id="hill",
        )
    )
    put(messenger, event(), event(practice_id="hill"), event())

    assert [len(each.audit()) for each in (messenger, other)] == [2, 1]
    assert [each.verify_ledger().audit for each in (messenger, other)] == [2, 1]


def test_an_event_about_a_number_is_filed_under_its_key(messenger: Messenger) -> None:
    """The store writes the subject; no repr shows it."""
    put(messenger, event(subject=""), number=PhoneNumber.parse(PATIENT))
    (found,) = messenger.audit()

    assert found.subject
    assert "5550134" not in repr(found)


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM sms_audit WHERE position = 1",
        "UPDATE sms_audit SET position = 7 WHERE position = 2",
        """UPDATE sms_audit SET payload = CAST(replace(payload, 'kim', 'ann') AS BLOB)
        WHERE position = 1""",
        "UPDATE sms_audit SET payload = replace(payload, 'kim', 'ann') WHERE position = 2",
        "UPDATE sms_audit SET digest = zeroblob(32) WHERE position = 0",
        "UPDATE sms_audit SET practice_id = 'hill' WHERE position = 1",
    ],
)
def test_what_is_done_to_it_shows(messenger: Messenger, database: Path, damage: str) -> None:
    """Deleted, moved, edited, or filed under another practice: verify_ledger names the log."""
    put(messenger, *[event(subject=str(n)) for n in range(3)])
    with closing(sqlite3.connect(database)) as raw, raw:
        assert raw.execute(damage).rowcount == 1

    with pytest.raises(LedgerTampered) as caught:
        messenger.verify_ledger()

    assert caught.value.chain_id == "audit/lakeside"


def test_an_event_says_who_and_why() -> None:
    """Blank texts, half characters, naive instants, unknown acts and odd details are refused."""
    bad: list[dict[str, Any]] = [
        {"actor": " "},
        {"reason": ""},
        {"practice_id": ""},
        {"subject": "\ud800"},
        {"at": datetime(2026, 1, 1)},  # noqa: DTZ001
        {"act": "looked_around"},
        {"details": {"when": MORNING}},
        {"details": {1: "one"}},
    ]
    for changes in bad:
        with pytest.raises(InvalidInput):
            event(**changes)


def test_the_bytes_are_canonical_and_versioned() -> None:
    """The same event gives the same bytes whatever the order of its details; newer ones refuse."""
    one = event(details={"a": 1, "b": 2}, at=MORNING)
    other = event(details={"b": 2, "a": 1}, at=MORNING.astimezone(UTC))
    payload = to_payload(one)

    assert payload == to_payload(other)
    assert from_payload(payload) == one
    for newer in (payload.replace(b'"v":1', b'"v":2'), payload.replace(b"imported", b"expunged")):
        with pytest.raises(SchemaTooNew):
            from_payload(newer)


def test_the_other_facade_lists_it_too(
    practice: Practice, provider: Twilio, database: Path, clock: MovableClock, messenger: Messenger
) -> None:
    """AsyncMessenger reads the same log."""
    put(messenger, event())

    async def main() -> tuple[AuditEvent, ...]:
        store = SQLite(database)
        async with AsyncMessenger(
            practice=practice, provider=provider, store=store, clock=clock
        ) as other:
            return await other.audit()

    assert asyncio.run(main()) == messenger.audit()


def test_bounds_need_a_zone(messenger: Messenger) -> None:
    """A naive bound is refused."""
    with pytest.raises(InvalidInput, match="since has no time zone"):
        messenger.audit(since=datetime(2026, 1, 1))  # noqa: DTZ001
