"""A database, before it is opened for blocking calls or for an event loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from compliant_sms.ports._host import HostConnection
    from compliant_sms.ports._keys import AtRest
    from compliant_sms.ports._store import Store

__all__ = ["StoreKind"]


class StoreKind(Protocol):
    """A database that either facade can work on, such as :class:`compliant_sms.stores.SQLite`."""

    def blocking(self, keyring: AtRest = None) -> Store:
        """The store for blocking calls: its coroutines never suspend. A keyring seals its data."""

    def asynchronous(self, keyring: AtRest = None) -> Store:
        """The store for an event loop. A keyring seals its data."""

    def joined(self, connection: HostConnection, keyring: AtRest = None) -> Store:
        """The store inside the transaction of a host's connection. It never suspends."""

    def joined_asynchronous(self, connection: HostConnection, keyring: AtRest = None) -> Store:
        """:meth:`joined` for an event loop."""

    def close(self) -> None:
        """Close it."""

    async def aclose(self) -> None:
        """Close it, and whatever was opened for the running event loop."""
