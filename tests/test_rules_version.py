"""The library's own rules have a version, which a change of what they answer raises."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from attrs import evolve

from compliant_sms import records
from compliant_sms.classification import Purpose
from compliant_sms.consent import (
    Basis,
    ConsentEvent,
    Dated,
    Flag,
    FlaggedNumber,
    Imported,
    fold,
)
from compliant_sms.lookups import LineAnswer, LineType, LookupAnswers
from compliant_sms.practice import Campaign
from compliant_sms.rules import (
    RULES,
    RULES_VERSION,
    Decision,
    Edition,
    Facts,
    OptOutShown,
    PromisedWait,
    Readings,
    Rulebook,
    SentBefore,
    VolumeWait,
)
from test_consent import (
    ME,
    WORDING,
    clarified,
    flagged,
    granted,
    restored,
    revoked,
    voided,
    written,
)
from test_rules import DAY, HOUR, LAKESIDE, NIGHT, NOON, PEC, PROMOTES, SELLS, agreed, facts, past
from test_vectors import OWN, VECTORS
from vectors import question_of

DATA = Path(__file__).parent / "data"
KEPT = DATA / "rules-version.json"
EARLIER = DATA / "decisions.jsonl"
LANDLINE = LookupAnswers(line=LineAnswer(kind=LineType.LANDLINE, as_of=NOON.date()))
CALLED = {"purpose": Purpose.MISSED_CALL_TEXT_BACK}
REGISTERED = evolve(LAKESIDE, campaign=Campaign(vetting_score=10))


def _more() -> Iterator[tuple[str, Facts]]:
    """What no vector tells of."""
    for flag in Flag:
        flagged = FlaggedNumber(event_id="f-1", why=flag, occurred_at=NOON - DAY)
        yield f"flag {flag.value}", facts(consent=evolve(agreed(PEC), flagged=flagged))
    yield "landline", facts(lookups=LANDLINE)
    yield "the same again", facts(sent=SentBefore(identical_at=NOON - HOUR))
    yield "opt-out appended", facts(readings=Readings(opt_out=OptOutShown.APPENDED))
    for cap in ({"segments_today": 2_000}, {"segments_this_minute": 75}):
        yield f"carrier's {next(iter(cap))}", facts(sender=REGISTERED, sent=SentBefore(**cap))
    for code in ("not-begun", "ramp", "texts-per-day", "replies", "quiet-day", "staffed-hours"):
        yield f"plan {code}", facts(volume=VolumeWait(until=NOON + HOUR, code=code))
    waits = PromisedWait(until=NOON + HOUR, programme="care", count=4, per="month")
    yield "promised frequency", facts(promised=waits)
    yield "missed call", facts(**CALLED)
    yield "missed call of a landline", facts(**CALLED, lookups=LANDLINE, own_number=True)
    again = past(HOUR, subject=Purpose.MISSED_CALL_TEXT_BACK.code)
    yield "missed call again", facts(**CALLED, sent=again)
    yield "not on the list", facts(on_allow_list=False)
    yield "promotion at night", facts(**PROMOTES, readings=SELLS, at=NIGHT)
    yield "a reminder", facts()
    yield "a reminder at night", facts(at=NIGHT)


def cases() -> Iterator[tuple[str, Decision]]:
    """Decide each case, by all rules."""
    for vector in VECTORS:
        if question := question_of(vector):
            yield vector["id"], question.book.decide(question.facts)
    for number, line in enumerate(EARLIER.read_bytes().splitlines(), 1):
        yield f"{EARLIER.name}:{number}", records.decode(line, Decision).replay()
    for name, known in _more():
        yield name, Rulebook().decide(known)


def ledgers() -> Iterator[tuple[str, list[ConsentEvent]]]:
    """What is on record of one person at one number, for each way to read it."""
    form = granted(9, basis=Basis.WEB_FORM, wording=WORDING, unproven=True)
    booking = granted(9, basis=Basis.BOOKING)
    other = Imported(source="old", dated=Dated.INSTANT)
    signed = written(1)
    yield "grant", [granted(1)]
    yield "stop", [granted(1), revoked(2)]
    yield "stop and start", [signed, revoked(2), restored(3)]
    yield "stop and grant", [granted(1), revoked(2), granted(3)]
    yield "stop and form", [granted(1), revoked(2), form]
    yield "stop and booking", [granted(1), revoked(2), booking]
    yield "stop and import", [granted(1), revoked(2), granted(3, imported=other)]
    yield "imported stop and import", [revoked(1, imported=other), granted(3, imported=other)]
    yield "answer", [granted(1), revoked(2), clarified(3)]
    yield "another's answer", [granted(1), revoked(2, person=ME), clarified(3, person="other")]
    for why in (Flag.UNREACHABLE_PERMANENT, Flag.BLOCKED_NUMBER):
        for then in (form, granted(9), granted(9, imported=other), restored(9)):
            yield f"{why.value} and {then.event_id}", [granted(1), flagged(5, why=why), then]
    for then in (form, granted(9), booking, granted(9, imported=other), restored(9)):
        yield f"voided and {then.event_id}", [granted(1), revoked(2), voided(5), then]
    yield "at one instant", [granted(1), revoked(1), restored(1)]


def answers() -> dict[str, str]:
    """What the rules answer to each case, and what is read in each ledger, as a few letters."""
    found = {name: digest(decision) for name, decision in cases()}
    for number, (name, events) in enumerate(ledgers()):
        told = records.canonical(records.unstructure(fold(events, ME)))
        found[f"ledger {number}: {name}"] = _short(told)
    return found


def digest(decision: Decision) -> str:
    """What was answered but for its words, as a few letters."""
    findings = [records.unstructure(evolve(f, words="", remedy="")) for f in decision.findings]
    until = None if decision.until is None else records.instant_to_text(decision.until)
    return _short(records.canonical([decision.verdict.value, until, findings]))


def _short(told: bytes) -> str:
    return sha256(told).hexdigest()[:12]


def compared(kept: dict[str, str], found: dict[str, str]) -> list[str]:
    """Name the cases of which another answer is kept."""
    return [name for name, answer in kept.items() if found.get(name) != answer]


@pytest.mark.skipif(not OWN, reason="the vectors are another's")
def test_another_answer_has_another_version() -> None:
    """The rules answer the committed cases as their version did when it was recorded.

    Each decision records the version, so that one that replays otherwise under a later one is not
    taken for changed.
    """
    kept = json.loads(KEPT.read_text("utf-8"))
    found = answers()
    changed = compared(kept["answers"], found)

    assert not changed, (
        f"The rules answer otherwise than version {kept['version']} did: {', '.join(changed)}. "
        "Where that is not meant, a rule or a row broke. Where a rule is to answer so, raise "
        "RULES_VERSION in rules/_rules.py, unless it was raised since the last release already, "
        "and run 'python tests/test_rules_version.py'; with --unreleased where it was raised "
        "already, or where a new edition of a pack or another vector answers so, not a rule."
    )
    assert kept["version"] == RULES_VERSION, "Run 'python tests/test_rules_version.py'."
    assert found.keys() == kept["answers"].keys(), "Run 'python tests/test_rules_version.py'."


@pytest.mark.skipif(not OWN, reason="the vectors are another's")
def test_every_rule_speaks_in_some_case() -> None:
    """No rule can change without a case that may notice."""
    spoke = {finding.rule for _, decision in cases() for finding in decision.findings}

    assert {rule.id for rule in RULES} - spoke == set()


def test_the_version_is_on_record() -> None:
    """A decision names it, among what else it was made by; a record of before names none."""
    edition = Rulebook().edition
    earlier = records.decode(EARLIER.read_bytes().splitlines()[0], Decision)

    assert edition.rules_version == RULES_VERSION
    assert edition.names == (*edition.packs, f"rules-{RULES_VERSION}")
    assert earlier.edition.rules_version is None
    assert earlier.edition.names == earlier.edition.packs
    assert Edition(packs=("us-1",), rules=("own",), rules_version=7).names == (
        "us-1",
        "rules-7",
        "own",
    )


def test_a_replay_says_by_which_rules_it_was_made() -> None:
    """Rules of now decide again, and the answer names their version, whatever the record's."""
    decision = Rulebook().decide(facts())
    earlier = evolve(decision, edition=evolve(decision.edition, rules_version=None))

    assert earlier.replay() == decision
    assert earlier.replay() != earlier
    assert records.decode(records.encode(earlier), Decision) == earlier


