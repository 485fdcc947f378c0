"""Imports, as SQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import LiteralString

from compliant_sms.consent import ConsentEvent, Link, filed_under
from compliant_sms.imports import Kind
from compliant_sms.stores._connection import lock_name
from compliant_sms.stores._sql._consent import ConsentRecords, link_of
from compliant_sms.stores._sql._many import chunks, each, listed, numbered
from compliant_sms.stores._vault import blind

_KNOWN: LiteralString = (
    "SELECT row_key FROM sms_imports WHERE practice_id = :practice_id AND kind = :kind"
    " AND row_key IN ("
)
_REMEMBER: LiteralString = "INSERT INTO sms_imports (practice_id, kind, row_key) VALUES "
_REMEMBERED: LiteralString = "(:practice_id, :kind, :row_key_#)"
_HEADS: LiteralString = (
    "SELECT number, person, chain_id, data_key, erased_below FROM sms_chains"
    " WHERE practice_id = :practice_id AND number IN ("
)
_BEGIN: LiteralString = (
    "INSERT INTO sms_chains (chain_id, practice_id, number, person, key_id, data_key, identity,"
    " erased_below) VALUES "
)
_BEGUN: LiteralString = (
    "(:chain_id_#, :practice_id, :number_#, :person_#, :key_id_#, :data_key_#, :identity_#, 0)"
)
_ENDS: LiteralString = """SELECT chain_id, position, payload, digest
    FROM sms_consent_events e WHERE position = (SELECT max(l.position) FROM sms_consent_events l
        WHERE l.chain_id = e.chain_id) AND chain_id IN ("""
_ADD: LiteralString = "INSERT INTO sms_consent_events (chain_id, position, payload, digest) VALUES "
_ADDED: LiteralString = "(:chain_id_#, :position_#, :payload_#, :digest_#)"

_Fresh = tuple[ConsentEvent, str]


class ImportRecords(ConsentRecords):
    """Which rows were imported, so that none is imported twice."""

    async def remember_rows(
        self, practice_id: str, kind: Kind, keys: Collection[bytes]
    ) -> frozenset[bytes]:
        # Nobody else imports for the practice meanwhile, or both would find the same rows new.
        await self._hold(f"import/{practice_id}")
        await self._begin(practice_id)
        fresh = frozenset(keys) - await self.known_rows(practice_id, kind, keys)
        for chunk in chunks(await self._kept(practice_id, fresh)):
            await self._do(
                _REMEMBER + each(_REMEMBERED, times=len(chunk)),
                practice_id=practice_id,
                kind=kind.value,
                **numbered({"row_key": kept} for kept in chunk),
            )
        return fresh

    async def known_rows(
        self, practice_id: str, kind: Kind, keys: Collection[bytes]
    ) -> frozenset[bytes]:
        kept = await self._kept(practice_id, keys)
        known: set[bytes] = set()
        for chunk in chunks(kept):
            rows = await self._all(
                _KNOWN + each(":row_key_#") + ")",
                practice_id=practice_id,
                kind=kind.value,
                **listed("row_key", chunk),
            )
            known.update(kept[found] for (found,) in rows)
        return frozenset(known)

    async def _kept(self, practice_id: str, keys: Collection[bytes]) -> dict[str, bytes]:
        """The keys by what is kept of them: where numbers are sealed nobody can try them out."""
        index = await self._index(practice_id)
        return {key.hex() if index is None else blind(index, "row", key.hex()): key for key in keys}

    async def has_imported(self, practice_id: str, kind: Kind) -> bool:
        row = await self._one(
            "SELECT 1 FROM sms_imports WHERE practice_id = :practice_id AND kind = :kind LIMIT 1",
            practice_id=practice_id,
            kind=kind.value,
        )
        return row is not None

    async def knows_practice(self, practice_id: str) -> bool:
        row = await self._one(
            """SELECT EXISTS (SELECT 1 FROM sms_practices WHERE practice_id = :practice_id)
                OR EXISTS (SELECT 1 FROM sms_vaults WHERE practice_id = :practice_id)
                OR EXISTS (SELECT 1 FROM sms_chains WHERE practice_id = :practice_id)
                OR EXISTS (SELECT 1 FROM sms_imports WHERE practice_id = :practice_id)""",
            practice_id=practice_id,
        )
        return row is not None and bool(row[0])

    async def append_all(
        self, practice_id: str, events: Sequence[ConsentEvent], new_chain_ids: Sequence[str]
    ) -> None:
        await self._begin(practice_id)
        pairs = zip(events, new_chain_ids, strict=True)
        # In one order, so that of two who hold many numbers neither waits for the other's next.
        for chunk in chunks(sorted(pairs, key=lambda pair: pair[0].number.e164)):
            await self._lock_all(practice_id, {event.number.e164 for event, _ in chunk})
            await self._find_or_begin(practice_id, chunk)
            await self._append_chunk(practice_id, chunk)

    async def _lock_all(self, practice_id: str, numbers: Collection[str]) -> None:
        if self._dialect.lock:
            names = [lock_name(f"{practice_id}/{number}") for number in sorted(numbers)]
            lock = self._dialect.lock.replace(":name", ":name_#")
            await self._all(each(lock, " UNION ALL "), **listed("name", names))

    async def _find_or_begin(self, practice_id: str, chunk: Sequence[_Fresh]) -> None:
        """Read the heads of all chains at once, and begin those that there are not."""
        places = [
            (
                practice_id,
                await self._number(practice_id, event.number),
                await self._person(practice_id, filed_under(event)),
            )
            for event, _ in chunk
        ]
        rows = await self._all(
            _HEADS + each(":number_#") + ")",
            practice_id=practice_id,
            **listed("number", [number for _, number, _ in places]),
        )
        for number, person, *head in rows:
            self._subjects[practice_id, number, person] = self._vault.subject(*head)
        if any(place not in self._subjects for place in places):
            await self._meet_key(practice_id)
        begun: list[dict[str, object]] = []
        for place, (event, chain_id) in zip(places, chunk, strict=True):
            if place in self._subjects:
                continue
            keyed = self._keyed(chain_id, event.number, filed_under(event))
            _, number, person = place
            begun.append({"chain_id": chain_id, "number": number, "person": person, **keyed})
            self._subjects[place] = self._vault.subject(chain_id, keyed["data_key"])
        if begun:
            await self._do(
                _BEGIN + each(_BEGUN, times=len(begun)),
                practice_id=practice_id,
                **numbered(begun),
            )

    async def _append_chunk(self, practice_id: str, chunk: Sequence[_Fresh]) -> None:
        subjects = [
            await self._subject(practice_id, event.number, filed_under(event), chain_id)
            for event, chain_id in chunk
        ]
        rows = await self._all(
            _ENDS + each(":chain_id_#") + ")",
            **listed("chain_id", [subject.chain_id for subject in subjects]),
        )
        ends: dict[str, Link] = {row[0]: link_of(row) for row in rows}
        links: list[Link] = []
        for subject, (event, _) in zip(subjects, chunk, strict=True):
            links.append(await self._next(subject, event, ends.get(subject.chain_id)))
            ends[subject.chain_id] = links[-1]
        await self._do(
            _ADD + each(_ADDED, times=len(links)),
            **numbered(
                {
                    "chain_id": new.chain_id,
                    "position": new.position,
                    "payload": new.payload,
                    "digest": new.digest,
                }
                for new in links
            ),
        )
