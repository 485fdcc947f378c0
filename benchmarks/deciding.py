"""Deciding about a text, against Presidio's recognizers on the same text."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import setting
from measure import in_turns, ratio, typical_call
from presidio import Presidio
from report import Row, microseconds

from compliant_sms import Profile, Purpose, Rulebook
from compliant_sms.consent import ConsentState
from compliant_sms.phone import PhoneNumber
from compliant_sms.rules import Decision, Facts, Sender, Verdict, read
from compliant_sms.stores import SQLite

__all__ = ["rows"]

_MOST = 150e-6
_TIMES_FASTER = 5


def rows(folder: Path, *, quick: bool) -> Iterator[Row]:
    """``check``, the store reads, and Presidio."""
    with setting.messenger(SQLite(folder / "check.db"), "https://api.twilio.com") as messenger:
        number, person = setting.NUMBERS[0], "pat-0"
        setting.consent(messenger, number, person)
        text = next(setting.texts())
        del text["idempotency_key"]
        decide = _decider(number, messenger.consent.state(number, person=person))
        presidio = Presidio()
        works = {
            "decide": decide,
            "whole check": lambda: messenger.check(**text),  # type: ignore[arg-type]
            "presidio": lambda: presidio(setting.BODY),
        }
        assert decide().verdict is messenger.check(**text).verdict is Verdict.ALLOW  # type: ignore[arg-type]
        gc.collect()
        gc.freeze()  # Presidio brings much along that would be walked again and again
        blocks = in_turns(works, rounds=10 if quick else 40, calls=50)
    ours, whole, theirs = (typical_call(blocks[name]) for name in works)
    faster = ratio(
        [typical_call([b]) for b in blocks["presidio"]],
        [typical_call([b]) for b in blocks["decide"]],
    )
    yield Row(
        what="`check`: readings and rules",
        measured=microseconds(ours),
        bar=f"at most {microseconds(_MOST)}",
        met=ours <= _MOST,
    )
    yield Row(
        what=f"the same against Presidio ({presidio.count} recognizers)",
        measured=microseconds(ours),
        baseline=microseconds(theirs),
        ratio=f"{faster:.1f} times faster",
        bar=f"at least {_TIMES_FASTER} times",
        met=faster >= _TIMES_FASTER,
    )
    yield Row(
        what="`Messenger.check` beyond that: store reads",
        measured=microseconds(whole - ours),
        baseline=microseconds(ours),
        ratio=f"{(whole - ours) / ours:.2f}",
    )


def _decider(number: str, consent: ConsentState) -> Callable[[], Decision]:
    to, practice, rulebook = PhoneNumber(number), setting.practice(), Rulebook()
    profile = Profile(time_zone=setting.TIME_ZONE)
    sender = Sender(name=practice.name)

    def decide() -> Decision:
        where = rulebook.whereabouts(to, profile)
        facts = Facts(
            at=setting.MORNING,
            purpose=Purpose.APPOINTMENT_REMINDER,
            number=to,
            consent=consent,
            zones=where.zones,
            states=where.states,
            country=where.country,
            readings=read(setting.BODY, practice),
            recipient=profile,
            sender=sender,
        )
        return rulebook.decide(facts)

    return decide
