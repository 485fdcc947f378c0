"""Whether a patient wants health details by text: folded from the ledger, apart from consent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from attrs import frozen

from compliant_sms import records
from compliant_sms.consent._events import ConsentEvent, PhiPreferenceStated, Revoked, Voided


@records.lean
@frozen(kw_only=True)
class PhiPreference:
    """Whether a patient wants health details by text. It is separate from consent to texts.

    Source: 78 FR 5566, 5634 (2013-01-25). A brief warning suffices.

    Args:
        warned: whether the patient was told that others may read a text in transit or on the phone.
        prefers: whether the patient wants them by text anyway.
        event_id: the ledger event that says so; empty if none does.
    """

    warned: bool = False
    prefers: bool = False
    event_id: str = ""

    @property
    def allows_detail(self) -> bool:
        """Whether health details may be texted, which needs both, never one alone."""
        return self.warned and self.prefers


def phi_preference(
    events: Iterable[ConsentEvent], person: str | None, *, as_known_at: datetime | None = None
) -> PhiPreference:
    """What one person at one number wants, as the newest record says.

    Any revocation at the number ends the wish, whatever it answered and whoever said it: how far
    it reaches for texts is a policy of the rules, and less content is right when nobody is sure.
    So does what voids the person's consent there: it was an error. Neither START nor a fresh
    opt-in brings it back; the person states it anew. No form that anybody can fill in does, nor
    does one give details to who took the wish back.

    Args:
        events: all those of a practice about the number, in any order.
        person: whose wish; None, for somebody unknown, has none. Families share numbers, and a
            wish is one person's.
        as_known_at: leave out what was recorded later (aware); see :func:`fold`.
    """
    told = [
        event
        for event in events
        if (as_known_at is None or event.recorded_at <= as_known_at) and _speaks(event, person)
    ]
    if any(map(_takes_back, told)):
        told = [event for event in told if not _is_anybodys_wish(event)]
    newest = max(told, key=_order, default=None)
    if not isinstance(newest, PhiPreferenceStated):
        return PhiPreference()
    return PhiPreference(
        warned=newest.warning is not None, prefers=newest.prefers, event_id=newest.event_id
    )


def _speaks(event: ConsentEvent, person: str | None) -> bool:
    if isinstance(event, PhiPreferenceStated | Voided):
        return person is not None and event.person == person
    return isinstance(event, Revoked)


def _takes_back(event: ConsentEvent) -> bool:
    return not (isinstance(event, PhiPreferenceStated) and event.prefers)


def _is_anybodys_wish(event: ConsentEvent) -> bool:
    # A "no" counts, whoever typed it.
    return isinstance(event, PhiPreferenceStated) and event.prefers and event.unproven


def _order(event: ConsentEvent) -> tuple[datetime, bool]:
    # At one instant what takes it back wins.
    wished = isinstance(event, PhiPreferenceStated) and event.prefers
    return event.occurred_at, not wished
