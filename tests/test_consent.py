"""What patients agreed to: events that can be proved, and the state that they add up to."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from compliant_sms.consent import (
    Basis,
    Category,
    Channel,
    Clarified,
    ConsentEvent,
    ConsentState,
    Flag,
    FlaggedNumber,
    Granted,
    Imported,
    LiveGrant,
    NumberFlagged,
    Restored,
    Revocation,
    Revoked,
    Signature,
    SignatureKind,
    Tier,
    Voided,
    Wording,
    WrittenAgreement,
    fold,
    fold_for_holder,
)
from compliant_sms.phone import PhoneNumber

# The same examples each time, however long they take.
STEADY = settings(derandomize=True, deadline=None)
NUMBER = PhoneNumber("+12175550134")
START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
WORDING = Wording(text="I agree to texts about my care.", version="2026-03")
SIGNATURE = Signature(signer="pat-881", act="ticked an unticked box")
AGREEMENT = WrittenAgreement(
    seller="Lakeside Family Medicine",
    number=NUMBER,
    signature=SignatureKind.TICKED_BOX,
    authorises_automated_marketing=True,
    not_a_condition_of_purchase=True,
    clear_and_conspicuous=True,
)
ME, OTHER = "pat-881", "pat-882"
BEGINNING = (datetime.min.replace(tzinfo=UTC), 0, "")
END = (datetime.max.replace(tzinfo=UTC), 0, "")


def minute(count: int) -> datetime:
    """Name an instant some minutes after the start."""
    return START + timedelta(minutes=count)


def granted(at: int, event_id: str | None = None, **changes: object) -> Granted:
    """Make a spoken grant of care and appointments; any field can be replaced."""
    fields: dict[str, object] = {
        "event_id": f"grant-{at}" if event_id is None else event_id,
        "practice_id": "lakeside",
        "number": NUMBER,
        "person": ME,
        "occurred_at": minute(at),
        "recorded_at": minute(at),
        "actor": "front-desk:ana",
        "basis": Basis.SPOKEN,
        "tier": Tier.PRIOR_EXPRESS,
        "categories": (Category.CARE, Category.APPOINTMENTS),
    }
    return Granted(**(fields | changes))  # type: ignore[arg-type]


def written(at: int, event_id: str | None = None, **changes: object) -> Granted:
    """Make a signed grant of promotions."""
    fields: dict[str, object] = {
        "basis": Basis.WEB_FORM,
        "tier": Tier.PRIOR_EXPRESS_WRITTEN,
        "categories": (Category.PROMOTIONS,),
        "wording": WORDING,
        "signature": SIGNATURE,
    }
    return granted(at, event_id, **(fields | changes))


def revoked(at: int, event_id: str | None = None, **changes: object) -> Revoked:
    """Make a STOP."""
    fields: dict[str, object] = {
        "event_id": f"stop-{at}" if event_id is None else event_id,
        "practice_id": "lakeside",
        "number": NUMBER,
        "occurred_at": minute(at),
        "recorded_at": minute(at),
        "actor": "patient",
        "channel": Channel.TEXT,
    }
    return Revoked(**(fields | changes))  # type: ignore[arg-type]


def clarified(at: int, event_id: str | None = None, **changes: object) -> Clarified:
    """Make the answer that texts about care may go on."""
    fields: dict[str, object] = {
        "event_id": f"answer-{at}" if event_id is None else event_id,
        "practice_id": "lakeside",
        "number": NUMBER,
        "occurred_at": minute(at),
        "recorded_at": minute(at),
        "actor": "patient",
        "channel": Channel.TEXT,
        "keep": [Category.CARE],
    }
    return Clarified(**(fields | changes))  # type: ignore[arg-type]


def restored(at: int, event_id: str | None = None, **changes: object) -> Restored:
    """Make a START."""
    fields: dict[str, object] = {
        "event_id": f"start-{at}" if event_id is None else event_id,
        "practice_id": "lakeside",
        "number": NUMBER,
        "occurred_at": minute(at),
        "recorded_at": minute(at),
        "actor": "patient",
    }
    return Restored(**(fields | changes))  # type: ignore[arg-type]


SCOPES: list[dict[str, object]] = [
    {},
    {"category": "promotions", "message_class": "marketing", "clarification_asked": True},
    {"category": "care", "message_class": "transactional", "exempt": True},
]
SOURCES = [None, *(Imported(source=of, dated="day") for of in ("old-ehr", "vendor"))]
KEPT = [(), ("care",), ("appointments", "care")]


def flagged(at: int, event_id: str | None = None, **changes: object) -> NumberFlagged:
    """Make what a provider says of a number."""
    fields: dict[str, object] = {
        "event_id": f"flag-{at}" if event_id is None else event_id,
        "practice_id": "lakeside",
        "number": NUMBER,
        "occurred_at": minute(at),
        "recorded_at": minute(at),
        "actor": "provider:twilio",
        "why": Flag.INVALID_NUMBER,
    }
    return NumberFlagged(**(fields | changes))  # type: ignore[arg-type]


def voided(at: int, event_id: str | None = None, **changes: object) -> Voided:
    """Make what staff found: that the person's consent was an error."""
    fields: dict[str, object] = {
        "event_id": f"error-{at}" if event_id is None else event_id,
        "practice_id": "lakeside",
        "number": NUMBER,
        "person": ME,
        "occurred_at": minute(at),
        "recorded_at": minute(at),
        "actor": "front-desk:ana",
        "reason": "mistyped",
    }
    return Voided(**(fields | changes))  # type: ignore[arg-type]


