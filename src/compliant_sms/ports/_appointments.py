"""What is kept of appointments, of the texts about them, and of what patients answered."""

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
    """An appointment as it was kept last.

    Attributes:
        practice_id: whose.
        appointment: as it stands.
        sequence: counts up whenever it comes to stand at another time, or ends, or stands again.
        revision: counts up with every change.
        since: when (UTC) ``sequence`` last counted up.
        look_at: when (UTC) its reminders are to be planned again; None where none will come.
    """

    practice_id: str = field(repr=repr_of_practice)
    appointment: Appointment
    sequence: int = 0
    revision: int = 0
    since: datetime
    look_at: datetime | None


@frozen(kw_only=True)
class ToldReminder:
    """That a text tells of a reminder.

    Attributes:
        appointment_id: of which visit.
        occurrence: of which visit.
        code: which reminder of it.
        number: how many texts about that reminder there were before.
        sequence: of the visit, when the text was planned.
        revision: of the visit, likewise.
        message_id: the text.
        until: when (UTC) it makes no sense any more.
        void: why the text was called back, and counts for nothing; empty where it was not.
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
    """The diary, as far as patients are reminded of it."""

    async def add_appointment(self, kept: KeptAppointment, at: datetime, new_id: str) -> bool:
        """Keep a new appointment; False where there is one of that id and occurrence.

        Args:
            kept: the appointment.
            at: the present.
            new_id: an id that nobody has used.
        """

    async def save_appointment(self, kept: KeptAppointment, at: datetime, new_id: str) -> None:
        """Keep what became of an appointment, also one that was dropped. Arguments as above."""

    async def look_again(
        self, practice_id: str, key: tuple[str, str], look_at: datetime | None
    ) -> None:
        """Say when an appointment's reminders are to be planned again."""

    async def appointment(
        self, practice_id: str, key: tuple[str, str], *, fixed: bool = False
    ) -> KeptAppointment | None:
        """The appointment of that id and occurrence; None where there is none or it was dropped.

        Args:
            practice_id: whose.
            key: id and occurrence.
            fixed: let nobody else change it until the end.
        """

    async def appointments_due(
        self, practice_id: str, at: datetime, limit: int, *, fixed: bool = False
    ) -> list[KeptAppointment]:
        """Those whose reminders are to be planned at ``at`` or before, the longest due first.

        Args:
            practice_id: whose.
            at: until when (UTC).
            limit: at most so many.
            fixed: let nobody else change them until the end; those that somebody else changes at
                this moment are left out.
        """

    async def open_appointments_at(
        self, practice_id: str, number: PhoneNumber, *, fixed: bool = False
    ) -> list[KeptAppointment]:
        """Those whose first number that is, and of which a reminder may still come.

        In the order of id and occurrence; ``fixed`` as for :meth:`appointment`.
        """

    async def appointments_of(self, practice_id: str, person: str) -> list[KeptAppointment]:
        """All of a person that were not dropped."""

    async def add_told(self, practice_id: str, told: ToldReminder) -> None:
        """Keep that a text tells of a reminder."""

    async def told_of(self, practice_id: str, key: tuple[str, str]) -> list[ToldReminder]:
        """What was told of an appointment, the oldest first; also what is void."""

    async def waits_to_tell(
        self, practice_id: str, key: tuple[str, str], at: datetime
    ) -> datetime | None:
        """From when on (UTC) the first text may go that waits to tell of an appointment.

        ``at``, where a pause holds one, or one may be on its way, of which nobody knows when it may
        go. None where none waits that is not void and still makes sense after ``at``.
        """

    async def told_in(self, practice_id: str, message_id: str) -> list[ToldReminder]:
        """What a text tells of."""

    async def void_told(self, practice_id: str, message_id: str, reason: str) -> None:
        """Keep that a text was called back, and why."""

    async def add_answer(self, practice_id: str, answer: AppointmentAnswer) -> None:
        """Keep an answer. An earlier one about the visit that nobody took is settled by it."""

    async def last_answer(self, practice_id: str, key: tuple[str, str]) -> AppointmentAnswer | None:
        """The newest answer about a visit, whether somebody took it or not."""

    async def open_answers(self, practice_id: str, limit: int) -> list[AppointmentAnswer]:
        """Answers that nobody took yet, the oldest first."""

    async def acknowledge_answers(
        self, practice_id: str, answer_ids: Sequence[str], at: datetime
    ) -> int:
        """Keep that somebody took them; how many nobody had taken."""
