"""Which consent a text can rest on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from compliant_sms.classification import MessageClass, Purpose
from compliant_sms.consent import ConsentState, LiveGrant, Tier, defects, same_sender
from compliant_sms.phone import PhoneNumber
from compliant_sms.rules._facts import Facts
from compliant_sms.rules._in_force import InForce
from compliant_sms.rules._revocations import reach_on

_PEWC = Tier.PRIOR_EXPRESS_WRITTEN


def basis(facts: Facts, law: InForce, tier: Tier) -> LiveGrant | None:
    """The grant that a text rests on, at a tier or above; None where none covers it.

    The newest of those that stand: one that was given to somebody else, or lacks what written
    consent needs, takes nothing back of what the patient agreed to before.
    """
    fitting = _fitting(facts.consent, facts.decided_as, tier, law)
    return _best(fitting, tier, _names(facts), facts.number)


def stands(facts: Facts, grant: LiveGrant, tier: Tier) -> bool:
    """Whether nothing is wrong with a grant as consent of a tier."""
    return _stands(grant, tier, _names(facts), facts.number)


def is_permitted(
    consent: ConsentState,
    purpose: Purpose,
    law: InForce,
    *,
    seller: Sequence[str],
    number: PhoneNumber,
) -> bool:
    """Whether some consent permits texts of a purpose at a number, and nothing there ends them.

    Args:
        consent: what a person agreed to there.
        purpose: what the texts are for.
        law: what is in force.
        seller: the names of the practice.
        number: which number.
    """
    ended = any(map(reach_on(purpose, law), consent.revocations))
    if ended or consent.flagged is not None:
        return False
    tier = purpose.least_tier
    grant = _best(_fitting(consent, purpose, tier, law), tier, seller, number)
    return grant is not None and _stands(grant, tier, seller, number)


def _names(facts: Facts) -> tuple[str, ...]:
    return (facts.sender.name, *facts.sender.also_known_as)


def _fitting(
    consent: ConsentState, purpose: Purpose, tier: Tier, law: InForce
) -> Iterator[LiveGrant]:
    sells = purpose.message_class is MessageClass.MARKETING
    for grant in consent.grants_for(reach_on(purpose, law)):
        # START asks for texts, and for no offers and appeals; also where no signature is needed.
        if sells and grant.restored:
            continue
        if grant.tier >= tier and purpose.category in grant.categories:
            yield grant


def _best(
    grants: Iterable[LiveGrant], tier: Tier, names: Sequence[str], number: PhoneNumber
) -> LiveGrant | None:
    def rank(grant: LiveGrant) -> tuple[bool, datetime]:
        return _stands(grant, tier, names, number), grant.occurred_at

    found = list(grants)
    return max(found, key=rank) if len(found) > 1 else next(iter(found), None)


def _stands(grant: LiveGrant, tier: Tier, names: Sequence[str], number: PhoneNumber) -> bool:
    if grant.given_to and not same_sender(grant.given_to, names):
        return False
    if tier is not _PEWC:
        return True
    agreement = grant.agreement
    return agreement is not None and not defects(agreement, seller=names, number=number)
