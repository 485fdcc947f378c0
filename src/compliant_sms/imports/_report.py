"""The result of an import, or of checking one."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from io import StringIO

from attrs import field, frozen


class Kind(StrEnum):
    """What a file holds."""

    OPT_OUT = "opt_out"
    CONSENT = "consent"


@frozen(kw_only=True)
class RowProblem:
    """What is wrong with a row. It repeats none of the row.

    Attributes:
        kind: the kind of file.
        line: the line in the file; for records made in code, their position from 1.
        column: the column; empty if it concerns the row.
        reason: what is wrong, and what to write instead.
    """

    kind: Kind
    line: int
    column: str
    reason: str


_HEADER = ("file", "line", "column", "reason")
_FILES = {Kind.OPT_OUT: "opt-outs", Kind.CONSENT: "consents"}


@frozen(kw_only=True)
class ImportReport:
    """The result of an import, or of checking one. It holds no number and no name.

    Attributes:
        source: the other system.
        written: whether anything was to be written; False for a check only.
        rows: how many rows were read.
        opt_outs: how many opt-outs were added to the ledger, or would be.
        consents: how many consents were added, or would be.
        repeated: rows that repeat an earlier row of the import, or what was imported before. A
            check sees only those of the same batch and those on record.
        unusable: rows that cannot be used, by kind.
        withheld: consents that cannot be written because an opt-out cannot be used.
        problems: what is wrong with the first rows that cannot be used.
        more_problems: how many more there are.
    """

    source: str
    written: bool
    rows: int = 0
    opt_outs: int = 0
    consents: int = 0
    repeated: int = 0
    unusable: Counter[Kind] = field(factory=Counter)
    withheld: int = 0
    problems: tuple[RowProblem, ...] = ()
    more_problems: int = 0

    @property
    def ok(self) -> bool:
        """Whether each row can be used."""
        return not self.unusable.total()

    def to_csv(self) -> str:
        """Return the problems as CSV, for whoever corrects the rows."""
        out = StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(_HEADER)
        writer.writerows(map(_cells, self.problems))
        return out.getvalue()

    def __str__(self) -> str:
        """The report as a table."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        joined = "written" if self.written else "would be written"
        for label, count in (
            ("rows", self.rows),
            (f"opt-outs {joined}", self.opt_outs),
            (f"consents {joined}", self.consents),
            ("repeated", self.repeated),
            ("opt-outs that cannot be used", self.unusable[Kind.OPT_OUT]),
            ("consents that cannot be used", self.unusable[Kind.CONSENT]),
            ("consents withheld", self.withheld),
        ):
            yield f"{label:<30}{count:>12,}"
        if self.problems:
            yield ""
            table = [_HEADER, *map(_cells, self.problems)]
            widths = [max(len(row[column]) for row in table) for column in range(3)]
            for *cells, reason in table:
                told = zip(cells, widths, strict=True)
                yield "  ".join([*(cell.ljust(width) for cell, width in told), reason])
        if self.more_problems:
            yield f"and {self.more_problems:,} more"
        if self.withheld:
            yield ""
            yield (
                "Consents are withheld while an opt-out cannot be used: it may be about any of "
                "their numbers."
            )


def _cells(problem: RowProblem) -> tuple[str, str, str, str]:
    return _FILES[problem.kind], str(problem.line), problem.column, problem.reason
