"""The Sinch adapter: the contract, Sinch's own words, and its signature."""

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
    Certainty,
    Failure,
    InboundText,
    OutboundText,
    Provider,
    ProviderKeyword,
    SentText,
    Sinch,
    StatusUpdate,
    sealed,
)
from compliant_sms.providers._codes import codes_of
from compliant_sms.testing import ProviderContract
from compliant_sms.wire import HttpReply, WebhookRequest
from conftest import PATIENT, SENDER
from figures import Flips
from signature_vectors import flipped, signature_vectors, vector_request, vector_time

SECRET, TOKEN = "s3cret-of-callbacks", "t0ken-of-requests"
NOW = datetime(2026, 11, 30, 16, tzinfo=UTC)
TEXT = OutboundText(to=PhoneNumber(PATIENT), body="See you at 2:30", reference="m-1")
VECTORS = [row for row in signature_vectors() if row["provider"] == "sinch"]
GENUINE = [row for row in VECTORS if row["expect"]]
HEADER = "x-sinch-webhook-signature"
INBOUND = {
    "type": "mo_text",
    "id": "01XS8EC6FH2YMKUBG23IOWKXUD",
    "from": PATIENT[1:],
    "to": SENDER[1:],
    "body": "Hello ",
    "operator_id": "310260",
    "received_at": "2026-11-30T15:59:58.120Z",
    "sent_at": "2026-11-30T09:00:00Z",
}
REPORT = {
    "type": "recipient_delivery_report_sms",
    "batch_id": "01FC66621XXXXX119Z8PMV1QPQ",
    "recipient": PATIENT[1:],
    "code": 0,
    "status": "Delivered",
    "at": "2026-11-30T15:59:59.000Z",
    "client_reference": "m-1",
}


def sinch(**changes: Any) -> Sinch:
    fields = {
        "service_plan_id": "jd63jf88477ll123",
        "api_token": TOKEN,
        "sender": SENDER,
        "webhook_secrets": (SECRET,),
    }
    return Sinch(**(fields | changes))


def signed(body: bytes, *, at: datetime = NOW, secret: str = SECRET) -> WebhookRequest:
    """A callback as Sinch signs it."""
    stamp, nonce = str(int(at.timestamp())), "UQyYghXxNTh3VC3N7EtqjY"
    over = body + f".{nonce}.{stamp}".encode()
    digest = hmac.new(secret.encode(), over, hashlib.sha256).digest()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        HEADER: base64.b64encode(digest).decode(),
        f"{HEADER}-nonce": nonce,
        f"{HEADER}-timestamp": stamp,
        f"{HEADER}-algorithm": "HmacSHA256",
    }
    url = "https://clinic.example/texts"
    return WebhookRequest(method="POST", url=url, headers=headers, body=body)


def reply(status: int, content: object = b"", **headers: str) -> HttpReply:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return HttpReply(status=status, headers=headers, body=body)


def summary(code: int, status: str) -> dict[str, Any]:
    """The report on a batch with one recipient, as it is fetched."""
    told = {"code": code, "status": status, "count": 1}
    return {
        "type": "delivery_report_sms",
        "batch_id": REPORT["batch_id"],
        "statuses": [told],
        "total_message_count": 1,
    }


class TestSinchContract(ProviderContract):
    secrets = (SECRET, TOKEN)

    def make_provider(self) -> Provider:
        return sinch()

    def accepted(self) -> tuple[HttpReply, str]:
        content = {"id": "01FC66621XXXXX119Z8PMV1QPQ", "to": [PATIENT[1:]], "canceled": False}
        return reply(201, content), "01FC66621XXXXX119Z8PMV1QPQ"

    def status_answer(self) -> HttpReply:
        return reply(200, summary(0, "Delivered"))

    def refused(self) -> HttpReply:
        said = f"Invalid number {PATIENT} in 'to'"
        return reply(400, {"code": "syntax_invalid_parameter_format", "text": said})

    def patient_texts(self, body: str) -> WebhookRequest:
        return signed(json.dumps(INBOUND | {"body": body}, ensure_ascii=False).encode())

    def delivered(self) -> tuple[WebhookRequest, str]:
        return signed(json.dumps(REPORT).encode()), "01FC66621XXXXX119Z8PMV1QPQ"

    def undelivered(self) -> WebhookRequest:
        return signed(json.dumps(REPORT | {"status": "Failed", "code": 402}).encode())


# Requests


def content(provider: Sinch, text: OutboundText) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(provider.request(text, at=NOW).body)
    return made


