"""The words in which the law sorts texts."""

from __future__ import annotations

from compliant_sms.choices import Grade, Word


class MessageClass(Word):
    """The legal class of a text."""

    TRANSACTIONAL = "transactional"
    """TCPA informational: needs prior express consent."""
    MARKETING = "marketing"
    """TCPA telemarketing: needs prior express *written* consent, and quiet hours bind by law."""
    EMERGENCY = "emergency"
    """47 CFR 64.1200(f)(4): a threat to health and safety. Needs no consent."""
    PROTOCOL = "protocol"
    """The library's own answers to STOP, START and HELP."""


CONSENT_CLASSES = frozenset({MessageClass.TRANSACTIONAL, MessageClass.MARKETING})
"""The classes that need consent, so that an opt-out ends them: not emergencies, and not the answers
to STOP, START and HELP."""


class HipaaUse(Word):
    """What a text is under HIPAA. Independent of its class: 45 CFR 164.501, "marketing"."""

    TREATMENT = "treatment"
    REFILL_REMINDER = "refill_reminder"
    """Of a drug that is currently prescribed."""
    TREATMENT_ALTERNATIVE = "treatment_alternative"
    """Alternatives, case management, care coordination."""
    PAYMENT = "payment"
    OPERATIONS = "operations"
    OWN_SERVICE = "own_service"
    """Describes the practice's own health-related product or service."""
    THIRD_PARTY_PRODUCT = "third_party_product"
    FUNDRAISING = "fundraising"
    """45 CFR 164.514(f)."""
    RESEARCH = "research"
    """Needs an authorisation or a board's waiver: 45 CFR 164.508, 164.512(i)."""


class Remuneration(Word):
    """Whether somebody pays the practice for sending it. 45 CFR 164.501, 164.508(a)(3)."""

    NONE = "none"
    COST_OF_MESSAGE = "cost_of_message"
    """Reasonably related to what the message costs."""
    PAID = "paid"


class OptOutLine(Grade):
    """How often a text of this purpose says how to opt out."""

    NEVER = 0
    PERIODIC = 1
    """In the first text and again after a while. CTIA 5.1.2.1, 5.1.3."""
    EACH = 2


class HoursBound(Grade):
    """Which hours bind a text of this purpose."""

    NONE = 0
    COURTESY = 1
    """The practice's courtesy window (policy P-QH-3)."""
    LAW = 2
    """47 CFR 64.1200(c)(1) and the states."""


class ImpliedBy(Word):
    """What the patient does that is consent by itself, for one text."""

    NOTHING = "nothing"
    OWN_TEXT = "own_text"
    """They wrote first: CTIA Messaging Principles, Exhibit II."""
    REQUEST = "request"
    """They asked for this very text, as for a one-time code."""
