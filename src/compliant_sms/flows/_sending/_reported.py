"""What a provider says of a number, on its way to the consent ledger."""

from __future__ import annotations

from datetime import datetime

from attrs import field, frozen

from compliant_sms._masking import repr_of_practice
from compliant_sms.consent import (
    Channel,
    Clarified,
    Flag,
    Granted,
    NumberFlagged,
    Restored,
    Revoked,
)
from compliant_sms.flows._sending._revoke import append_heard
from compliant_sms.messages import Message
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Ports, Transaction
from compliant_sms.providers import OnRecord, Problem

_RULE = "provider-opt-out"


@frozen(kw_only=True)
class Reported:
    """A text that a provider reports about.

    Attributes:
        practice_id: whose it is.
        number: to whom it was.
        provider: who reports.
        reference: our id of it, or the provider's where it is none of ours.
    """

    practice_id: str = field(repr=repr_of_practice)
    number: PhoneNumber
    provider: str
    reference: str = field(repr=False)


def reported_of(message: Message) -> Reported:
    """A text of ours that was handed to a provider."""
    return Reported(
        practice_id=message.practice_id,
        number=message.draft.to,
        provider=message.provider or "",
        reference=message.message_id,
    )


def concerns_number(problem: Problem | None) -> bool:
    """Whether a problem is about the number, so that it goes on the ledger."""
    return problem is not None and problem.consequence.on_record is not OnRecord.NOTHING


async def record_problem(
    tx: Transaction, ports: Ports, about: Reported, problem: Problem | None, at: datetime
) -> None:
    """Put on the ledger what a problem says of the number, if it says anything."""
    if problem is None or not concerns_number(problem):
        return
    opted_out = problem.consequence.on_record is OnRecord.REVOKED
    await (_opted_out(tx, ports, about, at) if opted_out else _flag(tx, ports, about, problem, at))


async def record_news(
    tx: Transaction, ports: Ports, about: Reported, problem: Problem | None, at: datetime
) -> None:
    """Put on the ledger what is told of a text after its request: once, whichever way it came.

    A report can say what a look-up said before. Where something was given since, it counts again:
    when unsure, no texts.
    """
    if problem is None or not concerns_number(problem):
        return
    await tx.lock(about.practice_id, about.number)
    if not await _is_on_record(tx, about, problem):
        await record_problem(tx, ports, about, problem, at)


async def _is_on_record(tx: Transaction, about: Reported, problem: Problem) -> bool:
    stands = False
    for event in await tx.consent_events(about.practice_id, about.number):
        if isinstance(event, Granted | Restored | Clarified):
            stands = False
        elif isinstance(event, Revoked | NumberFlagged) and event.reference == about.reference:
            stands = stands or says(event, problem)
    return stands


def says(event: Revoked | NumberFlagged, problem: Problem) -> bool:
    """Whether an event of the ledger puts on record what a problem says of the number."""
    if isinstance(event, Revoked):
        # Somebody of the practice may have noted less than that about the same text.
        theirs = event.channel is Channel.PROVIDER and event.rule == _RULE
        return theirs and problem.consequence.on_record is OnRecord.REVOKED
    return event.why.value == problem.category.value


async def _opted_out(tx: Transaction, ports: Ports, about: Reported, at: datetime) -> None:
    event = Revoked(
        event_id=ports.ids(),
        practice_id=about.practice_id,
        number=about.number,
        occurred_at=at,
        recorded_at=at,
        actor=f"provider:{about.provider}",
        channel=Channel.PROVIDER,
        rule=_RULE,
        reference=about.reference,
    )
    await append_heard(tx, ports, event)


async def _flag(
    tx: Transaction, ports: Ports, about: Reported, problem: Problem, at: datetime
) -> None:
    event = NumberFlagged(
        event_id=ports.ids(),
        practice_id=about.practice_id,
        number=about.number,
        occurred_at=at,
        recorded_at=at,
        actor=f"provider:{about.provider}",
        why=Flag(problem.category.value),
        reference=about.reference,
    )
    await append_heard(tx, ports, event)
