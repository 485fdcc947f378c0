"""Compares what a carrier received with what was promised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from attrs import frozen

from compliant_sms.lifecycle import State, can_become

THROUGH = {"sent", "delivered", "blocked", "cancelled"}
WRONGS = ("lost", "repeated", "sent after a STOP", "unsettled", "undecided")


@frozen(kw_only=True)
class Trial:
    """A program that was killed and came through in the end.

    Attributes:
        sender: its number at the carrier.
        steps: what it was to do.
        insists: it asks again for what was not answered.
        kills: how often it died.
        answered: which steps were answered in some life.
        said: what is on record at the end.
    """

    sender: str
    steps: list[dict[str, Any]]
    insists: bool
    kills: int
    answered: set[int]
    said: dict[str, Any]

    @property
    def texts(self) -> list[tuple[dict[str, Any], str | None]]:
        """Each text on record, and when its number was revoked first."""
        return [
            (text, min(about["revoked"], default=None))
            for about in self.said["people"].values()
            for text in about["texts"]
        ]


def judged(trial: Trial, book: list[dict[str, Any]]) -> Counter[str]:
    """How much of a trial was as promised, and how much was not.

    Args:
        trial: what was done, and what is on record.
        book: what the carrier took from its number.
    """
    figures = Counter({"kills": trial.kills, "texts": len(trial.texts), "sent": len(book)})
    figures.update(_wrongs(trial, Counter(entry["sid"] for entry in book)))
    return figures


def _wrongs(trial: Trial, arrived: Counter[str]) -> Iterator[str]:
    for text, stopped in trial.texts:
        yield from _wrongs_of(text, stopped, arrived)
    known = {text["provider_id"] for text, _ in trial.texts}
    yield from ("repeated" for sid in arrived if sid not in known)
    yield from ("repeated" for times in arrived.values() if times > 1)
    for about in trial.said["people"].values():
        # Applied twice, or kept and not applied.
        heard, came = len(about["heard"]), len(about["came"])
        yield from ("repeated" for _ in range(heard - came))
        yield from ("lost" for _ in range(came - heard))
    yield from _lost_on_the_way(trial)


def _wrongs_of(text: dict[str, Any], stopped: str | None, arrived: Counter[str]) -> Iterator[str]:
    way = [State(state) for state, _ in text["steps"]]
    confirms = text["purpose"] == "opt_out_confirmation"
    if text["state"] not in THROUGH:
        yield "unsettled"
    if not all(can_become(one, after) for one, after in pairwise(way)):
        yield "unsettled"
    if text["decisions"] < way.count(State.CLAIMED):
        yield "undecided"
    if text["state"] in {"blocked", "cancelled"} and stopped is None:
        yield "lost"
    if text["state"] in {"sent", "delivered"} and not arrived[text["provider_id"]]:
        yield "lost"
    if stopped is not None and not confirms:
        yield from (
            "sent after a STOP"
            for state, at in text["steps"]
            if state == "claimed" and at > stopped
        )


def _lost_on_the_way(trial: Trial) -> Iterator[str]:
    known = {text["key"] for text, _ in trial.texts}
    known |= {key for about in trial.said["people"].values() for key in about["came"]}
    for number, step in enumerate(trial.steps):
        promised = step.get("key") or step.get("sid")
        answered = trial.insists or number in trial.answered
        if promised is not None and answered and promised not in known:
            yield "lost"
