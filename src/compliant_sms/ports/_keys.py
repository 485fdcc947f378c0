"""What keeps stored texts secret from readers of the database."""

from __future__ import annotations

from typing import Protocol, TypeAlias

from attrs import Attribute, field, frozen

from compliant_sms.errors import InvalidInput
from compliant_sms.phi import Sealer


class DataKeys(Sealer, Protocol):
    """Keys that seal the keys of records. :class:`compliant_sms.keyring.Keyring` is one.

    Each person at each number has their own data key, which one of these keys seals. If keys can
    be added elsewhere, such as in a file, the keyring may also have ``refresh()``, which reads
    them again and is called before a rotation.
    """

    @property
    def newest(self) -> str:
        """The id of the key that seals."""

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The ids of all keys, newest first."""

    def new_data_key(self) -> bytes:
        """Make a data key that nobody can guess."""

    def cipher(self, data_key: bytes) -> Sealer:
        """Return what seals with a data key."""


def _told(_: object, __: Attribute[str], value: str) -> None:
    if not value.strip():
        msg = (
            "Plaintext needs a reason for those who read the record years later, for example "
            "Plaintext(reason='the disk is encrypted; risk analysis of 2026-03')."
        )
        raise InvalidInput(msg)


@frozen
class Plaintext:
    """Stands in for a keyring, to store texts, names and numbers in the clear.

    Encryption at rest is addressable, 45 CFR 164.312(a)(2)(iv): if you do without it, document why.

    Args:
        reason: why that is reasonable here. It goes on record.

    Raises:
        InvalidInput: the reason is empty.
    """

    reason: str = field(validator=_told)


AtRest: TypeAlias = DataKeys | Plaintext | None
"""How records are stored: sealed, or in the clear, with a reason or at a simulated carrier."""
