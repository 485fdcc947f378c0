"""The table of how long each class of records is kept."""
# ruff: noqa: INP001 - the documentation is no package

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compliant_sms.retention import Class, classes
from compliant_sms.rules import load_pack
from compliant_sms.rules.rows import Limit

__all__ = ["HEADS", "rows"]

HEADS = ("records", "what they are", "kept", "floors", "why")


def rows() -> Iterator[Iterable[object]]:
    """A line for each class."""
    for row in classes().values():
        yield f"`{row.record}`", row.title, row.keep or "for ever", _floors(row), row.why


def _floors(row: Class) -> str:
    limits = {limit.id: limit for limit in load_pack("us").of(Limit)}
    own = [f"{row.least} (policy P-KEEP-1, policy)"] if row.least else []
    return "; ".join([*own, *(_floor(limits[each]) for each in row.floors)]) or "none"


def _floor(limit: Limit) -> str:
    where = f" in {', '.join(limit.states)}" if limit.states else ""
    since = f" since {limit.effective_from}" if limit.effective_from else ""
    source = f"{limit.source}, {limit.certainty}"
    return f"{limit.value} {limit.unit}{where}{since} ({source})"
