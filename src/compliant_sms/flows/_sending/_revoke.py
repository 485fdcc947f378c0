"""Adding to the ledger what was heard a moment ago and stops texts."""

from __future__ import annotations

from typing import TypeVar

from attrs import evolve

from compliant_sms.consent import NumberFlagged, PhiPreferenceStated, Revoked, Voided
from compliant_sms.ports import Ports, Transaction

E = TypeVar("E", bound=Revoked | NumberFlagged | Voided | PhiPreferenceStated)


async def append_heard(tx: Transaction, ports: Ports, event: E) -> E:
    """Add an event that stops texts and was heard a moment ago, as the newest on record.

    Clocks differ from machine to machine and are set right now and then. A consent that a clock
    dated too late must not outlast the STOP that came after it, so the revocation takes its time.

    Returns:
        the event as it was recorded.
    """
    await tx.lock(event.practice_id, event.number)
    on_record = await tx.consent_events(event.practice_id, event.number)
    last = max((earlier.occurred_at for earlier in on_record), default=event.occurred_at)
    heard = evolve(event, occurred_at=max(last, event.occurred_at))
    await tx.append(heard, ports.ids())
    return heard
