"""A patient's text comes into its thread, and the patient is told so, or whom to call in danger."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from attrs import evolve, frozen

from compliant_sms import templates
from compliant_sms.classification import Purpose
from compliant_sms.conversations import InboxPlan, Thread, ThreadState
from compliant_sms.flows._deciding._received_line import KEY_PREFIX, RECEIVED
from compliant_sms.flows._receiving._threads import Filed, file_text
from compliant_sms.flows._sending._asked import due_text
from compliant_sms.messages import Draft
from compliant_sms.optout import Intent
from compliant_sms.ports import Ports, Transaction
from compliant_sms.templates import dialed, sender_name

# Whoever wrote an hour ago has seen by now that nobody is there.
_ANSWER_WITHIN = timedelta(hours=1)


async def arrive(
    tx: Transaction, ports: Ports, filed: Filed, at: datetime, *, quiet: bool
) -> str | None:
    """Put a text into its thread, and say so where nothing else answers it.

    Args:
        tx: the transaction, with the number locked.
        ports: what to work with.
        filed: the text.
        at: now (UTC).
        quiet: something else answers it, or nothing should: nothing is said but in danger.

    Returns:
        the thread's id; None where this program keeps no threads.
    """
    plan, inbound = ports.inbox, filed.inbound
    if plan is None or inbound.practice_id != ports.practice.id:
        return None  # the practice's own program finds it without a thread
    thread = await file_text(tx, ports, plan, filed, at)
    if _is_told(filed, at, quiet=quiet):
        await _say(tx, _Saying(ports=ports, plan=plan, thread=thread, filed=filed, at=at))
    return thread.thread_id


async def proved(tx: Transaction, ports: Ports, filed: Filed, at: datetime, *, quiet: bool) -> None:
    """End the wait of a proved text that needs no answer; otherwise say what is due.

    Args:
        tx: the transaction, with the number locked.
        ports: what to work with.
        filed: the text, which lies in its thread.
        at: now (UTC).
        quiet: something else answers it: nothing is said but in danger.
    """
    plan, inbound = ports.inbox, filed.inbound
    if not filed.asks:
        await tx.unask(inbound.practice_id, inbound.inbound_id, at)
        return
    if plan is None:
        return
    thread = await tx.thread_with(inbound.practice_id, inbound.inbound_id)
    waits = thread is not None and thread.state is ThreadState.WAITING
    if thread is not None and waits and _is_told(filed, at, quiet=quiet):
        await _say(tx, _Saying(ports=ports, plan=plan, thread=thread, filed=filed, at=at))


def _is_told(filed: Filed, at: datetime, *, quiet: bool) -> bool:
    """Whether the patient is told that a text came in, or whom to call."""
    inbound = filed.inbound
    # What nothing proves may have been forged, to have us text somebody.
    reachable = inbound.proven and inbound.number is not None
    fresh = inbound.received_at > at - _ANSWER_WITHIN
    # Whoever says that the number is not the patient's is a stranger, to be left alone.
    stops = inbound.intent in {Intent.OPT_OUT, Intent.WRONG_NUMBER}
    return filed.asks and reachable and fresh and not stops and (filed.danger or not quiet)


async def _say(tx: Transaction, said: _Saying) -> None:
    """Tell a patient whom to call in danger, or when somebody answers: once in a while.

    Its key says how often: the same key is never texted twice, so that no two machines can talk to
    each other for long. The rules decide about it like about any other text.
    """
    draft = said.danger() if said.filed.danger else said.received()
    if draft is None:
        return
    message = due_text(draft, said.ports.ids(), said.thread.practice_id, said.at)
    await tx.add(message, said.at)


@frozen(kw_only=True)
class _Saying:
    """What the library may say about a text by itself.

    Attributes:
        ports: what to work with.
        plan: who answers.
        thread: where the text lies; it has a number.
        filed: the text.
        at: now (UTC).
    """

    ports: Ports
    plan: InboxPlan
    thread: Thread
    filed: Filed
    at: datetime

    def danger(self) -> Draft | None:
        """Whom to call."""
        if not self.plan.emergency_reply:
            return None
        body = templates.danger_text(
            sender_name(self.ports.practice),
            dialed(self.ports.practice.phone),
            emergency=self.plan.emergency_number,
            crisis=self.plan.crisis_number,
            language=self.filed.language,
        )
        draft = self._draft(Purpose.EMERGENCY_ALERT, body, f"danger/{self.at:%Y-%m-%dT%H}")
        return evolve(draft, answers=self.at)

    def received(self) -> Draft | None:
        """That it came in, and when somebody answers; None where nobody knows when."""
        name, queue = sender_name(self.ports.practice), self.plan.queue(self.thread.queue)
        opens = queue.hours.next_open(self.at)
        if opens is None or not self.plan.first_reply:
            return None
        emergency, language = self.plan.emergency_number, self.filed.language
        is_open = opens == self.at
        if self.filed.requests:
            body = templates.request_text(name, emergency=emergency, language=language)
        elif is_open:
            body = templates.received_text(name, queue.goal, emergency=emergency, language=language)
        else:
            wall = opens.astimezone(ZoneInfo(queue.hours.time_zone))
            body = templates.closed_text(
                name, queue.goal, wall, emergency=emergency, language=language
            )
        day = self.at.astimezone(ZoneInfo(queue.hours.time_zone)).date()
        once = f"{RECEIVED}/{day}" if is_open else f"{RECEIVED}/{day}/closed"
        return self._draft(Purpose.AUTOMATIC_REPLY, body, once)

    def _draft(self, purpose: Purpose, body: str, once: str) -> Draft:
        assert self.thread.number is not None, "nobody is answered without"  # noqa: S101
        return Draft(
            to=self.thread.number,
            person=self.thread.person,
            purpose=purpose,
            body=body,
            idempotency_key=f"{KEY_PREFIX}{self.thread.thread_id}/{once}",
            not_after=self.at + _ANSWER_WITHIN,
            sender=self.filed.written_to,
        )
