"""A practice behind the sandbox's page: four providers, a dozen patients, and a morning's texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from compliant_sms.classification import MessageClass, Purpose
from compliant_sms.cli.demo._carrier import CarrierControl
from compliant_sms.cli.demo._day import Day
from compliant_sms.cli.demo._patients import Patient, read_patients
from compliant_sms.cli.demo._play import PRACTICE
from compliant_sms.cli.demo._progress import Progress
from compliant_sms.cli.demo._webhooks import listen, serve_webhooks
from compliant_sms.errors import MissingExtra
from compliant_sms.messenger import Messenger
from compliant_sms.people import Profile
from compliant_sms.providers import Bandwidth, Provider, Telnyx, Twilio, Vonage
from compliant_sms.routing import Route, Routes
from compliant_sms.sandbox import (
    Account,
    BandwidthAccount,
    PatientPhone,
    Sandbox,
    TelnyxAccount,
    TwilioAccount,
    VonageAccount,
)
from compliant_sms.stores import SQLite
from compliant_sms.testing import MovableClock


@contextmanager
def clinic(carrier: Sandbox, accounts: Sequence[Account]) -> Iterator[Messenger]:
    """Put a practice behind the page of a running carrier, until the block ends.

    Args:
        carrier: which is running.
        accounts: its accounts; each becomes a route of the practice.
    """
    patients = read_patients(None)
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="compliant-sms-"))
        database = Path(folder, "demo.db")
        store = SQLite(database)
        stack.callback(store.close)
        store.open()
        progress = Progress(database, PRACTICE.time_zone)
        stack.callback(progress.close)
        clock = MovableClock(progress.clock)
        listener, url = listen()
        stack.enter_context(listener)
        zones = {patient.person: Profile(time_zone=patient.time_zone) for patient in patients}
        routes = _routes(accounts, carrier.url, url)
        messenger = stack.enter_context(
            Messenger(
                practice=PRACTICE, provider=routes, store=store, clock=clock, people=zones.get
            )
        )
        stack.enter_context(serve_webhooks(messenger, listener, url, dispatch=True))
        _set_up(carrier, routes, url)
        control = CarrierControl(carrier.url)
        stack.callback(control.close)
        day = Day(
            messenger=messenger,
            practice=PRACTICE,
            sender=_usual(routes).sender,
            patients=patients,
            carrier=control,
            webhook_url=f"{url}/{_usual(routes).name}",
            clock=clock,
            progress=progress,
            tell=lambda _: None,
        )
        day.play_morning()
        carrier.attach(messenger, phones=[_phone(patient) for patient in patients], clock=clock)
        yield messenger


def _phone(patient: Patient) -> PatientPhone:
    return PatientPhone(number=patient.number.e164, person=patient.person, name=patient.given_name)


def _routes(accounts: Sequence[Account], api: str, hook: str) -> Routes:
    """Promotions by Vonage, results by Telnyx, the rest by Twilio or, if need be, Bandwidth."""
    made = {account.provider: _provider(account, api, hook) for account in accounts}
    found = [_route(name, made[name]) for name in _PREFERRED if name in made]
    return Routes([route for route in found if route is not None])


_PREFERRED = ("vonage", "telnyx", "twilio", "bandwidth")


def _route(name: str, provider: Provider | None) -> Route | None:
    if provider is None:
        return None
    return Route(
        provider=provider,
        message_classes=[MessageClass.MARKETING] if name == "vonage" else [],
        purposes=[Purpose.LAB_RESULT_NOTIFICATION] if name == "telnyx" else [],
    )


def _usual(routes: Routes) -> Provider:
    return next(iter(routes.named("twilio")), routes.providers[0])


def _provider(account: Account, api: str, hook: str) -> Provider | None:
    """The adapter for an account; None where it lacks its extra."""
    sender, news = account.numbers[0], f"{hook}/{account.provider}"
    match account:
        case TwilioAccount():
            return Twilio(
                account_sid=account.account_sid,
                auth_token=account.auth_token,
                sender=sender,
                base_url=api,
                status_callback=news,
                answers_keywords=account.answers_keywords,
            )
        case TelnyxAccount():
            try:
                keys = [account.public_key]
            except MissingExtra:
                return None
            return Telnyx(
                api_key=account.api_key,
                public_keys=keys,
                sender=sender,
                base_url=api,
                status_callback=news,
            )
        case VonageAccount():
            return Vonage(
                api_key=account.api_key,
                api_secret=account.api_secret,
                signature_secrets=[account.signature_secret],
                sender=sender,
                base_url=api,
                status_callback=news,
                answers_keywords=account.answers_keywords,
            )
        case BandwidthAccount():
            return Bandwidth(
                account_id=account.account_id,
                application_id=account.application_id,
                username=account.username,
                password=account.password,
                callback_credentials=[account.callback_credentials],
                sender=sender,
                base_url=api,
            )
        case _:
            return None


def _set_up(carrier: Sandbox, routes: Routes, hook: str) -> None:
    """Have each provider call the practice."""
    for provider in routes.providers:
        carrier.set_inbound_url(provider.sender.e164, f"{hook}/{provider.name}")
        if provider.name == "bandwidth":  # knows no other place for news
            carrier.set_status_url(provider.sender.e164, f"{hook}/{provider.name}")
