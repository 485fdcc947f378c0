"""What is wrong with a text, where, and how to fix it."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

from attrs import frozen

from compliant_sms.choices import Word


class Severity(Word):
    """How bad it is."""

    ERROR = "error"
    """The law, a carrier or the reader stumbles over it."""
    WARNING = "warning"
    """It costs more than it must, or may be misunderstood."""


@frozen(kw_only=True)
class Fix:
    """What to write instead.

    Attributes:
        start: offset of the first character to replace, in code points of the text as given.
        end: offset after the last one; the same as ``start`` if something is missing.
        replacement: what to put there.
    """

    start: int
    end: int
    replacement: str


@frozen(kw_only=True)
class LintFinding:
    """One thing that is wrong. The text itself is not part of it.

    Attributes:
        start: offset of the first character that it is about, in code points of the text as given.
        end: offset after the last one. Something missing concerns the whole text.
        rule: the id of the rule, one of ``LINT_RULES``.
        severity: how bad it is.
        words: the reason, for the writer of the copy.
        source: where the rule comes from.
        remedy: what to do.
        fix: what to write instead, if that is certain.
    """

    start: int
    end: int
    rule: str
    severity: Severity
    words: str
    source: str
    remedy: str
    fix: Fix | None = None


def fixed(text: str, findings: Iterable[LintFinding]) -> str:
    """Apply the fixes of findings to a text. Of two that overlap, the first one counts.

    Args:
        text: the text that the findings are about.
        findings: some or all of them.
    """
    fixes = {finding.fix for finding in findings if finding.fix}
    pieces, at = [], 0
    for fix in sorted(fixes, key=attrgetter("start", "end", "replacement")):
        if fix.start >= at:
            pieces += [text[at : fix.start], fix.replacement]
            at = fix.end
    return "".join([*pieces, text[at:]])
