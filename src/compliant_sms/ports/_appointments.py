"""Records of appointments, of the texts about them, and of patients' answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from attrs import field, frozen

from compliant_sms._masking import repr_of_practice
from compliant_sms.phone import PhoneNumber
from compliant_sms.reminders import Appointment, AppointmentAnswer


@frozen(kw_only=True)
class KeptAppointment:
    """An appointment as last stored.

    Attributes:
        practice_id: the practice.
        appointment: the appointment as it is now.
        sequence: counts up whenever it moves to another time, becomes another patient's, ends, or
            is reinstated.
        revision: counts up with every change.
        since: when (UTC) ``sequence`` last counted up.
        look_at: when (UTC) its reminders are to be planned again; None if none will come.
    """

    practice_id: str = field(repr=repr_of_practice)
    appointment: Appointment
    sequence: int = 0
    revision: int = 0
    since: datetime
    look_at: datetime | None


@frozen(kw_only=True)
class ToldReminder:
    """The record that a text carries a reminder.

    Attributes:
        appointment_id: the visit's id.
        occurrence: the visit's occurrence.
        code: which of the visit's reminders.
        number: how many earlier texts carried that reminder.
        sequence: the visit's sequence when the text was planned.
        revision: the visit's revision when the text was planned.
        message_id: the text's id.
        until: when (UTC) the text stops making sense.
        void: why the text was withdrawn and no longer counts; empty if it was not.
    """

    appointment_id: str
    occurrence: str
    code: str
    number: int
    sequence: int
    revision: int
    message_id: str
    until: datetime
    void: str = ""


class Appointments(Protocol):
    """The appointments that patients are reminded of."""

    async def add_appointment(self, kept: KeptAppointment, at: datetime, new_id: str) -> bool:
        """Store a new appointment. False if that id and occurrence already exist.

        Args:
            kept: the appointment.
            at: now.
            new_id: an unused id.
        """

    async def save_appointment(self, kept: KeptAppointment, at: datetime, new_id: str) -> None:
        """Store an appointment's new state, even if it was dropped. Arguments as above."""

    async def look_again(
        self, practice_id: str, key: tuple[str, str], look_at: datetime | None
    ) -> None:
        """Set when an appointment's reminders are to be planned again."""

    async def appointment(
        self, practice_id: str, key: tuple[str, str], *, fixed: bool = False
    ) -> KeptAppointment | None:
        """Return the appointment; None if there is none or it was dropped.

        Args:
            practice_id: the practice.
            key: id and occurrence.
            fixed: whether to lock it until the end of the transaction.
        """

    async def appointments_due(
        self, practice_id: str, at: datetime, limit: int, *, fixed: bool = False
    ) -> list[KeptAppointment]:
        """Return those whose reminders are to be planned by ``at``, the longest due first.

        Args:
            practice_id: the practice.
            at: until when (UTC).
            limit: the most to return.
            fixed: whether to lock them until the end of the transaction. Those that another
                transaction is changing are left out.
        """

    async def open_appointments_at(
        self, practice_id: str, number: PhoneNumber, *, fixed: bool = False
    ) -> list[KeptAppointment]:
        """Those whose first number that is, and of which a reminder may still come.

        In the order of id and occurrence; ``fixed`` as for :meth:`appointment`.
        """

    async def appointments_of(self, practice_id: str, person: str) -> list[KeptAppointment]:
        """Return all of a person's appointments that were not dropped."""

    async def add_told(self, practice_id: str, told: ToldReminder) -> None:
        """Record that a text carries a reminder."""

    async def told_of(self, practice_id: str, key: tuple[str, str]) -> list[ToldReminder]:
        """Return the records of reminders of an appointment, oldest first, void ones included."""

    async def waits_to_tell(
        self, practice_id: str, key: tuple[str, str], at: datetime
    ) -> datetime | None:
        """From when on (UTC) the first text may go that waits to tell of an appointment.

        ``at``, where a pause holds one, or one may be on its way, of which nobody knows when it may
        go. None where none waits that is not void and still makes sense after ``at``.
        """

    async def told_in(self, practice_id: str, message_id: str) -> list[ToldReminder]:
        """Return the reminders that a text carries."""

    async def void_told(self, practice_id: str, message_id: str, reason: str) -> None:
        """Record that a text was withdrawn, and why."""

    async def add_answer(self, practice_id: str, answer: AppointmentAnswer) -> None:
        """Store an answer. It settles an earlier one about the visit that nobody acknowledged."""

    async def last_answer(self, practice_id: str, key: tuple[str, str]) -> AppointmentAnswer | None:
        """Return the newest answer about a visit, whether acknowledged or not."""

    async def open_answers(self, practice_id: str, limit: int) -> list[AppointmentAnswer]:
        """Return answers that nobody has acknowledged yet, oldest first."""

    async def acknowledge_answers(
        self, practice_id: str, answer_ids: Sequence[str], at: datetime
    ) -> int:
        """Record that somebody took them, and return how many nobody had taken."""
