"""Permission, the inbox and missed calls in the host's transaction: together or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from compliant_sms import AsyncMessenger, Messenger, Outcome, Practice, Profile, Queued, Sent
from compliant_sms.consent import Granted, OptInAsked
from compliant_sms.contact import MissedCalls
from compliant_sms.conversations import OpenKind
from compliant_sms.lookups import LineAnswer, LineType, Lookups
from compliant_sms.permission import OnPaper
from compliant_sms.phone import PhoneNumber
from compliant_sms.sandbox import Sandbox
from compliant_sms.testing import MovableClock
from conftest import MORNING, PATIENT, PERSON
from hosts import (  # noqa: F401 - some are fixtures
    BOOKINGS,
    Host,
    HostError,
    Place,
    bookings,
    host_at_work,
    host_begins,
    one_for_each_database,
    shared_database,
)
from test_inbox import PLAN, receive
from test_missed_calls import OFFER
from test_permission import owning, permission
from test_send import agree, outgoing, waits

pytestmark = pytest.mark.usefixtures(waits.__name__)  # nobody sleeps here
Make = Callable[..., Messenger]
ASKS = "Is the office open on Friday?"
YES = "Lakeside Family Medicine: yes, we are open on Friday."
CALLER = "+12175550135"


def options(practice: Practice) -> dict[str, Any]:
    """A practice that keeps threads, asks for permission, and texts back after calls."""

    def mobile(_: PhoneNumber) -> LineAnswer:
        return LineAnswer(kind=LineType.MOBILE, as_of=MORNING.date())

    return {
        "practice": owning(practice),
        "permission": permission(),
        "inbox": PLAN,
        "missed_calls": MissedCalls(),
        "lookups": Lookups(line_type=mobile),
        "people": lambda _: Profile(time_zone="America/Chicago", state="IL"),
    }


@pytest.fixture
def willing(make_messenger: Make, place: Place, practice: Practice) -> Messenger:
    """That practice's messenger, whose patient agreed, in a database where the host books."""
    messenger = make_messenger(store=place.store, **options(practice))
    agree(messenger)
    place.run(BOOKINGS)
    return messenger


def everything(messenger: Any, thread_id: str, clock: MovableClock) -> list[Any]:
    """Each thing that the desks do, in a messenger of either kind or a joined one."""
    return [
        messenger.inbox.note(thread_id, words="She called before.", by="front-desk:ana"),
        messenger.inbox.reply(thread_id, body=YES, by="front-desk:ana", idempotency_key="yes"),
        messenger.permission.invite(
            PATIENT, person=PERSON, programme="bills", idempotency_key="ask/pat-881"
        ),
        messenger.permission.record(
            PATIENT,
            programme="offers",
            told=OnPaper(
                person=PERSON,
                signer="Ana Gomez",
                recorded_by="front-desk:ana",
                occurred_at=MORNING,
                reference="scan-7",
            ),
        ),
        messenger.missed_call(from_=CALLER, call_id="CA1", at=clock(), accepted_offer=OFFER),
        messenger.open_items(),
    ]


def told(messenger: Messenger, thread_id: str) -> tuple[object, ...]:
    """What is on record of all that."""
    entries = messenger.inbox.thread(thread_id).entries
    given = [e for e in messenger.consent.events(PATIENT) if isinstance(e, Granted)]
    keys = [each.message.draft.idempotency_key for each in messenger.history(PERSON).texts]
    return (
        [entry.kind.value for entry in entries],
        len(given),
        len(messenger.consent.events(CALLER)),
        sorted(key for key in keys if key in {"yes", "ask/pat-881"}),
    )


def test_they_commit_with_the_host(
    host: Host, willing: Messenger, carrier: Sandbox, place: Place, clock: MovableClock
) -> None:
    """Nothing leaves before the commit; the answer, the question and the text back leave after."""
    receive(willing, ASKS)
    willing.dispatch_due()
    [thread] = willing.inbox.waiting()
    before = len(outgoing(carrier))
    with host.transaction():
        host.book("tuesday")
        done = everything(willing.within(host.connection), thread.thread_id, clock)
        assert len(outgoing(carrier)) == before
    waiting = willing.inbox.waiting()
    outcomes = willing.dispatch_due()

    assert [each for each in done if isinstance(each, Queued)] == [done[1], done[2], done[4]]
    assert [item.kind for item in done[5]] == [OpenKind.UNANSWERED]
    assert bookings(place) == ["tuesday"]
    assert told(willing, thread.thread_id) == (
        ["note", "replied"],
        2,
        1,
        ["ask/pat-881", "yes"],
    )
    assert [each.thread_id for each in waiting] == [thread.thread_id]
    assert [type(each) for each in outcomes] == [Sent, Sent, Sent]
    assert willing.inbox.waiting() == ()
    assert any(isinstance(e, OptInAsked) for e in willing.consent.events(PATIENT))


def test_a_rollback_leaves_nothing_of_them(
    host: Host, willing: Messenger, carrier: Sandbox, place: Place, clock: MovableClock
) -> None:
    """Where the host's work fails there is no note, no consent and no text, and all waits still."""
    receive(willing, ASKS)
    willing.dispatch_due()
    [thread] = willing.inbox.waiting()
    before, sent = told(willing, thread.thread_id), outgoing(carrier)
    with suppress(HostError), host.transaction():
        host.book("tuesday")
        everything(willing.within(host.connection), thread.thread_id, clock)
        raise HostError

    assert bookings(place) == []
    assert told(willing, thread.thread_id) == before == ([], 1, 0, [])
    assert willing.dispatch_due() == ()
    assert outgoing(carrier) == sent
    assert [each.thread_id for each in willing.inbox.waiting()] == [thread.thread_id]


def test_asked_for_again_inside_it_is_the_same(
    host: Host, willing: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """Whoever repeats the whole work after the commit gets what is on record, sent once."""
    receive(willing, ASKS)
    willing.dispatch_due()
    [thread] = willing.inbox.waiting()
    with host.transaction():
        once = everything(willing.within(host.connection), thread.thread_id, clock)
    willing.dispatch_due()
    sent = outgoing(carrier)
    with host.transaction():
        again = everything(willing.within(host.connection), thread.thread_id, clock)

    texts = [(a, b) for a, b in zip(once, again, strict=True) if isinstance(a, Outcome)]
    assert [a.message_id for a, _ in texts] == [b.message_id for _, b in texts]
    assert [type(b) for _, b in texts] == [Sent, Sent, Sent]
    assert willing.dispatch_due() == ()
    assert outgoing(carrier) == sent


@pytest.mark.parametrize("kind", [host_begins], ids=["host_begins"], indirect=True)
def test_the_same_on_an_event_loop(
    host: Host, willing: Messenger, practice: Practice, place: Place, clock: MovableClock
) -> None:
    """The asynchronous messenger has the same desks inside."""
    receive(willing, ASKS)
    [thread] = willing.inbox.waiting()
    ports = willing._ports
    own = AsyncMessenger(
        provider=ports.provider,
        store=place.store,
        clock=ports.clock,
        **{**options(practice), "lookups": ports.lookups, "people": ports.people},
    )

    async def work() -> list[object]:
        with host.transaction():
            joined = own.within(host.connection)
            return [await each for each in everything(joined, thread.thread_id, clock)]

    done = asyncio.run(work())

    assert [type(done[place]) for place in (1, 2, 4)] == [Queued] * 3
    assert told(willing, thread.thread_id)[:3] == (["note", "replied"], 2, 1)
