"""The purpose catalogue: what a text is for decides what it needs.

Two rules keep this room: a purpose is declared by the caller and never guessed here, and a user's
own purpose must name its class. Source of the rows: 47 CFR 64.1200(a), (f); HHS guidance on
treatment communications; CTIA Messaging Principles (May 2023) 5.1.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from attrs import Attribute, field, frozen

from compliant_sms.consent import Category, Tier
from compliant_sms.errors import InvalidInput

__all__ = ["MessageClass", "Purpose"]


class MessageClass(StrEnum):
    """The legal class of a text."""

    TRANSACTIONAL = "transactional"
    """TCPA informational: needs prior express consent."""
    MARKETING = "marketing"
    """TCPA telemarketing: needs prior express *written* consent, and quiet hours bind by law."""
    EMERGENCY = "emergency"
    """47 CFR 64.1200(f)(4): a threat to health and safety. Needs no consent."""
    PROTOCOL = "protocol"
    """The library's own answers to STOP, START and HELP."""


_LEAST_TIER = {
    MessageClass.TRANSACTIONAL: Tier.PRIOR_EXPRESS,  # 47 CFR 64.1200(a)(1)
    MessageClass.MARKETING: Tier.PRIOR_EXPRESS_WRITTEN,  # 47 CFR 64.1200(a)(2)
    MessageClass.EMERGENCY: Tier.NONE,  # 47 CFR 64.1200(a)(1), (f)(4)
    MessageClass.PROTOCOL: Tier.NONE,  # 47 CFR 64.1200(a)(12); CTIA 5.1.3
}


def _not_blank(_: object, attribute: Attribute[str], value: str) -> None:
    if not value.strip():
        msg = f"a purpose's {attribute.name} must not be empty"
        raise InvalidInput(msg)


@frozen
class Purpose:
    """What a text is for.

    Args:
        code: its name on record, for example ``"appointment_reminder"``.
        message_class: decides the consent it needs and the hours that bind it.
        category: what a patient agrees to or declines as one thing; a grant covers categories.

    Raises:
        InvalidInput: the code or the category is empty, or the class is none.
    """

    code: str = field(validator=_not_blank)
    message_class: MessageClass = field()
    category: str = field(validator=_not_blank, converter=str)

    @message_class.validator
    def _known_class(self, _: Attribute[MessageClass], value: object) -> None:
        if not isinstance(value, MessageClass):
            msg = "a purpose needs a MessageClass; without one nobody can say what it may do"
            raise InvalidInput(msg)

    @property
    def least_tier(self) -> Tier:
        """The weakest consent under which such a text may go."""
        return _LEAST_TIER[self.message_class]

    APPOINTMENT_CONFIRMATION: ClassVar[Purpose]
    APPOINTMENT_REMINDER: ClassVar[Purpose]
    APPOINTMENT_CHANGE: ClassVar[Purpose]
    WELLNESS_CHECKUP: ClassVar[Purpose]
    RECALL: ClassVar[Purpose]
    HOSPITAL_PRE_REGISTRATION: ClassVar[Purpose]
    PRE_OPERATIVE_INSTRUCTIONS: ClassVar[Purpose]
    LAB_RESULT_NOTIFICATION: ClassVar[Purpose]
    POST_DISCHARGE_FOLLOW_UP: ClassVar[Purpose]
    PRESCRIPTION_NOTIFICATION: ClassVar[Purpose]
    HOME_HEALTHCARE_INSTRUCTIONS: ClassVar[Purpose]
    IMMUNISATION_REMINDER: ClassVar[Purpose]
    TELEHEALTH_LINK: ClassVar[Purpose]
    CARE_CONVERSATION: ClassVar[Purpose]
    BILLING: ClassVar[Purpose]
    PATIENT_SURVEY: ClassVar[Purpose]
    ANNOUNCEMENT: ClassVar[Purpose]
    RESEARCH_RECRUITMENT: ClassVar[Purpose]
    FUNDRAISING: ClassVar[Purpose]
    NEW_SERVICE: ClassVar[Purpose]
    PROMOTION: ClassVar[Purpose]
    THIRD_PARTY_PRODUCT: ClassVar[Purpose]
    EMERGENCY_ALERT: ClassVar[Purpose]
    OPT_IN_CONFIRMATION: ClassVar[Purpose]
    OPT_OUT_CONFIRMATION: ClassVar[Purpose]
    HELP_REPLY: ClassVar[Purpose]


