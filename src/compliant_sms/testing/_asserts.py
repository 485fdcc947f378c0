"""Assertions about outcomes. A failure says what came instead, and never names a patient."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, TypeVar, overload

from compliant_sms.clock import as_utc
from compliant_sms.errors import InvalidInput
from compliant_sms.messages import (
    Blocked,
    Cancelled,
    Failed,
    Held,
    Outcome,
    Queued,
    Sent,
    Uncertain,
)
from compliant_sms.phone import PhoneNumber
from compliant_sms.rules import Finding

if TYPE_CHECKING:
    from compliant_sms.sandbox import BookEntry
    from compliant_sms.testing._fake import FakeCarrier

T = TypeVar("T", Sent, Held, Blocked)


@overload
def assert_sent(what: Outcome) -> Sent: ...


@overload
def assert_sent(
    what: FakeCarrier, *, to: str | PhoneNumber, containing: str = "", times: int | None = None
) -> tuple[BookEntry, ...]: ...


def assert_sent(
    what: Outcome | FakeCarrier,
    *,
    to: str | PhoneNumber = "",
    containing: str = "",
    times: int | None = None,
) -> Sent | tuple[BookEntry, ...]:
    """Assert that an outcome is ``Sent``, or that the carrier accepted texts to a patient.

    Args:
        what: the return value of ``send``, or the fake carrier.
        to: the patient's number, in any written form. For the carrier only, like the next two.
        containing: words that each counted text contains.
        times: the number of texts; at least one by default.

    Returns:
        The outcome, typed as ``Sent``; or the matching texts, oldest first.

    Raises:
        AssertionError: it is another outcome, and the message says which and why; or the number
            of matching texts is wrong. No text is quoted.
        InvalidInput: ``times`` is below one (call :func:`assert_not_sent` instead); or arguments
            for the carrier were passed with an outcome; or ``what`` is neither, such as a
            coroutine that was not awaited.
        InvalidPhoneNumber: ``to`` is not a phone number.
    """
    __tracebackhide__ = True  # pytest shows the line of the test instead
    if isinstance(what, Sent | Queued | Held | Blocked | Failed | Uncertain | Cancelled):
        if to or containing or times is not None:
            msg = (
                "to, containing and times ask what the carrier took, and an outcome does not tell. "
                "Pass the carrier: assert_sent(carrier, to=...)."
            )
            raise InvalidInput(msg)
        return _is(what, Sent)
    _require_carrier(what)
    return _texts(what, to, containing, times)


def _texts(
    carrier: FakeCarrier, to: str | PhoneNumber, containing: str, times: int | None
) -> tuple[BookEntry, ...]:
    __tracebackhide__ = True
    if times is not None and times < 1:
        msg = "times counts texts that were sent; to say that none was, call assert_not_sent"
        raise InvalidInput(msg)
    every = carrier.texts_to(to)
    found = tuple(text for text in every if containing in text.body)
    if not found or times not in {None, len(found)}:
        wanted = "a text" if times is None else f"{times} texts"
        those = f", {len(found)} of them with those words" if containing else ""
        msg = (
            f"the carrier took {len(every)} texts to that number{those}, where {wanted} should be. "
            "assert_sent(outcome) says why one was not sent."
        )
        raise AssertionError(msg)
    return found


def assert_held(
    outcome: Outcome, *, rule: str | None = None, until: datetime | None = None
) -> Held:
    """Assert that the text is held.

    Args:
        outcome: the return value of ``send``.
        rule: the id of a rule among its reasons, or the code of a rule's finding.
        until: the instant (aware) until which it is held.

    Returns:
        The outcome, typed as ``Held``.

    Raises:
        AssertionError: it is another outcome, or held for other reasons or until another instant.
        InvalidInput: the instant is naive.
    """
    __tracebackhide__ = True
    held = _is(outcome, Held)
    _because_of(rule, held.reasons, "held")
    if until is not None and held.until != as_utc(until):
        msg = f"held until {held.until.isoformat()}, not {as_utc(until).isoformat()}"
        raise AssertionError(msg)
    return held


def assert_blocked(outcome: Outcome, *, rule: str | None = None) -> Blocked:
    """Assert that a rule blocks the text.

    Args:
        outcome: the return value of ``send``.
        rule: the id of a rule among its reasons, such as ``"consent"``, or the code of a rule's
            finding, such as ``"prior-express-consent-required"``.

    Returns:
        The outcome, typed as ``Blocked``.

    Raises:
        AssertionError: it is another outcome, or blocked by other rules.
    """
    __tracebackhide__ = True
    blocked = _is(outcome, Blocked)
    _because_of(rule, blocked.reasons, "blocked")
    return blocked


def assert_not_sent(
    carrier: FakeCarrier, *, to: str | PhoneNumber | None = None, containing: str = ""
) -> None:
    """Assert that the carrier accepted no text from the messenger.

    Args:
        carrier: the fake carrier.
        to: the patient's number, in any written form; any number by default.
        containing: words that a counted text contains.

    Raises:
        AssertionError: it accepted at least one. No text is quoted.
        InvalidPhoneNumber: ``to`` is not a phone number.
        InvalidInput: ``carrier`` is not a carrier.
    """
    __tracebackhide__ = True
    _require_carrier(carrier)
    texts = carrier.messages() if to is None else carrier.thread(to)
    found = [text for text in texts if text.author == "application" and containing in text.body]
    if found:
        msg = f"the carrier took {len(found)} texts, where none should be"
        raise AssertionError(msg)


def _require_carrier(what: object) -> None:
    __tracebackhide__ = True
    if not hasattr(what, "texts_to"):  # its class needs an extra, which outcomes do not
        msg = (
            f"{type(what).__name__} is neither an outcome nor a FakeCarrier. Pass the carrier, or "
            "to assert_sent what send() returned; what AsyncMessenger returns is awaited first."
        )
        raise InvalidInput(msg)


def _is(outcome: Outcome, wanted: type[T]) -> T:
    __tracebackhide__ = True
    if isinstance(outcome, wanted):
        return outcome
    msg = f"{type(outcome).__name__}, not {wanted.__name__}{_why(outcome)}"
    raise AssertionError(msg)


def _why(outcome: Outcome) -> str:
    reasons = getattr(outcome, "reasons", ())
    if reasons:
        return ": " + "; ".join(_told(reason) for reason in reasons)
    problem = getattr(outcome, "problem", None)
    return "" if problem is None else f": {problem.category.value} {problem.code}: {problem.words}"


def _told(reason: Finding) -> str:
    return f"{reason.rule} ({reason.code}): {reason.words} {reason.remedy}".strip()


def _because_of(rule: str | None, reasons: tuple[Finding, ...], done: str) -> None:
    __tracebackhide__ = True
    if rule is None or any(rule in {reason.rule, reason.code} for reason in reasons):
        return
    found = "; ".join(_told(reason) for reason in reasons)
    msg = f"{done}, and not by {rule!r}: {found}"
    raise AssertionError(msg)
