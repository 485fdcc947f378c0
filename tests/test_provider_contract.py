"""The contract of adapters, kept by each of ours."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from compliant_sms.providers import Provider, Twilio
from compliant_sms.testing import ProviderContract
from compliant_sms.wire import HttpReply, WebhookRequest
from conftest import PATIENT, SENDER, SID, TOKEN

URL = "https://clinic.example/texts"


class TestTwilioContract(ProviderContract):
    secrets = (TOKEN,)
    reference = "m-1"

    def make_provider(self) -> Provider:
        service = "MG" + "1" * 32
        return Twilio(
            account_sid=SID, auth_token=TOKEN, sender=SENDER, messaging_service_sid=service
        )

    def sender_answers(self) -> list[HttpReply]:
        service = {"use_inbound_webhook_on_number": True, "us_app_to_person_registered": True}
        application = "AP" + "2" * 32
        number = {"phone_number": SENDER, "sms_application_sid": application}
        told = (service, {"incoming_phone_numbers": [number]}, {"sms_url": URL})
        return [HttpReply(status=200, body=json.dumps(each).encode()) for each in told]

    def accepted(self) -> tuple[HttpReply, str]:
        body = json.dumps({"sid": "SM1", "status": "queued"}).encode()
        return HttpReply(status=201, body=body), "SM1"

    def status_answer(self) -> HttpReply:
        message = {"sid": "SM1", "status": "delivered", "error_code": None, "to": PATIENT}
        return HttpReply(status=200, body=json.dumps(message).encode())

    def refused(self) -> HttpReply:
        said = f"The 'To' number {PATIENT} is not a valid phone number."
        return HttpReply(status=400, body=json.dumps({"code": 21211, "message": said}).encode())

    def patient_texts(self, body: str) -> WebhookRequest:
        return self._signed({"MessageSid": "SM2", "From": PATIENT, "To": SENDER, "Body": body})

    def delivered(self) -> tuple[WebhookRequest, str]:
        return self._signed(
            {"MessageSid": "SM1", "MessageStatus": "delivered"}, f"{URL}?ref=m-1"
        ), "SM1"

    def undelivered(self) -> WebhookRequest:
        return self._signed(
            {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30003"}
        )

    def opted_out(self) -> HttpReply:
        said = "Attempt to send to unsubscribed recipient"
        return HttpReply(status=400, body=json.dumps({"code": 21610, "message": said}).encode())

    def _signed(self, fields: dict[str, str], url: str = URL) -> WebhookRequest:
        signature = RequestValidator(TOKEN).compute_signature(url, fields)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": signature,
        }
        body = urlencode(fields).encode()
        return WebhookRequest(method="POST", url=url, headers=headers, body=body)
