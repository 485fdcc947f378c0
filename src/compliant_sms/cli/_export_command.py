"""The command ``export``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from compliant_sms.cli import _options
from compliant_sms.cli._database import database_option, practice_option, refuse_unknown, store_at

if TYPE_CHECKING:
    from typing import TextIO

_OPT_OUTS, _CONSENTS = "opt-outs.csv", "consents.csv"


@click.command(short_help="Write consents and opt-outs for another system.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@database_option
@practice_option
@click.option(
    "--practice-name",
    "names",
    metavar="NAME",
    multiple=True,
    help="The practice's name in written consents, if it never texted; can be repeated.",
)
@click.option("--by", metavar="WHO", required=True, help="Who exports them, for the audit log.")
@click.option(
    "--reason", metavar="WHY", required=True, help="Why, for the audit log. Name no patient."
)
@click.option("--keyring", "key_file", type=_options.FILE, help="The keys that seal the records.")
def export(
    *,
    folder: Path,
    database: str,
    practice: str,
    names: tuple[str, ...],
    by: str,
    reason: str,
    key_file: Path | None,
) -> None:
    """Write opt-outs.csv and consents.csv to FOLDER, as "compliant-sms import" reads them.

    Both hold numbers, and the second what patients signed: keep them as safe as the database, and
    open them in no spreadsheet, which changes numbers. Files that are there are not overwritten.
    Nothing changes in the database but the audit log.

    \b
      compliant-sms export handed-over --database texting.db --practice lakeside \\
        --keyring texting.keys --by it:kim --reason "the practice leaves"
    """  # noqa: D301 - click reads the character after which it wraps nothing
    from rich.console import Console  # noqa: PLC0415 - after the options

    from compliant_sms import flows, system  # noqa: PLC0415 - as above
    from compliant_sms.driver import finish  # noqa: PLC0415 - as above

    with (
        closing(store_at(database)) as store,
        _new(folder) as (opt_outs, consents),
        Console(stderr=True).status("Writing") as status,
    ):
        port = store.blocking(_options.keyring(key_file))
        refuse_unknown(port, practice)
        enrolled = finish(port.run(lambda tx: tx.practices()))
        known = [each for each in enrolled if each.id == practice]
        plan = flows.ExportPlan(
            practice_id=practice,
            names=(*names, *(name for each in known for name in (each.name, *each.also_known_as))),
            by=by,
            reason=reason,
        )
        done = finish(
            flows.export_consents(
                port,
                system.now,
                plan,
                opt_outs=opt_outs,
                consents=consents,
                progress=lambda so_far: status.update(
                    f"Writing: {so_far.consents:,} consents, {so_far.opt_outs:,} opt-outs"
                ),
            )
        )
    click.echo(str(done))


@contextmanager
def _new(folder: Path) -> Iterator[tuple[TextIO, TextIO]]:
    """New files for their owner alone, which have their names once both are whole.

    Consents without the opt-outs permit too much.

    Raises:
        BadParameter: there is such a file, or none can be made.
    """
    paths = [folder / _OPT_OUTS, folder / _CONSENTS]
    for path in paths:
        if path.exists():
            msg = f"{path} exists, and is not overwritten. Name another folder, or move the file."
            raise click.BadParameter(msg, param_hint="FOLDER")
    parts = [path.with_suffix(".part") for path in paths]
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _private(parts[0]) as opt_outs, _private(parts[1]) as consents:
            yield opt_outs, consents
        for part, path in zip(parts, paths, strict=True):
            part.rename(path)
    except OSError as error:
        msg = f"nothing can be written to {folder}: {error.strerror}. Name another folder."
        raise click.BadParameter(msg, param_hint="FOLDER") from None
    finally:
        for part in parts:
            with suppress(OSError):
                part.unlink()


def _private(path: Path) -> TextIO:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    return os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8", newline="")
