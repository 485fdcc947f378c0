"""Persons at numbers, as SQL: what they are filed under, and the keys of what is kept of them."""

from __future__ import annotations

import hmac
import json
from contextlib import suppress
from typing import LiteralString, TypedDict

from attrs import evolve

from compliant_sms import records
from compliant_sms.errors import CannotUnseal, ConfigurationError, InvalidInput
from compliant_sms.phi import Sealer
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import DataKeys
from compliant_sms.retention import Proof, Purged
from compliant_sms.stores._connection import NOBODY, Connection, Records, Row
from compliant_sms.stores._sql._many import AT_ONCE, each, listed, numbered
from compliant_sms.stores._vault import Subject, Vault, blind

# An entry of an index of PostgreSQL takes 2,704 bytes, with practice and number beside the person.
_LONGEST_PERSON = 2000

# No value stands in these. Of practices with keyrings of their own nothing is opened.
_OLDER: LiteralString = "key_id IN (" + each(":older_#") + ")"
_OLDER_KEYS: LiteralString = (
    "SELECT chain_id, data_key FROM sms_chains WHERE data_key IS NOT NULL AND "  # noqa: S608
    + _OLDER
    + " LIMIT :limit"
)
_OLDER_INDEX_KEYS: LiteralString = (
    "SELECT practice_id, index_key FROM sms_vaults WHERE index_key IS NOT NULL AND "  # noqa: S608
    + _OLDER
    + " LIMIT :limit"
)
_SEALED_OTHERWISE: LiteralString = (
    "SELECT practice_id, index_key FROM sms_vaults WHERE index_key IS NOT NULL AND key_id NOT IN ("
)
_COUNT_OLDER: LiteralString = (
    "SELECT (SELECT count(*) FROM sms_chains WHERE data_key IS NOT NULL AND "  # noqa: S608
    + _OLDER
    + ") + (SELECT count(*) FROM sms_vaults WHERE index_key IS NOT NULL AND "
    + _OLDER
    + ")"
)

# Rotation seals the key of the practice's index first. Whoever does not know that key inserts
# nothing; and who inserts has it wait, so that it finds the new chain.
_ADD: LiteralString = """INSERT INTO sms_chains (chain_id, practice_id, number, person, key_id,
    data_key, identity, erased_below) """
_ROW: LiteralString = """:chain_id, :practice_id, :number, :person, :key_id, :data_key,
    :identity, 0"""
_UNLESS_THERE: LiteralString = " ON CONFLICT (practice_id, number, person) DO NOTHING"
_VAULT: LiteralString = " FROM sms_vaults WHERE practice_id = :practice_id"

_HEAD: LiteralString = """SELECT chain_id FROM sms_chains
    WHERE practice_id = :practice_id AND number = :number AND person = :person"""


class _Keyed(TypedDict):
    key_id: str | None
    data_key: bytes | None
    identity: bytes | None


def with_proofs(purged: Purged, **stored: bytes | None) -> bytes:
    """What stays of a record, with a proof of each value that is dropped."""
    proofs = tuple(Proof.of(name, bytes(data)) for name, data in stored.items() if data is not None)
    return records.encode(evolve(purged, proofs=proofs))


