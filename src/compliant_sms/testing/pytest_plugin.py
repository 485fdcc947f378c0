"""Fixtures for pytest: ``messenger``, ``async_messenger``, ``carrier`` and ``clock``.

The other fixtures are what these four are made of.

pytest finds this plugin by itself when the library is installed. The plugin imports nothing from
the library until a fixture is requested. Your own fixture of the same name wins, whether in a test
file or in a ``conftest.py``, and the other fixtures then build on yours.

To disable the plugin, pass ``-p no:compliant_sms``.
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
    """A clock that stays at Monday, November 30, 2026, 10 a.m. in Chicago, until you move it."""
    from compliant_sms.testing import MORNING, MovableClock  # noqa: PLC0415 - inert when unused

    return MovableClock(MORNING)


@pytest.fixture
def compliant_sms_seed(request: pytest.FixtureRequest) -> int:
    """The seed of ``carrier``: the same in every run of a test, and different in each test."""
    return crc32(request.node.nodeid.encode())


@pytest.fixture
def carrier(clock: MovableClock, compliant_sms_seed: int) -> FakeCarrier:
    """A fake Twilio. For another provider, return ``FakeCarrier("telnyx", clock=clock)``."""
    from compliant_sms.testing import FakeCarrier  # noqa: PLC0415 - inert when unused

    return FakeCarrier(clock=clock, seed=compliant_sms_seed)


@pytest.fixture
def compliant_sms_practice() -> Practice:
    """The practice that texts: a made-up one in Illinois."""
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
    """More arguments for ``messenger``, such as ``people``. By default patients live in Chicago."""
    from compliant_sms import Profile  # noqa: PLC0415 - inert when unused

    return {"people": lambda _: Profile(time_zone="America/Chicago")}


@pytest.fixture
def messenger(
    carrier: FakeCarrier,
    compliant_sms_practice: Practice,
    compliant_sms_arguments: dict[str, Any],
) -> Iterator[Messenger]:
    """A messenger with an in-memory database, connected to ``carrier``; closed after the test."""
    with carrier.messenger(practice=compliant_sms_practice, **compliant_sms_arguments) as made:
        yield made


@pytest.fixture
def async_messenger(
    carrier: FakeCarrier,
    compliant_sms_practice: Practice,
    compliant_sms_arguments: dict[str, Any],
) -> Iterator[AsyncMessenger]:
    """The async counterpart of ``messenger``, for any plugin that runs your coroutines."""
    import asyncio  # noqa: PLC0415 - inert when unused

    made = carrier.async_messenger(practice=compliant_sms_practice, **compliant_sms_arguments)
    yield made
    asyncio.run(made.aclose())
