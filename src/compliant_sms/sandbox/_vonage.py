"""Vonage's dialect: its Messages API v1, for SMS and MMS.

Sources: its API descriptions and error pages, and its Python client 4.9 (vonage-messages 1.8.1,
vonage-jwt 1.1.5). Which status goes with an opt-out is from memory.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import uuid
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final

from attrs import field, frozen
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from compliant_sms._callback_signing import as_json, jwt
from compliant_sms.errors import MissingExtra
from compliant_sms.sandbox._account import Account, Handover, Refused, filled
from compliant_sms.sandbox._book import Book
from compliant_sms.sandbox._creating import Creation
from compliant_sms.sandbox._entries import BookEntry, Draft, is_callback_url, is_number
from compliant_sms.sandbox._keywords import Keywords, keywords
from compliant_sms.sandbox._requests import bearer, has_basic, read_object, text_of
from compliant_sms.wire import HttpRequest

if TYPE_CHECKING:
    from compliant_sms.sandbox._carrier import Carrier

_STATUSES: Final = {
    "sent": "submitted",
    "delivered": "delivered",
    "undelivered": "undeliverable",
    "failed": "rejected",
}
_PROBLEMS: Final = "https://developer.vonage.com/api-errors/messages"
_DIGITS = re.compile(r"[1-9][0-9]{6,14}")
_LONGEST_TEXT: Final = 3200
_LONGEST_REFERENCE: Final = 100
_TTL: Final = range(20, 604_801)


@frozen(kw_only=True)
class VonageAccount(Account):
    """An account at Vonage whose numbers belong to a 10DLC campaign.

    The campaign answers STOP, START and HELP. Whoever opted out is refused only later: the request
    is taken with 202, and the status webhook says 1240. Webhooks carry a JWT with the body's hash,
    and are tried five times.

    Args:
        api_key: the account's.
        api_secret: with the key, the credentials of requests.
        signature_secret: signs webhooks.
        numbers: the account's own numbers, E.164.
        answers_keywords: whether the campaign has keywords at all.
        application_id: with ``public_key``, for requests with a JWT, and named in webhooks.
        public_key: the application's, PEM. Needs the extra ``vonage``.

    Raises:
        InvalidInput: an empty key or secret, or a number that is none.
    """

    provider: ClassVar[str] = "vonage"
    prefix: ClassVar[str] = "/v1/"
    keywords: ClassVar[Keywords] = keywords(
        stop=["STOP", "END", "QUIT", "CANCEL", "UNSUBSCRIBE"],
        start=["START", "JOIN"],
        help_=["HELP"],
    )
    unreachable: ClassVar[int] = 1180
    opted_out: ClassVar[int] = 1240
    keywords_can_be_switched: ClassVar[bool] = True
    callback_tries: ClassVar[int] = 5

    api_key: str = field(validator=filled)
    api_secret: str = field(repr=False, validator=filled)
    signature_secret: str = field(repr=False, validator=filled)
    answers_keywords: bool = True
    application_id: str = ""
    public_key: str = field(default="", repr=False)

    def answers_keywords_on(self, number: str) -> bool:  # noqa: ARG002
        """As the campaign is set up."""
        return self.answers_keywords

    def block_scope(self, number: str) -> str:  # noqa: ARG002
        """All numbers of the campaign."""
        return "campaign"

    def routes(self, carrier: Carrier) -> list[Route]:
        """Create, and show the balance."""
        api = _Api(carrier, self)
        return [
            Route("/v1/messages", api.create, methods=["POST"]),
            Route("/account/get-balance", api.balance, methods=["GET"]),
        ]

    def no_route(self, status: int) -> Response:
        """In the form of all its errors."""
        return _problem(status, "not-found", "Not found")

    def rate_limited(self, seconds: float) -> Response:
        """429 with 1000; Vonage does not say how long to wait."""
        del seconds
        return _problem(429, 1000, "Throttled")

    def inbound_callback(self, entry: BookEntry, to: Handover) -> HttpRequest:
        """The text; nothing says whether the campaign answered."""
        content: dict[str, Any] = self._ends(entry) | {
            "timestamp": entry.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "message_type": "text",
            "text": entry.body,
            "sms": {
                "num_messages": str(entry.segments),
                "keyword": next(iter(entry.body.upper().split()), ""),
            },
            "usage": {"currency": "EUR", "price": "0.0"},
        }
        return self._post(content, to)

    def status_callback(self, entry: BookEntry, to: Handover) -> HttpRequest:
        """A status, with the error in it where it is a bad one."""
        content = self._ends(entry) | {
            "timestamp": entry.updated_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "status": _STATUSES[entry.status],
            "usage": {"currency": "EUR", "price": "0.0"},
        }
        if entry.reference is not None:
            content["client_ref"] = entry.reference
        if entry.error_code is not None:
            content["error"] = {
                "type": f"{_PROBLEMS}#{entry.error_code}",
                "title": entry.error_code,
                "detail": "The text was not delivered.",
                "instance": entry.sid,
            }
        return self._post(content, to)

    def _ends(self, entry: BookEntry) -> dict[str, Any]:
        return {
            "channel": "mms" if entry.media_urls else "sms",
            "message_uuid": entry.sid,
            "to": entry.to.removeprefix("+"),
            "from": entry.from_.removeprefix("+"),
        }

    def _post(self, content: dict[str, Any], to: Handover) -> HttpRequest:
        body = as_json(content)
        claims = {
            "iat": int(to.at.timestamp()),
            "jti": str(uuid.uuid5(uuid.UUID(to.event_id), str(to.attempt))),
            "iss": "Vonage",
            "payload_hash": hashlib.sha256(body).hexdigest(),
            "api_key": self.api_key,
        }
        if self.application_id:
            claims["application_id"] = self.application_id
        token = jwt(claims, self.signature_secret)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        return HttpRequest(method="POST", url=to.url, headers=headers, body=body)

    def has_secret(self, request: Request) -> bool:
        """Whether a request carries the account's key and secret."""
        return has_basic(request, self.api_key, self.api_secret)

    def has_token(self, token: str) -> bool:
        """Whether a JWT is the application's own (RS256).

        Raises:
            MissingExtra: without cryptography.
        """
        signed, _, signature = token.rpartition(".")
        try:
            header, claims = (json.loads(_unbase64url(part)) for part in signed.split("."))
            given = _unbase64url(signature)
        except (ValueError, binascii.Error):
            return False
        if not (isinstance(header, dict) and isinstance(claims, dict)):
            return False
        named = header.get("alg") == "RS256" and claims.get("application_id") == self.application_id
        return bool(self.public_key) and named and self._signed(given, signed.encode())

    def _signed(self, signature: bytes, signed: bytes) -> bool:
        try:
            from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - an extra
            from cryptography.hazmat.primitives.asymmetric.padding import (  # noqa: PLC0415
                PKCS1v15,
            )
            from cryptography.hazmat.primitives.asymmetric.rsa import (  # noqa: PLC0415
                RSAPublicKey,
            )
            from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
            from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
                load_pem_public_key,
            )
        except ModuleNotFoundError as error:
            raise MissingExtra("vonage", "requests with a JWT") from error  # noqa: EM101
        key = load_pem_public_key(self.public_key.encode())
        if not isinstance(key, RSAPublicKey):
            return False
        try:
            key.verify(signature, signed, PKCS1v15(), SHA256())
        except InvalidSignature:
            return False
        return True


