"""Uncertain texts at a provider that processes one reference once: asked again, never twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import ClassVar

import pytest
from attrs import evolve, frozen

from compliant_sms import Delivery, Messenger, Profile, Queued, Sent, Uncertain
from compliant_sms.consent import NumberFlagged
from compliant_sms.errors import NoAnswer, RequestNotSent
from compliant_sms.lifecycle import State
from compliant_sms.providers import Attempt, Capabilities, Failure, OutboundText, Problem, Twilio
from compliant_sms.rates import Rate
from compliant_sms.reminders import Appointment, ReminderPlan
from compliant_sms.sandbox import Sandbox
from compliant_sms.testing import MovableClock
from compliant_sms.transport import BlockingTransport
from compliant_sms.wire import HttpReply, HttpRequest
from conftest import MORNING, PATIENT, PERSON
from test_receive import from_patient
from test_send import BODY, agree, outgoing, remind

pytestmark = pytest.mark.both_databases

Make = Callable[..., Messenger]
SOON = timedelta(minutes=5)


@frozen(kw_only=True)
class Once(Twilio):
    """A provider that knows a reference again for a day, and cannot be asked."""

    capabilities: ClassVar[Capabilities] = evolve(
        Twilio.capabilities, repeat_within=timedelta(hours=24), validity=None
    )

    def request(self, text: OutboundText, *, at: datetime) -> HttpRequest:
        """With the reference in a header."""
        made = Twilio.request(self, text, at=at)
        return evolve(made, headers=(*made.headers, ("idempotency-key", text.reference)))

    def response(self, reply: HttpReply) -> Attempt:
        """A 409 says that it has the text."""
        made = Twilio.response(self, reply)
        if reply.status != 409:
            return made
        problem = Problem(category=Failure.DUPLICATE, code="409", words="It is there already.")
        return evolve(made, problem=problem)

    def look_up(self, text: OutboundText, *, at: datetime) -> None:
        """No way."""


class Knowing:
    """A transport to a provider that answers one key twice and processes it once."""

    def __init__(self) -> None:
        self.inner = BlockingTransport()
        self.answers: dict[str, HttpReply] = {}
        self.bodies: dict[str, set[bytes]] = {}
        self.lose = 1
        self.next: HttpReply | Exception | None = None
        self.meanwhile: Callable[[], object] = lambda: None

    async def send(self, request: HttpRequest) -> HttpReply:
        key = dict(request.headers)["idempotency-key"]
        self.bodies.setdefault(key, set()).add(request.body)
        self.meanwhile()
        if isinstance(self.next, Exception):
            raise self.next
        if self.next is not None:
            return self.next
        if key not in self.answers:
            self.answers[key] = await self.inner.send(request)
        if self.lose:
            self.lose -= 1
            msg = "gone"
            raise NoAnswer(msg)
        return self.answers[key]


@pytest.fixture
def knowing() -> Iterator[Knowing]:
    """The provider's memory; the first answer is lost."""
    made = Knowing()
    yield made
    made.inner.close()


@pytest.fixture
def make_willing(make_messenger: Make, provider: Twilio, knowing: Knowing) -> Make:
    """Makes messengers with such a provider, whose patient agreed."""

    def make(**changes: object) -> Messenger:
        once = Once(
            account_sid=provider.account_sid,
            auth_token=provider.auth_token,
            sender=provider.sender,
            base_url=provider.base_url,
            answers_keywords=False,
        )
        arguments: dict[str, object] = {
            "provider": once,
            "transport": knowing,
            "people": lambda _: Profile(time_zone="America/Chicago"),
        }
        messenger = make_messenger(**(arguments | changes))
        agree(messenger)
        return messenger

    return make


@pytest.fixture
def willing(make_willing: Make, clock: MovableClock) -> Messenger:
    """A messenger with one uncertain text, some minutes later."""
    messenger = make_willing()
    assert isinstance(remind(messenger), Uncertain)
    clock.advance(SOON)
    return messenger


