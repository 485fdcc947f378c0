"""The AWS adapter: signed requests, answers, and what SNS posts."""

from __future__ import annotations

import json
import random
import sys
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from attrs import evolve
from cryptography.hazmat.primitives.asymmetric import ec

import sns
from compliant_sms import PhoneNumber
from compliant_sms.errors import (
    InvalidInput,
    InvalidSignature,
    MissingExtra,
    NeedsCertificate,
    Unsupported,
    WebhookRejected,
)
from compliant_sms.lifecycle import State
from compliant_sms.providers import (
    AwsEndUserMessaging,
    Certainty,
    Failure,
    InboundText,
    OutboundText,
    ProviderEvent,
    ProviderKeyword,
    StatusUpdate,
)
from compliant_sms.providers._signatures._aws import Credentials, sign
from compliant_sms.testing import ProviderContract
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest
from conftest import PATIENT, SENDER
from figures import Flips
from signature_vectors import flipped, signature_vectors, vector_request, vector_time
from sns import CERTIFICATE, NOW, TOPIC, certificate, confirmation, posted

RECEIVED = [row for row in signature_vectors() if row["provider"] == "aws-sns"]
GENUINE = [row for row in RECEIVED if row["expect"]]
SIGNED = [row for row in signature_vectors() if row["provider"] == "aws-sign"]
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TEXT = OutboundText(to=PhoneNumber(PATIENT), body="See you at 2:30 & bring é 👍", reference="m1")
CERTIFICATES = {CERTIFICATE: certificate()}


def aws(**changes: Any) -> AwsEndUserMessaging:
    fields = {
        "access_key_id": "AKIDEXAMPLE",
        "secret_access_key": SECRET,
        "region": "us-east-1",
        "sender": SENDER,
        "topic_arns": [TOPIC],
    }
    return AwsEndUserMessaging(**(fields | changes))


def inbound(body: str, **changes: Any) -> dict[str, Any]:
    """A patient's text, as the user guide shows it."""
    return {
        "originationNumber": PATIENT,
        "destinationNumber": SENDER,
        "messageKeyword": "KEYWORD_743345718649",
        "messageBody": body,
        "inboundMessageId": "cae173d2-66b9-564c-8309-21f858e9fb84",
        "previousPublishedMessageId": "862a8790-60c0-4430-9b2b-658bd0000000",
    } | changes


def event(kind: str, **changes: Any) -> dict[str, Any]:
    """News of a text, as the user guide shows it."""
    return {
        "eventType": kind,
        "eventVersion": "1.0",
        "eventTimestamp": 1796054400000,
        "isFinal": True,
        "originationPhoneNumber": SENDER,
        "destinationPhoneNumber": PATIENT,
        "isoCountryCode": "US",
        "messageId": "862a8790-60c0-4430-9b2b-658bd0000000",
        "messageType": "TRANSACTIONAL",
        "messageStatus": kind.partition("_")[2],
        "messageStatusDescription": f"About {PATIENT}",
        "context": {"ref": "m1"},
        "totalMessageParts": 1,
    } | changes


def events(request: WebhookRequest, provider: AwsEndUserMessaging | None = None) -> list[Any]:
    """What it says, once it is believed."""
    reader = provider or aws()
    return list(reader.parse(reader.verify(request, at=NOW, certificates=CERTIFICATES)))


def the_status(kind: str, **changes: Any) -> StatusUpdate:
    (news,) = events(posted(event(kind, **changes)))
    assert isinstance(news, StatusUpdate)
    return news


