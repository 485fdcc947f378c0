"""Leaving a provider alone for as long as it asks, whichever worker it told."""

from __future__ import annotations

from datetime import datetime, timedelta

from compliant_sms.ports import Transaction
from compliant_sms.providers import Again, Attempt
from compliant_sms.rates import owed, waits_until
from compliant_sms.routing import Route

LONGEST_WAIT = timedelta(days=1)
"""Whatever a provider asks for: a text that waits longer is looked at again in between."""


async def keep_wait(tx: Transaction, route: Route, result: Attempt, at: datetime) -> None:
    """Let every worker know how long a provider takes nothing, where its answer says so."""
    seconds = _asked_for(result)
    if not seconds:
        return
    name, asked = wait_name(route), owed(seconds, at)
    before = waits_until(await tx.bucket(name, asked), at)
    # Two answers may cross: the longer wait holds.
    if before is None or before <= at + timedelta(seconds=seconds):
        await tx.save_bucket(name, asked)


def wait_name(route: Route) -> str:
    """The bucket that says how long a provider takes nothing."""
    return "/".join(("wait", *route.key))


async def wait_of(tx: Transaction, route: Route, at: datetime) -> datetime | None:
    """Until when (UTC) nothing may leave by a route; None where it may."""
    bucket = await tx.peek_bucket(wait_name(route))
    return waits_until(bucket, at) if bucket else None


def _asked_for(result: Attempt) -> float:
    problem = result.problem
    if problem is None or problem.consequence.again is Again.NEVER:
        return 0
    return min(result.retry_after or 0, LONGEST_WAIT.total_seconds())
