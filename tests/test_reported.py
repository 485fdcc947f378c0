"""What providers say of numbers, in an answer or a report: the ledger and people hear of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from attrs import evolve

from compliant_sms import Blocked, Channel, Failed, Keyring, Messenger, Purpose, Queued, Sent
from compliant_sms.consent import Flag, Granted, NumberFlagged, Revoked, fold
from compliant_sms.flows import ReceivedStatus
from compliant_sms.lifecycle import State
from compliant_sms.providers import CONSEQUENCES, Failure, OnRecord
from compliant_sms.sandbox import Sandbox
from compliant_sms.testing import MovableClock
from conftest import PATIENT, PERSON, SENDER
from test_receive import callback, from_patient, news_of, status, text_of
from test_send import BODY, agree, outgoing, remind

pytestmark = pytest.mark.both_databases

Make = Callable[..., Messenger]
FLAGS = [
    (30004, "number-blocked"),
    (30640, "compliance-blocked"),
    (21211, "number-invalid"),
    (30005, "number-unreachable"),
]


@pytest.fixture
def willing(messenger: Messenger, clock: MovableClock) -> Messenger:
    """A messenger whose patient agreed a minute ago."""
    agree(messenger)
    clock.advance(timedelta(minutes=1))
    return messenger


def refuse(carrier: Sandbox, code: int) -> None:
    """Have the carrier refuse the next text with one of Twilio's codes."""
    carrier.fail_next("status", status=400, body={"code": code, "message": "No."})


def last_event(messenger: Messenger) -> object:
    """The newest event about the patient's number."""
    return messenger.consent.events(PATIENT)[-1]


def why_blocked(outcome: object) -> list[tuple[str, str]]:
    """The rules that refuse it, with their codes."""
    assert isinstance(outcome, Blocked)
    assert all(reason.remedy for reason in outcome.reasons)
    return [(reason.rule, reason.code) for reason in outcome.reasons]


@pytest.mark.parametrize(("code", "finding"), FLAGS)
def test_a_refusal_flags_the_number(
    willing: Messenger, carrier: Sandbox, code: int, finding: str
) -> None:
    """The text fails, the ledger says why, and no other text follows until somebody saw to it."""
    refuse(carrier, code)
    failed = remind(willing)

    assert isinstance(failed, Failed)
    event = last_event(willing)
    assert isinstance(event, NumberFlagged)
    assert event.why == failed.problem.category.value
    assert (event.actor, event.reference) == ("provider:twilio", failed.message_id)
    assert why_blocked(remind(willing, "appt-2")) == [("number-flagged", finding)]
    assert outgoing(carrier) == []
    willing.verify_ledger()


@pytest.mark.parametrize(("code", "finding"), FLAGS)
def test_a_report_flags_the_number(willing: Messenger, code: int, finding: str) -> None:
    """The same where it comes only afterwards; a person is told."""
    sent = remind(willing)
    news = news_of(willing.receive(status(sent.provider_id, "undelivered", code=str(code))))

    assert (news.state, news.needs_person) == (State.UNDELIVERED, True)
    assert why_blocked(remind(willing, "appt-2", body=f"{BODY} 2")) == [("number-flagged", finding)]
    again = news_of(willing.receive(status(sent.provider_id, "undelivered", code=str(code))))
    assert not again.new
    assert len(willing.consent.events(PATIENT)) == 2


