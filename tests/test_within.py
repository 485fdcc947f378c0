"""A booking and its reminder commit together: the messenger inside the host's transaction."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliant_sms import Blocked, Cancelled, Held, Messenger, Profile, Purpose, Queued, Sent
from compliant_sms.errors import (
    ConfigurationError,
    IdempotencyConflict,
    InvalidInput,
    SchemaTooNew,
    SchemaTooOld,
    StoreError,
    UnknownMessage,
)
from compliant_sms.keyring import Keyring
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores import SQLite
from compliant_sms.stores._schema import newest
from compliant_sms.testing import MovableClock
from conftest import MORNING, PATIENT, PERSON
from hosts import (  # noqa: F401 - some are fixtures
    BOOKINGS,
    ON_POSTGRESQL,
    ON_SQLITE,
    Host,
    HostError,
    Place,
    bookings,
    host_at_work,
    one_for_each_database,
    shared_database,
)
from test_receive import from_patient
from test_send import BODY, NIGHT, agree, outgoing, remind, waits
from unmeasured import surroundings

pytestmark = pytest.mark.usefixtures(waits.__name__)  # nobody sleeps here
Make = Callable[..., Messenger]
OTHER = "+12175550135"


EVERY = [*ON_SQLITE, *ON_POSTGRESQL]
on_every_host = pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)


@pytest.fixture
def willing(make_messenger: Make, place: Place) -> Messenger:
    """A messenger whose patient agreed, in a database where the host books."""
    messenger = make_messenger(
        store=place.store, people=lambda _: Profile(time_zone="America/Chicago")
    )
    agree(messenger)
    place.run(BOOKINGS)
    return messenger


def texts(messenger: Messenger) -> list[str]:
    """The keys of all texts on record."""
    return sorted(t.message.draft.idempotency_key for t in messenger.history(PERSON).texts)


# Together or not at all


@on_every_host
def test_booking_and_reminder_commit_together(
    host: Host, willing: Messenger, carrier: Sandbox, place: Place
) -> None:
    """Both are there after the commit, and nobody saw either before; the text leaves then."""
    with host.transaction():
        host.book("tuesday")
        queued = remind(willing.within(host.connection))
        before = place.run("SELECT * FROM sms_messages")
        assert outgoing(carrier) == []
    (sent,) = willing.dispatch_due()

    assert isinstance(queued, Queued)
    assert before == []
    assert bookings(place) == ["tuesday"]
    assert isinstance(sent, Sent)
    assert sent.message_id == queued.message_id
    assert outgoing(carrier) == [BODY]
    assert len(place.run("SELECT * FROM sms_practices")) == 1


@on_every_host
def test_a_rollback_leaves_nothing(
    host: Host, willing: Messenger, carrier: Sandbox, place: Place
) -> None:
    """When the host rolls back there is no booking, no text, no consent and nothing to send."""
    with suppress(HostError), host.transaction():
        host.book("tuesday")
        joined = willing.within(host.connection)
        remind(joined)
        joined.consent.grant(OTHER, person=PERSON, basis="spoken", recorded_by="desk:ana")
        raise HostError

    assert bookings(place) == []
    assert texts(willing) == []
    assert willing.consent.events(OTHER) == ()
    assert willing.dispatch_due() == ()
    assert outgoing(carrier) == []
    assert willing.verify_ledger().events == 1


@on_every_host
def test_our_error_leaves_the_hosts_work(host: Host, willing: Messenger, place: Place) -> None:
    """What raises is undone by itself; the host goes on and commits what it wrote before."""
    with host.transaction():
        host.book("tuesday")
        joined = willing.within(host.connection)
        remind(joined, "1")
        with pytest.raises(IdempotencyConflict, match="a different text"):
            remind(joined, "1", body=f"{BODY} Other.")
        with pytest.raises(InvalidInput, match="person is empty"):
            remind(joined, "2", person=" ")
        with pytest.raises(UnknownMessage):
            joined.cancel("nobody's")
        host.book("wednesday")
        remind(joined, "3")

    assert bookings(place) == ["tuesday", "wednesday"]
    assert texts(willing) == ["1", "3"]


@on_every_host
def test_half_of_our_work_is_undone(host: Host, willing: Messenger, place: Place) -> None:
    """What the database refuses midway leaves nothing of that text and all of the host's."""
    place.run("ALTER TABLE sms_steps RENAME TO elsewhere")
    with host.transaction():
        host.book("tuesday")
        with pytest.raises(StoreError):
            remind(willing.within(host.connection))
        host.book("wednesday")
    place.run("ALTER TABLE elsewhere RENAME TO sms_steps")

    assert bookings(place) == ["tuesday", "wednesday"]
    assert texts(willing) == []


