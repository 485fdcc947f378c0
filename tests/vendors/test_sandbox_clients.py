"""The vendors' own clients take the sandbox for their provider, and believe its callbacks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import telnyx
import vonage
from attrs import evolve
from bandwidth import ApiClient, Configuration, MessageRequest, MessagesApi
from bandwidth.exceptions import ApiException
from bandwidth.models import InboundCallback, StatusCallback
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from loopback import use_loopback
from vonage_http_client.errors import HttpRequestError, RateLimitedError
from vonage_jwt import verify_signature
from vonage_messages.models import MmsImage, MmsResource, Sms

from compliant_sms.sandbox import Sandbox
from dialects import ANA, BANDWIDTH, BODY, TELNYX, VONAGE
from hooks import Hooks, listening

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PRIVATE = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
PUBLIC = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
APPLICATION = "aaaaaaaa-bbbb-cccc-dddd-0123456789ab"
ACCOUNTS = (TELNYX, BANDWIDTH, evolve(VONAGE, application_id=APPLICATION, public_key=PUBLIC))


@pytest.fixture
def hooks() -> Iterator[Hooks]:
    with listening() as running:
        yield running


@pytest.fixture
def sandbox(hooks: Hooks) -> Iterator[Sandbox]:
    with Sandbox(accounts=ACCOUNTS) as running:
        for account in ACCOUNTS:
            running.set_inbound_url(account.numbers[0], f"{hooks.base}/{account.provider}")
            running.set_status_url(account.numbers[0], f"{hooks.base}/{account.provider}")
        yield running


def test_telnyx(sandbox: Sandbox, hooks: Hooks) -> None:
    """It sends, fetches, lists who opted out, and reads refusals; it believes the webhooks."""
    url = f"{sandbox.url}/v2"
    client = telnyx.Telnyx(api_key=TELNYX.api_key, base_url=url, max_retries=0)

    def send() -> Any:
        return client.messages.send(to=ANA, from_=TELNYX.numbers[0], text=BODY).data

    sent = send()
    sandbox.drain()
    fetched = client.messages.retrieve(sent.id).data
    assert (fetched.id, fetched.to[0].status, fetched.text) == (sent.id, "delivered", BODY)
    for call, kind in zip(hooks.so_far(), ("message.sent", "message.finalized"), strict=True):
        headers = dict(call.request.headers)
        event = client.webhooks.unwrap(
            call.request.body.decode(), headers=headers, key=TELNYX.public_key
        )
        assert (event.data.event_type, event.data.payload.id) == (kind, sent.id)

    sandbox.reply(ANA, "STOP", to=TELNYX.numbers[0])
    call = hooks.next()
    event = client.webhooks.unwrap(
        call.request.body.decode(), headers=dict(call.request.headers), key=TELNYX.public_key
    )
    assert event.data.payload.autoresponse_type == "STOP"
    (blocked,) = client.messaging_optouts.list().data
    assert (blocked.to, blocked.from_) == (ANA, TELNYX.numbers[0])
    with pytest.raises(telnyx.BadRequestError, match="40300"):
        send()
    sandbox.fail_next("rate_limited", seconds=1)
    with pytest.raises(telnyx.RateLimitError):
        send()
    strange = telnyx.Telnyx(api_key="KEYwrong", base_url=url, max_retries=0)
    with pytest.raises(telnyx.AuthenticationError):
        strange.balance.retrieve()
    assert client.balance.retrieve().data.available_credit == "100.00"


@pytest.mark.parametrize(
    "auth",
    [
        lambda: vonage.Auth(api_key=VONAGE.api_key, api_secret=VONAGE.api_secret),
        lambda: vonage.Auth(application_id=APPLICATION, private_key=PRIVATE),
    ],
    ids=["secret", "application"],
)
def test_vonage(sandbox: Sandbox, hooks: Hooks, auth: Callable[[], vonage.Auth]) -> None:
    """It sends texts and pictures with both kinds of credentials, and believes the webhooks."""
    client = vonage.Vonage(auth())
    use_loopback(client.http_client._session, sandbox.url)
    ends = {"to": ANA[1:], "from_": VONAGE.numbers[0][1:], "client_ref": "m1"}

    sent = client.messages.send(Sms(text=BODY, **ends))
    picture = MmsResource(url="https://clinic.example/a.png", caption=BODY)
    client.messages.send(MmsImage(image=picture, **ends))
    sandbox.drain()

    text, image = sandbox.messages()
    assert (text.sid, text.body, text.reference) == (sent.message_uuid, BODY, "m1")
    assert image.media_urls == ("https://clinic.example/a.png",)
    sandbox.reply(ANA, "STOP", to=VONAGE.numbers[0])
    calls = hooks.so_far()
    assert len(calls) == 5
    for call in calls:
        token = call.header("authorization").removeprefix("Bearer ")
        assert verify_signature(token, VONAGE.signature_secret)
        assert not verify_signature(token, "0" * 32)
    sandbox.fail_next("rate_limited")
    with pytest.raises(RateLimitedError):
        client.messages.send(Sms(text=BODY, **ends))
    with pytest.raises(HttpRequestError):
        client.messages.send(Sms(text=BODY, **ends | {"from_": ANA[1:]}))


def test_bandwidth(sandbox: Sandbox, hooks: Hooks) -> None:
    """It sends, searches and reads refusals; its models take the callbacks."""
    settings = Configuration(
        host=f"{sandbox.url}/api/v2",
        username=BANDWIDTH.username,
        password=BANDWIDTH.password,
        ignore_operation_servers=True,
    )
    api = MessagesApi(ApiClient(settings))
    request = MessageRequest(
        application_id=BANDWIDTH.application_id,
        to=[ANA],
        var_from=BANDWIDTH.numbers[0],
        text=BODY,
        tag="m1",
    )

    sent = api.create_message(BANDWIDTH.account_id, request)
    sandbox.drain()
    listed = api.list_messages(BANDWIDTH.account_id, destination_tn=ANA)
    assert [each.message_id for each in listed.messages] == [sent.id]
    assert listed.messages[0].message_status == "DELIVERED"
    told = [StatusCallback.from_dict(call.content[0]) for call in hooks.so_far()]
    assert [each.type for each in told] == ["message-sent", "message-delivered"]
    assert {(each.message.id, each.message.tag) for each in told} == {(sent.id, "m1")}
    sandbox.reply(ANA, "STOP", to=BANDWIDTH.numbers[0])
    inbound = InboundCallback.from_dict(hooks.next().content[0])
    assert (inbound.message.text, inbound.message.var_from) == ("STOP", ANA)
    for changed, status in [({"text": "x" * 2049}, 400), ({"application_id": "another"}, 400)]:
        with pytest.raises(ApiException) as caught:
            api.create_message(BANDWIDTH.account_id, request.model_copy(update=changed))
        assert caught.value.status == status
    sandbox.fail_next("rate_limited")
    with pytest.raises(ApiException, match="max-message-queue-size-exceeded"):
        api.create_message(BANDWIDTH.account_id, request)
