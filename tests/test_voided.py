"""A consent that is not this person's at this number: staff take it back, and nobody else's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from compliant_sms import AsyncMessenger, Blocked, Held, Messenger, Practice, Sent
from compliant_sms.consent import (
    ConsentEvent,
    Dated,
    Granted,
    Imported,
    OptInAnswered,
    Revoked,
    Voided,
    fold,
    fold_for_holder,
    phi_preference,
)
from compliant_sms.errors import InvalidInput
from compliant_sms.messenger import StoreKind
from compliant_sms.permission import OnPaper
from compliant_sms.phone import PhoneNumber
from compliant_sms.providers import Twilio
from compliant_sms.reminders import Appointment
from compliant_sms.sandbox import Sandbox
from compliant_sms.testing import MovableClock
from conftest import MORNING, PATIENT, PERSON, WARNING
from form_visits import browser, with_form
from test_inbox import PLAN
from test_patient_texts import receive
from test_permission import asking, invite, of_kind  # noqa: F401 - a fixture
from test_reminders import HOUR, KID, TUESDAY, diary, family, profiles, run_to  # noqa: F401
from test_send import BODY, agree, outgoing, remind, waits

pytestmark = pytest.mark.usefixtures(waits.__name__)  # nobody sleeps here
Make = Callable[..., Messenger]
OTHER = "pat-112"  # whose number it is
REASON = "whoever has this phone wrote that she is not Ana"


def void(messenger: Messenger, person: str = PERSON) -> ConsentEvent:
    """The front desk found that the number is not theirs."""
    return messenger.consent.void(
        PATIENT,
        person=person,
        reason=REASON,
        recorded_by="front-desk:ana",
        reference="call-89",
    )


@pytest.fixture
def two(messenger: Messenger, clock: MovableClock) -> Messenger:
    """A number that two patients are said to have; one of them has not."""
    agree(messenger)
    agree(messenger, person=OTHER)
    clock.advance(timedelta(minutes=1))
    return messenger


def codes(outcome: object) -> list[str]:
    """Why a text was refused."""
    assert isinstance(outcome, Blocked)
    return [reason.code for reason in outcome.reasons]


@pytest.mark.both_databases
def test_one_persons_consent_is_voided_and_nobody_elses(
    two: Messenger, clock: MovableClock
) -> None:
    """The other at the number is texted as before, and no START brings it back."""
    made = void(two)
    refused = remind(two)

    assert isinstance(made, Voided)
    assert (made.person, made.reason, made.reference) == (PERSON, REASON, "call-89")
    assert codes(refused) == ["prior-express-consent-required"]
    assert "was an error" in refused.reasons[0].words
    assert isinstance(remind(two, "other", person=OTHER), Sent)
    clock.advance(timedelta(minutes=1))
    receive(two, "STOP")
    clock.advance(timedelta(minutes=1))
    receive(two, "START", "SM2")
    assert isinstance(remind(two, "again", person=OTHER, body=f"{BODY} 2"), Sent)
    assert codes(remind(two)) == ["prior-express-consent-required"]
    assert two.consent.state(PATIENT, person=PERSON).voided == made.event_id
    two.verify_ledger()


def test_what_waits_is_blocked_when_it_would_go(two: Messenger, clock: MovableClock) -> None:
    """A text that was held before is decided again."""
    clock.advance(timedelta(hours=13))
    held = remind(two)
    assert isinstance(held, Held)
    void(two)
    clock.advance(timedelta(hours=11))
    two.dispatch_due()
    assert two.text_record(held.message_id).message.state == "blocked"


@pytest.mark.parametrize("purpose", ["care_conversation", "one_time_code"])
def test_nothing_from_that_phone_is_an_act_of_theirs(
    two: Messenger, clock: MovableClock, purpose: str
) -> None:
    """Neither what was written before counts for an answer, nor a code for one they asked for."""
    receive(two, "May I eat before the test?")
    clock.advance(timedelta(minutes=1))
    void(two)
    refused = remind(two, purpose=purpose)

    assert codes(refused) == ["prior-express-consent-required"]
    assert "was an error" in refused.reasons[0].words
    assert "thread" in refused.reasons[0].remedy
    assert isinstance(remind(two, "other", person=OTHER, purpose=purpose), Sent)


@pytest.mark.both_databases
def test_an_answer_in_their_thread_does_not_reach_who_has_the_phone(
    make_messenger: Make, carrier: Sandbox, clock: MovableClock
) -> None:
    """What waits in it, waits; whoever writes next is answered in a thread of their own."""
    messenger = make_messenger(inbox=PLAN)
    agree(messenger)
    clock.advance(timedelta(minutes=1))
    receive(messenger, "May I eat before the test?")
    (theirs,) = messenger.inbox.threads()
    assert theirs.person == PERSON
    void(messenger)
    clock.advance(timedelta(minutes=1))
    answer = "Lakeside Family Medicine: nothing after 8 PM, please."
    refused = messenger.inbox.reply(theirs.thread_id, body=answer, by="ana", idempotency_key="1")

    assert codes(refused) == ["prior-express-consent-required"]
    assert messenger.inbox.thread(theirs.thread_id).thread.state == "waiting"
    receive(messenger, "Who is this?", "SM2")
    (new,) = [each for each in messenger.inbox.threads() if each.person is None]
    sorry = "Lakeside Family Medicine: sorry, we had the wrong number."
    sent = messenger.inbox.reply(new.thread_id, body=sorry, by="ana", idempotency_key="2")
    assert isinstance(sent, Sent)
    assert outgoing(carrier) == [sorry]


def test_the_right_consent_counts_again(two: Messenger, clock: MovableClock) -> None:
    """Who agrees anew at the number is texted there; what was voided stays so."""
    void(two)
    clock.advance(timedelta(minutes=1))
    agree(two)
    state = two.consent.state(PATIENT, person=PERSON)
    assert (len(state.grants), state.voided) == (1, "")
    assert isinstance(remind(two), Sent)


def test_it_needs_a_person_a_reason_and_who_says_so(messenger: Messenger) -> None:
    """One that would end nothing, or says nothing, is refused."""
    for wrong in ({"person": " "}, {"reason": ""}, {"recorded_by": " "}):
        asked: dict[str, Any] = {"person": PERSON, "reason": REASON, "recorded_by": "ana"}
        with pytest.raises(InvalidInput):
            messenger.consent.void(PATIENT, **(asked | wrong))
    assert not messenger.consent.events(PATIENT)


def test_the_reason_is_in_no_repr(messenger: Messenger) -> None:
    """It may name somebody."""
    assert REASON not in repr(void(messenger))


def test_awaited(
    practice: Practice, provider: Twilio, make_store: Callable[[], StoreKind], clock: MovableClock
) -> None:
    """The same on an event loop."""

    async def story() -> None:
        async with AsyncMessenger(
            practice=practice, provider=provider, store=make_store(), clock=clock
        ) as messenger:
            await messenger.consent.grant(PATIENT, person=PERSON, basis="spoken", recorded_by="ana")
            await messenger.consent.void(PATIENT, person=PERSON, reason=REASON, recorded_by="ana")
            assert not (await messenger.consent.state(PATIENT, person=PERSON)).grants

    asyncio.run(story())


def test_a_confirmation_from_that_phone_confirms_nothing_of_theirs(
    messenger: Messenger, clock: MovableClock
) -> None:
    """The reminder went to somebody else, whose "C" is nobody's word about the visit."""
    agree(messenger, person=OTHER)
    agree(messenger)
    remind(messenger, body=f"{BODY} Reply C to confirm.")
    clock.advance(timedelta(minutes=1))
    void(messenger)
    said = receive(messenger, "C")
    assert said.inbound.needs_person
    assert said.answers is None


