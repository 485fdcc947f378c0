"""A provider whose callbacks prove nothing, and its books, in which a text can be looked up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import pytest
from attrs import evolve, field, frozen

from compliant_sms import Messenger, Profile
from compliant_sms.errors import NoAnswer
from compliant_sms.providers import InboundText, ProviderEvent, Twilio, VerifiedWebhook
from compliant_sms.transport import BlockingTransport
from compliant_sms.wire import HttpReply, HttpRequest

__all__ = ["Books", "Make", "Plain", "books", "make_willing"]

Make = Callable[..., Messenger]
ASK = "https://books.example/texts/"


@frozen(kw_only=True)
class Plain(Twilio):
    """A provider whose proof covers no body; what it says of a text is set by the test."""

    told: dict[str, Any] = field(factory=dict)
    can_confirm: bool = True

    def parse(self, webhook: VerifiedWebhook) -> Sequence[ProviderEvent]:
        """Everything as it is, and proven by nothing."""
        told = {"authenticated": False} | self.told
        return [
            evolve(event, **told) if isinstance(event, InboundText) else event
            for event in Twilio.parse(self, webhook)
        ]

    def confirm(self, event: InboundText, *, at: datetime) -> HttpRequest | None:
        """Ask for the text by its id."""
        assert at.tzinfo is not None
        if not self.can_confirm:
            return None
        return HttpRequest(method="GET", url=ASK + event.provider_id)

    def confirmed(self, reply: HttpReply, event: InboundText) -> bool:
        """The very text is there."""
        return reply.status == 200 and json.loads(reply.body) == event.body


class Books:
    """A transport that answers for the provider's books, and counts how often it is asked."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.asked: list[str] = []
        self.broken = False
        self.on_ask: Callable[[], object] | None = None
        self.in_transaction = False
        self.inner = BlockingTransport()

    async def send(self, request: HttpRequest) -> HttpReply:
        assert not self.in_transaction
        if not request.url.startswith(ASK):
            return await self.inner.send(request)
        key = request.url.removeprefix(ASK)
        self.asked.append(key)
        if self.on_ask is not None:
            self.on_ask()
        if self.broken:
            msg = "gone"
            raise NoAnswer(msg)
        if key not in self.texts:
            return HttpReply(status=404)
        return HttpReply(status=200, body=json.dumps(self.texts[key]).encode())


@pytest.fixture
def books() -> Iterator[Books]:
    """What the provider has on record."""
    made = Books()
    yield made
    made.inner.close()


@pytest.fixture
def make_willing(make_messenger: Make, provider: Twilio, books: Books) -> Make:
    """Makes messengers with such a provider, whose patient agreed."""

    def make(**told: Any) -> Messenger:
        can_confirm = told.pop("can_confirm", True)
        more = told.pop("more", {})
        plain = Plain(
            account_sid=provider.account_sid,
            auth_token=provider.auth_token,
            sender=provider.sender,
            base_url=provider.base_url,
            answers_keywords=False,
            told=told,
            can_confirm=can_confirm,
        )
        return make_messenger(
            provider=plain,
            transport=books,
            people=lambda _: Profile(time_zone="America/Chicago"),
            **more,
        )

    return make
