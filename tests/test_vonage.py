"""The Vonage adapter: tokens, requests, answers, and the callbacks of both its APIs."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from attrs import evolve
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms import Blocked, Messenger, PhoneNumber, Profile, Sent
from compliant_sms.consent import Channel, Revoked
from compliant_sms.errors import (
    InvalidInput,
    InvalidSignature,
    MissingExtra,
    Unsupported,
    WebhookRejected,
)
from compliant_sms.lifecycle import State
from compliant_sms.providers import (
    Attempt,
    Certainty,
    Failure,
    InboundText,
    OutboundText,
    Provider,
    ProviderKeyword,
    StatusUpdate,
    VerifiedWebhook,
    Vonage,
    sealed,
)
from compliant_sms.providers._signatures._vonage import SIGNATURE_METHODS, signer
from compliant_sms.testing import ProviderContract
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest
from conftest import PATIENT, SENDER
from figures import Flips
from signature_vectors import flipped, signature_vectors, vector_request, vector_time
from test_send import agree, remind

TOKENS = [row for row in signature_vectors() if row["provider"] == "vonage"]
SIGS = [row for row in signature_vectors() if row["provider"] == "vonage-sms"]
URL = "https://clinic.example/texts"
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
API_KEY, API_SECRET = "abcd1234", "an-api-secret"
SECRET = "a-signature-secret-of-the-account"
APPLICATION = "aaaaaaaa-bbbb-cccc-dddd-0123456789ab"
NOW = datetime(2026, 11, 30, 16, tzinfo=UTC)
TEXT = OutboundText(to=PhoneNumber(PATIENT), body="See you at 2:30 & bring é 👍", reference="m1")
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: Any, password: bytes | None = None) -> str:
    encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if password is not None:
        encryption = serialization.BestAvailableEncryption(password)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
    return str(key.private_bytes(*form, encryption).decode())


PRIVATE_KEY = pem(KEY)


def vonage(**changes: Any) -> Vonage:
    known = {"api_key": API_KEY, "signature_secrets": (SECRET,), "sender": SENDER}
    if not changes.keys() & {"api_secret", "application_id", "private_key"}:
        known["api_secret"] = API_SECRET
    return Vonage(**(known | changes))


def part(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def token(body: bytes, *, secret: str = SECRET, at: datetime = NOW, **changes: Any) -> str:
    """A token as Vonage makes it; a claim that is None is left out."""
    claims = {
        "iat": int(at.timestamp()),
        "jti": "a",
        "iss": "Vonage",
        "payload_hash": hashlib.sha256(body).hexdigest(),
        "api_key": API_KEY,
    } | changes
    kept = {name: value for name, value in claims.items() if value is not None}
    signed = f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(kept)}"
    digest = hmac.new(secret.encode(), signed.encode(), "sha256").digest()
    return f"{signed}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def signed(content: object, **changes: Any) -> WebhookRequest:
    """A callback of the Messages API."""
    body = json.dumps(content).encode()
    headers = {"Content-Type": JSON, "Authorization": f"Bearer {token(body, **changes)}"}
    return WebhookRequest(method="POST", url=URL, headers=headers, body=body)


def sig(fields: dict[str, Any], method: str = "sha256", secret: str = SECRET) -> dict[str, Any]:
    """The same parameters with their signature."""
    text = "".join(
        f"&{name}={str(fields[name]).replace('&', '_').replace('=', '_')}"
        for name in sorted(fields)
    )
    return fields | {"sig": hmac.new(secret.encode(), text.encode(), method).hexdigest()}


def older(fields: dict[str, Any], kind: str = FORM, **how: str) -> WebhookRequest:
    """A callback of the older SMS API."""
    content = sig(fields, **how)
    if kind == "GET":
        return WebhookRequest(method="GET", url=f"{URL}?{urlencode(content)}")
    body = json.dumps(content) if kind == JSON else urlencode(content)
    return WebhookRequest(
        method="POST", url=URL, headers={"Content-Type": kind}, body=body.encode()
    )


INBOUND = {
    "channel": "sms",
    "message_uuid": "in-1",
    "to": SENDER[1:],
    "from": PATIENT[1:],
    "timestamp": "2026-11-30T15:59:58.000Z",
    "text": "Hello ",
    "sms": {"num_messages": "1", "keyword": "HELLO"},
}
STATUS = {
    "message_uuid": "out-1",
    "to": PATIENT[1:],
    "from": SENDER[1:],
    "timestamp": "2026-11-30T15:59:58.000Z",
    "status": "delivered",
    "client_ref": "m1",
    "channel": "sms",
}
OLDER_INBOUND = {
    "msisdn": PATIENT[1:],
    "to": SENDER[1:],
    "messageId": "0A1",
    "text": "Hello ",
    "type": "text",
    "keyword": "HELLO",
    "message-timestamp": "2026-11-30 15:59:58",
    "timestamp": str(int(NOW.timestamp())),
    "nonce": "n",
    "api-key": API_KEY,
}
OLDER_STATUS = {
    "msisdn": PATIENT[1:],
    "to": SENDER[1:],
    "messageId": "0B1",
    "status": "delivered",
    "err-code": "0",
    "client-ref": "m1",
    "message-timestamp": "2026-11-30 15:59:58",
    "timestamp": str(int(NOW.timestamp())),
    "nonce": "n",
}


class TestVonageContract(ProviderContract):
    secrets = (SECRET, PRIVATE_KEY, API_SECRET)

    def make_provider(self) -> Provider:
        return vonage(application_id=APPLICATION, private_key=PRIVATE_KEY, api_secret=API_SECRET)

    def sender_answers(self) -> list[HttpReply]:
        webhooks = {"inbound_url": {"address": URL}, "status_url": {"address": URL}}
        return [reply(200, {"capabilities": {"messages": {"webhooks": webhooks}}})]

    def accepted(self) -> tuple[HttpReply, str]:
        return reply(202, {"message_uuid": "out-1"}), "out-1"

    def refused(self) -> HttpReply:
        problem = {
            "type": "https://developer.vonage.com/api-errors/messages#1170",
            "title": "Invalid or missing MSISDN",
            "detail": f"{PATIENT[1:]} is not a number",
        }
        return reply(422, problem)

    def patient_texts(self, body: str) -> WebhookRequest:
        return signed(INBOUND | {"text": body})

    def delivered(self) -> tuple[WebhookRequest, str]:
        return signed(STATUS), "out-1"

    def undelivered(self) -> WebhookRequest:
        return signed(STATUS | {"status": "undeliverable", "error": error("1190")})


class TestVonageOlderContract(TestVonageContract):
    """The same for the older SMS API's callbacks."""

    def make_provider(self) -> Provider:
        return vonage(signature_method="sha256")

    def sender_answers(self) -> list[HttpReply]:
        return []  # an account has none that a harmless request would tell

    def patient_texts(self, body: str) -> WebhookRequest:
        return older(OLDER_INBOUND | {"text": body})

    def delivered(self) -> tuple[WebhookRequest, str]:
        return older(OLDER_STATUS), "0B1"

    def undelivered(self) -> WebhookRequest:
        return older(OLDER_STATUS | {"status": "failed", "err-code": "9"})

    def test_unsigned(self) -> None:
        """Without ``sig`` a callback proves nothing."""
        body = urlencode(OLDER_INBOUND).encode()
        self._refuses(evolve(self.patient_texts("STOP"), body=body))


