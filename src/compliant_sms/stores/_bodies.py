"""Records that hold the body of a text, which a keyring seals.

In a sealed record ``body`` is no text but ``{"sealed": BASE64}``, so that nothing that anybody
wrote can be taken for one. The keyring binds each to its record.
"""

from __future__ import annotations

import json
from binascii import a2b_base64, b2a_base64
from collections.abc import Mapping
from typing import TypeVar

from compliant_sms import records
from compliant_sms.errors import CannotUnseal
from compliant_sms.phi import Sealer

__all__ = ["Bodies"]

T = TypeVar("T")


class Bodies:
    """Encodes and decodes records with a body.

    Args:
        keyring: seals and opens the bodies; without one they lie in the clear.
    """

    def __init__(self, keyring: Sealer | None) -> None:
        self._keyring = keyring

    def encode(self, value: object, about: str) -> bytes:
        """The value as canonical JSON, its body sealed for that record."""
        if self._keyring is None:
            return records.encode(value)
        fields = records.unstructure(value)
        # What patients write may hold half a surrogate pair.
        plain = fields["body"].encode("utf-8", "surrogatepass")
        sealed = b2a_base64(self._keyring.seal(plain, about), newline=False).decode("ascii")
        return records.canonical(fields | {"body": {"sealed": sealed}})

    def decode(self, data: bytes, kind: type[T], about: str) -> T:
        """The value of that type, its body opened.

        Raises:
            CannotUnseal: it was sealed, and there is no keyring, another one, or the record was
                changed.
        """
        fields = json.loads(data)
        if isinstance(fields["body"], Mapping):
            fields["body"] = self._opened(fields["body"]["sealed"], about)
        return records.structure(fields, kind)

    def _opened(self, sealed: str, about: str) -> str:
        if self._keyring is None:
            msg = (
                "the database holds sealed texts, and no keyring was given to open them. Pass "
                "keyring=Keyring.from_file(...) with the keys that sealed them."
            )
            raise CannotUnseal(msg)
        return self._keyring.open(a2b_base64(sealed), about).decode("utf-8", "surrogatepass")
