"""A request to a gateway, put together from its description."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC
from urllib.parse import urlencode

from compliant_sms.phone import PhoneNumber
from compliant_sms.providers._base import OutboundText
from compliant_sms.providers._gateway._json_pointer import placed_at
from compliant_sms.providers._gateway._settings import (
    Encoding,
    GatewayRequest,
    NumberForm,
    TextPart,
)
from compliant_sms.wire import HttpRequest

_KINDS = {Encoding.JSON: "application/json", Encoding.FORM: "application/x-www-form-urlencoded"}


def assembled(
    sends: GatewayRequest,
    text: OutboundText,
    *,
    url: str,
    sender: PhoneNumber,
    callback: str,
    seconds: int | None,
) -> HttpRequest:
    """The request that sends a text, with credentials.

    Args:
        sends: how the gateway wants it.
        text: what to send, to that one recipient.
        url: where it goes.
        sender: the number that it comes from.
        callback: the address that is told of deliveries; empty for none.
        seconds: for how long the gateway may try; as long as it likes, if None.
    """
    later = text.send_at.astimezone(UTC) if text.send_at else None
    parts: dict[object, object] = {
        TextPart.TO: _written(text.to, sends.numbers),
        TextPart.SENDER: _written(sender, sends.numbers),
        TextPart.BODY: text.body,
        TextPart.REFERENCE: text.reference,
        TextPart.MEDIA: list(text.media) or None,
        TextPart.CALLBACK_URL: callback or None,
        TextPart.SEND_AT: f"{later:%Y-%m-%dT%H:%M:%SZ}" if later else None,
        TextPart.VALID_FOR: seconds,
    }
    told = {
        name: parts[part] if isinstance(part, TextPart) else part
        for name, part in sends.fields.items()
    }
    fields = {name: value for name, value in told.items() if value is not None}
    headers = dict(sends.headers)
    if sends.encoding in _KINDS:
        headers["Content-Type"] = _KINDS[sends.encoding]
    if sends.idempotency_header:
        headers[sends.idempotency_header] = text.reference
    body = _body(sends.encoding, fields)
    if sends.encoding is Encoding.QUERY:
        url = f"{url}{'&' if '?' in url else '?'}{urlencode(list(_pairs(fields)))}"
    request = HttpRequest(method=sends.method, url=url, headers=headers, body=body)
    return sends.auth.applied(request) if sends.auth else request


def _written(number: PhoneNumber, form: NumberForm) -> str:
    return f"{form}{number.e164[1:]}"


def _body(encoding: Encoding, fields: Mapping[str, object]) -> bytes:
    if encoding is Encoding.QUERY:
        return b""
    if encoding is Encoding.FORM:
        return urlencode(list(_pairs(fields))).encode()
    document: dict[str, object] = {}
    for name, value in fields.items():
        placed_at(document, name if name.startswith("/") else _as_pointer(name), value)
    return json.dumps(document, ensure_ascii=False).encode()


def _as_pointer(name: str) -> str:
    return "/" + name.replace("~", "~0").replace("/", "~1")


def _pairs(fields: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in fields.items():
        for each in value if isinstance(value, list) else [value]:
            yield name, str(each).lower() if isinstance(each, bool) else str(each)