# Requests


def sent_by(request: HttpRequest) -> dict[str, Any]:
    return dict(json.loads(request.body))


def test_text() -> None:
    """A text has its numbers without a plus, and brings our reference back."""
    request = vonage().request(TEXT, at=NOW)

    assert (request.method, request.url) == ("POST", "https://api.nexmo.com/v1/messages")
    assert sent_by(request) == {
        "channel": "sms",
        "message_type": "text",
        "to": PATIENT[1:],
        "from": SENDER[1:],
        "text": TEXT.body,
        "client_ref": "m1",
    }


def test_status_callback() -> None:
    """A callback's address goes with the text, and asks for the version that is read here."""
    content = sent_by(vonage(status_callback=URL).request(TEXT, at=NOW))

    assert (content["webhook_url"], content["webhook_version"]) == (URL, "v1")


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://clinic.example/map.PNG?x=1.pdf", "image"),
        ("https://clinic.example/visit.vcf", "vcard"),
        ("https://clinic.example/way.mp4", "video"),
        ("https://clinic.example/hello.mp3", "audio"),
        ("https://clinic.example/form.pdf", "file"),
        ("https://clinic.example/map", "image"),
    ],
)
def test_media(url: str, kind: str) -> None:
    """Media make it an MMS, whose kind the address tells."""
    content = sent_by(vonage().request(evolve(TEXT, media=(url,)), at=NOW))

    assert (content["channel"], content["message_type"]) == ("mms", kind)
    assert content[kind] == {"url": url, "caption": TEXT.body}
    assert "text" not in content


