"""A code that somebody tells the patient, stored so that it can be checked but not read."""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Callable
from hashlib import scrypt

_DIGITS = 8
_SALT = 16
# RFC 7914, 2: memory 128 * N * r = 16 MiB. About 50 ms, on a machine that is not slow.
_N, _R, _P = 1 << 14, 8, 1


def new_code(entropy: Callable[[int], bytes]) -> str:
    """Make a code of eight digits, which can be told on the phone.

    Args:
        entropy: returns that many random bytes.
    """
    return f"{int.from_bytes(entropy(16), 'big') % 10**_DIGITS:0{_DIGITS}}"


def kept_code(code: str, entropy: Callable[[int], bytes]) -> str:
    """What is stored of a code: a salt and a slow hash, in hexadecimal."""
    salt = entropy(_SALT)
    return f"{salt.hex()}${_slow(code, salt).hex()}"


def matches_code(written: str, kept: str) -> bool:
    """Whether what was written is the stored code; blanks and hyphens do not count."""
    salt, _, digest = kept.partition("$")
    return hmac.compare_digest(_slow(_plain(written), bytes.fromhex(salt)), bytes.fromhex(digest))


def _plain(written: str) -> str:
    # Keyboards of other writings have digits of their own.
    return "".join(str(unicodedata.decimal(each)) for each in written if each.isdecimal())


def _slow(code: str, salt: bytes) -> bytes:
    return scrypt(code.encode(), salt=salt, n=_N, r=_R, p=_P, dklen=32)
