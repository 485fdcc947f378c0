"""``compliant-sms import``: checked first, written when asked, and never a number on the screen."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from compliant_sms import Messenger, Practice, Tier
from compliant_sms.cli._commands import commands
from compliant_sms.imports import CONSENT_COLUMNS, OPT_OUT_COLUMNS
from compliant_sms.keyring import Keyring
from compliant_sms.phone import PhoneNumber
from compliant_sms.providers import Twilio
from compliant_sms.stores import SQLite
from compliant_sms.system import now
from conftest import PATIENT, PERSON
from databases import Server

STOPPED = "number,occurred_at\n(217) 555-0135,2025-03-02\n+1 217 555 0134,2024-01-01\n"
AGREED = f"number,person,occurred_at,basis\n{PATIENT},{PERSON},2025-03-02,spoken\n"
AGREED += f"217-555-0135,pat-882,2025-03-02,spoken\n{PATIENT},{PERSON},2025-03-02,spoken\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two files to import."""
    monkeypatch.chdir(tmp_path)
    Path("stopped.csv").write_text(STOPPED, "utf-8")
    Path("agreed.csv").write_text(AGREED, "utf-8")
    return tmp_path


def run(*arguments: str, files: bool = True, database: str = "texting.db") -> Result:
    """Run the command for one practice."""
    given = ["--opt-outs", "stopped.csv", "--consents", "agreed.csv"] if files else []
    result = CliRunner().invoke(
        commands,
        [
            *("import", "--database", database, "--practice", "lakeside"),
            *("--time-zone", "America/Chicago", "--source", "old-ehr", "--by", "it:j.ortiz"),
            *given,
            *arguments,
        ],
    )
    assert "555" not in result.output
    assert PERSON not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


NEW = ("--new", "--plaintext-because", "a test")


def figures(result: Result) -> list[int]:
    """The figures of the last report that was printed."""
    lines = [line.split() for line in result.stdout.splitlines()]
    ends = [words[-1].replace(",", "") for words in lines if words]
    return [int(end) for end in ends if end.isdecimal()][-7:]


def test_a_check_changes_nothing() -> None:
    """Without --write the report tells what would be, and no file is made."""
    result = run(*NEW)

    assert result.exit_code == 0, result.output
    assert figures(result) == [5, 2, 2, 1, 0, 0, 0]
    assert "Nothing was written" in result.stdout
    assert not Path("texting.db").exists()


def test_what_was_checked_is_written(practice: Practice, provider: Twilio) -> None:
    """With --write it is in the ledger, where the messenger reads; twice adds nothing."""
    written = run("--write", *NEW)
    again = run("--write")

    assert (written.exit_code, again.exit_code) == (0, 0), written.output + again.output
    assert figures(written) == [5, 2, 2, 1, 0, 0, 0]
    assert figures(again) == [5, 0, 0, 5, 0, 0, 0]
    with Messenger(
        practice=practice, provider=provider, store=SQLite("texting.db"), clock=now
    ) as m:
        assert m.consent.state(PATIENT, person=PERSON).tier is Tier.PRIOR_EXPRESS
        assert m.consent.state("+12175550135", person="pat-882").tier is Tier.NONE
        assert m.verify_ledger().events == 4


def test_bad_rows_are_told_and_nothing_is_written() -> None:
    """A bad opt-out forbids everything; bad consents forbid it unless they may be left out."""
    Path("agreed.csv").write_text(f"{AGREED}{PATIENT},{PERSON},03/02/2025,telepathy\n", "utf-8")
    refused = run("--write", *NEW, "--report", "problems.csv")

    assert (refused.exit_code, Path("texting.db").exists()) == (1, True)
    assert "Mend the rows" in refused.stdout
    assert [line.split(",")[:3] for line in Path("problems.csv").read_text().splitlines()] == [
        ["file", "line", "column"],
        ["consents", "5", "occurred_at"],
        ["consents", "5", "basis"],
    ]
    left_out = run("--write", *NEW, "--skip-bad-consents")
    assert (left_out.exit_code, figures(left_out)) == (1, [6, 2, 2, 1, 0, 1, 0])

    Path("stopped.csv").write_text("number\n12\n", "utf-8")
    refused = run("--write", *NEW, "--skip-bad-consents")
    assert (refused.exit_code, "Nothing was written" in refused.stdout) == (1, True)


