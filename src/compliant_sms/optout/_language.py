"""The language of a patient's text, so that the answer can go out in it. A cheap guess."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from compliant_sms.errors import ConfigurationError
from compliant_sms.phrases import fold, listed

__all__ = ["language_of"]

_FILE = "languages.toml"
_FIRST = 400  # code points; more do not make it clearer


def language_of(given: str, words: set[str]) -> str:
    """ISO 639-1 code of the language that a text is in, ``"en"`` where it does not show.

    Args:
        given: the text as it arrived.
        words: its words in folded letters.

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
    return max(told, key=lambda code: (told[code], code == "en"), default="en")


_Marks = list[tuple[str, re.Pattern[str]]]


@cache
def _table() -> tuple[_Marks, _Marks, Mapping[str, tuple[str, ...]]]:
    from importlib import resources  # noqa: PLC0415 - needed once, not by whoever only imports

    return _parse(resources.files(__package__).joinpath("data", _FILE).read_text("utf-8"))


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
