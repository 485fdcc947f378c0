"""What Twilio checks before it takes a text, in order, with its codes (its error dictionary)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

from starlette.responses import JSONResponse, Response

from compliant_sms.sandbox._account import Refused
from compliant_sms.sandbox._book import Book
from compliant_sms.sandbox._entries import Draft, is_callback_url, is_number

Form: TypeAlias = Mapping[str, Sequence[str]]
"""Decoded fields; one name may come with several values."""

LONGEST_BODY: Final = 1600
_MOST_MEDIA: Final = 10
_LONGEST_VALIDITY: Final = 36_000


Problem: TypeAlias = tuple[int, int, str]
"""Why the API refuses a request: HTTP status, Twilio's code, and words for people."""


def problem(status: int, code: int, message: str) -> Response:
    """An error in Twilio's shape."""
    content = {
        "code": code,
        "message": message,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    headers = {"WWW-Authenticate": 'Basic realm="Twilio API"'} if status == 401 else None
    return JSONResponse(content, status, headers)


def refused(status: int, code: int, message: str) -> Refused:
    """To be raised by what serves a request."""
    return Refused(problem(status, code, message))


def first(form: Form, name: str) -> str:
    """The first value of a field, or an empty text."""
    return next(iter(form.get(name, ())), "")


def read_draft(form: Form, book: Book) -> Draft:
    """The text that a create request asks for.

    ``SendAt`` and ``ScheduleType`` are ignored, as at Twilio when no Messaging Service is named
    (its scheduling FAQ).

    Raises:
        Refused: with the first problem found.
    """
    wrong = next((found for check in _CHECKS if (found := check(form, book)) is not None), None)
    if wrong is not None:
        raise refused(*wrong)
    return Draft(
        from_=first(form, "From"),
        to=first(form, "To"),
        body=first(form, "Body"),
        media_urls=_media(form),
        status_callback=first(form, "StatusCallback") or None,
    )


def _media(form: Form) -> tuple[str, ...]:
    return tuple(url for url in form.get("MediaUrl", ()) if url)


def _check_to(form: Form, _: Book) -> Problem | None:
    to = first(form, "To")
    if not to:
        return 400, 21604, "A recipient is required in To."
    if not is_number(to):
        # Twilio's message repeats the number too: nobody may log it.
        return 400, 21211, f"To ({to}) is not a valid phone number."
    return None


def _check_from(form: Form, book: Book) -> Problem | None:
    if first(form, "MessagingServiceSid"):
        return 400, 21703, "The Messaging Service has no number that could send this."
    sender = first(form, "From")
    if not sender:
        return 400, 21603, "A sender is required in From."
    number = book.numbers.get(sender)
    if number is None or number.account.provider != "twilio":
        return 400, 21606, f"From ({sender}) is not a number of this account."
    return None


def _check_content(form: Form, _: Book) -> Problem | None:
    body, media = first(form, "Body"), _media(form)
    if not body and not media:
        return 400, 21602, "A text needs a Body or a MediaUrl."
    if len(body) > LONGEST_BODY:
        return 400, 21617, f"Body is longer than {LONGEST_BODY} characters."
    if len(media) > _MOST_MEDIA:
        return 400, 21623, f"There are more than {_MOST_MEDIA} media."
    return None


def _check_callback(form: Form, _: Book) -> Problem | None:
    url = first(form, "StatusCallback")
    if url and not is_callback_url(url):
        return 400, 21609, "StatusCallback is not a URL that can be called."
    return None


def _check_validity(form: Form, _: Book) -> Problem | None:
    seconds = first(form, "ValidityPeriod")
    if not seconds:
        return None
    number = int(seconds) if re.fullmatch(r"[0-9]{1,9}", seconds) else 0
    if not 1 <= number <= _LONGEST_VALIDITY:
        return 400, 21624, f"ValidityPeriod is not from 1 to {_LONGEST_VALIDITY} seconds."
    return None


def _check_opt_out(form: Form, book: Book) -> Problem | None:
    if book.is_blocked(first(form, "From"), first(form, "To")):
        return 400, 21610, "The recipient has unsubscribed from this sender."
    return None


_CHECKS: Final[tuple[Callable[[Form, Book], Problem | None], ...]] = (
    _check_to,
    _check_from,
    _check_content,
    _check_callback,
    _check_validity,
    _check_opt_out,
)
