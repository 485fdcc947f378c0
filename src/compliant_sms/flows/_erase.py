"""Erasing a person: their keys are destroyed, and the proof stays."""

from __future__ import annotations

from compliant_sms import _given
from compliant_sms.audit import Act, AuditEvent
from compliant_sms.errors import ConfigurationError, UnderLegalHold, Unsettled
from compliant_sms.flows._admit import WAITING
from compliant_sms.lifecycle import State
from compliant_sms.ports import Erased, Ports, Transaction
from compliant_sms.retention import Purged

__all__ = ["erase"]

_UNSETTLED = frozenset({State.CLAIMED, State.UNCERTAIN})


async def erase(ports: Ports, person: str, *, reason: str, by: str) -> Erased:
    """Destroy the keys of all that is kept of a person.

    Raises:
        InvalidInput: an argument cannot be used.
        ConfigurationError: the records of this practice lie in the clear.
        UnderLegalHold: a legal hold reaches the person, or one of their numbers.
        Unsettled: nobody knows yet whether a text to them went out.
    """
    _given.a_text(person, "person")
    return await ports.store.run(lambda tx: _erase(tx, ports, person, reason, by))


async def _erase(tx: Transaction, ports: Ports, person: str, reason: str, by: str) -> Erased:
    practice_id, run = ports.practice.id, ports.ids()
    await _refuse_in_the_clear(tx, practice_id)
    # Texts that are asked for in hosts' transactions are called back with all others.
    await tx.hold_keys(practice_id, person)
    for number in await tx.numbers_of(practice_id, person):
        await tx.lock(practice_id, number)
    await tx.fix_holds(practice_id)
    if await tx.is_held(practice_id, person=person):
        msg = (
            "a legal hold reaches this person, so nothing was erased. Lift it first, if the matter "
            "is settled: legal_hold.list() tells which holds stand."
        )
        raise UnderLegalHold(msg)
    at = ports.clock()
    await _call_back(tx, ports, person)
    erased = await tx.erase(
        practice_id, person, Purged(at=at, rule="the person was erased", run=run, proofs=())
    )
    counts = {"events": erased.events, "texts": erased.texts, "received": erased.received}
    await tx.audit(
        AuditEvent(
            practice_id=practice_id,
            act=Act.PERSON_ERASED,
            at=at,
            actor=by,
            reason=reason,
            subject=run,
            details={"numbers": erased.numbers, **counts},
        )
    )
    return erased


async def _refuse_in_the_clear(tx: Transaction, practice_id: str) -> None:
    if not await tx.seals(practice_id):
        msg = (
            "the records of this practice lie in the clear, and events of the ledger cannot be "
            "taken out of it: only what a keyring sealed can be erased, by destroying its key."
        )
        raise ConfigurationError(msg)


async def _call_back(tx: Transaction, ports: Ports, person: str) -> None:
    """Cancel what waits to go to the person, or to whoever holds their numbers."""
    practice_id = ports.practice.id
    for number in await tx.numbers_of(practice_id, person):
        for listed in await tx.messages_to(practice_id, number):
            # Read again for a change: news of it comes before, or waits.
            message = await tx.message(listed.message_id) or listed
            if message.draft.person not in {None, person}:
                continue
            if message.state in _UNSETTLED:
                msg = (
                    "nobody knows yet whether a text to this person went out, so nothing was "
                    "erased. Call reconcile() first."
                )
                raise Unsettled(msg)
            if message.state in WAITING:
                await tx.save(message.moved(State.CANCELLED), ports.clock())
