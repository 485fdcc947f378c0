"""Legal holds: placing, lifting and listing them, each on record."""

from __future__ import annotations

from compliant_sms import _given
from compliant_sms.audit import Act, AuditEvent
from compliant_sms.errors import UnknownHold
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Ports, Transaction
from compliant_sms.retention import LegalHold


async def place_hold(
    ports: Ports, *, person: str | None, number: PhoneNumber | None, reason: str, by: str
) -> LegalHold:
    """From now on nothing about a person, or a number, is purged or erased."""
    hold = LegalHold(
        hold_id=ports.ids(),
        practice_id=ports.practice.id,
        person=person,
        number=number,
        reason=reason,
        placed_at=ports.clock(),
        placed_by=by,
    )

    async def work(tx: Transaction) -> None:
        await tx.fix_holds(hold.practice_id)
        await tx.place_hold(hold)
        await tx.audit(_event(ports, Act.HOLD_PLACED, hold.hold_id, reason, by))

    await ports.store.run(work)
    return hold


async def lift_hold(ports: Ports, hold_id: str, *, reason: str, by: str) -> None:
    """End a hold.

    Raises:
        InvalidInput: it is no id, or nobody could be asked later.
        UnknownHold: this practice has no such hold that still stands.
    """
    _given.a_text(hold_id, "hold_id")
    event = _event(ports, Act.HOLD_LIFTED, hold_id, reason, by)

    async def work(tx: Transaction) -> None:
        await tx.fix_holds(event.practice_id)
        if not await tx.lift_hold(event.practice_id, hold_id, event.at):
            msg = (
                "no legal hold of this practice has that id, or it was lifted before. Pass the id "
                "of one that list() shows."
            )
            raise UnknownHold(msg)
        await tx.audit(event)

    await ports.store.run(work)


async def holds(ports: Ports) -> tuple[LegalHold, ...]:
    """The holds that stand, the oldest first."""
    return tuple(await ports.store.run(lambda tx: tx.holds(ports.practice.id)))


def _event(ports: Ports, act: Act, hold_id: str, reason: str, by: str) -> AuditEvent:
    return AuditEvent(
        practice_id=ports.practice.id,
        act=act,
        at=ports.clock(),
        actor=by,
        reason=reason,
        subject=hold_id,
    )
