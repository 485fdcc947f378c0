"""The law's vectors: isolated facts, and what must come of them."""

from __future__ import annotations

import json
import os
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from vectors import KINDS, VERDICTS, answer

DATA = Path(__file__).parent / "data"
# Another file of the same form can be run by RULE_VECTORS.
OWN = os.environ.get("RULE_VECTORS") is None
FILES = (
    [
        DATA / "rule-vectors.jsonl",
        DATA / "rule-vectors-more.jsonl",
        # By somebody who had read the law, and none of this: most before, some after a first run.
        DATA / "rule-vectors-another-hand.jsonl",
    ]
    if OWN
    else [Path(os.environ["RULE_VECTORS"])]
)
# What patients write is told by another test.
TOLD_ELSEWHERE = frozenset({"inbound_intent"})
VECTORS = [
    vector
    for file in FILES
    for line in file.read_text("utf-8").splitlines()
    if line.strip() and (vector := json.loads(line))["rule"] not in TOLD_ELSEWHERE
]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_vectors(vector: dict[str, Any]) -> None:
    """Decision, reason and first permitted instant are those of the vector."""
    expected = vector["expect"]
    until, deadline = expected.get("defer_until"), expected.get("deadline")
    found = answer(vector)

    assert found.verdict is VERDICTS[expected["decision"]], found
    assert found.reasons & {*expected.get("reason_any_of", ()), expected.get("reason")}, found
    assert found.until == (until and datetime.fromisoformat(until))
    assert deadline is None or found.deadline == date.fromisoformat(deadline)


@pytest.mark.skipif(not OWN, reason="a file of somebody else may say more than we understand")
def test_nothing_that_a_vector_says_is_overlooked() -> None:
    """Every name that a vector uses is translated, every kind is known, and each id is unique."""
    unread = {vector["id"]: answer(vector).unread for vector in VECTORS}

    assert {key: names for key, names in unread.items() if names} == {}
    assert {vector["rule"] for vector in VECTORS} == KINDS
    assert max(Counter(vector["id"] for vector in VECTORS).values()) == 1


@pytest.mark.skipif(not OWN, reason="its number is its own affair")
def test_the_files_are_complete() -> None:
    """No vector was lost."""
    whose = Counter(vector["id"][:2] for vector in VECTORS)

    assert len(VECTORS) - whose["X-"] - whose["Y-"] == 205
    assert whose["X-"] >= 60
    assert whose["Y-"] >= 165
