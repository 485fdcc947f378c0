"""Texts that no callback proves: the provider is asked for them after the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from attrs import evolve

from books import Books, Make, Plain
from compliant_sms import AsyncMessenger, Blocked, Keyring, Messenger, Practice, Purpose, Sent
from compliant_sms.consent import Clarified, Granted, OptInAsked, Restored, Revoked
from compliant_sms.conversations import ThreadState
from compliant_sms.events import Event, OptedBackIn, TextProven, TextReceived
from compliant_sms.messages import Inbound
from compliant_sms.optout import Intent
from compliant_sms.providers import Twilio
from compliant_sms.reminders import Answer
from compliant_sms.routing import Routes
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores import SQLite
from compliant_sms.stores._sql._transaction import SqlTransaction
from compliant_sms.testing import MovableClock
from compliant_sms.web._afterwards import work, work_async
from compliant_sms.worker import Worker
from conftest import OTHER_SENDERS, PATIENT, PERSON
from test_inbox import PLAN
from test_permission import owning, permission
from test_receive import from_patient, text_of
from test_reminders import HOUR, PLANS, TUESDAY, run_to, visit
from test_send import BODY, agree, outgoing, remind
from test_unproven import heard, kinds

MINUTE = timedelta(minutes=1)


@pytest.fixture
def stopped(make_willing: Make, clock: MovableClock, books: Books) -> Messenger:
    """A messenger whose patient agreed, said STOP, and then START, which its books know."""
    messenger = make_willing(more={"keyring": Keyring.generate()})
    agree(messenger)
    clock.advance(MINUTE)
    messenger.receive(from_patient("STOP", "SM1"))
    messenger.dispatch_due()
    clock.advance(MINUTE)
    messenger.receive(from_patient("START", "SM2"))
    clock.advance(MINUTE)
    books.texts["SM2"] = "START"
    return messenger


def kept(messenger: Messenger, body: str) -> Inbound:
    """The newest text of the patient with that body."""
    (found,) = [each for each in messenger.history(PERSON).received if each.body == body]
    return found


@contextmanager
def dying_once(monkeypatch: pytest.MonkeyPatch, name: str) -> Iterator[None]:
    """The process dies as it is about to write something."""
    with monkeypatch.context() as patched:

        async def die(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        patched.setattr(SqlTransaction, name, die)
        with pytest.raises(KeyboardInterrupt):
            yield


# What counts, and as of when


@pytest.mark.both_databases
def test_start_counts_as_of_when_it_came(stopped: Messenger, clock: MovableClock) -> None:
    """The ledger says when it was written and when it was recorded."""
    assert isinstance(remind(stopped, "a"), Blocked)
    stopped.confirm_received()

    restored = stopped.consent.events(PATIENT)[-1]
    assert isinstance(restored, Restored)
    assert (restored.occurred_at, restored.recorded_at) == (clock() - MINUTE, clock())
    assert restored.reference == kept(stopped, "START").inbound_id
    assert isinstance(remind(stopped, "b"), Sent)
    assert stopped.confirm_received() == ()


@pytest.mark.both_databases
@pytest.mark.parametrize("by", ["text", "staff"])
def test_a_later_stop_wins(stopped: Messenger, books: Books, by: str) -> None:
    """Whatever ends texts after a START came in is not undone once that is proved."""
    if by == "text":
        stopped.receive(from_patient("STOP", "SM3"))
    else:
        stopped.consent.revoke(PATIENT, channel="spoken", recorded_by="ana", person=PERSON)
    (text,) = stopped.confirm_received()

    assert books.asked == ["SM2"]
    assert (text.proven, text.rule, text.needs_person) == (True, "older-than-revocation", True)
    assert kinds(stopped) == [Granted, Revoked, Revoked]
    assert isinstance(remind(stopped), Blocked)


@pytest.mark.both_databases
def test_start_to_a_number_that_another_practice_has_by_now(
    make_willing: Make,
    make_messenger: Make,
    practice: Practice,
    provider: Twilio,
    books: Books,
) -> None:
    """It was nobody's when it came in, and what is permitted there is none of ours."""
    messenger = make_willing()
    agree(messenger)
    messenger.receive(from_patient("STOP", "SM1"))
    messenger.receive(from_patient("START", "SM2", to=OTHER_SENDERS[0]))
    books.texts["SM2"] = "START"
    other = make_messenger(
        practice=evolve(practice, id="hillside"),
        provider=evolve(provider, sender=OTHER_SENDERS[0]),
    )
    agree(other)
    remind(other)
    (text,) = messenger.confirm_received()

    assert (text.proven, text.rule, text.needs_person) == (True, "other-number", True)
    assert kinds(messenger) == [Granted, Revoked]


