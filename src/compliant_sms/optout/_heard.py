"""A patient's text as it is read: disguises undone, and every place known in the text as given."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from attrs import define, field

from compliant_sms.optout._keywords import ENTITY, LETTERLIKE_EMOJI, invisible, resolved
from compliant_sms.optout._spelling import Spelling, spelling
from compliant_sms.phrases import LOOK_ALIKES, WORD, fold

MOST_READ = 4_000
"""Code points: no further is a text read. The longest text message has 1,600, in ten segments."""

_TOKEN = re.compile(r"[a-z0-9$]+")
_APART = re.compile(r"(?<![^\W_])[a-z](?:[\W_]{1,3}[a-z](?![^\W_])){2,15}")
_LONG = re.compile(r"[a-z]{4,40}")
_COVERS = "*#@^+~=%"
_COVER = re.compile(r"""(?<=[a-z])[^\w\s.,:;!?'"()/&-]""")
_COVERED = re.compile(
    r"""(?<![^\W_])([a-z]{1,11})[^\w\s.,:;!?'"()/&-]{1,4}([a-z]{0,11})(?![^\W_])"""
)
_HELD = re.compile(r"([a-z])\1+")
_HELD_DOWN = ("ooo", "ppp", "sss", "ttt", "eee", "zzz", "uuu")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_BUT_LETTERS = bytes(n if chr(n).isalpha() and n < 128 else 32 for n in range(256))
_BUT_DIGITS = bytes(n if chr(n).isdigit() and n < 128 else 32 for n in range(256))
_LETTERS = re.compile(r"[^\W\d_]{2,40}")


@define
class Heard:
    """A text as it is read.

    Args:
        given: the text as it arrived. The words themselves stay out of the repr.
        text: what phrases are looked for in: small plain letters, invisible characters gone,
            look-alikes, spaced-out and misspelt keywords written out.
        words: the words of ``text``, each once.
        starts: for each character of ``text`` where it begins in ``given``; None for the same.
        ends: where it ends there.
    """

    given: str = field(repr=False)
    text: str = field(repr=False)
    words: set[str] = field(repr=False)
    starts: Sequence[int] | None = field(default=None, repr=False)
    ends: Sequence[int] | None = field(default=None, repr=False)

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the text as given of a part of :attr:`text`; ``end`` must be after it."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


class _Draft:
    """A text while it is rewritten, and where each of its characters comes from."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts: Sequence[int] | None = None
        self.ends: Sequence[int] | None = None

    def rewrite(self, pattern: re.Pattern[str], said: Callable[[re.Match[str]], str]) -> None:
        """Every match replaced by what is said of it."""
        changes = [(match.span(), said(match)) for match in pattern.finditer(self.text)]
        self.apply([(*span, new) for span, new in changes if self.text[slice(*span)] != new])

    def apply(self, changes: Sequence[tuple[int, int, str]]) -> None:
        """Stretches replaced, in their order."""
        if not changes:
            return
        places = range(len(self.text) + 1)
        starts, ends = self.starts or places, self.ends or places[1:]
        pieces: list[str] = []
        new_starts: list[int] = []
        new_ends: list[int] = []
        done = 0
        for start, end, new in changes:
            pieces += [self.text[done:start], new]
            new_starts += [*starts[done:start], *_spread(starts, start, end, len(new))]
            new_ends += [*ends[done:start], *_spread_back(ends, start, end, len(new))]
            done = end
        self.text = "".join([*pieces, self.text[done:]])
        self.starts = [*new_starts, *starts[done : len(places) - 1]]
        self.ends = [*new_ends, *ends[done:]]


def _spread(starts: Sequence[int], start: int, end: int, length: int) -> Iterator[int]:
    return (starts[start + step * (end - start) // length] for step in range(length))


def _spread_back(ends: Sequence[int], start: int, end: int, length: int) -> Iterator[int]:
    return (ends[start + (step * (end - start) - 1) // length] for step in range(1, length + 1))


def hear(body: str) -> Heard:
    """A text as it is read. Takes linear time, and reads no further than :data:`MOST_READ`."""
    known = spelling()
    read = body[:MOST_READ]
    if _is_plain(read):
        text = read.lower().replace("_", " ")
        words = _words(text)
        if not _is_respelt(text, words, known):
            return Heard(body, text, words)
        draft = _Draft(text)
    else:
        draft = _Draft(read)
        _undress(draft)
        words = _words(draft.text)
    _respell(draft, words, known)
    return Heard(body, draft.text, _words(draft.text), draft.starts, draft.ends)


def _is_plain(text: str) -> bool:
    if not text.isascii() or "&" in text:
        return False
    return text.isprintable() or text.replace("\n", "").isprintable()


def _words(text: str) -> set[str]:
    """What :data:`WORD` finds, each once."""
    if not text.isascii() and any(map(str.isalnum, _NOT_ASCII.findall(text))):
        return set(WORD.findall(text))
    letters = text.encode("ascii", "replace")
    words = set(letters.translate(_BUT_LETTERS).decode().split())
    words.update(letters.translate(_BUT_DIGITS).decode().split())
    if "$" in text:
        words.add("$")
    if "%" in text:
        words.add("%")
    return words


def _undress(draft: _Draft) -> None:
    if "&" in draft.text:
        draft.rewrite(ENTITY, resolved)
    if not draft.text.isascii() or not draft.text.isprintable():
        draft.rewrite(LETTERLIKE_EMOJI, lambda match: " " * len(match[0]))
        draft.rewrite(invisible(), lambda _: "")
    folded = fold(draft.text)
    origin = folded.origin or range(len(folded.text))
    if draft.starts is not None and draft.ends is not None:
        draft.starts = [draft.starts[place] for place in origin]
        draft.ends = [draft.ends[place] for place in origin]
    elif folded.origin:
        draft.starts, draft.ends = origin, [place + 1 for place in origin]
    draft.text = folded.text.replace("_", " ")
    if not draft.text.isascii():
        draft.text = draft.text.translate(_plain_letters())
        if _alike().search(draft.text):
            draft.rewrite(_LETTERS, _latin)


def _latin(word: re.Match[str]) -> str:
    """A word with Greek or Cyrillic letters in it that was meant to be a Latin one."""
    if word[0].isascii():
        return word[0]
    letters = word[0].translate(LOOK_ALIKES)
    if not letters.isascii():
        return word[0]
    mixed = any(letter.isascii() for letter in word[0])
    return letters if mixed or letters in spelling().words else word[0]


def _is_respelt(text: str, words: set[str], known: Spelling) -> bool:
    return (
        known.in_words(words)
        or _may_begin(text, known)
        or any(map(text.__contains__, _HELD_DOWN))
        or _has_covers(text)
    )


def _may_begin(text: str, known: Spelling) -> bool:
    usual = "uns" in text or "ubs" in text
    return usual and any(pattern.search(text) for pattern in known.begun.values())


def _has_covers(text: str) -> bool:
    return any(map(text.__contains__, _COVERS))


def _respell(draft: _Draft, words: set[str], known: Spelling) -> None:
    """Misspelt, spaced-out and drawn-out keywords written out."""
    if known.in_words(words):
        draft.rewrite(_TOKEN, lambda token: known.right.get(token[0], token[0]))
        draft.apply(list(_apart(draft.text, known)))
        draft.rewrite(known.halves, lambda halves: "".join(filter(str.isalpha, halves[0])))
    if _COVER.search(draft.text):
        draft.rewrite(_COVERED, lambda word: _uncovered(word, known))
    if any(held in draft.text for held in _HELD_DOWN):
        draft.rewrite(_LONG, lambda word: _let_go(word[0], known))
    for word, pattern in known.begun.items():
        draft.rewrite(pattern, lambda _, word=word: word)  # type: ignore[misc]


def _apart(text: str, known: Spelling) -> Iterator[tuple[int, int, str]]:
    """Keywords whose letters stand apart, as in ``s.t.o.p``."""
    for run in _APART.finditer(text):
        letters = [place for place in range(*run.span()) if text[place].isalpha()]
        spelt = "".join(text[place] for place in letters)
        for word in known.words:
            if spelt.startswith(word):
                yield run.start(), letters[len(word) - 1] + 1, word
                break


def _uncovered(word: re.Match[str], known: Spelling) -> str:
    """A keyword with signs over one of its letters, or between them, as in ``s*op``."""
    before, after = word[1], word[2]
    for keyword in known.words:
        missing = len(keyword) - len(before) - len(after)
        fits = keyword.startswith(before) and keyword.endswith(after)
        if fits and (missing == 1 or (not missing and after)):
            return keyword
    return word[0]


def _let_go(word: str, known: Spelling) -> str:
    """A word without its held-down letters, if that makes it a keyword."""
    once = _HELD.sub(r"\1", word)
    return once if once in known.words else known.right.get(once, word)


@cache
def _plain_letters() -> dict[int, str]:
    """Latin letters that Unicode does not take apart, and quotation marks."""
    letters = dict(
        zip(
            "đøłıħŧꞁᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢɑɡ",
            "dolihtlabcdefghijklmnoprstuvwyzag",
            strict=True,
        )
    )
    letters |= dict.fromkeys("\u201e\u201f\u2039\u203a\u300c\u300d\u300e\u300f\uff62\uff63", '"')
    capitals = {chr(0x1F150 + n): chr(97 + n) for n in range(26)}
    squares = {chr(0x1F170 + n): chr(97 + n) for n in range(26)}
    return str.maketrans(letters | capitals | squares)


@cache
def _alike() -> re.Pattern[str]:
    """Finds a letter that looks like a Latin one."""
    return re.compile(f"[{''.join(map(chr, LOOK_ALIKES))}]")
