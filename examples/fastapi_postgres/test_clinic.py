"""The clinic's own tests, on the database that CLINIC_DSN names; the carrier is in the process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from clinic import PLANS, PRACTICE, make_app
from compliant_sms import Messenger, Practice
from compliant_sms.stores import PostgreSQL
from compliant_sms.testing import FakeCarrier, MovableClock, assert_not_sent, assert_sent
from compliant_sms.worker import Worker

DSN = os.environ["CLINIC_DSN"]
ANA = "+12175550134"
DAY_BEFORE = datetime(2026, 12, 2, 16, 0, tzinfo=UTC)


@pytest.fixture
def compliant_sms_practice() -> Practice:
    return PRACTICE


@pytest.fixture
def compliant_sms_arguments() -> dict[str, Any]:
    return {"store": PostgreSQL(DSN), "reminders": PLANS}


@pytest.fixture
def worker(messenger: Messenger) -> Worker:
    """What runs beside the application in production, with a messenger of its own."""
    return Worker(messenger)


@pytest.fixture
def client(carrier: FakeCarrier) -> Iterator[TestClient]:
    """The application, which the carrier calls."""
    messenger = carrier.async_messenger(practice=PRACTICE, store=PostgreSQL(DSN), reminders=PLANS)
    with TestClient(make_app(messenger, DSN, "https://clinic.example")) as client:
        carrier.post_to(
            lambda request: (
                client.post(
                    "/texts/twilio", content=request.body, headers=dict(request.headers)
                ).status_code
            )
        )
        yield client


def book(client: TestClient, person: str, phone: str = ANA, *, signed: bool = True) -> int:
    booking = {
        "person": person,
        "phone": phone,
        "starts_at": "2026-12-03T14:30",
        "signed_intake": signed,
        "entered_by": "front-desk:ana",
    }
    answer = client.post("/bookings", json=booking)
    assert answer.status_code == 201, answer.json()
    return int(answer.json()["id"])


def test_from_booking_to_stop(
    worker: Worker, client: TestClient, carrier: FakeCarrier, clock: MovableClock
) -> None:
    """Reminded once; moved, reminded anew; and not after STOP."""
    booking = book(client, "pat-881")
    clock.move_to(DAY_BEFORE)
    worker.drain(signals=False)
    worker.drain(signals=False)
    assert_sent(carrier, to=ANA, times=1)

    client.patch(f"/bookings/{booking}", params={"starts_at": "2026-12-10T09:00"})
    assert carrier.reply(ANA, "STOP") == 200
    clock.move_to(datetime(2026, 12, 9, 16, 0, tzinfo=UTC))
    worker.drain(signals=False)

    assert_sent(carrier, to=ANA, times=1)
    sent, refused = client.get("/patients/pat-881/texts").json()
    assert (sent["state"], refused["state"]) == ("sent", "blocked")
    assert refused["why"] == ["This number asked us to stop texting on 2026-12-02."]


def test_without_a_signature_nobody_is_texted(
    worker: Worker, client: TestClient, carrier: FakeCarrier, clock: MovableClock
) -> None:
    book(client, "pat-882", "+12175550135", signed=False)
    clock.move_to(DAY_BEFORE)
    worker.drain(signals=False)
    assert_not_sent(carrier)


def test_a_booking_that_fails_leaves_nothing(client: TestClient) -> None:
    assert client.post("/bookings", json={"person": "pat-883"}).status_code == 422
    bad = {
        "person": "pat-883",
        "phone": "12",
        "starts_at": "2026-12-03T14:30",
        "signed_intake": True,
        "entered_by": "front-desk:ana",
    }
    assert client.post("/bookings", json=bad).status_code == 422
    elsewhere = bad | {"phone": ANA, "starts_at": "2026-12-03T14:30Z"}
    assert client.post("/bookings", json=elsewhere).status_code == 422
    assert client.get("/patients/pat-883/texts").json() == []
