"""The Twilio adapter: signatures, requests, answers and callbacks, checked against Twilio's own."""

from __future__ import annotations

import base64
import hashlib
import json
import random
import re
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from compliant_sms import PhoneNumber
from compliant_sms.errors import InvalidInput, InvalidSignature, Unsupported, WebhookRejected
from compliant_sms.lifecycle import State
from compliant_sms.providers import (
    Attempt,
    Certainty,
    Failure,
    InboundText,
    OutboundText,
    ProviderKeyword,
    StatusUpdate,
    Twilio,
    VerifiedWebhook,
    sealed,
)
from compliant_sms.sandbox import Sandbox
from compliant_sms.transport import BlockingTransport
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest
from conftest import PATIENT, SENDER, SID, TOKEN
from figures import Flips
from signature_vectors import flipped, signature_vectors, vector_request

VECTORS = [row for row in signature_vectors() if row["provider"] == "twilio"]
GENUINE = [row for row in VECTORS if row["expect"]]
URL = "https://clinic.example/texts"
FORM = "application/x-www-form-urlencoded"
TEXT = OutboundText(to=PhoneNumber(PATIENT), body="See you at 2:30 & bring é 👍", reference="m1")
NOW = datetime(2026, 11, 30, 16, tzinfo=UTC)
SINCE = datetime(2026, 11, 30, 15, 55, tzinfo=UTC)


def twilio(**changes: Any) -> Twilio:
    return Twilio(**({"account_sid": SID, "auth_token": TOKEN, "sender": SENDER} | changes))


def signed(fields: dict[str, str], *, url: str = URL, token: str = TOKEN) -> WebhookRequest:
    """A callback under the signature of Twilio's own client."""
    return WebhookRequest(
        method="POST",
        url=url,
        headers={
            "Content-Type": FORM,
            "X-Twilio-Signature": RequestValidator(token).compute_signature(url, fields),
        },
        body=urlencode(fields).encode(),
    )


# Signatures


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: row["id"])
def test_signature_vectors(row: dict[str, Any]) -> None:
    """Each recorded callback is believed or refused as it should be."""
    provider, request = twilio(auth_token=row["secret"]), vector_request(row)

    if row["expect"]:
        assert isinstance(provider.verify(request, at=NOW), VerifiedWebhook)
    else:
        with pytest.raises(InvalidSignature):
            provider.verify(request, at=NOW)


def meaning(request: WebhookRequest) -> tuple[object, ...]:
    """What the signature covers: two requests that agree in this are the same to Twilio."""
    content: object = request.body
    if (request.header("content-type") or "").startswith(FORM) and request.method == "POST":
        try:
            content = sorted(
                set(parse_qsl(request.body.decode(), keep_blank_values=True, errors="strict"))
            )
        except ValueError:
            content = None
    # Twilio signs with or without the port, whichever it is, and so do its own clients.
    portless = re.sub(r"\A(https?://[^/:?]+):[0-9]+", r"\1", request.url)
    return portless, request.header("x-twilio-signature"), content


@pytest.mark.parametrize("count", [500, pytest.param(10_000, marks=pytest.mark.endurance)])
def test_flipped_bits(count: int, flips: Flips) -> None:
    """No single changed bit of the URL, the body or the signature is believed."""
    chance, refused = random.Random(20261130), 0
    while refused < count:
        row = chance.choice(GENUINE)
        genuine = vector_request(row)
        url, body = genuine.url.encode(), genuine.body
        signature = (genuine.header("x-twilio-signature") or "").encode()
        part = chance.choice(["url", "body", "signature"] if body else ["url", "signature"])
        forged = WebhookRequest(
            method=genuine.method,
            url=(flipped(url, chance) if part == "url" else url).decode("latin-1"),
            headers=(
                *((name, v) for name, v in genuine.headers if name != "x-twilio-signature"),
                (
                    "X-Twilio-Signature",
                    (flipped(signature, chance) if part == "signature" else signature).decode(
                        "latin-1"
                    ),
                ),
            ),
            body=flipped(body, chance) if part == "body" else body,
        )
        if meaning(forged) == meaning(genuine):
            continue  # for example %2B and %2b
        with pytest.raises(WebhookRejected):
            twilio(auth_token=row["secret"]).verify(forged, at=NOW)
        refused += 1
    flips("Twilio", count)


