"""Hooks: who is told what, when, and what becomes of handlers that fail."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve, fields

from compliant_sms import (
    AsyncMessenger,
    Blocked,
    Messenger,
    Outcome,
    Practice,
    Profile,
    Purpose,
    Sent,
    events,
)
from compliant_sms.consent import Channel, Clarified, ConsentEvent, Flag, NumberFlagged
from compliant_sms.conversations import InboxEvent, InboxEventKind
from compliant_sms.driver import finish
from compliant_sms.errors import InvalidInput, NoAnswer, StoreFull, UnknownMessage
from compliant_sms.events import EVENTS, Event, TextEvent, TextSent, logged
from compliant_sms.flows import ReceivedText, Watched
from compliant_sms.lifecycle import State
from compliant_sms.log_fields import LOG_FIELDS, log_event, log_failure
from compliant_sms.messenger import StoreKind
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Store, Transaction
from compliant_sms.providers import Twilio
from compliant_sms.testing import FakeCarrier, MovableClock
from compliant_sms.testing._contract._samples import NOON, a_text
from compliant_sms.transport import BlockingTransport
from compliant_sms.wire import HttpReply, HttpRequest
from conftest import INTAKE_WORDING, PATIENT, PERSON, WARNING
from test_receive import from_patient, status
from test_send import BODY, NIGHT, agree, remind, waits

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures(waits.__name__)]
Make = Callable[..., Messenger]
CANARIES = ["Zelda", "Quagga", "okapi", "2175550134", "217-555-0134", PERSON]


def clarified() -> ConsentEvent:
    return Clarified(
        event_id="e-1",
        practice_id="lakeside",
        number=PhoneNumber(PATIENT),
        occurred_at=NOON,
        recorded_at=NOON,
        actor="patient",
        keep=("care",),
        channel=Channel.TEXT,
    )


def number_flagged() -> ConsentEvent:
    return NumberFlagged(
        event_id="e-1",
        practice_id="lakeside",
        number=PhoneNumber(PATIENT),
        occurred_at=NOON,
        recorded_at=NOON,
        actor="provider:twilio",
        why=Flag.INVALID_NUMBER,
    )


@pytest.fixture
def told(messenger: Messenger) -> list[Event]:
    """Whatever the messenger tells, from the beginning."""
    heard: list[Event] = []
    messenger.on(Event, heard.append)
    return heard


def names(told: list[Event]) -> list[str | None]:
    return [event.name for event in told]


def test_a_texts_way(messenger: Messenger, told: list[Event], clock: MovableClock) -> None:
    """Each step that is of interest is told once, in order, with the ids of what it is about."""
    agree(messenger)
    sent = remind(messenger)
    assert isinstance(sent, Sent)
    assert sent.provider_id is not None
    for number in range(2):  # providers repeat themselves
        messenger.receive(status(sent.provider_id, "delivered", ref=str(number)))
    clock.move_to(NIGHT)
    held = remind(messenger, "later", body=f"{BODY} Again.")
    assert names(told) == ["consent_granted", "text_sent", "text_delivered", "text_held"]
    granted, gone, delivered, waiting = told
    assert isinstance(granted, events.ConsentGranted)
    assert (granted.person, granted.basis) == (PERSON, "intake_form")
    assert isinstance(gone, TextSent)
    assert (gone.message_id, gone.purpose) == (sent.message_id, "appointment_reminder")
    assert (gone.provider, gone.practice_id) == ("twilio", "lakeside")
    assert isinstance(delivered, events.TextDelivered)
    assert isinstance(waiting, events.TextHeld)
    assert (waiting.message_id, waiting.until) == (held.message_id, held.until)
    assert waiting.rules == tuple(finding.rule for finding in held.reasons)


def test_what_patients_do(messenger: Messenger, told: list[Event]) -> None:
    """A STOP, a START, an emergency: what was read, and ids with which to read more."""
    agree(messenger)
    messenger.consent.record_phi_preference(
        PATIENT, person=PERSON, warning=WARNING, channel="spoken", recorded_by="ana"
    )
    messenger.receive(from_patient("STOP", "SM1"))
    messenger.receive(from_patient("STOP", "SM1"))
    messenger.receive(from_patient("START", "SM2"))
    messenger.receive(from_patient("I have chest pain and cannot breathe", "SM3"))
    blocked = remind(messenger, "no consent", person="pat-882", to="+12175550135")
    assert isinstance(blocked, Blocked)
    assert names(told) == [
        "consent_granted",
        "phi_preference_stated",
        *("text_received", "opted_out"),
        *("text_received", "opted_back_in"),
        "emergency_received",
        "text_blocked",
    ]
    opted_out, emergency, refused = told[3], told[6], told[7]
    assert isinstance(opted_out, events.OptedOut)
    assert (opted_out.channel, opted_out.person) == ("text", None)
    assert messenger.inbound(opted_out.reference).body == "STOP"
    assert isinstance(emergency, events.EmergencyReceived)
    assert (emergency.intent, emergency.needs_person) == ("emergency", True)
    assert isinstance(refused, events.TextBlocked)
    assert refused.rules == tuple(dict.fromkeys(each.rule for each in blocked.reasons))
    assert messenger.text_record(refused.message_id).message.body == BODY


def test_failures_pauses_and_cancelling(make_messenger: Make) -> None:
    """What a provider refuses, what may have gone, what somebody stopped or called back."""

    class Odd(BlockingTransport):
        reply: HttpReply | None = None

        async def send(self, request: HttpRequest) -> HttpReply:
            if self.reply is None:
                return await super().send(request)
            return self.reply

    transport = Odd()
    messenger = make_messenger(
        transport=transport, people=lambda _: Profile(time_zone="America/Chicago")
    )
    heard: list[Event] = []
    messenger.on(Event, heard.append)
    agree(messenger)
    transport.reply = HttpReply(status=400, body=b'{"code": 21211, "message": "no"}')
    remind(messenger, "1")
    transport.reply = HttpReply(status=500, body=b"")
    remind(messenger, "2", body=f"{BODY} 2")
    messenger.pause(by="it:kim", reason="wrong times")
    waiting = remind(messenger, "3", body=f"{BODY} 3")
    messenger.cancel(waiting.message_id)
    got = names(heard)
    assert got[0] == "consent_granted"
    assert "text_failed" in got
    assert "number_flagged" in got
    assert got[-3:] == ["audit_event_recorded", "text_held", "text_cancelled"]
    assert isinstance(heard[-2], events.TextHeld)
    assert heard[-2].rules == ("pause",)
    assert isinstance(heard[-3], events.AuditEventRecorded)
    assert (heard[-3].act, heard[-3].actor) == ("paused", "it:kim")


def test_uncertain(make_messenger: Make) -> None:
    """A request without an answer is told as urgent."""

    class Silent(BlockingTransport):
        async def send(self, request: HttpRequest) -> HttpReply:
            msg = "no answer"
            raise NoAnswer(msg)

    messenger = make_messenger(
        transport=Silent(), people=lambda _: Profile(time_zone="America/Chicago")
    )
    heard: list[TextEvent] = []
    agree(messenger)
    messenger.on(TextEvent, heard.append)
    remind(messenger)
    (uncertain,) = heard
    assert isinstance(uncertain, events.TextUncertain)
    assert uncertain.urgent


def test_a_base_class_stands_for_its_branch(messenger: Messenger) -> None:
    """Whoever asks for texts hears of texts, and not of consents; asking ends when it is ended."""
    heard: list[TextEvent] = []
    end = messenger.on(TextEvent, heard.append)
    agree(messenger)
    remind(messenger)
    end()
    end()
    remind(messenger, "2", body=f"{BODY} 2")
    assert [type(event) for event in heard] == [TextSent]


def test_one_handler_does_not_feel_another_fail(
    messenger: Messenger, caplog: pytest.LogCaptureFixture
) -> None:
    """What raises is logged without its words, the others are told, and the text goes."""
    heard: list[Event] = []

    def fails(_: TextSent) -> None:
        msg = "Zelda Quagga at 217-555-0134 could not be found"
        raise LookupError(msg)

    class Odd:
        def __call__(self, event: TextSent) -> None:
            raise SystemError(event)

        def __repr__(self) -> str:
            return "Zelda Quagga"

    messenger.on(TextSent, fails)
    messenger.on(TextSent, Odd())
    messenger.on(TextSent, heard.append)
    agree(messenger)
    assert isinstance(remind(messenger), Sent)
    assert names(heard) == ["text_sent"]
    first, second = [r for r in caplog.records if r.name == "compliant_sms.hooks"]
    assert vars(first)["event"] == "handler_failed"
    assert vars(first)["happened"] == "text_sent"
    assert vars(first)["error"] == "LookupError"
    assert vars(first)["where"].rpartition(":")[0] == __file__
    assert first.exc_info is None
    assert vars(second)["handler"].endswith("Odd")
    assert "Zelda" not in caplog.text


def test_after_the_commit(messenger: Messenger) -> None:
    """A handler sees what it is told of, and may work with the messenger, which locks nothing."""
    found: list[object] = []

    def look(event: TextSent) -> None:
        found.append(messenger.text_record(event.message_id).message.state)
        remind(messenger, "from a handler", to="+12175550135", person="pat-882")

    agree(messenger)
    end = messenger.on(TextSent, look)
    remind(messenger)
    end()
    assert found == ["sent"]


class Lossy:
    """A store that runs each work twice, as where it lost a race, and then may not commit."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.refuses = False

    async def run(self, work: Callable[[Transaction], Awaitable[Any]]) -> Any:
        async def twice(tx: Transaction) -> Any:
            await work(tx)
            return await work(tx)

        if not self.refuses:
            return await self.store.run(twice)
        await self.store.run(work)
        msg = "the disk is full"
        raise StoreFull(msg)


