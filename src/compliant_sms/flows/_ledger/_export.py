"""Export: the ledger as the two lists that an import reads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Protocol, TypeAlias

from attrs import field, frozen

from compliant_sms import _given
from compliant_sms._masking import repr_of_practice
from compliant_sms.audit import Act, AuditEvent
from compliant_sms.clock import Clock
from compliant_sms.imports import ExportReport
from compliant_sms.imports._export import consent_lines, opt_out_lines
from compliant_sms.imports._write import consent_header, opt_out_header
from compliant_sms.ports import Chain, Store, Transaction

_AT_ONCE = 200

_Read: TypeAlias = Callable[[Transaction, "ExportPlan", Chain], Awaitable["_Told"]]
ExportProgress: TypeAlias = Callable[[ExportReport], None]
"""Is told after each page what was written so far."""


class TextSink(Protocol):
    """Where text is written, such as a file opened with ``newline=""`` and in UTF-8."""

    def write(self, text: str, /) -> object:
        """Add the text."""


@frozen(kw_only=True)
class ExportPlan:
    """Whose ledger is exported, and why.

    Attributes:
        practice_id: whose.
        names: by which patients know the practice. Written permission must have one.
        by: who exports it; for the audit log.
        reason: why; likewise.

    Raises:
        InvalidInput: something is blank.
    """

    practice_id: str = field(repr=repr_of_practice, validator=_given.told)
    names: tuple[str, ...] = field(repr=False)
    by: str = field(validator=_given.told)
    reason: str = field(validator=_given.told, repr=False)


async def export_consents(
    store: Store,
    clock: Clock,
    plan: ExportPlan,
    *,
    opt_outs: TextSink,
    consents: TextSink,
    progress: ExportProgress | None = None,
) -> ExportReport:
    """Write what a practice knows of consent, a page of the ledger at a time.

    Files that an exception broke off permit too much: throw them away.

    Raises:
        CannotUnseal: the keyring cannot open the practice's records.
        LedgerTampered: an event is about another number.
    """
    await _put_on_record(store, clock, plan, "begun", ExportReport())
    run = _Export(store, plan, progress, consents=consents, opt_outs=opt_outs)
    consents.write(consent_header())
    opt_outs.write(opt_out_header())
    await run.write(_consents)
    # A STOP that came meanwhile is in the file of opt-outs, or its consent is not in the other.
    await run.write(_opt_outs)
    await _put_on_record(store, clock, plan, "finished", run.report)
    return run.report


@frozen(kw_only=True)
class _Told:
    """What a chain says, as lines of the two files.

    Attributes:
        consents: those of its person.
        opt_outs: those of its number.
        erased: whether it is the chain of somebody who was erased.
        left_out: how many consents no import would take.
    """

    consents: Sequence[str] = ()
    opt_outs: Sequence[str] = ()
    erased: bool = False
    left_out: int = 0


class _Export:
    def __init__(
        self,
        store: Store,
        plan: ExportPlan,
        progress: ExportProgress | None,
        *,
        consents: TextSink,
        opt_outs: TextSink,
    ) -> None:
        self._store, self._plan, self._progress = store, plan, progress
        self._consents, self._opt_outs = consents, opt_outs
        self._opted_out: set[str] = set()
        self.report = ExportReport()

    async def write(self, read: _Read) -> None:
        """Write what is read of each chain, a page at a time."""
        after: str | None = ""
        while after is not None:
            page, after = await self._store.run(
                partial(_page, plan=self._plan, after=after, read=read)
            )
            for told in page:
                self._write(told)
            if self._progress is not None:
                self._progress(self.report)

    def _write(self, told: _Told) -> None:
        fresh = [line for line in told.opt_outs if line not in self._opted_out]
        self._opted_out.update(fresh)
        for line in fresh:
            self._opt_outs.write(line)
        for line in told.consents:
            self._consents.write(line)
        self.report = self.report.plus(
            ExportReport(
                consents=len(told.consents),
                opt_outs=len(fresh),
                erased=int(told.erased),
                left_out=told.left_out,
            )
        )


async def _page(
    tx: Transaction, *, plan: ExportPlan, after: str, read: _Read
) -> tuple[list[_Told], str | None]:
    """What a page of chains says, and where to go on; None at the end."""
    chains = await tx.chains_after(plan.practice_id, after, _AT_ONCE)
    told = [await read(tx, plan, chain) for chain in chains]
    return told, chains[-1].chain_id if len(chains) == _AT_ONCE else None


async def _consents(tx: Transaction, plan: ExportPlan, chain: Chain) -> _Told:
    if chain.number is None:
        return _Told(erased=True)
    if chain.person is None:
        return _Told()
    events = await tx.consent_events(plan.practice_id, chain.number)
    lines = list(consent_lines(events, chain.person, plan.names))
    told = [line for line in lines if line is not None]
    # Whoever is erased meanwhile has no number any more by which to tell their opt-outs.
    opt_outs = list(opt_out_lines(events)) if told else []
    return _Told(consents=told, opt_outs=opt_outs, left_out=len(lines) - len(told))


async def _opt_outs(tx: Transaction, plan: ExportPlan, chain: Chain) -> _Told:
    if chain.number is None or chain.person is not None:
        return _Told()
    return _Told(
        opt_outs=list(opt_out_lines(await tx.consent_events(plan.practice_id, chain.number)))
    )


async def _put_on_record(
    store: Store, clock: Clock, plan: ExportPlan, step: str, report: ExportReport
) -> None:
    counts = {"opt_outs": report.opt_outs, "consents": report.consents}
    event = AuditEvent(
        practice_id=plan.practice_id,
        act=Act.CONSENTS_EXPORTED,
        at=clock(),
        actor=plan.by,
        reason=plan.reason,
        details={"step": step, **counts},
    )
    await store.run(lambda tx: tx.audit(event))
