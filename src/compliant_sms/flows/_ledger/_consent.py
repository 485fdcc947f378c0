"""Writing to the consent ledger and reading what holds."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeGuard

from compliant_sms import _given
from compliant_sms.clock import as_utc
from compliant_sms.consent import (
    ConsentEvent,
    ConsentState,
    Granted,
    PhiPreference,
    PhiPreferenceStated,
    Revoked,
    Voided,
    fold,
    phi_preference,
)
from compliant_sms.consent._words import refuse_no_tier
from compliant_sms.errors import InvalidInput
from compliant_sms.flows._deciding._routes import refuse_all_others_senders, refuse_others_senders
from compliant_sms.flows._sending._revoke import append_heard
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Ports, Transaction

_FIRST_YEAR = 1900
_CLOCK_SKEW = timedelta(minutes=5)


def refuse_wrong_time(ports: Ports, at: datetime, name: str) -> None:
    """Refuse what is said to happen later than now, or before anybody could text.

    Two clocks may differ by a little.

    Args:
        ports: what to work with.
        at: when it happened (aware).
        name: of the argument that says so.

    Raises:
        InvalidInput: it lies in the future, or too far back.
    """
    if at.year < _FIRST_YEAR:  # not every clock has a year for the first of all instants, either
        msg = f"{name} lies before there were texts. Pass when it happened."
        raise InvalidInput(msg)
    if at > ports.clock() + _CLOCK_SKEW:
        msg = (
            f"{name} lies in the future; consent counts from when it was given. Pass that "
            "instant, or now."
        )
        raise InvalidInput(msg)


async def append_event(ports: Ports, event: ConsentEvent) -> ConsentEvent:
    """Record what happened.

    Returns:
        the event as it was recorded.

    Raises:
        InvalidInput: it is said to happen in the future, or is a consent to nothing.
        ConfigurationError: the sender belongs to a practice with another id.
    """
    if isinstance(event, Granted):
        refuse_no_tier(event.tier)
    refuse_wrong_time(ports, event.occurred_at, "occurred_at")
    return await ports.store.run(lambda tx: _append(tx, ports, event))


async def _append(tx: Transaction, ports: Ports, event: ConsentEvent) -> ConsentEvent:
    if _ends(event):
        await refuse_all_others_senders(tx, ports)
    else:
        await refuse_others_senders(tx, ports)
    if _ends(event) and await _comes_last(tx, event):
        return await append_heard(tx, ports, event)
    await tx.append(event, ports.ids())
    return event


def _ends(event: ConsentEvent) -> TypeGuard[Revoked | Voided | PhiPreferenceStated]:
    if isinstance(event, PhiPreferenceStated):
        return not event.prefers
    return isinstance(event, Revoked | Voided)


async def _comes_last(tx: Transaction, event: ConsentEvent) -> bool:
    """Whether it was said after all that is on record.

    What was said a moment ago, by whatever clock, was: where something is on record that is yet to
    come, that is by a clock that runs ahead.
    """
    if isinstance(event, Voided) or event.occurred_at == event.recorded_at:
        return True
    if event.recorded_at - event.occurred_at > _CLOCK_SKEW:
        return False
    await tx.lock(event.practice_id, event.number)
    on_record = await tx.consent_events(event.practice_id, event.number)
    return any(earlier.occurred_at > event.recorded_at for earlier in on_record)


async def consent_events(ports: Ports, number: PhoneNumber) -> tuple[ConsentEvent, ...]:
    """All events of this practice about a number, oldest record first."""
    return tuple(await ports.store.run(lambda tx: tx.consent_events(ports.practice.id, number)))


async def consent_state(
    ports: Ports, number: PhoneNumber, person: str | None, as_known_at: datetime | None
) -> ConsentState:
    """What the person at the number agrees to."""
    if person is not None:
        _given.a_text(person, "person")
    known = _aware(as_known_at)
    return fold(await consent_events(ports, number), person, as_known_at=known)


async def wish_for_detail(
    ports: Ports, number: PhoneNumber, person: str, as_known_at: datetime | None
) -> PhiPreference:
    """What the person at the number wants of health details."""
    _given.a_text(person, "person")
    known = _aware(as_known_at)
    return phi_preference(await consent_events(ports, number), person, as_known_at=known)


def _aware(as_known_at: datetime | None) -> datetime | None:
    return None if as_known_at is None else as_utc(as_known_at, "as_known_at")