def test_what_was_undone_is_not_told(make_store: Callable[[], StoreKind]) -> None:
    """Work that is done anew is told once, and what could not be committed not at all."""
    heard: list[Event] = []

    async def tell(told: Sequence[Event]) -> None:
        heard.extend(told)

    lossy = Lossy(make_store().blocking())
    watched = Watched(lossy, tell)
    finish(watched.run(lambda tx: tx.save(a_text("1", state=State.SENT), NOON)))
    assert names(heard) == ["text_sent"]
    lossy.refuses = True
    with pytest.raises(StoreFull):
        finish(watched.run(lambda tx: tx.save(a_text("2", state=State.SENT), NOON)))
    assert names(heard) == ["text_sent"]


STATES = {
    State.SENT: "text_sent",
    State.HELD: "text_held",
    State.BLOCKED: "text_blocked",
    State.CANCELLED: "text_cancelled",
    State.FAILED: "text_failed",
    State.UNCERTAIN: "text_uncertain",
    State.DELIVERED: "text_delivered",
    State.UNDELIVERED: "text_undelivered",
}


@pytest.mark.parametrize("state", State)
def test_each_state_that_a_text_can_come_to(
    state: State, make_store: Callable[[], StoreKind]
) -> None:
    """What is due or claimed is on its way; everything else is told."""
    heard: list[Event] = []

    async def tell(told: Sequence[Event]) -> None:
        heard.extend(told)

    watched = Watched(make_store().blocking(), tell)
    finish(watched.run(lambda tx: tx.save(a_text(state=state), NOON)))
    assert names(heard) == ([STATES[state]] if state in STATES else [])


