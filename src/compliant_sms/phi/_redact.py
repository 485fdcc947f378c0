"""Redaction for other uses than a text to the patient: logs, exports, support tickets."""

from __future__ import annotations

import re
from collections.abc import Iterable

from attrs import field, frozen

from compliant_sms.phi._find import find
from compliant_sms.phi._known import NOTHING_KNOWN, Known
from compliant_sms.phi._labels import Direction, PhiFinding, PhiLabel
from compliant_sms.phi._placeholders import Placeholders, is_placeholder, round_for
from compliant_sms.phi._strict import find_strictly, unescaped, united

# Classes of exceptions are written as names are, and nobody is called that.
_EXCEPTION = re.compile(r"[A-Z][a-z]\w*(?:Error|Exception|Warning)", re.ASCII)


@frozen
class Redaction:
    """A text without what identifies and what tells about health. It holds none of that.

    Attributes:
        text: the text with placeholders. No repr shows it.
        findings: what was taken out; offsets are those of the text as given.
    """

    text: str = field(repr=False)
    findings: tuple[PhiFinding, ...] = ()


class Redactor:
    """Redacts several texts that belong together; a value has one placeholder in all of them.

    It remembers the values to that end, so keep it no longer than the texts that it is for.

    Args:
        known: what is known of the patient and of the practice beforehand.
        labels: what to redact; None for all labels.
        keep: what to leave of that.
        strict: also every number of seven or more digits and every mail address, whoever owns
            them: the practice's own as well; and through what programs write around values.

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
        """One of the texts, as :func:`redact` does it.

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
        if self._strict and (free := unescaped(text)) != text:
            everything = united(
                everything, list(find(free, self._known, direction=direction, escaped=True))
            )
        found = [f for f in everything if f.label in self._labels]
        if self._strict:
            kept = [f for f in everything if f.label not in self._labels]
            found = united(found, self._strictly(text, kept))
        return [f for f in found if not _is_no_value(text, f)]

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
    """The text with typed placeholders where something was found: ``[NAME-1]``, ``[DATE-2]``.

    The same value has the same placeholder throughout, whatever its case, spacing or disguise.
    Where the text holds something that looks like a placeholder, ours say that they are of a
    later round: ``[2:NAME-1]``. What an earlier redaction left is not redacted again. The values
    cannot be had back; see :func:`redact_reversibly`.

    This is no de-identification by 45 CFR 164.514(b): what no recognizer finds stays.

    Args:
        text: any text.
        known: what is known of the patient and of the practice beforehand.
        labels: what to redact; None for all labels, names of clinicians too.
        keep: what to leave of that.
        strict: also every number of seven or more digits and every mail address, whoever owns
            them: the practice's own as well; and through what programs write around values.
            For logs.
        direction: as for :func:`~compliant_sms.phi.find`.

    Raises:
        InvalidInput: there is no such label or direction.
    """
    redactor = Redactor(known, labels=labels, keep=keep, strict=strict)
    return redactor.redact(text, direction=direction)
