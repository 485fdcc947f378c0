"""Editions of a wording, and whether a newer one means that patients are asked again."""

from __future__ import annotations

import re
from collections.abc import Iterable

from attrs import Attribute, field, frozen

from compliant_sms import _given
from compliant_sms.errors import InvalidInput

_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")


def _a_version(of: object, attribute: Attribute[str], value: str) -> None:
    _given.text(of, attribute, value)
    if value and not _VERSION.fullmatch(value):
        msg = f"{attribute.name} must be like '2026-03': letters, digits, '.', '_' and '-'"
        raise InvalidInput(msg)


@frozen(kw_only=True)
class Edition:
    """One edition of the words that patients agree to.

    Whoever changes the words decides whether they mean something else. That decision is part of the
    edition, with who made it and why. After fixing a comma nobody need be asked again; another kind
    of text, more texts, or another sender means asking again.

    Args:
        version: recorded with each consent, for example ``"2026-09"``.
        follows: the version that it replaces; empty for the first edition.
        changes_substance: whether patients who agreed to an earlier edition must be asked again.
            Required if it follows another edition.
        decided_by: who decided that, for example ``"compliance:kim"``. Required in the same case.
        reason: why. Required in the same case.

    Raises:
        InvalidInput: a version cannot be used, or an edition that follows another does not say
            whether it changes the substance, who decided so, and why.
    """

    version: str = field(validator=_a_version)
    follows: str = field(default="", validator=_a_version)
    changes_substance: bool | None = None
    decided_by: str = field(default="", validator=_given.text)
    reason: str = field(default="", validator=_given.text)

    def __attrs_post_init__(self) -> None:
        """Refuse an edition of which nobody could say later what it meant."""
        if not self.version or self.version == self.follows:
            msg = "an edition needs a version of its own, for example '2026-09'"
            raise InvalidInput(msg)
        if not self.follows:
            return
        _given.yes_or_no(self.changes_substance, "changes_substance")
        if not self.decided_by.strip() or not self.reason.strip():
            msg = (
                f"the edition {self.version} takes the place of {self.follows}: say who decided "
                "whether patients are asked again (decided_by), and why (reason)"
            )
            raise InvalidInput(msg)


def as_editions(given: Iterable[Edition] | Edition | str) -> tuple[Edition, ...]:
    """The editions of a wording, oldest first; the last one is shown.

    Raises:
        InvalidInput: they are no line in which each follows the one before.
    """
    if isinstance(given, str):
        given = Edition(version=given)
    found = (given,) if isinstance(given, Edition) else tuple(given)
    _given.each_of(found, Edition, "editions", "Edition(version=..., follows=..., ...)")
    before = ""
    for each in found:
        if each.follows != before:
            msg = (
                f"the edition {each.version} must follow {before or 'none'}: list all editions, "
                "the oldest first, each with the version that it takes the place of"
            )
            raise InvalidInput(msg)
        before = each.version
    if len({each.version for each in found}) < len(found) or not found:
        msg = "a wording needs editions, each with a version of its own"
        raise InvalidInput(msg)
    return found


def supersedes_in_substance(editions: Iterable[Edition], version: str) -> bool:
    """Whether an edition after a version means something else.

    Args:
        editions: all of a wording, the oldest first.
        version: the one that a patient agreed to. Of one that is not among them nobody knows what
            it said, so that it counts as something else.
    """
    known = False
    changed = False
    for each in editions:
        if known:
            changed = changed or bool(each.changes_substance)
        known = known or each.version == version
    return changed or not known
