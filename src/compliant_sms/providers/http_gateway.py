"""Any gateway that accepts texts over HTTP, described as data.

For vendors without an adapter of their own. Sources: the Standard Webhooks specification, RFC 6901
(JSON Pointer), RFC 9110 (statuses); everything else is what the gateway's operator says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar
from urllib.parse import urlsplit, urlunsplit

from attrs import evolve, field, frozen

from compliant_sms.errors import InvalidInput, InvalidSignature
from compliant_sms.providers._adapter import Adapter, shaped
from compliant_sms.providers._base import Attempt, Certainty, OutboundText, ProviderEvent
from compliant_sms.providers._capabilities import (
    BlockScope,
    CallbackPlace,
    CallbackSignature,
    Capabilities,
)
from compliant_sms.providers._codes import Codes, accepted, not_accepted
from compliant_sms.providers._consequences import Failure
from compliant_sms.providers._gateway._callbacks import content_of, events_in, text_at
from compliant_sms.providers._gateway._proofs import CallbackProof
from compliant_sms.providers._gateway._requests import assembled
from compliant_sms.providers._gateway._settings import (
    GatewayAnswer,
    GatewayCallbacks,
    GatewayRequest,
    Present,
    TextPart,
)
from compliant_sms.providers._reading import json_value
from compliant_sms.providers._signing import query
from compliant_sms.providers._webhooks import VerifiedWebhook, sealed
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest

__all__ = ["HttpGateway"]

_INVALID = dict.fromkeys((400, 404, 405, 413, 415, 422), Failure.CONTENT_INVALID)
_STATUSES = _INVALID | {
    401: Failure.AUTH,
    402: Failure.INSUFFICIENT_FUNDS,
    403: Failure.AUTH,
    408: Failure.PROVIDER_FAULT,
    409: Failure.DUPLICATE,
    425: Failure.PROVIDER_FAULT,
    429: Failure.RATE_LIMITED,
}
# It may have the text in spite of what it says.
_DOUBTFUL = frozenset({Failure.PROVIDER_FAULT, Failure.DUPLICATE})
_CONFIGURED = Capabilities(
    max_characters=1600,
    answers_keywords=False,
    block_scope=BlockScope.NONE,
    signature=CallbackSignature.CONFIGURED,
    notes="As you describe it. It is taken to answer no keywords and to keep no list.",
)
_NAME = shaped("[a-z][a-z0-9_-]*", "small letters, digits, - and _")
_NEEDED = (
    ("max_media", TextPart.MEDIA),
    ("schedule", TextPart.SEND_AT),
    ("validity", TextPart.VALID_FOR),
)


@frozen(kw_only=True)
class HttpGateway(Adapter):
    """A gateway that is described as data; see :mod:`compliant_sms.providers.gateway`.

    Args:
        sender: the number that texts are sent from.
        submission: the request that sends a text.
        outcome: what its answer means.
        callbacks: what the gateway posts; by default nothing is read.
        proof: how callbacks prove their origin. Without one, all are refused.
        abilities: what the gateway can do, as its operator says. How callbacks are proved is taken
            from ``proof``.
        name: its name in records and callback URLs.
        baa_signed_on: the day the business associate agreement was signed; required for sending.
        status_callback: the public URL that is told of deliveries, or empty for none.
        base_url: a URL to use instead of the gateway's. One on loopback is taken for a simulated
            carrier, so leave this empty for a real gateway on this machine.

    Raises:
        InvalidInput: a field is invalid, or something that the gateway can do has no field.
    """

    vendor: ClassVar[str] = "The gateway"

    submission: GatewayRequest
    outcome: GatewayAnswer
    callbacks: GatewayCallbacks = field(factory=GatewayCallbacks)
    proof: CallbackProof | None = None
    abilities: Capabilities = _CONFIGURED
    name: str = field(default="gateway", validator=_NAME)  # type: ignore[misc]  # elsewhere fixed

    def __attrs_post_init__(self) -> None:
        mapped = set(self.submission.fields.values())
        for ability, part in _NEEDED:
            if getattr(self.abilities, ability) and part not in mapped:
                msg = (
                    f"the gateway is said to have {ability}, and no field takes {part!s}. Add it "
                    "to fields of the submission, or take the ability away."
                )
                raise InvalidInput(msg)
        if self.abilities.repeat_within and not self.submission.idempotency_header:
            msg = "nothing tells the gateway of a repeated text: pass idempotency_header"
            raise InvalidInput(msg)

    @property
    def capabilities(self) -> Capabilities:  # type: ignore[override]
        """What the gateway can do, as described, and how its callbacks are proved."""
        inbound = self.callbacks.inbound
        in_text = TextPart.CALLBACK_URL in self.submission.fields.values()
        return evolve(
            self.abilities,
            inbound=inbound is not None,
            inbound_media=inbound is not None and bool(inbound.media),
            status_callbacks=CallbackPlace.EACH_TEXT if in_text else CallbackPlace.ACCOUNT,
            signature=self.proof.signature if self.proof else CallbackSignature.NONE,
            body_authenticated=self.proof is not None and self.proof.covers_body,
            time_authenticated=self.proof is not None and self.proof.covers_time,
        )

    @property
    def _codes(self) -> Codes:
        status = self.callbacks.status
        states = {word.lower(): state for word, state in status.states.items()} if status else {}
        return Codes(states=states, categories=self.outcome.categories, statuses=_STATUSES)

    def request(self, text: OutboundText, *, at: datetime) -> HttpRequest:
        """Return the request as described."""
        self.capabilities.require(text, self.vendor, at=at)
        return assembled(
            self.submission,
            text,
            url=self._url(),
            sender=self.sender,
            callback=self.callback_for(text.reference),
            seconds=self.abilities.valid_for(text.valid_for),
        )

    def _url(self) -> str:
        here, there = urlsplit(self.base_url), urlsplit(self.submission.url)
        if not self.base_url:
            return self.submission.url
        return urlunsplit((here.scheme, here.netloc, there.path, there.query, ""))

    def response(self, reply: HttpReply) -> Attempt:
        """Accepted if status and body both say so; refused if the body certainly does."""
        means, content = self.outcome, json_value(reply.body)
        provider_id = text_at(content, means.id)
        if not provider_id and means.id_header:
            provider_id = reply.header(means.id_header) or ""
        holds = means.success is None or means.success.holds(content)
        taken = reply.status in means.accepted
        named = accepted(provider_id)
        if taken and holds and (named or means.success):
            return named or Attempt(certainty=Certainty.ACCEPTED)
        said = text_at(content, means.said)
        why = self._problem(text_at(content, means.code), reply.status, said)
        attempt = not_accepted(reply, why, *means.seconds_headers)
        if why.category in _DOUBTFUL:
            return evolve(attempt, certainty=Certainty.AMBIGUOUS)
        # Another value where that of success should stand, or an error that is known, denies it.
        told = means.success is not None and Present(at=means.success.at).holds(content)
        if taken and ((told and not holds) or why.code in means.categories):
            return evolve(attempt, certainty=Certainty.REFUSED)
        return attempt

    @property
    def callback_proofs(self) -> tuple[str, ...]:
        """See :class:`compliant_sms.providers.Provider`."""
        return self.proof.proofs if self.proof else ()

    def verify(
        self,
        request: WebhookRequest,
        *,
        at: datetime,
        certificates: Mapping[str, bytes] | None = None,  # noqa: ARG002 - no scheme has any
    ) -> VerifiedWebhook:
        """Check the callback as described.

        Raises:
            InvalidSignature: it is forged, or no proof was described.
            WebhookRejected: it cannot be read.
        """
        if self.proof is None:
            msg = "no proof is set for this gateway, so all its callbacks are refused"
            raise InvalidSignature(msg)
        self.proof.check(request, at)
        covered = self.proof.covers_body if request.body else self.proof.covers_url
        return sealed(self.name, content_of(request), query(request), authenticated=covered)

    def parse(self, webhook: VerifiedWebhook) -> Sequence[ProviderEvent]:
        """Read patients' texts and reports on yours, in order."""
        return events_in(
            webhook,
            self.callbacks,
            ours=self.sender,
            vendor=self.vendor,
            codes=self._codes,
            reference=self.reference_in(webhook),
        )

    def answer(self, webhook: VerifiedWebhook) -> HttpReply:  # noqa: ARG002
        """As described; an empty 200 by default."""
        return HttpReply(status=self.callbacks.answer_status, body=self.callbacks.answer)

    def media_request(self, url: str, *, at: datetime) -> HttpRequest | None:  # noqa: ARG002
        """``GET`` it with the credentials, from the named origins only."""
        origins = (f"{origin.rstrip('/')}/" for origin in self.callbacks.media_from)
        if not (url.isascii() and url.isprintable() and any(map(url.startswith, origins))):
            return None
        request = HttpRequest(method="GET", url=url)
        return self.submission.auth.applied(request) if self.submission.auth else request
