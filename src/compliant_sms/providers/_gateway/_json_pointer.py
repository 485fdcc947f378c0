"""JSON Pointer (RFC 6901): where in a document something stands."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from attrs import Attribute

from compliant_sms import _given
from compliant_sms.errors import InvalidInput

_POINTER = re.compile(r"(/([^~/]|~[01])*)*")
_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")


def json_pointer(of: object, attribute: Attribute[str], value: str) -> None:
    """A validator: a JSON pointer; an empty one stands for the whole document."""
    _given.text(of, attribute, value)
    if not _POINTER.fullmatch(value):
        msg = (
            f"{type(of).__name__}'s {attribute.name} is no JSON pointer (RFC 6901): pass for "
            "example '/messages/0/id', or '/id' for a field of a form"
        )
        raise InvalidInput(msg)


def tokens(pointer: str) -> list[str]:
    """The names and places on the way, unescaped."""
    return [each.replace("~1", "/").replace("~0", "~") for each in pointer.split("/")[1:]]


def found_at(document: Any, pointer: str) -> Any:  # noqa: ANN401 - JSON has no narrower type
    """What stands there; None where nothing does."""
    for token in tokens(pointer):
        if isinstance(document, dict):
            document = document.get(token)
        elif isinstance(document, list) and _INDEX.fullmatch(token) and int(token) < len(document):
            document = document[int(token)]
        else:
            return None
    return document


def placed_at(document: dict[str, Any], pointer: str, value: object) -> None:
    """Put a value there, with the objects on the way, and lists where the next place is ``0``."""
    way = tokens(pointer)
    here: Any = document
    for token, following in pairwise(way):
        here = _step(here, token, [] if following == "0" else {})
    if isinstance(here, list):
        here.append(value)
    else:
        here[way[-1]] = value


def _step(here: Any, token: str, fresh: Any) -> Any:  # noqa: ANN401 - as above
    if not isinstance(here, list):
        return here.setdefault(token, fresh)
    if not here:
        here.append(fresh)
    return here[0]
