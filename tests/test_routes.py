"""Several providers: a text moves on only when it surely did not go out.

What the patient said counts everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any, ClassVar

import pytest
from attrs import evolve, frozen

from carriers import CLOSED
from compliant_sms import (
    Blocked,
    Cancelled,
    Delivery,
    Failed,
    MessageClass,
    Messenger,
    Plaintext,
    Practice,
    Profile,
    Purpose,
    Queued,
    Sent,
    Uncertain,
    system,
)
from compliant_sms.errors import (
    ConfigurationError,
    InvalidInput,
    InvalidSignature,
    StoreBusy,
    Unsupported,
    WebhookRejected,
)
from compliant_sms.lifecycle import State
from compliant_sms.phone import PhoneNumber
from compliant_sms.providers import CONSEQUENCES, Again, Failure, Twilio
from compliant_sms.providers._codes import Codes, codes_of
from compliant_sms.rates import Rate
from compliant_sms.routing import Health, Route, Routes
from compliant_sms.rules import Verdict
from compliant_sms.sandbox import Sandbox
from compliant_sms.testing import MovableClock
from compliant_sms.transport import BlockingTransport
from compliant_sms.wire import HttpReply, HttpRequest
from conftest import MORNING, OTHER_SENDERS, PATIENT, PERSON, SENDER, SID, TOKEN
from test_inbox import PLAN
from test_receive import callback, from_patient, news_of, status, text_of
from test_send import BODY, Meanwhile, agree, agree_in_writing, outgoing, remind

pytestmark = pytest.mark.both_databases

Make = Callable[..., Messenger]
OTHER_SID = "AC" + "6f" * 16
OTHER_TOKEN = "the-token-of-another-account"
OTHER_SENDER = OTHER_SENDERS[0]
OFFER = (
    "Lakeside Family Medicine: 20% off all skin creams this week, come by and save! "
    "Reply STOP to opt out."
)


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the brief retry would have slept; it does not."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(system, "blocking_sleep", sleep)
    return slept


@pytest.fixture
def backup_carrier(clock: MovableClock) -> Iterator[Sandbox]:
    """A second account at the simulated Twilio."""
    with Sandbox(
        account_sid=OTHER_SID,
        auth_token=OTHER_TOKEN,
        numbers=[OTHER_SENDER],
        answers_keywords=False,
        clock=clock,
    ) as running:
        yield running


@pytest.fixture
def backup(backup_carrier: Sandbox) -> Twilio:
    """The adapter of the second account, with a sender of its own."""
    return Twilio(
        account_sid=OTHER_SID,
        auth_token=OTHER_TOKEN,
        sender=OTHER_SENDER,
        base_url=backup_carrier.url,
        answers_keywords=False,
    )


@pytest.fixture
def make_willing(make_messenger: Make, provider: Twilio, backup: Twilio) -> Make:
    """Makes messengers with both accounts, whose patient in Chicago agreed."""

    def make(*routes: Any, **changes: Any) -> Messenger:
        arguments: dict[str, Any] = {
            "provider": Routes(routes or [provider, backup]),
            "people": lambda _: Profile(time_zone="America/Chicago"),
        }
        messenger = make_messenger(**(arguments | changes))
        agree(messenger)
        return messenger

    return make


@pytest.fixture
def willing(make_willing: Make) -> Messenger:
    """A messenger with both accounts, whose patient agreed."""
    return make_willing()


@pytest.fixture
def accounts(provider: Twilio, backup: Twilio) -> tuple[Twilio, Twilio]:
    """Both adapters, the preferred one first."""
    return provider, backup


@pytest.fixture
def carriers(carrier: Sandbox, backup_carrier: Sandbox) -> tuple[Sandbox, Sandbox]:
    """What both reach."""
    return carrier, backup_carrier


def record_of(messenger: Messenger, outcome: Any) -> Any:
    """All that is on record of one text."""
    texts = messenger.history(PERSON).texts
    return next(text for text in texts if text.message.message_id == outcome.message_id)


def refuse(carrier: Sandbox, code: int, status: int = 400, times: int = 1) -> None:
    """Have a carrier refuse what comes next with one of Twilio's codes."""
    carrier.fail_next("status", status=status, body={"code": code, "message": "No."}, times=times)


def test_first_route_carries_the_text(
    willing: Messenger, carrier: Sandbox, backup_carrier: Sandbox
) -> None:
    """While the preferred provider works, nothing leaves by another."""
    sent = remind(willing)

    assert isinstance(sent, Sent)
    assert outgoing(carrier) == [BODY]
    assert outgoing(backup_carrier) == []


