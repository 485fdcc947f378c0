"""Putting values into a template, and everything that refuses one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from compliant_sms import phi
from compliant_sms.errors import CannotRender
from compliant_sms.lint import lint
from compliant_sms.practice import Practice
from compliant_sms.rules import read
from compliant_sms.rules._read import own_facts
from compliant_sms.templates._check import Text, given, half_links
from compliant_sms.templates._fill import Filled, fill, half_given
from compliant_sms.templates._kinds import Setting
from compliant_sms.templates._parts import Variable
from compliant_sms.templates._values import Refused

if TYPE_CHECKING:
    from compliant_sms.templates._template import Template

# Rules that were checked when the template was made, or that concern letters alone.
_NOT_OF_VALUES = frozenset(
    {
        "opt-out-line-missing",
        "practice-name-missing",
        "opt-in-confirmation-incomplete",
        "ucs2-character",
        "too-many-segments",
    }
)


def filled(template: Template, text: Text, values: Mapping[str, object], practice: Practice) -> str:
    """One text of a template with its values.

    Raises:
        CannotRender: see :meth:`Template.render`.
    """
    texts, problems = _written(template, text, values, practice)
    problems += _half_given(template, text, texts)
    if problems:
        raise CannotRender(problems)
    known = {**given(practice), **texts}
    whole = fill(text.nodes, known.keys(), known.__getitem__)
    problems = [*_in_context(template, text, whole, practice)]
    if problems:
        raise CannotRender(problems)
    return whole.text


def _written(
    template: Template, text: Text, values: Mapping[str, object], practice: Practice
) -> tuple[dict[str, str], list[str]]:
    names = [each.name for each in template.variables]
    problems = []
    # The name is not shown: somebody may have passed a record in place of values.
    if values.keys() - {*names}:
        has = ", ".join(names) or "none"
        problems.append(f"a value is for no variable of {template.name}; its variables: {has}")
    texts: dict[str, str] = {}
    for variable in template.variables:
        value = values.get(variable.name)
        if value is None:
            if variable.name not in template.optional:
                problems.append(f"{variable.name} is missing")
            continue
        try:
            texts[variable.name] = _value(
                variable, value, Setting(practice=practice, language=text.language)
            )
        except Refused as why:
            problems.append(f"{variable.name} {why}")
    return texts, problems


def _value(variable: Variable, value: object, setting: Setting) -> str:
    written = variable.kind.written(value, setting)
    found = phi.find(variable.kind.in_words(written), phi.Known(own=own_facts(setting.practice)))
    beyond = sorted({each.label for each in found} - variable.labels)
    if beyond:
        msg = f"brings {', '.join(beyond)}, which its variable may not"
        raise Refused(msg)
    return written


def _half_given(template: Template, text: Text, texts: Mapping[str, str]) -> list[str]:
    return [
        f"{', '.join(sorted(lacks))} is missing beside {', '.join(sorted(has))}; give all that "
        "stands in a part, or none"
        for has, lacks in half_given(text.nodes, template.optional, texts)
    ]


def _in_context(template: Template, text: Text, whole: Filled, practice: Practice) -> Iterator[str]:
    """Problems that a value causes together with the words around it."""
    readings = read(whole.text, practice)
    sensitivity = template.purpose.sensitivity
    for each in phi.beyond(readings.phi, text.tier, sensitivity):
        by = _by(whole, each.start, each.end)
        tier = text.tier.name.lower()
        yield f"{by} tells {each.label}, more than a {tier} text may. {phi.remedy_of(each)}".strip()
    for link in readings.links:
        for name in half_links(template, whole, link):
            yield f"{name} becomes a link with what stands beside it"
    ignore = _NOT_OF_VALUES | template.not_asked
    for found in lint(whole.text, template.purpose, practice=practice, ignore=ignore):
        for name in whole.variables(found.start, found.end):
            yield f"{name}: {found.words} ({found.rule})"


def _by(whole: Filled, start: int, end: int) -> str:
    return ", ".join(whole.variables(start, end)) or "the text"
