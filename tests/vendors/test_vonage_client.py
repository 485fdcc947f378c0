"""Vonage's own client sends what our adapter builds, and believes no more than it does."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st
from loopback import use_loopback
from recorder import Recorder, Seen, built, inspected
from vonage import Auth
from vonage import Vonage as Client
from vonage_jwt import verify_signature
from vonage_messages.models import MmsAudio, MmsFile, MmsImage, MmsResource, MmsVcard, MmsVideo, Sms

from compliant_sms import PhoneNumber
from compliant_sms.errors import InvalidSignature
from compliant_sms.providers import OutboundText, Vonage
from compliant_sms.wire import WebhookRequest

API_KEY, API_SECRET = "abcd1234", "anApiSecret1"
SECRET = "a-signature-secret-of-the-account"
APPLICATION = "aaaaaaaa-bbbb-cccc-dddd-0123456789ab"
PATIENT, SENDER = "+12175550134", "+12175550111"
CALLBACK = "https://clinic.example/texts"
# Past: their helper reads the clock of this machine, and refuses what is still to come.
NOW = datetime(2025, 6, 2, 16, tzinfo=UTC)
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()


def ours(**more: Any) -> Vonage:
    return Vonage(api_key=API_KEY, signature_secrets=(SECRET,), sender=SENDER, **more)


def theirs(recorder: Recorder, **more: Any) -> Client:
    client = Client(Auth(**more))
    use_loopback(client.http_client._session, recorder.url)
    return client


COMMON: dict[str, Any] = {
    "to": PATIENT[1:],
    "from_": SENDER[1:],
    "client_ref": "m1",
    "webhook_url": CALLBACK,
    "webhook_version": "v1",
}


def resource(url: str, body: str) -> MmsResource:
    return MmsResource(url=url, caption=body)


def picture(name: str) -> dict[str, Any]:
    return {"media": (f"https://clinic.example/{name}",)}


CASES: dict[str, tuple[dict[str, Any], Any]] = {
    "plain": ({}, lambda body: Sms(text=body, **COMMON)),
    "validity": (
        {"valid_for": timedelta(hours=2)},
        lambda body: Sms(text=body, ttl=7200, **COMMON),
    ),
    "long validity": (
        {"valid_for": timedelta(days=9)},
        lambda body: Sms(text=body, ttl=604_800, **COMMON),
    ),
    "image": (
        picture("a.png"),
        lambda body: MmsImage(image=resource("https://clinic.example/a.png", body), **COMMON),
    ),
    "image, validity": (
        picture("a.png") | {"valid_for": timedelta(minutes=1)},
        lambda body: MmsImage(
            image=resource("https://clinic.example/a.png", body), ttl=300, **COMMON
        ),
    ),
    "card": (
        picture("a.vcf"),
        lambda body: MmsVcard(vcard=resource("https://clinic.example/a.vcf", body), **COMMON),
    ),
    "video": (
        picture("a.mp4"),
        lambda body: MmsVideo(video=resource("https://clinic.example/a.mp4", body), **COMMON),
    ),
    "audio": (
        picture("a.mp3"),
        lambda body: MmsAudio(audio=resource("https://clinic.example/a.mp3", body), **COMMON),
    ),
    "file": (
        picture("a.pdf"),
        lambda body: MmsFile(file=resource("https://clinic.example/a.pdf", body), **COMMON),
    ),
}


def sent(recorder: Recorder, client: Client, case: str, body: str) -> Seen:
    recorder.replies.append((202, {"message_uuid": "out-1"}))
    client.messages.send(CASES[case][1](body))
    return recorder.requests[-1]


def text(case: str, body: str) -> OutboundText:
    return OutboundText(to=PhoneNumber(PATIENT), body=body, reference="m1", **CASES[case][0])


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("body", ["See you at 2:30 & bring é 👍", "x" * 3000])
def test_send(recorder: Recorder, case: str, body: str) -> None:
    """Method, path, credentials and every field are the same."""
    client = theirs(recorder, api_key=API_KEY, api_secret=API_SECRET)
    request = ours(api_secret=API_SECRET, status_callback=CALLBACK).request(
        text(case, body), at=NOW
    )

    matter = ("authorization", "content-type", "accept")
    assert sent(recorder, client, case, body).only(matter) == built(request).only(matter)


def test_application(recorder: Recorder) -> None:
    """With an application's key the tokens have the same head and claims, for as long."""
    client = theirs(recorder, application_id=APPLICATION, private_key=PEM)
    provider = ours(application_id=APPLICATION, private_key=PEM, status_callback=CALLBACK)
    at = datetime.now(UTC)
    by_them = sent(recorder, client, "plain", "Hello")
    by_us = built(provider.request(text("plain", "Hello"), at=at))

    assert by_them.only(("content-type", "accept")) == by_us.only(("content-type", "accept"))
    heads, claims = [], []
    for seen in (by_them, by_us):
        scheme, _, token = seen.headers["authorization"].partition(" ")
        heads.append((scheme, jwt.get_unverified_header(token)))
        claims.append(jwt.decode(token, KEY.public_key(), algorithms=["RS256"]))
    assert heads[0] == heads[1]
    assert claims[0].keys() == claims[1].keys()
    assert claims[0]["application_id"] == claims[1]["application_id"]
    assert [each["exp"] - each["iat"] for each in claims] == [900, 900]
    assert len(claims[0]["jti"]) == len(claims[1]["jti"])


