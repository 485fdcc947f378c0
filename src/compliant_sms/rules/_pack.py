"""Packs: dated rows of law in readable files, checked as a whole when they are loaded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from datetime import date
from functools import cache, cached_property
from hashlib import sha256
from itertools import combinations
from typing import Any, TypeVar, cast

import attrs
from attrs import field, frozen
from phonenumbers import SUPPORTED_REGIONS

from compliant_sms.errors import ConfigurationError, InvalidInput, InvalidPack
from compliant_sms.rules._parts import PARTS
from compliant_sms.rules._row import Row
from compliant_sms.rules.rows import TABLES

R = TypeVar("R", bound=Row)

BUILT_IN = ("us", "ca", "uk", "au", "carriers")
"""The packs inside the library, by name."""

_HEADER = {"pack", "edition", "title", "country"}
_REFUSED = (InvalidInput, ValueError, TypeError)


@frozen(eq=False, repr=False)
class Pack:
    """One edition of dated rows.

    Attributes:
        name: for example ``"us"``.
        edition: which one, for example ``"2026.11"``.
        title: what it holds, for a reader.
        country: ISO 3166-1 code of where it holds; None for everywhere.
        rows: all of them, whatever their dates.
        own: whether it is a user's.
        data: the file as it was read.
    """

    name: str
    edition: str
    title: str
    country: str | None
    rows: tuple[Row, ...]
    own: bool = False
    data: Mapping[str, Any] = field(factory=dict)
    _by_kind: dict[type[Row], tuple[Row, ...]] = field(factory=dict, init=False)

    @cached_property
    def _digest(self) -> str:
        # What somebody edits without a new edition is another pack all the same.
        written = repr(sorted((table, repr(rows)) for table, rows in self.data.items()))
        return sha256(written.encode()).hexdigest()[:12]

    @property
    def id(self) -> str:
        """Name and edition, as decisions record them; a pack of your own with its digest too."""
        return f"{self.name}-{self.edition}" + (f"+{self._digest}" if self.own else "")

    def __repr__(self) -> str:
        return f"<Pack {self.name}-{self.edition}, {len(self.rows)} rows>"

    def of(self, kind: type[R]) -> tuple[R, ...]:
        """The rows of one kind, whatever their dates."""
        if kind not in self._by_kind:
            self._by_kind[kind] = tuple(row for row in self.rows if type(row) is kind)
        return cast("tuple[R, ...]", self._by_kind[kind])

    @classmethod
    def parse(cls, text: str, file: str) -> Pack:
        """A pack of your own.

        Args:
            text: TOML, in the form of the packs inside the library.
            file: its name, for error messages.

        Raises:
            InvalidPack: something is wrong with it; ``problems`` lists all of it.
        """
        return cls._checked(_toml(text, file), file, own=True)

    @classmethod
    def _checked(cls, data: Mapping[str, Any], file: str, *, own: bool) -> Pack:
        problems = [f"{file}: {words}" for words in _bad_header(data)]
        country = data.get("country")
        rows: list[Row] = []
        for table, kind in TABLES.items():
            found = data.get(table, [])
            for position, fields in enumerate(found if _is_table(found) else [], 1):
                where = f"{file}: {table} {fields.get('id') or f'no. {position}'!s}"
                row = _row(kind, fields, country)
                if isinstance(row, Row):
                    rows.append(row)
                else:
                    problems += (f"{where}: {words}" for words in row)
        problems += (f"{file}: {words}" for words in _contradictions(rows))
        if problems:
            raise InvalidPack(problems)
        return cls(
            data["pack"],
            data["edition"],
            data["title"],
            data.get("country"),
            tuple(rows),
            own,
            data,
        )

    def changed(self, changes: Mapping[str, Mapping[str, Any]]) -> Pack:
        """The same pack with some fields of some rows replaced.

        Args:
            changes: new values of fields, by the id of the row.

        Raises:
            InvalidPack: the changed pack would be refused.
        """
        data = {
            table: [{**row, **changes.get(row["id"], {})} for row in rows]
            if table in TABLES
            else rows
            for table, rows in self.data.items()
        }
        return Pack._checked(data, f"{self.id} with overrides", own=self.own)


def _toml(text: str, file: str) -> dict[str, Any]:
    import tomllib  # noqa: PLC0415 - needed once, and not by whoever only imports the library

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidPack([f"{file}: it is no TOML: {error}"]) from error


def _bad_header(data: Mapping[str, Any]) -> Iterator[str]:
    for key in ("pack", "edition", "title"):
        if key not in data:
            yield f"{key} is missing"
        elif not isinstance(data[key], str) or not data[key].strip():
            yield f"{key}: a text that is not empty is needed"
    if "country" in data and data["country"] not in [*PARTS, *SUPPORTED_REGIONS]:
        yield "country: a code of ISO 3166-1 is needed, for example US or CA"
    for key, value in data.items():
        if key not in _HEADER | TABLES.keys():
            yield f"{key} is unknown; tables are: {', '.join(TABLES)}"
        elif key in TABLES and not _is_table(value):
            yield f"{key} must be rows, each under [[{key}]]"


def _is_table(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(row, dict) for row in value)


def _row(kind: type[Row], fields: Mapping[str, Any], country: object) -> Row | list[str]:
    known, needed = _names(kind.table)
    if fields.keys() <= known and needed <= fields.keys() and not _bad_states(fields, country):
        try:
            return kind(**fields)
        except _REFUSED as error:
            return [*_bad_fields(kind, fields)] or [str(error.args[0])]
    return [
        *(f"{key} is unknown" for key in fields if key not in known),
        *(f"{key} is missing" for key in sorted(needed - fields.keys())),
        *_bad_states(fields, country),
        *_bad_fields(kind, fields),
    ]


@cache
def _names(table: str) -> tuple[frozenset[str], frozenset[str]]:
    """The fields that a row may have, and those that it must have."""
    fields = attrs.fields(TABLES[table])
    needed = frozenset(each.name for each in fields if each.default is attrs.NOTHING)
    return frozenset(each.name for each in fields), needed


def _bad_fields(kind: type[Row], fields: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with each field by itself; a row stops at the first."""
    for each in attrs.fields(kind):
        if each.name not in fields:
            continue
        try:
            value = fields[each.name]
            value = each.converter(value) if each.converter else value
            if each.validator:
                each.validator(None, each, value)
        except _REFUSED as error:
            yield f"{each.name}: {error.args[0]}"


