"""All recognizers together: any text is read, in linear time, and offsets are those as given."""

from __future__ import annotations

import gc
import html
import json
from functools import cache
from importlib.resources import files
from itertools import pairwise, product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliant_sms import records
from compliant_sms.phi import (
    ContentTier,
    Direction,
    Known,
    OwnFacts,
    PatientFacts,
    PhiFinding,
    PhiLabel,
    beyond,
    find,
)
from compliant_sms.phi._find import _ALWAYS, _NEEDED
from compliant_sms.phi._known import NOTHING_KNOWN
from compliant_sms.phi._reading import _view
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._marks import GROUPS
from growth import grows, shortest, within

DATA = Path(__file__).parent / "data"
INBOUND, OUTBOUND = Direction.INBOUND, Direction.OUTBOUND
DIRECTIONS = (None, INBOUND, OUTBOUND)
STEADY = settings(derandomize=True, deadline=None)
MARIA = Known(
    patient=PatientFacts(
        names=("Maria Gomez",),
        mrn=("00482913",),
        phones=("+12175550134",),
        emails=("maria@example.org",),
        addresses=("12 Elm Street, Springfield, IL 62704",),
        insurance_ids=("XJH20391144",),
    ),
    own=OwnFacts(names=("Lakeside Family Medicine",), phones=("+12175550100",)),
)
REMINDER = (
    "Hi Maria, your MRN is 00482913. See Dr. Patel on Tue Dec 1 about your lisinopril; "
    "we call 217-555-0134 or write to maria@example.org. DOB 3/4/1982, SSN 123-45-6789."
)
PIECES = st.sampled_from(
    [
        *("Maria", "Dr. ", "Patel", "MRN ", "00482913", " on ", "Tue Dec 1", "3/4/82", "DOB "),
        *("123-45-6789", "217-555-0134", "@", ".com", "https://", "/", "x/", "lisinopril", "'s"),
        *("\u200b", "\u202e", "\ufeff", "\x00", "\ud800", "&#49;", "&amp;", "\uff11", "\u0661"),
        *("\u0301", "\u00df", "\u0130", "\ufb01", "\u212a", "µ", "ñ", "\n", " ", "-", ",", "#"),
        *("the clinic", " and", "St. ", "Clinic ", "Mrs. ", "my son ", "J. ", " here", "Okoro's"),
        *("12 Elm Street", "Springfield, IL 62704", "ends in ", "last 4 ", "A1c ", "7.2", "mg"),
    ]
)
ANY_TEXT = st.lists(PIECES | st.text(max_size=4), max_size=24).map("".join)
# Long repetitions of everything that begins something.
HOSTILE = [
    "Diabetes Month. ",
    *("1", "12", "123-", "1-", "1.", "1/", "1 ", "(1) ", "a", "a ", "A ", "A. ", "Maria ", "Mr "),
    *("/", "-", "@", "a@", "a@b.", ".", ",", "x", "x-", "*", "#", "(", "[", "&", "&#", "&#49;"),
    *("dob ", "ssn ", "mrn ", "my ", "your ", "on ", "the ", "may ", "Tue ", "3/4/82 ", "1st "),
    *("http://", "https://a.b/", "www.", "12 Elm St ", "IL 62704 ", "Dr. ", "Dear ", "\n", "é"),
    *("\u200b", "'s ", "mg ", "5 mg ", "blood pressure ", "positive ", "test ", "pain ", "and "),
    *(
        "Ana ",
        "Springfield ",
        "Springfield, IL ",
        "hi maria ",
        "Maria Gomez, ",
        "call ",
        "217-555-0134 ",
    ),
    # A letter and a figure by turns, figures and signs of a number, and what is a cue of each.
    *("x1", "5x", "z 5 ", "5 5 5", "1+", "1@", "#1", "0_", "123456789 5 ", "555.", "2024 é", "é&"),
    *("[\u0663", "jan ", "4 ", "flu ", "cancer ", "a1c ", "knee ", "Eye ", "555 pain ", "1 see "),
    *("result: ", "progesterone 2.1 ", "pregnant, ", "counseling is 2.1 ", "mumps ", "sat 2.1 "),
    *("all patients sunday ", "Umm Maria ", "of August ", "12 elm #3 ", "Herb or Fran "),
]


# The same where a direction that is told lets more be read.
HOSTILE_TOLD = [
    *("Maria ", "Joy 5", "A. ", "Liked ", "removed a ", "12 Elm St ", "12 Elm St Apt 3, "),
    *("217-555-0134 ", "your 217-555-0134 goes ", "call ", "on the 4th ", "Smith, "),
]


@STEADY
@given(ANY_TEXT, st.sampled_from(DIRECTIONS))
def test_any_text_can_be_read(text: str, direction: Direction | None) -> None:
    """Whatever stands in a text, findings lie inside it, in order, and none overlaps another."""
    end = 0
    for finding in find(text, MARIA, direction=direction):
        assert end <= finding.start < finding.end <= len(text)
        end = finding.end