@pytest.mark.parametrize("whose", [PERSON, KID])
def test_a_confirmation_of_visits_of_which_one_is_not_theirs(
    diary: Messenger,  # noqa: F811 - the fixture
    clock: MovableClock,
    family: list[Appointment],  # noqa: F811 - the fixture
    whose: str,
) -> None:
    """A text told of two persons' visits, and one of them is not at that number."""
    diary.reminders.save_many(family)
    run_to(diary, clock, TUESDAY + HOUR)
    void(diary, whose)
    assert receive(diary, "C").inbound.needs_person
    assert diary.reminders.answers() == ()


def test_a_confirmation_that_came_before_stands_for_the_other_alone(
    diary: Messenger,  # noqa: F811 - the fixture
    clock: MovableClock,
    family: list[Appointment],  # noqa: F811 - the fixture
) -> None:
    """The host, which has not fetched it yet, confirms no visit of whom staff found it is not."""
    diary.reminders.save_many(family)
    run_to(diary, clock, TUESDAY + HOUR)
    receive(diary, "C")
    clock.advance(timedelta(minutes=1))
    void(diary, KID)
    answers = diary.reminders.answers()
    assert [(each.appointment_id, each.stands) for each in answers] == [
        ("991", True),
        ("992", False),
    ]


def test_a_yes_from_that_phone_gives_nothing(
    asking: Messenger,  # noqa: F811 - the fixture
    clock: MovableClock,
) -> None:
    """The question for consent was put to somebody else."""
    agree(asking, person=OTHER)
    assert isinstance(invite(asking), Sent)
    clock.advance(timedelta(minutes=1))
    void(asking)
    clock.advance(timedelta(minutes=1))
    receive(asking, "Yes")
    assert not of_kind(asking, OptInAnswered)
    assert not asking.consent.state(PATIENT, person=PERSON).grants


