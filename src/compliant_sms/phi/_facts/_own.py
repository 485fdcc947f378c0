"""What belongs to the practice itself: it is nobody's information, but it can tell of care."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve

from compliant_sms.phi._facts._known_addresses import own_addresses, own_towns
from compliant_sms.phi._facts._own_words import is_everyday, is_name, is_protected, tells_in_link
from compliant_sms.phi._known import OwnFacts
from compliant_sms.phi._labels import HEALTH_LABELS, OWN_NAME, PhiFinding, PhiLabel
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._reading._written import Span, bare, numbers, own_words, phrase
from compliant_sms.phi._words._marks import GIVEN, SURNAME

_FEWEST_DIGITS = 7
_NUMBERED = frozenset({PhiLabel.PHONE, PhiLabel.FAX})
_AFTER_HOST = frozenset({"", "/", "?", "#", " ", "\n", ".", ",", ")"})
_BEFORE_HOST = frozenset({"", "http://", "https://", "www.", "http://www.", "https://www.", "("})


def without_own(view: View, found: Iterable[PhiFinding], own: OwnFacts) -> list[PhiFinding]:
    """The findings that are left when those of the practice itself are taken away.

    A word in its name or a link that gives away the kind of care stays ("Lakeside Oncology",
    "Lakeside Methadone", ``/hiv-clinic``, ``/refill/suboxone``), and so does what a link of its
    own tells of the patient. In a name such a word is a hint, whatever it is elsewhere.

    Args:
        view: the text.
        found: what was found, with the offsets of :attr:`View.plain` and the care of each.
        own: what belongs to the practice.
    """
    names = [span for name in own.names for span in phrase(view, own_words(name))]
    links = _own_links(view, own.hosts) if own.hosts else []
    others = [span for address in own.addresses for span in own_addresses(view, address)]
    towns = [span for address in own.addresses for span in own_towns(view, address)]
    if any(finding.label in _NUMBERED for finding in found):
        others += _own_numbers(view, own.phones)
    left: list[PhiFinding] = []
    for finding in found:
        if _inside(finding, names):
            if _tells_in_name(view, finding):
                left.append(_of_own_name(view, finding))
        elif _inside(finding, links):
            if tells_in_link(view, finding):
                left.append(finding)
        # Many towns are called like people. Who lives in one is told as a place.
        elif finding.label is PhiLabel.SPECIALTY_HINT or not (
            _inside(finding, others)
            or (finding.label is not PhiLabel.GEO and _inside(finding, towns))
        ):
            left.append(finding)
    return left


def _inside(finding: PhiFinding, places: Iterable[tuple[int, int]]) -> bool:
    return any(start <= finding.start and finding.end <= end for start, end in places)


def _of_own_name(view: View, telling: PhiFinding) -> PhiFinding:
    rule = OWN_NAME + ("everyday" if is_everyday(view, telling) else "telling")
    return evolve(telling, label=PhiLabel.SPECIALTY_HINT, rule=rule)


def _tells_in_name(view: View, finding: PhiFinding) -> bool:
    """Whether a word of the practice's name tells of care: no result, and nobody's name."""
    if finding.label not in HEALTH_LABELS:
        return False
    if finding.label is PhiLabel.SPECIALTY_HINT or is_protected(finding):
        return True
    return finding.label is not PhiLabel.TEST_RESULT and not is_name(view, finding, GIVEN | SURNAME)


def _own_links(view: View, hosts: Iterable[str]) -> list[Span]:
    """Links to a host of the practice, from their scheme to their end."""
    text, found = view.lower, []
    for host in filter(None, hosts):
        start = text.find(host.lower())
        while start >= 0:
            end = start + len(host)
            if text[end : end + 1] in _AFTER_HOST and not _goes_on(text, end):
                while end < len(text) and not text[end].isspace():
                    end += 1
                begin = max(text.rfind(" ", 0, start), text.rfind("\n", 0, start)) + 1
                if text[begin:start] in _BEFORE_HOST:
                    found.append((begin, end))
            start = text.find(host.lower(), end)
    return found


def _goes_on(text: str, end: int) -> bool:
    """Whether a host is longer than it seems: "lakeside.example.org" is somebody else's."""
    return text[end : end + 1] == "." and text[end + 1 : end + 2].isalnum()


def _own_numbers(view: View, phones: Iterable[str]) -> list[Span]:
    """Telephone numbers of the practice, however they are written."""
    own = {digits[-10:] for phone in phones if len(digits := bare(phone)) >= _FEWEST_DIGITS}
    return [
        (max(0, start - 2), end) for (start, end), figures in numbers(view) if figures[-10:] in own
    ]
