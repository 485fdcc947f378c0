"""The Bandwidth adapter: credentials of callbacks, requests, answers and lists of events."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms import PhoneNumber
from compliant_sms.errors import InvalidInput, InvalidSignature, WebhookRejected
from compliant_sms.lifecycle import State
from compliant_sms.providers import (
    Attempt,
    Bandwidth,
    Certainty,
    Failure,
    InboundText,
    OutboundText,
    StatusUpdate,
    VerifiedWebhook,
    sealed,
)
from compliant_sms.testing import ProviderContract
from compliant_sms.wire import HttpReply, WebhookRequest
from conftest import PATIENT, SENDER
from figures import Flips
from signature_vectors import flipped, signature_vectors, vector_request, vector_time

VECTORS = [row for row in signature_vectors() if row["provider"] == "bandwidth"]
GENUINE = [row for row in VECTORS if row["expect"]]
URL = "https://clinic.example/texts"
NOW = datetime(2026, 11, 30, 16, tzinfo=UTC)
APPLICATION = "93de2206-9669-4e07-948d-329f4b722ee2"
OWN_MEDIA = "https://messaging.bandwidth.com/api/v2/users/5500001/media"
TEXT = OutboundText(to=PhoneNumber(PATIENT), body="See you at 2:30 & bring é 👍", reference="m1")


def bandwidth(**changes: Any) -> Bandwidth:
    fields = {
        "account_id": "5500001",
        "application_id": APPLICATION,
        "username": "api-user",
        "password": "api-password",
        "callback_credentials": ["hook:s3cret"],
        "sender": SENDER,
    }
    return Bandwidth(**(fields | changes))


def posted(content: object, credentials: str = "hook:s3cret") -> WebhookRequest:
    """A callback as Bandwidth posts it."""
    encoded = base64.b64encode(credentials.encode()).decode()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Authorization": f"Basic {encoded}",
    }
    return WebhookRequest(
        method="POST", url=URL, headers=headers, body=json.dumps(content).encode()
    )


def inbound(body: str = "Hello ", **changes: Any) -> dict[str, Any]:
    message = {
        "id": "in-1",
        "owner": SENDER,
        "applicationId": APPLICATION,
        "time": "2026-11-30T15:59:58Z",
        "segmentCount": 1,
        "direction": "in",
        "to": [SENDER],
        "from": PATIENT,
        "text": body,
    }
    return {
        "type": "message-received",
        "time": "2026-11-30T15:59:59Z",
        "description": "Incoming message received",
        "to": SENDER,
        "message": message | changes,
    }


def status(kind: str, code: object = None, **changes: Any) -> dict[str, Any]:
    message = {
        "id": "out-1",
        "owner": SENDER,
        "direction": "out",
        "to": [PATIENT],
        "from": SENDER,
        "text": "",
        "tag": "m1",
    }
    event: dict[str, Any] = {"type": kind, "time": "2026-11-30T15:59:59Z", "to": PATIENT}
    event |= {} if code is None else {"errorCode": code, "description": f"{PATIENT} said no"}
    return event | {"message": message | changes}


def parsed(content: object, **changes: Any) -> list[Any]:
    webhook = sealed("bandwidth", content, {}, authenticated=False)
    return list(bandwidth(**changes).parse(webhook))


def searched(status: str, code: int = 0, **changes: Any) -> HttpReply:
    """What a search for a text shows."""
    row: dict[str, Any] = {
        "messageId": "out-1",
        "sourceTn": SENDER,
        "destinationTn": PATIENT,
        "messageStatus": status,
        "messageDirection": "OUTBOUND",
        "messageType": "sms",
        "errorCode": code,
    }
    content = {"totalCount": 1, "pageInfo": {}, "messages": [row | changes]}
    return HttpReply(status=200, body=json.dumps(content).encode())


class TestBandwidthContract(ProviderContract):
    now = NOW
    secrets = ("api-password", "s3cret")

    def make_provider(self) -> Bandwidth:
        return bandwidth()

    def accepted(self) -> tuple[HttpReply, str]:
        body = {"id": "out-1", "to": [PATIENT], "from": SENDER, "text": "x", "tag": "m1"}
        return HttpReply(status=202, body=json.dumps(body).encode()), "out-1"

    def status_answer(self) -> HttpReply:
        return searched("DELIVERED")

    def refused(self) -> HttpReply:
        said = f"'{PATIENT}' must be replaced with a valid E164 formatted telephone number"
        body = {
            "type": "request-validation",
            "description": "Your request could not be accepted",
            "fieldErrors": [{"fieldName": "to", "description": said}],
        }
        return HttpReply(status=400, body=json.dumps(body).encode())

    def patient_texts(self, body: str) -> WebhookRequest:
        return posted([inbound(body)])

    def delivered(self) -> tuple[WebhookRequest, str]:
        return posted([status("message-delivered")]), "out-1"

    def undelivered(self) -> WebhookRequest:
        return posted([status("message-failed", 4775)])


# Credentials of callbacks


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: row["id"])
def test_signature_vectors(row: dict[str, Any]) -> None:
    """Each recorded callback is let in or refused, and none of them is taken for proof."""
    provider = bandwidth(callback_credentials=[row["secret"]])
    request = vector_request(row)

    if row["expect"]:
        webhook = provider.verify(request, at=vector_time(row))
        assert isinstance(webhook, VerifiedWebhook)
        assert webhook.authenticated is row["body_authenticated"]
        assert len(provider.parse(webhook)) == 1
    else:
        with pytest.raises(InvalidSignature):
            provider.verify(request, at=vector_time(row))


def meaning(header: str) -> tuple[str, bytes]:
    """What an Authorization header says."""
    scheme, _, encoded = header.partition(" ")
    try:
        return scheme.lower(), base64.b64decode(encoded.strip(), validate=True)
    except ValueError:
        return header, b""


def forgeries(count: int) -> Iterator[tuple[dict[str, Any], WebhookRequest]]:
    """Genuine callbacks whose credentials have one bit changed, and so are others."""
    chance = random.Random(20261130)
    while count:
        row = chance.choice(GENUINE)
        genuine = vector_request(row)
        header = genuine.header("authorization") or ""
        changed = flipped(header.encode(), chance).decode("latin-1")
        if meaning(changed) == meaning(header):
            continue  # "basic", or the last character's bits that say nothing
        headers = {"content-type": "application/json", "authorization": changed}
        yield row, evolve(genuine, headers=headers)
        count -= 1


@pytest.mark.parametrize("count", [500, pytest.param(10_000, marks=pytest.mark.endurance)])
def test_flipped_bits(count: int, flips: Flips) -> None:
    """No single changed bit of the credentials is let in."""
    for row, forged in forgeries(count):
        with pytest.raises(WebhookRejected):
            bandwidth(callback_credentials=[row["secret"]]).verify(forged, at=NOW)
    flips("Bandwidth", count)


def test_rotation() -> None:
    """Inbound texts and statuses may bring different credentials, old and new ones."""
    provider = bandwidth(callback_credentials=["in:new", "out:p:ss", "in:old"])
    for credentials in ("in:new", "out:p:ss", "in:old"):
        assert provider.parse(provider.verify(posted([inbound()], credentials), at=NOW))
    for credentials in ("in:p:ss", "out:p", ":", ""):
        with pytest.raises(InvalidSignature):
            provider.verify(posted([inbound()], credentials), at=NOW)
    with pytest.raises(InvalidSignature):
        bandwidth(callback_credentials=[]).verify(posted([inbound()], ""), at=NOW)


def test_no_json() -> None:
    """Right credentials do not make a body readable."""
    with pytest.raises(WebhookRejected, match="no JSON"):
        bandwidth().verify(evolve(posted([]), body=b"x"), at=NOW)


# Requests


def sent(text: OutboundText = TEXT, **changes: Any) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(bandwidth(**changes).request(text, at=NOW).body)
    return fields


def test_smallest_request() -> None:
    """A text goes to one number, and its reference travels as the tag."""
    assert sent() == {
        "applicationId": APPLICATION,
        "to": [PATIENT],
        "from": SENDER,
        "text": TEXT.body,
        "tag": "m1",
    }


@pytest.mark.parametrize(
    ("wanted", "expiration"),
    [
        (timedelta(hours=2), "2026-11-30T18:00:00+00:00"),
        (timedelta(seconds=1), "2026-11-30T16:01:00+00:00"),
        (timedelta(days=9), "2026-12-01T16:00:00+00:00"),
    ],
)
def test_expiration(wanted: timedelta, expiration: str) -> None:
    """How long it may be tried becomes an instant, within what is known to work."""
    text = evolve(TEXT, valid_for=wanted, media=("https://clinic.example/map.png",))

    assert sent(text)["expiration"] == expiration
    assert sent(text)["media"] == ["https://clinic.example/map.png"]


# Answers


def reply(status: int, content: object = b"", **headers: str) -> HttpReply:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpReply(status=status, headers=named, body=body)


def invalid(field: object) -> dict[str, Any]:
    errors = [{"fieldName": field, "description": f"'{PATIENT}' is wrong"}]
    return {"type": "request-validation", "description": "no", "fieldErrors": errors}


REFUSED, AMBIGUOUS = Certainty.REFUSED, Certainty.AMBIGUOUS
BUSY = "max-message-queue-size-exceeded"
ANSWERS = [
    (400, invalid("to"), REFUSED, Failure.INVALID_NUMBER, "request-validation to"),
    (400, invalid("to[0]"), REFUSED, Failure.INVALID_NUMBER, "request-validation to"),
    (400, invalid("from"), REFUSED, Failure.SENDER_INVALID, "request-validation from"),
    (400, invalid("media[2]"), REFUSED, Failure.CONTENT_INVALID, "request-validation media"),
    (400, invalid("applicationId"), REFUSED, Failure.CONFIG, "request-validation applicationId"),
    (400, invalid("priority"), REFUSED, Failure.UNKNOWN, "request-validation priority"),
    (400, invalid(None), REFUSED, Failure.UNKNOWN, "request-validation"),
    (400, {"fieldErrors": "x"}, REFUSED, Failure.UNKNOWN, "400"),
    (401, {"type": "unauthorized"}, REFUSED, Failure.AUTH, "unauthorized"),
    (401, b"", REFUSED, Failure.AUTH, "401"),
    (403, b"", REFUSED, Failure.AUTH, "403"),
    (404, b"", REFUSED, Failure.UNKNOWN, "404"),
    (429, {"type": BUSY}, REFUSED, Failure.RATE_LIMITED, BUSY),
    (408, b"", AMBIGUOUS, Failure.UNKNOWN, "408"),
    (500, {"type": "internal-server-error"}, AMBIGUOUS, Failure.PROVIDER_FAULT, None),
    (503, b"<html>down</html>", AMBIGUOUS, Failure.PROVIDER_FAULT, "503"),
    (202, b"<html>ok</html>", AMBIGUOUS, Failure.UNKNOWN, "202"),
    (202, {"id": None}, AMBIGUOUS, Failure.UNKNOWN, "202"),
    (204, {"id": "out-1"}, AMBIGUOUS, Failure.UNKNOWN, "204"),
]


@pytest.mark.parametrize(
    ("code", "content", "certainty", "category", "named"),
    ANSWERS,
    ids=[f"{code}-{index}" for index, (code, *_) in enumerate(ANSWERS)],
)
def test_answers(
    code: int, content: object, certainty: Certainty, category: Failure, named: str | None
) -> None:
    """Each answer says how sure it is that nothing was sent, and why."""
    attempt = bandwidth().response(reply(code, content))

    assert attempt.problem is not None
    assert (attempt.certainty, attempt.problem.category) == (certainty, category)
    assert named is None or attempt.problem.code == named
    assert PATIENT[1:] not in attempt.problem.said


@pytest.mark.parametrize("code", [200, 201, 202])
def test_accepted(code: int) -> None:
    """An id in a good answer is acceptance."""
    assert bandwidth().response(reply(code, {"id": "out-1"})) == Attempt(
        certainty=Certainty.ACCEPTED, provider_id="out-1"
    )


def test_full_queue() -> None:
    """A full queue passes, so the text may be tried again, after the wait that is asked for."""
    attempt = bandwidth().response(reply(429, {"type": BUSY}, Retry_After="3"))

    assert (attempt.may_be_repeated, attempt.retry_after) == (True, 3.0)


@given(st.integers(100, 599), st.binary(max_size=60))
def test_any_answer(code: int, body: bytes) -> None:
    """No answer whatever makes the adapter raise."""
    attempt = bandwidth().response(reply(code, body))

    assert (attempt.problem is None) == (attempt.certainty is Certainty.ACCEPTED)


def test_account() -> None:
    """The credentials are tried with a request that changes nothing and shows no text."""
    asked = bandwidth().check_account(at=NOW)
    listed = reply(200, {"totalCount": 0, "messages": []})

    assert asked.method == "GET"
    assert asked.url == (
        "https://messaging.bandwidth.com/api/v2/users/5500001/messages"
        "?sourceTn=%2B12175550111&limit=1"
    )
    assert bandwidth().account_problem(listed) is None


@pytest.mark.parametrize(
    ("answer", "category"),
    [
        (reply(401, {"type": "unauthorized"}), Failure.AUTH),
        (reply(403, b""), Failure.AUTH),
        (reply(200, b"<html>"), Failure.UNKNOWN),
        (reply(503, b""), Failure.PROVIDER_FAULT),
    ],
)
def test_account_problems(answer: HttpReply, category: Failure) -> None:
    """Anything but a list of messages is a problem with a reason."""
    found = bandwidth().account_problem(answer)

    assert found is not None
    assert found.category is category


# Callbacks


def test_inbound() -> None:
    """An inbound text keeps its body and media, and proves nothing about what it says."""
    media = [f"{OWN_MEDIA}/in-1/0/a.png", None, 3]
    (text,) = parsed([inbound(media=media)])

    assert text == InboundText(
        key="in-1",
        provider_id="in-1",
        sender=PhoneNumber(PATIENT),
        to=PhoneNumber(SENDER),
        body="Hello ",
        media=(f"{OWN_MEDIA}/in-1/0/a.png",),
        authenticated=False,
        sent_at=datetime(2026, 11, 30, 15, 59, 58, tzinfo=UTC),
    )


@pytest.mark.parametrize("body", ["STOP", "START", "HELP"])
def test_keywords_are_ours_to_answer(body: str) -> None:
    """Bandwidth answers no word by itself."""
    (text,) = parsed([inbound(body)])

    assert (text.recognized, text.answered) == (None, False)


def test_inbound_group() -> None:
    """A copy of a group's text belongs to the number that owns it; else to the one called."""
    (owned,) = parsed([inbound(to=["+12175550199", SENDER])])
    (unowned,) = parsed([inbound(owner=None, time=None)])

    assert owned.to == unowned.to == PhoneNumber(SENDER)
    assert unowned.sent_at == datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC)


