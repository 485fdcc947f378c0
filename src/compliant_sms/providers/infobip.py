"""Infobip SMS, API v3.

Sources: Infobip's OpenAPI description 3.210 (messages, logs, webhooks, blocklists) and its pages on
status codes, blocklists and idempotent sending; its own Python client 6.0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, ClassVar, Final

from attrs import field, frozen
from attrs.validators import deep_iterable

from compliant_sms.phone import PhoneNumber
from compliant_sms.providers._adapter import CREDENTIALS, Adapter, credential, secrets, web_address
from compliant_sms.providers._base import (
    Attempt,
    Certainty,
    OptOutPage,
    OutboundText,
    Problem,
    ProviderEvent,
    SentText,
)
from compliant_sms.providers._capabilities import (
    Baa,
    BlockScope,
    CallbackSignature,
    Capabilities,
    ListAccess,
    Lookup,
    Receipts,
)
from compliant_sms.providers._codes import accepted, not_accepted
from compliant_sms.providers._infobip_events import (
    event_of,
    is_duplicate,
    refusal,
    sent_text,
    why_not,
)
from compliant_sms.providers._reading import (
    e164,
    first,
    items,
    json_object,
    listed,
    mapping,
    reaches_back,
    text_in,
    whole,
)
from compliant_sms.providers._requests import get_json, post_json, with_parameter
from compliant_sms.providers._signing import basic_credentials, json_body, query, url_token
from compliant_sms.providers._webhooks import VerifiedWebhook, sealed
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest

__all__ = ["Infobip"]

_TOKEN = "token"  # noqa: S105 - the name of a parameter
_TAKEN = frozenset({"PENDING", "ACCEPTED", "DELIVERED"})
_LOGS_KEPT: Final = timedelta(hours=48)


@frozen(kw_only=True)
class Infobip(Adapter):
    """Infobip, with one sender.

    Args:
        api_key: an API key that may send texts, read logs and manage blocklists.
        sender: the number that texts are sent from.
        callback_credentials: what callbacks carry, as ``user:password``, newest first: those of
            the Basic security of a subscription and of a number's forwarding. Without them all
            callbacks are refused.
        answers_keywords: whether keyword actions of the number answer STOP, START and HELP.
        baa_signed_on: the day the business associate agreement was signed; required for sending.
        status_callback: the public URL that Infobip tells of deliveries; empty where a subscription
            has it. Infobip sends no credentials there, so the newest ones are put into the URL.
        base_url: the account's own URL of the API, ``https://....api.infobip.com``. One on
            loopback is taken for a simulated carrier.

    Raises:
        InvalidInput: a field is invalid.
    """

    name: ClassVar[str] = "infobip"
    vendor: ClassVar[str] = "Infobip"
    capabilities: ClassVar[Capabilities] = Capabilities(
        max_characters=3825,  # 25 parts of 153
        schedule=(timedelta(0), timedelta(days=180)),
        validity=(timedelta(seconds=1), timedelta(hours=48)),
        # No repeat_within: a reused id is refused only where and as long as Infobip agreed to it.
        look_up=Lookup.BY_REFERENCE,
        status_look_up=True,
        answers_keywords=False,
        block_scope=BlockScope.ACCOUNT,
        opt_out_list=frozenset({ListAccess.LIST, ListAccess.ADD}),
        signature=CallbackSignature.BASIC,
        body_authenticated=False,
        receipts=Receipts.CARRIER,
        baa=Baa.ON_REQUEST,
        notes=(
            "Ask Infobip to switch idempotency on: a repeated request is then refused, under the "
            "same message id. The limit is 25 parts, which is less text outside GSM-7."
        ),
    )

    api_key: str = field(repr=False, validator=credential)
    callback_credentials: tuple[str, ...] = field(
        repr=False, converter=secrets, validator=deep_iterable(CREDENTIALS)
    )
    answers_keywords: bool = False
    base_url: str = field(default="https://api.infobip.com", validator=web_address)

    @property
    def _authorization(self) -> str:
        return f"App {self.api_key}"

    @property
    def _blocklists(self) -> str:
        return f"{self.base_url}/platform/1/blocklists"

    def callback_for(self, reference: str) -> str:  # noqa: ARG002 - reports bring it anyway
        """The status callback URL with the newest credentials in it, if there are any."""
        if not (self.status_callback and self.callback_credentials):
            return self.status_callback
        return with_parameter(self.status_callback, _TOKEN, self.callback_credentials[0])

    def request(self, text: OutboundText, *, at: datetime) -> HttpRequest:
        """``POST messages``, with our reference as the message's id."""
        self.capabilities.require(text, self.vendor, at=at)
        message: dict[str, Any] = {
            "sender": self.sender.e164[1:],
            "destinations": [{"to": text.to.e164[1:], "messageId": text.reference}],
            "content": {"text": text.body},
            "webhooks": {"contentType": "application/json", "callbackData": text.reference},
        }
        if self.status_callback:
            message["webhooks"]["delivery"] = {"url": self.callback_for(text.reference)}
        if (seconds := self.capabilities.valid_for(text.valid_for)) is not None:
            message["options"] = {"validityPeriod": {"amount": seconds, "timeUnit": "SECONDS"}}
        content: dict[str, Any] = {"messages": [message]}
        if text.send_at is not None:
            send_at = text.send_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
            content["options"] = {"schedule": {"sendAt": send_at}}
        return post_json(f"{self.base_url}/sms/3/messages", self._authorization, content)

    def response(self, reply: HttpReply) -> Attempt:
        """200 with a message that is pending or already known is accepted.

        A rejected message is refused, and so is 4xx; anything else may have been processed.
        """
        content = json_object(reply.body)
        message = first(content.get("messages"))
        taken = accepted(message.get("messageId"))
        group = text_in(mapping(message.get("status")), "groupName").upper()
        if reply.status != 200 or not (taken and group):
            return not_accepted(reply, refusal(content, reply.status))
        if group in _TAKEN or is_duplicate(message):
            return taken
        certainty = Certainty.REFUSED if group == "REJECTED" else Certainty.AMBIGUOUS
        return Attempt(certainty=certainty, problem=why_not(message))

    def look_up(self, text: OutboundText, *, at: datetime) -> HttpRequest:  # noqa: ARG002
        """``GET logs`` for our reference. Reports would be given out only once."""
        return self._logs(messageId=text.reference)

    def _logs(self, **asked: str) -> HttpRequest:
        return get_json(f"{self.base_url}/sms/3/logs", self._authorization, asked)

    def found(
        self, reply: HttpReply, text: OutboundText, since: datetime
    ) -> Sequence[SentText] | None:
        """The texts under our reference, except those refused as duplicates."""
        logs = listed(reply, "results", lambda log: log.get("messageId") == text.reference)
        # No log is promised before a text goes.
        all_there = text.send_at is None and reaches_back(reply, since, _LOGS_KEPT)
        if logs is None or not (logs or all_there):
            return None
        originals = [log for log in logs if not is_duplicate(log)]
        return [sent_text(text.reference, log) for log in originals or logs]

    def check_account(self, *, at: datetime) -> HttpRequest:  # noqa: ARG002
        """``GET logs`` for a message that does not exist, so the answer holds no text."""
        return self._logs(messageId="none", limit="1")

    def account_problem(self, reply: HttpReply) -> Problem | None:
        """What is wrong with the key."""
        fine = listed(reply, "results") is not None
        return None if fine else refusal(json_object(reply.body), reply.status)

    def list_opt_outs(self, cursor: str, *, at: datetime) -> HttpRequest:  # noqa: ARG002
        """``GET blocklists`` of all channels: an entry without one applies to texts too."""
        page = {"page": str(whole(cursor)), "size": "1000"}
        return get_json(self._blocklists, self._authorization, page)

    def read_opt_outs(self, reply: HttpReply) -> OptOutPage | None:
        """Read the numbers that texts from the sender do not reach."""
        entries = listed(reply, "results")
        paging = mapping(json_object(reply.body).get("paging"))
        if entries is None or not {"page", "totalPages"} <= paging.keys():
            return None
        here = [each for each in entries if self._concerns_us(each)]
        following = whole(paging["page"]) + 1
        return OptOutPage.of(
            ((e164(each.get("destination")), None) for each in here),
            str(following) if following < whole(paging["totalPages"]) else "",
        )

    def _concerns_us(self, block: Mapping[str, Any]) -> bool:
        sender = text_in(block, "sender").lstrip("+")
        return text_in(block, "channel") in {"", "SMS"} and sender in {"", self.sender.e164[1:]}

    def add_opt_out(self, number: PhoneNumber, *, at: datetime) -> HttpRequest:  # noqa: ARG002
        """``POST blocklists``, for texts from the sender."""
        whose = {"sender": self.sender.e164[1:], "destinations": [{"to": number.e164[1:]}]}
        content = {"blocklist": [whose | {"channel": "SMS"}]}
        return post_json(self._blocklists, self._authorization, content)

    def opt_out_added(self, reply: HttpReply) -> bool:
        """202: Infobip saves it in a moment."""
        return reply.status == 202

    def verify(
        self,
        request: WebhookRequest,
        *,
        at: datetime,  # noqa: ARG002 - no time is signed
        certificates: Mapping[str, bytes] | None = None,  # noqa: ARG002
    ) -> VerifiedWebhook:
        """Check user and password in the header or, without such a header, in the URL.

        Raises:
            InvalidSignature: it is missing or wrong.
            WebhookRejected: the body is not JSON.
        """
        if request.header("authorization") is not None:
            basic_credentials(request, self.callback_credentials)
        else:
            url_token(request, _TOKEN, self.callback_credentials)
        return sealed(self.name, json_body(request), query(request), authenticated=False)

    def parse(self, webhook: VerifiedWebhook) -> Sequence[ProviderEvent]:
        """Read all inbound texts and reports. Anything else is left out."""
        results = items(mapping(webhook.content).get("results"))
        read = partial(event_of, webhook=webhook, answers_keywords=self.answers_keywords)
        return [event for entry in results if (event := read(mapping(entry)))]
