"""The example applications pass the tests that they come with, as a clinic's own would."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from compliant_sms.cli._sandbox import accounts
from compliant_sms.sandbox import Sandbox
from unmeasured import surroundings

EXAMPLES = Path(__file__).parents[1] / "examples"
NAMES = sorted(each.name for each in EXAMPLES.iterdir() if each.is_dir())


@pytest.mark.parametrize("name", NAMES)
def test_example(name: str, request: pytest.FixtureRequest) -> None:
    """Each in a process of its own: they know nothing of this project's tests."""
    own = surroundings()
    if "postgres" in name:
        own["CLINIC_DSN"] = request.getfixturevalue("postgres_dsn")
    # By its path, which also works where the library is not installed.
    plugin = ["-p", "no:compliant_sms", "-p", "compliant_sms.testing.pytest_plugin"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *plugin, "-p", "no:cacheprovider"],
        cwd=EXAMPLES / name,
        env=own,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def from_environment(folder: Path, carrier: Sandbox, *command: str) -> str:
    """What a command prints that runs as the README of the examples starts applications."""
    shown = (EXAMPLES / "sandbox.env").read_text("utf-8")
    given = dict(re.findall(r"^export (\w+)=(\S+)$", shown, re.MULTILINE))
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, **given, "TWILIO_BASE_URL": carrier.url},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


WORKER = ("-m", "compliant_sms", "worker", "--once")
NEW_KEYS = ("-m", "compliant_sms", "keys", "new", "texting.keys")
BOOKING = {"person": "pat-881", "phone": "+12175550134", "starts_at": "2036-12-03T14:30"}
FLASK = f"""
from clinic import from_environment
client = from_environment().test_client()
booking = {BOOKING | {"may_text": True, "by": "ana"}}
print(client.post("/bookings", json=booking).status_code, client.get("/to-do").json)
"""
DJANGO = f"""
from django.test import Client
booking = {BOOKING | {"may_text": "on", "entered_by": "ana"}}
print(Client().post("/bookings", booking).status_code)
"""


@pytest.fixture(scope="module")
def carrier() -> Iterator[Sandbox]:
    """What ``compliant-sms sandbox`` serves."""
    given = accounts(
        account_sid="AC" + "0" * 32,
        auth_token="sandbox-token",
        numbers=["+12175550111"],
        answers_keywords=True,
    )
    with Sandbox(accounts=given) as sandbox:
        yield sandbox


def test_an_application_starts_in_an_empty_folder(tmp_path: Path, carrier: Sandbox) -> None:
    """With the carrier of one command and the variables of one file; the worker beside it."""
    folder = shutil.copytree(EXAMPLES / "flask_sqlite", tmp_path / "flask_sqlite")
    from_environment(folder, carrier, *NEW_KEYS)

    assert from_environment(folder, carrier, "-c", FLASK) == "201 {'call': []}\n"
    told = from_environment(folder, carrier, *WORKER, "clinic:messenger_from_environment")
    assert "Done" in told


def test_the_django_project_starts(tmp_path: Path, carrier: Sandbox) -> None:
    """Its tables and the library's, then a booking in one transaction."""
    folder = shutil.copytree(EXAMPLES / "django_clinic", tmp_path / "django_clinic")
    from_environment(folder, carrier, *NEW_KEYS)
    from_environment(folder, carrier, "manage.py", "migrate", "--run-syncdb")
    upgrade = ("-m", "compliant_sms", "db", "upgrade", "--database", "clinic.db", "--shared")
    from_environment(folder, carrier, *upgrade)

    told = from_environment(folder, carrier, "manage.py", "shell", "-v", "0", "-c", DJANGO)
    assert told == "201\n"


def test_the_batch_starts(tmp_path: Path, carrier: Sandbox) -> None:
    """A first night: nothing is there but the diary."""
    folder = shutil.copytree(EXAMPLES / "nightly_batch", tmp_path / "nightly_batch")
    diary = "id,person,phone,starts_at,status\n1,pat-881,+12175550134,2036-12-03T14:30,booked\n"
    (folder / "diary.csv").write_text(diary, "utf-8")
    from_environment(folder, carrier, *NEW_KEYS)

    told = from_environment(folder, carrier, "remind.py", "diary.csv", "--send")
    assert "1 visits, 0 lines" in told
    assert "sent 0" in told
