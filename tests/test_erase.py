"""Erasing a person: nothing can be read any more, and what protects them still holds."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from compliant_sms import (
    Blocked,
    Held,
    Keyring,
    Messenger,
    Profile,
    Purpose,
    Rulebook,
    Sent,
    Settings,
)
from compliant_sms.consent import Granted, Revoked
from compliant_sms.driver import finish
from compliant_sms.errors import (
    ConfigurationError,
    IdempotencyConflict,
    UnderLegalHold,
    UnknownPerson,
    Unsettled,
)
from compliant_sms.lifecycle import State
from compliant_sms.messages import Inbound
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Erased
from compliant_sms.rules import PracticeCap
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores import PostgreSQL
from compliant_sms.stores._sql._consent import ConsentRecords
from compliant_sms.stores._sql._media import MediaRecords
from compliant_sms.testing import MovableClock
from conftest import PATIENT, PERSON
from hooks import PATIENCE
from test_receive import from_patient, status
from test_rules_in_flows import OFFER
from test_sealed_store import on_disk
from test_send import BODY, NIGHT, agree, agree_in_writing, outgoing, remind, waits
from test_vault import columns

pytestmark = pytest.mark.usefixtures(waits.__name__)  # nobody sleeps here
Make = Callable[..., Messenger]
OTHER = "+12175550135"
WHY: dict[str, Any] = {"reason": "asked for it", "by": "privacy:kim"}


@pytest.fixture
def known(make_messenger: Make) -> Messenger:
    """A messenger with a keyring; a patient agreed, got a text, wrote, and said STOP."""
    messenger = make_messenger(keyring=Keyring.generate())
    agree(messenger)
    assert isinstance(remind(messenger), Sent)
    messenger.receive(from_patient("my okapi hurts", "SM1"))
    messenger.receive(from_patient("STOP", "SM2"))
    messenger.dispatch_due()
    return messenger


def test_nothing_of_a_person_can_be_read(known: Messenger) -> None:
    """Neither by person nor by number; the report says how much went, the audit log who did it."""
    before = known.history(PERSON)
    erased = known.erase(PERSON, **WHY)
    after = known.history(PERSON)

    assert (len(before.consent), len(before.texts), len(before.received)) == (2, 2, 2)
    assert erased == Erased(numbers=1, events=2, texts=2, received=2)
    assert (after.consent, after.texts, after.received) == ((), (), ())
    (event,) = known.audit()
    assert (event.act, event.actor, event.reason) == ("person_erased", "privacy:kim", WHY["reason"])


def test_a_dry_run_counts_and_changes_nothing(known: Messenger) -> None:
    """All can be read afterwards, the audit log is silent, and the count is the erasure's."""
    before = known.history(PERSON)
    counted = known.erase(PERSON, **WHY, dry_run=True)

    assert known.history(PERSON) == before
    assert not known.audit()
    assert known.erase(PERSON, **WHY) == counted
    assert known.history(PERSON) != before


def test_a_dry_run_is_refused_as_the_erasure_would_be(known: Messenger) -> None:
    """What stands in the way is met before, not on the day."""
    with pytest.raises(UnknownPerson):
        known.erase("nobody", **WHY, dry_run=True)
    known.legal_holds.place(person=PERSON, **WHY)
    with pytest.raises(UnderLegalHold):
        known.erase(PERSON, **WHY, dry_run=True)


def test_the_keys_are_gone_from_the_file(known: Messenger, database: Path) -> None:
    """No sealed key of theirs is left for whoever has the keyring."""
    keyring = known._keyring
    known.erase(PERSON, **WHY)
    known.close()

    assert b"okapi" not in on_disk(database)
    run = known._ports.store.run
    for chain in finish(run(lambda tx: tx.chains("lakeside"))):
        assert (
            finish(run(lambda tx, chain=chain: tx.data_key(chain.practice_id, chain.chain_id)))
            is None
        )
        assert (chain.number, chain.person) == (None, None)
    assert keyring is not None


def test_a_suppression_outlives_erasure(known: Messenger, carrier: Sandbox) -> None:
    """The number stays blocked, by the same rule, and the ledger still verifies."""
    known.erase(PERSON, **WHY)
    sent = len(outgoing(carrier))
    blocked = remind(known, "2")

    assert isinstance(blocked, Blocked)
    assert "revocation" in {reason.rule for reason in blocked.reasons}
    assert len(outgoing(carrier)) == sent
    assert known.verify_ledger().events == 2
    state = known.consent.state(PATIENT, person=PERSON)
    assert state.grants == ()
    assert len(state.revocations) == 1
    # What a booking gives lifts no revocation, erased or not.
    known.consent.grant(PATIENT, person=PERSON, basis="booking", recorded_by="desk:ana")
    assert isinstance(remind(known, "3"), Blocked)