def test_called_back_it_moves_on_to_nobody(
    make_willing: Make, make_messenger: Make, carriers: tuple[Sandbox, Sandbox]
) -> None:
    """A text that is called back on its way does not leave by another route."""
    other = make_messenger()

    def call_it_back() -> None:
        (text,) = other.history(PERSON).texts
        other.cancel(text.message.message_id)

    inner = BlockingTransport()
    willing = make_willing(transport=Meanwhile(inner, before=call_it_back))
    carriers[0].fail_next("status", status=401, body={"code": 20003})
    outcome = remind(willing)
    inner.close()

    assert isinstance(outcome, Cancelled)
    assert outgoing(carriers[0]) == outgoing(carriers[1]) == []
    assert willing.dispatch_due() == ()


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, 20003),  # auth
        (400, 20005),  # account suspended
        (400, 30027),  # quota
        (400, 21606),  # sender invalid
        (400, 30034),  # sender unregistered
        (400, 21408),  # destination not enabled
        (400, 23001),  # config
        (429, 20429),  # rate limited, each time that it is tried
    ],
)
def test_moves_on_when_the_reason_is_not_the_texts(
    willing: Messenger, carrier: Sandbox, backup_carrier: Sandbox, status: int, code: int
) -> None:
    """A refusal that is the provider's, the account's or the sender's lets the next route try."""
    refuse(carrier, code, status, times=3)
    sent = remind(willing)

    assert isinstance(sent, Sent)
    assert outgoing(carrier) == []
    assert [(m.body, m.from_) for m in backup_carrier.messages()] == [(BODY, OTHER_SENDER)]
    record = record_of(willing, sent)
    assert [step.state for step in record.steps] == [
        State.CLAIMED,
        State.DUE,
        State.CLAIMED,
        State.SENT,
    ]
    assert [decision.verdict for decision in record.decisions] == [Verdict.ALLOW] * 2
    assert record.message.departure.sender == OTHER_SENDER
    assert record.message.problem is None


def test_moves_on_when_nobody_answers_the_door(
    make_willing: Make, provider: Twilio, backup: Twilio, backup_carrier: Sandbox
) -> None:
    """A connection that is refused took no text along."""
    messenger = make_willing(evolve(provider, base_url=CLOSED), backup)

    assert isinstance(remind(messenger), Sent)
    assert outgoing(backup_carrier) == [BODY]


@pytest.mark.parametrize("fault", ["drop", "accept_then_drop", "status"])
def test_never_moves_on_when_it_may_have_left(
    willing: Messenger, carrier: Sandbox, backup_carrier: Sandbox, fault: str
) -> None:
    """No answer, or a 500, may mean that the text is on its way: it stays where it is."""
    carrier.fail_next(fault, status=500)

    assert isinstance(remind(willing), Uncertain)
    assert outgoing(backup_carrier) == []


@pytest.mark.parametrize("code", [21610, 21211, 21614, 21617, 30007, 30004])
def test_never_moves_on_when_the_reason_is_the_texts(
    willing: Messenger, carrier: Sandbox, backup_carrier: Sandbox, code: int
) -> None:
    """What is wrong with the number or the words is wrong everywhere."""
    refuse(carrier, code)

    assert isinstance(remind(willing), Failed)
    assert outgoing(backup_carrier) == []


def test_an_opt_out_at_one_provider_holds_for_all(
    willing: Messenger, carrier: Sandbox, backup_carrier: Sandbox
) -> None:
    """The ledger follows the patient: what one provider blocked no other carries."""
    refuse(carrier, 21610)
    remind(willing)
    refuse(carrier, 20003, 401)

    assert isinstance(remind(willing, "appt-992/24h"), Blocked)
    assert outgoing(backup_carrier) == []


def test_stop_to_any_number_stops_all(
    willing: Messenger, carrier: Sandbox, backup_carrier: Sandbox
) -> None:
    """STOP to the second account's number: confirmed from there, and nothing leaves by either."""
    stop = callback(
        {"MessageSid": "SM1", "From": PATIENT, "To": OTHER_SENDER, "Body": "STOP"},
        token=OTHER_TOKEN,
    )
    willing.receive(stop, provider="twilio")
    (confirmed,) = willing.dispatch_due()

    assert isinstance(confirmed, Sent)
    assert outgoing(carrier) == []
    assert len(outgoing(backup_carrier)) == 1
    assert isinstance(remind(willing), Blocked)


def test_an_answer_never_leaves_from_another_number(
    make_willing: Make, provider: Twilio, backup: Twilio, backup_carrier: Sandbox
) -> None:
    """A confirmation waits for its own sender rather than come from a stranger."""
    messenger = make_willing(evolve(provider, base_url=CLOSED), backup)
    messenger.receive(from_patient("STOP", "SM1"))
    (waiting,) = messenger.dispatch_due()

    assert isinstance(waiting, Queued)
    assert outgoing(backup_carrier) == []


def test_a_number_that_is_gone_is_answered_from_another(
    make_willing: Make, provider: Twilio, backup: Twilio, backup_carrier: Sandbox
) -> None:
    """Where the practice gave the number up, the patient is answered all the same."""
    make_willing().receive(from_patient("STOP", "SM1"))

    assert [type(done) for done in make_willing(backup).dispatch_due()] == [Sent]
    assert len(outgoing(backup_carrier)) == 1


