"""Settling texts of which nobody knows whether they went out, or what became of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from attrs import evolve, field, frozen

from compliant_sms.errors import NotOurDatabase, RecordAltered, StoreError, TransportError
from compliant_sms.flows._deciding._routes import left_by
from compliant_sms.flows._sending._called_back import keep
from compliant_sms.flows._sending._deliver import outbound
from compliant_sms.flows._sending._dispatch import give_up_lapsed_claims, never
from compliant_sms.flows._sending._echo import without_words
from compliant_sms.flows._sending._news import apply_early, early_news
from compliant_sms.flows._sending._outcome import outcome_of
from compliant_sms.flows._sending._reported import record_problem, reported_of
from compliant_sms.flows._settling._repeat import repeat
from compliant_sms.flows._settling._unreported import ask_reports
from compliant_sms.lifecycle import State
from compliant_sms.messages import Message, Outcome
from compliant_sms.ports import Ports, Transaction
from compliant_sms.providers import Provider, SentText

# The provider dates its record by its own clock, and ours may have been wrong by hours when the
# text was claimed. A long time costs little: what is on record under an id of its own is left out.
_CLOCK_SKEW = timedelta(days=1)


@frozen(kw_only=True)
class Reconciled:
    """What came of looking texts up.

    Attributes:
        outcomes: of each.
        last: the last of them, where more may follow.
        failures: what went wrong with others. Those stay uncertain.
    """

    outcomes: tuple[Outcome, ...]
    last: Message | None = None
    failures: tuple[Exception, ...] = field(default=(), repr=False)


async def reconcile(ports: Ports, limit: int) -> tuple[Outcome, ...]:
    """Ask the provider for up to ``limit`` uncertain texts, and as many without an end.

    Returns:
        each one's outcome. Of uncertain texts: sent where the provider has it; queued where it
        surely has not; uncertain where it gave no clear answer. A provider that processes one
        reference only once is asked for the text again instead. Of texts whose last report never
        came: what became of those of which the provider told it.

    Raises:
        Exception: what went wrong with the first text that failed, for example in the host's
            ``people``; after all the others were asked for. That text stays uncertain.
    """
    looked_up = await look_up(ports, limit)
    asked = await ask_reports(ports, limit)
    if looked_up.failures:
        raise looked_up.failures[0]
    return (*looked_up.outcomes, *(each.outcome for each in asked if each.told))


async def look_up(
    ports: Ports,
    limit: int,
    *,
    after: Message | None = None,
    stopping: Callable[[], bool] = never,
) -> Reconciled:
    """Look uncertain texts up, those after a text, until somebody says stop."""
    await ports.store.run(lambda tx: give_up_lapsed_claims(tx, ports, limit))
    outcomes, failures = list[Outcome](), list[Exception]()

    async def work(tx: Transaction) -> list[Message]:
        failures.clear()  # work that lost a race is done anew
        return await tx.uncertain(ports.practice.id, limit, after, failures)

    found = await ports.store.run(work)
    last = found[-1] if found and len(found) == limit else None
    for message in found:
        if stopping():
            last = None
            break
        try:
            outcomes.append(await _settle(ports, message))
        except Exception as error:
            if is_of_the_store(error):
                raise
            failures.append(error)  # the others must not wait for this one
    return Reconciled(outcomes=tuple(outcomes), last=last, failures=tuple(failures))


def is_of_the_store(error: Exception) -> bool:
    """Whether the store as a whole could not, so that nothing else would go either."""
    return isinstance(error, StoreError) and not isinstance(error, NotOurDatabase | RecordAltered)


async def _settle(ports: Ports, message: Message) -> Outcome:
    # Before asking: the answer tells nothing of what came in while this process stood still.
    asked_at = ports.clock()
    route = left_by(ports, message)
    if route is None:  # what others lack its own may have: a person says
        return outcome_of(message)
    listed = await _look_up(ports, route.provider, message)
    if listed is None:
        return await repeat(ports, route, message)

    async def record(tx: Transaction) -> Outcome:
        for provider_id in sorted({text.provider_id for text in listed}):
            await tx.hold_provider_id(ports.practice.id, route.provider.name, provider_id)
        # Two texts with the same words must not both take one that the provider lists.
        await tx.lock(ports.practice.id, message.draft.to)
        unclaimed = await _unclaimed(tx, ports, route.provider.name, listed)
        return await _record(tx, ports, message, unclaimed, asked_at)

    return await ports.store.run(record)


def _claimed_until(message: Message) -> datetime:
    return message.claimed_until or message.created_at


def _listed_since(ports: Ports, message: Message) -> datetime:
    """Since when the text may have left, by the provider's clock (UTC)."""
    return _claimed_until(message) - ports.delivery.lease - _CLOCK_SKEW


async def _look_up(ports: Ports, provider: Provider, message: Message) -> Sequence[SentText] | None:
    at = ports.clock()
    text = outbound(message, at)
    request = provider.look_up(text, at=at)
    if request is None:
        return None
    try:
        reply = await ports.transport.send(request)
    except TransportError:
        return None
    listed = provider.found(reply, text, _listed_since(ports, message))
    if listed is None:
        return None
    return [evolve(each, problem=without_words(each.problem, message)) for each in listed]


async def _unclaimed(
    tx: Transaction, ports: Ports, provider: str, listed: Sequence[SentText]
) -> list[SentText]:
    here = ports.practice.id
    return [
        text
        for text in listed
        if not await tx.message_by_provider_id(here, provider, text.provider_id)
    ]


async def _record(
    tx: Transaction,
    ports: Ports,
    message: Message,
    unclaimed: Sequence[SentText],
    asked_at: datetime,
) -> Outcome:
    current = await tx.message(message.practice_id, message.message_id) or message
    if unclaimed and await _is_anothers(tx, ports, current):
        return outcome_of(current)
    settled = _settled(current, unclaimed, ports, asked_at)
    if settled != current:
        at = ports.clock()
        settled = await keep(tx, ports, current, settled, at)
        await record_problem(tx, ports, reported_of(settled), settled.problem, at)
        settled = await _caught_up(tx, ports, settled, at)
    return outcome_of(settled)


async def _is_anothers(tx: Transaction, ports: Ports, message: Message) -> bool:
    """Whether what the provider lists may be another text in the same words.

    One that is still being sent, or that a person said was sent: the provider's id of it is not on
    record.
    """
    since = _listed_since(ports, message) - ports.delivery.lease
    texts = await tx.messages_to(message.practice_id, message.draft.to, unreadable=[])
    same = (text for text in texts if text.body == message.body)
    return any(text.state is State.CLAIMED or _is_unnamed(text, since) for text in same)


def _is_unnamed(text: Message, since: datetime) -> bool:
    left = text.departure
    sent = text.state is State.SENT and text.provider_id is None
    return sent and left is not None and left.at >= since


async def _caught_up(tx: Transaction, ports: Ports, settled: Message, at: datetime) -> Message:
    """The text after what came of it before anybody knew how the provider calls it."""
    if settled.provider is None or settled.provider_id is None:
        return settled
    early = await early_news(tx, settled, settled.provider, settled.provider_id)
    return await apply_early(tx, ports, settled, early, at)


def _settled(
    message: Message, unclaimed: Sequence[SentText], ports: Ports, asked_at: datetime
) -> Message:
    if message.state is not State.UNCERTAIN:
        return message
    if unclaimed:
        text = unclaimed[0]
        return message.moved(text.state, provider_id=text.provider_id, problem=text.problem)
    if asked_at >= _claimed_until(message) + ports.delivery.settle_after:
        return message.moved(State.DUE, not_before=asked_at)
    return message