def test_a_report_of_each_step_is_asked_for() -> None:
    """Without being asked Sinch tells nothing at all."""
    made = content(sinch(), TEXT)

    assert made["delivery_report"] == "per_recipient"
    assert made["client_reference"] == "m-1"
    assert made["to"] == [PATIENT]
    assert "callback_url" not in made


def test_callback() -> None:
    """The callback's address goes along, and needs no reference: the report brings it."""
    url = "https://clinic.example/texts"

    assert content(sinch(status_callback=url), TEXT)["callback_url"] == url


@pytest.mark.parametrize(
    ("wanted", "send_at", "expires"),
    [
        (timedelta(hours=2), None, "2026-11-30T18:00:00Z"),
        (timedelta(days=9), None, "2026-12-03T16:00:00Z"),
        (timedelta(hours=2), NOW + timedelta(hours=1), "2026-11-30T19:00:00Z"),
        (None, None, None),
    ],
)
def test_expiry(wanted: timedelta | None, send_at: datetime | None, expires: str | None) -> None:
    """What is given as a duration becomes an instant, three days after sending at the most."""
    made = content(sinch(), evolve(TEXT, valid_for=wanted, send_at=send_at))

    assert made.get("expire_at") == expires


def test_regions() -> None:
    """Each region has its own host, and another address replaces it."""
    assert (
        sinch(region="eu")
        .request(TEXT, at=NOW)
        .url.startswith("https://eu.sms.api.sinch.com/xms/v1/jd63jf88477ll123/")
    )
    here = sinch(base_url="http://127.0.0.1:8")
    assert here.request(TEXT, at=NOW).url == "http://127.0.0.1:8/xms/v1/jd63jf88477ll123/batches"
    assert here.simulated
    assert not sinch().simulated


@pytest.mark.parametrize(
    "changes",
    [
        {"service_plan_id": "a/b"},
        {"service_plan_id": ""},
        {"region": "us.evil.example/"},
        {"region": ""},
        {"api_token": " "},
        {"webhook_secrets": ("",)},
        {"webhook_secrets": "secret"},
    ],
)
def test_bad_set_up(changes: dict[str, Any]) -> None:
    """A field that cannot be right is refused when the adapter is made."""
    with pytest.raises(InvalidInput):
        sinch(**changes)


# Answers

REFUSED, AMBIGUOUS = Certainty.REFUSED, Certainty.AMBIGUOUS


@pytest.mark.parametrize(
    ("status", "answer", "certainty", "category", "code"),
    [
        (400, {"code": "syntax_invalid_json"}, REFUSED, Failure.UNKNOWN, "syntax_invalid_json"),
        (401, {"code": "unauthorized"}, REFUSED, Failure.AUTH, "unauthorized"),
        (402, b"", REFUSED, Failure.INSUFFICIENT_FUNDS, "402"),
        (403, {"code": "missing_callback_url"}, REFUSED, Failure.CONFIG, "missing_callback_url"),
        (403, {"code": "forbidden"}, REFUSED, Failure.AUTH, "forbidden"),
        (429, b"slow down", REFUSED, Failure.RATE_LIMITED, "429"),
        (500, {"code": "internal_error"}, AMBIGUOUS, Failure.PROVIDER_FAULT, "internal_error"),
        (201, {"id": 7}, AMBIGUOUS, Failure.UNKNOWN, "201"),
        (201, {"id": ""}, AMBIGUOUS, Failure.UNKNOWN, "201"),
        (202, {"id": "01FC"}, AMBIGUOUS, Failure.UNKNOWN, "202"),
    ],
)
def test_answers(
    status: int, answer: object, certainty: Certainty, category: Failure, code: str
) -> None:
    """Each answer says how sure it is that nothing was sent, and why."""
    attempt = sinch().response(reply(status, answer))

    assert attempt.problem is not None
    assert attempt.certainty is certainty
    assert (attempt.problem.category, attempt.problem.code) == (category, code)


def test_retry_after() -> None:
    """Sinch may say how long to wait."""
    attempt = sinch().response(HttpReply(status=429, headers={"Retry-After": "7"}))

    assert attempt.retry_after == 7
    assert attempt.may_be_repeated


# Looking up

TODAY = "Mon, 30 Nov 2026 16:00:00 GMT"


def test_look_up() -> None:
    """Batches are asked for by our reference, and further back than Sinch's one day."""
    url = sinch().look_up(TEXT, at=NOW).url

    assert url.endswith("/batches?start_date=2026-11-17T16%3A00%3A00Z&client_reference=m-1")


