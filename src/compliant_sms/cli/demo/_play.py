"""Puts the day together and prints what came of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from compliant_sms.cli.demo._carrier import CarrierControl
from compliant_sms.cli.demo._day import Day
from compliant_sms.cli.demo._patients import Patient, read_patients
from compliant_sms.cli.demo._progress import Progress
from compliant_sms.cli.demo._report import Event, Report, make_report
from compliant_sms.cli.demo._webhooks import listen, serve_webhooks
from compliant_sms.messenger import Messenger
from compliant_sms.people import Profile
from compliant_sms.practice import Practice
from compliant_sms.providers import Twilio
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores import SQLite
from compliant_sms.testing import MovableClock

_SID, _TOKEN, _SENDER = "AC" + "0" * 32, "sandbox-token", "+12175550111"
PRACTICE = Practice(
    name="Lakeside Family Medicine",
    phone="+1 217 555 0100",
    time_zone="America/Chicago",
    state="IL",
    id="lakeside",
)
_COLORS = {
    "blocked": "red",
    "revoked": "red",
    "held": "yellow",
    "sent": "green",
    "sent_after_hold": "green",
}


def play(patients: Path | None, database: Path, carrier: str | None, *, as_json: bool) -> bool:
    """Play the day that the database is at; whether all of it was as expected."""
    people = read_patients(patients)
    console = Console(stderr=as_json, quiet=as_json)
    with _day(people, database, carrier, console) as day:
        report = make_report(day, day.play())
        day.progress.save(day.clock(), finished=True)
    if as_json:
        print(json.dumps(report.as_json() | {"database": str(database)}))  # noqa: T201
    else:
        _show(console, report, database)
    return report.as_expected


@contextmanager
def _day(
    patients: tuple[Patient, ...], database: Path, carrier: str | None, console: Console
) -> Iterator[Day]:
    zones = {patient.person: Profile(time_zone=patient.time_zone) for patient in patients}
    with ExitStack() as stack:
        control = CarrierControl(carrier or stack.enter_context(_own_carrier()).url)
        stack.callback(control.close)
        store = SQLite(database)
        stack.callback(store.close)
        progress = stack.enter_context(_progress(store, database))
        clock = MovableClock(progress.clock)
        listener, url = listen()
        stack.enter_context(listener)
        provider = Twilio(
            account_sid=_SID,
            auth_token=_TOKEN,
            sender=_SENDER,
            base_url=control.url,
            status_callback=url,
            answers_keywords=False,
        )
        messenger = Messenger(
            practice=PRACTICE,
            provider=provider,
            store=store,
            clock=clock,
            people=zones.get,
        )
        stack.enter_context(messenger)
        stack.enter_context(serve_webhooks(messenger, listener, url))
        yield Day(
            messenger=messenger,
            practice=PRACTICE,
            sender=provider.sender,
            patients=patients,
            carrier=control,
            webhook_url=url,
            clock=clock,
            progress=progress,
            tell=lambda words: console.print(words, highlight=False),
        )


def _own_carrier() -> Sandbox:
    return Sandbox(account_sid=_SID, auth_token=_TOKEN, numbers=[_SENDER])


@contextmanager
def _progress(store: SQLite, database: Path) -> Iterator[Progress]:
    store.open()
    progress = Progress(database, PRACTICE.time_zone)
    try:
        yield progress
    finally:
        progress.close()


def _show(console: Console, report: Report, database: Path) -> None:
    console.print(_timeline(report.events))
    title = f"What was expected of {report.day}, and whether it came"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    table.add_column("")
    table.add_column("expectation")
    for expectation in report.expectations:
        table.add_row("[green]yes[/]" if expectation.met else "[red]NO[/]", expectation.what)
    console.print(table)
    console.print(
        f"Everything is in {database}. Look into it:\n"
        f"  compliant-sms show {database}\n"
        "Run the demo again to play the next day on the same file.\n"
        "See patients' phones in a browser:\n"
        "  compliant-sms sandbox --demo --open",
        highlight=False,
        markup=False,
    )


def _timeline(events: tuple[Event, ...]) -> Table:
    table = Table(title="The day, as the database tells it", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("UTC", no_wrap=True)
    table.add_column("patient", no_wrap=True)
    table.add_column("what", no_wrap=True)
    table.add_column("why")
    for event in events:
        color = _COLORS.get(event.kind, "default")
        source = f"{event.rule} ({event.citation})" if event.citation else event.rule
        table.add_row(
            f"{event.at:%H:%M}",
            event.given_name,
            f"[{color}]{event.kind.replace('_', ' ')}[/]",
            "\n".join(filter(None, [event.detail, source])),
        )
    return table
