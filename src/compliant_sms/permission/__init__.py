"""Asking patients for permission to text: programmes, wordings, the form, keywords. Pure.

What a patient agrees to is made from one configuration, whatever the medium, so that what is shown,
recorded, enforced and registered is the same. The library never offers promotions by a text that it
sends of its own accord.
"""

from typing import TYPE_CHECKING

from compliant_sms._lazy import names_of
from compliant_sms.permission._asking import PERMISSION_REQUEST, offer_of, welcome_to
from compliant_sms.permission._edition import Edition
from compliant_sms.permission._fields_sent import (
    BOX,
    DETAILS,
    NAME,
    NUMBER,
    PROOF,
    SHOWN,
    fields_sent,
)
from compliant_sms.permission._form import (
    Accepted,
    Choice,
    ConsentForm,
    Submission,
    accept,
    form_of,
    form_shown,
)
from compliant_sms.permission._frequency import Frequency
from compliant_sms.permission._html import FormView
from compliant_sms.permission._keyword import taken_by
from compliant_sms.permission._permission import Applicant, Identify, Permission
from compliant_sms.permission._programme import Programme, Translation
from compliant_sms.permission._proof import COOKIE, cookie_in, form_proof, proven_form
from compliant_sms.permission._state import (
    PermissionState,
    ToAskAgain,
    outdated_consent,
    permission_state,
)
from compliant_sms.permission._told import OnPaper, Spoken, Told
from compliant_sms.permission._wordings import (
    Legal,
    by_reply,
    question,
    script,
    shown_on_form,
    welcome,
)
from compliant_sms.permission._words import ENGLISH, LANGUAGES, FormProblem, Period

if TYPE_CHECKING:
    from compliant_sms.permission._registration import (
        Registration,
        RegistrationField,
        register_10dlc,
        register_toll_free,
    )

__all__ = [
    "BOX",
    "COOKIE",
    "DETAILS",
    "ENGLISH",
    "LANGUAGES",
    "NAME",
    "NUMBER",
    "PERMISSION_REQUEST",
    "PROOF",
    "SHOWN",
    "Accepted",
    "Applicant",
    "Choice",
    "ConsentForm",
    "Edition",
    "FormProblem",
    "FormView",
    "Frequency",
    "Identify",
    "Legal",
    "OnPaper",
    "Period",
    "Permission",
    "PermissionState",
    "Programme",
    "Registration",
    "RegistrationField",
    "Spoken",
    "Submission",
    "ToAskAgain",
    "Told",
    "Translation",
    "accept",
    "by_reply",
    "cookie_in",
    "fields_sent",
    "form_of",
    "form_proof",
    "form_shown",
    "offer_of",
    "outdated_consent",
    "permission_state",
    "proven_form",
    "question",
    "register_10dlc",
    "register_toll_free",
    "script",
    "shown_on_form",
    "taken_by",
    "welcome",
    "welcome_to",
]

_FILES = {
    "_registration": (
        "Registration",
        "RegistrationField",
        "register_10dlc",
        "register_toll_free",
    ),
}
# PEP 562: a program that sends texts every day registers them only once.
if not TYPE_CHECKING:
    __getattr__, __dir__ = names_of(__name__, _FILES)
