"""Revocation against sending, from two processes on one file: a revocation wins once committed."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from compliant_sms import Messenger
from compliant_sms.sandbox import Sandbox
from conftest import SENDER, SID, TOKEN

# Both sides wait for the same line, then act on the same number at once. A chance decides who
# waits a little first, so that both orders happen.
RACER = """
import random, sys
from datetime import UTC, datetime
from compliant_sms import Messenger, Practice, Purpose
from compliant_sms.providers import Twilio
from compliant_sms.stores import SQLite

side, database, url, sid, token, sender = sys.argv[1:]
messenger = Messenger(
    practice=Practice(
        name="Lakeside", phone="+12175550100", time_zone="America/Chicago", state="IL",
        id="lakeside",
    ),
    provider=Twilio(account_sid=sid, auth_token=token, sender=sender, base_url=url),
    store=SQLite(database, busy_timeout=30),
    clock=lambda: datetime(2026, 11, 30, 16, 0, tzinfo=UTC),
)
chance = random.Random(side)
messenger.history("warm")
print("ready", flush=True)
for line in sys.stdin:
    number = line.strip()
    for _ in range(chance.randrange(3000)):
        pass
    if side == "send":
        for attempt in range(3):
            messenger.send(
                to=number, person=number[2:], purpose=Purpose.APPOINTMENT_REMINDER,
                body="Lakeside: see you tomorrow.", idempotency_key=f"{number}/{attempt}",
            )
    else:
        messenger.consent.revoke(number, channel="spoken", recorded_by="front-desk:ana")
    print("done", flush=True)
"""

# The order in which transactions took effect: the tables share no counter, so triggers number
# each claim and each revocation in one.
ORDER = """
CREATE TABLE test_order (seq INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT, what TEXT);
CREATE TRIGGER test_claims AFTER INSERT ON sms_steps WHEN NEW.state = 'claimed' BEGIN
    INSERT INTO test_order (number, what)
    SELECT number, 'claim' FROM sms_messages WHERE message_id = NEW.message_id;
END;
CREATE TRIGGER test_revocations AFTER INSERT ON sms_consent_events
WHEN instr(CAST(NEW.payload AS TEXT), '"kind":"revoked"') BEGIN
    INSERT INTO test_order (number, what)
    SELECT number, 'revocation' FROM sms_chains WHERE chain_id = NEW.chain_id;
END;
"""


def start(side: str, database: Path, url: str) -> subprocess.Popen[str]:
    """One of the two processes."""
    process = subprocess.Popen(
        [sys.executable, "-c", RACER, side, str(database), url, SID, TOKEN, SENDER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def numbers(count: int) -> list[str]:
    """Numbers that nobody has."""
    codes = ["217", "312", "618", "309", "708", "815", "847", "773", "630", "224"]
    codes += ["779", "872", "331", "464", "730", "212", "718", "917", "646", "347"]
    return [f"+1{codes[n // 100]}55501{n % 100:02}" for n in range(count)]


def tell(racer: subprocess.Popen[str], number: str) -> None:
    """Start one side."""
    assert racer.stdin is not None
    racer.stdin.write(f"{number}\n")
    racer.stdin.flush()


def wait(racer: subprocess.Popen[str]) -> None:
    """Until that side is through."""
    assert racer.stdout is not None
    assert racer.stdout.readline() == "done\n"


def agree_all(messenger: Messenger, count: int) -> None:
    """Everybody agrees to texts."""
    for number in numbers(count):
        messenger.consent.grant(number, person=number[2:], basis="spoken", recorded_by="test")


def race(messenger: Messenger, database: Path, carrier: Sandbox, count: int) -> None:
    """Let both sides act on each number at once, and check every order that came out."""
    agree_all(messenger, count)
    with closing(sqlite3.connect(database, timeout=30)) as connection:
        connection.executescript(ORDER)
    racers = [start(side, database, carrier.url) for side in ("send", "revoke")]
    for number in numbers(count):
        for racer in racers:
            tell(racer, number)
        for racer in racers:
            wait(racer)
    for racer in racers:
        racer.communicate()
        assert racer.returncode == 0
    with closing(sqlite3.connect(database)) as connection:
        order = connection.execute("SELECT number, what FROM test_order ORDER BY seq").fetchall()
    revoked: set[str] = set()
    for number, what in order:
        assert what == "revocation" or number not in revoked, "a claim after the revocation"
        if what == "revocation":
            revoked.add(number)

    assert revoked == set(numbers(count))
    assert len(carrier.messages()) == sum(what == "claim" for _, what in order)


def test_revocation_against_send(messenger: Messenger, database: Path, carrier: Sandbox) -> None:
    """No claim commits after the revocation of its number has committed."""
    race(messenger, database, carrier, 40)


@pytest.mark.endurance
def test_revocation_against_send_at_length(
    messenger: Messenger, database: Path, carrier: Sandbox
) -> None:
    """No claim commits after the revocation of its number, in two thousand races."""
    race(messenger, database, carrier, 2000)
