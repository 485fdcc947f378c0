"""Twilio Programmable Messaging, API 2010-04-01.

Sources: Twilio's API reference (Messages resource, error dictionary, webhook security) and its
OpenAPI description; the signature scheme as its own Python client 9.13 computes it.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, cast
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from attrs import Attribute, field, frozen

from compliant_sms import _given
from compliant_sms.errors import InvalidInput, InvalidPhoneNumber
from compliant_sms.lifecycle import State
from compliant_sms.phone import PhoneNumber
from compliant_sms.providers._base import (
    Attempt,
    Category,
    Certainty,
    InboundText,
    OutboundText,
    Problem,
    ProviderEvent,
    SentText,
    StatusUpdate,
    VerifiedWebhook,
    sealed,
)
from compliant_sms.providers._twilio_signature import verify_signature
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest

__all__ = ["Twilio"]

_STATES: Final = {
    "sent": State.SENT,
    "delivered": State.DELIVERED,
    "read": State.DELIVERED,
    "undelivered": State.UNDELIVERED,
    "failed": State.FAILED,
    "canceled": State.FAILED,
}
# The rest ("accepted", "queued", "sending", ...) means that Twilio has it: sent, as seen from here.
_ON_ITS_WAY: Final = State.SENT

# Twilio asks callers not to hang logic on single codes, and splits general ones now and then:
# what is not listed falls to the HTTP status.
_CATEGORIES: Final = {
    Category.OPTED_OUT: {21610},
    Category.BLOCKED_NUMBER: {30004},
    Category.QUIET_HOURS: {30610},
    Category.COMPLIANCE_BLOCKED: {30640},
    Category.INVALID_NUMBER: {21211, 21604},
    Category.SENDER_INVALID: {21212, 21603, 21606, 21657, 21703, 21704},
    Category.LANDLINE_OR_INCAPABLE: {21612, 21614, 21635, 30006},
    Category.UNREACHABLE_TEMPORARY: {30003},
    Category.UNREACHABLE_PERMANENT: {30005},
    Category.CARRIER_FILTERED: {30007, 30038},
    Category.RATE_LIMITED: {20429, 21611, 30001, 30022},
    Category.QUOTA: {30023, 30027},
    Category.SENDER_UNREGISTERED: {30018, 30024, 30032, 30033, 30034, 30035},
    Category.EXPIRED: {30036},
    Category.FRAUD_BLOCKED: {30450},
    Category.DESTINATION_NOT_ENABLED: {21408},
    Category.CONTENT_INVALID: {21602, 21609, 21617, 21623, 21624, 30010, 90007},
    Category.AUTH: {20003},
    Category.ACCOUNT_SUSPENDED: {20005, 30002},
    Category.PROVIDER_FAULT: {30017, 30047, 30410},
}
_CATEGORY_OF: Final = {code: category for category, codes in _CATEGORIES.items() for code in codes}
_CATEGORY_OF_STATUS: Final = {
    401: Category.AUTH,
    402: Category.ACCOUNT_SUSPENDED,
    403: Category.AUTH,
    429: Category.RATE_LIMITED,
}

# Twilio's default opt-out handling answers these by itself when they are the whole text.
_ANSWERED_BY_TWILIO: Final = frozenset(
    [
        "stop",
        "stopall",
        "unsubscribe",
        "end",
        "quit",
        "cancel",
        "revoke",
        "optout",
        "start",
        "yes",
        "unstop",
        "help",
        "info",
    ]
)
_ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}")
_REFERENCE = "ref"
_LIST_PAGE = 1000
_MOST_MEDIA = 10
_LONGEST_NUMBER = 9


def _number(value: str | PhoneNumber) -> PhoneNumber:
    return value if isinstance(value, PhoneNumber) else PhoneNumber.parse(value)


def _is_account(of: object, attribute: Attribute[str], value: str) -> None:
    _given.text(of, attribute, value)
    if not _ACCOUNT.fullmatch(value):
        msg = "account_sid is not a Twilio account SID: 'AC' and 32 hexadecimal digits"
        raise InvalidInput(msg)


def _tokens(values: object) -> tuple[str, ...]:
    _given.each_of(values, str, "older_auth_tokens", "the tokens in a list")
    return tuple(cast("Sequence[str]", values))


def _not_blank(of: object, attribute: Attribute[str], value: str) -> None:
    _given.text(of, attribute, value)
    if not value.strip():
        msg = f"Twilio's {attribute.name} is empty"
        raise InvalidInput(msg)


@frozen(kw_only=True)
class Twilio:
    """Twilio, with one sender.

    Args:
        account_sid: ``AC`` and 32 hexadecimal digits.
        auth_token: signs callbacks and, together with the account, requests.
        sender: the number that texts come from.
        baa_signed_on: when Twilio and the practice signed a business associate agreement; without
            one nothing goes to a patient.
        status_callback: public URL that Twilio tells of deliveries, or empty for none.
        answers_keywords: Twilio's default opt-out handling is on (it is, unless their support
            switched it off): Twilio itself confirms STOP and answers HELP.
        older_auth_tokens: still accepted on callbacks while a token is being rotated.
        base_url: another address of the API; on loopback it is a simulated carrier.

    Raises:
        InvalidInput: a field cannot be right.
    """

    account_sid: str = field(validator=_is_account)
    auth_token: str = field(repr=False, validator=_not_blank)
    sender: PhoneNumber = field(converter=_number)
    baa_signed_on: date | None = None
    status_callback: str = field(default="", validator=_given.text)
    answers_keywords: bool = True
    older_auth_tokens: tuple[str, ...] = field(default=(), repr=False, converter=_tokens)
    base_url: str = field(default="https://api.twilio.com", validator=_given.text)

    @property
    def name(self) -> str:
        """Its name on record."""
        return "twilio"

    @property
    def max_characters(self) -> int:
        """Longest body, in code points (error 21617 above it)."""
        return 1600

    @property
    def simulated(self) -> bool:
        """The API is simulated on this machine."""
        return urlsplit(self.base_url).hostname in {"127.0.0.1", "::1", "localhost"}

    @property
    def may_carry_phi(self) -> bool:
        """An agreement is signed, or the API is simulated on this machine."""
        return self.baa_signed_on is not None or self.simulated

    # Requests

    @property
    def _messages_url(self) -> str:
        return f"{self.base_url}/2010-04-01/Accounts/{self.account_sid}/Messages.json"

    @property
    def _headers(self) -> dict[str, str]:
        credentials = base64.b64encode(f"{self.account_sid}:{self.auth_token}".encode()).decode()
        return {"Authorization": f"Basic {credentials}", "Accept": "application/json"}

    def request(self, text: OutboundText) -> HttpRequest:
        """``POST Messages.json``."""
        fields = {"To": text.to.e164, "From": self.sender.e164, "Body": text.body}
        if self.status_callback:
            # The reference comes back, signed, with every status: it settles a text whose
            # answer never arrived.
            joint = "&" if "?" in self.status_callback else "?"
            fields["StatusCallback"] = (
                f"{self.status_callback}{joint}{_REFERENCE}={quote(text.reference)}"
            )
        return HttpRequest(
            method="POST",
            url=self._messages_url,
            headers=self._headers | {"Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode(fields).encode(),
        )

    def response(self, reply: HttpReply) -> Attempt:
        """201 with an id is accepted; 4xx is refused; anything else may have been processed."""
        content = _json_object(reply.body)
        provider_id = content.get("sid")
        if reply.status in {200, 201} and isinstance(provider_id, str):
            return Attempt(certainty=Certainty.ACCEPTED, provider_id=provider_id)
        refused = 400 <= reply.status < 500
        return Attempt(
            certainty=Certainty.REFUSED if refused else Certainty.AMBIGUOUS,
            problem=_problem(content.get("code"), reply.status),
            retry_after=_seconds(reply),
        )

    def look_up(self, text: OutboundText) -> HttpRequest:
        """``GET Messages.json`` for that recipient, newest first."""
        # No DateSent filter: a text that is still queued has none and would be left out.
        query = urlencode(
            {"To": text.to.e164, "From": self.sender.e164, "PageSize": str(_LIST_PAGE)}
        )
        return HttpRequest(method="GET", url=f"{self._messages_url}?{query}", headers=self._headers)

    def found(
        self, reply: HttpReply, text: OutboundText, since: datetime
    ) -> Sequence[SentText] | None:
        """Texts to that number with that very body, created after ``since``."""
        listed = _json_object(reply.body).get("messages")
        if reply.status != 200 or not isinstance(listed, list):
            return None
        try:
            return [
                _sent(entry)
                for entry in listed
                if entry["body"] == text.body and _created(entry) >= since
            ]
        except (KeyError, TypeError, ValueError):
            return None  # not the list as Twilio describes it: it proves nothing

    # Callbacks

    def verify(self, request: WebhookRequest) -> VerifiedWebhook:
        """Check ``X-Twilio-Signature`` over the URL and the form, or the URL and a body's hash.

        Raises:
            InvalidSignature: missing, wrong, or the body is not covered.
            WebhookRejected: the URL or the form cannot be read.
        """
        parameters = verify_signature(request, (self.auth_token, *self.older_auth_tokens))
        query = dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True))
        return sealed(self.name, parameters or query, query)

    def parse(self, webhook: VerifiedWebhook) -> Sequence[ProviderEvent]:
        """An inbound text or a status; nothing for what is neither."""
        fields = webhook.parameters
        provider_id = fields.get("MessageSid") or fields.get("SmsSid")
        if not provider_id:
            return []
        status = fields.get("MessageStatus") or fields.get("SmsStatus", "")
        if "Body" in fields and status in {"", "received", "receiving"}:
            return [self._inbound(provider_id, fields)]
        return [
            StatusUpdate(
                key=f"{provider_id}/{status}",
                provider_id=provider_id,
                reference=webhook.query.get(_REFERENCE),
                state=_STATES.get(status),
                problem=_callback_problem(fields.get("ErrorCode")),
            )
        ]

    def _inbound(self, provider_id: str, fields: Mapping[str, str]) -> InboundText:
        count = min(_whole(fields.get("NumMedia")), _MOST_MEDIA)
        media = (fields.get(f"MediaUrl{index}") for index in range(count))
        return InboundText(
            key=provider_id,
            provider_id=provider_id,
            sender=_number_or_none(fields.get("From", "")),
            to=_number_or_none(fields.get("To", "")),
            body=fields["Body"],
            media=tuple(url for url in media if url),
            answered=self._is_answered(fields),
        )

    def _is_answered(self, fields: Mapping[str, str]) -> bool:
        if not self.answers_keywords:
            return False
        # OptOutType comes with Advanced Opt-Out only.
        return "OptOutType" in fields or fields["Body"].strip().casefold() in _ANSWERED_BY_TWILIO

    def acknowledgement(self) -> HttpReply:
        """TwiML that texts nobody."""
        return HttpReply(
            status=200, headers={"Content-Type": "text/xml"}, body=b"<Response></Response>"
        )


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _problem(code: object, status: int) -> Problem:
    number = code if isinstance(code, int) else None
    fallback = Category.PROVIDER_FAULT if status >= 500 else Category.UNKNOWN
    category = _CATEGORY_OF.get(number or 0) or _CATEGORY_OF_STATUS.get(status, fallback)
    said = f"code {number}, HTTP {status}" if number else f"HTTP {status}"
    return Problem(
        category=category,
        code=str(number or status),
        words=f"Twilio answered: {category.replace('_', ' ')} ({said}).",
    )


def _whole(text: str | None) -> int:
    # Python refuses to read very long ones.
    return int(text) if text and text.isdecimal() and len(text) <= _LONGEST_NUMBER else 0


def _callback_problem(code: str | None) -> Problem | None:
    number = _whole(code)
    if not number:
        return None
    category = _CATEGORY_OF.get(number, Category.UNKNOWN)
    words = f"Twilio reports: {category.replace('_', ' ')} (code {number})."
    return Problem(category=category, code=str(number), words=words)


def _seconds(reply: HttpReply) -> float | None:
    # Undocumented at Twilio; honoured where it is sent (RFC 9110, 10.2.3; seconds only).
    value = reply.header("retry-after") or ""
    return float(value) if value.isdecimal() else None


def _sent(entry: Mapping[str, Any]) -> SentText:
    code = entry.get("error_code")
    return SentText(
        provider_id=entry["sid"],
        state=_STATES.get(entry.get("status", ""), _ON_ITS_WAY),
        problem=_callback_problem(str(code)) if code else None,
    )


def _created(entry: Mapping[str, Any]) -> datetime:
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - slow, and rarely needed

    return parsedate_to_datetime(entry["date_created"])


def _number_or_none(text: str) -> PhoneNumber | None:
    try:
        return PhoneNumber(text)
    except InvalidPhoneNumber:
        return None
