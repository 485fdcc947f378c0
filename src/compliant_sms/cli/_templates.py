"""What ``compliant-sms templates`` prints."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from attrs import asdict, field, frozen
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from compliant_sms.cli._options import utf8
from compliant_sms.errors import InvalidTemplate
from compliant_sms.lint import LintSettings, Severity
from compliant_sms.practice import Practice
from compliant_sms.templates import CannedReply, Catalogue, Template, starter


@frozen(kw_only=True)
class Asked:
    """What is checked, and how.

    Attributes:
        files: of templates; none for those of the library.
        practice: who sends them; None for a made-up one.
        against: the file as it was.
        price: of a segment; None where nobody asks what texts cost.
        max_segments: a text of more is warned of.
    """

    files: tuple[Path, ...]
    practice: Practice | None
    against: Path | None
    price: Decimal | None
    max_segments: int


@frozen(kw_only=True)
class Row:
    """One text."""

    template: str
    version: int
    state: str
    language: str
    tier: str
    least: int
    most: int
    cost: str


@frozen
class Report:
    """What was found."""

    rows: list[Row] = field(factory=list)
    errors: list[str] = field(factory=list)
    warnings: list[str] = field(factory=list)


def catalogue_of(file: Path | None) -> Catalogue:
    """The templates of a file; those of the library, if there is none.

    Raises:
        InvalidTemplate: something is wrong with them.
    """
    if file is None:
        return starter()
    return Catalogue.parse(utf8(file.read_bytes(), "FILE"), str(file))


def checked(asked: Asked) -> Report:
    """The rows and problems of all files."""
    report = Report()
    before = catalogue_of(asked.against) if asked.against else Catalogue()
    together: list[Template] = [*before]
    for file in asked.files or (None,):
        try:
            found = catalogue_of(file)
        except InvalidTemplate as wrong:
            report.errors.extend(wrong.problems)
            continue
        if not len(found):
            report.errors.append(f"{file}: it holds no template, so that nothing was checked")
        together += found
        _add(report, found, asked)
    try:
        Catalogue(together)
    except InvalidTemplate as wrong:
        report.errors.extend(wrong.problems)
    return report


def _add(report: Report, found: Catalogue, asked: Asked) -> None:
    settings = LintSettings(max_segments=asked.max_segments)
    for problem in found.problems(asked.practice, settings):
        into = report.errors if problem.severity is Severity.ERROR else report.warnings
        into.append(str(problem))
    for template in found:
        report.rows.extend(_rows(template, asked))


def _rows(template: Template, asked: Asked) -> Iterator[Row]:
    for text in template.texts:
        least, most = template.segments(text.language, text.tier, practice=asked.practice)
        price = asked.price
        yield Row(
            template=template.name,
            version=template.version,
            state=_state(template),
            language=text.language,
            tier=text.tier.name.lower(),
            least=least,
            most=most,
            cost="" if price is None else f"{least * price}-{most * price}",
        )


def _state(template: Template) -> str:
    if template.withdrawn:
        return "withdrawn"
    return "approved" if template.approved else "not approved"


def print_report(report: Report, *, as_json: bool) -> None:
    """Print the texts with their segments, then what is wrong."""
    if as_json:
        print(json.dumps(asdict(report), indent=2))  # noqa: T201
        return
    table = Table(box=SIMPLE_HEAD)
    heads = ("template", "state", "text", "segments")
    for head in (*heads, "cost") if any(row.cost for row in report.rows) else heads:
        table.add_column(head, no_wrap=True)
    for row in report.rows:
        cells = (
            f"{row.template} {row.version}",
            row.state,
            f"{row.language} {row.tier}",
            f"{row.least}-{row.most}",
            row.cost,
        )
        table.add_row(*(Text(cell) for cell in cells[: len(table.columns)]))
    if report.rows:
        Console(highlight=False).print(table)
    for line in (*report.errors, *report.warnings):
        print(line)  # noqa: T201


def shown(template: Template, practice: Practice | None) -> str:
    """A template for whoever approves it."""
    lines = [
        f"{template.name} {template.version}: {template.purpose.code}, {_state(template)}",
        f"  fingerprint {template.fingerprint}",
    ]
    if isinstance(template, CannedReply):
        lines.append(f"  answers {', '.join(template.intents)}")
    for variable in template.variables:
        may = f", may bring {', '.join(sorted(variable.labels))}" if variable.labels else ""
        lines.append(f"  {{{variable.name}}} {variable.kind.code}{may}")
    for text in template.texts:
        least, most = template.segments(text.language, text.tier, practice=practice)
        tier = text.tier.name.lower()
        lines += [
            f"  {text.language} {tier}, {least} to {most} segments:",
            f"    {text.written}",
        ]
    return "\n".join(lines)
