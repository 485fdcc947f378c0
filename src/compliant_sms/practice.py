"""The practice that texts: TCPA's "seller", 10DLC's "brand"."""

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
    """What becomes of a text that tells more than its recipient's tier allows (policy P-PHI)."""

    BLOCK = "block"
    """It is refused; somebody rewrites it."""
    REDACT = "redact"
    """What is too much is replaced by a plain word, such as ``[medication]``."""
    NOTICE = "notice"
    """The text says only that a message waits, with a link to a page behind a login."""


@frozen(kw_only=True)
class Campaign:
    """A 10DLC registration (The Campaign Registry), as far as carriers' limits follow from it.

    Args:
        vetting_score: the brand's, 0 to 100; None where it was not vetted.
        use_case: for example ``"customer_care"``, ``"low_volume_mixed"``, ``"sole_proprietor"``.
    """

    vetting_score: int | None = field(default=None, validator=_given.whole)
    use_case: str = ""


def known_zone(name: str) -> str:
    """The name, if the IANA database has such a zone.

    Raises:
        InvalidInput: it has none.
    """
    _given.a_text(name, "the time zone")
    with suppress(KeyError, ValueError, OSError):
        return ZoneInfo(name).key
    # Outside of the handler: its error quotes what was passed, which may be another field's.
    msg = (
        "the time zone is not in the IANA database. Pass a name such as 'America/Chicago', "
        "not an abbreviation or an offset."
    )
    raise InvalidInput(msg)


# Names that stand for an offset all year, and what people mean by them.
_OFFSETS = {
    "EST": "'America/New_York'",
    "MST": "'America/Denver', or in Arizona 'America/Phoenix'",
    "HST": "'Pacific/Honolulu'",
}
_OFFSET = re.compile(r"Etc/GMT[+-]\d*[1-9]\d*")
_UTC = frozenset({"UTC", "UCT", "GMT", "GMT0", "GMT+0", "GMT-0", "Greenwich", "Universal", "Zulu"})


def is_utc(name: str) -> bool:
    """Whether a zone is UTC by one of its names, which no clinic's clock on the wall shows."""
    return name.removeprefix("Etc/") in _UTC


def clock_of_place(name: str) -> str:
    """The name, if it is that of a place, or UTC.

    Raises:
        InvalidInput: the IANA database has no such zone; or it is an offset that knows no daylight
            saving time, so that every hour would be wrong by one in summer where that is kept.
    """
    zone = known_zone(name)
    if zone in _OFFSETS or _OFFSET.fullmatch(zone):
        meant = _OFFSETS.get(zone, "'America/Chicago'")
        msg = (
            f"'{zone}' is an offset that knows no daylight saving time: where that is kept, hours "
            f"would be wrong by one in summer. Pass the zone of the place, such as {meant}."
        )
        raise InvalidInput(msg)
    return zone


def visit_zone(name: str) -> str:
    """The name, if clocks on a clinic's wall show that time: patients are told it.

    Raises:
        InvalidInput: as for :func:`clock_of_place`, or it is UTC.
    """
    if is_utc(clock_of_place(name)):
        msg = (
            "the zone of a visit is UTC, and patients would be told its time in UTC. Pass that of "
            "the clinic, such as 'America/Chicago': an aware start is turned into its time."
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
            "also_known_as, link_domains and addresses are lists of texts, for example "
            "['Lakeside Clinic']"
        )
        raise InvalidInput(msg)
    found = tuple(values)
    _given.each_of(found, str, "also_known_as, link_domains or addresses", "a list of texts")
    return found


def _hosts(values: Iterable[str]) -> tuple[str, ...]:
    # A host is often written as the address of its first page. That of another page may be a place
    # on a host which many share, and then the host is nobody's own.
    found = tuple(_SITE.fullmatch(each.strip()) for each in _texts(values))
    hosts = tuple(each[1] for each in found if each)
    if len(hosts) < len(found):
        msg = (
            "link_domains are hosts of the practice's own, for example ['lakeside.example'], "
            "without a path"
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
    """Who texts, as patients know it.

    Args:
        name: as patients know it; it stands in every reply that the library writes.
        phone: where a patient can call, any written form or a :class:`PhoneNumber`.
        time_zone: IANA name of the zone that the practice works in, as that of a place.
        state: two-letter postal code.
        also_known_as: shorter names under which patients know it, for texts that use them.
        kind: what it is under HIPAA.
        tax_exempt_nonprofit: 47 CFR 64.1200(a)(2) and (f)(15)(iii) ask less of it.
        link_domains: hosts of its own, or dedicated to it, for links in texts (CTIA 5.3.2); the
            address of a first page stands for its host.
        addresses: where patients come to, as its texts write it, for example
            ``"12 Elm Street, Springfield, IL 62704"``. Any other street address in a text counts
            as somebody's.
        phi: what becomes of a text that tells too much of somebody's health.
        smart_encoding: replace quotes, dashes and blanks that would more than double what a text
            costs by ones that say the same: :func:`compliant_sms.text.smart_encode`.
        free_to_end_user: its texts cost the recipient nothing and count against no plan, as some
            short codes allow and 10DLC does not: 47 CFR 64.1200(a)(9).
        campaign: its 10DLC registration, for carriers' limits.
        id: what every record is filed under. Choose one that outlives a change of name or
            phone; without one it is the phone number, of which logs, spans and reprs show the
            last four digits only. A sender that was used under one id is
            refused under another: no revocation would be known there.

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
    id: str = field(
        default=Factory(_phone_as_id, takes_self=True),
        validator=_not_blank,
        repr=repr_of_practice,
    )


def stand_in(name: str | None = None, link_domains: Iterable[str] = ()) -> Practice:
    """A practice of which no more is known, to read or try a text with.

    What reading asks of the rest of a practice matters to exempt texts only.

    Args:
        name: its name; ``"the practice"``, if not given.
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
