"""Dropping content: what goes, what stays, and that a key never texts twice all the same."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from compliant_sms import AsyncMessenger, Blocked, Held, Messenger, Practice, Sent
from compliant_sms.audit import Act
from compliant_sms.errors import ConfigurationError, IdempotencyConflict, InvalidInput
from compliant_sms.flows import PurgeReport
from compliant_sms.flows._upkeep import _purge
from compliant_sms.keyring import Keyring
from compliant_sms.providers import Twilio
from compliant_sms.retention import Purged, RecordClass, Retention
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores import SQLite
from compliant_sms.testing import MovableClock
from conftest import HILL, MORNING, PATIENT, PERSON
from test_receive import from_patient
from test_sealed_store import on_disk
from test_send import NIGHT, agree, remind, waits

pytestmark = [
    pytest.mark.usefixtures(waits.__name__),  # nobody sleeps here
    pytest.mark.both_databases,
]
Make = Callable[..., Messenger]
OUT = "Lakeside Family Medicine: Ana, see you soon, okapi. Reply STOP to opt out."
BAD = "Lakeside Family Medicine: Ana, SSN 219-09-9998, quagga. Reply STOP to opt out."
IN = "My zebra hurts"
CANARIES = [b"okapi", b"quagga", b"219-09-9998", b"zebra"]
SEVEN_YEARS = timedelta(days=7 * 366)
OTHER = "+12175550135"


def a_day(messenger: Messenger) -> None:
    """A text goes, one is blocked, one comes in."""
    agree(messenger)
    assert isinstance(remind(messenger, "1", body=OUT), Sent)
    assert isinstance(remind(messenger, "2", body=BAD), Blocked)
    messenger.receive(from_patient(IN, "SM1"))


@pytest.fixture
def old(messenger: Messenger, clock: MovableClock) -> Messenger:
    """A messenger whose day was seven years ago."""
    a_day(messenger)
    clock.advance(SEVEN_YEARS)
    return messenger


def dropped(report: PurgeReport) -> dict[str, int]:
    return {str(tally.record): tally.dropped for tally in report.tallies if tally.dropped}


def tally(report: PurgeReport, record: str) -> Any:
    return next(each for each in report.tallies if each.record == record)


def raw(database: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(sql).fetchall()


def test_a_dry_run_changes_nothing(old: Messenger, database: Path) -> None:
    """It counts what would go; the records and the audit log stay as they are."""
    before = old.history(PERSON)
    report = old.purge(by="it:kim", dry_run=True)

    assert report.dry_run
    assert dropped(report) == {"text_body": 2, "inbound_body": 1, "decision": 2}
    assert report.dropped == 5
    assert old.history(PERSON) == before
    assert old.audit() == ()
    assert b"zebra" in on_disk(database)


def test_content_goes_and_proof_stays(old: Messenger, database: Path) -> None:
    """Tombstones tell hash, size, when and why; reading them says purged and never fails."""
    stored = {
        key: records
        for key, *records in raw(
            database, "SELECT idempotency_key, draft, departure FROM sms_messages"
        )
    }
    ((came,),) = raw(database, "SELECT record FROM sms_inbound")
    report = old.purge(by="it:kim")
    told = old.history(PERSON)

    assert dropped(report) == {"text_body": 2, "inbound_body": 1, "decision": 2}
    assert len(told.texts) == 2
    for text in told.texts:
        purged, records = text.message.purged, stored[text.message.draft.idempotency_key]
        assert purged is not None
        assert (purged.run, purged.rule) == (report.run, "Kept for 6 years.")
        assert [(p.sha256, p.size) for p in purged.proofs] == [
            (hashlib.sha256(record).hexdigest(), len(record)) for record in records if record
        ]
        assert text.message.body.startswith("[purged] ")
        assert text.decisions == ()
        assert [each.run for each in text.purged] == [report.run]
        assert text.steps
    (inbound,) = told.received
    assert inbound.purged is not None
    assert inbound.purged.proofs[0].sha256 == hashlib.sha256(came).hexdigest()
    assert inbound.body.startswith("[purged] ")


@pytest.mark.parametrize("sealed", [False, True], ids=["plain", "sealed"])
def test_nothing_of_it_is_left_in_the_file(
    make_messenger: Make, clock: MovableClock, database: Path, *, sealed: bool
) -> None:
    """Not in the file and not in its log; a sealed record stays sealed, its digest too."""
    messenger = make_messenger(keyring=Keyring.generate() if sealed else None)
    a_day(messenger)
    blobs = [row[0] for row in raw(database, "SELECT draft FROM sms_messages")]
    clock.advance(SEVEN_YEARS)
    messenger.purge(by="it:kim")
    bodies = [text.message.draft.body for text in messenger.history(PERSON).texts]
    messenger.close()
    left = on_disk(database)

    assert [canary for canary in CANARIES if canary in left] == []
    assert [blob for blob in blobs if blob in left] == []
    assert [body.encode() in left for body in bodies] == [not sealed] * 2


def test_a_purged_key_is_never_texted_again(old: Messenger, carrier: Sandbox) -> None:
    """The same content gets the recorded outcome, other content is refused, as before."""
    sent = remind(old, "1", body=OUT)
    old.purge(by="it:kim")

    assert remind(old, "1", body=OUT) == sent
    blocked = remind(old, "2", body=BAD)
    assert isinstance(blocked, Blocked)
    assert blocked.reasons == ()
    for key in "12":
        with pytest.raises(IdempotencyConflict):
            remind(old, key, body=OUT.replace("soon", "later"))
        with pytest.raises(IdempotencyConflict):
            remind(old, key, body=OUT if key == "1" else BAD, to=OTHER)
        assert isinstance(remind(old, f"new-{key}", body=OUT.replace("soon", key)), Sent)
    assert len(carrier.messages()) == 3


def test_a_marker_sent_as_a_text_is_no_purged_text(old: Messenger) -> None:
    """Asking for what stands in the tombstone is asking for something else."""
    old.purge(by="it:kim")
    marker = old.history(PERSON).texts[0].message.draft.body

    with pytest.raises(IdempotencyConflict):
        remind(old, "1", body=marker)


def test_the_ledger_still_verifies_and_suppressions_stand(
    messenger: Messenger, clock: MovableClock
) -> None:
    """Consent is untouched, and a STOP of long ago still stops."""
    a_day(messenger)
    messenger.receive(from_patient("STOP", "SM2"))
    clock.advance(timedelta(days=40 * 366))
    messenger.dispatch_due()
    events = messenger.consent.events(PATIENT)
    messenger.purge(by="it:kim")

    assert messenger.consent.events(PATIENT) == events
    assert messenger.verify_ledger().events == len(events) == 2
    refused = remind(messenger, "3", body=OUT)
    assert isinstance(refused, Blocked)
    assert {reason.rule for reason in refused.reasons} == {"revocation"}


def test_what_is_not_finished_is_never_dropped(
    messenger: Messenger, clock: MovableClock, database: Path
) -> None:
    """Due, held, claimed and uncertain texts keep body and decisions, however old they are."""
    agree(messenger)
    clock.move_to(NIGHT)
    states = ("due", "held", "claimed", "uncertain")
    for state in states:
        assert isinstance(remind(messenger, state, body=OUT.replace("soon", state)), Held)
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE sms_messages SET state = idempotency_key")
    clock.advance(SEVEN_YEARS)
    report = messenger.purge(by="it:kim")

    assert report.dropped == 0
    assert tally(report, "text_body").open == tally(report, "decision").open == 4
    assert all(text.message.purged is None for text in messenger.history(PERSON).texts)


def test_a_text_that_was_taken_up_again_is_left_alone(old: Messenger, database: Path) -> None:
    """Between the count and the drop somebody may have asked for a blocked text anew."""
    (message_id,) = raw(
        database, "SELECT message_id FROM sms_messages WHERE idempotency_key = '2'"
    )[0]
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE sms_messages SET state = 'due' WHERE idempotency_key = '2'")
    purged = Purged(at=MORNING, rule="", run="r", proofs=())

    practice_id = "lakeside"

    async def work(tx: Any) -> tuple[bool, ...]:
        drop = [
            (RecordClass.TEXT_BODY, message_id),
            (RecordClass.TEXT_BODY, "no-such-text"),
            (RecordClass.INBOUND_BODY, "no-such-text"),
            (RecordClass.DECISION, "999"),
        ]
        return tuple(
            [await tx.drop_content(kind, practice_id, key, purged=purged) for kind, key in drop]
        )

    assert old._store.run(work) == (False, False, False, False)  # type: ignore[attr-defined]


def test_young_records_stay_and_the_report_says_until_when(
    messenger: Messenger, clock: MovableClock
) -> None:
    """The oldest of those kept tells when the next purge has work."""
    a_day(messenger)
    clock.advance(timedelta(days=100))
    a_day_later = remind(messenger, "3", body=OUT.replace("soon", "later"))
    assert isinstance(a_day_later, Sent)
    report = messenger.purge(by="it:kim", dry_run=True)
    heading, *lines = str(report).splitlines()
    assert heading.split() == ["records", "to", "go", "kept", "held", "open", "gone", "next"]
    assert [line.split()[0] for line in lines] == [str(each.record) for each in report.tallies]
    assert {len(line) for line in lines} == {len(heading)}

    assert report.dropped == 0
    assert (tally(report, "text_body").kept, tally(report, "inbound_body").kept) == (3, 1)
    assert tally(report, "text_body").next_at == MORNING.replace(year=2032)
    assert tally(report, "consent_event").kept == 1
    assert tally(report, "consent_event").next_at is None


def test_the_practice_chooses_down_to_the_floor(make_messenger: Make, clock: MovableClock) -> None:
    """Bodies after 30 days, decisions not before their floor."""
    short = {"text_body": "30 days", "inbound_body": "30 days"}
    messenger = make_messenger(retention=Retention(keep=short))
    a_day(messenger)
    clock.advance(timedelta(days=31))

    assert dropped(messenger.purge(by="it:kim")) == {"text_body": 2, "inbound_body": 1}
    below = make_messenger(retention=Retention(keep=short | {"decision": "1 year"}))
    with pytest.raises(ConfigurationError, match="decision would be kept for 1 year"):
        below.purge(by="it:kim")
    assert len(messenger.audit()) == 2


def test_it_goes_on_the_audit_log(old: Messenger) -> None:
    """Who began it, under which times, and what was dropped in the end; the run is the subject."""
    report = old.purge(by="it:kim")
    begun, finished = old.audit()

    assert {event.act for event in (begun, finished)} == {Act.PURGED}
    assert {event.actor for event in (begun, finished)} == {"it:kim"}
    assert {event.subject for event in (begun, finished)} == {report.run}
    assert begun.details["text_body"] == "6 years"
    assert finished.details["decision"] == 2
    with pytest.raises(InvalidInput, match=r"actor is empty; .* by='front-desk:ana'"):
        old.purge(by=" ")


@pytest.fixture
def pages_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Purge in small pages."""
    monkeypatch.setattr(_purge, "_PAGE", 2)


