"""Two records of one patient become one: nothing is lost, nothing lifted, nobody reminded twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from compliant_sms import Blocked, Messenger, Purpose, Sent, flows
from compliant_sms.audit import Act
from compliant_sms.consent import Category, Granted, Voided
from compliant_sms.driver import finish
from compliant_sms.errors import InvalidInput
from compliant_sms.flows._visits._appointments import hand_over
from compliant_sms.lifecycle import State
from compliant_sms.reminders import Answer
from compliant_sms.sandbox import Sandbox
from compliant_sms.testing import MovableClock
from conftest import MORNING, PATIENT, PERSON, WARNING
from test_receive import from_patient, text_of
from test_reminders import (
    HOUR,
    KID,
    NIGHT_OWL,
    TUESDAY,
    diary,
    history,
    profiles,
    run_to,
    visit,
    work,
)
from test_send import agree, agree_in_writing, outgoing, waits

pytestmark = [
    pytest.mark.usefixtures(waits.__name__),
    pytest.mark.both_databases,
]
assert diary is not profiles  # fixtures
Make = Callable[..., Messenger]
STAYS = "pat-500"
OTHER = "+12175550135"
DAY = timedelta(days=1)


def merge(messenger: Messenger, old: str = PERSON, into: str = STAYS) -> flows.Merged:
    """What the feed's message has the host do."""
    return messenger.merge_persons(old, into=into, by="adt-feed", reason="A40 5003")


def text(messenger: Messenger, key: str, person: str = STAYS, to: str = PATIENT) -> Any:
    """A text about a visit to the record that stays."""
    return messenger.send(
        to=to,
        person=person,
        purpose=Purpose.APPOINTMENT_REMINDER,
        body="Lakeside Family Medicine: see you on Friday. Reply STOP to opt out.",
        idempotency_key=key,
    )


def grants(messenger: Messenger, person: str, number: str = PATIENT) -> list[Granted]:
    """What a person agreed to at a number."""
    events = messenger.consent.events(number)
    return [e for e in events if isinstance(e, Granted) and e.person == person]


def test_consents_go_along_with_all_that_proves_them(
    messenger: Messenger, clock: MovableClock
) -> None:
    """Each with its own date, wording and signature, at each number; and only once."""
    agree(messenger)
    agree_in_writing(messenger)
    agree(messenger, OTHER)
    clock.advance(DAY)
    assert isinstance(text(messenger, "1"), Blocked)

    assert merge(messenger) == flows.Merged(consents=3, visits=0)
    assert merge(messenger) == flows.Merged(consents=0, visits=0)

    for number in (PATIENT, OTHER):
        for was, now in zip(
            grants(messenger, PERSON, number), grants(messenger, STAYS, number), strict=True
        ):
            assert (now.occurred_at, now.recorded_at, now.actor) == (MORNING, clock(), "adt-feed")
            assert (now.basis, now.tier, now.categories) == (was.basis, was.tier, was.categories)
            assert (now.wording, now.signature) == (was.wording, was.signature)
            assert now.agreement == was.agreement
    assert isinstance(text(messenger, "2"), Sent)
    assert isinstance(text(messenger, "3", to=OTHER), Sent)
    (audited,) = [each for each in messenger.audit() if each.act is Act.PERSONS_MERGED]
    assert (audited.actor, audited.reason, dict(audited.details)) == (
        *("adt-feed", "A40 5003"),
        {"consents": 3},
    )
    assert messenger.verify_ledger().audit == 1


def test_what_was_revoked_stays_revoked(messenger: Messenger, clock: MovableClock) -> None:
    """A merge is no new opt-in, and what the patient agreed to since then counts."""
    agree(messenger)
    clock.advance(DAY)
    messenger.consent.revoke(PATIENT, channel="spoken", recorded_by="front-desk:ana")
    clock.advance(DAY)
    assert merge(messenger).consents == 1
    assert isinstance(text(messenger, "1"), Blocked)

    clock.advance(DAY)
    agree(messenger)
    assert merge(messenger).consents == 1
    assert isinstance(text(messenger, "2"), Sent)


