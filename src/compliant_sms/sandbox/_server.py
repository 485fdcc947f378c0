"""The sandbox as Python sees it."""

from __future__ import annotations

import os
import re
import socket
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, Self

from attrs import field, frozen

from compliant_sms.clock import Clock
from compliant_sms.errors import ConfigurationError, InvalidInput
from compliant_sms.sandbox._book import Book
from compliant_sms.sandbox._carrier import Carrier
from compliant_sms.sandbox._entries import BookEntry, Draft, Number, Outcome, require_number
from compliant_sms.sandbox._faults import make_faults
from compliant_sms.sandbox._http import Server

_LOOPBACK: Final = "127.0.0.1"
_PATIENCE: Final = 10.0
_ACCOUNT_SID = re.compile(r"AC[0-9a-fA-F]{32}")


@frozen
class _Running:
    url: str
    thread: threading.Thread = field(repr=False)


class Sandbox:
    """A carrier on this machine: a context manager that serves while its block runs.

    The book outlives the block: it can be read afterwards, and serving again goes on with it.

    Args:
        account_sid: ``AC`` and 32 hexadecimal digits, as at Twilio.
        auth_token: the password of the API and the key of every signature.
        numbers: the account's own numbers, E.164.
        answers_keywords: whether the carrier answers STOP, START and HELP by itself and blocks
            who opted out, as Twilio does unless its support switched that off.
        port: the port on 127.0.0.1; 0 lets the system choose a free one.
        clock: what time it is at the carrier; the present when left out.

    Raises:
        InvalidInput: an account SID, token or number that Twilio could not have given.
    """

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        numbers: Iterable[str],
        answers_keywords: bool = True,
        port: int = 0,
        clock: Clock | None = None,
    ) -> None:
        if not _ACCOUNT_SID.fullmatch(account_sid):
            msg = "account_sid does not look like Twilio's. Pass AC and 32 hexadecimal digits."
            raise InvalidInput(msg)
        if not auth_token:
            msg = "auth_token is empty. Pass any text."
            raise InvalidInput(msg)
        own = {
            require_number(number, "a number of the sandbox"): Number(
                answers_keywords=answers_keywords
            )
            for number in numbers
        }
        book = Book(account_sid=account_sid, auth_token=auth_token, numbers=own)
        self._carrier = Carrier(book, clock or _present)
        self._port = port
        self._running: _Running | None = None

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
        server = Server(self._carrier, started.set)
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

    def patient_texts(self, from_: str, to: str, body: str, *, sid: str | None = None) -> int:
        """Let a patient text one of the numbers, and wait until the webhook has answered.

        Args:
            from_: the patient's number, E.164.
            to: one of the sandbox's numbers.
            body: what the patient texts.
            sid: the text's id. The same call again with the same id delivers the same text once
                more; None makes a new text each time.

        Returns:
            The HTTP status of the webhook; 0 when there is no webhook or no answer came.

        Raises:
            InvalidInput: numbers or an id that cannot be used, or an id of another text.
            ConfigurationError: the sandbox is not running.
        """
        draft = Draft(from_=from_, to=to, body=body)
        return self._carrier.run(self._carrier.take_from_patient(draft, sid)).webhook_status or 0

    def messages(self) -> list[BookEntry]:
        """All texts in both directions, oldest first, as they stand now."""
        with self._carrier.open() as book:
            return list(book.entries())

    def set_inbound_url(self, number: str, url: str | None) -> None:
        """Say where texts to one of the numbers are posted; None for nowhere.

        Raises:
            InvalidInput: not one of the sandbox's numbers, or the URL cannot be called.
        """
        with self._carrier.open() as book:
            book.set_inbound_url(number, url)

    def set_answers_keywords(self, number: str, *, answers: bool) -> None:
        """Switch the carrier's own handling of STOP, START and HELP on or off for a number.

        Raises:
            InvalidInput: not one of the sandbox's numbers.
        """
        with self._carrier.open() as book:
            book.set_answers_keywords(number, answers=answers)

    def set_delivery(self, number: str, outcome: Outcome, *, error_code: int | None = None) -> None:
        """Say where texts to a recipient come to rest; ``"delivered"`` unless told otherwise.

        Args:
            number: the recipient's, E.164.
            outcome: the last status.
            error_code: Twilio's, for ``"undelivered"`` and ``"failed"``; 30003 when left out.

        Raises:
            InvalidInput: not a number, an unknown outcome, or a code for one that has none.
        """
        with self._carrier.open() as book:
            book.set_outcome(number, outcome, error_code)

    def fail_next(
        self,
        kind: str,
        *,
        status: int = 503,
        headers: Mapping[str, str] | None = None,
        body: str | Mapping[str, object] = "",
        seconds: float = 0.0,
        times: int = 1,
    ) -> None:
        """Let the next create requests go wrong, after those that are to go wrong already.

        Args:
            kind: a :class:`FaultKind` or its value.
            status: for ``"status"``, what to answer.
            headers: for ``"status"``, for example ``{"Retry-After": "2"}``.
            body: for ``"status"``; a mapping goes out as JSON, a text as HTML or plain text.
            seconds: for ``"delay"``, how late the answer is.
            times: how many requests go wrong.

        Raises:
            InvalidInput: an unknown kind, an impossible status, delay or count.
        """
        faults = make_faults(
            kind, status=status, headers=headers, body=body, seconds=seconds, times=times
        )
        with self._carrier.open() as book:
            book.queue_faults(faults)


def serve(sandbox: Sandbox, *, ready: Callable[[str], object]) -> None:
    """Serve in the foreground until Ctrl-C; prints nothing.

    Args:
        sandbox: what to serve; not running yet.
        ready: called with the URL once it can be reached.

    Raises:
        ConfigurationError: the port is taken.
    """
    with sandbox:
        ready(sandbox.url)
        forever = threading.Event()
        try:
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


def _present() -> datetime:
    return datetime.now(UTC)