@pytest.mark.usefixtures("pages_of_two")
def test_interrupted_it_goes_on(old: Messenger) -> None:
    """What was dropped stays dropped under its run; the next run drops the rest, and no more."""
    seen: list[int] = []

    def give_up(count: int) -> None:
        seen.append(count)
        if len(seen) == 2:  # the texts, and what came in
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        old.purge(by="it:kim", progress=give_up)
    report = old.purge(by="it:kim")

    assert seen == [2, 1]
    assert dropped(report) == {"decision": 2}
    assert (tally(report, "text_body").gone, tally(report, "inbound_body").gone) == (2, 1)
    runs = {text.message.purged.run for text in old.history(PERSON).texts if text.message.purged}
    assert len(runs) == 1
    assert report.run not in runs
    assert old.purge(by="it:kim").dropped == 0


def test_another_practice_is_not_touched(
    old: Messenger, make_messenger: Make, practice: Practice
) -> None:
    """A purge is the practice's own."""
    other = make_messenger(practice=HILL)

    assert other.purge(by="it:kim").dropped == 0
    assert old.purge(by="it:kim").dropped == 5


def test_the_other_facade_does_the_same(
    old: Messenger, practice: Practice, provider: Twilio, database: Path, clock: MovableClock
) -> None:
    """AsyncMessenger holds, purges and lifts."""

    async def main() -> list[int]:
        async with AsyncMessenger(
            practice=practice, provider=provider, store=SQLite(database), clock=clock
        ) as messenger:
            hold = await messenger.legal_holds.place(number=PATIENT, reason="Doe", by="counsel")
            assert [each.hold_id for each in await messenger.legal_holds.list()] == [hold.hold_id]
            first = await messenger.purge(by="it:kim")
            await messenger.legal_holds.lift(hold.hold_id, reason="settled", by="counsel")
            return [first.dropped, (await messenger.purge(by="it:kim")).dropped]

    assert asyncio.run(main()) == [0, 5]
