"""Callbacks signed as Twilio signs them: its webhook security page describes the signature.

Nothing in here is shared with our own Twilio adapter, so that each is a check on the other.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import urlencode

from compliant_sms.wire import WebhookRequest

__all__ = ["SIGNATURE_HEADER", "sign", "twilio_text"]

SIGNATURE_HEADER = "X-Twilio-Signature"


def sign(url: str, fields: Iterable[tuple[str, str]], auth_token: str) -> str:
    """Sign a form-encoded callback.

    Args:
        url: exactly as it is called, query included.
        fields: decoded names and values; pairs that occur twice count once.
        auth_token: the account's, the key of the HMAC.

    Returns:
        The value of ``X-Twilio-Signature``.
    """
    signed = url + "".join(name + value for name, value in sorted(set(fields)))
    # SHA-1 is what the protocol demands; in an HMAC it is not broken.
    digest = hmac.new(auth_token.encode(), signed.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def twilio_text(
    body: str,
    *,
    sender: str,
    to: str,
    auth_token: str,
    message_sid: str = "SM" + "0" * 32,
    url: str = "https://example.com/texts",
) -> WebhookRequest:
    """A patient's text as Twilio would hand it in, for :meth:`compliant_sms.Messenger.receive`.

    Args:
        body: what the patient writes.
        sender: the patient's number, E.164.
        to: your number, E.164.
        auth_token: the account's, with which the callback is signed.
        message_sid: Twilio's id of the text; a second delivery has the same one.
        url: where Twilio would call; any, unless your adapter is told its own.
    """
    fields = {
        "MessageSid": message_sid,
        "SmsStatus": "received",
        "From": sender,
        "To": to,
        "Body": body,
    }
    return WebhookRequest(
        method="POST",
        url=url,
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            SIGNATURE_HEADER: sign(url, fields.items(), auth_token),
        },
        body=urlencode(fields).encode(),
    )
