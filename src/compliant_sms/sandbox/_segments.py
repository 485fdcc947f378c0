"""How many SMS a text takes (3GPP TS 23.038 for the alphabet, TS 23.040 for the parts)."""

from __future__ import annotations

from typing import Final

_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = frozenset("\f^{}\\[~]|€")

# Alone, and as one part of several (the rest of the part is the header that joins them).
_GSM_7: Final = (160, 153)
_UCS_2: Final = (70, 67)


def count_segments(body: str) -> int:
    """How many SMS a body takes; an empty one takes one."""
    if all(char in _BASIC or char in _EXTENDED for char in body):
        return _pack([2 if char in _EXTENDED else 1 for char in body], *_GSM_7)
    return _pack([2 if ord(char) > 0xFFFF else 1 for char in body], *_UCS_2)


def _pack(sizes: list[int], alone: int, part: int) -> int:
    if sum(sizes) <= alone:
        return 1
    count, used = 1, 0
    for size in sizes:
        # A character of two units is never split over two parts.
        if used + size > part:
            count, used = count + 1, 0
        used += size
    return count
