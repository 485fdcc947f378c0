"""How a sender is set up at its provider: what is asked for, and what the answers mean."""

from __future__ import annotations

import json
from typing import Any

import pytest

from compliant_sms.providers import (
    Plivo,
    Provider,
    SenderRegistration,
    SenderSettings,
    Telnyx,
    Twilio,
    Vonage,
)
from compliant_sms.wire import HttpReply, HttpRequest
from conftest import MORNING, SENDER, SID, TOKEN
from test_vonage import PRIVATE_KEY

TEXTS, STATUSES = "https://clinic.example/texts", "https://clinic.example/statuses"
TOLL_FREE = "+18005550111"
DONE, PENDING, MISSING = SenderRegistration
SERVICE, APPLICATION, NUMBER = "MG" + "1" * 32, "AP" + "2" * 32, "PN" + "3" * 32
PROFILE = "4000eba1-a0c0-4563-9925-b25e842a7cb6"
ACCOUNT = f"https://api.twilio.com/2010-04-01/Accounts/{SID}"
MESSAGING = "https://messaging.twilio.com/v1"
PLIVO = "MA" + "X" * 18
OTHERS = f"/v1/Account/{'MA' + 'Y' * 18}/Application/29986/"


def found(provider: Provider, **answers: Any) -> tuple[list[str], SenderSettings]:
    """The addresses that are asked, and what comes of it.

    Args:
        provider: whose sender.
        answers: by the last part of the path that is asked, a status or the content of a 200.
    """
    asked: list[str] = []

    def answer(request: HttpRequest) -> HttpReply:
        assert request.method == "GET"
        asked.append(request.url)
        name = request.url.partition("?")[0].rstrip("/").rpartition("/")[2]
        told = answers.get(name.removesuffix(".json").lstrip("+"), 404)
        if isinstance(told, int):
            return HttpReply(status=told, body=b'{"code": 20404}')
        return HttpReply(status=200, body=json.dumps(told).encode())

    inspection = provider.inspect_sender(at=MORNING)
    try:
        request = next(inspection)
        while True:
            request = inspection.send(answer(request))
    except StopIteration as done:
        return asked, done.value


# Twilio


def twilio(**changes: Any) -> Twilio:
    return Twilio(**({"account_sid": SID, "auth_token": TOKEN, "sender": SENDER} | changes))


def number(**changes: Any) -> dict[str, Any]:
    """The sender's own settings."""
    own = {"phone_number": SENDER, "sid": NUMBER, "sms_url": TEXTS, "sms_application_sid": ""}
    return {"incoming_phone_numbers": [own | changes]}


def service(**changes: Any) -> dict[str, Any]:
    """Those of its messaging service."""
    return {
        "sid": SERVICE,
        "inbound_request_url": TEXTS,
        "use_inbound_webhook_on_number": False,
        "status_callback": STATUSES,
        "us_app_to_person_registered": True,
    } | changes


@pytest.mark.parametrize(
    ("own", "texts"),
    [
        (number(), TEXTS),
        (number(sms_url=""), ""),
        (number(sms_url=None), ""),
        (number(phone_number=TOLL_FREE), None),
        (number(sms_application_sid="elsewhere"), None),
        (401, None),
    ],
)
def test_number_at_twilio(own: Any, texts: str | None) -> None:
    """A sender of its own has an address for texts, none for statuses; nobody tells more of it."""
    asked, settings = found(twilio(), IncomingPhoneNumbers=own)

    assert asked == [f"{ACCOUNT}/IncomingPhoneNumbers.json?PhoneNumber=%2B{SENDER[1:]}"]
    assert settings == SenderSettings(texts=texts, statuses="")


def test_application_at_twilio() -> None:
    """An application at Twilio stands for the number, if the number names one."""
    own = number(sms_application_sid=APPLICATION)

    asked, settings = found(
        twilio(), IncomingPhoneNumbers=own, **{APPLICATION: {"sms_url": STATUSES}}
    )
    assert asked[1:] == [f"{ACCOUNT}/Applications/{APPLICATION}.json"]
    assert settings.texts == STATUSES
    assert found(twilio(), IncomingPhoneNumbers=own)[1].texts is None