def test_a_second_yes_after_a_voided_consent(
    asking: Messenger,  # noqa: F811 - the fixture
    clock: MovableClock,
) -> None:
    """What their first yes gave is gone, so that another says nothing again."""
    invite(asking)
    clock.advance(timedelta(minutes=1))
    receive(asking, "Yes")
    clock.advance(timedelta(minutes=1))
    void(asking)
    clock.advance(timedelta(minutes=1))
    assert receive(asking, "Yes", "SM2").inbound.needs_person


def test_who_has_that_phone_is_asked_for_nobody(
    asking: Messenger,  # noqa: F811 - the fixture
    clock: MovableClock,
) -> None:
    """A keyword and a yes wait for a person, and what was signed since counts."""
    void(asking)
    for turn, said in enumerate(("DEALS", "Yes")):
        clock.advance(timedelta(minutes=1))
        assert receive(asking, said, f"SM{turn}").inbound.needs_person
    assert asking.consent.state(PATIENT, person=PERSON).voided
    told = OnPaper(
        person=PERSON, recorded_by="front-desk:ana", signer="Ana Gomez", occurred_at=clock()
    )
    asking.permission.record(PATIENT, programme="bills", told=told)
    assert not asking.consent.state(PATIENT, person=PERSON).voided


def test_a_form_typed_wrongly_again_gives_nothing(
    make_messenger: Make, practice: Practice, carrier: Sandbox, clock: MovableClock
) -> None:
    """A browser fills the same number in once more; whoever has it is not texted about it."""
    messenger = with_form(make_messenger, practice)
    ana = browser(messenger)
    assert ana.send(ana.get()).status == 200
    void(messenger)
    clock.advance(timedelta(days=2))
    sent = len(outgoing(carrier))
    again = ana.send(ana.get())
    messenger.dispatch_due()

    assert again.status == 200  # the page tells nobody
    assert len(messenger.consent.events(PATIENT)) == 2
    assert len(outgoing(carrier)) == sent


def test_the_evidence_page_tells_of_it(two: Messenger, clock: MovableClock) -> None:
    """Whoever reads the file sees what was found, and when."""
    void(two)
    clock.advance(timedelta(minutes=1))
    pack = two.evidence(
        PATIENT,
        since=MORNING - timedelta(days=1),
        until=clock(),
        reason="dispute",
        by="counsel:lee",
    )
    page = _page(pack.data)
    assert "The patient&rsquo;s consent at this number was found to be an error." in page
    assert "Consents found to be an error" in page
    assert "whoever has this phone wrote" in page