class SubjectRecords(Records):
    """The chains' heads: one row for each person at each number."""

    def __init__(self, connection: Connection, vault: Vault | None = None) -> None:
        super().__init__(connection, vault)
        self._drawn: dict[str, bytes | None] = {}
        self._begun: set[str] = set()
        self._met: set[str] = set()
        self._subjects: dict[tuple[str, str, str], Subject] = {}
        self._empty: set[str] = set()

    # What things are filed under

    async def _index(self, practice_id: str) -> bytes | None:
        """The key of the practice's index; None where numbers and persons lie in the clear."""
        for seen in (self._vault.known, self._drawn):
            if practice_id in seen:
                return seen[practice_id]
        row = await self._one(
            "SELECT index_key FROM sms_vaults WHERE practice_id = :practice_id",
            practice_id=practice_id,
        )
        keys = self._vault.keys
        if row is None:
            self._drawn[practice_id] = keys.new_data_key() if keys else None
            return self._drawn[practice_id]
        self._vault.known[practice_id] = self._opened_index(practice_id, row[0])
        return self._vault.known[practice_id]

    def _opened_index(self, practice_id: str, sealed: bytes | None) -> bytes | None:
        keys = self._vault.keys
        if sealed is None and keys is not None:
            raise ConfigurationError(_IN_THE_CLEAR)
        if sealed is None:
            return None
        if keys is None:
            raise CannotUnseal(_SEALED)
        return keys.open(bytes(sealed), _index_of(practice_id))

    async def _begin(self, practice_id: str) -> None:
        """Settle, before the first record of a practice, whether its records are sealed."""
        drawn = await self._index(practice_id)
        if practice_id in self._vault.known or practice_id in self._begun:
            return
        keys, plaintext = self._vault.keys, self._vault.plaintext
        if keys is not None:
            await self._meet_any_key(keys)
        # Before it seals: a keyring that reads a newer key meanwhile must not seem to have used it.
        newest = keys.newest if keys else None
        sealed = keys.seal(drawn, _index_of(practice_id)) if keys and drawn else None
        await self._do(
            """INSERT INTO sms_vaults (practice_id, key_id, index_key, plaintext)
            VALUES (:practice_id, :key_id, :index_key, :plaintext)
            ON CONFLICT (practice_id) DO NOTHING""",
            practice_id=practice_id,
            key_id=newest,
            index_key=sealed,
            plaintext=plaintext.reason if plaintext else None,
        )
        row = await self._one(
            "SELECT index_key FROM sms_vaults WHERE practice_id = :practice_id",
            practice_id=practice_id,
        )
        # Somebody else may have begun in the meantime.
        self._drawn[practice_id] = self._opened_index(practice_id, row[0] if row else None)
        self._begun.add(practice_id)

    async def _number(self, practice_id: str, number: PhoneNumber | None) -> str:
        key = await self._index(practice_id)
        if number is None:
            return NOBODY
        return number.e164 if key is None else blind(key, "number", number.e164)

    async def _person(self, practice_id: str, person: str | None) -> str:
        key = await self._index(practice_id)
        if not person:
            return NOBODY
        return person if key is None else blind(key, "person", person)

    # What is the practice's and nobody's in particular

    async def _cipher_of(self, practice_id: str) -> Sealer | None:
        key, keys = await self._index(practice_id), self._vault.keys
        if key is None or keys is None:
            return None
        return keys.cipher(hmac.digest(key, b"records of the practice", "sha256"))

    async def _seal(self, practice_id: str, record: bytes, about: str) -> bytes:
        """A record of the practice as it is kept."""
        await self._begin(practice_id)
        cipher = await self._cipher_of(practice_id)
        return cipher.seal(record, about) if cipher else record

    async def _open(self, practice_id: str, kept: bytes, about: str) -> bytes:
        """The record of the practice that was kept."""
        cipher = await self._cipher_of(practice_id)
        return cipher.open(kept, about) if cipher else kept

    # Whose records they are

    async def _subject(
        self, practice_id: str, number: PhoneNumber | None, person: str | None, new_chain_id: str
    ) -> Subject:
        """The person at the number; begun under the id where there is none."""
        await self._begin(practice_id)
        filed = (
            practice_id,
            await self._number(practice_id, number),
            await self._person(practice_id, person),
        )
        found = self._subjects.get(filed) or await self._find(filed)
        if found is None:
            added = await self._add(filed, number, person, new_chain_id)
            found = added or await self._find(filed)  # somebody else may have been faster
        if found is None:
            await self._meet_key(practice_id)
            added = await self._add(filed, number, person, new_chain_id)
            found = added or await self._find(filed)
        elif found.cipher is None and self._vault.keys is not None:
            await self._meet_key(practice_id)
            await self._key_anew(found.chain_id, number, person)
            found = await self._find(filed)
        assert found is not None, "the chain was there, or inserted just before"  # noqa: S101
        self._subjects[filed] = found
        return found

    async def _owner_of(self, chain_id: str) -> Subject:
        """Whose chain it is."""
        row = await self._one(
            "SELECT chain_id, data_key, erased_below FROM sms_chains WHERE chain_id = :chain_id",
            chain_id=chain_id,
        )
        assert row is not None, "each record refers to a chain"  # noqa: S101
        return self._vault.subject(*row)

    async def _keep_key(self, practice_id: str, number: PhoneNumber, person: str | None) -> None:
        """Let nobody destroy the key of the person at the number until the end."""
        if not self._dialect.for_share:  # nobody else is there until then
            return
        await self._one(
            _HEAD + self._dialect.for_share,
            practice_id=practice_id,
            number=await self._number(practice_id, number),
            person=await self._person(practice_id, person),
        )

    async def _find(self, filed: tuple[str, str, str]) -> Subject | None:
        row = await self._one(
            """SELECT chain_id, data_key, erased_below FROM sms_chains
            WHERE practice_id = :practice_id AND number = :number AND person = :person""",
            **_columns(filed),
        )
        return self._vault.subject(*row) if row else None

    async def _add(
        self,
        filed: tuple[str, str, str],
        number: PhoneNumber | None,
        person: str | None,
        chain_id: str,
    ) -> Subject | None:
        """A chain without events, begun just now.

        None where there is one already, or the keyring does not know the key of the practice's.
        """
        keyed = self._keyed(chain_id, number, person)
        keys, (practice_id, *_) = self._vault.keys, filed
        row: LiteralString = "VALUES (" + _ROW + ")"
        known: dict[str, object] = {}
        if keys is not None and practice_id not in self._met:
            known = numbered({"known": key_id} for key_id in keys.key_ids)
            within = each(":known_#", times=len(known))
            row = "SELECT " + _ROW + _VAULT + " AND key_id IN (" + within + ")"
            row += self._dialect.for_share
        added = await self._do(
            _ADD + row + _UNLESS_THERE, chain_id=chain_id, **_columns(filed), **keyed, **known
        )
        if not added:
            return None
        self._empty.add(chain_id)
        return self._vault.subject(chain_id, keyed["data_key"])

    async def _key_anew(
        self, chain_id: str, number: PhoneNumber | None, person: str | None
    ) -> None:
        """Give an erased person a new key, unless somebody else just did."""
        await self._do(
            """UPDATE sms_chains SET key_id = :key_id, data_key = :data_key, identity = :identity
            WHERE chain_id = :chain_id AND data_key IS NULL""",
            chain_id=chain_id,
            **self._keyed(chain_id, number, person),
        )

    async def _meet_key(self, practice_id: str) -> None:
        """Have the keyring know the key of the practice's index, and no rotation go on meanwhile.

        Raises:
            CannotUnseal: it cannot: what it sealed now would be lost together with an older key.
        """
        keys = self._vault.keys
        if keys is None or practice_id in self._met:
            return
        row = await self._one(
            "SELECT key_id, index_key" + _VAULT + self._dialect.for_share, practice_id=practice_id
        )
        assert row is not None, "the practice has begun"  # noqa: S101
        if row[0] not in keys.key_ids:
            self._opened_index(practice_id, row[1])
        self._met.add(practice_id)

    async def _meet_any_key(self, keys: DataKeys) -> None:
        """Have the keyring read again, where any practice's index has a key that it does not know.

        Of practices with keyrings of their own it learns nothing by that.
        """
        known = numbered({"known": key_id} for key_id in keys.key_ids)
        row = await self._one(
            _SEALED_OTHERWISE + each(":known_#", times=len(known)) + ") LIMIT 1", **known
        )
        if row is not None:
            with suppress(CannotUnseal):
                keys.open(bytes(row[1]), _index_of(row[0]))

    def _keyed(self, chain_id: str, number: PhoneNumber | None, person: str | None) -> _Keyed:
        """A data key of its own for a chain, and whose it is, sealed with it."""
        keys = self._vault.keys
        if keys is None:
            _refuse_long(person or "")
            return {"key_id": None, "data_key": None, "identity": None}
        data_key = keys.new_data_key()
        who = records.canonical({"number": number.e164 if number else None, "person": person})
        return {
            "key_id": keys.newest,
            "data_key": self._vault.wrap(chain_id, data_key),
            "identity": keys.cipher(data_key).seal(who, _identity_of(chain_id)),
        }

    def _who(self, row: Row) -> tuple[PhoneNumber | None, str | None]:
        """Number and person of a chain: neither, where they are erased.

        Args:
            row: ``chain_id, data_key, number, person, identity`` of sms_chains.
        """
        chain_id, data_key, number, person, identity = row
        if identity is None:
            erased = not number.startswith("+")
            return (None, None) if erased else (PhoneNumber(number), person or None)
        subject = self._vault.subject(chain_id, data_key)
        told = json.loads(subject.open(bytes(identity), _identity_of(chain_id)))
        return PhoneNumber(told["number"]) if told["number"] else None, told["person"]

    # Keys

    async def rewrap(self, limit: int) -> int:
        keys = self._vault.keys
        if keys is None:
            return 0
        if indexes := await self._rewrap_indexes(keys, limit):
            return indexes
        newest = keys.newest  # read before anything is sealed
        rows = await self._all(
            _OLDER_KEYS + self._dialect.for_update, limit=limit, **_older_than(newest, keys)
        )
        for chain_id, wrapped in rows:
            data_key = self._vault.data_key(chain_id, bytes(wrapped))
            await self._do(
                """UPDATE sms_chains SET data_key = :data_key, key_id = :key_id
                WHERE chain_id = :chain_id""",
                data_key=self._vault.wrap(chain_id, data_key),
                key_id=newest,
                chain_id=chain_id,
            )
        return len(rows)

    async def _rewrap_indexes(self, keys: DataKeys, limit: int) -> int:
        newest = keys.newest
        rows = await self._all(
            _OLDER_INDEX_KEYS + self._dialect.for_update, limit=limit, **_older_than(newest, keys)
        )
        for practice_id, sealed in rows:
            about = _index_of(practice_id)
            await self._do(
                """UPDATE sms_vaults SET index_key = :index_key, key_id = :key_id
                WHERE practice_id = :practice_id""",
                index_key=keys.seal(keys.open(bytes(sealed), about), about),
                key_id=newest,
                practice_id=practice_id,
            )
        return len(rows)

    async def to_rewrap(self) -> int:
        keys = self._vault.keys
        if keys is None:
            return 0
        # What stands in for a keyring may have nothing to read again.
        getattr(keys, "refresh", lambda: None)()
        row = await self._one(_COUNT_OLDER, **_older_than(keys.newest, keys))
        return int(row[0]) if row else 0

    async def sealed_with(self) -> list[str]:
        rows = await self._all(
            "SELECT DISTINCT key_id FROM sms_vaults WHERE index_key IS NOT NULL ORDER BY key_id"
        )
        return [key_id for (key_id,) in rows]

    async def data_key(self, practice_id: str, chain_id: str) -> bytes | None:
        row = await self._one(
            """SELECT data_key FROM sms_chains
            WHERE chain_id = :chain_id AND practice_id = :practice_id""",
            practice_id=practice_id,
            chain_id=chain_id,
        )
        return self._vault.data_key(chain_id, bytes(row[0])) if row and row[0] else None


