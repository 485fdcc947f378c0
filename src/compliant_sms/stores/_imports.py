"""Imports, as SQL: many rows a statement, as each statement is a journey to the server and back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import LiteralString, TypeVar

from compliant_sms.consent import ConsentEvent, Link
from compliant_sms.imports import Kind
from compliant_sms.stores._connection import Row
from compliant_sms.stores._consent import ConsentRecords

__all__ = ["ImportRecords"]

T = TypeVar("T")

_AT_ONCE = 50
# Split rather than counted, so that the type checker knows these for literals.
_NUMERALS: tuple[LiteralString, ...] = tuple(
    (  # noqa: SIM905
        "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32"
        " 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49"
    ).split()
)

_KNOWN: LiteralString = (
    "SELECT row_key FROM sms_imports WHERE practice_id = :practice_id AND kind = :kind"
    " AND row_key IN ("
)
_REMEMBER: LiteralString = "INSERT INTO sms_imports (practice_id, kind, row_key) VALUES "
_ENDS: LiteralString = """SELECT c.number, c.person, c.chain_id, e.position, e.previous, e.payload,
    e.digest FROM sms_chains c LEFT JOIN sms_consent_events e ON e.chain_id = c.chain_id
    AND e.position = (SELECT max(l.position) FROM sms_consent_events l
        WHERE l.chain_id = c.chain_id)
    WHERE c.practice_id = :practice_id AND c.number IN ("""
_BEGIN: LiteralString = "INSERT INTO sms_chains (chain_id, practice_id, number, person) VALUES "
_ADD: LiteralString = (
    "INSERT INTO sms_consent_events (chain_id, position, previous, payload, digest) VALUES "
)


@cache
def _each(
    part: LiteralString, between: LiteralString = ", ", times: int = _AT_ONCE
) -> LiteralString:
    """A part of a statement so many times, with ``#`` numbered."""
    numbered: list[LiteralString] = [part.replace("#", each) for each in _NUMERALS[:times]]
    return between.join(numbered)


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    left = iter(items)
    while chunk := list(islice(left, _AT_ONCE)):
        yield chunk


def _padded(name: str, values: Sequence[object]) -> dict[str, object]:
    """Parameters for a list of full length: the last value again is no other value."""
    filled = [*values, *[values[-1]] * (_AT_ONCE - len(values))]
    return {f"{name}_{numeral}": value for numeral, value in zip(_NUMERALS, filled, strict=True)}


def _rows(rows: Iterable[dict[str, object]]) -> dict[str, object]:
    numbered = zip(_NUMERALS, rows, strict=False)
    return {f"{name}_{n}": value for n, row in numbered for name, value in row.items()}


class ImportRecords(ConsentRecords):
    """Which rows were imported, so that none is imported twice."""

    async def remember_rows(
        self, practice_id: str, kind: Kind, keys: Collection[bytes]
    ) -> frozenset[bytes]:
        """Keep that these rows were imported; those of them that were not before."""
        # Nobody else imports for the practice meanwhile, or both would find the same rows new.
        await self._hold(f"import/{practice_id}")
        fresh = frozenset(keys) - await self.known_rows(practice_id, kind, keys)
        for chunk in _chunks(fresh):
            await self._do(
                _REMEMBER + _each("(:practice_id, :kind, :row_key_#)", times=len(chunk)),
                practice_id=practice_id,
                kind=kind.value,
                **_rows({"row_key": key} for key in chunk),
            )
        return fresh

    async def known_rows(
        self, practice_id: str, kind: Kind, keys: Collection[bytes]
    ) -> frozenset[bytes]:
        """Those of the rows that were imported before."""
        known: list[Row] = []
        for chunk in _chunks(keys):
            known += await self._all(
                _KNOWN + _each(":row_key_#") + ")",
                practice_id=practice_id,
                kind=kind.value,
                **_padded("row_key", chunk),
            )
        return frozenset(key for (key,) in known)

    async def has_imported(self, practice_id: str, kind: Kind) -> bool:
        """Whether any row of that kind was ever imported."""
        row = await self._one(
            "SELECT 1 FROM sms_imports WHERE practice_id = :practice_id AND kind = :kind LIMIT 1",
            practice_id=practice_id,
            kind=kind.value,
        )
        return row is not None

    async def knows_practice(self, practice_id: str) -> bool:
        """Whether the practice texted or imported before, or nobody ever did."""
        row = await self._one(
            """SELECT EXISTS (SELECT 1 FROM sms_practices WHERE practice_id = :practice_id)
                OR EXISTS (SELECT 1 FROM sms_chains WHERE practice_id = :practice_id)
                OR NOT EXISTS (SELECT 1 FROM sms_practices)""",
            practice_id=practice_id,
        )
        return row is not None and bool(row[0])

    async def append_all(
        self, events: Sequence[ConsentEvent], new_chain_ids: Sequence[str]
    ) -> None:
        """Add events as :meth:`ConsentLedger.append` does, one id for each."""
        pairs = zip(events, new_chain_ids, strict=True)
        # In one order, so that of two who hold many numbers neither waits for the other's next.
        for chunk in _chunks(sorted(pairs, key=lambda pair: pair[0].number.e164)):
            await self._hold_all({f"{e.practice_id}/{e.number.e164}" for e, _ in chunk})
            await self._append_chunk(chunk)

    async def _hold_all(self, names: Collection[str]) -> None:
        if self._dialect.lock:
            lock = _each(self._dialect.lock.replace(":name", ":name_#"), " UNION ALL ")
            await self._all(lock, **_padded("name", sorted(names)))

    async def _append_chunk(self, chunk: list[tuple[ConsentEvent, str]]) -> None:
        ends = await self._ends([self._subject(event) for event, _ in chunk])
        begun: list[dict[str, object]] = []
        links: list[Link] = []
        for event, new_chain_id in chunk:
            subject = self._subject(event)
            place = subject["number"], subject["person"]
            if place not in ends:
                ends[place] = new_chain_id, None
                begun.append({"chain_id": new_chain_id, **subject})
            chain_id, last = ends[place]
            links.append(self._next(chain_id, last, event))
            ends[place] = chain_id, links[-1]
        if begun:
            await self._do(
                _BEGIN
                + _each("(:chain_id_#, :practice_id_#, :number_#, :person_#)", times=len(begun)),
                **_rows(begun),
            )
        await self._do(
            _ADD
            + _each(
                "(:chain_id_#, :position_#, :previous_#, :payload_#, :digest_#)", times=len(links)
            ),
            **_rows(
                {
                    "chain_id": each.chain_id,
                    "position": each.position,
                    "previous": each.previous,
                    "payload": each.payload,
                    "digest": each.digest,
                }
                for each in links
            ),
        )

    async def _ends(
        self, subjects: Sequence[dict[str, str]]
    ) -> dict[tuple[str, str], tuple[str, Link | None]]:
        """The chains at these numbers of one practice, each with its last link."""
        rows = await self._all(
            _ENDS + _each(":number_#") + ")",
            practice_id=subjects[0]["practice_id"],
            **_padded("number", [subject["number"] for subject in subjects]),
        )
        return {(row[0], row[1]): (row[2], _last(row)) for row in rows}


def _last(row: Row) -> Link | None:
    if row[3] is None:
        return None
    return Link(chain_id=row[2], position=row[3], previous=row[4], payload=row[5], digest=row[6])
