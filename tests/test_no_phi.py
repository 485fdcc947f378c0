"""Planted canaries: no body, phone number or name in a log, a repr or a traceback, on any path."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from carriers import CLOSED
from compliant_sms import (
    AsyncMessenger,
    Messenger,
    Plaintext,
    Profile,
    Purpose,
    Signature,
    Tier,
    WebhookRequest,
)
from compliant_sms.errors import NoAnswer, RequestNotSent, TransportError
from compliant_sms.evidence._page._moments import Moment
from compliant_sms.optout._intents_words import speak
from compliant_sms.phrases import fold
from compliant_sms.providers import Twilio
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores import SQLite
from compliant_sms.testing import MovableClock
from compliant_sms.transport import BlockingTransport
from compliant_sms.wire import HttpReply, HttpRequest
from conftest import INTAKE_WORDING, SENDER, WARNING
from test_receive import URL, callback, from_patient, status
from test_send import DAWN, NIGHT, Meanwhile, waits
from test_store import Small
from test_transport import http, odd_server

pytestmark = pytest.mark.usefixtures(waits.__name__)  # nobody sleeps here
NAME = "Zelda Quagga"
BODY = f"Dear {NAME}, your okapi-canary result is in."
NUMBER = "+12175550134"
# The masked form shows the last four digits.
CANARIES = ["Zelda", "Quagga", "okapi", "canary", "2175550134", "217-555-0134", "217) 555"]
SSN = "219-09-9999"
Make = Callable[..., Messenger]


class Ears:
    """Everything that was said while the test ran."""

    def __init__(self, log: pytest.LogCaptureFixture) -> None:
        self._log = log
        self._heard: list[str] = []
        self.errors = 0

    def note(self, value: object) -> Any:
        """Keep how a value shows itself."""
        self._heard += [repr(value), str(value), f"{value}"]
        return value

    def hear(self, call: Callable[..., object], *args: Any, **kwargs: Any) -> Any:
        """Call something and keep what it returns, or the whole traceback of what it raises."""
        try:
            return self.note(call(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001
            self.errors += 1
            self._heard += traceback.format_exception(error)
            behind: BaseException | None = error
            while behind is not None:  # tools that collect errors follow them
                self._heard += [repr(behind), repr(vars(behind))]
                before = None if behind.__suppress_context__ else behind.__context__
                behind = behind.__cause__ or before
            return None

    @property
    def everything(self) -> str:
        """All of it."""
        records = [f"{r.getMessage()} {r.args!r} {r.exc_text}" for r in self._log.records]
        return "\n".join([*self._heard, *records])


@pytest.fixture
def ears(caplog: pytest.LogCaptureFixture) -> Iterator[Ears]:
    """Listens to all loggers at DEBUG, and at the end looks for canaries."""
    caplog.set_level(logging.DEBUG)
    for name in list(logging.root.manager.loggerDict):
        caplog.set_level(logging.DEBUG, logger=name)
    made = Ears(caplog)
    yield made
    said = made.everything
    # What stands in a traceback as source is not said about a patient.
    assert [canary for canary in CANARIES if canary in said] == []
    assert SSN not in said


def text(**changes: Any) -> dict[str, Any]:
    usual = {
        "to": "(217) 555-0134",
        "person": "pat-881",
        "purpose": Purpose.LAB_RESULT_NOTIFICATION,
        "body": BODY,
        "idempotency_key": "1",
    }
    return usual | changes


def grant(ears: Ears, messenger: Messenger) -> None:
    ears.hear(
        messenger.consent.grant,
        NUMBER,
        person="pat-881",
        basis="web_form",
        tier=Tier.PRIOR_EXPRESS_WRITTEN,
        categories=["care", "promotions"],
        wording=INTAKE_WORDING,
        signature=Signature(signer=NAME, act="ticked", ip_address="192.0.2.7"),
        recorded_by="front-desk:ana",
    )
    # The text names the patient in full, which they were warned about and want.
    ears.hear(
        messenger.consent.record_phi_preference,
        NUMBER,
        person="pat-881",
        warning=WARNING,
        channel="spoken",
        recorded_by="front-desk:ana",
    )


def test_a_day(ears: Ears, messenger: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """Grants, sends, holds, blocks, statuses, texts in, replies and history keep quiet."""
    ears.hear(messenger.send, **text(idempotency_key="blocked"))
    grant(ears, messenger)
    arguments = text()
    del arguments["idempotency_key"]
    ears.hear(messenger.check, **arguments)
    sent = ears.hear(messenger.send, **text())
    ears.hear(messenger.send, **text())
    ears.hear(messenger.send, **text(idempotency_key="ssn", body=f"{BODY} SSN {SSN}"))
    ears.hear(messenger.receive, status(sent.provider_id, "delivered"))
    clock.move_to(NIGHT)
    held = ears.hear(messenger.send, **text(idempotency_key="night"))
    ears.hear(messenger.cancel, held.message_id)
    for number, body in enumerate([BODY, "STOP", "HELP", "START"]):
        clock.advance(timedelta(seconds=1))
        ears.hear(messenger.receive, from_patient(body, f"SM{number}"))
        ears.hear(messenger.dispatch_due)
    clock.move_to(DAWN)
    ears.hear(messenger.history, "pat-881")
    ears.hear(messenger.consent.events, NUMBER)
    ears.hear(messenger.consent.state, NUMBER, person="pat-881")
    ears.hear(messenger.consent.revoke, NUMBER, channel="spoken", recorded_by="front-desk:ana")
    ears.hear(messenger.verify_ledger)
    ears.note(messenger)
    ears.note(carrier.messages())
    ears.note(messenger._ports)

    assert ears.errors == 0
    assert f"{BODY} Reply STOP to opt out." in [entry.body for entry in carrier.messages()]


FAULTS: list[dict[str, Any]] = [
    {"kind": "status", "status": 400, "body": {"code": 21211, "message": f"To {NUMBER} {BODY}"}},
    {"kind": "status", "status": 401, "body": f"<html>{BODY}</html>"},
    {"kind": "status", "status": 429, "headers": {"Retry-After": "9"}},
    {"kind": "status", "status": 500, "body": f"{NUMBER} {BODY}"},
    {"kind": "drop"},
    {"kind": "accept_then_drop"},
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: str(fault.get("status", fault["kind"])))
def test_provider_in_trouble(
    ears: Ears, messenger: Messenger, carrier: Sandbox, clock: MovableClock, fault: dict[str, Any]
) -> None:
    """Even a provider that repeats the text in its error does not make us repeat it."""
    grant(ears, messenger)
    carrier.fail_next(**fault)
    ears.hear(messenger.send, **text())
    clock.advance(timedelta(minutes=3))
    ears.hear(messenger.reconcile)
    ears.hear(messenger.dispatch_due)
    ears.hear(messenger.history, "pat-881")

    assert ears.errors == 0


ODD = [
    b"",
    f"HTTP/1.1 500 {NUMBER}\r\n\r\n".encode(),
    f"HTTP/1.1 200 OK\r\n{BODY} {NUMBER}\r\n\r\n".encode(),
    f"{BODY} {NUMBER}\r\n\r\n".encode(),
    http(200, f'{{"sid": 1, "body": "{BODY}"}}'.encode()),
    http(200, BODY.encode(), "Content-Encoding: gzip\r\n"),
]


@pytest.mark.parametrize("answer", ODD, ids=range(len(ODD)))
def test_odd_answers(ears: Ears, make_messenger: Make, provider: Twilio, answer: bytes) -> None:
    """Whatever comes over the wire, what is said about it holds nothing of the patient."""
    with odd_server(answer, answer) as server:
        messenger = make_messenger(provider=evolve(provider, base_url=server.url))
        grant(ears, messenger)
        ears.hear(messenger.send, **text())
        ears.hear(messenger.reconcile)
        ears.hear(messenger.history, "pat-881")

    assert ears.errors == 0


def test_unreachable(ears: Ears, make_messenger: Make, provider: Twilio) -> None:
    """A provider that nobody can reach is reported without the patient."""
    for url in (CLOSED, "http://\0/", f"http://{'a' * 64}.invalid"):
        messenger = make_messenger(
            provider=evolve(provider, base_url=url, baa_signed_on=NIGHT.date()),
            keyring=Plaintext(reason="nobody real is in it"),
        )
        grant(ears, messenger)
        ears.hear(messenger.send, **text(idempotency_key=repr(url)))
        ears.hear(messenger.reconcile)

    assert ears.errors == 0


FORGED = [
    WebhookRequest(method="POST", url=f"https://x/?To={NUMBER}", body=BODY.encode()),
    evolve(from_patient(BODY, "SM1"), body=f"Body={BODY}&From={NUMBER}".encode()),
    evolve(from_patient(BODY, "SM1"), body=f"Body={BODY}%FF&From={NUMBER}".encode()),
    evolve(from_patient(BODY, "SM1"), body=BODY.encode() + b"\xff"),
    evolve(from_patient(BODY, "SM1"), body=BODY.encode() * 50_000),
    evolve(from_patient(BODY, "SM1"), url=f"https://clinic.example:{BODY}/{NUMBER}"),
    callback({"MessageSid": "SM1", "Body": BODY}, token="another"),
]


@pytest.mark.parametrize("request_", FORGED, ids=range(len(FORGED)))
def test_forged_callbacks(ears: Ears, messenger: Messenger, request_: WebhookRequest) -> None:
    """What is refused is not repeated in the refusal."""
    ears.note(request_)
    ears.hear(messenger.receive, request_)

    assert ears.errors == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"to": f"{NUMBER}; {NAME}"},
        {"to": NUMBER + "5"},
        {"body": BODY * 100},
        {"body": BODY + "\0"},
        {"body": BODY + "\ud800"},
        {"person": " "},
        {"purpose": f"{BODY}"},
        {"purpose": Purpose.HELP_REPLY},
        {"idempotency_key": BODY * 10},
        {"not_after": NIGHT.replace(tzinfo=None)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_misuse(ears: Ears, messenger: Messenger, changes: dict[str, Any]) -> None:
    """What cannot be used is refused without being shown."""
    ears.hear(messenger.send, **text(**changes))

    assert ears.errors == 1


def test_conflict(ears: Ears, messenger: Messenger) -> None:
    """Two texts under one key are refused without showing either."""
    grant(ears, messenger)
    ears.hear(messenger.send, **text())
    ears.hear(messenger.send, **text(body=BODY + "!"))
    ears.hear(messenger.cancel, NUMBER)

    assert ears.errors == 2


def test_store_in_trouble(ears: Ears, make_messenger: Make, database: Path, tmp_path: Path) -> None:
    """A database that is locked, full, foreign or altered is reported without its content."""
    messenger = make_messenger(store=SQLite(database, busy_timeout=0.01))
    grant(ears, messenger)
    ears.hear(messenger.send, **text())
    with closing(sqlite3.connect(database)) as other:
        other.execute("BEGIN IMMEDIATE")
        ears.hear(messenger.send, **text(idempotency_key="2"))
    small = make_messenger(store=Small(database))
    for number in range(100):
        ears.hear(small.send, **text(idempotency_key=f"full {number}", body=BODY * 20))
    foreign = tmp_path / "foreign.db"
    foreign.write_text(BODY * 50)
    ears.hear(make_messenger(store=SQLite(foreign)).history, "pat-881")
    with closing(sqlite3.connect(database)) as other, other:
        other.execute("UPDATE sms_consent_events SET digest = x'00'")
    ears.hear(messenger.verify_ledger)

    assert ears.errors >= 4


def test_interruption_and_bugs(ears: Ears, make_messenger: Make, clock: MovableClock) -> None:
    """An error of the host's own, or the end of the process, takes nothing along."""
    transport = BlockingTransport()

    def fails(_: str) -> Profile:
        msg = "the directory is down"
        raise LookupError(msg)

    grant(ears, make_messenger())
    ears.hear(make_messenger(people=fails).send, **text())
    dying = make_messenger(transport=Meanwhile(transport, error=KeyboardInterrupt()))  # type: ignore[arg-type]
    ears.hear(dying.send, **text())
    clock.advance(timedelta(minutes=3))
    ears.hear(make_messenger().dispatch_due)
    ears.hear(make_messenger().reconcile)
    transport.close()

    assert ears.errors == 2


