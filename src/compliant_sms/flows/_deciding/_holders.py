"""Who is known at a number, and who was known there before it went to somebody else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from compliant_sms.consent import ConsentEvent, Flag, Granted, fold

_CALLER = "call/"


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
    return {person for person in agreed if not _is_gone(events, person)}


def known_among(events: Sequence[ConsentEvent], persons: Iterable[str | None]) -> set[str]:
    """Those of the persons who are known, and may be meant by what comes from the number.

    A caller of whom only the call is known is nobody yet. Of whoever a provider said that the
    number is theirs no more, or staff that it never was, only a fresh consent says that it is.
    Whoever reads that it is the wrong number has to see whose it was taken for.
    """
    named = {person for person in persons if person and not is_caller(person)}
    return {person for person in named if not _is_gone(events, person, ignoring=Flag.WRONG_NUMBER)}


def is_anothers(events: Sequence[ConsentEvent]) -> bool:
    """Whether nobody who agreed to texts at a number may still hold it."""
    agreed = {event.person for event in events if isinstance(event, Granted)}
    return bool(agreed) and all(
        _is_gone(events, person, ignoring=Flag.WRONG_NUMBER) for person in agreed if person
    )


def _is_gone(events: Sequence[ConsentEvent], person: str, *, ignoring: Flag | None = None) -> bool:
    """Whether the number is not the person's, by what was said of it, except one flag."""
    state = fold(events, person)
    flagged = state.flagged is not None and state.flagged.why
    gone = flagged and flagged is not ignoring and flagged.may_be_anothers
    return bool(gone or state.voided)
