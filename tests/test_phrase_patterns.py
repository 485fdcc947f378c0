"""What the phrase engine reads off a pattern, and that looking by it misses nothing."""

from __future__ import annotations

import re
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms.phrases import PhraseRule, _scanning
from compliant_sms.phrases._patterns import shown, ways
from compliant_sms.phrases._scanning import Scanner


class Says(StrEnum):
    """What the phrases of these tests say."""

    IT = "it"


def rule(pattern: str, words: str = "cancel", unless: str = "") -> PhraseRule[Says]:
    """A rule of this pattern."""
    return PhraseRule(
        id="rule", says=Says.IT, words=words, pattern=pattern, unless=unless, why="", groups={}
    )


@pytest.mark.parametrize(
    ("pattern", "needed"),
    [
        (r"\bcancel (?:my )?visit\b", [{"cancel"}, {"visit"}]),
        (r"\b(?:one|two) three\b", [{"three"}, {"one", "two"}]),
        (r"\b(?:one five|three)\b", [{"five", "three"}, {"one", "three"}]),
        (r"\bcancels? it\b", [{"it"}, {"cancel", "cancels"}]),
        (r"\binfect\w{0,3} (?:alpha|bravo)\b", [{"infect", "infect\0"}, {"alpha", "bravo"}]),
        (r"\binfect\w{0,3} (?:a|b)", [{"infect", "infect\0"}, {"a\0", "b\0"}]),
        (r"\bone(?: two| three)\b", [{"three", "two"}, {"one"}]),
        (r"\bone(?: two| three)? four\b", [{"four"}, {"one"}]),
        (r"\bone(?:two)?\b", [{"one", "onetwo"}]),
        (r"\b(?:very ){1,3}cold\b", [{"cold"}, {"very"}]),
        (r"\bone\b(?! two)", [{"one"}]),
        (r"(?<!\w)🙏(?!\w)", [{"🙏"}]),
        (r"\$ [2-4]\b", [{"$"}, {"2", "3", "4"}]),
        (r"\b[1-2]?\d pm\b", [{"pm"}, {*"0123456789", *map(str, range(10, 30))}]),
        (r"[ab]one|two", []),
        (r"\b[^x]{0,3} one", [{"one\0"}]),
        (r"\b[\w'-]{1,9} one\b", [{"one"}]),
        (r"\b.\S\d\? one\b", [{"one"}]),
        (r"不 想", [{"不"}, {"想"}]),
        (r"^(?:one|\w)$", []),
        ("", []),
    ],
)
def test_needed_words(pattern: str, needed: list[set[str]]) -> None:
    """A pattern tells which words it cannot do without, and nothing where it is not sure."""
    assert sorted(map(sorted, needed)) == sorted(map(sorted, shown(pattern).needed))


@pytest.mark.parametrize(
    ("pattern", "starts"),
    [
        (r"\b(?:please )?cancel\b", {"please", "cancel"}),
        (r"^(?:ok ){0,2}cancel", {"ok", "cancel\0"}),
        (r"\binfect\w{1,3}\b", {"infect\0"}),
        (r"cancel\b", set()),
        (r"\b\w{1,9} cancel\b", set()),
        (r"\b(?:\bone\b,? )?two\b", set()),
    ],
)
def test_first_words(pattern: str, starts: set[str]) -> None:
    """A pattern tells the words that it may begin with, and none where they may be any."""
    assert starts == shown(pattern).starts


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        (r"\bone\b|\btwo\b", [r"\bone\b", r"\btwo\b"]),
        (r"\b(?:a b|c|d)\b", [r"\b(?:c|d)\b", r"\b(?:a b)\b"]),
        (r"\b(?:a b|c d)? e", [r"\b(?:a b|c d)? e"]),
        (r"(?:\ba b|\bc)", [r"\ba b", r"\bc"]),
        (r"[a|b] c", ["[a|b] c"]),
        (r"\b(?:a", [r"\b(?:a"]),
    ],
)
def test_ways(pattern: str, said: list[str]) -> None:
    """The alternatives that a pattern begins with stand alone; single words stay together."""
    assert said == list(ways(pattern))


def test_many_words_are_any() -> None:
    """Where words combine in too many ways, only what they begin with is kept."""
    half = "".join(f"(?:{'|'.join(a + b for b in 'klmnopqrst')})" for a in "abc")

    assert {word[-1] for word in shown(rf"\b{half}{half}\b").starts} == {"\0"}


PIECES = st.sampled_from(
    [
        "a", "b", "ab", " ", "?", r"\b", "(?:a |b )?", "(?:a|b c)", r"\w{1,2}", "{0,2}",
        "(?:c ){0,2}", "|", "[ab]", "(?!c)", "^", "$", ".", "c?", r"\d", "(?:b|)", r"[^c]{0,3}",
    ]
)  # fmt: skip


@given(
    st.lists(PIECES, min_size=1, max_size=9).map("".join),
    st.lists(st.sampled_from(["a", "b", "c", "ab", "ba", "1", "?"]), max_size=8),
)
def test_scanning_misses_nothing(pattern: str, words: list[str]) -> None:
    """A scan finds something wherever a search for the bare pattern does."""
    try:
        bare = re.compile(pattern)
    except re.error:
        return
    text = "".join(f" {word}" for word in words)
    found = Scanner.of([rule(rf"\b(?:{pattern})\b", "a, b, c, ab, ba, 1")]).search(text, set(words))
    said = re.compile(rf"\b(?:{bare.pattern})\b").search(text)

    assert bool(found) or said is None or not said[0].strip() or said.start() == 0


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (" cancel it", [(1, 7)]),
        (" cancel . never mind", [(1, 7)]),
        (" never cancel it", []),
        (" do you cancel ?", []),
        (" undone cancel", []),
        (" cancel cancel", [(1, 7), (8, 14)]),
        (" stop", []),
    ],
)
def test_exceptions(text: str, places: list[tuple[int, int]]) -> None:
    """What makes a phrase mean something else does so in its own sentence only."""
    scanner = Scanner.of([rule(r"\bcancel\b", unless=r"\b(?:never|dont ever)\b|\?|\bun\w{1,9}\b")])

    found = scanner.search(text, set(text.split()))
    assert places == [(one.start, one.end) for one in found]


def test_enough_is_enough() -> None:
    """A rule is found no more often than asked for, wherever it may begin."""
    rules = [rule(r"\bcancel\b"), rule(r"\b\w{1,9} cancel\b"), rule("^cancel"), rule("cancel")]
    text = " cancel" * 99

    assert len(Scanner.of(rules).search(text, {"cancel"}, most=2)) == 7
    assert len(Scanner.of(rules).search(text, {"cancel"})) == 150


def test_few_words_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words beyond what is kept are looked up all the same."""
    monkeypatch.setattr(_scanning, "_MOST_KEPT", 0)
    scanner = Scanner.of([rule(r"\bcancel\w{0,3}\b")])

    assert len(scanner.search(" cancels canceled", {"cancels", "canceled"})) == 2