_TRANSACTIONAL = MessageClass.TRANSACTIONAL
_MARKETING = MessageClass.MARKETING

# Listed in 47 CFR 64.1200(a)(9)(iv)(C), or treatment communications under HHS guidance.
Purpose.APPOINTMENT_CONFIRMATION = Purpose(
    "appointment_confirmation", _TRANSACTIONAL, Category.APPOINTMENTS
)
Purpose.APPOINTMENT_REMINDER = Purpose(
    "appointment_reminder", _TRANSACTIONAL, Category.APPOINTMENTS
)
Purpose.APPOINTMENT_CHANGE = Purpose("appointment_change", _TRANSACTIONAL, Category.APPOINTMENTS)
Purpose.WELLNESS_CHECKUP = Purpose("wellness_checkup", _TRANSACTIONAL, Category.APPOINTMENTS)
Purpose.RECALL = Purpose("recall", _TRANSACTIONAL, Category.APPOINTMENTS)
Purpose.HOSPITAL_PRE_REGISTRATION = Purpose(
    "hospital_pre_registration", _TRANSACTIONAL, Category.APPOINTMENTS
)
Purpose.TELEHEALTH_LINK = Purpose("telehealth_link", _TRANSACTIONAL, Category.APPOINTMENTS)
Purpose.PRE_OPERATIVE_INSTRUCTIONS = Purpose(
    "pre_operative_instructions", _TRANSACTIONAL, Category.CARE
)
Purpose.LAB_RESULT_NOTIFICATION = Purpose("lab_result_notification", _TRANSACTIONAL, Category.CARE)
Purpose.POST_DISCHARGE_FOLLOW_UP = Purpose(
    "post_discharge_follow_up", _TRANSACTIONAL, Category.CARE
)
Purpose.PRESCRIPTION_NOTIFICATION = Purpose(
    "prescription_notification", _TRANSACTIONAL, Category.CARE
)
Purpose.HOME_HEALTHCARE_INSTRUCTIONS = Purpose(
    "home_healthcare_instructions", _TRANSACTIONAL, Category.CARE
)
Purpose.IMMUNISATION_REMINDER = Purpose("immunisation_reminder", _TRANSACTIONAL, Category.CARE)

# CTIA Exhibit II: the answer to a text that the patient wrote first.
Purpose.CARE_CONVERSATION = Purpose("care_conversation", _TRANSACTIONAL, Category.ANSWERS)

# Not listed there, so never exempt; informational all the same.
Purpose.BILLING = Purpose("billing", _TRANSACTIONAL, Category.BILLING)
Purpose.PATIENT_SURVEY = Purpose("patient_survey", _TRANSACTIONAL, Category.SURVEYS)
Purpose.ANNOUNCEMENT = Purpose("announcement", _TRANSACTIONAL, Category.ANNOUNCEMENTS)
Purpose.RESEARCH_RECRUITMENT = Purpose("research_recruitment", _TRANSACTIONAL, Category.RESEARCH)

# 47 CFR 64.1200(f)(13). Fundraising is held to more here than (a)(2) asks of a nonprofit.
Purpose.FUNDRAISING = Purpose("fundraising", _MARKETING, Category.FUNDRAISING)
Purpose.NEW_SERVICE = Purpose("new_service", _MARKETING, Category.PROMOTIONS)
Purpose.PROMOTION = Purpose("promotion", _MARKETING, Category.PROMOTIONS)
Purpose.THIRD_PARTY_PRODUCT = Purpose("third_party_product", _MARKETING, Category.PROMOTIONS)

# 47 CFR 64.1200(f)(4)
Purpose.EMERGENCY_ALERT = Purpose("emergency_alert", MessageClass.EMERGENCY, Category.CARE)

# 47 CFR 64.1200(a)(12); CTIA 5.1.2.1, 5.1.3
_PROTOCOL = MessageClass.PROTOCOL
Purpose.OPT_IN_CONFIRMATION = Purpose("opt_in_confirmation", _PROTOCOL, Category.ANSWERS)
Purpose.OPT_OUT_CONFIRMATION = Purpose("opt_out_confirmation", _PROTOCOL, Category.ANSWERS)
Purpose.HELP_REPLY = Purpose("help_reply", _PROTOCOL, Category.ANSWERS)
