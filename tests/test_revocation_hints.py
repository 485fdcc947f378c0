"""What only hints that texts are not wanted, where no phrase says so."""

from __future__ import annotations

from timeit import repeat

import pytest

from compliant_sms.consent import Category
from compliant_sms.optout import Awaiting, Certainty, Intent, read, read_revocation
from compliant_sms.optout._heard import hear
from compliant_sms.optout._intents_words import speak
from compliant_sms.optout._revocation_hints import hints, may_hint, named


@pytest.mark.parametrize(
    ("text", "rule", "part"),
    [
        (
            "my phone has not stopped buzzing",
            "hints:texts+against",
            "my phone has not stopped buzzing",
        ),
        ("Hi! I regret giving you my cell.", "hints:no-consent+texts", "regret giving you my cell"),
        ("letters are better", "hints:channel", "letters are better"),
        ("who sold you my number", "hints:protest", "who sold you my"),
        ("we\u2019re through!!", "hints:dismissal", "we\u2019re through"),
    ],
)
def test_names_what_hinted(text: str, rule: str, part: str) -> None:
    """The rule names all hints that counted, and the span holds them; it is never certain."""
    revocation = read_revocation(text)

    assert revocation is not None
    assert revocation.certainty is Certainty.UNSURE
    assert set(rule.split(":")[1].split("+")) <= set(revocation.rule.split(":")[1].split("+"))
    assert part in text[revocation.start : revocation.end]
    assert read(text).revocation == revocation


@pytest.mark.parametrize(
    "text",
    [
        "I can't make it at 3, can you not do later in the day",
        "how do I make the itching stop",
        "no more pills left, please send the refill",
        "I love these reminders, they never annoy me",
        "is there a way to get out of the Tuesday slot",
        "my mom passed away, I need to move my appointment",
        "I want to end my life, this is too much",
    ],
)
def test_what_speaks_for_something_else(text: str) -> None:
    """What is about care, visits, money or danger, or wants the texts, is no wish to stop."""
    assert read_revocation(text) is None


@pytest.mark.parametrize(
    "text", ["we're through", "hard pass", "how many times do i have to say it"]
)
def test_an_answer_is_an_answer(text: str) -> None:
    """What turns away answers a question of ours where one is open; it is no wish to stop then."""
    assert read_revocation(text) is not None
    assert read_revocation(text, awaiting=Awaiting.CONFIRM) is None


def test_nothing_else_said() -> None:
    """What turns away counts only where nothing else is said."""
    assert read_revocation("ugh, talk to the hand please") is not None
    assert read_revocation("he will not talk to the hand surgeon") is None


def test_scope_waits_for_a_person() -> None:
    """After a revocation, only what answers the question about its scope is read."""
    assert read_revocation("who sold you my number", awaiting=Awaiting.SCOPE) is None


def test_fewer_is_a_limit() -> None:
    """Who wants fewer texts does not want none: the question about scope tells."""
    revocation = read_revocation("you only need to tell me once")

    assert revocation is not None
    assert revocation.limited
    assert revocation.categories == frozenset[Category]()


@pytest.mark.parametrize(
    "text", ["I don't want to be removed, the texts annoy my husband only", "what if I reply stop"]
)
def test_a_denied_phrase_stays_denied(text: str) -> None:
    """Where a phrase is found and not meant, hints do not make it meant."""
    assert read_revocation(text) is None


def test_intent_and_what_else() -> None:
    """The text is about an opt-out then; what else it is about is not lost."""
    reading = read("hi, who sold you my number")

    assert reading.intent is Intent.OPT_OUT
    assert Intent.GREETING_OR_THANKS in reading.also


def test_long_texts_say_what_they_want() -> None:
    """In long texts hints add up by chance: they are not looked for."""
    some = "my phone will not stop buzzing "

    assert may_hint(hear(some))
    assert not may_hint(hear(some * 10))
    assert not may_hint(
        hear(" ".join(f"{first}{second}" for first in "abcde" for second in "wxyz"))
    )


def test_named() -> None:
    """Hints of one text are named together, in the order of the text."""
    found = hints(speak(hear("these texts annoy me").text), answering=False)

    assert named(found) == "hints:" + "+".join(one.rule.id for one in found)
    assert [one.start for one in found] == sorted(one.start for one in found)


@pytest.mark.parametrize(
    "part", ["my phone ", "how do i ", "never agreed to ", "why am i ", "again "]
)
def test_hostile_length(part: str) -> None:
    """However long a text is, hints cost a bounded time."""
    whole = 20_000 // len(part)
    read_revocation(part * whole)

    assert _time(part * whole) < 40 * _time(part * (whole // 8)) + 1e-3


def _time(text: str) -> float:
    return min(repeat(lambda: read_revocation(text), number=1, repeat=3))
