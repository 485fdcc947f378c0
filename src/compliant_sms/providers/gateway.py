"""What describes a gateway to :class:`compliant_sms.providers.HttpGateway`."""

from compliant_sms.providers._gateway._auth import (
    BasicAuth,
    BearerAuth,
    HeaderKey,
    HmacAuth,
    QueryKey,
    RequestAuth,
)
from compliant_sms.providers._gateway._proofs import (
    BasicProof,
    CallbackProof,
    HeaderToken,
    JwtProof,
    Unsigned,
    UrlToken,
)
from compliant_sms.providers._gateway._settings import (
    Condition,
    Encoding,
    Equals,
    GatewayAnswer,
    GatewayCallbacks,
    GatewayRequest,
    InboundFields,
    NumberForm,
    Present,
    StatusFields,
    TextPart,
)
from compliant_sms.providers._gateway._signatures import HmacSignature, StandardWebhooks

__all__ = [
    "BasicAuth",
    "BasicProof",
    "BearerAuth",
    "CallbackProof",
    "Condition",
    "Encoding",
    "Equals",
    "GatewayAnswer",
    "GatewayCallbacks",
    "GatewayRequest",
    "HeaderKey",
    "HeaderToken",
    "HmacAuth",
    "HmacSignature",
    "InboundFields",
    "JwtProof",
    "NumberForm",
    "Present",
    "QueryKey",
    "RequestAuth",
    "StandardWebhooks",
    "StatusFields",
    "TextPart",
    "Unsigned",
    "UrlToken",
]
