"""Replacing what turns a text to UCS-2 by what says the same in GSM-7.

The table and its sources are data (``data/smart-encoding.toml``). Providers offer the same and
replace more, for example an accent by a sign behind its letter; here a text says afterwards what
it said before, unless the caller asks for all of it.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from attrs import field, frozen

from compliant_sms._lazy import packaged
from compliant_sms.errors import ConfigurationError
from compliant_sms.text._links import Link, links
from compliant_sms.text._segments import Encoding, Segmentation, in_gsm7, not_in_gsm7, segment

_FILE = "smart-encoding.toml"


@frozen(kw_only=True)
class OutsideGsm7:
    """A character that turns a text to UCS-2.

    Attributes:
        start: offset of its first code point, in the text as given.
        end: offset after it; a letter with a combining accent has two code points.
        instead: what says the same in GSM-7, empty where nothing has to stand there; None where
            nothing says the same.
    """

    start: int
    end: int
    instead: str | None = None


@frozen(kw_only=True)
class SmartEncoding:
    """A text before and after replacements.

    Attributes:
        text: as it may be sent; the text as given where replacing would not pay.
        replaced: what was replaced, with offsets of the text as given.
        before: the size of the text as given.
        after: the size of the text as it may be sent.
    """

    text: str = field(repr=False)
    replaced: tuple[OutsideGsm7, ...]
    before: Segmentation
    after: Segmentation


@frozen(kw_only=True)
class _Row:
    characters: Sequence[str]
    keeps: bool
    why: str
    instead: str | None = None
    apart: bool = False


@frozen
class _Entry:
    instead: str
    keeps: bool
    apart: bool


def outside_gsm7(text: str, *, lossy: bool = False) -> tuple[OutsideGsm7, ...]:
    """The characters that turn a text to UCS-2, in its order, with what could stand instead.

    Within a link nothing is replaced, nor where digits beside it would make it another number.

    Args:
        text: the body as it will be sent.
        lossy: also replace what may change what the text says, as providers do.

    Raises:
        ConfigurationError: the packaged table is damaged.
    """
    if in_gsm7(text):
        return ()
    return tuple(_found(text, lossy=lossy))


def smart_encode(text: str, *, lossy: bool = False) -> SmartEncoding:
    """The text in GSM-7, where characters that say the same make that possible.

    It is left as it is unless it comes to GSM-7 without a segment more, or saves a segment in
    UCS-2. Its links stay what they were.

    Args:
        text: the body as it will be sent.
        lossy: also replace what may change what the text says, as providers do.

    Raises:
        InvalidInput: the text holds a lone surrogate, which is not valid Unicode.
        ConfigurationError: the packaged table is damaged.
    """
    before = segment(text)
    found = outside_gsm7(text, lossy=lossy)
    replaced = tuple(each for each in found if each.instead is not None)
    plain = _with(text, replaced)
    after = segment(plain)
    if not replaced or not _pays(before, after) or _hosts(text) != _hosts(plain):
        return SmartEncoding(text=text, replaced=(), before=before, after=before)
    return SmartEncoding(text=plain, replaced=replaced, before=before, after=after)


def _pays(before: Segmentation, after: Segmentation) -> bool:
    if after.encoding is Encoding.GSM_7:
        return after.segments <= before.segments
    return after.segments < before.segments


def _hosts(text: str) -> list[str]:
    return [text[link.start : link.end] for link in links(text)]


def _with(text: str, replaced: Iterable[OutsideGsm7]) -> str:
    pieces, at = [], 0
    for each in replaced:
        pieces += [text[at : each.start], each.instead or ""]
        at = each.end
    return "".join([*pieces, text[at:]])


def _found(text: str, *, lossy: bool) -> Iterator[OutsideGsm7]:
    kept = _Kept.of(text)
    for place in not_in_gsm7(text):
        if kept.holds(place):
            yield OutsideGsm7(start=place, end=place + 1)
        elif composed := _composed(text, place):
            yield OutsideGsm7(start=place - 1, end=place + 1, instead=composed)
        else:
            instead = _instead(text, place, lossy=lossy)
            yield OutsideGsm7(start=place, end=place + 1, instead=instead)


@frozen
class _Kept:
    """Where links stand."""

    links: tuple[Link, ...]
    starts: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> _Kept:
        found = links(text)
        return cls(found, tuple(link.start for link in found))

    def holds(self, place: int) -> bool:
        before = bisect_right(self.starts, place)
        return bool(before) and place < self.links[before - 1].end


def _composed(text: str, place: int) -> str:
    """A letter and the accent behind it as one letter of GSM-7, which is the same to Unicode."""
    if not place or not unicodedata.combining(text[place]) or not in_gsm7(text[place - 1]):
        return ""
    if unicodedata.combining(text[place + 1 : place + 2] or " "):
        return ""
    letter = unicodedata.normalize("NFC", text[place - 1 : place + 1])
    return letter if len(letter) == 1 and in_gsm7(letter) else ""


def _instead(text: str, place: int, *, lossy: bool) -> str | None:
    entry = _table().get(text[place])
    if entry is None:
        same = unicodedata.normalize("NFC", text[place])  # the ohm sign is the letter omega
        return same if in_gsm7(same) else None
    if lossy or (entry.keeps and not (entry.apart and _beside_digit(text, place))):
        return entry.instead
    return None


def _beside_digit(text: str, place: int) -> bool:
    """Whether a digit touches a character, as a reader sees it, or will once others are gone."""
    before, behind = place - 1, place + 1
    while before >= 0 and _is_unseen(text[before]):
        before -= 1
    while behind < len(text) and _is_unseen(text[behind]):
        behind += 1
    return any(map(str.isdigit, (text[max(0, before) : before + 1], text[behind : behind + 1])))


def _is_unseen(character: str) -> bool:
    entry = _table().get(character)
    return unicodedata.category(character) == "Cf" or (entry is not None and not entry.instead)


@cache
def _table() -> Mapping[str, _Entry]:
    return _parse(packaged(__package__, "data", _FILE))


def _parse(document: str) -> dict[str, _Entry]:
    import tomllib  # noqa: PLC0415 - as above

    table: dict[str, _Entry] = {}
    try:
        for fields in tomllib.loads(document)["replacement"]:
            for character, entry in _entries(_Row(**fields)):
                if character in table or not in_gsm7(entry.instead) or in_gsm7(character):
                    msg = f"{_FILE}: U+{ord(character):04X} is listed twice, or helps nothing"
                    raise ConfigurationError(msg)
                table[character] = entry
    except (KeyError, TypeError, ValueError) as error:
        msg = f"{_FILE} cannot be read: {error.args[0]}"
        raise ConfigurationError(msg) from error
    return table


def _entries(row: _Row) -> Iterator[tuple[str, _Entry]]:
    for code_point in row.characters:
        character = chr(int(code_point.removeprefix("U+"), 16))
        same = unicodedata.normalize("NFKC", character)
        instead = same if row.instead is None else row.instead
        yield character, _Entry(instead, row.keeps, row.apart)