def test_captions() -> None:
    """A picture needs no words, and takes no more of them than Vonage allows."""
    picture = evolve(TEXT, media=("https://clinic.example/a.png",))

    content = sent_by(vonage().request(evolve(picture, body=""), at=NOW))
    assert content["image"] == {"url": "https://clinic.example/a.png"}
    vonage().request(evolve(picture, body="x" * 3000), at=NOW)
    with pytest.raises(Unsupported, match="3000 characters"):
        vonage().request(evolve(picture, body="x" * 3001), at=NOW)


@pytest.mark.parametrize(
    ("wanted", "sms", "mms"),
    [(1, 20, 300), (20, 20, 300), (3600, 3600, 3600), (604_800, 604_800, 259_200)],
)
def test_validity(wanted: int, sms: int, mms: int) -> None:
    """Vonage may try as long as wanted, within the limits of an SMS or of an MMS."""
    text = evolve(TEXT, valid_for=timedelta(seconds=wanted))
    picture = evolve(text, media=("https://clinic.example/a.png",))

    assert sent_by(vonage().request(text, at=NOW))["ttl"] == sms
    assert sent_by(vonage().request(picture, at=NOW))["ttl"] == mms


def claims_of(request: HttpRequest) -> dict[str, Any]:
    """The claims of the token, once its signature is checked with the public key."""
    scheme, _, whole = dict(request.headers)["authorization"].partition(" ")
    head, claims, signature = (
        base64.urlsafe_b64decode(each + "=" * (-len(each) % 4)) for each in whole.split(".")
    )
    data = whole.rpartition(".")[0].encode()
    KEY.public_key().verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
    assert (scheme, json.loads(head)) == ("Bearer", {"alg": "RS256", "typ": "JWT"})
    return dict(json.loads(claims))


def test_application_token() -> None:
    """A token lives fifteen minutes, and has an id that another text or another time changes."""
    provider = vonage(application_id=APPLICATION, private_key=PRIVATE_KEY)
    claims = claims_of(provider.request(TEXT, at=NOW))

    assert claims["application_id"] == APPLICATION
    assert (claims["iat"], claims["exp"]) == (NOW.timestamp(), NOW.timestamp() + 900)
    ids = {
        claims_of(provider.request(text, at=at))["jti"]
        for text in (TEXT, evolve(TEXT, reference="m2"))
        for at in (NOW, NOW + timedelta(microseconds=1))
    }
    assert len(ids) == 4
    assert claims["jti"] in ids
    assert len(claims["jti"]) == 36


def test_basic() -> None:
    """Without an application the account's secret opens."""
    headers = dict(vonage().request(TEXT, at=NOW).headers)
    credentials = base64.b64encode(f"{API_KEY}:{API_SECRET}".encode()).decode()

    assert headers["authorization"] == f"Basic {credentials}"


# Answers


def reply(status: int, body: object = b"") -> HttpReply:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return HttpReply(status=status, body=content)


def error(fragment: str, **more: str) -> dict[str, str]:
    return {"type": f"https://developer.vonage.com/api-errors/messages#{fragment}", **more}


REFUSED, AMBIGUOUS = Certainty.REFUSED, Certainty.AMBIGUOUS


