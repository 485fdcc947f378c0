"""A process killed at every point: nothing is lost, nothing is repeated, a STOP holds."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count, pairwise
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from attrs import define, field, frozen

from compliant_sms.errors import InvalidPhoneNumber
from compliant_sms.lifecycle import State, can_become
from compliant_sms.phone import PhoneNumber
from conftest import SID, TOKEN

HERE = Path(__file__).parent
NIGHT, DAWN = "2026-12-01T05:00:00+00:00", "2026-12-01T14:00:00+00:00"

CARRIER = """
import json, sys, threading
from compliant_sms.sandbox import Sandbox, serve
sid, token, *numbers = json.load(sys.stdin)
sandbox = Sandbox(account_sid=sid, auth_token=token, numbers=numbers, answers_keywords=False)
serve(sandbox, ready=lambda url: print(url, flush=True))
"""


def own_numbers(many: int) -> list[str]:
    """Numbers that nobody has, in area codes that exist."""
    found: list[str] = []
    for area in range(200, 1000):
        try:
            PhoneNumber.parse(f"+1{area}5550100")
        except InvalidPhoneNumber:
            continue
        found += [f"+1{area}55501{last:02}" for last in range(100)]
        if len(found) >= many:
            break
    return found[:many]


@contextmanager
def carrier_of(numbers: Sequence[str]) -> Iterator[str]:
    """A carrier in a process of its own, which no kill of ours reaches; its URL."""
    process = subprocess.Popen(
        [sys.executable, "-c", CARRIER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # requests that end halfway make it complain
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdin as pipe:
        json.dump([SID, TOKEN, *numbers], pipe)
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def book_of(url: str) -> dict[str, list[dict[str, Any]]]:
    """The texts that the carrier took from us, by our number."""
    with urlopen(f"{url}/sandbox/messages") as answer:
        entries: list[dict[str, Any]] = json.load(answer)["messages"]
    book: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for entry in entries:
        if entry["author"] == "application":
            book[entry["from"]].append(entry)
    return book


@frozen(kw_only=True)
class Trial:
    """A program that was killed and came through in the end."""

    sender: str
    steps: list[dict[str, Any]]
    insists: bool
    kills: int
    answered: set[int]
    said: dict[str, Any]


@define
class Crashes:
    """Kills processes over one store and one carrier.

    Args:
        server: forks the victims.
        url: of the carrier.
        store: what the victims open; a path in it is made anew for each trial.
        folder: where journals lie.
        senders: one for each trial, so that the carrier's book tells trials apart.
    """

    server: subprocess.Popen[str]
    url: str
    store: dict[str, str]
    folder: Path
    senders: Iterator[str]
    trials: list[Trial] = field(factory=list)
    _numbers: Iterator[int] = field(factory=count)

    def trial(
        self, steps: list[dict[str, Any]], *kills: dict[str, Any], insists: bool = True
    ) -> Trial:
        """Play the steps, dying as told in each life, then once to the end."""
        number = next(self._numbers)
        journal = self.folder / f"{number}.journal"
        spec = {
            "steps": steps,
            "insists": insists,
            "journal": str(journal),
            "practice": f"practice-{number}",
            "sender": next(self.senders),
            "url": self.url,
            "store": {
                name: value.replace("*", str(number)) for name, value in self.store.items()
            },
        }
        died = 0
        for kill in (*kills, {}):
            answer = self._live({**spec, "warms": False, "fine": False, "kill_at": None, **kill})
            died += answer["killed"]
            if not answer["killed"]:
                break
        done = [json.loads(line) for line in journal.read_text().splitlines()]
        trial = Trial(
            sender=spec["sender"],
            steps=steps,
            insists=insists,
            kills=died,
            answered={value for kind, value in done if kind == "done"},
            said=answer["said"],
        )
        self.trials.append(trial)
        return trial

    def _live(self, spec: dict[str, Any]) -> dict[str, Any]:
        assert self.server.stdin is not None
        assert self.server.stdout is not None
        self.server.stdin.write(f"{json.dumps(spec)}\n")
        self.server.stdin.flush()
        answer: dict[str, Any] = json.loads(self.server.stdout.readline())
        assert not answer["failed"], answer["said"]
        return answer

    def judge(self) -> Counter[str]:
        """Compare what the carrier received with what was promised, in all trials."""
        book = book_of(self.url)
        figures: Counter[str] = Counter()
        for trial in self.trials:
            figures += judged(trial, book[trial.sender])
        return figures


def judged(trial: Trial, book: list[dict[str, Any]]) -> Counter[str]:
    """What became of one trial's texts."""
    figures = Counter({"kills": trial.kills})
    arrived = Counter(entry["sid"] for entry in book)
    known: set[str] = set()
    for about in trial.said["people"].values():
        assert len(set(about["came"])) == len(about["came"])
        assert len(about["heard"]) == len(about["came"]), "a STOP was applied twice, or not"
        stopped = min(about["revoked"], default=None)
        for text in about["texts"]:
            figures["texts"] += 1
            judge_text(text, stopped)
            if text["provider_id"]:
                assert arrived[text["provider_id"]] == 1
                known.add(text["provider_id"])
                figures["sent"] += 1
        confirmed = [t for t in about["texts"] if t["purpose"] == "opt_out_confirmation"]
        assert len(confirmed) <= len(about["came"])
    assert known == set(arrived), "the carrier has a text that is not on record: it was repeated"
    keys = {t["key"] for about in trial.said["people"].values() for t in about["texts"]}
    came = {key for about in trial.said["people"].values() for key in about["came"]}
    for number, step in enumerate(trial.steps):
        if trial.insists or number in trial.answered:
            assert step.get("key") in keys | {None}, "a text that was promised is lost"
            assert step.get("sid") in came | {None}, "a patient's text is lost"
    return figures


