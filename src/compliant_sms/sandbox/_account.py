"""What a provider's dialect has to bring: everything in which one provider differs from another.

The rest of the sandbox knows numbers, texts, statuses and callbacks, and no provider.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING, ClassVar

from attrs import Attribute, field, frozen
from starlette.responses import Response
from starlette.routing import Route

from compliant_sms.errors import InvalidInput
from compliant_sms.sandbox._chance import random_uuid
from compliant_sms.sandbox._entries import BookEntry, Draft, require_number
from compliant_sms.sandbox._keywords import Keyword, Keywords, read_keyword
from compliant_sms.wire import HttpRequest

if TYPE_CHECKING:
    from compliant_sms.sandbox._carrier import Carrier


class Refused(Exception):
    """Leaves an endpoint; the application answers with what it carries."""

    def __init__(self, response: Response) -> None:
        super().__init__(f"refused with {response.status_code}")
        self.response = response


@frozen(kw_only=True)
class Handover:
    """One attempt to hand a callback over.

    Args:
        url: where to.
        at: when, by the carrier's clock; whole seconds, UTC.
        event_id: the same in each attempt, and for no other event.
        attempt: 1 for the first.
    """

    url: str = field(repr=False)
    at: datetime
    event_id: str
    attempt: int


def _own_numbers(numbers: Iterable[str]) -> tuple[str, ...]:
    return tuple(require_number(number, "a number of the sandbox") for number in numbers)


def filled(of: object, attribute: Attribute[str], value: str) -> None:
    """A validator: a text with something in it.

    Raises:
        InvalidInput: it is empty.
    """
    if not value:
        msg = f"{type(of).__name__}'s {attribute.name} is empty. Pass any text."
        raise InvalidInput(msg)


@frozen(kw_only=True)
class Account(ABC):
    """An account at a provider, and how that provider speaks.

    Args:
        numbers: the account's own numbers, E.164.
    """

    # Its name, in lower case.
    provider: ClassVar[str]
    # How the paths of its API start.
    prefix: ClassVar[str]
    # What it answers by itself.
    keywords: ClassVar[Keywords]
    # How its ids look, and that in words; most providers' are UUIDs.
    id_form: ClassVar[re.Pattern[str]] = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
    id_words: ClassVar[str] = "a UUID in lower case"
    # Its code for a handset that cannot be reached: why a text fails unless told otherwise.
    unreachable: ClassVar[int | str]
    # Its code for a recipient who opted out.
    opted_out: ClassVar[int | str]
    # Somebody can have it leave STOP, START and HELP to the application.
    keywords_can_be_switched: ClassVar[bool] = False
    # Where statuses go is set at the provider, for texts that name no place of their own.
    takes_status_url: ClassVar[bool] = True
    # How often it tries to hand a callback over; real ones spread that over hours.
    callback_tries: ClassVar[int] = 1

    numbers: tuple[str, ...] = field(converter=_own_numbers, repr=False)

    def serves(self, path: str) -> bool:
        """Whether a path belongs to its API."""
        return path.startswith(self.prefix)

    def answers_keywords_on(self, number: str) -> bool:  # noqa: ARG002 - others look at it
        """Whether STOP, START and HELP to that number are answered unless that is switched."""
        return True

    def keyword(self, body: str, number: str) -> Keyword | None:  # noqa: ARG002 - others look at it
        """What a text to that number is taken for."""
        return read_keyword(body, self.keywords)

    @abstractmethod
    def block_scope(self, number: str) -> str:
        """For what an opt-out at that number holds: all numbers with the same scope."""

    def new_id(self, draft: Draft, chance: Random) -> str:  # noqa: ARG002 - others look at it
        """An id for a text, as the provider makes them."""
        return random_uuid(chance)

    def require_id(self, text: str) -> str:
        """Hand the id back when the provider could have made it.

        Raises:
            InvalidInput: it could not.
        """
        if not self.id_form.fullmatch(text):
            msg = f"the sid does not look like {self.provider.title()}'s. Pass {self.id_words}."
            raise InvalidInput(msg)
        return text

    @abstractmethod
    def routes(self, carrier: Carrier) -> list[Route]:
        """The routes of its API."""

    @abstractmethod
    def no_route(self, status: int) -> Response:
        """Its answer to a path (404) or a method (405) that it does not serve."""

    @abstractmethod
    def rate_limited(self, seconds: float) -> Response:
        """Its answer to too many requests.

        Args:
            seconds: how long to wait, where the provider says so.
        """

    @abstractmethod
    def inbound_callback(self, entry: BookEntry, to: Handover) -> HttpRequest:
        """How it tells of a text from a patient."""

    @abstractmethod
    def status_callback(self, entry: BookEntry, to: Handover) -> HttpRequest:
        """How it tells what became of a text."""
