"""Azure Communication Services SMS, API 2026-01-23, with callbacks from Event Grid.

Sources: Microsoft's description of that API (Azure/azure-rest-api-specs); its pages on SMS events,
SMS error codes, opt-outs and endpoint validation; the OASIS standard Repeatable Requests 1.0.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from attrs import evolve, field, frozen

from compliant_sms.lifecycle import State
from compliant_sms.phone import PhoneNumber
from compliant_sms.providers._adapter import Adapter, not_blank, secrets, shaped, web_address
from compliant_sms.providers._base import (
    Attempt,
    InboundText,
    OutboundText,
    Problem,
    ProviderEvent,
    StatusUpdate,
)
from compliant_sms.providers._capabilities import (
    Baa,
    CallbackPlace,
    CallbackSignature,
    Capabilities,
    ListAccess,
    Receipts,
)
from compliant_sms.providers._codes import accepted, not_accepted
from compliant_sms.providers._reading import e164, instant, items, json_object, mapping, text_in
from compliant_sms.providers._signatures._azure import http_date, repeatability_id, sign
from compliant_sms.providers._signing import decoded, json_body, query, url_token
from compliant_sms.providers._webhooks import VerifiedWebhook, sealed
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest

__all__ = ["AzureCommunicationServices"]

_API = "2026-01-23"
_TOKEN = "token"  # noqa: S105 - the name of a parameter
_EVENT = "Microsoft.Communication.SMS"
_VALIDATION = "Microsoft.EventGrid.SubscriptionValidationEvent"
_CODE = re.compile(r"\b[0-9]{4}\b")
_KEY = shaped("(?:[A-Za-z0-9+/]{4})*[A-Za-z0-9+/]{2}(?:==|[A-Za-z0-9+/]=)", "it is base64")


@frozen(kw_only=True)
class AzureCommunicationServices(Adapter):
    """Azure Communication Services, with one sender.

    Args:
        endpoint: the resource's endpoint, for example ``https://clinic.communication.azure.com``.
        access_key: one of the resource's two keys, which signs requests.
        sender: the number that texts are sent from.
        url_tokens: what the webhook's URL must have as ``token``, newest first. Event Grid
            signs nothing, so without a token every callback is refused.
        answers_keywords: whether the carrier answers STOP and START, as for toll-free numbers.
        baa_signed_on: the day the business associate agreement was signed; required for sending.
        base_url: a different URL of the API. One on loopback is taken for a simulated carrier.

    Raises:
        InvalidInput: a field is invalid.
    """

    name: ClassVar[str] = "azure"
    vendor: ClassVar[str] = "Azure"
    # No repeat_within: Azure takes a request for the same only with the same id and the same
    # time of the first request, and a text that is built anew does not know that time.
    capabilities: ClassVar[Capabilities] = Capabilities(
        max_characters=2048,
        status_callbacks=CallbackPlace.ACCOUNT,
        opt_out_list=frozenset({ListAccess.CHECK, ListAccess.ADD, ListAccess.REMOVE}),
        signature=CallbackSignature.URL_TOKEN,
        body_authenticated=False,
        receipts=Receipts.CARRIER,
        baa=Baa.ON_REQUEST,
        notes=(
            "Event Grid signs nothing, and no patient's text can be asked for: no START is "
            "believed. Ask whether the agreement in Microsoft's Product Terms covers SMS."
        ),
    )

    endpoint: str = field(validator=[not_blank, web_address])
    access_key: str = field(repr=False, validator=_KEY)
    url_tokens: tuple[str, ...] = field(repr=False, converter=secrets)
    answers_keywords: bool = True

    def _post(self, path: str, fields: Mapping[str, Any], at: datetime) -> HttpRequest:
        host = (self.base_url or self.endpoint).rstrip("/")
        url, body = f"{host}/{path}?api-version={_API}", json.dumps(fields).encode()
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        signed = sign("POST", url, body, decoded(self.access_key), at=at)
        return HttpRequest(method="POST", url=url, headers=headers | signed, body=body)

    def request(self, text: OutboundText, *, at: datetime) -> HttpRequest:
        """``POST /sms`` to one recipient, with an id for which Azure sends only once."""
        self.capabilities.require(text, self.vendor)
        recipient = {
            "to": text.to.e164,
            "repeatabilityRequestId": repeatability_id(text.reference),
            "repeatabilityFirstSent": http_date(at),
        }
        fields = {
            "from": self.sender.e164,
            "smsRecipients": [recipient],
            "message": text.body,
            "smsSendOptions": {"enableDeliveryReport": True, "tag": text.reference},
        }
        return self._post("sms", fields, at)

    def response(self, reply: HttpReply) -> Attempt:
        """The recipient's own result counts; the 202 around it says nothing."""
        content = json_object(reply.body)
        result = _result(reply)
        told, taken = result.get("httpStatusCode"), accepted(result.get("messageId"))
        status = told if reply.status == 202 and isinstance(told, int) else reply.status
        if reply.status == 202 and result.get("successful") is True and taken:
            return taken
        error = mapping(content.get("error"))
        said = text_in(result, "errorMessage") or text_in(error, "message")
        repeated = text_in(result, "repeatabilityResult").lower() if status == 400 else ""
        why = self._first_known((repeated, said, text_in(error, "code")), status, said)
        return not_accepted(evolve(reply, status=status), why)

    def check_account(self, *, at: datetime) -> HttpRequest:
        """``POST /sms/optouts:check`` for the sender's own number, which only reads."""
        return self.check_opt_out(self.sender, at=at)

    def account_problem(self, reply: HttpReply) -> Problem | None:
        """What is wrong with the key or the endpoint."""
        error = mapping(json_object(reply.body).get("error"))
        if reply.status == 200 and _result(reply):
            return None
        return self._first_known((text_in(error, "code"),), reply.status, text_in(error, "message"))

    def _first_known(self, words: Sequence[str], status: int | None, said: str) -> Problem:
        candidates = [word.rstrip(" .") for word in words] + [str(status)]
        code = next((word for word in candidates if word in self._codes.categories), "")
        return self._problem(code, status, said)

    def _opt_outs(self, action: str, number: PhoneNumber, at: datetime) -> HttpRequest:
        fields = {"from": self.sender.e164, "recipients": [{"to": number.e164}]}
        return self._post(f"sms/optouts:{action}", fields, at)

    def add_opt_out(self, number: PhoneNumber, *, at: datetime) -> HttpRequest:
        """``POST /sms/optouts:add``."""
        return self._opt_outs("add", number, at)

    def opt_out_added(self, reply: HttpReply) -> bool:
        """200 for the number, within 200."""
        return reply.status == 200 and _result(reply).get("httpStatusCode") == 200

    def remove_opt_out(self, number: PhoneNumber, *, at: datetime) -> HttpRequest:
        """``POST /sms/optouts:remove``."""
        return self._opt_outs("remove", number, at)

    opt_out_removed = opt_out_added

    def check_opt_out(self, number: PhoneNumber, *, at: datetime) -> HttpRequest:
        """``POST /sms/optouts:check``."""
        return self._opt_outs("check", number, at)

    def is_opted_out(self, reply: HttpReply) -> bool | None:
        """Whether the number is on the list; None if the answer does not say."""
        listed = _result(reply).get("isOptedOut")
        return listed if isinstance(listed, bool) and self.opt_out_added(reply) else None

    def verify(
        self,
        request: WebhookRequest,
        *,
        at: datetime,  # noqa: ARG002 - Event Grid signs no time
        certificates: Mapping[str, bytes] | None = None,  # noqa: ARG002
    ) -> VerifiedWebhook:
        """Check the token in the URL. It does not cover what the callback says.

        Raises:
            InvalidSignature: the token is missing or wrong.
            WebhookRejected: it is not JSON.
        """
        url_token(request, _TOKEN, self.url_tokens)
        return sealed(self.name, json_body(request), query(request), authenticated=False)

    def parse(self, webhook: VerifiedWebhook) -> Sequence[ProviderEvent]:
        """Read inbound texts and delivery reports. Anything else is left out."""
        read: list[ProviderEvent] = []
        for event in map(mapping, items(webhook.content)):
            data, kind = mapping(event.get("data")), text_in(event, "eventType")
            if not text_in(data, "messageId"):
                continue
            if kind == f"{_EVENT}Received" and isinstance(data.get("message"), str):
                read.append(self._inbound(webhook, data))
            elif kind == f"{_EVENT}DeliveryReportReceived":
                read.append(self._status(event, data))
        return read

    def _inbound(self, webhook: VerifiedWebhook, data: Mapping[str, Any]) -> InboundText:
        keyword = self._codes.keyword(data["message"]) if self.answers_keywords else None
        return InboundText(
            key=text_in(data, "messageId"),
            provider_id=text_in(data, "messageId"),
            sender=e164(data.get("from")),
            to=e164(data.get("to")),
            body=data["message"],
            answered=keyword is not None,
            recognized=keyword,
            authenticated=webhook.authenticated,
            sent_at=instant(data.get("receivedTimestamp")),
        )

    def _status(self, event: Mapping[str, Any], data: Mapping[str, Any]) -> StatusUpdate:
        codes, provider_id = self._codes, text_in(data, "messageId")
        status, details = text_in(data, "deliveryStatus"), text_in(data, "deliveryStatusDetails")
        code = next(iter(_CODE.findall(details)), "")
        state = codes.state(code if code in codes.states else status)
        lost = state is State.UNDELIVERED
        return StatusUpdate(
            key=f"{text_in(event, 'id') or provider_id}/{status}/{code}",
            provider_id=provider_id,
            reference=text_in(data, "tag", "Tag") or None,
            state=state,
            problem=self._first_known((code, details), None, details) if lost else None,
            recipient=e164(data.get("to")),
        )

    def answer(self, webhook: VerifiedWebhook) -> HttpReply:
        """The code of a new subscription, to confirm it; otherwise an empty 200."""
        for event in map(mapping, items(webhook.content)):
            code = text_in(mapping(event.get("data")), "validationCode")
            if event.get("eventType") == _VALIDATION and code:
                body = json.dumps({"validationResponse": code}).encode()
                headers = {"Content-Type": "application/json"}
                return HttpReply(status=200, headers=headers, body=body)
        return HttpReply(status=200)


def _result(reply: HttpReply) -> dict[str, Any]:
    """What became of the one recipient; empty where nothing is said of exactly one."""
    results = items(json_object(reply.body).get("value"))
    return mapping(results[0]) if len(results) == 1 else {}
