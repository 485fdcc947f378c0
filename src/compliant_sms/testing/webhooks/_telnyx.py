"""Telnyx callbacks: JSON, signed with Ed25519 (time and body)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from attrs import field, frozen

from compliant_sms._callback_signing import as_json, telnyx_headers, telnyx_public_key
from compliant_sms.lifecycle import State
from compliant_sms.testing.webhooks._maker import JSON, News, PatientText, WebhookMaker, with_query
from compliant_sms.wire import WebhookRequest


@frozen(kw_only=True)
class TelnyxWebhooks(WebhookMaker):
    """Makes Telnyx callbacks, signed with a key of ours. Give your adapter :attr:`public_key`.

    Needs the extra ``telnyx``.

    Args:
        api_key: the account's API key, from which the signing key is derived.
        number: your number that patients text (E.164).
        url: the URL that Telnyx calls.
    """

    provider: ClassVar[str] = "telnyx"
    words: ClassVar[Mapping[State, str]] = {
        State.SENT: "sent",
        State.DELIVERED: "delivered",
        State.UNDELIVERED: "delivery_failed",
        State.FAILED: "sending_failed",
    }
    trouble: ClassVar[str] = "40008"

    api_key: str = field(repr=False)

    @property
    def public_key(self) -> str:
        """The key for ``Telnyx(public_keys=[...])``.

        Raises:
            MissingExtra: cryptography is not installed.
        """
        return telnyx_public_key(self.api_key)

    def text_callback(self, text: PatientText) -> WebhookRequest:
        payload = {
            "id": text.text_id or text.uuid,
            "direction": "inbound",
            "from": {"phone_number": text.sender},
            "to": [{"phone_number": text.to, "status": "webhook_delivered"}],
            "text": text.body,
            "media": [],
            "received_at": text.at.isoformat(),
            "autoresponse_type": "STOP" if text.obeyed else None,
        }
        return self._signed("message.received", payload, text)

    def status_callback(self, news: News) -> WebhookRequest:
        error = {"code": news.code, "title": "Not delivered", "detail": "Not delivered"}
        payload = {
            "id": news.provider_id,
            "direction": "outbound",
            "from": {"phone_number": news.sender},
            "to": [{"phone_number": news.to, "status": news.word}],
            "errors": [error] if news.code else [],
            "webhook_url": with_query(self.url, "ref", news.reference),
        }
        kind = "message.sent" if news.state is State.SENT else "message.finalized"
        return self._signed(kind, payload, news)

    def _signed(
        self, kind: str, payload: Mapping[str, Any], about: PatientText | News
    ) -> WebhookRequest:
        event = {
            "event_type": kind,
            "id": about.uuid if isinstance(about, PatientText) else about.event_id,
            "occurred_at": about.at.isoformat(),
            "payload": payload,
            "record_type": "event",
        }
        body = as_json({"data": event, "meta": {"attempt": 1, "delivered_to": self.url}})
        return self.posted(body, JSON, telnyx_headers(self.api_key, body, about.at))
