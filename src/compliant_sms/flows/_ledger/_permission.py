"""Asking by text, writing down what was agreed on paper or spoken, and how a consent stands."""

from __future__ import annotations

from compliant_sms import _given
from compliant_sms.consent import ConsentEvent, Granted, Wording
from compliant_sms.errors import ConfigurationError, InvalidInput
from compliant_sms.flows._ledger._consent import append_event
from compliant_sms.flows._sending._enqueue import ask_for
from compliant_sms.messages import Draft, Outcome
from compliant_sms.optout import Awaiting
from compliant_sms.permission import (
    ENGLISH,
    PERMISSION_REQUEST,
    OnPaper,
    Permission,
    PermissionState,
    Programme,
    Spoken,
    ToAskAgain,
    Told,
    offer_of,
    outdated_consent,
    permission_state,
    question,
    script,
    shown_on_form,
)
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Ports, Transaction


def permission_of(ports: Ports) -> Permission:
    """How the practice asks for permission.

    Raises:
        ConfigurationError: it does not.
    """
    if ports.permission is None:
        msg = "this messenger asks for no permission: pass permission=Permission(programmes=[...])"
        raise ConfigurationError(msg)
    return ports.permission


async def invite(
    ports: Ports, number: PhoneNumber, person: str, programme_id: str, key: str
) -> Outcome:
    """Ask a patient by text to agree to a programme, in their language where it is translated.

    Raises:
        InvalidInput: it is marketing, or there is no such programme.
    """
    permission = permission_of(ports)
    programme = permission.programme(programme_id)
    if programme.marketing:
        msg = (
            f"{programme.id} is marketing, and nobody is asked by text whether they want that: the "
            "question itself would promote (47 CFR 64.1200(a)(2)). Patients come to it by form, on "
            "paper, or by the keyword that they send."
        )
        raise InvalidInput(msg)
    _given.a_text(person, "person")
    profile = await ports.people(person)
    language = (profile.language if profile else None) or ENGLISH
    known = await ports.store.run(lambda tx: tx.message_by_key(ports.practice.id, key))
    body = question(programme, ports.practice, permission.legal, language).text
    if known is not None:
        # The same call again means the same question, whatever language is theirs since.
        asked = _questions(ports, programme)
        body = known.draft.body if known.draft.body in asked else body
    draft = Draft(
        to=number,
        person=person,
        purpose=PERMISSION_REQUEST,
        body=body,
        idempotency_key=key,
        asks=Awaiting.OPT_IN,
        opt_in=offer_of(permission, programme),
    )
    return await ask_for(ports, draft)


def _questions(ports: Ports, programme: Programme) -> set[str]:
    """What asks for a programme, in each language in which it can be asked for."""
    legal = permission_of(ports).legal
    return {
        question(programme, ports.practice, legal, each).text
        for each in (ENGLISH, *programme.translations)
    }


async def record_agreement(
    ports: Ports, number: PhoneNumber, programme_id: str, told: Told
) -> ConsentEvent:
    """Record what a patient agreed to on paper or when asked.

    Raises:
        InvalidInput: it could not be proved later, lies in the future, or was read in a
            language into which the programme is not translated.
    """
    permission = permission_of(ports)
    programme, practice = permission.programme(programme_id), ports.practice
    _given.a_kind(told, (OnPaper, Spoken), "told", "OnPaper(...) or Spoken(...)")
    at = ports.clock()
    event = Granted(
        event_id=ports.ids(),
        practice_id=practice.id,
        number=number,
        person=told.person,
        occurred_at=told.occurred_at or at,
        recorded_at=at,
        actor=told.recorded_by,
        basis=told.basis,
        tier=programme.tier,
        categories=programme.categories,
        wording=told.shown(programme, practice, permission.legal),
        signature=told.signature,
        agreement=told.agreement(programme, practice, number),
        reference=told.reference,
    )
    return await append_event(ports, event)


def paper_wording(ports: Ports, programme_id: str, language: str) -> Wording:
    """What a paper form says of a programme."""
    permission = permission_of(ports)
    programme = permission.programme(programme_id)
    return shown_on_form(programme, ports.practice, permission.legal, language)


def spoken_wording(ports: Ports, programme_id: str, language: str) -> Wording:
    """What is read out of a programme."""
    return script(permission_of(ports).programme(programme_id), ports.practice, language)


async def programme_state(
    ports: Ports, number: PhoneNumber, person: str, programme_id: str
) -> PermissionState:
    """How a patient's consent to a programme stands."""
    programme, practice = permission_of(ports).programme(programme_id), ports.practice
    _given.a_text(person, "person")
    events = await ports.store.run(lambda tx: tx.consent_events(practice.id, number))
    return permission_state(programme, _shown(ports, programme), events, person)


async def to_ask_again(ports: Ports, programme_id: str, after: str, limit: int) -> ToAskAgain:
    """A page of those who agreed to words of a programme that have changed in substance since."""
    practice_id, programme = ports.practice.id, permission_of(ports).programme(programme_id)
    _given.a_kind(after, str, "after", "what the page before says, or '' to begin")
    _given.a_kind(limit, int, "limit", "a whole number, at least 1")
    if limit < 1:
        msg = "limit is how many persons at numbers to look at, at least 1"
        raise InvalidInput(msg)
    shown = _shown(ports, programme)

    async def work(tx: Transaction) -> ToAskAgain:
        found: list[Granted] = []
        chains = await tx.chains_after(practice_id, after, limit)
        for chain in chains:
            if chain.number is None or chain.person is None:  # erased, or the number's own
                continue
            events = await tx.consent_events(practice_id, chain.number)
            outdated = outdated_consent(programme, shown, events, chain.person)
            if outdated is not None:
                found.append(outdated)
        last = chains[-1].chain_id if len(chains) == limit else ""
        return ToAskAgain(consents=tuple(found), after=last)

    return await ports.store.run(work)


def _shown(ports: Ports, programme: Programme) -> set[str]:
    """The words of today's web form, in each language in which it is there."""
    legal = permission_of(ports).legal
    return {
        shown_on_form(programme, ports.practice, legal, each).text
        for each in (ENGLISH, *programme.translations)
    }
