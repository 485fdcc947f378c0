"""How far a revocation reaches is for who asks to say; the state tells what it depends on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms import Messenger, records
from compliant_sms.classification import MessageClass
from compliant_sms.consent import (
    Basis,
    Category,
    Channel,
    Clarified,
    ConsentEvent,
    ConsentState,
    Granted,
    Revocation,
    Tier,
    fold,
)
from compliant_sms.errors import InvalidInput
from compliant_sms.testing import MovableClock
from test_consent import (
    AGREEMENT,
    KEPT,
    ME,
    NUMBER,
    OTHER,
    SIGNATURE,
    STEADY,
    WORDING,
    clarified,
    everything,
    granted,
    ledgers,
    minute,
    restored,
    revoked,
    standing,
    written,
)

MARKETING_STOP = {"category": "promotions", "message_class": "marketing"}


def not_kept(category: str) -> Callable[[Revocation], bool]:
    """Make a reach: everything but what the person said may go on."""
    return lambda revocation: category not in revocation.keep


def test_a_state_tells_what_a_revocation_answers() -> None:
    """Each grant names the revocations after it, with all that their reach depends on."""
    stop = revoked(5, **MARKETING_STOP, in_reply_to="promotion", exempt=True)
    state = fold([granted(1), stop, revoked(7, clarification_asked=True)], ME)
    told = Revocation(
        event_id="stop-5",
        occurred_at=minute(5),
        channel=Channel.TEXT,
        category="promotions",
        message_class="marketing",
        exempt=True,
    )

    assert state.revocations[0] == told
    assert state.revocations[1].clarification_asked
    assert state.grants[0].stopped_by == state.revocations
    assert (state.revocation, state.revoked_at) == ("stop-5", minute(5))


def test_a_grant_is_told_with_its_proof() -> None:
    """What the rules judge a grant by is in the state."""
    state = fold([written(1, agreement=AGREEMENT, given_to="Lakeside Family Medicine")], ME)

    assert state.grants[0].agreement == AGREEMENT
    assert state.grants[0].given_to == "Lakeside Family Medicine"
    assert state.grants[0].basis is Basis.WEB_FORM
    assert state.grants[0].stopped_by == ()


def test_who_asks_says_how_far_a_revocation_reaches() -> None:
    """A grant serves where none of the revocations after it reaches, and only there."""
    state = fold([written(1), granted(2), revoked(5, **MARKETING_STOP)], ME)

    def marketing_only(revocation: Revocation) -> bool:
        return revocation.message_class != "marketing"

    assert [g.event_id for g in state.grants_for(marketing_only)] == ["grant-1", "grant-2"]
    assert standing(state) == ()
    assert state.tier is Tier.NONE
    assert state.basis_for(Category.CARE, Tier.PRIOR_EXPRESS) is None
    relied_on = state.basis_for(Category.CARE, Tier.PRIOR_EXPRESS, marketing_only)
    assert relied_on is not None
    assert relied_on.event_id == "grant-2"
    assert state.basis_for(Category.CARE, Tier.PRIOR_EXPRESS, everything) is None


@STEADY
@given(ledgers(), st.sampled_from([ME, OTHER, None]), st.sampled_from([*Category]))
def test_a_wider_reach_never_permits_more(
    events: list[ConsentEvent], person: str | None, category: Category
) -> None:
    """What stands under one reach stands under each narrower one, and nothing else exists."""
    state = fold(events, person)
    widest, narrower = standing(state), state.grants_for(not_kept(category))
    unstopped = state.grants_for(lambda _: False)

    assert set(widest) <= set(narrower) <= set(unstopped) == set(state.grants)


@STEADY
@given(ledgers(), st.sampled_from([ME, OTHER]))
def test_a_stop_stops_every_grant_before_it(events: list[ConsentEvent], person: str) -> None:
    """After a STOP each grant names it, and it stands as the last of the revocations."""
    stop = revoked(20, category="heard-once", message_class="marketing")
    before, state = fold(events, person), fold([*events, stop], person)

    assert len(state.grants) == len(before.grants)
    assert all(g.stopped_by[-1].event_id == "stop-20" for g in state.grants)
    assert [r.event_id for r in state.revocations][-1] == "stop-20"


def test_saying_the_same_again_adds_nothing() -> None:
    """A flood of STOPs leaves one revocation in the state, which is the first."""
    state = fold([granted(1), *(revoked(n) for n in range(3, 9))], ME)

    assert [r.event_id for r in state.revocations] == ["stop-3"]
    assert state.grants[0].stopped_by == state.revocations


@given(st.sets(st.sampled_from([*Category])), st.sets(st.sampled_from([*Category])))
def test_a_revocation_reaches_what_was_not_kept(kept: set[Category], asked: set[Category]) -> None:
    """Of several kinds one that may not go on is enough; where nothing was kept all are ended."""
    (stop,) = fold([granted(1), revoked(3, except_for=kept)], ME).revocations

    assert stop.reaches(asked) == any(category not in kept for category in asked)
    assert all(stop.reaches([category]) for category in Category) or kept


def test_an_answer_narrows_the_revocations_that_stand() -> None:
    """Both revocations before the answer let care go on; one after it stands by itself."""
    stops = [revoked(3), revoked(5, exempt=True)]
    events: list[ConsentEvent] = [granted(1), *stops, clarified(7)]
    state = fold(events, ME)

    assert [r.keep for r in state.revocations] == [("care",), ("care",)]
    assert state.basis_for(Category.CARE, Tier.PRIOR_EXPRESS, not_kept("care")) is not None
    assert state.basis_for(Category.CARE, Tier.PRIOR_EXPRESS) is None

    later = fold([*events, revoked(9)], ME)

    assert [r.keep for r in later.revocations] == [("care",), ("care",), ()]
    assert later.basis_for(Category.CARE, Tier.PRIOR_EXPRESS, not_kept("care")) is None


def test_the_newest_answer_counts() -> None:
    """Who first keeps some texts and then none has ended everything."""
    events = [granted(1), revoked(3), clarified(5), clarified(7, keep=[])]

    assert fold(events, ME).revocations[0].keep == ()


def test_a_stop_wins_a_tie_with_an_answer() -> None:
    """An answer at the instant of the STOP does not narrow it."""
    assert fold([granted(1), clarified(5), revoked(5)], ME).revocations[0].keep == ()


def test_an_answer_reopens_nothing_that_was_agreed_anew() -> None:
    """After a fresh opt-in an answer says nothing about the grants from before the STOP."""
    state = fold([written(1), revoked(3), granted(5), clarified(7, keep=["promotions"])], ME)

    assert state.revocations == ()
    assert [g.event_id for g in state.grants_for(not_kept("promotions"))] == ["grant-5"]


def test_an_answer_speaks_for_the_number() -> None:
    """Who answers speaks for everybody there, as who revokes does."""
    events = [granted(1), granted(1, "theirs", person=OTHER), revoked(3), clarified(5, person=ME)]

    assert fold(events, OTHER).revocations[0].keep == ("care",)
    assert fold(events, None).revocations[0].keep == ("care",)


@STEADY
@given(ledgers(), st.integers(0, 9), st.sampled_from(KEPT), st.sampled_from([ME, OTHER, None]))
def test_an_answer_never_adds(
    events: list[ConsentEvent], at: int, keep: tuple[str, ...], person: str | None
) -> None:
    """Whenever it comes, an answer gives no grant, lifts no revocation and raises no tier."""
    before = fold(events, person)
    after = fold([*events, clarified(at, keep=keep)], person)

    assert forgetful(after) == forgetful(before)
    assert standing(after) == standing(before)
    assert after.tier == before.tier
    for category in Category:
        if category not in keep:
            added = set(after.grants_for(not_kept(category)))
            assert {g.event_id for g in added} <= {
                g.event_id for g in before.grants_for(not_kept(category))
            }


def forgetful(state: ConsentState) -> ConsentState:
    """Forget of each revocation what the person said may go on."""

    def bare(revocations: tuple[Revocation, ...]) -> tuple[Revocation, ...]:
        return tuple(evolve(r, keep=()) for r in revocations)

    return ConsentState(
        grants=tuple(evolve(g, stopped_by=bare(g.stopped_by)) for g in state.grants),
        revocations=bare(state.revocations),
    )


@STEADY
@given(ledgers(), st.sampled_from([ME, OTHER, None]))
def test_a_start_leaves_no_revocation_behind(
    events: list[ConsentEvent], person: str | None
) -> None:
    """After START nothing is stopped, and no grant that was stopped is above prior express."""
    before, after = fold(events, person), fold([*events, restored(20)], person)

    assert after.revocations == ()
    for was, now in zip(before.grants, after.grants, strict=True):
        assert now.stopped_by == ()
        assert now.tier == (min(was.tier, Tier.PRIOR_EXPRESS) if was.stopped_by else was.tier)


@STEADY
@given(ledgers(), st.sampled_from([ME, OTHER, None]))
def test_a_state_survives_its_bytes(events: list[ConsentEvent], person: str | None) -> None:
    """Records of decisions give back the state that they were made on."""
    state = fold(events, person)

    assert records.decode(records.encode(state), ConsentState) == state


def test_a_plain_state_is_kept_short() -> None:
    """A grant without agreement and without revocations is recorded without empty fields."""
    assert records.encode(ConsentState()) == b"{}"
    assert records.encode(fold([granted(1)], ME)) == (
        b'{"grants":[{"basis":"spoken","categories":["appointments","care"],'
        b'"event_id":"grant-1","occurred_at":"2026-03-02T15:01:00.000000Z","tier":1}]}'
    )


# The desk


def test_the_desk_takes_proof(messenger: Messenger) -> None:
    """What a form said and whom it named is in the ledger and in the state."""
    desk = messenger.consent
    event = desk.grant(
        NUMBER,
        person=ME,
        basis="web_form",
        recorded_by="web",
        wording=WORDING,
        tier=Tier.PRIOR_EXPRESS_WRITTEN,
        signature=SIGNATURE,
        agreement=AGREEMENT,
        given_to="Lakeside Family Medicine",
    )
    (live,) = desk.state(NUMBER, person=ME).grants

    assert desk.events(NUMBER) == (event,)
    assert isinstance(event, Granted)
    assert event.categories == (Category.PROMOTIONS,)
    assert (live.agreement, live.given_to) == (AGREEMENT, "Lakeside Family Medicine")


def test_the_desk_takes_a_revocation_and_its_answer(
    messenger: Messenger, clock: MovableClock
) -> None:
    """What a request answered, and which texts were not meant, is recorded by staff."""
    desk = messenger.consent
    desk.grant(NUMBER, person=ME, basis="spoken", recorded_by="front-desk:ana")
    clock.advance(timedelta(minutes=1))
    stop = desk.revoke(
        NUMBER,
        channel="spoken",
        recorded_by="front-desk:ana",
        category=Category.PROMOTIONS,
        message_class=MessageClass.MARKETING,
        clarification_asked=True,
    )
    clock.advance(timedelta(minutes=1))
    answer = desk.clarify(
        NUMBER, keep=[Category.CARE], channel="spoken", recorded_by="front-desk:ana", person=ME
    )
    (stands,) = desk.state(NUMBER, person=ME).revocations

    assert desk.events(NUMBER)[1:] == (stop, answer)
    assert isinstance(answer, Clarified)
    assert answer.rule == "recorded-by-staff"
    assert (stands.category, stands.message_class) == ("promotions", "marketing")
    assert stands.clarification_asked
    assert stands.keep == ("care",)
    assert messenger.verify_ledger().events == 3


def test_the_desk_takes_no_answer_from_the_future(
    messenger: Messenger, clock: MovableClock
) -> None:
    """An answer that has yet to be given is refused, and nothing is recorded."""
    with pytest.raises(InvalidInput, match="future"):
        messenger.consent.clarify(
            NUMBER,
            keep=[],
            channel="spoken",
            recorded_by="front-desk:ana",
            occurred_at=clock() + timedelta(hours=1),
        )

    assert messenger.consent.events(NUMBER) == ()