def _bad_states(fields: Mapping[str, Any], country: object) -> list[str]:
    # Without any the row would hold in the whole country, which the list can hardly mean.
    empty = ["states: the list is empty; without it the row holds in the whole country"]
    named = {*_listed(fields.get("states")), *_listed([fields.get("state")])}
    known = PARTS.get(country, frozenset()) if isinstance(country, str) else frozenset()
    unknown = ", ".join(sorted(named - known))
    where = country or "a pack without a country"
    return [
        *(empty if fields.get("states") == [] else ()),
        *([f"{unknown}: no such state in {where}"] if unknown else ()),
    ]


def _listed(values: object) -> set[str]:
    return {v for v in values if isinstance(v, str)} if isinstance(values, list) else set()


def _contradictions(rows: Iterable[Row]) -> Iterator[str]:
    seen: set[str] = set()
    about: dict[tuple[type[Row], Hashable], list[Row]] = defaultdict(list)
    for row in rows:
        if row.id in seen:
            yield f"{row.id}: two rows have this id"
        seen.add(row.id)
        for subject in row.subjects():
            about[type(row), subject].append(row)
    for (_, subject), same in about.items():
        for one, other in combinations(same, 2):
            if _meet(one, other):
                what = ", ".join(map(str, subject)) if isinstance(subject, tuple) else subject
                yield f"{one.id}, {other.id}: both hold for {what} on the same days"


def _meet(one: Row, other: Row) -> bool:
    begins = max(one.effective_from or date.min, other.effective_from or date.min)
    return begins < min(one.effective_to or date.max, other.effective_to or date.max)


def load_pack(name: str = "us") -> Pack:
    """A pack of the library, read once, at first use.

    Args:
        name: one of :data:`BUILT_IN`.

    Raises:
        ConfigurationError: the library has no such pack.
    """
    if name not in BUILT_IN:
        msg = f"the library has no pack {name!r}. Name one of: {', '.join(BUILT_IN)}."
        raise ConfigurationError(msg)
    return _load(name)


@cache
def _load(name: str) -> Pack:
    # importlib.resources does the same, and takes as long to import as half of the packs to read.
    from pkgutil import get_data  # noqa: PLC0415 - needed once, as tomllib

    text = (get_data("compliant_sms.rules", f"data/{name}.toml") or b"").decode()
    return Pack._checked(_toml(text, f"{name}.toml"), f"{name}.toml", own=False)  # noqa: SLF001
