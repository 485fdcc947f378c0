"""What every adapter speaks: one vocabulary for requests, outcomes and callbacks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeAlias

from attrs import field, frozen

from compliant_sms.lifecycle import State
from compliant_sms.phone import PhoneNumber
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest

__all__ = [
    "Attempt",
    "Category",
    "Certainty",
    "InboundText",
    "OutboundText",
    "Problem",
    "Provider",
    "ProviderEvent",
    "SentText",
    "StatusUpdate",
    "VerifiedWebhook",
]


class Certainty(StrEnum):
    """What is known of a request. It matters more than why."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    """Surely not processed."""
    AMBIGUOUS = "ambiguous"
    """It may have been processed."""


class Category(StrEnum):
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
    CONTENT_INVALID = "content_invalid"
    EXPIRED = "expired"
    PROVIDER_FAULT = "provider_fault"
    UNKNOWN = "unknown"


_REMEDIES = {
    Category.OPTED_OUT: "Do not text this number; the opt-out is on record.",
    Category.AUTH: "Check the provider's credentials; what is due goes by itself afterwards.",
    Category.ACCOUNT_SUSPENDED: (
        "Settle the account with the provider; what is due goes by itself afterwards."
    ),
    Category.SENDER_INVALID: "Check the sender's number at the provider, then send anew.",
    Category.SENDER_UNREGISTERED: "Register the sender (10DLC or toll-free), then send anew.",
    Category.INVALID_NUMBER: "Ask the patient for the right number.",
    Category.LANDLINE_OR_INCAPABLE: "Call instead: this number takes no texts.",
    Category.CONTENT_INVALID: "Change the text, then send it under a new idempotency key.",
    Category.RATE_LIMITED: "Nothing to do: it is tried again later.",
    Category.PROVIDER_FAULT: "Nothing to do: it is tried again or looked up at the provider.",
}
_DEFAULT_REMEDY = "See the provider's page for this code."
_ABOUT_THE_ACCOUNT = frozenset({Category.AUTH, Category.ACCOUNT_SUSPENDED})


@frozen(kw_only=True)
class Problem:
    """What went wrong at the provider.

    Attributes:
        category: in our vocabulary.
        code: the provider's own code, or the HTTP status.
        words: what it means, without anything about the patient.
    """

    category: Category
    code: str
    words: str

    @property
    def remedy(self) -> str:
        """What a person can do about it."""
        return _REMEDIES.get(self.category, _DEFAULT_REMEDY)

    @property
    def is_about_account(self) -> bool:
        """It says nothing of the text: any other would meet it too, until a person acts."""
        return self.category in _ABOUT_THE_ACCOUNT


@frozen(kw_only=True)
class OutboundText:
    """A text for an adapter to translate.

    Attributes:
        to: who gets it.
        body: what they read.
        reference: our id of it; opaque, so that it may travel in URLs.
    """

    to: PhoneNumber
    body: str = field(repr=False)
    reference: str


@frozen(kw_only=True)
class Attempt:
    """What one request came to.

    Attributes:
        certainty: accepted, refused, or nobody knows.
        provider_id: the provider's id of the text, where it gave one.
        problem: why not.
        retry_after: seconds that the provider asks us to wait.
    """

    certainty: Certainty
    provider_id: str | None = None
    problem: Problem | None = None
    retry_after: float | None = None

    @property
    def is_about_account(self) -> bool:
        """Surely not processed, and for a reason that is the account's and not the text's."""
        refused = self.certainty is Certainty.REFUSED
        return refused and self.problem is not None and self.problem.is_about_account

    @property
    def may_be_repeated(self) -> bool:
        """Surely not processed, and for a reason that passes."""
        passing = {Category.RATE_LIMITED, Category.PROVIDER_FAULT}
        return (
            self.certainty is Certainty.REFUSED
            and self.problem is not None
            and self.problem.category in passing
        )


@frozen(kw_only=True)
class SentText:
    """A text that the provider has on its books.

    Attributes:
        provider_id: its id there.
        state: where it is.
        problem: why it was not delivered.
    """

    provider_id: str
    state: State
    problem: Problem | None = None


@frozen(kw_only=True)
class InboundText:
    """A patient's text.

    Attributes:
        key: the same for each delivery of the same text.
        provider_id: the provider's id of it.
        sender: who wrote; None where it is no phone number (a short code or a name).
        to: the number of ours that they wrote to.
        body: what they wrote, unchanged.
        media: URLs of pictures and the like.
        answered: the provider has answered a STOP, START or HELP in it by itself.
    """

    key: str
    provider_id: str
    sender: PhoneNumber | None
    to: PhoneNumber | None
    body: str = field(repr=False)
    media: tuple[str, ...] = field(default=(), repr=False)
    answered: bool = False


@frozen(kw_only=True)
class StatusUpdate:
    """News of a text that we sent.

    Attributes:
        key: the same for each delivery of the same news.
        provider_id: the provider's id of the text.
        reference: our id of it, where the callback carries it.
        state: where the text is; None where the provider's word means nothing new.
        problem: why it was not delivered.
    """

    key: str
    provider_id: str
    reference: str | None
    state: State | None
    problem: Problem | None = None


ProviderEvent: TypeAlias = InboundText | StatusUpdate

_SEAL = object()


class VerifiedWebhook:
    """A callback whose signature holds. Only :meth:`Provider.verify` makes one."""

    __slots__ = ("parameters", "provider", "query")

    provider: str
    parameters: dict[str, str]
    query: dict[str, str]

    def __init__(
        self,
        seal: object,
        provider: str,
        parameters: dict[str, str],
        query: dict[str, str],
    ) -> None:
        if seal is not _SEAL:
            msg = "a VerifiedWebhook comes from a provider's verify() and from nowhere else"
            raise TypeError(msg)
        self.provider = provider
        self.parameters = parameters
        self.query = query


def sealed(provider: str, parameters: dict[str, str], query: dict[str, str]) -> VerifiedWebhook:
    """For adapters, after the check: the type that only they may make."""
    return VerifiedWebhook(_SEAL, provider, parameters, query)


class Provider(Protocol):
    """A translator between this library and one provider. It does no I/O and decides nothing."""

    @property
    def name(self) -> str:
        """Short name on record, for example ``"twilio"``."""

    @property
    def sender(self) -> PhoneNumber:
        """The practice's number that texts come from."""

    @property
    def max_characters(self) -> int:
        """The longest body that the provider takes, in code points."""

    @property
    def simulated(self) -> bool:
        """No real patient's text passes here."""

    @property
    def may_carry_phi(self) -> bool:
        """A business associate agreement is signed, or no real patient's text passes here."""

    def request(self, text: OutboundText) -> HttpRequest:
        """The request that sends the text."""

    def response(self, reply: HttpReply) -> Attempt:
        """What the answer to it means. Never raises, whatever the answer."""

    def look_up(self, text: OutboundText) -> HttpRequest:
        """The request that finds the text at the provider."""

    def found(
        self, reply: HttpReply, text: OutboundText, since: datetime
    ) -> Sequence[SentText] | None:
        """The texts like this one on the provider's books; None where the answer tells nothing."""

    def verify(self, request: WebhookRequest) -> VerifiedWebhook:
        """Check that a callback comes from the provider.

        Raises:
            InvalidSignature: it does not, or nobody can tell.
            WebhookRejected: it cannot be read.
        """

    def parse(self, webhook: VerifiedWebhook) -> Sequence[ProviderEvent]:
        """What a verified callback says. Unknown fields and words never raise."""

    def acknowledgement(self) -> HttpReply:
        """The answer that tells the provider "got it" and texts nobody."""
