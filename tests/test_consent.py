"""What patients agreed to: events that can be proved, and the state that they add up to."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime, timedelta, timezone

import pytest
from attrs import evolve
from attrs.exceptions import FrozenInstanceError
from hypothesis import given, settings
from hypothesis import strategies as st

from compliant_sms.consent import (
    Basis,
    Category,
    Channel,
    ConsentEvent,
    ConsentState,
    Granted,
    LiveGrant,
    Restored,
    Revoked,
    Signature,
    Tier,
    Wording,
    fold,
    fold_for_holder,
    from_payload,
    to_payload,
)
from compliant_sms.errors import InvalidInput
from compliant_sms.phone import PhoneNumber

# The same examples each time, however long they take.
STEADY = settings(derandomize=True, deadline=None)
NUMBER = PhoneNumber("+12175550134")
START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
WORDING = Wording(text="I agree to texts about my care.", version="2026-03")
SIGNATURE = Signature(signer="pat-881", act="ticked an unticked box")
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


@st.composite
def ledgers(draw: st.DrawFn, *, size: int = 8) -> list[ConsentEvent]:
    """Draw the events of one number, many of them at the same instants."""
    events: list[ConsentEvent] = []
    for index in range(draw(st.integers(0, size))):
        at, late = draw(st.integers(0, 4)), draw(st.integers(0, 3))
        event_id, recorded_at = f"e{index}", minute(at + late)
        person = draw(st.sampled_from([ME, OTHER]))
        match draw(st.integers(0, 4)):
            case 0:
                made: ConsentEvent = granted(at, event_id, person=person)
            case 1:
                made = granted(at, event_id, person=person, basis=Basis.BOOKING)
            case 2:
                made = written(at, event_id, person=person)
            case 3:
                made = revoked(at, event_id, person=draw(st.sampled_from([None, person])))
            case _:
                made = restored(at, event_id)
        events.append(evolve(made, recorded_at=recorded_at))
    return events


def modelled(events: list[ConsentEvent], person: str | None) -> ConsentState:
    """Say for each grant by itself whether it stands, by what came after it."""

    def when(event: ConsentEvent) -> tuple[datetime, int, str]:
        return event.occurred_at, (Granted, Restored, Revoked).index(type(event)), event.event_id

    mine = [e for e in events if isinstance(e, Granted) and e.person == person]
    stops = [e for e in events if isinstance(e, Revoked)]
    starts = [e for e in events if isinstance(e, Restored)]
    lifts = [*starts, *(g for g in mine if g.basis is not Basis.BOOKING)]

    def standing_stops(before: tuple[datetime, int, str]) -> list[Revoked]:
        last = max((when(e) for e in lifts if when(e) < before), default=BEGINNING)
        return [s for s in stops if last < when(s) < before]

    live: set[LiveGrant] = set()
    for grant in mine:
        asleep = grant.basis is Basis.BOOKING and bool(standing_stops(when(grant)))
        later_stops = [when(s) for s in stops if when(s) > when(grant)]
        later_starts = [when(s) for s in starts if when(s) > when(grant)]
        last_start = max(later_starts, default=None)
        if later_stops:
            stands = last_start is not None and last_start > max(later_stops)
        else:
            stands = not asleep or last_start is not None
        if not stands:
            continue
        was_woken = last_start is not None and (
            asleep or (bool(later_stops) and last_start > min(later_stops))
        )
        tier = Tier.PRIOR_EXPRESS if was_woken else grant.tier
        live.add(
            LiveGrant(
                event_id=grant.event_id,
                tier=tier,
                categories=grant.categories,
                occurred_at=grant.occurred_at,
            )
        )
    first = min(standing_stops(END), key=when, default=None)
    return ConsentState(
        grants=tuple(sorted(live, key=lambda g: g.event_id)),
        revocation=first and first.event_id,
        revoked_at=first and first.occurred_at,
    )


def unordered(state: ConsentState) -> ConsentState:
    """Sort a state's grants by their ids."""
    return evolve(state, grants=tuple(sorted(state.grants, key=lambda g: g.event_id)))


# The fold


@settings(STEADY, max_examples=600)
@given(ledgers(), st.sampled_from([ME, OTHER, "nobody", None]))
def test_fold_agrees_with_a_model(events: list[ConsentEvent], person: str | None) -> None:
    """A model that looks at each grant by itself comes to the same state."""
    assert modelled(events, person) == unordered(fold(events, person))


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

    assert state.revoked_at is None or state.grants == ()
    assert (state.revocation is None) == (state.revoked_at is None)


