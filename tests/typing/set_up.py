"""What the guides have users construct, as types see it; see ``api.py``."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import ClassVar

from attrs import field, frozen
from django.db import connection as django_connection

from compliant_sms import Category, MessageClass, Messenger, Practice, Profile, Purpose
from compliant_sms.classification import HoursBound
from compliant_sms.contact import TextUs
from compliant_sms.conversations import BusinessHours, InboxPlan, Queue
from compliant_sms.imports import ImportedConsent
from compliant_sms.people import PatientFacts
from compliant_sms.permission import Permission, Programme
from compliant_sms.providers import (
    Adapter,
    Attempt,
    Baa,
    Capabilities,
    HttpGateway,
    OutboundText,
    Provider,
    ProviderEvent,
    Telnyx,
    Twilio,
    VerifiedWebhook,
    Vonage,
)
from compliant_sms.providers.gateway import (
    BearerAuth,
    Equals,
    GatewayAnswer,
    GatewayRequest,
    StandardWebhooks,
    TextPart,
)
from compliant_sms.routing import Routes
from compliant_sms.stores import PostgreSQL, SQLite
from compliant_sms.templates import Text, Variable
from compliant_sms.testing import MORNING, FakeCarrier, MovableClock, OtherProvider
from compliant_sms.testing.webhooks import WebhookMaker, maker_for
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest


@frozen(kw_only=True)
class Acme(Adapter):
    """An adapter of a host's own."""

    name: ClassVar[str] = "acme"
    vendor: ClassVar[str] = "Acme"
    capabilities: ClassVar[Capabilities] = Capabilities(max_characters=1000, notes="Made up.")

    token: str = field(repr=False)

    def request(self, text: OutboundText, *, at: datetime) -> HttpRequest:
        """A request."""
        return HttpRequest(method="POST", url=f"{self.base_url}/{text.to.e164}/{at:%s}")

    def response(self, reply: HttpReply) -> Attempt:
        """What it came to."""
        raise NotImplementedError(reply.status)

    def verify(
        self, request: WebhookRequest, *, at: datetime, certificates: Mapping[str, bytes]
    ) -> VerifiedWebhook:
        """A callback that is believed."""
        raise NotImplementedError(request.url, at, certificates)

    def parse(self, webhook: VerifiedWebhook) -> Sequence[ProviderEvent]:
        """What it says."""
        return () if webhook.authenticated else []


acme = Acme(sender="+12175550111", token="made-up")
gateway = HttpGateway(
    name="acme",
    sender="+12175550111",
    submission=GatewayRequest(
        url="https://sms.acme.example/v1/messages",
        fields={"to": TextPart.TO, "text": TextPart.BODY},
        auth=BearerAuth(token="made-up"),
    ),
    outcome=GatewayAnswer(id="/id", success=Equals(at="/status", value="queued")),
    proof=StandardWebhooks(secrets=["whsec_bWFkZS11cC1rZXk="]),
    abilities=Capabilities(max_characters=1000, baa=Baa.OFFERED, notes="As Acme says."),
)
twilio = Twilio(account_sid="AC" + "0" * 32, auth_token="t", sender="+12175550111")
vonage = Vonage(api_key="k", api_secret="s", signature_secrets=["s"], sender="+12175550112")
provider: Provider = Telnyx(api_key="k", public_keys=["p"], sender="+12175550111")
maker: WebhookMaker = maker_for(twilio)
Telnyx(api_key="k", public_keys="p", sender="+12175550111")  # type: ignore[arg-type] # a list

practice = Practice(
    name="A",
    phone="+12175550100",
    time_zone="America/Chicago",
    state="IL",
    link_domains=["lakeside.example"],
)
hours = BusinessHours(time_zone="America/Chicago", week={"mon-fri": "08:00-17:00"})
permission = Permission(
    programmes=[Programme(id="care", about="your care", categories=["care"], editions="2026-03")],
    terms_url="https://lakeside.example/terms",
    privacy_url="https://lakeside.example/privacy",
)
facts = PatientFacts(names=["Ana Gomez"], mrn=["00482913"], birth_date=date(1985, 3, 14))
blood_drive = Purpose(
    "blood_drive", MessageClass.TRANSACTIONAL, Category.ANNOUNCEMENTS, hours=HoursBound.LAW
)
procedure = Variable("procedure", Text(most=30), labels=["PROCEDURE"])
invitation = TextUs(
    practice=practice,
    number="+12175550111",
    privacy_url="https://lakeside.example/privacy",
    terms_url="https://lakeside.example/terms",
)
imported = ImportedConsent(
    number="217-555-0134", person="pat-881", occurred_at=date(2024, 5, 17), basis="spoken"
)


def people(person: str) -> Profile | None:
    """A host's own look-up."""
    return Profile(facts=facts) if person else None


messengers = [
    Messenger(practice=practice, provider=each, store=SQLite("texting.db"), people=people)
    for each in (acme, gateway, twilio, vonage, provider, Routes([twilio, vonage]))
]
messenger = Messenger(
    practice=practice,
    provider=twilio,
    store=PostgreSQL("postgresql:///clinic"),
    permission=permission,
    inbox=InboxPlan(
        point_person="dr-diaz", queues=[Queue(name="desk", members=["ana"], hours=hours)]
    ),
)
messenger.within(sqlite3.connect("clinic.db"))
messenger.within(django_connection)


def tests() -> None:
    """The kit's clock can be moved, whether it was passed or not."""
    FakeCarrier().clock.advance(timedelta(days=1))
    FakeCarrier("telnyx", clock=MovableClock(MORNING)).clock.move_to(MORNING)
    carrier = FakeCarrier(
        twilio,
        OtherProvider(
            adapter=acme, accepted=HttpReply(status=202), provider_id="A1", webhooks=maker
        ),
    )
    with carrier.messenger(practice=practice, people=people) as made:
        made.dispatch_due()
