"""A week of one patient, played through the real flows, and what can be done to its pack."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from attrs import evolve

from compliant_sms import Messenger, Profile, Purpose, Signature, Tier, WebhookRequest
from compliant_sms.consent import SignatureKind, WrittenAgreement
from compliant_sms.evidence import ChainRecord, Dossier
from compliant_sms.evidence._files import (
    JSON,
    MANIFEST,
    PAGE,
    archive,
    as_json,
    from_json,
    manifest,
    unpacked,
)
from compliant_sms.evidence._page import page
from compliant_sms.testing import MovableClock, twilio_text
from compliant_sms.testing._twilio import SIGNATURE_HEADER, sign
from conftest import INTAKE_WORDING, PATIENT, PERSON, SENDER, TOKEN, WARNING

SINCE = datetime(2026, 11, 30, 6, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=7)
WHO = {"by": "counsel:j.ortiz", "reason": "Demand letter of December 7"}
STOP = "please stop texting me <script>alert('x')</script>"


def in_chicago(_: str) -> Profile:
    return Profile(time_zone="America/Chicago", state="IL")


def play(messenger: Messenger, clock: MovableClock) -> None:
    """Consent, reminders, an answer, an offer, an opt-out, a blocked text, START."""
    _agree(messenger)
    sent = _send(
        messenger, "visit-1", "Ana, see you Tue at 2:30 PM. Reply C to confirm.", asks="confirm"
    )
    clock.advance(timedelta(seconds=9))
    report(messenger, sent.provider_id, "delivered")
    _say(messenger, "C", 1)
    clock.advance(timedelta(hours=13))
    _send(messenger, "visit-2", "Ana, your visit is on Friday at 9 AM.")
    clock.advance(timedelta(hours=10))
    (sent,) = messenger.dispatch_due()
    report(messenger, sent.provider_id, "undelivered", ErrorCode="30003")
    _send(messenger, "offer", "20% off travel vaccines this week.", purpose=Purpose.PROMOTION)
    clock.advance(timedelta(hours=1))
    _say(messenger, STOP, 2)
    clock.advance(timedelta(hours=1))
    _send(messenger, "visit-3", "Ana, please call us about your visit.")
    clock.advance(timedelta(days=1))
    _say(messenger, "START", 3)


def _agree(messenger: Messenger) -> None:
    desk = messenger.consent
    desk.grant(
        PATIENT,
        person=PERSON,
        basis="intake_form",
        wording=INTAKE_WORDING,
        recorded_by="front-desk:ana",
        occurred_at=datetime(2026, 3, 2, 15, tzinfo=UTC),
        reference="form-1182",
    )
    desk.grant(
        PATIENT,
        person=PERSON,
        basis="web_form",
        tier=Tier.PRIOR_EXPRESS_WRITTEN,
        wording=evolve(INTAKE_WORDING, text="I permit promotional texts.", version="2026-04"),
        recorded_by="web",
        signature=Signature(signer="Ana Ruiz", act="ticked an unticked box", ip_address="::1"),
        agreement=WrittenAgreement(
            seller="Lakeside Family Medicine",
            number=PATIENT,
            signature=SignatureKind.TICKED_BOX,
            authorises_automated_marketing=True,
            not_a_condition_of_purchase=True,
            clear_and_conspicuous=True,
        ),
    )
    desk.record_phi_preference(
        PATIENT, person=PERSON, warning=WARNING, channel="spoken", recorded_by="front-desk:ana"
    )


def _send(messenger: Messenger, key: str, body: str, **more: Any) -> Any:
    purpose = more.pop("purpose", Purpose.APPOINTMENT_REMINDER)
    return messenger.send(
        to=PATIENT,
        person=PERSON,
        purpose=purpose,
        body=f"Lakeside Family Medicine: {body}",
        idempotency_key=key,
        **more,
    )


def _say(messenger: Messenger, body: str, number: int) -> None:
    sid = f"SM{number:032d}"
    messenger.receive(
        twilio_text(body, sender=PATIENT, to=SENDER, auth_token=TOKEN, message_sid=sid)
    )
    messenger.dispatch_due()


def report(messenger: Messenger, provider_id: str, status: str, **more: str) -> None:
    """Hand in a callback about a text, as Twilio signs it."""
    fields = {"MessageSid": provider_id, "MessageStatus": status, **more}
    url = "https://example.com/status"
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        SIGNATURE_HEADER: sign(url, fields.items(), TOKEN),
    }
    messenger.receive(
        WebhookRequest(method="POST", url=url, headers=headers, body=urlencode(fields).encode())
    )


def dossier_of(pack: bytes) -> Dossier:
    """What a pack holds."""
    return from_json(unpacked(pack)[JSON])


def rebuilt(files: dict[str, bytes]) -> bytes:
    """A pack of changed files with a manifest that fits them: what a forger would hand in."""
    content = {name: files[name] for name in (JSON, PAGE) if name in files}
    return archive({**files, MANIFEST: manifest(content)})


def forged(pack: bytes, change: Callable[[Dossier], Dossier]) -> bytes:
    """A pack whose record was changed, and everything around it made to fit."""
    changed = change(dossier_of(pack))
    json = as_json(changed)
    return rebuilt({JSON: json, PAGE: page(from_json(json), json)})


def said_otherwise(pack: bytes, change: Callable[[Dossier], Dossier]) -> bytes:
    """A pack whose JSON alone was changed, with a manifest that fits."""
    return rebuilt({**unpacked(pack), JSON: as_json(change(dossier_of(pack)))})


def with_chains(dossier: Dossier, change: Callable[[ChainRecord], ChainRecord]) -> Dossier:
    """The dossier with each of its chains changed."""
    return evolve(dossier, chains=tuple(map(change, dossier.chains)))
