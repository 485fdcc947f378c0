"""Twilio's REST API for messages, 2010-04-01 (its Message resource page)."""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import Final
from urllib.parse import parse_qs

from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from compliant_sms.sandbox._answers import misbehave
from compliant_sms.sandbox._book import Book
from compliant_sms.sandbox._carrier import Carrier, new_sid
from compliant_sms.sandbox._create import Form, Problem, Refused, first, read_draft
from compliant_sms.sandbox._entries import BookEntry
from compliant_sms.sandbox._listing import read_page
from compliant_sms.sandbox._resource import message_json, messages_uri, page_json, problem_json

_FORM: Final = "application/x-www-form-urlencoded"
_NOT_FINISHED: Final = ("queued", "sent")

_NOT_FOUND: Final = Problem(404, 20404, "There is no such resource.")
_WRONG_METHOD: Final = Problem(405, 20004, "The method cannot be used here.")
_WRONG_CREDENTIALS: Final = Problem(401, 20003, "These are not the account's credentials.")


def routes(carrier: Carrier) -> list[Route]:
    """The routes of the API."""
    api = _Api(carrier)
    every = messages_uri("{account}") + ".json"
    one = messages_uri("{account}") + "/{sid}.json"
    return [
        Route(every, api.create, methods=["POST"]),
        Route(every, api.list, methods=["GET"]),
        Route(one, api.fetch, methods=["GET"]),
        Route(one, api.update, methods=["POST"]),
        Route(one, api.delete, methods=["DELETE"]),
    ]


def refuse(_: Request, error: Exception) -> Response:
    """Turn a :class:`Refused`, or a path or method that is not served, into Twilio's answer."""
    problem = _problem(error)
    unknown_user = {"WWW-Authenticate": 'Basic realm="Twilio API"'}
    headers = unknown_user if problem.status == _WRONG_CREDENTIALS.status else None
    return JSONResponse(problem_json(problem), problem.status, headers)


def _problem(error: Exception) -> Problem:
    if isinstance(error, Refused):
        return error.problem
    if isinstance(error, HTTPException) and error.status_code == _WRONG_METHOD.status:
        return _WRONG_METHOD
    return _NOT_FOUND


class _Api:
    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier

    async def create(self, request: Request) -> Response:
        self._authenticate(request)
        form = await _read_form(request)
        with self._carrier.open() as book:
            fault = book.next_fault()
        if fault is None:
            return self._accept(form)
        return await misbehave(fault, lambda: self._accept(form), self._carrier.stopping)

    def _accept(self, form: Form) -> Response:
        with self._carrier.open() as book:
            draft = read_draft(form, book)
            entry = book.accept(draft, new_sid(draft), self._carrier.now)
            answer = message_json(entry, book.account_sid)
        # In the background, so that no callback overtakes the answer that tells the sid.
        background = BackgroundTask(self._carrier.start_delivery, entry.sid)
        return JSONResponse(answer, 201, background=background)

    async def list(self, request: Request) -> Response:
        self._authenticate(request)
        with self._carrier.open() as book:
            page = read_page(request.query_params, book.entries())
            return JSONResponse(page_json(page, book.account_sid, request.url.query))

    async def fetch(self, request: Request) -> Response:
        self._authenticate(request)
        with self._carrier.open() as book:
            return JSONResponse(message_json(_find(book, request), book.account_sid))

    async def update(self, request: Request) -> Response:
        self._authenticate(request)
        form = await _read_form(request)
        with self._carrier.open() as book:
            entry = _find(book, request)
            if "Status" in form:
                raise Refused(Problem(400, 30409, "Only a scheduled text can be canceled."))
            if first(form, "Body"):
                raise Refused(Problem(400, 20001, "Body can only be blanked, not changed."))
            if "Body" in form:
                entry = book.redact(entry, self._carrier.now)
            return JSONResponse(message_json(entry, book.account_sid))

    async def delete(self, request: Request) -> Response:
        self._authenticate(request)
        with self._carrier.open() as book:
            entry = _find(book, request)
            if entry.status in _NOT_FINISHED:
                raise Refused(Problem(409, 20009, "The text is still on its way."))
            book.delete(entry.sid)
        return Response(status_code=204)

    def _authenticate(self, request: Request) -> None:
        """Basic authentication, as the account in the path."""
        with self._carrier.open() as book:
            known = f"{book.account_sid}:{book.auth_token}"
            account_sid = book.account_sid
        scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
        try:
            given = base64.b64decode(encoded, validate=True) if scheme.lower() == "basic" else b""
        except binascii.Error:
            given = b""
        same_account = request.path_params["account"] == account_sid
        if not (hmac.compare_digest(given, known.encode()) and same_account):
            raise Refused(_WRONG_CREDENTIALS)


def _find(book: Book, request: Request) -> BookEntry:
    entry = book.find(request.path_params["sid"])
    if entry is None:
        raise Refused(_NOT_FOUND)
    return entry


async def _read_form(request: Request) -> Form:
    """The fields of a form; a body of another type, such as JSON, has none, as at Twilio."""
    body = await request.body()
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        return {}
    return parse_qs(body.decode(errors="replace"), keep_blank_values=True)
