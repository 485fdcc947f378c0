"""The language of a patient's text, so that the answer can go out in it. A cheap guess."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from compliant_sms._lazy import packaged
from compliant_sms.errors import ConfigurationError
from compliant_sms.optout._heard import hear
from compliant_sms.phrases import fold, listed

_FILE = "languages.toml"
_FIRST = 400  # code points; more do not make it clearer


# Words of several languages.
_TELLS_LITTLE = frozenset({"no", "ok"})


def language_to_answer(given: str, words: set[str], answered: str, language: str) -> str:
    """The language in which somebody is answered: "No" and "C" are in that of what they answer.

    Args:
        given: the text as it arrived.
        words: its words in folded letters.
        answered: our text that it answers; empty where it answers none.
        language: what :func:`language_of` says of the text.
    """
    # A letter by itself, or with a figure ("C1"), is one that our text asked for.
    alone = sum(not word.isdecimal() for word in words) == 1
    if not alone and not answered and words.isdisjoint(_TELLS_LITTLE):
        return language
    telling = {word for word in words if len(word) > 1 or not alone} - _TELLS_LITTLE
    otherwise = language_of(answered, hear(answered).words) if answered else "en"
    return language_of(given, telling, otherwise)


def language_of(given: str, words: set[str], otherwise: str = "en") -> str:
    """ISO 639-1 code of the language that a text is in.

    Args:
        given: the text as it arrived.
        words: its words in folded letters.
        otherwise: the answer where it does not show.

    Raises:
        ConfigurationError: the packaged word list is damaged.
    """
    scripts, letters, tells = _table()
    told: dict[str, int] = {}
    if not given.isascii():
        start = given[:_FIRST]
        if script := next((code for code, found in scripts if found.search(start)), None):
            return script
        told = {code: 2 for code, found in letters if found.search(start)}
    for word in words & tells.keys():
        for code in tells[word]:
            told[code] = told.get(code, 0) + 1
    # A tie has one answer: the same text is read alike in every process.
    return min(told, key=lambda code: (-told[code], code != "en", code), default=otherwise)


_Marks = list[tuple[str, re.Pattern[str]]]


@cache
def _table() -> tuple[_Marks, _Marks, Mapping[str, tuple[str, ...]]]:
    return _parse(packaged(__package__, "data", _FILE))


def _parse(document: str) -> tuple[_Marks, _Marks, Mapping[str, tuple[str, ...]]]:
    import tomllib  # noqa: PLC0415 - needed once, not by whoever only imports

    try:
        rows = tomllib.loads(document)["language"]
        scripts = [(row["code"], re.compile(row["script"])) for row in rows if "script" in row]
        letters = [(row["code"], re.compile(row["letters"])) for row in rows if "letters" in row]
        tells: dict[str, tuple[str, ...]] = {}
        for row in rows:
            for word in {fold(each).text for each in listed(row.get("words", ""))}:
                tells[word] = (*tells.get(word, ()), row["code"])
    except (KeyError, TypeError, re.error, tomllib.TOMLDecodeError) as error:
        msg = f"{_FILE} is damaged: {error}"
        raise ConfigurationError(msg) from error
    return scripts, letters, tells
