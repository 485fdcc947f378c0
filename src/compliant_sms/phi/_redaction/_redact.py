"""Redaction for uses other than texts to the patient: logs, exports, support tickets."""

from __future__ import annotations

import re
from collections.abc import Iterable

from attrs import field, frozen

from compliant_sms.phi._find import find
from compliant_sms.phi._known import NOTHING_KNOWN, Known
from compliant_sms.phi._labels import Direction, PhiFinding, PhiLabel
from compliant_sms.phi._redaction._ids import ids_in
from compliant_sms.phi._redaction._placeholders import Placeholders, is_placeholder, round_for
from compliant_sms.phi._redaction._strict import find_strictly, unescaped, unframed, united

# Classes of exceptions are written as names are, and nobody is called that.
_EXCEPTION = re.compile(r"[A-Z][a-z]\w*(?:Error|Exception|Warning)", re.ASCII)


@frozen
class Redaction:
    """A text from which identifiers and health details were removed. It holds none of them.

    Attributes:
        text: the text with placeholders. No repr shows it.
        findings: what was removed; offsets are those of the text as given.
    """

    text: str = field(repr=False)
    findings: tuple[PhiFinding, ...] = ()


class Redactor:
    """Redacts related texts, with the same placeholder for a value in all of them.

    It remembers the values for that, so keep it no longer than the texts that it is for.

    Args:
        known: what is already known about the patient and the practice.
        labels: the labels to redact; None for all.
        keep: the labels among them not to redact.
        strict: also redact every number of seven or more digits and every email address, even the
            practice's own, and look through what programs write around values.

    Raises:
        InvalidInput: there is no such label.
    """

    def __init__(
        self,
        known: Known = NOTHING_KNOWN,
        *,
        labels: Iterable[PhiLabel] | None = None,
        keep: Iterable[PhiLabel] = (),
        strict: bool = False,
    ) -> None:
        chosen = map(PhiLabel, PhiLabel if labels is None else labels)
        self._labels = frozenset(chosen) - frozenset(map(PhiLabel, keep))
        self._known = known
        self._strict = strict
        self._placeholders = Placeholders()

    def redact(self, text: str, *, direction: Direction | str | None = None) -> Redaction:
        """Redact one of the texts, as :func:`redact` does.

        Args:
            text: any text.
            direction: as for :func:`~compliant_sms.phi.find`.

        Raises:
            InvalidInput: there is no such direction.
        """
        findings = self._findings(text, direction)
        if not findings:
            return Redaction(text)
        round_ = round_for(text)
        parts: list[str] = []
        at = 0
        for finding in findings:
            parts += text[at : finding.start], self._placeholders.name(finding, text, round_)
            at = finding.end
        return Redaction("".join([*parts, text[at:]]), tuple(findings))

    def _findings(self, text: str, direction: Direction | str | None) -> list[PhiFinding]:
        everything = list(find(text, self._known, direction=direction))
        for free in self._readings(text):
            everything = united(
                everything, list(find(free, self._known, direction=direction, escaped=True))
            )
        found = [f for f in everything if f.label in self._labels]
        if self._strict:
            kept = [f for f in everything if f.label not in self._labels]
            found = united(found, self._strictly(text, kept))
        ids = ids_in(text) if self._strict else []
        return [
            f
            for f in found
            if not _is_no_value(text, f)
            and not any(start <= f.start and f.end <= end for start, end in ids)
        ]

    def _readings(self, text: str) -> list[str]:
        """The text without what programs write around values, and without the program itself."""
        readings: list[str] = []
        for told in (text, unframed(text)) if self._strict else ():
            free = unescaped(told)
            if free not in {text, *readings}:
                readings.append(free)
        return readings

    def _strictly(self, text: str, kept: list[PhiFinding]) -> list[PhiFinding]:
        """What the form alone gives away and nobody asked to keep."""
        inside = {place for finding in kept for place in range(finding.start, finding.end)}
        return [
            f
            for f in find_strictly(text)
            if f.label in self._labels and not inside.issuperset(range(f.start, f.end))
        ]


def _is_no_value(text: str, finding: PhiFinding) -> bool:
    return is_placeholder(text, finding.start, finding.end) or bool(
        _EXCEPTION.fullmatch(text, finding.start, finding.end)
    )


def redact(
    text: str,
    known: Known = NOTHING_KNOWN,
    *,
    labels: Iterable[PhiLabel] | None = None,
    keep: Iterable[PhiLabel] = (),
    strict: bool = False,
    direction: Direction | str | None = None,
) -> Redaction:
    """Replace what is found in a text by typed placeholders: ``[NAME-1]``, ``[DATE-2]``.

    The same value has the same placeholder throughout, whatever its case, spacing or disguise. If
    the text already has something like a placeholder, new ones are marked as of a later round:
    ``[2:NAME-1]``. What an earlier redaction left is not redacted again. The values cannot be
    restored; for that see :func:`redact_reversibly`.

    This is not de-identification under 45 CFR 164.514(b): what no recognizer finds stays.

    Args:
        text: any text.
        known: what is already known about the patient and the practice.
        labels: the labels to redact; None for all, names of clinicians too.
        keep: the labels among them not to redact.
        strict: for logs: also redact every number of seven or more digits and every email address,
            even the practice's own, and look through what programs write around values.
        direction: as for :func:`~compliant_sms.phi.find`.

    Raises:
        InvalidInput: there is no such label or direction.
    """
    redactor = Redactor(known, labels=labels, keep=keep, strict=strict)
    return redactor.redact(text, direction=direction)
