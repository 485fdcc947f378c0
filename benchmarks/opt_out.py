"""Reading what patients answer."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from measure import in_turns, typical_call
from report import Row, microseconds

from compliant_sms.optout import reserved_word

__all__ = ["rows"]

_MOST = 15e-6
_MOST_GROWTH = 1.5
_KINDS = {
    "prose": "Thanks, see you on Tuesday! My daughter will drive me, please stop at nothing. ",
    "prose with accents and emoji": "Grâce à vous ça va mieux \N{SMILING FACE WITH SMILING EYES} ",
    "capitals": "STOP STOP STOP ",
    "digits and marks": "12:30 - 14:45, #7 / 8! ",
    "entities": "&amp;&#83;",
    "invisible characters": "S\u200b",
    "combining marks": "e\u0301\u0316\u0301",
    "blanks": "   \u00a0",
}

_USUAL = ("prose", "prose with accents and emoji")


def _of_length(kind: str, length: int) -> str:
    return (kind * (length // len(kind) + 1))[:length]


def rows(_: Path, *, quick: bool) -> Iterator[Row]:
    """The slowest kind of 160 characters, and how time grows with length."""
    rounds = 10 if quick else 40
    short = in_turns(
        {name: partial(reserved_word, _of_length(kind, 160)) for name, kind in _KINDS.items()},
        rounds=rounds,
        calls=100,
    )
    taken = {name: typical_call(blocks) for name, blocks in short.items()}
    usual = max(taken[name] for name in _USUAL)
    yield Row(
        what=f"opt-out reading (the slower of {' and '.join(_USUAL)})",
        measured=microseconds(usual),
        bar=f"at most {microseconds(_MOST)}",
        met=usual <= _MOST,
    )
    slowest = max(taken, key=lambda name: taken[name])
    yield Row(
        what=f"opt-out reading ({slowest}, the slowest of {len(_KINDS)} kinds)",
        measured=microseconds(taken[slowest]),
        baseline=microseconds(usual),
        ratio=f"{taken[slowest] / usual:.0f}",
    )
    long = in_turns(
        {
            f"{name}/{length}": partial(reserved_word, _of_length(kind, length))
            for name, kind in _KINDS.items()
            for length in (4_000, 64_000)
        },
        rounds=rounds // 2,
        calls=3,
    )
    growth = {
        name: typical_call(long[f"{name}/64000"]) / typical_call(long[f"{name}/4000"]) / 16
        for name in _KINDS
    }
    worst = max(growth, key=lambda name: growth[name])
    yield Row(
        what=f"opt-out reading, time of each character ({worst})",
        measured=f"{typical_call(long[f'{worst}/64000']) / 64_000 * 1e9:.2f} ns of 64,000",
        baseline=f"{typical_call(long[f'{worst}/4000']) / 4_000 * 1e9:.2f} ns of 4,000",
        ratio=f"{growth[worst]:.2f}",
        bar=f"at most {_MOST_GROWTH} (linear)",
        met=growth[worst] <= _MOST_GROWTH,
    )
