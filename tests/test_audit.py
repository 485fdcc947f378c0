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
from compliant_sms.errors import (
    InvalidInput,
    LedgerTampered,
    RecordAltered,
    SchemaTooNew,
    SchemaTooOld,
)
from compliant_sms.evidence import Checkpoint
from compliant_sms.providers import Twilio
from compliant_sms.stores import SQLite
from compliant_sms.testing import MovableClock
from conftest import HILL, MORNING, PATIENT
from test_send import agree

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
    other = make_messenger(practice=HILL)
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
        "UPDATE sms_audit SET payload = CAST(x'7bff7d' AS TEXT) WHERE position = 1",
        "UPDATE sms_audit SET payload = 7, digest = 7 WHERE position = 1",
        "UPDATE sms_audit SET position = 'second' WHERE position = 1",
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
    assert "the audit log was altered" in str(caught.value)
    assert "ledger was" not in str(caught.value)


def damage_to(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database)) as raw, raw:
        raw.execute(statement)


@pytest.mark.parametrize("value", ["CAST(x'7bff7d' AS TEXT)", "'{}'", "7", "x'7b7d'"])
@pytest.mark.parametrize("table", ["sms_audit", "sms_consent_events"])
def test_what_another_program_wrote_is_no_crash(
    messenger: Messenger, database: Path, table: str, value: str
) -> None:
    """Reading it says what to do, and verifying finds it."""
    put(messenger, event())
    agree(messenger)
    damage_to(database, f"UPDATE {table} SET payload = {value}")

    altered = (RecordAltered, LedgerTampered)
    with pytest.raises(altered, match=r"verify_ledger\(\), and restore a backup"):
        messenger.audit() if table == "sms_audit" else messenger.consent.events(PATIENT)
    with pytest.raises(LedgerTampered):
        messenger.verify_ledger()


@pytest.mark.parametrize("value", ["CAST(x'ff' AS TEXT)", "7"])
def test_no_event_follows_what_another_program_wrote(
    messenger: Messenger, database: Path, value: str
) -> None:
    """Nothing is added to a chain whose last record is none."""
    agree(messenger)
    damage_to(database, f"UPDATE sms_consent_events SET digest = {value}")

    with pytest.raises(RecordAltered):
        agree(messenger)


def test_no_audit_event_follows_a_place_that_is_none(messenger: Messenger, database: Path) -> None:
    """Neither an event nor a checkpoint is made after it."""
    put(messenger, event())
    damage_to(database, "UPDATE sms_audit SET position = 'first'")

    with pytest.raises(RecordAltered):
        put(messenger, event())
    with pytest.raises(RecordAltered):
        messenger.checkpoint()


@pytest.mark.parametrize("table", ["sms_audit", "sms_consent_events"])
def test_a_table_that_is_gone(messenger: Messenger, database: Path, table: str) -> None:
    """The error says that a table is missing, and what that means."""
    put(messenger, event())
    messenger.checkpoint()
    damage_to(database, f"DROP TABLE {table}")

    with pytest.raises(SchemaTooOld, match=r"a table is missing.*restore a backup"):
        messenger.verify_ledger()


def test_a_column_that_is_gone(messenger: Messenger, database: Path) -> None:
    """The same for a column."""
    put(messenger, event())
    damage_to(database, "ALTER TABLE sms_audit DROP COLUMN digest")

    with pytest.raises(SchemaTooOld, match=r"a column is missing.*restore a backup"):
        messenger.verify_ledger()


@pytest.mark.parametrize("gone", [1, 3])
def test_a_log_cut_off_at_its_end_contradicts_a_checkpoint(
    messenger: Messenger, database: Path, gone: int
) -> None:
    """Also without any record left; with the checkpoint that is stored, or one that was kept."""
    put(messenger, *[event(subject=str(n)) for n in range(3)])
    kept = messenger.checkpoint()
    assert kept.audit is not None
    assert kept.audit.size == 3
    assert Checkpoint.parse(str(kept)) == kept
    put(messenger, event())
    assert messenger.verify_ledger(against=[kept]).audit == 4
    damage_to(database, f"DELETE FROM sms_audit WHERE position >= {3 - gone}")

    for against in ((), [kept]):
        with pytest.raises(LedgerTampered, match="the audit log was altered") as caught:
            messenger.verify_ledger(against=against)
        assert (caught.value.position, caught.value.checkpoint) == (3 - gone, 0)
    damage_to(database, "DELETE FROM sms_checkpoints")
    messenger.verify_ledger()
    with pytest.raises(LedgerTampered, match="the audit log was altered"):
        messenger.verify_ledger(against=[kept])


def test_a_log_written_anew_contradicts_a_checkpoint(messenger: Messenger, database: Path) -> None:
    """As long as before, with every hash recomputed."""
    put(messenger, event())
    kept = messenger.checkpoint()
    damage_to(database, "DELETE FROM sms_audit")
    put(messenger, event(actor="it:bob"))

    with pytest.raises(LedgerTampered, match="its first 1 records are not those"):
        messenger.verify_ledger(against=[kept])


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
