"""Callbacks: what patients text, what the provider reports, and what nobody may forge."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from attrs import evolve
from twilio.request_validator import RequestValidator

from compliant_sms import Blocked, Cancelled, Channel, Messenger, Practice, Purpose, Queued, Sent
from compliant_sms.consent import Restored, Revoked, Signature, Tier, Wording
from compliant_sms.errors import ConfigurationError, InvalidSignature, WebhookRejected
from compliant_sms.flows import Received, ReceivedStatus, ReceivedText
from compliant_sms.lifecycle import State
from compliant_sms.optout import Intent, Reserved
from compliant_sms.providers import Failure, Plivo, Twilio
from compliant_sms.routing import Routes
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores import SQLite
from compliant_sms.testing import MovableClock
from compliant_sms.testing.webhooks import PlivoWebhooks
from compliant_sms.transport import BlockingTransport
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest
from conftest import MORNING, OTHER_SENDERS, PATIENT, PERSON, SENDER, TOKEN
from test_send import BODY, Meanwhile, agree, outgoing, remind

pytestmark = pytest.mark.both_databases

URL = "https://clinic.example/texts"
Make = Callable[..., Messenger]


class Same:
    """A provider that calls each text alike."""

    async def send(self, request: HttpRequest) -> HttpReply:
        """Take it; or tell that it arrived."""
        word = "delivered" if request.method == "GET" else "queued"
        told = {"sid": "SMsame", "status": word, "direction": "outbound-api"}
        status = 200 if request.method == "GET" else 201
        return HttpReply(status=status, headers={}, body=json.dumps(told).encode())


def callback(fields: Mapping[str, str], *, url: str = URL, token: str = TOKEN) -> WebhookRequest:
    """A callback, signed by Twilio's own client."""
    return WebhookRequest(
        method="POST",
        url=url,
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": RequestValidator(token).compute_signature(url, dict(fields)),
        },
        body=urlencode(fields).encode(),
    )


def from_patient(body: str, sid: str, *, sender: str = PATIENT, to: str = SENDER) -> WebhookRequest:
    """A patient's text on its way in."""
    return callback(
        {"MessageSid": sid, "SmsStatus": "received", "From": sender, "To": to, "Body": body}
    )


def status(provider_id: str, word: str, *, ref: str = "", code: str = "") -> WebhookRequest:
    """News of a text."""
    fields = {"MessageSid": provider_id, "MessageStatus": word}
    if code:
        fields["ErrorCode"] = code
    return callback(fields, url=f"{URL}?ref={ref}" if ref else URL)


def text_of(received: Received) -> ReceivedText:
    """The one text that a callback brought."""
    (event,) = received.events
    assert isinstance(event, ReceivedText)
    return event


def news_of(received: Received) -> ReceivedStatus:
    """The one status that a callback brought."""
    (event,) = received.events
    assert isinstance(event, ReceivedStatus)
    return event


@pytest.fixture
def willing(messenger: Messenger, clock: MovableClock) -> Messenger:
    """A messenger whose patient agreed a minute ago."""
    agree(messenger)
    clock.advance(timedelta(minutes=1))
    return messenger


# STOP, HELP, START


