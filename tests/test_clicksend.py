"""The ClickSend adapter: the contract, ClickSend's own words, and the secret in its address."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from attrs import evolve

from compliant_sms.errors import InvalidInput, InvalidSignature, WebhookRejected
from compliant_sms.lifecycle import State
from compliant_sms.phone import PhoneNumber
from compliant_sms.providers import (
    Certainty,
    ClickSend,
    Failure,
    InboundText,
    OutboundText,
    Provider,
    SentText,
    StatusUpdate,
    sealed,
)
from compliant_sms.testing import ProviderContract
from compliant_sms.wire import HttpReply, WebhookRequest
from conftest import PATIENT, SENDER
from figures import Flips
from signature_vectors import flipped, signature_vectors, vector_request, vector_time

TOKEN, KEY = "s3cret-of-the-address", "k3y-of-requests"
NOW = datetime(2026, 11, 30, 16, tzinfo=UTC)
URL = f"https://clinic.example/texts?token={TOKEN}"
TEXT = OutboundText(to=PhoneNumber(PATIENT), body="See you at 2:30", reference="m-1")
VECTORS = [row for row in signature_vectors() if row["provider"] == "clicksend"]
GENUINE = [row for row in VECTORS if row["expect"]]
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
OURS = "Your result is in, Jane"
INBOUND: dict[str, Any] = {
    "timestamp": str(int(NOW.timestamp()) - 2),
    "from": PATIENT,
    "to": SENDER,
    "body": "Hello ",
    "original_body": OURS,
    "originalmessage": OURS,
    "original_message_id": "2EC55679-DC35-208E-5F7D-C4FC21959499",
    "custom_string": "m-1",
    "message_id": "85D335C6-EC19-63A5-0274-DC05434E065C",
    "_keyword": "Hello",
}
RECEIPT: dict[str, Any] = {
    "timestamp_send": "1796054300",
    "timestamp": "1796054305",
    "message_id": "31BC271B-1E0C-45F6-9E7E-97186C46BB82",
    "status_code": "201",
    "status_text": "Success: Message received on handset.",
    "error_code": "",
    "error_text": "",
    "custom_string": "m-1",
    "message_type": "sms",
}
ROW: dict[str, Any] = {
    "direction": "out",
    "date": 1796054300,
    "to": PATIENT,
    "from": SENDER,
    "body": "See you at 2:30",
    "status": "Sent",
    "status_code": "201",
    "error_code": None,
    "message_id": RECEIPT["message_id"],
    "custom_string": "m-1",
}


def clicksend(**changes: Any) -> ClickSend:
    fields = {"username": "clinic", "api_key": KEY, "url_tokens": (TOKEN,), "sender": SENDER}
    return ClickSend(**(fields | changes))


def posted(fields: dict[str, Any], *, kind: str = FORM, url: str = URL) -> WebhookRequest:
    written = json.dumps(fields) if kind == JSON else urlencode(fields)
    return WebhookRequest(
        method="POST", url=url, headers={"Content-Type": kind}, body=written.encode()
    )


def got(fields: dict[str, Any]) -> WebhookRequest:
    return WebhookRequest(method="GET", url=f"{URL}&{urlencode(fields)}")


def reply(status: int, content: object = b"", **headers: str) -> HttpReply:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return HttpReply(status=status, headers=headers, body=body)


def answered(status: str, **message: Any) -> dict[str, Any]:
    """What it answers to a request with one message."""
    told = {"to": PATIENT, "message_id": RECEIPT["message_id"], "status": status} | message
    data = {"total_count": 1, "queued_count": 1, "messages": [told], "blocked_count": 0}
    said = "Messages queued for delivery."
    return {"http_code": 200, "response_code": "SUCCESS", "response_msg": said, "data": data}


def listed(*rows: Any, status: int = 200) -> HttpReply:
    return reply(status, {"http_code": 200, "data": {"total": len(rows), "data": list(rows)}})


def events(request: WebhookRequest) -> list[Any]:
    provider = clicksend()
    return list(provider.parse(provider.verify(request, at=NOW)))


class TestClickSendContract(ProviderContract):
    secrets = (TOKEN, KEY)
    reference = "m-1"

    def make_provider(self) -> Provider:
        return clicksend()

    def accepted(self) -> tuple[HttpReply, str]:
        return reply(200, answered("SUCCESS")), RECEIPT["message_id"]

    def status_answer(self) -> HttpReply:
        return listed(ROW)

    def refused(self) -> HttpReply:
        return reply(200, answered("INVALID_RECIPIENT"))

    def patient_texts(self, body: str) -> WebhookRequest:
        return posted(INBOUND | {"body": body})

    def delivered(self) -> tuple[WebhookRequest, str]:
        return posted(RECEIPT), RECEIPT["message_id"]

    def undelivered(self) -> WebhookRequest:
        said = f"Unknown subscriber {PATIENT}"
        return posted(RECEIPT | {"status_code": "301", "error_code": "8", "error_text": said})


# Requests


def test_request() -> None:
    """One message, and nothing that has replies mailed to an address."""
    request = clicksend().request(evolve(TEXT, send_at=NOW + timedelta(hours=1)), at=NOW)

    assert (request.method, request.url) == ("POST", "https://rest.clicksend.com/v3/sms/send")
    message = {"to": PATIENT, "from": SENDER, "body": "See you at 2:30", "custom_string": "m-1"}
    later = int(NOW.timestamp()) + 3600
    assert json.loads(request.body) == {"messages": [message | {"schedule": later}]}
    assert json.loads(clicksend().request(TEXT, at=NOW).body) == {"messages": [message]}


@pytest.mark.parametrize(
    "changes",
    [
        {"username": ""},
        {"username": "a:b"},
        {"api_key": " "},
        {"url_tokens": ("",)},
        {"url_tokens": "token"},
    ],
)
def test_bad_set_up(changes: dict[str, Any]) -> None:
    """A field that cannot be right is refused when the adapter is made."""
    with pytest.raises(InvalidInput):
        clicksend(**changes)


# Answers

REFUSED, AMBIGUOUS = Certainty.REFUSED, Certainty.AMBIGUOUS
NOTHING_BUT_BLOCKED = {"data": {"messages": [], "queued_count": 0, "blocked_count": 1}}


@pytest.mark.parametrize(
    ("status", "answer", "certainty", "category", "code"),
    [
        (200, answered("INVALID_RECIPIENT"), REFUSED, Failure.INVALID_NUMBER, "INVALID_RECIPIENT"),
        (
            200,
            answered("COUNTRY_NOT_ENABLED"),
            REFUSED,
            Failure.DESTINATION_NOT_ENABLED,
            "COUNTRY_NOT_ENABLED",
        ),
        (
            200,
            answered("INSUFFICIENT_CREDIT"),
            REFUSED,
            Failure.INSUFFICIENT_FUNDS,
            "INSUFFICIENT_CREDIT",
        ),
        (200, answered("THROTTLED"), REFUSED, Failure.DUPLICATE, "THROTTLED"),
        (200, NOTHING_BUT_BLOCKED, REFUSED, Failure.COMPLIANCE_BLOCKED, "blocked"),
        # Whether these were sent nobody knows.
        (200, answered("SOMETHING_NEW"), AMBIGUOUS, Failure.UNKNOWN, "SOMETHING_NEW"),
        (200, answered("SUCCESS", message_id=None), AMBIGUOUS, Failure.UNKNOWN, "SUCCESS"),
        (200, answered("success"), AMBIGUOUS, Failure.UNKNOWN, "success"),
        (200, {"data": {"messages": []}}, AMBIGUOUS, Failure.UNKNOWN, "200"),
        (201, answered("SUCCESS"), AMBIGUOUS, Failure.UNKNOWN, "SUCCESS"),
        (401, {"response_code": "UNAUTHORIZED"}, REFUSED, Failure.AUTH, "UNAUTHORIZED"),
        (429, b"", REFUSED, Failure.RATE_LIMITED, "429"),
        (500, {"response_code": "X"}, AMBIGUOUS, Failure.PROVIDER_FAULT, "X"),
        (503, answered("THROTTLED"), AMBIGUOUS, Failure.DUPLICATE, "THROTTLED"),
    ],
)  # fmt: skip
def test_answers(
    status: int, answer: object, certainty: Certainty, category: Failure, code: str
) -> None:
    """A 200 proves nothing: the message's own status does, where it is a known word."""
    attempt = clicksend().response(reply(status, answer))

    assert attempt.problem is not None
    assert attempt.certainty is certainty
    assert (attempt.problem.category, attempt.problem.code) == (category, code)


