"""The parts of the sandbox carrier that need no server."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from compliant_sms._callback_signing import twilio_signature
from compliant_sms.errors import InvalidInput
from compliant_sms.sandbox import TwilioAccount
from compliant_sms.sandbox._book import Book, numbers_of
from compliant_sms.sandbox._entries import Draft
from compliant_sms.sandbox._keywords import Keyword, read_keyword
from compliant_sms.sandbox._segments import count_segments

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
SID = "AC" + "5e" * 16
OURS, ANA, BEN = "+12175550111", "+12175550134", "+12175550135"


def book_of(*numbers: str) -> Book:
    """The book of an account at Twilio."""
    return Book(numbers_of([TwilioAccount(account_sid=SID, auth_token="x", numbers=numbers)]))


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("", 1),
        ("x" * 160, 1),
        ("x" * 161, 2),
        ("x" * 306, 2),
        ("x" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("x" * 152 + "€" + "x" * 152, 3),
        ("✓" * 70, 1),
        ("✓" * 71, 2),
        ("✓" * 134, 2),
        ("✓" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 67, 3),
    ],
)
def test_segments_follow_the_alphabet(body: str, count: int) -> None:
    """GSM-7 takes 160 or 153 units, UCS-2 70 or 67, and no character is split over two parts."""
    assert count_segments(body) == count


def test_the_signature_of_a_known_callback() -> None:
    """A signature worked out by hand; order and repetition of the fields do not matter."""
    fields = [
        ("To", "+12065550100"),
        ("Body", "STOP"),
        ("From", "+14155550100"),
        ("MessageSid", "SM00000000000000000000000000000001"),
    ]
    expected = "sBhS6USKBN6zsnAqpgSbPDCdv8k="

    assert twilio_signature("https://example.org/in?x=1", fields, "12345") == expected
    assert (
        twilio_signature("https://example.org/in?x=1", fields[::-1] + fields, "12345") == expected
    )
    assert twilio_signature("https://example.org/in", fields, "12345") != expected


@pytest.mark.parametrize(
    ("words", "keyword"),
    [
        ("STOP stopall Unsubscribe END quit CANCEL revoke optout", Keyword.STOP),
        ("START yes Unstop", Keyword.START),
        ("HELP info", Keyword.HELP),
        ("stops stop. y no c", None),
    ],
)
def test_only_whole_single_words_are_keywords(words: str, keyword: Keyword | None) -> None:
    """Every reserved word works in any case, and nothing that resembles one does."""
    known = TwilioAccount.keywords
    assert {read_keyword(word, known) for word in words.split()} == {keyword}
    assert read_keyword("stop please", known) is None


def test_a_text_that_is_no_utf_8_is_refused_before_it_is_recorded() -> None:
    """Half a character cannot be posted to a webhook, so it is not taken."""
    book = book_of(OURS)
    draft = Draft(from_=ANA, to=OURS, body="\ud83d")

    with pytest.raises(InvalidInput, match="surrogate"):
        book.receive(draft, "SM" + "1" * 32, "SM" + "2" * 32, NOON)
    assert book.entries() == ()


def test_a_block_belongs_to_one_sender_and_one_patient() -> None:
    """STOP from one patient to one number touches no other pair."""
    numbers = [OURS, BEN]
    book = book_of(*numbers)
    stop = Draft(from_=ANA, to=OURS, body="STOP")
    book.receive(stop, "SM" + "1" * 32, "SM" + "2" * 32, NOON)

    blocked = {(own, to) for own in numbers for to in (ANA, BEN) if book.is_blocked(own, to)}
    assert blocked == {(OURS, ANA)}
