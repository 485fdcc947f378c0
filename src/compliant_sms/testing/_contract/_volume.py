"""Places on a practice's plan, and pauses."""

from __future__ import annotations

from datetime import date, timedelta

from compliant_sms.errors import StoreError
from compliant_sms.lifecycle import State
from compliant_sms.ports import Transaction
from compliant_sms.testing._contract._bench import Contract, MakeStore, Work, raises
from compliant_sms.testing._contract._samples import (
    BEN,
    HERE,
    NOON,
    THERE,
    a_text,
    minutes,
    saving,
)
from compliant_sms.volume import UNTIL_RESUMED, Pause

_TODAY = date(2026, 11, 30)
_LATER = date(2026, 12, 1)


def _a_pause(scope: str = "all", minute: int = 0) -> Pause:
    return Pause(scope=scope, by="it:kim", reason="wrong times", since=NOON + minutes(minute))


class VolumeContract(Contract):
    """What the parts of :class:`~compliant_sms.ports.Transaction` for volume promise."""

    def test_places_of_a_day(self, make_store: MakeStore) -> None:
        """The lowest free place is found behind whatever is taken; each day has its own."""

        async def work(tx: Transaction) -> list[int]:
            found = [await tx.free_place(HERE, _TODAY, 0)]
            for place in (0, 1, 3):
                await tx.take_place(HERE, _TODAY, place, f"{HERE}/{place}")
            found += [await tx.free_place(HERE, _TODAY, first) for first in (0, 1, 2, 3, 4)]
            found += [await tx.free_place(HERE, _LATER, 0), await tx.free_place(THERE, _TODAY, 0)]
            return found

        with self._bench(make_store) as store:
            assert store.run(work) == [0, 2, 2, 2, 4, 4, 0, 0]

    def test_leaving_places(self, make_store: MakeStore) -> None:
        """A text leaves its places from a day on; others keep theirs, and so does it before."""

        async def work(tx: Transaction) -> list[bool]:
            for day in (_TODAY, _LATER):
                await tx.take_place(HERE, day, 0, "1")
                await tx.take_place(HERE, day, 1, "2")
            await tx.leave_places(HERE, _LATER, "1")
            return [
                await tx.has_place(HERE, day, text)
                for day in (_TODAY, _LATER)
                for text in ("1", "2", "3")
            ]

        with self._bench(make_store) as store:
            assert store.run(work) == [True, True, False, False, True, False]
            assert store.run(lambda tx: tx.free_place(HERE, _LATER, 0)) == 0
            store.run(lambda tx: tx.take_place(HERE, _LATER, 0, "3"))
            assert store.run(lambda tx: tx.has_place(HERE, _LATER, "3"))
            with raises(StoreError):
                store.run(lambda tx: tx.take_place(HERE, _LATER, 0, "4"))

    def test_places_are_a_fence(self, make_store: MakeStore) -> None:
        """Of many who look for a place at once, each gets one of its own."""

        def taking(text: str) -> Work[int]:
            async def work(tx: Transaction) -> int:
                await tx.fix_places(HERE)
                place = await tx.free_place(HERE, _TODAY, 0)
                await tx.take_place(HERE, _TODAY, place, text)
                return place

            return work

        with self._bench(make_store) as store:
            places = store.together([taking(str(n)) for n in range(8)])
            assert sorted(map(str, places)) == sorted(map(str, range(8)))

    def test_pauses(self, make_store: MakeStore) -> None:
        """A pause stands until it is lifted; the newest of a scope is the one that is kept."""
        with self._bench(make_store) as store:
            store.run(lambda tx: tx.place_pause(HERE, _a_pause(minute=1)))
            store.run(lambda tx: tx.place_pause(HERE, _a_pause("marketing")))
            store.run(lambda tx: tx.place_pause(HERE, _a_pause(minute=2)))
            kept = store.run(lambda tx: tx.pauses(HERE))
            assert kept == [_a_pause("marketing"), _a_pause(minute=2)]
            assert store.run(lambda tx: tx.paused_scopes(HERE)) == {"all", "marketing"}
            assert store.run(lambda tx: tx.paused_scopes(THERE)) == frozenset()
            assert store.run(lambda tx: tx.lift_pause(HERE, "all", NOON))
            assert not store.run(lambda tx: tx.lift_pause(HERE, "all", NOON))
            assert store.run(lambda tx: tx.pauses(HERE)) == [_a_pause("marketing")]
            assert store.run(lambda tx: tx.paused_scopes(HERE)) == {"marketing"}
            store.run(lambda tx: tx.place_pause(HERE, _a_pause(minute=3)))
            assert store.run(lambda tx: tx.paused_scopes(HERE)) == {"all", "marketing"}

    def test_whoever_reads_pauses_is_waited_for(self, make_store: MakeStore) -> None:
        """What was claimed before a pause is known when the pause has returned."""

        async def claim(tx: Transaction) -> str:
            if await tx.paused_scopes(HERE):
                return "paused"
            for key in range(16):  # so that whoever does not wait for it overtakes it
                where = {"state": State.CLAIMED, "claimed_until": NOON + minutes(1)}
                await tx.save(a_text(str(key), **where), NOON)  # type: ignore[arg-type]
            return "claimed"

        async def pause(tx: Transaction) -> str:
            await tx.fix_pauses(HERE)
            await tx.place_pause(HERE, _a_pause())
            return f"{await tx.being_sent(HERE)} claimed"

        with self._bench(make_store) as store:
            # Whoever writes a practice's first record is waited for anyhow.
            store.run(saving(a_text("earlier", to=BEN)))
            found = store.together([claim, pause])
            assert found in (["claimed", "16 claimed"], ["paused", "0 claimed"])

    def test_releasing_what_is_held(self, make_store: MakeStore) -> None:
        """Only what is held until that very instant is looked at, also if somebody reserved it."""
        held = a_text("1", state=State.HELD, not_before=UNTIL_RESUMED)
        other = a_text("2", state=State.HELD, not_before=NOON + timedelta(days=1))

        async def work(tx: Transaction) -> int:
            await tx.save(held, NOON)
            await tx.save(other, NOON)
            return await tx.release_held(HERE, UNTIL_RESUMED, NOON)

        with self._bench(make_store) as store:
            assert store.run(work) == 1
            due = store.run(lambda tx: tx.reserve(HERE, NOON, NOON + minutes(1), 9))
            assert [text.message_id for text in due] == [held.message_id]
