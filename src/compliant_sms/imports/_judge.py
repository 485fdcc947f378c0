"""A record as the event that it becomes, and what keeps it from becoming one.

An import gives nobody a consent that could not be proved, nothing a date that nobody wrote down,
and what it cannot tell it reads in the patient's favour.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import TypedDict
from zoneinfo import ZoneInfo

from compliant_sms import records
from compliant_sms.consent import (
    AgreementDefect,
    Dated,
    Granted,
    Imported,
    Revoked,
    Tier,
    defects,
)
from compliant_sms.consent._words import is_declared, why_undeclared
from compliant_sms.imports._dates import first_instant, last_instant
from compliant_sms.imports._plan import ImportPlan
from compliant_sms.imports._records import Flaw, ImportedConsent, ImportedOptOut
from compliant_sms.imports._report import Kind
from compliant_sms.phone import PhoneNumber

_RULE = "imported"
_FIRST_TEXT = date(1992, 12, 3)
_CLOCK_SKEW = timedelta(minutes=5)
_LAW = "47 CFR 64.1200(f)(9)"
_COLUMN_OF = {
    AgreementDefect.NO_SIGNATURE: "signature",
    AgreementDefect.PRECHECKED_BOX: "box_was_unticked",
    AgreementDefect.AUTHORIZATION_DISCLOSURE_MISSING: "authorises_automated_marketing",
    AgreementDefect.NO_PURCHASE_CONDITION_DISCLOSURE_MISSING: "not_a_condition_of_purchase",
    AgreementDefect.DISCLOSURE_NOT_CONSPICUOUS: "clear_and_conspicuous",
    AgreementDefect.SELLER_NOT_NAMED: "seller",
    AgreementDefect.PHONE_NUMBER_MISMATCH: "signed_number",
}


def row_key(source: str, record: ImportedOptOut | ImportedConsent) -> bytes:
    """By what a record is known again: 16 bytes over the source and all that the record says.

    Where it stands in its file does not matter, nor how its cells were written.
    """
    kind = Kind.CONSENT if isinstance(record, ImportedConsent) else Kind.OPT_OUT
    told = records.unstructure(record) | {"line": 0}
    domain = b"compliant_sms import 1\n"
    return sha256(domain + records.canonical([source, kind, told])).digest()[:16]


class _Common(TypedDict):
    event_id: str
    practice_id: str
    number: PhoneNumber
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    imported: Imported


class Judge:
    """Makes events of records.

    Args:
        plan: of the import.
        at: when it began (aware).
    """

    def __init__(self, plan: ImportPlan, at: datetime) -> None:
        self._plan = plan
        self._at = at.astimezone(UTC)
        self._zone = ZoneInfo(plan.time_zone)

    def event(
        self, record: ImportedOptOut | ImportedConsent, event_id: str, recorded_at: datetime
    ) -> Revoked | Granted | tuple[Flaw, ...]:
        """The event under that id, or everything that is wrong with the record."""
        if isinstance(record, ImportedOptOut):
            named = self._undeclared("except_for", record.except_for)
            flaws = (*self._misdated(record), *named)
            return flaws or self._revoked(record, event_id, recorded_at)
        named = self._undeclared("categories", record.categories)
        flaws = (*self._misdated(record), *self._unproved(record), *named)
        return flaws or self._granted(record, event_id, recorded_at)

    def _revoked(self, record: ImportedOptOut, event_id: str, recorded_at: datetime) -> Revoked:
        last = last_instant(record.occurred_at, self._zone)
        return Revoked(
            # It was on that system's list when the import began, so that it happened before.
            **self._common(record, event_id, recorded_at, min(last or self._at, self._at)),
            person=record.person,
            channel=record.channel,
            rule=_RULE,
            reference=record.reference,
            except_for=record.except_for,
        )

    def _granted(self, record: ImportedConsent, event_id: str, recorded_at: datetime) -> Granted:
        first = first_instant(record.occurred_at, self._zone)
        return Granted(
            **self._common(record, event_id, recorded_at, first),
            person=record.person,
            basis=record.basis,
            tier=record.tier,
            categories=record.categories,
            wording=record.wording,
            signature=record.signature,
            agreement=record.agreement,
            given_to=record.given_to,
            reference=record.reference,
        )

    def _common(
        self,
        record: ImportedOptOut | ImportedConsent,
        event_id: str,
        recorded_at: datetime,
        occurred_at: datetime,
    ) -> _Common:
        return _Common(
            event_id=event_id,
            practice_id=self._plan.practice_id,
            number=record.number,
            occurred_at=occurred_at,
            recorded_at=recorded_at,
            actor=self._plan.by,
            imported=Imported(source=self._plan.source, dated=_dated(record.occurred_at)),
        )

    def _misdated(self, record: ImportedOptOut | ImportedConsent) -> Iterator[Flaw]:
        when = record.occurred_at
        if when is None:
            return
        day = when.date() if isinstance(when, datetime) else when
        if day < _FIRST_TEXT:
            blank = (
                " Leave it empty, if nobody knows." if isinstance(record, ImportedOptOut) else ""
            )
            yield Flaw(column="occurred_at", reason=f"it lies before there were texts.{blank}")
        elif self._is_future(record, day):
            yield Flaw(column="occurred_at", reason="it lies in the future")

    def _is_future(self, record: ImportedOptOut | ImportedConsent, day: date) -> bool:
        when = record.occurred_at
        if not isinstance(when, datetime):
            return day > self._at.astimezone(self._zone).date()
        # Strict for consents, so that an opt-out without a date is never the older one.
        skew = _CLOCK_SKEW if isinstance(record, ImportedOptOut) else timedelta(0)
        return when > self._at + skew

    def _undeclared(self, column: str, names: Iterable[str]) -> Iterator[Flaw]:
        own = self._plan.own_categories
        for name in names:
            if not is_declared(name, own):
                yield Flaw(column=column, reason=why_undeclared(name, own))

    def _unproved(self, record: ImportedConsent) -> Iterator[Flaw]:
        written = record.tier is Tier.PRIOR_EXPRESS_WRITTEN
        if record.wording is None and (written or record.basis.shows_wording):
            yield Flaw(
                column="wording_version",
                reason=f"consent by {record.basis} needs the wording that the patient was shown",
            )
        if written and record.signature is None:
            yield Flaw(column="signer", reason=f"written consent needs a signature ({_LAW})")
        if written and record.agreement is None:
            yield Flaw(
                column="seller",
                reason=f"written consent needs all that its wording must have said ({_LAW})",
            )
        if record.agreement is not None and written:
            found = defects(record.agreement, seller=self._plan.names, number=record.number)
            for defect in found:
                yield Flaw(column=_COLUMN_OF[defect], reason=f"{defect.words} ({defect.citation})")
        if not record.categories:
            yield Flaw(column="categories", reason="a consent covers at least one category")


def _dated(when: date | datetime | None) -> Dated:
    if when is None:
        return Dated.UNKNOWN
    return Dated.INSTANT if isinstance(when, datetime) else Dated.DAY
