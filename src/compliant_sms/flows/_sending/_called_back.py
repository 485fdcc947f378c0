"""A wish that a text shall not go, kept while it may be on its way already."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve

from compliant_sms.flows._deciding._places import leave_places
from compliant_sms.lifecycle import State
from compliant_sms.messages import Message
from compliant_sms.ports import Ports, Transaction
from compliant_sms.providers import Failure, Problem

_CALLED_BACK = "called-back"
_WORDS = (
    "It was called back while it may have been on its way: where it turns out that it did not go, "
    "it is cancelled."
)


def is_called_back(message: Message) -> bool:
    """Whether somebody called it back while it might have been on its way."""
    return message.problem is not None and message.problem.code == _CALLED_BACK


def call_back(message: Message) -> Message:
    """The text with that wish on it. The words of an earlier problem stay."""
    known = message.problem
    category = known.category if known else Failure.UNKNOWN
    words = f"{_WORDS} {known.words}" if known else _WORDS
    return evolve(message, problem=Problem(category=category, code=_CALLED_BACK, words=words))


def as_uncertain(message: Message, problem: Problem | None = None) -> Message:
    """A claimed text whose request may have left; a wish outlasts what is told of it."""
    moved = message.moved(State.UNCERTAIN, problem=problem)
    return call_back(moved) if is_called_back(message) and moved != message else moved


async def keep(
    tx: Transaction, ports: Ports, before: Message, after: Message, at: datetime
) -> Message:
    """Store what became of a text; cancelled, where it was called back and would wait again."""
    await tx.save(after, at)
    if after.state is not State.DUE or not is_called_back(before):
        return after
    gone = after.moved(State.CANCELLED)
    await tx.save(gone, at)
    await leave_places(tx, ports, gone, at)
    return gone
