"""Sums over records."""

from __future__ import annotations

from functools import partial

from compliant_sms.consent import Channel, Revoked
from compliant_sms.figures import Moves
from compliant_sms.lifecycle import State
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Transaction
from compliant_sms.testing._contract._bench import Contract, MakeStore
from compliant_sms.testing._contract._samples import HERE, NOON, THERE, a_text, minutes


def _a_stop(event_id: str, minute: int) -> Revoked:
    at = NOON + minutes(minute)
    return Revoked(
        event_id=event_id,
        practice_id=HERE,
        number=PhoneNumber("+12175550134"),
        occurred_at=at,
        recorded_at=at,
        actor="patient",
        channel=Channel.TEXT,
    )


async def _overdue_at(minute: int, tx: Transaction) -> int:
    return await tx.count_overdue(HERE, NOON + minutes(minute))


class CountContract(Contract):
    """What the part of :class:`~compliant_sms.ports.Transaction` that counts promises."""

    def test_texts_by_state(self, make_store: MakeStore) -> None:
        """A text counts once for each state; the beginning of a period belongs to it."""

        async def work(tx: Transaction) -> None:
            for minute in (0, 0, 1):  # held anew is held
                await tx.save(a_text("1", state=State.HELD), NOON + minutes(minute))
            await tx.save(a_text("2", state=State.BLOCKED), NOON + minutes(1))

        with self._bench(make_store) as store:
            store.run(work)
            all_of_it = (None, NOON + minutes(2))
            assert store.run(lambda tx: tx.texts_by_state(HERE, all_of_it)) == {
                State.HELD: 1,
                State.BLOCKED: 1,
            }
            first = (NOON, NOON + minutes(1))
            assert store.run(lambda tx: tx.texts_by_state(HERE, first)) == {State.HELD: 1}
            assert store.run(lambda tx: tx.texts_by_state(THERE, all_of_it)) == {}
            assert store.run(lambda tx: tx.moves(HERE, all_of_it)) == [
                Moves(at=NOON, state=State.HELD, count=1),
                Moves(at=NOON + minutes(1), state=State.BLOCKED, count=1),
                Moves(at=NOON + minutes(1), state=State.HELD, count=1),
            ]

    def test_opt_outs_by_minute(self, make_store: MakeStore) -> None:
        """Revocations are counted by when they happened."""

        async def work(tx: Transaction) -> None:
            for number, minute in enumerate((0, 0, 1, 2)):
                await tx.append(_a_stop(f"e-{number}", minute), "chain")

        with self._bench(make_store) as store:
            store.run(work)
            period = (NOON, NOON + minutes(2))
            counted = store.run(lambda tx: tx.opt_outs_by_minute(HERE, period))
            assert counted == {NOON: 2, NOON + minutes(1): 1}
            assert store.run(lambda tx: tx.opt_outs_by_minute(THERE, period)) == {}

    def test_what_is_open(self, make_store: MakeStore) -> None:
        """What is uncertain; and what was due before an instant, whether held or not."""

        async def work(tx: Transaction) -> None:
            await tx.save(a_text("1", state=State.UNCERTAIN), NOON)
            await tx.save(a_text("2", state=State.DUE, not_before=NOON), NOON)
            await tx.save(a_text("3", state=State.HELD, not_before=NOON + minutes(1)), NOON)

        with self._bench(make_store) as store:
            store.run(work)
            assert store.run(lambda tx: tx.count_uncertain(HERE)) == 1
            assert store.run(lambda tx: tx.count_uncertain(THERE)) == 0
            for minute, count in ((0, 0), (1, 1), (2, 2)):
                asked = partial(_overdue_at, minute)
                assert store.run(asked) == count