@st.composite
def ledgers(draw: st.DrawFn, *, size: int = 8) -> list[ConsentEvent]:
    """Draw the events of one number, many of them at the same instants."""
    events: list[ConsentEvent] = []
    for index in range(draw(st.integers(0, size))):
        at, late = draw(st.integers(0, 4)), draw(st.integers(0, 3))
        event_id, recorded_at = f"e{index}", minute(at + late)
        person = draw(st.sampled_from([ME, OTHER]))
        match draw(st.integers(0, 7)):
            case 0:
                tier = draw(st.sampled_from([Tier.PRIOR_EXPRESS, Tier.NONE]))
                source = draw(st.sampled_from(SOURCES))
                made: ConsentEvent = granted(
                    at, event_id, person=person, tier=tier, imported=source
                )
            case 1:
                made = granted(at, event_id, person=person, basis=Basis.BOOKING)
            case 2:
                weak = draw(st.booleans())
                made = written(at, event_id, person=person, agreement=AGREEMENT, unproven=weak)
            case 3:
                whose = draw(st.sampled_from([None, person]))
                scope, source = draw(st.sampled_from(SCOPES)), draw(st.sampled_from(SOURCES))
                made = revoked(at, event_id, person=whose, imported=source, **scope)
            case 4:
                whose = draw(st.sampled_from([None, person]))
                made = clarified(at, event_id, person=whose, keep=draw(st.sampled_from(KEPT)))
            case 5:
                made = flagged(at, event_id, why=draw(st.sampled_from(Flag)))
            case 6:
                made = voided(at, event_id, person=person)
            case _:
                made = restored(at, event_id)
        events.append(evolve(made, recorded_at=recorded_at))
    return events


def when(event: ConsentEvent) -> tuple[datetime, int, str]:
    """Say where an event stands: what is said against sending comes last at an instant."""
    kinds = (Granted, Restored, Clarified, Revoked, NumberFlagged, Voided)
    return event.occurred_at, kinds.index(type(event)), event.event_id


def lifts(grant: Granted) -> bool:
    """Say whether a grant may end revocations: no booking does, nor what anybody could send."""
    return fresh(grant) and not grant.unproven


def own(grant: Granted) -> bool:
    """Say whether a grant shows that the number is the person's: none of another system does."""
    return lifts(grant) and grant.imported is None


def fresh(grant: Granted) -> bool:
    """Say whether a grant is an opt-in of that moment."""
    return grant.basis is not Basis.BOOKING and grant.tier is not Tier.NONE


