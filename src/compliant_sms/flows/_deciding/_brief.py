"""What can be known of a text before the store is locked: its reading, and what others know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from attrs import evolve, field, frozen

from compliant_sms.classification import CONSENT_CLASSES, MessageClass
from compliant_sms.consent import PhiPreference, fold, phi_preference
from compliant_sms.errors import InvalidInput
from compliant_sms.flows._deciding._withhold import Instead, instead_of, patient_of, tells_too_much
from compliant_sms.lookups import DncAnswer, LineAnswer, LookupAnswers, ReassignedAnswer
from compliant_sms.messages import Draft
from compliant_sms.people import Profile
from compliant_sms.ports import Ports
from compliant_sms.practice import PhiMode
from compliant_sms.rules import Readings, care_of, decided_as, read


@frozen(kw_only=True)
class Brief:
    """What is known of a text before the store is asked.

    Attributes:
        draft: the text.
        profile: what the host knows of the person.
        plain: what the body says.
        instead: what leaves in its place, if it told too much by the wish then on record.
        lookups: what others know about the number.
        household: what the host knows of each person of whom the text tells together with others,
            by its id of them; empty until it was asked.
    """

    draft: Draft
    profile: Profile
    plain: Readings
    instead: Instead | None
    lookups: LookupAnswers
    household: Mapping[str, Profile] = field(factory=dict)


async def with_household(ports: Ports, brief: Brief, persons: Iterable[str]) -> Brief:
    """The brief, with what the host knows of each person of whom the text tells."""
    household = {person: await _profile(ports, person) for person in sorted(persons)}
    return evolve(brief, household=household)


async def _profile(ports: Ports, person: str | None) -> Profile:
    told = await ports.people(person) if person else None
    _is_a(Profile, told, "people")
    return told or Profile()


async def brief_for(ports: Ports, draft: Draft) -> Brief:
    """Read the text, and ask whoever knows something about its recipient."""
    profile = await _profile(ports, draft.person)
    plain = read(draft.body, ports.practice, patient_of(profile), draft.media)
    return Brief(
        draft=draft,
        profile=profile,
        plain=plain,
        instead=await _instead(ports, draft, profile, plain),
        lookups=await _look_up(ports, draft, plain),
    )


async def _instead(ports: Ports, draft: Draft, profile: Profile, plain: Readings) -> Instead | None:
    written_by_us = draft.purpose.message_class is MessageClass.PROTOCOL
    care = care_of(draft.purpose, profile)
    if written_by_us or (ports.practice.phi is PhiMode.BLOCK and not draft.secure):
        return None
    if not (draft.secure or tells_too_much(plain, PhiPreference(), care)):
        return None
    events = await ports.store.run(lambda tx: tx.consent_events(ports.practice.id, draft.to))
    wish = phi_preference(events, draft.person)
    return instead_of(draft, plain, ports.practice, profile, wish)


async def _look_up(ports: Ports, draft: Draft, plain: Readings) -> LookupAnswers:
    ask, number = ports.lookups, draft.to
    decided = decided_as(draft.purpose, plain).message_class
    if decided not in CONSENT_CLASSES:
        return LookupAnswers()
    sells = decided is MessageClass.MARKETING
    since = await _consented_on(ports, draft) if ask.reassigned else None
    answers = LookupAnswers(
        national_dnc=await ask.national_dnc(number) if ask.national_dnc and sells else None,
        reassigned=await ask.reassigned(number, since) if ask.reassigned and since else None,
        line=await ask.line_type(number) if ask.line_type else None,
        deactivated_on=await ask.deactivated_on(number) if ask.deactivated_on else None,
    )
    _is_a(DncAnswer, answers.national_dnc, "national_dnc")
    _is_a(ReassignedAnswer, answers.reassigned, "reassigned")
    _is_a(LineAnswer, answers.line, "line_type")
    _is_a(date, answers.deactivated_on, "deactivated_on")
    return answers


def _is_a(kind: type, answer: object, asked: str) -> None:
    if answer is not None and not isinstance(answer, kind):
        msg = (
            f"{asked} answered with {type(answer).__name__}; it must answer with "
            f"{kind.__name__}, or with None where nothing is known."
        )
        raise InvalidInput(msg)


async def _consented_on(ports: Ports, draft: Draft) -> date | None:
    events = await ports.store.run(lambda tx: tx.consent_events(ports.practice.id, draft.to))
    grants = fold(events, draft.person).grants
    # Only these show that the number is still theirs; a booking repeats the number on file.
    shown = [grant for grant in grants if grant.shows_the_number]
    fresh = [grant for grant in grants if grant.basis.is_fresh_opt_in]
    return max((grant.occurred_at.date() for grant in shown or fresh or grants), default=None)