def test_fields_that_decode_alike() -> None:
    """The signature covers what the form says, however it is escaped."""
    genuine = signed({"From": PATIENT, "Body": "a b", "MessageSid": "SM1"})
    body = genuine.body.replace(b"%2B", b"%2b").replace(b"a+b", b"%61%20b")
    alike = WebhookRequest(method="POST", url=genuine.url, headers=genuine.headers, body=body)

    assert twilio().verify(alike, at=NOW).content["Body"] == "a b"


class Webhook:
    """Keeps the raw callbacks that arrive on loopback."""

    def __init__(self) -> None:
        self.requests: list[WebhookRequest] = []
        kept = self.requests

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"] or 0))
                host = self.headers["Host"]
                kept.append(
                    WebhookRequest(
                        method="POST",
                        url=f"http://{host}{self.path}",
                        headers=self.headers.items(),
                        body=body,
                    )
                )
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_GET(self) -> None:
                self.do_POST()

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/texts?a=b"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    made = Webhook()
    made.thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    made.thread.join()


def test_both_validators_believe_the_carrier(carrier: Sandbox, webhook: Webhook) -> None:
    """What the simulated carrier signs, Twilio's validator and ours both believe."""
    carrier.set_inbound_url(SENDER, webhook.url)
    assert carrier.reply(PATIENT, "Grüße 👍 & more=less", to=SENDER) == 200
    request = webhook.requests[0]
    fields = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
    signature = request.header("x-twilio-signature")

    assert RequestValidator(TOKEN).validate(request.url, fields, signature)
    assert twilio().verify(request, at=NOW).content == fields


def test_rotation() -> None:
    """While a token is being rotated, callbacks under the old one are still believed."""
    old = signed({"MessageSid": "SM1", "Body": "hi"}, token="old-token")

    assert twilio(older_auth_tokens=["older", "old-token"]).verify(old, at=NOW).provider == "twilio"
    with pytest.raises(InvalidSignature):
        twilio().verify(old, at=NOW)


def test_no_verified_webhook_by_hand() -> None:
    """Nobody but a provider's verify can make what parse takes."""
    with pytest.raises(TypeError, match=r"verify\(\) and from nowhere else"):
        VerifiedWebhook(object(), "twilio", {}, {}, authenticated=True)


@pytest.mark.parametrize(
    "url",
    [
        "http://[clinic.example/",
        "https://clinic.example:port/",
        "https://clinic.example:99999/",
        "https://\ud800.example/",
    ],
)
def test_url_that_is_none(url: str) -> None:
    """A URL that cannot be read is refused as a callback, not as a crash."""
    request = WebhookRequest(method="POST", url=url, headers={"X-Twilio-Signature": "x"})

    with pytest.raises(WebhookRejected, match="not a URL"):
        twilio().verify(request, at=NOW)


@pytest.mark.parametrize("signature", ["", "\ud800", "é", "A" * 100_000])
def test_odd_signatures(signature: str) -> None:
    """A signature of any characters is refused as a wrong one."""
    request = WebhookRequest(method="GET", url=URL, headers={"X-Twilio-Signature": signature})

    with pytest.raises(InvalidSignature):
        twilio().verify(request, at=NOW)


@pytest.mark.parametrize("url", ["ftp://clinic.example/texts", "/texts", "https://s/texts"])
def test_other_urls_are_signed_as_they_are(url: str) -> None:
    """A URL without a default port, or with a very short host, is checked as it stands."""
    request = signed({"MessageSid": "SM1"}, url=url)

    assert twilio().verify(request, at=NOW).content == {"MessageSid": "SM1"}


def test_short_host_with_port() -> None:
    """The port is added behind the host, also where the host's letter stands in the scheme."""
    fields = {"MessageSid": "SM1"}
    signature = RequestValidator(TOKEN).compute_signature("https://s:443/texts", fields)
    request = WebhookRequest(
        method="POST",
        url="https://s/texts",
        headers={"X-Twilio-Signature": signature, "Content-Type": FORM},
        body=urlencode(fields).encode(),
    )

    assert twilio().verify(request, at=NOW).content == fields


@pytest.mark.parametrize(
    "body",
    [b"Body=%FF", b"Body=\xff", b"&".join(b"a%d=b" % n for n in range(2000))],
    ids=["invalid UTF-8", "raw bytes", "too many fields"],
)
def test_form_that_is_none(body: bytes) -> None:
    """A form that cannot be decoded is refused with 400."""
    request = WebhookRequest(
        method="POST",
        url=URL,
        headers={"Content-Type": FORM + "; charset=UTF-8", "X-Twilio-Signature": "x"},
        body=body,
    )

    with pytest.raises(WebhookRejected, match="not URL-encoded") as caught:
        twilio().verify(request, at=NOW)
    assert caught.value.status == 400
    assert caught.value.__context__ is None  # the decoder's error holds the body


