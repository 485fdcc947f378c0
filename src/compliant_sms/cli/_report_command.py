"""The command ``report``."""

from __future__ import annotations

from contextlib import closing
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from compliant_sms.cli import _options
from compliant_sms.cli._database import database_option, store_at
from compliant_sms.driver import finish

if TYPE_CHECKING:
    from compliant_sms.ports import Store
    from compliant_sms.practice import Practice


@click.command(short_help="Write a page about a practice's texting.")
@database_option
@click.option(
    "--since",
    metavar="YYYY-MM-DD",
    callback=_options.day_or_none,
    help="The first day, on the practice's calendar. By default, everything on record.",
)
@click.option(
    "--until",
    metavar="YYYY-MM-DD",
    callback=_options.day_or_none,
    help="The day after the last day. By default, until now.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The HTML file to write.",
)
@click.option(
    "--practice", metavar="ID", help="The id of the practice, if the database has several."
)
@click.option(
    "--keyring",
    "key_file",
    type=_options.FILE,
    help="The key file, if records are sealed.",
)
def report(
    *,
    database: str,
    since: date | None,
    until: date | None,
    output: Path,
    practice: str | None,
    key_file: Path | None,
) -> None:
    """Write a page about a practice's texting: delivery, opt-outs, holds and blocks, answers.

    The page is one file without scripts that loads nothing. It says nothing about any one person,
    and small counts are hidden.

    \b
      compliant-sms report --database texting.db --since 2026-11-01 -o november.html
    """  # noqa: D301 - click reads the character after which it wraps nothing
    from compliant_sms import flows, system  # noqa: PLC0415 - after the options
    from compliant_sms.report import page  # noqa: PLC0415 - as above

    with closing(store_at(database)) as store:
        port = store.blocking(_options.keyring(key_file))
        whose = _practice(port, practice)
        at, zone = system.now(), ZoneInfo(whose.time_zone)
        bounds = _midnight(since, zone), _midnight(until, zone)
        found = finish(flows.activity(port, whose.id, *bounds, at))
    try:
        output.write_text(page(found, whose, at), "utf-8")
    except OSError as error:
        msg = f"{output} cannot be written: {error.strerror}. Pass another -o."
        raise click.ClickException(msg) from error
    click.echo(f"The report of {whose.name} is in {output}")


def _practice(store: Store, practice_id: str | None) -> Practice:
    known = {each.id: each for each in finish(store.run(lambda tx: tx.practices()))}
    if practice_id is None and len(known) == 1:
        return next(iter(known.values()))
    if practice_id in known:
        return known[practice_id]
    if not known:
        msg = "no practice has texted from this database yet. Check the path."
    elif practice_id is None:
        msg = f"the database has several practices. Say --practice with one of: {', '.join(known)}"
    else:
        msg = f"no practice of this id has texted. Say --practice with one of: {', '.join(known)}"
    raise click.UsageError(msg)


def _midnight(day: date | None, zone: ZoneInfo) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), zone)
