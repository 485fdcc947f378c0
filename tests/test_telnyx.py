"""The Telnyx adapter: signatures, requests, answers, callbacks and the list of opt-outs."""

from __future__ import annotations

import base64
import builtins
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from attrs import evolve
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms import PhoneNumber
from compliant_sms.errors import (
    InvalidInput,
    InvalidSignature,
    MissingExtra,
    Unsupported,
    WebhookRejected,
)
from compliant_sms.lifecycle import State
from compliant_sms.providers import (
    Attempt,
    Certainty,
    Failure,
    InboundText,
    OutboundText,
    ProviderKeyword,
    StatusUpdate,
    Telnyx,
    VerifiedWebhook,
    sealed,
)
from compliant_sms.testing import ProviderContract
from compliant_sms.wire import HttpReply, WebhookRequest
from conftest import PATIENT, SENDER
from figures import Flips
from signature_vectors import flipped, signature_vectors, vector_request, vector_time

VECTORS = [row for row in signature_vectors() if row["provider"] == "telnyx"]
GENUINE = [row for row in VECTORS if row["expect"]]
URL = "https://clinic.example/texts"
NOW = datetime(2026, 11, 30, 16, tzinfo=UTC)
API_KEY = "KEY-that-opens-nothing"
PROFILE = "4000eba1-a0c0-4563-9925-b25e842a7cb6"
TEXT = OutboundText(to=PhoneNumber(PATIENT), body="See you at 2:30 & bring é 👍", reference="m1")


def signer(number: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)


def public(key: Ed25519PrivateKey) -> str:
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


KEY, OTHER_KEY = signer(1), signer(2)


def telnyx(**changes: Any) -> Telnyx:
    fields = {"api_key": API_KEY, "public_keys": (public(KEY),), "sender": SENDER}
    return Telnyx(**(fields | changes))


def signed(
    content: object, *, key: Ed25519PrivateKey = KEY, at: datetime = NOW, url: str = URL
) -> WebhookRequest:
    """A callback as Telnyx signs it."""
    body, stamp = json.dumps(content).encode(), str(int(at.timestamp()))
    signature = base64.b64encode(key.sign(f"{stamp}|".encode() + body)).decode()
    headers = {
        "Content-Type": "application/json",
        "Telnyx-Timestamp": stamp,
        "Telnyx-Signature-Ed25519": signature,
    }
    return WebhookRequest(method="POST", url=url, headers=headers, body=body)


def inbound(body: str = "Hello ", **changes: Any) -> dict[str, Any]:
    payload: dict[str, Any] = {
        "id": "in-1",
        "direction": "inbound",
        "from": {"phone_number": PATIENT, "carrier": "T-Mobile USA", "line_type": "Wireless"},
        "to": [{"phone_number": SENDER, "status": "webhook_delivered"}],
        "text": body,
        "media": [],
        "received_at": "2026-11-30T15:59:58.000+00:00",
        "autoresponse_type": None,
    }
    return event("message.received", payload | changes, id="event-1")


def status(word: str, **changes: Any) -> dict[str, Any]:
    payload: dict[str, Any] = {
        "id": "out-1",
        "direction": "outbound",
        "from": {"phone_number": SENDER},
        "to": [{"phone_number": PATIENT, "status": word}],
        "errors": [],
        "webhook_url": f"{URL}?a=b&ref=m%201",
    }
    return event("message.finalized", payload | changes, id="event-2")


def event(kind: str, payload: object, **changes: Any) -> dict[str, Any]:
    data = {"event_type": kind, "occurred_at": "2026-11-30T15:59:59Z", "payload": payload}
    return {"data": data | changes, "meta": {"attempt": 1}}


def parsed(content: object, **changes: Any) -> list[Any]:
    return list(telnyx(**changes).parse(sealed("telnyx", content, {})))


