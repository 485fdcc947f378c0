"""What a patient's text means for the visits that ours asked about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from attrs import frozen

from compliant_sms import optout
from compliant_sms.flows._receiving._said import Said
from compliant_sms.flows._receiving._visit_answers import AskedVisit, asked_visits
from compliant_sms.messages import Inbound, Message
from compliant_sms.optout import Intent
from compliant_sms.ports import Transaction
from compliant_sms.providers import InboundText
from compliant_sms.reminders import Status


@frozen(kw_only=True)
class AboutVisits:
    """What a text means for visits.

    Attributes:
        asked: the visits that our text asked about, which it answers.
        says_more: whether it is not that answer alone, so that nobody may act on it alone.
        needs_person: whether a person has to see to a visit.
    """

    asked: tuple[AskedVisit, ...]
    says_more: bool
    needs_person: bool

    def is_request(self, inbound: Inbound) -> bool:
        """Whether it asks to move or cancel a visit as it stands, so that a program can do so."""
        wanted = inbound.intent in {Intent.RESCHEDULE, Intent.CANCEL_APPOINTMENT}
        return wanted and not self.says_more and len(self.asked) == 1 and self.asked[0].stands


async def about_visits(
    tx: Transaction, practice_id: str, event: InboundText, said: Said, at: datetime
) -> AboutVisits:
    """What a text means for the visits that ours asked about.

    Args:
        tx: the transaction.
        practice_id: whom it was written to.
        event: the text.
        said: what it says.
        at: when it came in (UTC).
    """
    asked = await asked_visits(tx, practice_id, said.answered)
    other_time = _names_other_time(event.body, said.answered, asked, at)
    # Whoever answers about a visit as it was has to be told how it stands.
    stale = any(each.is_stale for each in asked)
    return AboutVisits(
        asked=asked,
        says_more=other_time or said.says_more(event),
        needs_person=stale or other_time or await _is_beside_visits(tx, said.answered, asked, at),
    )


async def _is_beside_visits(
    tx: Transaction, asked: Message | None, visits: Sequence[AskedVisit], at: datetime
) -> bool:
    """Whether an answer to a text that no plan made may be about a visit that the host keeps.

    Whoever keeps visits acts on the answers about those, and would never see this one; which visit
    it is about nobody can tell. Without a booked visit ahead, the host reads what was answered.

    Args:
        tx: the transaction.
        asked: our text that it answers.
        visits: those that the text asks about.
        at: when the answer came in (UTC).
    """
    if asked is None or visits or asked.draft.asks or asked.draft.person is None:
        return False
    kept = await tx.appointments_of(asked.practice_id, asked.draft.person)
    each = [one.appointment for one in kept]
    return any(visit.status is Status.BOOKED and visit.starts_at > at for visit in each)


def _names_other_time(
    body: str, message: Message | None, asked: Sequence[AskedVisit], at: datetime
) -> bool:
    """Whether an answer names another time or day than that of the visits that we asked about.

    Args:
        body: the patient's text.
        message: our text that it answers.
        asked: the visits; where nobody knows when they are, no time is another one.
        at: when it came in (UTC).
    """
    known = [(each.start, each.time_zone) for each in asked if each.start is not None]
    if not known or message is None:
        return False
    starts = [start for start, _ in known]
    here = at.astimezone(ZoneInfo(known[0][1]))
    return optout.names_another_time(body, message.body, starts=starts, written=here)