class Model:
    """What holds, told of each grant and each revocation by itself from what came after it."""

    def __init__(self, events: list[ConsentEvent], person: str | None) -> None:
        theirs = [e for e in events if isinstance(e, Granted) and e.person == person]
        errors = [e for e in events if isinstance(e, Voided) and e.person == person]
        error = max(errors, key=when, default=None)
        since = when(error) if error else BEGINNING
        again = [when(g) for g in theirs if own(g) and when(g) > since]
        counts = (min(again, default=END)) if error else BEGINNING
        self.grants = [g for g in theirs if when(g) >= counts]
        self.voided = error.event_id if error and not again else ""
        self.stops = sorted((e for e in events if isinstance(e, Revoked)), key=when)
        self.starts = [e for e in events if isinstance(e, Restored)]
        self.answers = [e for e in events if isinstance(e, Clarified)]
        self.flags = [e for e in events if isinstance(e, NumberFlagged)]
        self.lifts: list[ConsentEvent] = [*self.starts]
        for grant in sorted(self.grants, key=when):
            if self.may_lift(grant):
                self.lifts.append(grant)

    def may_lift(self, grant: Granted) -> bool:
        """Whether a grant ends what stands: another system's only what that system told."""
        told = [stop.imported for stop in self.standing_stops(when(grant))]
        return lifts(grant) and (grant.imported is None or set(told) <= {grant.imported})

    def standing_stops(self, before: tuple[datetime, int, str]) -> list[Revoked]:
        """The revocations that neither a START nor a fresh opt-in has followed by then."""
        last = max((when(e) for e in self.lifts if when(e) < before), default=BEGINNING)
        return [s for s in self.stops if last < when(s) < before]

    def lifted(self) -> list[Revoked]:
        """The revocations that a fresh opt-in has followed, and no START."""
        started = max(map(when, self.starts), default=BEGINNING)
        opted = max((when(g) for g in self.grants if g in self.lifts), default=BEGINNING)
        return [s for s in self.stops if started < when(s) < opted]

    def kept(self, stop: Revoked) -> tuple[str, ...]:
        """The newest answer that was given while the revocation stood."""
        given = [
            a
            for a in self.answers
            if stop in self.standing_stops(when(a)) and len({a.person, stop.person} - {None}) < 2
        ]
        return max(given, key=when).keep if given else ()

    def told(self, stop: Revoked) -> Revocation:
        """The revocation as a state tells it."""
        return Revocation(
            event_id=stop.event_id,
            occurred_at=stop.occurred_at,
            channel=stop.channel,
            category=stop.category,
            message_class=stop.message_class,
            exempt=stop.exempt,
            clarification_asked=stop.clarification_asked,
            keep=self.kept(stop),
        )

    def told_once(self, stops: list[Revoked]) -> tuple[Revocation, ...]:
        """Tell the revocations, and of those that say the same only the first."""
        first: dict[Revocation, Revocation] = {}
        for stop in map(self.told, stops):
            first.setdefault(evolve(stop, event_id="any", occurred_at=END), stop)
        return tuple(first.values())

    def stops_of(self, grant: Granted) -> list[Revoked]:
        """The revocations that no START followed: later ones and, of a booking, those before."""
        earlier = [] if grant in self.lifts else self.standing_stops(when(grant))
        later = [s for s in self.stops if when(s) > when(grant)]
        starts = [when(s) for s in self.starts if when(s) > when(grant)]
        return [s for s in (*earlier, *later) if not starts or when(s) > max(starts)]

    def was_woken(self, grant: Granted) -> bool:
        """Whether a START brought the grant back from a revocation."""
        asleep = grant not in self.lifts and bool(self.standing_stops(when(grant)))
        later_stops = [when(s) for s in self.stops if when(s) > when(grant)]
        last_start = max((when(s) for s in self.starts if when(s) > when(grant)), default=None)
        return last_start is not None and (
            asleep or (bool(later_stops) and last_start > min(later_stops))
        )

    def stands(self, grant: Granted) -> bool:
        """Whether a grant stands if each revocation ends everything."""
        asleep = grant not in self.lifts and bool(self.standing_stops(when(grant)))
        later_stops = [when(s) for s in self.stops if when(s) > when(grant)]
        last_start = max((when(s) for s in self.starts if when(s) > when(grant)), default=None)
        if later_stops:
            return last_start is not None and last_start > max(later_stops)
        return not asleep or last_start is not None

    def live(self, grant: Granted) -> LiveGrant:
        """The grant as a state tells it."""
        return LiveGrant(
            event_id=grant.event_id,
            tier=min(grant.tier, Tier.PRIOR_EXPRESS) if self.was_woken(grant) else grant.tier,
            categories=grant.categories,
            occurred_at=grant.occurred_at,
            basis=grant.basis,
            agreement=grant.agreement,
            given_to=grant.given_to,
            stopped_by=self.told_once(self.stops_of(grant)),
            unproven=grant.unproven or grant.imported is not None,
            restored=self.was_woken(grant),
        )

    def flag(self) -> FlaggedNumber | None:
        """The newest word of a provider that stands.

        A fresh opt-in ends all before it; a START those after which it is the same number still.
        """
        fresh = [when(g) for g in self.grants if own(g)]
        opted = max(fresh, default=BEGINNING)
        started = max(map(when, self.starts), default=BEGINNING)
        gone = {Flag.INVALID_NUMBER, Flag.UNREACHABLE_PERMANENT, Flag.WRONG_NUMBER}
        stand = [e for e in self.flags if when(e) > opted and (e.why in gone or when(e) > started)]
        newest = max(stand, key=when, default=None)
        if newest is None:
            return None
        return FlaggedNumber(
            event_id=newest.event_id, occurred_at=newest.occurred_at, why=newest.why
        )

    def state(self) -> ConsentState:
        """The state."""
        return ConsentState(
            grants=tuple(map(self.live, sorted(self.grants, key=when))),
            revocations=self.told_once(self.standing_stops(END)),
            flagged=self.flag(),
            lifted=self.told_once(self.lifted()),
            voided=self.voided,
        )


