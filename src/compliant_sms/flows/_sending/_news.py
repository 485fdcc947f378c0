"""What a provider reports about a text, even before its id of the text is known here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from compliant_sms.consent import NumberFlagged, Revoked
from compliant_sms.flows._sending._reported import (
    concerns_number,
    record_problem,
    reported_of,
    says,
)
from compliant_sms.lifecycle import State
from compliant_sms.messages import Message
from compliant_sms.ports import Ports, Transaction
from compliant_sms.providers import Problem, StatusUpdate


async def apply_news(
    tx: Transaction, message: Message, provider: str, update: StatusUpdate, at: datetime
) -> Message:
    """Apply news of a text and save it. Returns the text, unchanged if the news is out of date."""
    if update.state is None or _is_past(message, provider, update.state):
        return message
    state = await _of_the_whole(tx, message, update, update.state)
    moved = message.moved(state, provider_id=update.provider_id, problem=update.problem)
    if moved != message:
        await tx.save(moved, at)
    return moved


async def _of_the_whole(
    tx: Transaction, message: Message, update: StatusUpdate, state: State
) -> State:
    """Where a text is by news of a part: one that is lost is enough, and arrived have to be all."""
    if update.part is not None and state is State.FAILED:
        return State.UNDELIVERED  # other parts may have arrived: it counts as a text that left
    if update.part is None or state is not State.DELIVERED:
        return state
    news = [each.update for each in await tx.callbacks(message.practice_id, message.message_id)]
    there = {each.part for each in news if each.state is State.DELIVERED}
    _, parts = update.part
    return state if there >= {(part, parts) for part in range(1, parts + 1)} else State.SENT


def _is_past(message: Message, provider: str, state: State) -> bool:
    """Whether a provider that the text has moved on from says only that it did not bring it."""
    return message.provider != provider and state in {State.UNDELIVERED, State.FAILED}


async def early_news(
    tx: Transaction, message: Message, provider: str, provider_id: str
) -> Sequence[StatusUpdate]:
    """Take the news that came before the text's id at the provider was known, and file it under it.

    Call it before the text is read: whoever takes in news holds the id first, then the number, and
    then the text.
    """
    await tx.hold_provider_id(message.practice_id, provider, provider_id)
    early = await tx.adopt_statuses(message.practice_id, provider, provider_id, message.message_id)
    if any(concerns_number(each.problem) for each in early):
        await tx.lock(message.practice_id, message.draft.to)
    return early


async def apply_early(
    tx: Transaction, ports: Ports, message: Message, early: Iterable[StatusUpdate], at: datetime
) -> Message:
    """Apply what :func:`early_news` found, in the order in which it came. Returns the text."""
    for update in early:
        message = await apply_news(tx, message, message.provider or "", update, at)
        problem = update.problem
        if problem is None or not concerns_number(problem):
            continue
        if not await _was_recorded(tx, message, update.provider_id, problem):
            await record_problem(tx, ports, reported_of(message), problem, at)
    return message


async def _was_recorded(
    tx: Transaction, message: Message, provider_id: str, problem: Problem
) -> bool:
    """Whether it was put on the ledger when it came, because it named the number."""
    return any(
        isinstance(event, Revoked | NumberFlagged)
        and event.reference == provider_id
        and says(event, problem)
        for event in await tx.consent_events(message.practice_id, message.draft.to)
    )
