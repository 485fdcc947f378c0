"""Bulk import into the ledger: opt-outs win, nothing comes twice, a crash leaves no gap."""

from __future__ import annotations

import asyncio
import tracemalloc
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from compliant_sms import AsyncMessenger, Basis, Messenger, Practice, Tier
from compliant_sms.consent import (
    ChainCheck,
    ConsentEvent,
    Dated,
    Granted,
    Imported,
    Restored,
    Revoked,
    fold,
)
from compliant_sms.driver import finish
from compliant_sms.errors import InvalidInput, StoreError
from compliant_sms.flows import import_consents
from compliant_sms.imports import (
    BadRow,
    Flaw,
    ImportedConsent,
    ImportedOptOut,
    ImportPlan,
    ImportReport,
    Kind,
    read_consents,
    read_opt_outs,
)
from compliant_sms.imports._dates import first_instant, last_instant
from compliant_sms.imports._judge import Judge
from compliant_sms.keyring import Keyring
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Store, Transaction
from compliant_sms.providers import Twilio
from compliant_sms.stores import PostgreSQL, SQLite
from compliant_sms.system import new_id
from compliant_sms.testing import MovableClock
from conftest import MORNING, PATIENT, PERSON
from test_consent import NUMBER, STEADY, granted, minute, revoked

T = TypeVar("T")
QUICK = settings(STEADY, max_examples=60)
NUMBERS = [PhoneNumber(f"+1217555013{n}") for n in range(5)]
PLAN = ImportPlan(
    practice_id="lakeside",
    names=("Lakeside Family Medicine",),
    time_zone="America/Chicago",
    source="old-ehr",
    by="it:j.ortiz",
    batch=3,
)
# Few days and instants, so that ties happen.
WHEN = st.sampled_from(
    [
        date(2025, 3, 2),
        date(2025, 3, 3),
        date(2026, 11, 30),
        datetime(2025, 3, 2, 6, tzinfo=UTC),  # midnight in Chicago
        datetime(2025, 3, 2, 18, tzinfo=UTC),
        datetime(2025, 3, 3, 6, tzinfo=UTC),
        MORNING,
    ]
)
OPT_OUTS = st.lists(
    st.builds(ImportedOptOut, number=st.sampled_from(NUMBERS), occurred_at=st.none() | WHEN),
    min_size=1,
    max_size=12,
)
CONSENTS = st.lists(
    st.builds(
        ImportedConsent,
        number=st.sampled_from(NUMBERS),
        person=st.sampled_from(["pat-1", "pat-2"]),
        occurred_at=WHEN,
        basis=st.sampled_from([Basis.SPOKEN, Basis.BOOKING]),
    ),
    max_size=12,
)
Rows = Sequence[ImportedConsent | ImportedOptOut | BadRow]


def stop(number: PhoneNumber = NUMBER, **changes: object) -> ImportedOptOut:
    return ImportedOptOut(number=number, **changes)  # type: ignore[arg-type]


def consent(number: PhoneNumber = NUMBER, **changes: object) -> ImportedConsent:
    fields = {"person": PERSON, "occurred_at": date(2025, 3, 2), "basis": "spoken"} | changes
    return ImportedConsent(number=number, **fields)  # type: ignore[arg-type]


def bad(line: int = 7) -> BadRow:
    return BadRow(line=line, flaws=(Flaw(column="number", reason="it is empty, and needed"),))


def take(
    store: Store,
    opt_outs: Rows | None,
    consents: Rows = (),
    *,
    at: datetime = MORNING,
    progress: Callable[[ImportReport], None] | None = None,
    **changes: object,
) -> ImportReport:
    """Import into a store."""
    return finish(
        import_consents(
            store,
            lambda: at,
            new_id,
            evolve(PLAN, **changes),
            opt_outs=opt_outs,  # type: ignore[arg-type]
            consents=consents,  # type: ignore[arg-type]
            progress=progress,
        )
    )


