"""``compliant-sms lint``: what it reads, what it prints in each form, and its exit status."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from compliant_sms.cli._commands import commands
from compliant_sms.lint import LINT_RULES

ROOT = Path(__file__).parents[1]
BAD = "Fine: see you.\r\n\nReply CANCEL to cancel.\nWe\u2019ll see {name}"


def run(*arguments: str | Path, text: str | bytes = "", status: int = 0) -> Result:
    """One call of the command."""
    result = CliRunner().invoke(commands, ["lint", *map(str, arguments)], input=text)
    assert result.exit_code == status, result.output
    return result


def parsed(*arguments: str | Path, text: str | bytes = "", status: int = 1) -> list[dict[str, Any]]:
    """What ``--format json`` prints."""
    shown = run("--format", "json", *arguments, text=text, status=status).stdout
    found: list[dict[str, Any]] = json.loads(shown)["findings"]
    return found


def places(*arguments: str | Path, text: str | bytes = "") -> list[tuple[int, str]]:
    """The lines and the rules."""
    return [(each["line"], each["rule"]) for each in parsed(*arguments, text=text)]


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
def test_the_status_tells_whether_something_is_wrong(form: str) -> None:
    """In every form; nothing of the texts is printed."""
    run("--format", form, "-", text="See you Tue.\n")
    shown = run("--format", form, "-", text="Zebulon, reply CANCEL to cancel.", status=1).stdout

    assert "Zebulon" not in shown


def test_each_line_is_a_text(tmp_path: Path) -> None:
    """With its line and column, what is wrong, what to do, and the fix."""
    file = tmp_path / "texts.txt"
    file.write_bytes(BAD.encode())
    shown = run(file, status=1).stdout

    assert f"{file}:3:7: error reserved-word-invited: It invites CANCEL, which" in shown
    assert '    Fix at 6-12: "N"\n' in shown
    assert f"{file}:4:3: warning ucs2-character: " in shown
    assert f"{file}:4:11: error unfilled-variable: " in shown
    assert f"{file}:1:" not in shown


def test_json_has_places_and_fixes() -> None:
    """Line and column in the file, offsets in the text."""
    (found,) = parsed("--ignore", "ucs2-character", "-", text="\nReply YES to confirm\u2019")

    assert (found["file"], found["line"], found["column"]) == ("-", 2, 7)
    assert (found["start"], found["end"], found["rule"]) == (6, 9, "yes-invited")
    assert found["fix"] == {"start": 6, "end": 9, "replacement": "C"}


def test_github_annotations_are_escaped(tmp_path: Path) -> None:
    """A file's name cannot end the annotation or add to it."""
    file = tmp_path / "a,b%:c.txt"
    file.write_text("Reply YES to confirm")
    (line,) = run("--format", "github", file, status=1).stdout.splitlines()

    assert line.startswith("::warning file=")
    assert "a%2Cb%25%3Ac.txt,line=1,col=7,endColumn=10,title=yes-invited::It invites" in line


def test_sarif_is_whole(tmp_path: Path) -> None:
    """What SARIF 2.1.0 asks for is there, and every result points to a rule and a place."""
    file = tmp_path / "a b.txt"
    file.write_bytes(BAD.encode())
    log = json.loads(run("--format", "sarif", file, status=1).stdout)
    (whole,) = log["runs"]
    driver = whole["tool"]["driver"]

    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    assert whole["columnKind"] == "unicodeCodePoints"
    assert [rule["id"] for rule in driver["rules"]] == [rule.id for rule in LINT_RULES]
    assert len(whole["results"]) == 3
    for result in whole["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"error", "warning"}
        assert result["message"]["text"]
        (location,) = result["locations"]
        place = location["physicalLocation"]
        assert place["artifactLocation"]["uri"].endswith("a%20b.txt")
        assert place["region"]["startLine"] in {3, 4}
        assert place["region"]["startColumn"] < place["region"]["endColumn"]
    (fixed,) = whole["results"][0]["fixes"]
    (change,) = fixed["artifactChanges"]
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": 3, "startColumn": 7, "endLine": 3, "endColumn": 13},
            "insertedContent": {"text": "N"},
        }
    ]


def test_sarif_of_a_field_has_its_line_only() -> None:
    """What is written in another way in the file has no columns there, and no fix."""
    text = '{"body":\n"Reply YES to confirm"}'
    log = json.loads(run("--format", "sarif", "--input", "json", "-", text=text, status=1).stdout)
    (result,) = log["runs"][0]["results"]

    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "stdin"},
        "region": {"startLine": 2},
    }
    assert "fixes" not in result


