"""Parsing of options, and the errors for invalid ones."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from compliant_sms.errors import InvalidInput, InvalidKeys, InvalidPack

if TYPE_CHECKING:
    from compliant_sms.classification import Purpose
    from compliant_sms.evidence import Checkpoint
    from compliant_sms.phone import PhoneNumber
    from compliant_sms.ports import DataKeys
    from compliant_sms.practice import Practice
    from compliant_sms.rules import Pack
    from compliant_sms.signing import VerifyKey

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
"""The type of an option or argument that is a file to read."""

where_argument = click.argument("where", metavar="MODULE:NAME")
"""The argument for :func:`~compliant_sms.cli._named.with_messengers`."""


def purpose(_: click.Context, __: click.Parameter, value: str | None) -> Purpose | None:
    """A purpose of the catalogue, by its code."""
    if value is None:
        return None
    from difflib import get_close_matches  # noqa: PLC0415 - for a mistake only

    from compliant_sms.classification import catalogue  # noqa: PLC0415 - read at first use

    known = catalogue()
    code = value.strip().lower().replace("-", "_")
    if code in known:
        return known[code]
    near = get_close_matches(code, known, n=1)
    hint = f"Did you mean {near[0]}? " if near else ""
    msg = f"there is no such purpose. {hint}'compliant-sms rules --list-purposes' lists them."
    raise click.BadParameter(msg)


def day(_: click.Context, __: click.Parameter, value: str | None) -> date:
    """Parse a day; today (UTC) by default."""
    if value is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(value)
    except ValueError:
        msg = f"{value!r} is not a day; write it as 2026-11-23"
        raise click.BadParameter(msg) from None


def day_or_none(ctx: click.Context, which: click.Parameter, value: str | None) -> date | None:
    """Parse a day, if given."""
    return None if value is None else day(ctx, which, value)


def keyring(path: Path | None) -> DataKeys | None:
    """Read the keys in a file, if given."""
    if path is None:
        return None
    from compliant_sms.keyring import Keyring  # noqa: PLC0415 - an extra may be missing

    return Keyring.from_file(path)


def public_key(given: str) -> VerifyKey:
    """Parse a public key, given as such or as the path of a file with one.

    Raises:
        UsageError: it is neither a key nor a readable file.
        InvalidKeys: the file holds no key.
    """
    from compliant_sms.signing import VerifyKey  # noqa: PLC0415 - an extra may be missing

    with suppress(InvalidKeys):
        return VerifyKey.parse(given)
    try:
        text = _whatever(Path(given))
    except OSError as error:
        msg = (
            "--public-key is neither a public key nor a file that can be read. Pass the value of "
            "str(key.public), or a file that contains it."
        )
        raise click.UsageError(msg) from error
    return VerifyKey.parse(text)


def checkpoint(path: Path) -> Checkpoint:
    """Read the checkpoint in a file.

    Raises:
        InvalidCheckpoint: the file holds none.
    """
    from compliant_sms.evidence import Checkpoint  # noqa: PLC0415 - after the options

    return Checkpoint.parse(_whatever(path))


def _whatever(path: Path) -> str:
    # What is not UTF-8 is neither a checkpoint nor a key, and is reported as such.
    return path.read_bytes().decode("utf-8", "replace")


def practice_named(name: str | None, link_domains: Iterable[str] = ()) -> Practice | None:
    """Return a practice of which only this is known; None if no name was given."""
    from compliant_sms.practice import stand_in  # noqa: PLC0415 - after the options

    return stand_in(name, link_domains) if name and name.strip() else None


def instant(_: click.Context, __: click.Parameter, value: str | None) -> datetime:
    """Parse an aware instant; now by default."""
    if value is None:
        return datetime.now(UTC)
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        msg = f"{value!r} is not an instant; write it as 2026-11-23T20:30-05:00"
        raise click.BadParameter(msg) from None
    if found.utcoffset() is None:
        msg = (
            "it has no offset from UTC, so the instant is unclear; write it as "
            "2026-11-23T20:30-05:00, or with a Z for UTC"
        )
        raise click.BadParameter(msg)
    if found.year not in _YEARS:
        msg = f"the year {found.year} is too far away to decide about; pass one from 1970 to 8999"
        raise click.BadParameter(msg)
    return found


# Hours are searched for a year ahead, which must be a valid date too.
_YEARS = range(1970, 9000)


def number(_: click.Context, __: click.Parameter, value: str) -> PhoneNumber:
    """Parse a phone number in any written form."""
    from compliant_sms.phone import PhoneNumber  # noqa: PLC0415 - its tables are large

    try:
        return PhoneNumber.parse(value)
    except InvalidInput as error:
        raise click.BadParameter(str(error)) from None


def time_zone(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """Check the name of a zone in the IANA database."""
    from compliant_sms.practice import known_zone  # noqa: PLC0415 - after the options

    try:
        return None if value is None else known_zone(value)
    except InvalidInput as error:
        raise click.BadParameter(str(error)) from None


def states(codes: Iterable[str], country: str | None = None) -> tuple[str, ...]:
    """Return postal codes in capitals, without duplicates.

    Args:
        codes: the codes as they were typed.
        country: the country; None for any that the library knows.

    Raises:
        click.BadParameter: there is no such state.
    """
    from compliant_sms.rules._parts import PARTS  # noqa: PLC0415 - after the options

    known = PARTS[country] if country else frozenset().union(*PARTS.values())
    found = tuple(dict.fromkeys(code.strip().upper() for code in codes))
    for code in found:
        if code not in known:
            where = f" in {country}; its codes are {', '.join(sorted(known))}" if country else ""
            msg = f"there is no state {code}{where}; write its postal code"
            raise click.BadParameter(msg, param_hint="'--state'")
    return found


def form(*, as_json: bool, as_markdown: bool) -> str:
    """Return ``"table"``, ``"json"`` or ``"markdown"``."""
    if as_json and as_markdown:
        msg = "--json and --markdown exclude each other; leave one out"
        raise click.UsageError(msg)
    return "json" if as_json else "markdown" if as_markdown else "table"


def own_packs(files: Iterable[Path]) -> list[Pack]:
    """Read the user's own packs.

    Raises:
        InvalidPack: something is wrong with them; it is all listed.
    """
    from compliant_sms.rules import Pack  # noqa: PLC0415 - after the options

    packs: list[Pack] = []
    problems: list[str] = []
    for file in files:
        try:
            packs.append(Pack.parse(utf8(file.read_bytes(), "--pack"), str(file)))
        except InvalidPack as error:
            problems += error.problems
    if problems:
        raise InvalidPack(problems)
    return packs


def body(file: Path) -> str:
    """Read the text in a file, or on standard input for ``-``, without a final line break."""
    if str(file) == "-":
        data = sys.stdin.buffer.read()
    elif not file.exists():
        msg = f"there is no file {file}. Check the path, or pass - to read standard input."
        raise click.BadParameter(msg, param_hint="'FILE'")
    else:
        data = file.read_bytes()
    text = utf8(data, "FILE").removesuffix("\n").removesuffix("\r")
    if not text.strip():
        msg = "it is empty: there is no text to check"
        raise click.BadParameter(msg, param_hint="'FILE'")
    return text


def utf8(data: bytes, hint: str) -> str:
    """Decode bytes as text.

    Raises:
        click.BadParameter: they are not text in UTF-8.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        msg = "it contains bytes that are not text in UTF-8. Save it as UTF-8, and try again."
        raise click.BadParameter(msg, param_hint=f"'{hint}'")
    return text


_OPTIONS = {
    "keyring=Keyring.from_file(...)": "--keyring FILE",
    "keyring=Plaintext(reason=...)": "--plaintext-because WHY",
    "Practice(own_categories=[...])": "--own-category NAME",
    "columns=": "--consent-column or --opt-out-column",
    "date_format": "--date-format",
    "no_opt_outs_because": "--no-opt-outs-because",
}


def in_options(text: str) -> str:
    """Put a message of the library in the terms of the command line."""
    for name, option in _OPTIONS.items():
        text = text.replace(name, option)
    return text


def printable(words: str) -> str:
    """Return words without the characters that a terminal takes for commands."""
    return "".join(each if each.isprintable() else "\ufffd" for each in words)
