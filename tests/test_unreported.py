"""Texts whose last report never came: the provider is asked what became of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from compliant_sms import Blocked, Delivery, Failed, Keyring, Messenger, Sent, Uncertain
from compliant_sms.consent import NumberFlagged, Revoked
from compliant_sms.driver import finish
from compliant_sms.errors import InvalidInput, NoAnswer
from compliant_sms.flows._deciding._waits import wait_name
from compliant_sms.flows._settling._unreported import ask_reports
from compliant_sms.lifecycle import State
from compliant_sms.ports import Transaction
from compliant_sms.providers import Capabilities, Failure, Lookup, Twilio
from compliant_sms.rates import owed
from compliant_sms.routing import Routes
from compliant_sms.sandbox import Sandbox
from compliant_sms.testing import MovableClock
from compliant_sms.wire import HttpReply, HttpRequest
from conftest import PATIENT, PERSON
from test_receive import status
from test_send import BODY, agree, remind

pytestmark = pytest.mark.both_databases

Make = Callable[..., Messenger]
HOUR = timedelta(hours=1)
NOT_YET = HOUR - timedelta(seconds=1)


class Line:
    """A transport that takes each text, answers questions as the test says, and keeps them."""

    def __init__(self, **told: Any) -> None:
        self.told: dict[str, Any] = told
        self.status = 200
        self.silent = False
        self.lost = False
        self.asked: list[str] = []
        self.sent = 0
        self.meanwhile: Callable[[], object] = lambda: None

    async def send(self, request: HttpRequest) -> HttpReply:
        if request.method == "POST":
            self.sent += 1
            if self.lost:
                msg = "nothing came"
                raise NoAnswer(msg)
            return _json(201, {"sid": f"SM{self.sent}", "status": "queued"})
        self.asked.append(request.url.rpartition("/")[2].removesuffix(".json"))
        self.meanwhile()
        if self.silent:
            msg = "nothing came"
            raise NoAnswer(msg)
        return _json(self.status, {"sid": self.asked[-1]} | self.told)


def _json(status: int, content: dict[str, Any]) -> HttpReply:
    return HttpReply(status=status, body=json.dumps(content).encode())


@pytest.fixture
def line() -> Line:
    """A provider that tells of a text that it is on its way, until the test says otherwise."""
    return Line(status="sent")


@pytest.fixture
def willing(make_messenger: Make, line: Line) -> Messenger:
    """A messenger on that line, whose patient agreed."""
    messenger = make_messenger(transport=line)
    agree(messenger)
    return messenger


def state(messenger: Messenger) -> list[State]:
    """Where each text is."""
    return [each.message.state for each in messenger.history(PERSON).texts]


def test_a_report_that_was_lost(
    make_messenger: Make, carrier: Sandbox, clock: MovableClock
) -> None:
    """An hour after it left the carrier is asked; what it says is kept as a report is."""
    messenger = make_messenger()
    agree(messenger)
    sent = remind(messenger)
    carrier.drain()
    clock.advance(NOT_YET)
    assert messenger.reconcile() == ()
    assert state(messenger) == [State.SENT]
    clock.advance(timedelta(seconds=1))

    assert messenger.reconcile() == (sent,)
    (told,) = messenger.history(PERSON).texts
    assert [step.state for step in told.steps][-2:] == [State.SENT, State.DELIVERED]
    (news,) = told.callbacks
    assert (news.at, news.provider, news.update.state) == (clock(), "twilio", State.DELIVERED)
    assert news.update.recipient is None
    clock.advance(timedelta(days=3))
    assert messenger.reconcile() == ()


def test_asked_a_few_times_with_growing_pauses(
    willing: Messenger, line: Line, clock: MovableClock
) -> None:
    """After one hour, two, four, eight and sixteen; then it is left as it is."""
    remind(willing)
    for hours in (1, 2, 4, 8, 16):
        asked = len(line.asked)
        clock.advance(HOUR * hours - timedelta(seconds=1))
        assert willing.reconcile() == ()
        assert len(line.asked) == asked
        clock.advance(timedelta(seconds=1))
        assert willing.reconcile() == ()
        assert len(line.asked) == asked + 1
    clock.advance(timedelta(days=30))
    willing.reconcile()

    assert line.asked == ["SM1"] * 5
    assert state(willing) == [State.SENT]
    assert willing.history(PERSON).texts[0].callbacks == ()


def test_own_patience(make_messenger: Make, line: Line, clock: MovableClock) -> None:
    """When and how often is the practice's choice, never included."""
    patient = Delivery(report_after=timedelta(minutes=10), report_asks=1)
    messenger = make_messenger(transport=line, delivery=patient)
    agree(messenger)
    remind(messenger)
    never = make_messenger(transport=line, delivery=Delivery(report_asks=0))
    clock.advance(timedelta(days=9))
    never.reconcile()
    assert line.asked == []
    messenger.reconcile()
    messenger.reconcile()

    assert line.asked == ["SM1"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"report_after": timedelta(0)},
        {"report_after": timedelta(days=31)},
        {"report_asks": -1},
        {"report_asks": 11},
        {"report_asks": 2.5},
    ],
)
def test_impossible_patience(wrong: dict[str, Any]) -> None:
    """What cannot be meant is refused."""
    with pytest.raises(InvalidInput, match=next(iter(wrong))):
        Delivery(**wrong)