def _older_than(newest: str, keys: DataKeys) -> dict[str, object]:
    older = [key_id for key_id in keys.key_ids if key_id != newest]
    return listed("older", older[:AT_ONCE] or [newest + "-"])


def _refuse_long(person: str) -> None:
    # Asked where a chain begins, and only there: what was filed so before stays of use.
    if len(person.encode("utf-8", "surrogatepass")) > _LONGEST_PERSON:
        msg = (
            f"the id of a person has more than {_LONGEST_PERSON:,} bytes, which is more than every "
            "database can file. Pass your id of the patient, and not a record of theirs."
        )
        raise InvalidInput(msg)


def _columns(filed: tuple[str, str, str]) -> dict[str, str]:
    practice_id, number, person = filed
    return {"practice_id": practice_id, "number": number, "person": person}


def _index_of(practice_id: str) -> str:
    return f"sms_vaults.index_key/{practice_id}"


def _identity_of(chain_id: str) -> str:
    return f"sms_chains.identity/{chain_id}"


_IN_THE_CLEAR = (
    "the records of this practice lie in the clear, and a keyring seals from the first record on. "
    "Begin a new database with the keyring, or go on without one: keyring=Plaintext(reason=...)."
)
_SEALED = (
    "the records of this practice are sealed, and no keyring was given to open them. Pass "
    "keyring=Keyring.from_file(...) with the keys that sealed them."
)
