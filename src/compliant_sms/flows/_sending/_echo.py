"""Leaving out of a provider's words what they repeat of the text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from attrs import evolve

from compliant_sms.messages import Message
from compliant_sms.phrases import fold
from compliant_sms.providers import Attempt, Problem

_WORD = re.compile(r"\w+")
_HIDDEN = "[…]"
_NO_CODE = "none"
# A shorter one inside of another word is chance.
_LONG_ENOUGH = 4
# What errors are written with. Whoever reads one of these learns nothing of the text.
_THEIRS = frozenset(
    _WORD.findall(
        """
        a about account address after again all already an and are as at be been before blocked
        body but by can cannot carrier code contact content could country day days delivered
        delivery description destination did does error expired failed for from has have if in
        invalid is it keyword later length limit long many maximum message messages minutes
        missing more must no not number of on one only opted or out parameter permission
        permitted phone please queue rate reach reached received recipient refused rejected
        reply reports request required seconds send sender sent service short sms status stop
        system temporarily text than that the this to today too try type unable unknown until up
        use valid was we were when will with wrong you your
        """
    )
)


def without_echo(result: Attempt, message: Message) -> Attempt:
    """What came of a request, in words that repeat nothing of its text."""
    return evolve(result, problem=without_words(result.problem, message))


def without_words(problem: Problem | None, message: Message | None) -> Problem | None:
    """A problem in words that repeat nothing of the text that it is about.

    Args:
        problem: what the provider told.
        message: the text; None where nobody knows it, and then the provider's own words are left
            out altogether. So they are where the text was purged.
    """
    if problem is None or not (problem.said or _tells(problem.code)):
        return problem
    if message is None or message.purged is not None:
        return evolve(problem, said="")
    ours = {fold(word).text for word in _WORD.findall(message.body)} - _THEIRS
    code = problem.code
    if _tells(code) and _hidden(code, ours) != code:
        words = problem.words.replace(code, _HIDDEN)
        problem = evolve(problem, code=_NO_CODE, words=words)
    return evolve(problem, said=_hidden(problem.said, ours))


def _tells(code: str) -> bool:
    """Whether a code is words, so that it could be the text's."""
    return not code.isdecimal()


def _hidden(said: str, ours: Iterable[str]) -> str:
    longer = [word for word in ours if len(word) >= _LONG_ENOUGH]

    def hide(found: re.Match[str]) -> str:
        word = fold(found[0]).text
        repeats = word in ours or any(part in word for part in longer)
        # The provider's words may break off in the middle of one of ours.
        breaks_off = found.end() == len(said) and any(each.startswith(word) for each in longer)
        return _HIDDEN if repeats or (breaks_off and word not in _THEIRS) else found[0]

    return _WORD.sub(hide, said)
