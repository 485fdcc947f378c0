"""A text made from a template: in the patient's language, and as detailed as they wish."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliant_sms.consent import phi_preference
from compliant_sms.errors import ConfigurationError, InvalidInput, UnknownTemplate
from compliant_sms.flows._deciding._prepared import ENGLISH, wish_for
from compliant_sms.flows._sending._enqueue import ask_for
from compliant_sms.messages import Draft, FromTemplate, Message, Outcome
from compliant_sms.people import Profile
from compliant_sms.phi import ContentTier, PhiPreference
from compliant_sms.ports import Ports, Transaction
from compliant_sms.templates import TemplateRef

if TYPE_CHECKING:
    from compliant_sms.templates import Catalogue, Template


async def send_template(ports: Ports, asked: FromTemplate) -> Outcome:
    """Make the text and send it, hold it or block it; in a host's transaction only keep it.

    Raises:
        ConfigurationError: the messenger was given no templates.
        UnknownTemplate: no version of it may be used.
        CannotRender: the values cannot be used.
        InvalidInput: a canned reply that nobody picked, or what :func:`send` refuses.
    """
    return await ask_for(ports, await drafted(ports, asked))


async def drafted(ports: Ports, asked: FromTemplate) -> Draft:
    """The text that a template makes for a patient as things stand; nothing is kept.

    Raises:
        ConfigurationError: the messenger was given no templates.
        UnknownTemplate: no version of it may be used.
        CannotRender: the values cannot be used.
        InvalidInput: a canned reply that nobody picked.
    """
    profile = await ports.people(asked.person) or Profile()
    before, wish = await ports.store.run(lambda tx: _on_record(tx, ports, asked))
    template = _template(_catalogue(ports), asked, before)
    if template.picked_by_people and not asked.by.strip():
        msg = "a canned reply is picked by a person, and never sent by itself. Pass by=..."
        raise InvalidInput(msg)
    language = asked.language or profile.language or ENGLISH
    if before is not None:
        # The same call again means the same text, whatever was wished or changed since.
        language = asked.language or before.language
        detail = before.tier == ContentTier.DETAIL.name.lower()
        wish = PhiPreference(warned=detail, prefers=detail)
    else:
        wish = wish_for(template, profile, wish)
    made = template.render(
        asked.values, practice=ports.practice, language=language, preference=wish
    )
    return Draft(
        to=asked.to,
        person=asked.person,
        purpose=template.purpose,
        body=made.body,
        idempotency_key=asked.idempotency_key,
        not_after=asked.not_after,
        asks=template.asks,
        template=made.ref(asked.by),
        secure=asked.secure,
    )


async def _on_record(
    tx: Transaction, ports: Ports, asked: FromTemplate
) -> tuple[TemplateRef | None, PhiPreference]:
    """What was made under the key before, and what the patient wishes now."""
    events = await tx.consent_events(ports.practice.id, asked.to)
    known = await tx.message_by_key(ports.practice.id, asked.idempotency_key)
    return _made_from(known, asked.template), phi_preference(events, asked.person)


def _made_from(known: Message | None, name: str) -> TemplateRef | None:
    ref = known.draft.template if known else None
    return ref if ref and ref.name == name else None


def _catalogue(ports: Ports) -> Catalogue:
    if ports.templates is None:
        msg = "the messenger has no templates. Pass Messenger(templates=Catalogue(...))."
        raise ConfigurationError(msg)
    return ports.templates


def _template(templates: Catalogue, asked: FromTemplate, before: TemplateRef | None) -> Template:
    if before is not None:
        try:
            return templates.version(before.name, before.version)
        except UnknownTemplate:
            pass  # of a newer version the text is another one, and the key refuses it
    return templates.newest(asked.template)
