"""What the day came to, read back from the database and compared with the carrier's book."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from attrs import asdict, frozen

from compliant_sms.classification import Purpose
from compliant_sms.cli.demo._day import Day
from compliant_sms.cli.demo._patients import Patient
from compliant_sms.consent import Granted, Revoked
from compliant_sms.flows import History, LedgerReport, TextRecord
from compliant_sms.lifecycle import State
from compliant_sms.rules import Verdict

_REACHED = {State.SENT, State.DELIVERED, State.UNDELIVERED}


@frozen(kw_only=True)
class Event:
    """One thing that happened.

    Attributes:
        at: when (UTC).
        kind: what.
        person: to whom, by the practice's id; empty for the practice.
        given_name: theirs.
        number: theirs, masked.
        detail: in words.
        rule: id of the rule that decided, if one did.
        citation: where that rule comes from.
    """

    at: datetime
    kind: str
    person: str = ""
    given_name: str = ""
    number: str = ""
    detail: str = ""
    rule: str = ""
    citation: str = ""


@frozen(kw_only=True)
class Expectation:
    """One thing that had to be so."""

    what: str
    met: bool


@frozen(kw_only=True)
class Report:
    """The whole day."""

    day: str
    events: tuple[Event, ...]
    expectations: tuple[Expectation, ...]
    ledger: LedgerReport

    @property
    def as_expected(self) -> bool:
        """Whether every expectation was met."""
        return all(expectation.met for expectation in self.expectations)

    def as_json(self) -> dict[str, Any]:
        """Plain values for ``json.dumps``; instants are ISO 8601 in UTC."""
        events = [asdict(event) | {"at": event.at.isoformat()} for event in self.events]
        return asdict(self) | {"events": events, "as_expected": self.as_expected}


@frozen(kw_only=True)
class _Today:
    """One patient, and what is on record about them for the day."""

    patient: Patient
    texts: tuple[TextRecord, ...]
    history: History
    opening: datetime

    def text(self, key: str) -> TextRecord | None:
        """The text that the practice asked for under that key, if there is one."""
        wanted = f"/{self.patient.person}/{key}"
        return next(
            (t for t in self.texts if t.message.draft.idempotency_key.endswith(wanted)), None
        )

    def replies(self, purpose: Purpose) -> list[TextRecord]:
        """The library's own answers of one kind that went out."""
        return [t for t in self.texts if t.message.draft.purpose == purpose and _went(t)]


def make_report(day: Day, forged_status: int) -> Report:
    """Read the day back."""
    everybody = [_today(day, patient) for patient in day.patients]
    forged = Event(
        at=day.progress.at(9, 25),
        kind="forged_webhook_rejected" if forged_status == 403 else "forged_webhook_accepted",
        detail=f"answered with HTTP {forged_status}; nothing changed",
    )
    ledger = day.messenger.verify_ledger()
    verified = Event(
        at=day.clock(),
        kind="ledger_verified",
        detail=f"{ledger.events} events in {ledger.chains} chains",
    )
    events = [forged, *(e for today in everybody for e in _events(today))]
    expected = [Expectation(what="the forged webhook is rejected", met=forged_status == 403)]
    expected += [e for today in everybody for e in _expectations(today)]
    return Report(
        day=day.progress.day.isoformat(),
        events=(*sorted(events, key=lambda event: event.at), verified),
        expectations=(*expected, *_book_agrees(day, everybody)),
        ledger=ledger,
    )


def _today(day: Day, patient: Patient) -> _Today:
    history = day.messenger.history(patient.person)
    opening = day.progress.at(9, 0)
    texts = tuple(t for t in history.texts if t.message.created_at >= opening)
    return _Today(patient=patient, texts=texts, history=history, opening=opening)


def _went(text: TextRecord) -> bool:
    return text.message.state in _REACHED


