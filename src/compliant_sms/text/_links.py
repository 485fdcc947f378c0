"""Where a text has links, and to which hosts.

A link counts as a patient's phone shows it: with ``https://`` before it, or as a bare host that
looks like one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from functools import cache

from attrs import frozen

# A host has a letter after its last full stop; few texts have one there. (RFC 1123, 2.1)
_HINT = re.compile(r"\.[^\W\d_]")
_SCHEME = "://"

# No words, so that a blank forgotten after a full stop ("visit.Call") makes no link.
_NO_WORDS = frozenset(("com", "org", "net", "edu", "gov", "mil", "biz", "xyz", "io"))
# Words: in small letters, or before a path, they end a host.
_WORDS = frozenset(
    {
        *("app", "bio", "care", "center", "clinic", "cloud", "co", "dental", "dentist", "dev"),
        *("doctor", "example", "health", "healthcare", "hospital", "info", "link", "medical"),
        *("online", "page", "pharmacy", "shop", "site", "store", "surgery", "test", "website"),
    }
)
# Before a country's two letters, as in co.uk.
_SECOND = frozenset(("co", "com", "org", "net", "edu", "gov", "gob", "ac", "nhs"))
_TRAILING = ".,;:!?'\"…”\u2019»*|"
_BRACKETS = (("(", ")"), ("[", "]"), ("{", "}"))


# What a phone takes for a full stop in a host, and what it leaves out of one (UTS 46, section 4).
_FULL_STOPS = dict.fromkeys(map(ord, "\u3002\uff0e\uff61"), ".")
_LEFT_OUT = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff").union(map(chr, range(0xFE00, 0xFE10)))


@frozen
class Link:
    """A link in a text.

    Attributes:
        start: offset of its first character, in code points of the text as given.
        end: offset after the last one; punctuation after a link is no part of it.
        host: where it leads, in lower case, without port or user.
    """

    start: int
    end: int
    host: str


@cache  # compiled at first use
def _candidate() -> re.Pattern[str]:
    tail = r"(?:[/?#][^\s<>\"“”«»]*+)?"
    label = r"[^\W_][\w-]*+"
    return re.compile(
        rf"https?://[\w.:@%\[\]~+-]++{tail}"
        rf"|(?<![\w.@%+&=/\\-]){label}(?:\.{label})++(?![\w.%+'-]*+@)(?::\d{{2,5}}(?!\d))?{tail}",
        re.IGNORECASE,
    )


def links(body: str) -> tuple[Link, ...]:
    """The links of a text, in its order.

    Mail addresses, times, prices, initials and a blank forgotten after a full stop are none. A
    bare host needs an ending that is in use; a country's two letters count before a path only.

    Args:
        body: as it will be sent.

    Returns:
        One :class:`Link` each; nothing where there is none.
    """
    if body.isascii():
        return tuple(_links(body))
    places = [at for at, char in enumerate(body) if char not in _LEFT_OUT]
    read = "".join(body[at] for at in places).translate(_FULL_STOPS)
    return tuple(
        Link(places[each.start], places[each.end - 1] + 1, each.host) for each in _links(read)
    )


def _links(body: str) -> Iterator[Link]:
    hint, scheme = _HINT.search(body), body.find(_SCHEME)
    if not hint and scheme < 0:
        return
    first = min(at for at in (hint.start() if hint else scheme, scheme) if at >= 0)
    # Nothing before the word with the first hint needs a closer look.
    word = body.rfind(" ", 0, first) + 1
    for match in _candidate().finditer(body, word):
        link = _link(match.start(), match[0])
        if link:
            yield link


def is_public_shortener(host: str, shorteners: Collection[str]) -> bool:
    """Whether a link's host belongs to a public shortener. CTIA 5.3.2.

    Args:
        host: a link's host.
        shorteners: domains of public shorteners, in lower case; a subdomain counts as its domain.
    """
    rest = host.lower().rstrip(".")
    while rest:
        if rest in shorteners:
            return True
        rest = rest.partition(".")[2]
    return False


def within(host: str, domain: str) -> bool:
    """Whether a host is a domain or lies in it, both in lower case."""
    return host == domain or host.endswith(f".{domain}")


def _link(start: int, written: str) -> Link | None:
    shown = _trimmed(written)
    scheme, there, rest = shown.partition(_SCHEME)
    has_scheme = bool(there) and scheme.lower() in {"http", "https"}
    authority, path = _cut(rest if has_scheme else shown)
    host = _host(authority)
    if not (host if has_scheme else _plausible(authority.partition(":")[0], path)):
        return None
    return Link(start, start + len(shown), host)


def _cut(address: str) -> tuple[str, str]:
    end = min((at for at in map(address.find, "/?#") if at >= 0), default=len(address))
    return address[:end], address[end:]


def _host(authority: str) -> str:
    host = authority.rpartition("@")[2]
    name, colon, port = host.rpartition(":")
    if colon and port.isdigit():
        host = name
    # A browser reads wide and styled letters as plain ones (UTS 46).
    plain = host if host.isascii() else unicodedata.normalize("NFKC", host)
    return plain.lower().strip(".:")


def _plausible(host: str, path: str) -> bool:
    *before, top = host.split(".")
    ending, has_path = top.lower(), path.startswith("/")
    if ending in _NO_WORDS or ending.startswith("xn--"):
        return True
    if ending in _WORDS and (has_path or top.islower()):
        return True
    if before[0].lower() == "www" and len(before) > 1:
        return top.isalpha() and len(top) > 1
    if not (len(top) == 2 and top.isascii() and top.isalpha()):
        return False
    if len(before) > 1 and before[-1].lower() in _SECOND:
        return True
    return has_path and not before[-1].isdigit()


def _trimmed(written: str) -> str:
    # A bracket that the link itself opened belongs to it.
    surplus = {close: written.count(close) - written.count(open_) for open_, close in _BRACKETS}
    end = len(written)
    while end and (written[end - 1] in _TRAILING or surplus.get(written[end - 1], 0) > 0):
        end -= 1
        if written[end] in surplus:
            surplus[written[end]] -= 1
    return written[:end]
