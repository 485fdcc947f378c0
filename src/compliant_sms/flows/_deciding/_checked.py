"""What was looked at, and how it came out."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from attrs import frozen

from compliant_sms.providers import Provider

BY_DOCTOR = "compliant-sms doctor"
"""The user agent of callbacks that prove nothing on purpose."""


class CheckResult(StrEnum):
    """How a check came out."""

    OK = "ok"
    WARNING = "warning"
    """It works, and somebody should look into it."""
    FAILED = "failed"
    """Texts do not go, or callbacks do not arrive."""
    NOT_CHECKED = "not_checked"
    """It cannot be checked from here."""


@frozen(kw_only=True)
class Checked:
    """One thing that was looked at.

    Attributes:
        of: what it belongs to: a provider and the last digits of its sender, or ``"practice"``.
        what: what was looked at, in a word or two.
        result: how it came out.
        says: what was found, without anything secret or about a patient.
        remedy: what to do about it; empty where there is nothing to do.
    """

    of: str
    what: str
    result: CheckResult
    says: str
    remedy: str = ""


def about_provider(provider: Provider, what: str) -> Callable[..., Checked]:
    of = f"{provider.name} ...{provider.sender.e164[-4:]}"

    def checked(result: CheckResult, says: str, remedy: str = "") -> Checked:
        return Checked(of=of, what=what, result=result, says=says, remedy=remedy)

    return checked