def events_of(store: Store, number: PhoneNumber) -> list[ConsentEvent]:
    return finish(store.run(lambda tx: tx.consent_events("lakeside", number)))


def everything(store: Store) -> dict[PhoneNumber, list[ConsentEvent]]:
    """What is on record of each number, without the ids and instants of the record itself."""
    found = {number: events_of(store, number) for number in NUMBERS}
    return {
        number: sorted(
            (evolve(e, event_id="e", recorded_at=MORNING) for e in events),
            key=lambda e: (type(e).__name__, repr(e)),
        )
        for number, events in found.items()
    }


def verified(store: Store) -> int:
    """How many events the ledger has, all of whose chains hold."""

    async def check(tx: Transaction) -> int:
        check = ChainCheck("lakeside")
        check.take(await tx.filed_links("lakeside", None, 100_000))
        return check.events

    return finish(store.run(check))


@pytest.fixture(params=["in the clear", "sealed"])
def memory(request: pytest.FixtureRequest) -> Iterator[Store]:
    """A database that lasts as long as the test, without keys and with."""
    database = SQLite(":memory:")
    yield database.blocking(Keyring.generate() if request.param == "sealed" else None)
    database.close()


# What an opt-out does


def expected_stopped(
    opt_outs: Sequence[ImportedOptOut], consents: Sequence[ImportedConsent], person: str
) -> dict[PhoneNumber, bool]:
    """By brute force: is there no fresh consent that is later than each opt-out can be?"""
    zone = Judge(PLAN, MORNING)._zone
    stopped = {}
    for number in {each.number for each in opt_outs}:
        last = max(
            min(last_instant(each.occurred_at, zone) or MORNING, MORNING)
            for each in opt_outs
            if each.number == number
        )
        stopped[number] = not any(
            each.basis is Basis.SPOKEN and first_instant(each.occurred_at, zone) > last
            for each in consents
            if (each.number, each.person) == (number, person)
        )
    return stopped


@QUICK
@given(OPT_OUTS, CONSENTS, st.sampled_from(["pat-1", "pat-2"]))
def test_opt_outs_win(
    opt_outs: list[ImportedOptOut], consents: list[ImportedConsent], person: str
) -> None:
    """A number in both comes out revoked, unless a fresh consent is later beyond doubt."""
    database = SQLite(":memory:")
    store = database.blocking()
    take(store, opt_outs, consents)

    for number, stopped in expected_stopped(opt_outs, consents, person).items():
        state = fold(events_of(store, number), person)
        assert (state.revoked_at is not None) == stopped
        if stopped:
            assert state.tier is Tier.NONE
    database.close()


@QUICK
@given(
    st.lists(st.tuples(st.sampled_from(NUMBERS[:2]), WHEN), min_size=1, max_size=4),
    st.lists(st.tuples(st.sampled_from(NUMBERS[:2]), WHEN), max_size=2),
    WHEN,
)
def test_no_import_lifts_what_is_on_record(
    agreed: list[tuple[PhoneNumber, date]], stopped: list[tuple[PhoneNumber, date]], when: date
) -> None:
    """A STOP of this practice, or of another source, stands whatever is imported after it."""
    database = SQLite(":memory:")
    store = database.blocking()
    at = first_instant(when, Judge(PLAN, MORNING)._zone)
    finish(store.run(lambda tx: tx.append(revoked(0, number=NUMBERS[0], occurred_at=at), "chain")))
    take(store, [stop(NUMBERS[1], occurred_at=when)], source="carrier")
    take(
        store,
        [stop(number, occurred_at=day) for number, day in stopped],
        [consent(number, occurred_at=day) for number, day in agreed],
    )

    for number in NUMBERS[:2]:
        state = fold(events_of(store, number), PERSON)
        assert (state.revoked_at is None, state.tier) == (False, Tier.NONE)
    database.close()


