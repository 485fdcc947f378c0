"""Comparing the ledger with what providers keep of opted-out numbers, and evening both out.

A provider blocks who texted it STOP; whoever told the practice in another way is not on its list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from attrs import evolve, field, frozen

from compliant_sms import _given
from compliant_sms.audit import Act, AuditEvent
from compliant_sms.consent import (
    Channel,
    Clarified,
    ConsentEvent,
    Granted,
    Restored,
    Revoked,
    fold,
)
from compliant_sms.errors import TransportError
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Ports, Transaction
from compliant_sms.providers import ListAccess, OptOutEntry, OptOutPage, Provider
from compliant_sms.wire import HttpReply, HttpRequest

_MOST_PAGES = 10_000
_AT_ONCE = 200
_CLOCK_SKEW = timedelta(minutes=5)  # between the provider's clock and ours


@frozen(kw_only=True)
class OptOutDrift:
    """How a provider's list of opted-out numbers and the ledger differ.

    Attributes:
        provider: whose list it is.
        sender: our number that it is for.
        listed: how many numbers are on it; None where it cannot be read.
        recorded: on the list only; the ledger has them as revocations now.
        added: revoked in the ledger only; on the list now.
        missing: revoked in the ledger only, and not added: the provider takes no additions, or
            did not take this one. The library texts none of them all the same.
        stale: on the list since before the patient agreed anew, or said which texts may go on.
            The provider goes on blocking them: only a START from the patient's own handset ends
            that.
        problem: why the list could not be read to its end.
    """

    provider: str
    sender: PhoneNumber
    listed: int | None = None
    recorded: tuple[PhoneNumber, ...] = field(default=(), repr=False)
    added: tuple[PhoneNumber, ...] = field(default=(), repr=False)
    missing: tuple[PhoneNumber, ...] = field(default=(), repr=False)
    stale: tuple[PhoneNumber, ...] = field(default=(), repr=False)
    problem: str = ""

    @property
    def is_even(self) -> bool:
        """Nothing differed."""
        return not (self.recorded or self.added or self.missing or self.stale or self.problem)


async def sync_opt_outs(ports: Ports, *, by: str, dry_run: bool) -> tuple[OptOutDrift, ...]:
    """Even the ledger and the providers' lists out, or only say how they differ.

    Args:
        ports: what to work with.
        by: who asked for it.
        dry_run: change nothing, neither here nor there.

    Returns:
        how each provider's list differed, before it was evened out.
    """
    _given.yes_or_no(dry_run, "dry_run")
    write = not dry_run
    drifts = [await _sync(ports, provider, write=write) for provider in ports.routes.providers]
    if write and not all(drift.is_even for drift in drifts):
        event = AuditEvent(
            practice_id=ports.practice.id,
            act=Act.OPT_OUTS_SYNCED,
            at=ports.clock(),
            actor=by,
            reason="the providers' lists of opted-out numbers and the ledger differed",
            details=dict(_counts(drifts)),
        )
        await ports.store.run(lambda tx: tx.audit(event))
    return tuple(drifts)


def _counts(drifts: Sequence[OptOutDrift]) -> Iterator[tuple[str, int]]:
    for place, drift in enumerate(drifts):
        for name in ("recorded", "added", "missing", "stale"):
            yield f"{place}.{drift.provider}.{name}", len(getattr(drift, name))


async def _sync(ports: Ports, provider: Provider, *, write: bool) -> OptOutDrift:
    drift = OptOutDrift(provider=provider.name, sender=provider.sender)
    access = provider.capabilities.opt_out_list
    listed, problem = await _listed(ports, provider)
    recorded, stale = await _take_over(ports, provider, listed or (), write=write)
    drift = evolve(
        drift,
        listed=None if listed is None else len(listed),
        recorded=recorded,
        stale=stale,
        problem=problem,
    )
    if problem or not access & {ListAccess.LIST, ListAccess.ADD}:
        return drift
    there = {entry.number for entry in listed or ()}
    added: list[PhoneNumber] = []
    missing: list[PhoneNumber] = []
    for number in await _revoked(ports):
        if number not in there:
            done = write and await _add(ports, provider, number)
            (added if done else missing).append(number)
    if listed is None:  # what cannot be read is not known to lack anything
        missing = [number for number in missing if write]
    return evolve(drift, added=tuple(added), missing=tuple(missing))


async def _listed(ports: Ports, provider: Provider) -> tuple[tuple[OptOutEntry, ...] | None, str]:
    """What is on a provider's list, or None where it has none to read; and what went wrong."""
    entries: list[OptOutEntry] = []
    cursor = ""
    for _ in range(_MOST_PAGES):
        request = provider.list_opt_outs(cursor, at=ports.clock())
        if request is None:
            return None, ""
        page = await _page(ports, provider, request)
        if page is None:
            break
        entries += page.entries
        if not page.cursor:
            return tuple(entries), ""
        cursor = page.cursor
    return tuple(entries), "The provider's list could not be read to its end; try again."


async def _page(ports: Ports, provider: Provider, request: HttpRequest) -> OptOutPage | None:
    reply = await _ask(ports, request)
    return None if reply is None else provider.read_opt_outs(reply)


