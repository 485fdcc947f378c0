"""Texts whose last report never came: their provider is asked what became of them.

Each is asked for a few times, after pauses that double, and then left: a carrier that has told
nothing for a day tells nothing more. What the provider says goes the way of its reports.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from attrs import evolve, frozen

from compliant_sms.errors import TransportError
from compliant_sms.flows._deliver import outbound, outcome_of
from compliant_sms.flows._dispatch import never
from compliant_sms.flows._status import apply_status
from compliant_sms.lifecycle import State
from compliant_sms.messages import Message, Outcome
from compliant_sms.ports import Ports, Transaction
from compliant_sms.providers import Provider, SentText, StatusUpdate

__all__ = ["Asked", "ask_reports"]

_TOO_MANY_REQUESTS = 429


@frozen(kw_only=True)
class Asked:
    """A text that its provider was asked for.

    Attributes:
        outcome: where it is now.
        told: the provider told what became of it, and nobody had known.
    """

    outcome: Outcome
    told: bool


async def ask_reports(
    ports: Ports, limit: int, *, stopping: Callable[[], bool] = never
) -> tuple[Asked, ...]:
    """Ask the providers for up to ``limit`` texts that are due to be asked for.

    A provider that is not reached, or that says "not so fast", is left alone until the next time.

    Returns:
        those that were asked for, as they are on record now.
    """
    if ports.dry_run:
        return ()
    claimed = await ports.store.run(lambda tx: _claim(tx, ports, limit))
    asked, silent = list[Asked](), set[str]()
    for message in claimed:
        route = ports.routes.left_by(message.provider, _sender_of(message))
        if route is None or message.draft.is_erased:
            continue  # nobody here can ask, or whom it was to is not known any more
        if not route.provider.capabilities.status_look_up:
            await ports.store.run(partial(_leave, message_id=message.message_id))
            continue
        if stopping() or route.provider.name in silent:
            continue
        told, reached = await _look_up(ports, route.provider, message)
        if not reached:
            silent.add(route.provider.name)
        asked.append(await _record(ports, route.provider, message, told))
    return tuple(asked)


async def _claim(tx: Transaction, ports: Ports, limit: int) -> list[Message]:
    """Those whose pause is over; first those that were asked for the fewest times."""
    at, most = ports.clock(), ports.delivery.report_asks
    found: list[Message] = []
    for asked in range(most):
        if len(found) < limit:
            before = at - ports.delivery.report_after * (1 << asked)
            again = None if asked + 1 == most else at
            left = limit - len(found)
            found += await tx.claim_unreported(ports.practice.id, asked, before, again, left)
    return found


async def _leave(tx: Transaction, message_id: str) -> None:
    await tx.leave_unreported(message_id)


def _sender_of(message: Message) -> str:
    return message.departure.sender if message.departure else ""


async def _look_up(
    ports: Ports, provider: Provider, message: Message
) -> tuple[SentText | None, bool]:
    """What the provider says of a text; and whether it can be asked for the next one."""
    assert message.provider_id is not None, "only called for one that has an id"  # noqa: S101
    at = ports.clock()
    text = evolve(outbound(message, at), provider_id=message.provider_id)
    request = provider.ask_status(text, at=at)
    assert request is not None, "its capabilities say that it can be asked"  # noqa: S101
    try:
        reply = await ports.transport.send(request)
    except TransportError:
        return None, False
    return provider.read_status(reply, text), reply.status != _TOO_MANY_REQUESTS


async def _record(
    ports: Ports, provider: Provider, message: Message, told: SentText | None
) -> Asked:
    if told is None or (told.state is State.SENT and told.problem is None):
        return Asked(outcome=outcome_of(message), told=False)
    code = told.problem.code if told.problem else ""
    news = StatusUpdate(
        key=f"asked/{told.provider_id}/{told.state}/{code}",
        provider_id=told.provider_id,
        reference=message.message_id,
        state=told.state,
        problem=told.problem,
        recipient=message.draft.to,
    )

    async def record(tx: Transaction) -> Asked:
        received = await apply_status(tx, ports, provider.name, news)
        current = await tx.message(message.message_id) or message
        ended = current.state is told.state is not State.SENT
        return Asked(outcome=outcome_of(current), told=received.new and ended)

    return await ports.store.run(record)
