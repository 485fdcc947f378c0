"""What is published works: it builds, installs, imports without extras, and serves a project."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
from collections.abc import Sequence
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
DOWNSTREAM = Path(__file__).parent / "downstream"
# Neither the source beside this file nor the coverage of this run may leak into other environments.
CLEAN = {
    name: value
    for name, value in os.environ.items()
    if name != "PYTHONPATH" and not name.startswith(("COVERAGE", "COV_", "PYTEST"))
}


def run(command: Sequence[str | Path], cwd: Path, **more: str) -> str:
    """Run a command to its end; what it printed."""
    done = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, check=False, env=CLEAN | more
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT],
        cwd=folder,
        PIP_NO_INDEX="1",
    )
    return folder


@pytest.fixture(scope="session")
def fresh(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with the wheel and nothing else."""
    folder = tmp_path_factory.mktemp("fresh") / "venv"
    run([sys.executable, "-m", "venv", "--without-pip", folder], cwd=folder.parent)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check"]
    wheel = only_wheel(built)
    run([*pip, "install", "--no-deps", "--no-index", "--quiet", wheel], cwd=folder.parent)
    return python


def show(python: Path, packages: Path) -> None:
    """Let an environment see the packages of a folder, and of no other."""
    asked = [python, "-c", "import site; print(site.getsitepackages()[-1])"]
    site = Path(run(asked, python.parent).strip())
    (site / "what-is-there.pth").write_text(f"{packages}\n", "utf-8")


def only_wheel(folder: Path) -> Path:
    (wheel,) = folder.glob("*.whl")
    return wheel


def needed_by(names: Sequence[str]) -> set[str]:
    """The names of distributions, and all that they need without extras."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        asked = map(Requirement, distribution(name).requires or ())
        waiting += [
            each.name
            for each in asked
            if each.marker is None or each.marker.evaluate({"extra": ""})
        ]
    return found


@pytest.fixture(scope="session")
def core(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that shows the dependencies of the core, and nothing else."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    folder = tmp_path_factory.mktemp("core")
    for name in needed_by([Requirement(each).name for each in project["dependencies"]]):
        found = distribution(name)
        tops = {
            file.parts[0]
            for file in found.files or ()
            if file.parts[0] not in {"..", "__pycache__"}
        }
        for top in tops:
            if not (folder / top).exists():
                (folder / top).symlink_to(Path(str(found.locate_file(top))).resolve())
    return folder


def test_sdist_has_what_a_packager_needs(built: Path) -> None:
    """Source, tests, documentation and licence; and nothing that a run left behind."""
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        names = {Path(*Path(name).parts[1:]).as_posix() for name in opened.getnames()}

    wanted = {"LICENSE", "README.md", "pyproject.toml", "src/compliant_sms/py.typed"}
    assert wanted | {"tests/downstream/pyproject.toml", "docs/index.md"} <= names
    assert not [name for name in names if name.endswith((".pyc", ".db")) or "/.hypothesis/" in name]


IMPORT_ALL = """
import importlib, pkgutil, sys
import compliant_sms
from compliant_sms.errors import MissingExtra

missing = {}

def look(name):
    try:
        module = importlib.import_module(name)
        for public in getattr(module, "__all__", ()):
            try:
                getattr(module, public)
            except MissingExtra as error:
                missing[f"{name}.{public}"] = error.extra
    except MissingExtra as error:
        missing[name] = error.extra
        return
    for _, inner, _ in pkgutil.iter_modules(getattr(module, "__path__", ()), f"{name}."):
        last = inner.rpartition(".")[2]
        if not last.startswith("_") and inner not in APART:
            look(inner)

# A program, and what only tests ask for.
APART = {"compliant_sms.cli", "compliant_sms.testing"}
look("compliant_sms")
heavy = {"starlette", "click", "cryptography", "psycopg", "pytest", "hypothesis", "django", "flask"}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
from compliant_sms.testing import MovableClock, assert_sent
try:
    from compliant_sms.testing import FakeCarrier
except MissingExtra as error:
    missing["FakeCarrier"] = error.extra
print(*sorted(set(missing.values())))
"""


def test_core_imports_without_extras(fresh: Path, core: Path, tmp_path: Path) -> None:
    """With the core's dependencies alone every room is there, or names the extra to install."""
    show(fresh, core)
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    shown = run([fresh, "-c", IMPORT_ALL], tmp_path).split()

    assert {"sandbox", "starlette", "testing"} <= set(shown) <= set(extras["optional-dependencies"])


def test_downstream_project_passes_its_tests(fresh: Path, tmp_path: Path) -> None:
    """A project installs the wheel, and its own tests pass with what the library brings."""
    show(fresh, Path(sysconfig.get_path("purelib")))
    project = shutil.copytree(
        DOWNSTREAM, tmp_path / "clinic", ignore=shutil.ignore_patterns("__pycache__", ".*")
    )
    where = run([fresh, "-c", "import compliant_sms; print(compliant_sms.__file__)"], tmp_path)
    assert Path(where).is_relative_to(fresh.parents[1])
    shown = run([fresh, "-m", "pytest", "-q", "-p", "no:cacheprovider"], project)

    assert " passed" in shown
    assert "failed" not in shown


def test_downstream_project_uses_public_names_only() -> None:
    """Nothing that it imports begins with an underscore."""
    imported = [
        name
        for file in DOWNSTREAM.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in [getattr(node, "module", "") or "", *(each.name for each in node.names)]
    ]

    assert "compliant_sms.testing.webhooks" in imported
    assert not [
        name
        for name in imported
        if name != "__future__" and any(part.startswith("_") for part in name.split("."))
    ]
