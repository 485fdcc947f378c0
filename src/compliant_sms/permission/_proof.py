"""What vouches that a form was sent from the page that we showed, in the browser that we showed it.

A signed double-submit cookie (OWASP, Cross-Site Request Forgery Prevention): the browser keeps a
nonce in a cookie that other sites cannot read or set, and the form a code over the nonce, over all
that was shown, and over an expiry. Another site has neither the cookie nor the key.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from compliant_sms.wire import Headers

COOKIE = "__Host-consent-form"
"""Browsers take a cookie of such a name from its own host over https only (RFC 6265bis, 4.1.3)."""

_LASTS = timedelta(hours=2)
_COOKIE = re.compile(rf"(?:^|[;,])\s*{COOKIE}=([0-9A-Za-z]{{16,64}})\s*(?:[;,]|$)")
_PROOF = re.compile(r"([0-9]{1,12})\.([0-9A-Za-z]{16,64})\.([0-9a-f]{64})", re.ASCII)


def cookie_in(headers: Headers) -> str:
    """The nonce in the Cookie headers of a request; empty where they have none of ours.

    HTTP/2 lets browsers send several (RFC 9113, 8.2.3), which servers join by one sign or another.

    Args:
        headers: names in small letters, and values.
    """
    for name, value in headers:
        if name == "cookie":
            found = _COOKIE.search(value)
            if found is not None:
                return found[1]
    return ""


def form_proof(key: bytes, *, shown: str, cookie: str, nonce: str, at: datetime) -> str:
    """What goes into a form.

    Args:
        key: 32 secret bytes.
        shown: what is shown: :attr:`ConsentForm.fingerprint`.
        cookie: the nonce that the browser keeps.
        nonce: makes this form one of a kind.
        at: now (aware).
    """
    until = int((at + _LASTS).timestamp())
    return f"{until}.{nonce}.{_code(key, shown, cookie, nonce, until)}"


def proven_form(
    keys: Iterable[bytes], given: str, *, shown: str, cookie: str, at: datetime
) -> str | None:
    """The nonce of a proof that holds; None of any other.

    Args:
        keys: any of them vouches.
        given: what came with the form.
        shown: as for :func:`form_proof`.
        cookie: what the browser sent along; empty vouches for nothing.
        at: now (aware).
    """
    found = _PROOF.fullmatch(given)
    if found is None or not cookie:
        return None
    until, nonce = int(found[1]), found[2]
    if at.timestamp() >= until:
        return None
    codes = [_code(key, shown, cookie, nonce, until) for key in keys]
    return nonce if any(hmac.compare_digest(found[3], code) for code in codes) else None


def _code(key: bytes, shown: str, cookie: str, nonce: str, until: int) -> str:
    said = "\0".join(["consent-form", shown, cookie, nonce, str(until)])
    return hmac.digest(key, said.encode(), "sha256").hex()
