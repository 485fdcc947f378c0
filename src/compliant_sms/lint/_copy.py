"""A text that is checked, and what the rulebook makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property

from attrs import define, evolve, field, frozen

from compliant_sms.classification import OptOutLine, Purpose
from compliant_sms.consent import ConsentState
from compliant_sms.errors import InvalidInput
from compliant_sms.lint._offers import Offer, offers
from compliant_sms.phrases import WORD, fold
from compliant_sms.practice import Practice, stand_in
from compliant_sms.rules import Facts, Finding, Readings, Rulebook, Sender, decided_as, read
from compliant_sms.text import Link

_NOBODY = stand_in()
# Everything that no row puts an end to is in force then.
_LATER = datetime(9998, 1, 1, tzinfo=UTC)


def _at_least_one(_: object, __: object, value: int | None) -> None:
    if value is not None and value < 1:
        msg = "max_segments is below 1, which no text meets. Pass 1 or more, or None for no limit."
        raise InvalidInput(msg)


@frozen(kw_only=True)
class LintSettings:
    """What a practice requires of its copy.

    Args:
        first_text: whether the text may be the first to a patient. It must then say how to opt out
            even if its purpose requires that only now and then.
        max_segments: the most segments that a text may have; None for no limit.

    Raises:
        InvalidInput: the limit is below 1.
    """

    first_text: bool = False
    max_segments: int | None = field(default=3, validator=_at_least_one)


@define(slots=False, eq=False)
class Copy:
    """A text that is checked.

    Args:
        text: the text as written.
        purpose: what it is for.
        practice: the practice that sends it; None if not given.
        settings: what the practice requires of it.
        rulebook: the rules to ask.
        at: the instant (aware) whose rules apply; None for all rules without an end.
    """

    text: str = field(repr=False)
    purpose: Purpose
    practice: Practice | None
    settings: LintSettings
    rulebook: Rulebook
    at: datetime | None

    @cached_property
    def readings(self) -> Readings:
        """What the rulebook reads in it; nobody's name is missing where nobody is told."""
        plain = read(self.text, self.practice or _NOBODY)
        return plain if self.practice else evolve(plain, names_sender=True)

    @cached_property
    def offers(self) -> tuple[Offer, ...]:
        """The words that it invites, as far as carriers have an answer to them."""
        return offers(self.text)

    @cached_property
    def words(self) -> frozenset[str]:
        """All its words in folded letters."""
        return frozenset(WORD.findall(fold(self.text).text))

    @property
    def decided_as(self) -> Purpose:
        """The purpose by content."""
        return decided_as(self.purpose, self.readings)

    @property
    def opt_out_line_due(self) -> bool:
        """Whether the text itself says how to opt out, by its purpose."""
        due = self.decided_as.opt_out_line
        return due is OptOutLine.EACH or (self.settings.first_text and due is not OptOutLine.NEVER)

    def says(self, rule: str, *links: Link) -> Iterator[Finding]:
        """What a rule of the rulebook finds, in all of the text or in some of its links."""
        sender = Sender(
            name=(self.practice or _NOBODY).name,
            link_domains=(self.practice or _NOBODY).link_domains,
        )
        facts = Facts(
            at=self.at or _LATER,
            purpose=self.purpose,
            number=_NOBODY.phone,
            consent=ConsentState(),
            zones=(),
            readings=evolve(self.readings, links=links),
            sender=Sender(name=sender.name, link_domains=sender.link_domains),
        )
        yield from self.rulebook.decide(facts, {rule}).findings
