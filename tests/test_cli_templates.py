"""``compliant-sms templates``: what it prints, and its exit status."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from compliant_sms.cli._commands import commands
from compliant_sms.templates import starter

ROOT = Path(__file__).parents[1]
GOOD = """
[[template]]
name = "hello"
version = 1
purpose = "appointment_reminder"
approved = { by = "Dr. Lee", on = 2026-11-02 }
variables = { given_name = "given_name" }
[template.bodies.en]
minimum = "{practice}: {given_name}, see you soon."
detail = "{practice}: {given_name}, see you very soon, and bring what you need with you."

[[template]]
name = "old"
version = 1
purpose = "appointment_reminder"
withdrawn = { by = "Dr. Lee", on = 2026-11-02, reason = "too old" }
[template.bodies.en]
minimum = "{practice}: see you."
"""


def run(*arguments: str | Path, status: int = 0) -> Result:
    """One call of the command."""
    result = CliRunner().invoke(commands, ["templates", *map(str, arguments)])
    assert result.exit_code == status, result.output
    return result


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """A file with nothing wrong."""
    file = tmp_path / "templates.toml"
    file.write_text(GOOD, "utf-8")
    return file


def test_each_text_is_a_row(good: Path) -> None:
    """With its state, language, tier, segments, and what it costs where somebody asks."""
    shown = run("check", good, "--practice-name", "Lakeside Dental").stdout

    assert re.search(r"hello 1 +approved +en minimum +1-\d", shown)
    assert re.search(r"hello 1 +approved +en detail +1-\d", shown)
    assert re.search(r"old 1 +withdrawn +en minimum +1-1", shown)
    assert "cost" not in shown
    assert re.search(r"1-2 +0\.01-0\.02", run("check", good, "--price", "0.01").stdout)


def test_json_has_the_same(good: Path) -> None:
    """For machines."""
    found = json.loads(run("check", good, "--json").stdout)

    assert [row["template"] for row in found["rows"]] == ["hello", "hello", "old"]
    assert (found["errors"], found["warnings"]) == ([], [])


def test_errors_end_with_status_1(good: Path, tmp_path: Path) -> None:
    """All of a file, and the other files all the same; a warning does so only when strict."""
    bad = tmp_path / "bad.toml"
    bad.write_text(GOOD.replace("{given_name}, see", "{who}, {see"), "utf-8")
    shown = run("check", bad, good, status=1).stdout

    assert f"{bad}: hello 1, en minimum, character 13: error variable: " in shown
    assert f"{bad}: hello 1, en detail, character 20: error syntax: " in shown
    assert "hello 1" in shown.partition("segments")[2]
    assert "too-many-segments" in run("check", good, "--max-segments", "1").stdout
    run("check", good, "--max-segments", "1", "--strict", status=1)


def test_a_file_without_templates_is_not_called_right(tmp_path: Path) -> None:
    """Whoever empties it by mistake, or checks another file, hears of that."""
    empty = tmp_path / "empty.toml"
    empty.write_text("# nothing is left\n", "utf-8")

    assert (
        "it holds no template, so that nothing was checked" in run("check", empty, status=1).stdout
    )


def test_a_name_of_the_practice_is_tried(good: Path) -> None:
    """One that tells the kind of care is no name for a text."""
    shown = run("check", good, "--practice-name", "Lakeside Oncology", status=1).stdout

    assert "error content-tier: A minimum text may not tell SPECIALTY_HINT." in shown
    assert run("check", good, "--practice-name", " ").stdout


def test_changed_words_are_found_against_the_file_as_it_was(good: Path, tmp_path: Path) -> None:
    """Other words under the same version are an error; a new version is not."""
    new = tmp_path / "new.toml"
    new.write_text(GOOD.replace("see you soon", "we see you"), "utf-8")
    shown = run("check", new, "--against", good, status=1).stdout
    assert "hello 1: there are two texts of this version." in shown

    new.write_text(GOOD.replace("see you soon", "we see you").replace("version = 1", "version = 2"))
    run("check", new, "--against", good)


def test_without_a_file_those_of_the_library_are_checked() -> None:
    """They pass, and can be shown."""
    shown = run("check").stdout

    assert all(each.name in shown for each in starter())
    assert "not approved" in shown
    assert run("show").stdout.count("fingerprint") == len(starter())


def test_a_template_is_shown_for_whoever_approves_it(good: Path) -> None:
    """Texts as they are written, variables with what they may bring, fingerprint, intents."""
    shown = run("show", "hello", "--file", good, "--practice-name", "Lakeside Dental").stdout

    assert shown.startswith("hello 1: appointment_reminder, approved\n  fingerprint ")
    assert "  {given_name} given_name, may bring DATE, GEO, NAME\n" in shown
    assert "    {practice}: {given_name}, see you very soon, and bring what you" in shown
    assert "old" not in shown
    reply = run("show", "reply_question").stdout
    assert "  answers provider_inquiry, other, help\n" in reply
    assert "  {time} time\n" in run("show", "appointment_reminder").stdout


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["check", "--price", "dear"], 2),
        (["check", "--price", "-1"], 2),
        (["check", "no-such-file.toml"], 2),
        (["show", "nothing"], 2),
        (["check", "--max-segments", "0"], 2),
    ],
)
def test_what_cannot_be_understood_ends_with_status_2(arguments: list[str], status: int) -> None:
    """Misuse is no finding."""
    run(*arguments, status=status)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """Bytes that are no UTF-8, and TOML that is none; a bad file to compare with too."""
    file = tmp_path / "templates.toml"
    file.write_bytes(b"\xff\xfe")
    run("check", file, status=2)
    file.write_text("[[template", "utf-8")
    assert "it is no TOML" in run("check", file, status=1).stdout
    assert "it is no TOML" in run("check", "--against", file, status=1).output
    assert "it is no TOML" in run("show", "--file", file, status=1).output


def test_the_hook_runs_the_command(good: Path) -> None:
    """pre-commit passes the files that changed."""
    hooks = ROOT.joinpath(".pre-commit-hooks.yaml").read_text("utf-8")

    assert re.search(r"^  entry: compliant-sms templates check$", hooks, re.MULTILINE)
    run("check", good, good)
