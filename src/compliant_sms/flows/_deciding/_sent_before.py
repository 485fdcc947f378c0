"""What went to a number before a text, as far as the rules look at it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from compliant_sms.classification import MessageClass, Purpose
from compliant_sms.messages import Departure
from compliant_sms.ports import Ports, Transaction
from compliant_sms.rules import Facts, PastText, SentBefore, Settings

_A_WEEK = timedelta(days=7)
# T-Mobile's day: no other carrier counts by days.
_CARRIERS_DAY = ZoneInfo("America/Los_Angeles")


def looked_back(settings: Settings, at: datetime) -> datetime:
    """Since when earlier texts matter."""
    return at - max(_A_WEEK, settings.opt_out_line_every)


def left_as_given(text: Departure, body: str) -> bool:
    """Whether a text left with those words, but for the line that tells how to opt out."""
    return text.body == body or (text.appended and text.body.startswith(body))


async def sent_before(
    tx: Transaction,
    ports: Ports,
    facts: Facts,
    earlier: Sequence[Departure],
    *,
    person: str | None,
    body: str,
) -> SentBefore:
    """What went to a number before a text.

    Args:
        tx: the transaction.
        ports: what to work with.
        facts: what else the rules are told of the text.
        earlier: what left to the number lately, except the text itself.
        person: whom it is for.
        body: its words, without a line that the library appends.
    """
    lately = [text for text in earlier if facts.at - text.at <= _A_WEEK]
    limited, once = _is_limited(facts, ports.rulebook.settings), _is_once_a_day(facts)
    if limited and person and not once:
        lately += await _elsewhere(tx, ports, facts, person)
    volume = facts.sender.campaign is not None
    midnight, minute = _carriers_midnight(facts.at), facts.at.replace(second=0, microsecond=0)
    same = [each for each in earlier if left_as_given(each, body)]
    if same and person and facts.message_class is not MessageClass.MARKETING:
        since = looked_back(ports.rulebook.settings, facts.at)
        # Two persons at one number are each told what is about them, though in the same words.
        texts = await tx.departed(ports.practice.id, facts.number, since, len(earlier) + 1)
        theirs = {each.departure for each in texts if each.draft.person in {None, person}}
        same = [each for each in same if each in theirs]
    return SentBefore(
        texts=tuple(map(_past, lately)) if limited or once else (),
        identical_at=max((text.at for text in same), default=None),
        segments_today=await tx.volume(ports.practice.id, midnight) if volume else None,
        segments_this_minute=await tx.volume(ports.practice.id, minute) if volume else None,
    )


async def _elsewhere(tx: Transaction, ports: Ports, facts: Facts, person: str) -> list[Departure]:
    """What left to a person at other numbers lately: limits are for each patient."""
    practice_id = ports.practice.id
    if set(await tx.numbers_of(practice_id, person)) - {facts.number}:
        # Nobody may find the same room at another number in the meantime.
        await tx.lock_person(practice_id, person)
    # Also where that is not known any more, because the person was erased there.
    return await tx.departures_elsewhere(practice_id, facts.number, facts.at - _A_WEEK, person)


def _is_limited(facts: Facts, settings: Settings) -> bool:
    """Whether any limit looks at earlier texts: what no rule reads is not put on record."""
    if facts.message_class is MessageClass.TRANSACTIONAL:
        return bool(settings.caps) or settings.healthcare_exemption
    return facts.message_class is MessageClass.MARKETING


def _is_once_a_day(facts: Facts) -> bool:
    """Whether each number gets such a text once a day: a call from another one is answered too."""
    return facts.purpose.code == Purpose.MISSED_CALL_TEXT_BACK.code


def _past(text: Departure) -> PastText:
    return PastText(
        at=text.at, message_class=text.message_class, subject=text.subject, exempt=text.exempt
    )


def _carriers_midnight(at: datetime) -> datetime:
    return datetime.combine(at.astimezone(_CARRIERS_DAY).date(), time(0), _CARRIERS_DAY)
