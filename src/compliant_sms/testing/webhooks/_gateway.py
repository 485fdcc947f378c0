"""Callbacks of a gateway that is described as data, made from that description."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any, ClassVar

from attrs import field, frozen

from compliant_sms._callback_signing import as_json, basic, jwt
from compliant_sms.errors import Unsupported
from compliant_sms.lifecycle import State
from compliant_sms.providers.gateway import (
    BasicProof,
    CallbackProof,
    Condition,
    Equals,
    GatewayCallbacks,
    HeaderToken,
    JwtProof,
    StandardWebhooks,
    Unsigned,
    UrlToken,
)
from compliant_sms.testing.webhooks._maker import JSON, News, PatientText, WebhookMaker, with_query
from compliant_sms.wire import WebhookRequest


@frozen(kw_only=True)
class GatewayWebhooks(WebhookMaker):
    """Makes JSON callbacks for :class:`compliant_sms.providers.HttpGateway`.

    Args:
        callbacks: the adapter's description of what the gateway posts.
        proof: the adapter's proof. An :class:`~compliant_sms.providers.gateway.HmacSignature` or a
            proof of your own is not made here; make it yourself.
        number: your number that patients text (E.164).
        url: the URL that the gateway calls. Your reference of a text is in its query, unless the
            description has a place for it.
    """

    provider: ClassVar[str] = "gateway"
    words: ClassVar[Mapping[State, str]] = {}
    trouble: ClassVar[str] = ""

    callbacks: GatewayCallbacks
    proof: CallbackProof = field(repr=False)

    def _word(self, state: State) -> str | None:
        told = self.callbacks.status.states if self.callbacks.status is not None else {}
        return next((word for word, meant in told.items() if meant is state), None)

    def text_callback(self, text: PatientText) -> WebhookRequest:
        fields = self.callbacks.inbound
        if fields is None:
            msg = "the gateway delivers no texts: GatewayCallbacks.inbound is None"
            raise Unsupported(msg)
        content = {
            fields.id: text.text_id or text.uuid,
            fields.sender: text.sender,
            fields.to: text.to,
            fields.body: text.body,
            fields.sent_at: text.at.isoformat(),
        }
        event = self._event(content, fields.when)
        return self._proven(event, text.uuid, text.at, self.url)

    def status_callback(self, news: News) -> WebhookRequest:
        fields = self.callbacks.status
        assert fields is not None, "no word would have been found"  # noqa: S101
        content = {
            fields.id: news.provider_id,
            fields.status: news.word,
            fields.reference: news.reference,
            fields.code: news.code,
            fields.recipient: news.to,
        }
        in_address = bool(news.reference) and not fields.reference
        url = with_query(self.url, "ref", news.reference) if in_address else self.url
        return self._proven(self._event(content, fields.when), news.event_id, news.at, url)

    def _event(self, content: Mapping[str, str], when: Condition) -> dict[str, Any]:
        event: dict[str, Any] = {}
        for pointer, value in content.items():
            if pointer and value:
                _put(event, pointer, value)
        if isinstance(when, Equals):
            _put(event, when.at, when.value)
        if not self.callbacks.events:
            return event
        whole: dict[str, Any] = {}
        _put(whole, self.callbacks.events, [event])
        return whole

    def _proven(
        self, content: Mapping[str, Any], event_id: str, at: datetime, url: str
    ) -> WebhookRequest:
        body = as_json(content)
        headers: dict[str, str] = {}
        match self.proof:
            case StandardWebhooks():
                headers = _standard(self.proof.keys[0], body, event_id, at)
            case BasicProof():
                headers = basic(self.proof.credentials[0])
            case HeaderToken():
                headers = {self.proof.header: self.proof.tokens[0]}
            case UrlToken():
                url = with_query(url, self.proof.parameter, self.proof.tokens[0])
            case JwtProof():
                headers = {self.proof.header: f"Bearer {_token(self.proof, body, at)}"}
            case Unsigned():
                pass
            case _:
                msg = "the gateway's kind of proof is not made here: sign its callbacks yourself"
                raise Unsupported(msg)
        return self.posted(body, JSON, headers, url)


def _standard(key: bytes, body: bytes, event_id: str, at: datetime) -> dict[str, str]:
    timestamp = str(int(at.timestamp()))
    digest = hmac.digest(key, f"{event_id}.{timestamp}.".encode() + body, "sha256")
    return {
        "webhook-id": event_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def _token(proof: JwtProof, body: bytes, at: datetime) -> str:
    claims: dict[str, object] = {"iat": int(at.timestamp()), "exp": int(at.timestamp()) + 60}
    if proof.body_hash_claim:
        claims[proof.body_hash_claim] = hashlib.sha256(body).hexdigest()
    return jwt(claims, proof.secrets[0], proof.algorithms[0])


def _put(document: dict[str, Any], pointer: str, value: object) -> None:
    """Write at a JSON pointer (RFC 6901). The only possible index is that of a first item."""
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer[1:].split("/")]
    place: Any = document
    for part, after in pairwise(parts):
        place = _inside(place, part, [{}] if after == "0" else {})
    if isinstance(place, list):
        place[0] = value
    else:
        place[parts[-1]] = value


def _inside(place: Any, part: str, new: object) -> Any:  # noqa: ANN401 - JSON has no narrower type
    return place[0] if isinstance(place, list) else place.setdefault(part, new)
