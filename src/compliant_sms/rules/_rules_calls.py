"""A text after a call that nobody took: to a mobile phone, of somebody else, once a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from compliant_sms.classification import Purpose
from compliant_sms.lookups import LineType
from compliant_sms.rules._decision import Finding, block
from compliant_sms.rules._facts import Facts
from compliant_sms.rules._in_force import InForce

_RULE = "missed-call"
_POLICY = "library policy for texts after missed calls"
_A_DAY = timedelta(hours=24)


def missed_call(facts: Facts, _: InForce) -> Iterator[Finding]:
    """Where nobody is sure that a text helps the caller, none goes: library policy.

    45 CFR 164.530(c); CTIA Messaging Principles (May 2023), Exhibit II.
    """
    code = Purpose.MISSED_CALL_TEXT_BACK.code
    if facts.purpose.code != code:
        return
    if facts.own_number:
        yield block(
            _RULE,
            "own-number",
            "The call came from a number of a practice's own, which would be answered by itself.",
            _POLICY,
            "Nothing to do.",
        )
    line = facts.lookups.line
    if line is None:
        yield block(
            _RULE,
            "line-type-unknown",
            "Nobody could tell whether the call came from a mobile phone.",
            f"45 CFR 164.530(c); {_POLICY}",
            "Call back; or pass Lookups(line_type=...), which asks.",
        )
    elif line.kind is not LineType.MOBILE:
        yield block(
            _RULE,
            "not-mobile",
            "The call came from no mobile phone: somebody else may see or hear the text.",
            f"45 CFR 164.530(c); {_POLICY}",
            "Call back.",
        )
    if any(text.subject == code and facts.at - text.at < _A_DAY for text in facts.sent.texts):
        yield block(
            _RULE,
            "once-a-day",
            "This number got such a text within the last 24 hours.",
            f"CTIA Messaging Principles (May 2023), Exhibit II; {_POLICY}",
            "Call back.",
        )
