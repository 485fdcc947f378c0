"""Texts of strangers as HTML that shows all of them and runs none.

Whatever cannot be seen, or turns the direction of what is around it, is shown by its code point.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from html import escape
from zoneinfo import ZoneInfo

# What cannot be seen, or turns the direction of what is around it. A list of its own: what Python
# knows of characters grows with its versions, and a page must be drawn alike by all of them.
# Joiners (U+200C, U+200D) make one sign of several, in scripts and in emoji; they are left in.
_UNSEEN = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029"  # controls and ends of lines
    "\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b\u200e\u200f"  # formats
    "\u202a-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
    "\ud800-\uf8ff\ufdd0-\ufdef\ufffe\uffff\U000f0000-\U0010ffff"  # halves, private, nothing
    "]"
)


def _marked(found: re.Match[str]) -> str:
    return f'<span class="odd">U+{ord(found[0]):04X}</span>'


def shown(text: object) -> str:
    """A short text within a sentence, whatever is in it."""
    return _UNSEEN.sub(_marked, escape(str(text)))


def quoted(text: str) -> str:
    """What somebody wrote, word for word, in a block of its own and its own direction."""
    return f'<blockquote dir="auto">{shown(text)}</blockquote>'


def items(pairs: Iterable[tuple[str, str]]) -> str:
    """Names and what they are, in HTML; pairs that say nothing are left out."""
    told = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in pairs if value)
    return f"<dl>{told}</dl>" if told else ""


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of cells in HTML."""
    top = "".join(f"<th scope=col>{name}</th>" for name in head)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return (
        f'<div class="wide"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'
    )


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Zone:
    """Instants on the practice's clock, with UTC beside them.

    Args:
        name: IANA name of the practice's time zone.
    """

    def __init__(self, name: str) -> None:
        self._zone = ZoneInfo(name)

    def time(self, at: datetime) -> str:
        """The instant, in HTML."""
        here, utc = at.astimezone(self._zone), at.astimezone(UTC)
        beside = f"{utc:%H:%M:%S} UTC"
        if utc.date() != here.date():
            beside = f"{_MONTHS[utc.month - 1]} {utc.day}, {beside}"
        stamp = utc.isoformat().removesuffix("+00:00")
        return (
            f'<time datetime="{stamp}Z">{_day(here)}, {_clock(here)} {here.tzname()}'
            f" <small>{beside}</small></time>"
        )

    def short(self, at: datetime, *, apart: timedelta) -> str:
        """Month and day, with what tells it from a mark that is so far apart from it."""
        here = at.astimezone(self._zone)
        day = f"{_MONTHS[here.month - 1]} {here.day}"
        if apart < timedelta(days=1):
            return f"{day}, {_clock(here, seconds=False)}"
        return f"{day}, {here.year}" if apart > timedelta(days=45) else day


def _day(here: datetime) -> str:
    return f"{_DAYS[here.weekday()]}, {_MONTHS[here.month - 1]} {here.day}, {here.year}"


def _clock(here: datetime, *, seconds: bool = True) -> str:
    half = "AM" if here.hour < 12 else "PM"
    second = f":{here.second:02}" if seconds else ""
    return f"{here.hour % 12 or 12}:{here.minute:02}{second} {half}"
