"""What a page puts into its own forms, so that no other page can send them. OWASP CSRF, HMAC.

There is no cookie and no session: the proof itself says for which step it is and until when, and
the key of the page, which never leaves the store, vouches for it.
"""

from __future__ import annotations

import hmac
import re
from datetime import UTC, datetime, timedelta

from compliant_sms.choices import Word

_LASTS = timedelta(hours=1)
_DIGITS = 16  # enough to tell apart what one form was sent with
_FORM = re.compile(r"([0-9]{1,12})\.([0-9a-zA-Z]{1,64})\.([0-9a-f]{64})", re.ASCII)


class Step(Word):
    """What a form sends."""

    ANSWER = "answer"
    """To what the page asks."""
    REPLY = "reply"
    """To the message; its proof is only handed out with the message."""


def prove(key: str, step: Step, *, nonce: str, at: datetime) -> str:
    """The proof that goes into a form.

    Args:
        key: the page's.
        step: what the form sends.
        nonce: makes it one of a kind: letters and figures.
        at: the present (aware).
    """
    until = int((at + _LASTS).timestamp())
    return f"{until}.{nonce}.{_mac(key, step, until, nonce)}"


def proven(key: str, step: Step, given: str, *, at: datetime) -> str | None:
    """The nonce of a proof that this page handed out for that step, and that still holds."""
    found = _FORM.fullmatch(given)
    if found is None:
        return None
    until, nonce = int(found[1]), found[2]
    genuine = hmac.compare_digest(found[3], _mac(key, step, until, nonce))
    return nonce if genuine and at < datetime.fromtimestamp(until, UTC) else None


def nonce_of(given: str) -> str | None:
    """The nonce of a proof for which nothing vouches: it tells again what came with it before."""
    found = _FORM.fullmatch(given)
    return found[2] if found else None


def mark_of(key: str, words: str) -> str:
    """What tells words from others that were sent with the same proof, and nothing of them.

    Who goes back and mends a reply sends the proof of the first one again.

    Args:
        key: the page's.
        words: what was written.
    """
    return hmac.digest(bytes.fromhex(key), f"words.{words}".encode(), "sha256").hex()[:_DIGITS]


def _mac(key: str, step: Step, until: int, nonce: str) -> str:
    said = f"{step}.{until}.{nonce}".encode()
    return hmac.digest(bytes.fromhex(key), said, "sha256").hex()