def test_sha1_named_in_the_settings() -> None:
    """A callback may name the algorithm that is used anyway."""
    genuine = signed({"MessageSid": "SM1"})
    settings = ("X-Twilio-Webhooks-Signature-Settings", "key=main, algorithm=HMAC_SHA1")
    request = WebhookRequest(
        method="POST", url=URL, headers=(*genuine.headers, settings), body=genuine.body
    )

    assert twilio().verify(request, at=NOW).content == {"MessageSid": "SM1"}


def test_json_body() -> None:
    """A JSON callback is believed under its hash, and its fields are those of the URL."""
    body = b'{"MessageSid": "SM2"}'
    url = f"{URL}?ref=m1&bodySHA256={hashlib.sha256(body).hexdigest()}"
    request = WebhookRequest(
        method="POST",
        url=url,
        headers={
            "Content-Type": "application/json",
            "X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(url, {}),
        },
        body=body,
    )
    webhook = twilio().verify(request, at=NOW)

    assert webhook.query["ref"] == "m1"
    assert twilio().parse(webhook) == []


# Requests


class Recorder(TwilioHttpClient):
    """Twilio's HTTP client, sending everything to one place instead."""

    def __init__(self, url: str) -> None:
        super().__init__(timeout=60)
        self._url = url

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        return super().request(
            method, url.replace("https://api.twilio.com", self._url), *args, **kwargs
        )


def comparable(request: WebhookRequest) -> tuple[object, ...]:
    path, _, query = request.url.partition("?")
    return (
        request.method,
        path,
        request.header("authorization"),
        request.header("content-type") if request.body else None,
        sorted(parse_qsl(query + request.body.decode(), keep_blank_values=True)),
    )


def test_same_requests_as_the_official_client(webhook: Webhook) -> None:
    """Twilio's client and the adapter ask for the same things in the same way."""
    base = webhook.url.removesuffix("/texts?a=b")
    callback = "https://clinic.example/status?x=1"
    ours = twilio(base_url=base, status_callback=callback)
    client = Client(SID, TOKEN, http_client=Recorder(base))
    transport = BlockingTransport()
    for request in (ours.request(TEXT, at=NOW), ours.look_up(TEXT, at=NOW)):
        with pytest.raises(StopIteration):
            transport.send(request).send(None)
    transport.close()
    for call in (
        lambda: client.messages.create(
            to=PATIENT, from_=SENDER, body=TEXT.body, status_callback=f"{callback}&ref=m1"
        ),
        lambda: client.messages.list(to=PATIENT, from_=SENDER, page_size=1000),
    ):
        with suppress(Exception):  # the recorder's empty answer pleases nobody
            call()
    create, listing, their_create, their_listing = webhook.requests

    assert comparable(create) == comparable(their_create)
    assert comparable(listing) == comparable(their_listing)


def test_status_callback() -> None:
    """The reference travels in the callback's URL, escaped, and only where there is one."""
    odd = OutboundText(to=PhoneNumber(PATIENT), body="x", reference="a b&c")
    with_one = dict(parse_qsl(twilio(status_callback=URL).request(odd, at=NOW).body.decode()))

    assert with_one["StatusCallback"] == f"{URL}?ref=a%20b%26c"
    assert "StatusCallback" not in dict(parse_qsl(twilio().request(odd, at=NOW).body.decode()))


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(minutes=14), "at least 0:15:00"),
        (timedelta(days=35, seconds=1), "at most 35 days"),
        (timedelta(days=1), "Pass messaging_service_sid"),
    ],
)
def test_times_that_twilio_cannot_keep(ahead: timedelta, words: str) -> None:
    """Too soon, too late, or without a messaging service: told before anything is sent."""
    with pytest.raises(Unsupported, match=words):
        twilio().request(evolve(TEXT, send_at=NOW + ahead), at=NOW)


