"""A provider that asks for a pause is left alone until it is over, by every worker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from attrs import evolve

from compliant_sms import Delivery, Messenger, Profile, Purpose, Queued, Sent, Uncertain
from compliant_sms.driver import finish
from compliant_sms.flows._deciding._waits import keep_wait
from compliant_sms.flows._sending._dispatch import dispatch
from compliant_sms.providers import Attempt, Certainty, Failure, Problem, Twilio
from compliant_sms.rates import owed, waits_until
from compliant_sms.sandbox import Sandbox
from compliant_sms.testing import MovableClock
from compliant_sms.wire import HttpReply
from conftest import MORNING
from test_repeat import Knowing, Once
from test_routes import waits
from test_send import BODY, DAWN, NIGHT, agree, outgoing, remind
from test_worker import Ahead, labour, pile

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures(waits.__name__)]

Make = Callable[..., Messenger]
TOO_FAST = Attempt(
    certainty=Certainty.REFUSED,
    problem=Problem(category=Failure.RATE_LIMITED, code="429", words="Too fast."),
)


@pytest.fixture
def make_willing(make_messenger: Make) -> Make:
    """Makes messengers whose patient in Chicago agreed; each stands for a process of its own."""

    def make(**changes: object) -> Messenger:
        messenger = make_messenger(people=lambda _: Profile(time_zone="America/Chicago"), **changes)
        if not messenger.consent.events("+12175550134"):
            agree(messenger)
        return messenger

    return make


def asks_to_wait(carrier: Sandbox, seconds: int, status: int = 429) -> None:
    """The next request is refused, and nothing shall come for so long."""
    carrier.fail_next(
        "status",
        status=status,
        headers={"Retry-After": str(seconds)},
        body={"code": 20429 if status == 429 else 20500},
    )


def texts(messenger: Messenger, *numbers: int) -> list[object]:
    return [remind(messenger, f"appt-{n}", body=f"{BODY} {n}") for n in numbers]


def test_nothing_else_leaves(make_willing: Make, carrier: Sandbox, clock: MovableClock) -> None:
    """Told to wait, no other text is tried meanwhile, not in another process either."""
    first, other = make_willing(), make_willing()
    asks_to_wait(carrier, 90)
    texts(first, 0)
    asked = len(carrier.messages())
    waiting = [*texts(first, 1), *texts(other, 2)]

    assert [type(each) for each in waiting] == [Queued, Queued]
    assert len(carrier.messages()) == asked
    done = finish(dispatch(other._ports, 10))
    assert (done.outcomes, done.limited_until) == ((), MORNING + timedelta(seconds=90))
    assert not done.more
    clock.advance(timedelta(seconds=89))
    assert other.dispatch_due() == first.dispatch_due() == ()
    clock.advance(timedelta(seconds=1))
    assert [type(each) for each in other.dispatch_due()] == [Sent] * 3
    assert sorted(outgoing(carrier)) == [f"{BODY} {n}" for n in range(3)]


def test_worker_sleeps_until_then(
    make_willing: Make, carrier: Sandbox, clock: MovableClock
) -> None:
    """A worker meets the pause once, and all that is due goes when it is over."""
    messenger = make_willing()
    clock.move_to(NIGHT)
    pile(messenger, 12)
    clock.move_to(DAWN)
    asks_to_wait(carrier, 300)
    pace = Ahead(clock)
    progress = labour(clock, messenger, pace=pace, poll=timedelta(minutes=2))

    assert (progress.sent, progress.queued) == (12, 1)
    assert pace.rests[:3] == [120, 120, 60]
    sent = [entry for entry in carrier.messages() if entry.direction.startswith("outbound")]
    assert {entry.created_at for entry in sent} == {DAWN + timedelta(minutes=5)}


def test_the_longer_wait_holds(make_willing: Make, carrier: Sandbox, clock: MovableClock) -> None:
    """An answer that was on its way already does not shorten the pause that another asked for."""
    messenger = make_willing()
    asks_to_wait(carrier, 90)
    texts(messenger, 0)
    clock.advance(timedelta(seconds=30))

    (route,), too_fast = messenger._ports.routes, evolve(TOO_FAST, retry_after=10)
    finish(messenger._ports.store.run(lambda tx: keep_wait(tx, route, too_fast, clock())))
    texts(messenger, 1)
    done = finish(dispatch(messenger._ports, 10))

    assert done.limited_until == MORNING + timedelta(seconds=90)


def test_emergencies_do_not_wait(make_willing: Make, carrier: Sandbox) -> None:
    """An emergency is tried at once: a refusal costs less than an hour without a warning."""
    messenger = make_willing()
    asks_to_wait(carrier, 90)
    texts(messenger, 0)
    body = "Lakeside Family Medicine: flood warning, the clinic is closed. Stay at home."
    sent = remind(messenger, "flood", purpose=Purpose.EMERGENCY_ALERT, body=body)

    assert isinstance(sent, Sent)


def test_trouble_that_says_how_long(
    make_willing: Make, carrier: Sandbox, clock: MovableClock
) -> None:
    """A provider that is down and says until when is left alone as well."""
    messenger = make_willing()
    asks_to_wait(carrier, 60, status=503)
    (first,) = texts(messenger, 0)
    texts(messenger, 1)

    assert isinstance(first, Uncertain)  # nobody knows whether it was processed
    assert outgoing(carrier) == []
    clock.advance(timedelta(seconds=60))
    assert [type(each) for each in messenger.dispatch_due()] == [Sent]
    assert outgoing(carrier) == [f"{BODY} 1"]


def test_repeating_waits_too(
    make_willing: Make, provider: Twilio, carrier: Sandbox, clock: MovableClock
) -> None:
    """What is asked for again because nobody knows what became of it waits as well."""
    once = Once(
        account_sid=provider.account_sid,
        auth_token=provider.auth_token,
        sender=provider.sender,
        base_url=provider.base_url,
        answers_keywords=False,
    )
    knowing = Knowing()
    messenger = make_willing(provider=once, transport=knowing, delivery=Delivery())
    texts(messenger, 0)
    clock.advance(timedelta(minutes=5))
    knowing.next = HttpReply(status=429, headers={"Retry-After": "60"})
    asked: list[object] = []
    knowing.meanwhile = lambda: asked.append(None)
    messenger.reconcile()
    messenger.reconcile()
    assert len(asked) == 1
    knowing.next = None
    clock.advance(timedelta(seconds=60))

    assert [type(each) for each in messenger.reconcile()] == [Sent]
    assert len(outgoing(carrier)) == 1
    knowing.inner.close()


@pytest.mark.parametrize(
    ("seconds", "since", "holds"),
    [(60, 0, True), (60, 59.9, True), (60, 60, False), (60, -3599, True), (60, -3601, False)],
)
def test_whose_clock(seconds: int, since: float, holds: bool) -> None:  # noqa: FBT001
    """A clock that was wrong by hours makes nobody wait until it is right."""
    until = waits_until(owed(seconds, MORNING), MORNING + timedelta(seconds=since))

    assert until == (MORNING + timedelta(seconds=seconds) if holds else None)
