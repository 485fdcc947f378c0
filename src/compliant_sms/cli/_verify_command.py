"""The command ``verify``."""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from compliant_sms.cli import _options
from compliant_sms.errors import CompliantSmsError

if TYPE_CHECKING:
    from compliant_sms.evidence import Ciphers, PackReport


@click.command(short_help="Check an evidence pack from its bytes alone.")
@click.argument("pack", type=_options.FILE)
@click.option(
    "--public-key",
    "public_keys",
    multiple=True,
    metavar="KEY",
    help="The public key, or a file with one, of whoever must have signed the checkpoint in the "
    "pack; can be repeated.",
)
@click.option(
    "--checkpoint",
    "kept",
    type=_options.FILE,
    metavar="FILE",
    help="A checkpoint that you kept, to compare with the one in the pack.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for machines.")
def verify(*, pack: Path, public_keys: tuple[str, ...], kept: Path | None, as_json: bool) -> None:
    """Check the evidence in PACK from its bytes alone, without database or network.

    Nothing that the pack says about a patient is shown.

    \b
      compliant-sms verify evidence.zip
      compliant-sms verify --public-key lakeside.pub --checkpoint june.txt evidence.zip

    Exit status: 0 nothing is wrong, 1 something is, 2 the command or a file is invalid.
    """  # noqa: D301 - click reads the character after which it wraps nothing
    from compliant_sms.evidence import verify_pack  # noqa: PLC0415 - after the options

    try:
        report = verify_pack(
            pack.read_bytes(),
            keys=tuple(map(_options.public_key, public_keys)),
            against=_options.checkpoint(kept) if kept else None,
            ciphers=_ciphers(),
        )
    except CompliantSmsError as error:
        raise click.UsageError(str(error)) from None
    if as_json:
        click.echo(json.dumps(_plain(report)))
    else:
        _print(report)
    sys.exit(0 if report.ok else 1)


def _ciphers() -> Ciphers | None:
    """Return what opens sealed records; None if the extra keyring is missing."""
    from compliant_sms.keyring import data_cipher  # noqa: PLC0415 - after the options

    return data_cipher if find_spec("cryptography") else None


def _plain(report: PackReport) -> dict[str, object]:
    checks = [{"name": c.name, "result": c.result.value, "words": c.words} for c in report.checks]
    return {"ok": report.ok, "checks": checks}


_STYLES = {"passed": "green", "failed": "bold red", "not checked": "yellow"}


def _print(report: PackReport) -> None:
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415 - not for --json
    from rich.console import Console  # noqa: PLC0415 - as above
    from rich.table import Table  # noqa: PLC0415 - as above
    from rich.text import Text  # noqa: PLC0415 - as above

    table = Table(box=SIMPLE_HEAD)
    table.add_column("check", no_wrap=True)
    table.add_column("result", no_wrap=True)
    table.add_column("what was found")
    for check in report.checks:
        result = Text(check.result.value, style=_STYLES[check.result.value])
        # Ids come from the pack, and whoever made it may know what terminals do on command.
        table.add_row(Text(check.name), result, Text(_options.printable(check.words)))
    console = Console()
    console.print(table)
    console.print(Text(_conclusion(report)))


def _conclusion(report: PackReport) -> str:
    if not report.ok:
        return "This pack does not verify."
    open_ = sum(check.result.value == "not checked" for check in report.checks)
    return f"Nothing is wrong; {open_} could not be checked." if open_ else "Nothing is wrong."