@pytest.mark.parametrize(
    ("status", "body", "certainty", "category", "code"),
    [
        (401, error("unauthorized"), REFUSED, Failure.AUTH, "unauthorized"),
        (401, b"", REFUSED, Failure.AUTH, "401"),
        (402, error("low-balance"), REFUSED, Failure.INSUFFICIENT_FUNDS, "low-balance"),
        (422, error("1120"), REFUSED, Failure.SENDER_INVALID, "1120"),
        (422, error("1170"), REFUSED, Failure.INVALID_NUMBER, "1170"),
        (422, error("1150", title="Invalid params"), REFUSED, Failure.UNKNOWN, "1150"),
        (422, {"title": "1380"}, REFUSED, Failure.CONTENT_INVALID, "1380"),
        (422, {"title": "Invalid params"}, REFUSED, Failure.UNKNOWN, "422"),
        (429, error("1000"), REFUSED, Failure.RATE_LIMITED, "1000"),
        (429, b"slow down", REFUSED, Failure.RATE_LIMITED, "429"),
        (500, error("1030"), AMBIGUOUS, Failure.PROVIDER_FAULT, "1030"),
        (202, {"message_uuid": ""}, AMBIGUOUS, Failure.UNKNOWN, "202"),
        (202, {"message_uuid": ["x"]}, AMBIGUOUS, Failure.UNKNOWN, "202"),
        (302, b"", AMBIGUOUS, Failure.UNKNOWN, "302"),
    ],
)
def test_answers(
    status: int, body: object, certainty: Certainty, category: Failure, code: str
) -> None:
    """Each answer says how sure it is that nothing was sent, and why."""
    attempt = vonage().response(reply(status, body))

    assert attempt.problem is not None
    assert (attempt.certainty, attempt.problem.category, attempt.problem.code) == (
        certainty,
        category,
        code,
    )


def test_words_of_an_error() -> None:
    """Vonage's own words are kept, without numbers."""
    said = error("1170", title="Bad", detail=f"{PATIENT} cannot be")
    problem = vonage().response(reply(422, said)).problem

    assert problem is not None
    assert problem.said == "[…] cannot be"


@given(st.integers(100, 599), st.binary(max_size=60))
def test_any_answer(status: int, body: bytes) -> None:
    """No answer whatever makes the adapter raise."""
    attempt: Attempt = vonage().response(reply(status, body))

    assert (attempt.problem is None) == (attempt.certainty is Certainty.ACCEPTED)


def test_account() -> None:
    """The balance tells whether the secret is right; a token alone cannot ask for it."""
    provider = vonage()
    asked = provider.check_account(at=NOW)

    assert asked is not None
    assert asked.url == "https://rest.nexmo.com/account/get-balance"
    assert provider.account_problem(reply(200, {"value": 0.5, "autoReload": False})) is None
    wrong = provider.account_problem(reply(401, error("unauthorized")))
    assert wrong is not None
    assert wrong.category is Failure.AUTH
    assert provider.account_problem(reply(200, b"<html>")) is not None
    application = vonage(application_id=APPLICATION, private_key=PRIVATE_KEY)
    assert application.check_account(at=NOW) is None
    simulated = vonage(base_url="http://127.0.0.1:1").check_account(at=NOW)
    assert simulated is not None
    assert simulated.url == "http://127.0.0.1:1/account/get-balance"


# Signatures


def of_vector(row: dict[str, Any]) -> Vonage:
    options = row["options"]
    return vonage(
        api_key=options.get("expected_api_key", API_KEY),
        signature_secrets=(row["secret"],),
        signature_method=options.get("signature_method", ""),
    )


@pytest.mark.parametrize("row", TOKENS + SIGS, ids=lambda row: row["id"])
def test_signature_vectors(row: dict[str, Any]) -> None:
    """Each recorded callback is believed or refused as it should be."""
    provider, request = of_vector(row), vector_request(row)

    if row["expect"]:
        assert isinstance(provider.verify(request, at=vector_time(row)), VerifiedWebhook)
    else:
        with pytest.raises(InvalidSignature):
            provider.verify(request, at=vector_time(row))


def meaning(request: WebhookRequest) -> object:
    """What ``sig`` covers: callbacks that agree in it are the same."""
    pairs: Any = parse_qsl(request.url.partition("#")[0].partition("?")[2], keep_blank_values=True)
    try:
        if request.header("content-type") == FORM:
            pairs = parse_qsl(request.body.decode(), keep_blank_values=True, errors="strict")
        elif request.header("content-type") == JSON:
            pairs = json.loads(request.body)
        said = dict(pairs)
        said["sig"] = said["sig"].lower()
    except (ValueError, KeyError, TypeError):
        return None
    return {name: str(value).replace("&", "_").replace("=", "_") for name, value in said.items()}


TRIALS = pytest.mark.parametrize("trials", [500, pytest.param(10_000, marks=pytest.mark.endurance)])


