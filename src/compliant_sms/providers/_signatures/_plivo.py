"""Plivo's callback signatures, versions 2 and 3.

Source: Plivo's page on signature validation, and both schemes as its Python client 4.63 computes
them. Messaging brings version 2, which covers the address without its query and a nonce, and
nothing of what the callback says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from compliant_sms.errors import InvalidSignature
from compliant_sms.providers._signing import hmac_base64, is_one_of, query_pairs, require_match
from compliant_sms.wire import WebhookRequest

_HEADER = "x-plivo-signature"


def verify_signature(
    request: WebhookRequest, posted: Mapping[str, str], tokens: Sequence[str]
) -> bool:
    """Check a callback's signature.

    A callback that brings anything of version 3 is judged by it: whoever changed its content
    cannot fall back on a version that does not cover content.

    Args:
        request: the callback.
        posted: the fields of its form; none, where it is a ``GET``.
        tokens: auth tokens, of which one made it.

    Returns:
        whether the signature covers what the callback says.

    Raises:
        InvalidSignature: it is missing or wrong.
    """
    names = [name for name, _ in request.headers]
    is_v3 = any(name.startswith((f"{_HEADER}-v3", f"{_HEADER}-ma-v3")) for name in names)
    version = "v3" if is_v3 else "v2"
    nonce = request.header(f"{_HEADER}-{version}-nonce")
    if not nonce:
        msg = "the callback brings no nonce that a signature of Plivo's could cover"
        raise InvalidSignature(msg)
    base, _, _ = request.url.partition("#")[0].partition("?")
    signed = f"{base}{_content(request, posted)}.{nonce}" if is_v3 else f"{base}{nonce}"
    covered = signed.encode(errors="surrogatepass")
    right = [hmac_base64(token.encode(), covered) for token in tokens]
    # Of the sending account and of the main one, and several of each with commas between them.
    claimed = [
        each.strip()
        for name, value in request.headers
        if name in {f"{_HEADER}-{version}", f"{_HEADER}-ma-{version}"}
        for each in value.split(",")
    ]
    bytes_of_right = [each.encode() for each in right]
    known = [each for each in claimed if is_one_of(each.encode(errors="replace"), bytes_of_right)]
    require_match("Plivo", known[0] if known else "", right)
    return is_v3


def _content(request: WebhookRequest, posted: Mapping[str, str]) -> str:
    """What follows the address under version 3: query and form, each in order of its names."""
    asked = "&".join(f"{name}={value}" for name, value in sorted(query_pairs(request)))
    fields = "".join(f"{name}{value}" for name, value in sorted(posted.items()))
    question = "?" if asked or posted else ""
    dot = "." if asked and posted else ""
    return f"{question}{asked}{dot}{fields}"
