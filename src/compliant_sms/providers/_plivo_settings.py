"""What is set at Plivo for a sender.

Sources: Plivo's pages on account phone numbers and on applications; answers as the tests of its
own Python client 4.63 have them.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Final

from compliant_sms.phone import NumberKind, PhoneNumber
from compliant_sms.providers._reading import json_object, text_in
from compliant_sms.providers._requests import get_json
from compliant_sms.providers._sender_settings import (
    Inspection,
    SenderRegistration,
    SenderSettings,
    registration_in,
)
from compliant_sms.wire import HttpReply, HttpRequest

_APPLICATION = re.compile(r"/v1/Account/[A-Z0-9]{20}/Application/([A-Za-z0-9-]{1,64})/?")
# As the object has them, and as the filters of the list write them.
_WORDS: Final = {
    "completed": SenderRegistration.DONE,
    "registered": SenderRegistration.DONE,
    "verified": SenderRegistration.DONE,
    "processing": SenderRegistration.PENDING,
    "in_progress": SenderRegistration.PENDING,
    "pending_verification": SenderRegistration.PENDING,
    "unregistered": SenderRegistration.MISSING,
    "unverified": SenderRegistration.MISSING,
}


def inspection(account_url: str, authorization: str, number: PhoneNumber) -> Inspection:
    """The number, with its registration, and the application that takes its texts in.

    Args:
        account_url: of the API, with the account in it.
        authorization: the header's value.
        number: the sender's.
    """
    reply = yield get_json(f"{account_url}/Number/{number.e164[1:]}/", authorization)
    own = json_object(reply.body) if reply.status == 200 else {}
    if "application" not in own:
        return SenderSettings()
    toll_free = number.kind is NumberKind.TOLL_FREE
    field = "toll_free_sms_verification" if toll_free else "tendlc_registration_status"
    application = text_in(own, "application")
    return SenderSettings(
        texts=(yield from _texts(account_url, authorization, application)) if application else "",
        statuses="",  # each text brings its own, or has none
        registration=registration_in(own, field, _WORDS),
    )


def _texts(
    account_url: str, authorization: str, application: str
) -> Generator[HttpRequest, HttpReply, str | None]:
    """The application's ``message_url``. Of what was answered only its id goes into an address."""
    found = _APPLICATION.fullmatch(application)
    if not found:
        return None
    reply = yield get_json(f"{account_url}/Application/{found[1]}/", authorization)
    said = json_object(reply.body) if reply.status == 200 else {}
    return text_in(said, "message_url") if said else None
