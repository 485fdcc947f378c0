"""The form on which patients agree: what comes of one that was sent, as evidence."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TypedDict

from attrs import evolve, frozen

from compliant_sms import _given, records
from compliant_sms.classification import Purpose
from compliant_sms.consent import (
    Basis,
    Channel,
    ConsentEvent,
    ConsentState,
    Granted,
    PhiPreferenceStated,
    Revoked,
    fold,
    phi_preference,
)
from compliant_sms.errors import ConfigurationError
from compliant_sms.flows._deciding._opt_in import may_have_come
from compliant_sms.flows._deciding._routes import refuse_others_senders
from compliant_sms.flows._ledger._consent import refuse_wrong_time
from compliant_sms.flows._ledger._permission import permission_of
from compliant_sms.flows._receiving._replies import reply_key
from compliant_sms.flows._sending._asked import due_text
from compliant_sms.messages import Draft
from compliant_sms.permission import (
    Accepted,
    Applicant,
    ConsentForm,
    FormProblem,
    Permission,
    Submission,
    accept,
    form_of,
    form_shown,
    welcome,
)
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Ports, Transaction

_ACTOR = "web-form"
# Who waits longer for the confirmation has put the phone away.
_CONFIRM_WITHIN = timedelta(hours=1)
# Anybody can send forms for a number, one after the other, and tick other boxes on each.
_SAID_LATELY = timedelta(days=1)
_MOST_CONFIRMED = 3
_DIGITS = 16  # enough to tell apart what one form was sent with


@frozen(kw_only=True)
class Submitted:
    """What came of a form.

    Attributes:
        problem: why it was not taken; None where it was.
        person: whose consent it is; empty where it was not taken.
        events: what it put on record, also before, when it was sent for the first time.
        stopped: texts to the number were stopped, all or some that were ticked, and a form that
            anybody can fill in lifts nothing: of those nothing was put on record. The patient
            texts START and sends the form again, or agrees on paper.
    """

    problem: FormProblem | None = None
    person: str = ""
    events: tuple[ConsentEvent, ...] = ()
    stopped: bool = False


def consent_form(ports: Ports, language: str | None) -> ConsentForm:
    """The practice's form as it is today; in English, where it is not there in that language."""
    permission = permission_of(ports)
    return form_of(permission, ports.practice, permission.language_for(language))


async def submit_form(ports: Ports, sent: Submission) -> Submitted:
    """Take what somebody sent with the form; durable before it returns.

    Raises:
        InvalidInput: it is said to come in the future.
        ConfigurationError: nobody can tell whose consent it would be, or the sender belongs to a
            practice with another id.
    """
    permission = permission_of(ports)
    _given.a_kind(sent, Submission, "sent", "a Submission")
    refuse_wrong_time(ports, sent.at, "at")
    form = form_shown(permission, ports.practice, sent.shown)
    accepted = accept(form, sent)
    if isinstance(accepted, FormProblem):
        return Submitted(problem=accepted)
    person = await _whose(permission, accepted)
    if not person:
        return Submitted(problem=FormProblem.UNKNOWN)
    return await ports.store.run(lambda tx: _record(tx, ports, accepted, person, form.language))


async def _whose(permission: Permission, accepted: Accepted) -> str:
    """The host is asked outside of every transaction."""
    if permission.identify is None:
        msg = "pass Permission(identify=...): a consent is one person's, and it says whose"
        raise ConfigurationError(msg)
    found = permission.identify(Applicant(name=accepted.name, number=accepted.number))
    person = await found if isinstance(found, Awaitable) else found
    if person is not None:
        _given.a_text(person, "what identify answers")
    return (person or "").strip()


async def _record(
    tx: Transaction, ports: Ports, accepted: Accepted, person: str, language: str
) -> Submitted:
    practice, number = ports.practice, accepted.number
    await tx.lock(practice.id, number)
    await refuse_others_senders(tx, ports)
    on_record = await tx.consent_events(practice.id, number)
    reference = _reference(accepted, person)
    events = [e for e in on_record if _is_of(e, reference)]
    # What a STOP kept off the record the first time may be there now: START came in between.
    left = _without_recorded(accepted, events)
    agreed = _without_stopped(left, fold(on_record, person))
    if agreed.choices:
        made = _events(ports, agreed, person, reference)
        for event in made:
            await tx.append(event, ports.ids())
        wished = phi_preference([*on_record, *made], person).allows_detail
        details = wished and agreed.warning is not None
        programmes = [each.programme for each in agreed.choices]
        body = welcome(programmes, practice, language, details=details)
        # Who had as many as one gets in a day has not been told of details.
        most = _MOST_CONFIRMED + details
        if not await _is_confirmed(tx, ports, body, on_record, number, most=most):
            await _welcome(tx, ports, agreed, made[0], body)
        events += made
    taken = sum(isinstance(event, Granted) for event in events)
    return Submitted(person=person, events=tuple(events), stopped=taken < len(accepted.choices))


