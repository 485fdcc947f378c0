"""What programs write for a character: escapes of JSON, Python's literals, bytes, and URLs."""

from __future__ import annotations

import re
from functools import cache

_FILLING = "\u2060"  # nobody sees it, and the recognizers leave it out
# Signs that stand around values say less than blanks, so that words stand free.
_KEPT = frozenset(" @.,-:/_+#&;'%")


@cache
def _escape() -> re.Pattern[str]:
    # Several backslashes are one that was escaped again. A run is read from its beginning, once.
    slashes = r"(?<!\\)\\{1,8}"
    return re.compile(
        rf"(?P<wide>{slashes}(?:u[0-9A-Fa-f]{{4}}|U[0-9A-Fa-f]{{8}}))"
        rf"|(?P<bytes>{slashes}x[0-9A-Fa-f]{{2}}(?:\\{{1,8}}x[0-9A-Fa-f]{{2}})*+)"
        r"|(?P<url>(?:%[0-9A-Fa-f]{2})++)"
        rf"|{slashes}[abfnrtv0]"
    )


@cache
def _surrogates() -> re.Pattern[str]:
    return re.compile(r"\\{1,8}u[dD][89aAbB][0-9A-Fa-f]{2}\\{1,8}u[dD][c-fC-F][0-9A-Fa-f]{2}")


@cache
def _byte() -> re.Pattern[str]:
    return re.compile(r"(?:\\{1,8}x|%)([0-9A-Fa-f]{2})")


def decoded(text: str) -> str:
    """The text with characters for their escapes, as long as it is.

    A character stands where its escape begins; signs that nobody sees fill the rest of it. What
    stands for no letter, figure or mark is blank.
    """
    if "\\" not in text and "%" not in text:
        return text
    paired = _surrogates().sub(_pair, text) if "\\" in text else text
    return _escape().sub(_meant, paired)


def end_in(text: str, end: int) -> int:
    """Where the escape ends whose character ends at a place of a decoded text."""
    while text.startswith(_FILLING, end):
        end += 1
    return end


def _pair(found: re.Match[str]) -> str:
    halves = [int(half[:4], 16) for half in found[0].split("u")[1:]]
    return _filled(chr(0x10000 + ((halves[0] - 0xD800) << 10) + halves[1] - 0xDC00), found[0])


def _meant(found: re.Match[str]) -> str:
    written = found[0]
    if found["wide"]:
        code = int(re.split("[uU]", written, maxsplit=1)[1], 16)
        return _filled(chr(code) if code <= 0x10FFFF else " ", written)
    if not (found["bytes"] or found["url"]):
        return " " * len(written)
    each = list(_byte().finditer(written))
    data = bytes(int(one[1], 16) for one in each)
    try:
        read = data.decode()
    except UnicodeDecodeError:
        # A literal of a text has the characters themselves; a URL has none then.
        read = data.decode("latin-1") if found["bytes"] else " " * len(data)
        sizes = [1] * len(read)
    else:
        sizes = [len(character.encode()) for character in read]
    parts, at = [], 0
    for character, size in zip(read, sizes, strict=True):
        parts.append(_filled(character, "".join(one[0] for one in each[at : at + size])))
        at += size
    return "".join(parts)


def _filled(character: str, written: str) -> str:
    kept = character in _KEPT or (character.isprintable() and not character.isascii())
    if kept or character.isalnum():
        return character + _FILLING * (len(written) - 1)
    return " " * len(written)
