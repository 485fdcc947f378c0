"""Threads, what waits in them, and what was done with them."""

from __future__ import annotations

from attrs import evolve

from compliant_sms.conversations import Entry, EntryKind, Thread, ThreadState, Wait
from compliant_sms.lifecycle import State
from compliant_sms.ports import ListedThreads, Transaction
from compliant_sms.retention import Purged, RecordClass
from compliant_sms.testing._contract._bench import Contract, MakeStore, Work
from compliant_sms.testing._contract._samples import (
    ANA,
    BEN,
    HERE,
    NOON,
    SENDER,
    THERE,
    WORDS,
    a_departure,
    a_text,
    minutes,
)

_PURGED = Purged(at=NOON, rule="its time has passed", run="run", proofs=())


def a_thread(thread_id: str = "t1", **changes: object) -> Thread:
    """A thread with Ana."""
    made = Thread(
        thread_id=thread_id,
        practice_id=HERE,
        number=ANA,
        person="pat-881",
        queue="front-desk",
        assignee="ben",
        place=WORDS,
        language="es",
        written_to=SENDER,
        opened_at=NOON,
        last_at=NOON,
    )
    return evolve(made, **changes)  # type: ignore[arg-type]


def a_wait(wait_id: str, thread_id: str = "t1", after: int = 0, **changes: object) -> Wait:
    """A text in a thread, so many minutes after noon, that asks for an answer."""
    at = NOON + minutes(after)
    made = Wait(
        wait_id=wait_id,
        thread_id=thread_id,
        queue="front-desk",
        inbound_id=f"in-{wait_id}",
        at=at,
        asks=True,
        steps=(at + minutes(1), at + minutes(2), at + minutes(3)),
    )
    return evolve(made, **changes)  # type: ignore[arg-type]


def waiting_in(thread: Thread, *waits: Wait, practice_id: str = HERE) -> Work[None]:
    """Work that keeps a thread with texts in it."""

    async def write(tx: Transaction) -> None:
        assert await tx.add_thread(thread)
        for wait in waits:
            assert await tx.add_wait(practice_id, wait)

    return write


def listing(**changes: object) -> Work[list[Thread]]:
    """Work that lists threads."""
    return lambda tx: tx.threads(ListedThreads(practice_id=HERE, **changes))  # type: ignore[arg-type]


def answering(thread_id: str, message_id: str, state: State) -> Work[None]:
    """Work that has a text of ours, in that state, answer what waits in a thread."""

    async def write(tx: Transaction) -> None:
        text = a_text(message_id, state=State.CLAIMED, departure=a_departure(NOON + minutes(5)))
        await tx.save(evolve(text, claimed_until=NOON, attempts=1), NOON)
        await tx.answer_waits(HERE, thread_id, text.message_id)
        if state is not State.CLAIMED:
            await tx.save(evolve(text, state=state, claimed_until=NOON, attempts=1), NOON)

    return write


