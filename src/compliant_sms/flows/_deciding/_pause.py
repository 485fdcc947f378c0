"""The pause switch: what it has stopped is not claimed, from the moment on at which it returns."""

from __future__ import annotations

from attrs import evolve

from compliant_sms.audit import Act, AuditEvent
from compliant_sms.classification import MessageClass, Purpose
from compliant_sms.flows._deciding._brief import Brief
from compliant_sms.lifecycle import State
from compliant_sms.messages import Held, Message
from compliant_sms.ports import Ports, Transaction
from compliant_sms.rules import decided_as
from compliant_sms.volume import UNTIL_RESUMED, Pause, pause_finding, scope_of


async def pause(ports: Ports, *, by: str, reason: str, scope: str | Purpose) -> int:
    """Stop texts of a kind. Returns how many were claimed before, and may still be on their way."""
    stop = Pause(scope=scope_of(scope), by=by, reason=reason, since=ports.clock())

    async def work(tx: Transaction) -> int:
        await tx.fix_pauses(ports.practice.id)
        await tx.place_pause(ports.practice.id, stop)
        await tx.audit(_event(ports, Act.PAUSED, stop.scope, by=by, reason=reason))
        return await tx.being_sent(ports.practice.id)

    return await ports.store.run(work)


async def resume(ports: Ports, *, by: str, reason: str, scope: str | Purpose) -> tuple[Pause, ...]:
    """Let texts go on that a pause has stopped. Returns the pauses that are still in force."""
    ended = scope_of(scope)
    event = _event(ports, Act.RESUMED, ended, by=by, reason=reason)

    async def work(tx: Transaction) -> tuple[Pause, ...]:
        await tx.fix_pauses(ports.practice.id)
        if await tx.lift_pause(ports.practice.id, ended, event.at):
            # Those that another pause stops are held again as soon as somebody looks at them.
            await tx.release_held(ports.practice.id, UNTIL_RESUMED, event.at)
            await tx.audit(event)
        return tuple(await tx.pauses(ports.practice.id))

    return await ports.store.run(work)


async def paused(ports: Ports) -> tuple[Pause, ...]:
    """The pauses that stand, the oldest first."""
    return tuple(await ports.store.run(lambda tx: tx.pauses(ports.practice.id)))


def passes_pauses(brief: Brief) -> bool:
    """Whether a patient in danger asked: whom to call is of no use later."""
    message_class = decided_as(brief.draft.purpose, brief.plain).message_class
    return message_class is MessageClass.EMERGENCY and brief.draft.answers is not None


async def is_paused(tx: Transaction, practice_id: str, brief: Brief) -> bool:
    """Whether a pause stops a text; nobody pauses or resumes until the transaction ends."""
    if passes_pauses(brief):
        return False
    purpose = brief.draft.purpose
    message_class = decided_as(purpose, brief.plain).message_class
    scopes = await tx.paused_scopes(practice_id)
    return any(Pause.stops(scope, purpose, message_class) for scope in scopes)


def hold_for_pause(message: Message) -> tuple[Message, Held]:
    """The text as it waits for a pause to end, whatever ``not_after`` it has."""
    held = Held(message_id=message.message_id, until=UNTIL_RESUMED, reasons=(pause_finding(),))
    return evolve(message, state=State.HELD, not_before=UNTIL_RESUMED), held


def _event(ports: Ports, act: Act, scope: str, *, by: str, reason: str) -> AuditEvent:
    return AuditEvent(
        practice_id=ports.practice.id,
        act=act,
        at=ports.clock(),
        actor=by,
        reason=reason,
        details={"scope": scope},
    )
