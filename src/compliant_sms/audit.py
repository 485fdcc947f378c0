"""The audit log: who did what besides sending, and the bytes that are stored of it.

An event says who did it and why. It holds ids, and no body, name or number.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TypeAlias

from attrs import Attribute, field, frozen

from compliant_sms import _given, records
from compliant_sms._masking import repr_of_practice
from compliant_sms.choices import Word
from compliant_sms.clock import as_utc
from compliant_sms.errors import InvalidInput, SchemaTooNew

__all__ = ["Act", "AuditEvent", "Plain", "from_payload", "to_payload"]

Plain: TypeAlias = "str | int | bool | None"
"""The type of a detail."""

_VERSION = 1


class Act(Word):
    """What somebody did."""

    EVIDENCE_READ = "evidence_read"
    """Somebody read or exported what is on record about a person."""
    OVERRIDE_USED = "override_used"
    """A text went out that would have been held or refused without a waiver or an override."""
    PURGED = "purged"
    """Content was dropped because its retention period had passed."""
    HOLD_PLACED = "hold_placed"
    HOLD_LIFTED = "hold_lifted"
    PERSON_ERASED = "person_erased"
    PERSONS_MERGED = "persons_merged"
    """Consents and visits of a patient's record were carried over to the record that stays."""
    PLAINTEXT_ACCEPTED = "plaintext_accepted"
    """Records are stored unencrypted with a real provider, and somebody answers for it."""
    SETTLED_BY_HAND = "settled_by_hand"
    """A person said what became of an uncertain text."""
    CODE_ISSUED = "code_issued"
    """Somebody was given a code that opens a page."""
    PAGE_WITHDRAWN = "page_withdrawn"
    IMPORTED = "imported"
    """Consents or opt-outs were imported from elsewhere."""
    CONSENTS_EXPORTED = "consents_exported"
    """All consents and opt-outs were written to files for another system."""
    PAUSED = "paused"
    """Texts of a kind were stopped until somebody resumes them."""
    RESUMED = "resumed"
    ITEM_DISMISSED = "item_dismissed"
    """A person dealt with a text that did not arrive, so it is no longer listed."""
    OPT_OUTS_SYNCED = "opt_outs_synced"
    """The ledger and a provider's list of opted-out numbers were synchronized."""


def _storable(of: object, attribute: Attribute[str], value: str) -> None:
    _given.text(of, attribute, value)
    _given.utf_8(value, attribute.name)


def _plain(values: Mapping[str, Plain]) -> Mapping[str, Plain]:
    for name, value in values.items():
        if not isinstance(name, str) or not (value is None or isinstance(value, str | int)):
            msg = (
                "a detail of an audit event is of a type that cannot be stored. Pass str, int, "
                "bool or None."
            )
            raise InvalidInput(msg)
    return MappingProxyType(dict(values))


@frozen(kw_only=True)
class AuditEvent:
    """One entry of the audit log.

    Args:
        practice_id: whose log it is.
        act: what was done.
        at: when (aware); stored in UTC.
        actor: who did it, for example ``"front-desk:ana"`` or ``"counsel:j.ortiz"``.
        reason: why.
        subject: what it was done to: the id of a text, a hold or a pack; empty where it concerns
            the whole practice. In place of a number the store writes the number's key.
        details: what else a reader needs to know, as plain values. No body, name or number.

    Raises:
        InvalidInput: ``actor`` or ``reason`` is empty, or a detail cannot be stored.
    """

    practice_id: str = field(validator=_given.told, repr=repr_of_practice)
    act: Act = field(converter=Act)
    at: datetime = field(converter=as_utc)
    actor: str = field(validator=[_given.told, _storable])
    reason: str = field(validator=[_given.told, _storable], repr=False)
    subject: str = field(default="", repr=False, validator=_storable)
    details: Mapping[str, Plain] = field(factory=dict, converter=_plain, hash=False, repr=False)


def to_payload(event: AuditEvent) -> bytes:
    """The event as canonical JSON (:mod:`compliant_sms.records`), as it is hashed and stored."""
    return records.canonical(
        {
            "v": _VERSION,
            "practice_id": event.practice_id,
            "act": event.act.value,
            "at": records.instant_to_text(event.at),
            "actor": event.actor,
            "reason": event.reason,
            "subject": event.subject,
            "details": dict(event.details),
        }
    )


def from_payload(payload: bytes) -> AuditEvent:
    """The event that :func:`to_payload` made these bytes from.

    Raises:
        SchemaTooNew: a newer version of this library wrote them.
    """
    fields = json.loads(payload)
    if fields.pop("v") != _VERSION or fields["act"] not in set(Act):
        msg = "an audit event was written by a newer compliant_sms: upgrade this installation"
        raise SchemaTooNew(msg)
    return AuditEvent(**fields | {"at": records.instant_from_text(fields["at"])})