def test_asked_again_it_is_sent_once(
    willing: Messenger, carrier: Sandbox, knowing: Knowing
) -> None:
    """The same request under the same reference: the answer comes, and there is one text."""
    (sent,) = willing.reconcile()

    assert isinstance(sent, Sent)
    assert sent.provider_id
    assert len(outgoing(carrier)) == 1
    assert [len(bodies) for bodies in knowing.bodies.values()] == [1]
    (text,) = willing.history(PERSON).texts
    assert [step.state for step in text.steps] == [State.CLAIMED, State.UNCERTAIN, State.SENT]
    assert len(text.decisions) == 2
    assert willing.reconcile() == ()


def test_also_where_the_first_never_arrived(
    make_willing: Make, carrier: Sandbox, knowing: Knowing, clock: MovableClock
) -> None:
    """Where the first request was lost, the second one is the text."""
    messenger = make_willing()
    knowing.next = NoAnswer("lost")
    assert isinstance(remind(messenger), Uncertain)
    knowing.next, knowing.lose = None, 0
    clock.advance(SOON)

    assert [type(each) for each in messenger.reconcile()] == [Sent]
    assert len(outgoing(carrier)) == 1


def test_not_while_the_first_may_be_on_its_way(make_willing: Make, knowing: Knowing) -> None:
    """Before the lease has run out nobody asks again."""
    messenger = make_willing()
    remind(messenger)

    assert [type(each) for each in messenger.reconcile()] == [Uncertain]
    assert knowing.lose == 0


@pytest.mark.parametrize(
    ("later", "kind"),
    [(timedelta(hours=23, minutes=49), Sent), (timedelta(hours=23, minutes=51), Uncertain)],
)
def test_only_while_the_provider_remembers(
    make_willing: Make, knowing: Knowing, clock: MovableClock, later: timedelta, kind: type
) -> None:
    """Later the same reference would be a second text; some minutes are kept for its clock."""
    messenger = make_willing()
    remind(messenger)
    clock.move_to(MORNING + later)

    assert [type(each) for each in messenger.reconcile()] == [kind]


def test_a_stop_in_between_ends_it(willing: Messenger, carrier: Sandbox, knowing: Knowing) -> None:
    """It is decided anew: who said STOP is not sent what may never have left."""
    willing.receive(from_patient("STOP", "SM1"))
    asked = len(knowing.bodies)

    assert [type(each) for each in willing.reconcile()] == [Uncertain]
    assert len(knowing.bodies) == asked
    (text,) = (t for t in willing.history(PERSON).texts if t.message.draft.person)
    assert text.message.state is State.UNCERTAIN


def test_called_back_it_is_not_asked_again(
    make_willing: Make, carrier: Sandbox, knowing: Knowing, clock: MovableClock
) -> None:
    """To ask again would send what somebody called back: a person says what became of it."""
    messenger = make_willing()
    knowing.next = NoAnswer("lost")
    asked = remind(messenger)
    knowing.next, knowing.lose = None, 0
    messenger.cancel(asked.message_id)
    clock.advance(SOON)

    (outcome,) = messenger.reconcile()
    assert isinstance(outcome, Uncertain)
    assert outgoing(carrier) == []


def test_other_words_are_another_text(
    make_willing: Make, clock: MovableClock, knowing: Knowing
) -> None:
    """Where the line that says how to opt out is not due any more, it would be another request."""
    messenger = make_willing()
    uncertain = remind(messenger, body="Lakeside Family Medicine: see you Tue Dec 1 at 2:30 PM.")
    assert isinstance(uncertain, Uncertain)
    remind(messenger, "other", body=f"{BODY} Bring your card.")
    clock.advance(SOON)
    knowing.next = RequestNotSent("nobody is to be asked")

    assert [type(each) for each in messenger.reconcile()] == [Uncertain]
    (asked,) = {len(bodies) for bodies in knowing.bodies.values()}
    assert asked == 1


