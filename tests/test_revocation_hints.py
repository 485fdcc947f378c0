"""What only hints that texts are not wanted, where no phrase says so."""

from __future__ import annotations

from pathlib import Path
from timeit import repeat

import pytest

from compliant_sms.optout import Awaiting, Certainty, Intent, read, read_revocation
from compliant_sms.optout._heard import hear
from compliant_sms.optout._intents_words import speak
from compliant_sms.optout._revocation_hints import hints, may_hint, named

EVERYDAY = Path(__file__).parent / "data" / "everyday-replies.txt"


@pytest.mark.parametrize(
    ("text", "rule", "part"),
    [
        ("Hi! each message costs me a euro.", "hints:cost", "each message costs me"),
        ("it\u2019s too much with all the messaging", "hints:against", "too much with all the"),
        ("maybe take a break from messaging!!", "hints:end", "take a break from messaging"),
    ],
)
def test_names_what_hinted(text: str, rule: str, part: str) -> None:
    """The rule names what hinted, and the span holds it; it is never certain."""
    revocation = read_revocation(text)

    assert revocation is not None
    assert revocation.certainty is Certainty.UNSURE
    assert revocation.rule == rule
    assert part in text[revocation.start : revocation.end]
    assert read(text).revocation == revocation


def everyday() -> list[str]:
    lines = EVERYDAY.read_text("utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


@pytest.mark.parametrize("awaiting", [None, Awaiting.CONFIRM])
def test_everyday_replies_stop_nothing(awaiting: Awaiting | None) -> None:
    """No reply of every day is taken for a wish to stop, whatever was asked."""
    texts = everyday()

    assert len(texts) > 300
    assert [text for text in texts if read(text, awaiting=awaiting).revocation] == []


@pytest.mark.parametrize(
    "text",
    [
        "2 is fine",
        "I already told the nurse, still waiting",
        "My lawyer has a question",
        "My dad died so can't make it, sorry",
        "letters are better",
        "my phone has not stopped buzzing",
        "we're through",
    ],
)
def test_what_does_not_name_the_texts(text: str) -> None:
    """A hint that does not name the texts is none."""
    assert hints(speak(hear(text).text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "do these texts cost me anything",
        "take a break from messaging, how is my test result",
        "I want to end my life, the reminders are pointless",
        "are the texts too many for you?",
    ],
)
def test_what_speaks_for_something_else(text: str) -> None:
    """What is about care or danger, or asks, is no wish to stop."""
    assert read_revocation(text) is None


@pytest.mark.parametrize("awaiting", list(Awaiting))
def test_an_answer_is_an_answer(awaiting: Awaiting) -> None:
    """Where a question of ours is open, nothing is taken for a wish to stop that only hints."""
    text = "maybe take a break from messaging"

    assert read_revocation(text) is not None
    assert read_revocation(text, awaiting=awaiting) is None


def test_fewer_is_a_limit() -> None:
    """Who wants fewer texts does not want none: the question about scope tells."""
    revocation = read_revocation("just one reminder instead of five")

    assert revocation is not None
    assert revocation.limited
    assert not revocation.categories


def test_a_denied_phrase_stays_denied() -> None:
    """Where a phrase is found and not meant, hints do not make it meant."""
    text = "they never said stop texting me, each message costs me a euro"

    assert hints(speak(hear(text).text))
    assert read_revocation(text) is None


def test_intent_and_what_else() -> None:
    """The text is about an opt-out then; what else it is about is not lost."""
    reading = read("hi, maybe take a break from messaging")

    assert reading.intent is Intent.OPT_OUT
    assert Intent.GREETING_OR_THANKS in reading.also


def test_long_texts_say_what_they_want() -> None:
    """In long texts hints are about something else: they are not looked for."""
    some = "each message costs me a euro "

    assert may_hint(hear(some))
    assert not may_hint(hear(some * 10))
    assert not may_hint(
        hear(" ".join(f"{first}{second}" for first in "abcde" for second in "wxyz"))
    )


def test_named() -> None:
    """Hints of one text are named together, in the order of the text, each once."""
    found = hints(speak(hear("too much with all the messaging and each message costs me").text))

    assert [one.start for one in found] == sorted(one.start for one in found)
    assert named(found) == "hints:against+cost"
    assert named(found * 2) == named(found)


@pytest.mark.parametrize(
    "text",
    [
        "No fever but chest pain",
        "no rash but swelling and difficulty breathing after lunch",
        "without warning chest pain and shortness of breath",
        "no swelling, and chest pain since 9",
        "no chest pain and trouble breathing getting worse",
        "having seizures, hasnt had water all day",
        "seizure now, he has not had one in years",
        "do not respond auto, mom is not responding",
    ],
)
def test_what_is_denied_ends(text: str) -> None:
    """What is denied does not take with it what is told of in the same breath."""
    assert read(text).intent is Intent.EMERGENCY


@pytest.mark.parametrize(
    "text",
    [
        "no chest pain or shortness of breath",
        "no chest pain and no trouble breathing",
        "please do not respond to this message",
        "he has not had any seizures",
    ],
)
def test_what_is_denied(text: str) -> None:
    """What is denied is no danger."""
    assert read(text).intent is not Intent.EMERGENCY


@pytest.mark.parametrize(
    "text",
    [
        "Make sure you never text this number again",
        "I hope you never text me again",
        "You guys never text me again ok?",
    ],
)
def test_never_again(text: str) -> None:
    """Who is never to be texted again has said so."""
    assert read_revocation(text) is not None


@pytest.mark.parametrize(
    "part", ["these texts ", "each message costs ", "never agreed to ", "no texts ", "again "]
)
def test_hostile_length(part: str) -> None:
    """However long a text is, hints cost a bounded time."""
    whole = 20_000 // len(part)
    read_revocation(part * whole)

    assert _time(part * whole) < 40 * _time(part * (whole // 8)) + 1e-3


def _time(text: str) -> float:
    return min(repeat(lambda: read_revocation(text), number=1, repeat=3))
