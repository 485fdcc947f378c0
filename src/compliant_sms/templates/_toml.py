"""Templates in TOML files."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from compliant_sms._lazy import packaged
from compliant_sms.classification import Purpose, catalogue
from compliant_sms.errors import InvalidInput, InvalidTemplate
from compliant_sms.templates._canned import CannedReply
from compliant_sms.templates._catalogue import Catalogue
from compliant_sms.templates._kinds import KINDS, Kind
from compliant_sms.templates._parts import Approval, Body, Variable, Withdrawal
from compliant_sms.templates._template import Template

_TABLES: Mapping[str, type[Template]] = {"template": Template, "reply": CannedReply}
_SHARED = {"name", "version", "purpose", "asks", "approved", "withdrawn", "variables", "bodies"}
_FIELDS = {"template": _SHARED, "reply": _SHARED | {"intents"}}
_NEEDED = {"template": {"name", "version", "purpose", "bodies"}}
_NEEDED["reply"] = {"name", "version", "intents", "bodies"}
_REFUSED = (InvalidInput, TypeError, AttributeError, ValueError)


def templates_in(text: str, file: str, approved: Approval | None) -> list[Template]:
    """The templates of a file, in order.

    Raises:
        InvalidTemplate: something is wrong with it; ``problems`` lists everything.
    """
    made: list[Template] = []
    problems: list[str] = []
    for table, position, row in _rows(text, file):
        where = f"{file}: {table} {row.get('name') or f'no. {position}'!s}"
        try:
            made.append(_template(table, row, approved))
        except InvalidTemplate as wrong:
            problems += (f"{file}: {each}" for each in wrong.problems)
        except _REFUSED as wrong:
            problems.append(f"{where}: {wrong}")
    if problems:
        raise InvalidTemplate(problems)
    return made


def _rows(text: str, file: str) -> Iterator[tuple[str, int, Mapping[str, Any]]]:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidTemplate([f"{file}: it is no TOML: {error}"]) from None
    other = sorted(data.keys() - _TABLES.keys())
    if other or not all(_is_rows(rows) for rows in data.values()):
        known = " and ".join(f"[[{table}]]" for table in _TABLES)
        raise InvalidTemplate([f"{file}: it has other tables than {known}"])
    for table in _TABLES:
        for position, row in enumerate(data.get(table, ()), start=1):
            yield table, position, row


def _is_rows(rows: object) -> bool:
    return isinstance(rows, list) and all(isinstance(row, dict) for row in rows)


def _template(table: str, row: Mapping[str, Any], approved: Approval | None) -> Template:
    other = ", ".join(sorted(row.keys() - _FIELDS[table]))
    if other:
        msg = f"it has no field {other}. Use one of: {', '.join(sorted(_FIELDS[table]))}"
        raise InvalidInput(msg)
    given: dict[str, Any] = {**row}
    if "purpose" in row:
        given["purpose"] = _purpose(row["purpose"])
    given["variables"] = [_variable(*each) for each in row.get("variables", {}).items()]
    given["bodies"] = {tag: Body(**body) for tag, body in row.get("bodies", {}).items()}
    given["approved"] = Approval(**row["approved"]) if "approved" in row else approved
    if "withdrawn" in row:
        given["withdrawn"] = Withdrawal(**row["withdrawn"])
    lacking = ", ".join(sorted(_NEEDED[table] - row.keys()))
    if lacking:
        msg = f"it lacks {lacking}. A {table} needs {', '.join(sorted(_NEEDED[table]))}."
        raise InvalidInput(msg)
    return _TABLES[table](**given)


def _purpose(code: object) -> Purpose:
    found = catalogue().get(code) if isinstance(code, str) else None
    if found is None:
        msg = "there is no such purpose. 'compliant-sms rules --list-purposes' lists them."
        raise InvalidInput(msg)
    return found


def _variable(name: str, given: str | Mapping[str, Any]) -> Variable:
    settings = {"kind": given} if isinstance(given, str) else {**given}
    code, labels = settings.pop("kind", ""), settings.pop("labels", None)
    if code not in KINDS:
        msg = f"variable {name} has no known kind. Use one of: {', '.join(KINDS)}"
        raise InvalidInput(msg)
    make: Any = KINDS[code]
    kind: Kind = make(**settings)
    return Variable(name, kind, labels=labels)


def starter(approved: Approval | None = None) -> Catalogue:
    """Templates to start with, in English, Spanish and French.

    Read them first: nobody has approved them for you.

    Args:
        approved: who in the practice read and approved them; None to look at them only.

    Raises:
        ConfigurationError: the packaged file is damaged.
    """
    return Catalogue.parse(_packaged(), "starter.toml", approved=approved)


@cache
def _packaged() -> str:
    return packaged("compliant_sms.templates", "data", "starter.toml")
