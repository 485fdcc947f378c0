"""Days and times as patients read them."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms.text import LANGUAGES, Encoding, day_in, segment, time_in

TUESDAY, NEW_YEAR = date(2026, 12, 1), date(2027, 1, 2)


@pytest.mark.parametrize(
    ("language", "without", "with_year", "other"),
    [
        ("en", "Tue Dec 1", "Tue Dec 1, 2026", "Sat Jan 2"),
        ("es", "mar 1 dic", "mar 1 dic 2026", "sab 2 ene"),
        ("fr", "mar 1er déc", "mar 1er déc 2026", "sam 2 janv"),
    ],
)
def test_days(language: str, without: str, with_year: str, other: str) -> None:
    """With their weekday, and with a year where that is asked for."""
    assert day_in(language, TUESDAY, year=False) == without
    assert day_in(language, TUESDAY, year=True) == with_year
    assert day_in(language, NEW_YEAR, year=False) == other


@pytest.mark.parametrize(
    ("moment", "english", "french"),
    [
        (time(0, 5), "12:05 AM", "0 h 05"),
        (time(9), "9:00 AM", "9 h"),
        (time(12), "12:00 PM", "12 h"),
        (time(14, 30, 59), "2:30 PM", "14 h 30"),
    ],
)
def test_times(moment: time, english: str, french: str) -> None:
    """By twelve hours in English and Spanish, by twenty-four in French."""
    assert [time_in(each, moment) for each in ("en", "es", "fr")] == [english, english, french]


@given(st.sampled_from(sorted(LANGUAGES)), st.dates(), st.times())
def test_they_take_no_other_encoding(language: str, day: date, moment: time) -> None:
    """Each letter of them is one of GSM-7."""
    words = f"{day_in(language, day, year=True)} {time_in(language, moment)}"

    assert segment(words).encoding is Encoding.GSM_7
