"""Codes of the record in plain words. What has none is shown as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from compliant_sms.consent import Tier
from compliant_sms.evidence._page._markup import shown

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
    "call_offer": "by accepting a spoken offer in a call",
}
CHANNELS = {
    "text": "by text message",
    "spoken": "by word of mouth",
    "voicemail": "by voicemail",
    "email": "by email",
    "web": "on the web",
    "letter": "by letter",
    "other_system": "on the list of another system",
    "unknown": "by a way that is not known",
    "provider": "as reported by the provider or a carrier",
}
DATED = {
    "instant": "which knew when",
    "day": "which knew the day and no time",
    "unknown": "which did not know when: it counts from the import",
}
FLAGS = {
    "invalid_number": "this is no number that takes texts",
    "unreachable_permanent": "the number cannot be reached any more",
    "blocked_number": "texts to the number are blocked",
    "compliance_blocked": "it may not carry texts to the number",
    "wrong_number": "this is the wrong number",
}
STATES = {
    "due": "Ready to go",
    "held": "Held: not to leave before a later time",
    "claimed": "Taken for sending",
    "sent": "Accepted by the provider",
    "delivered": "Reported as delivered",
    "undelivered": "Reported as not delivered",
    "failed": "Failed",
    "blocked": "Blocked by a rule",
    "uncertain": "Outcome unknown: the provider may or may not have taken it",
    "cancelled": "Cancelled",
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

ACCESSES = {
    "opened": "The secure page was asked for; it showed nothing yet",
    "wrong_answer": "A wrong answer at the secure page; it showed nothing",
    "locked": "A last wrong answer locked the secure page",
    "read": "The right answer at the secure page: the message was shown",
    "replied": "A reply was written on the secure page",
}
PAGE_ACTS = {
    "code_issued": "A code that opens the secure page was issued",
    "page_withdrawn": "The secure page was taken back: it shows nothing any more",
}
ACTS = {
    "note": "A note, which no patient sees",
    "assigned": "Given to a member of staff",
    "handed_over": "Handed over to another queue",
    "replied": "A reply was asked for",
    "closed": "The conversation was closed",
    "reopened": "The conversation was opened again",
    "joined": "Somebody said whose number it is",
    "escalated": "It went to the point person, because nobody had answered",
    "dropped": "Something that was done, and that was dropped since",
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
