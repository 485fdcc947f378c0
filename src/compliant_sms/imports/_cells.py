"""The cells of a row as the fields of a record; what is wrong with each is kept with its column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import TypeVar

from compliant_sms.consent._words import checked_categories
from compliant_sms.errors import InvalidInput, InvalidPhoneNumber
from compliant_sms.imports._records import BadRow, Flaw
from compliant_sms.phone import PhoneNumber

T = TypeVar("T")
_ANSWERS = {"yes": True, "true": True, "y": True, "1": True}
_ANSWERS |= {"no": False, "false": False, "n": False, "0": False}


def yes_or_no(text: str) -> bool:
    """A cell that answers a question.

    Raises:
        InvalidInput: it is no answer.
    """
    if text.lower() not in _ANSWERS:
        msg = f"it is neither yes nor no. Write one of: {', '.join(_ANSWERS)}"
        raise InvalidInput(msg)
    return _ANSWERS[text.lower()]


def categories(text: str) -> tuple[str, ...]:
    """A cell that lists categories, separated by semicolons.

    Raises:
        InvalidInput: a name is nearly one of the library's.
    """
    return checked_categories(name.strip() for name in text.split(";") if name.strip())


def bad_row(line: int, column: str, reason: str) -> BadRow:
    """A row with one flaw."""
    return BadRow(line=line, flaws=(Flaw(column=column, reason=reason),))


def numbers_of(region: str) -> Callable[[str], PhoneNumber]:
    """A function that reads numbers as they are written in that region.

    Raises:
        InvalidInput: the region is unknown.
    """
    with suppress(InvalidPhoneNumber):
        PhoneNumber.parse("", region=region)
    return partial(PhoneNumber.parse, region=region)


class Cells:
    """One row while it is read.

    Args:
        line: where it stands in its file.
        row: our columns.
    """

    def __init__(self, line: int, row: Mapping[str, str]) -> None:
        self._line = line
        self._row = row
        self._flaws: list[Flaw] = []

    def __getitem__(self, column: str) -> str:
        return self._row.get(column, "")

    def read(self, column: str, make: Callable[[str], T], *, needed: bool = False) -> T | None:
        """What a cell says; None where it is empty or says nothing of use, which is kept then."""
        text = self[column]
        if not text:
            if needed:
                self.refuse(column, "it is empty, and needed")
            return None
        return self.attempt(column, lambda: make(text))

    def attempt(self, column: str, make: Callable[[], T]) -> T | None:
        """What a function makes of cells; None where that is refused, which is kept then."""
        try:
            return make()
        except InvalidInput as error:
            self.refuse(column, str(error))
            return None

    def refuse(self, column: str, reason: str) -> None:
        """Keep what is wrong."""
        self._flaws.append(Flaw(column=column, reason=reason))

    def record(self, kind: Callable[..., T], **fields: object) -> T | BadRow:
        """The record with these fields, if nothing was wrong so far."""
        made = None
        if not self._flaws:
            made = self.attempt("", lambda: kind(line=self._line, **fields))
        return BadRow(line=self._line, flaws=tuple(self._flaws)) if made is None else made
