"""Turns ``:name`` parameters into the ``$1`` that PostgreSQL itself takes."""

from __future__ import annotations

import re
from functools import lru_cache

# What stands in quotes, in a comment or behind a second colon (a cast) is no parameter.
_TOKEN = re.compile(r"""'(?:[^']|'')*'|"[^"]*"|--[^\n]*|::|:([A-Za-z_]\w*)""")


@lru_cache(maxsize=512)
def positional(sql: str) -> tuple[str, tuple[str, ...]]:
    """The statement, and the names of its parameters in their order."""
    names: list[str] = []

    def number(token: re.Match[str]) -> str:
        name = token[1]
        if name is None:
            return token[0]
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    return _TOKEN.sub(number, sql), tuple(names)
