"""The patients of the day, from a CSV file; all its problems are told at once."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path

from attrs import frozen

from compliant_sms.classification import Purpose, catalogue
from compliant_sms.consent import Basis
from compliant_sms.errors import InvalidInput
from compliant_sms.phone import PhoneNumber
from compliant_sms.practice import known_zone

WRITTEN = "written"
_NO_CONSENT = "none"
_CONSENTS = [_NO_CONSENT, WRITTEN, *Basis]
_REQUIRED = ("given_name", "phone", "time_zone", "consent")
_EXPECTATIONS = ("", "sent", "held", "stopped")


@frozen(kw_only=True)
class Patient:
    """One row of the file.

    Attributes:
        person: the practice's id of the patient.
        given_name: what the reminder calls them.
        number: where they are texted.
        time_zone: IANA name.
        consent: a :class:`Basis`, ``"written"`` for promotions, or None.
        purpose: what they are texted about.
        visit_time: when the visit is, as the reminder says it.
        body: the text, or empty for the usual reminder.
        reply: what the patient answers, or empty.
        expect: ``sent``, ``held``, ``stopped``, ``blocked:RULE``, or empty for no expectation.
    """

    person: str
    given_name: str
    number: PhoneNumber
    time_zone: str
    consent: str | None
    purpose: Purpose
    visit_time: str
    body: str
    reply: str
    expect: str

    def text_for(self, practice_name: str, day: date) -> str:
        """What the patient is texted on that day."""
        tomorrow = day + timedelta(days=1)
        visit = f"{tomorrow:%a %b} {tomorrow.day}"
        template = self.body or (
            "{practice}: {given_name}, see you {date} at {time}. Reply C to confirm."
        )
        for name, value in {
            "{practice}": practice_name,
            "{given_name}": self.given_name,
            "{date}": visit,
            "{time}": self.visit_time or "9:00 AM",
        }.items():
            template = template.replace(name, value)
        return template


def read_patients(path: Path | None) -> tuple[Patient, ...]:
    """The patients of a file, or the made-up ones.

    Raises:
        InvalidInput: the file cannot be used; every problem is listed with its line.
    """
    shipped = files("compliant_sms.cli.demo").joinpath("patients.csv")
    try:
        text = (path or shipped).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        msg = "the patients' file cannot be read as UTF-8 text. Save it as CSV (UTF-8)."
        raise InvalidInput(msg) from error
    rows = csv.DictReader(text.splitlines(), restval="")
    missing = [name for name in _REQUIRED if name not in (rows.fieldnames or ())]
    if missing:
        msg = f"the first line of the patients' file lacks {', '.join(missing)}. Add those columns."
        raise InvalidInput(msg)
    return _all_or_nothing(enumerate(rows, start=2))


def _all_or_nothing(rows: Iterator[tuple[int, Mapping[str, str]]]) -> tuple[Patient, ...]:
    patients: list[Patient] = []
    problems: list[str] = []
    for line, row in rows:
        try:
            patients.append(_patient(line, row))
        except InvalidInput as error:
            problems.append(f"line {line}: {error}")
    people = [patient.person for patient in patients]
    problems += [
        f"person {p} is in it twice" for p in sorted({p for p in people if people.count(p) > 1})
    ]
    if problems or not patients:
        msg = "the patients' file cannot be used. Mend these:\n  " + "\n  ".join(
            problems or ["no patients"]
        )
        raise InvalidInput(msg)
    return tuple(patients)


def _patient(line: int, row: Mapping[str, str]) -> Patient:
    consent = _one_of(row["consent"] or _NO_CONSENT, _CONSENTS, "consent")
    purpose = _one_of(row.get("purpose") or "appointment_reminder", catalogue(), "purpose")
    expect = row.get("expect") or ""
    if not expect.startswith("blocked:"):
        _one_of(expect, _EXPECTATIONS, "expect")
    return Patient(
        person=row.get("person") or f"row-{line}",
        given_name=row["given_name"],
        number=PhoneNumber.parse(row["phone"]),
        time_zone=known_zone(row["time_zone"]),
        consent=None if consent == _NO_CONSENT else consent,
        purpose=catalogue()[purpose],
        visit_time=row.get("visit_time") or "",
        body=row.get("body") or "",
        reply=row.get("reply") or "",
        expect=expect,
    )


def _one_of(
    value: str, known: Mapping[str, object] | list[str] | tuple[str, ...], name: str
) -> str:
    if value not in known:
        msg = f"{name} is not one of {', '.join(filter(None, known))}"
        raise InvalidInput(msg)
    return value
