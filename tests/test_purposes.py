"""The purpose catalogue: what a text is for decides what it needs."""

from __future__ import annotations

from datetime import date

import pytest
from attrs import evolve

from compliant_sms import records
from compliant_sms.classification import (
    HipaaUse,
    HoursBound,
    ImpliedBy,
    MessageClass,
    OptOutLine,
    Purpose,
    Remuneration,
    as_purpose,
    catalogue,
    catalogue_rows,
)
from compliant_sms.consent import Category, Tier
from compliant_sms.errors import InvalidInput
from compliant_sms.lint import lint
from compliant_sms.phi import Sensitivity
from compliant_sms.rules import Certainty
from compliant_sms.templates import Body, Template
from compliant_sms.waiver import Waiver

CATALOGUE = catalogue()
ROWS = {row["code"]: row for row in catalogue_rows()}
# What each purpose is: class, category, use under HIPAA, how often it says how to opt out, hours.
# x: 47 CFR 64.1200(a)(9)(iv)(C) lists it; c: a "health care" message, (a)(2).
EXPECTED = """
appointment_confirmation     transactional appointments  treatment           periodic courtesy x
appointment_reminder         transactional appointments  treatment           periodic courtesy x
appointment_change           transactional appointments  treatment           periodic courtesy
wellness_checkup             transactional appointments  treatment           periodic courtesy xc
recall                       transactional appointments  treatment           each     courtesy c
hospital_pre_registration    transactional appointments  operations          periodic courtesy x
pre_operative_instructions   transactional care          treatment           periodic courtesy x
lab_result_notification      transactional care          treatment           periodic courtesy x
post_discharge_follow_up     transactional care          treatment           periodic courtesy x
prescription_notification    transactional care          refill_reminder     periodic courtesy x
home_healthcare_instructions transactional care          treatment           periodic courtesy x
immunisation_reminder        transactional care          treatment           each     courtesy c
screening_reminder           transactional care          treatment           each     courtesy c
care_gap_outreach            transactional care          operations          each     courtesy
telehealth_link              transactional appointments  treatment           periodic courtesy
intake_form                  transactional appointments  operations          periodic courtesy
one_time_code                transactional answers       operations          never    none
care_conversation            transactional answers       treatment           never    none
automatic_reply              transactional answers       operations          never    none
billing                      transactional billing       payment             each     courtesy
missed_call_text_back        transactional answers       treatment           each     courtesy
patient_survey               transactional surveys       operations          each     courtesy
announcement                 transactional announcements operations          each     courtesy
office_closure               transactional announcements operations          each     courtesy
emergency_alert              emergency     care          treatment           never    none
research_recruitment         transactional research      research            each     courtesy
fundraising                  marketing     fundraising   fundraising         each     law
new_service                  marketing     promotions    own_service         each     law
promotion                    marketing     promotions    own_service         each     law
third_party_product          marketing     promotions    third_party_product each     law
reminder_with_offer          marketing     promotions    own_service         each     law
opt_in_confirmation          protocol      answers       operations          never    none
opt_out_confirmation         protocol      answers       operations          never    none
help_reply                   protocol      answers       operations          never    none
"""
TABLE = {cells[0]: cells[1:] for line in EXPECTED.split("\n") if (cells := line.split())}
IMPLIED = {
    "one_time_code": ImpliedBy.REQUEST,
    "care_conversation": ImpliedBy.OWN_TEXT,
    "automatic_reply": ImpliedBy.OWN_TEXT,
}
TIERS = {
    MessageClass.TRANSACTIONAL: Tier.PRIOR_EXPRESS,
    MessageClass.MARKETING: Tier.PRIOR_EXPRESS_WRITTEN,
    MessageClass.EMERGENCY: Tier.NONE,
    MessageClass.PROTOCOL: Tier.NONE,
}
WAIVER = Waiver(of="own", reason="Counsel looked at it.", by="counsel", on=date(2026, 11, 1))


def own(message_class: MessageClass = MessageClass.TRANSACTIONAL, **more: object) -> Purpose:
    """Make a purpose of a practice's own."""
    return Purpose("own", message_class, Category.CARE, **more)  # type: ignore[arg-type]


def test_every_purpose_is_an_attribute() -> None:
    """Each row of the data is a class attribute by its name, and each such attribute has a row."""
    attributes = {
        name: value for name in dir(Purpose) if isinstance(value := getattr(Purpose, name), Purpose)
    }

    assert {name.lower(): value for name, value in attributes.items()} == CATALOGUE
    assert all(name.isupper() for name in attributes)
    assert set(CATALOGUE) == set(TABLE)
    assert len(ROWS) == len(catalogue_rows()) == 34
    assert Purpose.RECALL is CATALOGUE["recall"]
    assert CATALOGUE["recall"].BILLING is CATALOGUE["billing"]  # type: ignore[comparison-overlap]