def test_all_that_can_be_asked_for() -> None:
    """A service, pictures, a limit and a time make fields of their own, and only then."""
    service = "MG" + "5e" * 16
    rich = evolve(
        TEXT,
        media=("https://clinic.example/a.png", "https://clinic.example/b.png"),
        valid_for=timedelta(days=2),
        send_at=datetime(2026, 12, 1, 10, 30, tzinfo=ZoneInfo("America/Chicago")),
    )
    request = twilio(messaging_service_sid=service).request(rich, at=NOW)
    always = [("To", PATIENT), ("From", SENDER), ("Body", TEXT.body)]

    assert parse_qsl(request.body.decode()) == [
        *always,
        ("MediaUrl", "https://clinic.example/a.png"),
        ("MediaUrl", "https://clinic.example/b.png"),
        ("MessagingServiceSid", service),
        ("ValidityPeriod", "36000"),
        ("SendAt", "2026-12-01T16:30:00Z"),
        ("ScheduleType", "fixed"),
    ]
    assert parse_qsl(twilio().request(TEXT, at=NOW).body.decode()) == always


def test_api_key() -> None:
    """A key signs requests in place of the token, which still checks callbacks."""
    provider = twilio(api_key="SK" + "5e" * 16 + ":canary")
    right = base64.b64encode(b"SK" + b"5e" * 16 + b":canary").decode()
    requests = (
        provider.request(TEXT, at=NOW),
        provider.look_up(TEXT, at=NOW),
        provider.check_account(at=NOW),
        provider.media_request("https://api.twilio.com/m/0", at=NOW),
    )

    assert [dict(each.headers)["authorization"] for each in requests if each] == [
        f"Basic {right}"
    ] * 4
    assert provider.verify(signed({"MessageSid": "SM1"}), at=NOW).content == {"MessageSid": "SM1"}
    assert "canary" not in repr(provider) + repr(requests)


@pytest.mark.parametrize(
    ("url", "own"),
    [
        (f"https://api.twilio.com/2010-04-01/Accounts/{SID}/Messages/MM1/Media/ME1", True),
        (f"https://api.dublin.ie1.twilio.com/2010-04-01/Accounts/{SID}/Media/ME1", True),
        ("https://mcs.us1.twilio.com/v1/Services/IS1/Media/ME1", True),
        ("http://api.twilio.com/x", False),
        ("https://api.twilio.com.evil.example/x", False),
        ("https://evil.example/api.twilio.com/x", False),
        ("https://api.twilio.com@evil.example/x", False),
        ("https://api.twilio.com:443@evil.example/x", False),
        ("https://evil.example\\.api.twilio.com/x", False),
        ("https://api.evil.example#.twilio.com/x", False),
        ("https://apitwilio.com/x", False),
        ("https://api.twilio.com", False),
        ("https://api.twilio.com/x\r\nHost: evil.example", False),
        ("https://api.twilio.com/\u2025/x", False),
        ("https://demo.twilio.com/x", False),
        ("http://127.0.0.1:1/2010-04-01/Accounts/AC1/Media/ME1", False),
    ],
)
def test_where_credentials_go(url: str, own: bool) -> None:  # noqa: FBT001
    """Pictures are fetched with the account's credentials from Twilio's own hosts, and no other."""
    request = twilio().media_request(url, at=NOW)

    assert (request is not None) is own


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("https://mms.twiliocdn.com/AC1/picture?Expires=1&Signature=x", True),
        ("http://mms.twiliocdn.com/AC1/picture", False),
        ("https://mms.twiliocdn.com.evil.example/AC1/picture", False),
        ("https://mms.twiliocdn.com@evil.example/AC1/picture", False),
        ("https://media.twiliocdn.com/AC1/picture", False),
    ],
)
def test_the_cdn_gets_no_credentials(url: str, asked: bool) -> None:  # noqa: FBT001
    """Twilio sends on to links that are signed themselves."""
    request = twilio().media_request(url, at=NOW)

    assert (request is not None) is asked
    assert request is None or request.headers == ()


def test_media_of_a_simulated_carrier() -> None:
    """On loopback they lie under the account."""
    provider = twilio(base_url="http://127.0.0.1:1")
    own = f"http://127.0.0.1:1/2010-04-01/Accounts/{SID}/Messages/MM1/Media/ME1"

    assert provider.media_request(own, at=NOW) is not None
    assert provider.media_request("http://127.0.0.1:1/other", at=NOW) is None
    elsewhere = twilio(base_url="https://proxy.clinic.example")
    assert (
        elsewhere.media_request(own.replace("http://127.0.0.1:1", elsewhere.base_url), at=NOW)
        is None
    )


