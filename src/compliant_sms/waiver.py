"""Waivers: permission to depart from a rule, with a reason and somebody who answers for it."""

from __future__ import annotations

from datetime import date

from attrs import field, frozen

from compliant_sms import _given

__all__ = ["Waiver"]


@frozen(kw_only=True)
class Waiver:
    """A departure from a rule, on record.

    Args:
        of: what is waived: the id of a rule, or the code of a purpose.
        reason: why that is lawful here, for whoever reads the record years later.
        by: who decided so, for example ``"counsel:j.ortiz"``.
        on: when.

    Raises:
        InvalidInput: a field is empty, or ``on`` is not a day.
    """

    of: str = field(validator=_given.told)
    reason: str = field(validator=_given.told)
    by: str = field(validator=_given.told)
    on: date = field(converter=_given.day, validator=_given.a_day)