def everything(_: Revocation) -> bool:
    """Say that a revocation ends everything."""
    return True


def standing(state: ConsentState) -> tuple[LiveGrant, ...]:
    """Name the grants that stand if each revocation ends everything."""
    return state.grants_for(everything)


# The fold


@settings(STEADY, max_examples=1000)
@given(ledgers(size=10), st.sampled_from([ME, OTHER, "nobody", None]))
def test_fold_agrees_with_a_model(events: list[ConsentEvent], person: str | None) -> None:
    """A model that looks at each grant by itself comes to the same state."""
    assert Model(events, person).state() == fold(events, person)


@settings(STEADY, max_examples=600)
@given(ledgers(), st.sampled_from([ME, OTHER, "nobody", None]))
def test_what_stands_is_what_no_stop_came_after(
    events: list[ConsentEvent], person: str | None
) -> None:
    """If each revocation ends everything, whatever it answers, the last word decides."""
    model, state = Model(events, person), fold(events, person)
    first = min(model.standing_stops(END), key=when, default=None)

    assert [g.event_id for g in standing(state)] == [
        grant.event_id for grant in sorted(model.grants, key=when) if model.stands(grant)
    ]
    assert state.revocation == (first and first.event_id)
    assert state.revoked_at == (first and first.occurred_at)
    assert state.tier == max((grant.tier for grant in standing(state)), default=Tier.NONE)


@STEADY
@given(ledgers(size=5))
def test_fold_does_not_depend_on_order(events: list[ConsentEvent]) -> None:
    """Every order of recording gives the same state."""
    states = {fold(order, ME) for order in itertools.permutations(events)}

    assert len(states) == 1


@STEADY
@given(ledgers(size=30), st.randoms(use_true_random=False))
def test_long_folds_do_not_depend_on_order(
    events: list[ConsentEvent], chance: random.Random
) -> None:
    """A long ledger gives the same state however it is shuffled."""
    shuffled = events[:]
    chance.shuffle(shuffled)

    assert fold(events, ME) == fold(shuffled, ME)
    assert fold_for_holder(events).revoked_at == fold_for_holder(shuffled).revoked_at


