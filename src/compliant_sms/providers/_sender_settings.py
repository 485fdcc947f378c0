"""How a sender is set up at its provider, and how an adapter asks for it."""

from __future__ import annotations

from collections.abc import Collection, Generator, Mapping
from enum import StrEnum
from typing import TypeAlias

from attrs import frozen

from compliant_sms.wire import HttpReply, HttpRequest


class SenderRegistration(StrEnum):
    """The status of a sender's registration with carriers, for 10DLC or toll-free numbers."""

    DONE = "done"
    PENDING = "pending"
    MISSING = "missing"
    """It was never requested, or was refused."""


@frozen(kw_only=True)
class SenderSettings:
    """How a sender is set up at its provider, as far as the provider says.

    Attributes:
        texts: the URL that gets patients' texts; empty if none is set, None if the provider does
            not say.
        statuses: the URL that gets reports on texts without a URL of their own; empty or None
            likewise.
        registration: the status of its registration; None if the provider does not say.
    """

    texts: str | None = None
    statuses: str | None = None
    registration: SenderRegistration | None = None


Inspection: TypeAlias = Generator[HttpRequest, HttpReply, SenderSettings]
"""Requests that change nothing, each made of the answers to those before, and what came of them."""


def registration_in(
    fields: Mapping[str, object], name: str, words: Mapping[str, SenderRegistration]
) -> SenderRegistration | None:
    """What a field says of it; None for a word that nobody knows.

    Args:
        fields: the provider's answer.
        name: the field's.
        words: the provider's, in small letters.
    """
    return words.get(str(fields.get(name)).lower())


def furthest(told: Collection[SenderRegistration | None]) -> SenderRegistration | None:
    """The best of several requests for one number; None where nothing is known of any."""
    return next((each for each in SenderRegistration if each in told), None)
