"""Which database a command works on: one option for all commands, and the store it means."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from compliant_sms.driver import finish
from compliant_sms.errors import InvalidInput

if TYPE_CHECKING:
    from compliant_sms.ports import Store
    from compliant_sms.stores import PostgreSQL, SQLite

_DSN = re.compile(r"postgres(ql)?://|\s*(host|hostaddr|dbname|service|port|user)\s*=")
# Of another form, or another program's: "C:/" alone is a drive.
_MEANT_AS_DSN = re.compile(r"\s*\w[\w+.-]+:/|.*\bpassword\s*=", re.IGNORECASE)

database_option = click.option(
    "--database",
    metavar="PATH_OR_DSN",
    envvar="COMPLIANT_SMS_DATABASE",
    show_envvar=True,
    required=True,
    help="An SQLite file, or a PostgreSQL database as postgresql://user@host/database. A password "
    "is better kept in the variable, or in ~/.pgpass: others see the command line.",
)
"""``--database``, a text for :func:`store_at`."""

practice_option = click.option(
    "--practice", metavar="ID", required=True, help="Whose records: the id of your Practice."
)
"""``--practice``, for :func:`refuse_unknown`."""


def store_at(
    text: str, *, migrate: bool = False, shared: bool = False, may_lack: bool = False
) -> SQLite | PostgreSQL:
    """The store that a path or a DSN means. Nothing is opened before its first use.

    Args:
        text: the path of an SQLite file, or a DSN of PostgreSQL.
        migrate: whether it may make or change tables; without it an empty or older database
            raises :class:`~compliant_sms.errors.SchemaTooOld`.
        shared: whether an SQLite file may be a host's own; in PostgreSQL it always may.
        may_lack: whether an SQLite file need not be there, although nothing may make it.

    Raises:
        InvalidInput: it is empty, a DSN that cannot be read, or no file where one has to be.
        MissingExtra: it is a DSN, and psycopg is not installed.
    """
    if _DSN.match(text):
        from compliant_sms.stores import PostgreSQL  # noqa: PLC0415 - an extra may be missing

        return PostgreSQL(text, migrate=migrate)
    from compliant_sms.stores import SQLite  # noqa: PLC0415 - after the options

    if means_dsn(text):
        msg = (
            "the database is no path of an SQLite file, and no DSN that is understood here. Write "
            "postgresql://user@host/database, in small letters and without a driver's name."
        )
        raise InvalidInput(msg)
    needed = text.strip() and not (migrate or shared or may_lack)
    if needed and not Path(text).is_file():
        msg = f"there is no file {text}. Check the path."
        raise InvalidInput(msg)
    return SQLite(text, migrate=migrate, shared=shared)


def means_dsn(text: str) -> bool:
    """Whether a text is meant as a DSN, in whatever form: a password may stand in it."""
    return bool(_DSN.match(text) or _MEANT_AS_DSN.match(text))


def refuse_unknown(store: Store, practice: str) -> None:
    """Refuse an id under which nothing is kept: it is a mistyped one.

    Raises:
        InvalidInput: it is.
    """
    if not finish(store.run(lambda tx: tx.knows_practice(practice))):
        msg = "the database has nothing of a practice of this id. Check --practice."
        raise InvalidInput(msg)