def test_never_repeated_for_being_the_same() -> None:
    """Throttled means that ClickSend has the same text already: it must not go out again."""
    assert not clicksend().response(reply(200, answered("THROTTLED"))).may_be_repeated
    limited = clicksend().response(HttpReply(status=429, headers={"Retry-After": "39"}))
    assert limited.may_be_repeated
    assert limited.retry_after == 39


def test_account() -> None:
    """The key is tried on the account."""
    asked = clicksend().check_account(at=NOW)

    assert (asked.method, asked.url) == ("GET", "https://rest.clicksend.com/v3/account")
    assert clicksend().account_problem(reply(200, {"data": {"username": "clinic"}})) is None
    for answer in (reply(200, b"<html>"), reply(200, {"data": {}}), reply(503, b"")):
        assert clicksend().account_problem(answer) is not None


# Looking up


def test_look_up() -> None:
    """A text is looked for among that recipient's newest."""
    url = urlsplit(clicksend().look_up(TEXT, at=NOW).url)

    assert url.path == "/v3/sms/history"
    assert parse_qs(url.query) == {
        "q": [f"to:{PATIENT}"],
        "order_by": ["date:desc"],
        "limit": ["100"],
    }


@pytest.mark.parametrize(
    ("row", "state", "category"),
    [
        (ROW, State.DELIVERED, None),
        (ROW | {"status_code": None}, State.SENT, None),
        (ROW | {"status_code": "200", "status": "Queued"}, State.SENT, None),
        (ROW | {"status_code": "", "status": "WaitApproval"}, State.SENT, None),
        (ROW | {"status_code": "301", "error_code": "19"}, State.UNDELIVERED,
         Failure.CARRIER_FILTERED),
        (ROW | {"status_code": None, "status": "CancelledAfterReview"}, State.FAILED,
         Failure.UNKNOWN),
        (ROW | {"status_code": "999"}, State.SENT, None),
    ],
)  # fmt: skip
def test_found(row: dict[str, Any], state: State, category: Failure | None) -> None:
    """A row with our reference to that number is the text, however far it got."""
    others = [ROW | {"custom_string": "m-2"}, ROW | {"direction": "in"}, ROW | {"to": SENDER}, 7]
    (sent,) = clicksend().found(listed(*others, row), TEXT, NOW) or ()

    assert sent == SentText(provider_id=ROW["message_id"], state=state, problem=sent.problem)
    assert (sent.problem.category if sent.problem else None) is category


