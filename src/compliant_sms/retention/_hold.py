"""Legal holds: what must stay because of a dispute, whatever its age."""

from __future__ import annotations

from datetime import datetime

from attrs import field, frozen

from compliant_sms import _given
from compliant_sms._masking import repr_of_practice
from compliant_sms.clock import as_utc
from compliant_sms.errors import InvalidInput
from compliant_sms.phone import PhoneNumber

_person = _given.kind(str, _given.A_TEXT)


@frozen(kw_only=True)
class LegalHold:
    """A legal hold: nothing about a person, or a number, is purged or erased.

    Attributes:
        hold_id: the library's id of it; opaque.
        practice_id: whose records.
        person: your id of the patient; None for a hold on a number. It covers everything at all
            their numbers.
        number: the number; None for a hold on a person.
        reason: why, for example the matter number.
        placed_at: when (UTC).
        placed_by: by whom.
    """

    hold_id: str
    practice_id: str = field(repr=repr_of_practice)
    person: str | None = field(default=None, validator=_person, repr=False)
    number: PhoneNumber | None = field(default=None, repr=False)
    reason: str = field(validator=_given.told, repr=False)
    placed_at: datetime = field(converter=as_utc)
    placed_by: str = field(validator=_given.told)

    def __attrs_post_init__(self) -> None:
        """Refuse a hold on nothing, or on both a person and a number."""
        if (self.number is None) == (not (self.person or "").strip()):
            msg = "a legal hold is for a person or for a number: pass one of the two"
            raise InvalidInput(msg)
