"""Providers' signatures of callbacks, for the sandbox and for tests.

Nothing here is shared with the adapters, so that each is a check on the other.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from compliant_sms.errors import MissingExtra

TWILIO_SIGNATURE = "X-Twilio-Signature"
"""The header that carries :func:`twilio_signature`."""


def as_json(content: object) -> bytes:
    """Compact JSON, as in callbacks."""
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()


def basic(credentials: str) -> dict[str, str]:
    """The header for ``user:password`` (RFC 7617)."""
    return {"Authorization": f"Basic {base64.b64encode(credentials.encode()).decode()}"}


def jwt(claims: Mapping[str, object], secret: str, algorithm: str = "HS256") -> str:
    """A JSON Web Token over some claims (RFC 7519)."""

    def part(content: bytes) -> str:
        return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

    head = {"alg": algorithm, "typ": "JWT"}
    signed = ".".join(part(json.dumps(content).encode()) for content in (head, claims))
    digest = hmac.digest(secret.encode(), signed.encode(), f"sha{algorithm[2:]}")
    return f"{signed}.{part(digest)}"


def telnyx_key(api_key: str) -> Any:  # noqa: ANN401 - cryptography may not be there
    """The key that the simulated Telnyx signs with for an account.

    Raises:
        MissingExtra: cryptography is not installed.
    """
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
            Ed25519PrivateKey,
        )
    except ModuleNotFoundError as error:
        raise MissingExtra("telnyx", "signing as Telnyx does") from error  # noqa: EM101
    seed = hashlib.sha256(f"telnyx sandbox {api_key}".encode()).digest()
    return Ed25519PrivateKey.from_private_bytes(seed)


def telnyx_public_key(api_key: str) -> str:
    """The key that verifies its callbacks: 32 bytes in base64.

    Raises:
        MissingExtra: cryptography is not installed.
    """
    return base64.b64encode(telnyx_key(api_key).public_key().public_bytes_raw()).decode()


def telnyx_headers(api_key: str, body: bytes, at: datetime) -> dict[str, str]:
    """The headers that sign a Telnyx callback."""
    timestamp = str(int(at.timestamp()))
    signature = telnyx_key(api_key).sign(timestamp.encode() + b"|" + body)
    return {
        "telnyx-timestamp": timestamp,
        "telnyx-signature-ed25519": base64.b64encode(signature).decode(),
    }


def twilio_signature(url: str, fields: Iterable[tuple[str, str]], auth_token: str) -> str:
    """Sign a form-encoded callback, as Twilio's page on webhook security describes it.

    Args:
        url: exactly as it is called, query included.
        fields: decoded names and values; pairs that occur twice count once.
        auth_token: the account's token, which is the key of the HMAC.

    Returns:
        The value of ``X-Twilio-Signature``.
    """
    signed = url + "".join(name + value for name, value in sorted(set(fields)))
    # The protocol demands SHA-1; in an HMAC it is not broken.
    digest = hmac.new(auth_token.encode(), signed.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()