def test_only_the_practice_itself_lifts_an_imported_opt_out(memory: Store) -> None:
    """A fresh opt-in here, and START, end an imported opt-out as they end any other."""
    take(memory, [stop(occurred_at=date(2025, 3, 2))])
    before = events_of(memory, NUMBER)
    fresh = granted(0)
    start = Restored(
        **{
            name: getattr(fresh, name)
            for name in ("event_id", "practice_id", "number", "occurred_at", "recorded_at", "actor")
        }
    )

    assert fold(before, PERSON).revoked_at is not None
    assert fold([*before, fresh], PERSON).revoked_at is None
    assert fold([*before, start], PERSON).revoked_at is None


def test_an_imported_consent_lifts_nothing_of_another_source() -> None:
    """Only opt-outs that the same system told of are ended by its later consents."""

    def told(source: str) -> Imported:
        return Imported(source=source, dated=Dated.INSTANT)

    ours, theirs, live = (
        revoked(1, "a", imported=told("old-ehr")),
        revoked(2, "b", imported=told("carrier")),
        revoked(3, "c"),
    )
    consented = granted(9, imported=told("old-ehr"))

    assert fold([ours, consented], PERSON).tier is Tier.PRIOR_EXPRESS
    for stops in ([theirs], [live], [ours, theirs], [ours, live]):
        state = fold([*stops, consented], PERSON)
        assert (state.tier, state.revoked_at) == (Tier.NONE, stops[0].occurred_at)
    # What was lifted before does not stand any more, and what comes later does.
    assert fold([live, granted(4), consented], PERSON).revoked_at is None
    assert fold([ours, consented, revoked(12)], PERSON).revoked_at == minute(12)


def test_opt_outs_are_committed_before_any_consent(memory: Store) -> None:
    """No consent is so much as read before the last opt-out is on disk."""
    seen: list[int] = []

    def rows() -> Iterator[ImportedConsent]:
        seen.append(sum(len(events_of(memory, number)) for number in NUMBERS))
        yield consent()

    stops = [stop(number) for number in NUMBERS]
    finish(import_consents(memory, lambda: MORNING, new_id, PLAN, opt_outs=stops, consents=rows()))

    assert seen == [5]


def test_no_consent_is_written_while_an_opt_out_cannot_be_used(memory: Store) -> None:
    """The row may be about any number; the opt-outs that can be used count all the same."""
    report = take(memory, [stop(), bad()], [consent(), consent(NUMBERS[0])])

    assert (report.opt_outs, report.consents, report.withheld) == (1, 0, 2)
    assert not report.ok
    assert [(p.kind, p.line, p.column) for p in report.problems] == [(Kind.OPT_OUT, 7, "number")]
    assert verified(memory) == 1


def test_bad_consents_are_left_out(memory: Store) -> None:
    """What gives nobody a consent is reported by line, and the others are written."""
    report = take(
        memory,
        [stop()],
        [
            consent(),
            bad(),
            consent(occurred_at=date(2027, 1, 1)),
            consent(tier=Tier.PRIOR_EXPRESS_WRITTEN, line=40),
        ],
    )

    assert (report.rows, report.consents, report.unusable[Kind.CONSENT]) == (5, 1, 3)
    assert [(p.line, p.column) for p in report.problems] == [
        (7, "number"),
        (3, "occurred_at"),
        (40, "wording_version"),
        (40, "signer"),
        (40, "seller"),
    ]


@pytest.mark.parametrize("opt_outs", [None, []])
@pytest.mark.parametrize("write", [True, False])
def test_consents_without_opt_outs_need_a_reason(
    memory: Store, opt_outs: Rows | None, *, write: bool
) -> None:
    """Whoever forgets the list of opt-outs is stopped, until one is there or a reason is."""
    with pytest.raises(InvalidInput, match="no_opt_outs_because"):
        take(memory, opt_outs, [consent()], write=write, no_opt_outs_because="  ")
    assert verified(memory) == 0

    assert take(memory, opt_outs, write=write, no_opt_outs_because="x").opt_outs == 0
    report = take(memory, None, [consent()], write=write, no_opt_outs_because="a new practice")
    assert report.consents == 1


