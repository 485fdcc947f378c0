"""The commands ``templates``."""

from __future__ import annotations

import sys
from decimal import Decimal, InvalidOperation
from pathlib import Path

import click

from compliant_sms.cli._options import FILE, practice_named


def _price(_: click.Context, __: click.Parameter, value: str | None) -> Decimal | None:
    try:
        price = None if value is None else Decimal(value)
    except InvalidOperation:
        price = Decimal("NaN")
    if price is not None and not (price.is_finite() and price >= 0):
        msg = "it is no price; write it as 0.0083"
        raise click.BadParameter(msg)
    return price


_practice_name = click.option(
    "--practice-name", metavar="NAME", help="The name to try them with. By default, a made-up one."
)


@click.group(short_help="Check and show template files.")
def templates() -> None:
    """Check and show template files (see: how-to/write-templates)."""


@templates.command()
@click.argument("files", metavar="[FILE]...", nargs=-1, type=FILE)
@_practice_name
@click.option(
    "--against",
    type=FILE,
    help="The file before your change. A text that changed without a new version is an error.",
)
@click.option(
    "--price", callback=_price, metavar="AMOUNT", help="The price of a segment, for the cost."
)
@click.option(
    "--max-segments",
    type=click.IntRange(min=1),
    default=3,
    show_default=True,
    help="Warn of templates that take more with the values that they are tried with.",
)
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for machines.")
def check(
    *,
    files: tuple[Path, ...],
    practice_name: str | None,
    against: Path | None,
    price: Decimal | None,
    max_segments: int,
    strict: bool,
    as_json: bool,
) -> None:
    """Check the templates in each FILE, and show how many segments each text takes.

    Each is tried with the shortest, the longest and the oddest values of its variables. Without a
    FILE, the library's own templates are checked.

    \b
      compliant-sms templates check --practice-name "Lakeside Dental" templates.toml

    Exit status: 0 nothing is wrong, 1 something is, 2 the command is invalid.
    """  # noqa: D301 - click reads the character after which it wraps nothing
    from compliant_sms.cli import _templates  # noqa: PLC0415 - after the options

    asked = _templates.Asked(
        files=files,
        practice=practice_named(practice_name),
        against=against,
        price=price,
        max_segments=max_segments,
    )
    report = _templates.checked(asked)
    _templates.print_report(report, as_json=as_json)
    sys.exit(1 if report.errors or (strict and report.warnings) else 0)


@templates.command()
@click.argument("name", metavar="NAME", required=False)
@click.option("--file", type=FILE, help="The file. By default, the library's own templates.")
@_practice_name
def show(*, name: str | None, file: Path | None, practice_name: str | None) -> None:
    """Show the templates named NAME, or all: texts, variables, and the fingerprint to approve.

    \b
      compliant-sms templates show appointment_reminder --file templates.toml
    """  # noqa: D301 - as above
    from compliant_sms.cli import _templates  # noqa: PLC0415 - after the options

    found = [each for each in _templates.catalogue_of(file) if name in {None, each.name}]
    if not found:
        msg = "there is no template of that name"
        raise click.UsageError(msg)
    practice = practice_named(practice_name)
    click.echo("\n\n".join(_templates.shown(each, practice) for each in found))
