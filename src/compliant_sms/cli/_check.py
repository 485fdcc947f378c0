"""The decision about one text, for a front desk. The text is not shown; the number is masked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from textwrap import fill
from typing import Any
from zoneinfo import ZoneInfo

from attrs import frozen
from rich.console import Console
from rich.text import Text

from compliant_sms import records
from compliant_sms.cli._case import Case, decided, reply
from compliant_sms.phone import PhoneNumber
from compliant_sms.rules import Decision, Facts, Finding, OptOutShown, Readings, Verdict
from compliant_sms.templates import opt_out_line

_STATUS = {Verdict.ALLOW: 0, Verdict.HOLD: 3, Verdict.BLOCK: 4}


def check(case: Case, *, as_json: bool) -> int:
    """Decide, and print the answer.

    Returns:
        the exit status: 0 the text may go, 3 it waits, 4 it may not go.
    """
    decision = decided(case)
    if as_json:
        print(json.dumps(_shown(records.unstructure(decision), case.to), indent=2))  # noqa: T201
    else:
        _print(case, decision)
    return _STATUS[decision.verdict]


def _shown(data: Any, number: PhoneNumber) -> Any:  # noqa: ANN401 - what JSON holds
    """The record without the number, and without the hosts in the text."""
    if isinstance(data, dict):
        return {key: _shown(value, number) for key, value in data.items() if key != "host"}
    if isinstance(data, list | tuple):
        return [_shown(each, number) for each in data]
    return data.replace(number.e164, number.masked) if isinstance(data, str) else data


def _print(case: Case, decision: Decision) -> None:
    page = _Page(Console(highlight=False))
    page.say(_verdict(decision), style="bold")
    for number, finding in enumerate(decision.reasons, 1):
        page.reason(f"{number}. ", finding)
    for finding in decision.findings:
        if finding.verdict is Verdict.ALLOW:
            page.reason("+  ", finding)
    page.section("What was read", _read(case, decision.facts))
    page.section("What was taken for granted", _assumed(case))
    page.console.print()
    page.say(f"Rules: {', '.join(decision.edition.names)}. No legal advice.", style="dim")


@frozen
class _Page:
    """Prints lines that wrap within their margin."""

    console: Console

    def say(self, words: str, margin: str = "", rest: str = "", style: str = "") -> None:
        """Print a paragraph: its first line after ``margin``, the others after ``rest``."""
        lines = fill(
            words,
            self.console.width,
            initial_indent=margin,
            subsequent_indent=rest,
            break_on_hyphens=False,
        )
        self.console.print(Text(lines, style))

    def reason(self, bullet: str, finding: Finding) -> None:
        """Print a finding: its words, what to do and, dimmed, its citation."""
        self.console.print()
        self.say(finding.words, f"  {bullet}", _DEEP)
        if finding.remedy:
            before = "What to do: " if finding.verdict is Verdict.BLOCK else ""
            self.say(f"{before}{finding.remedy}", _DEEP, _DEEP)
        self.say(f"{finding.rule}: {finding.citation}", _DEEP, _DEEP, "dim")

    def section(self, title: str, lines: Iterable[str]) -> None:
        """Print a heading and paragraphs under it."""
        self.console.print()
        self.say(title, style="bold")
        for line in lines:
            self.say(line, "  ", "    ")


_DEEP = " " * 5


def _verdict(decision: Decision) -> str:
    if decision.until is not None:
        return f"Waits until {_local(decision.until, decision.facts)}"
    return "May go now" if decision.verdict is Verdict.ALLOW else "May not go"


def _local(at: datetime, facts: Facts) -> str:
    """The instant on the patient's possible wall clocks, each time once."""
    clocks: dict[str, str] = {}
    for name in [zone.name for zone in facts.zones] or ["UTC"]:
        zone = ZoneInfo(name)
        wall = at.astimezone(zone)
        hour = f"{wall.hour % 12 or 12}:{wall:%M} {'AM' if wall.hour < 12 else 'PM'}"
        year = f", {wall.year}" if wall.year != facts.at.astimezone(zone).year else ""
        clocks.setdefault(f"{wall:%a %b} {wall.day}{year}, {hour}", name)
    return "; ".join(f"{wall} in {name}" for wall, name in clocks.items())


def _read(case: Case, facts: Facts) -> Iterator[str]:
    readings = facts.readings
    length = f"{readings.characters} characters, {readings.segments} segment(s)"
    yield f"Number: {case.to.masked}"
    yield f"Purpose: {case.purpose.code}; decided as {facts.message_class.value}"
    yield f"Content: {readings.content.value}"
    for kind in ("marketing", "transactional"):
        places = [f"{p.rule} at {p.start}-{p.end}" for p in readings.phrases if p.kind == kind]
        if places:
            yield f"What speaks for {kind}: {', '.join(places)}"
    if readings.phi:
        found = ", ".join(f"{f.label} at {f.start}-{f.end}" for f in readings.phi)
        yield f"Health information and identifiers: {found}"
    if readings.links:
        yield f"Links: {', '.join(f'at {link.start}-{link.end}' for link in readings.links)}"
    yield _opt_out(readings)
    yield f"Length as it would be sent: {length}"
    zones = ", ".join(f"{zone.name} ({zone.evidence})" for zone in facts.zones)
    states = ", ".join(f"{state.code} ({state.evidence})" for state in facts.states)
    yield f"Where the patient may be, by the clock: {zones or 'unknown'}"
    yield f"Where the patient may be, by the law: {states or facts.country or 'unknown'}"
    yield f"When: {_local(facts.at, facts)}"


def _opt_out(readings: Readings) -> str:
    if readings.opt_out is OptOutShown.APPENDED:
        line = opt_out_line(readings.language)
        return f'Opt-out: it does not say how, so "{line}" would be added at its end'
    said = readings.opt_out is OptOutShown.BY_AUTHOR
    return f"Opt-out: {'it says how' if said else 'it does not say how, and none is due'}"


def _assumed(case: Case) -> Iterator[str]:
    yield {
        "none": "No consent is on record (--consent).",
        "express": "The patient agreed to every kind of text, not in writing (--consent).",
        "written": "The patient signed a complete agreement to every kind of text (--consent).",
    }[case.consent]
    if case.revoked:
        yield "After that, the number asked for an end (--revoked)."
    if case.practice_name is None:
        yield "The text names the practice: no --practice-name was given to look for."
    if reply(case) is not None:
        yield "The patient's own text came in this moment, and this is the first answer."
    if case.state is None and case.time_zone is None:
        yield "The patient is where the area code says (--state, --time-zone)."
    yield "No earlier texts, do-not-call list or other look-up: a program's own check knows more."
