"""The token in a link: nobody can guess it, and it opens one page and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import sha256

# Consonants only. Phones may cut a link before a hyphen or a period at its end. With digits
# between them, letters sometimes read as words, such as the name of a disease; without vowels they
# make none.
_ALPHABET = "bcdfghjkmnpqrstvwxzBCDFGHJKMNPQRSTVWXZ"
_LENGTH = 25  # 131 bits; NIST SP 800-63B 5.1.2 asks for at least 64 of secrets that are no password
_TOKEN = re.compile(f"[{_ALPHABET}]{{{_LENGTH}}}")


def new_token(entropy: Callable[[int], bytes]) -> str:
    """Make a new token.

    Args:
        entropy: returns that many random bytes.
    """
    value, letters = int.from_bytes(entropy(32), "big"), []
    for _ in range(_LENGTH):  # from 256 bits, so that the remainder favors no letter
        value, letter = divmod(value, len(_ALPHABET))
        letters.append(_ALPHABET[letter])
    return "".join(letters)


def is_token(text: str) -> bool:
    """Whether it can be a token; nothing else is looked up."""
    return _TOKEN.fullmatch(text) is not None


def token_hash(token: str) -> bytes:
    """The hash that is stored to find the page by; the token does not follow from it.

    A plain hash is enough, because tokens, unlike passwords, cannot be guessed.
    """
    return sha256(token.encode()).digest()
