"""Checks of a practice's own copy, before anybody gets it. Pure.

Two rules hold here: what the rulebook knows is asked of the rulebook, and a finding holds none of
the text, only the place and a replacement.
"""

from __future__ import annotations

from compliant_sms.lint._copy import Copy, LintSettings
from compliant_sms.lint._finding import Fix, LintFinding, Severity, fixed
from compliant_sms.lint._offers import Offer
from compliant_sms.lint._rules import LINT_RULES, LintRule, lint

__all__ = [
    "LINT_RULES",
    "Copy",
    "Fix",
    "LintFinding",
    "LintRule",
    "LintSettings",
    "Offer",
    "Severity",
    "fixed",
    "lint",
]
