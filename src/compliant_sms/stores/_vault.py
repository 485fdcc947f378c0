"""How records are sealed, and by what they are found again.

Each chain of the ledger is one person at one number, and has a data key, which lies beside it,
sealed by the keyring. Everything that tells of them is sealed with it: the events of the chain,
texts, decisions and what they wrote. Whoever destroys that key has erased all of it, and no hash
changes.

Numbers and persons are found by a keyed hash (HMAC-SHA-256, the first 16 bytes), the blind index.
Its key is one a practice, drawn once and kept sealed by the keyring, so that neither rotation nor
erasure changes it: a suppression holds after everything else is gone.
"""

from __future__ import annotations

import hmac
from functools import lru_cache

from attrs import field, frozen

from compliant_sms import _given
from compliant_sms.errors import CannotUnseal
from compliant_sms.phi import Sealer
from compliant_sms.ports import AtRest, DataKeys, Plaintext

_CACHED = 4096
_SEALED = b"\x02"  # how a record begins that a data key sealed; JSON begins with a brace
_INDEX = 16


@frozen(kw_only=True)
class Subject:
    """One person at one number, or whoever holds it.

    Attributes:
        chain_id: of their chain.
        cipher: seals with their data key; None in a database in the clear, or after erasure.
        erased_below: events at positions below it are erased.
        sealed: nothing of them may lie in the clear: there is a keyring, though their key may be
            destroyed.
    """

    chain_id: str
    cipher: Sealer | None = field(repr=False)
    erased_below: int = 0
    sealed: bool = False

    def seal(self, record: bytes, about: str) -> bytes:
        """The record as it is kept.

        Raises:
            CannotUnseal: their key is destroyed, and nothing is kept in the clear instead.
        """
        if self.cipher is not None:
            return self.cipher.seal(record, about)
        if self.sealed:
            raise CannotUnseal(_KEY_GONE)
        return record

    def open(self, kept: bytes, about: str) -> bytes:
        """The record that was kept.

        Raises:
            CannotUnseal: the key is missing, or the bytes are not that record's. Where there is a
                key nothing in the clear is believed: whoever writes to the file could put it there.
        """
        if self.cipher is not None:
            return self.cipher.open(kept, about)
        if self.sealed:
            raise CannotUnseal(_KEY_GONE)
        if kept[:1] == _SEALED:
            raise CannotUnseal(_NO_KEY)
        return kept


_NO_KEY = (
    "the database holds sealed records, and nothing here opens them. Pass "
    "keyring=Keyring.from_file(...) with the keys that sealed them."
)
_KEY_GONE = (
    "the key of this person is gone, and a record of theirs is there all the same: the database "
    "was altered. Restore a backup and compare."
)


class Vault:
    """The keys of one facade, shared by its transactions.

    Args:
        keys: what seals; without it, or with a reason in its place, records lie in the clear.
    """

    def __init__(self, keys: AtRest = None) -> None:
        self.plaintext: Plaintext | None = keys if isinstance(keys, Plaintext) else None
        self.keys: DataKeys | None = None if isinstance(keys, Plaintext) else keys
        self.known: dict[str, bytes | None] = {}
        """Per practice the key of its index, or None where it lies in the clear: as committed."""
        self.enrolled: dict[str, tuple[bytes, str]] = {}
        """What is kept of the practice at each number of ours: as committed."""
        self._unwrapped = lru_cache(maxsize=_CACHED)(self._unwrap)

    def forget(self) -> None:
        """What was read before may not have been committed."""
        self.known.clear()
        self.enrolled.clear()

    def subject(self, chain_id: str, wrapped: bytes | None, erased_below: int = 0) -> Subject:
        """The subject whose data key lies beside its chain."""
        # Without the keyring it can still be told that something is sealed.
        cipher = self._unwrapped(bytes(wrapped), chain_id) if wrapped and self.keys else None
        sealed = self.keys is not None
        return Subject(chain_id=chain_id, cipher=cipher, erased_below=erased_below, sealed=sealed)

    def data_key(self, chain_id: str, wrapped: bytes) -> bytes:
        """A data key that lies beside its chain.

        Raises:
            CannotUnseal: it needs another keyring.
        """
        if self.keys is None:
            raise CannotUnseal(_NO_KEY)
        return self.keys.open(wrapped, _key_of(chain_id))

    def _unwrap(self, wrapped: bytes, chain_id: str) -> Sealer:
        assert self.keys is not None, "asked for only where there are keys"  # noqa: S101
        return self.keys.cipher(self.data_key(chain_id, wrapped))

    def wrap(self, chain_id: str, data_key: bytes) -> bytes:
        """A data key as it lies beside its chain."""
        assert self.keys is not None, "asked for only where there are keys"  # noqa: S101
        return self.keys.seal(data_key, _key_of(chain_id))


def _key_of(chain_id: str) -> str:
    return f"sms_chains.key/{chain_id}"


def blind(index_key: bytes, what: str, value: str) -> str:
    """What stands for a number or a person in a column that is searched."""
    named = what.encode() + b"\0" + _given.utf_8(value, what)
    return hmac.digest(index_key, named, "sha256")[:_INDEX].hex()
