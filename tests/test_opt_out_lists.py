"""Evening the ledger out with what providers keep of opted-out numbers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from compliant_sms import AsyncMessenger, Blocked, Messenger, Purpose
from compliant_sms.audit import Act
from compliant_sms.errors import InvalidInput
from compliant_sms.flows import OptOutDrift
from compliant_sms.messenger import StoreKind
from compliant_sms.providers import Provider, Twilio
from compliant_sms.rules import Verdict
from compliant_sms.testing import MovableClock
from conftest import INTAKE_WORDING, MORNING, PATIENT, PERSON, SENDER, SID, TOKEN
from lists import Listing, Lists, OnlyAdding, OnlyListing
from test_receive import from_patient
from test_send import BODY, agree, remind

pytestmark = pytest.mark.both_databases

Make = Callable[..., Messenger]
CARRIER = {
    "account_sid": SID,
    "auth_token": TOKEN,
    "sender": SENDER,
    "base_url": "http://127.0.0.1:9",
}
REMINDER: dict[str, Any] = {
    "to": PATIENT,
    "person": PERSON,
    "purpose": Purpose.APPOINTMENT_REMINDER,
    "body": BODY,
}
OTHERS = tuple(f"+1217555{number:04}" for number in range(200, 205))


def joined(make: Make, lists: Lists, provider: Provider | None = None, **changes: Any) -> Messenger:
    return make(provider=provider or Listing(**CARRIER), transport=lists, **changes)


def told(drift: OptOutDrift) -> dict[str, list[str]]:
    return {
        name: [number.e164 for number in getattr(drift, name)]
        for name in ("recorded", "added", "missing", "stale")
        if getattr(drift, name)
    }


def revoke(messenger: Messenger, number: str, person: str = PERSON) -> None:
    messenger.consent.revoke(number, person=person, channel="spoken", recorded_by="desk:ana")


def test_both_ways(make_messenger: Make) -> None:
    """A STOP that only the provider heard is recorded; one that only we heard is put there."""
    lists = Lists(*((number, None) for number in OTHERS))
    messenger = joined(make_messenger, lists)
    agree(messenger, OTHERS[0])
    revoke(messenger, PATIENT)

    (drift,) = messenger.sync_opt_outs(by="it:kim")

    assert told(drift) == {"recorded": list(OTHERS), "added": [PATIENT]}
    assert (drift.provider, drift.listed, drift.is_even) == ("twilio", 5, False)
    assert (PATIENT, None) in lists.entries
    assert isinstance(remind(messenger, to=OTHERS[0]), Blocked)
    (again,) = messenger.sync_opt_outs(by="it:kim")
    assert again.is_even
    events = [event for event in messenger.audit() if event.act is Act.OPT_OUTS_SYNCED]
    assert [dict(event.details) for event in events] == [
        {
            "0.twilio.recorded": 5,
            "0.twilio.added": 1,
            "0.twilio.missing": 0,
            "0.twilio.stale": 0,
        }
    ]
    assert PATIENT[-7:] not in repr(events) + repr(drift)


def test_only_told(make_messenger: Make) -> None:
    """Without writing nothing changes, here or there."""
    lists = Lists((OTHERS[0], None))
    messenger = joined(make_messenger, lists)
    agree(messenger, OTHERS[0])
    revoke(messenger, PATIENT)

    (drift,) = messenger.sync_opt_outs(by="it:kim", dry_run=True)

    assert told(drift) == {"recorded": [OTHERS[0]], "missing": [PATIENT]}
    assert lists.entries == [(OTHERS[0], None)]
    assert not messenger.consent.state(OTHERS[0], person=PERSON).revocations
    assert not [event for event in messenger.audit() if event.act is Act.OPT_OUTS_SYNCED]


@pytest.mark.parametrize(
    ("days", "expected"),
    [(-1, {"stale": [PATIENT]}), (1, {"recorded": [PATIENT]}), (None, {"recorded": [PATIENT]})],
)
def test_agreed_before_or_after(
    make_messenger: Make, clock: MovableClock, days: int | None, expected: dict[str, list[str]]
) -> None:
    """An entry from before the consent is stale; from after it, or undated, it is a revocation."""
    clock.move_to(MORNING + timedelta(days=3))
    at = None if days is None else (clock() + timedelta(days=days)).isoformat()
    messenger = joined(make_messenger, Lists((PATIENT, at)))
    agree(messenger)
    clock.advance(timedelta(days=2))

    (drift,) = messenger.sync_opt_outs(by="it:kim")

    assert told(drift) == expected
    revoked = bool(messenger.consent.state(PATIENT, person=PERSON).revocations)
    assert revoked == ("recorded" in expected)


@pytest.mark.parametrize("days", [None, 10])
def test_consent_dated_too_late(
    make_messenger: Make, clock: MovableClock, days: int | None
) -> None:
    """A consent of a machine whose clock was ahead does not outlast what the provider lists."""
    at = None if days is None else (MORNING + timedelta(days=days)).isoformat()
    agree(make_messenger(clock=MovableClock(MORNING + timedelta(days=3))))
    messenger = joined(make_messenger, Lists((PATIENT, at)))

    (drift,) = messenger.sync_opt_outs(by="it:kim")

    assert told(drift) == {"recorded": [PATIENT]}
    clock.move_to(MORNING + timedelta(days=4))
    assert isinstance(remind(messenger), Blocked)
    assert messenger.sync_opt_outs(by="it:kim")[0].is_even


@pytest.mark.parametrize("since", ["booking", "sister"])
def test_what_lifts_no_stop_makes_none_stale(
    make_messenger: Make, clock: MovableClock, since: str
) -> None:
    """A STOP whose callback was lost ends what it would have ended on the day that it came."""
    stop = (MORNING + timedelta(hours=1)).isoformat()
    messenger = joined(make_messenger, Lists((PATIENT, stop)))
    agree(messenger)
    clock.advance(timedelta(days=1))
    if since == "booking":
        messenger.consent.grant(PATIENT, person=PERSON, basis="booking", recorded_by="desk:ana")
    else:
        agree(messenger, person="pat-sister")
    clock.advance(timedelta(days=1))

    assert told(messenger.sync_opt_outs(by="it:kim")[0]) == {"recorded": [PATIENT]}
    assert isinstance(remind(messenger), Blocked)
    may = messenger.check(
        to=PATIENT, person="pat-sister", purpose=Purpose.APPOINTMENT_REMINDER, body=BODY
    )
    assert (may.verdict is Verdict.ALLOW) is (since == "sister")
    again = {} if since == "booking" else {"stale": [PATIENT]}
    assert told(messenger.sync_opt_outs(by="it:kim")[0]) == again


@pytest.mark.parametrize("start", [False, True])
def test_a_stop_soon_after_another_is_on_record_unless_start_came_between(
    make_messenger: Make, clock: MovableClock, *, start: bool
) -> None:
    """A provider's clock is another one than ours; START between two STOPs makes them two."""
    lists = Lists()
    messenger = joined(make_messenger, lists)
    agree(messenger)
    agree(messenger, person="pat-sister")
    clock.advance(timedelta(hours=1))
    revoke(messenger, PATIENT)
    lists.entries.append((PATIENT, (clock() + timedelta(minutes=3)).isoformat()))
    clock.advance(timedelta(minutes=1))
    if start:
        messenger.receive(from_patient("START", "SM1"))
    clock.advance(timedelta(minutes=9))
    agree(messenger, person="pat-sister")
    expected = {"recorded" if start else "stale": [PATIENT]}

    assert told(messenger.sync_opt_outs(by="it:kim")[0]) == expected
    assert messenger.check(**REMINDER).verdict is Verdict.BLOCK


