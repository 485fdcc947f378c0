"""``compliant-sms phi``: what it marks, what it counts, and what it never shows."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from rich.text import Text

from compliant_sms.cli._commands import commands
from compliant_sms.cli._phi import _FAMILY, _family
from compliant_sms.phi import PhiFinding, PhiLabel, find

ROOT = Path(__file__).parents[1]
PLAIN = "Your visit is soon.\n"
REMINDER = "Ana, see you Tue Dec 1 at 2:30 PM.\n"
DETAIL = "Hello.\r\nYour metformin refill is ready.\r\nSSN 219-09-9999\r\n"


def run(*arguments: str | Path, text: str | bytes = "", status: int = 0, **env: str) -> Result:
    """One call of the command."""
    result = CliRunner(env=env).invoke(
        commands, ["phi", *(str(each) for each in arguments)], input=text
    )
    assert result.exit_code == status, result.output
    return result


def parsed(*arguments: str | Path, text: str | bytes = "", status: int = 0) -> dict[str, Any]:
    """What ``--json`` prints of standard input."""
    found: dict[str, Any] = json.loads(
        run("--json", *arguments, "-", text=text, status=status).stdout
    )
    return found


def test_json_is_read_as_programs_do(tmp_path: Path) -> None:
    """A letter that JSON escapes is that letter; places are those of the file."""
    said = {"t": "Hola José Núñez, su diagnóstico es depresión", "u": "Line\nAna Gómez called"}
    shown = []
    for name, text in (
        ("raw.json", json.dumps(said, ensure_ascii=False)),
        ("escaped.JSONL", json.dumps(said)),
    ):
        (tmp_path / name).write_text(text, "utf-8")
        out = run("--json", "--min-tier", "minimum", tmp_path / name, status=1).stdout
        [file] = json.loads(out)["files"]
        places = [(f["label"], text[f["start"] : f["end"]]) for f in file["findings"]]
        shown.append([(label, json.loads(f'"{words}"')) for label, words in places])

    assert shown[0] == shown[1]
    assert ("NAME", "José Núñez") in shown[0]
    assert ("CONDITION", "depresión") in shown[0]


@pytest.mark.parametrize(
    ("text", "options", "status"),
    [
        ("", (), 0),
        (PLAIN, (), 0),
        (REMINDER, (), 0),
        (REMINDER, ("--min-tier", "minimum"), 1),
        (REMINDER, ("--min-tier", "minimum", "--allow", "name", "--allow", "DATE"), 0),
        (DETAIL, (), 1),
        (DETAIL, ("--min-tier", "never"), 1),
        (DETAIL, ("--min-tier", "never", "--allow", "SSN"), 0),
        (DETAIL, ("--allow", "SSN"), 1),
        (DETAIL, ("--allow", "SSN", "--allow", "MEDICATION"), 0),
    ],
)
def test_the_status_tells_whether_something_counts(
    text: str, options: tuple[str, ...], status: int
) -> None:
    """In every form of the answer."""
    for form in ((), ("--lines",), ("--json",)):
        run(*form, *options, "-", text=text, status=status)


def test_findings_are_marked_in_place() -> None:
    """Their line, their label, rule, confidence and tier; with marks where there is no color."""
    shown = run("-", text=DETAIL, status=1).stdout

    assert "     2 | Your >>metformin<< refill is ready.\n" in shown
    assert "     3 | SSN >>219-09-9999<<\n" in shown
    assert re.search(r" 2:6  MEDICATION medication/\S+ \(\w+, detail\)\n", shown)
    assert re.search(r" 3:5  SSN ssn/\S+ \(\w+, never\)\n", shown)
    assert "Hello" not in shown
    assert shown.endswith("Tier detail or above: 2 findings.\n")


def test_colors_tell_the_family() -> None:
    """Health in one color, numbers in another, and a legend says which."""
    shown = run(
        "-", text=DETAIL, status=1, FORCE_COLOR="1", COLORTERM="truecolor", TERM="xterm-256color"
    ).stdout
    colored = Text.from_ansi(shown)

    def style(part: str) -> set[str]:
        at = colored.plain.index(part)
        return {str(span.style) for span in colored.spans if span.start <= at < span.end}

    assert ">>" not in colored.plain
    assert style("metformin") == style("health") != style("219-09") == style("contact and numbers")


def test_every_label_has_a_family() -> None:
    """Those that are not listed are contacts and numbers."""
    numbers = {
        label
        for label in PhiLabel
        if _family(PhiFinding(start=0, end=1, label=label, rule="x")) == "contact and numbers"
    }

    assert numbers | set(_FAMILY) == set(PhiLabel)
    assert {PhiLabel.SSN, PhiLabel.PHONE, PhiLabel.EMAIL, PhiLabel.MRN} <= numbers


def test_json_has_places_and_none_of_the_text() -> None:
    """Offsets are those of the text as it is: after disguises, accents and invisible marks."""
    text = f"José\u200b 😀 &amp;\n\tＡ {DETAIL}"
    data = parsed(text=text, status=1)
    (file,) = data["files"]

    assert file["file"] == "-"
    assert file["characters"] == len(text)
    assert data["counting"] == sum(each["counts"] for each in file["findings"]) == 2
    found = {each["label"]: each for each in file["findings"]}
    for label, part in (("MEDICATION", "metformin"), ("SSN", "219-09-9999")):
        each = found[label]
        assert text[each["start"] : each["end"]] == part
        line = text.split("\n")[each["line"] - 1]
        assert line[each["column"] - 1 :].startswith(part)
        assert each.keys() == {
            *("start", "end", "line", "column", "label", "rule"),
            *("confidence", "sensitivity", "tier", "counts"),
        }
    assert [each["start"] for each in file["findings"]] == [f.start for f in find(text)]
    shown = json.dumps(data)
    assert not [part for part in ("metformin", "219", "Jos", "Hello") if part in shown]


def test_lines_have_places_and_none_of_the_text(tmp_path: Path) -> None:
    """What a hook prints may stand in anybody's log."""
    one, other = tmp_path / "one.txt", tmp_path / "other.txt"
    one.write_text(DETAIL, newline="")
    other.write_text(REMINDER)
    lines = run("--lines", one, other, status=1).stdout.splitlines()

    assert [line.split(": ")[0] for line in lines] == [f"{one}:2:6", f"{one}:3:5"]
    assert "metformin" not in str(lines)
    assert "219-09" not in str(lines)  # the folder's name has numbers