def test_lists() -> None:
    """Every event of a list is read; a single one need not be in a list; others say nothing."""
    events = [inbound(), status("message-sending"), {"type": "x"}, 3, status("message-delivered")]

    assert [type(each) for each in parsed(events)] == [InboundText, StatusUpdate, StatusUpdate]
    assert parsed(inbound()) == parsed([inbound()])
    assert parsed([{"message": {"id": "out-1"}}]) == parsed([]) == []


STATES = [
    ("message-sending", None, {}, State.SENT),
    ("message-sent", None, {}, State.SENT),
    ("message-delivered", None, {}, State.DELIVERED),
    ("message-read", None, {}, State.DELIVERED),
    # A picture was only handed over.
    ("message-delivered", None, {"media": ["https://clinic.example/a.png"]}, State.SENT),
    ("message-delivered", None, {"channel": "MMS"}, State.SENT),
    ("message-delivered", None, {"channel": "SMS", "media": []}, State.DELIVERED),
    ("message-failed", 4482, {}, State.FAILED),
    ("message-failed", 5100, {}, State.FAILED),
    ("message-failed", None, {}, State.FAILED),
    ("message-failed", 4775, {}, State.UNDELIVERED),
    ("message-failed", "4775", {}, State.UNDELIVERED),
    ("message-failed", 5650, {}, State.UNDELIVERED),
    ("message-failed", 9999, {}, State.UNDELIVERED),
    # Nobody knows: it left, and no receipt came.
    ("message-failed", 9902, {}, State.SENT),
    ("message-teleported", None, {}, None),
]


