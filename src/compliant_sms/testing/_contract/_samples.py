"""What is stored for the sake of the contract."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TypedDict

from compliant_sms.classification import MessageClass, Purpose
from compliant_sms.consent import (
    Basis,
    Category,
    Channel,
    ConsentEvent,
    Granted,
    Revoked,
    Tier,
)
from compliant_sms.lifecycle import State
from compliant_sms.messages import Departure, Draft, Inbound, Message
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Plaintext, Transaction
from compliant_sms.practice import Practice
from compliant_sms.providers import StatusUpdate, Twilio
from compliant_sms.retention import LegalHold
from compliant_sms.rules import Decision

NOON = datetime(2026, 11, 30, 18, 0, tzinfo=UTC)
ANA, BEN = PhoneNumber("+12175550134"), PhoneNumber("+12175550135")
SENDER = PhoneNumber("+12175550111")
HERE, THERE = "lakeside", "hilltop"
# Whatever script, direction and composition: it must come back as it was.
WORDS = "Ana Nuñez 😀👩‍⚕️ مرحبا e\u0301 'quoted' \"twice\" 100% :name $1 \\ \n\ttab"


def minutes(count: float) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=count)


def a_practice(name: str = "Lakeside Family Medicine", practice_id: str = HERE) -> Practice:
    """A practice."""
    return Practice(
        name=name, phone="+12175550100", time_zone="America/Chicago", state="IL", id=practice_id
    )


def a_text(
    key: str = "1",
    *,
    to: PhoneNumber = ANA,
    person: str = "pat-881",
    practice_id: str = HERE,
    state: State = State.DUE,
    at: datetime = NOON,
    purpose: Purpose = Purpose.APPOINTMENT_REMINDER,
    **where: object,
) -> Message:
    """A text on its way; its id is made of the practice and the key."""
    draft = Draft(
        to=to,
        person=person,
        purpose=purpose,
        body=f"{WORDS} {key}",
        idempotency_key=key,
        not_after=at + minutes(90),
    )
    return Message(
        message_id=f"{practice_id}/{key}",
        practice_id=practice_id,
        draft=draft,
        created_at=at,
        state=state,
        **{"not_before": at, **where},  # type: ignore[arg-type]
    )


def keys(messages: list[Message]) -> list[str]:
    """The keys of texts."""
    return [message.draft.idempotency_key for message in messages]


def saving(message: Message) -> Callable[[Transaction], Awaitable[None]]:
    """Work that stores a text."""
    return lambda tx: tx.save(message, NOON)


def a_hold(hold_id: str) -> LegalHold:
    """A hold on all that is kept of Ana's number."""
    return LegalHold(
        hold_id=hold_id,
        practice_id=HERE,
        number=ANA,
        reason="a suit",
        placed_at=NOON,
        placed_by="j",
    )


def a_departure(at: datetime) -> Departure:
    """How a text left."""
    return Departure(
        at=at,
        message_class=MessageClass.TRANSACTIONAL,
        subject=Purpose.APPOINTMENT_REMINDER.code,
        category="appointments",
        segments=2,
        body=f"{WORDS} as it left",
    )


class _Said(TypedDict):
    event_id: str
    practice_id: str
    number: PhoneNumber
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    reference: str


def an_event(
    name: str = "1",
    *,
    number: PhoneNumber = ANA,
    person: str | None = None,
    practice_id: str = HERE,
    at: datetime = NOON,
) -> ConsentEvent:
    """An event of the ledger: a person's grant, or nobody's revocation."""
    said = _Said(
        event_id=name,
        practice_id=practice_id,
        number=number,
        occurred_at=at,
        recorded_at=at,
        actor="front-desk:ana",
        reference=WORDS,
    )
    if person is None:
        return Revoked(**said, channel=Channel.SPOKEN, rule="spoken")
    return Granted(
        **said,
        person=person,
        basis=Basis.SPOKEN,
        tier=Tier.PRIOR_EXPRESS,
        categories=(Category.CARE,),
    )


def an_inbound(
    key: str = "1",
    *,
    number: PhoneNumber | None = ANA,
    provider: str = "twilio",
    at: datetime = NOON,
    name: str = "",
) -> Inbound:
    """A text that came in."""
    return Inbound(
        inbound_id=name or f"{provider}/{key}",
        practice_id=HERE,
        provider=provider,
        provider_key=key,
        number=number,
        body=f"{WORDS} \0",  # patients' phones send more than is text
        media=("https://carrier.example/1.jpg",),
        received_at=at,
    )


def a_status(key: str = "1", state: State = State.DELIVERED) -> StatusUpdate:
    """News of a text."""
    return StatusUpdate(key=key, provider_id="SM1", reference=None, state=state)


@lru_cache(maxsize=4)
def a_decision(body: str) -> Decision:
    """What the rulebook says about a text with that body."""
    from compliant_sms.messenger import Messenger  # noqa: PLC0415 - imports httpx
    from compliant_sms.stores import SQLite  # noqa: PLC0415 - as above

    unused = "made-up"
    provider = Twilio(account_sid="AC" + "0" * 32, auth_token=unused, sender=SENDER.e164)
    with Messenger(
        practice=a_practice(),
        provider=provider,
        store=SQLite(":memory:"),
        keyring=Plaintext(reason="Nothing is stored, and nobody is texted."),
        clock=lambda: NOON,
    ) as messenger:
        return messenger.check(
            to=ANA, person="pat-881", purpose=Purpose.APPOINTMENT_REMINDER, body=body
        )
