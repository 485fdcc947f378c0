"""Telnyx's dialect: its Messaging API v2.

Sources: its OpenAPI description (July 2026), its error code reference, its guides to webhooks and
to opt-outs, and the models of its Python client 4.189. The HTTP statuses of refusals are from
memory.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from math import ceil
from typing import TYPE_CHECKING, Any, ClassVar, Final

from attrs import field, frozen
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from compliant_sms._callback_signing import as_json, telnyx_headers, telnyx_public_key
from compliant_sms.sandbox._account import Account, Handover, Refused, filled
from compliant_sms.sandbox._book import Book
from compliant_sms.sandbox._creating import Creation
from compliant_sms.sandbox._entries import BookEntry, Draft, is_callback_url, is_number
from compliant_sms.sandbox._keywords import Keywords, keywords, read_keyword
from compliant_sms.sandbox._requests import bearer, read_object, text_of, texts_of
from compliant_sms.sandbox._segments import count_segments
from compliant_sms.wire import HttpRequest

if TYPE_CHECKING:
    from compliant_sms.sandbox._carrier import Carrier

_STATUSES: Final = {
    "queued": "queued",
    "sent": "sent",
    "delivered": "delivered",
    "undelivered": "delivery_failed",
    "failed": "sending_failed",
    "received": "webhook_delivered",
}
_FINAL: Final = ("delivered", "undelivered", "failed")
_KEY = re.compile(r"[A-Za-z0-9_:-]{1,255}")
_MOST_MEDIA: Final = 10
_MOST_SEGMENTS: Final = 10
_PROFILE: Final = "40017f2a-0000-4000-8000-5e5e5e5e5e5e"


@frozen(kw_only=True)
class TelnyxAccount(Account):
    """An account at Telnyx with one messaging profile.

    A STOP blocks the patient for all numbers of the profile; texts to them are refused at once
    (40300). Inbound webhooks say what a text was taken for (``autoresponse_type``). Webhooks are
    tried three times. Needs the extra ``telnyx`` for its signatures.

    Args:
        api_key: the bearer token of the API; the key of the signatures is derived from it.
        numbers: the profile's numbers, E.164.
        messaging_profile_id: the profile's id.

    Raises:
        InvalidInput: an empty key, or a number that is none.
    """

    provider: ClassVar[str] = "telnyx"
    prefix: ClassVar[str] = "/v2/"
    keywords: ClassVar[Keywords] = keywords(
        stop=["STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"],
        start=["START", "UNSTOP"],
        help_=["HELP"],
    )
    unreachable: ClassVar[int] = 40008
    opted_out: ClassVar[int] = 40300
    callback_tries: ClassVar[int] = 3

    api_key: str = field(repr=False, validator=filled)
    messaging_profile_id: str = field(default=_PROFILE, validator=filled)

    @property
    def public_key(self) -> str:
        """What its webhooks are verified with: base64, 32 bytes.

        Raises:
            MissingExtra: without cryptography.
        """
        return telnyx_public_key(self.api_key)

    def block_scope(self, number: str) -> str:  # noqa: ARG002
        """All numbers of the profile."""
        return self.messaging_profile_id

    def routes(self, carrier: Carrier) -> list[Route]:
        """Create, fetch, list opt-outs, and show the balance."""
        api = _Api(carrier, self)
        return [
            Route("/v2/messages", api.create, methods=["POST"]),
            Route("/v2/messages/{id}", api.fetch, methods=["GET"]),
            Route("/v2/messaging_optouts", api.list_opt_outs, methods=["GET"]),
            Route("/v2/balance", api.balance, methods=["GET"]),
        ]

    def no_route(self, status: int) -> Response:
        """Codes 10005 and 10006."""
        code, title = (10006, "Method not allowed") if status == 405 else (10005, "Not found")
        return _problem(status, code, title)

    def rate_limited(self, seconds: float) -> Response:
        """429 with code 10011, and the seconds until it is over in ``x-ratelimit-reset``."""
        response = _problem(429, 10011, "Too many requests")
        response.headers["x-ratelimit-remaining"] = "0"
        response.headers["x-ratelimit-reset"] = str(ceil(seconds))
        return response

    def inbound_callback(self, entry: BookEntry, to: Handover) -> HttpRequest:
        """``message.received``; a text that was acted on says as what."""
        meant = read_keyword(entry.body, self.keywords) if entry.answered_by else None
        payload = self._message(entry) | {
            "direction": "inbound",
            "received_at": entry.created_at.isoformat(),
        }
        if meant is not None:
            payload["autoresponse_type"] = meant.name
        return self._post("message.received", payload, to, entry.created_at)

    def status_callback(self, entry: BookEntry, to: Handover) -> HttpRequest:
        """``message.sent`` and, at the end, ``message.finalized``."""
        kind = "message.finalized" if entry.status in _FINAL else "message.sent"
        return self._post(kind, self.outbound(entry), to, entry.updated_at)

    def _post(
        self, kind: str, payload: Mapping[str, Any], to: Handover, occurred_at: datetime
    ) -> HttpRequest:
        event = {
            "event_type": kind,
            "id": to.event_id,
            "occurred_at": occurred_at.isoformat(),
            "payload": payload,
            "record_type": "event",
        }
        meta = {"attempt": to.attempt, "delivered_to": to.url}
        body = as_json({"data": event, "meta": meta})
        signed = telnyx_headers(self.api_key, body, to.at)
        headers = {"Content-Type": "application/json", **signed}
        return HttpRequest(method="POST", url=to.url, headers=headers, body=body)

    def outbound(self, entry: BookEntry) -> dict[str, Any]:
        """A text of the application's, as Telnyx shows it."""
        code = entry.error_code
        errors = [] if code is None else [_error(code, "The text was not delivered")]
        completed = entry.updated_at.isoformat() if entry.status in _FINAL else None
        return self._message(entry) | {
            "direction": "outbound",
            "errors": errors,
            "completed_at": completed,
            "sent_at": None if entry.sent_at is None else entry.sent_at.isoformat(),
            "received_at": entry.created_at.isoformat(),
            "webhook_url": entry.status_callback,
        }

    def _message(self, entry: BookEntry) -> dict[str, Any]:
        to: dict[str, Any] = {
            "phone_number": entry.to,
            "status": _STATUSES[entry.status],
            "carrier": "",
            "line_type": "Wireless",
        }
        return {
            "record_type": "message",
            "id": entry.sid,
            "type": "MMS" if entry.media_urls else "SMS",
            "messaging_profile_id": self.messaging_profile_id,
            "from": {"phone_number": entry.from_, "carrier": "", "line_type": "Wireless"},
            "to": [to],
            "cc": [],
            "text": entry.body,
            "subject": None,
            "media": [{"url": url, "content_type": None} for url in entry.media_urls],
            "parts": entry.segments,
            "encoding": "GSM-7" if entry.body.isascii() else "UCS-2",
            "tags": [],
            "cost": None,
            "valid_until": None,
        }


