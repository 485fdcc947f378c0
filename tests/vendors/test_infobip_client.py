"""Infobip's own client sends what our adapter builds.

It has no verifier of callbacks and no blocklist, so that those are not compared.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from infobip_api_client import (
    ApiClient,
    Configuration,
    SmsDestination,
    SmsMessage,
    SmsMessageContent,
    SmsMessageDeliveryReporting,
    SmsMessageOptions,
    SmsMessageRequestOptions,
    SmsRequest,
    SmsRequestSchedulingSettings,
    SmsTextContent,
    SmsWebhooks,
    ValidityPeriod,
    ValidityPeriodTimeUnit,
)
from infobip_api_client.api.sms_api import SmsApi
from recorder import Recorder, Seen, built

from compliant_sms import PhoneNumber
from compliant_sms.providers import Infobip, OutboundText

KEY = "003026bb-8f4b"
PATIENT, SENDER = "+12175550134", "+12175550111"
URL = "https://clinic.example/texts"
NOW = datetime(2026, 11, 30, 16, tzinfo=UTC)
MATTER = ("authorization", "content-type", "accept")
PROVIDER = Infobip(
    api_key=KEY, sender=SENDER, status_callback=URL, callback_credentials=("hooks:password",)
)
ANSWER = {"bulkId": "B", "messages": [{"messageId": "m1"}]}


@pytest.fixture
def client(recorder: Recorder) -> SmsApi:
    """Theirs, with the recorder in place of api.infobip.com."""
    return SmsApi(ApiClient(Configuration(host=recorder.url, api_key=KEY)))


def request(body: str, options: SmsMessageOptions | None, send_at: datetime | None) -> SmsRequest:
    """The text in their words."""
    schedule = SmsRequestSchedulingSettings(send_at=send_at)
    return SmsRequest(
        messages=[
            SmsMessage(
                sender=SENDER[1:],
                destinations=[SmsDestination(to=PATIENT[1:], message_id="m1")],
                content=SmsMessageContent(actual_instance=SmsTextContent(text=body)),
                options=options,
                webhooks=SmsWebhooks(
                    delivery=SmsMessageDeliveryReporting(url=PROVIDER.callback_for("m1")),
                    content_type="application/json",
                    callback_data="m1",
                ),
            )
        ],
        options=SmsMessageRequestOptions(schedule=schedule) if send_at else None,
    )


CASES: dict[str, tuple[dict[str, Any], SmsMessageOptions | None, datetime | None]] = {
    "plain": ({}, None, None),
    "validity": (
        {"valid_for": timedelta(hours=2)},
        SmsMessageOptions(
            validity_period=ValidityPeriod(amount=7200, time_unit=ValidityPeriodTimeUnit.SECONDS)
        ),
        None,
    ),
    "later": ({"send_at": NOW + timedelta(hours=1)}, None, NOW + timedelta(hours=1)),
}


def without_defaults(made: Seen) -> Seen:
    """Their model writes a default out, and an offset with a colon that no page of theirs has."""
    options = made.content.get("options", {})
    options.pop("includeSmsCountInResponse", None)
    schedule = options.get("schedule", {})
    if "sendAt" in schedule:
        schedule["sendAt"] = datetime.fromisoformat(schedule["sendAt"])
    return made.only(MATTER)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("body", ["See you at 2:30 & bring é 👍", "x" * 3825])
def test_send(recorder: Recorder, client: SmsApi, case: str, body: str) -> None:
    """Method, path, credentials and every field are the same."""
    ours, options, send_at = CASES[case]
    text = OutboundText(to=PhoneNumber(PATIENT), body=body, reference="m1", **ours)
    recorder.replies.append((200, ANSWER))

    client.send_sms_messages(request(body, options, send_at))

    made = without_defaults(built(PROVIDER.request(text, at=NOW)))
    assert without_defaults(recorder.requests[0]) == made


@pytest.mark.parametrize("asked", ["look_up", "ask_status", "check_account"])
def test_logs(recorder: Recorder, client: SmsApi, asked: str) -> None:
    """Logs are asked for in the same way."""
    text = OutboundText(to=PhoneNumber(PATIENT), body="x", reference="m1", provider_id="m1")
    recorder.replies.append((200, {"results": []}))
    if asked != "check_account":
        ask = PROVIDER.look_up if asked == "look_up" else PROVIDER.ask_status
        ours = ask(text, at=NOW)
        client.get_outbound_sms_message_logs(message_id=["m1"])
    else:
        ours = PROVIDER.check_account(at=NOW)
        client.get_outbound_sms_message_logs(message_id=["none"], limit=1)

    matter = ("authorization", "accept")
    assert recorder.requests[0].only(matter) == built(ours).only(matter)