def test_own_categories_are_named() -> None:
    """A category that nobody declared is refused with the option that declares it."""
    agreed = AGREED.replace("basis", "basis,categories").replace("spoken", "spoken,parking")
    Path("agreed.csv").write_text(agreed, "utf-8")

    refused = run("--report", "problems.csv", *NEW)
    assert refused.exit_code == 1
    assert "first: --own-category NAME." in " ".join(Path("problems.csv").read_text().split())
    assert "first: --own-category NAME." in " ".join(refused.stdout.split())
    assert run("--own-category", "parking", *NEW).exit_code == 0


def test_a_report_that_cannot_be_written_is_said_before_anything_is() -> None:
    """And in one line: a folder that is not there is no fault of the program."""
    result = run(*NEW, "--write", "--report", "none/problems.csv")

    assert result.exit_code == 2
    assert "cannot be written: No such file or directory. Pass another --report." in result.output
    assert figures(run("--write", *NEW))[1] == 2  # as if for the first time


def test_a_long_list_of_problems_is_cut() -> None:
    """The screen shows the first twenty, the file all of them."""
    Path("stopped.csv").write_text("number\n" + "12\n" * 30, "utf-8")
    result = run(*NEW, "--report", "problems.csv")

    assert "and 10 more" in result.stdout
    assert len(Path("problems.csv").read_text().splitlines()) == 31


def test_files_can_be_written_otherwise() -> None:
    """Headers, dates, values for all rows, and wordings come from options."""
    Path("agreed.csv").write_text(f"Cell,MRN,Signed\n{PATIENT},{PERSON},03/02/2025\n", "utf-8")
    Path("stopped.csv").write_text("Cell,Stopped\n2175550135,01/31/2025\n", "utf-8")
    Path("form.txt").write_text("I agree to texts.\n", "utf-8-sig")
    result = run(
        "--write",
        *NEW,
        *("--consent-column", "number=Cell", "--consent-column", "person=MRN"),
        *("--consent-column", "occurred_at=Signed", "--date-format", "%m/%d/%Y"),
        *("--consent-value", "basis=intake_form", "--consent-value", "wording_version=7"),
        *("--opt-out-column", "number=Cell", "--opt-out-column", "occurred_at=Stopped"),
        *("--opt-out-value", "channel=text", "--wording", "7=form.txt"),
    )

    assert (result.exit_code, figures(result)) == (0, [2, 1, 1, 0, 0, 0, 0]), result.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--consent-column", "number"), "NAME=HEADER"),
        (("--consent-value", "=x"), "NAME=VALUE"),
        (("--wording", "7=missing.txt"), "there is no file missing.txt, which wording 7"),
        (("--wording", "7=."), "wording 7 cannot be read"),
        (
            ("--consent-column", "person=MRN"),
            "agreed.csv: the first line",
        ),
        (("--consent-column", "person=MRN"), "names no column 'MRN'"),
        (("--date-format", "%y"), "--date-format tells no day"),
        (("--time-zone", "Central"), "IANA"),
        (("--source", " "), "source must not be empty"),
        (("--opt-out-column", "Phone=number"), "no column 'Phone'"),
        (("--region", "XX"), "region is unknown"),
    ],
)
def test_mistakes_are_explained(arguments: tuple[str, ...], words: str) -> None:
    """What cannot be understood ends with status 2 and a way out."""
    result = run(*NEW, *arguments)

    assert (result.exit_code, words in result.stderr) == (2, True), result.output


