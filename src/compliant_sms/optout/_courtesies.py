"""What stands around an answer or thanks and tells nothing by itself. Data, read at first use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from attrs import frozen

from compliant_sms._lazy import packaged
from compliant_sms.errors import ConfigurationError
from compliant_sms.phrases import listed, read_toml

_FILE = "courtesies.toml"


@frozen(kw_only=True)
class Courtesies:
    """Words and patterns over folded text, of all languages together.

    Args:
        answers: words around an answer about a visit.
        thanks: words around thanks.
        kind: words of thanks, greetings and praise.
        plain: those of them that are kind beside "not" too.
        denies: such words as "not".
        possessives: whose.
        turns: finds phrases around an answer.
        depends: finds what makes an answer depend on something, or puts it late.
        no_delay: finds what only looks as if it did.
    """

    answers: frozenset[str]
    thanks: frozenset[str]
    kind: frozenset[str]
    plain: frozenset[str]
    denies: frozenset[str]
    possessives: frozenset[str]
    turns: re.Pattern[str]
    depends: re.Pattern[str]
    no_delay: re.Pattern[str]


@cache
def courtesies() -> Courtesies:
    """The packaged courtesies."""
    return _parse(packaged(__package__, "data", _FILE))


def _parse(document: str) -> Courtesies:
    table = read_toml(_FILE, document)
    try:
        both, patterns = _words(table["both"]), table["patterns"]
        return Courtesies(
            answers=both | _words(table["answers"]),
            thanks=both | _words(table["thanks"]),
            kind=_words(table["kind"]),
            plain=_words(table["plain"]),
            denies=_words(table["denies"]),
            possessives=_words(table["possessives"]),
            turns=_any(patterns["turns"]),
            depends=_any(patterns["depends"]),
            no_delay=_any(patterns["no_delay"]),
        )
    except (AttributeError, KeyError, TypeError, re.error) as error:
        msg = f"{_FILE}: {error.args[0]}"
        raise ConfigurationError(msg) from error


def _words(by_language: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(word for words in by_language.values() for word in listed(words))


def _any(patterns: list[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b")
