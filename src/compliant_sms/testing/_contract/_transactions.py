"""All or nothing, durable, and one after the other where a number is locked."""

from __future__ import annotations

from functools import partial

from attrs import evolve

from compliant_sms.errors import InvalidInput, StoreError
from compliant_sms.lifecycle import State
from compliant_sms.messages import Message
from compliant_sms.ports import Transaction
from compliant_sms.rates import Bucket
from compliant_sms.testing._contract._bench import Contract, MakeStore, Work, raises
from compliant_sms.testing._contract._samples import (
    ANA,
    BEN,
    HERE,
    NOON,
    SENDER,
    a_departure,
    a_practice,
    a_status,
    a_text,
    an_event,
    minutes,
    saving,
)


class _Mine(Exception):
    pass


class TransactionContract(Contract):
    """What :class:`~compliant_sms.ports.Store` promises."""

    def test_result_and_own_writes(self, make_store: MakeStore) -> None:
        """Work sees what it wrote, and its result comes out."""

        async def work(tx: Transaction) -> object:
            await tx.save(a_text(), NOON)
            return await tx.message(HERE, f"{HERE}/1")

        with self._bench(make_store) as store:
            assert store.run(work) == a_text()

    def test_all_or_nothing(self, make_store: MakeStore) -> None:
        """What the work raises comes out unchanged, and nothing of the work is left."""
        mine = _Mine()

        async def work(tx: Transaction) -> None:
            await tx.save(a_text(), NOON)
            await tx.append(an_event(), "chain")
            await tx.enroll(a_practice(), SENDER, ())
            raise mine

        with self._bench(make_store) as store:
            with raises(_Mine) as caught:
                store.run(work)
            assert caught == [mine]
            assert store.run(lambda tx: tx.message(HERE, f"{HERE}/1")) is None
            assert store.run(lambda tx: tx.consent_events(HERE, ANA)) == []
            assert store.run(lambda tx: tx.practice_at(SENDER)) is None

    def test_durable(self, make_store: MakeStore) -> None:
        """What was recorded is there when the database is opened again."""
        if not self.outlives_close:
            return
        with self._bench(make_store) as store:
            store.run(lambda tx: tx.save(a_text(), NOON))
            store.reopen()
            assert store.run(lambda tx: tx.message(HERE, f"{HERE}/1")) == a_text()

    def test_used_after_close(self, make_store: MakeStore) -> None:
        """A closed store opens again when it is used, and closing twice harms nobody."""
        with self._bench(make_store) as store:
            store.close()
            store.close()
            store.run(lambda tx: tx.save(a_text(), NOON))
            assert store.run(lambda tx: tx.message(HERE, f"{HERE}/1")) == a_text()

    def test_lock_is_a_fence(self, make_store: MakeStore) -> None:
        """Whoever locks a number sees all that was committed by those who held it before."""

        def work(name: int) -> Work[int]:
            async def add(tx: Transaction) -> int:
                await tx.lock(HERE, ANA)
                before = await tx.messages_to(HERE, ANA)
                await tx.save(a_text(str(name)), NOON)
                return len(before)

            return add

        with self._bench(make_store) as store:
            seen = store.together([work(name) for name in range(16)])
            assert sorted(map(_plain, seen)) == list(range(16))

    def test_lock_of_a_person_is_a_fence(self, make_store: MakeStore) -> None:
        """Whoever locks a person sees what was committed by those who did, at whatever number."""

        def work(name: int) -> Work[int]:
            async def add(tx: Transaction) -> int:
                number = (ANA, BEN)[name % 2]
                await tx.lock(HERE, number)
                await tx.lock_person(HERE, "pat-1")
                before = [*await tx.messages_to(HERE, ANA), *await tx.messages_to(HERE, BEN)]
                await tx.save(a_text(str(name), to=number), NOON)
                return len(before)

            return add

        with self._bench(make_store) as store:
            seen = store.together([work(name) for name in range(16)])
            assert sorted(map(_plain, seen)) == list(range(16))

    def test_prefetch_changes_no_answer(self, make_store: MakeStore) -> None:
        """What was announced is read as it is then, whatever is written in between."""
        left = a_text(state=State.CLAIMED, departure=a_departure(NOON))
        bucket = Bucket(level=1.0, at=NOON)

        async def reads(tx: Transaction) -> tuple[object, ...]:
            return (
                await tx.paused_scopes(HERE),
                await tx.peek_bucket("wait"),
                await tx.consent_events(HERE, ANA),
                await tx.departures(HERE, ANA, NOON - minutes(1)),
            )

        async def work(tx: Transaction) -> list[tuple[object, ...]]:
            found = []
            await tx.lock(HERE, ANA)
            for write in (None, tx.append(an_event(), "chain"), tx.save(left, NOON)):
                await tx.prefetch(HERE, ANA, since=NOON - minutes(1), buckets=["wait"])
                assert await tx.message_by_key(HERE, "another") is None
                if write is not None:
                    await write
                found += [await reads(tx), await reads(tx)]
            await tx.prefetch(HERE, ANA, since=NOON - minutes(1), buckets=["wait"])
            await tx.bucket("wait", bucket)
            return [*found, await reads(tx)]

        with self._bench(make_store) as store:
            *found, last = store.run(work)
            scopes, events, departures = frozenset[str](), [an_event()], [left.departure]
            assert found == [
                *[(scopes, None, [], [])] * 2,
                *[(scopes, None, events, [])] * 2,
                *[(scopes, None, events, departures)] * 2,
            ]
            assert last == (scopes, bucket, events, departures)

    def test_one_claim(self, make_store: MakeStore) -> None:
        """Of many who want to claim a text under the lock, one gets it."""

        async def claim(tx: Transaction) -> bool:
            await tx.lock(HERE, ANA)
            message = await tx.message(HERE, f"{HERE}/1")
            assert message is not None
            if message.state is not State.DUE:
                return False
            claimed = evolve(message, state=State.CLAIMED, claimed_until=NOON + minutes(1))
            await tx.save(claimed, NOON)
            return True

        with self._bench(make_store) as store:
            store.run(lambda tx: tx.save(a_text(), NOON))
            assert sorted(map(_plain, store.together([claim] * 12))) == [False] * 11 + [True]
            steps = store.run(lambda tx: tx.steps(HERE, f"{HERE}/1"))
            assert [step.state for step in steps] == [State.DUE, State.CLAIMED]

    def test_a_claim_is_closed_once(self, make_store: MakeStore) -> None:
        """What became of a claim is kept, unless news of it came first or it is another claim."""
        claimed = a_text(state=State.CLAIMED, claimed_until=NOON + minutes(1), attempts=1)
        sent = claimed.moved(State.SENT, provider_id="SM1")
        again = evolve(claimed, claimed_until=NOON + minutes(9), attempts=2)
        overtaken = [
            claimed.moved(State.DELIVERED),
            claimed.moved(State.UNCERTAIN),
            evolve(claimed, provider_id="SM1"),
            again,
            evolve(claimed, claimed_until=again.claimed_until),
        ]
        with self._bench(make_store) as store:
            for key, first in zip("abcde", overtaken, strict=True):
                there = evolve(first, message_id=key, draft=a_text(key).draft)
                store.run(saving(there))
                assert not store.run(closing(evolve(sent, message_id=key)))
                assert store.run(partial(_text, message_id=key)) == there
            store.run(saving(claimed))
            closed = store.together([closing(sent)] * 8)
            assert sorted(map(_plain, closed)) == [False] * 7 + [True]
            assert store.run(lambda tx: tx.message(HERE, sent.message_id)) == sent
            steps = store.run(lambda tx: tx.steps(HERE, sent.message_id))
            assert [step.state for step in steps] == [State.CLAIMED, State.SENT]

    def test_changes_are_not_lost(self, make_store: MakeStore) -> None:
        """Who reads a text to change it waits for whoever is changing it, without any lock."""

        async def count(tx: Transaction) -> None:
            message = await tx.message(HERE, f"{HERE}/1")
            assert message is not None
            await tx.save(evolve(message, attempts=message.attempts + 1), NOON)

        with self._bench(make_store) as store:
            store.run(lambda tx: tx.save(a_text(), NOON))
            assert store.together([count] * 12) == [None] * 12
            message = store.run(lambda tx: tx.message(HERE, f"{HERE}/1"))
            assert message is not None
            assert message.attempts == 12

    def test_one_text_a_key(self, make_store: MakeStore) -> None:
        """Many who ask for one key at once, for different numbers, find one text."""

        def work(name: int) -> Work[str]:
            async def ask(tx: Transaction) -> str:
                number = (ANA, BEN)[name % 2]
                await tx.lock(HERE, number)
                known = await tx.message_by_key(HERE, "key")
                if known is not None:
                    return known.message_id
                new = evolve(a_text("key", to=number), message_id=f"m{name}")
                await tx.save(new, NOON)
                return new.message_id

            return ask

        with self._bench(make_store) as store:
            ids = store.together([work(name) for name in range(12)])
            assert len(set(map(_plain, ids))) == 1

    def test_added_once(self, make_store: MakeStore) -> None:
        """Of many who add a text under one key, one does; no lock is needed."""
        texts = [evolve(a_text("key"), message_id=f"m{name}") for name in range(12)]

        def work(text: Message) -> Work[bool]:
            return lambda tx: tx.add(text, NOON)

        with self._bench(make_store) as store:
            added = list(map(_plain, store.together([work(text) for text in texts])))
            kept = store.run(lambda tx: tx.message_by_key(HERE, "key"))
            assert [text for text, new in zip(texts, added, strict=True) if new] == [kept]

    def test_volume_is_a_fence(self, make_store: MakeStore) -> None:
        """Of many who look whether there is room for one more, as many find it as there is."""

        async def work(tx: Transaction) -> bool:
            room = await tx.volume(HERE, NOON) < 5
            if room:
                await tx.add_volume(HERE, NOON, 1)
            return room

        with self._bench(make_store) as store:
            assert sum(map(_plain, store.together([work] * 12))) == 5

    def test_refusals_are_store_errors(self, make_store: MakeStore) -> None:
        """What the database refuses is a StoreError that quotes nothing, and records nothing."""

        async def work(tx: Transaction) -> None:
            await tx.save(a_text("a secret key"), NOON)
            await tx.save(evolve(a_text("a secret key"), message_id="another"), NOON)

        with self._bench(make_store) as store:
            with raises(StoreError) as caught:
                store.run(work)
            assert "secret" not in str(caught[0])
            assert store.run(lambda tx: tx.message_by_key(HERE, "a secret key")) is None

    def test_nul_is_refused(self, make_store: MakeStore) -> None:
        """A NUL in what is searched by is refused the same way everywhere: PostgreSQL has none."""
        status = a_status("a\0b")
        with self._bench(make_store) as store, raises(InvalidInput):
            store.run(lambda tx: tx.add_status(HERE, "twilio", status, None, NOON))


def closing(settled: Message) -> Work[bool]:
    """Work that stores what became of a claim."""
    return lambda tx: tx.close_claim(settled, NOON)


async def _text(tx: Transaction, message_id: str) -> Message | None:
    return await tx.message(HERE, message_id)


def _plain(result: object) -> int:
    """What came of it, which must be no error."""
    if isinstance(result, Exception):
        raise result
    return result  # type: ignore[return-value]