@pytest.mark.parametrize(
    "answer",
    [
        listed(),
        listed(ROW | {"custom_string": "m-2"}),
        listed(ROW | {"message_id": None}),
        listed(ROW, status=500),
        reply(200, {"data": [ROW]}),
        reply(200, b"<html>"),
    ],
)
def test_absence_proves_nothing(answer: HttpReply) -> None:
    """A text that is not listed may be listed later: nobody says that it surely did not go out."""
    assert clicksend().found(answer, TEXT, NOW) is None


# The secret in the address


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: row["id"])
def test_vectors(row: dict[str, Any]) -> None:
    """Each recorded callback is believed or refused as it should be; its body is never proved."""
    provider, request = clicksend(url_tokens=(row["secret"],)), vector_request(row)

    assert row["options"]["parameter"] == "token"
    if row["expect"]:
        assert provider.verify(request, at=vector_time(row)).authenticated is False
    else:
        with pytest.raises(InvalidSignature):
            provider.verify(request, at=vector_time(row))


@pytest.mark.parametrize("trials", [400, pytest.param(10_000, marks=pytest.mark.endurance)])
def test_flipped_bits(trials: int, flips: Flips) -> None:
    """No single changed bit of the address is believed, unless it brings the same token."""
    chance = random.Random(20261130)
    for _ in range(trials):
        row = chance.choice(GENUINE)
        genuine = vector_request(row)
        head, _, asked = genuine.url.partition("?")
        changed = flipped(asked.encode(), chance).decode("utf-8", "surrogateescape")
        provider = clicksend(url_tokens=(row["secret"],))
        forged = evolve(genuine, url=f"{head}?{changed}")
        given = parse_qsl(changed.partition("#")[0], keep_blank_values=True)
        if [value for name, value in given if name == "token"] == [row["secret"]]:
            provider.verify(forged, at=vector_time(row))
            continue
        with pytest.raises(InvalidSignature):
            provider.verify(forged, at=vector_time(row))
    flips("ClickSend", trials)


