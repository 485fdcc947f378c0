"""The events of the ledger, and the words they are told in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from enum import Enum, IntEnum, StrEnum
from typing import TypeAlias, TypeVar

from attrs import Attribute, field, frozen

from compliant_sms.clock import as_utc
from compliant_sms.errors import InvalidInput
from compliant_sms.phone import PhoneNumber

__all__ = [
    "Basis",
    "Category",
    "Channel",
    "ConsentEvent",
    "Granted",
    "Restored",
    "Revoked",
    "Signature",
    "Tier",
    "Wording",
]


_HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")


class Tier(IntEnum):
    """How strong a consent is. 47 CFR 64.1200(a)(1), (a)(2), (f)(9)."""

    NONE = 0
    PRIOR_EXPRESS = 1
    PRIOR_EXPRESS_WRITTEN = 2


class Category(StrEnum):
    """What a patient agrees to or declines as one thing; a practice can add its own texts."""

    APPOINTMENTS = "appointments"
    CARE = "care"
    ANSWERS = "answers"
    BILLING = "billing"
    SURVEYS = "surveys"
    ANNOUNCEMENTS = "announcements"
    RESEARCH = "research"
    FUNDRAISING = "fundraising"
    PROMOTIONS = "promotions"


class Basis(StrEnum):
    """How a patient came to agree."""

    INTAKE_FORM = "intake_form"
    PAPER_FORM = "paper_form"
    WEB_FORM = "web_form"
    TEXT_MESSAGE = "text_message"
    """The patient texted a keyword that invited texts."""
    SPOKEN = "spoken"
    BOOKING = "booking"
    """The patient gave the number when booking: consent within the scope of why it was given."""

    @property
    def shows_wording(self) -> bool:
        """Whether the patient read something, so that the record must hold what it said."""
        return self not in {Basis.SPOKEN, Basis.BOOKING}

    @property
    def is_fresh_opt_in(self) -> bool:
        """Whether it can lift a revocation. Handing over a number again does not."""
        return self is not Basis.BOOKING


class Channel(StrEnum):
    """How a revocation or a restoration reached the practice. 47 CFR 64.1200(a)(10), (a)(11)."""

    TEXT = "text"
    SPOKEN = "spoken"
    VOICEMAIL = "voicemail"
    EMAIL = "email"
    WEB = "web"
    LETTER = "letter"
    PROVIDER = "provider"
    """The provider or a carrier says that this number opted out."""


def _storable(_: object, attribute: Attribute[str], value: str | None) -> None:
    if value is not None and _HALF_A_CHARACTER.search(value):
        msg = f"{attribute.name} holds half a surrogate pair; decode it properly before"
        raise InvalidInput(msg)


def _text(of: object, attribute: Attribute[str], value: str) -> None:
    if not value.strip():
        msg = f"{attribute.name} must not be empty"
        raise InvalidInput(msg)
    _storable(of, attribute, value)


def _instant(value: datetime) -> datetime:
    return as_utc(value)


_E = TypeVar("_E", bound=Enum)


def _one_of(kind: type[_E], value: _E | str | int) -> _E:
    try:
        return kind(value)
    except ValueError:
        known = ", ".join(str(each.value) for each in kind)
        msg = f"there is no such {kind.__name__.lower()}. Pass one of: {known}."
        raise InvalidInput(msg) from None


def _basis(value: Basis | str) -> Basis:
    return _one_of(Basis, value)


def _tier(value: Tier | int) -> Tier:
    return _one_of(Tier, value)


def _channel(value: Channel | str) -> Channel:
    return _one_of(Channel, value)


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    found = {str(name) for name in names}
    if isinstance(names, str) or not all(name.strip() for name in found):
        msg = "categories are texts in a list, for example [Category.CARE], and none is empty"
        raise InvalidInput(msg)
    return tuple(sorted(found))


@frozen(kw_only=True)
class Wording:
    """What a patient was shown, word for word.

    Args:
        text: the exact wording.
        version: which edition of it, for example ``"2026-03"``.
    """

    text: str = field(validator=_text)
    version: str = field(validator=_text)


@frozen(kw_only=True)
class Signature:
    """How a patient signed. 47 CFR 64.1200(f)(9); 15 U.S.C. 7001 for electronic signatures.

    Args:
        signer: who signed, as an id or a name.
        act: what they did, for example ``"ticked an unticked box"`` or ``"signed on paper"``.
        ip_address: where from, for a web form.
        user_agent: the browser, for a web form.
    """

    signer: str = field(validator=_text, repr=False)
    act: str = field(validator=_text)
    ip_address: str = field(default="", repr=False, validator=_storable)
    user_agent: str = field(default="", repr=False, validator=_storable)


@frozen(kw_only=True)
class _Event:
    """What every event has.

    Attributes:
        event_id: unique.
        practice_id: whose ledger.
        number: the phone number it is about.
        person: the host's id of the patient; None where it concerns whoever holds the number.
        occurred_at: when it happened, in UTC.
        recorded_at: when it was written down, in UTC.
        actor: who wrote it down, for example ``"front-desk:ana"``.
    """

    event_id: str = field(validator=_text)
    practice_id: str = field(validator=_text)
    number: PhoneNumber
    person: str | None = field(default=None, validator=_storable)
    occurred_at: datetime = field(converter=_instant)
    recorded_at: datetime = field(converter=_instant)
    actor: str = field(validator=_text)


@frozen(kw_only=True)
class Granted(_Event):
    """A patient agreed to texts.

    Attributes:
        basis: how.
        tier: how strong that consent is.
        categories: what it covers, sorted.
        wording: what the patient was shown; needed wherever something was shown.
        signature: needed for written consent.
        reference: the host's own record of it, for example a form's id.
    """

    basis: Basis = field(converter=_basis)
    tier: Tier = field(converter=_tier)
    categories: tuple[str, ...] = field(converter=_sorted)
    wording: Wording | None = None
    signature: Signature | None = None
    reference: str = field(default="", validator=_storable)

    def __attrs_post_init__(self) -> None:
        """Refuse a grant that could not be proved later."""
        written = self.tier is Tier.PRIOR_EXPRESS_WRITTEN
        if self.wording is None and (written or self.basis.shows_wording):
            msg = (
                f"consent by {self.basis} needs the wording that the patient was shown. "
                "Pass wording=Wording(text=..., version=...)."
            )
            raise InvalidInput(msg)
        if self.signature is None and written:
            msg = (
                "written consent needs a signature (47 CFR 64.1200(f)(9)). "
                "Pass signature=Signature(signer=..., act=...)."
            )
            raise InvalidInput(msg)
        if not self.categories or not (self.person or "").strip():
            msg = "a grant needs the person who gave it and at least one category that it covers"
            raise InvalidInput(msg)


@frozen(kw_only=True)
class Revoked(_Event):
    """Somebody at the number asked for texts to stop.

    Attributes:
        channel: how the request came.
        rule: which rule read it as a revocation.
        reference: the message or record that carried it.
    """

    channel: Channel = field(converter=_channel)
    rule: str = ""
    reference: str = field(default="", validator=_storable)


@frozen(kw_only=True)
class Restored(_Event):
    """Whoever holds the number asked for texts again, by START.

    It brings back what the patient had agreed to before, up to prior express consent, and nothing
    that they had not.

    Attributes:
        rule: which rule read it so.
        reference: the message that carried it.
    """

    rule: str = ""
    reference: str = field(default="", validator=_storable)


ConsentEvent: TypeAlias = Granted | Revoked | Restored
