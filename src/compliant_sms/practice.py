"""The practice that texts: the "seller" of the TCPA, the "brand" of 10DLC."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from zoneinfo import ZoneInfo

from attrs import Attribute, Factory, field, frozen

from compliant_sms import _given
from compliant_sms._masking import repr_of_practice
from compliant_sms.choices import Word
from compliant_sms.errors import InvalidInput
from compliant_sms.phone import PhoneNumber, as_number

__all__ = [
    "Campaign",
    "PhiMode",
    "Practice",
    "SenderKind",
    "clock_of_place",
    "is_utc",
    "known_zone",
    "stand_in",
    "visit_zone",
]


class SenderKind(Word):
    """What a sender is under HIPAA (45 CFR 160.103)."""

    HEALTHCARE_PROVIDER = "healthcare_provider"
    BUSINESS_ASSOCIATE = "business_associate"
    """Texts on behalf of a provider."""
    HEALTH_PLAN = "health_plan"
    OTHER = "other"
    """Neither a covered entity nor a business associate, such as a wellness brand."""


class PhiMode(Word):
    """What happens to a text that tells more than its recipient's tier allows (policy P-PHI)."""

    BLOCK = "block"
    """It is refused, and somebody rewrites it."""
    REDACT = "redact"
    """What tells too much is replaced by a plain word, such as ``[medication]``."""
    NOTICE = "notice"
    """It says only that a message is waiting, with a link to a page behind a login."""


@frozen(kw_only=True)
class Campaign:
    """What carriers' limits depend on in a 10DLC registration (The Campaign Registry).

    Args:
        vetting_score: the brand's score, 0 to 100; None if it was not vetted.
        use_case: for example ``"customer_care"``, ``"low_volume_mixed"``, ``"sole_proprietor"``.
    """

    vetting_score: int | None = field(default=None, validator=_given.whole)
    use_case: str = ""


def known_zone(name: str) -> str:
    """Return the name, if the IANA database has such a zone.

    Raises:
        InvalidInput: it has no such zone.
    """
    _given.a_text(name, "the time zone")
    with suppress(KeyError, ValueError, OSError):
        return ZoneInfo(name).key
    # Outside the handler: the caught error quotes the argument, which may be another field's value.
    msg = (
        "the time zone is not in the IANA database. Pass a name such as 'America/Chicago', "
        "not an abbreviation or an offset."
    )
    raise InvalidInput(msg)


# Names that mean a fixed offset all year, and what people mean by them.
_OFFSETS = {
    "EST": "'America/New_York'",
    "MST": "'America/Denver', or in Arizona 'America/Phoenix'",
    "HST": "'Pacific/Honolulu'",
}
_OFFSET = re.compile(r"Etc/GMT[+-]\d*[1-9]\d*")
_UTC = frozenset({"UTC", "UCT", "GMT", "GMT0", "GMT+0", "GMT-0", "Greenwich", "Universal", "Zulu"})


def is_utc(name: str) -> bool:
    """Whether a zone is UTC under any of its names. No clinic's wall clock shows UTC."""
    return name.removeprefix("Etc/") in _UTC


def clock_of_place(name: str) -> str:
    """Return the name, if it is a place's zone, or UTC.

    Raises:
        InvalidInput: the IANA database has no such zone; or it is a fixed offset, without daylight
            saving time, so that times would be off by an hour in summer wherever that is observed.
    """
    zone = known_zone(name)
    if zone in _OFFSETS or _OFFSET.fullmatch(zone):
        meant = _OFFSETS.get(zone, "'America/Chicago'")
        msg = (
            f"'{zone}' is a fixed offset without daylight saving time: where that is observed, "
            f"times would be off by an hour in summer. Pass the place's zone, such as {meant}."
        )
        raise InvalidInput(msg)
    return zone


def visit_zone(name: str) -> str:
    """Return the name, if a clinic's wall clock can show that time, which patients are told.

    Raises:
        InvalidInput: as for :func:`clock_of_place`, or it is UTC.
    """
    if is_utc(clock_of_place(name)):
        msg = (
            "the zone of a visit is UTC, and patients would be told its time in UTC. Pass the "
            "clinic's zone, such as 'America/Chicago': an aware start is converted to it."
        )
        raise InvalidInput(msg)
    return name


def _not_blank(of: object, attribute: Attribute[str], value: str) -> None:
    _given.text(of, attribute, value)
    if not value.strip():
        msg = f"the practice's {attribute.name} is empty; patients must be told who texts them"
        raise InvalidInput(msg)


_SITE = re.compile(r"(?:https?://)?([^\s/:?#@]+)(?::\d+)?/?", re.IGNORECASE)


