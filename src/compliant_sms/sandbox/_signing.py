"""The signature under every callback, as Twilio's webhook security page describes it."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable

SIGNATURE_HEADER = "X-Twilio-Signature"


def sign(url: str, fields: Iterable[tuple[str, str]], auth_token: str) -> str:
    """Sign a form-encoded callback.

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
