"""How far an opt-out reaches: a dated policy of law under a setting of the practice.

47 CFR 64.1200(a)(10)-(12); FCC 24-24; DA 26-12 (waiver of the cross-category effect until
2027-01-31); FCC 26-67, whose effective date is configuration. A change of the law never gives
back what was revoked before it: the strictest of all days since the opt-out counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import partial

from compliant_sms.classification import CONSENT_CLASSES, MessageClass, Purpose
from compliant_sms.consent import Channel, Revocation
from compliant_sms.rules._facts import Facts
from compliant_sms.rules._in_force import InForce
from compliant_sms.rules._settings import RevocationScope
from compliant_sms.rules.rows import RevocationRuleset

_HERE = frozenset({None, "US"})
# 47 CFR 64.1200(a)(10): a reply, or a means that the sender designates, revokes by itself. Any
# other means raises a presumption, (a)(11). Either way texting ends.
_PER_SE = frozenset({Channel.TEXT, Channel.WEB, Channel.PROVIDER})


def is_presumed(revocation: Revocation) -> bool:
    """Whether the law presumes the revocation rather than naming it conclusive."""
    return revocation.channel not in _PER_SE


def kept_by_patient(revocation: Revocation, purpose: Purpose) -> bool:
    """Whether the patient, when asked which texts were meant, said that these may go on."""
    return not revocation.reaches((purpose.category,))


def reach(facts: Facts, law: InForce) -> Callable[[Revocation], bool]:
    """A function that says of a revocation whether it ends texts such as this one."""
    return reach_on(facts.decided_as, law)


def reach_on(purpose: Purpose, law: InForce) -> Callable[[Revocation], bool]:
    """The same of a purpose, as which a text was decided."""
    return partial(_reaches, purpose=purpose, law=law)


def _reaches(revocation: Revocation, *, purpose: Purpose, law: InForce) -> bool:
    if purpose.message_class not in CONSENT_CLASSES or kept_by_patient(revocation, purpose):
        return False
    if law.settings.revocation_scope != RevocationScope.CATEGORY:
        return True
    # 47 CFR 64.1200(a)(12): asked and not answered, everything ends; answered, all but the kept.
    if revocation.clarification_asked or revocation.keep:
        return True
    # FCC 24-24: a STOP in reply to an exempt text ends all further texts but emergencies.
    # What answers our own answer to HELP or START is about no kind of text.
    about_a_kind = revocation.category and revocation.message_class in CONSENT_CLASSES
    if revocation.exempt or not about_a_kind:
        return True
    if _crossed_since(law, revocation.occurred_at.date()):
        return True
    # 47 CFR 64.1200(a)(10), (d)(3): a STOP to one promotion ends all promotion.
    both_sell = revocation.message_class == purpose.message_class == MessageClass.MARKETING
    return both_sell or revocation.category == purpose.category


def _crossed_since(law: InForce, first: date) -> bool:
    by_pack = [pack.of(RevocationRuleset) for pack in law.packs if pack.country in _HERE]
    turns = {
        day for rows in by_pack for row in rows for day in (row.effective_from, row.effective_to)
    }
    days = {first, law.day} | {day for day in turns if day and first < day < law.day}
    return any(_crosses(by_pack, day) for day in days)


def _crosses(by_pack: Iterable[tuple[RevocationRuleset, ...]], day: date) -> bool:
    """Whether any pack says so, or none says anything.

    What one replaces is of its own: a pack of somebody's own, which names nobody who answers for
    it, gives back nothing that the library's has ended. An override does.
    """
    said = [newest for rows in by_pack if (newest := _newest(rows, day))]
    return not said or any(row.cross_category for row in said)


def _newest(rows: tuple[RevocationRuleset, ...], day: date) -> RevocationRuleset | None:
    superseded = {name for row in rows if row.holds_on(day) for name in row.supersedes}
    holding = [row for row in rows if row.holds_on(day) and row.ruleset not in superseded]
    return max(holding, key=lambda row: row.effective_from or date.min, default=None)
