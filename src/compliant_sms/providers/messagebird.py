"""MessageBird's classic REST API for SMS and MMS.

Sources: MessageBird's Python client 2.2.0 (requests, signed callbacks) and its Node client 4.0.1
(what the fields mean); Bird's pages on error codes and on opting out. What callbacks with a
patient's text look like is provisional: none of them says it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final

from attrs import field, frozen

from compliant_sms.errors import InvalidSignature
from compliant_sms.lifecycle import State
from compliant_sms.providers._adapter import Adapter, credential, secrets, web_address
from compliant_sms.providers._base import (
    Attempt,
    InboundText,
    OutboundText,
    Problem,
    ProviderEvent,
    StatusUpdate,
)
from compliant_sms.providers._capabilities import CallbackSignature, Capabilities, Receipts
from compliant_sms.providers._codes import accepted, not_accepted
from compliant_sms.providers._reading import e164, first, instant, json_object, mapping, text_in
from compliant_sms.providers._requests import get_json, post_json
from compliant_sms.providers._signing import hmac_jwt, posted, query, sha256
from compliant_sms.providers._webhooks import VerifiedWebhook, sealed
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest

__all__ = ["MessageBird"]

_ALGORITHMS: Final = ("HS256", "HS384", "HS512")
# How far the clocks may differ: as in MessageBird's Node client; its Python client has a second.
_LEEWAY: Final = timedelta(seconds=5)
_BODY: Final = ("body", "payload")


@frozen(kw_only=True)
class MessageBird(Adapter):
    """MessageBird's classic API, with one sender. For an account at Bird there is ``Bird``.

    Args:
        access_key: a live key of the account.
        signing_keys: the keys that may have signed callbacks; without them all are refused. They
            are different from the access key.
        sender: the number that texts are sent from.
        answers_keywords: whether MessageBird confirms STOP and START and answers HELP.
        baa_signed_on: the day the business associate agreement was signed; required for sending.
        status_callback: the public URL for delivery reports on texts without pictures;
            empty for the account's own.
        base_url: a different URL of the API. One on loopback is taken for a simulated carrier.

    Raises:
        InvalidInput: a field is invalid.
    """

    name: ClassVar[str] = "messagebird"
    vendor: ClassVar[str] = "MessageBird"
    # No look-up: only the latest texts are listed, which proves nothing of one that is not there.
    capabilities: ClassVar[Capabilities] = Capabilities(
        max_characters=1377,
        max_media=10,
        # No longest time is documented; this one is ours.
        schedule=(timedelta(0), timedelta(days=30)),
        validity=(timedelta(seconds=1), timedelta(days=7)),
        signature=CallbackSignature.JWT,
        time_authenticated=True,
        receipts=Receipts.CARRIER,
        notes=(
            "Texts beyond the GSM alphabet have 603 characters at most. Pictures go from US and "
            "Canadian numbers only, and cannot expire."
        ),
    )

    access_key: str = field(repr=False, validator=credential)
    signing_keys: tuple[str, ...] = field(repr=False, converter=secrets)
    answers_keywords: bool = True
    base_url: str = field(default="https://rest.messagebird.com", validator=web_address)

    @property
    def _authorization(self) -> str:
        return f"AccessKey {self.access_key}"

    def request(self, text: OutboundText, *, at: datetime) -> HttpRequest:
        """``POST messages``, or ``POST mms`` with pictures."""
        self.capabilities.require(text, self.vendor, at=at)
        fields: dict[str, Any] = {
            "originator": self.sender.e164[1:],
            "recipients": text.to.e164[1:],
            "body": text.body,
            "reference": text.reference,  # without one no status is told
        }
        if text.send_at is not None:
            fields["scheduledDatetime"] = f"{text.send_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S+00:00}"
        fields |= {"mediaUrls": list(text.media)} if text.media else self._of_sms(text)
        url = f"{self.base_url}/{'mms' if text.media else 'messages'}"
        utf_8 = {"Content-Type": "application/json; charset=UTF-8"}
        return post_json(url, self._authorization, fields, utf_8)

    def _of_sms(self, text: OutboundText) -> dict[str, Any]:
        # MessageBird's default, "plain", replaces what is not in the GSM alphabet.
        fields: dict[str, Any] = {"datacoding": "auto"}
        if self.status_callback:
            fields["reportUrl"] = self.status_callback
        if (seconds := self.capabilities.valid_for(text.valid_for)) is not None:
            fields["validity"] = seconds
        return fields

    def response(self, reply: HttpReply) -> Attempt:
        """201 with an id is accepted; 4xx is refused; anything else may have been processed."""
        content = json_object(reply.body)
        taken = accepted(content.get("id")) if "errors" not in content else None
        if reply.status in {200, 201} and taken:
            return taken
        return not_accepted(reply, self._refusal(content, reply.status))

    def check_account(self, *, at: datetime) -> HttpRequest:  # noqa: ARG002
        """``GET balance``."""
        return get_json(f"{self.base_url}/balance", self._authorization)

    def account_problem(self, reply: HttpReply) -> Problem | None:
        """What is wrong with the account or its key."""
        content = json_object(reply.body)
        fine = reply.status == 200 and "amount" in content
        return None if fine else self._refusal(content, reply.status)

    def _refusal(self, content: Mapping[str, Any], status: int) -> Problem:
        told = first(content.get("errors"))
        code = text_in(told, "code")
        return self._problem(f"request-{code}" if code else "", status, told.get("description"))

    def verify(
        self,
        request: WebhookRequest,
        *,
        at: datetime,
        certificates: Mapping[str, bytes] | None = None,  # noqa: ARG002
    ) -> VerifiedWebhook:
        """Check the token in ``MessageBird-Signature-JWT``: who, when, which URL, which body.

        Raises:
            InvalidSignature: missing, wrong or old, or made for another URL or body.
            WebhookRejected: the URL or the body cannot be read.
        """
        token = request.header("messagebird-signature-jwt") or ""
        claims = hmac_jwt(token, self.signing_keys, _ALGORITHMS)
        if not (_is_current(claims, at) and _is_about(claims, request)):
            msg = (
                "the callback's token is MessageBird's, but not for this time, URL and body: it "
                "is a replay, or the URL given here is not the one that was called, or one of the "
                "two clocks is wrong."
            )
            raise InvalidSignature(msg)
        asked = query(request)
        return sealed(self.name, posted(request) if request.body else asked, asked)

    def parse(self, webhook: VerifiedWebhook) -> Sequence[ProviderEvent]:
        """Read an inbound text or a status. Anything else is left out."""
        fields = mapping(webhook.content)
        provider_id, status = text_in(fields, "id"), text_in(fields, "status")
        if not provider_id:
            return []
        if any(isinstance(fields.get(name), str) for name in _BODY):
            return [self._inbound(provider_id, fields)]
        return [self._update(provider_id, status, fields)] if status else []

    def _inbound(self, provider_id: str, fields: Mapping[str, Any]) -> InboundText:
        body = text_in(fields, *_BODY)
        keyword = self._codes.keyword(body) if self.answers_keywords else None
        return InboundText(
            key=provider_id,
            provider_id=provider_id,
            sender=e164(text_in(fields, "originator", "sender")),
            to=e164(text_in(fields, "recipient")),
            body=body,
            answered=keyword is not None,
            recognized=keyword,
            sent_at=instant(text_in(fields, "createdDatetime")),
        )

    def _update(self, provider_id: str, status: str, fields: Mapping[str, Any]) -> StatusUpdate:
        state, code = self._codes.state(status), text_in(fields, "statusErrorCode")
        lost, why = state is State.UNDELIVERED, fields.get("statusReason")
        return StatusUpdate(
            key=f"{provider_id}/{status}/{code}",
            provider_id=provider_id,
            reference=text_in(fields, "reference") or None,
            state=state,
            problem=self._problem(code, said=why) if lost else None,
            recipient=e164(text_in(fields, "recipient")),
        )


def _is_current(claims: Mapping[str, Any], at: datetime) -> bool:
    first, last, now = claims.get("nbf"), claims.get("exp"), at.timestamp()
    if not (type(first) is int and type(last) is int and claims.get("iss") == "MessageBird"):
        return False
    return first <= now + _LEEWAY.total_seconds() and last > now - _LEEWAY.total_seconds()


def _is_about(claims: Mapping[str, Any], request: WebhookRequest) -> bool:
    url = sha256(request.url.encode(errors="surrogatepass"))
    # A hash of the body is there just where a body is.
    body = sha256(request.body) if request.body else ""
    return bool(claims.get("url_hash") == url and (claims.get("payload_hash") or "") == body)
