"""How providers sign what they post, for the sandbox and for what tests post.

Nothing in here is shared with the adapters, so that each is a check on the other.
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
    """Compact JSON, as callbacks have it."""
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()


def basic(credentials: str) -> dict[str, str]:
    """The header for ``user:password`` (RFC 7617)."""
    return {"Authorization": f"Basic {base64.b64encode(credentials.encode()).decode()}"}


def jwt(claims: Mapping[str, object], secret: str, algorithm: str = "HS256") -> str:
    """A token over some claims (RFC 7519)."""

    def part(content: bytes) -> str:
        return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

    head = {"alg": algorithm, "typ": "JWT"}
    signed = ".".join(part(json.dumps(content).encode()) for content in (head, claims))
    digest = hmac.digest(secret.encode(), signed.encode(), f"sha{algorithm[2:]}")
    return f"{signed}.{part(digest)}"


def telnyx_key(api_key: str) -> Any:  # noqa: ANN401 - cryptography may not be there
    """The key with which a made-up Telnyx signs for an account.

    Raises:
        MissingExtra: without cryptography.
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
    """What its callbacks are verified with: base64, 32 bytes.

    Raises:
        MissingExtra: without cryptography.
    """
    return base64.b64encode(telnyx_key(api_key).public_key().public_bytes_raw()).decode()


def telnyx_headers(api_key: str, body: bytes, at: datetime) -> dict[str, str]:
    """What proves a callback of Telnyx."""
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
        auth_token: the account's, the key of the HMAC.

    Returns:
        The value of ``X-Twilio-Signature``.
    """
    signed = url + "".join(name + value for name, value in sorted(set(fields)))
    # SHA-1 is what the protocol demands; in an HMAC it is not broken.
    digest = hmac.new(auth_token.encode(), signed.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()
