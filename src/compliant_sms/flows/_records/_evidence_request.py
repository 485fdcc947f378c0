"""What somebody wants to see of a dispute, and why."""

from __future__ import annotations

from datetime import datetime

from attrs import Attribute, field, frozen

from compliant_sms import _given
from compliant_sms.clock import as_utc
from compliant_sms.errors import InvalidInput
from compliant_sms.evidence import Checkpoint
from compliant_sms.phone import PhoneNumber, as_number


def _told(of: object, attribute: Attribute[str], value: str) -> None:
    _given.text(of, attribute, value)
    if not value.strip():
        msg = f"{attribute.name} is empty; access to evidence is on record, so say who and why"
        raise InvalidInput(msg)


def _since(value: datetime) -> datetime:
    return as_utc(value, "since")


def _until(value: datetime) -> datetime:
    return as_utc(value, "until")


# The years of which the page can tell the day in any zone, and draw an axis.
_YEARS = range(1900, 3000)
_a_checkpoint = _given.kind(Checkpoint, "a Checkpoint; of its text, Checkpoint.parse(...)")


@frozen(kw_only=True)
class EvidenceRequest:
    """What somebody wants to see, and why.

    Attributes:
        number: which number.
        since: the beginning of the period (UTC).
        until: its end (UTC); what happened then or later is not part of it.
        by: who asks.
        reason: why.
        earlier: a checkpoint of before, to prove that the ledger only grew from it.
    """

    number: PhoneNumber = field(converter=as_number)
    since: datetime = field(converter=_since)
    until: datetime = field(converter=_until)
    by: str = field(validator=_told)
    reason: str = field(validator=_told, repr=False)
    earlier: Checkpoint | None = field(default=None, validator=_a_checkpoint)

    def __attrs_post_init__(self) -> None:
        """Refuse a period in which nothing can have happened, or that no page can show."""
        if self.since >= self.until:
            msg = "the period ends before it begins: until must be later than since"
            raise InvalidInput(msg)
        if not (self.since.year in _YEARS and self.until.year in _YEARS):
            msg = (
                "the period reaches further than any clock of the practice tells. For all that is "
                "on record pass instants such as the beginnings of the years 2000 and 2100."
            )
            raise InvalidInput(msg)

    def covers(self, at: datetime) -> bool:
        """Whether an instant lies in the period."""
        return self.since <= at < self.until
