"""What waits, who looks at it, how fast it may go, and what is told of it."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve

from compliant_sms.classification import Purpose
from compliant_sms.lifecycle import State
from compliant_sms.messages import Message
from compliant_sms.ports import Transaction
from compliant_sms.providers import StatusUpdate
from compliant_sms.rates import Bucket
from compliant_sms.testing._contract._bench import Contract, MakeStore, Work
from compliant_sms.testing._contract._samples import (
    BEN,
    HERE,
    NOON,
    THERE,
    a_status,
    a_text,
    keys,
    minutes,
    saving,
)

__all__ = ["QueueContract"]


def reserving(at: datetime = NOON, limit: int = 9) -> Work[list[Message]]:
    """Work that reserves texts for a minute."""
    return lambda tx: tx.reserve(HERE, at, at + minutes(1), limit)


def telling(news: StatusUpdate) -> Work[bool]:
    """Work that keeps news of the first text."""
    return lambda tx: tx.add_status("twilio", news, f"{HERE}/1", NOON)


class QueueContract(Contract):
    """What :class:`~compliant_sms.ports.Queue`, ``Buckets`` and callbacks promise."""

    def test_what_waits(self, make_store: MakeStore) -> None:
        """What is due comes by when it is due, no more than asked for, of one practice."""
        texts = [
            a_text("late", not_before=NOON),
            a_text("early", state=State.HELD, not_before=NOON - minutes(2), to=BEN),
            a_text("middle", not_before=NOON - minutes(1)),
            a_text("not yet", not_before=NOON + minutes(1)),
            a_text("gone", state=State.SENT, not_before=NOON - minutes(9)),
            a_text("theirs", practice_id=THERE, not_before=NOON - minutes(9)),
        ]
        with self._bench(make_store) as store:
            for text in texts:
                store.run(saving(text))
            assert keys(store.run(reserving(limit=2))) == ["early", "middle"]
            assert keys(store.run(reserving(limit=2))) == ["late"]

    def test_what_is_open(self, make_store: MakeStore) -> None:
        """Claims that ran out and uncertain texts come oldest first."""
        texts = [
            a_text("b", state=State.CLAIMED, claimed_until=NOON),
            a_text("a", state=State.CLAIMED, claimed_until=NOON - minutes(1)),
            a_text("running", state=State.CLAIMED, claimed_until=NOON + minutes(1)),
            a_text("d", state=State.UNCERTAIN, claimed_until=NOON + minutes(2)),
            a_text("c", state=State.UNCERTAIN, claimed_until=NOON),
            a_text("theirs", practice_id=THERE, state=State.UNCERTAIN, claimed_until=NOON),
        ]
        with self._bench(make_store) as store:
            for text in texts:
                store.run(saving(text))
            assert keys(store.run(lambda tx: tx.lapsed(HERE, NOON, 9))) == ["a", "b"]
            assert keys(store.run(lambda tx: tx.lapsed(HERE, NOON, 1))) == ["a"]
            assert keys(store.run(lambda tx: tx.uncertain(HERE, 9))) == ["c", "d"]
            (first,) = store.run(lambda tx: tx.uncertain(HERE, 1))
            assert keys([first]) == ["c"]
            assert keys(store.run(lambda tx: tx.uncertain(HERE, 9, first))) == ["d"]

    def test_reserved(self, make_store: MakeStore) -> None:
        """Nobody is given what somebody reserved until that has run out."""
        with self._bench(make_store) as store:
            for number in range(5):
                store.run(saving(a_text(str(number), not_before=NOON - minutes(9 - number))))
            assert keys(store.run(reserving(limit=2))) == ["0", "1"]
            assert keys(store.run(reserving(limit=2))) == ["2", "3"]
            assert keys(store.run(reserving())) == ["4"]
            assert store.run(reserving(NOON + minutes(0.9))) == []
            assert keys(store.run(reserving(NOON + minutes(1)))) == ["0", "1", "2", "3", "4"]
            assert store.run(lambda tx: tx.lapsed(HERE, NOON + minutes(99), 9)) == []

    def test_reserved_at_once(self, make_store: MakeStore) -> None:
        """Those who reserve at once are given each text once."""
        with self._bench(make_store) as store:
            for number in range(9):
                store.run(saving(a_text(str(number))))
            found = store.together([reserving(limit=3)] * 6)
            given = [key for each in found if isinstance(each, list) for key in keys(each)]
            given += keys(store.run(reserving()))
            assert sorted(given) == sorted("012345678")

    def test_urgent_first(self, make_store: MakeStore) -> None:
        """Emergencies go first, then answers to patients; none goes early."""
        urgent = {
            "answer": (Purpose.OPT_OUT_CONFIRMATION, 5),
            "alert": (Purpose.EMERGENCY_ALERT, 4),
            "tomorrow": (Purpose.EMERGENCY_ALERT, -1440),
        }
        with self._bench(make_store) as store:
            store.run(saving(a_text("reminder", not_before=NOON - minutes(9))))
            for key, (purpose, ago) in urgent.items():
                text = a_text(key, purpose=purpose, not_before=NOON - minutes(ago))
                store.run(saving(text))
            assert keys(store.run(reserving(limit=2))) == ["alert", "answer"]
            assert keys(store.run(reserving())) == ["reminder"]

    def test_released(self, make_store: MakeStore) -> None:
        """What is released others get at once, and a later reservation is left alone."""
        first, second = a_text("1"), a_text("2")
        with self._bench(make_store) as store:
            store.run(saving(first))
            store.run(saving(second))
            store.run(reserving())
            store.run(lambda tx: tx.release([first], NOON + minutes(1)))
            store.run(lambda tx: tx.release([second], NOON))
            assert keys(store.run(reserving())) == ["1"]

    def test_saving_ends_a_reservation(self, make_store: MakeStore) -> None:
        """A text that is put off is given out as soon as it is due again."""
        text, soon = a_text(), NOON + minutes(0.1)
        with self._bench(make_store) as store:
            store.run(saving(text))
            store.run(reserving())
            store.run(saving(evolve(text, not_before=soon)))
            assert keys(store.run(reserving(soon))) == ["1"]

    def test_next_due(self, make_store: MakeStore) -> None:
        """When to look again: at the first text that nobody has reserved."""
        with self._bench(make_store) as store:
            assert store.run(lambda tx: tx.next_due(HERE, NOON)) is None
            store.run(saving(a_text("1")))
            store.run(saving(a_text("2", not_before=NOON + minutes(3))))
            alert = a_text("3", purpose=Purpose.EMERGENCY_ALERT, not_before=NOON + minutes(7))
            store.run(saving(alert))
            assert store.run(lambda tx: tx.next_due(HERE, NOON)) == NOON
            store.run(reserving())
            assert store.run(lambda tx: tx.next_due(HERE, NOON)) == NOON + minutes(3)
            assert store.run(lambda tx: tx.next_due(THERE, NOON)) is None

    def test_buckets(self, make_store: MakeStore) -> None:
        """A bucket keeps what is left in it; those who take from it at once take in turn."""

        async def take(tx: Transaction) -> float:
            found = await tx.bucket("sender", Bucket(level=8.5, at=NOON))
            await tx.save_bucket("sender", evolve(found, level=found.level - 1))
            return found.level

        with self._bench(make_store) as store:
            levels = store.together([take] * 6)
            assert sorted(map(str, levels)) == ["3.5", "4.5", "5.5", "6.5", "7.5", "8.5"]
            other = Bucket(level=1, at=NOON + minutes(1))
            assert store.run(lambda tx: tx.bucket("sender", other)) == Bucket(level=2.5, at=NOON)
            assert store.run(lambda tx: tx.bucket("other", other)) == other

    def test_callbacks(self, make_store: MakeStore) -> None:
        """All news of a text is kept in the order in which it came."""
        states = (State.DELIVERED, State.SENT)
        with self._bench(make_store) as store:
            store.run(saving(a_text()))
            for key, state in enumerate(states):
                store.run(telling(a_status(str(key), state)))
            found = store.run(lambda tx: tx.callbacks(f"{HERE}/1"))
            assert [(each.at, each.update.state) for each in found] == [(NOON, s) for s in states]
            assert store.run(lambda tx: tx.callbacks("nothing")) == []