def test_start_from_before_the_stop(make_willing: Make, clock: MovableClock, books: Books) -> None:
    """A START that was written before the STOP, and told after it, restores nothing."""
    messenger = make_willing(sent_at=clock())
    agree(messenger)
    clock.advance(MINUTE)
    messenger.receive(from_patient("STOP", "SM1"))
    books.texts["SM2"] = "START"

    assert heard(messenger, "START", "SM2").rule == "older-than-revocation"
    assert kinds(messenger) == [Granted, Revoked]


def test_it_answers_what_was_asked_then(
    make_willing: Make, clock: MovableClock, books: Books
) -> None:
    """A text that left in the meantime is not what the patient said yes to."""
    messenger = make_willing()
    agree(messenger)
    first = remind(messenger, "first")
    clock.advance(MINUTE)
    books.texts = {"SM1": "C"}
    messenger.receive(from_patient("C", "SM1"))
    clock.advance(MINUTE)
    assert isinstance(remind(messenger, "second", body=f"{BODY} Thank you."), Sent)
    (text,) = messenger.confirm_received()

    assert text.answers == first.message_id
    assert not text.needs_person


def test_what_a_person_has_to_read_still_waits(
    make_willing: Make, clock: MovableClock, books: Books
) -> None:
    """Words that may answer what somebody wrote by hand wait, also once they are proved."""
    messenger = make_willing()
    agree(messenger)
    remind(messenger)
    clock.advance(MINUTE)
    by_hand = f"{BODY} Or shall we call you?"
    remind(messenger, "by-hand", purpose=Purpose.CARE_CONVERSATION, body=by_hand)
    clock.advance(MINUTE)
    books.texts = {"SM1": "ok thanks"}
    messenger.receive(from_patient("ok thanks", "SM1"))
    (text,) = messenger.confirm_received()

    assert (text.proven, text.answers, text.needs_person) == (True, None, True)


@pytest.mark.parametrize("body", ["No", "STOP"])
def test_who_takes_a_yes_back(
    make_willing: Make, clock: MovableClock, books: Books, body: str
) -> None:
    """A yes that is proved after the no grants nothing."""
    messenger = make_willing()
    messenger.consent.grant(
        PATIENT, person=PERSON, basis="spoken", recorded_by="ana", categories=["appointments"]
    )
    clock.advance(MINUTE)
    assert isinstance(remind(messenger, asks="opt_in"), Sent)
    clock.advance(MINUTE)
    messenger.receive(from_patient("YES", "SM1"))
    clock.advance(MINUTE)
    messenger.receive(from_patient(body, "SM2"))
    books.texts = {"SM1": "YES", "SM2": body}
    messenger.confirm_received()

    assert kinds(messenger).count(Granted) == 1
    assert kept(messenger, "YES").needs_person
    assert kept(messenger, "YES").rule == "older-than-revocation"


def test_what_is_narrowed_too_late(make_willing: Make, clock: MovableClock, books: Books) -> None:
    """Who says STOP after they had said which texts they meant gets none."""
    messenger = make_willing()
    agree(messenger)
    messenger.consent.grant(
        PATIENT, person=PERSON, basis="spoken", recorded_by="ana", categories=["billing"]
    )
    clock.advance(MINUTE)
    messenger.receive(from_patient("how do i unsubscribe", "SM1"))
    messenger.dispatch_due()
    clock.advance(MINUTE)
    messenger.receive(from_patient("just the billing ones", "SM2"))
    clock.advance(MINUTE)
    messenger.receive(from_patient("STOP", "SM3"))
    books.texts = {"SM2": "just the billing ones"}
    messenger.confirm_received()

    assert Clarified not in kinds(messenger)
    assert kept(messenger, "just the billing ones").needs_person
    assert isinstance(remind(messenger), Blocked)


