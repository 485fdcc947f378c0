"""A host's code may raise our own errors and quote a patient in them: nothing shows that."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, NoReturn

import pytest

from compliant_sms import Messenger
from compliant_sms.errors import (
    CannotUnseal,
    ConfigurationError,
    InvalidSignature,
    NoAnswer,
    ReplyTooLarge,
    RequestNotSent,
    StoreError,
)
from compliant_sms.events import CallbackRefused, Event, WorkFailed
from compliant_sms.providers import Twilio
from compliant_sms.sandbox import Sandbox
from compliant_sms.testing import MovableClock
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest
from compliant_sms.worker import Worker
from conftest import PATIENT, PERSON, SENDER, SID, TOKEN
from test_send import BODY, DAWN, NIGHT, agree, remind

Make = Callable[..., Messenger]
QUOTED = f"could not do it for {PATIENT}: {BODY}"
OURS = (ConfigurationError, StoreError, RequestNotSent, NoAnswer, CannotUnseal, ReplyTooLarge)


class Quoting:
    """A host's transport, whose errors quote what was to be sent."""

    def __init__(self, kind: type[Exception]) -> None:
        self._kind = kind

    async def send(self, request: HttpRequest) -> HttpReply:
        """Fail; a lookup does so as well."""
        msg = f"{request.url} {QUOTED}"
        raise self._kind(msg)


class QuotingAdapter(Twilio):
    """A host's adapter, whose refusals quote the callback."""

    def verify(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse whatever comes."""
        raise InvalidSignature(QUOTED)


def shown(caplog: pytest.LogCaptureFixture, *others: object) -> str:
    records = [f"{each.getMessage()} {vars(each)}" for each in caplog.records]
    return " ".join([caplog.text, *records, *map(repr, others)])


def assert_no_patient(told: str) -> None:
    leaked = [each for each in (str(PATIENT), str(PATIENT)[2:], BODY) if each in told]
    assert leaked == []


@pytest.fixture
def due(make_messenger: Make, clock: MovableClock, carrier: object) -> Messenger:
    """A messenger with a text that is due."""
    made = make_messenger()
    agree(made)
    clock.move_to(NIGHT)
    remind(made, "1", body=BODY)
    clock.move_to(DAWN)
    return made


@pytest.mark.parametrize("kind", OURS)
@pytest.mark.parametrize("place", ["people", "transport", "lookup"])
def test_a_worker_tells_nothing_of_it(
    *,
    due: Messenger,
    make_messenger: Make,
    clock: MovableClock,
    caplog: pytest.LogCaptureFixture,
    place: str,
    kind: type[Exception],
) -> None:
    """Neither its log, its event, its counts nor the stored problem; but the place is named."""
    caplog.set_level(logging.DEBUG)

    def people(_: str) -> NoReturn:
        raise kind(QUOTED)

    if place == "lookup":
        make_messenger(transport=Quoting(NoAnswer)).dispatch_due()
        clock.advance(timedelta(minutes=10))
    host = {"people": people} if place == "people" else {"transport": Quoting(kind)}
    working = make_messenger(**host)
    heard: list[WorkFailed] = []
    working.on(WorkFailed, heard.append)
    done = Worker(working).drain(within=timedelta(seconds=5), signals=False)

    stored = [text.message.problem for text in due.history(PERSON).texts]
    assert_no_patient(shown(caplog, done, heard, stored))
    assert all(each.where.startswith(__file__) for each in heard if each.error == kind.__name__)


def test_what_the_library_says_is_still_told(due: Messenger, make_messenger: Make) -> None:
    """Its own words are about the set-up, and whoever reads the log needs them."""
    heard: list[WorkFailed] = []

    def people(_: str) -> NoReturn:
        from compliant_sms.stores import PostgreSQL  # noqa: PLC0415 - a host's own set-up

        PostgreSQL("postgresql://nobody@127.0.0.1:1/none").open()
        raise AssertionError

    asking = make_messenger(people=people)
    asking.on(WorkFailed, heard.append)
    Worker(asking).drain(within=timedelta(seconds=5), signals=False)

    assert due.history(PERSON).texts
    assert ["cannot be reached" in each.why for each in heard] == [True]


def test_a_refused_callback(
    make_messenger: Make, carrier: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    """An adapter of the host's own refuses it: neither log nor event has its words."""
    caplog.set_level(logging.DEBUG)
    keys: Any = {"account_sid": SID, "auth_token": TOKEN, "sender": SENDER}
    adapter = QuotingAdapter(**keys, base_url=carrier.url)
    messenger = make_messenger(provider=adapter)
    heard: list[Event] = []
    messenger.on(CallbackRefused, heard.append)
    request = WebhookRequest(method="POST", url="https://clinic.test/sms", headers=(), body=b"")
    with pytest.raises(InvalidSignature):
        messenger.receive(request)

    assert len(heard) == 1
    assert_no_patient(shown(caplog, heard))


def test_the_doctor(make_messenger: Make) -> None:
    """A transport of the host's own may quote an address, which can hold a password."""
    checks: Sequence[object] = make_messenger(transport=Quoting(NoAnswer)).doctor()

    assert checks
    assert_no_patient(repr(checks))
