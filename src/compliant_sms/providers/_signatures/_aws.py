"""Signature Version 4, with which requests to AWS are signed.

Source: AWS General Reference, Signature Version 4; the scheme as botocore 1.44 computes it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

from attrs import field, frozen

from compliant_sms.providers._signing import sha256

_ALGORITHM = "AWS4-HMAC-SHA256"


@frozen
class Credentials:
    """Who signs, and for what.

    Attributes:
        access_key_id: whose key it is.
        secret_access_key: the key.
        session_token: goes with temporary keys; empty for others.
        region: of the service, for example ``us-east-1``.
        service: its name in signatures.
    """

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(repr=False)
    region: str
    service: str


def sign(
    url: str, headers: Mapping[str, str], body: bytes, credentials: Credentials, *, at: datetime
) -> dict[str, str]:
    """The headers of a ``POST``, with those that sign it.

    Args:
        url: where it goes, without a query.
        headers: those that are sent and signed; names in any case.
        body: what it says.
        credentials: who signs.
        at: when (aware); AWS refuses what is older than some minutes.
    """
    stamp = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    parts = urlsplit(url)
    sent = {name.lower(): value for name, value in headers.items()} | {"x-amz-date": stamp}
    if credentials.session_token:
        sent["x-amz-security-token"] = credentials.session_token
    signed = sorted((sent | {"host": parts.netloc}).items())
    names = ";".join(name for name, _ in signed)
    lines = [f"{name}:{value}" for name, value in signed]
    canonical = "\n".join(["POST", parts.path or "/", "", *lines, "", names, sha256(body)])
    scope = f"{stamp[:8]}/{credentials.region}/{credentials.service}/aws4_request"
    claim = "\n".join([_ALGORITHM, stamp, scope, sha256(canonical.encode())])
    signature = _keyed(_key(credentials.secret_access_key, scope), claim).hex()
    whose = f"Credential={credentials.access_key_id}/{scope}"
    proof = f"{_ALGORITHM} {whose}, SignedHeaders={names}, Signature={signature}"
    return sent | {"authorization": proof}


def _key(secret: str, scope: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = _keyed(key, part)
    return key


def _keyed(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
