"""What keeps stored texts from whoever reads the database."""

from __future__ import annotations

from typing import Protocol, TypeAlias

from attrs import Attribute, field, frozen

from compliant_sms.errors import InvalidInput
from compliant_sms.phi import Sealer


class DataKeys(Sealer, Protocol):
    """Keys that seal the keys of records; :class:`compliant_sms.keyring.Keyring` is one.

    Each person at each number has a data key of their own, which is kept sealed by one of these.
    One to which keys can be added elsewhere, such as in a file, may also have ``refresh()``, which
    reads them again: it is called before a rotation.
    """

    @property
    def newest(self) -> str:
        """Id of the key that seals."""

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The ids of all of them, the newest first."""

    def new_data_key(self) -> bytes:
        """A data key that nobody can guess."""

    def cipher(self, data_key: bytes) -> Sealer:
        """What seals with a data key."""


def _told(_: object, __: Attribute[str], value: str) -> None:
    if not value.strip():
        msg = (
            "Plaintext needs a reason, for whoever reads the record years later, for example "
            "Plaintext(reason='the disk is encrypted; risk analysis of 2026-03')."
        )
        raise InvalidInput(msg)


@frozen
class Plaintext:
    """Stands in for a keyring where texts, names and numbers shall lie in the clear.

    Encryption at rest is addressable, 45 CFR 164.312(a)(2)(iv): whoever does without writes down
    why.

    Args:
        reason: why that is reasonable here. It goes on record.

    Raises:
        InvalidInput: the reason is empty.
    """

    reason: str = field(validator=_told)


AtRest: TypeAlias = DataKeys | Plaintext | None
"""How records are kept: sealed, or in the clear, for a reason or at a simulated carrier."""
