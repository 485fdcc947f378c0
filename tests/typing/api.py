"""What users write, as types see it. Checked by mypy and pyright in the types session, not run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import assert_type

from compliant_sms import (
    AsyncMessenger,
    Blocked,
    Cancelled,
    Decision,
    Failed,
    Finding,
    Held,
    Messenger,
    Outcome,
    PhoneNumber,
    Practice,
    Profile,
    Purpose,
    Queued,
    Sent,
    Uncertain,
    WebhookRequest,
)
from compliant_sms.events import TextHeld
from compliant_sms.flows import Received, TextRecord
from compliant_sms.messages import Inbound
from compliant_sms.providers import Twilio
from compliant_sms.stores import SQLite
from compliant_sms.templates import Catalogue, Rendered, Template, starter
from compliant_sms.worker import AsyncWorker, Progress, Worker


def describe(outcome: Outcome) -> str:
    """A match over every outcome is exhaustive."""
    match outcome:
        case Sent(message_id=message_id):
            return message_id
        case Held(until=until, reasons=reasons):
            assert_type(until, datetime)
            return reasons[0].words
        case Blocked(reasons=reasons):
            assert_type(reasons, tuple[Finding, ...])
            return reasons[0].remedy
        case Queued(not_before=not_before):
            return not_before.isoformat()
        case Failed(problem=problem):
            return problem.remedy
        case Uncertain() | Cancelled():
            return ""


def people(person: str) -> Profile | None:
    """A host's own look-up."""
    return Profile(time_zone="America/Chicago") if person else None


practice = Practice(name="A", phone="+12175550100", time_zone="America/Chicago", state="IL")
provider = Twilio(account_sid="AC" + "0" * 32, auth_token="t", sender="+12175550111")
messenger = Messenger(
    practice=practice,
    provider=provider,
    store=SQLite("texting.db"),
    people=people,
    clock=lambda: datetime.now(UTC),
)
assert_type(
    messenger.send(
        to="+12175550134", person="p", purpose=Purpose.BILLING, body="b", idempotency_key="k"
    ),
    Outcome,
)
assert_type(
    messenger.check(to=PhoneNumber("+12175550134"), person="p", purpose=Purpose.BILLING, body="b"),
    Decision,
)
assert_type(messenger.dispatch_due(), tuple[Outcome, ...])
assert_type(messenger.uncertain(), tuple[TextRecord, ...])
assert_type(messenger.settle("id", sent=True, by="ana", reason="seen"), Outcome)
messenger.on(TextHeld, lambda event: assert_type(event.until, datetime))
assert_type(messenger.figures().opt_out_rate, float | None)
assert_type(messenger.inbound("id"), Inbound)
assert_type(messenger.text_record("id"), TextRecord)
assert_type(Worker([messenger]).drain(), Progress)
assert_type(messenger.receive(WebhookRequest(method="POST", url="https://a.example")), Received)


async def asynchronous() -> None:
    """The other facade answers the same types."""
    other = AsyncMessenger(practice=practice, provider=provider, store=SQLite("texting.db"))
    assert_type(await other.dispatch_due(), tuple[Outcome, ...])
    assert_type(await other.cancel("id"), Outcome)
    assert_type(await AsyncWorker(other).run(), Progress)


def templates(messenger: Messenger, practice: Practice, reminder: Template) -> Catalogue:
    """A template is filled with values of any type, which are checked when it is."""
    values = {"given_name": "Ana", "minutes": 15}
    assert_type(reminder.render(values, practice=practice), Rendered)
    assert_type(reminder.segments("en"), tuple[int, int])
    describe(
        messenger.send_template(
            "visit", to="+12175550134", person="p", values=values, idempotency_key="k"
        )
    )
    return Catalogue([*starter(), reminder])


def waited(messenger: Messenger) -> list[tuple[timedelta, str]]:
    """Of a thread in which a patient waits it is known since when, until when, and with what."""
    return [
        (thread.due_at - thread.waits_since, text.body)
        for thread in (*messenger.inbox.waiting(), *messenger.inbox.overdue())
        for text in messenger.inbox.thread(thread.thread_id).waiting
    ]
