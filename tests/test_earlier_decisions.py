"""Recorded decisions of earlier days still replay."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import pytest
from attrs import evolve

from compliant_sms import records
from compliant_sms.classification import ContentLabel, MessageClass, Purpose
from compliant_sms.people import Holder, Profile
from compliant_sms.phi import PhiPreference
from compliant_sms.practice import Campaign
from compliant_sms.rules import (
    Decision,
    Facts,
    OptOutShown,
    PracticeCap,
    Readings,
    ReplyFacts,
    Rulebook,
    Settings,
    Verdict,
)
from facts_strategy import OWN_PURPOSES
from test_rulebook import NO_SUNDAYS, waive
from test_rules import (
    DAY,
    DRUG,
    HOUR,
    LAKESIDE,
    MINUTE,
    NIGHT,
    NOON,
    NOTHING,
    PEC,
    PROMOTES,
    SSN,
    agreed,
    facts,
    past,
    places,
    states,
    stop,
    stopped,
)

GOLDEN = Path(__file__).parent / "data" / "decisions.jsonl"


def _kinds() -> dict[str, tuple[Rulebook, Facts]]:
    """Name the kinds of decisions of which a record is kept."""
    strict = Settings(caps=(PracticeCap(count=1, within=DAY),))
    exempt = Settings(healthcare_exemption=True)
    free = evolve(LAKESIDE, free_to_end_user=True)
    reply = ReplyFacts(received_at=NOON)
    campaign = evolve(LAKESIDE, campaign=Campaign(vetting_score=10))
    return {
        "a reminder": (Rulebook(), facts()),
        "a reminder at night": (Rulebook(), facts(at=NIGHT, consent=agreed(PEC))),
        "a promotion": (Rulebook(), facts(**PROMOTES)),
        "a promotion to many places": (
            Rulebook(),
            facts(
                **PROMOTES,
                zones=places("Pacific/Honolulu", "America/New_York"),
                states=states("PA", "RI"),
            ),
        ),
        "too many promotions": (
            Rulebook(),
            facts(**PROMOTES, states=states("FL"), sent=past(HOUR, 2 * HOUR, 3 * HOUR)),
        ),
        "a reminder that sells": (
            Rulebook(),
            facts(readings=Readings(content=ContentLabel.MIXED), consent=agreed(PEC)),
        ),
        "after STOP": (Rulebook(), facts(consent=stopped(stop(clarification_asked=True)))),
        "the one confirmation": (
            Rulebook(),
            facts(
                at=NOON + MINUTE,
                purpose=Purpose.OPT_OUT_CONFIRMATION,
                consent=stopped(occurred_at=NOON),
                reply=reply,
            ),
        ),
        "an exempt reminder": (
            Rulebook(exempt),
            facts(
                consent=NOTHING,
                sender=free,
                recipient=Profile(number_from_patient=True),
                readings=Readings(characters=120),
            ),
        ),
        "details after a warning": (
            Rulebook(),
            facts(
                readings=Readings(phi=(DRUG,)),
                phi_preference=PhiPreference(warned=True, prefers=True),
            ),
        ),
        "a parent of somebody grown up": (
            Rulebook(),
            facts(recipient=Profile(holder=Holder.PARENT, birth_date=date(2008, 11, 30))),
        ),
        "waived, overridden and capped": (
            Rulebook(strict, overrides=(NO_SUNDAYS,), waivers=(waive("courtesy-window"),)),
            facts(at=NIGHT, sent=past(HOUR, message_class=MessageClass.TRANSACTIONAL)),
        ),
        "everything wrong with a purpose of one's own": (
            Rulebook(exempt),
            facts(
                purpose=OWN_PURPOSES[0],
                consent=NOTHING,
                country="FR",
                zones=(),
                readings=Readings(
                    phi=(SSN,), opt_out=OptOutShown.NO, names_sender=False, characters=200
                ),
                sender=evolve(campaign, business_associate=False, takes_replies=False),
            ),
        ),
    }


def _kept() -> list[bytes]:
    return GOLDEN.read_bytes().splitlines() if GOLDEN.exists() else []


def _record(path: Path) -> int:
    """Add the decisions of kinds that have no record yet; what is recorded stays as it is.

    Run ``python tests/test_earlier_decisions.py`` after a new kind joined ``_kinds``.
    """
    kept = path.read_bytes() if path.exists() else b""
    missing = list(_kinds().values())[kept.count(b"\n") :]
    lines = [records.encode(law.decide(known)) + b"\n" for law, known in missing]
    path.write_bytes(kept + b"".join(lines))
    return len(lines)


def answer(decision: Decision) -> object:
    """Take from a decision all but how it is worded and by which version, which may differ."""
    findings = (evolve(finding, words="", remedy="") for finding in decision.findings)
    edition = evolve(decision.edition, rules_version=None)
    return evolve(decision, findings=tuple(findings), edition=edition)


@pytest.mark.parametrize("line", _kept(), ids=list(_kinds())[: len(_kept())])
def test_earlier_decisions_still_replay(line: bytes) -> None:
    """A committed record is read, gives the same bytes, and decides the same again.

    Where this fails, a default, a rule or a row changed, and records of users no longer replay:
    give the pack a new edition and keep the old one, or keep the default. Where a rule has to
    answer otherwise, raise ``RULES_VERSION``, and leave the line out of what is replayed here.
    Never edit a line.
    """
    decision = records.decode(line, Decision)

    assert records.encode(decision) == line
    assert answer(decision.replay()) == answer(decision)


def test_no_kind_is_without_a_record() -> None:
    """There is one committed decision for each kind, and all verdicts are among them."""
    lines = GOLDEN.read_bytes().splitlines()
    decisions = [records.decode(line, Decision) for line in lines]

    assert len(lines) == len(_kinds())
    assert {decision.verdict for decision in decisions} == set(Verdict)
    assert [d.facts.purpose for d in decisions] == [known.purpose for _, known in _kinds().values()]


def test_recording_adds_and_never_changes(tmp_path: Path) -> None:
    """New records go to the end of the file."""
    path = tmp_path / "decisions.jsonl"
    first = GOLDEN.read_bytes().splitlines(keepends=True)[0]
    path.write_bytes(first)

    assert _record(path) == len(_kinds()) - 1
    assert path.read_bytes().startswith(first)
    assert _record(path) == 0


if __name__ == "__main__":
    sys.stdout.write(f"{_record(GOLDEN)} decisions recorded in {GOLDEN.name}\n")