def test_who_stays_and_said_stop_is_asked_again(messenger: Messenger, clock: MovableClock) -> None:
    """A consent of the old record lifts it never: a family shares a number, and merges go wrong."""
    agree(messenger, person=STAYS)
    clock.advance(DAY)
    messenger.consent.revoke(PATIENT, person=STAYS, channel="spoken", recorded_by="front-desk:ana")
    clock.advance(DAY)
    agree(messenger)

    assert merge(messenger).consents == 0
    assert isinstance(text(messenger, "1"), Blocked)

    clock.advance(DAY)
    agree(messenger, person=STAYS)  # asked again
    assert merge(messenger).consents == 1
    assert isinstance(text(messenger, "2"), Sent)


def test_what_was_voided_stays_voided(messenger: Messenger, clock: MovableClock) -> None:
    """A number that is not the patient's is not theirs in the record that stays either."""
    agree(messenger)
    agree(messenger, person=STAYS)
    clock.advance(DAY)
    messenger.consent.void(PATIENT, person=PERSON, recorded_by="front-desk:ana", reason="mistyped")
    clock.advance(DAY)

    assert merge(messenger).consents == 1
    assert isinstance(text(messenger, "1"), Blocked)
    last = messenger.consent.events(PATIENT)[-1]
    assert isinstance(last, Voided)
    assert (last.person, last.reason) == (STAYS, "mistyped")

    clock.advance(DAY)
    agree(messenger)  # their own word, after all: the void counts no more
    assert merge(messenger, STAYS, PERSON).consents == 0
    assert merge(messenger).consents == 1
    assert isinstance(text(messenger, "2"), Sent)


@pytest.mark.parametrize("prefers", [True, False])
def test_health_details_are_asked_for_again(
    messenger: Messenger,
    clock: MovableClock,
    prefers: bool,  # noqa: FBT001 - parametrized
) -> None:
    """That a patient wants none goes along; that they want some was said of less."""
    agree(messenger)
    messenger.consent.record_phi_preference(
        PATIENT, person=STAYS, warning=WARNING, channel="spoken", recorded_by="front-desk:ana"
    )
    clock.advance(DAY)
    messenger.consent.record_phi_preference(
        PATIENT, person=PERSON, warning=WARNING, channel="spoken", recorded_by="front-desk:ana"
    )
    if not prefers:
        clock.advance(DAY)
        messenger.consent.withdraw_phi_preference(
            PATIENT, person=PERSON, channel="spoken", recorded_by="front-desk:ana"
        )

    assert merge(messenger).consents == (1 if prefers else 2)
    assert messenger.consent.phi_preference(PATIENT, person=STAYS).allows_detail is prefers


def test_a_merge_may_be_turned_round(messenger: Messenger) -> None:
    """Each record then holds what both held, once."""
    agree(messenger)
    agree_in_writing(messenger, person=STAYS)
    merge(messenger)
    assert merge(messenger, STAYS, PERSON).consents == 1
    assert merge(messenger).consents == 0

    for person in (PERSON, STAYS):
        held = {name for each in grants(messenger, person) for name in each.categories}
        assert held >= {Category.APPOINTMENTS, Category.PROMOTIONS}


def test_the_same_consent_of_both_is_kept_once(messenger: Messenger) -> None:
    """As where the front desk asked the patient for both records at one moment."""
    agree(messenger)
    agree(messenger, person=STAYS)

    assert merge(messenger).consents == 0
    assert len(grants(messenger, STAYS)) == 1


