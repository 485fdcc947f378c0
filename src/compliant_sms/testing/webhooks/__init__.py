"""Callbacks as each provider makes and signs them, for ``Messenger.receive`` or your endpoint.

``maker_for(adapter)`` takes the secrets from your adapter. A maker shares nothing else with the
adapter, so each checks the other.
"""

from typing import TYPE_CHECKING

from compliant_sms._lazy import names_of

if TYPE_CHECKING:
    from compliant_sms.testing.webhooks._aws import AwsWebhooks
    from compliant_sms.testing.webhooks._azure import AzureWebhooks
    from compliant_sms.testing.webhooks._bandwidth import BandwidthWebhooks
    from compliant_sms.testing.webhooks._bird import BirdWebhooks
    from compliant_sms.testing.webhooks._clicksend import ClickSendWebhooks
    from compliant_sms.testing.webhooks._gateway import GatewayWebhooks
    from compliant_sms.testing.webhooks._infobip import InfobipWebhooks
    from compliant_sms.testing.webhooks._maker import News, PatientText, WebhookMaker
    from compliant_sms.testing.webhooks._maker_for import maker_for
    from compliant_sms.testing.webhooks._messagebird import MessageBirdWebhooks
    from compliant_sms.testing.webhooks._plivo import PlivoWebhooks
    from compliant_sms.testing.webhooks._sinch import SinchWebhooks
    from compliant_sms.testing.webhooks._telnyx import TelnyxWebhooks
    from compliant_sms.testing.webhooks._twilio import TwilioWebhooks
    from compliant_sms.testing.webhooks._vonage import VonageWebhooks

__all__ = [
    "AwsWebhooks",
    "AzureWebhooks",
    "BandwidthWebhooks",
    "BirdWebhooks",
    "ClickSendWebhooks",
    "GatewayWebhooks",
    "InfobipWebhooks",
    "MessageBirdWebhooks",
    "News",
    "PatientText",
    "PlivoWebhooks",
    "SinchWebhooks",
    "TelnyxWebhooks",
    "TwilioWebhooks",
    "VonageWebhooks",
    "WebhookMaker",
    "maker_for",
]

_FILES = {
    "_aws": ("AwsWebhooks",),
    "_azure": ("AzureWebhooks",),
    "_bandwidth": ("BandwidthWebhooks",),
    "_bird": ("BirdWebhooks",),
    "_clicksend": ("ClickSendWebhooks",),
    "_gateway": ("GatewayWebhooks",),
    "_infobip": ("InfobipWebhooks",),
    "_maker": ("News", "PatientText", "WebhookMaker"),
    "_maker_for": ("maker_for",),
    "_messagebird": ("MessageBirdWebhooks",),
    "_plivo": ("PlivoWebhooks",),
    "_sinch": ("SinchWebhooks",),
    "_telnyx": ("TelnyxWebhooks",),
    "_twilio": ("TwilioWebhooks",),
    "_vonage": ("VonageWebhooks",),
}
# PEP 562: a test of one provider does not load the others.
if not TYPE_CHECKING:
    __getattr__, __dir__ = names_of(__name__, _FILES)
