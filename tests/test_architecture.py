"""The house keeps its shape: imports point down, the core is pure, importing is cheap."""

from __future__ import annotations

import ast
import pkgutil
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import compliant_sms
from compliant_sms import (
    classification,
    consent,
    evidence,
    flows,
    optout,
    phi,
    ports,
    providers,
    stores,
    testing,
    volume,
)
from unmeasured import surroundings

ROOT = Path(__file__).parent.parent
SOURCE = Path(compliant_sms.__file__).parent


def test_imports_point_one_way_and_the_core_asks_nobody() -> None:
    """import-linter's contracts hold: layers, and no I/O in core rooms."""
    run = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        cwd=ROOT,
        env=surroundings(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize(("library", "file"), [("httpx", "transport.py"), ("tenacity", "retry.py")])
def test_a_library_is_imported_in_one_file_only(library: str, file: str) -> None:
    """What may have to be replaced one day is replaced in one place."""
    importing = [
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if f"import {library}" in path.read_text() or f"from {library}" in path.read_text()
    ]

    assert importing == [file]


def test_an_adapter_is_short_and_a_file_of_its_own() -> None:
    """Each adapter is one file of at most 250 lines, as the page on adding a provider says."""
    files = {
        name: (SOURCE / "providers" / f"{file}.py").read_text().count("\n")
        for file, names in providers._FILES.items()
        for name in names
    }

    assert len(files) == len(providers._FILES) > 10
    assert {name: lines for name, lines in files.items() if lines > 250} == {}


def test_the_core_never_reads_a_clock() -> None:
    """No core file calls datetime.now, date.today or utcnow."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    core = next(c for c in contracts["contracts"] if c["id"] == "pure-core")["source_modules"]
    rooms = [SOURCE / module.removeprefix("compliant_sms.") for module in core]
    files = [f for r in rooms for f in (r.rglob("*.py") if r.is_dir() else [r.with_suffix(".py")])]

    readers = [
        f.name
        for f in files
        if any(call in f.read_text() for call in ("datetime.now(", "date.today(", ".utcnow("))
    ]

    assert len(files) > len(rooms)
    assert readers == []


def test_importing_is_silent_and_loads_neither_http_nor_retries() -> None:
    """A fresh import prints nothing, adds no log handler and leaves the heavy libraries alone."""
    code = (
        "import sys, logging\n"
        "from compliant_sms import Messenger, Practice, Purpose\n"
        "from compliant_sms.providers import Twilio\n"
        "from compliant_sms.stores import SQLite\n"
        "heavy = {'httpx', 'tenacity', 'starlette', 'click', 'rich', 'cattrs', 'psycopg'}\n"
        "print(sorted(heavy & set(sys.modules)), logging.getLogger().handlers)"
    )

    run = subprocess.run(
        [sys.executable, "-c", code], env=surroundings(), capture_output=True, text=True, check=True
    )

    assert (run.stdout.strip(), run.stderr) == ("[] []", "")


def test_the_front_door_leaves_what_works_behind_it_for_later() -> None:
    """Importing it loads no flow, rule or reading; making a messenger loads them."""
    code = """\
import sys
from compliant_sms import Messenger, Practice, Purpose
from compliant_sms.providers import Twilio
from compliant_sms.stores import SQLite
late = {f"compliant_sms.{name}" for name in ("flows._sending._send", "rules", "messages", "optout")}
before = late & set(sys.modules)
practice = Practice(
    name="Lakeside", phone="+12175550100", time_zone="America/Chicago", state="IL"
)
provider = Twilio(account_sid="AC" + "0" * 32, auth_token="0" * 32, sender="+12175550111")
from compliant_sms import Plaintext
with Messenger(
    practice=practice, provider=provider, store=SQLite(":memory:"), keyring=Plaintext(reason="-")
):
    print(sorted(before), late <= set(sys.modules))
"""

    run = subprocess.run(
        [sys.executable, "-c", code], env=surroundings(), capture_output=True, text=True, check=True
    )

    assert run.stdout.strip() == "[] True"


def test_the_front_door_is_small() -> None:
    """20 to 30 public names, all of them there; the rest sits in named rooms."""
    assert 20 <= len(compliant_sms.__all__) <= 30
    assert all(hasattr(compliant_sms, name) for name in compliant_sms.__all__)


@pytest.mark.many_rounds
def test_every_test_says_what_it_proves() -> None:
    """Each test function has a docstring."""
    silent = [
        f"{path.name}:{node.name}"
        for path in Path(__file__).parent.rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and ast.get_docstring(node) is None
    ]

    assert silent == []


@pytest.mark.many_rounds
def test_constants_of_compiled_classes_are_annotated() -> None:
    """Where mypyc compiles, a class says which of its names are constants, or it does not build."""
    bare = [
        f"{path.name}: {kind.name}"
        for path in (SOURCE / "phi").rglob("_*.py")
        for kind in ast.walk(ast.parse(path.read_text()))
        if isinstance(kind, ast.ClassDef) and not kind.bases and not kind.decorator_list
        for statement in kind.body
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]).isupper()
    ]

    assert bare == []


@pytest.mark.parametrize(
    "room",
    [
        compliant_sms,
        classification,
        consent,
        evidence,
        flows,
        optout,
        phi,
        ports,
        stores,
        testing,
        volume,
    ],
    ids=lambda room: room.__name__,
)
def test_what_loads_late_is_there(room: ModuleType) -> None:
    """Names that load at first use are listed, can be had, and nothing else is pretended."""
    assert set(room.__all__) <= set(dir(room))
    assert all(getattr(room, name) is not None for name in room.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = room.nothing


def test_what_is_made_at_first_use_is_made() -> None:
    """Patterns and tables that wait for one text in a million can be made as well as all others."""
    made = 0
    for module in pkgutil.walk_packages(compliant_sms.__path__, "compliant_sms."):
        if module.name.endswith("__main__") or module.name.startswith("compliant_sms.web"):
            continue  # frameworks want to be set up first
        for kept in vars(import_module(module.name)).values():
            make = getattr(kept, "__wrapped__", None)
            is_own = hasattr(kept, "cache_info") and make.__module__ == module.name
            if is_own and make.__annotations__.keys() == {"return"}:
                assert make() is not None, make
                made += 1
    assert made > 150
