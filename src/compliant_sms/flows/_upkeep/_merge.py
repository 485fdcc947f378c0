"""Merging two records of one patient: consents and visits go to the record that stays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from operator import attrgetter
from typing import TypeAlias

from attrs import evolve, field, frozen

from compliant_sms import _given
from compliant_sms.audit import Act, AuditEvent
from compliant_sms.consent import ConsentEvent, Granted, PhiPreferenceStated, Revoked, Voided, fold
from compliant_sms.errors import InvalidInput
from compliant_sms.flows._deciding._routes import refuse_others_senders
from compliant_sms.flows._visits._appointments import hand_over
from compliant_sms.ports import Ports, Transaction

_AT_ONCE = 50
_Carried: TypeAlias = Granted | Voided | PhiPreferenceStated


@frozen(kw_only=True)
class MergePlan:
    """Which records are one patient's.

    Attributes:
        old: the host's id of the record that goes.
        into: of the record that stays.
        reason: why; for the audit log.
        by: who decided so; likewise.
        run: a new id.

    Raises:
        InvalidInput: a field is blank, or both records are the same.
    """

    old: str = field(repr=False, validator=_given.told)
    into: str = field(repr=False, validator=_given.told)
    reason: str = field(repr=False, validator=_given.told)
    by: str = field(validator=_given.told)
    run: str

    def __attrs_post_init__(self) -> None:
        """Refuse what would do nothing."""
        if self.old == self.into:
            msg = "a record cannot be merged into itself. Pass the id that stays as into=."
            raise InvalidInput(msg)


@frozen(kw_only=True)
class Merged:
    """What was carried over; nothing of it the second time.

    Attributes:
        consents: how many events were recorded anew in the ledger.
        visits: how many visits moved.
    """

    consents: int
    visits: int


async def merge_persons(ports: Ports, plan: MergePlan) -> Merged:
    """Carry over consents, and then visits, 50 in a transaction.

    Raises:
        ConfigurationError: the sender belongs to a practice with another id.
    """
    consents = await ports.store.run(lambda tx: _consents(tx, ports, plan))
    visits = 0
    while moved := await ports.store.run(lambda tx: _visits(tx, ports, plan)):
        visits += moved
    return Merged(consents=consents, visits=visits)


async def _consents(tx: Transaction, ports: Ports, plan: MergePlan) -> int:
    await refuse_others_senders(tx, ports)
    at, count = ports.clock(), 0
    # In one order, so that two merges never wait for each other.
    for number in sorted(await tx.numbers_of(ports.practice.id, plan.old), key=attrgetter("e164")):
        await tx.lock(ports.practice.id, number)
        events = await tx.consent_events(ports.practice.id, number)
        for event in _to_carry(events, plan):
            carried = evolve(
                event, event_id=ports.ids(), person=plan.into, recorded_at=at, actor=plan.by
            )
            await tx.append(carried, ports.ids())
            count += 1
    await _audit(tx, ports, plan, "consents", count)
    return count


def _to_carry(events: Sequence[ConsentEvent], plan: MergePlan) -> Iterator[_Carried]:
    """What is to be recorded for the record that stays, and is not there yet."""
    known = [_said(e) for e in events if isinstance(e, _Carried) and e.person == plan.into]
    until = _stopped_at(events, plan.into)
    for event in _carriable(events, plan.old):
        lifts = isinstance(event, Granted) and until is not None and event.occurred_at > until
        if not lifts and _said(event) not in known:
            yield event


def _stopped_at(events: Sequence[ConsentEvent], person: str) -> datetime | None:
    """When a person asked for texts to stop who did not agree again; None if that holds no more.

    Only their own yes may lift it: should the records not be one patient's after all, somebody
    else's at the number would.
    """
    if not fold(events, person).revocations:
        return None
    asked = (e.occurred_at for e in events if isinstance(e, Revoked) and e.person == person)
    return max(asked, default=None)


def _said(event: _Carried) -> _Carried:
    """What an event says, without whose record it is in and when and by whom it was put there."""
    return evolve(event, event_id="-", person="-", recorded_at=event.occurred_at, actor="-")


def _carriable(events: Sequence[ConsentEvent], person: str) -> Iterator[_Carried]:
    """What a person agreed to and holds, what voids it, and that they want no health details.

    Revocations hold for the number as they are. That health details may be texted was said of one
    record, and what the other holds may be more private: the patient is asked again.
    """
    state = fold(events, person)
    held = {state.voided, *(grant.event_id for grant in state.grants)}
    wishes = [e for e in events if isinstance(e, PhiPreferenceStated) and e.person == person]
    newest = max(wishes, key=lambda wish: wish.occurred_at, default=None)
    if newest is not None and not newest.prefers:
        held.add(newest.event_id)
    for event in events:
        if isinstance(event, _Carried) and event.event_id in held:
            yield event


async def _visits(tx: Transaction, ports: Ports, plan: MergePlan) -> int:
    """Carry over some visits, and tell how many."""
    theirs = await tx.appointments_of(ports.practice.id, plan.old)
    keys = sorted(each.appointment.key for each in theirs)[:_AT_ONCE]
    moved = [await hand_over(tx, ports, key, plan.old, plan.into) for key in keys]
    await _audit(tx, ports, plan, "visits", sum(moved))
    return sum(moved)


async def _audit(tx: Transaction, ports: Ports, plan: MergePlan, what: str, count: int) -> None:
    if not count:
        return
    await tx.audit(
        AuditEvent(
            practice_id=ports.practice.id,
            act=Act.PERSONS_MERGED,
            at=ports.clock(),
            actor=plan.by,
            reason=plan.reason,
            subject=plan.run,
            details={what: count},
        )
    )
