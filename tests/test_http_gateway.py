"""Any gateway, described as data: what it is sent, what its answers mean, whom it believes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms import Messenger, PhoneNumber
from compliant_sms.errors import InvalidInput, InvalidSignature, Unsupported, WebhookRejected
from compliant_sms.lifecycle import State
from compliant_sms.providers import (
    Baa,
    CallbackPlace,
    CallbackSignature,
    Capabilities,
    Certainty,
    Failure,
    HttpGateway,
    InboundText,
    OutboundText,
    Provider,
    StatusUpdate,
    sealed,
)
from compliant_sms.providers._gateway._json_pointer import found_at, placed_at
from compliant_sms.providers.gateway import (
    BasicAuth,
    BasicProof,
    BearerAuth,
    CallbackProof,
    Equals,
    GatewayAnswer,
    GatewayCallbacks,
    GatewayRequest,
    HeaderKey,
    HeaderToken,
    HmacAuth,
    HmacSignature,
    InboundFields,
    JwtProof,
    NumberForm,
    Present,
    QueryKey,
    StandardWebhooks,
    StatusFields,
    TextPart,
    Unsigned,
    UrlToken,
)
from compliant_sms.testing import MovableClock, ProviderContract
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest
from conftest import PATIENT, PERSON, SENDER
from figures import Flips
from signature_vectors import flipped, signature_vectors, vector_request, vector_time
from test_send import agree

VECTORS = [row for row in signature_vectors() if row["provider"] == "generic"]
GENUINE = [row for row in VECTORS if row["expect"]]
NOW = datetime(2026, 11, 30, 16, tzinfo=UTC)
URL = "https://clinic.example/texts"
SECRET = "whsec_" + base64.b64encode(b"a key that signs nothing real").decode()
TEXT = OutboundText(to=PhoneNumber(PATIENT), body="See you at 2:30 & bring é 👍", reference="m1")

SUBMISSION = GatewayRequest(
    url="https://sms.acme.example/v1/messages",
    fields={
        "/to/0": TextPart.TO,
        "from": TextPart.SENDER,
        "text": TextPart.BODY,
        "/options/ref": TextPart.REFERENCE,
        "/options/callback": TextPart.CALLBACK_URL,
        "unicode": True,
    },
    auth=BearerAuth(token="canary-token"),
)
OUTCOME = GatewayAnswer(
    id="/message/id",
    success=Equals(at="/status", value="queued"),
    code="/error/code",
    said="/error/text",
    categories={
        "7": Failure.OPTED_OUT,
        "8": Failure.PROVIDER_FAULT,
        "9": Failure.INVALID_NUMBER,
    },
    seconds_headers=("x-wait",),
)
CALLBACKS = GatewayCallbacks(
    inbound=InboundFields(
        id="/id", sender="/from", to="/to", body="/text", media="/media", sent_at="/at",
        when=Equals(at="/type", value="inbound"),
    ),
    status=StatusFields(
        id="/id", status="/state", code="/error", recipient="/to", reference="/ref",
        states={"Sent": State.SENT, "done": State.DELIVERED, "dead": State.UNDELIVERED,
                "wait": None},
        when=Present(at="/state"),
    ),
    media_from=("https://media.acme.example",),
)  # fmt: skip


def gateway(**changes: Any) -> HttpGateway:
    made: dict[str, Any] = {
        "sender": SENDER,
        "submission": SUBMISSION,
        "outcome": OUTCOME,
        "callbacks": CALLBACKS,
        "proof": StandardWebhooks(secrets=[SECRET]),
    }
    return HttpGateway(**(made | changes))


def signed(content: object, at: datetime = NOW, key: str = SECRET) -> WebhookRequest:
    """A callback under Standard Webhooks."""
    body = json.dumps(content).encode()
    stamp = str(int(at.timestamp()))
    raw = base64.b64decode(key.removeprefix("whsec_"))
    digest = hmac.digest(raw, f"msg_1.{stamp}.".encode() + body, "sha256")
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
        "content-type": "application/json",
    }
    return WebhookRequest(method="POST", url=URL, headers=headers, body=body)


INBOUND = {"type": "inbound", "id": "in-1", "from": PATIENT, "to": SENDER, "text": "STOP"}
DELIVERED = {"type": "status", "id": "out-1", "state": "Done", "to": PATIENT, "ref": "m1"}


class TestHttpGatewayContract(ProviderContract):
    secrets = ("canary-token", SECRET)
    reference = "m1"

    def make_provider(self) -> Provider:
        return gateway()

    def accepted(self) -> tuple[HttpReply, str]:
        body = {"status": "queued", "message": {"id": "out-1"}}
        return HttpReply(status=202, body=json.dumps(body).encode()), "out-1"

    def refused(self) -> HttpReply:
        body = {"status": "rejected", "error": {"code": 9, "text": f"bad number {PATIENT}"}}
        return HttpReply(status=200, body=json.dumps(body).encode())

    def patient_texts(self, body: str) -> WebhookRequest:
        return signed(INBOUND | {"text": body}, self.now)

    def delivered(self) -> tuple[WebhookRequest, str]:
        return signed(DELIVERED, self.now), "out-1"

    def undelivered(self) -> WebhookRequest:
        return signed(DELIVERED | {"state": "dead", "error": 9}, self.now)

    def opted_out(self) -> HttpReply:
        body = {"status": "rejected", "error": {"code": 7}}
        return HttpReply(status=403, body=json.dumps(body).encode())


# A simple vendor, described by the same settings: 8x8 Connect's SMS API.
EIGHT_BY_EIGHT = HttpGateway(
    name="eight-by-eight",
    sender=SENDER,
    submission=GatewayRequest(
        url="https://sms.us.8x8.com/api/v1/subaccounts/clinic_hq/messages",
        fields={
            "destination": TextPart.TO,
            "source": TextPart.SENDER,
            "text": TextPart.BODY,
            "clientMessageId": TextPart.REFERENCE,
            "scheduled": TextPart.SEND_AT,
            "dlrCallbackUrl": TextPart.CALLBACK_URL,
            "encoding": "AUTO",
        },
        auth=BearerAuth(token="canary-key"),
    ),
    outcome=GatewayAnswer(
        id="/umid",
        success=Equals(at="/status/state", value="queued"),
        code="/status/errorCode",
        said="/status/detail",
        categories={"15": Failure.INVALID_NUMBER, "19": Failure.SENDER_INVALID}
        | {"11": Failure.RATE_LIMITED, "13": Failure.BLOCKED_NUMBER, "36": Failure.EXPIRED},
    ),
    callbacks=GatewayCallbacks(
        inbound=InboundFields(
            id="/payload/umid",
            sender="/payload/source",
            to="/payload/destination",
            body="/payload/body",
            sent_at="/payload/receivedAt",
            when=Equals(at="/eventType", value="inbound_message_received"),
        ),
        status=StatusFields(
            id="/payload/umid",
            status="/payload/status/state",
            code="/payload/status/errorCode",
            states={
                "queued": None,
                "sent": State.SENT,
                "delivered": State.DELIVERED,
                "undelivered": State.UNDELIVERED,
                "rejected": State.FAILED,
                "failed": State.FAILED,
            },
            when=Equals(at="/eventType", value="outbound_message_status_changed"),
        ),
    ),
    proof=HeaderToken(header="X-Clinic-Token", tokens=["canary-header"]),
    status_callback=URL,
    abilities=Capabilities(
        max_characters=1000,
        schedule=(timedelta(0), timedelta(days=7)),
        answers_keywords=False,
        notes="No signature covers what it posts.",
    ),
)


class TestHttpGatewayAs8x8Contract(ProviderContract):
    """8x8's wire format, told by settings alone."""

    secrets = ("canary-key", "canary-header")
    reference = "m-1"

    def make_provider(self) -> Provider:
        return EIGHT_BY_EIGHT

    def accepted(self) -> tuple[HttpReply, str]:
        body = {"umid": "u-1", "destination": PATIENT, "status": {"state": "queued"}}
        return HttpReply(status=200, body=json.dumps(body).encode()), "u-1"

    def refused(self) -> HttpReply:
        told = {"state": "rejected", "errorCode": 15, "detail": f"no such number '{PATIENT}'"}
        return HttpReply(status=200, body=json.dumps({"umid": "u-1", "status": told}).encode())

    def patient_texts(self, body: str) -> WebhookRequest:
        payload = {"umid": "u-2", "source": PATIENT, "destination": SENDER, "body": body}
        return self._posted("inbound_message_received", payload)

    def delivered(self) -> tuple[WebhookRequest, str]:
        payload = {"umid": "u-1", "status": {"state": "delivered"}}
        return self._posted("outbound_message_status_changed", payload, "?ref=m-1"), "u-1"

    def undelivered(self) -> WebhookRequest:
        told = {"state": "undelivered", "errorCode": 13, "errorMessage": f"{PATIENT} is barred"}
        payload = {"umid": "u-1", "status": told}
        return self._posted("outbound_message_status_changed", payload)

    def _posted(self, kind: str, payload: dict[str, Any], query: str = "") -> WebhookRequest:
        content = {"namespace": "SMS", "eventType": kind, "payload": payload}
        return WebhookRequest(
            method="POST",
            url=URL + query,
            headers={"X-Clinic-Token": "canary-header", "Content-Type": "application/json"},
            body=json.dumps(content).encode(),
        )


