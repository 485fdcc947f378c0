"""Runs every Python block of README.md and docs/ against a simulated carrier.

The blocks run unchanged. What a reader brings along is bound here: credentials, the wording of a
form, a clock that stands still, and a carrier that the Twilio adapter reaches when a block names
no ``base_url``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import httpx
import pytest
from sybil import Sybil
from sybil.parsers.myst import PythonCodeBlockParser, SkipParser

from compliant_sms import Keyring, Messenger, Wording
from compliant_sms.providers import Twilio
from compliant_sms.sandbox import Sandbox
from compliant_sms.testing import MovableClock

_SID = "AC" + "5e" * 16
_TOKEN = "a-token-that-signs-nothing-real"
# A Monday, ten in the morning in Chicago.
_MORNING = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
_INTAKE_WORDING = Wording(
    text="I agree to texts from Lakeside Family Medicine about my appointments and care.",
    version="2026-03",
)


@pytest.fixture(scope="session", autouse=True)
def authorities() -> Iterator[None]:
    """Reads the certificates of all authorities once; that takes longer than most tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx, "create_ssl_context", cache(httpx.create_ssl_context))
        yield


@pytest.fixture(scope="module")
def standing_clock() -> MovableClock:
    """What every block takes for the present, unless it brings its own clock."""
    return MovableClock(_MORNING)


@pytest.fixture(scope="module")
def documented_carrier(
    standing_clock: MovableClock, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sandbox]:
    """The carrier that ``Twilio(...)`` reaches by default, and an empty folder to work in."""
    sandbox = Sandbox(
        account_sid=_SID, auth_token=_TOKEN, numbers=["+12175550111"], clock=standing_clock
    )
    with sandbox as carrier, pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("reader"))
        Keyring.generate().write("texting.keys")
        # Defaults lie in the signatures, so that neither the environment nor the blocks change.
        real = carrier.url.replace("127.0.0.1", "localhost")
        patch.setitem(Twilio.__init__.__kwdefaults__, "base_url", real)
        # A block that names no carrier means the real one, and must seal like there.
        patch.setattr(Twilio, "simulated", property(lambda self: self.base_url != real))
        patch.setitem(Messenger.__init__.__kwdefaults__, "clock", standing_clock)
        yield carrier


@pytest.fixture
def reader(documented_carrier: Sandbox) -> Iterator[dict[str, object]]:
    """The names that README.md takes for granted; what its blocks open is closed at the end."""
    assert documented_carrier.url
    namespace = _bound({})
    yield namespace
    _close(namespace)


def _bound(namespace: dict[str, object]) -> dict[str, object]:
    namespace.update(SID=_SID, TOKEN=_TOKEN, INTAKE_WORDING=_INTAKE_WORDING)
    return namespace


def _close(namespace: dict[str, object]) -> None:
    for value in namespace.values():
        if isinstance(value, Messenger):
            value.close()


pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(), SkipParser()],
    path=str(Path(__file__).parent),
    patterns=["README.md", "docs/*.md", "docs/*/*.md", "docs/*/*/*.md"],
    setup=_bound,
    teardown=_close,
    fixtures=["documented_carrier"],
).pytest()