def test_account_is_asked_for() -> None:
    """The account itself, with nothing of a patient in the answer."""
    url = twilio().check_account(at=NOW).url

    assert url == f"https://api.twilio.com/2010-04-01/Accounts/{SID}.json"


@pytest.mark.parametrize(
    ("status", "content", "category"),
    [
        (200, {"status": "active"}, None),
        (200, {"incoming_phone_numbers": []}, None),
        (200, {"status": "suspended"}, Failure.ACCOUNT_SUSPENDED),
        (200, [], Failure.ACCOUNT_SUSPENDED),
        (401, {"code": 20003, "message": "Authenticate"}, Failure.AUTH),
        (403, {"code": 20005}, Failure.ACCOUNT_SUSPENDED),
        (503, {}, Failure.PROVIDER_FAULT),
    ],
)
def test_account(status: int, content: object, category: Failure | None) -> None:
    """What is wrong with the account is told by category; nothing, where it is active."""
    found = twilio().account_problem(reply(status, content))

    assert (found.category if found else None) is category


# Answers


def reply(status: int, body: object = b"", **headers: str) -> HttpReply:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpReply(status=status, headers=named, body=content)


REFUSED, AMBIGUOUS = Certainty.REFUSED, Certainty.AMBIGUOUS
ANSWERS = [
    (400, {"code": 21610}, REFUSED, Failure.OPTED_OUT, "21610"),
    (400, {"code": 21211}, REFUSED, Failure.INVALID_NUMBER, "21211"),
    (400, {"code": 21606}, REFUSED, Failure.SENDER_INVALID, "21606"),
    (400, {"code": 21617}, REFUSED, Failure.CONTENT_INVALID, "21617"),
    (400, {"code": 21408}, REFUSED, Failure.DESTINATION_NOT_ENABLED, "21408"),
    (400, {"code": 21614}, REFUSED, Failure.LANDLINE_OR_INCAPABLE, "21614"),
    (400, {"code": 30034}, REFUSED, Failure.SENDER_UNREGISTERED, "30034"),
    (400, {"code": 99999}, REFUSED, Failure.UNKNOWN, "99999"),
    (400, {"code": "21610"}, REFUSED, Failure.OPTED_OUT, "21610"),
    (400, [1], REFUSED, Failure.UNKNOWN, "400"),
    (401, {"code": 20003}, REFUSED, Failure.AUTH, "20003"),
    (401, b"", REFUSED, Failure.AUTH, "401"),
    (403, b"", REFUSED, Failure.AUTH, "403"),
    (404, {"code": 20404}, REFUSED, Failure.UNKNOWN, "20404"),
    (429, {"code": 20429}, REFUSED, Failure.RATE_LIMITED, "20429"),
    (429, b"slow down", REFUSED, Failure.RATE_LIMITED, "429"),
    (500, {"code": 20500}, AMBIGUOUS, Failure.PROVIDER_FAULT, "20500"),
    (503, b"<html>down</html>", AMBIGUOUS, Failure.PROVIDER_FAULT, "503"),
    (500, b"[" * 200_000, AMBIGUOUS, Failure.PROVIDER_FAULT, "500"),
    (500, b"\xff\xfe", AMBIGUOUS, Failure.PROVIDER_FAULT, "500"),
    (500, b"9" * 5000, AMBIGUOUS, Failure.PROVIDER_FAULT, "500"),
    (200, b"", AMBIGUOUS, Failure.UNKNOWN, "200"),
    (201, b"<html>ok</html>", AMBIGUOUS, Failure.UNKNOWN, "201"),
    (201, {"sid": 7}, AMBIGUOUS, Failure.UNKNOWN, "201"),
    (201, {"sid": ""}, AMBIGUOUS, Failure.UNKNOWN, "201"),
    (202, {"sid": "SM1"}, AMBIGUOUS, Failure.UNKNOWN, "202"),
    (302, b"", AMBIGUOUS, Failure.UNKNOWN, "302"),
]


@pytest.mark.parametrize(
    ("status", "body", "certainty", "category", "code"),
    ANSWERS,
    ids=[f"{status}-{index}" for index, (status, *_) in enumerate(ANSWERS)],
)
def test_answers(
    status: int, body: object, certainty: Certainty, category: Failure, code: str
) -> None:
    """Each answer says how sure it is that nothing was sent, and why."""
    attempt = twilio().response(reply(status, body))

    assert attempt.problem is not None
    assert (attempt.certainty, attempt.problem.category, attempt.problem.code) == (
        certainty,
        category,
        code,
    )
    assert attempt.problem.words.startswith("Twilio: ")
    assert attempt.problem.remedy.endswith(".")


