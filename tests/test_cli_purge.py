"""``compliant-sms purge``: the same purge from the command line."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from compliant_sms import Messenger, system
from compliant_sms.cli._commands import commands
from compliant_sms.keyring import Keyring
from compliant_sms.stores import PostgreSQL
from compliant_sms.testing import MovableClock
from test_purge import CANARIES, SEVEN_YEARS, Make, a_day, old
from test_sealed_store import on_disk
from test_send import waits

pytestmark = pytest.mark.usefixtures(waits.__name__)  # nobody sleeps here
__all__ = ["old"]


def purge(*arguments: str | Path, status: int = 0) -> Result:
    told = ["purge", "--practice", "lakeside", *(str(each) for each in arguments)]
    result = CliRunner().invoke(commands, told)
    assert result.exit_code == status, result.output
    return result


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch, clock: MovableClock) -> Iterator[None]:
    """The command line reads the clock of the test."""
    monkeypatch.setattr(system, "now", clock)
    return


def test_a_dry_run_shows_a_table_and_changes_nothing(old: Messenger, database: Path) -> None:
    """How many would go, and why the rest stays."""
    old.close()
    before = on_disk(database)
    result = purge("--database", database, "--dry-run")

    assert "5 records would go; nothing was changed." in result.output
    assert "text_body: what texts to patients say. Kept for 6 years." in result.output
    assert all(canary in on_disk(database) for canary in CANARIES)
    assert len(before) == len(on_disk(database))


def test_a_purge_drops_and_is_on_record(old: Messenger, database: Path) -> None:
    """The run that it names stands on the audit log, with whoever asked for it."""
    result = purge("--database", database, "--by", "it:kim")
    begun, finished = old.audit()

    assert f"5 records dropped in the run {begun.subject}." in result.output
    assert (begun.actor, finished.details["text_body"]) == ("it:kim", 2)
    assert "0 records dropped" in purge("--database", database, "--by", "it:kim").output


def test_times_of_the_practices_own(old: Messenger, database: Path) -> None:
    """Longer keeps; below the floor, unreadable or unknown is refused with what would do."""
    long = purge("--database", database, "--dry-run", "--keep", "text_body=8 years")
    assert "3 records would go" in long.output
    for keep, why in [
        ("decision=1 year", "must be for 6 years"),
        ("text_body=soon", "written as '8 years'"),
        ("consent_event=9 years", "never dropped"),
        ("letters=9 years", "no such record class"),
    ]:
        refused = purge("--database", database, "--dry-run", "--keep", keep, status=1)
        assert why in refused.output
    assert (
        "CLASS=TIME" in purge("--database", database, "--keep", "x", "--by", "y", status=2).output
    )
    assert old.audit() == ()


def test_what_cannot_be_meant_is_refused(old: Messenger, database: Path) -> None:
    """A purge by nobody, of nothing, or of a practice that is not there."""
    assert "--by WHO" in purge("--database", database, status=2).output
    other = purge("--database", database, "--by", "it:kim", "--practice", "hill", status=1)
    assert "no records of a practice" in other.output
    purge("--database", database.with_name("none.db"), "--by", "it:kim", status=1)
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT count(*) FROM sms_audit").fetchone() == (0,)


def test_sealed_bodies_need_their_keyring(
    make_messenger: Make, clock: MovableClock, database: Path, tmp_path: Path
) -> None:
    """Without it the purge stops and says so; with it the content goes."""
    keyring, file = Keyring.generate(), tmp_path / "keys"
    keyring.write(file)
    messenger = make_messenger(keyring=keyring)
    a_day(messenger)
    clock.advance(SEVEN_YEARS)

    assert "keyring" in purge("--database", database, "--by", "it:kim", status=1).output
    result = purge("--database", database, "--by", "it:kim", "--keyring", file)
    assert "5 records dropped" in result.output


def test_it_works_on_postgresql(
    make_messenger: Make, clock: MovableClock, postgres_dsn: str
) -> None:
    """A DSN names the database."""
    messenger = make_messenger(store=PostgreSQL(postgres_dsn))
    a_day(messenger)
    clock.advance(SEVEN_YEARS)

    result = purge("--database", postgres_dsn, "--by", "it:kim")
    assert "5 records dropped" in result.output
    assert len(messenger.audit()) == 2
