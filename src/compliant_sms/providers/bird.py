"""Bird's Channels API, with one SMS channel.

Sources: Bird's pages on sending and receiving SMS, on message statuses and failures, on webhook
subscriptions and their verification, and on opting out. Bird has no Python client for this API.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from attrs import field, frozen

from compliant_sms import _given
from compliant_sms.lifecycle import State
from compliant_sms.providers._adapter import Adapter, credential, secrets, shaped, web_address
from compliant_sms.providers._base import (
    Attempt,
    InboundText,
    OutboundText,
    Problem,
    ProviderEvent,
    StatusUpdate,
)
from compliant_sms.providers._capabilities import CallbackPlace, Capabilities, Receipts
from compliant_sms.providers._codes import accepted, not_accepted
from compliant_sms.providers._reading import (
    e164,
    first,
    instant,
    items,
    json_object,
    mapping,
    text_in,
)
from compliant_sms.providers._requests import get_json, post_json
from compliant_sms.providers._signing import (
    hmac_base64,
    json_body,
    query,
    refuse_age,
    require_match,
)
from compliant_sms.providers._webhooks import VerifiedWebhook, sealed
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest

__all__ = ["Bird"]

_ID = shaped("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", "a UUID, not a name or an alias")
_AGE = _given.kind(timedelta, "a timedelta")
# Bird's own word for its SMS platform, whose error codes are closer than Bird's.
_PLATFORM: Final = "sms-messagebird"
_MEDIA = re.compile(r"https://media\.api\.bird\.com/[\x21-\x7e]+")


@frozen(kw_only=True)
class Bird(Adapter):
    """Bird, with one SMS channel. For MessageBird's classic API there is ``MessageBird``.

    Args:
        workspace_id: the workspace's UUID.
        channel_id: the SMS channel's UUID; its number is the sender.
        access_key: a key that may send through that channel.
        signing_keys: the keys that may have signed callbacks; without them all are refused. They
            are set with the webhook subscriptions.
        callback_age: how old a callback may be. Bird repeats one for eight hours with the time of
            the first, so less would lose a STOP. A replayed callback is applied only once.
        sender: the channel's number.
        answers_keywords: whether Bird confirms STOP and START and answers HELP.
        baa_signed_on: the day the business associate agreement was signed; required for sending.
        base_url: a different URL of the API. One on loopback is taken for a simulated carrier.

    Raises:
        InvalidInput: a field is invalid.
    """

    name: ClassVar[str] = "bird"
    vendor: ClassVar[str] = "Bird"
    # No look-up: whether texts can be listed by our reference is not documented.
    capabilities: ClassVar[Capabilities] = Capabilities(
        max_characters=1377,  # of the platform beneath, as in MessageBird
        status_callbacks=CallbackPlace.ACCOUNT,
        inbound_media=True,
        time_authenticated=True,
        receipts=Receipts.CARRIER,
        notes=(
            "Texts beyond the GSM alphabet have 603 characters at most. Bird makes a contact of "
            "each number that is texted, and keeps it."
        ),
    )

    workspace_id: str = field(validator=_ID)
    channel_id: str = field(validator=_ID)
    access_key: str = field(repr=False, validator=credential)
    signing_keys: tuple[str, ...] = field(repr=False, converter=secrets)
    callback_age: timedelta = field(default=timedelta(hours=9), validator=_AGE)
    answers_keywords: bool = True
    base_url: str = field(default="https://api.bird.com", validator=web_address)

    @property
    def _channel_url(self) -> str:
        return f"{self.base_url}/workspaces/{self.workspace_id}/channels/{self.channel_id}"

    @property
    def _authorization(self) -> str:
        return f"AccessKey {self.access_key}"

    def request(self, text: OutboundText, *, at: datetime) -> HttpRequest:
        """``POST messages`` through the channel."""
        self.capabilities.require(text, self.vendor, at=at)
        to = {"identifierKey": "phonenumber", "identifierValue": text.to.e164}
        content = {
            "receiver": {"contacts": [to]},
            "body": {"type": "text", "text": {"text": text.body}},
            "reference": text.reference,
        }
        return post_json(f"{self._channel_url}/messages", self._authorization, content)

    def response(self, reply: HttpReply) -> Attempt:
        """202 with an id is accepted; 4xx is refused; anything else may have been processed."""
        content = json_object(reply.body)
        if reply.status in {200, 201, 202} and (taken := accepted(content.get("id"))):
            return taken
        return not_accepted(reply, self._refusal(content, reply.status))

    def check_account(self, *, at: datetime) -> HttpRequest:  # noqa: ARG002
        """``GET`` the channel."""
        return get_json(self._channel_url, self._authorization)

    def account_problem(self, reply: HttpReply) -> Problem | None:
        """What is wrong with the key, the workspace or the channel."""
        content = json_object(reply.body)
        fine = reply.status == 200 and text_in(content, "id").lower() == self.channel_id.lower()
        return None if fine else self._refusal(content, reply.status)

    def _refusal(self, content: Mapping[str, Any], status: int) -> Problem:
        return self._problem(text_in(content, "code"), status, content.get("message"))

    def verify(
        self,
        request: WebhookRequest,
        *,
        at: datetime,
        certificates: Mapping[str, bytes] | None = None,  # noqa: ARG002
    ) -> VerifiedWebhook:
        """Check the HMAC over time, URL and the body's hash, and the time itself.

        Raises:
            InvalidSignature: it is missing, wrong or old.
            WebhookRejected: the URL or the body cannot be read.
        """
        stamp = request.header("messagebird-request-timestamp") or ""
        head = f"{stamp}\n{request.url}\n".encode(errors="surrogatepass")
        signed = head + hashlib.sha256(request.body).digest()
        right = [hmac_base64(key.encode(), signed) for key in self.signing_keys]
        require_match(self.vendor, request.header("messagebird-signature") or "", right)
        refuse_age(stamp, at, self.callback_age)
        return sealed(self.name, json_body(request) if request.body else {}, query(request))

    def parse(self, webhook: VerifiedWebhook) -> Sequence[ProviderEvent]:
        """Read an inbound text or a status. Anything else is left out."""
        event = mapping(webhook.content)
        payload, kind = mapping(event.get("payload")), text_in(event, "event")
        if not text_in(payload, "id"):
            return []
        if kind == "sms.inbound":
            return [self._inbound(payload)]
        return [self._update(payload)] if kind == "sms.outbound" else []

    def _inbound(self, payload: Mapping[str, Any]) -> InboundText:
        content = mapping(payload.get("body"))
        # A text has its words under "text"; a picture has them, if any, beside its address.
        parts = mapping(content.get(text_in(content, "type")))
        body = text_in(parts, "text")
        media = (text_in(mapping(each), "mediaUrl") for each in _files(parts))
        keyword = self._codes.keyword(body) if self.answers_keywords else None
        ours = text_in(payload, "channelId").lower() == self.channel_id.lower()
        return InboundText(
            key=text_in(payload, "id"),
            provider_id=text_in(payload, "id"),
            sender=e164(_number(payload, "sender", "contact")),
            # Which number of ours is told by the channel only.
            to=self.sender if ours else None,
            body=body,
            media=tuple(url for url in media if url),
            answered=keyword is not None,
            recognized=keyword,
            sent_at=instant(text_in(payload, "createdAt")),
            elsewhere=not ours,
        )

    def _update(self, payload: Mapping[str, Any]) -> StatusUpdate:
        state, failure = self._codes.state(text_in(payload, "status")), self._failure(payload)
        to = first(mapping(payload.get("receiver")).get("contacts"))
        failed = state in {State.UNDELIVERED, State.FAILED}
        return StatusUpdate(
            key=f"{text_in(payload, 'id')}/{text_in(payload, 'status')}/{failure}",
            provider_id=text_in(payload, "id"),
            reference=text_in(payload, "reference") or None,
            state=state,
            problem=self._problem(failure, said=payload.get("reason")) if failed else None,
            recipient=e164(text_in(to, "identifierValue")),
        )

    def _failure(self, payload: Mapping[str, Any]) -> str:
        failure = mapping(payload.get("failure"))
        source = mapping(failure.get("source"))
        closer = text_in(source, "code") if source.get("name") == _PLATFORM else ""
        known = closer in self._codes.categories
        return closer if known else text_in(failure, "code") or closer

    def media_request(self, url: str, *, at: datetime) -> HttpRequest | None:  # noqa: ARG002
        """``GET`` it with the access key."""
        return get_json(url, self._authorization) if _MEDIA.fullmatch(url) else None


def _files(parts: Mapping[str, Any]) -> Sequence[Any]:
    return [*items(parts.get("images")), *items(parts.get("files"))]


def _number(payload: Mapping[str, Any], side: str, kind: str) -> str:
    return text_in(mapping(mapping(payload.get(side)).get(kind)), "identifierValue")