def test_rotation() -> None:
    """While a token is being changed both are believed, and nothing without any."""
    callback = posted(INBOUND)

    assert clicksend(url_tokens=("newer", TOKEN)).verify(callback, at=NOW)
    for others in (("newer",), ()):
        with pytest.raises(InvalidSignature):
            clicksend(url_tokens=others).verify(callback, at=NOW)


def test_token_in_the_body() -> None:
    """The token counts in the address only."""
    with pytest.raises(InvalidSignature):
        clicksend().verify(
            posted(INBOUND | {"token": TOKEN}, url="https://clinic.example/texts"), at=NOW
        )


def test_what_cannot_be_read() -> None:
    """What is neither a form nor JSON is refused."""
    for body, kind in ((b"<xml/>", "text/xml"), (b"a=%ff", FORM), (b"{", JSON)):
        request = WebhookRequest(method="POST", url=URL, headers={"Content-Type": kind}, body=body)
        with pytest.raises(WebhookRejected) as refused:
            clicksend().verify(request, at=NOW)
        assert refused.value.status == 400


# Callbacks

EXPECTED = InboundText(
    key=INBOUND["message_id"],
    provider_id=INBOUND["message_id"],
    sender=PhoneNumber(PATIENT),
    to=PhoneNumber(SENDER),
    body="Hello ",
    authenticated=False,
    sent_at=NOW - timedelta(seconds=2),
)


@pytest.mark.parametrize(
    "request_",
    [posted(INBOUND), posted(INBOUND, kind=JSON), got(INBOUND)],
    ids=["form", "json", "get"],
)
def test_inbound(request_: WebhookRequest) -> None:
    """A patient's text keeps its body unchanged, whichever way the rule sends it."""
    assert events(request_) == [EXPECTED]


@pytest.mark.parametrize(
    "request_",
    [posted(INBOUND), posted(INBOUND, kind=JSON), got(INBOUND)],
    ids=["form", "json", "get"],
)
def test_our_own_text_is_not_kept(request_: WebhookRequest) -> None:
    """ClickSend repeats what we last wrote: nothing of it, nor the token, is kept."""
    webhook = clicksend().verify(request_, at=NOW)

    kept = json.dumps([dict(webhook.content), dict(webhook.query)])
    assert OURS not in kept
    assert TOKEN not in kept


@pytest.mark.parametrize("stamp", ["", "soon", "0", "-5", "9" * 12, "9" * 40, None, "1.5"])
def test_odd_times(stamp: object) -> None:
    """A time that is none is no time."""
    (text,) = events(posted(INBOUND | {"timestamp": stamp}, kind=JSON))

    assert text.sent_at is None


def test_keywords_are_left_to_us() -> None:
    """A text over the API passes ClickSend's opt-outs by: nobody has answered a STOP."""
    (text,) = events(posted(INBOUND | {"body": "STOP"}))

    assert (text.recognized, text.answered, text.authenticated) == (None, False, False)


