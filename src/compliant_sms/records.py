"""Values as canonical JSON bytes and back, for everything that is stored.

Canonical: UTF-8, sorted keys, no blanks, instants in UTC as ``2026-12-01T20:30:00.000000Z``.
The same value always gives the same bytes, whatever the Python version.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from compliant_sms import _given
from compliant_sms.errors import NotOurDatabase
from compliant_sms.phone import PhoneNumber

if TYPE_CHECKING:
    from cattrs import Converter

__all__ = [
    "canonical",
    "decode",
    "encode",
    "fields_of",
    "from_fields",
    "instant_from_text",
    "instant_to_text",
    "keep_as",
    "lean",
    "parsed",
    "structure",
    "unstructure",
]

T = TypeVar("T")
_DAMAGED = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def instant_to_text(value: datetime) -> str:
    """An aware instant in canonical form, which sorts as instants do."""
    return value.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def instant_from_text(text: str) -> datetime:
    """The instant (UTC) for its canonical form."""
    return datetime.fromisoformat(text).astimezone(UTC)


_LEAN: set[type] = set()
_BY_FIELDS: dict[type, tuple[Callable[[Any], Any], Callable[[Any, Any], Any]]] = {}
_KEPT: dict[type, tuple[Callable[[Any], object], Callable[[Any], object]]] = {}


def lean(kind: type[T]) -> type[T]:
    """Decorate a class: fields that have their default are left out of its records.

    The defaults of such a class must never change: old records rely on them.
    """
    _LEAN.add(kind)
    _converter.cache_clear()
    return kind


def keep_as(kind: type[T], to_plain: Callable[[T], object], from_plain: Callable[[Any], T]) -> None:
    """Register a special form for values of a type."""
    _KEPT[kind] = (to_plain, from_plain)
    _converter.cache_clear()
    _BY_FIELDS.clear()


def _by_fields(kind: type) -> tuple[Callable[[Any], Any], Callable[[Any, Any], Any]]:
    if kind not in _BY_FIELDS:
        from cattrs.gen import (  # noqa: PLC0415 - as for the converter
            make_dict_structure_fn,
            make_dict_unstructure_fn,
        )

        converter = _converter()
        _BY_FIELDS[kind] = (
            make_dict_unstructure_fn(kind, converter, _cattrs_omit_if_default=True),
            make_dict_structure_fn(kind, converter, _cattrs_detailed_validation=False),
        )
    return _BY_FIELDS[kind]


def fields_of(value: object) -> Any:  # noqa: ANN401 - JSON has no narrower type
    """A value by its fields, even if its type has a special form."""
    return _by_fields(type(value))[0](value)


def from_fields(data: object, kind: type[T]) -> T:
    """The value of that type from what :func:`fields_of` returned."""
    value: T = _by_fields(kind)[1](data, kind)
    return value


def _only_data(made: Callable[[Any], object]) -> Callable[[Any, object], object]:
    return lambda data, _: made(data)


def _leanly(converter: Converter) -> Callable[[type], Callable[[Any], Any]]:
    from cattrs.gen import make_dict_unstructure_fn  # noqa: PLC0415 - as for the converter

    def made(kind: type) -> Callable[[Any], Any]:
        return make_dict_unstructure_fn(kind, converter, _cattrs_omit_if_default=True)

    return made


@cache
def _converter() -> Converter:
    # Imported on first use: it takes as long as the rest of the core together.
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
    converter.register_unstructure_hook(time, lambda value: value.isoformat("auto"))
    converter.register_structure_hook(time, lambda text, _: time.fromisoformat(text))
    converter.register_unstructure_hook(timedelta, timedelta.total_seconds)
    converter.register_structure_hook(timedelta, lambda seconds, _: timedelta(seconds=seconds))
    converter.register_unstructure_hook_factory(_LEAN.__contains__, _leanly(converter))
    for kind, (to_plain, from_plain) in _KEPT.items():
        converter.register_unstructure_hook(kind, to_plain)
        converter.register_structure_hook(kind, _only_data(from_plain))
    return converter


def unstructure(value: object) -> Any:  # noqa: ANN401 - JSON has no narrower type
    """The value as plain lists, dicts, strings and numbers."""
    return _converter().unstructure(value)


def structure(data: object, kind: type[T]) -> T:
    """The value of that type from what :func:`unstructure` returned."""
    return _converter().structure(data, kind)


def canonical(data: object) -> bytes:
    """Plain lists, dicts, strings and numbers as canonical JSON.

    Raises:
        InvalidInput: a string holds half a surrogate pair.
    """
    return _given.utf_8(_JSON.encode(data), "what is to be stored")


def parsed(data: bytes) -> Any:  # noqa: ANN401 - JSON has no narrower type
    """Plain lists, dicts, strings and numbers from what :func:`canonical` returned.

    Raises:
        ValueError: it is not JSON.
    """
    # Given bytes, json would detect their encoding each time.
    return json.loads(data.decode("utf-8", "surrogatepass"))


def encode(value: object) -> bytes:
    """The value as canonical JSON.

    Raises:
        InvalidInput: a string holds half a surrogate pair.
    """
    return canonical(unstructure(value))


def decode(data: bytes, kind: type[T]) -> T:
    """The value of that type from what :func:`encode` returned.

    Raises:
        NotOurDatabase: :func:`encode` did not make these bytes.
    """
    with suppress(*_DAMAGED):
        return structure(parsed(data), kind)
    # Outside the handler: the caught error quotes the record, and must not be chained.
    msg = f"a {kind.__name__} in the database is damaged. Restore a backup and compare."
    raise NotOurDatabase(msg)
