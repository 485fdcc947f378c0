"""What looks over the built documentation finds what is wrong with it."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[1] / "docs" / "_built.py"


@pytest.fixture(scope="module")
def built() -> ModuleType:
    """``docs/_built.py``."""
    spec = importlib.util.spec_from_file_location("_built", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Two pages that link to each other, a style, a picture, and an index of both."""
    (tmp_path / "how-to").mkdir()
    (tmp_path / "style.css").write_text("p {}")
    (tmp_path / "picture.png").write_bytes(b"0" * 1000)
    (tmp_path / "index.html").write_text(
        '<link rel="stylesheet" href="style.css?v=1"><a href="how-to/remind.html#words">a</a>'
        '<img src="data:image/png;base64,AA=="><a href="https://away.example">b</a>'
    )
    (tmp_path / "how-to/remind.html").write_text(
        '<h2 id="words">Words</h2><a href="../index.html">a</a><a href="#words">b</a>'
        '<img src="../picture.png">'
    )
    index(tmp_path, ["index", "how-to/remind"])
    return tmp_path


def index(site: Path, names: list[str]) -> None:
    told = {"docnames": names, "titleterms": {"a": 0, "b": [0, 1]}, "terms": {"c": [0, 1]}}
    if len(names) == 1:
        told |= {"titleterms": {"a": 0}, "terms": {"c": 0}}
    (site / "searchindex.js").write_text(f"Search.setIndex({json.dumps(told)})")


def test_a_good_site(built: ModuleType, site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is said, and nothing fails."""
    assert (built.main(site), capsys.readouterr().out) == (0, "")


@pytest.mark.parametrize(
    ("added", "problem"),
    [
        ('<script src="https://cdn.example/x.js"></script>', "from elsewhere"),
        ('<link rel="stylesheet" href="//fonts.example/x.css">', "from elsewhere"),
        ('<img src="gone.png">', "loads gone.png, which is not there"),
        ('<a href="gone.html">x</a>', "links to gone.html"),
        ('<a href="how-to/remind.html#gone">x</a>', "#gone, which is not there"),
        ('<a href="#gone">x</a>', "links to #gone"),
        ("x" * 1_000_000, "weighs 1,000,"),
    ],
)
def test_each_fault_is_named(built: ModuleType, site: Path, added: str, problem: str) -> None:
    """With the page on which it stands."""
    page = site / "index.html"
    page.write_text(page.read_text() + added)

    (found,) = built.problems(site)
    assert found.startswith("index.html: ")
    assert problem in found


def test_a_page_that_no_search_finds(built: ModuleType, site: Path) -> None:
    """Neither by its title nor by its words; and an index that cannot be read."""
    index(site, ["index"])
    title, words = built.problems(site)
    assert title.startswith("how-to/remind: a search for a word of its title")
    assert words.startswith("how-to/remind: a search for any word")

    (site / "searchindex.js").write_text("nothing")
    assert list(built.problems(site)) == ["searchindex.js: cannot be read"]


def test_the_session_that_builds_looks_too() -> None:
    """The check runs wherever the documentation is built."""
    session = (SCRIPT.parents[1] / "noxfile.py").read_text("utf-8")
    assert '"docs/_built.py", "docs/_build/html"' in session
