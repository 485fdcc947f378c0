"""The command ``purge``."""

from __future__ import annotations

from pathlib import Path

import click

from compliant_sms.cli._database import database_option, practice_option
from compliant_sms.cli._options import FILE


@click.command(short_help="Drop records whose retention time has passed.")
@database_option
@practice_option
@click.option("--by", metavar="WHO", default="", help="Who asked for it, for the audit log.")
@click.option("--dry-run", is_flag=True, help="Change nothing; only show what would go.")
@click.option(
    "--keep",
    multiple=True,
    metavar="CLASS=TIME",
    help="How long to keep a class of records, for example text_body='8 years'; can be repeated. "
    "Pass the same times as in Messenger(retention=...).",
)
@click.option(
    "--keyring",
    type=FILE,
    help="The key file, if bodies are sealed.",
)
def purge(
    database: str,
    practice: str,
    by: str,
    *,
    dry_run: bool,
    keep: tuple[str, ...],
    keyring: Path | None,
) -> None:
    """Drop the words of texts, and decisions, once their time has passed. The proof stays.

    Suppressions never expire. What is under a legal hold or not finished stays. Records are dropped
    in short transactions while texts continue. If a run is interrupted, the next one drops the
    rest.
    """
    if not (dry_run or by.strip()):
        msg = "say --by WHO, for the audit log; or --dry-run, to see what would go"
        raise click.UsageError(msg)
    from compliant_sms.cli._purge import run  # noqa: PLC0415 - after the options

    spans = dict(_pair(each) for each in keep)
    run(database, practice, by=by, dry_run=dry_run, keep=spans, keyring=keyring)


def _pair(written: str) -> tuple[str, str]:
    record, equals, span = written.partition("=")
    if not equals:
        msg = "--keep is written CLASS=TIME, for example --keep text_body='8 years'"
        raise click.UsageError(msg)
    return record.strip(), span.strip()
