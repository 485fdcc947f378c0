"""What the schemes of callbacks' signatures have in common. All comparisons take constant time."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from compliant_sms.errors import InvalidSignature, MissingExtra, WebhookRejected
from compliant_sms.providers._reading import json_object, json_value
from compliant_sms.wire import WebhookRequest

TOLERANCE = timedelta(seconds=300)
"""How far a signed time may lie from ours, in either direction, unless the provider says less."""
_MOST_FIELDS = 1000
_FORM = "application/x-www-form-urlencoded"
_ALGORITHMS = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}


def is_one_of(claimed: bytes, right: Iterable[bytes]) -> bool:
    """Whether it is one of these, in a time that tells neither which nor where it differs."""
    matches = [hmac.compare_digest(claimed, each) for each in right]
    return any(matches)


def require_match(vendor: str, claimed: str, candidates: Iterable[str]) -> None:
    """Refuse a signature that is none of the candidates; all of them are looked at.

    Raises:
        InvalidSignature: it is none of them.
    """
    if not is_one_of(claimed.encode(errors="replace"), map(str.encode, candidates)):
        msg = (
            f"the callback's signature does not match {vendor}'s: it is forged, or the URL given "
            "here is not the one that was called, or the secret is another."
        )
        raise InvalidSignature(msg)


def refuse_age(stamp: object, at: datetime, tolerance: timedelta = TOLERANCE) -> None:
    """Refuse a signed time that is too far from ours.

    Args:
        stamp: Unix seconds, as a number or a text.
        at: our time.
        tolerance: how far it may be.

    Raises:
        InvalidSignature: it is no time, or too old, or too far ahead.
    """
    text = str(stamp).strip()
    if not (text.isascii() and text.isdecimal() and len(text) <= 12):
        msg = "the callback's signed time is missing or is no time"
        raise InvalidSignature(msg)
    if abs(at.timestamp() - int(text)) > tolerance.total_seconds():
        msg = (
            "the callback's signed time is too far from ours: it is an old one played again, or "
            "one of the two clocks is wrong."
        )
        raise InvalidSignature(msg)


def content_type(request: WebhookRequest) -> str:
    """The media type of the body, in lower case and without parameters."""
    return (request.header("content-type") or "").partition(";")[0].strip().lower()


def query_pairs(request: WebhookRequest) -> list[tuple[str, str]]:
    """The parameters in the URL, in their order.

    Raises:
        InvalidSignature: it is no URL.
    """
    try:
        return parse_qsl(urlsplit(request.url).query, keep_blank_values=True)
    except ValueError:
        msg = "the URL that the callback is said to have been sent to is not a URL"
        raise InvalidSignature(msg) from None


def query(request: WebhookRequest) -> dict[str, str]:
    """The parameters in the URL; the last one counts where a name occurs twice.

    Raises:
        InvalidSignature: it is no URL.
    """
    return dict(query_pairs(request))


def form(request: WebhookRequest) -> dict[str, str]:
    """The fields of a form-encoded body; the last one counts where a name occurs twice.

    Raises:
        WebhookRejected: the body is no form.
    """
    if content_type(request) != _FORM:
        msg = f"the callback is no form: its Content-Type is not {_FORM}"
        raise WebhookRejected(msg, status=415)
    with suppress(ValueError):
        fields = parse_qsl(
            request.body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
        return dict(fields)
    # Outside of the handler: the decoder's error holds the body.
    msg = "the callback's form is not URL-encoded UTF-8"
    raise WebhookRejected(msg)


def json_body(request: WebhookRequest) -> Any:  # noqa: ANN401 - JSON has no narrower type
    """What the body says in JSON: an object or a list.

    Raises:
        WebhookRejected: it is no JSON, or neither of the two.
    """
    value = json_value(request.body)
    if not isinstance(value, dict | list):
        msg = "the callback's body is no JSON object or list"
        raise WebhookRejected(msg)
    return value


def posted(request: WebhookRequest) -> Any:  # noqa: ANN401 - JSON has no narrower type
    """What the body says: a form's fields, where its type says that it is one, or else JSON.

    Raises:
        WebhookRejected: it is neither.
    """
    return form(request) if content_type(request) == _FORM else json_body(request)


def decoded(text: str) -> bytes:
    """Base64; empty where it is none."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def ed25519(vendor: str, signed: bytes, claimed: str, keys: Sequence[str], *, extra: str) -> None:
    """Check an Ed25519 signature (RFC 8032).

    Args:
        vendor: the provider's name as people write it.
        signed: what it covers.
        claimed: the signature in base64.
        keys: public keys in base64.
        extra: what brings ``cryptography``.

    Raises:
        InvalidSignature: none of the keys made it.
        MissingExtra: ``cryptography`` is not installed.
    """
    public_key, wrong = needs_cryptography(extra, f"verifying {vendor}'s callbacks", _load_ed25519)
    for key in keys:
        try:
            public_key.from_public_bytes(decoded(key)).verify(decoded(claimed), signed)
        except (wrong, ValueError):  # another's signature, or no such key
            continue
        return
    msg = (
        f"the callback's signature is missing or not {vendor}'s: it is forged, or changed on its "
        "way, or the public key is another."
    )
    raise InvalidSignature(msg)


