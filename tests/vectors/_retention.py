"""What the vectors ask about dropping records."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from compliant_sms.retention import PurgeDecision, may_purge
from vectors._given import Given

__all__ = ["purge"]

_NOW = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)


def _years_ago(years: float | None) -> datetime | None:
    return None if years is None else _NOW - timedelta(days=365.25 * years)


def purge(given: Given) -> PurgeDecision:
    """Ask whether the record may be dropped."""
    if given("action") != "purge":
        msg = "the vector asks for something else than a purge"
        raise LookupError(msg)
    state = given("state")
    return may_purge(
        given("record_type"),
        made_at=_years_ago(given("age_years")) or _NOW,
        at=_NOW,
        last_in_effect=_years_ago(given("years_since_last_in_effect")),
        states=None if state is None else [state],
    )
