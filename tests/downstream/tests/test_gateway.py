"""The clinic's own gateway keeps the contract that the library sets for adapters."""

from __future__ import annotations

import json

from compliant_sms.lifecycle import State
from compliant_sms.providers import Failure, HttpGateway, Provider
from compliant_sms.providers.gateway import (
    BearerAuth,
    Equals,
    GatewayAnswer,
    GatewayCallbacks,
    GatewayRequest,
    InboundFields,
    StandardWebhooks,
    StatusFields,
    TextPart,
)
from compliant_sms.testing import ProviderContract
from compliant_sms.testing.webhooks import maker_for
from compliant_sms.wire import HttpReply, WebhookRequest

ANA = "+12175550134"
GATEWAY = HttpGateway(
    name="courier",
    sender="+12175550111",
    submission=GatewayRequest(
        url="https://courier.example/texts",
        fields={"to": TextPart.TO, "text": TextPart.BODY, "ref": TextPart.REFERENCE},
        auth=BearerAuth(token="made-up"),
    ),
    outcome=GatewayAnswer(
        id="/id",
        success=Equals(at="/status", value="queued"),
        code="/code",
        categories={"7": Failure.INVALID_NUMBER},
    ),
    callbacks=GatewayCallbacks(
        inbound=InboundFields(
            id="/id", sender="/from", to="/to", body="/text", when=Equals(at="/kind", value="text")
        ),
        status=StatusFields(
            id="/id",
            status="/state",
            states={"done": State.DELIVERED, "dead": State.UNDELIVERED},
            reference="/ref",
            code="/code",
            when=Equals(at="/kind", value="news"),
        ),
    ),
    proof=StandardWebhooks(secrets=["whsec_bWFkZS11cC1hbmQtbG9uZy1lbm91Z2g="]),
)


class TestCourier(ProviderContract):
    """As the guide on adapters says."""

    secrets = ("made-up",)
    reference = "m-1"

    def make_provider(self) -> Provider:
        """The clinic's gateway."""
        return GATEWAY

    def accepted(self) -> tuple[HttpReply, str]:
        """What it answers when it takes a text."""
        return HttpReply(status=200, body=b'{"id": "c-1", "status": "queued"}'), "c-1"

    def refused(self) -> HttpReply:
        """What it answers to a number that cannot be."""
        return HttpReply(status=400, body=json.dumps({"code": "7"}).encode())

    def patient_texts(self, body: str) -> WebhookRequest:
        """A patient's text."""
        return maker_for(GATEWAY).text(body, sender=ANA, at=self.now)

    def delivered(self) -> tuple[WebhookRequest, str]:
        """A receipt."""
        made = maker_for(GATEWAY).status(
            "delivered", provider_id="c-1", to=ANA, at=self.now, reference="m-1"
        )
        return made, "c-1"

    def undelivered(self) -> WebhookRequest:
        """Bad news."""
        return maker_for(GATEWAY).status(
            "undelivered", provider_id="c-1", to=ANA, at=self.now, reference="m-1", code="7"
        )