@pytest.mark.parametrize(
    ("answer", "settings"),
    [
        (service(), SenderSettings(texts=TEXTS, statuses=STATUSES, registration=DONE)),
        (
            service(inbound_request_url=None, status_callback=None),
            SenderSettings(texts="", statuses="", registration=DONE),
        ),
        (
            service(use_inbound_webhook_on_number=True, us_app_to_person_registered=False),
            SenderSettings(texts="https://own.example", statuses=STATUSES, registration=MISSING),
        ),
        (
            service(us_app_to_person_registered=None),
            SenderSettings(texts=TEXTS, statuses=STATUSES),
        ),
        (500, SenderSettings()),
    ],
)
def test_service_at_twilio(answer: Any, settings: SenderSettings) -> None:
    """A messaging service holds the addresses, unless it leaves texts to the number's."""
    told = {SERVICE: answer, "IncomingPhoneNumbers": number(sms_url="https://own.example")}
    asked, found_ = found(twilio(messaging_service_sid=SERVICE), **told)

    assert asked[0] == f"{MESSAGING}/Services/{SERVICE}"
    assert found_ == settings


@pytest.mark.parametrize(
    ("base", "messaging"),
    [
        ("https://api.twilio.com", "https://messaging.twilio.com"),
        ("https://api.dublin.ie1.twilio.com", "https://messaging.dublin.ie1.twilio.com"),
        ("http://127.0.0.1:9", "http://127.0.0.1:9"),
        ("https://api.proxy.example", "https://api.proxy.example"),
    ],
)
def test_hosts_of_twilio(base: str, messaging: str) -> None:
    """Credentials go to Twilio's other host, or to where they go anyhow."""
    asked, _ = found(twilio(messaging_service_sid=SERVICE, base_url=base))

    assert asked[0] == f"{messaging}/v1/Services/{SERVICE}"


@pytest.mark.parametrize(
    ("answer", "registration"),
    [
        ({"verifications": []}, MISSING),
        ({"verifications": [{"status": "TWILIO_APPROVED"}]}, DONE),
        ({"verifications": [{"status": "IN_REVIEW"}]}, PENDING),
        ({"verifications": [{"status": "TWILIO_REJECTED"}, {"status": "PENDING_REVIEW"}]}, PENDING),
        ({"verifications": [{"status": "TWILIO_REJECTED"}]}, MISSING),
        ({"verifications": [{"status": "SOMETHING"}]}, None),
        (403, None),
    ],
)
def test_toll_free_at_twilio(answer: Any, registration: SenderRegistration | None) -> None:
    """A toll-free number's verification is asked for by the number's own id."""
    own = number(phone_number=TOLL_FREE)
    told = {"IncomingPhoneNumbers": own, "Verifications": answer}
    asked, settings = found(twilio(sender=TOLL_FREE), **told)

    assert asked[1:] == [f"{MESSAGING}/Tollfree/Verifications?TollfreePhoneNumberSid={NUMBER}"]
    assert settings == SenderSettings(texts=TEXTS, statuses="", registration=registration)


def test_no_id_at_twilio() -> None:
    """What is no id of a number goes into no address."""
    own = number(phone_number=TOLL_FREE, sid="PN/../x")

    asked, settings = found(twilio(sender=TOLL_FREE), IncomingPhoneNumbers=own)
    assert len(asked) == 1
    assert settings.registration is None


# Telnyx


def telnyx(**changes: Any) -> Telnyx:
    given = {"api_key": "KEY", "public_keys": ("A" * 43 + "=",), "sender": SENDER}
    return Telnyx(**(given | changes))


@pytest.mark.parametrize(
    ("profile", "address"),
    [
        ({"data": {"webhook_url": TEXTS}}, TEXTS),
        ({"data": {"webhook_url": None}}, ""),
        (401, None),
    ],
)
def test_profile_at_telnyx(profile: Any, address: str | None) -> None:
    """A messaging profile has one address for everything."""
    told = {PROFILE: profile, SENDER[1:]: 500}
    asked, settings = found(telnyx(messaging_profile_id=PROFILE), **told)

    assert asked[0] == f"https://api.telnyx.com/v2/messaging_profiles/{PROFILE}"
    assert settings == SenderSettings(texts=address, statuses=address)


@pytest.mark.parametrize(
    ("answer", "registration"),
    [
        ({"assignmentStatus": "ASSIGNED"}, DONE),
        ({"assignmentStatus": "PENDING_ASSIGNMENT"}, PENDING),
        ({"assignmentStatus": "FAILED_ASSIGNMENT"}, MISSING),
        ({"assignmentStatus": None}, None),
        (404, MISSING),
        (500, None),
    ],
)
def test_campaign_at_telnyx(answer: Any, registration: SenderRegistration | None) -> None:
    """Each number is assigned to a campaign, or there is none of it."""
    asked, settings = found(telnyx(), **{SENDER[1:]: answer})

    assert asked == [f"https://api.telnyx.com/v2/10dlc/phone_number_campaigns/{SENDER}"]
    assert settings == SenderSettings(registration=registration)


