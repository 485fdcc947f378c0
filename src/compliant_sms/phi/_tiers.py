"""How much an unencrypted text may say: three tiers, and the patient's own wish.

Policy P-PHI, built on 45 CFR 164.530(c), 78 FR 5566, 5634 and 42 CFR Part 2. Which label belongs
to which tier is data (``data/tiers.toml``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from attrs import field, frozen
from attrs.validators import and_, instance_of, min_len

from compliant_sms import records
from compliant_sms.choices import Grade, Word
from compliant_sms.errors import ConfigurationError
from compliant_sms.phi._labels import PhiFinding, PhiLabel

__all__ = [
    "ContentTier",
    "PhiPreference",
    "Sensitivity",
    "TierRow",
    "tier_of",
    "tier_rows",
    "worst_tier",
]

_FILE = "tiers.toml"


class ContentTier(Grade):
    """What the content of a text needs before it may go by SMS."""

    MINIMUM = 1
    """Reasonable safeguards only: 45 CFR 164.530(c)."""
    DETAIL = 2
    """A patient who was warned and still prefers texts: 78 FR 5566, 5634."""
    NEVER = 3
    """Nothing permits it: a neutral notice and a link behind a login instead."""


class Sensitivity(Word):
    """The kind of care that a text is about; all but the first are specially protected."""

    GENERAL = "general"
    SUBSTANCE_USE = "substance_use"
    """42 CFR Part 2."""
    HIV_STI = "hiv_sti"
    """State confidentiality laws."""
    REPRODUCTIVE = "reproductive"
    GENDER_AFFIRMING = "gender_affirming"
    MENTAL_HEALTH = "mental_health"
    """Psychotherapy notes too: 45 CFR 164.508(a)(2)."""
    GENETICS = "genetics"
    ABUSE = "abuse"
    """Domestic and other violence."""
    MINOR_CONSENTED = "minor_consented"
    """Care to which a minor lawfully consented alone: 45 CFR 164.502(g)(3)(i)."""


@records.lean
@frozen(kw_only=True)
class PhiPreference:
    """What a patient wants of health details by text. Texting consent is another matter.

    Source: 78 FR 5566, 5634 (2013-01-25). A brief warning suffices.

    Args:
        warned: the patient was told that others may read a text on its way or on the phone.
        prefers: the patient wants them by text all the same.
    """

    warned: bool = False
    prefers: bool = False

    @property
    def allows_detail(self) -> bool:
        """Whether content of tier :attr:`ContentTier.DETAIL` may go: both, never one alone."""
        return self.warned and self.prefers


def _tier(name: str) -> ContentTier:
    try:
        return ContentTier[name.upper()]
    except KeyError:
        msg = f"the tier is none of: {', '.join(tier.name.lower() for tier in ContentTier)}"
        raise ValueError(msg) from None


_told = and_(instance_of(str), min_len(1))


@frozen(kw_only=True)
class TierRow:
    """To which tier a label belongs, and why.

    Attributes:
        label: the kind of information.
        tier: what it needs.
        source: where that comes from.
        certainty: how sure that is, in the words of the data.
        why: the reason, in words.
    """

    label: PhiLabel = field(converter=PhiLabel)
    tier: ContentTier = field(converter=_tier)
    source: str = field(validator=_told)
    certainty: str = field(validator=_told)
    why: str = field(validator=_told)


def tier_of(label: PhiLabel) -> ContentTier:
    """The tier of one kind of information, in ordinary care.

    Raises:
        ConfigurationError: the packaged table is damaged.
    """
    return _tiers()[label]


def worst_tier(
    findings: Iterable[PhiFinding], sensitivity: Sensitivity = Sensitivity.GENERAL
) -> ContentTier:
    """The tier of a text as a whole, that of its worst finding.

    Args:
        findings: what was found in it.
        sensitivity: the kind of care that it is about. In specially protected care no detail may
            go by SMS, whatever the patient prefers (42 CFR Part 2, state law, policy P-PHI).

    Returns:
        The tier; :attr:`ContentTier.MINIMUM` when nothing was found.

    Raises:
        ConfigurationError: the packaged table is damaged.
    """
    worst = max((tier_of(finding.label) for finding in findings), default=ContentTier.MINIMUM)
    if worst is ContentTier.DETAIL and sensitivity is not Sensitivity.GENERAL:
        return ContentTier.NEVER
    return worst


@cache
def tier_rows() -> tuple[TierRow, ...]:
    """The rows of the table, one a label.

    Raises:
        ConfigurationError: the packaged table is damaged.
    """
    from importlib import resources  # noqa: PLC0415 - needed once, not by whoever only imports

    return _parse(resources.files("compliant_sms.phi").joinpath("data", _FILE).read_text("utf-8"))


@cache
def _tiers() -> Mapping[PhiLabel, ContentTier]:
    return {row.label: row.tier for row in tier_rows()}


def _parse(document: str) -> tuple[TierRow, ...]:
    import tomllib  # noqa: PLC0415 - needed once, not by whoever only imports

    rows: dict[PhiLabel, TierRow] = {}
    try:
        for number, fields in enumerate(tomllib.loads(document).get("tier", ()), start=1):
            row = _row(number, fields)
            if rows.setdefault(row.label, row) is not row:
                msg = f"{_FILE}, row {number}: {row.label} is listed twice"
                raise ConfigurationError(msg)
    except tomllib.TOMLDecodeError as error:
        msg = f"{_FILE} is not valid TOML: {error}"
        raise ConfigurationError(msg) from error
    if missing := [label for label in PhiLabel if label not in rows]:
        msg = f"{_FILE}: no row says what may be sent of {', '.join(missing)}"
        raise ConfigurationError(msg)
    return tuple(rows.values())


def _row(number: int, fields: Mapping[str, str]) -> TierRow:
    try:
        return TierRow(**fields)
    except (TypeError, ValueError) as error:
        msg = f"{_FILE}, row {number}: {error.args[0]}"
        raise ConfigurationError(msg) from error
