"""``compliant-sms verify``: what it prints, and its exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from attrs import evolve
from click.testing import CliRunner, Result

from compliant_sms.cli._commands import commands
from compliant_sms.evidence import Checkpoint
from compliant_sms.evidence._files import JSON, archive, unpacked
from compliant_sms.signing import SigningKey
from evidence_story import dossier_of, forged, pack, sealed
from unmeasured import surroundings

__all__ = ["pack"]


@pytest.fixture
def file(pack: bytes, tmp_path: Path) -> Path:
    """A pack in a file."""
    path = tmp_path / "ruiz.zip"
    path.write_bytes(pack)
    return path


def run(*arguments: str | Path, status: int = 0) -> Result:
    """One call of the command."""
    result = CliRunner().invoke(commands, ["verify", *map(str, arguments)])
    assert result.exit_code == status, result.output
    return result


def test_a_good_pack_passes(file: Path) -> None:
    """Each check has a row, and the last line says what it comes to."""
    shown = run(file).output

    for name in ("archive", "manifest", "chains", "inclusion", "texts", "decisions"):
        assert name in shown
    assert "passed" in shown
    assert "failed" not in shown
    assert shown.strip().endswith("Nothing is wrong; 1 could not be checked.")


def test_a_changed_pack_fails_and_is_named(file: Path) -> None:
    """The status is 1, and the words name the file that was changed."""
    files = unpacked(file.read_bytes())
    file.write_bytes(archive(files | {JSON: files[JSON].replace(b"Ana", b"Eve")}))
    shown = " ".join(run(file, status=1).output.split())

    assert "failed" in shown
    assert "evidence.json was" in shown
    assert shown.endswith("This pack does not verify.")


def test_machines_get_json(file: Path) -> None:
    """One object with each check."""
    told = json.loads(run(file, "--json").stdout)

    assert told["ok"] is True
    assert told["checks"][0] == {
        "name": "archive",
        "result": "passed",
        "words": "Three files, and not a byte besides.",
    }


def test_a_kept_checkpoint_is_compared(file: Path, tmp_path: Path) -> None:
    """One's own checkpoint passes; another's fails; what is none is refused."""
    point = Checkpoint.parse(dossier_of(file.read_bytes()).checkpoint)
    kept = tmp_path / "kept.txt"
    kept.write_bytes(str(point).encode())

    assert "kept checkpoint" in run(file, "--checkpoint", kept).output
    kept.write_bytes(str(evolve(point, root=bytes(32))).encode())
    assert "another root" in " ".join(run(file, "--checkpoint", kept, status=1).output.split())
    kept.write_bytes(b"\xff")
    assert "no checkpoint" in run(file, "--checkpoint", kept, status=2).output


def test_the_signature_is_checked(file: Path, tmp_path: Path) -> None:
    """The public key that signed passes, another fails, and what is no key is refused."""
    key, other = (SigningKey.generate("lakeside.example/ledger") for _ in range(2))
    point = Checkpoint.parse(dossier_of(file.read_bytes()).checkpoint).signed(key)
    file.write_bytes(forged(file.read_bytes(), lambda d: evolve(d, checkpoint=str(point))))
    public = tmp_path / "lakeside.pub"
    public.write_text(f"{key.public}\n")

    assert "Nothing is wrong." in run(file, "--public-key", public).output
    assert "Nothing is wrong." in run(file, "--public-key", str(key.public)).output
    nowhere = run(file, "--public-key", tmp_path / "nowhere", status=2).output
    assert "neither a public key" in " ".join(nowhere.split())
    public.write_text(str(other.public))
    run(file, "--public-key", public, status=1)
    public.write_text("no key")
    assert "not a public key" in run(file, "--public-key", public, status=2).output


def test_sealed_records_are_opened_with_the_key_in_the_pack(file: Path) -> None:
    """Where the extra keyring is installed, what was sealed is compared too."""
    from compliant_sms.evidence import make_pack  # noqa: PLC0415 - used once

    file.write_bytes(make_pack(sealed(dossier_of(file.read_bytes()))))
    checks = {each["name"]: each for each in json.loads(run(file, "--json").stdout)["checks"]}

    assert checks["entries"]["result"] == "passed"


def test_a_pack_cannot_command_the_terminal(file: Path) -> None:
    """Control characters in ids of a hostile pack are not printed."""
    hostile = "\x1b]0;owned\x07[bold red]"
    file.write_bytes(
        forged(
            file.read_bytes(),
            lambda d: evolve(
                d,
                texts=tuple(evolve(t, message_id=hostile, state="due") for t in d.texts),
            ),
        )
    )
    shown = run(file, status=1).output

    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert "[bold red]" in shown


def test_nothing_of_a_patient_is_shown(file: Path) -> None:
    """Neither the table nor the JSON shows a number, a name or a body."""
    shown = run(file).output + run(file, "--json").output

    assert not any(secret in shown for secret in ("2175550134", "Ana", "vaccines", "pat-881"))


def test_it_needs_no_database_and_no_network(file: Path) -> None:
    """Checking loads neither a store, nor a transport, nor a facade."""
    code = (
        "import sys, pathlib\n"
        "from compliant_sms.evidence import verify_pack\n"
        "report = verify_pack(pathlib.Path(sys.argv[1]).read_bytes())\n"
        "rooms = ('stores', 'transport', 'flows', 'messenger')\n"
        "others = {'httpx', *(f'compliant_sms.{room}' for room in rooms)}\n"
        "loaded = others & set(sys.modules)\n"
        "print(report.ok, sorted(loaded))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code, str(file)],
        env=surroundings(),
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert shown.strip() == "True []"
