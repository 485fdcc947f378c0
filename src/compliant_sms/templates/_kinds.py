"""What a variable can stand for, how its values are written, and how long they get."""

from __future__ import annotations

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import ClassVar
from zoneinfo import ZoneInfo

from attrs import Attribute, field, frozen

from compliant_sms import _given
from compliant_sms.errors import InvalidInput, InvalidPhoneNumber
from compliant_sms.phi import PhiLabel
from compliant_sms.phone import PhoneNumber
from compliant_sms.practice import Practice
from compliant_sms.templates._sender import dialed
from compliant_sms.templates._values import Refused, plain, size
from compliant_sms.text import LANGUAGES, day_in, links, time_in, within
from compliant_sms.text._segments import in_gsm7

_LONGEST = 300
_URL = re.compile(r"https://([a-z0-9.-]+)(?:/[A-Za-z0-9._/?=&%#+:-]*)?", re.ASCII)
_CENTS = Decimal("0.01")


@frozen(kw_only=True)
class Setting:
    """The context that a value is written for.

    Attributes:
        practice: who texts.
        language: the language of the text, for example ``"es"``.
    """

    practice: Practice
    language: str


@frozen
class Lengths:
    """How much space values take, in septets of GSM-7 or units of UTF-16.

    Attributes:
        least: the shortest.
        most: the longest.
        free: they may hold letters that GSM-7 lacks, or that take two units.
    """

    least: int
    most: int
    free: bool


def _of_samples(samples: tuple[str, ...]) -> Lengths:
    # A sign that GSM-7 writes with two septets is one unit of UTF-16.
    least, most = min(map(len, samples)), max(map(size, samples))
    free = not all(in_gsm7(each) and size(each) == len(each) for each in samples)
    return Lengths(least, most, free)


@frozen
class Kind(ABC):
    """What a variable stands for. Subclass it for a kind of your own.

    Attributes:
        code: its name in template files.
        brings: the health information and identifiers that its values may contain.
        languages: the languages that it can be written in; None for all.
    """

    code: ClassVar[str] = ""
    brings: ClassVar[frozenset[PhiLabel]] = frozenset()
    languages: ClassVar[frozenset[str] | None] = None

    @abstractmethod
    def written(self, value: object, setting: Setting) -> str:
        """Write a value as a patient reads it.

        Raises:
            Refused: it is not a value of this kind; the message says why and does not show it.
        """

    @abstractmethod
    def samples(self, language: str) -> tuple[str, ...]:
        """Written sample values, including extreme ones, to try a template with."""

    def in_words(self, written: str) -> str:
        """A value in a phrase that says what it is, to find what it contains."""
        return written

    def lengths(self, language: str) -> Lengths:
        """How much space its values take in a language."""
        return _of_samples(self.samples(language))


