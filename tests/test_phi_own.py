"""What belongs to the practice, what its links tell, and which care a finding gives away."""

from __future__ import annotations

import random
import string
from datetime import date

import pytest

from compliant_sms.phi import (
    ContentTier,
    Known,
    OwnFacts,
    PatientFacts,
    PhiLabel,
    Sensitivity,
    beyond,
    find,
    tier_of,
)
from compliant_sms.phi._facts._own import without_own
from compliant_sms.phi._names._full_names import is_full
from compliant_sms.phi._reading._view import View
from growth import grows, within

ANA = PatientFacts(names=("Ana Gomez",), mrn=("00482913",), birth_date=date(1982, 3, 4))
LAKESIDE = OwnFacts(
    names=("Lakeside Family Medicine", ""),
    phones=("+1 217 555 0100", "555"),
    addresses=("12 Elm Street, Springfield, IL 62704",),
    hosts=("lakeside.example", ""),
)


def told(text: str, *names: str, facts: PatientFacts | None = ANA) -> set[tuple[str, str, str]]:
    """Label, rule and words of each finding; the practice has the names."""
    own = OwnFacts(names=names) if names else LAKESIDE
    found = find(text, Known(own=own, patient=facts))
    return {(f.label, f.rule, text[f.start : f.end]) for f in found}


@pytest.mark.parametrize(
    "text",
    [
        "LAKESIDE family-medicine: Ana, see you soon.",
        "Ana, call 217-555-0100 or (217) 555-0100 or +1.217.555.0100.",
        "Ana, come to 12 Elm Street, Springfield, IL 62704.",
        "Ana, come to 12 elm street Springfield IL 62704.",
        "Ana, see https://www.lakeside.example/hours or lakeside.example/bios/dr-ng.",
    ],
)
def test_what_the_practice_tells_of_itself_is_no_finding(text: str) -> None:
    """Its name, phone, address and links, in any written form."""
    assert {words for _, _, words in told(text)} == {"Ana"}


@pytest.mark.parametrize(
    "text",
    [
        "Ana, call 217-555-01001.",
        "Ana, call 9217-555-0100.",
        "Ana, see xlakeside.example/ana-gomez",
        "Ana, see lakeside.example-b/ana-gomez",
    ],
)
def test_what_only_holds_it_is_not_it(text: str) -> None:
    """A longer number, and the host of somebody else, are not the practice's."""
    places = [f.start for f in find(text, Known(own=LAKESIDE))]

    assert places == [f.start for f in find(text)]


@pytest.mark.parametrize(
    "unit",
    ["217", "217-555-", "lakeside ", "lakeside.example/", "1 (", "12 ", "12 elm ", "12 elm st "],
)
def test_own_things_are_found_in_linear_time(unit: str) -> None:
    """No repetition of a beginning makes a text expensive."""
    text = (unit * 100_000)[:100_000]
    view = View(text)

    # Or it would take minutes to fail.
    assert grows(lambda part: without_own(View(part), [], LAKESIDE), text[:10_000], 40, 0.05)
    assert within(1, lambda: without_own(view, [], LAKESIDE))


PLAZA = "Elm Plaza, 12 North Elm Street, Suite 200, Springfield, IL 62704"
CORNER = "100 Mount Vernon Avenue Suite 3, Saint Louis, MO 63101"


@pytest.mark.parametrize(
    ("address", "written"),
    [
        *[(PLAZA, "12 North Elm Street"), (PLAZA, "12 N. Elm St., Ste 200, Springfield IL")],
        *[(PLAZA, "12 N Elm St, #200"), (PLAZA, "12 north elm street, Springfield")],
        *[(PLAZA, "Elm Plaza, 12 N Elm Street"), (CORNER, "100 Mt Vernon Ave, St. Louis")],
        *[(CORNER, "100 Mount Vernon Avenue"), (CORNER, "100 Mount Vernon Av., Ste. 3")],
    ],
)
def test_an_own_address_is_known_in_part(address: str, written: str) -> None:
    """Town and ZIP are left out, and streets are abbreviated."""
    known = Known(own=OwnFacts(addresses=(address,)))
    for text in (f"Ana, see you on Tuesday at {written}.", f"Ana, we moved to {written}"):
        assert [f for f in find(text, known) if f.label is PhiLabel.GEO] == []