@pytest.mark.parametrize(
    ("version", "options", "written"),
    [
        (RULES_VERSION, (), False),
        (RULES_VERSION, ("--unreleased",), True),
        (RULES_VERSION - 1, (), True),
    ],
)
def test_answers_of_one_version_are_not_changed_unasked(
    tmp_path: Path, version: int, options: tuple[str, ...], *, written: bool
) -> None:
    """What is recorded of a version stays, unless it is said that nobody has it yet."""
    path = tmp_path / KEPT.name
    kept = {"answers": {"a reminder": "otherwise", "gone": "1"}, "version": version}
    path.write_text(json.dumps(kept))

    assert record(path, options) is written
    assert ("gone" not in path.read_text()) is written


def record(path: Path, options: Iterable[str] = ()) -> bool:
    """Write what the rules answer now; False where another answer of this version is kept."""
    found = answers()
    kept = json.loads(path.read_text("utf-8")) if path.exists() else {"version": 0}
    if (
        kept["version"] == RULES_VERSION
        and compared(kept["answers"], found)
        and "--unreleased" not in options
    ):
        return False
    told = {"answers": found, "version": RULES_VERSION}
    path.write_text(json.dumps(told, indent=0, sort_keys=True) + "\n", "utf-8")
    return True


if __name__ == "__main__":
    if not record(KEPT, sys.argv[1:]):
        sys.exit("Answers of this version changed: see test_another_answer_has_another_version.")
