"""What providers do by themselves with keywords."""

from __future__ import annotations

import pytest

from compliant_sms.errors import ConfigurationError, InvalidInput
from compliant_sms.optout import (
    Matching,
    Reserved,
    _carriers,
    carrier_keywords,
    carriers,
    per_se_words,
    reserved_word,
    understood_word,
)


@pytest.mark.parametrize(
    ("provider", "misses"),
    [
        ("twilio", {"opt out"}),
        ("Telnyx", {"revoke", "opt out"}),
        ("vonage", {"revoke", "opt out"}),
        ("plivo", {"revoke", "opt out"}),
        ("aws", {"revoke"}),
    ],
)
def test_gaps(provider: str, misses: set[str]) -> None:
    """Words that the law lists and a provider lets pass are named."""
    assert misses == carrier_keywords(provider).misses


def test_every_carrier() -> None:
    """Each has words to stop, and says how it matches."""
    assert all(carrier_keywords(name).stop for name in carriers())
    assert Matching.BEGINS is carrier_keywords("aws").matching


def test_unknown_carrier() -> None:
    """A provider of which nothing is known is refused with those that are."""
    with pytest.raises(InvalidInput, match="twilio"):
        carrier_keywords("pigeon")


def test_per_se_words() -> None:
    """The law's list is that of 47 CFR 64.1200(a)(10)."""
    expected = {"stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe"}

    assert expected == per_se_words()


@pytest.mark.parametrize(
    "body", ["СТОП", "退订!", "Baja", "ngừng", "그만", "sair", "sispann", "توقف"]
)
def test_understood_words(body: str) -> None:
    """Words of other languages are understood, and not reserved."""
    word = understood_word(body)

    assert word is not None
    assert Reserved.STOP is word.reserved
    assert reserved_word(body) is None


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("[[carrier", "not valid TOML"),
        ('[[carrier]]\nprovider = "x"', "carriers.toml, carrier 1"),
        (
            '[[carrier]]\nprovider = "x"\nstop = []\nstart = []\nmatching = "odd"\nsource = "a"',
            "carriers.toml, carrier 1",
        ),
    ],
)
def test_damaged_file(document: str, reason: str) -> None:
    """A damaged list is refused by file and row."""
    with pytest.raises(ConfigurationError, match=reason):
        list(_carriers._parse(document))
