"""The sessions: ``nox`` runs the default ones and needs nothing but nox and a Python."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import nox

nox.needs_version = ">=2024.4.15"
nox.options.sessions = ["tests", "coverage", "vendors", "lint", "types", "docs"]
nox.options.reuse_existing_virtualenvs = True
# An interpreter that this machine lacks is no error, not even where CI is set.
nox.options.error_on_missing_interpreters = False

HERE = Path(__file__).parent
PYPROJECT = nox.project.load_toml("pyproject.toml")


def installed_pythons() -> list[str]:
    """The supported versions that really run here: a shim on the path may lead nowhere."""
    supported = nox.project.python_versions(PYPROJECT)
    return [version for version in supported if _runs(f"python{version}")] or supported


def _runs(command: str) -> bool:
    found = shutil.which(command)
    if found is None:
        return False
    probe = [found, "-c", "import ssl, sqlite3"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0  # noqa: S603


def groups(name: str) -> list[str]:
    """The dependencies of a group in pyproject.toml."""
    return nox.project.dependency_groups(PYPROJECT, name)


@nox.session(python=installed_pythons())
def tests(session: nox.Session) -> None:
    """All tests but the long runs, on every interpreter found."""
    session.install(".[all]", *groups("tests"))
    # One file stays in one process: the blocks of a document build on each other.
    # tests/conftest.py says which come first.
    processes = ["-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder"]
    command = ["coverage", "run", "-m", "pytest", *processes, *session.posargs]
    session.run(*command, env=in_memory() | COMPILE_ONCE)


# What is empty counts as not set: pytest takes half a minute to compile all tests.
COMPILE_ONCE = {"PYTHONDONTWRITEBYTECODE": ""}


def in_memory() -> dict[str, str]:
    """Keeps what tests write off the disk, where there is room: each commit would wait for it."""
    folder = Path("/dev/shm")  # noqa: S108 - pytest makes a folder of its own there
    if not os.access(folder, os.W_OK) or shutil.disk_usage(folder).free < ROOM:
        return {}
    runs_programs = not os.statvfs(folder).f_flag & os.ST_NOEXEC  # environments are made as well
    return {"PYTEST_DEBUG_TEMPROOT": str(folder)} if runs_programs else {}


ROOM = 6 * 2**30


@nox.session
def coverage(session: nox.Session) -> None:
    """Branch coverage of all interpreters together; the pure core must be complete."""
    session.install("coverage[toml]")
    session.run("coverage", "combine", success_codes=[0, 1], silent=True)
    session.run("coverage", "report", "--fail-under=90")
    session.run("coverage", "report", "--fail-under=100", "--include", ",".join(CORE))


CORE = [
    f"*/compliant_sms/{room}"
    for room in (
        "audit.py",
        "choices.py",
        "classification/*",
        "clock.py",
        "consent/*",
        "conversations/*",
        "contact/*",
        "_deprecated.py",
        "driver.py",
        "errors.py",
        "events.py",
        "evidence/*",
        "evidence/_page/*",
        "figures.py",
        "flows/*",
        "flows/*/*",
        "_given.py",
        "_masking.py",
        "imports/*",
        "_lazy.py",
        "lifecycle.py",
        "lint/*",
        "logs.py",  # not core, but the last net
        "lookups.py",
        "messages.py",
        "optout/*",
        "people.py",
        "permission/*",
        "phi/*",
        "phi/*/*",
        "phone.py",
        "phrases/*",
        "ports/*",
        "practice.py",
        "providers/*",
        "providers/*/*",
        "rates.py",
        "records.py",
        "reminders/*",
        "retention/*",
        "rules/*",
        "secure_pages/*",
        "templates/*",
        "text/*",
        "volume/*",
        "waiver.py",
        "wire.py",
    )
]


@nox.session
def vendors(session: nox.Session) -> None:
    """What the adapters build is what the vendors' own clients send."""
    session.install(".[all]", *groups("vendors"))
    session.run("pytest", "tests/vendors", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Style, formatting, and the direction of imports."""
    session.install(".", *groups("lint"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("lint-imports")


@nox.session
def types(session: nox.Session) -> None:
    """Strict types inside, complete types outside."""
    session.install("-e", ".[all]", *groups("types"))
    session.run("mypy")
    session.run("basedpyright", "--verifytypes", "compliant_sms", "--ignoreexternal")
    session.run("basedpyright", "tests/typing")


@nox.session
def docs(session: nox.Session) -> None:
    """The documentation, with warnings as errors; then its pages are looked over."""
    session.install(".[all]", *groups("docs"))
    session.run("sphinx-build", "-W", "-n", "-q", "-b", "html", "docs", "docs/_build/html")
    session.run("python", "docs/_built.py", "docs/_build/html")


@nox.session
def bench(session: nox.Session) -> None:
    """The bars, as ratios within one run; writes docs/benchmarks.md.

    What mypyc compiles is measured as installed from source and, where there is a C compiler, as
    compiled.
    """
    session.install(".[all]", *groups("bench"))
    session.run("python", "benchmarks/run.py", *compiled(session), *session.posargs)


def compiled(session: nox.Session) -> list[str]:
    """The option that names an interpreter with the library compiled; none without a compiler."""
    if shutil.which("cc") is None:
        session.warn("no C compiler: the compiled library is not measured")
        return []
    folder = Path(session.create_tmp())
    python = folder / "compiled" / "bin" / "python"
    session.run("python", "-m", "venv", str(python.parents[1]))
    # In a copy: while it compiles, the hook takes pyproject.toml away.
    copy = folder / "source"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(HERE / "src", copy / "src")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(HERE / name, copy)
    hooks = {"HATCH_BUILD_HOOK_ENABLE_MYPYC": "1"}
    install = [str(python), "-m", "pip", "install", "--quiet", "--force-reinstall"]
    session.run(*install, f"{copy}[all]", *groups("bench"), env=hooks, external=True)
    return ["--compiled", str(python)]


@nox.session
def fuzz(session: nox.Session) -> None:
    """Coverage-guided fuzzing of what reads texts; ``-- -max_total_time=600`` says how long."""
    session.install(".[all]", *groups("fuzz"))
    options = session.posargs or ["-max_total_time=60"]
    for target in sorted(Path("tests", "fuzz").glob("*.py")):
        session.run("python", str(target), "-max_len=4096", "-timeout=10", *options)


@nox.session
def endurance(session: nox.Session) -> None:
    """The long runs, with their full counts; renews the figures in docs/reliability.md."""
    session.install(".[all]", *groups("tests"))
    figures = Path(session.create_tmp(), "figures.jsonl")
    figures.write_text("")
    env = {"COMPLIANT_SMS_FIGURES": str(figures.resolve())} | COMPILE_ONCE
    session.run("pytest", "-m", "endurance", "--endurance", *session.posargs, env=env)
    session.run("python", "docs/_reliability.py", str(figures))
