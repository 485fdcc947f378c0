"""A clinic's own software: it reminds patients of visits and takes their answers in."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from compliant_sms import Blocked, Held, Messenger, Purpose, Sent, WebhookRequest
from compliant_sms.errors import WebhookRejected

log = logging.getLogger("clinic")


@dataclass(frozen=True)
class Visit:
    """A visit as the clinic's calendar has it."""

    id: str
    patient: str
    number: str
    at: datetime


def remind(messenger: Messenger, visit: Visit) -> str:
    """Remind a patient of a visit; what to show at the front desk."""
    outcome = messenger.send(
        to=visit.number,
        person=visit.patient,
        purpose=Purpose.APPOINTMENT_REMINDER,
        body=f"Lakeside Family Medicine: see you on {visit.at:%A} at {visit.at:%H:%M}.",
        idempotency_key=f"{visit.id}/24h",
        not_after=visit.at,
    )
    log.info("visit %s: %s", visit.id, type(outcome).__name__)
    match outcome:
        case Sent():
            return "reminded"
        case Held(until=until):
            return f"waits until {until:%H:%M} UTC"
        case Blocked(reasons=reasons):
            return f"call instead: {reasons[0].words}"
        case _:
            return "look at it later"


def webhook(messenger: Messenger, request: WebhookRequest) -> int:
    """The clinic's endpoint for callbacks; the HTTP status."""
    try:
        return messenger.receive(request).answer.status
    except WebhookRejected as refused:
        log.warning("a callback was refused: %s", refused)
        return refused.status
