"""The commands ``keys``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from compliant_sms.cli._database import database_option, store_at
from compliant_sms.cli._options import FILE


@click.group(short_help="Make, add and rotate the keys that seal records.")
def keys() -> None:
    """Manage the keys that seal everything about patients."""


@keys.command()
@click.argument("path", type=click.Path(path_type=Path))
def new(path: Path) -> None:
    """Write a new key file, readable only by you. An existing file is never overwritten.

    What is sealed with a key cannot be read without it. Keep a copy of the file, but not where the
    database and its copies are. Needs the extra keyring.
    """
    from compliant_sms.keyring import Keyring  # noqa: PLC0415 - an extra may be missing

    keyring = Keyring.generate()
    keyring.write(path)
    click.echo(f"{path} holds the new key {keyring.newest}. Keep a copy of it elsewhere.")


@keys.command()
@click.argument("path", type=FILE)
def add(path: Path) -> None:
    """Add a new key at the top of a key file. The older keys stay and still open records.

    The file keeps its owner and mode.

    Running processes reread the file by themselves. If each machine has a copy of the file, update
    all copies before `keys rotate`.
    """
    from compliant_sms.keyring import Keyring  # noqa: PLC0415 - an extra may be missing

    keyring = Keyring.from_file(path).with_new_key()
    keyring.replace(path)
    click.echo(f"{path} has the new key {keyring.newest} on top. Keep a copy of it elsewhere.")


@keys.command()
@click.argument("path", type=FILE)
@database_option
def rotate(path: Path, database: str) -> None:
    """Seal a database's data keys again, with the newest key of a key file.

    Texts continue meanwhile; neither they nor the ledger's hashes change. If a run is interrupted,
    start it again. Keep the older keys as long as any backup needs them. Before you destroy them,
    restart every process that holds them, and run this until nothing is left to do.
    """
    from rich.console import Console  # noqa: PLC0415 - after the options
    from rich.progress import Progress  # noqa: PLC0415 - as above

    from compliant_sms.driver import finish  # noqa: PLC0415 - as above
    from compliant_sms.flows import rotate_keys  # noqa: PLC0415 - as above
    from compliant_sms.keyring import Keyring  # noqa: PLC0415 - an extra may be missing

    keyring = Keyring.from_file(path)
    store = store_at(database)
    console = Console(stderr=True)
    # Where nobody watches, a bar would be noise.
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Sealing data keys anew", total=None)
        done = finish(
            rotate_keys(
                store.blocking(keyring),
                lambda done, of: bar.update(task, completed=done, total=of),
            )
        )
    sealing = finish(store.blocking(keyring).run(lambda tx: tx.sealed_with()))
    store.close()
    others = [key_id for key_id in sealing if key_id not in keyring.key_ids]
    if others:
        click.echo(
            f"Left alone: what {', '.join(others)} sealed. That is not in {path}: another "
            "practice's key, or a lost one."
        )
    if done:
        click.echo(f"{done:,} data keys are sealed anew.")
    elif keyring.newest in sealing:
        click.echo(f"Every data key is sealed with {keyring.newest} already.")
    else:
        click.echo("There was nothing to seal anew.")
        sys.exit(1 if others else 0)
