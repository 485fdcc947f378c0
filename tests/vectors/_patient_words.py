"""The vectors' words about patients, their care and what HIPAA makes of a text, in ours."""

from __future__ import annotations

from compliant_sms.classification import HipaaUse
from compliant_sms.people import Holder
from compliant_sms.phi import PhiFinding, PhiLabel, Sensitivity
from vectors._words import by_fragment

__all__ = ["HIPAA_USES", "finding_of", "holder_of", "sensitivity_of"]


def sensitivity_of(name: str | None) -> Sensitivity:
    """The kind of care."""
    return by_fragment(_SENSITIVE, name or "general", Sensitivity.GENERAL)


_SENSITIVE = {
    "substance": Sensitivity.SUBSTANCE_USE,
    "sud": Sensitivity.SUBSTANCE_USE,
    "part_2": Sensitivity.SUBSTANCE_USE,
    "hiv": Sensitivity.HIV_STI,
    "sti": Sensitivity.HIV_STI,
    "std": Sensitivity.HIV_STI,
    "reproductive": Sensitivity.REPRODUCTIVE,
    "abortion": Sensitivity.REPRODUCTIVE,
    "contracepti": Sensitivity.REPRODUCTIVE,
    "gender": Sensitivity.GENDER_AFFIRMING,
    "mental": Sensitivity.MENTAL_HEALTH,
    "psych": Sensitivity.MENTAL_HEALTH,
    "behavioral": Sensitivity.MENTAL_HEALTH,
    "genetic": Sensitivity.GENETICS,
    "abuse": Sensitivity.ABUSE,
    "violence": Sensitivity.ABUSE,
    "minor": Sensitivity.MINOR_CONSENTED,
}


def finding_of(element: str) -> PhiFinding | None:
    """What a part of a body says of the patient; None where that is nothing.

    A part that nobody knows, or that names a specially protected kind of care, counts as a detail
    of health.
    """
    label = by_fragment(_ELEMENTS, element, PhiLabel.CONDITION)
    if label is PhiLabel.NAME and sensitivity_of(element) is not Sensitivity.GENERAL:
        label = PhiLabel.CONDITION  # the name of such a programme
    rule = by_fragment(_RULES, element, "given")
    return label and PhiFinding(start=0, end=1, label=label, rule=rule)


# Of these the recognizer, not the label alone, says in which tier they are.
_RULES = {
    "full_name": "full-name",
    "birth": "date/birth",
    "dob": "date/birth",
    "home_address": "geo/address",
    "patient_address": "geo/address",
    "zip": "geo/zip",
}

