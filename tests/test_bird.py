"""The Bird adapter: the contract, Bird's own words, and its signature."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from compliant_sms.errors import InvalidInput, InvalidSignature, WebhookRejected
from compliant_sms.lifecycle import State
from compliant_sms.phone import PhoneNumber
from compliant_sms.providers import (
    Bird,
    Certainty,
    Failure,
    InboundText,
    OutboundText,
    Provider,
    ProviderKeyword,
    StatusUpdate,
    sealed,
)
from compliant_sms.testing import ProviderContract
from compliant_sms.wire import HttpReply, WebhookRequest
from conftest import PATIENT, SENDER
from figures import Flips
from signature_vectors import flipped, signature_vectors, vector_request, vector_time

KEY, ACCESS = "s3cret-of-callbacks", "t0ken-of-requests"
WORKSPACE, CHANNEL = "5f6a1e5c-3c58-4f0d-9a4e-5d3c5f0b7a11", "614208aa-b153-4d5d-9989-2fddfc0ce4c3"
NOW = datetime(2026, 11, 30, 16, tzinfo=UTC)
URL = "https://clinic.example/texts"
TEXT = OutboundText(to=PhoneNumber(PATIENT), body="See you at 2:30", reference="m-1")
VECTORS = [row for row in signature_vectors() if row["provider"] == "bird"]
GENUINE = [row for row in VECTORS if row["expect"]]
SIGNATURE, STAMP = "messagebird-signature", "messagebird-request-timestamp"
INBOUND: dict[str, Any] = {
    "id": "96a0b5fa-a986-453d-be5c-3117f989f025",
    "channelId": CHANNEL,
    "sender": {
        "contact": {
            "id": "32cf5eee-f940-422c-ab8c-5f753aad5efd",
            "identifierKey": "phonenumber",
            "identifierValue": PATIENT,
        }
    },
    "receiver": {"connector": {"id": "86cc4dc0-3dc0-41b7-ac43-8ec829ead56f"}},
    "body": {"type": "text", "text": {"text": "Hello "}},
    "parts": [{"platformReference": "e8077d803532c0b5937c639b60216938"}],
    "status": "delivered",
    "direction": "incoming",
    "createdAt": "2026-11-30T15:59:58.736Z",
}
REPORT: dict[str, Any] = {
    "id": "7d1b8b6e-4b64-4b0e-a2c0-1e5a0d2f7c55",
    "channelId": CHANNEL,
    "receiver": {"contacts": [{"identifierKey": "phonenumber", "identifierValue": PATIENT}]},
    "reference": "m-1",
    "status": "delivered",
    "direction": "outgoing",
}


def bird(**changes: Any) -> Bird:
    fields = {
        "workspace_id": WORKSPACE,
        "channel_id": CHANNEL,
        "access_key": ACCESS,
        "signing_keys": (KEY,),
        "sender": SENDER,
    }
    return Bird(**(fields | changes))


def signed(body: bytes, *, at: datetime = NOW, key: str = KEY, url: str = URL) -> WebhookRequest:
    """A callback as Bird signs it."""
    stamp = str(int(at.timestamp()))
    over = f"{stamp}\n{url}\n".encode() + hashlib.sha256(body).digest()
    headers = {
        "Content-Type": "application/json",
        SIGNATURE: base64.b64encode(hmac.digest(key.encode(), over, "sha256")).decode(),
        STAMP: stamp,
    }
    return WebhookRequest(method="POST", url=url, headers=headers, body=body)


def told(event: str, payload: object, **how: Any) -> WebhookRequest:
    content = {"service": "channels", "event": event, "payload": payload}
    return signed(json.dumps(content, ensure_ascii=False).encode(), **how)


def inbound(body: object, **changes: Any) -> list[Any]:
    return events(told("sms.inbound", INBOUND | {"body": body}), **changes)


def words(text: str) -> dict[str, Any]:
    return {"type": "text", "text": {"text": text}}


def events(request: WebhookRequest, **changes: Any) -> list[Any]:
    provider = bird(**changes)
    return list(provider.parse(provider.verify(request, at=NOW)))


def reply(status: int, content: object = b"", **headers: str) -> HttpReply:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return HttpReply(status=status, headers=headers, body=body)


class TestBirdContract(ProviderContract):
    secrets = (KEY, ACCESS)
    reference = "m-1"

    def make_provider(self) -> Provider:
        return bird()

    def accepted(self) -> tuple[HttpReply, str]:
        return reply(202, REPORT | {"status": "accepted"}), REPORT["id"]

    def refused(self) -> HttpReply:
        said = f"{PATIENT} is no phone number"
        return reply(422, {"code": "InvalidPayload", "message": said, "details": {}})

    def patient_texts(self, body: str) -> WebhookRequest:
        return told("sms.inbound", INBOUND | {"body": words(body)})

    def delivered(self) -> tuple[WebhookRequest, str]:
        return told("sms.outbound", REPORT), REPORT["id"]

    def undelivered(self) -> WebhookRequest:
        why = failure(15005, "sms-messagebird", "1")
        return told("sms.outbound", REPORT | {"status": "delivery_failed"} | why)


# Requests


def test_request() -> None:
    """One contact gets it, and our reference goes along."""
    request = bird().request(TEXT, at=NOW)

    channel = f"https://api.bird.com/workspaces/{WORKSPACE}/channels/{CHANNEL}"
    assert (request.method, request.url) == ("POST", f"{channel}/messages")
    assert dict(request.headers)["authorization"] == f"AccessKey {ACCESS}"
    contact = {"identifierKey": "phonenumber", "identifierValue": PATIENT}
    assert json.loads(request.body) == {
        "receiver": {"contacts": [contact]},
        "body": words("See you at 2:30"),
        "reference": "m-1",
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"workspace_id": "acme"},
        {"workspace_id": ""},
        {"channel_id": f"{CHANNEL}/x"},
        {"access_key": " "},
        {"signing_keys": ("",)},
        {"signing_keys": "key"},
        {"callback_age": 300},
    ],
)
def test_bad_set_up(changes: dict[str, Any]) -> None:
    """A field that cannot be right is refused when the adapter is made."""
    with pytest.raises(InvalidInput):
        bird(**changes)


# Answers

REFUSED, AMBIGUOUS = Certainty.REFUSED, Certainty.AMBIGUOUS


@pytest.mark.parametrize(
    ("status", "answer", "certainty", "category", "code"),
    [
        (401, {"code": "Unauthorized"}, REFUSED, Failure.AUTH, "Unauthorized"),
        (402, b"", REFUSED, Failure.INSUFFICIENT_FUNDS, "402"),
        (404, {"code": "ResourceNotFound"}, REFUSED, Failure.UNKNOWN, "ResourceNotFound"),
        (422, {"code": "InvalidPayload"}, REFUSED, Failure.UNKNOWN, "InvalidPayload"),
        (429, b"", REFUSED, Failure.RATE_LIMITED, "429"),
        (500, {"code": "Internal"}, AMBIGUOUS, Failure.PROVIDER_FAULT, "Internal"),
        (202, {"id": ""}, AMBIGUOUS, Failure.UNKNOWN, "202"),
        (204, {"id": "1"}, AMBIGUOUS, Failure.UNKNOWN, "204"),
    ],
)
def test_answers(
    status: int, answer: object, certainty: Certainty, category: Failure, code: str
) -> None:
    """Each answer says how sure it is that nothing was sent, and why."""
    attempt = bird().response(reply(status, answer))

    assert attempt.problem is not None
    assert attempt.certainty is certainty
    assert (attempt.problem.category, attempt.problem.code) == (category, code)


def test_account() -> None:
    """The key is tried on the channel, which must be that one."""
    asked = bird().check_account(at=NOW)

    assert (asked.method, asked.url.endswith(f"/channels/{CHANNEL}")) == ("GET", True)
    assert bird().account_problem(reply(200, {"id": CHANNEL.upper()})) is None
    for answer in (reply(200, {"id": WORKSPACE}), reply(200, b"<html>"), reply(503, {"id": "1"})):
        assert bird().account_problem(answer) is not None
    wrong = bird().account_problem(reply(401, {"code": "Unauthorized"}))
    assert wrong is not None
    assert wrong.category is Failure.AUTH


# Signatures


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: row["id"])
def test_signature_vectors(row: dict[str, Any]) -> None:
    """Each recorded callback is believed or refused as it should be."""
    age = timedelta(seconds=row["options"]["max_age_s"])
    provider = bird(signing_keys=(row["secret"],), callback_age=age)
    request = vector_request(row)

    if row["expect"]:
        assert provider.verify(request, at=vector_time(row)).authenticated
    else:
        with pytest.raises(InvalidSignature):
            provider.verify(request, at=vector_time(row))


@pytest.mark.parametrize("trials", [400, pytest.param(10_000, marks=pytest.mark.endurance)])
def test_flipped_bits(trials: int, flips: Flips) -> None:
    """No single changed bit of the body, the URL, the time or the signature is believed."""
    chance = random.Random(20261130)
    for _ in range(trials):
        row = chance.choice(GENUINE)
        genuine = vector_request(row)
        part = chance.choice(["url", SIGNATURE, STAMP, *["body"] * bool(genuine.body)])
        headers = [
            (name, flipped(value.encode(), chance).decode("latin-1") if name == part else value)
            for name, value in genuine.headers
        ]
        url = genuine.url
        if part == "url":
            url = flipped(url.encode(), chance).decode("utf-8", "surrogateescape")
        body = flipped(genuine.body, chance) if part == "body" else genuine.body
        forged = evolve(genuine, headers=headers, url=url, body=body)
        with pytest.raises(InvalidSignature):
            bird(signing_keys=(row["secret"],)).verify(forged, at=vector_time(row))
    flips("Bird", trials)


def test_rotation() -> None:
    """While a key is being changed both are believed, and nothing without any."""
    callback = told("sms.inbound", INBOUND, key="older")

    assert bird(signing_keys=("newer", "older")).verify(callback, at=NOW).authenticated
    for others in (("newer",), ()):
        with pytest.raises(InvalidSignature):
            bird(signing_keys=others).verify(callback, at=NOW)


def test_repeated_callbacks() -> None:
    """Bird repeats a callback for hours under its first time: how old one may be can be said."""
    callback = told("sms.inbound", INBOUND, at=NOW - timedelta(hours=8))

    assert bird().verify(callback, at=NOW).authenticated
    with pytest.raises(InvalidSignature):
        bird(callback_age=timedelta(minutes=5)).verify(callback, at=NOW)


def test_no_json() -> None:
    """What is signed and no JSON cannot be read the next time either."""
    with pytest.raises(WebhookRejected) as refused:
        bird().verify(signed(b"<xml/>"), at=NOW)

    assert refused.value.status == 400


# Callbacks


def test_inbound() -> None:
    """A text keeps its body; our number is the channel's. Another channel's permits us nothing."""
    (text,) = inbound(words("Hello "))
    expected = InboundText(
        key=INBOUND["id"],
        provider_id=INBOUND["id"],
        sender=PhoneNumber(PATIENT),
        to=PhoneNumber(SENDER),
        body="Hello ",
        sent_at=datetime(2026, 11, 30, 15, 59, 58, 736_000, tzinfo=UTC),
    )

    assert text == expected
    other = told("sms.inbound", INBOUND | {"channelId": WORKSPACE})
    assert events(other) == [evolve(expected, to=None, elsewhere=True)]


def test_pictures() -> None:
    """Patients' pictures and files are told, and fetched with the key from Bird alone."""
    url = "https://media.api.bird.com/workspaces/w/messages/m/media/1"
    images = {"images": [{"mediaUrl": url}, {"altText": "x"}, 7], "text": "Look"}
    files = {"files": [{"mediaUrl": url, "contentType": "application/pdf"}]}
    (picture,) = inbound({"type": "image", "image": images})
    (file,) = inbound({"type": "file", "file": files})

    assert (picture.body, picture.media) == ("Look", (url,))
    assert (file.body, file.media) == ("", (url,))
    fetched = bird().media_request(url, at=NOW)
    assert fetched is not None
    assert dict(fetched.headers)["authorization"] == f"AccessKey {ACCESS}"
    for foreign in (
        "https://media.api.bird.com.evil.example/x",
        "https://media.api.bird.com@evil.example/x",
        "https://media.api.bird.com:8443/x",
        "http://media.api.bird.com/x",
        "https://media.api.bird.com/x y",
    ):
        assert bird().media_request(foreign, at=NOW) is None


