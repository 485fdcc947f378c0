"""The sandbox's Python interface."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Final, Self

from attrs import field, frozen

from compliant_sms import system
from compliant_sms.clock import Clock
from compliant_sms.errors import ConfigurationError, InvalidInput
from compliant_sms.messenger import AsyncMessenger, Messenger
from compliant_sms.sandbox._account import Account
from compliant_sms.sandbox._book import Book, numbers_of
from compliant_sms.sandbox._carrier import Carrier
from compliant_sms.sandbox._chance import Chance, new_seed
from compliant_sms.sandbox._entries import BookEntry, Draft
from compliant_sms.sandbox._http import Server
from compliant_sms.sandbox._phones import Board, MovingClock, PatientPhone, side_of
from compliant_sms.sandbox._trouble import Trouble
from compliant_sms.sandbox._twilio import TwilioAccount

_LOOPBACK: Final = "127.0.0.1"
_PATIENCE: Final = 10.0


@frozen
class _Running:
    url: str
    thread: threading.Thread = field(repr=False)


class Sandbox(Trouble):
    """Simulated carriers: a context manager that serves while its block runs.

    One server stands for one account at each provider, with one book. The book outlives the
    block: you can read it afterwards, and serving again continues it.

    Args:
        account_sid: ``AC`` and 32 hexadecimal digits, as at Twilio. With ``auth_token`` and
            ``numbers`` it is short for a :class:`TwilioAccount` among the accounts.
        auth_token: the password of Twilio's API and the key of every signature.
        numbers: the Twilio account's own numbers (E.164).
        answers_keywords: whether Twilio answers STOP, START and HELP by itself and blocks
            whoever opted out, as it does unless its support switched that off.
        accounts: accounts at other providers, or at Twilio; one for each provider.
        port: the port on 127.0.0.1; 0 for any free one.
        clock: tells the time at the carrier; the real time by default.
        seed: the source of ids and chance, so that a run can be repeated; any whole number. By
            default a different one each time; see :attr:`seed`.

    Raises:
        InvalidInput: there is no account, there are two at one provider, a number occurs twice, or
            a value is one that the provider could not have given.
    """

    def __init__(
        self,
        *,
        account_sid: str | None = None,
        auth_token: str | None = None,
        numbers: Iterable[str] = (),
        answers_keywords: bool = True,
        accounts: Iterable[Account] = (),
        port: int = 0,
        clock: Clock | None = None,
        seed: int | None = None,
    ) -> None:
        given = list(accounts)
        if account_sid is not None or auth_token is not None:
            twilio = TwilioAccount(
                account_sid=account_sid or "",
                auth_token=auth_token or "",
                numbers=numbers,
                answers_keywords=answers_keywords,
            )
            given.insert(0, twilio)
        self._accounts = _apart(given)
        self._chance = Chance(new_seed() if seed is None else seed)
        self._carrier = Carrier(Book(numbers_of(given)), clock or system.now, self._chance)
        self._board = Board(self._carrier, self._accounts)
        self._port = port
        self._running: _Running | None = None

    @property
    def seed(self) -> int:
        """The source of ids and chance. Pass it to another sandbox to repeat the run."""
        return self._chance.seed

    @property
    def url(self) -> str:
        """The base URL, for example ``http://127.0.0.1:49152``, without a trailing slash.

        Raises:
            ConfigurationError: it is not running.
        """
        if self._running is None:
            msg = "the sandbox is not running. Use it as a context manager: with Sandbox(...) as s:"
            raise ConfigurationError(msg)
        return self._running.url

    def __enter__(self) -> Self:
        """Start serving.

        Raises:
            ConfigurationError: it is already running, the port is taken, or it did not start.
        """
        if self._running is not None:
            msg = "the sandbox is already running."
            raise ConfigurationError(msg)
        listener, started = _listen(self._port), threading.Event()
        url = f"http://{_LOOPBACK}:{listener.getsockname()[1]}"
        server = Server(self._carrier, self._accounts, self._board, started.set)
        thread = threading.Thread(
            target=server.run, args=([listener],), name="sandbox-carrier", daemon=True
        )
        thread.start()
        if not started.wait(_PATIENCE):
            listener.close()
            msg = "the sandbox did not start."
            raise ConfigurationError(msg)
        self._running = _Running(url, thread)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._running is not None:
            self._carrier.stop()
            self._running.thread.join(_PATIENCE)
            self._running = None

    def attach(
        self,
        messenger: Messenger | AsyncMessenger,
        *,
        phones: Iterable[PatientPhone] = (),
        clock: MovingClock | None = None,
    ) -> None:
        """Show a messenger's decisions on the page, beside its patients' phones.

        The page is at :attr:`url`. It shows at once what the messenger does, and within seconds
        what others do in its database. Attaching another messenger replaces this one.

        Args:
            messenger: the messenger whose records are shown, and that sends what is written on the
                page. Attach an ``AsyncMessenger`` on the event loop on which it is used.
            phones: the patients' phones. Any other number appears with its first text.
            clock: the messenger's own clock, if it can be moved. From now on the carrier uses it
                too, and the page can move it.

        Raises:
            InvalidInput: a number occurs twice.
            ConfigurationError: it is an ``AsyncMessenger``, and no event loop is running here.
        """
        self._board.attach(side_of(messenger, phones, clock))

    def reply(self, from_: str, body: str, *, to: str | None = None, sid: str | None = None) -> int:
        """Text one of the numbers as a patient, and wait until the webhook has answered.

        Args:
            from_: the patient's number (E.164).
            body: what the patient texts.
            to: one of the sandbox's numbers; by default the one that last texted the patient.
            sid: the text's id. The same call with the same id delivers the same text again. None
                makes a new text each time.

        Returns:
            The HTTP status of the webhook; 0 if there is no webhook, no answer came, or the
            callback was lost or held back.

        Raises:
            InvalidInput: a number or the id cannot be used, or another text has that id.
            ConfigurationError: the sandbox is not running.
        """
        with self._carrier.look() as book:
            ours = book.last_sender_to(from_) if to is None else to
        draft = Draft(from_=from_, to=ours, body=body)
        return self._carrier.run(self._carrier.take_from_patient(draft, sid)).webhook_status or 0

    def drain(self) -> None:
        """Deliver what was held back, and wait until no text or callback is on its way.

        Raises:
            ConfigurationError: the sandbox is not running.
        """
        self._carrier.run(self._carrier.drain())

    def messages(self) -> tuple[BookEntry, ...]:
        """Return all texts in both directions, oldest first, with their present statuses."""
        with self._carrier.open() as book:
            return book.entries()

    def set_inbound_url(self, number: str, url: str | None) -> None:
        """Set where texts to one of the numbers are posted; None for nowhere.

        Raises:
            InvalidInput: it is not one of the sandbox's numbers, or the URL cannot be called.
        """
        with self._carrier.open() as book:
            book.set_inbound_url(number, url)

    def set_status_url(self, number: str, url: str | None) -> None:
        """Set where reports go on texts whose request names no URL; None for nowhere.

        Raises:
            InvalidInput: it is not one of the sandbox's numbers, its provider takes the URL only
                with each text, or the URL cannot be called.
        """
        with self._carrier.open() as book:
            book.set_status_url(number, url)

    def set_answers_keywords(self, number: str, *, answers: bool) -> None:
        """Switch the carrier's own handling of STOP, START and HELP on or off for a number.

        Raises:
            InvalidInput: it is not one of the sandbox's numbers, or its provider has no switch.
        """
        with self._carrier.open() as book:
            book.set_answers_keywords(number, answers=answers)


def serve(sandbox: Sandbox, *, ready: Callable[[str], object]) -> None:
    """Serve in the foreground until Ctrl-C. Prints nothing.

    Args:
        sandbox: the sandbox to serve, not yet running.
        ready: called with the URL once it can be reached.

    Raises:
        ConfigurationError: the port is taken.
    """
    with sandbox:
        forever = threading.Event()
        try:
            ready(sandbox.url)
            # On Windows Ctrl-C does not interrupt an endless wait.
            while not forever.wait(1.0):
                pass
        except KeyboardInterrupt:
            return


def _listen(port: int) -> socket.socket:
    """Return a socket that already accepts connections, so that no client is too early."""
    # Without the protocol asyncio leaves Nagle's algorithm on, and each answer takes 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((_LOOPBACK, port))
        listener.listen(socket.SOMAXCONN)
    except (OSError, OverflowError) as error:
        listener.close()
        msg = f"port {port} of {_LOOPBACK} cannot be used. Pass another, or 0 for any free one."
        raise ConfigurationError(msg) from error
    return listener


def _apart(accounts: Sequence[Account]) -> Sequence[Account]:
    """Check that one server can stand for these accounts."""
    numbers = [number for account in accounts for number in account.numbers]
    if not accounts:
        msg = "the sandbox has no account. Pass account_sid and auth_token, or accounts=[...]."
    elif len({account.provider for account in accounts}) < len(accounts):
        msg = "there are two accounts at one provider. Start a sandbox for each."
    elif len(set(numbers)) < len(numbers):
        msg = "a number occurs twice. Give each number to one account, once."
    else:
        return accounts
    raise InvalidInput(msg)
