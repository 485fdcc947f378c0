"""Twilio's REST API for messages, 2010-04-01 (its Message resource page)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from compliant_sms.sandbox._book import Book
from compliant_sms.sandbox._creating import Creation
from compliant_sms.sandbox._entries import BookEntry
from compliant_sms.sandbox._requests import has_basic
from compliant_sms.sandbox._twilio._create import Form, Problem, first, read_draft, refused
from compliant_sms.sandbox._twilio._listing import read_page
from compliant_sms.sandbox._twilio._resource import message_json, messages_uri, page_json

if TYPE_CHECKING:
    from compliant_sms.sandbox._carrier import Carrier
    from compliant_sms.sandbox._twilio._account import TwilioAccount

_FORM: Final = "application/x-www-form-urlencoded"
_NOT_FINISHED: Final = ("queued", "sent")

NOT_FOUND: Final[Problem] = (404, 20404, "There is no such resource.")
WRONG_METHOD: Final[Problem] = (405, 20004, "The method cannot be used here.")
_WRONG_CREDENTIALS: Final[Problem] = (401, 20003, "These are not the account's credentials.")


def routes(carrier: Carrier, account: TwilioAccount) -> list[Route]:
    """The routes of the API."""
    api = _Api(carrier, account)
    every = messages_uri("{account}") + ".json"
    one = messages_uri("{account}") + "/{sid}.json"
    return [
        Route(every, api.create, methods=["POST"]),
        Route(every, api.list, methods=["GET"]),
        Route("/2010-04-01/Accounts/{account}.json", api.show_account, methods=["GET"]),
        Route(one, api.fetch, methods=["GET"]),
        Route(one, api.update, methods=["POST"]),
        Route(one, api.delete, methods=["DELETE"]),
    ]


class _Api:
    def __init__(self, carrier: Carrier, account: TwilioAccount) -> None:
        self._carrier = carrier
        self._account = account
        self._sid = account.account_sid

    async def create(self, request: Request) -> Response:
        self._authenticate(request)
        form = await _read_form(request)
        creation = Creation(
            carrier=self._carrier,
            account=self._account,
            read=lambda book: read_draft(form, book),
            render=lambda _, entry: JSONResponse(message_json(entry, self._sid), 201),
        )
        return await creation.answer()

    async def list(self, request: Request) -> Response:
        self._authenticate(request)
        with self._carrier.open() as book:
            page = read_page(request.query_params, book.entries(self._account.provider))
            return JSONResponse(page_json(page, self._sid, request.url.query))

    async def fetch(self, request: Request) -> Response:
        self._authenticate(request)
        with self._carrier.open() as book:
            return JSONResponse(message_json(_find(book, request), self._sid))

    async def update(self, request: Request) -> Response:
        self._authenticate(request)
        form = await _read_form(request)
        with self._carrier.open() as book:
            entry = _find(book, request)
            if "Status" in form:
                raise refused(400, 30409, "Only a scheduled text can be canceled.")
            if first(form, "Body"):
                raise refused(400, 20001, "Body can only be blanked, not changed.")
            if "Body" in form:
                entry = book.redact(entry, self._carrier.now)
            return JSONResponse(message_json(entry, self._sid))

    async def delete(self, request: Request) -> Response:
        self._authenticate(request)
        with self._carrier.open() as book:
            entry = _find(book, request)
            if entry.status in _NOT_FINISHED:
                raise refused(409, 20009, "The text is still on its way.")
            book.delete(entry.sid)
        return Response(status_code=204)

    async def show_account(self, request: Request) -> Response:
        self._authenticate(request)
        return JSONResponse({"sid": self._sid, "status": "active", "type": "Full"})

    def _authenticate(self, request: Request) -> None:
        """Basic authentication, as the account in the path."""
        same_account = request.path_params["account"] == self._sid
        if not (has_basic(request, self._sid, self._account.auth_token) and same_account):
            raise refused(*_WRONG_CREDENTIALS)


def _find(book: Book, request: Request) -> BookEntry:
    entry = book.find(request.path_params["sid"], "twilio")
    if entry is None:
        raise refused(*NOT_FOUND)
    return entry


async def _read_form(request: Request) -> Form:
    """The fields of a form; a body of another type, such as JSON, has none, as at Twilio."""
    body = await request.body()
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        return {}
    return parse_qs(body.decode(errors="replace"), keep_blank_values=True)
