"""Names, arguments and functions that still work while callers move to their replacements.

The documentation says what a deprecation promises, under API stability.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import ParamSpec, TypeVar, cast

from compliant_sms.errors import CompliantSmsDeprecationWarning

P = ParamSpec("P")
T = TypeVar("T")


def _warn(what: str, *, since: str, until: str, instead: str) -> None:
    msg = f"{what} is deprecated since {since} and goes with {until}. Use {instead} instead."
    warnings.warn(msg, CompliantSmsDeprecationWarning, stacklevel=3)


def deprecated(
    *, since: str, until: str, instead: str
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Make a function, method or coroutine function warn its callers.

    Args:
        since: the version that first warned.
        until: the version that removes it.
        instead: what to use, as one writes it in code.
    """

    def mark(function: Callable[P, T]) -> Callable[P, T]:
        name = f"{function.__qualname__}()"

        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> T:
            _warn(name, since=since, until=until, instead=instead)
            return function(*args, **kwargs)

        call.__doc__ = f"{function.__doc__}\n\n.. deprecated:: {since}\n   Use {instead}."
        return call

    return mark


def renamed_argument(
    old: str, new: str, *, since: str, until: str
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Make a function accept a keyword argument under its old name too, with a warning.

    Args:
        old: the name that callers may still use.
        new: the name in the signature.
        since: the version that first warned.
        until: the version that removes the old name.
    """

    def mark(function: Callable[P, T]) -> Callable[P, T]:
        name = f"{function.__qualname__}({old}=...)"

        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> T:
            given = cast("dict[str, object]", kwargs)
            if old in given:
                if new in given:
                    msg = f"{function.__qualname__}() got both {old} and {new}: pass {new} alone"
                    raise TypeError(msg)
                _warn(name, since=since, until=until, instead=f"{new}=...")
                given[new] = given.pop(old)
            return function(*args, **kwargs)

        return call

    return mark


def moved_names(
    package: str,
    names: Mapping[str, str],
    *,
    since: str,
    until: str,
    otherwise: Callable[[str], object] | None = None,
) -> Callable[[str], object]:
    """The ``__getattr__`` of a module whose names were moved or renamed.

    Args:
        package: its ``__name__``.
        names: where each old name is now, as ``"compliant_sms.room.Name"``.
        since: the version that first warned.
        until: the version that removes the old names.
        otherwise: the ``__getattr__`` for all other names, such as that of
            :func:`compliant_sms._lazy.names_of`.
    """

    def load(name: str) -> object:
        if name in names:
            _warn(f"{package}.{name}", since=since, until=until, instead=names[name])
            room, _, now = names[name].rpartition(".")
            value: object = getattr(import_module(room), now)
            return value
        if otherwise is not None:
            return otherwise(name)
        msg = f"module {package!r} has no attribute {name!r}"
        raise AttributeError(msg)

    return load
