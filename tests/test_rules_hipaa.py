"""What HIPAA asks of the sender, the recipient and the content."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from attrs import evolve

from compliant_sms.classification import (
    HipaaUse,
    MessageClass,
    Purpose,
    Remuneration,
)
from compliant_sms.people import Authorisation, Holder, Profile
from compliant_sms.phi import (
    PhiFinding,
    PhiLabel,
    PhiPreference,
    Sensitivity,
    remedy_of,
)
from compliant_sms.practice import PhiMode
from compliant_sms.rules import (
    OptOutShown,
    Readings,
    Rulebook,
)
from test_rules import (
    APPEAL,
    DAY,
    DRUG,
    HERS,
    LAKESIDE,
    PURPOSES,
    SELLS,
    SSN,
    TO_PATIENTS,
    TODAY,
    WANTS,
    facts,
    found,
    own,
    states,
)

# HIPAA


@pytest.mark.parametrize("purpose", PURPOSES, ids=lambda purpose: purpose.code)
def test_nothing_goes_without_an_agreement(purpose: Purpose) -> None:
    """Without a business associate agreement nothing goes, whatever it is for."""
    unsigned = evolve(LAKESIDE, business_associate=False)

    assert found("business-associate", purpose=purpose) == []
    assert found("business-associate", purpose=purpose, sender=unsigned) == [
        "no-business-associate-agreement"
    ]


@pytest.mark.parametrize("purpose", PURPOSES, ids=lambda purpose: purpose.code)
def test_who_wants_no_texts_gets_none(purpose: Purpose) -> None:
    """Only emergencies and answers reach a patient who asked for other means."""
    personal = purpose.message_class in TO_PATIENTS
    codes = ["confidential-communication-preference"] if personal else []

    assert (
        found("confidential-communication", purpose=purpose, recipient=Profile(no_sms=True))
        == codes
    )
    assert found("confidential-communication", purpose=purpose) == []


def parent(born: date | None = None, **changes: object) -> dict[str, object]:
    """Make a patient whose parent reads the texts."""
    return {"recipient": Profile(holder=Holder.PARENT, birth_date=born, **changes)}  # type: ignore[arg-type]


STANDS, ENDED = ["personal-representative +"], ["proxy-authority-ended"]


@pytest.mark.parametrize(
    ("who", "codes"),
    [
        ({}, []),
        ({"recipient": Profile(holder=Holder.OTHER)}, ["no-authority"]),
        ({"recipient": Profile(holder=Holder.REPRESENTATIVE)}, STANDS),
        (parent(), ["patient-age-unknown"]),
        (parent(date(2008, 12, 1)), STANDS),
        (parent(date(2008, 11, 30)), ENDED),
        (parent(date(2008, 11, 29)), ENDED),
        (parent(date(2020, 1, 1), controls_care=True), ["minor-controls-this-information"]),
        (
            parent(date(2020, 1, 1)) | {"purpose": own(sensitivity=Sensitivity.MINOR_CONSENTED)},
            ["minor-controls-this-information"],
        ),
        (parent() | {"purpose": Purpose.EMERGENCY_ALERT}, []),
        (parent() | {"purpose": Purpose.HELP_REPLY}, []),
    ],
)
def test_who_reads_the_texts(who: dict[str, object], codes: list[str]) -> None:
    """A parent reads until the birthday, and never what is the minor's alone to know."""
    assert found("representative", **who) == codes


@pytest.mark.parametrize(
    ("where", "age"),
    [
        (("IL",), 18),
        ((), 18),
        (("AL",), 19),
        (("NE",), 19),
        (("MS",), 21),
        (("MS", "AL"), 19),
        (("IL", "AL"), 18),
    ],
)
def test_majority_by_state(where: tuple[str, ...], age: int) -> None:
    """On the birthday the parent's authority is over, the day before it is not."""
    place = {"states": states(*where)}

    assert found("representative", **place, **parent(date(2026 - age, 11, 30))) == ENDED
    assert found("representative", **place, **parent(date(2026 - age, 12, 1))) == STANDS


def test_a_birthday_in_a_leap_year_counts_from_march() -> None:
    """Who was born on 29 February comes of age on the first day after 28 February."""
    born = parent(date(2008, 2, 29))

    assert found("representative", at=datetime(2026, 2, 28, 18, tzinfo=UTC), **born) == STANDS
    assert found("representative", at=datetime(2026, 3, 1, 18, tzinfo=UTC), **born) == ENDED


SPECIAL = [kind for kind in Sensitivity if kind is not Sensitivity.GENERAL]


