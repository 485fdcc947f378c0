"""What was in force on a day: the rows of all packs, under a practice's settings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TypeVar, cast

from attrs import define, field

from compliant_sms.rules._pack import Pack
from compliant_sms.rules._row import Row
from compliant_sms.rules._settings import Settings
from compliant_sms.rules.rows import Limit

_HOME = "US"
R = TypeVar("R", bound=Row)


@define(eq=False, slots=False)
class InForce:
    """The rules' data on one day.

    Attributes:
        day: which day (UTC).
        packs: where the rows come from.
        settings: what the practice chose.
    """

    day: date
    packs: tuple[Pack, ...]
    settings: Settings
    _found: dict[object, tuple[Row, ...]] = field(factory=dict, init=False, repr=False)

    def rows(self, kind: type[R], country: str | None = None) -> tuple[R, ...]:
        """The rows of a kind that hold on this day and bind a text to a country.

        Those of the United States, where the practice is, bind each text.

        Args:
            kind: a class of rows.
            country: ISO 3166-1 code of the recipient's country.
        """
        key = kind, country
        if key not in self._found:
            self._found[key] = tuple(r for r in self.dated(kind, country) if r.holds_on(self.day))
        return cast("tuple[R, ...]", self._found[key])

    def dated(self, kind: type[R], country: str | None = None) -> Iterator[R]:
        """The same rows whatever their dates."""
        for pack in self.packs:
            if pack.country in {None, _HOME, country}:
                yield from pack.of(kind)

    def limits(self, row_id: str, country: str | None = None) -> tuple[Limit, ...]:
        """A number that the law or a policy names, as each pack has it."""
        return tuple(row for row in self.rows(Limit, country) if row.id == row_id)

    def limit(self, row_id: str, country: str | None = None) -> Limit | None:
        """The least of them that is in the unit of the first, or None where no pack names it."""
        found = self.limits(row_id, country)
        alike = (row for row in found if row.unit == found[0].unit)
        return min(alike, key=lambda row: row.value, default=None)
