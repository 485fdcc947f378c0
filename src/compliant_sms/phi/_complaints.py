"""What somebody feels or cannot do, told in words that are nothing of health one by one.

"My incision is opening", "won't eat", "seeing flashing lights", "a cat bit me", "3 beers".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from compliant_sms.phi import _marks as marks
from compliant_sms.phi._health_data import cues
from compliant_sms.phi._health_terms import Kind, Term
from compliant_sms.phi._view import View

__all__ = ["complaints", "drunk_or_due"]

Words = tuple[int, int]  # the first and the last one

_FAR = 6  # words between a part of the body and what is wrong with it


def complaints(view: View, terms: Sequence[Term]) -> Iterator[Words]:
    """Statements that single words or listed terms do not tell."""
    for term in terms:
        if term.kind == Kind.BODY:
            yield from _state(view, (term.first, term.last), cues("abnormal"))
    for at in view.marked(marks.ILL_VERB):
        for told in _FORMS.get(view.words[at], ()):
            if place := told(view, at):
                yield place
                break


def _close(view: View, at: int) -> bool:
    """Whether a word follows the one before in the same clause."""
    return 0 < at < len(view.words) and view.gaps[at] in _TIES


_TIES = frozenset({" ", "  ", "-", "/", "\n"})


def _state(view: View, place: Words, bad: frozenset[str]) -> Iterator[Words]:
    """A part of the body or a function, and that it is not as it should be."""
    said, links = False, cues("of a state")
    for at in range(place[1] + 1, min(place[1] + 1 + _FAR, len(view.words))):
        word = view.words[at]
        if not _close(view, at):
            return
        if said and word in bad:
            yield place[0], _extent(view, at)
            return
        if word not in links:
            return
        said = said or word in cues("says a state")


def _worse(view: View, at: int) -> Words | None:
    return next(_state(view, (at, at), cues("whats worse")), None)


_EXTENTS = frozenset(
    {"all", "over", "everywhere", "nonstop", "constantly", "up", "out", "open", "off", "down"}
)
_STUFF = frozenset(
    {"blood", "bile", "mucus", "phlegm", "stuff", "gunk", "green", "yellow", "brown", "clear"}
)
_STUFF |= {"bloody", "pink", "black", "thick", "foam", "chunks", "water", "everything", "sangre"}
_STUFF |= {"flemas", "a", "lot", "of", "dark", "white", "red", "globs", "snot", "goo", "slime"}
_WHERE = _EXTENTS | _STUFF
_LOOSE = frozenset({"a", "of", "lot", "all"})


def _extent(view: View, last: int) -> int:
    """The last word, with where it is or what comes: "all over", "up green stuff"."""
    at = last
    while _close(view, at + 1) and view.words[at + 1] in _WHERE:
        at += 1
    if tuple(view.words[at + 1 : at + 4 : 2]) == ("in", "sleep") or _like(view, at):
        return min(at + 3 - _like(view, at), len(view.words) - 1)
    while at > last and view.words[at] in _LOOSE:
        at -= 1
    return at


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


def _does(view: View, at: int) -> Words | None:
    """A verb that says enough with what comes: "itch all over", "coughing up blood"."""
    last = _extent(view, at)
    if view.words[at].startswith("th") and not _throws_up(view, at):
        return None
    return (at, last) if last > at and "over" not in view.words[at + 1 : at + 2] else None


def _out(view: View, at: int) -> Words | None:
    """Such as "Passed out", but not "passed out flyers"."""
    if view.words[at + 1 : at + 2] != ["out"] or not _close(view, at + 1):
        return None
    return None if _close(view, at + 2) and view.words[at + 2] not in _THEN else (at, at + 1)


def _throws_up(view: View, at: int) -> bool:
    """Whether it is no idiom: "throw up my hands", "threw out"."""
    after = view.words[at + 1 : at + 3]
    return after[:1] == ["up"] and after[1:] not in (["my"], ["your"], ["a"], ["his"], ["her"])


_THEN = frozenset(
    {"at", "in", "on", "and", "last", "this", "yesterday", "today", "twice", "when", "from", "for"}
)
_THEN |= {"after", "cold", "again", "while", "n", "once", "during", "before", "the", "or"}


def _seen(view: View, at: int) -> Words | None:
    """Such as "Sees flashing lights", "hearing voices"."""
    for last in range(at + 1, min(at + 4, len(view.words))):
        if not _close(view, last):
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


def _cannot(view: View, at: int) -> Words | None:
    """What somebody cannot do or does no more: "can't swallow", "won't eat"."""
    words = view.words
    if _of_reader(view, at):
        return None
    for last in range(at + 1, min(at + 5, len(words))):
        word = words[last]
        if not _close(view, last):
            return None
        if word in cues("bodily"):
            return (at, _extent(view, last)) if _bodily(view, at, last) else None
        if word in cues("bodily with more"):
            return _with_more(view, at, last)
        if word not in cues("may stand between"):
            return None
    return None


_READER = frozenset({"you", "u", "we", "they", "if", "please", "your", "us"})
_WEAK = frozenset({"not", "dont", "don't", "no", "didnt", "didn't", "havent", "haven't", "hard"})
_BY_RULE = frozenset(
    {"before", "after", "with", "until", "for", "while", "past", "anything", "or", "b4", "from"}
)
_BY_RULE |= {
    "in",
    "ins",
    "by",
    "alcohol",
    "the",
    "this",
    "that",
    "my",
    "to",
    "home",
    "antes",
    "nada",
}
_BY_RULE |= {"o", "ni", "manana", "hoy", "el", "a", "food", "solid", "desde", "up", "down", "out"}


def _of_reader(view: View, at: int) -> bool:
    """Whether somebody is told what not to do."""
    before = view.words[at - 1] if at else ""
    begins = not at or view.gaps[at].strip() != ""
    return before in _READER or (begins and view.words[at] in _DO_NOT)


_DO_NOT = frozenset({"dont", "don't", "not", "stop"})


def _bodily(view: View, at: int, last: int) -> bool:
    """Whether it is no rule or plan: "not eating before surgery", "no come mañana"."""
    after = view.words[last + 1] if _close(view, last + 1) else ""
    if view.words[at] == "no" or view.words[last] in _SPANISH:
        spanish = last > at + 1 or view.words[last] in _SPANISH
        return spanish and view.words[at] == "no" and after not in _BY_RULE
    if view.words[at] in _WEAK:
        told = view.words[last].endswith("ing") or view.words[at] not in {"not", "no"}
        return told and after not in _BY_RULE
    return after not in {"before", "until", "b4", "with", "after"}


_SPANISH = frozenset({"duerme", "orina", "respira", "come"})


def _with_more(view: View, at: int, last: int) -> Words | None:
    """Such as "Can't keep food down", "can't move my arm", "can't stop shaking"."""
    for after in range(last + 1, min(last + 5, len(view.words))):
        if not _close(view, after):
            return None
        part = bool(view.marks[after] & marks.BODY)
        if view.words[after] in cues("of a body") or (part and after > last + 1):
            ceaseless = view.words[last] == "stop" and not part
            return (after if ceaseless else at), after
        if view.words[after] not in _ITS:
            return None
    return None


_ITS = frozenset({"my", "his", "her", "the", "its", "anything", "any", "food", "fluids", "water"})
_ITS |= {"out", "of", "on", "in", "enough", "liquids", "milk", "it", "meds", "pills", "mi", "su"}
_ITS |= {"el", "la", "left", "right", "both", "more", "nothing", "formula", "a", "to", "full", "up"}


def _bitten(view: View, at: int) -> Words | None:
    """Such as "A cat bit me", "bitten by a tick", "bee sting", "the bite"."""
    words = view.words
    if at and words[at - 1] in cues("animals") and _close(view, at):
        if words[at] in _BIT and words[at + 1 : at + 2] not in _SOMEBODY:
            return None
        return at - 1, _on_a_part(view, at)
    after = words[at + 1 : at + 4]
    if after[:1] in (["by"], ["by"]) or (after[:1] == ["from"]):
        if cues("animals").isdisjoint(after[1:]):
            return None
        return at, at + 2 + (after[1] not in cues("animals"))
    noun = words[at] in _BITES and at and words[at - 1] in _THE
    return (at, _on_a_part(view, at)) if noun else None


_BIT = frozenset({"bit", "stung", "scratched"})
_SOMEBODY: tuple[list[str], ...] = (["me"], ["him"], ["her"], ["us"], ["them"], [])
_BITES = frozenset({"bite", "bites", "sting", "stings", "picadura", "mordida"})
_THE = frozenset({"the", "my", "his", "her", "a", "this", "these", "la", "una", "bug", "some"})


def _on_a_part(view: View, last: int) -> int:
    """The last word, with the part of the body: "dog bite on the hand"."""
    at = last + 1
    if not (_close(view, at) and view.words[at] in _ON):
        return last
    while _close(view, at) and view.words[at] in _ON_THE:
        at += 1
    return at if _close(view, at) and view.marks[at] & marks.BODY else last


_ON = frozenset({"on", "to", "en"})
_ON_THE = _ON | {"the", "my", "his", "her", "left", "right", "el", "la", "lower", "upper"}


def _hurt(view: View, at: int) -> Words | None:
    """Such as "Hit her head", "slammed my finger", "cut my hand"."""
    part = at + 2
    if not (_close(view, at + 1) and view.words[at + 1] in _WHOSE):
        return None
    part += view.words[part : part + 1] in (["left"], ["right"])
    return (at, part) if _close(view, part) and view.marks[part] & marks.BODY else None


_WHOSE = frozenset({"my", "his", "her", "mi", "their"})


def _feels(view: View, at: int) -> Words | None:
    """Such as "Feeling really down"."""
    for last in range(at + 1, min(at + 4, len(view.words))):
        if not _close(view, last):
            return None
        if view.words[last] in _LOW:
            return at, last
        if view.words[last] not in _VERY:
            return None
    return None


_LOW = frozenset({"down", "low", "empty", "hopeless", "awful", "terrible", "weird", "worse", "off"})
_LOW |= {"horrible", "funny", "lousy", "crappy", "worthless", "trapped", "lost", "rough", "hot"}
_LOW |= {"cold", "overwhelmed", "miserable", "woozy", "loopy", "drained", "hyper", "wired"}
_VERY = frozenset({"so", "really", "very", "kinda", "pretty", "a", "bit", "all", "super", "still"})
_VERY |= {"little", "extra", "more", "too", "real", "just", "kind", "of", "super", "even", "much"}


def _uses(view: View, at: int) -> Words | None:
    """Such as "Drinks every night", "drinking again"."""
    after = view.words[at + 1 : at + 3]
    much = after[:1] and (after[0] in _MUCH or tuple(after) in _TOO_MUCH)
    return (at, at) if much and _close(view, at + 1) and not _of_reader(view, at) else None


_MUCH = frozenset({"every", "daily", "again", "heavily", "nightly", "everyday", "hard"})
_TOO_MUCH = frozenset({("too", "much"), ("all", "day"), ("a", "lot"), ("all", "night")})


def _spectrum(view: View, at: int) -> Words | None:
    return (at, at) if at > 1 and view.words[at - 2 : at] == ["on", "the"] else None


Form = Callable[[View, int], Words | None]


@cache
def _forms() -> dict[str, tuple[Form, ...]]:
    found: dict[str, tuple[Form, ...]] = {}
    for form, words in _VERBS:
        for word in words.split():
            found[word] = (*found.get(word, ()), form)
    return found


_CANNOT = (
    "cant can't cannot cnt couldnt couldn't wont won't doesnt doesn't dont don't stopped quit "
    "barely hardly not isnt isn't unable trouble hard struggling havent haven't hasnt hasn't "
    "didnt didn't aint ain't no refuses refusing difficulty stops"
)
_HURTS = (
    "hit bumped slammed smashed jammed cut burned burnt sliced smacked whacked banged crushed "
    "busted twisted rolled stubbed"
)
_DOES = (
    "shaking shakes shivering itch itches itching itchy throwing throw threw puking puke puked "
    "vomiting vomited coughing cough coughed coughs coughin spitting spit peeing pooping crying "
    "sweating limping limps limp wheezing wheezes drooling gagging choking wetting bleeding"
)
_WORSENS = (
    "mood sleep energy memory focus concentration animo memoria libido temper gait walking "
    "motivation"
)
_VERBS: tuple[tuple[Form, str], ...] = (
    (_cannot, _CANNOT),
    (_seen, "sees seeing saw see hears hearing hear veo ve oigo oye"),
    (_bitten, "bit bitten stung scratched bite bites sting stings picadura mordida mordio pico"),
    (_hurt, _HURTS),
    (_uses, "drinks drinking drank smokes smoking vapes using"),
    (_worse, _WORSENS),
    (_does, _DOES),
    (_feels, "feel feeling feels felt feelin"),
    (_out, "passed passing pass blacked"),
    (_spectrum, "spectrum"),
)
_FORMS = _forms()


@cache
def _drunk() -> re.Pattern[str]:
    return re.compile(
        r"(?<![\w$.-])(?:\d{1,2}|two|three|four|five|six|a few|a couple|dos|tres|cuatro|seis)"
        r"(?: more)?(?: (?:of|de))? (?:beers|cervezas|vodkas?|tequilas?|glasses of wine|"
        r"white claws|cocktails|mixed drinks)\b|(?<![\w.-])\d{1,2} ?dpo\b"
    )


@cache
def _due() -> re.Pattern[str]:
    return re.compile(
        r"(?<![\w/.-])\d{1,2} ?(?:wks?|weeks)(?: (?P<told>pregnant|along|preg|prego|gestation)\b)?"
    )


_EXPECTING = frozenset(
    {"spotting", "contractions", "cramping", "water", "baby", "midwife", "prenatal", "bleeding"}
)
_EXPECTING |= {"miscarriage", "pregnant", "ultrasound", "kicks", "ob", "obgyn", "bebe"}
_NOW = ("at ", "im ", "i'm ", "is ", "am ", "she's ", "shes ", "were ", "we're ")


def drunk_or_due(view: View) -> Iterator[tuple[int, int]]:
    """How much somebody drank, and weeks of a pregnancy or days since ovulation."""
    if not view.has_digit:
        return
    if view.said & marks.ILL_VERB:
        for found in _drunk().finditer(view.lower):
            yield found.span()
    if view.said & marks.SAYING:
        yield from _weeks(view)


def _weeks(view: View) -> Iterator[tuple[int, int]]:
    expecting = not _EXPECTING.isdisjoint(view.words)
    for found in _due().finditer(view.lower):
        now = view.lower.endswith(_NOW, 0, found.start())
        if found["told"] or (now and expecting):
            yield found.span()