def test_a_fresh_opt_in_ends_it(willing: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """A patient who gives the number anew is texted again."""
    refuse(carrier, 30005)
    remind(willing)
    clock.advance(timedelta(minutes=1))
    agree(willing)

    assert isinstance(remind(willing, "appt-2"), Sent)


def test_start_ends_a_block(willing: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """A START restores what a carrier restores: that texts of ours get through."""
    refuse(carrier, 30004)
    remind(willing)
    clock.advance(timedelta(minutes=1))
    willing.receive(from_patient("START", "SM1"))

    assert isinstance(remind(willing, "appt-2"), Sent)


@pytest.mark.parametrize("stopped", [False, True])
def test_start_gives_back_nothing_at_a_number_that_was_gone(
    willing: Messenger, carrier: Sandbox, clock: MovableClock, *, stopped: bool
) -> None:
    """Somebody else may have it by now: a person finds out, and the patient agrees anew."""
    if stopped:
        willing.receive(from_patient("STOP", "SM0"))
        willing.dispatch_due()
        clock.advance(timedelta(minutes=1))
        alert = {"purpose": Purpose.EMERGENCY_ALERT, "body": "Lakeside: do not drink tap water."}
    refuse(carrier, 30005)
    remind(willing, **(alert if stopped else {}))
    clock.advance(timedelta(minutes=1))
    before, left = willing.consent.events(PATIENT), outgoing(carrier)
    said = text_of(willing.receive(from_patient("START", "SM1")))

    assert isinstance(before[-1], NumberFlagged)
    assert (said.inbound.rule, said.inbound.needs_person) == ("number-gone", True)
    assert willing.consent.events(PATIENT) == before
    assert willing.dispatch_due() == ()
    assert outgoing(carrier) == left
    assert isinstance(remind(willing, "appt-2"), Blocked)
    clock.advance(timedelta(minutes=1))
    agree(willing)
    assert isinstance(remind(willing, "appt-3"), Sent)


def test_a_start_that_came_before_the_word_of_it(
    willing: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """A report that is older than a START on record, and comes later, counts all the same."""
    sent = remind(willing)
    flag = NumberFlagged(
        event_id="f-1",
        practice_id=willing._ports.practice.id,
        number=PATIENT,
        occurred_at=clock(),
        recorded_at=clock() + timedelta(hours=1),
        actor="provider:twilio",
        why=Flag.UNREACHABLE_PERMANENT,
        reference=sent.message_id,
    )
    clock.advance(timedelta(minutes=1))
    willing.receive(from_patient("START", "SM1"))
    events = [*willing.consent.events(PATIENT), flag]

    assert fold(events, PERSON).flagged is not None
    blocked = evolve(flag, why=Flag.BLOCKED_NUMBER)
    assert fold([*events[:-1], blocked], PERSON).flagged is None
    both = [*events, evolve(blocked, event_id="f-2")]
    assert fold(both, PERSON).flagged == fold(events, PERSON).flagged


def test_emergencies_and_answers_go_all_the_same(willing: Messenger, carrier: Sandbox) -> None:
    """Whoever texts HELP from it is answered, and danger to life waits for nobody."""
    refuse(carrier, 30005)
    remind(willing)
    willing.receive(from_patient("HELP", "SM1"))
    assert [type(done) for done in willing.dispatch_due()] == [Sent]

    alert = {
        "purpose": Purpose.EMERGENCY_ALERT,
        "body": "Lakeside Family Medicine: do not drink the tap water, it is contaminated.",
    }
    assert isinstance(remind(willing, "alert", **alert), Sent)


@pytest.mark.parametrize("code", ["21610", "30005"])
def test_news_of_a_text_that_nobody_knows(willing: Messenger, code: str) -> None:
    """What a report says of a number counts, also where the text is none of ours."""
    fields = {
        "MessageSid": "SM" + "9" * 32,
        "MessageStatus": "undelivered",
        "ErrorCode": code,
        "To": PATIENT,
        "From": SENDER,
    }
    news = news_of(willing.receive(callback(fields)))

    assert (news.message_id, news.state, news.new) == (None, None, True)
    event = last_event(willing)
    assert isinstance(event, Revoked if code == "21610" else NumberFlagged)
    assert event.reference == fields["MessageSid"]
    assert isinstance(remind(willing), Blocked)
    willing.receive(callback(fields))
    assert len(willing.consent.events(PATIENT)) == 2


def test_news_of_nobody(willing: Messenger) -> None:
    """Without a text and without a number there is nobody to put it down for."""
    fields = {"MessageSid": "SM9", "MessageStatus": "undelivered", "ErrorCode": "21610"}
    news = news_of(willing.receive(callback(fields)))

    assert news == ReceivedStatus(message_id=None, state=None, new=True)
    assert [type(each) for each in willing.consent.events(PATIENT)] == [Granted]


def test_news_after_an_erasure(make_messenger: Make, clock: MovableClock) -> None:
    """Where the text's number was erased, the report's own number is what counts."""
    messenger = make_messenger(keyring=Keyring.generate())
    agree(messenger)
    sent = remind(messenger)
    messenger.erase(PERSON, by="privacy:lee", reason="asked for it")
    fields = {
        "MessageSid": sent.provider_id,
        "MessageStatus": "undelivered",
        "ErrorCode": "21610",
        "To": PATIENT,
    }
    messenger.receive(callback(fields))

    event = last_event(messenger)
    assert isinstance(event, Revoked)
    assert event.channel is Channel.PROVIDER


@pytest.mark.parametrize("code", [30610, 30036, 30003])
def test_what_passes_is_decided_again(
    willing: Messenger, carrier: Sandbox, clock: MovableClock, code: int
) -> None:
    """Quiet hours at the provider, a text that expired there, a phone that was off: later."""
    refuse(carrier, code)
    queued = remind(willing)
    assert isinstance(queued, Queued)
    assert queued.problem is not None
    clock.move_to(queued.not_before)

    assert [type(done) for done in willing.dispatch_due()] == [Sent]
    assert outgoing(carrier) == [BODY]


def test_what_passes_may_be_stopped(
    willing: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """In between the patient may have said STOP."""
    refuse(carrier, 30610)
    queued = remind(willing)
    willing.receive(from_patient("STOP", "SM1"))
    clock.move_to(queued.not_before)

    assert Blocked in [type(done) for done in willing.dispatch_due()]
    assert BODY not in outgoing(carrier)


@pytest.mark.parametrize("code", ["20003", "30002", "30610", "30036", "30003", "30001"])
@pytest.mark.parametrize("word", ["undelivered", "failed"])
def test_a_report_never_sends_again(
    willing: Messenger, carrier: Sandbox, clock: MovableClock, code: str, word: str
) -> None:
    """What the provider had taken is not sent a second time, whatever it says became of it."""
    sent = remind(willing)
    news = news_of(willing.receive(status(sent.provider_id, word, code=code)))
    clock.advance(timedelta(hours=2))

    assert news.state in {State.UNDELIVERED, State.FAILED}
    assert not news.needs_person
    assert willing.dispatch_due() == ()
    assert outgoing(carrier) == [BODY]


def test_every_flag_has_its_category() -> None:
    """What is to be flagged has a word on the ledger, and each word comes from a category."""
    flagged = {c.value for c, each in CONSEQUENCES.items() if each.on_record is OnRecord.FLAGGED}

    assert flagged == {flag.value for flag in Flag} - {Flag.WRONG_NUMBER}  # no provider's word
    assert CONSEQUENCES[Failure.OPTED_OUT].on_record is OnRecord.REVOKED
