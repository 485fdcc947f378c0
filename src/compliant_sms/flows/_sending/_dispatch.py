"""Sending what is due: each text is decided again at the moment it goes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial

from attrs import define, field, frozen

from compliant_sms import _given
from compliant_sms.errors import UnknownMessage
from compliant_sms.flows._deciding._admit import (
    WAITING,
    Claimed,
    Limited,
    Unlinked,
    is_late,
    take,
    too_late,
)
from compliant_sms.flows._deciding._brief import brief_for, with_household
from compliant_sms.flows._deciding._places import leave_places
from compliant_sms.flows._deciding._rate import at_once
from compliant_sms.flows._deciding._traced import traced
from compliant_sms.flows._deciding._visit_void import Unasked
from compliant_sms.flows._sending._called_back import as_uncertain, call_back, is_called_back
from compliant_sms.flows._sending._claim import claiming
from compliant_sms.flows._sending._deliver import deliver
from compliant_sms.flows._sending._link import link
from compliant_sms.flows._sending._outcome import recorded_outcome
from compliant_sms.lifecycle import IN_FLIGHT, State
from compliant_sms.messages import Cancelled, Message, Outcome, Queued
from compliant_sms.ports import Ports, Transaction
from compliant_sms.providers import Problem

# So many texts are read and reserved at once.
_PAGE = 50
# A pile that waits for one sender's rate must not keep another sender's texts from being seen.
_MOST_PASSED_OVER = 500


async def give_up_lapsed_claims(tx: Transaction, ports: Ports, limit: int) -> None:
    """Mark texts whose sender died as uncertain: their request may have left.

    One that cannot be read stays as it is, and is listed among what a person has to see to.
    """
    at = ports.clock()
    for message in await tx.lapsed(ports.practice.id, at, limit, unreadable=[]):
        await tx.save(as_uncertain(message), at)


@frozen(kw_only=True)
class Dispatched:
    """What came of a dispatch.

    Attributes:
        outcomes: of each text that this call took; another worker's are not among them.
        failures: what went wrong with texts for which there is no outcome. Each stays due, and
            waits as long as it was reserved, where it failed before until no others are due; or
            becomes uncertain.
        limited_until: where the sender's rate ended it, or a provider that asked to be left alone
            for a while, when to come back (UTC).
        more: whether it ended at the limit or at a stop, so that more may be due.
        refused: where it ended because the provider refuses the account, and no other route works,
            which the others would have met too: why. They are due as before.
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


async def dispatch(
    ports: Ports,
    limit: int,
    stopping: Callable[[], bool] = never,
    since: datetime | None = None,
) -> Dispatched:
    """Send up to ``limit`` texts whose time has come, until somebody says stop.

    The text in hand is finished in any case. Texts are read a page at a time. Where a sender's
    rate makes a text wait, those behind it that leave from another sender go first.

    Args:
        ports: what to work with.
        limit: how many texts at most.
        stopping: whether somebody says stop.
        since: when this run began (UTC): what failed in it is left to the next one.
    """
    _given.how_many(limit, "limit")
    done, since = _Done(), since or ports.clock()
    tried, more, refused = 0, True, None
    while more and tried < limit and not done.is_over(ports) and not stopping():
        size = at_once(ports, min(_PAGE, limit - tried))
        try:
            page = await _next_page(ports, size, since)
        except Exception as error:  # noqa: BLE001 - what was sent before must be told as well
            done.failures.append(error)
            more = False
            break
        done.failures += page.unreadable
        passed_before = len(done.passed_over)
        more = len(page.messages) + len(page.unreadable) == size
        await _send_page(ports, page, stopping, done)
        tried += size - (len(done.passed_over) - passed_before)
        refused = _refused(ports, done.outcomes)
        more = more and refused is None
    await _give_way(ports, done)
    return Dispatched(
        outcomes=tuple(done.outcomes),
        failures=tuple(done.failures),
        limited_until=done.limited_until,
        more=more,
        refused=refused,
    )


@define
class _Done:
    """What a dispatch has come to so far."""

    outcomes: list[Outcome] = field(factory=list)
    failures: list[Exception] = field(factory=list)
    passed_over: list[tuple[Message, datetime]] = field(factory=list)
    limited_until: datetime | None = None

    def pass_over(self, message: Message, until: datetime, reserved_until: datetime) -> None:
        self.passed_over.append((message, reserved_until))
        self.limited_until = min(self.limited_until or until, until)

    def is_over(self, ports: Ports) -> bool:
        """Whether whatever else is due would wait as well, as far as was looked."""
        alone = len(ports.routes) == 1 and self.limited_until is not None
        return alone or len(self.passed_over) >= _MOST_PASSED_OVER


