"""The dispute pack: what is in it, and that it is always the same."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import stat
import threading
import zipfile
from base64 import b64decode
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve

from compliant_sms import AsyncMessenger, Blocked, Messenger, Practice, Sent
from compliant_sms.audit import Act
from compliant_sms.consent import Clarified, _fold
from compliant_sms.errors import ConfigurationError, InvalidInput, LedgerTampered
from compliant_sms.evidence import Checkpoint, Dossier, Result, verify_pack
from compliant_sms.evidence_pack import EvidencePack
from compliant_sms.keyring import Keyring, data_cipher
from compliant_sms.lifecycle import State
from compliant_sms.messages import Message
from compliant_sms.providers import Twilio
from compliant_sms.sandbox import Sandbox
from compliant_sms.signing import SigningKey
from compliant_sms.stores import PostgreSQL, SQLite
from compliant_sms.stores._sql._texts import TextRecords
from compliant_sms.testing import MovableClock
from conftest import INTAKE_WORDING, PATIENT, PERSON, SENDER, WARNING
from evidence_story import (
    SINCE,
    STOP,
    UNTIL,
    WHO,
    check,
    dossier_of,
    failures,
    forged,
    in_chicago,
    play,
    report,
)
from test_send import BODY, agree, remind

Make = Callable[..., Messenger]


@pytest.fixture
def told(make_messenger: Make, clock: MovableClock) -> Messenger:
    """A messenger with a week on record."""
    messenger = make_messenger(people=in_chicago)
    play(messenger, clock)
    return messenger


def test_the_pack_holds_everything_on_record(told: Messenger) -> None:
    """Wording, signature, decisions, bodies, steps, callbacks, answers and opt-outs are there."""
    dossier = dossier_of(told.evidence(PATIENT, since=SINCE, until=UNTIL, **WHO).data)
    events = [record.event for chain in dossier.chains for record in chain.events]
    texts = {text.idempotency_key: text for text in dossier.texts}
    first, offer, blocked = texts["visit-1"], texts["offer"], texts["visit-3"]

    assert [chain.person for chain in dossier.chains] == [None, PERSON]
    assert {event["kind"] for event in events} == {
        "granted",
        "phi_preference_stated",
        "revoked",
        "restored",
    }
    grants = [event for event in events if event["kind"] == "granted"]
    assert grants[0]["wording"] == {"text": INTAKE_WORDING.text, "version": "2026-03"}
    assert grants[1]["signature"]["act"] == "ticked an unticked box"
    assert first.decisions[0]["findings"][0]["relies_on"] == grants[0]["event_id"]
    assert first.decisions[0]["findings"][0]["citation"] == "47 CFR 64.1200(a)(1)"
    assert first.decisions[0]["edition"]["packs"][0].startswith("us-")
    assert first.left.body == f"{first.body} Reply STOP to opt out."
    assert [step.state for step in first.steps] == ["claimed", "sent", "delivered"]
    assert [each.state for each in first.reports] == ["delivered"]
    assert texts["visit-2"].reports[0].problem.code == "30003"
    assert [step.state for step in texts["visit-2"].steps][:2] == ["held", "claimed"]
    assert offer.left.message_class == "marketing"
    assert blocked.state == "blocked"
    assert blocked.left is None
    assert [each.body for each in dossier.received] == ["C", STOP, "START"]
    assert dossier.received[0].answers == first.message_id
    assert dossier.received[1].rule == "phrase:en/stop-texting"


def test_a_persons_word_is_in_the_pack(
    make_messenger: Make, carrier: Sandbox, clock: MovableClock
) -> None:
    """Who settled an uncertain text, and how they knew, and nobody's word about another text."""
    messenger = make_messenger(people=in_chicago)
    agree(messenger)
    for key in ("visit-1", "visit-2"):
        carrier.fail_next("accept_then_drop")
        uncertain = remind(messenger, key=key, body=f"{BODY} Bring {key}.")
        clock.advance(timedelta(minutes=1))
        who = {"by": "front-desk:ana", "reason": f"{key} is in their list"}
        messenger.settle(uncertain.message_id, sent=key == "visit-1", **who)
    pack = messenger.evidence(PATIENT, since=SINCE, until=UNTIL, **WHO).data
    first, second = (text.said for text in dossier_of(pack).texts)

    assert [(s.sent, s.by, s.reason) for s in first] == [
        (True, "front-desk:ana", "visit-1 is in their list")
    ]
    assert [s.sent for s in second] == [False]
    assert dossier_of(pack).texts[0].left.sender == SENDER
    assert failures(pack) == []


