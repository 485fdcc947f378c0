"""The host's own connection to the database."""

from __future__ import annotations

from typing import Protocol

__all__ = ["HostConnection"]


class HostConnection(Protocol):
    """A connection on which the host begins and ends transactions.

    A ``sqlite3.Connection``, a ``psycopg.Connection`` or ``psycopg.AsyncConnection``, Django's
    ``django.db.connection``, SQLAlchemy's ``Connection``. Neither method is ever called here.
    """

    def commit(self) -> object:
        """End the transaction, so that it holds."""

    def rollback(self) -> object:
        """End the transaction, so that nothing of it was."""
