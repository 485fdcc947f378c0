"""The Azure adapter: signed requests, answers for each recipient, and what Event Grid posts."""

from __future__ import annotations

import base64
import json
import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from attrs import evolve

from compliant_sms import PhoneNumber
from compliant_sms.errors import InvalidInput, InvalidSignature, WebhookRejected
from compliant_sms.lifecycle import State
from compliant_sms.providers import (
    AzureCommunicationServices,
    Certainty,
    Failure,
    InboundText,
    OutboundText,
    ProviderKeyword,
    StatusUpdate,
)
from compliant_sms.providers._signatures._azure import sign
from compliant_sms.testing import ProviderContract
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest
from conftest import PATIENT, SENDER
from figures import Flips
from signature_vectors import flipped, signature_vectors, vector_request, vector_time

RECEIVED = [row for row in signature_vectors() if row["provider"] == "azure"]
GENUINE = [row for row in RECEIVED if row["expect"]]
SIGNED = [row for row in signature_vectors() if row["provider"] == "azure-sign"]
NOW = datetime(2026, 11, 30, 16, tzinfo=UTC)
KEY = base64.b64encode(bytes(range(32))).decode()
TOKEN = "a-token-in-the-url"
URL = f"https://clinic.example/texts/azure?token={TOKEN}"
TEXT = OutboundText(to=PhoneNumber(PATIENT), body="See you at 2:30 & bring é 👍", reference="m1")
ID = "Outgoing_2020061020025100d1-d07e-4b19-b25d-13525d552822"


def azure(**changes: Any) -> AzureCommunicationServices:
    fields = {
        "endpoint": "https://clinic.communication.azure.com",
        "access_key": KEY,
        "sender": SENDER,
        "url_tokens": [TOKEN],
    }
    return AzureCommunicationServices(**(fields | changes))


def posted(*events: Any, url: str = URL) -> WebhookRequest:
    """What Event Grid posts."""
    return WebhookRequest(
        method="POST",
        url=url,
        headers={"Content-Type": "application/json", "aeg-event-type": "Notification"},
        body=json.dumps(events).encode(),
    )


def event(kind: str, data: Any, **changes: Any) -> dict[str, Any]:
    return {
        "id": "5e2f1b2c-0001",
        "topic": "/subscriptions/0/resourceGroups/clinic",
        "subject": "/phonenumber/12175550111",
        "data": data,
        "eventType": f"Microsoft.Communication.{kind}",
        "dataVersion": "1.0",
        "metadataVersion": "1",
        "eventTime": "2026-11-30T16:00:00Z",
    } | changes


def received(body: str, **changes: Any) -> dict[str, Any]:
    """A patient's text, as Microsoft's page shows it: numbers have no plus."""
    data = {
        "messageId": "Incoming_20200918002745d29ebbea",
        "from": PATIENT[1:],
        "to": SENDER[1:],
        "message": body,
        "receivedTimestamp": "2026-11-30T15:59:59.2855749Z",
        "segmentCount": 1,
    }
    return event("SMSReceived", data | changes)


def report(status: str, details: str, **changes: Any) -> dict[str, Any]:
    """A delivery report."""
    data = {
        "messageId": ID,
        "from": SENDER,
        "to": PATIENT,
        "deliveryStatus": status,
        "deliveryStatusDetails": details,
        "deliveryAttempts": [],
        "receivedTimestamp": "2026-11-30T16:00:00Z",
        "tag": "m1",
    }
    return event("SMSDeliveryReportReceived", data | changes)


def events(*posts: Any, provider: AzureCommunicationServices | None = None) -> list[Any]:
    """What it says, once it is believed."""
    reader = provider or azure()
    return list(reader.parse(reader.verify(posted(*posts), at=NOW)))


def reply(status: int, content: Any = b"", **headers: str) -> HttpReply:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpReply(status=status, headers=named, body=body)


def results(*values: Any) -> dict[str, Any]:
    return {"value": list(values)}


def result(status: int, **changes: Any) -> dict[str, Any]:
    return {"to": PATIENT, "httpStatusCode": status, "successful": status == 202} | changes


class TestAzureContract(ProviderContract):
    secrets = (KEY, TOKEN)

    def make_provider(self) -> AzureCommunicationServices:
        return azure()

    def accepted(self) -> tuple[HttpReply, str]:
        return reply(202, results(result(202, messageId=ID))), ID

    def refused(self) -> HttpReply:
        said = f"Invalid To phone number format: {PATIENT}."
        return reply(202, results(result(400, errorMessage=said)))

    def patient_texts(self, body: str) -> WebhookRequest:
        return posted(received(body))

    def delivered(self) -> tuple[WebhookRequest, str]:
        return posted(report("Delivered", "2000: No Error")), ID

    def undelivered(self) -> WebhookRequest:
        return posted(report("Failed", "4002: Invalid number"))


