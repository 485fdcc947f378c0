"""The keys that seal data keys and originals, with AES-256-GCM: the newest seals, any can open.

Imports cryptography (extra ``keyring``) only when a keyring is made.

A key file is text, one key a line, newest first; blank lines and lines that begin with ``#`` are
ignored::

    k7f3a91c2 3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA

A line has the key's id (1 to 32 of ``A-Z a-z 0-9 . _ -``), then 32 bytes in base64url, with or
without padding. To rotate, put a new line on top (``compliant-sms keys add``) and seal the data
keys anew (``compliant-sms keys rotate``). Keep the old lines for as long as anything sealed with
them has to be read, such as a backup.

A keyring made from a file reads the file again when it meets an unknown key, so that keys can be
rotated while processes run. A store shows it the practice's key before it seals anything new.
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
_DATA_VERSION = b"\x02"  # of bytes sealed with a data key, which need no key id
_KEY = 32
_NONCE = 12  # NIST SP 800-38D, 8.2.2: random bits, for at most 2**32 texts per key
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
    """Keys by id, newest first. Neither repr nor errors show a key.

    Seals with AES-256-GCM (NIST SP 800-38D) and a fresh random nonce each time: encryption at rest
    as in 45 CFR 164.312(a). Keep the keys apart from what they seal.

    Args:
        keys: 32 bytes by key id, newest first.

    Raises:
        InvalidKeys: a key cannot be used, or there is none.
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
        """Make a keyring of one new key, from the system's randomness.

        Raises:
            MissingExtra: the extra ``keyring`` is not installed.
        """
        return cls({_new_id(): os.urandom(_KEY)})

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a keyring from the text of a key file, for keys from a secrets manager.

        Raises:
            InvalidInput: it is not a string.
            InvalidKeys: something is wrong with it; every bad line is named, no key is shown.
            MissingExtra: the extra ``keyring`` is not installed.
        """
        _given.a_text(text, "the text of the keyring")
        return cls(_parsed(text.split("\n"), "line"))

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> Self:
        """Read a keyring from a file that only its owner can read.

        Raises:
            InvalidInput: the path is neither a string nor a path.
            InvalidKeys: something is wrong with it; every bad line is named, no key is shown.
            ConfigurationError: the file cannot be read, or others can read or change it.
            MissingExtra: the extra ``keyring`` is not installed.
        """
        # An unset variable gives None, or an empty string, which is the current folder.
        _given.a_kind(path, (str, os.PathLike), "the path of the key file", "a file name")
        if not os.fspath(path):
            msg = "the path of the key file is empty. Pass the name of a file."
            raise ConfigurationError(msg)

        def read() -> dict[str, bytes]:
            name = os.fspath(path)
            text = read_key_file(Path(path), made_by=f"compliant-sms keys new {name}")
            return _parsed(text.split("\n"), f"{name}, line")

        return cls(read(), read_again=read)

    @property
    def newest(self) -> str:
        """The id of the key that seals."""
        return next(iter(self._keys))

    def form_keys(self) -> tuple[bytes, ...]:
        """The keys that authenticate web forms, newest first, each derived from one of these.

        HMAC-SHA256 as in HKDF-Expand (RFC 5869, 2.3), so that no form reveals anything about a key.
        """
        return tuple(
            hmac.digest(key, b"compliant_sms consent form\x01", "sha256")
            for key in self._keys.values()
        )

    def with_new_key(self) -> Self:
        """Make a keyring with a new key, from the system's randomness, on top of these."""
        return type(self)({_new_id(): os.urandom(_KEY), **self._keys})

    def refresh(self) -> None:
        """Read the keys' file again, if they are from a file.

        A keyring does this by itself when it meets an unknown key.

        Raises:
            InvalidKeys: something is wrong with it; every bad line is named, no key is shown.
            ConfigurationError: the file cannot be read, or others can read or change it.
        """
        if self._read_again is not None:
            keys = _checked(self._read_again())
            # In this order, so that a reader of the newest id never seals with an older key.
            object.__setattr__(self, "_ciphers", _ciphers(keys))
            object.__setattr__(self, "_keys", keys)

    def new_data_key(self) -> bytes:
        """Make a key for the records of one person at one number: 32 random bytes."""
        return os.urandom(_KEY)

    def cipher(self, data_key: bytes) -> DataCipher:
        """The cipher that seals with a data key."""
        return data_cipher(data_key)

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The ids, newest first."""
        return tuple(self._keys)

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write a key file, readable and writable by its owner only (on POSIX: mode 0600).

        Raises:
            ConfigurationError: the file exists, and is never overwritten; or it cannot be
                written.
        """
        write_key_file(Path(path), self._as_text())

    def replace(self, path: str | os.PathLike[str]) -> None:
        """Replace a key file atomically.

        A crash leaves the old one or the new one, whole. On POSIX owner and mode do not change.

        Raises:
            ConfigurationError: it cannot be written, or not given to the old one's owner.
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
                for no other record.

        Returns:
            A version byte, the length of the key's id and the id, the nonce, the ciphertext and
            its tag.
        """
        key_id, cipher = next(iter(self._ciphers.items()))
        head = bytes([_VERSION, len(key_id)]) + key_id.encode("ascii")
        nonce = os.urandom(_NONCE)
        return head + nonce + cipher.encrypt(nonce, plain, _bound(head, about))

    def open(self, sealed: bytes, about: str) -> bytes:
        """Decrypt what :meth:`seal` made for the same record, with whichever key.

        Raises:
            CannotUnseal: the key is not in this keyring, bytes were changed, or they belong to
                another record.
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
        msg = "a keyring cannot be pickled or copied: make it from its file where it is needed"
        raise TypeError(msg)


class DataCipher:
    """Seals the records of one person at one number. It shows no key.

    Sealed bytes are a version byte (2), a nonce of 12 random bytes, and the ciphertext of
    AES-256-GCM with its tag. The associated data are the version byte and ``about`` in UTF-8.

    Args:
        data_key: 32 bytes.

    Raises:
        MissingExtra: the extra ``keyring`` is not installed.
    """

    def __init__(self, data_key: bytes) -> None:
        self._cipher = _cipher(data_key)

    def seal(self, plain: bytes, about: str) -> bytes:
        """Encrypt; the result opens only for the same ``about``."""
        nonce = os.urandom(_NONCE)
        sealed = self._cipher.encrypt(nonce, plain, _bound(_DATA_VERSION, about))
        return _DATA_VERSION + nonce + sealed

    def open(self, sealed: bytes, about: str) -> bytes:
        """Decrypt what :meth:`seal` made for the same ``about``.

        Raises:
            CannotUnseal: bytes were changed, they belong to another record, or to another key.
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
    """The cipher for the records of one person at one number, from their data key alone.

    Raises:
        CannotUnseal: those bytes are not a key.
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
    """Split sealed bytes into the head, up to the key's id, and the rest.

    Raises:
        CannotUnseal: no keyring sealed them.
    """
    until = 2 + sealed[1] if len(sealed) > 1 else 0
    if sealed[:1] != bytes([_VERSION]) or len(sealed) < until + _NONCE + _TAG:
        msg = "these bytes were not sealed by a keyring, or are only a part of what was"
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
    # The line may hold a key in the wrong column: none of it is repeated.
    if len(parts) != 2:
        return "it must hold an id and a key, separated by a blank"
    if not _ID.fullmatch(parts[0]):
        return "the id must be 1 to 32 of A-Z a-z 0-9 . _ -"
    if parts[0] in keys:
        return "an earlier line has the same id"
    if not _BASE64.fullmatch(parts[1]):
        return "the key must be 32 bytes in base64url, which are 43 characters"
    return None
