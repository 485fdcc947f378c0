"""The MessageBird adapter: the contract, MessageBird's own words, and its signed tokens."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from attrs import evolve

from compliant_sms.errors import InvalidInput, InvalidSignature, WebhookRejected
from compliant_sms.lifecycle import State
from compliant_sms.phone import PhoneNumber
from compliant_sms.providers import (
    Certainty,
    Failure,
    InboundText,
    MessageBird,
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

KEY, ACCESS = "s3cret-of-callbacks", "live_t0ken-of-requests"
NOW = datetime(2026, 11, 30, 16, tzinfo=UTC)
URL = "https://clinic.example/texts"
TEXT = OutboundText(to=PhoneNumber(PATIENT), body="See you at 2:30", reference="m-1")
VECTORS = [row for row in signature_vectors() if row["provider"] == "messagebird"]
GENUINE = [row for row in VECTORS if row["expect"]]
HEADER = "MessageBird-Signature-JWT"
INBOUND = {
    "id": "52a8386598c893c95931a67812c43f20",
    "originator": PATIENT[1:],
    "recipient": SENDER[1:],
    "body": "Hello ",
    "createdDatetime": "2026-11-30T15:59:58+00:00",
    "reference": "",
}
REPORT = {
    "id": "e8077d803532c0b5937c639b60216938",
    "reference": "m-1",
    "recipient": PATIENT[1:],
    "status": "delivered",
    "statusDatetime": "2026-11-30T15:59:59+00:00",
    "statusReason": "successfully delivered",
    "statusErrorCode": "",
}


def messagebird(**changes: Any) -> MessageBird:
    fields = {"access_key": ACCESS, "signing_keys": (KEY,), "sender": SENDER}
    return MessageBird(**(fields | changes))


def token(claims: dict[str, Any], *, key: str = KEY, alg: str = "HS256") -> str:
    def encoded(part: bytes) -> str:
        return base64.urlsafe_b64encode(part).decode().rstrip("=")

    head = encoded(json.dumps({"alg": alg, "typ": "JWT"}).encode())
    signed = f"{head}.{encoded(json.dumps(claims).encode())}"
    digest = hmac.digest(key.encode(), signed.encode(), f"sha{alg[2:]}")
    return f"{signed}.{encoded(digest)}"


def signed(
    body: bytes = b"",
    *,
    url: str = URL,
    content_type: str = "application/json",
    claims: dict[str, Any] | None = None,
    key: str = KEY,
) -> WebhookRequest:
    """A callback as MessageBird signs it; a claim of None is left out."""
    said: dict[str, Any] = {
        "iss": "MessageBird",
        "nbf": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 60,
        "jti": "1bfb28bb-6fea-0e85-a384-ad2f7c3c2849",
        "url_hash": hashlib.sha256(url.encode()).hexdigest(),
    }
    if body:
        said["payload_hash"] = hashlib.sha256(body).hexdigest()
    said = {name: value for name, value in (said | (claims or {})).items() if value is not None}
    headers = {"Content-Type": content_type, HEADER: token(said, key=key)}
    method = "POST" if body else "GET"
    return WebhookRequest(method=method, url=url, headers=headers, body=body)


def posted(content: object, **how: Any) -> WebhookRequest:
    return signed(json.dumps(content, ensure_ascii=False).encode(), **how)


def got(fields: dict[str, str]) -> WebhookRequest:
    return signed(url=f"{URL}?{urlencode(fields)}")


def reply(status: int, content: object = b"", **headers: str) -> HttpReply:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return HttpReply(status=status, headers=headers, body=body)


def events(request: WebhookRequest, **changes: Any) -> list[Any]:
    provider = messagebird(**changes)
    return list(provider.parse(provider.verify(request, at=NOW)))


class TestMessageBirdContract(ProviderContract):
    secrets = (KEY, ACCESS)
    reference = "m-1"

    def make_provider(self) -> Provider:
        return messagebird()

    def accepted(self) -> tuple[HttpReply, str]:
        item = {"recipient": int(PATIENT[1:]), "status": "sent"}
        content = {
            "id": REPORT["id"],
            "reference": "m-1",
            "recipients": {"totalCount": 1, "totalSentCount": 1, "items": [item]},
        }
        return reply(201, content), REPORT["id"]

    def refused(self) -> HttpReply:
        said = f"no (correct) recipients found: {PATIENT}"
        error = {"code": 10, "description": said, "parameter": "recipients"}
        return reply(422, {"errors": [error]})

    def patient_texts(self, body: str) -> WebhookRequest:
        return posted(INBOUND | {"body": body})

    def delivered(self) -> tuple[WebhookRequest, str]:
        return got(REPORT), REPORT["id"]

    def undelivered(self) -> WebhookRequest:
        said = f"unknown subscriber {PATIENT}"
        told = {"status": "delivery_failed", "statusErrorCode": "1", "statusReason": said}
        return got(REPORT | told)


# Requests


def made(text: OutboundText, **changes: Any) -> tuple[str, dict[str, Any]]:
    request = messagebird(**changes).request(text, at=NOW)
    return request.url, json.loads(request.body)


def test_nothing_is_replaced() -> None:
    """What the GSM alphabet lacks goes as it is, and a status is told, which needs a reference."""
    url, content = made(TEXT, status_callback=URL)

    assert url == "https://rest.messagebird.com/messages"
    assert content == {
        "originator": SENDER[1:],
        "recipients": PATIENT[1:],
        "body": "See you at 2:30",
        "reference": "m-1",
        "datacoding": "auto",
        "reportUrl": URL,
    }
    assert "reportUrl" not in made(TEXT)[1]


@pytest.mark.parametrize(
    ("wanted", "seconds"),
    [(timedelta(hours=2), 7200), (timedelta(days=9), 604_800), (timedelta(0), 1), (None, None)],
)
def test_validity(wanted: timedelta | None, seconds: int | None) -> None:
    """How long MessageBird may try is said in seconds, a week at the most."""
    assert made(evolve(TEXT, valid_for=wanted))[1].get("validity") == seconds


def test_later() -> None:
    """The time at which it shall go is written with its zone."""
    later = (NOW + timedelta(hours=1)).astimezone()

    _, content = made(evolve(TEXT, send_at=later))
    assert content["scheduledDatetime"] == "2026-11-30T17:00:00+00:00"


def test_pictures() -> None:
    """Pictures go by the other address, which has no expiry, alphabet or address for reports."""
    picture = "https://clinic.example/map.png"
    text = evolve(TEXT, media=(picture,), valid_for=timedelta(hours=1))
    url, content = made(text, status_callback=URL)

    assert url == "https://rest.messagebird.com/mms"
    assert content["mediaUrls"] == [picture]
    assert content.keys() == {"originator", "recipients", "body", "reference", "mediaUrls"}


@pytest.mark.parametrize(
    "changes", [{"access_key": " "}, {"signing_keys": ("",)}, {"signing_keys": "key"}]
)
def test_bad_set_up(changes: dict[str, Any]) -> None:
    """A field that cannot be right is refused when the adapter is made."""
    with pytest.raises(InvalidInput):
        messagebird(**changes)


# Answers

REFUSED, AMBIGUOUS = Certainty.REFUSED, Certainty.AMBIGUOUS


def error(code: object) -> dict[str, Any]:
    return {"errors": [{"code": code, "description": "why", "parameter": "recipients"}]}


@pytest.mark.parametrize(
    ("status", "answer", "certainty", "category", "code"),
    [
        (401, error(2), REFUSED, Failure.AUTH, "request-2"),
        (402, error(25), REFUSED, Failure.INSUFFICIENT_FUNDS, "request-25"),
        (422, error(25), REFUSED, Failure.INSUFFICIENT_FUNDS, "request-25"),
        # The same numbers mean something else in a status.
        (422, error(9), REFUSED, Failure.CONTENT_INVALID, "request-9"),
        (422, error(10), REFUSED, Failure.CONTENT_INVALID, "request-10"),
        (422, error(101), REFUSED, Failure.UNKNOWN, "request-101"),
        (429, b"slow down", REFUSED, Failure.RATE_LIMITED, "429"),
        (500, error(99), AMBIGUOUS, Failure.PROVIDER_FAULT, "request-99"),
        (503, error([]), AMBIGUOUS, Failure.PROVIDER_FAULT, "503"),
        (201, {"id": ""}, AMBIGUOUS, Failure.UNKNOWN, "201"),
        (201, {"id": "1"} | error(2), AMBIGUOUS, Failure.AUTH, "request-2"),
        (202, {"id": "1"}, AMBIGUOUS, Failure.UNKNOWN, "202"),
    ],
)
def test_answers(
    status: int, answer: object, certainty: Certainty, category: Failure, code: str
) -> None:
    """Each answer says how sure it is that nothing was sent, and why."""
    attempt = messagebird().response(reply(status, answer))

    assert attempt.problem is not None
    assert attempt.certainty is certainty
    assert (attempt.problem.category, attempt.problem.code) == (category, code)


def test_account() -> None:
    """The key is tried on the balance."""
    asked = messagebird().check_account(at=NOW)
    balance = {"payment": "prepaid", "type": "credits", "amount": 9.2}

    assert (asked.method, asked.url) == ("GET", "https://rest.messagebird.com/balance")
    assert messagebird().account_problem(reply(200, balance)) is None
    wrong = messagebird().account_problem(reply(401, error(2)))
    assert wrong is not None
    assert wrong.category is Failure.AUTH
    assert messagebird().account_problem(reply(200, b"<html>")) is not None
    assert messagebird().account_problem(reply(503, balance)) is not None


# Signatures


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: row["id"])
def test_signature_vectors(row: dict[str, Any]) -> None:
    """Each recorded callback is believed or refused as it should be."""
    provider, request = messagebird(signing_keys=(row["secret"],)), vector_request(row)

    if row["expect"]:
        assert provider.verify(request, at=vector_time(row)).authenticated
    else:
        with pytest.raises(InvalidSignature):
            provider.verify(request, at=vector_time(row))


@pytest.mark.parametrize("trials", [400, pytest.param(10_000, marks=pytest.mark.endurance)])
def test_flipped_bits(trials: int, flips: Flips) -> None:
    """No single changed bit of the body, the URL or the token is believed."""
    chance = random.Random(20261130)
    for _ in range(trials):
        row = chance.choice(GENUINE)
        genuine = vector_request(row)
        part = chance.choice(["url", "token", *["body"] * bool(genuine.body)])
        given = genuine.header(HEADER) or ""
        if part == "token":
            given = flipped(given.encode(), chance).decode("latin-1")
        url = genuine.url
        if part == "url":
            url = flipped(url.encode(), chance).decode("utf-8", "surrogateescape")
        body = flipped(genuine.body, chance) if part == "body" else genuine.body
        forged = evolve(genuine, headers=[(HEADER, given)], url=url, body=body)
        with pytest.raises(InvalidSignature):
            messagebird(signing_keys=(row["secret"],)).verify(forged, at=vector_time(row))
    flips("MessageBird", trials)


def test_rotation() -> None:
    """While a key is being changed both are believed, and nothing without any."""
    callback = posted(INBOUND, key="older")

    assert messagebird(signing_keys=("newer", "older")).verify(callback, at=NOW).authenticated
    for others in (("newer",), ()):
        with pytest.raises(InvalidSignature):
            messagebird(signing_keys=others).verify(callback, at=NOW)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": None},
        {"nbf": None},
        {"exp": None},
        {"url_hash": None},
        {"payload_hash": None},
        {"payload_hash": 0},
        {"payload_hash": []},
        {"nbf": "1"},
        {"nbf": True},
        {"exp": float("nan")},
        {"exp": float("inf")},
        {"exp": "4102444800"},
        {"iss": ["MessageBird"]},
    ],
)
def test_odd_claims(claims: dict[str, Any]) -> None:
    """A genuine token with a claim missing, or of another kind, proves nothing."""
    with pytest.raises(InvalidSignature):
        messagebird().verify(posted(INBOUND, claims=claims), at=NOW)


@pytest.mark.parametrize(
    ("offset", "believed"), [(-6, False), (-5, True), (0, True), (64, True), (65, False)]
)
def test_leeway(offset: int, believed: bool) -> None:  # noqa: FBT001
    """The two clocks may differ by five seconds, in either direction."""
    at = NOW + timedelta(seconds=offset)
    if believed:
        assert messagebird().verify(posted(INBOUND), at=at)
        return
    with pytest.raises(InvalidSignature):
        messagebird().verify(posted(INBOUND), at=at)


def test_what_cannot_be_read() -> None:
    """What is signed and neither JSON nor a form cannot be read the next time either."""
    for body, kind in ((b"<xml/>", "text/xml"), (b"a=%ff", "application/x-www-form-urlencoded")):
        with pytest.raises(WebhookRejected) as refused:
            messagebird().verify(signed(body, content_type=kind), at=NOW)
        assert refused.value.status == 400


# Callbacks


def test_inbound() -> None:
    """A patient's text keeps its body unchanged, whichever way it comes."""
    expected = InboundText(
        key=INBOUND["id"],
        provider_id=INBOUND["id"],
        sender=PhoneNumber(PATIENT),
        to=PhoneNumber(SENDER),
        body="Hello ",
        sent_at=datetime(2026, 11, 30, 15, 59, 58, tzinfo=UTC),
    )
    other = INBOUND | {"payload": "Hello ", "sender": PATIENT}
    del other["body"], other["originator"]
    form = urlencode(INBOUND).encode()

    assert events(posted(INBOUND)) == [expected]
    assert events(posted(other)) == [expected]
    assert events(got(INBOUND)) == [expected]
    kind = "application/x-www-form-urlencoded; charset=UTF-8"
    assert events(signed(form, content_type=kind)) == [expected]


