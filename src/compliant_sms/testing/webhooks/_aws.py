"""AWS callbacks: SNS messages, signed with a key whose certificate is at a URL."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, ClassVar

from attrs import frozen

from compliant_sms._callback_signing import as_json
from compliant_sms.errors import MissingExtra
from compliant_sms.lifecycle import State
from compliant_sms.testing.webhooks._maker import News, PatientText, WebhookMaker, stamp
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest

_DAYS = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


@cache
def _signer() -> Any:  # noqa: ANN401 - cryptography may not be there
    try:
        from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise MissingExtra("aws", "signing as SNS does") from error  # noqa: EM101
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def _certificate() -> bytes:
    key = _signer()
    from cryptography import x509  # noqa: PLC0415 - an extra
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415

    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sns.amazonaws.com")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(_DAYS[0])
        .not_valid_after(_DAYS[1])
        .sign(key, hashes.SHA256())
    )
    return built.public_bytes(serialization.Encoding.PEM)


@frozen(kw_only=True)
class AwsWebhooks(WebhookMaker):
    """Makes AWS End User Messaging callbacks, as SNS sends them, signed with a key of ours.

    The adapter needs the certificate: pass :attr:`certificates` to its ``verify``, or this maker
    as ``transport=`` of a messenger that only receives. Needs the extra ``aws``.

    Args:
        topic_arn: the SNS topic; one of your adapter's ``topic_arns``.
        number: your number that patients text (E.164).
        url: the URL that SNS calls.
    """

    provider: ClassVar[str] = "aws"
    words: ClassVar[Mapping[State, str]] = {
        State.SENT: "SUCCESSFUL",
        State.DELIVERED: "DELIVERED",
        State.UNDELIVERED: "UNREACHABLE",
        State.FAILED: "INVALID",
    }
    trouble: ClassVar[str] = ""

    topic_arn: str

    @property
    def certificates(self) -> dict[str, bytes]:
        """The certificate (PEM) by its URL."""
        return {self._certificate_url: _certificate()}

    @property
    def _certificate_url(self) -> str:
        region = self.topic_arn.split(":")[3]
        return f"https://sns.{region}.amazonaws.com/SimpleNotificationService-made-up.pem"

    async def send(self, request: HttpRequest) -> HttpReply:
        """Answer requests for the certificate, and everything else with 404."""
        found = self.certificates.get(request.url)
        return HttpReply(status=200 if found else 404, body=found or b"")

    def text_callback(self, text: PatientText) -> WebhookRequest:
        content = {
            "originationNumber": text.sender,
            "destinationNumber": text.to,
            "messageKeyword": "KEYWORD",
            "messageBody": text.body,
            "inboundMessageId": text.text_id or text.uuid,
        }
        return self._notification(content, text.uuid, text.at)

    def status_callback(self, news: News) -> WebhookRequest:
        content = {
            "eventType": f"TEXT_{news.word}",
            "eventVersion": "1.0",
            "eventTimestamp": int(news.at.timestamp() * 1000),
            "isFinal": news.state is not State.SENT,
            "originationPhoneNumber": news.sender,
            "destinationPhoneNumber": news.to,
            "messageId": news.provider_id,
            "messageType": "TRANSACTIONAL",
            "messageStatus": news.word,
            "messageStatusDescription": "as reported",
            "context": {"ref": news.reference} if news.reference else {},
        }
        return self._notification(content, news.event_id, news.at)

    def _notification(
        self, content: Mapping[str, Any], event_id: str, at: datetime
    ) -> WebhookRequest:
        from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - an extra
        from cryptography.hazmat.primitives.asymmetric import padding  # noqa: PLC0415

        signed = {
            "Message": as_json(content).decode(),
            "MessageId": event_id,
            "Timestamp": stamp(at),
            "TopicArn": self.topic_arn,
            "Type": "Notification",
        }
        over = "".join(f"{name}\n{value}\n" for name, value in signed.items()).encode()
        signature = _signer().sign(over, padding.PKCS1v15(), hashes.SHA256())
        message = signed | {
            "SignatureVersion": "2",
            "SigningCertURL": self._certificate_url,
            "Signature": base64.b64encode(signature).decode(),
        }
        kind = {"x-amz-sns-message-type": "Notification"}
        return self.posted(as_json(message), "text/plain; charset=UTF-8", kind)
