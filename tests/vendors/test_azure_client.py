"""Azure's own client sends what our adapter builds, and signs it alike."""

from __future__ import annotations

import base64
import uuid
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import azure.communication.sms._sms_client as sms_client
import pytest
from azure.communication.sms import SmsClient
from azure.communication.sms._shared import policy
from azure.core.credentials import AzureKeyCredential
from azure.core.pipeline import PipelineContext, PipelineRequest
from azure.core.pipeline.transport import HttpRequest as TheirRequest
from recorder import Recorder, built

from compliant_sms import PhoneNumber
from compliant_sms.providers import AzureCommunicationServices, OutboundText
from compliant_sms.wire import HttpRequest

KEY = base64.b64encode(bytes(range(32))).decode()
PATIENT, SENDER = "+12175550134", "+12175550111"
NOW = datetime(2026, 11, 30, 16, tzinfo=UTC)
STAMP = "Mon, 30 Nov 2026 16:00:00 GMT"
MATTER = ("content-type", "accept", "x-ms-date")
BODIES = ["See you at 2:30 & bring é 👍", "x" * 2048]


def ours(url: str = "https://clinic.communication.azure.com") -> AzureCommunicationServices:
    return AzureCommunicationServices(
        endpoint=url, access_key=KEY, sender=SENDER, url_tokens=["made-up"]
    )


@pytest.fixture
def standing_clock() -> Any:
    """The client signs at ``NOW``."""
    with (
        patch.object(policy, "get_current_utc_time", lambda: STAMP),
        patch.object(sms_client, "get_current_utc_time", lambda: STAMP),
    ):
        yield


@pytest.mark.usefixtures("standing_clock")
@pytest.mark.parametrize("body", BODIES)
def test_send(recorder: Recorder, body: str) -> None:
    """Method, path and every field are the same; the client asks for an older API."""
    reference = str(uuid.uuid5(uuid.NAMESPACE_URL, "urn:compliant-sms:m1"))
    text = OutboundText(to=PhoneNumber(PATIENT), body=body, reference="m1")
    recorder.replies.append((202, {"value": []}))

    with patch.object(sms_client, "uuid4", lambda: reference):
        SmsClient(recorder.url, AzureKeyCredential(KEY)).send(
            from_=SENDER, to=PATIENT, message=body, enable_delivery_report=True, tag="m1"
        )

    theirs, request = recorder.requests[0].only(MATTER), built(ours().request(text, at=NOW))
    assert (theirs.method, theirs.path, theirs.headers, theirs.content) == (
        request.method,
        request.path,
        request.only(MATTER).headers,
        request.content,
    )
    assert (theirs.query, request.query) == (
        {"api-version": "2021-03-07"},
        {"api-version": "2026-01-23"},
    )


def requests() -> list[HttpRequest]:
    """All kinds that the adapter builds."""
    number, provider = PhoneNumber(PATIENT), ours()
    texts = [OutboundText(to=number, body=body, reference="m1") for body in BODIES]
    return [
        *(provider.request(text, at=NOW) for text in texts),
        provider.add_opt_out(number, at=NOW),
        provider.remove_opt_out(number, at=NOW),
        provider.check_account(at=NOW),
    ]


@pytest.mark.usefixtures("standing_clock")
def test_signature() -> None:
    """The client's own signer signs each of our requests with the very same signature."""
    for request in requests():
        asked = TheirRequest(request.method, request.url)
        asked.set_text_body(request.body.decode())
        signer = policy.HMACCredentialsPolicy("https://clinic.communication.azure.com", KEY)

        signer.on_request(PipelineRequest(asked, PipelineContext(None)))

        sent = dict(request.headers)
        for name in ("x-ms-date", "x-ms-content-sha256", "Authorization"):
            assert asked.headers[name] == sent[name.lower()]
