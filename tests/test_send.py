"""Sending: the README's first lines, idempotency, refusals, and a provider that misbehaves."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from carriers import CLOSED
from compliant_sms import (
    Blocked,
    Cancelled,
    Channel,
    Delivery,
    Failed,
    Held,
    Messenger,
    Plaintext,
    Profile,
    Purpose,
    Queued,
    Rulebook,
    Sent,
    Settings,
    Signature,
    Tier,
    Uncertain,
    Wording,
    system,
)
from compliant_sms.consent import Revoked, WrittenAgreement
from compliant_sms.errors import (
    CommitUnknown,
    ConfigurationError,
    IdempotencyConflict,
    InvalidInput,
    NoAnswer,
    UnknownMessage,
)
from compliant_sms.flows._deciding._admit import Claimed
from compliant_sms.lifecycle import State
from compliant_sms.messenger import StoreKind
from compliant_sms.phone import PhoneNumber
from compliant_sms.providers import Failure, Twilio
from compliant_sms.records import decode
from compliant_sms.rules import Decision, Verdict
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores import SQLite
from compliant_sms.testing import MovableClock, assert_blocked
from compliant_sms.transport import BlockingTransport
from compliant_sms.wire import HttpReply, HttpRequest
from conftest import INTAKE_WORDING, MORNING, PATIENT, PERSON, SENDER, SID, TOKEN
from hooks import PATIENCE, until
from test_transport import http, odd_server

pytestmark = pytest.mark.both_databases

BODY = (
    "Lakeside Family Medicine: Ana, see you Tue Dec 1 at 2:30 PM. Reply C to confirm, "
    "STOP to opt out."
)
# Eleven at night in Chicago, and eight in the morning after it.
IN_THE_CLEAR = Plaintext(reason="nobody real is in it")
NIGHT = datetime(2026, 12, 1, 5, 0, tzinfo=UTC)
DAWN = datetime(2026, 12, 1, 14, 0, tzinfo=UTC)
TOO_LATE = "It could not go before its not_after."
Make = Callable[..., Messenger]


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the brief retry would have slept; it does not."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(system, "blocking_sleep", sleep)
    return slept


def agree(messenger: Messenger, number: str = PATIENT, person: str = PERSON) -> None:
    """The patient signs the intake form."""
    messenger.consent.grant(
        number,
        person=person,
        basis="intake_form",
        wording=INTAKE_WORDING,
        recorded_by="front-desk:ana",
    )


def agree_in_writing(messenger: Messenger, number: str = PATIENT, person: str = PERSON) -> None:
    """The patient signs for promotions, with everything that the law asks."""
    messenger.consent.grant(**in_writing(number, person))


def in_writing(
    number: str, person: str, seller: str = "Lakeside Family Medicine"
) -> dict[str, Any]:
    """The arguments of such a grant."""
    return {
        "number": number,
        "person": person,
        "basis": "web_form",
        "tier": Tier.PRIOR_EXPRESS_WRITTEN,
        "wording": Wording(text=f"I agree to offers by text from {seller}.", version="1"),
        "signature": Signature(signer=person, act="ticked a box"),
        "agreement": WrittenAgreement(
            seller=seller,
            number=number,
            signature="ticked_box",
            authorises_automated_marketing=True,
            not_a_condition_of_purchase=True,
            clear_and_conspicuous=True,
        ),
        "recorded_by": "web",
    }


def remind(messenger: Messenger, key: str = "appt-991/24h", **changes: Any) -> Any:
    """Send the reminder of the README."""
    arguments = {
        "to": PATIENT,
        "person": PERSON,
        "purpose": Purpose.APPOINTMENT_REMINDER,
        "body": BODY,
        "idempotency_key": key,
    }
    return messenger.send(**(arguments | changes))


def outgoing(carrier: Sandbox) -> list[str]:
    """The bodies of the application's texts that reached the carrier."""
    return [entry.body for entry in carrier.messages() if entry.author == "application"]


def stored_decisions(database: Path, body: str | None = None) -> list[Decision]:
    with sqlite3.connect(database) as connection:
        rows = connection.execute("SELECT record FROM sms_decisions ORDER BY seq").fetchall()
    connection.close()
    return [decode(record, Decision) for (record,) in rows]


@pytest.fixture
def willing(messenger: Messenger) -> Messenger:
    """A messenger whose patient agreed."""
    agree(messenger)
    return messenger


# The way the README shows


def test_readme_example(willing: Messenger, carrier: Sandbox) -> None:
    """A consented reminder in the morning is sent, once, with its body unchanged."""
    outcome = remind(willing)

    match outcome:
        case Sent(message_id=message_id, provider_id=provider_id):
            assert message_id
        case _:
            pytest.fail(str(outcome))
    (entry,) = carrier.messages()
    assert (entry.sid, entry.to, entry.from_, entry.body) == (provider_id, PATIENT, SENDER, BODY)


def test_check_agrees_and_keeps_nothing(
    willing: Messenger, carrier: Sandbox, database: Path
) -> None:
    """A check gives the decision that a send would, and stores and sends nothing."""
    checked = willing.check(
        to=PATIENT, person=PERSON, purpose=Purpose.APPOINTMENT_REMINDER, body=BODY
    )
    assert (checked.verdict, carrier.messages(), stored_decisions(database)) == (
        Verdict.ALLOW,
        (),
        [],
    )
    remind(willing)

    assert stored_decisions(database) == [checked]


