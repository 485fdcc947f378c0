"""The carrier at work: moves texts along, calls webhooks, and lends its book out safely."""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlencode, urlsplit

from compliant_sms.clock import Clock, as_utc
from compliant_sms.errors import ConfigurationError, TransportError
from compliant_sms.sandbox._book import Book
from compliant_sms.sandbox._callbacks import Fields, inbound_fields, status_fields
from compliant_sms.sandbox._entries import BookEntry, Draft
from compliant_sms.testing._twilio import SIGNATURE_HEADER, sign
from compliant_sms.transport import AsyncTransport
from compliant_sms.wire import HttpRequest

T = TypeVar("T")

WEBHOOK_TIMEOUT = 15.0
"""Seconds that Twilio waits for a webhook (its webhook connection page)."""


def new_sid(draft: Draft) -> str:
    """An id as Twilio makes them: ``MM`` for texts with media, ``SM`` for others."""
    return ("MM" if draft.media_urls else "SM") + uuid.uuid4().hex


class Carrier:
    """One running carrier.

    Args:
        book: what it knows; from now on only reached through :meth:`open`.
        clock: what time it is at the carrier.
    """

    def __init__(self, book: Book, clock: Clock) -> None:
        self._book = book
        self._clock = clock
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._transport: AsyncTransport | None = None
        self.stopping = asyncio.Event()

    @contextmanager
    def open(self) -> Iterator[Book]:
        """The book, for this thread alone until the block ends."""
        with self._lock:
            yield self._book

    @property
    def now(self) -> datetime:
        """The carrier's time in UTC; Twilio's records have whole seconds."""
        return as_utc(self._clock(), "what the sandbox's clock returned").replace(microsecond=0)

    def set_time(self, at: datetime) -> None:
        """Let the carrier's clock stand at an instant (aware) until it is set again.

        Raises:
            InvalidInput: the instant is naive.
        """
        standing = as_utc(at)
        self._clock = lambda: standing

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Be able to call out, from the running event loop, until the block ends."""
        self._loop, self.stopping = asyncio.get_running_loop(), asyncio.Event()
        try:
            yield
        finally:
            self._loop = None
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            if self._transport is not None:
                await self._transport.aclose()
                self._transport = None

    def stop(self) -> None:
        """Ask for the end, from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.stopping.set)

    def run(self, work: Coroutine[object, object, T]) -> T:
        """Do some work on the carrier's event loop and wait for it, from another thread.

        Raises:
            ConfigurationError: the carrier is not running.
        """
        if self._loop is None:
            work.close()
            msg = "the sandbox is not running. Use it as a context manager: with Sandbox(...) as s:"
            raise ConfigurationError(msg)
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def start_delivery(self, sid: str) -> None:
        """Move a text along in the background, status by status."""
        task = asyncio.create_task(self._deliver(sid))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def take_from_patient(self, draft: Draft, sid: str | None) -> BookEntry:
        """Take a patient's text, answer it if that is the carrier's job, and tell the webhook.

        Args:
            draft: the text.
            sid: its id; None makes a new one, a known one delivers that text again.

        Returns:
            The text, after the webhook has answered.

        Raises:
            InvalidInput: the number is not the account's, or the id belongs to another text.
        """
        with self.open() as book:
            entry, *answers = book.receive(
                draft, sid or new_sid(draft), new_sid(draft), now=self.now
            )
            url = book.number(draft.to).inbound_url
        for answer in answers:
            await self.start_delivery(answer.sid)
        if url is None:
            return entry
        status = await self._call(url, inbound_fields(entry, self._book.account_sid))
        with self.open() as book:
            book.note_webhook(entry.sid, status)
            return book.find(entry.sid) or entry

    async def _deliver(self, sid: str) -> None:
        with self.open() as book:
            entry = book.find(sid)
            steps = book.steps_to(entry.to) if entry is not None else []
        for step in steps:
            with self.open() as book:
                entry = book.advance(sid, step, self.now)
            if entry is None:
                return
            if entry.status_callback is not None:
                # Waiting for each answer is what keeps a text's callbacks in order.
                await self._call(
                    entry.status_callback, status_fields(entry, self._book.account_sid)
                )

    async def _call(self, url: str, fields: Fields) -> int:
        """Post a signed callback; 0 when no answer came."""
        url = _with_path(url)
        headers = (
            ("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"),
            (SIGNATURE_HEADER, sign(url, fields, self._book.auth_token)),
        )
        body = urlencode(fields).encode()
        request = HttpRequest(method="POST", url=url, headers=headers, body=body)
        if self._transport is None:
            # Only now, because its TLS set-up takes longer than starting the server.
            self._transport = AsyncTransport(answer_timeout=WEBHOOK_TIMEOUT)
        try:
            return (await self._transport.send(request)).status
        except TransportError:
            return 0


def _with_path(url: str) -> str:
    """The URL as it will look to its server, which always sees a path: that is what is signed."""
    parts = urlsplit(url)
    return parts._replace(path=parts.path or "/", fragment="").geturl()