def _page(data: bytes) -> str:
    with ZipFile(BytesIO(data)) as archive:
        (name,) = (each for each in archive.namelist() if each.endswith(".html"))
        return archive.read(name).decode()


# The fold


def at(minutes: int, event_id: str, **more: Any) -> dict[str, Any]:
    """What every event has."""
    moment: datetime = MORNING + timedelta(minutes=minutes)
    return {
        "event_id": event_id,
        "practice_id": "lakeside",
        "number": PhoneNumber.parse(PATIENT),
        "person": PERSON,
        "occurred_at": moment,
        "recorded_at": moment,
        "actor": "ana",
        **more,
    }


def granted(minutes: int, event_id: str, **more: Any) -> Granted:
    """A consent, spoken if nothing else is said."""
    usual = {"basis": "spoken", "tier": 1, "categories": ["care"]}
    return Granted(**at(minutes, event_id, **(usual | more)))


def voided(minutes: int, **more: Any) -> Voided:
    """Consent that is voided."""
    return Voided(**at(minutes, "w", reason=REASON, **more))


FROM_ELSEWHERE = Imported(source="old", dated=Dated.DAY)


@pytest.mark.parametrize(
    ("again", "counts"),
    [
        (granted(3, "g2"), True),
        (granted(3, "g2", basis="booking"), False),
        (granted(3, "g2", imported=FROM_ELSEWHERE), False),
        (granted(3, "g2", unproven=True), False),
        (granted(1, "g2"), False),
        (granted(2, "g2"), False),  # at one instant what voids comes last
    ],
)
def test_what_counts_after_a_voided_consent(again: Granted, *, counts: bool) -> None:
    """Their own word alone: nothing that tells again what was found to be wrong."""
    state = fold([granted(0, "g1"), again, voided(2)], PERSON)
    assert [grant.event_id for grant in state.grants] == (["g2"] if counts else [])
    assert bool(state.voided) is not counts


def test_all_counts_after_their_own_word() -> None:
    """A booking after the fresh consent adds to it as ever."""
    events: list[ConsentEvent] = [voided(2), granted(3, "g2"), granted(4, "g3", basis="booking")]
    assert [grant.event_id for grant in fold(events, PERSON).grants] == ["g2", "g3"]


def test_what_the_error_had_lifted_stands_again() -> None:
    """A STOP that only the mistaken form had lifted for that person ends their texts."""
    stop = Revoked(**at(1, "r", person=None), channel="text")
    events: list[ConsentEvent] = [granted(0, "g1"), stop, granted(2, "g2"), voided(3)]
    assert fold(events[:3], PERSON).revoked_at is None
    assert fold(events, PERSON).revocation == "r"
    assert fold([*events, granted(4, "g3")], PERSON).revoked_at is None


def test_others_keep_what_they_agreed_to() -> None:
    """Families share numbers."""
    events: list[ConsentEvent] = [granted(0, "g1"), granted(0, "g2", person=OTHER), voided(1)]
    assert fold(events, OTHER).grants
    assert not fold(events, OTHER).voided


def test_whose_consent_was_an_error_is_nobody_there() -> None:
    """An answer to whoever holds the number is about those who may hold it."""
    alone: list[ConsentEvent] = [granted(0, "g1"), voided(1)]
    assert not fold_for_holder(alone).voided
    both = fold_for_holder([*alone, granted(0, "g2", person=OTHER)])
    assert [grant.event_id for grant in both.grants] == ["g2"]


def test_a_wish_for_details_is_voided_with_it(messenger: Messenger) -> None:
    """Another's wish at the number stands."""
    for person in (PERSON, OTHER):
        messenger.consent.record_phi_preference(
            PATIENT, person=person, warning=WARNING, channel="spoken", recorded_by="ana"
        )
    void(messenger)
    events = messenger.consent.events(PATIENT)
    assert not phi_preference(events, PERSON).allows_detail
    assert phi_preference(events, OTHER).allows_detail
    assert not phi_preference(events, None).allows_detail
