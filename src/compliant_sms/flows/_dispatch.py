"""Sending what is due: each text is decided again at the moment it goes."""

from __future__ import annotations

from compliant_sms.errors import UnknownMessage
from compliant_sms.flows._admit import WAITING, Unlinked, take
from compliant_sms.flows._brief import brief
from compliant_sms.flows._deliver import deliver, recorded_outcome
from compliant_sms.flows._link import link
from compliant_sms.lifecycle import State
from compliant_sms.messages import Message, Outcome
from compliant_sms.ports import Ports, Transaction

__all__ = ["cancel", "dispatch_due", "give_up_lapsed_claims"]


async def give_up_lapsed_claims(tx: Transaction, ports: Ports, limit: int) -> None:
    """Mark texts whose sender died as uncertain: their request may have left."""
    at = ports.clock()
    for message in await tx.lapsed(ports.practice.id, at, limit):
        await tx.save(message.moved(State.UNCERTAIN), at)


async def dispatch_due(ports: Ports, limit: int) -> tuple[Outcome, ...]:
    """Send up to ``limit`` texts whose time has come.

    Returns:
        what came of each that this call took; another worker's are not among them.

    Raises:
        Exception: what went wrong with the first text that failed, for example in the host's
            ``people``; after all the others were tried. The text stays due, or becomes uncertain.
    """
    await ports.store.run(lambda tx: give_up_lapsed_claims(tx, ports, limit))
    at = ports.clock()
    waiting = await ports.store.run(lambda tx: tx.due(ports.practice.id, at, limit))
    outcomes: list[Outcome] = []
    failures: list[Exception] = []
    for message in waiting:
        try:
            outcome = await _dispatch(ports, message)
        except Exception as error:  # noqa: BLE001 - the others must not wait for this one
            failures.append(error)
        else:
            outcomes += [outcome] if outcome is not None else []
    if failures:
        raise failures[0]
    return tuple(outcomes)


async def _dispatch(ports: Ports, waiting: Message) -> Outcome | None:
    known = await brief(ports, waiting.draft)
    step = await ports.store.run(lambda tx: take(tx, ports, waiting.message_id, known))
    if isinstance(step, Unlinked):
        step = await link(ports, known, step.message)
    return await deliver(ports, step) if isinstance(step, Message) else step


async def cancel(ports: Ports, message_id: str) -> Outcome:
    """Call a text back, if it has not gone out; otherwise say where it is.

    Raises:
        UnknownMessage: this practice has no such text.
    """
    return await ports.store.run(lambda tx: _cancel(tx, ports, message_id))


async def _cancel(tx: Transaction, ports: Ports, message_id: str) -> Outcome:
    message = await tx.message(message_id)
    if message is None or message.practice_id != ports.practice.id:
        msg = "this practice has no text with that id. Pass the message_id of an outcome."
        raise UnknownMessage(msg)
    if message.state in WAITING:
        message = message.moved(State.CANCELLED)
        await tx.save(message, ports.clock())
    return await recorded_outcome(tx, message)