def test_what_stopped_at_once_stops_once(
    make_willing: Make, clock: MovableClock, books: Books
) -> None:
    """A STOP of some texts only holds before it is proved, and is not repeated afterwards."""
    messenger = make_willing()
    agree(messenger)
    clock.advance(MINUTE)
    body = "please stop sending me promotions"
    messenger.receive(from_patient(body, "SM1"))
    assert kinds(messenger) == [Granted, Revoked]
    books.texts["SM1"] = body
    (text,) = messenger.confirm_received()

    assert text.proven
    assert kinds(messenger) == [Granted, Revoked]


@pytest.mark.both_databases
def test_whose_question_is_gone(make_willing: Make, clock: MovableClock, books: Books) -> None:
    """What an erased patient was asked cannot be read any more: nobody relies on the yes."""
    messenger = make_willing(more={"keyring": Keyring.generate()})
    agree(messenger)
    agree(messenger, person="pat-882")
    remind(messenger)
    clock.advance(MINUTE)
    messenger.receive(from_patient("C", "SM1"))
    messenger.erase(PERSON, reason="asked for it", by="privacy:kim")
    books.texts["SM1"] = "C"
    (text,) = messenger.confirm_received()

    assert (text.proven, text.needs_person, text.answers) == (True, True, None)


@pytest.fixture
def diary(make_willing: Make, books: Books, clock: MovableClock) -> Messenger:
    """A messenger whose patient was asked about a visit, and said C, then to cancel it."""
    messenger = make_willing(more={"reminders": PLANS})
    agree(messenger)
    messenger.reminders.save(visit())
    run_to(messenger, clock, TUESDAY + HOUR)
    messenger.receive(from_patient("C", "SM1"))
    clock.advance(MINUTE)
    messenger.receive(from_patient("please cancel my appointment", "SM2"))
    books.texts["SM2"] = "please cancel my appointment"
    return messenger


@pytest.mark.parametrize("first", [True, False])
def test_the_last_word_about_a_visit_counts(
    diary: Messenger,
    books: Books,
    clock: MovableClock,
    first: bool,  # noqa: FBT001
) -> None:
    """Whatever is proved first, the visit is cancelled; nobody forged that."""
    assert diary.reminders.answers() == ()
    if first:
        books.texts["SM1"] = "C"
    diary.confirm_received()
    books.texts["SM1"] = "C"
    clock.advance(MINUTE)
    diary.confirm_received()

    assert diary.reminders.answers()[-1].answer is Answer.CANCEL
    assert kept(diary, "C").needs_person is not first


@pytest.mark.parametrize(("second", "asks"), [("please cancel my appointment", True), ("C", False)])
def test_two_answers_of_one_instant(
    make_willing: Make,
    books: Books,
    clock: MovableClock,
    second: str,
    asks: bool,  # noqa: FBT001
) -> None:
    """Nobody knows which one is the last word: a person reads it, unless both say the same."""
    messenger = make_willing(more={"reminders": PLANS})
    agree(messenger)
    messenger.reminders.save(visit())
    run_to(messenger, clock, TUESDAY + HOUR)
    messenger.receive(from_patient("C", "SM1"))
    messenger.receive(from_patient(second, "SM2"))
    books.texts["SM2"] = second
    clock.advance(MINUTE)
    messenger.confirm_received()
    books.texts["SM1"] = "C"
    clock.advance(MINUTE)
    late = next(each for each in messenger.confirm_received() if each.body == "C")

    assert messenger.reminders.answers()[-1].answer is (Answer.CANCEL if asks else Answer.CONFIRM)
    assert late.needs_person is asks


@pytest.mark.parametrize("moved", [True, False])
def test_a_visit_that_moved_before_the_answer_was_proved(
    make_willing: Make,
    books: Books,
    clock: MovableClock,
    moved: bool,  # noqa: FBT001
) -> None:
    """A person tells the patient how it stands now."""
    messenger = make_willing(more={"reminders": PLANS})
    agree(messenger)
    messenger.reminders.save(visit())
    run_to(messenger, clock, TUESDAY + HOUR)
    messenger.receive(from_patient("C", "SM1"))
    if moved:
        messenger.reminders.save(visit(status="cancelled"))
    books.texts["SM1"] = "C"
    clock.advance(MINUTE)
    (text,) = messenger.confirm_received()
    (answer,) = messenger.reminders.answers()

    assert (text.needs_person, answer.stands) == (moved, not moved)