@pytest.mark.parametrize(("kind", "code", "message", "state"), STATES)
def test_status_words(
    kind: str, code: object, message: dict[str, Any], state: State | None
) -> None:
    """Each status is translated, and an unknown word means nothing new."""
    (update,) = parsed([status(kind, code, **message)])

    assert (update.key, update.provider_id, update.reference) == (f"out-1/{kind}", "out-1", "m1")
    assert (update.state, update.recipient) == (state, PhoneNumber(PATIENT))


def test_receipts_for_pictures() -> None:
    """Where receipts for pictures are switched on, delivered means delivered."""
    (update,) = parsed([status("message-delivered", channel="MMS")], mms_receipts=True)

    assert update.state is State.DELIVERED


@pytest.mark.parametrize(
    ("code", "category"),
    [
        (4775, Failure.OPTED_OUT),
        (4772, Failure.BLOCKED_NUMBER),
        (4720, Failure.INVALID_NUMBER),
        (4721, Failure.UNREACHABLE_PERMANENT),
        (4702, Failure.UNREACHABLE_TEMPORARY),
        (4701, Failure.LANDLINE_OR_INCAPABLE),
        (4770, Failure.CARRIER_FILTERED),
        (4795, Failure.SENDER_UNREGISTERED),
        (4781, Failure.RATE_LIMITED),
        (4740, Failure.SENDER_INVALID),
        (4432, Failure.DESTINATION_NOT_ENABLED),
        (4751, Failure.CONTENT_INVALID),
        (4360, Failure.EXPIRED),
        (5600, Failure.PROVIDER_FAULT),
        (9902, Failure.UNKNOWN),
        (1234, Failure.UNKNOWN),
        ("9" * 5000, Failure.UNKNOWN),
    ],
)
def test_error_codes(code: object, category: Failure) -> None:
    """The reason in a callback is read, and its words are kept without the number in them."""
    (update,) = parsed([status("message-failed", code)])

    assert update.problem is not None
    assert update.problem.category is category
    assert update.problem.said.endswith("said no")
    assert PATIENT[1:] not in update.problem.said


