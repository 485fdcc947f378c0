"""Appointments, what texts tell of them, and what patients answered."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve

from compliant_sms.lifecycle import State
from compliant_sms.ports import KeptAppointment, ToldReminder, Transaction
from compliant_sms.reminders import Answer, Appointment, AppointmentAnswer, Kind
from compliant_sms.retention import Purged, RecordClass
from compliant_sms.testing._contract._bench import Contract, MakeStore, Work
from compliant_sms.testing._contract._samples import (
    ANA,
    BEN,
    HERE,
    NOON,
    THERE,
    WORDS,
    a_text,
    minutes,
)
from compliant_sms.volume import UNTIL_RESUMED

_PURGED = Purged(at=NOON, rule="its time has passed", run="run", proofs=())


def kept(appointment_id: str = "1", **changes: object) -> KeptAppointment:
    """An appointment that is due at noon."""
    visit = Appointment(
        id=appointment_id,
        occurrence="20261201T143000",
        person="pat-881",
        numbers=[ANA, BEN],
        start=datetime(2026, 12, 1, 14, 30),  # noqa: DTZ001 - wall time
        time_zone="America/Chicago",
        place=WORDS,
        kind=Kind("okapi", "substance_use"),
        status="confirmed",
        language="es",
    )
    made = KeptAppointment(practice_id=HERE, appointment=visit, since=NOON, look_at=NOON)
    return evolve(made, **changes)  # type: ignore[arg-type]


def adding(made: KeptAppointment, new_id: str = "") -> Work[bool]:
    """Work that keeps a new appointment."""
    return lambda tx: tx.add_appointment(made, NOON, new_id or f"new-{made.appointment.id}")


def saving(made: KeptAppointment, new_id: str) -> Work[None]:
    """Work that keeps what became of one."""
    return lambda tx: tx.save_appointment(made, NOON, new_id)


def told(**changes: object) -> ToldReminder:
    """That the text tells of the first appointment."""
    one = ToldReminder(
        appointment_id="1",
        occurrence="20261201T143000",
        code="7d@10:00",
        number=0,
        sequence=2,
        revision=3,
        message_id=a_text().message_id,
        until=NOON + minutes(5),
    )
    return evolve(one, **changes)  # type: ignore[arg-type]


def an_answer(answer_id: str, **changes: object) -> AppointmentAnswer:
    """An answer about the first appointment."""
    one = AppointmentAnswer(
        answer_id=answer_id,
        appointment_id="1",
        occurrence="20261201T143000",
        answer=Answer.CONFIRM,
        at=NOON,
        message_id="m",
        inbound_id="i",
        stands=True,
    )
    return evolve(one, **changes)  # type: ignore[arg-type]


class AppointmentContract(Contract):
    """What :class:`~compliant_sms.ports.Appointments` promises."""

    def test_appointments_come_back_as_they_were(self, make_store: MakeStore) -> None:
        """Each is kept once by id and occurrence, found by all that it is looked for by."""
        one, other = kept(), kept("2", look_at=NOON + minutes(5))
        key = one.appointment.key
        with self._bench(make_store) as store:
            assert sorted(map(str, store.together([adding(one, str(n)) for n in range(4)]))) == [
                *["False"] * 3,
                "True",
            ]
            assert store.run(adding(other))
            assert store.run(adding(kept(practice_id=THERE), "there"))
            assert store.run(lambda tx: tx.appointment(HERE, key)) == one
            assert store.run(lambda tx: tx.appointment(HERE, key, fixed=True)) == one
            assert store.run(lambda tx: tx.appointment(HERE, ("1", ""))) is None
            soon, later = NOON, NOON + minutes(5)
            assert store.run(lambda tx: tx.appointments_due(HERE, soon, 9)) == [one]
            assert store.run(lambda tx: tx.appointments_due(HERE, later, 9)) == [one, other]
            assert store.run(lambda tx: tx.appointments_due(HERE, later, 1)) == [one]
            found = store.run(lambda tx: tx.appointments_due(HERE, later, 9, fixed=True))
            assert found == [one, other]
            assert store.run(lambda tx: tx.open_appointments_at(HERE, ANA)) == [one, other]
            assert store.run(lambda tx: tx.open_appointments_at(HERE, BEN)) == []
            assert store.run(lambda tx: tx.appointments_of(HERE, "pat-881")) == [one, other]
            assert store.run(lambda tx: tx.appointments_of(HERE, "pat-1")) == []

    def test_appointments_change(self, make_store: MakeStore) -> None:
        """What was said last stands, under another number and person as well."""
        one = kept()
        key = one.appointment.key
        moved = evolve(
            one,
            appointment=evolve(one.appointment, person="pat-1", numbers=[BEN]),
            sequence=1,
            revision=2,
            since=NOON + minutes(1),
            look_at=None,
        )
        with self._bench(make_store) as store:
            store.run(adding(one))
            store.run(lambda tx: tx.look_again(HERE, key, NOON + minutes(9)))
            later = evolve(one, look_at=NOON + minutes(9))
            assert store.run(lambda tx: tx.appointment(HERE, key)) == later
            store.run(saving(moved, "again"))
            assert store.run(lambda tx: tx.appointment(HERE, key)) == moved
            assert store.run(lambda tx: tx.open_appointments_at(HERE, BEN)) == []
            assert store.run(lambda tx: tx.appointments_due(HERE, NOON + minutes(9), 9)) == []
            assert store.run(lambda tx: tx.appointments_of(HERE, "pat-1")) == [moved]

    def test_told_once(self, make_store: MakeStore) -> None:
        """One text tells of a reminder under its number; what is void is known as that."""
        first, again = told(), told(number=1)

        async def write(tx: Transaction) -> None:
            await tx.add(a_text(), NOON)
            await tx.add_told(HERE, first)

        async def later(tx: Transaction) -> None:
            text = a_text("later")
            await tx.add(evolve(text, not_before=text.not_before + minutes(9)), NOON)
            # Earlier by its code, later by its time.
            await tx.add_told(HERE, evolve(told(), code="0d", message_id=text.message_id))

        def telling(one: ToldReminder) -> Work[None]:
            return lambda tx: tx.add_told(HERE, one)

        key = (first.appointment_id, first.occurrence)
        with self._bench(make_store) as store:
            store.run(write)
            (failed,) = store.together([telling(first)])
            assert isinstance(failed, Exception)
            assert store.run(lambda tx: tx.told_of(HERE, key)) == [first]
            assert store.run(lambda tx: tx.told_of(THERE, key)) == []
            waits = a_text().not_before
            assert store.run(lambda tx: tx.waits_to_tell(HERE, key, NOON)) == waits
            assert store.run(lambda tx: tx.waits_to_tell(HERE, key, first.until)) is None
            store.run(lambda tx: tx.void_told(HERE, first.message_id, "it was moved"))
            void = evolve(first, void="it was moved")
            assert store.run(lambda tx: tx.told_in(HERE, first.message_id)) == [void]
            assert store.run(lambda tx: tx.waits_to_tell(HERE, key, NOON)) is None
            store.run(telling(again))
            assert store.run(lambda tx: tx.told_of(HERE, key)) == [void, again]
            assert store.run(lambda tx: tx.told_in(HERE, "nothing")) == []
            assert store.run(lambda tx: tx.waits_to_tell(HERE, key, NOON)) == waits
            store.run(later)
            assert store.run(lambda tx: tx.waits_to_tell(HERE, key, NOON)) == waits
            store.run(lambda tx: tx.save(evolve(a_text(), state=State.CANCELLED), NOON))
            assert store.run(lambda tx: tx.waits_to_tell(HERE, key, NOON)) == waits + minutes(9)
            on_its_way = evolve(a_text("later"), state=State.UNCERTAIN)
            store.run(lambda tx: tx.save(on_its_way, NOON))
            assert store.run(lambda tx: tx.waits_to_tell(HERE, key, NOON)) == NOON
            paused = evolve(a_text("later"), state=State.HELD, not_before=UNTIL_RESUMED)
            store.run(lambda tx: tx.save(paused, NOON))
            assert store.run(lambda tx: tx.waits_to_tell(HERE, key, NOON)) == NOON

    def test_answers_wait_to_be_taken(self, make_store: MakeStore) -> None:
        """They come in order until they are settled; a newer one about the visit settles one."""
        first = an_answer("1")
        other = an_answer("2", appointment_id="2", answer=Answer.CANCEL, shared=True)
        newer = an_answer(
            "3", answer=Answer.RESCHEDULE, stands=False, replaces=Answer.CONFIRM, at=NOON
        )
        key = (first.appointment_id, first.occurrence)

        def answering(one: AppointmentAnswer) -> Work[None]:
            return lambda tx: tx.add_answer(HERE, one)

        def waiting(limit: int = 9) -> Work[list[AppointmentAnswer]]:
            return lambda tx: tx.open_answers(HERE, limit)

        with self._bench(make_store) as store:
            assert store.run(lambda tx: tx.last_answer(HERE, key)) is None
            store.run(answering(first))
            store.run(answering(other))
            assert store.run(waiting()) == [first, other]
            assert store.run(waiting(1)) == [first]
            store.run(answering(newer))
            assert store.run(waiting()) == [other, newer]
            assert store.run(lambda tx: tx.last_answer(HERE, key)) == newer
            taken = ["2", "nothing"]
            assert store.run(lambda tx: tx.acknowledge_answers(THERE, ["2", "3"], NOON)) == 0
            assert store.run(waiting()) == [other, newer]
            assert store.run(lambda tx: tx.acknowledge_answers(HERE, taken, NOON)) == 1
            assert store.run(waiting()) == [newer]
            assert store.run(lambda tx: tx.last_answer(HERE, key)) == newer

    def test_appointments_are_dropped(self, make_store: MakeStore) -> None:
        """What is over can be dropped, once, and is kept anew where it is there again."""
        over, open_ = kept(look_at=None), kept("2")
        key = over.appointment.key
        record = RecordClass.APPOINTMENT

        def drop(number: str) -> Work[bool]:
            return lambda tx: tx.drop_content(record, HERE, number, purged=_PURGED)

        with self._bench(make_store) as store:
            store.run(adding(over))
            store.run(adding(open_))
            aged = store.run(lambda tx: tx.aged(record, HERE, "", 9))
            assert [(each.finished, each.held, each.purged) for each in aged] == [
                (True, False, False),
                (False, False, False),
            ]
            assert [each.since for each in aged] == [NOON, NOON]
            assert store.run(lambda tx: tx.aged(record, HERE, aged[0].key, 9)) == aged[1:]
            assert [store.run(drop(each.key)) for each in (aged[0], aged[0], aged[1])] == [
                True,
                False,
                False,
            ]
            assert store.run(lambda tx: tx.appointment(HERE, key)) is None
            assert store.run(lambda tx: tx.appointments_of(HERE, "pat-881")) == [open_]
            (dropped, _) = store.run(lambda tx: tx.aged(record, HERE, "", 9))
            assert dropped.purged
            assert not store.run(adding(over, "again"))
            store.run(saving(over, "again"))
            assert store.run(lambda tx: tx.appointment(HERE, key)) == over

    def test_appointments_are_sealed_and_erased(self, make_store: MakeStore) -> None:
        """They open with the keys of whom they are of, and never again once those are gone."""
        from compliant_sms.keyring import Keyring  # noqa: PLC0415 - an extra may be missing

        keyring = Keyring.generate()
        one = kept()
        key = one.appointment.key
        with self._bench(make_store) as store:
            store.run(adding(one), keyring)
            assert store.run(lambda tx: tx.appointment(HERE, key), keyring) == one
            assert store.run(lambda tx: tx.appointments_of(HERE, "pat-881"), keyring) == [one]
            store.run(lambda tx: tx.erase(HERE, "pat-881", _PURGED, [ANA]), keyring)
            assert store.run(lambda tx: tx.appointment(HERE, key), keyring) is None
            assert store.run(lambda tx: tx.appointments_due(HERE, NOON, 9), keyring) == []
            store.run(saving(one, "again"), keyring)
            assert store.run(lambda tx: tx.appointment(HERE, key), keyring) == one