def test_a_stop_in_between_blocks(
    make_willing: Make, carrier: Sandbox, backup_carrier: Sandbox
) -> None:
    """A text is decided again before it moves on: a STOP in the meantime ends it."""
    transport = BlockingTransport()

    def stop() -> None:
        make_willing.messenger.receive(from_patient("STOP", "SM1"))  # type: ignore[attr-defined]

    messenger = make_willing(transport=Meanwhile(transport, after=stop))
    make_willing.messenger = messenger  # type: ignore[attr-defined]
    refuse(carrier, 20003, 401)
    blocked = remind(messenger)
    transport.close()

    assert isinstance(blocked, Blocked)
    assert [reason.rule for reason in blocked.reasons] == ["revocation"]
    assert outgoing(backup_carrier) == []
    assert record_of(messenger, blocked).message.state is State.BLOCKED


def test_claim_names_who_may_have_the_text(
    make_willing: Make, provider: Twilio, carrier: Sandbox, backup_carrier: Sandbox
) -> None:
    """Before the second provider is asked, the store says that it is the one."""
    seen: list[tuple[str, str]] = []
    made: list[Messenger] = []

    class Watching:
        async def send(self, request: HttpRequest) -> HttpReply:
            (text,) = made[0].history(PERSON).texts
            assert text.message.departure is not None
            seen.append((text.message.departure.sender, text.message.state))
            return await inner.send(request)

    inner = BlockingTransport()
    made.append(make_willing(transport=Watching()))
    refuse(carrier, 20003, 401)
    remind(made[0])
    inner.close()

    assert seen == [(SENDER, State.CLAIMED), (OTHER_SENDER, State.CLAIMED)]


def test_what_a_dead_process_left_is_looked_up_where_it_left(
    make_willing: Make, carrier: Sandbox, backup_carrier: Sandbox, clock: MovableClock
) -> None:
    """A claim that moved on is asked of the account that it moved to, and of no other."""
    refuse(carrier, 20003, 401)
    backup_carrier.fail_next("accept_then_drop")
    messenger = make_willing()
    uncertain = remind(messenger)
    assert isinstance(uncertain, Uncertain)
    clock.advance(timedelta(minutes=5))

    (settled,) = messenger.reconcile()

    assert isinstance(settled, Sent)
    assert outgoing(backup_carrier) == [BODY]


def test_what_left_by_a_route_that_is_gone_is_for_a_person(
    make_willing: Make, provider: Twilio, backup: Twilio, carrier: Sandbox, clock: MovableClock
) -> None:
    """What others do not have on their books tells nothing."""
    carrier.fail_next("accept_then_drop")
    remind(make_willing())
    clock.advance(timedelta(minutes=5))

    assert [type(each) for each in make_willing(backup).reconcile()] == [Uncertain]


def test_no_agreement_no_text(make_willing: Make, provider: Twilio, carrier: Sandbox) -> None:
    """A provider without an agreement gets nothing, whatever happens to the one that has it."""
    real = Twilio(account_sid=OTHER_SID, auth_token=OTHER_TOKEN, sender=OTHER_SENDER)
    messenger = make_willing(provider, real, keyring=Plaintext(reason="nobody real is in it"))
    refuse(carrier, 20003, 401)
    queued = remind(messenger)

    assert isinstance(queued, Queued)
    assert queued.problem is not None
    assert queued.problem.category is Failure.AUTH
    assert record_of(messenger, queued).message.departure.sender == SENDER


def test_the_route_with_an_agreement_is_found(
    make_willing: Make, provider: Twilio, carrier: Sandbox
) -> None:
    """Where the preferred provider signed nothing, the text leaves by one that did."""
    real = Twilio(account_sid=OTHER_SID, auth_token=OTHER_TOKEN, sender=OTHER_SENDER)
    messenger = make_willing(real, provider, keyring=Plaintext(reason="nobody real is in it"))
    sent = remind(messenger)

    assert isinstance(sent, Sent)
    assert outgoing(carrier) == [BODY]
    (decision,) = record_of(messenger, sent).decisions
    assert decision.facts.sender.business_associate
    assert decision.replay() == decision


def test_without_any_agreement_nothing_leaves(make_willing: Make, provider: Twilio) -> None:
    """No route may carry it: the block says so, as with one provider."""
    real = Twilio(account_sid=OTHER_SID, auth_token=OTHER_TOKEN, sender=OTHER_SENDER)
    messenger = make_willing(
        real, evolve(real, sender=OTHER_SENDERS[1]), keyring=Plaintext(reason="nobody is in it")
    )
    blocked = remind(messenger)

    assert isinstance(blocked, Blocked)
    assert [reason.rule for reason in blocked.reasons] == ["business-associate"]


def test_blocked_for_another_reason_stays_blocked(make_willing: Make, provider: Twilio) -> None:
    """Another provider changes nothing about a patient who stopped."""
    real = Twilio(account_sid=OTHER_SID, auth_token=OTHER_TOKEN, sender=OTHER_SENDER)
    messenger = make_willing(provider, real, keyring=Plaintext(reason="nobody is in it"))
    messenger.receive(from_patient("STOP", "SM1"))

    blocked = remind(messenger)
    assert isinstance(blocked, Blocked)
    assert [reason.rule for reason in blocked.reasons] == ["revocation"]


