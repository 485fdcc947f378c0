"""Reading a body: its class, health information, segments, links and notices."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from compliant_sms import phi
from compliant_sms.classification import read_content
from compliant_sms.people import PatientFacts
from compliant_sms.practice import Practice
from compliant_sms.rules._facts import OptOutShown, Readings
from compliant_sms.text import links, notices, segment


def read(
    body: str,
    practice: Practice,
    patient: PatientFacts | None = None,
    media: Sequence[str] = (),
) -> Readings:
    """What the rules need to know of a body.

    Args:
        body: as it was written.
        practice: who sends it. What belongs to it is no patient's information.
        patient: what is known of whom the text is about; it makes findings certain.
        media: URLs of what goes along. They are read as links at the end of the body, and what
            is found in them stands after its last character.
    """
    whole = "\n".join((body, *media))
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
        phi=phi.find(
            whole,
            phi.Known(patient=patient, own=own_facts(practice)),
            direction=phi.Direction.OUTBOUND,
        ),
        names_sender=told.names_sender,
        contact=told.contact,
        opt_out=OptOutShown.BY_AUTHOR if told.opt_out else OptOutShown.NO,
        help=told.help,
        fees=told.fees,
        frequency=told.frequency,
        no_reply=told.no_reply,
        other_opt_out=told.other_opt_out,
        links=links(whole),
        language=content.language,
        media=len(media),
    )


@lru_cache(maxsize=64)
def own_facts(practice: Practice) -> phi.OwnFacts:
    """What belongs to the practice itself."""
    return phi.OwnFacts(
        names=(practice.name, *practice.also_known_as),
        phones=(practice.phone.e164,),
        addresses=practice.addresses,
        hosts=practice.link_domains,
    )
