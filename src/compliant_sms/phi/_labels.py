"""The labels: the identifiers of 45 CFR 164.514(b)(2)(i), and what tells about health."""

from __future__ import annotations

from attrs import frozen

from compliant_sms import records
from compliant_sms.choices import Word

OWN_NAME = "own-name/"
"""How the rules begin that find a word of the practice's own name."""


class PhiLabel(Word):
    """The kind of information.

    Identifiers count when they are the patient's, a relative's, an employer's or a household
    member's: 45 CFR 164.514(b)(2)(i). What belongs to the practice itself has no label.
    """

    NAME = "NAME"
    """45 CFR 164.514(b)(2)(i)(A), full, in part or as initials."""
    GEO = "GEO"
    """45 CFR 164.514(b)(2)(i)(B), a place smaller than a state: street, town, county, ZIP."""
    DATE = "DATE"
    """45 CFR 164.514(b)(2)(i)(C), more exact than a year: birth, visit, test, fill, payment."""
    AGE_OVER_89 = "AGE_OVER_89"
    """45 CFR 164.514(b)(2)(i)(C), an age of 90 or more, or a birth year that gives it away."""
    PHONE = "PHONE"
    """45 CFR 164.514(b)(2)(i)(D), whole or in part."""
    FAX = "FAX"
    """45 CFR 164.514(b)(2)(i)(E)."""
    EMAIL = "EMAIL"
    """45 CFR 164.514(b)(2)(i)(F), whole or in part."""
    SSN = "SSN"
    """45 CFR 164.514(b)(2)(i)(G), whole or in part; taxpayer numbers of the same form too."""
    MRN = "MRN"
    """45 CFR 164.514(b)(2)(i)(H), numbers of medical records, charts and patients."""
    HEALTH_PLAN_ID = "HEALTH_PLAN_ID"
    """45 CFR 164.514(b)(2)(i)(I), numbers of members, subscribers, groups and policies."""
    ACCOUNT = "ACCOUNT"
    """45 CFR 164.514(b)(2)(i)(J), of bills, claims, banks and cards; their last digits too."""
    LICENSE = "LICENSE"
    """45 CFR 164.514(b)(2)(i)(K), numbers of certificates and licences."""
    VEHICLE = "VEHICLE"
    """45 CFR 164.514(b)(2)(i)(L), plates and identification numbers."""
    DEVICE = "DEVICE"
    """45 CFR 164.514(b)(2)(i)(M), serials and lots of a device that the patient has."""
    URL = "URL"
    """45 CFR 164.514(b)(2)(i)(N), a link that carries a token, a number or a name."""
    IP = "IP"
    """45 CFR 164.514(b)(2)(i)(O)."""
    BIOMETRIC = "BIOMETRIC"
    """45 CFR 164.514(b)(2)(i)(P), identifiers of finger and voice prints and of templates."""
    PHOTO = "PHOTO"
    """45 CFR 164.514(b)(2)(i)(Q), the name of a picture of the patient."""
    OTHER_ID = "OTHER_ID"
    """45 CFR 164.514(b)(2)(i)(R), numbers of prescriptions, samples, referrals, cases, visits."""
    PROVIDER_NAME = "PROVIDER_NAME"
    """A clinician or a member of staff. Not an identifier of the patient."""
    CONDITION = "CONDITION"
    """A diagnosis, a symptom, a pregnancy, substance use, an ICD code. 45 CFR 160.103."""
    MEDICATION = "MEDICATION"
    """A drug, a vaccine or a class of drugs, with its strength. 45 CFR 160.103."""
    PROCEDURE = "PROCEDURE"
    """An operation, a test that was ordered, a therapy, a CPT or CDT code. 45 CFR 160.103."""
    TEST_RESULT = "TEST_RESULT"
    """A value or a finding, measured at home too. 45 CFR 160.103."""
    SPECIALTY_HINT = "SPECIALTY_HINT"
    """Words that give away the kind of care, such as "Oncology" in a name. 45 CFR 160.103."""


HEALTH_LABELS = frozenset(
    {
        PhiLabel.CONDITION,
        PhiLabel.MEDICATION,
        PhiLabel.PROCEDURE,
        PhiLabel.TEST_RESULT,
        PhiLabel.SPECIALTY_HINT,
    }
)
"""What tells about health, and so which kind of care somebody gets."""


class Confidence(Word):
    """How sure a finding is."""

    CERTAIN = "certain"
    """Its form admits nothing else, or the patient's record has it."""
    LIKELY = "likely"
    """The words around it say so."""
    HINT = "hint"
    """It could be; a person should look."""


class Direction(Word):
    """The direction of a text, and so who speaks in it."""

    INBOUND = "inbound"
    """A patient, or somebody on their behalf, writes to the practice."""
    OUTBOUND = "outbound"
    """The practice writes to a patient."""


class Sensitivity(Word):
    """The kind of care that a text is about. All but the first are specially protected."""

    GENERAL = "general"
    SUBSTANCE_USE = "substance_use"
    """42 CFR Part 2."""
    HIV_STI = "hiv_sti"
    """State confidentiality laws."""
    REPRODUCTIVE = "reproductive"
    GENDER_AFFIRMING = "gender_affirming"
    MENTAL_HEALTH = "mental_health"
    """Psychotherapy notes too: 45 CFR 164.508(a)(2)."""
    GENETICS = "genetics"
    ABUSE = "abuse"
    """Domestic and other violence."""
    MINOR_CONSENTED = "minor_consented"
    """Care to which a minor lawfully consented alone: 45 CFR 164.502(g)(3)(i)."""


@records.lean
@frozen(kw_only=True)
class PhiFinding:
    """A place where a text holds what it should not. It does not contain the text itself.

    Attributes:
        start: offset of the first character, in code points of the text as given.
        end: offset after the last one.
        label: the kind of information.
        rule: the rule that found it.
        confidence: how sure that is.
        sensitivity: the kind of care that it gives away.
    """

    start: int
    end: int
    label: PhiLabel
    rule: str
    confidence: Confidence = Confidence.CERTAIN
    sensitivity: Sensitivity = Sensitivity.GENERAL
