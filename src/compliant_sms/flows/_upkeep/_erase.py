"""Erasing a person: their keys are destroyed, and the proof stays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from attrs import evolve, field, frozen

from compliant_sms import _given
from compliant_sms._masking import repr_of_practice
from compliant_sms.audit import Act, AuditEvent
from compliant_sms.clock import Clock
from compliant_sms.errors import ConfigurationError, UnderLegalHold, UnknownPerson, Unsettled
from compliant_sms.flows._deciding._admit import WAITING
from compliant_sms.flows._deciding._holders import is_caller
from compliant_sms.flows._deciding._standing import Void, set_aside
from compliant_sms.lifecycle import IN_FLIGHT
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Erased, Store, Transaction
from compliant_sms.retention import Purged

_GONE = "the person was erased"


@frozen(kw_only=True)
class ErasePlan:
    """Who is to be erased.

    Attributes:
        practice_id: whose records.
        person: the host's id.
        reason: why; for the audit log.
        by: who decided so; likewise.
        run: a new id.
        dry_run: change nothing, only count.

    Raises:
        InvalidInput: ``dry_run`` is neither True nor False.
    """

    practice_id: str = field(repr=repr_of_practice)
    person: str
    reason: str
    by: str
    run: str
    dry_run: bool = field(default=False, converter=_given.bit, validator=_given.flag)


class _Undone(Exception):
    def __init__(self, counted: Erased) -> None:
        super().__init__()
        self.counted = counted


async def erase(store: Store, clock: Clock, plan: ErasePlan) -> Erased:
    """Destroy the keys of all that is kept of a person.

    Raises:
        InvalidInput: an argument cannot be used.
        ConfigurationError: the records of this practice lie in the clear.
        UnknownPerson: nothing is kept of the person.
        UnderLegalHold: a legal hold reaches the person, or one of their numbers.
        Unsettled: nobody knows yet whether a text to them went out.
    """
    for name in ("person", "reason", "by"):
        _given.a_text(getattr(plan, name), name)
    try:
        return await store.run(lambda tx: _erase(tx, clock, plan))
    except _Undone as undone:
        return undone.counted


async def _erase(tx: Transaction, clock: Clock, plan: ErasePlan) -> Erased:
    practice_id, person = plan.practice_id, plan.person
    await _refuse_in_the_clear(tx, practice_id)
    numbers = await _locked(tx, practice_id, person)
    if not numbers:
        msg = (
            "nothing is kept of a person with this id, so nothing was erased. Check the id. "
            "Whoever was erased before is not known any more either."
        )
        raise UnknownPerson(msg)
    await tx.fix_holds(practice_id)
    if await tx.is_held(practice_id, person=person):
        msg = (
            "a legal hold reaches this person, so nothing was erased. Lift it first, if the matter "
            "is settled: legal_holds.list() tells which holds stand."
        )
        raise UnderLegalHold(msg)
    at = clock()
    callers = await _callers(tx, plan, numbers)
    await _call_back(tx, plan, at, callers, numbers)
    purged = Purged(at=at, rule=_GONE, run=plan.run, proofs=())
    # Callers first: as long as one is known, what is known of the number alone stays readable.
    everybody = [*sorted(callers), person]
    *before, own = [await tx.erase(practice_id, who, purged, numbers) for who in everybody]
    erased = _together(own, before)
    if plan.dry_run:
        raise _Undone(erased)
    counts = {"events": erased.events, "texts": erased.texts, "received": erased.received}
    await tx.audit(
        AuditEvent(
            practice_id=practice_id,
            act=Act.PERSON_ERASED,
            at=at,
            actor=plan.by,
            reason=plan.reason,
            subject=plan.run,
            details={"numbers": erased.numbers, **counts},
        )
    )
    return erased


async def _locked(tx: Transaction, practice_id: str, person: str) -> Sequence[PhoneNumber]:
    """The numbers of a person, locked: also one at which they became known while others waited."""
    numbers: Sequence[PhoneNumber] = ()
    while True:
        # Texts that are asked for in hosts' transactions are called back with all others.
        await tx.hold_keys(practice_id, person)
        # What is known of numbers alone has no id.
        found = tuple(await tx.numbers_of(practice_id, person)) if person else ()
        if found == numbers:
            return numbers
        for number in found:
            await tx.lock(practice_id, number)
        numbers = found


async def _refuse_in_the_clear(tx: Transaction, practice_id: str) -> None:
    if not await tx.seals(practice_id):
        msg = (
            "the records of this practice lie in the clear, and events of the ledger cannot be "
            "taken out of it: only what a keyring sealed can be erased, by destroying its key. "
            "Use a keyring from the start of a database."
        )
        raise ConfigurationError(msg)


async def _callers(
    tx: Transaction, plan: ErasePlan, numbers: Sequence[PhoneNumber]
) -> frozenset[str]:
    """Callers who are known by a call alone, from numbers at which nobody else is known."""
    found: set[str] = set()
    for number in numbers:
        events = await tx.consent_events(plan.practice_id, number)
        texts = await tx.messages_to(plan.practice_id, number)
        threads = await tx.threads_at(plan.practice_id, number)
        known = {
            *(event.person for event in events),
            *(text.draft.person for text in texts),
            *(thread.person for thread in threads),
        }
        others = {each for each in known if each} - {plan.person}
        if all(map(is_caller, others)):
            found |= others
    return frozenset(found)


def _together(erased: Erased, more: Iterable[Erased]) -> Erased:
    """What was erased in all, at the numbers of the person."""
    for each in more:
        erased = evolve(
            erased,
            events=erased.events + each.events,
            texts=erased.texts + each.texts,
            received=erased.received + each.received,
        )
    return erased


async def _call_back(
    tx: Transaction,
    plan: ErasePlan,
    at: datetime,
    callers: frozenset[str],
    numbers: Iterable[PhoneNumber],
) -> None:
    """Cancel what waits to go to the person, or to whoever holds their numbers."""
    practice_id, person = plan.practice_id, plan.person
    for number in numbers:
        for listed in await tx.messages_to(practice_id, number):
            # Read again for a change: news of it comes before, or waits.
            message = await tx.message(listed.practice_id, listed.message_id) or listed
            if message.draft.person not in {None, person, *callers}:
                continue
            if message.state in IN_FLIGHT:
                msg = (
                    "nobody knows yet whether a text to this person went out, so nothing was "
                    "erased. Call reconcile() first."
                )
                raise Unsettled(msg)
            if message.state not in WAITING:
                continue
            # Others of whom it would have told have a text of their own.
            await set_aside(tx, message, Void(_GONE), at)
            if message.departure is None:  # one that left before keeps the place that it used
                await tx.leave_places(practice_id, date.min, message.message_id)
