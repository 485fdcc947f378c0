"""What a text asks a patient to agree to."""

from __future__ import annotations

from datetime import timedelta

from attrs import field, frozen

from compliant_sms import records
from compliant_sms.consent._fields import a_text, sorted_names, storable
from compliant_sms.consent._words import Tier


@records.lean
@frozen(kw_only=True)
class OptInOffer:
    """What a text asks a patient to agree to.

    Args:
        categories: what a yes covers, sorted.
        tier: how strong a consent it is.
        version: of the words that ask.
        within: how long after the text left a yes is the answer to it.
        keyword: the word by which the patient asked to be asked; empty, if we did by ourselves.
    """

    categories: tuple[str, ...] = field(converter=sorted_names)
    tier: Tier = field(converter=Tier)
    version: str = field(validator=a_text)
    within: timedelta
    keyword: str = field(default="", validator=storable)