HOSTING = """
import os, psycopg, sqlite3, sys
from datetime import datetime
from compliant_sms import Messenger, Plaintext, Practice, Purpose
from compliant_sms.cli._database import store_at
from compliant_sms.providers import Twilio
from compliant_sms.stores import SQLite
from compliant_sms.testing import MovableClock
store = store_at(sys.argv[1])
messenger = Messenger(
    practice=Practice(name="L", phone="+12175550100", time_zone="UTC", state="IL", id="lakeside"),
    provider=Twilio(account_sid="AC" + "5e" * 16, auth_token="t", sender="+12175550111"),
    store=store,
    keyring=Plaintext(reason="nobody real is in it"),
    clock=MovableClock(datetime.fromisoformat(sys.argv[4])),
)
host = (sqlite3 if isinstance(store, SQLite) else psycopg).connect(sys.argv[1])
host.execute("INSERT INTO bookings VALUES ('tuesday')")
messenger.within(host).send(
    to="+12175550134", person="pat-881", purpose=Purpose.RECALL, body=sys.argv[2],
    idempotency_key="appt-991/24h",
)
if sys.argv[3] == "commit":
    host.commit()
os._exit(0)
"""


def another_process(place: Place, then: str) -> None:
    """A process that books and reminds, and dies."""
    code = [sys.executable, "-c", HOSTING, place.where, BODY, then, MORNING.isoformat()]
    done = subprocess.run(code, capture_output=True, text=True, check=False, env=surroundings())
    assert (done.returncode, done.stderr) == (0, "")


def test_a_crash_before_the_commit_leaves_nothing(
    willing: Messenger, carrier: Sandbox, place: Place
) -> None:
    """A process that dies in its transaction has booked nothing and reminds nobody."""
    another_process(place, "die")

    assert bookings(place) == []
    assert willing.dispatch_due() == ()
    assert outgoing(carrier) == []


def test_a_crash_after_the_commit_loses_nothing(
    willing: Messenger, carrier: Sandbox, place: Place
) -> None:
    """A process that dies after its commit has booked, and another one reminds."""
    another_process(place, "commit")

    assert bookings(place) == ["tuesday"]
    assert [type(outcome) for outcome in willing.dispatch_due()] == [Sent]
    assert outgoing(carrier) == [BODY]


def test_a_connection_closed_midway_leaves_nothing(
    host: Host, willing: Messenger, place: Place
) -> None:
    """A connection that is closed without a commit takes booking and reminder with it."""
    host.connection.execute("BEGIN")
    host.book("tuesday")
    joined = willing.within(host.connection)
    remind(joined)
    host.connection.close()

    assert bookings(place) == []
    assert texts(willing) == []
    with pytest.raises((StoreError, ConfigurationError)):
        remind(joined)


STEPS = st.lists(st.sampled_from(["book", "send", "again", "conflict", "grant"]), max_size=6)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(days=st.lists(st.tuples(STEPS, st.booleans()), min_size=1, max_size=4))
def test_any_transactions(
    days: list[tuple[list[str], bool]], host: Host, willing: Messenger, place: Place
) -> None:
    """Whatever is done in whatever order: what was committed is there, the rest never was."""
    place.run("DELETE FROM bookings")
    booked: list[str] = []
    asked = set(texts(willing))
    granted = len(willing.consent.events(OTHER))
    for day, (steps, commits) in enumerate(days):
        new_bookings: list[str] = []
        new_texts: list[str] = []
        grants = 0
        with suppress(HostError), host.transaction():
            joined = willing.within(host.connection)
            for step in steps:
                name = f"{len(asked)}.{day}.{len(new_bookings)}.{len(new_texts)}"
                if step == "book":
                    host.book(name)
                    new_bookings.append(name)
                elif step == "send":
                    remind(joined, name)
                    new_texts.append(name)
                elif step == "grant":
                    joined.consent.grant(
                        OTHER, person=PERSON, basis="spoken", recorded_by="desk:ana"
                    )
                    grants += 1
                elif new_texts:
                    with suppress(IdempotencyConflict):
                        remind(joined, new_texts[-1], body=BODY if step == "again" else "Other.")
            if not commits:
                raise HostError
        if commits:
            booked += new_bookings
            asked |= set(new_texts)
            granted += grants

    assert bookings(place) == sorted(booked)
    assert set(texts(willing)) == asked
    assert len(willing.consent.events(OTHER)) == granted
    willing.verify_ledger()


# What the host's transaction sees