@STEADY
@given(ledgers(), st.integers(0, 9))
def test_a_last_stop_always_stands(events: list[ConsentEvent], late: int) -> None:
    """Whatever came before, a STOP after it ends everything for everybody at the number."""
    stopped = [*events, revoked(20, recorded_at=minute(late))]

    for person in (ME, OTHER, None):
        assert fold(stopped, person).grants == ()
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
    assert state.grants == ()


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
    assert [g.event_id for g in state.grants] == ["grant-9"]


@pytest.mark.parametrize("basis", list(Basis))
def test_booking_alone_lifts_no_revocation(basis: Basis) -> None:
    """Every basis but a booking is a fresh opt-in."""
    again = granted(9, basis=basis, wording=WORDING)
    lifted = fold([granted(1), revoked(5), again], ME).revoked_at is None

    assert lifted == (basis is not Basis.BOOKING)
    assert basis.is_fresh_opt_in == lifted


def test_start_after_a_booking_brings_the_booking_back() -> None:
    """A booking under a revocation waits for the patient's START."""
    booked = granted(9, basis=Basis.BOOKING)

    assert fold([revoked(5), booked], ME).grants == ()
    assert [g.event_id for g in fold([revoked(5), booked, restored(10)], ME).grants] == ["grant-9"]


def test_start_caps_what_it_restores() -> None:
    """START restores the care texts as they were, and promotions without their signature."""
    state = fold([granted(1), written(2), revoked(5), restored(6)], ME)
    tiers = {g.event_id: g.tier for g in state.grants}

    assert tiers == {"grant-1": Tier.PRIOR_EXPRESS, "grant-2": Tier.PRIOR_EXPRESS}
    assert state.basis_for(Category.CARE, Tier.PRIOR_EXPRESS) is not None
    assert state.basis_for(Category.PROMOTIONS, Tier.PRIOR_EXPRESS_WRITTEN) is None


def test_start_undoes_several_stops() -> None:
    """Whatever was ended by any STOP since is brought back by one START, once."""
    events = [granted(1), revoked(2), granted(3, basis=Basis.BOOKING), revoked(4), restored(5)]
    state = fold(events, ME)

    assert [g.event_id for g in state.grants] == ["grant-1", "grant-3"]
    assert fold([*events, restored(6)], ME) == state
    assert fold([*events, granted(6), revoked(7), restored(8), restored(9)], ME).grants == (
        *state.grants,
        *fold([granted(6)], ME).grants,
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


# What events refuse


def test_what_was_shown_must_be_on_record() -> None:
    """A grant needs the wording that the patient read, unless it was by word of mouth."""
    for basis in Basis:
        if basis in {Basis.SPOKEN, Basis.BOOKING}:
            assert granted(1, basis=basis).wording is None
        else:
            with pytest.raises(InvalidInput, match="wording"):
                granted(1, basis=basis)


@pytest.mark.parametrize("basis", list(Basis))
def test_written_consent_needs_wording_and_signature(basis: Basis) -> None:
    """Written consent without the words or without the signature is refused on every basis."""
    with pytest.raises(InvalidInput, match="wording"):
        written(1, basis=basis, wording=None)
    with pytest.raises(InvalidInput, match="signature"):
        written(1, basis=basis, signature=None)


@pytest.mark.parametrize("changes", [{"categories": ()}, {"person": None}, {"person": ""}])
def test_a_grant_covers_something_for_somebody(changes: dict[str, object]) -> None:
    """A grant of nothing, or of nobody, is refused."""
    with pytest.raises(InvalidInput, match="person who gave it"):
        granted(1, **changes)


@pytest.mark.parametrize("make", [granted, revoked, restored])
@pytest.mark.parametrize("name", ["event_id", "practice_id", "actor"])
@pytest.mark.parametrize("blank", ["", " ", "\n\t"])
def test_events_have_ids_and_an_author(make: type, name: str, blank: str) -> None:
    """An event without id, practice or author is refused, and the error names the field."""
    with pytest.raises(InvalidInput, match=name):
        make(1, **{name: blank})


@pytest.mark.parametrize("make", [granted, revoked, restored])
@pytest.mark.parametrize("name", ["occurred_at", "recorded_at"])
def test_events_have_no_naive_instants(make: type, name: str) -> None:
    """An instant without a time zone is refused."""
    with pytest.raises(InvalidInput, match="time zone"):
        make(1, **{name: datetime(2026, 3, 2, 15, 0)})  # noqa: DTZ001


@pytest.mark.parametrize(
    "make",
    [
        lambda: Wording(text=" ", version="1"),
        lambda: Wording(text="I agree.", version=""),
        lambda: Signature(signer="", act="signed on paper"),
        lambda: Signature(signer="pat-881", act="\t"),
        lambda: granted(1, basis="telepathy"),
        lambda: granted(1, tier=3),
        lambda: revoked(1, channel="smoke"),
    ],
)
def test_proof_is_not_blank_nor_unknown(make: type) -> None:
    """Blank wording, a blank signature and unknown words of the vocabulary are refused."""
    with pytest.raises(InvalidInput, match=r"empty|there is no such"):
        make()


def test_an_event_is_normalised() -> None:
    """Categories are sorted without repeats, instants are in UTC, plain words become enums."""
    chicago = timezone(timedelta(hours=-6))
    event = granted(
        1,
        occurred_at=minute(1).astimezone(chicago),
        categories=["own", Category.CARE, "care"],
        basis="spoken",
        tier=1,
    )

    assert event.categories == ("care", "own")
    assert event.occurred_at == minute(1)
    assert event.occurred_at.tzinfo is UTC
    assert event.basis is Basis.SPOKEN
    assert event.tier is Tier.PRIOR_EXPRESS
    assert revoked(1, channel="letter").channel is Channel.LETTER


def test_events_never_change() -> None:
    """What happened cannot be edited."""
    with pytest.raises(FrozenInstanceError):
        granted(1).tier = Tier.PRIOR_EXPRESS_WRITTEN  # type: ignore[misc]


def test_a_repr_shows_no_patient() -> None:
    """The repr of a signed grant shows neither the number, nor who signed, nor from where."""
    signature = Signature(
        signer="Planted Canary", act="ticked", ip_address="203.0.113.77", user_agent="Canary/9"
    )
    shown = repr(written(1, signature=signature))

    assert not any(part in shown for part in ("Canary", "203.0.113.77", NUMBER.e164, "5550134"))


# The stored bytes

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NAMES = TEXTS.filter(str.strip)
INSTANTS = st.datetimes(
    datetime(1970, 1, 1),  # noqa: DTZ001
    datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=-7)), timezone(timedelta(hours=9))]),
)
COMMON = {
    "event_id": NAMES,
    "practice_id": NAMES,
    "number": st.integers(2_000_000_000, 9_999_999_999).map(lambda n: PhoneNumber(f"+1{n}")),
    "occurred_at": INSTANTS,
    "recorded_at": INSTANTS,
    "actor": NAMES,
}
EVENTS: st.SearchStrategy[ConsentEvent] = st.one_of(
    st.builds(
        Granted,
        **COMMON,
        person=NAMES,
        basis=st.sampled_from(Basis),
        tier=st.sampled_from(Tier),
        categories=st.lists(st.sampled_from(Category) | NAMES, min_size=1),
        wording=st.builds(Wording, text=NAMES, version=NAMES),
        signature=st.builds(Signature, signer=NAMES, act=NAMES, ip_address=TEXTS, user_agent=TEXTS),
        reference=TEXTS,
    ),
    st.builds(
        Revoked,
        **COMMON,
        person=st.none() | NAMES,
        channel=st.sampled_from(Channel),
        rule=TEXTS,
        reference=TEXTS,
    ),
    st.builds(Restored, **COMMON, person=st.none() | NAMES, rule=TEXTS, reference=TEXTS),
)


