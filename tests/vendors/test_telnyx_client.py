"""Telnyx's own client sends what our adapter builds, and believes the same callbacks."""

from __future__ import annotations

import json
import random
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from recorder import Recorder, built, inspected
from telnyx import Telnyx as Client

from compliant_sms import PhoneNumber
from compliant_sms.errors import InvalidSignature
from compliant_sms.providers import OutboundText, Telnyx
from compliant_sms.wire import HttpReply, WebhookRequest
from signature_vectors import flipped, signature_vectors, vector_request, vector_time

KEY, PROFILE = "KEY5e", "4000eba1-a0c0-4563-9925-b25e842a7cb6"
PATIENT, SENDER, TOLL_FREE = "+12175550134", "+12175550111", "+18005550111"
NOW = datetime(2026, 11, 30, 16, tzinfo=UTC)
PICTURES = ("https://clinic.example/a.png", "https://clinic.example/b.png")
CALLBACK = "https://clinic.example/texts"
VECTORS = [row for row in signature_vectors() if row["provider"] == "telnyx"]
SENT = ("authorization", "content-type", "idempotency-key")
ASKED = ("authorization", "accept")


def client(recorder: Recorder) -> Client:
    return Client(api_key=KEY, base_url=f"{recorder.url}/v2", max_retries=0)


def ours(recorder: Recorder, **changes: Any) -> Telnyx:
    fields = {"api_key": KEY, "public_keys": (), "sender": SENDER, "base_url": recorder.url}
    return Telnyx(**(fields | changes))


CASES: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "plain": ({}, {}, {}),
    "profile": ({"messaging_profile_id": PROFILE}, {}, {"messaging_profile_id": PROFILE}),
    "media": ({}, {"media": PICTURES}, {"media_urls": list(PICTURES)}),
    "callback": ({"status_callback": CALLBACK}, {}, {"webhook_url": f"{CALLBACK}?ref=m1"}),
    "later": (
        {},
        {"send_at": NOW + timedelta(hours=1)},
        {"send_at": NOW + timedelta(hours=1)},
    ),
}


def test_settings(recorder: Recorder) -> None:
    """Profile, campaign and verification are looked at in the same way."""
    campaign = {"assignmentStatus": "ASSIGNED", "campaignId": "C1", "phoneNumber": SENDER}
    verified = {"records": [{"verificationStatus": "Verified"}], "total_records": 1}
    profile = {"data": {"webhook_url": CALLBACK}}
    recorder.replies += [(200, profile), (200, campaign), (200, verified)]
    theirs = client(recorder)
    assert theirs.messaging_profiles.retrieve(PROFILE).data.webhook_url == CALLBACK
    assigned = theirs.messaging_10dlc.phone_number_campaigns.retrieve(SENDER)
    assert assigned.assignment_status == "ASSIGNED"
    verifications = theirs.messaging_tollfree.verification.requests
    (row,) = verifications.list(page=1, page_size=20, phone_number=TOLL_FREE).records
    assert row.verification_status == "Verified"

    with_profile = ours(recorder, messaging_profile_id=PROFILE)
    asked = inspected(with_profile, [profile, campaign], at=NOW)
    asked += inspected(ours(recorder, sender=TOLL_FREE), [verified], at=NOW)
    assert [each.only(ASKED) for each in recorder.requests] == [a.only(ASKED) for a in asked]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("body", ["See you at 2:30 & bring é 👍", '\u2028\\"/\n', "x" * 1530])
def test_send(recorder: Recorder, case: str, body: str) -> None:
    """Method, path, credentials, idempotency key and every field are the same."""
    adapter, text_fields, theirs = CASES[case]
    text = OutboundText(to=PhoneNumber(PATIENT), body=body, reference="m1", **text_fields)
    recorder.replies.append((200, {"data": {"id": "out-1"}}))

    client(recorder).messages.send(
        to=PATIENT, from_=SENDER, text=body, idempotency_key="m1", **theirs
    )

    request = ours(recorder, **adapter).request(text, at=NOW)
    assert recorder.requests[0].only(SENT) == built(request).only(SENT)


@pytest.mark.parametrize("profile", ["", PROFILE])
@pytest.mark.parametrize("cursor", ["", "3"])
def test_list_opt_outs(recorder: Recorder, profile: str, cursor: str) -> None:
    """The list of opt-outs is asked for in the same way."""
    recorder.replies.append((200, {"data": [], "meta": {"page_number": 1, "total_pages": 1}}))

    client(recorder).messaging_optouts.list(
        filter={"messaging_profile_id": profile} if profile else {"from": SENDER},
        page_number=int(cursor or 1),
        page_size=250,
        redaction_enabled="false",
    )

    request = ours(recorder, messaging_profile_id=profile).list_opt_outs(cursor, at=NOW)
    assert recorder.requests[0].only(ASKED) == built(request).only(ASKED)


def test_status(recorder: Recorder) -> None:
    """What became of a text is asked for in the same way, and its answer is read alike."""
    told = {"to": [{"phone_number": PATIENT, "status": "delivered"}], "errors": []}
    answer = {"data": {"id": "out-1", "direction": "outbound", "record_type": "message"} | told}
    recorder.replies.append((200, answer))
    theirs = client(recorder).messages.retrieve("out-1").data
    text = OutboundText(to=PhoneNumber(PATIENT), body="x", reference="m1", provider_id=theirs.id)

    request = ours(recorder).ask_status(text, at=NOW)
    assert recorder.requests[0].only(ASKED) == built(request).only(ASKED)
    reply = HttpReply(status=200, body=json.dumps(answer).encode())
    found = ours(recorder).read_status(reply, text)
    assert found is not None
    assert (found.state.value, theirs.to[0].status) == ("delivered", "delivered")


def test_balance(recorder: Recorder) -> None:
    """The credentials are tried in the same way."""
    client(recorder).balance.retrieve()

    request = ours(recorder).check_account(at=NOW)
    assert recorder.requests[0].only(ASKED) == built(request).only(ASKED)


VERIFIER = Client(api_key=KEY).webhooks


def believed_by_client(request: WebhookRequest, key: str) -> bool:
    try:
        VERIFIER.unwrap(request.body.decode(), headers=dict(request.headers), key=key)
    except (ValueError, UnicodeDecodeError):
        return False
    return True


def believed_by_us(request: WebhookRequest, key: str, at: datetime) -> bool:
    try:
        Telnyx(api_key=KEY, public_keys=(key,), sender=SENDER).verify(request, at=at)
    except InvalidSignature:
        return False
    return True


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: row["id"])
def test_verify(row: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Recorded callbacks, and with one bit of the body changed, are believed by both or neither."""
    monkeypatch.setattr(time, "time", lambda: float(row["now"]))
    genuine, key, chance = vector_request(row), row["public_key"], random.Random(row["id"])
    forged = [
        WebhookRequest(
            method=genuine.method,
            url=genuine.url,
            headers=genuine.headers,
            body=flipped(genuine.body, chance),
        )
        for _ in range(20)
    ]

    for request in (genuine, *forged):
        ours = believed_by_us(request, key, vector_time(row))
        assert ours == believed_by_client(request, key)
