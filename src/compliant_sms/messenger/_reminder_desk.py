"""Visits, their reminders and what patients answer: ``messenger.reminders``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from compliant_sms import flows
from compliant_sms.clock import as_utc
from compliant_sms.driver import finish

if TYPE_CHECKING:
    from compliant_sms.ports import Ports
    from compliant_sms.reminders import Appointment, AppointmentAnswer


def _instant(until: datetime | None) -> datetime | None:
    return None if until is None else as_utc(until, "until")


class ReminderDesk:
    """Takes in a practice's visits, and tells what patients answered about them."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def save(self, appointment: Appointment) -> None:
        """Record a visit as it stands now, replacing what was recorded; as often as you like.

        If anything changed, waiting texts are cancelled and the reminders are planned anew. If the
        visit moved, its reminders follow the new time. Reminders that would be past when the visit
        is booked or moved are not sent.

        Args:
            appointment: the visit as it stands.

        Raises:
            ConfigurationError: the messenger has no plans for reminders.
            InvalidInput: it is not an appointment.
            StoreError: it was not recorded.
        """
        self.save_many([appointment])

    def save_many(self, appointments: Iterable[Appointment]) -> None:
        """Record many visits as they stand now, such as the whole schedule, 50 per transaction.

        If a visit occurs twice, the last one counts.

        Raises:
            ConfigurationError: the messenger has no plans for reminders.
            InvalidInput: something is not an appointment; nothing was recorded.
            StoreError: some were not recorded. Call it again with all of them.
        """
        finish(flows.keep_appointments(self._ports, appointments))

    def plan_due(self, *, limit: int = 100, until: datetime | None = None) -> int:
        """Put the reminders that are due in the outbox. A worker does this by itself.

        Each is checked once more, and decided, when it goes.

        Args:
            limit: how many visits to look at.
            until: include reminders that fall due by then (aware).

        Returns:
            how many texts were put in the outbox.

        Raises:
            Exception: what went wrong with the first visit that failed, for example in your
                wording, raised after all the others were planned. A note on it names the visit,
                which is planned again after ten minutes.
        """
        done = finish(flows.plan_due(self._ports, limit, _instant(until)))
        if done.failures:
            raise done.failures[0]
        return done.texts

    def answers(self, *, limit: int = 100) -> tuple[AppointmentAnswer, ...]:
        """What patients want done about visits, oldest first.

        The same answers are returned until you :meth:`acknowledge` them. If a patient answered
        twice, the newer answer is returned.
        """
        return finish(flows.open_answers(self._ports, limit))

    def acknowledge(self, *answers: AppointmentAnswer) -> int:
        """Mark answers as done, and return how many were not done before.

        Raises:
            InvalidInput: an argument is not an answer.
        """
        return finish(flows.acknowledge_answers(self._ports, answers))


class AsyncReminderDesk:
    """:class:`ReminderDesk` for an event loop."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def save(self, appointment: Appointment) -> None:
        """Record a visit as it stands now, replacing what was recorded; as often as you like.

        See :meth:`ReminderDesk.save`.
        """
        await self.save_many([appointment])

    async def save_many(self, appointments: Iterable[Appointment]) -> None:
        """Record many visits as they stand now, such as the whole schedule, 50 per transaction.

        See :meth:`ReminderDesk.save_many`.
        """
        await flows.keep_appointments(self._ports, appointments)

    async def plan_due(self, *, limit: int = 100, until: datetime | None = None) -> int:
        """Put the reminders that are due in the outbox. A worker does this by itself.

        See :meth:`ReminderDesk.plan_due`.
        """
        done = await flows.plan_due(self._ports, limit, _instant(until))
        if done.failures:
            raise done.failures[0]
        return done.texts

    async def answers(self, *, limit: int = 100) -> tuple[AppointmentAnswer, ...]:
        """What patients want done about visits, oldest first.

        See :meth:`ReminderDesk.answers`.
        """
        return await flows.open_answers(self._ports, limit)

    async def acknowledge(self, *answers: AppointmentAnswer) -> int:
        """Mark answers as done, and return how many were not done before.

        See :meth:`ReminderDesk.acknowledge`.
        """
        return await flows.acknowledge_answers(self._ports, answers)