def test_undated_entry_of_a_revocation_on_record(make_messenger: Make, clock: MovableClock) -> None:
    """An undated entry is the STOP on record, after which somebody signed: it ends nothing."""
    messenger = joined(make_messenger, Lists((PATIENT, None)))
    revoke(messenger, PATIENT)
    clock.advance(timedelta(days=1))
    agree(messenger)

    (drift,) = messenger.sync_opt_outs(by="it:kim")

    assert told(drift) == {"stale": [PATIENT]}
    assert not messenger.consent.state(PATIENT, person=PERSON).revocations


def test_who_keeps_some_texts(make_messenger: Make, clock: MovableClock) -> None:
    """Who keeps some kinds of texts is put on no list, which would end them all."""
    lists = Lists()
    messenger = joined(make_messenger, lists)
    agree(messenger)
    clock.advance(timedelta(minutes=1))
    revoke(messenger, PATIENT)
    clock.advance(timedelta(minutes=1))
    messenger.consent.clarify(
        PATIENT, person=PERSON, keep=["appointments"], channel="spoken", recorded_by="desk:ana"
    )

    assert messenger.sync_opt_outs(by="it:kim")[0].is_even
    assert lists.entries == []


def decline(messenger: Messenger, clock: MovableClock) -> None:
    """A patient who agreed to reminders and bills ends the bills."""
    messenger.consent.grant(
        PATIENT,
        person=PERSON,
        basis="intake_form",
        wording=INTAKE_WORDING,
        categories=["appointments", "billing"],
        recorded_by="front-desk:ana",
    )
    clock.advance(timedelta(minutes=1))
    messenger.receive(from_patient("stop texting me about bills, just the appointments", "SM1"))
    clock.advance(timedelta(minutes=1))


