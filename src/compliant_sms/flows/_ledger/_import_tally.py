"""Counting what comes of an import."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from compliant_sms.imports import (
    BadRow,
    Flaw,
    ImportedConsent,
    ImportedOptOut,
    ImportPlan,
    ImportReport,
    Kind,
    RowProblem,
)

# A file in the wrong columns has a problem in every row, and a million must not fill the memory.
_MOST_PROBLEMS = 10_000


class ImportTally:
    """What came of an import so far.

    Args:
        plan: of the import.
    """

    def __init__(self, plan: ImportPlan) -> None:
        self._plan = plan
        self._seen: Counter[Kind] = Counter()
        self._fresh: Counter[Kind] = Counter()
        self._unusable: Counter[Kind] = Counter()
        self._repeated = self._withheld = self._more = 0
        self._problems: list[RowProblem] = []

    @property
    def opt_outs_seen(self) -> bool:
        """Whether there was any row of opt-outs."""
        return self._seen[Kind.OPT_OUT] > 0

    @property
    def opt_outs_unusable(self) -> bool:
        """Whether any opt-out cannot be used."""
        return self._unusable[Kind.OPT_OUT] > 0

    def count(self, kind: Kind, row: ImportedOptOut | ImportedConsent | BadRow) -> int:
        """Count a row, and return the line it stands in."""
        self._seen[kind] += 1
        return row.line or self._seen[kind]

    def refuse(self, kind: Kind, line: int, flaws: Iterable[Flaw]) -> None:
        """Keep what is wrong with a row."""
        self._unusable[kind] += 1
        for flaw in flaws:
            if len(self._problems) == _MOST_PROBLEMS:
                self._more += 1
                continue
            problem = RowProblem(kind=kind, line=line, column=flaw.column, reason=flaw.reason)
            self._problems.append(problem)

    def join(self, kind: Kind, *, fresh: int, repeated: int) -> None:
        """Count what joined the ledger, or would."""
        self._fresh[kind] += fresh
        self._repeated += repeated

    def withhold(self, consents: int) -> None:
        """Count consents that are not written because an opt-out cannot be used."""
        self._withheld += consents

    def counts(self) -> dict[str, int]:
        """The figures alone."""
        return {
            "rows": self._seen.total(),
            "opt_outs": self._fresh[Kind.OPT_OUT],
            "consents": self._fresh[Kind.CONSENT],
            "repeated": self._repeated,
            "withheld": self._withheld,
        }

    def report(self) -> ImportReport:
        """What came of the import so far."""
        return ImportReport(
            source=self._plan.source,
            written=self._plan.write,
            unusable=Counter(self._unusable),
            problems=tuple(self._problems),
            more_problems=self._more,
            **self.counts(),
        )
