"""The command ``lint``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from compliant_sms.cli import _options
from compliant_sms.errors import CompliantSmsError

if TYPE_CHECKING:
    from compliant_sms.classification import Purpose


@click.command(short_help="Check your copy before patients get it.")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option(
    "--purpose",
    metavar="CODE",
    default="appointment_reminder",
    show_default=True,
    callback=_options.purpose,
    help="What the texts are for (see: rules --list-purposes).",
)
@click.option("--practice-name", metavar="NAME", help="Also check that the texts name it.")
@click.option(
    "--link-domain",
    "domains",
    multiple=True,
    metavar="HOST",
    help="The practice's own domain for links.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github", "sarif"]),
    default="text",
    show_default=True,
    help="'github' prints annotations for GitHub workflows, 'sarif' prints SARIF 2.1.0.",
)
@click.option(
    "--input",
    "kind",
    type=click.Choice(["text", "json", "jsonl", "toml", "csv"]),
    show_default="by the file's name",
    help="A 'text' file has one text per line.",
)
@click.option(
    "--field",
    "fields",
    multiple=True,
    default=("text", "body", "message"),
    show_default=True,
    metavar="NAME",
    help="A field of JSON, TOML or CSV, at any depth, that holds a text; can be repeated.",
)
@click.option("--ignore", multiple=True, metavar="RULE", help="A rule to skip; can be repeated.")
@click.option("--first-text", is_flag=True, help="The texts may be the first to a patient.")
@click.option(
    "--max-segments",
    type=click.IntRange(min=1),
    default=3,
    show_default=True,
    help="Report texts with more segments.",
)
def lint(
    *,
    paths: tuple[str, ...],
    purpose: Purpose,
    practice_name: str | None,
    domains: tuple[str, ...],
    form: str,
    kind: str | None,
    fields: tuple[str, ...],
    ignore: tuple[str, ...],
    first_text: bool,
    max_segments: int,
) -> None:
    """Check the copy in PATH (or - for standard input) before any patient gets it.

    Copy must not, for example, invite words that carriers act on (CANCEL, END, QUIT, YES), leave a
    variable unfilled, or cost double because of a smart quote. The output never shows the copy.

    \b
      compliant-sms lint --purpose recall --practice-name "Lakeside Dental" texts.txt
      compliant-sms lint --ignore unfilled-variable --field body templates.json

    Exit status: 0 nothing is wrong, 1 something is, 2 the command or a file is invalid.
    """  # noqa: D301 - click reads the character after which it wraps nothing
    from compliant_sms.cli import _lint, _lint_input  # noqa: PLC0415 - after the options
    from compliant_sms.lint import LintSettings  # noqa: PLC0415 - as above
    from compliant_sms.lint import lint as check  # noqa: PLC0415 - as above

    settings = LintSettings(first_text=first_text, max_segments=max_segments)
    practice = _options.practice_named(practice_name, domains)
    try:
        problems = [
            _lint.Problem(unit, finding)
            for unit in _lint_input.units(paths, fields, kind)
            for finding in check(
                unit.text, purpose, practice=practice, settings=settings, ignore=ignore
            )
        ]
    except CompliantSmsError as error:
        raise click.UsageError(str(error)) from None
    _lint.report(problems, form=form)
    sys.exit(1 if problems else 0)
