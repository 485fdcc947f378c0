"""Answers to a reminder, by what is done with them: as many ways of saying each as came to mind."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from compliant_sms.optout import Awaiting, Intent, Reading, read
from test_read import reply_label

REPLIES = Path(__file__).parent / "data" / "replies-by-kind.txt"
PROMPT = "Reply C to confirm, R to reschedule"


class Reply(NamedTuple):
    """An answer, what it was read as, and the labels that are right."""

    text: str
    reading: Reading
    labels: tuple[str, ...]


@cache
def replies() -> tuple[Reply, ...]:
    return tuple(_replies())


def _replies() -> Iterator[Reply]:
    prompt = PROMPT
    labels: tuple[str, ...] = ()
    for line in REPLIES.read_text("utf-8").splitlines():
        mark, _, said = line.partition(" ")
        if mark == "=":
            labels = tuple(said.partition(":")[0].split("|"))
        elif mark == "@":
            prompt = said or PROMPT
        elif mark != "#":
            reading = read(line, awaiting=Awaiting.CONFIRM, prompt=prompt)
            yield Reply(line, reading, labels)


def test_replies_are_read_by_kind() -> None:
    """All but a few of the answers are read as what they are."""
    wrong = [each.text for each in replies() if reply_label(each.reading) not in each.labels]

    assert len(replies()) > 1500
    assert len(wrong) <= len(replies()) // 100, wrong


def test_only_a_wish_to_stop_stops() -> None:
    """No other answer is a wish to stop, and no wish to stop is a yes."""
    told = {each.text for each in replies() if each.reading.revocation}
    stops = {each.text for each in replies() if each.labels == ("opt_out",)}
    may_stop = {each.text for each in replies() if "opt_out" in each.labels}
    confirming = {each.text for each in replies() if each.reading.intent is Intent.CONFIRM}

    assert told <= may_stop
    assert stops <= told
    assert not stops & confirming
