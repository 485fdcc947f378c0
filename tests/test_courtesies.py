"""What may stand around an answer or thanks and tells nothing by itself."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from compliant_sms.errors import ConfigurationError
from compliant_sms.optout._courtesies import _parse, courtesies
from compliant_sms.phrases import fold, listed

FILE = resources.files("compliant_sms.optout").joinpath("data", "courtesies.toml")
TABLES = tomllib.loads(FILE.read_text("utf-8"))
MINIMAL = """
[both]
[answers]
[thanks]
[kind]
[plain]
[denies]
[possessives]
[patterns]
turns = ["cant wait"]
depends = ["unless"]
no_delay = ["never late"]
"""


def words_of(table: str) -> list[str]:
    return [word for words in TABLES[table].values() for word in listed(words)]


@pytest.mark.parametrize("table", ["both", "answers", "thanks", "kind", "plain", "denies"])
def test_words_are_as_texts_are_read(table: str) -> None:
    """A word that no folded text holds would never be met, and one listed twice hides a slip."""
    words = words_of(table)

    assert [word for word in words if fold(word).text != word or not word.isalnum()] == []
    assert len(words) == len(set(words))


def test_a_word_has_one_place() -> None:
    """Words around both stand in neither of the other tables."""
    assert set(words_of("both")).isdisjoint(words_of("answers"))
    assert set(words_of("both")).isdisjoint(words_of("thanks"))
    assert courtesies().plain <= courtesies().kind


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("[kind]", "[other]"),
        ('turns = ["cant wait"]', 'turns = ["cant (wait"]'),
        ("[denies]", "[denies]\nen = 3"),
        ("[both]", 'both = "a"'),
    ],
)
def test_a_damaged_file_is_named(wrong: str, right: str) -> None:
    """Whoever edits the words learns which file is wrong, not a KeyError."""
    assert _parse(MINIMAL).turns.search("i cant wait")
    with pytest.raises(ConfigurationError, match=r"courtesies\.toml"):
        _parse(MINIMAL.replace(wrong, right))
