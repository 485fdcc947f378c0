"""The front door. Both facades run the same flows; only their signatures stand here twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from attrs import evolve

from compliant_sms import flows, system
from compliant_sms.call_desk import AsyncCallDesk, CallDesk, calls_with
from compliant_sms.consent_desk import AsyncConsentDesk, ConsentDesk
from compliant_sms.driver import finish
from compliant_sms.hold_desk import AsyncHoldDesk, HoldDesk
from compliant_sms.inbox_desk import AsyncInboxDesk, InboxDesk, an_inbox
from compliant_sms.observing import AsyncObserving, Observing
from compliant_sms.permission_desk import AsyncPermissionDesk, PermissionDesk
from compliant_sms.ports import NO_TELEMETRY
from compliant_sms.record_keeping import AsyncRecordKeeping, RecordKeeping
from compliant_sms.reminder_desk import AsyncReminderDesk, ReminderDesk
from compliant_sms.secure_desk import AsyncSecureDesk, SecureDesk
from compliant_sms.template_desk import AsyncTemplateDesk, TemplateDesk, a_catalogue, plans_with
from compliant_sms.text_desk import AsyncTextDesk, TextDesk
from compliant_sms.upkeep import AsyncUpkeep, Upkeep
from compliant_sms.volume_control import (
    AsyncVolumeControl,
    VolumeControl,
    allow_list,
    with_caps,
)

if TYPE_CHECKING:
    from compliant_sms.classification import Purpose
    from compliant_sms.clock import Clock
    from compliant_sms.contact import MissedCalls
    from compliant_sms.conversations import InboxPlan
    from compliant_sms.joined import AsyncJoinedMessenger, JoinedMessenger
    from compliant_sms.lookups import AsyncLookups, Lookups
    from compliant_sms.messages import Inbound, InboundMedia, Outcome
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
        Store,
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

__all__ = ["AsyncMessenger", "Messenger", "StoreKind"]


class StoreKind(Protocol):
    """A database that either facade can work on, such as :class:`compliant_sms.stores.SQLite`."""

    def blocking(self, keyring: AtRest = None) -> Store:
        """The port whose coroutines never suspend; a keyring seals what tells of patients."""

    def asynchronous(self, keyring: AtRest = None) -> Store:
        """The port for an event loop; a keyring seals what tells of patients."""

    def joined(self, connection: HostConnection, keyring: AtRest = None) -> Store:
        """The port inside the transaction of a host's connection; it never suspends."""

    def joined_asynchronous(self, connection: HostConnection, keyring: AtRest = None) -> Store:
        """The same for an event loop."""

    def close(self) -> None:
        """Let go of it."""

    async def aclose(self) -> None:
        """Let go of it, and of what was opened for the running event loop."""


