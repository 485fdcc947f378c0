"""What the strategies draw can be used, and is varied enough to be worth drawing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from compliant_sms import PhoneNumber
from compliant_sms.consent import ConsentEvent, fold
from compliant_sms.errors import InvalidInput
from compliant_sms.optout import read
from compliant_sms.phi import find as findings
from compliant_sms.reminders import Appointment, Status
from compliant_sms.testing import MORNING
from compliant_sms.testing.strategies import (
    appointments,
    consent_events,
    consent_histories,
    numbers,
    patient_texts,
    practice_texts,
    revoking_texts,
)

FEW = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])

ANY = settings(max_examples=2000, deadline=None, database=None, phases=[Phase.generate])
T = TypeVar("T")


def drawn(strategy: st.SearchStrategy[T], fits: Callable[[T], bool]) -> T:
    """The first value that fits, as it comes."""
    return find(strategy, fits, settings=ANY)


@FEW
@given(numbers())
def test_numbers_are_nobodys(number: PhoneNumber) -> None:
    """They are valid, and from the range that is set aside."""
    assert PhoneNumber.parse(number.e164) == number
    assert number.e164[5:10] == "55501"


@FEW
@given(consent_histories(person="pat-1", practice_id="mine"))
def test_histories_fold(events: list[ConsentEvent]) -> None:
    """A history is in order, about one person, over before the instant, and has a state."""
    assert events == sorted(events, key=lambda event: event.recorded_at)
    assert len({event.event_id for event in events}) == len(events)
    assert all(event.occurred_at <= event.recorded_at < MORNING for event in events)
    assert {(event.person, event.practice_id) for event in events} <= {("pat-1", "mine")}
    fold(events, "pat-1")


@pytest.mark.parametrize("kind", ConsentEvent.__args__)  # type: ignore[attr-defined]
def test_each_kind_of_event_is_drawn(kind: type) -> None:
    """No kind is left out."""
    event = drawn(
        consent_events(number=PhoneNumber("+12175550135")), lambda event: isinstance(event, kind)
    )

    assert event.number == PhoneNumber("+12175550135")


def test_late_entries_are_drawn() -> None:
    """Some events are written down after others that happened later."""
    events = drawn(
        consent_histories(min_size=2),
        lambda events: events[0].occurred_at > events[-1].occurred_at,
    )

    assert events[0].recorded_at <= events[-1].recorded_at


@FEW
@given(appointments(person="pat-1"))
def test_visits(visit: Appointment) -> None:
    """Visits are ahead, and booked unless asked otherwise."""
    assert visit.person == "pat-1"
    assert visit.status is Status.BOOKED
    assert MORNING - timedelta(days=1) < visit.starts_at < MORNING + timedelta(days=61)


def test_visits_of_any_status() -> None:
    """Any status can be asked for."""
    found = drawn(appointments(status=None), lambda visit: visit.status is Status.NO_SHOW)

    assert found.person.startswith("pat-")


@FEW
@given(revoking_texts())
def test_revoking_texts_revoke(body: str) -> None:
    """Each of them is read as a revocation."""
    assert read(body).revocation is not None, body


def test_patients_write_anything() -> None:
    """What ends texting, what does not, and what is no word at all."""
    assert drawn(patient_texts(), lambda body: read(body).revocation is None) is not None
    assert drawn(patient_texts(), lambda body: "é" in body or ord(max(body or "a")) > 0x2000)


@FEW
@given(practice_texts(name="Elm Clinic"))
def test_practice_texts_name_the_practice(body: str) -> None:
    """They say who writes, and tell nothing of care."""
    assert body.startswith("Elm Clinic: ")
    assert not [each for each in findings(body) if each.label.value in {"CONDITION", "NAME"}]


@pytest.mark.parametrize("make", [consent_histories, consent_events, appointments])
def test_naive_instants_are_refused(make: Callable[..., st.SearchStrategy[Any]]) -> None:
    """An instant without a zone is no instant."""
    naive = datetime(2026, 1, 1)  # noqa: DTZ001
    name = "after" if make is appointments else "before"
    with pytest.raises(InvalidInput):
        make(**{name: naive})


def test_without_hypothesis() -> None:
    """It says which extra is missing."""
    code = "import sys; sys.modules['hypothesis'] = None; import compliant_sms.testing.strategies"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert "compliant-sms[testing]" in run.stderr
