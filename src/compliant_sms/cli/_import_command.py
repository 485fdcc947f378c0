"""The command ``import``."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import click

from compliant_sms.cli import _options
from compliant_sms.cli._database import database_option, practice_option


def _pairs(
    _: click.Context, parameter: click.Parameter, given: tuple[str, ...]
) -> Mapping[str, str]:
    """Parse ``NAME=VALUE``, given any number of times."""
    pairs = {}
    for each in given:
        name, is_pair, value = each.partition("=")
        if not is_pair or not name.strip() or not value.strip():
            msg = f"it is not written as {parameter.metavar}: put an = between name and value"
            raise click.BadParameter(msg)
        pairs[name.strip()] = value.strip()
    return pairs


@click.command("import", short_help="Import consents and opt-outs from another system.")
@database_option
@click.option("--opt-outs", type=_options.FILE, help="A CSV file of the numbers that opted out.")
@click.option("--consents", type=_options.FILE, help="A CSV file of the consents.")
@click.option(
    "--source", metavar="NAME", required=True, help="Where they come from, such as old-ehr."
)
@click.option("--by", metavar="WHO", required=True, help="Who imports them, such as it:j.ortiz.")
@practice_option
@click.option(
    "--practice-name",
    "names",
    metavar="NAME",
    multiple=True,
    help="The practice's name in written consents; can be repeated.",
)
@click.option(
    "--own-category",
    "own_categories",
    metavar="NAME",
    multiple=True,
    help="A category of the practice's own; can be repeated.",
)
@click.option(
    "--time-zone",
    metavar="NAME",
    required=True,
    callback=_options.time_zone,
    help="The practice's time zone, for example America/Chicago.",
)
@click.option(
    "--wording",
    "wordings",
    metavar="VERSION=FILE",
    multiple=True,
    callback=_pairs,
    help="The words that patients were shown, for rows with that wording_version.",
)
@click.option(
    "--opt-out-column",
    "opt_out_columns",
    metavar="NAME=HEADER",
    multiple=True,
    callback=_pairs,
    help="The file's own header for a column, such as number='Mobile Phone'.",
)
@click.option(
    "--consent-column",
    "consent_columns",
    metavar="NAME=HEADER",
    multiple=True,
    callback=_pairs,
    help="The same for the consents.",
)
@click.option(
    "--opt-out-value",
    "opt_out_values",
    metavar="NAME=VALUE",
    multiple=True,
    callback=_pairs,
    help="A column's value where the file has none, such as channel=text.",
)
@click.option(
    "--consent-value",
    "consent_values",
    metavar="NAME=VALUE",
    multiple=True,
    callback=_pairs,
    help="The same for the consents: basis=intake_form.",
)
@click.option(
    "--date-format",
    metavar="FORMAT",
    show_default="ISO 8601",
    help="The format of dates, such as '%m/%d/%Y'.",
)
@click.option(
    "--region", metavar="CODE", default="US", show_default=True, help="The numbers' region."
)
@click.option("--no-opt-outs-because", metavar="WHY", default="", help="Why none; goes on record.")
@click.option("--skip-bad-consents", is_flag=True, help="Write the others anyway.")
@click.option("--new", is_flag=True, help="The database, or the practice in it, is new.")
@click.option(
    "--batch",
    type=click.IntRange(min=1),
    default=1000,
    show_default=True,
    help="How many rows to write at once, all or nothing.",
)
@click.option(
    "--report", type=click.Path(dir_okay=False, path_type=Path), help="The CSV file to write."
)
@click.option("--keyring", type=_options.FILE, help="The keys that seal what the database holds.")
@click.option(
    "--plaintext-because",
    metavar="WHY",
    default="",
    help="Why there are no keys; goes on record with a new practice.",
)
@click.option("--write/--dry-run", default=False, show_default=True)
def import_(
    *,
    database: str,
    opt_outs: Path | None,
    consents: Path | None,
    source: str,
    by: str,
    practice: str,
    names: tuple[str, ...],
    own_categories: tuple[str, ...],
    time_zone: str,
    wordings: Mapping[str, str],
    opt_out_columns: Mapping[str, str],
    consent_columns: Mapping[str, str],
    opt_out_values: Mapping[str, str],
    consent_values: Mapping[str, str],
    date_format: str | None,
    region: str,
    no_opt_outs_because: str,
    skip_bad_consents: bool,
    new: bool,
    batch: int,
    report: Path | None,
    keyring: Path | None,
    plaintext_because: str,
    write: bool,
) -> None:
    """Import consents and opt-outs from another system.

    Both files are checked first. Problems are listed by line and column, without numbers or names.
    With --write, all opt-outs and then the consents are written. If any row cannot be used, nothing
    is written; with --skip-bad-consents, bad consents are left out instead. Running it again adds
    nothing twice, so if an import is interrupted, run it again.

    \b
      compliant-sms import --database texting.db --practice lakeside \\
        --time-zone America/Chicago --source old-ehr --by it:j.ortiz \\
        --opt-outs stopped.csv --consents agreed.csv

    Exit status: 0 each row can be used, 1 some cannot, 2 the command or a file is invalid.
    """  # noqa: D301 - click reads the character after which it wraps nothing
    from compliant_sms.cli import _import  # noqa: PLC0415 - after the options
    from compliant_sms.errors import InvalidInput  # noqa: PLC0415 - as above
    from compliant_sms.imports import ImportPlan  # noqa: PLC0415 - as above

    if opt_outs is None and consents is None:
        msg = "there is nothing to import. Pass --opt-outs FILE, --consents FILE, or both."
        raise click.UsageError(msg)
    try:
        files = _import.Files(
            opt_outs=opt_outs,
            consents=consents,
            time_zone=time_zone,
            wordings=_import.wordings(wordings),
            opt_out_columns=opt_out_columns,
            consent_columns=consent_columns,
            opt_out_values=opt_out_values,
            consent_values=consent_values,
            date_format=date_format,
            region=region,
        )
        plan = ImportPlan(
            practice_id=practice,
            names=names,
            own_categories=own_categories,
            time_zone=time_zone,
            source=source,
            by=by,
            no_opt_outs_because=no_opt_outs_because,
            write=write,
            batch=batch,
        )
        place = _import.Place(
            database=database, keyring=keyring, plaintext_because=plaintext_because, new=new
        )
        done = _import.run(files, plan, place, report=report, skip_bad_consents=skip_bad_consents)
    except InvalidInput as error:
        raise click.UsageError(_options.in_options(str(error))) from None
    sys.exit(0 if done.ok else 1)
