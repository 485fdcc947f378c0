"""The purpose: what a text is for decides what it needs.

Two rules keep this room: a purpose is declared by the caller, and a user's own purpose must name
its class and may only be stricter than that class, unless a waiver says why.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from attrs import Attribute, Factory, field, frozen

from compliant_sms import _given, records
from compliant_sms.choices import no_such
from compliant_sms.classification._classes import (
    HipaaUse,
    HoursBound,
    ImpliedBy,
    MessageClass,
    OptOutLine,
    Remuneration,
)
from compliant_sms.consent import Tier
from compliant_sms.errors import InvalidInput
from compliant_sms.phi import Sensitivity
from compliant_sms.waiver import Waiver

_LEAST_TIER = {
    MessageClass.TRANSACTIONAL: Tier.PRIOR_EXPRESS,  # 47 CFR 64.1200(a)(1)
    MessageClass.MARKETING: Tier.PRIOR_EXPRESS_WRITTEN,  # 47 CFR 64.1200(a)(2)
}
_OPT_OUT_LINE = {
    MessageClass.TRANSACTIONAL: OptOutLine.PERIODIC,
    MessageClass.MARKETING: OptOutLine.EACH,
}
_HOURS = {
    MessageClass.TRANSACTIONAL: HoursBound.COURTESY,
    MessageClass.MARKETING: HoursBound.LAW,
}


def _plain(value: str) -> str:
    """The text of a member of an enumeration, as records hold it."""
    return str(value)


def _not_blank(of: object, attribute: Attribute[str], value: str) -> None:
    _given.text(of, attribute, value)
    if not value.strip():
        msg = f"a purpose's {attribute.name} must not be empty"
        raise InvalidInput(msg)


def _tier_of_class(purpose: Purpose) -> Tier:
    return _LEAST_TIER.get(purpose.message_class, Tier.NONE)


def _line_of_class(purpose: Purpose) -> OptOutLine:
    return _OPT_OUT_LINE.get(purpose.message_class, OptOutLine.NEVER)


def _hours_of_class(purpose: Purpose) -> HoursBound:
    return _HOURS.get(purpose.message_class, HoursBound.NONE)


def _use_of_class(purpose: Purpose) -> HipaaUse:
    sells = purpose.message_class is MessageClass.MARKETING
    return HipaaUse.OWN_SERVICE if sells else HipaaUse.OPERATIONS


class _Catalogued:
    """A purpose of the catalogue, read from its data when somebody first asks for one."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._code = name.lower()

    def __get__(self, instance: object, owner: type) -> Purpose:
        return catalogue()[self._code]


