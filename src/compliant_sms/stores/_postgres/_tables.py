"""The tables in a PostgreSQL database: which version they have, and the way to the newest."""

from __future__ import annotations

from typing import LiteralString, TypeAlias

from compliant_sms.errors import NotOurDatabase, StoreError
from compliant_sms.stores._dialect import POSTGRESQL
from compliant_sms.stores._postgres._links import Link
from compliant_sms.stores._schema import is_outdated, migrations, newest, tables

Place: TypeAlias = tuple[object, ...]
"""Which server, which database of it, and which sms_schema in that."""

# Two servers that were set up alike, or of which one is a copy, have the same numbers for database
# and table; but they were not started in the same microsecond.
PLACE: LiteralString = """(extract(epoch FROM pg_postmaster_start_time()) * 1000000)::int8,
    (SELECT oid::int8 FROM pg_database WHERE datname = current_database()),
    to_regclass('sms_schema')::oid::int8"""
"""What tells a :data:`Place`, for a SELECT."""

_OURS = """SELECT count(*), current_setting('server_encoding') FROM pg_class
    WHERE relname = ANY($1) AND relkind IN ('r', 'p') AND pg_table_is_visible(oid)"""
# Processes that start at once go one after the other.
_ALONE = """BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL synchronous_commit = on;
SELECT pg_advisory_xact_lock(hashtextextended('compliant_sms/schema', 0))"""


async def found_schema(link: Link) -> int:
    """The schema of the tables; 0 where there are none. A host's own tables may lie beside them.

    Raises:
        NotOurDatabase: there are tables with our names, and nothing says which version made them.
        StoreError: the database cannot keep every text.
    """
    # In this order: whoever makes them meanwhile makes sms_schema with them.
    ((others, encoding),) = (await link.ask(_OURS, (sorted(tables()),))).rows
    if encoding != "UTF8":
        msg = (
            f"the database keeps texts in {encoding}, and has to keep them in UTF-8. Make one so: "
            " createdb --encoding=UTF8 --template=template0 NAME"
        )
        raise StoreError(msg)
    ((known,),) = (await link.ask("SELECT to_regclass('sms_schema')::text", ())).rows
    if known is not None:
        ((version,),) = (await link.ask("SELECT max(version) FROM sms_schema", ())).rows
        return int(version or 0)
    if others:
        msg = (
            "the database has tables named as those of compliant_sms, and no sms_schema that says "
            "of which version. Check the DSN and the search_path, or restore a backup."
        )
        raise NotOurDatabase(msg)
    return 0


async def found_place(link: Link) -> Place:
    """Where statements on this connection find the tables."""
    (place,) = (await link.ask(f"SELECT {PLACE}")).rows
    return tuple(place)


async def bring_up_to_date(link: Link, *, allowed: bool, patience: float) -> None:
    """Make the tables, or change them, all at once or not at all.

    Args:
        link: a connection of its own.
        allowed: whether they may be changed.
        patience: seconds to wait for whoever holds a table: all that texts queues up behind this.

    Raises:
        psycopg.errors.LockNotAvailable: somebody held one for longer; nothing was changed.
        SchemaTooNew: a newer version of this library made them.
        SchemaTooOld: they have to be changed, and that is not allowed.
        NotOurDatabase: they are not ours.
        StoreError: the database cannot keep every text.
    """
    if not is_outdated(await found_schema(link), may_migrate=allowed):
        return
    await link.ask(_ALONE)
    await link.ask("SELECT set_config('lock_timeout', $1, true)", (f"{int(patience * 1000)}ms",))
    # Whoever was here before may have done it. An error ends the connection, and undoes all.
    found = await found_schema(link)
    if is_outdated(found):
        for statement in migrations(POSTGRESQL, found):
            await link.ask(statement)
        await link.ask("DELETE FROM sms_schema")
        await link.ask("INSERT INTO sms_schema (version) VALUES ($1)", (newest(),))
    await link.ask("COMMIT")
