"""What people say of days, names, numbers and health in everyday words; and what says nothing."""

from __future__ import annotations

import pytest

from compliant_sms.phi import PhiLabel, find


def found(text: str, *labels: PhiLabel) -> list[str]:
    """The parts of a text that are found under some labels."""
    return [text[each.start : each.end] for each in find(text) if each.label in labels]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("yes the 9th works for us", ["9th"]),
        ("between the 10th and the 14th im away", ["10th", "14th"]),
        ("Your visit with Dr. Osei is the 12th.", ["12th"]),
        ("Moved from 6.12 to 6.19.", ["6.12", "6.19"]),
        ("cambie mi cita del 15 al 22 por favor", ["15", "22"]),
        ("no puedo el 14 de este mes", ["14"]),
        ("i was seen xmas eve, still no bill", ["xmas eve"]),
        ("she was admitted new years day", ["new years day"]),
        ("bday 0704 1985", ["0704 1985"]),
        ("lmp 8 1", ["8 1"]),
        ("Your visit of 3/1 has been billed.", ["3/1"]),
        ("sat or sun is fine", ["sat", "sun"]),
        ("Please arrive Th 8:45.", ["Th"]),
        ("does 4/4 work", ["4/4"]),
    ],
)
def test_days(text: str, days: list[str]) -> None:
    """Days that a word beside them tells, in forms that could be something else."""
    assert found(text, PhiLabel.DATE) == days


@pytest.mark.parametrize(
    "text",
    [
        "A1c moved from 6.12 to 6.9",
        "pay day is the 1st can i pay then",
        "take half of 1/2 a tablet",
        "card ends 0071 exp 11/28",
        "are you open on christmas eve",
        "It went from 6.12 to 6.19 percent.",
        "We are open 4-9 every weekday.",
    ],
)
def test_no_days(text: str) -> None:
    """Values, fractions, cards' ends and what is the same for all are no days."""
    assert found(text, PhiLabel.DATE) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("faith here, running late", ["faith"]),
        ("hey its me Torvald", ["Torvald"]),
        ("u spelled it Jonson", ["Jonson"]),
        ("He goes by Ash now", ["Ash"]),
        ("cancel for juno", ["juno"]),
        ("cancel for daisy", ["daisy"]),
        ("Mr. Ng is here", ["Ng"]),
        ("D'Shawn, your forms are in", ["D'Shawn"]),
        ("Ja'Marr, your forms are in", ["Ja'Marr"]),
        ("Staff: pt in room 6, J. Halvorsen, needs a ride", ["J. Halvorsen"]),
        ("Team: Delgado in bay 3 is ready", ["Delgado"]),
        ("i need her to call me, Bartlett, 555-0139", ["Bartlett"]),
        ("Hi Selamawit, you are due", ["Selamawit"]),
    ],
)
def test_names(text: str, names: list[str]) -> None:
    """Names with few words around that announce them."""
    assert found(text, PhiLabel.NAME) == names


@pytest.mark.parametrize(
    "text",
    [
        "its me again",
        "it's me lol",
        "will here be parking",
        "cancel for tomorrow",
        "refill for lisinopril",
        "we don't know",
        "Dear Parent/Guardian, forms are due.",
        "Bill: $120",
        "meals M/W/F. call us",
        "nonagenarian here",
    ],
)
def test_no_names(text: str) -> None:
    """Ordinary words behind the same ones."""
    assert found(text, PhiLabel.NAME, PhiLabel.PROVIDER_NAME) == []


