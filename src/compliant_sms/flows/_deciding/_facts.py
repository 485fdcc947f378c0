"""All facts about a text, gathered inside the transaction that decides about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from attrs import evolve, field, frozen

from compliant_sms.classification import (
    CONSENT_CLASSES,
    ImpliedBy,
    OptOutLine,
    Purpose,
)
from compliant_sms.clock import first_day_on_earth
from compliant_sms.consent import (
    ConsentEvent,
    ConsentState,
    PhiPreference,
    fold,
    fold_for_holder,
    phi_preference,
)
from compliant_sms.flows._deciding._brief import Brief
from compliant_sms.flows._deciding._promised import promised_wait
from compliant_sms.flows._deciding._sent_before import looked_back, sent_before
from compliant_sms.flows._deciding._withhold import Instead, tells_too_much
from compliant_sms.messages import Departure, Draft
from compliant_sms.optout import Awaiting
from compliant_sms.people import Holder, Profile
from compliant_sms.ports import Ports, Transaction
from compliant_sms.practice import Practice
from compliant_sms.providers import Adapter, Provider
from compliant_sms.rules import (
    Facts,
    OptOutShown,
    Readings,
    ReplyFacts,
    Sender,
    SentBefore,
    Settings,
    care_of,
    decided_as,
)
from compliant_sms.templates import with_opt_out_line
from compliant_sms.text import segment

_AN_INSTANT = timedelta.resolution


@frozen(kw_only=True)
class Rendered:
    """A text as it would be sent, and all facts about it.

    Attributes:
        facts: what the rules are told.
        body: what the patient would read.
        media: URLs of what goes along.
        needs_link: the link in it stands for one that somebody has yet to make.
    """

    facts: Facts
    body: str = field(repr=False)
    media: tuple[str, ...] = field(repr=False)
    needs_link: bool


async def facts_about(
    tx: Transaction,
    ports: Ports,
    brief: Brief,
    provider: Provider,
    *,
    at: datetime,
    own_departure: Departure | None = None,
) -> Rendered:
    """All facts about a text that the provider is to carry, and its body as it will be sent.

    What left before counts, except how the text itself may have left: ``own_departure``.
    """
    draft, settings, practice_id = brief.draft, ports.rulebook.settings, ports.practice.id
    events = await tx.consent_events(practice_id, draft.to)
    consent = _consent_of(draft, events)
    earlier: Sequence[Departure] = ()
    decided = decided_as(draft.purpose, brief.plain)
    if decided.message_class in CONSENT_CLASSES:
        left = await tx.departures(practice_id, draft.to, looked_back(settings, at))
        earlier = [each for each in left if each != own_departure]
    where = ports.rulebook.whereabouts(draft.to, brief.profile)
    country = where.country
    wish = phi_preference(events, draft.person)
    instead = _instead(brief, wish)
    given = (draft.body, brief.plain) if instead is None else (instead.body, instead.readings)
    body, readings = _with_opt_out_line(draft, given, earlier, settings, at=at, country=country)
    facts = Facts(
        at=at,
        purpose=draft.purpose,
        number=draft.to,
        consent=consent,
        zones=where.zones,
        states=where.states,
        country=country,
        readings=readings,
        recipient=_on_record(brief.profile),
        phi_preference=wish,
        sender=_sender(ports.practice, may_carry_phi(provider, at)),
        lookups=brief.lookups,
        on_allow_list=ports.only_to is None or draft.to in ports.only_to,
        reply=await _reply_facts(tx, ports, draft, consent, earlier),
        own_number=await _is_own(tx, ports.practice, draft),
    )
    sent = await sent_before(tx, ports, facts, earlier, person=draft.person, body=given[0])
    wait = await promised_wait(
        tx,
        ports,
        facts,
        events,
        person=draft.person,
        own_departure=own_departure,
    )
    if sent != SentBefore() or wait is not None:
        facts = evolve(facts, sent=sent, promised=wait)
    return Rendered(
        facts=facts,
        body=body,
        media=draft.media,
        needs_link=instead is not None and instead.needs_link,
    )


def _consent_of(draft: Draft, events: Sequence[ConsentEvent]) -> ConsentState:
    return fold(events, draft.person) if draft.person else fold_for_holder(events)


async def wishes_as_told(tx: Transaction, practice_id: str, draft: Draft, facts: Facts) -> bool:
    """Whether the ledger says of a text's patient what it said when the facts were told."""
    events = await tx.consent_events(practice_id, draft.to)
    now = _consent_of(draft, events), phi_preference(events, draft.person)
    return now == (facts.consent, facts.phi_preference)


def may_carry_phi(provider: Provider, at: datetime) -> bool:
    """Whether health information may pass there by then: an agreement of next week is none yet."""
    signed = provider.baa_signed_on if isinstance(provider, Adapter) else None
    in_force = signed is None or provider.simulated or signed <= first_day_on_earth(at)
    return provider.may_carry_phi and in_force


