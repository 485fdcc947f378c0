"""How much of each kind of information may go by SMS."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms import records
from compliant_sms.errors import ConfigurationError
from compliant_sms.phi import (
    ContentTier,
    PhiFinding,
    PhiLabel,
    PhiPreference,
    Sensitivity,
    _tiers,
    allowed_tier,
    beyond,
    remedy_of,
    tier_of,
    tier_rows,
    worst_tier,
)

LABELS = st.lists(st.sampled_from(PhiLabel), max_size=6)
IDENTIFIERS = "ABCDEFGHIJKLMNOPQR"


def findings(labels: list[PhiLabel]) -> list[PhiFinding]:
    return [PhiFinding(start=0, end=1, label=label, rule="test") for label in labels]


def test_every_label_has_one_row() -> None:
    """The table says of each label what it needs, once, with a source and a reason."""
    rows = [row for row in tier_rows() if not row.rule]

    assert sorted(row.label for row in rows) == sorted(PhiLabel)
    assert {row.label: row.tier for row in rows} == {label: tier_of(label) for label in PhiLabel}


def test_every_row_says_why_and_what_to_do() -> None:
    """Whatever may not simply go comes with words for the front desk."""
    rows = tier_rows()

    assert all(row.source and row.certainty and row.why for row in rows)
    assert all(bool(row.remedy) is (row.tier is not ContentTier.MINIMUM) for row in rows)


BY_RULE = [
    (PhiLabel.NAME, "name/greeting", ContentTier.MINIMUM),
    (PhiLabel.NAME, "known/name", ContentTier.MINIMUM),
    (PhiLabel.NAME, "full-name/greeting", ContentTier.DETAIL),
    (PhiLabel.NAME, "full-name", ContentTier.DETAIL),
    (PhiLabel.NAME, "known/full-name", ContentTier.DETAIL),
    (PhiLabel.DATE, "date/weekday", ContentTier.MINIMUM),
    (PhiLabel.DATE, "date/birth", ContentTier.DETAIL),
    (PhiLabel.DATE, "known/birth-date", ContentTier.DETAIL),
    (PhiLabel.GEO, "geo/town", ContentTier.MINIMUM),
    (PhiLabel.GEO, "geo/address", ContentTier.DETAIL),
    (PhiLabel.GEO, "geo/zip", ContentTier.DETAIL),
    (PhiLabel.GEO, "known/address", ContentTier.DETAIL),
    (PhiLabel.GEO, "known/town", ContentTier.MINIMUM),
    (PhiLabel.URL, "url/personal", ContentTier.MINIMUM),
    (PhiLabel.URL, "url/with-detail", ContentTier.DETAIL),
    (PhiLabel.URL, "url/with-number", ContentTier.NEVER),
    (PhiLabel.SPECIALTY_HINT, "own-name/telling", ContentTier.DETAIL),
    (PhiLabel.SPECIALTY_HINT, "own-name/everyday", ContentTier.MINIMUM),
    (PhiLabel.SSN, "full-name/x", ContentTier.NEVER),
]


@pytest.mark.parametrize(("label", "rule", "tier"), BY_RULE)
def test_a_rule_tells_apart_what_a_label_does_not(
    label: PhiLabel, rule: str, tier: ContentTier
) -> None:
    """A row for one rule wins, then one for its family, then that of the label."""
    finding = PhiFinding(start=0, end=1, label=label, rule=rule)

    assert tier_of(label, rule) is worst_tier([finding]) is tier
    assert bool(remedy_of(finding)) is (tier is not ContentTier.MINIMUM)


@pytest.mark.parametrize("kind", [kind for kind in Sensitivity if kind is not Sensitivity.GENERAL])
def test_a_finding_of_protected_care_never_goes(kind: Sensitivity) -> None:
    """What gives away such care may not go, whatever the text was declared to be about."""
    drug = PhiFinding(start=0, end=1, label=PhiLabel.MEDICATION, rule="test", sensitivity=kind)
    day = evolve(drug, label=PhiLabel.DATE)

    assert worst_tier([drug]) is ContentTier.NEVER
    assert worst_tier([day]) is ContentTier.MINIMUM


@given(LABELS, st.sampled_from(ContentTier), st.sampled_from(Sensitivity))
def test_beyond_is_what_keeps_a_text_back(
    labels: list[PhiLabel], allowed: ContentTier, kind: Sensitivity
) -> None:
    """Without what is beyond a tier a text keeps to it, and nothing else is taken."""
    all_ = findings(labels)
    too_much = beyond(all_, allowed, kind)
    rest = [finding for finding in all_ if finding not in too_much]

    assert worst_tier(rest, kind) <= allowed or not rest
    assert bool(too_much) is (worst_tier(all_, kind) > allowed)
    assert all(worst_tier([finding], kind) > allowed for finding in too_much)


def test_the_wish_sets_the_tier() -> None:
    """Detail is for who was warned and still wants it."""
    wishes = [PhiPreference(warned=w, prefers=p) for w, p in product((False, True), repeat=2)]

    assert [allowed_tier(wish) for wish in wishes] == [
        *[ContentTier.MINIMUM] * 3,
        ContentTier.DETAIL,
    ]


def test_every_safe_harbour_identifier_has_a_label() -> None:
    """45 CFR 164.514(b)(2)(i) lists (A) to (R); the labels' descriptions name each of them."""
    source = Path(_tiers.__file__).with_name("_labels.py").read_text("utf-8")
    cited = re.findall(r"45 CFR 164\.514\(b\)\(2\)\(i\)\(([A-R])\)", source)

    assert sorted(set(cited)) == list(IDENTIFIERS)