def _without_recorded(accepted: Accepted, events: Iterable[ConsentEvent]) -> Accepted:
    """Only what is not on record of that form."""
    shown = [event.wording for event in events if isinstance(event, Granted)]
    choices = tuple(each for each in accepted.choices if each.wording not in shown)
    wished = any(isinstance(event, PhiPreferenceStated) for event in events)
    return evolve(accepted, choices=choices, warning=None if wished else accepted.warning)


def _without_stopped(accepted: Accepted, state: ConsentState) -> Accepted:
    """Only the boxes for texts that no revocation reaches.

    None where the number was found not to be theirs: whoever typed it before may do so again.
    """
    choices = () if state.voided else accepted.choices
    for revocation in state.revocations:
        choices = tuple(c for c in choices if not revocation.reaches(c.programme.categories))
    return evolve(accepted, choices=choices)


def _reference(accepted: Accepted, person: str) -> str:
    """What the same form says when it is sent again, and no other: who goes back may mend it."""
    ticked = [each.programme.id for each in accepted.choices]
    said = [accepted.submission.shown, person, accepted.name, ticked, accepted.warning is not None]
    digest = sha256(records.canonical(said)).hexdigest()[:_DIGITS]
    return f"form/{accepted.submission.id}/{digest}"


def _is_of(event: ConsentEvent, reference: str) -> bool:
    made = isinstance(event, Granted | PhiPreferenceStated)
    return made and getattr(event, "reference", "") == reference


class _Common(TypedDict):
    practice_id: str
    number: PhoneNumber
    person: str
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    reference: str


def _events(ports: Ports, accepted: Accepted, person: str, reference: str) -> list[ConsentEvent]:
    practice = ports.practice
    common = _Common(
        practice_id=practice.id,
        number=accepted.number,
        person=person,
        occurred_at=accepted.submission.at,
        recorded_at=ports.clock(),
        actor=_ACTOR,
        reference=reference,
    )
    events: list[ConsentEvent] = [
        Granted(
            event_id=ports.ids(),
            basis=Basis.WEB_FORM,
            tier=choice.programme.tier,
            categories=choice.programme.categories,
            wording=choice.wording,
            signature=accepted.signature,
            agreement=accepted.agreement(choice, practice),
            unproven=True,
            **common,
        )
        for choice in accepted.choices
    ]
    if accepted.warning is not None:
        wish = PhiPreferenceStated(
            event_id=ports.ids(),
            prefers=True,
            warning=accepted.warning,
            channel=Channel.WEB,
            unproven=True,
            **common,
        )
        events.append(wish)
    return events


async def _is_confirmed(
    tx: Transaction,
    ports: Ports,
    body: str,
    on_record: Iterable[ConsentEvent],
    number: PhoneNumber,
    *,
    most: int,
) -> bool:
    """Whether the number has the same words already, or as many, so that none is flooded.

    A STOP since then makes them news again.
    """
    forms = {reply_key(event.event_id) for event in on_record if isinstance(event, Granted)}
    stops = [event.recorded_at for event in on_record if isinstance(event, Revoked)]
    since = max([ports.clock() - _SAID_LATELY, *stops])
    texts = await tx.messages_to(ports.practice.id, number)
    lately = [t.draft for t in texts if t.created_at > since and may_have_come(ports, t)]
    many = sum(draft.idempotency_key in forms for draft in lately) >= most
    return many or any(draft.body == body for draft in lately)


async def _welcome(
    tx: Transaction, ports: Ports, accepted: Accepted, agreed: ConsentEvent, body: str
) -> None:
    """The confirmation that comes before any other text. CTIA Messaging Principles 5.1.2.1."""
    at = ports.clock()
    draft = Draft(
        to=accepted.number,
        person=agreed.person,
        purpose=Purpose.OPT_IN_CONFIRMATION,
        body=body,
        idempotency_key=reply_key(agreed.event_id),
        not_after=at + _CONFIRM_WITHIN,
        answers=at,
    )
    message = due_text(draft, ports.ids(), ports.practice.id, at)
    await tx.save(message, at)
