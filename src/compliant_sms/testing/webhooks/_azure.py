"""Azure callbacks: Event Grid's lists at a URL with a secret in it. Nothing is signed."""

from __future__ import annotations

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
    with_query,
)
from compliant_sms.wire import WebhookRequest


@frozen(kw_only=True)
class AzureWebhooks(WebhookMaker):
    """Makes Azure Communication Services callbacks, as Event Grid sends them.

    Args:
        url_token: the secret in the URL.
        number: your number that patients text (E.164).
        url: the URL that Event Grid calls, without the secret.
    """

    provider: ClassVar[str] = "azure"
    words: ClassVar[Mapping[State, str]] = {
        State.DELIVERED: "Delivered",
        State.UNDELIVERED: "Failed",
    }
    trouble: ClassVar[str] = "4004"

    url_token: str = field(repr=False)

    def text_callback(self, text: PatientText) -> WebhookRequest:
        data = {
            "messageId": text.text_id or f"Incoming_{text.hexadecimal}",
            "from": plain(text.sender),
            "to": plain(text.to),
            "message": text.body,
            "receivedTimestamp": stamp(text.at),
            "segmentCount": 1,
        }
        return self._event("SMSReceived", data, text.uuid, stamp(text.at))

    def status_callback(self, news: News) -> WebhookRequest:
        data = {
            "messageId": news.provider_id,
            "from": news.sender,
            "to": news.to,
            "deliveryStatus": news.word,
            "deliveryStatusDetails": f"{news.code or 2000}: as reported",
            "deliveryAttempts": [],
            "receivedTimestamp": stamp(news.at),
            "tag": news.reference,
        }
        return self._event("SMSDeliveryReportReceived", data, news.event_id, stamp(news.at))

    def _event(self, kind: str, data: Mapping[str, Any], event_id: str, at: str) -> WebhookRequest:
        event = {
            "id": event_id,
            "topic": "/subscriptions/0/resourceGroups/clinic",
            "subject": f"/phonenumber/{plain(self.number)}",
            "data": data,
            "eventType": f"Microsoft.Communication.{kind}",
            "dataVersion": "1.0",
            "metadataVersion": "1",
            "eventTime": at,
        }
        url = with_query(self.url, "token", self.url_token)
        return self.posted(as_json([event]), JSON, {"aeg-event-type": "Notification"}, url)