@pytest.mark.parametrize(
    "written",
    [
        *["14 Elm Street, Springfield, IL 62704", "12 Elm Avenue, Springfield, IL 62704"],
        *["112 Elm Street, Springfield, IL 62704", "12 Elm Street, Dover, DE 19901"],
        *["12 Elmo Street, Springfield, IL 62704"],
    ],
)
def test_another_address_stays_a_finding(written: str) -> None:
    """Only the practice's own is left out."""
    [found] = find(f"Your address is {written}.", Known(own=LAKESIDE))

    assert (found.label, tier_of(found.label, found.rule)) == (PhiLabel.GEO, ContentTier.DETAIL)


TOWNS = OwnFacts(
    addresses=(
        "4 Wabash Ave, Suite 2, Terre Haute, IN 47807",
        "1 Main St, Jackson MS 39201",
        "9 Elm St, Santa Ana, California 92701",
        "5 Oak St, Charlotte, North Carolina, USA",
        "12 Elm Street",
        "12 Elm Street, IL 62704",
    )
)


def told_there(text: str) -> set[tuple[PhiLabel, str]]:
    """Label and words of each finding; the practice is in the towns above."""
    return {(f.label, text[f.start : f.end]) for f in find(text, Known(own=TOWNS))}


@pytest.mark.parametrize("town", ["Terre Haute", "Jackson", "Santa Ana", "Charlotte"])
def test_a_town_where_the_practice_is_is_nobody(town: str) -> None:
    """Where a text leads there, it is no person, and no test; elsewhere it may be."""
    assert told_there(f"See you at {town}.") == set()
    assert told_there(f"Nos vemos en {town}, o en nuestra oficina de {town}.") == set()
    assert told_there(f"We are near {town}: our {town} office is open.") == set()
    assert find(f"See you at {town}.", Known(own=LAKESIDE))


@pytest.mark.parametrize(
    ("text", "label", "words"),
    [
        ("Ms. Jackson, your visit is set.", PhiLabel.NAME, "Jackson"),
        ("Ana Jackson, see you at Jackson.", PhiLabel.NAME, "Ana Jackson"),
        ("See you at Jackson Smith's.", PhiLabel.NAME, "Jackson Smith"),
        ("She lives in Jackson, MS.", PhiLabel.GEO, "Jackson, MS"),
        ("We spoke to Jackson today.", PhiLabel.NAME, "Jackson"),
        ("Our Jackson is doing well.", PhiLabel.NAME, "Jackson"),
        ("See you at Jackson\u2019s.", PhiLabel.NAME, "Jackson"),
    ],
)
def test_people_who_are_called_like_a_town(text: str, label: PhiLabel, words: str) -> None:
    """The town hides no name, and no home."""
    assert (label, words) in told_there(text)


def test_an_address_without_a_number_is_known_as_a_whole() -> None:
    """Half of it could be anywhere; none at all is nowhere."""
    known = Known(own=OwnFacts(addresses=("Elm Plaza, Springfield", ",")))
    places = [f.start for f in find("Ana, do you live in Springfield, IL 62704?", known)]

    assert places == [f.start for f in find("Ana, do you live in Springfield, IL 62704?")]


def test_a_name_can_give_the_care_away() -> None:
    """The practice's own name is a hint where it tells a kind of care that not everybody has."""
    text = "{}: Ana, see you Tue Dec 1 at 2:30 PM."
    told_of = {
        name: {
            rule for label, rule, _ in told(text.format(name), name) if label == "SPECIALTY_HINT"
        }
        for name in ("Lakeside Oncology", "Hillside Dental", "Lakeside Family Medicine")
    }

    assert told_of == {
        "Lakeside Oncology": {"own-name/telling"},
        "Hillside Dental": {"own-name/everyday"},
        "Lakeside Family Medicine": set(),
    }


@pytest.mark.parametrize(
    ("name", "word", "care"),
    [
        ("Lakeside Methadone Services", "Methadone", Sensitivity.SUBSTANCE_USE),
        ("Ketamine Wellness", "Ketamine", Sensitivity.MENTAL_HEALTH),
        ("Lakeside Vasectomy", "Vasectomy", Sensitivity.REPRODUCTIVE),
        ("Diálisis San Rafael", "Diálisis", Sensitivity.GENERAL),
    ],
)
def test_a_name_can_hold_a_drug_or_an_operation(name: str, word: str, care: Sensitivity) -> None:
    """Whatever kind of word it is elsewhere, in the practice's name it tells the care."""
    text = f"{name}: Ana, see you Tue Dec 1 at 2:30 PM."
    [hint] = [f for f in find(text, Known(own=OwnFacts(names=(name,)))) if f.end <= len(name)]

    assert (hint.label, hint.rule) == (PhiLabel.SPECIALTY_HINT, "own-name/telling")
    assert (text[hint.start : hint.end], hint.sensitivity) == (word, care)
    assert beyond([hint], ContentTier.MINIMUM) == (hint,)


