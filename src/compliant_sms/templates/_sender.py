"""The practice's name in its own texts, and how its number is written there."""

from __future__ import annotations

from functools import lru_cache

from compliant_sms.phi import ContentTier, beyond
from compliant_sms.phone import PhoneNumber
from compliant_sms.practice import Practice
from compliant_sms.rules import read
from compliant_sms.templates._notice import neutral_notice

_OTHER_HOST = "practice.example"  # RFC 2606


@lru_cache(maxsize=64)
def sender_name(practice: Practice) -> str:
    """The first of the practice's names that reveals no kind of care; its name if all do."""
    for name in (practice.name, *practice.also_known_as):
        notice = neutral_notice(name, f"https://{_OTHER_HOST}/")
        if not beyond(read(notice, practice).phi, ContentTier.MINIMUM):
            return name
    return practice.name


def dialed(phone: PhoneNumber) -> str:
    """A number as dialed, ``217-555-0100``; outside North America in E.164."""
    if phone.area_code is None:
        return phone.e164
    digits = phone.e164.removeprefix("+1")
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
