"""What to tell whoever asks for a text: its outcome, from where it is."""

from __future__ import annotations

from attrs import evolve

from compliant_sms.flows._deciding._standing import SET_ASIDE
from compliant_sms.lifecycle import State
from compliant_sms.messages import (
    Blocked,
    Cancelled,
    Failed,
    Held,
    Message,
    Outcome,
    Queued,
    Sent,
    Uncertain,
)
from compliant_sms.ports import Transaction
from compliant_sms.providers import Failure, Problem
from compliant_sms.volume import NO_PLACE, UNTIL_RESUMED, pause_finding

_UNEXPLAINED = Problem(category=Failure.UNKNOWN, code="none", words="The provider gave no reason.")
_SAY_WHY = frozenset({SET_ASIDE, NO_PLACE.code})


def outcome_of(message: Message) -> Outcome:  # noqa: PLR0911 - one answer for each state
    """What to tell somebody who asks for the text again, from where it is.

    A blocked or held text's reasons lie in its decisions; see :func:`recorded_outcome`.
    """
    message_id = message.message_id
    match message.state:
        case State.SENT | State.DELIVERED | State.UNDELIVERED:
            return Sent(message_id=message_id, provider_id=message.provider_id)
        case State.DUE | State.CLAIMED:
            return Queued(
                message_id=message_id, not_before=message.not_before, problem=message.problem
            )
        case State.HELD:
            return Held(message_id=message_id, until=message.not_before, reasons=())
        case State.BLOCKED:
            return Blocked(message_id=message_id, reasons=())
        case State.UNCERTAIN:
            return Uncertain(message_id=message_id, problem=message.problem)
        case State.CANCELLED:
            problem = message.problem
            aside = problem if problem and problem.code in _SAY_WHY else None
            return Cancelled(message_id=message_id, reason=aside.words if aside else "")
        case _:  # failed
            return Failed(message_id=message_id, problem=message.problem or _UNEXPLAINED)


async def recorded_outcome(tx: Transaction, message: Message) -> Outcome:
    """The outcome on record, with its reasons."""
    outcome = outcome_of(message)
    if isinstance(outcome, Held | Blocked):
        if message.not_before == UNTIL_RESUMED:
            return evolve(outcome, reasons=(pause_finding(),))
        # None, where they were purged.
        decisions = await tx.decisions(message.practice_id, message.message_id)
        return evolve(outcome, reasons=decisions[-1].reasons) if decisions else outcome
    return outcome