@TRIALS
def test_flipped_bits_of_tokens(trials: int, flips: Flips) -> None:
    """No single changed bit of a token or of a body is believed."""
    genuine, chance = [row for row in TOKENS if row["expect"]], random.Random(20261130)
    for _ in range(trials):
        row = chance.choice(genuine)
        request = vector_request(row)
        bearer = (request.header("authorization") or "").removeprefix("Bearer ").encode()
        of_token = chance.random() < 0.5
        changed = flipped(bearer, chance) if of_token else bearer
        forged = evolve(
            request,
            headers={"Content-Type": JSON, "Authorization": f"Bearer {changed.decode('latin-1')}"},
            body=request.body if of_token else flipped(request.body, chance),
        )
        with pytest.raises(InvalidSignature):
            of_vector(row).verify(forged, at=vector_time(row))
    flips("Vonage-Messages", trials)


@TRIALS
def test_flipped_bits_of_parameters(trials: int, flips: Flips) -> None:
    """No single changed bit of a parameter or of ``sig`` is believed, unless it says the same."""
    genuine, chance = [row for row in SIGS if row["expect"]], random.Random(20261130)
    refused = 0
    while refused < trials:
        row = chance.choice(genuine)
        request = vector_request(row)
        address, mark, asked = request.url.partition("?")
        if request.body:
            forged = evolve(request, body=flipped(request.body, chance))
        else:
            changed = flipped(asked.encode(), chance).decode("latin-1")
            forged = evolve(request, url=f"{address}{mark}{changed}")
        if meaning(forged) == meaning(request):
            continue  # for example %2B and %2b
        with pytest.raises(WebhookRejected):
            of_vector(row).verify(forged, at=vector_time(row))
        refused += 1
    flips("Vonage-SMS", trials)


@pytest.mark.parametrize("method", sorted(SIGNATURE_METHODS))
@pytest.mark.parametrize("kind", ["GET", FORM, JSON])
def test_older_forms(kind: str, method: str) -> None:
    """Query, form and JSON are read alike, under the hash that the account has set."""
    provider = vonage(signature_method=method)
    request = older(OLDER_INBOUND, kind, method=method)
    (event,) = provider.parse(provider.verify(request, at=NOW))

    assert (event.key, event.provider_id) == ("0A1", "0A1")
    for other in SIGNATURE_METHODS - {method}:
        with pytest.raises(InvalidSignature):
            vonage(signature_method=other).verify(request, at=NOW)


def test_older_forms_are_asked_for() -> None:
    """Whoever did not ask for the older callbacks gets none of them."""
    with pytest.raises(InvalidSignature, match="token is missing"):
        vonage().verify(older(OLDER_INBOUND), at=NOW)


def test_both_forms_at_once() -> None:
    """Who takes the older callbacks takes the newer ones too, and by their own proof only."""
    provider = vonage(signature_method="md5")
    forged = evolve(older(OLDER_INBOUND, method="md5"), headers={"Authorization": "Bearer x"})

    assert provider.verify(signed(INBOUND), at=NOW).content == INBOUND
    with pytest.raises(InvalidSignature):
        provider.verify(forged, at=NOW)


def test_several_secrets() -> None:
    """While a secret is rotated the old and the new one count, and no other."""
    provider = vonage(signature_secrets=("new", "old"), signature_method="sha1")
    for secret in ("new", "old"):
        assert provider.verify(signed(INBOUND, secret=secret), at=NOW)
        assert provider.verify(older(OLDER_INBOUND, method="sha1", secret=secret), at=NOW)
    with pytest.raises(InvalidSignature):
        provider.verify(signed(INBOUND, secret="other"), at=NOW)
    with pytest.raises(InvalidSignature):
        provider.verify(older(OLDER_INBOUND, method="sha1", secret="other"), at=NOW)


@pytest.mark.parametrize(
    ("claims", "right"),
    [
        ({"exp": int(NOW.timestamp()) + 1}, True),
        ({"exp": int(NOW.timestamp())}, False),
        ({"exp": "tomorrow"}, False),
        ({"iat": int(NOW.timestamp()) - 300}, True),
        ({"iat": int(NOW.timestamp()) - 301}, False),
        ({"iat": None}, False),
        ({"iat": True}, False),
        ({"iss": "vonage"}, False),
        ({"api_key": None}, False),
        ({"payload_hash": None}, False),
        ({"payload_hash": ["x"]}, False),
        ({"payload_hash": hashlib.sha256(b"").hexdigest()}, False),
    ],
)
def test_claims(claims: dict[str, Any], right: bool) -> None:  # noqa: FBT001
    """Each claim that says where, when and for what a token was made must hold."""
    if right:
        assert vonage().verify(signed(INBOUND, **claims), at=NOW)
    else:
        with pytest.raises(InvalidSignature):
            vonage().verify(signed(INBOUND, **claims), at=NOW)


