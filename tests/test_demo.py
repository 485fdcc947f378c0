"""The demo: a clinic's day, killed and resumed, and what it says."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from unmeasured import surroundings

COMMAND = [sys.executable, "-m", "compliant_sms.cli"]
# What must be visible in a day, from the issue that asked for the demo.
KINDS = {
    "consent_recorded",
    "sent",
    "blocked",
    "held",
    "sent_after_hold",
    "received",
    "revoked",
    "opt_out_confirmation",
    "help_reply",
    "forged_webhook_rejected",
    "ledger_verified",
}


def play(
    folder: Path, *options: str, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the demo in a folder."""
    return subprocess.run(
        [*COMMAND, "demo", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=env,
    )


def report_of(run: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """The JSON that a run of the demo printed."""
    assert run.stdout, run.stderr
    report: dict[str, Any] = json.loads(run.stdout)
    return report


@contextmanager
def carrier_process() -> Iterator[str]:
    """A carrier in a process of its own, which outlives the demo; its URL."""
    process = subprocess.Popen(
        [*COMMAND, "sandbox"], stdout=subprocess.PIPE, text=True, env=surroundings()
    )
    assert process.stdout is not None
    found = re.search(r"http://\S+", process.stdout.readline())
    assert found
    try:
        yield found[0]
    finally:
        process.terminate()
        process.wait(60)
        process.stdout.close()


def book(url: str) -> list[dict[str, Any]]:
    """The texts that the carrier took from us."""
    with urllib.request.urlopen(f"{url}/sandbox/messages") as answer:
        entries: list[dict[str, Any]] = json.load(answer)["messages"]
    return [entry for entry in entries if entry["author"] == "application"]


def test_a_day_shows_every_event_and_the_next_day_follows_on_the_same_file(tmp_path: Path) -> None:
    """The demo's JSON has each event that was promised, and a finished file plays a new day."""
    first, second = play(tmp_path, "--json"), play(tmp_path, "--json")

    assert (first.returncode, second.returncode) == (0, 0)
    one, two = report_of(first), report_of(second)
    assert {event["kind"] for event in one["events"]} == KINDS
    assert {event["rule"] for event in one["events"] if event["kind"] == "blocked"} == {
        "consent",
        "do-not-call",
        "identical-text",
        "phi-in-body",
        "revocation",
    }
    assert one["as_expected"]
    assert two["as_expected"]
    assert one["day"] < two["day"]
    # The second day starts new chains only for the number that said STOP, which has one by then.
    assert two["ledger"]["events"] == 2 * one["ledger"]["events"]


def test_the_day_reads_well_in_a_pipe_and_says_how_to_look_further(tmp_path: Path) -> None:
    """Without a terminal there are no colors, and the database is named at the end."""
    run = play(tmp_path)

    assert run.returncode == 0, run.stdout
    assert "\x1b[" not in run.stdout
    assert "compliant-sms show demo.db" in run.stdout
    shown = subprocess.run(
        [*COMMAND, "show", "demo.db"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "delivered" in shown.stdout
    assert shown.stdout.count("in UTC)") == 2
    assert "987-65-4321" not in shown.stdout


def test_an_expectation_that_fails_makes_the_exit_status_1(tmp_path: Path) -> None:
    """A day that does not go as its file expects is no success."""
    patients = tmp_path / "patients.csv"
    patients.write_text(
        "given_name,phone,time_zone,consent,expect\n"
        "Mia,217-555-0121,America/Chicago,none,sent\n"
        "Noa,217-555-0122,America/Chicago,spoken,sent\n"
    )

    run = play(tmp_path, "--json", "--patients", "patients.csv")

    assert run.returncode == 1
    missed = [e["what"] for e in report_of(run)["expectations"] if not e["met"]]
    assert missed == ["Mia's text is sent"]


def test_every_problem_of_a_patients_file_is_told_at_once(tmp_path: Path) -> None:
    """Bad rows are listed with their lines and nothing is played."""
    patients = tmp_path / "patients.csv"
    patients.write_text(
        "person,given_name,phone,time_zone,consent\n"
        "a,Mia,12345,America/Chicago,none\n"
        "a,Noa,217-555-0122,Mars/Olympus,spoken\n"
        "a,Ola,217-555-0123,America/Chicago,maybe\n"
    )

    run = play(tmp_path, "--patients", "patients.csv")

    assert run.returncode == 1
    assert all(f"line {line}" in run.stderr for line in (2, 3, 4))
    assert "Traceback" not in run.stderr
    assert not (tmp_path / "demo.db").exists()


def test_a_carrier_that_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    """The error says what to start."""
    run = play(tmp_path, "--carrier", "http://127.0.0.1:9")

    assert run.returncode == 1
    assert "compliant-sms sandbox" in run.stderr
    assert "Traceback" not in run.stderr


def killed_and_resumed(folder: Path, url: str, delay: float) -> dict[str, Any]:
    """Play a day, kill it after so many seconds, play on; what the second run says."""
    options = ["demo", "--json", "--carrier", url]
    with subprocess.Popen(
        [*COMMAND, *options],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=surroundings(),
    ) as victim:
        try:
            victim.wait(delay)
        except subprocess.TimeoutExpired:
            victim.kill()
    run = play(folder, *options[1:], env=surroundings())
    assert run.returncode == 0, run.stdout + run.stderr
    return report_of(run)


def kill_at_random_moments(tmp_path: Path, times: int) -> None:
    """Kill so many days, each with a file and a carrier of its own; compare with its book."""
    started = time.perf_counter()
    with carrier_process() as url:
        baseline = report_of(play_fresh(tmp_path / "baseline", url))
        texts = len(book(url))
    whole_day = time.perf_counter() - started
    moments = random.Random(64_1200)
    for trial in range(times):
        folder = tmp_path / f"day-{trial}"
        folder.mkdir()
        with carrier_process() as url:
            report = killed_and_resumed(folder, url, moments.uniform(0.3, whole_day))
            arrived = book(url)

        # Killed after its end, the day is over and the second run plays the next one.
        days = 1 if report["day"] == baseline["day"] else 2
        repeated = Counter((entry["to"], entry["body"]) for entry in arrived)
        # A STOP or HELP is answered in the same words on each day.
        assert max(repeated.values()) <= days, f"trial {trial}: a text was repeated"
        assert len(arrived) == days * texts, f"trial {trial}: a text was lost"


def play_fresh(folder: Path, url: str) -> subprocess.CompletedProcess[str]:
    """Play one undisturbed day."""
    folder.mkdir()
    return play(folder, "--json", "--carrier", url, env=surroundings())


def test_killing_the_demo_neither_loses_nor_repeats_a_text(tmp_path: Path) -> None:
    """SIGKILL at a few random moments; the carrier's book has each text exactly once."""
    kill_at_random_moments(tmp_path, 2)


@pytest.mark.endurance
def test_killing_the_demo_at_fifty_moments(tmp_path: Path) -> None:
    """SIGKILL at 50 random moments; the carrier's book has each text exactly once."""
    kill_at_random_moments(tmp_path, 50)