class TestTelnyxContract(ProviderContract):
    now = NOW
    secrets = (API_KEY,)

    def make_provider(self) -> Telnyx:
        return telnyx()

    def sender_answers(self) -> list[HttpReply]:
        return [HttpReply(status=200, body=b'{"assignmentStatus": "ASSIGNED"}')]

    def accepted(self) -> tuple[HttpReply, str]:
        data = {"record_type": "message", "id": "out-1", "to": [{"status": "queued"}]}
        return HttpReply(status=200, body=json.dumps({"data": data}).encode()), "out-1"

    def status_answer(self) -> HttpReply:
        shown = {"data": status("delivered")["data"]["payload"]}
        return HttpReply(status=200, body=json.dumps(shown).encode())

    def refused(self) -> HttpReply:
        said = f"The 'to' address {PATIENT} is invalid."
        error = {"code": "40310", "title": "Invalid 'to' address", "detail": said}
        return HttpReply(status=400, body=json.dumps({"errors": [error]}).encode())

    def patient_texts(self, body: str) -> WebhookRequest:
        return signed(inbound(body))

    def delivered(self) -> tuple[WebhookRequest, str]:
        return signed(status("delivered")), "out-1"

    def undelivered(self) -> WebhookRequest:
        told = status("delivery_failed", errors=[{"code": "40002", "title": f"To {PATIENT}"}])
        return signed(told | {"data": told["data"] | {"id": "event-3"}})

    def opted_out(self) -> HttpReply:
        return HttpReply(status=400, body=json.dumps(errors("40300")).encode())

    def opt_outs(self) -> HttpReply:
        stop = {"to": PATIENT, "from": SENDER, "keyword": "STOP", "created_at": NOW.isoformat()}
        pages = {"page_number": 1, "total_pages": 1}
        return HttpReply(status=200, body=json.dumps({"data": [stop], "meta": pages}).encode())


# Signatures


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: row["id"])
def test_signature_vectors(row: dict[str, Any]) -> None:
    """Each recorded callback is believed or refused as it should be."""
    provider, request = telnyx(public_keys=[row["public_key"]]), vector_request(row)

    if row["expect"]:
        webhook = provider.verify(request, at=vector_time(row))
        assert isinstance(webhook, VerifiedWebhook)
        assert webhook.authenticated
        assert len(provider.parse(webhook)) == 1
    else:
        with pytest.raises(InvalidSignature):
            provider.verify(request, at=vector_time(row))


def covered(request: WebhookRequest) -> dict[str, bytes]:
    return {
        "body": request.body,
        "stamp": (request.header("telnyx-timestamp") or "").encode(),
        "signature": (request.header("telnyx-signature-ed25519") or "").encode(),
    }


def forgeries(count: int) -> Iterator[tuple[dict[str, Any], WebhookRequest]]:
    """Genuine callbacks with one bit changed, so that they mean something else."""
    chance = random.Random(20261130)
    while count:
        row = chance.choice(GENUINE)
        parts = covered(vector_request(row))
        part = chance.choice(sorted(parts))
        changed = flipped(parts[part], chance)
        if part == "signature" and _same_base64(changed, parts[part]):
            continue  # the last character has bits that say nothing
        headers = {
            "content-type": "application/json",
            "telnyx-timestamp": (changed if part == "stamp" else parts["stamp"]).decode("latin-1"),
            "telnyx-signature-ed25519": (
                changed if part == "signature" else parts["signature"]
            ).decode("latin-1"),
        }
        body = changed if part == "body" else parts["body"]
        yield row, evolve(vector_request(row), headers=headers, body=body)
        count -= 1


def _same_base64(one: bytes, other: bytes) -> bool:
    try:
        return base64.b64decode(one, validate=True) == base64.b64decode(other, validate=True)
    except ValueError:
        return False


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.endurance)])
def test_flipped_bits(count: int, flips: Flips) -> None:
    """No single changed bit of the body, the time or the signature is believed."""
    for row, forged in forgeries(count):
        with pytest.raises(WebhookRejected):
            telnyx(public_keys=[row["public_key"]]).verify(forged, at=vector_time(row))
    flips("Telnyx", count)


