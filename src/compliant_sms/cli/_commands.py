"""The commands, and how errors look there."""

from __future__ import annotations

import sys
from datetime import date, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

import click

from compliant_sms.cli import _options
from compliant_sms.cli._db import db
from compliant_sms.cli._doctor_command import doctor, opt_outs
from compliant_sms.cli._erase_command import erase
from compliant_sms.cli._export_command import export
from compliant_sms.cli._import_command import import_
from compliant_sms.cli._keys import keys
from compliant_sms.cli._ledger import ledger
from compliant_sms.cli._lint_command import lint
from compliant_sms.cli._pause_command import pause, resume
from compliant_sms.cli._phi_command import phi
from compliant_sms.cli._purge_command import purge
from compliant_sms.cli._registration_command import registration
from compliant_sms.cli._report_command import report
from compliant_sms.cli._sandbox_command import sandbox
from compliant_sms.cli._templates_command import templates
from compliant_sms.cli._verify_command import verify
from compliant_sms.cli._worker_command import worker
from compliant_sms.errors import CompliantSmsError

if TYPE_CHECKING:
    from compliant_sms.classification import Purpose
    from compliant_sms.phone import PhoneNumber


class _Group(click.Group):
    """Shows the library's errors as one line instead of a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except CompliantSmsError as error:
            raise click.ClickException(_options.in_options(str(error))) from error


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="compliant-sms")
def commands() -> None:
    """Text patients without breaking the law."""
    # Characters that the terminal cannot show, such as in a file's name, are escaped.
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


@commands.command(short_help="Play a clinic's day through a simulated carrier.")
@click.option(
    "--patients",
    type=_options.FILE,
    help="Your own CSV file of patients. By default, a dozen made-up ones.",
)
@click.option(
    "--database",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("demo.db"),
    show_default=True,
    help="The database file. An unfinished day in it is continued; after a finished one, the next "
    "day is played.",
)
@click.option("--carrier", metavar="URL", help="A sandbox that is already running (see: sandbox).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for machines.")
def demo(patients: Path | None, database: Path, carrier: str | None, *, as_json: bool) -> None:
    """Play a clinic's day through a simulated carrier on this machine.

    The exit status is 1 if anything in the day is not as expected.
    """
    from compliant_sms.cli.demo import play  # noqa: PLC0415 - needs the extra sandbox

    sys.exit(0 if play(patients, database, carrier, as_json=as_json) else 1)


@commands.command(short_help="Show which texts and consent events a database holds.")
@click.argument("database", type=click.Path(dir_okay=False, path_type=Path))
def show(database: Path) -> None:
    """Show which texts and consent events an SQLite file holds, without changing it.

    Times and days are in UTC, where an American evening is already the next day. If records are
    sealed, a person is shown as the beginning of a hash.
    """
    from compliant_sms.cli._show import show as print_tables  # noqa: PLC0415 - after the options

    print_tables(database)


@commands.command()
@click.option(
    "--state",
    "states",
    multiple=True,
    metavar="CODE",
    help="Postal code, for example PA; can be repeated. By default, only what applies in the whole "
    "country.",
)
@click.option(
    "--country",
    type=click.Choice(["US", "CA", "GB", "AU"], case_sensitive=False),
    metavar="[US|CA|GB|AU]",
    default="US",
    show_default=True,
)
@click.option(
    "--purpose",
    metavar="CODE",
    callback=_options.purpose,
    help="Show only what binds texts of this purpose (see --list-purposes).",
)
@click.option(
    "--date",
    "day",
    metavar="YYYY-MM-DD",
    callback=_options.day,
    show_default="today",
    help="The day in question. What begins later is marked.",
)
@click.option(
    "--pack",
    "packs",
    multiple=True,
    type=_options.FILE,
    help="A pack of your own, in addition to the library's; can be repeated.",
)
@click.option(
    "--carriers", is_flag=True, help="Also show what carriers and their association ask for."
)
@click.option("--all", "everything", is_flag=True, help="Show every row of the country's packs.")
@click.option("--list-purposes", is_flag=True, help="List the codes that --purpose accepts.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for machines.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print Markdown.")
def rules(
    *,
    states: tuple[str, ...],
    country: str,
    purpose: Purpose | None,
    day: date,
    packs: tuple[Path, ...],
    carriers: bool,
    everything: bool,
    list_purposes: bool,
    as_json: bool,
    as_markdown: bool,
) -> None:
    """Show which rules apply, with source, certainty and dates.

    The id of each row, which an override names, is in brackets.

    \b
      compliant-sms rules --state PA --purpose promotion
      compliant-sms rules --state FL --state GA --date 2025-06-01 --markdown
    """  # noqa: D301 - click reads the character after which it wraps nothing
    from compliant_sms.cli import _binding, _rules  # noqa: PLC0415 - after the options
    from compliant_sms.rules import Rulebook  # noqa: PLC0415 - as above

    form = _options.form(as_json=as_json, as_markdown=as_markdown)
    if list_purposes:
        _rules.print_purposes(form=form)
        return
    if everything and (states or purpose):
        msg = "--all shows every row, so leave out --state and --purpose"
        raise click.UsageError(msg)
    query = _binding.Query(
        packs=Rulebook(packs=tuple(_options.own_packs(packs))).all_packs,
        country=country,
        states=_options.states(states, country),
        purpose=purpose,
        day=day,
        carriers=carriers,
        everything=everything,
    )
    _rules.print_rules(query, form=form)


@commands.command(short_help="Say whether a text may go, and why.")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@click.option(
    "--to", metavar="NUMBER", required=True, callback=_options.number, help="The recipient."
)
@click.option(
    "--purpose",
    metavar="CODE",
    required=True,
    callback=_options.purpose,
    help="What the text is for (see: rules --list-purposes).",
)
@click.option(
    "--consent",
    type=click.Choice(["none", "express", "written"]),
    default="none",
    show_default=True,
    help="What is on record for this patient at this number. 'written' counts as complete.",
)
@click.option("--revoked", is_flag=True, help="The number asked you to stop after that.")
@click.option(
    "--practice-name", metavar="NAME", help="Also check that the text names the practice."
)
@click.option("--nonprofit", is_flag=True, help="The practice is a tax-exempt nonprofit.")
@click.option("--state", metavar="CODE", help="Where the patient lives, for example PA.")
@click.option(
    "--time-zone",
    metavar="NAME",
    callback=_options.time_zone,
    help="The patient's time zone, for example America/New_York.",
)
@click.option(
    "--at",
    metavar="INSTANT",
    callback=_options.instant,
    show_default="now",
    help="The instant to decide for, with its offset: 2026-11-23T20:30-05:00.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the record of the decision.")
def check(
    file: Path,
    *,
    to: PhoneNumber,
    purpose: Purpose,
    consent: str,
    practice_name: str | None,
    state: str | None,
    time_zone: str | None,
    at: datetime,
    revoked: bool,
    nonprofit: bool,
    as_json: bool,
) -> None:
    """Say whether the text in FILE (or - for standard input) may go, and why.

    No database is read: all that is known about the patient comes from the options. The text
    itself is never shown, and the number is masked.

    \b
      compliant-sms check --to +12175550134 --purpose promotion --state PA offer.txt

    Exit status: 0 it may go, 3 it waits, 4 it may not go, 2 the command is invalid.
    """  # noqa: D301 - as above
    from compliant_sms.cli._case import Case  # noqa: PLC0415 - after the options
    from compliant_sms.cli._check import check as print_decision  # noqa: PLC0415 - as above

    case = Case(
        body=_options.body(file),
        to=to,
        purpose=purpose,
        consent=consent,
        revoked=revoked,
        practice_name=(practice_name or "").strip() or None,
        nonprofit=nonprofit,
        state=next(iter(_options.states([state] if state else [])), None),
        time_zone=time_zone,
        at=at,
    )
    sys.exit(print_decision(case, as_json=as_json))


commands.add_command(db)
commands.add_command(erase)
commands.add_command(export)
commands.add_command(import_)
commands.add_command(keys)
commands.add_command(ledger)
commands.add_command(lint)
commands.add_command(phi)
commands.add_command(templates)
commands.add_command(verify)
commands.add_command(purge)
commands.add_command(worker)
commands.add_command(doctor)
commands.add_command(opt_outs)
commands.add_command(pause)
commands.add_command(resume)
commands.add_command(sandbox)
commands.add_command(registration)
commands.add_command(report)