@pytest.mark.parametrize(
    "name",
    [
        *["Burns Medical Group", "Walker Family Practice", "Parkinson Family Medicine"],
        *["Stone Ridge Medical", "Grace Family Medicine", "Good Hope Clinic", "Ana Medical"],
        *["Clear Vision Optometry", "Heart of Texas Family Medicine", "Quest Labs"],
        *["Lakeside Family Medicine", "Cold Spring Medical", "Flu Shot Express"],
        *["Immunizations of Ohio", "Lakeside Travel Vaccines", "Covid Vaccination Center"],
        *["Lakeside Blood Work"],
    ],
)
def test_an_ordinary_name_tells_no_care(name: str) -> None:
    """Families and places are called by words that mean an illness or a result elsewhere."""
    for text in (f"{name}: Ana, see you Tue Dec 1.", f"Hi Ana, this is {name}. See you at 9."):
        found = find(text, Known(own=OwnFacts(names=(name,))))
        assert beyond(found, ContentTier.MINIMUM) == ()


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("lakeside.example", True),
        ("lakeside.example.", True),
        ("lakeside.example.org", False),
        ("lakeside.example.5x.io", False),
        ("not-lakeside.example", False),
    ],
)
def test_a_host_that_only_begins_like_ones_own_is_another_s(host: str, own: bool) -> None:  # noqa: FBT001
    """What a link to it tells of care goes to somebody else."""
    found = told(f"See https://{host}/visits/flu-shot")

    assert {rule for _, rule, _ in found} == (set() if own else {"medication/name"})


@pytest.mark.parametrize(
    ("page", "label", "care"),
    [
        ("results/hiv-positive", PhiLabel.CONDITION, Sensitivity.HIV_STI),
        ("refill/suboxone", PhiLabel.MEDICATION, Sensitivity.SUBSTANCE_USE),
        ("schizophrenia", PhiLabel.CONDITION, Sensitivity.MENTAL_HEALTH),
        ("visit/abortion", PhiLabel.PROCEDURE, Sensitivity.REPRODUCTIVE),
        ("refill/metformin", PhiLabel.MEDICATION, Sensitivity.GENERAL),
    ],
)
def test_a_link_of_ones_own_may_not_tell_of_care(
    page: str, label: PhiLabel, care: Sensitivity
) -> None:
    """Whoever sees the link reads what the page is about, whose host it is."""
    text = f"Ana, please read this before Tuesday: https://lakeside.example/{page}"
    [health] = [
        f for f in find(text, Known(own=LAKESIDE)) if f.start > text.index("lakeside.example")
    ]

    assert (health.label, health.sensitivity) == (label, care)
    assert health.start >= text.index(page)


@pytest.mark.parametrize(
    "page",
    [
        *["hiv", "hiv-test", "visit?for=hiv", "abortion-2026-12-01", "refill/suboxone-8mg"],
        *["suboxone-x7Kq9zLp2mQ8", "refill/suboxone#x7Kq9", "hiv-covid19", "labs/hiv", "flu-hiv"],
        *["a1c", "dr-lee/diabetes", "burns", "covid-positive", "oncology", "vitamin-b12-shots"],
    ],
)
def test_a_link_of_ones_own_tells_of_care_beside_other_things(page: str) -> None:
    """A date, an amount, a token behind a long word and everyday care excuse no other word."""
    text = f"Ana, please read this before Tuesday: https://lakeside.example/{page}"

    assert beyond(find(text, Known(own=LAKESIDE)), ContentTier.MINIMUM)


@pytest.mark.parametrize(
    ("signs", "length"),
    [
        (string.ascii_letters + string.digits, 7),
        (string.ascii_lowercase + string.digits, 8),
        (string.ascii_lowercase + "234567", 13),
        (string.ascii_letters + string.digits + "-_", 22),
    ],
)
def test_a_random_token_in_a_link_of_ones_own_tells_no_care(signs: str, length: int) -> None:
    """In one of a hundred there are the letters of a disease, between two figures."""
    rng = random.Random(length)
    telling = []
    for _ in range(1000):
        token = "".join(rng.choices(signs, k=length))
        found = find(f"Ana, a message: https://lakeside.example/m/{token}", Known(own=LAKESIDE))
        rules = {f.rule for f in beyond(found, ContentTier.MINIMUM)}
        if rules - {"url/with-number"}:
            telling.append(token)

    assert len(telling) <= 1


