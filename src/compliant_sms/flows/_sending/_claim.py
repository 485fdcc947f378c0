"""Claiming a text so that somebody is there to send it, and giving a claim back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import TypeVar

from compliant_sms.errors import StoreError
from compliant_sms.flows._deciding._admit import Claimed
from compliant_sms.flows._sending._called_back import keep
from compliant_sms.lifecycle import IN_FLIGHT, State
from compliant_sms.messages import Message
from compliant_sms.ports import Ports, Transaction

T = TypeVar("T")


async def claiming(ports: Ports, work: Callable[[Transaction], Awaitable[T]]) -> T:
    """Run what may claim a text; whoever called must send it before waiting for anything else.

    Raises:
        BaseException: what was raised meanwhile, such as that the caller's task was cancelled, a
            signal that met the commit, or what a handler let through. A text that was claimed is
            due again: no request for it can have left.
    """
    made: list[Message] = []

    async def claim(tx: Transaction) -> T:
        made.clear()  # work that lost a race is done anew
        step = await work(tx)
        if isinstance(step, Claimed):
            made.append(step.message)
        return step

    try:
        return await ports.unbroken(ports.store.run(claim))
    except (StoreError, GeneratorExit):  # it was not recorded; or nothing can be awaited any more
        raise
    except BaseException:
        for message in made:  # it is not given back where it was not committed
            await give_back(ports, message, ports.clock())
        raise


async def give_back(ports: Ports, claimed: Message, again: datetime) -> None:
    """Make a text due again of which no request can have left, unless somebody else has it.

    Where the store cannot, the claim runs out by itself: what went wrong before is what to tell.
    """
    with suppress(Exception):
        await ports.unbroken(ports.store.run(lambda tx: _give_back(tx, ports, claimed, again)))


async def _give_back(tx: Transaction, ports: Ports, claimed: Message, again: datetime) -> None:
    message = await tx.message(claimed.practice_id, claimed.message_id)
    if message is not None and is_open(message, claimed):
        due = message.moved(State.DUE, not_before=again)
        await keep(tx, ports, message, due, ports.clock())


def is_open(message: Message, claimed: Message) -> bool:
    """Whether that claim is still open: nobody else claimed the text since."""
    return message.departure == claimed.departure and message.state in IN_FLIGHT
