"""The clinic's own tests: the rules and the database are real, the carrier is in the process."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from clinic import PLANS, PRACTICE, make_app
from compliant_sms import Messenger, Practice
from compliant_sms.stores import SQLite
from compliant_sms.testing import FakeCarrier, MovableClock, assert_not_sent, assert_sent
from compliant_sms.worker import Worker

ANA = "+12175550134"
DAY_BEFORE = datetime(2026, 12, 2, 16, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "clinic.db"


@pytest.fixture
def compliant_sms_practice() -> Practice:
    return PRACTICE


@pytest.fixture
def compliant_sms_arguments(database: Path) -> dict[str, Any]:
    return {"store": SQLite(database, shared=True), "reminders": PLANS}


@pytest.fixture
def client(messenger: Messenger, carrier: FakeCarrier, database: Path) -> FlaskClient:
    """The application, which the carrier calls."""
    messenger.verify_ledger()  # makes the tables
    client = make_app(messenger, database, "https://clinic.example").test_client()
    carrier.post_to(
        lambda request: (
            client.post(
                "/texts/twilio", data=request.body, headers=dict(request.headers)
            ).status_code
        )
    )
    return client


def book(client: FlaskClient, **changed: object) -> str:
    booking = {
        "person": "pat-881",
        "phone": ANA,
        "starts_at": "2026-12-03T14:30",
        "may_text": True,
        "by": "ana",
    }
    answer = client.post("/bookings", json={**booking, **changed})
    assert answer.status_code == 201, answer.json
    return str(answer.json["id"])


def work(messenger: Messenger, clock: MovableClock, at: datetime) -> None:
    clock.move_to(at)
    assert Worker(messenger).drain(signals=False).errors == {}


def test_reminded_once_and_confirmed(
    client: FlaskClient, messenger: Messenger, carrier: FakeCarrier, clock: MovableClock
) -> None:
    book(client)
    work(messenger, clock, DAY_BEFORE)
    work(messenger, clock, DAY_BEFORE)
    assert_sent(carrier, to=ANA, containing="2:30 PM", times=1)

    assert carrier.reply(ANA, "yes") == 200
    assert client.get("/to-do").json == {"call": []}


def test_a_cancelled_visit_is_not_reminded_of(
    client: FlaskClient, messenger: Messenger, carrier: FakeCarrier, clock: MovableClock
) -> None:
    client.post(f"/bookings/{book(client)}/cancel")
    work(messenger, clock, DAY_BEFORE)
    assert_not_sent(carrier)


def test_nobody_is_texted_who_was_not_asked(
    client: FlaskClient, messenger: Messenger, carrier: FakeCarrier, clock: MovableClock
) -> None:
    book(client, may_text=False)
    work(messenger, clock, DAY_BEFORE)
    assert_not_sent(carrier)


def test_a_number_that_is_none_books_nothing(client: FlaskClient) -> None:
    answer = client.post(
        "/bookings",
        json={
            "person": "pat-881",
            "phone": "12",
            "starts_at": "2026-12-03T14:30",
            "may_text": True,
            "by": "ana",
        },
    )
    assert answer.status_code == 422
