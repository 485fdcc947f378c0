"""What a flow may ask for. Everything here is implemented further up and passed in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias, TypeVar

from attrs import field, frozen

from compliant_sms.clock import Clock
from compliant_sms.consent import ConsentEvent, Link
from compliant_sms.errors import InvalidInput
from compliant_sms.lifecycle import State
from compliant_sms.lookups import AsyncLookUps
from compliant_sms.messages import Departure, Inbound, Message
from compliant_sms.people import Profile
from compliant_sms.phone import PhoneNumber
from compliant_sms.practice import Practice
from compliant_sms.providers import Attempt, Provider, StatusUpdate
from compliant_sms.rules import Decision, Rulebook
from compliant_sms.wire import HttpReply, HttpRequest

__all__ = [
    "Chain",
    "Delivery",
    "Ids",
    "People",
    "Ports",
    "Retry",
    "SecureLinks",
    "SecureMessage",
    "Step",
    "Store",
    "Transaction",
    "Transport",
]

T = TypeVar("T")


@frozen(kw_only=True)
class Delivery:
    """How long things may take.

    Args:
        lease: how long a claim lasts. No request is written after it; a claim that outlives it
            was left by a process that died.
        settle_after: how long after the lease a text that the provider does not list counts as
            never received.
        attempts: how often a text that the provider surely did not take is tried, over all.
        pause: between such tries; it doubles each time.

    Raises:
        InvalidInput: something is not positive.
    """

    lease: timedelta = timedelta(seconds=60)
    settle_after: timedelta = timedelta(seconds=60)
    attempts: int = 8
    pause: timedelta = timedelta(seconds=30)

    def __attrs_post_init__(self) -> None:
        """Refuse what would send in a loop or never."""
        if min(self.lease, self.settle_after, self.pause) <= timedelta(0) or self.attempts < 1:
            msg = "lease, settle_after, attempts and pause must all be more than zero"
            raise InvalidInput(msg)


@frozen(kw_only=True)
class Chain:
    """One hash chain of the ledger, and what its events must be about.

    Attributes:
        chain_id: opaque.
        practice_id: whose.
        number: which number.
        person: which person at it; None for the events of the number itself.
    """

    chain_id: str
    practice_id: str
    number: PhoneNumber
    person: str | None


@frozen(kw_only=True)
class Step:
    """One change of a text's state, as history shows it."""

    message_id: str
    at: datetime
    state: State


class Transaction(Protocol):
    """What can be read and written inside one transaction. All of it takes effect, or nothing."""

    async def enrol(self, practice: Practice, sender: PhoneNumber) -> None:
        """Remember which practice a number of ours belongs to."""

    async def practice_at(self, sender: PhoneNumber) -> Practice | None:
        """The practice that a number of ours belongs to."""

    async def append(self, event: ConsentEvent, new_chain_id: str) -> None:
        """Add an event to its chain, which is begun under the id where there is none."""

    async def consent_events(self, practice_id: str, number: PhoneNumber) -> list[ConsentEvent]:
        """All events of the practice about that number, oldest record first."""

    async def numbers_of(self, practice_id: str, person: str) -> list[PhoneNumber]:
        """The numbers at which the person has events or texts."""

    async def chains(self, practice_id: str) -> list[Chain]:
        """All chains of the practice."""

    async def links(self, chain_id: str) -> list[Link]:
        """The records of one chain in order."""

    async def save(self, message: Message, at: datetime) -> None:
        """Store a new text, or a text's new state."""

    async def message(self, message_id: str) -> Message | None:
        """The text with that id."""

    async def message_by_key(self, practice_id: str, key: str) -> Message | None:
        """The text that was asked for under that idempotency key."""

    async def message_by_provider_id(self, provider: str, provider_id: str) -> Message | None:
        """The text that the provider calls so."""

    async def due(self, practice_id: str, at: datetime, limit: int) -> list[Message]:
        """Texts that are due or held until ``at`` or earlier, the longest due first."""

    async def lapsed(self, practice_id: str, at: datetime, limit: int) -> list[Message]:
        """Texts whose claim ran out before ``at``."""

    async def uncertain(self, practice_id: str, limit: int) -> list[Message]:
        """Texts whose request may have been processed, the oldest first."""

    async def messages_to(self, practice_id: str, number: PhoneNumber) -> list[Message]:
        """All texts to that number, oldest first."""

    async def departures(
        self, practice_id: str, number: PhoneNumber, since: datetime
    ) -> list[Departure]:
        """How texts left to that number after ``since``, or may have left; oldest first."""

    async def departed(
        self, practice_id: str, number: PhoneNumber, since: datetime, limit: int
    ) -> list[Message]:
        """The texts that :meth:`departures` tells of, the newest first."""

    async def add_volume(self, practice_id: str, at: datetime, segments: int) -> None:
        """Count segments that leave now."""

    async def volume(self, practice_id: str, since: datetime) -> int:
        """Segments that were counted since the beginning of that minute."""

    async def steps(self, message_id: str) -> list[Step]:
        """The states that a text went through."""

    async def add_decision(self, message_id: str, decision: Decision) -> None:
        """Keep a decision about a text."""

    async def decisions(self, message_id: str) -> list[Decision]:
        """All decisions about a text, oldest first."""

    async def add_inbound(self, inbound: Inbound) -> bool:
        """Keep a text that came in; False where it was kept before."""

    async def last_inbound_at(self, practice_id: str, number: PhoneNumber) -> datetime | None:
        """When the newest text from that number came in."""

    async def inbound_from(self, practice_id: str, number: PhoneNumber) -> list[Inbound]:
        """All texts from that number, oldest first."""

    async def add_status(
        self, provider: str, update: StatusUpdate, message_id: str | None, at: datetime
    ) -> bool:
        """Keep a status callback; False where it was kept before."""


class Store(Protocol):
    """Durable memory."""

    async def run(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run the work in one transaction and return its result once that is on disk.

        What the work raises undoes it and comes out unchanged.

        Raises:
            StoreError: the database could not; nothing was recorded.
        """


class Transport(Protocol):
    """Speaks HTTP."""

    async def send(self, request: HttpRequest) -> HttpReply:
        """Send one request.

        Raises:
            RequestNotSent: no byte of it left.
            NoAnswer: it may have been processed.
        """


class Retry(Protocol):
    """Repeats for a moment what surely was not processed."""

    async def __call__(self, attempt: Callable[[], Awaitable[Attempt]]) -> Attempt:
        """Try, and try again while :attr:`Attempt.may_be_repeated`; the last attempt."""


Ids: TypeAlias = Callable[[], str]
"""Makes a new id that nobody can guess."""

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
    """

    message_id: str
    practice: Practice
    person: str | None
    number: PhoneNumber
    body: str = field(repr=False)


SecureLinks: TypeAlias = Callable[[SecureMessage], Awaitable[str]]
"""Makes a page behind a login, and answers with its https link, which says nothing by itself."""


@frozen(kw_only=True)
class Ports:
    """Everything that a flow works with."""

    practice: Practice
    provider: Provider
    rulebook: Rulebook
    delivery: Delivery
    store: Store
    transport: Transport
    retry: Retry
    clock: Clock
    ids: Ids
    people: People
    lookups: AsyncLookUps
    secure_links: SecureLinks | None = None
