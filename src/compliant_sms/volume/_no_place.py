"""What stands on record with a text that the plan for volume had no place for in time."""

from __future__ import annotations

from compliant_sms.providers import Failure, Problem

# Stores find such texts by this record as it is written: one in other words would be another one.
NO_PLACE = Problem(
    category=Failure.UNKNOWN,
    code="no-place",
    words="The practice's plan for its volume had no place for it before its not_after.",
)
"""The problem of a text that was cancelled because of the practice's plan for its volume."""