def _load_ed25519() -> tuple[Any, type[Exception]]:
    from cryptography import exceptions  # noqa: PLC0415 - of an extra
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415 - as above

    return ed25519.Ed25519PublicKey, exceptions.InvalidSignature


def basic_credentials(request: WebhookRequest, known: Sequence[str]) -> None:
    """Check ``Authorization: Basic`` against ``user:password`` (RFC 7617).

    Raises:
        InvalidSignature: it is missing, occurs twice, or is none of them.
    """
    given = [value for name, value in request.headers if name == "authorization"]
    scheme, _, encoded = (given[0] if len(given) == 1 else "").partition(" ")
    claimed = decoded(encoded.strip()) if scheme.lower() == "basic" else b""
    if not (claimed and is_one_of(claimed, map(str.encode, known))):
        msg = "the callback does not bring the user and password that were agreed"
        raise InvalidSignature(msg)


def url_token(request: WebhookRequest, parameter: str, known: Sequence[str]) -> None:
    """Check a secret in the URL, which must occur exactly once.

    Raises:
        InvalidSignature: it is missing, occurs twice, is none of them, or the URL is none.
    """
    given = [value for name, value in query_pairs(request) if name == parameter]
    claimed = given[0].encode(errors="replace") if len(given) == 1 else b""
    if not (claimed and is_one_of(claimed, map(str.encode, known))):
        msg = f"the callback's URL does not bring the token that was agreed as {parameter!r}"
        raise InvalidSignature(msg)


def hmac_jwt(token: str, keys: Sequence[str], algorithms: Sequence[str]) -> dict[str, Any]:
    """The claims of a JSON Web Token that one of the keys signed (RFC 7519, RFC 7515).

    What the claims say is not looked at: not even ``exp``. A token with extensions that it calls
    critical is refused (RFC 7515, 4.1.11).

    Args:
        token: in its compact form.
        keys: shared secrets.
        algorithms: of ``HS256``, ``HS384`` and ``HS512``, those that are allowed.

    Raises:
        InvalidSignature: it is no such token, names another algorithm, or nobody signed it.
    """
    parts = token.split(".")
    if len(parts) == 3 and token.isascii():
        head, claims, signature = (_from_base64url(part) for part in parts)
        header = json_object(head)
        name = header.get("alg")
        digest = _ALGORITHMS.get(name) if isinstance(name, str) and name in algorithms else None
        if digest is not None and "crit" not in header:
            signed = f"{parts[0]}.{parts[1]}".encode()
            right = [hmac.new(key.encode(), signed, digest).digest() for key in keys]
            if is_one_of(signature, right):
                return json_object(claims)
    msg = "the callback's token is missing, or nobody signed it whose key is known here"
    raise InvalidSignature(msg)


def _from_base64url(text: str) -> bytes:
    # One token, one spelling: padding and characters of the other alphabet are refused.
    try:
        value = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
    canonical = base64.urlsafe_b64encode(value).decode().rstrip("=")
    return value if canonical == text else b""


def hmac_base64(key: bytes, signed: bytes) -> str:
    """The HMAC-SHA-256 of what is signed (RFC 2104), in base64."""
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def sha256(body: bytes) -> str:
    """The SHA-256 of a body, in lower-case hexadecimal."""
    return hashlib.sha256(body).hexdigest()


def needs_cryptography(extra: str, purpose: str, load: Callable[[], Any]) -> Any:  # noqa: ANN401
    """What ``load`` imports from ``cryptography``.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        return load()
    except ModuleNotFoundError as error:
        raise MissingExtra(extra, purpose) from error
