"""Where a practice says how its visits stand: the reminders' part of the facades."""

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

__all__ = ["AsyncReminderDesk", "ReminderDesk"]


def _instant(until: datetime | None) -> datetime | None:
    return None if until is None else as_utc(until, "until")


class ReminderDesk:
    """Where a practice says how its visits stand, and learns what patients answered."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def save(self, appointment: Appointment) -> None:
        """Save how a visit stands now, whatever was said of it before; as often as you like.

        Where that changes anything, texts that wait are called back, and the reminders are planned
        anew. A visit that was moved is reminded of at its new time; of what is past at the moment
        of booking or moving nobody is reminded.

        Args:
            appointment: the visit as it stands.

        Raises:
            ConfigurationError: the messenger has no plans for reminders.
            InvalidInput: it is no appointment.
            StoreError: it was not saved.
        """
        self.save_many([appointment])

    def save_many(self, appointments: Iterable[Appointment]) -> None:
        """Save how many visits stand now, for example the whole diary, 50 in a transaction.

        Where one visit is among them twice, the last one counts.

        Raises:
            ConfigurationError: the messenger has no plans for reminders.
            InvalidInput: something is no appointment; then nothing was saved.
            StoreError: some were not saved; call it again with all of them.
        """
        finish(flows.keep_appointments(self._ports, appointments))

    def plan_due(self, *, limit: int = 100, until: datetime | None = None) -> int:
        """Ask for the reminders that are due; a worker does so by itself.

        The texts wait in the outbox, and each is looked at once more, and decided, when it goes.

        Args:
            limit: how many visits to look at.
            until: ask for those as well that are due until then (aware).

        Returns:
            how many texts were asked for.

        Raises:
            Exception: what went wrong with the first visit that failed, for example in your words;
                after all the others; a note of it names the visit. It is planned again after ten
                minutes.
        """
        done = finish(flows.plan_due(self._ports, limit, _instant(until)))
        if done.failures:
            raise done.failures[0]
        return done.texts

    def answers(self, *, limit: int = 100) -> tuple[AppointmentAnswer, ...]:
        """What patients want done with visits, the oldest first.

        The same answers come again until :meth:`acknowledge`. Where a patient answered twice, the
        newer one comes.
        """
        return finish(flows.open_answers(self._ports, limit))

    def acknowledge(self, *answers: AppointmentAnswer) -> int:
        """Say that you did what these ask for; they come no more. How many you had not done before.

        Raises:
            InvalidInput: something is no answer.
        """
        return finish(flows.acknowledge_answers(self._ports, answers))


class AsyncReminderDesk:
    """:class:`ReminderDesk` for an event loop."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def save(self, appointment: Appointment) -> None:
        """See :meth:`ReminderDesk.save`."""
        await self.save_many([appointment])

    async def save_many(self, appointments: Iterable[Appointment]) -> None:
        """See :meth:`ReminderDesk.save_many`."""
        await flows.keep_appointments(self._ports, appointments)

    async def plan_due(self, *, limit: int = 100, until: datetime | None = None) -> int:
        """See :meth:`ReminderDesk.plan_due`."""
        done = await flows.plan_due(self._ports, limit, _instant(until))
        if done.failures:
            raise done.failures[0]
        return done.texts

    async def answers(self, *, limit: int = 100) -> tuple[AppointmentAnswer, ...]:
        """See :meth:`ReminderDesk.answers`."""
        return await flows.open_answers(self._ports, limit)

    async def acknowledge(self, *answers: AppointmentAnswer) -> int:
        """See :meth:`ReminderDesk.acknowledge`."""
        return await flows.acknowledge_answers(self._ports, answers)
