"""Texts of which not even the provider could say whether they went out: a person says it."""

from __future__ import annotations

from compliant_sms import _given
from compliant_sms.audit import Act, AuditEvent
from compliant_sms.errors import UnknownMessage
from compliant_sms.flows._records._history import TextRecord, text_record
from compliant_sms.flows._sending._called_back import keep
from compliant_sms.flows._sending._dispatch import give_up_lapsed_claims
from compliant_sms.flows._sending._outcome import recorded_outcome
from compliant_sms.lifecycle import State
from compliant_sms.messages import Outcome
from compliant_sms.ports import Ports, Transaction


async def uncertain(ports: Ports, limit: int) -> tuple[TextRecord, ...]:
    """Up to ``limit`` texts whose request may have been processed, the oldest first."""

    async def work(tx: Transaction) -> tuple[TextRecord, ...]:
        await give_up_lapsed_claims(tx, ports, limit)
        found = await tx.uncertain(ports.practice.id, limit)
        return tuple([await text_record(tx, message) for message in found])

    return await ports.store.run(work)


async def settle(ports: Ports, message_id: str, *, sent: bool, by: str, reason: str) -> Outcome:
    """Take a person's word for what became of an uncertain text; it is put on record.

    Returns:
        the outcome now on record, which is another one where news came first.

    Raises:
        UnknownMessage: this practice has no such text.
        InvalidInput: an argument cannot be used.
    """
    _given.yes_or_no(sent, "sent")
    said = AuditEvent(
        practice_id=ports.practice.id,
        act=Act.SETTLED_BY_HAND,
        at=ports.clock(),
        actor=by,
        reason=reason,
        subject=message_id,
        details={"sent": sent},
    )
    state = State.SENT if sent else State.DUE
    return await ports.store.run(lambda tx: _settle(tx, ports, said, state))


async def _settle(tx: Transaction, ports: Ports, said: AuditEvent, state: State) -> Outcome:
    message = await tx.message(said.practice_id, said.subject)
    if message is None:
        msg = "this practice has no text with that id. Pass the message_id of an outcome."
        raise UnknownMessage(msg)
    if message.state is State.UNCERTAIN:
        settled = message.moved(state, not_before=said.at)
        message = await keep(tx, ports, message, settled, said.at)
        await tx.audit(said)
    return await recorded_outcome(tx, message)