def test_the_pack_verifies(told: Messenger) -> None:
    """An untouched pack passes every check that can be made without a checkpoint."""
    report = verify_pack(told.evidence(PATIENT, since=SINCE, until=UNTIL, **WHO).data)

    assert report.ok
    assert [c.name for c in report.checks if c.result is not Result.PASSED] == ["inclusion"]


def test_a_pack_of_before_is_no_forgery(told: Messenger, clock: MovableClock) -> None:
    """Decisions told of less, by a version before lifted opt-outs and START were told of."""
    told.consent.revoke(PATIENT, channel="spoken", recorded_by="front-desk:ana")
    clock.advance(timedelta(hours=1))
    agree(told)
    remind(told)
    data = told.evidence(PATIENT, since=SINCE, until=UNTIL, **WHO).data

    consents = [d["facts"]["consent"] for t in dossier_of(data).texts for d in t.decisions]
    assert any("lifted" in each for each in consents)
    assert any(grant.get("restored") for each in consents for grant in each.get("grants", ()))
    assert failures(data) == []
    for left_out in ("lifted",), ("restored",), ("lifted", "restored"):
        before = check(earlier(data, *left_out), "what was known")
        assert before.result is Result.UNCHECKED
        assert "Either those rules said so, or the record was changed" in before.words