def test_rotation() -> None:
    """While keys are rotated each of them verifies; one that is not listed does not."""
    both = telnyx(public_keys=[public(OTHER_KEY), public(KEY)])
    for key in (KEY, OTHER_KEY):
        assert both.parse(both.verify(signed(inbound(), key=key), at=NOW))
    for provider in (telnyx(public_keys=[public(OTHER_KEY)]), telnyx(public_keys=[])):
        with pytest.raises(InvalidSignature, match="not Telnyx's"):
            provider.verify(signed(inbound()), at=NOW)


def test_no_point_on_the_curve() -> None:
    """A public key that cannot be one verifies nothing."""
    provider = telnyx(public_keys=[base64.b64encode(b"\xff" * 32).decode()])

    with pytest.raises(InvalidSignature):
        provider.verify(signed(inbound()), at=NOW)


def test_signed_but_no_json() -> None:
    """A signature over something else than JSON does not make it readable."""
    stamp = str(int(NOW.timestamp()))
    signature = base64.b64encode(KEY.sign(f"{stamp}|x".encode())).decode()
    headers = {"telnyx-timestamp": stamp, "telnyx-signature-ed25519": signature}

    with pytest.raises(WebhookRejected, match="no JSON"):
        telnyx().verify(WebhookRequest(method="POST", url=URL, headers=headers, body=b"x"), at=NOW)


