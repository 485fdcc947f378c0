"""Asking about texts and calling them back, for a messenger and a joined one alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from compliant_sms import flows
from compliant_sms.driver import finish

if TYPE_CHECKING:
    from compliant_sms.classification import Purpose
    from compliant_sms.conversations import OpenItem
    from compliant_sms.messages import Outcome
    from compliant_sms.phone import PhoneNumber
    from compliant_sms.ports import Ports
    from compliant_sms.rules import Decision


class TextDesk:
    """The part of a messenger that answers questions about texts and cancels them.

    A :class:`~compliant_sms.messenger.JoinedMessenger` answers by what your transaction sees, and
    cancels when you commit. If no transaction is open, it raises ``ConfigurationError``.
    """

    _ports: Ports

    def check(
        self,
        *,
        to: str | PhoneNumber,
        person: str,
        purpose: Purpose | str,
        body: str,
        media: Sequence[str] = (),
        secure: bool = False,
    ) -> Decision:
        """Decide as :meth:`~compliant_sms.Messenger.send` would now, without sending.

        Nothing is stored and nothing is sent.

        Raises:
            InvalidInput: an argument cannot be used.
            ConfigurationError: ``secure`` needs what the messenger was not given.
        """
        draft = flows.Draft(
            to=to,
            person=person,
            purpose=purpose,
            body=body,
            media=media,
            secure=secure,
            idempotency_key="check",
        )
        return finish(flows.check(self._ports, draft))

    def cancel(self, message_id: str) -> Outcome:
        """Cancel a text that has not gone out; otherwise return its state.

        A blocked text stays ``Blocked``, with its reasons: nothing sends it but the same call
        again. A text that may be on its way stays ``Queued`` or ``Uncertain``, with a ``problem``
        that says that it is to be cancelled. It is cancelled as soon as it is known that it did not
        go out, and is not sent again.

        Raises:
            UnknownMessage: this practice has no such text.
        """
        return finish(flows.cancel(self._ports, message_id))

    def history(self, person: str) -> flows.History:
        """Everything on record about a person.

        It is empty for a person of whom nothing is on record: most patients of a practice are
        texted by nobody, so that is no error. A mistyped id gives the same: where somebody typed
        it, look at ``history.is_empty`` and say so. (:meth:`~compliant_sms.Messenger.erase` raises
        ``UnknownPerson``, because there a mistyped id would pass for an erasure.) A number is no
        id unless you use numbers as ids:
        ``messenger.consent.events(number)`` has what was said about texting a number, and
        ``messenger.evidence(number, ...)`` everything that was sent there.

        Args:
            person: your id of the patient.
        """
        return finish(flows.history(self._ports, person))

    def open_items(self, *, limit: int = 1000) -> tuple[OpenItem, ...]:
        """Everything that still needs attention, oldest first, in one query.

        Texts that wait for an answer, texts from unknown senders, and our own texts that were not
        delivered, are uncertain, or have been held too long. ``remedy`` says what to do. A reminder
        that did not arrive leaves the list once its visit is past; it stays on record.

        Without an inbox no threads are kept, so what patients wrote is not listed, only our own
        texts.
        """
        return finish(flows.open_items(self._ports, limit))


class AsyncTextDesk:
    """:class:`TextDesk` for an event loop."""

    _ports: Ports

    async def check(
        self,
        *,
        to: str | PhoneNumber,
        person: str,
        purpose: Purpose | str,
        body: str,
        media: Sequence[str] = (),
        secure: bool = False,
    ) -> Decision:
        """Decide as :meth:`~compliant_sms.Messenger.send` would now, without sending.

        See :meth:`TextDesk.check`.
        """
        draft = flows.Draft(
            to=to,
            person=person,
            purpose=purpose,
            body=body,
            media=media,
            secure=secure,
            idempotency_key="check",
        )
        return await flows.check(self._ports, draft)

    async def cancel(self, message_id: str) -> Outcome:
        """Cancel a text that has not gone out; otherwise return its state.

        See :meth:`TextDesk.cancel`.
        """
        return await flows.cancel(self._ports, message_id)

    async def history(self, person: str) -> flows.History:
        """Everything on record about a person.

        See :meth:`TextDesk.history`.
        """
        return await flows.history(self._ports, person)

    async def open_items(self, *, limit: int = 1000) -> tuple[OpenItem, ...]:
        """Everything that still needs attention, oldest first, in one query.

        See :meth:`TextDesk.open_items`.
        """
        return await flows.open_items(self._ports, limit)
