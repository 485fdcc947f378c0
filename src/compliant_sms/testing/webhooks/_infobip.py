"""Infobip callbacks: JSON batches, with a password instead of a signature."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from attrs import field, frozen

from compliant_sms._callback_signing import as_json, basic
from compliant_sms.lifecycle import State
from compliant_sms.testing.webhooks._maker import JSON, News, PatientText, WebhookMaker, plain
from compliant_sms.wire import WebhookRequest


@frozen(kw_only=True)
class InfobipWebhooks(WebhookMaker):
    """Makes Infobip callbacks.

    Args:
        callback_credentials: ``user:password`` of callbacks.
        number: your number that patients text (E.164).
        url: the URL that Infobip calls.
    """

    provider: ClassVar[str] = "infobip"
    words: ClassVar[Mapping[State, str]] = {
        State.SENT: "DELIVERED/DELIVERED_TO_OPERATOR",
        State.DELIVERED: "DELIVERED/DELIVERED_TO_HANDSET",
        State.UNDELIVERED: "UNDELIVERABLE/UNDELIVERABLE_NOT_DELIVERED",
        State.FAILED: "REJECTED/REJECTED_NETWORK",
    }
    trouble: ClassVar[str] = "27"

    callback_credentials: str = field(repr=False)

    def text_callback(self, text: PatientText) -> WebhookRequest:
        entry = {
            "messageId": text.text_id or text.hexadecimal,
            "from": plain(text.sender),
            "to": plain(text.to),
            "text": text.body,
            "cleanText": text.body,
            "keyword": "STOP" if text.obeyed else "",
            "receivedAt": f"{text.at:%Y-%m-%dT%H:%M:%S}.000+0000",
            "smsCount": 1,
        }
        return self._batch(entry)

    def status_callback(self, news: News) -> WebhookRequest:
        group, _, name = news.word.partition("/")
        entry = {
            "messageId": news.provider_id,
            "to": plain(news.to),
            "sentAt": f"{news.at:%Y-%m-%dT%H:%M:%S}.000+0000",
            "status": {"groupName": group, "name": name},
            "error": {"groupName": "OK" if not news.code else "HANDSET", "id": int(news.code or 0)},
            "callbackData": news.reference,
        }
        return self._batch(entry)

    def _batch(self, entry: Mapping[str, Any]) -> WebhookRequest:
        return self.posted(as_json({"results": [entry]}), JSON, basic(self.callback_credentials))
