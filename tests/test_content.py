"""Reading what an outbound text sells."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms.classification import (
    ContentLabel,
    PhraseKind,
    _phrase_rules,
    read_content,
)
from compliant_sms.errors import ConfigurationError
from compliant_sms.phrases import LONGEST, WORD, PhraseRule, fold, parse
from growth import grows, within

DATA = Path(__file__).parent / "data"


def rows_of(name: str) -> list[dict[str, str]]:
    """The labelled texts of a file."""
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]


LABELLED = [row for row in rows_of("outbound_class.jsonl") if not row["borderline"]]
MORE = rows_of("outbound_class_more.jsonl")  # written later, and studied since
HELD = rows_of("outbound_class_held.jsonl")  # scored when the rules were done, and not studied
OWN = rows_of("content.jsonl")
SELLING = [row["text"] for row in OWN if row["class"] != "transactional"]
PLAIN = [row["text"] for row in OWN if row["class"] == "transactional"]
# By file of texts of people who knew the labels' conventions and no rule: what at least is right
# of all, of what sells (that it does), and of the rest (that it does not).
HANDS = {
    "outbound_class_five_hands.jsonl": (0.985, 0.995, 0.99),  # studied since
    "outbound_class_sixth_hand_held.jsonl": (0.935, 0.955, 0.95),  # read by nobody who writes rules
    "outbound_class_seventh_hand_held.jsonl": (0.91, 0.94, 0.96),  # nor this
}
RULES = _phrase_rules.rulebook().phrases.rules
WORDS = sorted({word for rule in RULES for word in rule.phrases})


def share(right: Iterable[bool]) -> float:
    """How many of them are right."""
    outcomes = list(right)
    return sum(outcomes) / len(outcomes)


@pytest.mark.parametrize("rows", [LABELLED, MORE, HELD], ids=["cases", "more", "held"])
def test_labelled_texts(rows: list[dict[str, str]]) -> None:
    """At least 95 % of the clear labelled texts get their class."""
    assert share(read_content(row["text"]).label == row["class"] for row in rows) >= 0.95


@pytest.mark.parametrize("rows", [LABELLED, MORE, HELD], ids=["cases", "more", "held"])
def test_what_sells_is_not_called_plain(rows: list[dict[str, str]]) -> None:
    """At least 98 % of the labelled texts that sell are seen to sell."""
    selling = [row["text"] for row in rows if row["class"] != "transactional"]

    assert share(read_content(text).label != "transactional" for text in selling) >= 0.98


@pytest.mark.parametrize(("name", "floors"), HANDS.items(), ids=HANDS)
def test_other_hands(name: str, floors: tuple[float, float, float]) -> None:
    """Texts of others are read as well as they were when their floor was set."""
    rows = [row for row in rows_of(name) if not row["borderline"]]
    read = [(row["class"], read_content(row["text"]).label) for row in rows]
    plain = ContentLabel.TRANSACTIONAL
    right = (
        share(label == wanted for wanted, label in read),
        share(label != plain for wanted, label in read if wanted != plain),
        share(label == plain for wanted, label in read if wanted == plain),
    )

    assert all(got >= floor for got, floor in zip(right, floors, strict=True)), right
    assert len({row["id"] for row in rows}) == len(rows)


def test_own_table() -> None:
    """Each text of the table sells or does not, look-alikes included."""

    def is_plain(row: dict[str, str]) -> bool:
        return read_content(row["text"]).label is ContentLabel.TRANSACTIONAL

    assert [row for row in OWN if is_plain(row) != (row["class"] == "transactional")] == []


def test_marketing_or_mixed() -> None:
    """Whether care stands beside what sells is right in 99 % of the table."""
    assert share(read_content(row["text"]).label == row["class"] for row in OWN) >= 0.99


@given(st.sampled_from(PLAIN), st.sampled_from(SELLING), st.booleans())
def test_care_hides_no_promotion(plain: str, selling: str, first: bool) -> None:  # noqa: FBT001
    """A text that sells still sells when a plain one stands before or after it."""
    texts = [selling, plain] if first else [plain, selling]

    assert read_content("\n".join(texts)).label is not ContentLabel.TRANSACTIONAL


WEAK = [
    "Dental fear? Sedation makes it a nap. Harbor Dental.",
    "New to town? Harbor Family Practice has room for you and yours.",
    "Three locations, one great team. Find a Bell Physical Therapy near you.",
    "Save your knees. Ask whether gel injections could put off surgery.",
    "Want to sleep, not count sheep? Our 6-week insomnia course starts Monday.",
    "Now with 3D imaging. Bell Dental, the gentle choice in Lake County.",
    "Patients say we listen. Become one: https://b.example/new",
]


@pytest.mark.parametrize("text", WEAK)
def test_weak_words_sell_where_nothing_is_care(text: str) -> None:
    """Soft copy sells alone; beside care the same words may be anything."""
    assert read_content(text).label is ContentLabel.MARKETING
    assert read_content(f"Your visit is Friday at 9.\n{text}").label is ContentLabel.TRANSACTIONAL


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Your peel is Friday at 2. Add a mask for $20.", ContentLabel.MIXED),
        ("Add a mask for $20. Friday 2 to 7, bring a friend.", ContentLabel.MARKETING),
        ("Take the pills with food. Our vitamins are 20% off.", ContentLabel.MIXED),
        ("Our vitamins are 20% off. Nurse Kim has samples.", ContentLabel.MARKETING),
        ("20% off all peels. Reminder: your visit is Friday at 9.", ContentLabel.MIXED),
        ("Trunk show, Friday 3-7. The rep is in town.", ContentLabel.MARKETING),
    ],
)
def test_care_stands_before_what_sells(text: str, label: ContentLabel) -> None:
    """What follows an offer is its own day and matter, unless it says that it reminds of care."""
    assert read_content(text).label is label


@given(st.text() | st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join))
def test_phrases(text: str) -> None:
    """Phrases lie in the text, in order; one that sells and the label go together."""
    content = read_content(text)
    places = [(phrase.start, phrase.end) for phrase in content.phrases]
    kinds = {phrase.kind for phrase in content.phrases}

    assert places == sorted(places)
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert (
        kinds
        == {
            ContentLabel.TRANSACTIONAL: set(),
            ContentLabel.MARKETING: {PhraseKind.MARKETING},
            ContentLabel.MIXED: set(PhraseKind),
        }[content.label]
    )


DRESSES = {
    "upper": str.upper,
    "wide": lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
    "curly": lambda text: text.replace("'", "\u2019"),
    "invisible": "\u200b".join,
    "accents": lambda text: "".join(f"{c}\u0301" if c.isalpha() else c for c in text),
}


@pytest.mark.parametrize("dress", DRESSES.values(), ids=DRESSES)
def test_dress(dress: Callable[[str], str]) -> None:
    """Case, width, quotes, accents and invisible characters change nothing, offsets included."""
    texts = [row["text"] for row in OWN[::7]]

    assert [each for each in texts if label_and_words(dress(each)) != label_and_words(each)] == []


def label_and_words(text: str) -> object:
    """What is found, by the words that stand there."""
    content = read_content(text)
    return content.label, [
        (phrase.rule, fold(text[phrase.start : phrase.end]).text) for phrase in content.phrases
    ]


@given(st.text())
def test_fold_keeps_places(text: str) -> None:
    """Every folded character stands for the one it came from, and folding twice is folding once."""
    folded = fold(text)
    places = [folded.place(n, n + 1) for n in range(len(folded.text))]

    assert all(end == start + 1 for start, end in places)
    assert all(c in fold(text[slice(*p)]).text for c, p in zip(folded.text, places, strict=True))
    assert fold(folded.text).text == folded.text


def test_fold_without_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept of characters met before has a bound, and nothing depends on it."""
    monkeypatch.setattr("compliant_sms.phrases._folding._MOST_KEPT", 0)

    assert fold("\u1e8aYZ\u00c9").text == "xyze"