class ThreadContract(Contract):
    """What :class:`~compliant_sms.ports.Conversations` promises of threads."""

    def test_threads_come_back_as_they_were(self, make_store: MakeStore) -> None:
        """One of a person at a number, found by id, by both, and by the number."""
        ana, nobody = a_thread(), a_thread("t2", person=None, number=None)
        ben = a_thread("t3", person="pat-1")
        with self._bench(make_store) as store:
            adding: list[Work[bool]] = [
                lambda tx, n=n: tx.add_thread(a_thread(f"t{n}"))  # type: ignore[misc]
                for n in (1, 1, 1)
            ]
            assert sorted(map(str, store.together(adding))) == ["False", "False", "True"]
            store.run(lambda tx: tx.add_thread(nobody))
            store.run(lambda tx: tx.add_thread(ben))
            assert not store.run(lambda tx: tx.add_thread(a_thread("t4")))
            assert store.run(lambda tx: tx.thread(HERE, "t1", fixed=True)) == ana
            assert store.run(lambda tx: tx.thread(THERE, "t1")) is None
            assert store.run(lambda tx: tx.thread_of(HERE, ANA, "pat-881")) == ana
            assert store.run(lambda tx: tx.thread_of(HERE, None, None)) == nobody
            assert store.run(lambda tx: tx.thread_of(HERE, ANA, None)) is None
            assert store.run(lambda tx: tx.threads_at(HERE, ANA)) == [ana, ben]
            assert store.run(lambda tx: tx.threads_at(HERE, BEN)) == []

    def test_what_waits_is_listed_by_when_it_is_due(self, make_store: MakeStore) -> None:
        """Oldest due first, then what waits for nothing, newest first; by queue and state."""
        late = waiting_in(a_thread("t1"), a_wait("w1", "t1", 9), a_wait("w2", "t1", 12))
        soon = waiting_in(a_thread("t2", number=BEN, queue="billing"), a_wait("w3", "t2", 3))
        quiet = a_wait("w4", "t3", asks=False, settled="nothing-asked", settled_at=NOON)
        calm = waiting_in(a_thread("t3", person="pat-1", last_at=NOON + minutes(7)), quiet)
        done = waiting_in(a_thread("t4", person="pat-2", closed_at=NOON))
        with self._bench(make_store) as store:
            for work in (late, soon, calm, done):
                store.run(work)
            first, second, *rest = store.run(listing())
            assert [first.thread_id, second.thread_id] == ["t2", "t1"]
            assert (first.waits_since, first.due_at) == (NOON + minutes(3), NOON + minutes(5))
            assert second.waits_since == NOON + minutes(9)
            assert [(t.thread_id, t.state) for t in rest] == [
                ("t3", ThreadState.ANSWERED),
                ("t4", ThreadState.CLOSED),
            ]
            assert store.run(listing(queue="billing")) == [first]
            many = tuple(f"queue-{n}" for n in range(60))
            assert store.run(listing(outside=many)) == [first, second, *rest]
            assert store.run(listing(outside=(*many, "front-desk"))) == [first]
            assert store.run(listing(state=ThreadState.WAITING)) == [first, second]
            assert store.run(listing(state=ThreadState.ANSWERED)) == rest[:1]
            assert store.run(listing(state=ThreadState.CLOSED)) == rest[1:]
            assert store.run(listing(due_by=NOON + minutes(5))) == [first]
            assert store.run(listing(limit=1)) == [first]

    def test_who_waits_longest_is_first_of_equals(self, make_store: MakeStore) -> None:
        """Of what is due at one time; writing again moves nobody up."""
        steps = (NOON + minutes(60),) * 3

        def night(thread_id: str, *after: int) -> Work[None]:
            last = NOON + minutes(max(after))
            thread = a_thread(thread_id, person=thread_id, last_at=last)
            waits = [a_wait(f"{thread_id}-{n}", thread_id, n, steps=steps) for n in after]
            return waiting_in(thread, *waits)

        with self._bench(make_store) as store:
            for work in (night("t2", 9), night("t9", 7), night("t5", 1, 11), night("t1", 9)):
                store.run(work)
            found = store.run(listing())
            assert [each.thread_id for each in found] == ["t5", "t9", "t1", "t2"]
            assert store.run(listing(limit=2)) == found[:2]

    def test_an_answer_counts_while_it_stands(self, make_store: MakeStore) -> None:
        """Not while it is on its way, and no more once it failed; another one may count."""
        with self._bench(make_store) as store:
            store.run(waiting_in(a_thread(), a_wait("w1")))
            assert not store.run(lambda tx: tx.add_wait(HERE, a_wait("w9", inbound_id="in-w1")))

            def state() -> ThreadState:
                found = store.run(lambda tx: tx.thread(HERE, "t1"))
                assert found is not None
                return found.state

            for n, became in enumerate((State.CLAIMED, State.FAILED, State.UNCERTAIN)):
                store.run(answering("t1", f"m{n}", became))
                assert state() is ThreadState.WAITING
            store.run(answering("t1", "m7", State.SENT))
            assert state() is ThreadState.ANSWERED
            (wait,) = store.run(lambda tx: tx.waits(HERE, "t1"))
            assert wait.answered_at == NOON + minutes(5)
            assert not wait.waits
            answers = [f"{HERE}/m{n}" for n in (0, 1, 2, 7)]
            assert store.run(lambda tx: tx.answers_in(HERE, "t1")) == answers
            undelivered = a_text("m7", state=State.UNDELIVERED, claimed_until=NOON, attempts=1)
            store.run(lambda tx: _reread(tx, undelivered.message_id, State.UNDELIVERED))
            assert state() is ThreadState.WAITING
            store.run(lambda tx: _reread(tx, undelivered.message_id, State.DELIVERED))
            assert state() is ThreadState.ANSWERED

    def test_what_is_settled_waits_no_more(self, make_store: MakeStore) -> None:
        """Closing settles what waits; what was answered for good is settled afterwards."""
        with self._bench(make_store) as store:
            store.run(waiting_in(a_thread(), a_wait("w1")))
            store.run(answering("t1", "m1", State.SENT))
            store.run(lambda tx: tx.add_wait(HERE, a_wait("w2", after=8)))
            store.run(lambda tx: tx.requeue_waits(HERE, "t1", "billing"))
            store.run(lambda tx: tx.close_waits(HERE, "t1", NOON + minutes(9)))
            first, second = store.run(lambda tx: tx.waits(HERE, "t1"))
            assert (first.settled, first.queue) == ("", "billing")
            assert (second.settled, second.settled_at) == ("closed", NOON + minutes(9))
            early, late = NOON + minutes(4), NOON + minutes(6)
            assert store.run(lambda tx: tx.settle_answered(HERE, late, early)) == 0
            assert store.run(lambda tx: tx.settle_answered(HERE, late, late)) == 1
            assert store.run(lambda tx: tx.settle_answered(HERE, late, late)) == 0
            first, _ = store.run(lambda tx: tx.waits(HERE, "t1"))
            assert (first.settled, first.settled_at) == ("answered", late)
            store.run(lambda tx: _reread(tx, f"{HERE}/m1", State.UNDELIVERED))
            assert not any(wait.waits for wait in store.run(lambda tx: tx.waits(HERE, "t1")))

    def test_entries_stay_with_their_thread(self, make_store: MakeStore) -> None:
        """In their order, through a change of whose thread it is, and into another thread."""
        from compliant_sms.keyring import Keyring  # noqa: PLC0415 - an extra may be missing

        keyring = Keyring.generate()
        nobodys, theirs = a_thread("t1", person=None), a_thread("t2")
        notes = [_entry("e1", "t1", words=WORDS), _entry("e2", "t1", kind=EntryKind.CLOSED)]

        async def write(tx: Transaction) -> None:
            await tx.add_thread(nobodys)
            for each in notes:
                await tx.add_entry(HERE, each)
            await tx.add_wait(HERE, a_wait("w1"))

        with self._bench(make_store) as store:
            store.run(write, keyring)
            assert store.run(lambda tx: tx.entries(HERE, "t1"), keyring) == notes
            store.run(lambda tx: tx.save_thread(evolve(nobodys, person="pat-9")), keyring)
            assert store.run(lambda tx: tx.entries(HERE, "t1"), keyring) == notes
            store.run(lambda tx: tx.add_thread(theirs), keyring)
            joined = evolve(nobodys, person="pat-9")
            store.run(lambda tx: tx.move_thread(joined, theirs), keyring)
            moved = [evolve(each, thread_id="t2") for each in notes]
            assert store.run(lambda tx: tx.entries(HERE, "t2"), keyring) == moved
            assert store.run(lambda tx: tx.entries(HERE, "t1"), keyring) == []
            assert store.run(lambda tx: tx.thread(HERE, "t1"), keyring) is None
            assert [w.wait_id for w in store.run(lambda tx: tx.waits(HERE, "t2"), keyring)] == [
                "w1"
            ]
            assert store.run(lambda tx: tx.thread_of(HERE, ANA, "pat-9"), keyring) is None

    def test_notes_are_dropped(self, make_store: MakeStore) -> None:
        """What is old can be dropped, once; the thread stays."""
        record = RecordClass.CONVERSATION

        def drop(key: str) -> Work[bool]:
            return lambda tx: tx.drop_content(record, HERE, key, purged=_PURGED)

        async def write(tx: Transaction) -> None:
            await tx.add_thread(a_thread())
            await tx.add_entry(HERE, _entry("e1", "t1", words=WORDS))
            await tx.add_entry(HERE, _entry("e2", "t1"))

        with self._bench(make_store) as store:
            store.run(write)
            first, second = store.run(lambda tx: tx.aged(record, HERE, "", 9))
            assert (first.since, first.finished, first.held, first.purged) == (
                NOON,
                True,
                False,
                False,
            )
            assert store.run(lambda tx: tx.aged(record, HERE, first.key, 9)) == [second]
            assert [store.run(drop(first.key)) for _ in range(2)] == [True, False]
            assert [e.entry_id for e in store.run(lambda tx: tx.entries(HERE, "t1"))] == ["e2"]
            ((at, kept),) = store.run(lambda tx: tx.dropped_entries(HERE, "t1"))
            assert (at, kept.rule, len(kept.proofs)) == (NOON, _PURGED.rule, 1)
            assert store.run(lambda tx: tx.dropped_entries(HERE, "t2")) == []

    def test_threads_are_sealed_and_erased(self, make_store: MakeStore) -> None:
        """They open with the keys of whom they are with, and never again once those are gone."""
        from compliant_sms.keyring import Keyring  # noqa: PLC0415 - an extra may be missing

        keyring = Keyring.generate()
        thread = a_thread()

        async def write(tx: Transaction) -> None:
            await tx.add_thread(thread)
            await tx.add_wait(HERE, a_wait("w1"))
            await tx.add_entry(HERE, _entry("e1", "t1", words=WORDS))

        with self._bench(make_store) as store:
            store.run(write, keyring)
            store.run(lambda tx: tx.erase(HERE, "pat-881", _PURGED, [ANA]), keyring)
            assert store.run(lambda tx: tx.thread(HERE, "t1"), keyring) is None
            assert store.run(lambda tx: tx.entries(HERE, "t1"), keyring) == []
            assert store.run(listing(), keyring) == []
            (wait,) = store.run(lambda tx: tx.waits(HERE, "t1"), keyring)
            assert wait.settled == "erased"
            again = a_thread("t5")
            assert store.run(lambda tx: tx.add_thread(again), keyring)
            assert store.run(lambda tx: tx.thread(HERE, "t5"), keyring) == again


def _entry(
    entry_id: str, thread_id: str, kind: EntryKind = EntryKind.NOTE, words: str = ""
) -> Entry:
    return Entry(
        entry_id=entry_id, thread_id=thread_id, at=NOON, kind=kind, actor="ana", words=words
    )


async def _reread(tx: Transaction, message_id: str, state: State) -> None:
    message = await tx.message(HERE, message_id)
    assert message is not None
    await tx.save(evolve(message, state=state), NOON)