@pytest.mark.parametrize("code", TABLE)
def test_a_purpose_is_what_the_law_makes_of_it(code: str) -> None:
    """Class, category, HIPAA use, opt-out line, hours and exemption are those of the table."""
    purpose = CATALOGUE[code]
    told = [
        purpose.message_class,
        purpose.category,
        purpose.hipaa,
        purpose.opt_out_line.name.lower(),
        purpose.hours.name.lower(),
    ]
    flags = "x" * purpose.exemptible + "c" * purpose.care_message

    assert purpose.code == code
    assert told + [flags] * bool(flags) == TABLE[code]
    assert purpose.least_tier is TIERS[purpose.message_class]
    assert purpose.category in set(Category)
    assert purpose.implied_by is IMPLIED.get(code, ImpliedBy.NOTHING)
    assert purpose.remuneration is Remuneration.NONE
    assert purpose.sensitivity is Sensitivity.GENERAL


@pytest.mark.parametrize("code", TABLE)
def test_a_row_tells_its_source(code: str) -> None:
    """Each row says where it comes from and how sure that is; a laxer one says who answers."""
    row, purpose = ROWS[code], CATALOGUE[code]
    listed = "64.1200(a)(9)(iv)(C)" in row["source"]

    assert row["source"].strip()
    assert Certainty(row["certainty"])
    assert listed == purpose.exemptible
    assert (purpose.waiver is not None) == (code in IMPLIED)
    assert purpose.waiver is None or (purpose.waiver.of == code and purpose.waiver.reason)


def test_care_and_promotions_share_no_category() -> None:
    """No grant of a category that care needs covers marketing as well."""
    selling = {p.category for p in CATALOGUE.values() if p.message_class is MessageClass.MARKETING}
    others = {
        p.category for p in CATALOGUE.values() if p.message_class is not MessageClass.MARKETING
    }

    assert not selling & others


# Purposes of one's own


@pytest.mark.parametrize(
    ("message_class", "tier", "line", "hours", "use"),
    [
        ("transactional", 1, OptOutLine.PERIODIC, HoursBound.COURTESY, HipaaUse.OPERATIONS),
        ("marketing", 2, OptOutLine.EACH, HoursBound.LAW, HipaaUse.OWN_SERVICE),
        ("emergency", 0, OptOutLine.NEVER, HoursBound.NONE, HipaaUse.OPERATIONS),
        ("protocol", 0, OptOutLine.NEVER, HoursBound.NONE, HipaaUse.OPERATIONS),
    ],
)
def test_a_practice_can_add_its_own(
    message_class: str, tier: int, line: OptOutLine, hours: HoursBound, use: HipaaUse
) -> None:
    """A purpose of one's own takes from its class whatever is left out."""
    purpose = own(MessageClass(message_class))

    assert (purpose.least_tier, purpose.opt_out_line, purpose.hours) == (Tier(tier), line, hours)
    assert purpose.hipaa is use
    assert purpose == own(MessageClass(message_class), least_tier=Tier(tier), hours=hours)
    assert type(purpose.category) is str
    assert hash(purpose) == hash(own(MessageClass(message_class)))


LAXER = [
    ("transactional", "least_tier", Tier.NONE),
    ("transactional", "opt_out_line", OptOutLine.NEVER),
    ("transactional", "hours", HoursBound.NONE),
    ("transactional", "implied_by", ImpliedBy.OWN_TEXT),
    ("transactional", "implied_by", ImpliedBy.REQUEST),
    ("marketing", "least_tier", Tier.PRIOR_EXPRESS),
    ("marketing", "opt_out_line", OptOutLine.PERIODIC),
    ("marketing", "hours", HoursBound.COURTESY),
    ("marketing", "exemptible", True),
    ("marketing", "implied_by", ImpliedBy.OWN_TEXT),
]


@pytest.mark.parametrize(("message_class", "name", "value"), LAXER)
def test_laxer_than_its_class_needs_a_waiver(message_class: str, name: str, value: object) -> None:
    """What keeps to less than its class is refused by name, unless somebody answers for it."""
    with pytest.raises(InvalidInput, match=f"own keeps to less than {message_class}.*: {name}"):
        own(MessageClass(message_class), **{name: value})

    waived = own(MessageClass(message_class), **{name: value}, waiver=WAIVER)
    assert getattr(waived, name) == value


def test_everything_laxer_is_told_at_once() -> None:
    """The error lists all that is laxer."""
    with pytest.raises(
        InvalidInput, match="least_tier, opt_out_line, hours, exemptible, implied_by"
    ):
        own(
            MessageClass.MARKETING,
            least_tier=Tier.NONE,
            opt_out_line=OptOutLine.NEVER,
            hours=HoursBound.NONE,
            exemptible=True,
            implied_by=ImpliedBy.REQUEST,
        )


def test_stricter_than_its_class_is_welcome() -> None:
    """A practice may ask for more than the law does."""
    strict = own(
        least_tier=Tier.PRIOR_EXPRESS_WRITTEN, opt_out_line=OptOutLine.EACH, hours=HoursBound.LAW
    )

    assert strict.least_tier is Tier.PRIOR_EXPRESS_WRITTEN
    assert own(MessageClass.EMERGENCY, least_tier=Tier.PRIOR_EXPRESS).hours is HoursBound.NONE