@pytest.mark.parametrize("kind", [RequestNotSent, NoAnswer])
def test_a_transport_that_quotes_the_request(
    ears: Ears, make_messenger: Make, kind: type[TransportError]
) -> None:
    """What a host's own transport says of a request is not kept, only what kind of error it was."""

    class Quoting:
        async def send(self, request: HttpRequest) -> HttpReply:
            cause = ConnectionError(f"POST {request.url}: {request.body!r}")
            msg = f"{cause} {NUMBER} {BODY}"
            raise kind(msg) from cause

    messenger = make_messenger(transport=Quoting())
    grant(ears, messenger)
    outcome = ears.hear(messenger.send, **text())
    ears.note(outcome.problem.words)
    (record,) = ears.hear(messenger.history, "pat-881").texts
    ears.note(record.message.problem.words)

    assert f"{kind.__name__} from ConnectionError" in outcome.problem.words


def test_event_loop(  # noqa: PLR0917 - fixtures
    ears: Ears, practice: Any, provider: Twilio, database: Path, carrier: Sandbox, clock: Any
) -> None:
    """The event loop in debug mode, which logs a lot, logs nothing of the patient."""

    async def main() -> None:
        async with AsyncMessenger(
            practice=practice, provider=provider, store=SQLite(database), clock=clock
        ) as messenger:
            await messenger.consent.grant(
                NUMBER, person="pat-881", basis="spoken", recorded_by="front-desk:ana"
            )
            await messenger.consent.record_phi_preference(
                NUMBER,
                person="pat-881",
                warning=WARNING,
                channel="spoken",
                recorded_by="front-desk:ana",
            )
            carrier.fail_next("drop")
            for key in "12":
                ears.note(await messenger.send(**text(idempotency_key=key)))
            ears.note(await messenger.reconcile())
            ears.note(await messenger.receive(from_patient(BODY, "SM1")))
            ears.note(await messenger.history("pat-881"))

    ears.hear(asyncio.run, main(), debug=True)

    assert ears.errors == 0
    assert SENDER not in ears.everything


def test_what_is_read_shows_nothing_of_the_text(ears: Ears) -> None:
    """Whatever holds it on the way: what collects errors shows local values as they show."""
    folded = ears.note(fold(BODY))
    ears.note(speak(BODY))
    ears.note(Moment(at=NIGHT, kind="in", label="A text", words=BODY))

    assert "okapi" in folded.text


def test_what_was_taken_for_a_zone_is_not_repeated(ears: Ears) -> None:
    """A column that was mixed up puts a name, or a number, where the zone belongs."""
    for mixed_up in (NAME, NUMBER, f"{NAME}\ud800"):
        ears.hear(Profile, time_zone=mixed_up)

    assert ears.errors == 3


def test_a_form_that_cannot_be_decoded_is_not_repeated(ears: Ears, messenger: Messenger) -> None:
    """Its decoder's error holds all of it."""
    form = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": "x"}
    for body in (f"Body={BODY}é&From={NUMBER}".encode(), b"Body=okapi+canary%FF"):
        request = WebhookRequest(method="POST", url=URL, headers=form, body=body)
        ears.hear(messenger.receive, request)

    assert ears.errors == 2
