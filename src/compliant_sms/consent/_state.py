"""What holds now, folded from the events.

The fold does not depend on the order of recording: it sorts by when things happened. At one
instant a revocation comes last, so that the patient wins a tie.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from attrs import evolve, frozen

from compliant_sms.consent._events import ConsentEvent, Granted, Restored, Revoked, Tier

__all__ = ["ConsentState", "LiveGrant", "fold", "fold_for_holder"]

_PRECEDENCE: dict[type[ConsentEvent], int] = {Granted: 0, Restored: 1, Revoked: 2}


@frozen(kw_only=True)
class LiveGrant:
    """A grant that stands.

    Attributes:
        event_id: the event that gave it.
        tier: how strong it is now.
        categories: what it covers.
        occurred_at: when it was given, in UTC.
    """

    event_id: str
    tier: Tier
    categories: tuple[str, ...]
    occurred_at: datetime


@frozen(kw_only=True)
class ConsentState:
    """What one person at one number agrees to.

    Attributes:
        grants: what stands.
        revocation: the event that ended everything, while it does.
        revoked_at: when that happened, in UTC.
    """

    grants: tuple[LiveGrant, ...] = ()
    revocation: str | None = None
    revoked_at: datetime | None = None

    def basis_for(self, category: str, tier: Tier) -> LiveGrant | None:
        """The newest grant that covers the category at that tier or above, or None."""
        return max(
            (g for g in self.grants if g.tier >= tier and category in g.categories),
            key=lambda grant: grant.occurred_at,
            default=None,
        )

    @property
    def tier(self) -> Tier:
        """The strongest tier of any grant that stands, whatever it covers."""
        return max((grant.tier for grant in self.grants), default=Tier.NONE)


def _order(event: ConsentEvent) -> tuple[datetime, int, str]:
    return event.occurred_at, _PRECEDENCE[type(event)], event.event_id


def _as_live(event: Granted) -> LiveGrant:
    return LiveGrant(
        event_id=event.event_id,
        tier=event.tier,
        categories=event.categories,
        occurred_at=event.occurred_at,
    )


def _capped(grant: LiveGrant) -> LiveGrant:
    # A carrier's START restores what the carrier had blocked. It is no signature, so it never
    # restores written consent (47 CFR 64.1200(f)(9)).
    return evolve(grant, tier=min(grant.tier, Tier.PRIOR_EXPRESS))


def _revoked_at(state: ConsentState) -> datetime:
    return state.revoked_at or datetime.min.replace(tzinfo=UTC)


def _concerns(event: ConsentEvent, person: str | None) -> bool:
    # Families share numbers. A grant is one person's; STOP and START are said by the handset.
    return not isinstance(event, Granted) or event.person == person


def fold(
    events: Iterable[ConsentEvent], person: str | None, *, as_known_at: datetime | None = None
) -> ConsentState:
    """The state that the events add up to for one person.

    Args:
        events: all those of a practice about one number, in any order.
        person: whose state; None for somebody unknown who holds the number.
        as_known_at: leave out what was recorded later (aware). None, for a decision to send,
            leaves out nothing: a revocation counts as soon as it is recorded, also when the
            clock of the machine that recorded it runs ahead.
    """
    live: list[LiveGrant] = []
    suspended: list[LiveGrant] = []
    revoked: Revoked | None = None
    known = (e for e in events if as_known_at is None or e.recorded_at <= as_known_at)
    for event in sorted((e for e in known if _concerns(e, person)), key=_order):
        match event:
            case Granted() if revoked is None or event.basis.is_fresh_opt_in:
                live.append(_as_live(event))
                revoked = None
            case Granted():
                suspended.append(_as_live(event))
            case Revoked():
                suspended += live
                live, revoked = [], revoked or event
            case _:  # Restored
                live += map(_capped, suspended)
                suspended, revoked = [], None
    return ConsentState(
        grants=tuple(live),
        revocation=revoked.event_id if revoked else None,
        revoked_at=revoked.occurred_at if revoked else None,
    )


def fold_for_holder(events: Sequence[ConsentEvent]) -> ConsentState:
    """The state that an answer to whoever holds the number is about.

    It is that of the person there whose revocation is the newest: each ends what that person had
    agreed to since the one before, and may be confirmed once.

    Args:
        events: all those of a practice about one number, in any order.
    """
    people = {event.person for event in events if isinstance(event, Granted)} or {None}
    return max((fold(events, person) for person in sorted(people, key=str)), key=_revoked_at)