def test_8x8_on_the_wire() -> None:
    """The request is the one that 8x8 documents."""
    request = EIGHT_BY_EIGHT.request(TEXT, at=NOW)

    assert (request.method, urlsplit(request.url).path) == (
        "POST",
        "/api/v1/subaccounts/clinic_hq/messages",
    )
    assert dict(request.headers) == {
        "content-type": "application/json",
        "authorization": "Bearer canary-key",
    }
    assert json.loads(request.body) == {
        "destination": PATIENT,
        "source": SENDER,
        "text": TEXT.body,
        "clientMessageId": "m1",
        "dlrCallbackUrl": f"{URL}?ref=m1",
        "encoding": "AUTO",
    }


# Requests


def changed(**changes: Any) -> GatewayRequest:
    return evolve(SUBMISSION, **changes)


def sent(provider: HttpGateway, **changes: Any) -> HttpRequest:
    return provider.request(evolve(TEXT, **changes), at=NOW)


def test_json() -> None:
    """Fields stand where their pointers say; what the text lacks is left out."""
    assert json.loads(sent(gateway()).body) == {
        "to": [PATIENT],
        "from": SENDER,
        "text": TEXT.body,
        "options": {"ref": "m1"},
        "unicode": True,
    }
    with_callback = json.loads(sent(gateway(status_callback=URL)).body)
    assert with_callback["options"] == {"ref": "m1", "callback": f"{URL}?ref=m1"}


RICH = Capabilities(
    max_characters=1600,
    max_media=2,
    schedule=(timedelta(0), timedelta(days=1)),
    validity=(timedelta(seconds=60), timedelta(hours=1)),
)
FLAT = {
    "to": TextPart.TO,
    "text": TextPart.BODY,
    "pic": TextPart.MEDIA,
    "at": TextPart.SEND_AT,
    "ttl": TextPart.VALID_FOR,
    "flash": False,
    "n": 0,
}


