"""Callbacks over a real socket, through the Starlette application."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from urllib.parse import urlencode

import pytest
import uvicorn
from twilio.request_validator import RequestValidator

from compliant_sms import AsyncMessenger, Channel, Messenger, Practice
from compliant_sms.cli.demo._webhooks import listen
from compliant_sms.driver import finish
from compliant_sms.providers import Twilio
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores import SQLite
from compliant_sms.testing import MovableClock
from compliant_sms.transport import BlockingTransport
from compliant_sms.web.starlette import webhook_app
from compliant_sms.wire import HttpReply, HttpRequest
from conftest import PATIENT, PERSON, SENDER, SID, TOKEN
from hooks import PATIENCE
from servers import QuickServer


@contextmanager
def serving(messenger: Messenger | AsyncMessenger, *, dispatch: bool = True) -> Iterator[str]:
    """The application behind uvicorn; its public URL."""
    listener, url = listen()
    app = webhook_app(messenger, public_url=url, dispatch=dispatch)
    server = QuickServer(uvicorn.Config(app, log_config=None, lifespan="off"))
    thread = Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        yield url
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        listener.close()


def post(url: str, body: bytes, signature: str = "", **headers: str) -> HttpReply:
    """Post a form."""
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": signature,
        **headers,
    }
    transport = BlockingTransport()
    try:
        request = HttpRequest(method="POST", url=url, headers=headers, body=body)
        return finish(transport.send(request))
    finally:
        transport.close()


def signed_stop(url: str) -> tuple[bytes, str]:
    """A STOP as the official client would sign it."""
    fields = {"MessageSid": "SM" + "1" * 32, "From": PATIENT, "To": SENDER, "Body": "STOP"}
    signature = RequestValidator(TOKEN).compute_signature(url, fields)
    return urlencode(fields).encode(), signature


def test_a_stop_is_on_record_before_the_answer_and_confirmed_after_it(
    messenger: Messenger, carrier: Sandbox
) -> None:
    """The carrier's signed webhook revokes; its confirmation goes out in the background."""
    with serving(messenger) as url:
        carrier.set_inbound_url(SENDER, url)
        status = carrier.reply(PATIENT, "STOP", to=SENDER)
        revoked = messenger.consent.state(PATIENT, person=PERSON).revoked_at

    assert status == 200
    assert revoked is not None
    (confirmation,) = [t.body for t in carrier.messages() if t.author == "application"]
    assert confirmation.startswith("Lakeside Family Medicine: you will get no more texts from us.")


def test_an_async_messenger_receives_as_well(
    practice: Practice, provider: Twilio, carrier: Sandbox, database: Path, clock: MovableClock
) -> None:
    """The application takes either facade."""
    messenger = AsyncMessenger(
        practice=practice, provider=provider, store=SQLite(database), clock=clock
    )
    with serving(messenger, dispatch=False) as url:
        carrier.set_inbound_url(SENDER, url)
        status = carrier.reply(PATIENT, "STOP", to=SENDER)

    reader = Messenger(practice=practice, provider=provider, store=SQLite(database), clock=clock)
    with reader:
        (event,) = reader.consent.events(PATIENT)
    assert status == 200
    assert getattr(event, "channel", None) is Channel.TEXT


def test_what_is_not_signed_is_forbidden_and_what_is_too_large_is_not_read(
    messenger: Messenger,
) -> None:
    """403 for a wrong signature, 413 above a megabyte, and nothing is recorded."""
    with serving(messenger) as url:
        body, _ = signed_stop(url)
        forged, huge = post(url, body, "bm8="), post(url, b"Body=" + b"x" * 10_000_000)

    assert (forged.status, huge.status) == (403, 413)
    assert messenger.consent.events(PATIENT) == ()


def test_a_store_that_cannot_be_written_asks_the_provider_to_come_again(
    make_messenger: Callable[..., Messenger], database: Path
) -> None:
    """While another program holds the lock the answer is 503, and afterwards 200."""
    messenger = make_messenger(store=SQLite(database, busy_timeout=0.05))
    messenger.verify_ledger()
    other = sqlite3.connect(database, isolation_level=None)
    with serving(messenger) as url:
        body, signature = signed_stop(url)
        other.execute("BEGIN IMMEDIATE")
        during = post(url, body, signature).status
        other.execute("ROLLBACK")
        after = post(url, body, signature).status
    other.close()

    assert (during, after) == (503, 200)
    assert len(messenger.consent.events(PATIENT)) == 1


@pytest.mark.parametrize("query", ["", "?ref=abc"])
def test_the_query_is_part_of_the_signed_url(messenger: Messenger, query: str) -> None:
    """Status callbacks carry our reference in the query, under the signature."""
    fields = {"MessageSid": "SM" + "2" * 32, "MessageStatus": "delivered", "AccountSid": SID}
    with serving(messenger) as url:
        signature = RequestValidator(TOKEN).compute_signature(url + query, fields)
        answer = post(url + query, urlencode(fields).encode(), signature)

    assert (answer.status, answer.header("content-type")) == (200, "text/xml")
