"""How much an unencrypted text may say: three tiers, and the patient's own wish.

Policy P-PHI, built on 45 CFR 164.530(c), 78 FR 5566, 5634 and 42 CFR Part 2. What belongs to
which tier is data (``data/tiers.toml``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from attrs import field, frozen
from attrs.validators import and_, instance_of, min_len

from compliant_sms._lazy import packaged
from compliant_sms.choices import Grade
from compliant_sms.consent import PhiPreference
from compliant_sms.errors import ConfigurationError
from compliant_sms.phi._labels import PhiFinding, PhiLabel, Sensitivity

_FILE = "tiers.toml"


class ContentTier(Grade):
    """What the content of a text requires before it may go by SMS."""

    MINIMUM = 1
    """Reasonable safeguards only: 45 CFR 164.530(c)."""
    DETAIL = 2
    """A patient who was warned and still prefers texts: 78 FR 5566, 5634."""
    NEVER = 3
    """Nothing permits it. Send a neutral notice and a link behind a login instead."""


def _tier(name: str) -> ContentTier:
    try:
        return ContentTier[name.upper()]
    except KeyError:
        msg = f"the tier is none of: {', '.join(tier.name.lower() for tier in ContentTier)}"
        raise ValueError(msg) from None


_told = and_(instance_of(str), min_len(1))


@frozen(kw_only=True)
class TierRow:
    """The tier of a kind of information, and why.

    Attributes:
        label: the kind of information.
        rule: the recognizer rules that the row is about: one by its full id, or all that begin
            with it and a slash. Empty for the label's usual tier.
        tier: the tier.
        source: where that comes from.
        certainty: how sure that is, in the words of the data.
        why: the reason, in words.
        remedy: what the front desk should do about it; empty if it may go.
    """

    label: PhiLabel = field(converter=PhiLabel)
    rule: str = field(default="", validator=instance_of(str))
    tier: ContentTier = field(converter=_tier)
    source: str = field(validator=_told)
    certainty: str = field(validator=_told)
    why: str = field(validator=_told)
    remedy: str = field(default="", validator=instance_of(str))


def tier_of(label: PhiLabel, rule: str = "") -> ContentTier:
    """Return the tier of one kind of information, in ordinary care.

    Args:
        label: the kind.
        rule: the recognizer rule that found it, which distinguishes a given name from a full one.

    Raises:
        ConfigurationError: the packaged table is damaged.
    """
    return _row_of(label, rule).tier


def remedy_of(finding: PhiFinding) -> str:
    """Return what the front desk should do about a finding that may not go; empty if it may.

    Raises:
        ConfigurationError: the packaged table is damaged.
    """
    return _row_of(finding.label, finding.rule).remedy


def worst_tier(
    findings: Iterable[PhiFinding], sensitivity: Sensitivity = Sensitivity.GENERAL
) -> ContentTier:
    """Return the tier of a whole text, which is that of its worst finding.

    Args:
        findings: what was found in it.
        sensitivity: the kind of care that it is about. In specially protected care no detail may
            go by SMS, whatever the patient prefers (42 CFR Part 2, state law, policy P-PHI). The
            sensitivity of a finding itself counts too.

    Returns:
        The tier; :attr:`ContentTier.MINIMUM` when nothing was found.

    Raises:
        ConfigurationError: the packaged table is damaged.
    """
    tiers = (_weighed(finding, sensitivity) for finding in findings)
    return max(tiers, default=ContentTier.MINIMUM)


def beyond(
    findings: Iterable[PhiFinding],
    allowed: ContentTier,
    sensitivity: Sensitivity = Sensitivity.GENERAL,
) -> tuple[PhiFinding, ...]:
    """Return the findings that need more than a tier.

    Args:
        findings: what was found in a text.
        allowed: the highest tier that it may reach.
        sensitivity: as for :func:`worst_tier`.

    Raises:
        ConfigurationError: the packaged table is damaged.
    """
    return tuple(f for f in findings if _weighed(f, sensitivity) > allowed)


def allowed_tier(preference: PhiPreference) -> ContentTier:
    """Return how much may go to a patient: detail if they were warned and still prefer texts.

    Source: 78 FR 5566, 5634.
    """
    return ContentTier.DETAIL if preference.allows_detail else ContentTier.MINIMUM


def _weighed(finding: PhiFinding, sensitivity: Sensitivity) -> ContentTier:
    tier = tier_of(finding.label, finding.rule)
    special = {sensitivity, finding.sensitivity} != {Sensitivity.GENERAL}
    return ContentTier.NEVER if special and tier is ContentTier.DETAIL else tier


@cache
def tier_rows() -> tuple[TierRow, ...]:
    """Return the rows of the table: one for each label, and one for each exception.

    Raises:
        ConfigurationError: the packaged table is damaged.
    """
    return _parse(_document())


@cache
def everyday_care() -> frozenset[str]:
    """Words in a practice's name or link that tell a kind of care which everybody needs."""
    import tomllib  # noqa: PLC0415 - needed once, not by whoever only imports

    return frozenset(tomllib.loads(_document())["everyday_care"]["words"])


@cache
def _document() -> str:
    return packaged("compliant_sms.phi", "data", _FILE)


@cache
def _table() -> Mapping[tuple[PhiLabel, str], TierRow]:
    return {(row.label, row.rule): row for row in tier_rows()}


@lru_cache(maxsize=1024)
def _row_of(label: PhiLabel, rule: str) -> TierRow:
    table, family = _table(), rule.partition("/")[0]
    usual = table[label, ""]
    return table.get((label, rule)) or table.get((label, family)) or usual


def _parse(document: str) -> tuple[TierRow, ...]:
    import tomllib  # noqa: PLC0415 - needed once, not by whoever only imports

    rows: dict[tuple[PhiLabel, str], TierRow] = {}
    try:
        for number, fields in enumerate(tomllib.loads(document).get("tier", ()), start=1):
            row = _row(number, fields)
            if rows.setdefault((row.label, row.rule), row) is not row:
                msg = f"{_FILE}, row {number}: {f'{row.label} {row.rule}'.strip()} is listed twice"
                raise ConfigurationError(msg)
    except tomllib.TOMLDecodeError as error:
        msg = f"{_FILE} is not valid TOML: {error}"
        raise ConfigurationError(msg) from error
    if missing := [label for label in PhiLabel if (label, "") not in rows]:
        msg = f"{_FILE}: no row says what may be sent of {', '.join(missing)}"
        raise ConfigurationError(msg)
    return tuple(rows.values())


def _row(number: int, fields: Mapping[str, str]) -> TierRow:
    try:
        return TierRow(**fields)
    except (TypeError, ValueError) as error:
        msg = f"{_FILE}, row {number}: {error.args[0]}"
        raise ConfigurationError(msg) from error