@pytest.mark.parametrize(
    ("answer", "registration"),
    [
        ({"records": [{"verificationStatus": "Verified"}]}, DONE),
        ({"records": [{"verificationStatus": "Waiting For Vendor"}]}, PENDING),
        ({"records": [{"verificationStatus": "Rejected"}]}, MISSING),
        ({"records": []}, MISSING),
        (401, None),
    ],
)
def test_toll_free_at_telnyx(answer: Any, registration: SenderRegistration | None) -> None:
    """A toll-free number is verified."""
    asked, settings = found(telnyx(sender=TOLL_FREE), requests=answer)

    assert asked[0].startswith(
        "https://api.telnyx.com/v2/messaging_tollfree/verification/requests?"
    )
    assert settings == SenderSettings(registration=registration)


# Vonage


@pytest.mark.parametrize(
    ("answer", "settings"),
    [
        (
            {"messages": {"webhooks": {"inbound_url": {"address": TEXTS}}}},
            SenderSettings(texts=TEXTS, statuses=""),
        ),
        (
            {"messages": {"webhooks": {"status_url": {"address": STATUSES}}}},
            SenderSettings(texts="", statuses=STATUSES),
        ),
        ({"voice": {}}, SenderSettings(texts="", statuses="")),
        (None, SenderSettings()),
    ],
)
def test_application_at_vonage(answer: Any, settings: SenderSettings) -> None:
    """An application has the addresses, if it can message at all."""
    vonage = Vonage(
        api_key="abcd1234",
        api_secret="a secret",
        signature_secrets=["a signature secret"],
        application_id="an id/../",
        private_key=PRIVATE_KEY,
        sender=SENDER,
    )
    asked, told = found(vonage, **{"an%20id%2F..%2F": {"capabilities": answer}})

    assert asked == ["https://api.nexmo.com/v2/applications/an%20id%2F..%2F"]
    assert told == settings


# Plivo


def plivo(**changes: Any) -> Plivo:
    return Plivo(**({"auth_id": PLIVO, "auth_token": TOKEN, "sender": SENDER} | changes))


@pytest.mark.parametrize(
    ("own", "application", "texts"),
    [
        ({"application": OTHERS}, {"message_url": TEXTS}, TEXTS),
        ({"application": OTHERS}, {"message_url": ""}, ""),
        ({"application": OTHERS}, 404, None),
        ({"application": "https://evil.example/"}, {"message_url": TEXTS}, None),
        ({"application": None}, {"message_url": TEXTS}, ""),
    ],
)
def test_application_at_plivo(own: Any, application: Any, texts: str | None) -> None:
    """The number's application has the address; its id is all that is taken of what was said."""
    asked, settings = found(plivo(), **{SENDER[1:]: own, "29986": application})

    account = f"https://api.plivo.com/v1/Account/{PLIVO}"
    assert asked[0] == f"{account}/Number/{SENDER[1:]}/"
    assert asked[1:] in ([], [f"{account}/Application/29986/"])
    assert settings == SenderSettings(texts=texts, statuses="")


@pytest.mark.parametrize(
    ("sender", "own", "registration"),
    [
        (SENDER, {"tendlc_registration_status": "COMPLETED"}, DONE),
        (SENDER, {"tendlc_registration_status": "PROCESSING"}, PENDING),
        (SENDER, {"tendlc_registration_status": "UNREGISTERED"}, MISSING),
        (SENDER, {"tendlc_registration_status": None}, None),
        (TOLL_FREE, {"toll_free_sms_verification": "VERIFIED"}, DONE),
        (TOLL_FREE, {"toll_free_sms_verification": "PENDING_VERIFICATION"}, PENDING),
        (TOLL_FREE, {"toll_free_sms_verification": "UNVERIFIED"}, MISSING),
    ],
)
def test_registration_at_plivo(
    sender: str, own: dict[str, Any], registration: SenderRegistration | None
) -> None:
    """A number says itself how far its registration is."""
    told = {sender[1:]: {"application": None} | own}
    _, settings = found(plivo(sender=sender), **told)

    assert settings.registration is registration


@pytest.mark.parametrize("answer", [401, 404, {"error": "not found"}])
def test_no_number_at_plivo(answer: Any) -> None:
    """Of a number that is not told of nothing is known."""
    assert found(plivo(), **{SENDER[1:]: answer})[1] == SenderSettings()
