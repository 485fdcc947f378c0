"""Sinch's own client sends what our adapter builds, and believes the same callbacks."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from recorder import Recorder, built
from sinch import SinchClient
from sinch.domains.authentication.sinch_events.v1.authentication_validation import (
    validate_sinch_event_signature_with_nonce,
)

from compliant_sms import PhoneNumber
from compliant_sms.errors import InvalidSignature
from compliant_sms.providers import OutboundText, Sinch
from signature_vectors import flipped, signature_vectors, vector_request

PLAN, TOKEN = "jd63jf88477ll123", "token"
PATIENT, SENDER = "+12175550134", "+12175550111"
URL = "https://clinic.example/texts"
NOW = datetime(2026, 11, 30, 16, tzinfo=UTC)
MATTER = ("authorization", "content-type")
PROVIDER = Sinch(
    service_plan_id=PLAN,
    api_token=TOKEN,
    sender=SENDER,
    status_callback=URL,
    webhook_secrets=("made-up",),
)
VECTORS = [row for row in signature_vectors() if row["provider"] == "sinch"]
STAMP = "x-sinch-webhook-signature-timestamp"
BATCH = {"id": "01A", "type": "mt_text"}


@pytest.fixture
def client(recorder: Recorder) -> SinchClient:
    """Theirs, with the recorder in place of us.sms.api.sinch.com."""
    made = SinchClient(service_plan_id=PLAN, sms_api_token=TOKEN, sms_region="us")
    made.configuration.sms_domain_with_service_plan_id = recorder.url
    return made


CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "plain": ({}, {}),
    "expiry": ({"valid_for": timedelta(hours=2)}, {"expire_at": NOW + timedelta(hours=2)}),
    "later": (
        {"send_at": NOW + timedelta(hours=1), "valid_for": timedelta(hours=2)},
        {"send_at": NOW + timedelta(hours=1), "expire_at": NOW + timedelta(hours=3)},
    ),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("body", ["See you at 2:30 & bring é 👍", "x" * 1600])
def test_send(recorder: Recorder, client: SinchClient, case: str, body: str) -> None:
    """Method, path, credentials and every field are the same."""
    ours, theirs = CASES[case]
    text = OutboundText(to=PhoneNumber(PATIENT), body=body, reference="m1", **ours)
    recorder.replies.append((201, BATCH))

    client.sms.batches.send_sms(
        to=[PATIENT],
        from_=SENDER,
        body=body,
        delivery_report="per_recipient",
        event_destination_target=URL,
        client_reference="m1",
        **theirs,
    )

    assert recorder.requests[0].only(MATTER) == built(PROVIDER.request(text, at=NOW)).only(MATTER)


def test_send_picture(recorder: Recorder, client: SinchClient) -> None:
    """A picture makes an MMS of it, with the same fields."""
    picture = "https://clinic.example/map.png"
    text = OutboundText(to=PhoneNumber(PATIENT), body="The way", reference="m1", media=(picture,))
    recorder.replies.append((201, BATCH | {"type": "mt_media"}))

    client.sms.batches.send_mms(
        to=[PATIENT],
        from_=SENDER,
        body={"url": picture, "message": "The way"},
        delivery_report="per_recipient",
        event_destination_target=URL,
        client_reference="m1",
    )

    assert recorder.requests[0].only(MATTER) == built(PROVIDER.request(text, at=NOW)).only(MATTER)


def test_look_up(recorder: Recorder, client: SinchClient) -> None:
    """The list of batches is asked for in the same way."""
    text = OutboundText(to=PhoneNumber(PATIENT), body="x", reference="m1")

    client.sms.batches.list(start_date=NOW - timedelta(days=13), client_reference="m1")

    ours = built(PROVIDER.look_up(text, at=NOW))
    assert recorder.requests[0].only(["authorization"]) == ours.only(["authorization"])


def test_status(recorder: Recorder, client: SinchClient) -> None:
    """The report on a batch is asked for in the same way; theirs names the batch once more."""
    text = OutboundText(to=PhoneNumber(PATIENT), body="x", reference="m1", provider_id="B1")
    told = {"code": 0, "status": "Delivered", "count": 1}
    report = {"batch_id": "B1", "type": "delivery_report_sms", "statuses": [told]}
    recorder.replies.append((200, report | {"total_message_count": 1}))

    theirs = client.sms.delivery_reports.get(batch_id="B1")

    ours = built(PROVIDER.ask_status(text, at=NOW)).only(["authorization"])
    assert evolve(recorder.requests[0].only(["authorization"]), query={}) == ours
    assert theirs.statuses[0].status.upper() == "DELIVERED"


def test_check_account(recorder: Recorder, client: SinchClient) -> None:
    """So is the list of groups."""
    client.sms.groups.list(page_size=1)

    ours = built(PROVIDER.check_account(at=NOW))
    assert recorder.requests[0].only(["authorization"]) == ours.only(["authorization"])


def test_believes_the_same() -> None:
    """Their verifier and ours agree on each vector and 2,000 changed ones, but for old ones."""
    chance = random.Random(7)
    rows = [(row, vector_request(row)) for row in VECTORS]
    genuine = [pair for pair in rows if pair[0]["expect"] and pair[1].body]
    for row, request in chance.choices(genuine, k=2000):
        rows.append((row, evolve(request, body=flipped(request.body, chance))))
    for row, request in rows:
        try:
            body = request.body.decode()
        except UnicodeDecodeError:
            continue  # theirs reads texts only
        theirs = validate_sinch_event_signature_with_nonce(
            row["secret"], dict(request.headers), body
        )
        assert believes(row, request) is theirs


def believes(row: dict[str, Any], request: Any) -> bool:
    """Whether ours believes it at the time it says, for theirs looks at no clock."""
    provider = evolve(PROVIDER, webhook_secrets=(row["secret"],))
    at = datetime.fromtimestamp(float(request.header(STAMP) or 0), UTC)
    try:
        provider.verify(request, at=at)
    except InvalidSignature:
        return False
    return True
