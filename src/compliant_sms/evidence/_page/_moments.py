"""What happened, moment by moment, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from attrs import field, frozen

from compliant_sms.consent import (
    Clarified,
    ConsentEvent,
    Flag,
    Granted,
    NumberFlagged,
    OptInAnswered,
    OptInAsked,
    PhiPreferenceStated,
    Restored,
    Revoked,
    Voided,
)
from compliant_sms.evidence._page._case import Case, Received, Text
from compliant_sms.evidence._page._markup import shown
from compliant_sms.evidence._page._words import (
    ACCESSES,
    ACTS,
    AUTHORS,
    BASES,
    CHANNELS,
    DATED,
    FLAGS,
    INTENTS,
    PAGE_ACTS,
    STATES,
    TIERS,
    listed,
    word,
)
from compliant_sms.evidence._text_records import (
    DroppedRecord,
    ReceivedRecord,
    StepRecord,
    TextRecord,
    has_left,
    is_from_page,
    is_rehearsal,
    said_of,
)
from compliant_sms.rules import Decision, Verdict

# What a decision or the departure tells already, at the same moment.
_TOLD_ELSEWHERE = frozenset({"due", "held", "blocked", "claimed"})


@frozen(kw_only=True)
class Moment:
    """One thing that happened.

    Attributes:
        at: when.
        kind: ``consent``, ``stop``, ``out``, ``in``, ``rule`` or ``news``: how it is drawn.
        mark: the state of a text, where it is about one.
        label: what it is about.
        words: what happened, in HTML.
    """

    at: datetime
    kind: str
    mark: str = ""
    label: str
    words: str = field(repr=False)


def moments(case: Case) -> tuple[Moment, ...]:
    """Everything that happened in the period, in its order."""
    # At one instant a text comes before what it led to.
    told = [*_received(case), *_consent(case), *_texts(case), *_staff(case)]
    told.sort(key=lambda moment: moment.at)
    return tuple(moment for moment in told if case.covers(moment.at))


def _consent(case: Case) -> Iterator[Moment]:
    for entry in case.entries:
        if entry.event is not None:
            stops = isinstance(entry.event, Revoked)
            yield Moment(
                at=entry.event.occurred_at,
                kind="stop" if stops else "consent",
                label=entry.label,
                words=f"<b>{what_was_said(entry.event)}</b>{_imported(entry.event)}",
            )


def taken_over(event: ConsentEvent) -> str:
    """From which other system it was taken over, and how exactly that knew when; else empty."""
    told = getattr(event, "imported", None)
    return f"Taken over from {shown(told.source)}, {word(DATED, told.dated)}." if told else ""


def _imported(event: ConsentEvent) -> str:
    told = taken_over(event)
    return f'<p class="aside">{told}</p>' if told else ""


def what_was_said(event: ConsentEvent) -> str:
    """An event of the ledger as a sentence, in HTML."""
    match event:
        case Granted():
            covers = listed(event.categories)
            basis = word(BASES, event.basis)
            return f"Consent given {basis}: {TIERS[event.tier]} for {covers}."
        case Revoked():
            limits = f" All but {listed(event.except_for)}." if event.except_for else ""
            asked = (
                " The person was asked which texts are meant." if event.clarification_asked else ""
            )
            erased = event.rule == "erased"  # as erased_event() names it
            how = "by a way that was erased" if erased else word(CHANNELS, event.channel)
            return f"Opt-out {how}: texts shall stop.{limits}{asked}"
        case Clarified():
            kept = f"not meant for {listed(event.keep)}: these may go on."
            return f"The opt-out was {kept if event.keep else 'meant for all texts.'}"
        case Restored():
            return "Texts asked for again (START)."
        case NumberFlagged():
            by_holder = event.why is Flag.WRONG_NUMBER
            who = "Whoever has the number says" if by_holder else "The provider reports"
            return f"{who}: {word(FLAGS, event.why)}. Texts to the number stop."
        case _:
            return _said_besides(event)


def _said_besides(event: PhiPreferenceStated | OptInAsked | OptInAnswered | Voided) -> str:
    """What a patient was asked, answered, or wishes; and what was found to be none of theirs."""
    match event:
        case Voided():
            return "The patient&rsquo;s consent at this number was found to be an error."
        case OptInAsked():
            by = f" The patient had texted {shown(event.keyword)}." if event.keyword else ""
            return f"Asked by text to agree to texts about {listed(event.categories)}.{by}"
        case OptInAnswered():
            return f"Answered the question: {'yes' if event.agreed else 'no'}."
        case _:  # PhiPreferenceStated
            wish = "wants" if event.prefers else "wants no"
            return f"The patient {wish} health details by text."


def _received(case: Case) -> Iterator[Moment]:
    for each in case.received:
        body = _words(each.record.body, each.record.dropped)
        words = f"<b>{whence(each.record)}</b> {body}{_read(each)}"
        yield Moment(at=each.record.at, kind="in", label=each.label, words=words)


def whence(record: ReceivedRecord) -> str:
    """Where it was written."""
    if is_from_page(record):
        return "Written on the secure page"
    return "Text from the patient&rsquo;s number"


def _read(each: Received) -> str:
    record = each.record
    if record.author != "person":
        return (
            f'<p class="aside">Written by {word(AUTHORS, record.author)}; it changes nothing.</p>'
        )
    return f'<p class="aside">Read as: {word(INTENTS, record.intent)}.</p>'


def _texts(case: Case) -> Iterator[Moment]:
    for text in case.texts:
        record = text.record
        purpose = shown(record.purpose.replace("_", " "))
        yield Moment(
            at=record.created_at,
            kind="rule",
            label=text.label,
            words=f"<b>Text asked for:</b> {purpose} {_words(record.body, record.dropped)}",
        )
        for decision in text.decisions:
            yield _decided(text, decision, case)
        if text.left and all(d.facts.at != text.left.at for d in text.decisions):
            kind, became = _became(record, text.left.at)
            words = f"<b>The text:</b> {became}; what was decided about it was dropped."
            yield Moment(at=text.left.at, kind=kind, label=text.label, words=words)
        for step in record.steps:
            if step.state not in _TOLD_ELSEWHERE or said_of(record, step):
                words = f"<b>{came_to(record, step)}</b>"
                yield Moment(
                    at=step.at, kind="news", mark=step.state, label=text.label, words=words
                )
        for access in record.accesses:
            words = f"<b>{word(ACCESSES, access.what)}</b>"
            yield Moment(at=access.at, kind="news", label=text.label, words=words)
        for act in record.page_acts:
            words = f"<b>{word(PAGE_ACTS, act.what)}</b> by {shown(act.by)}"
            yield Moment(at=act.at, kind="news", label=text.label, words=words)


def came_to(record: TextRecord, step: StepRecord) -> str:
    """What a text came to; a person's word for it is no provider's."""
    said = said_of(record, step)
    if said is None:
        return word(STATES, step.state)
    return f"Counted as {'' if said.sent else 'not '}sent, because {shown(said.by)} said so"


def _staff(case: Case) -> Iterator[Moment]:
    for act in case.acts:
        said = _excerpt(act.record.words) if act.record.words else ""
        by = f" by {shown(act.record.actor)}" if act.record.actor else ""
        words = f"<b>{word(ACTS, act.record.kind)}</b>{by} {said}"
        yield Moment(at=act.record.at, kind="news", label=act.label, words=words)


def _decided(text: Text, decision: Decision, case: Case) -> Moment:
    at = decision.facts.at
    match decision.verdict:
        case Verdict.ALLOW:
            basis = f" on the consent {case.link(decision.relied_on)}" if decision.relied_on else ""
            kind, became = _became(text.record, at)
            words = f"<b>The rules allowed the text</b>{basis}; {became}."
        case Verdict.HOLD:
            until = f" until {case.zone.time(decision.until)}" if decision.until else ""
            words, kind = f"<b>The rules held the text</b>{until}.{_reasons(decision)}", "rule"
        case _:
            words, kind = f"<b>The rules blocked the text.</b>{_reasons(decision)}", "rule"
    return Moment(at=at, kind=kind, mark=decision.verdict, label=text.label, words=words)


def _became(record: TextRecord, at: datetime) -> tuple[str, str]:
    """How what was allowed is drawn, and what became of it."""
    left = has_left(record, at)
    if left is not False:
        return "out", "it left for the provider" if left else "it may have left for the provider"
    if is_rehearsal(record):
        return "rule", "it was a dry run, in which nothing leaves"
    return "rule", "it did not leave"


def _reasons(decision: Decision) -> str:
    return "".join(
        f'<p class="aside">{shown(each.words)} <cite>{shown(each.citation)}</cite></p>'
        for each in decision.reasons
    )


_EXCERPT = 160


def _words(body: str, dropped: DroppedRecord | None) -> str:
    return _excerpt(body) if dropped is None else "(its words were dropped)"


def _excerpt(body: str) -> str:
    short = body if len(body) <= _EXCERPT else body[:_EXCERPT] + "…"
    return f'<q dir="auto">{shown(short)}</q>'
