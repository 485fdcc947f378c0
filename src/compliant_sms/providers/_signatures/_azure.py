"""The signature of requests to Azure Communication Services, and the id of a text in them.

Source: Microsoft's page on authenticating to Azure Communication Services; the scheme as its
Python client azure-communication-sms 1.1 computes it.
"""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import urlsplit

from compliant_sms.providers._signing import hmac_base64

_URL_NAMESPACE = bytes.fromhex("6ba7b8119dad11d180b400c04fd430c8")


def http_date(at: datetime) -> str:
    """An instant as HTTP writes it (RFC 9110, 5.6.7)."""
    return format_datetime(at.astimezone(UTC), usegmt=True)


def sign(method: str, url: str, body: bytes, key: bytes, *, at: datetime) -> dict[str, str]:
    """The headers that sign a request.

    Args:
        method: in capitals.
        url: where it goes.
        body: what it says.
        key: the access key, decoded.
        at: when (aware); Azure refuses what is older than some minutes.
    """
    parts = urlsplit(url)
    content_hash = base64.b64encode(hashlib.sha256(body).digest()).decode()
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    signed = f"{method}\n{target}\n{http_date(at)};{parts.netloc};{content_hash}"
    proof = hmac_base64(key, signed.encode())
    return {
        "x-ms-date": http_date(at),
        "x-ms-content-sha256": content_hash,
        "authorization": (
            f"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={proof}"
        ),
    }


def repeatability_id(reference: str) -> str:
    """A UUID of version 5 (RFC 9562, 5.5): the same for the same text."""
    name = f"urn:compliant-sms:{reference}".encode()
    digest = bytearray(hashlib.sha1(_URL_NAMESPACE + name, usedforsecurity=False).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    return re.sub(r"^(.{8})(.{4})(.{4})(.{4})", r"\1-\2-\3-\4-", digest.hex())