def test_two_tokens() -> None:
    """Of two tokens nobody can say which one counts."""
    genuine = signed(INBOUND)
    with pytest.raises(InvalidSignature):
        vonage().verify(evolve(genuine, headers=genuine.headers * 2), at=NOW)


def test_names_that_swallow_others() -> None:
    """A name that holds what separates parameters is refused, whatever it is signed with."""
    fields = {"text=Hello &timestamp": OLDER_INBOUND["timestamp"], "messageId": "0A1"}
    with pytest.raises(InvalidSignature, match="name"):
        vonage(signature_method="sha256").verify(older(fields), at=NOW)


@pytest.mark.parametrize("body", [b"[]", b'{"sig": 1, "a": {"b": [null]}}', b'{"\\ud800": "x"}'])
def test_odd_json(body: bytes) -> None:
    """Whatever the JSON of the older form holds, it is refused and nothing else happens."""
    request = evolve(older(OLDER_INBOUND, JSON), body=body)
    with pytest.raises(InvalidSignature):
        vonage(signature_method="sha256").verify(request, at=NOW)


# Callbacks


def parsed(content: object, **changes: Any) -> Any:
    """What one callback says."""
    (event,) = vonage(**changes).parse(sealed("vonage", content, {}))
    return event


HEARD = InboundText(
    key="in-1",
    provider_id="in-1",
    sender=PhoneNumber(PATIENT),
    to=PhoneNumber(SENDER),
    body="Hello ",
    sent_at=datetime(2026, 11, 30, 15, 59, 58, tzinfo=UTC),
)


def test_inbound() -> None:
    """A patient's text keeps its body unchanged, in either API's form."""
    assert parsed(INBOUND) == HEARD
    assert parsed(OLDER_INBOUND) == evolve(HEARD, key="0A1", provider_id="0A1")


def test_version_0_1() -> None:
    """An application that is still set to the first version of the callbacks loses no STOP."""
    content = {
        "message_uuid": "in-1",
        "to": {"type": "sms", "number": SENDER[1:]},
        "from": {"type": "sms", "number": PATIENT[1:]},
        "message": {"content": {"type": "text", "text": "STOP"}},
    }

    assert parsed(content) == evolve(HEARD, body="STOP", sent_at=None)


def test_inbound_media() -> None:
    """A picture comes with its address, and its caption where there is no text."""
    picture = {"url": "https://api-us.nexmo.com/v3/media/1", "caption": "stop"}
    without = {name: value for name, value in INBOUND.items() if name != "text"}

    heard = parsed(without | {"message_type": "image", "image": picture})
    assert (heard.body, heard.media) == ("stop", (picture["url"],))
    heard = parsed(INBOUND | {"image": picture, "vcard": {"url": ""}})
    assert (heard.body, heard.media) == ("Hello ", (picture["url"],))


def test_parts_of_a_long_text() -> None:
    """Parts of a long text in the older form are texts of their own: none waits for another."""
    parts = [
        OLDER_INBOUND
        | {"messageId": f"0A{n}", "concat": "true", "concat-ref": "1", "concat-total": "2"}
        | {"concat-part": str(n), "text": text}
        for n, text in ((2, "stop texting me"), (1, "Whatever it is about, "))
    ]

    heard = [parsed(part) for part in parts]
    assert [(each.key, each.body) for each in heard] == [
        ("0A2", "stop texting me"),
        ("0A1", "Whatever it is about, "),
    ]