@pytest.mark.parametrize(
    ("event", "name"),
    [
        (clarified, "opt_out_narrowed"),
        (number_flagged, "number_flagged"),
    ],
)
def test_each_consent_event(
    event: Callable[[], ConsentEvent], name: str, make_store: Callable[[], StoreKind]
) -> None:
    """What the ledger can hold and the other tests do not show."""
    heard: list[Event] = []

    async def tell(told: Sequence[Event]) -> None:
        heard.extend(told)

    watched = Watched(make_store().blocking(), tell)
    finish(watched.run(lambda tx: tx.append(event(), "chain")))
    assert names(heard) == [name]


def test_within_a_transaction_of_the_hosts(
    make_messenger: Make, database: Path, database_kind: str
) -> None:
    """Nobody here sees the host commit, so nothing is told before dispatch sends the text."""
    if database_kind != "sqlite":
        pytest.skip("the same code on both; test_within.py has hosts for both")
    messenger = make_messenger(people=lambda _: Profile(time_zone="America/Chicago"))
    heard: list[Event] = []
    agree(messenger)
    messenger.on(Event, heard.append)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        remind(messenger.within(connection))  # type: ignore[arg-type]
        agree(messenger.within(connection), person="pat-882")  # type: ignore[arg-type]
        connection.commit()
    assert heard == []
    messenger.dispatch_due()
    assert names(heard) == ["text_sent"]


