"""ClickSend callbacks: forms at a URL with a secret in it. Nothing is signed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar
from urllib.parse import urlencode

from attrs import field, frozen

from compliant_sms.lifecycle import State
from compliant_sms.testing.webhooks._maker import (
    FORM,
    News,
    PatientText,
    WebhookMaker,
    with_query,
)
from compliant_sms.wire import WebhookRequest


@frozen(kw_only=True)
class ClickSendWebhooks(WebhookMaker):
    """Makes ClickSend callbacks.

    Args:
        url_token: the secret in the URL.
        number: your number that patients text (E.164).
        url: the URL that ClickSend calls, without the secret.
    """

    provider: ClassVar[str] = "clicksend"
    words: ClassVar[Mapping[State, str]] = {
        State.SENT: "200",
        State.DELIVERED: "201",
        State.UNDELIVERED: "301",
    }
    trouble: ClassVar[str] = "8"

    url_token: str = field(repr=False)

    def text_callback(self, text: PatientText) -> WebhookRequest:
        fields = {
            "timestamp": str(int(text.at.timestamp())),
            "from": text.sender,
            "to": text.to,
            "body": text.body,
            "message_id": text.text_id or text.uuid.upper(),
        }
        return self._form(fields)

    def status_callback(self, news: News) -> WebhookRequest:
        fields = {
            "timestamp": str(int(news.at.timestamp())),
            "message_id": news.provider_id,
            "status_code": news.word,
            "status_text": "",
            "error_code": news.code,
            "custom_string": news.reference,
            "message_type": "sms",
        }
        return self._form(fields)

    def _form(self, fields: Mapping[str, str]) -> WebhookRequest:
        url = with_query(self.url, "token", self.url_token)
        return self.posted(urlencode(fields).encode(), FORM, {}, url)