@pytest.mark.parametrize("encoding", ["form", "query"])
def test_form_and_query(encoding: str) -> None:
    """The same fields as a form or in the URL; several pictures are several fields."""
    provider = gateway(submission=changed(fields=FLAT, encoding=encoding), abilities=RICH)
    request = sent(
        provider,
        media=("https://a.example/1", "https://a.example/2"),
        send_at=NOW + timedelta(hours=2),
        valid_for=timedelta(days=3),
    )
    told = request.body.decode() if encoding == "form" else urlsplit(request.url).query

    assert parse_qsl(told) == [
        ("to", PATIENT),
        ("text", TEXT.body),
        ("pic", "https://a.example/1"),
        ("pic", "https://a.example/2"),
        ("at", "2026-11-30T18:00:00Z"),
        ("ttl", "3600"),
        ("flash", "false"),
        ("n", "0"),
    ]
    assert (request.body == b"") == (encoding == "query")
    kind = dict(request.headers).get("content-type")
    assert kind == ("application/x-www-form-urlencoded" if encoding == "form" else None)


def test_query_of_its_own() -> None:
    """A URL that has parameters keeps them."""
    url = "https://sms.acme.example/send?account=7"
    provider = gateway(submission=changed(url=url, encoding="query", auth=None))

    assert sent(provider).url.startswith(f"{url}&%2Fto%2F0=%2B12175550134&")


@pytest.mark.parametrize(
    ("form", "to"), [("+", PATIENT), ("", PATIENT[1:]), ("00", f"00{PATIENT[1:]}")]
)
def test_number_forms(form: str, to: str) -> None:
    """Numbers are written as the gateway wants them."""
    provider = gateway(submission=changed(numbers=form))

    assert json.loads(sent(provider).body)["to"] == [to]
    assert NumberForm(form) is provider.submission.numbers


def test_credentials() -> None:
    """Each way to carry them is the standard one."""
    body = sent(gateway(submission=changed(auth=None)))
    digest = hmac.new(b"canary", body.body, hashlib.sha256).hexdigest()
    wanted: list[tuple[Any, tuple[str, str]]] = [
        (
            BasicAuth(user="u", password="p:canary"),
            ("authorization", "Basic " + base64.b64encode(b"u:p:canary").decode()),
        ),
        (BearerAuth(token="canary"), ("authorization", "Bearer canary")),
        (HeaderKey(header="X-Key", key="canary"), ("x-key", "canary")),
        (
            HeaderKey(header="Authorization", key="canary", prefix="App "),
            ("authorization", "App canary"),
        ),
        (
            HmacAuth(header="X-Sig", secret="canary", prefix="sha256="),
            ("x-sig", f"sha256={digest}"),
        ),
    ]
    for auth, header in wanted:
        provider = gateway(submission=changed(auth=auth))
        assert header in sent(provider).headers
        assert "canary" not in repr(provider) + repr(sent(provider))
    in_query = gateway(submission=changed(auth=QueryKey(parameter="key", key="canary&x")))
    assert sent(in_query).url == f"{SUBMISSION.url}?key=canary%26x"
    assert "canary" not in repr(in_query) + repr(sent(in_query))


def test_idempotency() -> None:
    """A gateway that processes a reference once gets it in its header."""
    once = Capabilities(max_characters=9, repeat_within=timedelta(days=1))
    provider = gateway(submission=changed(idempotency_header="Idempotency-Key"))

    assert ("idempotency-key", "m1") in sent(provider).headers
    assert gateway(submission=provider.submission, abilities=once).capabilities.repeat_within
    with pytest.raises(InvalidInput, match="pass idempotency_header"):
        gateway(abilities=once)


@pytest.mark.parametrize("ability", ["max_media", "schedule", "validity"])
def test_abilities_need_fields(ability: str) -> None:
    """A gateway is not said to do what no field could ask it for."""
    with pytest.raises(InvalidInput, match=ability):
        gateway(
            abilities=Capabilities(max_characters=9, **{ability: getattr(RICH, ability)}),
        )


def test_what_it_cannot_do() -> None:
    """What was not described raises before anything is sent."""
    with pytest.raises(Unsupported, match="no media"):
        sent(gateway(), media=("https://a.example/1",))


@pytest.mark.parametrize(
    ("base", "simulated"), [("", False), ("http://127.0.0.1:7", True), ("https://b.example", False)]
)
@pytest.mark.parametrize("real", [SUBMISSION.url, "http://localhost:13013/cgi-bin/sendsms?a=b"])
def test_only_base_url_makes_a_simulation(base: str, simulated: bool, real: str) -> None:  # noqa: FBT001
    """A real gateway may run on this machine: that alone lets nothing out without an agreement."""
    provider = gateway(base_url=base, submission=changed(url=real))

    assert (provider.simulated, provider.may_carry_phi) == (simulated, simulated)
    assert gateway(baa_signed_on=date(2026, 1, 5)).may_carry_phi
    expected = urlsplit(real)
    got = urlsplit(sent(provider).url)
    assert (got.path, got.query) == (expected.path, expected.query)
    assert got.netloc == (urlsplit(base).netloc or expected.netloc)


# Answers

