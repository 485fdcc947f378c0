"""MessageBird's own client sends what our adapter builds, and believes the same callbacks."""

from __future__ import annotations

import hashlib
import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from attrs import evolve
from messagebird.client import Client, ErrorException
from messagebird.error import ValidationError
from messagebird.http_client import HttpClient
from messagebird.request_validator import RequestValidator
from recorder import Recorder, Seen, built

from compliant_sms import PhoneNumber
from compliant_sms.errors import WebhookRejected
from compliant_sms.lifecycle import State
from compliant_sms.providers import Certainty, Failure, MessageBird, OutboundText
from compliant_sms.wire import HttpReply, WebhookRequest
from signature_vectors import flipped, signature_vectors, vector_request, vector_time

# MessageBird's keys are shorter than their library would like them for SHA-384 and SHA-512.
pytestmark = pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")

ACCESS, KEY = "live_key", "0123456789abcdef0123456789abcdef"
PATIENT, SENDER = "+12175550134", "+12175550111"
URL = "https://clinic.example/texts"
NOW = datetime(2026, 11, 30, 16, tzinfo=UTC)
MATTER = ("authorization", "content-type", "accept")
PROVIDER = MessageBird(access_key=ACCESS, signing_keys=(KEY,), sender=SENDER, status_callback=URL)
VECTORS = [row for row in signature_vectors() if row["provider"] == "messagebird"]
HEADER = "MessageBird-Signature-JWT"
SENT = {"id": "1", "recipients": {"items": []}}


@pytest.fixture
def client(recorder: Recorder) -> Client:
    """Theirs, with the recorder in place of rest.messagebird.com."""
    return Client(ACCESS, HttpClient(recorder.url, ACCESS, "test"))


CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "plain": ({}, {}),
    "validity": ({"valid_for": timedelta(hours=2)}, {"validity": 7200}),
    "later": (
        {"send_at": NOW + timedelta(hours=1)},
        {"scheduledDatetime": "2026-11-30T17:00:00+00:00"},
    ),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("body", ["See you at 2:30 & bring é 👍", "x" * 1377])
def test_send(recorder: Recorder, client: Client, case: str, body: str) -> None:
    """Method, path, credentials and every field are the same."""
    ours, theirs = CASES[case]
    text = OutboundText(to=PhoneNumber(PATIENT), body=body, reference="m1", **ours)
    recorder.replies.append((201, SENT))

    fields = {"reference": "m1", "reportUrl": URL, "datacoding": "auto"} | theirs
    client.message_create(SENDER[1:], [PATIENT[1:]], body, fields)

    assert recorder.requests[0].only(MATTER) == built(PROVIDER.request(text, at=NOW)).only(MATTER)


def test_send_picture(recorder: Recorder, client: Client) -> None:
    """With pictures too, but for fields that theirs sends empty."""
    picture = "https://clinic.example/map.png"
    text = OutboundText(to=PhoneNumber(PATIENT), body="The way", reference="m1", media=(picture,))
    recorder.replies.append((201, SENT))

    client.mms_create(SENDER[1:], [PATIENT[1:]], "The way", [picture], reference="m1")

    theirs = recorder.requests[0].only(MATTER)
    full = {name: value for name, value in theirs.content.items() if value is not None}
    ours = built(PROVIDER.request(text, at=NOW)).only(MATTER)
    assert evolve(theirs, content=full) == ours


def asked(seen: Seen) -> tuple[object, ...]:
    return seen.method, seen.path, seen.query, seen.headers["authorization"]


def test_check_account(recorder: Recorder, client: Client) -> None:
    """The balance is asked for in the same way."""
    balance = {"payment": "prepaid", "type": "credits", "amount": 3}
    recorder.replies.append((200, balance))

    assert client.balance().amount == 3
    assert asked(recorder.requests[0]) == asked(built(PROVIDER.check_account(at=NOW)))
    answer = HttpReply(status=200, body=json.dumps(balance).encode())
    assert PROVIDER.account_problem(answer) is None