@pytest.mark.parametrize("token", ["DV0b9SR", "76bv4cg", "bv-x7Kq9", "x7Kq9-bv", "prp-xXxXxXxX"])
def test_short_words_in_a_token_tell_no_care(token: str) -> None:
    """What stands in such a link by chance says nothing to whoever sees it."""
    found = find(f"Ana, a message: https://lakeside.example/m/{token}", Known(own=LAKESIDE))

    assert beyond(found, ContentTier.MINIMUM) == ()


def test_a_code_in_a_link_of_ones_own_tells_of_care() -> None:
    """It has no word that could be anybody's name."""
    link = "https://lakeside.example/cpt/99213"

    assert ("URL", "url/with-detail", link) in told(f"Ana: {link}")


@pytest.mark.parametrize(
    "page",
    [
        *["visit-prep", "pay", "forms/new-patient", "bios/dr-ana-ng", "team/ana-walker", "results"],
        *["flu-shots", "labs", "blood-work", "immunizations", "covid-19", "covid-vaccine"],
        *["travel-vaccines", "pediatrics", "blog/cold-and-flu?page=2"],
        *["care-team/dr-burns", "dr-graves", "dr-parkinson", "bios/dr-ana-burns"],
    ],
)
def test_a_page_for_every_visit_tells_no_care(page: str) -> None:
    """Such pages are linked to whoever comes, and people's names are no tests."""
    text = f"Ana, please read this before Tuesday: https://lakeside.example/{page}"

    assert beyond(find(text, Known(own=LAKESIDE)), ContentTier.MINIMUM) == ()


@pytest.mark.parametrize(
    ("link", "rule"),
    [
        ("https://portal.example/a/8f3kQ92mZx", "url/personal"),
        ("https://portal.example/p?mrn=00482913", "url/with-number"),
        ("https://portal.example/ana-gomez/8f3kQ92mZx", "url/with-detail"),
    ],
)
def test_a_link_is_as_bad_as_what_stands_in_it(link: str, rule: str) -> None:
    """A link that shows a name or a record number can be read without opening it."""
    assert ("URL", rule, link) in told(f"Ana, see {link} today.")


def test_a_link_of_ones_own_may_not_tell_of_the_patient() -> None:
    """The host is the practice's; the record number in it is the patient's all the same."""
    link = "https://lakeside.example/p/00482913"

    assert ("URL", "url/with-number", link) in told(f"Ana: {link}")


@pytest.mark.parametrize(
    ("text", "words", "care"),
    [
        ("Ana, your suboxone is ready.", "suboxone", Sensitivity.SUBSTANCE_USE),
        ("Ana, your diagnosis code is F32.1.", "F32.1", Sensitivity.MENTAL_HEALTH),
        ("Ana, your lisinopril is ready.", "lisinopril", Sensitivity.GENERAL),
    ],
)
def test_a_finding_says_which_care_it_gives_away(text: str, words: str, care: Sensitivity) -> None:
    """Specially protected care is found by its own words, whatever a text was declared to be."""
    [health] = [f for f in find(text) if text[f.start : f.end] == words]

    assert health.sensitivity is care
    assert bool(beyond([health], ContentTier.DETAIL)) is (care is not Sensitivity.GENERAL)


@pytest.mark.parametrize(
    ("name", "words", "care"),
    [
        ("Hope HIV Clinic", "HIV", Sensitivity.HIV_STI),
        ("Lakeside Suboxone Clinic", "Suboxone", Sensitivity.SUBSTANCE_USE),
        ("Lakeside STD Clinic", "STD", Sensitivity.HIV_STI),
        ("Lakeside PrEP Clinic", "PrEP", Sensitivity.HIV_STI),
        ("Lakeside Abortion Clinic", "Abortion", Sensitivity.REPRODUCTIVE),
        ("Lakeside Fertility Associates", "Fertility", Sensitivity.REPRODUCTIVE),
        ("Lakeside Mental Health Center", "Mental Health", Sensitivity.MENTAL_HEALTH),
        ("Lakeside Psychiatric Hospital", "Psychiatric", Sensitivity.MENTAL_HEALTH),
        ("Lakeside Skin Clinic", "Skin", Sensitivity.GENERAL),
    ],
)
@pytest.mark.parametrize("own", [OwnFacts(), None])
def test_a_hint_has_the_care_of_the_whole_name(
    name: str, words: str, care: Sensitivity, own: OwnFacts | None
) -> None:
    """The words for the place are no part of the hint, and yet say what the others mean."""
    text = f"{name}: Ana, see you Tuesday."
    known = Known(own=own and OwnFacts(names=(name,)))
    [hint] = [f for f in find(text, known) if f.label is PhiLabel.SPECIALTY_HINT]

    assert (text[hint.start : hint.end], hint.sensitivity) == (words, care)
    assert bool(beyond([hint], ContentTier.DETAIL)) is (care is not Sensitivity.GENERAL)


