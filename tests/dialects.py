"""The sandbox's accounts at other providers than Twilio, and requests to them over plain HTTP."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any

import requests
from attrs import field, frozen
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from compliant_sms.sandbox import Account, BandwidthAccount, Sandbox, TelnyxAccount, VonageAccount
from hooks import PATIENCE, Call

ANA, BEN = "+12175550134", "+12175550135"
BODY = "See you Tuesday."
TELNYX = TelnyxAccount(api_key="KEY0123", numbers=["+13125550121", "+13125550122"])
VONAGE = VonageAccount(
    api_key="abcd1234",
    api_secret="a-secret",
    signature_secret="0123456789abcdef0123456789abcdef",
    numbers=["+16185550131", "+16185550132"],
)
TOLL_FREE = "+18885550143"
BANDWIDTH = BandwidthAccount(
    account_id="9900000",
    username="api-user",
    password="api-password",
    application_id="93de2206-9669-4e07-948d-329f4b722ee2",
    callback_credentials="hook:s3cret:with-colon",
    numbers=["+17085550141", "+17085550142", TOLL_FREE],
)
ACCOUNTS: tuple[Account, ...] = (TELNYX, VONAGE, BANDWIDTH)


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def telnyx_signed(call: Call) -> bool:
    """Its signature covers the time and the body."""
    signed = call.header("telnyx-timestamp").encode() + b"|" + call.request.body
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(TELNYX.public_key))
    try:
        key.verify(base64.b64decode(call.header("telnyx-signature-ed25519")), signed)
    except InvalidSignature:
        return False
    return True


def vonage_signed(call: Call) -> bool:
    """Its token is signed, and holds the body's hash."""
    token = call.header("authorization").removeprefix("Bearer ")
    signed, _, signature = token.rpartition(".")
    mac = hmac.new(VONAGE.signature_secret.encode(), signed.encode(), hashlib.sha256).digest()
    claims = json.loads(_decoded(signed.partition(".")[2]))
    whole = claims["payload_hash"] == hashlib.sha256(call.request.body).hexdigest()
    named = (claims["iss"], claims["api_key"]) == ("Vonage", VONAGE.api_key)
    return whole and named and hmac.compare_digest(mac, _decoded(signature))


def bandwidth_signed(call: Call) -> bool:
    """It carries the application's credentials."""
    given = base64.b64decode(call.header("authorization").removeprefix("Basic ")).decode()
    return given == "hook:s3cret:with-colon"


@frozen(kw_only=True)
class Dialect:
    """How a test speaks one of them.

    Attributes:
        account: its account.
        path: where texts are created.
        auth: the header that requests carry.
        fields: the fields of a request to Ana, the reference and the callback where it has them.
        accepted: the status of a request that was taken.
        sid: where its answer has the id.
        signed: a callback is genuine.
        news: the status in a callback, and the error code.
        inbound: sender, recipient and body in a callback.
    """

    account: Account
    path: str
    auth: str
    fields: Mapping[str, Any]
    accepted: int
    sid: Callable[[Any], str]
    signed: Callable[[Call], bool]
    news: Callable[[Any], tuple[str, str]]
    inbound: Callable[[Any], tuple[str, str, str]]
    words: Mapping[str, str] = field(repr=False)

    @property
    def name(self) -> str:
        return self.account.provider

    @property
    def ours(self) -> str:
        return self.account.numbers[0]

    @property
    def other(self) -> str:
        return self.account.numbers[1]

    def number(self, e164: str) -> str:
        """A number as this provider writes it."""
        return e164.removeprefix("+") if self.name == "vonage" else e164

    def send(
        self,
        sandbox: Sandbox,
        recipient: str = ANA,
        headers: Mapping[str, str] | None = None,
        **new: Any,
    ) -> requests.Response:
        """Create a text."""
        wanted = {"to": [recipient] if self.name == "bandwidth" else self.number(recipient)} | new
        content = {name: value for name, value in (self.fields | wanted).items() if value != ""}
        return self.post(sandbox, json.dumps(content), headers)

    def post(
        self, sandbox: Sandbox, body: str | bytes, headers: Mapping[str, str] | None = None
    ) -> requests.Response:
        """Post anything to where texts are created."""
        given = {"Authorization": self.auth, "Content-Type": "application/json"} | (headers or {})
        return requests.post(
            f"{sandbox.url}{self.path}", data=body, headers=given, timeout=PATIENCE
        )


def _basic(user: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


def _telnyx_news(content: Any) -> tuple[str, str]:
    payload = content["data"]["payload"]
    code = payload["errors"][0]["code"] if payload["errors"] else ""
    return payload["to"][0]["status"], code


def _telnyx_inbound(content: Any) -> tuple[str, str, str]:
    said = content["data"]["payload"]
    assert content["data"]["event_type"] == "message.received"
    return said["from"]["phone_number"], said["to"][0]["phone_number"], said["text"]


def _bandwidth_inbound(content: Any) -> tuple[str, str, str]:
    (event,) = content
    assert (event["type"], event["message"]["direction"]) == ("message-received", "in")
    return event["message"]["from"], event["to"], event["message"]["text"]


DIALECTS = {
    "telnyx": Dialect(
        account=TELNYX,
        path="/v2/messages",
        auth=f"Bearer {TELNYX.api_key}",
        fields={"from": TELNYX.numbers[0], "to": ANA, "text": BODY},
        accepted=200,
        sid=lambda answer: answer["data"]["id"],
        signed=telnyx_signed,
        news=_telnyx_news,
        inbound=_telnyx_inbound,
        words={
            "sent": "sent",
            "delivered": "delivered",
            "undelivered": "delivery_failed",
            "failed": "sending_failed",
        },
    ),
    "vonage": Dialect(
        account=VONAGE,
        path="/v1/messages",
        auth=_basic(VONAGE.api_key, VONAGE.api_secret),
        fields={
            "channel": "sms",
            "message_type": "text",
            "from": VONAGE.numbers[0].removeprefix("+"),
            "to": ANA.removeprefix("+"),
            "text": BODY,
            "client_ref": "our-id",
        },
        accepted=202,
        sid=lambda answer: answer["message_uuid"],
        signed=vonage_signed,
        news=lambda content: (content["status"], str(content.get("error", {}).get("title", ""))),
        inbound=lambda content: (
            f"+{content['from']}",
            f"+{content['to']}",
            content["text"],
        ),
        words={
            "sent": "submitted",
            "delivered": "delivered",
            "undelivered": "undeliverable",
            "failed": "rejected",
        },
    ),
    "bandwidth": Dialect(
        account=BANDWIDTH,
        path=f"/api/v2/users/{BANDWIDTH.account_id}/messages",
        auth=_basic(BANDWIDTH.username, BANDWIDTH.password),
        fields={
            "applicationId": BANDWIDTH.application_id,
            "from": BANDWIDTH.numbers[0],
            "to": [ANA],
            "text": BODY,
            "tag": "our-id",
        },
        accepted=202,
        sid=lambda answer: answer["id"],
        signed=bandwidth_signed,
        news=lambda content: (content[0]["type"], str(content[0].get("errorCode", ""))),
        inbound=_bandwidth_inbound,
        words={
            "sent": "message-sent",
            "delivered": "message-delivered",
            "undelivered": "message-failed",
            "failed": "message-failed",
        },
    ),
}
