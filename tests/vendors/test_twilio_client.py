"""Twilio's own client sends what our adapter builds."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from recorder import Recorder, Seen, built, inspected
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from compliant_sms import PhoneNumber
from compliant_sms.errors import WebhookRejected
from compliant_sms.providers import Certainty, OutboundText, Twilio
from compliant_sms.wire import HttpReply, WebhookRequest

SID, TOKEN, SERVICE = "AC" + "5e" * 16, "token", "MG" + "5e" * 16
KEY, SECRET = "SK" + "5e" * 16, "secret:with a colon"
PATIENT, SENDER, FREE = "+12175550134", "+12175550111", "+18005550111"
NOW = datetime(2026, 11, 30, 16, tzinfo=UTC)
MATTER = ("authorization", "content-type")


class Here(TwilioHttpClient):
    """Twilio's transport, with the recorder in place of its hosts, which it keeps."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url, self.hosts = url, list[str]()

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        self.hosts.append(url.split("/")[2])
        for host in ("https://api.twilio.com", "https://messaging.twilio.com"):
            url = url.replace(host, self._url)
        return super().request(method, url, *args, **kwargs)


CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "plain": ({}, {}),
    "media": (
        {"media": ("https://clinic.example/a.png", "https://clinic.example/b.png")},
        {"media_url": ["https://clinic.example/a.png", "https://clinic.example/b.png"]},
    ),
    "validity": ({"valid_for": timedelta(hours=2)}, {"validity_period": 7200}),
    "later": (
        {"send_at": NOW + timedelta(hours=1)},
        {"send_at": NOW + timedelta(hours=1), "schedule_type": "fixed"},
    ),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("body", ["See you at 2:30 & bring é 👍", "x" * 1600])
def test_send(recorder: Recorder, case: str, body: str) -> None:
    """Method, path, credentials and every field are the same."""
    ours, theirs = CASES[case]
    provider = twilio(messaging_service_sid=SERVICE, status_callback="https://clinic.example/texts")
    text = OutboundText(to=PhoneNumber(PATIENT), body=body, reference="m1", **ours)
    recorder.replies.append((201, {"sid": "SM1"}))

    Client(SID, TOKEN, http_client=Here(recorder.url)).messages.create(
        to=PATIENT,
        from_=SENDER,
        messaging_service_sid=SERVICE,
        body=body,
        status_callback="https://clinic.example/texts?ref=m1",
        **theirs,
    )

    assert recorder.requests[0].only(MATTER) == built(provider.request(text, at=NOW)).only(MATTER)


def twilio(**changes: Any) -> Twilio:
    return Twilio(**({"account_sid": SID, "auth_token": TOKEN, "sender": SENDER} | changes))


TEXT = OutboundText(to=PhoneNumber(PATIENT), body="See you at 2:30 & bring é 👍", reference="m1")


def test_api_key(recorder: Recorder) -> None:
    """With a key in place of the token, their requests and ours carry the same credentials."""
    recorder.replies.append((201, {"sid": "SM1"}))
    client = Client(KEY, SECRET, SID, http_client=Here(recorder.url))
    client.messages.create(to=PATIENT, from_=SENDER, body=TEXT.body)
    ours = built(twilio(api_key=f"{KEY}:{SECRET}").request(TEXT, at=NOW))

    assert recorder.requests[0].only(MATTER) == ours.only(MATTER)


def asked(seen: Seen) -> tuple[object, ...]:
    return seen.method, seen.path, seen.query, seen.headers["authorization"], seen.body


def test_questions(recorder: Recorder) -> None:
    """Looking for a text and asking about the account are their requests too."""
    recorder.replies += [
        (200, {"messages": [], "page_size": 1000}),
        (200, {"sid": "SM1", "status": "delivered"}),
        (200, {"sid": SID, "status": "active"}),
        (200, {"incoming_phone_numbers": []}),
    ]
    client = Client(SID, TOKEN, http_client=Here(recorder.url))
    client.messages.list(to=PATIENT, from_=SENDER, page_size=1000)
    assert client.messages("SM1").fetch().status == "delivered"
    client.api.accounts(SID).fetch()
    key = Client(KEY, SECRET, SID, http_client=Here(recorder.url))
    key.incoming_phone_numbers.page(phone_number=SENDER)
    ours = (
        twilio().look_up(TEXT, at=NOW),
        twilio().ask_status(evolve(TEXT, provider_id="SM1"), at=NOW),
        twilio().check_account(at=NOW),
        twilio(api_key=f"{KEY}:{SECRET}").check_account(at=NOW),
    )

    # Theirs names a type also where there is no body.
    assert list(map(asked, recorder.requests)) == [asked(built(each)) for each in ours]


