"""What is one practice's is nothing to another of the same store, whatever ids that one has."""

from __future__ import annotations

from contextlib import suppress

from attrs import evolve

from compliant_sms.conversations import Entry, EntryKind
from compliant_sms.errors import StoreError
from compliant_sms.keyring import Keyring
from compliant_sms.lifecycle import State
from compliant_sms.messages import InboundMedia
from compliant_sms.ports import Transaction
from compliant_sms.providers import Failure, Problem
from compliant_sms.retention import Purged, RecordClass
from compliant_sms.testing._contract._appointments import an_answer, kept, told
from compliant_sms.testing._contract._bench import Bench, Contract, MakeStore, Work, raises
from compliant_sms.testing._contract._pages import a_page, an_access
from compliant_sms.testing._contract._samples import (
    ANA,
    HERE,
    NOON,
    SENDER,
    THERE,
    a_decision,
    a_departure,
    a_hold,
    a_practice,
    a_status,
    a_text,
    an_event,
    minutes,
)
from compliant_sms.testing._contract._threads import a_thread, a_wait
from compliant_sms.testing._contract._unconfirmed import PENDING

_TEXT = a_text(
    state=State.UNCERTAIN, provider="twilio", provider_id="SM1", departure=a_departure(NOON)
)
_INBOUND = PENDING.inbound
_PURGED = Purged(at=NOON, rule="its time has passed", run="run", proofs=())
_PROBLEM = Problem(category=Failure.CONFIG, code="1", words="not theirs to tell")


async def _live(tx: Transaction) -> None:
    """One of each kind of record."""
    text, inbound = _TEXT.message_id, _INBOUND.inbound_id
    await tx.enroll(a_practice(), SENDER, ["proof"])
    await tx.append(an_event(person="pat-881"), "c1")
    await tx.save(_TEXT, NOON)
    await tx.add_decision(HERE, text, a_decision("See you."))
    await tx.add_status(HERE, "twilio", a_status(), text, NOON)
    await tx.add_inbound(_INBOUND)
    await tx.add_unconfirmed(PENDING)
    await tx.add_page(a_page())
    await tx.add_access(HERE, an_access())
    await tx.add_appointment(kept(), NOON, "c2")
    await tx.add_told(HERE, told())
    await tx.add_answer(HERE, an_answer("a1"))
    await tx.add_thread(a_thread())
    await tx.add_wait(HERE, a_wait("w1", inbound_id=inbound))
    await tx.answer_waits(HERE, "t1", text)
    await tx.add_entry(HERE, _entry("e1"))
    await tx.place_hold(a_hold("h1"))


def _entry(entry_id: str) -> Entry:
    return Entry(
        entry_id=entry_id, thread_id="t1", at=NOON, kind=EntryKind.NOTE, actor="ana", words="okapi"
    )


async def _known(tx: Transaction, practice_id: str) -> dict[str, object]:
    """What a practice learns by the ids of those records."""
    text, visit, inbound = _TEXT.message_id, kept().appointment.key, _INBOUND.inbound_id
    return {
        "message": await tx.message(practice_id, text),
        "message_by_key": await tx.message_by_key(practice_id, "1"),
        "message_by_provider_id": await tx.message_by_provider_id(practice_id, "twilio", "SM1"),
        "steps": await tx.steps(practice_id, text),
        "decisions": await tx.decisions(practice_id, text),
        "callbacks": await tx.callbacks(practice_id, text),
        "told_in": await tx.told_in(practice_id, text),
        "told_of": await tx.told_of(practice_id, visit),
        "appointment": await tx.appointment(practice_id, visit),
        "last_answer": await tx.last_answer(practice_id, visit),
        "inbound": await tx.inbound(practice_id, [inbound]),
        "media": await tx.media(practice_id, inbound),
        "page_of": await tx.page_of(practice_id, text),
        "page_at": await tx.page_at(practice_id, a_page().token_hash),
        "accesses": await tx.accesses(practice_id, text),
        "accesses_beside": await tx.accesses_beside(practice_id, text),
        "thread": await tx.thread(practice_id, "t1"),
        "thread_with": await tx.thread_with(practice_id, inbound),
        "waits": await tx.waits(practice_id, "t1"),
        "answers_in": await tx.answers_in(practice_id, "t1"),
        "entries": await tx.entries(practice_id, "t1"),
        "links": await tx.links(practice_id, "c1"),
        "holds": await tx.holds(practice_id),
        "open_answers": await tx.open_answers(practice_id, 9),
    }