FINANCIAL = {
    "Your balance of $48.20 is due.": True,
    "Statement ready in the portal.": True,
    "Copays are due at check-in.": True,
    "We sent your account to collections.": True,
    "Your claim was denied. Call us to rebill.": True,
    "Su saldo vence el viernes.": True,
    "Recibimos su pago. Gracias.": True,
    "Take the balance test on Monday at 9.": False,
    "Hi Bill, see you at 9.": False,
    "Return the stool collection kit by Friday.": False,
    "Charge your monitor tonight.": False,
    "Vaccines are given at no charge.": False,
    "Reminder: your visit is Friday at 9.": False,
    "Le recordamos su cita el lunes a las 9.": False,
}


@pytest.mark.parametrize(("text", "financial"), FINANCIAL.items())
def test_financial(text: str, financial: bool) -> None:  # noqa: FBT001
    """What 47 CFR 64.1200(a)(9)(iv) bars from exempt texts is told from its look-alikes."""
    assert read_content(text).financial is financial


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Your visit is Friday at 9.", "en"),
        ("Su cita es el viernes a las 9.", "es"),
        ("", "en"),
        ("OK", "en"),
        ("Clinica San Rafael: your visit with Dr. Peña is on Friday.", "en"),
        ("Votre rendez-vous est vendredi à 9 h.", "fr"),
        ("Clinique du Lac : Léa, nous vous attendons demain. Répondez C pour confirmer.", "fr"),
        ("Le rappelamos: su cita es el viernes, de 9 a 10.", "es"),
        ("Des Moines Clinic: see Dr. Le on Friday. Please call us.", "en"),
        ("Fond du Lac Clinic: Friday 9 AM EST", "en"),
        ("Lakeside: Fri 2:30 PM, 12 Oak St, La Grange, IL. Reply C to confirm.", "en"),
        ("Lakeside: Fri 9 AM ET, 12 Main St, Wilmington, DE. Reply C to confirm.", "en"),
        ("Lakeside: Dr. Le, Des Moines, Friday 9 AM. Reply C to confirm.", "en"),
        ("Du Quoin Dental, IL: Dr. Avril Roy, 9 AM ET. Au revoir!", "en"),
        ("Lakeside: nos vemos martes 1 dic 2:30 PM. Avise si se le complica.", "es"),
        ("no se le olvide, nos vemos de 9 a 10", "es"),
        ("Le rendez-vous de la petite est demain, de 9 h à 10 h, à la clinique de La Salle.", "fr"),
    ],
)
def test_language(text: str, language: str) -> None:
    """Function words tell; without them it is English."""
    assert read_content(text).language == language


