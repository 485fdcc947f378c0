"""Texting back after a call that nobody took: once for each call, if the rules let it."""

from __future__ import annotations

from datetime import timedelta

from attrs import frozen

from compliant_sms.classification import Purpose
from compliant_sms.consent import Basis, Category, ConsentEvent, Granted, Tier
from compliant_sms.contact import MissedCall, MissedCalls, SpokenOffer
from compliant_sms.errors import ConfigurationError, InvalidInput
from compliant_sms.flows._deciding._holders import caller_of, is_caller, who_agreed
from compliant_sms.flows._deciding._routes import refuse_others_senders
from compliant_sms.flows._sending._asked import is_decided_again
from compliant_sms.flows._sending._enqueue import ask_for
from compliant_sms.flows._sending._outcome import recorded_outcome
from compliant_sms.messages import Draft, Message, Outcome
from compliant_sms.ports import Ports, Transaction

_CLOCK_SKEW = timedelta(minutes=5)


@frozen(kw_only=True)
class _Before:
    """What is on record of a call.

    Attributes:
        draft: what is to be decided again, if anything.
        outcome: what came of it, where that stands.
        person: for whom the text would go, where there is none yet.
        key: the key of such a text.
    """

    draft: Draft | None = None
    outcome: Outcome | None = None
    person: str = ""
    key: str = ""


async def missed_call(ports: Ports, call: MissedCall) -> Outcome:
    """Text the caller, hold the text or refuse it; the same call again is the same text.

    Raises:
        ConfigurationError: the messenger texts nobody after calls.
        InvalidInput: the call lies in the future.
        IdempotencyConflict: the call's id was used for another number.
    """
    plan = ports.missed_calls
    if plan is None:
        msg = (
            "this messenger texts nobody after calls: that is off by default. Pass "
            "Messenger(missed_calls=MissedCalls())."
        )
        raise ConfigurationError(msg)
    if call.at > ports.clock() + _CLOCK_SKEW:
        msg = "the call lies in the future; pass when it came, as an aware datetime"
        raise InvalidInput(msg)
    before = await ports.store.run(lambda tx: _keep(tx, ports, call))
    if before.outcome is not None:
        return before.outcome
    draft = before.draft or await _drafted(ports, plan, call, before)
    return await ask_for(ports, draft)


async def _drafted(ports: Ports, plan: MissedCalls, call: MissedCall, before: _Before) -> Draft:
    profile = None if is_caller(before.person) else await ports.people(before.person)
    return Draft(
        to=call.from_,
        person=before.person,
        purpose=Purpose.MISSED_CALL_TEXT_BACK,
        body=plan.body(ports.practice, profile.language if profile else None),
        idempotency_key=before.key,
        not_after=call.at + plan.within,
    )


async def _keep(tx: Transaction, ports: Ports, call: MissedCall) -> _Before:
    """Find what came of the call; of a new one keep what the caller accepted."""
    practice_id = ports.practice.id
    await tx.lock(practice_id, call.from_)
    await refuse_others_senders(tx, ports)
    events = await tx.consent_events(practice_id, call.from_)
    person = _who_accepted(events, call)
    if person is None and call.accepted_offer is not None:
        person = await _accept(tx, ports, call, call.accepted_offer)
    person = person or call.person or _only_person(events) or caller_of(call.call_id)
    known, free = await _latest(tx, practice_id, call)
    if known is None:
        return _Before(person=person, key=free)
    if known.draft.to != call.from_:
        return _Before(person=person, key=known.draft.idempotency_key)  # which refuses it
    if not is_decided_again(known):
        return _Before(outcome=await recorded_outcome(tx, known))
    if known.draft.person == person:
        return _Before(draft=known.draft)
    # It was refused for somebody else, before it was told who called, or that they accept.
    return _Before(person=person, key=free)


async def _latest(
    tx: Transaction, practice_id: str, call: MissedCall
) -> tuple[Message | None, str]:
    """The text of a call that was asked for last, each before it refused; and the next key."""
    known, key, turn = None, caller_of(call.call_id), 1
    while (found := await tx.message_by_key(practice_id, key)) is not None:
        turn += 1
        known, key = found, f"call-{turn}/{call.call_id}"
    return known, key


def _only_person(events: list[ConsentEvent]) -> str | None:
    """Who holds the number, where only one person agreed to anything there.

    Where none did, a caller of an earlier call may have, who is known by that call alone.
    """
    agreed = {event.person for event in events if isinstance(event, Granted) and event.person}
    persons = who_agreed(events) or {person for person in agreed if is_caller(person)}
    return persons.pop() if len(persons) == 1 else None


def _who_accepted(events: list[ConsentEvent], call: MissedCall) -> str | None:
    """Whose consent it is, where it is on record that the caller accepted."""
    for event in events:
        told = isinstance(event, Granted) and event.basis is Basis.CALL_OFFER
        if told and event.reference == call.call_id and event.person:
            return event.person
    return None


async def _accept(tx: Transaction, ports: Ports, call: MissedCall, offer: SpokenOffer) -> str:
    """Keep that the caller accepted; whose consent it is."""
    person = call.person or caller_of(call.call_id)
    granted = Granted(
        event_id=ports.ids(),
        practice_id=ports.practice.id,
        number=call.from_,
        person=person,
        occurred_at=call.at,
        recorded_at=ports.clock(),
        actor=offer.recorded_by,
        basis=Basis.CALL_OFFER,
        tier=Tier.PRIOR_EXPRESS,
        categories=(Category.ANSWERS,),
        wording=offer.wording,
        reference=call.call_id,
    )
    await tx.append(granted, ports.ids())
    return person
