"""Planning reminders: what is due is asked for, once, as a text that waits in the outbox.

What the host's functions are asked for is asked outside of every transaction. What was read before
is then compared with what stands, with the visits fixed; where they differ, nothing is done, and
the next call plans anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from attrs import evolve, field, frozen

from compliant_sms import _given
from compliant_sms.flows._deciding._household import Agreements
from compliant_sms.flows._sending._enqueue import enter
from compliant_sms.flows._visits._appointments import end_of
from compliant_sms.flows._visits._diary import (
    KnownVisit,
    drafted,
    entry_of,
    known_visit,
    profiles_of,
)
from compliant_sms.messages import Draft
from compliant_sms.people import Profile
from compliant_sms.ports import KeptAppointment, Ports, ToldReminder, Transaction
from compliant_sms.reminders import PlannedText, Reminder, planned

# A changed plan, and changed rules of a time zone, reach visits within a day.
_A_DAY = timedelta(days=1)
# A text that still waits may be called back: then another one is due. Where this program's plan
# has none, that of a newer one may: while both run, either may look at the visit.
_WHILE_IT_WAITS = timedelta(minutes=5)
_AFTER_A_FAILURE = timedelta(minutes=10)


@frozen(kw_only=True)
class PlannedReminders:
    """What came of planning.

    Attributes:
        texts: how many were asked for.
        failures: what went wrong with visits, for example in the words of a plan. Each is planned
            again after ten minutes.
        more: whether there may be more to plan now.
    """

    texts: int = 0
    failures: tuple[Exception, ...] = field(default=(), repr=False)
    more: bool = False


async def plan_due(ports: Ports, limit: int, until: datetime | None = None) -> PlannedReminders:
    """Ask for the reminders that are due, of up to ``limit`` visits.

    Args:
        ports: what to work with.
        limit: how many visits to look at.
        until: ask for those as well that are due until then (aware); their texts wait.
    """
    _given.how_many(limit, "limit")
    if not ports.reminders:
        return PlannedReminders()
    at = ports.clock()
    until = max(at, until or at)
    together: Exception | None = None
    try:
        found, due = await ports.store.run(lambda tx: _look(tx, ports, at, until, limit))
    except Exception as error:  # noqa: BLE001 - each by itself says what is wrong with it
        together = error
        found = due = await ports.store.run(
            lambda tx: tx.appointments_due(ports.practice.id, until, limit)
        )
    texts, failures = 0, list[Exception]()
    for kept in due:
        try:
            texts += await _plan(ports, kept, at, until)
        except Exception as error:  # noqa: BLE001 - the others must not wait for this one
            error.add_note(f"It is about the visit {'/'.join(filter(None, kept.appointment.key))}.")
            failures.append(error)
            await _put_off(ports, kept, at)
    if together is not None and not failures:
        failures.append(together)
    return PlannedReminders(texts=texts, failures=tuple(failures), more=len(found) == limit)


async def _look(
    tx: Transaction, ports: Ports, at: datetime, until: datetime, limit: int
) -> tuple[Sequence[KeptAppointment], Sequence[KeptAppointment]]:
    """The next visits to look at, and those among them that may have a reminder due.

    Most are only looked at. For those nobody is asked anything, and all takes one transaction.
    """
    found = await tx.appointments_due(ports.practice.id, until, limit, fixed=True)
    return found, [kept for kept in found if not await _waits_still(tx, ports, kept, at, until)]


async def _waits_still(
    tx: Transaction, ports: Ports, kept: KeptAppointment, at: datetime, until: datetime
) -> bool:
    """Whether nothing is due of a visit yet; then it is known when to look again."""
    group = await tx.open_appointments_at(kept.practice_id, kept.appointment.numbers[0])
    if len({(each.appointment.person, each.appointment.numbers) for each in group}) > 1:
        return False
    # What one person agreed to decides where their texts go, and not when.
    known = [await known_visit(tx, each) for each in group]
    texts = _texts(ports, known, {}, at)
    if _due(texts, kept, until):
        return False
    asking = _Asking(ports=ports, known={each.key: each for each in known}, rest=texts, at=at)
    await asking.look_again(tx, kept)
    return True


def _texts(
    ports: Ports, known: Sequence[KnownVisit], profiles: Mapping[str, Profile], at: datetime
) -> tuple[PlannedText, ...]:
    diary = [entry_of(each, profiles, at) for each in known if not each.ended]
    return planned(diary, ports.reminders, at)


def _due(
    texts: Sequence[PlannedText], kept: KeptAppointment, until: datetime
) -> Sequence[PlannedText]:
    """The texts about a visit that are due."""
    return [text for text in texts if text.at <= until and _tells_of(text, kept)]


async def _put_off(ports: Ports, kept: KeptAppointment, at: datetime) -> None:
    key, later = kept.appointment.key, at + _AFTER_A_FAILURE
    with suppress(Exception):  # the next call finds it again
        await ports.store.run(lambda tx: tx.look_again(kept.practice_id, key, later))


async def _plan(ports: Ports, kept: KeptAppointment, at: datetime, until: datetime) -> int:
    """Ask for the texts that are due of a visit, and return how many."""
    known = await ports.store.run(lambda tx: _read(tx, ports, kept, at))
    if not known:  # it was planned together with another, or has changed
        return 0
    profiles = await profiles_of(ports, known)
    texts = _texts(ports, known, profiles, at)
    due = _due(texts, kept, until)
    by_key = {each.key: each for each in known}
    asking = _Asking(
        ports=ports,
        known=by_key,
        due=[(text, await drafted(ports, text, by_key)) for text in due],
        rest=[text for text in texts if text not in due],
        at=at,
    )
    return await ports.store.run(lambda tx: asking.ask(tx, kept))


async def _read(
    tx: Transaction, ports: Ports, kept: KeptAppointment, at: datetime
) -> list[KnownVisit]:
    """The visits that may be told together with one, and it; none where it has changed."""
    practice_id, number = kept.practice_id, kept.appointment.numbers[0]
    group = await tx.open_appointments_at(practice_id, number)
    agreed = Agreements(tx, ports, practice_id, at)
    return [await known_visit(tx, each, agreed) for each in group] if kept in group else []


def _tells_of(text: PlannedText, kept: KeptAppointment) -> bool:
    return any(each.appointment.key == kept.appointment.key for each in text.reminders)


@frozen(kw_only=True)
class _Asking:
    """What is to be asked for, and what it rests on."""

    ports: Ports
    known: dict[tuple[str, str], KnownVisit]
    due: Sequence[tuple[PlannedText, Draft]] = ()
    rest: Sequence[PlannedText]
    at: datetime

    async def ask(self, tx: Transaction, kept: KeptAppointment) -> int:
        """Ask for the texts, where the visits are as they were read."""
        practice_id, own = kept.practice_id, kept.appointment.key
        touched = {each.appointment.key for text, _ in self.due for each in text.reminders}
        for key in sorted(touched | {own}):
            known = self.known[key]
            fixed = await tx.appointment(practice_id, key, fixed=True)
            if fixed != known.kept or await tx.told_of(practice_id, key) != known.told:
                return 0
        for text, draft in self.due:
            await self._enter(tx, text, draft, max(text.at, self.at))
        await self.look_again(tx, kept)
        return len(self.due)

    async def look_again(self, tx: Transaction, kept: KeptAppointment) -> None:
        """Have a visit planned again when something may be due of it."""
        practice_id, own = kept.practice_id, kept.appointment.key
        waits = await self._waits(tx, kept)
        await tx.look_again(practice_id, own, self._look_at(own, waits))

    async def _enter(
        self, tx: Transaction, text: PlannedText, draft: Draft, not_before: datetime
    ) -> None:
        first = self._number(text.reminders[0])
        key = f"{text.key}/{first + 1}" if first else text.key
        asked = await enter(tx, self.ports, evolve(draft, idempotency_key=key), not_before)
        for reminder in text.reminders:
            kept = self.known[reminder.appointment.key].kept
            told = ToldReminder(
                appointment_id=reminder.appointment.id,
                occurrence=reminder.appointment.occurrence,
                code=reminder.code,
                number=self._number(reminder),
                sequence=kept.sequence,
                revision=kept.revision,
                message_id=asked.message_id,
                until=reminder.until,
            )
            await tx.add_told(kept.practice_id, told)

    def _number(self, reminder: Reminder) -> int:
        """How many texts there were about a reminder."""
        return sum(t.code == reminder.code for t in self.known[reminder.appointment.key].told)

    async def _waits(self, tx: Transaction, kept: KeptAppointment) -> datetime | None:
        """From when on the first text about a visit may go that waits; None where none does."""
        key = kept.appointment.key
        before = any(not t.void and t.until > self.at for t in self.known[key].told)
        if not (self.due or before):
            return None
        return await tx.waits_to_tell(kept.practice_id, key, self.at)

    def _look_at(self, key: tuple[str, str], waits: datetime | None) -> datetime | None:
        """When to plan the reminders of a visit again."""
        known = self.known[key]
        end = end_of(known.kept, self.ports)
        if end is None or end <= self.at:
            return None
        coming = [
            text.at
            for text in self.rest
            if any(each.appointment.key == key for each in text.reminders)
        ]
        moments = [end, self.at + _A_DAY, *(each for each in coming if each > self.at)]
        if waits is not None:
            moments.append(max(waits, self.at) + _WHILE_IT_WAITS)
        if any(each.until > self.at for each in known.called_back):
            moments.append(self.at + _WHILE_IT_WAITS)
        return min(moments)
