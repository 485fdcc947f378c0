"""What the practice itself chose to hold back.

What it told patients, its plan for volume, and who is texted in tests.
"""

from __future__ import annotations

from collections.abc import Iterator

from compliant_sms.rules._decision import Finding, block, hold
from compliant_sms.rules._facts import Facts
from compliant_sms.rules._in_force import InForce

_WORDS = {
    "not-begun": "The practice begins to text on a later day: that of its ramp.",
    "ramp": "The practice began to text not long ago, and today's part of its ramp is used up.",
    "texts-per-day": "The texts that the practice sends in a day are used up.",
    "replies": "Replies would come in faster than the staff can answer them.",
    "quiet-day": "It is a day on which the practice does not text.",
    "staffed-hours": "Nobody is there who could answer a reply.",
}


def not_production(facts: Facts, _: InForce) -> Iterator[Finding]:
    """A set-up that is not production texts nobody who is not on its list: library policy."""
    if not facts.on_allow_list:
        yield block(
            "not-production",
            "not-on-allow-list",
            "This set-up texts the numbers on its allow-list only, and this is none of them.",
            "setting of the messenger: only_to",
            "In production leave only_to out; in tests add the number, with its holder's leave.",
        )


def frequency_promised(facts: Facts, _: InForce) -> Iterator[Finding]:
    """No more texts than the patient was told when they agreed: CTIA 5.1.2.1."""
    wait = facts.promised
    if wait is not None and facts.at < wait.until:
        many = f"{wait.count} text{'' if wait.count == 1 else 's'} a {wait.per}"
        yield hold(
            "frequency-promised",
            "promised-frequency",
            f"Who agreed to '{wait.programme}' is told that at most {many} will come, and this "
            "person got so many.",
            "CTIA Messaging Principles (May 2023), 5.1.2.1; the words that the patient agreed to",
            until=wait.until,
        )


def volume_plan(facts: Facts, _: InForce) -> Iterator[Finding]:
    """A text waits for its place on the practice's plan: library policy."""
    wait = facts.volume
    if wait is not None and facts.at < wait.until:
        yield hold(
            "volume-plan",
            wait.code,
            _WORDS.get(wait.code, "The practice's plan has no place for it earlier."),
            "setting of the messenger: volume",
            until=wait.until,
        )