class TestAwsContract(ProviderContract):
    secrets = (SECRET, "session-token")
    certificates = CERTIFICATES

    def make_provider(self) -> AwsEndUserMessaging:
        return aws(session_token="session-token")

    def accepted(self) -> tuple[HttpReply, str]:
        return reply(200, {"MessageId": "862a8790"}), "862a8790"

    def refused(self) -> HttpReply:
        said = f"Destination phone number {PATIENT} is invalid"
        fields = [{"Name": "DestinationPhoneNumber", "Message": said}]
        refusal = {"__type": "ValidationException", "Message": said, "Fields": fields}
        return reply(400, refusal | {"Reason": "FIELD_VALIDATION_FAILED"})

    def patient_texts(self, body: str) -> WebhookRequest:
        return posted(inbound(body))

    def delivered(self) -> tuple[WebhookRequest, str]:
        told = event("TEXT_DELIVERED")
        return posted(told), told["messageId"]

    def undelivered(self) -> WebhookRequest:
        return posted(event("TEXT_CARRIER_BLOCKED"))

    def opted_out(self) -> HttpReply:
        return reply(400, refusal("ConflictException", "DESTINATION_PHONE_NUMBER_OPTED_OUT"))

    def opt_outs(self) -> HttpReply:
        listed = {"OptedOutNumber": PATIENT, "OptedOutTimestamp": NOW.timestamp()}
        return reply(200, {"OptedOutNumbers": [listed]})

    def test_unsigned(self) -> None:
        """SNS signs in the body, so the headers may go; without the signature it is refused."""
        genuine = self.patient_texts("STOP")
        message = json.loads(genuine.body)
        assert events(evolve(genuine, headers={})) == events(genuine)

        del message["Signature"]
        with pytest.raises(InvalidSignature):
            events(evolve(genuine, body=json.dumps(message).encode()))


# Requests


def called(request: HttpRequest) -> tuple[str, dict[str, Any]]:
    """The operation, and what it is given."""
    headers = dict(request.headers)
    assert headers["content-type"] == "application/x-amz-json-1.0"
    return headers["x-amz-target"].rpartition(".")[2], json.loads(request.body)


@pytest.mark.parametrize("row", SIGNED, ids=lambda row: row["id"])
def test_request_signature_vectors(row: dict[str, Any]) -> None:
    """Each recorded request is signed as AWS's own signer signs it; a changed one is not."""
    recorded = {name.lower(): value for name, value in row["request"]["headers"].items()}
    options = row["options"]
    credentials = Credentials(
        options["access_key_id"],
        row["secret"],
        options.get("session_token", ""),
        options["region"],
        options["service"],
    )
    url = urlsplit(row["request"]["url"])._replace(netloc=recorded["host"]).geturl()
    headers = {name: recorded[name] for name in ("content-type", "x-amz-target")}

    signed = sign(url, headers, row["request"]["body"].encode(), credentials, at=vector_time(row))

    assert (signed == {n: v for n, v in recorded.items() if n != "host"}) == row["expect"]


def test_worked_signatures() -> None:
    """With and without a session token, what botocore signs for the same text."""
    at = datetime.fromisoformat("2023-11-14T22:13:20Z")
    body = b'{"DestinationPhoneNumber":"+12065550100","MessageBody":"hi"}'
    headers = {
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": "PinpointSMSVoiceV2.SendTextMessage",
    }
    known = {
        "": "555ff585fa1cd3cecdba68d1759490db46308dac473628886cef9f550ad74c67",
        "SESSION": "72c746badeb6d978b10b92bf21b52bd4aae29c07c6013a6cb40021f7db126849",
    }
    for token, signature in known.items():
        credentials = Credentials("AKIDEXAMPLE", SECRET, token, "us-east-1", "sms-voice")
        url = "https://sms-voice.us-east-1.amazonaws.com/"
        signed = sign(url, headers, body, credentials, at=at)
        assert signed["authorization"].endswith(f"Signature={signature}")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({}, {}),
        ({"valid_for": timedelta(hours=2)}, {"TimeToLive": 7200}),
        ({"valid_for": timedelta(seconds=1)}, {"TimeToLive": 5}),
        ({"valid_for": timedelta(days=9)}, {"TimeToLive": 259_200}),
    ],
)
def test_text(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    """A text has one recipient, our number, our reference, and what else was asked for."""
    operation, fields = called(aws().request(evolve(TEXT, **ours), at=NOW))

    assert operation == "SendTextMessage"
    assert (
        fields
        == {
            "DestinationPhoneNumber": PATIENT,
            "OriginationIdentity": SENDER,
            "MessageBody": TEXT.body,
            "MessageType": "TRANSACTIONAL",
            "Context": {"ref": "m1"},
        }
        | theirs
    )


def test_settings_of_a_text() -> None:
    """The configuration set and the kind of message are the adapter's, the region is the host's."""
    provider = aws(
        configuration_set_name="patients", message_type="PROMOTIONAL", region="ca-central-1"
    )
    request = provider.request(TEXT, at=NOW)

    assert request.url == "https://sms-voice.ca-central-1.amazonaws.com/"
    assert called(request)[1]["ConfigurationSetName"] == "patients"
    assert called(request)[1]["MessageType"] == "PROMOTIONAL"
    assert "/ca-central-1/sms-voice/" in dict(request.headers)["authorization"]
    assert aws(base_url="http://127.0.0.1:8080/").request(TEXT, at=NOW).url.endswith(":8080/")


def test_picture() -> None:
    """A picture comes from S3, and makes the text a media message; no other URL is taken."""
    operation, fields = called(
        aws().request(evolve(TEXT, media=("s3://clinic-maps/way.png",)), at=NOW)
    )

    assert (operation, fields["MediaUrls"]) == ("SendMediaMessage", ["s3://clinic-maps/way.png"])
    assert "MessageType" not in fields
    for url in ("https://clinic.example/map.png", "s3://UPPER/x", "s3://clinic-maps/"):
        with pytest.raises(Unsupported, match="S3"):
            aws().request(evolve(TEXT, media=(url,)), at=NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        {"access_key_id": " "},
        {"secret_access_key": ""},
        {"region": "us-east-1.evil.example/"},
        {"region": "Virginia"},
        {"topic_arns": ["arn:aws:sqs:us-east-1:743345718649:patient-sms"]},
        {"topic_arns": ["arn:aws:sns:us-east-1:743345718649:patient-sms.fifo"]},
        {"topic_arns": TOPIC},
        {"opt_out_list_name": ""},
        {"message_type": "URGENT"},
    ],
)
def test_fields_that_cannot_be_right(wrong: dict[str, Any]) -> None:
    """What cannot work is refused when the adapter is made."""
    with pytest.raises(InvalidInput):
        aws(**wrong)


