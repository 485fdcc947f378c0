"""Finding the maker of callbacks that an adapter accepts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from compliant_sms.errors import InvalidInput
from compliant_sms.providers import (
    AwsEndUserMessaging,
    AzureCommunicationServices,
    Bandwidth,
    Bird,
    ClickSend,
    HttpGateway,
    Infobip,
    MessageBird,
    Plivo,
    Provider,
    Sinch,
    Telnyx,
    Twilio,
    Vonage,
)
from compliant_sms.testing.webhooks._aws import AwsWebhooks
from compliant_sms.testing.webhooks._azure import AzureWebhooks
from compliant_sms.testing.webhooks._bandwidth import BandwidthWebhooks
from compliant_sms.testing.webhooks._bird import BirdWebhooks
from compliant_sms.testing.webhooks._clicksend import ClickSendWebhooks
from compliant_sms.testing.webhooks._gateway import GatewayWebhooks
from compliant_sms.testing.webhooks._infobip import InfobipWebhooks
from compliant_sms.testing.webhooks._maker import WebhookMaker
from compliant_sms.testing.webhooks._messagebird import MessageBirdWebhooks
from compliant_sms.testing.webhooks._plivo import PlivoWebhooks
from compliant_sms.testing.webhooks._sinch import SinchWebhooks
from compliant_sms.testing.webhooks._telnyx import TelnyxWebhooks
from compliant_sms.testing.webhooks._twilio import TwilioWebhooks
from compliant_sms.testing.webhooks._vonage import VonageWebhooks

_Secrets = Callable[[Any], dict[str, Any]]
_MAKERS: Final[Mapping[type[Provider], tuple[type[WebhookMaker], _Secrets]]] = {
    AwsEndUserMessaging: (AwsWebhooks, lambda it: {"topic_arn": it.topic_arns[0]}),
    AzureCommunicationServices: (AzureWebhooks, lambda it: {"url_token": it.url_tokens[0]}),
    Bandwidth: (
        BandwidthWebhooks,
        lambda it: {
            "callback_credentials": it.callback_credentials[0],
            "application_id": it.application_id,
        },
    ),
    Bird: (
        BirdWebhooks,
        lambda it: {"signing_key": it.signing_keys[0], "channel_id": it.channel_id},
    ),
    ClickSend: (ClickSendWebhooks, lambda it: {"url_token": it.url_tokens[0]}),
    HttpGateway: (
        GatewayWebhooks,
        lambda it: {"callbacks": it.callbacks, "proof": it.proof},
    ),
    Infobip: (InfobipWebhooks, lambda it: {"callback_credentials": it.callback_credentials[0]}),
    MessageBird: (MessageBirdWebhooks, lambda it: {"signing_key": it.signing_keys[0]}),
    Plivo: (PlivoWebhooks, lambda it: {"auth_token": it.auth_token}),
    Sinch: (SinchWebhooks, lambda it: {"webhook_secret": it.webhook_secrets[0]}),
    Telnyx: (TelnyxWebhooks, lambda it: {"api_key": it.api_key}),
    Twilio: (TwilioWebhooks, lambda it: {"auth_token": it.auth_token}),
    Vonage: (
        VonageWebhooks,
        lambda it: {"api_key": it.api_key, "signature_secret": it.signature_secrets[0]},
    ),
}


def maker_for(adapter: Provider, *, url: str = "https://clinic.example/texts") -> WebhookMaker:
    """Return a maker of callbacks that the adapter accepts.

    Args:
        adapter: an adapter from :mod:`compliant_sms.providers`. A ``Telnyx`` needs
            :attr:`TelnyxWebhooks.public_key` among its keys.
        url: the URL that the provider calls. Any will do, unless the adapter is told its own.

    Raises:
        InvalidInput: it is an adapter of your own, or a ``Telnyx`` with other keys.
    """
    known = next((each for kind, each in _MAKERS.items() if isinstance(adapter, kind)), None)
    if known is None:
        msg = (
            f"it is unknown how the provider of {type(adapter).__name__} signs. Derive a maker "
            "of your own from WebhookMaker."
        )
        raise InvalidInput(msg)
    kind, secrets = known
    made = kind(number=adapter.sender, url=url, **secrets(adapter))
    if isinstance(adapter, Telnyx) and isinstance(made, TelnyxWebhooks):
        _refuse_other_keys(adapter, made)
    return made


def _refuse_other_keys(adapter: Telnyx, maker: TelnyxWebhooks) -> None:
    if maker.public_key not in adapter.public_keys:
        msg = (
            "the adapter does not have the key that signs these callbacks. Pass "
            "Telnyx(public_keys=[TelnyxWebhooks(api_key=..., number=...).public_key])."
        )
        raise InvalidInput(msg)
