"""The fake carrier that tests use."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from inspect import isawaitable, iscoroutinefunction
from typing import Any, TypeAlias, TypeVar, Unpack, cast

from attrs import evolve

from compliant_sms._masking import OwnWords
from compliant_sms.clock import Clock
from compliant_sms.driver import finish
from compliant_sms.errors import (
    ConfigurationError,
    InvalidInput,
    RequestNotSent,
    StoreError,
    WebhookRejected,
)
from compliant_sms.flows import ReceivedText
from compliant_sms.messenger import AsyncMessenger, Messenger
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Retry
from compliant_sms.practice import Practice
from compliant_sms.providers import Provider
from compliant_sms.retry import BriefRetry
from compliant_sms.routing import Routes
from compliant_sms.sandbox import BookEntry, Outcome
from compliant_sms.sandbox._book import Number, numbers_of
from compliant_sms.sandbox._chance import Chance, new_seed
from compliant_sms.sandbox._entries import Draft, require_callback_url
from compliant_sms.sandbox._trouble import Trouble
from compliant_sms.stores import SQLite
from compliant_sms.testing._clock import MORNING, MovableClock
from compliant_sms.testing._fake._accounts import account_of, adapter_of
from compliant_sms.testing._fake._arguments import AsyncMessengerArguments, MessengerArguments
from compliant_sms.testing._fake._in_process import Endpoints, InProcessCarrier
from compliant_sms.testing._fake._other import OtherProvider
from compliant_sms.testing._fake._recipients import FakeBook, Recipient, e164_of
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest

M = TypeVar("M", Messenger, AsyncMessenger)
View: TypeAlias = Callable[[WebhookRequest], int | Awaitable[int]]
"""Your own endpoint for callbacks: returns the HTTP status of its answer, or a coroutine of it."""


async def _no_wait(_: float) -> None:
    return


class FakeCarrier(Trouble):
    """An in-process carrier to pass as ``transport=``. It uses no network and never waits.

    For Twilio, Telnyx, Vonage and Bandwidth it speaks their HTTP as
    :class:`compliant_sms.sandbox.Sandbox` does, each with its own answers, error codes, signatures
    and handling of STOP. For every other provider it does what the adapter needs: it reads texts as
    the adapter writes them, accepts them in the provider's format, and calls back as
    :mod:`compliant_sms.testing.webhooks` does. There it accepts any credentials and has no look-up.

    Args:
        providers: names, such as ``"telnyx"``, whose adapters are then in :attr:`providers`;
            adapters that you configured; or an :class:`OtherProvider` for an adapter that you
            wrote. Twilio by default.
        clock: tells the time. By default :attr:`clock` stays at a Monday, 10 a.m. in Chicago, until
            you move it.
        seed: the source of ids and chance, so that a run can be repeated; any whole number. By
            default a different one each time, so that two carriers over one database do not make
            the same ids, as no two providers do. The repr shows it.
        public_url: the base URL of your callback endpoints, without the provider's name, as for
            ``webhook_app``. With several practices it includes this practice's part of the path.
            Callbacks are signed for it. An adapter of your own has its own ``status_callback``.

    Attributes:
        reachable: set it to False, and every request fails before a byte of it has left.

    Raises:
        InvalidInput: an adapter of your own without :class:`OtherProvider`, two accounts at one
            provider, or an adapter that would not accept its signatures.
        MissingExtra: the extra ``testing`` is not installed.
    """

    _carrier: InProcessCarrier

    def __init__(
        self,
        *providers: str | Provider | OtherProvider,
        clock: Clock | None = None,
        seed: int | None = None,
        public_url: str = "https://clinic.example/texts",
    ) -> None:
        below = require_callback_url(public_url, "public_url").rstrip("/")
        named = providers or ("twilio",)
        given = [adapter_of(each, below) if isinstance(each, str) else each for each in named]
        accounts = [account_of(each) for each in given]
        if len({account.provider for account in accounts}) < len(accounts):
            msg = "there are two accounts at one provider. Make a fake carrier for each."
            raise InvalidInput(msg)
        self.providers: tuple[Provider, ...] = tuple(
            each.adapter if isinstance(each, OtherProvider) else each for each in given
        )
        # Whoever passes a clock that cannot be moved knows it.
        self.clock: MovableClock = cast("MovableClock", clock or MovableClock(MORNING))
        self.reachable: bool = True
        self.retry: Retry = BriefRetry(_no_wait)
        numbers = {name: _called_back(it, below) for name, it in numbers_of(accounts).items()}
        self._book = FakeBook(numbers)
        chance = Chance(new_seed() if seed is None else seed)
        self._carrier = InProcessCarrier(self._book, self.clock, chance)
        self._endpoints = Endpoints(self._carrier, accounts)
        self._messenger: Messenger | AsyncMessenger | None = None
        self._view: View | None = None
        self._dispatches, self._heard = True, False

    def __repr__(self) -> str:
        names = ", ".join(each.name for each in self.providers)
        return f"FakeCarrier({names}; {len(self.messages())} texts; seed={self.seed})"

    @property
    def seed(self) -> int:
        """The source of ids and chance. Pass it to another carrier to repeat the run."""
        return self._carrier.chance.seed

    @property
    def provider(self) -> Provider:
        """The first adapter, for ``Messenger(provider=...)``."""
        return self.providers[0]

    @property
    def connected(self) -> Messenger | AsyncMessenger | None:
        """The messenger that gets the callbacks, if there is one."""
        return self._messenger

    # The messenger

    def messenger(
        self, *, practice: Practice, **arguments: Unpack[MessengerArguments]
    ) -> Messenger:
        """Make a messenger with an in-memory database, connected to this carrier.

        If callbacks go to your own function (:meth:`post_to`), they still do.

        Args:
            practice: the practice that texts.
            arguments: further arguments of :class:`compliant_sms.Messenger`. They override what is
                set here: provider, store, clock, transport and retry.
        """
        return self._connected_to(Messenger(**self._arguments(practice, arguments)))

    def async_messenger(
        self, *, practice: Practice, **arguments: Unpack[AsyncMessengerArguments]
    ) -> AsyncMessenger:
        """Async counterpart of :meth:`messenger`."""
        return self._connected_to(AsyncMessenger(**self._arguments(practice, arguments)))

    def _connected_to(self, made: M) -> M:
        if self._view is None:
            self.connect(made)
        return made

    def _arguments(
        self, practice: Practice, given: MessengerArguments | AsyncMessengerArguments
    ) -> dict[str, Any]:
        return {
            "practice": practice,
            "provider": self.provider if len(self.providers) == 1 else Routes(self.providers),
            "store": SQLite(":memory:"),
            "clock": self.clock,
            "transport": self,
            "retry": self.retry,
            **given,
        }

    def connect(self, messenger: Messenger | AsyncMessenger, *, dispatch: bool = True) -> None:
        """Pass callbacks to a messenger from now on.

        Args:
            messenger: the messenger that has this carrier as its transport.
            dispatch: whether it sends what is due after each patient's text, so that answers go
                out at once, as with the web adapters.
        """
        self._messenger, self._dispatches, self._view = messenger, dispatch, None
        self._carrier.inbox = self._receive

    def post_to(self, view: View) -> None:
        """Pass callbacks to your own function from now on, such as your framework's test client.

        Args:
            view: takes a callback and returns the HTTP status of your endpoint's answer. With a
                coroutine function, await :meth:`areply` and :meth:`adeliver_callbacks`.
        """
        self._messenger, self._view = None, view
        self._carrier.inbox = self._post

    async def _post(self, _: str, request: WebhookRequest) -> int:
        assert self._view is not None  # noqa: S101 - post_to sets both
        status = self._view(request)
        if isawaitable(status):
            status = await status
        if not isinstance(status, int):
            msg = (
                f"the function passed to post_to returned {type(status).__name__}. It must return "
                "the HTTP status of your endpoint's answer, such as response.status_code."
            )
            raise InvalidInput(msg)
        return status

    async def _receive(self, provider: str, request: WebhookRequest) -> int:
        messenger = self._messenger
        assert messenger is not None  # noqa: S101 - connect sets both
        try:
            received = messenger.receive(request, provider=provider)
            if isawaitable(received):
                received = await received
        except WebhookRejected as error:
            return error.status
        except StoreError:
            return 503
        self._heard |= any(isinstance(each, ReceivedText) and each.new for each in received.events)
        return received.answer.status

    async def _answer(self) -> None:
        """Send what a new text made due, once its callback has been answered."""
        if self._heard and self._messenger is not None and self._dispatches:
            self._heard = False
            sent = self._messenger.dispatch_due()
            if isawaitable(sent):
                await sent

    async def send(self, request: HttpRequest) -> HttpReply:
        """Return the provider's answer to a request. The messenger calls this.

        Raises:
            RequestNotSent: the carrier is not reachable, or it is too late for the request to
                leave.
            NoAnswer: the carrier does not answer.
            ReplyTooLarge: the answer is longer than the request allows.
        """
        if not self.reachable or not request.may_leave():
            msg = "the provider could not be reached (the fake carrier was told so)"
            raise RequestNotSent(OwnWords(msg))
        return await self._endpoints.answer(request)

    # Patients

    def texts_to(self, number: str | PhoneNumber) -> tuple[BookEntry, ...]:
        """Return the messenger's texts to a patient that the carrier accepted, oldest first.

        The carrier's own answers to STOP or HELP appear in :meth:`thread` only.

        Args:
            number: the patient's number, in any written form.

        Raises:
            InvalidPhoneNumber: it is not a phone number.
        """
        return tuple(text for text in self.thread(number) if text.author == "application")

    def thread(self, number: str | PhoneNumber) -> tuple[BookEntry, ...]:
        """Return what a patient's phone shows, in both directions, oldest first.

        Args:
            number: the patient's number, in any written form.

        Raises:
            InvalidPhoneNumber: it is not a phone number.
        """
        e164 = e164_of(number)
        with self._carrier.open() as book:
            return book.of_patient(e164)

    def messages(self) -> tuple[BookEntry, ...]:
        """Return all texts in both directions, oldest first, with their present statuses."""
        with self._carrier.open() as book:
            return book.entries()

    def reply(
        self,
        from_: str | PhoneNumber,
        body: str,
        *,
        to: str | PhoneNumber | None = None,
        sid: str | None = None,
    ) -> int:
        """Text as a patient, and deliver the signed callback.

        Args:
            from_: the patient's number, in any written form.
            body: what the patient texts.
            to: one of your numbers; by default the one that last texted the patient.
            sid: the text's id. The same call with the same id delivers the same text again. None
                makes a new text each time.

        Returns:
            The HTTP status of the answer: 200 if the callback was accepted, 403 if its signature
            was refused, 0 if the callback was lost or held back or nothing is connected.

        Raises:
            InvalidInput: a number or the id cannot be used, or another text has that id.
            InvalidPhoneNumber: a number is not a phone number.
            ConfigurationError: an :class:`~compliant_sms.AsyncMessenger` or a coroutine function
                is connected; await :meth:`areply` instead.
        """
        return finish(self._blocking().areply(from_, body, to=to, sid=sid))

    async def areply(
        self,
        from_: str | PhoneNumber,
        body: str,
        *,
        to: str | PhoneNumber | None = None,
        sid: str | None = None,
    ) -> int:
        """Async counterpart of :meth:`reply`."""
        patient = e164_of(from_)
        ours = self._book.last_sender_to(patient) if to is None else e164_of(to)
        draft = Draft(from_=patient, to=ours, body=body)
        status = (await self._carrier.take_from_patient(draft, sid)).webhook_status or 0
        await self._answer()
        return status

    def deliver_callbacks(self) -> None:
        """Bring every text to its final status, and deliver the callbacks that report it.

        Twilio calls back only about texts that name a ``status_callback``; the adapters made here
        do name one.

        Raises:
            ConfigurationError: an :class:`~compliant_sms.AsyncMessenger` or a coroutine function
                is connected; await :meth:`adeliver_callbacks` instead.
        """
        finish(self._blocking().adeliver_callbacks())

    async def adeliver_callbacks(self) -> None:
        """Async counterpart of :meth:`deliver_callbacks`."""
        await self._carrier.drain()
        await self._answer()  # a text that was held back is a new one too
        await self._carrier.drain()

    def _blocking(self) -> FakeCarrier:
        if isinstance(self._messenger, AsyncMessenger) or iscoroutinefunction(self._view):
            msg = (
                "an AsyncMessenger or a coroutine function is connected, so its answers must be "
                "awaited. Await areply() and adeliver_callbacks() instead."
            )
            raise ConfigurationError(msg)
        return self

    # When things go wrong

    def set_recipient(self, number: str | PhoneNumber, kind: Recipient | str) -> None:
        """Set what happens to texts to a number from now on.

        Args:
            number: the patient's number, in any written form.
            kind: a :class:`Recipient`, or its value.

        Raises:
            InvalidPhoneNumber: it is not a phone number.
            InvalidInput: the kind is unknown; or it says that the number opted out, and no
                provider here answers STOP by itself.
        """
        wanted, e164 = Recipient(kind), e164_of(number)
        if wanted is Recipient.OPTED_OUT:
            self._opt_out(e164)
            return
        good = wanted is Recipient.REACHABLE
        with self._carrier.open() as book:
            book.set_outcome(e164, "delivered" if good else "undelivered", None)
        self._book.recipients[e164] = wanted

    def _opt_out(self, number: str) -> None:
        answering = [ours for ours, it in self._book.numbers.items() if it.answers_keywords]
        if not answering:
            msg = (
                "no provider here answers STOP by itself on your numbers, so nobody can have "
                "opted out there. Call reply(number, 'STOP') instead."
            )
            raise InvalidInput(msg)
        for ours in answering:
            self._carrier.write_from_patient(Draft(from_=number, to=ours, body="STOP"))

    def set_delivery(self, number: str, outcome: Outcome, *, error_code: int | None = None) -> None:
        """Set the outcome of texts to a number, as in the sandbox. Ends :meth:`set_recipient`."""
        super().set_delivery(number, outcome, error_code=error_code)
        self._book.recipients.pop(number, None)


def _called_back(number: Number, public_url: str) -> Number:
    """Return the number with all its callbacks going to one address."""
    url = f"{public_url}/{number.account.provider}"
    status_url = url if number.account.takes_status_url else None
    return evolve(number, inbound_url=url, status_url=status_url)
