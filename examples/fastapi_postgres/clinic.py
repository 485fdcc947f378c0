"""A clinic's booking service on FastAPI and PostgreSQL; everything waits on the event loop.

Start it with ``uvicorn --factory clinic:from_environment``, and beside it one or more of
``compliant-sms worker clinic:messenger_from_environment``. What they read from the environment
stands in ``../sandbox.env``, and the database in ``CLINIC_DSN``.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Annotated

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool
from pydantic import BaseModel, NaiveDatetime, StringConstraints

from compliant_sms import AsyncMessenger, Keyring, Messenger, Practice, Wording
from compliant_sms.errors import InvalidInput
from compliant_sms.providers import Twilio
from compliant_sms.reminders import Appointment, ReminderPlan, Status
from compliant_sms.stores import PostgreSQL
from compliant_sms.web.starlette import webhook_app

ZONE = "America/Chicago"
PRACTICE = Practice(
    id="lakeside",
    name="Lakeside Family Medicine",
    phone="+1 217 555 0100",
    time_zone=ZONE,
    state="IL",
)
PLANS = [ReminderPlan(offsets=["1 day before at 10:00", "2 hours before"])]
INTAKE = Wording(
    text="I agree to texts from Lakeside Family Medicine about my appointments and care.",
    version="2026-03",
)
BOOKINGS = """CREATE TABLE IF NOT EXISTS bookings (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, person text NOT NULL,
    phone text NOT NULL, starts_at timestamp NOT NULL, status text NOT NULL DEFAULT 'booked')"""


class Booking(BaseModel):
    """What the front desk sends.

    Attributes:
        person: the clinic's id of the patient.
        phone: where to text.
        starts_at: what the clinic's clock will show; with a zone the database would move it.
        signed_intake: the patient signed INTAKE on paper.
        entered_by: who entered it.
    """

    person: Annotated[str, StringConstraints(min_length=1)]
    phone: str
    starts_at: NaiveDatetime
    signed_intake: bool
    entered_by: str


def messenger_from_environment() -> Messenger:
    """The messenger of a worker."""
    return Messenger(
        practice=PRACTICE,
        provider=_twilio(),
        store=PostgreSQL(os.environ["CLINIC_DSN"]),
        keyring=Keyring.from_file(os.environ["TEXTING_KEYS"]),
        reminders=PLANS,
    )


def from_environment() -> FastAPI:
    """The application as it runs in production."""
    messenger = AsyncMessenger(
        practice=PRACTICE,
        provider=_twilio(),
        store=PostgreSQL(os.environ["CLINIC_DSN"]),
        keyring=Keyring.from_file(os.environ["TEXTING_KEYS"]),
        reminders=PLANS,
    )
    return make_app(messenger, os.environ["CLINIC_DSN"], os.environ["CLINIC_URL"])


def _twilio() -> Twilio:
    return Twilio(
        account_sid=os.environ["TWILIO_ACCOUNT_SID"],
        auth_token=os.environ["TWILIO_AUTH_TOKEN"],
        sender=os.environ["TWILIO_SENDER"],
        baa_signed_on=date.fromisoformat(os.environ["TWILIO_BAA_SIGNED_ON"]),
        # A carrier on your machine, where one is to be tried.
        base_url=os.environ.get("TWILIO_BASE_URL", "https://api.twilio.com"),
        status_callback=f"{os.environ['CLINIC_URL']}/texts/twilio",
    )


def make_app(messenger: AsyncMessenger, dsn: str, url: str) -> FastAPI:
    """Routes for the front desk, and ``/texts``, where the provider calls.

    Put a login in front of all but ``/texts``, which checks signatures by itself.
    """
    pool = AsyncConnectionPool(
        dsn,
        connection_class=AsyncConnection[DictRow],
        kwargs={"row_factory": dict_row},
        open=False,
    )

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        async with messenger, pool:
            async with pool.connection() as connection:
                await connection.execute(BOOKINGS)
            await messenger.dispatch_due()  # makes the library's tables
            yield

    app = FastAPI(title="Clinic", lifespan=running)
    app.mount("/texts", webhook_app(messenger, public_url=f"{url}/texts"))

    @app.post("/bookings", status_code=201)
    async def book(booking: Booking) -> dict[str, int]:
        """Booking, consent and reminders: all of them, or none."""
        async with pool.connection() as connection:
            asked = await connection.execute(
                "INSERT INTO bookings (person, phone, starts_at) VALUES (%s, %s, %s) RETURNING *",
                (booking.person, booking.phone, booking.starts_at),
            )
            (row,) = await asked.fetchall()
            joined = messenger.within(connection)
            if booking.signed_intake:
                await joined.consent.grant(
                    booking.phone,
                    person=booking.person,
                    basis="intake_form",
                    wording=INTAKE,
                    recorded_by=booking.entered_by,
                )
            await joined.reminders.save(visit_of(row))
        return {"id": row["id"]}

    @app.patch("/bookings/{booking}")
    async def change(
        booking: int, starts_at: NaiveDatetime | None = None, status: Status | None = None
    ) -> dict[str, str]:
        """Move or cancel; texts about the visit as it was are called back in the same commit."""
        async with pool.connection() as connection:
            asked = await connection.execute(
                "UPDATE bookings SET starts_at = coalesce(%s, starts_at),"
                " status = coalesce(%s, status) WHERE id = %s RETURNING *",
                (starts_at, status, booking),
            )
            row = await asked.fetchone()
            if row is None:
                raise HTTPException(404, "There is no such booking.")
            await messenger.within(connection).reminders.save(visit_of(row))
        return {"status": row["status"]}

    @app.get("/patients/{person}/texts")
    async def texts(person: str) -> list[dict[str, object]]:
        """What became of each text, and why."""
        history = await messenger.history(person)
        return [
            {
                "state": record.message.state,
                "why": [reason.words for reason in record.decisions[-1].reasons],
            }
            for record in history.texts
        ]

    @app.exception_handler(InvalidInput)
    async def refuse(_: Request, error: InvalidInput) -> JSONResponse:
        return JSONResponse({"detail": str(error)}, status_code=422)

    return app


def visit_of(row: DictRow) -> Appointment:
    """A booking as the library knows it."""
    return Appointment(
        id=str(row["id"]),
        person=row["person"],
        numbers=row["phone"],
        start=row["starts_at"],
        time_zone=ZONE,
        status=row["status"],
    )