def labelled() -> list[str]:
    """The texts of the labelled cases."""
    lines = (DATA / "phi_cases.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines]


def test_a_text_cut_anywhere_is_read() -> None:
    """What breaks off in the middle of anything raises nothing."""
    for number, text in enumerate(labelled()):
        for end in range(number % 5, len(text), 5):
            find(text[:end], MARIA, direction=DIRECTIONS[end % 3])
            find(text[end:], direction=DIRECTIONS[number % 3])


@STEADY
@given(st.lists(st.sampled_from(" ".join(labelled()).split()), max_size=9), PIECES)
def test_words_in_any_order_are_read(words: list[str], between: str) -> None:
    """Whatever words stand beside each other, nothing is raised."""
    assert find(between.join(words)) == find(between.join(words))


@STEADY
@given(ANY_TEXT)
def test_reading_depends_on_nothing_else(text: str) -> None:
    """The same text is read the same, whatever was read before."""
    assert find(text) == find(text)


def test_reading_leaves_nothing_to_collect() -> None:
    """What a reading makes is gone when it ends: nothing of it waits for the garbage collector."""
    text = "Ana, your knee MRI at 12 Oak St is Tue 3/14 at 2:30. LDL was 131. Thanks, Dr. Patel"
    find(text)
    gc.collect()
    gc.disable()
    try:
        find(text)

        assert gc.collect() == 0
    finally:
        gc.enable()


@pytest.mark.parametrize(
    ("unit", "direction"),
    [*((unit, None) for unit in HOSTILE), *product(HOSTILE_TOLD, (INBOUND, OUTBOUND))],
    ids=repr,
)
def test_time_is_linear(unit: str, direction: Direction | None) -> None:
    """Ten times as long takes about ten times as long: no length makes a text expensive."""
    text = (unit * 100_000)[:100_000]

    assert grows(lambda part: find(part, MARIA, direction=direction), text, 40, 0.05)


@pytest.mark.endurance
@pytest.mark.parametrize("between", [" ", ": ", ", ", ". ", " 2.1 ", "? ", "'s "])
def test_no_word_makes_a_text_expensive(between: str) -> None:
    """Any word that a recognizer looks for, over and over: four times as long, no ten times."""
    for name in ("audience", "cues", "record_cues", "words"):
        listed = files("compliant_sms.phi").joinpath("data", f"{name}.txt").read_text("utf-8")
        rows = [row for row in listed.splitlines() if row[:1] not in {"#", "["}]
        for word in {word.strip(" *^") for row in rows for word in row.split(",")} - {""}:
            unit = f"{word}{between}"
            short, long = (unit * 3_000)[:3_000], (unit * 12_000)[:12_000]
            bound = 10 * shortest(lambda short=short: find(short)) + 0.02
            assert within(bound, lambda long=long: find(long)), unit


def shown(text: str) -> list[tuple[str, str]]:
    """What is found, with the part of the text where it stands."""
    return [(found.label, text[found.start : found.end]) for found in find(text)]


PLAIN = shown(REMINDER)


def test_a_text_full_of_identifiers() -> None:
    """Each identifier is found at its place under its label."""
    assert PLAIN == [
        (PhiLabel.NAME, "Maria"),
        (PhiLabel.MRN, "00482913"),
        (PhiLabel.PROVIDER_NAME, "Patel"),
        (PhiLabel.DATE, "Tue Dec 1"),
        (PhiLabel.MEDICATION, "lisinopril"),
        (PhiLabel.PHONE, "217-555-0134"),
        (PhiLabel.EMAIL, "maria@example.org"),
        (PhiLabel.DATE, "3/4/1982"),
        (PhiLabel.SSN, "123-45-6789"),
    ]


def full_width(text: str) -> str:
    """The same in characters that are twice as wide."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def spaced_out(text: str) -> str:
    """The same with something that nobody sees behind each character."""
    return "".join(f"{c}\u200b" for c in text)


def as_entities(text: str) -> str:
    """The same as HTML."""
    return "".join(f"&#{ord(c)};" for c in text)


def undone(text: str) -> str:
    """How a disguised text reads."""
    import unicodedata  # noqa: PLC0415

    return unicodedata.normalize("NFKC", html.unescape(text)).replace("\u200b", "")


@pytest.mark.parametrize("disguise", [full_width, spaced_out, as_entities])
def test_disguise_hides_nothing(disguise: object) -> None:
    """Width, invisible characters and entities hide no identifier; offsets stay as given."""
    assert callable(disguise)

    found = shown(disguise(REMINDER))

    assert [(label, undone(text)) for label, text in found] == PLAIN


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Your H.I.V. test is back", ["H.I.V. test"]),
        ("about your h.i.v. result", ["h.i.v."]),
        ("You have A.D.H.D. and O.C.D.", ["A.D.H.D.", "O.C.D"]),
        ("You have &#72;.Ｉ.V, Ana", ["&#72;.Ｉ.V", "Ana"]),
        ("Write to a.b.c@h.i.v.com", ["a.b.c@h.i.v.com"]),
        ("https://h.i.v.clinic.example/x/h.i.v.html", []),
        ("See you at 3 p.m., e.g. at noon, i.e. 12", []),
        ("Your H I V test is back", ["H I V test"]),
        ("about the H-I-V result", ["H-I-V"]),
        ("You have A. D. H. D., Ana", ["A. D. H. D", "Ana"]),
        ("A. B. C. Gomez missed it", ["A. B. C. Gomez"]),
        ("Bring forms A B C, as I said", []),
        ("so i saw h i v", []),
    ],
)
def test_signs_between_letters_hide_no_abbreviation(text: str, said: list[str]) -> None:
    """Offsets are those of the text as given; initials and hosts are none."""
    assert [text[each.start : each.end] for each in find(text)] == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Your \u041dIV test is back", ["\u041dIV test"]),
        ("M\u0430ria Lopez missed her visit", ["M\u0430ria Lopez"]),
        ("Write to an\u0430@mail.example", ["an\u0430@mail.example"]),
        ("You have as\u200bth\u200bm\u0430", ["as\u200bth\u200bm\u0430"]),
    ],
)
def test_look_alikes_hide_nothing_in_a_latin_word(text: str, said: list[str]) -> None:
    """Letters of other scripts that look like Latin ones: the word is read as a Latin one."""
    assert [text[each.start : each.end] for each in find(text)] == said


def test_what_may_never_go_by_text_does_not_with_periods_either() -> None:
    """No wish of the patient's permits it."""
    said = [find(f"Ana, your {each} test is back.") for each in ("HIV", "H.I.V.")]

    assert [beyond(each, ContentTier.DETAIL) != () for each in said] == [True, True]


def test_one_sign_that_reads_as_several_is_found_once() -> None:
    """Findings do not overlap in the text as given, though what it reads as is longer."""
    text = (
        "M Ju brai-itince/salt:\u200b80%, six?organ'scou, contacts,\u200bGranite/9-1.. - "
        "Lost/weighed 88\u00bd. comp"
    )
    places = [(found.start, found.end) for found in find(text)]

    assert all(before[1] <= after[0] for before, after in pairwise(places))


@pytest.mark.many_rounds
def test_a_megabyte_is_read() -> None:
    """A text that nobody would send is read like any other."""
    assert len(find(f"{REMINDER}\n" * 6000)) >= 6000


def test_a_finding_tells_nothing_of_the_text() -> None:
    """What is kept of a finding has offsets and words of ours, nothing of the text."""
    for finding in find(REMINDER, MARIA):
        kept = records.encode(finding)

        assert not any(value in kept for value in (b"Maria", b"00482913", b"Patel", b"6789"))
        assert records.decode(kept, PhiFinding) == finding


def test_what_is_learned_of_signs_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signs beyond the most that are kept are worked out anew and read the same."""
    monkeypatch.setattr(_view, "_MOST_KEPT", 0)
    fresh = _view._Table()

    assert fresh["\uff11"] == "1"
    assert not fresh


def test_a_figure_far_from_its_cue_is_no_code() -> None:
    """What a billing code is called must stand near it."""
    text = "the cpt is on the bill that the office sends, and do keep that, unit 36415"

    assert [found for found in find(text) if found.rule.startswith("code/")] == []


@cache
def _views() -> list[View]:
    return [
        View(text, direction)
        for at, written in enumerate(labelled())
        for text, direction in ((written, DIRECTIONS[at % 3]), (written.lower(), None))
    ]


@pytest.mark.parametrize("recognizer", range(len(_NEEDED)))
def test_a_recognizer_finds_nothing_in_what_lacks_all_that_it_needs(recognizer: int) -> None:
    """So that leaving it out changes no finding; each is left out of some texts, or never."""
    needs, recognize = _NEEDED[recognizer]
    without = [view for view in _views() if not (view.said | _ALWAYS) & needs]

    assert not any(list(recognize(view, NOTHING_KNOWN)) for view in without)


@STEADY
@given(ANY_TEXT)
def test_words_are_grouped_by_their_marks(text: str) -> None:
    """What is looked up once for all recognizers is what each would find for itself."""
    view = View(text)

    for group in GROUPS:
        assert view.marked(group) == [at for at, marks in enumerate(view.marks) if marks & group]
    assert view.longest == max((end - start for start, end in view.figures), default=0)


def test_a_full_table_of_marks_still_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not kept any more is worked out each time: memory has a bound, and reading none."""
    kept = _view._Groups()
    expected = {mark: kept[mark] for mark in GROUPS}
    monkeypatch.setattr(_view, "_MOST_KEPT", 0)
    full = _view._Groups()
    assert {mark: full[mark] for mark in GROUPS} == expected
    assert not full
