"""``compliant-sms sandbox``: made-up accounts at four providers, and adapters' arguments."""

from __future__ import annotations

import webbrowser
from collections.abc import Sequence
from contextlib import ExitStack

import click

from compliant_sms.errors import MissingExtra
from compliant_sms.sandbox import (
    Account,
    BandwidthAccount,
    Sandbox,
    TelnyxAccount,
    TwilioAccount,
    VonageAccount,
    serve,
)


def accounts(
    *, account_sid: str, auth_token: str, numbers: Sequence[str], answers_keywords: bool
) -> list[Account]:
    """Make one made-up account at each provider that the sandbox simulates.

    Args:
        account_sid: for Twilio.
        auth_token: for Twilio.
        numbers: for Twilio.
        answers_keywords: for the two providers where it can be switched.
    """
    return [
        TwilioAccount(
            account_sid=account_sid,
            auth_token=auth_token,
            numbers=numbers,
            answers_keywords=answers_keywords,
        ),
        TelnyxAccount(api_key="KEY0123", numbers=["+13125550121"]),
        VonageAccount(
            api_key="abcd1234",
            api_secret="sandbox-secret",  # noqa: S106 - opens nothing
            signature_secret="sandbox-signature-secret",  # noqa: S106 - opens nothing
            numbers=["+16185550131"],
            answers_keywords=answers_keywords,
        ),
        BandwidthAccount(
            account_id="9900000",
            username="api-user",
            password="sandbox-password",  # noqa: S106 - opens nothing
            application_id="93de2206-9669-4e07-948d-329f4b722ee2",
            callback_credentials="hook:sandbox-hook",
            numbers=["+17085550141"],
        ),
    ]


def run(
    given: Sequence[Account], *, port: int, demo: bool, browse: bool, webhooks: str | None = None
) -> None:
    """Serve until Ctrl-C.

    Args:
        given: the accounts.
        port: the port on 127.0.0.1; 0 for any free one.
        demo: whether to add a made-up practice, with a morning's texts.
        browse: whether to open the page in a browser.
        webhooks: the application's base URL for each provider's callbacks.

    Raises:
        InvalidInput: that URL cannot be called.
    """
    if demo:  # a missing dependency shows before anything is served
        from compliant_sms.cli.demo import clinic  # noqa: PLC0415 - for the demo only
    carrier = Sandbox(accounts=given, port=port)
    if webhooks:
        _call(carrier, given, webhooks.rstrip("/"))
    with ExitStack() as stack:

        def tell(url: str) -> None:
            click.echo(f"The carrier listens at {url}")
            click.echo("The patients' phones are on the page at the same address.")
            if demo:
                stack.enter_context(clinic(carrier, given))
                click.echo(
                    "A made-up practice is connected: write as the practice or its patients."
                )
            else:
                for account in given:
                    _print(account, url)
                click.echo(f"\nCallbacks go to {webhooks or 'nowhere; pass --webhooks URL'}.")
            click.echo("Ctrl-C ends it.")
            if browse:
                webbrowser.open(url)

        serve(carrier, ready=tell)


def _call(carrier: Sandbox, given: Sequence[Account], webhooks: str) -> None:
    for account in given:
        for number in account.numbers:
            carrier.set_inbound_url(number, f"{webhooks}/{account.provider}")
            if account.takes_status_url:
                carrier.set_status_url(number, f"{webhooks}/{account.provider}")


def _print(account: Account, url: str) -> None:
    click.echo(
        f"\nA made-up account; pass the same values to {account.provider.capitalize()}(...):"
    )
    for name, value in _credentials(account).items():
        click.echo(f"  {name:<21} {value}")
    click.echo(f"  {'sender':<21} {' or '.join(account.numbers)}")
    click.echo(f"  {'base_url':<21} {url}")


def _credentials(account: Account) -> dict[str, str]:
    """The arguments of the same provider's adapter, by name."""
    match account:
        case TwilioAccount():
            return {"account_sid": account.account_sid, "auth_token": account.auth_token}
        case TelnyxAccount():
            return {"api_key": account.api_key, "public_keys": _public_key(account)}
        case VonageAccount():
            return {
                "api_key": account.api_key,
                "api_secret": account.api_secret,
                "signature_secrets": account.signature_secret,
            }
        case BandwidthAccount():
            return {
                "account_id": account.account_id,
                "application_id": account.application_id,
                "username": account.username,
                "password": account.password,
                "callback_credentials": account.callback_credentials,
            }
        case _:
            return {}


def _public_key(account: TelnyxAccount) -> str:
    try:
        return account.public_key
    except MissingExtra as error:
        return f"({error})"