def test_all_routes_refuse(
    willing: Messenger, carrier: Sandbox, backup_carrier: Sandbox, clock: MovableClock
) -> None:
    """The text stays due for the one whose reason passes, and goes when that is over."""
    refuse(carrier, 20003, 401)
    refuse(backup_carrier, 30034)
    queued = remind(willing)
    assert isinstance(queued, Queued)
    assert queued.problem is not None
    assert queued.problem.category is Failure.AUTH
    clock.move_to(queued.not_before)
    (sent,) = willing.dispatch_due()

    assert isinstance(sent, Sent)
    assert outgoing(carrier) == [BODY]


def test_all_routes_refuse_for_good(
    willing: Messenger, carrier: Sandbox, backup_carrier: Sandbox
) -> None:
    """Where no reason passes by itself, the text fails and says why."""
    refuse(carrier, 21606)
    refuse(backup_carrier, 30034)
    failed = remind(willing)

    assert isinstance(failed, Failed)
    assert failed.problem.category is Failure.SENDER_UNREGISTERED


def test_a_route_that_fails_rests_and_is_preferred_again(
    make_willing: Make,
    clock: MovableClock,
    accounts: tuple[Twilio, Twilio],
    carriers: tuple[Sandbox, Sandbox],
) -> None:
    """After some failures in a row others go first; later the preferred one is tried anew."""
    _provider, _backup = accounts
    carrier, backup_carrier = carriers
    messenger = make_willing()
    refuse(carrier, 20003, 401, times=4)
    for turn in range(3):
        remind(messenger, f"appt-{turn}", body=f"{BODY} {turn}")
    before = len(carrier.messages())
    assert isinstance(remind(messenger, "appt-3", body=f"{BODY} 3"), Sent)
    assert len(outgoing(backup_carrier)) == 4
    clock.advance(timedelta(minutes=1))
    # The fourth refusal is waiting for it: one try more, and it rests again.
    remind(messenger, "appt-4", body=f"{BODY} 4")
    clock.advance(timedelta(minutes=1))
    remind(messenger, "appt-5", body=f"{BODY} 5")

    assert len(carrier.messages()) == before + 1
    assert outgoing(carrier) == [f"{BODY} 5"]
    assert len(outgoing(backup_carrier)) == 5


def test_retry_after_is_honoured(
    willing: Messenger, carrier: Sandbox, backup_carrier: Sandbox, clock: MovableClock
) -> None:
    """A provider that asks for a pause is left alone until it is over."""
    carrier.fail_next("status", status=429, headers={"Retry-After": "30"}, body={"code": 20429})
    remind(willing, "appt-0", body=f"{BODY} 0")
    remind(willing, "appt-1", body=f"{BODY} 1")
    assert len(outgoing(backup_carrier)) == 2
    clock.advance(timedelta(seconds=30))
    remind(willing, "appt-2", body=f"{BODY} 2")

    assert outgoing(carrier) == [f"{BODY} 2"]


def test_when_all_rest_the_first_is_tried(
    willing: Messenger, carrier: Sandbox, backup_carrier: Sandbox
) -> None:
    """Resting routes are the last resort, and better than none."""
    refuse(carrier, 20003, 401, times=3)
    refuse(backup_carrier, 20003, 401, times=3)
    for turn in range(3):
        assert isinstance(remind(willing, f"appt-{turn}", body=f"{BODY} {turn}"), Queued)

    assert isinstance(remind(willing, "appt-3", body=f"{BODY} 3"), Sent)
    assert outgoing(carrier) == [f"{BODY} 3"]


def test_sender_by_class_and_purpose(
    make_willing: Make, provider: Twilio, backup: Twilio, carrier: Sandbox, backup_carrier: Sandbox
) -> None:
    """What sells leaves by the route for it, also where it is called a reminder."""
    messenger = make_willing(
        Route(provider=provider, message_classes=["transactional"]),
        Route(provider=backup, message_classes=[MessageClass.MARKETING]),
    )
    remind(messenger)
    assert outgoing(carrier) == [BODY]
    agree_in_writing(messenger)
    sent = remind(messenger, "offer", body=OFFER)
    assert isinstance(sent, Sent), sent
    assert outgoing(backup_carrier) == [OFFER]

    by_purpose = [Route(provider=provider, purposes=["billing"]), backup]
    remind(make_willing(*by_purpose), "appt-2", body=f"{BODY} 2")
    assert outgoing(backup_carrier) == [OFFER, f"{BODY} 2"]


def test_sender_by_country(
    make_willing: Make, provider: Twilio, backup: Twilio, carrier: Sandbox, backup_carrier: Sandbox
) -> None:
    """The patient's country chooses the sender: by the host's word, or else by the number."""
    messenger = make_willing(
        Route(provider=provider, countries=["CA"]), Route(provider=backup, countries=["US"])
    )

    remind(messenger)

    assert outgoing(backup_carrier) == [BODY]
    assert outgoing(carrier) == []


def test_no_route_takes_it(make_willing: Make, provider: Twilio) -> None:
    """A text that no route is for raises before anything is kept or sent."""
    abroad = make_willing(Route(provider=provider, countries=["CA"]))
    with pytest.raises(Unsupported, match="no route of this messenger takes"):
        remind(abroad)
    offers = make_willing(Route(provider=provider, message_classes=["marketing"]))
    with pytest.raises(Unsupported, match="no route of this messenger takes"):
        remind(offers)

    assert abroad.history(PERSON).texts == ()


