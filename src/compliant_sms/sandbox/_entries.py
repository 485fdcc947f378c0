"""What stands in the carrier's book. Values only."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final, Literal, TypeAlias
from urllib.parse import urlsplit

from attrs import field, frozen

from compliant_sms.errors import InvalidInput

Direction: TypeAlias = Literal["inbound", "outbound-api", "outbound-reply"]
"""Texted to us, created over the API, answered by the carrier; in Twilio's words."""

Author: TypeAlias = Literal["patient", "application", "carrier"]
"""Who wrote a text: the carrier writes the answers to STOP, START and HELP."""

Outcome: TypeAlias = Literal["queued", "sent", "delivered", "undelivered", "failed"]
"""The status at which a text to some recipient comes to rest."""

OUTCOMES: Final[tuple[Outcome, ...]] = ("queued", "sent", "delivered", "undelivered", "failed")

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_NORTH_AMERICAN = re.compile(r"\+1[2-9][0-9]{2}[2-9][0-9]{6}")
_UNSAFE_IN_URL = re.compile(r"[^!-~]|[\"<>\\^`{|}]")


def is_number(text: str) -> bool:
    """Whether a text is an E.164 number; after +1 it must also fit the North American plan."""
    pattern = _NORTH_AMERICAN if text.startswith("+1") else _E164
    return pattern.fullmatch(text) is not None


def require_number(text: str, name: str) -> str:
    """Hand the text back when it is an E.164 number.

    Raises:
        InvalidInput: it is not one. The text itself is not part of the error.
    """
    if not is_number(text):
        msg = f"{name} is not a number in E.164 form. Pass one like +12175550134."
        raise InvalidInput(msg)
    return text


def is_callback_url(url: str) -> bool:
    """Whether the carrier can call a URL: http or https, and a host without underscore."""
    if _UNSAFE_IN_URL.search(url):
        return False
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(host) and "_" not in (host or "")


def require_callback_url(url: str, name: str) -> str:
    """Hand the URL back when the carrier can call it.

    Raises:
        InvalidInput: it cannot be called.
    """
    if not is_callback_url(url):
        msg = f"{name} cannot be called. Pass one like http://127.0.0.1:8000/webhooks."
        raise InvalidInput(msg)
    return url


def require_text(text: str, name: str) -> str:
    """Hand the text back when it can be written as UTF-8.

    Raises:
        InvalidInput: it holds half a character (a lone surrogate). The text is not in the error.
    """
    if any("\ud800" <= char <= "\udfff" for char in text):
        msg = f"{name} holds half a character, a lone surrogate. Pass whole characters."
        raise InvalidInput(msg)
    return text


@frozen(kw_only=True)
class BookEntry:
    """One text in the carrier's book, as it stood when it was read.

    Args:
        position: 1 for the first text in the book, 2 for the next.
        provider: whose account it belongs to, in lower case.
        sid: the provider's id of it.
        direction: which way it went, in Twilio's words.
        author: who wrote it.
        from_: E.164.
        to: E.164.
        body: empty once redacted.
        media_urls: what the application attached.
        segments: how many SMS it takes.
        status: ``"queued"`` to ``"delivered"``, or ``"received"``, whatever the provider's word.
        error_code: the provider's, when it was not delivered; a number wherever it has one.
        created_at: UTC, whole seconds.
        updated_at: UTC, whole seconds.
        sent_at: UTC, whole seconds; None while it is queued.
        status_callback: where the application wants to hear of it.
        reference: the application's own id of it, where the request named one.
        answered_by: ``"carrier"`` for an inbound text that the carrier answered by itself.
        webhook_status: the HTTP status with which the webhook last took an inbound text; 0 when
            none came, None for outbound texts and numbers without a webhook.
        told: the statuses that the application heard of: its webhook answered 2xx.
    """

    position: int
    provider: str
    sid: str
    direction: Direction
    author: Author
    from_: str = field(repr=False)
    to: str = field(repr=False)
    body: str = field(repr=False)
    media_urls: tuple[str, ...] = field(repr=False, default=())
    segments: int
    status: str
    error_code: int | str | None = None
    created_at: datetime
    updated_at: datetime
    sent_at: datetime | None = None
    status_callback: str | None = field(repr=False, default=None)
    reference: str | None = field(repr=False, default=None)
    answered_by: Author | None = None
    webhook_status: int | None = None
    told: tuple[str, ...] = ()

    @property
    def patient(self) -> str:
        """The number at the other end, E.164."""
        return self.from_ if self.direction == "inbound" else self.to


@frozen(kw_only=True)
class Draft:
    """A text that is not in the book yet."""

    from_: str = field(repr=False)
    to: str = field(repr=False)
    body: str = field(repr=False)
    media_urls: tuple[str, ...] = field(repr=False, default=())
    status_callback: str | None = field(repr=False, default=None)
    reference: str | None = field(repr=False, default=None)


@frozen(kw_only=True)
class Step:
    """A status that a text moves to, with the provider's error code when it is a bad one."""

    status: str
    error_code: int | str | None = None
