"""A process killed at every point: nothing is lost, nothing is repeated, a STOP holds."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from crash_judge import WRONGS
from crash_trials import SMALL, Crashes, Steps, a_day
from figures import Record


def kill_at_every_point(crashes: Crashes, steps: Steps, *, fine: bool) -> None:
    """Die once at each point; every third host does not ask again for what was not answered."""
    points = Counter(crashes.trial(steps, {"fine": fine}).said["points"])
    for number in range(1, points.total() + 1):
        kill = {"at": number, "fine": fine}
        assert crashes.trial(steps, kill, insists=bool(number % 3)).kills == 1


@pytest.mark.parametrize("scenario", SMALL)
def test_killed_at_every_point(crashes: Crashes, scenario: str) -> None:
    """SIGKILL wherever a flow has just written something, or is about to."""
    kill_at_every_point(crashes, SMALL[scenario], fine=False)
    figures = crashes.judge()

    assert figures["kills"] == len(crashes.trials) - 1


@pytest.mark.endurance
def test_killed_at_every_question(crashes: Crashes, figures: Record) -> None:
    """SIGKILL at each call of a port, both ends of each statement, and each part of a request."""
    for steps in SMALL.values():
        kill_at_every_point(crashes, steps, fine=True)
    figures("crash: SIGKILL at every question of a flow to a port", crashes.judge(), WRONGS)


def kill_at_random(crashes: Crashes, days: int, seed: int) -> None:
    """Die up to four times a day, also while the day before is put in order, and from outside."""
    chance = random.Random(seed)
    for day in range(days):
        kills: Steps = [
            {"kill_after": chance.uniform(0.001, 0.15)}
            if chance.random() < 0.3
            else {"at": chance.randrange(1, 80), "fine": True}
            for _ in range(chance.randrange(1, 5))
        ]
        crashes.trial(a_day(chance), *kills, insists=bool(day % 2))


def test_killed_again_and_again(crashes: Crashes) -> None:
    """SIGKILL several times a day, from inside and from outside, and while it recovers."""
    kill_at_random(crashes, 5, seed=6)

    assert crashes.judge()["kills"] >= 5


@pytest.mark.endurance
def test_killed_a_thousand_times(crashes: Crashes, figures: Record) -> None:
    """SIGKILL several times a day, for as many days as a thousand kills take."""
    kill_at_random(crashes, 600, seed=1000)
    found = crashes.judge()
    figures("crash: SIGKILL up to four times a day, at random", found, WRONGS)

    assert found["kills"] >= 1000
