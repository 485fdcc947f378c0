"""What else a flow is given: whom it asks, and how what it has begun goes on to its end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol, TypeAlias, TypeVar

from attrs import field, frozen

from compliant_sms.people import Profile
from compliant_sms.phone import PhoneNumber
from compliant_sms.practice import Practice
from compliant_sms.providers import Attempt
from compliant_sms.wire import HttpReply, HttpRequest

T = TypeVar("T")


class Transport(Protocol):
    """Speaks HTTP."""

    async def send(self, request: HttpRequest) -> HttpReply:
        """Send one request.

        Raises:
            RequestNotSent: no byte of it left.
            NoAnswer: it may have been processed.
            ReplyTooLarge: the answer is larger than the request allows; it was not read on.
            BaseException: such as that the caller was cancelled; where surely no byte had left by
                then, its cause is a :class:`~compliant_sms.errors.RequestNotSent`.
        """


class Retry(Protocol):
    """Repeats for a moment what surely was not processed."""

    async def __call__(self, attempt: Callable[[], Awaitable[Attempt]]) -> Attempt:
        """Try, and try again while :attr:`Attempt.may_be_repeated`; the last attempt."""


class Unbroken(Protocol):
    """Has what was begun go on to its end."""

    async def __call__(self, rest: Coroutine[Any, Any, T]) -> T:
        """Its result, once it has ended. Where the caller is cancelled, that comes out then."""


async def as_it_is(rest: Coroutine[Any, Any, T]) -> T:
    """Where nothing suspends, nothing is cancelled."""
    return await rest


Ids: TypeAlias = Callable[[], str]
"""Makes a new id that nobody can guess."""

Entropy: TypeAlias = Callable[[int], bytes]
"""Gives so many random bytes, fit for keys."""

People: TypeAlias = Callable[[str], Awaitable[Profile | None]]
"""What the host knows of the person with that id."""


@frozen(kw_only=True)
class SecureMessage:
    """A message that tells too much for a text, to be shown behind a login.

    Attributes:
        message_id: the text's. The same id may be asked for again: answer with the same link.
        practice: whose it is.
        person: the host's id of the patient.
        number: where the text with the link goes.
        body: what the patient shall read.
        language: in which it is written, ISO 639-1.
    """

    message_id: str
    practice: Practice
    person: str | None
    number: PhoneNumber
    body: str = field(repr=False)
    language: str = "en"


SecureLinks: TypeAlias = Callable[[SecureMessage], Awaitable[str]]
"""Makes a page behind a login, and answers with its https link, which says nothing by itself."""
