"""Which database a command works on: the option that all commands share, and its store."""

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
# A DSN in another form, or of another program: "C:/" alone is a drive.
_MEANT_AS_DSN = re.compile(r"\s*\w[\w+.-]+:/|.*\bpassword\s*=", re.IGNORECASE)

database_option = click.option(
    "--database",
    metavar="PATH_OR_DSN",
    envvar="COMPLIANT_SMS_DATABASE",
    show_envvar=True,
    required=True,
    help="An SQLite file, or a PostgreSQL database as postgresql://user@host/database. Keep a "
    "password in the variable or in ~/.pgpass, because others can see the command line.",
)
"""``--database``, the argument for :func:`store_at`."""

practice_option = click.option(
    "--practice", metavar="ID", required=True, help="The id of the Practice."
)
"""``--practice``, for :func:`refuse_unknown`."""


def store_at(
    text: str, *, migrate: bool = False, shared: bool = False, may_lack: bool = False
) -> SQLite | PostgreSQL:
    """Return the store for a path or a DSN. Nothing is opened before its first use.

    Args:
        text: the path of an SQLite file, or a PostgreSQL DSN.
        migrate: whether it may create or change tables. Otherwise an empty or older database
            raises :class:`~compliant_sms.errors.SchemaTooOld`.
        shared: whether an SQLite file may belong to the host; a PostgreSQL database always may.
        may_lack: whether an SQLite file may be missing even if nothing may create it.

    Raises:
        InvalidInput: it is empty, a DSN that cannot be read, or a file that is missing.
        MissingExtra: it is a DSN, and psycopg is not installed.
    """
    if _DSN.match(text):
        from compliant_sms.stores import PostgreSQL  # noqa: PLC0415 - an extra may be missing

        return PostgreSQL(text, migrate=migrate)
    from compliant_sms.stores import SQLite  # noqa: PLC0415 - after the options

    if means_dsn(text):
        msg = (
            "the database is neither the path of an SQLite file nor a DSN in a known form. Write "
            "postgresql://user@host/database, in lower case and without a driver's name."
        )
        raise InvalidInput(msg)
    needed = text.strip() and not (migrate or shared or may_lack)
    if needed and not Path(text).is_file():
        msg = f"there is no file {text}. Check the path."
        raise InvalidInput(msg)
    return SQLite(text, migrate=migrate, shared=shared)


def means_dsn(text: str) -> bool:
    """Whether a text is meant as a DSN, in whatever form. It may contain a password."""
    return bool(_DSN.match(text) or _MEANT_AS_DSN.match(text))


def refuse_unknown(store: Store, practice: str) -> None:
    """Refuse an id without records, which is probably mistyped.

    Raises:
        InvalidInput: the database has no records under the id.
    """
    if not finish(store.run(lambda tx: tx.knows_practice(practice))):
        msg = "the database has no records of a practice with this id. Check --practice."
        raise InvalidInput(msg)
