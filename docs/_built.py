# ruff: noqa: INP001 - a program, not a package
"""Looks over the pages as they were built: ``python docs/_built.py docs/_build/html``.

Prints what is wrong, and ends with 1 where anything is: a page that is heavy to load, that loads
something from elsewhere, or that links to what is not there; and a page that a search misses.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

HEAVIEST = 1_000_000
"""Bytes of a page with all that it loads, uncompressed."""
_LOADED = {("script", "src"), ("img", "src"), ("source", "srcset"), ("iframe", "src")}
# They have no words of their own.
_UNSEARCHED = {"genindex", "py-modindex", "search"}


class Page(HTMLParser):
    """What a page loads, where it links to, and what can be linked to in it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.loads: set[str] = set()
        self.links: set[str] = set()
        self.anchors: set[str] = set()
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what matters of a tag."""
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        self.loads |= {given[name] for each, name in _LOADED if each == tag and name in given}
        if tag == "link" and given.get("rel") in {"stylesheet", "icon", "preload"}:
            self.loads.add(given["href"])
        if tag == "a" and "href" in given:
            self.links.add(given["href"])


@cache
def _read(path: Path) -> Page:
    return Page(path)


def problems(site: Path) -> Iterator[str]:
    """What is wrong with a built site, one line each."""
    pages = sorted(site.rglob("*.html"))
    for path in pages:
        name = path.relative_to(site).as_posix()
        yield from (f"{name}: {problem}" for problem in _of_page(path))
    yield from _of_search(
        site, {path.relative_to(site).with_suffix("").as_posix() for path in pages}
    )


def _of_page(path: Path) -> Iterator[str]:
    page, weight = _read(path), path.stat().st_size
    for target in sorted(page.loads):
        if target.startswith("data:"):
            continue
        if urlsplit(target).netloc:
            yield f"loads {target} from elsewhere"
            continue
        file = _file(path, target)
        if not file.is_file():
            yield f"loads {target}, which is not there"
            continue
        weight += file.stat().st_size
    if weight > HEAVIEST:
        yield f"weighs {weight:,} bytes with what it loads, and may weigh {HEAVIEST:,}"
    yield from (f"links to {link}, which is not there" for link in sorted(_dead(path, page)))


def _dead(path: Path, page: Page) -> Iterator[str]:
    for link in page.links:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        file = _file(path, link) if parts.path else path
        if not file.is_file():
            yield link
            continue
        named = unquote(parts.fragment) if file.suffix == ".html" else ""
        if named and named not in _read(file).anchors:
            yield link


def _file(page: Path, link: str) -> Path:
    return (page.parent / unquote(urlsplit(link).path)).resolve()


def _of_search(site: Path, names: set[str]) -> Iterator[str]:
    index = site / "searchindex.js"
    found = re.fullmatch(r"Search\.setIndex\((.*)\)\s*", index.read_text("utf-8"), re.DOTALL)
    if found is None:
        yield "searchindex.js: cannot be read"
        return
    told = json.loads(found[1])
    by_title = {place for places in told["titleterms"].values() for place in _places(places)}
    by_words = {place for places in told["terms"].values() for place in _places(places)}
    known = dict(enumerate(told["docnames"]))
    for way, places in (("a word of its title", by_title), ("any word in it", by_words)):
        for name in sorted(names - _UNSEARCHED - {known[place] for place in places}):
            yield f"{name}: a search for {way} does not find it"


def _places(places: int | list[int]) -> list[int]:
    return places if isinstance(places, list) else [places]


def main(site: Path) -> int:
    """Look, and say; the exit status."""
    wrong = list(problems(site))
    for line in wrong:
        print(line)  # noqa: T201 - that is what it is for
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
