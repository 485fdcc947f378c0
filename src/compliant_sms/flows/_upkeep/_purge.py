"""Dropping content whose time has passed, and keeping its proof."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from attrs import field, frozen

from compliant_sms import _given
from compliant_sms._masking import repr_of_practice
from compliant_sms.audit import Act, AuditEvent, Plain
from compliant_sms.flows._staff._secure_records import drop_expired_pages
from compliant_sms.ports import Aged, Store, Transaction
from compliant_sms.retention import Purged, RecordClass, Retention, classes, purged_until
from compliant_sms.rules import Rulebook

_DROPPED = (
    RecordClass.TEXT_BODY,
    RecordClass.INBOUND_BODY,
    RecordClass.DECISION,
    RecordClass.APPOINTMENT,
    RecordClass.CONVERSATION,
)
_STAY = (RecordClass.CONSENT_EVENT, RecordClass.AUDIT_EVENT)
_PAGE = 500


@frozen(kw_only=True)
class Tally:
    """What became of the records of one class.

    Attributes:
        record: which class.
        dropped: dropped now; in a dry run, what would be.
        kept: their time has not passed, or they have none.
        held: their time has passed, and a legal hold keeps them.
        open: texts that are not finished, and the decisions about them.
        gone: dropped by an earlier purge.
        next_at: when (UTC) the oldest of those kept may go; None where none ever may.
        why: how long they are kept, and for which reason.
    """

    record: RecordClass
    dropped: int = 0
    kept: int = 0
    held: int = 0
    open: int = 0
    gone: int = 0
    next_at: datetime | None = None
    why: str


@frozen(kw_only=True)
class PurgeReport:
    """What a purge did, or would do; it prints as a table.

    Attributes:
        run: its id, which the tombstones and the audit log name.
        at: when (UTC).
        dry_run: nothing was changed.
        tallies: class by class.
    """

    run: str
    at: datetime
    dry_run: bool
    tallies: tuple[Tally, ...]

    @property
    def dropped(self) -> int:
        """How many records were dropped, or would be."""
        return sum(tally.dropped for tally in self.tallies)

    def __str__(self) -> str:
        """The report as a table."""
        done = "to go" if self.dry_run else "dropped"
        rows: list[tuple[str, ...]] = [("records", done, "kept", "held", "open", "gone", "next")]
        for each in self.tallies:
            counts = (each.dropped, each.kept, each.held, each.open, each.gone)
            upcoming = f"{each.next_at:%Y-%m-%d}" if each.next_at else "-"
            rows.append((str(each.record), *map(str, counts), upcoming))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join(
            "  ".join([name.ljust(widths[0]), *map(str.rjust, cells, widths[1:])])
            for name, *cells in rows
        )


@frozen(kw_only=True)
class PurgePlan:
    """What is to be dropped, and on whose word.

    Attributes:
        practice_id: whose records.
        policy: how long the practice keeps what.
        rulebook: whose packs say what the law asks.
        at: now (UTC).
        run: an id that nobody has used.
        by: who asks for it.
        dry_run: count only.

    Raises:
        InvalidInput: ``dry_run`` is neither True nor False.
    """

    practice_id: str = field(repr=repr_of_practice)
    policy: Retention
    rulebook: Rulebook
    at: datetime
    run: str
    by: str
    dry_run: bool = field(converter=_given.bit, validator=_given.flag)

    def event(self, stage: str, said: Mapping[RecordClass, Plain]) -> AuditEvent:
        """The beginning, or the end, for the audit log."""
        return AuditEvent(
            practice_id=self.practice_id,
            act=Act.PURGED,
            at=self.at,
            actor=self.by,
            reason="Content whose time to be kept has passed is dropped.",
            subject=self.run,
            details={"stage": stage, **{str(record): value for record, value in said.items()}},
        )


@frozen(kw_only=True)
class _Sweep:
    """One class of records on its way through a purge."""

    plan: PurgePlan
    record: RecordClass
    limit: datetime | None

    @property
    def rule(self) -> str:
        return f"Kept for {self.plan.policy.span(self.record)}."

    def fate(self, aged: Aged) -> str:
        if aged.purged:
            return "gone"
        if not aged.finished:
            return "open"
        if self.limit is None or aged.since > self.limit:
            return "kept"
        return "held" if aged.held else "dropped"

    async def page(self, tx: Transaction, after: str) -> tuple[list[Aged], Counter[str]]:
        """What is next, and what became of it."""
        await tx.fix_holds(self.plan.practice_id)
        page = await tx.aged(self.record, self.plan.practice_id, after, _PAGE)
        fates = Counter([await self._settle(tx, aged) for aged in page])
        return page, fates

    async def _settle(self, tx: Transaction, aged: Aged) -> str:
        fate = self.fate(aged)
        if fate != "dropped" or self.plan.dry_run:
            return fate
        purged = Purged(at=self.plan.at, rule=self.rule, run=self.plan.run, proofs=())
        done = await tx.drop_content(self.record, self.plan.practice_id, aged.key, purged=purged)
        return fate if done else "open"  # it was asked for again a moment ago


async def purge(
    store: Store, plan: PurgePlan, progress: Callable[[int], object] | None = None
) -> PurgeReport:
    """Drop content whose time has passed, page by page, each page in a transaction of its own.

    Interrupted and begun again it drops the rest.

    Args:
        store: where.
        plan: what, and on whose word.
        progress: told how many more records were looked at.
    """
    sweeps = [
        _Sweep(
            plan=plan,
            record=record,
            limit=purged_until(record, at=plan.at, retention=plan.policy, rulebook=plan.rulebook),
        )
        for record in _DROPPED
    ]
    await _on_record(store, plan, "begun", {r: str(plan.policy.span(r)) for r in _DROPPED})
    tallies = [await _swept(store, sweep, progress) for sweep in sweeps]
    if not plan.dry_run:
        await drop_expired_pages(store, plan.practice_id, plan.at)
    await _on_record(store, plan, "finished", {tally.record: tally.dropped for tally in tallies})
    stay = [await _stays(store, plan, record) for record in _STAY]
    return PurgeReport(run=plan.run, at=plan.at, dry_run=plan.dry_run, tallies=(*tallies, *stay))


async def _on_record(
    store: Store, plan: PurgePlan, stage: str, said: Mapping[RecordClass, Plain]
) -> None:
    if not plan.dry_run:
        event = plan.event(stage, said)
        await store.run(lambda tx: tx.audit(event))


async def _swept(store: Store, sweep: _Sweep, progress: Callable[[int], object] | None) -> Tally:
    fates: Counter[str] = Counter()
    oldest: datetime | None = None
    after = ""
    while True:
        page, fresh = await store.run(partial(sweep.page, after=after))
        if not page:
            break
        fates += fresh
        kept = [aged.since for aged in page if sweep.fate(aged) == "kept"]
        oldest = min([*kept, oldest] if oldest else kept, default=None)
        after = page[-1].key
        if progress is not None:
            progress(len(page))
    span = sweep.plan.policy.span(sweep.record)
    next_at = span.after(oldest) if span and oldest else None
    return Tally(record=sweep.record, next_at=next_at, why=sweep.rule, **fates)


async def _stays(store: Store, plan: PurgePlan, record: RecordClass) -> Tally:
    count = await store.run(lambda tx: tx.count(record, plan.practice_id))
    return Tally(record=record, kept=count, why=classes()[record].why.strip())