def test_found() -> None:
    """A batch with our reference is the text."""
    batches = [{"id": "01A", "client_reference": "m-1"}, {"id": "01B"}]

    found = sinch().found(reply(200, {"batches": batches}), TEXT, NOW)
    assert found == [
        SentText(provider_id="01A", state=State.SENT),
        SentText(provider_id="01B", state=State.SENT),
    ]


@pytest.mark.parametrize(("days", "found"), [(0, []), (12, []), (13, None), (40, None)])
def test_what_is_not_listed(days: int, found: list[SentText] | None) -> None:
    """An empty list proves that a text is not there as far back as Sinch lists."""
    since, answer = NOW - timedelta(days=days), reply(200, {"batches": []}, Date=TODAY)

    assert sinch().found(answer, TEXT, since) == found


@pytest.mark.parametrize(
    "answer",
    [
        reply(500, {"batches": []}, Date=TODAY),
        reply(200, b"<html></html>", Date=TODAY),
        reply(200, {"batches": None}, Date=TODAY),
        reply(200, {"batches": []}),
        reply(200, {"batches": ["01A"]}, Date=TODAY),
        reply(200, {"batches": [{"client_reference": "m-1"}]}, Date=TODAY),
        reply(200, {"batches": [{"id": "01A", "client_reference": "m-2"}]}, Date=TODAY),
    ],
)
def test_lists_that_tell_nothing(answer: HttpReply) -> None:
    """A list of others, or not as Sinch describes it, proves neither presence nor absence."""
    assert sinch().found(answer, TEXT, NOW) is None


def test_account() -> None:
    """The token is tried on what holds no texts."""
    asked = sinch().check_account(at=NOW)

    assert (asked.method, asked.url.endswith("/groups?page_size=1")) == ("GET", True)
    assert sinch().account_problem(reply(200, {"groups": [], "count": 0})) is None
    wrong = sinch().account_problem(reply(401, {"code": "unauthorized"}))
    assert wrong is not None
    assert wrong.category is Failure.AUTH
    assert sinch().account_problem(reply(200, b"<html>")) is not None


# Signatures


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: row["id"])
def test_signature_vectors(row: dict[str, Any]) -> None:
    """Each recorded callback is believed or refused as it should be."""
    provider, request = sinch(webhook_secrets=(row["secret"],)), vector_request(row)
    # Without a limit of age, a callback is checked when it was signed.
    stamp = float(request.header(f"{HEADER}-timestamp") or 0)
    at = vector_time(row) if "max_age_s" in row["options"] else datetime.fromtimestamp(stamp, UTC)

    if row["expect"]:
        assert provider.verify(request, at=at).authenticated
    else:
        with pytest.raises(InvalidSignature):
            provider.verify(request, at=at)


@pytest.mark.parametrize("trials", [400, pytest.param(10_000, marks=pytest.mark.endurance)])
def test_flipped_bits(trials: int, flips: Flips) -> None:
    """No single changed bit of the body, the nonce, the time or the signature is believed."""
    chance = random.Random(20261130)
    for _ in range(trials):
        row = chance.choice(GENUINE)
        genuine = vector_request(row)
        at = datetime.fromtimestamp(float(genuine.header(f"{HEADER}-timestamp") or 0), UTC)
        names = [HEADER, f"{HEADER}-nonce", f"{HEADER}-timestamp", *["body"] * bool(genuine.body)]
        part = chance.choice(names)
        headers = [
            (name, flipped(value.encode(), chance).decode("latin-1") if name == part else value)
            for name, value in genuine.headers
        ]
        body = flipped(genuine.body, chance) if part == "body" else genuine.body
        with pytest.raises(InvalidSignature):
            sinch(webhook_secrets=(row["secret"],)).verify(
                evolve(genuine, headers=headers, body=body), at=at
            )
    flips("Sinch", trials)


def test_moved_dots() -> None:
    """The dots between body, nonce and time cannot be moved to make another callback of one."""
    genuine = signed(b'{"type": "mo_text", "id": "1.5"}')
    nonce = genuine.header(f"{HEADER}-nonce")
    kept = [(name, value) for name, value in genuine.headers if not name.endswith("-nonce")]
    for place, letter in enumerate(genuine.body):
        if letter == ord("."):
            moved = f"{genuine.body[place + 1 :].decode()}.{nonce}"
            forged = evolve(
                genuine,
                headers=[*kept, (f"{HEADER}-nonce", moved)],
                body=genuine.body[:place],
            )
            with pytest.raises(WebhookRejected):
                sinch().verify(forged, at=NOW)
    grown = evolve(genuine, headers=[*kept, (f"{HEADER}-nonce", "")], body=genuine.body + b".x")
    with pytest.raises(WebhookRejected):
        sinch().verify(grown, at=NOW)


