"""What ``compliant-sms phi`` reads: texts, and facts about the patient and the practice."""

from __future__ import annotations

import codecs
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click
from attrs import fields_dict

from compliant_sms.cli._phi import Document
from compliant_sms.phi import Known, OwnFacts, PatientFacts, PhiLabel

_STANDARD_INPUT = "-"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def documents(names: Iterable[str]) -> list[Document]:
    """Read the texts, each once.

    Bytes that are not UTF-8 (or UTF-16, if the file says so) are reported on standard error, and
    replaced by characters in which nothing is found.

    Raises:
        click.UsageError: some files cannot be read; all of those are named.
    """
    read: list[Document] = []
    problems: list[str] = []
    for name in dict.fromkeys(names):
        try:
            read.append(_document(name, _bytes(name)))
        except OSError as error:
            problems.append(f"{name} cannot be read: {error.strerror}")
    for document in read:
        if document.unreadable:
            what = f"{document.unreadable} of its bytes are not text and could not be read"
            click.echo(f"{document.name}: {what}", err=True)
    if problems:
        raise click.UsageError("\n".join(problems))
    return read


def _bytes(name: str) -> bytes:
    return sys.stdin.buffer.read() if name == _STANDARD_INPUT else Path(name).read_bytes()


def _document(name: str, data: bytes) -> Document:
    if data.startswith(_UTF_16):
        text = data.decode("utf-16", "replace")
        return Document(name=name, text=text, unreadable=text.count("\ufffd"))
    text = data.removeprefix(codecs.BOM_UTF8).decode("utf-8", "surrogateescape")
    unreadable = 0 if text.isascii() else sum(map(_is_escaped, text))
    return Document(name=name, text=text, unreadable=unreadable)


def _is_escaped(character: str) -> bool:
    return "\udc80" <= character <= "\udcff"


def labels(given: Iterable[str]) -> frozenset[PhiLabel]:
    """Parse labels by name.

    Raises:
        click.BadParameter: there is no such label.
    """
    names = [each.strip().upper().replace("-", "_") for each in given]
    if not set(names) <= set(PhiLabel):
        msg = f"there is no such label. Pass one of {', '.join(PhiLabel)}."
        raise click.BadParameter(msg, param_hint="'--allow'")
    return frozenset(map(PhiLabel, names))


def known(patient: Path | None, names: Iterable[str], phones: Iterable[str]) -> Known:
    """Read what is already known.

    Args:
        patient: a JSON file with an object of the fields of ``PatientFacts``.
        names: the practice's own names.
        phones: the practice's own numbers.

    Raises:
        click.BadParameter: the file cannot be used. None of its content is shown.
    """
    own = OwnFacts(names=tuple(names), phones=tuple(phones))
    facts = None if patient is None else _facts(_parsed(patient))
    return Known(patient=facts, own=own if own != OwnFacts() else None)


def _parsed(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        msg = f"{file} cannot be read: {error.strerror}"
        raise _misuse(msg) from None
    except (ValueError, RecursionError):
        msg = f"{file} is not JSON"
        raise _misuse(msg) from None
    if not isinstance(found, dict):
        msg = f"{file} must contain one JSON object"
        raise _misuse(msg)
    return found


def _facts(given: dict[str, Any]) -> PatientFacts:
    problems = list(_problems(given))
    if problems:
        raise _misuse("; ".join(problems))
    born = given.get("birth_date")
    values = {**given, "birth_date": None if born is None else date.fromisoformat(born)}
    return PatientFacts(**values)


def _problems(given: dict[str, Any]) -> Iterator[str]:
    allowed = [*fields_dict(PatientFacts)]
    # A key may be a value in the wrong place, so keys are counted, not shown.
    strange = len(set(given) - set(allowed))
    if strange:
        yield f"{strange} of its fields are unknown; the known ones are {', '.join(allowed)}"
    for name in allowed:
        value = given.get(name)
        if name == "birth_date":
            if value is not None and not _is_day(value):
                yield "birth_date must be a day such as 1980-04-12"
        elif name in given and not _is_list_of_texts(value):
            yield f"{name} must be a list of strings"


def _is_list_of_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _is_day(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _misuse(message: str) -> click.BadParameter:
    return click.BadParameter(message, param_hint="'--known'")
