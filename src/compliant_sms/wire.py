"""HTTP requests and replies as plain values, so that adapters are pure and need no HTTP client."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from attrs import field, frozen

from compliant_sms import _given

__all__ = ["Headers", "HttpReply", "HttpRequest", "WebhookRequest"]

Headers = tuple[tuple[str, str], ...]
"""Header names and values in the order received; a name may occur more than once."""

LARGEST_BODY = 1_000_000
"""Bytes of a callback; no provider sends more."""

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
"""The hosts of addresses that lead to this machine."""


def _pairs(headers: Mapping[str, str] | Iterable[tuple[str, str]]) -> Headers:
    items = headers.items() if isinstance(headers, Mapping) else headers
    return tuple((name.lower(), value) for name, value in items)


def _received(headers: Mapping[str, str] | Iterable[tuple[str, str]]) -> Headers:
    instead = "a mapping of names to values, or pairs of them, all of them str"
    _given.a_kind(headers, Iterable, "headers", instead)
    items = headers.items() if isinstance(headers, Mapping) else tuple(headers)
    for item in items:
        _given.each_of(item, str, "headers", instead)
    return _pairs(items)


_raw = _given.kind(bytes, "the raw bytes as received, not decoded: signatures cover them")


def _first(headers: Headers, name: str) -> str | None:
    wanted = name.lower()
    return next((value for key, value in headers if key == wanted), None)


def _always() -> bool:
    return True


@frozen(kw_only=True)
class HttpRequest:
    """A request to a provider.

    The body holds a patient's text and the headers hold credentials, so neither is in the repr.

    Attributes:
        may_leave: called just before the first byte is written: a request may have waited for a
            connection so long that another worker is to send the text.
        largest_reply: the largest body to accept in the answer, in bytes; None for no limit.
    """

    method: str
    url: str = field(repr=False)
    headers: Headers = field(converter=_pairs, repr=False, default=())
    body: bytes = field(repr=False, default=b"")
    may_leave: Callable[[], bool] = field(default=_always, repr=False, eq=False)
    largest_reply: int | None = None


@frozen(kw_only=True)
class HttpReply:
    """A provider's answer to a request, or our answer to a callback."""

    status: int
    headers: Headers = field(converter=_pairs, repr=False, default=())
    body: bytes = field(repr=False, default=b"")

    def header(self, name: str) -> str | None:
        """The first value of a header, or None; the name's case does not matter."""
        return _first(self.headers, name)


@frozen(kw_only=True)
class WebhookRequest:
    """A callback as it arrived, untouched.

    Args:
        method: ``"POST"`` or ``"GET"``.
        url: the URL **as the provider called it**, scheme, host and query included. Behind a
            proxy this differs from what the server sees, and signatures cover it.
        headers: names and values.
        body: the raw bytes.

    Raises:
        InvalidInput: an argument has the wrong type.
    """

    method: str = field(validator=_given.text)
    url: str = field(repr=False, validator=_given.text)
    headers: Headers = field(converter=_received, repr=False, default=())
    body: bytes = field(repr=False, default=b"", validator=_raw)

    def header(self, name: str) -> str | None:
        """The first value of a header, or None; the name's case does not matter."""
        return _first(self.headers, name)
