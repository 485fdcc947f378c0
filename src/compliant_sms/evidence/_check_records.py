"""Whether the records of texts agree with themselves, with the ledger and with the rules."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from itertools import chain, combinations

from attrs import evolve

from compliant_sms import records
from compliant_sms.consent import ConsentEvent, ConsentState, fold, fold_for_holder, from_payload
from compliant_sms.errors import ConfigurationError
from compliant_sms.evidence._clocks import apart
from compliant_sms.evidence._dossier import Dossier
from compliant_sms.evidence._text_records import TextRecord, has_left
from compliant_sms.evidence._verdict import Check, failed, guarded, passed, unchecked
from compliant_sms.rules import RULES_VERSION, Decision, Verdict

_TEXTS, _KNOWN, _AGAIN = "texts", "what was known", "decisions"
# Clocks of several machines differ; an event of these minutes may or may not have been known.
_SKEW = timedelta(minutes=5)
_MOST_OPEN = 8


def check_records(dossier: Dossier) -> Iterator[Check]:
    """Texts, what was known when they were decided about, and the decisions once more."""
    try:
        decisions = [
            (text, tuple(records.structure(each, Decision) for each in text.decisions))
            for text in dossier.texts
        ]
    except Exception:  # noqa: BLE001 - whatever a file of strangers makes fail
        yield failed(_TEXTS, "A decision cannot be read: it was changed, or is of a newer version.")
        return
    yield guarded(_TEXTS, lambda: _texts(dossier, decisions))
    yield guarded(_KNOWN, lambda: _known(dossier, decisions))
    yield guarded(_AGAIN, lambda: _again(decisions))


_Decided = Sequence[tuple[TextRecord, tuple[Decision, ...]]]
_Otherwise = list[tuple[str, int | None]]


def _texts(dossier: Dossier, decided: _Decided) -> Check:
    for text, decisions in decided:
        problem = next(_problems(dossier, text, decisions), None)
        if problem:
            return failed(_TEXTS, f"Text {text.message_id} {problem}")
    left = sum(has_left(text) is not False for text, _ in decided)
    told = f"{len(decided)} texts; each of the {left} that left, or may have, was allowed by a "
    return passed(_TEXTS, f"{told}decision.")


def _problems(dossier: Dossier, text: TextRecord, decisions: Sequence[Decision]) -> Iterator[str]:
    for decision in decisions:
        if decision.facts.number.e164 != dossier.number:
            yield "has a decision about another number."
        if decision.facts.purpose.code != text.purpose:
            yield "has a decision about a text of another purpose."
    if text.steps and text.steps[-1].state != text.state:
        yield "is not in the state that its last step says."
    # What was dropped may have been what allowed it.
    if (
        text.left
        and not text.dropped_decisions
        and not any(d.verdict is Verdict.ALLOW and d.facts.at == text.left.at for d in decisions)
    ):
        yield "left, and no decision allowed it at that instant."


def _known(dossier: Dossier, decided: _Decided) -> Check:
    """Whether each decision was told of the consent that the ledger held then."""
    entries = [record.event for each in dossier.chains for record in each.events]
    if any(entry is None for entry in entries):
        return unchecked(_KNOWN, "Entries of the ledger were erased, so that nobody can say.")
    chains = [
        [from_payload(records.canonical(record.event)) for record in each.events]
        for each in dossier.chains
    ]
    events = [event for each in chains for event in each]
    ids = {event.event_id for event in events}
    disagreed, otherwise = timedelta(0), _Otherwise()
    for text, decisions in decided:
        for decision in decisions:
            if any(f.relies_on and f.relies_on not in ids for f in decision.findings):
                words = (
                    f"A decision about text {text.message_id} relies on consent that is not there."
                )
                return failed(_KNOWN, words)
            if _agrees(decision, events, text.person, _SKEW):
                continue
            if decision.edition.rules_version != RULES_VERSION:
                otherwise.append((text.message_id, decision.edition.rules_version))
                continue
            error = apart(chains, decided)
            if error <= _SKEW or not _agrees(decision, events, text.person, error + _SKEW):
                words = (
                    f"A decision about text {text.message_id} was told of other consent than the "
                    "ledger held then: an entry is missing, or the decision was changed."
                )
                return failed(_KNOWN, words)
            disagreed = max(disagreed, error)
    more = [*_of_other_rules("were told of other consent than is read here", otherwise)]
    if disagreed:
        minutes = round(disagreed.total_seconds() / 60)
        more.append(
            f"Clocks disagreed by {minutes} minutes, as the record itself shows, so that nobody "
            "can say what was known first."
        )
    if more:
        return unchecked(_KNOWN, " ".join(more))
    return passed(_KNOWN, "Each decision was told of the consent that the ledger held at the time.")


def _agrees(
    decision: Decision, events: Sequence[ConsentEvent], person: str | None, skew: timedelta
) -> bool:
    at = decision.facts.at
    sure = [e for e in events if e.recorded_at < at - skew]
    open_ = [e for e in events if at - skew <= e.recorded_at <= at + skew]
    some = chain.from_iterable(combinations(open_, n) for n in range(len(open_) + 1))
    return len(open_) > _MOST_OPEN or any(
        decision.facts.consent == _held([*sure, *more], person) for more in some
    )


def _held(events: Sequence[ConsentEvent], person: str | None) -> ConsentState:
    return fold(events, person) if person else fold_for_holder(events)


def _again(decided: _Decided) -> Check:
    """Each decision made once more, from what it was told, under its own edition."""
    count, elsewhere, otherwise = 0, set[str](), _Otherwise()
    for text, decisions in decided:
        for decision in decisions:
            try:
                again = decision.replay()
            except ConfigurationError:
                elsewhere.update(decision.edition.names)
                continue
            if _answer(again) == _answer(decision):
                count += 1
            elif again.edition.rules_version != decision.edition.rules_version:
                otherwise.append((text.message_id, decision.edition.rules_version))
            else:
                words = (
                    f"A decision about text {text.message_id} is not what its rules say of its "
                    "facts: it was changed."
                )
                return failed(_AGAIN, words)
    told = f"{count} decisions give the same answer again"
    more = (*_not_here(elsewhere), *_of_other_rules("come out otherwise here", otherwise))
    if more:
        return unchecked(_AGAIN, " ".join((f"{told}.", *more)))
    return passed(_AGAIN, f"{told} under their own edition.")


def _not_here(names: Collection[str]) -> Iterator[str]:
    if names:
        told = ", ".join(sorted(names))
        yield f"Others were made under rules that are not here: their editions are {told}."


def _of_other_rules(what: str, otherwise: _Otherwise) -> Iterator[str]:
    """Which ones, for a record that was changed may name another version, too."""
    if otherwise:
        versions = {"no version" if v is None else f"version {v}" for _, v in otherwise}
        texts = dict.fromkeys(message_id for message_id, _ in otherwise)
        yield (
            f"{len(otherwise)} decisions {what}, about these texts: {', '.join(texts)}. "
            f"Their records name {' and '.join(sorted(versions))} of the library's rules, and this "
            f"installation has version {RULES_VERSION}. Either those rules said so, or the record "
            "was changed: check them with a version of compliant-sms that has those rules."
        )


def _answer(decision: Decision) -> Decision:
    """A decision but for how it is worded and by which version, which others may word better."""
    findings = (evolve(finding, words="", remedy="") for finding in decision.findings)
    edition = evolve(decision.edition, rules_version=None)
    return evolve(decision, findings=tuple(findings), edition=edition)