ANSWERS = [
    (202, {"status": "queued", "message": {"id": "x"}}, {}, Certainty.ACCEPTED, None, None),
    (200, {"status": "queued", "message": {"id": 17}}, {}, Certainty.ACCEPTED, None, None),
    (200, {"status": "queued"}, {}, Certainty.ACCEPTED, None, None),
    (200, {"message": {"id": "x"}}, {}, Certainty.AMBIGUOUS, Failure.UNKNOWN, None),
    (204, {"status": "queued"}, {}, Certainty.AMBIGUOUS, Failure.UNKNOWN, None),
    (302, {"status": "queued"}, {}, Certainty.AMBIGUOUS, Failure.UNKNOWN, None),
    (200, {"status": "no"}, {}, Certainty.REFUSED, Failure.UNKNOWN, None),
    (200, {"error": {"code": 7}}, {}, Certainty.REFUSED, Failure.OPTED_OUT, None),
    (200, {"error": {"code": 8}}, {}, Certainty.AMBIGUOUS, Failure.PROVIDER_FAULT, None),
    (400, {}, {}, Certainty.REFUSED, Failure.CONTENT_INVALID, None),
    (400, {"error": {"code": "9"}}, {}, Certainty.REFUSED, Failure.INVALID_NUMBER, None),
    (401, {}, {}, Certainty.REFUSED, Failure.AUTH, None),
    (402, {}, {}, Certainty.REFUSED, Failure.INSUFFICIENT_FUNDS, None),
    (403, {}, {}, Certainty.REFUSED, Failure.AUTH, None),
    (404, {}, {}, Certainty.REFUSED, Failure.CONTENT_INVALID, None),
    (408, {}, {}, Certainty.AMBIGUOUS, Failure.PROVIDER_FAULT, None),
    (409, {}, {}, Certainty.AMBIGUOUS, Failure.DUPLICATE, None),
    (413, {}, {}, Certainty.REFUSED, Failure.CONTENT_INVALID, None),
    (418, {}, {}, Certainty.REFUSED, Failure.UNKNOWN, None),
    (422, {}, {}, Certainty.REFUSED, Failure.CONTENT_INVALID, None),
    (425, {}, {}, Certainty.AMBIGUOUS, Failure.PROVIDER_FAULT, None),
    (429, {}, {"Retry-After": "9"}, Certainty.REFUSED, Failure.RATE_LIMITED, 9),
    (429, {}, {"X-Wait": "4"}, Certainty.REFUSED, Failure.RATE_LIMITED, 4),
    (500, {"status": "queued"}, {}, Certainty.AMBIGUOUS, Failure.PROVIDER_FAULT, None),
    (503, {}, {"Retry-After": "9"}, Certainty.AMBIGUOUS, Failure.PROVIDER_FAULT, 9),
]  # fmt: skip


@pytest.mark.parametrize("case", ANSWERS)
def test_answers(case: tuple[Any, ...]) -> None:
    """Status and body together say whether a text was taken; a doubt stays a doubt."""
    status, content, headers, certainty, category, after = case
    reply = HttpReply(status=status, headers=headers, body=json.dumps(content).encode())
    attempt = gateway().response(reply)

    assert attempt.certainty is certainty
    assert (attempt.problem.category if attempt.problem else None) is category
    assert attempt.retry_after == after


def test_id_in_a_header() -> None:
    """An id may stand in a header, and is then what shows acceptance."""
    provider = gateway(outcome=GatewayAnswer(id_header="X-Id"))

    taken = provider.response(HttpReply(status=200, headers={"x-id": "out-1"}))
    assert (taken.certainty, taken.provider_id) == (Certainty.ACCEPTED, "out-1")
    assert provider.response(HttpReply(status=200)).certainty is Certainty.AMBIGUOUS


def test_acceptance_has_to_show() -> None:
    """An error page with status 200 must not be taken for acceptance."""
    with pytest.raises(InvalidInput, match="pass id, id_header or success"):
        GatewayAnswer(code="/code")


# Callbacks


def parsed(content: object, **changes: Any) -> list[Any]:
    provider = gateway(**changes)
    return list(provider.parse(provider.verify(signed(content), at=NOW, certificates={})))


def test_inbound() -> None:
    """A patient's text, with all that was described."""
    (event,) = parsed(
        INBOUND | {"media": ["https://media.acme.example/1", 7], "at": "2026-11-30T15:59:00Z"}
    )

    assert event == InboundText(
        key="in-1",
        provider_id="in-1",
        sender=PhoneNumber(PATIENT),
        to=PhoneNumber(SENDER),
        body="STOP",
        media=("https://media.acme.example/1",),
        sent_at=datetime(2026, 11, 30, 15, 59, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("number", "ours"),
    [
        (SENDER[1:], True),
        (SENDER[2:], True),
        (f"({SENDER[2:5]}) {SENDER[5:8]}-{SENDER[8:]}", True),
        (f"0{SENDER[2:]}", True),
        (PATIENT[2:], False),
        (SENDER[5:], False),
        ("", False),
    ],
)
def test_our_number_in_callbacks(number: str, ours: bool) -> None:  # noqa: FBT001
    """Ours is known in the national form too: read otherwise it would be somebody else's."""
    (event,) = parsed(INBOUND | {"to": number})

    assert (event.to == PhoneNumber(SENDER)) is ours


@pytest.mark.parametrize("number", [PATIENT, PATIENT[1:], f"00{PATIENT[1:]}", int(PATIENT[1:])])
def test_numbers_in_callbacks(number: object) -> None:
    """However the gateway writes numbers, they are known."""
    (event,) = parsed(INBOUND | {"from": number, "media": "https://media.acme.example/1"})

    assert event.sender == PhoneNumber(PATIENT)
    assert event.media == ("https://media.acme.example/1",)


def test_text_without_an_id() -> None:
    """Such a text is not lost: the same callback is the same text, another one is another."""
    first, again, other = (
        parsed(INBOUND | {"id": None, "text": text})[0].key for text in ("STOP", "STOP", "START")
    )

    assert first == again != other


@pytest.mark.parametrize(
    ("word", "state"),
    [("SENT", State.SENT), ("done", State.DELIVERED), ("Wait", None), ("lost", None), (7, None)],
)
def test_states(word: object, state: State | None) -> None:
    """The described words are known in any case; another one means nothing new."""
    (event,) = parsed(DELIVERED | {"state": word})

    assert event == StatusUpdate(
        key=f"out-1/{word}",
        provider_id="out-1",
        reference="m1",
        state=state,
        recipient=PhoneNumber(PATIENT),
    )


@pytest.mark.parametrize(
    ("code", "category"),
    [(7, Failure.OPTED_OUT), ("99", Failure.UNKNOWN), (0, None), ("", None), (None, None)],
)
def test_codes(code: object, category: Failure | None) -> None:
    """Why a text was not delivered; 0 and nothing are no reason."""
    (event,) = parsed(DELIVERED | {"state": "dead", "error": code})

    assert (event.problem.category if event.problem else None) is category


def test_several_events() -> None:
    """One callback may bring a list; what is neither text nor news is passed over."""
    where = evolve(CALLBACKS, events="/events")
    content = {"events": [INBOUND, DELIVERED, {"type": "other"}, 7, {"state": "done"}]}

    assert [type(event) for event in parsed(content, callbacks=where)] == [
        InboundText,
        StatusUpdate,
    ]


def test_nothing_described() -> None:
    """Without a description nothing is read."""
    assert parsed(INBOUND, callbacks=GatewayCallbacks()) == []
    assert not gateway(callbacks=GatewayCallbacks()).capabilities.inbound


def test_reference_in_the_address() -> None:
    """Where the callback does not carry it, our reference comes with the address."""
    provider = gateway()
    content = {name: value for name, value in DELIVERED.items() if name not in {"ref", "id"}}
    (event,) = provider.parse(sealed("gateway", content, {"ref": "m-9"}))

    assert isinstance(event, StatusUpdate)
    assert (event.reference, event.key) == ("m-9", "m-9/Done")


def test_answer() -> None:
    """Callbacks are answered as described."""
    provider = gateway(callbacks=evolve(CALLBACKS, answer=b"ACK", answer_status=202))
    reply = provider.answer(sealed("gateway", {}, {}))

    assert (reply.status, reply.body) == (202, b"ACK")


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("https://media.acme.example/1", True),
        ("https://media.acme.example.evil.example/1", False),
        ("https://media.acme.example@evil.example/1", False),
        ("http://media.acme.example/1", False),
        ("https://media.acme.example", False),
        ("https://media.acme.example/\r\nx", False),
        ("https://media.acme.example/é", False),
        (SUBMISSION.url, False),
    ],
)
def test_media(url: str, own: bool) -> None:  # noqa: FBT001
    """Pictures are fetched from the named origins, with the credentials."""
    request = gateway().media_request(url, at=NOW)

    assert (request is not None) is own
    if request is not None:
        assert ("authorization", "Bearer canary-token") in request.headers
        bare = gateway(submission=changed(auth=None)).media_request(url, at=NOW)
        assert bare == HttpRequest(method="GET", url=url)