def test_handlers_that_cannot_be_called(messenger: Messenger) -> None:
    """A class that is no event, what is no function, and a coroutine without a loop are refused."""

    async def later(_: Event) -> None: ...

    class Later:
        async def __call__(self, event: Event) -> None: ...

    for kind, handler in [
        *[(str, print), ("Event", print), (Event, "print")],
        *[(Event, later), (Event, Later()), (Event, partial(later))],
    ]:
        with pytest.raises(InvalidInput):
            messenger.on(kind, handler)  # type: ignore[type-var, arg-type]


def test_a_coroutine_in_disguise(messenger: Messenger, caplog: pytest.LogCaptureFixture) -> None:
    """A plain function that returns something to await is on record as failed; nothing is left."""

    async def later(_: Event) -> None: ...

    class Awaitable:
        def __await__(self) -> Any:
            return iter(())

    messenger.on(Event, lambda event: later(event))  # noqa: PLW0108 - as hosts write
    messenger.on(Event, lambda _: Awaitable())
    agree(messenger)
    assert [vars(r)["error"] for r in caplog.records if r.name == "compliant_sms.hooks"] == [
        "InvalidInput",
        "InvalidInput",
    ]


def test_on_an_event_loop(
    practice: Practice,
    provider: Twilio,
    make_store: Callable[[], StoreKind],
    clock: MovableClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Coroutine functions are awaited, plain ones called, in the order in which they asked."""
    heard: list[str] = []
    bodies: list[str] = []

    async def people(_: str) -> Profile:
        return Profile(time_zone="America/Chicago")

    async def day() -> None:
        messenger = AsyncMessenger(
            practice=practice, provider=provider, store=make_store(), clock=clock, people=people
        )

        async def fails(_: Event) -> None:
            await asyncio.sleep(0)
            raise ValueError

        async def awaited(event: Event) -> None:
            await asyncio.sleep(0)
            heard.append(f"awaited {event.name}")

        async def read(event: events.TextReceived) -> None:
            bodies.append((await messenger.inbound(event.inbound_id)).body)

        messenger.on(Event, fails)
        messenger.on(Event, awaited)
        messenger.on(Event, lambda event: heard.append(f"called {event.name}"))
        messenger.on(events.TextReceived, read)
        await messenger.consent.grant(
            PATIENT,
            person=PERSON,
            basis="intake_form",
            wording=INTAKE_WORDING,
            recorded_by="front-desk:ana",
        )
        await messenger.receive(from_patient("thanks", "SM1"))
        with pytest.raises(UnknownMessage):
            await messenger.text_record("nothing")
        await messenger.aclose()

    asyncio.run(day())
    assert bodies == ["thanks"]
    assert heard == [
        f"{how} {name}"
        for name in ("consent_granted", "text_received")
        for how in ("awaited", "called")
    ]
    assert sum(r.name == "compliant_sms.hooks" for r in caplog.records) == 2


def test_a_handler_that_is_cancelled_is_not_the_caller_cancelled(
    practice: Practice, caplog: pytest.LogCaptureFixture
) -> None:
    """What a handler waited for was cancelled: it failed, and the text went. We are: so we end."""
    told: list[Event] = []

    async def waits_for_what_is_cancelled(_: Event) -> None:
        task = asyncio.ensure_future(asyncio.sleep(60))
        task.cancel()
        await task

    async def story() -> None:
        carrier = FakeCarrier()
        messenger = carrier.async_messenger(practice=practice)
        await messenger.consent.grant(PATIENT, person=PERSON, basis="spoken", recorded_by="a test")

        async def send(key: str) -> Outcome:
            return await messenger.send(
                to=PATIENT,
                person=PERSON,
                purpose=Purpose.APPOINTMENT_REMINDER,
                body=f"{BODY} {key}",
                idempotency_key=key,
            )

        messenger.on(TextSent, waits_for_what_is_cancelled)
        messenger.on(TextSent, told.append)
        assert isinstance(await send("1"), Sent)
        assert names(told) == ["text_sent"]

        begun = asyncio.Event()

        async def waits(_: Event) -> None:
            begun.set()
            await asyncio.Event().wait()

        messenger.on(events.OptedOut, waits)
        revoked = messenger.consent.revoke(PATIENT, channel="voicemail", recorded_by="a test")
        task = asyncio.create_task(revoked)
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await messenger.consent.state(PATIENT, person=PERSON)).revoked_at is not None
        await messenger.aclose()

    asyncio.run(story())
    failed = [record for record in caplog.records if record.name == "compliant_sms.hooks"]
    assert [vars(record)["error"] for record in failed] == ["CancelledError"]


def test_ids_of_others(messenger: Messenger, make_messenger: Make, practice: Practice) -> None:
    """An id that is not there, or another practice's, is refused."""
    agree(messenger)
    sent = remind(messenger)
    (text,) = messenger.receive(from_patient("thanks", "SM1")).events
    assert isinstance(text, ReceivedText)
    other = make_messenger(practice=evolve(practice, id="another"))
    for ours in (messenger.text_record, messenger.inbound):
        with pytest.raises(UnknownMessage, match="Pass the"):
            ours("nothing")
    with pytest.raises(UnknownMessage):
        other.text_record(sent.message_id)
    with pytest.raises(UnknownMessage):
        other.inbound(text.inbound.inbound_id)


# Logs


def test_logs_have_the_fields_of_the_table_and_nothing_else(
    messenger: Messenger, caplog: pytest.LogCaptureFixture
) -> None:
    """A day's records: the table's fields, ids only, warnings where somebody should look."""
    usual = {*vars(logging.makeLogRecord({})), "message"}
    caplog.set_level(logging.DEBUG, "compliant_sms")
    agree(messenger)
    remind(messenger)
    messenger.receive(from_patient("Zelda Quagga 217-555-0134: chest pain okapi", "SM1"))
    messenger.receive(from_patient("STOP", "SM2"))
    messenger.pause(by="it:kim", reason="Zelda")
    said = [r for r in caplog.records if r.name.startswith("compliant_sms")]
    assert {vars(r)["event"] for r in said} >= {"text_sent", "opted_out", "audit_event_recorded"}
    for record in said:
        own = set(vars(record)) - usual
        assert own == {"event", *LOG_FIELDS[vars(record)["event"]]}
        everything = f"{record.getMessage()} {[vars(record)[field] for field in own]}"
        assert [canary for canary in CANARIES if canary in everything] == []
        assert record.levelno == (
            logging.WARNING if EVENTS[vars(record)["event"]].urgent else logging.INFO
        )


def test_fields_that_no_record_may_have(caplog: pytest.LogCaptureFixture) -> None:
    """No field can take the place of one of logging's own, nor hold what a host calls a person."""
    usual = {*vars(logging.makeLogRecord({})), "message", "asctime", "event"}
    for names_of_fields in LOG_FIELDS.values():
        assert not usual & set(names_of_fields)
        assert not {"person", "appointment_id", "actor", "reference"} & set(names_of_fields)
    for kind in EVENTS.values():
        assert {"practice_id", "at"} <= set(logged(kind))
        assert not {"body", "number", "name"} & {each.name for each in fields(kind)}
    with pytest.raises(AssertionError):
        log_failure(logging.getLogger("compliant_sms"), "web_failed", "no", other="a")
    log_event(Event(practice_id="lakeside", at=NOON))  # only groups others
    assert not [each for each in caplog.records if each.name.startswith("compliant_sms")]


def test_the_page_has_the_table() -> None:
    """Each record and its fields stand on the page about watching."""
    page = Path(__file__).parents[1].joinpath("docs/how-to/observe.md").read_text("utf-8")
    for name, names_of_fields in LOG_FIELDS.items():
        shown = ", ".join(f"`{field}`" for field in names_of_fields)
        assert f"| `{name}` | {shown} |" in page


def test_an_event_of_the_inbox_is_told_once(make_store: Callable[[], StoreKind]) -> None:
    """What is known of the same text already is not told again."""
    heard: list[Event] = []

    async def tell(told: Sequence[Event]) -> None:
        heard.extend(told)

    watched = Watched(make_store().blocking(), tell)
    raised = InboxEvent(
        event_id="event-1",
        kind=InboxEventKind.OVERDUE,
        at=NOON,
        thread_id="thread-1",
        queue="front-desk",
        to="ana",
        reference="in-1",
    )
    for _ in range(2):
        finish(watched.run(lambda tx: tx.add_inbox_event("lakeside", raised)))
    assert names(heard) == ["inbox_event_raised"]