def judge_text(text: dict[str, Any], stopped: str | None) -> None:
    """One text is through, on a way that a text may go, and decided before each claim."""
    way = [State(state) for state, _ in text["steps"]]
    assert all(can_become(one, next_) for one, next_ in pairwise(way)), way
    assert text["decisions"] >= way.count(State.CLAIMED)
    assert text["state"] in {"sent", "delivered", "blocked", "cancelled"}
    if text["state"] in {"blocked", "cancelled"}:
        assert stopped is not None, f"a text nobody stopped was not sent: {way}"
        assert text["provider_id"] is None
    if stopped is not None and text["purpose"] != "opt_out_confirmation":
        assert all(at <= stopped for state, at in text["steps"] if state == "claimed")


@pytest.fixture
def crashes(tmp_path: Path) -> Iterator[Crashes]:
    """Victims on a new SQLite file each."""
    with crashing(tmp_path, {"path": str(tmp_path / "texting-*.db")}) as running:
        yield running


@contextmanager
def crashing(folder: Path, store: dict[str, str]) -> Iterator[Crashes]:
    """A server of victims, and their carrier."""
    senders = own_numbers(20_000)
    server = subprocess.Popen(
        [sys.executable, str(HERE / "crash_host.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with carrier_of(senders) as url, server:
        running = Crashes(server, url, store, folder, iter(senders))
        running.trial([step for steps in SMALL.values() for step in steps], {"warms": True})
        running.trials.clear()
        yield running


AGREE = {"do": "agree", "people": 2, "dies": False}
STOP = {"do": "text", "who": 0, "sid": f"SM{'1' * 32}", "body": "STOP"}
SMALL: dict[str, list[dict[str, Any]]] = {
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
    "receive": [AGREE, STOP, {"do": "send", "who": 0, "key": "too-late", "dies": False}],
    "reconcile": [
        AGREE,
        {"do": "fail", "fault": {"kind": "accept_then_drop"}, "dies": False},
        {"do": "send", "who": 0, "key": "unknown", "dies": False},
        {"do": "settle"},
    ],
}


@pytest.mark.parametrize("scenario", SMALL)
def test_killed_at_every_point(crashes: Crashes, scenario: str) -> None:
    """SIGKILL at each point of a flow, both for hosts that insist and for those that do not."""
    steps = SMALL[scenario]
    points = Counter(crashes.trial(steps).said["points"])
    import time
    t = time.time()
    for number in range(1, points.total() + 1):
        trial = crashes.trial(steps, {"kill_at": number}, insists=bool(number % 2))
        assert trial.kills == 1
    print(points, points.total(), time.time() - t)
    figures = crashes.judge()
    print(figures)