@pytest.mark.parametrize(
    ("text", "label", "part"),
    [
        ("my portal name is jwick77", PhiLabel.OTHER_ID, "jwick77"),
        ("its maria underscore h at example dot org", PhiLabel.EMAIL, None),
        ("email me at k dot ruiz at mail dot example", PhiLabel.EMAIL, None),
        ("4 0 8 5 5 5 0 1 3 9", PhiLabel.PHONE, "4 0 8 5 5 5 0 1 3 9"),
        ("614*555*0133", PhiLabel.PHONE, "614*555*0133"),
        ("ph#6145550133", PhiLabel.PHONE, "6145550133"),
        ("Calling you at 614-555-0133 at 2.", PhiLabel.PHONE, "614-555-0133"),
        ("Kim, please call Mrs. Abruzzo back at 973-555-0166", PhiLabel.PHONE, "973-555-0166"),
        ("its 123456789 for the social", PhiLabel.SSN, "123456789"),
        ("last 4 social is 1 2 3 4", PhiLabel.SSN, "1 2 3 4"),
        ("they took $40 off my card 4417", PhiLabel.ACCOUNT, "4417"),
        ("1411 e. 9th apt b", PhiLabel.GEO, "1411 e. 9th apt b"),
        ("Lot 22, Shady Acres", PhiLabel.GEO, "Lot 22, Shady Acres"),
        ("mom's at Sunrise Villa room 214", PhiLabel.GEO, "Sunrise Villa room 214"),
        ("Delivery to Ogden this Friday.", PhiLabel.GEO, "Ogden"),
        ("mom just hit 99", PhiLabel.AGE_OVER_89, "99"),
        ("dad 98 wont use it", PhiLabel.AGE_OVER_89, "98"),
        ("abuelo de 97", PhiLabel.AGE_OVER_89, "97"),
        ("At 91, Clyde needs a ride.", PhiLabel.AGE_OVER_89, "91"),
        ("at 97 she still walks", PhiLabel.AGE_OVER_89, "97"),
        ("he is a young 96", PhiLabel.AGE_OVER_89, "96"),
        ("her 97th!", PhiLabel.AGE_OVER_89, "97"),
        ("my work line is 614-555-0133", PhiLabel.PHONE, "614-555-0133"),
        ("call me at the office 614-555-0133", PhiLabel.PHONE, "614-555-0133"),
        ("If 614-555-0133 is no longer your number, reply NEW.", PhiLabel.PHONE, "614-555-0133"),
        ("my dentist wants it, fax 614-555-0133", PhiLabel.FAX, "614-555-0133"),
        ("SSN4: 1234", PhiLabel.SSN, "1234"),
    ],
)
def test_numbers_and_places(text: str, label: PhiLabel, part: str | None) -> None:
    """Numbers, addresses and ages in unusual forms."""
    assert found(text, label) == [part] if part else len(found(text, label)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "portal name was changed",
        "u still at 40 E 9th?",
        "press 1 2 3 4 5 6 7 8 9 0 1 2",
        "At 91, traffic is slow.",
        "the 98 bus is late",
        "my 97th visit",
        "keep it at 97 degrees",
        "call our office line 614-555-0133",
        "The recall of Brand X eye drops affects lots 22A-22F.",
    ],
)
def test_no_numbers_and_places(text: str) -> None:
    """What reads alike and is nobody's."""
    found_labels = {each.label for each in find(text)}
    assert found_labels.isdisjoint(
        {PhiLabel.OTHER_ID, PhiLabel.PHONE, PhiLabel.GEO, PhiLabel.AGE_OVER_89, PhiLabel.DEVICE}
    )


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("my throat feels like razors", "throat feels like razors"),
        ("ankle the size of a grapefruit", "ankle the size of a grapefruit"),
        ("Oona bit her tongue", "bit her tongue"),
        ("got poked in the eye", "poked in the eye"),
        ("bonked his front tooth", "bonked his front tooth"),
        ("breaking out all over", "breaking out"),
        ("something growing on my back", "something growing on my back"),
        ("i feel faint every morning", "feel faint"),
        ("cannot see out of the left eye", "cannot see out of the left eye"),
        ("tube fell out", "tube fell out"),
        ("the cough wont go away", "cough wont go away"),
        ("me siento mareada", "mareada"),
    ],
)
def test_complaints(text: str, part: str) -> None:
    """What somebody feels, likened to something or told of a part, a tube or a blow."""
    assert any(part in each for each in found(text, PhiLabel.CONDITION))


@pytest.mark.parametrize(
    "text",
    [
        "a fight broke out in the lobby",
        "the hand looks like new",
        "im confused about my bill",
        "i cant see the link",
        "the bill hit my account",
        "Ana's dad is outside",
    ],
)
def test_no_complaints(text: str) -> None:
    """Talk, things and bills."""
    assert found(text, PhiLabel.CONDITION, PhiLabel.PROCEDURE) == []


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Your A1c is a bit better than last time.", "a bit better"),
        ("Your A1c went down half a point.", "down half a point"),
        ("Your cholesterol looks better", "better"),
        ("Your hCG level doubled to 1,240.", "doubled to 1,240"),
        ("PSA is up again", "up again"),
        ("Your blood count is back to normal.", "normal"),
        ("We saw a shadow on the x-ray.", "shadow"),
        ("MRI: L4-5 disc bulge", "L4-5 disc bulge"),
        ("got 7.2 on my a1c", "7.2"),
        ("what is 240 for my cholesterol", "240"),
        ("102.6 under the tongue", "102.6"),
        ("my ana was 1:640", "1:640"),
        ("me salió positiva la prueba de embarazo", "positiva"),
    ],
)
def test_results(text: str, part: str) -> None:
    """How a value is or went, and what was seen, without a figure."""
    assert part in found(text, PhiLabel.TEST_RESULT)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("my knee is getting replaced", "knee is getting replaced"),
        ("they're removing my appendix", "removing my appendix"),
        ("i had my wart frozen", "wart frozen"),
        ("D2740 for tooth 30 needs pre-approval", "D2740"),
        ("Procedure code 99214 was billed", "99214"),
    ],
)
def test_procedures(text: str, part: str) -> None:
    """What is done to somebody, told in words or as a code."""
    assert part in found(text, PhiLabel.PROCEDURE)


@pytest.mark.parametrize(
    "text",
    [
        "please remove my name",
        "the door was repaired",
        "my appointment was removed",
        "no growth yet",
    ],
)
def test_no_procedures_or_results(text: str) -> None:
    """Things that are done to no body, and a test that is not over."""
    assert found(text, PhiLabel.PROCEDURE, PhiLabel.CONDITION) == []


@pytest.mark.parametrize(
    "text",
    [
        "my bp check is at 1:40",
        "see you at 3 for your a1c",
        "room 7 for the mri",
        "come in at 10 for labs",
    ],
)
def test_no_results(text: str) -> None:
    """Hours and rooms before what is measured."""
    assert found(text, PhiLabel.TEST_RESULT) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("my mole was cut off", ["mole was cut off"]),
        ("wart burned off last week", ["wart burned off"]),
        ("my wound was sewn up", ["wound was sewn up"]),
    ],
)
def test_what_was_done_to_a_part(text: str, told: list[str]) -> None:
    """Two words that together tell of an operation."""
    assert found(text, PhiLabel.PROCEDURE) == told


@pytest.mark.parametrize(
    "text", ["at 91, 5", "died at 94, $2", "Dr saw a very nice dog on your x-ray"]
)
def test_nothing_behind_it(text: str) -> None:
    """Where nobody's age and no finding follows, nothing is told."""
    assert found(text, PhiLabel.AGE_OVER_89, PhiLabel.TEST_RESULT) == []
