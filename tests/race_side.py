"""One side of a race: waits for a number, then acts on it at once.

Run as ``python race_side.py SIDE STORE URL``; the store is JSON as ``store_of`` takes it.
"""

from __future__ import annotations

import json
import random
import sys
from datetime import UTC, datetime
from typing import Any

from compliant_sms import Blocked, Messenger, Practice, Purpose
from compliant_sms.messages import Outcome
from compliant_sms.providers import Twilio
from compliant_sms.stores import PostgreSQL, SQLite
from compliant_sms.testing import MORNING
from compliant_sms.testing.webhooks import TwilioWebhooks
from conftest import SENDER, SID, TOKEN

# Past eight in the morning wherever a number may be, and before nine at night.
DAY = datetime(2026, 11, 30, 18, 30, tzinfo=UTC)
TEXTS = 3
# Up to how long each side waits, beside what it is told to, before it acts: in turns of an empty
# loop.
WAITS = 60_000


def store_of(spec: dict[str, str]) -> Any:
    """The store that a spec names."""
    if "path" in spec:
        return SQLite(spec["path"], busy_timeout=60)
    return PostgreSQL(spec["dsn"], max_connections=2, busy_timeout=60)


def messenger_over(store: dict[str, str], url: str, at: datetime) -> Messenger:
    """A messenger whose clock stands."""
    return Messenger(
        practice=Practice(
            name="Lakeside",
            phone="+12175550100",
            time_zone="America/Chicago",
            state="IL",
            id="lakeside",
        ),
        provider=Twilio(
            account_sid=SID, auth_token=TOKEN, sender=SENDER, base_url=url, answers_keywords=False
        ),
        store=store_of(store),
        clock=lambda: at,
    )


def send(messenger: Messenger, number: str) -> list[Outcome]:
    """Send some texts, one after the other."""
    return [
        messenger.send(
            to=number,
            person=number[2:],
            purpose=Purpose.APPOINTMENT_REMINDER,
            body=f"Lakeside: see you tomorrow at {attempt + 1} PM.",
            idempotency_key=f"{number}/{attempt}",
        )
        for attempt in range(TEXTS)
    ]


def revoke(messenger: Messenger, number: str) -> list[Outcome]:
    """The front desk hears of it."""
    messenger.consent.revoke(number, channel="spoken", recorded_by="front-desk:ana")
    return []


def dispatch(messenger: Messenger, number: str) -> list[Outcome]:
    """A worker sends what is due."""
    return [*messenger.dispatch_due(limit=TEXTS + 1)]


def stop(messenger: Messenger, number: str) -> list[Outcome]:
    """The patient texts STOP."""
    twilio = TwilioWebhooks(auth_token=TOKEN, number=SENDER)
    callback = twilio.text("STOP", sender=number, at=MORNING, text_id=f"SM{number[1:]:>032}")
    messenger.receive(callback)
    return []


SIDES = {"send": send, "revoke": revoke, "dispatch": dispatch, "stop": stop}


def main(side: str, store: str, url: str) -> None:
    """Act on each number as it comes in, after so many turns; tell how many texts were refused."""
    messenger = messenger_over(json.loads(store), url, DAY)
    chance = random.Random(side)
    messenger.history("warm")
    _say("ready")
    for line in sys.stdin:
        number, turns = line.split()
        for _ in range(int(turns) + chance.randrange(WAITS)):
            pass
        outcomes = SIDES[side](messenger, number)
        _say(str(sum(isinstance(each, Blocked) for each in outcomes)))
    messenger.close()


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
