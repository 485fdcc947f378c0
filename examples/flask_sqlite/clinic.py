"""A small practice on Flask and SQLite: the front desk books, patients are reminded and answer.

Start it with ``flask --app clinic:from_environment run`` and, beside it,
``compliant-sms worker clinic:messenger_from_environment``. What they read from the environment
stands in ``../sandbox.env``.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime
from pathlib import Path

from flask import Flask, request
from flask.typing import ResponseReturnValue

from compliant_sms import Keyring, Messenger, Practice, Wording
from compliant_sms.errors import InvalidInput
from compliant_sms.providers import Twilio
from compliant_sms.reminders import Answer, Appointment, ReminderPlan, Status
from compliant_sms.stores import SQLite
from compliant_sms.web.flask import webhook_blueprint

ZONE = "America/Chicago"
PRACTICE = Practice(
    id="lakeside",
    name="Lakeside Family Medicine",
    phone="+1 217 555 0100",
    time_zone=ZONE,
    state="IL",
)
PLANS = [ReminderPlan(offsets=["1 day before at 10:00", "2 hours before"])]
ASKED_AT_THE_DESK = Wording(
    text="May Lakeside Family Medicine text you about your appointments and care?",
    version="2026-03",
)
BOOKINGS = """CREATE TABLE IF NOT EXISTS bookings (
    id INTEGER PRIMARY KEY, person TEXT, phone TEXT, starts_at TEXT, status TEXT)"""


def messenger_from_environment() -> Messenger:
    """The messenger as it runs in production, for the web application and for the worker."""
    store = SQLite(os.environ["CLINIC_DATABASE"], shared=True)
    store.open()  # makes the library's tables, which a booking's own transaction cannot
    return Messenger(
        practice=PRACTICE,
        provider=Twilio(
            account_sid=os.environ["TWILIO_ACCOUNT_SID"],
            auth_token=os.environ["TWILIO_AUTH_TOKEN"],
            sender=os.environ["TWILIO_SENDER"],
            baa_signed_on=date.fromisoformat(os.environ["TWILIO_BAA_SIGNED_ON"]),
            # A carrier on your machine, where one is to be tried.
            base_url=os.environ.get("TWILIO_BASE_URL", "https://api.twilio.com"),
            status_callback=f"{os.environ['CLINIC_URL']}/texts/twilio",
        ),
        store=store,
        keyring=Keyring.from_file(os.environ["TEXTING_KEYS"]),
        reminders=PLANS,
    )


def from_environment() -> Flask:
    """The application as it runs in production."""
    messenger = messenger_from_environment()
    return make_app(messenger, Path(os.environ["CLINIC_DATABASE"]), os.environ["CLINIC_URL"])


def make_app(messenger: Messenger, database: Path, url: str) -> Flask:
    """Routes for the front desk, and ``/texts``, where the provider calls.

    Put a login in front of all but ``/texts``, which checks signatures by itself.
    """
    app = Flask("clinic")
    texts = webhook_blueprint(messenger, public_url=f"{url}/texts")
    app.register_blueprint(texts, url_prefix="/texts")

    @contextmanager
    def transaction() -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(database, isolation_level=None)) as connection, connection:
            connection.row_factory = sqlite3.Row
            connection.execute(BOOKINGS)
            connection.execute("BEGIN IMMEDIATE")
            yield connection

    def set_status(connection: sqlite3.Connection, booking: str, status: Status) -> None:
        """The booking and its reminders, in one transaction."""
        row = connection.execute(
            "UPDATE bookings SET status = ? WHERE id = ? RETURNING *", (status, booking)
        ).fetchone()
        messenger.within(connection).reminders.save(visit_of(row))

    @app.post("/bookings")
    def book() -> ResponseReturnValue:
        asked = request.get_json()
        with transaction() as connection:
            row = connection.execute(
                "INSERT INTO bookings (person, phone, starts_at, status) VALUES (?, ?, ?, ?)"
                " RETURNING *",
                (asked["person"], asked["phone"], asked["starts_at"], Status.BOOKED),
            ).fetchone()
            joined = messenger.within(connection)
            if asked["may_text"]:
                joined.consent.grant(
                    asked["phone"],
                    person=asked["person"],
                    basis="spoken",
                    wording=ASKED_AT_THE_DESK,
                    recorded_by=f"front-desk:{asked['by']}",
                )
            joined.reminders.save(visit_of(row))
        return {"id": row["id"]}, 201

    @app.post("/bookings/<booking>/cancel")
    def cancel(booking: str) -> ResponseReturnValue:
        with transaction() as connection:
            set_status(connection, booking, Status.CANCELLED)
        return {}

    @app.get("/to-do")
    def to_do() -> ResponseReturnValue:
        """What patients answered: confirmations are entered, the rest waits for a person."""
        calls = []
        for answer in messenger.reminders.answers():
            if answer.answer is Answer.CONFIRM and answer.stands:
                with transaction() as connection:
                    set_status(connection, answer.appointment_id, Status.CONFIRMED)
                messenger.reminders.acknowledge(answer)
            else:
                calls.append({"booking": answer.appointment_id, "wants": answer.answer})
        return {"call": calls}

    @app.errorhandler(InvalidInput)
    def refuse(error: InvalidInput) -> ResponseReturnValue:
        return {"error": str(error)}, 422

    return app


def visit_of(row: sqlite3.Row) -> Appointment:
    """A booking as the library knows it."""
    return Appointment(
        id=str(row["id"]),
        person=row["person"],
        numbers=row["phone"],
        start=datetime.fromisoformat(row["starts_at"]),
        time_zone=ZONE,
        status=row["status"],
    )
