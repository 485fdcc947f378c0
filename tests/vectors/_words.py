"""The vectors' words in ours, and our codes in theirs. One place for both."""

from __future__ import annotations

from typing import TypeVar

from attrs import evolve

from compliant_sms.classification import MessageClass, Purpose, catalogue
from compliant_sms.consent import Category, Channel, SignatureKind, Tier
from compliant_sms.practice import SenderKind

__all__ = [
    "CLASSES",
    "OUR_NAMES",
    "TIERS",
    "by_fragment",
    "channel_of",
    "names_of",
    "purpose_of",
    "sender_kind_of",
    "signature_of",
]

V = TypeVar("V")

CLASSES = {
    "telemarketing": MessageClass.MARKETING,
    "informational": MessageClass.TRANSACTIONAL,
    "health_care_message": MessageClass.TRANSACTIONAL,
    "exempt_healthcare": MessageClass.TRANSACTIONAL,
    "conversational": MessageClass.TRANSACTIONAL,
    "emergency": MessageClass.EMERGENCY,
    "opt_out_confirmation": MessageClass.PROTOCOL,
}
TIERS = {
    None: Tier.NONE,
    "none": Tier.NONE,
    "prior_express": Tier.PRIOR_EXPRESS,
    "prior_express_written": Tier.PRIOR_EXPRESS_WRITTEN,
}

# Our codes are theirs with hyphens. Where they are not, or where several of theirs mean it:
OUR_NAMES = {
    "revoked": {"opted_out"},
    "no-authority": {
        "not_personal_representative",
        "no_proxy_authority",
        "recipient_not_authorized",
    },
    "consent": {"prior_consent", "express_consent"},
    "identity-missing": {"sender_identity_missing"},
    "patient-age-unknown": {"proxy_authority_unknown"},
    "requested-by-recipient": {"recipient_request"},
    "nonprofit-prior-express-consent-required": {"prior_express_consent_required"},
    "health-care-message-prior-express-consent-required": {"prior_express_consent_required"},
    "opt-in-confirmation/customer-care-missing": {"customer_care_or_help_missing", "help_missing"},
    "opt-in-confirmation/opt-out-missing": {"opt_out_instructions_missing"},
    "opt-in-confirmation/frequency-missing": {"frequency_and_recurring_missing"},
    "opt-in-confirmation/fees-missing": {"fees_notice_missing"},
    # Without a way out in the message the soft opt-in itself falls: PECR reg. 22(3)(c).
    "uk-pecr/unsubscribe-missing": {"consent_or_soft_opt_in_required"},
}


def names_of(rule: str, code: str) -> frozenset[str]:
    """What the vectors may call a finding."""
    also = OUR_NAMES.get(code, set()) | OUR_NAMES.get(f"{rule}/{code}", set())
    return frozenset({code.replace("-", "_"), *also})


def by_fragment(table: dict[str, V], word: str, otherwise: V) -> V:
    """The value of the first part that the word has; short parts count as whole words only."""
    pieces = word.split("_")
    found = (v for p, v in table.items() if p in pieces or (len(p) > 3 and p in word))
    return next(found, otherwise)


_BY_CLASS = {
    "telemarketing": "promotion",
    "informational": "appointment_reminder",
    "exempt_healthcare": "appointment_reminder",
    "health_care_message": "immunisation_reminder",
    "conversational": "care_conversation",
    "emergency": "emergency_alert",
    "opt_out_confirmation": "opt_out_confirmation",
}
# Whatever such a text is called, its class says what it is.
_CLASS_DECIDES = frozenset({"conversational", "emergency", "opt_out_confirmation"})
_ALSO_CALLED = {
    "reminder_with_offer": ("appointment_reminder_with_offer",),
    "appointment_reminder": ("exam_reminder", "appointment"),
    "appointment_confirmation": ("exam_confirmation",),
    "appointment_change": ("earlier_slot_offer", "waitlist_offer", "appointment_reschedule"),
    "recall": ("rebook_overdue_visit", "recall_overdue_visit", "overdue_visit", "rebook"),
    "wellness_checkup": ("wellness_checkup_reminder", "wellness_check"),
    "hospital_pre_registration": ("pre_registration", "hospital_preregistration"),
    "pre_operative_instructions": ("preop_instructions", "pre_op_instructions"),
    "lab_result_notification": ("lab_results", "lab_result", "lab_result_ready"),
    "post_discharge_follow_up": (
        "post_discharge",
        "post_discharge_followup",
        "discharge_follow_up",
    ),
    "prescription_notification": ("refill_reminder", "prescription_ready", "prescription"),
    "home_healthcare_instructions": ("home_health_instructions", "home_healthcare"),
    "immunisation_reminder": (
        "flu_shot_reminder",
        "immunization_reminder",
        "vaccine_reminder",
        "vaccination_reminder",
    ),
    "screening_reminder": ("health_screening_reminder", "cancer_screening_reminder"),
    "care_gap_outreach": ("care_gap", "plan_care_gap_outreach"),
    "intake_form": ("telehealth_intake", "intake"),
    "one_time_code": ("identity_code", "verification_code", "identity_verification", "otp"),
    "care_conversation": ("care_conversation_reply", "two_way_care_conversation"),
    "billing": ("billing_reminder", "payment_reminder", "balance_reminder", "payment"),
    "patient_survey": ("survey", "satisfaction_survey"),
    "announcement": ("general_announcement",),
    "research_recruitment": ("research",),
    "fundraising": ("fundraising_appeal", "donation_appeal", "donation"),
    "promotion": ("promotional", "discount", "membership", "marketing"),
    "opt_in_confirmation": ("welcome",),
    "help_reply": ("help_response", "help"),
    "opt_out_confirmation": ("stop_confirmation", "stop_response", "stop_reply"),
    # The FCC's examples of a "health care" message (2012): 47 CFR 64.1200(a)(2).
    "": ("supply_renewal", "medical_supply_renewal", "generic_drug_migration"),
}
_CODES = {other: code for code, others in _ALSO_CALLED.items() for other in others}


