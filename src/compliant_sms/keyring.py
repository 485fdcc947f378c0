"""The keys that seal data keys and originals: AES-256-GCM, the newest seals, any of them opens.

Imports cryptography (extra ``keyring``) only when a keyring is made.

A key file is text, a line a key, newest first; blank lines and lines that begin with ``#`` say
nothing::

    k7f3a91c2 3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA

First the key's id (1 to 32 of ``A-Z a-z 0-9 . _ -``), then 32 bytes in base64url, without or
with its padding. To rotate, put a new line on top (``compliant-sms keys add``), seal the data keys
anew (``compliant-sms keys rotate``), and keep the old lines for as long as something sealed with
them has to be read, such as a backup.

A keyring of a file reads it again when it meets a key that it does not know, so that keys can be
rotated while processes run. A store has it meet the key of a practice before it seals anything new.
"""

from __future__ import annotations

import hmac
import os
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from attrs import field, frozen

from compliant_sms import _given
from compliant_sms.errors import (
    CannotUnseal,
    ConfigurationError,
    InvalidKeys,
    MissingExtra,
)
from compliant_sms.key_files import read_key_file, replace_key_file, write_key_file

if TYPE_CHECKING:
    from typing import Self

__all__ = ["DataCipher", "Keyring", "data_cipher"]

_VERSION = 1
_DATA_VERSION = b"\x02"  # of what a data key sealed: it needs no key id
_KEY = 32
_NONCE = 12  # NIST SP 800-38D, 8.2.2: of random bits, for at most 2**32 texts a key
_TAG = 16
_ID = re.compile(r"[A-Za-z0-9._-]{1,32}", re.ASCII)
_BASE64 = re.compile(r"[A-Za-z0-9_-]{43}=?", re.ASCII)


class _Cipher(Protocol):
    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes: ...


def _checked(keys: Mapping[str, bytes]) -> dict[str, bytes]:
    problems = [
        f"key {number}: {problem}"
        for number, (key_id, key) in enumerate(keys.items(), start=1)
        for problem in _problems(key_id, key)
    ]
    if not keys:
        problems.append("there is no key; run  compliant-sms keys new PATH  to make one")
    if problems:
        raise InvalidKeys(problems)
    return {key_id: bytes(key) for key_id, key in keys.items()}


def _problems(key_id: str, key: bytes) -> Iterator[str]:
    if not _ID.fullmatch(key_id):
        yield "its id must be 1 to 32 of A-Z a-z 0-9 . _ -"
    if len(key) != _KEY:
        yield f"it must have {_KEY} bytes, not {len(key)}"


