"""Verbs that make a complaint with the words behind: "threw up", "sees flashing lights"."""

from __future__ import annotations

from compliant_sms.phi._health._complaint_form import Words, close, extent
from compliant_sms.phi._health._inability import of_reader
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._health_data import cues


def does(view: View, at: int) -> Words | None:
    """A verb that says enough with what comes: "itch all over", "coughing up blood"."""
    last = extent(view, at)
    if view.words[at].startswith("th") and not _throws_up(view, at):
        return None
    return (at, last) if last > at and "over" not in view.words[at + 1 : at + 2] else None


def out(view: View, at: int) -> Words | None:
    """Such as "passed out", but not "passed out flyers"."""
    if view.words[at + 1 : at + 2] != ["out"] or not close(view, at + 1):
        return None
    return None if close(view, at + 2) and view.words[at + 2] not in _THEN else (at, at + 1)


def breaks_out(view: View, at: int) -> Words | None:
    """Such as "breaking out all over", but not "a fight broke out there"."""
    if view.words[at + 1 : at + 2] != ["out"] or not close(view, at + 1):
        return None
    follows = view.words[at + 2] if close(view, at + 2) else "all"
    told = follows in _THEN | _BREAKS_OUT and follows not in {"in", "the"}  # "in welts" says it
    return (at, at + 1) if told else None


_BREAKS_OUT = frozenset(
    {"all", "bad", "badly", "really", "so", "everywhere", "with", "like", "too"}
)


def _throws_up(view: View, at: int) -> bool:
    """Whether it is no idiom: "throw up my hands", "threw out"."""
    after = view.words[at + 1 : at + 3]
    return after[:1] == ["up"] and after[1:] not in (["my"], ["your"], ["a"], ["his"], ["her"])


_THEN = frozenset(
    {"at", "in", "on", "and", "last", "this", "yesterday", "today", "twice", "when", "from", "for"}
)
_THEN |= {"after", "cold", "again", "while", "n", "once", "during", "before", "the", "or"}


def seen(view: View, at: int) -> Words | None:
    """Such as "sees flashing lights", "hearing voices"."""
    for last in range(at + 1, min(at + 4, len(view.words))):
        if not close(view, last):
            return None
        if view.words[last] in cues("seen or heard"):
            if last == at + 1:
                return at, last
            return at + 1 + (view.words[at + 1] in _A), last
        if view.words[last] in _NOT_SEEN:
            return None
    return None


_A = frozenset({"a", "an", "un", "una", "some", "like"})
_NOT_SEEN = frozenset({"the", "you", "your", "that", "if", "no", "open", "any", "u", "how", "what"})


def feels(view: View, at: int) -> Words | None:
    """Such as "feeling really down"."""
    for last in range(at + 1, min(at + 4, len(view.words))):
        if not close(view, last):
            return None
        if view.words[last] in _LOW:
            return at, last
        if view.words[last] not in _VERY:
            return None
    return None


_LOW = frozenset({"down", "low", "empty", "hopeless", "awful", "terrible", "weird", "worse", "off"})
_LOW |= {"horrible", "funny", "lousy", "crappy", "worthless", "trapped", "lost", "rough", "hot"}
_LOW |= {
    "cold",
    "overwhelmed",
    "miserable",
    "woozy",
    "faint",
    "warm",
    "loopy",
    "drained",
    "hyper",
    "wired",
}
_LOW |= {"feverish", "icky", "yucky", "sick", "crummy", "rotten", "poorly", "spacey", "shitty"}
_LOW |= {"unwell", "flushed", "feverish", "ill", "gross", "tipsy"}
_VERY = frozenset({"so", "really", "very", "kinda", "pretty", "a", "bit", "all", "super", "still"})
_VERY |= {"little", "extra", "more", "too", "real", "just", "kind", "of", "super", "even", "much"}


def uses(view: View, at: int) -> Words | None:
    """Such as "drinks every night", "drinking again"."""
    after = view.words[at + 1 : at + 3]
    much = after[:1] and (after[0] in _MUCH or tuple(after) in _TOO_MUCH)
    return (at, at) if much and close(view, at + 1) and not of_reader(view, at) else None


_MUCH = frozenset({"every", "daily", "again", "heavily", "nightly", "everyday", "hard"})
_TOO_MUCH = frozenset({("too", "much"), ("all", "day"), ("a", "lot"), ("all", "night")})


def spectrum(view: View, at: int) -> Words | None:
    return (at, at) if at > 1 and view.words[at - 2 : at] == ["on", "the"] else None