@STEADY
@given(ledgers(), st.sampled_from([ME, OTHER, None]))
def test_a_revocation_leaves_no_grant(events: list[ConsentEvent], person: str | None) -> None:
    """While a revocation stands, nothing is granted."""
    state = fold(events, person)

    assert state.revoked_at is None or standing(state) == ()
    assert (state.revocation is None) == (state.revoked_at is None)


@STEADY
@given(ledgers(), st.integers(0, 9))
def test_a_last_stop_always_stands(events: list[ConsentEvent], late: int) -> None:
    """Whatever came before, a STOP after it ends everything for everybody at the number."""
    stopped = [*events, revoked(20, recorded_at=minute(late))]

    for person in (ME, OTHER, None):
        assert standing(fold(stopped, person)) == ()
        assert fold(stopped, person).revoked_at is not None


@STEADY
@given(ledgers())
def test_a_start_restores_no_written_consent(events: list[ConsentEvent]) -> None:
    """After STOP and START nothing stands above prior express consent."""
    state = fold([*events, revoked(20), restored(21)], ME)

    assert state.revoked_at is None
    assert state.tier <= Tier.PRIOR_EXPRESS
    assert state.basis_for(Category.PROMOTIONS, Tier.PRIOR_EXPRESS_WRITTEN) is None


@STEADY
@given(ledgers())
def test_a_start_restores_nothing_new(events: list[ConsentEvent]) -> None:
    """START brings back only grants that the person gave."""
    given_by_me = {e.event_id for e in events if isinstance(e, Granted) and e.person == ME}

    assert {g.event_id for g in fold([*events, restored(20)], ME).grants} <= given_by_me


def test_nothing_is_known_of_a_stranger() -> None:
    """An empty ledger grants nothing and revokes nothing."""
    state = fold([], ME)

    assert ConsentState() == state
    assert state.tier is Tier.NONE
    assert state.basis_for(Category.CARE, Tier.PRIOR_EXPRESS) is None


def test_revocation_wins_a_tie() -> None:
    """A grant, a START and a STOP at one instant leave a STOP."""
    state = fold([revoked(5, "a"), granted(5, "z"), restored(5, "zz")], ME)

    assert state.revocation == "a"
    assert state.revoked_at == minute(5)
    assert standing(state) == ()


def test_the_first_of_several_stops_is_named() -> None:
    """A second STOP does not replace the revocation that stands."""
    assert fold([revoked(7), revoked(5), granted(1)], ME).revocation == "stop-5"


def test_an_earlier_grant_recorded_late_lifts_nothing() -> None:
    """A paper form of before the STOP, typed in after it, changes nothing."""
    late = granted(1, recorded_at=minute(90))

    assert fold([revoked(5), late], ME).revocation == "stop-5"


def test_a_fresh_grant_lifts_a_revocation() -> None:
    """Agreeing anew after a STOP makes texts possible, and only what is agreed to now."""
    state = fold([written(1), revoked(5), granted(9)], ME)

    assert state.revoked_at is None
    assert [g.event_id for g in standing(state)] == ["grant-9"]


@pytest.mark.parametrize("basis", list(Basis))
def test_what_is_no_fresh_opt_in_lifts_no_revocation(basis: Basis) -> None:
    """Every basis but a booking is a fresh opt-in."""
    again = granted(9, basis=basis, wording=WORDING)
    lifted = fold([granted(1), revoked(5), again], ME).revoked_at is None

    assert lifted == (basis not in {Basis.BOOKING, Basis.CALL_OFFER})
    assert basis.is_fresh_opt_in == lifted
    nothing = evolve(again, tier=Tier.NONE)  # as a store may hold from before it was refused
    assert fold([granted(1), revoked(5), nothing], ME).revocation == "stop-5"
    gone = fold([granted(1), flagged(5), nothing], ME).flagged
    assert gone is not None
    anybodys = evolve(again, unproven=True)
    assert fold([granted(1), revoked(5), anybodys], ME).revocation == "stop-5"
    assert standing(fold([granted(1), revoked(5), anybodys], ME)) == ()


