"""Twilio's message list: which texts, in which order, on which page (its Message resource page)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final, TypeAlias
from urllib.parse import urlencode

from attrs import frozen

from compliant_sms.sandbox._entries import BookEntry
from compliant_sms.sandbox._twilio._create import refused

_DEFAULT_PAGE_SIZE: Final = 50
_LARGEST_PAGE_SIZE: Final = 1000
_FILTERS: Final = ("To", "From", "DateSent", "DateSent<", "DateSent>")
_PAGE: Final = "PASM"

_Test: TypeAlias = Callable[[BookEntry], bool]


@frozen
class Page:
    """Some texts of a list, and the query that asks for the texts after them."""

    number: int
    size: int
    entries: tuple[BookEntry, ...]
    next_query: str | None


def read_page(query: Mapping[str, str], entries: Iterable[BookEntry]) -> Page:
    """The page that a query asks for, newest text first.

    A page starts after the text named by its token, so that texts created in between neither
    repeat nor hide others.

    Raises:
        Refused: a date, a size or a token that cannot be read.
    """
    size = min(max(_whole(query, "PageSize", _DEFAULT_PAGE_SIZE), 1), _LARGEST_PAGE_SIZE)
    number = _whole(query, "Page", 0)
    below = _position(query)
    tests = _tests(query)
    wanted = [
        entry
        for entry in sorted(entries, key=lambda entry: entry.position, reverse=True)
        if (below is None or entry.position < below) and all(test(entry) for test in tests)
    ]
    shown = tuple(wanted[:size])
    if len(wanted) <= size:
        return Page(number, size, shown, None)
    kept = {name: query[name] for name in _FILTERS if name in query}
    token = f"{_PAGE}{shown[-1].position:032x}"
    further = {**kept, "PageSize": size, "Page": number + 1, "PageToken": token}
    return Page(number, size, shown, urlencode(further))


def _tests(query: Mapping[str, str]) -> list[_Test]:
    given = {name: query[name] for name in _FILTERS if name in query}
    return [_test(name, value) for name, value in given.items()]


def _test(name: str, value: str) -> _Test:
    if name == "To":
        return lambda entry: entry.to == value
    if name == "From":
        return lambda entry: entry.from_ == value
    earliest, latest = _span(value)
    if name == "DateSent<":
        return lambda entry: entry.sent_at is not None and entry.sent_at <= latest
    if name == "DateSent>":
        return lambda entry: entry.sent_at is not None and entry.sent_at >= earliest
    return lambda entry: entry.sent_at is not None and entry.sent_at.date() == earliest.date()


def _span(value: str) -> tuple[datetime, datetime]:
    """The first and last second that a value means: a whole day in UTC when it is a date."""
    try:
        if len(value) == len("2026-12-01"):
            day = datetime.combine(date.fromisoformat(value), datetime.min.time(), UTC)
            return day, day + timedelta(days=1, seconds=-1)
        instant = datetime.fromisoformat(value)
    except ValueError:
        raise refused(400, 20001, "DateSent is not a date.") from None
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    return instant.astimezone(UTC), instant.astimezone(UTC)


def _whole(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdigit()):
        raise refused(400, 20001, f"{name} is not a whole number.")
    return int(text)


def _position(query: Mapping[str, str]) -> int | None:
    token = query.get("PageToken")
    if token is None:
        return None
    try:
        return int(token.removeprefix(_PAGE), 16)
    except ValueError:
        raise refused(400, 20001, "PageToken is not one of ours.") from None