@pytest.mark.parametrize("code", [None, "", [4775], {"a": 1}, True])
def test_no_error_code(code: object) -> None:
    """A callback without a code has no reason."""
    (update,) = parsed([status("message-failed", code, tag=None)])

    assert (update.problem, update.reference) == (None, None)


@pytest.mark.parametrize(
    ("path", "fetched"),
    [
        ("/in-1/0/a.png", True),
        ("/a%20b.png?x=1", True),
        ("", False),
        ("/", False),
        ("/../messages", False),
        ("/%2E%2e/messages", False),
        ("/a\\..\\b", False),
        ("/a b", False),
    ],
)
def test_media(path: str, fetched: bool) -> None:  # noqa: FBT001
    """Pictures are fetched with credentials, from the account's own media and nothing else."""
    request = bandwidth().media_request(f"{OWN_MEDIA}{path}", at=NOW)

    assert (request is not None) is fetched
    assert request is None or "authorization" in dict(request.headers)


@pytest.mark.parametrize(
    "url",
    [
        "https://messaging.bandwidth.com/api/v2/users/5500002/media/a.png",
        "https://messaging.bandwidth.com.evil.example/api/v2/users/5500001/media/a.png",
        "http://messaging.bandwidth.com/api/v2/users/5500001/media/a.png",
    ],
)
def test_media_of_others(url: str) -> None:
    """Credentials go nowhere else, not even to another account."""
    assert bandwidth().media_request(url, at=NOW) is None