def test_visits_move_and_each_reminder_goes_once(
    diary: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """What was told stays told, and the rest is told under the id that stays."""
    diary.reminders.save_many([visit(), visit(id="992", person="pat-1", numbers=OTHER)])
    clock.move_to(TUESDAY)
    work(diary)
    diary.receive(from_patient("C", "SM1"))
    assert len(outgoing(carrier)) == 1

    assert merge(diary) == flows.Merged(consents=1, visits=1)
    assert merge(diary) == flows.Merged(consents=0, visits=0)
    run_to(diary, clock, visit().starts_at + HOUR)

    assert len(outgoing(carrier)) == 2
    (told,) = history(diary, PERSON)
    (later,) = history(diary, STAYS)
    assert told.state is later.state is State.DELIVERED
    assert "2h" in later.draft.idempotency_key
    answers = [each for each in diary.reminders.answers() if each.answer is Answer.CONFIRM]
    assert len(answers) == 1
    details = [dict(e.details) for e in diary.audit() if e.act is Act.PERSONS_MERGED]
    assert details == [{"consents": 1}, {"visits": 1}]


def test_a_reminder_that_waits_goes_under_the_id_that_stays(
    diary: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """It is called back and made again, so that consent and history are those of one record."""
    clock.move_to(TUESDAY + 4 * HOUR)
    diary.reminders.save(visit(start=NIGHT_OWL))
    clock.move_to(visit(start=NIGHT_OWL).starts_at - 2 * HOUR)
    work(diary)
    (waiting,) = history(diary)
    assert waiting.state is State.HELD

    merge(diary)
    (old,) = history(diary)
    assert old.state is State.CANCELLED  # at once, not when its hour comes
    run_to(diary, clock, visit(start=NIGHT_OWL).starts_at + HOUR)

    (old,) = history(diary)
    (new,) = history(diary, STAYS)
    assert (old.state, new.state) == (State.CANCELLED, State.DELIVERED)
    assert len(outgoing(carrier)) == 1


def test_an_answer_to_what_was_told_before_finds_its_visit(
    diary: Messenger, clock: MovableClock
) -> None:
    """It is the same patient: the visit that they confirm stands, whichever record it is in."""
    diary.reminders.save(visit())
    clock.move_to(TUESDAY)
    work(diary)
    merge(diary)
    run_to(diary, clock, TUESDAY + HOUR)

    (answer,) = text_of(diary.receive(from_patient("C", "SM1"))).visits

    assert (answer.appointment_id, answer.answer, answer.stands) == ("991", Answer.CONFIRM, True)


def test_a_family_is_still_told_once(
    diary: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """A text that tells of two persons' visits is called back, and made again for both."""
    agree(diary, person=KID)
    diary.reminders.save_many([visit(), visit(id="992", person=KID)])
    clock.move_to(TUESDAY)
    assert diary.reminders.plan_due() == 1
    merge(diary)
    run_to(diary, clock, visit().starts_at + HOUR)

    told = outgoing(carrier)
    assert len(told) == 2  # the day before, and two hours before
    assert all("2 appointments" in each for each in told)


def test_a_visit_that_meanwhile_is_anothers_stays_theirs(diary: Messenger) -> None:
    """Somebody else saved it between the look at the list and the visit's turn."""
    diary.reminders.save(visit(person=KID))
    ports = diary._ports

    moved = finish(ports.store.run(lambda tx: hand_over(tx, ports, visit().key, PERSON, STAYS)))

    assert not moved
    assert merge(diary, KID).visits == 1


def test_more_visits_than_fit_in_one_transaction(diary: Messenger, clock: MovableClock) -> None:
    """All of them move."""
    diary.reminders.save_many(
        visit(id=str(n), start=visit().start + n * DAY) for n in range(1, 121)
    )

    assert merge(diary).visits == 120
    assert merge(diary, STAYS, PERSON).visits == 120


@pytest.mark.parametrize("wrong", ["old", "into", "by", "reason"])
def test_what_is_missing_is_named(messenger: Messenger, wrong: str) -> None:
    """Nothing is recorded then."""
    given = {"old": PERSON, "into": STAYS, "by": "adt-feed", "reason": "A40"} | {wrong: ""}
    agree(messenger)
    with pytest.raises(InvalidInput, match=wrong):
        messenger.merge_persons(given.pop("old"), **given)

    assert grants(messenger, STAYS) == []


def test_a_record_is_not_merged_into_itself(messenger: Messenger) -> None:
    """A feed that names one id twice says nothing that could be done."""
    with pytest.raises(InvalidInput, match="into itself"):
        merge(messenger, PERSON, PERSON)


def test_nobody_known(messenger: Messenger) -> None:
    """A merge of records without texts has nothing to do, and is no mistake."""
    assert merge(messenger, "pat-1", "pat-2") == flows.Merged(consents=0, visits=0)
    assert messenger.audit() == ()