def test_in_the_night_it_waits(willing: Messenger, clock: MovableClock, carrier: Sandbox) -> None:
    """Hours at which nobody is texted hold a repetition too."""
    clock.advance(timedelta(hours=13))
    assert [type(each) for each in willing.reconcile()] == [Uncertain]
    clock.advance(timedelta(hours=9))

    assert [type(each) for each in willing.reconcile()] == [Sent]


def test_refused_it_stays_uncertain(
    willing: Messenger, knowing: Knowing, clock: MovableClock
) -> None:
    """That the second request was refused says nothing of the first."""
    for answer in (
        HttpReply(status=429, body=b"{}"),
        HttpReply(status=401, body=json.dumps({"code": 20003}).encode()),
        RequestNotSent("no connection"),
        NoAnswer("nothing"),
    ):
        knowing.next = answer
        assert [type(each) for each in willing.reconcile()] == [Uncertain]
        clock.advance(SOON)

    knowing.next = None
    assert [type(each) for each in willing.reconcile()] == [Sent]


def test_told_that_it_is_there(willing: Messenger, knowing: Knowing) -> None:
    """A provider that refuses it as a duplicate has it."""
    knowing.next = HttpReply(status=409, body=b"{}")

    assert [type(each) for each in willing.reconcile()] == [Sent]


def test_what_it_says_of_the_number_counts(willing: Messenger, knowing: Knowing) -> None:
    """A refusal about the number goes to the ledger, and the text stays uncertain."""
    knowing.next = HttpReply(status=400, body=json.dumps({"code": 21211}).encode())

    assert [type(each) for each in willing.reconcile()] == [Uncertain]
    assert isinstance(willing.consent.events(PATIENT)[-1], NumberFlagged)
    assert [type(each) for each in willing.reconcile()] == [Uncertain]


def test_it_takes_its_turn(
    make_willing: Make, clock: MovableClock, knowing: Knowing, carrier: Sandbox
) -> None:
    """It keeps to the sender's rate like any other request."""
    slow = Delivery(rate=Rate(per_second=0.001, burst=1, unit="texts"))
    messenger = make_willing(delivery=slow)
    remind(messenger)
    clock.advance(SOON)
    assert [type(each) for each in messenger.reconcile()] == [Uncertain]
    clock.advance(timedelta(minutes=20))

    assert [type(each) for each in messenger.reconcile()] == [Sent]


def test_too_late_it_is_left_alone(make_willing: Make, clock: MovableClock) -> None:
    """A text that makes no sense any more is not asked for again."""
    messenger = make_willing()
    remind(messenger, not_after=MORNING + timedelta(minutes=7))
    clock.advance(timedelta(minutes=8))

    assert [type(each) for each in messenger.reconcile()] == [Uncertain]


def test_news_comes_first(willing: Messenger, knowing: Knowing) -> None:
    """What a person said meanwhile stands: before the request, and after it."""
    (text,) = willing.history(PERSON).texts
    message_id = text.message.message_id

    def settle() -> None:
        willing.settle(message_id, sent=False, by="ana", reason="the patient has nothing")

    knowing.meanwhile = settle
    (outcome,) = willing.reconcile()

    assert isinstance(outcome, Queued)


def test_it_ends_with_the_lease(willing: Messenger, clock: MovableClock, knowing: Knowing) -> None:
    """A process that stood still writes no request on the strength of an old decision."""
    run = willing._ports.store.run
    calls = [0]

    async def slow(work: object) -> object:
        calls[0] += 1
        result = await run(work)  # type: ignore[arg-type]
        if calls[0] == 3:  # after what lapsed, and what is uncertain: the decision
            clock.advance(timedelta(minutes=2))
        return result

    asked = sum(map(len, knowing.bodies.values()))
    object.__setattr__(willing._ports.store, "run", slow)
    outcomes = willing.reconcile()

    assert [type(each) for each in outcomes] == [Uncertain]
    assert sum(map(len, knowing.bodies.values())) == asked


