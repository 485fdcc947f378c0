"""The signature of Sinch's callbacks.

Source: Sinch's page on webhooks, and the scheme as its Python client 2.3 computes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from compliant_sms.errors import InvalidSignature
from compliant_sms.providers._signing import hmac_base64, refuse_age, require_match
from compliant_sms.wire import WebhookRequest

_HEADER = "x-sinch-webhook-signature"


def verify_signature(request: WebhookRequest, secrets: Sequence[str], *, at: datetime) -> None:
    """Check the HMAC over body, nonce and time, and the time itself.

    Raises:
        InvalidSignature: it is missing, wrong or old.
    """
    nonce = request.header(f"{_HEADER}-nonce") or ""
    stamp = request.header(f"{_HEADER}-timestamp") or ""
    signed = request.body + f".{nonce}.{stamp}".encode(errors="replace")
    right = [hmac_base64(secret.encode(), signed) for secret in secrets]
    try:
        require_match("Sinch", request.header(_HEADER) or "", right)
        refuse_age(stamp, at)
    except InvalidSignature as error:
        # Sinch calls again after 5xx, and never after 403: while a secret or a clock is wrong
        # here, no STOP must be lost.
        error.status = 503
        raise
