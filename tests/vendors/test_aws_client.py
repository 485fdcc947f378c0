"""AWS's own client sends what our adapter builds, and knows the words that our table knows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import boto3
import botocore.auth
import pytest
from botocore.config import Config
from recorder import Recorder, Seen, built

from compliant_sms import PhoneNumber
from compliant_sms.providers import AwsEndUserMessaging, OutboundText
from compliant_sms.providers._codes import codes_of
from compliant_sms.wire import HttpRequest

KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
PATIENT, SENDER, REGION = "+12175550134", "+12175550111", "us-east-1"
NOW = datetime(2026, 11, 30, 16, tzinfo=UTC)
MATTER = ("content-type", "x-amz-target", "x-amz-date", "x-amz-security-token")
# These two of a text's fields are a matter of the account.
SETTINGS = {"configuration_set_name": "patients", "message_type": "TRANSACTIONAL"}


@pytest.fixture
def standing_clock() -> Any:
    """The client signs at ``NOW``."""

    def now(**options: bool) -> datetime:
        return NOW.replace(tzinfo=None) if options.get("remove_tzinfo", True) else NOW

    with patch.object(botocore.auth, "get_current_datetime", now):
        yield


def client(url: str, token: str | None) -> Any:
    return boto3.client(
        "pinpoint-sms-voice-v2",
        region_name=REGION,
        endpoint_url=url,
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
        aws_session_token=token,
        config=Config(retries={"total_max_attempts": 1}),
    )


def ours(url: str, token: str | None) -> AwsEndUserMessaging:
    return AwsEndUserMessaging(
        access_key_id=KEY,
        secret_access_key=SECRET,
        session_token=token or "",
        region=REGION,
        sender=SENDER,
        base_url=url,
        topic_arns=[],
        **SETTINGS,
    )


def agree(theirs: Seen, request: HttpRequest) -> None:
    """The same call, in the same words."""
    assert theirs.only(MATTER) == built(request).only(MATTER)


TEXT = {
    "DestinationPhoneNumber": PATIENT,
    "OriginationIdentity": SENDER,
    "ConfigurationSetName": "patients",
    "Context": {"ref": "m1"},
}
CASES: dict[str, tuple[dict[str, Any], str, dict[str, Any]]] = {
    "plain": ({}, "send_text_message", {"MessageType": "TRANSACTIONAL"}),
    "validity": (
        {"valid_for": timedelta(hours=2)},
        "send_text_message",
        {"MessageType": "TRANSACTIONAL", "TimeToLive": 7200},
    ),
    "picture": (
        {"media": ("s3://clinic-maps/way.png",)},
        "send_media_message",
        {"MediaUrls": ["s3://clinic-maps/way.png"]},
    ),
}


@pytest.mark.usefixtures("standing_clock")
@pytest.mark.parametrize("token", [None, "session-token"])
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("body", ["See you at 2:30 & bring é 👍", "x" * 1600])
def test_send(recorder: Recorder, case: str, body: str, token: str | None) -> None:
    """Method, path, operation, time, token and every field are the same."""
    changes, operation, fields = CASES[case]
    text = OutboundText(to=PhoneNumber(PATIENT), body=body, reference="m1", **changes)
    recorder.replies.append((200, {"MessageId": "1"}))

    getattr(client(recorder.url, token), operation)(**TEXT, MessageBody=body, **fields)

    agree(recorder.requests[0], ours(recorder.url, token).request(text, at=NOW))


@pytest.mark.usefixtures("standing_clock")
@pytest.mark.parametrize("token", [None, "session-token"])
@pytest.mark.parametrize("body", ["hi", "See you at 2:30 & bring é 👍"])
def test_signature(recorder: Recorder, body: str, token: str | None) -> None:
    """AWS's own signer signs our request with the very same signature."""
    text = OutboundText(to=PhoneNumber(PATIENT), body=body, reference="m1")
    request = ours(recorder.url, token).request(text, at=NOW)
    headers = dict(request.headers)
    proof = headers.pop("authorization")
    asked = botocore.awsrequest.AWSRequest(
        method="POST",
        url=request.url,
        data=request.body,
        headers={name: headers[name] for name in ("content-type", "x-amz-target")},
    )
    credentials = botocore.credentials.Credentials(KEY, SECRET, token)

    botocore.auth.SigV4Auth(credentials, "sms-voice", REGION).add_auth(asked)

    assert asked.headers["Authorization"] == proof


@pytest.mark.usefixtures("standing_clock")
def test_opt_out_list_and_account(recorder: Recorder) -> None:
    """Reading the list, adding to it, taking off it, and the harmless check are the same calls."""
    theirs, provider = client(recorder.url, None), ours(recorder.url, None)
    number, clinic = PhoneNumber(PATIENT), {"OptOutListName": "Default"}
    calls: list[tuple[Any, dict[str, Any], HttpRequest]] = [
        (
            theirs.describe_opted_out_numbers,
            clinic | {"MaxResults": 100},
            provider.list_opt_outs("", at=NOW),
        ),
        (
            theirs.describe_opted_out_numbers,
            clinic | {"MaxResults": 100, "NextToken": "next"},
            provider.list_opt_outs("next", at=NOW),
        ),
        (
            theirs.put_opted_out_number,
            clinic | {"OptedOutNumber": PATIENT},
            provider.add_opt_out(number, at=NOW),
        ),
        (
            theirs.delete_opted_out_number,
            clinic | {"OptedOutNumber": PATIENT},
            provider.remove_opt_out(number, at=NOW),
        ),
        (theirs.describe_account_attributes, {}, provider.check_account(at=NOW)),
    ]
    for call, fields, request in calls:
        call(**fields)
        agree(recorder.requests[-1], request)


@pytest.mark.usefixtures("standing_clock")
def test_address() -> None:
    """The client asks the same host, and signs for the same service and region."""
    theirs = client(None, None)
    text = OutboundText(to=PhoneNumber(PATIENT), body="hi", reference="m1")

    for region in theirs.meta.config.region_name, "ca-central-1", "us-gov-west-1":
        endpoint = boto3.client(
            "pinpoint-sms-voice-v2",
            region_name=region,
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
        ).meta.endpoint_url
        provider = AwsEndUserMessaging(
            access_key_id=KEY,
            secret_access_key=SECRET,
            region=region,
            sender=SENDER,
            topic_arns=[],
        )
        assert provider.request(text, at=NOW).url == f"{endpoint}/"
    assert theirs.meta.service_model.signing_name == "sms-voice"


def words(shape: str) -> set[str]:
    """What the service model lists."""
    return set(client(None, None).meta.service_model.shape_for(shape).enum)


def test_every_event_is_known() -> None:
    """Each event of a text or a picture that AWS names has a meaning in our table."""
    named = {word.partition("_")[2] for word in words("EventType") if word[:5] != "VOICE"}
    known = {word.upper() for word in codes_of("aws").states}

    assert named - {"", "ALL"} == known


def test_every_reason_exists() -> None:
    """Each reason in our table is one that AWS may give."""
    given: set[str] = set()
    for kind in ("Conflict", "Validation", "AccessDenied", "ServiceQuotaExceeded"):
        given |= words(f"{kind}ExceptionReason")
    events = {word.upper() for word in codes_of("aws").states}
    reasons = {word for word in codes_of("aws").categories if word.isupper()} - events

    assert reasons - given == {"SANDBOX"}