def test_settled_while_it_is_read(
    make_willing: Make, clock: MovableClock, knowing: Knowing
) -> None:
    """What a person settles before the decision is decided by nobody else."""
    made: list[Messenger] = []

    def people(_: str) -> Profile:
        if made and (lost := made[0].uncertain()):
            made[0].settle(lost[0].message.message_id, sent=True, by="ana", reason="saw it")
        return Profile(time_zone="America/Chicago")

    messenger = make_willing(people=people)
    remind(messenger)
    clock.advance(SOON)
    made.append(messenger)
    asked = sum(map(len, knowing.bodies.values()))
    messenger.reconcile()

    (text,) = messenger.history(PERSON).texts
    assert text.message.state is State.SENT
    assert sum(map(len, knowing.bodies.values())) == asked
    assert len(text.decisions) == 1


def test_nothing_is_asked_for_while_it_is_paused(
    willing: Messenger, carrier: Sandbox, knowing: Knowing
) -> None:
    """An uncertain text stays so during a pause, because asking again may send it."""
    willing.pause(by="it:kim", reason="wrong times")
    before = len(knowing.bodies)
    assert [type(each) for each in willing.reconcile()] == [Uncertain]
    assert len(knowing.bodies) == before
    willing.resume(by="it:kim", reason="right times")

    assert [type(each) for each in willing.reconcile()] == [Sent]
    assert len(outgoing(carrier)) == 1


def test_what_tells_of_a_visit_that_is_off_is_not_asked_for_again(
    make_willing: Make, knowing: Knowing, carrier: Sandbox, clock: MovableClock
) -> None:
    """The first request never came there, and the visit was cancelled meanwhile."""
    messenger = make_willing(reminders=[ReminderPlan(offsets=["1 day before at 10:00"])])
    visit = Appointment(
        id="v1",
        person=PERSON,
        numbers=[PATIENT],
        start=datetime(2026, 12, 2, 14, 30),  # noqa: DTZ001 - the clinic's wall time
        time_zone="America/Chicago",
    )
    messenger.reminders.save(visit)
    clock.move_to(MORNING + timedelta(days=1))
    messenger.reminders.plan_due()
    knowing.next = NoAnswer("lost")
    [sent] = messenger.dispatch_due()
    assert isinstance(sent, Uncertain)
    messenger.reminders.save(evolve(visit, status="cancelled"))
    knowing.next = None
    clock.advance(SOON)

    assert [type(each) for each in messenger.reconcile()] == [Uncertain]
    assert outgoing(carrier) == []


@pytest.mark.parametrize("off", [False, True])
def test_what_tells_of_several_peoples_visits_is_asked_for_again(
    make_willing: Make, knowing: Knowing, carrier: Sandbox, clock: MovableClock, *, off: bool
) -> None:
    """The host is asked about each of them first, and whether all of it still holds."""
    messenger = make_willing(reminders=[ReminderPlan(offsets=["1 day before at 10:00"])])
    agree(messenger, person="pat-882")
    visits = [
        Appointment(
            id=f"v-{person}",
            person=person,
            numbers=[PATIENT],
            start=datetime(2026, 12, 2, 14, 30),  # noqa: DTZ001 - the clinic's wall time
            time_zone="America/Chicago",
        )
        for person in (PERSON, "pat-882")
    ]
    messenger.reminders.save_many(visits)
    clock.move_to(MORNING + timedelta(days=1))
    messenger.reminders.plan_due()
    knowing.next = NoAnswer("lost")
    assert {type(each) for each in messenger.dispatch_due()} == {Uncertain}
    if off:
        messenger.consent.void(
            PATIENT, person="pat-882", reason="somebody else's", recorded_by="front-desk:ana"
        )
    knowing.next, knowing.lose = None, 0
    clock.advance(SOON)

    assert {type(each) for each in messenger.reconcile()} == {Uncertain if off else Sent}
    assert len(outgoing(carrier)) == (not off)
