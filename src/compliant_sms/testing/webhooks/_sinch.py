"""Sinch callbacks: JSON, signed with an HMAC of the body, a nonce and the time."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from typing import Any, ClassVar

from attrs import field, frozen

from compliant_sms._callback_signing import as_json
from compliant_sms.lifecycle import State
from compliant_sms.testing.webhooks._maker import (
    JSON,
    News,
    PatientText,
    WebhookMaker,
    plain,
    stamp,
)
from compliant_sms.wire import WebhookRequest

_HEADER = "x-sinch-webhook-signature"


@frozen(kw_only=True)
class SinchWebhooks(WebhookMaker):
    """Makes Sinch callbacks.

    Args:
        webhook_secret: the secret that signs callbacks.
        number: your number that patients text (E.164).
        url: the URL that Sinch calls.
    """

    provider: ClassVar[str] = "sinch"
    words: ClassVar[Mapping[State, str]] = {
        State.SENT: "Dispatched",
        State.DELIVERED: "Delivered",
        State.UNDELIVERED: "Expired",
        State.FAILED: "Failed",
    }
    trouble: ClassVar[str] = "406"

    webhook_secret: str = field(repr=False)

    def text_callback(self, text: PatientText) -> WebhookRequest:
        content = {
            "type": "mo_text",
            "id": text.text_id or text.hexadecimal[:26].upper(),
            "from": plain(text.sender),
            "to": plain(text.to),
            "body": text.body,
            "received_at": stamp(text.at),
        }
        return self._signed(content, text, text.hexadecimal)

    def status_callback(self, news: News) -> WebhookRequest:
        content = {
            "type": "recipient_delivery_report_sms",
            "batch_id": news.provider_id,
            "recipient": plain(news.to),
            "code": int(news.code or 0),
            "status": news.word,
            "at": stamp(news.at),
            "client_reference": news.reference,
        }
        return self._signed(content, news, news.event_id)

    def _signed(
        self, content: Mapping[str, Any], about: PatientText | News, nonce: str
    ) -> WebhookRequest:
        body, timestamp = as_json(content), str(int(about.at.timestamp()))
        over = body + f".{nonce}.{timestamp}".encode()
        digest = hmac.digest(self.webhook_secret.encode(), over, "sha256")
        headers = {
            _HEADER: base64.b64encode(digest).decode(),
            f"{_HEADER}-nonce": nonce,
            f"{_HEADER}-timestamp": timestamp,
            f"{_HEADER}-algorithm": "HmacSHA256",
        }
        return self.posted(body, JSON, headers)
