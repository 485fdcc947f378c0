"""Settling texts of which nobody knows whether they went out, by asking the provider."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from attrs import frozen

from compliant_sms.errors import TransportError
from compliant_sms.flows._deliver import outbound, outcome_of
from compliant_sms.flows._dispatch import give_up_lapsed_claims, never
from compliant_sms.lifecycle import State
from compliant_sms.messages import Message, Outcome
from compliant_sms.ports import Ports, Transaction
from compliant_sms.providers import SentText

__all__ = ["Reconciled", "look_up", "reconcile"]

# The provider dates its record by its own clock, and ours may have been wrong by hours when the
# text was claimed. A long time costs little: what is on record under an id of its own is left out.
_CLOCK_SKEW = timedelta(days=1)


@frozen(kw_only=True)
class Reconciled:
    """What came of looking texts up.

    Attributes:
        outcomes: of each.
        last: the last of them, where more may follow.
    """

    outcomes: tuple[Outcome, ...]
    last: Message | None = None


async def reconcile(ports: Ports, limit: int) -> tuple[Outcome, ...]:
    """Look up to ``limit`` uncertain texts up at the provider.

    Returns:
        each one's outcome: sent where the provider has it; queued where it surely has not;
        uncertain where it gave no clear answer.
    """
    return (await look_up(ports, limit)).outcomes


async def look_up(
    ports: Ports,
    limit: int,
    *,
    after: Message | None = None,
    stopping: Callable[[], bool] = never,
) -> Reconciled:
    """The same, for those after a text, until somebody says stop."""
    await ports.store.run(lambda tx: give_up_lapsed_claims(tx, ports, limit))
    found = await ports.store.run(lambda tx: tx.uncertain(ports.practice.id, limit, after))
    outcomes = [await _settle(ports, message) for message in found if not stopping()]
    return Reconciled(outcomes=tuple(outcomes), last=found[-1] if len(outcomes) == limit else None)


async def _settle(ports: Ports, message: Message) -> Outcome:
    # Before asking: the answer tells nothing of what came in while this process stood still.
    asked_at = ports.clock()
    listed = await _look_up(ports, message)
    if listed is None:
        return outcome_of(message)
    return await ports.store.run(lambda tx: _record(tx, ports, message, listed, asked_at))


def _claimed_until(message: Message) -> datetime:
    return message.claimed_until or message.created_at


def _left_from_here(message: Message, ports: Ports) -> bool:
    """Whether it was handed to the same provider, and from the same number, as the practice has."""
    sender = message.departure.sender if message.departure else ""
    here = {"", ports.provider.sender.e164}  # earlier versions kept no number
    return message.provider == ports.provider.name and sender in here


async def _look_up(ports: Ports, message: Message) -> Sequence[SentText] | None:
    if not _left_from_here(message, ports):  # what one lacks another may have: a person says
        return None
    text = outbound(message)
    try:
        reply = await ports.transport.send(ports.provider.look_up(text))
    except TransportError:
        return None
    claimed_at = _claimed_until(message) - ports.delivery.lease
    return ports.provider.found(reply, text, claimed_at - _CLOCK_SKEW)


async def _record(
    tx: Transaction,
    ports: Ports,
    message: Message,
    listed: Sequence[SentText],
    asked_at: datetime,
) -> Outcome:
    # Two texts with the same words must not both take one that the provider lists.
    await tx.lock(ports.practice.id, message.draft.to)
    current = await tx.message(message.message_id) or message
    unclaimed = [
        text
        for text in listed
        if not await tx.message_by_provider_id(ports.provider.name, text.provider_id)
    ]
    settled = _settled(current, unclaimed, ports, asked_at)
    if settled != current:
        await tx.save(settled, ports.clock())
    return outcome_of(settled)


def _settled(
    message: Message, unclaimed: Sequence[SentText], ports: Ports, asked_at: datetime
) -> Message:
    if message.state is not State.UNCERTAIN:
        return message
    if unclaimed:
        text = unclaimed[0]
        return message.moved(text.state, provider_id=text.provider_id, problem=text.problem)
    if asked_at >= _claimed_until(message) + ports.delivery.settle_after:
        return message.moved(State.DUE, not_before=asked_at)
    return message