def _texts(values: Iterable[str]) -> tuple[str, ...]:
    if isinstance(values, str) or not isinstance(values, Iterable):
        msg = (
            "also_known_as, link_domains, addresses and own_categories are lists of str, for "
            "example ['Lakeside Clinic']"
        )
        raise InvalidInput(msg)
    found = tuple(values)
    names = "also_known_as, addresses, own_categories or link_domains"
    _given.each_of(found, str, names, "a list of texts")
    return found


def _hosts(values: Iterable[str]) -> tuple[str, ...]:
    # A host is often written as the address of its home page. The address of any other page may be
    # on a host that many share, which is then nobody's own.
    found = tuple(_SITE.fullmatch(each.strip()) for each in _texts(values))
    hosts = tuple(each[1] for each in found if each)
    if len(hosts) < len(found):
        msg = (
            "link_domains are the practice's own hosts, without a path, for example "
            "['lakeside.example']"
        )
        raise InvalidInput(msg)
    return hosts


def _us_state(of: object, attribute: Attribute[str], value: str) -> None:
    _given.text(of, attribute, value)
    if not (len(value) == 2 and value.isascii() and value.isalpha() and value.isupper()):
        msg = "the practice's state is not a two-letter postal code such as 'IL'"
        raise InvalidInput(msg)


def _phone_as_id(practice: Practice) -> str:
    return practice.phone.e164


@frozen(kw_only=True)
class Practice:
    """A practice that texts, as patients know it.

    Args:
        name: the name patients know; it appears in every reply that the library writes.
        phone: where a patient can call, in any written form, or a :class:`PhoneNumber`.
        time_zone: IANA name of the zone that the practice works in, as a place, such as
            ``"America/Chicago"``.
        state: two-letter postal code.
        also_known_as: shorter names that patients know it by, if texts use them.
        kind: what it is under HIPAA.
        tax_exempt_nonprofit: 47 CFR 64.1200(a)(2) and (f)(15)(iii) ask less of it.
        link_domains: its own hosts, or hosts dedicated to it, for links in texts (CTIA 5.3.2); the
            address of a home page stands for its host.
        addresses: where patients come, as its texts write it, for example
            ``"12 Elm Street, Springfield, IL 62704"``. Any other street address in a text is taken
            for a person's.
        phi: what happens to a text that tells too much about somebody's health.
        smart_encoding: replace quotes, dashes and blanks that would more than double the cost of a
            text with plain ones: :func:`compliant_sms.text.smart_encode`.
        free_to_end_user: its texts cost the recipient nothing and count against no plan, as some
            short codes allow and 10DLC does not: 47 CFR 64.1200(a)(9).
        campaign: its 10DLC registration, for carriers' limits.
        own_categories: what patients can agree to besides each :class:`Category`, for example
            ``["parking"]``. Only declared categories are accepted, so that no consent is recorded
            under a name that no text has.
        id: what every record is filed under. Choose one that outlives a change of name or
            phone. By default it is the phone number, and logs, spans and reprs show only its
            last four digits. A sender that was used under one id is refused under another,
            because no revocation would be known there.

    Raises:
        InvalidInput: a field is empty or unknown.
        InvalidPhoneNumber: ``phone`` is no phone number.
    """

    name: str = field(validator=_not_blank)
    phone: PhoneNumber = field(converter=as_number)
    time_zone: str = field(converter=clock_of_place)
    state: str = field(validator=_us_state)
    also_known_as: tuple[str, ...] = field(default=(), converter=_texts)
    kind: SenderKind = field(default=SenderKind.HEALTHCARE_PROVIDER, converter=SenderKind)
    tax_exempt_nonprofit: bool = field(default=False, converter=_given.bit, validator=_given.flag)
    link_domains: tuple[str, ...] = field(default=(), converter=_hosts)
    addresses: tuple[str, ...] = field(default=(), converter=_texts)
    phi: PhiMode = field(default=PhiMode.BLOCK, converter=PhiMode)
    smart_encoding: bool = field(default=False, converter=_given.bit, validator=_given.flag)
    free_to_end_user: bool = field(default=False, converter=_given.bit, validator=_given.flag)
    campaign: Campaign | None = field(
        default=None, validator=_given.kind(Campaign, "a Campaign, or None")
    )
    own_categories: tuple[str, ...] = field(default=(), converter=_texts)
    id: str = field(
        default=Factory(_phone_as_id, takes_self=True),
        validator=_not_blank,
        repr=repr_of_practice,
    )


def stand_in(name: str | None = None, link_domains: Iterable[str] = ()) -> Practice:
    """A practice of which no more is known, to read or try a text with.

    Its other fields matter only for reading exempt texts.

    Args:
        name: its name; ``"the practice"`` by default.
        link_domains: its own hosts.
    """
    return Practice(
        name=name or "the practice",
        phone="+12025550100",
        time_zone="UTC",
        state="DC",
        link_domains=link_domains,
        id="stand-in",
    )