def test_something_must_be_imported() -> None:
    """Without a file there is nothing to do."""
    assert "nothing to import" in run(*NEW, files=False).stderr


def test_the_list_of_opt_outs_is_asked_for() -> None:
    """Consents alone are refused until somebody says why."""
    alone = ("--consents", "agreed.csv", "--write", *NEW)
    refused = run(*alone, files=False)
    told = run(*alone, "--no-opt-outs-because", "they never texted", files=False)

    assert (refused.exit_code, "--no-opt-outs-because" in refused.stderr) == (2, True)
    assert (told.exit_code, figures(told)[:3]) == (0, [3, 0, 2]), told.output


def test_opt_outs_can_come_alone() -> None:
    """A list of opt-outs needs no consents."""
    result = run("--opt-outs", "stopped.csv", "--write", *NEW, files=False)

    assert (result.exit_code, figures(result)[:3]) == (0, [2, 2, 0]), result.output


def test_other_encodings_are_refused_politely() -> None:
    """A file that is no UTF-8 is named by its line, with how to save it."""
    Path("stopped.csv").write_bytes(b"number,reference\n2175550135,caf\xe9\n")
    result = run(*NEW)

    assert (result.exit_code, "Save it as CSV in UTF-8" in result.stderr) == (2, True)


def test_nothing_new_is_made_by_mistake(practice: Practice) -> None:
    """A mistyped path or practice, and a new one without keys, are refused."""
    assert "pass --new" in run("--write").stderr
    assert not Path("texting.db").exists()
    assert "--plaintext-because" in run("--write", "--new").stderr
    store = SQLite("texting.db")
    other = Practice(
        name="Hillside",
        phone="+12175550101",
        time_zone="America/Chicago",
        state="IL",
        id="hillside",
    )
    store.run(lambda tx: tx.enroll(other, PhoneNumber("+12175550111"), ()))
    store.close()

    for arguments in ((), ("--write",)):
        assert "no records of a practice with this id" in run(*arguments).stderr
    assert run("--write", *NEW).exit_code == 0
    assert run("--write").exit_code == 0


@pytest.mark.parametrize("write", [(), ("--write",)])
def test_a_mistyped_practice_is_refused_before_it_ever_sent(write: tuple[str, ...]) -> None:
    """What was imported, or written down by hand, makes a practice known: no other id is taken."""
    assert run("--write", *NEW).exit_code == 0
    mistyped = run(*write, "--practice", "lakesid")

    assert (mistyped.exit_code, "Check --practice" in mistyped.stderr) == (2, True)
    assert run(*write).exit_code == 0


def test_what_is_sealed_stays_sealed(folder: Path) -> None:
    """With keys neither number nor person, nor what could be compared with them, is in the file."""
    Keyring.generate().write(folder / "keys")
    result = run("--write", "--new", "--keyring", "keys")

    assert figures(result) == [5, 2, 2, 1, 0, 0, 0]
    data = b"".join(path.read_bytes() for path in folder.glob("texting.db*"))
    assert b"5550134" not in data
    assert PERSON.encode() not in data
    assert figures(run("--write", "--keyring", "keys")) == [5, 0, 0, 5, 0, 0, 0]
    assert "keyring" in run("--write").stderr
    assert row_keys("texting.db").isdisjoint(plain_row_keys())


def row_keys(path: str) -> set[str]:
    """What the database knows imported rows by."""
    import sqlite3  # noqa: PLC0415 - past the library

    with sqlite3.connect(path) as db:
        return {key for (key,) in db.execute("SELECT row_key FROM sms_imports")}


def plain_row_keys() -> set[str]:
    """The same of a database in the clear."""
    assert run("--write", *NEW, database="clear.db").exit_code == 0
    return row_keys("clear.db")


