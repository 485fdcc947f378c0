"""Asking for the link behind which a message waits, outside of every transaction."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial

from attrs import evolve

from compliant_sms.flows._deciding._admit import WAITING, Claimed, Limited, Unlinked, take
from compliant_sms.flows._deciding._brief import Brief
from compliant_sms.flows._deciding._visit_void import Unasked
from compliant_sms.flows._deciding._withhold import Withheld
from compliant_sms.flows._sending._claim import claiming
from compliant_sms.flows._sending._outcome import outcome_of, recorded_outcome
from compliant_sms.flows._sending._secure_link import secure_link
from compliant_sms.lifecycle import State
from compliant_sms.messages import Message, Outcome
from compliant_sms.ports import Ports, SecureMessage, Transaction
from compliant_sms.providers import Failure, Problem

_LONGEST_PAUSE = timedelta(hours=1)
_LONGEST_LINK = 500
_LINK = re.compile(r"https://[!-~]+")


async def link(ports: Ports, brief: Brief, message: Message) -> Claimed | Limited | Outcome:
    """Ask for the link of a text, and claim the text with it.

    Where there is no link the text stays queued and is tried again later: it never leaves as it
    was given, and it is never lost.

    Returns:
        as :func:`admit`.
    """
    answer = await _ask(ports, brief, message)
    if isinstance(answer, Problem):
        problem = answer
        return await ports.store.run(lambda tx: _postpone(tx, ports, message, problem))
    linked = _with(brief, answer, ports)
    return await claiming(ports, lambda tx: _claim(tx, ports, message, linked))


async def _ask(ports: Ports, brief: Brief, message: Message) -> str | Problem:
    ask = ports.secure_links
    if ports.secure_pages is not None:
        ask = partial(secure_link, ports, ports.secure_pages)
    if ask is None:
        return _no_link("nobody makes links here; pass secure_links")
    waiting = SecureMessage(
        message_id=message.message_id,
        practice=ports.practice,
        person=message.draft.person,
        number=message.draft.to,
        body=message.draft.body,
        language=brief.plain.language,
    )
    try:
        answer: object = await ask(waiting)
    except Exception as error:  # noqa: BLE001 - whatever it is, the text must not be lost
        return _no_link(f"secure_links failed with {type(error).__name__}")
    if not isinstance(answer, str) or len(answer) > _LONGEST_LINK or not _LINK.fullmatch(answer):
        return _no_link(
            f"secure_links answered with something that is no https link of at most "
            f"{_LONGEST_LINK} characters"
        )
    return answer


def _no_link(why: str) -> Problem:
    words = f"The secure link could not be made: {why}. The text waits and is tried again."
    return Problem(category=Failure.UNKNOWN, code="no-secure-link", words=words)


def _with(brief: Brief, made: str, ports: Ports) -> Brief:
    withheld = Withheld(
        plain=brief.plain,
        practice=ports.practice,
        profile=brief.profile,
        findings=brief.instead.readings.withheld if brief.instead else (),
    )
    return evolve(brief, instead=withheld.notice(made))


async def _claim(
    tx: Transaction, ports: Ports, message: Message, brief: Brief
) -> Claimed | Limited | Outcome:
    step = await take(tx, ports, message.message_id, brief)
    if step is None or isinstance(step, Unlinked | Unasked):
        # Somebody else took it, or called it back.
        current = await tx.message(message.practice_id, message.message_id) or message
        return await recorded_outcome(tx, current)
    return step


async def _postpone(tx: Transaction, ports: Ports, message: Message, problem: Problem) -> Outcome:
    at = ports.clock()
    current = await tx.message(message.practice_id, message.message_id) or message
    if current.state not in WAITING:
        return await recorded_outcome(tx, current)
    # Each pause is as long as the text has waited already, so that pauses double.
    waited = max(at - current.created_at, ports.delivery.pause)
    later = evolve(
        current,
        state=State.DUE,
        not_before=at + min(waited, _LONGEST_PAUSE),
        problem=problem,
    )
    await tx.save(later, at)
    return outcome_of(later)