def test_no_more_than_asked_for(willing: Messenger, line: Line, clock: MovableClock) -> None:
    """What is over waits for the next turn."""
    for number in range(5):
        remind(willing, str(number), body=f"{BODY} {number}")
    clock.advance(HOUR)
    for asked in (2, 4, 5, 5):
        willing.reconcile(limit=2)
        assert len(line.asked) == asked

    assert sorted(line.asked) == ["SM1", "SM2", "SM3", "SM4", "SM5"]


def test_an_opt_out_told(willing: Messenger, line: Line, clock: MovableClock) -> None:
    """An opt-out in the answer goes to the ledger, and a report of it later adds nothing."""
    sent = remind(willing)
    line.told = {"status": "undelivered", "error_code": 21610}
    clock.advance(HOUR)
    assert willing.reconcile() == (sent,)
    events = willing.consent.events(PATIENT)
    late = willing.receive(status("SM1", "undelivered", code="21610"))

    assert state(willing) == [State.UNDELIVERED]
    assert isinstance(events[-1], Revoked)
    assert events[-1].reference == sent.message_id
    assert late.events[0].new
    assert willing.consent.events(PATIENT) == events
    assert isinstance(remind(willing, "2"), Blocked)
    willing.verify_ledger()


def test_a_report_after_something_was_given(
    willing: Messenger, line: Line, clock: MovableClock
) -> None:
    """When unsure, no texts: what a report repeats counts again where consent came in between."""
    remind(willing)
    line.told = {"status": "undelivered", "error_code": 30005}
    clock.advance(HOUR)
    willing.reconcile()
    clock.advance(timedelta(minutes=1))
    agree(willing)
    assert isinstance(remind(willing, "2", body=f"{BODY} 2"), Sent)
    willing.receive(status("SM1", "undelivered", code="30005"))

    flagged = [e for e in willing.consent.events(PATIENT) if isinstance(e, NumberFlagged)]
    assert len(flagged) == 2
    assert isinstance(remind(willing, "3", body=f"{BODY} 3"), Blocked)


def test_another_word_about_the_number(willing: Messenger, line: Line, clock: MovableClock) -> None:
    """What a report says of the number besides is kept, whatever a look-up said."""
    remind(willing)
    line.told = {"status": "undelivered", "error_code": 30005}
    clock.advance(HOUR)
    willing.reconcile()
    for code in ("30005", "30004", "21610"):
        willing.receive(status("SM1", f"failed-{code}", code=code))

    told = willing.consent.events(PATIENT)[1:]
    why = [each.why.value if isinstance(each, NumberFlagged) else "stop" for each in told]
    assert why == ["unreachable_permanent", "blocked_number", "stop"]


