"""Vectors of the law, answered through the public rooms.

A vector gives isolated facts and names a kind of question. Its kind says which rules are asked,
through :meth:`Rulebook.decide`; ``_words`` says what its words are in ours.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from attrs import frozen

from compliant_sms.rules import Decision, Finding, Verdict, deadline_to_honor, load_pack
from vectors import _abroad, _agreed, _hipaa, _industry, _limits, _retention
from vectors._facts import Question
from vectors._given import Given, a_day, an_instant
from vectors._words import names_of

__all__ = ["KINDS", "VERDICTS", "Answer", "answer", "question_of"]

VERDICTS = {"allow": Verdict.ALLOW, "defer": Verdict.HOLD, "block": Verdict.BLOCK}
_QUESTIONS = _limits.KINDS | _agreed.KINDS | _hipaa.KINDS | _industry.KINDS | _abroad.KINDS
KINDS = frozenset({*_QUESTIONS, "honor_deadline", "retention"})


@frozen(kw_only=True)
class Answer:
    """What the library says of a vector."""

    verdict: Verdict
    reasons: frozenset[str]
    until: datetime | None = None
    deadline: date | None = None
    unread: tuple[str, ...] = ()


def answer(vector: dict[str, Any]) -> Answer:
    """Ask what the vector asks."""
    given = Given(vector["given"])
    if vector["rule"] == "honor_deadline" and given("unit") != "immediate":
        return _deadline(given)
    if vector["rule"] == "retention":
        return _kept(given)
    question = _question(vector["rule"], given)
    decision = question.book.decide(question.facts, rules=question.ask)
    return Answer(
        verdict=decision.verdict,
        reasons=_reasons(decision, question),
        until=decision.until,
        unread=tuple(given.unread()),
    )


def question_of(vector: dict[str, Any]) -> Question | None:
    """What it asks of the rules; None where no rule answers it."""
    if vector["rule"] in {"honor_deadline", "retention"}:
        return None
    return _question(vector["rule"], Given(vector["given"]))


def _question(kind: str, given: Given) -> Question:
    return _QUESTIONS.get(kind, _abroad.immediate)(given)


def _reasons(decision: Decision, question: Question) -> frozenset[str]:
    """What the vectors may call the finding that decided, or that nothing was found."""
    deciding = [f for f in decision.findings if f.verdict is decision.verdict]
    if not deciding:
        return question.otherwise
    finding = _first(deciding)
    return names_of(finding.rule, finding.code)


def _first(deciding: list[Finding]) -> Finding:
    # Of several holds the latest wins; of several blocks the first rule.
    held = [(f.until, f) for f in deciding if f.until is not None]
    return max(held, key=lambda pair: pair[0])[1] if held else deciding[0]


def _kept(given: Given) -> Answer:
    decision = _retention.purge(given)
    return Answer(
        verdict=Verdict.ALLOW if decision.allowed else Verdict.BLOCK,
        reasons=frozenset({decision.code.replace("-", "_")}),
        unread=tuple(given.unread()),
    )


def _deadline(given: Given) -> Answer:
    unit, limit = given("unit", default="business_days"), given("limit", default=10)
    if unit != "business_days":
        msg = f"the law counts business days, and the vector {unit}"
        raise LookupError(msg)
    received = an_instant(given("request_received_on", "request_received_at")).date()
    checked = a_day(given("check_date", "checked_on", "honored_on", "send_at"))
    country = given("jurisdiction", "country", default="us").lower()
    deadline = deadline_to_honor(
        received, limit, packs=(load_pack({"gb": "uk"}.get(country, country)),)
    )
    met = checked is None or checked <= deadline
    return Answer(
        verdict=Verdict.ALLOW if met else Verdict.BLOCK,
        reasons=frozenset({"within_limit" if met else "limit_exceeded"}),
        deadline=deadline,
        unread=tuple(given.unread()),
    )