@pytest.mark.parametrize(
    ("body", "keyword"),
    [
        (" Stop\n", ProviderKeyword.STOP),
        ("UNSUBSCRIBE", ProviderKeyword.STOP),
        ("join", ProviderKeyword.START),
        ("Help", ProviderKeyword.HELP),
        ("stop please", None),
    ],
)
@pytest.mark.parametrize("inbound", [INBOUND, OLDER_INBOUND])
def test_who_answers(inbound: dict[str, Any], body: str, keyword: ProviderKeyword | None) -> None:
    """Vonage has answered its keywords where Opt-Out Assist is on, and nowhere else."""
    heard = parsed(inbound | {"text": body}, answers_keywords=True)

    assert (heard.recognized, heard.answered) == (keyword, keyword is not None)
    assert parsed(inbound | {"text": body}).answered is False


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("submitted", State.SENT),
        ("delivered", State.DELIVERED),
        ("read", State.DELIVERED),
        ("rejected", State.FAILED),
        ("undeliverable", State.UNDELIVERED),
        ("teleported", None),
    ],
)
def test_status_words(word: str, state: State | None) -> None:
    """Each status is translated, and an unknown word means nothing new."""
    assert parsed(STATUS | {"status": word}) == StatusUpdate(
        key=f"out-1/{word}",
        provider_id="out-1",
        reference="m1",
        state=state,
        recipient=PhoneNumber(PATIENT),
    )


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("accepted", State.SENT),
        ("buffered", State.SENT),
        ("delivered", State.DELIVERED),
        ("failed", State.FAILED),
        ("rejected", State.FAILED),
        ("expired", State.UNDELIVERED),
        ("unknown", None),
        ("teleported", None),
    ],
)
def test_older_status_words(word: str, state: State | None) -> None:
    """The older API's words are translated too."""
    assert parsed(OLDER_STATUS | {"status": word}) == StatusUpdate(
        key=f"0B1/{word}",
        provider_id="0B1",
        reference="m1",
        state=state,
        recipient=PhoneNumber(PATIENT),
    )


@pytest.mark.parametrize(
    ("code", "category"),
    [
        ("1240", Failure.OPTED_OUT),
        ("1050", Failure.BLOCKED_NUMBER),
        ("1241", Failure.RATE_LIMITED),
        ("1190", Failure.UNREACHABLE_PERMANENT),
        ("1250", Failure.LANDLINE_OR_INCAPABLE),
        ("1280", Failure.CARRIER_FILTERED),
        ("1160", Failure.DESTINATION_NOT_ENABLED),
        ("1060", Failure.ACCOUNT_SUSPENDED),
        ("1360", Failure.EXPIRED),
        ("1320", Failure.DUPLICATE),
        ("1330", Failure.UNKNOWN),
        ("9999", Failure.UNKNOWN),
    ],
)
def test_error_codes(code: str, category: Failure) -> None:
    """A status names its reason, by the end of the error's type or by its title."""
    for said in (error(code), {"title": code, "detail": "Bad"}):
        update = parsed(STATUS | {"status": "rejected", "error": said})
        assert (update.problem.category, update.problem.code) == (category, code)


@pytest.mark.parametrize(
    ("code", "category"),
    [
        ("9", Failure.OPTED_OUT),
        ("4", Failure.BLOCKED_NUMBER),
        ("53", Failure.COMPLIANCE_BLOCKED),
        ("3", Failure.UNREACHABLE_PERMANENT),
        ("7", Failure.UNREACHABLE_TEMPORARY),
        ("11", Failure.LANDLINE_OR_INCAPABLE),
        ("6", Failure.CARRIER_FILTERED),
        ("10", Failure.CONTENT_INVALID),
        ("8", Failure.PROVIDER_FAULT),
        ("1240", Failure.UNKNOWN),
        ("99", Failure.UNKNOWN),
    ],
)
def test_older_error_codes(code: str, category: Failure) -> None:
    """The older API's codes are a list of their own, numbers or texts."""
    for said in (code, int(code)):
        update = parsed(OLDER_STATUS | {"status": "failed", "err-code": said})
        assert (update.problem.category, update.problem.code) == (category, code)


@pytest.mark.parametrize(
    "content",
    [
        STATUS | {"status": "rejected", "error": error("1240", title="1240")},
        OLDER_STATUS | {"status": "failed", "err-code": "9"},
    ],
)
def test_opted_out(content: dict[str, Any]) -> None:
    """An opt-out that only a status tells is told with a state, so that it reaches the ledger."""
    update = parsed(content)

    assert (update.state, update.problem.category) == (State.FAILED, Failure.OPTED_OUT)


class Taken:
    """A transport under which Vonage takes every text."""

    def __init__(self) -> None:
        self.requests: list[HttpRequest] = []

    async def send(self, request: HttpRequest) -> HttpReply:
        self.requests.append(request)
        return reply(202, {"message_uuid": f"out-{len(self.requests)}"})


