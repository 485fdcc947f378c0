"""The rows of a CSV file, by the names of its columns; read a line at a time."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NoReturn

from attrs import frozen

from compliant_sms.errors import InvalidInput

_BOM = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_OTHER_MARKS = (";", "\t")
_LONGEST_LINE = 1_000_000
_SAVE_AS = "Save it as CSV in UTF-8 (in Excel: 'CSV UTF-8')."


@frozen(kw_only=True)
class Layout:
    """How a file names our columns.

    Attributes:
        known: our columns.
        required: those that a file must have.
        columns: for ours the file's own name, where it has another.
        values: what stands in ours where the file has no such column or an empty cell.
    """

    known: Collection[str]
    required: Collection[str]
    columns: Mapping[str, str]
    values: Mapping[str, str]

    def __attrs_post_init__(self) -> None:
        """Refuse names that are none of ours: a mistyped one would be overlooked in silence."""
        for given in (self.columns, self.values):
            unknown = sorted(set(given) - set(self.known))
            if unknown:
                msg = (
                    f"there is no column {unknown[0]!r}. Use one of {', '.join(self.known)} on the "
                    "left, and the file's own names to the right of them."
                )
                raise InvalidInput(msg)

    def places(self, header: list[str]) -> dict[str, int]:
        """Where each of our columns stands in the file.

        Raises:
            InvalidInput: one is missing, or stands there twice.
        """
        names = [name.strip() for name in header]
        if len(names) == 1 and any(mark in names[0] for mark in _OTHER_MARKS):
            msg = (
                "the cells of the file's first line are separated by semicolons or tabs. Save it "
                "as CSV with commas between them."
            )
            raise InvalidInput(msg)
        places: dict[str, int] = {}
        for ours in self.known:
            theirs = self.columns.get(ours, ours)
            if names.count(theirs) > 1:
                msg = f"the file has two columns for {ours!r}. Rename one of them."
                raise InvalidInput(msg)
            if theirs in names:
                places[ours] = names.index(theirs)
            elif ours in self.columns:
                msg = (
                    f"the first line of the file names no column {theirs!r}, which was said "
                    f"to be {ours!r}. Write it as it stands there. Cells are separated by commas."
                )
                raise InvalidInput(msg)
            elif ours in self.required and ours not in self.values:
                msg = (
                    f"the first line of the file names no column for {ours!r}. Name it there, or "
                    "say which one it is with columns=. Cells are separated by commas."
                )
                raise InvalidInput(msg)
        return places


def rows(lines: Iterable[bytes], layout: Layout) -> Iterator[tuple[int, Mapping[str, str] | None]]:
    """Each row with the number of its first line, as our columns without blanks around them.

    None stands for a row with more or fewer cells than the first line has. Lines without any cell
    are left out.

    Raises:
        InvalidInput: the file is no CSV in UTF-8, or lacks a column; the message tells the line.
    """
    numbered = _numbered(lines)
    _, header = next(numbered, (1, []))
    places = layout.places(header)
    for line, cells in numbered:
        if len(cells) != len(header):
            yield line, None
            continue
        row = {ours: cells[place].strip() for ours, place in places.items()}
        for ours, value in layout.values.items():
            row[ours] = row.get(ours) or value
        yield line, row


def _numbered(lines: Iterable[bytes]) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(_decoded(lines), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            _refuse(
                line,
                "is no line of a CSV file. Look for a quotation mark that is not closed; if there "
                "is none, save the file with the line ends of Windows or Unix.",
            )
        if any(map(str.strip, cells)):
            yield line, cells


def _decoded(lines: Iterable[bytes]) -> Iterator[str]:
    for number, raw in enumerate(lines, start=1):
        if number == 1 and raw.startswith(_UTF_16):
            msg = f"the file is in UTF-16. {_SAVE_AS}"
            raise InvalidInput(msg)
        if len(raw) > _LONGEST_LINE:
            _refuse(number, f"has more than {_LONGEST_LINE} bytes, so that the file is no CSV")
        text = _text(raw.removeprefix(_BOM if number == 1 else b""))
        if text is None:
            _refuse(number, f"holds bytes that are no UTF-8. {_SAVE_AS}")
        if "\0" in text:
            _refuse(number, f"holds zero bytes. {_SAVE_AS}")
        yield text


def _text(raw: bytes) -> str | None:
    # Nothing is raised in the handler: the decoder's error holds the whole line.
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _refuse(line: int, why: str) -> NoReturn:
    msg = f"line {line} of the file {why}"
    raise InvalidInput(msg) from None
