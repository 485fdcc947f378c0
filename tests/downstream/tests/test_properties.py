"""What must hold for any patient, with the library's strategies."""

from __future__ import annotations

from hypothesis import given, settings

from clinic import Visit, remind
from compliant_sms import PhoneNumber, Practice
from compliant_sms.reminders import Appointment
from compliant_sms.testing import FakeCarrier, assert_not_sent
from compliant_sms.testing.strategies import appointments, numbers, revoking_texts

PRACTICE = Practice(
    name="Lakeside Family Medicine",
    phone="+1 217 555 0100",
    time_zone="America/Chicago",
    state="IL",
    id="clinic",
)


@settings(max_examples=15, deadline=None)
@given(numbers(), appointments(), revoking_texts())
def test_whoever_says_stop_is_not_texted(
    number: PhoneNumber, visit: Appointment, body: str
) -> None:
    """However they say it, and whatever the visit."""
    carrier = FakeCarrier("vonage")
    with carrier.messenger(practice=PRACTICE) as messenger:
        messenger.consent.grant(number, person="pat-1", basis="spoken", recorded_by="a test")
        carrier.reply(number.e164, body)
        before = len(carrier.texts_to(number.e164))
        shown = remind(messenger, Visit("appt-1", "pat-1", number.e164, visit.starts_at))

        assert shown.startswith("call instead")
        assert len(carrier.texts_to(number.e164)) == before <= 1
        assert_not_sent(carrier, to="+12175550199")
