"""Provider adapters, one file each. They build requests and read answers, and do no I/O.

Two rules hold here: an adapter decides nothing about consent or content, and only its ``verify``
can make what its ``parse`` takes.
"""

from typing import TYPE_CHECKING

from compliant_sms._lazy import names_of
from compliant_sms.providers._adapter import Adapter
from compliant_sms.providers._base import (
    Attempt,
    Certainty,
    InboundText,
    OptOutEntry,
    OptOutPage,
    OutboundText,
    Problem,
    ProviderEvent,
    ProviderKeyword,
    SentText,
    StatusUpdate,
)
from compliant_sms.providers._capabilities import (
    Baa,
    BlockScope,
    CallbackPlace,
    CallbackSignature,
    Capabilities,
    ListAccess,
    Lookup,
    Receipts,
)
from compliant_sms.providers._consequences import (
    CONSEQUENCES,
    Again,
    Consequence,
    Failure,
    OnRecord,
)
from compliant_sms.providers._provider import Provider
from compliant_sms.providers._sender_settings import Inspection, SenderRegistration, SenderSettings
from compliant_sms.providers._webhooks import VerifiedWebhook, sealed

if TYPE_CHECKING:
    from compliant_sms.providers.aws import AwsEndUserMessaging
    from compliant_sms.providers.azure import AzureCommunicationServices
    from compliant_sms.providers.bandwidth import Bandwidth
    from compliant_sms.providers.bird import Bird
    from compliant_sms.providers.clicksend import ClickSend
    from compliant_sms.providers.http_gateway import HttpGateway
    from compliant_sms.providers.infobip import Infobip
    from compliant_sms.providers.messagebird import MessageBird
    from compliant_sms.providers.plivo import Plivo
    from compliant_sms.providers.sinch import Sinch
    from compliant_sms.providers.telnyx import Telnyx
    from compliant_sms.providers.twilio import Twilio
    from compliant_sms.providers.vonage import Vonage

__all__ = [
    "CONSEQUENCES",
    "Adapter",
    "Again",
    "Attempt",
    "AwsEndUserMessaging",
    "AzureCommunicationServices",
    "Baa",
    "Bandwidth",
    "Bird",
    "BlockScope",
    "CallbackPlace",
    "CallbackSignature",
    "Capabilities",
    "Certainty",
    "ClickSend",
    "Consequence",
    "Failure",
    "HttpGateway",
    "InboundText",
    "Infobip",
    "Inspection",
    "ListAccess",
    "Lookup",
    "MessageBird",
    "OnRecord",
    "OptOutEntry",
    "OptOutPage",
    "OutboundText",
    "Plivo",
    "Problem",
    "Provider",
    "ProviderEvent",
    "ProviderKeyword",
    "Receipts",
    "SenderRegistration",
    "SenderSettings",
    "SentText",
    "Sinch",
    "StatusUpdate",
    "Telnyx",
    "Twilio",
    "VerifiedWebhook",
    "Vonage",
    "sealed",
]

# PEP 562: using one provider does not load the others.
_FILES = {
    "aws": ("AwsEndUserMessaging",),
    "azure": ("AzureCommunicationServices",),
    "bandwidth": ("Bandwidth",),
    "bird": ("Bird",),
    "clicksend": ("ClickSend",),
    "http_gateway": ("HttpGateway",),
    "infobip": ("Infobip",),
    "messagebird": ("MessageBird",),
    "plivo": ("Plivo",),
    "sinch": ("Sinch",),
    "telnyx": ("Telnyx",),
    "twilio": ("Twilio",),
    "vonage": ("Vonage",),
}
if not TYPE_CHECKING:
    __getattr__, __dir__ = names_of(__name__, _FILES)