def test_why_is_told_without_the_words() -> None:
    """A content names its rules and places, and repeats nothing of the text."""
    content = read_content("Reminder: see Dr. Quux at 9. Enjoy 20% off zorbing.")

    assert {phrase.rule for phrase in content.phrases} >= {"discount", "reminder"}
    assert not re.search("quux|zorbing|20%", repr(content), re.IGNORECASE)


def test_the_index_misses_nothing() -> None:
    """Whatever a rule can find, the words of the text lead to that rule."""
    book = _phrase_rules.rulebook()
    for text in [row["text"] for row in [*OWN[::3], *LABELLED[::3]]]:
        folded = fold(text).text
        words = set(WORD.findall(folded))
        tried = book.selling.rules_for(words) | book.care.rules_for(words)

        assert [
            rule.id
            for rule in book.phrases.rules
            if rule not in tried
            if rule.finder.search(folded)
        ] == []


@pytest.mark.parametrize(
    "rule", RULES, ids=lambda rule: f"{rule.id}:{rule.words.split(',')[0].strip()}"
)
def test_rules_are_bounded(rule: PhraseRule[_phrase_rules.Says]) -> None:
    """No pattern reaches further than the search allows for, so none takes quadratic time."""
    patterns = [rule.finder, *([rule.exception] if rule.exception else [])]

    assert rule.why
    assert all(width(pattern) <= LONGEST for pattern in patterns)
    assert not any(re.search(r"\[[^]]*\\s\{", pattern.pattern) for pattern in patterns)


def width(pattern: re.Pattern[str]) -> int:
    """The longest text that it matches."""
    return re._parser.parse(pattern.pattern).getwidth()[1]  # type: ignore[attr-defined]


def test_data_is_in_folded_form() -> None:
    """Words stand as texts are compared, or nothing would match them."""
    assert [word for word in WORDS if fold(word).text != word] == []


@pytest.mark.parametrize(
    "text",
    ["$1", "free ", "get a free ", "%off ", "our new ", "botox ", "earn $1 ", "a", ".", "é", "no "],
)
def test_hostile_repeats(text: str) -> None:
    """A hundred thousand characters take no more than moments."""
    long = (text * 100_000)[:100_000]

    assert grows(read_content, long[:10_000], 40, 0.05)  # or it would take minutes to fail
    assert within(3, lambda: read_content(long))


def documents() -> dict[str, str]:
    """The packaged files."""
    folder = resources.files("compliant_sms.classification").joinpath("data")
    return {
        name: folder.joinpath(name).read_text("utf-8")
        for name in ("phrases-en.toml", "phrases-es.toml")
    }


def test_both_files_are_of_one_edition() -> None:
    """The version that the book tells is that of both languages."""
    book = _phrase_rules.rulebook()

    assert all(f'version = "{book.phrases.version}"' in text for text in documents().values())


@pytest.mark.parametrize(
    ("added", "message"),
    [
        ("[[phrase", "phrases-es.toml is not valid TOML"),
        ('[[phrase]]\nid = "X1"', "phrases-es.toml, phrase .*X1"),
        ('[[phrase]]\nid = "x"\nsays = "shouts"\nwords = "a"\nwhy = "b"', "shouts"),
    ],
)
def test_damaged_data(added: str, message: str) -> None:
    """A file that cannot be read says where."""
    broken = documents()
    broken["phrases-es.toml"] += f"\n{added}\n"

    with pytest.raises(ConfigurationError, match=message):
        parse(broken, _phrase_rules.Says)
