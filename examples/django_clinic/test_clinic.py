"""The clinic's own tests: all is real but the carrier, which is in the process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django
import pytest
from django.core.management import call_command
from django.test import Client

from compliant_sms import Messenger, WebhookRequest
from compliant_sms.stores import SQLite
from compliant_sms.testing import MORNING, FakeCarrier, MovableClock, assert_not_sent, assert_sent
from compliant_sms.worker import Worker

ANA, BEN = "+12175550134", "+12175550135"
DAY_BEFORE = datetime(2026, 12, 2, 16, 0, tzinfo=UTC)
CLOCK = MovableClock(MORNING)
CARRIER = FakeCarrier(clock=CLOCK)


# Django is set up once in a process, and so is this.
@pytest.fixture(scope="module")
def messenger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Messenger]:
    """The project's messenger, with the carrier in Twilio's place."""
    database: Path = tmp_path_factory.mktemp("clinic") / "clinic.db"
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "clinic.settings",
        "DJANGO_SECRET_KEY": "for-tests-only",
        "CLINIC_DATABASE": str(database),
    }
    django.setup()
    from clinic import texting  # noqa: PLC0415 - needs the settings

    made = CARRIER.messenger(
        practice=texting.PRACTICE, store=SQLite(database, shared=True), reminders=texting.PLANS
    )
    with made, pytest.MonkeyPatch.context() as patch:
        patch.setattr(texting, "messenger", lambda: made)
        call_command("migrate", run_syncdb=True, verbosity=0)
        made.dispatch_due()  # makes the library's tables
        yield made


def book(client: Client, person: str, phone: str, **more: str) -> int:
    booking = {"person": person, "phone": phone, "starts_at": "2026-12-03 14:30"}
    answer = client.post("/bookings", {**booking, "entered_by": "front-desk:ana", **more})
    assert answer.status_code == 201, answer.json()
    return int(answer.json()["id"])


def signed(text: WebhookRequest) -> dict[str, Any]:
    """The headers of a callback, as Django's test client takes them."""
    headers = dict(text.headers)
    return {"content_type": headers["content-type"], "headers": headers}


def test_from_booking_to_stop(messenger: Messenger) -> None:
    """Who agreed is reminded, once; who was not asked and who cancelled are not; then STOP."""
    call_command("check", fail_level="WARNING")
    client = Client(headers={"host": "clinic.example"})
    book(client, "pat-881", "(217) 555-0134", may_text="on")
    book(client, "pat-882", BEN)
    cancelled = book(client, "pat-883", ANA, may_text="on")
    client.post(f"/bookings/{cancelled}/cancel")

    CLOCK.move_to(DAY_BEFORE)
    worker = Worker(messenger)
    worker.drain(signals=False)
    worker.drain(signals=False)
    assert_sent(CARRIER, to=ANA, times=1)
    assert_not_sent(CARRIER, to=BEN)

    CARRIER.post_to(
        lambda text: client.post("/texts/twilio", text.body, **signed(text)).status_code
    )
    assert CARRIER.reply(ANA, "STOP") == 200
    assert messenger.consent.state(ANA, person="pat-881").revoked_at is not None


def test_a_number_that_is_none_is_refused(messenger: Messenger) -> None:
    client = Client(headers={"host": "clinic.example"})
    booking = {"person": "pat-884", "phone": "12", "starts_at": "2026-12-03 14:30"}
    answer = client.post("/bookings", {**booking, "entered_by": "front-desk:ana"})
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["phone"]
    assert messenger.history("pat-884").texts == ()
