"""What the fields of programmes and forms are checked by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar
from urllib.parse import urlsplit

from attrs import Attribute

from compliant_sms import _given
from compliant_sms.errors import InvalidInput
from compliant_sms.permission._words import ENGLISH, LANGUAGES
from compliant_sms.text import links

_T = TypeVar("_T")
_SLUG = re.compile(r"[a-z][a-z0-9-]{0,30}")
_URL = re.compile(r"https://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/-]*)?")
_LONGEST_URL = 200
_LONGEST_LINE = 120


def slug(of: object, attribute: Attribute[str], value: str) -> None:
    """Refuse what is no short name: it stands in keys, on record and in forms."""
    _given.text(of, attribute, value)
    if not _SLUG.fullmatch(value):
        msg = (
            f"{attribute.name} must be like 'reminders' or 'special-offers': small letters, digits "
            "and hyphens, 31 at most, a letter first"
        )
        raise InvalidInput(msg)


def one_line(of: object, attribute: Attribute[str], value: str) -> None:
    """Refuse what cannot stand within a sentence that a patient reads."""
    _given.text(of, attribute, value)
    plain = value.isprintable() and value == value.strip() and 0 < len(value) <= _LONGEST_LINE
    if not plain or links(value):
        msg = (
            f"{attribute.name} must be one line of 1 to {_LONGEST_LINE} characters without a link: "
            "patients read it in the middle of what they agree to"
        )
        raise InvalidInput(msg)


def https_url(of: object, attribute: Attribute[str], value: str) -> None:
    """Refuse what is no plain https address."""
    _given.text(of, attribute, value)
    if not _URL.fullmatch(value) or len(value) > _LONGEST_URL or urlsplit(value).port == 0:
        page = attribute.name.removesuffix("_url")
        msg = (
            f"{attribute.name} must be like https://clinic.example/{page}: https, a host in small "
            "letters and a path; without ?, # or a password"
        )
        raise InvalidInput(msg)


def by_language(given: Mapping[str, _T], kind: type[_T], name: str) -> Mapping[str, _T]:
    """What is said in other languages than English, by language; anything else is refused.

    Args:
        given: what was passed.
        kind: what stands under each language.
        name: what to call it in the error.
    """
    others = " or ".join(f"'{each}'" for each in LANGUAGES if each != ENGLISH)
    instead = f"a {kind.__name__} by language, {others}"
    _given.a_kind(given, Mapping, name, instead)
    _given.each_of([*given.values()], kind, name, instead)
    if not {*given} <= {*LANGUAGES} - {ENGLISH}:
        msg = f"{name} take {instead}: in no other language are there words to go with them"
        raise InvalidInput(msg)
    return MappingProxyType(dict(given))
