"""Measures everything that has a bar, prints a table, and writes ``docs/benchmarks.md``.

Run by ``nox -s bench``. A bar is no test: the exit status is 0 whether or not it is met.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from time import perf_counter

import bringing_in
import deciding
import finding
import importing
import in_flight
import ledger
import looking_up
import opt_out
import sending
import verifying
import working
from attrs import asdict, evolve
from report import Row, page, table

_PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
_GROUPS: dict[str, Callable[..., Iterable[Row]]] = {
    "check": deciding.rows,
    "finding": finding.rows,
    "send": sending.rows,
    "in-flight": in_flight.rows,
    "work": working.rows,
    "ledger": ledger.rows,
    "verify": verifying.rows,
    "bulk-import": bringing_in.rows,
    "import": importing.rows,
    "opt-out": opt_out.rows,
    "look-up": looking_up.rows,
}
_COMPILED = ("check", "finding")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="fewer rounds; the page is not written"
    )
    parser.add_argument("--only", choices=_GROUPS, help="one group; the page is not written")
    parser.add_argument(
        "--folder", type=Path, help="where the databases lie while it runs; choose the disk by it"
    )
    parser.add_argument(
        "--people",
        type=int,
        default=looking_up.PEOPLE,
        help="among how many consent is looked up; %(default)s take 15 GB and 20 minutes",
    )
    parser.add_argument(
        "--compiled", type=Path, help="an interpreter with the library compiled, measured as well"
    )
    parser.add_argument("--json", action="store_true", help="print the rows as JSON and no table")
    return parser.parse_args()


def _measure_compiled(arguments: argparse.Namespace) -> list[Row]:
    """The rows of what is compiled, measured by another interpreter."""
    found: list[Row] = []
    for name in _COMPILED:
        if arguments.compiled is None or arguments.only not in {None, name}:
            continue
        options = ["--only", name, "--json", *(["--quick"] if arguments.quick else [])]
        printed = subprocess.run(
            [arguments.compiled, __file__, *options], check=True, stdout=subprocess.PIPE, text=True
        ).stdout
        rows = (Row(**row) for row in json.loads(printed))
        found += (evolve(row, what=f"{row.what}, compiled") for row in rows)
    return found


def _measure(arguments: argparse.Namespace) -> list[Row]:
    found: list[Row] = []
    groups = _GROUPS | {"look-up": partial(looking_up.rows, people=arguments.people)}
    for name, rows in groups.items():
        if arguments.only not in {None, name}:
            continue
        print(f"{name}: begins", file=sys.stderr)
        start = perf_counter()
        with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
            found += rows(Path(folder), quick=arguments.quick)
        print(f"{name}: measured in {perf_counter() - start:.0f} s", file=sys.stderr)
    return found


def main() -> None:
    """Measure, print, write."""
    arguments = _arguments()
    for name in ("http_proxy", "https_proxy", "all_proxy"):  # the carrier is on loopback
        os.environ.pop(name, None)
        os.environ.pop(name.upper(), None)
    rows = _measure(arguments)
    if arguments.json:
        print(json.dumps([asdict(row) for row in rows]))
        return
    rows += _measure_compiled(arguments)
    print(table(rows))
    if not arguments.quick and arguments.only is None:
        _PAGE.write_text(page(rows), "utf-8")


if __name__ == "__main__":
    main()
