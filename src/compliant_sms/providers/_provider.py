"""The interface of an adapter."""

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

    The times that it needs, for signatures that cover one, are passed in.
    :class:`compliant_sms.providers.Adapter` has defaults for what a provider cannot do.
    """

    @property
    def name(self) -> str:
        """Short name for records and callback URLs, for example ``"twilio"``."""

    @property
    def capabilities(self) -> Capabilities:
        """What the provider can do."""

    @property
    def sender(self) -> PhoneNumber:
        """The practice's number that texts are sent from."""

    @property
    def simulated(self) -> bool:
        """Whether no real patient's text passes through it."""

    @property
    def may_carry_phi(self) -> bool:
        """Whether a business associate agreement is signed, or ``simulated`` is true."""

    def request(self, text: OutboundText, *, at: datetime) -> HttpRequest:
        """Return the request that sends the text to its one recipient.

        Raises:
            Unsupported: the provider cannot do what the text asks for.
        """

    def response(self, reply: HttpReply) -> Attempt:
        """Return what the answer to it means. Never raises, whatever the answer."""

    def look_up(self, text: OutboundText, *, at: datetime) -> HttpRequest | None:
        """Return the request that looks the text up at the provider; None if there is none."""

    def found(
        self, reply: HttpReply, text: OutboundText, since: datetime
    ) -> Sequence[SentText] | None:
        """Return the provider's records of texts like this one; None if the answer says nothing."""

    def ask_status(self, text: OutboundText, *, at: datetime) -> HttpRequest | None:
        """Return the request for the status of a text that the provider accepted; None if none.

        The text carries the provider's id.
        """

    def read_status(self, reply: HttpReply, text: OutboundText) -> SentText | None:
        """Return what the answer says about that text; None if nothing. Never raises."""

    @property
    def callback_proofs(self) -> Sequence[str]:
        """Secrets, keys or topics, any one of which proves a callback to :meth:`verify`.

        Adapters of one account have one in common, so that what is proved to one of them is proved
        to the others. Empty if callbacks prove nothing. Then a STOP to its number also counts if it
        arrives for another practice of the store.
        """

    def verify(
        self, request: WebhookRequest, *, at: datetime, certificates: Mapping[str, bytes]
    ) -> VerifiedWebhook:
        """Check that a callback comes from the provider.

        Args:
            request: the callback as it arrived.
            at: now (aware), with which a signed time is compared.
            certificates: the certificates fetched so far, PEM by URL.

        Raises:
            NeedsCertificate: a certificate is missing; fetch it and call again.
            InvalidSignature: it is forged, too old, or cannot be checked.
            WebhookRejected: it cannot be read.
        """

    def parse(self, webhook: VerifiedWebhook) -> Sequence[ProviderEvent]:
        """Return the events in a verified callback. Unknown fields and words never raise."""

    def answer(self, webhook: VerifiedWebhook) -> HttpReply:
        """Return the answer that acknowledges the callback, or gives what it asks for.

        It texts nobody.
        """

    def follow_up(self, webhook: VerifiedWebhook) -> Sequence[HttpRequest]:
        """Return requests that a callback asks for, such as to confirm a subscription."""

    def confirm(self, event: InboundText, *, at: datetime) -> HttpRequest | None:
        """Return the request that asks the provider about a text that its callback cannot prove."""

    def confirmed(self, reply: HttpReply, event: InboundText) -> bool:
        """Whether the answer to it shows exactly that text."""

    def media_request(self, url: str, *, at: datetime) -> HttpRequest | None:
        """Return the request that fetches a patient's picture; None for a URL elsewhere."""

    def check_account(self, *, at: datetime) -> HttpRequest | None:
        """Return a harmless request that checks the credentials; None if there is none."""

    def account_problem(self, reply: HttpReply) -> Problem | None:
        """Return the problem that the answer to it reports."""

    def inspect_sender(self, *, at: datetime) -> Inspection:
        """Ask how the sender is set up: yield requests, get their answers, return the settings.

        Asks nothing if the provider's API does not say, and never raises.
        """

    def list_opt_outs(self, cursor: str, *, at: datetime) -> HttpRequest | None:
        """Return the request for a page of opted-out numbers; the first has an empty cursor."""

    def read_opt_outs(self, reply: HttpReply) -> OptOutPage | None:
        """Return the page; None if the answer is not one."""

    def add_opt_out(self, number: PhoneNumber, *, at: datetime) -> HttpRequest | None:
        """Return the request that has the provider block a number too; None if it cannot."""

    def opt_out_added(self, reply: HttpReply) -> bool:
        """Whether the answer to it says that the number is blocked."""
