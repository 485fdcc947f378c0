"""Sending: decide and claim in one transaction, hand over, record."""

from __future__ import annotations

from attrs import evolve

from compliant_sms.audit import Act, AuditEvent
from compliant_sms.classification import MessageClass
from compliant_sms.consent._words import is_declared, known_categories
from compliant_sms.errors import ConfigurationError, InvalidInput
from compliant_sms.flows._deciding._admit import Claimed, Limited, Unlinked, admit, decide, prefetch
from compliant_sms.flows._deciding._brief import Brief, brief_for
from compliant_sms.flows._deciding._places import planned
from compliant_sms.flows._deciding._routes import enroll, refuse_unsupported, routes_for
from compliant_sms.flows._deciding._traced import traced
from compliant_sms.flows._deciding._visit_void import Unasked
from compliant_sms.flows._sending._answered import answer_thread
from compliant_sms.flows._sending._asked import due_text, is_decided_again, refuse_other_text
from compliant_sms.flows._sending._claim import claiming
from compliant_sms.flows._sending._deliver import deliver
from compliant_sms.flows._sending._link import link
from compliant_sms.flows._sending._outcome import outcome_of, recorded_outcome
from compliant_sms.lifecycle import State
from compliant_sms.messages import Draft, Message, Outcome
from compliant_sms.ports import Ports, Transaction
from compliant_sms.rules import Decision
from compliant_sms.text import smart_encode


def _refuse_unsendable(ports: Ports, draft: Draft, *, to_anybody: bool) -> None:
    if draft.purpose.message_class is MessageClass.PROTOCOL:
        msg = (
            f"{draft.purpose.code} is an answer that the library gives by itself when a patient "
            "texts STOP, START or HELP; it cannot be sent by hand."
        )
        raise InvalidInput(msg)
    if not to_anybody and not (draft.person or "").strip():
        msg = "person is empty: consent is held for a person at a number. Pass the host's id."
        raise InvalidInput(msg)
    own = ports.practice.own_categories
    if not is_declared(draft.purpose.category, own):
        msg = (
            f"the category of the purpose {draft.purpose.code} is not known. Use a known "
            "one, or declare it: Practice(own_categories=[...]). Known are: "
            f"{', '.join(known_categories(own))}."
        )
        raise InvalidInput(msg)
    if draft.secure:
        _refuse_unlinked(ports, draft)
    refuse_unsupported(ports, draft)


def _refuse_unlinked(ports: Ports, draft: Draft) -> None:
    """Refuse to put behind a link what no link can be made for, or what cannot stand there."""
    missing = {
        "a keyring, which seals the message": ports.sealed,
        "secure_links, which makes the page": bool(ports.secure_links or ports.secure_pages),
    }
    lacking = [what for what, given in missing.items() if not given]
    if lacking:
        msg = (
            "secure=True puts the message behind a link. For that the messenger needs "
            f"{' and '.join(lacking)}: pass it to Messenger(...)."
        )
        raise ConfigurationError(msg)
    if draft.media:
        msg = (
            "media would go out with the notice, where anybody can see it. Leave it out of a text "
            "with secure=True."
        )
        raise InvalidInput(msg)


def prepared(ports: Ports, draft: Draft, *, to_anybody: bool = False) -> Draft:
    """The draft as it will be kept, read, decided and sent.

    Args:
        ports: what to work with.
        draft: what somebody wants to be sent.
        to_anybody: whether it may go to a number of which nobody knows whose it is.

    Raises:
        InvalidInput: it cannot be sent, whatever the rules say.
    """
    if ports.practice.smart_encoding:
        draft = evolve(draft, body=smart_encode(draft.body).text)
    _refuse_unsendable(ports, draft, to_anybody=to_anybody)
    return draft


async def check(ports: Ports, draft: Draft) -> Decision:
    """What :func:`send` would decide now; nothing is stored and nothing is sent."""
    draft = prepared(ports, draft)
    brief = await brief_for(ports, draft)
    at = ports.clock()
    routes = routes_for(ports, brief, at)

    async def work(tx: Transaction) -> Decision:
        decided = await decide(tx, ports, brief, routes, at=at)
        return (await planned(tx, ports, decided.decision, None)).decision

    return await ports.store.run(work)


@traced("send")
async def send(ports: Ports, draft: Draft) -> Outcome:
    """Send the draft, hold it or block it; durable before it returns."""
    draft = prepared(ports, draft)
    brief = await brief_for(ports, draft)
    step = await claiming(ports, lambda tx: _enter(tx, ports, brief))
    if isinstance(step, Unlinked):
        step = await link(ports, brief, step.message)
    if isinstance(step, Unasked):  # a reminder of several visits, asked for once more by hand
        return await _as_recorded(ports, draft)
    if isinstance(step, Limited):
        return outcome_of(step.message)
    return await deliver(ports, step) if isinstance(step, Claimed) else step


async def _as_recorded(ports: Ports, draft: Draft) -> Outcome:
    async def work(tx: Transaction) -> Outcome:
        known = await tx.message_by_key(ports.practice.id, draft.idempotency_key)
        assert known is not None, "it was kept just before"  # noqa: S101
        return await recorded_outcome(tx, known)

    return await ports.store.run(work)


async def _enroll(tx: Transaction, ports: Ports) -> None:
    new = await enroll(tx, ports)
    if new and ports.plaintext is not None:
        event = AuditEvent(
            practice_id=ports.practice.id,
            act=Act.PLAINTEXT_ACCEPTED,
            at=ports.clock(),
            actor="configuration",
            reason=ports.plaintext.reason,
        )
        await tx.audit(event)


async def _enter(
    tx: Transaction, ports: Ports, brief: Brief
) -> Claimed | Unlinked | Unasked | Limited | Outcome:
    draft = brief.draft
    await tx.lock(ports.practice.id, draft.to)
    # The clock is read inside: a claim's lease must not have run while it waited for the store.
    at = ports.clock()
    await _enroll(tx, ports)
    await prefetch(tx, ports, brief, at)
    known = await tx.message_by_key(ports.practice.id, draft.idempotency_key)
    if known is None:
        new = due_text(draft, ports.ids(), ports.practice.id, at)
        step = await _admit(tx, ports, new, brief)
        await answer_thread(tx, ports, new)
        return step
    refuse_other_text(known, draft)
    if is_decided_again(known):
        return await _admit(tx, ports, evolve(known, state=State.DUE, not_before=at), brief)
    return await recorded_outcome(tx, known)


async def _admit(
    tx: Transaction, ports: Ports, message: Message, brief: Brief
) -> Claimed | Unlinked | Unasked | Limited | Outcome:
    at = message.not_before
    step = await admit(tx, ports, message, brief, at)
    if isinstance(step, Unlinked | Unasked | Limited):
        # Durable before anybody is asked for anything, and where it waits for its turn.
        await tx.save(message, at)
    return step
