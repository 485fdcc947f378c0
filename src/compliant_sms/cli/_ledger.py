"""The commands ``ledger``."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from compliant_sms.cli import _options
from compliant_sms.cli._database import database_option, practice_option, refuse_unknown, store_at


@click.group()
def ledger() -> None:
    """Prove that nobody changed the consent ledger."""


@ledger.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--name",
    required=True,
    help="The name of the key: a web address of yours without https://, for example "
    "lakeside.example/ledger.",
)
def key(path: Path, name: str) -> None:
    """Write a new key that signs checkpoints, and print its public key.

    Keep the file out of reach of whoever administers the database. Give the public key to everyone
    who is to check signatures. Needs the extra keyring.
    """
    from compliant_sms.signing import SigningKey  # noqa: PLC0415 - an extra may be missing

    made = SigningKey.generate(name)
    made.write(path)
    click.echo(made.public)


@ledger.command()
@database_option
@practice_option
@click.option("--key", "key_file", type=_options.FILE, help="Sign with the key in this file.")
def checkpoint(database: str, practice: str, key_file: Path | None) -> None:
    """Make a checkpoint of the ledger as it is now, and print it: a few lines to keep elsewhere.

    \b
      compliant-sms ledger checkpoint --database texting.db --practice lakeside > june.txt
    """  # noqa: D301 - click reads the character after which it wraps nothing
    from compliant_sms import flows, system  # noqa: PLC0415 - after the options
    from compliant_sms.driver import finish  # noqa: PLC0415 - as above
    from compliant_sms.signing import SigningKey  # noqa: PLC0415 - as above

    signer = SigningKey.from_file(key_file) if key_file else None
    with closing(store_at(database)) as store:
        port = store.blocking()
        refuse_unknown(port, practice)
        made = finish(flows.checkpoint(port, practice, system.now(), signer))
    click.echo(str(made), nl=False)


@ledger.command()
@database_option
@practice_option
@click.option(
    "--checkpoint",
    "against",
    type=_options.FILE,
    multiple=True,
    help="A file with a checkpoint that you kept; can be repeated.",
)
@click.option(
    "--public-key",
    "public_keys",
    metavar="KEY",
    multiple=True,
    help="The public key of whoever signs checkpoints, or a file with it; can be repeated.",
)
def verify(
    database: str, practice: str, against: tuple[Path, ...], public_keys: tuple[str, ...]
) -> None:
    """Check every record of the ledger. This needs none of the keys that seal records.

    The exit status is 1 if the ledger was altered, and the first bad record is named; or if the
    database has no records of the practice.
    """
    from compliant_sms import flows  # noqa: PLC0415 - after the options
    from compliant_sms.driver import finish  # noqa: PLC0415 - as above

    marks = [_options.checkpoint(path) for path in against]
    keys = [_options.public_key(each) for each in public_keys]
    with closing(store_at(database)) as store:
        port = store.blocking()
        report = finish(flows.verify_ledger(port, practice, marks, keys))
        if not (report.events or report.audit):
            refuse_unknown(port, practice)
            click.echo("Nothing was checked: the practice has no events yet.")
            return
    click.echo(
        f"Nothing was altered: {report.events:,} events in {report.chains:,} chains, and "
        f"{report.audit:,} in the audit log."
    )
    click.echo(
        f"Of these events {report.proven:,} are proven by a checkpoint that was passed or signed."
    )
