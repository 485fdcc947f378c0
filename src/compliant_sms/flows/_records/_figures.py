"""Reading sums from the store: each is one query, and nothing in them is about anybody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from compliant_sms.classification import Purpose
from compliant_sms.clock import as_utc
from compliant_sms.errors import InvalidInput
from compliant_sms.figures import OVERDUE_AFTER, Activity, Figures, summed
from compliant_sms.ports import Period, Stop, Store, Transaction
from compliant_sms.rules import Verdict

_PAGE = 500


async def figures(
    store: Store, practice_id: str, since: datetime | None, until: datetime | None, at: datetime
) -> Figures:
    """What a practice's texting came to in a period.

    Args:
        store: where the records are.
        practice_id: whose.
        since: from when (aware); None for the beginning of the record.
        until: until when (aware); None for now.
        at: now (UTC).

    Raises:
        InvalidInput: the period ends before it begins.
    """
    period = _period(since, until, at)
    stops = await _stops(store, practice_id, period)
    return await store.run(lambda tx: _figures(tx, practice_id, period, at, stops))


async def activity(
    store: Store, practice_id: str, since: datetime | None, until: datetime | None, at: datetime
) -> Activity:
    """The same minute by minute. Arguments and errors as for :func:`figures`."""
    period = _period(since, until, at)
    stops = await _stops(store, practice_id, period)

    async def work(tx: Transaction) -> Activity:
        return Activity(
            figures=await _figures(tx, practice_id, period, at, stops),
            moves=tuple(await tx.moves(practice_id, period)),
            received=await tx.received_by_minute(practice_id, period),
            opt_outs=await tx.opt_outs_by_minute(practice_id, period),
            answers=tuple(await tx.answers(practice_id, period, Purpose.CARE_CONVERSATION.code)),
        )

    return await store.run(work)


def _period(since: datetime | None, until: datetime | None, at: datetime) -> Period:
    begin = None if since is None else as_utc(since, "since")
    # The end is outside of a period, and what happened right now belongs to one until now.
    end = at + timedelta.resolution if until is None else as_utc(until, "until")
    if begin is not None and begin >= end:
        msg = "the period ends before it begins. Pass a since before until, and before now."
        raise InvalidInput(msg)
    return begin, end


async def _stops(store: Store, practice_id: str, period: Period) -> list[Stop]:
    found: list[Stop] = []
    after: int | None = 0
    while after is not None:
        page, after = await store.run(partial(_page, practice_id, period, after))
        found += page
    return found


async def _page(
    practice_id: str, period: Period, after: int, tx: Transaction
) -> tuple[list[Stop], int | None]:
    return await tx.stops(practice_id, period, after, _PAGE)


async def _figures(
    tx: Transaction, practice_id: str, period: Period, at: datetime, stops: Sequence[Stop]
) -> Figures:
    return Figures(
        practice_id=practice_id,
        since=period[0],
        until=period[1],
        texts=await tx.texts_by_state(practice_id, period),
        held_by=summed(_by_rule(stops, Verdict.HOLD)),
        blocked_by=summed(_by_rule(stops, Verdict.BLOCK)),
        received=sum((await tx.received_by_minute(practice_id, period)).values()),
        opt_outs=sum((await tx.opt_outs_by_minute(practice_id, period)).values()),
        uncertain=await tx.count_uncertain(practice_id),
        overdue=await tx.count_overdue(practice_id, at - OVERDUE_AFTER),
    )


def _by_rule(stops: Sequence[Stop], verdict: Verdict) -> Iterator[tuple[str, int]]:
    return ((rule, 1) for stop in stops if stop.verdict is verdict for rule in stop.rules)
