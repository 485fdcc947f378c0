"""Opt-outs from a CSV file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from zoneinfo import ZoneInfo

from compliant_sms.consent import Channel
from compliant_sms.imports import _dates
from compliant_sms.imports._cells import Cells, bad_row, categories, numbers_of
from compliant_sms.imports._csv import Layout, rows
from compliant_sms.imports._records import BadRow, ImportedOptOut
from compliant_sms.practice import known_zone

OPT_OUT_COLUMNS = ("number", "occurred_at", "channel", "person", "reference", "except_for")
"""The columns of a file of opt-outs. Only ``number`` is needed."""

WRONG_CELLS = "it has more or fewer cells than the first line; is a comma not in quotes?"


def read_opt_outs(
    lines: Iterable[bytes],
    *,
    time_zone: str,
    columns: Mapping[str, str] | None = None,
    values: Mapping[str, str] | None = None,
    date_format: str | None = None,
    region: str = "US",
) -> Iterator[ImportedOptOut | BadRow]:
    """The opt-outs of a CSV file, one after the other; the file is never held as a whole.

    Args:
        lines: an open binary file, or anything else that gives its lines.
        time_zone: the practice's, an IANA name; times that name no offset are read in it.
        columns: for each column that the file calls otherwise its name there, for example
            ``{"number": "Mobile Phone"}``. Other columns of the file are ignored.
        values: what a column says wherever the file says nothing.
        date_format: how dates are written, as for :meth:`datetime.strptime`; ISO 8601, if not
            given.
        region: as for :meth:`PhoneNumber.parse`.

    Raises:
        InvalidInput: the file is no CSV in UTF-8, lacks a column, or an argument cannot be used.
            What is wrong with single rows comes as :class:`BadRow`.
    """
    zone = ZoneInfo(known_zone(time_zone))
    when = _dates.reader(zone, _dates.latest, date_format)
    numbered = numbers_of(region)
    layout = Layout(
        known=OPT_OUT_COLUMNS, required=("number",), columns=columns or {}, values=values or {}
    )
    for line, row in rows(lines, layout):
        if row is None:
            yield bad_row(line, "", WRONG_CELLS)
            continue
        cells = Cells(line, row)
        number = cells.read("number", numbered, needed=True)
        occurred_at = cells.read("occurred_at", when)
        channel = cells.read("channel", Channel)
        yield cells.record(
            ImportedOptOut,
            number=number,
            occurred_at=occurred_at,
            channel=channel or Channel.OTHER_SYSTEM,
            person=cells["person"] or None,
            reference=cells["reference"],
            except_for=cells.read("except_for", categories) or (),
        )