def test_without_the_extra_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where cryptography is missing the error names the extra to install."""
    real = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.startswith("cryptography"):
            raise ModuleNotFoundError(name)
        return real(name, *args, **kwargs)

    request = signed(inbound())
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtra, match=r"compliant-sms\[telnyx\]"):
        telnyx().verify(request, at=NOW)


# Requests


def sent(text: OutboundText = TEXT, **changes: Any) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(telnyx(**changes).request(text, at=NOW).body)
    return fields


def test_smallest_request() -> None:
    """A plain text has a recipient, a sender and a body, and nothing else."""
    assert sent() == {"from": SENDER, "to": PATIENT, "text": TEXT.body}


def test_idempotency_key() -> None:
    """The reference is the key. It promises nothing: an answer that was an error is forgotten."""
    headers = dict(telnyx().request(TEXT, at=NOW).headers)

    assert headers["idempotency-key"] == "m1"
    assert telnyx().capabilities.repeat_within is None


def test_options() -> None:
    """Media, profile, time and callback go into the fields that Telnyx has for them."""
    at = datetime.fromisoformat("2026-11-30T12:00:00-05:00")
    text = evolve(TEXT, media=("https://clinic.example/map.png",), send_at=at)

    assert sent(text, messaging_profile_id=PROFILE, status_callback=URL) == {
        "from": SENDER,
        "to": PATIENT,
        "text": TEXT.body,
        "media_urls": ["https://clinic.example/map.png"],
        "messaging_profile_id": PROFILE,
        "webhook_url": f"{URL}?ref=m1",
        "send_at": "2026-11-30T17:00:00+00:00",
    }


@pytest.mark.parametrize("ahead", [timedelta(minutes=4), timedelta(days=5, seconds=1)])
def test_times_that_telnyx_refuses(ahead: timedelta) -> None:
    """A text for sooner or later than Telnyx takes it raises before there is a request."""
    with pytest.raises(Unsupported, match="before it is to be"):
        sent(evolve(TEXT, send_at=NOW + ahead))


# Answers


def reply(status: int, content: object = b"", **headers: str) -> HttpReply:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpReply(status=status, headers=named, body=body)


def errors(code: object, detail: str = "") -> dict[str, Any]:
    return {"errors": [{"code": code, "title": "A title", "detail": detail}]}


REFUSED, AMBIGUOUS = Certainty.REFUSED, Certainty.AMBIGUOUS
ANSWERS = [
    (400, errors("40300"), REFUSED, Failure.OPTED_OUT, "40300"),
    (400, errors(40300), REFUSED, Failure.OPTED_OUT, "40300"),
    (400, errors("40310"), REFUSED, Failure.INVALID_NUMBER, "40310"),
    (422, errors("40310"), REFUSED, Failure.INVALID_NUMBER, "40310"),
    (400, errors("40305"), REFUSED, Failure.SENDER_INVALID, "40305"),
    (400, errors("40302"), REFUSED, Failure.CONTENT_INVALID, "40302"),
    (400, errors("40331"), REFUSED, Failure.DESTINATION_NOT_ENABLED, "40331"),
    (400, errors("40333"), REFUSED, Failure.QUOTA, "40333"),
    (400, errors("49999"), REFUSED, Failure.UNKNOWN, "49999"),
    (400, {"errors": {}}, REFUSED, Failure.UNKNOWN, "400"),
    (400, {"errors": ["x"]}, REFUSED, Failure.UNKNOWN, "400"),
    (401, errors("10009"), REFUSED, Failure.AUTH, "10009"),
    (401, b"", REFUSED, Failure.AUTH, "401"),
    (403, errors("20013"), REFUSED, Failure.ACCOUNT_SUSPENDED, "20013"),
    (402, errors("20100"), REFUSED, Failure.INSUFFICIENT_FUNDS, "20100"),
    (429, errors("10011"), REFUSED, Failure.RATE_LIMITED, "10011"),
    (429, b"slow down", REFUSED, Failure.RATE_LIMITED, "429"),
    # The key was used before: that request may have been processed.
    (409, b"", AMBIGUOUS, Failure.UNKNOWN, "409"),
    (422, errors("10099"), AMBIGUOUS, Failure.UNKNOWN, "10099"),
    (408, b"", AMBIGUOUS, Failure.UNKNOWN, "408"),
    (500, errors("10007"), AMBIGUOUS, Failure.PROVIDER_FAULT, "10007"),
    (503, b"<html>down</html>", AMBIGUOUS, Failure.PROVIDER_FAULT, "503"),
    (200, {"data": {"id": ""}}, AMBIGUOUS, Failure.UNKNOWN, "200"),
    (200, {"data": [{"id": "out-1"}]}, AMBIGUOUS, Failure.UNKNOWN, "200"),
    (202, {"data": {"id": "out-1"}}, AMBIGUOUS, Failure.UNKNOWN, "202"),
]


@pytest.mark.parametrize(
    ("code", "content", "certainty", "category", "named"),
    ANSWERS,
    ids=[f"{code}-{index}" for index, (code, *_) in enumerate(ANSWERS)],
)
def test_answers(
    code: int, content: object, certainty: Certainty, category: Failure, named: str
) -> None:
    """Each answer says how sure it is that nothing was sent, and why."""
    attempt = telnyx().response(reply(code, content))

    assert attempt.problem is not None
    assert (attempt.certainty, attempt.problem.category) == (certainty, category)
    assert attempt.problem.code == named
    assert attempt.problem.words.startswith("Telnyx: ")


def test_their_words() -> None:
    """Telnyx's own words are kept without the number in them."""
    said = f"Messages cannot be sent to {PATIENT} due to an existing block rule."
    attempt = telnyx().response(reply(400, errors("40300", said)))

    assert attempt.problem is not None
    assert "existing block rule" in attempt.problem.said
    assert PATIENT[1:] not in attempt.problem.said


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry_After": "2"}, 2.0),
        ({"X_RateLimit_Reset": "7"}, 7.0),
        ({"Retry_After": "2", "X_RateLimit_Reset": "7"}, 2.0),
        ({}, None),
    ],
)
def test_rate_signals(headers: dict[str, str], seconds: float | None) -> None:
    """The wait that Telnyx asks for is read from both headers that it has."""
    attempt = telnyx().response(reply(429, errors("10011"), **headers))

    assert attempt.retry_after == seconds
    assert attempt.may_be_repeated


@given(st.integers(100, 599), st.binary(max_size=60), st.text(max_size=5))
def test_any_answer(code: int, body: bytes, after: str) -> None:
    """No answer whatever makes the adapter raise."""
    attempt = telnyx().response(reply(code, body, X_RateLimit_Reset=after))

    assert (attempt.problem is None) == (attempt.certainty is Certainty.ACCEPTED)


def test_accepted() -> None:
    """An id in a good answer is acceptance."""
    assert telnyx().response(reply(200, {"data": {"id": "out-1"}})) == Attempt(
        certainty=Certainty.ACCEPTED, provider_id="out-1"
    )