def test_settings(recorder: Recorder) -> None:
    """Service, number, application and verification are looked at in the same way."""
    application, number_sid = "AP" + "2" * 32, "PN" + "3" * 32
    service = {"sid": SERVICE, "use_inbound_webhook_on_number": True}
    numbers = {
        "incoming_phone_numbers": [
            {"phone_number": FREE, "sid": number_sid, "sms_application_sid": application}
        ]
    }
    verified = {"verifications": [{"status": "TWILIO_APPROVED"}], "meta": {"key": "verifications"}}
    answers = [service, numbers, {"sms_url": "https://clinic.example/"}, verified]
    recorder.replies += [(200, each) for each in answers]
    here = Here(recorder.url)
    client = Client(SID, TOKEN, http_client=here)
    assert client.messaging.v1.services(SERVICE).fetch().use_inbound_webhook_on_number is True
    client.incoming_phone_numbers.page(phone_number=FREE)
    assert client.applications(application).fetch().sms_url == "https://clinic.example/"
    (row,) = client.messaging.v1.tollfree_verifications.page(tollfree_phone_number_sid=number_sid)
    assert row.status == "TWILIO_APPROVED"

    ours = inspected(twilio(sender=FREE, messaging_service_sid=SERVICE), answers, at=NOW)
    assert list(map(asked, recorder.requests)) == list(map(asked, ours))
    assert here.hosts == [each.host for each in ours]


@pytest.mark.parametrize(
    ("status", "content", "code"),
    [
        (400, {"code": 21610, "message": "Attempt to send to unsubscribed recipient"}, 21610),
        (401, {"code": 20003, "message": "Authenticate"}, 20003),
        (429, {"code": 20429, "message": "Too Many Requests"}, 20429),
        (500, {"code": 20500, "message": "Internal Server Error"}, 20500),
    ],
)
def test_errors(recorder: Recorder, status: int, content: dict[str, Any], code: int) -> None:
    """What their client raises with a code, our adapter tells with the same one."""
    recorder.replies.append((status, content))
    with pytest.raises(TwilioRestException) as caught:
        Client(SID, TOKEN, http_client=Here(recorder.url)).messages.create(
            to=PATIENT, from_=SENDER, body="x"
        )
    attempt = twilio().response(HttpReply(status=status, body=json.dumps(content).encode()))

    assert attempt.problem is not None
    assert (attempt.problem.code, attempt.certainty is Certainty.ACCEPTED) == (str(code), False)
    assert caught.value.code == code


CALLED = "https://clinic.example/texts?ref=m1"
NAMES = st.text(min_size=1, max_size=8).filter(lambda name: name.isprintable())


def believed(request: WebhookRequest) -> bool:
    try:
        twilio().verify(request, at=NOW)
    except WebhookRejected:
        return False
    return True


@given(st.dictionaries(NAMES, st.text(max_size=12), min_size=1), st.booleans())
def test_same_verdict_on_forms(fields: dict[str, str], genuine: bool) -> None:  # noqa: FBT001
    """Their validator and ours believe the same forms."""
    validator = RequestValidator(TOKEN if genuine else "other")
    signature = validator.compute_signature(CALLED, fields)
    request = WebhookRequest(
        method="POST",
        url=CALLED,
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": signature,
        },
        body=urlencode(fields).encode(),
    )

    assert believed(request) == RequestValidator(TOKEN).validate(CALLED, fields, signature)
    assert believed(request) == genuine


@given(st.binary(min_size=1, max_size=60), st.binary(min_size=1, max_size=60))
def test_same_verdict_on_other_bodies(body: bytes, other: bytes) -> None:
    """Their validator and ours believe a body that is no form just where its hash is signed."""
    text, forged = body.decode("latin-1").encode(), other.decode("latin-1").encode()
    url = f"{CALLED}&bodySHA256={hashlib.sha256(text).hexdigest()}"
    signature = RequestValidator(TOKEN).compute_signature(url, {})
    request = WebhookRequest(
        method="POST",
        url=url,
        headers={"Content-Type": "application/json", "X-Twilio-Signature": signature},
        body=text,
    )
    for sent in (text, forged):
        theirs = RequestValidator(TOKEN).validate(url, sent.decode(), signature)
        assert believed(evolve(request, body=sent)) == theirs == (sent == text)
