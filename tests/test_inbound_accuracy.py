"""How much of labelled texts is read right: the cases, and texts that nobody had looked at."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from compliant_sms.optout import Awaiting, Intent, Reading, read
from test_read import reply_label

DATA = Path(__file__).parent / "data"
Row = dict[str, Any]


@cache
def readings(name: str) -> list[tuple[Row, Reading]]:
    """The rows of a file, each read as its context says."""
    rows = [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]
    return [(row, _read(row)) for row in rows]


def _read(row: Row) -> Reading:
    if "prompt" in row:
        return read(row["text"], awaiting=Awaiting.CONFIRM, prompt=row["prompt"])
    awaiting = row["context"]["awaiting"]
    return read(row["text"], awaiting=Awaiting(awaiting) if awaiting else None)


def share(name: str, keep: Callable[[Row], bool], right: Callable[[Row, Reading], bool]) -> float:
    """Of the rows that are kept, the share that is right."""
    outcomes = [right(row, reading) for row, reading in readings(name) if keep(row)]
    return sum(outcomes) / len(outcomes)


def revokes(row: Row) -> bool:
    return row["opt_out_scope"] is not None


def clear(row: Row) -> bool:
    return row["certainty"] == "clear"


def told(_: Row, reading: Reading) -> bool:
    return reading.revocation is not None


def in_danger(_: Row, reading: Reading) -> bool:
    return reading.intent is Intent.EMERGENCY


def as_labelled(row: Row, reading: Reading) -> bool:
    return reading.intent == row["intent"]


def doubtful_revocation(row: Row) -> bool:
    return row["certainty"] == "ambiguous" and revokes(row)


def reply_as_labelled(row: Row, reading: Reading) -> bool:
    return reply_label(reading) in {row["label"], *row.get("also_ok", ())}


def scope_as_labelled(row: Row, reading: Reading) -> bool:
    limited = reading.revocation is not None and reading.revocation.limited
    return limited == (row["opt_out_scope"] == "program")


CASES = "inbound.jsonl"
UNSEEN = "inbound_unseen.jsonl"
# Written of the same kinds when the cases were all read right. MORE were studied since, so that
# their figures flatter as those of the cases do; HELD were scored when the rules were done, and not
# studied, but for one emergency.
MORE = "inbound_more.jsonl"
HELD = "inbound_held.jsonl"
# Written when no phrase more seemed to help: doubtful wishes and odd ones, what only comes near to
# one, danger and what only sounds like it. ASKING was studied then. ASKING_HELD was never read, but
# it was scored several times, and rules were cut by how many false alarms it gave: its figures are
# no first reading.
ASKING = "inbound_asking.jsonl"
ASKING_HELD = "inbound_asking_held.jsonl"
# Written by somebody who knew none of the phrases, and scored before they were studied: of the 26
# doubtful wishes 18 were found then, 34 of the 35 clear ones, and 73 of the 79 replies were right.
ANOTHER_HAND = "inbound_another_hand.jsonl"
# Of the same hand, and read by nobody who writes rules.
ANOTHER_HELD = "inbound_another_hand_held.jsonl"
# Of a third hand; no rule was made from either half, and nobody who writes rules read the second.
THIRD_HAND = "inbound_third_hand.jsonl"
THIRD_HELD = "inbound_third_hand_held.jsonl"
# Of a fourth hand, who wrote odder ones. At first sight of the first half 29 of 36 clear wishes to
# stop were found, 4 of 6 doubtful ones and 13 of 16 dangers; 75 of 94 clear rows were about what
# they are, and 35 of 40 replies. Of the second half 26 of 36, 6 of 8, 8 of 11, 72 of 98 and 39 of
# 40. The rules were extended with the first; nobody who writes rules read the second.
FOURTH_HAND = "inbound_fourth_hand.jsonl"
FOURTH_HELD = "inbound_fourth_hand_held.jsonl"
# Of four more hands, each with patients of other kinds. At first sight of all 960 rows 258 of 266
# clear wishes to stop were found, 38 of 73 doubtful ones and 38 of 40 dangers; 2 of 461 clear rows
# were taken for a wish to stop and 1 of 686 for danger; 674 of 727 were about what they are, and
# 297 of 320 replies. The rules were extended with these, and nobody read HELD, a half of two hands.
FOUR_HANDS = "inbound_four_hands.jsonl"
FOUR_HELD = "inbound_four_hands_held.jsonl"
# Of two of three later hands, who knew only how texts are labelled; DOUBTFUL are doubtful wishes
# and everyday texts near to one. At first sight 119 of 120 clear wishes to stop were found, 15 of
# 22 doubtful ones and 28 of the 60 of DOUBTFUL; 2 of 256 clear rows were taken for a wish to stop;
# 347 of 376 were about what they are, and 115 of 120 replies. What asks and answers was extended
# with these; rules for their doubtful wishes heard hardly more of the third's, so there are none.
THREE_HANDS = "inbound_three_hands.jsonl"
THREE_DOUBTFUL = "inbound_three_hands_doubtful.jsonl"
# Of the third of them, and read by nobody who writes rules.
THIRD_OF_THREE = "inbound_three_hands_held.jsonl"
THIRD_DOUBTFUL = "inbound_three_hands_doubtful_held.jsonl"
# Of one more, who hid wishes in longer texts and in a learner's English. At first sight of both
# halves 98 of 112 clear wishes to stop were found, 22 of 39 doubtful ones and all 25 dangers; 4 of
# 138 clear rows were taken for a wish to stop; 221 of 250 were about what they are. The rules were
# extended with the first, which helped none of the second: it has other wordings.
SIXTEENTH = "inbound_sixteenth_hand.jsonl"
SIXTEENTH_HELD = "inbound_sixteenth_hand_held.jsonl"

KINDS = (
    *("", "_unseen", "_more", "_held", "_asking", "_asking_held", "_another_hand"),
    *("_another_hand_held", "_fourth_hand", "_three_hands"),
)


@pytest.mark.parametrize("name", [CASES, UNSEEN])
def test_no_keyword_is_missed(name: str) -> None:
    """A message that is a keyword revokes, and no other reserved word does."""
    exact = [row for row, _ in readings(name) if row["certainty"] == "exact"]

    assert len(exact) > 20
    assert all(revokes(row) == told(row, _read(row)) for row in exact)


@pytest.mark.parametrize(
    ("name", "kept", "right", "least"),
    [
        # The bars hold on the cases; what was unseen may be a little less.
        (CASES, lambda row: clear(row) and revokes(row), told, 0.98),
        (UNSEEN, lambda row: clear(row) and revokes(row), told, 0.98),
        (CASES, revokes, scope_as_labelled, 0.95),
        (UNSEEN, lambda row: clear(row) and revokes(row), scope_as_labelled, 0.95),
        (CASES, lambda row: clear(row) and row["intent"] == "emergency", in_danger, 1.0),
        (CASES, clear, as_labelled, 0.9),
        (UNSEEN, clear, as_labelled, 0.9),
        ("appointment_reply.jsonl", lambda _: True, reply_as_labelled, 0.95),
        ("appointment_reply_unseen.jsonl", lambda _: True, reply_as_labelled, 0.88),
        (MORE, lambda row: clear(row) and revokes(row), told, 0.98),
        (HELD, lambda row: clear(row) and revokes(row), told, 0.98),
        (MORE, revokes, scope_as_labelled, 0.95),
        (HELD, revokes, scope_as_labelled, 0.95),
        (MORE, lambda row: clear(row) and row["intent"] == "emergency", in_danger, 1.0),
        (HELD, lambda row: clear(row) and row["intent"] == "emergency", in_danger, 1.0),
        (MORE, clear, as_labelled, 0.97),
        (HELD, clear, as_labelled, 0.95),
        ("appointment_reply_more.jsonl", lambda _: True, reply_as_labelled, 0.97),
        ("appointment_reply_held.jsonl", lambda _: True, reply_as_labelled, 0.95),
        (ANOTHER_HAND, lambda row: row["certainty"] == "exact" and revokes(row), told, 1.0),
        (ANOTHER_HAND, lambda row: clear(row) and revokes(row), told, 0.98),
        (ANOTHER_HAND, revokes, scope_as_labelled, 0.97),
        (ANOTHER_HAND, lambda row: clear(row) and row["intent"] == "emergency", in_danger, 1.0),
        (ANOTHER_HAND, clear, as_labelled, 0.97),
        ("appointment_reply_another_hand.jsonl", lambda _: True, reply_as_labelled, 0.97),
        (ANOTHER_HELD, lambda row: row["certainty"] == "exact" and revokes(row), told, 1.0),
        (ANOTHER_HELD, lambda row: clear(row) and revokes(row), told, 0.97),
        (ANOTHER_HELD, lambda row: clear(row) and revokes(row), scope_as_labelled, 0.95),
        (ANOTHER_HELD, lambda row: clear(row) and row["intent"] == "emergency", in_danger, 0.9),
        (ANOTHER_HELD, clear, as_labelled, 0.9),
        ("appointment_reply_another_hand_held.jsonl", lambda _: True, reply_as_labelled, 0.95),
        (ASKING, lambda row: clear(row) and revokes(row), told, 0.99),
        (ASKING_HELD, lambda row: clear(row) and revokes(row), told, 0.94),
        (ASKING, revokes, scope_as_labelled, 0.94),
        (ASKING_HELD, revokes, scope_as_labelled, 0.95),
        (ASKING, lambda row: row["intent"] == "emergency", in_danger, 1.0),
        (ASKING_HELD, lambda row: row["intent"] == "emergency", in_danger, 1.0),
        ("appointment_reply_asking.jsonl", lambda _: True, reply_as_labelled, 0.95),
        ("appointment_reply_asking_held.jsonl", lambda _: True, reply_as_labelled, 0.78),
        (SIXTEENTH, lambda row: clear(row) and revokes(row), told, 0.94),
        (SIXTEENTH, revokes, scope_as_labelled, 0.95),
        (SIXTEENTH, lambda row: clear(row) and row["intent"] == "emergency", in_danger, 1.0),
        (SIXTEENTH_HELD, lambda row: clear(row) and revokes(row), told, 0.82),
        (SIXTEENTH_HELD, lambda row: clear(row) and row["intent"] == "emergency", in_danger, 1.0),
        (SIXTEENTH_HELD, clear, as_labelled, 0.85),
        # What may be a wish to stop has no end of wordings: many new ones are passed over.
        (CASES, doubtful_revocation, told, 1.0),
        (MORE, doubtful_revocation, told, 0.94),
        (HELD, doubtful_revocation, told, 0.6),
        (ASKING, doubtful_revocation, told, 0.65),
        (ASKING_HELD, doubtful_revocation, told, 0.4),
        (ANOTHER_HAND, doubtful_revocation, told, 0.95),
        (ANOTHER_HELD, doubtful_revocation, told, 0.7),
        (THIRD_HAND, lambda row: not doubtful_revocation(row) and revokes(row), told, 1.0),
        (THIRD_HAND, lambda row: row["intent"] == "emergency", in_danger, 1.0),
        (THIRD_HAND, clear, as_labelled, 0.85),
        (THIRD_HELD, lambda row: not doubtful_revocation(row) and revokes(row), told, 0.96),
        (THIRD_HELD, lambda row: row["intent"] == "emergency", in_danger, 1.0),
        (THIRD_HELD, clear, as_labelled, 0.84),
        (THIRD_HELD, doubtful_revocation, told, 0.66),
        (FOURTH_HAND, lambda row: row["certainty"] == "exact" and revokes(row), told, 1.0),
        (FOURTH_HAND, lambda row: clear(row) and revokes(row), told, 0.98),
        (FOURTH_HAND, doubtful_revocation, told, 1.0),
        (FOURTH_HAND, revokes, scope_as_labelled, 0.95),
        (FOURTH_HAND, lambda row: clear(row) and row["intent"] == "emergency", in_danger, 1.0),
        (FOURTH_HAND, clear, as_labelled, 0.95),
        ("appointment_reply_fourth_hand.jsonl", lambda _: True, reply_as_labelled, 0.97),
        (FOURTH_HELD, lambda row: row["certainty"] == "exact" and revokes(row), told, 1.0),
        (FOURTH_HELD, lambda row: clear(row) and revokes(row), told, 0.8),
        (FOURTH_HELD, doubtful_revocation, told, 0.7),
        (FOURTH_HELD, revokes, scope_as_labelled, 0.94),
        (FOURTH_HELD, lambda row: clear(row) and row["intent"] == "emergency", in_danger, 0.7),
        (FOURTH_HELD, clear, as_labelled, 0.75),
        ("appointment_reply_fourth_hand_held.jsonl", lambda _: True, reply_as_labelled, 0.95),
        (FOUR_HANDS, lambda row: row["certainty"] == "exact" and revokes(row), told, 1.0),
        (FOUR_HANDS, lambda row: clear(row) and revokes(row), told, 0.99),
        (FOUR_HANDS, doubtful_revocation, told, 0.85),
        (FOUR_HANDS, revokes, scope_as_labelled, 0.97),
        (FOUR_HANDS, lambda row: clear(row) and row["intent"] == "emergency", in_danger, 0.96),
        (FOUR_HANDS, clear, as_labelled, 0.98),
        ("appointment_reply_four_hands.jsonl", lambda _: True, reply_as_labelled, 0.99),
        (FOUR_HELD, lambda row: row["certainty"] == "exact" and revokes(row), told, 1.0),
        (FOUR_HELD, lambda row: clear(row) and revokes(row), told, 0.98),
        (FOUR_HELD, doubtful_revocation, told, 0.75),
        (FOUR_HELD, revokes, scope_as_labelled, 0.97),
        (FOUR_HELD, lambda row: clear(row) and row["intent"] == "emergency", in_danger, 1.0),
        (FOUR_HELD, clear, as_labelled, 0.93),
        ("appointment_reply_four_hands_held.jsonl", lambda _: True, reply_as_labelled, 0.9),
        (THREE_HANDS, lambda row: row["certainty"] == "exact" and revokes(row), told, 1.0),
        (THREE_HANDS, lambda row: clear(row) and revokes(row), told, 0.98),
        (THREE_HANDS, doubtful_revocation, told, 0.65),
        (THREE_HANDS, revokes, scope_as_labelled, 0.95),
        (THREE_HANDS, lambda row: clear(row) and row["intent"] == "emergency", in_danger, 1.0),
        (THREE_HANDS, clear, as_labelled, 0.98),
        (THREE_DOUBTFUL, doubtful_revocation, told, 0.45),
        (THREE_DOUBTFUL, revokes, scope_as_labelled, 0.85),
        (THREE_DOUBTFUL, clear, as_labelled, 0.97),
        ("appointment_reply_three_hands.jsonl", lambda _: True, reply_as_labelled, 0.98),
        (THIRD_OF_THREE, lambda row: row["certainty"] == "exact" and revokes(row), told, 1.0),
        (THIRD_OF_THREE, lambda row: clear(row) and revokes(row), told, 0.93),
        (THIRD_OF_THREE, doubtful_revocation, told, 0.54),
        (THIRD_OF_THREE, revokes, scope_as_labelled, 0.97),
        (THIRD_OF_THREE, lambda row: clear(row) and row["intent"] == "emergency", in_danger, 1.0),
        (THIRD_OF_THREE, clear, as_labelled, 0.94),
        (THIRD_DOUBTFUL, doubtful_revocation, told, 0.43),
        (THIRD_DOUBTFUL, revokes, scope_as_labelled, 0.86),
        (THIRD_DOUBTFUL, clear, as_labelled, 0.83),
        ("appointment_reply_three_hands_held.jsonl", lambda _: True, reply_as_labelled, 0.91),
    ],
)
def test_what_must_be_read(
    name: str,
    kept: Callable[[Row], bool],
    right: Callable[[Row, Reading], bool],
    least: float,
) -> None:
    """Shares of the labelled rows that are right."""
    assert share(name, kept, right) >= least


@pytest.mark.parametrize(
    "name",
    [
        *(CASES, UNSEEN, MORE, HELD, ANOTHER_HAND, ANOTHER_HELD, FOUR_HANDS, FOUR_HELD),
        *(THREE_HANDS, THREE_DOUBTFUL, THIRD_OF_THREE, THIRD_DOUBTFUL),
    ],
)
def test_what_must_not_be_read(name: str) -> None:
    """At most one in a hundred clear rows is taken for a revocation, or for danger, and is none."""
    assert share(name, lambda row: clear(row) and not revokes(row), told) <= 0.01
    assert share(name, lambda row: clear(row) and row["intent"] != "emergency", in_danger) <= 0.01


@pytest.mark.parametrize(
    ("name", "most"),
    [(ASKING, 0.015), (ASKING_HELD, 0.015), (THIRD_HAND, 0.015), (THIRD_HELD, 0), (FOURTH_HAND, 0)],
)
def test_near_misses(name: str, most: float) -> None:
    """Of texts made to come near to a wish to stop few are taken for one, and none for danger."""
    assert share(name, lambda row: clear(row) and not revokes(row), told) <= most
    assert share(name, lambda row: row["intent"] != "emergency", in_danger) == 0


def test_the_second_half_of_a_fourth_hand_is_seldom_mistaken() -> None:
    """No clear row of it that is none is taken for a wish to stop, and few for danger."""
    others = share(FOURTH_HELD, lambda row: clear(row) and not revokes(row), told)
    alarms = share(FOURTH_HELD, lambda row: clear(row) and row["intent"] != "emergency", in_danger)

    assert others == 0
    assert alarms <= 0.03


def test_replies_of_the_second_half_of_a_fourth_hand() -> None:
    """No confirmation is read as a revocation; of the revocations one is still read as a "C"."""
    rows = readings("appointment_reply_fourth_hand_held.jsonl")
    revoking = [reading.intent for row, reading in rows if row["label"] == "opt_out"]

    assert all(reading.revocation is None for row, reading in rows if row["label"] == "confirm")
    assert revoking.count(Intent.CONFIRM) <= 1


@pytest.mark.parametrize(
    "name",
    [f"appointment_reply{kind}.jsonl" for kind in KINDS],
)
def test_confirming_is_never_revoking(name: str) -> None:
    """No confirmation is read as a revocation, and none the other way round."""
    for row, reading in readings(name):
        if row["label"] == "confirm":
            assert reading.revocation is None
        if row["label"] == "opt_out":
            assert reading.intent is not Intent.CONFIRM


def test_few_plain_yeses_wait_for_a_person() -> None:
    """What says no more than yes bothers nobody; most that wait ask or set a condition."""
    found = [
        reading
        for kind in ("", "_more", "_another_hand", "_asking", "_fourth_hand", "_four_hands")
        for row, reading in readings(f"appointment_reply{kind}.jsonl")
        if row["label"] == "confirm"
    ]
    waits = [reading for reading in found if reading.more or reading.asks]
    assert len(waits) < 0.14 * len(found)