@pytest.mark.parametrize("status", [200, 201])
def test_accepted(status: int) -> None:
    """An id in a good answer is acceptance."""
    assert twilio().response(reply(status, {"sid": "SM1"})) == Attempt(
        certainty=Certainty.ACCEPTED, provider_id="SM1"
    )


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("2", 2.0), ("0", 0.0), ("", None), ("soon", None), ("-1", None), ("1.5", 1.5)],
)
def test_retry_after(header: str, seconds: float | None) -> None:
    """Seconds are honoured, and anything else is as good as nothing."""
    attempt = twilio().response(reply(429, Retry_After=header))

    assert attempt.retry_after == seconds
    assert attempt.may_be_repeated


@given(st.integers(100, 599), st.binary(max_size=60), st.text(max_size=5))
def test_any_answer(status: int, body: bytes, after: str) -> None:
    """No answer whatever makes the adapter raise."""
    attempt = twilio().response(reply(status, body, Retry_After=after))

    assert (attempt.problem is None) == (attempt.certainty is Certainty.ACCEPTED)
    assert attempt.certainty is Certainty.REFUSED or not attempt.may_be_repeated


def listed(**changes: object) -> dict[str, object]:
    entry = {
        "sid": "SM1",
        "body": TEXT.body,
        "status": "delivered",
        "date_created": "Mon, 30 Nov 2026 16:00:00 +0000",
        "error_code": None,
    }
    return entry | changes


def test_found() -> None:
    """Only texts with that body, created since, are taken for the text."""
    entries = [
        listed(),
        listed(sid="SM2", status="undelivered", error_code=30003),
        listed(sid="SM3", status="scheduled"),
        listed(sid="SM4", body="another"),
        listed(sid="SM5", date_created="Mon, 30 Nov 2026 15:54:59 +0000"),
        listed(sid="SM6", date_created="Mon, 30 Nov 2026 15:54:59 +0000", body=""),
    ]
    found = twilio().found(reply(200, {"messages": entries}), TEXT, SINCE)

    assert found is not None
    assert [(text.provider_id, text.state) for text in found] == [
        ("SM1", State.DELIVERED),
        ("SM2", State.UNDELIVERED),
        ("SM3", State.SENT),
    ]
    assert found[1].problem is not None
    assert found[1].problem.category is Failure.UNREACHABLE_TEMPORARY


@pytest.mark.parametrize(
    "answer",
    [
        reply(500, {"messages": []}),
        reply(200, b"<html></html>"),
        reply(200, {"messages": None}),
        reply(200, {"messages": ["text"]}),
        reply(200, {"messages": [{"sid": "SM1"}]}),
        reply(200, {"messages": [listed(date_created=None)]}),
        reply(200, {"messages": [listed(date_created="yesterday")]}),
        reply(200, {"messages": [listed(date_created="Mon, 30 Nov 2026 16:00:00 -0000")]}),
        reply(200, {"messages": [listed(status=["sent"])]}),
        # Redacted: any of them may be the text.
        reply(200, {"messages": [listed(body="")]}),
        reply(200, {"messages": [listed(body=None)]}),
        reply(200, {"messages": [listed(body="****"), listed(sid="SM2", body="another")]}),
        reply(200, {"messages": [listed(), listed(sid="SM2", body="")]}),
    ],
)
def test_lists_that_tell_nothing(answer: HttpReply) -> None:
    """A list that is not as Twilio describes it proves neither presence nor absence."""
    assert twilio().found(answer, TEXT, SINCE) is None


# Callbacks


def parsed(fields: dict[str, str], **changes: Any) -> list[Any]:
    provider = twilio(**changes)
    return list(provider.parse(provider.verify(signed(fields, url=f"{URL}?ref=m1"), at=NOW)))


INBOUND = {
    "MessageSid": "SM1",
    "SmsStatus": "received",
    "From": PATIENT,
    "To": SENDER,
    "Body": "Hello ",
    "NumMedia": "2",
    "MediaUrl0": "https://api.twilio.com/m/0",
}


def test_inbound() -> None:
    """An inbound text keeps its body unchanged and the media that came with it."""
    (text,) = parsed(INBOUND)

    assert text == InboundText(
        key="SM1",
        provider_id="SM1",
        sender=PhoneNumber(PATIENT),
        to=PhoneNumber(SENDER),
        body="Hello ",
        media=("https://api.twilio.com/m/0",),
    )
    assert "Hello" not in repr(text)


