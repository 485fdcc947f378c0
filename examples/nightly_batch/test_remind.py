"""The batch against a carrier in the process."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from compliant_sms import Messenger, Practice
from compliant_sms.testing import FakeCarrier, MovableClock, assert_not_sent, assert_sent
from remind import PLANS, PRACTICE, main, read, remind, summary

ANA, BEN = "+12175550134", "+12175550135"
DIARY = f"""id,person,phone,starts_at,status
1,pat-881,{ANA},2026-12-01T14:30,booked
2,pat-882,{BEN},2026-12-01T15:00,booked
3,pat-883,not a number,2026-12-01T15:30,booked
"""


@pytest.fixture
def diary(tmp_path: Path) -> Path:
    path = tmp_path / "diary.csv"
    path.write_text(DIARY)
    return path


@pytest.fixture
def clock() -> MovableClock:
    """Half past nine in the morning in Chicago."""
    return MovableClock(datetime(2026, 11, 30, 15, 30, tzinfo=UTC))


@pytest.fixture
def compliant_sms_practice() -> Practice:
    return PRACTICE


@pytest.fixture
def compliant_sms_arguments() -> dict[str, Any]:
    return {"reminders": PLANS}


def test_a_bad_line_is_named_and_shows_nobody(
    diary: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(diary)]) == 1
    shown = capsys.readouterr()
    assert "2 visits, 1 lines" in shown.out
    assert shown.err == "diary.csv:4: InvalidPhoneNumber\n"


def test_every_night(
    diary: Path, messenger: Messenger, carrier: FakeCarrier, clock: MovableClock
) -> None:
    """Who agreed is reminded, once; who was not asked is not."""
    messenger.consent.grant(ANA, person="pat-881", basis="spoken", recorded_by="desk:ana")
    visits, _ = read(diary)

    assert remind(messenger, visits).sent == 0  # nothing is due yet
    clock.move_to(datetime(2026, 11, 30, 16, 0, tzinfo=UTC))
    assert list(summary(remind(messenger, visits))) == ["sent 1, held 0, blocked 1"]
    assert remind(messenger, visits).sent == 0
    assert_sent(carrier, to=ANA, times=1)
    assert_not_sent(carrier, to=BEN)
