"""Reading a body: its class, health information, segments, links and notices."""

from __future__ import annotations

from functools import lru_cache

from compliant_sms import phi
from compliant_sms.classification import read_content
from compliant_sms.people import PatientFacts
from compliant_sms.practice import Practice
from compliant_sms.rules._facts import OptOutShown, Readings
from compliant_sms.text import links, notices, segment

__all__ = ["read"]


def read(body: str, practice: Practice, patient: PatientFacts | None = None) -> Readings:
    """What the rules need to know of a body.

    Args:
        body: as it was written.
        practice: who sends it. What belongs to it is no patient's information.
        patient: what is known of whom the text is about; it makes findings certain.
    """
    content = read_content(body)
    told = notices(
        body,
        names=(practice.name, *practice.also_known_as),
        phone_digits=practice.phone.e164[1:],
        own_hosts=practice.link_domains,
    )
    return Readings(
        characters=len(body),
        segments=segment(body).segments,
        content=content.label,
        phrases=content.phrases,
        financial=content.financial,
        phi=phi.find(body, phi.Known(patient=patient, own=_own(practice))),
        names_sender=told.names_sender,
        contact=told.contact,
        opt_out=OptOutShown.BY_AUTHOR if told.opt_out else OptOutShown.NO,
        help=told.help,
        fees=told.fees,
        frequency=told.frequency,
        no_reply=told.no_reply,
        other_opt_out=told.other_opt_out,
        links=links(body),
        language=content.language,
    )


@lru_cache(maxsize=64)
def _own(practice: Practice) -> phi.OwnFacts:
    return phi.OwnFacts(
        names=(practice.name, *practice.also_known_as),
        phones=(practice.phone.e164,),
        addresses=practice.addresses,
        hosts=practice.link_domains,
    )
