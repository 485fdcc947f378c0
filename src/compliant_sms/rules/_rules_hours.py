"""When a text may arrive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from attrs import evolve

from compliant_sms.classification import HoursBound
from compliant_sms.rules._day import DayHours
from compliant_sms.rules._decision import Finding, block, hold
from compliant_sms.rules._facts import Facts, Sender
from compliant_sms.rules._in_force import InForce
from compliant_sms.rules._parts import is_part
from compliant_sms.rules._relationship import bought_within
from compliant_sms.rules._row import Certainty
from compliant_sms.rules._windows import first_open
from compliant_sms.rules.rows import HoursRow

_HAS_STATE_LAW = frozenset({None, "US", "CA"})


def location_known(facts: Facts, _: InForce) -> Iterator[Finding]:
    """Without a place nobody can tell the recipient's hours, nor the law of their state.

    47 CFR 64.1200(c)(1); policies P-TZ-3, P-ST-1.
    """
    if facts.decided_as.hours is not HoursBound.LAW:
        return
    if facts.country in _HAS_STATE_LAW and not all(is_part(each.code) for each in facts.states):
        yield block(
            "location-known",
            "recipient-state-unknown",
            "The state in the patient's record is no postal code, so nobody can tell its law.",
            "policy P-ST-1",
            "Record the state by its postal code, for example FL.",
        )
    if not facts.zones:
        yield block(
            "location-known",
            "recipient-location-unknown",
            "Nothing says where this patient is, so nobody can tell what time it is there.",
            "47 CFR 64.1200(c)(1); policy P-TZ-3",
            "Record the patient's time zone or address.",
        )


def quiet_hours_federal(facts: Facts, law: InForce) -> Iterator[Finding]:
    """The federal window, in every zone in which the patient may be.

    47 CFR 64.1200(c)(1), (e); policies P-QH-1, P-QH-2, P-TZ-1.
    """
    if facts.decided_as.hours is HoursBound.LAW and facts.zones:
        rows = [row for row in law.dated(HoursRow, facts.country) if not row.states]
        yield from _closed("quiet-hours-federal", "quiet-hours", facts, law, rows)


def quiet_hours_state(facts: Facts, law: InForce) -> Iterator[Finding]:
    """The hours, Sundays and holidays of every state in which the patient may be.

    Policies P-ST-1, P-HOL-1.
    """
    if facts.decided_as.hours is not HoursBound.LAW or not facts.zones:
        return
    for state in facts.states:
        rows = [
            _on_both_clocks(row, facts.sender)
            for row in law.dated(HoursRow, facts.country)
            if state.code in row.states
            and not bought_within(facts, row.unless_transaction_within_months)
        ]
        if rows:
            yield from _closed("quiet-hours-state", "quiet-hours", facts, law, rows)


def _on_both_clocks(row: HoursRow, sender: Sender) -> HoursRow:
    own = sender.time_zone if row.sender_clock else None
    return evolve(row, zone=own) if own else row


def courtesy_window(facts: Facts, law: InForce) -> Iterator[Finding]:
    """Hours for everything else, as no law asks (policy P-QH-3)."""
    hours = law.settings.courtesy_window
    if hours is None or facts.decided_as.hours is not HoursBound.COURTESY:
        return
    yield from _closed("courtesy-window", "courtesy-window", facts, law, [_every_day(hours)])


@lru_cache(maxsize=64)
def _every_day(hours: DayHours) -> HoursRow:
    return HoursRow(
        id="courtesy-window",
        source="library policy P-QH-3",
        certainty=Certainty.POLICY,
        monday_to_friday=hours,
        saturday=hours,
        sunday=hours,
    )


def _closed(
    rule: str, code: str, facts: Facts, law: InForce, rows: Sequence[HoursRow]
) -> Iterator[Finding]:
    zones = [zone.name for zone in facts.zones]
    until = first_open(facts.at, zones, rows, law.packs)
    if until == facts.at:
        return
    shut = (row for row in rows if first_open(facts.at, zones, [row], law.packs) != facts.at)
    row = next(shut, rows[0])
    where = ", ".join(zones)
    others = dict.fromkeys(each.zone for each in rows if each.zone and each.zone not in zones)
    if others:
        where = f"{where}; the clock of {', '.join(others)} counts too"
    state = f"{', '.join(row.states)}: " if row.states else ""
    hours = _in_words(row)
    if until is None:
        yield block(
            rule,
            "no-common-hours",
            f"{state}the hours ({hours}) never come together in the zones that the patient may "
            f"be in ({where}).",
            row.source,
            "Record the patient's time zone or address.",
        )
    else:
        yield hold(
            rule,
            code,
            f"{state}it is outside {hours} for the patient ({where}).",
            row.source,
            until=until,
        )


def _in_words(row: HoursRow) -> str:
    every = str(row.monday_to_friday)
    parts = [every]
    if row.saturday != row.monday_to_friday:
        parts.append(f"Saturday {row.saturday}")
    if row.sunday != row.monday_to_friday:
        parts.append(f"Sunday {row.sunday}")
    if row.holidays is not None:
        parts.append(f"legal holidays {row.holidays}")
    return ", ".join(parts)
