"""Legal holds: nothing about a person or a number goes while one stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from compliant_sms import Messenger, PhoneNumber, Practice, Sent
from compliant_sms.audit import Act
from compliant_sms.errors import InvalidInput, UnknownHold
from compliant_sms.keyring import Keyring
from compliant_sms.testing import MovableClock
from conftest import HILL, PATIENT, PERSON
from test_purge import OTHER, OUT, a_day, old
from test_receive import from_patient
from test_sealed_store import on_disk
from test_send import agree, remind, waits

pytestmark = [
    pytest.mark.usefixtures(waits.__name__),  # nobody sleeps here
    pytest.mark.both_databases,
]
__all__ = ["old"]
Make = Callable[..., Messenger]


def place(messenger: Messenger, **whom: Any) -> str:
    return messenger.legal_holds.place(
        reason="Doe v. Lakeside", by="counsel:j.ortiz", **whom
    ).hold_id


@pytest.mark.parametrize(
    "whom", [{"person": PERSON}, {"number": PATIENT}], ids=["person", "number"]
)
def test_nothing_under_hold_goes(old: Messenger, whom: dict[str, str]) -> None:
    """Texts, what came in and decisions stay; when the hold is lifted they go."""
    hold = place(old, **whom)
    report = old.purge(by="it:kim")

    assert report.dropped == 0
    assert [tally.held for tally in report.tallies if tally.held] == [2, 1, 2]
    assert old.purge(by="it:kim", dry_run=True).dropped == 0
    old.legal_holds.lift(hold, reason="Settled.", by="counsel:j.ortiz")
    assert old.purge(by="it:kim").dropped == 5


def test_a_persons_hold_reaches_all_their_numbers(
    messenger: Messenger, clock: MovableClock
) -> None:
    """Also what others wrote from a number they share, and nothing at other numbers."""
    a_day(messenger)
    agree(messenger, OTHER, PERSON)
    agree(messenger, OTHER, "pat-882")
    agree(messenger, "+12175550136", "pat-883")
    for key, number, person in [
        ("3", OTHER, PERSON),
        ("4", OTHER, "pat-882"),
        ("5", "+12175550136", "pat-883"),
    ]:
        body = OUT.replace("soon", key)
        assert isinstance(remind(messenger, key, to=number, person=person, body=body), Sent)
    messenger.receive(from_patient("Ok", "SM5", sender=OTHER))
    clock.advance(timedelta(days=7 * 366))
    place(messenger, person=PERSON)
    report = messenger.purge(by="it:kim")

    assert [(tally.dropped, tally.held) for tally in report.tallies[:3]] == [(1, 4), (0, 2), (1, 4)]


def test_two_holds_are_two(old: Messenger) -> None:
    """While one of them stands nothing goes."""
    first, second = place(old, person=PERSON), place(old, number=PATIENT)
    old.legal_holds.lift(first, reason="Settled.", by="counsel:j.ortiz")

    assert [hold.hold_id for hold in old.legal_holds.list()] == [second]
    assert old.purge(by="it:kim").dropped == 0


def test_both_acts_go_on_the_audit_log(old: Messenger) -> None:
    """Who, why, and the hold's id; no repr tells whom it is about."""
    hold = place(old, number=PATIENT)
    (listed,) = old.legal_holds.list()
    old.legal_holds.lift(hold, reason="Settled.", by="counsel:b.lee")
    placed, lifted = old.audit()

    assert listed.number == PhoneNumber.parse(PATIENT)
    assert "5550134" not in repr(listed)
    assert (placed.act, lifted.act) == (Act.HOLD_PLACED, Act.HOLD_LIFTED)
    assert (placed.subject, lifted.subject) == (hold, hold)
    assert (lifted.actor, lifted.reason) == ("counsel:b.lee", "Settled.")


