"""The front door. Both facades run the same flows; only their signatures stand here twice."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime
from types import TracebackType
from typing import ParamSpec, Protocol, Self, TypeVar

from attrs import evolve

from compliant_sms import flows, system
from compliant_sms.classification import Purpose
from compliant_sms.clock import Clock
from compliant_sms.consent_desk import AsyncConsentDesk, ConsentDesk
from compliant_sms.driver import finish
from compliant_sms.errors import ConfigurationError
from compliant_sms.hold_desk import AsyncHoldDesk, HoldDesk
from compliant_sms.joined import AsyncJoinedMessenger, JoinedMessenger
from compliant_sms.lookups import AsyncLookUps, LookUps
from compliant_sms.messages import Draft, Outcome
from compliant_sms.optout import Awaiting
from compliant_sms.people import Profile
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import (
    AtRest,
    Delivery,
    HostConnection,
    Ids,
    People,
    Plaintext,
    Ports,
    SecureLinks,
    SecureMessage,
    Store,
    Transport,
)
from compliant_sms.practice import PhiMode, Practice
from compliant_sms.providers import Provider
from compliant_sms.record_keeping import AsyncRecordKeeping, RecordKeeping
from compliant_sms.retention import Retention
from compliant_sms.rules import Decision, Rulebook
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


async def _nobody(_: str) -> Profile | None:
    return None


P = ParamSpec("P")
T = TypeVar("T")


def _never_suspending(ask: Callable[P, T]) -> Callable[P, Coroutine[object, object, T]]:
    async def answer(*args: P.args, **kwargs: P.kwargs) -> T:
        return ask(*args, **kwargs)

    return answer


def _without_waiting(ask: LookUps) -> AsyncLookUps:
    return AsyncLookUps(
        national_dnc=_never_suspending(ask.national_dnc) if ask.national_dnc else None,
        reassigned=_never_suspending(ask.reassigned) if ask.reassigned else None,
        line_type=_never_suspending(ask.line_type) if ask.line_type else None,
        deactivated_on=_never_suspending(ask.deactivated_on) if ask.deactivated_on else None,
    )


def _refuse_half_a_notice(practice: Practice, keyring: AtRest, secure_links: object | None) -> None:
    missing = {
        "keyring=Keyring.from_file(...), which seals the messages that wait": (
            None if isinstance(keyring, Plaintext) else keyring
        ),
        "secure_links=..., which makes the page behind each link": secure_links,
    }
    lacking = [what for what, given in missing.items() if given is None]
    if practice.phi is PhiMode.NOTICE and lacking:
        msg = (
            "the practice's way with health details is a notice with a link (PhiMode.NOTICE). "
            f"Pass {', and '.join(lacking)}; or choose PhiMode.REDACT or PhiMode.BLOCK."
        )
        raise ConfigurationError(msg)


def _refuse_unsealed(provider: Provider, keyring: AtRest) -> None:
    if keyring is None and not provider.simulated:
        msg = (
            "a real provider carries patients' texts, and nothing was given to seal them in the "
            "store. Pass keyring=Keyring.from_file(...) with a file that  compliant-sms keys new  "
            "made; or keyring=Plaintext(reason=...), which goes on record."
        )
        raise ConfigurationError(msg)


class Messenger(RecordKeeping):
    """Texts patients for one practice. Safe to share among threads.

    Args:
        practice: who texts.
        provider: who carries the texts.
        store: where everything is kept.
        rulebook: the rules under this practice's settings.
        people: answers what you know of a patient by your id of them: see :class:`Profile`.
        lookups: asks others about a number: see :class:`compliant_sms.lookups.LookUps`.
        keyring: seals what the store tells of patients: texts, names and numbers.
        secure_links: shows a message behind a login and answers with its https link, for a
            practice whose way with health details is ``PhiMode.NOTICE``. Asked again about one
            message id it answers with the same link.
        clock: tells the present instant; the system's, if not given.
        delivery: how long things may take.
        transport: speaks HTTP; a pooled client, if not given.
        ids: makes ids.
        retention: how long records are kept, where that departs from the defaults.

    Raises:
        ConfigurationError: the practice sends notices with links, and ``keyring`` or
            ``secure_links`` is missing; or the provider is a real one, and there is neither a
            keyring nor a reason to do without.
    """

    def __init__(
        self,
        *,
        practice: Practice,
        provider: Provider,
        store: StoreKind,
        rulebook: Rulebook | None = None,
        people: Callable[[str], Profile | None] | None = None,
        lookups: LookUps | None = None,
        keyring: AtRest = None,
        secure_links: Callable[[SecureMessage], str] | None = None,
        clock: Clock = system.now,
        delivery: Delivery | None = None,
        transport: Transport | None = None,
        ids: Ids = system.new_id,
        retention: Retention | None = None,
    ) -> None:
        from compliant_sms.retry import BriefRetry  # noqa: PLC0415 - imports tenacity
        from compliant_sms.transport import BlockingTransport  # noqa: PLC0415 - imports httpx

        _refuse_unsealed(provider, keyring)
        _refuse_half_a_notice(practice, keyring, secure_links)
        own = BlockingTransport()
        super().__init__(
            Ports(
                practice=practice,
                provider=provider,
                store=store.blocking() if keyring is None else store.blocking(keyring),
                rulebook=rulebook or Rulebook(),
                people=_never_suspending(people) if people else _nobody,
                lookups=_without_waiting(lookups or LookUps()),
                secure_links=_never_suspending(secure_links) if secure_links else None,
                plaintext=keyring if isinstance(keyring, Plaintext) else None,
                clock=clock,
                delivery=delivery or Delivery(),
                transport=transport or own,
                retry=BriefRetry(system.blocking_sleep),
                ids=ids,
            ),
            retention,
        )
        self._store = store
        self._keyring = keyring
        self._own_transport = own
        self.consent: ConsentDesk = ConsentDesk(self._ports)
        self.legal_hold: HoldDesk = HoldDesk(self._ports)

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

        Returns:
            ``Sent``, ``Queued``, ``Held``, ``Blocked``, ``Failed``, ``Uncertain`` or
            ``Cancelled``: expected refusals are values.

        Raises:
            InvalidInput: an argument cannot be used.
            IdempotencyConflict: the key was used for a different text.
            ConfigurationError: the sender belongs to a practice with another id.
            StoreError: nothing was recorded and nothing was sent; or, after the request went
                out, its outcome could not be recorded: the text then becomes uncertain.
        """
        draft = Draft(
            to=to,
            person=person,
            purpose=purpose,
            body=body,
            idempotency_key=idempotency_key,
            not_after=not_after,
            asks=asks,
        )
        return finish(flows.send(self._ports, draft))

    def check(self, *, to: str | PhoneNumber, person: str, purpose: Purpose, body: str) -> Decision:
        """What :meth:`send` would decide now. Nothing is stored and nothing is sent.

        Raises:
            InvalidInput: an argument cannot be used.
        """
        draft = Draft(to=to, person=person, purpose=purpose, body=body, idempotency_key="check")
        return finish(flows.check(self._ports, draft))

    def dispatch_due(self, limit: int = 100) -> tuple[Outcome, ...]:
        """Send up to ``limit`` texts whose time has come; each is decided again.

        Call it regularly, and after :meth:`receive`: the confirmation of a STOP is due at once.
        """
        return finish(flows.dispatch_due(self._ports, limit))

    def cancel(self, message_id: str) -> Outcome:
        """Call a text back if it has not gone out; otherwise say where it is.

        Raises:
            UnknownMessage: this practice has no such text.
        """
        return finish(flows.cancel(self._ports, message_id))

    def receive(self, request: WebhookRequest) -> flows.Received:
        """Take a provider's callback in; durable before it returns.

        Answers to patients are stored as due: call :meth:`dispatch_due` after you answered the
        provider.

        Raises:
            InvalidSignature: it is not the provider's; nothing was changed.
            WebhookRejected: it cannot be used; ``status`` is what to answer.
            StoreError: it was not recorded; answer 503, and the provider tries again.
        """
        return finish(flows.receive(self._ports, request))

    def reconcile(self, limit: int = 100) -> tuple[Outcome, ...]:
        """Ask the provider about texts of which nobody knows whether they went out."""
        return finish(flows.reconcile(self._ports, limit))

    def uncertain(self, limit: int = 100) -> tuple[flows.TextRecord, ...]:
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
            sent: True, and it counts as sent; False, and it is due, and decided anew.
            by: who says so, for example ``"front-desk:ana"``.
            reason: how they know.

        Returns:
            the outcome now on record, which is another one where news came first.

        Raises:
            UnknownMessage: this practice has no such text.
            InvalidInput: ``by`` or ``reason`` is empty.
        """
        return finish(flows.settle(self._ports, message_id, sent=sent, by=by, reason=reason))

    def history(self, person: str) -> flows.History:
        """Everything on record about a person."""
        return finish(flows.history(self._ports, person))

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
        store = self._store.joined(connection, self._keyring)
        return JoinedMessenger(evolve(self._ports, store=store))

    def close(self) -> None:
        """Close the store, and the connections to the provider."""
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


class AsyncMessenger(AsyncRecordKeeping):
    """:class:`Messenger` for an event loop: the same names, the same flows.

    Args:
        practice: who texts.
        provider: who carries the texts.
        store: where everything is kept.
        rulebook: the rules under this practice's settings.
        people: answers what you know of a patient by your id of them.
        lookups: asks others about a number.
        keyring: seals what the store tells of patients.
        secure_links: shows a message behind a login and answers with its https link.
        clock: tells the present instant; the system's, if not given.
        delivery: how long things may take.
        transport: speaks HTTP; a pooled client, if not given.
        ids: makes ids.
        retention: how long records are kept, where that departs from the defaults.

    Raises:
        ConfigurationError: the practice sends notices with links, and ``keyring`` or
            ``secure_links`` is missing; or the provider is a real one, and there is neither a
            keyring nor a reason to do without.
    """

    def __init__(
        self,
        *,
        practice: Practice,
        provider: Provider,
        store: StoreKind,
        rulebook: Rulebook | None = None,
        people: People | None = None,
        lookups: AsyncLookUps | None = None,
        keyring: AtRest = None,
        secure_links: SecureLinks | None = None,
        clock: Clock = system.now,
        delivery: Delivery | None = None,
        transport: Transport | None = None,
        ids: Ids = system.new_id,
        retention: Retention | None = None,
    ) -> None:
        from compliant_sms.retry import BriefRetry  # noqa: PLC0415 - imports tenacity
        from compliant_sms.transport import AsyncTransport  # noqa: PLC0415 - imports httpx

        _refuse_unsealed(provider, keyring)
        _refuse_half_a_notice(practice, keyring, secure_links)
        own = AsyncTransport()
        super().__init__(
            Ports(
                practice=practice,
                provider=provider,
                store=store.asynchronous() if keyring is None else store.asynchronous(keyring),
                rulebook=rulebook or Rulebook(),
                people=people or _nobody,
                lookups=lookups or AsyncLookUps(),
                secure_links=secure_links,
                plaintext=keyring if isinstance(keyring, Plaintext) else None,
                clock=clock,
                delivery=delivery or Delivery(),
                transport=transport or own,
                retry=BriefRetry(system.async_sleep),
                ids=ids,
            ),
            retention,
        )
        self._store = store
        self._keyring = keyring
        self._own_transport = own
        self.consent: AsyncConsentDesk = AsyncConsentDesk(self._ports)
        self.legal_hold: AsyncHoldDesk = AsyncHoldDesk(self._ports)

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
    ) -> Outcome:
        """See :meth:`Messenger.send`."""
        draft = Draft(
            to=to,
            person=person,
            purpose=purpose,
            body=body,
            idempotency_key=idempotency_key,
            not_after=not_after,
            asks=asks,
        )
        return await flows.send(self._ports, draft)

    async def check(
        self, *, to: str | PhoneNumber, person: str, purpose: Purpose, body: str
    ) -> Decision:
        """See :meth:`Messenger.check`."""
        draft = Draft(to=to, person=person, purpose=purpose, body=body, idempotency_key="check")
        return await flows.check(self._ports, draft)

    async def dispatch_due(self, limit: int = 100) -> tuple[Outcome, ...]:
        """See :meth:`Messenger.dispatch_due`."""
        return await flows.dispatch_due(self._ports, limit)

    async def cancel(self, message_id: str) -> Outcome:
        """See :meth:`Messenger.cancel`."""
        return await flows.cancel(self._ports, message_id)

    async def receive(self, request: WebhookRequest) -> flows.Received:
        """See :meth:`Messenger.receive`."""
        return await flows.receive(self._ports, request)

    async def reconcile(self, limit: int = 100) -> tuple[Outcome, ...]:
        """See :meth:`Messenger.reconcile`."""
        return await flows.reconcile(self._ports, limit)

    async def uncertain(self, limit: int = 100) -> tuple[flows.TextRecord, ...]:
        """See :meth:`Messenger.uncertain`."""
        return await flows.uncertain(self._ports, limit)

    async def settle(self, message_id: str, *, sent: bool, by: str, reason: str) -> Outcome:
        """See :meth:`Messenger.settle`."""
        return await flows.settle(self._ports, message_id, sent=sent, by=by, reason=reason)

    async def history(self, person: str) -> flows.History:
        """See :meth:`Messenger.history`."""
        return await flows.history(self._ports, person)

    def within(self, connection: HostConnection) -> AsyncJoinedMessenger:
        """See :meth:`Messenger.within`.

        Args:
            connection: a ``psycopg.AsyncConnection``; or a ``sqlite3.Connection``, for which the
                event loop waits.

        Raises:
            ConfigurationError: it is no such connection.
        """
        store = self._store.joined_asynchronous(connection, self._keyring)
        return AsyncJoinedMessenger(evolve(self._ports, store=store))

    async def aclose(self) -> None:
        """Close the store, and the connections to the provider."""
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
