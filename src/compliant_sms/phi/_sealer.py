"""What seals originals, named here so that the core needs no cryptography."""

from __future__ import annotations

from typing import Protocol


class Sealer(Protocol):
    """Encrypts for a record, and gives back only what it sealed for that record.

    :class:`compliant_sms.keyring.Keyring` is one.
    """

    def seal(self, plain: bytes, about: str) -> bytes:
        """Sealed bytes that open for the same ``about`` only."""

    def open(self, sealed: bytes, about: str) -> bytes:
        """What was sealed; raises :class:`~compliant_sms.errors.CannotUnseal` if that fails."""
