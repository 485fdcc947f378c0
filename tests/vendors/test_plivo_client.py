"""Plivo's own client sends what our adapter builds, and believes the same callbacks."""

from __future__ import annotations

import base64
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from loopback import use_loopback
from plivo import RestClient
from plivo.utils import validate_signature, validate_v3_signature
from recorder import Recorder, built, inspected

from compliant_sms import PhoneNumber
from compliant_sms.errors import InvalidSignature
from compliant_sms.providers import OutboundText, Plivo
from compliant_sms.wire import WebhookRequest

ACCOUNT, TOKEN = "MA" + "5E" * 9, "an-auth-token"
PATIENT, SENDER = "+12175550134", "+12175550111"
CALLBACK = "https://clinic.example/texts"
NOW = datetime(2026, 11, 30, 16, tzinfo=UTC)
MATTER = ("authorization", "content-type", "accept")
# What the client always adds, and what Plivo takes for granted.
DEFAULTS = {"method": "POST", "trackable": False}
PROVIDER = Plivo(auth_id=ACCOUNT, auth_token=TOKEN, sender=SENDER, status_callback=CALLBACK)
MEDIA = ("https://clinic.example/a.png", "https://clinic.example/b.png")


def client(recorder: Recorder) -> RestClient:
    made = RestClient(ACCOUNT, TOKEN)
    use_loopback(made.session, recorder.url)
    return made


CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "plain": ({}, {}),
    "media": ({"media": MEDIA}, {"media_urls": list(MEDIA), "type_": "mms"}),
    "validity": ({"valid_for": timedelta(hours=2)}, {"message_expiry": 7200}),
}


@pytest.mark.parametrize("log", [True, False])
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("body", ["See you at 2:30 & bring é 👍", "x" * 1600])
def test_send(recorder: Recorder, case: str, body: str, log: bool) -> None:  # noqa: FBT001
    """Method, path, credentials and every field are the same."""
    ours, theirs = CASES[case]
    text = OutboundText(to=PhoneNumber(PATIENT), body=body, reference="m1", **ours)
    request = built(evolve(PROVIDER, log=log).request(text, at=NOW))
    recorder.replies.append((202, {"message_uuid": ["out-1"]}))

    client(recorder).messages.create(
        src=SENDER,
        dst=PATIENT,
        text=body,
        url=f"{CALLBACK}?ref=m1",
        log="true" if log else "false",
        **theirs,
    )

    (seen,) = recorder.requests
    assert seen.only(MATTER) == evolve(request, content=DEFAULTS | request.content).only(MATTER)


def test_account(recorder: Recorder) -> None:
    """The account is looked at in the same way."""
    recorder.replies.append((200, {"auth_id": ACCOUNT}))
    client(recorder).account.get()

    matter = ("authorization", "accept")
    asked = built(PROVIDER.check_account(at=NOW))
    assert recorder.requests[0].only(matter) == asked.only(matter)


def test_settings(recorder: Recorder) -> None:
    """The number and its application are looked at in the same way, and read as it reads them."""
    uri = f"/v1/Account/{ACCOUNT}/Application/29986316244302815/"
    number = {"application": uri, "tendlc_registration_status": "COMPLETED"}
    application = {"message_url": CALLBACK, "app_id": "29986316244302815"}
    recorder.replies += [(200, number), (200, application)]
    theirs = client(recorder)
    assert theirs.numbers.get(SENDER[1:]).tendlc_registration_status == "COMPLETED"
    assert theirs.applications.get("29986316244302815").message_url == CALLBACK

    matter = ("authorization", "accept")
    asked = inspected(PROVIDER, [number, application], at=NOW)
    assert [each.only(matter) for each in recorder.requests] == [a.only(matter) for a in asked]


def mac(signed: str) -> str:
    return base64.b64encode(hmac.new(TOKEN.encode(), signed.encode(), "sha256").digest()).decode()


def believed(request: WebhookRequest) -> bool:
    try:
        PROVIDER.verify(request, at=NOW)
    except InvalidSignature:
        return False
    return True


PATHS = st.sampled_from(["/texts", "/", "/a/b.c", "/a%20b"])
# Their client cannot read other characters in a query.
WORDS = st.text(st.characters(codec="ascii", min_codepoint=32), min_size=1, max_size=8)
QUERIES = st.lists(st.tuples(WORDS, WORDS), max_size=3)
FORMS = st.dictionaries(WORDS | st.text(min_size=1, max_size=4), st.text(max_size=12), max_size=4)


@given(PATHS, QUERIES, st.booleans())
def test_version_2(path: str, asked: list[tuple[str, str]], right: bool) -> None:  # noqa: FBT001
    """Version 2 covers the address without its query, and the nonce."""
    address = f"https://clinic.example{path}"
    url = f"{address}?{urlencode(asked)}"
    signature = mac(f"{address}12345" if right else f"{address}54321")
    headers = {
        "X-Plivo-Signature-V2": signature,
        "X-Plivo-Signature-V2-Nonce": "12345",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    request = WebhookRequest(method="POST", url=url, headers=headers)

    assert believed(request) == validate_signature(url, "12345", signature, TOKEN) == right


def their_signature(method: str, url: str, fields: dict[str, str]) -> str:
    """Version 3 as the client computes it: it only tells whether one is right, so look inside."""
    from plivo.utils import signature_v3 as v3  # noqa: PLC0415 - a module beside its function

    made = (
        v3.construct_get_url(url, dict(fields))
        if method == "GET"
        else v3.construct_post_url(url, dict(fields))
    )
    return v3.get_signature_v3(TOKEN.encode(), made.decode(), "12345").decode()


@given(st.sampled_from(["GET", "POST"]), PATHS, QUERIES, FORMS, st.booleans())
def test_version_3(
    method: str,
    path: str,
    asked: list[tuple[str, str]],
    fields: dict[str, str],
    right: bool,  # noqa: FBT001
) -> None:
    """Version 3 covers address, query, form and nonce, as the client puts them together."""
    fields = fields if method == "POST" else {}
    url = f"https://clinic.example{path}" + (f"?{urlencode(asked)}" if asked else "")
    signature = their_signature(method, url, fields) if right else mac(url)
    headers = {
        "X-Plivo-Signature-V3": signature,
        "X-Plivo-Signature-V3-Nonce": "12345",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    body = urlencode(fields).encode()
    request = WebhookRequest(method=method, url=url, headers=headers, body=body)

    told = validate_v3_signature(method, url, "12345", TOKEN, signature, dict(fields))
    assert believed(request) == told == right