@pytest.mark.parametrize("form", ["messages", "older"])
def test_an_opt_out_told_by_a_status_alone(
    make_messenger: Callable[..., Messenger], form: str
) -> None:
    """Vonage takes the text and says afterwards that the patient opted out: no other goes."""
    provider = vonage(base_url="http://127.0.0.1:1", signature_method="sha256")
    carrier = Taken()
    messenger = make_messenger(
        provider=provider,
        transport=carrier,
        people=lambda _: Profile(time_zone="America/Chicago"),
    )
    agree(messenger)
    sent = remind(messenger)
    assert isinstance(sent, Sent)
    failed = {
        "messages": signed(
            STATUS | {"status": "rejected", "error": error("1240"), "client_ref": sent.message_id}
        ),
        "older": older(
            OLDER_STATUS | {"status": "failed", "err-code": "9", "client-ref": sent.message_id}
        ),
    }
    messenger.receive(failed[form])

    (revoked,) = (e for e in messenger.consent.events(PATIENT) if isinstance(e, Revoked))
    assert revoked.channel is Channel.PROVIDER
    assert isinstance(remind(messenger, "after"), Blocked)
    assert len(carrier.requests) == 1


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=4,
)
NAMES = st.sampled_from(
    sorted({*INBOUND, *STATUS, *OLDER_INBOUND, *OLDER_STATUS, "error", "image", "message"})
)


@given(st.dictionaries(NAMES, VALUES) | VALUES, st.booleans())
def test_parse_never_raises(content: object, answers: bool) -> None:  # noqa: FBT001
    """Unknown fields, missing ones and odd values never raise."""
    assert len(vonage(answers_keywords=answers).parse(sealed("vonage", content, {}))) <= 1


def test_media_request() -> None:
    """Credentials go to Vonage's own hosts only."""
    provider = vonage(application_id=APPLICATION, private_key=PRIVATE_KEY)
    for url in ("https://api-us.nexmo.com/v3/media/1", "https://api.vonage.com/x?y=z"):
        request = provider.media_request(url, at=NOW)
        assert request is not None
        assert (request.method, request.url) == ("GET", url)
        assert claims_of(request)["application_id"] == APPLICATION
    for url in (
        "http://api.nexmo.com/v3/media/1",
        "https://api.nexmo.com.evil.example/v3/media/1",
        "https://api.nexmo.com@evil.example/",
        "https://rest.nexmo.com/x",
        "https://api.nexmo.com/\n",
    ):
        assert provider.media_request(url, at=NOW) is None
    here = vonage(base_url="http://127.0.0.1:1")
    assert here.media_request("http://127.0.0.1:1/media/1", at=NOW) is not None
    assert here.media_request("http://127.0.0.1:12/media/1", at=NOW) is None


# Set-up


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"api_key": " "}, "api_key is empty"),
        ({"signature_secrets": ("",)}, "everybody could sign"),
        ({"signature_method": "md4"}, "md5, sha1, sha256, sha512"),
        ({"api_secret": ""}, "nothing to send with"),
        ({"application_id": APPLICATION}, "belong together"),
        ({"private_key": PRIVATE_KEY}, "belong together"),
        ({"application_id": APPLICATION, "private_key": "private.key"}, "no RSA key"),
        (
            {
                "application_id": APPLICATION,
                "private_key": pem(ec.generate_private_key(ec.SECP256R1())),
            },
            "no RSA key",
        ),
        ({"application_id": APPLICATION, "private_key": pem(KEY, b"pass")}, "without a password"),
    ],
)
def test_bad_set_up(changes: dict[str, Any], words: str) -> None:
    """A field that cannot be right is refused when the adapter is made, and never shown."""
    with pytest.raises(InvalidInput, match=words) as refused:
        vonage(**changes)
    assert "PRIVATE KEY" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_private_key_is_read_once() -> None:
    """Whatever other tests did before: a key is parsed when it first comes, and then kept."""
    signer.cache_clear()
    for _ in range(2):
        vonage(application_id=APPLICATION, private_key=PRIVATE_KEY).request(TEXT, at=NOW)

    assert signer.cache_info().misses == 1


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without cryptography, whoever brings a private key learns what to install."""
    signer.cache_clear()
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)

    assert vonage().request(TEXT, at=NOW).body
    with pytest.raises(MissingExtra, match=r"compliant-sms\[vonage\]"):
        vonage(application_id=APPLICATION, private_key=PRIVATE_KEY)
