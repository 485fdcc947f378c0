"""Short names that are medicines or procedures only in the company of certain words."""

from __future__ import annotations

import pytest

from compliant_sms.phi import PhiLabel, find

M, P = PhiLabel.MEDICATION, PhiLabel.PROCEDURE


def named(text: str, label: PhiLabel) -> list[str]:
    return [text[f.start : f.end] for f in find(text) if f.label is label]


MEANT = [
    ("my partner has hiv, can i get prep", M, ["prep"]),
    ("my partner and I need PrEP for sex, HIV test", M, ["PrEP"]),
    ("the drops burn my eyes", M, ["drops"]),
    ("i cant do group wed, i relapsed", P, ["group"]),
    ("my oxygen needs a new tubing, move it to 4 Elm St", P, ["oxygen"]),
    ("my kidney tx was in may", P, ["kidney tx"]),
    ("beta was 312 at 14dpo", P, ["beta"]),
    ("Mr. Lopez: your potassium is 5.9", P, ["potassium"]),
    ("se me cayó la corona, mi muela", P, ["corona"]),
    ("Tom, your echo is monday", P, ["echo"]),
    ("the boot hurts my ankle", P, ["boot"]),
]


@pytest.mark.parametrize(("text", "label", "words"), MEANT)
def test_short_names_are_read_by_their_company(
    text: str, label: PhiLabel, words: list[str]
) -> None:
    """Found where the words around say what is meant."""
    assert words == named(text, label)


NOT_MEANT = [
    "my colonoscopy prep starts friday",
    "my group number 4471 is on the card",
    "my group 4471 plan, the counselor asked",
    "to group practice, i relapsed",
    "Group photo friday with my counselor",
    "my beta app crashed",
    "price drops below 40, tell my eye doctor",
    "my boot camp starts monday, foot traffic",
]


@pytest.mark.parametrize("text", NOT_MEANT)
def test_short_names_in_other_company_are_left_alone(text: str) -> None:
    """Nothing short is found where they mean something else."""
    assert not any(f.rule == "short/name" for f in find(text))