# Requests


def sent(request: HttpRequest) -> tuple[str, Any]:
    """The path with its query, and the body."""
    parts = urlsplit(request.url)
    assert request.method == "POST"
    assert parts.netloc == "clinic.communication.azure.com"
    return f"{parts.path}?{parts.query}", json.loads(request.body)


@pytest.mark.parametrize("row", SIGNED, ids=lambda row: row["id"])
def test_request_signature_vectors(row: dict[str, Any]) -> None:
    """Each recorded request is signed as Azure's own client signs it; a changed one is not."""
    recorded = {name.lower(): value for name, value in row["request"]["headers"].items()}
    url = urlsplit(row["request"]["url"])._replace(netloc=recorded["host"]).geturl()
    body = (row["request"]["body"] or "").encode()
    method, key = row["request"]["method"], base64.b64decode(row["secret"])

    signed = sign(method, url, body, key, at=vector_time(row))

    assert (signed == {name: recorded[name] for name in signed}) == row["expect"]


def test_worked_signatures() -> None:
    """The hash and the signature of a body and of an empty one."""
    at = datetime.fromisoformat("2023-11-14T22:13:20Z")
    url = "https://demo.communication.azure.com/sms?api-version=2026-01-23"
    known = {
        b'{"from":"+18005550100"}': (
            "EN1xiGcy3aJ6u01YkVafIfj9g0EGoTntV21maHIYiio=",
            "e08TiKk2ryMEAEn4z//Do1Nsjef06//F3ZQkrtMFJvw=",
        ),
        b"": (
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
            "hDrNVx8wjrjKjM53whP2if+PV+c1c+Hg1khT0LaPqao=",
        ),
    }
    for body, (content_hash, signature) in known.items():
        signed = sign("POST", url, body, bytes(range(32)), at=at)
        assert signed["x-ms-content-sha256"] == content_hash
        assert signed["authorization"].endswith(f"&Signature={signature}")
        assert signed["x-ms-date"] == "Tue, 14 Nov 2023 22:13:20 GMT"


def test_text() -> None:
    """A text has one recipient, an id of its own, and our reference for the report."""
    request = azure().request(TEXT, at=NOW)
    recipient = {
        "to": PATIENT,
        "repeatabilityRequestId": str(uuid.uuid5(uuid.NAMESPACE_URL, "urn:compliant-sms:m1")),
        "repeatabilityFirstSent": "Mon, 30 Nov 2026 16:00:00 GMT",
    }

    assert sent(request) == (
        "/sms?api-version=2026-01-23",
        {
            "from": SENDER,
            "smsRecipients": [recipient],
            "message": TEXT.body,
            "smsSendOptions": {"enableDeliveryReport": True, "tag": "m1"},
        },
    )
    assert dict(request.headers)["content-type"] == "application/json"
    assert azure(base_url="http://127.0.0.1:1/").request(TEXT, at=NOW).url.startswith("http://127")


def test_repeated_request() -> None:
    """A text keeps its id however often it is built; the time of its first request is lost then."""
    first, again, other = (
        sent(azure().request(text, at=at))[1]["smsRecipients"][0]
        for text, at in [
            (TEXT, NOW),
            (TEXT, NOW + timedelta(minutes=1)),
            (evolve(TEXT, reference="m2"), NOW),
        ]
    )

    assert first["repeatabilityRequestId"] == again["repeatabilityRequestId"]
    assert first["repeatabilityRequestId"] != other["repeatabilityRequestId"]
    # Why the capabilities promise no safe repeat.
    assert first["repeatabilityFirstSent"] != again["repeatabilityFirstSent"]
    assert azure().capabilities.repeat_within is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"access_key": ""},
        {"access_key": "not base64!"},
        {"access_key": "AAECA"},
        {"endpoint": ""},
        {"endpoint": "clinic.communication.azure.com"},
        {"url_tokens": [""]},
        {"url_tokens": TOKEN},
    ],
)
def test_fields_that_cannot_be_right(wrong: dict[str, Any]) -> None:
    """What cannot work is refused when the adapter is made."""
    with pytest.raises(InvalidInput):
        azure(**wrong)


# Answers


