"""The command ``keys``."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["keys"]


@click.group()
def keys() -> None:
    """Keep the keys with which bodies and originals are sealed."""


@keys.command()
@click.argument("path", type=click.Path(path_type=Path))
def new(path: Path) -> None:
    """Write a file with one new key, readable by you alone; an existing file stays as it is.

    What is sealed with a key cannot be read without it: keep a copy, and not where the database
    and its copies are. Needs the extra keyring.
    """
    from compliant_sms.keyring import Keyring  # noqa: PLC0415 - an extra may be missing

    keyring = Keyring.generate()
    keyring.write(path)
    click.echo(f"{path} holds the new key {keyring.key_ids[0]}. Keep a copy of it elsewhere.")
