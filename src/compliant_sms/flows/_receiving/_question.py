"""What was last asked of a number, as long as an answer can mean it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from attrs import evolve, frozen

from compliant_sms.classification import Purpose
from compliant_sms.consent import (
    Clarified,
    Granted,
    NumberFlagged,
    OptInAnswered,
    Restored,
    Revoked,
    fold_for_holder,
)
from compliant_sms.flows._deciding._opt_in import asked_in, is_answered, is_still_theirs
from compliant_sms.flows._deciding._rehearsed import asked_nobody
from compliant_sms.flows._deciding._sent_before import left_as_given
from compliant_sms.flows._receiving._replies import reply_key
from compliant_sms.flows._receiving._visit_answers import mistakable, was_misdirected
from compliant_sms.flows._sending._answered import is_answer
from compliant_sms.lifecycle import State
from compliant_sms.messages import Draft, Message
from compliant_sms.optout import Awaiting
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Ports, Transaction
from compliant_sms.practice import PhiMode
from compliant_sms.secure_pages import Accessed

# What texts of these purposes ask, where nothing else is said.
_ASKED_BY = {
    Purpose.APPOINTMENT_REMINDER.code: Awaiting.CONFIRM,
    Purpose.APPOINTMENT_CONFIRMATION.code: Awaiting.CONFIRM,
}
# No link to "/forms?id=7", and no "Questions? Call us".
_ASKS = re.compile(
    r"(?<!questions)(?<!anything else)(?<!preguntas)(?<!dudas)\?(?!\w)", re.IGNORECASE
)
# Reminders go out up to a week before; a later "yes" means something else. Not law.
_LIVES = timedelta(days=7)
_FARTHEST = 20  # texts back
# A provider's clock may be slow by so much: what left since may have been read already. Not law.
_SLOWEST = timedelta(minutes=5)


@frozen(kw_only=True)
class Question:
    """A text of ours that asks something.

    Attributes:
        message: the text.
        awaiting: what it asks.
        live: whether an answer can mean it.
        since: what left later and asks nothing that is on record, but may be what a yes is meant
            for: what people of the practice wrote, and changes of visits. The newest first.
        mistakable: another one about another visit is open as well, something left at about the
            time at which the answer was written, or later and was erased, so that nobody can tell
            what that is meant for.
        agreed: the newest one, closed by a yes, and the consent that it gave was not ended since.
    """

    message: Message
    awaiting: Awaiting
    live: bool = True
    since: tuple[Message, ...] = ()
    mistakable: bool = False
    agreed: bool = False


async def questions(
    tx: Transaction,
    ports: Ports,
    practice_id: str,
    number: PhoneNumber,
    *,
    written: datetime | None = None,
) -> list[Question]:
    """What was asked of a number lately, the newest first.

    Args:
        tx: the transaction.
        ports: what to work with.
        practice_id: who asked.
        number: whom.
        written: when the answer was written, by the provider's clock, as far as that is known: it
            means nothing that was asked long afterwards, and may mean what was asked soon.
    """
    at = ports.clock()
    found: list[Question] = []
    since: list[Message] = []
    crossed = False
    for message in await tx.departed(practice_id, number, at - _LIVES, _FARTHEST):
        late = written is not None and _left_after(message, written)
        if written is not None and _left_after(message, written + _SLOWEST):
            continue
        asks = message.draft.asks or _ASKED_BY.get(message.draft.purpose.code)
        if message.state is State.UNDELIVERED or asked_nobody(ports, message, asks):
            continue
        if asks is None:
            may_ask = _may_ask(ports, message.draft)
            since += [message] if may_ask else []
            crossed = crossed or (late and may_ask)
            continue
        crossed = crossed or late
        live = _is_live(message, at) and await _still_stands(tx, practice_id, message, asks)
        read = await _as_read(tx, message)
        live = live and read is not None
        asked = Question(message=read or message, awaiting=asks, live=live, since=tuple(since))
        if asks is Awaiting.OPT_IN and not found and not live:
            asked = evolve(asked, agreed=await _is_agreed_to(tx, practice_id, message))
        found.append(asked)
    confirming = [each for each in found if each.live and each.awaiting is Awaiting.CONFIRM]
    several = await mistakable(tx, practice_id, [each.message for each in confirming])
    erased = await _last_erased(tx, practice_id, number, at) if found else None
    return [
        evolve(
            each,
            mistakable=crossed
            or each.message.message_id in several
            or (erased is not None and _left_after_question(erased, each.message)),
        )
        for each in found
    ]


async def _last_erased(
    tx: Transaction, practice_id: str, number: PhoneNumber, at: datetime
) -> datetime | None:
    """When the last text left of which nobody can read any more what it asked."""
    gone = await tx.departures(practice_id, number, at - _LIVES)
    return max((text.at for text in gone if not text.body), default=None)


def _left_after_question(erased: datetime, asked: Message) -> bool:
    return asked.departure is None or asked.departure.at <= erased


async def asked_by_hand(
    tx: Transaction, ports: Ports, practice_id: str, number: PhoneNumber
) -> bool:
    """Whether the last text to a number asks something in somebody's own words."""
    for last in await tx.departed(practice_id, number, ports.clock() - _LIVES, 1):
        if last.draft.asks is None and _may_ask(ports, last.draft):
            read = await _as_read(tx, last)
            return read is not None and _ASKS.search(read.body) is not None
    return False