def purpose_of(name: str | None, message_class: str | None = None) -> Purpose:
    """The purpose of that name; where nobody knows it, one of its class that is never exempt."""
    if name is None or message_class in _CLASS_DECIDES:
        return catalogue()[_BY_CLASS[message_class or "informational"]]
    code = _CODES.get(name, name)
    if code in catalogue():
        return catalogue()[code]
    if not code or message_class == "health_care_message":
        return evolve(Purpose.SCREENING_REMINDER, code=name)
    of = CLASSES.get(message_class or "", MessageClass.TRANSACTIONAL)
    sells = of is MessageClass.MARKETING
    return Purpose(name, of, Category.PROMOTIONS if sells else Category.ANNOUNCEMENTS)


def sender_kind_of(name: str | None) -> SenderKind:
    """What a sender is under HIPAA; a provider, if the vector does not say."""
    return by_fragment(_SENDERS, name or "provider", SenderKind.OTHER)


_SENDERS = {
    "non_hipaa": SenderKind.OTHER,
    "for_plan": SenderKind.HEALTH_PLAN,
    "plan": SenderKind.HEALTH_PLAN,
    "pbm": SenderKind.HEALTH_PLAN,
    "pharmacy_benefit": SenderKind.HEALTH_PLAN,
    "insur": SenderKind.HEALTH_PLAN,
    "business_associate": SenderKind.BUSINESS_ASSOCIATE,
    "provider": SenderKind.HEALTHCARE_PROVIDER,
    "covered_entity": SenderKind.HEALTHCARE_PROVIDER,
    "nonprofit": SenderKind.HEALTHCARE_PROVIDER,
    "hospital": SenderKind.HEALTHCARE_PROVIDER,
    "clinic": SenderKind.HEALTHCARE_PROVIDER,
    "pharmacy": SenderKind.HEALTHCARE_PROVIDER,
    "practice": SenderKind.HEALTHCARE_PROVIDER,
    "physician": SenderKind.HEALTHCARE_PROVIDER,
    "lab": SenderKind.HEALTHCARE_PROVIDER,
}


def signature_of(name: str | None) -> SignatureKind:
    """What somebody did to sign; nothing, if no act is known by that name."""
    return by_fragment(_SIGNATURES, name or "none", SignatureKind.NONE)


_SIGNATURES = {
    "unrecorded": SignatureKind.UNRECORDED_VOICE,
    "recorded": SignatureKind.RECORDED_VOICE,
    "recording": SignatureKind.RECORDED_VOICE,
    "oral": SignatureKind.UNRECORDED_VOICE,
    "verbal": SignatureKind.UNRECORDED_VOICE,
    "spoken": SignatureKind.UNRECORDED_VOICE,
    "checkbox": SignatureKind.TICKED_BOX,
    "ticked": SignatureKind.TICKED_BOX,
    "keypress": SignatureKind.KEY_PRESS,
    "key_press": SignatureKind.KEY_PRESS,
    "sms": SignatureKind.TEXT_REPLY,
    "text_reply": SignatureKind.TEXT_REPLY,
    "keyword": SignatureKind.TEXT_REPLY,
    "typed": SignatureKind.TYPED_NAME,
    "drawn": SignatureKind.DRAWN,
    "esign": SignatureKind.DRAWN,
    "electronic": SignatureKind.DRAWN,
    "ink": SignatureKind.WET_INK,
    "paper": SignatureKind.WET_INK,
    "handwritten": SignatureKind.WET_INK,
}


def channel_of(method: str | None) -> Channel:
    """How a revocation came."""
    return by_fragment(_CHANNELS, method or "sms", Channel.SPOKEN)


# A key pressed on a call, and a number or site that the sender names for it, revoke by themselves
# as a reply does, 47 CFR 64.1200(a)(10); some system of the sender's reports them.
_CHANNELS = {
    "voicemail": Channel.VOICEMAIL,
    "email": Channel.EMAIL,
    "e_mail": Channel.EMAIL,
    "letter": Channel.LETTER,
    "mail": Channel.LETTER,
    "web": Channel.WEB,
    "website": Channel.WEB,
    "portal": Channel.WEB,
    "sms": Channel.TEXT,
    "text": Channel.TEXT,
    "key": Channel.PROVIDER,
    "keypress": Channel.PROVIDER,
    "automated": Channel.PROVIDER,
    "designated": Channel.PROVIDER,
    "carrier": Channel.PROVIDER,
    "provider": Channel.PROVIDER,
}
