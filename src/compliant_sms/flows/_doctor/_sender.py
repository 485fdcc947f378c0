"""How a sender is set up at its provider, where that can be asked for."""

from __future__ import annotations

from compliant_sms.errors import TransportError
from compliant_sms.flows._deciding._checked import Checked, CheckResult, about_provider
from compliant_sms.phone import NumberKind
from compliant_sms.ports import Ports
from compliant_sms.providers import Provider, SenderRegistration, SenderSettings

# A number, its application, its service and its registration are four.
_MOST_QUESTIONS = 8
_REMEDY = {
    True: "Have the number verified at the provider.",
    False: "Register brand and campaign at the provider, and put the number into the campaign.",
}


async def settings_of(ports: Ports, provider: Provider) -> SenderSettings:
    """What the provider says of the sender; nothing where it gives no answer, or is not asked.

    A simulated carrier has no settings to ask for.
    """
    if ports.dry_run or provider.simulated:
        return SenderSettings()
    inspection = provider.inspect_sender(at=ports.clock())
    try:
        request = next(inspection)
        for _ in range(_MOST_QUESTIONS):
            request = inspection.send(await ports.transport.send(request))
    except StopIteration as done:
        settings: SenderSettings = done.value
        return settings
    except TransportError:
        pass
    return SenderSettings()


def registration(ports: Ports, provider: Provider, settings: SenderSettings) -> Checked:
    """How far the sender's registration is: as its provider says, or else as the practice does."""
    about = about_provider(provider, "registration")
    toll_free = provider.sender.kind is NumberKind.TOLL_FREE
    what = "verification" if toll_free else "10DLC registration"
    if not toll_free and _is_abroad(ports, provider, settings):
        return about(CheckResult.NOT_CHECKED, "The number is registered by its own country's law.")
    match settings.registration:
        case SenderRegistration.MISSING:
            return about(
                CheckResult.FAILED,
                f"The provider has no {what} of this number: carriers block its texts.",
                _REMEDY[toll_free],
            )
        case SenderRegistration.PENDING:
            return about(
                CheckResult.WARNING,
                f"The {what} of this number is not done yet: until then carriers may block it.",
                "See at the provider whether it waits for you.",
            )
        case SenderRegistration.DONE if toll_free:
            return about(CheckResult.OK, "The provider says that the number is verified.")
    if toll_free:
        return about(
            CheckResult.NOT_CHECKED,
            "A toll-free number must be verified before carriers deliver from it.",
            "See at the provider that its verification is complete.",
        )
    return _campaign(ports, provider, told=settings.registration is SenderRegistration.DONE)


def _is_abroad(ports: Ports, provider: Provider, settings: SenderSettings) -> bool:
    """Whether no US campaign is wanted: numbers of Canada share the country code."""
    if not provider.sender.e164.startswith("+1"):
        return True
    missing = settings.registration is SenderRegistration.MISSING
    return missing and ports.rulebook.whereabouts(provider.sender).country not in {"US", None}


def _campaign(ports: Ports, provider: Provider, *, told: bool) -> Checked:
    about = about_provider(provider, "registration")
    if ports.practice.campaign is not None:
        says = "The provider says that the number is registered" if told else "A campaign is given"
        return about(CheckResult.OK, f"{says}, and the campaign's limits are kept.")
    if told:
        return about(
            CheckResult.WARNING,
            "The provider says that the number is registered. The campaign's limits are not known.",
            "Pass Practice(campaign=Campaign(...)), so that no carrier drops what is beyond them.",
        )
    return about(
        CheckResult.WARNING,
        "No 10DLC campaign is given: carriers block numbers without, and limit those with one.",
        "Register brand and campaign, and pass Practice(campaign=Campaign(...)).",
    )
