"""Samples for a registration, and what else leaves under it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from attrs import frozen

from compliant_sms.permission._permission import Permission
from compliant_sms.permission._programme import Programme
from compliant_sms.permission._wordings import question
from compliant_sms.practice import Practice
from compliant_sms.rules import OptOutShown, read
from compliant_sms.templates import dialed, with_opt_out_line
from compliant_sms.text import links

if TYPE_CHECKING:
    from compliant_sms.templates import Template

_MOST = 5
# Ten digits as they are written in North America; letters and signs of a link stand around none.
_PHONE = re.compile(r"(?<![\w/=-])(?:\+?1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-]?)\d{3}[ .-]?\d{4}(?!\w)")


@frozen(kw_only=True)
class Samples:
    """The samples of a registration.

    Attributes:
        own: those that the practice named, or its templates for what it named none of.
        shown: at most five to register. What a text holds that is sent, one of them shows: carriers
            refuse a campaign whose samples have no link or phone number, and which claims them.
        links: whether any text that is sent has a link.
        phones: whether any has a phone number.
    """

    own: tuple[str, ...]
    shown: tuple[str, ...]
    links: bool
    phones: bool


def samples_of(
    permission: Permission,
    practice: Practice,
    templates: Sequence[Template],
    texts: Iterable[str],
) -> Samples:
    """The samples of a registration.

    Args:
        permission: what patients are asked, and the samples of what they agree to.
        practice: who texts.
        templates: what is sent of them.
        texts: what else is sent, such as the library's own words.
    """

    def has_phone(text: str) -> bool:
        return dialed(practice.phone) in text or bool(_PHONE.search(text))

    own = [
        text
        for programme in permission.programmes
        for text in programme.samples or _of_templates(programme, practice, templates)
    ]
    asked = [
        question(each, practice, permission.legal).text
        for each in permission.programmes
        if each.keyword or not each.marketing
    ]
    others = [*(each.sample(practice) for each in templates), *texts, *asked]
    mine = dict.fromkeys(_as_sent(each, practice) for each in own)
    sent = list(dict.fromkeys([*mine, *(_as_sent(each, practice) for each in others)]))
    with_link, with_phone = _first(sent, links), _first(sent, has_phone)
    chosen = list(dict.fromkeys([*with_link, *with_phone, *mine]))[:_MOST]
    return Samples(
        own=tuple(mine),
        shown=tuple(each for each in sent if each in chosen),
        links=bool(with_link),
        phones=bool(with_phone),
    )


def _first(texts: Iterable[str], has: Callable[[str], object]) -> list[str]:
    return [each for each in texts if has(each)][:1]


def _of_templates(
    programme: Programme, practice: Practice, templates: Sequence[Template]
) -> Iterator[str]:
    for template in templates:
        if template.purpose.category in programme.categories:
            yield template.sample(practice)


def _as_sent(text: str, practice: Practice) -> str:
    """With the line that says how to opt out, as it is appended where that is due."""
    if read(text, practice).opt_out is OptOutShown.NO:
        return with_opt_out_line(text)
    return text
