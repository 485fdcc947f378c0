"""How tests make the library's other adapters, and what their providers answer."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Final

from compliant_sms.errors import InvalidInput
from compliant_sms.providers import (
    AwsEndUserMessaging,
    AzureCommunicationServices,
    Bird,
    ClickSend,
    Failure,
    HttpGateway,
    Infobip,
    MessageBird,
    Plivo,
    Provider,
    Sinch,
)
from compliant_sms.providers._codes import codes_of
from compliant_sms.providers._gateway._json_pointer import placed_at
from compliant_sms.providers.gateway import Equals
from compliant_sms.testing._fake._other import OtherProvider
from compliant_sms.testing.webhooks import maker_for
from compliant_sms.wire import HttpReply

NOWHERE: Final = "http://127.0.0.1:9"
"""A local address at which nothing listens (RFC 863). Nothing is sent there."""

_ID: Final = "the-id-of-the-text"
_ANSWERS: Final[Mapping[str, tuple[int, object]]] = {
    "aws": (200, {"MessageId": _ID}),
    "azure": (
        202,
        {"value": [{"messageId": _ID, "httpStatusCode": 202, "successful": True}]},
    ),
    "bird": (202, {"id": _ID, "status": "accepted"}),
    "clicksend": (
        200,
        {
            "http_code": 200,
            "response_code": "SUCCESS",
            "data": {"messages": [{"message_id": _ID, "status": "SUCCESS"}]},
        },
    ),
    "infobip": (
        200,
        {"messages": [{"messageId": _ID, "status": {"groupName": "PENDING"}}]},
    ),
    "messagebird": (201, {"id": _ID}),
    "plivo": (202, {"message": "message(s) queued", "message_uuid": [_ID], "api_id": _ID}),
    "sinch": (201, {"id": _ID}),
}


def _plivo(callback: str) -> Plivo:
    return Plivo(
        auth_id="MA" + "X" * 18,
        auth_token="a-token-that-opens-nothing",  # noqa: S106
        sender="+13125550151",
        status_callback=callback,
        base_url=NOWHERE,
    )


def _sinch(callback: str) -> Sinch:
    return Sinch(
        service_plan_id="made-up",
        api_token="a-token-that-opens-nothing",  # noqa: S106
        webhook_secrets=["a-secret-of-callbacks"],
        sender="+13125550152",
        status_callback=callback,
        base_url=NOWHERE,
    )


def _infobip(callback: str) -> Infobip:
    return Infobip(
        api_key="a-key-that-opens-nothing",
        callback_credentials=["hook:a-password-of-callbacks"],
        sender="+13125550153",
        status_callback=callback,
        base_url=NOWHERE,
    )


def _messagebird(callback: str) -> MessageBird:
    return MessageBird(
        access_key="a-key-that-opens-nothing",
        signing_keys=["a-key-that-signs-nothing-real"],
        sender="+13125550154",
        status_callback=callback,
        base_url=NOWHERE,
    )


def _bird(_: str) -> Bird:
    return Bird(
        workspace_id="5d6e3b8c-2f0b-4c1c-9d7e-0c6a5d1f2b3a",
        channel_id="0f3c8a52-7e64-4b0d-8b59-2f6f1c9b7d41",
        access_key="a-key-that-opens-nothing",
        signing_keys=["a-key-that-signs-nothing-real"],
        sender="+13125550155",
        base_url=NOWHERE,
    )


def _clicksend(_: str) -> ClickSend:
    return ClickSend(
        username="clinic",
        api_key="a-key-that-opens-nothing",
        url_tokens=["a-token-of-callbacks"],
        sender="+13125550156",
        base_url=NOWHERE,
    )


def _aws(_: str) -> AwsEndUserMessaging:
    return AwsEndUserMessaging(
        access_key_id="AKIAMADEUP",
        secret_access_key="a-key-that-opens-nothing",  # noqa: S106
        region="us-east-1",
        topic_arns=["arn:aws:sns:us-east-1:123456789012:texts"],
        sender="+13125550157",
        base_url=NOWHERE,
    )


def _azure(_: str) -> AzureCommunicationServices:
    return AzureCommunicationServices(
        endpoint="https://clinic.communication.azure.com",
        access_key=base64.b64encode(b"opens nothing").decode(),
        url_tokens=["a-token-of-callbacks"],
        sender="+18335550158",
        base_url=NOWHERE,
    )


OTHERS: Final[Mapping[str, Callable[[str], Provider]]] = {
    "plivo": _plivo,
    "sinch": _sinch,
    "infobip": _infobip,
    "messagebird": _messagebird,
    "bird": _bird,
    "clicksend": _clicksend,
    "aws": _aws,
    "azure": _azure,
}
"""By name, what makes an adapter from an address for its callbacks."""


def other(adapter: Provider) -> OtherProvider:
    """Return the provider behind one of the library's adapters.

    Raises:
        InvalidInput: the adapter is not one of these.
    """
    if isinstance(adapter, HttpGateway):
        return _gateway(adapter)
    if type(adapter).__module__.partition(".")[0] != __package__.partition(".")[0]:
        msg = (
            f"the fake carrier does not know what the provider of {type(adapter).__name__} "
            "answers. Pass OtherProvider(adapter=..., accepted=..., provider_id=..., "
            "webhooks=...) from compliant_sms.testing."
        )
        raise InvalidInput(msg)
    status, content = _ANSWERS[adapter.name]
    return OtherProvider(
        adapter=adapter,
        webhooks=maker_for(adapter),
        accepted=HttpReply(status=status, body=json.dumps(content).encode()),
        provider_id=_ID,
        by_reference=adapter.name == "infobip",
        codes=_by_category(codes_of(adapter.name).categories),
    )


def _by_category(categories: Mapping[str, Failure]) -> dict[Failure, str]:
    # Refusals have words as reasons; statuses have numbers.
    numbers = {code: why for code, why in categories.items() if code.isdecimal()}
    return {why: code for code, why in reversed(numbers.items())}


def _gateway(adapter: HttpGateway) -> OtherProvider:
    means, content = adapter.outcome, dict[str, object]()
    placed_at(content, means.id or "/id", _ID)
    if isinstance(means.success, Equals):
        placed_at(content, means.success.at, means.success.value)
    return OtherProvider(
        adapter=adapter,
        webhooks=maker_for(adapter),
        accepted=HttpReply(
            status=min(means.accepted),
            headers={means.id_header: _ID} if means.id_header else {},
            body=json.dumps(content).encode(),
        ),
        provider_id=_ID,
        codes={why: code for code, why in reversed([*means.categories.items()])},
    )
