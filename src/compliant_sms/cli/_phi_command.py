"""The command ``phi``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from compliant_sms.cli._options import FILE


@click.command(short_help="Show identifiers and health details in texts.")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option(
    "--known",
    "patient",
    metavar="FILE.json",
    type=FILE,
    help="What is known about the patient, as one JSON object: names, birth_date, mrn, addresses, "
    "phones, emails, insurance_ids, clinicians.",
)
@click.option(
    "--own-name",
    "names",
    multiple=True,
    metavar="NAME",
    help="The practice's name, which is no finding.",
)
@click.option(
    "--own-phone",
    "phones",
    multiple=True,
    metavar="NUMBER",
    help="The practice's number, which is no finding.",
)
@click.option(
    "--direction",
    type=click.Choice(["inbound", "outbound"]),
    help="The direction of every text: 'outbound' from the practice to a patient, 'inbound' to the "
    "practice. By default it is judged by the words of the text.",
)
@click.option(
    "--min-tier",
    type=click.Choice(["minimum", "detail", "never"]),
    default="detail",
    show_default=True,
    help="What counts: 'minimum' everything, 'detail' what a reminder does not need, 'never' what "
    "no text may contain.",
)
@click.option(
    "--allow",
    multiple=True,
    metavar="LABEL",
    help="A label that does not count, for example PROVIDER_NAME; can be repeated.",
)
@click.option(
    "--lines", is_flag=True, help="Print one line per finding without the text, for hooks."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, without the text.")
def phi(
    *,
    files: tuple[str, ...],
    patient: Path | None,
    names: tuple[str, ...],
    phones: tuple[str, ...],
    direction: str | None,
    min_tier: str,
    allow: tuple[str, ...],
    lines: bool,
    as_json: bool,
) -> None:
    """Show what in FILE (or - for standard input) reveals a patient's identity or health.

    The text is shown with the findings in color. Under each line are the label, the rule, how sure
    it is and the tier that it needs. Offsets, lines and columns count the code points of the
    original text.

    \b
      compliant-sms phi message.txt
      compliant-sms phi --lines --allow DATE locale/*.json

    Exit status: 0 nothing counts, 1 something does, 2 the command or a file is invalid.
    """  # noqa: D301 - click reads the character after which it wraps nothing
    from compliant_sms.cli import _phi, _phi_input  # noqa: PLC0415 - after the options
    from compliant_sms.phi import ContentTier, Direction  # noqa: PLC0415 - as above

    if lines and as_json:
        msg = "--lines and --json exclude each other; leave one out"
        raise click.UsageError(msg)
    search = _phi.Search(
        known=_phi_input.known(patient, names, phones),
        least=ContentTier[min_tier.upper()],
        allowed=_phi_input.labels(allow),
        direction=None if direction is None else Direction(direction),
    )
    form = "json" if as_json else "lines" if lines else "place"
    sys.exit(_phi.report(_phi_input.documents(files), search, form=form))