def _was(text: TextRecord | None, verdict: Verdict, rule: str | None = None) -> bool:
    if text is None:
        return False
    return any(
        decision.verdict is verdict
        and (rule is None or rule in {finding.rule for finding in decision.reasons})
        for decision in text.decisions
    )


def _events(today: _Today) -> Iterator[Event]:
    who = {
        "person": today.patient.person,
        "given_name": today.patient.given_name,
        "number": today.patient.number.masked,
    }
    for inbound in today.history.received:
        if inbound.received_at >= today.opening:
            read = inbound.rule or "no reserved word: kept for a person to read"
            yield Event(at=inbound.received_at, kind="received", detail=read, **who)
    for event in today.history.consent:
        if event.recorded_at < today.opening:
            continue
        if isinstance(event, Granted):
            words = f"{event.tier.name.lower()} by {event.basis}: {', '.join(event.categories)}"
            yield Event(at=event.recorded_at, kind="consent_recorded", detail=words, **who)
        if isinstance(event, Revoked):
            yield Event(at=event.recorded_at, kind="revoked", rule=event.rule, **who)
    for text in today.texts:
        yield from _text_events(text, who)


def _text_events(text: TextRecord, who: dict[str, str]) -> Iterator[Event]:
    purpose = text.message.draft.purpose.code
    for decision in text.decisions:
        for reason in decision.reasons:
            yield Event(
                at=decision.facts.at,
                kind="held" if reason.verdict is Verdict.HOLD else "blocked",
                detail=f"{purpose}: {reason.words}",
                rule=reason.rule,
                citation=reason.citation,
                **who,
            )
    for step in text.steps:
        if step.state is State.SENT:
            kind = "sent_after_hold" if _was(text, Verdict.HOLD) else "sent"
            own = text.message.draft.purpose.message_class == "protocol"
            yield Event(at=step.at, kind=purpose if own else kind, detail=purpose, **who)


def _expectations(today: _Today) -> Iterator[Expectation]:
    name, expect, text = today.patient.given_name, today.patient.expect, today.text("text")
    if expect in {"sent", "stopped"}:
        yield Expectation(what=f"{name}'s text is sent", met=text is not None and _went(text))
    if expect == "held":
        met = text is not None and _went(text) and _was(text, Verdict.HOLD)
        yield Expectation(what=f"{name}'s text waits for the hours there, then is sent", met=met)
    if expect.startswith("blocked:"):
        rule = expect.removeprefix("blocked:")
        met = _was(text, Verdict.BLOCK, rule) and text is not None and not _went(text)
        yield Expectation(what=f"{name}'s text is blocked by {rule}", met=met)
    if expect == "stopped":
        confirmed = len(today.replies(Purpose.OPT_OUT_CONFIRMATION)) == 1
        yield Expectation(what=f"{name}'s STOP is confirmed once", met=confirmed)
        again = _was(today.text("again"), Verdict.BLOCK, "revocation")
        yield Expectation(what=f"the next text to {name} is blocked by the revocation", met=again)
    if today.patient.reply.strip().upper() == "HELP":
        helped = len(today.replies(Purpose.HELP_REPLY)) == 1
        yield Expectation(what=f"{name}'s HELP is answered once", met=helped)


def _book_agrees(day: Day, everybody: Sequence[_Today]) -> Iterator[Expectation]:
    """Whether the carrier has no text twice, and none that the database does not know."""
    numbers = {today.patient.number.e164 for today in everybody}
    sent = {t.message.provider_id for today in everybody for t in today.texts if _went(t)}
    book = [
        entry
        for entry in day.carrier.book()
        if entry["author"] == "application"
        and entry["to"] in numbers
        and datetime.fromisoformat(entry["created_at"]) >= day.progress.at(9, 0)
    ]
    repeated = Counter((entry["to"], entry["body"]) for entry in book)
    yield Expectation(
        what="the carrier has no text twice", met=all(n == 1 for n in repeated.values())
    )
    unknown = {entry["sid"] for entry in book} - sent
    yield Expectation(what="the carrier has no text that is not on record", met=not unknown)
