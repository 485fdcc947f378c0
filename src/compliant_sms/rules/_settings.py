"""What a practice chooses within the rules."""

from __future__ import annotations

from datetime import timedelta

from attrs import converters, field, frozen

from compliant_sms import records
from compliant_sms.choices import Word
from compliant_sms.errors import InvalidInput
from compliant_sms.rules._day import DayHours, hours_of

__all__ = ["PracticeCap", "RevocationScope", "Settings"]

records.keep_as(DayHours, str, hours_of)


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
        marketing_only: whether other texts count and wait too.

    Raises:
        InvalidInput: it would let nothing through, or lasts more than a week.
    """

    count: int
    within: timedelta
    marketing_only: bool = False

    def __attrs_post_init__(self) -> None:
        """Refuse what cannot be kept."""
        if self.count < 1 or not timedelta(0) < self.within <= timedelta(days=7):
            msg = "a cap needs a count of at least 1, and a time of at most seven days"
            raise InvalidInput(msg)


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
        identical_text_within: the same body does not go to the same number twice in this time;
            None switches that off.
        caps: limits of the practice's own.
        unknown_countries: text people in countries that no pack knows.
    """

    courtesy_window: DayHours | None = field(
        default=hours_of("08:00-21:00"), converter=converters.optional(hours_of)
    )
    revocation_scope: RevocationScope = field(
        default=RevocationScope.EVERYTHING, converter=RevocationScope
    )
    healthcare_exemption: bool = False
    health_care_message_carve_out: bool = False
    send_without_reassigned_data: bool = False
    opt_out_line_every: timedelta = timedelta(days=30)
    identical_text_within: timedelta | None = timedelta(hours=12)
    caps: tuple[PracticeCap, ...] = ()
    unknown_countries: bool = False