def test_only_a_hold_that_stands_can_be_lifted(
    old: Messenger, make_messenger: Make, practice: Practice
) -> None:
    """Not one that never was, was lifted, or is another practice's."""
    hold = place(old, person=PERSON)
    other = make_messenger(practice=HILL)
    with pytest.raises(UnknownHold):
        other.legal_holds.lift(hold, reason="Settled.", by="counsel:b.lee")
    old.legal_holds.lift(hold, reason="Settled.", by="counsel:b.lee")
    for wrong in (hold, "h-404"):
        with pytest.raises(UnknownHold):
            old.legal_holds.lift(wrong, reason="Settled.", by="counsel:b.lee")
    whole = old.legal_holds.place(person=PERSON, reason="Roe", by="counsel:b.lee")
    with pytest.raises(InvalidInput, match="hold_id"):
        old.legal_holds.lift(whole, reason="Settled.", by="counsel:b.lee")  # type: ignore[arg-type]
    assert other.audit() == ()
    assert len(old.audit()) == 3


@pytest.mark.parametrize(
    "whom",
    [
        {},
        {"person": " "},
        {"person": PERSON, "number": PATIENT},
        {"person": PERSON, "reason": " "},
        {"person": PERSON, "by": ""},
    ],
)
def test_a_hold_is_for_one_and_says_who_and_why(old: Messenger, whom: dict[str, str]) -> None:
    """Anything else is refused, and nothing is recorded."""
    with pytest.raises(InvalidInput):
        old.legal_holds.place(**{"reason": "Doe", "by": "counsel:j.ortiz"} | whom)
    assert old.legal_holds.list() == ()
    assert old.audit() == ()


def test_the_store_can_be_asked(messenger: Messenger) -> None:
    """What erases a person asks the same question."""
    agree(messenger)
    agree(messenger, OTHER, "pat-882")

    async def held(tx: Any) -> list[bool]:
        number, other = PhoneNumber.parse(PATIENT), PhoneNumber.parse(OTHER)
        return [
            await tx.is_held("lakeside", number=number),
            await tx.is_held("lakeside", number=other),
            await tx.is_held("lakeside", person=PERSON),
            await tx.is_held("lakeside", person="pat-882"),
            await tx.is_held("hill", number=number),
            await tx.is_held("lakeside"),
        ]

    run = messenger._store.run  # type: ignore[attr-defined]
    assert run(held) == [False] * 6
    place(messenger, number=PATIENT)
    assert run(held) == [True, False, True, False, False, False]
    place(messenger, person="pat-882")
    assert run(held) == [True, True, True, True, False, False]


def test_with_a_keyring_nothing_tells_of_the_dispute(
    make_messenger: Make, clock: MovableClock, database: Path, tmp_path: Path
) -> None:
    """Neither reason nor number lies in the clear; holds, log and purge work the same."""
    file = tmp_path / "keys"
    keyring = Keyring.generate()
    keyring.write(file)
    messenger = make_messenger(keyring=keyring)
    messenger.legal_holds.place(number=OTHER, reason="Aardvark v. Lakeside", by="counsel:j.ortiz")
    a_day(messenger)
    clock.advance(timedelta(days=7 * 366))
    hold = messenger.legal_holds.place(person=PERSON, reason="Okapi estate", by="counsel:j.ortiz")
    kept = messenger.purge(by="it:kim").dropped
    messenger.legal_holds.lift(hold.hold_id, reason="Okapi settled", by="counsel:j.ortiz")
    gone = messenger.purge(by="it:kim").dropped
    written = on_disk(database)

    assert (kept, gone) == (0, 5)
    assert [each.reason for each in messenger.legal_holds.list()] == ["Aardvark v. Lakeside"]
    assert messenger.audit()[0].reason == "Aardvark v. Lakeside"
    assert messenger.verify_ledger().audit == 7
    for canary in (b"Aardvark", b"Okapi", b"5550135", b"5550134", PERSON.encode()):
        assert canary not in written
