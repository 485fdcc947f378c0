"""Addresses in Spanish in which a street or a district has a figure for a name."""

from __future__ import annotations

import pytest

from compliant_sms.phi import PhiLabel, find

# What is to be found stands in double brackets.
PLACES = [
    "my new address is [[Calle 9 #212]]",
    "we live at [[calle 3 casa 7]]",
    "calle 12 is closed, we live at [[calle luna 12]]",
    "vivo en la [[calle sol 45]], casa azul",
    "Mi casa: [[calle luna 12]] casa de dos pisos",
    "[[calle hidalgo 300]] casa verde",
    "[[calle betances 102]] b2b",
    "Deliver the walker to [[Urb. Las Flores B-12]] please",
]
NO_PLACES = ["the calle 9 exit", "calle 9", "Colonia 12 patients seen"]


@pytest.mark.parametrize("text", PLACES)
def test_addresses(text: str) -> None:
    """They are found from the number to the end of the name, or of the town."""
    found = text.replace("[[", "").replace("]]", "")
    (place,) = [each for each in find(found) if each.label is PhiLabel.GEO]
    marked = f"{found[: place.start]}[[{found[place.start : place.end]}]]{found[place.end :]}"

    assert marked == text


@pytest.mark.parametrize("text", NO_PLACES)
def test_the_same_words_elsewhere(text: str) -> None:
    """A figure behind the kind of a street is no address by itself."""
    assert [each for each in find(text) if each.label is PhiLabel.GEO] == []
