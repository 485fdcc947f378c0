"""Written consent: every element of 47 CFR 64.1200(f)(9) is asked for, and all defects are told."""

from __future__ import annotations

import itertools

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from compliant_sms.consent import AgreementDefect, SignatureKind, WrittenAgreement, defects
from compliant_sms.errors import InvalidInput, InvalidPhoneNumber
from compliant_sms.phone import PhoneNumber

NUMBER = PhoneNumber("+12125550142")
SOUND = WrittenAgreement(
    seller="Oak Dental",
    number=NUMBER,
    signature=SignatureKind.TICKED_BOX,
    authorises_automated_marketing=True,
    not_a_condition_of_purchase=True,
    clear_and_conspicuous=True,
)
# One change to a sound agreement for each defect.
SPOILT: dict[AgreementDefect, dict[str, object]] = {
    AgreementDefect.NO_SIGNATURE: {"signature": SignatureKind.NONE},
    AgreementDefect.PRECHECKED_BOX: {"box_was_unticked": False},
    AgreementDefect.AUTHORIZATION_DISCLOSURE_MISSING: {"authorises_automated_marketing": False},
    AgreementDefect.NO_PURCHASE_CONDITION_DISCLOSURE_MISSING: {
        "not_a_condition_of_purchase": False
    },
    AgreementDefect.DISCLOSURE_NOT_CONSPICUOUS: {"clear_and_conspicuous": False},
    AgreementDefect.SELLER_NOT_NAMED: {"seller": "Partner Leads LLC"},
    AgreementDefect.PHONE_NUMBER_MISMATCH: {"number": "+12125550199"},
}
# Without a signature there is no box whose state could matter.
EXCLUSIVE = {AgreementDefect.NO_SIGNATURE, AgreementDefect.PRECHECKED_BOX}


def found(agreement: WrittenAgreement, *names: str) -> tuple[str, ...]:
    """Name the defects of an agreement with Oak Dental at the number."""
    return tuple(map(str, defects(agreement, seller=names or ["Oak Dental"], number=NUMBER)))


# What was recorded, and the one thing that is wrong with it.
@pytest.mark.parametrize(
    ("changes", "defect"),
    [
        ({}, None),
        ({"signature": "none"}, "no-signature"),
        ({"box_was_unticked": False}, "prechecked-box"),
        ({"not_a_condition_of_purchase": False}, "no-purchase-condition-disclosure-missing"),
        ({"authorises_automated_marketing": False}, "authorization-disclosure-missing"),
        ({"seller": "Partner Leads LLC"}, "seller-not-named"),
        ({"number": "+12125550199"}, "phone-number-mismatch"),
        ({"signature": "text_reply"}, None),
        ({"signature": "unrecorded_voice"}, "no-signature"),
        ({"clear_and_conspicuous": False}, "disclosure-not-conspicuous"),
    ],
    ids=[f"PW-{count:03}" for count in range(1, 11)],
)
def test_vectors(changes: dict[str, object], defect: str | None) -> None:
    """The shared vectors on written consent come out as they should."""
    assert found(evolve(SOUND, **changes)) == ((defect,) if defect else ())


def test_each_defect_has_a_spoiler() -> None:
    """The table above forgets no defect and keeps their order."""
    assert list(SPOILT) == list(AgreementDefect)


@pytest.mark.parametrize("count", range(len(AgreementDefect) + 1))
def test_all_defects_are_told_at_once_in_order(count: int) -> None:
    """Whatever is spoilt together is found together, in the order of the rule."""
    for chosen in itertools.combinations(AgreementDefect, count):
        if set(chosen) >= EXCLUSIVE:
            continue
        changes = {name: value for defect in chosen for name, value in SPOILT[defect].items()}

        assert found(evolve(SOUND, **changes)) == chosen


@pytest.mark.parametrize("kind", SignatureKind)
@pytest.mark.parametrize("unticked", [True, False])
def test_each_signature_is_one_or_none(kind: SignatureKind, unticked: bool) -> None:  # noqa: FBT001
    """Only a ticked box depends on how the box was; no record and an unrecorded yes are none."""
    signed = found(evolve(SOUND, signature=kind, box_was_unticked=unticked))
    nothing_to_show = kind in {SignatureKind.NONE, SignatureKind.UNRECORDED_VOICE}
    came_ticked = kind is SignatureKind.TICKED_BOX and not unticked

    assert signed == (
        ("no-signature",) if nothing_to_show else ("prechecked-box",) if came_ticked else ()
    )


@pytest.mark.parametrize("defect", AgreementDefect)
def test_each_defect_says_what_is_wrong_and_by_which_law(defect: AgreementDefect) -> None:
    """A defect is a sentence and a citation."""
    assert defect.words.endswith(".")
    assert "47 CFR 64.1200(f)(9)" in defect.citation
    assert len({each.words for each in AgreementDefect}) == len(AgreementDefect)


