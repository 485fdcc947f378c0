"""What you know of the person that a text is for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from attrs import Attribute, converters, field, frozen, validators

from compliant_sms import _given, records
from compliant_sms.choices import Word
from compliant_sms.errors import InvalidInput
from compliant_sms.practice import known_zone

__all__ = ["Authorisation", "Holder", "PatientFacts", "Profile", "SoftOptIn"]


class Holder(Word):
    """Who reads the texts at the number. 45 CFR 164.502(g)."""

    PATIENT = "patient"
    PARENT = "parent"
    """Of an unemancipated minor."""
    REPRESENTATIVE = "representative"
    """Somebody with legal authority, such as a guardian or a health care agent."""
    OTHER = "other"
    """Somebody else, without such authority."""


def _yes(value: bool) -> bool:  # noqa: FBT001 - a converter
    # A database row has 0, 1 or NULL. A form's "no" would count as yes.
    return False if value is None else _given.bit(value)


@frozen(kw_only=True)
class Authorisation:
    """A signed HIPAA authorization for marketing or research. 45 CFR 164.508.

    Args:
        signed_on: the day it was signed.
        states_remuneration: it says that the practice is paid, 164.508(a)(3)(ii).
        expires_on: its last day, if it has one.
    """

    signed_on: date = field(converter=_given.day, validator=_given.a_day)
    states_remuneration: bool = field(default=False, converter=_yes, validator=_given.flag)
    expires_on: date | None = field(
        default=None, converter=_given.day_or_none, validator=_given.a_day
    )


@frozen(kw_only=True)
class SoftOptIn:
    """What permits promotions to a customer in the United Kingdom. PECR 2003, reg. 22(3).

    Args:
        details_from_sale: the number came from a sale, or the negotiation of one.
        similar_products: the text is about similar services of the same sender.
        opt_out_at_collection: the person could opt out when giving the number.
    """

    details_from_sale: bool = field(converter=_given.bit, validator=_given.flag)
    similar_products: bool = field(converter=_given.bit, validator=_given.flag)
    opt_out_at_collection: bool = field(converter=_given.bit, validator=_given.flag)

    @property
    def holds(self) -> bool:
        """Whether all three conditions are met."""
        return self.details_from_sale and self.similar_products and self.opt_out_at_collection


def _listed(values: Iterable[str]) -> tuple[str, ...]:
    if isinstance(values, str) or not isinstance(values, Iterable):
        msg = "facts about a patient are lists of str, for example names=['Ana Gomez']"
        raise InvalidInput(msg)
    return tuple(values)


def _texts(_: object, attribute: Attribute[tuple[str, ...]], values: object) -> None:
    _given.each_of(values, str, attribute.name, f"for each {_given.A_TEXT}; leave out None")


@frozen(kw_only=True)
class PatientFacts:
    """What you know of the patient whom a text is about. It makes matches certain.

    It is used while a text is read. None of it is stored, and no repr shows it.

    Args:
        names: full names as the record has them, of the patient and of family.
        birth_date: the patient's date of birth.
        mrn: medical record numbers.
        addresses: postal addresses.
        phones: phone numbers, in any form.
        emails: email addresses.
        insurance_ids: member, group and policy numbers.
        clinicians: names of those who treat the patient.

    Raises:
        InvalidInput: a list of strings is a single string, or holds something else.
    """

    names: tuple[str, ...] = field(default=(), converter=_listed, validator=_texts, repr=False)
    birth_date: date | None = field(
        default=None, converter=_given.day_or_none, validator=_given.a_day, repr=False
    )
    mrn: tuple[str, ...] = field(default=(), converter=_listed, validator=_texts, repr=False)
    addresses: tuple[str, ...] = field(default=(), converter=_listed, validator=_texts, repr=False)
    phones: tuple[str, ...] = field(default=(), converter=_listed, validator=_texts, repr=False)
    emails: tuple[str, ...] = field(default=(), converter=_listed, validator=_texts, repr=False)
    insurance_ids: tuple[str, ...] = field(
        default=(), converter=_listed, validator=_texts, repr=False
    )
    clinicians: tuple[str, ...] = field(default=(), converter=_listed, validator=_texts, repr=False)


_CODES = {"state": ("postal code", "IL"), "country": ("code of ISO 3166-1", "US")}


def _code(of: object, attribute: Attribute[str | None], value: str | None) -> None:
    if value is None:
        return
    _given.text(of, attribute, value)
    if not (value.isascii() and value.isalpha() and value.isupper()):
        what, example = _CODES[attribute.name]
        msg = (
            f"a patient's {attribute.name} is a {what} in capitals, for example {example!r}, "
            "or None"
        )
        raise InvalidInput(msg)


@records.lean
@frozen(kw_only=True)
class Profile:
    """What you know of a person.

    Args:
        time_zone: IANA name of the zone that the person lives in. A zone that the state does not
            have, such as your own default, counts in addition to the state's zones.
        state: postal code of where the person lives. With any other name the law there is not
            known, and no promotion goes out in the United States and Canada.
        language: the language they read, as a tag such as ``"es"`` or ``"es-MX"`` (BCP 47).
            Templates that have a text in it are sent in it, and so are the library's own
            reminders.
        country: ISO 3166-1 code of where they live, if not what state and number say.
        birth_date: the patient's date of birth, for rules that depend on age.
        holder: who reads the texts at this number.
        no_sms: the patient asked for other means than texts, 45 CFR 164.522(b).
        controls_care: the minor lawfully consented to this care alone, or the parent agreed to
            confidentiality, so that only the minor may know: 45 CFR 164.502(g)(3)(i).
        number_from_patient: the patient gave this number, 47 CFR 64.1200(a)(9)(iv)(A).
        last_transaction_on: day of the last visit or purchase, 47 CFR 64.1200(f)(5).
        last_inquiry_on: day of the last inquiry or application.
        personal_relationship: with the person who texts, 47 CFR 64.1200(c)(2)(iii).
        do_not_call_on: when the person asked this practice not to call, unless the ledger
            records it.
        authorisation: a HIPAA authorization on file.
        soft_opt_in: for a customer in the United Kingdom.
        facts: names, numbers and addresses of the patient, so that a text that tells them is
            recognized. They are used and never stored.

    Raises:
        InvalidInput: there is no such zone, the state is not a postal code, the language is not a
            tag, or an argument has the wrong type. A day may be given as an instant.
    """

    time_zone: str | None = field(default=None, converter=converters.optional(known_zone))
    state: str | None = field(default=None, validator=_code)
    country: str | None = field(default=None, validator=_code)
    language: str | None = field(default=None, validator=validators.optional(_given.language))
    birth_date: date | None = field(
        default=None, converter=_given.day_or_none, validator=_given.a_day, repr=False
    )
    holder: Holder = field(default=Holder.PATIENT, converter=Holder)
    no_sms: bool = field(default=False, converter=_yes, validator=_given.flag)
    controls_care: bool = field(default=False, converter=_yes, validator=_given.flag)
    number_from_patient: bool = field(default=False, converter=_yes, validator=_given.flag)
    last_transaction_on: date | None = field(
        default=None, converter=_given.day_or_none, validator=_given.a_day
    )
    last_inquiry_on: date | None = field(
        default=None, converter=_given.day_or_none, validator=_given.a_day
    )
    personal_relationship: bool = field(default=False, converter=_yes, validator=_given.flag)
    do_not_call_on: date | None = field(
        default=None, converter=_given.day_or_none, validator=_given.a_day
    )
    authorisation: Authorisation | None = field(
        default=None, validator=_given.kind(Authorisation, "an Authorisation, or None")
    )
    soft_opt_in: SoftOptIn | None = field(
        default=None, validator=_given.kind(SoftOptIn, "a SoftOptIn, or None")
    )
    facts: PatientFacts | None = field(
        default=None, repr=False, validator=_given.kind(PatientFacts, "PatientFacts, or None")
    )
