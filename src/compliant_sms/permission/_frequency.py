"""The most texts of a programme in a period: as patients read it, and as it is enforced."""

from __future__ import annotations

from datetime import timedelta

from attrs import field, frozen

from compliant_sms import _given
from compliant_sms.errors import InvalidInput
from compliant_sms.permission._words import Period, words_in

_MOST = 999
# As long as the longest month, so that no calendar month holds more either.
_LASTS = {Period.WEEK: timedelta(days=7), Period.MONTH: timedelta(days=31)}


@frozen
class Frequency:
    """The most texts of a programme in a period, told to patients and enforced.

    A patient who agreed to a programme in its words gets no more of its texts than this at the
    number; texts beyond it wait. Answers to what a patient wrote, and emergencies, do not count.

    Args:
        count: at most this many, 1 to 999.
        per: per ``"week"`` or ``"month"``, counted back from each text: 7 days, or 31.

    Raises:
        InvalidInput: ``count`` or ``per`` is something else.
    """

    count: int = field(validator=_given.whole)
    per: Period = field(default=Period.MONTH, converter=Period)

    def __attrs_post_init__(self) -> None:
        """Refuse a count that cannot be used."""
        if not 1 <= self.count <= _MOST:
            msg = f"count must be a whole number from 1 to {_MOST}"
            raise InvalidInput(msg)

    @property
    def within(self) -> timedelta:
        """How long the period is."""
        return _LASTS[self.per]

    def words_in(self, language: str) -> str:
        """The sentence that patients read, in one of the languages of the form."""
        plural = "" if self.count == 1 else "s"
        return words_in(language).up_to[self.per].format(count=self.count, s=plural)