def _room(_: object, attribute: Attribute[int], value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _LONGEST:
        msg = f"{attribute.name} must be a whole number from 1 to {_LONGEST}"
        raise InvalidInput(msg)


@frozen
class _Words(Kind):
    """Words with a longest length: septets of GSM-7, or units of UTF-16."""

    most: int = field(default=40, validator=_room, kw_only=True)
    signs: ClassVar[str] = ""
    digits: ClassVar[bool] = True
    tried: ClassVar[tuple[str, ...]] = ()

    def written(self, value: object, setting: Setting) -> str:  # noqa: ARG002 - see Kind
        text = plain(value, self.most)
        if self.signs and not all(self._is_usual(each) for each in text):
            msg = f"holds a character that no {self.code.replace('_', ' ')} has"
            raise Refused(msg)
        return text

    def _is_usual(self, character: str) -> bool:
        kind = unicodedata.category(character)[0]
        return kind in "LM" or character in self.signs or (self.digits and kind == "N")

    def samples(self, language: str) -> tuple[str, ...]:  # noqa: ARG002 - see Kind
        return tuple(each[: self.most].strip() for each in self.tried)

    def lengths(self, language: str) -> Lengths:  # noqa: ARG002 - see Kind
        return Lengths(1, self.most, free=True)


class _Name(_Words):
    signs = " -'\u2019."
    digits = False

    def in_words(self, written: str) -> str:
        # Alone, Tia is a stroke.
        return f"Hi {written}, thank you."


@frozen
class GivenName(_Name):
    """A given name: letters, blanks, hyphens, apostrophes, periods.

    With a surname, others could tell who the patient is; a surname is detected and refused.
    """

    code = "given_name"
    # Sunday and Paris are names too.
    brings: ClassVar[frozenset[PhiLabel]] = frozenset({PhiLabel.NAME, PhiLabel.DATE, PhiLabel.GEO})
    tried: ClassVar[tuple[str, ...]] = (
        "Al",
        "Ana",
        "Wolfeschlegelsteinhausenbergerdorffianna",
        "\u0160\u00e1rka",
    )


@frozen
class StaffName(_Name):
    """Somebody who works for the practice: ``Dr. Lee``, ``Sam``, ``Jo Smith, NP``."""

    code = "staff_name"
    brings: ClassVar[frozenset[PhiLabel]] = frozenset(
        {PhiLabel.PROVIDER_NAME, PhiLabel.NAME, PhiLabel.DATE, PhiLabel.GEO}
    )
    signs = " -'\u2019.,"
    tried: ClassVar[tuple[str, ...]] = (
        "Al",
        "Dr. Lee",
        "Dr. Featherstonehaugh-Whitcombe, DNP",
        "Dr. \u0160t\u011bp\u00e1nek",
    )


@frozen
class Place(_Words):
    """Where patients come: an office, a floor, a street."""

    code = "place"
    brings: ClassVar[frozenset[PhiLabel]] = frozenset({PhiLabel.GEO})
    signs = " -'\u2019.,#/&()\u00ba\u00aa"
    tried: ClassVar[tuple[str, ...]] = (
        "Annex",
        "the north entrance beside the main lobby",
        "\u0141azy office",
    )

    def in_words(self, written: str) -> str:
        # Alone, Anderson Hall may be a patient.
        return f"See you at {written}."


@frozen
class Text(_Words):
    """A few plain words, no longer than ``most``."""

    code = "text"
    tried: ClassVar[tuple[str, ...]] = (
        "it",
        "it is on the left of the door and on the right of the desk, " * 5,
        "t\u0161o",
    )


@frozen
class Date(Kind):
    """A day: a ``date``, or an aware ``datetime`` that counts by the practice's clock.

    Args:
        year: whether to write the year too.
    """

    code = "date"
    brings: ClassVar[frozenset[PhiLabel]] = frozenset({PhiLabel.DATE})
    languages: ClassVar[frozenset[str] | None] = LANGUAGES
    year: bool = field(default=False, kw_only=True)

    def written(self, value: object, setting: Setting) -> str:
        if isinstance(value, datetime):
            value = _wall(value, setting).date()
        if not isinstance(value, date):
            msg = "is of a type that cannot be used; pass a date or an aware datetime"
            raise Refused(msg)
        return day_in(setting.language, value, year=self.year)

    def samples(self, language: str) -> tuple[str, ...]:
        days = (date(2027, 5, 2), date(2026, 12, 30), date(2027, 9, 15), date(2027, 9, 1))
        return tuple(day_in(language, day, year=self.year) for day in days)


@frozen
class Time(Kind):
    """A time of day: a naive ``time`` of the practice's wall clock, or an aware ``datetime``."""

    code = "time"
    languages: ClassVar[frozenset[str] | None] = LANGUAGES

    def written(self, value: object, setting: Setting) -> str:
        if isinstance(value, datetime):
            value = _wall(value, setting).time()
        if not isinstance(value, time) or value.tzinfo is not None:
            msg = (
                "is of a type that cannot be used; pass a naive time of the practice's clock, or "
                "an aware datetime"
            )
            raise Refused(msg)
        return time_in(setting.language, value)

    def samples(self, language: str) -> tuple[str, ...]:
        return tuple(time_in(language, moment) for moment in (time(9), time(12, 30)))


def _wall(value: datetime, setting: Setting) -> datetime:
    if value.utcoffset() is None:
        msg = "has no time zone, so nobody can say which instant it means; pass an aware datetime"
        raise Refused(msg)
    return value.astimezone(ZoneInfo(setting.practice.time_zone))


@frozen
class Money(Kind):
    """An amount of US dollars: a ``Decimal`` or a whole number, to the cent."""

    code = "money"
    most: int = field(default=99_999, kw_only=True, validator=_given.whole)

    def written(self, value: object, setting: Setting) -> str:  # noqa: ARG002 - see Kind
        if isinstance(value, bool) or not isinstance(value, Decimal | int):
            msg = "is of a type that cannot be used; pass a Decimal, for example Decimal('45.00')"
            raise Refused(msg)
        amount = Decimal(value)
        if not (amount.is_finite() and 0 <= amount <= self.most):
            msg = f"is not between 0 and {self.most}"
            raise Refused(msg)
        if amount != amount.quantize(_CENTS):
            msg = "has fractions of a cent"
            raise Refused(msg)
        return f"${amount:,.2f}"

    def samples(self, language: str) -> tuple[str, ...]:  # noqa: ARG002 - see Kind
        return "$0.00", f"${self.most:,.2f}"


@frozen
class Number(Kind):
    """A whole number, such as minutes.

    Args:
        least: the smallest, 0 or more.
        most: the largest.

    Raises:
        InvalidInput: no number is in the range.
    """

    code = "number"
    least: int = field(default=0, kw_only=True, validator=_given.whole)
    most: int = field(default=999, kw_only=True, validator=_given.whole)

    def __attrs_post_init__(self) -> None:
        """Refuse an empty range."""
        if not 0 <= self.least <= self.most:
            msg = "least and most allow no number: least must be 0 or more, and at most most"
            raise InvalidInput(msg)

    def written(self, value: object, setting: Setting) -> str:  # noqa: ARG002 - see Kind
        if isinstance(value, bool) or not isinstance(value, int):
            msg = "is of a type that cannot be used; pass an int"
            raise Refused(msg)
        if not self.least <= value <= self.most:
            msg = f"is not between {self.least} and {self.most}"
            raise Refused(msg)
        return str(value)

    def samples(self, language: str) -> tuple[str, ...]:  # noqa: ARG002 - see Kind
        return str(self.least), str((self.least + self.most) // 2), str(self.most)


@frozen
class Phone(Kind):
    """A number to call: a :class:`~compliant_sms.PhoneNumber`, or any written form."""

    code = "phone"

    def in_words(self, written: str) -> str:
        return f"Call us at {written}."

    def written(self, value: object, setting: Setting) -> str:  # noqa: ARG002 - see Kind
        if isinstance(value, PhoneNumber):
            return dialed(value)
        try:
            return dialed(PhoneNumber.parse(value))  # type: ignore[arg-type] # it asks itself
        except InvalidPhoneNumber:
            pass
        msg = "is no phone number"
        raise Refused(msg)

    def samples(self, language: str) -> tuple[str, ...]:  # noqa: ARG002 - see Kind
        return ("202-555-0100",)

    def lengths(self, language: str) -> Lengths:  # noqa: ARG002 - see Kind
        return Lengths(8, 16, free=False)  # E.164 has 7 to 15 digits


@frozen
class Link(Kind):
    """A link to a page of the practice's own: ``https``, and a host of ``Practice.link_domains``.

    CTIA Messaging Principles 5.3.2.
    """

    code = "link"
    brings: ClassVar[frozenset[PhiLabel]] = frozenset({PhiLabel.URL})
    most: int = field(default=80, validator=_room, kw_only=True)

    def written(self, value: object, setting: Setting) -> str:
        found = _URL.fullmatch(value) if isinstance(value, str) else None
        if found is None or [each.end for each in links(found[0])] != [len(found[0])]:
            msg = "is no link that begins with https:// and has plain letters"
            raise Refused(msg)
        own = map(str.lower, setting.practice.link_domains)
        if not any(within(found[1], domain) for domain in own):
            msg = "leads to a host that is not in the practice's link_domains"
            raise Refused(msg)
        if len(found[0]) > self.most:
            msg = f"takes more room than {self.most}"
            raise Refused(msg)
        return found[0]

    def samples(self, language: str) -> tuple[str, ...]:  # noqa: ARG002 - see Kind
        return ("https://practice.example/",)  # RFC 2606

    def lengths(self, language: str) -> Lengths:  # noqa: ARG002 - see Kind
        return Lengths(min(9, self.most), self.most, free=False)


def _options(given: Mapping[str, Mapping[str, str]]) -> Mapping[str, Mapping[str, str]]:
    made = {}
    for name, texts in given.items():
        try:
            made[name] = {tag: plain(text, _LONGEST) for tag, text in texts.items()}
        except Refused as why:
            msg = f"an option of a choice {why}"
            raise InvalidInput(msg) from None
    if not made:
        msg = "a choice has no options; pass at least one"
        raise InvalidInput(msg)
    return made


@frozen
class Choice(Kind):
    """One of several phrases that were approved with the template.

    Args:
        options: the phrases in each language, by the word that is passed as the value:
            ``{"card": {"en": "bring your card", "es": "traiga su tarjeta"}}``.

    Raises:
        InvalidInput: there are none, or one holds what no value may.
    """

    code = "choice"
    options: Mapping[str, Mapping[str, str]] = field(converter=_options)

    def written(self, value: object, setting: Setting) -> str:
        if not isinstance(value, str) or value not in self.options:
            msg = f"is none of: {', '.join(self.options)}"
            raise Refused(msg)
        return self.options[value][setting.language]

    def samples(self, language: str) -> tuple[str, ...]:
        return tuple(texts[language] for texts in self.options.values())

    def lacks(self, language: str) -> bool:
        """Whether an option has no phrase in a language."""
        return any(language not in texts for texts in self.options.values())


KINDS: Mapping[str, type[Kind]] = {
    kind.code: kind
    for kind in (
        GivenName, StaffName, Date, Time, Money, Number, Place, Phone, Link, Text, Choice,
    )
}  # fmt: skip
"""The kinds that template files can use, by name."""
