"""Texts of the practice and of the patient, in the pack's own form.

As with the rest of that format, no default here ever changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

from attrs import field, frozen

from compliant_sms import records

_REHEARSED = "dry-run"  # what stands in the place of a provider that was never asked
_ON_PAGE = "secure-page"  # likewise, of what was written on the library's own page
_NEWS = frozenset({"sent", "delivered", "undelivered"})  # it may come late
_BACK = frozenset({"due", "held", "blocked", "cancelled", "failed"})


@records.lean
@frozen(kw_only=True)
class ProblemRecord:
    """What went wrong at the provider: in the library's words, and the provider's own code."""

    category: str
    code: str
    words: str


@records.lean
@frozen(kw_only=True)
class DroppedRecord:
    """What stays of content whose time to be kept had passed.

    Attributes:
        at: when it was dropped.
        rule: how long it was kept, and why no longer.
        proofs: SHA-256, in hexadecimal, of each record that was dropped, by its name.
    """

    at: datetime
    rule: str
    proofs: Mapping[str, str] = field(factory=dict)


@records.lean
@frozen(kw_only=True)
class StepRecord:
    """One state that a text went through."""

    at: datetime
    state: str


@records.lean
@frozen(kw_only=True)
class ReportRecord:
    """A provider's callback about a text.

    Attributes:
        at: when it came in.
        provider: whose.
        key: the same for each delivery of the same news.
        provider_id: the provider's id of the text.
        state: what it says of the text, or as in "delivered (part 1 of 2)" of one of its parts;
            empty where it says nothing new.
        problem: why it was not delivered.
    """

    at: datetime
    provider: str
    key: str
    provider_id: str
    state: str = ""
    problem: ProblemRecord | None = None


@records.lean
@frozen(kw_only=True)
class SaidRecord:
    """What somebody of the practice said became of a text whose outcome was unknown.

    Attributes:
        at: when.
        sent: whether it went out.
        by: who said so.
        reason: how they know.
    """

    at: datetime
    sent: bool
    by: str
    reason: str = field(repr=False)


@records.lean
@frozen(kw_only=True)
class Left:
    """How a text left, or may have left.

    Attributes:
        at: when it was claimed for sending.
        body: what the patient reads.
        message_class: as what it was decided.
        category: what the patient agreed to.
        exempt: it went under the healthcare exemption.
        says_opt_out: it told how to opt out.
        appended: the library added that line.
        segments: parts that it takes on the air.
        media: URLs of the pictures and the like that went along.
        sender: the practice's number that it left from; empty where that is not on record.
    """

    at: datetime
    body: str = field(repr=False)
    message_class: str
    category: str
    exempt: bool = False
    says_opt_out: bool = False
    appended: bool = False
    segments: int = 1
    media: tuple[str, ...] = field(default=(), repr=False)
    sender: str = field(default="", repr=False)


@records.lean
@frozen(kw_only=True)
class TemplateRecord:
    """Which template a text was made from.

    Attributes:
        name: of the template.
        version: which version.
        fingerprint: SHA-256 of its text, in hexadecimal.
        language: in which language.
        tier: for which tier of content.
        by: who picked it; empty where no person did.
    """

    name: str
    version: int
    fingerprint: str
    language: str
    tier: str
    by: str = ""


@records.lean
@frozen(kw_only=True)
class AccessRecord:
    """One access to the secure page behind a text, by whoever had its link.

    Attributes:
        at: when.
        what: what happened: ``opened``, ``wrong_answer``, ``locked``, ``read`` or ``replied``.
        address: the network address that it came from; empty where it was not told, or dropped.
        inbound_id: of the reply, where it is one.
    """

    at: datetime
    what: str
    address: str = field(default="", repr=False)
    inbound_id: str = ""


@records.lean
@frozen(kw_only=True)
class PageActRecord:
    """What somebody of the practice did with the secure page behind a text.

    Attributes:
        at: when.
        what: ``code_issued`` or ``page_withdrawn``.
        by: who did it.
        reason: why.
    """

    at: datetime
    what: str
    by: str
    reason: str = field(repr=False)


@records.lean
@frozen(kw_only=True)
class EntryRecord:
    """What somebody of the practice did with a conversation.

    Attributes:
        thread_id: the conversation's; opaque.
        person: the practice's id of the patient; None where nobody knew who wrote.
        at: when.
        kind: what, for example ``note`` or ``closed``; ``dropped`` where that was dropped.
        actor: who did it; empty likewise.
        words: the note, or the reason.
        to: the member or the queue that got it.
        message_id: the reply.
        dropped: what stays of it, where it was dropped.
    """

    thread_id: str
    person: str | None = None
    at: datetime
    kind: str
    actor: str
    words: str = field(default="", repr=False)
    to: str = ""
    message_id: str = ""
    dropped: DroppedRecord | None = None


@records.lean
@frozen(kw_only=True)
class TextRecord:
    """A text of the practice, and all that became of it.

    Attributes:
        message_id: the library's.
        person: the practice's id of the patient; None for the library's own replies.
        purpose: code of what it was for.
        idempotency_key: one key is one text.
        created_at: when it was asked for.
        body: as it was asked for.
        not_after: the last instant at which it still made sense.
        answers: for a reply, when the text it answers came in.
        asks: what it asked its reader.
        template: what it was made from; None where somebody wrote it.
        left: how it left, or may have left; None where it was never tried.
        state: where it is.
        attempts: how often it was claimed.
        provider: which provider it was handed to.
        provider_id: the provider's id of it.
        problem: why it failed or was not delivered.
        dropped: what stays of its bodies, where those were dropped.
        decisions: the records of what was decided about it, oldest first.
        dropped_decisions: what stays of those that were dropped.
        steps: the states it went through.
        reports: what the provider told of it.
        accesses: who came to the secure page behind it.
        page_acts: what somebody of the practice did with that page.
        said: what somebody of the practice said became of it.
    """

    message_id: str
    person: str | None = None
    purpose: str
    idempotency_key: str
    created_at: datetime
    body: str = field(repr=False)
    not_after: datetime | None = None
    answers: datetime | None = None
    asks: str = ""
    template: TemplateRecord | None = None
    left: Left | None = None
    state: str
    attempts: int = 0
    provider: str = ""
    provider_id: str = ""
    problem: ProblemRecord | None = None
    dropped: DroppedRecord | None = None
    decisions: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    dropped_decisions: tuple[DroppedRecord, ...] = ()
    steps: tuple[StepRecord, ...] = ()
    reports: tuple[ReportRecord, ...] = ()
    accesses: tuple[AccessRecord, ...] = ()
    page_acts: tuple[PageActRecord, ...] = ()
    said: tuple[SaidRecord, ...] = ()


@records.lean
@frozen(kw_only=True)
class ReceivedRecord:
    """A text that came from the number, and how it was read.

    Attributes:
        inbound_id: the library's.
        at: when it came in.
        provider: which provider brought it.
        key: the same for each delivery of the same text.
        body: what was written, unchanged.
        media: addresses of pictures and the like.
        rule: which rule read it; empty where none did.
        intent: what it is about.
        author: who wrote it: a person, or a machine.
        answers: id of the text whose question it answers.
        unsure: a person had to see whether texts should stop; they did stop.
        needs_person: somebody had to read it.
        dropped: what stays of its body and pictures, where those were dropped.
    """

    inbound_id: str
    at: datetime
    provider: str
    key: str
    body: str = field(repr=False)
    media: tuple[str, ...] = field(default=(), repr=False)
    rule: str = ""
    intent: str
    author: str
    answers: str = ""
    unsure: bool = False
    needs_person: bool = False
    dropped: DroppedRecord | None = None


def is_rehearsal(text: TextRecord) -> bool:
    """Whether it was a dry run, in which nothing leaves."""
    return text.provider == _REHEARSED


def is_from_page(received: ReceivedRecord) -> bool:
    """Whether it was written on a secure page, and came from no phone."""
    return received.provider == _ON_PAGE


def has_left(text: TextRecord, at: datetime | None = None) -> bool | None:
    """Whether a text left, or what was tried at that instant; None where nobody can say."""
    if text.left is None:
        return False
    fates = {left for begun, left in _tries(text, text.left.at) if at in {None, begun}}
    return True if True in fates else False if fates == {False} else None


def said_of(text: TextRecord, step: StepRecord) -> SaidRecord | None:
    """On whose word a text came to a state; None where it was nobody's."""
    for said in text.said:
        if said.at == step.at and step.state == ("sent" if said.sent else "due"):
            return said
    return None


def _tries(text: TextRecord, last: datetime) -> Iterator[tuple[datetime, bool | None]]:
    """When each try to send it began, and whether it left; None where nobody can say."""
    steps = text.steps
    begun = [place for place, step in enumerate(steps) if step.state == "claimed"]
    # What failed was refused at the door, unless a provider calls it by an id, or told of it.
    news = _NEWS | {"failed"} if text.provider_id or text.reports else _NEWS
    bounds = pairwise([*begun, len(steps)])
    tries = [(steps[start].at, steps[start + 1 : end]) for start, end in bounds]
    for at, later in tries or [(last, ())]:
        # A person's word settles nothing here: who gives it may err. Nor does a provider's that
        # it knows of no such text, which is why one may be due after all.
        states = {step.state for step in later if not said_of(text, step)} or {text.state} & news
        if is_rehearsal(text) and at == last:
            yield at, False
        elif states & news:
            yield at, True
        else:
            yield at, False if states & _BACK and "uncertain" not in states else None
