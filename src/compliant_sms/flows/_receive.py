"""A callback's way in: verify, keep, read, write to the ledger, draft the answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeAlias

from attrs import frozen

from compliant_sms import optout
from compliant_sms.consent import Channel, Restored, Revoked, fold
from compliant_sms.errors import WebhookRejected
from compliant_sms.flows._deliver import record_opt_out
from compliant_sms.flows._replies import help_reply, opt_in_confirmation, opt_out_confirmation
from compliant_sms.lifecycle import State
from compliant_sms.messages import Draft, Inbound, Message
from compliant_sms.optout import Reserved
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Ports, Transaction
from compliant_sms.practice import Practice
from compliant_sms.providers import Category, InboundText, StatusUpdate
from compliant_sms.wire import HttpReply, WebhookRequest

__all__ = ["Received", "ReceivedStatus", "ReceivedText", "receive"]

# Providers' callbacks have a few kilobytes; no signature needs to be computed over more.
_LARGEST_BODY = 1_000_000
# A STOP answers the last text of the past month; later nobody can tell which one it was about.
_ANSWERED_WITHIN = timedelta(days=30)


@frozen(kw_only=True)
class ReceivedText:
    """A patient's text, kept.

    Attributes:
        inbound: the text.
        new: False where it was delivered before, and nothing was done again.
        reserved: the reserved word it is, or None: somebody should read it.
    """

    inbound: Inbound
    new: bool
    reserved: Reserved | None


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
    return await _apply_text(tx, ports, event)


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
    if update.problem is not None and update.problem.category is Category.OPTED_OUT:
        await record_opt_out(tx, ports, moved, at)
    return moved


async def _message_of(tx: Transaction, ports: Ports, update: StatusUpdate) -> Message | None:
    known = await tx.message_by_provider_id(ports.provider.name, update.provider_id)
    if known is None and update.reference is not None:
        return await tx.message(update.reference)
    return known


async def _apply_text(tx: Transaction, ports: Ports, event: InboundText) -> ReceivedText:
    practice = ports.practice
    if event.to is not None:
        practice = await tx.practice_at(event.to) or practice
    reading = optout.reserved_word(event.body)
    inbound = Inbound(
        inbound_id=ports.ids(),
        practice_id=practice.id,
        provider=ports.provider.name,
        provider_key=event.key,
        number=event.sender,
        body=event.body,
        media=event.media,
        received_at=ports.clock(),
        rule=reading.rule if reading else None,
    )
    new = await tx.add_inbound(inbound)
    reserved = reading.reserved if reading else None
    if new and reserved is not None and event.sender is not None:
        draft = await _act(
            tx, ports, inbound, practice=practice, sender=event.sender, reserved=reserved
        )
        if draft is not None and not event.answered:
            await _enqueue(tx, ports, practice, draft, inbound.received_at)
    return ReceivedText(inbound=inbound, new=new, reserved=reserved)


async def _act(
    tx: Transaction,
    ports: Ports,
    inbound: Inbound,
    *,
    practice: Practice,
    sender: PhoneNumber,
    reserved: Reserved,
) -> Draft | None:
    """Write what a reserved word means to the ledger; the draft of the answer to it."""
    at, inbound_id = inbound.received_at, inbound.inbound_id
    match reserved:
        case Reserved.STOP:
            await _revoke(tx, ports, inbound, sender)
            return opt_out_confirmation(practice, sender, inbound_id, at)
        case Reserved.START:
            restored = await _restore(tx, ports, inbound, sender)
            return opt_in_confirmation(practice, sender, inbound_id, at) if restored else None
        case _:  # HELP
            return help_reply(practice, sender, inbound_id, at)


async def _revoke(tx: Transaction, ports: Ports, inbound: Inbound, sender: PhoneNumber) -> None:
    since = inbound.received_at - _ANSWERED_WITHIN
    gone = await tx.departures(inbound.practice_id, sender, since)
    answered = gone[-1] if gone else None
    event = Revoked(
        event_id=ports.ids(),
        practice_id=inbound.practice_id,
        number=sender,
        occurred_at=inbound.received_at,
        recorded_at=inbound.received_at,
        actor="patient",
        channel=Channel.TEXT,
        rule=inbound.rule or "",
        reference=inbound.inbound_id,
        in_reply_to=answered.subject if answered else "",
        category=answered.category if answered else "",
        message_class=answered.message_class if answered else "",
        exempt=answered.exempt if answered else False,
    )
    await tx.append(event, ports.ids())


async def _restore(tx: Transaction, ports: Ports, inbound: Inbound, sender: PhoneNumber) -> bool:
    """Record START; whether it gave anybody at the number anything back."""
    before = await tx.consent_events(inbound.practice_id, sender)
    event = Restored(
        event_id=ports.ids(),
        practice_id=inbound.practice_id,
        number=sender,
        occurred_at=inbound.received_at,
        recorded_at=inbound.received_at,
        actor="patient",
        rule=inbound.rule or "",
        reference=inbound.inbound_id,
    )
    await tx.append(event, ports.ids())
    people = {e.person for e in before}
    return any(
        fold(before, person).revoked_at is not None and fold([*before, event], person).tier
        for person in people
    )


async def _enqueue(
    tx: Transaction, ports: Ports, practice: Practice, draft: Draft, at: datetime
) -> None:
    message = Message(
        message_id=ports.ids(),
        practice_id=practice.id,
        draft=draft,
        created_at=at,
        state=State.DUE,
        not_before=at,
    )
    await tx.save(message, at)
