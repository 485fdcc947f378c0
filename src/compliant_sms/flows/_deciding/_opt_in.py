"""Double opt-in: a text that asks, and the answer to it, both on record.

What a yes covers is read from the record of the question and from nothing else: a configuration
that has changed since cannot widen it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from attrs import frozen

from compliant_sms.consent import ConsentEvent, OptInAnswered, OptInAsked, Wording, fold
from compliant_sms.flows._deciding._holders import who_agreed
from compliant_sms.flows._deciding._rehearsed import DRY_RUN
from compliant_sms.lifecycle import State
from compliant_sms.messages import Draft, Message
from compliant_sms.permission import Programme
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Ports, Transaction

_ACTOR = "compliant_sms"
# Who texts the keyword again within the hour has the question already.
_ASKED_ALREADY = timedelta(hours=1)
_NEVER_CAME = frozenset({State.BLOCKED, State.CANCELLED, State.FAILED, State.UNDELIVERED})


async def record_asked(tx: Transaction, ports: Ports, message: Message) -> None:
    """Put on record that a text asks for consent, in the transaction that lets it go.

    Args:
        tx: the transaction, with the number locked.
        ports: what to work with.
        message: the text, as it leaves.
    """
    draft, left = message.draft, message.departure
    if draft.opt_in is None or left is None or draft.person is None:
        return
    events = await tx.consent_events(message.practice_id, draft.to)
    if asked_in(events, message.message_id) is not None:  # it is tried again
        return
    event = OptInAsked(
        event_id=ports.ids(),
        practice_id=message.practice_id,
        number=draft.to,
        person=draft.person,
        occurred_at=left.at,
        recorded_at=left.at,
        actor=_ACTOR,
        categories=draft.opt_in.categories,
        tier=draft.opt_in.tier,
        wording=Wording(text=left.body, version=draft.opt_in.version),
        until=left.at + draft.opt_in.within,
        reference=message.message_id,
        keyword=draft.opt_in.keyword,
    )
    await tx.append(event, ports.ids())


def asked_in(events: Iterable[ConsentEvent], message_id: str) -> OptInAsked | None:
    """What a text asked, as it is on record; None where it asked for nothing of its own."""
    found = (e for e in events if isinstance(e, OptInAsked) and e.reference == message_id)
    return next(found, None)


def is_still_theirs(events: Sequence[ConsentEvent], draft: Draft) -> bool:
    """Whether what a keyword asked is still for the one person who may have texted it.

    Nobody signed the keyword: it was taken for theirs because nobody else was known at the number.

    Args:
        events: all those of the practice about the number.
        draft: any text; what was not asked for by a keyword is for whom it names.
    """
    by_keyword = draft.opt_in is not None and draft.opt_in.keyword
    return not by_keyword or who_agreed(events) == {draft.person}


def may_have_come(ports: Ports, text: Message) -> bool:
    """Whether a text came to its number, or may yet; a rehearsal came to nobody."""
    rehearsed = text.provider == DRY_RUN and not ports.dry_run
    last = text.draft.not_after
    late = text.departure is None and last is not None and last < ports.clock()
    return text.state not in _NEVER_CAME and not rehearsed and not late


def is_answered(events: Iterable[ConsentEvent], asked: OptInAsked) -> bool:
    """Whether the patient has said yes or no."""
    return any(isinstance(e, OptInAnswered) and e.asked == asked.event_id for e in events)


@frozen(kw_only=True)
class Wanted:
    """A programme that a patient asked for by its keyword.

    Attributes:
        programme: which.
        person: who asked: the one person who is known at the number; None where that is nobody,
            or where there are several, and a person has to find out.
        again: the question went out just before or is about to, and is open.
        stopped: somebody at the number said stop to these texts, so that no question may go: START
            comes first. Who named others spared only what was agreed to before.
    """

    programme: Programme
    person: str | None
    again: bool = False
    stopped: bool = False

    @property
    def needs_person(self) -> bool:
        """Whether nothing that the library may do answers it."""
        return self.person is None or self.stopped


async def wanted_by(
    tx: Transaction, ports: Ports, practice_id: str, number: PhoneNumber | None, body: str
) -> Wanted | None:
    """The programme that a text asks for; None where it does not."""
    mine = practice_id == ports.practice.id
    programme = ports.permission.asked_for_by(body) if ports.permission and mine else None
    if programme is None or number is None:
        return None
    events = await tx.consent_events(practice_id, number)
    people = who_agreed(events)
    person = people.pop() if len(people) == 1 else None
    since = ports.clock() - _ASKED_ALREADY
    texts = await tx.messages_to(practice_id, number)
    return Wanted(
        programme=programme,
        person=person,
        again=any(
            _asks_still(events, text, programme, since)
            for text in texts
            if may_have_come(ports, text)
        ),
        stopped=any(r.reaches(programme.categories) for r in fold(events, person).revocations),
    )


def _asks_still(
    events: Sequence[ConsentEvent], text: Message, programme: Programme, since: datetime
) -> bool:
    """Whether a text asks for the programme, came or may yet, and is not answered."""
    offer = text.draft.opt_in
    if offer is None or offer.version != programme.version:
        return False
    if text.created_at <= since:
        return False
    asked = asked_in(events, text.message_id)
    return asked is None or not is_answered(events, asked)
