"""Reading what providers answer and post: nothing in it is believed to be well-formed."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from compliant_sms.errors import InvalidPhoneNumber
from compliant_sms.phone import PhoneNumber
from compliant_sms.wire import HttpReply

_LONGEST_NUMBER = 15
_LONGEST_SAID = 200
_HIDDEN = "[…]"
_BETWEEN_DIGITS = r"[\s().\-/_*~\u00b7\u2010-\u2015\u2022\u2212]{0,3}"
# What may name somebody: addresses, and numbers longer than codes are.
_TELLING = re.compile(
    rf"""[^\s@]+@[^\s@]+
    | [a-z][a-z0-9+.-]*://\S+
    | [\w-]+(?:\.[\w-]+)+/\S*
    | www\.\S+
    | \+?[\d](?:{_BETWEEN_DIGITS}\d){{6,}}""",
    re.VERBOSE | re.IGNORECASE,
)
_MARKS = (
    '"',
    "'",
    "`",
    "\u201c\u201d\u201e\u201f",
    "\u2018\u2019\u201a\u201b",
    "«»\u2039\u203a",
    "「」『』",
)
# "can't" quotes nobody.
_QUOTATION_MARK = re.compile(
    rf"(?!(?<=\w)['\u2019](?:t|s|d|m|re|ve|ll)\b)[{''.join(_MARKS)}]", re.IGNORECASE
)
_HALF_A_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")
_END_OF_TIME = 1e11
"""Unix seconds of the year 5138: what is later is no instant but milliseconds."""
_LONGEST_WAIT = 1e9
"""Seconds, a good thirty years: what providers write may be more than any clock shows."""
_MAYBE_PROCESSED = frozenset({408, 425})


def json_value(body: bytes) -> Any:  # noqa: ANN401 - JSON has no narrower type
    """What the JSON says, in UTF-8 (RFC 8259, 8.1); None where it is none.

    Half a character, which no store can keep, becomes U+FFFD.
    """
    try:
        text = body.decode("utf-8-sig")
        value = json.loads(text)
        return _whole_characters(value) if _HALF_A_CHARACTER.search(text) else value
    except (ValueError, RecursionError):
        return None


def _whole_characters(value: Any) -> Any:  # noqa: ANN401 - as above
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_whole_characters(each) for each in value]
    if isinstance(value, dict):
        return {_whole_characters(name): _whole_characters(each) for name, each in value.items()}
    return value


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object; an empty one where it is none."""
    return mapping(json_value(body))