def test_opt_outs_may_have_come_before(memory: Store) -> None:
    """Once opt-outs were imported, also from elsewhere, consents may come alone."""
    take(memory, [stop()], source="carrier")

    assert take(memory, None, [consent()]).consents == 1


def test_a_reason_and_the_import_are_on_the_audit_log(memory: Store) -> None:
    """Who imported what from where, and why without opt-outs, can be read later."""
    take(memory, [], [consent()], no_opt_outs_because="they never texted", write=False)
    take(memory, [], [consent()], no_opt_outs_because="they never texted")
    begun, finished = finish(memory.run(lambda tx: tx.audit_events("lakeside")))

    assert (begun.act, begun.actor, begun.reason) == (
        "imported",
        "it:j.ortiz",
        "they never texted",
    )
    assert begun.details == {
        "source": "old-ehr",
        "step": "begun",
        "rows": 0,
        "opt_outs": 0,
        "consents": 0,
        "repeated": 0,
        "withheld": 0,
    }
    assert {"step": "finished", "rows": 1, "consents": 1}.items() <= finished.details.items()


def test_events_tell_where_they_come_from(memory: Store) -> None:
    """Source, actor, channel, and how exactly the day was known stand in each event."""
    take(memory, [stop(channel="letter", person=PERSON, reference="row-1")], [consent()])
    stopped, consented = events_of(memory, NUMBER)
    assert isinstance(stopped, Revoked)
    assert isinstance(consented, Granted)

    assert (stopped.channel, stopped.rule, stopped.reference) == ("letter", "imported", "row-1")
    assert stopped.imported == Imported(source="old-ehr", dated="unknown")
    assert consented.imported == Imported(source="old-ehr", dated="day")
    assert {stopped.actor, consented.actor} == {"it:j.ortiz"}


# Repeats and crashes


class Crash(Exception):
    """Stands in for the end of the process."""


