"""Sending what is due: each text is decided again at the moment it goes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

from attrs import field, frozen

from compliant_sms import _given
from compliant_sms.errors import UnknownMessage
from compliant_sms.flows._admit import WAITING, Limited, Unlinked, take
from compliant_sms.flows._brief import brief
from compliant_sms.flows._deliver import deliver, recorded_outcome
from compliant_sms.flows._link import link
from compliant_sms.flows._rate import at_once
from compliant_sms.lifecycle import State
from compliant_sms.messages import Message, Outcome, Queued
from compliant_sms.ports import Ports, Transaction
from compliant_sms.providers import Problem

__all__ = ["Dispatched", "cancel", "dispatch", "dispatch_due", "give_up_lapsed_claims", "never"]

# So many texts are read and reserved at once.
_PAGE = 50


async def give_up_lapsed_claims(tx: Transaction, ports: Ports, limit: int) -> None:
    """Mark texts whose sender died as uncertain: their request may have left."""
    at = ports.clock()
    for message in await tx.lapsed(ports.practice.id, at, limit):
        await tx.save(message.moved(State.UNCERTAIN), at)


@frozen(kw_only=True)
class Dispatched:
    """What came of a dispatch.

    Attributes:
        outcomes: of each text that this call took; another worker's are not among them.
        failures: what went wrong with texts for which there is no outcome. Each stays due, and
            waits as long as it was reserved, so that others go first; or becomes uncertain.
        limited_until: where the sender's rate ended it, when to come back (UTC).
        more: whether it ended at the limit or at a stop, so that more may be due.
        refused: where it ended because the provider refuses the account, which the others would
            have met too: why. They are due as before.
    """

    outcomes: tuple[Outcome, ...]
    failures: tuple[Exception, ...] = field(repr=False)
    limited_until: datetime | None = None
    more: bool = False
    refused: Problem | None = None


async def dispatch_due(ports: Ports, limit: int) -> tuple[Outcome, ...]:
    """Send up to ``limit`` texts whose time has come.

    Returns:
        what came of each that this call took; another worker's are not among them. Where the
        provider refuses the account, the last one says so, and the others stay due.

    Raises:
        Exception: what went wrong with the first text that failed, for example in the host's
            ``people``; after all the others were tried. The text stays due, and is tried again
            when its reservation has run out; or becomes uncertain.
    """
    done = await dispatch(ports, limit)
    if done.failures:
        raise done.failures[0]
    return done.outcomes


def never() -> bool:
    """Nobody says stop."""
    return False


async def dispatch(ports: Ports, limit: int, stopping: Callable[[], bool] = never) -> Dispatched:
    """Send up to ``limit`` texts whose time has come, until somebody says stop.

    The text in hand is finished in any case. Texts are read a page at a time.
    """
    outcomes: list[Outcome] = []
    failures: list[Exception] = []
    tried, more, limited_until, refused = 0, True, None, None
    while more and tried < limit and limited_until is None and not stopping():
        size = at_once(ports, min(_PAGE, limit - tried))
        try:
            page = await _next_page(ports, size)
        except Exception as error:  # noqa: BLE001 - what was sent before must be told as well
            failures.append(error)
            more = False
            break
        tried, more = tried + size, len(page.messages) == size
        limited_until = await _send_page(ports, page, stopping, outcomes, failures)
        refused = _refused(outcomes)
        more = more and refused is None
    return Dispatched(
        outcomes=tuple(outcomes),
        failures=tuple(failures),
        limited_until=limited_until,
        more=more,
        refused=refused,
    )


@frozen(kw_only=True)
class _Page:
    messages: Sequence[Message]
    until: datetime


async def _next_page(ports: Ports, size: int) -> _Page:
    async def work(tx: Transaction) -> _Page:
        await give_up_lapsed_claims(tx, ports, size)
        at = ports.clock()
        until = at + ports.delivery.lease
        found = await tx.reserve(ports.practice.id, at, until, size)
        return _Page(messages=found, until=until)

    return await ports.store.run(work)


async def _send_page(
    ports: Ports,
    page: _Page,
    stopping: Callable[[], bool],
    outcomes: list[Outcome],
    failures: list[Exception],
) -> datetime | None:
    left = deque(page.messages)
    try:
        while left and not stopping():
            try:
                outcome = await _dispatch(ports, left[0])
            except Exception as error:  # noqa: BLE001 - the others must not wait for this one
                failures.append(error)
            else:
                if isinstance(outcome, Limited):
                    return outcome.until
                outcomes += [outcome] if outcome is not None else []
            left.popleft()
            if _refused(outcomes):
                return None
    except GeneratorExit:  # nothing can be awaited any more
        left.clear()
        raise
    finally:
        if left:
            with suppress(Exception):  # the reservation runs out by itself
                await ports.store.run(lambda tx: tx.release(left, page.until))
    return None


def _refused(outcomes: Sequence[Outcome]) -> Problem | None:
    """Why the provider refuses the account, where the last outcome says that it does."""
    problem = outcomes[-1].problem if outcomes and isinstance(outcomes[-1], Queued) else None
    return problem if problem is not None and problem.is_about_account else None


async def _dispatch(ports: Ports, waiting: Message) -> Outcome | Limited | None:
    known = await brief(ports, waiting.draft)
    step = await ports.store.run(lambda tx: take(tx, ports, waiting.message_id, known))
    if isinstance(step, Unlinked):
        step = await link(ports, known, step.message)
    return await deliver(ports, step) if isinstance(step, Message) else step


async def cancel(ports: Ports, message_id: str) -> Outcome:
    """Call a text back, if it has not gone out; otherwise say where it is.

    Raises:
        UnknownMessage: this practice has no such text.
    """
    _given.a_text(message_id, "message_id")
    return await ports.store.run(lambda tx: _cancel(tx, ports, message_id))


async def _cancel(tx: Transaction, ports: Ports, message_id: str) -> Outcome:
    message = await tx.message(message_id)
    if message is None or message.practice_id != ports.practice.id:
        msg = "this practice has no text with that id. Pass the message_id of an outcome."
        raise UnknownMessage(msg)
    if message.state in WAITING:
        message = message.moved(State.CANCELLED)
        await tx.save(message, ports.clock())
    return await recorded_outcome(tx, message)
