"""What a body says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compliant_sms import rules
from compliant_sms.classification import ContentLabel, Phrase
from compliant_sms.classification._content import PhraseKind
from compliant_sms.rules import (
    OptOutShown,
    Readings,
)
from vectors._facts import OAK
from vectors._given import Given

__all__ = ["readings"]


def readings(given: Given, **more: Any) -> Readings:
    """What the body says; where there is none, it says what it must and nothing that it must not.

    What the vector states of a body counts, whatever a body that it quotes besides says.
    """
    body = given("body")
    read = rules.read(body, OAK) if body else None
    sells = given("contains_marketing", "includes_advertisement")
    content = read.content if read else ContentLabel.TRANSACTIONAL
    if sells is not None and sells is not (content is not ContentLabel.TRANSACTIONAL):
        content = ContentLabel.MIXED if sells else ContentLabel.TRANSACTIONAL
    opt_out = given("opt_out_in_message", "unsubscribe_present", default=True)
    known: dict[str, Any] = {
        "characters": given("body_length", default=len(body or "")),
        "content": content,
        "phrases": (*(read.phrases if read else ()), *_named_for_sale(given)),
        "financial": bool(given("contains_financial")),
        "names_sender": given("states_provider_name", "identity_present", default=True),
        "contact": given("states_provider_contact", default=True),
        "opt_out": OptOutShown.BY_AUTHOR if opt_out else OptOutShown.NO,
    }
    return Readings(**(known | more))


def _named_for_sale(given: Given) -> Iterator[Phrase]:
    for rule in ("price", "discount", "product"):
        if given(f"names_{rule}", f"states_{rule}"):
            yield Phrase(start=0, end=1, rule=rule, kind=PhraseKind.MARKETING)
