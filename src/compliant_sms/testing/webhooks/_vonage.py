"""Callbacks of Vonage's Messages API: JSON, signed with a JWT that holds the body's hash."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from attrs import field, frozen

from compliant_sms._callback_signing import as_json, jwt
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


@frozen(kw_only=True)
class VonageWebhooks(WebhookMaker):
    """Makes callbacks of Vonage's Messages API.

    Args:
        api_key: the account's API key.
        signature_secret: the secret that signs callbacks.
        number: your number that patients text (E.164).
        url: the URL that Vonage calls.
    """

    provider: ClassVar[str] = "vonage"
    words: ClassVar[Mapping[State, str]] = {
        State.SENT: "submitted",
        State.DELIVERED: "delivered",
        State.UNDELIVERED: "undeliverable",
        State.FAILED: "rejected",
    }
    trouble: ClassVar[str] = "1180"

    api_key: str
    signature_secret: str = field(repr=False)

    def text_callback(self, text: PatientText) -> WebhookRequest:
        content = {
            "channel": "sms",
            "message_uuid": text.text_id or text.uuid,
            "to": plain(text.to),
            "from": plain(text.sender),
            "timestamp": stamp(text.at),
            "message_type": "text",
            "text": text.body,
            "sms": {"num_messages": "1", "keyword": next(iter(text.body.upper().split()), "")},
        }
        return self._signed(content, text.at)

    def status_callback(self, news: News) -> WebhookRequest:
        content: dict[str, Any] = {
            "channel": "sms",
            "message_uuid": news.provider_id,
            "to": plain(news.to),
            "from": plain(news.sender),
            "timestamp": stamp(news.at),
            "status": news.word,
        }
        content |= {"client_ref": news.reference} if news.reference else {}
        if news.code:
            page = "https://developer.vonage.com/api-errors/messages"
            told = {"type": f"{page}#{news.code}", "title": news.code, "detail": "Not delivered"}
            content["error"] = told
        return self._signed(content, news.at)

    def _signed(self, content: Mapping[str, Any], at: datetime) -> WebhookRequest:
        body = as_json(content)
        claims = {
            "iat": int(at.timestamp()),
            "jti": hashlib.sha256(body).hexdigest()[:32],
            "iss": "Vonage",
            "payload_hash": hashlib.sha256(body).hexdigest(),
            "api_key": self.api_key,
        }
        token = jwt(claims, self.signature_secret)
        return self.posted(body, JSON, {"Authorization": f"Bearer {token}"})