def test_specially_protected_care_is_told() -> None:
    """Its tier is never, and why."""
    shown = run("--lines", "-", text="Your HIV test is due.", status=1).stdout

    assert "never, hiv_sti)" in shown


def test_several_files_are_counted(tmp_path: Path) -> None:
    """Each under its name; those without anything are not shown."""
    names = {"a.txt": DETAIL, "b.txt": PLAIN, "c.txt": "Your metformin is ready."}
    for name, text in names.items():
        (tmp_path / name).write_text(text)
    shown = run(*(tmp_path / name for name in names), status=1).stdout

    assert "a.txt" in shown
    assert "b.txt" not in shown
    assert shown.endswith("Tier detail or above: 3 findings in 2 of 3 files.\n")
    reminder = run("-", text=REMINDER).stdout
    assert reminder.startswith("Tier detail or above: no findings.\nBelow that or allowed: ")


@pytest.mark.parametrize(
    ("data", "found", "unreadable"),
    [
        (b"caf\xe9\nSSN 219-09-9999\n", "2:5", 1),
        ("SSN 219-09-9999".encode("utf-16") + b"x", "1:5", 1),
        ("\ufeffSSN 219-09-9999".encode(), "1:5", 0),
        ("SSN 219-09-9999".encode("utf-16"), "1:5", 0),
        (b"\0SSN 219-09-9999\0", "1:6", 0),
    ],
)
def test_bytes_that_are_no_text_are_told(data: bytes, found: str, unreadable: int) -> None:
    """They are read as unknown characters, and what stands around them is still found."""
    result = run("-", text=data, status=1)

    assert ("are not text" in result.stderr) == bool(unreadable)
    assert f" {found}  SSN" in result.stdout
    lines = run("--lines", "-", text=data, status=1).stdout
    assert lines.startswith(f"-:{found}: ")