def test_answers_leave_whatever_a_route_is_for(
    make_willing: Make, provider: Twilio, carrier: Sandbox
) -> None:
    """The confirmation of a STOP leaves from a number that is for offers only."""
    messenger = make_willing(Route(provider=provider, message_classes=["marketing"]))
    messenger.receive(from_patient("STOP", "SM1"))

    assert [type(done) for done in messenger.dispatch_due()] == [Sent]
    assert len(outgoing(carrier)) == 1


@pytest.mark.parametrize("body", ["STOP", "HELP"])
@pytest.mark.parametrize("to", [SENDER, "+12175550199"])
def test_answers_leave_wherever_a_patient_is(
    make_willing: Make, provider: Twilio, carrier: Sandbox, to: str, body: str
) -> None:
    """A patient from Canada is answered, also where the number that they wrote to is gone."""
    messenger = make_willing(Route(provider=provider, countries=["US"]))
    messenger.receive(from_patient(body, "SM1", sender="+14165550134", to=to))

    assert [type(done) for done in messenger.dispatch_due()] == [Sent]
    assert len(outgoing(carrier)) == 1


@pytest.mark.parametrize("to", ["+12175550199", "12345"])
def test_answers_leave_by_the_country_where_they_can(
    make_willing: Make, provider: Twilio, backup: Twilio, backup_carrier: Sandbox, to: str
) -> None:
    """Where the number that they wrote to is gone, the route for their country answers."""
    messenger = make_willing(
        Route(provider=provider, countries=["US"]), Route(provider=backup, countries=["CA"])
    )
    messenger.receive(from_patient("STOP", "SM1", sender="+14165550134", to=to))

    assert [type(done) for done in messenger.dispatch_due()] == [Sent]
    assert len(outgoing(backup_carrier)) == 1


def test_whoever_writes_to_the_number_for_offers(
    make_willing: Make, provider: Twilio, carrier: Sandbox, clock: MovableClock
) -> None:
    """Danger is answered from there, and so is a question: by the library, and by people."""
    messenger = make_willing(
        Route(provider=provider, message_classes=["transactional", "emergency"]),
        Route(
            provider=evolve(provider, sender=OTHER_SENDERS[0]),
            message_classes=["marketing"],
            countries=["CA"],
        ),
        inbox=PLAN,
    )
    clock.advance(timedelta(minutes=1))
    for number, body in enumerate(["what time do you open?", "i have chest pain"]):
        messenger.receive(from_patient(body, f"SM{number}", to=OTHER_SENDERS[0]))
    (waiting,) = messenger.inbox.waiting()
    by_itself = [type(done) for done in messenger.dispatch_due()]  # void once somebody answered
    answer = messenger.inbox.reply(
        waiting.thread_id, body="Lakeside: we open at 8.", by="ana", idempotency_key="r-1"
    )

    assert (by_itself, type(answer)) == ([Sent, Sent], Sent)
    senders = {entry.from_ for entry in carrier.messages() if entry.author == "application"}
    assert senders == {OTHER_SENDERS[0]}


def test_an_answer_that_sells(make_willing: Make, provider: Twilio) -> None:
    """What people write back from the inbox is an offer wherever it sells."""
    messenger = make_willing(
        Route(provider=provider, message_classes=["transactional", "emergency"]), inbox=PLAN
    )
    messenger.receive(from_patient("what time do you open?", "SM1"))
    (waiting,) = messenger.inbox.waiting()

    with pytest.raises(Unsupported, match="no route of this messenger takes"):
        messenger.inbox.reply(waiting.thread_id, body=OFFER, by="ana", idempotency_key="r-1")


def test_rate_is_each_senders_own(
    make_willing: Make, provider: Twilio, backup: Twilio, carrier: Sandbox, backup_carrier: Sandbox
) -> None:
    """Texts that wait for one sender's rate keep no text of another sender from going."""
    only = Purpose.APPOINTMENT_REMINDER
    slow = Delivery(rate=Rate(per_second=0.001, burst=2, unit="texts"))
    messenger = make_willing(Route(provider=provider, purposes=[only]), backup, delivery=slow)
    for turn in range(5):
        remind(messenger, f"appt-{turn}", body=f"{BODY} {turn}")
    remind(messenger, "other", purpose=Purpose.APPOINTMENT_CONFIRMATION, body=f"{BODY} other")

    assert len(outgoing(carrier)) == 2
    assert outgoing(backup_carrier) == [f"{BODY} other"]


