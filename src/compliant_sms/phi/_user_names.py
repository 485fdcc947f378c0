"""Names and codes with which somebody signs in: 45 CFR 164.514(b)(2)(i)(R)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from compliant_sms.phi import _marks as marks
from compliant_sms.phi._known import Known
from compliant_sms.phi._labels import Confidence, PhiFinding, PhiLabel
from compliant_sms.phi._view import View
from compliant_sms.phi._word_lists import listed

__all__ = ["find_user_names"]


@cache  # compiled at first use, like all patterns here
def _user() -> re.Pattern[str]:
    return re.compile(
        r"\b(?:user\s?(?:name|id)?|log-?in|sign-in|usuario)\b"
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
    """Names under which somebody signs in, where they look like one, and codes of activation.

    Args:
        view: the text.

    Returns:
        findings with offsets in :attr:`View.plain`.
    """
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
        told = "is" in match[0][: -len(name)].split() or ":" in match[0] or "=" in match[0]
        told = told and match[0].startswith("user") and name not in listed("no_user_names")
        if told or "_" in name or any(map(str.isdigit, name)):
            yield match.start("name"), match.start("name") + len(name)


def _finding(start: int, end: int, rule: str) -> PhiFinding:
    return PhiFinding(
        start=start, end=end, label=PhiLabel.OTHER_ID, rule=rule, confidence=Confidence.LIKELY
    )
