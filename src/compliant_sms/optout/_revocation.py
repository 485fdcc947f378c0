"""Whether a patient's text asks for no more texts, and which.

47 CFR 64.1200(a)(10): a keyword revokes, and so does any wording that a reasonable person takes
as a request to stop. The phrases are data (``data/revocation-*.toml``); here is the grammar around
them: what denies them, what asks instead of telling, and what sets a limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from attrs import evolve

from compliant_sms.consent import Category
from compliant_sms.optout._framed import author_of, own_parts
from compliant_sms.optout._heard import Heard, hear
from compliant_sms.optout._keywords import Reserved, may_be_keyword, understood_word
from compliant_sms.optout._of_one import is_of_one
from compliant_sms.optout._reading import Author, Awaiting, Certainty, Revocation
from compliant_sms.optout._revocation_forms import formed, may_be_formed
from compliant_sms.optout._revocation_rules import Rule, RuleBook, Says, rulebook
from compliant_sms.optout._scope import limits, scope_answer
from compliant_sms.phrases import Found, matches, search

_Found: TypeAlias = Found[Says]

_MOST_OF_A_KEYWORD = 6
"""Words, with what entities and signs leave of themselves."""
_MOST_OF_A_HINT = 22
"""Different words: who only hints at it writes little."""
_LONGEST_HINT = 180
"""Code points of such a text, as it is read."""
_BEFORE = 70
"""Code points before a phrase in which something can deny it."""
_A_WORD = re.compile(r"[^\W\d_]{3}")
_CLAUSE_END = re.compile(r"[.!?;\n]")
# A word that carriers take, in their own letters; not where it asks for something to be stopped.
_CAPITALS = re.compile(
    r"\s{0,9}(STOP)\b(?!\s{0,9}[?/])(?!\s{1,9}(?:\w{1,20}ing|the|by|at|and|or)\b).{0,80}[a-z]",
    re.DOTALL,
)
_CAPITALS_RULE = "keyword:in-capitals"
# The first sentence or line of a text, and the last.
_FIRST = re.compile(r"\W{0,9}([^\n.!?\"\u201c\u00ab>]{1,60})[\n.!?\"\u201c\u00ab>]")
_LAST = re.compile(r"[\n.!?\"\u201d\u00bb]\s{0,9}([^\n.!?\"\u201d\u00bb]{1,60})\W{0,9}\Z")
# What says of itself that a machine answers is no quote of ours: no text of ours begins so.
_LABELLED = re.compile(r"\W{0,6}auto(?:mat(?:ic|ed))?[- ]?(?:reply|respon(?:se|der))\b")
_OF_ONESELF = re.compile(r"\b(?:me|my|i)\b")
_SCRIPTS = re.compile(
    r"[\u0590-\u06ff\u0900-\u097f\u0400-\u04ff\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff]"
)
# "Stop! I'm so happy": an outcry rather than a wish, as long as nothing says what it is about.
_SO = r"(?:(?:so|just|too|really|very|literally|actually|such|the|a) ){0,3}"
_DELIGHTED = re.compile(
    r"(?:(?:omg|lol|aw{1,4})[\s,!]{1,3})?stop(?: it)?[\s!.,]{1,6}"
    rf"(?:(?:i ?'?m|i am|we ?'?re|we are) {_SO}(?:happy|excited|thrilled|glad|pleased|proud"
    r"|overjoyed|crying|speechless|shook|screaming)"
    rf"|(?:that ?'?s|this is|you ?'?re) {_SO}(?:amazing|awesome|wonderful|fantastic|incredible"
    r"|hilarious|great news|best news|good news)"
    r"|(?:the )?best news(?: ever)?|i can ?'?t believe (?:it|this)|(?:i )?love (?:it|this)"
    r"|omg|wow|yay)"
    r"(?: (?:right now|for you|for us|rn))?[\s!.\U0001f000-\U0001faff]{0,12}(?:\Z|[!.\n])"
)
_WHEN = re.compile(
    r"(?:\s{1,3}(?:me|us|here|this number|texts|these|messages))?\s{1,3}"
    r"(?:(?:at|after|before|during|while|when|until|till|between|past|on)\s{1,3}"
    r"(?!(?:all|this|my|the)\b)(?!please)\w|(?:at|on|during) (?:my )?(?:work|job|the job)\b"
    r"|(?:while|when) i|so (?:early|late|often|much)|this (?:early|late)|in the (?:morning|middle))"
)


def read_revocation(body: str, *, awaiting: Awaiting | None = None) -> Revocation | None:
    """Where a text asks that texts stop, whatever else it says.

    Takes time in proportion to the length of the text.

    Args:
        body: the text as it arrived.
        awaiting: what was last asked of the number and is not answered yet.

    Returns:
        The revocation, certain or unsure, with the rule that found it; None when the text holds
        none, and for whatever no person wrote.

    Raises:
        ConfigurationError: a packaged file is damaged.
    """
    heard = hear(body)
    framed = author_of(heard)
    if framed is None:
        return find_revocation(heard, awaiting)
    author, rule = framed
    if parts := own_parts(heard, rule):
        own = (_moved(read_revocation(body[start:end]), start) for start, end in parts)
        return next(filter(None, own), None)
    return None if author is Author.REACTION else stop_beside(heard)


def _moved(found: Revocation | None, by: int) -> Revocation | None:
    return found and evolve(found, start=found.start + by, end=found.end + by)


def stop_beside(heard: Heard) -> Revocation | None:
    """The wish to stop that begins or ends a text that looks like a robot's or a carrier's.

    Whoever quotes our text, or sends ready-made words of their phone along, may mean it: texts
    stop, and a person looks at it.
    """
    if _LABELLED.match(heard.text):
        return None
    for edge in filter(None, (_FIRST.match(heard.given), _LAST.search(heard.given))):
        part = hear(edge[1])
        found = None if author_of(part) else _by_word(part) or _by_own_words(part)
        if found is not None:
            return _moved(evolve(found, certainty=Certainty.UNSURE), edge.start(1))
    return None


def _by_own_words(part: Heard) -> Revocation | None:
    """What somebody says of themselves: a robot says "you" and "we"."""
    found = _by_phrase(part, None) if _OF_ONESELF.search(part.text) else None
    return found if found and found.certainty is Certainty.CERTAIN else None


def find_revocation(heard: Heard, awaiting: Awaiting | None = None) -> Revocation | None:
    """The revocation in a text that a person wrote; see :func:`read_revocation`."""
    found = _by_word(heard) or _by_answer(heard, awaiting) or _by_phrase(heard, awaiting)
    return found or _by_capitals(heard)


def _by_word(heard: Heard) -> Revocation | None:
    given = heard.given
    if len(heard.words) > _MOST_OF_A_KEYWORD:
        return None
    if given.isascii() and "&" not in given and not may_be_keyword(heard.words):
        return None
    word = understood_word(given)
    if word is None and len(heard.text) < 40 and heard.text != given:
        word = understood_word(heard.text)
    if word is None or word.reserved is not Reserved.STOP:
        return None
    return Revocation(start=0, end=len(given), rule=word.rule)


def _by_answer(heard: Heard, awaiting: Awaiting | None) -> Revocation | None:
    if awaiting is Awaiting.SCOPE:
        return scope_answer(heard)
    if awaiting is Awaiting.OPT_IN:
        rules = rulebook().others[Says.REFUSES].rules_for(heard.words)
        for one in search(heard.text, rules, heard.words):
            return _revocation(heard, one, Certainty.CERTAIN)
    return None


def _by_phrase(heard: Heard, awaiting: Awaiting | None) -> Revocation | None:
    book = rulebook()
    rules = book.index.rules_for(heard.words)
    if len(heard.words) <= _MOST_OF_A_HINT and len(heard.text) <= _LONGEST_HINT:
        rules |= book.hints.rules_for(heard.words)
    if not heard.words:
        rules = set(book.wordless)
    if not heard.text.isascii() and _SCRIPTS.search(heard.text):
        rules |= set(book.script)
    if not rules and not may_be_formed(heard):
        return None
    text = _own_words(heard, book)
    found = _found(text or heard.text, heard.words, rules)
    meant = list(_judged(text or heard.text, _heeded(found, awaiting), book))
    if not text:
        meant = [one for one in meant if one[0].start == 0]
    if not meant and text:
        meant = list(_judged(text, _heeded(formed(heard, text), awaiting), book))
    if not meant or _regretted(text, heard, book):
        return None
    return _told(heard, text or heard.text, meant)


def _by_capitals(heard: Heard) -> Revocation | None:
    """A text in small letters that begins with STOP may mean it, whatever else it says."""
    begun = _CAPITALS.match(heard.given)
    if begun is None:
        return None
    book = rulebook()
    text = _own_words(heard, book)
    if not text.lstrip().startswith("stop") or _regretted(text, heard, book):
        return None
    start, end = begun.span(1)
    return Revocation(start=start, end=end, rule=_CAPITALS_RULE, certainty=Certainty.UNSURE)


def _own_words(heard: Heard, book: RuleBook) -> str:
    """The text with quotes of our own opt-out line blanked out; empty when nothing else is left."""
    text = heard.text
    for rule in book.others[Says.FOOTER].rules_for(heard.words):
        for one in matches(rule, heard.text, heard.words):
            text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    return text if text is heard.text or _A_WORD.search(text) else ""


def _found(text: str, words: set[str], rules: Iterable[Rule]) -> Iterator[_Found]:
    return (one for rule in rules for one in matches(rule, text, words))


def _heeded(found: Iterable[_Found], awaiting: Awaiting | None) -> Iterator[_Found]:
    """Those that count: what may be an answer is one while a question of ours is open."""
    return (one for one in found if awaiting is None or one.rule.says is not Says.ALONE)


def _judged(
    text: str, found: Iterable[_Found], book: RuleBook
) -> Iterator[tuple[_Found, Certainty]]:
    for one in found:
        certainty = _certainty(text, one, book)
        if certainty:
            yield one, certainty


def _certainty(text: str, one: _Found, book: RuleBook) -> Certainty | None:
    """How sure a phrase is, by what stands before and after it; None when it is not meant."""
    window = _CLAUSE_END.split(text[max(0, one.start - _BEFORE) : one.start])[-1]
    if _ends(window, book.before[Says.NEGATED]):
        return None
    if _ends(window, book.before[Says.ASKED]):
        return Certainty.UNSURE
    if _ends(window, book.before[Says.SUPPOSED]):
        return None
    if one.rule.says is not Says.CERTAIN or _WHEN.match(text, one.end):
        return Certainty.UNSURE
    if _DELIGHTED.match(text, one.start):
        return Certainty.UNSURE
    return Certainty.CERTAIN


def _ends(window: str, rules: Iterable[Rule]) -> bool:
    return any(
        rule.finder.search(window) and not (rule.exception and rule.exception.search(window))
        for rule in rules
    )


def _regretted(text: str, heard: Heard, book: RuleBook) -> bool:
    regrets = book.others[Says.REGRETS].rules_for(heard.words)
    return any(matches(rule, text, heard.words) for rule in regrets)


def _told(heard: Heard, text: str, meant: list[tuple[_Found, Certainty]]) -> Revocation:
    """The surest and first of them, and what limits them all: to kinds of text, or to a person."""
    sure = [one for one in meant if one[1] is Certainty.CERTAIN] or meant
    first, certainty = min(sure, key=_by_place)
    limited, categories = limits(text, heard.words, [one for one, _ in sure])
    if not limited and is_of_one(text, [one for one, _ in sure]):
        certainty = Certainty.UNSURE
    return _revocation(heard, first, certainty, limited=limited, categories=categories)


def _by_place(one: tuple[_Found, Certainty]) -> tuple[int, int, str, str]:
    found = one[0]
    return found.start, -found.end, found.rule.id, found.rule.file


def _revocation(
    heard: Heard,
    one: _Found,
    certainty: Certainty,
    *,
    limited: bool = False,
    categories: frozenset[Category] = frozenset(),
) -> Revocation:
    start, end = heard.place(one.start, one.end)
    return Revocation(
        start=start,
        end=end,
        rule=rulebook().name(one.rule),
        certainty=certainty,
        limited=limited,
        categories=categories,
    )
