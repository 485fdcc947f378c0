"""Twilio's dialect."""

from __future__ import annotations

from compliant_sms.sandbox._twilio._account import TwilioAccount

__all__ = ["TwilioAccount"]
