"""Surroundings that fail: nothing is lost, nothing is repeated, a STOP holds."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from compliant_sms import Blocked, Messenger, Sent
from compliant_sms.errors import StoreReadOnly
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores import PostgreSQL
from crash_judge import WRONGS
from crash_trials import A_DAY, Crashes, a_day
from databases import Server
from figures import Record
from test_receive import from_patient
from test_send import agree, remind

on_sqlite = pytest.mark.parametrize("crashes", ["SQLite"], indirect=True)
on_postgresql = pytest.mark.parametrize("crashes", ["PostgreSQL"], indirect=True)


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


@pytest.mark.parametrize("every", [29, pytest.param(1, marks=pytest.mark.endurance)])
def test_the_store_fails(crashes: Crashes, figures: Record, every: int) -> None:
    """An error of the database at each statement, and after a commit, where nobody can know."""
    found = strike_at(crashes, every, strike="fail", fine=True)
    record(figures, "the database fails at every statement", found)


@on_sqlite
@pytest.mark.parametrize("every", [17, pytest.param(1, marks=pytest.mark.endurance)])
def test_the_disk_is_full(crashes: Crashes, figures: Record, every: int) -> None:
    """No room for one more byte of the log, from each point of a transaction to its end."""
    found = strike_at(crashes, every, strike="fill", fine=True)
    record(figures, "the disk is full from any statement on", found)


@on_postgresql
@pytest.mark.parametrize("every", [29, pytest.param(1, marks=pytest.mark.endurance)])
def test_the_connection_breaks(crashes: Crashes, figures: Record, every: int) -> None:
    """The server ends the connection at each statement and around each commit."""
    found = strike_at(crashes, every, strike="break", fine=True)
    record(figures, "the server ends the connection at every statement", found)


@pytest.mark.parametrize("every", [29, pytest.param(1, marks=pytest.mark.endurance)])
def test_the_clock_is_turned_back(crashes: Crashes, figures: Record, every: int) -> None:
    """The clock was five hours ahead and is set right between any two questions."""
    found = strike_at(crashes, every, strike="turn_back", hours_ahead=5, fine=True)
    record(figures, "the clock is turned back five hours anywhere", found)


def test_a_database_that_may_only_be_read(
    make_messenger: Callable[..., Messenger],
    carrier: Sandbox,
    postgres: Server,
    used_postgres_dsn: str,
) -> None:
    """Nothing is sent and nothing is taken in, and both are told; afterwards everything works."""
    (name,) = postgres.run("SELECT current_database()", used_postgres_dsn)[0]
    setting = f"ALTER DATABASE {name} SET default_transaction_read_only = "
    messenger = make_messenger(store=PostgreSQL(used_postgres_dsn))
    agree(messenger)
    messenger.close()
    postgres.run(setting + "on")
    with pytest.raises(StoreReadOnly):
        remind(messenger)
    with pytest.raises(StoreReadOnly):
        messenger.receive(from_patient("STOP", "SM1"))
    assert carrier.messages() == ()
    messenger.close()
    postgres.run(setting + "off")

    assert isinstance(remind(messenger), Sent)
    messenger.receive(from_patient("STOP", "SM1"))
    assert isinstance(remind(messenger, "after"), Blocked)


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