# Answers


def reply(status: int, content: Any = b"", **headers: str) -> HttpReply:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpReply(status=status, headers=named, body=body)


def refusal(kind: str, reason: str = "", *fields: str) -> dict[str, Any]:
    said: dict[str, Any] = {"__type": f"com.amazonaws.pinpoint#{kind}", "Message": "No."}
    if reason:
        said["Reason"] = reason
    if fields:
        said["Fields"] = [{"Name": name, "Message": "No."} for name in fields]
    return said


REFUSED, AMBIGUOUS = Certainty.REFUSED, Certainty.AMBIGUOUS
ANSWERS: list[tuple[int, Any, Certainty, Failure, str]] = [
    (400, refusal("ConflictException", "DESTINATION_PHONE_NUMBER_OPTED_OUT"),
     REFUSED, Failure.OPTED_OUT, "DESTINATION_PHONE_NUMBER_OPTED_OUT"),
    (400, refusal("ConflictException", "DESTINATION_PHONE_NUMBER_NOT_VERIFIED"),
     REFUSED, Failure.DESTINATION_NOT_ENABLED, "DESTINATION_PHONE_NUMBER_NOT_VERIFIED"),
    (400, refusal("ConflictException", "REGISTRATION_NOT_COMPLETE"),
     REFUSED, Failure.SENDER_UNREGISTERED, "REGISTRATION_NOT_COMPLETE"),
    (400, refusal("ConflictException", "SOMETHING_NEW"),
     REFUSED, Failure.UNKNOWN, "ConflictException"),
    (400, refusal("ValidationException", "FIELD_VALIDATION_FAILED", "DestinationPhoneNumber"),
     REFUSED, Failure.INVALID_NUMBER, "DestinationPhoneNumber"),
    (400, refusal("ValidationException", "FIELD_VALIDATION_FAILED", "OriginationIdentity"),
     REFUSED, Failure.SENDER_INVALID, "OriginationIdentity"),
    (400, refusal("ValidationException", "FIELD_VALIDATION_FAILED", "Keyword"),
     REFUSED, Failure.CONTENT_INVALID, "FIELD_VALIDATION_FAILED"),
    (400, refusal("ValidationException", "COUNTRY_NOT_ENABLED"),
     REFUSED, Failure.DESTINATION_NOT_ENABLED, "COUNTRY_NOT_ENABLED"),
    (400, refusal("ServiceQuotaExceededException", "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT"),
     REFUSED, Failure.QUOTA, "ServiceQuotaExceededException"),
    (400, refusal("ThrottlingException"), REFUSED, Failure.RATE_LIMITED, "ThrottlingException"),
    (400, refusal("AccessDeniedException", "ACCOUNT_DISABLED"),
     REFUSED, Failure.ACCOUNT_SUSPENDED, "ACCOUNT_DISABLED"),
    (400, refusal("AccessDeniedException"), REFUSED, Failure.AUTH, "AccessDeniedException"),
    (403, refusal("InvalidSignatureException"),
     REFUSED, Failure.AUTH, "InvalidSignatureException"),
    (400, refusal("ExpiredTokenException"), REFUSED, Failure.AUTH, "ExpiredTokenException"),
    (400, refusal("ResourceNotFoundException"),
     REFUSED, Failure.SENDER_INVALID, "ResourceNotFoundException"),
    (500, refusal("InternalServerException"),
     AMBIGUOUS, Failure.PROVIDER_FAULT, "InternalServerException"),
    (503, b"", AMBIGUOUS, Failure.PROVIDER_FAULT, "503"),
    (400, {"__type": f"{PATIENT} said", "Reason": [1], "Fields": "x"},
     REFUSED, Failure.UNKNOWN, "400"),
    (200, {"MessageId": ""}, AMBIGUOUS, Failure.UNKNOWN, "200"),
    (403, b"<html>", REFUSED, Failure.AUTH, "403"),
]  # fmt: skip


