"""The main entry points, blocking and async. Both run the same flows; only signatures differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self

from attrs import evolve

from compliant_sms import flows, system
from compliant_sms.driver import finish
from compliant_sms.messenger._call_desk import AsyncCallDesk, CallDesk
from compliant_sms.messenger._consent_desk import AsyncConsentDesk, ConsentDesk
from compliant_sms.messenger._hold_desk import AsyncHoldDesk, HoldDesk
from compliant_sms.messenger._inbox_desk import AsyncInboxDesk, InboxDesk
from compliant_sms.messenger._observing import AsyncObserving, Observing
from compliant_sms.messenger._permission_desk import AsyncPermissionDesk, PermissionDesk
from compliant_sms.messenger._record_keeping import AsyncRecordKeeping, RecordKeeping
from compliant_sms.messenger._reminder_desk import AsyncReminderDesk, ReminderDesk
from compliant_sms.messenger._secure_desk import AsyncSecureDesk, SecureDesk
from compliant_sms.messenger._template_desk import AsyncTemplateDesk, TemplateDesk
from compliant_sms.messenger._text_desk import AsyncTextDesk, TextDesk
from compliant_sms.messenger._upkeep import AsyncUpkeep, Upkeep
from compliant_sms.messenger._volume_control import AsyncVolumeControl, VolumeControl
from compliant_sms.ports import NO_TELEMETRY, StoreKind

if TYPE_CHECKING:
    from compliant_sms.classification import Purpose
    from compliant_sms.clock import Clock
    from compliant_sms.contact import MissedCalls
    from compliant_sms.conversations import InboxPlan
    from compliant_sms.lookups import AsyncLookups, Lookups
    from compliant_sms.messages import Inbound, InboundMedia, Outcome
    from compliant_sms.messenger._joined import AsyncJoinedMessenger, JoinedMessenger
    from compliant_sms.optout import Awaiting
    from compliant_sms.people import Profile
    from compliant_sms.permission import Permission
    from compliant_sms.phone import PhoneNumber
    from compliant_sms.ports import (
        AtRest,
        Delivery,
        HostConnection,
        Ids,
        People,
        Retry,
        SecureLinks,
        SecureMessage,
        Telemetry,
        Transport,
    )
    from compliant_sms.practice import Practice
    from compliant_sms.providers import Provider
    from compliant_sms.reminders import ReminderPlan
    from compliant_sms.retention import Retention
    from compliant_sms.routing import Routes
    from compliant_sms.rules import Rulebook
    from compliant_sms.secure_pages import SecurePages
    from compliant_sms.templates import Catalogue
    from compliant_sms.transport import AsyncTransport, BlockingTransport
    from compliant_sms.volume import VolumePlan
    from compliant_sms.wire import WebhookRequest


class Messenger(TextDesk, CallDesk, RecordKeeping, TemplateDesk, Upkeep, VolumeControl, Observing):
    """Texts patients for one practice. Safe to share among threads.

    Args:
        practice: who texts.
        provider: who carries the texts; or several, as :class:`compliant_sms.routing.Routes`.
        store: the database.
        rulebook: the rules, with this practice's settings.
        people: given your id of a patient, returns what you know of them: see :class:`Profile`.
        lookups: asks others about a number: see :class:`compliant_sms.lookups.Lookups`.
        keyring: seals patients' texts, names and numbers in the store.
        secure_links: publishes a message behind a login and returns its https link, for a
            practice with ``PhiMode.NOTICE``. Called again with the same message id, it must return
            the same link. With ``SecurePages(url=...)`` the library shows the pages itself,
            through ``secure_app`` and its counterparts in :mod:`compliant_sms.web`.
        templates: what :meth:`send_template` sends.
        clock: returns the current instant; the system's clock by default.
        delivery: time limits for sending and for reports.
        transport: makes HTTP requests; a pooled client by default.
        ids: makes ids.
        retention: how long records are kept, where not for the default period.
        volume: how many texts go out in a day, and at what hours; no limit by default.
        only_to: outside production, the only numbers that are texted. Texts to anyone else,
            replies included, are ``Blocked`` by the rule ``not-production``.
        dry_run: outside production, decide and record everything as usual, under the provider
            name ``"dry-run"``, but make no request and write nothing to the ledger or the audit
            log. Use a separate database for it.
        reminders: when patients are reminded of which visits.
        permission: how patients are asked for permission to text.
        inbox: who answers what patients write, and by when; without it no threads are kept.
        missed_calls: what is texted after missed calls; nothing by default.
        telemetry: measures operations, for example
            :class:`compliant_sms.telemetry.OpenTelemetry`; off by default.
        retry: repeats a request that was certainly not processed; by default three tries within
            a few seconds.

    Raises:
        InvalidInput: an argument has the wrong type.
        ConfigurationError: the practice sends notices with links, and ``keyring`` or
            ``secure_links`` is missing; the pages are on a host that is not the practice's; the
            provider is a real one, and there is neither a keyring nor a reason to do without; or
            the provider handles a programme's keyword itself; or a programme or a template is about
            a category that is neither the library's nor of ``Practice(own_categories=[...])``.
    """

    def __init__(
        self,
        *,
        practice: Practice,
        provider: Provider | Routes,
        store: StoreKind,
        rulebook: Rulebook | None = None,
        people: Callable[[str], Profile | None] | None = None,
        lookups: Lookups | None = None,
        keyring: AtRest = None,
        secure_links: Callable[[SecureMessage], str] | SecurePages | None = None,
        templates: Catalogue | None = None,
        clock: Clock = system.now,
        delivery: Delivery | None = None,
        transport: Transport | None = None,
        ids: Ids = system.new_id,
        retention: Retention | None = None,
        volume: VolumePlan | None = None,
        only_to: Iterable[str | PhoneNumber] | None = None,
        dry_run: bool = False,
        reminders: Sequence[ReminderPlan] = (),
        permission: Permission | None = None,
        inbox: InboxPlan | None = None,
        missed_calls: MissedCalls | None = None,
        telemetry: Telemetry = NO_TELEMETRY,
        retry: Retry | None = None,
    ) -> None:
        from compliant_sms.hooks import Hooks
        from compliant_sms.messenger._set_up import Driving, SetUp, never_suspending
        from compliant_sms.ports import as_it_is
        from compliant_sms.transport import BlockingTransport, NoTransport  # imports httpx

        given = SetUp(
            practice=practice,
            provider=provider,
            store=store,
            rulebook=rulebook,
            people=people,
            lookups=lookups,
            keyring=keyring,
            secure_links=secure_links,
            templates=templates,
            clock=clock,
            delivery=delivery,
            transport=transport,
            ids=ids,
            retention=retention,
            volume=volume,
            only_to=only_to,
            dry_run=dry_run,
            reminders=reminders,
            permission=permission,
            inbox=inbox,
            missed_calls=missed_calls,
            telemetry=telemetry,
            retry=retry,
        )
        carries: Transport | None = NoTransport() if dry_run else transport
        self._own_transport: BlockingTransport | None = None
        if carries is None:  # loading its certificates takes longer than everything else here
            carries = self._own_transport = BlockingTransport()
        driving = Driving(
            store=store.blocking(keyring),
            hooks=Hooks(awaits=False),
            transport=carries,
            way=never_suspending,
            sleep=system.blocking_sleep,
            unbroken=as_it_is,
        )
        super().__init__(given.ports(driving), retention)
        self._store = store
        self._keyring = keyring
        self._hooks = driving.hooks
        self.consent: ConsentDesk = ConsentDesk(self._ports)
        self.legal_holds: HoldDesk = HoldDesk(self._ports)
        self.secure_pages: SecureDesk = SecureDesk(self._ports)
        self.reminders: ReminderDesk = ReminderDesk(self._ports)
        self.permission: PermissionDesk = PermissionDesk(self._ports)
        self.inbox: InboxDesk = InboxDesk(self._ports)

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
        """Send a text if every rule allows it. The text is durable before this returns.

        Args:
            to: the patient's number.
            person: your id of the patient.
            purpose: what the text is for; of the catalogue, its code will do:
                ``"appointment_reminder"``.
            body: what the patient reads.
            idempotency_key: one key is one text of this practice, for example
                ``"appt-991/24h"``. The same content again returns what is on record.
            not_after: the last instant (aware) at which the text still makes sense; a held text is
                cancelled then, never sent late.
            asks: what the text asks, ``"confirm"`` or ``"opt_in"``, so that the patient's answer
                is read as one: :attr:`~compliant_sms.flows.ReceivedText.answers`.
            media: https URLs of pictures and other media, as many as the provider takes. They must
                be public so that the provider can fetch them: put nothing about a patient there.
                The URLs are searched for health information as the body is; pictures cannot be.
            secure: put the text behind a link, whatever it says: a notice goes out that a message
                waits. It needs ``secure_links`` and a keyring, and takes no ``media``.

        Returns:
            ``Sent``, ``Queued``, ``Held``, ``Blocked``, ``Failed``, ``Uncertain`` or
            ``Cancelled``. Expected refusals are values.

        Raises:
            InvalidInput: an argument cannot be used.
            Unsupported: no provider of this messenger can do this; nothing was stored.
            IdempotencyConflict: the key was used for a different text.
            ConfigurationError: the sender belongs to a practice with another id; or ``secure``
                needs what the messenger was not given.
            StoreError: nothing was recorded and nothing was sent; or, after the request went
                out, its outcome could not be recorded: the text then becomes uncertain.
        """
        draft = flows.Draft(
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
        return finish(flows.send(self._ports, draft))

    def dispatch_due(self, limit: int = 100) -> tuple[Outcome, ...]:
        """Send up to ``limit`` due texts. Each is decided again first.

        Call it regularly, and after :meth:`receive`: the confirmation of a STOP is due at once.
        """
        return finish(flows.dispatch_due(self._ports, limit))

    def receive(self, request: WebhookRequest, *, provider: str | None = None) -> flows.Received:
        """Process a provider's callback. Its effects are durable before this returns.

        Replies to patients are stored as due: call :meth:`dispatch_due` after you have answered
        the provider.

        Args:
            request: the callback as it arrived.
            provider: the name of the provider whose address it arrived at, for example
                ``"twilio"``; the messenger's first provider by default.

        Raises:
            InvalidSignature: the callback is not the provider's. Nothing was changed, but it was
                counted.
            WebhookRejected: the callback cannot be used, or the messenger has no such provider;
                ``status`` is the HTTP status to answer with.
            StoreError: nothing was recorded. Answer 503, and the provider tries again.
            ConfigurationError: the callback brings a text to a number of another practice in this
                database, which no secret of this messenger vouches for. Nothing was changed.
                Answer 500.
            CannotUnseal: that practice has its own keyring. Nothing was changed. Answer 500.
        """
        return finish(flows.receive(self._ports, request, provider))

    def confirm_received(self, *, limit: int = 20) -> tuple[Inbound, ...]:
        """Ask the providers about up to ``limit`` patients' texts that no callback proved.

        Some providers do not sign the contents of a callback. From them a STOP holds at once, but
        a START, a yes or a confirmed visit counts only when the provider, asked for it, knows that
        very text. The library asks for each text five times within three hours. If the provider
        never knows it, it stays for a person. Call this regularly, and after :meth:`receive`;
        workers and the web kit do.

        Returns:
            the texts that were asked for, as now stored: ``proven`` gives the result.
        """
        return finish(flows.confirm_received(self._ports, limit))

    def fetch_media(self, *, limit: int = 20) -> tuple[InboundMedia, ...]:
        """Fetch up to ``limit`` pictures and other media that patients sent.

        They are fetched from the provider's own addresses only, must be images, audio, video,
        contacts or PDF of 5 MB at most, and are stored sealed. A failed fetch is tried again after
        a while, five times in all. Call this regularly, and after :meth:`receive`; workers do.

        Returns:
            the media that were asked for: with ``content``, or with the ``problem``.
        """
        return finish(flows.fetch_media(self._ports, limit))

    def media(self, inbound_id: str) -> tuple[InboundMedia, ...]:
        """The pictures and other media of a text that came in, as far as they were fetched.

        Their contents are not checked: show them as attachments, and open none on a server.

        Args:
            inbound_id: :attr:`Inbound.inbound_id <compliant_sms.messages.Inbound>`.
        """
        return finish(flows.media(self._ports, inbound_id))

    def reconcile(self, *, limit: int = 100) -> tuple[Outcome, ...]:
        """Ask the provider what became of uncertain texts, and of those with no final report.

        Texts with no final report are asked about only where the provider can tell: see
        :class:`~compliant_sms.Delivery`.

        Args:
            limit: how many texts of each kind, at most.

        Returns:
            the outcome of each, as it is now. Texts with no final report are included only if the
            provider told their outcome.

        Raises:
            Exception: what went wrong with the first text that failed, raised after all others
                were asked about. That text stays uncertain.
        """
        return finish(flows.reconcile(self._ports, limit))

    def uncertain(self, *, limit: int = 100) -> tuple[flows.TextRecord, ...]:
        """Texts that may or may not have gone out, oldest first.

        :meth:`reconcile` settles those that the provider can answer for. The others need a person,
        who asks the patient or looks at the provider's console, and then calls :meth:`settle`.
        """
        return finish(flows.uncertain(self._ports, limit))

    def settle(self, message_id: str, *, sent: bool, by: str, reason: str) -> Outcome:
        """Record what became of an uncertain text, and who said so.

        Args:
            message_id: which text.
            sent: True: it counts as sent. False: it is due again and decided anew, or cancelled
                if somebody had cancelled it.
            by: who says so, for example ``"front-desk:ana"``.
            reason: how they know.

        Returns:
            the outcome now on record; a different one if the provider's news came first.

        Raises:
            UnknownMessage: this practice has no such text.
            InvalidInput: ``by`` or ``reason`` is empty.
        """
        return finish(flows.settle(self._ports, message_id, sent=sent, by=by, reason=reason))

    def within(self, connection: HostConnection) -> JoinedMessenger:
        """This messenger, inside the transaction open on your own connection.

        Its writes take effect when you commit, and disappear if you roll back. Texts leave
        afterwards, by :meth:`dispatch_due`.

        Args:
            connection: a connection of ``sqlite3``, ``psycopg``, Django or SQLAlchemy to the
                store's database, with an open transaction.

        Raises:
            ConfigurationError: it is no such connection.
        """
        from compliant_sms.messenger._joined import JoinedMessenger
        from compliant_sms.ports import tell_nobody

        store = self._store.joined(connection, self._keyring)
        return JoinedMessenger(evolve(self._ports, store=store, tell=tell_nobody, within=True))

    def close(self) -> None:
        """Close the store and the connections to the provider."""
        if self._own_transport is not None:
            self._own_transport.close()
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class AsyncMessenger(
    AsyncTextDesk,
    AsyncCallDesk,
    AsyncRecordKeeping,
    AsyncTemplateDesk,
    AsyncUpkeep,
    AsyncVolumeControl,
    AsyncObserving,
):
    """:class:`Messenger` for an event loop: the same names, the same flows.

    Its arguments are those of :class:`Messenger`, with one difference. ``people``, the functions
    of ``lookups``, and ``secure_links`` may be coroutine functions; a plain function blocks the
    event loop while it runs.

    Raises:
        InvalidInput: as for :class:`Messenger`.
        ConfigurationError: as for :class:`Messenger`.
    """

    def __init__(
        self,
        *,
        practice: Practice,
        provider: Provider | Routes,
        store: StoreKind,
        rulebook: Rulebook | None = None,
        people: People | Callable[[str], Profile | None] | None = None,
        lookups: AsyncLookups | Lookups | None = None,
        keyring: AtRest = None,
        secure_links: SecureLinks | Callable[[SecureMessage], str] | SecurePages | None = None,
        templates: Catalogue | None = None,
        clock: Clock = system.now,
        delivery: Delivery | None = None,
        transport: Transport | None = None,
        ids: Ids = system.new_id,
        retention: Retention | None = None,
        volume: VolumePlan | None = None,
        only_to: Iterable[str | PhoneNumber] | None = None,
        dry_run: bool = False,
        reminders: Sequence[ReminderPlan] = (),
        permission: Permission | None = None,
        inbox: InboxPlan | None = None,
        missed_calls: MissedCalls | None = None,
        telemetry: Telemetry = NO_TELEMETRY,
        retry: Retry | None = None,
    ) -> None:
        from compliant_sms.hooks import Hooks
        from compliant_sms.messenger._set_up import Driving, SetUp, either_way
        from compliant_sms.transport import AsyncTransport, NoTransport  # imports httpx

        given = SetUp(
            practice=practice,
            provider=provider,
            store=store,
            rulebook=rulebook,
            people=people,
            lookups=lookups,
            keyring=keyring,
            secure_links=secure_links,
            templates=templates,
            clock=clock,
            delivery=delivery,
            transport=transport,
            ids=ids,
            retention=retention,
            volume=volume,
            only_to=only_to,
            dry_run=dry_run,
            reminders=reminders,
            permission=permission,
            inbox=inbox,
            missed_calls=missed_calls,
            telemetry=telemetry,
            retry=retry,
        )
        carries: Transport | None = NoTransport() if dry_run else transport
        self._own_transport: AsyncTransport | None = None
        if carries is None:  # loading its certificates takes longer than everything else here
            carries = self._own_transport = AsyncTransport()
        driving = Driving(
            store=store.asynchronous(keyring),
            hooks=Hooks(awaits=True),
            transport=carries,
            way=either_way,
            sleep=system.async_sleep,
            unbroken=system.to_the_end,
        )
        super().__init__(given.ports(driving), retention)
        self._store = store
        self._keyring = keyring
        self._hooks = driving.hooks
        self.consent: AsyncConsentDesk = AsyncConsentDesk(self._ports)
        self.legal_holds: AsyncHoldDesk = AsyncHoldDesk(self._ports)
        self.secure_pages: AsyncSecureDesk = AsyncSecureDesk(self._ports)
        self.reminders: AsyncReminderDesk = AsyncReminderDesk(self._ports)
        self.permission: AsyncPermissionDesk = AsyncPermissionDesk(self._ports)
        self.inbox: AsyncInboxDesk = AsyncInboxDesk(self._ports)

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
        """Send a text if every rule allows it. The text is durable before this returns.

        See :meth:`Messenger.send`.
        """
        draft = flows.Draft(
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
        return await flows.send(self._ports, draft)

    async def dispatch_due(self, limit: int = 100) -> tuple[Outcome, ...]:
        """Send up to ``limit`` due texts. Each is decided again first.

        See :meth:`Messenger.dispatch_due`.
        """
        return await flows.dispatch_due(self._ports, limit)

    async def receive(
        self, request: WebhookRequest, *, provider: str | None = None
    ) -> flows.Received:
        """Process a provider's callback. Its effects are durable before this returns.

        See :meth:`Messenger.receive`.
        """
        return await flows.receive(self._ports, request, provider)

    async def confirm_received(self, *, limit: int = 20) -> tuple[Inbound, ...]:
        """Ask the providers about up to ``limit`` patients' texts that no callback proved.

        See :meth:`Messenger.confirm_received`.
        """
        return await flows.confirm_received(self._ports, limit)

    async def fetch_media(self, *, limit: int = 20) -> tuple[InboundMedia, ...]:
        """Fetch up to ``limit`` pictures and other media that patients sent.

        See :meth:`Messenger.fetch_media`.
        """
        return await flows.fetch_media(self._ports, limit)

    async def media(self, inbound_id: str) -> tuple[InboundMedia, ...]:
        """The pictures and other media of a text that came in, as far as they were fetched.

        See :meth:`Messenger.media`.
        """
        return await flows.media(self._ports, inbound_id)

    async def reconcile(self, *, limit: int = 100) -> tuple[Outcome, ...]:
        """Ask the provider what became of uncertain texts, and of those with no final report.

        See :meth:`Messenger.reconcile`.
        """
        return await flows.reconcile(self._ports, limit)

    async def uncertain(self, *, limit: int = 100) -> tuple[flows.TextRecord, ...]:
        """Texts that may or may not have gone out, oldest first.

        See :meth:`Messenger.uncertain`.
        """
        return await flows.uncertain(self._ports, limit)

    async def settle(self, message_id: str, *, sent: bool, by: str, reason: str) -> Outcome:
        """Record what became of an uncertain text, and who said so.

        See :meth:`Messenger.settle`.
        """
        return await flows.settle(self._ports, message_id, sent=sent, by=by, reason=reason)

    def within(self, connection: HostConnection) -> AsyncJoinedMessenger:
        """This messenger, inside the transaction open on your own connection.

        See :meth:`Messenger.within`.

        Args:
            connection: a ``psycopg.AsyncConnection``; or a ``sqlite3.Connection``, which blocks
                the event loop.

        Raises:
            ConfigurationError: it is no such connection.
        """
        from compliant_sms.messenger._joined import AsyncJoinedMessenger
        from compliant_sms.ports import tell_nobody

        store = self._store.joined_asynchronous(connection, self._keyring)
        return AsyncJoinedMessenger(evolve(self._ports, store=store, tell=tell_nobody, within=True))

    async def aclose(self) -> None:
        """Close the store and the connections to the provider."""
        if self._own_transport is not None:
            await self._own_transport.aclose()
        await self._store.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()