def _unbase64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _problem(status: int, code: int | str, title: str, detail: str = "") -> JSONResponse:
    content = {
        "type": f"{_PROBLEMS}#{code}",
        "title": title,
        "detail": detail or title,
        "instance": f"sandbox-{code}",
    }
    return JSONResponse(content, status)


def _unauthorized() -> JSONResponse:
    return _problem(401, "unauthorized", "You did not provide correct credentials")


class _Api:
    def __init__(self, carrier: Carrier, account: VonageAccount) -> None:
        self._carrier = carrier
        self._account = account

    async def create(self, request: Request) -> Response:
        account = self._account
        if not (account.has_secret(request) or account.has_token(bearer(request))):
            raise Refused(_unauthorized())
        content = read_object(await request.body())
        if content is None:
            raise Refused(_problem(422, 1020, "Invalid params", "The body is no JSON object."))
        creation = Creation(
            carrier=self._carrier,
            account=account,
            read=partial(_read, content),
            render=lambda _, entry: JSONResponse({"message_uuid": entry.sid}, 202),
        )
        return await creation.answer()

    async def balance(self, request: Request) -> Response:
        if not self._account.has_secret(request):
            raise Refused(_unauthorized())
        return JSONResponse({"value": 100.0, "autoReload": False})


def _read(content: dict[str, Any], book: Book) -> Draft:
    for check in _CHECKS:
        if (found := check(content, book)) is not None:
            code, title, detail = found
            raise Refused(_problem(422, code, title, detail))
    media = _media(content)
    words = [text_of(content, "text"), *(text_of(each, "caption") for each in media)]
    return Draft(
        from_=_e164(content, "from"),
        to=_e164(content, "to"),
        body=next((each for each in words if each), ""),
        media_urls=tuple(each["url"] for each in media),
        status_callback=text_of(content, "webhook_url") or None,
        reference=text_of(content, "client_ref") or None,
    )


