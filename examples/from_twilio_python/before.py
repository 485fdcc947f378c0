"""Reminders as many clinics send them: a loop around twilio-python.

Nobody here knows who agreed, who said stop, how late it is where the patient is, or whether a
request that timed out went through.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

OURS = "+12175550111"


@frozen
class Visit:
    """A row of the clinic's diary."""

    id: str
    person: str
    phone: str
    when: str


def remind(client: Client, visits: Iterable[Visit]) -> int:
    """Text everybody; how many requests were answered."""
    sent = 0
    for visit in visits:
        try:
            client.messages.create(
                to=visit.phone,
                from_=OURS,
                body=f"Lakeside Family Medicine: see you {visit.when}.",
            )
        except TwilioException:
            continue  # and tried again tomorrow, perhaps for the second time
        sent += 1
    return sent


def on_text(form: dict[str, str], opted_out: set[str]) -> str:
    """The webhook: one word in capital letters is an opt-out, everything else goes unread."""
    if form["Body"] == "STOP":
        opted_out.add(form["From"])
    return "<Response/>"
