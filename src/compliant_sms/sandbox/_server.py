"""The sandbox as Python sees it."""

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
    """Carriers on this machine: a context manager that serves while its block runs.

    One server speaks for one account at each provider, over one book. The book outlives the
    block: it can be read afterwards, and serving again goes on with it.

    Args:
        account_sid: ``AC`` and 32 hexadecimal digits, as at Twilio. With ``auth_token`` and
            ``numbers`` it is short for a :class:`TwilioAccount` among the accounts.
        auth_token: the password of Twilio's API and the key of every signature.
        numbers: the Twilio account's own numbers, E.164.
        answers_keywords: whether Twilio answers STOP, START and HELP by itself and blocks
            who opted out, as it does unless its support switched that off.
        accounts: accounts at other providers, or at Twilio; one for each provider.
        port: the port on 127.0.0.1; 0 lets the system choose a free one.
        clock: what time it is at the carrier; the present when left out.
        seed: ids and chance come from it, so that a run repeats; any whole number. Another one
            each time when left out; see :attr:`seed`.

    Raises:
        InvalidInput: no account, two at one provider, a number twice, or something that the
            provider could not have given.
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
        """What ids and chance come from. Pass it to another sandbox to have the same run again."""
        return self._chance.seed

    @property
    def url(self) -> str:
        """Where it serves, for example ``http://127.0.0.1:49152``, without a slash at the end.

        Raises:
            ConfigurationError: it is not running.
        """
        if self._running is None:
            msg = "the sandbox is not running. Use it as a context manager: with Sandbox(...) as s:"
            raise ConfigurationError(msg)
        return self._running.url

    def __enter__(self) -> Self:
        """Start to serve.

        Raises:
            ConfigurationError: it runs already, the port is taken, or it did not start.
        """
        if self._running is not None:
            msg = "the sandbox is running already."
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
        """Show on the page what a messenger decides, beside the phones of its patients.

        The page lies at :attr:`url`. It shows at once what the messenger does, and within seconds
        what others do in its database. Attaching another messenger takes the place of this one.

        Args:
            messenger: whose records are shown, and who sends what is written on the page. Attach
                an ``AsyncMessenger`` on the event loop on which it is used.
            phones: its patients'. A number that is not among them appears with its first text.
            clock: the messenger's own, if it can be moved. The carrier goes by it from now on, and
                the page can move it.

        Raises:
            InvalidInput: a number stands there twice.
            ConfigurationError: an ``AsyncMessenger``, and no event loop runs here.
        """
        self._board.attach(side_of(messenger, phones, clock))

    def reply(self, from_: str, body: str, *, to: str | None = None, sid: str | None = None) -> int:
        """Let a patient text one of the numbers, and wait until the webhook has answered.

        Args:
            from_: the patient's number, E.164.
            body: what the patient texts.
            to: one of the sandbox's numbers; the one that texted the patient last, if left out.
            sid: the text's id. The same call again with the same id delivers the same text once
                more; None makes a new text each time.

        Returns:
            The HTTP status of the webhook; 0 when there is no webhook, no answer came, or the
            callback was lost or held back.

        Raises:
            InvalidInput: numbers or an id that cannot be used, or an id of another text.
            ConfigurationError: the sandbox is not running.
        """
        with self._carrier.look() as book:
            ours = book.last_sender_to(from_) if to is None else to
        draft = Draft(from_=from_, to=ours, body=body)
        return self._carrier.run(self._carrier.take_from_patient(draft, sid)).webhook_status or 0

    def drain(self) -> None:
        """Hand over what was held back, and wait until no text and no callback is on its way.

        Raises:
            ConfigurationError: the sandbox is not running.
        """
        self._carrier.run(self._carrier.drain())

    def messages(self) -> tuple[BookEntry, ...]:
        """All texts in both directions, oldest first, as they stand now."""
        with self._carrier.open() as book:
            return book.entries()

    def set_inbound_url(self, number: str, url: str | None) -> None:
        """Say where texts to one of the numbers are posted; None for nowhere.

        Raises:
            InvalidInput: not one of the sandbox's numbers, or the URL cannot be called.
        """
        with self._carrier.open() as book:
            book.set_inbound_url(number, url)

    def set_status_url(self, number: str, url: str | None) -> None:
        """Say where news of texts goes whose request names no place; None for nowhere.

        Raises:
            InvalidInput: not one of the sandbox's numbers, its provider takes the place with each
                text only, or the URL cannot be called.
        """
        with self._carrier.open() as book:
            book.set_status_url(number, url)

    def set_answers_keywords(self, number: str, *, answers: bool) -> None:
        """Switch the carrier's own handling of STOP, START and HELP on or off for a number.

        Raises:
            InvalidInput: not one of the sandbox's numbers, or its provider has no such switch.
        """
        with self._carrier.open() as book:
            book.set_answers_keywords(number, answers=answers)


def serve(sandbox: Sandbox, *, ready: Callable[[str], object]) -> None:
    """Serve in the foreground until Ctrl-C; prints nothing.

    Args:
        sandbox: what to serve; not running yet.
        ready: called with the URL once it can be reached.

    Raises:
        ConfigurationError: the port is taken.
    """
    with sandbox:
        forever = threading.Event()
        try:
            ready(sandbox.url)
            # On Windows Ctrl-C does not interrupt a wait without an end.
            while not forever.wait(1.0):
                pass
        except KeyboardInterrupt:
            return


def _listen(port: int) -> socket.socket:
    """A socket that takes connections from now on, so that nobody can come too early."""
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
    """Accounts that one server can speak for."""
    numbers = [number for account in accounts for number in account.numbers]
    if not accounts:
        msg = "the sandbox has no account. Pass account_sid and auth_token, or accounts=[...]."
    elif len({account.provider for account in accounts}) < len(accounts):
        msg = "there are two accounts at one provider. Start a sandbox for each."
    elif len(set(numbers)) < len(numbers):
        msg = "a number is there twice. Give each number to one account, once."
    else:
        return accounts
    raise InvalidInput(msg)
