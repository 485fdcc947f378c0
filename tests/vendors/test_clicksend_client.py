"""ClickSend's own client sends what our adapter builds, and reads the same in its answers."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from clicksend import ApiClient, Configuration, ManagementApi, SmsApi
from clicksend.exceptions import ApiException
from clicksend.models.inbound_sms import InboundSms
from clicksend.models.send_sms_request import SendSmsRequest
from clicksend.models.send_sms_request_messages_inner import SendSmsRequestMessagesInner
from clicksend.models.sms_receipt import SmsReceipt
from recorder import Recorder, Seen, built

from compliant_sms import PhoneNumber
from compliant_sms.providers import Certainty, ClickSend, InboundText, OutboundText, StatusUpdate
from compliant_sms.wire import HttpReply, WebhookRequest

USERNAME, KEY, TOKEN = "clinic", "key", "a-long-random-text"
PATIENT, SENDER = "+12175550134", "+12175550111"
NOW = datetime(2026, 11, 30, 16, tzinfo=UTC)
MATTER = ("authorization", "content-type", "accept")
PROVIDER = ClickSend(username=USERNAME, api_key=KEY, url_tokens=(TOKEN,), sender=SENDER)
SENT = {
    "http_code": 200,
    "response_code": "SUCCESS",
    "response_msg": "Messages queued for delivery.",
    "data": {
        "total_price": 0.0792,
        "total_count": 1,
        "queued_count": 1,
        "messages": [{"direction": "out", "message_id": "1ABC3200", "status": "SUCCESS"}],
        "blocked_count": 0,
    },
}


@pytest.fixture
def client(recorder: Recorder) -> ApiClient:
    """Theirs, with the recorder in place of rest.clicksend.com."""
    return ApiClient(Configuration(host=recorder.url, username=USERNAME, password=KEY))


CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "plain": ({}, {}),
    "later": (
        {"send_at": NOW + timedelta(hours=1)},
        {"schedule": int(NOW.timestamp()) + 3600},
    ),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("body", ["See you at 2:30 & bring é 👍", "x" * 1224])
def test_send(recorder: Recorder, client: ApiClient, case: str, body: str) -> None:
    """Method, path, credentials and every field are the same."""
    ours, theirs = CASES[case]
    text = OutboundText(to=PhoneNumber(PATIENT), body=body, reference="m1", **ours)
    recorder.replies.append((200, SENT))

    fields = {"to": PATIENT, "from": SENDER, "body": body, "custom_string": "m1", "source": None}
    message = SendSmsRequestMessagesInner(**(fields | theirs))
    answer = SmsApi(client).send_sms(send_sms_request=SendSmsRequest(messages=[message]))

    assert recorder.requests[0].only(MATTER) == built(PROVIDER.request(text, at=NOW)).only(MATTER)
    attempt = PROVIDER.response(HttpReply(status=200, body=json.dumps(SENT).encode()))
    assert attempt.certainty is Certainty.ACCEPTED
    assert attempt.provider_id == answer.data.messages[0].message_id


def asked(seen: Seen) -> tuple[object, ...]:
    return seen.method, seen.path, seen.query, seen.headers["authorization"], seen.body


def test_questions(recorder: Recorder, client: ApiClient) -> None:
    """Asking for a text, for one that came in and about the account are their requests too."""
    recorder.replies += [(200, {"data": {"data": []}})] * 3 + [(200, {"data": {"username": "x"}})]
    for wanted in (f"to:{PATIENT}", f"to:{PATIENT}", f"from:{PATIENT}"):
        SmsApi(client).view_sms_history(q=wanted, order_by="date:desc", limit=100)
    ManagementApi(client).view_account_details()
    text = OutboundText(to=PhoneNumber(PATIENT), body="x", reference="m1", provider_id="C1")
    (event,) = events(RECEIVED)
    assert isinstance(event, InboundText)
    confirm = PROVIDER.confirm(event, at=NOW)

    assert confirm is not None
    status = PROVIDER.ask_status(text, at=NOW)
    assert status is not None
    ours = (PROVIDER.look_up(text, at=NOW), status, confirm, PROVIDER.check_account(at=NOW))
    assert list(map(asked, recorder.requests)) == [asked(built(each)) for each in ours]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429])
def test_errors(recorder: Recorder, client: ApiClient, status: int) -> None:
    """What their client raises, our adapter tells as a refusal with the same status."""
    told = {"http_code": status, "response_code": "X", "response_msg": "why", "data": None}
    recorder.replies.append((status, told))
    with pytest.raises(ApiException) as caught:
        SmsApi(client).send_sms(send_sms_request=SendSmsRequest(messages=[]))
    attempt = PROVIDER.response(HttpReply(status=status, body=json.dumps(told).encode()))

    assert attempt.certainty is Certainty.REFUSED
    assert attempt.problem is not None
    assert f"HTTP {caught.value.status}" in attempt.problem.words


RECEIVED = InboundSms(
    **{
        "timestamp": int(NOW.timestamp()),
        "from": PATIENT,
        "body": "Yes & no = é 👍",
        "original_body": "Your result is in",
        "original_message_id": "C557B56E",
        "to": SENDER,
        "custom_string": "m1",
        "message_id": "85D335C6",
        "_keyword": "Yes",
    }
)
RECEIPT = SmsReceipt(
    timestamp_send=1442381791,
    timestamp=1442381791,
    message_id="31BC271B",
    status_code=301,
    status_text="Failed",
    error_code=8,
    error_text="Unknown subscriber",
    custom_string="m1",
    message_type="sms",
)


def events(model: InboundSms | SmsReceipt) -> list[Any]:
    """What our adapter reads where ClickSend posts what its client would read from a list."""
    fields = model.to_dict()
    found: list[list[Any]] = []
    for body, kind in (
        (json.dumps(fields), "application/json"),
        (urlencode(fields), "application/x-www-form-urlencoded"),
    ):
        url = f"https://clinic.example/texts?token={TOKEN}"
        headers = {"Content-Type": kind}
        request = WebhookRequest(method="POST", url=url, headers=headers, body=body.encode())
        found.append(list(PROVIDER.parse(PROVIDER.verify(request, at=NOW))))
    assert found[0] == found[1]
    return found[0]


def test_callbacks() -> None:
    """Each field of their models that matters is read under its name, in both forms of a rule."""
    (text,), (update,) = events(RECEIVED), events(RECEIPT)

    assert isinstance(text, InboundText)
    assert (text.provider_id, text.body) == (RECEIVED.message_id, RECEIVED.body)
    assert (text.sender, text.to) == (PhoneNumber(PATIENT), PhoneNumber(SENDER))
    assert text.sent_at == NOW
    assert isinstance(update, StatusUpdate)
    assert (update.provider_id, update.reference) == (RECEIPT.message_id, RECEIPT.custom_string)
    assert update.problem is not None
    assert update.problem.code == str(RECEIPT.error_code)