@on_every_host
def test_reads_see_the_transaction(host: Host, willing: Messenger, clock: MovableClock) -> None:
    """What was written in the transaction is read in it, and by nobody else before the commit."""
    with host.transaction():
        host.book("tuesday")
        joined = willing.within(host.connection)
        asked = {"to": OTHER, "person": PERSON, "purpose": Purpose.RECALL, "body": BODY}
        before = joined.check(**asked)
        joined.consent.grant(OTHER, person=PERSON, basis="spoken", recorded_by="desk:ana")
        after = joined.check(**asked)
        queued = remind(joined, "1")
        seen = [text.message.message_id for text in joined.history(PERSON).texts]
        state = joined.consent.state(OTHER, person=PERSON)

    assert [before.verdict, after.verdict] == ["block", "allow"]
    assert seen == [queued.message_id]
    assert state.grants
    assert len(willing.consent.events(OTHER)) == 1


def test_a_stop_before_the_dispatch_blocks(
    host: Host, willing: Messenger, carrier: Sandbox
) -> None:
    """A patient who stops texts between the commit and the dispatch is not texted."""
    with host.transaction():
        remind(willing.within(host.connection))
    willing.receive(from_patient("STOP", "SM1"))
    outcomes = willing.dispatch_due()

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Blocked", "Sent"]
    assert BODY not in outgoing(carrier)  # the other one confirmed the STOP


def test_a_revocation_inside_blocks(host: Host, willing: Messenger, carrier: Sandbox) -> None:
    """A revocation that the host commits holds like any other, also for texts asked for before."""
    with host.transaction():
        joined = willing.within(host.connection)
        remind(joined)
        joined.consent.revoke(PATIENT, channel="spoken", recorded_by="desk:ana")

    assert [type(outcome) for outcome in willing.dispatch_due()] == [Blocked]
    assert isinstance(remind(willing, "2"), Blocked)
    assert outgoing(carrier) == []


@on_every_host
def test_consent_and_reminder_commit_together(
    host: Host, willing: Messenger, carrier: Sandbox
) -> None:
    """An intake form that is stored with its consent lets the reminder go."""
    with host.transaction():
        host.book("tuesday")
        joined = willing.within(host.connection)
        joined.consent.grant(OTHER, person="pat-904", basis="spoken", recorded_by="desk:ana")
        remind(joined, to=OTHER, person="pat-904")

    assert [type(outcome) for outcome in willing.dispatch_due()] == [Sent]
    assert [entry.to for entry in carrier.messages()] == [OTHER]


def test_a_text_is_called_back_with_the_booking(host: Host, willing: Messenger) -> None:
    """Cancelling both in one transaction holds if it commits, and only then."""
    with host.transaction():
        queued = remind(willing.within(host.connection))
    with suppress(HostError), host.transaction():
        cancelled = willing.within(host.connection).cancel(queued.message_id)
        raise HostError
    still = remind(willing)
    with host.transaction():
        joined = willing.within(host.connection)
        other = remind(joined, "2")
        joined.cancel(other.message_id)

    assert isinstance(cancelled, Cancelled)
    assert isinstance(still, Queued)
    assert [type(outcome) for outcome in willing.dispatch_due()] == [Sent]


# One key is one text


def test_the_same_text_again(host: Host, willing: Messenger, clock: MovableClock) -> None:
    """The same key with the same content returns what is on record, wherever it was asked for."""
    with host.transaction():
        joined = willing.within(host.connection)
        first, second = remind(joined), remind(joined)
    third = remind(willing)
    (sent,) = willing.dispatch_due()
    with host.transaction():
        joined = willing.within(host.connection)
        fourth = remind(joined)
        clock.move_to(NIGHT)
        held = remind(willing.within(host.connection), "night")
    willing.dispatch_due()
    with host.transaction():
        night = remind(willing.within(host.connection), "night")

    assert first == second == third
    assert fourth == sent
    assert isinstance(held, Queued)
    assert isinstance(night, Held)
    assert [reason.rule for reason in night.reasons] == ["courtesy-window"]
    assert len(willing.history(PERSON).texts) == 2


def test_a_blocked_text_asked_for_again(host: Host, willing: Messenger, carrier: Sandbox) -> None:
    """It is decided again with the next dispatch, as ``send`` decides it again at once."""
    assert isinstance(remind(willing, to=OTHER), Blocked)
    with host.transaction():
        joined = willing.within(host.connection)
        joined.consent.grant(OTHER, person=PERSON, basis="spoken", recorded_by="desk:ana")
        again = remind(joined, to=OTHER)
    (sent,) = willing.dispatch_due()

    assert isinstance(again, Queued)
    assert isinstance(sent, Sent)
    assert sent.message_id == again.message_id
    ((record),) = willing.history(PERSON).texts
    assert [step.state for step in record.steps] == ["blocked", "due", "claimed", "sent"]


