"""What happens to a text at the other end, in each provider's own codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import define, evolve, field

from compliant_sms.choices import Word
from compliant_sms.phone import PhoneNumber
from compliant_sms.providers import Failure
from compliant_sms.sandbox._book import Book
from compliant_sms.sandbox._entries import BookEntry, Step, is_number
from compliant_sms.testing._fake._other import OtherAccount


class Recipient(Word):
    """What becomes of texts to a number."""

    REACHABLE = "reachable"
    """They are delivered."""
    LANDLINE = "landline"
    """They are accepted but cannot be delivered: the number is no mobile phone."""
    FILTERED = "filtered"
    """They are accepted, and a carrier's spam filter drops them."""
    UNREACHABLE = "unreachable"
    """They are accepted, and the handset is off."""
    OPTED_OUT = "opted_out"
    """They are refused: the provider knows of a STOP that never reached the messenger."""


# As in the adapters' tables: landline_or_incapable and carrier_filtered.
_CODES: Final[Mapping[str, Mapping[Recipient, int]]] = {
    "twilio": {Recipient.LANDLINE: 30006, Recipient.FILTERED: 30007},
    "telnyx": {Recipient.LANDLINE: 40001, Recipient.FILTERED: 40002},
    "vonage": {Recipient.LANDLINE: 1250, Recipient.FILTERED: 1270},
    "bandwidth": {Recipient.LANDLINE: 4700, Recipient.FILTERED: 4770},
}
_WHY: Final = {
    Recipient.LANDLINE: Failure.LANDLINE_OR_INCAPABLE,
    Recipient.FILTERED: Failure.CARRIER_FILTERED,
}


@define
class FakeBook(Book):
    """The sandbox's book, extended with the kind of phone at the other end."""

    recipients: dict[str, Recipient] = field(factory=dict, repr=False, init=False)

    def steps_of(self, entry: BookEntry) -> list[Step]:
        """The statuses that a text goes through after ``queued``."""
        account, steps = self.number(entry.from_).account, super().steps_of(entry)
        kind = self.recipients.get(entry.to, Recipient.REACHABLE)
        if isinstance(account, OtherAccount):
            steps = [step for step in steps if account.tells(step.status)]
            code: int | str | None = account.code_of(_WHY[kind]) or None if kind in _WHY else None
        else:
            code = _CODES[entry.provider].get(kind)
        if code is None or not steps or steps[-1].status != "undelivered":
            return steps
        return [*steps[:-1], evolve(steps[-1], error_code=code)]


def e164_of(number: str | PhoneNumber) -> str:
    """Return a number as the book has it. A mistyped one would look like one that nobody texted.

    Raises:
        InvalidPhoneNumber: it is not a phone number.
    """
    if isinstance(number, str) and is_number(number):
        return number  # as in the sandbox, which knows no numbering plan
    return PhoneNumber.parse(number).e164 if isinstance(number, str) else number.e164