def _acts(store: Bench) -> dict[str, Work[object]]:
    """What a practice might do with the ids of another's records."""
    access_id, drops = store.run(_ids)
    text, inbound, key = _TEXT.message_id, _INBOUND.inbound_id, kept().appointment.key
    theirs = evolve(_TEXT, practice_id=THERE, state=State.SENT, problem=_PROBLEM)
    pending = evolve(PENDING, inbound=evolve(_INBOUND, practice_id=THERE), attempts=0)
    media = InboundMedia(
        inbound_id=inbound, position=0, provider="twilio", url="", problem="it was lost"
    )
    page = evolve(a_page(), practice_id=THERE, attempts=9)
    return {
        "note": lambda tx: tx.note(theirs),
        "close_claim": lambda tx: tx.close_claim(theirs, NOON),
        "release": lambda tx: tx.release([theirs], NOON + minutes(1)),
        "void_told": lambda tx: tx.void_told(THERE, text, "not theirs"),
        "acknowledge_answers": lambda tx: tx.acknowledge_answers(THERE, ["a1"], NOON),
        "look_again": lambda tx: tx.look_again(THERE, key, None),
        "save_media": lambda tx: tx.save_media(THERE, media),
        "close_unconfirmed": lambda tx: tx.close_unconfirmed(THERE, inbound),
        "delay_unconfirmed": lambda tx: tx.delay_unconfirmed(pending, None),
        "prove_inbound": lambda tx: tx.prove_inbound(pending.inbound, NOON),
        "save_page": lambda tx: tx.save_page(page),
        "acknowledge_accesses": lambda tx: tx.acknowledge_accesses(THERE, [access_id], NOON),
        "raise_wait": lambda tx: tx.raise_wait(THERE, "w1", 2),
        "requeue_waits": lambda tx: tx.requeue_waits(THERE, "t1", "billing"),
        "answer_waits": lambda tx: tx.answer_waits(THERE, "t1", text),
        "close_waits": lambda tx: tx.close_waits(THERE, "t1", NOON),
        "unask": lambda tx: tx.unask(THERE, inbound, NOON),
        "save_thread": lambda tx: tx.save_thread(a_thread(practice_id=THERE, queue="billing")),
        "lift_hold": lambda tx: tx.lift_hold(THERE, "h1", NOON),
        "add_access": lambda tx: tx.add_access(THERE, an_access()),
        "add_entry": lambda tx: tx.add_entry(THERE, _entry("e2")),
        "add_page": lambda tx: tx.add_page(page),
        "save": lambda tx: tx.save(theirs, NOON),
        "add_decision": lambda tx: tx.add_decision(THERE, text, a_decision("No.")),
        "erase": lambda tx: tx.erase(THERE, "pat-881", _PURGED, [ANA]),
    } | {
        f"drop {record}": lambda tx, r=record, k=key: tx.drop_content(r, THERE, k, purged=_PURGED)
        for record, key in drops.items()
    }


async def _ids(tx: Transaction) -> tuple[int, dict[RecordClass, str]]:
    """The id of the access, and what each record to drop is called."""
    (access,) = await tx.accesses(HERE, _TEXT.message_id)
    classes = (
        RecordClass.TEXT_BODY,
        RecordClass.INBOUND_BODY,
        RecordClass.DECISION,
        RecordClass.APPOINTMENT,
        RecordClass.CONVERSATION,
    )
    aged = {each: (await tx.aged(each, HERE, "", 1))[0].key for each in classes}
    return access.access_id or 0, aged


