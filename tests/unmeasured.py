"""What coverage leaves out: rounds of what other tests cover, and programs that are killed.

The tracer makes Python several times as slow, and what it notes of a killed process is lost.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["surroundings", "untraced"]


def surroundings() -> dict[str, str]:
    """The environment of a process in which coverage shall not begin."""
    return {name: value for name, value in os.environ.items() if name not in _BEGINS}


# Under either of these it begins by itself in every process of Python.
_BEGINS = {"COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START"}


@contextmanager
def untraced() -> Iterator[None]:
    """Without the tracer of this thread."""
    tracer = sys.gettrace()
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(tracer)
