"""Everything that a flow works with, as one value."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from attrs import field, frozen

from compliant_sms import _given
from compliant_sms.clock import Clock
from compliant_sms.contact import MissedCalls
from compliant_sms.conversations import InboxPlan
from compliant_sms.events import Event
from compliant_sms.lookups import AsyncLookups
from compliant_sms.permission import Permission
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports._delivery import Delivery
from compliant_sms.ports._keys import Plaintext
from compliant_sms.ports._outside import (
    Entropy,
    Ids,
    People,
    Retry,
    SecureLinks,
    Transport,
    Unbroken,
    as_it_is,
)
from compliant_sms.ports._recurring import Recurring
from compliant_sms.ports._refusals import RefusalTally
from compliant_sms.ports._store import Store
from compliant_sms.ports._telemetry import NO_TELEMETRY, Telemetry
from compliant_sms.practice import Practice
from compliant_sms.providers import Provider
from compliant_sms.reminders import ReminderPlan
from compliant_sms.routing import Health, Routes
from compliant_sms.rules import Rulebook
from compliant_sms.secure_pages import SecurePages
from compliant_sms.volume import VolumePlan

if TYPE_CHECKING:
    from compliant_sms.templates import Catalogue

Tell: TypeAlias = Callable[[Sequence[Event]], Awaitable[None]]
"""Tells the host what happened, outside of any transaction. It never raises."""


async def tell_nobody(_: Sequence[Event]) -> None:
    """Nobody wants to know."""


@frozen(kw_only=True)
class Ports:
    """Everything that a flow works with.

    Attributes:
        practice: who texts.
        routes: the providers and senders that texts leave by.
        rulebook: what decides whether a text may go.
        delivery: time limits for sending and for reports.
        store: where everything is kept.
        transport: makes HTTP requests.
        retry: repeats a request that certainly was not processed.
        clock: returns the present instant.
        ids: makes ids that nobody can guess.
        entropy: returns random bytes.
        people: returns what the host knows of a person.
        lookups: asks others about a number.
        secure_links: the host's maker of links to messages; None where it has none.
        secure_pages: the library's own pages for messages; None where it shows none.
        plaintext: why content is kept unsealed, as the host said; None if it did not say so.
        sealed: whether a keyring seals what is kept.
        reminders: when patients are reminded of which visits.
        inbox: who answers patients; None where no threads are kept.
        missed_calls: what is texted after calls that nobody took; None for nothing.
        templates: the practice's; None where it has none.
        volume: how many texts go on a day; None for no limit.
        only_to: the only numbers that are texted; None in production.
        dry_run: whether no request leaves for a provider.
        within: whether the store is a host's transaction, which may yet be rolled back: texts are
            only kept, and leave after its commit.
        unbroken: finishes what must not be left half done, even if its caller is cancelled.
        telemetry: measures what is done.
        tell: tells the host what happened, where no transaction wrote it.
        certificates: those that providers sign callbacks with, by URL, as far as fetched.
        health: which routes failed lately.
        refusals: callbacks that proved nothing and are not on disk yet.
        refused: why callbacks were refused lately, and when that was told.
        troubles: what a worker met lately, and when that was told.
        permission: how the practice asks for permission; None where it does not.
        form_keys: returns the keys that vouch for its form, the newest first.
    """

    practice: Practice
    routes: Routes
    rulebook: Rulebook
    delivery: Delivery
    store: Store
    transport: Transport
    retry: Retry
    clock: Clock
    ids: Ids
    entropy: Entropy
    people: People
    lookups: AsyncLookups
    secure_links: SecureLinks | None = None
    secure_pages: SecurePages | None = None
    plaintext: Plaintext | None = None
    sealed: bool = False
    reminders: tuple[ReminderPlan, ...] = ()
    inbox: InboxPlan | None = None
    missed_calls: MissedCalls | None = None
    templates: Catalogue | None = field(default=None, repr=False)
    volume: VolumePlan | None = None
    only_to: frozenset[PhoneNumber] | None = field(default=None, repr=False)
    dry_run: bool = field(default=False, converter=_given.bit, validator=_given.flag)
    within: bool = False
    unbroken: Unbroken = field(default=as_it_is, repr=False, eq=False)
    telemetry: Telemetry = field(default=NO_TELEMETRY, repr=False, eq=False)
    tell: Tell = field(default=tell_nobody, repr=False, eq=False)
    certificates: dict[str, bytes] = field(factory=dict, repr=False, eq=False)
    health: Health = field(factory=Health, repr=False, eq=False)
    refusals: RefusalTally = field(factory=RefusalTally, repr=False, eq=False)
    refused: Recurring = field(factory=Recurring, repr=False, eq=False)
    troubles: Recurring = field(factory=Recurring, repr=False, eq=False)
    permission: Permission | None = None
    form_keys: Callable[[], tuple[bytes, ...]] = field(default=tuple, repr=False, eq=False)

    def __reduce__(self) -> str:
        msg = "a messenger is not pickled or copied: make one in each process that needs it"
        raise TypeError(msg)

    @property
    def provider(self) -> Provider:
        """The preferred provider."""
        return self.routes.providers[0]