def test_a_pack_of_a_household_of_before_is_no_forgery(
    told: Messenger, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer of one narrowed what another had asked for: a decision told so is no forgery."""

    def narrow(folding: _fold._Folding, event: Clarified) -> None:
        folding._stops = [evolve(stop, keep=event.keep) for stop in folding._stops]

    by = {"channel": "spoken", "recorded_by": "front-desk:ana"}
    with monkeypatch.context() as before:
        before.setattr(_fold._Folding, "_narrow", narrow)
        told.consent.revoke(PATIENT, person="pat-882", **by)
        clock.advance(timedelta(hours=1))
        told.consent.clarify(PATIENT, person=PERSON, keep=["appointments"], **by)
        clock.advance(timedelta(hours=1))
        assert isinstance(remind(told), Sent)
    data = told.evidence(PATIENT, since=SINCE, until=UNTIL, **WHO).data

    assert failures(data) == ["what was known"]
    assert check(earlier(data), "what was known").result is Result.UNCHECKED
    assert isinstance(remind(told, "next"), Blocked)


def earlier(pack: bytes, *left_out: str) -> bytes:
    """Have a version make its decisions that told less of consent, and noted no version."""

    def texts(dossier: Dossier) -> Dossier:
        without = partial(_without, left_out)
        told = (evolve(t, decisions=tuple(map(without, t.decisions))) for t in dossier.texts)
        return evolve(dossier, texts=tuple(told))

    return forged(pack, texts)


def _without(names: tuple[str, ...], decision: dict[str, Any]) -> dict[str, Any]:
    consent = {k: v for k, v in decision["facts"]["consent"].items() if k not in names}
    grants = [
        {k: v for k, v in each.items() if k not in names} for each in consent.get("grants", ())
    ]
    told = consent | {"grants": grants} if grants else consent
    edition = {k: v for k, v in decision["edition"].items() if k != "rules_version"}
    return decision | {"edition": edition, "facts": decision["facts"] | {"consent": told}}


def test_the_same_record_at_the_same_instant_gives_the_same_bytes(told: Messenger) -> None:
    """Asking again changes nothing, although the asking itself goes on record."""
    once = told.evidence(PATIENT, since=SINCE, until=UNTIL, **WHO)
    again = told.evidence(PATIENT, since=SINCE, until=UNTIL, **WHO)

    assert once == again
    assert once.sha256 == sha256(once.data).hexdigest()


def test_both_messengers_make_the_same_pack(
    told: Messenger, practice: Practice, provider: Twilio, database: Path, clock: MovableClock
) -> None:
    """The facade for an event loop hands out the same bytes."""

    async def ask() -> EvidencePack:
        async with AsyncMessenger(
            practice=practice, provider=provider, store=SQLite(database), clock=clock
        ) as messenger:
            return await messenger.evidence(PATIENT, since=SINCE, until=UNTIL, **WHO)

    assert asyncio.run(ask()) == told.evidence(PATIENT, since=SINCE, until=UNTIL, **WHO)


def test_the_files_are_those_of_the_manifest(told: Messenger) -> None:
    """Any zip program reads the three files, and the manifest names the hashes of two."""
    pack = told.evidence(PATIENT, since=SINCE, until=UNTIL, **WHO)
    with zipfile.ZipFile(BytesIO(pack.data)) as source:
        files = {entry.filename: source.read(entry) for entry in source.infolist()}
    manifest = json.loads(files.pop("manifest.json"))

    assert sorted(files) == ["evidence.html", "evidence.json"]
    assert manifest["sha256"] == {name: sha256(data).hexdigest() for name, data in files.items()}


def test_taking_evidence_goes_on_record(told: Messenger) -> None:
    """Who took which pack and why stands in the audit log, without the number or its content."""
    pack = told.evidence(PATIENT, since=SINCE, until=UNTIL, **WHO)
    (event,) = [each for each in told.audit() if each.act is Act.EVIDENCE_READ]

    assert (event.actor, event.reason) == (WHO["by"], WHO["reason"])
    assert event.details["sha256"] == pack.sha256
    assert event.details["since"] == "2026-11-30T06:00:00.000000Z"


def test_only_the_period_is_in_it(told: Messenger, clock: MovableClock) -> None:
    """Texts of other days are left out; the chains, and the opt-out's own text, are whole."""
    later = clock() - timedelta(hours=1)
    dossier = dossier_of(told.evidence(PATIENT, since=later, until=UNTIL, **WHO).data)

    assert [text.purpose for text in dossier.texts] == ["opt_in_confirmation"]
    assert [each.body for each in dossier.received] == [STOP, "START"]
    assert [len(chain.events) for chain in dossier.chains] == [2, 3]


def test_a_text_belongs_to_each_period_in_which_something_happened_to_it(
    told: Messenger, clock: MovableClock
) -> None:
    """A text that was held until the next day is in the packs of both days, whole."""
    noon = SINCE + timedelta(hours=30)
    days = [(SINCE, noon), (noon, UNTIL)]
    packs = [
        dossier_of(told.evidence(PATIENT, since=since, until=until, **WHO).data)
        for since, until in days
    ]
    held = [[t for t in each.texts if t.idempotency_key == "visit-2"] for each in packs]

    assert held[0] == held[1]
    assert len(held[0]) == 1


def test_an_empty_record_gives_a_pack_that_says_so(messenger: Messenger) -> None:
    """A number that nobody knows has a pack without content, which verifies."""
    pack = messenger.evidence("+12175550199", since=SINCE, until=UNTIL, **WHO)

    assert verify_pack(pack.data).ok
    assert dossier_of(pack.data).chains == ()
    assert b"Nothing is on record for this period." in pack.data


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"by": " "}, "by is empty"),
        ({"reason": ""}, "reason is empty"),
        ({"since": UNTIL, "until": SINCE}, "ends before it begins"),
        ({"since": SINCE.replace(tzinfo=None)}, "since has no time zone"),
        ({"until": UNTIL.replace(tzinfo=None)}, "until has no time zone"),
        ({"number": "911"}, "not a person's phone number"),
        ({"since": datetime.min.replace(tzinfo=UTC)}, "For all that is on record"),
        ({"until": datetime.max.replace(tzinfo=UTC)}, "beginnings of the years 2000 and 2100"),
        (
            {"until": datetime.max.replace(tzinfo=ZoneInfo("America/Chicago"))},
            "until is out of range",
        ),
    ],
)
def test_a_question_that_cannot_be_meant_is_refused(
    messenger: Messenger, changes: dict[str, object], words: str
) -> None:
    """Nobody's question, an empty period and an instant without a zone are refused with words."""
    asked = {"number": PATIENT, "since": SINCE, "until": UNTIL, **WHO} | changes

    with pytest.raises(InvalidInput, match=words):
        messenger.evidence(**asked)  # type: ignore[arg-type]


