"""Puts the figures of a long run into docs/reliability.md; run by ``nox -s endurance``.

Each row is kept until the same thing is measured again, so that a run of some of the tests renews
some of the rows; each carries its date.
"""
# ruff: noqa: INP001 - the documentation is no package

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
KEPT, PAGE = HERE / "reliability.json", HERE / "reliability.md"
_BEGIN, _END = "<!-- figures -->\n", "<!-- end of figures -->"
_RESULTS = ("different ones", "sent", "texts", "texts claimed before")
_HEADS = ("what was done", "on", "how often", "found", "took", "on the day", "at commit")


def merged(old: Iterable[dict[str, Any]], new: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """All rows, of each the newest; in the order of what was done."""
    rows = {(row["what"], row["on"].split()[0]): row for row in (*old, *new)}
    return [rows[key] for key in sorted(rows)]


def table(rows: Iterable[dict[str, Any]]) -> str:
    """The rows as Markdown."""
    lines = [_HEADS, ("---",) * len(_HEADS), *(_cells(row) for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    return (
        row["what"],
        row["on"],
        _counts(row["counted"]),
        _counts(row["found"]),
        f"{row['seconds']:,} s",
        row["date"],
        row["commit"],
    )


def _counts(counted: dict[str, int]) -> str:
    # What was done stands before what came of it.
    names = sorted(counted, key=lambda name: (name in _RESULTS, name))
    return ", ".join(f"{counted[name]:,} {name}" for name in names)


def page(text: str, rows: list[dict[str, Any]]) -> str:
    """The page with that table in its place."""
    head, rest = text.split(_BEGIN)
    versions = "; ".join(sorted({row["versions"] for row in rows}))
    return (
        f"{head}{_BEGIN}\n{table(rows)}\nMeasured with {versions}.\n\n{_END}{rest.split(_END)[1]}"
    )


def main(measured: Path) -> None:
    """Renew the page by what a run wrote down, and print the table."""
    new = [json.loads(line) for line in measured.read_text("utf-8").splitlines()]
    rows = merged(json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else [], new)
    KEPT.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")
    PAGE.write_text(page(PAGE.read_text("utf-8"), rows), "utf-8")
    sys.stdout.write(table(rows))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
