"""Bird callbacks: JSON, signed with an HMAC of the time, the URL and the body's hash."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from attrs import field, frozen

from compliant_sms._callback_signing import as_json
from compliant_sms.lifecycle import State
from compliant_sms.testing.webhooks._maker import JSON, News, PatientText, WebhookMaker, stamp
from compliant_sms.wire import WebhookRequest


def _contact(number: str) -> dict[str, str]:
    return {"identifierKey": "phonenumber", "identifierValue": number}


@frozen(kw_only=True)
class BirdWebhooks(WebhookMaker):
    """Makes callbacks of Bird's Channels API.

    Args:
        signing_key: the key that signs callbacks.
        channel_id: the SMS channel's id.
        number: your number that patients text (E.164).
        url: the URL that Bird calls.
    """

    provider: ClassVar[str] = "bird"
    words: ClassVar[Mapping[State, str]] = {
        State.SENT: "sent",
        State.DELIVERED: "delivered",
        State.UNDELIVERED: "delivery_failed",
        State.FAILED: "sending_failed",
    }
    trouble: ClassVar[str] = "15005"

    signing_key: str = field(repr=False)
    channel_id: str

    def text_callback(self, text: PatientText) -> WebhookRequest:
        payload = {
            "id": text.text_id or text.uuid,
            "channelId": self.channel_id,
            "sender": {"contact": _contact(text.sender)},
            "receiver": {"connectors": [{"identifierValue": text.to}]},
            "body": {"type": "text", "text": {"text": text.body}},
            "status": "delivered",
            "direction": "incoming",
            "createdAt": stamp(text.at),
        }
        return self._signed("sms.inbound", payload, text.at)

    def status_callback(self, news: News) -> WebhookRequest:
        payload: dict[str, Any] = {
            "id": news.provider_id,
            "channelId": self.channel_id,
            "receiver": {"contacts": [_contact(news.to)]},
            "reference": news.reference,
            "status": news.word,
            "direction": "outgoing",
        }
        payload |= {"failure": {"code": int(news.code)}} if news.code else {}
        return self._signed("sms.outbound", payload, news.at)

    def _signed(self, event: str, payload: Mapping[str, Any], at: datetime) -> WebhookRequest:
        body = as_json({"service": "channels", "event": event, "payload": payload})
        timestamp = str(int(at.timestamp()))
        over = f"{timestamp}\n{self.url}\n".encode() + hashlib.sha256(body).digest()
        digest = hmac.digest(self.signing_key.encode(), over, "sha256")
        headers = {
            "MessageBird-Signature": base64.b64encode(digest).decode(),
            "MessageBird-Request-Timestamp": timestamp,
        }
        return self.posted(body, JSON, headers)
