"""Keeping to what the sender's number and the campaign's carriers take."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from compliant_sms.classification import MessageClass
from compliant_sms.ports import Ports, Transaction
from compliant_sms.rates import Rate, Unit, full, set_right, take
from compliant_sms.routing import Route
from compliant_sms.rules import Facts, segments_a_minute


async def turn(
    tx: Transaction, ports: Ports, facts: Facts, route: Route, wait: datetime | None
) -> datetime | None:
    """Take what a text needs from each bucket that it goes through, or nothing from any.

    An emergency text waits for none, and for no provider; others wait longer after it.

    Args:
        tx: the transaction.
        ports: what to work with.
        facts: what was decided by.
        route: by which it would leave.
        wait: until when its provider asked to be left alone (UTC), if it did.

    Returns:
        where it has to wait, when to come back (UTC).
    """
    waits = facts.message_class is not MessageClass.EMERGENCY
    if waits and wait is not None:
        return wait
    taken, later = {}, []
    for name, rate in sorted(_limits(ports, route, facts.at)):
        amount = facts.readings.segments if rate.unit is Unit.SEGMENTS else 1
        found = await tx.bucket(name, full(rate, facts.at))
        bucket = set_right(found, facts.at)
        if bucket != found:  # or whoever waits for it begins to wait anew each time
            await tx.save_bucket(name, bucket)
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
    at = ports.clock()
    each = [min([texts, *_bursts(ports, route, at)]) for route in ports.routes]
    return max(1, int(max(each)))


def _bursts(ports: Ports, route: Route, at: datetime) -> list[float]:
    return [rate.burst for _, rate in _limits(ports, route, at)]


def _limits(ports: Ports, route: Route, at: datetime) -> Iterator[tuple[str, Rate]]:
    if ports.delivery.rate is not None:
        yield "/".join(("sender", *route.key)), ports.delivery.rate
    campaign = ports.practice.campaign
    most = segments_a_minute(campaign, ports.rulebook.at(at)) if campaign else None
    if most is not None:
        yield f"campaign/{ports.practice.id}", Rate.a_minute(most)