def mapping(value: object) -> dict[str, Any]:
    """The value if it is a JSON object; otherwise an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    """The value if it is a JSON list; a single object as a list of one; otherwise an empty one."""
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, dict) else []


def first(value: object) -> dict[str, Any]:
    """The first object of a JSON list, or the only one; an empty one where there is none."""
    return mapping(next(iter(items(value)), None))


def _is_anything(_: Mapping[str, Any]) -> bool:
    return True


def listed(
    reply: HttpReply, name: str, is_asked_for: Callable[[Mapping[str, Any]], bool] = _is_anything
) -> list[dict[str, Any]] | None:
    """The list that a 200 has under that name; None for any other answer, which proves nothing.

    Args:
        reply: the answer.
        name: the list's.
        is_asked_for: whether an entry is one of those that were asked for; with another among
            them the answer proves nothing either.
    """
    found = json_object(reply.body).get(name)
    if reply.status != 200 or not isinstance(found, list):
        return None
    entries = [mapping(each) for each in found]
    return entries if all(map(is_asked_for, entries)) else None


def one(reply: HttpReply, name: str, provider_id: str, within: str = "") -> dict[str, Any]:
    """The object that a 200 shows, if it is the one that was asked for; otherwise an empty one.

    Args:
        reply: the answer.
        name: of the field with its id.
        provider_id: what that has to be.
        within: the field that the object lies in; empty where it is the whole answer.
    """
    content = json_object(reply.body) if reply.status == 200 else {}
    shown = mapping(content.get(within)) if within else content
    return shown if provider_id and shown.get(name) == provider_id else {}


def urls_in(media: object) -> tuple[str, ...]:
    """The URLs of pictures and the like, where each is an object with its ``url``."""
    return tuple(url for each in items(media) if (url := text_in(mapping(each), "url")))


def text_in(fields: Mapping[str, Any], *names: str) -> str:
    """The first of these fields that holds a text or a number, as a text; or an empty one."""
    for name in names:
        value = fields.get(name)
        if isinstance(value, str) and value:
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return ""


def whole(text: object) -> int:
    """A short whole number; 0 where it is none."""
    digits = str(text)
    # Python refuses to read very long ones.
    return int(digits) if digits.isdecimal() and len(digits) <= _LONGEST_NUMBER else 0


def e164(value: object) -> PhoneNumber | None:
    """A number as providers write it, with or without ``+``; None where it is no phone number."""
    digits = str(value).strip()
    try:
        return PhoneNumber(digits if digits.startswith("+") else f"+{digits}")
    except InvalidPhoneNumber:
        return None


def instant(text: object) -> datetime | None:
    """An aware instant of ISO 8601, RFC 2822 or Unix seconds; None where it is none of them."""
    try:
        return required_instant(text)
    except ValueError:
        return None


def required_instant(text: object) -> datetime:
    """An aware instant of ISO 8601, RFC 2822 or, where it is a number, of Unix seconds.

    Raises:
        ValueError: it is none of them, or has no zone.
    """
    if isinstance(text, int | float) and 0 < text < _END_OF_TIME and not isinstance(text, bool):
        return datetime.fromtimestamp(text, UTC)
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - slow, and rarely needed

    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            at = read(str(text))
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        if at.tzinfo is not None:
            return at
    msg = "no instant, or one without a zone"
    raise ValueError(msg)


def is_refusal(status: int) -> bool:
    """Whether an HTTP status says that the request surely was not processed."""
    return 400 <= status < 500 and status not in _MAYBE_PROCESSED


def retry_after(reply: HttpReply, *seconds: str) -> float | None:
    """How many seconds the provider asks us to wait; None where it does not say.

    Args:
        reply: its answer.
        seconds: headers of its own that hold seconds, looked at after ``Retry-After`` (RFC 9110,
            10.2.3), which holds seconds or a date. A date is measured from the answer's own.
    """
    for name in ("retry-after", *seconds):
        value = (reply.header(name) or "").strip()
        if re.fullmatch(r"[0-9]+(\.[0-9]+)?", value):
            return min(float(value), _LONGEST_WAIT)
        until, now = instant(value), instant(reply.header("date"))
        if until is not None and now is not None:
            return max(0.0, (until - now).total_seconds())
    return None


def reaches_back(reply: HttpReply, since: datetime, kept: timedelta) -> bool:
    """Whether a list goes back to an instant, so that what it lacks then was never there.

    By the date of the answer (RFC 9110, 6.6.1); without one nobody can tell.

    Args:
        reply: the answer with the list.
        since: the instant.
        kept: for how long the provider lists what it took.
    """
    now = instant(reply.header("date"))
    return now is not None and now - since < kept


def scrubbed(said: str) -> str:
    """A provider's own words without numbers, addresses and quotations, and not many of them."""
    cut, _, _ = said[: 4 * _LONGEST_SAID].rpartition(" ")  # half an address is not known as one
    seen = unicodedata.normalize("NFKC", said if len(said) <= 4 * _LONGEST_SAID else cut)
    visible = "".join(each for each in seen if unicodedata.category(each) != "Cf")
    words = " ".join(_unquoted(visible).split())
    return _TELLING.sub(_HIDDEN, words)[:_LONGEST_SAID]


def _unquoted(said: str) -> str:
    """From the first quotation mark to the last; to the end, where one of them has no other."""
    places = [found.start() for found in _QUOTATION_MARK.finditer(said)]
    if not places:
        return said
    used = [said[place] for place in places]
    paired = all(sum(mark in alike for mark in used) % 2 == 0 for alike in _MARKS)
    end = places[-1] + 1 if paired else len(said)
    return f"{said[: places[0]]}{_HIDDEN}{said[end:]}"
