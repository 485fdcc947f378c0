"""Records of another system: consents, opt-outs, and rows that are neither."""

from __future__ import annotations

import re
from datetime import date, datetime

from attrs import Attribute, Factory, field, frozen

from compliant_sms.clock import as_utc
from compliant_sms.consent import (
    Basis,
    Channel,
    Signature,
    Tier,
    Wording,
    WrittenAgreement,
)
from compliant_sms.consent._agreement import an_agreement
from compliant_sms.consent._fields import a_text, storable
from compliant_sms.consent._words import (
    a_signature,
    a_wording,
    categories_covered,
    checked_categories,
    refuse_no_tier,
)
from compliant_sms.errors import InvalidInput
from compliant_sms.phone import PhoneNumber, as_number

_LONGEST = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def _plain(_: object, attribute: Attribute[str], value: str | None) -> None:
    """Refuse what is no id: whole notes, line breaks, the remains of a broken file."""
    if value is not None and (len(value) > _LONGEST or _CONTROL.search(value)):
        msg = (
            f"{attribute.name} is longer than {_LONGEST} characters, or holds control characters. "
            "Pass a plain id; look for a broken line in the file."
        )
        raise InvalidInput(msg)


def _when(value: date | datetime) -> date | datetime:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    return as_utc(value, "occurred_at")


def _when_if_known(value: date | datetime | None) -> date | datetime | None:
    return None if value is None else _when(value)


def _some_tier(_: object, __: Attribute[Tier], value: Tier) -> None:
    refuse_no_tier(value)


@frozen(kw_only=True)
class ImportedOptOut:
    """A number that had opted out in the former system.

    Args:
        number: the number. A string is read by :meth:`PhoneNumber.parse`.
        occurred_at: when (an aware datetime). A date counts as its last instant in the
            practice's time zone, so that it beats a consent of that day. None means unknown, and
            counts from the import.
        channel: how the request came, if known.
        person: who asked, if known. The opt-out still counts for the whole number.
        reference: the other system's own record of it.
        except_for: the categories that, in the patient's own words, may go on.
        line: its line in the file; counted by default.

    Raises:
        InvalidInput: a field cannot be used.
    """

    number: PhoneNumber = field(converter=as_number)
    occurred_at: date | datetime | None = field(default=None, converter=_when_if_known)
    channel: Channel = field(default=Channel.OTHER_SYSTEM, converter=Channel)
    person: str | None = field(default=None, validator=[storable, _plain])
    reference: str = field(default="", validator=[storable, _plain])
    except_for: tuple[str, ...] = field(default=(), converter=checked_categories)
    line: int = field(default=0, eq=False)


def _usual(consent: ImportedConsent) -> tuple[str, ...]:
    return tuple(categories_covered(None, consent.tier))


@frozen(kw_only=True)
class ImportedConsent:
    """A consent that a patient had given in the former system.

    Args:
        number: the number at which they agreed to be texted. A string is read by
            :meth:`PhoneNumber.parse`.
        person: your id of the patient.
        occurred_at: when they agreed (an aware datetime). A date counts as its first instant in
            the practice's time zone.
        basis: how they agreed, for example ``"intake_form"``.
        tier: :attr:`Tier.PRIOR_EXPRESS`, or written for promotions. Written needs everything that
            47 CFR 64.1200(f)(9) asks for: wording, signature and agreement.
        categories: what it covers, as for :meth:`ConsentDesk.grant`.
        wording: what they were shown; required if something was shown.
        signature: how they signed.
        agreement: what the wording of written permission said.
        given_to: whom they agreed to be texted by, if the record names somebody.
        reference: the other system's own record of it.
        line: its line in the file; counted by default.

    Raises:
        InvalidInput: a field cannot be used.
    """

    number: PhoneNumber = field(converter=as_number)
    person: str = field(validator=[a_text, _plain])
    occurred_at: date | datetime = field(converter=_when)
    basis: Basis = field(converter=Basis)
    tier: Tier = field(default=Tier.PRIOR_EXPRESS, converter=Tier, validator=_some_tier)
    categories: tuple[str, ...] = field(
        default=Factory(_usual, takes_self=True), converter=checked_categories
    )
    wording: Wording | None = field(default=None, validator=a_wording)
    signature: Signature | None = field(default=None, validator=a_signature)
    agreement: WrittenAgreement | None = field(default=None, validator=an_agreement)
    given_to: str = field(default="", validator=[storable, _plain])
    reference: str = field(default="", validator=[storable, _plain])
    line: int = field(default=0, eq=False)


@frozen(kw_only=True)
class Flaw:
    """What is wrong with one cell, or with several together.

    Attributes:
        column: the column; empty if it concerns the row.
        reason: what is wrong and what to write instead. It never repeats the cell.
    """

    column: str
    reason: str


@frozen(kw_only=True)
class BadRow:
    """A row that cannot be read as a record.

    Attributes:
        line: its line in the file.
        flaws: everything that is wrong with it.
    """

    line: int
    flaws: tuple[Flaw, ...]
