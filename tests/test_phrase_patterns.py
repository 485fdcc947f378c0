"""What the phrase engine reads off a pattern, and that looking by it misses nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms.classification import _phrase_rules
from compliant_sms.lint import _phrases
from compliant_sms.optout import _framed, _revocation_rules
from compliant_sms.phrases import WORD, PhraseRule, _scanning, fold, matches, words_in
from compliant_sms.phrases._beginnings import Beginnings
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
    ("pattern", "words", "others"),
    [
        (r"\bstop(?:ping)? now\b", {"stop", "stopping"}, []),
        (r"\bstop\w{0,3}", set(), ["stop"]),
        (r"\bstop|\bstopped\b", set(), ["stop"]),
        (r"\b(?:opt-out|i'?m out)\b", {"opt", "i", "im"}, []),
        (r"(?<!\bi\s)(?<!we\s)\bstop\b", {"stop"}, []),
        (r"(?:\A|[.!\n\\-]|\bplease)\sstop\b", {"please"}, ["\n", "!", "-", ".", "\\"]),
        (r"\b\d{1,2} ?%", set(), [*"0123456789"]),
        (r"\$ 5", {"$"}, []),
        (r"\b(?:stop|quit)\b[.,](?:\s|[^\w\s]){0,3}", {"stop", "quit"}, []),
        (r"\A\W{0,3}stop", set(), []),
    ],
)
def test_beginnings(pattern: str, words: set[str], others: list[str]) -> None:
    """A pattern tells the words, the beginnings of words and the marks that it may begin with."""
    found = Beginnings.of(pattern)

    assert found is not None
    assert (found.words, sorted(found.others)) == (words, others)


@pytest.mark.parametrize("pattern", ["stop", r"\w+", r"(?:\b|x)stop", r"[a-z] stop", "", r"\b停"])
def test_what_may_begin_with_anything(pattern: str) -> None:
    """Where a match may begin does not show, and it is looked for everywhere."""
    assert Beginnings.of(pattern) is None


RAW = st.lists(
    st.sampled_from([*"ab1 .,-'$%\n?", " ", "ab", "ba", "abc", "\u505c", "é", "a's"]), max_size=14
).map("".join)
BEGIN = st.sampled_from(
    [r"\b", r"\A", "^", "(?<!a )", "[.,]", r"(?:\A|[.\n-]|\bb)\s{0,2}", "(?<!\\w)", r"(?:\bab ?)?"]
)


@given(
    BEGIN,
    st.lists(PIECES | st.sampled_from(["'?", "-", "[.,-]", "[%$]", "1"]), max_size=7).map("".join),
    RAW,
)
def test_beginnings_miss_nothing(begin: str, rest: str, text: str) -> None:
    """Looking where a pattern may begin finds what looking everywhere does."""
    try:
        finder = re.compile(begin + rest)
    except re.error:
        return
    begins = Beginnings.of(finder.pattern)
    said = [one.span() for one in finder.finditer(text)]
    if begins is not None and all(start < end for start, end in said):
        found = begins.finditer(finder, text, set(WORD.findall(text)))

        assert [one.span() for one in found] == said


def packaged_rules() -> Iterable[PhraseRule[StrEnum]]:
    """All rules that are looked for in texts as they are written."""
    yield from _revocation_rules.rulebook().languages
    yield from _phrase_rules.rulebook().phrases.rules
    yield from _phrases._phrasebook().rules
    for rules in _framed._book().index.entries.values():
        yield from (rule for _, rule in rules)


FILES = ("inbound.jsonl", "inbound_unseen.jsonl", "outbound_class.jsonl", "content.jsonl")


def labelled_texts() -> list[str]:
    """Some of the texts that those rules are for."""
    folder = Path(__file__).parent / "data"
    lines = [line for name in FILES for line in folder.joinpath(name).read_text().splitlines()]
    return [fold(json.loads(line)["text"]).text for line in lines[::7]]


@pytest.mark.many_rounds
def test_packaged_rules_miss_nothing() -> None:
    """On labelled texts the packaged rules find what their patterns find anywhere."""
    texts = "\n".join(labelled_texts())
    begun = {rule for rule in packaged_rules() if rule.beginnings}
    words = set(WORD.findall(texts))

    assert len(begun) > 150
    for rule in begun:
        found = rule.beginnings.finditer(rule.finder, texts, words)
        assert [one.span() for one in found] == [one.span() for one in rule.finder.finditer(texts)]


def test_cores_miss_nothing() -> None:
    """A rule whose core is looked for first finds what its pattern finds anywhere."""
    cored = {rule for rule in packaged_rules() if rule.core}
    texts = [*labelled_texts(), "ok stop it please", "take me off, remove me. thx", "please stop"]

    assert len(cored) > 3
    for rule in cored:
        assert rule.kernel is not None, f"the core of {rule.id} may begin with anything"
        bare = evolve(rule, unless="")
        for text in texts:
            plain = [one.span() for one in rule.finder.finditer(text)]
            found = matches(bare, text, set(WORD.findall(text)))
            assert [(one.start, one.end) for one in found] == plain


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


def test_exceptions_before_a_turn() -> None:
    """What stands before a turn excuses nothing behind it; what stands behind excuses all."""
    scanner = Scanner.of([rule(r"\bcancel\b", unless=r"\bnever\b")], re.compile(r" (?=but )"))

    assert len(scanner.search(" never but cancel", {"never", "but", "cancel"})) == 1
    assert scanner.search(" cancel but never", {"never", "but", "cancel"}) == []
    assert scanner.search(" never cancel", {"never", "cancel"}) == []


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


@given(st.text(max_size=60))
def test_words_are_the_same_in_the_letters_of_ascii_and_in_all(text: str) -> None:
    """The quick way to find them, which texts in ASCII take, leaves none out and adds none."""
    for each in (text, text.encode("ascii", "replace").decode()):
        assert words_in(each) == set(WORD.findall(each))


def test_scanning_asks_for_what_a_rule_needs() -> None:
    """Where none of the words is that a rule needs it is not tried; where one is, it is found."""
    scanner = Scanner.of([evolve(rule(r"\bcancel\b"), needs="visit, appointment")])

    assert not scanner.search(" cancel now", {"cancel", "now"})
    assert scanner.search(" cancel visit", {"cancel", "visit"})
