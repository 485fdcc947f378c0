"""Visits as planning sees them: what was told of them, who agreed to what, who reads along."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime

from attrs import frozen

from compliant_sms.consent import PhiPreference, phi_preference
from compliant_sms.flows._deciding._household import Agreements, company
from compliant_sms.flows._deciding._visit_void import Key, is_succeeded
from compliant_sms.flows._sending._send import prepared
from compliant_sms.flows._visits._visit_texts import ForWhom, draft_of
from compliant_sms.messages import Draft
from compliant_sms.people import Profile
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import KeptAppointment, Ports, ToldReminder, Transaction
from compliant_sms.reminders import Appointment, DiaryEntry, PlannedText, Status


@frozen(kw_only=True)
class KnownVisit:
    """A visit with what was read of it."""

    kept: KeptAppointment
    told: Sequence[ToldReminder]
    number: PhoneNumber
    agreed: Hashable
    wish: PhiPreference
    ended: bool

    @property
    def key(self) -> Key:
        return self.kept.appointment.key

    @property
    def codes(self) -> frozenset[str]:
        """The reminders that it needs no text for any more."""
        return frozenset(each.code for each in self._told_now if not each.void)

    @property
    def called_back(self) -> Sequence[ToldReminder]:
        """What was called back, and no other text has told of since."""
        return [each for each in self._told_now if each.code not in self.codes]

    @property
    def _told_now(self) -> Sequence[ToldReminder]:
        return [each for each in self.told if each.sequence == self.kept.sequence]


async def known_visit(
    tx: Transaction,
    kept: KeptAppointment,
    agreed: Agreements | None = None,
    coming: Mapping[Key, Appointment] | None = None,
) -> KnownVisit:
    """A visit as planning sees it; without agreements, as if nothing had been agreed.

    Args:
        tx: the transaction.
        kept: the visit.
        agreed: what is on record at its numbers.
        coming: visits as they would stand, whatever is kept of them.
    """
    visit, practice_id = kept.appointment, kept.practice_id
    done = visit.status is Status.DONE
    number = await agreed.texted_at(visit.numbers, visit.person) if agreed else visit.numbers[0]
    events = await agreed.at(number) if agreed else ()
    return KnownVisit(
        kept=kept,
        told=await tx.told_of(practice_id, visit.key),
        number=number,
        agreed=await agreed.agreement(number, visit.person) if agreed else None,
        wish=phi_preference(events, visit.person),
        ended=done and await is_succeeded(tx, kept, coming or {}),
    )


async def profiles_of(ports: Ports, known: Sequence[KnownVisit]) -> dict[str, Profile]:
    """What the host knows of persons who share a number; of one alone nothing is asked."""
    persons = {each.kept.appointment.person for each in known}
    if len(persons) == 1:
        return {}
    return {person: await ports.people(person) or Profile() for person in sorted(persons)}


def entry_of(known: KnownVisit, profiles: Mapping[str, Profile], at: datetime) -> DiaryEntry:
    person = known.kept.appointment.person
    return DiaryEntry(
        appointment=known.kept.appointment,
        since=known.kept.since,
        told=known.codes,
        number=known.number,
        household=(
            known.agreed,
            company(profiles[person], person, at) if profiles else None,
        ),
    )


async def drafted(ports: Ports, text: PlannedText, known: Mapping[Key, KnownVisit]) -> Draft:
    """The text as it is to be kept, in words for whoever it is for."""
    visit = text.reminders[0].appointment
    profile = await ports.people(visit.person) or Profile()
    whom = ForWhom(profile=profile, wish=known[visit.key].wish)
    return prepared(ports, draft_of(ports, text, whom))