def _may_ask(ports: Ports, draft: Draft) -> bool:
    """Whether a text may ask something in words that nothing reads: "shall I cancel it then?"."""
    return draft.purpose.code == Purpose.APPOINTMENT_CHANGE.code or is_answer(ports, draft)


def _left_after(message: Message, written: datetime) -> bool:
    """Whether a text left in a later second: providers tell time in whole ones, or finer."""
    left = message.departure
    return left is not None and left.at.replace(microsecond=0) > written


async def _as_read(tx: Transaction, message: Message) -> Message | None:
    """A text as its recipient read it; None where all they read is that a message waits."""
    gone, draft = message.departure, message.draft
    if gone is None or left_as_given(gone, draft.body):
        return message
    decisions = await tx.decisions(message.practice_id, message.message_id)
    if [each.facts.readings.withheld_by for each in decisions][-1:] != [PhiMode.NOTICE]:
        return message
    accesses = await tx.accesses(message.practice_id, message.message_id)
    if all(each.what is not Accessed.READ for each in accesses):
        return None
    return evolve(message, departure=evolve(gone, body=draft.body))


def question_on_page(message: Message, at: datetime) -> Question | None:
    """What a message asks that was read on a page: only what permits nothing can be answered."""
    asks = message.draft.asks or _ASKED_BY.get(message.draft.purpose.code)
    if asks is not Awaiting.CONFIRM or not _is_live(message, at):
        return None
    # On the page stands what was asked for; what left as a text was the notice.
    return Question(message=evolve(message, departure=None), awaiting=asks)


async def bound_question(
    tx: Transaction, practice_id: str, message_id: str, asks: Awaiting
) -> tuple[Question | None, bool]:
    """The question that a text answered when it came in, and whether it can still be answered.

    None where nobody can read any more what it asked.
    """
    message = await tx.message(practice_id, message_id)
    if message is None or message.draft.is_erased or message.purged is not None:
        return None, False
    stands = await _still_stands(tx, practice_id, message, asks)
    return Question(message=await _as_read(tx, message) or message, awaiting=asks), stands


async def _still_stands(
    tx: Transaction, practice_id: str, message: Message, asks: Awaiting
) -> bool:
    """Whether nothing came to the ledger since that makes an answer mean something else."""
    left = message.departure.at if message.departure else message.created_at
    events = await tx.consent_events(practice_id, message.draft.to)
    if asks is Awaiting.CONFIRM:
        gone = any(
            isinstance(e, NumberFlagged) and e.why.may_be_anothers and e.occurred_at >= left
            for e in events
        )
        return not (gone or await was_misdirected(tx, message, left))
    if asks is Awaiting.OPT_IN:
        if not is_still_theirs(events, message.draft):
            return False
        asked = asked_in(events, message.message_id)
        if asked is not None and is_answered(events, asked):
            return False
        if any(isinstance(e, Granted) and _wording_of(e) == message.message_id for e in events):
            return False
        ends = Revoked | NumberFlagged  # the number may be another person's by now
        ended = any(isinstance(e, ends) and e.occurred_at >= left for e in events)
        return not (ended or await was_misdirected(tx, message, left))
    # An answer narrows all that stands, so it must stand for nothing that was said plainly.
    said = [e for e in events if isinstance(e, Revoked | Restored | Clarified | Granted)]
    standing = fold_for_holder(events).revocations
    return bool(
        isinstance(said[-1], Revoked)
        and message.draft.idempotency_key == reply_key(said[-1].reference)
        and all(each.clarification_asked for each in standing)
    )


async def _is_agreed_to(tx: Transaction, practice_id: str, message: Message) -> bool:
    """Whether a yes answered a question for consent, and nothing ended since what that gave."""
    events = await tx.consent_events(practice_id, message.draft.to)
    asked = asked_in(events, message.message_id)
    yes = [
        e.occurred_at
        for e in events
        if (isinstance(e, Granted) and _wording_of(e) == message.message_id)
        or (isinstance(e, OptInAnswered) and e.agreed and asked and e.asked == asked.event_id)
    ]
    ends = Revoked | NumberFlagged
    if not yes or await was_misdirected(tx, message, max(yes)):
        return False
    return not any(isinstance(e, ends) and e.occurred_at >= max(yes) for e in events)


def _wording_of(granted: Granted) -> str | None:
    """The version of the words that a consent answers; a plain question's is its text's id."""
    return granted.wording.version if granted.wording else None


def _is_live(message: Message, at: datetime) -> bool:
    """Whether it still makes sense; the answer to the question about scope always does."""
    offer = message.draft.opt_in
    if offer is not None and message.departure is not None:
        return at <= message.departure.at + offer.within
    not_after = message.draft.not_after
    return not_after is None or at <= not_after or message.draft.asks is Awaiting.SCOPE
