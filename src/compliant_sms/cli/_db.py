"""The commands ``db status`` and ``db upgrade``."""

from __future__ import annotations

import sys

import click

from compliant_sms.cli._database import database_option, store_at


@click.group()
def db() -> None:
    """Check and upgrade the tables in a database."""


@db.command()
@database_option
def status(database: str) -> None:
    """Show the version of the tables, without changing them.

    The exit status is 1 if this installation cannot use them before `db upgrade`, or at all.
    """
    from compliant_sms.stores import _schema  # noqa: PLC0415 - after the options

    store = store_at(database, may_lack=True)
    found = store.found_schema()
    what = f"schema {found}" if found else "no tables of compliant_sms"
    click.echo(f"{store!r} has {what}; this installation works with schema {_schema.newest()}.")
    if _schema.is_outdated(found):
        click.echo(f"Run  {_schema.UPGRADE}")
        sys.exit(1)


@db.command()
@database_option
@click.option(
    "--shared", is_flag=True, help="Create them beside the tables of your own program (SQLite)."
)
def upgrade(database: str, *, shared: bool) -> None:
    """Create the tables, or upgrade them, all at once or not at all.

    Make a copy of the database first. An older installation refuses the newer tables.
    """
    from compliant_sms.stores._schema import newest  # noqa: PLC0415 - after the options

    found = store_at(database, shared=shared, may_lack=True).found_schema()
    store = store_at(database, migrate=True, shared=shared)
    store.open()
    store.close()
    click.echo(
        f"{store!r} has schema {newest()}"
        + (" already." if found == newest() else f"; it had {found or 'none'}.")
    )