@frozen
class Purpose:
    """What a text is for.

    The catalogue's purposes are class attributes, for example ``Purpose.APPOINTMENT_REMINDER``.
    Your own needs a class, and takes from it whatever you leave out.

    Visits (category ``appointments``):

    - ``APPOINTMENT_CONFIRMATION``: a visit was booked.
    - ``APPOINTMENT_REMINDER``: a booked visit comes.
    - ``APPOINTMENT_CHANGE``: a visit moves, is off or was missed, or an earlier time is free.
    - ``WELLNESS_CHECKUP``: the routine check-up of a patient who is well.
    - ``RECALL``: come again. The patient was here and is due or overdue, and nothing is booked.
    - ``HOSPITAL_PRE_REGISTRATION``: register before a stay in hospital.
    - ``TELEHEALTH_LINK``: the link to a video visit.
    - ``INTAKE_FORM``: a form to fill in before a visit.

    Care (category ``care``):

    - ``PRE_OPERATIVE_INSTRUCTIONS``: what to do before an operation.
    - ``LAB_RESULT_NOTIFICATION``: a result is there; never its value.
    - ``POST_DISCHARGE_FOLLOW_UP``: after a stay in hospital.
    - ``PRESCRIPTION_NOTIFICATION``: a prescription is ready, or due for a refill.
    - ``HOME_HEALTHCARE_INSTRUCTIONS``: care at home.
    - ``IMMUNISATION_REMINDER``: a vaccination is due.
    - ``SCREENING_REMINDER``: one examination is due, such as a mammogram.
    - ``CARE_GAP_OUTREACH``: a health plan, not a provider, asks to close a gap in care.
    - ``EMERGENCY_ALERT``: a real threat to health and safety, and nothing less.

    Answers (category ``answers``):

    - ``ONE_TIME_CODE``: a code that the patient asks for at this moment.
    - ``CARE_CONVERSATION``: a person answers what the patient wrote.
    - ``AUTOMATIC_REPLY``: a program says that the patient's text came in.
    - ``MISSED_CALL_TEXT_BACK``: after a call that nobody took.
    - ``OPT_IN_CONFIRMATION``, ``OPT_OUT_CONFIRMATION``, ``HELP_REPLY``: the library's own answers.

    Practice (each in a category of its own, but the last two share ``announcements``):

    - ``BILLING``: a bill or a payment.
    - ``PATIENT_SURVEY``: how it was.
    - ``RESEARCH_RECRUITMENT``: take part in a study.
    - ``ANNOUNCEMENT``: news that sells nothing.
    - ``OFFICE_CLOSURE``: the practice is closed.

    Marketing (category ``promotions``; fundraising has its own), which needs written consent:

    - ``NEW_SERVICE``: a service of the practice that is new.
    - ``PROMOTION``: an offer of the practice, such as a discount.
    - ``THIRD_PARTY_PRODUCT``: what somebody else sells.
    - ``REMINDER_WITH_OFFER``: a reminder that also sells.
    - ``FUNDRAISING``: asks for a gift. A tax-exempt nonprofit needs no written consent.

    Args:
        code: its name on record, for example ``"appointment_reminder"``.
        message_class: decides the consent it needs and the hours that bind it.
        category: what a patient agrees to or declines as one thing; a grant covers categories.
        least_tier: the weakest consent under which such a text may go.
        opt_out_line: how often it says how to opt out.
        hours: which hours bind it.
        hipaa: what it is under HIPAA, whatever its class.
        remuneration: whether somebody pays for sending it.
        exemptible: 47 CFR 64.1200(a)(9)(iv)(C) lists it.
        care_message: it is a "health care" message in the sense of 47 CFR 64.1200(a)(2).
        implied_by: what a patient does that is consent by itself, for one text.
        sensitivity: the kind of care that it is about.
        waiver: why it may be laxer than its class.

    Raises:
        InvalidInput: the code or the category is empty, the class is none, or it is laxer than
            its class and no waiver says why.
    """

    code: str = field(validator=_not_blank)
    message_class: MessageClass = field()
    category: str = field(validator=_not_blank, converter=_plain)
    # Type checkers see a default here, and none that a decorator adds.
    least_tier: Tier = field(
        kw_only=True, default=Factory(_tier_of_class, takes_self=True), converter=Tier
    )
    opt_out_line: OptOutLine = field(
        kw_only=True, default=Factory(_line_of_class, takes_self=True), converter=OptOutLine
    )
    hours: HoursBound = field(
        kw_only=True, default=Factory(_hours_of_class, takes_self=True), converter=HoursBound
    )
    hipaa: HipaaUse = field(
        kw_only=True, default=Factory(_use_of_class, takes_self=True), converter=HipaaUse
    )
    remuneration: Remuneration = field(
        kw_only=True, default=Remuneration.NONE, converter=Remuneration
    )
    exemptible: bool = field(kw_only=True, default=False, validator=_given.flag)
    care_message: bool = field(kw_only=True, default=False, validator=_given.flag)
    implied_by: ImpliedBy = field(kw_only=True, default=ImpliedBy.NOTHING, converter=ImpliedBy)
    sensitivity: Sensitivity = field(
        kw_only=True, default=Sensitivity.GENERAL, converter=Sensitivity
    )
    waiver: Waiver | None = field(kw_only=True, default=None)

    @message_class.validator
    def _known_class(self, _: Attribute[MessageClass], value: object) -> None:
        if not isinstance(value, MessageClass):
            msg = "a purpose needs a MessageClass; without one nobody can say what it may do"
            raise InvalidInput(msg)

    def __repr__(self) -> str:
        # All that follows from the class would fill an editor's tooltip where it is a default.
        kind = self.message_class.value
        return f"Purpose({self.code!r}, message_class={kind!r}, category={self.category!r})"

    def __attrs_post_init__(self) -> None:
        """Refuse what is laxer than its class, unless somebody answers for it."""
        laxer = ", ".join(_laxer_than_its_class(self))
        if laxer and self.waiver is None:
            msg = (
                f"{self.code} keeps to less than {self.message_class} texts must: {laxer}. "
                "Leave it to the class, or pass waiver=Waiver(...) to say why that is lawful."
            )
            raise InvalidInput(msg)

    APPOINTMENT_CONFIRMATION = _Catalogued()
    APPOINTMENT_REMINDER = _Catalogued()
    APPOINTMENT_CHANGE = _Catalogued()
    WELLNESS_CHECKUP = _Catalogued()
    RECALL = _Catalogued()
    HOSPITAL_PRE_REGISTRATION = _Catalogued()
    PRE_OPERATIVE_INSTRUCTIONS = _Catalogued()
    LAB_RESULT_NOTIFICATION = _Catalogued()
    POST_DISCHARGE_FOLLOW_UP = _Catalogued()
    PRESCRIPTION_NOTIFICATION = _Catalogued()
    HOME_HEALTHCARE_INSTRUCTIONS = _Catalogued()
    IMMUNISATION_REMINDER = _Catalogued()
    SCREENING_REMINDER = _Catalogued()
    CARE_GAP_OUTREACH = _Catalogued()
    TELEHEALTH_LINK = _Catalogued()
    INTAKE_FORM = _Catalogued()
    ONE_TIME_CODE = _Catalogued()
    CARE_CONVERSATION = _Catalogued()
    AUTOMATIC_REPLY = _Catalogued()
    MISSED_CALL_TEXT_BACK = _Catalogued()
    BILLING = _Catalogued()
    PATIENT_SURVEY = _Catalogued()
    ANNOUNCEMENT = _Catalogued()
    OFFICE_CLOSURE = _Catalogued()
    EMERGENCY_ALERT = _Catalogued()
    RESEARCH_RECRUITMENT = _Catalogued()
    FUNDRAISING = _Catalogued()
    NEW_SERVICE = _Catalogued()
    PROMOTION = _Catalogued()
    THIRD_PARTY_PRODUCT = _Catalogued()
    REMINDER_WITH_OFFER = _Catalogued()
    OPT_IN_CONFIRMATION = _Catalogued()
    OPT_OUT_CONFIRMATION = _Catalogued()
    HELP_REPLY = _Catalogued()


