"""What a practice's ledger was at an instant, as a short text to keep elsewhere.

The text is a checkpoint of https://c2sp.org/tlog-checkpoint, signed as a note of
https://c2sp.org/signed-note, so that others' tools read it::

    compliant-sms/ledger/lakeside
    3
    FMDg9v4fVkSV0Ag8rJSDB4WjHqBnZtwXTYBfqzb4wEc=
    at 2026-12-01T20:30:00.000000Z
    audit 2 6TyDT9zbw5HSpSN5BqOqn0Y8ZBqEuW3w3iNxm0oRZhI=

    — lakeside.example/ledger 8zIMbzBh...

Origin, number of events, root of the Merkle tree over them, when it was made; where there is an
audit log, how many events it had, and the digest of the last; a blank line; the signatures. What is
signed is everything up to the blank line.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import datetime
from typing import Protocol, Self, runtime_checkable
from urllib.parse import quote, unquote

from attrs import evolve, field, frozen

from compliant_sms._masking import repr_of_practice
from compliant_sms.clock import as_utc
from compliant_sms.errors import InvalidCheckpoint
from compliant_sms.records import instant_from_text, instant_to_text

_ORIGIN = "compliant-sms/ledger/"
_BODY = re.compile(
    _ORIGIN
    + r"(\S+)\n(\d{1,18})\n([A-Za-z0-9+/]{43}=)\nat (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)\n"
    + r"(?:audit (\d{1,18}) ([A-Za-z0-9+/]{43}=)\n)?",
    re.ASCII,
)
_SIGNATURE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/=]+)\n")


@runtime_checkable
class Signer(Protocol):
    """Whoever holds a key to sign with, such as :class:`compliant_sms.signing.SigningKey`."""

    @property
    def name(self) -> str:
        """What the key is called: no blanks and no plus sign."""

    @property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256 over the name, a line feed, 0x01 and the public key."""

    def sign(self, message: bytes) -> bytes:
        """The Ed25519 signature, 64 bytes."""


@runtime_checkable
class Verifier(Protocol):
    """Whoever holds a public key, such as :class:`compliant_sms.signing.VerifyKey`."""

    @property
    def name(self) -> str:
        """What the key is called."""

    @property
    def key_id(self) -> bytes:
        """See :attr:`Signer.key_id`."""

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Whether the key made that Ed25519 signature of the message."""


@frozen(kw_only=True)
class CheckpointSignature:
    """One signature under a checkpoint.

    Attributes:
        name: of the key.
        key_id: of the key, 4 bytes.
        signature: the bytes that the key made.
    """

    name: str
    key_id: bytes
    signature: bytes = field(repr=False)

    def __str__(self) -> str:
        return f"— {self.name} {b64encode(self.key_id + self.signature).decode()}\n"


@frozen(kw_only=True)
class AuditHead:
    """The audit log of a practice as it was.

    Attributes:
        size: how many events, at least one.
        digest: of the last of them, 32 bytes.
    """

    size: int
    digest: bytes

    def __str__(self) -> str:
        return f"audit {self.size} {b64encode(self.digest).decode()}\n"


@frozen(kw_only=True)
class Checkpoint:
    """The ledger of a practice as it was: how many events, and the root over all of them.

    Attributes:
        practice_id: whose ledger.
        size: how many events had joined the tree.
        root: of the Merkle tree over them, 32 bytes.
        at: when it was made, in UTC.
        audit: the practice's audit log at that time; None where it was empty.
        signatures: under it; often none or one.
    """

    practice_id: str = field(repr=repr_of_practice)
    size: int
    root: bytes
    at: datetime = field(converter=as_utc)
    audit: AuditHead | None = None
    signatures: tuple[CheckpointSignature, ...] = ()

    @property
    def body(self) -> str:
        """What is signed, with the line feed at its end."""
        return (
            f"{_ORIGIN}{quote(self.practice_id, safe='')}\n"
            f"{self.size}\n"
            f"{b64encode(self.root).decode()}\n"
            f"at {instant_to_text(self.at)}\n"
            f"{self.audit or ''}"
        )

    def __str__(self) -> str:
        """The text to keep elsewhere."""
        if not self.signatures:
            return self.body
        return "\n".join((self.body, "".join(map(str, self.signatures))))

    def signed(self, key: Signer) -> Self:
        """The same checkpoint with one more signature."""
        made = CheckpointSignature(
            name=key.name, key_id=key.key_id, signature=key.sign(self.body.encode())
        )
        return evolve(self, signatures=(*self.signatures, made))

    @classmethod
    def parse(cls, text: str) -> Self:
        """The checkpoint that was written as that text.

        Raises:
            InvalidCheckpoint: it is no such text, byte for byte.
        """
        body, _, signatures = text.partition("\n\n")
        found = _BODY.fullmatch(body if not signatures else body + "\n")
        if found is None:
            raise InvalidCheckpoint(_UNREADABLE)
        origin, size, root, at, audit, digest = found.groups()
        try:
            read = cls(
                practice_id=unquote(origin, errors="strict"),
                size=int(size),
                root=b64decode(root, validate=True),
                at=instant_from_text(at),
                audit=_audit(audit, digest),
                signatures=tuple(map(_signature, signatures.splitlines(keepends=True))),
            )
        except ValueError as error:  # also what base64 raises
            raise InvalidCheckpoint(_UNREADABLE) from error
        if str(read) != text:
            raise InvalidCheckpoint(_UNREADABLE)
        return read


_UNREADABLE = (
    "the text is no checkpoint of a consent ledger, or was changed: its lines are origin, size, "
    "root, time and, where there is one, the audit log; then a blank line and signatures if there "
    "are any. Pass it exactly as it was written."
)


def _audit(size: str | None, digest: str) -> AuditHead | None:
    if size is None:
        return None
    if not int(size):
        raise InvalidCheckpoint(_UNREADABLE)
    return AuditHead(size=int(size), digest=b64decode(digest, validate=True))


def _signature(line: str) -> CheckpointSignature:
    found = _SIGNATURE.fullmatch(line)
    if found is None:
        raise InvalidCheckpoint(_UNREADABLE)
    data = b64decode(found[2], validate=True)
    return CheckpointSignature(name=found[1], key_id=data[:4], signature=data[4:])


def verify_signature(checkpoint: Checkpoint, keys: Iterable[Verifier]) -> None:
    """Check that one of the keys signed the checkpoint.

    Signatures of other keys say nothing, as https://c2sp.org/signed-note has it; a wrong one of a
    key that is known spoils the checkpoint.

    Raises:
        InvalidCheckpoint: none of the keys signed it, or a signature is wrong.
    """
    by_name = {(key.name, key.key_id): key for key in keys}
    message = checkpoint.body.encode()
    known = False
    for each in checkpoint.signatures:
        key = by_name.get((each.name, each.key_id))
        if key is None:
            continue
        if not key.verify(message, each.signature):
            msg = (
                f"the checkpoint of {checkpoint.size} events has a wrong signature of "
                f"{each.name}: somebody changed it. Do not rely on it."
            )
            raise InvalidCheckpoint(msg)
        known = True
    if not known:
        msg = (
            f"the checkpoint of {checkpoint.size} events is signed by none of the keys here. "
            "Pass the public key that belongs to it, or another checkpoint."
        )
        raise InvalidCheckpoint(msg)