@pytest.mark.parametrize(
    ("phi", "preference", "codes"),
    [
        ((), PhiPreference(), []),
        ((HERS,), PhiPreference(), []),
        ((DRUG,), PhiPreference(), ["risk-warning-required"]),
        ((DRUG,), PhiPreference(warned=True), ["risk-warning-required"]),
        ((DRUG,), PhiPreference(prefers=True), ["risk-warning-required"]),
        ((DRUG,), WANTS, ["patient-preference-after-warning +"]),
        ((SSN,), PhiPreference(), ["direct-identifier-in-body"]),
        ((SSN, DRUG), WANTS, ["direct-identifier-in-body"]),
    ],
)
def test_how_much_a_text_may_say(
    phi: tuple[PhiFinding, ...], preference: PhiPreference, codes: list[str]
) -> None:
    """Names may go, details after a warning, identifiers never; whatever the purpose."""
    text = {"readings": Readings(phi=phi), "phi_preference": preference}

    for purpose in (Purpose.LAB_RESULT_NOTIFICATION, Purpose.EMERGENCY_ALERT, Purpose.HELP_REPLY):
        assert found("phi-in-body", purpose=purpose, **text) == codes


@pytest.mark.parametrize("kind", SPECIAL)
def test_specially_protected_care_is_never_told(kind: Sensitivity) -> None:
    """In such care no detail goes, whatever the patient prefers; a bare reminder does."""
    purpose = own(sensitivity=kind)
    text = {"purpose": purpose, "phi_preference": WANTS}

    assert found("phi-in-body", **text, readings=Readings(phi=(DRUG,))) == [
        "specially-protected-category"
    ]
    assert found("phi-in-body", **text, readings=Readings(phi=(SSN,))) == [
        "direct-identifier-in-body"
    ]
    assert found("phi-in-body", **text, readings=Readings(phi=(HERS,))) == []


def test_findings_are_told_by_place() -> None:
    """The reason says what kind of information stands where."""
    readings = Readings(phi=(SSN, evolve(SSN, start=20, end=24)))
    [reason] = Rulebook().decide(facts(readings=readings)).reasons

    assert "SSN at 4-15, SSN at 20-24" in reason.words
    assert reason.remedy.count("SSN: ") == 1


def test_the_reason_tells_what_is_too_much_and_what_to_do() -> None:
    """The front desk reads of each kind what to leave out, and nothing of what may stay."""
    drug, name = evolve(DRUG, start=20, end=30), evolve(HERS, start=0, end=3)
    address = PhiFinding(start=40, end=60, label=PhiLabel.GEO, rule="geo/address")
    [reason] = Rulebook().decide(facts(readings=Readings(phi=(name, drug, address)))).reasons

    assert "(MEDICATION at 20-30, GEO at 40-60)" in reason.words
    assert "NAME" not in reason.words
    for finding in (drug, address):
        assert f"{finding.label}: {remedy_of(finding)}" in reason.remedy


@pytest.mark.parametrize("kind", SPECIAL)
def test_a_finding_tells_of_protected_care_by_itself(kind: Sensitivity) -> None:
    """Whatever was declared: suboxone in an ordinary reminder is refused, with the wish too."""
    readings = Readings(phi=(evolve(DRUG, sensitivity=kind),))

    assert found("phi-in-body", readings=readings, phi_preference=WANTS) == [
        "specially-protected-category"
    ]


def test_what_a_minor_consented_to_alone_is_protected() -> None:
    """Care that is the minor's to know is told by nobody's text, on the minor's own phone too."""
    alone = Profile(controls_care=True)
    text = {"readings": Readings(phi=(DRUG,)), "phi_preference": WANTS}

    assert found("phi-in-body", **text) == ["patient-preference-after-warning +"]
    assert found("phi-in-body", **text, recipient=alone) == ["specially-protected-category"]


def test_an_answer_may_name_the_practice() -> None:
    """HELP is answered with the name, whatever care that tells of; a reminder is not sent so."""
    name = PhiFinding(start=0, end=3, label=PhiLabel.SPECIALTY_HINT, rule="own-name/telling")
    readings = Readings(phi=(name,))

    assert found("phi-in-body", readings=readings, purpose=Purpose.HELP_REPLY) == []
    assert found("phi-in-body", readings=readings) == ["risk-warning-required"]


@pytest.mark.parametrize(
    ("mode", "code"),
    [(PhiMode.REDACT, "details-redacted +"), (PhiMode.NOTICE, "neutral-notice +")],
)
def test_what_was_withheld_is_on_record(mode: PhiMode, code: str) -> None:
    """The decision names what the text as given told, and judges the text that leaves."""
    readings = Readings(phi=(HERS,), withheld=(DRUG,), withheld_by=mode)
    [told] = [
        f for f in Rulebook().decide(facts(readings=readings)).findings if DRUG.label in f.words
    ]

    assert found("phi-in-body", readings=readings) == [code]
    assert f"{DRUG.label} at {DRUG.start}-{DRUG.end}" in told.words
    assert found("phi-in-body", readings=evolve(readings, phi=(SSN,))) == [
        code,
        "direct-identifier-in-body",
    ]


@pytest.mark.parametrize("mode", [PhiMode.REDACT, PhiMode.NOTICE])
def test_what_goes_along_beside_withheld_words(mode: PhiMode) -> None:
    """A picture beside words that told too much may tell the same, and is refused by name."""
    readings = Readings(withheld=(DRUG,), withheld_by=mode, media=1)

    assert found("phi-in-body", readings=readings) == ["picture-with-details"]
    assert found("phi-in-body", readings=Readings(media=1)) == []