def test_rotation() -> None:
    """While a secret is being changed both are believed, and nothing without any."""
    callback = signed(json.dumps(INBOUND).encode(), secret="older")

    assert sinch(webhook_secrets=("newer", "older")).verify(callback, at=NOW).authenticated
    for others in (("newer",), ()):
        with pytest.raises(InvalidSignature):
            sinch(webhook_secrets=others).verify(callback, at=NOW)


@pytest.mark.parametrize(
    "callback",
    [
        signed(json.dumps(INBOUND).encode(), secret="another"),
        signed(json.dumps(INBOUND).encode(), at=NOW - timedelta(seconds=301)),
        signed(json.dumps(INBOUND).encode(), at=NOW + timedelta(seconds=301)),
    ],
)
def test_what_is_refused_comes_again(callback: WebhookRequest) -> None:
    """Sinch gives a callback up after 4xx: a wrong secret or clock here must not lose a STOP."""
    with pytest.raises(InvalidSignature) as refused:
        sinch().verify(callback, at=NOW)

    assert refused.value.status == 503


def test_no_json() -> None:
    """What is signed and no JSON cannot be read the next time either."""
    with pytest.raises(WebhookRejected) as refused:
        sinch().verify(signed(b"<xml/>"), at=NOW)

    assert refused.value.status == 400


# Callbacks


def events(content: object, **changes: Any) -> list[Any]:
    provider = sinch(**changes)
    return list(provider.parse(provider.verify(signed(json.dumps(content).encode()), at=NOW)))


def test_inbound() -> None:
    """A patient's text keeps its body unchanged, and the time at which Sinch got it."""
    (text,) = events(INBOUND)

    assert text == InboundText(
        key=INBOUND["id"],
        provider_id=INBOUND["id"],
        sender=PhoneNumber(PATIENT),
        to=PhoneNumber(SENDER),
        body="Hello ",
        sent_at=datetime(2026, 11, 30, 15, 59, 58, 120_000, tzinfo=UTC),
    )


@pytest.mark.parametrize("number", [PATIENT, PATIENT[1:], int(PATIENT[1:])])
def test_numbers(number: object) -> None:
    """Numbers come with a plus, without, and as JSON numbers."""
    (text,) = events(INBOUND | {"from": number})
    (update,) = events(REPORT | {"recipient": number})

    assert text.sender == update.recipient == PhoneNumber(PATIENT)


def test_pictures() -> None:
    """The words and the pictures of an MMS come through, and of Sinch's own only can be fetched."""
    url = "https://media.sinch.com/a/b.png?x=1"
    media = [
        {"url": url, "content_type": "image/png", "status": "Uploaded", "code": 0},
        {"content_type": "image/png", "status": "Failed", "code": 1},
    ]
    body = {"subject": "Rash", "message": "Look", "media": media}
    (text,) = events(INBOUND | {"type": "mo_media", "body": body})
    (only_subject,) = events(INBOUND | {"type": "mo_media", "body": {"subject": "Rash"}})

    assert (text.body, text.media, only_subject.body) == ("Look", (url,), "Rash")
    fetched = sinch().media_request(url, at=NOW)
    assert fetched is not None
    assert fetched.headers == ()
    for other in (
        "https://sinch.com.evil.example/x",
        "https://evilsinch.com/x",
        "http://media.sinch.com/x",
        "https://media.sinch.com:8080/x",
        "https://a@media.sinch.com/x",
    ):
        assert sinch().media_request(other, at=NOW) is None


@pytest.mark.parametrize(
    ("body", "answers", "keyword"),
    [
        (" Stop\n", True, ProviderKeyword.STOP),
        ("START", True, ProviderKeyword.START),
        ("help", True, ProviderKeyword.HELP),
        ("stop please", True, None),
        ("unsubscribe", True, None),
        ("stop", False, None),
    ],
)
def test_who_answers(body: str, answers: bool, keyword: ProviderKeyword | None) -> None:  # noqa: FBT001
    """Sinch answers only where that is switched on, and only what it surely takes."""
    (text,) = events(INBOUND | {"body": body}, answers_keywords=answers)

    assert (text.recognized, text.answered) == (keyword, keyword is not None)


