"""The secure pages behind notices: ``messenger.secure_pages``."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from compliant_sms import flows
from compliant_sms.driver import finish

if TYPE_CHECKING:
    from compliant_sms.ports import Ports
    from compliant_sms.secure_pages import PageAccess, PageRequest
    from compliant_sms.wire import HttpReply


class SecureDesk:
    """The pages behind the links of a practice's notices, with ``SecurePages``.

    Attributes:
        has_pages: whether the messenger was given ``SecurePages``.
    """

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self.has_pages: bool = ports.secure_pages is not None

    def answer(self, request: PageRequest) -> HttpReply:
        """Answer a browser's request.

        ``secure_app`` and its counterparts in :mod:`compliant_sms.web` call this.

        Raises:
            ConfigurationError: the messenger has no pages.
            StoreError: nothing was changed; answer 503.
        """
        return finish(flows.answer_page(self._ports, request))

    def issue_code(self, message_id: str, *, by: str, reason: str) -> str:
        """Make a code that opens the page of a text. Tell it to the patient and to nobody else.

        From now on the page asks for this code, even if it asked for the date of birth before, or
        was locked after wrong answers. Verify whom you tell it to. Only its hash is stored. An
        earlier code no longer opens anything.

        Args:
            message_id: the text's id.
            by: who tells it, for example ``"front-desk:ana"``; for the audit log.
            reason: why, and how you know whom you told; for the audit log.

        Returns:
            eight digits.

        Raises:
            UnknownMessage: the text has no page that can still be opened.
            InvalidInput: ``by`` or ``reason`` is empty.
        """
        return finish(flows.issue_code(self._ports, message_id, by=by, reason=reason))

    def withdraw(self, message_id: str, *, by: str, reason: str) -> datetime:
        """Withdraw the page of a text: it shows nothing from now on, and cannot be restored.

        Args:
            message_id: the text's id.
            by: who decided so; for the audit log.
            reason: why; for the audit log.

        Returns:
            since when (UTC) it shows nothing.

        Raises:
            UnknownMessage: the text has no page.
            InvalidInput: ``by`` or ``reason`` is empty.
        """
        return finish(flows.withdraw_page(self._ports, message_id, by=by, reason=reason))

    def accesses(self, message_id: str) -> tuple[PageAccess, ...]:
        """Visits to the page of a text, oldest first: opened, wrong answers, read, replied."""
        return finish(flows.page_accesses(self._ports, message_id))

    def events(self, *, limit: int = 100) -> tuple[PageAccess, ...]:
        """What happened on the pages and was not acknowledged yet, oldest first.

        A read receipt is the event whose ``what`` is ``"read"``. The same events are returned until
        you :meth:`acknowledge` them, so that none is lost if your program stops in between.
        """
        return finish(flows.new_accesses(self._ports, limit))

    def acknowledge(self, *events: PageAccess) -> int:
        """Acknowledge events, and return how many had not been acknowledged before.

        Raises:
            InvalidInput: an argument is not an event.
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
        """Answer a browser's request.

        See :meth:`SecureDesk.answer`.
        """
        return await flows.answer_page(self._ports, request)

    async def issue_code(self, message_id: str, *, by: str, reason: str) -> str:
        """Make a code that opens the page of a text. Tell it to the patient and to nobody else.

        See :meth:`SecureDesk.issue_code`.
        """
        return await flows.issue_code(self._ports, message_id, by=by, reason=reason)

    async def withdraw(self, message_id: str, *, by: str, reason: str) -> datetime:
        """Withdraw the page of a text: it shows nothing from now on, and cannot be restored.

        See :meth:`SecureDesk.withdraw`.
        """
        return await flows.withdraw_page(self._ports, message_id, by=by, reason=reason)

    async def accesses(self, message_id: str) -> tuple[PageAccess, ...]:
        """Visits to the page of a text, oldest first: opened, wrong answers, read, replied.

        See :meth:`SecureDesk.accesses`.
        """
        return await flows.page_accesses(self._ports, message_id)

    async def events(self, *, limit: int = 100) -> tuple[PageAccess, ...]:
        """What happened on the pages and was not acknowledged yet, oldest first.

        See :meth:`SecureDesk.events`.
        """
        return await flows.new_accesses(self._ports, limit)

    async def acknowledge(self, *events: PageAccess) -> int:
        """Acknowledge events, and return how many had not been acknowledged before.

        See :meth:`SecureDesk.acknowledge`.
        """
        return await flows.acknowledge_accesses(self._ports, events)