_ELEMENTS: dict[str, PhiLabel | None] = {
    "reveal": PhiLabel.SPECIALTY_HINT,
    "specialty": PhiLabel.SPECIALTY_HINT,
    "ssn": PhiLabel.SSN,
    "social_security": PhiLabel.SSN,
    "record_number": PhiLabel.MRN,
    "mrn": PhiLabel.MRN,
    "account_number": PhiLabel.ACCOUNT,
    "card_number": PhiLabel.ACCOUNT,
    "bank": PhiLabel.ACCOUNT,
    "plan_id": PhiLabel.HEALTH_PLAN_ID,
    "beneficiary": PhiLabel.HEALTH_PLAN_ID,
    "member": PhiLabel.HEALTH_PLAN_ID,
    "insurance": PhiLabel.HEALTH_PLAN_ID,
    "license": PhiLabel.LICENSE,
    "driver": PhiLabel.LICENSE,
    "vehicle": PhiLabel.VEHICLE,
    "plate": PhiLabel.VEHICLE,
    "ip_address": PhiLabel.IP,
    "biometric": PhiLabel.BIOMETRIC,
    "fingerprint": PhiLabel.BIOMETRIC,
    "photo": PhiLabel.PHOTO,
    "device": PhiLabel.DEVICE,
    "prescription_number": PhiLabel.OTHER_ID,
    "claim_number": PhiLabel.ACCOUNT,
    "email": PhiLabel.EMAIL,
    "patient_phone": PhiLabel.PHONE,
    "fax": PhiLabel.FAX,
    "medication": PhiLabel.MEDICATION,
    "drug": PhiLabel.MEDICATION,
    "vaccine": PhiLabel.MEDICATION,
    "dosage": PhiLabel.MEDICATION,
    "dose": PhiLabel.MEDICATION,
    "prescription": PhiLabel.MEDICATION,
    "result_available": None,
    "message_available": None,
    "new_message": None,
    "notice": None,
    "result": PhiLabel.TEST_RESULT,
    "value": PhiLabel.TEST_RESULT,
    "test": PhiLabel.PROCEDURE,
    "procedure": PhiLabel.PROCEDURE,
    "treatment": PhiLabel.PROCEDURE,
    "service": PhiLabel.PROCEDURE,
    "diagnosis": PhiLabel.CONDITION,
    "balance": None,
    "practice": None,
    "clinic": None,
    "callback": None,
    "portal": None,
    "link": None,
    "opt_out": None,
    "greeting": None,
    "date": PhiLabel.DATE,
    "birth": PhiLabel.DATE,
    "dob": PhiLabel.DATE,
    "zip": PhiLabel.GEO,
    "time": PhiLabel.DATE,
    "provider": PhiLabel.PROVIDER_NAME,
    "doctor": PhiLabel.PROVIDER_NAME,
    "location": PhiLabel.GEO,
    "address": PhiLabel.GEO,
    "office": None,
    "hours": None,
    "directions": None,
    "reply": None,
    "confirm": None,
    "amount": None,
    "name": PhiLabel.NAME,
}


def holder_of(relation: str | None, age: int | None, basis: str | None) -> Holder:
    """Who reads the texts. Parents and guardians of a minor are alike in 45 CFR 164.502(g)(3)."""
    word = relation or "patient"
    if word in {"patient", "self"}:
        return Holder.PATIENT
    of_minor = "minor" in (basis or word) or (age is not None and age < 18)
    if word in {"parent", "mother", "father"} or ("guardian" in word and of_minor):
        return Holder.PARENT
    stands_for = any(part in f"{word} {basis or ''}" for part in _IN_LAW)
    return Holder.REPRESENTATIVE if stands_for else Holder.OTHER


_IN_LAW = (
    "guardian",
    "agent",
    "attorney",
    "proxy",
    "representative",
    "executor",
    "court",
    "conservator",
    "surrogate",
)

HIPAA_USES = {
    "own_health_product_or_service": HipaaUse.OWN_SERVICE,
    "own_product_or_service": HipaaUse.OWN_SERVICE,
    "plan_benefit": HipaaUse.OWN_SERVICE,
    "plan_benefits": HipaaUse.OWN_SERVICE,
    "plan_benefit_description": HipaaUse.OWN_SERVICE,
    "refill_reminder": HipaaUse.REFILL_REMINDER,
    "current_drug_information": HipaaUse.REFILL_REMINDER,
    "treatment": HipaaUse.TREATMENT_ALTERNATIVE,
    "treatment_alternative": HipaaUse.TREATMENT_ALTERNATIVE,
    "alternative_treatment": HipaaUse.TREATMENT_ALTERNATIVE,
    "case_management": HipaaUse.TREATMENT_ALTERNATIVE,
    "care_coordination": HipaaUse.TREATMENT_ALTERNATIVE,
    "appointment_reminder": HipaaUse.TREATMENT,
    "payment": HipaaUse.PAYMENT,
    "billing": HipaaUse.PAYMENT,
    "operations": HipaaUse.OPERATIONS,
    "survey": HipaaUse.OPERATIONS,
    "fundraising": HipaaUse.FUNDRAISING,
    "research": HipaaUse.RESEARCH,
    "research_recruitment": HipaaUse.RESEARCH,
}
"""What is not here is somebody else's product: a text is never face to face, and no gift."""
