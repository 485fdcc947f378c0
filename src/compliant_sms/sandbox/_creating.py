"""What happens to a request that creates a text, faults included."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from attrs import frozen
from starlette.background import BackgroundTask, BackgroundTasks
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from compliant_sms.sandbox._account import Account, Refused
from compliant_sms.sandbox._book import Book
from compliant_sms.sandbox._carrier import Carrier
from compliant_sms.sandbox._entries import BookEntry, Draft
from compliant_sms.sandbox._faults import Fault, FaultKind


class Silence(Response):
    """No answer at all: the connection is closed.

    Args:
        until: keep the connection open, silently, until the client goes away or this is set.
        background: what to do first.
    """

    def __init__(
        self, *, until: asyncio.Event | None = None, background: BackgroundTask | None = None
    ) -> None:
        super().__init__(background=background)
        self._until = until

    async def __call__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,  # noqa: ARG002 - ASGI hands it over, and nothing is sent
    ) -> None:
        if self.background is not None:
            await self.background()
        gone = asyncio.create_task(_client_gone(receive))
        if self._until is not None:
            stop = asyncio.create_task(self._until.wait())
            await asyncio.wait({gone, stop}, return_when=asyncio.FIRST_COMPLETED)
            stop.cancel()
        # Put there by _http.HangUpProtocol: ASGI has no word for closing without an answer.
        scope["state"]["hang_up"]()
        await gone


async def _client_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


@frozen
class Creation:
    """A create request in its provider's dialect.

    Args:
        carrier: who takes it.
        account: at whose provider; the request is known to be the account's.
        read: checks the request, opt-outs included, and gives the text; raises :class:`Refused`.
        render: the proper answer for a text that is in the book.
    """

    carrier: Carrier
    account: Account
    read: Callable[[Book], Draft]
    render: Callable[[Book, BookEntry], Response]

    async def answer(self) -> Response:
        """Take the request, or let it go wrong.

        Raises:
            Refused: the provider would not take it.
        """
        with self.carrier.open() as book:
            fault = book.next_fault(self.account.provider)
            if fault is None:
                draft = self.read(book)
                fault = self._by_chance(book, draft)
            if fault is None:
                return self._take(book, draft)
        return await self._misbehave(fault)

    def _by_chance(self, book: Book, draft: Draft) -> Fault | None:
        if not book.rates.requests:
            return None
        return book.rates.for_request(self.carrier.chance.of("request", draft.from_, draft.to))

    def _accept(self) -> Response:
        with self.carrier.open() as book:
            return self._take(book, self.read(book))

    def _take(self, book: Book, draft: Draft) -> Response:
        entry = self.carrier.accept(book, self.account, draft)
        response = self.render(book, entry)
        # In the background, so that no callback overtakes the answer that tells the id.
        response.background = BackgroundTask(self.carrier.start_delivery, entry.sid)
        return response

    async def _misbehave(self, fault: Fault) -> Response:  # noqa: PLR0911 - one for each kind
        match fault.kind:
            case FaultKind.STATUS:
                return Response(fault.body, fault.status, fault.headers)
            case FaultKind.RATE_LIMITED:
                return self.account.rate_limited(fault.seconds)
            case FaultKind.DROP:
                return Silence()
            case FaultKind.ACCEPT_THEN_DROP:
                return Silence(background=self._accept().background)
            case FaultKind.HANG:
                until = self.carrier.stopping
                return Silence(until=until, background=self._accept().background)
            case FaultKind.STOP_BEFORE_ACCEPT:
                return self._overtaken_by_stop()
            case FaultKind.STOP_BEFORE_ANSWER:
                response = self._accept()
                await self.carrier.take_from_patient(self._stop())
                return response
            case _:
                return await self._late(fault.seconds)

    async def _late(self, seconds: float) -> Response:
        answer = self._accept()
        await self.carrier.pause(seconds)
        return answer

    def _stop(self) -> Draft:
        """The recipient's STOP."""
        with self.carrier.open() as book:
            draft = self.read(book)
        return Draft(from_=draft.to, to=draft.from_, body="STOP")

    def _overtaken_by_stop(self) -> Response:
        stop = self.carrier.write_from_patient(self._stop())
        try:
            response = self._accept()
        except Refused as refused:
            response = refused.response
        tasks = BackgroundTasks([BackgroundTask(self.carrier.tell_from_patient, stop)])
        if response.background is not None:
            tasks.tasks.append(response.background)
        response.background = tasks
        return response
