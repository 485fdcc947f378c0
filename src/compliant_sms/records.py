"""Values as canonical JSON bytes and back, for everything that is kept.

Canonical: UTF-8, keys sorted, no blanks, instants in UTC as ``2026-12-01T20:30:00.000000Z``.
The same value always gives the same bytes, whatever the Python version.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from compliant_sms.phone import PhoneNumber

if TYPE_CHECKING:
    from cattrs import Converter

__all__ = [
    "canonical",
    "decode",
    "encode",
    "instant_from_text",
    "instant_to_text",
    "structure",
    "unstructure",
]

T = TypeVar("T")
_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def instant_to_text(value: datetime) -> str:
    """An aware instant in the canonical form, which sorts as the instants do."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def instant_from_text(text: str) -> datetime:
    """The instant (UTC) of the canonical form."""
    return datetime.fromisoformat(text).astimezone(UTC)


@cache
def _converter() -> Converter:
    # Imported on first use: it costs as much time as the rest of the core together.
    from cattrs import Converter  # noqa: PLC0415

    converter = Converter(
        detailed_validation=False, unstruct_collection_overrides={frozenset: sorted}
    )
    converter.register_unstructure_hook(datetime, instant_to_text)
    converter.register_structure_hook(datetime, lambda text, _: instant_from_text(text))
    converter.register_unstructure_hook(date, date.isoformat)
    converter.register_structure_hook(date, lambda text, _: date.fromisoformat(text))
    converter.register_unstructure_hook(PhoneNumber, lambda number: number.e164)
    converter.register_structure_hook(PhoneNumber, lambda text, _: PhoneNumber(text))
    return converter


def unstructure(value: object) -> Any:  # noqa: ANN401 - JSON has no narrower type
    """The value as plain lists, dicts, texts and numbers."""
    return _converter().unstructure(value)


def structure(data: object, kind: type[T]) -> T:
    """The value of that type from what :func:`unstructure` made of it."""
    return _converter().structure(data, kind)


def canonical(data: object) -> bytes:
    """Plain lists, dicts, texts and numbers as canonical JSON."""
    return _JSON.encode(data).encode()


def encode(value: object) -> bytes:
    """The value as canonical JSON."""
    return canonical(unstructure(value))


def decode(data: bytes, kind: type[T]) -> T:
    """The value of that type from what :func:`encode` made of it."""
    return structure(json.loads(data), kind)
