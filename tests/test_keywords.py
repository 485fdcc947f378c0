"""Reserved words, in whatever dress they arrive."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms.errors import ConfigurationError
from compliant_sms.optout import Reserved, ReservedWord, _keywords, reserved_word

ROWS = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "inbound.jsonl").read_bytes().splitlines()
]
EXACT = [row for row in ROWS if row["certainty"] == "exact"]
MEANINGS = {"opt_out": Reserved.STOP, "help": Reserved.HELP, "opt_in": Reserved.START}
NEEDS_CONTEXT = {"Y", "YES", "Yes.", "SI"}
STOP_WORDS = [
    *["stop", "quit", "end", "revoke", "opt out", "opt-out", "optout", "cancel", "unsubscribe"],
    *["stopall", "stop all", "remove", "td", "arret", "arrêt", "arre\u0302t", "alto", "parar"],
    *["pare", "unsub"],
]
WORDS = [
    *[(word, Reserved.STOP) for word in STOP_WORDS],
    *[(word, Reserved.HELP) for word in ("help", "info", "ayuda")],
    *[(word, Reserved.START) for word in ("start", "unstop")],
]
CASES = [str.upper, str.lower, str.title, str.swapcase]
AROUND = st.text(
    st.sampled_from(
        "  \n\t\r.,!?;:-–—_*/()[]<>\"'“”«»¿¡…&#|🛑🙏👍🏽🇺🇸✋❤\ufe0f\u200d\u200b\ufeff\u202a\u202c\0"
    ),
    max_size=40,
) | st.sampled_from(
    ["&quot;", "&nbsp;", "&#8203;", "ℹ️", "Ⓜ️", "1️⃣", "👨‍👩‍👧", "🏴\U000e0067\U000e007f", "™"]
)
INVISIBLE = st.sampled_from(
    "\u200b\u200d\xad\ufeff\u2060\u202a\ufe0f\u3164\u115f\U000e0041\0\x7f\u034f"
)


def reserved(body: str) -> Reserved | None:
    """Name what a body asks for."""
    reading = reserved_word(body)
    return reading.reserved if reading else None


@pytest.mark.parametrize("row", EXACT, ids=lambda row: row["id"])
def test_exact_rows(row: dict[str, str]) -> None:
    """Every labelled keyword is read, and a word that needs its question is left alone."""
    expected = None if row["text"] in NEEDS_CONTEXT else MEANINGS.get(row["intent"])

    assert expected == reserved(row["text"])


def test_no_false_alarm() -> None:
    """No text that clearly is no opt-out is read as one."""
    none = [row for row in ROWS if row["certainty"] == "clear" and row["opt_out_scope"] is None]

    assert [row for row in none if reserved(row["text"]) is Reserved.STOP] == []


@given(st.sampled_from(WORDS), st.sampled_from(CASES), AROUND, AROUND)
def test_dress(word: tuple[str, Reserved], case: object, before: str, after: str) -> None:
    """Case, punctuation, blanks, entities and emoji around a keyword change nothing."""
    text, expected = word

    assert callable(case)
    assert expected is reserved(before + case(text) + after)


@given(st.sampled_from(WORDS), st.lists(INVISIBLE, max_size=200), st.integers(0, 12))
def test_invisible_padding(word: tuple[str, Reserved], padding: list[str], place: int) -> None:
    """Invisible characters, however many and wherever, hide no keyword."""
    text, expected = word

    assert expected is reserved("".join([text[:place], *padding, text[place:]]))


@pytest.mark.parametrize(
    "body",
    [
        "ＳＴＯＰ",
        "𝗦𝗧𝗢𝗣",
        "ⓢⓣⓞⓟ",
        "🅂🅃🄾🄿",
        "&#83;&#x54;OP",
        "&zwnj;" * 500 + "STOP",
        "🛑" * 50_000 + "STOP",
        "STOP" + "\u0301\u0316" * 50_000,
        "STOP" + " " * 100_000,
        "opt" + " \n\t" * 1_000 + "out",
        "stop‑all",
        "opt_out",
        "&parar;",
        "&parar",
    ],
)
def test_disguises(body: str) -> None:
    """Other letter forms, numeric entities and long padding are read through."""
    assert reserved(body) is Reserved.STOP


@pytest.mark.parametrize(
    "body",
    [
        "",
        "   ",
        "🛑",
        "YES",
        "y",
        "stop it",
        "Reply STOP",
        "STOP 2",
        "unsubscribed",
        "ST" + "\u0301\u0316" * 50_000 + "OP",
        "&#" + "9" * 100_000,
        "&#" + "9" * 100_000 + "STOP TODAY PLEASE",
        "Can I stop by at 3 & drop off the form?",
        "We’d like to stop by the office tomorrow morning 🙂",
        "한국어로 보내 주세요 감사합니다",
        "\ud83d",
    ],
)
def test_not_a_keyword(body: str) -> None:
    """Anything else than one reserved word is not read."""
    assert reserved_word(body) is None


@given(st.text(st.characters()))
def test_any_text(body: str) -> None:
    """Any text, valid Unicode or not, is read without an error."""
    assert reserved_word(body) is None or isinstance(reserved_word(body), ReservedWord)


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("Unsubscribe!", "keyword:stop/en/unsubscribe"),
        ("OPT-OUT", "keyword:stop/en/opt-out"),
        ("Arrêt", "keyword:stop/fr/arrêt"),
        ("ayuda", "keyword:help/es/ayuda"),
        ("UNSTOP", "keyword:start/en/unstop"),
    ],
)
def test_rule_is_named(body: str, rule: str) -> None:
    """A reading names its rule: the meaning, the language and the word."""
    reading = reserved_word(body)

    assert reading is not None
    assert rule == reading.rule


def table(*rows: str) -> str:
    """Write a keyword file in which every meaning has a word, followed by other rows."""
    complete = [
        f'language = "en"\nmeaning = "{meaning}"\nwords = ["{meaning}"]\nsource = "a"'
        for meaning in Reserved
    ]
    return "".join(f"[[keywords]]\n{row}\n" for row in (*complete, *rows))


def test_complete_table() -> None:
    """A file in which every meaning has a word is accepted."""
    assert set(Reserved) == set(_keywords._parse(table()).readings)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ('language = "en"\nmeaning = "halt"\nwords = ["x"]\nsource = "a"', "'halt' is not a valid"),
        ('language = "en"\nmeaning = "stop"\nwords = ["stop"]\nsource = "a"', "'stop' is listed"),
        ('language = "en"\nmeaning = "stop"\nwords = ["x", "x"]\nsource = "a"', "'x' is listed"),
        ('language = "en"\nmeaning = "stop"\nwords = ["STOPP"]\nsource = "a"', "normalised form"),
        ('language = "en"\nmeaning = "stop"\nwords = ["opt-off"]\nsource = "a"', "normalised form"),
        ('language = "en"\nmeaning = "stop"\nwords = [""]\nsource = "a"', "normalised form"),
        ('language = "en"\nmeaning = "stop"\nwords = [1]\nsource = "a"', "must be <class 'str'>"),
        ('language = "en"\nmeaning = "stop"\nwords = ["x"]\nsource = ""', "'source'"),
        ('language = "en"\nmeaning = "stop"\nwords = ["x"]', "'source'"),
        ('language = "e"\nmeaning = "stop"\nwords = ["x"]\nsource = "a"', "'language'"),
        (
            'language = "en"\nmeaning = "stop"\nwords = ["x"]\nsource = "a"\neffective_from = "x"',
            "'effective_from'",
        ),
    ],
)
def test_damaged_row(row: str, reason: str) -> None:
    """A row that cannot be used is refused by file, row number and reason."""
    with pytest.raises(ConfigurationError, match=rf"keywords\.toml, keywords 4: .*{reason}"):
        _keywords._parse(table(row))


@pytest.mark.parametrize(
    ("document", "reason"), [("[[keywords", "not valid TOML"), ("", "no word at all")]
)
def test_damaged_file(document: str, reason: str) -> None:
    """A file that is no TOML, or leaves a meaning without words, is refused."""
    with pytest.raises(ConfigurationError, match=reason):
        _keywords._parse(document)
