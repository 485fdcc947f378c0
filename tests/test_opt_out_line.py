"""The line that says how to opt out, after whatever the practice wrote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms.templates import opt_out_line, with_opt_out_line
from compliant_sms.text import Encoding, links, notices, segment

BODIES = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.sampled_from(
    [
        "See you Tue Dec 1 at 2:30 PM",
        "Pay at https://pay.oak.example/x",
        "Do not",
        "Please never",
        "The bus ",
        "Hasta el lunes a las 11",
        "¡Hasta mañana",
    ]
)
LANGUAGES = st.sampled_from(["en", "es", "es-MX", "ES", "fr", "fr-CA", "vi", ""])
ENGLISH = "Reply STOP to opt out."


def tells_opt_out(body: str) -> bool:
    return notices(body, names=(), phone_digits="", own_hosts=()).opt_out


@given(BODIES, LANGUAGES)
def test_the_line_tells_how_to_opt_out_and_the_body_stays(body: str, language: str) -> None:
    """Whatever was written stays to the letter, and the whole tells how to opt out."""
    whole = with_opt_out_line(body, language=language)

    assert whole.startswith(body)
    assert whole.endswith(opt_out_line(language))
    assert tells_opt_out(whole)


@given(BODIES, LANGUAGES)
def test_the_line_costs_no_alphabet(body: str, language: str) -> None:
    """A text in GSM-7 stays in GSM-7, in every language."""
    assert segment(with_opt_out_line(body, language=language)).encoding is segment(body).encoding


@given(BODIES, LANGUAGES)
def test_the_line_changes_no_link(body: str, language: str) -> None:
    """Links stay where and what they were: nothing is glued to them."""
    assert links(with_opt_out_line(body, language=language)) == links(body)


@pytest.mark.parametrize(
    ("body", "joint"),
    [
        ("See you at 3 PM", ". "),
        ("See you at 3 PM.", " "),
        ("See you!", " "),
        ("Questions?", " "),
        ("See you on 12/5", ". "),
        ("(call us)", ". "),
        ("(call us.)", " "),
        ("“See you”", ". "),
        ("See https://oak.example/a", " "),
        ("See oak.com", " "),
        ("(oak.com)", " "),
        ("See https://oak.example/a.", " "),
        ("Write to desk@oak.example", " "),
        ("See you 👍", " "),
        ("See you - ", ""),
        ("See you\n", ""),
        ("", ""),
    ],
)
def test_a_sentence_gets_its_full_stop(body: str, joint: str) -> None:
    """A full stop comes where one is missing, and never behind a link or a mail address."""
    assert with_opt_out_line(body) == f"{body}{joint}{ENGLISH}"


@pytest.mark.parametrize(
    ("language", "start"),
    [
        ("en", "Reply"),
        ("es", "Responda"),
        ("es-US", "Responda"),
        ("es_MX", "Responda"),
        ("fr", "Répondez"),
        ("fr-CA", "Répondez"),
    ],
)
def test_the_line_speaks_the_language(language: str, start: str) -> None:
    """English, Spanish and French, whatever the region."""
    assert opt_out_line(language).startswith(start)
    assert segment(opt_out_line(language)).encoding is Encoding.GSM_7


def test_another_language_gets_english() -> None:
    """A line that carriers act on beats none."""
    assert opt_out_line("vi") == ENGLISH
