"""The practice that texts: TCPA's "seller", 10DLC's "brand"."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from attrs import Attribute, field, frozen

from compliant_sms.errors import InvalidInput
from compliant_sms.phone import PhoneNumber

__all__ = ["Practice", "known_zone"]


def known_zone(name: str) -> str:
    """The name, if the IANA database has such a zone.

    Raises:
        InvalidInput: it has none.
    """
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        msg = (
            "the time zone is not in the IANA database. Pass a name such as 'America/Chicago', "
            "not an abbreviation or an offset."
        )
        raise InvalidInput(msg) from error
    return name


def _number(value: str | PhoneNumber) -> PhoneNumber:
    return value if isinstance(value, PhoneNumber) else PhoneNumber.parse(value)


def _not_blank(_: object, attribute: Attribute[str], value: str) -> None:
    if not value.strip():
        msg = f"the practice's {attribute.name} is empty; patients must be told who texts them"
        raise InvalidInput(msg)


def _us_state(_: object, __: Attribute[str], value: str) -> None:
    if not (len(value) == 2 and value.isascii() and value.isalpha() and value.isupper()):
        msg = "the practice's state is not a two-letter postal code such as 'IL'"
        raise InvalidInput(msg)


@frozen(kw_only=True)
class Practice:
    """Who texts, as patients know it.

    Args:
        name: as patients know it; it stands in every reply that the library writes.
        phone: where a patient can call, any written form or a :class:`PhoneNumber`.
        time_zone: IANA name of the zone that the practice works in.
        state: two-letter postal code.
        id: what every record is filed under. Choose one that outlives a change of name or
            phone; without one it is the phone number.

    Raises:
        InvalidInput: a field is empty or unknown.
        InvalidPhoneNumber: ``phone`` is no phone number.
    """

    name: str = field(validator=_not_blank)
    phone: PhoneNumber = field(converter=_number)
    time_zone: str = field(converter=known_zone)
    state: str = field(validator=_us_state)
    id: str = field(validator=_not_blank)

    @id.default
    def _phone_as_id(self) -> str:
        return self.phone.e164
