"""Redaction: what is found is gone, equal values stay equal, and keys alone bring them back."""

from __future__ import annotations

import json
import re
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliant_sms.errors import CannotUnseal, InvalidInput
from compliant_sms.keyring import Keyring
from compliant_sms.phi import (
    NOTHING_KNOWN,
    Known,
    OwnFacts,
    PatientFacts,
    PhiFinding,
    PhiLabel,
    Redaction,
    Redactor,
    find,
    redact,
    redact_reversibly,
    restore,
    without,
)
from compliant_sms.phi._reading._escapes import decoded
from compliant_sms.phi._redaction._placeholders import _ALIKE
from compliant_sms.phi._redaction._strict import find_strictly, united
from compliant_sms.phi._redaction._without import _WORDS
from compliant_sms.text import Encoding, segment

RING = Keyring.generate()
STEADY = settings(derandomize=True, deadline=None)
SSN = "219-09-9999"
# Pieces that make findings, look like placeholders, or sit badly in encodings.
PIECES = [
    *("Ana Gomez", "ana  gomez", SSN, "２１９-09-9999", "your metformin refill", "HIV"),
    *("217-555-0134", "+1 (217) 555 0134", "ana@example.com", "on Dec 1", "12/1/2026", " "),
    *("[NAME-1]", "[2:NAME-1]", "[SSN-1]", "[NAME-", "-1]", "[", "]", "[[", "1", ":", "[07:X-1]"),
    *("\ud83d", "\ude00", "\0", "\u202e", "\u200b", "é", "😀", "&#50;", "&amp;", "\r\n", "%40"),
]
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(st.characters(codec=None), max_size=8)).map(
    "".join
)
PATIENT = Known(patient=PatientFacts(names=["Zelda Quagga"], mrn=["QX-4471"]))


@STEADY
@given(text=TEXTS, strict=st.booleans())
def test_what_is_redacted_can_be_restored_to_the_letter(text: str, strict: bool) -> None:  # noqa: FBT001
    """Any text, with surrogates, NULs, marks of direction and placeholders of its own."""
    redaction, sealed = redact_reversibly(text, PATIENT, RING, "ticket-1", strict=strict)

    assert redaction == redact(text, PATIENT, strict=strict)
    assert restore(redaction.text, sealed, RING, "ticket-1") == text


@STEADY
@given(TEXTS)
def test_our_placeholders_are_told_from_what_stood_there(text: str) -> None:
    """Those of our round stand exactly where something was taken out, and nowhere else."""
    redaction = redact(text, strict=True)
    given_rounds = {found[1] or "1" for found in _ALIKE.finditer(text)}
    ours = [f for f in _ALIKE.finditer(redaction.text) if (f[1] or "1") not in given_rounds]

    assert len(ours) == len(redaction.findings)
    between = [0, *(place for f in redaction.findings for place in (f.start, f.end)), len(text)]
    kept = [text[a:b] for a, b in zip(between[::2], between[1::2], strict=True)]
    around = [0, *(place for f in ours for place in f.span()), len(redaction.text)]
    assert kept == [redaction.text[a:b] for a, b in zip(around[::2], around[1::2], strict=True)]


@STEADY
@given(TEXTS)
def test_nothing_that_was_found_stays(text: str) -> None:
    """The findings are those of ``find``, and nothing of them is in the result's own memory."""
    redaction = redact(text)

    left = [
        found
        for found in find(text)
        if not any(f.start <= found.start and found.end <= f.end for f in redaction.findings)
    ]
    # What an earlier redaction left, or the class of an exception.
    assert all("[" in text[max(0, f.start - 30) : f.end] for f in left)
    assert text in {"", redaction.text} or redaction.text not in repr(redaction)


def test_the_same_value_has_the_same_placeholder() -> None:
    """Case, spacing, separators, width and invisible characters make no other value."""
    names = "Dear Ana Gomez, is Ana\u200b  Gómez there? Dear Bob Smith, this is for Ana Gomez."
    numbers = f"SSN {SSN}, SSN 219 09 9999, SSN ２１９-09-9999, SSN 219-09-9998"
    phones = "217-555-0134 or (217) 555 0134 or +1 217 555 0134 or 217-555-0135"

    assert redact(names).text == (
        "Dear [NAME-1], is [NAME-1] there? Dear [NAME-2], this is for [NAME-1]."
    )
    assert redact(numbers).text == "SSN [SSN-1], SSN [SSN-1], SSN [SSN-1], SSN [SSN-2]"
    assert redact(phones, strict=True).text == ("[PHONE-1] or [PHONE-1] or [PHONE-1] or [PHONE-2]")