def test_failed(willing: Messenger, line: Line, clock: MovableClock) -> None:
    """Where it failed there, it failed here, with the reason."""
    remind(willing)
    line.told = {"status": "failed", "error_code": 30007}
    clock.advance(HOUR)
    (failed,) = willing.reconcile()

    assert isinstance(failed, Failed)
    assert failed.problem.category is Failure.CARRIER_FILTERED


def test_a_report_meanwhile(willing: Messenger, line: Line, clock: MovableClock) -> None:
    """Statuses never run backwards: what came in while the provider was asked stands."""
    remind(willing)
    line.told = {"status": "undelivered", "error_code": 30003}
    line.meanwhile = lambda: willing.receive(status("SM1", "delivered"))
    clock.advance(HOUR)

    assert willing.reconcile() == ()
    assert state(willing) == [State.DELIVERED]


def test_the_same_report_meanwhile(willing: Messenger, line: Line, clock: MovableClock) -> None:
    """What a report tells while the question is under way was not learnt by asking."""
    remind(willing)
    line.told = {"status": "delivered"}
    line.meanwhile = lambda: willing.receive(status("SM1", "delivered"))
    clock.advance(HOUR)

    assert willing.reconcile() == ()
    assert state(willing) == [State.DELIVERED]


def test_a_report_of_the_same_later(willing: Messenger, line: Line, clock: MovableClock) -> None:
    """A report that comes after all changes nothing, and is kept."""
    remind(willing)
    line.told = {"status": "delivered"}
    clock.advance(HOUR)
    willing.reconcile()
    steps = willing.history(PERSON).texts[0].steps
    willing.receive(status("SM1", "delivered"))

    (told,) = willing.history(PERSON).texts
    assert told.steps == steps
    assert len(told.callbacks) == 2


@pytest.mark.parametrize(
    "answer",
    [{"status": 404}, {"told": {"sid": "SM9"}}, {"told": {"status": 7}}, {"told": {}}],
    ids=["gone", "another", "odd", "nothing"],
)
def test_an_answer_that_tells_nothing(
    willing: Messenger, line: Line, clock: MovableClock, answer: dict[str, Any]
) -> None:
    """The text stays as it is, and is asked for again after the next pause."""
    remind(willing)
    line.told = {"status": "delivered"}
    for name, value in answer.items():
        setattr(line, name, value)
    clock.advance(HOUR)
    assert willing.reconcile() == ()
    assert state(willing) == [State.SENT]
    line.status, line.told = 200, {"status": "delivered"}
    clock.advance(HOUR * 2)

    assert len(willing.reconcile()) == 1
    assert state(willing) == [State.DELIVERED]


@pytest.mark.parametrize(
    "trouble",
    [{"silent": True}, {"status": 429}, {"status": 401}, {"status": 503}],
    ids=lambda trouble: str(next(iter(trouble.values()))),
)
def test_not_so_fast(
    willing: Messenger, line: Line, clock: MovableClock, trouble: dict[str, Any]
) -> None:
    """A provider that gives no proper answer is left alone for that turn."""
    for number in range(3):
        remind(willing, str(number), body=f"{BODY} {number}")
    for name, value in trouble.items():
        setattr(line, name, value)
    clock.advance(HOUR)
    assert willing.reconcile() == ()
    assert len(line.asked) == 1
    line.silent, line.status, line.told = False, 200, {"status": "delivered"}

    assert len(willing.reconcile()) == 2  # those that nobody asked for wait for no pause
    clock.advance(HOUR * 2)
    assert len(willing.reconcile()) == 1


