"""Plivo callbacks: forms, signed with version 3 of its signature (URL, fields and a nonce)."""

from __future__ import annotations

import base64
import hmac
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
    plain,
    with_query,
)
from compliant_sms.wire import WebhookRequest


@frozen(kw_only=True)
class PlivoWebhooks(WebhookMaker):
    """Makes Plivo callbacks.

    Args:
        auth_token: the account's token.
        number: your number that patients text (E.164).
        url: the URL that Plivo calls. Status callbacks have your reference of the text in its
            query.
    """

    provider: ClassVar[str] = "plivo"
    words: ClassVar[Mapping[State, str]] = {
        State.SENT: "sent",
        State.DELIVERED: "delivered",
        State.UNDELIVERED: "undelivered",
        State.FAILED: "failed",
    }
    trouble: ClassVar[str] = "30"

    auth_token: str = field(repr=False)

    def text_callback(self, text: PatientText) -> WebhookRequest:
        fields = {
            "From": plain(text.sender),
            "To": plain(text.to),
            "Text": text.body,
            "Type": "sms",
            "MessageUUID": text.text_id or text.uuid,
            "Units": "1",
            "MessageIntent": "optout" if text.obeyed else "",
        }
        return self._signed(fields, self.url, text.hexadecimal)

    def status_callback(self, news: News) -> WebhookRequest:
        fields = {
            "From": plain(news.sender),
            "To": plain(news.to),
            "MessageUUID": news.provider_id,
            "ParentMessageUUID": news.provider_id,
            "Status": news.word,
            "ErrorCode": news.code or "000",
        }
        url = with_query(self.url, "ref", news.reference) if news.reference else self.url
        return self._signed(fields, url, news.event_id)

    def _signed(self, fields: Mapping[str, str], url: str, nonce: str) -> WebhookRequest:
        joined = "." if "?" in url else "?"
        posted = "".join(name + fields[name] for name in sorted(fields))
        over = f"{url}{joined}{posted}.{nonce}"
        digest = hmac.digest(self.auth_token.encode(), over.encode(), "sha256")
        headers = {
            "X-Plivo-Signature-V3": base64.b64encode(digest).decode(),
            "X-Plivo-Signature-V3-Nonce": nonce,
        }
        return self.posted(urlencode(fields).encode(), FORM, headers, url)