def test_dispatch_passes_over_what_waits_for_its_sender(
    make_willing: Make,
    clock: MovableClock,
    accounts: tuple[Twilio, Twilio],
    carriers: tuple[Sandbox, Sandbox],
) -> None:
    """A pile at one sender is passed over, given back, and goes at that sender's pace."""
    provider, backup = accounts
    carrier, backup_carrier = carriers
    slow = Delivery(rate=Rate(per_second=0.1, burst=1, unit="texts"))
    confirmation = Purpose.APPOINTMENT_CONFIRMATION
    messenger = make_willing(
        Route(provider=provider, purposes=[Purpose.APPOINTMENT_REMINDER]), backup, delivery=slow
    )
    for turn in range(6):
        remind(messenger, f"appt-{turn}", body=f"{BODY} {turn}")
    remind(messenger, "other-0", purpose=confirmation, body=f"{BODY} a")
    remind(messenger, "other-1", purpose=confirmation, body=f"{BODY} b")
    assert (len(outgoing(carrier)), len(outgoing(backup_carrier))) == (1, 1)
    clock.advance(timedelta(seconds=10))

    assert len(messenger.dispatch_due()) == 2
    assert (len(outgoing(carrier)), len(outgoing(backup_carrier))) == (2, 2)
    clock.advance(timedelta(seconds=10))
    assert len(messenger.dispatch_due()) == 1  # given back: nobody waits for a reservation


def test_dispatch_goes_on_while_another_route_works(
    make_willing: Make,
    clock: MovableClock,
    accounts: tuple[Twilio, Twilio],
    carriers: tuple[Sandbox, Sandbox],
) -> None:
    """An account that is refused stops its own texts only."""
    provider, backup = accounts
    carrier, backup_carrier = carriers
    messenger = make_willing(
        Route(provider=provider, purposes=[Purpose.APPOINTMENT_REMINDER]),
        Route(provider=backup, purposes=[Purpose.APPOINTMENT_CONFIRMATION]),
    )
    refuse(carrier, 20003, 401, times=2)
    remind(messenger)
    refuse(backup_carrier, 20003, 401)
    remind(messenger, "other", purpose=Purpose.APPOINTMENT_CONFIRMATION, body=f"{BODY} b")
    clock.advance(timedelta(minutes=2))

    refused, sent = messenger.dispatch_due()

    assert isinstance(refused, Queued)
    assert isinstance(sent, Sent)
    assert outgoing(backup_carrier) == [f"{BODY} b"]


def test_dispatch_ends_when_every_account_is_refused(
    make_willing: Make,
    clock: MovableClock,
    accounts: tuple[Twilio, Twilio],
    carriers: tuple[Sandbox, Sandbox],
) -> None:
    """Where all routes rest the others would meet the same: they stay due, untried."""
    provider, backup = accounts
    carrier, backup_carrier = carriers
    messenger = make_willing()
    messenger._ports = evolve(
        messenger._ports,
        routes=Routes([provider, backup], rest_after=1, rest_for=timedelta(hours=1)),
    )
    refuse(carrier, 20003, 401, times=9)
    refuse(backup_carrier, 20003, 401, times=9)
    for turn in range(3):
        remind(messenger, f"appt-{turn}", body=f"{BODY} {turn}")
    clock.advance(timedelta(minutes=10))

    assert len(messenger.dispatch_due()) == 1


def test_a_refusal_is_counted_once(
    make_willing: Make, clock: MovableClock, carriers: tuple[Sandbox, Sandbox]
) -> None:
    """One account is busy, the other refused: each round is one of the text's tries, not two."""
    carrier, backup_carrier = carriers
    messenger = make_willing(delivery=Delivery(attempts=3))
    refuse(carrier, 20429, 429, times=99)
    refuse(backup_carrier, 20003, 401, times=99)
    outcome = remind(messenger)
    states = [record_of(messenger, outcome).message.state]
    for _ in range(2):
        clock.advance(timedelta(hours=1))
        messenger.dispatch_due()
        states.append(record_of(messenger, outcome).message.state)

    assert states == [State.DUE, State.DUE, State.FAILED]
    assert record_of(messenger, outcome).message.refusals == 3


def test_limited_where_it_would_move_to(
    make_willing: Make, provider: Twilio, backup: Twilio, carrier: Sandbox, backup_carrier: Sandbox
) -> None:
    """A text that moves on keeps to the other sender's rate: it is due when there is room."""
    slow = Delivery(rate=Rate(per_second=0.01, burst=1, unit="texts"))
    messenger = make_willing(
        Route(provider=provider, purposes=[Purpose.APPOINTMENT_REMINDER]), backup, delivery=slow
    )
    remind(messenger, "other", purpose=Purpose.APPOINTMENT_CONFIRMATION, body=f"{BODY} b")
    refuse(carrier, 20003, 401)
    queued = remind(messenger)

    assert isinstance(queued, Queued)
    assert queued.not_before == MORNING + timedelta(seconds=100)
    assert record_of(messenger, queued).message.state is State.DUE


def test_store_that_fails_in_between_gives_the_text_back(
    willing: Messenger, carrier: Sandbox, backup_carrier: Sandbox, clock: MovableClock
) -> None:
    """Where the move cannot be recorded the text is due, and nobody has it."""
    run, calls = willing._ports.store.run, [0]

    async def failing(work: Any) -> Any:
        calls[0] += 1
        if calls[0] == 2:  # the first one claims
            msg = "locked"
            raise StoreBusy(msg)
        return await run(work)

    object.__setattr__(willing._ports.store, "run", failing)
    refuse(carrier, 20003, 401)
    with pytest.raises(StoreBusy):
        remind(willing)

    assert outgoing(backup_carrier) == []
    (text,) = willing.history(PERSON).texts
    assert text.message.state is State.DUE
    clock.move_to(text.message.not_before)
    assert [type(done) for done in willing.dispatch_due()] == [Sent]