@STEADY
@given(EVENTS)
def test_events_survive_their_bytes(event: ConsentEvent) -> None:
    """Any event comes back equal from its stored bytes, and gives the same bytes again."""
    payload = to_payload(event)
    back = from_payload(payload)

    assert back == event
    assert type(back) is type(event)
    assert to_payload(back) == payload


def test_the_bytes_are_fixed() -> None:
    """Stored bytes are what they were, or old digests would not verify."""
    event = Granted(
        event_id="e1",
        practice_id="lakeside",
        number=NUMBER,
        person="pat-881",
        occurred_at=datetime(2026, 12, 1, 14, 30, tzinfo=timezone(timedelta(hours=-6))),
        recorded_at=datetime(2026, 12, 1, 20, 30, 0, 7, tzinfo=UTC),
        actor="front-desk:ana",
        basis=Basis.PAPER_FORM,
        tier=Tier.PRIOR_EXPRESS_WRITTEN,
        categories=("promotions", "café"),
        wording=Wording(text='Yes, "text" me', version="2026-03"),
        signature=Signature(signer="pat-881", act="signed on paper"),
    )

    assert (
        to_payload(event)
        == (
            '{"actor":"front-desk:ana","basis":"paper_form","categories":["café","promotions"],'
            '"event_id":"e1","kind":"granted","number":"+12175550134",'
            '"occurred_at":"2026-12-01T20:30:00.000000Z","person":"pat-881",'
            '"practice_id":"lakeside","recorded_at":"2026-12-01T20:30:00.000007Z","reference":"",'
            '"signature":{"act":"signed on paper","ip_address":"","signer":"pat-881",'
            '"user_agent":""},"tier":2,"v":1,'
            '"wording":{"text":"Yes, \\"text\\" me","version":"2026-03"}}'
        ).encode()
    )
