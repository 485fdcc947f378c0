"""How often a practice said that texts come, when the patient agreed to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compliant_sms.classification import CONSENT_CLASSES, ImpliedBy, catalogue
from compliant_sms.consent import ConsentEvent, Granted
from compliant_sms.messages import Departure
from compliant_sms.permission import Frequency, Programme
from compliant_sms.ports import Ports, Transaction
from compliant_sms.rules import Facts, PromisedWait


async def promised_wait(
    tx: Transaction,
    ports: Ports,
    facts: Facts,
    events: Sequence[ConsentEvent],
    *,
    person: str | None,
    own_departure: Departure | None,
) -> PromisedWait | None:
    """What a text waits for, so that no more come than was said; None where it need not.

    Args:
        tx: the transaction.
        ports: what to work with.
        facts: what else the rules are told of the text.
        events: all of the practice about the number.
        person: whom it is for.
        own_departure: how the text itself may have left.
    """
    purpose = facts.decided_as
    asked_for = purpose.implied_by is not ImpliedBy.NOTHING
    if person is None or asked_for or purpose.message_class not in CONSENT_CLASSES:
        return None
    waits: list[PromisedWait] = []
    for programme, often in _promises(ports, facts, events):
        since = facts.at - often.within
        left = await tx.departures(ports.practice.id, facts.number, since, person)
        counted = sorted(
            (each.at for each in left if each != own_departure and _counts(each, programme)),
            reverse=True,
        )
        if len(counted) >= often.count:
            until = counted[often.count - 1] + often.within
            waits.append(
                PromisedWait(
                    until=until, programme=programme.id, count=often.count, per=often.per.value
                )
            )
    return max(waits, key=lambda wait: wait.until, default=None)


def _promises(
    ports: Ports, facts: Facts, events: Sequence[ConsentEvent]
) -> Iterator[tuple[Programme, Frequency]]:
    """The programmes in whose words the patient agreed to such texts, with what these say."""
    if ports.permission is None:
        return
    theirs = {grant.event_id for grant in facts.consent.grants}
    agreed = [e for e in events if isinstance(e, Granted) and e.event_id in theirs]
    shown = {e.wording.version for e in agreed if e.wording is not None}
    for each in ports.permission.programmes:
        covers = facts.decided_as.category in each.categories
        if isinstance(each.frequency, Frequency) and covers and any(map(each.is_its_own, shown)):
            yield each, each.frequency


def _counts(text: Departure, programme: Programme) -> bool:
    purpose = catalogue().get(text.subject)
    # What a patient asked for by a text of their own is no text that comes.
    asked_for = purpose is not None and purpose.implied_by is not ImpliedBy.NOTHING
    to_patients = text.message_class in CONSENT_CLASSES and not asked_for
    return to_patients and text.category in programme.categories
