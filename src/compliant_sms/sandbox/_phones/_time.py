"""Moves time on, for the carrier and for the practice behind the page."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from compliant_sms import system
from compliant_sms.errors import InvalidInput
from compliant_sms.sandbox._carrier import Carrier
from compliant_sms.sandbox._phones._practice import PracticeSide

_OPENING: Final = time(9, 0)


def move(carrier: Carrier, side: PracticeSide | None, to: str) -> str:
    """Move time on, and have the practice do what became due.

    Args:
        carrier: whose clock moves.
        side: the practice, whose clock moves as well.
        to: ``hour`` for one more, ``tomorrow`` for nine in the morning, ``now`` for the present.

    Returns:
        What happened, in words.

    Raises:
        InvalidInput: there is no such move, time would run backwards, or the messenger's clock
            cannot be moved.
    """
    if side is not None:
        return _together(side, _target(carrier.now, ZoneInfo(side.zone), to))
    if to == "now":
        carrier.set_clock(system.now)
        return "The carrier goes by the present time."
    carrier.set_time(_target(carrier.now, None, to))
    return "The carrier's clock was moved, and stands still there."


def _together(side: PracticeSide, at: datetime) -> str:
    if (clock := side.moving_clock) is None:
        msg = (
            "this messenger's clock cannot be moved. Pass the same MovableClock to "
            "Messenger(clock=...) and to attach(clock=...)."
        )
        raise InvalidInput(msg)
    clock.move_to(at)
    done = side.catch_up()
    if not done:
        return "Time moved on. No text was due."
    return f"Time moved on. {done} {'text was' if done == 1 else 'texts were'} decided again."


def _target(at: datetime, zone: ZoneInfo | None, to: str) -> datetime:
    """Where a move leads; without a zone, by this machine's."""
    if to == "hour":
        return at + timedelta(hours=1)
    if to == "now":
        return system.now()
    if to == "tomorrow":
        here = at.astimezone(zone)
        day = here.date() + timedelta(days=1)
        if zone is None:
            return datetime.combine(day, _OPENING).astimezone()
        return datetime.combine(day, _OPENING, zone)
    msg = "there is no such move. Pass 'hour', 'tomorrow' or 'now'."
    raise InvalidInput(msg)
