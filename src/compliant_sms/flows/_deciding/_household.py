"""Persons who share a number: to what each agreed there, and who may be told of together."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import date, datetime

from attrs import field, frozen

from compliant_sms._masking import repr_of_practice
from compliant_sms.classification import Purpose
from compliant_sms.consent import ConsentEvent, fold, phi_preference
from compliant_sms.people import Holder, Profile
from compliant_sms.phi import allowed_tier
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Ports, Transaction
from compliant_sms.rules import is_permitted

# The least age of majority anywhere here: who may have come of age is told by themselves.
_OF_AGE = 18


def agreement(
    ports: Ports, number: PhoneNumber, events: Sequence[ConsentEvent], person: str, at: datetime
) -> Hashable:
    """To what a person agreed at a number, as far as texts about visits go.

    One text tells only persons of whom it is the same.

    Args:
        ports: what to work with.
        number: which number.
        events: all of the practice about it.
        person: the host's id.
        at: now (UTC).
    """
    texted = _may_be_texted(ports, number, events, person, at)
    return texted, allowed_tier(phi_preference(events, person))


def company(profile: Profile, person: str, at: datetime) -> Hashable:
    """What people must have in common to share one text.

    Nothing is told together with others of whoever asked for other means than texts, of a minor
    who controls their care, or where the reader may not act for the patient, or not any more: 45
    CFR 164.522(b), 164.502(g). A text is decided by one clock and one state, so that theirs must
    be the same too.
    """
    of_age = profile.holder is Holder.PARENT and not _is_minor(profile.birth_date, at.date())
    alone = profile.no_sms or profile.controls_care or profile.holder is Holder.OTHER or of_age
    return person if alone else (profile.time_zone, profile.state, profile.country)


def _is_minor(born: date | None, today: date) -> bool:
    if born is None:
        return False
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return years < _OF_AGE


def _may_be_texted(
    ports: Ports, number: PhoneNumber, events: Sequence[ConsentEvent], person: str, at: datetime
) -> bool:
    practice = ports.practice
    return is_permitted(
        fold(events, person),
        Purpose.APPOINTMENT_REMINDER,
        ports.rulebook.at(at),
        seller=(practice.name, *practice.also_known_as),
        number=number,
    )


@frozen
class Agreements:
    """What is on record at the numbers of a household, each read once in a transaction.

    Attributes:
        tx: the transaction; nobody changes what it has read in the meantime, or it begins anew.
        ports: what to work with.
        practice_id: whose.
        now: when (UTC).
    """

    tx: Transaction
    ports: Ports = field(repr=False)
    practice_id: str = field(repr=repr_of_practice)
    now: datetime
    _known: dict[PhoneNumber, Sequence[ConsentEvent]] = field(factory=dict, init=False, repr=False)

    async def at(self, number: PhoneNumber) -> Sequence[ConsentEvent]:
        """All events of the practice about a number."""
        if number not in self._known:
            self._known[number] = await self.tx.consent_events(self.practice_id, number)
        return self._known[number]

    async def texted_at(self, numbers: Sequence[PhoneNumber], person: str) -> PhoneNumber:
        """The first number at which the rules permit texts about a person's visits; or the first.

        There the rules refuse the text, and the reason is on record.
        """
        for number in numbers:
            events = await self.at(number)
            if _may_be_texted(self.ports, number, events, person, self.now):
                return number
        return numbers[0]

    async def agreement(self, number: PhoneNumber, person: str) -> Hashable:
        """To what a person agreed at a number: see :func:`agreement`."""
        return agreement(self.ports, number, await self.at(number), person, self.now)
