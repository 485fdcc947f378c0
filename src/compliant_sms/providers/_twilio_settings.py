"""What Twilio calls things, lists and schedules, and what is set there for a sender.

Sources: Twilio's API reference (IncomingPhoneNumbers, Applications, Messaging Services and
Toll-free Verification resources); paths and fields as its own Python client 9.13 has them.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from attrs import field, frozen

from compliant_sms.errors import Unsupported
from compliant_sms.phone import NumberKind, PhoneNumber
from compliant_sms.providers._adapter import shaped
from compliant_sms.providers._reading import e164, json_object, listed, required_instant, text_in
from compliant_sms.providers._requests import get_json
from compliant_sms.providers._sender_settings import (
    Inspection,
    SenderRegistration,
    SenderSettings,
    furthest,
    registration_in,
)
from compliant_sms.wire import HttpReply, HttpRequest

ACCOUNT = shaped("AC[0-9a-fA-F]{32}", "'AC' and 32 hexadecimal digits")
SERVICE = shaped("MG[0-9a-fA-F]{32}", "'MG' and 32 hexadecimal digits")
KEY = shaped("SK[0-9a-fA-F]{32}:.+", "'SK', 32 hexadecimal digits, a colon, and its secret")

# Credentials go to Twilio's own hosts only, which send on to a CDN (provisional: from memory).
_MEDIA = re.compile(r"https://(api|mcs)(\.[a-z0-9-]+){0,2}\.twilio\.com/[\x21-\x7e]+")
_CDN = re.compile(r"https://mms\.twiliocdn\.com/[\x21-\x7e]+")

_APPLICATION = re.compile("AP[0-9a-fA-F]{32}")
_NUMBER = re.compile("PN[0-9a-fA-F]{32}")
# Services and verifications are at another host of Twilio's; a simulated carrier has only one.
_API_HOST = re.compile(r"https://api((?:\.[a-z0-9-]+){0,2}\.twilio\.com)")
_VERIFICATIONS: Final = {
    "twilio_approved": SenderRegistration.DONE,
    "pending_review": SenderRegistration.PENDING,
    "in_review": SenderRegistration.PENDING,
    "twilio_rejected": SenderRegistration.MISSING,
}
_REGISTERED: Final = {"true": SenderRegistration.DONE, "false": SenderRegistration.MISSING}
_Answer = Generator[HttpRequest, HttpReply, dict[str, Any]]


def scheduled(send_at: datetime, service: str) -> list[tuple[str, str]]:
    """The fields of a text that a messaging service shall send later.

    Raises:
        Unsupported: there is no service.
    """
    if not service:
        msg = "Twilio schedules texts of a messaging service only. Pass messaging_service_sid."
        raise Unsupported(msg)
    at = send_at.astimezone(UTC)
    return [("SendAt", f"{at:%Y-%m-%dT%H:%M:%SZ}"), ("ScheduleType", "fixed")]


def alike(reply: HttpReply, body: str, since: datetime) -> list[dict[str, Any]] | None:
    """The listed texts with that very body, created since; None where nobody can tell.

    Raises:
        KeyError: a text lacks its date or its body.
        TypeError: one of them is of another kind.
        ValueError: a date is none.
    """
    entries = listed(reply, "messages")
    if entries is None:
        return None
    there = [row for row in entries if required_instant(row["date_created"]) >= since]
    # Message Redaction leaves no words to compare: any such text may be this one.
    hidden = [row for row in there if not any(map(str.isalnum, row["body"] or ""))]
    if any(row["body"] != body for row in hidden):
        return None
    return [row for row in there if row["body"] == body]


@frozen
class TwilioSender:
    """A sender at Twilio.

    Attributes:
        account_url: of the API's version of 2010, with the account in it.
        authorization: the header's value.
        number: the sender's.
        service: SID of its messaging service; empty where it is in none that is known here.
    """

    account_url: str
    authorization: str = field(repr=False)
    number: PhoneNumber
    service: str = ""

    def settings_request(self) -> HttpRequest:
        """``GET IncomingPhoneNumbers.json`` for the number."""
        numbers = {"PhoneNumber": self.number.e164}
        return get_json(
            f"{self.account_url}/IncomingPhoneNumbers.json", self.authorization, numbers
        )

    def media_request(self, url: str, *, simulated: bool) -> HttpRequest | None:
        """``GET`` a patient's picture, from Twilio or from where Twilio sends on to."""
        own = simulated and url.startswith(f"{self.account_url}/")
        if own or _MEDIA.fullmatch(url):
            return get_json(url, self.authorization)
        return HttpRequest(method="GET", url=url) if _CDN.fullmatch(url) else None

    def is_elsewhere(self, fields: Mapping[str, str]) -> bool:
        """Whether a patient wrote to an RCS agent, or a short code, that is not in its service."""
        in_service = self.service != "" and fields.get("MessagingServiceSid") == self.service
        return e164(fields.get("To", "")) is None and not in_service

    def inspection(self) -> Inspection:
        """Its service, its own settings, and its verification where it is toll-free."""
        service = yield from self._service()
        reply = yield self.settings_request()
        rows = listed(reply, "incoming_phone_numbers") or ()
        own = next((row for row in rows if row.get("phone_number") == self.number.e164), {})
        if self.service and service.get("use_inbound_webhook_on_number") is not True:
            texts = text_in(service, "inbound_request_url") if service else None
        else:
            texts = yield from self._texts(own)
        registration = registration_in(service, "us_app_to_person_registered", _REGISTERED)
        if self.number.kind is NumberKind.TOLL_FREE:
            registration = yield from self._verification(text_in(own, "sid"))
        # A service may have an address for them; a number of its own has none.
        statuses = text_in(service, "status_callback") if service or not self.service else None
        return SenderSettings(texts=texts, statuses=statuses, registration=registration)

    @property
    def _messaging(self) -> str:
        base = self.account_url.partition("/2010-04-01/")[0]
        twilio = _API_HOST.fullmatch(base)
        return f"https://messaging{twilio[1]}" if twilio else base

    def _service(self) -> _Answer:
        if not self.service:
            return {}
        url = f"{self._messaging}/v1/Services/{self.service}"
        return (yield from self._answer(url))

    def _answer(self, url: str) -> _Answer:
        reply = yield get_json(url, self.authorization)
        return json_object(reply.body) if reply.status == 200 else {}

    def _texts(self, own: dict[str, Any]) -> Generator[HttpRequest, HttpReply, str | None]:
        """The number's ``sms_url``, or that of the application which stands for it."""
        application = text_in(own, "sms_application_sid")
        if _APPLICATION.fullmatch(application):
            url = f"{self.account_url}/Applications/{application}.json"
            own = yield from self._answer(url)
        elif application:
            return None
        return text_in(own, "sms_url") if own else None

    def _verification(
        self, sid: str
    ) -> Generator[HttpRequest, HttpReply, SenderRegistration | None]:
        if not _NUMBER.fullmatch(sid):
            return None
        url = f"{self._messaging}/v1/Tollfree/Verifications"
        reply = yield get_json(url, self.authorization, {"TollfreePhoneNumberSid": sid})
        asked = listed(reply, "verifications")
        if asked is None:
            return None
        told = [registration_in(each, "status", _VERIFICATIONS) for each in asked]
        return furthest(told) if asked else SenderRegistration.MISSING