def _e164(content: dict[str, Any], name: str) -> str:
    digits = text_of(content, name)
    return f"+{digits}" if _DIGITS.fullmatch(digits) else ""


def _media(content: dict[str, Any]) -> list[dict[str, Any]]:
    """What an MMS carries: one object named after its type, or a list of them."""
    found = content.get(text_of(content, "message_type"))
    objects = found if isinstance(found, list) else [found]
    return [each for each in objects if isinstance(each, dict) and text_of(each, "url")]


_Problem = tuple[int, str, str]
_Check = Callable[[dict[str, Any], Book], _Problem | None]
_INVALID: Final = "Invalid params"


def _check_kind(content: dict[str, Any], _: Book) -> _Problem | None:
    missing = [n for n in ("channel", "message_type", "to", "from") if not text_of(content, n)]
    if missing:
        return 1010, "Missing params", f"{', '.join(missing)}: missing."
    channel, kind = content["channel"], content["message_type"]
    if channel not in {"sms", "mms"} or (channel == "sms" and kind != "text"):
        return 1020, _INVALID, "channel and message_type do not fit."
    return None


def _check_numbers(content: dict[str, Any], book: Book) -> _Problem | None:
    if not is_number(_e164(content, "to")):
        return 1020, _INVALID, "to is no number without +."
    number = book.numbers.get(_e164(content, "from"))
    if number is None or not isinstance(number.account, VonageAccount):
        return 1120, "Illegal sender address", "from is no number of this account."
    return None


def _check_content(content: dict[str, Any], _: Book) -> _Problem | None:
    text = text_of(content, "text")
    if not text and not _media(content):
        return 1010, "Missing params", "There is neither text nor media."
    if len(text) > _LONGEST_TEXT:
        return 1020, _INVALID, f"text has more than {_LONGEST_TEXT} characters."
    return None


def _check_rest(content: dict[str, Any], _: Book) -> _Problem | None:
    ttl, url = content.get("ttl"), text_of(content, "webhook_url")
    if ttl is not None and (type(ttl) is not int or ttl not in _TTL):
        return 1020, _INVALID, "ttl is not from 20 to 604800 seconds."
    if url and not is_callback_url(url):
        return 1020, _INVALID, "webhook_url cannot be called."
    if len(text_of(content, "client_ref")) > _LONGEST_REFERENCE:
        return 1450, _INVALID, "client_ref has more than 100 characters."
    return None


_CHECKS: Final[tuple[_Check, ...]] = (_check_kind, _check_numbers, _check_content, _check_rest)
