"""Tables of packaged TOML files, each row as a value; what is damaged says where."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from compliant_sms.errors import ConfigurationError

T = TypeVar("T")


def read_toml(file: str, document: str) -> dict[str, Any]:
    """What a TOML document holds.

    Raises:
        ConfigurationError: it is none; the message names the file.
    """
    import tomllib  # noqa: PLC0415 - needed once, not by whoever only imports

    try:
        return tomllib.loads(document)
    except tomllib.TOMLDecodeError as error:
        msg = f"{file} is not valid TOML: {error}"
        raise ConfigurationError(msg) from error


def rows_of(file: str, document: str, table: str, kind: Callable[..., T]) -> Iterator[T]:
    """The rows of an array of tables, one value each.

    Args:
        file: its name, for messages.
        document: the TOML.
        table: the name of the array; without one there are no rows.
        kind: makes a value of a row's fields.

    Raises:
        ConfigurationError: it is no TOML, or a row does not make a value; the message names the
            row.
    """
    for number, row in enumerate(read_toml(file, document).get(table, []), start=1):
        try:
            yield kind(**row)
        except (TypeError, ValueError) as error:
            msg = f"{file}, {table} {number}: {error.args[0]}"
            raise ConfigurationError(msg) from error
