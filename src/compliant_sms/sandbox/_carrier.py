"""The carrier at work: moves texts along, hands callbacks over, and lends its book out safely."""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime
from typing import Final, TypeVar
from urllib.parse import urlsplit

from attrs import frozen

from compliant_sms.clock import Clock, as_utc
from compliant_sms.errors import ConfigurationError, TransportError
from compliant_sms.sandbox._account import Account, Handover
from compliant_sms.sandbox._book import Book
from compliant_sms.sandbox._chance import Chance
from compliant_sms.sandbox._entries import BookEntry, Draft
from compliant_sms.sandbox._faults import CallbackFault, Fault
from compliant_sms.transport import AsyncTransport
from compliant_sms.wire import HttpRequest

T = TypeVar("T")

WEBHOOK_TIMEOUT = 15.0
"""Seconds that a webhook may take, as at Twilio (its webhook connection page)."""

_TAKEN: Final = range(200, 300)
_EVENTS: Final = uuid.UUID("5c6f8a34-6a53-4f0a-9a3e-0d3a2f9f2b11")


@frozen
class _Callback:
    """Something to tell the application: that a text has some status."""

    account: Account
    url: str
    entry: BookEntry
    make: Callable[[BookEntry, Handover], HttpRequest]

    @property
    def about(self) -> tuple[str, str]:
        return self.entry.provider, self.entry.patient

    def request(self, at: datetime, attempt: int) -> HttpRequest:
        event_id = str(uuid.uuid5(_EVENTS, f"{self.entry.sid}/{self.entry.status}"))
        to = Handover(url=_with_path(self.url), at=at, event_id=event_id, attempt=attempt)
        return self.make(self.entry, to)


