"""A template with which something is wrong cannot be made, and all that is wrong is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from compliant_sms import Practice, Purpose
from compliant_sms.classification import MessageClass
from compliant_sms.errors import InvalidInput, InvalidTemplate
from compliant_sms.lint import LintSettings, Severity
from compliant_sms.phi import ContentTier, PhiLabel, Sensitivity
from compliant_sms.templates import (
    Approval,
    Body,
    CannedReply,
    Choice,
    Date,
    GivenName,
    Kind,
    Link,
    Number,
    StaffName,
    Template,
    Text,
    Variable,
    Withdrawal,
)
from compliant_sms.templates._fill import Filled, fill
from compliant_sms.templates._syntax import parse
from templates_made import CLINIC, GIVEN, LEE, reminder, simple


def refused(make: Callable[[], object]) -> tuple[str, ...]:
    """The problems that a template is refused for."""
    with pytest.raises(InvalidTemplate) as error:
        make()
    assert "\n".join(error.value.problems) == str(error.value)
    return error.value.problems


@pytest.mark.parametrize(
    ("text", "character", "words"),
    [
        ("Hi {given_name", 4, "{ stands alone"),
        ("Hi given_name}", 14, "} stands alone"),
        ("Hi {{given_name}}", 4, "{{ stands alone"),
        ("Hi {Given Name}", 4, "no name"),
        ("Hi {}", 4, "no name"),
        ("Hi [[ there", 4, "closed by no ]]"),
        ("Hi there]]", 9, "closes nothing"),
        ("Hi [[ there]]", 4, "no variable"),
        ("Hi [[{x}[[{y}]]]]", 9, "holds another one"),
        ("Hi\tthere", 3, "nobody sees"),
        ("Hi\u202ethere", 3, "nobody sees"),
        ("Hi \ud800", 4, "surrogate"),
        (" Hi", 1, "begins or ends"),
        ("Hi ", 3, "begins or ends"),
        ("  ", 1, "empty"),
    ],
)
def test_bad_writing_is_told_with_its_place(text: str, character: int, words: str) -> None:
    """Each mistake is refused, and the place is where its author finds it."""
    problems = refused(lambda: simple(text))

    assert any(
        f"hello 1, en minimum, character {character}: error syntax" in each and words in each
        for each in problems
    ), problems


def test_all_problems_come_together() -> None:
    """Two texts with two mistakes each are refused once, with four problems."""
    problems = refused(
        lambda: simple("x", bodies={"en": Body(minimum="{a} {"), "es": Body(minimum="{b} }")})
    )

    assert len(problems) == 4
    assert {each.partition(",")[0] for each in problems} == {"hello 1"}


@given(st.text(alphabet="{}[]ab_ \n\u00e9", max_size=40))
def test_any_text_is_read_or_refused_with_places_in_it(text: str) -> None:
    """No text makes the reader fail; what it read gives the text again."""
    nodes, problems = parse(text)

    assert all(0 <= each.at <= len(text) for each in problems)
    if not problems:
        filled = fill(nodes, re.findall(r"{(\w+)}", text), lambda name: f"{{{name}}}")
        assert filled.text == text.replace("[[", "").replace("]]", "")


@pytest.mark.parametrize(
    ("make", "rule", "words"),
    [
        (lambda: simple("{practice}: see you {when}."), "variable", "{when} is no variable"),
        (lambda: simple("{practice}: hello.", variables=[GIVEN]), "variable", "stands in no text"),
        (
            lambda: simple("{practice}: {given_name}[[, {given_name}]]."),
            "syntax",
            "never is",
        ),
        (
            lambda: simple(
                "{practice}: am {when}.",
                variables=[Variable("when", Date())],
                bodies={"de": Body(minimum="{practice}: am {when}.")},
            ),
            "variable",
            "when cannot be written in de",
        ),
        (
            lambda: simple(
                bodies={"es": Body(minimum="{practice}: {what}.")},
                variables=[Variable("what", Choice({"card": {"en": "bring your card"}}))],
            ),
            "variable",
            "what cannot be written in es",
        ),
        (
            lambda: simple(
                "{practice}: your {what} is due.",
                variables=[Variable("what", Text(), labels=["PROCEDURE"])],
            ),
            "content-tier",
            "what may bring what a minimum text may not tell",
        ),
        (
            lambda: simple("{practice}: {given_name}, your MRI of the knee is tomorrow."),
            "content-tier",
            "may not tell PROCEDURE",
        ),
        (
            lambda: simple(
                "{practice}: bring it.",
                bodies={"en": Body(minimum="{practice}: hi.", detail="{practice}: MRN 1234567.")},
            ),
            "content-tier",
            "A detail text may not tell MRN",
        ),
        (
            lambda: simple("{practice}: {given_name}, reply CANCEL to cancel your visit."),
            "reserved-word-invited",
            "CANCEL",
        ),
        (
            lambda: simple("{practice}: {given_name}, 50% off Botox this week."),
            "sells-undeclared",
            "may not sell",
        ),
        (lambda: simple("{practice}: hi %s."), "unfilled-variable", "not filled"),
        (
            lambda: simple(
                "{practice}: see https://practice.example/{where}",
                variables=[Variable("where", Text())],
            ),
            "half-link",
            "a value decides where it leads",
        ),
        (
            lambda: simple("{practice}: see {where}x", variables=[Variable("where", Link())]),
            "half-link",
            "where is a piece of a link",
        ),
        (
            lambda: simple(approved=evolve(LEE, fingerprint="0" * 64)),
            "approval",
            "not the one that was approved",
        ),
    ],
)
def test_what_it_says_is_checked_when_it_is_made(
    make: Callable[[], Template], rule: str, words: str
) -> None:
    """Variables, languages, health information and the rules for copy refuse a template."""
    assert any(f"error {rule}:" in each and words in each for each in refused(make))


def test_special_care_has_no_detail() -> None:
    """No wish makes details of specially protected care fit for a text. Policy P-PHI."""
    clinic = evolve(Purpose.APPOINTMENT_REMINDER, sensitivity=Sensitivity.MENTAL_HEALTH)
    bodies = {"en": Body(minimum="{practice}: hi.", detail="{practice}: your {what} is due.")}
    what = [Variable("what", Text(), labels=["PROCEDURE"])]

    problems = refused(lambda: simple(purpose=clinic, bodies=bodies, variables=what))

    assert "may bring what a detail text may not tell" in problems[0]


def test_places_are_those_of_the_written_text() -> None:
    """A finding behind a long value points to the author's own words."""
    text = "{practice}: {given_name}, reply CANCEL to cancel your visit."

    (problem,) = refused(lambda: simple(text))

    assert f"character {text.index('CANCEL') + 1}:" in problem