def test_settled_in_between_does_not_move(
    make_willing: Make, carrier: Sandbox, backup_carrier: Sandbox, clock: MovableClock
) -> None:
    """A claim that somebody else took over meanwhile moves nowhere."""
    inner = BlockingTransport()
    made: list[Messenger] = []

    def late() -> None:
        clock.advance(timedelta(minutes=5))
        made[0]._ports.store  # noqa: B018
        made[0].uncertain()  # the lapsed claim becomes uncertain
        (text,) = made[0].history(PERSON).texts
        made[0].settle(text.message.message_id, sent=True, by="ana", reason="told on the phone")

    made.append(make_willing(transport=Meanwhile(inner, after=late)))
    refuse(carrier, 20003, 401)
    outcome = remind(made[0])
    inner.close()

    assert isinstance(outcome, Sent)
    assert outgoing(backup_carrier) == []


def test_callback_of_either_account(
    willing: Messenger, carrier: Sandbox, backup_carrier: Sandbox
) -> None:
    """Two accounts of one vendor call the same address: the first whose secret fits is meant."""
    sent = remind(willing)
    news = callback({"MessageSid": sent.provider_id, "MessageStatus": "delivered"})
    assert news_of(willing.receive(news, provider="twilio")).state is State.DELIVERED
    fields = {"MessageSid": "SM9", "From": PATIENT, "To": OTHER_SENDER, "Body": "Thanks"}
    assert text_of(willing.receive(callback(fields, token=OTHER_TOKEN))).new

    with pytest.raises(InvalidSignature):
        willing.receive(callback(fields, token="a token of nobody"))


def test_callback_is_read_by_the_sender_written_to(
    make_willing: Make, provider: Twilio, carrier: Sandbox
) -> None:
    """Of two senders of one account only one's STOP is answered by Twilio: ours is not left out."""
    answering = evolve(provider, answers_keywords=True)
    ours = evolve(provider, sender=OTHER_SENDERS[1])
    messenger = make_willing(answering, ours)
    messenger.receive(from_patient("STOP", "SM1", to=OTHER_SENDERS[1]))
    (confirmed,) = messenger.dispatch_due()

    assert isinstance(confirmed, Sent)
    assert [text.from_ for text in carrier.messages()] == [OTHER_SENDERS[1]]
    messenger.receive(from_patient("STOP", "SM2"))
    assert messenger.dispatch_due() == ()


@frozen(kw_only=True)
class Elsewhere(Twilio):
    """The same under another name, as another provider."""

    name: ClassVar[str] = "elsewhere"

    @property
    def _codes(self) -> Codes:
        return codes_of("twilio")


@pytest.mark.parametrize(
    ("word", "state"),
    [("failed", State.SENT), ("undelivered", State.SENT), ("delivered", State.DELIVERED)],
)
def test_late_news_of_a_provider_that_a_text_left(
    make_willing: Make, backup: Twilio, word: str, state: State
) -> None:
    """That it did not bring the text says nothing of how another one did; that it did, all."""
    first = Elsewhere(account_sid=SID, auth_token=TOKEN, sender=SENDER, base_url=CLOSED)
    messenger = make_willing(first, backup)
    sent = remind(messenger)
    assert isinstance(sent, Sent)
    messenger.receive(status("SM9", word, ref=sent.message_id, code="30008"), provider="elsewhere")

    assert record_of(messenger, sent).message.state is state
    assert record_of(messenger, sent).message.provider_id == sent.provider_id


def test_callback_of_an_unknown_provider(willing: Messenger) -> None:
    """Nobody has such a provider: 404, before anything is checked."""
    with pytest.raises(WebhookRejected) as refused:
        willing.receive(from_patient("STOP", "SM1"), provider="nobody")

    assert refused.value.status == 404


def test_every_sender_is_enrolled(
    willing: Messenger, make_messenger: Make, backup: Twilio, practice: Practice
) -> None:
    """A number of any route is this practice's, and no other's."""
    remind(willing)
    stranger = make_messenger(practice=evolve(practice, id="hillside"), provider=backup)

    with pytest.raises(ConfigurationError, match="belongs to the practice"):
        remind(stranger)
    with pytest.raises(ConfigurationError, match="belongs to the practice"):
        agree(stranger)