def test_account() -> None:
    """The credentials are tried with a request that changes nothing."""
    asked = telnyx().check_account(at=NOW)

    assert (asked.method, asked.url) == ("GET", "https://api.telnyx.com/v2/balance")
    assert dict(asked.headers)["authorization"] == f"Bearer {API_KEY}"


@pytest.mark.parametrize(
    ("answer", "category"),
    [
        (reply(200, {"data": {"available_credit": "12.30"}}), None),
        (reply(200, {"data": {"available_credit": "0.05"}}), None),
        (reply(200, {"data": {"available_credit": "0.00"}}), Failure.INSUFFICIENT_FUNDS),
        (reply(200, {"data": {"available_credit": "-3.10"}}), Failure.INSUFFICIENT_FUNDS),
        (reply(200, {"data": {}}), Failure.UNKNOWN),
        (reply(401, errors("10009")), Failure.AUTH),
        (reply(403, errors("20012")), Failure.ACCOUNT_SUSPENDED),
    ],
)
def test_account_problems(answer: HttpReply, category: Failure | None) -> None:
    """A wrong key, a closed account and an empty one are told apart."""
    found = telnyx().account_problem(answer)

    assert (found.category if found else None) is category


# Opt-outs


def asked(cursor: str, **changes: Any) -> dict[str, str]:
    request = telnyx(**changes).list_opt_outs(cursor, at=NOW)
    assert urlsplit(request.url).path == "/v2/messaging_optouts"
    return dict(parse_qsl(urlsplit(request.url).query))


def test_list_opt_outs() -> None:
    """The list is asked for page by page, for the profile where there is one."""
    assert asked("") == {
        "filter[from]": SENDER,
        "page[number]": "1",
        "page[size]": "250",
        "redaction_enabled": "false",
    }
    of_profile = asked("3", messaging_profile_id=PROFILE)
    assert (of_profile["filter[messaging_profile_id]"], of_profile["page[number]"]) == (
        PROFILE,
        "3",
    )
    assert "filter[from]" not in of_profile


def test_read_opt_outs() -> None:
    """Numbers are read, short codes left out, and the cursor leads to the last page."""
    stop = {"to": PATIENT, "from": SENDER, "keyword": "STOP", "created_at": NOW.isoformat()}
    entries = [stop, {"to": "12345"}]
    pages = {page: {"page_number": page, "total_pages": 2} for page in (1, 2)}
    for page, cursor in ((1, "2"), (2, "")):
        read = telnyx().read_opt_outs(reply(200, {"data": entries, "meta": pages[page]}))
        assert read is not None
        assert (read.numbers, read.cursor) == ((PhoneNumber(PATIENT),), cursor)
        assert read.entries[0].at == NOW
    assert PATIENT[1:] not in repr(read)


def test_nobody_opted_out() -> None:
    """An empty list is a list."""
    read = telnyx().read_opt_outs(reply(200, {"data": []}))

    assert read is not None
    assert (read.numbers, read.cursor) == ((), "")


@pytest.mark.parametrize(
    "answer",
    [
        reply(500, {"data": []}),
        reply(200, {"data": None}),
        reply(200, b"<html>"),
        reply(200, {"data": [{"to": "+1217*****34"}]}),
    ],
)
def test_no_list(answer: HttpReply) -> None:
    """What is no list, or one with hidden numbers, is not taken for an empty one."""
    assert telnyx().read_opt_outs(answer) is None


# Callbacks


def test_inbound() -> None:
    """An inbound text keeps its body unchanged, its media, and when it came."""
    media = [{"url": "https://media.telnyx.com/a.png"}, {"url": None}, "x"]
    (text,) = parsed(inbound(media=media))

    assert text == InboundText(
        key="event-1",
        provider_id="in-1",
        sender=PhoneNumber(PATIENT),
        to=PhoneNumber(SENDER),
        body="Hello ",
        media=("https://media.telnyx.com/a.png",),
        sent_at=datetime(2026, 11, 30, 15, 59, 58, tzinfo=UTC),
    )


