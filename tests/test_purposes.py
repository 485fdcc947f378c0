"""The purpose catalogue: what a text is for decides what it needs."""

from __future__ import annotations

import pytest

from compliant_sms.classification import MessageClass, Purpose
from compliant_sms.consent import Category, Tier
from compliant_sms.errors import InvalidInput

CATALOGUE = {
    name: value
    for name in Purpose.__annotations__
    if isinstance(value := getattr(Purpose, name, None), Purpose)
}
CLASSES = {
    MessageClass.MARKETING: {"FUNDRAISING", "NEW_SERVICE", "PROMOTION", "THIRD_PARTY_PRODUCT"},
    MessageClass.EMERGENCY: {"EMERGENCY_ALERT"},
    MessageClass.PROTOCOL: {"OPT_IN_CONFIRMATION", "OPT_OUT_CONFIRMATION", "HELP_REPLY"},
}
TIERS = {
    MessageClass.TRANSACTIONAL: Tier.PRIOR_EXPRESS,
    MessageClass.MARKETING: Tier.PRIOR_EXPRESS_WRITTEN,
    MessageClass.EMERGENCY: Tier.NONE,
    MessageClass.PROTOCOL: Tier.NONE,
}


def test_every_declared_purpose_exists() -> None:
    """Each name that the class declares is filled in, and there are as many as documented."""
    fields = {"code", "message_class", "category"}

    assert set(CATALOGUE) == set(Purpose.__annotations__) - fields
    assert len(CATALOGUE) == 26


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_purpose_has_its_class_and_tier(name: str) -> None:
    """Each purpose is recorded under its own name, in its class, with the tier of the class."""
    purpose = CATALOGUE[name]
    expected = next((c for c, names in CLASSES.items() if name in names), None)

    assert purpose.code == name.lower()
    assert purpose.message_class is (expected or MessageClass.TRANSACTIONAL)
    assert purpose.least_tier is TIERS[purpose.message_class]
    assert purpose.category in set(Category)


def test_care_and_promotions_share_no_category() -> None:
    """No grant of a category that care needs covers marketing as well."""
    marketing = {p.category for p in CATALOGUE.values() if p.message_class in MARKETING}
    others = {p.category for p in CATALOGUE.values() if p.message_class not in MARKETING}

    assert not marketing & others


MARKETING = {MessageClass.MARKETING}


def test_a_practice_can_add_its_own() -> None:
    """A purpose of one's own needs what its class needs."""
    own = Purpose("class_reunion", MessageClass.MARKETING, Category.PROMOTIONS)

    assert own.least_tier is Tier.PRIOR_EXPRESS_WRITTEN
    assert own == Purpose("class_reunion", MessageClass.MARKETING, "promotions")
    assert type(own.category) is str


@pytest.mark.parametrize("blank", ["", " \n"])
def test_a_blank_name_is_refused(blank: str) -> None:
    """A purpose has a code and a category."""
    with pytest.raises(InvalidInput, match="code"):
        Purpose(blank, MessageClass.TRANSACTIONAL, Category.CARE)
    with pytest.raises(InvalidInput, match="category"):
        Purpose("own", MessageClass.TRANSACTIONAL, blank)


@pytest.mark.parametrize("wrong", ["marketing", None, Category.CARE])
def test_a_class_is_never_guessed(wrong: object) -> None:
    """A purpose without a class of the vocabulary is refused."""
    with pytest.raises(InvalidInput, match="MessageClass"):
        Purpose("own", wrong, Category.CARE)  # type: ignore[arg-type]