class Carrier:
    """One running carrier.

    Args:
        book: what it knows; from now on only reached through :meth:`open`.
        clock: what time it is at the carrier.
        chance: ids, and what goes wrong by chance.
    """

    def __init__(self, book: Book, clock: Clock, chance: Chance) -> None:
        self._book = book
        self._clock = clock
        self.chance = chance
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._under_way: dict[str, asyncio.Event] = {}
        self._held_back: dict[tuple[str, str], list[_Callback]] = defaultdict(list)
        self._transport: AsyncTransport | None = None
        self._watchers: set[asyncio.Event] = set()
        self.stopping: asyncio.Event = asyncio.Event()

    @contextmanager
    def open(self) -> Iterator[Book]:
        """The book, for this thread alone until the block ends."""
        try:
            with self._lock:
                yield self._book
        finally:
            self.tell_watchers()

    @contextmanager
    def look(self) -> Iterator[Book]:
        """The book, as :meth:`open`, for whoever changes nothing in it."""
        with self._lock:
            yield self._book

    @contextmanager
    def watching(self) -> Iterator[asyncio.Event]:
        """An event of the running loop, set when the book may have changed, and at the end."""
        event = asyncio.Event()
        self._watchers.add(event)
        try:
            yield event
        finally:
            self._watchers.discard(event)

    def tell_watchers(self) -> None:
        """Something may have changed; from any thread."""
        loop = self._loop
        if loop is not None and self._watchers:
            with suppress(RuntimeError):  # it was closed in between, and everybody has left
                loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        for event in self._watchers:
            event.set()

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
        self.set_clock(lambda: standing)

    def set_clock(self, clock: Clock) -> None:
        """Go by another clock from now on."""
        self._clock = clock
        self.tell_watchers()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Be able to call out, from the running event loop, until the block ends."""
        self._loop = asyncio.get_running_loop()
        self.stopping = asyncio.Event()
        try:
            yield
        finally:
            self._loop = None
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            for event in self._under_way.values():
                event.set()
            self._under_way.clear()
            if self._transport is not None:
                await self._transport.aclose()
                self._transport = None

    def stop(self) -> None:
        """Ask for the end, from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stop)

    def _stop(self) -> None:
        self.stopping.set()
        self._wake()

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

    # From the application

    def accept(self, book: Book, account: Account, draft: Draft) -> BookEntry:
        """Write down a text that the application created, from the event loop.

        Its delivery has to be started: :meth:`drain` waits for it.
        """
        sid = account.new_id(draft, self.chance.of("text", draft.from_, draft.to))
        self._under_way[sid] = asyncio.Event()
        return book.accept(draft, sid, self.now)

    async def start_delivery(self, sid: str) -> None:
        """Move a text along in the background, status by status."""
        self._under_way.setdefault(sid, asyncio.Event())
        task = asyncio.create_task(self._deliver(sid))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, sid: str) -> None:
        try:
            with self.open() as book:
                entry = book.find(sid)
                steps = book.steps_of(entry) if entry is not None else []
            for step in steps:
                with self.open() as book:
                    entry = book.advance(sid, step, self.now)
                    callback = None if entry is None else _status_callback(book, entry)
                if callback is not None:
                    # Waiting for each answer is what keeps a text's callbacks in order.
                    await self._tell(callback)
        finally:
            self._arrived(sid)

    def _arrived(self, sid: str) -> None:
        if (event := self._under_way.pop(sid, None)) is not None:
            event.set()

    # From patients

    def write_from_patient(self, draft: Draft, sid: str | None = None) -> list[BookEntry]:
        """Write down a patient's text, and the carrier's answer if it makes one.

        The webhook has to be told: :meth:`drain` waits for it.

        Args:
            draft: the text.
            sid: its id; None makes a new one, a known one delivers that text again.

        Raises:
            InvalidInput: the number is not an account's, or the id belongs to another text.
        """
        with self.open() as book:
            account = book.number(draft.to).account
            chance = self.chance.of("text", draft.from_, draft.to)
            new = [account.new_id(draft, chance) for _ in range(2)]
            written = book.receive(draft, sid or new[0], new[1], now=self.now)
        self._under_way.setdefault(written[0].sid, asyncio.Event())
        return written

    async def tell_from_patient(self, written: list[BookEntry]) -> BookEntry:
        """Send the carrier's answer out, and tell the webhook; the text after that."""
        try:
            return await self._tell_from_patient(*written)
        finally:
            self._arrived(written[0].sid)

    async def _tell_from_patient(self, entry: BookEntry, *answers: BookEntry) -> BookEntry:
        for answer in answers:
            await self.start_delivery(answer.sid)
        with self.open() as book:
            number = book.number(entry.to)
        if number.inbound_url is None:
            return entry
        make = number.account.inbound_callback
        status = await self._tell(_Callback(number.account, number.inbound_url, entry, make))
        with self.open() as book:
            book.note_webhook(entry.sid, status)
            return book.find(entry.sid) or entry

    async def take_from_patient(self, draft: Draft, sid: str | None = None) -> BookEntry:
        """Take a patient's text, answer it if that is the carrier's job, and tell the webhook.

        Raises:
            InvalidInput: as :meth:`write_from_patient`.
        """
        return await self.tell_from_patient(self.write_from_patient(draft, sid))

    # To the application

    async def drain(self) -> None:
        """Hand over what was held back, and wait until nothing is on its way."""
        while self._under_way or any(self._held_back.values()):
            for event in [*self._under_way.values()]:
                await event.wait()
            for about in [*self._held_back]:
                await self._release(about)

    async def pause(self, seconds: float) -> None:
        """Let time pass before an answer; less of it when the carrier stops."""
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), seconds)

    async def _tell(self, callback: _Callback) -> int:
        """Hand a callback over, unless it is held back; the webhook's status, 0 for no answer."""
        fault = self._fault(callback)
        if fault is not None and fault.kind is CallbackFault.REORDERED:
            self._held_back[callback.about].append(callback)
            return 0
        status = await self._hand_over(callback, fault)
        await self._release(callback.about)
        return status

    async def _release(self, about: tuple[str, str]) -> None:
        for held in self._held_back.pop(about, []):
            await self._hand_over(held, None)

    async def _hand_over(self, callback: _Callback, fault: Fault | None) -> int:
        status = 0
        for attempt in range(1, callback.account.callback_tries + 1):
            if attempt > 1:
                fault = self._fault(callback)
            kind = None if fault is None else fault.kind
            status = 0 if kind is CallbackFault.LOST else await self._attempt(callback, attempt)
            if kind is CallbackFault.DUPLICATE:
                await self._attempt(callback, attempt)
            if status in _TAKEN:
                break
        return status

    async def _attempt(self, callback: _Callback, attempt: int) -> int:
        request = callback.request(self.now, attempt)
        status = await self.call(callback.account.provider, request)
        if status in _TAKEN:
            with self.open() as book:
                book.note_told(callback.entry.sid, callback.entry.status)
        return status

    def _fault(self, callback: _Callback) -> Fault | None:
        entry = callback.entry
        with self.open() as book:
            fault = book.next_fault(callback.account.provider, of_callback=True)
            if fault is not None or not book.rates.callbacks:
                return fault
            chance = self.chance.of("callback", entry.sid, entry.status)
            return book.rates.for_callback(chance)

    async def call(self, provider: str, request: HttpRequest) -> int:  # noqa: ARG002 - see testing
        """Post a provider's callback; the status of the answer, 0 when none came."""
        if self._transport is None:
            # Only now, because its TLS set-up takes longer than starting the server.
            self._transport = AsyncTransport(answer_timeout=WEBHOOK_TIMEOUT)
        try:
            return (await self._transport.send(request)).status
        except TransportError:
            return 0


def _status_callback(book: Book, entry: BookEntry) -> _Callback | None:
    number = book.number(entry.from_)
    url = entry.status_callback or number.status_url
    if url is None or entry.author != "application":
        return None
    return _Callback(number.account, url, entry, number.account.status_callback)


def _with_path(url: str) -> str:
    """The URL as it will look to its server, which always sees a path: that is what is signed."""
    parts = urlsplit(url)
    return parts._replace(path=parts.path or "/", fragment="").geturl()