def test_fallback() -> None:
    """What Twilio posts to the fallback URL, with the error of the first call, is the text."""
    failed = {"ErrorCode": "11200", "ErrorUrl": URL}

    assert parsed(INBOUND | failed) == parsed(INBOUND)


def test_rcs() -> None:
    """A STOP that came as RCS is the number's; so is news of what went as RCS."""
    (text,) = parsed(INBOUND | {"From": f"rcs:{PATIENT}", "To": "rcs:lakeside_agent"})
    (news,) = parsed({"MessageSid": "SM1", "MessageStatus": "read", "To": f"rcs:{PATIENT}"})

    assert (text.sender, text.to) == (PhoneNumber(PATIENT), None)
    assert news.recipient == PhoneNumber(PATIENT)


@pytest.mark.parametrize(
    ("to", "service", "elsewhere"),
    [
        ("rcs:lakeside_agent", "MG" + "1" * 32, False),
        ("rcs:somebodys_agent", "MG" + "2" * 32, True),
        ("rcs:somebodys_agent", "", True),
        ("12345", "", True),
        (SENDER, "", False),
    ],
)
def test_written_to_no_number(to: str, service: str, elsewhere: bool) -> None:  # noqa: FBT001
    """An agent, or a short code, is ours where Twilio says that it is in our service."""
    fields = INBOUND | {"From": f"rcs:{PATIENT}", "To": to, "MessagingServiceSid": service}
    (with_service,) = parsed(fields, messaging_service_sid="MG" + "1" * 32)
    (without,) = parsed(fields)

    assert with_service.elsewhere is elsewhere
    assert without.elsewhere is (to != SENDER)


@pytest.mark.parametrize(
    ("body", "extra", "ours", "answered"),
    [
        (" Stop\n", {}, True, True),
        ("stop please", {}, True, False),
        ("stop", {}, False, False),
        ("arret", {"OptOutType": "STOP"}, True, True),
        ("arret", {"OptOutType": "STOP"}, False, False),
    ],
)
def test_who_answers(body: str, extra: dict[str, str], ours: bool, answered: bool) -> None:  # noqa: FBT001
    """The adapter knows which reserved words Twilio has answered by itself."""
    (text,) = parsed(INBOUND | {"Body": body} | extra, answers_keywords=ours)

    assert text.answered is answered


@pytest.mark.parametrize(
    ("body", "told", "ours", "keyword"),
    [
        ("START", "", True, ProviderKeyword.START),
        ("Yes", "", True, ProviderKeyword.START),
        ("yes please", "", True, None),
        ("info", "", True, ProviderKeyword.HELP),
        ("START", "", False, None),
        ("arret", "STOP", False, ProviderKeyword.STOP),
        ("ja", "START", True, ProviderKeyword.START),
        ("stop", "PAUSE", True, ProviderKeyword.STOP),
    ],
)
def test_what_twilio_takes_for_a_keyword(
    body: str,
    told: str,
    ours: bool,  # noqa: FBT001
    keyword: ProviderKeyword | None,
) -> None:
    """What Twilio says that it acted on counts; its default words only while they are on."""
    (text,) = parsed(INBOUND | {"Body": body, "OptOutType": told}, answers_keywords=ours)

    assert text.recognized is keyword


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("queued", None),
        ("sending", None),
        ("sent", State.SENT),
        ("delivered", State.DELIVERED),
        ("read", State.DELIVERED),
        ("undelivered", State.UNDELIVERED),
        ("failed", State.FAILED),
        ("canceled", State.FAILED),
        ("teleported", None),
    ],
)
def test_status_words(word: str, state: State | None) -> None:
    """Each status is translated, and an unknown word means nothing new."""
    (update,) = parsed({"MessageSid": "SM1", "MessageStatus": word})

    assert update == StatusUpdate(key=f"SM1/{word}", provider_id="SM1", reference="m1", state=state)


@pytest.mark.parametrize(
    ("code", "category"),
    [
        ("21610", Failure.OPTED_OUT),
        ("30007", Failure.CARRIER_FILTERED),
        ("12345", Failure.UNKNOWN),
        ("", None),
        ("0", None),
        ("none", None),
        ("9" * 5000, None),
    ],
)
def test_error_codes(code: str, category: Failure | None) -> None:
    """Error codes of callbacks are read, whatever stands in the field."""
    (update,) = parsed({"SmsSid": "SM1", "SmsStatus": "failed", "ErrorCode": code})

    assert (update.problem.category if update.problem else None) is category