def test_an_altered_ledger_gives_no_pack(told: Messenger, database: Path) -> None:
    """Where a record was changed in the database there is no pack that hides it."""
    told.close()
    with closing(sqlite3.connect(database)) as hostile, hostile:
        hostile.execute(
            "UPDATE sms_consent_events SET payload = "
            "CAST(replace(payload, 'intake', 'ontake') AS BLOB)"
        )

    with pytest.raises(LedgerTampered):
        told.evidence(PATIENT, since=SINCE, until=UNTIL, **WHO)


def test_a_pack_is_written_once_and_for_its_owner(told: Messenger, tmp_path: Path) -> None:
    """The file has mode 0600, is never overwritten, and holds the bytes of the pack."""
    pack = told.evidence(PATIENT, since=SINCE, until=UNTIL, **WHO)
    path = pack.write(tmp_path / "ruiz.zip")

    assert path.read_bytes() == pack.data
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(ConfigurationError, match="never overwritten"):
        pack.write(path)
    with pytest.raises(ConfigurationError, match="cannot be written"):
        pack.write(tmp_path / "nowhere" / "ruiz.zip")


def test_a_disk_that_fills_up_leaves_no_half_a_pack(
    told: Messenger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What could not be written whole is taken away again."""
    pack = told.evidence(PATIENT, since=SINCE, until=UNTIL, **WHO)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(ConfigurationError, match="No space left"):
        pack.write(tmp_path / "ruiz.zip")
    assert list(tmp_path.glob("*.zip")) == []


def test_a_pack_shows_nothing_of_itself(told: Messenger) -> None:
    """Neither a pack's repr nor that of what it holds shows a body, a name or a number."""
    pack = told.evidence(PATIENT, since=SINCE, until=UNTIL, **WHO)
    shown = repr(pack) + repr(dossier_of(pack.data))

    assert repr(pack) == (
        f"<EvidencePack of {len(pack.data):,} bytes, SHA-256 {pack.sha256[:16]}...>"
    )
    for secret in (PATIENT, "2175550134", "Ana", "vaccines", INTAKE_WORDING.text, WARNING.text):
        assert secret not in shown


def test_the_pack_is_the_same_from_postgresql(
    make_messenger: Make, clock: MovableClock, postgres_dsn: str
) -> None:
    """The other database gives a pack of the same content, which verifies."""
    store = PostgreSQL(postgres_dsn)
    messenger = make_messenger(store=store, people=in_chicago)
    play(messenger, clock)
    pack = messenger.evidence(PATIENT, since=SINCE, until=UNTIL, **WHO)
    dossier = dossier_of(pack.data)

    assert verify_pack(pack.data).ok
    assert messenger.evidence(PATIENT, since=SINCE, until=UNTIL, **WHO) == pack
    assert [len(chain.events) for chain in dossier.chains] == [2, 3]
    assert [len(text.decisions) for text in dossier.texts] == [1, 2, 1, 1, 1, 1]


@pytest.fixture
def sealed(make_messenger: Make, clock: MovableClock) -> Messenger:
    """A messenger with a week on record, sealed."""
    messenger = make_messenger(people=in_chicago, keyring=Keyring.generate())
    play(messenger, clock)
    return messenger


def test_a_sealed_ledger_is_proved_with_the_key_in_the_pack(sealed: Messenger) -> None:
    """The pack holds the sealed bytes, what they say, and the key that shows that they say it."""
    pack = sealed.evidence(PATIENT, since=SINCE, until=UNTIL, **WHO)
    report = verify_pack(pack.data, ciphers=data_cipher)
    dossier = dossier_of(pack.data)

    assert report.ok
    assert [c.name for c in report.checks if c.result is not Result.PASSED] == ["inclusion"]
    assert all(chain.key for chain in dossier.chains)
    assert dossier.chains[1].events[0].event["wording"]["text"] == INTAKE_WORDING.text
    assert INTAKE_WORDING.text.encode() not in b64decode(dossier.chains[1].events[0].payload)


def test_erased_content_leaves_its_proof(sealed: Messenger) -> None:
    """After an erasure the pack says so, holds the hashes, and still verifies."""
    sealed.erase(PERSON, reason="asked for", by="privacy:kim")
    pack = sealed.evidence(PATIENT, since=SINCE, until=UNTIL, **WHO)
    dossier = dossier_of(pack.data)

    assert verify_pack(pack.data, ciphers=data_cipher).ok
    assert [r.event for c in dossier.chains for r in c.events] == [None] * 5
    assert (dossier.texts, dossier.received) == ((), ())
    assert b"Content erased" in pack.data
    assert b"Opt-out by a way that was erased" in pack.data
    assert b"Ana" not in pack.data


def test_dropped_content_leaves_its_proof(told: Messenger, clock: MovableClock) -> None:
    """After a purge the pack says what was dropped when and why, and still verifies."""
    clock.advance(timedelta(days=366 * 8))
    told.purge(by="it:kim")
    pack = told.evidence(PATIENT, since=SINCE, until=UNTIL, **WHO)
    text = dossier_of(pack.data).texts[0]

    assert verify_pack(pack.data).ok
    assert text.dropped is not None
    assert set(text.dropped.proofs) == {"draft", "departure"}
    assert len(text.dropped_decisions) == 1
    assert dossier_of(pack.data).received[0].dropped is not None
    assert b"vaccines" not in pack.data


def test_events_are_proved_against_checkpoints(told: Messenger, clock: MovableClock) -> None:
    """The newest checkpoint holds each event, grew from the older one, and shows who signed it."""
    key = SigningKey.generate("lakeside.example/ledger")
    early = told.checkpoint(key)
    clock.advance(timedelta(days=1))
    told.consent.revoke(PATIENT, channel="letter", recorded_by="desk")
    told.consent.grant("+12175550135", person="pat-2", basis="spoken", recorded_by="desk")
    newest = told.checkpoint(key)
    pack = told.evidence(PATIENT, since=SINCE, until=UNTIL, **WHO, earlier=early).data
    report = verify_pack(pack, keys=[key.public], against=early)
    records = [record for chain in dossier_of(pack).chains for record in chain.events]

    assert [c.name for c in report.checks if c.result is not Result.PASSED] == []
    assert [record.leaf is not None for record in records] == [True] * 6
    assert (early.size, newest.size) == (5, 7)
    assert dossier_of(pack).checkpoint == str(newest)
    assert dossier_of(pack).earlier == str(early)


def test_what_joined_after_the_checkpoint_has_no_proof_yet(told: Messenger) -> None:
    """An event of after the newest checkpoint is in the pack, and the words count it."""
    told.checkpoint()
    told.consent.revoke(PATIENT, channel="letter", recorded_by="desk")
    (check,) = [
        each
        for each in verify_pack(told.evidence(PATIENT, since=SINCE, until=UNTIL, **WHO).data).checks
        if each.name == "inclusion"
    ]

    assert check.words.endswith("1 joined the ledger later.")


def test_an_earlier_checkpoint_must_be_one_of_before(told: Messenger) -> None:
    """Without a newest checkpoint, with a larger one, or with another practice's, none is made."""
    point = Checkpoint(practice_id="lakeside", size=3, root=bytes(32), at=SINCE)

    def ask(earlier: Checkpoint) -> EvidencePack:
        return told.evidence(PATIENT, since=SINCE, until=UNTIL, **WHO, earlier=earlier)

    with pytest.raises(InvalidInput, match=r"Call messenger.checkpoint\(\) first"):
        ask(point)
    told.checkpoint()
    with pytest.raises(InvalidInput, match="no larger than the newest"):
        ask(evolve(point, size=99))
    with pytest.raises(InvalidInput, match="a checkpoint of this practice"):
        ask(evolve(point, practice_id="elsewhere"))
    with pytest.raises(LedgerTampered, match="altered"):
        ask(point)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE sms_leaves SET digest = zeroblob(32) WHERE leaf = 0",
        "DELETE FROM sms_leaves WHERE leaf = (SELECT max(leaf) FROM sms_leaves)",
        "DELETE FROM sms_leaves",
    ],
)
def test_a_ledger_that_contradicts_its_checkpoint_gives_no_pack(
    told: Messenger, database: Path, change: str
) -> None:
    """Where the tree was changed in the database there is no pack that hides it."""
    told.checkpoint()
    told.close()
    with closing(sqlite3.connect(database)) as hostile, hostile:
        hostile.execute(change)

    with pytest.raises(LedgerTampered):
        told.evidence(PATIENT, since=SINCE, until=UNTIL, **WHO)


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("consent", "sending", "minutes"), [(HOUR, -HOUR, 120), (0 * HOUR, HOUR, 59)]
)
def test_machines_whose_clocks_disagree(
    make_messenger: Make,
    clock: MovableClock,
    consent: timedelta,
    sending: timedelta,
    minutes: int,
) -> None:
    """What one machine knew before another's clock had it is not called tampering."""
    desk = make_messenger(people=in_chicago, clock=lambda: clock() + consent)
    worker = make_messenger(people=in_chicago, clock=lambda: clock() + sending)
    agree(desk)
    sent = remind(worker)
    clock.advance(timedelta(minutes=1))
    report(desk, sent.provider_id, "delivered")
    clock.advance(timedelta(minutes=9))
    desk.consent.revoke(PATIENT, channel="spoken", recorded_by="front-desk:ana", person=PERSON)
    found = verify_pack(desk.evidence(PATIENT, since=SINCE, until=UNTIL, **WHO).data)
    (known,) = [each for each in found.checks if each.name == "what was known"]

    assert found.ok
    assert known.result is Result.UNCHECKED
    assert f"Clocks disagreed by {minutes} minutes" in known.words