@pytest.mark.parametrize(
    ("word", "code", "state", "category"),
    [
        ("Queued", 400, None, None),
        ("Dispatched", 401, State.SENT, None),
        ("Delivered", 0, State.DELIVERED, None),
        ("DELIVERED", 0, State.DELIVERED, None),
        ("Failed", 402, State.FAILED, Failure.NO_ROUTE),
        ("FAILED", 15, State.FAILED, Failure.CARRIER_FILTERED),
        ("Failed", 60, State.FAILED, Failure.SENDER_UNREGISTERED),
        ("Failed", 152, State.FAILED, Failure.LANDLINE_OR_INCAPABLE),
        ("Failed", 413, State.FAILED, Failure.ACCOUNT_SUSPENDED),
        ("Aborted", 411, State.FAILED, Failure.CONTENT_INVALID),
        ("Rejected", 402, State.FAILED, Failure.NO_ROUTE),
        ("Expired", 406, State.UNDELIVERED, Failure.EXPIRED),
        ("Deleted", 404, State.UNDELIVERED, Failure.UNREACHABLE_TEMPORARY),
        ("Deleted", 0, State.UNDELIVERED, Failure.BLOCKED_NUMBER),
        ("Cancelled", 407, State.FAILED, Failure.CANCELED),
        ("Failed", 99999, State.FAILED, Failure.UNKNOWN),
        ("Unknown", 0, None, None),
        ("Teleported", 0, None, None),
    ],
)
def test_statuses(word: str, code: int, state: State | None, category: Failure | None) -> None:
    """Statuses in any case and reasons are translated; both kinds of reports say the same."""
    (update,) = events(REPORT | {"status": word, "code": code})
    batch = {
        "type": "delivery_report_sms",
        "batch_id": REPORT["batch_id"],
        "client_reference": "m-1",
        "statuses": [{"code": code, "status": word, "count": 1, "recipients": [PATIENT[1:]]}],
        "total_message_count": 1,
    }
    (of_batch,) = events(batch)

    assert update == StatusUpdate(
        key=f"{REPORT['batch_id']}/{word}/{code}",
        provider_id=str(REPORT["batch_id"]),
        reference="m-1",
        state=state,
        problem=update.problem,
        recipient=PhoneNumber(PATIENT),
    )
    assert (update.problem.category if update.problem else None) is category
    assert evolve(of_batch, recipient=update.recipient) == update


def test_keys() -> None:
    """Another status, or the same for another reason, is other news; no key names a patient."""
    told = [
        REPORT,
        REPORT | {"status": "Dispatched", "code": 401},
        REPORT | {"status": "Failed", "code": 402},
        REPORT | {"status": "Failed", "code": 403},
        REPORT | {"batch_id": "01B"},
    ]
    keys = {event.key for each in told for event in events(each)}

    assert len(keys) == len(told)
    assert not any(PATIENT[1:] in key for key in keys)


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"type": "mo_text"},
        {"type": "recipient_delivery_report_sms"},
        {"type": "delivery_report_sms", "batch_id": "01A"},
        {"type": "something_else", "batch_id": "01A", "id": "01B"},
        [REPORT],
    ],
)
def test_nothing_to_tell(content: object) -> None:
    """What is neither a text nor a report, or names none, is no event and no error."""
    assert events(content) == []


def test_table() -> None:
    """Words in the table are those that Sinch's pages list; none of them says opted out."""
    codes = codes_of("sinch")

    assert set(codes.states) == {
        *("queued", "dispatched", "delivered", "failed", "aborted", "rejected"),
        *("expired", "deleted", "cancelled", "unknown"),
    }
    assert Failure.OPTED_OUT not in codes.categories.values()
    assert sinch().parse(sealed("sinch", {}, {})) == []


@pytest.mark.parametrize(
    ("status", "code", "state", "category"),
    [
        ("Queued", 400, State.SENT, None),
        ("Dispatched", 401, State.SENT, None),
        ("Unknown", 0, State.SENT, None),
        ("Delivered", 0, State.DELIVERED, None),
        ("Expired", 406, State.UNDELIVERED, Failure.EXPIRED),
        ("Failed", 402, State.FAILED, Failure.NO_ROUTE),
    ],
)
def test_status(status: str, code: int, state: State, category: Failure | None) -> None:
    """The report on a batch says what its callbacks would; its address holds no number."""
    text = evolve(TEXT, provider_id=REPORT["batch_id"])
    asked = sinch().ask_status(text, at=NOW)
    told = sinch().read_status(reply(200, summary(code, status)), text)

    assert asked.url.endswith(f"/batches/{text.provider_id}/delivery_report")
    assert told is not None
    assert (told.provider_id, told.state) == (text.provider_id, state)
    assert (told.problem.category if told.problem else None) == category
