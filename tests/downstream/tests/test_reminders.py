"""The clinic's reminders, with the fixtures that the library brings."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import pytest

from clinic import Visit, remind, webhook
from compliant_sms import Messenger, Outcome, Purpose
from compliant_sms.testing import (
    FakeCarrier,
    MovableClock,
    Recipient,
    assert_blocked,
    assert_held,
    assert_no_phi,
    assert_not_sent,
    assert_sent,
)
from compliant_sms.testing.webhooks import maker_for

ANA = "+12175550134"
VISIT = Visit(id="appt-1", patient="pat-881", number=ANA, at=datetime.fromisoformat(
    "2026-12-04T14:30:00-06:00"
))  # fmt: skip


@pytest.fixture
def agreed(messenger: Messenger) -> None:
    """Ana agreed to texts."""
    messenger.consent.grant(ANA, person="pat-881", basis="spoken", recorded_by="front-desk:ana")


@pytest.mark.usefixtures("agreed")
def test_reminded_once(messenger: Messenger, carrier: FakeCarrier) -> None:
    """A second run of the nightly job texts nobody twice."""
    assert remind(messenger, VISIT) == "reminded"
    assert remind(messenger, VISIT) == "reminded"

    assert_sent(carrier, to=ANA, containing="Friday at 14:30", times=1)


def test_called_without_consent(messenger: Messenger, carrier: FakeCarrier) -> None:
    """Nobody is texted who did not agree."""
    assert remind(messenger, VISIT).startswith("call instead")
    assert_not_sent(carrier)


@pytest.mark.usefixtures("agreed")
def test_night(messenger: Messenger, carrier: FakeCarrier, clock: MovableClock) -> None:
    """At night a reminder waits, and goes in the morning."""
    clock.advance(timedelta(hours=12))
    assert remind(messenger, VISIT) == "waits until 14:00 UTC"
    assert_not_sent(carrier)

    clock.advance(timedelta(hours=12))
    messenger.dispatch_due()
    assert_sent(carrier, to=ANA)


@pytest.mark.usefixtures("agreed")
def test_stop(messenger: Messenger, carrier: FakeCarrier, caplog: pytest.LogCaptureFixture) -> None:
    """A STOP reaches the clinic's own endpoint and ends texting; no log tells of Ana."""
    caplog.set_level(logging.DEBUG)
    carrier.post_to(lambda request: webhook(messenger, request))
    remind(messenger, VISIT)

    assert carrier.reply(ANA, "Please stop texting me, Ana Gomez") == 200

    assert messenger.consent.state(ANA, person="pat-881").revoked_at is not None
    assert_no_phi(caplog, messenger)


def test_forged(messenger: Messenger, carrier: FakeCarrier) -> None:
    """A callback at another address than the one that was signed is refused."""
    maker = maker_for(carrier.provider)
    genuine = maker.opt_out(sender=ANA, at=carrier.clock())
    forged = type(genuine)(method="POST", url=f"{genuine.url}/other", headers=genuine.headers,
                           body=genuine.body)  # fmt: skip

    assert webhook(messenger, forged) == 403
    assert webhook(messenger, genuine) == 200


@pytest.mark.usefixtures("agreed")
def test_landline(messenger: Messenger, carrier: FakeCarrier) -> None:
    """A landline is told apart from a text that arrived."""
    carrier.set_recipient(ANA, Recipient.LANDLINE)
    remind(messenger, VISIT)
    carrier.deliver_callbacks()

    message = messenger.history("pat-881").texts[0].message
    assert message.state == "undelivered"
    assert message.problem is not None
    assert message.problem.category == "landline_or_incapable"


def test_rules(messenger: Messenger, clock: MovableClock) -> None:
    """Assertions name the rule that spoke, and hand the outcome on."""

    def text(key: str) -> Outcome:
        return messenger.send(
            to=ANA,
            person="pat-881",
            purpose=Purpose.APPOINTMENT_REMINDER,
            body=f"Lakeside Family Medicine: see you on Friday ({key}).",
            idempotency_key=key,
        )

    assert_blocked(text("1"), rule="consent")
    messenger.consent.grant(ANA, person="pat-881", basis="spoken", recorded_by="front-desk:ana")
    assert_sent(text("2"))
    clock.advance(timedelta(hours=12))
    held = assert_held(text("3"), rule="courtesy-window")
    assert held.until > clock()