def test_a_keyword_is_asked_back(
    make_willing: Make, practice: Practice, clock: MovableClock, books: Books, carrier: Sandbox
) -> None:
    """Nobody is asked whether they want offers before the provider says that they asked."""
    messenger = make_willing(more={"practice": owning(practice), "permission": permission()})
    agree(messenger)
    clock.advance(MINUTE)
    messenger.receive(from_patient("deals", "SM1"))
    assert messenger.dispatch_due() == ()
    books.texts["SM1"] = "deals"
    (text,) = messenger.confirm_received()
    messenger.dispatch_due()

    assert not text.needs_person
    assert kinds(messenger) == [Granted, OptInAsked]
    assert len(outgoing(carrier)) == 1


def test_a_keyword_that_is_proved_late(
    make_willing: Make, practice: Practice, clock: MovableClock, books: Books, carrier: Sandbox
) -> None:
    """Who asked hours ago is not asked back by a program, but shown to a person."""
    messenger = make_willing(more={"practice": owning(practice), "permission": permission()})
    agree(messenger)
    messenger.receive(from_patient("deals", "SM1"))
    clock.advance(2 * HOUR)
    books.texts["SM1"] = "deals"
    (text,) = messenger.confirm_received()

    assert messenger.dispatch_due() == ()
    assert (text.proven, text.needs_person) == (True, True)
    assert outgoing(carrier) == []


# Asking


