"""Dropping content whose time has passed, and keeping its proof."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from attrs import frozen

from compliant_sms.audit import Act, AuditEvent, Plain
from compliant_sms.ports import Aged, Ports, Transaction
from compliant_sms.retention import Purged, RecordClass, Retention, classes, purged_until

__all__ = ["PurgeReport", "Tally", "purge"]

_DROPPED = (RecordClass.TEXT_BODY, RecordClass.INBOUND_BODY, RecordClass.DECISION)
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
    """What a purge did, or would do.

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


@frozen(kw_only=True)
class _Sweep:
    """One class of records on its way through a purge."""

    record: RecordClass
    limit: datetime | None
    purged: Purged
    dry_run: bool

    def fate(self, aged: Aged) -> str:
        if aged.purged:
            return "gone"
        if not aged.finished:
            return "open"
        if self.limit is None or aged.since > self.limit:
            return "kept"
        return "held" if aged.held else "dropped"

    async def apply(self, tx: Transaction, page: Sequence[Aged]) -> Counter[str]:
        fates: Counter[str] = Counter()
        for aged in page:
            fate = self.fate(aged)
            if fate == "dropped" and not self.dry_run:
                done = await tx.drop_content(self.record, aged.key, purged=self.purged)
                fate = fate if done else "open"  # it was asked for again a moment ago
            fates[fate] += 1
        return fates


async def purge(
    ports: Ports,
    policy: Retention,
    *,
    by: str,
    dry_run: bool,
    progress: Callable[[int], None] = lambda _: None,
) -> PurgeReport:
    """Drop content whose time has passed, page by page, each page in a transaction of its own.

    Interrupted and begun again it drops the rest.

    Args:
        ports: what the messenger works with.
        policy: how long the practice keeps what.
        by: who asks for it.
        dry_run: count only.
        progress: told how many more records were looked at.
    """
    at, run = ports.clock(), ports.ids()
    limits = {
        record: purged_until(record, at=at, policy=policy, rulebook=ports.rulebook)
        for record in _DROPPED
    }
    if not dry_run:
        spans = {str(record): str(policy.span(record)) for record in _DROPPED}
        await _record(ports, by, run, {"stage": "begun", **spans})
    tallies = []
    for record, limit in limits.items():
        rule = f"{record} is kept for {policy.span(record)}"
        purged = Purged(at=at, rule=rule, run=run, proofs=())
        sweep = _Sweep(record=record, limit=limit, purged=purged, dry_run=dry_run)
        tallies.append(await _swept(ports, policy, sweep, progress))
    tallies += [await _stays(ports, record) for record in _STAY]
    if not dry_run:
        counts = {str(t.record): t.dropped for t in tallies if t.record in _DROPPED}
        await _record(ports, by, run, {"stage": "finished", **counts})
    return PurgeReport(run=run, at=at, dry_run=dry_run, tallies=tuple(tallies))


async def _swept(
    ports: Ports, policy: Retention, sweep: _Sweep, progress: Callable[[int], None]
) -> Tally:
    fates: Counter[str] = Counter()
    oldest: list[datetime] = []
    after: str | None = ""
    while after is not None:
        page, done = await ports.store.run(_one_page(ports.practice.id, sweep, after))
        fates += done
        kept = [aged.since for aged in page if sweep.fate(aged) == "kept"]
        oldest = sorted([*oldest, *kept])[:1]
        after = page[-1].key if page else None
        progress(len(page))
    span = policy.span(sweep.record)
    next_at = span.after(oldest[0]) if span and oldest else None
    return Tally(record=sweep.record, next_at=next_at, why=sweep.purged.rule, **fates)


def _one_page(
    practice_id: str, sweep: _Sweep, after: str
) -> Callable[[Transaction], Awaitable[tuple[list[Aged], Counter[str]]]]:
    async def work(tx: Transaction) -> tuple[list[Aged], Counter[str]]:
        await tx.fix_holds(practice_id)
        page = await tx.aged(sweep.record, practice_id, after, _PAGE)
        return page, await sweep.apply(tx, page)

    return work


async def _stays(ports: Ports, record: RecordClass) -> Tally:
    count = await ports.store.run(lambda tx: tx.count(record, ports.practice.id))
    return Tally(record=record, kept=count, why=classes()[record].why.strip())


async def _record(ports: Ports, by: str, run: str, details: dict[str, Plain]) -> None:
    event = AuditEvent(
        practice_id=ports.practice.id,
        act=Act.PURGED,
        at=ports.clock(),
        actor=by,
        reason="Content whose time to be kept has passed is dropped.",
        subject=run,
        details=details,
    )
    await ports.store.run(lambda tx: tx.audit(event))
