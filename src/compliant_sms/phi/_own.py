"""What belongs to the practice itself: it is nobody's information, but it can tell of care."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from attrs import evolve

from compliant_sms.phi._known import OwnFacts
from compliant_sms.phi._labels import OWN_NAME, PhiFinding, PhiLabel
from compliant_sms.phi._tiers import ContentTier, everyday_care, tier_of
from compliant_sms.phi._view import View
from compliant_sms.phi._written import Span, bare, numbers, phrase, words_of

__all__ = ["without_own"]


_FEWEST_DIGITS = 7
_NUMBERED = frozenset({PhiLabel.PHONE, PhiLabel.FAX})
_AFTER_HOST = frozenset({"", "/", "?", "#", " ", "\n", ".", ",", ")"})
_BEFORE_HOST = frozenset({"", "http://", "https://", "www.", "http://www.", "https://www.", "("})


def without_own(view: View, found: Iterable[PhiFinding], own: OwnFacts) -> list[PhiFinding]:
    """The findings that are left when those of the practice itself are taken away.

    A word in its name or a link that gives away the kind of care stays ("Lakeside Oncology",
    ``/hiv-clinic``), and so does what a link of its own tells of the patient.

    Args:
        view: the text.
        found: what was found, with the offsets of :attr:`View.plain`.
        own: what belongs to the practice.
    """
    names = [span for name in own.names for span in phrase(view, _words(name))]
    links = _own_links(view, own.hosts) if own.hosts else []
    others = [span for address in own.addresses for span in phrase(view, _words(address))]
    if any(finding.label in _NUMBERED for finding in found):
        others += _own_numbers(view, own.phones)
    left: list[PhiFinding] = []
    for finding in found:
        hint = finding.label is PhiLabel.SPECIALTY_HINT
        if hint and _inside(finding, names):
            left.append(_of_own_name(view, finding))
        elif hint or not (
            _inside(finding, [*names, *others])
            or (_inside(finding, links) and not _tells_of_patient(finding))
        ):
            left.append(finding)
    return left


def _inside(finding: PhiFinding, places: Iterable[tuple[int, int]]) -> bool:
    return any(start <= finding.start and finding.end <= end for start, end in places)


def _of_own_name(view: View, hint: PhiFinding) -> PhiFinding:
    words = view.lower[hint.start : hint.end].split()
    everyday = everyday_care().issuperset(words)
    return evolve(hint, rule=OWN_NAME + ("everyday" if everyday else "telling"))


def _tells_of_patient(finding: PhiFinding) -> bool:
    if finding.label in {PhiLabel.URL, PhiLabel.PROVIDER_NAME}:
        return finding.label is PhiLabel.URL  # only a link with a token or a name is found at all
    known = finding.rule.startswith("known/")
    return known or tier_of(finding.label, finding.rule) is ContentTier.NEVER


@lru_cache(maxsize=256)
def _words(text: str) -> list[str]:
    return words_of(text)


def _own_links(view: View, hosts: Iterable[str]) -> list[Span]:
    """Links to a host of the practice, from their scheme to their end."""
    text, found = view.lower, []
    for host in filter(None, hosts):
        start = text.find(host.lower())
        while start >= 0:
            end = start + len(host)
            if text[end : end + 1] in _AFTER_HOST:
                while end < len(text) and not text[end].isspace():
                    end += 1
                begin = max(text.rfind(" ", 0, start), text.rfind("\n", 0, start)) + 1
                if text[begin:start] in _BEFORE_HOST:
                    found.append((begin, end))
            start = text.find(host.lower(), end)
    return found


def _own_numbers(view: View, phones: Iterable[str]) -> list[Span]:
    """Telephone numbers of the practice, however they are written."""
    own = {digits[-10:] for phone in phones if len(digits := bare(phone)) >= _FEWEST_DIGITS}
    return [
        (max(0, start - 2), end) for (start, end), figures in numbers(view) if figures[-10:] in own
    ]