REFUSED, AMBIGUOUS = Certainty.REFUSED, Certainty.AMBIGUOUS
INVALID_DATE = "Request sent with Invalid DateTime value for repeatability-first-sent."
ANSWERS: list[tuple[int, Any, Certainty, Failure, str]] = [
    (202, results(result(400, errorMessage="Invalid To phone number format.")),
     REFUSED, Failure.INVALID_NUMBER, "Invalid To phone number format"),
    (202, results(result(503, errorMessage="ServiceUnavailable")),
     AMBIGUOUS, Failure.PROVIDER_FAULT, "503"),
    (202, results(result(400, repeatabilityResult="Rejected", errorMessage=INVALID_DATE)),
     AMBIGUOUS, Failure.DUPLICATE, "rejected"),
    (202, results(result(412, repeatabilityResult="rejected")), REFUSED, Failure.CONFIG, "412"),
    (202, results(result(429)), REFUSED, Failure.RATE_LIMITED, "429"),
    (202, results(result(202)), AMBIGUOUS, Failure.UNKNOWN, "202"),
    (202, results(result(202, messageId=ID, successful="true")),
     AMBIGUOUS, Failure.UNKNOWN, "202"),
    (202, results(result(202, messageId=ID), result(202, messageId=ID)),
     AMBIGUOUS, Failure.UNKNOWN, "202"),
    (202, results(), AMBIGUOUS, Failure.UNKNOWN, "202"),
    (202, results(None), AMBIGUOUS, Failure.UNKNOWN, "202"),
    (200, results(result(202, messageId=ID)), AMBIGUOUS, Failure.UNKNOWN, "200"),
    (500, results(result(400)), AMBIGUOUS, Failure.PROVIDER_FAULT, "500"),
    (202, results(result(400, httpStatusCode="400")), AMBIGUOUS, Failure.UNKNOWN, "202"),
    (400, {"error": {"code": "ApiVersionUnspecified", "message": "No."}},
     REFUSED, Failure.CONTENT_INVALID, "400"),
    (401, {"error": {"code": "Denied", "message": "No."}}, REFUSED, Failure.AUTH, "Denied"),
    (401, b"", REFUSED, Failure.AUTH, "401"),
    (404, b"", REFUSED, Failure.CONFIG, "404"),
    (429, b"", REFUSED, Failure.RATE_LIMITED, "429"),
    (500, b"", AMBIGUOUS, Failure.PROVIDER_FAULT, "500"),
    (502, {"error": 3}, AMBIGUOUS, Failure.PROVIDER_FAULT, "502"),
]  # fmt: skip


@pytest.mark.parametrize(("status", "content", "certainty", "category", "code"), ANSWERS)
def test_refusals(
    status: int, content: Any, certainty: Certainty, category: Failure, code: str
) -> None:
    """The recipient's own result counts, whatever the status around it."""
    attempt = azure().response(reply(status, content))

    assert attempt.problem is not None
    assert (attempt.certainty, attempt.problem.category) == (certainty, category)
    assert attempt.problem.code == code


def test_retry_after() -> None:
    """How long Azure asks us to wait is kept."""
    assert azure().response(reply(429, b"", retry_after="60")).retry_after == 60.0


# The account and the opt-out list


def test_account() -> None:
    """The check asks about our own number, and changes nothing."""
    provider = azure()
    path, fields = sent(provider.check_account(at=NOW))
    fine = reply(200, results({"to": SENDER, "isOptedOut": False, "httpStatusCode": 200}))

    assert path == "/sms/optouts:check?api-version=2026-01-23"
    assert fields == {"from": SENDER, "recipients": [{"to": SENDER}]}
    assert provider.account_problem(fine) is None
    for answer, category in [
        (reply(401, {"error": {"code": "Denied"}}), Failure.AUTH),
        (reply(404), Failure.CONFIG),
        (reply(200, b"<html>"), Failure.UNKNOWN),
    ]:
        problem = provider.account_problem(answer)
        assert problem is not None
        assert problem.category is category


