"""The rules for our own copy, and asking them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from operator import attrgetter
from typing import TypeAlias

from attrs import frozen

from compliant_sms.classification import Purpose, as_purpose
from compliant_sms.errors import ConfigurationError
from compliant_sms.lint import _asked, _invited, _size, _variables
from compliant_sms.lint._copy import Copy, LintSettings
from compliant_sms.lint._finding import LintFinding
from compliant_sms.practice import Practice
from compliant_sms.rules import Rulebook

_Ask: TypeAlias = Callable[[Copy], Iterable[LintFinding]]


@frozen
class LintRule:
    """A rule for our own copy.

    Attributes:
        id: how findings name it.
        ask: what it finds in a text.
    """

    id: str
    ask: _Ask

    @property
    def words(self) -> str:
        """What it is about, in one line."""
        return (self.ask.__doc__ or self.id).strip().partition("\n")[0]


LINT_RULES: tuple[LintRule, ...] = (
    LintRule("unfilled-variable", _variables.unfilled_variable),
    LintRule("reserved-word-invited", _invited.reserved_word_invited),
    LintRule("yes-invited", _invited.yes_invited),
    LintRule("sells-undeclared", _asked.sells_undeclared),
    LintRule("practice-name-missing", _asked.practice_name_missing),
    LintRule("opt-out-line-missing", _asked.opt_out_line_missing),
    LintRule("opt-in-confirmation-incomplete", _asked.opt_in_confirmation),
    LintRule("public-shortener", _asked.public_shortener),
    LintRule("ucs2-character", _size.ucs2_character),
    LintRule("too-many-segments", _size.too_many_segments),
)
"""In the order in which they are asked."""

_DEFAULTS = LintSettings()
_BOOK = Rulebook()


def lint(
    text: str,
    purpose: Purpose | str,
    *,
    practice: Practice | None = None,
    settings: LintSettings = _DEFAULTS,
    ignore: Collection[str] = (),
    rulebook: Rulebook = _BOOK,
    at: datetime | None = None,
) -> tuple[LintFinding, ...]:
    """What is wrong with a text of our own, before anybody gets it.

    Whether a certain patient may get it is another question: see :class:`compliant_sms.Rulebook`.

    Args:
        text: as it will be sent, variables filled. A template has its variables reported, unless
            ``ignore`` names ``"unfilled-variable"``.
        purpose: what it is for; of the catalogue, its code will do.
        practice: who sends it; without it nobody's name is missing.
        settings: what the practice asks of its copy.
        ignore: ids of rules that are not asked.
        rulebook: whose rules hold, with overrides and packs of one's own.
        at: the instant (aware) under whose rules; None for all that have no end.

    Returns:
        The findings in the order of the text; none where nothing is wrong.

    Raises:
        ConfigurationError: ``ignore`` names no rule.
        InvalidInput: there is no such purpose; or the text holds a lone surrogate, which is not
            valid Unicode.
    """
    unknown = ", ".join(sorted(set(ignore) - {rule.id for rule in LINT_RULES}))
    if unknown:
        known = ", ".join(rule.id for rule in LINT_RULES)
        msg = f"there is no lint rule {unknown}. Name one of: {known}."
        raise ConfigurationError(msg)
    copy = Copy(text, as_purpose(purpose), practice, settings, rulebook, at)
    asked = (rule for rule in LINT_RULES if rule.id not in ignore)
    found = [finding for rule in asked for finding in rule.ask(copy)]
    return tuple(sorted(found, key=attrgetter("start", "end", "rule")))
