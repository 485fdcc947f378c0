"""Twilio Programmable Messaging, API 2010-04-01.

Sources: Twilio's API reference (Messages resource, error dictionary, webhook security) and its
OpenAPI description; the signature scheme as its own Python client 9.13 computes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import quote

from attrs import field, frozen

from compliant_sms.lifecycle import State
from compliant_sms.providers._adapter import Adapter, credential, secrets, web_address
from compliant_sms.providers._base import (
    Attempt,
    InboundText,
    OutboundText,
    Problem,
    ProviderEvent,
    ProviderKeyword,
    SentText,
    StatusUpdate,
)
from compliant_sms.providers._capabilities import Baa, BlockScope, Capabilities, Lookup, Receipts
from compliant_sms.providers._codes import accepted, not_accepted
from compliant_sms.providers._reading import (
    e164,
    json_object,
    one,
    text_in,
    whole,
)
from compliant_sms.providers._requests import basic, get_json, post_form
from compliant_sms.providers._sender_settings import Inspection
from compliant_sms.providers._signatures._twilio import verify_signature
from compliant_sms.providers._signing import query
from compliant_sms.providers._twilio_settings import (
    ACCOUNT,
    KEY,
    SERVICE,
    TwilioSender,
    alike,
    scheduled,
)
from compliant_sms.providers._webhooks import VerifiedWebhook, sealed
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest

__all__ = ["Twilio"]

_NO_TEXT = b"<Response></Response>"
_RCS = "rcs:"  # stands before the number of a text that came, or went, as RCS


@frozen(kw_only=True)
class Twilio(Adapter):
    """Twilio, with one sender.

    Args:
        account_sid: ``AC`` and 32 hexadecimal digits.
        auth_token: signs callbacks and, with the account, authenticates requests.
        api_key: ``SID:SECRET`` of an API key, to authenticate requests instead.
        sender: the number that texts are sent from.
        messaging_service_sid: ``MG...``, if the sender is in a service. It remains the sender.
        baa_signed_on: the day the business associate agreement was signed; required for sending.
        status_callback: the public URL that Twilio tells of deliveries, or empty for none.
        answers_keywords: whether Twilio confirms STOP and answers HELP; support can switch it off.
        older_auth_tokens: tokens still accepted on callbacks while one is being rotated.
        base_url: a different URL of the API. One on loopback is taken for a simulated carrier.

    Raises:
        InvalidInput: a field is invalid.
    """

    name: ClassVar[str] = "twilio"
    vendor: ClassVar[str] = "Twilio"
    proved_by: ClassVar[tuple[str, ...]] = ("auth_token",)
    capabilities: ClassVar[Capabilities] = Capabilities(
        max_characters=1600,
        max_media=10,
        schedule=(timedelta(minutes=15), timedelta(days=35)),
        validity=(timedelta(seconds=1), timedelta(seconds=36_000)),
        look_up=Lookup.BY_NUMBERS,
        status_look_up=True,
        inbound_media=True,
        block_scope=BlockScope.SERVICE,
        receipts=Receipts.CARRIER,
        baa=Baa.OFFERED,
        notes="Scheduling needs a messaging service. The agreement leaves out the consent API.",
    )

    account_sid: str = field(validator=ACCOUNT)
    auth_token: str = field(repr=False, validator=credential)
    api_key: str = field(default="", repr=False, validator=KEY)
    messaging_service_sid: str = field(default="", validator=SERVICE)
    answers_keywords: bool = True
    older_auth_tokens: tuple[str, ...] = field(default=(), repr=False, converter=secrets)
    base_url: str = field(default="https://api.twilio.com", validator=web_address)

    @property
    def _account_url(self) -> str:
        return f"{self.base_url}/2010-04-01/Accounts/{self.account_sid}"

    @property
    def _authorization(self) -> str:
        return basic(self.api_key or f"{self.account_sid}:{self.auth_token}")

    @property
    def _at_twilio(self) -> TwilioSender:
        asked = (self._account_url, self._authorization, self.sender)
        return TwilioSender(*asked, service=self.messaging_service_sid)

    def request(self, text: OutboundText, *, at: datetime) -> HttpRequest:
        """``POST Messages.json``."""
        self.capabilities.require(text, self.vendor, at=at)
        fields = [("To", text.to.e164), ("From", self.sender.e164), ("Body", text.body)]
        fields += [("MediaUrl", url) for url in text.media]
        if self.messaging_service_sid:
            fields.append(("MessagingServiceSid", self.messaging_service_sid))
        if self.status_callback:
            fields.append(("StatusCallback", self.callback_for(text.reference)))
        if (seconds := self.capabilities.valid_for(text.valid_for)) is not None:
            fields.append(("ValidityPeriod", str(seconds)))
        if text.send_at is not None:
            fields += scheduled(text.send_at, self.messaging_service_sid)
        return post_form(f"{self._account_url}/Messages.json", self._authorization, fields)

    def response(self, reply: HttpReply) -> Attempt:
        """201 with an id is accepted; 4xx is refused; anything else may have been processed."""
        content = json_object(reply.body)
        if reply.status in {200, 201} and (taken := accepted(content.get("sid"))):
            return taken
        code, said = content.get("code"), content.get("message")
        return not_accepted(reply, self._problem(code, reply.status, said))

    def look_up(self, text: OutboundText, *, at: datetime) -> HttpRequest:  # noqa: ARG002
        """``GET Messages.json`` for that recipient, newest first."""
        # No DateSent filter: a text that is still queued has none and would be left out.
        numbers = {"To": text.to.e164, "From": self.sender.e164, "PageSize": "1000"}
        return get_json(f"{self._account_url}/Messages.json", self._authorization, numbers)

    def found(
        self, reply: HttpReply, text: OutboundText, since: datetime
    ) -> Sequence[SentText] | None:
        """Texts to that number with that very body, created after ``since``."""
        try:
            rows = alike(reply, text.body, since)
            return None if rows is None else [self._sent(row) for row in rows]
        except (AttributeError, KeyError, TypeError, ValueError):
            return None  # not a list as Twilio describes it, so it proves nothing

    def ask_status(self, text: OutboundText, *, at: datetime) -> HttpRequest:  # noqa: ARG002
        """``GET Messages/SID.json``."""
        url = f"{self._account_url}/Messages/{quote(text.provider_id, safe='')}.json"
        return get_json(url, self._authorization)

    def read_status(self, reply: HttpReply, text: OutboundText) -> SentText | None:
        """The message of that SID."""
        entry = one(reply, "sid", text.provider_id)
        return self._sent(entry) if isinstance(entry.get("status"), str) else None

    def _sent(self, entry: Mapping[str, Any]) -> SentText:
        code = entry.get("error_code")
        return SentText(
            provider_id=entry["sid"],
            state=self._codes.state(entry["status"].lower()) or State.SENT,
            problem=self._problem(code) if code else None,
        )

    def check_account(self, *, at: datetime) -> HttpRequest:  # noqa: ARG002
        """``GET`` the account; with an API key, which may not do that, the sender in it."""
        if not self.api_key:
            return get_json(f"{self._account_url}.json", self._authorization)
        return self._at_twilio.settings_request()

    def inspect_sender(self, *, at: datetime) -> Inspection:  # noqa: ARG002
        """Ask about the messaging service, the number in it, and its registration."""
        return self._at_twilio.inspection()

    def account_problem(self, reply: HttpReply) -> Problem | None:
        """What is wrong with the account or its token."""
        content = json_object(reply.body)
        fine = content.get("status") == "active" or "incoming_phone_numbers" in content
        if reply.status == 200:
            return None if fine else self._problem(20005, reply.status)
        return self._problem(content.get("code"), reply.status, content.get("message"))

    def verify(
        self,
        request: WebhookRequest,
        *,
        at: datetime,  # noqa: ARG002 - Twilio signs no time
        certificates: Mapping[str, bytes] | None = None,  # noqa: ARG002
    ) -> VerifiedWebhook:
        """Check ``X-Twilio-Signature`` over the URL and the form, or the URL and a body's hash.

        Raises:
            InvalidSignature: it is missing or wrong, or the body is not covered.
            WebhookRejected: the URL or the form cannot be read.
        """
        signed, asked = verify_signature(request, self.callback_proofs), query(request)
        return sealed(self.name, signed or asked, asked)  # a GET has its fields in the URL

    def parse(self, webhook: VerifiedWebhook) -> Sequence[ProviderEvent]:
        """Read an inbound text or a status. Anything else is left out."""
        fields: dict[str, str] = webhook.content
        provider_id = text_in(fields, "MessageSid", "SmsSid")
        if not provider_id:
            return []
        status = text_in(fields, "MessageStatus", "SmsStatus")
        if "Body" in fields and status in {"", "received", "receiving"}:
            return [self._inbound(provider_id, fields)]
        code = whole(fields.get("ErrorCode"))
        update = StatusUpdate(
            key=f"{provider_id}/{status}",
            provider_id=provider_id,
            reference=self.reference_in(webhook),
            state=self._codes.state(status),
            problem=self._problem(code) if code else None,
            recipient=e164(fields.get("To", "").removeprefix(_RCS)),
        )
        return [update]

    def _inbound(self, provider_id: str, fields: Mapping[str, str]) -> InboundText:
        media = (fields.get(f"MediaUrl{n}") for n in range(self.capabilities.max_media))
        # OptOutType comes with Advanced Opt-Out only, whose words are the account's own.
        told = ProviderKeyword.named(fields.get("OptOutType", ""))
        keyword = told or (self._codes.keyword(fields["Body"]) if self.answers_keywords else None)
        return InboundText(
            key=provider_id,
            provider_id=provider_id,
            sender=e164(fields.get("From", "").removeprefix(_RCS)),
            to=e164(fields.get("To", "")),
            body=fields["Body"],
            media=tuple(url for url in media if url),
            answered=self.answers_keywords and keyword is not None,
            recognized=keyword,
            elsewhere=self._at_twilio.is_elsewhere(fields),
        )

    def media_request(self, url: str, *, at: datetime) -> HttpRequest | None:  # noqa: ARG002
        """``GET`` it with the account's credentials, which Twilio requires if so configured."""
        return self._at_twilio.media_request(url, simulated=self.simulated)

    def answer(self, webhook: VerifiedWebhook) -> HttpReply:  # noqa: ARG002
        """Return TwiML that texts nobody."""
        return HttpReply(status=200, headers={"Content-Type": "text/xml"}, body=_NO_TEXT)
