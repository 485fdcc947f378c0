"""Proofs in the forms of a page, so that no other page can send them. OWASP CSRF, HMAC.

There is no cookie and no session: the proof itself says which step it is for and until when. It is
authenticated with the page's key, which never leaves the store.
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
    """What a form is for."""

    ANSWER = "answer"
    """An answer to the page's question."""
    REPLY = "reply"
    """A reply to the message; its proof is only handed out with the message."""


def prove(key: str, step: Step, *, nonce: str, at: datetime) -> str:
    """The proof that goes into a form.

    Args:
        key: the page's key.
        step: what the form is for.
        nonce: makes it unique: letters and digits.
        at: the current instant (aware).
    """
    until = int((at + _LASTS).timestamp())
    return f"{until}.{nonce}.{_mac(key, step, until, nonce)}"


def proven(key: str, step: Step, given: str, *, at: datetime) -> str | None:
    """The nonce of a valid proof of this page for that step; None for any other."""
    found = _FORM.fullmatch(given)
    if found is None:
        return None
    until, nonce = int(found[1]), found[2]
    genuine = hmac.compare_digest(found[3], _mac(key, step, until, nonce))
    return nonce if genuine and at < datetime.fromtimestamp(until, UTC) else None


def nonce_of(given: str) -> str | None:
    """The nonce of a proof that is not verified: it identifies what came with it before."""
    found = _FORM.fullmatch(given)
    return found[2] if found else None


def mark_of(key: str, words: str) -> str:
    """A mark that tells words from others sent with the same proof, and reveals none of them.

    Somebody who goes back and edits a reply sends the proof of the first one again.

    Args:
        key: the page's key.
        words: what was written.
    """
    return hmac.digest(bytes.fromhex(key), f"words.{words}".encode(), "sha256").hex()[:_DIGITS]


def _mac(key: str, step: Step, until: int, nonce: str) -> str:
    said = f"{step}.{until}.{nonce}".encode()
    return hmac.digest(bytes.fromhex(key), said, "sha256").hex()
