"""The keys that sign checkpoints: Ed25519 (RFC 8032), through cryptography (extra ``keyring``).

Keys are written as in Go's signed notes (https://pkg.go.dev/golang.org/x/mod/sumdb/note), so that
those tools can read them too: a name, the key's id in hexadecimal and the key in base64, separated
by plus signs::

    PRIVATE+KEY+lakeside.example/ledger+3fa0c1d2+AbX...
    lakeside.example/ledger+3fa0c1d2+AZq...
"""

from __future__ import annotations

import os
import re
from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import Attribute, field, frozen

from compliant_sms.errors import InvalidInput, InvalidKeys, MissingExtra
from compliant_sms.key_files import read_key_file, write_key_file

if TYPE_CHECKING:
    from typing import Self

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

__all__ = ["SigningKey", "VerifyKey"]

_ED25519 = b"\x01"
_KEY = re.compile(r"(PRIVATE\+KEY\+)?([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})\n?")


def _usable(_: object, __: Attribute[str], name: str) -> None:
    if not name or re.search(r"[\s+\x00-\x1f]", name):
        msg = (
            "the name of a key has blanks or a plus sign, or is empty. Use a web address without "
            "https://, such as 'lakeside.example/ledger'."
        )
        raise InvalidInput(msg)


def _key_id(name: str, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def _written(name: str, key_id: bytes, key: bytes) -> str:
    return f"{name}+{key_id.hex()}+{b64encode(_ED25519 + key).decode()}"


def _read(text: str, *, private: bool) -> tuple[str, str, bytes]:
    """Name, id and 32 bytes of a written key."""
    found = _KEY.fullmatch(text)
    key = b64decode(found[4]) if found else b""
    if found is None or bool(found[1]) != private or key[:1] != _ED25519:
        kind = "signing key" if private else "public key"
        msg = f"not a {kind} for checkpoints: run  compliant-sms ledger key PATH  to make one"
        raise InvalidKeys([msg])
    return found[2], found[3], key[1:]


def _refuse_another_id(key: SigningKey | VerifyKey, written: str) -> None:
    if key.key_id.hex() != written:
        msg = f"the key {key.name} is damaged: its id does not match. Use another copy of it."
        raise InvalidKeys([msg])


@frozen(repr=False)
class VerifyKey:
    """A public key, to check who signed a checkpoint.

    Args:
        name: the key's name.
        public: 32 bytes.
    """

    name: str = field(validator=_usable)
    public: bytes

    def __repr__(self) -> str:
        return f"VerifyKey({str(self)!r})"

    def __str__(self) -> str:
        """The key as text, to publish."""
        return _written(self.name, self.key_id, self.public)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a key from its text.

        Raises:
            InvalidKeys: it is not the text of such a key.
        """
        name, key_id, public = _read(text, private=False)
        key = cls(name, public)
        _refuse_another_id(key, key_id)
        return key

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell it from other keys of the same name."""
        return _key_id(self.name, self.public)

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Whether this key made that signature of the message.

        Raises:
            MissingExtra: the extra ``keyring`` is not installed.
        """
        try:
            from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - of an extra
            from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
                Ed25519PublicKey,
            )
        except ImportError:
            raise _missing() from None
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):  # no such signature, or no such point
            return False
        return True


@frozen(eq=False, repr=False)
class SigningKey:
    """A secret key that signs checkpoints. Neither repr nor errors show it.

    Keep it out of the reach of whoever administers the database: its signatures prove only that
    those without it did not rewrite the ledger.

    Args:
        name: its name: a web address of yours without ``https://``, for example
            ``"lakeside.example/ledger"``, so that nobody else's key has the same name.
        seed: 32 bytes that nobody can guess.

    Raises:
        InvalidInput: the name cannot be used.
        InvalidKeys: the seed does not have 32 bytes.
        MissingExtra: the extra ``keyring`` is not installed.
    """

    name: str = field(validator=_usable)
    _seed: bytes
    _key: Ed25519PrivateKey = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Refuse a seed of the wrong length."""
        try:
            from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
                Ed25519PrivateKey,
            )
        except ImportError:
            raise _missing() from None
        if len(self._seed) != 32:
            msg = f"a signing key has 32 bytes, not {len(self._seed)}"
            raise InvalidKeys([msg])
        object.__setattr__(self, "_key", Ed25519PrivateKey.from_private_bytes(self._seed))

    def __repr__(self) -> str:
        return f"SigningKey({self.name!r}, {self.key_id.hex()})"

    @classmethod
    def generate(cls, name: str) -> Self:
        """Make a new key, from the system's randomness."""
        return cls(name, os.urandom(32))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a key from the text of a key file, for keys from a secrets manager.

        Raises:
            InvalidKeys: it is not the text of such a key.
        """
        name, key_id, seed = _read(text, private=True)
        key = cls(name, seed)
        _refuse_another_id(key, key_id)
        return key

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> Self:
        """Read a key from a file that only its owner can read.

        Raises:
            InvalidKeys: the file holds something else.
            ConfigurationError: the file cannot be read, or others can read or change it.
        """
        made_by = f"compliant-sms ledger key {os.fspath(path)} --name NAME"
        return cls.parse(read_key_file(Path(path), made_by=made_by))

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write a key file, readable and writable by its owner only (on POSIX: mode 0600).

        Raises:
            ConfigurationError: the file exists, and is never overwritten; or it cannot be
                written.
        """
        text = f"PRIVATE+KEY+{_written(self.name, self.key_id, self._seed)}\n"
        write_key_file(Path(path), text.encode())

    @property
    def public(self) -> VerifyKey:
        """The public key, to give to whoever is to check the signatures."""
        return VerifyKey(self.name, self._key.public_key().public_bytes_raw())

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell it from other keys of the same name."""
        return self.public.key_id

    def sign(self, message: bytes) -> bytes:
        """Sign a message; the signature has 64 bytes."""
        return self._key.sign(message)


def _missing() -> MissingExtra:
    return MissingExtra("keyring", "signing checkpoints")
