"""What providers do by themselves with a keyword. Data (``data/carriers.toml``), read at first use.

It decides nothing about a patient: it is there to compare with what we read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from functools import cache

from attrs import field, frozen
from attrs.validators import and_, deep_iterable, instance_of, matches_re, min_len, optional

from compliant_sms._lazy import packaged
from compliant_sms.errors import InvalidInput
from compliant_sms.optout._keywords import per_se_words
from compliant_sms.phrases import rows_of

_FILE = "carriers.toml"
_words = deep_iterable(and_(instance_of(str), min_len(2)), instance_of(frozenset))


class Matching(StrEnum):
    """When a provider takes a message for a keyword."""

    WHOLE = "whole"
    """The message is the word and nothing else."""
    BEGINS = "begins"
    """The message begins with the word."""
    UNKNOWN = "unknown"
    """The provider does not say."""


@frozen(kw_only=True)
class CarrierKeywords:
    """The keywords that a provider acts upon unless told otherwise.

    Attributes:
        provider: its name in lower case.
        stop: words, in lower case, after which it sends no more.
        start: words after which it sends again.
        help: words that it answers.
        matching: when a message counts as the word.
        source: where that stands.
        checked_on: the day that was read; None when it was not.
    """

    provider: str = field(validator=matches_re("[a-z]+"))
    stop: frozenset[str] = field(converter=frozenset, validator=_words)
    start: frozenset[str] = field(converter=frozenset, validator=_words)
    help: frozenset[str] = field(converter=frozenset, validator=_words, factory=frozenset)
    matching: Matching = field(converter=Matching)
    source: str = field(validator=and_(instance_of(str), min_len(1)))
    checked_on: date | None = field(default=None, validator=optional(instance_of(date)))

    @property
    def misses(self) -> frozenset[str]:
        """Words that revoke consent by law, 47 CFR 64.1200(a)(10), and that it lets pass."""
        written = self.stop | {word.replace("-", " ") for word in self.stop}
        return per_se_words() - written


def carrier_keywords(provider: str) -> CarrierKeywords:
    """The default keywords of a provider.

    Args:
        provider: its name, for example ``"twilio"``, in any case.

    Raises:
        InvalidInput: nothing is known of that provider.
        ConfigurationError: the packaged list is damaged.
    """
    try:
        return _table()[provider.lower()]
    except KeyError:
        known = ", ".join(carriers())
        msg = f"nothing is known of the keywords of that provider. Known are: {known}."
        raise InvalidInput(msg) from None


def carriers() -> tuple[str, ...]:
    """The providers whose keywords are known.

    Raises:
        ConfigurationError: the packaged list is damaged.
    """
    return tuple(_table())


@cache
def _table() -> Mapping[str, CarrierKeywords]:
    document = packaged(__package__, "data", _FILE)
    return {row.provider: row for row in _parse(document)}


def _parse(document: str) -> Iterator[CarrierKeywords]:
    return rows_of(_FILE, document, "carrier", CarrierKeywords)