@pytest.mark.parametrize(("status", "content", "certainty", "category", "code"), ANSWERS)
def test_refusals(
    status: int, content: Any, certainty: Certainty, category: Failure, code: str
) -> None:
    """A refusal is known by the field or the reason in it, or by the exception's name."""
    attempt = aws().response(reply(status, content))

    assert attempt.problem is not None
    assert (attempt.certainty, attempt.problem.category) == (certainty, category)
    assert attempt.problem.code == code


def test_name_of_an_exception_in_the_header() -> None:
    """The name may stand in the header alone, with an address behind it."""
    named = {"x_amzn_errortype": "ThrottlingException:http://internal.amazon.com/x/"}
    attempt = aws().response(reply(400, {"message": "Rate exceeded"}, **named))

    assert attempt.problem is not None
    assert (attempt.problem.code, attempt.problem.said) == ("ThrottlingException", "Rate exceeded")
    assert attempt.may_be_repeated


# The account and the opt-out list


def test_account() -> None:
    """The check reads the account's attributes; a sandbox is a problem, and so is a refusal."""
    provider = aws()
    attributes = [{"Name": "ACCOUNT_TIER", "Value": "PRODUCTION"}, {"Name": "X"}, None]

    assert called(provider.check_account(at=NOW)) == ("DescribeAccountAttributes", {})
    assert provider.account_problem(reply(200, {"AccountAttributes": attributes})) is None
    for answer, category in [
        (reply(200, {"AccountAttributes": [{"Name": "ACCOUNT_TIER", "Value": "SANDBOX"}]}),
         Failure.DESTINATION_NOT_ENABLED),
        (reply(400, refusal("UnrecognizedClientException")), Failure.AUTH),
        (reply(200, b"<html>"), Failure.UNKNOWN),
    ]:  # fmt: skip
        problem = provider.account_problem(answer)
        assert problem is not None
        assert problem.category is category


def test_opt_out_list() -> None:
    """The list is read page by page; what is no number on it is left out."""
    provider = aws(opt_out_list_name="clinic")
    listed = [
        {"OptedOutNumber": PATIENT, "OptedOutTimestamp": NOW.timestamp()},
        {"OptedOutNumber": "12175550135"},
        {"x": 1},
        None,
    ]
    page = provider.read_opt_outs(reply(200, {"OptedOutNumbers": listed, "NextToken": "n"}))
    last = provider.read_opt_outs(reply(200, {"OptedOutNumbers": []}))

    first = {"OptOutListName": "clinic", "MaxResults": 100}
    assert called(provider.list_opt_outs("", at=NOW)) == ("DescribeOptedOutNumbers", first)
    assert called(provider.list_opt_outs("n", at=NOW))[1] == first | {"NextToken": "n"}
    assert page is not None
    assert [number.e164 for number in page.numbers] == [PATIENT, "+12175550135"]
    assert [entry.at for entry in page.entries] == [NOW, None]
    assert (page.cursor, last is not None and last.cursor) == ("n", "")
    assert PATIENT not in repr(page)
    assert provider.read_opt_outs(reply(400, refusal("ResourceNotFoundException"))) is None
    assert provider.read_opt_outs(reply(200, {"OptedOutNumbers": "x"})) is None