class Messenger(TextDesk, CallDesk, RecordKeeping, TemplateDesk, Upkeep, VolumeControl, Observing):
    """Texts patients for one practice. Safe to share among threads.

    Args:
        practice: who texts.
        provider: who carries the texts; or several, as :class:`compliant_sms.routing.Routes`.
        store: where everything is kept.
        rulebook: the rules under this practice's settings.
        people: answers what you know of a patient by your id of them: see :class:`Profile`.
        lookups: asks others about a number: see :class:`compliant_sms.lookups.Lookups`.
        keyring: seals what the store tells of patients: texts, names and numbers.
        secure_links: shows a message behind a login and answers with its https link, for a
            practice whose way with health details is ``PhiMode.NOTICE``. Asked again about one
            message id it answers with the same link. ``SecurePages(url=...)`` has the library
            show them, by ``secure_app`` and the like of :mod:`compliant_sms.web`.
        templates: what :meth:`send_template` sends.
        clock: tells the present instant; the system's, if not given.
        delivery: how long things may take.
        transport: speaks HTTP; a pooled client, if not given.
        ids: makes ids.
        retention: how long records are kept, where that departs from the defaults.
        volume: how many texts go on a day, and when in it; no limit, if not given.
        only_to: outside of production, the only numbers that are texted. Everybody else is
            ``Blocked`` by the rule ``not-production``, answers to them as well.
        dry_run: outside of production: everything is decided and recorded as it would be, under
            the provider's name ``"dry-run"``, no request leaves, and neither ledger nor audit log
            tells of it. Use a database of its own.
        reminders: when patients are reminded of which visits.
        permission: how patients are asked for permission to text.
        inbox: who answers what patients write, and by when; no threads are kept, if not given.
        missed_calls: what is texted after calls that nobody took; nothing, if not given.
        telemetry: measures what is done, for example
            :class:`compliant_sms.telemetry.OpenTelemetry`; nobody, if not given.
        retry: repeats a request that was surely not processed; three tries within a few seconds,
            if not given.

    Raises:
        InvalidInput: an argument is of another type.
        ConfigurationError: the practice sends notices with links, and ``keyring`` or
            ``secure_links`` is missing; the pages lie on a host that is not the practice's; the
            provider is a real one, and there is neither a keyring nor a reason to do without; or
            it acts upon the keyword of a programme by itself.
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
        from compliant_sms._set_up import (
            form_keys_of,
            look_ups,
            never_suspending,
            nobody,
            own_pages,
            refuse_half_a_notice,
            refuse_other_types,
            refuse_taken_keywords,
            refuse_unsealed,
        )
        from compliant_sms.events import Event
        from compliant_sms.hooks import Hooks
        from compliant_sms.lookups import Lookups
        from compliant_sms.ports import Delivery, Plaintext, Ports
        from compliant_sms.retry import BriefRetry  # imports tenacity
        from compliant_sms.routing import Routes
        from compliant_sms.secure_pages import SecurePages
        from compliant_sms.transport import BlockingTransport, NoTransport  # imports httpx

        refuse_other_types(locals())
        routes = Routes.of(provider)
        refuse_unsealed(routes, keyring)
        refuse_half_a_notice(practice, keyring, secure_links)
        refuse_taken_keywords(permission, routes)
        hooks = Hooks(awaits=False)
        carries: Transport | None = NoTransport() if dry_run else transport
        own: BlockingTransport | None = None
        if carries is None:  # loading its certificates takes longer than all else in here
            carries = own = BlockingTransport()
        links = None if isinstance(secure_links, SecurePages) else secure_links
        super().__init__(
            Ports(
                practice=practice,
                routes=routes,
                store=flows.Watched(
                    store.blocking() if keyring is None else store.blocking(keyring), hooks.tell
                ),
                tell=hooks.tell,
                rulebook=with_caps(rulebook, volume),
                people=never_suspending(people) if people else nobody,
                lookups=look_ups(lookups or Lookups(), never_suspending),
                secure_links=never_suspending(links) if links else None,
                secure_pages=own_pages(practice, secure_links),
                templates=a_catalogue(templates),
                plaintext=keyring if isinstance(keyring, Plaintext) else None,
                clock=clock,
                delivery=delivery or Delivery(),
                transport=telemetry.transport(carries),
                telemetry=telemetry,
                retry=retry or BriefRetry(system.blocking_sleep),
                ids=ids,
                entropy=system.entropy,
                volume=volume,
                only_to=allow_list(only_to),
                dry_run=dry_run,
                permission=permission,
                form_keys=form_keys_of(permission, keyring),
                inbox=an_inbox(inbox),
                reminders=plans_with(reminders, templates),
                missed_calls=calls_with(missed_calls, practice),
            ),
            retention,
        )
        self._store = store
        self._keyring = keyring
        self._own_transport = own
        self._hooks = hooks
        if telemetry is not NO_TELEMETRY:
            hooks.on(Event, telemetry.heard)
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
        purpose: Purpose,
        body: str,
        idempotency_key: str,
        not_after: datetime | None = None,
        asks: Awaiting | str | None = None,
        media: Sequence[str] = (),
    ) -> Outcome:
        """Send a text if every rule allows it; durable before it returns.

        Args:
            to: the patient's number.
            person: your id of the patient.
            purpose: what the text is for.
            body: what the patient reads.
            idempotency_key: one key is one text of this practice, for example
                ``"appt-991/24h"``. The same content again returns what is on record.
            not_after: the last instant (aware) at which the text still makes sense; a held one is
                cancelled then, never sent late.
            asks: what the text asks, ``"confirm"`` or ``"opt_in"``, so that the patient's answer
                is read as one: :attr:`~compliant_sms.flows.ReceivedText.answers`.
            media: https URLs of pictures and the like, as many as the provider takes. They must be
                public, so that the provider can fetch them: put nothing there that tells of a
                patient. What the URLs say is searched as the body is; pictures cannot be.

        Returns:
            ``Sent``, ``Queued``, ``Held``, ``Blocked``, ``Failed``, ``Uncertain`` or
            ``Cancelled``: expected refusals are values.

        Raises:
            InvalidInput: an argument cannot be used.
            Unsupported: no provider of this messenger can do it; nothing was kept.
            IdempotencyConflict: the key was used for a different text.
            ConfigurationError: the sender belongs to a practice with another id.
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
        )
        return finish(flows.send(self._ports, draft))

    def dispatch_due(self, limit: int = 100) -> tuple[Outcome, ...]:
        """Send up to ``limit`` texts whose time has come; each is decided again.

        Call it regularly, and after :meth:`receive`: the confirmation of a STOP is due at once.
        """
        return finish(flows.dispatch_due(self._ports, limit))

    def receive(self, request: WebhookRequest, *, provider: str | None = None) -> flows.Received:
        """Take a provider's callback in; durable before it returns.

        Answers to patients are stored as due: call :meth:`dispatch_due` after you answered the
        provider.

        Args:
            request: the callback as it arrived.
            provider: the name of the provider at whose address it arrived, for example
                ``"twilio"``; the messenger's first one, if not given.

        Raises:
            InvalidSignature: it is not the provider's; nothing was changed, but it was counted.
            WebhookRejected: it cannot be used, or the messenger has no such provider; ``status``
                is what to answer.
            StoreError: it was not recorded; answer 503, and the provider tries again.
            ConfigurationError: it brings a text to a number of another practice in this database,
                for which no secret of this messenger speaks; nothing was changed. Answer 500.
            CannotUnseal: that practice has a keyring of its own; likewise.
        """
        return finish(flows.receive(self._ports, request, provider))

    def confirm_received(self, *, limit: int = 20) -> tuple[Inbound, ...]:
        """Ask the providers for up to ``limit`` texts of patients that no callback proved.

        Where a provider signs nothing that covers what a callback says, a STOP holds at once, and
        a START, a yes or a confirmed visit counts when the provider says that it knows that very
        text. Each is asked for five times, within three hours; one that it never knows stays as
        it is, for a person. Call it regularly, and after :meth:`receive`; workers and the web kit
        do.

        Returns:
            those that were asked for, as they are kept now: ``proven`` says what came of it.
        """
        return finish(flows.confirm_received(self._ports, limit))

    def fetch_media(self, *, limit: int = 20) -> tuple[InboundMedia, ...]:
        """Fetch up to ``limit`` pictures and the like that patients sent along.

        They come from the provider's own addresses only, are images, audio, video, contacts or
        PDF of 5 MB at most, and are kept sealed. What fails is due again after a while, five
        times in all. Call it regularly, and after :meth:`receive`; workers do.

        Returns:
            those that were asked for: with ``content``, or with the ``problem``.
        """
        return finish(flows.fetch_media(self._ports, limit))

    def media(self, inbound_id: str) -> tuple[InboundMedia, ...]:
        """The pictures and the like of a text that came in, as far as they are here.

        Nobody looked into them: show them as attachments, and open none on a server.

        Args:
            inbound_id: :attr:`Inbound.inbound_id <compliant_sms.messages.Inbound>`.
        """
        return finish(flows.media(self._ports, inbound_id))

    def reconcile(self, *, limit: int = 100) -> tuple[Outcome, ...]:
        """Ask the provider about texts of which nobody knows whether they went out, or arrived.

        Those are the uncertain ones, and those whose last report never came, where the provider
        tells of them: see :class:`~compliant_sms.Delivery`.

        Args:
            limit: how many texts at most, of each kind.

        Returns:
            the outcome of each, as it is now; of those without a last report only where the
            provider told it.

        Raises:
            Exception: what went wrong with the first text that failed; after all the others were
                asked for. It stays uncertain.
        """
        return finish(flows.reconcile(self._ports, limit))

    def uncertain(self, *, limit: int = 100) -> tuple[flows.TextRecord, ...]:
        """Texts of which nobody knows whether they went out, the oldest first.

        :meth:`reconcile` settles those that the provider can answer for; the others are for a
        person, who asks the patient or looks at the provider's console, and then calls
        :meth:`settle`.
        """
        return finish(flows.uncertain(self._ports, limit))

    def settle(self, message_id: str, *, sent: bool, by: str, reason: str) -> Outcome:
        """Say what became of an uncertain text; it is put on record who said so.

        Args:
            message_id: which text.
            sent: True, and it counts as sent; False, and it is due, and decided anew; or
                cancelled, where it was called back.
            by: who says so, for example ``"front-desk:ana"``.
            reason: how they know.

        Returns:
            the outcome now on record, which is another one where news came first.

        Raises:
            UnknownMessage: this practice has no such text.
            InvalidInput: ``by`` or ``reason`` is empty.
        """
        return finish(flows.settle(self._ports, message_id, sent=sent, by=by, reason=reason))

    def within(self, connection: HostConnection) -> JoinedMessenger:
        """This messenger inside the transaction that is open on a connection of yours.

        What it writes holds when you commit, and was never there if you roll back. Texts leave
        afterwards, by :meth:`dispatch_due`.

        Args:
            connection: to the database of the store, and in a transaction: of ``sqlite3``,
                ``psycopg``, Django or SQLAlchemy.

        Raises:
            ConfigurationError: it is no such connection.
        """
        from compliant_sms.joined import JoinedMessenger
        from compliant_sms.ports import tell_nobody

        store = self._store.joined(connection, self._keyring)
        return JoinedMessenger(evolve(self._ports, store=store, tell=tell_nobody, within=True))

    def close(self) -> None:
        """Close the store, and the connections to the provider."""
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

    Args:
        practice: who texts.
        provider: who carries the texts; or several, as :class:`compliant_sms.routing.Routes`.
        store: where everything is kept.
        rulebook: the rules under this practice's settings.
        people: answers what you know of a patient by your id of them: a coroutine function; or a
            plain one, which holds the event loop up for as long as it takes.
        lookups: asks others about a number; functions of either kind, as above.
        keyring: seals what the store tells of patients.
        secure_links: shows a message behind a login and answers with its https link, as above; or
            ``SecurePages(url=...)``.
        templates: what :meth:`send_template` sends.
        clock: tells the present instant; the system's, if not given.
        delivery: how long things may take.
        transport: speaks HTTP; a pooled client, if not given.
        ids: makes ids.
        retention: how long records are kept, where that departs from the defaults.
        volume: how many texts go on a day, and when in it; no limit, if not given.
        only_to: outside of production, the only numbers that are texted. Everybody else is
            ``Blocked`` by the rule ``not-production``, answers to them as well.
        dry_run: outside of production: everything is decided and recorded as it would be, under
            the provider's name ``"dry-run"``, no request leaves, and neither ledger nor audit log
            tells of it. Use a database of its own.
        reminders: when patients are reminded of which visits.
        permission: how patients are asked for permission to text.
        inbox: who answers what patients write, and by when; no threads are kept, if not given.
        missed_calls: what is texted after calls that nobody took; nothing, if not given.
        telemetry: measures what is done, for example
            :class:`compliant_sms.telemetry.OpenTelemetry`; nobody, if not given.
        retry: repeats a request that was surely not processed; three tries within a few seconds,
            if not given.

    Raises:
        InvalidInput: an argument is of another type.
        ConfigurationError: the practice sends notices with links, and ``keyring`` or
            ``secure_links`` is missing; the pages lie on a host that is not the practice's; the
            provider is a real one, and there is neither a keyring nor a reason to do without; or
            it acts upon the keyword of a programme by itself.
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
        from compliant_sms._set_up import (
            either_way,
            form_keys_of,
            look_ups,
            nobody,
            own_pages,
            refuse_half_a_notice,
            refuse_other_types,
            refuse_taken_keywords,
            refuse_unsealed,
        )
        from compliant_sms.events import Event
        from compliant_sms.hooks import Hooks
        from compliant_sms.lookups import Lookups
        from compliant_sms.ports import Delivery, Plaintext, Ports
        from compliant_sms.retry import BriefRetry  # imports tenacity
        from compliant_sms.routing import Routes
        from compliant_sms.secure_pages import SecurePages
        from compliant_sms.transport import AsyncTransport, NoTransport  # imports httpx

        refuse_other_types(locals())
        routes = Routes.of(provider)
        refuse_unsealed(routes, keyring)
        refuse_half_a_notice(practice, keyring, secure_links)
        refuse_taken_keywords(permission, routes)
        hooks = Hooks(awaits=True)
        carries: Transport | None = NoTransport() if dry_run else transport
        own: AsyncTransport | None = None
        if carries is None:  # loading its certificates takes longer than all else in here
            carries = own = AsyncTransport()
        links = None if isinstance(secure_links, SecurePages) else secure_links
        super().__init__(
            Ports(
                practice=practice,
                routes=routes,
                store=flows.Watched(
                    store.asynchronous() if keyring is None else store.asynchronous(keyring),
                    hooks.tell,
                ),
                tell=hooks.tell,
                rulebook=with_caps(rulebook, volume),
                people=either_way(people) if people else nobody,
                lookups=look_ups(lookups or Lookups(), either_way),
                secure_links=either_way(links) if links else None,
                secure_pages=own_pages(practice, secure_links),
                templates=a_catalogue(templates),
                plaintext=keyring if isinstance(keyring, Plaintext) else None,
                clock=clock,
                delivery=delivery or Delivery(),
                transport=telemetry.transport(carries),
                telemetry=telemetry,
                retry=retry or BriefRetry(system.async_sleep),
                unbroken=system.to_the_end,
                ids=ids,
                entropy=system.entropy,
                volume=volume,
                only_to=allow_list(only_to),
                dry_run=dry_run,
                permission=permission,
                form_keys=form_keys_of(permission, keyring),
                inbox=an_inbox(inbox),
                reminders=plans_with(reminders, templates),
                missed_calls=calls_with(missed_calls, practice),
            ),
            retention,
        )
        self._store = store
        self._keyring = keyring
        self._own_transport = own
        self._hooks = hooks
        if telemetry is not NO_TELEMETRY:
            hooks.on(Event, telemetry.heard)
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
        purpose: Purpose,
        body: str,
        idempotency_key: str,
        not_after: datetime | None = None,
        asks: Awaiting | str | None = None,
        media: Sequence[str] = (),
    ) -> Outcome:
        """See :meth:`Messenger.send`."""
        draft = flows.Draft(
            to=to,
            person=person,
            purpose=purpose,
            body=body,
            idempotency_key=idempotency_key,
            not_after=not_after,
            asks=asks,
            media=media,
        )
        return await flows.send(self._ports, draft)

    async def dispatch_due(self, limit: int = 100) -> tuple[Outcome, ...]:
        """See :meth:`Messenger.dispatch_due`."""
        return await flows.dispatch_due(self._ports, limit)

    async def receive(
        self, request: WebhookRequest, *, provider: str | None = None
    ) -> flows.Received:
        """See :meth:`Messenger.receive`."""
        return await flows.receive(self._ports, request, provider)

    async def confirm_received(self, *, limit: int = 20) -> tuple[Inbound, ...]:
        """See :meth:`Messenger.confirm_received`."""
        return await flows.confirm_received(self._ports, limit)

    async def fetch_media(self, *, limit: int = 20) -> tuple[InboundMedia, ...]:
        """See :meth:`Messenger.fetch_media`."""
        return await flows.fetch_media(self._ports, limit)

    async def media(self, inbound_id: str) -> tuple[InboundMedia, ...]:
        """See :meth:`Messenger.media`."""
        return await flows.media(self._ports, inbound_id)

    async def reconcile(self, *, limit: int = 100) -> tuple[Outcome, ...]:
        """See :meth:`Messenger.reconcile`."""
        return await flows.reconcile(self._ports, limit)

    async def uncertain(self, *, limit: int = 100) -> tuple[flows.TextRecord, ...]:
        """See :meth:`Messenger.uncertain`."""
        return await flows.uncertain(self._ports, limit)

    async def settle(self, message_id: str, *, sent: bool, by: str, reason: str) -> Outcome:
        """See :meth:`Messenger.settle`."""
        return await flows.settle(self._ports, message_id, sent=sent, by=by, reason=reason)

    def within(self, connection: HostConnection) -> AsyncJoinedMessenger:
        """See :meth:`Messenger.within`.

        Args:
            connection: a ``psycopg.AsyncConnection``; or a ``sqlite3.Connection``, for which the
                event loop waits.

        Raises:
            ConfigurationError: it is no such connection.
        """
        from compliant_sms.joined import AsyncJoinedMessenger
        from compliant_sms.ports import tell_nobody

        store = self._store.joined_asynchronous(connection, self._keyring)
        return AsyncJoinedMessenger(evolve(self._ports, store=store, tell=tell_nobody, within=True))

    async def aclose(self) -> None:
        """Close the store, and the connections to the provider."""
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