# Who is believed


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: row["id"])
def test_signature_vectors(row: dict[str, Any]) -> None:
    """Each recorded callback is believed or refused as it should be."""
    provider = gateway(
        proof=StandardWebhooks(
            secrets=[row["secret"]], tolerance=timedelta(seconds=row["options"]["max_age_s"])
        )
    )
    request, at = vector_request(row), vector_time(row)

    if row["expect"]:
        webhook = provider.verify(request, at=at, certificates={})
        assert webhook.authenticated
    else:
        with pytest.raises(InvalidSignature):
            provider.verify(request, at=at, certificates={})


COVERED = ("webhook-id", "webhook-timestamp", "webhook-signature")


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.endurance)])
def test_flipped_bits(count: int, flips: Flips) -> None:
    """No single changed bit of the body, the id, the time or the signature is believed."""
    chance, refused = random.Random(20261130), 0
    while refused < count:
        row = chance.choice(GENUINE)
        genuine = vector_request(row)
        part = chance.choice(["body", *COVERED])
        headers = dict(genuine.headers)
        body = genuine.body
        if part == "body":
            body = flipped(body, chance)
        else:
            headers[part] = flipped(headers[part].encode(), chance).decode("latin-1")
        claimed = {e for e in headers["webhook-signature"].split() if e.startswith("v1,")}
        before = {e for e in (genuine.header("webhook-signature") or "").split() if e[:3] == "v1,"}
        if part == "webhook-signature" and claimed & before:
            continue  # one of several signatures is enough
        forged = evolve(genuine, headers=headers, body=body)
        provider = gateway(proof=StandardWebhooks(secrets=[row["secret"]]))
        with pytest.raises(WebhookRejected):
            provider.verify(forged, at=vector_time(row), certificates={})
        refused += 1
    flips("Standard-Webhooks", count)


def test_worked_examples() -> None:
    """The worked examples of the scheme."""
    key = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
    for stamp, message_id, body, signature in (
        ("1700000000", "msg_1", b'{"a":1}', "YOREwC5BRUvI4ezImQEgEteB7JbPr/Iy2YCZe049/5g="),
        ("1700000001", "msg_2", b"{}", "2GaWydPxOw/3FOlYe+y2CyyMiCOOse3X2xUaa8ELAes="),
    ):
        headers = {
            "webhook-id": message_id,
            "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{signature}",
        }
        request = WebhookRequest(method="POST", url=URL, headers=headers, body=body)
        at = datetime.fromtimestamp(1700000000, UTC)
        StandardWebhooks(secrets=[key]).check(request, at)
        StandardWebhooks(secrets=[SECRET, key.removeprefix("whsec_")]).check(request, at)


@pytest.mark.parametrize("header", COVERED)
def test_each_header_stands_once(header: str) -> None:
    """A second one leaves open which was signed."""
    genuine = signed(INBOUND)
    twice = (*genuine.headers, (header, genuine.header(header) or ""))

    with pytest.raises(InvalidSignature):
        gateway().verify(evolve(genuine, headers=twice), at=NOW, certificates={})


def test_nothing_set_believes_nobody() -> None:
    """Without a proof every callback is refused, whatever it brings."""
    with pytest.raises(InvalidSignature, match="no proof is set"):
        gateway(proof=None).verify(signed(INBOUND), at=NOW, certificates={})
    can = gateway(proof=None).capabilities
    assert (can.signature, can.body_authenticated) == (CallbackSignature.NONE, False)


