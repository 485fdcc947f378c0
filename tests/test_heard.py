"""A text as it is read: disguises undone, places kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms.errors import ConfigurationError
from compliant_sms.optout import _spelling
from compliant_sms.optout._heard import MOST_READ, hear
from compliant_sms.phrases import WORD


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("STOP", "stop"),
        ("ＳＴＯＰ", "stop"),
        ("🆂🆃🅾🅿", "stop"),
        ("ѕtор", "stop"),
        ("ѕтор", "stop"),
        ("STОP", "stop"),
        ("sᴛᴏᴘ", "stop"),
        ("СТОП", "стоп"),
        ("5top", "stop"),
        ("$t0p it", "stop it"),
        ("s t o p", "stop"),
        ("S-T-O-P!!", "stop!!"),
        ("a b c", "a b c"),
        ("x s t o p", "x s t o p"),
        ("stooooop", "stop"),
        ("PLEEEASE", "please"),
        ("soooo tired", "soooo tired"),
        ("sotp stpo stahp", "stop stop stop"),
        ("unsubcribe", "unsubscribe"),
        ("I unsubscribed", "i unsubscribed"),
        ("ѕtор hello привет τι ѕ", "stop hello привет τι ѕ"),
        ("st*p s🚫op sto🛑 un*subscribe", "stop stop stop unsubscribe"),
        ("a*b c*d", "a*b c*d"),
        ("stop*", "stop*"),
        ("sto p st-op s.top", "stop stop stop"),
        ("it's top", "it's top"),
        ("TXS", "texts"),
        ("dessubscribe", "unsubscribe"),
        ("quite at the top", "quite at the top"),
        ("don’t", "don't"),
        ("st\u200bop &amp; go", "stop & go"),
        ("1️⃣ stop ℹ️", "    stop   "),
        ("&stop; x", "&stop; x"),
        ("a\nb", "a\nb"),
        ("a\x00b", "ab"),
        ("Ngừng đi", "ngung di"),
        ("„stop‟", '"stop"'),
    ],
)
def test_heard(body: str, text: str) -> None:
    """What people and phones do to letters is undone."""
    assert text == hear(body).text


@pytest.mark.parametrize(
    ("body", "word", "part"),
    [
        ("ok s t o p now", "stop", "s t o p"),
        ("ok &quot;stooop&quot;", "stop", "stooop"),
        ("&#83;top it", "stop", "&#83;top"),
        ("🛑 ＳＴＯＰ", "stop", "ＳＴＯＰ"),
        ("é\u200b st\u200bop", "stop", "st\u200bop"),
        ("pls sotp", "stop", "sotp"),
        ("ok unsuscrbe me", "unsubscribe", "unsuscrbe"),
    ],
)
def test_place(body: str, word: str, part: str) -> None:
    """Offsets in the read text lead back to the text as given."""
    heard = hear(body)
    start, end = heard.place(heard.text.index(word), heard.text.index(word) + len(word))

    assert part == body[start:end]


@given(st.text(st.characters() | st.sampled_from("stop&;#8 $0'\u200b\u0301ОѕK"), max_size=60))
def test_places_of_any_text(body: str) -> None:
    """Every part of what is read has a place in the text as given, and words are all of them."""
    heard = hear(body)

    assert set(WORD.findall(heard.text)) == heard.words
    for start in range(len(heard.text)):
        first, last = heard.place(start, start + 1)
        assert 0 <= first < last <= len(body)


def test_reads_no_further() -> None:
    """A text longer than any text message is read in part."""
    assert len(hear("a" * 2 * MOST_READ).text) == MOST_READ


def test_repr_holds_no_words() -> None:
    """What a patient wrote stays out of the repr."""
    assert "fever" not in repr(hear("fever"))


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("[[word", "not valid TOML"),
        ('[[word]]\nword = "no"', "spellings.toml, word 1"),
        ('[[word]]\nword = "stop"\nslips = 1', "spellings.toml, word 1"),
        ('[[word]]\nword = "stop"\nx = 1', "spellings.toml, word 1"),
    ],
)
def test_damaged_spellings(document: str, reason: str) -> None:
    """A damaged file of spellings is refused by file and row."""
    with pytest.raises(ConfigurationError, match=reason):
        _spelling._parse(document)
