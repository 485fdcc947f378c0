"""Dispatch: what waits is decided again at the moment it goes, by one worker only."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from compliant_sms import (
    Blocked,
    Cancelled,
    Held,
    Messenger,
    Profile,
    Purpose,
    Queued,
    Sent,
    Uncertain,
)
from compliant_sms.errors import NotOurDatabase, Unsupported
from compliant_sms.flows._sending import _dispatch
from compliant_sms.providers import Twilio
from compliant_sms.routing import Route, Routes
from compliant_sms.rules import Verdict
from compliant_sms.sandbox import Sandbox
from compliant_sms.testing import MovableClock
from compliant_sms.transport import BlockingTransport
from conftest import MORNING, PATIENT, PERSON
from test_receive import from_patient
from test_send import BODY, DAWN, NIGHT, TOO_LATE, Meanwhile, agree, outgoing, remind
from test_store import alter, rows

pytestmark = pytest.mark.both_databases

Make = Callable[..., Messenger]


@pytest.fixture
def willing(messenger: Messenger) -> Messenger:
    """A messenger whose patient agreed."""
    agree(messenger)
    return messenger


@pytest.mark.parametrize("how", ["text", "spoken"])
def test_revoked_meanwhile(
    willing: Messenger, carrier: Sandbox, clock: MovableClock, how: str
) -> None:
    """A held text is blocked when the patient stopped before it could go."""
    clock.move_to(NIGHT)
    held = remind(willing)
    assert isinstance(held, Held)
    if how == "text":
        willing.receive(from_patient("STOP", "SM1"))
        willing.dispatch_due()
    else:
        willing.consent.revoke(
            PATIENT, channel=how, recorded_by="front-desk:ana", person=PERSON, reference="call 7"
        )
    clock.move_to(DAWN)
    (blocked,) = willing.dispatch_due()

    assert isinstance(blocked, Blocked)
    assert blocked.message_id == held.message_id
    assert [reason.rule for reason in blocked.reasons] == ["revocation"]
    assert BODY not in outgoing(carrier)
    assert willing.dispatch_due() == ()
    (record,) = [
        text for text in willing.history(PERSON).texts if text.message.message_id == held.message_id
    ]
    assert [d.verdict for d in record.decisions] == [Verdict.HOLD, Verdict.BLOCK]


def test_held_again(make_messenger: Make, carrier: Sandbox, clock: MovableClock) -> None:
    """A patient who moved west meanwhile is not woken: the text is held again."""
    zone = "America/Chicago"
    messenger = make_messenger(people=lambda _: Profile(time_zone=zone))
    agree(messenger)
    clock.move_to(NIGHT)
    held = remind(messenger)
    zone = "America/Los_Angeles"
    clock.move_to(held.until)
    (again,) = messenger.dispatch_due()

    assert isinstance(again, Held)
    assert again.until == held.until + timedelta(hours=2)
    clock.move_to(again.until)
    assert [type(outcome) for outcome in messenger.dispatch_due()] == [Sent]
    assert outgoing(carrier) == [BODY]


def test_account_refused(willing: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """The first refusal of our account ends the dispatch; the others are due as before."""
    clock.move_to(NIGHT)
    for number in range(4):
        remind(willing, str(number), body=f"{BODY} {number}")
    clock.move_to(DAWN)
    carrier.fail_next("status", status=401, body={"code": 20003})
    (refused,) = willing.dispatch_due()

    assert isinstance(refused, Queued)
    assert refused.problem is not None
    assert refused.problem.is_about_account
    assert [type(each) for each in willing.dispatch_due()] == [Sent] * 3
    clock.move_to(refused.not_before)
    assert [type(each) for each in willing.dispatch_due()] == [Sent]
    assert len(outgoing(carrier)) == len(set(outgoing(carrier))) == 4


def test_a_refused_account_costs_no_try(
    willing: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """However long the account was refused, the text then has as many tries as any other."""
    carrier.fail_next("status", status=401, times=9)
    outcomes = [remind(willing)]
    while len(outcomes) < 9:
        clock.advance(timedelta(hours=1))
        outcomes += willing.dispatch_due()
    carrier.fail_next("status", status=429, times=3)  # as many as are made within seconds
    clock.advance(timedelta(hours=1))
    (busy,) = willing.dispatch_due()
    clock.advance(timedelta(seconds=30))

    assert isinstance(busy, Queued)
    assert busy.problem is not None
    assert busy.problem.category == "rate_limited"
    assert [type(outcome) for outcome in willing.dispatch_due()] == [Sent]


@pytest.mark.parametrize("seen", ["it fails", "called back meanwhile", "the store fails"])
def test_too_late_though_it_fails(
    make_messenger: Make,
    clock: MovableClock,
    monkeypatch: pytest.MonkeyPatch,
    seen: str,
) -> None:
    """A text of whose person the host cannot tell is cancelled once it comes too late."""

    def people(_: str) -> Profile:
        if clock() < DAWN:
            return Profile(time_zone="America/Chicago")
        if seen == "called back meanwhile" and clock() > DAWN:
            messenger.cancel(held.message_id)
        raise LookupError

    messenger = make_messenger(people=people)
    agree(messenger)
    clock.move_to(NIGHT)
    held = remind(messenger, not_after=DAWN + timedelta(minutes=5))
    assert isinstance(held, Held)
    clock.move_to(DAWN)
    with pytest.raises(LookupError):
        messenger.dispatch_due()
    clock.advance(timedelta(minutes=6))
    if seen == "the store fails":
        monkeypatch.setattr(_dispatch, "too_late", lambda *_: 1 / 0)
    if seen == "it fails":
        assert messenger.dispatch_due() == (Cancelled(message_id=held.message_id, reason=TOO_LATE),)
    else:
        with pytest.raises(LookupError):
            messenger.dispatch_due()

    state = messenger.text_record(held.message_id).message.state
    assert (state == "cancelled") is (seen != "the store fails")


@pytest.mark.parametrize("state", ["due", "claimed", "uncertain"])
def test_one_that_cannot_be_read(
    willing: Messenger, carrier: Sandbox, clock: MovableClock, database: Path, state: str
) -> None:
    """A text whose record somebody damaged keeps no other one from leaving or being settled."""
    damaged = {"due": "first", "claimed": "second", "uncertain": "second"}[state]
    clock.move_to(NIGHT)
    held = [remind(willing, key, body=f"{BODY} {key}") for key in ("first", "third")]
    clock.move_to(DAWN)
    for key in ("second", "fourth"):
        carrier.fail_next("accept_then_drop")
        assert isinstance(remind(willing, key, body=f"{BODY} {key}"), Uncertain)
    willing.close()
    alter(
        database,
        f"UPDATE sms_messages SET draft = CAST('{{' AS BLOB) WHERE idempotency_key = '{damaged}'",
        f"UPDATE sms_messages SET state = '{state}' WHERE idempotency_key = '{damaged}'",
    )
    clock.advance(timedelta(minutes=5))

    if state == "due":
        with pytest.raises(NotOurDatabase):
            willing.dispatch_due()
    else:
        assert [type(each) for each in willing.dispatch_due()] == [Sent] * len(held)
        with pytest.raises(NotOurDatabase) if state == "uncertain" else nullcontext():
            willing.reconcile()
        if state == "uncertain":
            with pytest.raises(NotOurDatabase):
                willing.uncertain()
    willing.close()
    found = dict(rows(database, "SELECT idempotency_key, state FROM sms_messages"))
    gone = {"sent", "delivered"}
    assert found.pop(damaged) == state
    if state == "due":
        assert found.pop("third") in gone
    else:
        assert set(found.values()) <= gone


def test_no_route_any_more(
    make_messenger: Make, willing: Messenger, provider: Twilio, clock: MovableClock
) -> None:
    """A text that no route takes any more is named, until it is too late for it."""
    clock.move_to(NIGHT)
    held = remind(willing, not_after=DAWN + timedelta(hours=4))
    elsewhere = make_messenger(
        provider=Routes([Route(provider=provider, purposes=[Purpose.RECALL])])
    )
    clock.move_to(DAWN)
    with pytest.raises(Unsupported, match=f"no route .* {held.message_id}"):
        elsewhere.dispatch_due()
    clock.move_to(DAWN + timedelta(hours=4))
    with pytest.raises(Unsupported):
        elsewhere.dispatch_due()
    clock.advance(timedelta(minutes=2))

    assert elsewhere.dispatch_due() == (Cancelled(message_id=held.message_id, reason=TOO_LATE),)
    assert elsewhere.dispatch_due() == ()


def test_limit_and_order(willing: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """Dispatch takes the longest due first, and no more than asked for."""
    clock.move_to(NIGHT)
    for number in range(5):
        remind(willing, str(number), body=f"{BODY} {number}")
        clock.advance(timedelta(minutes=1))
    clock.move_to(DAWN)

    assert [len(willing.dispatch_due(limit=2)) for _ in range(4)] == [2, 2, 1, 0]
    assert len(outgoing(carrier)) == len(set(outgoing(carrier))) == 5


@pytest.mark.parametrize("same_store", [True, False])
def test_workers(
    make_messenger: Make,
    carrier: Sandbox,
    clock: MovableClock,
    same_store: bool,  # noqa: FBT001
) -> None:
    """However many workers dispatch at once, each text goes out once."""
    first = make_messenger()
    agree(first)
    clock.move_to(NIGHT)
    for number in range(10):
        remind(first, str(number), body=f"{BODY} {number}")
    clock.move_to(DAWN)
    workers = [first if same_store else make_messenger() for _ in range(4)]
    barrier, outcomes = threading.Barrier(len(workers)), []

    def work(worker: Messenger) -> None:
        barrier.wait()
        outcomes.extend(worker.dispatch_due())

    threads = [threading.Thread(target=work, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [type(outcome) for outcome in outcomes] == [Sent] * 10
    assert sorted(outgoing(carrier)) == [f"{BODY} {number}" for number in range(10)]


def test_taken_by_another_worker(
    make_messenger: Make, carrier: Sandbox, clock: MovableClock
) -> None:
    """A worker that was so slow that another took its texts reports nothing of those."""
    others: list[Any] = []
    transport = BlockingTransport()

    def meanwhile() -> None:
        if not others:
            others.append(make_messenger())
            assert others[0].dispatch_due() == ()  # they are reserved
            clock.advance(timedelta(seconds=61))
            others.extend(others[0].dispatch_due())

    worker = make_messenger(transport=Meanwhile(transport, before=meanwhile))
    agree(worker)
    clock.move_to(NIGHT)
    for number in range(3):
        remind(worker, str(number), body=f"{BODY} {number}")
    clock.move_to(DAWN)
    mine = worker.dispatch_due()
    transport.close()

    assert len(mine) == 1
    assert len(others) == 3
    assert len(outgoing(carrier)) == 3


def test_other_practices_texts_stay(
    make_messenger: Make, willing: Messenger, practice: Any, clock: MovableClock
) -> None:
    """A worker dispatches the texts of its own practice only."""
    clock.move_to(NIGHT)
    remind(willing)
    clock.move_to(DAWN)
    other = make_messenger(practice=evolve(practice, id="hillside"))

    assert other.dispatch_due() == ()
    assert other.reconcile() == ()
    assert len(willing.dispatch_due()) == 1


@pytest.mark.parametrize("how", ["text", "spoken", "provider"])
def test_a_stop_counts_though_the_clock_was_ahead(
    make_messenger: Make, carrier: Sandbox, clock: MovableClock, how: str
) -> None:
    """A consent that a fast clock dated too late does not outlast the STOP that came after it."""
    agree(make_messenger(clock=lambda: clock() + timedelta(hours=5)))
    right = make_messenger()
    if how == "text":
        right.receive(from_patient("STOP", "SM1"))
    elif how == "spoken":
        right.consent.revoke(PATIENT, channel="spoken", recorded_by="front-desk:ana")
    else:
        carrier.fail_next("status", status=400, body={"code": 21610})
        remind(right, "refused")
    for hours in (0, 5, 6):
        clock.move_to(MORNING + timedelta(hours=hours))
        assert isinstance(remind(right, f"after {hours}"), Blocked)

    assert BODY not in outgoing(carrier)
