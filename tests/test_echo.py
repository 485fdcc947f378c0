"""A provider's words repeat nothing of the text that they are about."""

from __future__ import annotations

import pytest
from attrs import evolve

from compliant_sms.flows._sending._echo import without_words
from compliant_sms.providers import Failure, Problem
from compliant_sms.retention import Purged
from test_messages import AT, message

BODY = "Dear Zoë Quagga, your okapi result of 9.1 is in. STOP to opt out."


def problem(said: str, code: str = "30007") -> Problem:
    words = f"Carrier: content invalid (code {code})."
    return Problem(category=Failure.CONTENT_INVALID, code=code, words=words, said=said)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("The message is too long", "The message is too long"),
        ("Rejected: Dear Zoe QUAGGA", "Rejected: […] […] […]"),
        ("Body contains 'okapis' and more", "Body contains '[…]' and more"),
        ("Reply STOP to opt out is missing", "Reply STOP to […] out is missing"),
        ("Cut off at Quag", "Cut off at […]"),
        ("It may not be sent to", "It may not be sent to"),
        ("", ""),
    ],
)
def test_words(said: str, kept: str) -> None:
    """Words of the text go, however they are spelt or cut off; the provider's stay."""
    told = without_words(problem(said), evolve(message(), draft=evolve(message().draft, body=BODY)))

    assert told is not None
    assert told.said == kept
    assert told.code == "30007"


def test_a_code_that_is_of_the_text() -> None:
    """What stands where a code belongs is looked at too, and so are our words about it."""
    text = evolve(message(), draft=evolve(message().draft, body=BODY))
    told = without_words(problem("", code="Quagga"), text)

    assert told is not None
    assert told.code == "none"
    assert "Quagga" not in told.words
    assert without_words(problem("", code="REJECTED_DND"), text) == problem("", "REJECTED_DND")


def test_what_nothing_can_be_compared_with() -> None:
    """Of a text that nobody knows, or whose words were dropped, only the code is kept."""
    purged = evolve(message(), purged=Purged(at=AT, rule="r", run="1", proofs=()))
    for text in (None, purged):
        assert without_words(problem("Zelda said no"), text) == problem("")
    assert without_words(None, None) is None