def test_a_wish_to_stop_is_taken_down_beside_anothers_sender(
    willing: Messenger, make_messenger: Make, provider: Twilio, backup: Twilio, practice: Practice
) -> None:
    """One number too many in the routes: nothing is sent, and a wish to stop still counts."""
    remind(willing)
    own = evolve(provider, sender="+12175550177")
    slip = make_messenger(practice=evolve(practice, id="hillside"), provider=Routes([own, backup]))

    slip.consent.revoke(PATIENT, channel="spoken", recorded_by="desk")

    assert slip.consent.state(PATIENT, person=PERSON).revoked_at is not None
    slip.consent.withdraw_phi_preference(PATIENT, person=PERSON, channel="spoken", recorded_by="d")
    assert slip.consent.events(PATIENT)[-1].prefers is False
    with pytest.raises(ConfigurationError, match="belongs to the practice"):
        agree(slip)
    (failed,) = [each for each in slip.doctor() if each.what == "sender"]
    assert failed.result == "failed"
    assert "belongs to the practice with the id 'lakeside'" in failed.says


def test_a_wish_to_stop_is_refused_under_a_wrong_id(
    willing: Messenger, make_messenger: Make, practice: Practice
) -> None:
    """Where all numbers are another's, it would be filed where nobody asks."""
    remind(willing)
    other_id = make_messenger(practice=evolve(practice, id="hillside"))

    with pytest.raises(ConfigurationError, match="belongs to the practice"):
        other_id.consent.revoke(PATIENT, channel="spoken", recorded_by="desk")


def test_a_real_route_wants_a_keyring(make_messenger: Make, provider: Twilio) -> None:
    """One real provider among simulated ones is enough for patients' texts to be sealed."""
    real = Twilio(
        account_sid=OTHER_SID,
        auth_token=OTHER_TOKEN,
        sender=OTHER_SENDER,
        baa_signed_on=date(2026, 1, 5),
    )

    with pytest.raises(ConfigurationError, match="seal"):
        make_messenger(provider=Routes([provider, real]))


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda p: Routes([]), "there are no routes"),
        (lambda p: Routes([p, p]), "the same provider and the same sender"),
        (Routes, "of a type"),
        (lambda p: Routes([p], rest_after=0), "more than zero"),
        (lambda p: Routes([p], rest_for=timedelta(0)), "more than zero"),
        (lambda p: Route(provider=p, purposes=["biling"]), "'billing' is close to it"),
        (lambda p: Route(provider=p, purposes=[3]), "of a type"),  # type: ignore[list-item]
        (lambda p: Route(provider=p, message_classes=["nothing"]), "nothing|one of"),
        (lambda p: Route(provider=p, countries="US"), "of a type"),
        (lambda p: Route(provider=p, countries=["us"]), "ISO 3166-1"),
        (lambda p: Route(provider=p, countries=["USA"]), "ISO 3166-1"),
    ],
)
def test_routes_that_cannot_be(make: Callable[[Twilio], object], why: str) -> None:
    """What could not be told apart on record, or never send, is refused."""
    with pytest.raises(InvalidInput, match=why):
        make(Twilio(account_sid=SID, auth_token=TOKEN, sender=SENDER))


def test_health_knows_its_own_clock() -> None:
    """A route rests for a while; a clock that was turned back ends it."""
    route = Route(provider=Twilio(account_sid=SID, auth_token=TOKEN, sender=SENDER))
    routes, health = Routes([route], rest_after=2), Health()

    health.failed(route, routes, MORNING)
    assert not health.rests(route, MORNING)
    health.failed(route, routes, MORNING)
    assert health.rests(route, MORNING + timedelta(seconds=59))
    assert not health.rests(route, MORNING + timedelta(seconds=60))
    assert not health.rests(route, MORNING - timedelta(seconds=1))
    health.worked(route)
    health.failed(route, routes, MORNING)
    assert not health.rests(route, MORNING)


def test_every_category_has_a_consequence() -> None:
    """No category is forgotten, and nothing moves on that the ledger hears of."""
    assert set(CONSEQUENCES) == set(Failure)
    for category, consequence in CONSEQUENCES.items():
        assert not (consequence.next_route and consequence.on_record != "nothing"), category
        assert consequence.next_route or not consequence.route_fails
        if consequence.again in {Again.SHORTLY, Again.UNTIL_REPAIRED}:
            assert consequence.next_route, category


def test_left_by_is_told_from_the_record() -> None:
    """Records of earlier versions name no sender: then it was the only one."""
    one = Twilio(account_sid=SID, auth_token=TOKEN, sender=SENDER)
    routes = Routes([one, evolve(one, sender=PhoneNumber(OTHER_SENDER))])

    assert routes.left_by("twilio", SENDER) is routes.routes[0]
    assert routes.left_by("twilio", OTHER_SENDER) is routes.routes[1]
    assert routes.left_by("twilio", "") is routes.routes[0]
    assert routes.left_by("other", SENDER) is None
    assert routes.left_by("twilio", OTHER_SENDERS[1]) is None


def test_time_left_goes_along(willing: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """The provider may try no longer than the text makes sense."""
    asked: list[bytes] = []
    inner = BlockingTransport()

    class Reading:
        async def send(self, request: HttpRequest) -> HttpReply:
            asked.append(request.body)
            return await inner.send(request)

    willing._ports = evolve(willing._ports, transport=Reading())
    remind(willing, not_after=MORNING + timedelta(minutes=10))
    remind(willing, "appt-2", body=f"{BODY} 2")
    inner.close()

    assert b"ValidityPeriod=600" in asked[0]
    assert b"ValidityPeriod" not in asked[1]
