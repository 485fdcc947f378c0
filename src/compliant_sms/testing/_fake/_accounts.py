"""Ready-made adapters for tests, and the provider accounts behind adapters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from attrs import evolve

from compliant_sms.errors import InvalidInput
from compliant_sms.providers import Bandwidth, Provider, Telnyx, Twilio, Vonage
from compliant_sms.sandbox import (
    Account,
    BandwidthAccount,
    TelnyxAccount,
    TwilioAccount,
    VonageAccount,
)
from compliant_sms.testing._fake._other import OtherAccount, OtherProvider
from compliant_sms.testing._fake._others import NOWHERE, OTHERS, other

_API_KEY: Final = "KEY-that-opens-nothing"


def _twilio(callback: str) -> Twilio:
    return Twilio(
        account_sid="AC" + "5e" * 16,
        auth_token="a-token-that-signs-nothing-real",  # noqa: S106 - it opens nothing
        sender="+12175550111",
        status_callback=callback,
        base_url=NOWHERE,
    )


def _telnyx(callback: str) -> Telnyx:
    account = TelnyxAccount(api_key=_API_KEY, numbers=[])
    return Telnyx(
        api_key=_API_KEY,
        public_keys=[account.public_key],
        sender="+13125550121",
        status_callback=callback,
        base_url=NOWHERE,
    )


def _vonage(callback: str) -> Vonage:
    return Vonage(
        api_key="abcd1234",
        api_secret="a-secret-that-opens-nothing",  # noqa: S106
        signature_secrets=["0123456789abcdef0123456789abcdef"],
        sender="+16185550131",
        status_callback=callback,
        base_url=NOWHERE,
    )


def _bandwidth(_: str) -> Bandwidth:
    return Bandwidth(
        account_id="9900000",
        application_id="93de2206-9669-4e07-948d-329f4b722ee2",
        username="api-user",
        password="a-password-that-opens-nothing",  # noqa: S106
        callback_credentials=["hook:a-password-of-callbacks"],
        sender="+17085550141",
        base_url=NOWHERE,
    )


_ADAPTERS: Final[Mapping[str, Callable[[str], Provider]]] = {
    "twilio": _twilio,
    "telnyx": _telnyx,
    "vonage": _vonage,
    "bandwidth": _bandwidth,
    **OTHERS,
}


def adapter_of(name: str, public_url: str) -> Provider:
    """Make an adapter for the named provider, with made-up credentials.

    Args:
        name: the provider's name.
        public_url: the base URL of the callback endpoints.

    Raises:
        InvalidInput: the fake carrier does not know that provider.
    """
    if name not in _ADAPTERS:
        msg = f"the fake carrier has no such provider. Pass one of {', '.join(_ADAPTERS)}."
        raise InvalidInput(msg)
    return _ADAPTERS[name](f"{public_url}/{name}")


def account_of(given: Provider | OtherProvider) -> Account:
    """Return the account that an adapter's requests belong to, and whose callbacks it accepts.

    Raises:
        InvalidInput: it is unknown how that provider answers, or the account could not sign what
            the adapter verifies.
    """
    adapter = given.adapter if isinstance(given, OtherProvider) else given
    if isinstance(given, OtherProvider) or not isinstance(
        given, Twilio | Telnyx | Vonage | Bandwidth
    ):
        told = given if isinstance(given, OtherProvider) else other(given)
        account = OtherAccount(provider=adapter.name, numbers=[adapter.sender.e164], other=told)
        account.require_forms()
        return account
    return _spoken_for(given)


def _spoken_for(adapter: Twilio | Telnyx | Vonage | Bandwidth) -> Account:
    match adapter:
        case Twilio():
            return TwilioAccount(
                account_sid=adapter.account_sid,
                auth_token=adapter.auth_token,
                numbers=[adapter.sender.e164],
                answers_keywords=adapter.answers_keywords,
            )
        case Telnyx():
            return _telnyx_account(adapter)
        case Vonage():
            return _vonage_account(adapter)
        case Bandwidth():
            return BandwidthAccount(
                account_id=adapter.account_id,
                username=adapter.username,
                password=adapter.password,
                application_id=adapter.application_id,
                callback_credentials=adapter.callback_credentials[0],
                numbers=[adapter.sender.e164],
            )


def _telnyx_account(adapter: Telnyx) -> TelnyxAccount:
    account = TelnyxAccount(api_key=adapter.api_key, numbers=[adapter.sender.e164])
    if adapter.messaging_profile_id:
        account = evolve(account, messaging_profile_id=adapter.messaging_profile_id)
    if account.public_key not in adapter.public_keys:
        msg = (
            "the adapter would not believe the fake carrier's signatures. Pass "
            "Telnyx(public_keys=[TelnyxAccount(api_key=..., numbers=[]).public_key]), with "
            "TelnyxAccount from compliant_sms.sandbox."
        )
        raise InvalidInput(msg)
    return account


def _vonage_account(adapter: Vonage) -> VonageAccount:
    return VonageAccount(
        api_key=adapter.api_key,
        # Where an application signs requests, nobody knows the secret.
        api_secret=adapter.api_secret or "an-application-signs",
        signature_secret=adapter.signature_secrets[0],
        numbers=[adapter.sender.e164],
        answers_keywords=adapter.answers_keywords,
        application_id=adapter.application_id,
        public_key=_public_half(adapter.private_key) if adapter.private_key else "",
    )


def _public_half(private_key: str) -> str:
    # The adapter has it loaded already, so that it is there.
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - an extra

    key = serialization.load_pem_private_key(private_key.encode(), None)
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, spki).decode()