def test_a_name_found_in_parts_is_one_name() -> None:
    """Blanks join its parts; a new line begins another."""
    facts = Known(patient=PatientFacts(names=["Zelda", "Quagga"]))

    assert redact("Zelda \u200b Quagga", facts).text == "[NAME-1]"
    assert redact("Zelda\nQuagga", facts).text == "[NAME-1]\n[NAME-2]"
    assert redact("Zelda, Quagga", facts).text == "[NAME-1], [NAME-2]"


def test_different_values_have_different_placeholders() -> None:
    """Separators count where they tell values apart."""
    dates = redact("your visits are on 12/1/2026 and 1/21/2026").text
    mails = redact("a.b@example.com, ab@example.com, a.b@EXAMPLE.com", strict=True).text

    assert {"[DATE-1]", "[DATE-2]"} <= set(dates.split())
    assert mails == "[EMAIL-1], [EMAIL-2], [EMAIL-1]"


def test_a_text_that_holds_a_placeholder_stays_unambiguous() -> None:
    """Ours are of a later round then, and the smallest free one."""
    assert redact("Dear Ana Gomez, hello").text == "Dear [NAME-1], hello"
    assert redact("[NAME-1]: dear Ana Gomez, hello").text == "[NAME-1]: dear [2:NAME-1], hello"
    crowded = redact(f"[NAME-1] [2:X-7] [4:DATE-1] [{'9' * 6000}:X-1] SSN {SSN}").text
    assert crowded.endswith("SSN [3:SSN-1]")


def test_redacting_twice_changes_nothing() -> None:
    """Two handlers with the same filter leave what one leaves."""
    texts = [
        f"Ana Gomez, your metformin is ready. SSN {SSN}, call 217-555-0134, MRN 4471882.",
        "[NAME-1], DOB [DATE-1], MRN [MRN-1], [2:SSN-12], see https://example.com/[URL-1]",
    ]
    for text in texts:
        once = redact(text, strict=True).text
        assert redact(once, strict=True).text == once


def test_a_long_number_in_brackets_is_no_placeholder_of_ours() -> None:
    """Nobody numbers so many values: it may be a record's own number."""
    assert "4471882" not in redact("the chart is [MRN-4471882]", strict=True).text


def test_labels_and_what_to_keep() -> None:
    """All labels by default, names of clinicians too; or some; or all but some."""
    text = f"Ana Gomez, Dr. Patel says: metformin. SSN {SSN}"

    everything = redact(text)
    assert {f.label for f in everything.findings} == {
        PhiLabel.NAME,
        PhiLabel.PROVIDER_NAME,
        PhiLabel.MEDICATION,
        PhiLabel.SSN,
    }
    assert redact(text, labels=[PhiLabel.SSN]).text == text.replace(SSN, "[SSN-1]")
    assert "Patel" in redact(text, keep=[PhiLabel.PROVIDER_NAME]).text
    assert redact(text, labels=[]).text == text
    assert redact(text, labels=[], strict=True).text == text
    with pytest.raises(InvalidInput):
        redact(text, labels=["NAMES"])  # type: ignore[list-item]


def test_what_is_kept_is_kept_strictly_too() -> None:
    """A date that somebody wants to see is no number, and a number beside it is one."""
    text = "visit on 2026-12-01, call 217-555-0100"

    assert redact(text, keep=[PhiLabel.DATE], strict=True).text == (
        "visit on 2026-12-01, call [PHONE-1]"
    )


def test_known_facts_are_found() -> None:
    """What the patient's record holds is redacted; what is the practice's own is not."""
    own = Known(own=OwnFacts(names=("Lakeside Family Medicine",), phones=("217-555-0100",)))

    assert "QX-4471" not in redact("chart qx4471 or QX-4471", PATIENT).text
    assert redact("Lakeside Family Medicine, 217-555-0100", own).findings == ()


