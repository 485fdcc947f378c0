"""Whether a text that waits still stands, asked once more at the moment when it would go."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeAlias

from attrs import evolve, frozen

from compliant_sms.flows._deciding._brief import Brief
from compliant_sms.flows._deciding._opt_in import is_still_theirs
from compliant_sms.flows._deciding._prepared import (
    OTHERWISE,
    WITHDRAWN,
    outdated,
    template_of,
    unknown,
)
from compliant_sms.flows._deciding._received_line import ANSWERED, is_answered_already
from compliant_sms.flows._deciding._visit_void import Unasked, void_reason
from compliant_sms.lifecycle import State
from compliant_sms.messages import Cancelled, Draft, Held, Message
from compliant_sms.ports import Ports, Transaction
from compliant_sms.providers import Failure, Problem
from compliant_sms.reminders import KEY_PREFIX
from compliant_sms.rules import Finding

SET_ASIDE = "set-aside"
"""The code of what stands on record with a text that was called back because of what it tells."""

_NOBODYS = "Nobody knows any more who at the number texted the keyword."
_UNTIL_IT_IS_THERE = timedelta(hours=1)
_A_MINUTE = timedelta(minutes=1)


@frozen
class Void:
    """The text must not go any more.

    Attributes:
        reason: why; it tells nothing of a patient.
    """

    reason: str


@frozen
class Later:
    """The text must not go yet.

    Attributes:
        until: when to look again (UTC).
        reasons: why.
    """

    until: datetime
    reasons: tuple[Finding, ...] = ()


Standing: TypeAlias = Void | Later | Unasked | None
"""What became of a text that waits; None where it may go, if the rules let it."""


def tells_of_visits(draft: Draft) -> bool:
    """Whether a text reminds of visits, or is a recall."""
    return draft.idempotency_key.startswith(KEY_PREFIX)


def aside(reason: str) -> Problem:
    """The problem that is recorded with a text that is called back. The reason names no patient."""
    return Problem(category=Failure.UNKNOWN, code=SET_ASIDE, words=reason)


async def standing(
    tx: Transaction, ports: Ports, message: Message, brief: Brief, at: datetime
) -> Standing:
    """What has become of a text since it was asked for. The rules are asked afterwards."""
    draft = message.draft
    reason = await void_reason(tx, ports, message, brief, at) if tells_of_visits(draft) else ""
    if reason:
        return reason if isinstance(reason, Unasked) else Void(reason)
    overtaken = await _overtaken(tx, message)
    if overtaken:
        return Void(overtaken)
    if draft.template is None:
        return None
    template, reminds = template_of(ports, draft), tells_of_visits(draft)
    if template is None or not (template.approved or template.withdrawn or reminds):
        until = _looked_for_again(draft, at)
        return Later(until, (unknown(until),))
    if not template.approved or template.withdrawn:
        return Void(WITHDRAWN)
    otherwise = reminds and await outdated(tx, message, brief, template)
    return Void(OTHERWISE) if otherwise else None


def _looked_for_again(draft: Draft, at: datetime) -> datetime:
    """When to look again for the template of a text: while it can still go, if possible twice.

    The program that has the template may be another one, and this one may be the first to look.
    """
    if draft.not_after is None:
        return at + _UNTIL_IT_IS_THERE
    return at + min(_UNTIL_IT_IS_THERE, max((draft.not_after - at) / 2, _A_MINUTE))


async def _overtaken(tx: Transaction, message: Message) -> str:
    """What came meanwhile from the number or the desk, so that nobody needs the text; or empty."""
    if await is_answered_already(tx, message):
        return ANSWERED
    if message.draft.opt_in is None:
        return ""
    events = await tx.consent_events(message.practice_id, message.draft.to)
    return "" if is_still_theirs(events, message.draft) else _NOBODYS


async def set_aside(
    tx: Transaction, message: Message, answer: Void | Later, at: datetime
) -> Cancelled | Held:
    """Hold or cancel a text that waits, and return the outcome."""
    if isinstance(answer, Later):
        held = evolve(message, state=State.HELD, not_before=answer.until)
        await tx.save(held, at)
        return Held(message_id=message.message_id, until=answer.until, reasons=answer.reasons)
    await tx.save(message.moved(State.CANCELLED, problem=aside(answer.reason)), at)
    # Another text may tell of what it would have told.
    await tx.void_told(message.practice_id, message.message_id, answer.reason)
    return Cancelled(message_id=message.message_id, reason=answer.reason)
