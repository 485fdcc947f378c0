"""The vendors' own clients, pointed at a recorder on loopback: what they send is what we build.

They live in an environment of their own: ``nox -s vendors``.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

import pytest
from recorder import Recorder

# Elsewhere the clients are not installed, and nothing here is collected.
collect_ignore_glob = [] if find_spec("telnyx") else ["test_*.py"]


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """Takes requests on loopback, and answers as it is told."""
    with Recorder() as running:
        yield running
