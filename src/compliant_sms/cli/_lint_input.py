"""What ``compliant-sms lint`` reads: texts from files, each with its place in the file."""

from __future__ import annotations

import csv
import io
import json
import sys
import tomllib
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import click
from attrs import field, frozen

from compliant_sms.cli._options import utf8

_BY_SUFFIX = {".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".toml": "toml"}
_BY_SUFFIX |= {".csv": "csv"}
_READ = (*_BY_SUFFIX, ".txt")
_STANDARD_INPUT = "-"


@frozen(kw_only=True)
class Unit:
    """A text and its place.

    Attributes:
        file: the path as it was given; ``-`` for standard input.
        line: the line where it begins, from 1.
        text: the text itself.
        verbatim: whether the line is the text, so that offsets in it are columns.
    """

    file: str
    line: int
    text: str = field(repr=False)
    verbatim: bool = False


def units(paths: Iterable[str], fields: Collection[str], form: str | None) -> list[Unit]:
    """Read the texts of all files, in order.

    Args:
        paths: files; folders, whose files that end in .txt, .json, .jsonl, .ndjson, .toml and
            .csv are read at any depth; or ``-`` for standard input.
        fields: the fields of JSON, TOML and CSV that hold texts, in any case and at any depth.
        form: ``text``, ``json``, ``jsonl``, ``toml`` or ``csv``; None to go by the file's name.

    Raises:
        click.UsageError: a file cannot be read or parsed, or its texts are in other fields. None
            of its content is shown.
    """
    named = frozenset(name.casefold() for name in fields)
    return [unit for path in dict.fromkeys(paths) for unit in _in(path, named, form)]


def _in(path: str, fields: Collection[str], form: str | None) -> list[Unit]:
    if path == _STANDARD_INPUT or not Path(path).is_dir():
        return list(_units(path, fields, form))
    below = (file for file in sorted(Path(path).rglob("*")) if file.suffix.lower() in _READ)
    files = [str(file) for file in below if file.is_file() and not _is_hidden(file, path)]
    # The folder may also hold other programs' files without any text.
    found = [unit for file in files for unit in _units(file, fields, form, among_others=True)]
    if not found:
        msg = (
            f"nothing in {path} was read: no file there that ends in {', '.join(_READ)} holds a "
            "text. Name the files themselves, and the fields with --field."
        )
        raise click.UsageError(msg)
    return found


def _is_hidden(file: Path, folder: str) -> bool:
    return any(part.startswith(".") for part in file.relative_to(folder).parts)


def _units(
    path: str, fields: Collection[str], form: str | None, *, among_others: bool = False
) -> Iterator[Unit]:
    try:
        text = utf8(_bytes(path), "PATH")
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror}"
        raise click.UsageError(msg) from None
    kind = form or _BY_SUFFIX.get(Path(path).suffix.lower(), "text")
    found = list(_lines(text) if kind == "text" else _structured(path, text, fields, kind))
    if not (found or among_others or kind == "text"):
        _refuse_passed_over(path, text, fields, kind)
    for line, said in found:
        if said.strip():
            yield Unit(file=path, line=line, text=said, verbatim=kind == "text")


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for line, whole in enumerate(text.split("\n"), start=1):
        yield line, whole.removesuffix("\r")


def _bytes(path: str) -> bytes:
    return sys.stdin.buffer.read() if path == _STANDARD_INPUT else Path(path).read_bytes()


def _structured(
    path: str, text: str, fields: Collection[str], kind: str
) -> Iterator[tuple[int, str]]:
    try:
        yield from _READERS[kind](text, fields)
    except (ValueError, RecursionError, csv.Error):
        msg = f"{path} is not {kind.upper()}. Fix the file, or name its kind with --input."
        raise click.UsageError(msg) from None


def _refuse_passed_over(path: str, text: str, fields: Collection[str], kind: str) -> None:
    """Refuse a file whose texts are all in other fields, because it would pass as clean."""
    if any(True for _ in _READERS[kind](text, _ANY)):
        msg = (
            f"nothing in {path} was read: none of its texts is in a field named "
            f"{' or '.join(sorted(fields))}. Name the field with --field."
        )
        raise click.UsageError(msg)


def _of_json(text: str, fields: Collection[str]) -> Iterator[tuple[int, str]]:
    yield from _placed(text, _texts(json.loads(text), fields))


def _of_jsonl(text: str, fields: Collection[str]) -> Iterator[tuple[int, str]]:
    for line, row in enumerate(text.split("\n"), start=1):
        if row.strip():
            yield from ((line, said) for said in _texts(json.loads(row), fields))


def _of_toml(text: str, fields: Collection[str]) -> Iterator[tuple[int, str]]:
    yield from _placed(text, _texts(tomllib.loads(text), fields))


def _of_csv(text: str, fields: Collection[str]) -> Iterator[tuple[int, str]]:
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    line = 2
    for row in rows:
        yield from ((line, said) for said in _texts(row, fields))
        line = rows.line_num + 1


_ANY = frozenset[str]()
"""Instead of the names: any field."""
_READERS = {"json": _of_json, "jsonl": _of_jsonl, "toml": _of_toml, "csv": _of_csv}


def _texts(value: object, fields: Collection[str]) -> Iterator[str]:
    """The texts in these fields, at any depth, in the order of the file."""
    waiting: list[tuple[str | None, object]] = [("", value)]
    while waiting:
        name, here = waiting.pop()
        if isinstance(here, str) and (fields is _ANY or (name or "").casefold() in fields):
            yield here
        elif isinstance(here, dict):
            waiting += reversed(list(here.items()))
        elif isinstance(here, list):
            waiting += [(name, each) for each in reversed(here)]


def _placed(document: str, texts: Iterable[str]) -> Iterator[tuple[int, str]]:
    """The line where each text begins, if the file has it word for word."""
    at, line, after = 0, 1, 0
    for text in texts:
        places = (document.find(form, after) for form in _written(text))
        place = min((place for place in places if place >= 0), default=at)
        line, at = line + document.count("\n", at, place), place
        after = at + 1
        yield line, text


def _written(text: str) -> tuple[str, ...]:
    return json.dumps(text), json.dumps(text, ensure_ascii=False), f"'{text}'", f'"""{text}"""'
