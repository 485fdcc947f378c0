"""Surroundings that fail: nothing is lost, nothing is repeated, a STOP holds."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest

from crash_judge import WRONGS
from crash_trials import AGREE, DAWN, NIGHT, Crashes, Steps, a_day
from figures import Record

on_sqlite = pytest.mark.parametrize("crashes", ["SQLite"], indirect=True)
on_postgresql = pytest.mark.parametrize("crashes", ["PostgreSQL"], indirect=True)

# Every flow once: a text sent, one held and sent, one held and stopped, one of unknown outcome.
A_DAY: Steps = [
    AGREE,
    {"do": "send", "who": 0, "key": "at-once"},
    {"do": "fail", "fault": {"kind": "accept_then_drop"}, "dies": False},
    {"do": "send", "who": 0, "key": "unknown"},
    {"do": "move", "to": NIGHT},
    {"do": "send", "who": 0, "key": "held"},
    {"do": "send", "who": 1, "key": "stopped"},
    {"do": "text", "who": 1, "sid": 1, "body": "STOP"},
    {"do": "dispatch"},
    {"do": "send", "who": 1, "key": "too-late"},
    {"do": "move", "to": DAWN},
    {"do": "dispatch"},
    {"do": "reconcile"},
]


def strike_at(crashes: Crashes, every: int, **how: Any) -> Counter[str]:
    """Play the day once for each point, or each so many of them, and let it strike there."""
    points = Counter(crashes.trial(A_DAY, how).said["points"]).total()
    for number in range(1, points + 1, every):
        insists = bool(number // every % 3)
        struck = crashes.trial(A_DAY, {"at": number, **how}, insists=insists)
        assert Counter(struck.said["points"]).total() >= number
    return crashes.judge() + Counter({"times struck": len(crashes.trials) - 1})


def record(figures: Record, what: str, found: Counter[str]) -> None:
    figures(f"hostile: {what}", found, WRONGS)


@pytest.mark.parametrize("every", [7, pytest.param(1, marks=pytest.mark.endurance)])
def test_the_store_fails(crashes: Crashes, figures: Record, every: int) -> None:
    """An error of the database at each statement, and after a commit, where nobody can know."""
    found = strike_at(crashes, every, strike="fail", fine=True)
    record(figures, "the database fails at every statement", found)


@on_sqlite
@pytest.mark.parametrize("every", [5, pytest.param(1, marks=pytest.mark.endurance)])
def test_the_disk_is_full(crashes: Crashes, figures: Record, every: int) -> None:
    """No room for one more byte of the log, from each point of a transaction to its end."""
    found = strike_at(crashes, every, strike="fill", fine=True)
    record(figures, "the disk is full from any statement on", found)


@on_postgresql
@pytest.mark.parametrize("every", [9, pytest.param(1, marks=pytest.mark.endurance)])
def test_the_connection_breaks(crashes: Crashes, figures: Record, every: int) -> None:
    """The server ends the connection at each statement and around each commit."""
    found = strike_at(crashes, every, strike="break", fine=True)
    record(figures, "the server ends the connection at every statement", found)


@pytest.mark.parametrize("every", [9, pytest.param(1, marks=pytest.mark.endurance)])
def test_the_clock_is_turned_back(crashes: Crashes, figures: Record, every: int) -> None:
    """The clock was five hours ahead and is set right between any two questions."""
    found = strike_at(crashes, every, strike="turn_back", hours_ahead=5, fine=True)
    record(figures, "the clock is turned back five hours anywhere", found)


@pytest.mark.endurance
@pytest.mark.parametrize("strike", ["fail", "turn_back"])
def test_struck_on_random_days(crashes: Crashes, figures: Record, strike: str) -> None:
    """The same on days of any order and with a carrier in a bad mood."""
    chance = random.Random(strike)
    ahead = 5 if strike == "turn_back" else 0
    for day in range(300):
        how = {"at": chance.randrange(1, 150), "strike": strike, "hours_ahead": ahead}
        crashes.trial(a_day(chance), {"fine": True, **how}, insists=bool(day % 2))
    record(figures, f"{strike.replace('_', ' ')}, on days at random", crashes.judge())
