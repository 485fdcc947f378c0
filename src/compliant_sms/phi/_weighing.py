"""What a finding gives away beyond its label: a link what it carries, a word the kind of care."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve

from compliant_sms.phi._health._sensitivities import care_of_finding, most_protected
from compliant_sms.phi._labels import HEALTH_LABELS, PhiFinding, PhiLabel, Sensitivity
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._tiers import ContentTier, tier_of

_URL = PhiLabel.URL
_GENERAL = Sensitivity.GENERAL


def with_links_told(chosen: list[PhiFinding], found: Iterable[PhiFinding]) -> list[PhiFinding]:
    """The findings, each link under a rule and with the care of the worst that stands in it.

    Args:
        chosen: what stays of the findings, each with the care that it gives away.
        found: all of them, also those that another one covers, likewise.
    """
    if _URL not in [finding.label for finding in chosen]:
        return chosen
    inner = [finding for finding in found if finding.label is not PhiLabel.URL]
    return [_told(link, inner) if link.label is PhiLabel.URL else link for link in chosen]


def _told(link: PhiFinding, inner: Iterable[PhiFinding]) -> PhiFinding:
    carried = [f for f in inner if link.start <= f.start and f.end <= link.end]
    tier = max((tier_of(f.label, f.rule) for f in carried), default=ContentTier.MINIMUM)
    care = most_protected(f.sensitivity for f in carried)
    if tier is ContentTier.NEVER:
        return evolve(link, rule="url/with-number", sensitivity=care)
    # Even a given name says whose page it is, to whoever sees the link.
    if tier is ContentTier.DETAIL or any(f.label is PhiLabel.NAME for f in carried):
        return evolve(link, rule="url/with-detail", sensitivity=care)
    return link


def with_care(view: View, findings: list[PhiFinding]) -> list[PhiFinding]:
    """The findings, each with the kind of care that it gives away.

    Args:
        view: the text.
        findings: in it, with the offsets of :attr:`View.plain`.
    """
    if HEALTH_LABELS.isdisjoint([finding.label for finding in findings]):
        return findings
    return [_with_own_care(view, f) if f.label in HEALTH_LABELS else f for f in findings]


def _with_own_care(view: View, finding: PhiFinding) -> PhiFinding:
    care = care_of_finding(view, finding)
    return finding if care is _GENERAL else evolve(finding, sensitivity=care)