@pytest.mark.parametrize("trouble", ["silent", "429"])
def test_one_text_keeps_no_other_waiting(
    willing: Messenger, line: Line, clock: MovableClock, trouble: str
) -> None:
    """A question that is never answered is asked as often as others, and behind them."""
    for number in range(4):
        remind(willing, str(number), body=f"{BODY} {number}")
    line.told = {"status": "delivered"}

    def only_the_first() -> None:
        first = line.asked[-1] == "SM1"
        line.silent = first and trouble == "silent"
        line.status = 429 if first and trouble == "429" else 200

    line.meanwhile = only_the_first
    clock.advance(HOUR)
    told = [len(willing.reconcile()) for _ in range(3)]

    assert sum(told) == 3
    assert sorted(line.asked) == ["SM1", "SM2", "SM3", "SM4"]


def test_a_provider_that_asked_for_quiet(
    willing: Messenger, line: Line, clock: MovableClock
) -> None:
    """While a provider takes no texts because it wants a pause, it is not asked either."""
    remind(willing)
    clock.advance(HOUR)
    route = next(iter(willing._ports.routes))
    name = wait_name(route)

    async def wants_a_pause(tx: Transaction) -> None:
        await tx.bucket(name, owed(600, clock()))
        await tx.save_bucket(name, owed(600, clock()))

    finish(willing._ports.store.run(wants_a_pause))
    willing.reconcile()
    assert line.asked == []
    clock.advance(timedelta(minutes=11))
    willing.reconcile()

    assert line.asked == ["SM1"]


def test_asking_stops_with_the_worker(willing: Messenger, line: Line, clock: MovableClock) -> None:
    """Who stops in between has counted no text that it did not ask for."""
    for number in range(3):
        remind(willing, str(number), body=f"{BODY} {number}")
    clock.advance(HOUR)
    finish(ask_reports(willing._ports, 9, stopping=lambda: len(line.asked) == 2))
    willing.reconcile()

    assert line.asked == ["SM1", "SM2", "SM3"]


def test_what_nobody_settles_takes_nobodys_place(
    make_messenger: Make, line: Line, clock: MovableClock
) -> None:
    """However many texts stay uncertain, those without a last report are asked for."""
    messenger = make_messenger(transport=line)
    agree(messenger)
    remind(messenger)
    line.lost = True
    for number in range(2, 4):
        assert isinstance(remind(messenger, str(number), body=f"{BODY} {number}"), Uncertain)
    line.lost, line.status = False, 500
    clock.advance(HOUR)
    messenger.reconcile(limit=2)

    assert line.asked[-1] == "SM1"


def test_what_an_answer_repeats_of_the_text(
    willing: Messenger, line: Line, clock: MovableClock
) -> None:
    """A code in which a provider quotes the text is on record nowhere."""
    remind(willing)
    line.told = {"status": "undelivered", "error_code": BODY[-20:]}
    clock.advance(HOUR)
    willing.reconcile()
    shown = repr(willing.history(PERSON).texts[0].callbacks)

    assert "undelivered" in shown
    assert BODY[-20:] not in shown


def test_a_report_after_an_opt_out_was_narrowed(
    willing: Messenger, line: Line, clock: MovableClock
) -> None:
    """Who kept some texts after an opt-out has given something: a late report of it counts."""
    remind(willing)
    line.told = {"status": "undelivered", "error_code": 21610}
    clock.advance(HOUR)
    willing.reconcile()
    clock.advance(timedelta(minutes=1))
    willing.consent.clarify(
        PATIENT, keep=["appointments"], channel="spoken", recorded_by="front-desk:ana"
    )
    willing.receive(status("SM1", "undelivered", code="21610"))

    assert isinstance(willing.consent.events(PATIENT)[-1], Revoked)
    assert isinstance(remind(willing, "2", body=f"{BODY} 2"), Blocked)