@pytest.mark.parametrize("why", list(Flag))
def test_a_number_that_was_only_typed_is_not_shown_to_work(why: Flag) -> None:
    """Whoever fills in a form leaves what a provider said; who agrees to staff, or by text, not."""
    said = flagged(5, why=why)
    form = granted(9, basis=Basis.WEB_FORM, wording=WORDING, unproven=True)
    told = fold([granted(1), said, form], ME)

    assert told.flagged is not None
    assert told.flagged.event_id == said.event_id
    for basis in (Basis.INTAKE_FORM, Basis.TEXT_MESSAGE, Basis.SPOKEN):
        again = granted(9, basis=basis, wording=WORDING)
        assert fold([granted(1), said, again], ME).flagged is None


def test_start_after_a_booking_brings_the_booking_back() -> None:
    """A booking under a revocation waits for the patient's START."""
    booked = granted(9, basis=Basis.BOOKING)

    back = fold([revoked(5), booked, restored(10)], ME)

    assert standing(fold([revoked(5), booked], ME)) == ()
    assert [g.event_id for g in standing(back)] == ["grant-9"]


def test_start_caps_what_it_restores() -> None:
    """START restores the care texts as they were, and promotions without their signature."""
    state = fold([granted(1), written(2), revoked(5), restored(6)], ME)
    tiers = {g.event_id: g.tier for g in standing(state)}

    assert tiers == {"grant-1": Tier.PRIOR_EXPRESS, "grant-2": Tier.PRIOR_EXPRESS}
    assert state.basis_for(Category.CARE, Tier.PRIOR_EXPRESS) is not None
    assert state.basis_for(Category.PROMOTIONS, Tier.PRIOR_EXPRESS_WRITTEN) is None


def test_start_undoes_several_stops() -> None:
    """Whatever was ended by any STOP since is brought back by one START, once."""
    events = [granted(1), revoked(2), granted(3, basis=Basis.BOOKING), revoked(4), restored(5)]
    state = fold(events, ME)

    assert [g.event_id for g in standing(state)] == ["grant-1", "grant-3"]
    assert fold([*events, restored(6)], ME) == state
    assert fold([*events, granted(6), revoked(7), restored(8), restored(9)], ME).grants == (
        *state.grants,
        *(evolve(grant, restored=True) for grant in fold([granted(6)], ME).grants),
    )


def test_start_without_stop_changes_nothing() -> None:
    """A stray START neither adds to consent nor takes from it."""
    assert fold([written(1)], ME) == fold([written(1), restored(3)], ME)
    assert fold([restored(3)], ME) == ConsentState()


def test_families_share_a_number_not_a_grant() -> None:
    """One person's grant serves no other at the number, and STOP ends it for all of them."""
    events: list[ConsentEvent] = [granted(1), granted(2, "theirs", person=OTHER)]

    assert [g.event_id for g in fold(events, ME).grants] == ["grant-1"]
    assert [g.event_id for g in fold(events, OTHER).grants] == ["theirs"]
    assert fold(events, None).grants == ()

    events.append(revoked(5, person=OTHER))

    assert fold(events, ME).revocation == "stop-5"
    assert fold(events, OTHER).revocation == "stop-5"
    assert fold(events, None).revocation == "stop-5"


def test_one_persons_new_grant_lifts_nothing_for_another() -> None:
    """After STOP a fresh grant speaks for the person who gave it and for nobody else."""
    events = [granted(1), granted(2, "b", person=OTHER), revoked(5), granted(9)]

    assert fold(events, ME).revoked_at is None
    assert fold(events, OTHER).revocation == "stop-5"
    assert fold(events, None).revocation == "stop-5"