def test_inbound_group() -> None:
    """Of a text to several numbers the one that is ours counts, and otherwise the first."""
    others = [{"phone_number": "+12175550199"}]
    (ours,) = parsed(inbound(to=[*others, {"phone_number": SENDER}]))
    (another,) = parsed(inbound(to=others))

    assert ours.to == PhoneNumber(SENDER)
    assert another.to == PhoneNumber("+12175550199")


def test_inbound_without_its_parts() -> None:
    """A text without an event id, recipients or a sender's number is still a text."""
    content = inbound(to=[], received_at=None, **{"from": {"phone_number": "12345"}})
    del content["data"]["id"]
    (text,) = parsed(content)

    assert (text.key, text.sender, text.to) == ("in-1", None, None)
    assert text.sent_at == datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC)


STOP, START, HELP = ProviderKeyword


@pytest.mark.parametrize(
    ("body", "told", "recognized", "answered"),
    [
        ("Stop\n", "STOP", STOP, True),
        ("start", "START", START, True),
        ("help", "HELP", HELP, True),
        ("alto", "STOP", STOP, True),
        # Its default words count even where it does not say that it acted.
        (" STOP ALL ", None, STOP, False),
        ("unstop", None, START, False),
        ("help", "", HELP, False),
        ("stop please", None, None, False),
        ("hello", "WELCOME", None, False),
        ("hello", ["STOP"], None, False),
    ],
)
def test_keywords(
    body: str,
    told: object,
    recognized: ProviderKeyword | None,
    answered: bool,  # noqa: FBT001
) -> None:
    """The adapter knows what Telnyx acted on, and whether it has answered."""
    (text,) = parsed(inbound(body, autoresponse_type=told))

    assert (text.recognized, text.answered) == (recognized, answered)


STATES = [
    ("queued", State.SENT),
    ("scheduled", State.SENT),
    ("sending", State.SENT),
    ("sent", State.SENT),
    ("delivery_unconfirmed", State.SENT),
    ("delivered", State.DELIVERED),
    ("Delivered", State.DELIVERED),
    ("read", State.DELIVERED),
    ("delivery_failed", State.UNDELIVERED),
    ("sending_failed", State.FAILED),
    ("expired", State.FAILED),
    ("cancelled", State.FAILED),
    ("webhook_delivered", None),
    ("teleported", None),
]


@pytest.mark.parametrize(("word", "state"), STATES)
def test_status_words(word: str, state: State | None) -> None:
    """Each status is translated, and an unknown word means nothing new."""
    (update,) = parsed(status(word))

    assert update == StatusUpdate(
        key="event-2",
        provider_id="out-1",
        reference="m 1",
        state=state,
        recipient=PhoneNumber(PATIENT),
    )


@pytest.mark.parametrize(
    ("code", "category"),
    [
        ("40300", Failure.OPTED_OUT),
        ("40001", Failure.LANDLINE_OR_INCAPABLE),
        ("40002", Failure.CARRIER_FILTERED),
        ("40008", Failure.PROVIDER_FAULT),
        ("40010", Failure.SENDER_UNREGISTERED),
        ("40011", Failure.RATE_LIMITED),
        ("40020", Failure.FRAUD_BLOCKED),
        ("40005", Failure.EXPIRED),
        ("40004", Failure.UNKNOWN),
        ("12345", Failure.UNKNOWN),
        ("9" * 5000, Failure.UNKNOWN),
        (None, Failure.UNKNOWN),
        ({"a": 1}, Failure.UNKNOWN),
    ],
)
def test_error_codes(code: object, category: Failure) -> None:
    """The reason in a callback is read, whatever stands in the field."""
    (update,) = parsed(status("delivery_failed", **errors(code)))

    assert update.problem is not None
    assert update.problem.category is category


