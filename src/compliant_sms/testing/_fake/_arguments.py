"""The arguments of a messenger over the fake carrier, as a type checker sees them.

A test compares them with the signatures of the two messengers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from compliant_sms.clock import Clock
    from compliant_sms.contact import MissedCalls
    from compliant_sms.conversations import InboxPlan
    from compliant_sms.lookups import AsyncLookups, Lookups
    from compliant_sms.messenger import StoreKind
    from compliant_sms.people import Profile
    from compliant_sms.permission import Permission
    from compliant_sms.phone import PhoneNumber
    from compliant_sms.ports import (
        AtRest,
        Delivery,
        Ids,
        People,
        Retry,
        SecureLinks,
        SecureMessage,
        Telemetry,
        Transport,
    )
    from compliant_sms.providers import Provider
    from compliant_sms.reminders import ReminderPlan
    from compliant_sms.retention import Retention
    from compliant_sms.routing import Routes
    from compliant_sms.rules import Rulebook
    from compliant_sms.secure_pages import SecurePages
    from compliant_sms.templates import Catalogue
    from compliant_sms.volume import VolumePlan


class _Arguments(TypedDict, total=False):
    provider: Provider | Routes
    store: StoreKind
    rulebook: Rulebook | None
    keyring: AtRest
    templates: Catalogue | None
    clock: Clock
    delivery: Delivery | None
    transport: Transport | None
    ids: Ids
    retention: Retention | None
    volume: VolumePlan | None
    only_to: Iterable[str | PhoneNumber] | None
    dry_run: bool
    reminders: Sequence[ReminderPlan]
    permission: Permission | None
    inbox: InboxPlan | None
    missed_calls: MissedCalls | None
    telemetry: Telemetry
    retry: Retry | None


class MessengerArguments(_Arguments, total=False):
    """The arguments of :class:`compliant_sms.Messenger` besides its practice."""

    people: Callable[[str], Profile | None] | None
    lookups: Lookups | None
    secure_links: Callable[[SecureMessage], str] | SecurePages | None


class AsyncMessengerArguments(_Arguments, total=False):
    """The arguments of :class:`compliant_sms.AsyncMessenger` besides its practice."""

    people: People | Callable[[str], Profile | None] | None
    lookups: AsyncLookups | Lookups | None
    secure_links: SecureLinks | Callable[[SecureMessage], str] | SecurePages | None
