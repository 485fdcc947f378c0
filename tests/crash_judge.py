"""Compares what a carrier received with what was promised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

from attrs import frozen

from compliant_sms.lifecycle import State, can_become

PATIENTS = ("+12175550134", "+12175550135", "+12175550136")
THROUGH = {"sent", "delivered", "undelivered", "failed", "blocked", "cancelled"}
WRONGS = ("lost", "repeated", "sent after a STOP", "unsettled", "undecided")


@frozen(kw_only=True)
class Trial:
    """A program that was killed and came through in the end.

    Attributes:
        sender: its number at the carrier.
        steps: what it was to do.
        insists: it asks again for what was not answered.
        kills: how often it died.
        answered: which steps were answered in some life, and when by the true time.
        said: what is on record at the end.
        clock_jumps: what the record says of times is no proof.
    """

    sender: str
    steps: list[dict[str, Any]]
    insists: bool
    kills: int
    answered: dict[int, str]
    said: dict[str, Any]
    clock_jumps: bool

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
    figures = Counter({"texts": len(trial.texts), "sent": len(book)})
    arrived = Counter(entry["sid"] for entry in book)
    for text, stopped in trial.texts:
        figures.update(_wrongs_of(text, stopped, arrived))
        if not trial.clock_jumps:
            figures.update(_claims_after(text, stopped))
    known = {text["provider_id"] for text, _ in trial.texts}
    figures["repeated"] += sum(sid not in known for sid in arrived)
    figures["repeated"] += sum(times > 1 for times in arrived.values())
    figures.update(_misheard(trial))
    figures.update(_lost_on_the_way(trial))
    figures.update(_sent_after(trial, book))
    return figures


def _wrongs_of(text: dict[str, Any], stopped: str | None, arrived: Counter[str]) -> Iterator[str]:
    way = [State(state) for state, _ in text["steps"]]
    if text["state"] not in THROUGH:
        yield "unsettled"
    if not all(can_become(one, after) for one, after in pairwise(way)):
        yield "unsettled"
    if text["decisions"] < way.count(State.CLAIMED):
        yield "undecided"
    if text["state"] in {"failed", "undelivered"}:
        yield "lost"
    if text["state"] in {"blocked", "cancelled"} and stopped is None:
        yield "lost"
    if text["state"] in {"sent", "delivered"} and not arrived[text["provider_id"]]:
        yield "lost"


def _claims_after(text: dict[str, Any], stopped: str | None) -> Iterator[str]:
    """Claims that the record dates after the revocation."""
    for state, at in text["steps"]:
        if state == "claimed" and stopped is not None and at > stopped and not _confirms(text):
            yield "sent after a STOP"


def _confirms(text: dict[str, Any]) -> bool:
    return bool(text["purpose"] == "opt_out_confirmation")


def _sent_after(trial: Trial, book: list[dict[str, Any]]) -> Iterator[str]:
    """What the carrier took after somebody was told that the number is revoked."""
    confirming = {text["provider_id"] for text, _ in trial.texts if _confirms(text)}
    for number, at in trial.answered.items():
        step = trial.steps[number]
        if step["do"] not in {"text", "revoke"}:
            continue
        for entry in book:
            late = datetime.fromisoformat(entry["created_at"]) > datetime.fromisoformat(at)
            if entry["to"] == PATIENTS[step["who"]] and late and entry["sid"] not in confirming:
                yield "sent after a STOP"


def _misheard(trial: Trial) -> Iterator[str]:
    """Patients' texts that were applied twice, or kept and not applied."""
    for about in trial.said["people"].values():
        heard, came = len(about["heard"]), len(about["came"])
        yield from ("repeated" for _ in range(heard - came))
        yield from ("lost" for _ in range(came - heard))


def _lost_on_the_way(trial: Trial) -> Iterator[str]:
    """What was answered for and is not on record."""
    known = {text["key"]: text["state"] for text, _ in trial.texts}
    known |= {key: "" for about in trial.said["people"].values() for key in about["came"]}
    for number, step in enumerate(trial.steps):
        promised = step.get("key") or step.get("sid")
        if promised is None or not (trial.insists or number in trial.answered):
            continue
        reported = step.get("word", known.get(promised))
        if promised not in known or known[promised] != reported:
            yield "lost"