@pytest.mark.parametrize(
    ("callback", "reference"),
    [
        (f"{URL}?ref=m1", "m1"),
        (f"{URL}?a=b", None),
        ("", None),
        (None, None),
        ("http://[", None),
    ],
)
def test_reference(callback: str | None, reference: str | None) -> None:
    """Our reference is read from the signed body, and not from the URL that was called."""
    webhook = telnyx().verify(
        signed(status("sent", webhook_url=callback), url=f"{URL}?ref=another"), at=NOW
    )
    (update,) = telnyx().parse(webhook)

    assert isinstance(update, StatusUpdate)
    assert update.reference == reference


def test_keys_of_events() -> None:
    """Another event has another key, with an id of its own or without."""
    one, other = status("sent"), status("delivered")
    for content in (one, other):
        del content["data"]["id"]

    assert parsed(one)[0].key != parsed(other)[0].key
    assert parsed(event("message.sent", one["data"]["payload"], id="e1"))[0].key == "e1"


@pytest.mark.parametrize(
    "content",
    [
        [],
        {},
        {"data": {"event_type": "message.received"}},
        event("message.link_click", {"id": "out-1", "url": "https://clinic.example"}),
        event("10dlc.brand.update", {"brandId": "B1"}),
        event("message.finalized", {"id": "out-1", "to": []}),
    ],
)
def test_neither_text_nor_status(content: object) -> None:
    """Other events say nothing."""
    assert parsed(content) == []


@pytest.mark.parametrize(
    ("url", "fetched"),
    [
        ("https://media.telnyx.com/abc/image.jpg?x=1", True),
        ("https://api.telnyx.com/v2/media/x", True),
        ("https://us-central-1.media.telnyx.com/x", True),
        ("http://media.telnyx.com/image.jpg", False),
        ("https://telnyx.com.evil.example/x", False),
        ("https://eviltelnyx.com/x", False),
        ("https://media.telnyx.com@evil.example/x", False),
        ("https://evil.example/media.telnyx.com/x", False),
        ("https://media.telnyx.com/a b", False),
    ],
)
def test_media(url: str, fetched: bool) -> None:  # noqa: FBT001
    """Pictures are fetched from Telnyx's hosts only, and never with the key."""
    request = telnyx().media_request(url, at=NOW)

    assert (request is not None) is fetched
    assert request is None or (request.url, request.headers) == (url, ())


# Set-up


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"api_key": " "}, "api_key is empty"),
        ({"public_keys": ["x"]}, "32 bytes in base64"),
        ({"public_keys": [base64.b64encode(b"x" * 31).decode()]}, "32 bytes in base64"),
        ({"public_keys": [""]}, "is empty"),
        ({"public_keys": public(KEY)}, "in a list"),
        ({"messaging_profile_id": "default"}, "a UUID"),
        ({"base_url": "ftp://x"}, "not a web address"),
    ],
)
def test_bad_set_up(changes: dict[str, Any], words: str) -> None:
    """A field that cannot be right is refused when the adapter is made."""
    with pytest.raises(InvalidInput, match=words):
        telnyx(**changes)


# What became of a text


@pytest.mark.parametrize(
    ("word", "code", "state", "category"),
    [
        ("sending", None, State.SENT, None),
        ("delivery_unconfirmed", None, State.SENT, None),
        ("something-new", None, State.SENT, None),
        ("delivered", None, State.DELIVERED, None),
        ("delivery_failed", "40002", State.UNDELIVERED, Failure.CARRIER_FILTERED),
        ("sending_failed", "40300", State.FAILED, Failure.OPTED_OUT),
    ],
)
def test_status(word: str, code: str | None, state: State, category: Failure | None) -> None:
    """The message says of itself what its webhook would."""
    told = [{"code": code, "title": f"To {PATIENT}"}] if code else []
    shown = {"data": status(word, errors=told)["data"]["payload"]}
    answer = HttpReply(status=200, body=json.dumps(shown).encode())
    text = evolve(TEXT, provider_id="out-1")
    found = telnyx().read_status(answer, text)

    assert telnyx().ask_status(text, at=NOW).url == "https://api.telnyx.com/v2/messages/out-1"
    assert found is not None
    assert (found.provider_id, found.state) == ("out-1", state)
    assert (found.problem.category if found.problem else None) == category