def test_unsigned_shows() -> None:
    """Who chose to believe everybody sees so in the capabilities, and a START permits nothing."""
    provider = gateway(proof=Unsigned(reason="the gateway is on our own machine"))
    request = WebhookRequest(
        method="POST", url=URL, headers={"content-type": "application/json"},
        body=json.dumps(INBOUND).encode(),
    )  # fmt: skip
    (event,) = provider.parse(provider.verify(request, at=NOW, certificates={}))

    assert isinstance(event, InboundText)
    assert not event.authenticated
    assert provider.capabilities.signature is CallbackSignature.NONE
    assert not provider.capabilities.body_authenticated
    with pytest.raises(InvalidInput, match="reason"):
        Unsigned(reason="")


def posted(body: bytes = b'{"a": 1}', url: str = URL, **headers: str) -> WebhookRequest:
    named = {"content-type": "application/json"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    return WebhookRequest(method="POST", url=url, headers=named, body=body)


STAMP = str(int(NOW.timestamp()))


def digest(signed: bytes, secret: str = "s", name: str = "sha256") -> bytes:
    return hmac.new(secret.encode(), signed, name).digest()


HASHES: list[tuple[dict[str, Any], WebhookRequest]] = [
    ({}, posted(x_sig=digest(b'{"a": 1}').hex())),
    ({"prefix": "sha256="}, posted(x_sig="sha256=" + digest(b'{"a": 1}').hex())),
    (
        {"digest": "sha512", "encoding": "base64"},
        posted(x_sig=base64.b64encode(digest(b'{"a": 1}', name="sha512")).decode()),
    ),
    ({"digest": "sha1"}, posted(x_sig=digest(b'{"a": 1}', name="sha1").hex())),
    ({"secrets": ["new", "s"]}, posted(x_sig=digest(b'{"a": 1}').hex())),
    (
        {"template": "{timestamp}.{body}", "timestamp_header": "X-Time"},
        posted(x_sig=digest(f'{STAMP}.{{"a": 1}}'.encode()).hex(), x_time=STAMP),
    ),
    (
        {"template": "{method} {path}|{url}|{nonce}\n{body}", "nonce_header": "X-Nonce"},
        posted(x_sig=digest(f'POST /texts|{URL}|{{n}}\n{{"a": 1}}'.encode()).hex(), x_nonce="{n}"),
    ),
]


@pytest.mark.parametrize(("changes", "genuine"), HASHES)
def test_hash_in_a_header(changes: dict[str, Any], genuine: WebhookRequest) -> None:
    """Each template's callback is believed, and none in which something covered changed."""
    proof = HmacSignature(**({"header": "X-Sig", "secrets": ["s"]} | changes))
    provider = gateway(proof=proof)
    webhook = provider.verify(genuine, at=NOW, certificates={})

    assert webhook.authenticated
    changed_ones = [evolve(genuine, body=b'{"a": 2}'), evolve(genuine, headers=())]
    changed_ones += [
        evolve(genuine, headers=tuple(h for h in genuine.headers if h[0] != name))
        for name, _ in genuine.headers
        if name != "content-type"
    ]
    changed_ones += [evolve(genuine, headers=genuine.headers * 2)]
    if proof.covers_url:
        changed_ones.append(evolve(genuine, url=URL + "?a=b"))
    for forged in changed_ones:
        with pytest.raises(InvalidSignature):
            proof.check(forged, NOW)
    if proof.covers_time:
        with pytest.raises(InvalidSignature):
            proof.check(genuine, NOW + timedelta(seconds=301))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"template": "{timestamp}", "timestamp_header": "X"}, "no {body}"),
        ({"template": "{timestamp}{body}"}, "timestamp_header go together"),
        ({"timestamp_header": "X"}, "timestamp_header go together"),
        ({"template": "{nonce}{body}"}, "nonce_header go together"),
        ({"secrets": []}, "nothing could be checked"),
        ({"secrets": [""]}, "everybody could sign"),
    ],
)
def test_hashes_that_prove_too_little(changes: dict[str, Any], words: str) -> None:
    """A description under which forging would be easy, or checking impossible, is refused."""
    with pytest.raises(InvalidInput, match=words.replace("{", r"\{")):
        HmacSignature(**({"header": "X-Sig", "secrets": ["s"]} | changes))


@pytest.mark.parametrize("changes", [{"digest": "md5"}, {"encoding": "rot13"}])
def test_hashes_that_are_none(changes: dict[str, Any]) -> None:
    """Only what is known can be named."""
    with pytest.raises(ValueError, match="must be in"):
        HmacSignature(header="X-Sig", secrets=["s"], **changes)


def test_hash_without_the_body() -> None:
    """Who insists gets it, and what a callback says is then not taken for proved."""
    proof = HmacSignature(header="X-Sig", secrets=["s"], template="{url}", without_body=True)
    request = posted(json.dumps(INBOUND).encode(), x_sig=digest(URL.encode()).hex(),
                     content_type="application/json")  # fmt: skip
    webhook = gateway(proof=proof).verify(request, at=NOW, certificates={})

    assert not webhook.authenticated
    assert not gateway(proof=proof).capabilities.body_authenticated
    # Without a body, what the callback says stands in the URL.
    asked = f"{URL}?{urlencode(INBOUND)}"
    get = WebhookRequest(method="GET", url=asked, headers={"X-Sig": digest(asked.encode()).hex()})
    by_url = gateway(proof=proof).verify(get, at=NOW, certificates={})
    assert (by_url.authenticated, by_url.content["text"]) == (True, "STOP")


def test_query_under_a_body_signature() -> None:
    """A signature of the body proves nothing of what the URL says."""
    genuine = signed(INBOUND)
    empty = f"msg_1.{STAMP}.".encode()
    raw = base64.b64decode(SECRET.removeprefix("whsec_"))
    signature = base64.b64encode(hmac.digest(raw, empty, "sha256")).decode()
    headers = dict(genuine.headers) | {"webhook-signature": f"v1,{signature}"}
    request = WebhookRequest(method="GET", url=f"{URL}?{urlencode(INBOUND)}", headers=headers)

    (event,) = gateway().parse(gateway().verify(request, at=NOW, certificates={}))
    assert isinstance(event, InboundText)
    assert not event.authenticated


