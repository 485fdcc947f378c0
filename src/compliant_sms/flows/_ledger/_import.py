"""Bulk import: all opt-outs before the first consent, each batch as a whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeAlias, TypeVar

from attrs import evolve

from compliant_sms import _given
from compliant_sms.audit import Act, AuditEvent
from compliant_sms.clock import Clock, as_utc
from compliant_sms.consent import ConsentEvent, Dated, Granted, Revoked, fold
from compliant_sms.errors import InvalidInput
from compliant_sms.flows._ledger._import_tally import ImportTally
from compliant_sms.imports import (
    BadRow,
    ImportedConsent,
    ImportedOptOut,
    ImportPlan,
    ImportReport,
    Judge,
    Kind,
    row_key,
)
from compliant_sms.ports import Ids, Store, Transaction

T = TypeVar("T")
_ROWS = (ImportedOptOut, ImportedConsent, BadRow)
Row: TypeAlias = ImportedOptOut | ImportedConsent | BadRow

ImportProgress: TypeAlias = Callable[[ImportReport], None]
"""Is told after each batch what came of the import so far."""

_REASON = "consents and opt-outs taken over from another system"


async def import_consents(
    store: Store,
    clock: Clock,
    ids: Ids,
    plan: ImportPlan,
    *,
    opt_outs: Iterable[ImportedOptOut | BadRow] | None,
    consents: Iterable[ImportedConsent | BadRow],
    progress: ImportProgress | None = None,
) -> ImportReport:
    """Take over what another system knew of consent.

    Raises:
        InvalidInput: there are consents, and no opt-outs were ever imported, nor is it said why.
        StoreError: a batch could not be written. What was written before it stays; import again.
    """
    _given.a_kind(consents, Iterable, "consents", "records, or what read_consents(...) reads")
    if opt_outs is not None:
        _given.a_kind(opt_outs, Iterable, "opt_outs", "records, or what read_opt_outs(...) reads")
    run = _Import(store, clock, ids, plan, progress)
    if opt_outs is None and not plan.no_opt_outs_because:
        await run.need_opt_outs()
    await run.put_on_record("begun")
    await run.take(Kind.OPT_OUT, () if opt_outs is None else opt_outs)
    await run.take(Kind.CONSENT, consents)
    await run.put_on_record("finished")
    return run.tally.report()


class _Import:
    """One run."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        ids: Ids,
        plan: ImportPlan,
        progress: ImportProgress | None,
    ) -> None:
        self._store, self._clock, self._ids, self._plan = store, clock, ids, plan
        self._progress = progress
        self._judge = Judge(plan, as_utc(clock()))
        self.tally = ImportTally(plan)

    async def need_opt_outs(self) -> None:
        """Refuse consents without any opt-outs: nobody would notice those that were forgotten."""
        plan = self._plan
        if not await self._store.run(lambda tx: tx.has_imported(plan.practice_id, Kind.OPT_OUT)):
            msg = (
                "there are consents and no opt-outs, and none were imported for this practice "
                "before. Import the list of those who opted out too, or say in "
                "no_opt_outs_because why there is none."
            )
            raise InvalidInput(msg)

    async def put_on_record(self, step: str) -> None:
        """Tell the audit log of an import that writes."""
        if not self._plan.write:
            return
        event = AuditEvent(
            practice_id=self._plan.practice_id,
            act=Act.IMPORTED,
            at=self._clock(),
            actor=self._plan.by,
            reason=self._plan.no_opt_outs_because or _REASON,
            details={"source": self._plan.source, "step": step, **self.tally.counts()},
        )
        await self._store.run(lambda tx: tx.audit(event))

    async def take(self, kind: Kind, rows: Iterable[Row]) -> None:
        """Take in all rows of a kind."""
        for number, batch in enumerate(_batches(rows, self._plan.batch)):
            nothing_before = kind is Kind.CONSENT and not number and not self.tally.opt_outs_seen
            if nothing_before and not self._plan.no_opt_outs_because:
                await self.need_opt_outs()
            await self._take_batch(kind, batch)
            if self._progress is not None:
                self._progress(self.tally.report())

    async def _take_batch(self, kind: Kind, batch: list[Row]) -> None:
        events = self._events(kind, batch)
        if kind is Kind.CONSENT and self.tally.opt_outs_unusable:
            # One of them may be about any of these numbers.
            self.tally.withhold(len(events))
            return
        chain_ids = {key: self._ids() for key in events} if self._plan.write else {}

        async def write(tx: Transaction) -> frozenset[bytes]:
            fresh = await tx.remember_rows(self._plan.practice_id, kind, events.keys())
            fresh |= await self._listed_again(tx, events, fresh)
            await tx.append_all(
                self._plan.practice_id,
                [await _at_last(tx, event) for key, event in events.items() if key in fresh],
                [chain_id for key, chain_id in chain_ids.items() if key in fresh],
            )
            return fresh

        async def check(tx: Transaction) -> frozenset[bytes]:
            known = await tx.known_rows(self._plan.practice_id, kind, events.keys())
            fresh = frozenset(events.keys() - known)
            return fresh | await self._listed_again(tx, events, fresh)

        fresh = await self._store.run(write if self._plan.write else check)
        self.tally.join(kind, fresh=len(fresh), repeated=len(events) - len(fresh))

    async def _listed_again(
        self, tx: Transaction, events: Mapping[bytes, Granted | Revoked], fresh: Collection[bytes]
    ) -> frozenset[bytes]:
        """Opt-outs without a date that came before, from numbers that may be texted since.

        Such a row says that the number is on the list now. Nobody knows whether it was put there
        before or after the patient agreed anew.
        """
        again = []
        for key, event in events.items():
            if key not in fresh and isinstance(event, Revoked) and _is_undated(event):
                known = await tx.consent_events(event.practice_id, event.number)
                if _may_be_texted(known):
                    again.append(key)
        return frozenset(again)

    def _events(self, kind: Kind, batch: list[Row]) -> dict[bytes, Granted | Revoked]:
        """What the rows of a batch become, by their keys; what is wrong with the others is told."""
        recorded_at = as_utc(self._clock())
        events: dict[bytes, Granted | Revoked] = {}
        for row in batch:
            _given.a_kind(row, _ROWS, "a row", "ImportedConsent(...), ImportedOptOut(...)")
            line = self.tally.count(kind, row)
            found = (
                row.flaws
                if isinstance(row, BadRow)
                else self._judge.event(row, self._ids(), recorded_at)
            )
            if isinstance(found, tuple):
                self.tally.refuse(kind, line, found)
                continue
            assert not isinstance(row, BadRow), "it has flaws"  # noqa: S101
            key = row_key(self._plan.source, row)
            if key in events:
                self.tally.join(kind, fresh=0, repeated=1)
            events.setdefault(key, found)
        return events


def _is_undated(event: Revoked) -> bool:
    return event.imported is not None and event.imported.dated is Dated.UNKNOWN


async def _at_last(tx: Transaction, event: Granted | Revoked) -> Granted | Revoked:
    """An opt-out without a date after all that is on record: a clock may have run ahead."""
    if not isinstance(event, Revoked) or not _is_undated(event):
        return event
    known = await tx.consent_events(event.practice_id, event.number)
    return evolve(event, occurred_at=max([event.occurred_at, *(e.occurred_at for e in known)]))


def _may_be_texted(events: Sequence[ConsentEvent]) -> bool:
    """Whether somebody at a number has ended what was asked there, by agreeing anew or by START."""
    people = {event.person for event in events if isinstance(event, Granted)}
    return any(not fold(events, person).revocations for person in people or {None})


def _batches(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    left = iter(rows)
    while batch := list(islice(left, size)):
        yield batch
