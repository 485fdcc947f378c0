"""The origin of an event imported from another system."""

from __future__ import annotations

from attrs import field, frozen

from compliant_sms.choices import Word
from compliant_sms.consent._fields import a_text


class Dated(Word):
    """How exactly the other system knew when something happened."""

    INSTANT = "instant"
    DAY = "day"
    """A date without a time: consent counts from its first instant, an opt-out from its last."""
    UNKNOWN = "unknown"
    """Not at all: an opt-out counts from the import."""


@frozen(kw_only=True)
class Imported:
    """The origin of an event imported from another system.

    Args:
        source: the other system, for example ``"old-ehr"``.
        dated: how exactly it knew when it happened.

    Raises:
        InvalidInput: the source is blank, or ``dated`` is not one of :class:`Dated`.
    """

    source: str = field(validator=a_text)
    dated: Dated = field(converter=Dated)