def test_the_value_of_a_place_is_its_brace() -> None:
    """What lies in a value is told at its variable, and nothing lies before the beginning."""
    nodes, _ = parse("ab {x} cd")
    filled = fill(nodes, {"x"}, lambda _: "long value")

    assert [filled.source(at) for at in (0, 4, 9, 13, 15)] == [0, 3, 3, 6, 8]
    assert filled.variables(0, 3) == ()
    assert filled.variables(0, 4) == ("x",)
    assert Filled("", ()).source(0) == 0


def test_a_gap_is_a_warning() -> None:
    """A blank that stays where a part goes is told, and refuses nothing."""
    made = simple(
        "{practice}: see you soon [[with {who}]].", variables=[Variable("who", StaffName())]
    )

    (problem,) = made.problems()
    assert (problem.rule, problem.severity) == ("gap", Severity.WARNING)
    assert str(problem).startswith("hello 1, en minimum, character ")


def test_french_has_a_blank_before_its_marks() -> None:
    """One is none too many there; two are, and so is one before a comma."""
    text = "{practice} : vous venez ? Oui , {given_name}  !"
    found = [each.at for each in simple(bodies={"fr": Body(minimum=text)}).problems()]

    assert found == [text.index(" ,"), text.index("  !")]


def test_letters_of_values_are_no_warning() -> None:
    """A name that GSM-7 cannot write is no fault of the text; a smart quote in it is."""
    assert simple().problems() == ()
    (problem,) = simple("{practice}: {given_name}, we\u2019ll see you soon.").problems()
    assert problem.rule == "ucs2-character"


def test_the_line_that_is_added_is_no_problem() -> None:
    """How to opt out is said when a text is sent, so that no template has to."""
    assert simple("{practice}: {given_name}, call us.", purpose=Purpose.RECALL).problems() == ()


def test_a_practice_of_ones_own_is_tried() -> None:
    """Its name may tell the kind of care; a name without that is used where there is one."""
    told = evolve(CLINIC, name="Lakeside Oncology")
    short = evolve(told, also_known_as=("Lakeside",))

    (problem,) = simple().problems(told)
    assert problem.rule == "content-tier"
    assert simple().problems(short) == ()
    assert "Lakeside:" in simple().render({"given_name": "Ana"}, practice=short).body


