"""Codes of the record in plain words. What has none is shown as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from compliant_sms.consent import Tier
from compliant_sms.evidence._page._markup import shown

__all__ = ["AUTHORS", "BASES", "CHANNELS", "INTENTS", "STATES", "TIERS", "listed", "number", "word"]

TIERS = {
    Tier.NONE: "no consent",
    Tier.PRIOR_EXPRESS: "prior express consent",
    Tier.PRIOR_EXPRESS_WRITTEN: "prior express written consent",
}
BASES = {
    "intake_form": "on an intake form",
    "paper_form": "on a paper form",
    "web_form": "on a web form",
    "text_message": "by text message",
    "spoken": "by word of mouth",
    "booking": "by giving the number when booking",
}
CHANNELS = {
    "text": "by text message",
    "spoken": "by word of mouth",
    "voicemail": "by voicemail",
    "email": "by email",
    "web": "on the web",
    "letter": "by letter",
    "unknown": "by a way that was erased",
    "provider": "as reported by the provider or a carrier",
}
STATES = {
    "due": "Ready to go",
    "held": "Held: not to leave before a later time",
    "claimed": "Taken for sending",
    "sent": "Accepted by the provider",
    "delivered": "Reported as delivered",
    "undelivered": "Reported as not delivered",
    "failed": "Refused by the provider",
    "blocked": "Blocked by a rule: not sent",
    "uncertain": "Outcome unknown: the provider may or may not have taken it",
    "cancelled": "Cancelled: not sent",
}
INTENTS = {
    "emergency": "danger to life",
    "opt_out": "asks for texts to stop",
    "opt_in": "asks for texts, or agrees to them",
    "help": "asks who writes, or what texts cost",
    "confirm": "confirms",
    "cancel_appointment": "cancels an appointment",
    "reschedule": "asks for another time",
    "appointment_request": "asks for an appointment",
    "billing": "about a bill",
    "clinical_question": "a question about health",
    "prescription": "about a prescription",
    "provider_inquiry": "about the practice or a clinician",
    "wrong_number": "says that this is a wrong number",
    "greeting_or_thanks": "a greeting or thanks",
    "other": "nothing that a rule knows",
}
AUTHORS = {
    "person": "a person",
    "reaction": "a phone, on behalf of somebody who tapped a reaction",
    "robot": "an automatic answer",
    "carrier": "a carrier",
}


def word(words: Mapping[str, str], code: str) -> str:
    """The words for a code."""
    return words.get(code) or shown(code.replace("_", " "))


def listed(names: Iterable[str]) -> str:
    """Names as an enumeration."""
    told = [shown(name.replace("_", " ")) for name in names]
    return " and ".join([", ".join(told[:-1]), told[-1]] if len(told) > 1 else told)


def number(e164: str) -> str:
    """A phone number as people write it in North America, others as they are kept."""
    if len(e164) == 12 and e164.startswith("+1"):
        return shown(f"+1 ({e164[2:5]}) {e164[5:8]}-{e164[8:]}")
    return shown(e164)
