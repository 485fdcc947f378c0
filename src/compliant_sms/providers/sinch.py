"""Sinch SMS, XMS API v1, with a service plan.

Sources: Sinch's API reference (batches, delivery reports, webhooks); its OpenAPI description; the
signature scheme as its own Python client 2.3 computes it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final
from urllib.parse import quote

from attrs import field, frozen

from compliant_sms.lifecycle import State
from compliant_sms.providers._adapter import Adapter, credential, secrets, shaped
from compliant_sms.providers._base import (
    Attempt,
    InboundText,
    OutboundText,
    Problem,
    ProviderEvent,
    ProviderKeyword,
    SentText,
)
from compliant_sms.providers._capabilities import (
    BlockScope,
    CallbackSignature,
    Capabilities,
    Lookup,
    Receipts,
)
from compliant_sms.providers._codes import accepted, not_accepted
from compliant_sms.providers._reading import (
    e164,
    first,
    instant,
    items,
    json_object,
    listed,
    mapping,
    one,
    reaches_back,
    text_in,
    urls_in,
)
from compliant_sms.providers._requests import get_json, post_json
from compliant_sms.providers._signatures._sinch import verify_signature
from compliant_sms.providers._signing import json_body, query
from compliant_sms.providers._sinch_reports import news_of
from compliant_sms.providers._webhooks import VerifiedWebhook, sealed
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest

__all__ = ["Sinch"]

# Batches of the last fourteen days are listed; a day is left for clocks that differ.
_LISTED_FOR: Final = timedelta(days=13)
_PLAN = shaped("[0-9A-Za-z_-]+", "letters, digits, '-' and '_'")
_REGION = shaped("us|eu|au|br|ca", "us, eu, au, br or ca")
# Where patients' pictures lie is not documented: elsewhere than at Sinch none is fetched.
_MEDIA = re.compile(r"https://([a-z0-9-]+\.)+sinch\.com/[\x21-\x7e]+")


@frozen(kw_only=True)
class Sinch(Adapter):
    """Sinch, with one sender.

    Args:
        service_plan_id: the service plan that the sender belongs to.
        api_token: the plan's token.
        sender: the number that texts are sent from.
        region: the plan's region: ``us``, ``eu``, ``au``, ``br`` or ``ca``.
        webhook_secrets: the secrets that sign callbacks, newest first. Sinch's account manager
            sets them. Without one all callbacks are refused.
        answers_keywords: whether Sinch's consent management answers STOP, START and HELP.
        baa_signed_on: the day the business associate agreement was signed; required for sending.
        status_callback: the public URL that Sinch tells of deliveries; empty for the plan's own.
        base_url: a different URL of the API. One on loopback is taken for a simulated carrier.

    Raises:
        InvalidInput: a field is invalid.
    """

    name: ClassVar[str] = "sinch"
    vendor: ClassVar[str] = "Sinch"
    capabilities: ClassVar[Capabilities] = Capabilities(
        max_characters=1600,
        max_media=1,
        # No longest time is documented; later than this the text could not be looked up.
        schedule=(timedelta(0), _LISTED_FOR),
        validity=(timedelta(seconds=1), timedelta(days=3)),
        look_up=Lookup.BY_REFERENCE,
        status_look_up=True,
        inbound_media=True,
        answers_keywords=False,
        block_scope=BlockScope.NONE,
        signature=CallbackSignature.HMAC,
        time_authenticated=True,
        receipts=Receipts.CARRIER,
        notes=(
            "Callbacks are signed, and pictures sent, only after Sinch's account manager has "
            "switched that on. Sinch wants to end pictures over this API."
        ),
    )

    service_plan_id: str = field(validator=_PLAN)
    api_token: str = field(repr=False, validator=credential)
    region: str = field(default="us", validator=_REGION)
    webhook_secrets: tuple[str, ...] = field(repr=False, converter=secrets)
    answers_keywords: bool = False

    @property
    def _plan_url(self) -> str:
        origin = self.base_url or f"https://{self.region}.sms.api.sinch.com"
        return f"{origin}/xms/v1/{self.service_plan_id}"

    @property
    def _authorization(self) -> str:
        return f"Bearer {self.api_token}"

    def request(self, text: OutboundText, *, at: datetime) -> HttpRequest:
        """``POST batches``, with one recipient and a report of each step."""
        self.capabilities.require(text, self.vendor, at=at)
        content: dict[str, Any] = {
            "to": [text.to.e164],
            "from": self.sender.e164,
            "type": "mt_media" if text.media else "mt_text",
            "body": {"url": text.media[0], "message": text.body} if text.media else text.body,
            "delivery_report": "per_recipient",  # Sinch's default is none at all
            "client_reference": text.reference,
        }
        if self.status_callback:
            content["callback_url"] = self.status_callback
        if text.send_at is not None:
            content["send_at"] = _written(text.send_at)
        if (seconds := self.capabilities.valid_for(text.valid_for)) is not None:
            content["expire_at"] = _written((text.send_at or at) + timedelta(seconds=seconds))
        return post_json(f"{self._plan_url}/batches", self._authorization, content)

    def response(self, reply: HttpReply) -> Attempt:
        """201 with a batch is accepted; 4xx is refused; anything else may have been processed."""
        if reply.status in {200, 201} and (taken := accepted(json_object(reply.body).get("id"))):
            return taken
        return not_accepted(reply, self._refusal(reply))

    def _refusal(self, reply: HttpReply) -> Problem:
        content = json_object(reply.body)
        return self._problem(text_in(content, "code"), reply.status, content.get("text"))

    def look_up(self, text: OutboundText, *, at: datetime) -> HttpRequest:
        """``GET batches`` with our reference. Without a start date Sinch lists one day only."""
        asked = {"start_date": _written(at - _LISTED_FOR), "client_reference": text.reference}
        return get_json(f"{self._plan_url}/batches", self._authorization, asked)

    def found(
        self, reply: HttpReply, text: OutboundText, since: datetime
    ) -> Sequence[SentText] | None:
        """The batches with our reference. Their delivery reports say the rest."""
        batches = listed(reply, "batches", lambda batch: _is_of(text, batch))
        if batches is None or not (batches or reaches_back(reply, since, _LISTED_FOR)):
            return None
        return [SentText(provider_id=text_in(each, "id"), state=State.SENT) for each in batches]

    def ask_status(self, text: OutboundText, *, at: datetime) -> HttpRequest:  # noqa: ARG002
        """``GET batches/ID/delivery_report``: of the one recipient, without the number."""
        url = f"{self._plan_url}/batches/{quote(text.provider_id, safe='')}/delivery_report"
        return get_json(url, self._authorization)

    def read_status(self, reply: HttpReply, text: OutboundText) -> SentText | None:
        """The report on that batch."""
        report = one(reply, "batch_id", text.provider_id)
        told = first(report.get("statuses"))
        return SentText.told(news_of(report, told)) if told else None

    def check_account(self, *, at: datetime) -> HttpRequest:  # noqa: ARG002
        """``GET groups``, which unlike batches hold no texts."""
        return get_json(f"{self._plan_url}/groups", self._authorization, {"page_size": "1"})

    def account_problem(self, reply: HttpReply) -> Problem | None:
        """What is wrong with the plan or its token."""
        fine = listed(reply, "groups") is not None
        return None if fine else self._refusal(reply)

    def verify(
        self,
        request: WebhookRequest,
        *,
        at: datetime,
        certificates: Mapping[str, bytes] | None = None,  # noqa: ARG002
    ) -> VerifiedWebhook:
        """Check the HMAC over body, nonce and time, and the time itself.

        Raises:
            InvalidSignature: it is missing, wrong or old.
            WebhookRejected: the body is not JSON.
        """
        verify_signature(request, self.webhook_secrets, at=at)
        return sealed(self.name, json_body(request) if request.body else {}, query(request))

    def parse(self, webhook: VerifiedWebhook) -> Sequence[ProviderEvent]:
        """Read an inbound text or a batch's status. Anything else is left out."""
        fields = mapping(webhook.content)
        kind = text_in(fields, "type")
        if kind.startswith("mo_") and text_in(fields, "id"):
            return [self._inbound(fields)]
        if not text_in(fields, "batch_id"):
            return []
        if kind.startswith("recipient_delivery_report_"):
            return [news_of(fields, fields)]
        if kind.startswith("delivery_report_"):
            return [news_of(fields, mapping(each)) for each in items(fields.get("statuses"))]
        return []

    def _inbound(self, fields: Mapping[str, Any]) -> InboundText:
        parts = mapping(fields.get("body"))
        body = text_in(parts, "message", "subject") if parts else text_in(fields, "body")
        # Which other words its consent management takes is not documented.
        keyword = ProviderKeyword.named(body) if self.answers_keywords else None
        return InboundText(
            key=text_in(fields, "id"),
            provider_id=text_in(fields, "id"),
            sender=e164(text_in(fields, "from")),
            to=e164(text_in(fields, "to")),
            body=body,
            media=urls_in(parts.get("media")),
            answered=keyword is not None,
            recognized=keyword,
            sent_at=instant(fields.get("received_at")),
        )

    def media_request(self, url: str, *, at: datetime) -> HttpRequest | None:  # noqa: ARG002
        """``GET`` it from Sinch without the token, because the URL itself grants access."""
        return HttpRequest(method="GET", url=url) if _MEDIA.fullmatch(url) else None


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _is_of(text: OutboundText, batch: Mapping[str, Any]) -> bool:
    ours = batch.get("client_reference", text.reference) == text.reference
    return ours and bool(text_in(batch, "id"))