def test_settings_of_copy_are_asked() -> None:
    """A limit of segments is the practice's own."""
    long = simple("{practice}: {given_name}, " + "see you soon, and " * 12 + "goodbye.")

    rules = {each.rule for each in long.problems(settings=LintSettings(max_segments=1))}
    assert rules == {"too-many-segments"}
    assert long.problems(settings=LintSettings(max_segments=None)) == ()


def test_every_option_of_a_choice_is_tried() -> None:
    """A bad option shows, wherever it stands in the list."""
    options = {f"o{number}": {"en": "bring your card"} for number in range(6)}
    options["last"] = {"en": "bring your MRI of the knee"}

    (problem,) = refused(
        lambda: simple("{practice}: {what}.", variables=[Variable("what", Choice(options))])
    )

    assert "may not tell PROCEDURE" in problem


WRONG: list[tuple[Callable[..., object], dict[str, Any]]] = [
    (simple, {"name": "Hello there"}),
    (simple, {"name": 3}),
    (simple, {"version": 0}),
    (simple, {"version": True}),
    (simple, {"version": "1"}),
    (simple, {"purpose": "appointment_remindr"}),
    (simple, {"purpose": Purpose.HELP_REPLY}),
    (simple, {"bodies": []}),
    (simple, {"bodies": {}}),
    (simple, {"bodies": {"en-US": Body(minimum="hi")}}),
    (simple, {"bodies": {3: Body(minimum="hi")}}),
    (simple, {"bodies": {"en": "hi"}}),
    (simple, {"variables": [GIVEN, GIVEN]}),
    (simple, {"variables": GIVEN}),
    (simple, {"variables": ["given_name"]}),
    (simple, {"asks": "what"}),
    (simple, {"approved": "Dr. Lee"}),
    (simple, {"withdrawn": "Dr. Lee"}),
    (Body, {"minimum": 3}),
    (Body, {"minimum": "hi", "detail": 3}),
    (Approval, {"by": " ", "on": date(2026, 11, 2)}),
    (Approval, {"by": "Dr. Lee", "on": "2026-11-02"}),
    (Withdrawal, {"by": "Dr. Lee", "on": date(2026, 11, 2), "reason": ""}),
    (Variable, {"name": "Given", "kind": GivenName()}),
    (Variable, {"name": "practice", "kind": GivenName()}),
    (Variable, {"name": 3, "kind": GivenName()}),
    (Variable, {"name": "given", "kind": GivenName}),
    (Variable, {"name": "given", "kind": GivenName(), "labels": ["SSN"]}),
    (Variable, {"name": "given", "kind": GivenName(), "labels": ["nothing"]}),
    (Text, {"most": 0}),
    (Text, {"most": True}),
    (Text, {"most": 1000}),
    (Number, {"least": 5, "most": 3}),
    (Number, {"least": -5}),
    (Choice, {"options": {}}),
    (Choice, {"options": {"a": {"en": "https://lakeside.example"}}}),
]


@pytest.mark.parametrize(("make", "changes"), WRONG)
def test_what_cannot_be_used_is_refused(
    make: Callable[..., object], changes: dict[str, Any]
) -> None:
    """A wrong argument raises InvalidInput at once."""
    with pytest.raises(InvalidInput):
        make(**changes)


def test_a_fingerprint_tells_each_change() -> None:
    """Words, variables, labels, kinds, purposes and questions change it; approvals do not."""
    base = simple()
    others = [
        simple("{practice}: {given_name}, see you then."),
        simple(variables=[Variable("given_name", GivenName(most=20))]),
        simple(variables=[Variable("given_name", GivenName(), labels=[])]),
        simple(variables=[Variable("given_name", StaffName())]),
        simple(purpose=Purpose.APPOINTMENT_CONFIRMATION),
        simple(asks="confirm"),
    ]

    assert len({base.fingerprint, *(each.fingerprint for each in others)}) == 1 + len(others)
    assert simple(approved=None, version=2).fingerprint == base.fingerprint
    assert simple(approved=evolve(LEE, fingerprint=base.fingerprint)).fingerprint
    assert repr(base) == "<Template hello 1>"


def test_a_kind_of_ones_own_works() -> None:
    """Whoever derives from Kind has its lengths from its samples."""

    class Suite(Kind):
        def written(self, value: object, setting: object) -> str:
            return f"suite {value}"

        def samples(self, language: str) -> tuple[str, ...]:
            return ("suite 1", "suite 1000")

    made = simple("{practice}: see you in {where}.", variables=[Variable("where", Suite())])

    assert made.render({"where": 7}, practice=CLINIC).body.endswith("see you in suite 7.")
    assert made.segments("en", practice=CLINIC) == (1, 1)