@pytest.mark.parametrize(
    ("name", "document", "expected"),
    [
        (
            "a.json",
            '{"a": [\n{"body": "Hi {x}"},\n{"id": "Hi {x}",\n "text": ["Hi {y}"]}]}',
            [2, 4],
        ),
        ("a.json", '{"body": "Hi \\u007bx}",\n"c": {"body": "Hi {z}"}}', [1, 2]),
        ("a.jsonl", '{"text": "ok"}\n\n{"text": "Hi {x}"}\n', [3]),
        ("a.toml", "id = \"{x}\"\n[en]\nbody = \"Hi {x}\"\n[es]\nbody = '''Hi {x}'''\n", [3, 5]),
        ("a.csv", 'id,body\n1,ok\n2,"Hi\nthere {x}"\n3,Hi {x}\n', [3, 5]),
        ("a.json", '{"Body": "Hi {x}"}', [1]),
        ("a.csv", "id,body\n1,Hi {x},more\n", [2]),
        ("a.TXT", "ok\nHi {x}", [2]),
    ],
)
def test_fields_are_read(tmp_path: Path, name: str, document: str, expected: list[int]) -> None:
    """JSON, TOML and CSV by the file's name: the texts under such names, with their lines."""
    file = tmp_path / name
    file.write_text(document)

    assert places(file) == [(line, "unfilled-variable") for line in expected]


def test_other_fields_can_be_named() -> None:
    """They replace the ones that are looked for otherwise."""
    text = '{"sms": "Hi {x}", "body": "Hi {x}"}'

    assert len(parsed("--input", "json", "--field", "sms", "-", text=text)) == 1


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("json", '{"en": {"reminder": "secret"}}'),
        ("json", '["secret"]'),
        ("jsonl", '{"sms": "secret"}'),
        ("toml", 'sms = "secret"'),
        ("csv", "body;id\nsecret;1"),
    ],
)
def test_a_file_of_which_nothing_is_read_is_no_clean_one(form: str, text: str) -> None:
    """Its texts have other names, which can be told; a file without texts is clean."""
    shown = run("--input", form, "-", text=text, status=2).output

    assert "none of its texts is in a field named body or message or text" in shown
    assert "--field" in shown
    assert "secret" not in shown
    run("--input", "json", "-", text='{"pages": [1, null]}')


def test_a_folder_is_read(tmp_path: Path) -> None:
    """At any depth, in the order of its names; files of other kinds are passed over."""
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "b.txt").write_text("Hi {x}")
    (tmp_path / "en" / "a.json").write_text('{"body": "Hi {x}"}')
    (tmp_path / "logo.svg").write_text("{x}")
    (tmp_path / "package.json").write_text('{"name": "ours"}')
    (tmp_path / "older.txt").mkdir()
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache" / "c.txt").write_text("Hi {x}")
    found = parsed(tmp_path)

    assert [Path(each["file"]).name for each in found] == ["a.json", "b.txt"]
    (tmp_path / "en" / "b.txt").unlink()
    (tmp_path / "en" / "a.json").unlink()
    assert f"nothing in {tmp_path} was read" in run(tmp_path, status=2).output


@pytest.mark.parametrize("command", ["lint", "phi"])
def test_a_terminal_may_lack_letters(tmp_path: Path, command: str) -> None:
    """The name of a file is shown in those that it has, as on Windows."""
    file = tmp_path / "\u65e5.txt"
    file.write_text("SSN 219-09-9999: reply CANCEL to cancel")
    more = ["--lines"] if command == "phi" else []
    result = CliRunner(charset="cp1252").invoke(commands, [command, *more, str(file)])

    assert result.exit_code == 1
    assert "\\u65e5.txt:1:" in result.stdout


def test_options_say_what_is_due() -> None:
    """Purpose, name, own hosts, length and the first text."""
    text = "See lakeside.example/a. " + "x" * 150
    found = {
        rule
        for _, rule in places(
            *("--practice-name", "Elm Clinic", "--link-domain", "lakeside.example"),
            *("--max-segments", "1", "--first-text", "-"),
            text=text,
        )
    }

    assert found == {"practice-name-missing", "opt-out-line-missing", "too-many-segments"}
    assert ("opt-out-line-missing") in [
        r for _, r in places("--purpose", "promotion", "-", text="x")
    ]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((), ""),
        (("no-such-file.txt",), ""),
        (("--purpose", "nothing", "-"), "x"),
        (("--ignore", "spelling", "-"), "x"),
        (("--input", "json", "-"), "{"),
        (("--input", "json", "-"), '{"body": "\\ud800"}'),
        (("--input", "jsonl", "-"), "[" * 100_000),
        (("--input", "toml", "-"), "= secret"),
        (("--input", "csv", "-"), 'body\n"a'),
        (("--max-segments", "0", "-"), "x"),
        (("-",), b"\xff\xfe\xff"),
    ],
)
def test_misuse_has_a_status_of_its_own(arguments: tuple[str, ...], text: str | bytes) -> None:
    """2, with a message that shows nothing of what the file holds."""
    result = run(*arguments, text=text, status=2)

    assert "secret" not in result.output


def test_the_hook_runs_the_command() -> None:
    """What pre-commit is told is a command that there is."""
    hooks = (ROOT / ".pre-commit-hooks.yaml").read_text()

    assert re.search(r"^- id: compliant-sms-lint$", hooks, re.MULTILINE)
    assert re.search(r"^  entry: compliant-sms lint$", hooks, re.MULTILINE)
    run("--help")
