"""What else a flow gets: whom it asks, and how what it has begun is finished."""

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
            RequestNotSent: no byte of it left. Of what a host's own transport says in it, or in
                ``NoAnswer``, only the type is kept with a text, and that of the cause. It can
                quote the URL or the body, which hold number and text.
            NoAnswer: it may have been processed.
            ReplyTooLarge: the answer is larger than the request allows; the rest was not read.
            BaseException: such as when the caller is cancelled. If certainly no byte had left by
                then, its cause is a :class:`~compliant_sms.errors.RequestNotSent`.
        """


class Retry(Protocol):
    """Repeats, for a moment, a request that certainly was not processed."""

    async def __call__(self, attempt: Callable[[], Awaitable[Attempt]]) -> Attempt:
        """Try, and try again while :attr:`Attempt.may_be_repeated`. Returns the last attempt."""


class Unbroken(Protocol):
    """Lets what was begun finish."""

    async def __call__(self, rest: Coroutine[Any, Any, T]) -> T:
        """Return the result when it is finished. A cancellation of the caller is raised then."""


async def as_it_is(rest: Coroutine[Any, Any, T]) -> T:
    """Await it directly: where nothing suspends, nothing is cancelled."""
    return await rest


Ids: TypeAlias = Callable[[], str]
"""Makes a new id that nobody can guess."""

Entropy: TypeAlias = Callable[[int], bytes]
"""Returns that many random bytes, fit for keys."""

People: TypeAlias = Callable[[str], Awaitable[Profile | None]]
"""Returns what the host knows about the person with that id."""


@frozen(kw_only=True)
class SecureMessage:
    """A message that says too much for a text, to be shown behind a login.

    Attributes:
        message_id: the text's id. If it is passed again, answer with the same link.
        practice: the practice that sends it.
        person: your id of the patient.
        number: the number that gets the text with the link.
        body: what the patient is to read.
        language: the language of the body, ISO 639-1.
    """

    message_id: str
    practice: Practice
    person: str | None
    number: PhoneNumber
    body: str = field(repr=False)
    language: str = "en"


SecureLinks: TypeAlias = Callable[[SecureMessage], Awaitable[str]]
"""Makes a page behind a login and returns its https link, which reveals nothing by itself."""