def test_opting_a_number_out_and_in() -> None:
    """A number is put on the list and taken off; only an answer that names it says so."""
    provider, number = aws(), PhoneNumber(PATIENT)
    fields = {"OptOutListName": "Default", "OptedOutNumber": PATIENT}
    done = reply(200, fields | {"EndUserOptedOut": False})

    assert called(provider.add_opt_out(number, at=NOW)) == ("PutOptedOutNumber", fields)
    assert called(provider.remove_opt_out(number, at=NOW)) == ("DeleteOptedOutNumber", fields)
    assert provider.opt_out_added(done)
    assert provider.opt_out_removed(done)
    for answer in (reply(200, {}), reply(400, fields), reply(500)):
        assert not provider.opt_out_added(answer)
        assert not provider.opt_out_removed(answer)


# What SNS posts


def of_vector(row: dict[str, Any]) -> tuple[AwsEndUserMessaging, dict[str, bytes]]:
    pem = {url: text.encode() for url, text in row["certs"].items()}
    return aws(topic_arns=row["options"]["allowed_topic_arns"]), pem


@pytest.mark.parametrize("row", RECEIVED, ids=lambda row: row["id"])
def test_signature_vectors(row: dict[str, Any]) -> None:
    """Each recorded message is believed or refused as it should be."""
    provider, pem = of_vector(row)

    if row["expect"]:
        provider.verify(vector_request(row), at=vector_time(row), certificates=pem)
    else:
        with pytest.raises(InvalidSignature) as caught:
            provider.verify(vector_request(row), at=vector_time(row), certificates=pem)
        assert not isinstance(caught.value, NeedsCertificate)


@pytest.mark.parametrize("row", RECEIVED, ids=lambda row: row["id"])
def test_only_certificates_of_sns_are_asked_for(row: dict[str, Any]) -> None:
    """No certificate is fetched for a topic or an address that is not ours."""
    provider, _ = of_vector(row)
    with pytest.raises(InvalidSignature) as caught:
        provider.verify(vector_request(row), at=vector_time(row), certificates={})

    if isinstance(caught.value, NeedsCertificate):
        assert caught.value.url.startswith("https://sns.us-east-1.amazonaws.com/Simple")
    else:
        assert not row["expect"]


@pytest.mark.parametrize("trials", [300, pytest.param(10_000, marks=pytest.mark.endurance)])
def test_flipped_bits(trials: int, flips: Flips) -> None:
    """No single changed bit of a message is believed, unless it says the same."""
    chance, refused = random.Random(20261130), 0
    while refused < trials:
        row = chance.choice(GENUINE)
        (provider, pem), genuine, at = of_vector(row), vector_request(row), vector_time(row)
        content = provider.verify(genuine, at=at, certificates=pem).content
        try:
            forged = evolve(genuine, body=flipped(genuine.body, chance))
            webhook = provider.verify(forged, at=at, certificates=pem)
        except WebhookRejected:
            refused += 1
            continue
        assert webhook.content == content
    flips("AWS", trials)


def test_flipped_bits_of_a_certificate() -> None:
    """A spoiled certificate is refused and asked for again, and nothing else is raised."""
    chance, genuine, believed = random.Random(7), posted(inbound("hi")), 0
    for _ in range(1000):
        pem = {CERTIFICATE: flipped(CERTIFICATES[CERTIFICATE], chance)}
        try:
            aws().verify(genuine, at=NOW, certificates=pem)
        except InvalidSignature:
            continue
        believed += 1
    # What a certificate's own signature covers is its issuer's affair, and nobody looks at it.
    assert believed < 700


UNUSABLE = {
    "nothing": b"",
    "garbage": b"\xff\x00garbage",
    "a page that quotes one": b"<pre>" + certificate(),
    "cut off": certificate()[:400],
    "not base64": b"-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n",
    "empty": b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
    "expired": certificate(until=NOW - timedelta(seconds=1)),
    "not valid yet": certificate(since=NOW + timedelta(seconds=1)),
    "another name": certificate("sqs.amazonaws.com"),
    "another name that ends alike": certificate("evil-sns.amazonaws.com"),
    "another region": certificate("sns.eu-west-1.amazonaws.com"),
    "no name": certificate(name=None),
    "an elliptic curve": certificate(private_key=ec.generate_private_key(ec.SECP256R1())),
    "a short key": certificate(private_key=sns.key(1024)),
}