def _error(code: int | str, title: str, detail: str = "") -> dict[str, Any]:
    return {"code": str(code), "title": title, "detail": detail or title, "meta": {}}


def _problem(status: int, code: int, title: str, detail: str = "") -> JSONResponse:
    return JSONResponse({"errors": [_error(code, title, detail)]}, status)


class _Api:
    def __init__(self, carrier: Carrier, account: TelnyxAccount) -> None:
        self._carrier = carrier
        self._account = account

    async def create(self, request: Request) -> Response:
        self._authenticate(request)
        body = await request.body()
        key = request.headers.get("idempotency-key")
        if key is not None and (known := self._known(key, body)) is not None:
            return known
        content = read_object(body)
        if content is None:
            raise Refused(_problem(400, 40009, "The body is not a JSON object"))

        def render(book: Book, entry: BookEntry) -> Response:
            if key is not None:
                book.requests_by_key[key] = body, entry.sid
            return JSONResponse({"data": self._account.outbound(entry)})

        creation = Creation(
            carrier=self._carrier,
            account=self._account,
            read=partial(self._read, content),
            render=render,
        )
        return await creation.answer()

    def _known(self, key: str, body: bytes) -> Response | None:
        """The answer to a key that was used before, byte for byte the same request or not."""
        if not _KEY.fullmatch(key):
            return _problem(400, 10015, "The Idempotency-Key cannot be used")
        with self._carrier.open() as book:
            before, sid = book.requests_by_key.get(key, (None, ""))
            entry = book.find(sid)
        if before is None or entry is None:
            return None
        if before != body:
            return _problem(422, 10015, "The Idempotency-Key belongs to another request")
        return JSONResponse({"data": self._account.outbound(entry)})

    def _read(self, content: dict[str, Any], book: Book) -> Draft:
        for check in _CHECKS:
            if (found := check(content, book)) is not None:
                raise Refused(_problem(*found))
        return Draft(
            from_=text_of(content, "from"),
            to=text_of(content, "to"),
            body=text_of(content, "text"),
            media_urls=tuple(texts_of(content, "media_urls") or ()),
            status_callback=text_of(content, "webhook_url") or None,
        )

    async def fetch(self, request: Request) -> Response:
        self._authenticate(request)
        with self._carrier.open() as book:
            entry = book.find(request.path_params["id"], self._account.provider)
        if entry is None:
            return self._account.no_route(404)
        return JSONResponse({"data": self._account.outbound(entry)})

    async def list_opt_outs(self, request: Request) -> Response:
        self._authenticate(request)
        asked = request.query_params
        number = _whole(asked.get("page[number]"), 1)
        size = _whole(asked.get("page[size]"), 20)
        profile = self._account.messaging_profile_id
        whose = asked.get("filter[messaging_profile_id]", profile), asked.get("filter[from]")
        with self._carrier.open() as book:
            found = [
                each
                for each in book.opt_outs(self._account.provider)
                if whose[0] == profile and whose[1] in {None, each.number}
            ]
        shown = found[(number - 1) * size : number * size]
        listed = [
            {
                "messaging_profile_id": self._account.messaging_profile_id,
                "from": each.number,
                "to": each.patient,
                "keyword": each.body.strip(),
                "created_at": each.at.isoformat(),
            }
            for each in shown
        ]
        meta = {
            "total_pages": ceil(len(found) / size),
            "total_results": len(found),
            "page_number": number,
            "page_size": size,
        }
        return JSONResponse({"data": listed, "meta": meta})

    async def balance(self, request: Request) -> Response:
        self._authenticate(request)
        data = {"record_type": "balance", "available_credit": "100.00", "currency": "USD"}
        return JSONResponse({"data": data})

    def _authenticate(self, request: Request) -> None:
        if not hmac.compare_digest(bearer(request).encode(), self._account.api_key.encode()):
            raise Refused(_problem(401, 10009, "Authentication failed"))


