"""Durable storage: the same SQL for several database drivers.

Two rules hold here: the SQL is separate from the drivers and knows none of them, and no driver's
error leaves this package.
"""

from typing import TYPE_CHECKING

from compliant_sms._lazy import names_of
from compliant_sms.stores.sqlite import SQLite

if TYPE_CHECKING:
    from compliant_sms.stores.postgresql import PostgreSQL

__all__ = ["PostgreSQL", "SQLite"]


# psycopg is an extra, and takes longer to load than everything else.
if not TYPE_CHECKING:
    __getattr__, __dir__ = names_of(__name__, {"postgresql": ("PostgreSQL",)})
