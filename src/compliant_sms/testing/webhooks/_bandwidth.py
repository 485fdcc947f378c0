"""Bandwidth callbacks: JSON lists, with a password instead of a signature."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from attrs import field, frozen

from compliant_sms._callback_signing import as_json, basic
from compliant_sms.lifecycle import State
from compliant_sms.testing.webhooks._maker import JSON, News, PatientText, WebhookMaker, stamp
from compliant_sms.wire import WebhookRequest


@frozen(kw_only=True)
class BandwidthWebhooks(WebhookMaker):
    """Makes Bandwidth callbacks.

    Args:
        callback_credentials: ``user:password`` of callbacks.
        application_id: the messaging application's id.
        number: your number that patients text (E.164).
        url: the URL that Bandwidth calls.
    """

    provider: ClassVar[str] = "bandwidth"
    words: ClassVar[Mapping[State, str]] = {
        State.SENT: "message-sent",
        State.DELIVERED: "message-delivered",
        # The code says whether a carrier or Bandwidth itself gave up.
        State.UNDELIVERED: "message-failed",
        State.FAILED: "message-failed",
    }
    trouble: ClassVar[str] = "4702"

    callback_credentials: str = field(repr=False)
    application_id: str = ""

    def _trouble(self, state: State) -> str:
        return self.trouble if state is State.UNDELIVERED else "4470"

    def text_callback(self, text: PatientText) -> WebhookRequest:
        message = {
            "id": text.text_id or text.hexadecimal,
            "owner": text.to,
            "applicationId": self.application_id,
            "time": stamp(text.at),
            "segmentCount": 1,
            "direction": "in",
            "to": [text.to],
            "from": text.sender,
            "text": text.body,
        }
        event = {"type": "message-received", "time": stamp(text.at), "to": text.to}
        return self._listed(event | {"description": "Incoming message", "message": message})

    def status_callback(self, news: News) -> WebhookRequest:
        message = {
            "id": news.provider_id,
            "owner": news.sender,
            "applicationId": self.application_id,
            "direction": "out",
            "to": [news.to],
            "from": news.sender,
            "text": "",
            "tag": news.reference,
        }
        event: dict[str, Any] = {"type": news.word, "time": stamp(news.at), "to": news.to}
        if news.code:
            event |= {"errorCode": int(news.code), "description": "Not delivered"}
        return self._listed(event | {"message": message})

    def _listed(self, event: Mapping[str, Any]) -> WebhookRequest:
        return self.posted(as_json([event]), JSON, basic(self.callback_credentials))
