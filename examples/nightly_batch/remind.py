"""A nightly batch: the diary that an EHR exported becomes reminders.

    python remind.py diary.csv            # only checks the file
    python remind.py diary.csv --send     # keep the diary, and send what is due

The file has the columns ``id,person,phone,starts_at,status``; ``starts_at`` is the clinic's wall
time. Run it as often as you like: the same visit is reminded of once. A line that cannot be read
is named and skipped, and the exit status is then 1.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path

from compliant_sms import Keyring, Messenger, Practice
from compliant_sms.errors import InvalidInput
from compliant_sms.providers import Twilio
from compliant_sms.reminders import Appointment, ReminderPlan
from compliant_sms.stores import SQLite
from compliant_sms.worker import Progress, Worker

ZONE = "America/Chicago"
PRACTICE = Practice(
    id="lakeside",
    name="Lakeside Family Medicine",
    phone="+1 217 555 0100",
    time_zone=ZONE,
    state="IL",
)
PLANS = [ReminderPlan(offsets=["1 day before at 10:00"])]


def main(arguments: list[str] | None = None) -> int:
    """Read the diary and send; the exit status."""
    parser = argparse.ArgumentParser(description="Remind the patients of a diary.")
    parser.add_argument("diary", type=Path)
    parser.add_argument("--send", action="store_true", help="otherwise the file is only checked")
    options = parser.parse_args(arguments)

    visits, problems = read(options.diary)
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{len(visits)} visits, {len(problems)} lines that cannot be read")
    if options.send:
        with messenger_from_environment() as messenger:
            print(*summary(remind(messenger, visits)), sep="\n")
    return 1 if problems else 0


def read(diary: Path) -> tuple[list[Appointment], list[str]]:
    """The visits of a file, and what is wrong with the other lines; names nobody."""
    visits, problems = [], []
    with diary.open(newline="", encoding="utf-8-sig") as lines:
        for number, row in enumerate(csv.DictReader(lines), start=2):
            try:
                visits.append(visit_of(row))
            except (InvalidInput, KeyError, ValueError) as error:
                problems.append(f"{diary.name}:{number}: {type(error).__name__}")
    return visits, problems


def visit_of(row: dict[str, str]) -> Appointment:
    """A line of the diary as the library knows it."""
    return Appointment(
        id=row["id"],
        person=row["person"],
        numbers=row["phone"],
        start=datetime.fromisoformat(row["starts_at"]),
        time_zone=ZONE,
        status=row["status"],
    )


def remind(messenger: Messenger, visits: Iterable[Appointment]) -> Progress:
    """Keep the diary as it is now, and send what is due."""
    messenger.reminders.save_many(visits)
    return Worker(messenger).drain(signals=False)


def summary(progress: Progress) -> Iterator[str]:
    """What was done, one line each."""
    yield f"sent {progress.sent}, held {progress.held}, blocked {progress.blocked}"
    for problem, count in progress.errors.items():
        yield f"{count} times {problem}"


def messenger_from_environment() -> Messenger:
    """The messenger as it runs in production."""
    return Messenger(
        practice=PRACTICE,
        provider=Twilio(
            account_sid=os.environ["TWILIO_ACCOUNT_SID"],
            auth_token=os.environ["TWILIO_AUTH_TOKEN"],
            sender=os.environ["TWILIO_SENDER"],
            baa_signed_on=date.fromisoformat(os.environ["TWILIO_BAA_SIGNED_ON"]),
            # A carrier on your machine, where one is to be tried.
            base_url=os.environ.get("TWILIO_BASE_URL", "https://api.twilio.com"),
        ),
        store=SQLite(os.environ["CLINIC_DATABASE"]),
        keyring=Keyring.from_file(os.environ["TEXTING_KEYS"]),
        reminders=PLANS,
    )


if __name__ == "__main__":
    sys.exit(main())