@frozen(eq=False, repr=False)
class Keyring:
    """Keys by id, the newest first. Neither repr nor errors show a key.

    Seals with AES-256-GCM (NIST SP 800-38D), a fresh random nonce each time: encryption at rest as
    45 CFR 164.312(a) addresses it. Keep the keys apart from what they seal.

    Args:
        keys: 32 bytes by key id, the newest first.

    Raises:
        InvalidKeys: one of them cannot be used, or there is none.
        MissingExtra: the extra ``keyring`` is not installed.
    """

    _keys: Mapping[str, bytes] = field(converter=_checked)
    _read_again: Callable[[], Mapping[str, bytes]] | None = field(
        default=None, kw_only=True, alias="read_again"
    )
    _ciphers: Mapping[str, _Cipher] = field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_ciphers", _ciphers(self._keys))

    @classmethod
    def generate(cls) -> Self:
        """A keyring of one new key, from the system's randomness.

        Raises:
            MissingExtra: the extra ``keyring`` is not installed.
        """
        return cls({_new_id(): os.urandom(_KEY)})

    @classmethod
    def parse(cls, text: str) -> Self:
        """The keyring in a text such as a key file holds, for keys from a secrets manager.

        Raises:
            InvalidInput: it is no text.
            InvalidKeys: something is wrong with it; every bad line is named, no key is shown.
            MissingExtra: the extra ``keyring`` is not installed.
        """
        _given.a_text(text, "the text of the keyring")
        return cls(_parsed(text.split("\n"), "line"))

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> Self:
        """The keyring in a file that nobody but its owner can read.

        Raises:
            InvalidInput: the path is no text and no path.
            InvalidKeys: something is wrong with it; every bad line is named, no key is shown.
            ConfigurationError: the file cannot be read, or others can read or change it.
            MissingExtra: the extra ``keyring`` is not installed.
        """
        # Of a variable that is not set: None, or an empty text, which is the folder one is in.
        _given.a_kind(path, (str, os.PathLike), "the path of the key file", "a file name")
        if not os.fspath(path):
            msg = "the path of the key file is empty. Pass the name of one."
            raise ConfigurationError(msg)

        def read() -> dict[str, bytes]:
            name = os.fspath(path)
            text = read_key_file(Path(path), made_by=f"compliant-sms keys new {name}")
            return _parsed(text.split("\n"), f"{name}, line")

        return cls(read(), read_again=read)

    @property
    def newest(self) -> str:
        """Id of the key that seals."""
        return next(iter(self._keys))

    def form_keys(self) -> tuple[bytes, ...]:
        """What vouches for web forms, the newest first: keys of their own that follow from these.

        HMAC-SHA256 as in HKDF-Expand (RFC 5869, 2.3), so that no form tells anything of a key.
        """
        return tuple(
            hmac.digest(key, b"compliant_sms consent form\x01", "sha256")
            for key in self._keys.values()
        )

    def with_new_key(self) -> Self:
        """The same keys under a new one, from the system's randomness."""
        return type(self)({_new_id(): os.urandom(_KEY), **self._keys})

    def refresh(self) -> None:
        """Read the file again that the keys are from; nothing, where they are from none.

        It does so by itself where it meets a key that it does not know.

        Raises:
            InvalidKeys: something is wrong with it; every bad line is named, no key is shown.
            ConfigurationError: the file cannot be read, or others can read or change it.
        """
        if self._read_again is not None:
            keys = _checked(self._read_again())
            # In this order: whoever reads the newest id and then seals does so with no older key.
            object.__setattr__(self, "_ciphers", _ciphers(keys))
            object.__setattr__(self, "_keys", keys)

    def new_data_key(self) -> bytes:
        """A key for the records of one person at one number: 32 random bytes."""
        return os.urandom(_KEY)

    def cipher(self, data_key: bytes) -> DataCipher:
        """What seals with a data key."""
        return data_cipher(data_key)

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The ids, the newest first."""
        return tuple(self._keys)

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write a key file, readable and writable by its owner only (on POSIX: mode 0600).

        Raises:
            ConfigurationError: there is such a file already, which is never overwritten, or it
                cannot be written.
        """
        write_key_file(Path(path), self._as_text())

    def replace(self, path: str | os.PathLike[str]) -> None:
        """Write a key file in the place of one, at once and whole.

        A crash leaves the old one or the new. On POSIX owner and mode stay as they were.

        Raises:
            ConfigurationError: it cannot be written, or not given to the owner of the old one.
        """
        replace_key_file(Path(path), self._as_text())

    def _as_text(self) -> bytes:
        lines = (f"{key_id} {_encoded(key)}\n" for key_id, key in self._keys.items())
        return "".join(lines).encode("ascii")

    def seal(self, plain: bytes, about: str) -> bytes:
        """Encrypt with the newest key.

        Args:
            plain: what to seal.
            about: the record that it belongs to. It is not in the result, and the result opens
                for no other.

        Returns:
            A version byte, the key's id with its length before it, the nonce, the ciphertext and
            its tag.
        """
        key_id, cipher = next(iter(self._ciphers.items()))
        head = bytes([_VERSION, len(key_id)]) + key_id.encode("ascii")
        nonce = os.urandom(_NONCE)
        return head + nonce + cipher.encrypt(nonce, plain, _bound(head, about))

    def open(self, sealed: bytes, about: str) -> bytes:
        """Decrypt what :meth:`seal` made for the same record, with whichever key that was.

        Raises:
            CannotUnseal: the key is not here, bytes were changed, or it belongs to another
                record.
        """
        head, rest = _split(bytes(sealed))
        key_id = head[2:].decode("ascii", "replace")
        cipher = self._ciphers.get(key_id) or self._cipher_added(key_id)
        if cipher is None:
            named = f"key {key_id}" if _ID.fullmatch(key_id) else "a key with a damaged id"
            msg = (
                f"this was sealed with {named}, which is not among the keys here "
                f"({', '.join(self.key_ids)}): add its line to the key file"
            )
            raise CannotUnseal(msg)
        opened = _opened(cipher, rest, _bound(head, about))
        if opened is None:
            msg = (
                f"key {key_id} does not open this: the sealed bytes were changed, they belong to "
                "another record, or another key has the same id"
            )
            raise CannotUnseal(msg)
        return opened

    def _cipher_added(self, key_id: str) -> _Cipher | None:
        self.refresh()
        return self._ciphers.get(key_id)

    def __repr__(self) -> str:
        return f"Keyring(key_ids={self.key_ids!r})"

    def __reduce__(self) -> str:
        msg = "a keyring is not pickled or copied: make it from its file where it is needed"
        raise TypeError(msg)


