"""What stands in a link: nobody can guess it, and it opens one page and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import sha256

# Consonants only. Phones may cut a link before a hyphen or a full stop at its end; with figures
# between them, letters read as words now and then, such as the name of a disease; and without
# vowels they make none.
_ALPHABET = "bcdfghjkmnpqrstvwxzBCDFGHJKMNPQRSTVWXZ"
_LENGTH = 25  # 131 bits; NIST SP 800-63B 5.1.2 asks for 64 at least of what is no password
_TOKEN = re.compile(f"[{_ALPHABET}]{{{_LENGTH}}}")


def new_token(entropy: Callable[[int], bytes]) -> str:
    """A new token.

    Args:
        entropy: gives so many random bytes.
    """
    value, letters = int.from_bytes(entropy(32), "big"), []
    for _ in range(_LENGTH):  # of 256 bits, so that what is left over favours no letter
        value, letter = divmod(value, len(_ALPHABET))
        letters.append(_ALPHABET[letter])
    return "".join(letters)


def is_token(text: str) -> bool:
    """Whether it can be one; nothing else is looked up."""
    return _TOKEN.fullmatch(text) is not None


def token_hash(token: str) -> bytes:
    """What is kept to find the page again; the token does not follow from it.

    A plain hash is enough, because tokens cannot be guessed as passwords can.
    """
    return sha256(token.encode()).digest()
