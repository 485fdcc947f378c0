"""Fixtures for pytest: ``messenger``, ``async_messenger``, ``carrier`` and ``clock``.

Beside them are those that they are made of.

pytest finds this by itself where the library is installed. It imports nothing of the library until
a fixture is asked for. A fixture of your own with the same name wins, in a test file or in a
``conftest.py``; override one and the others build on yours.

To do without: ``-p no:compliant_sms``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from zlib import crc32

import pytest

if TYPE_CHECKING:
    from compliant_sms import AsyncMessenger, Messenger, Practice
    from compliant_sms.testing import FakeCarrier, MovableClock

__all__ = [
    "async_messenger",
    "carrier",
    "clock",
    "compliant_sms_arguments",
    "compliant_sms_practice",
    "compliant_sms_seed",
    "messenger",
]


@pytest.fixture
def clock() -> MovableClock:
    """Stands on Monday, 30 November 2026, 10 in the morning in Chicago, until it is moved."""
    from compliant_sms.testing import MORNING, MovableClock  # noqa: PLC0415 - inert when unused

    return MovableClock(MORNING)


@pytest.fixture
def compliant_sms_seed(request: pytest.FixtureRequest) -> int:
    """The seed of ``carrier``: the same in each run of a test, and another one in each test."""
    return crc32(request.node.nodeid.encode())


@pytest.fixture
def carrier(clock: MovableClock, compliant_sms_seed: int) -> FakeCarrier:
    """A fake Twilio; return ``FakeCarrier("telnyx", clock=clock)`` to have another."""
    from compliant_sms.testing import FakeCarrier  # noqa: PLC0415 - inert when unused

    return FakeCarrier(clock=clock, seed=compliant_sms_seed)


@pytest.fixture
def compliant_sms_practice() -> Practice:
    """Who texts: a made-up practice in Illinois."""
    from compliant_sms import Practice  # noqa: PLC0415 - inert when unused

    return Practice(
        name="Lakeside Family Medicine",
        phone="+1 217 555 0100",
        time_zone="America/Chicago",
        state="IL",
        id="lakeside",
    )


@pytest.fixture
def compliant_sms_arguments() -> dict[str, Any]:
    """More arguments of ``messenger``, such as ``people``; patients live in Chicago by default."""
    from compliant_sms import Profile  # noqa: PLC0415 - inert when unused

    return {"people": lambda _: Profile(time_zone="America/Chicago")}


@pytest.fixture
def messenger(
    carrier: FakeCarrier,
    compliant_sms_practice: Practice,
    compliant_sms_arguments: dict[str, Any],
) -> Iterator[Messenger]:
    """A messenger over a database in memory, connected to ``carrier``; closed after the test."""
    with carrier.messenger(practice=compliant_sms_practice, **compliant_sms_arguments) as made:
        yield made


@pytest.fixture
def async_messenger(
    carrier: FakeCarrier,
    compliant_sms_practice: Practice,
    compliant_sms_arguments: dict[str, Any],
) -> Iterator[AsyncMessenger]:
    """The same for an event loop, whichever plugin runs your coroutines."""
    import asyncio  # noqa: PLC0415 - inert when unused

    made = carrier.async_messenger(practice=compliant_sms_practice, **compliant_sms_arguments)
    yield made
    asyncio.run(made.aclose())
