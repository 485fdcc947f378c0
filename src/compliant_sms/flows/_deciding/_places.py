"""Giving texts their places on the practice's plan for its volume."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial

from attrs import evolve, frozen

from compliant_sms.messages import Message
from compliant_sms.ports import Ports, Transaction
from compliant_sms.rules import Decision, Verdict, VolumeWait
from compliant_sms.volume import Place, day_of, first_place

# Further off than any rule looks, so that the rulebook says that there is no such instant.
_NEVER = timedelta(days=400)


@frozen(kw_only=True)
class Planned:
    """A decision that knows the plan, and the place that the text is to take.

    Attributes:
        decision: as it was, or a hold until the place's time.
        place: None where the text needs none, has one, or gets none.
    """

    decision: Decision
    place: Place | None = None


async def planned(
    tx: Transaction, ports: Ports, decision: Decision, message: Message | None
) -> Planned:
    """What the plan makes of a text that the rules let go now. Nothing is kept.

    Args:
        tx: the transaction; nobody else looks for a place of the practice until its end.
        ports: what to work with.
        decision: of the rules.
        message: the text; None for one that is only asked about.
    """
    plan, facts, zone = ports.volume, decision.facts, ports.practice.time_zone
    if plan is None or not plan.counts(facts.decided_as) or decision.verdict is not Verdict.ALLOW:
        return Planned(decision=decision)
    practice_id, at = ports.practice.id, facts.at
    if message is not None:
        await tx.fix_places(practice_id)
        # It waited for it, or was sent by it before and refused: whoever is late on the day may go.
        if await tx.has_place(practice_id, day_of(at, zone), message.message_id):
            return Planned(decision=decision)
    free = partial(tx.free_place, practice_id)
    lawful = partial(ports.rulebook.free_from, facts)
    place = await first_place(plan, zone, free, lawful, at, sells=plan.sells(facts.decided_as))
    if place is not None and place.at == at:
        return Planned(decision=decision, place=place)
    until = at + _NEVER if place is None else place.at
    wait = VolumeWait(until=until, code=plan.why_not(at, zone))
    return Planned(decision=ports.rulebook.decide(evolve(facts, volume=wait)), place=place)


async def take_place(tx: Transaction, ports: Ports, message: Message, place: Place | None) -> None:
    """Keep the place of a text that goes now, or is held until then."""
    if place is not None and place.number is not None:
        await tx.take_place(ports.practice.id, place.day, place.number, message.message_id)


async def leave_places(tx: Transaction, ports: Ports, message: Message, at: datetime) -> None:
    """Let others have the places of a text that will not go, but for one that it used."""
    if ports.volume is not None:
        today = day_of(at, ports.practice.time_zone)
        used = message.departure and day_of(message.departure.at, ports.practice.time_zone)
        since: date = today + timedelta(days=1) if used == today else today
        await tx.leave_places(ports.practice.id, since, message.message_id)