def test_a_purpose_by_its_code(willing: Messenger, clock: MovableClock) -> None:
    """The code of a purpose of the catalogue is that purpose, and makes the same text."""
    by_code = remind(willing, purpose="appointment_reminder")

    assert isinstance(by_code, Sent)
    assert remind(willing) == by_code
    text = {"to": PATIENT, "person": PERSON, "body": BODY}
    clock.advance(timedelta(days=2))
    by_name = willing.check(purpose=Purpose.APPOINTMENT_REMINDER, **text)
    assert willing.check(purpose="appointment_reminder", **text) == by_name


def test_history_of_nobody_is_empty_and_says_so(willing: Messenger) -> None:
    """A patient whom nobody texted is no error; what is on record makes it more than empty."""
    assert willing.history("nobody").is_empty
    assert not willing.history(PERSON).is_empty


def test_history_tells_all(willing: Messenger, clock: MovableClock) -> None:
    """A person's history holds their consent, texts, decisions and steps, and nobody else's."""
    agree(willing, person="pat-882")
    remind(willing)
    remind(willing, "other", person="pat-882")
    history = willing.history(PERSON)

    assert [event.person for event in history.consent] == [PERSON]
    (record,) = history.texts
    assert record.message.draft.body == BODY
    assert [step.state for step in record.steps] == [State.CLAIMED, State.SENT]
    assert {step.at for step in record.steps} == {clock()}
    assert [decision.verdict for decision in record.decisions] == [Verdict.ALLOW]
    assert record.decisions[0].relied_on == history.consent[0].event_id
    assert willing.history("nobody").texts == ()


# Idempotency


@pytest.mark.parametrize(
    "state",
    [
        State.SENT,
        State.DELIVERED,
        State.UNDELIVERED,
        State.FAILED,
        State.UNCERTAIN,
        State.CANCELLED,
        State.CLAIMED,
        State.DUE,
        State.HELD,
    ],
)
def test_recorded_outcome(willing: Messenger, carrier: Sandbox, state: State) -> None:
    """The same content again returns what is on record, whatever became of it."""
    match state:
        case State.UNCERTAIN:
            carrier.fail_next("status", status=500)
        case State.FAILED:
            carrier.fail_next("status", status=400, body={"code": 21211})
        case State.DUE:
            carrier.fail_next("status", status=429, headers={"Retry-After": "60"})
    first = remind(willing)
    message = willing.history(PERSON).texts[0].message
    if message.state is not state:  # by other ways than a send
        moved = evolve(message, state=state)
        run(willing, lambda tx: tx.save(moved, MORNING))
    sent = len(outgoing(carrier))
    again = remind(willing)

    assert again.message_id == first.message_id
    expected = {
        State.FAILED: Failed,
        State.UNCERTAIN: Uncertain,
        State.CANCELLED: Cancelled,
        State.CLAIMED: Queued,
        State.DUE: Queued,
        State.HELD: Held,
    }.get(state, Sent)
    assert isinstance(again, expected)
    assert state not in {State.FAILED, State.UNCERTAIN, State.DUE} or again == first
    assert len(outgoing(carrier)) == sent
    assert len(willing.history(PERSON).texts) == 1