class IsolationContract(Contract):
    """What every part of the port promises to several practices that share a store."""

    def test_another_practices_ids_are_unknown(self, make_store: MakeStore) -> None:
        """Whoever has the id of a record learns nothing of it under another practice."""
        with self._bench(make_store) as store:
            store.run(_live)
            own = store.run(lambda tx: _known(tx, HERE))
            others = store.run(lambda tx: _known(tx, THERE))
            assert [name for name, known in own.items() if not known] == []
            assert [name for name, known in others.items() if known] == []

    def test_another_practices_records_stay(self, make_store: MakeStore) -> None:
        """Whatever is done under a practice with those ids changes nothing of another's."""
        with self._bench(make_store) as store:
            store.run(_live)
            before = store.run(lambda tx: _known(tx, HERE))
            for name, act in _acts(store).items():
                with suppress(Exception):  # it may refuse as well
                    store.run(act)
                after = store.run(lambda tx: _known(tx, HERE))
                assert {k for k, v in after.items() if v != before[k]} == set(), name
            pending = store.run(lambda tx: tx.claim_unconfirmed(HERE, NOON, NOON + minutes(5)))
            assert pending == evolve(PENDING, attempts=1)

    def test_another_practices_text_is_not_saved(self, make_store: MakeStore) -> None:
        """Whoever saves it, or decides about it, is told that there is no such text."""
        theirs = evolve(_TEXT, practice_id=THERE)
        claimed = evolve(theirs, state=State.CLAIMED, claimed_until=NOON + minutes(1))
        with self._bench(make_store) as store:
            store.run(_live)
            for each in (theirs, claimed):
                with raises(StoreError):
                    store.run(lambda tx, text=each: tx.save(text, NOON))  # type: ignore[misc]
            with raises(StoreError):
                store.run(lambda tx: tx.add_decision(THERE, _TEXT.message_id, a_decision("No.")))
            assert store.run(lambda tx: tx.message(HERE, _TEXT.message_id)) == _TEXT

    def test_what_was_dropped_is_the_practices_too(self, make_store: MakeStore) -> None:
        """Proofs of what was dropped, and the keys of chains, are found under their practice."""
        keyring, text = Keyring.generate(), _TEXT.message_id

        async def drop(tx: Transaction) -> None:
            for record, key in (
                (RecordClass.DECISION, (await tx.aged(RecordClass.DECISION, HERE, "", 1))[0].key),
                (
                    RecordClass.CONVERSATION,
                    (await tx.aged(RecordClass.CONVERSATION, HERE, "", 1))[0].key,
                ),
            ):
                await tx.drop_content(record, HERE, key, purged=_PURGED)

        with self._bench(make_store) as store:
            store.run(_live, keyring)
            store.run(drop, keyring)
            for practice_id, found in ((HERE, 1), (THERE, 0)):
                counts = store.run(lambda tx, p=practice_id: _left(tx, p, text), keyring)  # type: ignore[misc]
                assert counts == [found] * 3

    def test_a_callback_speaks_for_whom_it_proves(self, make_store: MakeStore) -> None:
        """A number's callbacks are proved by what it was enrolled with last."""

        def proofs(by: str = HERE) -> dict[str, set[str]]:
            kept = store.run(lambda tx: tx.callback_proofs(by))
            return {number: set(each) for number, each in kept.items()}

        with self._bench(make_store) as store:
            store.run(_live)
            assert proofs() == {SENDER.e164: {"proof"}}
            assert proofs(THERE) == {}
            assert store.run(lambda tx: tx.enroll(a_practice(), SENDER, ["newer", "proof"]))
            assert not store.run(lambda tx: tx.enroll(a_practice(), SENDER, ["proof", "newer"]))
            store.run(lambda tx: tx.enroll(a_practice(), ANA, []))
            assert proofs() == {SENDER.e164: {"newer", "proof"}, ANA.e164: set()}
            store.run(lambda tx: tx.enroll(a_practice(), SENDER, ["last"]))
            assert proofs() == {SENDER.e164: {"last"}, ANA.e164: set()}
            assert store.run(lambda tx: tx.practice_at(SENDER)) == a_practice()
            assert store.run(lambda tx: tx.practice_of(_TEXT.message_id)) == HERE
            assert store.run(lambda tx: tx.practice_of("nothing")) is None


async def _left(tx: Transaction, practice_id: str, message_id: str) -> list[int]:
    key = await tx.data_key(practice_id, "c1")
    return [
        len(await tx.purged_decisions(practice_id, message_id)),
        len(await tx.dropped_entries(practice_id, "t1")),
        int(key is not None),
    ]
