"""What a gateway's callback says, read as its description tells."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from attrs import evolve

from compliant_sms.phone import PhoneNumber
from compliant_sms.providers._base import InboundText, ProviderEvent, StatusUpdate
from compliant_sms.providers._codes import Codes, problem
from compliant_sms.providers._gateway._json_pointer import found_at
from compliant_sms.providers._gateway._settings import (
    GatewayCallbacks,
    InboundFields,
    StatusFields,
)
from compliant_sms.providers._reading import e164, instant, items, text_in
from compliant_sms.providers._signing import content_type, form, json_body, query, sha256
from compliant_sms.providers._webhooks import VerifiedWebhook
from compliant_sms.wire import WebhookRequest

_SHORTEST_NATIONAL = 8  # digits: without the area code it may be several


def content_of(request: WebhookRequest) -> Any:  # noqa: ANN401 - JSON has no narrower type
    """The JSON, the form, or the query where there is no body.

    Raises:
        WebhookRejected: it is none of them.
    """
    if not request.body:
        return query(request)
    return json_body(request) if "json" in content_type(request) else form(request)


def text_at(document: Any, pointer: str) -> str:  # noqa: ANN401 - as above
    """The text or the whole number that stands there; an empty one where nothing does."""
    return text_in({"": found_at(document, pointer)}, "") if pointer else ""


def events_in(
    webhook: VerifiedWebhook,
    callbacks: GatewayCallbacks,
    *,
    ours: PhoneNumber,
    vendor: str,
    codes: Codes,
    reference: str | None,
) -> Sequence[ProviderEvent]:
    """Patients' texts and news of ours; what is neither is passed over.

    Args:
        webhook: the callback.
        callbacks: where things stand in it.
        ours: the adapter's sender.
        vendor: the gateway's name as people write it.
        codes: what its words mean.
        reference: our id in the address that was called.
    """
    found: list[ProviderEvent] = []
    for event in items(found_at(webhook.content, callbacks.events)):
        inbound, status = callbacks.inbound, callbacks.status
        if inbound is not None and inbound.when.holds(event):
            told = _inbound(event, inbound, authenticated=webhook.authenticated)
            found.append(evolve(told, to=ours) if _is_ours(event, inbound.to, ours) else told)
        elif status is not None and status.when.holds(event):
            found += _status(event, status, vendor, codes, reference)
    return found


def _number(document: Any, pointer: str) -> PhoneNumber | None:  # noqa: ANN401 - as above
    return e164(text_at(document, pointer).strip().removeprefix("00"))


def _is_ours(document: Any, pointer: str, ours: PhoneNumber) -> bool:  # noqa: ANN401 - as above
    """Whether our number stands there, also in the national form, which would be another's."""
    digits = "".join(filter(str.isdecimal, text_at(document, pointer))).lstrip("0")
    return len(digits) >= _SHORTEST_NATIONAL and ours.e164.endswith(digits)


def _inbound(event: Any, where: InboundFields, *, authenticated: bool) -> InboundText:  # noqa: ANN401
    provider_id = text_at(event, where.id)
    media = found_at(event, where.media) if where.media else None
    urls = media if isinstance(media, list) else [media]
    return InboundText(
        # Without an id the same words are the same text, unless they stop texts.
        key=provider_id or sha256(json.dumps(event, sort_keys=True, default=str).encode()),
        provider_id=provider_id,
        sender=_number(event, where.sender),
        to=_number(event, where.to),
        body=text_at(event, where.body),
        media=tuple(url for url in urls if isinstance(url, str) and url),
        authenticated=authenticated,
        sent_at=instant(found_at(event, where.sent_at)) if where.sent_at else None,
    )


def _status(
    event: Any,  # noqa: ANN401 - as above
    where: StatusFields,
    vendor: str,
    codes: Codes,
    reference: str | None,
) -> list[ProviderEvent]:
    provider_id, word = text_at(event, where.id), text_at(event, where.status)
    ours = text_at(event, where.reference) or reference
    if not (provider_id or ours):
        return []
    code = text_at(event, where.code)
    update = StatusUpdate(
        key=f"{provider_id or ours}/{word}",
        provider_id=provider_id,
        reference=ours,
        state=codes.state(word),
        problem=problem(vendor, codes, code) if code.strip("0") else None,
        recipient=_number(event, where.recipient),
    )
    return [update]
