"""Results told in set phrases, as counts, of organs and growths, on meters and on scales."""

from __future__ import annotations

import pytest

from compliant_sms.phi import PhiLabel, find


def results(text: str) -> list[str]:
    return [text[f.start : f.end] for f in find(text) if f.label is PhiLabel.TEST_RESULT]


PHRASES = [
    ("Your TSH is back in range.", ["back in range"]),
    ("your labs are within normal limits", ["within normal limits"]),
    ("sus análisis están dentro de lo normal", ["dentro de lo normal"]),
    ("everything came back normal, see you in a year", ["normal"]),
    ("hola, todo salió bien en sus estudios", ["bien"]),
    # What was found before.
    ("your polyps were benign", ["benign"]),
    ("Your tumor has shrunk by half.", ["shrunk by half"]),
    ("the nodule is unchanged since 2023", ["unchanged since 2023"]),
    ("my fracture is healing", ["healing"]),
    # Organs.
    ("his lungs are clear", ["clear"]),
    ("Your thyroid looks normal.", ["normal"]),
    ("sus riñones están estables", ["estables"]),
    # Counts.
    ("Your sleep study found 32 events per hour.", ["32 events per hour"]),
    ("we counted 9 follicles, trigger tonight", ["9 follicles"]),
    ("im dilated to 4, contractions 5 min apart", ["dilated to 4"]),
    ("Your scan today: 8w2d, all good", ["8w2d"]),
    # Meters.
    ("my meter just says HI", ["HI"]),
    ("her dexcom keeps reading LOW", ["LOW"]),
    # About so much, and on scales.
    ("my sugars are in the 200s again", ["200s"]),
    ("bp 130s/80s this week", ["130s/80s"]),
    # The same thing measured once more.
    ("blood sugar 58, drank juice, now 94", ["58", "94"]),
    ("my bp was 168/94 when she left, still 160 now", ["168/94", "160"]),
    ("sugar 300, took insulin, down to 210", ["300", "210"]),
    ("i tested positive again", ["positive"]),
    # What was read.
    ("my pain is 7 out of 10", ["7 out of 10"]),
    ("her quad screen came back 1 in 90", ["1 in 90"]),
    ("my RPR titer is 1:8", ["1:8"]),
    ("Hep C antibody: non-reactive", ["non-reactive"]),
    ("my PHQ-9 is 19", ["19"]),
    ("201.4 lb this am, lasix taken", ["201.4 lb"]),
    ("Your wrist fracture looked well healed on the film", ["well healed"]),
]


@pytest.mark.parametrize(("text", "words"), PHRASES)
def test_results_in_phrases_and_counts_are_found(text: str, words: list[str]) -> None:
    """One finding for each, without what it is a result of."""
    assert words == results(text)


NO_RESULTS = [
    "the bill was $58, paid it, now 94 is due",
    "Your stress test is 9/14. No metoprolol that morning.",
    "the price is in range for me",
    "we saw 9 follicle posts at the event",
    "call if her fever goes over 100.4",
    "my lungs, and then i sat down",
    "my thyroid doctor moved",
    "my lump, gone or not, still scares me",
    "my tumor board letter came",
    "my mole in the middle of it all was fine",
    "my mole has been just now also here",
    "my meter says the battery is dead",
    "everything fine with the bill, all good",
    "my knee looks normal on video",
]


@pytest.mark.parametrize("text", NO_RESULTS)
def test_the_same_words_elsewhere_are_no_results(text: str) -> None:
    """Nothing is found where nothing was examined."""
    assert not results(text)


PROCEDURES = [
    ("bring your 24-hour urine jug Friday", ["24-hour urine jug"]),
    ("my 28-week glucola is Thursday", ["28-week glucola"]),
    ("do i fast for the 3 hr glucose test", ["3 hr glucose test"]),
    ("my hour glucose is monday", ["hour glucose"]),
    ("is my ICD ok to fly with", ["ICD"]),
    ("how long am i in the sling", ["sling"]),
    ("is the crown ready at the lab", ["crown"]),
    ("lost my filling last night", ["filling"]),
    ("did the culture grow anything", ["culture"]),
    ("his kinesio tape fell off", ["kinesio tape"]),
    ("i got my blood drawn, no word yet", ["blood drawn"]),
    ("her scratch testing is tomorrow", ["scratch testing"]),
    ("CT abd/pelvis on 4/30 for you, nothing by mouth", ["CT abd/pelvis"]),
]


@pytest.mark.parametrize(("text", "words"), PROCEDURES)
def test_procedures_with_their_count_and_in_their_company(text: str, words: list[str]) -> None:
    """The figure before an hour or a week belongs to what is done."""
    found = [text[f.start : f.end] for f in find(text) if f.label is PhiLabel.PROCEDURE]
    assert words == found


@pytest.mark.parametrize(
    "text",
    [
        "the pharmacy needs the ICD code",
        "our company culture is growing, my friend",
        "the bridge on my street is closed",
    ],
)
def test_short_names_in_other_company_are_no_procedures(text: str) -> None:
    """A crown, a culture or a bridge of another kind."""
    assert not [f for f in find(text) if f.label is PhiLabel.PROCEDURE]


@pytest.mark.parametrize(
    "text",
    ["all is healed, says my doctor of the polyp", "her arm is healing, and the polyp is still"],
)
def test_a_growth_of_which_the_text_says_no_more(text: str) -> None:
    """What heals elsewhere tells nothing of a growth with which the text ends."""
    assert [f for f in find(text) if f.label is PhiLabel.TEST_RESULT] == []


@pytest.mark.parametrize("text", ["Ana, hemos cambiado su cita", "Gracias. Hemos quitado su cita."])
def test_a_spanish_verb_is_no_treatment(text: str) -> None:
    """No plural of what hemodialysis is called for short."""
    assert [f for f in find(text) if f.label is PhiLabel.PROCEDURE] == []