def run(messenger: Messenger, work: Callable[[Any], Any]) -> Any:
    """Do something in the messenger's store."""
    return messenger._store.run(work)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "change",
    [
        {"body": "another"},
        {"to": "+12175550135"},
        {"person": "pat-882"},
        {"purpose": Purpose.RECALL},
        {"not_after": MORNING + timedelta(days=1)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_other_content_under_one_key(
    willing: Messenger, carrier: Sandbox, change: dict[str, Any]
) -> None:
    """Other content under a used key is refused with words that say what to do."""
    remind(willing)
    with pytest.raises(IdempotencyConflict, match="Use a new key for new content"):
        remind(willing, **change)

    assert outgoing(carrier) == [BODY]


def test_blocked_is_decided_again(messenger: Messenger, carrier: Sandbox) -> None:
    """What was blocked is decided again on the same key, and both decisions are kept."""
    first = remind(messenger)
    assert isinstance(first, Blocked)
    assert [reason.rule for reason in first.reasons] == ["consent"]
    assert_blocked(remind(messenger), rule="consent")
    agree(messenger)
    last = remind(messenger)

    assert last == Sent(message_id=first.message_id, provider_id=carrier.messages()[0].sid)
    (record,) = messenger.history(PERSON).texts
    assert [decision.verdict for decision in record.decisions] == [
        Verdict.BLOCK,
        Verdict.BLOCK,
        Verdict.ALLOW,
    ]


@pytest.mark.parametrize("stores", [1, 2], ids=["one messenger", "two messengers"])
def test_threads_with_one_key(make_messenger: Make, carrier: Sandbox, stores: int) -> None:
    """However many threads ask for one key at once, the carrier gets one text."""
    messengers = [make_messenger() for _ in range(stores)]
    agree(messengers[0])
    barrier, outcomes = threading.Barrier(8), []

    def ask(number: int) -> None:
        barrier.wait()
        outcomes.append(remind(messengers[number % stores]))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outgoing(carrier) == [BODY]
    assert len({outcome.message_id for outcome in outcomes}) == 1
    assert {type(outcome) for outcome in outcomes} <= {Sent, Queued}


def test_one_key_for_several_people_at_once(make_messenger: Make, carrier: Sandbox) -> None:
    """A key that is used for several numbers at once is one text; the others are told."""
    messengers = [make_messenger() for _ in range(4)]
    numbers = [f"+1217555013{last}" for last in range(4)]
    for number in numbers:
        agree(messengers[0], number)
    barrier, outcomes = threading.Barrier(4), []

    def ask(which: int) -> None:
        barrier.wait()
        try:
            outcomes.append(remind(messengers[which], to=numbers[which]))
        except IdempotencyConflict as error:
            outcomes.append(error)

    threads = [threading.Thread(target=ask, args=(which,)) for which in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outgoing(carrier) == [BODY]
    assert sorted(type(outcome).__name__ for outcome in outcomes) == [
        "IdempotencyConflict",
        "IdempotencyConflict",
        "IdempotencyConflict",
        "Sent",
    ]


# Refusals


def test_written_permission(willing: Messenger, carrier: Sandbox) -> None:
    """A promotion needs written permission, and gets through with it."""
    body = "Lakeside Family Medicine: whitening at half price! Reply STOP to opt out."
    promotion = {"purpose": Purpose.PROMOTION, "body": body}
    blocked = remind(willing, "promo", **promotion)
    assert isinstance(blocked, Blocked)
    reason = blocked.reasons[0]
    assert [found.rule for found in blocked.reasons] == ["consent", "do-not-call"]
    assert "64.1200(a)(2)" in reason.citation
    assert reason.remedy.startswith("Ask for signed permission")
    agree_in_writing(willing)

    assert isinstance(remind(willing, "promo", **promotion), Sent)
    assert outgoing(carrier) == [body]


def test_written_permission_covers_promotions_only(messenger: Messenger) -> None:
    """Permission for promotions is no permission for reminders."""
    messenger.consent.grant(
        PATIENT,
        person=PERSON,
        basis="paper_form",
        tier=Tier.PRIOR_EXPRESS_WRITTEN,
        wording=INTAKE_WORDING,
        signature=Signature(signer=PERSON, act="signed on paper"),
        recorded_by="front-desk:ana",
    )

    assert_blocked(remind(messenger), rule="consent")


@pytest.mark.parametrize(
    "body", ["Your SSN 219-09-9999 is on file.", "SSN ending in 9999", "ssn: 219099999"]
)
def test_social_security_number(willing: Messenger, carrier: Sandbox, body: str) -> None:
    """A social security number never leaves, and the reason does not repeat it."""
    blocked = remind(willing, body=body)

    assert isinstance(blocked, Blocked)
    assert [reason.rule for reason in blocked.reasons] == ["phi-in-body"]
    assert "9999" not in repr(blocked).replace(blocked.message_id, "")  # random hex
    assert carrier.messages() == ()


def test_no_agreement(make_messenger: Make, provider: Twilio, carrier: Sandbox) -> None:
    """Without a business associate agreement nothing goes to a real provider."""
    real = evolve(provider, base_url="https://api.twilio.com")
    messenger = make_messenger(provider=real, keyring=IN_THE_CLEAR)
    agree(messenger)
    blocked = remind(messenger)

    assert isinstance(blocked, Blocked)
    assert [reason.rule for reason in blocked.reasons] == ["business-associate"]
    signed = evolve(real, baa_signed_on=date(2026, 1, 5), base_url=carrier.url)
    assert isinstance(remind(make_messenger(provider=signed, keyring=IN_THE_CLEAR)), Sent)


@pytest.mark.parametrize(
    ("signed", "missing"), [(date(2026, 12, 1), False), (date(2026, 12, 2), True)]
)
def test_an_agreement_counts_from_its_day(
    make_messenger: Make,
    provider: Twilio,
    signed: date,
    missing: bool,  # noqa: FBT001
) -> None:
    """On the day before it is there already where days begin first, at UTC+14."""
    real = evolve(provider, base_url="https://api.twilio.com", baa_signed_on=signed)
    messenger = make_messenger(provider=real, keyring=IN_THE_CLEAR)
    agree(messenger)
    decision = messenger.check(
        to=PATIENT, person=PERSON, purpose=Purpose.APPOINTMENT_REMINDER, body=BODY
    )

    assert ("business-associate" in {each.rule for each in decision.reasons}) is missing


def test_quiet_hours(willing: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """At night a text is held until the hours begin, and then sent once."""
    clock.move_to(NIGHT)
    held = remind(willing)

    assert isinstance(held, Held)
    assert held.until == DAWN
    assert [reason.rule for reason in held.reasons] == ["courtesy-window"]
    assert remind(willing) == held
    assert willing.dispatch_due() == ()
    clock.move_to(DAWN)
    (sent,) = willing.dispatch_due()
    assert isinstance(sent, Sent)
    assert willing.dispatch_due() == ()
    assert outgoing(carrier) == [BODY]
    (record,) = willing.history(PERSON).texts
    assert [d.verdict for d in record.decisions] == [Verdict.HOLD, Verdict.ALLOW]


def test_without_the_courtesy_window(
    make_messenger: Make, carrier: Sandbox, clock: MovableClock
) -> None:
    """A practice can switch off the hours that no law asks for."""
    messenger = make_messenger(rulebook=Rulebook(Settings(courtesy_window=None)))
    agree(messenger)
    clock.move_to(NIGHT)

    assert isinstance(remind(messenger), Sent)


def test_patient_who_moved(make_messenger: Make, clock: MovableClock) -> None:
    """The hours must hold where the patient lives and where the number is from."""
    messenger = make_messenger(people=lambda _: Profile(time_zone="Pacific/Honolulu"))
    agree(messenger)
    held = remind(messenger)

    assert isinstance(held, Held)
    assert held.until == datetime(2026, 11, 30, 18, 0, tzinfo=UTC)


def test_no_message_without_decision(
    willing: Messenger, carrier: Sandbox, clock: MovableClock, database: Path
) -> None:
    """Each text at the carrier has an earlier decision that allows it, and each one replays."""
    clock.move_to(NIGHT)
    for number in range(3):
        remind(willing, f"held-{number}", body=f"{BODY} {number}")
    remind(willing, "ssn", body="SSN 219-09-9999")
    remind(willing, "promo", purpose=Purpose.PROMOTION)
    remind(willing, "alert", purpose=Purpose.EMERGENCY_ALERT, body="Water main broke.")
    clock.move_to(DAWN)
    willing.dispatch_due()
    records = willing.history(PERSON).texts
    allowed = {
        record.message.provider_id
        for record in records
        if record.decisions[-1].verdict is Verdict.ALLOW
    }

    assert len(carrier.messages()) == 4
    assert {entry.sid for entry in carrier.messages()} == allowed - {None}
    decisions = stored_decisions(database)
    assert len(decisions) == 9
    assert [decision.replay() for decision in decisions] == decisions
    assert {decision.edition for decision in decisions} == {Rulebook().edition}


# Calling back


def test_not_after(willing: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """What could only go after not_after is cancelled at once, never sent late."""
    clock.move_to(NIGHT)
    outcome = remind(willing, not_after=DAWN - timedelta(seconds=1))
    assert outcome == Cancelled(message_id=outcome.message_id, reason=TOO_LATE)
    assert remind(willing, not_after=DAWN - timedelta(seconds=1)) == outcome
    held = remind(willing, "in time", not_after=DAWN)
    assert isinstance(held, Held)
    clock.move_to(DAWN + timedelta(seconds=1))

    assert willing.dispatch_due() == (Cancelled(message_id=held.message_id, reason=TOO_LATE),)
    assert carrier.messages() == ()


def test_cancel(willing: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """A held text can be called back; one that is gone says where it is."""
    sent = remind(willing, "gone")
    clock.move_to(NIGHT)
    held = remind(willing)
    cancelled = Cancelled(message_id=held.message_id)

    assert willing.cancel(held.message_id) == cancelled
    assert willing.cancel(held.message_id) == cancelled
    assert remind(willing) == cancelled
    assert willing.cancel(sent.message_id) == sent
    clock.move_to(DAWN)
    assert willing.dispatch_due() == ()
    assert len(outgoing(carrier)) == 1


def test_cancel_blocked(messenger: Messenger) -> None:
    """Calling a blocked text back tells why it is blocked."""
    blocked = remind(messenger)

    assert messenger.cancel(blocked.message_id) == blocked


def test_cancel_unknown(make_messenger: Make, willing: Messenger, practice: Any) -> None:
    """Neither an unknown text nor another practice's can be called back."""
    sent = remind(willing)
    other = make_messenger(practice=evolve(practice, id="hillside"))
    for message_id in ("nothing", sent.message_id):
        with pytest.raises(UnknownMessage, match="no text with that id"):
            other.cancel(message_id)


@pytest.mark.both_databases
def test_a_sender_stays_with_the_id_that_it_was_used_under(
    make_messenger: Make, practice: Any, carrier: Sandbox, clock: MovableClock
) -> None:
    """A new phone makes no new practice by itself: its texts would not know of any revocation."""
    before = make_messenger(practice=evolve(practice, id=practice.phone.e164))
    agree(before)
    assert isinstance(remind(before), Sent)
    revoked = {"channel": "spoken", "recorded_by": "front-desk:ana"}
    before.consent.revoke(PATIENT, **revoked)
    new = evolve(practice, phone=PhoneNumber("+12175550199"), id="+12175550199")
    after = make_messenger(practice=new)
    for attempt in (
        lambda: remind(after, "2"),
        lambda: agree(after),
        lambda: after.consent.revoke(PATIENT, **revoked),
    ):
        with pytest.raises(ConfigurationError, match=r"Practice\(id='\+12175550100'"):
            attempt()

    assert len(outgoing(carrier)) == 1
    kept = make_messenger(practice=evolve(new, id="+12175550100"))
    assert_blocked(remind(kept, "2"), rule="revocation")


# A provider in trouble


def test_wrong_credentials(
    make_messenger: Make, provider: Twilio, carrier: Sandbox, clock: MovableClock
) -> None:
    """Credentials that the provider refuses fail no text; it goes once they are right."""
    messenger = make_messenger(provider=evolve(provider, auth_token="wrong"))
    agree(messenger)
    queued = remind(messenger)

    assert isinstance(queued, Queued)
    assert queued.problem is not None
    assert queued.problem.category is Failure.AUTH
    assert "credentials" in queued.problem.remedy
    assert carrier.messages() == ()
    clock.move_to(queued.not_before)
    assert [type(each) for each in make_messenger().dispatch_due()] == [Sent]
    assert outgoing(carrier) == [BODY]


@pytest.mark.parametrize(
    ("status", "code"), [(401, 20003), (403, 0), (402, 0), (400, 20005), (403, 30002)]
)
def test_refused_for_days(
    make_messenger: Make, carrier: Sandbox, clock: MovableClock, status: int, code: int
) -> None:
    """What concerns our account is tried at least hourly, and ends with the text's own time."""
    messenger = make_messenger(delivery=Delivery(attempts=2))
    agree(messenger)
    carrier.fail_next("status", status=status, body={"code": code} if code else "", times=99)
    outcome = remind(messenger, not_after=clock() + timedelta(hours=6))
    pauses = []
    while isinstance(outcome, Queued):
        pauses.append(outcome.not_before - clock())
        clock.move_to(outcome.not_before)
        (outcome,) = messenger.dispatch_due()

    assert pauses == sorted(pauses)
    assert max(pauses) == timedelta(hours=1)
    assert len(pauses) > 8
    assert isinstance(outcome, Cancelled)


def test_short_rate_limit(willing: Messenger, carrier: Sandbox, waits: list[float]) -> None:
    """Told to wait a moment, the same send waits that long and tries again."""
    carrier.fail_next("status", status=429, headers={"Retry-After": "1"})
    carrier.fail_next("status", status=429, headers={"Retry-After": "2"})

    assert isinstance(remind(willing), Sent)
    assert len(waits) == 2
    assert waits[0] >= 1
    assert waits[1] >= 2
    assert outgoing(carrier) == [BODY]


def test_long_rate_limit(
    willing: Messenger, carrier: Sandbox, clock: MovableClock, waits: list[float]
) -> None:
    """Told to wait longer, the text is due then, and not a moment earlier."""
    carrier.fail_next("status", status=429, headers={"Retry-After": "90"})
    queued = remind(willing)

    assert isinstance(queued, Queued)
    assert queued.not_before == clock() + timedelta(seconds=90)
    assert queued.problem is not None
    assert queued.problem.category is Failure.RATE_LIMITED
    assert waits == []
    clock.advance(timedelta(seconds=89))
    assert willing.dispatch_due() == ()
    clock.advance(timedelta(seconds=1))
    assert [type(outcome) for outcome in willing.dispatch_due()] == [Sent]
    assert outgoing(carrier) == [BODY]


@pytest.mark.parametrize("seconds", ["9" * 12, "9" * 400])
def test_endless_rate_limit(
    willing: Messenger, carrier: Sandbox, clock: MovableClock, seconds: str
) -> None:
    """However long a provider asks us to wait, the text is looked at again within a day."""
    carrier.fail_next("status", status=429, headers={"Retry-After": seconds})
    queued = remind(willing)

    assert isinstance(queued, Queued)
    assert queued.not_before == clock() + timedelta(days=1)


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 500},
        {"kind": "status", "status": 502, "body": "<html>bad gateway</html>"},
        {"kind": "status", "status": 200, "body": ""},
        {"kind": "status", "status": 302},
        {"kind": "drop"},
        {"kind": "accept_then_drop"},
        {"kind": "hang"},
    ],
    ids=["500", "html", "empty", "redirect", "drop", "accept then drop", "hang"],
)
def test_unknown_outcome(
    make_messenger: Make, carrier: Sandbox, clock: MovableClock, fault: dict[str, Any]
) -> None:
    """A request that may have been processed is uncertain and is never blindly repeated."""
    hangs = fault["kind"] == "hang"
    transport = BlockingTransport(answer_timeout=0.2 if hangs else PATIENCE)
    messenger = make_messenger(transport=transport)
    agree(messenger)
    carrier.fail_next(**fault)
    uncertain = remind(messenger)
    transport.close()

    assert isinstance(uncertain, Uncertain)
    reached = until(lambda: outgoing(carrier)) if hangs else outgoing(carrier)
    clock.advance(timedelta(days=1))
    assert messenger.dispatch_due() == ()
    assert remind(messenger) == uncertain
    assert outgoing(carrier) == reached
    assert len(reached) == (fault["kind"] in {"accept_then_drop", "hang"})


def test_nobody_listens(
    make_messenger: Make,
    provider: Twilio,
    carrier: Sandbox,
    clock: MovableClock,
    waits: list[float],
) -> None:
    """A connection that is refused queues the text; dispatch sends it once the provider is back."""
    away = make_messenger(provider=evolve(provider, base_url=CLOSED))
    agree(away)
    queued = remind(away)

    assert isinstance(queued, Queued)
    assert queued.not_before == clock() + timedelta(seconds=30)
    assert queued.problem is not None
    assert "could not be reached" in queued.problem.words
    assert len(waits) == 2
    clock.advance(timedelta(seconds=30))
    assert [type(outcome) for outcome in make_messenger().dispatch_due()] == [Sent]
    assert outgoing(carrier) == [BODY]


def test_pauses_double_and_end(make_messenger: Make, provider: Twilio, clock: MovableClock) -> None:
    """Between tries the pause doubles; after the last one the text has failed."""
    messenger = make_messenger(
        provider=evolve(provider, base_url=CLOSED), delivery=Delivery(attempts=4)
    )
    agree(messenger)
    outcome, pauses = remind(messenger), []
    while isinstance(outcome, Queued):
        pauses.append((outcome.not_before - clock()).total_seconds())
        clock.move_to(outcome.not_before)
        (outcome,) = messenger.dispatch_due()

    assert pauses == [30, 60, 120]
    assert isinstance(outcome, Failed)
    assert outcome.problem.code == "unreachable"
    assert [m.message.attempts for m in messenger.history(PERSON).texts] == [4]


def test_many_attempts(make_messenger: Make, provider: Twilio, clock: MovableClock) -> None:
    """A practice that tries for ever waits a day at most between tries."""
    messenger = make_messenger(
        provider=evolve(provider, base_url=CLOSED), delivery=Delivery(attempts=10**9)
    )
    agree(messenger)
    queued = remind(messenger)
    message = messenger.history(PERSON).texts[0].message
    run(messenger, lambda tx: tx.save(evolve(message, refusals=9000), clock()))
    clock.move_to(queued.not_before)
    (again,) = messenger.dispatch_due()

    assert isinstance(again, Queued)
    assert again.not_before == clock() + timedelta(days=1)


class Interrupted:
    """A transport during which the process is told to end."""

    def __init__(self, inner: BlockingTransport, *, before: bool) -> None:
        self._inner, self._before = inner, before

    async def send(self, request: HttpRequest) -> HttpReply:
        if not self._before:
            await self._inner.send(request)
        raise KeyboardInterrupt


@pytest.mark.parametrize("before", [True, False], ids=["before the request", "after it"])
def test_process_dies(
    make_messenger: Make,
    carrier: Sandbox,
    clock: MovableClock,
    before: bool,  # noqa: FBT001
) -> None:
    """A text whose sender died is uncertain after the lease, and settled by looking it up."""
    inner = BlockingTransport()
    dying = make_messenger(transport=Interrupted(inner, before=before))
    agree(dying)
    with pytest.raises(KeyboardInterrupt):
        remind(dying)
    inner.close()
    messenger = make_messenger()
    assert isinstance(remind(messenger), Queued)
    clock.advance(timedelta(seconds=59))
    assert messenger.dispatch_due() == ()
    assert isinstance(remind(messenger), Queued)
    clock.advance(timedelta(seconds=1))
    assert messenger.dispatch_due() == ()
    assert isinstance(remind(messenger), Uncertain)
    clock.advance(timedelta(seconds=60))
    (settled,) = messenger.reconcile()
    assert isinstance(settled, Queued if before else Sent)
    messenger.dispatch_due()

    assert outgoing(carrier) == [BODY]
    assert isinstance(remind(messenger), Sent)


class Signalled:
    """A store under which a signal meets the commit of a claim: just after it, or just before."""

    def __init__(self, store: Any, kind: type[BaseException]) -> None:
        self._store, self._kind = store, kind
        self.meanwhile: Callable[[], object] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def blocking(self, keyring: Any = None) -> Any:
        self._port = self._store.blocking(keyring)
        return self

    async def run(self, work: Any) -> Any:
        async def undone(tx: Any) -> Any:
            step = await work(tx)
            if self.meanwhile is not None and isinstance(step, Claimed):
                raise self._kind
            return step

        try:
            step = await self._port.run(undone)
        except self._kind:
            assert self.meanwhile is not None
            self.meanwhile()
            raise
        if isinstance(step, Claimed):
            raise self._kind
        return step


@pytest.mark.parametrize("kind", [KeyboardInterrupt, TimeoutError])
def test_a_signal_that_meets_the_commit(
    make_messenger: Make,
    make_store: Callable[[], StoreKind],
    carrier: Sandbox,
    kind: type[BaseException],
) -> None:
    """A text that was claimed, and surely did not leave, is due again, not uncertain."""
    signalled = make_messenger(store=Signalled(make_store(), kind))
    messenger = make_messenger()
    agree(messenger)

    with pytest.raises(kind):
        remind(signalled)

    (text,) = messenger.history(PERSON).texts
    assert [step.state for step in text.steps] == [State.CLAIMED, State.DUE]
    (sent,) = messenger.dispatch_due()
    assert isinstance(sent, Sent)
    assert outgoing(carrier) == [BODY]


def test_a_store_that_failed_is_not_asked_to_give_back(
    make_messenger: Make, make_store: Callable[[], StoreKind], carrier: Sandbox
) -> None:
    """Whoever called hears of it at once; a claim that was recorded all the same runs out."""
    failing = make_messenger(store=Signalled(make_store(), CommitUnknown))
    messenger = make_messenger()
    agree(messenger)

    with pytest.raises(CommitUnknown):
        remind(failing)

    (text,) = messenger.history(PERSON).texts
    assert [step.state for step in text.steps] == [State.CLAIMED]
    assert outgoing(carrier) == []


def test_a_claim_that_was_undone_is_not_given_back(
    make_messenger: Make,
    make_store: Callable[[], StoreKind],
    carrier: Sandbox,
    clock: MovableClock,
) -> None:
    """Whoever claimed the text since then may be sending it: that claim stays."""
    store = Signalled(make_store(), KeyboardInterrupt)
    signalled, messenger = make_messenger(store=store), make_messenger()
    agree(messenger)
    clock.move_to(NIGHT)
    remind(messenger)
    clock.move_to(DAWN)

    def claimed_by_another() -> None:
        clock.advance(timedelta(minutes=2))
        carrier.fail_next("drop")
        (uncertain,) = messenger.dispatch_due()
        assert isinstance(uncertain, Uncertain)

    store.meanwhile = claimed_by_another
    with pytest.raises(KeyboardInterrupt):
        signalled.dispatch_due()

    (text,) = messenger.history(PERSON).texts
    assert text.message.state is State.UNCERTAIN


def test_an_undone_claim_is_told_from_another_in_the_same_instant(
    make_messenger: Make, make_store: Callable[[], StoreKind], carrier: Sandbox
) -> None:
    """By a clock of whole seconds, two may be alike in all else: the text goes once."""
    store = Signalled(make_store(), KeyboardInterrupt)
    signalled, messenger = make_messenger(store=store), make_messenger()
    assert_blocked(remind(messenger), rule="consent")
    agree(messenger)

    def claimed_by_another() -> None:
        carrier.fail_next("accept_then_drop")
        assert isinstance(remind(messenger), Uncertain)

    store.meanwhile = claimed_by_another
    with pytest.raises(KeyboardInterrupt):
        remind(signalled)

    assert messenger.dispatch_due() == ()
    assert outgoing(carrier) == [BODY]
    (text,) = messenger.history(PERSON).texts
    assert text.message.state is State.UNCERTAIN


class Meanwhile:
    """A transport during which something else happens, before or after the request."""

    def __init__(
        self,
        inner: BlockingTransport,
        *,
        before: Callable[[], object] = lambda: None,
        after: Callable[[], object] = lambda: None,
        error: Exception | None = None,
    ) -> None:
        self._inner, self._before, self._after, self._error = inner, before, after, error

    async def send(self, request: HttpRequest) -> HttpReply:
        self._before()
        # It stands for a request that is on its way already: nobody calls that back.
        reply = await self._inner.send(evolve(request, may_leave=lambda: True))
        self._after()
        if self._error is not None:
            raise self._error
        return reply


@pytest.fixture
def transport() -> Iterator[BlockingTransport]:
    made = BlockingTransport()
    yield made
    made.close()


def test_answer_after_the_lease(
    make_messenger: Make, carrier: Sandbox, clock: MovableClock, transport: BlockingTransport
) -> None:
    """An answer that comes after somebody else gave the claim up still settles the text."""
    other = make_messenger()

    def gives_up() -> None:
        clock.advance(timedelta(seconds=61))
        assert other.dispatch_due() == ()
        assert isinstance(remind(other), Uncertain)

    slow = make_messenger(transport=Meanwhile(transport, after=gives_up))
    agree(slow)

    assert isinstance(remind(slow), Sent)
    assert other.reconcile() == ()
    assert outgoing(carrier) == [BODY]


@pytest.mark.parametrize(
    ("meanwhile", "kind"),
    [
        (lambda m, _: m.consent.revoke(PATIENT, channel="spoken", recorded_by="ana"), Blocked),
        (lambda m, _: m.pause(by="ana", reason="a drill"), Held),
        (lambda m, message_id: m.cancel(message_id), Cancelled),
    ],
    ids=["STOP", "pause", "cancel"],
)
def test_a_refused_text_is_decided_anew_before_it_is_tried_again(
    make_messenger: Make,
    carrier: Sandbox,
    transport: BlockingTransport,
    meanwhile: Callable[[Messenger, str], object],
    kind: type[object],
) -> None:
    """What stops a text between two requests of one claim stops it, though it was claimed."""
    carrier.fail_next("status", status=429, headers={"Retry-After": "0"})
    asked: list[str] = []
    other = make_messenger()

    def now() -> None:
        if not asked:
            (record,) = other.history(PERSON).texts
            asked.append(record.message.message_id)
            meanwhile(other, *asked)

    slow = make_messenger(transport=Meanwhile(transport, after=now))
    agree(slow)

    assert isinstance(remind(slow), kind)
    assert outgoing(carrier) == []
    (record,) = other.history(PERSON).texts
    assert record.message.refusals == 1


def test_no_request_after_the_lease(
    make_messenger: Make, carrier: Sandbox, clock: MovableClock, transport: BlockingTransport
) -> None:
    """No request is written once the lease has run out, not even a repeated one."""
    carrier.fail_next("status", status=429, headers={"Retry-After": "0"})
    slow = make_messenger(
        transport=Meanwhile(transport, after=lambda: clock.advance(timedelta(seconds=60)))
    )
    agree(slow)
    queued = remind(slow)

    assert isinstance(queued, Queued)
    assert queued.problem is not None
    assert queued.problem.code == "lease"
    assert carrier.messages() == ()


def test_no_request_where_the_clock_was_turned_back(
    make_messenger: Make, carrier: Sandbox, clock: MovableClock, transport: BlockingTransport
) -> None:
    """A clock that is set back after the claim does not make the lease any longer."""
    back = timedelta(0)

    def turn_back() -> None:
        nonlocal back
        back = timedelta(hours=3)

    carrier.fail_next("status", status=429, headers={"Retry-After": "0"})
    turned = make_messenger(
        clock=lambda: clock() - back, transport=Meanwhile(transport, after=turn_back)
    )
    agree(turned)
    queued = remind(turned)

    assert isinstance(queued, Queued)
    assert queued.problem is not None
    assert queued.problem.code == "lease"
    assert carrier.messages() == ()


def claimed_anew(
    make_messenger: Make, clock: MovableClock, transport: BlockingTransport
) -> tuple[Messenger, threading.Event, threading.Thread]:
    """Let another worker claim the text anew; its request waits at the door of the carrier."""
    arrived, release = threading.Event(), threading.Event()

    def wait() -> None:
        arrived.set()
        assert release.wait(PATIENCE)

    other = make_messenger(transport=Meanwhile(transport, before=wait))
    clock.advance(timedelta(seconds=120))
    assert other.dispatch_due() == ()
    (queued,) = make_messenger().reconcile()
    assert isinstance(queued, Queued)
    thread = threading.Thread(target=other.dispatch_due)
    thread.start()
    assert arrived.wait(PATIENCE)
    return other, release, thread


class Paused(Twilio):
    """An adapter under which the process stands still, after the claim and before the request."""

    pause: Callable[[], object] = staticmethod(lambda: None)

    def request(self, text: Any, *, at: Any) -> HttpRequest:
        type(self).pause()
        return super().request(text, at=at)


def test_worker_that_wakes_up_late(  # noqa: PLR0917 - fixtures
    make_messenger: Make,
    carrier: Sandbox,
    provider: Twilio,
    clock: MovableClock,
    transport: BlockingTransport,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A worker that slept through its lease does not free the claim of the one after it."""
    newer: list[Any] = []
    monkeypatch.setattr(
        Paused,
        "pause",
        staticmethod(lambda: newer.extend(claimed_anew(make_messenger, clock, transport))),
    )
    sleepy = make_messenger(
        provider=Paused(
            account_sid=SID,
            auth_token=TOKEN,
            sender=SENDER,
            base_url=carrier.url,
            answers_keywords=False,
        )
    )
    agree(sleepy)
    assert isinstance(remind(sleepy), Queued)
    third = make_messenger()
    clock.advance(timedelta(seconds=60))
    assert third.dispatch_due() == ()
    _, release, thread = newer
    release.set()
    thread.join()

    assert outgoing(carrier) == [BODY]
    assert isinstance(remind(third), Sent)


def test_ambiguous_answer_after_look_up(
    make_messenger: Make, clock: MovableClock, transport: BlockingTransport, carrier: Sandbox
) -> None:
    """A request that ends in doubt after it was looked up in vain is in doubt again."""
    other = make_messenger()

    def looked_up_in_vain() -> None:
        clock.advance(timedelta(seconds=120))
        other.dispatch_due()
        assert [type(outcome) for outcome in other.reconcile()] == [Queued]

    doubtful = make_messenger(
        transport=Meanwhile(
            transport, before=looked_up_in_vain, error=NoAnswer("the connection was reset")
        )
    )
    agree(doubtful)

    assert isinstance(remind(doubtful), Uncertain)
    assert other.dispatch_due() == ()
    assert outgoing(carrier) == [BODY]
    assert [type(outcome) for outcome in other.reconcile()] == [Sent]


def test_vanished(make_messenger: Make, database: Path, transport: BlockingTransport) -> None:
    """A text that somebody deleted while it was being sent is reported, not invented."""

    def delete() -> None:
        with sqlite3.connect(database) as connection:
            for table in ("sms_steps", "sms_decisions", "sms_messages"):
                connection.execute(f"DELETE FROM {table}")
        connection.close()

    messenger = make_messenger(transport=Meanwhile(transport, after=delete))
    agree(messenger)
    with pytest.raises(UnknownMessage, match="restore a backup"):
        remind(messenger)


def test_opted_out_at_the_provider(
    make_messenger: Make, provider: Twilio, carrier: Sandbox, clock: MovableClock
) -> None:
    """An opt-out that only the provider knows fails the text and enters the ledger."""
    carrier.set_answers_keywords(SENDER, answers=True)
    messenger = make_messenger(provider=evolve(provider, answers_keywords=True))
    agree(messenger)
    assert carrier.reply(PATIENT, "STOP", to=SENDER) == 0
    clock.advance(timedelta(minutes=1))
    failed = remind(messenger)

    assert isinstance(failed, Failed)
    assert failed.problem.category is Failure.OPTED_OUT
    event = messenger.consent.events(PATIENT)[-1]
    assert isinstance(event, Revoked)
    assert (event.channel, event.actor) == (Channel.PROVIDER, "provider:twilio")
    assert event.reference == failed.message_id
    assert_blocked(remind(messenger, "another"), rule="revocation")


def test_failed_without_reason(willing: Messenger, clock: MovableClock) -> None:
    """A failure of which the provider told nothing still has words."""
    remind(willing)
    message = willing.history(PERSON).texts[0].message
    run(willing, lambda tx: tx.save(evolve(message, state=State.FAILED), clock()))
    failed = remind(willing)

    assert isinstance(failed, Failed)
    assert failed.problem.words == "The provider gave no reason."


def test_strange_answer_is_kept_as_uncertain(make_messenger: Make, provider: Twilio) -> None:
    """An answer that no provider would give leaves the text uncertain."""
    with odd_server(http(201, b"[" * 100_000)) as server:
        messenger = make_messenger(provider=evolve(provider, base_url=server.url))
        agree(messenger)
        outcome = remind(messenger)

    assert isinstance(outcome, Uncertain)


def test_protocol_replies_cannot_be_sent(willing: Messenger) -> None:
    """The answers to STOP, START and HELP are the library's own."""
    for purpose in (Purpose.OPT_OUT_CONFIRMATION, Purpose.HELP_REPLY, Purpose.OPT_IN_CONFIRMATION):
        with pytest.raises(InvalidInput, match="by itself"):
            remind(willing, purpose=purpose)


def test_context_manager(make_messenger: Make, database: Path) -> None:
    """Leaving the block closes the file, and its repr names the practice alone."""
    with make_messenger(store=SQLite(database)) as messenger:
        agree(messenger)
        assert repr(messenger) == "Messenger('Lakeside Family Medicine')"

    assert messenger.consent.state(PATIENT, person=PERSON).grants
