"""Answers to what we asked: what YES, C, 1 or a thumb means depends on our own last text.

What our text names ("Reply 1 to confirm, 2 to reschedule") is read out of it; how people answer
without those words is data (``data/answers-*.toml``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from compliant_sms.optout._intents import Told, documents, told
from compliant_sms.optout._intents_words import Spoken
from compliant_sms.optout._reading import Assent, Awaiting, Intent
from compliant_sms.phrases import Found, PhraseRule, fold, parse
from compliant_sms.phrases._scanning import Scanner

_FILES = {Awaiting.CONFIRM: "answers-confirm.toml", Awaiting.OPT_IN: "answers-opt-in.toml"}
_ASSENTS = {"plain-yes": Assent.PLAIN, "yes": Assent.IN_OTHER_WORDS}
_YES = "yes"
_LONGEST_PROMPT = 2000
_WEIGHT = 14  # above every phrase, below two that agree on something else

_MEANINGS = {
    "confirm": Intent.CONFIRM,
    "keep": Intent.CONFIRM,
    "accept": Intent.CONFIRM,
    "resched": Intent.RESCHEDULE,
    "rebook": Intent.RESCHEDULE,
    "change": Intent.RESCHEDULE,
    "move": Intent.RESCHEDULE,
    "reprogram": Intent.RESCHEDULE,
    "reagend": Intent.RESCHEDULE,
    "cambiar": Intent.RESCHEDULE,
    "report": Intent.RESCHEDULE,
    "cancel": Intent.CANCEL_APPOINTMENT,
    "annul": Intent.CANCEL_APPOINTMENT,
    "decline": Intent.CANCEL_APPOINTMENT,
    "receive": Intent.OPT_IN,
    "agree": Intent.OPT_IN,
    "opt in": Intent.OPT_IN,
    "subscribe": Intent.OPT_IN,
    "recibir": Intent.OPT_IN,
    "join": Intent.OPT_IN,
}
_MEANING = "|".join(sorted(_MEANINGS, key=len, reverse=True))
_LINK = r"[\"')\]]?\s{0,3}(?:to|for|if you want to|para|pour|=|-|:|\))\s{0,3}(?:you )?"
_TOKEN_FIRST = re.compile(rf"(?<![\w.])([a-z]{{1,12}}|\d{{1,2}}){_LINK}({_MEANING})")
_TOKEN_LAST = re.compile(
    rf"\b(?:to|para|pour) ({_MEANING})[a-z]{{0,10}}(?: [a-z]{{1,12}}){{0,3}}[,:]?"
    r" (?:please )?(?:reply|text|press|send|type|enter|responda|envie|repondez)"
    r"(?: with| back| con)? [\"'(]?([a-z]{1,12}|\d{1,2})\b"
)
# Words that stand before "to confirm" without being what is to be sent.
_NO_TOKENS = frozenset(
    [
        "us",
        "back",
        "need",
        "call",
        "like",
        "want",
        "please",
        "have",
        "able",
        "way",
        "tap",
        "click",
        "here",
        "link",
        "order",
        "not",
        "appointment",
        "visit",
        "number",
        "office",
        "reply",
        "text",
        "respond",
        "yet",
        "time",
        "sure",
        "going",
        "it",
        "you",
    ]
)
_FIGURES = {"1": "one uno un", "2": "two dos deux", "3": "three tres trois", "4": "four cuatro"}
_FIGURE_OF = {word: figure for figure, words in _FIGURES.items() for word in words.split()}

_HEAD = re.compile(
    r"(?:(?:i|reply|text|press|option|opcion|number|choose|pick|yes|si|#) ){0,2}(\w{1,12})\b"
)
# After a lone letter or figure these make it something else: "2 pm works", "y do you ask".
_NOT_AFTER_FIGURE = re.compile(
    r" {0,3}(?:am|pm|o|oclock|of|more|days?|weeks?|months?|years?|hours?|minutes|kids?|people|mg|"
    r"pills?|refills?|times?|is (?:too|better)|works|would|appointments?|and a half|or|to \d|th"
    r"|\d{1,2} \d{1,2})\b"
)
_PARTED = re.compile(r"\W{0,8}\w\s?[.,!;:]")
_NOT_AFTER_LETTER = re.compile(r" {0,3}(?:you|we|they|the|do|did|are|is|am|there|u|not|or)\b")
_SOUNDS = frozenset("ry")
"""Letters that stand for a word: "r we late", where "c we are on our way" confirms."""
_AFTER_A_SOUND = re.compile(r" {0,3}(?:we|they)\b")


def named_in(prompt: str) -> Mapping[str, Intent]:
    """What our own text asks to be sent, and what it means.

    Args:
        prompt: our last text; empty when nothing is open.

    Returns:
        Words or figures in small letters, such as ``{"c": Intent.CONFIRM}``.
    """
    return _named_in(prompt[:_LONGEST_PROMPT]) if prompt else {}


@lru_cache(maxsize=256)
def _named_in(prompt: str) -> Mapping[str, Intent]:
    text = fold(prompt).text
    pairs = [(match[1], match[2]) for match in _TOKEN_FIRST.finditer(text)]
    pairs += [(match[2], match[1]) for match in _TOKEN_LAST.finditer(text)]
    return {token: _MEANINGS[meaning] for token, meaning in pairs if token not in _NO_TOKENS}


# What most reminders name, for who does not tell which of our texts it was.
_USUAL = {"c": Intent.CONFIRM, "1": Intent.CONFIRM, "r": Intent.RESCHEDULE}


def asked(awaiting: Awaiting | None, named: Mapping[str, Intent]) -> Awaiting | None:
    """What is open: as told, or else what our text asks for."""
    if awaiting is not None or not named:
        return awaiting
    return Awaiting.OPT_IN if Intent.OPT_IN in named.values() else Awaiting.CONFIRM


def answers(
    heard: str, spoken: Spoken, asked: Awaiting | None, named: Mapping[str, Intent]
) -> list[Told]:
    """What a text says as an answer, with weights like those of phrases."""
    if asked is None:
        return []
    found = told(spoken, _scanner(asked)) if asked in _FILES else []
    if asked is Awaiting.OPT_IN:
        found += _in_their_place(spoken, named)
    usual = _USUAL if asked is Awaiting.CONFIRM else {}
    token = _token(heard, named or usual)
    return [token, *found] if token else found


def assent_of(decided: Told) -> Assent | None:
    """How a text agrees to texts by what decided; None where it does not, or says more."""
    rule = decided.rule
    return _ASSENTS.get(rule.id) if rule.file == _FILES[Awaiting.OPT_IN] else None


def _in_their_place(spoken: Spoken, named: Mapping[str, Intent]) -> list[Told]:
    """What a text says where the words that our text named stand for yes."""
    words = [_FIGURE_OF.get(word, word) for word in spoken.text.split()]
    said = "".join(f" {_YES if named.get(word) is Intent.OPT_IN else word}" for word in words)
    if said == spoken.text:
        return []
    found = told(Spoken(spoken.heard, said, set(said.split())), _scanner(Awaiting.OPT_IN))
    return [Found(0, 1, each.rule) for each in found]


def _token(heard: str, named: Mapping[str, Intent]) -> Told | None:
    """A named word or figure that begins the text."""
    words = _plain(heard)
    head = _HEAD.match(words)
    while head is not None:
        word = _FIGURE_OF.get(head[1], head[1])
        word = word if word in named else _stuttered(word, named)
        if word in named and not _continued(heard, word, words[head.end() :]):
            return Found(0, 1, _named(named[word]))
        head = None
    return None


def _plain(heard: str) -> str:
    """The beginning of a text, letters and figures only, look-alikes in Latin letters."""
    return " ".join(re.findall(r"\w+", heard[:80].translate(_LOOK_ALIKES)))


_LOOK_ALIKES = str.maketrans("\u0441\u0443\u0440\u0430\u0435\u043e\u0445", "cypaeox")


def _stuttered(word: str, named: Mapping[str, Intent]) -> str:
    """A token typed twice, or with a letter behind it: "cc", "rs"."""
    if len(word) == 2 and word[0] in named and word[1] in {word[0], "s"}:
        return word[0]
    return word


def _continued(heard: str, word: str, rest: str) -> bool:
    """Whether what follows makes it something else; a comma parts a letter from its question."""
    if not word.isdigit() and (len(word) > 1 or _PARTED.match(heard)):
        return False
    if word not in _SOUNDS and _AFTER_A_SOUND.match(rest):
        return False
    more = _NOT_AFTER_FIGURE if word.isdigit() else _NOT_AFTER_LETTER
    return more.match(rest) is not None


@cache
def _named(intent: Intent) -> PhraseRule[Intent]:
    return PhraseRule(
        id="named", says=intent, words="", why="our own text named it", weight=_WEIGHT, groups={}
    )


@cache
def _scanner(asked: Awaiting) -> Scanner[Intent]:
    return Scanner.of(parse(documents(_FILES[asked]), Intent).rules)
