"""Established business relationships: 47 CFR 64.1200(f)(5), and what states make of them."""

from __future__ import annotations

from datetime import date

from compliant_sms.rules._facts import Facts
from compliant_sms.rules._in_force import InForce
from compliant_sms.rules.rows import Relationship


def within_months(since: date | None, months: int, today: date) -> bool:
    """Whether a day lies at most so many months back."""
    if since is None or since > today:
        return False
    from dateutil.relativedelta import relativedelta  # noqa: PLC0415 - promotions only ask this

    return today <= since + relativedelta(months=months)


def bought_within(facts: Facts, months: int | None) -> bool:
    """Whether a row's exception for a recent purchase applies; False where it names none."""
    if months is None:
        return False
    return within_months(facts.recipient.last_transaction_on, months, facts.at.date())


def established(facts: Facts, law: InForce) -> bool:
    """Whether there is such a relationship, under the strictest definition that may apply.

    A request not to be called ends it.
    """
    here = {state.code for state in facts.states}
    rows = [r for r in law.rows(Relationship) if not r.states or here & set(r.states)]
    person, today = facts.recipient, facts.at.date()
    if person.do_not_call_on is not None or facts.consent.revocations or not rows:
        return False
    by_purchase = min(row.transaction_months for row in rows)
    by_inquiry = min(row.inquiry_months for row in rows)
    return within_months(person.last_transaction_on, by_purchase, today) or within_months(
        person.last_inquiry_on, by_inquiry, today
    )