def test_postgresql_takes_imports(postgres: Server, postgres_dsn: str) -> None:
    """A DSN in place of a path, with keys: checked, written, and written once."""
    Keyring.generate().write(Path("keys"))
    sealed = ("--keyring", "keys")
    check = run("--new", *sealed, database=postgres_dsn)
    written = run("--write", "--new", *sealed, database=postgres_dsn)
    again = run("--write", *sealed, database=postgres_dsn)

    assert postgres.run("SELECT count(*) FROM sms_imports", postgres_dsn) == [(4,)]
    assert figures(check) == figures(written) == [5, 2, 2, 1, 0, 0, 0]
    assert figures(again) == [5, 0, 0, 5, 0, 0, 0]


def test_the_documented_command_works(folder: Path) -> None:
    """The files and the command of the how-to do what it says."""
    page = (Path(__file__).parents[1] / "docs/how-to/import-consents.md").read_text("utf-8")
    stopped, agreed, *_ = re.findall(r"^```text\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    (shown,) = re.findall(r"^```shell\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    Path("stopped.csv").write_text(stopped, "utf-8")
    Path("agreed.csv").write_text(agreed, "utf-8")
    Path("intake.txt").write_text("I agree to texts about my care.", "utf-8")
    Keyring.generate().write(folder / "texting.keys")
    _, *arguments = shlex.split(shown)
    check = CliRunner().invoke(commands, arguments)
    written = CliRunner().invoke(commands, [*arguments, "--write"])

    assert (check.exit_code, written.exit_code) == (0, 0), check.output + written.output
    assert figures(written) == [4, 2, 2, 0, 0, 0, 0]


def test_the_documented_columns_are_those_of_the_code() -> None:
    """The how-to lists each column of either file, and no other."""
    page = (Path(__file__).parents[1] / "docs/how-to/import-consents.md").read_text("utf-8")
    table = page.partition("## The columns")[2].partition("## What")[0]
    rows = re.findall(r"^\| (`.*?) \| (.*?) \|", table, re.MULTILINE)
    listed = {name: of for names, of in rows for name in re.findall(r"`(\w+)`", names)}

    assert {n for n, of in listed.items() if of != "opt-outs"} == set(CONSENT_COLUMNS)
    assert {n for n, of in listed.items() if of != "consents"} == set(OPT_OUT_COLUMNS)


def test_a_check_says_what_would_stop_it() -> None:
    """A dry run over bad rows promises nothing, and says what consents wait for."""
    Path("agreed.csv").write_text(f"{AGREED}{PATIENT},{PERSON},03/02/2025,spoken\n", "utf-8")
    checked = run(*NEW)
    assert (checked.exit_code, "With --write it is" in checked.stdout) == (1, False)
    assert "Consents that cannot be used: 1. So --write writes nothing" in checked.stdout
    assert "--skip-bad-consents" in checked.stdout
    assert "--date-format, for example" in checked.stdout
    assert "With --write it is" in run(*NEW, "--skip-bad-consents").stdout

    Path("stopped.csv").write_text("number\n12\n", "utf-8")
    checked = run(*NEW, "--skip-bad-consents", "--report", "problems.csv")
    assert "Opt-outs that cannot be used: 1. While there is one" in checked.stdout
    assert "Consents are withheld while an opt-out cannot be used" in checked.stdout
    told = checked.stdout + Path("problems.csv").read_text("utf-8")
    assert "date_format" not in told


def test_options_are_named_and_not_arguments() -> None:
    """What the library calls by its Python name is called by the option here."""
    Keyring.generate().write("texting.keys")
    run("--write", "--new", "--keyring", "texting.keys")
    sealed = run("--write")
    assert "Pass --keyring FILE with the keys" in sealed.output

    Path("stopped.csv").write_text("number\n", "utf-8")
    unsaid = run(*NEW, database="other.db")
    assert "say in --no-opt-outs-because why" in unsaid.output

    Path("agreed.csv").write_text("Cell\n1\n", "utf-8")
    assert "with --consent-column or --opt-out-column." in run(*NEW, database="a.db").output
