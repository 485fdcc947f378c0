"""What loads when somebody first asks for it: names of a package (PEP 562), and files in it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module


def names_of(
    package: str, modules: Mapping[str, Iterable[str]]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """The ``__getattr__`` and the ``__dir__`` of a package.

    Args:
        package: its ``__name__``.
        modules: the names to load on first use, by the submodule that defines them.
    """
    module_of = {name: module for module, names in modules.items() for name in names}

    def load(name: str) -> object:
        if name not in module_of:
            msg = f"module {package!r} has no attribute {name!r}"
            raise AttributeError(msg)
        value: object = getattr(import_module(f"{package}.{module_of[name]}"), name)
        setattr(sys.modules[package], name, value)
        return value

    def listed() -> list[str]:
        return sorted({*vars(sys.modules[package]), *module_of})

    return load, listed


def packaged(package: str, *path: str) -> str:
    """A text that comes with a package.

    Args:
        package: its ``__name__``.
        path: folders and file below it.
    """
    from importlib import resources  # noqa: PLC0415 - needed once, not by whoever only imports

    return resources.files(package).joinpath(*path).read_text("utf-8")
