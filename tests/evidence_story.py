"""A week of one patient, played through the real flows, and what can be done to its pack."""

from __future__ import annotations

import random
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import pytest
from attrs import evolve

from compliant_sms import Messenger, Practice, Profile, Purpose, Signature, Tier, WebhookRequest
from compliant_sms._callback_signing import TWILIO_SIGNATURE, twilio_signature
from compliant_sms.consent import (
    Link,
    SignatureKind,
    WrittenAgreement,
    about_event,
    from_payload,
    link,
    sealed_payload,
)
from compliant_sms.evidence import (
    ChainRecord,
    Check,
    Checkpoint,
    Dossier,
    EventRecord,
    Result,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    make_pack,
    tree_root,
    verify_pack,
)
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
from compliant_sms.keyring import data_cipher
from compliant_sms.providers import Twilio
from compliant_sms.records import canonical
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores import SQLite
from compliant_sms.testing import MovableClock
from compliant_sms.testing.webhooks import TwilioWebhooks
from conftest import INTAKE_WORDING, MORNING, PATIENT, PERSON, SENDER, SID, TOKEN, WARNING

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
    twilio = TwilioWebhooks(auth_token=TOKEN, number=SENDER)
    messenger.receive(twilio.text(body, sender=PATIENT, at=MORNING, text_id=sid))
    messenger.dispatch_due()


def report(messenger: Messenger, provider_id: str, status: str, **more: str) -> None:
    """Hand in a callback about a text, as Twilio signs it."""
    fields = {"MessageSid": provider_id, "MessageStatus": status, **more}
    url = "https://example.com/status"
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        TWILIO_SIGNATURE: twilio_signature(url, fields.items(), TOKEN),
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


OTHERS = [sha256(bytes([n])).digest() for n in range(5)]


def with_proofs(dossier: Dossier) -> Dossier:
    """Put the events into a tree with those of other numbers, and prove that they are there."""
    own = [bytes.fromhex(record.digest) for chain in dossier.chains for record in chain.events]
    leaves = [leaf_hash(digest) for digest in [*OTHERS[:3], *own, *OTHERS[3:]]]
    places = iter(range(3, len(leaves)))
    chains = [
        evolve(chain, events=tuple(proved(record, leaves, next(places)) for record in chain.events))
        for chain in dossier.chains
    ]
    point = Checkpoint(practice_id="lakeside", size=len(leaves), root=tree_root(leaves), at=UNTIL)
    early = evolve(point, size=4, root=tree_root(leaves[:4]), at=SINCE)
    return evolve(
        dossier,
        chains=tuple(chains),
        checkpoint=str(point),
        earlier=str(early),
        consistency=tuple(map(in_base64, consistency_proof(leaves, 4))),
    )


def proved(record: EventRecord, leaves: list[bytes], place: int) -> EventRecord:
    proof = inclusion_proof(leaves, place)
    return evolve(record, leaf=place, inclusion=tuple(map(in_base64, proof)))


def in_base64(data: bytes) -> str:
    return b64encode(data).decode()


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[bytes]:
    """A week's pack, with a checkpoint."""
    clock = MovableClock(MORNING)
    practice = Practice(
        name="Lakeside Family Medicine",
        phone="+1 217 555 0100",
        time_zone="America/Chicago",
        state="IL",
        id="lakeside",
    )
    account = {"account_sid": SID, "auth_token": TOKEN}
    with (
        Sandbox(**account, numbers=[SENDER], answers_keywords=False, clock=clock) as carrier,
        Messenger(
            practice=practice,
            provider=Twilio(**account, sender=SENDER, base_url=carrier.url, answers_keywords=False),
            store=SQLite(tmp_path_factory.mktemp("told") / "texting.db"),
            people=in_chicago,
            clock=clock,
        ) as messenger,
    ):
        play(messenger, clock)
        plain = messenger.evidence(PATIENT, since=SINCE, until=UNTIL, **WHO).data
        yield make_pack(with_proofs(dossier_of(plain)))


def failures(pack: bytes, **options: Any) -> list[str]:
    """What is wrong, check by check."""
    report = verify_pack(pack, **options)
    assert report.ok is not any(c.result is Result.FAILED for c in report.checks)
    assert all(check.words.endswith(".") for check in report.checks)
    return [check.name for check in report.checks if check.result is Result.FAILED]


def words(pack: bytes, name: str, **options: Any) -> str:
    """What is said of one check."""
    return check(pack, name, **options).words


def check(pack: bytes, name: str, **options: Any) -> Check:
    return next(c for c in verify_pack(pack, **options).checks if c.name == name)


def rewritten(chain: ChainRecord, chance: random.Random) -> ChainRecord:
    """The chain with an event that says something else, and hashes that fit."""
    first = chance.randrange(len(chain.events))
    events: list[EventRecord] = []
    before: Link | bytes = chain.begins("lakeside")
    for position, (record, stored) in enumerate(zip(chain.events, chain.links(), strict=True)):
        payload, event = stored.payload, record.event
        if position == first:
            event = {**(event or {}), "actor": f"somebody-{chance.random()}"}
            payload = canonical(event)
        before = link(chain.chain_id, payload, before)
        events.append(
            evolve(record, payload=in_base64(payload), digest=before.digest.hex(), event=event)
        )
    return evolve(chain, events=tuple(events))


DATA_KEY = b"a data key that nobody guesses!!"


def sealed(dossier: Dossier, key: bytes = DATA_KEY, *, told: bool = True) -> Dossier:
    """The dossier as a store with sealed payloads gives it."""

    def change(chain: ChainRecord) -> ChainRecord:
        events: list[EventRecord] = []
        before: Link | bytes = chain.begins("lakeside")
        for position, record in enumerate(chain.events):
            about = about_event(chain.chain_id, position)
            event = from_payload(canonical(record.event))
            payload = sealed_payload(event, partial(data_cipher(key).seal, about=about))
            before = link(chain.chain_id, payload, before)
            events.append(
                EventRecord(
                    payload=in_base64(payload),
                    digest=before.digest.hex(),
                    event=record.event if told else None,
                )
            )
        return evolve(chain, events=tuple(events), key=in_base64(key) if told else "")

    plain = with_chains(dossier, change)
    return evolve(plain, checkpoint="", earlier="", consistency=())
