"""What a project that embeds this library tests itself with."""

from compliant_sms.testing._clock import MovableClock

__all__ = ["MovableClock"]
