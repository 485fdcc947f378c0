"""Keyed hashes of a gateway's callbacks: Standard Webhooks, and gateways' own schemes."""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import ClassVar
from urllib.parse import urlsplit

from attrs import field, frozen
from attrs.validators import in_

from compliant_sms import _given
from compliant_sms.errors import InvalidInput, InvalidSignature, WebhookRejected
from compliant_sms.providers._adapter import not_blank, secrets
from compliant_sms.providers._capabilities import CallbackSignature
from compliant_sms.providers._gateway._proofs import CallbackProof, only, some
from compliant_sms.providers._signing import (
    TOLERANCE,
    decoded,
    is_one_of,
    refuse_age,
    require_match,
)
from compliant_sms.wire import WebhookRequest

_WHO = "the gateway"
_PREFIX = "whsec_"
_SLOT = re.compile(r"\{(timestamp|method|url|path|body|nonce)\}")


def _standard_keys(values: list[str] | tuple[str, ...]) -> tuple[bytes, ...]:
    keys = tuple(decoded(each.removeprefix(_PREFIX)) for each in secrets(values))
    if not all(keys):
        msg = "a secret of Standard Webhooks must be 'whsec_' and base64"
        raise InvalidInput(msg)
    return keys


@frozen(kw_only=True)
class StandardWebhooks(CallbackProof):
    """Standard Webhooks: ``webhook-id``, ``webhook-timestamp`` and ``webhook-signature``.

    Args:
        secrets: ``whsec_`` and base64, newest first.
        tolerance: how old a callback may be.
    """

    signature: ClassVar[CallbackSignature] = CallbackSignature.HMAC
    covers_body: ClassVar[bool] = True
    covers_url: ClassVar[bool] = False
    covers_time: ClassVar[bool] = True

    keys: tuple[bytes, ...] = field(
        alias="secrets", repr=False, converter=_standard_keys, validator=some
    )
    tolerance: timedelta = TOLERANCE

    @property
    def proofs(self) -> tuple[str, ...]:
        """The secrets."""
        return tuple(map(_base64, self.keys))

    def check(self, request: WebhookRequest, at: datetime) -> None:
        """See :class:`CallbackProof`."""
        message_id, stamp = only(request, "webhook-id"), only(request, "webhook-timestamp")
        if not message_id:
            msg = "the callback has no webhook-id header, or more than one"
            raise InvalidSignature(msg)
        refuse_age(stamp, at, self.tolerance)
        signed = f"{message_id}.{stamp}.".encode(errors="replace") + request.body
        right = [_base64(hmac.digest(key, signed, "sha256")).encode() for key in self.keys]
        entries = only(request, "webhook-signature").split()
        claimed = [each.removeprefix("v1,") for each in entries if each.startswith("v1,")]
        matches = [is_one_of(each.encode(errors="replace"), right) for each in claimed]
        if not any(matches):
            require_match(_WHO, "", [])


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


_ENCODINGS: dict[str, Callable[[bytes], str]] = {"hex": bytes.hex, "base64": _base64}


@frozen(kw_only=True)
class HmacSignature(CallbackProof):
    """A keyed hash in a header.

    Args:
        header: the header that holds it.
        secrets: the shared secrets, newest first.
        digest: ``sha256``, ``sha512``, or ``sha1`` if the gateway has nothing better.
        encoding: ``hex`` or ``base64``.
        prefix: what precedes the hash, such as ``sha256=``.
        template: what is signed, made of ``{timestamp}``, ``{method}``, ``{url}``, ``{path}``,
            ``{body}``, ``{nonce}`` and the characters between them.
        timestamp_header: the header with the time, in Unix seconds.
        nonce_header: the header with the nonce.
        tolerance: how old a callback may be.
        without_body: whether the template really has no body. The content is then not covered.

    Raises:
        InvalidInput: the template has no body, or names something that no header holds.
    """

    signature: ClassVar[CallbackSignature] = CallbackSignature.HMAC

    header: str = field(validator=not_blank)
    secrets: tuple[str, ...] = field(repr=False, converter=secrets, validator=some)
    digest: str = field(default="sha256", validator=in_(("sha256", "sha512", "sha1")))
    encoding: str = field(default="hex", validator=in_(("hex", "base64")))
    prefix: str = field(default="", validator=_given.text)
    template: str = field(default="{body}", validator=not_blank)
    timestamp_header: str = field(default="", validator=_given.text)
    nonce_header: str = field(default="", validator=_given.text)
    tolerance: timedelta = TOLERANCE
    without_body: bool = False

    def __attrs_post_init__(self) -> None:
        if not self.covers_body and not self.without_body:
            msg = (
                f"{self.template!r} has no {{body}}, so anybody who saw one callback could forge "
                "its content. If the gateway really signs no body, pass without_body=True."
            )
            raise InvalidInput(msg)
        for slot, header in (("timestamp", self.timestamp_header), ("nonce", self.nonce_header)):
            if self._signs(slot) != bool(header):
                msg = (
                    f"{{{slot}}} in the template and {slot}_header go together, and one is "
                    "missing. Pass both, or neither."
                )
                raise InvalidInput(msg)

    def _signs(self, slot: str) -> bool:
        return f"{{{slot}}}" in self.template

    @property
    def covers_body(self) -> bool:
        """Whether the template has the body."""
        return self._signs("body")

    @property
    def covers_url(self) -> bool:
        """Whether the template has the whole URL."""
        return self._signs("url")

    @property
    def covers_time(self) -> bool:
        """Whether the template has the time."""
        return self._signs("timestamp")

    @property
    def proofs(self) -> tuple[str, ...]:
        """The secrets."""
        return self.secrets

    def check(self, request: WebhookRequest, at: datetime) -> None:
        """See :class:`CallbackProof`."""
        headers = {"timestamp": self.timestamp_header, "nonce": self.nonce_header}
        parts = {slot: only(request, name).encode() for slot, name in headers.items() if name}
        if not all(parts.values()):
            require_match(_WHO, "", [])
        if self.covers_time:
            refuse_age(parts["timestamp"].decode(), at, self.tolerance)
        parts |= {
            "method": request.method.encode(errors="replace"),
            "url": request.url.encode(errors="replace"),
            "body": request.body,
            "path": _path(request).encode(errors="replace") if self._signs("path") else b"",
        }
        pieces = _SLOT.split(self.template)
        signed = b"".join(
            parts[piece] if place % 2 else piece.encode() for place, piece in enumerate(pieces)
        )
        encode = _ENCODINGS[self.encoding]
        right = [
            self.prefix + encode(hmac.new(key.encode(), signed, self.digest).digest())
            for key in self.secrets
        ]
        require_match(_WHO, only(request, self.header), right)


def _path(request: WebhookRequest) -> str:
    try:
        return urlsplit(request.url).path
    except ValueError:
        msg = "the URL that the callback is said to have been sent to is not a URL"
        raise WebhookRejected(msg) from None