def test_url_that_is_none() -> None:
    """A path cannot be taken from what is no URL."""
    proof = HmacSignature(header="X-Sig", secrets=["s"], template="{path}{body}")
    with pytest.raises(WebhookRejected, match="not a URL"):
        proof.check(posted(url="http://[x", x_sig="0"), NOW)


PASSWORDS: list[tuple[CallbackProof, WebhookRequest]] = [
    (
        BasicProof(credentials=["u:p", "u:old"]),
        posted(authorization="Basic " + base64.b64encode(b"u:old").decode()),
    ),
    (UrlToken(tokens=["new", "old"]), posted(url=f"{URL}?token=old")),
    (UrlToken(tokens=["a b"], parameter="k"), posted(url=f"{URL}?k={quote('a b')}")),
    (HeaderToken(header="X-Token", tokens=["new", "old"]), posted(x_token="old")),
]


@pytest.mark.parametrize(("proof", "genuine"), PASSWORDS)
def test_passwords(proof: CallbackProof, genuine: WebhookRequest) -> None:
    """They prove the caller, and nothing of what is said."""
    proof.check(genuine, NOW)
    assert not hasattr(proof, "__dict__")  # nothing but what was given fits in
    assert (proof.covers_body, proof.covers_url, proof.covers_time) == (False, False, False)
    can = gateway(proof=proof).capabilities
    assert (can.signature, can.body_authenticated) == (proof.signature, False)
    for forged in (
        posted(),
        evolve(genuine, headers=genuine.headers * 2, url=genuine.url.replace("?", "?token=x&k=x&")),
    ):
        with pytest.raises(InvalidSignature):
            proof.check(forged, NOW)


@pytest.mark.parametrize(
    ("proof", "secrets"),
    [
        (None, ()),
        (Unsigned(reason="the gateway has nothing"), ()),
        *((each, getattr(each, "credentials", ()) or each.tokens) for each, _ in PASSWORDS),  # type: ignore[attr-defined]
        (HmacSignature(header="X-Sig", secrets=["new", "old"]), ("new", "old")),
        (JwtProof(secrets=["new", "old"], body_hash_claim="h"), ("new", "old")),
        (StandardWebhooks(secrets=["whsec_bmV3", "b2xk"]), ("bmV3", "b2xk")),
    ],
)
def test_what_proves_callbacks(proof: CallbackProof | None, secrets: tuple[str, ...]) -> None:
    """Two gateways with one of these are of one account; what proves nothing is nobody's."""
    assert gateway(proof=proof).callback_proofs == secrets


def jwt(claims: dict[str, Any], key: str = "s", name: str = "HS256") -> str:
    def part(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).decode().rstrip("=")

    text = f"{part(json.dumps({'alg': name}).encode())}.{part(json.dumps(claims).encode())}"
    return f"{text}.{part(digest(text.encode(), key, 'sha' + name[2:]))}"


BODY = b'{"a": 1}'
HASH = hashlib.sha256(BODY).hexdigest()
FRESH = int(NOW.timestamp())


@pytest.mark.parametrize(
    ("claims", "believed"),
    [
        ({"iat": FRESH, "hash": HASH}, True),
        ({"iat": FRESH, "hash": HASH.upper()}, True),
        ({"exp": FRESH + 1, "hash": HASH}, True),
        ({"exp": FRESH, "hash": HASH}, False),
        ({"exp": None, "hash": HASH}, False),
        ({"exp": "2100", "hash": HASH}, False),
        ({"iat": FRESH - 301, "hash": HASH}, False),
        ({"iat": FRESH + 301, "hash": HASH}, False),
        ({"iat": FRESH - 9999, "exp": FRESH + 9, "hash": HASH}, True),
        ({"hash": HASH}, False),
        ({"iat": FRESH}, False),
        ({"iat": FRESH, "hash": HASH[:-1]}, False),
        ({"iat": FRESH, "hash": None}, False),
        ({"iat": FRESH, "hash": "\ud800"}, False),
    ],
)
@pytest.mark.parametrize("scheme", ["", "Bearer ", "bearer "])
def test_token_with_a_body_hash(claims: dict[str, Any], believed: bool, scheme: str) -> None:  # noqa: FBT001
    """A token counts for its body and its time only."""
    proof = JwtProof(secrets=["new", "s"], body_hash_claim="hash")
    request = posted(BODY, authorization=scheme + jwt(claims))

    assert (proof.covers_body, proof.covers_url, proof.covers_time) == (True, False, True)
    if believed:
        proof.check(request, NOW)
        other = evolve(request, body=b'{"a": 2}')
        with pytest.raises(InvalidSignature):
            proof.check(other, NOW)
    else:
        with pytest.raises(InvalidSignature):
            proof.check(request, NOW)


def test_tokens_of_another_kind() -> None:
    """Another algorithm, scheme or key is refused; without a body hash nothing is covered."""
    proof = JwtProof(secrets=["s"], body_hash_claim="", header="X-Jwt")
    claims = {"iat": FRESH}

    proof.check(posted(x_jwt=jwt(claims)), NOW)
    assert not proof.covers_body
    for value in (jwt(claims, name="HS512"), f"Basic {jwt(claims)}", jwt(claims, "x"), "", "a.b.c"):
        with pytest.raises(InvalidSignature):
            proof.check(posted(x_jwt=value), NOW)
    for algorithms in ((), ("none",), ("RS256",)):
        with pytest.raises(ValueError, match=r"must be in|are empty"):
            JwtProof(secrets=["s"], body_hash_claim="", algorithms=algorithms)


