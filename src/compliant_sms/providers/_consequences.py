"""The consequences of each category of problem, as one table.

Flows read it and treat no category in any other way. The documentation prints it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from attrs import frozen


class Failure(StrEnum):
    """Why a text was refused or not delivered, in one vocabulary for all providers."""

    OPTED_OUT = "opted_out"
    BLOCKED_NUMBER = "blocked_number"
    INVALID_NUMBER = "invalid_number"
    LANDLINE_OR_INCAPABLE = "landline_or_incapable"
    UNREACHABLE_TEMPORARY = "unreachable_temporary"
    UNREACHABLE_PERMANENT = "unreachable_permanent"
    CARRIER_FILTERED = "carrier_filtered"
    SENDER_UNREGISTERED = "sender_unregistered"
    SENDER_INVALID = "sender_invalid"
    DESTINATION_NOT_ENABLED = "destination_not_enabled"
    RATE_LIMITED = "rate_limited"
    QUOTA = "quota"
    QUIET_HOURS = "quiet_hours"
    COMPLIANCE_BLOCKED = "compliance_blocked"
    FRAUD_BLOCKED = "fraud_blocked"
    AUTH = "auth"
    ACCOUNT_SUSPENDED = "account_suspended"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    CONFIG = "config"
    """Something in the account's or the sender's settings."""
    CONTENT_INVALID = "content_invalid"
    EXPIRED = "expired"
    CANCELED = "canceled"
    DUPLICATE = "duplicate"
    """The provider has it already."""
    NO_ROUTE = "no_route"
    PROVIDER_FAULT = "provider_fault"
    UNKNOWN = "unknown"


class Again(StrEnum):
    """Whether a text refused for this reason is tried again automatically, and decided again."""

    NEVER = "never"
    SHORTLY = "shortly"
    """It passes: within seconds, then after pauses that grow, as often as ``Delivery`` allows."""
    LATER = "later"
    """After such a pause, and as often."""
    UNTIL_REPAIRED = "until_repaired"
    """However often: it says nothing of the text, and stays until a person has seen to it."""


class OnRecord(StrEnum):
    """What the consent ledger records about the number."""

    NOTHING = "nothing"
    REVOKED = "revoked"
    """Whoever holds it asked for texts to stop."""
    FLAGGED = "flagged"
    """Texts to it stop until somebody has seen to it."""


@frozen(kw_only=True)
class Consequence:
    """The consequences of a category of problem.

    Attributes:
        again: whether a refused text is tried again. What a provider had accepted before is never
            sent again automatically.
        next_route: whether the cause is the provider, the account or the sender, so that a refused
            text may leave by another route at once.
        route_fails: whether it counts against the route. After a few, other routes are tried
            first.
        on_record: what the ledger records.
    """

    again: Again = Again.NEVER
    next_route: bool = False
    route_fails: bool = False
    on_record: OnRecord = OnRecord.NOTHING


_TEXT = Consequence()
_LATER = Consequence(again=Again.LATER)
_ACCOUNT = Consequence(again=Again.UNTIL_REPAIRED, next_route=True, route_fails=True)
_SENDER = Consequence(next_route=True, route_fails=True)
_ELSEWHERE = Consequence(next_route=True)
_NUMBER = Consequence(on_record=OnRecord.FLAGGED)

CONSEQUENCES: Mapping[Failure, Consequence] = MappingProxyType(
    {
        Failure.OPTED_OUT: Consequence(on_record=OnRecord.REVOKED),
        Failure.BLOCKED_NUMBER: _NUMBER,
        Failure.COMPLIANCE_BLOCKED: _NUMBER,
        Failure.INVALID_NUMBER: _NUMBER,
        Failure.UNREACHABLE_PERMANENT: _NUMBER,
        Failure.UNREACHABLE_TEMPORARY: _LATER,
        Failure.QUIET_HOURS: _LATER,
        Failure.EXPIRED: _LATER,
        Failure.LANDLINE_OR_INCAPABLE: _TEXT,
        Failure.CARRIER_FILTERED: _TEXT,
        Failure.FRAUD_BLOCKED: _TEXT,
        Failure.CONTENT_INVALID: _TEXT,
        Failure.CANCELED: _TEXT,
        Failure.DUPLICATE: _TEXT,
        Failure.UNKNOWN: _TEXT,
        Failure.RATE_LIMITED: Consequence(again=Again.SHORTLY, next_route=True),
        Failure.PROVIDER_FAULT: Consequence(again=Again.SHORTLY, next_route=True, route_fails=True),
        Failure.AUTH: _ACCOUNT,
        Failure.ACCOUNT_SUSPENDED: _ACCOUNT,
        Failure.INSUFFICIENT_FUNDS: _ACCOUNT,
        Failure.QUOTA: _SENDER,
        Failure.CONFIG: _SENDER,
        Failure.SENDER_INVALID: _SENDER,
        Failure.SENDER_UNREGISTERED: _SENDER,
        Failure.DESTINATION_NOT_ENABLED: _ELSEWHERE,
        Failure.NO_ROUTE: _ELSEWHERE,
    }
)