async def _ask(ports: Ports, request: HttpRequest) -> HttpReply | None:
    try:
        return await ports.transport.send(request)
    except TransportError:
        return None


async def _take_over(
    ports: Ports, provider: Provider, listed: Sequence[OptOutEntry], *, write: bool
) -> tuple[tuple[PhoneNumber, ...], tuple[PhoneNumber, ...]]:
    recorded: list[PhoneNumber] = []
    stale: list[PhoneNumber] = []
    for some in _batches(listed):

        async def work(tx: Transaction, some: Sequence[OptOutEntry] = some) -> list[bool | None]:
            return [await _record(tx, ports, provider, entry, write=write) for entry in some]

        for entry, is_new in zip(some, await ports.store.run(work), strict=True):
            if is_new is not None:
                (recorded if is_new else stale).append(entry.number)
    return tuple(recorded), tuple(stale)


def _batches(listed: Sequence[OptOutEntry]) -> Iterator[Sequence[OptOutEntry]]:
    for start in range(0, len(listed), _AT_ONCE):
        # Two who lock several numbers do so in one order.
        yield sorted(listed[start : start + _AT_ONCE], key=lambda entry: entry.number.e164)


async def _record(
    tx: Transaction, ports: Ports, provider: Provider, entry: OptOutEntry, *, write: bool
) -> bool | None:
    """Whether the ledger lacked it; False where it is older than what is on record; else None."""
    practice_id = ports.practice.id
    if write:
        await tx.lock(practice_id, entry.number)
    events = await tx.consent_events(practice_id, entry.number)
    if _ends_everything(events):
        return None
    gives = Granted | Restored | Clarified
    agreed = [each.occurred_at for each in events if isinstance(each, gives)]
    # No to some texts put nobody on the list.
    revoked_before = any(isinstance(each, Revoked) and not each.except_for for each in events)
    # Without a date it is taken for the STOP that is on record, where one is.
    if agreed and entry.at is None and revoked_before:
        return False
    heard = _revoked_there(ports, provider, entry, ports.clock())
    if not agreed or entry.at is None or entry.at > max(agreed):
        # A consent that a clock dated too late must not outlast it.
        heard = evolve(heard, occurred_at=max([heard.occurred_at, *agreed]))
    elif _is_on_record(events, agreed, entry.at) or not _ends_more(events, heard):
        return False
    if write:
        await tx.append(heard, ports.ids())
    return True


def _is_on_record(
    events: Sequence[ConsentEvent], agreed: Sequence[datetime], listed: datetime
) -> bool:
    """Whether the STOP of a list, or a later one, is on record: what was said since holds.

    One from shortly before is that STOP by another clock, unless somebody agreed between the two.
    """
    stops = [e.occurred_at for e in events if isinstance(e, Revoked) and not e.except_for]
    return any(
        stop >= listed - _CLOCK_SKEW and not any(stop < yes <= listed for yes in agreed)
        for stop in stops
    )


def _ends_more(events: Sequence[ConsentEvent], heard: Revoked) -> bool:
    """Whether somebody may not be texted by it who may be without: a booking lifts no STOP."""
    people = {event.person for event in events if isinstance(event, Granted)} or {None}
    before = (fold(events, person).revocations for person in people)
    after = (fold([*events, heard], person).revocations for person in people)
    return any(len(then) > len(now) for now, then in zip(before, after, strict=True))


def _revoked_there(ports: Ports, provider: Provider, entry: OptOutEntry, at: datetime) -> Revoked:
    return Revoked(
        event_id=ports.ids(),
        practice_id=ports.practice.id,
        number=entry.number,
        occurred_at=min(entry.at or at, at),
        recorded_at=at,
        actor=f"provider:{provider.name}",
        channel=Channel.PROVIDER,
        rule="provider-opt-out-list",
    )


async def _revoked(ports: Ports) -> list[PhoneNumber]:
    """The numbers at which everything is revoked, for everybody."""
    practice_id = ports.practice.id
    chains = await ports.store.run(lambda tx: tx.chains(practice_id))
    numbers = sorted({chain.number.e164 for chain in chains if chain.number is not None})
    revoked: list[PhoneNumber] = []
    for start in range(0, len(numbers), _AT_ONCE):
        some = [PhoneNumber(number) for number in numbers[start : start + _AT_ONCE]]

        async def work(tx: Transaction, some: Sequence[PhoneNumber] = some) -> list[PhoneNumber]:
            return [
                number
                for number in some
                if _ends_everything(await tx.consent_events(practice_id, number))
            ]

        revoked += await ports.store.run(work)
    return revoked


def _ends_everything(events: Sequence[ConsentEvent]) -> bool:
    # A provider's block knows no categories and no persons: whoever keeps some texts, or agreed
    # anew at a number that others share, must stay reachable.
    people = {event.person for event in events if isinstance(event, Granted)} or {None}
    states = (fold(events, person) for person in people)
    return all(any(not stop.keep for stop in state.revocations) for state in states)


async def _add(ports: Ports, provider: Provider, number: PhoneNumber) -> bool:
    request = provider.add_opt_out(number, at=ports.clock())
    if request is None:
        return False
    reply = await _ask(ports, request)
    return reply is not None and provider.opt_out_added(reply)
