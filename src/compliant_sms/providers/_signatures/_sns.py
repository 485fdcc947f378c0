"""Messages of Amazon SNS: what their signatures cover, and whether they hold.

Source: Amazon SNS Developer Guide, "Verifying the signatures of Amazon SNS messages"; the names in
certificates as AWS's Java client (sns-message-manager) expects them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from compliant_sms.errors import InvalidSignature, NeedsCertificate
from compliant_sms.providers._reading import instant, mapping
from compliant_sms.providers._signing import (
    TOLERANCE,
    decoded,
    json_body,
    needs_cryptography,
    refuse_age,
)
from compliant_sms.wire import WebhookRequest

TOPIC = re.compile(
    "arn:(aws|aws-us-gov|aws-cn):sns:([a-z]+(?:-[a-z]+)+-[0-9]+):[0-9]{12}:[A-Za-z0-9_-]{1,256}"
)
"""The address of a topic: partition and region."""
_CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
_SIGNED: Final = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": _CONFIRMATION,
    "UnsubscribeConfirmation": _CONFIRMATION,
}
# SNS itself tries for an hour at most; what it drops after the last try may be a STOP.
_OLDEST = timedelta(hours=1) + TOLERANCE
_LEAST_KEY_BITS = 2048
_CERTIFICATE = re.compile(rb"\s*-----BEGIN CERTIFICATE-----")


def verify_message(
    request: WebhookRequest,
    topics: Collection[str],
    *,
    at: datetime,
    certificates: Mapping[str, bytes],
) -> dict[str, str]:
    """The signed fields of a message from one of the topics.

    The certificate's chain is not looked at: it is believed because it was fetched over TLS from
    the topic's own SNS host, is in date and names SNS.

    Args:
        request: the callback.
        topics: whose messages are believed. Any AWS customer's topic has a genuine signature.
        at: the present (aware).
        certificates: PEM by URL, as far as they were fetched.

    Raises:
        NeedsCertificate: it is not there, or cannot be used.
        InvalidSignature: it is no message of these topics, is too old, or nobody signed it.
        WebhookRejected: it is not JSON.
    """
    content = mapping(json_body(request))
    fields = _signed_fields(content)
    topic = TOPIC.fullmatch(fields["TopicArn"])
    if topic is None or fields["TopicArn"] not in topics:
        msg = "the callback comes from an SNS topic that is none of those given as topic_arns"
        raise InvalidSignature(msg)
    written = instant(fields["Timestamp"])
    refuse_age(int(written.timestamp()) if written else None, at, _OLDEST)
    url = _certificate_url(content, topic)
    key = _public_key(certificates[url], topic, at) if url in certificates else None
    if key is None:
        raise NeedsCertificate(url)
    _verify(key, content, fields)
    return fields


def _signed_fields(content: Mapping[str, Any]) -> dict[str, str]:
    names = _SIGNED.get(str(content.get("Type")), _CONFIRMATION)
    fields = {name: content[name] for name in names if content.get(name) is not None}
    missing = set(names) - set(fields) - {"Subject"}
    if missing or not all(isinstance(value, str) for value in fields.values()):
        msg = (
            "the callback is no signed SNS message. Raw message delivery leaves the signature out: "
            "switch it off for this subscription."
        )
        raise InvalidSignature(msg)
    # Fields are joined by line breaks: one in another than the message could pass for two fields.
    if any("\n" in value for name, value in fields.items() if name != "Message"):
        msg = "a field of the callback has a line break, so that its signature proves nothing"
        raise InvalidSignature(msg)
    return fields


def _host(topic: re.Match[str]) -> str:
    return f"sns.{topic[2]}.{_suffix(topic)}"


def _suffix(topic: re.Match[str]) -> str:
    return "amazonaws.com.cn" if topic[1] == "aws-cn" else "amazonaws.com"


def _certificate_url(content: Mapping[str, Any], topic: re.Match[str]) -> str:
    url = str(content.get("SigningCertURL"))
    if not re.fullmatch(
        rf"https://{re.escape(_host(topic))}/[\w-]+(\.[\w-]+)*\.pem", url, re.ASCII
    ):
        msg = "the callback's certificate does not lie at the SNS host of its topic; not fetched"
        raise InvalidSignature(msg)
    return url


def _public_key(pem: bytes, topic: re.Match[str], at: datetime) -> Any:  # noqa: ANN401 - late import
    """The RSA key of a certificate for SNS that is in date; None where it is none."""
    x509, rsa = needs_cryptography("aws", "Checking what SNS posts", _load)
    if not _CERTIFICATE.match(pem):
        return None
    try:
        certificate = x509.load_pem_x509_certificate(pem)
        in_date = certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc
        key, names = certificate.public_key(), _names(x509, certificate)
    except Exception:  # noqa: BLE001 - there are many kinds; what cannot be read is none
        return None
    usable = isinstance(key, rsa.RSAPublicKey) and key.key_size >= _LEAST_KEY_BITS
    return key if in_date and usable and names & _names_of_sns(topic) else None


def _load() -> Any:  # noqa: ANN401 - late import
    from cryptography import x509  # noqa: PLC0415 - optional
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 - optional

    return x509, rsa


def _names(x509: Any, certificate: Any) -> set[str]:  # noqa: ANN401 - late import
    common = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    names = {str(each.value) for each in common}
    try:
        others = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return names
    return names | set(others.value.get_values_for_type(x509.DNSName))


def _names_of_sns(topic: re.Match[str]) -> set[str]:
    region, suffix = topic[2], _suffix(topic)
    # Regions that have to be switched on have a name of their own; both of GovCloud share one.
    own = {f"sns-{region}.{suffix}", f"sns-signing.{region}.{suffix}", f"sns.{region}.{suffix}"}
    shared = {"sns-us-gov-west-1.amazonaws.com"} if topic[1] == "aws-us-gov" else set()
    return own | shared | {f"sns.{suffix}"}


def _verify(key: Any, content: Mapping[str, Any], fields: Mapping[str, str]) -> None:  # noqa: ANN401
    from cryptography import exceptions  # noqa: PLC0415 - optional
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - optional
    from cryptography.hazmat.primitives.asymmetric import padding  # noqa: PLC0415 - optional

    algorithms = {"1": hashes.SHA1, "2": hashes.SHA256}
    signed = "".join(f"{name}\n{fields[name]}\n" for name in sorted(fields))
    try:
        algorithm = algorithms[str(content.get("SignatureVersion"))]()
        signature = decoded(str(content.get("Signature")))
        key.verify(signature, signed.encode(), padding.PKCS1v15(), algorithm)
    # Half a character cannot be encoded.
    except (KeyError, UnicodeEncodeError, exceptions.InvalidSignature):
        msg = "the callback's signature does not match: it was changed, or SNS did not sign it"
        raise InvalidSignature(msg) from None


def subscription_to_confirm(content: Mapping[str, Any]) -> str | None:
    """The URL that confirms a subscription, at the SNS host of its topic; None where there is none.

    Args:
        content: the signed fields of a message that was believed.
    """
    topic = TOPIC.fullmatch(str(content.get("TopicArn")))
    if topic is None or content.get("Type") != "SubscriptionConfirmation":
        return None
    url = str(content.get("SubscribeURL"))
    asks = rf"https://{re.escape(_host(topic))}/\?Action=ConfirmSubscription&[\x21-\x7e]+"
    return url if re.fullmatch(asks, url) else None