@pytest.mark.parametrize("dated", [True, False])
def test_no_to_some_texts_is_no_stop(
    make_messenger: Make, clock: MovableClock, *, dated: bool
) -> None:
    """Who ended some texts and then all of them, at the provider, gets none any more."""
    lists = Lists()
    messenger = joined(make_messenger, lists)
    decline(messenger, clock)
    assert messenger.sync_opt_outs(by="it:kim")[0].is_even
    lists.entries.append((PATIENT, clock().isoformat() if dated else None))

    (drift,) = messenger.sync_opt_outs(by="it:kim")

    assert told(drift) == {"recorded": [PATIENT]}
    assert isinstance(remind(messenger), Blocked)
    assert messenger.sync_opt_outs(by="it:kim")[0].is_even


@pytest.mark.parametrize("dated", [True, False])
def test_entry_of_a_stop_that_was_narrowed(
    make_messenger: Make, clock: MovableClock, *, dated: bool
) -> None:
    """The STOP on the list is the one after which the patient said which texts may go on."""
    lists = Lists((PATIENT, clock().isoformat() if dated else None))
    messenger = joined(make_messenger, lists)
    agree(messenger)
    clock.advance(timedelta(minutes=1))
    revoke(messenger, PATIENT)
    clock.advance(timedelta(minutes=1))
    messenger.consent.clarify(
        PATIENT, person=PERSON, keep=["appointments"], channel="spoken", recorded_by="desk:ana"
    )

    assert told(messenger.sync_opt_outs(by="it:kim")[0]) == {"stale": [PATIENT]}
    assert messenger.check(**REMINDER).verdict is Verdict.ALLOW


@pytest.mark.parametrize("later", [True, False])
def test_household(make_messenger: Make, clock: MovableClock, *, later: bool) -> None:
    """One of two at a number agreed anew: no block of the number may follow from the other."""
    lists = Lists()
    messenger = joined(make_messenger, lists)
    agree(messenger)
    agree(messenger, person="pat-882")
    clock.advance(timedelta(minutes=1))
    revoke(messenger, PATIENT)
    stopped_at = clock()
    clock.advance(timedelta(minutes=1))
    agree(messenger)
    assert messenger.sync_opt_outs(by="it:kim")[0].is_even
    assert lists.entries == []
    clock.advance(timedelta(minutes=1))
    lists.entries.append((PATIENT, (clock() if later else stopped_at).isoformat()))

    (drift,) = messenger.sync_opt_outs(by="it:kim")

    assert told(drift) == {"recorded" if later else "stale": [PATIENT]}
    allowed = messenger.check(**REMINDER).verdict is Verdict.ALLOW
    assert allowed is not later