@pytest.mark.parametrize(
    "number",
    [
        "+12175550134",
        "(217) 555-0134",
        "217.555.0134",
        "217 555 0134",
        "555-0134",
        "２１７５５５０１３４",
        "2\u200b1\u200b75550134",
        "&#50;17-555-0134",
        "44 20 7946 0958",
        "2 1 7 5 5 5 0 1 3 4",
        "217 - 555 - 0134",
        "217_555_0134",
        "٢١٧٥٥٥٠١٣٤",
        "4111 1111 1111 1111",
    ],
)
@pytest.mark.parametrize("frame", ["to={}", "tel{}x", "{}", "[{}]", "at {}.", '{{"to": "{}"}}'])
def test_strictly_every_full_number_goes(number: str, frame: str) -> None:
    """Whoever owns it, in any dress."""
    text = frame.format(number)
    own = Known(own=OwnFacts(phones=("217-555-0134", "555-0134")))

    redacted = redact(text, own, strict=True).text

    assert number not in redacted
    assert not any(part in redacted for part in ("0134", "555", "1111", "0958"))


@pytest.mark.parametrize(
    "address", ["ana@example.com", "ana.g+x@localhost", "ana%40example.com", "ana＠example.com"]
)
def test_strictly_every_mail_address_goes(address: str) -> None:
    """Whoever owns it; also as a URL writes it."""
    for text in (address, f"to <{address}>", f"https://x.example/?to={address}&b=1"):
        redacted = redact(text, strict=True).text
        assert "ana" not in redacted
        assert "local" not in redacted


@pytest.mark.parametrize(
    "harmless",
    [
        "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        "12345678-1234-4123-8123-1234567890ab, 3f2504e0-4f89-11d3-9a0c-030512345678",
        "9b2d6e0f4c1a4e7f8a3b5c6d7e8f9012",
        "SM9b2d6e0f4c1a4e7f8a3b5c6d7e8f9012",
        "line 217 of 123456",
        "a @ b, @property, x@",
        "took 0.25 s",
        "v1.26.4",
    ],
)
def test_strictness_leaves_what_a_log_needs(harmless: str) -> None:
    """Opaque ids, line numbers, short figures, code."""
    assert redact(harmless, strict=True).text == harmless


@pytest.mark.parametrize(
    "written",
    [
        "{'a': b'Zelda Quagga'}",
        "'hello\\nZelda Quagga'",
        "To=x&Body=Dear+Zelda%20Quagga%2C+hi",
        "Row(person='Zelda Quagga', born=datetime.date(1980, 4, 12))",
        "Key (name)=(Zelda Quagga) already exists",
    ],
)
def test_strictness_reads_what_programs_write(written: str) -> None:
    """Literals, JSON and forms glue their escapes to words."""
    redacted = redact(written, PATIENT, strict=True).text

    assert not {"Zelda", "Quagga", "1980"} & set(re.findall(r"\w+", redacted))
    assert "[NAME-1]" in redacted


NUNEZ = {"to": "Ángel Núñez", "note": "su cita es el 4/12/1980; llame a angel@nunez.example"}


@pytest.mark.parametrize(
    "written",
    [
        json.dumps(NUNEZ),
        json.dumps(json.dumps(NUNEZ)),
        ascii(NUNEZ),
        repr(json.dumps(NUNEZ, ensure_ascii=False).encode()),
        urlencode(NUNEZ),
        quote(NUNEZ["to"]),
        quote(f"/p/{NUNEZ['to']}/x"),
        "to \\U000000c1ngel N\\u00fa\\u00f1ez",
    ],
)
@pytest.mark.parametrize(
    "known", [NOTHING_KNOWN, Known(patient=PatientFacts(names=["Ángel Núñez"]))]
)
def test_escapes_hide_nothing(written: str, known: Known) -> None:
    """JSON, literals of texts and bytes, URLs and forms: it goes to the last sign of its escape."""
    redaction = redact(written, known, strict=True)

    if known is not NOTHING_KNOWN or "note" in written:
        assert "[NAME-1]" in redaction.text
        assert not re.search("ngel|ez|u00|c3|f1|81|nunez", redaction.text, re.IGNORECASE)
    assert "1980" not in redaction.text


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("plain", "plain"),
        ("a\\u00e9b", "aéb"),
        ("a\\\\u00e9b", "aéb"),
        ("\\ud83d\\ude00!", "😀!"),
        ("\\ud83d!", " !"),
        ("\\U0001f600\\Uffffffff.", "😀 ."),
        ("\\xe9\\xe8 \\xc3\\xa9", "éè é"),
        ("a%20b%C3%A9%2C%e2%82%ac 5%ab", "a bé,€ 5 "),
        ("x\\ny\\x00\\u0022", "x y  "),
        ("100% of \\users", "100% of \\users"),
    ],
)
def test_a_decoded_text_is_as_long_as_it_was(written: str, read: str) -> None:
    """Each character stands where its escape begins, so that offsets stay."""
    text = decoded(written)

    assert len(text) == len(written)
    assert re.sub(" +", " ", text.replace("\u2060", "")) == re.sub(" +", " ", read)