def test_a_row_that_cites_an_identifier_cites_the_right_one() -> None:
    """A direct identifier's row names the paragraph under which the rule lists it."""
    cited = {
        row.label: found[1]
        for row in tier_rows()
        if not row.rule and (found := re.search(r"164\.514\(b\)\(2\)\(i\)\(([A-R])\)", row.source))
    }

    assert cited.items() >= {PhiLabel.SSN: "G", PhiLabel.MRN: "H", PhiLabel.ACCOUNT: "J"}.items()
    assert sorted(cited.values()) == sorted(set(cited.values()))


@pytest.mark.parametrize(
    ("tier", "labels"),
    [
        (ContentTier.MINIMUM, "NAME DATE GEO PROVIDER_NAME URL"),
        (
            ContentTier.DETAIL,
            "MEDICATION CONDITION PROCEDURE TEST_RESULT SPECIALTY_HINT AGE_OVER_89",
        ),
        (ContentTier.NEVER, "SSN MRN ACCOUNT HEALTH_PLAN_ID LICENSE OTHER_ID"),
    ],
)
def test_what_confirms_a_visit_may_go_and_numbers_of_records_never(
    tier: ContentTier, labels: str
) -> None:
    """Policy P-PHI: a reminder's content, health detail, and what opens records."""
    assert {tier_of(PhiLabel[label]) for label in labels.split()} == {tier}


@given(LABELS, LABELS, st.sampled_from(Sensitivity))
def test_more_findings_never_lower_the_tier(
    some: list[PhiLabel], more: list[PhiLabel], sensitivity: Sensitivity
) -> None:
    """A text is as bad as its worst finding, and no better for what else it holds."""
    fewer, all_ = findings(some), findings(some + more)

    assert worst_tier(fewer, sensitivity) <= worst_tier(all_, sensitivity)
    assert worst_tier(fewer) <= worst_tier(fewer, sensitivity)
    assert worst_tier(fewer) is max([ContentTier.MINIMUM, *map(tier_of, some)])


@pytest.mark.parametrize(("label", "sensitivity"), list(product(PhiLabel, Sensitivity)))
def test_specially_protected_care_allows_no_detail(
    label: PhiLabel, sensitivity: Sensitivity
) -> None:
    """Detail turns to never outside ordinary care; what confirms a visit stays what it is."""
    tier = worst_tier(findings([label]), sensitivity)

    if sensitivity is Sensitivity.GENERAL or tier_of(label) is not ContentTier.DETAIL:
        assert tier is tier_of(label)
    else:
        assert tier is ContentTier.NEVER


@pytest.mark.parametrize("sensitivity", Sensitivity)
def test_a_text_without_findings_is_minimal(sensitivity: Sensitivity) -> None:
    """A neutral notice may go whatever the care is about."""
    assert worst_tier([], sensitivity) is ContentTier.MINIMUM


@given(st.booleans(), st.booleans())
def test_a_wish_needs_the_warning(warned: bool, prefers: bool) -> None:  # noqa: FBT001
    """78 FR 5566, 5634: the patient was warned and prefers texts, both; recorded as told."""
    preference = PhiPreference(warned=warned, prefers=prefers)

    assert preference.allows_detail is (warned and prefers)
    assert records.decode(records.encode(preference), PhiPreference) == preference


def test_nothing_is_wished_until_it_is_told() -> None:
    """Without a record no detail may go."""
    assert not PhiPreference().allows_detail


ROW = '[[tier]]\nlabel = "{}"\ntier = "{}"\nsource = "a"\ncertainty = "policy"\nwhy = "b"\n'
COMPLETE = "".join(ROW.format(label, "never") for label in PhiLabel)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("[[tier", "not valid TOML"),
        ("", "no row says what may be sent of NAME, GEO"),
        (COMPLETE + ROW.format("SSN", "never"), "row 26: SSN is listed twice"),
        (ROW.format("SHOE_SIZE", "never"), "row 1: there is no such phi label"),
        (ROW.format("SSN", "often"), "row 1: the tier is none of: minimum, detail, never"),
        (ROW.format("SSN", "never").replace('"a"', '""'), "row 1: .*source"),
        (ROW.format("SSN", "never").replace('"b"', "1"), "row 1: .*why"),
        (ROW.format("SSN", "never") + "more = 1\n", "row 1: .*more"),
        (ROW.format("SSN", "never") + "rule = 1\n", "row 1: .*rule"),
        (
            COMPLETE + 2 * (ROW.format("URL", "detail") + 'rule = "url/x"\n'),
            "row 27: URL url/x is listed twice",
        ),
        (ROW.format("URL", "detail") + 'rule = "url/x"\n', "no row says .* URL"),
    ],
)
def test_a_damaged_table_is_refused(document: str, reason: str) -> None:
    """A table that cannot be used is refused by file, row and reason."""
    with pytest.raises(ConfigurationError, match=rf"tiers\.toml.*{reason}"):
        _tiers._parse(document)


def test_a_complete_table_is_accepted() -> None:
    """One row a label is all it takes."""
    assert {row.label for row in _tiers._parse(COMPLETE)} == set(PhiLabel)
