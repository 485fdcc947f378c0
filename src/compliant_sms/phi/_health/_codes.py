"""Codes of diagnoses and of services.

Forms: ICD-10-CM, CPT and HCPCS (45 CFR 162.1002), CDT for dental services. A code of three or five
characters alone could be anything: it counts when the text says that it is one.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cache

from compliant_sms.phi._audience._health_terms import found_at
from compliant_sms.phi._known import Known
from compliant_sms.phi._labels import PhiFinding, PhiLabel
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words import _marks as marks


@cache
def _lettered() -> re.Pattern[str]:
    """With a letter before the figures: "F33.1", "E11", "D2740"."""
    return re.compile(
        r"(?:(?P<point>[A-Za-z]\d[0-9A-Za-z]\.[0-9A-Za-z]{1,4})|(?P<three>[A-Z]\d{2})"
        r"|(?P<service>[A-EGHJLPQRSTV]\d{4}))(?![\w@-]|\.\w)"
    )


@cache
def _plain() -> re.Pattern[str]:
    """Five figures, and what one modifies them by: "99213-25"."""
    return re.compile(r"\d{4}[\da-z](?:-\w{2})?(?![\w@-])")


_LEAST, _MOST = 4, 5
_NO_CODE_AFTER = frozenset("_./@#-")
_CODE_AFTER = frozenset(" #:(+/,&")
_VITAMINS = frozenset({"B12", "B1", "B6", "D3", "D2"})
_PLACES = ("room ", "rm ", "gate ", "lot ", "deck ", "suite ", "ste ", "unit ", "apt ", "level ")
_FAR = 40
_AT_SERVICE = frozenset({"cpt", "hcpcs", "cdt", "ada"})


def find_codes(view: View, known: Known) -> Iterable[PhiFinding]:  # noqa: ARG001 - one form
    """Where a text holds a code of a diagnosis or of a service."""
    if not view.has_digit:
        return ()
    cue = bool(view.said & marks.CODE_CUE)
    found = [
        finding
        for start, _ in view.figures
        if start and view.plain[start - 1].isalpha()
        if (finding := _with_letter(view, start - 1, cue=cue))
    ]
    if cue and not _AT_SERVICE.isdisjoint(view.words):
        found += _services(view)
    elif cue:
        found += _billed(view)
    if " for " in view.lower and view.longest >= _MOST:
        found += _orders(view)
    return found


def _with_letter(view: View, at: int, *, cue: bool) -> PhiFinding | None:
    before = view.plain[at - 1] if at else " "
    if before.isalnum() or before in _NO_CODE_AFTER:
        return None
    matched = _lettered().match(view.plain, at)
    if matched is None or view.lower.endswith(_PLACES, 0, at):
        return None
    if matched["point"]:
        return found_at(matched.span(), PhiLabel.CONDITION, "code/icd-10")
    if matched["service"]:
        told = cue or view.lower.endswith(("for ", "send ", "("), 0, at)
        return found_at(matched.span(), PhiLabel.PROCEDURE, "code/hcpcs") if told else None
    if cue and matched[0] not in _VITAMINS:
        return found_at(matched.span(), PhiLabel.CONDITION, "code/icd-10-category")
    return None


def _services(view: View) -> Iterator[PhiFinding]:
    """Figures near "CPT": "CPT 99214 + 36415"."""
    near = [view.ends[at] for at, word in enumerate(view.words) if word in _AT_SERVICE]
    for start, end in view.figures:
        if not _LEAST <= end - start <= _MOST or view.lower[start - 1] not in _CODE_AFTER:
            continue
        at = bisect_left(near, start)
        if at and start <= near[at - 1] + _FAR and (matched := _plain().match(view.lower, start)):
            yield found_at(matched.span(), PhiLabel.PROCEDURE, "code/service")


_BILLED = (
    "plus ",
    "estimate for ",
    "billed me ",
    "billed for ",
    "billed ",
    "code ",
    "codes ",
    "code: ",
    "charged me ",
    "codigo ",
)
_BILLING = frozenset(
    {
        "procedure",
        "procedures",
        "claim",
        "denied",
        "billed",
        "covered",
        "insurance",
        "charged",
        "estimate",
        "bill",
        "factura",
    }
)


@cache
def _ordered() -> re.Pattern[str]:
    """What is ordered or to be authorized, by codes of CPT: "order for 93306 faxed"."""
    code = r"(?:0[01]|[1-9]\d)\d{3}(?:-\w\w)?"
    after = (
        r"(?=[.,;)]|$| (?:and|with|was|were|is|are|in|has|faxed|sent|placed|approved|denied"
        r"|signed)\b)"
    )
    return re.compile(
        rf"\b(?:order|orders|referral|auth|authorization|requisition) for (?P<all>{code})"
        rf"(?: (?:and|&|\+) (?P<more>{code}))?{after}"
    )


def _orders(view: View) -> Iterator[PhiFinding]:
    for found in _ordered().finditer(view.lower):
        for part in ("all", "more"):
            if found[part]:
                yield found_at(found.span(part), PhiLabel.PROCEDURE, "code/service")


def _billed(view: View) -> Iterator[PhiFinding]:
    """Five figures that a bill is about: "they billed me 99214"."""
    if _BILLING.isdisjoint(view.words):
        return
    for start, end in view.figures:
        told = end - start == _MOST and view.lower.endswith(_BILLED, 0, start)
        if told and (matched := _plain().match(view.lower, start)):
            yield found_at(matched.span(), PhiLabel.PROCEDURE, "code/service")
