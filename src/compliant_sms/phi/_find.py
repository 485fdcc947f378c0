"""The recognizers, and what they find together."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import attrgetter

from attrs import evolve

from compliant_sms.phi._dates._ages import find_ages
from compliant_sms.phi._dates._recognizer import find_dates
from compliant_sms.phi._facts._known_facts import find_known_facts
from compliant_sms.phi._facts._own import without_own
from compliant_sms.phi._health._codes import find_codes
from compliant_sms.phi._health._conditions import find_conditions
from compliant_sms.phi._health._medications import find_medications
from compliant_sms.phi._health._procedures import find_procedures
from compliant_sms.phi._health._results import find_results
from compliant_sms.phi._health._specialties import find_specialties
from compliant_sms.phi._known import NOTHING_KNOWN, Known
from compliant_sms.phi._labels import Confidence, Direction, PhiFinding, PhiLabel
from compliant_sms.phi._names._recognizer import find_names
from compliant_sms.phi._names._user_names import find_user_names
from compliant_sms.phi._numbers._contact import find_emails, find_ips
from compliant_sms.phi._numbers._links import find_urls
from compliant_sms.phi._numbers._phones import find_phones
from compliant_sms.phi._numbers._record_forms import find_photos, find_record_forms
from compliant_sms.phi._numbers._record_numbers import find_record_numbers
from compliant_sms.phi._numbers._ssn import find_ssn
from compliant_sms.phi._places._recognizer import find_geo
from compliant_sms.phi._reading._escapes import decoded, end_in
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._reading._voice import told
from compliant_sms.phi._weighing import with_care, with_links_told
from compliant_sms.phi._words import _marks as marks

Recognizer = Callable[[View, Known], Iterable[PhiFinding]]
"""Finds one kind of thing in a text, by what is known beforehand; offsets in :attr:`View.plain`."""

RECOGNIZERS: tuple[Recognizer, ...] = (
    find_known_facts,
    find_ssn,
    find_record_forms,
    find_photos,
    find_record_numbers,
    find_user_names,
    find_emails,
    find_urls,
    find_ips,
    find_phones,
    find_dates,
    find_ages,
    find_geo,
    find_names,
    find_medications,
    find_results,
    find_procedures,
    find_codes,
    find_conditions,
    find_specialties,
)
"""All recognizers. Of two that see the same place equally surely, the earlier one names it."""

_ALWAYS, _PATIENT = 1 << 58, 1 << 59  # bits that no word has
_TERMS = marks.HEALTH | marks.A1C
_NEEDS: Mapping[Recognizer, int] = {
    find_known_facts: _PATIENT,
    find_ssn: marks.FIGURE | marks.SOCIAL,
    find_record_forms: marks.FIGURE,
    find_photos: marks.CONTACT_CUE,
    find_record_numbers: marks.FIGURE,
    find_user_names: marks.CONTACT_CUE,
    find_ips: marks.FIGURE,
    find_phones: marks.FIGURE | marks.CAR_OR_DIGIT,
    find_dates: marks.FIGURE | marks.DATE_WORD | marks.BIRTH | marks.NOT_ASCII,
    find_ages: marks.FIGURE | marks.BIRTH | marks.AGE_WORD,
    find_names: marks.SOMEBODY | marks.NOT_ASCII,
    find_medications: _TERMS | marks.SHORT_NAME,
    find_procedures: _TERMS | marks.SHORT_NAME,
    find_codes: marks.FIGURE,
    find_conditions: _TERMS | marks.ILL_VERB | marks.SAYING,
    find_specialties: _TERMS,
}
"""What a text must have one of, or a recognizer finds nothing there; none for those not listed."""
_NEEDED = tuple((_NEEDS.get(recognize, _ALWAYS), recognize) for recognize in RECOGNIZERS)
_NAME = PhiLabel.NAME
_START = attrgetter("start")
_SPAN = attrgetter("start", "end")
_RANK = {Confidence.CERTAIN: 0, Confidence.LIKELY: 1, Confidence.HINT: 2}


def find(
    text: str,
    known: Known = NOTHING_KNOWN,
    *,
    direction: Direction | str | None = None,
    escaped: bool = False,
) -> tuple[PhiFinding, ...]:
    r"""Return everything that the recognizers find, in the order of the text. No two overlap.

    Args:
        text: any text. Disguises such as full-width digits, HTML entities or invisible characters
            do not hide anything; offsets are those of the text as given.
        known: what is already known about the patient and the practice. What belongs to the
            practice itself is not a finding, except for words in its name or links that give away
            the kind of care.
        direction: the direction of the text, if known: ``outbound`` from the practice to a
            patient, ``inbound`` to the practice. Inbound settles whose a name at the end, a
            phone number or an address is; outbound only what the practice says about itself,
            because what may be a patient's must not leave. By default the words of the text decide.
        escaped: read ``\u00e9``, ``\xc3\xa9`` and ``%C3%A9`` as the character that they stand for,
            as in JSON, Python literals and URLs. Offsets stay those of the text as given.

    Raises:
        InvalidInput: there is no such direction.
    """
    if escaped:
        text = decoded(text)
    view = View(text, None if direction is None else told(text, direction))
    said = view.said | _ALWAYS
    if known.patient is not None:
        said |= _PATIENT
    found: list[PhiFinding] = []
    for needs, recognize in _NEEDED:
        if said & needs:
            found += recognize(view, known)
    found = with_care(view, found)
    if found and known.own is not None:
        found = without_own(view, found, known.own)
    if not found:
        return ()
    chosen = _resolved(found) if len(found) > 1 else found
    linked = with_links_told(chosen, found)
    placed = linked if view.is_as_given else _placed(linked, view)
    return tuple(_in_full(placed, text) if escaped else placed)


def _resolved(found: list[PhiFinding]) -> list[PhiFinding]:
    """The findings that stand where several overlap: the surest, then the longest."""
    placed = sorted(found, key=_START)
    until = 0
    for start, end in map(_SPAN, placed):
        if start < until:
            break
        until = end
    else:
        return placed
    order = sorted(found, key=lambda f: (_RANK[f.confidence], f.start - f.end))
    starts: list[int] = []
    chosen: list[PhiFinding] = []
    for finding in order:
        at = bisect_left(starts, finding.start)
        before_ends = at == 0 or chosen[at - 1].end <= finding.start
        if before_ends and (at == len(starts) or finding.end <= starts[at]):
            starts.insert(at, finding.start)
            chosen.insert(at, finding)
        elif finding.label is _NAME and before_ends and _goes_on_behind(chosen, at, finding):
            starts[at] = finding.start
            chosen[at] = evolve(chosen[at], start=finding.start, end=finding.end)
    return chosen


def _goes_on_behind(chosen: list[PhiFinding], at: int, longer: PhiFinding) -> bool:
    """Whether a surer name is only a part of a longer one: "Bilal" of "Umm Bilal"."""
    inner = chosen[at]
    alone = at + 1 == len(chosen) or longer.end <= chosen[at + 1].start
    return inner.label is _NAME and inner.end <= longer.end and alone


def _placed(findings: Iterable[PhiFinding], view: View) -> Iterator[PhiFinding]:
    """The findings with offsets of the text as given, where one sign can read as several."""
    until = 0
    for finding in findings:
        start, end = view.place(finding.start, finding.end)
        start = max(start, until)
        if start < end:
            until = end
            same = start == finding.start and end == finding.end
            yield finding if same else evolve(finding, start=start, end=end)


def _in_full(findings: Iterable[PhiFinding], text: str) -> Iterator[PhiFinding]:
    """The findings, each to the end of the escape that its last character was written as."""
    for finding in findings:
        end = end_in(text, finding.end)
        yield finding if end == finding.end else evolve(finding, end=end)