@pytest.mark.both_databases
def test_a_wrong_number_stays_wrong(make_messenger: Make, clock: MovableClock) -> None:
    """A booking that tells the number again shows not that it is theirs; a fresh consent does."""
    messenger = make_messenger(keyring=Keyring.generate())
    agree(messenger)
    remind(messenger)
    clock.advance(timedelta(minutes=1))
    messenger.receive(from_patient("wrong number", "SM1"))
    messenger.erase(PERSON, **WHY)
    clock.advance(timedelta(days=1))
    messenger.consent.grant(PATIENT, person=PERSON, basis="booking", recorded_by="desk:ana")
    refused = remind(messenger, "2", body=f"{BODY} (2)")

    assert isinstance(refused, Blocked)
    assert [reason.code for reason in refused.reasons] == ["number-wrong"]
    assert messenger.verify_ledger().events == 3
    clock.advance(timedelta(minutes=1))
    agree(messenger)
    assert isinstance(remind(messenger, "3", body=f"{BODY} (3)"), Sent)


def test_whoever_agrees_anew_is_texted_again(known: Messenger, clock: MovableClock) -> None:
    """A fresh consent counts, under a new key; what was erased stays so."""
    known.erase(PERSON, **WHY)
    clock.advance(timedelta(minutes=1))
    agree(known)

    assert isinstance(remind(known, "2", body="Lakeside Family Medicine: welcome back."), Sent)
    told = known.history(PERSON)
    assert [type(event).__name__ for event in told.consent] == ["Revoked", "Granted"]
    assert [text.message.draft.idempotency_key for text in told.texts] == ["2"]
    assert known.verify_ledger().events == 3


@pytest.mark.parametrize("elsewhere", [True, False])
def test_limits_count_what_was_erased(
    make_messenger: Make, clock: MovableClock, *, elsewhere: bool
) -> None:
    """Whoever is erased and agrees anew gets no more in a day than a patient may."""
    cap = PracticeCap(count=1, within=timedelta(days=1))
    messenger = make_messenger(keyring=Keyring.generate(), rulebook=Rulebook(Settings(caps=(cap,))))
    before = OTHER if elsewhere else PATIENT
    agree(messenger, before)
    sent_at = clock()
    assert isinstance(remind(messenger, "1", to=before), Sent)
    messenger.erase(PERSON, **WHY)
    clock.advance(timedelta(hours=1))
    agree(messenger)
    held = remind(messenger, "2", body="Lakeside Family Medicine: welcome back.")

    assert isinstance(held, Held)
    assert held.until == sent_at + cap.within
    clock.move_to(held.until)
    assert [type(outcome) for outcome in messenger.dispatch_due()] == [Sent]
    # Erased once more, all the same.
    messenger.erase(PERSON, **WHY)
    agree(messenger)
    assert isinstance(remind(messenger, "3", body="Lakeside Family Medicine: hello."), Held)


def test_a_state_counts_what_went_to_the_number(make_messenger: Make, clock: MovableClock) -> None:
    """Florida's three a day are the number's, whoever of a household was erased meanwhile."""
    florida = Profile(time_zone="America/New_York", state="FL")
    messenger = make_messenger(keyring=Keyring.generate(), people=lambda _: florida)
    for person in (PERSON, "pat-882"):
        agree_in_writing(messenger, PATIENT, person)
    offer = {"purpose": Purpose.PROMOTION, "to": PATIENT}
    for number in range(3):
        sent = remind(messenger, str(number), body=f"{OFFER} ({number})", **offer)
        assert isinstance(sent, Sent)
    messenger.erase(PERSON, **WHY)
    held = remind(messenger, "4", body=f"{OFFER} (4)", person="pat-882", **offer)

    assert isinstance(held, Held)
    assert [reason.code for reason in held.reasons] == ["frequency-cap"]


def test_a_confirmation_that_was_erased_was_the_one(
    make_messenger: Make, carrier: Sandbox, clock: MovableClock
) -> None:
    """The revocation stands, and was confirmed: who repeats it after an erasure is told no more."""
    messenger = make_messenger(keyring=Keyring.generate())
    agree(messenger)
    messenger.receive(from_patient("STOP", "SM1"))
    assert [type(outcome) for outcome in messenger.dispatch_due()] == [Sent]
    clock.advance(timedelta(minutes=1))
    messenger.erase(PERSON, **WHY)
    clock.advance(timedelta(minutes=1))
    messenger.receive(from_patient("STOP", "SM2"))
    assert [type(outcome) for outcome in messenger.dispatch_due()] == [Blocked]
    assert len(outgoing(carrier)) == 1

    agree(messenger)
    messenger.receive(from_patient("STOP", "SM3"))
    assert [type(outcome) for outcome in messenger.dispatch_due()] == [Sent]


