"""Which words belong to one complaint, and how far it goes: "all over", "up green stuff"."""

from __future__ import annotations

from compliant_sms.phi._reading._view import View

Words = tuple[int, int]  # the first and the last one


def close(view: View, at: int) -> bool:
    """Whether a word follows the one before in the same clause."""
    return 0 < at < len(view.words) and view.gaps[at] in _TIES


_TIES = frozenset({" ", "  ", "-", "/", "\n"})


_EXTENTS = frozenset(
    {"all", "over", "everywhere", "nonstop", "constantly", "up", "out", "open", "off", "down"}
)
_STUFF = frozenset(
    {"blood", "bile", "mucus", "phlegm", "stuff", "gunk", "green", "yellow", "brown", "clear"}
)
_STUFF |= {"bloody", "pink", "black", "thick", "foam", "chunks", "water", "everything", "sangre"}
_STUFF |= {
    "flemas",
    "a",
    "lot",
    "of",
    "little",
    "some",
    "lots",
    "bit",
    "dark",
    "white",
    "red",
    "globs",
    "snot",
    "goo",
    "slime",
}
_WHERE = _EXTENTS | _STUFF
_LOOSE = frozenset({"little", "some", "lots", "bit", "a", "of", "lot", "all"})


def extent(view: View, last: int) -> int:
    """The last word, with where it is or what comes: "all over", "up green stuff"."""
    at = last
    while close(view, at + 1) and view.words[at + 1] in _WHERE:
        at += 1
    if tuple(view.words[at + 1 : at + 4 : 2]) == ("in", "sleep") or _like(view, at):
        return min(at + 3 - _like(view, at), len(view.words) - 1)
    while at > last and view.words[at] in _LOOSE:
        at -= 1
    return at


def likened(view: View, like: int) -> int:
    """The last word of what a part of the body is likened to: "like razors"; 0 if nothing is."""
    at = like + 1
    while close(view, at) and view.words[at] in _A:
        at += 1
    if not close(view, at) or view.words[at] in _NO_LIKENESS:
        return 0
    return at


_A = frozenset({"a", "an", "the", "im", "its", "it's", "it", "is", "on", "being", "someone"})
_NO_LIKENESS = frozenset(
    {"i", "he", "she", "you", "we", "they", "new", "normal", "mine", "yours", "his", "hers", "that"}
    | {"this", "what", "before", "last", "healing", "better", "getting", "there", "might", "you're"}
)


def _like(view: View, last: int) -> bool:
    """Whether it is likened to something: "black as tar"."""
    return view.words[last + 1 : last + 2] == ["as"] and view.words[last + 2 : last + 3] not in _AS


_AS: tuple[list[str], ...] = (
    [],
    ["of"],
    ["soon"],
    ["if"],
    ["i"],
    ["the"],
    ["well"],
    ["a"],
    ["my"],
    ["we"],
)
