"""Keeping to what the sender's number and the campaign's carriers take."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from compliant_sms.classification import MessageClass
from compliant_sms.ports import Ports, Transaction
from compliant_sms.rates import Rate, Unit, full, take
from compliant_sms.rules import Facts, segments_a_minute

__all__ = ["at_once", "take_tokens"]


async def take_tokens(tx: Transaction, ports: Ports, facts: Facts) -> datetime | None:
    """Take what a text needs from each bucket that it goes through, or nothing from any.

    An emergency text waits for none; others wait longer after it.

    Returns:
        where something is lacking, when there will be enough (UTC).
    """
    waits = facts.message_class is not MessageClass.EMERGENCY
    taken, later = {}, []
    for name, rate in sorted(_limits(ports, facts.at)):
        amount = facts.readings.segments if rate.unit is Unit.SEGMENTS else 1
        bucket = await tx.bucket(name, full(rate, facts.at))
        left = take(bucket, rate, amount, facts.at, waits=waits)
        if isinstance(left, datetime):
            later.append(left)
        else:
            taken[name] = left
    if later:
        return max(later)
    for name, left in taken.items():
        await tx.save_bucket(name, left)
    return None


def at_once(ports: Ports, texts: int) -> int:
    """How many of so many texts are worth reserving: what no bucket holds would only wait."""
    bursts = [rate.burst for _, rate in _limits(ports, ports.clock())]
    return max(1, int(min([texts, *bursts])))


def _limits(ports: Ports, at: datetime) -> Iterator[tuple[str, Rate]]:
    if ports.delivery.rate is not None:
        yield f"sender/{ports.provider.name}/{ports.provider.sender.e164}", ports.delivery.rate
    campaign = ports.practice.campaign
    most = segments_a_minute(campaign, ports.rulebook.at(at)) if campaign else None
    if most is not None:
        yield f"campaign/{ports.practice.id}", Rate.a_minute(most)