_Problem = tuple[int, int, str]
_Check = Callable[[dict[str, Any], Book], _Problem | None]


def _check_to(content: dict[str, Any], _: Book) -> _Problem | None:
    to = text_of(content, "to")
    if not to:
        return 422, 10004, "Missing required parameter"
    return None if is_number(to) else (400, 40310, "Invalid 'to' address")


def _check_from(content: dict[str, Any], book: Book) -> _Problem | None:
    number = book.numbers.get(text_of(content, "from"))
    if number is None or not isinstance(number.account, TelnyxAccount):
        return 400, 40305, "Invalid 'from' address"
    profile = content.get("messaging_profile_id")
    if profile not in {None, number.account.messaging_profile_id}:
        return 400, 40312, "Unknown messaging profile"
    return None


def _check_content(content: dict[str, Any], _: Book) -> _Problem | None:
    text, media = text_of(content, "text"), texts_of(content, "media_urls")
    if media is None or len(media) > _MOST_MEDIA:
        return 400, 40317, "Invalid media"
    if not text and not media:
        return 400, 40316, "No content"
    if count_segments(text) > _MOST_SEGMENTS:
        return 400, 40302, "The text is too long"
    return None


def _check_webhook(content: dict[str, Any], _: Book) -> _Problem | None:
    url = text_of(content, "webhook_url")
    return None if not url or is_callback_url(url) else (422, 10015, "Invalid webhook_url")


def _check_opt_out(content: dict[str, Any], book: Book) -> _Problem | None:
    if book.is_blocked(text_of(content, "from"), text_of(content, "to")):
        return 400, 40300, "Blocked due to STOP message"
    return None


_CHECKS: Final[tuple[_Check, ...]] = (
    _check_to,
    _check_from,
    _check_content,
    _check_webhook,
    _check_opt_out,
)


def _whole(text: str | None, default: int) -> int:
    return int(text) if text is not None and re.fullmatch(r"[1-9][0-9]{0,5}", text) else default
