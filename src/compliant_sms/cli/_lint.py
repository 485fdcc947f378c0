"""What ``compliant-sms lint`` prints: lines, JSON, GitHub annotations or SARIF."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import metadata

from attrs import asdict, frozen

from compliant_sms.cli._lint_input import Unit
from compliant_sms.cli._options import printable
from compliant_sms.lint import LINT_RULES, LintFinding, LintRule


@frozen
class Problem:
    """A finding, with the text that it is about."""

    unit: Unit
    finding: LintFinding

    @property
    def column(self) -> int:
        """The column where it begins, in code points from 1; 1 if the file spells it otherwise."""
        return self.finding.start + 1 if self.unit.verbatim else 1

    @property
    def end_column(self) -> int | None:
        """The column after its end, if there is one."""
        return self.finding.end + 1 if self.unit.verbatim else None


def report(problems: list[Problem], *, form: str) -> None:
    """Print the problems in one of :data:`FORMS`. None of the texts is shown."""
    print(FORMS[form](problems), end="")  # noqa: T201


def _text(problems: list[Problem]) -> str:
    return "".join(f"{line}\n" for each in problems for line in _lines(each))


def _lines(each: Problem) -> Iterator[str]:
    found = each.finding
    place = f"{printable(each.unit.file)}:{each.unit.line}:{each.column}"
    yield f"{place}: {found.severity.value} {found.rule}: {found.words}"
    yield f"    {found.remedy} ({found.source})"
    if found.fix:
        where = f"at {found.fix.start}-{found.fix.end}"
        yield f"    Fix {where}: {json.dumps(found.fix.replacement, ensure_ascii=True)}"


def _json(problems: list[Problem]) -> str:
    findings = [
        {
            "file": each.unit.file,
            "line": each.unit.line,
            "column": each.column,
            **asdict(each.finding),
        }
        for each in problems
    ]
    return json.dumps({"findings": findings}, indent=2) + "\n"


def _github(problems: list[Problem]) -> str:
    """Workflow commands, see "Workflow commands for GitHub Actions"."""
    return "".join(f"{_annotation(each)}\n" for each in problems)


def _annotation(each: Problem) -> str:
    values = {
        "file": each.unit.file,
        "line": each.unit.line,
        "col": each.column,
        "endColumn": each.end_column,
        "title": each.finding.rule,
    }
    properties = ",".join(
        f"{name}={_escaped(str(value), ':,')}" for name, value in values.items() if value
    )
    words = f"{each.finding.words} {each.finding.remedy} ({each.finding.source})"
    return f"::{each.finding.severity.value} {properties}::{_escaped(words)}"


def _escaped(value: str, more: str = "") -> str:
    for character in f"%\r\n{more}":
        value = value.replace(character, f"%{ord(character):02X}")
    return value


def _sarif(problems: list[Problem]) -> str:
    """OASIS SARIF 2.1.0."""
    driver = {
        "name": "compliant-sms",
        "version": metadata.version("compliant-sms"),
        "rules": [_sarif_rule(rule) for rule in LINT_RULES],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each) for each in problems],
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _sarif_rule(rule: LintRule) -> dict[str, object]:
    return {"id": rule.id, "shortDescription": {"text": rule.words}}


def _result(each: Problem) -> dict[str, object]:
    found = each.finding
    result: dict[str, object] = {
        "ruleId": found.rule,
        "ruleIndex": [rule.id for rule in LINT_RULES].index(found.rule),
        "level": found.severity.value,
        "message": {"text": f"{found.words} {found.remedy} ({found.source})"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": _artifact(each),
                    "region": _region(each, found.start, found.end),
                }
            }
        ],
    }
    if found.fix and each.unit.verbatim:
        result["fixes"] = [_fix(each)]
    return result


def _fix(each: Problem) -> dict[str, object]:
    fix = each.finding.fix
    assert fix  # noqa: S101 - asked by the caller
    replacement = {
        "deletedRegion": _region(each, fix.start, fix.end),
        "insertedContent": {"text": fix.replacement},
    }
    change = {"artifactLocation": _artifact(each), "replacements": [replacement]}
    return {"description": {"text": each.finding.remedy}, "artifactChanges": [change]}


def _artifact(each: Problem) -> dict[str, object]:
    from urllib.parse import quote  # noqa: PLC0415 - for SARIF only

    name = "stdin" if each.unit.file == "-" else each.unit.file
    return {"uri": quote(name.replace("\\", "/"))}


def _region(each: Problem, start: int, end: int) -> dict[str, int]:
    if not each.unit.verbatim:
        return {"startLine": each.unit.line}
    line = each.unit.line
    return {"startLine": line, "startColumn": start + 1, "endLine": line, "endColumn": end + 1}


FORMS = {"text": _text, "json": _json, "github": _github, "sarif": _sarif}
"""What prints the findings, by name."""
