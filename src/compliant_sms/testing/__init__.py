"""What a project that embeds this library tests itself with."""

from compliant_sms.testing._clock import MovableClock
from compliant_sms.testing._twilio import twilio_text

__all__ = ["MovableClock", "twilio_text"]