@pytest.mark.parametrize(
    ("status", "error", "state", "category"),
    [
        ("200", "3", State.SENT, None),
        ("201", "", State.DELIVERED, None),
        ("201", "4", State.DELIVERED, None),
        ("300", "16", State.SENT, None),
        ("301", "5", State.UNDELIVERED, Failure.CANCELED),
        ("301", "7", State.UNDELIVERED, Failure.UNKNOWN),
        ("301", "8", State.UNDELIVERED, Failure.UNREACHABLE_PERMANENT),
        ("301", "9", State.UNDELIVERED, Failure.UNREACHABLE_PERMANENT),
        ("301", "10", State.UNDELIVERED, Failure.CARRIER_FILTERED),
        ("301", "11", State.UNDELIVERED, Failure.LANDLINE_OR_INCAPABLE),
        ("301", "12", State.UNDELIVERED, Failure.UNREACHABLE_TEMPORARY),
        ("301", "18", State.UNDELIVERED, Failure.NO_ROUTE),
        ("301", "19", State.UNDELIVERED, Failure.CARRIER_FILTERED),
        ("301", "20", State.UNDELIVERED, Failure.EXPIRED),
        ("302", "", State.UNDELIVERED, Failure.UNKNOWN),
        ("301", "9999", State.UNDELIVERED, Failure.UNKNOWN),
        ("999", "", None, None),
    ],
)
def test_statuses(status: str, error: str, state: State | None, category: Failure | None) -> None:
    """Statuses and reasons are translated, as numbers or as texts."""
    told = RECEIPT | {"status_code": status, "error_code": error}
    (update,) = events(posted(told))

    assert update == StatusUpdate(
        key=f"{RECEIPT['message_id']}/{status}/{error}",
        provider_id=RECEIPT["message_id"],
        reference="m-1",
        state=state,
        problem=update.problem,
    )
    assert (update.problem.category if update.problem else None) is category
    numbers = told | {"status_code": int(status), "error_code": int(error) if error else None}
    assert events(posted(numbers, kind=JSON)) == [update]
    assert events(got(told)) == [update]


def test_keys() -> None:
    """Another status, or the same for another reason, is other news; no key names a patient."""
    told = [
        RECEIPT,
        RECEIPT | {"status_code": "200"},
        RECEIPT | {"status_code": "301", "error_code": "8"},
        RECEIPT | {"status_code": "301", "error_code": "12"},
        RECEIPT | {"message_id": "another"},
    ]
    keys = {event.key for each in told for event in events(posted(each))}

    assert len(keys) == len(told)
    assert not any(PATIENT[1:] in key for key in keys)


@pytest.mark.parametrize(
    "content", [{}, {"message_id": "1"}, {"status_code": "201"}, {"body": "x", "from": PATIENT}]
)
def test_nothing_to_tell(content: dict[str, Any]) -> None:
    """What is neither a text nor a receipt, or names none, is no event and no error."""
    assert events(posted(content, kind=JSON)) == []
    assert clicksend().parse(sealed("clicksend", [content], {})) == []


# What a callback does not prove

RECEIVED = ROW | {
    "direction": "in",
    "from": PATIENT,
    "to": SENDER,
    "body": "Hello ",
    "status": "Received",
    "message_id": INBOUND["message_id"],
}


def test_confirmed() -> None:
    """A text is confirmed by ClickSend's own list of what that number wrote."""
    asked = clicksend().confirm(EXPECTED, at=NOW)

    assert asked is not None
    assert parse_qs(urlsplit(asked.url).query)["q"] == [f"from:{PATIENT}"]
    assert clicksend().confirmed(listed(ROW, RECEIVED), EXPECTED)
    assert clicksend().confirm(evolve(EXPECTED, sender=None), at=NOW) is None


@pytest.mark.parametrize(
    "answer",
    [
        listed(),
        listed(ROW),
        listed(RECEIVED | {"direction": "out"}),
        listed(RECEIVED | {"message_id": ROW["message_id"]}),
        listed(RECEIVED | {"body": "START"}),
        listed(RECEIVED | {"from": SENDER}),
        listed(RECEIVED, status=404),
        reply(200, [RECEIVED]),
    ],
)
def test_not_confirmed(answer: HttpReply) -> None:
    """Another text, another number, another way or no list: it is not that text."""
    assert not clicksend().confirmed(answer, EXPECTED)
    assert not clicksend().confirmed(listed(RECEIVED), evolve(EXPECTED, sender=None))
