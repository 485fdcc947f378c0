"""What a practice has to see to: escalations, events, and what must not be lost."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve

from compliant_sms.classification import Purpose
from compliant_sms.conversations import InboxEvent, InboxEventKind, OpenItem, OpenKind
from compliant_sms.lifecycle import State
from compliant_sms.ports import Transaction
from compliant_sms.testing._contract._appointments import kept, told
from compliant_sms.testing._contract._bench import Contract, MakeStore, Work
from compliant_sms.testing._contract._samples import (
    ANA,
    BEN,
    HERE,
    NOON,
    THERE,
    a_text,
    an_inbound,
    minutes,
)
from compliant_sms.testing._contract._threads import a_thread, a_wait, answering, waiting_in
from compliant_sms.volume import NO_PLACE


def an_event(event_id: str, **changes: object) -> InboxEvent:
    """An event about the first thread."""
    made = InboxEvent(
        event_id=event_id,
        kind=InboxEventKind.DUE,
        at=NOON,
        thread_id="t1",
        queue="front-desk",
        to="ben",
        reference="w1",
    )
    return evolve(made, **changes)  # type: ignore[arg-type]


class InboxContract(Contract):
    """What :class:`~compliant_sms.ports.Conversations` promises of what is to be seen to."""

    def test_the_next_step_of_what_waits_longest(self, make_store: MakeStore) -> None:
        """One text of a thread, as soon as its next step has come, as long as there is one."""

        def raising(after: int) -> Work[list[str]]:
            async def work(tx: Transaction) -> list[str]:
                found = await tx.waits_to_raise(HERE, NOON + minutes(after), 9)
                return [wait.wait_id for wait in found]

            return work

        with self._bench(make_store) as store:
            store.run(waiting_in(a_thread(), a_wait("w1"), a_wait("w2")))
            store.run(waiting_in(a_thread("t2", number=BEN), a_wait("w3", "t2", 1)))
            assert store.run(raising(0)) == []
            assert store.run(raising(1)) == ["w1"]
            assert store.run(raising(2)) == ["w1", "w3"]
            store.run(lambda tx: tx.raise_wait(HERE, "w1", 1))
            store.run(lambda tx: tx.raise_wait(HERE, "w1", 0))
            assert store.run(raising(1)) == []
            assert store.run(raising(2)) == ["w1", "w3"]
            store.run(lambda tx: tx.raise_wait(HERE, "w1", 3))
            assert store.run(raising(9)) == ["w3"]
            store.run(lambda tx: tx.close_waits(HERE, "t2", NOON))
            assert store.run(raising(9)) == []

    def test_what_is_due_first_goes_before_what_came_first(self, make_store: MakeStore) -> None:
        """And before both goes what the point person is to have by now."""

        def steps(*after: int) -> tuple[datetime, ...]:
            return tuple(NOON + minutes(each) for each in after)

        def raising(after: int) -> Work[list[str]]:
            async def work(tx: Transaction) -> list[str]:
                found = await tx.waits_to_raise(HERE, NOON + minutes(after), 9)
                return [wait.wait_id for wait in found]

            return work

        with self._bench(make_store) as store:
            first = a_wait("w1", steps=steps(2, 4, 9))
            sooner = a_wait("w2", after=1, steps=steps(2, 3, 8))
            danger = a_wait("w3", after=5, steps=steps(5, 5, 5))
            store.run(waiting_in(a_thread(), first, sooner, danger))
            assert store.run(raising(2)) == ["w2"]
            thread = store.run(lambda tx: tx.thread(HERE, "t1"))
            assert thread is not None
            assert (thread.waits_since, thread.due_at) == (first.at, sooner.steps[1])
            assert store.run(raising(4)) == ["w2"]
            assert store.run(raising(5)) == ["w3"]

    def test_events_are_kept_once_until_somebody_knows(self, make_store: MakeStore) -> None:
        """One of a kind about one thing; in order; until acknowledged."""
        first, other = an_event("e1"), an_event("e2", kind=InboxEventKind.OVERDUE)

        def adding(event: InboxEvent) -> Work[bool]:
            return lambda tx: tx.add_inbox_event(HERE, event)

        with self._bench(make_store) as store:
            told = store.together([adding(an_event("e1")) for _ in range(3)])
            assert sorted(map(str, told)) == ["False", "False", "True"]
            assert not store.run(adding(an_event("e9")))
            assert store.run(adding(other))
            assert store.run(lambda tx: tx.inbox_events(HERE, 9)) == [first, other]
            assert store.run(lambda tx: tx.inbox_events(HERE, 1)) == [first]
            assert store.run(lambda tx: tx.inbox_events(THERE, 9)) == []
            assert store.run(lambda tx: tx.acknowledge_inbox_events(THERE, ["e1"], NOON)) == 0
            ids = ["e1", "e1", "nothing"]
            assert store.run(lambda tx: tx.acknowledge_inbox_events(HERE, ids, NOON)) == 1
            assert store.run(lambda tx: tx.inbox_events(HERE, 9)) == [other]

    def test_failed_answers_are_told_of_once(self, make_store: MakeStore) -> None:
        """As long as what they answer is not settled, and no event tells of them."""
        failed = an_event("e1", kind=InboxEventKind.REPLY_FAILED, reference=f"{HERE}/m1")
        with self._bench(make_store) as store:
            store.run(waiting_in(a_thread(), a_wait("w1"), a_wait("w2")))
            store.run(answering("t1", "m1", State.FAILED))
            store.run(answering("t1", "m2", State.SENT))
            assert store.run(lambda tx: tx.failed_answers(HERE, 9)) == [("t1", f"{HERE}/m1", NOON)]
            store.run(lambda tx: tx.add_inbox_event(HERE, failed))
            assert store.run(lambda tx: tx.failed_answers(HERE, 9)) == []

    def test_what_came_between(self, make_store: MakeStore) -> None:
        """What came in since, and what had not been settled before; not what asks nothing."""
        quiet = a_wait("w4", after=6, asks=False, settled="nothing-asked", settled_at=NOON)
        old = a_wait("w1", settled="closed", settled_at=NOON + minutes(1))
        with self._bench(make_store) as store:
            waits = (old, a_wait("w2", after=2), a_wait("w3", after=6), quiet)
            store.run(waiting_in(a_thread(), *waits))
            since, until = NOON + minutes(5), NOON + minutes(6)
            found = store.run(lambda tx: tx.waits_between(HERE, since, until))
            assert found == [waits[1], waits[2]]
            found = store.run(lambda tx: tx.waits_between(HERE, NOON, since))
            assert found == [waits[0], waits[1]]

    def test_texts_without_a_thread(self, make_store: MakeStore) -> None:
        """They are found until they lie in one; and by their ids."""
        first, second = an_inbound("1"), an_inbound("2")
        with self._bench(make_store) as store:
            for inbound in (first, second):
                store.run(lambda tx, inbound=inbound: tx.add_inbound(inbound))  # type: ignore[misc]
            assert store.run(lambda tx: tx.without_thread(HERE, 9)) == [first, second]
            assert store.run(lambda tx: tx.without_thread(HERE, 1)) == [first]
            wait = a_wait("w1", inbound_id=first.inbound_id)
            store.run(waiting_in(a_thread(), wait))
            assert store.run(lambda tx: tx.without_thread(HERE, 9)) == [second]
            ids = [second.inbound_id, first.inbound_id] * 30
            assert store.run(lambda tx: tx.inbound(HERE, ids[:2])) == [first, second]
            assert len(store.run(lambda tx: tx.inbound(HERE, ids))) >= 2

    def test_what_must_not_be_lost(self, make_store: MakeStore) -> None:
        """Each kind is listed once, the oldest first, and what was dismissed is not."""
        texts = [
            a_text("bad", state=State.FAILED),
            a_text("lost", state=State.UNDELIVERED, at=NOON + minutes(1)),
            a_text("refused", state=State.BLOCKED),
            a_text("stop", state=State.FAILED, purpose=Purpose.OPT_OUT_CONFIRMATION),
            a_text("unsure", state=State.UNCERTAIN, claimed_until=NOON + minutes(2), attempts=1),
            a_text("lapsed", state=State.CLAIMED, claimed_until=NOON + minutes(3), attempts=1),
            a_text("going", state=State.CLAIMED, claimed_until=NOON + minutes(99), attempts=1),
            a_text("held", state=State.HELD, not_before=NOON + minutes(99)),
            a_text("stuck", state=State.DUE),
            a_text("new", at=NOON + minutes(50)),
            a_text("planned", not_before=NOON + minutes(99)),
            *(
                a_text(key, state=State.FAILED)
                for key in ("past", "coming", "next", "moved", "recalled")
            ),
            a_text("crowded", state=State.CANCELLED, problem=NO_PLACE),
            a_text("called off", state=State.CANCELLED),
            a_text("promotion", state=State.CANCELLED, problem=NO_PLACE),
        ]

        async def write(tx: Transaction) -> None:
            for text in texts:
                await tx.save(text, text.created_at)
            late = a_text("waited", state=State.HELD, to=BEN)
            await tx.save(late, NOON)
            await tx.save(evolve(late, state=State.BLOCKED), NOON + minutes(4))
            for key in ("overslept", "ahead"):  # nobody looked at them for 40 minutes
                await tx.save(a_text(key), NOON)
                later = a_text(key, state=State.HELD, not_before=NOON + minutes(99))
                await tx.save(later, NOON + minutes(40))
            await tx.add_told(HERE, evolve(told(), message_id=f"{HERE}/ahead"))
            reminded = {
                "past": told(code="a"),
                "coming": told(code="b", until=NOON + minutes(61)),
                "recalled": told(code="recall-1"),
                "next": told(code="d", appointment_id="2", sequence=1),
                "moved": told(code="e", appointment_id="2", sequence=0),
            }
            for key, each in reminded.items():
                await tx.add_told(HERE, evolve(each, message_id=f"{HERE}/{key}"))
            await tx.add_appointment(kept("2", sequence=1), NOON, "chain-2")
            for key in ("crowded", "called off"):
                await tx.add_told(
                    HERE, told(code=key, appointment_id="2", message_id=f"{HERE}/{key}")
                )

        at, since = NOON + minutes(60), NOON + minutes(30)

        def listed(limit: int = 99) -> Work[list[OpenItem]]:
            return lambda tx: tx.open_items(HERE, at, since, limit)

        with self._bench(make_store) as store:
            store.run(write)
            mine = a_thread(number=ANA)
            store.run(waiting_in(mine, a_wait("w1", after=7), a_wait("w2", inbound_id=None)))
            store.run(waiting_in(a_thread("t2", person=None, assignee=""), a_wait("w3", "t2", 5)))
            store.run(answering("t2", "answer", State.FAILED))
            items = store.run(listed())
            assert sorted((str(i.kind), i.reference, i.since) for i in items) == [
                ("held_too_long", f"{HERE}/held", NOON),
                ("held_too_long", f"{HERE}/overslept", NOON),
                ("held_too_long", f"{HERE}/stuck", NOON),
                ("no_place", f"{HERE}/crowded", NOON),
                ("unanswered", "in-w1", NOON + minutes(7)),
                ("unanswered", "w2", NOON),
                ("uncertain", f"{HERE}/lapsed", NOON + minutes(3)),
                ("uncertain", f"{HERE}/unsure", NOON + minutes(2)),
                ("undeliverable", f"{HERE}/bad", NOON),
                ("undeliverable", f"{HERE}/coming", NOON),
                ("undeliverable", f"{HERE}/lost", NOON + minutes(1)),
                ("undeliverable", f"{HERE}/moved", NOON),
                ("undeliverable", f"{HERE}/next", NOON),
                ("undeliverable", f"{HERE}/recalled", NOON),
                ("undeliverable", f"{HERE}/waited", NOON + minutes(4)),
                ("unmatched", "in-w3", NOON + minutes(5)),
            ]
            assert [i.since for i in items] == sorted(i.since for i in items)
            assert store.run(listed(3)) == items[:3]
            (answered,) = (i for i in items if i.reference == "in-w1")
            assert (answered.thread_id, answered.queue, answered.assignee) == (
                "t1",
                "front-desk",
                "ben",
            )
            (bad,) = (i for i in items if i.reference == f"{HERE}/bad")
            assert store.run(lambda tx: tx.dismiss(HERE, bad, NOON))
            assert not store.run(lambda tx: tx.dismiss(HERE, bad, NOON))
            assert bad not in store.run(listed())
            assert {i.kind for i in items} == set(OpenKind)
