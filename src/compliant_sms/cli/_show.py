"""What a database holds, as a table. Bodies, names and numbers are not shown."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from compliant_sms.cli._database import means_dsn
from compliant_sms.cli._options import printable
from compliant_sms.errors import InvalidInput, NotOurDatabase
from compliant_sms.stores import SQLite
from compliant_sms.stores._schema import is_outdated

_TEXTS = """
    SELECT replace(substr(created_at, 1, 16), 'T', ' ') AS asked_for, person, purpose, state,
        (SELECT group_concat(state, ' > ') FROM sms_steps s WHERE s.message_id = m.message_id)
            AS went_through
    FROM sms_messages m ORDER BY created_at, message_id
"""
_LEDGER = """
    SELECT c.person, count(*) AS events,
        group_concat(json_extract(e.payload, '$.kind') || ' ' ||
            substr(json_extract(e.payload, '$.occurred_at'), 1, 10), ', ') AS what
    FROM sms_chains c JOIN sms_consent_events e USING (chain_id)
    GROUP BY c.chain_id ORDER BY c.person
"""


def show(database: Path) -> None:
    """Print the texts and the consent events of a database, which is only read.

    Raises:
        InvalidInput: there is no such file.
        NotOurDatabase: the file is not a compliant_sms database.
        SchemaTooNew: a newer version of this library wrote it.
        SchemaTooOld: it has to be upgraded first.
    """
    if means_dsn(str(database)):
        msg = "this shows SQLite files only. Read a PostgreSQL database with psql."
        raise InvalidInput(msg)
    if not database.is_file():
        msg = f"there is no file {database}. Pass another path, or run  compliant-sms demo  first."
        raise InvalidInput(msg)
    found = SQLite(database, shared=True).found_schema()
    if found:
        is_outdated(found, may_migrate=False)
    connection = sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)
    try:
        tables = [
            _table(connection, "Texts (times in UTC)", _TEXTS),
            _table(connection, "Consent (days in UTC)", _LEDGER),
        ]
    except sqlite3.Error as error:
        msg = f"{database} is not a compliant_sms database. Check the path."
        raise NotOurDatabase(msg) from error
    finally:
        connection.close()
    console = Console()
    for table in tables:
        console.print(table)


def _table(connection: sqlite3.Connection, title: str, query: str) -> Table:
    rows = connection.execute(query)
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    for name, *_ in rows.description:
        whose = name == "person"  # an id, or its blind index: enough of it to tell rows apart
        table.add_column(
            name.replace("_", " "),
            overflow="ellipsis" if whose else "fold",
            max_width=12 if whose else None,
        )
    for row in rows:
        # A host's ids are no markup, and steer no terminal.
        table.add_row(*(Text(printable(str(value or "(whoever)"))) for value in row))
    return table
