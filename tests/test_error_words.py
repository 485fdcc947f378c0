"""Every message that a user can meet says what happened, why, and what to do."""

from __future__ import annotations

import ast
import copy
import pickle
import re
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import compliant_sms
from compliant_sms import Blocked, Practice, Purpose, errors
from compliant_sms.flows._deciding._prepared import unknown
from compliant_sms.testing import MORNING, FakeCarrier
from compliant_sms.volume import pause_finding

ROOT = Path(__file__).parents[1]
# Reviewed by hand: these say what is taken, and so what to pass; or they are part of a sentence.
RULES_STATED = frozenset(
    (ROOT / "tests" / "data" / "errors-that-state-a-rule.txt").read_text("utf-8").splitlines()
)
A_PRACTICE = Practice(
    name="Lakeside Family Medicine",
    phone="+1 217 555 0100",
    time_zone="America/Chicago",
    state="IL",
    id="lakeside",
)
_TELLS = re.compile(
    r"\b(add|answer|ask|begin|call|cancel|check|choose|compare|decode|draw|give|install|leave|lift|"
    r"list|look|make|mend|name|open|pass|put|read|reconcile|rename|restore|roll|run|save|say|send|set|"
    r"shorten|start|swap|switch|take|try|upgrade|use|wait|write|approve|rebuild)\b"
    r"|\b(must|needs?|needed|for example|such as|is written as|are written as|one of|known are)\b",
    re.IGNORECASE,
)
_WORDS = re.compile(r"\b(please|sorry|oops|illegal|bad)\b|!", re.IGNORECASE)


@pytest.fixture(scope="module")
def pages() -> ModuleType:
    """What collects the messages for the documentation."""
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        return import_module("_errors")
    finally:
        sys.path.pop(0)


@pytest.mark.many_rounds
def test_they_are_all_found(pages: ModuleType) -> None:
    """Each place that raises an error of the library with words is collected."""
    found = {(each.file, each.line) for each in pages.said()}
    missing = []
    for path in pages.SOURCE.rglob("*.py"):
        name = path.relative_to(pages.SOURCE).as_posix()
        if name.startswith(("sandbox/", "testing/")):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Raise) or not isinstance(node.exc, ast.Call):
                continue
            kind = getattr(node.exc.func, "id", getattr(node.exc.func, "attr", ""))
            words = node.exc.args and isinstance(node.exc.args[0], ast.Name | ast.JoinedStr)
            if kind in errors.__all__ and words and (name, node.exc.lineno) not in found:
                missing.append(f"{name} {kind}")
    assert len(found) > 300
    assert sorted(missing) == HANDED_ON


# These carry a list of problems, an address, or words that were collected where they were made.
HANDED_ON = [
    "cli/_options.py InvalidPack",
    "keyring.py InvalidKeys",
    "keyring.py InvalidKeys",
    "providers/_signatures/_sns.py NeedsCertificate",
    "providers/_signing.py MissingExtra",
    "rules/_pack.py InvalidPack",
    "templates/_render.py CannotRender",
    "templates/_render.py CannotRender",
    "templates/_toml.py InvalidTemplate",
]


def test_each_says_what_to_do(pages: ModuleType) -> None:
    """By its own words, by its class, or by stating what is taken."""
    silent = {
        each.words
        for each in pages.said()
        if not _TELLS.search(each.words) and not pages.remedy_of(each)
    }
    assert sorted(silent - RULES_STATED) == []
    assert sorted(RULES_STATED - silent) == []  # whoever mends one takes it off the list


def test_each_is_a_plain_sentence(pages: ModuleType) -> None:
    """Nobody is shouted at or begged, and what went wrong comes first, in small letters."""
    for each in pages.said():
        assert not _WORDS.search(each.words), each
        assert each.words == each.words.strip(), each
        assert not re.search(r"\b(None|nan|<class)\b.*object at 0x", each.words), each


def test_what_to_do_by_class_is_about_classes_that_are_there(pages: ModuleType) -> None:
    """No class is named that has gone."""
    assert set(pages.REMEDIES) <= set(errors.__all__)
    for name in pages.REMEDIES:
        assert pages.REMEDIES[name].endswith("."), name


@pytest.mark.many_rounds
def test_the_page_lists_them(pages: ModuleType) -> None:
    """The generated page has each class and each message."""
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        generated = import_module("_generated")
    finally:
        sys.path.pop(0)
    page = generated.pages()["errors"]
    for each in pages.said():
        assert f"## `{each.error}`\n" in page
        assert generated._cell(each.words) in page
    for words in pages.finding_words().values():
        assert all(generated._cell(each) in page for each in words)
    assert compliant_sms.__name__ not in page.splitlines()[0]


def test_words_of_findings_are_collected(pages: ModuleType) -> None:
    """What a rule, the pause switch and a missing template say is there, and no comment with it."""
    listed = [words for every in pages.finding_words().values() for words in every]
    said = [pause_finding(), unknown(MORNING)]
    assert {words for each in said for words in (each.words, each.remedy)} <= {*listed}
    assert len(listed) > 120
    assert not [words for words in listed if "Args:" in words or "``" in words]
    assert [words for words in listed if not words[0].isupper()] == []


def test_findings_of_a_decision_are_on_the_page(pages: ModuleType) -> None:
    """What somebody meets first: no consent, and a business associate without an agreement."""
    patterns = [
        re.compile(re.escape(words).replace("\u2026", ".*"))
        for every in pages.finding_words().values()
        for words in every
    ]
    with FakeCarrier().messenger(practice=A_PRACTICE) as messenger:
        blocked = messenger.send(
            to="+12175550134",
            person="pat-881",
            purpose=Purpose.PROMOTION,
            body="Lakeside Family Medicine: 20% off whitening. Reply STOP to opt out.",
            idempotency_key="1",
        )
    assert isinstance(blocked, Blocked)
    for reason in blocked.reasons:
        for words in (reason.words, reason.remedy):
            assert any(pattern.fullmatch(words) for pattern in patterns), words


MADE_FROM: dict[str, tuple[object, ...]] = {
    "InvalidPhoneNumber": (errors.PhoneNumberProblem.TOO_SHORT, "It is too short."),
    "CannotRender": (["date is missing", "place is missing"],),
    "InvalidPack": (["row 1", "row 2"],),
    "InvalidKeys": (["line 1", "line 2"],),
    "InvalidTemplate": (["it is empty", "it has no language"],),
    "MissingExtra": ("postgres", "the PostgreSQL store"),
    "WebhookRejected": ("it is too large", 413),
}


@pytest.mark.parametrize("duplicate", [lambda e: pickle.loads(pickle.dumps(e)), copy.copy])
@pytest.mark.parametrize("name", [each for each in errors.__all__ if each != "PhoneNumberProblem"])
def test_they_come_back_from_another_process(
    name: str, duplicate: Callable[[Exception], Exception]
) -> None:
    """Words and fields stay: one that cannot be read again breaks a pool of processes for good."""
    made = getattr(errors, name)(*MADE_FROM.get(name, ("what happened",)))
    made.add_note("in the middle of a task")

    again = duplicate(made)

    assert type(again) is type(made)
    assert (str(again), again.args) == (str(made), made.args)
    assert vars(again) == vars(made)