def test_it_is_asked_five_times(make_willing: Make, clock: MovableClock, books: Books) -> None:
    """After a minute, then ever more seldom; then the text stays as it is, for a person."""
    messenger = make_willing()
    messenger.receive(from_patient("START", "SM1"))
    began, asked = clock(), []
    for _ in range(4 * 60):
        if messenger.confirm_received():
            asked.append((clock() - began) // MINUTE)
        clock.advance(MINUTE)
    books.texts["SM1"] = "START"

    assert asked == [0, 1, 6, 36, 156]
    assert messenger.confirm_received() == ()
    text = text_of(messenger.receive(from_patient("START", "SM1")))
    assert not text.new
    assert kinds(messenger) == []


def test_what_the_provider_lists_late(
    stopped: Messenger, clock: MovableClock, books: Books
) -> None:
    """A text that its books do not have yet, or that they are closed for, is asked for again."""
    books.broken = True
    assert [each.proven for each in stopped.confirm_received()] == [False]
    books.broken = False
    clock.advance(MINUTE)

    assert [each.proven for each in stopped.confirm_received()] == [True]
    assert kinds(stopped) == [Granted, Revoked, Restored]


def test_no_more_than_asked_for(make_willing: Make, clock: MovableClock, books: Books) -> None:
    """The limit holds, the oldest come first, and a dry run asks for none."""
    messenger = make_willing()
    for number in "123":
        messenger.receive(from_patient("hello?", f"SM{number}"))
        clock.advance(MINUTE)

    assert len(messenger.confirm_received(limit=2)) == 2
    assert books.asked == ["SM1", "SM2"]
    messenger._ports = evolve(messenger._ports, dry_run=True)
    assert messenger.confirm_received() == ()
    assert books.asked == ["SM1", "SM2"]


def test_one_of_several_accounts_has_it(
    make_willing: Make, clock: MovableClock, books: Books
) -> None:
    """Those that cannot be asked, or do not know it, are passed over."""
    messenger = make_willing()
    agree(messenger)
    clock.advance(MINUTE)
    messenger.receive(from_patient("STOP", "SM1"))
    clock.advance(MINUTE)
    messenger.receive(from_patient("START", "SM2"))
    (known,) = messenger._ports.routes.providers
    assert isinstance(known, Plain)
    mute = evolve(known, can_confirm=False, sender="+12175550112")
    messenger._ports = evolve(messenger._ports, routes=Routes([mute, known]))
    books.texts["SM2"] = "START"

    assert [each.proven for each in messenger.confirm_received()] == [True]


# Once


@pytest.mark.both_databases
def test_several_who_ask_at_once(stopped: Messenger, books: Books, clock: MovableClock) -> None:
    """Whoever is slow finds that another one has done it, and does nothing again."""
    found: list[tuple[Inbound, ...]] = []

    def meanwhile() -> None:
        books.on_ask = None
        clock.advance(5 * MINUTE)
        found.append(stopped.confirm_received())

    books.on_ask = meanwhile
    found.append(stopped.confirm_received())

    assert books.asked == ["SM2", "SM2"]
    assert found[0] == found[1]
    assert kinds(stopped) == [Granted, Revoked, Restored]
    assert len(stopped.dispatch_due()) == 1


@pytest.mark.both_databases
@pytest.mark.parametrize("name", ["close_unconfirmed", "append", "prove_inbound", "save"])
def test_who_dies_on_the_way(
    stopped: Messenger, clock: MovableClock, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Either all of it is done or nothing, and the next one does it."""
    with dying_once(monkeypatch, name):
        stopped.confirm_received()
    assert kinds(stopped) == [Granted, Revoked]
    assert not kept(stopped, "START").proven
    assert stopped.confirm_received() == ()
    clock.advance(5 * MINUTE)

    assert [each.proven for each in stopped.confirm_received()] == [True]
    assert kinds(stopped) == [Granted, Revoked, Restored]
    assert len(stopped.dispatch_due()) == 1


@pytest.mark.both_databases
def test_nothing_is_lost_before_it_can_be_asked_for(
    make_willing: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text is kept together with what it has to be asked for by, or the callback comes again."""
    messenger = make_willing()
    with dying_once(monkeypatch, "add_unconfirmed"):
        messenger.receive(from_patient("START", "SM1"))

    text = text_of(messenger.receive(from_patient("START", "SM1")))
    assert (text.new, text.pending) == (True, True)


# What is dropped


@pytest.mark.both_databases
@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_an_erased_person_is_not_asked_for(stopped: Messenger, books: Books, when: str) -> None:
    """Nothing of the text comes back, whatever the provider says."""

    def erase() -> None:
        stopped.erase(PERSON, reason="asked for it", by="privacy:kim")

    if when == "before":
        erase()
    books.on_ask = erase

    assert stopped.confirm_received() == ()
    assert len(books.asked) == (when == "meanwhile")
    assert stopped.confirm_received() == ()
    assert Restored not in kinds(stopped)


def test_a_purged_text_is_not_asked_for(
    stopped: Messenger, books: Books, clock: MovableClock
) -> None:
    """What retention dropped, while no program ran for years, is not asked for."""
    clock.advance(timedelta(days=10 * 365))
    stopped.purge(by="it:kim")

    assert stopped.confirm_received() == ()
    assert books.asked == []


def test_nothing_of_it_shows(stopped: Messenger) -> None:
    """Neither words nor numbers stand in what is returned."""
    shown = repr(stopped.confirm_received())

    assert "START" not in shown
    assert PATIENT not in shown


# Who hears of it


@pytest.mark.both_databases
def test_it_waits_in_the_inbox_until_it_is_proved(make_willing: Make, books: Books) -> None:
    """Nobody has to answer a START that counts; while it does not, it waits for a person."""
    messenger = make_willing(more={"inbox": PLAN})
    received = text_of(messenger.receive(from_patient("START", "SM1")))
    (waiting,) = messenger.inbox.waiting()
    books.texts["SM1"] = "START"
    messenger.confirm_received()

    assert received.thread_id == waiting.thread_id
    assert messenger.inbox.waiting() == ()
    assert messenger.inbox.thread(waiting.thread_id).thread.state is ThreadState.ANSWERED


@pytest.mark.parametrize(
    ("body", "minutes", "told"),
    [
        ("are you open today?", 0, 1),
        ("are you open today?", 61, 0),
        ("I want to kill myself", 0, 1),
        ("I want to kill myself", 61, 0),
    ],
)
def test_what_is_said_to_whom_surely_wrote(  # noqa: PLR0917 - fixtures
    make_willing: Make,
    clock: MovableClock,
    books: Books,
    carrier: Sandbox,
    body: str,
    minutes: int,
    told: int,
) -> None:
    """That a text came in, or whom to call, is said once it is proved, unless that is long past."""
    messenger = make_willing(more={"inbox": PLAN})
    agree(messenger)
    messenger.receive(from_patient(body, "SM1"))
    assert messenger.dispatch_due() == ()
    clock.advance(minutes * MINUTE)
    books.texts["SM1"] = body
    messenger.confirm_received()
    messenger.dispatch_due()

    assert len(outgoing(carrier)) == told
    assert len(messenger.inbox.waiting()) == 1


def test_what_was_answered_already(
    make_willing: Make, books: Books, clock: MovableClock, carrier: Sandbox
) -> None:
    """Where a person was faster, the library says nothing more."""
    messenger = make_willing(more={"inbox": PLAN})
    agree(messenger)
    text = text_of(messenger.receive(from_patient("are you open today?", "SM1")))
    assert text.thread_id is not None
    messenger.inbox.close(text.thread_id, reason="called her", by="ana")
    books.texts["SM1"] = "are you open today?"
    messenger.confirm_received()

    assert messenger.dispatch_due() == ()
    assert outgoing(carrier) == []


def test_a_text_that_came_before_there_was_an_inbox(stopped: Messenger, books: Books) -> None:
    """It lies in no thread, and is proved nevertheless."""
    stopped.receive(from_patient("are you open today?", "SM3"))
    books.texts["SM3"] = "are you open today?"
    stopped._ports = evolve(stopped._ports, inbox=PLAN)

    assert [each.proven for each in stopped.confirm_received()] == [True, True]


@pytest.mark.both_databases
def test_hosts_are_told_afterwards(stopped: Messenger, books: Books, clock: MovableClock) -> None:
    """Once it is on record, and not before."""
    told: list[Event] = []
    stopped.on(TextProven, told.append)
    stopped.on(OptedBackIn, told.append)
    stopped.on(TextReceived, told.append)
    books.broken = True
    stopped.confirm_received()
    assert told == []
    books.broken = False
    clock.advance(MINUTE)
    (text,) = stopped.confirm_received()

    assert [type(each) for each in told] == [OptedBackIn, TextProven]
    assert told[-1] == TextProven(
        practice_id=text.practice_id,
        at=clock(),
        inbound_id=text.inbound_id,
        intent=Intent.OPT_IN,
        needs_person=False,
    )


def test_a_worker_asks_too(stopped: Messenger, carrier: Sandbox) -> None:
    """What was not asked for after the answer is asked for in its rounds, counted and answered."""
    before = len(outgoing(carrier))
    progress = Worker(stopped).drain(signals=False)

    assert progress.confirmed == 1
    assert kinds(stopped) == [Granted, Revoked, Restored]
    assert len(outgoing(carrier)) > before


def test_the_web_kit_asks_after_the_answer(stopped: Messenger, carrier: Sandbox) -> None:
    """And sends what that makes due."""
    before = len(outgoing(carrier))
    work(stopped)
    sent = len(outgoing(carrier))
    work(stopped)

    assert kinds(stopped) == [Granted, Revoked, Restored]
    assert sent == len(outgoing(carrier)) == before + 1


def test_the_other_facade_does_the_same(
    make_willing: Make, practice: Practice, books: Books, clock: MovableClock, tmp_path: Path
) -> None:
    """On an event loop a text is proved alike, by call and after an answer."""
    (provider,) = make_willing()._ports.routes.providers
    books.texts = {"SM1": "START", "SM2": "hello?"}

    async def prove() -> list[bool]:
        messenger = AsyncMessenger(
            practice=practice,
            provider=provider,
            store=SQLite(tmp_path / "other.db"),
            keyring=Keyring.generate(),
            clock=clock,
            transport=books,
        )
        async with messenger:
            await messenger.receive(from_patient("START", "SM1"))
            (text,) = await messenger.confirm_received()
            await messenger.receive(from_patient("hello?", "SM2"))
            await work_async(messenger)
            await work_async(messenger)
            found = await messenger.inbound(text.inbound_id)
            return [text.proven, found == text]

    assert asyncio.run(prove()) == [True, True]
    assert books.asked == ["SM1", "SM2"]
