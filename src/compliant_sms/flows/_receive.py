"""A callback's way in: verify, keep, apply once."""

from __future__ import annotations

from datetime import datetime
from typing import TypeAlias

from attrs import frozen

from compliant_sms.errors import WebhookRejected
from compliant_sms.flows._deliver import record_opt_out
from compliant_sms.flows._patient_text import ReceivedText, take_in
from compliant_sms.lifecycle import State
from compliant_sms.messages import Message
from compliant_sms.ports import Ports, Transaction
from compliant_sms.providers import Category, InboundText, StatusUpdate
from compliant_sms.wire import HttpReply, WebhookRequest

__all__ = ["Received", "ReceivedStatus", "ReceivedText", "receive"]

# Providers' callbacks have a few kilobytes; no signature needs to be computed over more.
_LARGEST_BODY = 1_000_000


@frozen(kw_only=True)
class ReceivedStatus:
    """News of a text that went out.

    Attributes:
        message_id: which; None where it is not one of ours.
        state: where it is now.
        new: False where the same news was delivered before.
    """

    message_id: str | None
    state: State | None
    new: bool


ReceivedEvent: TypeAlias = ReceivedText | ReceivedStatus


@frozen(kw_only=True)
class Received:
    """What a callback brought; all of it is on disk.

    Attributes:
        events: what it said, in its order.
        answer: what to answer the provider with.
    """

    events: tuple[ReceivedEvent, ...]
    answer: HttpReply


async def receive(ports: Ports, request: WebhookRequest) -> Received:
    """Take a callback in; durable before it returns.

    Raises:
        InvalidSignature: it is not the provider's; nothing was changed.
        WebhookRejected: it is too large or cannot be read; nothing was changed.
    """
    if len(request.body) > _LARGEST_BODY:
        msg = f"the callback has more than {_LARGEST_BODY:,} bytes; no provider sends such"
        raise WebhookRejected(msg, status=413)
    events = ports.provider.parse(ports.provider.verify(request))

    async def apply(tx: Transaction) -> tuple[ReceivedEvent, ...]:
        return tuple([await _apply(tx, ports, event) for event in events])

    received = await ports.store.run(apply)
    return Received(events=received, answer=ports.provider.acknowledgement())


async def _apply(tx: Transaction, ports: Ports, event: InboundText | StatusUpdate) -> ReceivedEvent:
    if isinstance(event, StatusUpdate):
        return await _apply_status(tx, ports, event)
    return await take_in(tx, ports, event)


async def _apply_status(tx: Transaction, ports: Ports, update: StatusUpdate) -> ReceivedStatus:
    at = ports.clock()
    message = await _message_of(tx, ports, update)
    message_id = message.message_id if message else None
    new = await tx.add_status(ports.provider.name, update, message_id, at)
    if new and message is not None:
        message = await _move(tx, ports, message, update, at)
    return ReceivedStatus(message_id=message_id, state=message.state if message else None, new=new)


async def _move(
    tx: Transaction, ports: Ports, message: Message, update: StatusUpdate, at: datetime
) -> Message:
    if update.state is None:
        return message
    moved = message.moved(update.state, provider_id=update.provider_id, problem=update.problem)
    if moved != message:
        await tx.save(moved, at)
    opted_out = update.problem is not None and update.problem.category is Category.OPTED_OUT
    if opted_out and not message.draft.is_erased:  # then nobody knows any more which number it was
        await record_opt_out(tx, ports, moved, at)
    return moved


async def _message_of(tx: Transaction, ports: Ports, update: StatusUpdate) -> Message | None:
    known = await tx.message_by_provider_id(ports.provider.name, update.provider_id)
    if known is None and update.reference is not None:
        return await tx.message(update.reference)
    return known