@pytest.mark.parametrize("blank", ["", " \n"])
def test_a_blank_name_is_refused(blank: str) -> None:
    """A purpose has a code and a category."""
    with pytest.raises(InvalidInput, match="code"):
        Purpose(blank, MessageClass.TRANSACTIONAL, Category.CARE)
    with pytest.raises(InvalidInput, match="category"):
        Purpose("own", MessageClass.TRANSACTIONAL, blank)


@pytest.mark.parametrize("wrong", ["nonsense", None, Category.CARE, 3])
def test_a_class_is_never_guessed(wrong: object) -> None:
    """A purpose without a class of the vocabulary is refused."""
    with pytest.raises(InvalidInput):
        Purpose("own", wrong, Category.CARE)  # type: ignore[arg-type]


# Records


@pytest.mark.parametrize("code", TABLE)
def test_a_purpose_of_the_catalogue_is_kept_by_its_code(code: str) -> None:
    """The record holds the code alone, and gives back the purpose itself."""
    record = records.encode(CATALOGUE[code])

    assert record == f'"{code}"'.encode()
    assert records.decode(record, Purpose) is CATALOGUE[code]


@pytest.mark.parametrize(
    "purpose",
    [
        own(),
        own(
            MessageClass.MARKETING,
            least_tier=Tier.PRIOR_EXPRESS,
            hours=HoursBound.COURTESY,
            hipaa=HipaaUse.RESEARCH,
            remuneration=Remuneration.PAID,
            sensitivity=Sensitivity.HIV_STI,
            care_message=True,
            waiver=WAIVER,
        ),
        # By a name of the catalogue, and something else all the same.
        Purpose("recall", MessageClass.MARKETING, "promotions"),
    ],
)
def test_a_purpose_of_ones_own_is_written_out(purpose: Purpose) -> None:
    """The record holds all that it is, and gives back an equal purpose."""
    record = records.encode(purpose)

    assert record.startswith(b"{")
    assert records.decode(record, Purpose) == purpose


def test_nobody_adds_to_the_listed_purposes() -> None:
    """The law lists what may go without consent; an own purpose joins it by a waiver only."""
    survey = {"code": "survey", "message_class": MessageClass.TRANSACTIONAL, "category": "surveys"}
    waiver = Waiver(of="survey", reason="counsel read (C) so", by="counsel", on=date(2026, 11, 1))

    with pytest.raises(InvalidInput, match="exemptible"):
        Purpose(**survey, exemptible=True)
    assert Purpose(**survey, exemptible=True, waiver=waiver).exemptible
    assert evolve(Purpose.APPOINTMENT_REMINDER, category="visits").exemptible


def test_it_shows_itself_in_a_line() -> None:
    """As a default of a method it stands in an editor's tooltip."""
    assert repr(Purpose.CARE_CONVERSATION) == (
        "Purpose('care_conversation', message_class='transactional', category='answers')"
    )


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_a_code_is_its_purpose(code: str) -> None:
    """A purpose can be passed by its code, as choices are everywhere."""
    assert as_purpose(code) is CATALOGUE[code]
    assert as_purpose(CATALOGUE[code]) is CATALOGUE[code]


def test_a_code_that_nobody_knows_is_refused_with_those_that_are_known() -> None:
    """A slip is told what is close to it; none is told what only the library sends."""
    with pytest.raises(
        InvalidInput, match=r"'billing' is close to it\. Pass that, or: app"
    ) as near:
        as_purpose("biling")
    with pytest.raises(InvalidInput, match=r"such purpose\. Pass one of: appointment_conf") as far:
        as_purpose("xyz")
    for caught in (near, far):
        named = str(caught.value)
        sendable = [p for p in CATALOGUE.values() if p.message_class is not MessageClass.PROTOCOL]
        assert all(each.code in named for each in sendable)
        assert "help_reply" not in named
        assert "Or pass one of your own: Purpose(code, message_class, category)." in named
        assert "biling" not in named
        assert "xyz" not in named
    for wrong in (None, 3, b"recall", ["recall"]):
        with pytest.raises(InvalidInput, match=r"Pass one of: appointment_confirmation"):
            as_purpose(wrong)  # type: ignore[arg-type]


def test_copy_and_templates_take_codes_too() -> None:
    """Also where no text is sent yet."""
    words = "Lakeside Family Medicine: your bill is ready."
    bodies = {"en": Body(minimum="{practice}: your bill is ready.")}

    assert lint(words, "billing") == lint(words, Purpose.BILLING)
    assert Template(name="bill", version=1, purpose="billing", bodies=bodies).purpose is (
        Purpose.BILLING
    )
    with pytest.raises(InvalidInput, match="'billing' is close to it"):
        lint(words, "biling")
