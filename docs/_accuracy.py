"""How much of labelled texts the PHI recognizers find, and the page that says so.

Measured as ``cases/score_phi.py`` of the labelled cases does: in letters and digits under spans,
without text that the cases call neutral.
"""
# ruff: noqa: INP001 - the documentation is no package

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from attrs import Factory, define, frozen

from compliant_sms.phi import Known, OwnFacts, PatientFacts, PhiFinding, PhiLabel, find

__all__ = ["HEALTH", "IDENTIFIERS", "Case", "Score", "cases", "facts_of", "page_of", "score"]

DATA = Path(__file__).parents[1] / "tests" / "data"
HEALTH = frozenset(
    {
        PhiLabel.CONDITION,
        PhiLabel.MEDICATION,
        PhiLabel.PROCEDURE,
        PhiLabel.TEST_RESULT,
        PhiLabel.SPECIALTY_HINT,
    }
)
IDENTIFIERS = frozenset(PhiLabel) - HEALTH - {PhiLabel.PROVIDER_NAME}
_NEUTRAL = "NEUTRAL"
_UNSEEN = "phi_unseen.jsonl"
_HELD_BACK = (
    "phi_third_hand_held_back.jsonl",
    "phi_fourth_hand_held_back.jsonl",
    "phi_ninth_hand_held_back.jsonl",
)


@frozen
class Case:
    """A text with what it holds.

    Attributes:
        id: of the text.
        text: the text.
        spans: start, end and label of everything that it holds.
        context: what the sender's system knows, as the cases name it.
        direction: which way the text goes, where the cases say it.
    """

    id: str
    text: str
    spans: tuple[tuple[int, int, str], ...]
    context: dict[str, str]
    direction: str | None = None

    def letters(self, spans: Iterable[tuple[int, int, str]]) -> dict[int, str]:
        """The label of each scored letter and digit under some spans."""
        return {
            place: label
            for start, end, label in spans
            for place in range(start, end)
            if self.text[place].isalnum() and place not in self._neutral()
        }

    def _neutral(self) -> frozenset[int]:
        return frozenset(
            place
            for start, end, label in self.spans
            if label == _NEUTRAL
            for place in range(start, end)
        )

    @property
    def holds(self) -> dict[int, str]:
        """The label of each letter and digit that must be found."""
        return self.letters(span for span in self.spans if span[2] != _NEUTRAL)

    @property
    def is_phi(self) -> bool:
        """Whether it holds anything of a patient."""
        return any(label not in {_NEUTRAL, PhiLabel.PROVIDER_NAME} for *_, label in self.spans)


@define
class Score:
    """Letters and digits that were found, missed and found in error; texts likewise.

    ``recall`` of a group asks only that a letter is hidden by something, as redaction does.
    """

    found: Counter[str] = Factory(Counter)
    missed: Counter[str] = Factory(Counter)
    right: Counter[str] = Factory(Counter)
    wrong: Counter[str] = Factory(Counter)
    hidden: Counter[str] = Factory(Counter)
    touched: Counter[str] = Factory(Counter)
    texts: Counter[tuple[bool, bool]] = Factory(Counter)
    clean: Counter[bool] = Factory(Counter)
    misses: list[tuple[str, str, str]] = Factory(list)
    alarms: list[tuple[str, str, str]] = Factory(list)

    def recall(self, labels: Iterable[str], *, blind: bool = False) -> float:
        """Of the letters under some labels, the share that was found."""
        labels = list(labels)
        hits = self.hidden if blind else self.found
        return _share(
            sum(hits[label] for label in labels),
            sum(self.found[label] + self.missed[label] for label in labels),
        )

    def precision(self, labels: Iterable[str], *, blind: bool = False) -> float:
        """Of the letters called by some labels, the share that is right."""
        labels = list(labels)
        hits = self.touched if blind else self.right
        return _share(
            sum(hits[label] for label in labels),
            sum(self.right[label] + self.wrong[label] for label in labels),
        )

    def count(self, label: str) -> int:
        """Letters and digits under a label."""
        return self.found[label] + self.missed[label]

    @property
    def flagged(self) -> float:
        """Of the texts without anything of a patient's, the share with a finding."""
        return _share(self.clean[True], self.clean[True] + self.clean[False])

    @property
    def message_recall(self) -> float:
        """Of the texts that hold something, the share seen to."""
        return _share(self.texts[True, True], self.texts[True, True] + self.texts[True, False])

    @property
    def message_precision(self) -> float:
        """Of the texts seen to hold something, the share that does."""
        return _share(self.texts[True, True], self.texts[True, True] + self.texts[False, True])


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def cases(name: str) -> list[Case]:
    """The labelled texts of a file in ``tests/data``."""
    rows: list[dict[str, Any]] = [
        json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()
    ]
    return [
        Case(
            row["id"],
            row["text"],
            tuple((span["start"], span["end"], span["label"]) for span in row["spans"]),
            row["context"],
            row.get("direction"),
        )
        for row in rows
    ]