def test_errors(recorder: Recorder, client: Client) -> None:
    """What their client raises with a code, our adapter tells with the same one."""
    told = {"errors": [{"code": 2, "description": "Request not allowed", "parameter": None}]}
    recorder.replies.append((401, told))
    with pytest.raises(ErrorException) as caught:
        client.message_create(SENDER[1:], [PATIENT[1:]], "x")
    attempt = PROVIDER.response(HttpReply(status=401, body=json.dumps(told).encode()))

    assert attempt.problem is not None
    assert attempt.certainty is Certainty.REFUSED
    assert attempt.problem.category is Failure.AUTH
    assert attempt.problem.code == f"request-{caught.value.errors[0].code}"


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: row["id"])
def test_theirs_on_the_vectors(row: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Their verifier says of each vector what was recorded, and ours says the same."""
    theirs = believed_there(row["secret"], vector_request(row), vector_time(row), monkeypatch)

    assert theirs is row["sdk_accepts"]
    assert theirs is believed_here(row["secret"], vector_request(row), vector_time(row))


def test_same_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    """On 1,500 tokens with claims changed, left out or signed otherwise they agree."""
    chance, now = random.Random(7), int(NOW.timestamp())
    for _ in range(1500):
        body = chance.choice([b"", b'{"id": "1"}', b'{"id": "2"}'])
        claims: dict[str, Any] = {
            "iss": chance.choice(["MessageBird"] * 9 + ["Other"]),
            "nbf": now + chance.choice([-60, -10, 0, 0, 30]),
            "exp": now + chance.choice([-30, 10, 60, 60, 60]),
            "url_hash": hashlib.sha256(chance.choice([URL] * 9 + ["x"]).encode()).hexdigest(),
            "payload_hash": hashlib.sha256(chance.choice([body] * 9 + [b"x"])).hexdigest(),
        }
        for name in ("nbf", "exp", "iss", "payload_hash"):
            if chance.random() < (0.05 if body or name != "payload_hash" else 0.8):
                del claims[name]
        key = chance.choice([KEY] * 9 + [KEY[::-1]])
        alg = chance.choice(["HS256", "HS384", "HS512"])
        token = jwt.encode(claims, key, algorithm=alg)
        if chance.random() < 0.2:
            token = flipped(token.encode(), chance).decode("latin-1")
        request = WebhookRequest(method="POST", url=URL, headers={HEADER: token}, body=body)

        assert believed_here(KEY, request, NOW) is believed_there(KEY, request, NOW, monkeypatch)


def believed_here(key: str, request: WebhookRequest, at: datetime) -> bool:
    try:
        evolve(PROVIDER, signing_keys=(key,)).verify(request, at=at)
    except WebhookRejected:
        return False
    return True


def believed_there(
    key: str, request: WebhookRequest, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> bool:
    class Then(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # theirs reads the clock itself
            return at.astimezone(tz)

    monkeypatch.setattr(jwt.api_jwt, "datetime", Then)
    try:
        RequestValidator(key).validate_signature(
            request.header(HEADER) or "", request.url, request.body
        )
    except ValidationError:
        return False
    return True


def test_statuses() -> None:
    """Each status that their client filters by is known here."""
    words = ("scheduled", "sent", "buffered", "delivered", "expired", "delivery_failed")
    states = []
    for word in words:
        fields = {"id": "1", "status": word}
        body = json.dumps(fields).encode()
        claims = {
            "iss": "MessageBird",
            "nbf": int(NOW.timestamp()),
            "exp": int(NOW.timestamp()) + 60,
            "url_hash": hashlib.sha256(URL.encode()).hexdigest(),
            "payload_hash": hashlib.sha256(body).hexdigest(),
        }
        headers = {HEADER: jwt.encode(claims, KEY, algorithm="HS256")}
        request = WebhookRequest(method="POST", url=URL, headers=headers, body=body)
        (update,) = PROVIDER.parse(PROVIDER.verify(request, at=NOW))
        states.append(getattr(update, "state", "none"))

    assert states == [None, State.SENT, None, State.DELIVERED, *[State.UNDELIVERED] * 2]