def test_full_list(make_messenger: Make) -> None:
    """What the provider does not add is told as missing."""
    lists = Lists()
    lists.full = True
    messenger = joined(make_messenger, lists)
    revoke(messenger, PATIENT)

    assert told(messenger.sync_opt_outs(by="it:kim")[0]) == {"missing": [PATIENT]}


@pytest.mark.parametrize("after", [0, 1])
def test_broken_list(make_messenger: Make, after: int) -> None:
    """From a list that breaks off what was read counts, and nothing is added to it."""
    lists = Lists(*((number, None) for number in OTHERS))
    lists.breaks_after = after
    messenger = joined(make_messenger, lists)
    revoke(messenger, PATIENT)

    (drift,) = messenger.sync_opt_outs(by="it:kim")

    assert told(drift).get("recorded", []) == list(OTHERS[: 2 * after])
    assert "added" not in told(drift)
    assert drift.problem
    assert not drift.is_even


def test_addition_without_an_answer(make_messenger: Make) -> None:
    """An addition that nobody confirmed counts as missing."""
    lists = Lists()
    lists.breaks_after = 1
    messenger = joined(make_messenger, lists)
    revoke(messenger, PATIENT)

    assert told(messenger.sync_opt_outs(by="it:kim")[0]) == {"missing": [PATIENT]}


def test_list_that_cannot_be_read(make_messenger: Make) -> None:
    """Where a list only takes additions all are added; what it lacked nobody knows."""
    lists = Lists()
    messenger = joined(make_messenger, lists, OnlyAdding(**CARRIER))
    revoke(messenger, PATIENT)

    assert messenger.sync_opt_outs(by="it:kim", dry_run=True)[0].is_even
    (drift,) = messenger.sync_opt_outs(by="it:kim")

    assert drift.listed is None
    assert told(drift) == {"added": [PATIENT]}


def test_list_that_takes_no_additions(make_messenger: Make) -> None:
    """Where a list can only be read, what it lacks is told."""
    messenger = joined(make_messenger, Lists(), OnlyListing(**CARRIER))
    revoke(messenger, PATIENT)

    assert told(messenger.sync_opt_outs(by="it:kim")[0]) == {"missing": [PATIENT]}


def test_endless_list(make_messenger: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list that goes on for ever is given up at some point, and that is told."""
    monkeypatch.setattr("compliant_sms.flows._ledger._opt_out_lists._MOST_PAGES", 2)
    lists = Lists(*((number, None) for number in OTHERS))

    (drift,) = joined(make_messenger, lists).sync_opt_outs(by="it:kim")

    assert told(drift) == {"recorded": list(OTHERS[:4])}
    assert drift.problem


def test_no_list(make_messenger: Make) -> None:
    """With a provider that keeps no list there is nothing to even out."""
    lists = Lists()
    messenger = joined(make_messenger, lists, Twilio(**CARRIER))
    revoke(messenger, PATIENT)

    assert messenger.sync_opt_outs(by="it:kim")[0].is_even
    assert lists.asked == 0


def test_who_asks(make_messenger: Make) -> None:
    """Whoever evens out gives a name for the audit log."""
    with pytest.raises(InvalidInput):
        joined(make_messenger, Lists((PATIENT, None))).sync_opt_outs(by=" ")


def test_on_an_event_loop(make_store: Callable[[], StoreKind], practice: Any, clock: Any) -> None:
    """The same on an event loop."""

    async def run() -> OptOutDrift:
        messenger = AsyncMessenger(
            practice=practice,
            provider=Listing(**CARRIER),
            store=make_store(),
            clock=clock,
            transport=Lists((PATIENT, None)),
        )
        try:
            (drift,) = await messenger.sync_opt_outs(by="it:kim")
        finally:
            await messenger.aclose()
        return drift

    assert told(asyncio.run(run())) == {"recorded": [PATIENT]}
