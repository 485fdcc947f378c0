"""Durable memory: one SQL, several drivers.

Two rules keep this room: SQL stands apart from the drivers and knows none of them; and no driver's
error leaves the room.
"""

from typing import TYPE_CHECKING

from compliant_sms._lazy import names_of
from compliant_sms.stores.sqlite import SQLite

if TYPE_CHECKING:
    from compliant_sms.stores.postgresql import PostgreSQL

__all__ = ["PostgreSQL", "SQLite"]


# psycopg is an extra, and loading it takes longer than all the rest.
if not TYPE_CHECKING:
    __getattr__, __dir__ = names_of(__name__, {"postgresql": ("PostgreSQL",)})
