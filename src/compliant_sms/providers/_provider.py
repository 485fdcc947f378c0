"""What an adapter is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from compliant_sms.phone import PhoneNumber
from compliant_sms.providers._base import (
    Attempt,
    InboundText,
    OptOutPage,
    OutboundText,
    Problem,
    ProviderEvent,
    SentText,
)
from compliant_sms.providers._capabilities import Capabilities
from compliant_sms.providers._sender_settings import Inspection
from compliant_sms.providers._webhooks import VerifiedWebhook
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest


class Provider(Protocol):
    """A translator between this library and one provider. It does no I/O and decides nothing.

    Times that it needs, for signatures that cover one, are passed in.
    :class:`compliant_sms.providers.Adapter` has defaults for what a provider cannot do.
    """

    @property
    def name(self) -> str:
        """Short name on record and in the URLs of callbacks, for example ``"twilio"``."""

    @property
    def capabilities(self) -> Capabilities:
        """What the provider can do."""

    @property
    def sender(self) -> PhoneNumber:
        """The practice's number that texts come from."""

    @property
    def simulated(self) -> bool:
        """No real patient's text passes here."""

    @property
    def may_carry_phi(self) -> bool:
        """A business associate agreement is signed, or no real patient's text passes here."""

    def request(self, text: OutboundText, *, at: datetime) -> HttpRequest:
        """The request that sends the text, to that one recipient.

        Raises:
            Unsupported: the provider cannot do what the text asks for.
        """

    def response(self, reply: HttpReply) -> Attempt:
        """What the answer to it means. Never raises, whatever the answer."""

    def look_up(self, text: OutboundText, *, at: datetime) -> HttpRequest | None:
        """The request that finds the text at the provider; None where there is none."""

    def found(
        self, reply: HttpReply, text: OutboundText, since: datetime
    ) -> Sequence[SentText] | None:
        """The texts like this one on the provider's books; None where the answer tells nothing."""

    def ask_status(self, text: OutboundText, *, at: datetime) -> HttpRequest | None:
        """The request that asks what became of a text that the provider took; None without one.

        The text has the provider's id of it.
        """

    def read_status(self, reply: HttpReply, text: OutboundText) -> SentText | None:
        """What the answer says of that text; None where it tells nothing. Never raises."""

    @property
    def callback_proofs(self) -> Sequence[str]:
        """Secrets, keys or topics, any one of which proves a callback to :meth:`verify`.

        Adapters of one account have one in common, so that what is proved to one of them is proved
        to the others. Empty where nothing is proved: then a STOP to its number counts also where it
        comes in for another practice of the store.
        """

    def verify(
        self, request: WebhookRequest, *, at: datetime, certificates: Mapping[str, bytes]
    ) -> VerifiedWebhook:
        """Check that a callback comes from the provider.

        Args:
            request: the callback as it arrived.
            at: the present (aware), against which a signed time is held.
            certificates: PEM by URL, as far as they were fetched.

        Raises:
            NeedsCertificate: a certificate is missing; fetch it and ask again.
            InvalidSignature: it does not come from there, is too old, or nobody can tell.
            WebhookRejected: it cannot be read.
        """

    def parse(self, webhook: VerifiedWebhook) -> Sequence[ProviderEvent]:
        """What a verified callback says. Unknown fields and words never raise."""

    def answer(self, webhook: VerifiedWebhook) -> HttpReply:
        """The answer that tells the provider "got it", or what it asks for, and texts nobody."""

    def follow_up(self, webhook: VerifiedWebhook) -> Sequence[HttpRequest]:
        """Requests that a callback asks for once, such as the confirmation of a subscription."""

    def confirm(self, event: InboundText, *, at: datetime) -> HttpRequest | None:
        """The request that asks the provider for a text whose callback does not prove it."""

    def confirmed(self, reply: HttpReply, event: InboundText) -> bool:
        """Whether the answer to it shows that very text."""

    def media_request(self, url: str, *, at: datetime) -> HttpRequest | None:
        """The request that fetches a patient's picture; None for any URL not the provider's."""

    def check_account(self, *, at: datetime) -> HttpRequest | None:
        """A harmless request that succeeds when the credentials are right; None without one."""

    def account_problem(self, reply: HttpReply) -> Problem | None:
        """What the answer to it says is wrong."""

    def inspect_sender(self, *, at: datetime) -> Inspection:
        """Ask how the sender is set up: yields requests, gets their answers, returns the settings.

        It asks nothing where the provider's API does not say, and never raises.
        """

    def list_opt_outs(self, cursor: str, *, at: datetime) -> HttpRequest | None:
        """The request for a page of opted-out numbers; the first one with an empty cursor."""

    def read_opt_outs(self, reply: HttpReply) -> OptOutPage | None:
        """The page; None where the answer is none."""

    def add_opt_out(self, number: PhoneNumber, *, at: datetime) -> HttpRequest | None:
        """The request that has the provider block a number too; None where that cannot be."""

    def opt_out_added(self, reply: HttpReply) -> bool:
        """Whether the answer to it says that the number is blocked."""
