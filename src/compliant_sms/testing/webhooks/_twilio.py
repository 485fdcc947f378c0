"""Twilio callbacks: forms, signed with an HMAC of the URL and the fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar
from urllib.parse import urlencode

from attrs import field, frozen

from compliant_sms._callback_signing import TWILIO_SIGNATURE, twilio_signature
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
class TwilioWebhooks(WebhookMaker):
    """Makes Twilio callbacks.

    Args:
        auth_token: the account's token.
        number: your number that patients text (E.164).
        url: the URL that Twilio calls. Status callbacks have your reference of the text in its
            query.
    """

    provider: ClassVar[str] = "twilio"
    words: ClassVar[Mapping[State, str]] = {
        State.SENT: "sent",
        State.DELIVERED: "delivered",
        State.UNDELIVERED: "undelivered",
        State.FAILED: "failed",
    }
    trouble: ClassVar[str] = "30003"

    auth_token: str = field(repr=False)

    def text_callback(self, text: PatientText) -> WebhookRequest:
        fields = {
            "MessageSid": text.text_id or f"SM{text.hexadecimal}",
            "SmsStatus": "received",
            "From": text.sender,
            "To": text.to,
            "Body": text.body,
            "NumMedia": "0",
        }
        # Advanced Opt-Out reports which keyword it took a text for.
        return self._signed(fields | ({"OptOutType": "STOP"} if text.obeyed else {}), self.url)

    def status_callback(self, news: News) -> WebhookRequest:
        fields = {
            "MessageSid": news.provider_id,
            "MessageStatus": news.word,
            "From": news.sender,
            "To": news.to,
        }
        fields |= {"ErrorCode": news.code} if news.code else {}
        url = with_query(self.url, "ref", news.reference) if news.reference else self.url
        return self._signed(fields, url)

    def _signed(self, fields: Mapping[str, str], url: str) -> WebhookRequest:
        signature = {TWILIO_SIGNATURE: twilio_signature(url, fields.items(), self.auth_token)}
        return self.posted(urlencode(fields).encode(), FORM, signature, url)
