"""The form on which patients agree: shown, sent, and turned into evidence."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from datetime import datetime, timedelta
from typing import TypedDict

from attrs import frozen

from compliant_sms import _given
from compliant_sms.classification import Purpose
from compliant_sms.consent import (
    Basis,
    Channel,
    ConsentEvent,
    Granted,
    PhiPreferenceStated,
    fold,
)
from compliant_sms.errors import ConfigurationError
from compliant_sms.flows._permission import permission_of
from compliant_sms.flows._replies import reply_key
from compliant_sms.lifecycle import State
from compliant_sms.messages import Draft, Message
from compliant_sms.permission import (
    BOX,
    DETAILS,
    NAME,
    NUMBER,
    PROOF,
    Accepted,
    Applicant,
    ConsentForm,
    FormProblem,
    FormView,
    Permission,
    Submission,
    accept,
    cookie_in,
    fields_sent,
    form_of,
    form_proof,
    form_shown,
    proven_form,
    welcome,
)
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Ports, Transaction
from compliant_sms.secure_pages import PageRequest, language_of
from compliant_sms.wire import HttpReply

__all__ = ["Submitted", "answer_form", "consent_form", "submit_form"]

_ACTOR = "web-form"
# Who waits longer for the confirmation has put the phone away.
_CONFIRM_WITHIN = timedelta(hours=1)


@frozen(kw_only=True)
class Submitted:
    """What came of a form.

    Attributes:
        problem: why it was not taken; None where it was.
        person: whose consent it is; empty where it was not taken.
        events: what it put on record, or had before, when it was sent for the first time.
        stopped: texts to the number were stopped, and a form that anybody can fill in lifts
            nothing: nothing was put on record. The patient texts START, or agrees on paper.
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
        ConfigurationError: nobody can tell whose consent it would be.
    """
    permission = permission_of(ports)
    _given.a_kind(sent, Submission, "sent", "a Submission")
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
    on_record = await tx.consent_events(practice.id, number)
    before = tuple(e for e in on_record if _is_of(e, accepted))
    if before:
        return Submitted(person=person, events=before)
    if fold(on_record, person).revocations:
        return Submitted(person=person, stopped=True)
    events = [*_events(ports, accepted, person)]
    for event in events:
        await tx.append(event, ports.ids())
    await _welcome(tx, ports, accepted, person, language)
    return Submitted(person=person, events=tuple(events))


def _reference(accepted: Accepted) -> str:
    return f"form/{accepted.submission.id}"


def _is_of(event: ConsentEvent, accepted: Accepted) -> bool:
    made = isinstance(event, Granted | PhiPreferenceStated)
    return made and getattr(event, "reference", "") == _reference(accepted)


class _Common(TypedDict):
    practice_id: str
    number: PhoneNumber
    person: str
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    reference: str


def _events(ports: Ports, accepted: Accepted, person: str) -> list[ConsentEvent]:
    practice = ports.practice
    common = _Common(
        practice_id=practice.id,
        number=accepted.number,
        person=person,
        occurred_at=accepted.submission.at,
        recorded_at=ports.clock(),
        actor=_ACTOR,
        reference=_reference(accepted),
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
            **common,
        )
        events.append(wish)
    return events


async def _welcome(
    tx: Transaction, ports: Ports, accepted: Accepted, person: str, language: str
) -> None:
    """The confirmation that comes before any other text. CTIA Messaging Principles 5.1.2.1."""
    at, programmes = ports.clock(), [each.programme for each in accepted.choices]
    draft = Draft(
        to=accepted.number,
        person=person,
        purpose=Purpose.OPT_IN_CONFIRMATION,
        body=welcome(programmes, ports.practice, language),
        idempotency_key=reply_key(_reference(accepted)),
        not_after=at + _CONFIRM_WITHIN,
        answers=at,
    )
    message = Message(
        message_id=ports.ids(),
        practice_id=ports.practice.id,
        draft=draft,
        created_at=at,
        state=State.DUE,
        not_before=at,
    )
    await tx.save(message, at)


async def answer_form(ports: Ports, request: PageRequest) -> HttpReply:
    """Answer a browser; whatever it sent is durable before.

    Raises:
        ConfigurationError: the practice has no form.
        StoreError: nothing was changed; answer 503.
    """
    permission = permission_of(ports)
    if not permission.form_url:
        msg = "this practice has no form to show: pass Permission(form_url='https://...')"
        raise ConfigurationError(msg)
    visit = _Visit(ports=ports, permission=permission, request=request)
    if request.method != "POST":
        return visit.shown()
    if not request.comes_from(permission.origin):
        return visit.view.refused()
    return await visit.send()


@frozen(kw_only=True)
class _Visit:
    """One request for the form."""

    ports: Ports
    permission: Permission
    request: PageRequest

    @property
    def form(self) -> ConsentForm:
        """In the language that the address asks for, or else the browser."""
        permission, wanted = self.permission, self.request.token
        if not wanted:
            accepted = self.request.header("accept-language")
            wanted = language_of(accepted, "", among=permission.languages)
        return form_of(permission, self.ports.practice, permission.language_for(wanted))

    @property
    def view(self) -> FormView:
        return FormView(form=self.form)

    def shown(
        self, problem: FormProblem | None = None, filled: Mapping[str, str] | None = None
    ) -> HttpReply:
        """The form, to be filled in or mended."""
        cookie = cookie_in(self.request.headers) or self.ports.ids()
        proof = form_proof(
            self.ports.form_keys()[0],
            shown=self.form.fingerprint,
            cookie=cookie,
            nonce=self.ports.ids(),
            at=self.ports.clock(),
        )
        typed = filled or {}
        name, number = typed.get(NAME, ""), typed.get(NUMBER, "")
        return self.view.blank(proof, cookie, problem=problem, name=name, number=number)

    async def send(self) -> HttpReply:
        """Somebody sent the form."""
        filled = fields_sent(self.request)
        if filled is None:
            return self.shown(FormProblem.UNREADABLE)
        nonce = proven_form(
            self.ports.form_keys(),
            filled.get(PROOF, ""),
            shown=self.form.fingerprint,
            cookie=cookie_in(self.request.headers),
            at=self.ports.clock(),
        )
        if nonce is None:
            return self.shown(FormProblem.STALE, filled)
        done = await submit_form(self.ports, self._submission(filled, nonce))
        return self.shown(done.problem, filled) if done.problem else self.view.thanks()

    def _submission(self, filled: Mapping[str, str], nonce: str) -> Submission:
        return Submission(
            id=nonce,
            shown=self.form.fingerprint,
            name=filled.get(NAME, ""),
            number=filled.get(NUMBER, ""),
            agreed=[name.removeprefix(BOX) for name in filled if name.startswith(BOX)],
            health_details=DETAILS in filled,
            at=self.ports.clock(),
            ip_address=self.request.address,
            user_agent=self.request.header("user-agent"),
        )
