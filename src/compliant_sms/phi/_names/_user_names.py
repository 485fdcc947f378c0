"""Names and codes with which somebody signs in: 45 CFR 164.514(b)(2)(i)(R)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from compliant_sms.phi._known import Known
from compliant_sms.phi._labels import Confidence, PhiFinding, PhiLabel
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words import _marks as marks
from compliant_sms.phi._words._word_lists import listed

_WORDS = marks.COMMON | marks.NO_NAME | marks.HARDLY_NAME | marks.LINK | marks.NAMING


@cache  # compiled at first use, like all patterns here
def _user() -> re.Pattern[str]:
    return re.compile(
        r"\b(?:(?P<named>user\s?(?:name|id)|usuario|(?:screen|portal|mychart|profile|account)\s?name|handle)|user|log-?in|sign-in"
        r"|(?:signed|logged|log|sign)[ -](?:in|on) (?:as|with))\b"
        r"(?:\s?(?:is|es|:|=|#|-|was|name|for)(?!\w)){0,3}\s{0,2}"
        r"[\"']?(?P<name>(?!user|usuario)[a-z][\w.-]{2,31})"
    )


@cache
def _code() -> re.Pattern[str]:
    """Letters in capitals; with figures among them it is a number of record."""
    return re.compile(
        r"(?i:activation|enrollment|invitation|activacion)(?: (?i:code|key|codigo))?"
        r"(?i: is| es)?:? "
        r"(?P<code>[A-Z]{3,8}(?:-[A-Z]{3,8}){1,4}|[A-Z]{6,16})(?![\w-])"
    )


def find_user_names(view: View, _known: Known) -> Iterable[PhiFinding]:
    """Names under which somebody signs in, where they look like one, and codes of activation."""
    if not view.said & marks.CONTACT_CUE or listed("sign_in").isdisjoint(view.words):
        return ()
    codes = [match.span("code") for match in _code().finditer(view.plain)]
    return [
        *(_finding(start, end, "record/activation") for start, end in codes),
        *(_finding(start, end, "record/user-name") for start, end in _names(view)),
    ]


def _names(view: View) -> Iterator[tuple[int, int]]:
    for match in _user().finditer(view.lower):
        name = match["name"].rstrip(".-")
        start = match.start("name")
        if _is_built(name) or (match["named"] and _is_told(view, match, name)):
            yield start, start + len(name)


def _is_built(name: str) -> bool:
    """Whether no word is written so: ``d_moss``, ``dmoss88``, ``d.moss``."""
    return "_" in name or "." in name or any(map(str.isdigit, name))


def _is_told(view: View, match: re.Match[str], name: str) -> bool:
    """Whether the words say that it is one, or it is no word at all."""
    if name in listed("no_user_names"):
        return False
    said = match[0][: -len(name)]
    mark = view.marks[view.word_at(match.start("name"))]
    return "is" in said.split() or ":" in said or "=" in said or not mark & _WORDS


def _finding(start: int, end: int, rule: str) -> PhiFinding:
    return PhiFinding(
        start=start, end=end, label=PhiLabel.OTHER_ID, rule=rule, confidence=Confidence.LIKELY
    )
