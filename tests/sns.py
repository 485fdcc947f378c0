"""Amazon SNS as tests need it: certificates, and messages signed with them."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from compliant_sms.wire import WebhookRequest

__all__ = ["ACCOUNT", "CERTIFICATE", "NOW", "TOPIC", "URL", "certificate", "confirmation", "posted"]

NOW = datetime(2026, 11, 30, 16, tzinfo=UTC)
ACCOUNT = "743345718649"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:patient-sms"
URL = "https://clinic.example/texts/aws"
CERTIFICATE = (
    "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-"
    "40482c1d31cef5344480ea67ddef794f.pem"
)
_SIGNED = ("Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn")


@cache
def key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def certificate(
    name: str | None = "sns.amazonaws.com",
    *,
    private_key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | None = None,
    since: datetime = NOW - timedelta(days=30),
    until: datetime = NOW + timedelta(days=30),
    other_names: tuple[str, ...] = (),
) -> bytes:
    """A certificate in PEM."""
    signer = private_key or key()
    named = [] if name is None else [x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]
    subject = x509.Name(named)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(signer.public_key())
        .serial_number(7)
        .not_valid_before(since)
        .not_valid_after(until)
    )
    if other_names:
        names = x509.SubjectAlternativeName([x509.DNSName(each) for each in other_names])
        builder = builder.add_extension(names, critical=False)
    return builder.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def posted(
    content: Any, *, at: datetime = NOW, version: str = "2", **fields: str
) -> WebhookRequest:
    """What SNS posts; ``content`` is the message, as a text or as JSON."""
    message = {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": TOPIC,
        "Message": content if isinstance(content, str) else json.dumps(content),
        "Timestamp": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "SignatureVersion": version,
        "SigningCertURL": CERTIFICATE,
        "UnsubscribeURL": "https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe",
    } | fields
    signed = "".join(
        f"{name}\n{message[name]}\n" for name in (*_SIGNED, "Type") if name in message
    ).encode()
    algorithm = hashes.SHA256() if version == "2" else hashes.SHA1()
    signature = key().sign(signed, padding.PKCS1v15(), algorithm)
    message["Signature"] = base64.b64encode(signature).decode()
    return WebhookRequest(
        method="POST",
        url=URL,
        headers={
            "Content-Type": "text/plain; charset=UTF-8",
            "x-amz-sns-message-type": message["Type"],
        },
        body=json.dumps(message).encode(),
    )


def confirmation(kind: str = "SubscriptionConfirmation", **fields: str) -> WebhookRequest:
    """What SNS posts when somebody subscribes, or unsubscribes."""
    asks = (
        f"https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=2f"
    )
    return posted(
        "You have chosen to subscribe to the topic.",
        **({"Type": kind, "Token": "2f", "SubscribeURL": asks} | fields),
    )
