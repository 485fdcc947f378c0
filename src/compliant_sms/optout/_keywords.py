"""Reserved words: messages that are one keyword and nothing else.

The words and their sources are data (``data/keywords.toml``). Nothing here guesses: a message with
a second word in it is not read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import cache, lru_cache
from itertools import islice

from attrs import field, frozen
from attrs.validators import (
    and_,
    deep_iterable,
    instance_of,
    matches_re,
    min_len,
    optional,
)

from compliant_sms._lazy import packaged
from compliant_sms.errors import ConfigurationError
from compliant_sms.phrases import rows_of

_FILE = "keywords.toml"

ENTITY = re.compile("&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")

# NFKC makes letters and digits of these emoji.
LETTERLIKE_EMOJI = re.compile("[0-9#*]\ufe0f?\u20e3|[\u2139\u24c2]\ufe0f")

# Circled and squared letters are symbols to Unicode, letters to NFKC and to who reads them.
_LETTER = re.compile("[^\\W_]|[\u24b6-\u24e9\U0001f130-\U0001f149]")
_BLANK = re.compile("[\\s_\u2010-\u2015\u2212\ufe58\ufe63\uff0d-]+")


# Unicode's Default_Ignorable_Code_Point, the controls that are no white space, the format
# characters outside that property, and the braille blank.
@cache  # compiled at first use: such a set takes longer than the rest of the file
def invisible() -> re.Pattern[str]:
    """Runs of characters that nobody sees."""
    return re.compile(
        "[\0-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f"
        "\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
        "\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
        "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
        "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
    )


class Reserved(StrEnum):
    """What a reserved word asks for."""

    STOP = "stop"
    HELP = "help"
    START = "start"


@frozen
class ReservedWord:
    """A message that is one reserved word.

    Args:
        reserved: what it asks for.
        rule: the id of the rule that read it, as in ``keyword:stop/en/unsubscribe``.
    """

    reserved: Reserved
    rule: str


def _check_bare(_row: object, _words: object, word: str) -> None:
    if not word or normalise(word, len(word)) != word:
        msg = f"the word {word!r} is not in its normalised form, so nothing would match it"
        raise ValueError(msg)


@frozen(kw_only=True)
class _Row:
    language: str = field(validator=matches_re("[a-z]{2}"))
    meaning: Reserved = field(converter=Reserved)
    words: Sequence[str] = field(validator=deep_iterable(and_(instance_of(str), _check_bare)))
    source: str = field(validator=and_(instance_of(str), min_len(1)))
    understood: bool = field(default=False, validator=instance_of(bool))
    per_se: bool = field(default=False, validator=instance_of(bool))
    effective_from: date | None = field(default=None, validator=optional(instance_of(date)))


@frozen
class _Table:
    readings: Mapping[str, ReservedWord]
    understood: Mapping[str, ReservedWord]
    per_se: frozenset[str]
    parts: frozenset[str]
    longest: int
    prose: re.Pattern[str]


def reserved_word(body: str) -> ReservedWord | None:
    """The reserved word that a message consists of.

    Source of the per-se opt-out words: 47 CFR 64.1200(a)(10), in force since 2025-04-11.

    Args:
        body: the text as it arrived.

    Returns:
        The reading, or None when the message is anything else than one reserved word.

    Raises:
        ConfigurationError: the packaged word list is damaged.
    """
    return _looked_up(body, _table().readings)


def understood_word(body: str) -> ReservedWord | None:
    """The word that a message consists of, reserved or plain to anybody by itself.

    Beside the reserved words that law and carriers list, those by which people of other languages
    ask for the same. They count as a request by 47 CFR 64.1200(a)(10), not as a keyword.

    Args:
        body: the text as it arrived.

    Raises:
        ConfigurationError: the packaged word list is damaged.
    """
    return _looked_up(body, _table().understood)


def per_se_words() -> frozenset[str]:
    """The words that the law itself lists, in lower case. 47 CFR 64.1200(a)(10).

    Raises:
        ConfigurationError: the packaged word list is damaged.
    """
    return _table().per_se


def may_be_keyword(words: set[str]) -> bool:
    """Whether ASCII text of these words, in lower case, may be an understood word."""
    return not _table().parts.isdisjoint(words)


def _looked_up(body: str, readings: Mapping[str, ReservedWord]) -> ReservedWord | None:
    table = _table()
    if table.prose.match(body) and "&" not in body:
        return None
    return readings.get(normalise(body, table.longest))


def normalise(body: str, longest: int) -> str:
    """A short message as its bare words.

    HTML entities are resolved, invisible characters removed, what stands around the first and
    last letter dropped, blanks and dashes between words made one space, and NFKC and case folding
    applied. Accents stay.

    Args:
        body: the text as it arrived.
        longest: how many letters and digits to look at.

    Returns:
        The words, or the empty text when there are none or more than ``longest`` letters.
    """
    visible = _visible(body)
    letters = list(islice(_LETTER.finditer(visible), longest + 1))
    if not letters or len(letters) > longest:
        return ""
    words = _BLANK.sub(" ", visible[letters[0].start() : letters[-1].end()])
    # Normalising takes quadratic time on long runs of combining marks.
    return _folded(words) if len(words) <= 4 * longest else ""


def _visible(body: str) -> str:
    if "&" in body:
        body = ENTITY.sub(resolved, body)
    if body.isascii() and body.isprintable():
        return body
    return invisible().sub("", LETTERLIKE_EMOJI.sub("", body))


def resolved(entity: re.Match[str]) -> str:
    """The character that an HTML entity stands for; the entity itself when it stands for none."""
    return _resolved(entity[0], entity[1])


@lru_cache(maxsize=256)
def _resolved(entity: str, name: str) -> str:
    import html  # noqa: PLC0415 - few texts hold entities
    from html.entities import html5  # noqa: PLC0415 - as above

    if name.startswith("#"):
        return html.unescape(entity)
    # html.unescape also replaces the beginning of a longer word, so "&parar;" would lose "para".
    return html5.get(f"{name};", entity)


def _folded(words: str) -> str:
    return unicodedata.normalize("NFKC", words).casefold()


@cache
def _table() -> _Table:
    return _parse(packaged(__package__, "data", _FILE))


def _parse(document: str) -> _Table:
    readings: dict[str, ReservedWord] = {}
    understood: dict[str, ReservedWord] = {}
    per_se: set[str] = set()
    for number, row in enumerate(_rows(document), start=1):
        for word in row.words:
            if word in understood:
                msg = f"{_FILE}, keywords {number}: the word {word!r} is listed twice"
                raise ConfigurationError(msg)
            understood[word] = _read_as(row, word)
        readings |= {} if row.understood else {word: understood[word] for word in row.words}
        per_se |= set(row.words) if row.per_se else set()
    if set(Reserved) != {reading.reserved for reading in readings.values()}:
        msg = f"{_FILE}: a meaning has no word at all"
        raise ConfigurationError(msg)
    longest = max(map(_letters, understood))
    prose = re.compile(rf"(?:[^A-Za-z]*+[A-Za-z]){{{longest + 1}}}")
    parts = frozenset(part for word in understood for part in word.split())
    return _Table(readings, understood, frozenset(per_se), parts, longest, prose)


def _read_as(row: _Row, word: str) -> ReservedWord:
    return ReservedWord(
        row.meaning, f"keyword:{row.meaning}/{row.language}/{word.replace(' ', '-')}"
    )


def _rows(document: str) -> Iterator[_Row]:
    return rows_of(_FILE, document, "keywords", _Row)


def _letters(word: str) -> int:
    return len(unicodedata.normalize("NFKD", word))
