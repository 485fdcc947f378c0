"""Whether callbacks arrive: what is on record of them, and what is set at the provider."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

from compliant_sms.errors import StoreError
from compliant_sms.flows._deciding._checked import Checked, CheckResult, about_provider
from compliant_sms.ports import Ports, Refusals, Transaction
from compliant_sms.providers import CallbackPlace, Provider, SenderSettings
from compliant_sms.wire import LOOPBACK

# Reports of delivery come within minutes, and carriers take a day at most.
_OVERDUE = timedelta(days=1)
_LOOKED_BACK = timedelta(days=7)
_NOT_JUDGED = (
    "The carrier is simulated on this machine; whether a real one could call it was not looked at."
)


async def proof(ports: Ports, provider: Provider) -> Checked:
    """Whether the secret of callbacks is the right one: only those that came can tell."""
    about = about_provider(provider, "proof of callbacks")
    here, name, at = ports.practice.id, provider.name, ports.clock()

    async def work(tx: Transaction) -> tuple[datetime | None, datetime | None, Refusals | None]:
        return *await tx.last_heard(here, name), await tx.refusals(here, name, at - _LOOKED_BACK)

    try:
        heard, left, refused = await ports.store.run(work)
    except StoreError:
        return about(CheckResult.NOT_CHECKED, "The database does not tell.")
    if refused is not None and (heard is None or heard < refused.last_at):
        return about(
            CheckResult.WARNING,
            f"At least {refused.count:,} callbacks of the last week proved nothing and were "
            f"refused, on {refused.last_at:%Y-%m-%d %H:%M} UTC the last. None was proved since.",
            "Compare the adapter's secret and the address with the provider's, and see that no "
            "number of another practice calls this one's address. If all is right, somebody else "
            "writes there, to no harm.",
        )
    if left is not None and at - left >= _OVERDUE and (heard is None or heard < left):
        return about(
            CheckResult.WARNING,
            f"A text went out on {left:%Y-%m-%d}, and no callback proved its origin since.",
            "See that the provider has the right address, and the adapter the right secret.",
        )
    if heard is None:
        return about(
            CheckResult.NOT_CHECKED,
            "No callback has come yet that could show whether the secret is right.",
            "Text STATUS to the sender from your own phone, and look again.",
        )
    others = f" {refused.count:,} others of the last week were refused." if refused else ""
    says = f"The secret was right on {heard:%Y-%m-%d %H:%M} UTC, by the last callback.{others}"
    return about(CheckResult.OK, says)


def address_of_texts(provider: Provider, settings: SenderSettings) -> Checked:
    """Whether the provider tells our application of patients' texts, where its API says so."""
    about = about_provider(provider, "address of texts")
    found = settings.texts
    if found is None:
        return about(
            CheckResult.NOT_CHECKED,
            "Where patients' texts are told is set at the provider.",
            "See there that it is the address of your web application, over https.",
        )
    if not found:
        return about(
            CheckResult.FAILED,
            "None is set at the provider: no STOP arrives.",
            "Set there the address of your web application.",
        )
    problem = _unusable(provider, found)
    if problem is not None:
        return about(*problem)
    expected = own_callback(provider) or settings.statuses
    if not expected:
        return about(
            CheckResult.NOT_CHECKED,
            f"The provider tells patients' texts at {parts_of(found).hostname}.",
            "See that it is your web application.",
        )
    if _place(found) != _place(expected):
        return about(
            CheckResult.WARNING,
            "The provider tells patients' texts elsewhere than deliveries.",
            "See that what takes them in is this application.",
        )
    return about(CheckResult.OK, "The provider tells patients' texts where it tells deliveries.")


def own_callback(provider: Provider) -> str:
    """The address for news that our texts bring along; empty where they bring none."""
    return str(getattr(provider, "status_callback", ""))


def unproven_callback(provider: Provider) -> str:
    """The same without a secret by which what comes there is believed."""
    if provider.capabilities.body_authenticated:
        return own_callback(provider)
    secret = getattr(getattr(provider, "proof", None), "parameter", "token")
    parts = parts_of(own_callback(provider))
    given = parse_qsl(parts.query, keep_blank_values=True)
    others = [(name, value) for name, value in given if name != secret]
    return urlunsplit(parts._replace(query=urlencode(others)))


def status_callback(provider: Provider, settings: SenderSettings) -> Checked:
    """Whether news of our texts can arrive."""
    about = about_provider(provider, "status callback")
    own = own_callback(provider)
    url = own or settings.statuses
    if not url and provider.capabilities.status_callbacks is CallbackPlace.ACCOUNT:
        return about(
            CheckResult.NOT_CHECKED,
            "Its address is set at the provider.",
            "See there that it is the address of your web application, over https.",
        )
    if not url:
        return about(
            CheckResult.WARNING,
            "There is none: no text is ever known to have been delivered.",
            "Pass status_callback=, the public address of your web application.",
        )
    problem = _unusable(provider, url)
    if problem is not None:
        return about(*problem)
    if provider.simulated:
        return about(CheckResult.OK, _NOT_JUDGED)
    if not own:
        says = "It is set at the provider, and can be called from outside."
        return about(CheckResult.OK, says)
    return about(CheckResult.OK, "It is an address that can be called from outside.")


def _unusable(provider: Provider, url: str) -> tuple[CheckResult, str, str] | None:
    """What keeps a provider from calling an address; None where nothing does."""
    parts = parts_of(url)
    host = parts.hostname or ""
    if parts.scheme not in {"http", "https"} or not host:
        return CheckResult.FAILED, "It is no web address.", "Set the one of your web application."
    if provider.simulated:
        return None
    if parts.scheme != "https":
        return CheckResult.FAILED, "It is not https: anybody on the way reads it.", "Use TLS."
    if host in LOOPBACK or "." not in host:
        says = "Its host is known to this machine only."
        return CheckResult.FAILED, says, "Give the address under which the provider calls."
    if "_" in host:  # Twilio refuses such a host
        return CheckResult.WARNING, "Its host has an underscore.", "Use a host without."
    return None


def parts_of(url: str) -> SplitResult:
    """The parts of an address; all of them empty where it is none."""
    try:
        return urlsplit(url)
    except ValueError:  # the provider's word is not ours
        return urlsplit("")


def _place(url: str) -> tuple[str, str]:
    """Where an address leads, however it is written and whatever it brings along."""
    parts = parts_of(url)
    return (parts.hostname or "", parts.path.rstrip("/"))