def _laxer_than_its_class(purpose: Purpose) -> list[str]:
    of = purpose.message_class
    laxer = {
        "least_tier": purpose.least_tier < _LEAST_TIER.get(of, Tier.NONE),
        "opt_out_line": purpose.opt_out_line < _OPT_OUT_LINE.get(of, OptOutLine.NEVER),
        "hours": purpose.hours < _HOURS.get(of, HoursBound.NONE),
        "exemptible": purpose.exemptible
        and (of is MessageClass.MARKETING or purpose.code not in _listed()),
        "care_message": purpose.care_message and of is MessageClass.MARKETING,
        "implied_by": purpose.implied_by is not ImpliedBy.NOTHING,
    }
    return [name for name, is_so in laxer.items() if is_so]


def as_purpose(value: Purpose | str) -> Purpose:
    """Return a purpose; for the code of one of the catalogue, that one.

    Raises:
        InvalidInput: the catalogue has no such code, or the value is neither a code nor a purpose.
    """
    if isinstance(value, Purpose):
        return value
    known = catalogue()
    code = value if isinstance(value, str) else ""
    if code in known:
        return known[code]
    # The library's own answers are nobody's to send.
    to_patients = (p.code for p in known.values() if p.message_class is not MessageClass.PROTOCOL)
    msg = (
        f"{no_such('purpose', to_patients, code)} Or pass one of your own: Purpose(code, "
        "message_class, category)."
    )
    raise InvalidInput(msg)


@cache
def _listed() -> frozenset[str]:
    """The purposes that 47 CFR 64.1200(a)(9)(iv)(C) lists; nobody can add to them."""
    return frozenset(row["code"] for row in catalogue_rows() if row.get("exemptible"))


@cache
def catalogue() -> dict[str, Purpose]:
    """The purposes that the library knows, by code, read once at first use."""
    return {row["code"]: _purpose(row) for row in catalogue_rows()}


@cache
def catalogue_rows() -> tuple[dict[str, Any], ...]:
    """The rows of the catalogue as they are written, with source, certainty and note."""
    import tomllib  # noqa: PLC0415 - needed once, and not by whoever only imports the library
    from pkgutil import get_data  # noqa: PLC0415 - as above

    text = (get_data("compliant_sms.classification", "data/purposes.toml") or b"").decode()
    return tuple(tomllib.loads(text)["purpose"])


def _purpose(row: dict[str, Any]) -> Purpose:
    waiver = row.get("waiver")
    return Purpose(
        row["code"],
        MessageClass(row["class"]),
        row["category"],
        opt_out_line=OptOutLine[row["opt_out_line"].upper()],
        hours=HoursBound[row["hours"].upper()],
        hipaa=HipaaUse(row["hipaa"]),
        exemptible=row.get("exemptible", False),
        care_message=row.get("care_message", False),
        implied_by=ImpliedBy(row.get("implied_by", ImpliedBy.NOTHING)),
        waiver=Waiver(of=row["code"], **waiver) if waiver else None,
    )


def _recorded(purpose: Purpose) -> object:
    # A purpose of the catalogue is its code, on record; a user's own is written out.
    return purpose.code if catalogue().get(purpose.code) == purpose else records.fields_of(purpose)


def _from_record(data: Any) -> Purpose:  # noqa: ANN401 - what JSON holds
    return catalogue()[data] if isinstance(data, str) else records.from_fields(data, Purpose)


records.keep_as(Purpose, _recorded, _from_record)