def test_ranges_are_those_of_known_texts() -> None:
    """Counted by hand: words alone, with the line, in both alphabets, by language and tier."""
    words = simple("x" * 160, purpose=Purpose.CARE_CONVERSATION)
    assert words.segments("en", practice=CLINIC) == (1, 1)
    assert simple("x" * 160).segments("en", practice=CLINIC) == (1, 2)
    assert simple("x" * 161, purpose=Purpose.CARE_CONVERSATION).segments("en") == (2, 2)
    other = "\u0161" * 70
    assert simple(other, purpose=Purpose.CARE_CONVERSATION).segments("en") == (1, 1)
    assert simple(f"{other}x", purpose=Purpose.CARE_CONVERSATION).segments("en") == (2, 2)
    pair = simple("\U0001f600" * 67, purpose=Purpose.CARE_CONVERSATION)
    assert pair.segments("en") == (2, 3)
    assert simple("\u20ac" * 153, purpose=Purpose.CARE_CONVERSATION).segments("en") == (2, 3)

    visit = reminder()
    assert visit.segments("es", ContentTier.DETAIL) == visit.segments("es", ContentTier.MINIMUM)
    detail = visit.segments("en", ContentTier.DETAIL, practice=CLINIC)
    assert detail[1] >= visit.segments("en", ContentTier.MINIMUM, practice=CLINIC)[1]
    assert visit.segments("en", practice=CLINIC)[1] == detail[1]
    assert visit.cost("en", Decimal("0.01"), practice=CLINIC) == (
        Decimal("0.01"),
        Decimal("0.01") * detail[1],
    )
    with pytest.raises(InvalidInput, match="price"):
        visit.cost("en", 0.01)  # type: ignore[arg-type]


def test_a_reply_sounds_personal() -> None:
    """It names the patient, but to no stranger, is signed, and has something to answer."""
    who = Variable("who", StaffName())

    def reply(text: str, *variables: Variable, **changes: object) -> CannedReply:
        return CannedReply(
            **({"name": "r", "version": 1, "intents": ["other"]} | changes),  # type: ignore[arg-type]
            bodies={"en": Body(minimum=text)},
            variables=variables,
        )

    assert refused(lambda: reply("Thank you for writing.")) == (
        "r 1, en minimum: error personal: It does not call the patient by a given_name.",
        "r 1, en minimum: error personal: Nobody signs it: it has no staff_name.",
    )
    assert refused(
        lambda: reply("Sorry, {given_name}. {who}", GIVEN, who, intents=["wrong_number"])
    ) == ("r 1, en minimum: error personal: It tells a stranger the patient's name.",)
    assert reply("Sorry for that. {who}", who, intents=["wrong_number"]).to_strangers
    made = reply("Thank you, {given_name}. {who}", GIVEN, who)
    assert (made.purpose, made.problems()) == (Purpose.CARE_CONVERSATION, ())
    for intents in ([], ["opt_out"], ["other", "emergency"], "other", ["nothing"]):
        with pytest.raises(InvalidInput):
            reply("Thank you, {given_name}. {who}", GIVEN, who, intents=intents)
    with pytest.raises(InvalidInput):
        reply("Thank you, {given_name}. {who}", GIVEN, who, purpose=Purpose.HELP_REPLY)


@settings(max_examples=25, deadline=None)
@given(
    st.text(alphabet="abc \u0161\u20ac\U0001f600", min_size=1, max_size=200),
    st.sampled_from([None, CLINIC, evolve(CLINIC, name="Cl\u00ednica Lakeside")]),
)
def test_fewest_is_never_more_than_most(words: str, practice: Practice | None) -> None:
    """Whatever the words."""
    text = f"x{words}x {{given_name}}[[ {{who}}]]"
    try:
        made = simple(
            text,
            purpose=Purpose("talk", MessageClass.TRANSACTIONAL, "care"),
            variables=[GIVEN, Variable("who", StaffName())],
        )
    except InvalidTemplate:
        return
    least, most = made.segments("en", practice=practice)

    assert 1 <= least <= most


def test_labels_are_those_of_the_kind_or_given() -> None:
    """A variable says what its values may bring, and what that needs."""
    assert GIVEN.labels == {PhiLabel.NAME, PhiLabel.DATE, PhiLabel.GEO}
    assert (GIVEN.tier, Variable("x", Text()).tier) == (ContentTier.MINIMUM,) * 2
    assert Variable("x", Text(), labels=["MEDICATION"]).tier is ContentTier.DETAIL
