"""What is wrong with a template, and where."""

from __future__ import annotations

from attrs import frozen

from compliant_sms.lint import Severity


@frozen(kw_only=True)
class TemplateProblem:
    """One thing that is wrong with a template.

    Attributes:
        template: the template's name.
        version: which version.
        language: in which language; empty if it concerns the whole template.
        tier: ``"minimum"`` or ``"detail"``; empty if it concerns the whole template.
        at: offset in the text as its author wrote it, in code points; None if it has no position.
        rule: which rule found it; a rule of :func:`compliant_sms.lint.lint`, or the template's.
        severity: an error makes the template unusable; a warning does not.
        words: the reason.
        remedy: what to do; empty if the reason says it.
    """

    template: str
    version: int
    language: str = ""
    tier: str = ""
    at: int | None = None
    rule: str
    severity: Severity = Severity.ERROR
    words: str
    remedy: str = ""

    def __str__(self) -> str:
        body = f", {self.language} {self.tier}" if self.language else ""
        place = "" if self.at is None else f", character {self.at + 1}"
        what = f"{self.words} {self.remedy}".strip()
        return f"{self.template} {self.version}{body}{place}: {self.severity} {self.rule}: {what}"
