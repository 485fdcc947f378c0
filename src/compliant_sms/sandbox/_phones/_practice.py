"""The practice's side of the page: what a messenger has on record, and what it is asked to do."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Coroutine, Iterable, Mapping
from concurrent.futures import CancelledError
from datetime import datetime
from typing import Any, Protocol, TypeVar

from attrs import field, frozen

from compliant_sms.classification import catalogue
from compliant_sms.errors import ConfigurationError, InvalidInput
from compliant_sms.events import Event
from compliant_sms.flows import History, TextRecord
from compliant_sms.messages import Inbound, Outcome
from compliant_sms.messenger import AsyncMessenger, Messenger
from compliant_sms.practice import Practice
from compliant_sms.sandbox._entries import require_number

T = TypeVar("T")

_DISPATCHES = 50
# A host that blocks its own event loop must not keep the sandbox from ending.
_PATIENCE = 2.0


class MovingClock(Protocol):
    """A clock that can be moved on, such as :class:`compliant_sms.testing.MovableClock`."""

    def __call__(self) -> datetime:
        """The present instant (aware)."""

    def move_to(self, at: datetime) -> None:
        """Move on to an instant (aware).

        Raises:
            InvalidInput: it lies in the past.
        """


def _a_number(text: str) -> str:
    return require_number(text, "a patient's phone")


@frozen(kw_only=True)
class PatientPhone:
    """A phone on the page.

    Args:
        number: E.164.
        person: the practice's id of whoever holds it; empty when the practice knows nobody there.
        name: what the page calls them.

    Raises:
        InvalidInput: the number is none.
    """

    number: str = field(converter=_a_number, repr=False)
    person: str = ""
    name: str = field(default="", repr=False)


@frozen(kw_only=True)
class Records:
    """What a practice has on record, by its own ids.

    Attributes:
        sent: texts to patients, whether they left or not.
        received: texts from them.
    """

    sent: Mapping[str, TextRecord] = field(factory=dict)
    received: Mapping[str, Inbound] = field(factory=dict)


class OnItsLoop:
    """What the page needs of an ``AsyncMessenger``, for threads other than that of its loop.

    Args:
        messenger: whose.

    Raises:
        ConfigurationError: no event loop runs here, so that nobody knows which one is its own.
    """

    def __init__(self, messenger: AsyncMessenger) -> None:
        self._messenger = messenger
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            msg = (
                "an AsyncMessenger works on its event loop, and none runs here. Call attach() in a "
                "coroutine, on the loop on which the messenger is used."
            )
            raise ConfigurationError(msg) from None

    @property
    def practice(self) -> Practice:
        """Who texts."""
        return self._messenger.practice

    def on(self, event: type[Event], handler: Callable[[Event], object]) -> Callable[[], None]:
        """See :meth:`compliant_sms.Messenger.on`."""
        return self._messenger.on(event, handler)

    def history(self, person: str) -> History:
        """See :meth:`compliant_sms.Messenger.history`."""
        return self._wait_for(self._messenger.history(person))

    def send(self, **text: Any) -> Outcome:  # noqa: ANN401 - what the messenger takes
        """See :meth:`compliant_sms.Messenger.send`."""
        return self._wait_for(self._messenger.send(**text))

    def reconcile(self) -> object:
        """See :meth:`compliant_sms.Messenger.reconcile`."""
        return self._wait_for(self._messenger.reconcile())

    def dispatch_due(self) -> tuple[Outcome, ...]:
        """See :meth:`compliant_sms.Messenger.dispatch_due`."""
        return self._wait_for(self._messenger.dispatch_due())

    def _wait_for(self, work: Coroutine[Any, Any, T]) -> T:
        try:
            waiting = asyncio.run_coroutine_threadsafe(work, self._loop)
        except RuntimeError:
            work.close()
            raise _away() from None
        try:
            return waiting.result(_PATIENCE)
        except (TimeoutError, CancelledError):
            waiting.cancel()
            raise _away() from None


def _away() -> ConfigurationError:
    msg = (
        "the event loop of the attached messenger has ended, or is busy. Keep it running, and "
        "block it nowhere."
    )
    return ConfigurationError(msg)


@frozen(kw_only=True)
class PracticeSide:
    """A messenger whose decisions the page shows beside the phones.

    Attributes:
        messenger: whose; it blocks, so it is only called on threads that may wait.
        phones: the patients that it texts.
        moving_clock: the messenger's, if it can be moved.
    """

    messenger: Messenger | OnItsLoop
    phones: tuple[PatientPhone, ...]
    moving_clock: MovingClock | None = None

    @property
    def name(self) -> str:
        """What the practice is called."""
        return self.messenger.practice.name

    @property
    def zone(self) -> str:
        """The practice's time zone, IANA."""
        return self.messenger.practice.time_zone

    def records(self) -> Records:
        """All texts to and from the patients, oldest first for each."""
        people = dict.fromkeys(phone.person for phone in self.phones if phone.person)
        found = [self.messenger.history(person) for person in people]
        # Members of a family share a number, and so what goes to it and comes from it.
        return Records(
            sent={text.message.message_id: text for each in found for text in each.texts},
            received={text.inbound_id: text for each in found for text in each.received},
        )

    def send(self, number: str, purpose: str, body: str) -> Outcome:
        """Text a patient.

        Raises:
            InvalidInput: no such patient or purpose, or a text that cannot be sent.
        """
        phone = next((each for each in self.phones if each.number == number), None)
        if phone is None or not phone.person:
            msg = "the practice knows nobody at that number. Name the phone in attach(phones=...)."
            raise InvalidInput(msg)
        if purpose not in catalogue():
            msg = "there is no such purpose. Pass one of 'compliant-sms rules --list-purposes'."
            raise InvalidInput(msg)
        return self.messenger.send(
            to=phone.number,
            person=phone.person,
            purpose=catalogue()[purpose],
            body=body,
            idempotency_key=f"sandbox-page/{uuid.uuid4()}",
        )

    def catch_up(self) -> int:
        """Do what became due when time moved on; how many texts were decided again."""
        self.messenger.reconcile()
        done = 0
        # Not forever: what a fault keeps refusing stays due.
        for _ in range(_DISPATCHES):
            moved = len(self.messenger.dispatch_due())
            done += moved
            if not moved:
                break
        return done


def side_of(
    messenger: Messenger | AsyncMessenger, phones: Iterable[PatientPhone], clock: MovingClock | None
) -> PracticeSide:
    """Check what is to be attached.

    Raises:
        InvalidInput: a number stands there twice.
        ConfigurationError: an ``AsyncMessenger``, and no event loop runs here.
    """
    given = tuple(phones)
    if len({phone.number for phone in given}) < len(given):
        msg = "a number is there twice. Name each phone once; a family shares one."
        raise InvalidInput(msg)
    known = OnItsLoop(messenger) if isinstance(messenger, AsyncMessenger) else messenger
    return PracticeSide(messenger=known, phones=given, moving_clock=clock)
