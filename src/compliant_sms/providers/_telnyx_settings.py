"""What is set at Telnyx for a sender.

Sources: Telnyx's pages on messaging profiles, on 10DLC phone number campaigns and on toll-free
verification requests; paths and fields as its own Python client 4.189 has them.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Final

from compliant_sms.phone import NumberKind, PhoneNumber
from compliant_sms.providers._reading import json_object, listed, mapping, text_in
from compliant_sms.providers._requests import get_json
from compliant_sms.providers._sender_settings import (
    Inspection,
    SenderRegistration,
    SenderSettings,
    furthest,
    registration_in,
)
from compliant_sms.wire import HttpReply, HttpRequest

_ASSIGNMENTS: Final = {
    "assigned": SenderRegistration.DONE,
    "pending_assignment": SenderRegistration.PENDING,
    "failed_assignment": SenderRegistration.MISSING,
    "pending_unassignment": SenderRegistration.MISSING,
}
_VERIFICATIONS: Final = {
    "verified": SenderRegistration.DONE,
    "in progress": SenderRegistration.PENDING,
    "waiting for vendor": SenderRegistration.PENDING,
    "waiting for customer": SenderRegistration.PENDING,
    "waiting for telnyx": SenderRegistration.PENDING,
    "rejected": SenderRegistration.MISSING,
}
_Answer = Generator[HttpRequest, HttpReply, SenderRegistration | None]


def inspection(base: str, authorization: str, number: PhoneNumber, profile: str) -> Inspection:
    """The messaging profile, where it is given, and how far the number's registration is.

    Args:
        base: of the API's addresses.
        authorization: the header's value.
        number: the sender's.
        profile: id of its messaging profile, or empty.
    """
    webhook = None
    if profile:
        reply = yield get_json(f"{base}/v2/messaging_profiles/{profile}", authorization)
        data = mapping(json_object(reply.body).get("data"))
        webhook = text_in(data, "webhook_url") if reply.status == 200 and data else None
    ask = _verification if number.kind is NumberKind.TOLL_FREE else _assignment
    registration = yield from ask(f"{base}/v2", authorization, number)
    # A profile has one address, for texts and for news of those that bring none of their own.
    return SenderSettings(texts=webhook, statuses=webhook, registration=registration)


def _assignment(base: str, authorization: str, number: PhoneNumber) -> _Answer:
    """Of the number to a 10DLC campaign: a 404 says that it has none."""
    url = f"{base}/10dlc/phone_number_campaigns/{number.e164}"
    reply = yield get_json(url, authorization)
    if reply.status == 404:
        return SenderRegistration.MISSING
    said = json_object(reply.body) if reply.status == 200 else {}
    return registration_in(said, "assignmentStatus", _ASSIGNMENTS)


def _verification(base: str, authorization: str, number: PhoneNumber) -> _Answer:
    asked = {"page": "1", "page_size": "20", "phone_number": number.e164}
    reply = yield get_json(f"{base}/messaging_tollfree/verification/requests", authorization, asked)
    made = listed(reply, "records")
    if made is None:
        return None
    told = [registration_in(each, "verificationStatus", _VERIFICATIONS) for each in made]
    return furthest(told) if made else SenderRegistration.MISSING
