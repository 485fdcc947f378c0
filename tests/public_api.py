"""Every public name with its signature, one a line: what a release promises to keep.

To record a change that is meant::

    python tests/public_api.py
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, get_origin

ROOT = Path(__file__).parent.parent
RECORDED = Path(__file__).parent / "data" / "public-api.txt"
_DIRECTIVE = re.compile(r"^\.\. auto(\w+):: (\S+)\n((?:   :.*\n)*)", re.MULTILINE)
# What is there may change until 1.0: docs/api-stability.md.
_PROVISIONAL = {"ports", "provisional", "shared"}
_PLAIN = (str, int, float, bool, bytes, type(None))


def surface() -> list[str]:
    """The lines, sorted."""
    found = {
        line
        for page in ROOT.glob("docs/reference/*.md")
        if page.stem not in _PROVISIONAL
        for room, names, _ in shown(page)
        for name in names
        for line in _described(f"{room}.{name}", getattr(importlib.import_module(room), name))
    }
    return sorted(found)


def shown(page: Path) -> Iterator[tuple[str, set[str], str]]:
    """What each directive of a page of the reference describes: a room, names in it, options."""
    for form, target, options in _DIRECTIVE.findall(page.read_text("utf-8")):
        room, _, name = target.rpartition(".")
        if form == "module":
            elsewhere = set(re.findall(r"\w+", options.partition("exclude-members:")[2]))
            yield target, set(importlib.import_module(target).__all__) - elsewhere, options
        else:
            yield room, {name}, options


def _described(name: str, value: Any) -> Iterator[str]:
    if inspect.isclass(value):
        yield f"{name}: class{_made(value)}"
        for member in sorted(set(dir(value))):
            if not member.startswith("_") and _is_ours(value, member):
                yield _member(f"{name}.{member}", inspect.getattr_static(value, member))
    elif callable(value) and get_origin(value) is None:
        yield f"{name}: {_kind(value)}{_signature(value)}"
    else:
        yield f"{name}: value"


def _made(kind: type) -> str:
    """How instances are made, where that is ours to say."""
    init = inspect.getattr_static(kind, "__init__")
    written = inspect.isfunction(init) and "compliant_sms" in getattr(init, "__module__", "")
    if issubclass(kind, Enum) or getattr(kind, "_is_protocol", False):
        return ""
    return _signature(kind) if written or hasattr(kind, "__attrs_attrs__") else ""


def _is_ours(kind: type, member: str) -> bool:
    owner = next(each for each in kind.__mro__ if member in vars(each))
    return owner.__module__.startswith("compliant_sms")


def _member(name: str, value: Any) -> str:
    if isinstance(value, staticmethod | classmethod):
        return f"{name}: {_kind(value.__func__)}{_signature(value.__func__)}"
    if inspect.isfunction(value):
        return f"{name}: {_kind(value)}{_signature(value)}"
    if isinstance(value, Enum):
        return f"{name}: member {value.value!r}"
    return f"{name}: attribute"


def _kind(function: Any) -> str:
    return "async def" if inspect.iscoroutinefunction(function) else "def"


def _signature(of: Any) -> str:
    try:
        signature = inspect.signature(of)
    except ValueError:
        return "(...)"
    parameters = [_parameter(each) for each in signature.parameters.values()]
    returns = "" if inspect.isclass(of) else signature.return_annotation
    shown = str(signature.replace(parameters=parameters, return_annotation=inspect.Signature.empty))
    told = returns if isinstance(returns, str) else ""
    return f"{shown} -> {told}" if told else shown


class _Shown:
    """A default as it is written, or dots where that could differ from run to run."""

    def __init__(self, value: object) -> None:
        self._value = value

    def __repr__(self) -> str:
        plain = isinstance(self._value, _PLAIN) and not isinstance(self._value, Enum)
        return repr(self._value) if plain or self._value == () else "..."


def _parameter(each: inspect.Parameter) -> inspect.Parameter:
    """Without what is no text: what attrs takes from converters differs between versions."""
    kept = each.annotation if isinstance(each.annotation, str) else inspect.Parameter.empty
    if isinstance(kept, str):
        kept = inspect.Parameter.empty if kept.startswith("_") else _Annotation(kept)
    default = each.default if each.default is inspect.Parameter.empty else _Shown(each.default)
    return each.replace(annotation=kept, default=default)


class _Annotation:
    """What ``inspect`` shows without quotes."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


if __name__ == "__main__":
    RECORDED.write_text("\n".join(surface()) + "\n", "utf-8")