FREE_OF_IT = {
    HipaaUse.REFILL_REMINDER: "refill-reminder +",
    HipaaUse.OWN_SERVICE: "not-marketing-own-service +",
    HipaaUse.TREATMENT_ALTERNATIVE: "treatment-communication +",
}
NEEDED = "authorization-required"
SIGNED = Authorisation(signed_on=TODAY, states_remuneration=True)
SILENT = Authorisation(signed_on=TODAY)


def marketing(
    use: HipaaUse, paid: Remuneration = Remuneration.NONE, **changes: object
) -> list[str]:
    """Ask whether a text of some use needs a HIPAA authorisation."""
    form = changes.pop("form", None)
    purpose = own(hipaa=use, remuneration=paid)
    return found(
        "hipaa-marketing", purpose=purpose, recipient=Profile(authorisation=form), **changes
    )  # type: ignore[arg-type]


@pytest.mark.parametrize("use", HipaaUse)
def test_unpaid_texts_and_hipaa(use: HipaaUse) -> None:
    """Unpaid, only another's product and research need an authorisation."""
    needs = use in {HipaaUse.THIRD_PARTY_PRODUCT, HipaaUse.RESEARCH}
    expected = [NEEDED] if needs else [FREE_OF_IT[use]] if use in FREE_OF_IT else []

    assert marketing(use) == expected
    assert marketing(use, form=SILENT) == (["authorization +"] if needs else expected)


@pytest.mark.parametrize("use", HipaaUse)
@pytest.mark.parametrize("paid", [Remuneration.COST_OF_MESSAGE, Remuneration.PAID])
def test_paid_texts_and_hipaa(use: HipaaUse, paid: Remuneration) -> None:
    """Paid, only a refill reminder at its cost, payment and operations need no authorisation."""
    at_cost = use is HipaaUse.REFILL_REMINDER and paid is Remuneration.COST_OF_MESSAGE
    if at_cost or use in {HipaaUse.PAYMENT, HipaaUse.OPERATIONS, HipaaUse.FUNDRAISING}:
        assert marketing(use, paid) == (["refill-reminder +"] if at_cost else [])
        return

    assert marketing(use, paid) == [NEEDED]
    assert marketing(use, paid, form=SILENT) == ["authorization-missing-remuneration-statement"]
    assert marketing(use, paid, form=SIGNED) == ["authorization +"]


@pytest.mark.parametrize("use", HipaaUse)
@pytest.mark.parametrize("paid", Remuneration)
def test_selling_spares_no_authorisation(use: HipaaUse, paid: Remuneration) -> None:
    """A text that sells needs at least what the same text without the sale needs."""
    plain, sells = marketing(use, paid), marketing(use, paid, readings=SELLS)
    paid_sale = paid is not Remuneration.NONE and use is not HipaaUse.FUNDRAISING

    assert (NEEDED in sells) == (NEEDED in plain or paid_sale)


@pytest.mark.parametrize(
    ("form", "codes"),
    [
        (None, [NEEDED]),
        (Authorisation(signed_on=TODAY + DAY), [NEEDED]),
        (Authorisation(signed_on=TODAY - DAY, expires_on=TODAY - DAY), [NEEDED]),
        (Authorisation(signed_on=TODAY - DAY, expires_on=TODAY), ["authorization +"]),
        (SILENT, ["authorization +"]),
    ],
)
def test_an_authorisation_is_in_force_for_its_days(
    form: Authorisation | None, codes: list[str]
) -> None:
    """From the day of the signature to its last day."""
    assert marketing(HipaaUse.THIRD_PARTY_PRODUCT, form=form) == codes


def test_research_has_a_law_of_its_own() -> None:
    """Research recruitment cites what it needs."""
    known = facts(purpose=Purpose.RESEARCH_RECRUITMENT)
    [reason] = Rulebook().decide(known, rules=["hipaa-marketing"]).reasons

    assert reason.citation == "45 CFR 164.508, 164.512(i)"


def test_an_appeal_says_how_to_get_no_more() -> None:
    """Fundraising needs a way out in each text."""
    silent = Readings(opt_out=OptOutShown.NO)

    assert found("hipaa-marketing", **APPEAL) == []
    assert found("hipaa-marketing", **APPEAL, readings=silent) == ["fundraising-opt-out-missing"]


def test_a_paid_promotion_needs_an_authorisation_whatever_it_is_called() -> None:
    """Calling a promotion operations spares nobody the authorisation."""
    ad = Purpose("ad", MessageClass.MARKETING, "promotions", hipaa=HipaaUse.OPERATIONS)
    paid = evolve(ad, remuneration=Remuneration.PAID)

    assert found("hipaa-marketing", purpose=ad) == []
    assert found("hipaa-marketing", purpose=paid) == [NEEDED]