@pytest.mark.parametrize("values", [[], ["whsec_"], ["whsec_*"], [""], "whsec_AAEC"])
def test_standard_secrets_that_are_none(values: Any) -> None:
    """A secret that nobody could sign with, or everybody, is refused."""
    with pytest.raises(InvalidInput):
        StandardWebhooks(secrets=values)


def test_forms_and_other_bodies() -> None:
    """A body may be a form; what is neither JSON nor a form is refused after the check."""
    proof = HeaderToken(header="X-Token", tokens=["t"])
    form = posted(urlencode(INBOUND).encode(), x_token="t",
                  content_type="application/x-www-form-urlencoded")  # fmt: skip
    provider = gateway(proof=proof)

    (event,) = provider.parse(provider.verify(form, at=NOW, certificates={}))
    assert isinstance(event, InboundText)
    assert event.body == "STOP"
    with pytest.raises(WebhookRejected):
        provider.verify(
            posted(b"<xml/>", x_token="t", content_type="text/xml"), at=NOW, certificates={}
        )


def test_capabilities_are_this_gateways() -> None:
    """What can be told from the description is; the rest is what its operator says."""
    said = Capabilities(max_characters=70, baa=Baa.OFFERED, notes="Ours.")
    can = gateway(abilities=said).capabilities

    assert (can.max_characters, can.baa, can.notes) == (70, Baa.OFFERED, "Ours.")
    assert can.status_callbacks is CallbackPlace.EACH_TEXT
    assert (can.signature, can.body_authenticated, can.time_authenticated) == (
        CallbackSignature.HMAC,
        True,
        True,
    )
    bare = gateway(submission=changed(fields={"a": TextPart.TO, "b": TextPart.BODY})).capabilities
    assert bare.status_callbacks is CallbackPlace.ACCOUNT
    assert (bare.answers_keywords, bare.opt_out_list, bare.baa) == (
        False,
        frozenset(),
        Baa.UNCONFIRMED,
    )


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: changed(fields={"to": TextPart.TO}), "body in exactly one place"),
        (lambda: changed(fields={"b": TextPart.BODY}), "to in exactly one place"),
        (
            lambda: changed(fields={"a": TextPart.TO, "b": TextPart.TO, "c": TextPart.BODY}),
            "to in exactly one place",
        ),
        (lambda: changed(url="acme"), "web address"),
        (lambda: changed(url=""), "empty"),
        (lambda: changed(method="post"), "POST"),
        (lambda: changed(idempotency_header="a b"), "name of a header"),
        (lambda: GatewayAnswer(id="id"), "JSON pointer"),
        (lambda: GatewayAnswer(id="/a~2"), "JSON pointer"),
        (lambda: BasicAuth(user="a:b", password="c"), "colon"),
        (lambda: BearerAuth(token=" "), "empty"),
        (lambda: HeaderKey(header="a:b", key="c"), "name of a header"),
        (lambda: gateway(name="Our gateway"), "small letters"),
    ],
)
def test_descriptions_that_cannot_be_right(make: Any, words: str) -> None:
    """A slip in the description is told at once, not with the first patient."""
    with pytest.raises(InvalidInput, match=words):
        make()


@pytest.mark.parametrize("kind", ["encoding", "numbers"])
def test_kinds_that_are_none(kind: str) -> None:
    """Only what is known can be named."""
    with pytest.raises(ValueError, match="is not a valid"):
        changed(**{kind: "xml"})


# JSON pointers

DOCUMENT = {
    "foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, 'k"l': 6,
    " ": 7, "m~n": 8,
}  # fmt: skip


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("", DOCUMENT),
        ("/foo", ["bar", "baz"]),
        ("/foo/0", "bar"),
        ("/", 0),
        ("/a~1b", 1),
        ("/c%d", 2),
        ("/e^f", 3),
        ("/g|h", 4),
        ("/i\\j", 5),
        ('/k"l', 6),
        ("/ ", 7),
        ("/m~0n", 8),
        ("/foo/2", None),
        ("/foo/00", None),
        ("/foo/-", None),
        ("/foo/-1", None),
        ("/foo/٠", None),
        ("/foo/9999999999999", None),
        ("/foo/bar", None),
        ("/nothing/at/all", None),
        ("/a~1b/0", None),
    ],
)
def test_pointers(pointer: str, value: object) -> None:
    """The examples of RFC 6901, section 5, and places where nothing stands."""
    assert found_at(DOCUMENT, pointer) == value


NAMES = st.lists(st.text(max_size=4).filter(lambda name: name != "0"), min_size=1, max_size=4)


@given(NAMES, st.integers())
def test_what_is_placed_is_found(names: list[str], value: int) -> None:
    """A value stands where it was put, whatever the names on the way."""
    pointer = "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in names)
    document: dict[str, Any] = {}
    placed_at(document, pointer, value)

    assert found_at(document, pointer) == value


def test_places_in_lists() -> None:
    """``0`` on the way makes a list of one, which later fields share."""
    document: dict[str, Any] = {}
    placed_at(document, "/messages/0/to", "a")
    placed_at(document, "/messages/0/text", "b")
    placed_at(document, "/tags/0", "c")

    assert document == {"messages": [{"to": "a", "text": "b"}], "tags": ["c"]}


def test_without_ids_each_stop_counts(
    make_messenger: Callable[..., Messenger], clock: MovableClock
) -> None:
    """A gateway that gives no ids: STOP after START stops again; START is not done twice."""
    messenger = make_messenger(provider=gateway(base_url="http://127.0.0.1:9"))
    agree(messenger)

    def writes(body: str) -> bool:
        clock.advance(timedelta(seconds=1))
        content = {name: value for name, value in INBOUND.items() if name != "id"}
        messenger.receive(signed(content | {"text": body}, at=clock()), provider="gateway")
        return messenger.consent.state(PATIENT, person=PERSON).revoked_at is not None

    assert [writes(body) for body in ("STOP", "START", "STOP", "START")] == [
        True, False, True, True,
    ]  # fmt: skip
