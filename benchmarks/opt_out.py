"""Reading what patients write: opt-outs alone, and everything."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median

from attrs import frozen
from measure import in_turns, typical_call
from report import Row, microseconds

from compliant_sms.optout import read, read_revocation

__all__ = ["rows"]

_MOST_GROWTH = 1.5
_LENGTHS = range(140, 181)
_LABELLED = Path(__file__).resolve().parents[1] / "tests" / "data" / "inbound.jsonl"
_HOSTILE = {
    "capitals": "STOP STOP STOP ",
    "stop text": "please stop text me no ",
    "digits and marks": "12:30 - 14:45, #7 / 8! ",
    "entities": "&amp;&#83;",
    "invisible characters": "S\u200b",
    "combining marks": "e\u0301\u0316\u0301",
    "blanks": "   \u00a0",
}


@frozen
class _Reader:
    """What is measured, and the bar for the median text in seconds."""

    what: str
    read: Callable[[str], object]
    most: float


_READERS = (
    _Reader("opt-out reading", read_revocation, 15e-6),
    _Reader("reading of all intents", read, 60e-6),
)


def _texts() -> list[str]:
    """Labelled texts that ask for no end, joined to the length of a full message."""
    lines = map(json.loads, _LABELLED.read_text("utf-8").splitlines())
    some = [line["text"] for line in lines if line["intent"] != "opt_out" and line["lang"] == "en"]
    joined, text = [], ""
    for each in some:
        text = f"{text}. {each}" if text else each
        if len(text) in _LENGTHS:
            joined.append(text)
        if len(text) >= _LENGTHS.start:
            text = ""
    return joined


def rows(_: Path, *, quick: bool) -> Iterator[Row]:
    """The median text of 160 characters, and how time grows with length."""
    for reader in _READERS:
        yield from _rows(reader, rounds=4 if quick else 20)


def _rows(reader: _Reader, *, rounds: int) -> Iterator[Row]:
    texts = _texts()
    taken = in_turns({text: partial(reader.read, text) for text in texts}, rounds=rounds, calls=10)
    usual = median(map(typical_call, taken.values()))
    yield Row(
        what=f"{reader.what}, {len(texts)} texts of 140 to 180 characters",
        measured=microseconds(usual),
        bar=f"at most {microseconds(reader.most)}",
        met=usual <= reader.most,
    )
    long = in_turns(
        {
            f"{name}/{length}": partial(reader.read, (kind * length)[:length])
            for name, kind in _HOSTILE.items()
            for length in (4_000, 64_000)
        },
        rounds=rounds // 2,
        calls=3,
    )
    growth = {
        name: typical_call(long[f"{name}/64000"]) / typical_call(long[f"{name}/4000"]) / 16
        for name in _HOSTILE
    }
    worst = max(growth, key=lambda name: growth[name])
    yield Row(
        what=f"{reader.what}, time of each character ({worst}, the worst of {len(_HOSTILE)} kinds)",
        measured=f"{typical_call(long[f'{worst}/64000']) / 64_000 * 1e9:.2f} ns of 64,000",
        baseline=f"{typical_call(long[f'{worst}/4000']) / 4_000 * 1e9:.2f} ns of 4,000",
        ratio=f"{growth[worst]:.2f}",
        bar=f"at most {_MOST_GROWTH} (linear)",
        met=growth[worst] <= _MOST_GROWTH,
    )
