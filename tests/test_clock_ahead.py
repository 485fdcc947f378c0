"""A consent that a machine with a fast clock dated outlasts nothing that ends texts after it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from compliant_sms import Blocked, Delivery, Messenger, Sent
from compliant_sms.imports import ImportedOptOut
from compliant_sms.rates import Rate
from compliant_sms.sandbox import Sandbox
from compliant_sms.testing import MovableClock, assert_blocked
from conftest import PATIENT, PERSON, WARNING
from test_receive import from_patient
from test_send import agree, outgoing, remind

Make = Callable[..., Messenger]
AHEAD = timedelta(minutes=4)
HEARD = {"channel": "spoken", "recorded_by": "front-desk:ana"}
pytestmark = pytest.mark.both_databases


@pytest.fixture
def ahead(make_messenger: Make, clock: MovableClock) -> Messenger:
    """A messenger of the practice on a machine whose clock is four minutes ahead."""
    return make_messenger(clock=lambda: clock() + AHEAD)


def test_an_undated_opt_out_comes_after_it(
    messenger: Messenger, ahead: Messenger, clock: MovableClock
) -> None:
    """An undated row says that the number is on the list now."""
    agree(ahead)
    clock.advance(timedelta(minutes=1))
    rows = [ImportedOptOut(number=PATIENT)]
    messenger.import_consents([], opt_outs=rows, source="old", by="it:kim")
    clock.advance(timedelta(minutes=10))

    assert_blocked(remind(messenger), rule="revocation")


@pytest.mark.parametrize(("seconds", "ends"), [(0, True), (5, True), (299, True), (301, False)])
def test_a_stop_that_staff_date_themselves_comes_after_it(
    messenger: Messenger, ahead: Messenger, clock: MovableClock, seconds: int, *, ends: bool
) -> None:
    """What they heard within the last minutes; an older request came before the consent."""
    clock.advance(timedelta(minutes=10))
    agree(ahead)
    clock.advance(timedelta(minutes=1))
    said = clock() - timedelta(seconds=seconds)
    messenger.consent.revoke(PATIENT, **HEARD, occurred_at=said)  # type: ignore[arg-type]
    clock.advance(timedelta(minutes=10))

    assert isinstance(remind(messenger), Blocked if ends else Sent)


def test_a_stop_before_a_consent_of_the_same_minute_is_no_later_one(
    messenger: Messenger, clock: MovableClock
) -> None:
    """Where no clock is ahead, the order is that of the times that were given."""
    clock.advance(timedelta(minutes=10))
    agree(messenger)
    clock.advance(timedelta(minutes=1))
    said = clock() - timedelta(minutes=2)
    messenger.consent.revoke(PATIENT, **HEARD, occurred_at=said)  # type: ignore[arg-type]

    assert isinstance(remind(messenger), Sent)


def test_a_wish_that_is_withdrawn_is_withdrawn_at_once(
    messenger: Messenger, ahead: Messenger, clock: MovableClock
) -> None:
    """Details leave no more."""
    agree(messenger)
    asked = {"person": PERSON, **HEARD}
    ahead.consent.record_phi_preference(PATIENT, warning=WARNING, **asked)  # type: ignore[arg-type]
    clock.advance(timedelta(minutes=1))
    messenger.consent.withdraw_phi_preference(PATIENT, **asked)  # type: ignore[arg-type]
    clock.advance(timedelta(minutes=10))
    assert not messenger.consent.phi_preference(PATIENT, person=PERSON).allows_detail
    details = "Lakeside Family Medicine: Ana, please keep taking lisinopril 10 mg."

    assert_blocked(remind(messenger, body=details), rule="phi-in-body")


def test_a_sender_does_not_wait_for_it(
    make_messenger: Make, carrier: Sandbox, clock: MovableClock
) -> None:
    """Whoever waits for a clock that was a day ahead waits seconds, and STOP is confirmed."""
    delivery = Delivery(rate=Rate(per_second=1, burst=1, unit="texts"))
    late = make_messenger(clock=lambda: clock() + timedelta(days=1), delivery=delivery)
    messenger = make_messenger(delivery=delivery)
    agree(messenger)
    clock.advance(timedelta(minutes=1))
    remind(late)
    messenger.receive(from_patient("STOP", "SM1"))
    for _ in range(3):
        messenger.dispatch_due()
        clock.advance(timedelta(seconds=2))

    assert "you will get no more texts from us" in outgoing(carrier)[-1]
