"""One practice at each provider of the sandbox: adapter, messenger and webhooks, wired together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from threading import Lock

from attrs import define, field

from carriers import SID, TOKEN
from compliant_sms import Messenger, Practice, Profile
from compliant_sms.errors import WebhookRejected
from compliant_sms.flows import ReceivedStatus, ReceivedText
from compliant_sms.providers import Bandwidth, Provider, Telnyx, Twilio, Vonage
from compliant_sms.sandbox import Account, Sandbox, TwilioAccount
from compliant_sms.wire import WebhookRequest
from dialects import ACCOUNTS, BANDWIDTH, TELNYX, VONAGE
from hooks import Hooks

Make = Callable[..., Messenger]
TWILIO = TwilioAccount(account_sid=SID, auth_token=TOKEN, numbers=["+12175550111"])
EVERYWHERE: Mapping[str, Account] = {each.provider: each for each in (TWILIO, *ACCOUNTS)}


def adapter(name: str, url: str, callback: str, sender: str) -> Provider:
    """Our adapter for one of them."""
    if name == "twilio":
        return Twilio(
            account_sid=SID,
            auth_token=TOKEN,
            sender=sender,
            base_url=url,
            status_callback=callback,
        )
    if name == "telnyx":
        return Telnyx(
            api_key=TELNYX.api_key,
            public_keys=(TELNYX.public_key,),
            sender=sender,
            base_url=url,
            status_callback=callback,
        )
    if name == "vonage":
        return Vonage(
            api_key=VONAGE.api_key,
            api_secret=VONAGE.api_secret,
            signature_secrets=(VONAGE.signature_secret,),
            sender=sender,
            base_url=url,
            status_callback=callback,
            answers_keywords=True,
        )
    return Bandwidth(
        account_id=BANDWIDTH.account_id,
        application_id=BANDWIDTH.application_id,
        username=BANDWIDTH.username,
        password=BANDWIDTH.password,
        callback_credentials=(BANDWIDTH.callback_credentials,),
        sender=sender,
        base_url=url,
    )


@define
class Office:
    """A practice with one provider: its messenger, and what its webhook heard.

    Attributes:
        new: how often each event was new, by its key.
        heard: how often each event came.
    """

    messenger: Messenger
    provider: Provider
    carrier: Sandbox
    new: Counter[str] = field(factory=Counter)
    heard: Counter[str] = field(factory=Counter)
    _lock: Lock = field(factory=Lock)

    def take(self, request: WebhookRequest) -> int:
        """Receive a callback, as a web framework would."""
        try:
            verified = self.provider.verify(request, at=self.messenger._ports.clock())
            received = self.messenger.receive(request)
        except WebhookRejected as error:
            return error.status
        keys = [event.key for event in self.provider.parse(verified)]
        with self._lock:
            for key, event in zip(keys, received.events, strict=True):
                assert isinstance(event, ReceivedStatus | ReceivedText)
                self.heard[key] += 1
                self.new[key] += event.new
        return received.answer.status


def offices(
    make: Make,
    carrier: Sandbox,
    hooks: Hooks,
    names: Iterable[str] = EVERYWHERE,
    sender: str = "",
) -> dict[str, Office]:
    """A practice at each of these providers, each with the first of its numbers or that one."""
    made = {name: _office(make, carrier, hooks, name, sender) for name in names}
    _route(hooks, made)
    return made


def _office(make: Make, carrier: Sandbox, hooks: Hooks, name: str, sender: str) -> Office:
    account, webhook = EVERYWHERE[name], f"{hooks.base}/{name}"
    number = sender or account.numbers[0]
    provider = adapter(name, carrier.url, webhook, number)
    messenger = make(
        practice=Practice(
            name="Lakeside Family Medicine",
            phone="+1 217 555 0100",
            time_zone="America/Chicago",
            state="IL",
            id=f"lakeside-{name}",
        ),
        provider=provider,
        people=lambda _: Profile(time_zone="America/Chicago"),
    )
    carrier.set_inbound_url(number, webhook)
    if account.takes_status_url:
        carrier.set_status_url(number, webhook)
    return Office(messenger, provider, carrier)


def _route(hooks: Hooks, made: Mapping[str, Office]) -> None:
    def take(request: WebhookRequest) -> int:
        name = request.url.removeprefix(f"{hooks.base}/").partition("?")[0]
        return made[name].take(request)

    hooks.room.take = take