def test_balance(recorder: Recorder) -> None:
    """The account is looked at in the same way."""
    recorder.replies.append((200, {"value": 10.5, "autoReload": False}))
    theirs(recorder, api_key=API_KEY, api_secret=API_SECRET).account.get_balance()
    request = ours(api_secret=API_SECRET).check_account(at=NOW)

    assert request is not None
    matter = ("authorization", "accept")
    assert recorder.requests[0].only(matter) == built(request).only(matter)


def test_settings(recorder: Recorder) -> None:
    """The application is looked at in the same way, and read as it reads it."""
    webhooks = {"inbound_url": {"address": CALLBACK}, "status_url": {"address": CALLBACK}}
    told = {"name": "x", "id": APPLICATION, "capabilities": {"messages": {"webhooks": webhooks}}}
    recorder.replies.append((200, told))
    client = theirs(recorder, api_key=API_KEY, api_secret=API_SECRET)
    found = client.application.get_application(APPLICATION)
    assert found.capabilities.messages.webhooks.inbound_url.address == CALLBACK

    matter = ("authorization", "accept")
    provider = ours(api_secret=API_SECRET, application_id=APPLICATION, private_key=PEM)
    asked = inspected(provider, [told], at=NOW)
    assert [each.only(matter) for each in recorder.requests] == [a.only(matter) for a in asked]


def believed(request: WebhookRequest, **more: Any) -> bool:
    try:
        ours(api_secret=API_SECRET, **more).verify(request, at=NOW)
    except InvalidSignature:
        return False
    return True


@given(st.binary(max_size=40), st.sampled_from([SECRET, "another secret of another account"]))
def test_tokens(content: bytes, secret: str) -> None:
    """A token that their helper believes is believed here for its own body, and for no other."""
    body = json.dumps({"text": content.hex()}).encode()
    claims = {
        "iat": int(NOW.timestamp()),
        "iss": "Vonage",
        "payload_hash": hashlib.sha256(body).hexdigest(),
        "api_key": API_KEY,
    }
    token = jwt.encode(claims, secret, algorithm="HS256")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    genuine = WebhookRequest(method="POST", url=CALLBACK, headers=headers, body=body)
    swapped = WebhookRequest(method="POST", url=CALLBACK, headers=headers, body=b'{"text": "STOP"}')

    assert believed(genuine) == verify_signature(token, SECRET) == (secret == SECRET)
    assert not believed(swapped)


@given(
    st.dictionaries(st.text(st.characters(exclude_characters="&=", codec="utf-8")), st.text()),
    st.sampled_from(["md5", "sha1", "sha256", "sha512"]),
    st.sampled_from([SECRET, "another"]),
)
def test_older_signature(fields: dict[str, str], method: Any, secret: str) -> None:
    """``sig`` of any parameters, as their client makes it, is believed; another's is not."""
    fields = {name: value for name, value in fields.items() if name != "sig"}
    fields["timestamp"] = str(int(NOW.timestamp()))
    auth = Auth(api_key=API_KEY, signature_secret=secret, signature_method=method)
    content = fields | {"sig": auth.sign_params(dict(fields))}
    request = WebhookRequest(method="GET", url=f"{CALLBACK}?{urlencode(content)}")

    checker = Auth(api_key=API_KEY, signature_secret=SECRET, signature_method=method)
    assert believed(request, signature_method=method) == checker.check_signature(dict(content))
