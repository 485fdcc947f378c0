"""What an id stands for."""

from __future__ import annotations

from compliant_sms import _given
from compliant_sms.errors import UnknownMessage
from compliant_sms.flows._records._history import TextRecord, text_record
from compliant_sms.messages import Inbound
from compliant_sms.ports import Ports, Transaction


async def text(ports: Ports, message_id: str) -> TextRecord:
    """A text of this practice, and all that became of it.

    Raises:
        UnknownMessage: there is none.
    """
    _given.a_text(message_id, "message_id")

    async def work(tx: Transaction) -> TextRecord | None:
        message = await tx.message(ports.practice.id, message_id)
        if message is None:
            return None
        return await text_record(tx, message)

    found = await ports.store.run(work)
    if found is None:
        msg = "this practice has no text with that id. Pass the message_id of an event."
        raise UnknownMessage(msg)
    return found


async def received(ports: Ports, inbound_id: str) -> Inbound:
    """A text that this practice received.

    Raises:
        UnknownMessage: there is none, or it was erased.
    """
    _given.a_text(inbound_id, "inbound_id")
    found = await ports.store.run(lambda tx: tx.inbound(ports.practice.id, [inbound_id]))
    if not found:
        msg = "this practice received no text with that id. Pass the inbound_id of an event."
        raise UnknownMessage(msg)
    return found[0]