def test_opt_outs() -> None:
    """A number is blocked, freed and asked about for our sender; its own result counts."""
    provider, number = azure(), PhoneNumber(PATIENT)
    fields = {"from": SENDER, "recipients": [{"to": PATIENT}]}
    asked = {
        "add": provider.add_opt_out(number, at=NOW),
        "remove": provider.remove_opt_out(number, at=NOW),
        "check": provider.check_opt_out(number, at=NOW),
    }
    for action, request in asked.items():
        assert sent(request) == (f"/sms/optouts:{action}?api-version=2026-01-23", fields)

    done = {"to": PATIENT, "httpStatusCode": 200}
    assert provider.opt_out_added(reply(200, results(done)))
    assert provider.opt_out_removed(reply(200, results(done)))
    for answer in (
        reply(200, results(done | {"httpStatusCode": 500, "errorMessage": "No."})),
        reply(200, results()),
        reply(401, results(done)),
    ):
        assert not provider.opt_out_added(answer)
        assert provider.is_opted_out(answer) is None
    assert provider.is_opted_out(reply(200, results(done | {"isOptedOut": True}))) is True
    assert provider.is_opted_out(reply(200, results(done | {"isOptedOut": False}))) is False
    assert provider.is_opted_out(reply(200, results(done))) is None
    assert provider.list_opt_outs("", at=NOW) is None


# What Event Grid posts


@pytest.mark.parametrize("row", RECEIVED, ids=lambda row: row["id"])
def test_signature_vectors(row: dict[str, Any]) -> None:
    """Each recorded callback is believed or refused by the token in its URL."""
    provider = azure(url_tokens=[row["secret"]])

    if row["expect"]:
        webhook = provider.verify(vector_request(row), at=vector_time(row))
        assert webhook.authenticated is row["body_authenticated"]
    else:
        with pytest.raises(InvalidSignature):
            provider.verify(vector_request(row), at=vector_time(row))


@pytest.mark.parametrize("trials", [300, pytest.param(10_000, marks=pytest.mark.endurance)])
def test_flipped_bits(trials: int, flips: Flips) -> None:
    """No single changed bit of the token is believed; the rest of the URL is not covered."""
    chance = random.Random(20261130)
    for _ in range(trials):
        row = chance.choice(GENUINE)
        provider, genuine = azure(url_tokens=[row["secret"]]), vector_request(row)
        before, after = genuine.url.split(row["secret"])
        token = flipped(row["secret"].encode(), chance).decode("latin-1")
        forged = evolve(genuine, url=f"{before}{token}{after}")
        # What follows a '#' or an '&' is no part of the token: a shorter one is refused as well.
        with pytest.raises(WebhookRejected):
            provider.verify(forged, at=NOW)
    flips("Azure", trials)


def test_rotation() -> None:
    """While a token is being replaced, both are believed; without one none is."""
    request = posted(received("hi"))

    assert azure(url_tokens=["new", TOKEN]).verify(request, at=NOW).provider == "azure"
    for tokens in ([], ["new"]):
        with pytest.raises(InvalidSignature):
            azure(url_tokens=tokens).verify(request, at=NOW)


def test_no_json() -> None:
    """What is no JSON is refused, with the token too."""
    with pytest.raises(WebhookRejected, match="no JSON"):
        azure().verify(evolve(posted(), body=b"<html>"), at=NOW)


def test_handshake() -> None:
    """A new subscription is confirmed with its code, and only where the token is right."""
    code = "512d38b6-c7b8-40c8-89fe-f46f9e9622b6"
    asked = event("x", {"validationCode": code, "validationUrl": "https://evil.example"}) | {
        "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent"
    }
    webhook = azure().verify(posted(asked), at=NOW)
    answer = azure().answer(webhook)

    assert json.loads(answer.body) == {"validationResponse": code}
    assert (answer.status, answer.header("content-type")) == (200, "application/json")
    assert azure().parse(webhook) == []
    assert azure().follow_up(webhook) == ()
    with pytest.raises(InvalidSignature):
        azure().verify(posted(asked, url="https://clinic.example/texts/azure"), at=NOW)
    for other in (received("hi"), asked | {"data": {"validationCode": ""}}, asked | {"data": 1}):
        assert azure().answer(azure().verify(posted(other), at=NOW)) == HttpReply(status=200)


def test_several_events() -> None:
    """A list brings its events in their order; what is none of ours is left out."""
    found = events(
        received("hi"),
        {"eventType": "Microsoft.Storage.BlobCreated", "data": {"messageId": "x"}},
        received("hi", messageId=None),
        received("hi", message=None),
        event("SMSReceived", "x"),
        7,
        report("Delivered", "No error."),
    )

    assert [type(each) for each in found] == [InboundText, StatusUpdate]


def test_inbound_text() -> None:
    """A patient's text has its id and numbers; the token does not prove what it says."""
    (text,) = events(received("See you"))

    assert text == InboundText(
        key="Incoming_20200918002745d29ebbea",
        provider_id="Incoming_20200918002745d29ebbea",
        sender=PhoneNumber(PATIENT),
        to=PhoneNumber(SENDER),
        body="See you",
        authenticated=False,
        sent_at=datetime(2026, 11, 30, 15, 59, 59, 285574, tzinfo=UTC),
    )
    assert azure().confirm(text, at=NOW) is None


