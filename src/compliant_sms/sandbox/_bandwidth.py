"""Bandwidth's dialect: its Messaging API v2.

Sources: its OpenAPI description (July 2026), its pages on webhooks and error codes, and its Python
client 23.3.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any, ClassVar, Final

from attrs import field, frozen
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from compliant_sms._callback_signing import as_json, basic
from compliant_sms.sandbox._account import Account, Handover, Refused, filled
from compliant_sms.sandbox._book import Book
from compliant_sms.sandbox._creating import Creation
from compliant_sms.sandbox._entries import BookEntry, Draft, is_number
from compliant_sms.sandbox._keywords import Keywords, keywords
from compliant_sms.sandbox._requests import has_basic, read_object, text_of, texts_of
from compliant_sms.wire import HttpRequest

if TYPE_CHECKING:
    from compliant_sms.sandbox._carrier import Carrier

_TYPES: Final = {
    "sent": "message-sent",
    "delivered": "message-delivered",
    "undelivered": "message-failed",
    "failed": "message-failed",
}
_TOLL_FREE = re.compile(r"\+1(800|833|844|855|866|877|888)[0-9]{7}")
_LETTERS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_LONGEST_TEXT: Final = 2048
_LONGEST_TAG: Final = 1024
_LIST_PAGE: Final = 1000


@frozen(kw_only=True)
class BandwidthAccount(Account):
    """An account at Bandwidth with one messaging application.

    On ordinary numbers nobody answers STOP: it arrives as any text does, and nobody is blocked.
    On toll-free numbers the network answers STOP and UNSTOP, and texts to whoever opted out are
    taken and fail later (4775). Callbacks are lists, carry the application's credentials instead
    of a signature, go to URLs set there, and are tried five times.

    Args:
        account_id: in the path of requests.
        username: with ``password``, the credentials of requests.
        password: of the API's user.
        application_id: the messaging application's.
        callback_credentials: ``user:password`` of callbacks.
        numbers: the application's numbers, E.164.

    Raises:
        InvalidInput: something is empty, or a number is none.
    """

    provider: ClassVar[str] = "bandwidth"
    prefix: ClassVar[str] = "/api/v2/"
    keywords: ClassVar[Keywords] = keywords(stop=["STOP"], start=["UNSTOP"])
    unreachable: ClassVar[int] = 4702
    opted_out: ClassVar[int] = 4775
    id_form: ClassVar[re.Pattern[str]] = re.compile(r"[0-9a-z]{8,64}")
    id_words: ClassVar[str] = "8 to 64 small letters and digits"
    callback_tries: ClassVar[int] = 5

    account_id: str = field(validator=filled)
    username: str = field(validator=filled)
    password: str = field(repr=False, validator=filled)
    application_id: str = field(validator=filled)
    callback_credentials: str = field(repr=False, validator=filled)

    def answers_keywords_on(self, number: str) -> bool:
        """On toll-free numbers alone."""
        return _TOLL_FREE.fullmatch(number) is not None

    def block_scope(self, number: str) -> str:
        """The number alone."""
        return number

    def new_id(self, draft: Draft, chance: Random) -> str:  # noqa: ARG002
        """Small letters and digits."""
        return "".join(chance.choices(_LETTERS, k=29))

    def routes(self, carrier: Carrier) -> list[Route]:
        """Create, and search what was sent and received."""
        api = _Api(carrier, self)
        path = "/api/v2/users/{account}/messages"
        return [
            Route(path, api.create, methods=["POST"]),
            Route(path, api.search, methods=["GET"]),
        ]

    def no_route(self, status: int) -> Response:
        """In the form of all its errors."""
        return _problem(status, "resource-not-found", "There is no such resource.")

    def rate_limited(self, seconds: float) -> Response:
        """429: the queue is full; Bandwidth does not say for how long."""
        del seconds
        words = "The message queue is full; 1 message a second is allowed."
        return _problem(429, "max-message-queue-size-exceeded", words)

    def inbound_callback(self, entry: BookEntry, to: Handover) -> HttpRequest:
        """``message-received``, in a list."""
        message = self.message(entry) | {"text": entry.body}
        return self._post(
            _event(entry, "message-received", "Incoming message received"), message, to
        )

    def status_callback(self, entry: BookEntry, to: Handover) -> HttpRequest:
        """What became of a text, without its words, in a list."""
        event = _event(entry, _TYPES[entry.status], "ok")
        if entry.error_code is not None:
            event |= {"errorCode": entry.error_code, "description": "The text was not delivered"}
        return self._post(event, self.message(entry) | {"text": ""}, to)

    def _post(self, event: dict[str, Any], message: dict[str, Any], to: Handover) -> HttpRequest:
        headers = {"Content-Type": "application/json; charset=utf-8"}
        headers |= basic(self.callback_credentials)
        body = as_json([event | {"message": message}])
        return HttpRequest(method="POST", url=to.url, headers=headers, body=body)

    def message(self, entry: BookEntry) -> dict[str, Any]:
        """A text as Bandwidth shows it."""
        inbound = entry.direction == "inbound"
        return {
            "id": entry.sid,
            "owner": entry.to if inbound else entry.from_,
            "applicationId": self.application_id,
            "time": _instant(entry.created_at),
            "segmentCount": entry.segments,
            "direction": "in" if inbound else "out",
            "to": [entry.to],
            "from": entry.from_,
            "text": entry.body,
            "tag": entry.reference or "",
            "media": list(entry.media_urls),
            "priority": "default",
            "channel": "MMS" if entry.media_urls else "SMS",
        }


def _event(entry: BookEntry, kind: str, words: str) -> dict[str, Any]:
    return {
        "type": kind,
        "time": _instant(entry.updated_at),
        "description": words,
        "to": entry.to,
    }


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _problem(
    status: int, kind: str, words: str, fields: dict[str, str] | None = None
) -> JSONResponse:
    content: dict[str, Any] = {"type": kind, "description": words}
    if fields:
        content["fieldErrors"] = [
            {"fieldName": name, "description": wrong} for name, wrong in fields.items()
        ]
    return JSONResponse(content, status)


class _Api:
    def __init__(self, carrier: Carrier, account: BandwidthAccount) -> None:
        self._carrier = carrier
        self._account = account

    async def create(self, request: Request) -> Response:
        self._authenticate(request)
        content = read_object(await request.body())
        if content is None:
            raise Refused(_problem(400, "request-validation", "The body is no JSON object."))
        creation = Creation(
            carrier=self._carrier,
            account=self._account,
            read=partial(self._read, content),
            render=lambda _, entry: JSONResponse(self._account.message(entry), 202),
        )
        return await creation.answer()

    def _read(self, content: dict[str, Any], book: Book) -> Draft:
        wrong = {
            name: words
            for name, check in _CHECKS.items()
            if (words := check(content, book, self._account)) is not None
        }
        if wrong:
            words = "Your request could not be accepted."
            raise Refused(_problem(400, "request-validation", words, wrong))
        return Draft(
            from_=text_of(content, "from"),
            to=(texts_of(content, "to") or [""])[0],
            body=text_of(content, "text"),
            media_urls=tuple(texts_of(content, "media") or ()),
            reference=text_of(content, "tag") or None,
        )

    async def search(self, request: Request) -> Response:
        self._authenticate(request)
        with self._carrier.open() as book:
            entries = book.entries(self._account.provider)
        asked = request.query_params
        listed = [_item(entry, self._account) for entry in reversed(entries)]
        found = [item for item in listed if _matches(item, asked)]
        limit = min(_whole(asked.get("limit"), _LIST_PAGE), _LIST_PAGE)
        start = _whole(asked.get("pageToken"), 0)
        following = start + limit if start + limit < len(found) else None
        page: dict[str, Any] = {}
        if following is not None:
            page = {"nextPageToken": str(following), "nextPage": f"?pageToken={following}"}
        content = {
            "totalCount": len(found),
            "pageInfo": page,
            "messages": found[start : start + limit],
        }
        return JSONResponse(content)

    def _authenticate(self, request: Request) -> None:
        account = self._account
        if not has_basic(request, account.username, account.password):
            raise Refused(_problem(401, "unauthorized", "These are not the user's credentials."))
        if request.path_params["account"] != account.account_id:
            raise Refused(_problem(403, "forbidden", "The user may not use this account."))


_Check = Callable[[dict[str, Any], Book, BandwidthAccount], str | None]


def _check_application(content: dict[str, Any], _: Book, account: BandwidthAccount) -> str | None:
    known = text_of(content, "applicationId") == account.application_id
    return None if known else "'applicationId' is no application of this account"


def _check_to(content: dict[str, Any], _: Book, __: BandwidthAccount) -> str | None:
    to = content.get("to")
    several = texts_of(content, "to") if isinstance(to, list) else None
    if not several or not all(is_number(each) for each in several):
        return "'to' must be a list of numbers"
    # At Bandwidth this is a group text, in which patients see each other.
    return None if len(several) == 1 else "the sandbox takes one recipient in 'to'"


def _check_from(content: dict[str, Any], book: Book, account: BandwidthAccount) -> str | None:
    number = book.numbers.get(text_of(content, "from"))
    known = number is not None and number.account is account
    return None if known else "'from' is no number of the application"


def _check_text(content: dict[str, Any], _: Book, __: BandwidthAccount) -> str | None:
    text, media = text_of(content, "text"), texts_of(content, "media")
    if media is None:
        return "'media' must be a list"
    if not text and not media:
        return "there is neither 'text' nor 'media'"
    return None if len(text) <= _LONGEST_TEXT else f"'text' is longer than {_LONGEST_TEXT}"


def _check_tag(content: dict[str, Any], _: Book, __: BandwidthAccount) -> str | None:
    fits = len(text_of(content, "tag")) <= _LONGEST_TAG
    return None if fits else f"'tag' is longer than {_LONGEST_TAG}"


_CHECKS: Final[Mapping[str, _Check]] = {
    "applicationId": _check_application,
    "to": _check_to,
    "from": _check_from,
    "text": _check_text,
    "tag": _check_tag,
}


# What a search may ask for by name; the times are apart.
_SOUGHT: Final = (
    "messageId",
    "sourceTn",
    "destinationTn",
    "messageStatus",
    "messageDirection",
    "messageType",
    "errorCode",
)


def _item(entry: BookEntry, account: BandwidthAccount) -> dict[str, Any]:
    """What a search tells of a text: never what it says."""
    return {
        "messageId": entry.sid,
        "accountId": account.account_id,
        "sourceTn": entry.from_,
        "destinationTn": entry.to,
        "messageStatus": entry.status.upper(),
        "messageDirection": "INBOUND" if entry.direction == "inbound" else "OUTBOUND",
        "messageType": "mms" if entry.media_urls else "sms",
        "segmentCount": entry.segments,
        "errorCode": entry.error_code or 0,
        "receiveTime": _instant(entry.created_at),
        "carrierName": None,
    }


def _matches(item: Mapping[str, Any], asked: Mapping[str, str]) -> bool:
    right = all(str(item[name]) == asked[name] for name in _SOUGHT if name in asked)
    # All instants have the same form, so that they sort as texts do.
    earliest, latest = asked.get("fromDateTime", ""), asked.get("toDateTime", "9")
    return right and earliest <= item["receiveTime"] <= latest


def _whole(text: str | None, default: int) -> int:
    return int(text) if text is not None and re.fullmatch(r"[0-9]{1,9}", text) else default