def test_an_opt_out_told_after_a_new_yes(
    willing: Messenger, line: Line, clock: MovableClock
) -> None:
    """When unsure, no texts: it may be older than the yes, and is on record as heard now."""
    remind(willing)
    line.told = {"status": "undelivered", "error_code": 21610}
    clock.advance(HOUR / 2)
    agree(willing)
    clock.advance(HOUR / 2)
    willing.reconcile()

    last = willing.consent.events(PATIENT)[-1]
    assert isinstance(last, Revoked)
    assert last.occurred_at == clock()
    assert isinstance(remind(willing, "2", body=f"{BODY} 2"), Blocked)


class Deaf(Twilio):
    """A provider that takes texts and answers no questions about them."""

    capabilities = Capabilities(max_characters=1600, look_up=Lookup.NONE)


@pytest.mark.parametrize("route", ["no look-up", "gone"])
def test_nobody_to_ask(  # noqa: PLR0917 - fixtures
    willing: Messenger,
    make_messenger: Make,
    provider: Twilio,
    line: Line,
    clock: MovableClock,
    route: str,
) -> None:
    """Where the provider tells nothing, or is not there any more, nobody is asked."""
    remind(willing)
    deaf = Deaf(
        account_sid=provider.account_sid,
        auth_token=provider.auth_token,
        sender=provider.sender,
        base_url=provider.base_url,
    )
    gone = evolve(provider, sender="+12175550112")
    asking = make_messenger(transport=line, provider=deaf if route == "no look-up" else gone)
    for _ in range(6):
        clock.advance(timedelta(days=2))
        assert asking.reconcile() == ()

    assert line.asked == []
    assert state(willing) == [State.SENT]


def test_a_dry_run_asks_nobody(make_messenger: Make, line: Line, clock: MovableClock) -> None:
    """What was rehearsed is not asked for, then or later."""
    rehearsing = make_messenger(transport=line, dry_run=True)
    agree(rehearsing)
    remind(rehearsing)
    clock.advance(HOUR)
    rehearsing.reconcile()
    make_messenger(transport=line).reconcile()

    assert line.asked == []


def test_an_erased_text(make_messenger: Make, line: Line, clock: MovableClock) -> None:
    """Of a person who was erased nobody is asked any more."""
    messenger = make_messenger(transport=line, keyring=Keyring.generate())
    agree(messenger)
    remind(messenger)
    messenger.erase(PERSON, reason="asked for it", by="privacy:kim")
    clock.advance(HOUR)

    assert messenger.reconcile() == ()
    assert line.asked == []


def test_after_a_look_up(make_messenger: Make, carrier: Sandbox, clock: MovableClock) -> None:
    """A text that was uncertain, and was found, is asked for in its turn as well."""
    messenger = make_messenger()
    agree(messenger)
    carrier.fail_next("accept_then_drop")
    assert isinstance(remind(messenger), Uncertain)
    assert len(messenger.reconcile()) == 1
    carrier.drain()
    clock.advance(HOUR)
    messenger.reconcile()

    assert state(messenger) == [State.DELIVERED]


def test_only_its_own_account_is_asked(
    make_messenger: Make, provider: Twilio, line: Line, clock: MovableClock
) -> None:
    """With several senders the one that the text left from is asked, under its account."""
    other = evolve(provider, sender="+12175550112", account_sid="AC" + "9" * 32)
    messenger = make_messenger(transport=line)
    agree(messenger)
    remind(messenger)
    messenger._ports = evolve(messenger._ports, routes=Routes([other, provider]))
    seen: list[str] = []

    class Noting:
        async def send(self, request: HttpRequest) -> HttpReply:
            seen.append(request.url)
            return await line.send(request)

    messenger._ports = evolve(messenger._ports, transport=Noting())
    clock.advance(HOUR)
    messenger.reconcile()

    (url,) = seen
    assert provider.account_sid in url