def test_findings_in_escapes_have_the_offsets_of_the_text_as_given() -> None:
    """From the first sign of an escape to the last, also where the text has other disguises."""
    for text in (
        "Dear \\u00c1ngel N\\u00fa\\u00f1e\\u007a, hi",
        "＆ Dear Ana Go\\u0301me\\u007a: hi",
    ):
        [found] = [f for f in find(text, escaped=True) if f.label is PhiLabel.NAME]

        assert text[: found.start].endswith("Dear ")
        assert text[found.end :] in {", hi", ": hi"}


@pytest.mark.parametrize(
    "zone",
    [
        *["zoneinfo.ZoneInfo(key='America/Chicago')", "datetime.timezone.utc"],
        "datetime.timezone(datetime.timedelta(days=-1, seconds=68400))",
        "Odd(((1)))",
    ],
)
def test_dates_with_a_time_zone_are_dates(zone: str) -> None:
    """As Python shows them; of a strange zone the day goes at least."""
    redacted = redact(
        f"{{'dob': datetime.datetime(1980, 4, 12, 9, 0, tzinfo={zone})}}", strict=True
    )

    assert "[DATE-1]" in redacted.text
    assert not {"1980", "12"} & set(re.findall(r"\w+", redacted.text))


def test_digits_in_the_form_of_an_opaque_id_are_digits() -> None:
    """Without a single letter it may be two cards in a row; beside one, a number is a number."""
    uuid = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"

    assert redact("4" * 32, strict=True).text == "[OTHER_ID-1]"
    assert redact(f"{uuid} {uuid} 2175550134", strict=True).text.endswith("[PHONE-1]")
    assert "0134" not in redact(f"{uuid} 2175550134 {uuid}", strict=True).text


def test_what_both_see_is_taken_as_a_whole() -> None:
    """Where the form reaches further than the recognizer, the recognizer's label holds."""

    def at(start: int, end: int, label: PhiLabel) -> PhiFinding:
        return PhiFinding(start=start, end=end, label=label, rule=label.value)

    ssn, date = at(4, 15, PhiLabel.SSN), at(20, 25, PhiLabel.DATE)
    forms = [at(2, 10, PhiLabel.PHONE), at(14, 18, PhiLabel.PHONE), at(19, 26, PhiLabel.PHONE)]

    assert united([ssn, date], forms) == [at(2, 18, PhiLabel.SSN), at(19, 26, PhiLabel.DATE)]
    assert united([], forms) == forms


def test_classes_of_exceptions_are_no_names() -> None:
    """A traceback says what was raised."""
    text = "ValueError: no such row for Ana Gomez"

    assert redact(text).text == "ValueError: no such row for [NAME-1]"


def test_a_redactor_numbers_across_texts() -> None:
    """A thread of texts has one placeholder a value."""
    redactor = Redactor()

    texts = [redactor.redact(f"SSN {number}").text for number in (SSN, "219-09-9998", SSN)]

    assert texts == ["SSN [SSN-1]", "SSN [SSN-2]", "SSN [SSN-1]"]


def test_a_redaction_shows_nothing() -> None:
    """What no recognizer found may stand in the text: no repr shows it."""
    redaction = redact(f"okapi {SSN}")

    assert "okapi" not in repr(redaction)
    assert SSN not in repr(vars(Redactor)) + repr(redaction)
    assert redaction == Redaction("okapi [SSN-1]", redaction.findings)


def test_a_map_opens_for_its_record_and_text_alone() -> None:
    """Another record, another key, a changed text, a body for a map: nothing is restored."""
    redaction, sealed = redact_reversibly(f"SSN {SSN}", NOTHING_KNOWN, RING, "t1")

    assert SSN.encode() not in sealed
    with pytest.raises(CannotUnseal):
        restore(redaction.text, sealed, RING, "t2")
    with pytest.raises(CannotUnseal):
        restore(redaction.text, sealed, Keyring.generate(), "t1")
    with pytest.raises(CannotUnseal):
        restore(redaction.text, RING.seal(b"", "t1"), RING, "t1")
    with pytest.raises(InvalidInput, match="changed since"):
        restore(redaction.text + " ", sealed, RING, "t1")


