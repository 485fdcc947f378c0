"""An event as the bytes that are stored and hashed.

Canonical JSON (see :mod:`compliant_sms.records`) of the event's fields, plus ``kind`` and ``v``,
the version of this encoding.
"""

from __future__ import annotations

import json

from compliant_sms import records
from compliant_sms.consent._events import ConsentEvent, Granted, Restored, Revoked
from compliant_sms.errors import SchemaTooNew

__all__ = ["from_payload", "to_payload"]

_VERSION = 1
_KINDS: dict[str, type[ConsentEvent]] = {
    "granted": Granted,
    "revoked": Revoked,
    "restored": Restored,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def to_payload(event: ConsentEvent) -> bytes:
    """The event as canonical JSON."""
    tag = {"kind": _NAMES[type(event)], "v": _VERSION}
    return records.canonical(tag | records.unstructure(event))


def from_payload(payload: bytes) -> ConsentEvent:
    """The event that :func:`to_payload` made these bytes of.

    Raises:
        SchemaTooNew: a later version of this library made them.
    """
    fields = json.loads(payload)
    if fields["v"] != _VERSION:
        msg = "a consent event was written by a newer compliant_sms: upgrade this installation"
        raise SchemaTooNew(msg)
    return records.structure(fields, _KINDS[fields["kind"]])
