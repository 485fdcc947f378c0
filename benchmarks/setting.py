"""A practice, its patients, and both clients pointed at the carrier."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from time import monotonic

from twilio.rest import Client

from compliant_sms import (
    AsyncMessenger,
    Keyring,
    Messenger,
    Plaintext,
    Practice,
    Profile,
    Purpose,
    Wording,
)
from compliant_sms.clock import Clock
from compliant_sms.consent import Basis, Granted, Tier, to_payload
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import AtRest
from compliant_sms.providers import Twilio
from compliant_sms.stores import PostgreSQL, SQLite

__all__ = [
    "BODY",
    "GRANTED",
    "MORNING",
    "NUMBERS",
    "PLAINTEXT",
    "SENDER",
    "TIME_ZONE",
    "WORDING",
    "async_messenger",
    "consent",
    "keyring",
    "messenger",
    "official_client",
    "practice",
    "provider",
    "texts",
]

BODY = (
    "Lakeside Family Medicine: you have an appointment on Tue, Dec 1 at 2:30 PM. "
    "Reply C to confirm or call 217-555-0100 to change it. Reply STOP to end these texts."
)
assert len(BODY) == 160, f"the reminder has {len(BODY)} characters"

MORNING = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)  # ten o'clock in Chicago
SENDER = "+12175550111"
TIME_ZONE = "America/Chicago"
# Numbers set aside for fiction, in area codes of the same zone.
NUMBERS = [
    f"+1{area}55501{line:02}" for area in (217, 309, 312, 618, 708, 773) for line in range(100)
]

Store = SQLite | PostgreSQL
_SID = "AC" + "5e" * 16
_TOKEN = "a-token-that-signs-nothing-real"
WORDING = Wording(
    text="I agree to texts from Lakeside Family Medicine about my appointments and care.",
    version="2026-03",
)
PLAINTEXT = Plaintext(reason="nobody's data, to be measured")
GRANTED = to_payload(
    Granted(
        event_id="0" * 32,
        practice_id="lakeside",
        number=PhoneNumber(NUMBERS[0]),
        person="pat-881",
        occurred_at=MORNING,
        recorded_at=MORNING,
        actor="front-desk:ana",
        basis=Basis.INTAKE_FORM,
        tier=Tier.PRIOR_EXPRESS,
        categories=["appointments", "care"],
        wording=WORDING,
    )
)
"""What a grant of consent is in the ledger."""


def _morning_clock() -> Clock:
    """Runs like any clock, and starts in the morning, so that no text is held."""
    start = monotonic()
    return lambda: MORNING + timedelta(seconds=monotonic() - start)


def practice() -> Practice:
    """Who texts."""
    return Practice(
        name="Lakeside Family Medicine",
        phone="+12175550100",
        time_zone=TIME_ZONE,
        state="IL",
        id="lakeside",
    )


def provider(url: str = "https://api.twilio.com") -> Twilio:
    """The adapter of this library."""
    return Twilio(
        account_sid=_SID,
        auth_token=_TOKEN,
        sender=SENDER,
        baa_signed_on=MORNING.date(),
        base_url=url,
    )


@cache
def keyring() -> Keyring:
    """A key that seals what is kept."""
    return Keyring.generate()


def messenger(store: Store, url: str, keys: AtRest = PLAINTEXT) -> Messenger:
    """A messenger whose patients live in one zone."""
    return Messenger(
        practice=practice(),
        provider=provider(url),
        store=store,
        keyring=keys,
        people=lambda _: Profile(time_zone=TIME_ZONE),
        clock=_morning_clock(),
    )


def async_messenger(store: Store, url: str, keys: AtRest = PLAINTEXT) -> AsyncMessenger:
    """The same for an event loop."""

    async def people(_: str) -> Profile:
        return Profile(time_zone=TIME_ZONE)

    return AsyncMessenger(
        practice=practice(),
        provider=provider(url),
        store=store,
        keyring=keys,
        people=people,
        clock=_morning_clock(),
    )


def consent(desk: Messenger, number: str, person: str) -> None:
    """Record that the person agreed, on a form."""
    desk.consent.grant(
        number,
        person=person,
        basis="intake_form",
        wording=WORDING,
        recorded_by="front-desk:ana",
        occurred_at=MORNING - timedelta(days=30),
    )


def texts() -> Iterator[dict[str, object]]:
    """What to pass to ``send``: one text after the other, each under a key of its own."""
    for number in count():
        visit, person = divmod(number, len(NUMBERS))  # the same words twice would be refused
        time = f"{1 + visit // 60 % 9}:{visit % 60:02}"
        yield {
            "to": NUMBERS[person],
            "person": f"pat-{person}",
            "purpose": Purpose.APPOINTMENT_REMINDER,
            "body": BODY.replace("2:30", time),
            "idempotency_key": f"appt-{number}/24h",
        }


def official_client(url: str, connections: int | None = None) -> Callable[[str], object]:
    """The official client's ``messages.create``, with its own session and no retries.

    Args:
        url: where the carrier is.
        connections: how many to keep; as many as it does by itself, if not given.
    """
    logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)  # "pool is full"
    client = Client(_SID, _TOKEN)
    client.api.base_url = url
    if connections:
        client.http_client.session.get_adapter(url).init_poolmanager(connections, connections)
    return lambda to: client.messages.create(to=to, from_=SENDER, body=BODY)
