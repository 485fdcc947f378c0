"""What is taken over from elsewhere."""

from __future__ import annotations

from compliant_sms.consent import ChainCheck
from compliant_sms.imports import Kind
from compliant_sms.ports import Transaction
from compliant_sms.testing._contract._bench import Contract, MakeStore
from compliant_sms.testing._contract._samples import ANA, BEN, HERE, THERE, an_event

_KEYS = [bytes([number]) * 32 for number in range(4)]


class ImportContract(Contract):
    """What :class:`~compliant_sms.ports.Imports` promises."""

    def test_rows_are_imported_once(self, make_store: MakeStore) -> None:
        """Of many who import the same rows, one finds them new; another practice has its own."""

        async def remember(tx: Transaction) -> int:
            return len(await tx.remember_rows(HERE, Kind.CONSENT, _KEYS[:3]))

        with self._bench(make_store) as store:
            assert not store.run(lambda tx: tx.has_imported(HERE, Kind.CONSENT))
            counts = store.together([remember] * 8)
            assert sorted(map(str, counts)) == ["0"] * 7 + ["3"]
            known = store.run(lambda tx: tx.known_rows(HERE, Kind.CONSENT, _KEYS))
            assert known == frozenset(_KEYS[:3])
            fresh = store.run(lambda tx: tx.remember_rows(HERE, Kind.CONSENT, _KEYS))
            assert fresh == frozenset(_KEYS[3:])
            assert store.run(lambda tx: tx.has_imported(HERE, Kind.CONSENT))
            assert not store.run(lambda tx: tx.has_imported(HERE, Kind.OPT_OUT))
            theirs = store.run(lambda tx: tx.remember_rows(THERE, Kind.CONSENT, _KEYS))
            assert theirs == frozenset(_KEYS)

    def test_many_events_at_once(self, make_store: MakeStore) -> None:
        """Many events are appended as they would be one by one."""
        events = [
            an_event(str(n), number=(ANA, BEN)[n % 2], person=(None, "pat")[n // 2 % 2])
            for n in range(12)
        ]
        before = an_event("before", person="pat")

        async def append(tx: Transaction) -> None:
            await tx.append(before, "before")
            await tx.append_all(HERE, events, [f"chain {event.event_id}" for event in events])

        with self._bench(make_store) as store:
            store.run(append)
            kept = store.run(lambda tx: tx.consent_events(HERE, ANA))
            kept += store.run(lambda tx: tx.consent_events(HERE, BEN))
            check = ChainCheck(HERE)
            check.take(store.run(lambda tx: tx.filed_links(HERE, None, 99)))
            assert (check.chains, check.events) == (4, 13)
            for number in (ANA, BEN):
                for person in (None, "pat"):
                    ours = [
                        e for e in [before, *events] if (e.number, e.person) == (number, person)
                    ]
                    assert [e for e in kept if (e.number, e.person) == (number, person)] == ours
