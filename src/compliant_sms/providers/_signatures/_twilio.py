"""Twilio's webhook signature: what it covers, and whether it holds.

Source: Twilio's webhook security page, and the scheme as its Python client 9.13 computes it.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

from compliant_sms.errors import InvalidSignature, WebhookRejected
from compliant_sms.providers._signing import content_type, is_one_of, sha256
from compliant_sms.wire import WebhookRequest


def verify_signature(request: WebhookRequest, tokens: Sequence[str]) -> dict[str, str]:
    """The form's fields (none, where there is no form) of a callback that one of the tokens signed.

    Raises:
        InvalidSignature: missing, wrong, or the body is not covered.
        WebhookRejected: the URL or the form cannot be read.
    """
    given = request.header("x-twilio-signature") or ""
    urls = _with_and_without_port(request.url)
    parameters, signed = _what_is_signed(request)
    algorithm = _algorithm(request)
    candidates = [
        base64.b64encode(hmac.new(token.encode(), (url + signed).encode(), algorithm).digest())
        for token in tokens
        for url in urls
    ]
    if not is_one_of(given.encode(errors="replace"), candidates):
        msg = (
            "the callback's signature does not match: it is forged, or the URL given here is "
            "not the one that Twilio called, or the auth token is another."
        )
        raise InvalidSignature(msg)
    return parameters


def _what_is_signed(request: WebhookRequest) -> tuple[dict[str, str], str]:
    """The form's fields, and the text that follows the URL under the signature."""
    if content_type(request) == "application/x-www-form-urlencoded" and request.method == "POST":
        fields = _form(request.body)
        signed = "".join(
            name + value for name in sorted(fields) for value in sorted(set(fields[name]))
        )
        return {name: values[-1] for name, values in fields.items()}, signed
    if request.body:
        _check_body_hash(request)
    return {}, ""


def _form(body: bytes) -> dict[str, list[str]]:
    with suppress(ValueError):
        return parse_qs(
            body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=1000
        )
    # Outside of the handler: the decoder's error holds the body.
    msg = "the callback's form is not URL-encoded UTF-8"
    raise WebhookRejected(msg)


def _check_body_hash(request: WebhookRequest) -> None:
    claimed = parse_qs(urlsplit(request.url).query).get("bodySHA256", [""])[0]
    if not is_one_of(claimed.encode(), [sha256(request.body).encode()]):
        msg = (
            "the callback's body is not covered by its signature. A form counts only with its "
            "Content-Type, application/x-www-form-urlencoded, among the headers: pass them all on."
        )
        raise InvalidSignature(msg)


def _algorithm(request: WebhookRequest) -> str:
    settings = request.header("x-twilio-webhooks-signature-settings")
    if settings is None:
        return "sha1"
    named = dict(part.strip().partition("=")[::2] for part in settings.split(","))
    match named.get("algorithm"):
        case "HMAC_SHA256":
            return "sha256"
        case "HMAC_SHA1":
            return "sha1"
        case _:
            msg = "the callback names a signature algorithm that is not known"
            raise InvalidSignature(msg)


def _with_and_without_port(url: str) -> tuple[str, ...]:
    try:
        url.encode()
        parts, port = urlsplit(url), urlsplit(url).port
    except ValueError:
        msg = "the URL that the callback is said to have been sent to is not a URL"
        raise WebhookRejected(msg) from None
    default = {"https": 443, "http": 80}.get(parts.scheme)
    if port is not None:
        other = parts.netloc.removesuffix(f":{port}")
    elif default:
        other = f"{parts.netloc}:{default}"
    else:
        return (url,)
    return url, url.replace(f"//{parts.netloc}", f"//{other}", 1)
