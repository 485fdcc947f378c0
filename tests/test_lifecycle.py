"""What can become of a text."""

from __future__ import annotations

import itertools

import pytest

from compliant_sms.lifecycle import TRANSITIONS, State, can_become

FINAL = [State.DELIVERED, State.FAILED]
# The provider has it, or had it: it must never be sent again.
OUT = [State.SENT, State.DELIVERED, State.UNDELIVERED, State.FAILED]


def reachable(now: State) -> set[State]:
    """Collect every state that a text may come to, in any number of moves."""
    seen: set[State] = set()
    open_states = {now}
    while open_states:
        found = set().union(*(TRANSITIONS[state] for state in open_states))
        open_states = found - seen
        seen |= found
    return seen


def test_every_state_has_its_row() -> None:
    """The table knows all states and no others."""
    assert set(TRANSITIONS) == set(State)
    assert set().union(*TRANSITIONS.values()) <= set(State)


def test_the_table_decides() -> None:
    """A state may follow another exactly where the table says so."""
    allowed = {pair for pair in itertools.product(State, State) if can_become(*pair)}

    assert allowed == {(now, wanted) for now, row in TRANSITIONS.items() for wanted in row}


@pytest.mark.parametrize("final", FINAL)
def test_nothing_follows_an_end(final: State) -> None:
    """Delivered and failed texts stay so."""
    assert reachable(final) == set()


@pytest.mark.parametrize("out", [*OUT, State.CANCELLED])
def test_what_was_handed_over_is_never_claimed_again(out: State) -> None:
    """From no state that the provider reported does any way lead back to sending.

    Neither from cancelled: all that follows is what the provider reports after all.
    """
    assert not reachable(out) & {State.DUE, State.HELD, State.CLAIMED, State.UNCERTAIN}


def test_an_undelivered_text_can_still_arrive() -> None:
    """A late receipt turns undelivered into delivered, and never the reverse."""
    assert can_become(State.UNDELIVERED, State.DELIVERED)
    assert not can_become(State.DELIVERED, State.UNDELIVERED)
    assert not can_become(State.DELIVERED, State.SENT)


@pytest.mark.parametrize("waiting", [State.DUE, State.HELD, State.BLOCKED])
def test_only_a_claim_leads_from_waiting_to_sending(waiting: State) -> None:
    """A waiting text is claimed, held, blocked or cancelled, or hears of an earlier claim.

    Held or blocked, it is due where something else than a rule is all it waits for.
    """
    news = {*OUT, State.UNCERTAIN}
    due = set() if waiting is State.DUE else {State.DUE}

    assert TRANSITIONS[waiting] - news - due == {
        State.CLAIMED,
        State.HELD,
        State.BLOCKED,
        State.CANCELLED,
    }


@pytest.mark.parametrize("unsure", [State.CLAIMED, State.UNCERTAIN])
def test_an_open_request_cannot_be_cancelled(unsure: State) -> None:
    """What may be on its way is neither cancelled nor blocked nor held any more."""
    assert not TRANSITIONS[unsure] & {State.CANCELLED, State.BLOCKED, State.HELD}