@pytest.mark.parametrize("kind", UNUSABLE)
def test_certificates_that_are_none(kind: str) -> None:
    """A certificate that is garbage, out of date or not for SNS is refused, and asked for again."""
    with pytest.raises(NeedsCertificate):
        aws().verify(posted(inbound("hi")), at=NOW, certificates={CERTIFICATE: UNUSABLE[kind]})


@pytest.mark.parametrize(
    ("topic", "names", "host"),
    [
        (TOPIC, ("sns.amazonaws.com",), "sns.us-east-1.amazonaws.com"),
        (TOPIC, ("x", "sns.amazonaws.com"), "sns.us-east-1.amazonaws.com"),
        (TOPIC, ("sns.us-east-1.amazonaws.com", "y"), "sns.us-east-1.amazonaws.com"),
        ("arn:aws:sns:af-south-1:743345718649:a", ("sns-signing.af-south-1.amazonaws.com",),
         "sns.af-south-1.amazonaws.com"),
        ("arn:aws-us-gov:sns:us-gov-east-1:743345718649:a", ("sns-us-gov-west-1.amazonaws.com",),
         "sns.us-gov-east-1.amazonaws.com"),
        ("arn:aws-cn:sns:cn-north-1:743345718649:a", ("sns-cn-north-1.amazonaws.com.cn",),
         "sns.cn-north-1.amazonaws.com.cn"),
    ],
)  # fmt: skip
def test_names_in_certificates(topic: str, names: tuple[str, ...], host: str) -> None:
    """Each region's certificate has its own name, and lies at the SNS host of that region."""
    url = f"https://{host}/SimpleNotificationService-0a.pem"
    pem = {url: certificate(names[0], other_names=names[1:])}
    request = posted(inbound("hi"), TopicArn=topic, SigningCertURL=url)

    assert aws(topic_arns=[topic]).verify(request, at=NOW, certificates=pem).provider == "aws"


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.us-east-1.amazonaws.com/a.pem",
        "https://sns.us-east-1.amazonaws.com:443/a.pem",
        "https://sns.us-east-1.amazonaws.com:8443/a.pem",
        "https://sns.us-east-1.amazonaws.com@evil.example/a.pem",
        "https://user@sns.us-east-1.amazonaws.com/a.pem",
        "https://sns.us-east-1.amazonaws.com.evil.example/a.pem",
        "https://sns.eu-west-1.amazonaws.com/a.pem",
        "https://snsxus-east-1.amazonaws.com/a.pem",
        "https://sns.us-east-1.amazonaws.com/?Action=x&a=.pem",
        "https://sns.us-east-1.amazonaws.com/a/../b.pem",
        "https://sns.us-east-1.amazonaws.com/a.pem#x",
        "https://sns.us-east-1.amazonaws.com/a.pem\n",
        "https://sns.us-east-1.amazonaws.com/a.txt",
        "https://sns.us-east-1.amazonaws.com/.pem",
        "//sns.us-east-1.amazonaws.com/a.pem",
        "",
    ],
)
def test_addresses_of_certificates(url: str) -> None:
    """A certificate is taken from the SNS host of the topic's region only, whoever signed."""
    with pytest.raises(InvalidSignature, match="does not lie at the SNS host"):
        aws().verify(
            posted(inbound("hi"), SigningCertURL=url),
            at=NOW,
            certificates={url: CERTIFICATES[CERTIFICATE]},
        )


def test_age() -> None:
    """What SNS repeats after an hour, its last time, is taken though clocks and ways differ."""
    most, second = timedelta(hours=1, minutes=5), timedelta(seconds=1)
    for at in (NOW - most, NOW, NOW + most):
        events(posted(inbound("hi"), at=at))
    for at in (NOW - most - second, NOW + most + second):
        with pytest.raises(InvalidSignature, match="signed time"):
            events(posted(inbound("hi"), at=at))
    for stamp in ("yesterday", "2026-11-30T16:00:00", "1969-11-30T16:00:00Z", ""):
        with pytest.raises(InvalidSignature):
            events(posted(inbound("hi"), Timestamp=stamp))


def test_topics() -> None:
    """Without a topic nothing is believed; with several each is."""
    other = f"arn:aws:sns:us-east-1:{sns.ACCOUNT}:other"

    with pytest.raises(InvalidSignature, match="topic_arns"):
        events(posted(inbound("hi")), aws(topic_arns=[]))
    assert events(posted(inbound("hi"), TopicArn=other), aws(topic_arns=[TOPIC, other]))


