"""The audit log, legal holds, and what is dropped."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve

from compliant_sms.audit import Act, AuditEvent
from compliant_sms.consent import beginning, verify_chain
from compliant_sms.lifecycle import State
from compliant_sms.ports import Transaction
from compliant_sms.retention import Purged, RecordClass
from compliant_sms.testing._contract._bench import Contract, MakeStore, Work
from compliant_sms.testing._contract._samples import (
    ANA,
    BEN,
    HERE,
    NOON,
    THERE,
    a_departure,
    a_hold,
    a_text,
    an_event,
    an_inbound,
    minutes,
    saving,
)

_PURGED = Purged(at=NOON, rule="its time has passed", run="run", proofs=())


def an_act(subject: str, at: datetime = NOON) -> AuditEvent:
    """An entry of the audit log."""
    return AuditEvent(
        practice_id=HERE,
        act=Act.EVIDENCE_READ,
        at=at,
        actor="counsel:j.ortiz",
        reason="a dispute",
        subject=subject,
    )


def recording(act: AuditEvent) -> Work[None]:
    """Work that puts an act on record."""
    return lambda tx: tx.audit(act)


class KeepingContract(Contract):
    """What :class:`~compliant_sms.ports.AuditLog`, ``Keeping`` and ``Erasure`` promise."""

    def test_audit_log(self, make_store: MakeStore) -> None:
        """The log is one chain a practice, in the order of the record, also under load."""
        acts = [an_act(str(n), NOON + minutes(n)) for n in range(8)]
        works = [recording(act) for act in acts]
        with self._bench(make_store) as store:
            assert store.together(works) == [None] * 8
            links = store.run(lambda tx: tx.audit_links(HERE))
            assert verify_chain(links, beginning(f"audit/{HERE}")) == 8
            found = store.run(lambda tx: tx.audit_events(HERE))
            assert len(found) == 8
            assert {act.subject: act for act in found} == {act.subject: act for act in acts}
            assert store.run(lambda tx: tx.audit_events(THERE)) == []
            assert store.run(lambda tx: tx.count(RecordClass.AUDIT_EVENT, HERE)) == 8

    def test_holds(self, make_store: MakeStore) -> None:
        """A hold reaches what it names until it is lifted, once."""
        hold = a_hold("h")

        async def held(tx: Transaction) -> list[bool]:
            await tx.fix_holds(HERE)
            return [
                await tx.is_held(HERE, number=ANA),
                await tx.is_held(HERE, number=BEN),
                await tx.is_held(HERE, person="pat-1"),
                await tx.is_held(THERE, number=ANA),
            ]

        with self._bench(make_store) as store:
            store.run(lambda tx: tx.append(an_event(person="pat-1"), "chain"))
            store.run(lambda tx: tx.place_hold(hold))
            assert store.run(lambda tx: tx.holds(HERE)) == [hold]
            assert store.run(held) == [True, False, True, False]
            assert not store.run(lambda tx: tx.lift_hold(THERE, "h", NOON))
            assert store.run(lambda tx: tx.lift_hold(HERE, "h", NOON))
            assert not store.run(lambda tx: tx.lift_hold(HERE, "h", NOON))
            assert store.run(held) == [False] * 4

    def test_dropping(self, make_store: MakeStore) -> None:
        """What is dropped leaves its proof, once; what is not finished stays."""

        async def write(tx: Transaction) -> None:
            await tx.save(a_text("a", state=State.SENT), NOON)
            await tx.save(a_text("b"), NOON)
            await tx.add_inbound(an_inbound())

        def drop(record: RecordClass, key: str) -> Work[bool]:
            return lambda tx: tx.drop_content(record, HERE, key, purged=_PURGED)

        with self._bench(make_store) as store:
            store.run(write)
            for record, key, done in (
                (RecordClass.TEXT_BODY, f"{HERE}/a", True),
                (RecordClass.TEXT_BODY, f"{HERE}/a", False),
                (RecordClass.TEXT_BODY, f"{HERE}/b", False),
                (RecordClass.INBOUND_BODY, an_inbound().inbound_id, True),
                (RecordClass.INBOUND_BODY, an_inbound().inbound_id, False),
            ):
                assert store.run(drop(record, key)) is done
            gone = store.run(lambda tx: tx.message(HERE, f"{HERE}/a"))
            assert gone is not None
            assert gone.purged is not None
            assert gone.is_for(a_text("a").draft)
            (came,) = store.run(lambda tx: tx.inbound_from(HERE, ANA))
            assert (came.purged is None, came.media) == (False, ())
            page = store.run(lambda tx: tx.aged(RecordClass.TEXT_BODY, HERE, "", 9))
            told = {aged.key: (aged.finished, aged.purged) for aged in page}
            assert told == {f"{HERE}/a": (True, True), f"{HERE}/b": (False, False)}
            after = store.run(lambda tx: tx.aged(RecordClass.TEXT_BODY, HERE, f"{HERE}/a", 9))
            assert [aged.key for aged in after] == [f"{HERE}/b"]

    def test_erasing_at_a_number(self, make_store: MakeStore) -> None:
        """Where somebody became known meanwhile, at a number that is not locked, nothing goes."""
        from compliant_sms.keyring import Keyring  # noqa: PLC0415 - an extra may be missing

        keyring = Keyring.generate()
        elsewhere = evolve(an_event("elsewhere", person="pat-1"), number=BEN)

        async def write(tx: Transaction) -> None:
            await tx.append(an_event("here", person="pat-1"), "here")
            await tx.append(elsewhere, "elsewhere")

        with self._bench(make_store) as store:
            store.run(write, keyring)
            erased = store.run(lambda tx: tx.erase(HERE, "pat-1", _PURGED, [ANA]), keyring)
            assert (erased.numbers, erased.events) == (1, 1)
            assert store.run(lambda tx: tx.numbers_of(HERE, "pat-1"), keyring) == [BEN]
            assert store.run(lambda tx: tx.consent_events(HERE, BEN), keyring) == [elsewhere]

    def test_erasing(self, make_store: MakeStore) -> None:
        """An erased person's words are gone; a revocation, and what limits count, is not."""
        from compliant_sms.keyring import Keyring  # noqa: PLC0415 - an extra may be missing

        keyring = Keyring.generate()
        text = a_text(state=State.SENT, departure=a_departure(NOON))

        async def write(tx: Transaction) -> None:
            await saving(text)(tx)
            await tx.append(an_event(person=text.draft.person), "chain")
            await tx.append(an_event("number"), "number")

        with self._bench(make_store) as store:
            assert not store.run(lambda tx: tx.seals(HERE))
            store.run(write, keyring)
            assert store.run(lambda tx: tx.seals(HERE), keyring)
            person = text.draft.person or ""
            erased = store.run(lambda tx: tx.erase(HERE, person, _PURGED, [ANA]), keyring)
            assert (erased.numbers, erased.texts) == (1, 1)
            assert store.run(lambda tx: tx.numbers_of(HERE, person), keyring) == []
            assert store.run(lambda tx: tx.messages_to(HERE, ANA), keyring) == []
            assert store.run(lambda tx: tx.consent_events(HERE, ANA), keyring) != []
            gone = store.run(lambda tx: tx.message(HERE, text.message_id), keyring)
            assert gone is not None
            assert (gone.draft.is_erased, gone.departure) == (True, None)
            since = NOON - minutes(1)

            async def count(tx: Transaction) -> list[object]:
                return [
                    await tx.departed(HERE, ANA, since, 1),
                    await tx.departures(HERE, ANA, since),
                    await tx.departures(HERE, ANA, since, person),
                    await tx.departures_elsewhere(HERE, BEN, since, person),
                ]

            counted = [[], *[[a_departure(NOON).erased()]] * 3]
            assert store.run(count, keyring) == counted

            async def goes_on(tx: Transaction) -> bool:
                sent, record = await tx.message(HERE, text.message_id), RecordClass.TEXT_BODY
                assert sent is not None
                await tx.save(evolve(sent, state=State.DELIVERED), NOON)
                return await tx.drop_content(record, HERE, sent.message_id, purged=_PURGED)

            assert not store.run(goes_on, keyring)
            assert store.run(count, keyring) == counted
            again = store.run(lambda tx: tx.erase(HERE, person, _PURGED, [ANA]), keyring)
            assert (again.numbers, again.texts) == (0, 0)