def test_a_map_of_another_version_is_told() -> None:
    """A newer library may write maps that this one cannot read."""

    class Plain:
        def seal(self, plain: bytes, about: str) -> bytes:
            return plain

        def open(self, sealed: bytes, about: str) -> bytes:
            return b"\x02" + sealed[1:]

    redaction, sealed = redact_reversibly("hello", NOTHING_KNOWN, Plain(), "t1")
    with pytest.raises(CannotUnseal, match="newer"):
        restore(redaction.text, sealed, Plain(), "t1")


def test_large_texts_take_linear_time() -> None:
    """Hostile ones end too: brackets, digits, at signs."""
    for hostile in ("[", "[1", "@", "a@", "1[A-", "%", "\\\\n"):
        redact(hostile * 20_000, strict=True)
    for hostile in (
        "\\",
        "\\x",
        "\\xc3",
        "%C3",
        "%C3%A9",
        "\\u00e9",
        "\\ud83d",
        "date(1980, 1, 1, (",
    ):
        decoded(hostile * 20_000)
        redact(hostile * 5_000, strict=True)
    assert len(find_strictly("1 " * 100_000)) == 1
    assert find_strictly("1 2 3 4 5 6 x" * 10_000) == ()


WORDS = [(tag, label, word) for tag, words in _WORDS.items() for label, word in words.items()]


def placed(text: str, *parts: tuple[str, PhiLabel]) -> list[PhiFinding]:
    """Findings at the first occurrences of some parts of a text."""
    return [
        PhiFinding(start=text.index(part), end=text.index(part) + len(part), label=label, rule="x")
        for part, label in parts
    ]


def test_a_patient_reads_plain_words() -> None:
    """In the language of the text, or in the one that is asked for."""
    english = "Ana, your metformin is ready at the pharmacy."
    spanish = "Ana, su metformina ya esta lista en la farmacia."

    for text, drug, expected in (
        (english, "metformin", "Ana, your [medication] is ready at the pharmacy."),
        (spanish, "metformina", "Ana, su [medicamento] ya esta lista en la farmacia."),
    ):
        found = placed(text, (drug, PhiLabel.MEDICATION))
        assert without(text, found) == expected
        assert without(text, []) == text
    asked = placed(english, ("metformin", PhiLabel.MEDICATION))
    assert "[medicamento]" in without(english, asked, language="es_MX")
    assert "[medication]" in without(english, asked, language="fr")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("metformin and lisinopril", "[medication]"),
        ("metformin, lisinopril", "[medication]"),
        ("metformin / lisinopril", "[medication]"),
        ("metforminlisinopril", "[medication]"),
        ("metformin, and lisinopril", "[medication]"),
        ("metformin y lisinopril", "[medication]"),
        ("metformin. lisinopril", "[medication]. [medication]"),
        ("metformin for lisinopril", "[medication] for [medication]"),
        ("metformin            lisinopril", "[medication]            [medication]"),
    ],
)
def test_neighbours_of_one_kind_are_one(text: str, expected: str) -> None:
    """A list of drugs is one word, and tells not even how many they are."""
    found = placed(text, ("lisinopril", PhiLabel.MEDICATION), ("metformin", PhiLabel.MEDICATION))

    assert without(text, found, language="en") == expected


def test_overlapping_findings_leave_nothing() -> None:
    """Whatever order and overlap they come in."""
    text = "a metformin hydrochloride b"
    found = placed(
        text,
        ("min hydro", PhiLabel.CONDITION),
        ("metformin", PhiLabel.MEDICATION),
        ("hydrochloride", PhiLabel.MEDICATION),
        ("form", PhiLabel.MEDICATION),
    )

    assert without(text, found) == "a [medication][condition][medication] b"


@pytest.mark.parametrize(("tag", "label", "word"), WORDS)
def test_the_words_cost_and_give_away_nothing(tag: str, label: PhiLabel, word: str) -> None:
    """Each label has a word in each language, in GSM-7, that no recognizer takes for content."""
    assert set(_WORDS[tag]) == set(PhiLabel)
    assert segment(word).encoding is Encoding.GSM_7
    for frame in ("Your {} is ready.", "{}", "Su {} esta listo.", "Ana, {} on Tuesday", "Call: {}"):
        text = frame.format(f"[{word}]")
        at = text.index("[")
        assert not [f for f in find(text) if at <= f.start < at + len(word) + 2]