def _instead(brief: Brief, wish: PhiPreference) -> Instead | None:
    """What leaves in place of the text, by the wish that is on record now.

    Where that was withdrawn a moment ago what was prepared may tell too much: then the rules
    judge the text as given, and refuse it.
    """
    made = brief.instead
    if made is None or not made.serves(wish):
        return None
    care = care_of(brief.draft.purpose, brief.profile)
    return made if brief.draft.secure or tells_too_much(brief.plain, wish, care) else None


def _with_opt_out_line(
    draft: Draft,
    given: tuple[str, Readings],
    earlier: Sequence[Departure],
    settings: Settings,
    *,
    at: datetime,
    country: str | None,
) -> tuple[str, Readings]:
    """The body with the line that says how to opt out, where that is due and missing."""
    body, plain = given
    purpose = decided_as(draft.purpose, plain)
    if plain.opt_out is not OptOutShown.NO or purpose.message_class not in CONSENT_CLASSES:
        return body, plain
    in_each_text = (
        purpose.opt_out_line is OptOutLine.EACH
        or (settings.healthcare_exemption and purpose.exemptible)
        or (country == "CA" and purpose.opt_out_line is not OptOutLine.NEVER)  # CASL s. 6(2)(c)
    )
    shown_lately = any(
        text.says_opt_out and at - text.at < settings.opt_out_line_every for text in earlier
    )
    if not in_each_text and (shown_lately or purpose.opt_out_line is OptOutLine.NEVER):
        return body, plain
    # Few words tell their language badly; a template knows it.
    template = draft.template if plain.withheld_by is None else None
    language = template.language if template else plain.language
    longer = with_opt_out_line(body, language=language)
    # Our own line is known to sell nothing and to tell nothing, so the rest need not be read anew.
    return longer, evolve(
        plain,
        characters=len(longer),
        segments=segment(longer).segments,
        opt_out=OptOutShown.APPENDED,
    )


async def _is_own(tx: Transaction, practice: Practice, draft: Draft) -> bool:
    """Whether a text after a missed call would go to a number of a practice's own."""
    if draft.purpose.code != Purpose.MISSED_CALL_TEXT_BACK.code:
        return False
    return draft.to == practice.phone or await tx.practice_at(draft.to) is not None


def _on_record(profile: Profile) -> Profile:
    # A date of birth is kept with a decision only where the decision depends on it, and what a
    # text was searched for is never kept.
    born = profile.birth_date if profile.holder is Holder.PARENT else None
    if profile.facts is None and profile.birth_date == born:
        return profile
    return evolve(profile, birth_date=born, facts=None)


@lru_cache(maxsize=64)
def _sender(practice: Practice, may_carry_phi: bool) -> Sender:  # noqa: FBT001 - cached by it
    return Sender(
        name=practice.name,
        also_known_as=practice.also_known_as,
        kind=practice.kind,
        tax_exempt_nonprofit=practice.tax_exempt_nonprofit,
        business_associate=may_carry_phi,
        free_to_end_user=practice.free_to_end_user,
        link_domains=practice.link_domains,
        campaign=practice.campaign,
        time_zone=practice.time_zone,
    )


async def _wrote_at(tx: Transaction, ports: Ports, draft: Draft) -> datetime | None:
    """When the newest text that surely is the patient's came in."""
    if await tx.last_inbound_at(ports.practice.id, draft.to) is None:
        return None
    received = await tx.inbound_from(ports.practice.id, draft.to)
    return max((inbound.received_at for inbound in received if inbound.proven), default=None)


async def _reply_facts(
    tx: Transaction,
    ports: Ports,
    draft: Draft,
    consent: ConsentState,
    earlier: Sequence[Departure],
) -> ReplyFacts | None:
    if draft.purpose.implied_by is ImpliedBy.OWN_TEXT:
        wrote_at = await _wrote_at(tx, ports, draft)
        if wrote_at is None:
            return None
        answers = [text for text in earlier if text.subject == draft.purpose.code]
        return ReplyFacts(
            received_at=wrote_at, already_sent=sum(text.at >= wrote_at for text in answers)
        )
    if draft.answers is None:
        return None
    already = 0
    if draft.purpose == Purpose.OPT_OUT_CONFIRMATION and consent.revoked_at is not None:
        whole = [each for each in consent.revocations if not each.keep]
        since = (whole or consent.revocations)[0].occurred_at
        # One that left since confirms it, whatever text it was written for, and though erased.
        left = await tx.departures(ports.practice.id, draft.to, since - _AN_INSTANT)
        already = sum(text.subject == draft.purpose.code for text in left)
    return ReplyFacts(
        received_at=draft.answers,
        already_sent=already,
        asks_which=draft.asks is Awaiting.SCOPE,
    )
