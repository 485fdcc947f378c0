"""Bandwidth's own client sends what our adapter builds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bandwidth import ApiClient, Configuration, MediaApi, MessageRequest, MessagesApi
from recorder import Recorder, Seen, built

from compliant_sms import PhoneNumber
from compliant_sms.providers import Bandwidth, OutboundText

PATIENT, SENDER, ACCOUNT = "+12175550134", "+12175550111", "5500001"
APPLICATION = "93de2206-9669-4e07-948d-329f4b722ee2"
NOW = datetime(2026, 11, 30, 16, tzinfo=UTC)
PICTURES = ("https://clinic.example/a.png", "https://clinic.example/b.png")
SENT = ("authorization", "content-type", "accept")
ASKED = ("authorization",)


def client(recorder: Recorder) -> ApiClient:
    settings = Configuration(
        host=f"{recorder.url}/api/v2",
        username="api-user",
        password="pass:word",
        ignore_operation_servers=True,
    )
    return ApiClient(settings)


def ours(recorder: Recorder) -> Bandwidth:
    return Bandwidth(
        account_id=ACCOUNT,
        application_id=APPLICATION,
        username="api-user",
        password="pass:word",
        callback_credentials=(),
        sender=SENDER,
        base_url=recorder.url,
    )


def comparable(seen: Seen) -> Seen:
    """With the expiry as an instant: the client writes it in its own way."""
    expiration = seen.content.get("expiration")
    instant = {"expiration": datetime.fromisoformat(expiration)} if expiration else {}
    only = seen.only(SENT)
    return Seen(only.method, only.path, only.query, only.headers, seen.content | instant, seen.body)


CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "plain": ({}, {}),
    "media": ({"media": PICTURES}, {"media": list(PICTURES)}),
    "validity": (
        {"valid_for": timedelta(hours=2)},
        {"expiration": NOW + timedelta(hours=2)},
    ),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("body", ["See you at 2:30 & bring é 👍", '\u2028\\"/\n', "x" * 2048])
def test_send(recorder: Recorder, case: str, body: str) -> None:
    """Method, path, credentials and every field are the same."""
    text_fields, theirs = CASES[case]
    text = OutboundText(to=PhoneNumber(PATIENT), body=body, reference="m1", **text_fields)
    recorder.replies.append((202, {"id": "out-1"}))

    MessagesApi(client(recorder)).create_message(
        ACCOUNT,
        MessageRequest(
            application_id=APPLICATION,
            to=[PATIENT],
            var_from=SENDER,
            text=body,
            tag="m1",
            **theirs,
        ),
    )

    request = ours(recorder).request(text, at=NOW)
    assert comparable(recorder.requests[0]) == comparable(built(request))


def test_check_account(recorder: Recorder) -> None:
    """The credentials are tried in the same way."""
    MessagesApi(client(recorder)).list_messages(ACCOUNT, source_tn=SENDER, limit=1)

    request = ours(recorder).check_account(at=NOW)
    assert recorder.requests[0].only(ASKED) == built(request).only(ASKED)


def test_status(recorder: Recorder) -> None:
    """What became of a text is searched for in the same way."""
    MessagesApi(client(recorder)).list_messages(ACCOUNT, message_id="out-1")

    text = OutboundText(to=PhoneNumber(PATIENT), body="x", reference="m1", provider_id="out-1")
    request = ours(recorder).ask_status(text, at=NOW)
    assert recorder.requests[0].only(ASKED) == built(request).only(ASKED)


def test_media(recorder: Recorder) -> None:
    """A picture is fetched in the same way."""
    MediaApi(client(recorder)).get_media_without_preload_content(ACCOUNT, "a.png")

    url = f"{recorder.url}/api/v2/users/{ACCOUNT}/media/a.png"
    request = ours(recorder).media_request(url, at=NOW)
    assert request is not None
    assert recorder.requests[0].only(ASKED) == built(request).only(ASKED)
