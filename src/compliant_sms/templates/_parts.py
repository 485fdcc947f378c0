"""What templates are made of: bodies, variables, and who approved or withdrew them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import cast

from attrs import Attribute, field, frozen

from compliant_sms import _given
from compliant_sms.errors import InvalidInput
from compliant_sms.phi import ContentTier, PhiLabel, tier_of
from compliant_sms.templates._kinds import Kind
from compliant_sms.templates._ref import TemplateRef
from compliant_sms.templates._syntax import NAME

GIVEN = ("practice", "practice_phone")
"""Variables of every template: the practice's name and phone, as texts write them."""


def _a_day(_: object, attribute: Attribute[date], value: object) -> None:
    if type(value) is not date:
        msg = f"{attribute.name} is not a date. Pass a day, for example date(2026, 11, 2)."
        raise InvalidInput(msg)


@frozen(kw_only=True)
class Approval:
    """Somebody read a version of a template and approved it for use.

    Args:
        by: who, for example ``"Dr. Lee"``.
        on: when.
        fingerprint: :attr:`Template.fingerprint` of the text that they read. With it, a text that
            has changed since is refused; empty if they did not write it down.

    Raises:
        InvalidInput: ``by`` is empty, or ``on`` is not a day.
    """

    by: str = field(validator=_given.told)
    on: date = field(validator=_a_day)
    fingerprint: str = field(default="", validator=_given.text)


@frozen(kw_only=True)
class Withdrawal:
    """A version of a template is no longer used.

    Args:
        by: who decided so.
        on: when.
        reason: why.

    Raises:
        InvalidInput: ``by`` or ``reason`` is empty, or ``on`` is not a day.
    """

    by: str = field(validator=_given.told)
    on: date = field(validator=_a_day)
    reason: str = field(validator=_given.told)


@frozen(kw_only=True)
class Body:
    """The text of a template in one language.

    Args:
        minimum: for any patient: no more than confirms a visit (45 CFR 164.530(c)).
        detail: for a patient who was warned and still prefers health details by text
            (78 FR 5566, 5634); None if they get the same text.
    """

    minimum: str = field(validator=_given.text)
    detail: str | None = field(default=None, validator=_given.kind(str, _given.A_TEXT))

    def of(self, tier: ContentTier) -> str:
        """The text for a tier; the minimum text if there is none for detail."""
        return self.minimum if tier is ContentTier.MINIMUM else self.detail or self.minimum

    @property
    def tiers(self) -> tuple[ContentTier, ...]:
        """The tiers that it has a text for."""
        detail = () if self.detail is None else (ContentTier.DETAIL,)
        return (ContentTier.MINIMUM, *detail)


def _labels(given: Iterable[PhiLabel | str] | None) -> frozenset[PhiLabel]:
    # None stays until the kind is known, and never longer: pyright takes the type from here.
    return cast("frozenset[PhiLabel]", given) if given is None else frozenset(map(PhiLabel, given))


@frozen
class Variable:
    """A placeholder in a template.

    Args:
        name: lowercase letters, digits and ``_``, for example ``"given_name"``.
        kind: what it stands for, for example ``GivenName()``.
        labels: the health information and identifiers that its values may contain; by default
            those of the kind. A value that contains any other is refused.

    Raises:
        InvalidInput: the name cannot be used or is taken, the kind is not a kind, or a label may
            never go by text.
    """

    name: str = field()
    kind: Kind = field(validator=_given.kind(Kind, "a kind, for example GivenName()"))
    labels: frozenset[PhiLabel] = field(kw_only=True, default=None, converter=_labels)

    @name.validator
    def _usable(self, _: Attribute[str], value: object) -> None:
        _given.a_text(value, "name")
        if not NAME.fullmatch(self.name) or self.name in GIVEN:
            msg = (
                "a variable's name has lowercase letters, digits and _, begins with a letter, and "
                f"is none of: {', '.join(GIVEN)}"
            )
            raise InvalidInput(msg)

    def __attrs_post_init__(self) -> None:
        """Take the kind's labels by default; refuse labels that may never go by text."""
        if self.labels is None:
            object.__setattr__(self, "labels", self.kind.brings)
        never = sorted(each for each in self.labels if tier_of(each) is ContentTier.NEVER)
        if never:
            msg = (
                f"{self.name}: {', '.join(never)} may never go by text. Leave it out of labels, "
                "and the value out of the template."
            )
            raise InvalidInput(msg)

    @property
    def tier(self) -> ContentTier:
        """The tier that its values need: see :class:`compliant_sms.phi.ContentTier`."""
        return max(map(tier_of, self.labels), default=ContentTier.MINIMUM)


@frozen(kw_only=True)
class Rendered:
    """A template filled with values.

    Attributes:
        body: what the patient reads.
        language: its language.
        tier: how much it tells.
        template: the template's name.
        version: which version.
        fingerprint: SHA-256 of the template's text, in hexadecimal.
    """

    body: str = field(repr=False)
    language: str
    tier: ContentTier
    template: str
    version: int
    fingerprint: str

    def ref(self, by: str = "") -> TemplateRef:
        """The reference to the template that is stored with the text.

        Args:
            by: who picked it; empty where no person did.
        """
        return TemplateRef(
            name=self.template,
            version=self.version,
            fingerprint=self.fingerprint,
            language=self.language,
            tier=self.tier.name.lower(),
            by=by,
        )
