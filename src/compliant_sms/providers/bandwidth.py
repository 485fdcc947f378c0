"""Bandwidth Messaging, API v2.

Sources: Bandwidth's pages on messages, webhooks, errors, media and rate limits, and the OpenAPI
description of its own Python client 23.3.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, TypeAlias
from urllib.parse import quote

from attrs import evolve, field, frozen
from attrs.validators import deep_iterable

from compliant_sms.lifecycle import State
from compliant_sms.providers._adapter import CREDENTIALS, Adapter, credential, secrets, web_address
from compliant_sms.providers._base import (
    Attempt,
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
    Receipts,
)
from compliant_sms.providers._codes import accepted, not_accepted
from compliant_sms.providers._reading import (
    e164,
    first,
    instant,
    items,
    json_object,
    listed,
    mapping,
    text_in,
    whole,
)
from compliant_sms.providers._requests import basic, get_json, post_json
from compliant_sms.providers._signing import basic_credentials, json_body, query
from compliant_sms.providers._webhooks import VerifiedWebhook, sealed
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest

__all__ = ["Bandwidth"]

_Json: TypeAlias = Mapping[str, Any]
# The second digit says that a carrier reported it; 99.. are a carrier's words nobody knows.
_SAID_BY_CARRIER = ("47", "56", "99")
_NO_RECEIPT_IN_TIME = "9902"
# Credentials go with it: nothing in the path may lead elsewhere.
_MEDIA_PATH = re.compile(r"(?!.*(\.\.|%2e|\\))[\x21-\x7e]+", re.IGNORECASE)


@frozen(kw_only=True)
class Bandwidth(Adapter):
    """Bandwidth, with one sender.

    Args:
        account_id: the account's digits.
        application_id: the sender's messaging application, where the callback URLs are set.
        username: the name of an API user.
        password: that user's password.
        callback_credentials: what callbacks carry, as ``user:password``, newest first: those set
            on the application for inbound texts and for statuses.
        sender: the number that texts are sent from.
        mms_receipts: whether receipts for MMS are switched on at Bandwidth. Without them, its
            "delivered" for MMS only means that it was handed over, and counts as sent.
        baa_signed_on: the day the business associate agreement was signed; required for sending.
        base_url: a different URL of the API. One on loopback is taken for a simulated carrier.

    Raises:
        InvalidInput: a field is invalid.
    """

    name: ClassVar[str] = "bandwidth"
    vendor: ClassVar[str] = "Bandwidth"
    capabilities: ClassVar[Capabilities] = Capabilities(
        max_characters=2048,
        max_media=10,  # ours: only their size is limited, by carriers
        # Not documented either: the least allows for clocks that differ.
        validity=(timedelta(minutes=1), timedelta(days=1)),
        status_look_up=True,
        status_callbacks=CallbackPlace.ACCOUNT,
        inbound_media=True,
        answers_keywords=False,
        block_scope=BlockScope.NONE,
        signature=CallbackSignature.BASIC,
        body_authenticated=False,
        receipts=Receipts.CARRIER,
        baa=Baa.ON_REQUEST,
        notes=(
            "Bandwidth lists no text by its words or our reference: an uncertain one is settled by "
            "its callback or by a person, and a START is not believed. On toll-free numbers the "
            "network answers STOP and blocks. The agreement names toll-free and short codes."
        ),
    )

    account_id: str = field(validator=credential)
    application_id: str = field(validator=credential)
    username: str = field(repr=False, validator=credential)
    password: str = field(repr=False, validator=credential)
    callback_credentials: tuple[str, ...] = field(
        repr=False, converter=secrets, validator=deep_iterable(CREDENTIALS)
    )
    mms_receipts: bool = False
    base_url: str = field(default="https://messaging.bandwidth.com", validator=web_address)

    @property
    def _account_url(self) -> str:
        return f"{self.base_url}/api/v2/users/{quote(self.account_id, safe='')}"

    @property
    def _authorization(self) -> str:
        return basic(f"{self.username}:{self.password}")

    def request(self, text: OutboundText, *, at: datetime) -> HttpRequest:
        """``POST messages`` to one number. Several would form a group and see each other."""
        self.capabilities.require(text, self.vendor)
        fields: dict[str, object] = {
            "applicationId": self.application_id,
            "to": [text.to.e164],
            "from": self.sender.e164,
            "text": text.body,
            "tag": text.reference,
        }
        if text.media:
            fields["media"] = list(text.media)
        if (seconds := self.capabilities.valid_for(text.valid_for)) is not None:
            fields["expiration"] = (at.astimezone(UTC) + timedelta(seconds=seconds)).isoformat()
        return post_json(f"{self._account_url}/messages", self._authorization, fields)

    def response(self, reply: HttpReply) -> Attempt:
        """202 with an id is accepted; 4xx is refused; anything else may have been processed."""
        taken = accepted(json_object(reply.body).get("id"))
        if reply.status in {200, 201, 202} and taken:
            return taken
        return not_accepted(reply, self._refusal(reply))

    def ask_status(self, text: OutboundText, *, at: datetime) -> HttpRequest:  # noqa: ARG002
        """``GET messages``: what is known of the one with that id, without its text."""
        wanted = {"messageId": text.provider_id}
        return get_json(f"{self._account_url}/messages", self._authorization, wanted)

    def read_status(self, reply: HttpReply, text: OutboundText) -> SentText | None:
        """The one with that id."""
        wanted = text.provider_id
        row = first(listed(reply, "messages", lambda each: each.get("messageId") == wanted))
        code, picture = whole(row.get("errorCode")), text_in(row, "messageType").lower() == "mms"
        state = self._state(text_in(row, "messageStatus"), str(code), picture=picture)
        told = SentText(provider_id=wanted, state=state or State.SENT)
        return (evolve(told, problem=self._problem(code)) if code else told) if row else None

    def check_account(self, *, at: datetime) -> HttpRequest:  # noqa: ARG002
        """``GET messages``: what is known of the last one, without its text."""
        newest = {"sourceTn": self.sender.e164, "limit": "1"}
        return get_json(f"{self._account_url}/messages", self._authorization, newest)

    def account_problem(self, reply: HttpReply) -> Problem | None:
        """What is wrong with the user, its password or the account."""
        return None if listed(reply, "messages") is not None else self._refusal(reply)

    def _refusal(self, reply: HttpReply) -> Problem:
        content = json_object(reply.body)
        wrong = first(content.get("fieldErrors"))
        where = text_in(wrong, "fieldName").partition("[")[0]  # as in "to[0]"
        code = " ".join(each for each in (text_in(content, "type"), where) if each)
        said = text_in(wrong, "description") or text_in(content, "description")
        return self._problem(code, reply.status, said)

    def verify(
        self,
        request: WebhookRequest,
        *,
        at: datetime,  # noqa: ARG002 - Bandwidth signs no time
        certificates: Mapping[str, bytes] | None = None,  # noqa: ARG002
    ) -> VerifiedWebhook:
        """Check the user and password set on the application. They do not cover the body.

        Raises:
            InvalidSignature: it is missing or wrong.
            WebhookRejected: the body is not JSON.
        """
        basic_credentials(request, self.callback_credentials)
        return sealed(self.name, json_body(request), query(request), authenticated=False)

    def parse(self, webhook: VerifiedWebhook) -> Sequence[ProviderEvent]:
        """Read inbound texts and statuses, of which callbacks are lists."""
        return [
            event
            for each in items(webhook.content)
            if (event := self._event(webhook, mapping(each)))
        ]

    def _event(self, webhook: VerifiedWebhook, event: _Json) -> ProviderEvent | None:
        message, kind = mapping(event.get("message")), text_in(event, "type")
        provider_id, code = text_in(message, "id"), text_in(event, "errorCode")
        if not provider_id or not kind:
            return None
        if kind == "message-received":
            return _inbound(webhook, provider_id, message, event)
        picture = bool(message.get("media")) or text_in(message, "channel").upper() == "MMS"
        return StatusUpdate(
            key=f"{provider_id}/{kind}",
            provider_id=provider_id,
            reference=text_in(message, "tag") or None,
            state=self._state(kind, code, picture=picture),
            problem=self._problem(code, said=event.get("description")) if code else None,
            recipient=e164(event.get("to")),
        )

    def _state(self, kind: str, code: str, *, picture: bool) -> State | None:
        state = self._codes.state(kind)
        handed_over = state is State.DELIVERED and picture and not self.mms_receipts
        if handed_over or (state is State.FAILED and code == _NO_RECEIPT_IN_TIME):
            return State.SENT
        if state is State.FAILED and code.startswith(_SAID_BY_CARRIER):
            return State.UNDELIVERED
        return state

    def media_request(self, url: str, *, at: datetime) -> HttpRequest | None:  # noqa: ARG002
        """``GET`` it with the user's credentials, from the account's own media only."""
        own = f"{self._account_url}/media/"
        inside = url.startswith(own) and _MEDIA_PATH.fullmatch(url, len(own))
        return get_json(url, self._authorization) if inside else None


def _inbound(
    webhook: VerifiedWebhook, provider_id: str, message: _Json, event: _Json
) -> InboundText:
    return InboundText(
        key=provider_id,
        provider_id=provider_id,
        sender=e164(message.get("from")),
        # A text to a group comes once for each number of ours in it, which is the owner.
        to=e164(message.get("owner") or event.get("to")),
        body=text_in(message, "text"),
        media=tuple(url for url in items(message.get("media")) if isinstance(url, str)),
        authenticated=webhook.authenticated,
        sent_at=instant(text_in(message, "time") or text_in(event, "time")),
    )
