"""Vonage's signatures: tokens on requests and on callbacks, and ``sig`` of the older SMS API.

Sources: Vonage's pages on authentication, on signed webhooks and on signing messages; the schemes
as its Python client 4.9 computes them. That client looks at no more of a callback's token than its
signature, so that a body swapped under a genuine one passes it, and at no age of a ``sig``.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from compliant_sms.errors import InvalidInput, InvalidSignature
from compliant_sms.providers._reading import mapping, text_in
from compliant_sms.providers._signing import (
    content_type,
    form,
    hmac_jwt,
    json_body,
    needs_cryptography,
    query,
    refuse_age,
    require_match,
    sha256,
)
from compliant_sms.wire import WebhookRequest

_LIFE: Final = timedelta(minutes=15)
_ISSUER: Final = "Vonage"
SIGNATURE_METHODS: Final = frozenset({"md5", "sha1", "sha256", "sha512"})
"""Hashes of ``sig`` that an account may have set, each keyed. Vonage's plain "MD5 hash" is none."""


@lru_cache(maxsize=16)
def signer(private_key: str) -> Callable[[bytes], bytes]:
    """What signs with an application's key (RSASSA-PKCS1-v1_5 with SHA-256).

    Args:
        private_key: PEM.

    Raises:
        InvalidInput: it is no RSA key, or has a password.
        MissingExtra: ``cryptography`` is not installed.
    """

    def load() -> Any:  # noqa: ANN401 - of an optional library
        from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415
        from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric import padding, rsa  # noqa: PLC0415

        try:
            key = serialization.load_pem_private_key(private_key.encode(), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            return None
        if not isinstance(key, rsa.RSAPrivateKey):
            return None
        return lambda data: key.sign(data, padding.PKCS1v15(), hashes.SHA256())

    sign = needs_cryptography("vonage", "signing requests with a Vonage application's key", load)
    if sign is None:
        msg = (
            "private_key is no RSA key. Pass the text of the file private.key that Vonage made "
            "for the application, with its lines, and without a password."
        )
        raise InvalidInput(msg)
    made: Callable[[bytes], bytes] = sign
    return made


def application_token(application_id: str, private_key: str, at: datetime, purpose: str) -> str:
    """A token that lets an application in for fifteen minutes.

    Args:
        application_id: whose.
        private_key: its key, PEM.
        at: the present (aware).
        purpose: what the token is for; the same at the same time gives the same token.
    """
    issued = int(at.timestamp())
    claims = {
        "application_id": application_id,
        "iat": issued,
        "jti": _uuid(f"{application_id}/{purpose}/{at.isoformat()}"),
        "exp": issued + int(_LIFE.total_seconds()),
    }
    signed = f"{_encoded({'alg': 'RS256', 'typ': 'JWT'})}.{_encoded(claims)}"
    return f"{signed}.{_base64url(signer(private_key)(signed.encode()))}"


def _uuid(seed: str) -> str:
    """An id of the usual form that the same seed always gives (version 8 of RFC 9562)."""
    digits = sha256(seed.encode())
    return f"{digits[:8]}-{digits[8:12]}-8{digits[13:16]}-8{digits[17:20]}-{digits[20:32]}"


def _encoded(part: Mapping[str, object]) -> str:
    return _base64url(json.dumps(part, separators=(",", ":")).encode())


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def verify_token(
    request: WebhookRequest, secrets: Sequence[str], api_key: str, at: datetime
) -> None:
    """Check the token that a callback brings, and that it was made for this body, here and now.

    Raises:
        InvalidSignature: it is missing, forged, old, of another account, or of another body.
    """
    given = [value for name, value in request.headers if name == "authorization"]
    scheme, _, token = (given[0] if len(given) == 1 else "").partition(" ")
    claims = hmac_jwt(token.strip() if scheme.lower() == "bearer" else "", secrets, ("HS256",))
    if claims.get("iss") != _ISSUER or claims.get("api_key") != api_key:
        msg = "the callback's token is not one that Vonage issued for this account"
        raise InvalidSignature(msg)
    refuse_age(claims.get("iat"), at)
    _refuse_expired(claims.get("exp"), at)
    covered = str(claims.get("payload_hash")).encode(errors="replace")
    if not hmac.compare_digest(covered, sha256(request.body).encode()):
        msg = "the callback's body is not the one that its token was made for"
        raise InvalidSignature(msg)


def _refuse_expired(expiry: object, at: datetime) -> None:
    # Vonage sets none today; one that is there counts.
    if expiry is not None and not (isinstance(expiry, int) and at.timestamp() < expiry):
        msg = "the callback's token has expired"
        raise InvalidSignature(msg)


def verify_sig(
    request: WebhookRequest, secrets: Sequence[str], method: str, at: datetime
) -> dict[str, str]:
    """The parameters of a callback whose ``sig`` one of the secrets made, without it.

    Args:
        request: the callback.
        secrets: the account's signature secrets.
        method: one of :data:`SIGNATURE_METHODS`.
        at: the present (aware).

    Raises:
        InvalidSignature: it is missing, forged or old.
        WebhookRejected: the parameters cannot be read.
    """
    parameters = _parameters(request)
    claimed = text_in(parameters, "sig").lower()
    covered = {name: _text(value) for name, value in parameters.items() if name != "sig"}
    if any("&" in name or "=" in name for name in covered):
        # Names are signed as they are, so that such a one could swallow its neighbours.
        msg = "a parameter of the callback has a name that no signature can cover"
        raise InvalidSignature(msg)
    parts = ((name, covered[name].replace("&", "_").replace("=", "_")) for name in sorted(covered))
    data = "".join(f"&{name}={value}" for name, value in parts).encode(errors="surrogatepass")
    right = [hmac.new(secret.encode(), data, method).hexdigest() for secret in secrets]
    require_match("Vonage", claimed, right)
    refuse_age(covered.get("timestamp"), at)
    return covered


def _parameters(request: WebhookRequest) -> dict[str, Any]:
    if request.method == "GET":
        return dict(query(request))
    if content_type(request) == "application/json":
        return mapping(json_body(request))
    return dict(form(request))


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
