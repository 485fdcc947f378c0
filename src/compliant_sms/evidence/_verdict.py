"""What the checks of a pack came to."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TypeAlias

from attrs import frozen

from compliant_sms.phi import Sealer

Ciphers: TypeAlias = Callable[[bytes], Sealer]
"""What opens records by their data key, such as :func:`compliant_sms.keyring.data_cipher`."""


class Result(StrEnum):
    """What a check came to."""

    PASSED = "passed"
    FAILED = "failed"
    UNCHECKED = "not checked"
    """It could not be made here; the words say what it needs."""


@frozen
class Check:
    """One thing that was checked.

    Attributes:
        name: what.
        result: what came of it.
        words: what was found, or what is missing.
    """

    name: str
    result: Result
    words: str


@frozen(kw_only=True)
class PackReport:
    """What checking a pack came to.

    Attributes:
        checks: each check in its order.
    """

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong; what could not be checked is not wrong."""
        return all(check.result is not Result.FAILED for check in self.checks)


def guarded(name: str, make: Callable[[], Check]) -> Check:
    """The check, which fails where a file of strangers makes it stumble."""
    try:
        return make()
    except Exception:  # noqa: BLE001 - whatever is in such a file
        return failed(name, "It cannot be checked: the pack holds what no version of this writes.")


def passed(name: str, words: str) -> Check:
    """It is as it should be."""
    return Check(name, Result.PASSED, words)


def failed(name: str, words: str) -> Check:
    """It is not."""
    return Check(name, Result.FAILED, words)


def unchecked(name: str, words: str) -> Check:
    """Nobody can say here."""
    return Check(name, Result.UNCHECKED, words)