class Crashing:
    """A store that dies at one of its transactions, before or after the commit."""

    def __init__(self, store: Store, at: int, *, after: bool) -> None:
        self._store, self._left, self._after = store, at, after

    async def run(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        self._left -= 1
        if self._left < 0 and not self._after:
            raise Crash
        result = await self._store.run(work)
        if self._left < 0:
            raise Crash
        return result


@QUICK
@given(OPT_OUTS, CONSENTS, st.integers(1, 5))
def test_importing_twice_is_importing_once(
    opt_outs: list[ImportedOptOut], consents: list[ImportedConsent], batch: int
) -> None:
    """The same rows again, in whatever batches and order, add nothing."""
    database = SQLite(":memory:")
    store = database.blocking()
    would = take(store, opt_outs, consents, write=False)
    first = take(store, opt_outs, consents)
    once = everything(store)
    later = MORNING + timedelta(days=2)
    second = take(store, opt_outs[::-1], consents[::-1], batch=batch, at=later)

    assert (second.opt_outs, second.consents) == (0, 0)
    assert second.repeated == second.rows == first.rows
    assert everything(store) == once
    assert first.opt_outs + first.consents + first.repeated == first.rows
    assert first.opt_outs + first.consents == verified(store)
    assert (would.rows, would.written, would.ok) == (first.rows, False, True)
    assert would.opt_outs >= first.opt_outs
    database.close()


def crash_everywhere(opt_outs: list[ImportedOptOut], consents: list[ImportedConsent]) -> None:
    """Let an import die before and after each of its transactions, and do it again."""
    whole = SQLite(":memory:")
    take(whole.blocking(), opt_outs, consents)
    expected = everything(whole.blocking())
    # One more than there are transactions, so that the last trial dies nowhere.
    for at in range(2 * (len(opt_outs) + len(consents) + 3)):
        database = SQLite(":memory:")
        store = database.blocking()
        crashed = False
        try:
            take(Crashing(store, at // 2, after=bool(at % 2)), opt_outs, consents)
        except Crash:
            crashed = True
        there = everything(store)
        if any(isinstance(e, Granted) for events in there.values() for e in events):
            assert {n: [e for e in es if isinstance(e, Revoked)] for n, es in there.items()} == {
                n: [e for e in es if isinstance(e, Revoked)] for n, es in expected.items()
            }
        take(store, opt_outs, consents)
        assert everything(store) == expected
        verified(store)
        database.close()
        if not crashed:
            break
    assert not crashed
    whole.close()


@settings(STEADY, max_examples=12)
@given(OPT_OUTS, CONSENTS)
def test_a_crash_at_any_transaction_is_made_good(
    opt_outs: list[ImportedOptOut], consents: list[ImportedConsent]
) -> None:
    """Wherever it dies, no consent is there before all opt-outs; done again, all is there once."""
    crash_everywhere(opt_outs, consents)


@pytest.mark.endurance
@settings(deadline=None, max_examples=1000)
@given(OPT_OUTS, CONSENTS)
def test_a_crash_at_any_transaction_of_many_imports_is_made_good(
    opt_outs: list[ImportedOptOut], consents: list[ImportedConsent]
) -> None:
    """The same with its full count."""
    crash_everywhere(opt_outs, consents)


def test_a_batch_is_written_as_a_whole_or_not_at_all(memory: Store) -> None:
    """What fails in the middle of a batch leaves nothing of it, and all that came before."""

    class Failing:
        async def run(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
            async def failing(tx: Transaction) -> T:
                result = await work(tx)
                if await tx.consent_events("lakeside", NUMBERS[4]):
                    raise StoreError("the disk is full")  # noqa: EM101, TRY003
                return result

            return await memory.run(failing)

    with pytest.raises(StoreError):
        take(Failing(), [stop(number) for number in NUMBERS])

    assert [len(events_of(memory, number)) for number in NUMBERS] == [1, 1, 1, 0, 0]
    assert take(memory, [stop(number) for number in NUMBERS]).opt_outs == 2


def test_a_practice_and_a_source_have_rows_of_their_own(memory: Store) -> None:
    """The same row for another practice, or of another source, is another row."""
    assert take(memory, [stop()]).opt_outs == 1
    assert take(memory, [stop()], source="carrier").opt_outs == 1
    assert take(memory, [stop()], practice_id="hillside").opt_outs == 1
    assert take(memory, [stop(line=9)]).repeated == 1


def test_a_mistyped_practice_can_be_noticed(memory: Store, practice: Practice) -> None:
    """Whether the store knows the practice can be asked: it sent, or somebody imported for it."""

    def known(practice_id: str) -> bool:
        return finish(memory.run(lambda tx: tx.knows_practice(practice_id)))

    assert not known("lakeside")
    finish(memory.run(lambda tx: tx.enroll(practice, PhoneNumber("+12175550111"), ())))
    take(memory, [stop()], practice_id="hillside")

    assert (known("lakeside"), known("hillside"), known("lakesid")) == (True, True, False)


@pytest.mark.parametrize("size", [1, 49, 50, 51, 120])
def test_many_events_join_as_one_by_one(memory: Store, size: int) -> None:
    """Statements of many rows write what single ones would, also to chains that are there."""
    number = [PhoneNumber(f"+1217556{n // 3:04d}") for n in range(size)]
    old = [granted(0, f"old-{n}", number=each) for n, each in enumerate(number)]
    new = [revoked(n, f"new-{n}", number=each) for n, each in enumerate(number)]
    new += [granted(n, f"more-{n}", number=each) for n, each in enumerate(number)]

    async def write(tx: Transaction) -> None:
        for event in old[::2]:
            await tx.append(event, new_id())
        await tx.append_all("lakeside", new, [new_id() for _ in new])

    finish(memory.run(write))

    for each in set(number):
        expected = [e for e in [*old[::2], *new] if e.number == each]
        assert sorted(events_of(memory, each), key=repr) == sorted(expected, key=repr)
    assert verified(memory) == len(old[::2]) + len(new)


# Through the facades


def test_a_messenger_imports(messenger: Messenger, carrier: object) -> None:
    """What was imported decides about the next text, and progress is told."""
    told: list[ImportReport] = []
    report = messenger.import_consents(
        read_consents(
            [
                b"number,person,occurred_at,basis\n",
                f"{PATIENT},{PERSON},2025-03-02,spoken\n".encode(),
            ],
            time_zone="America/Chicago",
        ),
        opt_outs=read_opt_outs([b"number\n", b"217-555-0135\n"], time_zone="America/Chicago"),
        source="old-ehr",
        by="it:j.ortiz",
        progress=told.append,
    )

    assert (report.opt_outs, report.consents) == (1, 1)
    assert [each.rows for each in told] == [1, 2]
    assert messenger.consent.state(PATIENT, person=PERSON).tier is Tier.PRIOR_EXPRESS
    assert messenger.consent.state("+12175550135", person=PERSON).revoked_at is not None
    assert messenger.verify_ledger().events == 2


def test_what_is_erased_stays_erased_and_revoked(make_messenger: Callable[..., Messenger]) -> None:
    """After an erasure the same rows add nothing, and no later consent lifts the opt-out."""
    messenger = make_messenger(keyring=Keyring.generate())

    def again(person: str, day: date) -> ImportReport:
        return messenger.import_consents(
            [consent(person=person, occurred_at=day)],
            opt_outs=[stop(occurred_at=date(2025, 3, 2))],
            source="old-ehr",
            by="it",
        )

    again(PERSON, date(2025, 3, 1))
    messenger.erase(PERSON, reason="asked for it", by="privacy:kim")

    assert again(PERSON, date(2025, 3, 1)).repeated == 2
    assert again("pat-882", date(2026, 3, 1)).consents == 1
    state = messenger.consent.state(NUMBER, person="pat-882")
    assert (state.tier, state.revoked_at is None) == (Tier.NONE, False)
    assert messenger.verify_ledger().events == 3


def test_an_async_messenger_imports(
    practice: Practice, provider: Twilio, clock: MovableClock
) -> None:
    """The same on an event loop."""

    async def run() -> ImportReport:
        async with AsyncMessenger(
            practice=practice, provider=provider, store=SQLite(":memory:"), clock=clock
        ) as messenger:
            return await messenger.import_consents(
                [consent()], opt_outs=[stop()], source="old-ehr", by="it", dry_run=True
            )

    report = asyncio.run(run())

    assert (report.opt_outs, report.consents, report.written) == (1, 1, False)


def test_postgresql_imports_alike(postgres_dsn: str) -> None:
    """On PostgreSQL the same rows give the same ledger, once."""
    stops = [stop(number, occurred_at=date(2025, 3, 2)) for number in NUMBERS]
    consents = [
        consent(number, person=f"pat-{n}", occurred_at=date(2025, 3, 1 + n))
        for n in range(4)
        for number in NUMBERS
    ]
    here, there = SQLite(":memory:"), PostgreSQL(postgres_dsn)
    for database in (here, there):
        for _ in range(2):
            report = take(database.blocking(), stops, consents, batch=8)
        assert (report.opt_outs, report.consents, report.repeated) == (0, 0, 25)
        assert take(database.blocking(), None, consents, write=False).repeated == 20

    assert everything(here.blocking()) == everything(there.blocking())
    assert verified(there.blocking()) == 25
    for database in (here, there):
        database.close()


def test_two_who_import_the_same_write_it_once(postgres_dsn: str) -> None:
    """Of two imports at once each row is written by one, and neither waits for ever."""
    stops = [stop(number, occurred_at=date(2025, 3, 2)) for number in NUMBERS]
    consents = [
        consent(number, person=f"pat-{n}", occurred_at=date(2025, 3, 1))
        for n in range(12)
        for number in NUMBERS
    ]
    database = PostgreSQL(postgres_dsn)

    def work(order: int) -> ImportReport:
        return take(database.blocking(), stops[::order], consents[::order], batch=7)

    with ThreadPoolExecutor(4) as threads:
        reports = list(threads.map(work, [1, -1, 1, -1]))

    assert sum(each.opt_outs for each in reports) == 5
    assert sum(each.consents for each in reports) == 60
    assert verified(database.blocking()) == 65
    database.close()


# Size


def rows_of(count: int) -> Iterator[ImportedConsent]:
    for n in range(count):
        number = PhoneNumber(f"+1{2_120_000_000 + n}")
        yield ImportedConsent(
            number=number, person=f"pat-{n}", occurred_at=date(2025, 3, 2), basis="spoken"
        )


def peak(count: int) -> int:
    """The most memory that checking so many rows takes."""
    database = SQLite(":memory:")
    tracemalloc.start()
    finish(
        import_consents(
            database.blocking(),
            lambda: MORNING,
            new_id,
            evolve(PLAN, batch=100, write=False, no_opt_outs_because="x"),
            opt_outs=None,
            consents=rows_of(count),
        )
    )
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    database.close()
    return most


@pytest.mark.many_rounds
def test_memory_does_not_grow_with_the_file() -> None:
    """Ten times the rows take no more memory."""
    peak(500)

    assert peak(5000) < peak(500) * 1.5


def test_a_file_of_nothing_but_problems_does_not_fill_the_memory(
    memory: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond so many, problems are only counted."""
    monkeypatch.setattr("compliant_sms.flows._ledger._import_tally._MOST_PROBLEMS", 3)
    report = take(memory, [bad(n) for n in range(8)])

    assert ([p.line for p in report.problems], report.more_problems) == ([1, 1, 2], 5)


def test_an_undated_opt_out_that_is_still_listed_counts_again(
    messenger: Messenger, clock: MovableClock
) -> None:
    """Whether it is older than the new consent nobody knows, so the number is not texted."""

    def listed(**changes: object) -> ImportReport:
        row = ImportedOptOut(number=PATIENT)
        return messenger.import_consents([], opt_outs=[row], source="twilio", by="it", **changes)  # type: ignore[arg-type]

    assert listed().opt_outs == 1
    assert (listed().opt_outs, listed().repeated) == (0, 1)
    clock.advance(timedelta(days=1))
    messenger.consent.grant(PATIENT, person=PERSON, basis="spoken", recorded_by="ana")
    assert messenger.consent.state(PATIENT, person=PERSON).revoked_at is None
    clock.advance(timedelta(days=30))

    assert listed(dry_run=True).opt_outs == 1
    assert messenger.consent.state(PATIENT, person=PERSON).revoked_at is None
    assert listed().opt_outs == 1
    assert messenger.consent.state(PATIENT, person=PERSON).revoked_at == clock()
    assert (listed().opt_outs, listed().repeated) == (0, 1)


def test_a_dated_opt_out_that_is_still_listed_does_not(
    messenger: Messenger, clock: MovableClock
) -> None:
    """It is older than the consent, and says so."""
    row = ImportedOptOut(number=PATIENT, occurred_at=clock())
    clock.advance(timedelta(days=1))
    messenger.import_consents([], opt_outs=[row], source="twilio", by="it")
    messenger.consent.grant(PATIENT, person=PERSON, basis="spoken", recorded_by="ana")
    report = messenger.import_consents([], opt_outs=[row], source="twilio", by="it")
    assert (report.opt_outs, report.repeated) == (0, 1)
    assert messenger.consent.state(PATIENT, person=PERSON).revoked_at is None
