"""What waits, who looks at it, how fast it may go, and what is told of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from attrs import evolve

from compliant_sms.classification import Purpose
from compliant_sms.lifecycle import State
from compliant_sms.messages import Message
from compliant_sms.ports import Callback, Refusals, Transaction
from compliant_sms.providers import StatusUpdate
from compliant_sms.rates import Bucket
from compliant_sms.testing._contract._bench import Contract, MakeStore, Work
from compliant_sms.testing._contract._samples import (
    BEN,
    HERE,
    NOON,
    THERE,
    a_departure,
    a_status,
    a_text,
    an_inbound,
    keys,
    minutes,
    saving,
)


def reserving(
    at: datetime = NOON, limit: int = 9, again: datetime | None = None
) -> Work[list[Message]]:
    """Work that reserves texts for a minute."""
    return lambda tx: tx.reserve(HERE, at, at + minutes(1), limit, again=again)


def asking(asked: int, before: datetime, again: datetime | None = NOON) -> Work[Message | None]:
    """Work that takes a text for which its provider is to be asked."""
    return lambda tx: tx.claim_unreported(HERE, "twilio", asked, before, again)


def _accepted(key: str, practice_id: str = HERE) -> Message:
    """A text that its provider took, and gave an id."""
    return a_text(
        key,
        practice_id=practice_id,
        state=State.SENT,
        provider="twilio",
        provider_id=f"SM-{key}",
    )


async def _save(tx: Transaction, text: Message, at: datetime) -> None:
    await tx.save(text, at)


def telling(news: StatusUpdate) -> Work[bool]:
    """Work that keeps news of the first text."""
    return lambda tx: tx.add_status(HERE, "twilio", news, f"{HERE}/1", NOON)


async def told(tx: Transaction) -> list[Callback]:
    """All news of the first text."""
    return await tx.callbacks(HERE, f"{HERE}/1")


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

    def test_what_was_not_reported(self, make_store: MakeStore) -> None:
        """Who took a text and told no end of it is asked after a while, so often, and then left."""
        texts = {
            _accepted("late"): NOON,
            _accepted("early"): NOON - minutes(2),
            _accepted("just now"): NOON + minutes(1),
            a_text("nameless", state=State.SENT): NOON - minutes(9),
            evolve(_accepted("elsewhere"), provider="telnyx"): NOON - minutes(9),
            evolve(_accepted("claimed"), state=State.CLAIMED): NOON - minutes(9),
            _accepted("theirs", practice_id=THERE): NOON - minutes(9),
        }
        with self._bench(make_store) as store:

            def asked(times: int, before: datetime, again: datetime | None = NOON) -> str | None:
                found = store.run(asking(times, before, again))
                return found.draft.idempotency_key if found else None

            for text, at in texts.items():
                store.run(partial(_save, text=text, at=at))
            assert asked(0, NOON) == "early"
            assert asked(0, NOON, again=NOON + minutes(5)) == "late"
            assert asked(0, NOON) is None
            assert asked(1, NOON + minutes(4), again=None) == "early"
            assert asked(1, NOON + minutes(4)) is None
            assert asked(1, NOON + minutes(5)) == "late"
            assert asked(2, NOON + minutes(999)) == "late"
            store.run(saving(evolve(_accepted("just now"), state=State.DELIVERED)))
            assert asked(0, NOON + minutes(999)) is None

    def test_asked_at_once(self, make_store: MakeStore) -> None:
        """Those who ask at once are given each text once."""
        with self._bench(make_store) as store:
            for number in range(9):
                store.run(saving(_accepted(str(number))))
            found = store.together([asking(0, NOON)] * 6)
            given = [each.message_id for each in found if isinstance(each, Message)]
            while (one := store.run(asking(0, NOON))) is not None:
                given.append(one.message_id)
            assert sorted(given) == sorted(f"{HERE}/{number}" for number in range(9))

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

    def test_reserved_by_a_clock_that_was_ahead(self, make_store: MakeStore) -> None:
        """Nobody waits until all clocks show what a wrong one showed."""
        with self._bench(make_store) as store:
            store.run(saving(a_text("0", not_before=NOON)))
            assert keys(store.run(reserving(NOON + minutes(360)))) == ["0"]
            assert keys(store.run(reserving(NOON + minutes(1)))) == ["0"]
            assert store.run(reserving(NOON + minutes(1.5))) == []

    def test_reserved_before(self, make_store: MakeStore) -> None:
        """What came to nothing twice waits for all others as urgent, or is left out."""
        then, later = NOON + minutes(1), NOON + minutes(2)
        with self._bench(make_store) as store:
            for number in range(4):
                store.run(saving(a_text(str(number), not_before=NOON - minutes(9 - number))))
            assert keys(store.run(reserving(limit=1))) == ["0"]
            assert keys(store.run(reserving(then, limit=1))) == ["0"]
            assert keys(store.run(reserving(later, limit=2))) == ["1", "2"]
            assert keys(store.run(reserving(later, again=then))) == ["3"]
            assert keys(store.run(reserving(later))) == ["0"]

    def test_reserved_once_before(self, make_store: MakeStore) -> None:
        """Some of what came to nothing once goes before the pile, and not all of it."""
        later = NOON + minutes(1)
        with self._bench(make_store) as store:
            for number in range(10):
                store.run(saving(a_text(str(number), not_before=NOON - minutes(99 - number))))
            assert keys(store.run(reserving(limit=5))) == ["0", "1", "2", "3", "4"]
            assert keys(store.run(reserving(later, limit=5))) == ["0", "5", "6", "7", "8"]
            assert keys(store.run(reserving(later, limit=1))) == ["1"]
            assert keys(store.run(reserving(later))) == ["2", "3", "4", "9"]

    def test_what_is_saved_or_released_was_not_reserved(self, make_store: MakeStore) -> None:
        """Only what came to nothing counts, and no longer once the text was decided about."""
        text, other = a_text("1", not_before=NOON - minutes(9)), a_text("2")
        with self._bench(make_store) as store:
            store.run(saving(text))
            store.run(saving(other))
            for minute in range(3):
                at = NOON + minutes(minute)
                assert keys(store.run(reserving(at, limit=1))) == ["1"]
                store.run(lambda tx: tx.release([text], at + minutes(1)))  # noqa: B023
            for minute in range(3, 6):
                assert keys(store.run(reserving(NOON + minutes(minute), limit=1))) == ["1"]
                store.run(saving(text))

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
            assert store.run(lambda tx: tx.peek_bucket("sender")) == Bucket(level=2.5, at=NOON)
            assert store.run(lambda tx: tx.peek_bucket("other")) is None
            assert store.run(lambda tx: tx.bucket("other", other)) == other
            assert store.run(lambda tx: tx.peek_bucket("other")) == other

    def test_early_news(self, make_store: MakeStore) -> None:
        """News under an id that is no text's yet is adopted once, in its order, by its practice."""
        first, last = a_status("2", State.SENT), a_status("1", State.DELIVERED)

        async def early(tx: Transaction) -> None:
            await tx.save(a_text(), NOON)
            for news in (first, last):
                await tx.add_status(HERE, "twilio", news, None, NOON)
            await tx.add_status(THERE, "twilio", first, None, NOON)
            await tx.add_status(HERE, "other", first, None, NOON)

        with self._bench(make_store) as store:
            store.run(early)
            found = store.run(lambda tx: tx.adopt_statuses(HERE, "twilio", "SM1", f"{HERE}/1"))
            assert found == [first, last]
            assert [each.update for each in store.run(told)] == [first, last]
            again = store.run(lambda tx: tx.adopt_statuses(HERE, "twilio", "SM1", f"{HERE}/1"))
            assert again == []

    def test_early_news_and_the_answer_together(self, make_store: MakeStore) -> None:
        """Whoever holds the id first: the news is the text's afterwards."""

        async def answer(tx: Transaction) -> str:
            await tx.hold_provider_id(HERE, "twilio", "SM1")
            early = await tx.adopt_statuses(HERE, "twilio", "SM1", f"{HERE}/1")
            await tx.save(a_text(state=State.SENT, provider="twilio", provider_id="SM1"), NOON)
            return f"{len(early)} before"

        async def news(tx: Transaction) -> str:
            await tx.hold_provider_id(HERE, "twilio", "SM1")
            text = await tx.message_by_provider_id(HERE, "twilio", "SM1")
            known = text.message_id if text else None
            await tx.add_status(HERE, "twilio", a_status(), known, NOON)
            return "known" if known else "kept"

        with self._bench(make_store) as store:
            store.run(saving(a_text()))
            assert store.together([answer, news]) in (
                ["0 before", "known"],
                ["1 before", "kept"],
            )
            assert [each.update for each in store.run(told)] == [a_status()]

    def test_last_heard(self, make_store: MakeStore) -> None:
        """The newest callback of a provider, of either kind, and the newest text that it took."""

        def heard(practice_id: str, provider: str) -> Work[tuple[datetime | None, ...]]:
            return lambda tx: tx.last_heard(practice_id, provider)

        async def work(tx: Transaction) -> None:
            taken = a_text(
                state=State.CLAIMED, provider="twilio", departure=a_departure(NOON + minutes(3))
            )
            await tx.save(taken, NOON)
            await tx.save(evolve(taken, state=State.SENT, provider_id="SM1"), NOON)
            await tx.add_inbound(an_inbound(at=NOON + minutes(2)))

        with self._bench(make_store) as store:
            assert store.run(heard(HERE, "twilio")) == (None, None)
            store.run(work)
            assert store.run(heard(HERE, "twilio")) == (NOON + minutes(2), NOON + minutes(3))
            late = NOON + minutes(5)
            store.run(lambda tx: tx.add_status(HERE, "twilio", a_status(), None, late))
            assert store.run(heard(HERE, "twilio")) == (late, NOON + minutes(3))
            assert store.run(heard(HERE, "other")) == (None, None)
            assert store.run(heard(THERE, "twilio")) == (None, None)

    def test_refusals(self, make_store: MakeStore) -> None:
        """Refused callbacks are summed over whole days, for each practice and provider alone."""
        tomorrow = NOON + timedelta(days=1)

        async def work(tx: Transaction) -> None:
            for at, count in ((NOON, 2), (NOON - minutes(5), 1), (tomorrow, 4)):
                await tx.add_refusals(HERE, "twilio", count, at)
            await tx.add_refusals(HERE, "telnyx", 8, NOON)

        def found(since: datetime, practice_id: str = HERE) -> Refusals | None:
            return store.run(lambda tx: tx.refusals(practice_id, "twilio", since))

        with self._bench(make_store) as store:
            assert found(NOON) is None
            store.run(work)
            assert found(NOON + minutes(5)) == Refusals(count=7, last_at=tomorrow)
            assert found(tomorrow) == Refusals(count=4, last_at=tomorrow)
            assert found(tomorrow + timedelta(days=1)) is None
            assert found(NOON, THERE) is None

    def test_refusals_of_many(self, make_store: MakeStore) -> None:
        """Who counts at the same time loses nothing of the other's."""

        async def count(tx: Transaction) -> None:
            await tx.add_refusals(HERE, "twilio", 1, NOON)

        with self._bench(make_store) as store:
            store.together([count] * 4)
            found = store.run(lambda tx: tx.refusals(HERE, "twilio", NOON))
            assert found == Refusals(count=4, last_at=NOON)

    def test_callbacks(self, make_store: MakeStore) -> None:
        """All news of a text is kept in the order in which it came."""
        states = (State.DELIVERED, State.SENT)
        with self._bench(make_store) as store:
            store.run(saving(a_text()))
            for key, state in enumerate(states):
                store.run(telling(a_status(str(key), state)))
            found = store.run(lambda tx: tx.callbacks(HERE, f"{HERE}/1"))
            assert [(each.at, each.update.state) for each in found] == [(NOON, s) for s in states]
            assert store.run(lambda tx: tx.callbacks(HERE, "nothing")) == []
