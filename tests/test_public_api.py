"""What is public stays what it was, and what goes warns first."""

from __future__ import annotations

import asyncio
import difflib
import re
import warnings
from collections.abc import Callable
from types import ModuleType

import pytest

from compliant_sms import Sent
from compliant_sms._deprecated import deprecated, moved_names, renamed_argument
from compliant_sms._lazy import names_of
from compliant_sms.errors import CompliantSmsDeprecationWarning
from public_api import RECORDED, surface


def test_public_names_are_those_on_record() -> None:
    """No name or signature changes unnoticed; ``python tests/public_api.py`` records a change."""
    recorded = RECORDED.read_text("utf-8").splitlines()
    changes = difflib.unified_diff(recorded, surface(), "on record", "now", lineterm="", n=0)

    assert not (told := "\n".join(changes)), f"run  python tests/public_api.py\n{told}"


_FACADE = re.compile(
    r".*\.(?:\w*Messenger|\w+Desk|(?:Async)?(?:Observing|RecordKeeping|Upkeep|VolumeControl))"
    r"\.(\w+): .*def\((.*)\) ->"
)


# What the specification of the library writes by position: evidence(number, since, until), the two
# ends of a span in their order, and dispatch_due(limit), which is about nothing else.
_WRITTEN_SO = {"evidence": ["self", "number", "since", "until"], "dispatch_due": ["self", "limit"]}


def test_what_is_easily_swapped_is_passed_by_name() -> None:
    """A messenger's methods take one thing by position: two texts in a row are soon swapped."""
    methods = [_FACADE.match(line) for line in surface()]
    taken = [(each[1], _by_position(each[2])) for each in methods if each]
    others = [(name, names) for name, names in taken if name not in _WRITTEN_SO]

    assert len(others) > 150
    assert {name for name, names in others if len(names) > 2} == {"on"}
    assert not any("limit" in names for _, names in others)
    assert all(names == _WRITTEN_SO[name] for name, names in taken if name in _WRITTEN_SO)


def _by_position(parameters: str) -> list[str]:
    before = re.split(r"(?:^|, )\*", parameters)[0]
    return re.findall(r"(?:^|, )(\w+)(?=[:,]|$)", before)


def test_record_is_sorted_one_name_a_line() -> None:
    """Two changes made apart merge, and both are seen."""
    recorded = RECORDED.read_text("utf-8").splitlines()

    assert recorded == sorted(set(recorded))
    assert any(
        line.startswith("compliant_sms.Messenger.send: def(self, *, to:") for line in recorded
    )
    assert any(line.startswith("compliant_sms.testing.FakeCarrier.reply: def") for line in recorded)
    assert not [line for line in recorded if "._" in line.partition(":")[0]]


@deprecated(since="1.1", until="2.0", instead="the new one")
def old_way(value: int) -> int:
    """What it does."""
    return value + 1


@deprecated(since="1.1", until="2.0", instead="the new one")
async def old_coroutine() -> str:
    """What it does."""
    return "done"


@renamed_argument("phone", "number", since="1.1", until="2.0")
def text(*, number: str) -> str:
    return number


def test_deprecated_function_warns_and_works() -> None:
    """The warning names version and replacement, and points at the caller."""
    with pytest.warns(CompliantSmsDeprecationWarning) as caught:
        assert old_way(1) == 2

    (warning,) = caught
    said = "old_way() is deprecated since 1.1 and goes with 2.0. Use the new one instead."
    assert str(warning.message) == said
    assert warning.filename == __file__
    assert "What it does." in (old_way.__doc__ or "")
    assert ".. deprecated:: 1.1" in (old_way.__doc__ or "")


def test_deprecated_coroutine_function_warns_and_works() -> None:
    """One that is awaited warns when it is called."""
    with pytest.warns(CompliantSmsDeprecationWarning, match="old_coroutine"):
        coroutine = old_coroutine()

    assert asyncio.run(coroutine) == "done"


def test_renamed_argument_is_taken_under_both_names() -> None:
    """The new name says nothing, the old one warns, and both at once are a mistake."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert text(number="a") == "a"
    with pytest.warns(CompliantSmsDeprecationWarning, match=r"text\(phone=...\) is .* number=..."):
        assert text(phone="a") == "a"  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="both phone and number"):
        text(phone="a", number="b")  # type: ignore[call-arg]


def room_of(load: Callable[[str], object]) -> ModuleType:
    room = ModuleType("room")
    room.__getattr__ = load  # type: ignore[method-assign]
    return room


def test_moved_name_is_found_and_warns() -> None:
    """An old name gives what is at the new place."""
    load = moved_names("room", {"Old": "compliant_sms.messages.Sent"}, since="1.1", until="2.0")
    with pytest.warns(
        CompliantSmsDeprecationWarning, match=r"room\.Old .* compliant_sms\.messages"
    ):
        assert room_of(load).Old is Sent
    with pytest.raises(AttributeError, match="no attribute 'Other'"):
        _ = room_of(load).Other


def test_other_names_load_as_before() -> None:
    """A room whose names load late keeps them."""
    late, _ = names_of("compliant_sms", {"messages": ("Sent",)})
    load = moved_names("room", {"Old": "a.b"}, since="1.1", until="2.0", otherwise=late)

    assert room_of(load).Sent is Sent