# Set-up


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"account_id": " "}, "account_id is empty"),
        ({"application_id": ""}, "application_id is empty"),
        ({"username": ""}, "username is empty"),
        ({"password": ""}, "password is empty"),
        ({"callback_credentials": ["hook"]}, "user:password"),
        ({"callback_credentials": [":s3cret"]}, "user:password"),
        ({"callback_credentials": ["hook:"]}, "user:password"),
        ({"callback_credentials": "hook:s3cret"}, "in a list"),
    ],
)
def test_bad_set_up(changes: dict[str, Any], words: str) -> None:
    """A field that cannot be right is refused when the adapter is made."""
    with pytest.raises(InvalidInput, match=words):
        bandwidth(**changes)


# What became of a text

SENT_TEXT = OutboundText(to=PhoneNumber(PATIENT), body="x", reference="m1", provider_id="out-1")


@pytest.mark.parametrize(
    ("status", "code", "state", "category"),
    [
        ("QUEUED", 0, State.SENT, None),
        ("ACCEPTED", 0, State.SENT, None),
        ("SENDING", 0, State.SENT, None),
        ("SENT", 0, State.SENT, None),
        ("DELIVERED", 0, State.DELIVERED, None),
        ("UNDELIVERED", 4702, State.UNDELIVERED, Failure.UNREACHABLE_TEMPORARY),
        ("FAILED", 4775, State.UNDELIVERED, Failure.OPTED_OUT),
        ("FAILED", 4432, State.FAILED, Failure.DESTINATION_NOT_ENABLED),
        ("FAILED", 9902, State.SENT, Failure.UNKNOWN),
        ("SOMETHING_NEW", 0, State.SENT, None),
    ],
)
def test_status(status: str, code: int, state: State, category: Failure | None) -> None:
    """A search for a text says of it what its callback would."""
    told = bandwidth().read_status(searched(status, code), SENT_TEXT)

    assert told is not None
    assert (told.provider_id, told.state) == ("out-1", state)
    assert (told.problem.category if told.problem else None) == category


def test_status_of_a_picture() -> None:
    """Without receipts for pictures "delivered" means that it was handed over."""
    answer = searched("DELIVERED", messageType="mms")
    handed_over = bandwidth().read_status(answer, SENT_TEXT)
    delivered = bandwidth(mms_receipts=True).read_status(answer, SENT_TEXT)

    assert handed_over is not None
    assert delivered is not None
    assert (handed_over.state, delivered.state) == (State.SENT, State.DELIVERED)


def test_status_of_none() -> None:
    """Where none or another is listed nothing is known."""
    empty = HttpReply(status=200, body=b'{"messages": []}')
    answers = (empty, searched("DELIVERED", messageId="out-2"), HttpReply(status=500))

    assert [bandwidth().read_status(each, SENT_TEXT) for each in answers] == [None] * 3
