"""Everything that is wrong with a template, found when it is defined."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from attrs import frozen

from compliant_sms.lint import LintSettings, Severity, lint
from compliant_sms.phi import ContentTier, Sensitivity, beyond, remedy_of
from compliant_sms.practice import Practice, stand_in
from compliant_sms.rules import read
from compliant_sms.templates._fill import Filled, fill, optional
from compliant_sms.templates._kinds import Choice
from compliant_sms.templates._kinds import Link as LinkKind
from compliant_sms.templates._parts import GIVEN
from compliant_sms.templates._problem import TemplateProblem
from compliant_sms.templates._sender import dialed, sender_name
from compliant_sms.templates._syntax import Node, slots
from compliant_sms.text import Link

if TYPE_CHECKING:
    from compliant_sms.templates._template import Template

STAND_IN = stand_in("Lakeside Clinic", ["practice.example"])
"""The practice to try templates with if none is given."""

# The line is added when the text is sent, if it is due and missing.
_ADDED = frozenset({"opt-out-line-missing"})
# The effect of the letters in a value is shown by segments(), and is nothing to fix.
_OF_VALUES = frozenset({"ucs2-character"})


def _gap(marks: str) -> re.Pattern[str]:
    """Superfluous blanks: two in a row, at an end, before a period or one of these marks."""
    return re.compile(rf"(?<=\S)  +(?=\S)| +(?=[{marks}](?!\w))| +(?=\.(?:\s|$))|^\s+|\s+$")


_GAP, _GAP_IN_FRENCH = _gap(",;?!"), _gap(",")  # French has a blank before the others


@frozen
class Text:
    """One of the texts of a template.

    Attributes:
        language: its language.
        tier: the tier that it is for.
        written: the text as its author wrote it.
        nodes: the parsed text.
    """

    language: str
    tier: ContentTier
    written: str
    nodes: tuple[Node, ...]


def given(practice: Practice) -> Mapping[str, str]:
    """The values that every template has."""
    return {"practice": sender_name(practice), "practice_phone": dialed(practice.phone)}


class _Report:
    def __init__(self, template: Template, text: Text | None = None) -> None:
        self.template, self.text = template, text
        self.found: dict[tuple[str, int | None, str], TemplateProblem] = {}

    def add(
        self,
        rule: str,
        words: str,
        *,
        at: int | None = None,
        remedy: str = "",
        severity: Severity = Severity.ERROR,
    ) -> None:
        problem = TemplateProblem(
            template=self.template.name,
            version=self.template.version,
            language=self.text.language if self.text else "",
            tier=self.text.tier.name.lower() if self.text else "",
            at=at,
            rule=rule,
            severity=severity,
            words=words,
            remedy=remedy,
        )
        # Each sample reports the same again, with other figures.
        key = words if rule in {"variable", "syntax"} else ""
        self.found.setdefault((rule, at, key), problem)


def structure_problems(template: Template) -> Iterator[TemplateProblem]:
    """What is wrong with how a template is written, whatever it says."""
    yield from _of_all(template)
    for text in template.texts:
        report = _Report(template, text)
        for wrong in template.syntax_of(text):
            report.add("syntax", wrong.words, at=wrong.at)
        _known_variables(template, text, report)
        _parts_that_stay(template, text, report)
        _kinds_and_language(template, text, report)
        yield from report.found.values()
        yield from template.own_problems(text)


def _of_all(template: Template) -> Iterator[TemplateProblem]:
    report = _Report(template)
    used = {slot.name for text in template.texts for slot, _ in slots(text.nodes)}
    for variable in template.variables:
        if variable.name not in used:
            report.add("variable", f"{variable.name} is declared and stands in no text.")
    yield from report.found.values()


def _approval(template: Template) -> Iterator[TemplateProblem]:
    report, approved = _Report(template), template.approved
    if approved and approved.fingerprint not in {"", template.fingerprint}:
        report.add(
            "approval",
            "The text is not the one that was approved.",
            remedy="Give the changed text a new version, and have that one approved.",
        )
    yield from report.found.values()


def _known_variables(template: Template, text: Text, report: _Report) -> None:
    known = {*GIVEN, *(each.name for each in template.variables)}
    for slot, _ in slots(text.nodes):
        if slot.name not in known:
            report.add(
                "variable", f"{{{slot.name}}} is no variable of the template.", at=slot.start
            )


def _parts_that_stay(template: Template, text: Text, report: _Report) -> None:
    for part, names in optional(text.nodes):
        if names and not names & template.optional:
            report.add(
                "syntax",
                "A part that may be left out never is: what it holds is needed elsewhere.",
                at=part.start,
            )


def _kinds_and_language(template: Template, text: Text, report: _Report) -> None:
    for slot, _ in slots(text.nodes):
        variable = template.variable(slot.name)
        if variable is None:
            continue
        kind, tongue = variable.kind, text.language
        lacking = isinstance(kind, Choice) and kind.lacks(tongue)
        if lacking or (kind.languages is not None and tongue not in kind.languages):
            report.add("variable", f"{slot.name} cannot be written in {tongue}.", at=slot.start)
        special = template.purpose.sensitivity is not Sensitivity.GENERAL
        if variable.tier > (ContentTier.MINIMUM if special else text.tier):
            report.add(
                "content-tier",
                f"{slot.name} may bring what a {text.tier.name.lower()} text may not tell.",
                at=slot.start,
                remedy="Use it in the detail text of ordinary care only.",
            )


def content_problems(
    template: Template, practice: Practice, settings: LintSettings
) -> Iterator[TemplateProblem]:
    """What is wrong with what a template says, tried with extreme values."""
    yield from _approval(template)
    for text in template.texts:
        report = _Report(template, text)
        for filled in _tried(template, text, practice):
            _lint(template, filled, practice, settings, report)
            _read(template, filled, practice, report)
            _gaps(filled, report)
        yield from report.found.values()


def _tried(template: Template, text: Text, practice: Practice) -> Iterable[Filled]:
    """The text with each sample of each variable, with and without its optional parts."""
    own = given(practice)
    samples = {v.name: v.kind.samples(text.language) for v in template.variables}
    most = max(map(len, samples.values()), default=1)

    def sample(turn: int) -> Callable[[str], str]:
        return lambda name: own[name] if name in own else samples[name][turn % len(samples[name])]

    every = {*own, *samples}
    made = [fill(text.nodes, every, sample(turn)) for turn in range(most)]
    if template.optional:
        few: Collection[str] = every - template.optional
        made += [fill(text.nodes, few, sample(turn)) for turn in range(most)]
        made += [fill(text.nodes, {*few, each}, sample(0)) for each in sorted(template.optional)]
    return {filled.text: filled for filled in made}.values()


def _lint(
    template: Template, filled: Filled, practice: Practice, settings: LintSettings, report: _Report
) -> None:
    ignore = _ADDED | template.not_asked
    found = lint(filled.text, template.purpose, practice=practice, settings=settings, ignore=ignore)
    for each in found:
        if each.rule in _OF_VALUES and filled.variables(each.start, each.end):
            continue
        report.add(
            each.rule,
            each.words,
            at=filled.source(each.start),
            remedy=each.remedy,
            severity=each.severity,
        )


def _read(template: Template, filled: Filled, practice: Practice, report: _Report) -> None:
    assert report.text is not None  # noqa: S101 - made for one text
    readings, tier = read(filled.text, practice), report.text.tier
    for each in beyond(readings.phi, tier, template.purpose.sensitivity):
        report.add(
            "content-tier",
            f"A {tier.name.lower()} text may not tell {each.label}.",
            at=filled.source(each.start),
            remedy=remedy_of(each),
        )
    for link in readings.links:
        for name in half_links(template, filled, link):
            report.add(
                "half-link",
                f"{name} is a piece of a link, so that a value decides where it leads.",
                at=filled.source(link.start),
                remedy="Take the whole link as a variable of the kind link.",
            )


def half_links(template: Template, filled: Filled, link: Link) -> Iterator[str]:
    """The variables whose value is a piece of a link, not a whole link."""
    for name in filled.variables(link.start, link.end):
        variable = template.variable(name)
        whole = len(filled.variables(link.start, link.end)) == 1 and filled.holds(name, link)
        if variable and not (isinstance(variable.kind, LinkKind) and whole):
            yield name


def _gaps(filled: Filled, report: _Report) -> None:
    assert report.text is not None  # noqa: S101 - made for one text
    for gap in (_GAP_IN_FRENCH if report.text.language == "fr" else _GAP).finditer(filled.text):
        report.add(
            "gap",
            "A blank too many is left where a part is left out.",
            at=filled.source(gap.start()),
            remedy="Put the blank into the part.",
            severity=Severity.WARNING,
        )
