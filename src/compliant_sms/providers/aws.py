"""AWS End User Messaging SMS, API 2022-03-31 (``pinpoint-sms-voice-v2``), with callbacks over SNS.

Sources: AWS's service model of that API; its End User Messaging SMS and SNS user guides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from attrs import field, frozen
from attrs.validators import deep_iterable

from compliant_sms import _given
from compliant_sms.errors import Unsupported
from compliant_sms.phone import PhoneNumber
from compliant_sms.providers._adapter import REFERENCE, Adapter, credential, not_blank, shaped
from compliant_sms.providers._aws_json import reasons, signed_call
from compliant_sms.providers._base import (
    Attempt,
    InboundText,
    OptOutPage,
    OutboundText,
    Problem,
    ProviderEvent,
    StatusUpdate,
)
from compliant_sms.providers._capabilities import (
    Baa,
    BlockScope,
    CallbackPlace,
    CallbackSignature,
    Capabilities,
    ListAccess,
    Receipts,
)
from compliant_sms.providers._codes import accepted, not_accepted
from compliant_sms.providers._reading import e164, instant, json_object, listed, mapping, text_in
from compliant_sms.providers._signatures._aws import Credentials
from compliant_sms.providers._signatures._sns import TOPIC, subscription_to_confirm, verify_message
from compliant_sms.providers._signing import query
from compliant_sms.providers._webhooks import VerifiedWebhook, sealed
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest

__all__ = ["AwsEndUserMessaging"]

_REGION = shaped("[a-z]+(-[a-z]+)+-[0-9]+", "pass a region's code, for example 'us-east-1'")
_TOPICS = deep_iterable(shaped(TOPIC.pattern, "'arn:aws:sns:', region, account and topic"))
_MESSAGE_TYPE = shaped("TRANSACTIONAL|PROMOTIONAL", "TRANSACTIONAL or PROMOTIONAL")
_MEDIA = re.compile(r"s3://[a-z0-9.-]{3,63}/.+")
_EVENT = re.compile(r"(?:TEXT|MEDIA|RCS)_(\w+)", re.ASCII)


def _topics(values: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    _given.each_of(values, str, "topic_arns", "the ARNs of the topics in a list")
    return tuple(values)


@frozen(kw_only=True)
class AwsEndUserMessaging(Adapter):
    """AWS End User Messaging SMS, with one sender in one region.

    Args:
        access_key_id: the id of a key that may call ``sms-voice`` in that account.
        secret_access_key: the key itself.
        session_token: for temporary credentials; make a new adapter before they expire.
        region: where the sender is, for example ``us-east-1``.
        sender: the number that texts are sent from.
        topic_arns: the SNS topics that deliver callbacks. Those of other topics are refused.
        configuration_set_name: the configuration set whose event destination reports deliveries.
        message_type: ``TRANSACTIONAL`` or ``PROMOTIONAL``, as the number is registered.
        opt_out_list_name: the list that the number or its pool uses.
        answers_keywords: whether AWS answers STOP and HELP, as it does without self-managed
            opt-outs.
        baa_signed_on: the day the business associate agreement was signed; required for sending.
        base_url: a different URL of the API. One on loopback is taken for a simulated carrier.

    Raises:
        InvalidInput: a field is invalid.
    """

    name: ClassVar[str] = "aws"
    vendor: ClassVar[str] = "AWS"
    proved_by: ClassVar[tuple[str, ...]] = ("topic_arns",)
    capabilities: ClassVar[Capabilities] = Capabilities(
        max_characters=1600,
        max_media=1,
        validity=(timedelta(seconds=5), timedelta(hours=72)),
        status_callbacks=CallbackPlace.ACCOUNT,
        block_scope=BlockScope.ACCOUNT,
        opt_out_list=frozenset({ListAccess.LIST, ListAccess.ADD, ListAccess.REMOVE}),
        signature=CallbackSignature.CERTIFICATE,
        time_authenticated=True,
        receipts=Receipts.CARRIER,
        baa=Baa.ON_REQUEST,
        notes="Pictures have to lie in S3. A number leaves the opt-out list once in 30 days.",
    )

    access_key_id: str = field(validator=credential)
    secret_access_key: str = field(repr=False, validator=credential)
    session_token: str = field(default="", repr=False, validator=credential)
    region: str = field(validator=_REGION)
    topic_arns: tuple[str, ...] = field(converter=_topics, validator=_TOPICS)
    configuration_set_name: str = field(default="", validator=_given.text)
    message_type: str = field(default="TRANSACTIONAL", validator=_MESSAGE_TYPE)
    opt_out_list_name: str = field(default="Default", validator=not_blank)
    answers_keywords: bool = True

    def _call(self, operation: str, fields: Mapping[str, Any], at: datetime) -> HttpRequest:
        host = self.base_url or f"https://sms-voice.{self.region}.amazonaws.com"
        whose = (self.access_key_id, self.secret_access_key, self.session_token)
        credentials = Credentials(*whose, self.region, "sms-voice")
        return signed_call(host, f"PinpointSMSVoiceV2.{operation}", fields, credentials, at=at)

    def request(self, text: OutboundText, *, at: datetime) -> HttpRequest:
        """``SendTextMessage``, or ``SendMediaMessage`` with a picture in S3."""
        self.capabilities.require(text, self.vendor)
        if not all(_MEDIA.fullmatch(url) for url in text.media):
            msg = "AWS takes media from S3 only. Upload it, and pass s3://bucket/key."
            raise Unsupported(msg)
        fields: dict[str, Any] = {
            "DestinationPhoneNumber": text.to.e164,
            "OriginationIdentity": self.sender.e164,
            "MessageBody": text.body,
            "Context": {REFERENCE: text.reference},
        }
        fields |= {"MediaUrls": text.media} if text.media else {"MessageType": self.message_type}
        if self.configuration_set_name:
            fields["ConfigurationSetName"] = self.configuration_set_name
        if (seconds := self.capabilities.valid_for(text.valid_for)) is not None:
            fields["TimeToLive"] = seconds
        return self._call("SendMediaMessage" if text.media else "SendTextMessage", fields, at)

    def response(self, reply: HttpReply) -> Attempt:
        """200 with an id is accepted, 4xx is refused; anything else may have been processed."""
        if reply.status == 200 and (taken := accepted(json_object(reply.body).get("MessageId"))):
            return taken
        return not_accepted(reply, self._refusal(reply))

    def _refusal(self, reply: HttpReply) -> Problem:
        named, known = reasons(reply), self._codes.categories
        code = next((each for each in named if each in known), named[-1])
        said = text_in(json_object(reply.body), "Message", "message")
        return self._problem(code, reply.status, said)

    def check_account(self, *, at: datetime) -> HttpRequest:
        """``DescribeAccountAttributes``."""
        return self._call("DescribeAccountAttributes", {}, at)

    def account_problem(self, reply: HttpReply) -> Problem | None:
        """Whether the key is wrong, or the account is still in the SMS sandbox."""
        attributes = listed(reply, "AccountAttributes")
        if attributes is None:
            return self._refusal(reply)
        in_sandbox = {"Name": "ACCOUNT_TIER", "Value": "SANDBOX"} in attributes
        return self._problem("SANDBOX") if in_sandbox else None

    def list_opt_outs(self, cursor: str, *, at: datetime) -> HttpRequest:
        """``DescribeOptedOutNumbers``."""
        page = {"MaxResults": 100} | ({"NextToken": cursor} if cursor else {})
        fields = {"OptOutListName": self.opt_out_list_name} | page
        return self._call("DescribeOptedOutNumbers", fields, at)

    def read_opt_outs(self, reply: HttpReply) -> OptOutPage | None:
        """The numbers of a page."""
        entries = listed(reply, "OptedOutNumbers")
        if entries is None:
            return None
        known = (
            (e164(each.get("OptedOutNumber")), instant(each.get("OptedOutTimestamp")))
            for each in entries
        )
        return OptOutPage.of(known, cursor=text_in(json_object(reply.body), "NextToken"))

    def _opt_out(self, operation: str, number: PhoneNumber, at: datetime) -> HttpRequest:
        fields = {"OptOutListName": self.opt_out_list_name, "OptedOutNumber": number.e164}
        return self._call(operation, fields, at)

    def add_opt_out(self, number: PhoneNumber, *, at: datetime) -> HttpRequest:
        """``PutOptedOutNumber``. A number that is already on the list stays there."""
        return self._opt_out("PutOptedOutNumber", number, at)

    def opt_out_added(self, reply: HttpReply) -> bool:
        """200 with the number."""
        return reply.status == 200 and bool(text_in(json_object(reply.body), "OptedOutNumber"))

    def remove_opt_out(self, number: PhoneNumber, *, at: datetime) -> HttpRequest:
        """``DeleteOptedOutNumber``, which AWS allows once in 30 days for a number."""
        return self._opt_out("DeleteOptedOutNumber", number, at)

    opt_out_removed = opt_out_added

    def verify(
        self, request: WebhookRequest, *, at: datetime, certificates: Mapping[str, bytes]
    ) -> VerifiedWebhook:
        """Check that SNS signed it recently, for one of the topics.

        Raises:
            NeedsCertificate: SNS's certificate is missing or cannot be used.
            InvalidSignature: it is not from these topics, too old, or not signed by SNS.
            WebhookRejected: it is not JSON.
        """
        fields = verify_message(request, self.topic_arns, at=at, certificates=certificates)
        return sealed(self.name, fields, query(request))

    def parse(self, webhook: VerifiedWebhook) -> Sequence[ProviderEvent]:
        """Read an inbound text or a status. Anything else is left out."""
        message = mapping(webhook.content)
        said = json_object(text_in(message, "Message").encode(errors="replace"))
        if isinstance(said.get("messageBody"), str):
            return [self._inbound(message, said)]
        provider_id = text_in(said, "messageId")
        event = _EVENT.fullmatch(text_in(said, "eventType"))
        if event is None or not provider_id:
            return []
        codes, word = self._codes, event[1]
        why = text_in(said, "messageStatusDescription")
        update = StatusUpdate(
            key=f"{provider_id}/{event[0]}",
            provider_id=provider_id,
            reference=text_in(mapping(said.get("context")), REFERENCE) or None,
            state=codes.state(word),
            problem=self._problem(word, said=why) if word in codes.categories else None,
            recipient=e164(said.get("destinationPhoneNumber")),
        )
        return [update]

    def _inbound(self, message: Mapping[str, Any], said: Mapping[str, Any]) -> InboundText:
        body = said["messageBody"]
        keyword = self._codes.keyword(body) if self.answers_keywords else None
        provider_id = text_in(said, "inboundMessageId") or text_in(message, "MessageId")
        return InboundText(
            key=provider_id,
            provider_id=provider_id,
            sender=e164(said.get("originationNumber")),
            to=e164(said.get("destinationNumber")),
            body=body,
            answered=keyword in {"stop", "help"},  # START is answered where somebody added it
            recognized=keyword,
            sent_at=instant(message.get("Timestamp")),
        )

    def follow_up(self, webhook: VerifiedWebhook) -> Sequence[HttpRequest]:
        """``GET`` the URL that confirms a subscription to one of the topics, at SNS itself."""
        url = subscription_to_confirm(mapping(webhook.content))
        return () if url is None else (HttpRequest(method="GET", url=url),)
