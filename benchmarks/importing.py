"""Importing the library, against importing what it is made of, in fresh processes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

from measure import ratio
from report import Row, milliseconds

__all__ = ["rows"]

_MOST = 1.0
_FRONT_DOOR = """\
from compliant_sms import Messenger, Practice, Purpose
from compliant_sms.providers import Twilio
from compliant_sms.stores import SQLite"""
_PAIRS = {
    "import of the front door, against httpx, phonenumbers and attrs": (
        _FRONT_DOOR,
        "import httpx, phonenumbers, attrs",
    ),
    "`import compliant_sms`, against `import httpx`": ("import compliant_sms", "import httpx"),
}


def rows(_: Path, *, quick: bool) -> Iterator[Row]:
    """Each pair twice: the whole process, and the statements alone."""
    for what, (ours, theirs) in _PAIRS.items():
        _fresh(ours), _fresh(theirs)  # so that files are cached and compiled
        runs = [_pair(ours, theirs, number) for number in range(11 if quick else 25)]
        yield _row(f"{what}: process", [(a[0], b[0]) for a, b in runs])
        yield _row(f"{what}: statements", [(a[1], b[1]) for a, b in runs])


def _pair(ours: str, theirs: str, number: int) -> tuple[tuple[float, float], tuple[float, float]]:
    if number % 2:
        second = _fresh(theirs)
        return _fresh(ours), second
    return _fresh(ours), _fresh(theirs)


def _fresh(statements: str) -> tuple[float, float]:
    """Seconds of the process, and of the statements inside it."""
    code = (
        "from time import perf_counter\nstart = perf_counter()\n"
        f"{statements}\nprint(perf_counter() - start)"
    )
    start = perf_counter()
    run = subprocess.run(
        [sys.executable, "-I", "-c", code], check=True, capture_output=True, text=True
    )
    return perf_counter() - start, float(run.stdout)


def _row(what: str, pairs: list[tuple[float, float]]) -> Row:
    ours, theirs = zip(*pairs, strict=True)
    times = ratio(ours, theirs)
    return Row(
        what=what,
        measured=milliseconds(median(ours)),
        baseline=milliseconds(median(theirs)),
        ratio=f"{times:.2f}",
        bar=f"at most {_MOST}",
        met=times <= _MOST,
    )
