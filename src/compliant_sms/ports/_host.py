"""The host's own connection to the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias

__all__ = ["HostConnection"]

if TYPE_CHECKING:

    class _Connection(Protocol):
        """What has its own methods; neither is ever called here."""

        def commit(self) -> object:
            """End the transaction, so that it holds."""

        def rollback(self) -> object:
            """End the transaction, so that nothing of it was."""

    class _Proxy(Protocol):
        """What hands all that it is asked for on to a connection, as Django's does."""

        def __getattr__(self, item: str, /) -> object:
            """An attribute of the connection's."""

    HostConnection: TypeAlias = _Connection | _Proxy
else:

    class HostConnection:
        """A connection on which the host begins and ends transactions.

        A ``sqlite3.Connection``, a ``psycopg.Connection`` or ``psycopg.AsyncConnection``, Django's
        ``django.db.connection``, SQLAlchemy's ``Connection``.
        """
