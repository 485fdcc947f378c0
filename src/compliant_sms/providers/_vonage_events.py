"""What callbacks of Vonage say: those of the Messages API, and those of the older SMS API.

Sources: Vonage's Messages API reference, its SMS API description 1.0.6, and its pages on inbound
texts, delivery receipts and Opt-Out Assist.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from attrs import evolve

from compliant_sms.providers._base import (
    InboundText,
    Problem,
    ProviderEvent,
    StatusUpdate,
)
from compliant_sms.providers._codes import codes_of, problem
from compliant_sms.providers._reading import e164, instant, mapping, text_in

MEDIA_KINDS: Final = ("image", "video", "audio", "vcard", "file")
"""What an MMS may carry; each is a field of its own."""
_CODE = re.compile(r"#([\w-]{1,40})")
_NO_ERROR: Final = "0"


def event_of(content: Mapping[str, Any], *, answers_keywords: bool) -> ProviderEvent | None:
    """A patient's text, or news of one of ours; None for what is neither.

    Args:
        content: what the callback says.
        answers_keywords: Vonage answers its keywords by itself.
    """
    event = _sms_event(content) if text_in(content, "messageId") else _message_event(content)
    if not (isinstance(event, InboundText) and answers_keywords):
        return event
    keyword = codes_of("vonage").keyword(event.body)
    return evolve(event, answered=keyword is not None, recognized=keyword)


def _message_event(content: Mapping[str, Any]) -> ProviderEvent | None:
    provider_id, status = text_in(content, "message_uuid"), text_in(content, "status")
    if not provider_id:
        return None
    if status:
        error = mapping(content.get("error"))
        return StatusUpdate(
            key=f"{provider_id}/{status}",
            provider_id=provider_id,
            reference=text_in(content, "client_ref") or None,
            state=codes_of("vonage").state(status),
            problem=problem_of(error) if error else None,
            recipient=e164(_end(content, "to")),
        )
    # Version 0.1 of the callbacks, which an application may still be set to, nests these.
    said = {**content, **mapping(mapping(content.get("message")).get("content"))}
    media = [mapping(said.get(kind)) for kind in MEDIA_KINDS]
    captions = [caption for each in media if (caption := text_in(each, "caption"))]
    return InboundText(
        key=provider_id,
        provider_id=provider_id,
        sender=e164(_end(content, "from")),
        to=e164(_end(content, "to")),
        body=text_in(said, "text") or "\n".join(captions),
        media=tuple(url for each in media if (url := text_in(each, "url"))),
        sent_at=instant(content.get("timestamp")),
    )


def _end(content: Mapping[str, Any], name: str) -> str:
    """A number; in version 0.1 of the callbacks it stands inside an object."""
    return text_in(content, name) or text_in(mapping(content.get(name)), "number")


def _sms_event(content: Mapping[str, Any]) -> ProviderEvent:
    """Of the older SMS API.

    A long text arrives there in parts (``concat``), each with an id of its own, in any order. Each
    is taken as a text of its own: to wait for the others would hold back a STOP in one of them.
    """
    provider_id, status = text_in(content, "messageId"), text_in(content, "status")
    if status:
        code = text_in(content, "err-code") or _NO_ERROR
        codes = codes_of("vonage_sms")
        return StatusUpdate(
            key=f"{provider_id}/{status}",
            provider_id=provider_id,
            reference=text_in(content, "client-ref") or None,
            state=codes.state(status),
            problem=problem("Vonage", codes, code) if code != _NO_ERROR else None,
            recipient=e164(text_in(content, "msisdn")),
        )
    return InboundText(
        key=provider_id,
        provider_id=provider_id,
        sender=e164(text_in(content, "msisdn")),
        to=e164(text_in(content, "to")),
        body=text_in(content, "text"),
        sent_at=instant(f"{text_in(content, 'message-timestamp')}Z"),  # it is in UTC
    )


def problem_of(error: Mapping[str, Any], status: int | None = None) -> Problem:
    """What an error of the Messages API means (RFC 7807).

    Its code stands at the end of ``type``; callbacks have it as the title too.
    """
    named, title = _CODE.search(text_in(error, "type")), text_in(error, "title")
    code = named[1] if named else title if title.isdecimal() else ""
    said = text_in(error, "detail", "title")
    return problem("Vonage", codes_of("vonage"), code, status=status, said=said)
