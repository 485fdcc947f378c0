"""MessageBird callbacks: posted texts and reports in a query, both signed with a JWT."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from urllib.parse import urlencode

from attrs import field, frozen

from compliant_sms._callback_signing import as_json, jwt
from compliant_sms.lifecycle import State
from compliant_sms.testing.webhooks._maker import JSON, News, PatientText, WebhookMaker, plain
from compliant_sms.wire import WebhookRequest


@frozen(kw_only=True)
class MessageBirdWebhooks(WebhookMaker):
    """Makes callbacks of MessageBird's classic API.

    Args:
        signing_key: the key that signs callbacks.
        number: your number that patients text (E.164).
        url: the URL that MessageBird calls.
    """

    provider: ClassVar[str] = "messagebird"
    words: ClassVar[Mapping[State, str]] = {
        State.SENT: "sent",
        State.DELIVERED: "delivered",
        State.UNDELIVERED: "delivery_failed",
    }
    trouble: ClassVar[str] = "1"

    signing_key: str = field(repr=False)

    def text_callback(self, text: PatientText) -> WebhookRequest:
        content = {
            "id": text.text_id or text.hexadecimal,
            "originator": plain(text.sender),
            "recipient": plain(text.to),
            "body": text.body,
            "createdDatetime": text.at.isoformat(),
            "reference": "",
        }
        body = as_json(content)
        return self.posted(body, JSON, self._proof(self.url, body, text.at))

    def status_callback(self, news: News) -> WebhookRequest:
        fields = {
            "id": news.provider_id,
            "reference": news.reference,
            "recipient": plain(news.to),
            "status": news.word,
            "statusDatetime": news.at.isoformat(),
            "statusErrorCode": news.code,
        }
        url = f"{self.url}{'&' if '?' in self.url else '?'}{urlencode(fields)}"
        return WebhookRequest(method="GET", url=url, headers=self._proof(url, b"", news.at))

    def _proof(self, url: str, body: bytes, at: datetime) -> Mapping[str, str]:
        claims: dict[str, object] = {
            "iss": "MessageBird",
            "nbf": int(at.timestamp()),
            "exp": int(at.timestamp()) + 60,
            "jti": hashlib.sha256(url.encode() + body).hexdigest()[:32],
            "url_hash": hashlib.sha256(url.encode()).hexdigest(),
        }
        if body:
            claims["payload_hash"] = hashlib.sha256(body).hexdigest()
        return {"MessageBird-Signature-JWT": jwt(claims, self.signing_key)}
