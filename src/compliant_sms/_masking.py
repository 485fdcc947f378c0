"""Masking of ids and addresses in logs, spans and reprs, which anybody may read."""

from __future__ import annotations

import re
from traceback import walk_tb

from compliant_sms.phone import PhoneNumber

_PACKAGE = __name__.partition(".")[0]
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_SECRET = re.compile(r"(?:^|(?<=//))[^/?#]*(?=@)|(?<=[?#]).+", re.DOTALL)


def shown_practice(practice_id: str) -> str:
    """A practice's id; masked if it is a phone number, which is the default."""
    return _NUMBER.sub(lambda found: PhoneNumber(found[0]).masked, practice_id)


def repr_of_practice(practice_id: object) -> str:
    """:func:`shown_practice` for ``field(repr=...)``, whatever was passed."""
    return repr(shown_practice(str(practice_id)))


def shown_address(address: str) -> str:
    """A web address without its user, password and query, which are secrets of callbacks."""
    return _SECRET.sub("...", address)


def repr_of_address(address: object) -> str:
    """:func:`shown_address` for ``field(repr=...)``, whatever was passed."""
    return repr(shown_address(str(address)))


def where(error: BaseException) -> str:
    """The file and line where an error was raised; never its message, which may say anything."""
    frames = [*walk_tb(error.__traceback__)]
    return f"{frames[-1][0].f_code.co_filename}:{frames[-1][1]}" if frames else ""


def said_by_us(error: BaseException) -> str | None:
    """What an error says, if the library raised it; None if code of a host's did.

    A host may raise the library's errors too, as its own transport does, and quote a number or a
    text in them: who raised an error decides whether its words may be shown, not its type.
    """
    frames = [*walk_tb(error.__traceback__)]
    module = str(frames[-1][0].f_globals.get("__name__", "")) if frames else ""
    return str(error) if module.partition(".")[0] == _PACKAGE else None


class OwnWords(str):
    """What an error of the library's own says, written without anything of a request."""

    __slots__ = ()


def own_words(error: BaseException) -> str:
    """What an error says, if the library wrote it; otherwise only its type, and that of its cause.

    What a host's own transport raises may quote the URL and the body, so number and text.
    """
    said = error.args[0] if error.args else None
    if isinstance(said, OwnWords):
        return str(said)
    kinds = [type(each).__name__ for each in (error, error.__cause__) if each is not None]
    return f"the transport raised {' from '.join(kinds)}"