# Names


@pytest.mark.parametrize(
    "written",
    [
        "Oak Dental",
        "oak dental",
        "OAK  DENTAL,  L.L.C.",
        "Oak Dental LLC",
        "Oak Dental, Inc.",
        "Oak Dental Incorporated",
        "Oak Dental, P.C.",
        "Oak Dental P. C.",
        "Oak-Dental PLLC",
        "Oak Dental, P.A., Ltd.",
        "Óak Dental",
        "\u00a0Oak Dental\n",
    ],
)
def test_a_name_may_be_written_in_many_ways(written: str) -> None:
    """Case, accents, punctuation and legal form name the same practice, on either side."""
    assert found(evolve(SOUND, seller=written)) == ()
    assert found(SOUND, written) == ()


@pytest.mark.parametrize(
    "written",
    [
        "Oak Dental of Austin",
        "Oak",
        "Dental",
        "Oakdental",
        "Oak Dental Marketing LLC",
        "LLC",
        "P.A.",
        "Partners of Oak Dental",
        "---",
    ],
)
def test_another_name_is_another_seller(written: str) -> None:
    """A name that contains the practice's, or is contained in it, permits nothing."""
    assert found(evolve(SOUND, seller=written)) == ("seller-not-named",)
    assert found(SOUND, written) == ("seller-not-named",)


def test_signs_alone_name_nobody() -> None:
    """Two names without a letter are not the same name."""
    assert found(evolve(SOUND, seller="---"), "***") == ("seller-not-named",)


def test_an_ampersand_is_a_word() -> None:
    """It is the same practice with "&" and with "and", and an apostrophe parts no word."""
    agreement = evolve(SOUND, seller="Women\u2019s & Children's Clinic, PSC")

    assert found(agreement, "Womens and Childrens Clinic") == ()


def test_any_of_the_names_will_do() -> None:
    """A practice with several names is named by each, and by nothing if it has none."""
    assert found(SOUND, "Lakeside Family Medicine", "Oak Dental") == ()
    assert defects(SOUND, seller=(), number=NUMBER) == (AgreementDefect.SELLER_NOT_NAMED,)
    assert defects(SOUND, seller=iter(["x", "Oak Dental"]), number=NUMBER) == ()


def test_one_text_is_no_list_of_names() -> None:
    """One text in place of the names is refused: its letters are no names."""
    with pytest.raises(InvalidInput, match="in a list"):
        defects(SOUND, seller="Oak Dental", number=NUMBER)


@settings(derandomize=True, deadline=None)
@given(st.text(min_size=1).filter(str.strip), st.sampled_from(["", " LLC", ", P.A.", " inc"]))
def test_a_name_names_itself(name: str, form: str) -> None:
    """Any name with a letter or a digit names itself, with a legal form after it too."""
    agreement = evolve(SOUND, seller=_storable(name))
    has_letters = any(map(str.isalnum, name))

    assert (found(agreement, _storable(name)) == ()) or not has_letters
    if has_letters:
        assert found(agreement, _storable(name) + form) == ()


def _storable(name: str) -> str:
    return name.encode("utf-8", "replace").decode()


# What an agreement refuses


def test_a_typed_number_is_read() -> None:
    """The number is read as a person types it, and a bad one is refused."""
    assert evolve(SOUND, number="(212) 555-0142").number == NUMBER
    with pytest.raises(InvalidPhoneNumber):
        evolve(SOUND, number="555-0142")


@pytest.mark.parametrize(
    "name",
    [
        "box_was_unticked",
        "authorises_automated_marketing",
        "not_a_condition_of_purchase",
        "clear_and_conspicuous",
    ],
)
@pytest.mark.parametrize("answer", ["no", "true", 1, None])
def test_only_yes_and_no_are_answers(name: str, answer: object) -> None:
    """What a form sends as text is refused: its "no" would count as yes."""
    with pytest.raises(InvalidInput, match=f"{name} must be True or False"):
        evolve(SOUND, **{name: answer})


def test_a_blank_seller_and_an_odd_signature_are_refused() -> None:
    """An agreement names somebody and knows how it was signed."""
    with pytest.raises(InvalidInput, match="seller must not be empty"):
        evolve(SOUND, seller=" ")
    with pytest.raises(InvalidInput, match="no such signature kind"):
        evolve(SOUND, signature="thumbprint")


def test_a_repr_shows_no_number() -> None:
    """The repr of an agreement masks the number."""
    assert NUMBER.e164 not in repr(SOUND)
    assert "5550142" not in repr(SOUND)
