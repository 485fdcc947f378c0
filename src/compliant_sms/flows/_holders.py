"""Who is known at a number, and who was known there before it went to somebody else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from compliant_sms.consent import ConsentEvent, Flag, Granted, fold

__all__ = ["caller_of", "is_anothers", "is_caller", "known_among", "who_agreed"]

_CALLER = "call/"
_TAKEN_FOR_THEIRS = frozenset({None, Flag.WRONG_NUMBER})


def caller_of(call_id: str) -> str:
    """Who called, as long as only the call is known; in place of the host's id of a person."""
    return f"{_CALLER}{call_id}"


def is_caller(person: str) -> bool:
    """Whether somebody is known by a call alone."""
    return person.startswith(_CALLER)


def who_agreed(events: Sequence[ConsentEvent]) -> set[str]:
    """The persons who agreed to texts at a number, and may still hold it.

    Whoever wrote that it is the wrong number agrees to nothing for them.

    Args:
        events: all those of a practice about the number.
    """
    agreed = known_among(events, (e.person for e in events if isinstance(e, Granted)))
    return {person for person in agreed if _gone(events, person) is None}


def known_among(events: Sequence[ConsentEvent], persons: Iterable[str | None]) -> set[str]:
    """Those of the persons who are known, and may be meant by what comes from the number.

    A caller of whom only the call is known is nobody yet. Of whoever a provider said that the
    number is theirs no more, only a fresh consent says that it is. Whoever reads that it is the
    wrong number has to see whose it was taken for.
    """
    named = {person for person in persons if person and not is_caller(person)}
    return {person for person in named if _gone(events, person) in _TAKEN_FOR_THEIRS}


def is_anothers(events: Sequence[ConsentEvent]) -> bool:
    """Whether nobody who agreed to texts at a number may still hold it."""
    agreed = {event.person for event in events if isinstance(event, Granted)}
    return bool(agreed) and all(
        _gone(events, person) not in _TAKEN_FOR_THEIRS for person in agreed if person
    )


def _gone(events: Sequence[ConsentEvent], person: str) -> Flag | None:
    """What was said of the number that makes it somebody else's; None where it may be theirs."""
    flagged = fold(events, person).flagged
    return flagged.why if flagged is not None and flagged.why.may_be_anothers else None
