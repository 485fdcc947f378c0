"""Dropping records whose time has passed, and a table of what stays and why."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from compliant_sms import flows, system
from compliant_sms.cli import _options
from compliant_sms.cli._database import refuse_unknown, store_at
from compliant_sms.driver import finish
from compliant_sms.retention import Retention, classes
from compliant_sms.rules import Rulebook


def run(
    database: str,
    practice: str,
    *,
    by: str,
    dry_run: bool,
    keep: Mapping[str, str],
    keyring: Path | None,
) -> None:
    """Purge a database, and print the result.

    Raises:
        InvalidInput: the database has no records of that practice, or a time cannot be parsed.
        ConfigurationError: a time is below its minimum.
    """
    plan = flows.PurgePlan(
        practice_id=practice,
        policy=Retention(keep=keep),
        rulebook=Rulebook(),
        at=system.now(),
        run=system.new_id(),
        by=by,
        dry_run=dry_run,
    )
    with closing(store_at(database)) as store, _bar() as progress:
        port = store.blocking(_options.keyring(keyring))
        refuse_unknown(port, practice)
        task = progress.add_task("Looking at records", total=None)
        report = finish(flows.purge(port, plan, lambda more: progress.advance(task, more)))
    _print(report)


def _bar() -> Progress:
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,  # if nobody watches, a bar would be noise
    )


def _print(report: flows.PurgeReport) -> None:
    table = Table(box=SIMPLE_HEAD)
    table.add_column("records", no_wrap=True)
    drop = "to go" if report.dry_run else "dropped"
    for name in (drop, "kept", "held", "open", "gone", "next"):
        table.add_column(name, justify="right", no_wrap=True)
    for each in report.tallies:
        counts = (each.dropped, each.kept, each.held, each.open, each.gone)
        upcoming = f"{each.next_at:%Y-%m-%d}" if each.next_at else "-"
        table.add_row(each.record, *map(str, counts), upcoming)
    console = Console()
    console.print(table)
    for each in report.tallies:
        console.print(f"{each.record}: {classes()[each.record].title}. {each.why}", markup=False)
    console.print(
        f"\n{report.dropped} records would go; nothing was changed."
        if report.dry_run
        else f"\n{report.dropped} records dropped in the run {report.run}.",
        soft_wrap=True,
    )
