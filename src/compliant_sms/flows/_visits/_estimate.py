"""What a batch of texts would come to. Nothing is stored and nothing is sent."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import TypeAlias

from attrs import define, field

from compliant_sms import _given
from compliant_sms.flows._deciding._admit import decide
from compliant_sms.flows._deciding._brief import Brief, brief_for
from compliant_sms.flows._deciding._pause import is_paused
from compliant_sms.flows._deciding._routes import routes_for
from compliant_sms.flows._sending._from_template import drafted
from compliant_sms.flows._sending._send import prepared
from compliant_sms.flows._visits._estimate_visits import reminders_coming
from compliant_sms.messages import Draft, FromTemplate
from compliant_sms.ports import Ports, Transaction
from compliant_sms.reminders import Appointment
from compliant_sms.rules import Decision, Verdict
from compliant_sms.text import price_of_segment
from compliant_sms.volume import DayEstimate, Estimate, Place, day_of, first_place

_OF_THESE = "a list of Draft, FromTemplate and Appointment"


@define
class _Taken:
    """Places that the batch itself would take, over those that are taken in the store."""

    own: dict[date, set[int]] = field(factory=lambda: defaultdict(set))
    # From here on a day was found free before: places are never given back meanwhile.
    seen: dict[tuple[date, int], int] = field(factory=dict)

    async def free(self, tx: Transaction, practice_id: str, day: date, first: int) -> int:
        place, found = self.seen.get((day, first), first), -1
        while place != found:
            found = await tx.free_place(practice_id, day, place)
            place = found
            while place in self.own[day]:
                place += 1
        self.seen[day, first] = place
        return place


@define
class _Tally:
    verdicts: Counter[Verdict] = field(factory=Counter)
    reasons: Counter[str] = field(factory=Counter)
    texts: Counter[date] = field(factory=Counter)
    segments: Counter[date] = field(factory=Counter)
    too_late: int = 0
    taken: _Taken = field(factory=_Taken)


Estimated: TypeAlias = Draft | FromTemplate | Appointment
"""What a batch may hold: texts, texts by the name of their template, and visits."""


async def estimate(
    ports: Ports, batch: Iterable[Estimated], price_per_segment: Decimal | int
) -> Estimate:
    """What a batch would come to if it were sent now, in this order, and visits kept.

    Each text is decided by what is on record now: how one counts against another, but for its place
    on the plan, is not known before.

    Raises:
        InvalidInput: a text cannot be sent, there is something else in the batch, or the price is
            none.
        Unsupported: no route takes a text.
        ConfigurationError: a template is named, and the messenger has none.
        UnknownTemplate: no version of a template may be used.
        CannotRender: the values of one cannot be used.
    """
    price, tally, visits = price_of_segment(price_per_segment), _Tally(), list[Appointment]()
    for each in batch:
        _given.a_kind(each, (Draft, FromTemplate, Appointment), "the batch", _OF_THESE)
        if isinstance(each, Appointment):
            visits.append(each)
            continue
        draft = await drafted(ports, each) if isinstance(each, FromTemplate) else each
        brief = await brief_for(ports, prepared(ports, draft))
        await ports.store.run(partial(_add, ports=ports, brief=brief, tally=tally))
    for coming in await reminders_coming(ports, visits):
        brief = await brief_for(ports, coming.draft)
        await ports.store.run(partial(_add, ports=ports, brief=brief, tally=tally, later=coming.at))
    return Estimate(
        verdicts={verdict: tally.verdicts[verdict] for verdict in Verdict},
        reasons=dict(sorted(tally.reasons.items())),
        too_late=tally.too_late,
        days=tuple(
            DayEstimate(
                day=day,
                texts=texts,
                segments=tally.segments[day],
                cost=price * tally.segments[day],
            )
            for day, texts in sorted(tally.texts.items())
        ),
    )


async def _add(
    tx: Transaction, ports: Ports, brief: Brief, tally: _Tally, later: datetime | None = None
) -> None:
    at = max(ports.clock(), later or ports.clock())
    routes = routes_for(ports, brief, at)
    decided = await decide(tx, ports, brief, routes, at=at)
    decision, paused = decided.decision, await is_paused(tx, ports.practice.id, brief)
    reasons = {reason.rule for reason in decision.reasons}
    if decision.verdict is Verdict.BLOCK:
        tally.verdicts[Verdict.BLOCK] += 1
        tally.reasons.update(reasons)
        return
    place = await _place(tx, ports, decision, tally.taken)
    waits = paused or place is None or place.at > at
    tally.verdicts[Verdict.HOLD if waits else Verdict.ALLOW] += 1
    if paused:
        reasons.add("pause")
    if place is None or place.at > (decision.until or at):
        reasons.add("volume-plan")
    tally.reasons.update(reasons)
    if place is None or _is_too_late(place.at, brief.draft, reminds=later is not None):
        tally.too_late += 1
        return
    if place.number is not None:
        tally.taken.own[place.day].add(place.number)
    day = day_of(place.at, ports.practice.time_zone)
    tally.texts[day] += 1
    tally.segments[day] += decision.facts.readings.segments


def _is_too_late(at: datetime, draft: Draft, *, reminds: bool) -> bool:
    """Whether a text makes no sense any more when it might go.

    A reminder makes none from the moment on at which its visit begins, or its next one is due.
    """
    last = draft.not_after
    return last is not None and (at > last or (reminds and at == last))


async def _place(tx: Transaction, ports: Ports, decision: Decision, taken: _Taken) -> Place | None:
    """When a text would go: the first instant that suits the rules and the plan."""
    plan, facts, zone = ports.volume, decision.facts, ports.practice.time_zone
    lawful = decision.until or facts.at
    if plan is None or not plan.counts(facts.decided_as):
        return Place(day=day_of(lawful, zone), at=lawful, number=None)
    return await first_place(
        plan,
        zone,
        partial(taken.free, tx, ports.practice.id),
        partial(ports.rulebook.free_from, facts),
        lawful,
        sells=plan.sells(facts.decided_as),
    )
