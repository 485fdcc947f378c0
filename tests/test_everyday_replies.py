"""What patients answer every day stops no texts, and no denial hides a danger beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from compliant_sms.optout import Awaiting, Intent, read, read_revocation

EVERYDAY = Path(__file__).parent / "data" / "everyday-replies.txt"


def everyday() -> list[str]:
    lines = EVERYDAY.read_text("utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


@pytest.mark.many_rounds
@pytest.mark.parametrize("awaiting", [None, Awaiting.CONFIRM])
def test_everyday_replies_stop_nothing(awaiting: Awaiting | None) -> None:
    """No reply of every day is taken for a wish to stop, whatever was asked."""
    texts = everyday()

    assert len(texts) > 300
    assert [text for text in texts if read(text, awaiting=awaiting).revocation] == []


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
