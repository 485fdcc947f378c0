"""A practice's records of texts, as the page is told of them."""

from __future__ import annotations

from datetime import datetime

from compliant_sms.flows import TextRecord
from compliant_sms.messages import Inbound
from compliant_sms.rules import Decision, Finding
from compliant_sms.sandbox._phones._feed import Json


def record_json(text: TextRecord) -> Json:
    """A text, where it is, and each decision about it."""
    message = text.message
    return {
        "id": message.message_id,
        "to": message.draft.to.e164,
        "body": message.body,
        "purpose": message.draft.purpose.code,
        "state": message.state.value,
        "created_at": message.created_at.isoformat(),
        "not_before": message.not_before.isoformat(),
        "provider": message.provider,
        "provider_id": message.provider_id,
        "problem": None if message.problem is None else message.problem.words,
        "decisions": [_decision_json(decision) for decision in text.decisions],
    }


def heard_json(text: Inbound) -> Json:
    """A text from a patient, and how it was read; the carrier's book has its words."""
    return {
        "provider": text.provider,
        "provider_id": text.provider_key,
        "intent": text.intent.value,
        "rule": text.rule,
        "unsure": text.unsure,
        "needs_person": text.needs_person,
    }


def _decision_json(decision: Decision) -> Json:
    return {
        "verdict": decision.verdict.value,
        "at": decision.facts.at.isoformat(),
        "until": _instant(decision.until),
        "editions": list(decision.edition.names),
        "findings": [_finding_json(finding) for finding in decision.findings],
    }


def _finding_json(finding: Finding) -> Json:
    return {
        "rule": finding.rule,
        "verdict": finding.verdict.value,
        "words": finding.words,
        "citation": finding.citation,
        "remedy": finding.remedy,
        "until": _instant(finding.until),
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