def test_stop(willing: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """STOP holds before anything is answered; one confirmation follows, and nothing after it."""
    text = text_of(willing.receive(from_patient("Stop.", "SM1")))

    assert (text.new, text.reserved) == (True, Reserved.STOP)
    revoked = willing.consent.events(PATIENT)[-1]
    assert isinstance(revoked, Revoked)
    assert (revoked.channel, revoked.person) == (Channel.TEXT, None)
    assert revoked.reference == text.inbound.inbound_id
    assert revoked.rule == text.inbound.rule == "keyword:stop/en/stop"
    assert isinstance(remind(willing), Blocked)
    assert carrier.messages() == ()
    (sent,) = willing.dispatch_due()
    assert isinstance(sent, Sent)
    assert willing.dispatch_due() == ()
    (confirmation,) = outgoing(carrier)
    assert confirmation.startswith("Lakeside Family Medicine: you will get no more texts")
    assert "217-555-0100" in confirmation
    clock.advance(timedelta(days=400))
    assert isinstance(remind(willing, "a year later"), Blocked)


def test_second_stop(willing: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """However often a patient says STOP, one confirmation goes out."""
    for number in range(3):
        willing.receive(from_patient("STOP", f"SM{number}"))
    willing.receive(from_patient("STOP", "SM0"))
    willing.dispatch_due()
    clock.advance(timedelta(minutes=2))
    willing.receive(from_patient("stop", "SM9"))
    (blocked,) = willing.dispatch_due()

    assert isinstance(blocked, Blocked)
    assert len(outgoing(carrier)) == 1
    assert len(willing.consent.events(PATIENT)) == 5


def test_new_stop_after_new_consent(
    willing: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """A revocation of a new consent is a new one, and is confirmed anew."""
    for number in range(2):
        clock.advance(timedelta(minutes=10))
        willing.receive(from_patient("STOP", f"SM{number}"))
        willing.dispatch_due()
        clock.advance(timedelta(minutes=10))
        agree(willing)

    assert len(outgoing(carrier)) == 2


def test_a_confirmation_that_waited_confirms_a_later_stop_as_well(
    willing: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """STOP, START and STOP again while nothing is sent: one confirmation, and it goes last."""
    for number, word in enumerate(("STOP", "START", "STOP")):
        willing.receive(from_patient(word, f"SM{number}"))
        clock.advance(timedelta(minutes=1))
    willing.dispatch_due()

    told = [text for text in outgoing(carrier) if "no more texts" in text]
    assert len(told) == 1
    assert outgoing(carrier)[-1] == told[0]


def test_who_ends_some_texts_and_then_all_is_told_of_the_end_of_all(
    willing: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """Both were written before the first was answered; what answers it is out of date."""
    for number, words in enumerate(("Please stop the promotions", "STOP")):
        willing.receive(from_patient(words, f"SM{number}"))
        clock.advance(timedelta(minutes=1))
    willing.dispatch_due()

    (told,) = outgoing(carrier)
    assert "no more texts from us" in told


def test_a_repeated_stop_is_not_confirmed_by_a_second_text(
    willing: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """What was written for a stop that START ended confirmed the next one: it needs no other."""
    for number, word in enumerate(("STOP", "START", "STOP")):
        willing.receive(from_patient(word, f"SM{number}"))
        clock.advance(timedelta(minutes=1))
    willing.dispatch_due()
    clock.advance(timedelta(minutes=1))
    willing.receive(from_patient("STOP", "SM3"))
    clock.advance(timedelta(minutes=1))
    willing.dispatch_due()
    assert len([text for text in outgoing(carrier) if "no more texts" in text]) == 1

    # A stop that is said after another START has its own.
    willing.receive(from_patient("START", "SM4"))
    clock.advance(timedelta(minutes=1))
    willing.receive(from_patient("STOP", "SM5"))
    willing.dispatch_due()
    assert len([text for text in outgoing(carrier) if "no more texts" in text]) == 2


def test_late_confirmation(willing: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """After five minutes a confirmation is not sent any more."""
    text = text_of(willing.receive(from_patient("STOP", "SM1")))
    clock.advance(timedelta(minutes=5, seconds=1))
    (outcome,) = willing.dispatch_due()

    assert isinstance(outcome, Blocked | Cancelled)
    assert willing.dispatch_due() == ()
    assert carrier.messages() == ()
    assert willing.history(PERSON).received == (text.inbound,)


def test_confirmation_of_what_no_longer_holds(willing: Messenger, clock: MovableClock) -> None:
    """Who texted START before the confirmation of STOP went out gets the newer answer only."""
    willing.receive(from_patient("STOP", "SM1"))
    clock.advance(timedelta(minutes=1))
    willing.receive(from_patient("START", "SM2"))

    assert [type(outcome) for outcome in willing.dispatch_due()] == [Blocked, Sent]


def test_confirmation_at_night(make_messenger: Make, carrier: Sandbox, clock: MovableClock) -> None:
    """The confirmation goes at any hour, as the patient has just written."""
    messenger = make_messenger()
    clock.advance(timedelta(hours=13))
    messenger.receive(from_patient("STOP", "SM1"))

    assert [type(outcome) for outcome in messenger.dispatch_due()] == [Sent]


def test_provider_answers_by_itself(
    make_messenger: Make, provider: Twilio, carrier: Sandbox, clock: MovableClock
) -> None:
    """Where the provider answers keywords we revoke, and send no second answer."""
    messenger = make_messenger(provider=evolve(provider, answers_keywords=True))
    agree(messenger)
    for number, body in enumerate(["HELP", "STOP", "START"]):
        clock.advance(timedelta(minutes=1))
        messenger.receive(from_patient(body, f"SM{number}"))
    assert messenger.dispatch_due() == ()
    clock.advance(timedelta(minutes=1))
    messenger.receive(from_patient("alto", "SM9"))  # a word that Twilio does not know

    assert [type(outcome) for outcome in messenger.dispatch_due()] == [Sent]
    assert messenger.consent.state(PATIENT, person=PERSON).tier is Tier.NONE


def test_help(willing: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """HELP is answered with who texts and whom to call, also after STOP."""
    willing.receive(from_patient("help", "SM1"))
    willing.dispatch_due()
    willing.receive(from_patient("STOP", "SM2"))
    willing.dispatch_due()
    clock.advance(timedelta(minutes=1))
    willing.receive(from_patient("INFO", "SM3"))
    willing.dispatch_due()

    helps = [body for body in outgoing(carrier) if "for help call 217-555-0100" in body]
    assert len(helps) == 2
    assert len(outgoing(carrier)) == 3


def test_help_names_a_foreign_phone_whole(
    make_messenger: Make, carrier: Sandbox, practice: Practice
) -> None:
    """A practice outside North America is named with its whole number."""
    abroad = make_messenger(practice=evolve(practice, phone="+44 20 7946 0018"))
    abroad.receive(from_patient("HELP", "SM1"))
    abroad.dispatch_due()

    assert "call +442079460018" in outgoing(carrier)[0]


def test_start(willing: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """START brings care texts back, never promotions, and says so once."""
    willing.consent.grant(
        PATIENT,
        person=PERSON,
        basis="web_form",
        tier=Tier.PRIOR_EXPRESS_WRITTEN,
        wording=Wording(text="I agree to promotions.", version="1"),
        signature=Signature(signer=PERSON, act="ticked"),
        recorded_by="web",
    )
    willing.receive(from_patient("STOP", "SM1"))
    willing.dispatch_due()
    clock.advance(timedelta(minutes=1))
    text = text_of(willing.receive(from_patient("Start", "SM2")))
    willing.dispatch_due()

    assert text.reserved is Reserved.START
    assert isinstance(willing.consent.events(PATIENT)[-1], Restored)
    assert outgoing(carrier)[-1].startswith("Lakeside Family Medicine: you will get texts")
    assert isinstance(remind(willing), Sent)
    assert isinstance(remind(willing, "promo", purpose=Purpose.PROMOTION), Blocked)


def test_start_that_restores_nothing(
    messenger: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """START gives nobody what they never agreed to, and confirms nothing then."""
    messenger.receive(from_patient("START", "SM1"))
    messenger.receive(from_patient("STOP", "SM2"))
    messenger.dispatch_due()
    clock.advance(timedelta(minutes=1))
    messenger.receive(from_patient("START", "SM3"))

    assert messenger.dispatch_due() == ()
    assert len(outgoing(carrier)) == 1
    assert isinstance(remind(messenger), Blocked)


def test_start_without_stop(willing: Messenger, clock: MovableClock) -> None:
    """START from somebody who never stopped changes nothing and confirms nothing."""
    before = willing.consent.state(PATIENT, person=PERSON)
    willing.receive(from_patient("START", "SM1"))

    assert willing.dispatch_due() == ()
    assert willing.consent.state(PATIENT, person=PERSON) == before


def test_replayed_start(willing: Messenger, clock: MovableClock) -> None:
    """An old START that is delivered again after a STOP lifts nothing."""
    start = from_patient("START", "SM1")
    willing.receive(start)
    clock.advance(timedelta(minutes=1))
    willing.receive(from_patient("STOP", "SM2"))
    clock.advance(timedelta(minutes=1))
    again = text_of(willing.receive(start))

    assert (again.new, again.reserved) == (False, Reserved.START)
    assert willing.consent.state(PATIENT, person=PERSON).revoked_at is not None
    assert isinstance(remind(willing), Blocked)


def test_family_stop(willing: Messenger, clock: MovableClock) -> None:
    """STOP from a shared handset ends the texts of everybody at the number."""
    agree(willing, person="pat-882")
    willing.receive(from_patient("STOP", "SM1"))

    assert isinstance(remind(willing, "1"), Blocked)
    assert isinstance(remind(willing, "2", person="pat-882"), Blocked)


# Other texts


def test_ordinary_text(willing: Messenger) -> None:
    """A text that is no reserved word is kept unchanged for somebody to read."""
    received = willing.receive(from_patient(" I can't stop coughing\n", "SM1"))
    text = text_of(received)

    assert (text.reserved, text.new) == (None, True)
    assert (text.inbound.intent, text.inbound.needs_person) == (Intent.CLINICAL_QUESTION, True)
    assert text.inbound.body == " I can't stop coughing\n"
    assert willing.history(PERSON).received == (text.inbound,)
    assert willing.dispatch_due() == ()
    assert received.answer.status == 200
    assert b"<Message" not in received.answer.body
    assert "coughing" not in repr(received)


def test_short_code(willing: Messenger, database: Path) -> None:
    """A text from a short code is kept, and revokes nothing, as nobody knows for whom."""
    text = text_of(willing.receive(from_patient("STOP", "SM1", sender="72975")))

    assert (text.inbound.number, text.new, text.reserved) == (None, True, Reserved.STOP)
    assert isinstance(remind(willing), Sent)
    with sqlite3.connect(database) as connection:
        assert connection.execute("SELECT number FROM sms_inbound").fetchall() == [("",)]
    connection.close()


def test_unknown_receiver(willing: Messenger) -> None:
    """A text whose receiver is no number is filed under the practice that received it."""
    text = text_of(willing.receive(from_patient("hi", "SM1", to="MG-service")))

    assert text.inbound.practice_id == "lakeside"


# Forged and broken callbacks


def rows(database: Path) -> dict[str, int]:
    """How many there are in each table."""
    with sqlite3.connect(database) as connection:
        tables = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            )
        ]
        counts = {
            name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
            for name in tables
        }
    connection.close()
    return counts


def changed(request: WebhookRequest, **changes: Any) -> WebhookRequest:
    return evolve(request, **changes)


GENUINE = from_patient("STOP", "SM1")


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        (changed(GENUINE, headers=()), 403),
        (changed(GENUINE, body=GENUINE.body + b"&x=y"), 403),
        (changed(GENUINE, body=GENUINE.body[:-3]), 403),
        (changed(GENUINE, body=b""), 403),
        (changed(GENUINE, url=URL + "/"), 403),
        (changed(GENUINE, body=b"Body=%FF"), 400),
        (changed(GENUINE, body=b"\xff" * 100), 400),
        (changed(GENUINE, body=b"a" * 10_000_000), 413),
        (callback({"MessageSid": "SM1"}, token="another"), 403),
    ],
    ids=[
        *["no header", "added", "truncated", "emptied", "other URL"],
        *["not UTF-8", "raw bytes", "10 MB", "other token"],
    ],
)
def test_refused_callbacks(
    willing: Messenger, database: Path, request_: WebhookRequest, answer: int
) -> None:
    """What is forged, broken or far too large changes nothing; that it was forged is counted."""
    before = rows(database)
    with pytest.raises(WebhookRejected) as caught:
        willing.receive(request_)

    assert caught.value.status == answer
    assert isinstance(caught.value, InvalidSignature) is (answer == 403)
    assert rows(database) == before | {"sms_refusals": int(answer == 403)}


def test_replayed_callback(willing: Messenger, database: Path) -> None:
    """A callback that comes again is answered as before and applied once."""
    first = willing.receive(GENUINE)
    before = rows(database)
    again = willing.receive(GENUINE)

    assert again.answer == first.answer
    assert text_of(again).new is False
    assert rows(database) == before


def test_callback_about_nothing(willing: Messenger) -> None:
    """A genuine callback that is neither a text nor a status is acknowledged."""
    assert willing.receive(callback({"Hello": "there"})).events == ()


# Statuses


def state_of(messenger: Messenger) -> State:
    """Where the person's first text is."""
    return messenger.history(PERSON).texts[0].message.state


def test_delivered(willing: Messenger) -> None:
    """A receipt moves the text on, and its second delivery changes nothing."""
    sent = remind(willing)
    assert sent.provider_id is not None
    first = news_of(willing.receive(status(sent.provider_id, "delivered")))
    again = news_of(willing.receive(status(sent.provider_id, "delivered")))

    assert first == ReceivedStatus(message_id=sent.message_id, state=State.DELIVERED, new=True)
    assert again == evolve(first, new=False)
    assert isinstance(remind(willing), Sent)


@pytest.mark.parametrize(
    ("words", "steps"),
    [
        (["sent", "delivered"], [State.DELIVERED]),
        (["delivered", "sent", "queued"], [State.DELIVERED]),
        (["delivered", "undelivered"], [State.DELIVERED]),
        (["delivered", "failed"], [State.DELIVERED]),
        (["undelivered", "delivered"], [State.UNDELIVERED, State.DELIVERED]),
        (["undelivered", "failed", "sent"], [State.UNDELIVERED]),
        (["failed", "delivered"], [State.FAILED]),
        (["queued", "sending", "sent"], []),
        (["something-new"], []),
    ],
)
def test_statuses_never_run_backwards(
    willing: Messenger, words: list[str], steps: list[State]
) -> None:
    """In whatever order news comes, the text only moves forwards, and only real steps are kept."""
    sent = remind(willing)
    for word in words:
        assert news_of(willing.receive(status(sent.provider_id, word))).new
    record = willing.history(PERSON).texts[0]

    assert [step.state for step in record.steps] == [State.CLAIMED, State.SENT, *steps]
    assert record.message.state is [State.SENT, *steps][-1]


def test_status_of_a_stranger(willing: Messenger) -> None:
    """News of a text that is not ours is kept and moves nothing."""
    remind(willing)
    news = news_of(willing.receive(status("SMstranger", "delivered", ref="nothing")))

    assert news == ReceivedStatus(message_id=None, state=None, new=True)
    assert state_of(willing) is State.SENT


def test_undelivered_tells_why(willing: Messenger) -> None:
    """A code in a callback becomes the problem of the text."""
    sent = remind(willing)
    willing.receive(status(sent.provider_id, "undelivered", code="30003"))
    problem = willing.history(PERSON).texts[0].message.problem

    assert problem is not None
    assert (problem.category, problem.code) == (Failure.UNREACHABLE_TEMPORARY, "30003")


def test_opt_out_in_a_callback(willing: Messenger) -> None:
    """An opt-out that the provider reports later enters the ledger."""
    sent = remind(willing)
    willing.receive(status(sent.provider_id, "failed", code="21610"))
    event = willing.consent.events(PATIENT)[-1]

    assert isinstance(event, Revoked)
    assert event.channel is Channel.PROVIDER
    assert isinstance(remind(willing, "another"), Blocked)


def test_opt_out_of_another_number_than_that_of_the_text(willing: Messenger) -> None:
    """Where a provider calls two texts alike, whom it names is not texted, nor is the other one."""
    other = "+12175550135"
    agree(willing, number=other, person="pat-2")
    sent = remind(willing)
    fields = {"MessageSid": sent.provider_id, "MessageStatus": "failed", "ErrorCode": "21610"}
    for _ in range(2):
        willing.receive(callback(fields | {"To": other}))

    for number, person in ((PATIENT, PERSON), (other, "pat-2")):
        kinds = [type(event) for event in willing.consent.events(number)]
        assert kinds.count(Revoked) == 1
        assert isinstance(remind(willing, f"to {person}", to=number, person=person), Blocked)


def test_two_texts_of_one_provider_id(willing: Messenger, make_messenger: Make) -> None:
    """News of an id that a provider gives twice moves the text that it names, or the newest."""
    other = "+12175550135"
    agree(willing, number=other, person="pat-2")
    messenger = make_messenger(transport=Same())
    first = remind(messenger, "one")
    second = remind(messenger, "two", to=other, person="pat-2")

    def states() -> list[State]:
        return [willing.history(each).texts[0].message.state for each in (PERSON, "pat-2")]

    by_id = news_of(willing.receive(status("SMsame", "delivered", ref=first.message_id)))
    assert (by_id.message_id, states()) == (first.message_id, [State.DELIVERED, State.SENT])
    fields = {"MessageSid": "SMsame", "MessageStatus": "undelivered", "ErrorCode": "30003"}
    by_number = news_of(willing.receive(callback(fields | {"To": PATIENT})))
    assert by_number.message_id == first.message_id
    newest = news_of(willing.receive(status("SMsame", "sent")))
    assert newest.message_id == second.message_id


def test_two_texts_of_one_provider_id_are_asked_for(
    willing: Messenger, make_messenger: Make, clock: MovableClock
) -> None:
    """What a provider tells, when asked, of an id that it gave twice is told of each text."""
    agree(willing, number="+12175550135", person="pat-2")
    messenger = make_messenger(transport=Same())
    remind(messenger, "one")
    remind(messenger, "two", to="+12175550135", person="pat-2")
    clock.advance(timedelta(hours=4))
    messenger.reconcile()

    for person in (PERSON, "pat-2"):
        assert willing.history(person).texts[0].message.state is State.DELIVERED


@pytest.mark.parametrize(
    ("word", "outcome", "state"),
    [
        ("sent", "Sent", State.SENT),
        ("delivered", "Sent", State.DELIVERED),
        ("failed", "Failed", State.FAILED),
    ],
)
def test_callback_before_the_answer(
    make_messenger: Make, carrier: Sandbox, word: str, outcome: str, state: State
) -> None:
    """News that overtakes the answer to the request is not undone by it."""
    transport, other = BlockingTransport(), make_messenger()

    def overtake() -> None:
        message = other.history(PERSON).texts[0].message
        sid = carrier.messages()[0].sid
        news = news_of(other.receive(status(sid, word, ref=message.message_id)))
        assert news.message_id == message.message_id

    messenger = make_messenger(transport=Meanwhile(transport, after=overtake))
    agree(messenger)
    result = remind(messenger)
    transport.close()

    assert type(result).__name__ == outcome
    assert state_of(messenger) is state
    assert messenger.history(PERSON).texts[0].message.provider_id == carrier.messages()[0].sid


def test_a_refusal_that_news_overtook(make_messenger: Make, carrier: Sandbox) -> None:
    """A provider that delivers a text and then asks to try again later is not asked again."""
    transport, other = BlockingTransport(), make_messenger()

    def overtake() -> None:
        message = other.history(PERSON).texts[0].message
        other.receive(status("SM" + "7" * 32, "delivered", ref=message.message_id))

    carrier.fail_next("status", status=429, headers={"Retry-After": "3600"}, times=9)
    messenger = make_messenger(transport=Meanwhile(transport, after=overtake))
    agree(messenger)
    result = remind(messenger)
    transport.close()

    assert isinstance(result, Sent)
    assert state_of(messenger) is State.DELIVERED
    assert messenger.dispatch_due() == ()


each_report = pytest.mark.parametrize(
    ("word", "state"),
    [
        ("sent", State.SENT),
        ("delivered", State.DELIVERED),
        ("undelivered", State.UNDELIVERED),
        ("failed", State.FAILED),
    ],
)


@each_report
def test_late_news_of_a_text_that_is_due_again(
    willing: Messenger, carrier: Sandbox, clock: MovableClock, word: str, state: State
) -> None:
    """News that a text went out after all keeps it from going out a second time."""
    carrier.fail_next("status", status=500)
    uncertain = remind(willing)
    clock.advance(timedelta(minutes=2))
    (queued,) = willing.reconcile()
    assert isinstance(queued, Queued)
    willing.receive(status("SMlate", word, ref=uncertain.message_id))

    assert willing.dispatch_due() == ()
    assert state_of(willing) is state
    assert carrier.messages() == ()


@each_report
def test_late_news_of_a_text_that_was_called_back(
    willing: Messenger, carrier: Sandbox, clock: MovableClock, word: str, state: State
) -> None:
    """It says what the provider says, so that rules count what the patient got."""
    carrier.fail_next("status", status=500)
    uncertain = remind(willing)
    clock.advance(timedelta(minutes=2))
    willing.reconcile()
    assert isinstance(willing.cancel(uncertain.message_id), Cancelled)
    willing.receive(status("SMlate", word, ref=uncertain.message_id))

    assert state_of(willing) is state
    again = remind(willing, idempotency_key="again")
    arrived = word != "failed"
    assert isinstance(again, Blocked if arrived else Sent)
    assert not arrived or {each.rule for each in again.reasons} == {"identical-text"}


def test_status_callback_over_http(
    make_messenger: Make, provider: Twilio, carrier: Sandbox
) -> None:
    """The reference that we send comes back under a signature that we believe."""
    messenger = make_messenger(provider=evolve(provider, status_callback=URL))
    agree(messenger)
    sent = remind(messenger)
    (entry,) = carrier.messages()

    assert entry.status_callback == f"{URL}?ref={sent.message_id}"
    assert entry.body == BODY


# Two practices


def test_two_practices_in_one_store(
    make_messenger: Make, practice: Practice, provider: Twilio, clock: MovableClock
) -> None:
    """STOP to another practice's number lands in that practice's ledger, and nowhere else."""
    theirs = "+12175550112"
    with Sandbox(
        account_sid=provider.account_sid,
        auth_token=TOKEN,
        numbers=[SENDER, theirs],
        answers_keywords=False,
        clock=clock,
    ) as shared:
        lakeside = make_messenger(provider=evolve(provider, base_url=shared.url))
        hillside = make_messenger(
            practice=Practice(
                name="Hillside Dental",
                phone="+1 217 555 0199",
                time_zone="America/Chicago",
                state="IL",
                id="hillside",
            ),
            provider=evolve(provider, base_url=shared.url, sender=theirs),
        )
        for messenger in (lakeside, hillside):
            agree(messenger)
            assert isinstance(remind(messenger), Sent)
        clock.advance(timedelta(minutes=1))
        text = text_of(lakeside.receive(from_patient("STOP", "SM1", to=theirs)))

        assert text.inbound.practice_id == "hillside"
        assert isinstance(remind(hillside, "2"), Blocked)
        assert isinstance(remind(lakeside, "2", body=f"{BODY} Bye."), Sent)
        assert lakeside.dispatch_due() == ()
        assert [type(outcome) for outcome in hillside.dispatch_due()] == [Sent]
        assert shared.messages()[-1].body.startswith("Hillside Dental: ")
        assert shared.messages()[-1].from_ == theirs
        assert lakeside.history(PERSON).received == ()
        assert lakeside.verify_ledger().events == 1
        assert hillside.verify_ledger().events == 2


ANOTHER_TOKEN = "the-token-of-another-account"
THEIRS = "+12175550112"
Neighbours = Callable[..., tuple[Messenger, Messenger]]


@pytest.fixture
def neighbours(make_messenger: Make, practice: Practice, provider: Twilio) -> Neighbours:
    """Makes two practices of one store; the second has texted its patient."""

    def make(**account: Any) -> tuple[Messenger, Messenger]:
        theirs = evolve(provider, sender=THEIRS, **account)
        lakeside = make_messenger()
        hillside = make_messenger(
            practice=evolve(practice, name="Hillside Dental", id="hillside"), provider=theirs
        )
        for messenger in (lakeside, hillside):
            agree(messenger)
        remind(hillside)
        return lakeside, hillside

    return make


@pytest.mark.parametrize("words", ["STOP", "START", "C", "what are your hours?"])
def test_a_text_to_a_practice_of_another_account_is_refused(
    neighbours: Neighbours, words: str
) -> None:
    """Our secret proves nothing that was said to a neighbour; its own address takes it in."""
    lakeside, hillside = neighbours(auth_token=ANOTHER_TOKEN)
    before = hillside.consent.events(PATIENT)
    text = {"MessageSid": "SM1", "From": PATIENT, "To": THEIRS, "Body": words}

    with pytest.raises(ConfigurationError, match="id 'hillside', whose callbacks are proved by"):
        lakeside.receive(callback(text))
    assert hillside.consent.events(PATIENT) == before
    assert hillside.history(PERSON).received == ()
    assert lakeside.history(PERSON).received == ()
    (proof,) = [each for each in lakeside.doctor() if each.what == "proof of callbacks"]
    assert "1 callbacks of the last week proved nothing and were refused" in proof.says
    assert text_of(hillside.receive(callback(text, token=ANOTHER_TOKEN))).new


def test_news_of_a_neighbours_text_is_nobodys(
    neighbours: Neighbours, make_messenger: Make, provider: Twilio
) -> None:
    """Whoever has our secret says nothing of their texts, by their id or by the provider's."""
    lakeside, hillside = neighbours()
    again = make_messenger(
        practice=hillside.practice,
        provider=evolve(provider, sender=THEIRS, auth_token=ANOTHER_TOKEN),
    )
    remind(again, "2")  # they moved to another account
    text = hillside.history(PERSON).texts[0]
    message_id, provider_id = text.message.message_id, text.message.provider_id or ""

    told = news_of(lakeside.receive(status(provider_id, "undelivered", ref=message_id)))
    assert told == ReceivedStatus(message_id=None, state=None, new=True)
    assert hillside.text_record(message_id) == text


def test_one_account_brings_a_neighbours_texts_and_news(neighbours: Neighbours) -> None:
    """Where one secret proves both, it does not matter at whose address a callback arrives."""
    lakeside, hillside = neighbours()
    (text,) = hillside.history(PERSON).texts
    message_id, provider_id = text.message.message_id, text.message.provider_id or ""

    told = news_of(lakeside.receive(status(provider_id, "delivered", ref=message_id)))
    assert (told.message_id, told.state) == (message_id, State.DELIVERED)
    assert hillside.text_record(message_id).message.state is State.DELIVERED
    stop = text_of(lakeside.receive(from_patient("STOP", "SM1", to=THEIRS)))
    assert stop.inbound.practice_id == "hillside"
    assert isinstance(remind(hillside, "2"), Blocked)


def test_news_by_another_providers_name_is_not_of_a_neighbours_text(
    neighbours: Neighbours, provider: Twilio, make_messenger: Make
) -> None:
    """One secret at two providers: only the one that took their text tells of it."""
    _, hillside = neighbours()
    (text,) = hillside.history(PERSON).texts
    plivo = Plivo(
        auth_id="MA" + "A" * 18, auth_token=TOKEN, sender=SENDER, base_url=provider.base_url
    )
    maker = PlivoWebhooks(auth_token=TOKEN, number=SENDER, url=URL)
    reference = text.message.message_id
    news = maker.status("delivered", provider_id="U1", to=PATIENT, at=MORNING, reference=reference)
    told = news_of(make_messenger(provider=plivo).receive(news))

    assert told.message_id is None
    assert hillside.text_record(text.message.message_id) == text


def test_a_shared_secret_that_is_rotated_goes_on(neighbours: Neighbours) -> None:
    """One of several is enough: a neighbour may have the new one before us."""
    lakeside, _ = neighbours(auth_token=TOKEN, older_auth_tokens=[ANOTHER_TOKEN])
    stop = text_of(lakeside.receive(from_patient("STOP", "SM1", to=THEIRS)))
    assert stop.inbound.practice_id == "hillside"


def test_a_number_that_is_on_record_for_a_neighbour_is_theirs(
    neighbours: Neighbours, make_messenger: Make, provider: Twilio
) -> None:
    """Naming their number as one of ours makes it none of ours."""
    _, hillside = neighbours(auth_token=ANOTHER_TOKEN)
    grabbing = make_messenger(provider=evolve(provider, sender=THEIRS))

    with pytest.raises(ConfigurationError, match="belongs to the practice with the id 'hillside'"):
        grabbing.receive(from_patient("START", "SM1", to=THEIRS))
    assert hillside.history(PERSON).received == ()


def test_a_neighbour_enrolled_before_secrets_were_noted_is_told_of_a_stop(
    neighbours: Neighbours, database: Path
) -> None:
    """Until it has sent something again a STOP counts, and a START is for a person to see to."""
    lakeside, hillside = neighbours()
    with closing(sqlite3.connect(database)) as connection, connection:
        (kept,) = connection.execute(
            "SELECT record FROM sms_practices WHERE practice_id = 'hillside'"
        ).fetchone()
        left = {name: value for name, value in json.loads(kept).items() if name != "proved_by"}
        connection.execute(
            "UPDATE sms_practices SET record = ? WHERE practice_id = 'hillside'",
            (json.dumps(left).encode(),),
        )
    stop = text_of(lakeside.receive(from_patient("STOP", "SM1", to=THEIRS))).inbound
    assert (stop.practice_id, stop.proven) == ("hillside", False)
    assert isinstance(hillside.consent.events(PATIENT)[-1], Revoked)
    start = text_of(lakeside.receive(from_patient("START", "SM2", to=THEIRS))).inbound
    assert (start.proven, start.needs_person) == (False, True)
    assert isinstance(remind(hillside, "2"), Blocked)
    again = Messenger(
        practice=hillside.practice,
        provider=hillside._ports.routes.providers[0],
        store=SQLite(database),
        clock=hillside._ports.clock,
    )
    with again:
        remind(again, "3")
    assert text_of(lakeside.receive(from_patient("START", "SM3", to=THEIRS))).inbound.proven
    assert isinstance(hillside.consent.events(PATIENT)[-1], Restored)


def test_a_neighbour_whose_callbacks_nothing_proves_is_told_of_a_stop(
    neighbours: Neighbours, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing would prove it at its own address either: it is believed, and permits nothing."""
    monkeypatch.setattr(Twilio, "callback_proofs", ())
    lakeside, hillside = neighbours()
    monkeypatch.undo()
    stop = text_of(lakeside.receive(from_patient("STOP", "SM1", to=THEIRS))).inbound

    assert (stop.practice_id, stop.proven) == ("hillside", False)
    assert isinstance(hillside.consent.events(PATIENT)[-1], Revoked)


def test_a_secret_speaks_for_the_numbers_that_it_proves(
    neighbours: Neighbours, make_messenger: Make, provider: Twilio
) -> None:
    """A neighbour that has one number on our account has the other for itself."""
    lakeside, hillside = neighbours()
    theirs = evolve(provider, sender=OTHER_SENDERS[1], auth_token=ANOTHER_TOKEN)
    remind(make_messenger(practice=hillside.practice, provider=theirs), "2")

    with pytest.raises(ConfigurationError, match="whose callbacks are proved by"):
        lakeside.receive(from_patient("START", "SM1", to=OTHER_SENDERS[1]))
    assert text_of(lakeside.receive(from_patient("STOP", "SM2", to=THEIRS))).inbound.proven


def test_one_number_at_two_accounts_is_proved_by_either(
    make_messenger: Make, provider: Twilio, database: Path
) -> None:
    """What is kept of it does not change from one text to the next."""
    second = Plivo(
        auth_id="MA" + "A" * 18,
        auth_token=ANOTHER_TOKEN,
        sender=SENDER,
        base_url=provider.base_url,
    )
    messenger = make_messenger(provider=Routes([provider, second]))
    agree(messenger)
    kept = []
    for key in ("1", "2", "3"):
        remind(messenger, key)
        with closing(sqlite3.connect(database)) as connection:
            kept += connection.execute("SELECT record FROM sms_practices").fetchall()

    assert len(set(kept)) == 1
    assert len(json.loads(kept[0][0])["proved_by"]) == 2


def test_secrets_are_kept_as_digests_only(neighbours: Neighbours, database: Path) -> None:
    """Whoever reads the database learns no secret of callbacks."""
    neighbours(auth_token=ANOTHER_TOKEN)
    with closing(sqlite3.connect(database)) as connection:
        kept = connection.execute("SELECT record FROM sms_practices").fetchall()
    (told,) = {json.loads(record)["proved_by"][0] for (record,) in kept}
    assert len(told) == 32
    assert ANOTHER_TOKEN.encode() not in database.read_bytes()