def test_a_terminal_is_not_steered() -> None:
    """Neither by colors in a text, nor by marks that turn its direction."""
    shown = run("-", text="\x1b[31m\u202e\x07 SSN\t219-09-9999 \x9b", status=1).stdout

    assert not set(shown) & set("\x1b\u202e\x07\x9b\t")
    assert ">>219-09-9999<<" in shown


def test_known_facts_and_the_practices_own(tmp_path: Path) -> None:
    """The patient's facts find more, the practice's name and number find less."""
    file = tmp_path / "patient.json"
    file.write_text(json.dumps({"names": ["Zelda Quagga"], "birth_date": "1980-04-12"}))
    text = "quagga is due at Lakeside Dialysis, 217-555-0134"
    own = ("--own-name", "Lakeside Dialysis", "--own-phone", "+1 217 555 0134")

    def labels(*options: str | Path) -> set[str]:
        options = ("--min-tier", "minimum", *options)
        return {f["label"] for f in parsed(*options, text=text, status=1)["files"][0]["findings"]}

    assert "NAME" in labels("--known", file)
    assert "PHONE" not in labels("--known", file, *own)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ('["Zelda"]', "must contain one JSON object"),
        ('{"Zelda": 1, "Quagga": 2}', "2 of its fields are unknown; the known ones are names"),
        ('{"names": "Zelda"}', "names must be a list of strings"),
        ('{"names": [7], "mrn": null}', "names must be a list of strings; mrn must be"),
        ('{"birth_date": "Zelda"}', "birth_date must be a day"),
        ('{"birth_date": 1980}', "birth_date must be a day"),
    ],
)
def test_facts_that_cannot_be_used_are_told_and_not_shown(
    tmp_path: Path, content: str, said: str
) -> None:
    """The command fails with 2, and what the file holds stays in it."""
    file = tmp_path / "patient.json"
    file.write_text(content)
    shown = run("--known", file, "-", status=2).output

    assert said in " ".join(shown.split())
    assert "Zelda" not in shown


def test_the_direction_is_told() -> None:
    """Which way the texts go says whose the name at the end is."""
    found = {
        direction: parsed("--direction", direction, text="Thank you! Maria")["files"][0]["findings"]
        for direction in ("inbound", "outbound")
    }

    assert [each["label"] for each in found["inbound"]] == ["NAME"]
    assert [each["label"] for each in found["outbound"]] == ["PROVIDER_NAME"]


def test_misuse_is_told(tmp_path: Path) -> None:
    """Unknown labels, files that are not there, two forms at once, nothing to read."""
    file = tmp_path / "one.txt"
    file.write_text(DETAIL)

    assert "Pass one of NAME, GEO" in run("--allow", "NAMES", file, status=2).output
    assert "cannot be read" in run(file, tmp_path, tmp_path / "none", status=2).output
    assert "exclude each other" in run("--lines", "--json", file, status=2).output
    assert "Missing argument" in run(status=2).output
    assert "metformin" not in run(file, tmp_path / "none", status=2).output


def test_a_long_line_is_shown_in_pieces() -> None:
    """Only the pieces that hold something."""
    text = ("x" * 99 + " ") * 100 + "SSN 219-09-9999 and SSN 219-09-9998 " + "y " * 5000
    shown = run("-", text=text, status=1).stdout

    assert len(shown) < 1000
    assert ">>219-09-9999<<" in shown
    assert " 1:10005  SSN" in shown


@pytest.mark.many_rounds
def test_a_megabyte_is_read() -> None:
    """And shown, where there is something in it."""
    text = "We are glad that you came, and come again.\n" * 25_000 + "SSN 219-09-9999"

    assert " 25001 | SSN >>219-09-9999<<" in run("-", text=text, status=1).stdout


def test_the_hook_runs_what_exists() -> None:
    """Its entry is a command with options that there are, and its extra is one of ours."""
    hook = (ROOT / ".pre-commit-hooks.yaml").read_text()
    entry = re.search(r"^  entry: compliant-sms (.+)$", hook, re.MULTILINE)
    extra = re.search(r"additional_dependencies: \[\"\.\[(\w+)\]\"\]", hook)
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert "- id: compliant-sms-phi" in hook
    assert entry
    assert entry[1].split() == ["phi", "--lines"]
    assert extra
    assert extra[1] in extras["optional-dependencies"]
