"""An event as the bytes that are stored and hashed.

Canonical JSON (see :mod:`compliant_sms.records`) of the event's fields, plus ``kind`` and ``v``,
the version of this encoding. Fields that joined later are left out where they say nothing, so that
old events keep their bytes.

A sealed event is canonical JSON too: ``kind``, ``occurred_at`` and ``v`` as above, of what was said
of a number ``why``, and under ``sealed`` the event's bytes as somebody sealed them, in base64. What
stands in the clear tells nothing of anybody, and what stops texts, a revocation or what was said of
a number, counts when nothing else of it can be read any more.
"""

from __future__ import annotations

import json
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable

from compliant_sms import records
from compliant_sms.consent._events import (
    Clarified,
    ConsentEvent,
    Granted,
    NumberFlagged,
    OptInAnswered,
    OptInAsked,
    PhiPreferenceStated,
    Restored,
    Revoked,
    Voided,
)
from compliant_sms.consent._words import Channel, Flag
from compliant_sms.errors import SchemaTooNew
from compliant_sms.phone import PhoneNumber

_VERSION = 1
# Keys are sorted, and every event in the clear has an actor.
_SEALED = b'{"kind":'
_KINDS: dict[str, type[ConsentEvent]] = {
    "granted": Granted,
    "revoked": Revoked,
    "clarified": Clarified,
    "restored": Restored,
    "number_flagged": NumberFlagged,
    "phi_preference_stated": PhiPreferenceStated,
    "opt_in_asked": OptInAsked,
    "opt_in_answered": OptInAnswered,
    "voided": Voided,
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
        "unproven",
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
    fields = records.parsed(payload)
    if fields["v"] != _VERSION or fields["kind"] not in _KINDS:
        msg = "a consent event was written by a newer compliant_sms: upgrade this installation"
        raise SchemaTooNew(msg)
    return records.structure(fields, _KINDS[fields["kind"]])


def about_event(chain_id: str, position: int) -> str:
    """What the sealed bytes of an event are bound to: they open for no other place."""
    return f"sms_consent_events.payload/{chain_id}/{position}"


def sealed_payload(event: ConsentEvent, seal: Callable[[bytes], bytes]) -> bytes:
    """The event as it is kept where its content is sealed."""
    outside = {
        "kind": _NAMES[type(event)],
        "occurred_at": records.instant_to_text(event.occurred_at),
        "sealed": b2a_base64(seal(to_payload(event)), newline=False).decode("ascii"),
        "v": _VERSION,
    }
    if isinstance(event, NumberFlagged):
        outside["why"] = event.why.value
    return records.canonical(outside)


def opened_payload(payload: bytes, unseal: Callable[[bytes], bytes]) -> bytes:
    """What :func:`to_payload` made, also where it was sealed then.

    What lies in the clear goes through ``unseal`` too: only that knows whether it may.
    """
    if not payload.startswith(_SEALED):
        return unseal(payload)
    return unseal(a2b_base64(json.loads(payload)["sealed"]))


def erased_event(
    payload: bytes, event_id: str, practice_id: str, number: PhoneNumber
) -> Revoked | NumberFlagged | None:
    """What is left of a sealed event that can be opened no more, if it stops texts.

    Returns:
        a revocation, which ends all, or what was said of the number; None where it was another
        kind of event: of those nothing is left.
    """
    fields = json.loads(payload)
    occurred_at = records.instant_from_text(fields["occurred_at"])
    if fields["kind"] == _NAMES[NumberFlagged] and "why" in fields:
        return NumberFlagged(
            event_id=event_id,
            practice_id=practice_id,
            number=number,
            occurred_at=occurred_at,
            recorded_at=occurred_at,
            actor="erased",
            why=Flag(fields["why"]),
        )
    if fields["kind"] != _NAMES[Revoked]:
        return None
    return Revoked(
        event_id=event_id,
        practice_id=practice_id,
        number=number,
        occurred_at=occurred_at,
        recorded_at=occurred_at,
        actor="erased",
        channel=Channel.UNKNOWN,
        rule="erased",
    )