def test_empty_text() -> None:
    """A text without words is one all the same."""
    (text,) = events(posted(INBOUND | {"body": ""}))

    assert isinstance(text, InboundText)
    assert text.body == ""


@pytest.mark.parametrize(
    ("body", "answers", "keyword"),
    [
        (" Stop\n", True, ProviderKeyword.STOP),
        ("ARRET", True, ProviderKeyword.STOP),
        ("Start", True, ProviderKeyword.START),
        ("help", True, ProviderKeyword.HELP),
        ("stop please", True, None),
        ("stop", False, None),
    ],
)
def test_who_answers(body: str, answers: bool, keyword: ProviderKeyword | None) -> None:  # noqa: FBT001
    """MessageBird answers its own words, where one is the whole text and unless that is off."""
    (text,) = events(posted(INBOUND | {"body": body}), answers_keywords=answers)

    assert (text.recognized, text.answered) == (keyword, keyword is not None)


@pytest.mark.parametrize(
    ("word", "code", "state", "category"),
    [
        ("scheduled", "", None, None),
        ("buffered", "", None, None),
        ("sent", "", State.SENT, None),
        ("delivered", "0", State.DELIVERED, None),
        ("DELIVERED", "", State.DELIVERED, None),
        ("expired", "", State.UNDELIVERED, Failure.UNKNOWN),
        ("delivery_failed", "1", State.UNDELIVERED, Failure.UNREACHABLE_PERMANENT),
        ("delivery_failed", "9", State.UNDELIVERED, Failure.UNREACHABLE_PERMANENT),
        ("delivery_failed", "11", State.UNDELIVERED, Failure.LANDLINE_OR_INCAPABLE),
        ("delivery_failed", "27", State.UNDELIVERED, Failure.UNREACHABLE_TEMPORARY),
        ("delivery_failed", "34", State.UNDELIVERED, Failure.PROVIDER_FAULT),
        ("delivery_failed", "101", State.UNDELIVERED, Failure.OPTED_OUT),
        ("delivery_failed", "103", State.UNDELIVERED, Failure.OPTED_OUT),
        ("delivery_failed", "104", State.UNDELIVERED, Failure.SENDER_UNREGISTERED),
        ("delivery_failed", "9999", State.UNDELIVERED, Failure.UNKNOWN),
        ("teleported", "", None, None),
    ],
)
def test_statuses(word: str, code: str, state: State | None, category: Failure | None) -> None:
    """Statuses in any case and reasons are translated."""
    (update,) = events(got(REPORT | {"status": word, "statusErrorCode": code}))

    assert update == StatusUpdate(
        key=f"{REPORT['id']}/{word}/{code}",
        provider_id=REPORT["id"],
        reference="m-1",
        state=state,
        problem=update.problem,
        recipient=PhoneNumber(PATIENT),
    )
    assert (update.problem.category if update.problem else None) is category


def test_keys() -> None:
    """Another status, or the same for another reason, is other news; no key names a patient."""
    told = [
        REPORT,
        REPORT | {"status": "sent"},
        REPORT | {"status": "delivery_failed", "statusErrorCode": "1"},
        REPORT | {"status": "delivery_failed", "statusErrorCode": "103"},
        REPORT | {"id": "another"},
    ]
    keys = {event.key for each in told for event in events(got(each))}

    assert len(keys) == len(told)
    assert not any(PATIENT[1:] in key for key in keys)


@pytest.mark.parametrize("content", [{}, {"id": "1"}, {"status": "sent"}, {"body": "x"}, [REPORT]])
def test_nothing_to_tell(content: object) -> None:
    """What is neither a text nor a status, or names none, is no event and no error."""
    assert events(posted(content)) == []
    assert messagebird().parse(sealed("messagebird", content, {})) == []
