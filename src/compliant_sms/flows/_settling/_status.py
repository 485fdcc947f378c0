"""News of a text that went out: kept, and applied once, whichever way it came."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve, frozen

from compliant_sms.flows._deciding._routes import is_proved
from compliant_sms.flows._sending._echo import without_words
from compliant_sms.flows._sending._news import apply_news
from compliant_sms.flows._sending._reported import (
    Reported,
    concerns_number,
    record_news,
    reported_of,
)
from compliant_sms.lifecycle import State
from compliant_sms.messages import Message
from compliant_sms.ports import Ports, Transaction
from compliant_sms.providers import OnRecord, Provider, StatusUpdate


@frozen(kw_only=True)
class ReceivedStatus:
    """News of a text that went out.

    Attributes:
        message_id: which; None where it is not one of ours.
        state: where it is now.
        new: False where the same news was delivered before.
        needs_person: whether it says of the number what somebody has to see to; texts to it stop.
    """

    message_id: str | None
    state: State | None
    new: bool
    needs_person: bool = False


async def apply_status(
    tx: Transaction,
    ports: Ports,
    provider: str,
    update: StatusUpdate,
    account: Sequence[Provider] = (),
) -> ReceivedStatus:
    """Keep news of a text and do what it asks, once.

    Args:
        tx: the transaction.
        ports: what to work with.
        provider: who tells.
        update: what it tells.
        account: those whose secrets prove it; of this practice's own text, nobody has to.
    """
    at = ports.clock()
    if update.recipient is not None and concerns_number(update.problem):
        # In the order in which everybody locks: the number, then the text.
        await tx.lock(ports.practice.id, update.recipient)
    message = await _message_of(tx, ports, provider, update, account)
    message_id = message.message_id if message else None
    # Whose number it is says the text, which is sealed; news lies in the clear.
    owner = message.practice_id if message else ports.practice.id
    told = evolve(update, recipient=None, problem=without_words(update.problem, message))
    new = await tx.add_status(owner, provider, told, message_id, at)
    if new and message is not None:
        message = await apply_news(tx, message, provider, told, at)
    for about in _about(ports, provider, update, message) if new else ():
        await record_news(tx, ports, about, update.problem, at)
    return ReceivedStatus(
        message_id=message_id,
        state=message.state if message else None,
        new=new,
        needs_person=update.problem is not None
        and update.problem.consequence.on_record is OnRecord.FLAGGED,
    )


def _about(
    ports: Ports, provider: str, update: StatusUpdate, message: Message | None
) -> tuple[Reported, ...]:
    """The numbers that the news is about; none where nobody knows it any more.

    Where a provider calls two texts alike, that of the text and that which it tells may be two:
    when unsure, no texts to either.
    """
    own: tuple[Reported, ...] = ()
    if message is not None and not message.draft.is_erased:
        own = (evolve(reported_of(message), provider=provider),)
    if update.recipient is None or update.recipient in {each.number for each in own}:
        return own
    told = Reported(
        practice_id=message.practice_id if message else ports.practice.id,
        number=update.recipient,
        provider=provider,
        reference=message.message_id if message and not own else update.provider_id,
    )
    return (*own, told)


async def _message_of(
    tx: Transaction,
    ports: Ports,
    provider: str,
    update: StatusUpdate,
    account: Sequence[Provider],
) -> Message | None:
    """The text that news is about, by the provider's id of it; or by ours, which is nobody else's.

    Two providers of one name, of two practices, may call their texts alike. That of another
    practice is meant only where it has the same account.
    """
    here = ports.practice.id
    known = await tx.message_by_provider_id(
        here,
        provider,
        update.provider_id,
        reference=update.reference,
        recipient=update.recipient,
    )
    if known is not None or update.reference is None:
        return known
    known = await tx.message(here, update.reference)
    if known is not None:
        return known
    owner = await tx.practice_of(update.reference)
    if owner is None:
        return None
    theirs = await tx.callback_proofs(owner)
    if not any(is_proved(account, owner, proofs) for proofs in theirs.values()):
        return None
    message = await tx.message(owner, update.reference)
    return message if message is not None and message.provider == provider else None
