"""What the phrase engine reads off a pattern: needed words, calling words, merged alternatives."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms.phrases._alternatives import behind_blanks, merged
from compliant_sms.phrases._needs import calls, needs


@pytest.mark.parametrize(
    ("pattern", "needed"),
    [
        (r"\bcancel (?:my )?visit\b", [{"cancel"}, {"visit"}]),
        (r"\b(?:one|two) three\b", [{"one", "two"}, {"three"}]),
        (r"\b(?:one four|two)\b", [{"one", "two"}, {"four", "two"}]),
        (r"\bcancels? it\b", [{"it"}]),
        (r"infect\w{0,3} (?:a|b)\b", [{"a", "b"}]),
        (r"infect\w{0,3} (?:a|b)", []),
        (r"\b(?:one(?: two)?)s\b", []),
        (r"\bin ?network\b", []),
        (r"\bone(?: two| three)\b", [{"one"}, {"two", "three"}]),
        (r"\bone(?: two| three)? four\b", [{"one"}, {"four"}]),
        (r"\bone(?:two)?\b", []),
        (r"\bone\b(?! two)", [{"one"}]),
        (r"\bone(?! two) three\b", [{"one"}, {"three"}]),
        (r"^(?:one|\w)$", []),
        (r"[abc]one|two", []),
        (r"\b(?:my |his )one\b", [{"my", "his"}, {"one"}]),
        (r"\b(?:3pm|two)\b", []),
        ("", []),
    ],
)
def test_needed_words(pattern: str, needed: list[set[str]]) -> None:
    """A pattern tells which words it cannot do without, and nothing where it is not sure."""
    assert sorted(map(sorted, needed)) == sorted(map(sorted, needs(pattern)))


def test_calling_words() -> None:
    """Of what a pattern needs, the rarest words call for it."""
    assert calls(r"\bi have (?:a )?visit\b") == {"visit"}
    assert frozenset() == calls(r"\w{1,3}")


def test_many_ways_are_cut() -> None:
    """Where branches combine in too many ways, one clause of each is enough."""
    branch = "alpha bravo delta gamma"
    pattern = rf"\b(?:{'|'.join([branch] * 4)})\b"

    assert [{"alpha"}] == [set(clause) for clause in needs(pattern)]


WORDS = st.lists(st.text("abc", min_size=1, max_size=4), min_size=4, max_size=12)


@given(WORDS, st.text("abc ", max_size=12), st.sampled_from(["", "{0,3}", "?"]))
def test_merged_alternatives_find_the_same(words: list[str], text: str, repeat: str) -> None:
    """A tree of letters finds what the list of words finds, also where that repeats."""
    pattern = rf"\b(?:{'|'.join(words)}){repeat}\b"

    assert bool(re.search(pattern, text)) == bool(re.search(merged(pattern), text))


@pytest.mark.parametrize("pattern", ["(?:a b|c ?d|e|f|g)", "(?:a|b)", "(?:a|b|c|[de])"])
def test_other_groups_stay(pattern: str) -> None:
    """A group of anything but words is left as it is."""
    assert pattern == merged(pattern)


def test_optional_letters_are_merged() -> None:
    """A letter that may be missing is one of the ways."""
    pattern = merged("(?:cats?|dogs?|cow|cap)")

    assert [bool(re.fullmatch(pattern, w)) for w in ("cat", "cats", "dog", "cow", "cap")] == [
        True
    ] * 5


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"\bone\b", " one", True),
        (r"\bone\b|\btwo\b", " two", True),
        (r"\bone\b|two", " xtwo", True),
        ("^one", " one", True),
        ("^one", " two one", False),
        (r"\b[a|b] (?:x|y)", " b y", True),
    ],
)
def test_behind_blanks(pattern: str, text: str, found: bool) -> None:  # noqa: FBT001
    """A pattern that begins with a word begins with the blank before it instead."""
    assert found == bool(re.search(behind_blanks(pattern), text))
