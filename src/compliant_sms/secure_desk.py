"""Where a practice's secure pages are looked after: their part of the facades."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from compliant_sms import flows
from compliant_sms.driver import finish

if TYPE_CHECKING:
    from compliant_sms.ports import Ports
    from compliant_sms.secure_pages import PageAccess, PageRequest
    from compliant_sms.wire import HttpReply

__all__ = ["AsyncSecureDesk", "SecureDesk"]


class SecureDesk:
    """The pages behind the links of a practice's notices, with ``SecurePages``.

    Attributes:
        has_pages: whether the messenger was given ``SecurePages``.
    """

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self.has_pages: bool = ports.secure_pages is not None

    def answer(self, request: PageRequest) -> HttpReply:
        """Answer a browser; ``secure_app`` and the like of :mod:`compliant_sms.web` call it.

        Raises:
            ConfigurationError: the messenger has no pages.
            StoreError: nothing was changed; answer 503.
        """
        return finish(flows.answer_page(self._ports, request))

    def issue_code(self, message_id: str, *, by: str, reason: str) -> str:
        """Make a code that opens the page of a text: to be told to the patient, and to nobody else.

        The page asks for it from now on, also where it asked for the date of birth, and also where
        wrong answers had locked it. Make sure whom you tell. Only a hash of it is kept; an earlier
        code opens nothing any more.

        Args:
            message_id: the text's.
            by: who tells it, for example ``"front-desk:ana"``; for the audit log.
            reason: why, and how you know whom you told; likewise.

        Returns:
            eight digits.

        Raises:
            UnknownMessage: no page that can still be opened belongs to that text.
            InvalidInput: ``by`` or ``reason`` is empty.
        """
        return finish(flows.issue_code(self._ports, message_id, by=by, reason=reason))

    def withdraw(self, message_id: str, *, by: str, reason: str) -> datetime:
        """Take the page of a text back: it shows nothing any more, and cannot be brought back.

        Args:
            message_id: the text's.
            by: who decided so; for the audit log.
            reason: why; likewise.

        Returns:
            since when (UTC) it shows nothing.

        Raises:
            UnknownMessage: no page belongs to that text.
            InvalidInput: ``by`` or ``reason`` is empty.
        """
        return finish(flows.withdraw_page(self._ports, message_id, by=by, reason=reason))

    def accesses(self, message_id: str) -> tuple[PageAccess, ...]:
        """Who came to the page of a text, oldest first: opened, wrong answers, read, replied."""
        return finish(flows.page_accesses(self._ports, message_id))

    def events(self, *, limit: int = 100) -> tuple[PageAccess, ...]:
        """What happened at the pages and was not acknowledged yet, oldest first.

        A read receipt is the event whose ``what`` is ``"read"``. The same events come again until
        :meth:`acknowledge`: whoever stops in between loses none.
        """
        return finish(flows.new_accesses(self._ports, limit))

    def acknowledge(self, *events: PageAccess) -> int:
        """Say that these were dealt with; how many had not been before.

        Raises:
            InvalidInput: something is no event.
        """
        return finish(flows.acknowledge_accesses(self._ports, events))


class AsyncSecureDesk:
    """:class:`SecureDesk` for an event loop.

    Attributes:
        has_pages: whether the messenger was given ``SecurePages``.
    """

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self.has_pages: bool = ports.secure_pages is not None

    async def answer(self, request: PageRequest) -> HttpReply:
        """See :meth:`SecureDesk.answer`."""
        return await flows.answer_page(self._ports, request)

    async def issue_code(self, message_id: str, *, by: str, reason: str) -> str:
        """See :meth:`SecureDesk.issue_code`."""
        return await flows.issue_code(self._ports, message_id, by=by, reason=reason)

    async def withdraw(self, message_id: str, *, by: str, reason: str) -> datetime:
        """See :meth:`SecureDesk.withdraw`."""
        return await flows.withdraw_page(self._ports, message_id, by=by, reason=reason)

    async def accesses(self, message_id: str) -> tuple[PageAccess, ...]:
        """See :meth:`SecureDesk.accesses`."""
        return await flows.page_accesses(self._ports, message_id)

    async def events(self, *, limit: int = 100) -> tuple[PageAccess, ...]:
        """See :meth:`SecureDesk.events`."""
        return await flows.new_accesses(self._ports, limit)

    async def acknowledge(self, *events: PageAccess) -> int:
        """See :meth:`SecureDesk.acknowledge`."""
        return await flows.acknowledge_accesses(self._ports, events)