def test_a_difference_of_clocks_excuses_nothing_else(
    make_messenger: Make, clock: MovableClock
) -> None:
    """An opt-out that is left out is missed though clocks disagreed by an hour."""
    desk = make_messenger(people=in_chicago, clock=lambda: clock() + HOUR)
    worker = make_messenger(people=in_chicago)
    agree(desk)
    remind(worker)
    clock.advance(timedelta(hours=9))
    desk.consent.revoke(PATIENT, channel="spoken", recorded_by="front-desk:ana", person=PERSON)
    clock.advance(timedelta(days=1))
    remind(worker, "later", body=f"{BODY} again")
    pack = desk.evidence(PATIENT, since=SINCE, until=UNTIL, **WHO).data

    hidden = forged(pack, lambda d: evolve(d, chains=tuple(c for c in d.chains if c.person)))

    assert verify_pack(pack).ok
    assert failures(hidden) == ["what was known"]


class _Between:
    """Runs something as soon as a store has listed the texts to a number."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
        listing = TextRecords.messages_to

        async def messages_to(records: TextRecords, *which: Any) -> list[Message]:
            found = await listing(records, *which)
            monkeypatch.undo()
            happens()
            return found

        monkeypatch.setattr(TextRecords, "messages_to", messages_to)


def test_news_that_comes_while_a_pack_is_made(
    make_messenger: Make, used_postgres_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No pack tells a text's state of before the news and its steps of after it."""
    messenger = make_messenger(store=PostgreSQL(used_postgres_dsn), people=in_chicago)
    agree(messenger)
    sent = remind(messenger)
    assert isinstance(sent, Sent)
    _Between(monkeypatch, lambda: report(messenger, str(sent.provider_id), "delivered"))

    pack = messenger.evidence(PATIENT, since=SINCE, until=UNTIL, **WHO)

    assert failures(pack.data, ciphers=data_cipher) == []
    (text,) = dossier_of(pack.data).texts
    assert text.state == State.DELIVERED


def test_nothing_is_dropped_while_a_pack_is_made(
    make_messenger: Make,
    clock: MovableClock,
    used_postgres_dsn: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A purge that runs beside it waits, so that a pack tells of before it or of after it."""
    messenger = make_messenger(store=PostgreSQL(used_postgres_dsn), people=in_chicago)
    agree(messenger)
    assert isinstance(remind(messenger), Sent)
    clock.advance(timedelta(days=365 * 30))
    purging = threading.Thread(target=lambda: messenger.purge(by="it:kim"))

    def purged() -> None:
        purging.start()
        purging.join(0.5)

    _Between(monkeypatch, purged)

    pack = messenger.evidence(PATIENT, since=SINCE, until=clock(), **WHO)
    purging.join()

    assert failures(pack.data, ciphers=data_cipher) == []
    (text,) = dossier_of(pack.data).texts
    assert len(text.decisions) == 1
    assert text.dropped_decisions == ()
    assert messenger.history(PERSON).texts[0].decisions == ()