@pytest.mark.parametrize(
    ("body", "keyword"),
    [
        (" Stop ", ProviderKeyword.STOP),
        ("START", ProviderKeyword.START),
        ("unstop", ProviderKeyword.START),
        ("HELP", None),
        ("please stop", None),
    ],
)
def test_keywords(body: str, keyword: ProviderKeyword | None) -> None:
    """Carriers answer STOP and START of toll-free numbers, unless somebody says otherwise."""
    (text,) = events(received(body))
    (ours,) = events(received(body), provider=azure(answers_keywords=False))

    assert (text.recognized, text.answered) == (keyword, keyword is not None)
    assert (ours.recognized, ours.answered) == (None, False)


REPORTS = [
    ("Delivered", "2000: No Error", State.DELIVERED, None),
    ("Delivered", "No error.", State.DELIVERED, None),
    ("Failed", "4000", State.UNDELIVERED, Failure.FRAUD_BLOCKED),
    (
        "Failed",
        "ErrorCode: 4001. ErrorMessage: Invalid",
        State.UNDELIVERED,
        Failure.SENDER_INVALID,
    ),
    ("Failed", "4002", State.UNDELIVERED, Failure.INVALID_NUMBER),
    ("Failed", "4003", State.UNDELIVERED, Failure.DESTINATION_NOT_ENABLED),
    ("Failed", "4004", State.UNDELIVERED, Failure.INVALID_NUMBER),
    ("Failed", "4005: Blocked", State.UNDELIVERED, Failure.CARRIER_FILTERED),
    ("Failed", "4006", State.UNDELIVERED, Failure.UNREACHABLE_TEMPORARY),
    ("Failed", "4007: opted out", State.UNDELIVERED, Failure.OPTED_OUT),
    ("Failed", "Sender blocked for given recipient.", State.UNDELIVERED, Failure.OPTED_OUT),
    ("Failed", "4008", State.UNDELIVERED, Failure.QUOTA),
    ("Failed", "4009", State.UNDELIVERED, Failure.FRAUD_BLOCKED),
    ("Failed", "4010", State.UNDELIVERED, Failure.SENDER_UNREGISTERED),
    ("Failed", "4020", State.UNDELIVERED, Failure.QUOTA),
    ("Failed", "5000", State.UNDELIVERED, Failure.PROVIDER_FAULT),
    ("Failed", "5001", State.UNDELIVERED, Failure.PROVIDER_FAULT),
    # No receipt came: the text may have arrived.
    ("Failed", "ErrorCode: 5002. ErrorMessage: Message Delivery Timeout", None, None),
    ("Failed", "9999", State.UNDELIVERED, Failure.UNKNOWN),
    ("Failed", "nobody knows", State.UNDELIVERED, Failure.UNKNOWN),
    ("Invented", "2000: No Error", None, None),
    ("", "", None, None),
]


@pytest.mark.parametrize(("status", "details", "state", "category"), REPORTS)
def test_delivery_reports(
    status: str, details: str, state: State | None, category: Failure | None
) -> None:
    """The code in the details says why; without a receipt nobody knows."""
    (news,) = events(report(status, details))

    assert isinstance(news, StatusUpdate)
    assert (news.state, news.problem.category if news.problem else None) == (state, category)
    assert (news.provider_id, news.reference) == (ID, "m1")
    assert news.recipient == PhoneNumber(PATIENT)


def test_keys_of_reports() -> None:
    """A report is the same when it comes again, and another when it says something else."""
    (timeout, failed, delivered, again) = events(
        report("Failed", "5002"),
        report("Failed", "4006"),
        report("Delivered", "2000"),
        report("Delivered", "2000"),
    )

    assert len({timeout.key, failed.key, delivered.key}) == 3
    assert again.key == delivered.key
    (without_id,) = events(report("Delivered", "2000") | {"id": None})
    assert without_id.key == f"{ID}/Delivered/2000"


def test_tag_in_capitals() -> None:
    """The reference comes back as ``tag`` or ``Tag``, and not from another program's texts."""
    (capital,) = events(report("Delivered", "2000", tag=None, Tag="m1"))
    (without,) = events(report("Delivered", "2000", tag=None))

    assert (capital.reference, without.reference) == ("m1", None)