def test_text_of_an_unknown_kind() -> None:
    """Whatever a patient sent, it came in."""
    for body in ({"type": "location", "location": {"x": 1}}, {"type": "list"}, "x", None):
        (text,) = inbound(body)
        assert (text.body, text.media) == ("", ())


@pytest.mark.parametrize(
    ("body", "answers", "keyword"),
    [
        (" Stop\n", True, ProviderKeyword.STOP),
        ("Остановить", True, ProviderKeyword.STOP),
        ("begin", True, ProviderKeyword.START),
        ("INFO", True, ProviderKeyword.HELP),
        ("yes", True, None),
        ("stop please", True, None),
        ("stop", False, None),
    ],
)
def test_who_answers(body: str, answers: bool, keyword: ProviderKeyword | None) -> None:  # noqa: FBT001
    """Bird answers its own words, where one is the whole text and unless that is off."""
    (text,) = inbound(words(body), answers_keywords=answers)

    assert (text.recognized, text.answered) == (keyword, keyword is not None)


def failure(code: object, source: str = "", closer: object = None) -> dict[str, Any]:
    told = {"code": code, "source": {"name": source, "code": closer}}
    return {"failure": told, "reason": f"details: unknown subscriber {PATIENT}; code: 1"}


@pytest.mark.parametrize(
    ("word", "why", "state", "category", "code"),
    [
        ("accepted", {}, None, None, ""),
        ("processing", {}, None, None, ""),
        ("sent", {}, State.SENT, None, ""),
        ("Delivered", {}, State.DELIVERED, None, ""),
        (
            "delivery_failed",
            failure(15005, "sms-messagebird", "1"),
            State.UNDELIVERED,
            Failure.UNREACHABLE_PERMANENT,
            "1",
        ),
        (
            "delivery_failed",
            failure(15001, "sms-messagebird", 103),
            State.UNDELIVERED,
            Failure.OPTED_OUT,
            "103",
        ),
        # The platform's numbers are the platform's: another source's mean something else.
        (
            "sending_failed",
            failure(15001, "pre-processing", "103"),
            State.FAILED,
            Failure.PROVIDER_FAULT,
            "15001",
        ),
        (
            "delivery_failed",
            failure(15005, "sms-messagebird", "777"),
            State.UNDELIVERED,
            Failure.UNREACHABLE_PERMANENT,
            "15005",
        ),
        (
            "delivery_failed",
            failure("", "sms-messagebird", "777"),
            State.UNDELIVERED,
            Failure.UNKNOWN,
            "777",
        ),
        ("rejected", {}, State.FAILED, Failure.UNKNOWN, ""),
        ("teleported", {}, None, None, ""),
    ],
)
def test_statuses(
    word: str, why: dict[str, Any], state: State | None, category: Failure | None, code: str
) -> None:
    """Statuses in any case and reasons are translated, and no reason names a patient."""
    (update,) = events(told("sms.outbound", REPORT | {"status": word} | why))

    assert update == StatusUpdate(
        key=f"{REPORT['id']}/{word}/{code}",
        provider_id=REPORT["id"],
        reference="m-1",
        state=state,
        problem=update.problem,
        recipient=PhoneNumber(PATIENT),
    )
    assert (update.problem.category if update.problem else None) is category
    assert PATIENT[1:] not in (update.problem.said if update.problem else "")


def test_keys() -> None:
    """Another status, or the same for another reason, is other news; no key names a patient."""
    payloads = [
        REPORT,
        REPORT | {"status": "sent"},
        REPORT | {"status": "sending_failed"} | failure(14001),
        REPORT | {"status": "sending_failed"} | failure(14002),
        REPORT | {"id": WORKSPACE},
    ]
    keys = {event.key for each in payloads for event in events(told("sms.outbound", each))}

    assert len(keys) == len(payloads)
    assert not any(PATIENT[1:] in key for key in keys)


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("sms.inbound", {}),
        ("sms.outbound", {}),
        ("sms.outbound", None),
        ("sms.interaction", REPORT),
        ("email.inbound", INBOUND),
        ("", REPORT),
    ],
)
def test_nothing_to_tell(event: str, payload: object) -> None:
    """What is neither a text nor a status, or names none, is no event and no error."""
    assert events(told(event, payload)) == []
    assert bird().parse(sealed("bird", [event, payload], {})) == []


def test_empty_callback() -> None:
    """A callback that is signed and says nothing is one."""
    assert events(signed(b"")) == []