def test_a_stop_answers_no_text_that_was_erased(make_messenger: Make) -> None:
    """What it said is not known any more: all texts stop, and nobody's number was wrong."""
    messenger = make_messenger(keyring=Keyring.generate())
    agree(messenger)
    assert isinstance(remind(messenger), Sent)
    messenger.erase(PERSON, **WHY)
    agree(messenger)
    messenger.receive(from_patient("wrong number", "SM1"))
    messenger.receive(from_patient("STOP", "SM2"))

    granted, revoked = messenger.history(PERSON).consent
    assert isinstance(granted, Granted)
    assert isinstance(revoked, Revoked)
    assert (revoked.in_reply_to, revoked.category) == ("", "")


def test_what_was_erased_before_keeps_its_proof(
    known: Messenger, clock: MovableClock, database: Path
) -> None:
    """Erased once more, only what is new counts, and old proofs are those of the originals."""
    tombstones = """SELECT message_id, purged FROM sms_messages
        UNION SELECT inbound_id, purged FROM sms_inbound ORDER BY 1"""
    known.erase(PERSON, **WHY)
    before = columns(database, tombstones)
    clock.advance(timedelta(minutes=1))
    agree(known)
    remind(known, "2", body="Lakeside Family Medicine: welcome back.")

    assert known.erase(PERSON, **WHY) == Erased(numbers=1, events=1, texts=1, received=0)
    after = columns(database, tombstones)
    assert len(after) == len(before) + 1
    assert set(before) < set(after)


def test_an_opt_out_of_nobody_is_not_recorded(known: Messenger) -> None:
    """News of an erased text names no number, and none is made up."""
    (text, _) = known.history(PERSON).texts
    known.erase(PERSON, **WHY)
    known.receive(status(text.message.provider_id or "", "undelivered", code="21610"))

    assert known.verify_ledger().events == 2


def test_a_key_of_an_erased_text_sends_nothing(known: Messenger, carrier: Sandbox) -> None:
    """Its content cannot be compared any more, so the key is taken for used."""
    known.erase(PERSON, **WHY)
    agree(known)
    sent = len(outgoing(carrier))

    with pytest.raises(IdempotencyConflict, match="was erased with its person"):
        remind(known)
    assert len(outgoing(carrier)) == sent


def test_what_waits_is_called_back(
    make_messenger: Make, clock: MovableClock, carrier: Sandbox
) -> None:
    """A held text to somebody erased never goes."""
    messenger = make_messenger(keyring=Keyring.generate())
    agree(messenger)
    clock.move_to(NIGHT)
    held = remind(messenger)
    assert isinstance(held, Held)
    messenger.erase(PERSON, **WHY)
    clock.move_to(held.until)

    assert messenger.dispatch_due() == ()
    assert outgoing(carrier) == []
    message = finish(
        messenger._ports.store.run(lambda tx: tx.message(messenger.practice.id, held.message_id))
    )
    assert message is not None
    assert message.state is State.CANCELLED
    assert message.body == "[erased]"
    assert message.purged is not None
    assert [proof.record for proof in message.purged.proofs] == ["draft"]


def test_what_waits_for_another_at_the_number_still_goes(
    make_messenger: Make, clock: MovableClock, carrier: Sandbox
) -> None:
    """Only texts to the person, or to whoever holds the number, are called back."""
    messenger = make_messenger(keyring=Keyring.generate())
    agree(messenger)
    agree(messenger, person="pat-882")
    clock.move_to(NIGHT)
    held = remind(messenger, person="pat-882")
    messenger.erase(PERSON, **WHY)
    clock.move_to(held.until)

    assert [type(outcome) for outcome in messenger.dispatch_due()] == [Sent]
    assert len(outgoing(carrier)) == 1


def test_a_household_keeps_what_is_not_only_theirs(known: Messenger) -> None:
    """What came from a number stays while somebody else is known there."""
    agree(known, person="pat-882")
    erased = known.erase(PERSON, **WHY)

    assert (erased.numbers, erased.received) == (1, 0)
    assert {inbound.body for inbound in known.history("pat-882").received} == {
        "my okapi hurts",
        "STOP",
    }
    assert known.history(PERSON).texts == ()
    last = known.erase("pat-882", **WHY)
    assert (last.numbers, last.received) == (1, 2)


