"""The host's own connection to the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias

__all__ = ["HostConnection"]

if TYPE_CHECKING:

    class _Connection(Protocol):
        """A connection with its own methods, neither of which is called here."""

        def commit(self) -> object:
            """End the transaction and keep it."""

        def rollback(self) -> object:
            """End the transaction and undo it."""

    class _Proxy(Protocol):
        """A proxy that passes every request on to a connection, as Django's does."""

        def __getattr__(self, item: str, /) -> object:
            """An attribute of the connection."""

    HostConnection: TypeAlias = _Connection | _Proxy
else:

    class HostConnection:
        """A connection on which the host begins and ends transactions.

        A ``sqlite3.Connection``, a ``psycopg.Connection`` or ``psycopg.AsyncConnection``, Django's
        ``django.db.connection``, SQLAlchemy's ``Connection``.
        """