async def _give_way(ports: Ports, done: _Done) -> None:
    """Let others have the texts that only wait for their sender's rate."""
    for until in sorted({until for _, until in done.passed_over}):
        waiting = [message for message, reserved in done.passed_over if reserved == until]
        with suppress(Exception):  # the reservation runs out by itself
            await ports.store.run(partial(_release, messages=waiting, until=until))


async def _release(tx: Transaction, messages: Sequence[Message], until: datetime) -> None:
    await tx.release(messages, until)


@frozen(kw_only=True)
class _Page:
    messages: Sequence[Message]
    until: datetime
    unreadable: Sequence[Exception]


async def _next_page(ports: Ports, size: int, since: datetime) -> _Page:
    async def work(tx: Transaction) -> _Page:
        await give_up_lapsed_claims(tx, ports, _PAGE)
        at = ports.clock()
        until = at + ports.delivery.lease
        bad: list[Exception] = []  # none of the others must wait for those
        found = await tx.reserve(ports.practice.id, at, until, size, again=since, unreadable=bad)
        return _Page(messages=found, until=until, unreadable=bad)

    return await ports.store.run(work)


async def _send_page(ports: Ports, page: _Page, stopping: Callable[[], bool], done: _Done) -> None:
    left = deque(page.messages)
    try:
        while left and not stopping():
            try:
                outcome = await dispatch_one(ports, left[0])
            except Exception as error:  # noqa: BLE001 - the others must not wait for this one
                await _failed(ports, left[0], error, done)
            else:
                if isinstance(outcome, Limited):
                    done.pass_over(left[0], outcome.until, page.until)
                elif outcome is not None:
                    done.outcomes.append(outcome)
            left.popleft()
            if done.is_over(ports) or _refused(ports, done.outcomes):
                return
    except GeneratorExit:  # nothing can be awaited any more
        left.clear()
        raise
    finally:
        if left:
            with suppress(Exception):  # the reservation runs out by itself
                await ports.store.run(lambda tx: tx.release(left, page.until))


async def _failed(ports: Ports, waiting: Message, error: Exception, done: _Done) -> None:
    """Keep in mind what went wrong with a text; one that comes too late by now is cancelled."""
    gone: Cancelled | None = None
    if is_late(waiting, ports.clock()):
        with suppress(Exception):  # what went wrong before is what to tell
            gone = await ports.store.run(partial(_give_up, ports=ports, waiting=waiting))
    if gone is None:
        done.failures.append(error)
    else:
        done.outcomes.append(gone)


async def _give_up(tx: Transaction, ports: Ports, waiting: Message) -> Cancelled | None:
    message = await tx.message(waiting.practice_id, waiting.message_id)
    if message is None or message.state not in WAITING:
        return None
    return await too_late(tx, ports, message, ports.clock())


def _refused(ports: Ports, outcomes: Sequence[Outcome]) -> Problem | None:
    """Why the provider refuses the account, where the last outcome says so and others rest too."""
    problem = outcomes[-1].problem if outcomes and isinstance(outcomes[-1], Queued) else None
    if problem is None or not problem.is_about_account:
        return None
    at, several = ports.clock(), len(ports.routes) > 1
    if several and not all(ports.health.rests(route, at) for route in ports.routes):
        return None
    return problem


@traced("dispatch")
async def dispatch_one(ports: Ports, waiting: Message) -> Outcome | Limited | None:
    """What came of a text that waits; None where somebody else took it."""
    brief = await brief_for(ports, waiting.draft)
    step = await claiming(ports, lambda tx: take(tx, ports, waiting.message_id, brief))
    if isinstance(step, Unasked):
        brief = await with_household(ports, brief, step.persons)
        step = await claiming(ports, lambda tx: take(tx, ports, waiting.message_id, brief))
        assert not isinstance(step, Unasked), "all of them were asked"  # noqa: S101
    if isinstance(step, Unlinked):
        step = await link(ports, brief, step.message)
    return await deliver(ports, step) if isinstance(step, Claimed) else step


async def cancel(ports: Ports, message_id: str) -> Outcome:
    """Call a text back, if it has not gone out; otherwise say where it is.

    One that may be on its way is cancelled once it is known that it did not go out.

    Raises:
        UnknownMessage: this practice has no such text.
    """
    _given.a_text(message_id, "message_id")
    return await ports.store.run(lambda tx: _cancel(tx, ports, message_id))


async def _cancel(tx: Transaction, ports: Ports, message_id: str) -> Outcome:
    message = await tx.message(ports.practice.id, message_id)
    if message is None:
        msg = "this practice has no text with that id. Pass the message_id of an outcome."
        raise UnknownMessage(msg)
    if message.state in WAITING:
        message = message.moved(State.CANCELLED)
        at = ports.clock()
        await tx.save(message, at)
        await leave_places(tx, ports, message, at)
    elif message.state in IN_FLIGHT and not is_called_back(message):
        message = call_back(message)
        await tx.note(message)
    return await recorded_outcome(tx, message)
