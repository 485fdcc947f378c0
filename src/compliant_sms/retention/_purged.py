"""What remains of content that was dropped."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from attrs import frozen


@frozen(kw_only=True)
class Proof:
    """The hash of a record that was dropped.

    Attributes:
        record: which one, for example ``"draft"``.
        sha256: of its stored bytes, in hexadecimal. They may have been sealed.
        size: how many bytes.
    """

    record: str
    sha256: str
    size: int

    @classmethod
    def of(cls, record: str, stored: bytes) -> Proof:
        """The proof of a record."""
        return cls(record=record, sha256=sha256(stored).hexdigest(), size=len(stored))


@frozen(kw_only=True)
class Purged:
    """The record that content was dropped because its retention period had passed.

    Attributes:
        at: when (UTC).
        rule: how long it was kept, and why no longer.
        run: which purge did it; the audit log has it as a subject, with who asked for it.
        proofs: the hashes of the dropped records.
    """

    at: datetime
    rule: str
    run: str
    proofs: tuple[Proof, ...]


def instead_of(body: str) -> str:
    """The placeholder for a body that was dropped.

    The same body always gives the same placeholder, so a body can still be compared with it. It is
    sealed as bodies are.
    """
    return f"[purged] sha256:{sha256(body.encode('utf-8', 'surrogatepass')).hexdigest()}"
