"""An event as the bytes that are stored and hashed.

Canonical JSON (see :mod:`compliant_sms.records`) of the event's fields, plus ``kind`` and ``v``,
the version of this encoding. Fields that joined later are left out where they say nothing, so that
old events keep their bytes.
"""

from __future__ import annotations

import json

from compliant_sms import records
from compliant_sms.consent._events import (
    Clarified,
    ConsentEvent,
    Granted,
    PhiPreferenceStated,
    Restored,
    Revoked,
)
from compliant_sms.errors import SchemaTooNew

__all__ = ["from_payload", "to_payload"]

_VERSION = 1
_KINDS: dict[str, type[ConsentEvent]] = {
    "granted": Granted,
    "revoked": Revoked,
    "clarified": Clarified,
    "restored": Restored,
    "phi_preference_stated": PhiPreferenceStated,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}
_JOINED_LATER = frozenset(
    {
        "agreement",
        "given_to",
        "in_reply_to",
        "category",
        "message_class",
        "exempt",
        "clarification_asked",
        "except_for",
        "imported",
    }
)


def to_payload(event: ConsentEvent) -> bytes:
    """The event as canonical JSON."""
    tag = {"kind": _NAMES[type(event)], "v": _VERSION}
    fields = records.unstructure(event)
    told = {name: value for name, value in fields.items() if value or name not in _JOINED_LATER}
    return records.canonical(tag | told)


def from_payload(payload: bytes) -> ConsentEvent:
    """The event that :func:`to_payload` made these bytes of.

    Raises:
        SchemaTooNew: a later version of this library made them.
    """
    fields = json.loads(payload)
    if fields["v"] != _VERSION or fields["kind"] not in _KINDS:
        msg = "a consent event was written by a newer compliant_sms: upgrade this installation"
        raise SchemaTooNew(msg)
    return records.structure(fields, _KINDS[fields["kind"]])