@pytest.mark.parametrize("name", ["MessageId", "Subject", "Timestamp"])
def test_line_breaks_between_fields(name: str) -> None:
    """A field with a line break could pass for two: it is refused although SNS signed it."""
    with pytest.raises(InvalidSignature, match="line break"):
        events(posted(inbound("hi"), **{name: "a\nb"}))


@pytest.mark.parametrize(
    "content",
    [
        inbound("raw delivery leaves the envelope out"),
        {},
        {"Type": "Notification"},
        {"Type": ["Notification"]},
        {"Type": "Unheard", "Message": "x"},
        [],
    ],
)
def test_unsigned(content: Any) -> None:
    """Raw message delivery is not signed: it is refused, and the reason says what to do."""
    request = evolve(posted("x"), body=json.dumps(content).encode())
    with pytest.raises(InvalidSignature, match="Raw message delivery"):
        events(request)


def test_fields_of_another_type() -> None:
    """Fields that are no texts, and texts that are half characters, are refused."""
    genuine = json.loads(posted(inbound("hi")).body)
    for changed in (
        {"MessageId": 7},
        {"Message": {}},
        {"Subject": []},
        {"Message": "\ud83d"},
        {"Signature": 7},
        {"Signature": "é"},
        {"SignatureVersion": 2.5},
    ):
        request = evolve(posted("x"), body=json.dumps(genuine | changed).encode())
        with pytest.raises(WebhookRejected):
            events(request)
    with pytest.raises(WebhookRejected, match="no JSON"):
        events(evolve(posted("x"), body=b"<html>"))


def test_no_subject() -> None:
    """A subject is signed where there is one; null is none."""
    genuine = json.loads(posted(inbound("hi")).body)
    null = evolve(posted("x"), body=json.dumps(genuine | {"Subject": None}).encode())

    assert events(null) == events(posted(inbound("hi")))
    assert events(posted(inbound("hi"), Subject="News"))


