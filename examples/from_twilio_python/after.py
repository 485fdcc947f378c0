"""The same reminders through the library: the loop stays, what was missing is decided for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from before import Visit
from compliant_sms import Messenger, Purpose, WebhookRequest


def remind(messenger: Messenger, visits: Iterable[Visit]) -> Counter[str]:
    """Ask for a text to everybody; what became of them, by the name of the outcome.

    The key makes it safe to run twice: the same visit is one text.
    """
    outcomes: Counter[str] = Counter()
    for visit in visits:
        outcome = messenger.send(
            to=visit.phone,
            person=visit.person,
            purpose=Purpose.APPOINTMENT_REMINDER,
            body=f"Lakeside Family Medicine: see you {visit.when}.",
            idempotency_key=f"visit-{visit.id}",
        )
        outcomes[type(outcome).__name__] += 1
    return outcomes


def on_text(messenger: Messenger, url: str, headers: dict[str, str], body: bytes) -> int:
    """The webhook: signed, kept, read and answered; the status to answer with."""
    request = WebhookRequest(method="POST", url=url, headers=headers, body=body)
    return messenger.receive(request).answer.status


def move_opt_outs(messenger: Messenger, opted_out: Iterable[str]) -> None:
    """Once, before the first text: who said stop to the old program stays out."""
    for number in opted_out:
        messenger.consent.revoke(
            number, channel="other_system", recorded_by="move-from-twilio-python"
        )
