"""Telnyx Messaging, API v2.

Sources: Telnyx's pages on messages, idempotency, webhooks, error codes, opting out and rate limits,
and the OpenAPI description of its own Python client 4.189, which also shows the signature scheme.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, TypeAlias
from urllib.parse import quote

from attrs import evolve, field, frozen
from attrs.validators import deep_iterable

from compliant_sms.providers._adapter import Adapter, credential, secrets, shaped, web_address
from compliant_sms.providers._base import (
    Attempt,
    Certainty,
    InboundText,
    OptOutPage,
    OutboundText,
    Problem,
    ProviderEvent,
    ProviderKeyword,
    SentText,
)
from compliant_sms.providers._capabilities import (
    Baa,
    BlockScope,
    CallbackSignature,
    Capabilities,
    ListAccess,
    Receipts,
)
from compliant_sms.providers._codes import accepted, not_accepted
from compliant_sms.providers._consequences import Failure
from compliant_sms.providers._reading import (
    e164,
    first,
    instant,
    items,
    json_object,
    listed,
    mapping,
    one,
    text_in,
    urls_in,
    whole,
)
from compliant_sms.providers._requests import get_json, post_json
from compliant_sms.providers._sender_settings import Inspection
from compliant_sms.providers._signing import ed25519, json_body, query, refuse_age
from compliant_sms.providers._telnyx_events import news_of, why_not
from compliant_sms.providers._telnyx_settings import inspection
from compliant_sms.providers._webhooks import VerifiedWebhook, sealed
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest

__all__ = ["Telnyx"]

_MEDIA = re.compile(r"https://([a-z0-9-]+\.)+telnyx\.com/[\x21-\x7e]+")
_PUBLIC_KEY = shaped("[A-Za-z0-9+/]{43}=", "32 bytes in base64, as its portal shows them")
_Json: TypeAlias = Mapping[str, Any]
# To a key that was used before: that request is not done yet, or was another. It may have gone.
_SAME_KEY = frozenset({409, 422})


@frozen(kw_only=True)
class Telnyx(Adapter):
    """Telnyx, with one sender.

    Args:
        api_key: the key that the portal shows once; it begins with ``KEY``.
        public_keys: the keys that verify callbacks, newest first, in base64 (extra ``telnyx``).
        sender: the number that texts are sent from.
        messaging_profile_id: the sender's profile. If given, its whole list of opt-outs is read.
        baa_signed_on: the day the business associate agreement was signed; required for sending.
        status_callback: public URL told of deliveries; empty for that of the messaging profile.
        base_url: a different URL of the API. One on loopback is taken for a simulated carrier.

    Raises:
        InvalidInput: a field is invalid.
    """

    name: ClassVar[str] = "telnyx"
    vendor: ClassVar[str] = "Telnyx"
    # No repeat_within: a success is remembered for 24 hours, and an error is not. Whether an answer
    # that never came was an error nobody knows, nor whether the text went with it.
    capabilities: ClassVar[Capabilities] = Capabilities(
        max_characters=1530,  # ten parts of GSM-7; its pages name the error and no figure
        max_media=10,
        schedule=(timedelta(minutes=5), timedelta(days=5)),
        status_look_up=True,
        inbound_media=True,
        block_scope=BlockScope.SERVICE,
        opt_out_list=frozenset({ListAccess.LIST}),
        signature=CallbackSignature.ED25519,
        time_authenticated=True,
        rate_signals=("X-RateLimit-Reset",),
        receipts=Receipts.CARRIER,
        baa=Baa.OFFERED,
        notes=(
            "An opted-out number is blocked for the whole messaging profile. Media may have 1 MB "
            "together."
        ),
    )

    api_key: str = field(repr=False, validator=credential)
    public_keys: tuple[str, ...] = field(converter=secrets, validator=deep_iterable(_PUBLIC_KEY))
    messaging_profile_id: str = field(default="", validator=shaped("[0-9a-f-]{36}", "a UUID"))
    base_url: str = field(default="https://api.telnyx.com", validator=web_address)

    @property
    def _authorization(self) -> str:
        return f"Bearer {self.api_key}"

    def request(self, text: OutboundText, *, at: datetime) -> HttpRequest:
        """``POST messages``, with the reference as the idempotency key."""
        self.capabilities.require(text, self.vendor, at=at)
        numbers = {"from": self.sender.e164, "to": text.to.e164}
        fields: dict[str, object] = {**numbers, "text": text.body}
        optional = {
            "media_urls": list(text.media),
            "messaging_profile_id": self.messaging_profile_id,
            "webhook_url": self.callback_for(text.reference),
            "send_at": text.send_at.astimezone(UTC).isoformat() if text.send_at else None,
        }
        fields |= {name: value for name, value in optional.items() if value}
        once = {"Idempotency-Key": text.reference}
        return post_json(f"{self.base_url}/v2/messages", self._authorization, fields, once)

    def response(self, reply: HttpReply) -> Attempt:
        """200 with an id is accepted; 4xx is refused, unless it is about an earlier request."""
        content = json_object(reply.body)
        data = mapping(content.get("data"))
        if reply.status == 200 and (taken := accepted(data.get("id"))):
            return taken
        why = why_not(content.get("errors"), reply.status)
        attempt = not_accepted(reply, why, *self.capabilities.rate_signals)
        earlier = reply.status in _SAME_KEY and why.category is Failure.UNKNOWN
        return evolve(attempt, certainty=Certainty.AMBIGUOUS) if earlier else attempt

    def ask_status(self, text: OutboundText, *, at: datetime) -> HttpRequest:  # noqa: ARG002
        """``GET messages/ID``."""
        url = f"{self.base_url}/v2/messages/{quote(text.provider_id, safe='')}"
        return get_json(url, self._authorization)

    def read_status(self, reply: HttpReply, text: OutboundText) -> SentText | None:
        """The message of that id."""
        message = one(reply, "id", text.provider_id, "data")
        return SentText.told(news_of(message, "", text.reference)) if message else None

    def check_account(self, *, at: datetime) -> HttpRequest:  # noqa: ARG002
        """``GET balance``."""
        return get_json(f"{self.base_url}/v2/balance", self._authorization)

    def account_problem(self, reply: HttpReply) -> Problem | None:
        """Whether the key is wrong, or the balance is used up."""
        content = json_object(reply.body)
        credit = text_in(mapping(content.get("data")), "available_credit")
        if reply.status != 200 or not credit:
            return why_not(content.get("errors"), reply.status)
        spent = credit.startswith("-") or not credit.strip("0.")
        return self._problem("20100", reply.status) if spent else None

    def inspect_sender(self, *, at: datetime) -> Inspection:  # noqa: ARG002
        """Ask about the messaging profile, if given, and the number's registration."""
        asked = (self.base_url, self._authorization, self.sender)
        return inspection(*asked, self.messaging_profile_id)

    def list_opt_outs(self, cursor: str, *, at: datetime) -> HttpRequest:  # noqa: ARG002
        """``GET messaging_optouts`` of the messaging profile, or of the sender."""
        whose = {"filter[from]": self.sender.e164}
        if self.messaging_profile_id:
            whose = {"filter[messaging_profile_id]": self.messaging_profile_id}
        page = {"page[number]": cursor or "1", "page[size]": "250", "redaction_enabled": "false"}
        url = f"{self.base_url}/v2/messaging_optouts"
        return get_json(url, self._authorization, whose | page)

    def read_opt_outs(self, reply: HttpReply) -> OptOutPage | None:
        """Read the page; None if it is not one, or if its numbers are hidden."""
        entries = listed(reply, "data")
        if entries is None:
            return None
        known = [(e164(entry.get("to")), instant(entry.get("created_at"))) for entry in entries]
        if known and not any(number for number, _ in known):
            return None
        meta = mapping(json_object(reply.body).get("meta"))
        page, last = whole(meta.get("page_number")), whole(meta.get("total_pages"))
        return OptOutPage.of(known, str(page + 1) if 0 < page < last else "")

    def verify(
        self,
        request: WebhookRequest,
        *,
        at: datetime,
        certificates: Mapping[str, bytes] | None = None,  # noqa: ARG002
    ) -> VerifiedWebhook:
        """Check ``telnyx-signature-ed25519`` over ``telnyx-timestamp`` and the body.

        Raises:
            InvalidSignature: it is missing, wrong, or more than 300 seconds off.
            WebhookRejected: the body is not JSON.
            MissingExtra: cryptography is not installed.
        """
        stamp = request.header("telnyx-timestamp") or ""
        claimed = request.header("telnyx-signature-ed25519") or ""
        refuse_age(stamp, at)
        signed = b"%s|%s" % (stamp.encode(), request.body)
        ed25519(self.vendor, signed, claimed, self.public_keys, extra="telnyx")
        return sealed(self.name, json_body(request), query(request))

    def parse(self, webhook: VerifiedWebhook) -> Sequence[ProviderEvent]:
        """Read an inbound text or a status. Anything else is left out."""
        event = mapping(mapping(webhook.content).get("data"))
        payload, kind = mapping(event.get("payload")), text_in(event, "event_type")
        provider_id, status = text_in(payload, "id"), text_in(first(payload.get("to")), "status")
        if provider_id and kind == "message.received":
            return [self._inbound(provider_id, event, payload)]
        if not provider_id or not status:
            return []
        key = text_in(event, "id") or f"{provider_id}/{kind}/{status}"
        # The URL that was called is not signed; the one in the body is.
        return [news_of(payload, key, self.reference_of(text_in(payload, "webhook_url")))]

    def _inbound(self, provider_id: str, event: _Json, payload: _Json) -> InboundText:
        body = text_in(payload, "text")
        told = ProviderKeyword.named(text_in(payload, "autoresponse_type"))
        recipients = [e164(mapping(each).get("phone_number")) for each in items(payload.get("to"))]
        return InboundText(
            key=text_in(event, "id") or provider_id,
            provider_id=provider_id,
            sender=e164(mapping(payload.get("from")).get("phone_number")),
            # A text to a group has several.
            to=self.sender if self.sender in recipients else next(iter(recipients), None),
            body=body,
            media=urls_in(payload.get("media")),
            answered=told is not None,
            recognized=told or self._codes.keyword(body),
            sent_at=instant(text_in(payload, "received_at") or text_in(event, "occurred_at")),
        )

    def media_request(self, url: str, *, at: datetime) -> HttpRequest | None:  # noqa: ARG002
        """``GET`` it without credentials, because Telnyx's links are public until they expire."""
        own = url.startswith(f"{self.base_url}/") or _MEDIA.fullmatch(url)
        return HttpRequest(method="GET", url=url) if own else None