def test_history_shows_what_was_known() -> None:
    """A past instant is answered with what had been recorded by then, the instant included."""
    events = [granted(1, recorded_at=minute(10)), revoked(5, recorded_at=minute(20))]

    assert fold(events, ME, as_known_at=minute(9)) == ConsentState()
    assert fold(events, ME, as_known_at=minute(10)).tier is Tier.PRIOR_EXPRESS
    assert fold(events, ME, as_known_at=minute(19)).revoked_at is None
    assert fold(events, ME, as_known_at=minute(20)).revocation == "stop-5"


@STEADY
@given(ledgers(), st.integers(-1, 9))
def test_history_is_a_fold_of_fewer_events(events: list[ConsentEvent], at: int) -> None:
    """As known at an instant means without what was recorded later."""
    known = [e for e in events if e.recorded_at <= minute(at)]

    assert fold(known, ME) == fold(events, ME, as_known_at=minute(at))
    assert fold(events, ME) == fold(events, ME, as_known_at=minute(99))


def test_a_clock_that_runs_ahead_hides_no_stop() -> None:
    """A STOP recorded in the future counts for whoever decides about a text now."""
    ahead = revoked(600, recorded_at=minute(600))

    assert fold([granted(1), ahead], ME).revocation == "stop-600"


def test_the_newest_covering_grant_is_relied_on() -> None:
    """Of several grants the newest one of that category and tier is named."""
    events = [
        granted(1, "old"),
        granted(2, "new"),
        written(3, "signed"),
        granted(4, "elsewhere", categories=[Category.BILLING]),
    ]
    state = fold(events, ME)
    relied_on = state.basis_for(Category.CARE, Tier.PRIOR_EXPRESS)

    assert relied_on is not None
    assert relied_on.event_id == "new"
    assert state.basis_for(Category.CARE, Tier.PRIOR_EXPRESS_WRITTEN) is None
    assert state.basis_for(Category.PROMOTIONS, Tier.PRIOR_EXPRESS) is not None
    assert state.tier is Tier.PRIOR_EXPRESS_WRITTEN


def test_nobody_narrows_what_somebody_else_asked_for() -> None:
    """At a shared number the answer of one leaves the full stop of another as it is."""
    events: list[ConsentEvent] = [
        granted(1),
        granted(1, "theirs", person=OTHER),
        revoked(2, person=OTHER, channel=Channel.EMAIL),
        revoked(3, person=ME, channel=Channel.SPOKEN, clarification_asked=True),
    ]
    for answered in ME, OTHER, None:
        known = [*events, clarified(4, person=answered)]
        kept = [stop.keep for stop in fold(known, OTHER).revocations]

        assert kept == [(), ("care",)] if answered == ME else kept[0] == ("care",)
        assert (kept[1] == ()) == (answered == OTHER)


def test_the_holder_is_answered_for_the_newest_revocation() -> None:
    """Who holds a number is told about the newest revocation of anybody there."""
    events = [granted(1), revoked(2), granted(3), revoked(4), granted(5, "x", person=OTHER)]

    assert fold_for_holder(events).revocation == "stop-4"
    assert fold_for_holder(events[::-1]).revocation == "stop-4"
    assert fold_for_holder([]) == ConsentState()
    assert fold_for_holder([granted(1)]).revoked_at is None
    assert fold_for_holder([revoked(2)]).revocation == "stop-2"


def test_the_holder_is_who_had_agreed() -> None:
    """What somebody agreed to anew is not undone for the holder by the STOP before it."""
    events: list[ConsentEvent] = [granted(1), revoked(2), granted(3)]

    assert fold_for_holder(events).revoked_at is None

    events.append(granted(1, "theirs", person=OTHER))

    assert fold_for_holder(events).revocation == "stop-2"


def test_a_repr_shows_no_patient() -> None:
    """The repr of a signed grant shows neither the number, nor who signed, nor from where."""
    signature = Signature(
        signer="Planted Canary", act="ticked", ip_address="203.0.113.77", user_agent="Canary/9"
    )
    event = written(1, signature=signature, agreement=AGREEMENT)
    shown = repr(event) + repr(fold([event], ME)) + repr(clarified(1))

    assert not any(part in shown for part in ("Canary", "203.0.113.77", NUMBER.e164, "5550134"))
