"""What coverage leaves out: rounds of what other tests cover, and programs that are killed.

The tracer makes Python several times as slow, and what it notes of a killed process is lost.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import compliant_sms

__all__ = ["load_everything", "surroundings", "untraced"]


def surroundings() -> dict[str, str]:
    """The environment of a process in which coverage shall not begin."""
    return {name: value for name, value in os.environ.items() if name not in _BEGINS}


# Under either of these it begins by itself in every process of Python.
_BEGINS = {"COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START"}


@contextmanager
def untraced() -> Iterator[None]:
    """Without the tracer of this thread, and of the threads and processes that it starts."""
    tracer, of_threads = sys.gettrace(), threading.gettrace()
    begins = {name: os.environ.pop(name) for name in _BEGINS if name in os.environ}
    sys.settrace(None)
    threading.settrace(None)  # type: ignore[arg-type]
    try:
        yield
    finally:
        os.environ.update(begins)
        threading.settrace(of_threads)  # type: ignore[arg-type]
        sys.settrace(tracer)


def load_everything() -> None:
    """Load all modules while the tracer sees it: what is loaded late may be loaded untraced."""
    for module in pkgutil.walk_packages(compliant_sms.__path__, f"{compliant_sms.__name__}."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