@pytest.mark.parametrize("alone", [True, False])
def test_lifted_holds_tell_of_nobody_who_was_erased(
    known: Messenger, database: Path, *, alone: bool
) -> None:
    """They are the practice's records, whose key stays; a number's tell of others there, too."""
    if not alone:
        agree(known, person="pat-882")
    for of in ({"person": PERSON}, {"number": PATIENT}, {"person": "pat-882"}):
        hold = known.legal_holds.place(**of, reason="Doe v. Lakeside", by="counsel:kim")
        known.legal_holds.lift(hold.hold_id, reason="settled", by="counsel:kim")
    standing = known.legal_holds.place(person="pat-883", reason="Roe", by="counsel:kim")
    kept = "SELECT hold_id FROM sms_holds WHERE record <> X'7B7D' AND person || number <> ''"
    before = columns(database, kept)
    known.erase(PERSON, **WHY)

    assert len(before) == 4
    assert len(columns(database, kept)) == (2 if alone else 3)
    assert [each.hold_id for each in known.legal_holds.list()] == [standing.hold_id]
    assert len(known.audit()) == 8


@pytest.mark.parametrize("of", [{"person": PERSON}, {"number": PATIENT}])
def test_a_legal_hold_wins(known: Messenger, of: dict[str, str]) -> None:
    """Nothing under a hold is erased; after it is lifted it can be."""
    hold = known.legal_holds.place(**of, reason="Doe v. Lakeside", by="counsel:kim")
    with pytest.raises(UnderLegalHold, match="legal hold"):
        known.erase(PERSON, **WHY)

    assert len(known.history(PERSON).texts) == 2
    known.legal_holds.lift(hold.hold_id, reason="settled", by="counsel:kim")
    assert known.erase(PERSON, **WHY).texts == 2


def test_an_uncertain_text_is_settled_first(known: Messenger, clock: MovableClock) -> None:
    """Its record is needed to look it up; nothing is erased in between."""
    message = known.history(PERSON).texts[0].message
    lost = evolve(message, state=State.UNCERTAIN)
    finish(known._ports.store.run(lambda tx: tx.save(lost, clock())))
    with pytest.raises(Unsettled, match="reconcile"):
        known.erase(PERSON, **WHY)

    assert len(known.history(PERSON).texts) == 2


def test_in_the_clear_nobody_can_be_erased(make_messenger: Make) -> None:
    """The error says why; nothing is changed."""
    messenger = make_messenger()
    agree(messenger)
    with pytest.raises(ConfigurationError, match="in the clear"):
        messenger.erase(PERSON, **WHY)

    assert len(messenger.history(PERSON).consent) == 1


@pytest.mark.parametrize("person", ["nobody", PERSON.upper(), "", f"{PERSON} "])
def test_somebody_unknown_is_not_said_to_be_erased(known: Messenger, person: str) -> None:
    """A mistyped id must not look like success; nothing is written."""
    with pytest.raises(UnknownPerson, match="Check the id"):
        known.erase(person, **WHY)

    assert known.audit() == ()
    assert len(known.history(PERSON).texts) == 2


def test_nobody_is_erased_twice(known: Messenger) -> None:
    """After the first time nothing is known of the person."""
    known.erase(PERSON, **WHY)
    with pytest.raises(UnknownPerson):
        known.erase(PERSON, **WHY)

    assert len(known.audit()) == 1


def test_where_they_become_known_meanwhile_nothing_goes(
    make_messenger: Make, used_postgres_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A STOP that comes in from that number at the same time is sealed by no key that goes."""
    messenger = make_messenger(store=PostgreSQL(used_postgres_dsn), keyring=Keyring.generate())
    agree(messenger)
    messenger.receive(from_patient("Do you have parking?", "SM1", sender=OTHER))
    calls, kept, erased = count(), threading.Event(), threading.Event()
    stop = from_patient("STOP", "SM2", sender=OTHER)
    receiving = threading.Thread(target=messenger.receive, args=[stop])
    numbers_of, await_media = ConsentRecords.numbers_of, MediaRecords._await_media

    async def numbers_then(records: ConsentRecords, *which: str) -> list[PhoneNumber]:
        found = await numbers_of(records, *which)
        if next(calls) == 1:  # an erasure asks twice, and then goes on
            agree(messenger, number=OTHER)
            receiving.start()
            assert kept.wait(PATIENCE)
        return found

    async def media_then(records: MediaRecords, inbound: Inbound) -> None:
        kept.set()
        erased.wait(PATIENCE)
        await await_media(records, inbound)

    monkeypatch.setattr(ConsentRecords, "numbers_of", numbers_then)
    monkeypatch.setattr(MediaRecords, "_await_media", media_then)

    assert messenger.erase(PERSON, **WHY).numbers == 1
    erased.set()
    receiving.join()

    assert isinstance(messenger.consent.events(OTHER)[-1], Revoked)
    refused = remind(messenger, to=OTHER)
    assert isinstance(refused, Blocked)
    assert refused.reasons[0].rule == "revocation"