@pytest.mark.parametrize(
    ("words", "care"),
    [
        ("genetic counseling", Sensitivity.GENETICS),
        ("stress test", Sensitivity.GENERAL),
        ("HPV vaccine", Sensitivity.GENERAL),
        ("depression screen score", Sensitivity.MENTAL_HEALTH),
        ("stress test and suboxone", Sensitivity.SUBSTANCE_USE),
    ],
)
def test_the_longer_term_tells_the_care(words: str, care: Sensitivity) -> None:
    """A "stress test" is not about stress, and what is measured tells no care of its own."""
    text = f"Ana, your {words} is on Tuesday."
    cares = {f.sensitivity for f in find(text)}

    assert cares - {Sensitivity.GENERAL} == {care} - {Sensitivity.GENERAL}


@pytest.mark.parametrize(
    ("link", "care"),
    [
        ("https://other.example/suboxone?name=ana-gomez", Sensitivity.SUBSTANCE_USE),
        ("https://other.example/schizophrenia?dob=1980-04-12", Sensitivity.MENTAL_HEALTH),
        ("https://other.example/abortion/8f9a7d6e5c4b3a21f0", Sensitivity.REPRODUCTIVE),
        ("https://other.example/metformin?name=ana-gomez", Sensitivity.GENERAL),
        ("https://lakeside.example/refill/suboxone?name=ana-gomez", Sensitivity.SUBSTANCE_USE),
    ],
)
def test_a_link_has_the_care_of_what_stands_in_it(link: str, care: Sensitivity) -> None:
    """Nobody may send it by SMS where nobody may send the words."""
    text = f"Ana, please read {link}"
    [url] = [f for f in find(text, Known(own=LAKESIDE)) if f.label is PhiLabel.URL]

    assert (url.rule, url.sensitivity) == ("url/with-detail", care)
    assert bool(beyond([url], ContentTier.DETAIL)) is (care is not Sensitivity.GENERAL)


def test_ordinary_detail_beside_protected_care_stays_ordinary() -> None:
    """Each finding has the care of its own words."""
    found = find("Ana, your suboxone and your lisinopril are ready.")
    kinds = [f.sensitivity for f in found if f.label is PhiLabel.MEDICATION]

    assert kinds == [Sensitivity.SUBSTANCE_USE, Sensitivity.GENERAL]


@pytest.mark.parametrize(
    ("name", "full"),
    [
        *[
            ("Ana Gomez", True),
            ("ana gomez", True),
            ("Gomez, Ana", True),
            ("Mary Ann O'Neil", True),
        ],
        *[("Ana", False), ("Ana G.", False), ("A. G.", False), ("A. Gomez", False), ("", False)],
        *[("Mary-Jane", False), ("李 小龙", False), ("Ñandú Ávila", True)],
    ],
)
def test_a_full_name_has_two_names(name: str, full: bool) -> None:  # noqa: FBT001 - a table
    """A given name with an initial is what practices write for less."""
    assert is_full(name) is full


@pytest.mark.parametrize(
    "text",
    [
        "Lakeside Family Medicine: Ana, see you Tue Dec 1 at 2:30 PM. Reply C to confirm.",
        "Lakeside Family Medicine: Ana, see you at 9 in our Springfield office.",
        "Lakeside Family Medicine: Ana, see you at 9 at 12 Elm Street, Springfield.",
    ],
)
def test_a_reminder_tells_nothing_new_of_the_patient(text: str) -> None:
    """Who was born on that day and lives in that town is reminded as everybody is."""
    facts = PatientFacts(
        names=("Ana Gomez",),
        birth_date=date(1980, 12, 1),
        addresses=("9 Oak Street, Springfield, IL 62704",),
    )

    assert beyond(find(text, Known(own=LAKESIDE, patient=facts)), ContentTier.MINIMUM) == ()


def test_known_names_are_told_apart_too() -> None:
    """A given name confirms a visit; with the surname it tells everybody who the patient is."""
    assert ("NAME", "known/name", "Ana") in told("Ana, see you soon.")
    assert ("NAME", "known/full-name", "Ana Gomez") in told("Ana Gomez, see you soon.")
    assert ("DATE", "known/birth-date", "3/4/1982") in told("Ana, 3/4/1982, see you soon.")
