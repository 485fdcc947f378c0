"""ClickSend SMS, REST API v3.

Sources: ClickSend's Python client 6.0.2 and what it describes; its help pages on error codes, on
opting out and on inbound rules. That it posts under the names of its lists is provisional.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from attrs import field, frozen

from compliant_sms.lifecycle import State
from compliant_sms.providers._adapter import Adapter, credential, secrets, shaped, web_address
from compliant_sms.providers._base import (
    Attempt,
    Certainty,
    InboundText,
    OutboundText,
    Problem,
    ProviderEvent,
    SentText,
    StatusUpdate,
)
from compliant_sms.providers._capabilities import (
    Baa,
    BlockScope,
    CallbackPlace,
    CallbackSignature,
    Capabilities,
    Lookup,
)
from compliant_sms.providers._codes import accepted, not_accepted
from compliant_sms.providers._reading import (
    e164,
    first,
    instant,
    items,
    json_object,
    mapping,
    text_in,
    whole,
)
from compliant_sms.providers._requests import basic, get_json, post_json
from compliant_sms.providers._signing import posted, query, url_token
from compliant_sms.providers._webhooks import VerifiedWebhook, sealed
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest

__all__ = ["ClickSend"]

# Each callback repeats what we last wrote to the patient.
_WRITTEN_BY_US = frozenset({"original_body", "originalmessage"})


@frozen(kw_only=True)
class ClickSend(Adapter):
    """ClickSend, with one sender.

    Args:
        username: the account's or a subaccount's name.
        api_key: its key.
        url_tokens: what the webhook's URL must have as ``token``, newest first. ClickSend
            signs nothing, so without a token every callback is refused.
        sender: the dedicated number that texts come from.
        baa_signed_on: the day the business associate agreement was signed; required for sending.
        base_url: a different URL of the API. One on loopback is taken for a simulated carrier.

    Raises:
        InvalidInput: a field is invalid.
    """

    name: ClassVar[str] = "clicksend"
    vendor: ClassVar[str] = "ClickSend"
    capabilities: ClassVar[Capabilities] = Capabilities(
        max_characters=1224,
        # No longest time is documented; this one is ours.
        schedule=(timedelta(0), timedelta(days=30)),
        look_up=Lookup.BY_REFERENCE,
        status_look_up=True,
        status_callbacks=CallbackPlace.ACCOUNT,
        answers_keywords=False,
        block_scope=BlockScope.NONE,
        signature=CallbackSignature.URL_TOKEN,
        body_authenticated=False,
        baa=Baa.ON_REQUEST,
        notes=(
            "ClickSend mails replies unless that is switched off, and sends from another number "
            "where the sender is blocked. Its list never proves that a text is not there."
        ),
    )

    username: str = field(validator=shaped("[^:]+", "without a colon"))
    api_key: str = field(repr=False, validator=credential)
    url_tokens: tuple[str, ...] = field(repr=False, converter=secrets)
    base_url: str = field(default="https://rest.clicksend.com", validator=web_address)

    @property
    def _authorization(self) -> str:
        return basic(f"{self.username}:{self.api_key}")

    def _history(self, wanted: str) -> HttpRequest:
        newest = {"q": wanted, "order_by": "date:desc", "limit": "100"}
        return get_json(f"{self.base_url}/v3/sms/history", self._authorization, newest)

    def request(self, text: OutboundText, *, at: datetime) -> HttpRequest:
        """``POST sms/send`` with one message."""
        self.capabilities.require(text, self.vendor, at=at)
        message: dict[str, Any] = {"to": text.to.e164, "from": self.sender.e164}
        message |= {"body": text.body, "custom_string": text.reference}
        if text.send_at is not None:
            message["schedule"] = int(text.send_at.timestamp())
        url, content = f"{self.base_url}/v3/sms/send", {"messages": [message]}
        return post_json(url, self._authorization, content)

    def response(self, reply: HttpReply) -> Attempt:
        """The message's own status counts; the 200 around it says nothing."""
        content = json_object(reply.body)
        data = mapping(content.get("data"))
        message = first(data.get("messages"))
        status, taken = text_in(message, "status"), accepted(message.get("message_id"))
        if reply.status == 200 and status == "SUCCESS" and taken:
            return taken
        if not message and whole(data.get("blocked_count")):
            status = "blocked"
        why = self._refusal(content, reply.status, status)
        # A word that nobody knows is no proof that nothing was sent.
        if reply.status == 200 and status in self._codes.categories:
            return Attempt(certainty=Certainty.REFUSED, problem=why)
        return not_accepted(reply, why)

    def look_up(self, text: OutboundText, *, at: datetime) -> HttpRequest:  # noqa: ARG002
        """``GET sms/history`` of that recipient, newest first."""
        return self._history(f"to:{text.to.e164}")

    def found(
        self,
        reply: HttpReply,
        text: OutboundText,
        since: datetime,  # noqa: ARG002
    ) -> Sequence[SentText] | None:
        """The texts with our reference. Never none, as it is unknown how soon one is listed."""
        ours = {"direction": "out", "to": text.to.e164, "custom_string": text.reference}
        return [self._sent(each) for each in _listed(reply, ours)] or None

    def _sent(self, entry: Mapping[str, Any]) -> SentText:
        state = self._codes.state(text_in(entry, "status_code", "status")) or State.SENT
        lost = state in {State.UNDELIVERED, State.FAILED}
        return SentText(
            provider_id=text_in(entry, "message_id"),
            state=state,
            problem=self._problem(text_in(entry, "error_code")) if lost else None,
        )

    def check_account(self, *, at: datetime) -> HttpRequest:  # noqa: ARG002
        """``GET account``."""
        return get_json(f"{self.base_url}/v3/account", self._authorization)

    def account_problem(self, reply: HttpReply) -> Problem | None:
        """What is wrong with the account or its key."""
        content = json_object(reply.body)
        fine = reply.status == 200 and "username" in mapping(content.get("data"))
        return None if fine else self._refusal(content, reply.status)

    def _refusal(self, content: Mapping[str, Any], status: int, code: str = "") -> Problem:
        named = code or text_in(content, "response_code")
        return self._problem(named, status, content.get("response_msg"))

    def verify(
        self,
        request: WebhookRequest,
        *,
        at: datetime,  # noqa: ARG002 - ClickSend signs no time
        certificates: Mapping[str, bytes] | None = None,  # noqa: ARG002
    ) -> VerifiedWebhook:
        """Check the token in the URL. It does not cover what the callback says.

        Raises:
            InvalidSignature: the token is missing or wrong.
            WebhookRejected: the URL or the body cannot be read.
        """
        url_token(request, "token", self.url_tokens)
        asked = {name: value for name, value in query(request).items() if name != "token"}
        fields = mapping(posted(request)) if request.body else asked
        kept = {name: value for name, value in fields.items() if name not in _WRITTEN_BY_US}
        return sealed(self.name, kept, {}, authenticated=False)

    def parse(self, webhook: VerifiedWebhook) -> Sequence[ProviderEvent]:
        """Read an inbound text or a receipt. Anything else is left out."""
        fields = mapping(webhook.content)
        if not text_in(fields, "message_id"):
            return []
        if isinstance(fields.get("body"), str):
            return [_inbound(webhook, fields)]
        return [self._update(fields)] if text_in(fields, "status_code") else []

    def _update(self, fields: Mapping[str, Any]) -> StatusUpdate:
        status, code = text_in(fields, "status_code"), text_in(fields, "error_code")
        state, provider_id = self._codes.state(status), text_in(fields, "message_id")
        said = text_in(fields, "error_text", "status_text")
        return StatusUpdate(
            key=f"{provider_id}/{status}/{code}",
            provider_id=provider_id,
            reference=text_in(fields, "custom_string") or None,
            state=state,
            problem=self._problem(code, said=said) if state is State.UNDELIVERED else None,
        )

    def confirm(self, event: InboundText, *, at: datetime) -> HttpRequest | None:  # noqa: ARG002
        """``GET sms/history`` for that sender: a list of inbound texts would need its own rule."""
        return self._history(f"from:{event.sender.e164}") if event.sender else None

    def confirmed(self, reply: HttpReply, event: InboundText) -> bool:
        """Whether it lists exactly that text, from that number, as received."""
        sender = event.sender.e164 if event.sender else ""
        told = {"message_id": event.provider_id, "body": event.body, "from": sender}
        return bool(_listed(reply, told | {"direction": "in"}))


def _listed(reply: HttpReply, wanted: Mapping[str, str]) -> list[dict[str, Any]]:
    page = mapping(json_object(reply.body).get("data")) if reply.status == 200 else {}
    rows = [each for each in map(mapping, items(page.get("data"))) if text_in(each, "message_id")]
    return [row for row in rows if all(row.get(name) == value for name, value in wanted.items())]


def _inbound(webhook: VerifiedWebhook, fields: Mapping[str, Any]) -> InboundText:
    return InboundText(
        key=text_in(fields, "message_id"),
        provider_id=text_in(fields, "message_id"),
        sender=e164(text_in(fields, "from")),
        to=e164(text_in(fields, "to")),
        body=text_in(fields, "body"),
        authenticated=webhook.authenticated,
        sent_at=instant(whole(fields.get("timestamp"))),
    )
