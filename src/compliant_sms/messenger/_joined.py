"""A messenger inside the host's own transaction: its writes commit with the host's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from compliant_sms import flows
from compliant_sms.classification import Purpose
from compliant_sms.driver import finish
from compliant_sms.messages import Draft, Outcome
from compliant_sms.messenger._call_desk import AsyncCallDesk, CallDesk
from compliant_sms.messenger._consent_desk import AsyncConsentDesk, ConsentDesk
from compliant_sms.messenger._inbox_desk import AsyncInboxDesk, InboxDesk
from compliant_sms.messenger._permission_desk import AsyncPermissionDesk, PermissionDesk
from compliant_sms.messenger._reminder_desk import AsyncReminderDesk, ReminderDesk
from compliant_sms.messenger._template_desk import AsyncTemplateDesk, TemplateDesk
from compliant_sms.messenger._text_desk import AsyncTextDesk, TextDesk
from compliant_sms.optout import Awaiting
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Ports


class JoinedMessenger(TextDesk, CallDesk, TemplateDesk):
    """The messenger that :meth:`Messenger.within` returns: it works in your transaction.

    Only you commit or roll back. Each call is a savepoint: if it raises, its writes are undone and
    your transaction stays usable. Nothing is dispatched, received or reconciled here, because a
    request to the provider cannot be rolled back: do that with the messenger itself, after the
    commit. Methods of ``permission``, ``inbox`` and ``missed_call`` that send store their text as
    due, as :meth:`send` does.

    Attributes:
        consent: records consent in the ledger.
        inbox: answers patients.
        permission: asks for permission.
        reminders: plans reminders of visits.
    """

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self.consent: ConsentDesk = ConsentDesk(ports)
        self.inbox: InboxDesk = InboxDesk(ports)
        self.permission: PermissionDesk = PermissionDesk(ports)
        self.reminders: ReminderDesk = ReminderDesk(ports)

    def __repr__(self) -> str:
        return f"JoinedMessenger({self._ports.practice.name!r})"

    def send(
        self,
        *,
        to: str | PhoneNumber,
        person: str,
        purpose: Purpose | str,
        body: str,
        idempotency_key: str,
        not_after: datetime | None = None,
        asks: Awaiting | str | None = None,
        media: Sequence[str] = (),
        secure: bool = False,
    ) -> Outcome:
        """Store a text as due; :meth:`Messenger.dispatch_due` decides about it after your commit.

        Args:
            to: the patient's number.
            person: your id of the patient.
            purpose: what the text is for; of the catalogue, its code will do:
                ``"appointment_reminder"``.
            body: what the patient reads.
            idempotency_key: one key is one text of this practice, as in :meth:`Messenger.send`.
            not_after: the last instant (aware) at which the text still makes sense.
            asks: what the text asks, ``"confirm"`` or ``"opt_in"``.
            media: https URLs of pictures and other media, as in :meth:`Messenger.send`.
            secure: put the text behind a link, as in :meth:`Messenger.send`.

        Returns:
            ``Queued``; or, if the same text was asked for before, what is on record.

        Raises:
            InvalidInput: an argument cannot be used.
            Unsupported: no provider of this messenger can do this; nothing was stored.
            IdempotencyConflict: the key was used for a different text.
            ConfigurationError: no transaction is open; or ``secure`` needs what the messenger was
                not given.
            StoreError: it could not be stored.
        """
        draft = Draft(
            to=to,
            person=person,
            purpose=purpose,
            body=body,
            idempotency_key=idempotency_key,
            not_after=not_after,
            asks=asks,
            media=media,
            secure=secure,
        )
        return finish(flows.enqueue(self._ports, draft))


class AsyncJoinedMessenger(AsyncTextDesk, AsyncCallDesk, AsyncTemplateDesk):
    """:class:`JoinedMessenger` for an event loop.

    Attributes:
        consent: records consent in the ledger.
        inbox: answers patients.
        permission: asks for permission.
        reminders: plans reminders of visits.
    """

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self.consent: AsyncConsentDesk = AsyncConsentDesk(ports)
        self.inbox: AsyncInboxDesk = AsyncInboxDesk(ports)
        self.permission: AsyncPermissionDesk = AsyncPermissionDesk(ports)
        self.reminders: AsyncReminderDesk = AsyncReminderDesk(ports)

    def __repr__(self) -> str:
        return f"AsyncJoinedMessenger({self._ports.practice.name!r})"

    async def send(
        self,
        *,
        to: str | PhoneNumber,
        person: str,
        purpose: Purpose | str,
        body: str,
        idempotency_key: str,
        not_after: datetime | None = None,
        asks: Awaiting | str | None = None,
        media: Sequence[str] = (),
        secure: bool = False,
    ) -> Outcome:
        """Store a text as due; :meth:`Messenger.dispatch_due` decides about it after your commit.

        See :meth:`JoinedMessenger.send`.
        """
        draft = Draft(
            to=to,
            person=person,
            purpose=purpose,
            body=body,
            idempotency_key=idempotency_key,
            not_after=not_after,
            asks=asks,
            media=media,
            secure=secure,
        )
        return await flows.enqueue(self._ports, draft)
