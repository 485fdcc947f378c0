"""Programs that are struck on purpose, over either store, against one carrier."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from attrs import define, field, frozen

from carriers import book_of, carrier_of, own_numbers
from crash_judge import WRONGS, Trial, judged
from unmeasured import surroundings

HERE = Path(__file__).parent
NIGHT, DAWN = "2026-12-01T05:00:00+00:00", "2026-12-01T14:00:00+00:00"
Steps: TypeAlias = list[dict[str, Any]]

AGREE = {"do": "agree", "people": 2, "dies": False}
SMALL: dict[str, Steps] = {
    "send": [AGREE, {"do": "send", "who": 0, "key": "at-once"}],
    "dispatch": [
        AGREE,
        {"do": "move", "to": NIGHT},
        {"do": "send", "who": 0, "key": "held-0", "dies": False},
        {"do": "send", "who": 1, "key": "held-1", "dies": False},
        {"do": "revoke", "who": 1, "dies": False},
        {"do": "move", "to": DAWN},
        {"do": "dispatch"},
    ],
    "receive": [
        AGREE,
        {"do": "text", "who": 0, "sid": 1, "body": "STOP"},
        {"do": "send", "who": 0, "key": "too-late", "dies": False},
    ],
    "report": [
        AGREE,
        {"do": "send", "who": 0, "key": "reported", "dies": False},
        {"do": "status", "key": "reported", "word": "delivered"},
    ],
    "reconcile": [
        AGREE,
        {"do": "fail", "fault": {"kind": "accept_then_drop"}, "dies": False},
        {"do": "send", "who": 0, "key": "unknown", "dies": False},
        {"do": "settle"},
    ],
}


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


FAULTS: Steps = [
    {"kind": "drop"},
    {"kind": "accept_then_drop"},
    {"kind": "status", "status": 503},
    {"kind": "status", "status": 429},
]


def a_day(chance: random.Random) -> Steps:
    """Ten steps in any order, by day and by night, and a carrier in a bad mood."""
    steps: Steps = [AGREE]
    for number in range(10):
        who = chance.randrange(2)
        steps.append(
            chance.choice(
                [
                    {"do": "send", "who": who, "key": f"text-{number}"},
                    {"do": "send", "who": who, "key": f"text-{number}"},
                    {"do": "text", "who": who, "sid": number, "body": "STOP"},
                    {"do": "fail", "fault": chance.choice(FAULTS), "dies": False},
                    {"do": "move", "to": chance.choice([NIGHT, DAWN])},
                    {"do": "dispatch"},
                    {"do": "reconcile"},
                ]
            )
        )
    return [*steps, {"do": "settle"}]


@frozen
class Victims:
    """What forks processes to be killed, and the carrier that outlives them."""

    server: subprocess.Popen[str]
    url: str
    senders: Iterator[str]
    numbers: Iterator[int] = field(factory=count)

    def live(self, spec: dict[str, Any]) -> dict[str, Any]:
        """One life of a program."""
        assert self.server.stdin is not None
        assert self.server.stdout is not None
        self.server.stdin.write(f"{json.dumps(spec)}\n")
        self.server.stdin.flush()
        answer: dict[str, Any] = json.loads(self.server.stdout.readline())
        assert not answer["failed"], answer["said"]
        return answer


@define
class Crashes:
    """Kills processes over one store.

    Args:
        victims: who dies, and the carrier.
        store: what the victims open; a star in it stands for the trial's number.
        folder: where journals lie.
    """

    victims: Victims
    store: dict[str, str]
    folder: Path
    trials: list[Trial] = field(factory=list)

    def trial(self, steps: Steps, *kills: dict[str, Any], insists: bool = True) -> Trial:
        """Play the steps, dying as told in each life, then once to the end."""
        number = next(self.victims.numbers)
        steps = [_told_apart(step, number) for step in steps]
        journal = self.folder / f"{number}.journal"
        spec = {
            "steps": steps,
            "insists": insists,
            "journal": str(journal),
            "practice": f"practice-{number}",
            "sender": next(self.victims.senders),
            "url": self.victims.url,
            "store": {key: value.replace("*", str(number)) for key, value in self.store.items()},
            "warms": False,
            "fine": False,
            "strike": "kill",
            "at": None,
            "hours_ahead": 0,
        }
        lives: list[dict[str, Any]] = []
        for kill in (*kills, {}):
            lives.append(self.victims.live(spec | kill))
            if not lives[-1]["killed"]:
                break
        done = [json.loads(line) for line in journal.read_text().splitlines()]
        trial = Trial(
            sender=spec["sender"],
            steps=steps,
            insists=insists,
            kills=sum(life["killed"] for life in lives),
            answered=dict(value for kind, value in done if kind == "done"),
            said=lives[-1]["said"],
            clock_jumps=any(kill.get("hours_ahead") for kill in kills),
        )
        self.trials.append(trial)
        return trial

    def judge(self) -> Counter[str]:
        """Compare what the carrier received with what was promised, in all trials."""
        book = book_of(self.victims.url)
        figures = Counter(kills=sum(trial.kills for trial in self.trials))
        for trial in self.trials:
            of_one = judged(trial, book[trial.sender])
            assert not any(of_one[wrong] for wrong in WRONGS), (of_one, trial, book[trial.sender])
            figures += of_one
        return figures


def _told_apart(step: dict[str, Any], trial: int) -> dict[str, Any]:
    # Trials share a database, and there a carrier's ids are unique.
    return step | {"sid": f"SM{trial:020x}{step['sid']:012x}"} if "sid" in step else step


@pytest.fixture(scope="session")
def victims(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victims]:
    """One server and one carrier for all tests here; the server has loaded everything."""
    senders, folder = own_numbers(20_000), tmp_path_factory.mktemp("warm")
    server = subprocess.Popen(
        [sys.executable, str(HERE / "crash_server.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=surroundings(),
    )
    with carrier_of(senders) as url, server:
        made = Victims(server, url, iter(senders))
        everything = [step for steps in SMALL.values() for step in steps]
        warm = Crashes(made, {"path": str(folder / "*.db")}, folder)
        warm.trial(everything, {"warms": True})
        yield made


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def crashes(request: pytest.FixtureRequest, victims: Victims, tmp_path: Path) -> Crashes:
    """Victims on a new SQLite file each, or in practices of their own in PostgreSQL."""
    if request.param == "SQLite":
        return Crashes(victims, {"path": str(tmp_path / "texting-*.db")}, tmp_path)
    return Crashes(victims, {"dsn": request.getfixturevalue("used_postgres_dsn")}, tmp_path)