class DataCipher:
    """Seals the records of one person at one number. It shows no key.

    What it seals is a version byte (2), 12 random bytes of nonce, and the ciphertext of
    AES-256-GCM with its tag. The associated data are the version byte and ``about`` in UTF-8.

    Args:
        data_key: 32 bytes.

    Raises:
        MissingExtra: the extra ``keyring`` is not installed.
    """

    def __init__(self, data_key: bytes) -> None:
        self._cipher = _cipher(data_key)

    def seal(self, plain: bytes, about: str) -> bytes:
        """Sealed bytes that open for the same ``about`` only."""
        nonce = os.urandom(_NONCE)
        sealed = self._cipher.encrypt(nonce, plain, _bound(_DATA_VERSION, about))
        return _DATA_VERSION + nonce + sealed

    def open(self, sealed: bytes, about: str) -> bytes:
        """What :meth:`seal` made these bytes of.

        Raises:
            CannotUnseal: they were changed, they belong to another record, or it was another key.
        """
        whole = sealed[:1] == _DATA_VERSION and len(sealed) > _NONCE + _TAG
        bound = _bound(_DATA_VERSION, about)
        opened = _opened(self._cipher, sealed[1:], bound) if whole else None
        if opened is None:
            msg = (
                "a sealed record does not open: its bytes were changed, or it was moved here from "
                "another place. Restore a backup and compare."
            )
            raise CannotUnseal(msg)
        return opened


def data_cipher(data_key: bytes) -> DataCipher:
    """What opens the records of one person at one number, by their data key alone.

    Raises:
        CannotUnseal: those bytes are no key.
        MissingExtra: the extra ``keyring`` is not installed.
    """
    if len(data_key) != _KEY:
        msg = f"a data key has {_KEY} bytes, not {len(data_key)}"
        raise CannotUnseal(msg)
    return DataCipher(data_key)


def _ciphers(keys: Mapping[str, bytes]) -> dict[str, _Cipher]:
    return {key_id: _cipher(key) for key_id, key in keys.items()}


def _cipher(key: bytes) -> _Cipher:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import (  # noqa: PLC0415 - of an extra
            AESGCM,
        )
    except ModuleNotFoundError as error:
        raise MissingExtra("keyring", "a keyring") from error  # noqa: EM101 - the extra's name
    return AESGCM(key)


def _opened(cipher: _Cipher, sealed: bytes, bound: bytes) -> bytes | None:
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - of an extra

    try:
        return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], bound)
    except InvalidTag:
        return None


def _new_id() -> str:
    return f"k{os.urandom(4).hex()}"


def _bound(head: bytes, about: str) -> bytes:
    return head + about.encode("utf-8", "surrogatepass")


def _split(sealed: bytes) -> tuple[bytes, bytes]:
    """The head up to the key's id, and the rest.

    Raises:
        CannotUnseal: it is nothing that a keyring sealed.
    """
    until = 2 + sealed[1] if len(sealed) > 1 else 0
    if sealed[:1] != bytes([_VERSION]) or len(sealed) < until + _NONCE + _TAG:
        msg = "these bytes are nothing that a keyring sealed, or only a part of it"
        raise CannotUnseal(msg)
    return sealed[:until], sealed[until:]


def _encoded(key: bytes) -> str:
    return urlsafe_b64encode(key).rstrip(b"=").decode("ascii")


def _parsed(lines: Iterable[str], where: str) -> dict[str, bytes]:
    keys: dict[str, bytes] = {}
    problems: list[str] = []
    for number, line in enumerate(lines, start=1):
        parts = line.split()
        if not parts or parts[0].startswith("#"):
            continue
        problem = _line_problem(parts, keys)
        if problem:
            problems.append(f"{where} {number}: {problem}")
        else:
            keys[parts[0]] = urlsafe_b64decode(parts[1].rstrip("=") + "=")
    if problems:
        raise InvalidKeys(problems)
    return keys


def _line_problem(parts: list[str], keys: Mapping[str, bytes]) -> str | None:
    # What stands there may be a key in the wrong column: none of it is repeated.
    if len(parts) != 2:
        return "it must hold an id and a key, with a blank between them"
    if not _ID.fullmatch(parts[0]):
        return "the id must be 1 to 32 of A-Z a-z 0-9 . _ -"
    if parts[0] in keys:
        return "an earlier line has the same id"
    if not _BASE64.fullmatch(parts[1]):
        return "the key must be 32 bytes in base64url, which are 43 characters"
    return None
