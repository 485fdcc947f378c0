"""What the rulebook would say of a text: name, opt-out line, links, content."""

from __future__ import annotations

from collections.abc import Iterator

from compliant_sms.classification import CONSENT_CLASSES, MessageClass, PhraseKind, Purpose
from compliant_sms.lint._copy import Copy
from compliant_sms.lint._finding import Fix, LintFinding, Severity
from compliant_sms.rules import Finding, OptOutShown, Verdict
from compliant_sms.text._opt_out_line import with_opt_out_line


def practice_name_missing(copy: Copy) -> Iterator[LintFinding]:
    """A patient must know who writes. 47 CFR 64.1200(d)(4)."""
    for found in copy.says("practice-name"):
        name = copy.practice.name if copy.practice else ""
        fix = Fix(start=0, end=0, replacement=f"{name}: ")
        yield _whole(copy, found, "practice-name-missing", fix)


def opt_out_line_missing(copy: Copy) -> Iterator[LintFinding]:
    """A text says how to opt out where its purpose asks for that."""
    if (
        copy.readings.opt_out is not OptOutShown.NO
        or copy.decided_as.message_class not in CONSENT_CLASSES
        or not copy.opt_out_line_due
    ):
        return
    end = len(copy.text)
    longer = with_opt_out_line(copy.text, language=copy.readings.language)
    yield LintFinding(
        start=0,
        end=end,
        rule="opt-out-line-missing",
        severity=Severity.ERROR,
        words="It does not say how to opt out, and its purpose asks for that.",
        source="CTIA Messaging Principles (May 2023), 5.1.2.1, 5.1.3",
        remedy="Say it, or leave room: the line is added when the text is sent.",
        fix=Fix(start=end, end=end, replacement=longer[end:]),
    )


def public_shortener(copy: Copy) -> Iterator[LintFinding]:
    """Links go to hosts of the sender's own. CTIA 5.3.2."""
    for link in copy.readings.links:
        for found in copy.says("link-shortener", link):
            if found.verdict is Verdict.BLOCK:
                yield _of(found, "public-shortener", link.start, link.end)


def opt_in_confirmation(copy: Copy) -> Iterator[LintFinding]:
    """The confirmation of an opt-in says five things. CTIA 5.1.2.1."""
    for found in copy.says("opt-in-confirmation"):
        if found.verdict is Verdict.BLOCK:
            yield _whole(copy, found, "opt-in-confirmation-incomplete", None)


def sells_undeclared(copy: Copy) -> Iterator[LintFinding]:
    """What sells goes as a promotion. 47 CFR 64.1200(f)(13)."""
    if not copy.readings.sells or copy.purpose.message_class is MessageClass.MARKETING:
        return
    why = next(copy.says("declared-purpose"), None)
    for phrase in copy.readings.phrases:
        if phrase.kind is PhraseKind.MARKETING:
            yield LintFinding(
                start=phrase.start,
                end=phrase.end,
                rule="sells-undeclared",
                severity=Severity.ERROR,
                words=f"A text for {_kind(copy.purpose)} may not sell ({phrase.rule}).",
                source=why.citation if why else "47 CFR 64.1200(a)(2), (a)(12)",
                remedy="Leave the offer out, or send the text as a promotion.",
            )


def _kind(purpose: Purpose) -> str:
    return purpose.code.replace("_", " ")


def _whole(copy: Copy, found: Finding, rule: str, fix: Fix | None) -> LintFinding:
    return _of(found, rule, 0, len(copy.text), fix)


def _of(found: Finding, rule: str, start: int, end: int, fix: Fix | None = None) -> LintFinding:
    refused = found.verdict is Verdict.BLOCK
    return LintFinding(
        start=start,
        end=end,
        rule=rule,
        severity=Severity.ERROR if refused else Severity.WARNING,
        words=found.words,
        source=found.citation,
        remedy=found.remedy or "Begin the text with the practice's name.",
        fix=fix,
    )
