"""What happens at a secure page, and what staff do, stand where people and lawyers look for it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from compliant_sms import Messenger, Practice
from compliant_sms.evidence import verify_pack
from compliant_sms.evidence._files import PAGE, unpacked
from compliant_sms.testing import MovableClock
from conftest import PATIENT, PERSON
from evidence_story import WHO, dossier_of
from secure_visits import Make, Visitor, notice, with_pages
from test_erase import WHY
from test_inbox import PLAN
from test_send import remind

HOUR = timedelta(hours=1)
NOTE = "Called her: she takes it with <food>."


@pytest.fixture
def ana(make_messenger: Make, practice: Practice) -> Visitor:
    """Whoever holds the link of a notice, of a practice that keeps threads."""
    return notice(with_pages(make_messenger, practice, inbox=PLAN))


@pytest.mark.both_databases
def test_a_read_receipt_stands_in_the_thread(ana: Visitor, clock: MovableClock) -> None:
    """Beside the text whose page was read, from the first time on; other texts have none."""
    messenger = ana.messenger
    ana.answer("March 15, 1985")
    clock.advance(HOUR)
    ana.reply("Thank you! May I take it with food?", address="192.0.2.7")
    read_at = clock()
    clock.advance(HOUR)
    ana.answer()
    remind(messenger, "2")
    [thread] = messenger.inbox.waiting()
    first, reply, other = messenger.inbox.thread(thread.thread_id).texts

    assert first.message is not None
    assert first.message.message_id == ana.message_id
    assert first.read_at == read_at
    assert [each.what.value for each in first.accesses] == ana.happened()
    assert ana.happened().count("read") == 2
    assert reply.inbound is not None
    assert reply.inbound.inbound_id in {each.inbound_id for each in first.accesses}
    assert (reply.read_at, reply.accesses) == (None, ())
    assert (other.read_at, other.accesses) == (None, ())
    assert "192.0.2.7" not in repr(messenger.inbox.thread(thread.thread_id))


def test_what_nobody_read_has_no_receipt(ana: Visitor) -> None:
    """Whoever only opens the link, or a program that previews it, has read nothing."""
    ana.reply("hello")
    unread = notice(ana.messenger, "2", body=f"{'Lakeside Family Medicine: Ana, your'} A1c is 6.1.")
    unread.get()
    unread.answer("March 15, 1985")
    [thread] = ana.messenger.inbox.waiting()
    texts = ana.messenger.inbox.thread(thread.thread_id).texts
    (found,) = [t for t in texts if t.message and t.message.message_id == unread.message_id]

    assert found.read_at is None
    assert [each.what.value for each in found.accesses] == ["opened", "opened", "wrong_answer"]


@pytest.mark.both_databases
def test_history_tells_who_read_and_what_staff_did(ana: Visitor, clock: MovableClock) -> None:
    """Accesses stand with their text, and notes with all that was done with the thread."""
    messenger = ana.messenger
    ana.reply("May I take it with food?")
    _work_on_it(messenger, clock)
    told = messenger.history(PERSON)
    [text] = [each for each in told.texts if each.message.message_id == ana.message_id]

    assert [each.what.value for each in text.accesses] == ana.happened()
    assert [(each.kind.value, each.actor, each.words) for each in told.entries] == [
        ("assigned", "front-desk:ana", ""),
        ("note", "front-desk:ben", NOTE),
        ("closed", "front-desk:ben", "Answered on the phone."),
    ]
    assert NOTE not in repr(told)
    assert messenger.history("pat-999").entries == ()


@pytest.mark.both_databases
def test_a_pack_tells_who_read_and_what_staff_did(ana: Visitor, clock: MovableClock) -> None:
    """Both stand in the record and on its page, and the pack verifies."""
    messenger = ana.messenger
    ana.reply("May I take it with food?", address="192.0.2.7")
    _work_on_it(messenger, clock)
    pack = messenger.evidence(PATIENT, since=clock() - 9 * HOUR, until=clock() + HOUR, **WHO).data
    told = dossier_of(pack)
    [text] = [each for each in told.texts if each.message_id == ana.message_id]
    page = unpacked(pack)[PAGE].decode()

    assert [each.what for each in text.accesses] == ana.happened()
    assert {each.address for each in text.accesses} == {"", "192.0.2.7"}
    assert text.accesses[-1].inbound_id == told.received[0].inbound_id
    assert [(each.kind, each.person) for each in told.entries] == [
        ("assigned", PERSON),
        ("note", PERSON),
        ("closed", PERSON),
    ]
    assert verify_pack(pack).ok
    assert "the message was shown" in page
    assert "192.0.2.7" in page
    assert "with &lt;food&gt;" in page
    assert 'id="S-3"' in page


def test_a_pack_has_what_happened_in_its_period(ana: Visitor, clock: MovableClock) -> None:
    """A text of before is in it once its page was read then; acts of before are not."""
    messenger = ana.messenger
    ana.reply("May I take it with food?")
    _work_on_it(messenger, clock)
    clock.advance(9 * HOUR)
    since = clock()
    nothing = dossier_of(messenger.evidence(PATIENT, since=since, until=since + HOUR, **WHO).data)
    ana.answer()
    read = dossier_of(messenger.evidence(PATIENT, since=since, until=since + HOUR, **WHO).data)

    assert (nothing.texts, nothing.entries, read.entries) == ((), (), ())
    assert [text.message_id for text in read.texts] == [ana.message_id]


def test_erasing_takes_addresses_and_notes_along(ana: Visitor, clock: MovableClock) -> None:
    """Nothing of either is told of somebody who was erased."""
    messenger = ana.messenger
    ana.reply("May I take it with food?", address="192.0.2.7")
    _work_on_it(messenger, clock)
    messenger.erase(PERSON, **WHY)
    told = messenger.history(PERSON)
    pack = messenger.evidence(PATIENT, since=clock() - 9 * HOUR, until=clock() + HOUR, **WHO).data

    assert (told.texts, told.entries) == ((), ())
    assert dossier_of(pack).entries == ()
    assert b"192.0.2.7" not in pack
    assert b"food" not in pack


@pytest.mark.both_databases
def test_a_pack_tells_who_gave_a_code_and_took_a_page_back(
    ana: Visitor, clock: MovableClock
) -> None:
    """With why, and also where nothing else happened to the text in the period."""
    messenger, asked = ana.messenger, clock()
    clock.advance(2 * HOUR)
    messenger.secure_pages.issue_code(
        ana.message_id, by="front-desk:ben", reason="She <called> for it."
    )
    clock.advance(HOUR)
    messenger.secure_pages.withdraw(ana.message_id, by="privacy:kim", reason="Sent to a wrong one.")
    pack = messenger.evidence(PATIENT, since=asked + HOUR, until=clock() + HOUR, **WHO).data
    [text] = dossier_of(pack).texts
    page = unpacked(pack)[PAGE].decode()

    assert [(each.what, each.by, each.reason) for each in text.page_acts] == [
        ("code_issued", "front-desk:ben", "She <called> for it."),
        ("page_withdrawn", "privacy:kim", "Sent to a wrong one."),
    ]
    assert [each.at for each in text.page_acts] == [clock() - HOUR, clock()]
    assert verify_pack(pack).ok
    assert "A code that opens the secure page was issued</b> by front-desk:ben" in page
    assert "<h4>With its secure page</h4>" in page
    assert "<called>" not in page


@pytest.mark.both_databases
def test_a_pack_tells_that_notes_were_purged(ana: Visitor, clock: MovableClock) -> None:
    """When there was one, by which rule it was dropped, and the hash of what it was."""
    messenger, begun = ana.messenger, clock()
    ana.reply("May I take it with food?")
    _work_on_it(messenger, clock)
    ended = clock() + HOUR
    clock.advance(timedelta(days=366 * 8))
    messenger.purge(by="it:kim")
    pack = messenger.evidence(PATIENT, since=begun, until=ended, **WHO).data
    told = dossier_of(pack).entries

    assert [(each.kind, each.actor, each.words) for each in told] == [("dropped", "", "")] * 3
    assert [each.at for each in told] == [ended - count * HOUR for count in (3, 2, 1)]
    assert all(each.dropped and set(each.dropped.proofs) == {"record"} for each in told)
    assert verify_pack(pack).ok
    assert "that was dropped since" in unpacked(pack)[PAGE].decode()


def _work_on_it(messenger: Messenger, clock: MovableClock) -> None:
    [thread] = messenger.inbox.waiting()
    for act in (
        lambda: messenger.inbox.assign(thread.thread_id, to="ben", by="front-desk:ana"),
        lambda: messenger.inbox.note(thread.thread_id, words=NOTE, by="front-desk:ben"),
        lambda: messenger.inbox.close(
            thread.thread_id, by="front-desk:ben", reason="Answered on the phone."
        ),
    ):
        clock.advance(HOUR)
        act()