NAMES = st.sampled_from(
    [
        *["MessageSid", "SmsSid", "Body", "From", "To", "NumMedia", "MediaUrl0", "MessageStatus"],
        *["SmsStatus", "ErrorCode", "OptOutType", "AccountSid", "ref"],
    ]
)
VALUES = st.sampled_from(
    ["", "0", "²", "٣", "-1", "9" * 5000, "received", "delivered", "+1", "+12175550134", "STOP"]
)


@given(
    st.dictionaries(NAMES | st.text(), VALUES | st.text(max_size=30)),
    st.dictionaries(NAMES | st.text(), VALUES | st.text(max_size=30)),
    st.booleans(),
)
def test_parse_never_raises(
    parameters: dict[str, str],
    query: dict[str, str],
    answers: bool,  # noqa: FBT001
) -> None:
    """Unknown fields, missing ones and odd words never raise, and their repr shows no body."""
    events = twilio(answers_keywords=answers).parse(sealed("twilio", parameters, query))

    assert len(events) <= 1
    assert all(isinstance(event, InboundText | StatusUpdate) for event in events)


def test_acknowledgement() -> None:
    """The answer to a callback is TwiML that texts nobody."""
    answer = twilio().answer(sealed("twilio", {}, {}))

    assert (answer.status, answer.header("content-type")) == (200, "text/xml")
    assert answer.body == b"<Response></Response>"


# Set-up


def test_repr_hides_the_tokens() -> None:
    """Neither the token, nor an older one, nor a whole phone number stands in a repr."""
    provider = twilio(auth_token="canary-a", older_auth_tokens=("canary-b",))
    encoded = base64.b64encode(f"{SID}:canary-a".encode()).decode()
    request: HttpRequest = provider.request(TEXT, at=NOW)

    assert "canary" not in repr(provider)
    assert SENDER not in repr(provider)
    assert encoded in dict(request.headers)["authorization"]
    assert encoded not in repr(request)
    assert PATIENT not in repr(request) + repr(provider.look_up(TEXT, at=NOW))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"account_sid": "SM" + "0" * 32}, "'AC' and 32 hexadecimal digits"),
        ({"account_sid": "AC" + "0" * 31}, "'AC' and 32 hexadecimal digits"),
        ({"auth_token": "  "}, "auth_token is empty"),
        ({"messaging_service_sid": SID}, "'MG' and 32 hexadecimal digits"),
        ({"messaging_service_sid": None}, "messaging_service_sid"),
        ({"account_sid": ""}, "'AC' and 32 hexadecimal digits"),
        ({"api_key": "SK" + "0" * 32}, "a colon, and its secret"),
        ({"api_key": "SK" + "0" * 32 + ":"}, "a colon, and its secret"),
        ({"older_auth_tokens": [""]}, "everybody could sign"),
        ({"older_auth_tokens": "token"}, "list"),
        ({"sender": "12"}, "too few digits|short code"),
    ],
)
def test_bad_set_up(changes: dict[str, str], words: str) -> None:
    """A field that cannot be right is refused when the adapter is made."""
    with pytest.raises(InvalidInput, match=words):
        twilio(**changes)


@pytest.mark.parametrize(
    ("changes", "may"),
    [
        ({}, False),
        ({"baa_signed_on": date(2026, 1, 5)}, True),
        ({"base_url": "http://127.0.0.1:1"}, True),
        ({"base_url": "http://[::1]:1"}, True),
        ({"base_url": "http://localhost"}, True),
        ({"base_url": "http://127.0.0.1.example"}, False),
        ({"base_url": "http://127.0.0.1@carrier.example"}, False),
    ],
)
def test_who_may_carry_phi(changes: dict[str, Any], may: bool) -> None:  # noqa: FBT001
    """Without an agreement only a simulated carrier on this machine gets a patient's text."""
    assert twilio(**changes).may_carry_phi is may


def test_sender_as_a_number() -> None:
    """The sender may be a phone number already."""
    assert twilio(sender=PhoneNumber(SENDER)).sender == PhoneNumber(SENDER)


def test_limit() -> None:
    """The adapter knows the longest text that Twilio takes, and its own name."""
    assert (twilio().capabilities.max_characters, twilio().name) == (1600, "twilio")