def test_two_hosts_ask_at_once(
    host: Host, willing: Messenger, carrier: Sandbox, place: Place
) -> None:
    """A second process that asks for the same text waits, and makes no second one."""
    code = [sys.executable, "-c", HOSTING, place.where, BODY, "commit", MORNING.isoformat()]
    with host.transaction():
        first = remind(willing.within(host.connection), purpose=Purpose.RECALL)
        other = subprocess.Popen(code, stderr=subprocess.PIPE, text=True, env=surroundings())
    _, errors = other.communicate()
    outcomes = willing.dispatch_due()

    assert (other.returncode, errors) == (0, "")
    assert [outcome.message_id for outcome in outcomes] == [first.message_id]
    assert outgoing(carrier) == [BODY]


def test_threads_share_a_connection(willing: Messenger, place: Place) -> None:
    """What one thread asked for is there, whatever fails in another on the same connection."""
    connection: Any
    if isinstance(place.store, SQLite):
        connection = sqlite3.connect(place.where, isolation_level=None, check_same_thread=False)
    else:
        connection = psycopg.connect(place.where, autocommit=True)
    asked: list[str] = []

    def ask(thread: int) -> None:
        for number in range(8):
            try:
                key, body = f"{(thread + number) % 5}", f"{BODY} {(thread + number) % 2}"
                outcome = remind(willing.within(connection), key, body=body)
                asked.append(outcome.message_id)
            except IdempotencyConflict:
                pass

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with closing(connection), ThreadPoolExecutor(4) as threads:
            connection.execute("BEGIN")
            list(threads.map(ask, range(4)))
            connection.execute("COMMIT")
    finally:
        sys.setswitchinterval(interval)

    there = {record.message.message_id for record in willing.history(PERSON).texts}
    assert there == set(asked)
    assert len(there) == 5


# Whose connection it is


@on_every_host
def test_no_transaction(host: Host, willing: Messenger) -> None:
    """Outside a transaction nothing is written or read, and the error says how to begin one."""
    if getattr(host.connection, "autocommit", None) is False:
        pytest.skip("a transaction is always open")
    with pytest.raises(ConfigurationError, match="BEGIN IMMEDIATE"):
        remind(willing.within(host.connection))
    with host.transaction():
        host.book("tuesday")
        joined = willing.within(host.connection)
    for call in (remind, agree, lambda joined: joined.history(PERSON)):
        with pytest.raises(ConfigurationError, match="no transaction is open"):
            call(joined)

    assert texts(willing) == []


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("DROP TABLE sms_schema", SchemaTooOld),
        ("DELETE FROM sms_schema", SchemaTooOld),
        (f"UPDATE sms_schema SET version = {newest() + 1}", SchemaTooNew),
    ],
)
def test_other_tables(
    host: Host, willing: Messenger, place: Place, statement: str, error: type[StoreError]
) -> None:
    """Tables that are missing, older or newer are refused, and the host's work stays."""
    place.run(statement)
    with host.transaction():
        host.book("tuesday")
        with pytest.raises(error, match=r"db upgrade|Upgrade compliant-sms"):
            remind(willing.within(host.connection))

    assert bookings(place) == ["tuesday"]


# What is sealed stays sealed


def test_what_is_sealed_is_sealed_in_the_hosts_transaction(
    make_messenger: Make, kind: Any, place: Place, carrier: Sandbox
) -> None:
    """With a keyring nothing tells of the patient, also where the host's is the first record."""
    sealed = make_messenger(store=place.store, keyring=Keyring.generate())
    place.store.open()
    place.run(BOOKINGS)
    with kind(place) as host:
        joined = None
        with suppress(HostError), host.transaction():
            joined = sealed.within(host.connection)
            agree(joined)
            assert joined.consent.state(PATIENT, person=PERSON).grants
            raise HostError
        with host.transaction():  # the keys that were drawn before are gone
            agree(joined)
            remind(joined, body=f"{BODY} Okapi.")
            (told,) = joined.history(PERSON).texts
    (outcome,) = sealed.dispatch_due()
    tables = [place.run(f"SELECT * FROM {table}") for table in ("sms_messages", "sms_chains")]

    assert told.message.draft.body == f"{BODY} Okapi."
    assert not [canary for canary in ("Okapi", PATIENT, PERSON) if canary in repr(tables)]
    assert isinstance(outcome, Sent)
    assert outgoing(carrier) == [f"{BODY} Okapi."]


def test_nothing_of_the_patient_is_told(host: Host, willing: Messenger) -> None:
    """Neither an error nor a repr holds a number, a body or a name."""
    with host.transaction():
        joined = willing.within(host.connection)
        remind(joined)
        with pytest.raises(IdempotencyConflict) as caught:
            remind(joined, body="Okapi")
        told = f"{caught.value} {joined!r}"

    assert not [canary for canary in (PATIENT[2:], PERSON, "Okapi", "Ana") if canary in told]