def test_without_cryptography(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is named where it is missing."""
    for name in [each for each in sys.modules if each.partition(".")[0] == "cryptography"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "cryptography", None)

    with pytest.raises(MissingExtra, match=r"compliant-sms\[aws\]"):
        events(posted(inbound("hi")))


# Subscriptions


def test_confirming_a_subscription() -> None:
    """A subscription to our topic is confirmed at SNS; it brings no event."""
    request = confirmation()
    webhook = aws().verify(request, at=NOW, certificates=CERTIFICATES)
    (asked,) = aws().follow_up(webhook)

    assert (asked.method, asked.url) == ("GET", json.loads(request.body)["SubscribeURL"])
    assert (asked.headers, asked.body) == ((), b"")
    assert aws().parse(webhook) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"SubscribeURL": "https://evil.example/?Action=ConfirmSubscription&Token=2f"},
        {"SubscribeURL": "http://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=2"},
        {"SubscribeURL": "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&T=2f"},
        {"SubscribeURL": "https://sns.us-east-1.amazonaws.com/?Action=DeleteTopic&Token=2f"},
        {"SubscribeURL": "https://sns.us-east-1.amazonaws.com@evil.example/?Action=Confirm"},
        {"SubscribeURL": ""},
        {"Type": "UnsubscribeConfirmation"},
    ],
)
def test_what_is_not_confirmed(changed: dict[str, str]) -> None:
    """Even what SNS signed is asked only at SNS, and nobody who left is subscribed again."""
    webhook = aws().verify(confirmation(**changed), at=NOW, certificates=CERTIFICATES)

    assert aws().follow_up(webhook) == ()
    assert aws().parse(webhook) == []


def test_subscription_to_another_topic() -> None:
    """A stranger's topic cannot have itself confirmed."""
    stranger = "arn:aws:sns:us-east-1:111122223333:patient-sms"
    with pytest.raises(InvalidSignature, match="topic_arns"):
        aws().verify(confirmation(TopicArn=stranger), at=NOW, certificates=CERTIFICATES)


# Events


def test_inbound_text() -> None:
    """A patient's text has its own id, its numbers, and the time at which SNS published it."""
    (text,) = events(posted(inbound("See you")))

    assert text == InboundText(
        key="cae173d2-66b9-564c-8309-21f858e9fb84",
        provider_id="cae173d2-66b9-564c-8309-21f858e9fb84",
        sender=PhoneNumber(PATIENT),
        to=PhoneNumber(SENDER),
        body="See you",
        sent_at=NOW,
    )
    (without_id,) = events(posted({"messageBody": "See you"}))
    assert without_id.key == "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324"
    assert (without_id.sender, without_id.to) == (None, None)


@pytest.mark.parametrize(
    ("body", "keyword"),
    [
        *((word, ProviderKeyword.STOP) for word in (
            "ARRET", "cancel", " End ", "OPT-OUT", "OptOut", "quit", "REMOVE", "STOP\n", "td",
            "Unsubscribe")),
        ("Help", ProviderKeyword.HELP),
        ("START", ProviderKeyword.START),
        ("unstop", ProviderKeyword.START),
        ("Help! I cannot come", None),
        ("stop it", None),
        ("", None),
    ],
)  # fmt: skip
def test_keywords(body: str, keyword: ProviderKeyword | None) -> None:
    """AWS answers its own words, unless opt-outs are self-managed."""
    (text,) = events(posted(inbound(body)))
    (ours,) = events(posted(inbound(body)), aws(answers_keywords=False))

    assert text.recognized is keyword
    assert text.answered == (keyword in {ProviderKeyword.STOP, ProviderKeyword.HELP})
    assert (ours.recognized, ours.answered) == (None, False)


STATUSES = [
    ("QUEUED", None, None),
    ("PENDING", None, None),
    ("SENT", State.SENT, None),
    ("SUCCESSFUL", State.SENT, None),
    ("DELIVERED", State.DELIVERED, None),
    ("INVALID", State.FAILED, Failure.INVALID_NUMBER),
    ("INVALID_MESSAGE", State.FAILED, Failure.CONTENT_INVALID),
    ("UNREACHABLE", State.UNDELIVERED, Failure.UNREACHABLE_TEMPORARY),
    ("CARRIER_UNREACHABLE", State.UNDELIVERED, Failure.UNREACHABLE_TEMPORARY),
    ("BLOCKED", State.FAILED, Failure.BLOCKED_NUMBER),
    ("CARRIER_BLOCKED", State.UNDELIVERED, Failure.CARRIER_FILTERED),
    ("SPAM", State.UNDELIVERED, Failure.CARRIER_FILTERED),
    ("TTL_EXPIRED", State.FAILED, Failure.EXPIRED),
    ("PROTECT_BLOCKED", State.FAILED, Failure.DESTINATION_NOT_ENABLED),
    ("FILE_INACCESSIBLE", State.FAILED, Failure.CONTENT_INVALID),
    ("UNKNOWN", None, Failure.UNKNOWN),
    ("INVENTED_LATER", None, None),
]


@pytest.mark.parametrize(("word", "state", "category"), STATUSES)
@pytest.mark.parametrize("kind", ["TEXT", "MEDIA"])
def test_statuses(kind: str, word: str, state: State | None, category: Failure | None) -> None:
    """Each event means the same for a text and for a picture; a carrier's "taken" is no receipt."""
    news = the_status(f"{kind}_{word}")

    assert news.state is state
    assert (news.problem.category if news.problem else None) is category
    assert (news.reference, news.recipient) == ("m1", PhoneNumber(PATIENT))
    assert PATIENT[1:] not in (f"{news.problem.words}{news.problem.said}" if news.problem else "")


def test_keys_of_events() -> None:
    """News is the same when it comes again, and another when it says something else."""
    first, again = the_status("TEXT_SENT"), the_status("TEXT_SENT", eventTimestamp=1)

    assert first.key == again.key
    assert len({the_status(f"TEXT_{word}").key for word, _, _ in STATUSES}) == len(STATUSES)
    assert first.key != the_status("TEXT_SENT", messageId="another").key


@pytest.mark.parametrize(
    "content",
    [
        "Successfully validated SNS topic for AWS End User Messaging.",
        "[]",
        event("VOICE_COMPLETED"),
        event("TEXT_DELIVERED", messageId=None),
        event("TEXT_DELIVERED") | {"eventType": 7},
        {"eventType": "REGISTRATION_STATUS"},
    ],
)
def test_what_is_no_event(content: Any) -> None:
    """Anything else in a message is no event, and no error."""
    found: list[ProviderEvent] = events(posted(content))

    assert found == []


def test_event_without_context() -> None:
    """A text that another program sent has no reference of ours."""
    assert the_status("TEXT_SENT", context={}).reference is None
    assert the_status("TEXT_SENT", context=None).reference is None
