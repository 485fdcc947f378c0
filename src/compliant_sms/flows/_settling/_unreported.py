"""Texts whose last report never came: their provider is asked what became of them.

Each is asked for a few times, after pauses that double, and then left: a carrier that has told
nothing for a day tells nothing more. What the provider says goes the way of its reports.
"""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve, frozen

from compliant_sms.errors import TransportError
from compliant_sms.flows._deciding._routes import left_by
from compliant_sms.flows._deciding._waits import wait_of
from compliant_sms.flows._sending._deliver import outbound
from compliant_sms.flows._sending._dispatch import never
from compliant_sms.flows._sending._echo import without_words
from compliant_sms.flows._sending._outcome import outcome_of
from compliant_sms.flows._settling._status import apply_status
from compliant_sms.lifecycle import State
from compliant_sms.messages import Message, Outcome
from compliant_sms.ports import Ports, Transaction
from compliant_sms.providers import Provider, SentText, StatusUpdate

_REDIRECTS = 300
_NOT_FOUND = 404


@frozen(kw_only=True)
class AskedReport:
    """A text that its provider was asked for.

    Attributes:
        outcome: where it is now.
        told: the provider told what became of it, and nobody had known.
    """

    outcome: Outcome
    told: bool


async def ask_reports(
    ports: Ports, limit: int, *, stopping: Callable[[], bool] = never
) -> tuple[AskedReport, ...]:
    """Ask the providers for up to ``limit`` texts that are due to be asked for.

    A provider that is not reached, or that does not answer as it should, is left alone until the
    next time; so is one that asked to be.

    Returns:
        those that were asked for, as they are on record now.
    """
    if ports.dry_run:
        return ()
    names = {each.name for each in ports.routes.providers if each.capabilities.status_look_up}
    asked: list[AskedReport] = []
    for number, name in enumerate(sorted(names)):
        share = -(-(limit - len(asked)) // (len(names) - number))
        asked += await _ask(ports, name, share, stopping)
    return tuple(asked)


async def _ask(
    ports: Ports, provider: str, limit: int, stopping: Callable[[], bool]
) -> list[AskedReport]:
    """Ask one provider, for one text after the other: those that it leaves open wait longer."""
    asked: list[AskedReport] = []
    for _ in range(limit):
        if stopping():
            break
        message = await ports.store.run(lambda tx: _claim(tx, ports, provider))
        if message is None:
            break
        route = left_by(ports, message)
        if route is None or message.draft.is_erased:
            continue  # nobody here can ask, or whom it was to is not known any more
        told, answered = await _look_up(ports, route.provider, message)
        asked.append(await _record(ports, route.provider, message, told))
        if not answered:
            break
    return asked


async def _claim(tx: Transaction, ports: Ports, provider: str) -> Message | None:
    """One whose pause is over; first those that were asked for the fewest times."""
    at, most = ports.clock(), ports.delivery.report_asks
    for route in ports.routes:
        if route.provider.name == provider and await wait_of(tx, route, at):
            return None
    for asked in range(most):
        before = at - ports.delivery.report_after * (1 << asked)
        again = None if asked + 1 == most else at
        found = await tx.claim_unreported(ports.practice.id, provider, asked, before, again)
        if found is not None:
            return found
    return None


async def _look_up(
    ports: Ports, provider: Provider, message: Message
) -> tuple[SentText | None, bool]:
    """What the provider says of a text, and whether it answered: it may not know the text."""
    assert message.provider_id is not None, "only called for one that has an id"  # noqa: S101
    at = ports.clock()
    text = evolve(outbound(message, at), provider_id=message.provider_id)
    request = provider.ask_status(text, at=at)
    assert request is not None, "its capabilities say that it can be asked"  # noqa: S101
    try:
        reply = await ports.transport.send(request)
    except TransportError:
        return None, False
    answered = reply.status < _REDIRECTS or reply.status == _NOT_FOUND
    return provider.read_status(reply, text), answered


async def _record(
    ports: Ports, provider: Provider, message: Message, told: SentText | None
) -> AskedReport:
    if told is None or (told.state is State.SENT and told.problem is None):
        return AskedReport(outcome=outcome_of(message), told=False)
    problem = without_words(told.problem, message)  # the key lies in the clear
    code = problem.code if problem else ""
    news = StatusUpdate(
        key=f"asked/{message.message_id}/{told.state}/{code}",
        provider_id=told.provider_id,
        reference=message.message_id,
        state=told.state,
        problem=told.problem,
        recipient=message.draft.to,
    )

    async def record(tx: Transaction) -> AskedReport:
        before = await tx.message(message.practice_id, message.message_id) or message
        await apply_status(tx, ports, provider.name, news)
        current = await tx.message(message.practice_id, message.message_id) or before
        learnt = before.state is State.SENT and current.state is not State.SENT
        return AskedReport(outcome=outcome_of(current), told=learnt)

    return await ports.store.run(record)
