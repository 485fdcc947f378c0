"""What a practice chooses within the rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from attrs import Attribute, converters, field, frozen

from compliant_sms import _given, records
from compliant_sms.choices import Word
from compliant_sms.classification import CONSENT_CLASSES, MessageClass
from compliant_sms.errors import InvalidInput
from compliant_sms.rules._day import DayHours, hours_of

records.keep_as(DayHours, str, hours_of)


def _span_or_none(of: object, attribute: Attribute[Any], value: object) -> None:
    if value is not None:
        _given.span(of, attribute, value)


_FOR_MARKETING = frozenset({None, MessageClass.MARKETING})
_CAPPED = CONSENT_CLASSES | {None}


class RevocationScope(Word):
    """How much of what a sender sends one opt-out ends, beyond what the law asks."""

    EVERYTHING = "everything"
    """Every category, number and channel of the practice, but emergencies (P-RV-1)."""
    CATEGORY = "category"
    """As little as the law in force permits."""


@frozen(kw_only=True)
class PracticeCap:
    """How many texts a practice sends to one person, beyond what the law asks.

    Args:
        count: at most that many.
        within: in so much elapsed time.
        marketing_only: only promotions count and wait.
        message_class: only texts of this class by content count and wait, ``"transactional"`` or
            ``"marketing"``; both, if not given. Nothing else ever waits for a cap.

    Raises:
        InvalidInput: it would let nothing through, lasts more than a week, or is for a class that
            no cap holds.
    """

    count: int = field(validator=_given.kind(int, "a whole number"))
    within: timedelta = field(validator=_given.span)
    marketing_only: bool = field(default=False, converter=_given.bit, validator=_given.flag)
    message_class: MessageClass | None = field(
        default=None, converter=converters.optional(MessageClass)
    )

    def __attrs_post_init__(self) -> None:
        """Refuse what cannot be kept."""
        if self.count < 1 or not timedelta(0) < self.within <= timedelta(days=7):
            msg = "a cap needs a count of at least 1, and a time of at most seven days"
            raise InvalidInput(msg)
        if self.message_class not in (_FOR_MARKETING if self.marketing_only else _CAPPED):
            msg = (
                "message_class of a cap is none that it can count. Pass MessageClass.MARKETING, "
                "MessageClass.TRANSACTIONAL, or None for both; with marketing_only leave it out."
            )
            raise InvalidInput(msg)

    def counts(self, message_class: MessageClass) -> bool:
        """Whether texts of a class count, and wait."""
        only = MessageClass.MARKETING if self.marketing_only else self.message_class
        return only is None or message_class is only


def _cap_kept(cap: PracticeCap) -> dict[str, object]:
    kept: dict[str, object] = {
        "count": cap.count,
        "marketing_only": cap.marketing_only,
        "within": cap.within.total_seconds(),
    }
    # Records from before there was a class have none.
    return kept if cap.message_class is None else kept | {"message_class": cap.message_class.value}


def _cap_of(kept: dict[str, Any]) -> PracticeCap:
    # What records of before hold besides whole numbers and yes or no is read as it was counted.
    read = {
        "count": int(kept["count"]),
        "marketing_only": bool(kept["marketing_only"]),
        "within": timedelta(seconds=kept["within"]),
    }
    return PracticeCap(**kept | read)


records.keep_as(PracticeCap, _cap_kept, _cap_of)


def _caps(values: Sequence[PracticeCap]) -> tuple[PracticeCap, ...]:
    _given.each_of(values, PracticeCap, "caps", "each PracticeCap in a tuple or a list")
    return tuple(values)


@records.lean
@frozen(kw_only=True)
class Settings:
    """What a practice chooses within the rules.

    Args:
        courtesy_window: hours for informational texts, as ``"08:00-21:00"`` on the recipient's
            clock; no law asks for them, so None switches them off (P-QH-3).
        revocation_scope: how far one opt-out reaches.
        healthcare_exemption: send listed texts without consent where 47 CFR 64.1200(a)(9)(iv)
            allows it. It needs a way of sending that is free to the recipient, which 10DLC
            does not have.
        health_care_message_carve_out: prior express consent is enough for "health care" messages
            that advertise: 47 CFR 64.1200(a)(2), *Latner v. Mt. Sinai*. Never where a price,
            a discount or a product for sale is named.
        send_without_reassigned_data: go on where the reassigned numbers database has no data;
            there is no safe harbour then (P-RND-1).
        opt_out_line_every: how often a text repeats how to opt out.
        identical_text_within: the same body does not go to the same person twice in this time, nor
            a promotion to the same number; None switches that off.
        caps: limits of the practice's own.
        unknown_countries: text people in countries that no pack knows.

    Raises:
        InvalidInput: something is of another type, such as "no" where True or False is needed.
    """

    courtesy_window: DayHours | None = field(
        default=hours_of("08:00-21:00"), converter=converters.optional(hours_of)
    )
    revocation_scope: RevocationScope = field(
        default=RevocationScope.EVERYTHING, converter=RevocationScope
    )
    healthcare_exemption: bool = field(default=False, converter=_given.bit, validator=_given.flag)
    health_care_message_carve_out: bool = field(
        default=False, converter=_given.bit, validator=_given.flag
    )
    send_without_reassigned_data: bool = field(
        default=False, converter=_given.bit, validator=_given.flag
    )
    opt_out_line_every: timedelta = field(default=timedelta(days=30), validator=_given.span)
    identical_text_within: timedelta | None = field(
        default=timedelta(hours=12), validator=_span_or_none
    )
    caps: tuple[PracticeCap, ...] = field(default=(), converter=_caps)
    unknown_countries: bool = field(default=False, converter=_given.bit, validator=_given.flag)
