"""The fold of events to the present state.

It does not depend on the order of recording, because it sorts by when things happened. At one
instant a revocation comes last, so that the patient wins a tie.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from attrs import evolve

from compliant_sms.consent._events import (
    Clarified,
    ConsentEvent,
    Granted,
    NumberFlagged,
    OptInAnswered,
    OptInAsked,
    PhiPreferenceStated,
    Restored,
    Revoked,
    Voided,
)
from compliant_sms.consent._state import ConsentState, FlaggedNumber, LiveGrant, Revocation
from compliant_sms.consent._words import Tier

_PRECEDENCE: dict[type[ConsentEvent], int] = {
    Granted: 0,
    Restored: 1,
    Clarified: 2,
    Revoked: 3,
    NumberFlagged: 4,
    Voided: 5,
}


def _order(event: ConsentEvent) -> tuple[datetime, int, str]:
    return event.occurred_at, _PRECEDENCE[type(event)], event.event_id


def _as_live(
    event: Granted,
    stopped_by: Iterable[Revocation],
    *,
    restored: bool,
) -> LiveGrant:
    # A carrier's START restores what the carrier had blocked. It is no signature, so it never
    # restores written consent (47 CFR 64.1200(f)(9)).
    return LiveGrant(
        event_id=event.event_id,
        tier=min(event.tier, Tier.PRIOR_EXPRESS) if restored else event.tier,
        categories=event.categories,
        occurred_at=event.occurred_at,
        basis=event.basis,
        agreement=event.agreement,
        given_to=event.given_to,
        stopped_by=tuple(stopped_by),
        restored=restored,
        unproven=event.unproven or event.imported is not None,
    )


def _as_revocation(event: Revoked) -> Revocation:
    return Revocation(
        event_id=event.event_id,
        occurred_at=event.occurred_at,
        channel=event.channel,
        category=event.category,
        message_class=event.message_class,
        exempt=event.exempt,
        clarification_asked=event.clarification_asked,
        keep=event.except_for,
    )


def _distinct(stops: Sequence[Revocation]) -> tuple[Revocation, ...]:
    # Saying the same again adds nothing, and a flood of it must not swell every record.
    if len(stops) <= 1:
        return tuple(stops)
    first = stops[0]
    shapes = [evolve(s, event_id=first.event_id, occurred_at=first.occurred_at) for s in stops]
    return tuple(stop for n, stop in enumerate(stops) if shapes[n] not in shapes[:n])


def _source(event: Granted | Revoked) -> str:
    return event.imported.source if event.imported else ""


def _is_fresh(event: Granted) -> bool:
    """Whether a grant is an opt-in after what was said before; one of no tier agrees to nothing."""
    return event.basis.is_fresh_opt_in and event.tier is not Tier.NONE


def _is_own_word(event: ConsentEvent) -> bool:
    """Whether it shows that the number is this person's, and works.

    A booking tells the number on file again, an import what another system had, and into a form
    anybody can type a number.
    """
    if not isinstance(event, Granted) or event.imported is not None or event.unproven:
        return False
    return _is_fresh(event)


class _Folding:
    """What holds so far: of each grant, whether START restored it and which is its first stop."""

    def __init__(self) -> None:
        self._grants: list[tuple[Granted, bool, int]] = []
        self._stops: list[Revocation] = []
        self._told_by: list[str] = []  # for each stop the system that it was imported from
        self._asked_by: list[str | None] = []  # and the person who asked for it, if known
        self._standing_from = 0
        self._flags: list[FlaggedNumber] = []

    def add(self, event: ConsentEvent) -> None:
        match event:
            case Granted():
                if self._lifts(event):
                    self._standing_from = len(self._stops)
                if _is_own_word(event):
                    self._flags = []
                self._grants.append((event, False, self._standing_from))
            case Revoked():
                self._stops.append(_as_revocation(event))
                self._told_by.append(_source(event))
                self._asked_by.append(event.person)
            case Clarified():
                self._narrow(event)
            case NumberFlagged():
                flag = FlaggedNumber(
                    event_id=event.event_id, occurred_at=event.occurred_at, why=event.why
                )
                self._flags.append(flag)
            case _:  # Restored
                self._restore()

    def _narrow(self, event: Clarified) -> None:
        # Nobody says what somebody else at the number meant.
        for place in range(self._standing_from, len(self._stops)):
            if len({event.person, self._asked_by[place]} - {None}) < 2:
                self._stops[place] = evolve(self._stops[place], keep=event.keep)

    def _lifts(self, event: Granted) -> bool:
        # What comes from another system ends nothing that was put on record otherwise: only
        # that system's own opt-outs, which its own records show to be older.
        standing = self._told_by[self._standing_from :]
        known = event.imported is None or all(map(_source(event).__eq__, standing))
        return _is_fresh(event) and known and not event.unproven

    def _restore(self) -> None:
        count = len(self._stops)
        self._grants = [
            (event, restored or since < count, 0) for event, restored, since in self._grants
        ]
        self._stops, self._told_by, self._asked_by, self._standing_from = [], [], [], 0
        # Whoever has the number now may be somebody else, who gives back nothing of the patient's.
        self._flags = [flag for flag in self._flags if flag.why.may_be_anothers]

    def state(self, voided: str) -> ConsentState:
        return ConsentState(
            grants=tuple(
                _as_live(event, _distinct(self._stops[since:]), restored=restored)
                for event, restored, since in self._grants
            ),
            revocations=_distinct(self._stops[self._standing_from :]),
            flagged=self._flags[-1] if self._flags else None,
            lifted=_distinct(self._stops[: self._standing_from]),
            voided=voided,
        )


def _revoked_at(state: ConsentState) -> datetime:
    return state.revoked_at or datetime.min.replace(tzinfo=UTC)


def _concerns(event: ConsentEvent, person: str | None) -> bool:
    if isinstance(event, PhiPreferenceStated | OptInAsked | OptInAnswered):
        # What a text may tell is another matter than whether it may go, and a question is no yes.
        return False
    # Families share numbers. A grant is one person's; what else is said, the handset says.
    return not isinstance(event, Granted | Voided) or event.person == person


def _voided(events: Sequence[ConsentEvent]) -> tuple[str, int]:
    """What voids their consent, if anything, and how many events came before it counts again."""
    last = max((n for n, e in enumerate(events) if isinstance(e, Voided)), default=-1)
    if last < 0:
        return "", 0
    again = (n for n, e in enumerate(events) if n > last and _is_own_word(e))
    until = next(again, len(events))
    return (events[last].event_id if until == len(events) else ""), until


def _counting(events: Sequence[ConsentEvent], until: int) -> Iterator[ConsentEvent]:
    """The events without what was voided, as if it had never been given."""
    for n, event in enumerate(events):
        if not isinstance(event, Voided) and (n >= until or not isinstance(event, Granted)):
            yield event


def fold(
    events: Iterable[ConsentEvent], person: str | None, *, as_known_at: datetime | None = None
) -> ConsentState:
    """Fold events to the state of one person.

    Args:
        events: all events of a practice about one number, in any order.
        person: the person; None for somebody unknown who holds the number.
        as_known_at: leave out what was recorded later (aware). None, for a decision to send,
            leaves out nothing: a revocation counts as soon as it is recorded, even if the clock
            of the machine that recorded it runs ahead.
    """
    known = (e for e in events if as_known_at is None or e.recorded_at <= as_known_at)
    told = sorted((e for e in known if _concerns(e, person)), key=_order)
    voided, until = _voided(told)
    folding = _Folding()
    for event in _counting(told, until):
        folding.add(event)
    return folding.state(voided)


def fold_for_holder(events: Sequence[ConsentEvent]) -> ConsentState:
    """Fold events to the state that an answer to the number's holder is about.

    It is the state of the person there with the newest revocation: each one ends what that person
    had agreed to since the one before, and may be confirmed once. A person whose consent there was
    an error does not count.

    Args:
        events: all events of a practice about one number, in any order.
    """
    people = sorted({event.person for event in events if isinstance(event, Granted)}, key=str)
    states = [state for each in people if not (state := fold(events, each)).voided]
    return max(states or [fold(events, None)], key=_revoked_at)
