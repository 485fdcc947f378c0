"""What is known beforehand: of the patient, and of the practice that writes."""

from __future__ import annotations

from attrs import frozen

from compliant_sms.people import PatientFacts


@frozen(kw_only=True)
class OwnFacts:
    """What belongs to the practice itself and is nobody's health information.

    Args:
        names: as patients know it.
        phones: its numbers, in any form.
        addresses: where it is.
        hosts: its domains.
    """

    names: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


@frozen(kw_only=True)
class Known:
    """Both together.

    Attributes:
        patient: of the patient.
        own: of the practice.
    """

    patient: PatientFacts | None = None
    own: OwnFacts | None = None


NOTHING_KNOWN = Known()
