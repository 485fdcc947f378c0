"""Durable memory: one SQL, several drivers.

Two rules keep this room: SQL stands apart from the drivers and knows none of them; and no driver's
error leaves the room.
"""

from typing import TYPE_CHECKING

from compliant_sms.stores.sqlite import SQLite

if TYPE_CHECKING:
    from compliant_sms.stores.postgresql import PostgreSQL

__all__ = ["PostgreSQL", "SQLite"]


# PEP 562: psycopg is an extra, and loading it takes longer than all the rest.
def __getattr__(name: str) -> object:
    if name != "PostgreSQL":
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    from compliant_sms.stores.postgresql import PostgreSQL  # noqa: PLC0415

    globals()[name] = PostgreSQL
    return PostgreSQL


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