def facts_of(case: Case, *, patient: bool) -> Known:
    """What a sender's system knows: of itself, and of the patient if asked."""
    from datetime import date  # noqa: PLC0415

    def told(key: str) -> tuple[str, ...]:
        value = case.context.get(key)
        return (value,) if value else ()

    own = OwnFacts(
        names=told("clinic"),
        phones=told("clinic_phone"),
        addresses=told("clinic_address"),
        hosts=tuple(url.split("//")[-1].split("/")[0] for url in told("clinic_url")),
    )
    if not patient:
        return Known(own=own)
    born = case.context.get("dob")
    return Known(
        own=own,
        patient=PatientFacts(
            names=told("name"),
            birth_date=date.fromisoformat(born) if born else None,
            mrn=told("mrn"),
            phones=told("phone"),
            emails=told("email"),
            clinicians=told("provider"),
        ),
    )


def score(some: Iterable[Case], known: Callable[[Case], Known], *, told: bool = False) -> Score:
    """Read texts, with their direction if it is told, and compare."""
    result = Score()
    for case in some:
        direction = case.direction if told else None
        _add(result, case, find(case.text, known(case), direction=direction))
    return result


def _add(result: Score, case: Case, findings: tuple[PhiFinding, ...]) -> None:
    holds = case.holds
    said = case.letters((f.start, f.end, str(f.label)) for f in findings)
    for place, label in holds.items():
        (result.found if said.get(place) == label else result.missed)[label] += 1
        result.hidden[label] += place in said
    for place, label in said.items():
        (result.right if holds.get(place) == label else result.wrong)[label] += 1
        result.touched[label] += place in holds
    told = {label for label in said.values() if label != PhiLabel.PROVIDER_NAME}
    result.texts[case.is_phi, bool(told)] += 1
    if not case.is_phi:
        result.clean[bool(told)] += 1
    for start, end, label in case.spans:
        places = case.letters([(start, end, label)])
        if label != _NEUTRAL and any(place not in said for place in places):
            result.misses.append((case.id, label, case.text))
    for finding in findings:
        places = case.letters([(finding.start, finding.end, "")])
        if places and not any(place in holds for place in places):
            result.alarms.append((case.id, str(finding.label), case.text))


@cache
def measured(name: str = "phi_cases.jsonl", *, patient: bool, told: bool = False) -> Score:
    """The figures of a file of labelled texts."""
    return score(cases(name), lambda case: facts_of(case, patient=patient), told=told)


def held_back(*, patient: bool, told: bool) -> Score:
    """The figures of all texts that were held back and have a direction."""
    texts = [case for name in _HELD_BACK for case in cases(name)]
    return score(texts, lambda case: facts_of(case, patient=patient), told=told)


def page_of(table: Callable[[Iterable[str], Iterable[Iterable[object]]], str]) -> str:
    """The page of figures and misses.

    Args:
        table: makes a table of heads and rows.
    """
    return "\n\n".join(_parts(table))


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def _parts(table: Callable[[Iterable[str], Iterable[Iterable[object]]], str]) -> Iterator[str]:
    plain, sharpened = measured(patient=False), measured(patient=True)
    unseen = measured(_UNSEEN, patient=False)
    count = len(cases(_UNSEEN))
    yield (
        "The recognizers were written with the 566 labelled cases, so their figures flatter. "
        f"Nobody looked at the {count} unseen texts while rules were written: expect what those "
        "show. All texts are made up. "
        "Recall is the share of letters and digits that was found under the right label, precision "
        "the share of what was called so that is. With known facts, the host's system told the "
        "patient's name, birth date, numbers and clinician as its record has them."
    )
    yield table(
        ("what", "bar", "unseen texts", "cases", "cases, with known facts"),
        [
            (what, bar, *(_percent(ask(each)) for each in (unseen, plain, sharpened)))
            for what, bar, ask in _BARS
        ],
    )
    yield "## With the direction"
    yield (
        f"Of {sum(len(cases(name)) for name in _HELD_BACK)} other texts that nobody read while "
        "rules were written, without and with what the library tells wherever it checks or sends "
        "a text: whether it goes to the practice or to a patient."
    )
    held = [
        held_back(patient=patient, told=told) for patient in (False, True) for told in (False, True)
    ]
    yield table(
        ("what", "alone", "direction told", "known facts", "known facts, direction told"),
        [(what, *(_percent(ask(each)) for each in held)) for what, _, ask in _BARS],
    )
    yield "## By label"
    yield "Of the cases."
    yield table(
        ("label", "letters", "recall", "precision", "recall with known facts"),
        [
            (
                f"`{label}`",
                plain.count(label),
                _percent(plain.recall([label])),
                _percent(plain.precision([label])),
                _percent(sharpened.recall([label])),
            )
            for label in PhiLabel
        ],
    )
    yield "## What was missed"
    yield "Texts in which something stays to be seen, without known facts of the patient."
    yield table(("case", "label", "text"), plain.misses)
    yield "## What was found in error"
    yield table(("case", "label", "text"), plain.alarms)


_BARS: tuple[tuple[str, str, Callable[[Score], float]], ...] = (
    ("identifiers hidden", "97 %; 99 % with facts", lambda s: s.recall(IDENTIFIERS, blind=True)),
    ("identifiers, precision", "95 %", lambda s: s.precision(IDENTIFIERS, blind=True)),
    ("health information hidden", "90 %", lambda s: s.recall(HEALTH, blind=True)),
    ("health information, precision", "90 %", lambda s: s.precision(HEALTH, blind=True)),
    ("texts seen to hold something", "99 %", lambda s: s.message_recall),
    ("texts said to hold something that do", "95 %", lambda s: s.message_precision),
    ("texts without anything that get a finding", "at most 3 %", lambda s: s.flagged),
)
