"""What a word tells in the practice's own name, and in a link to its own host."""

from __future__ import annotations

import re
from functools import cache

from compliant_sms.phi._labels import HEALTH_LABELS, PhiFinding, PhiLabel, Sensitivity
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._reading._written import words_of
from compliant_sms.phi._tiers import ContentTier, everyday_care, tier_of
from compliant_sms.phi._words._marks import GIVEN, SURNAME

_FARTHEST = 64  # signs of a token that are looked at before a word and behind it
_LONGEST_DRAWN = 4  # a longer word is in no token between two hyphens
_DOCTOR = "dr"


def tells_in_link(view: View, finding: PhiFinding) -> bool:
    """Whether a part of a link tells of the patient or of care, not only who works there.

    Args:
        view: the text.
        finding: in a link to a host of the practice, with offsets of :attr:`View.plain`.
    """
    if finding.label in {PhiLabel.URL, PhiLabel.PROVIDER_NAME}:
        return finding.label is PhiLabel.URL  # only a link with a token or a name is found at all
    if finding.label in HEALTH_LABELS:
        before, after = _around(view.plain, finding)
        if _is_by_chance(finding, before, after):
            return False
        return is_protected(finding) or not (
            is_everyday(view, finding) or _is_colleague(view, finding, before)
        )
    known = finding.rule.startswith("known/")
    return known or tier_of(finding.label, finding.rule) is ContentTier.NEVER


def is_protected(finding: PhiFinding) -> bool:
    """Whether a finding gives away specially protected care."""
    return finding.sensitivity is not Sensitivity.GENERAL


def is_everyday(view: View, finding: PhiFinding) -> bool:
    """Whether a finding tells of care alone that everybody needs: "Flu Shots", "covid-19"."""
    words = view.words[view.word_at(finding.start) : view.word_at(finding.end)]
    everyday = everyday_care()
    return bool(words) and (everyday.issuperset(words) or " ".join(words) in everyday)


def is_name(view: View, finding: PhiFinding, names: int) -> bool:
    """Whether people are called by all words of a finding: "Burns Medical Group".

    Args:
        view: the text.
        finding: with offsets of :attr:`View.plain`.
        names: the marks of such names.
    """
    words = view.marks[view.word_at(finding.start) : view.word_at(finding.end)]
    return bool(words) and all(mark & names for mark in words)


def _is_colleague(view: View, finding: PhiFinding, before: str) -> bool:
    """Whether somebody is called so: "/bios/dr-ana-ng" is about no test for antibodies."""
    if finding.label is PhiLabel.SPECIALTY_HINT:
        return False
    behind_title = _DOCTOR in words_of(before)[-2:]
    return is_name(view, finding, GIVEN | SURNAME if behind_title else GIVEN)


@cache
def _edges() -> re.Pattern[str]:
    return re.compile(r"[\s/?#&=]")


@cache
def _drawn() -> re.Pattern[str]:
    """Letters, figures and capitals in turns, as in tokens and not in "8mg" or "covid19"."""
    letter = r"[^\W\d_]"
    return re.compile(rf"{letter}\d+{letter}|\d{letter}+\d|[a-z][A-Z][a-z][A-Z]")


def _around(text: str, finding: PhiFinding) -> tuple[str, str]:
    """What stands before and behind a finding in its part of the path or of the query."""
    before = text[max(0, finding.start - _FARTHEST) : finding.start]
    after = text[finding.end : finding.end + _FARTHEST]
    return _edges().split(before)[-1], _edges().split(after, maxsplit=1)[0]


def _is_by_chance(finding: PhiFinding, before: str, after: str) -> bool:
    """Whether a term is random signs: figures touch it, or a short one has such beside it."""
    if before[-1:].isalnum() or after[:1].isalnum():
        return True
    is_short = finding.end - finding.start <= _LONGEST_DRAWN
    return is_short and any(map(_drawn().search, (before, after)))
