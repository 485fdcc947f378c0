"""At rest: nothing that tells of a patient lies in the clear, and every look-up still works."""

from __future__ import annotations

import re
import sqlite3
import stat
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from attrs import evolve

from compliant_sms import Held, Keyring, Messenger, Plaintext, Practice, Purpose, Sent, records
from compliant_sms.consent import ConsentEvent, Link, link, to_payload
from compliant_sms.driver import finish
from compliant_sms.errors import (
    CannotUnseal,
    CompliantSmsError,
    ConfigurationError,
    InvalidInput,
    LedgerTampered,
    NotOurDatabase,
)
from compliant_sms.flows import rotate_keys
from compliant_sms.flows._receiving._patient_text import take_in
from compliant_sms.imports import Kind, read_opt_outs
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Transaction
from compliant_sms.providers import InboundText, Twilio
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores import PostgreSQL, SQLite
from compliant_sms.stores._vault import Vault
from compliant_sms.testing import MovableClock
from conftest import INTAKE_WORDING, OTHER_SENDERS, PATIENT, PERSON, SENDER
from databases import Server
from test_receive import from_patient
from test_sealed_store import on_disk
from test_send import DAWN, NIGHT, agree, outgoing, remind, waits

pytestmark = pytest.mark.usefixtures(waits.__name__)  # nobody sleeps here
Make = Callable[..., Messenger]
REAL = "https://api.twilio.com"
CANARIES = [PATIENT, PATIENT[2:], PERSON, "okapi", "quagga", "zorilla", "numbat", "Ana,"]
SPOKEN = {"basis": "spoken", "recorded_by": "desk:ana"}


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """A key file with one key."""
    path = tmp_path / "texting.keys"
    Keyring.generate().write(path)
    return path


@pytest.fixture
def sealed(make_messenger: Make, keys: Path) -> Messenger:
    """A messenger whose keyring is that file."""
    return make_messenger(keyring=Keyring.from_file(keys))


def columns(database: Path, sql: str) -> list[tuple[object, ...]]:
    """What a query finds in the raw file."""
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(sql).fetchall()


def a_life(messenger: Messenger) -> None:
    """Consent with a signature, a text, an answer, a STOP."""
    messenger.consent.grant(
        PATIENT,
        person="okapi-person",
        basis="intake_form",
        wording=evolve(INTAKE_WORDING, text="quagga wording"),
        recorded_by="front-desk:zorilla",
    )
    messenger.consent.grant(PATIENT, person=PERSON, basis="spoken", recorded_by="desk:ana")
    assert isinstance(remind(messenger), Sent)
    messenger.receive(from_patient("my numbat hurts", "SM1"))
    messenger.receive(from_patient("STOP", "SM2"))


def test_no_canary_lies_in_the_clear(sealed: Messenger, database: Path) -> None:
    """Neither numbers, persons, wording nor words of anybody: in the file, its log, its index."""
    a_life(sealed)
    while_open = on_disk(database)
    sealed.close()

    for canary in CANARIES:
        assert canary.encode() not in while_open, canary
        assert canary.encode() not in on_disk(database), canary


def test_without_a_keyring_the_same_canaries_are_found(
    make_messenger: Make, database: Path
) -> None:
    """The search finds what is not sealed."""
    a_life(make_messenger())

    for canary in (PATIENT, PERSON, "okapi", "quagga", "zorilla", "numbat"):
        assert canary.encode() in on_disk(database), canary


def test_everything_is_found_again(sealed: Messenger) -> None:
    """By number and by person, as without a keyring."""
    a_life(sealed)
    told = sealed.history(PERSON)

    assert [type(event).__name__ for event in told.consent] == ["Granted", "Revoked"]
    assert {inbound.body for inbound in told.received} == {"my numbat hurts", "STOP"}
    assert len(told.texts) == 2  # the reminder, and the confirmation of the STOP
    assert sealed.consent.state(PATIENT, person=PERSON).revocation is not None
    assert sealed.verify_ledger().events == 3


def test_a_callback_without_an_id_is_known_again_by_nothing_that_can_be_tried(
    sealed: Messenger, database: Path
) -> None:
    """A gateway's hash of number and words is no hash of theirs on disk."""
    event = InboundText(
        key="5a" * 32, provider_id="", sender=PhoneNumber(PATIENT), to=None, body="Okay"
    )
    ports = sealed._ports
    run = ports.store.run

    def come_in() -> bool:
        return finish(run(lambda tx: take_in(tx, ports, ports.practice, "gateway", event))).new

    assert (come_in(), come_in()) == (True, False)
    assert b"5a" * 32 not in on_disk(database)
    (inbound,) = finish(run(lambda tx: tx.inbound_from("lakeside", PhoneNumber(PATIENT))))
    assert inbound.provider_key == "5a" * 32


def test_an_index_is_the_practice_s_own(
    make_messenger: Make, practice: Practice, keys: Path, database: Path
) -> None:
    """The same number of two practices cannot be told to be the same."""
    ring, store = Keyring.from_file(keys), SQLite(database)
    for name in ("lakeside", "hilltop"):
        agree(make_messenger(practice=evolve(practice, id=name), store=store, keyring=ring))
    rows = columns(database, "SELECT number, person FROM sms_chains")

    assert len(rows) == len({number for number, _ in rows}) == len({who for _, who in rows}) == 2
    assert all(re.fullmatch("[0-9a-f]{32}", str(value)) for row in rows for value in row)


def test_two_that_begin_at_once_share_one_index(
    make_messenger: Make, keys: Path, database: Path
) -> None:
    """Whoever comes second finds what the first one wrote."""
    first = make_messenger(keyring=Keyring.from_file(keys))
    second = make_messenger(keyring=Keyring.from_file(keys))
    second.check(
        to=PATIENT,
        person=PERSON,
        purpose=Purpose.APPOINTMENT_REMINDER,
        body="Lakeside Family Medicine: see you.",
    )  # looks up, before there is an index
    agree(first)

    assert isinstance(remind(second), Sent)
    assert len(columns(database, "SELECT * FROM sms_vaults")) == 1


def test_a_failed_commit_leaves_no_index_in_memory(sealed: Messenger, database: Path) -> None:
    """What a failed transaction had read is forgotten, so that nothing is filed astray."""
    vault = sealed._ports.store._store._vault  # type: ignore[attr-defined]
    agree(sealed)
    remind(sealed)
    assert vault.known
    with closing(sqlite3.connect(database)) as other:
        other.execute("BEGIN IMMEDIATE")
        sealed._store._busy_timeout = 0  # type: ignore[attr-defined]
        sealed._store.close()
        with pytest.raises(Exception, match="locked"):
            remind(sealed, "2")

    assert not vault.known
    assert isinstance(remind(sealed, "2", body="Lakeside Family Medicine: see you."), Sent)


def test_an_interrupted_batch_leaves_no_index_in_memory(
    sealed: Messenger, make_messenger: Make, keys: Path
) -> None:
    """A signal undoes what others had read of the batch; a STOP is filed where all find it."""
    store, vault = sealed._store, sealed._ports.store._store._vault  # type: ignore[attr-defined]

    async def begins(tx: Transaction) -> None:
        await tx.remember_rows("lakeside", Kind.OPT_OUT, {b"row"})

    async def looks(tx: Transaction) -> None:
        await tx.seals("lakeside")

    async def is_interrupted(_: Transaction) -> None:
        raise KeyboardInterrupt

    jobs = [store._enqueue(work, vault) for work in (begins, looks, is_interrupted)]  # type: ignore[union-attr]
    with pytest.raises(KeyboardInterrupt):
        store._finish(jobs[0])  # type: ignore[union-attr]

    assert not vault.known
    sealed.receive(from_patient("STOP", "SM1"))
    other = make_messenger(keyring=Keyring.from_file(keys))
    assert other.consent.state(PATIENT, person=PERSON).revocation is not None


def test_a_practice_is_looked_up_until_it_is_there(
    sealed: Messenger, make_messenger: Make, keys: Path, database: Path
) -> None:
    """What is known of a practice is not asked for again; whoever begins later has the say."""
    agree(sealed)
    known = sealed._ports.store._store._vault.enrolled  # type: ignore[attr-defined]
    for number in range(2):
        assert not known  # only what was read, and so committed, counts
        remind(sealed, f"{number}", body=f"Lakeside Family Medicine: see you at {number + 1} PM.")
    assert list(known) == [SENDER]

    renamed = evolve(sealed._ports.practice, also_known_as=("Lakeside",))
    later = make_messenger(keyring=Keyring.from_file(keys), practice=renamed)
    for key, messenger in (("a", later), ("b", sealed)):
        remind(messenger, key, body=f"Lakeside Family Medicine: see you {key}.")
    ((record,),) = columns(database, "SELECT record FROM sms_practices")
    assert b'"also_known_as":["Lakeside"]' in record  # type: ignore[operator]


# Rotation


def wrapped_by(database: Path) -> set[object]:
    """The ids of the keys that seal anything."""
    rows = columns(
        database,
        "SELECT key_id FROM sms_chains UNION SELECT key_id FROM sms_vaults",
    )
    return {key_id for (key_id,) in rows}


def test_rotation_while_running(sealed: Messenger, keys: Path, database: Path) -> None:
    """A new key seals every data key; whoever runs with the old file goes on; hashes stay."""
    a_life(sealed)
    before = columns(database, "SELECT digest FROM sms_consent_events")
    old = Keyring.from_file(keys)
    old.with_new_key().replace(keys)
    newest = Keyring.from_file(keys).newest
    seen: list[tuple[int, int]] = []
    with Messenger(
        practice=sealed._ports.practice,
        provider=sealed._ports.provider,
        store=SQLite(database),
        keyring=Keyring.from_file(keys),
    ) as rotating:
        done = rotating.rotate_keys(progress=lambda done, of: seen.append((done, of)))
        assert rotating.rotate_keys() == 0

    assert done == 4  # three chains and the index
    assert seen == [(1, 4), (4, 4)]  # the index first
    assert wrapped_by(database) == {newest}
    assert columns(database, "SELECT digest FROM sms_consent_events") == before
    # The messenger from before has read its key file again.
    assert {i.body for i in sealed.history(PERSON).received} == {"my numbat hurts", "STOP"}
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    assert old.key_ids[0] in Keyring.from_file(keys).key_ids


def test_a_rotation_that_was_cut_short_goes_on(
    sealed: Messenger, keys: Path, database: Path
) -> None:
    """Each batch is whole; what is done is not done again."""
    a_life(sealed)
    Keyring.from_file(keys).with_new_key().replace(keys)
    store = SQLite(database).blocking(Keyring.from_file(keys))

    assert finish(store.run(lambda tx: tx.to_rewrap())) == 4
    assert finish(store.run(lambda tx: tx.rewrap(1))) == 1
    assert finish(store.run(lambda tx: tx.to_rewrap())) == 3
    assert finish(store.run(lambda tx: tx.rewrap(100))) == 3
    assert finish(store.run(lambda tx: tx.to_rewrap())) == 0
    assert wrapped_by(database) == {Keyring.from_file(keys).newest}


def test_a_key_that_joins_meanwhile_seems_not_to_have_sealed(database: Path) -> None:
    """Whoever destroys the older key afterwards must not lose what it sealed."""
    old, later = Keyring.generate(), Keyring.generate()

    class Joining:
        """Another thread reads the key file again while this one seals."""

        newest = old.newest

        def seal(self, plain: bytes, about: str) -> bytes:
            self.newest = later.newest
            return old.seal(plain, about)

        def __getattr__(self, name: str) -> object:
            return getattr(old, name)

    store = SQLite(database)

    async def begins(tx: Transaction) -> None:
        await tx.remember_rows("lakeside", Kind.OPT_OUT, {b"row"})

    finish(store.blocking(Joining()).run(begins))  # type: ignore[arg-type]
    store.close()

    assert wrapped_by(database) == {old.newest}


def rotated(keys: Path, make: Make, **changes: object) -> str:
    """Put a new key on top and seal everything with it, as another process does; its id."""
    Keyring.from_file(keys).with_new_key().replace(keys)
    ring = Keyring.from_file(keys)
    rotating = make(keyring=ring, **changes)
    rotating.rotate_keys()
    assert rotating.rotate_keys() == 0
    return ring.newest


def granted(messenger: Messenger) -> None:
    messenger.consent.grant("+12175550188", person="a new one", **SPOKEN)


def imported(messenger: Messenger) -> None:
    stops = read_opt_outs([b"number\n", b"217-555-0188\n"], time_zone="America/Chicago")
    messenger.import_consents((), opt_outs=stops, source="old-ehr", by="it:j.ortiz")


def written_in(messenger: Messenger) -> None:
    messenger.receive(from_patient("hello", "SM9", sender="+12175550188"))


def erased_and_back(messenger: Messenger) -> None:
    messenger.erase(PERSON, reason="matter 4711", by="privacy:kim")
    agree(messenger)


def another_practice(messenger: Messenger) -> None:
    with Messenger(
        practice=_other(messenger),
        provider=evolve(messenger._ports.provider, sender=OTHER_SENDERS[0]),
        store=messenger._store,
        keyring=messenger._keyring,
    ) as other:
        agree(other)


@pytest.mark.parametrize(
    "begins", [granted, imported, written_in, erased_and_back, another_practice]
)
def test_after_a_rotation_no_older_key_seals(
    sealed: Messenger,
    keys: Path,
    make_messenger: Make,
    database: Path,
    begins: Callable[[Messenger], None],
) -> None:
    """A process that has opened nothing since learns of the new key before it keeps anything."""
    agree(sealed)
    sealed.history(PERSON)  # since then it knows the index
    newest = rotated(keys, make_messenger)

    begins(sealed)

    assert wrapped_by(database) == {newest}


def test_between_adding_and_rotating_the_newest_key_seals(
    sealed: Messenger, keys: Path, make_messenger: Make, database: Path
) -> None:
    """Whoever starts in between knows both, and needs nobody to have rotated."""
    agree(sealed)
    older = Keyring.from_file(keys).newest
    Keyring.from_file(keys).with_new_key().replace(keys)
    granted(make_messenger(keyring=Keyring.from_file(keys)))
    written_in(sealed)

    sealing = columns(database, "SELECT key_id, count(*) FROM sms_chains GROUP BY key_id")
    assert dict(sealing) == {older: 2, Keyring.from_file(keys).newest: 1}  # type: ignore[arg-type]


def test_keys_that_cannot_be_read_again_seal_nothing_more(
    keys: Path, make_messenger: Make, database: Path
) -> None:
    """A keyring of a text does not learn; what it would seal is refused rather than lost later."""
    sealed = make_messenger(keyring=Keyring.parse(keys.read_text()))
    agree(sealed)
    sealed.history(PERSON)  # since then it knows the index
    newest = rotated(keys, make_messenger)

    for begins in (granted, imported, written_in):
        with pytest.raises(CannotUnseal, match=newest):
            begins(sealed)
    assert wrapped_by(database) == {newest}


def test_a_rotation_waits_for_whoever_begins_a_chain(
    make_messenger: Make, keys: Path, postgres_dsn: str
) -> None:
    """On PostgreSQL too nothing is left behind that an older key sealed."""
    store = PostgreSQL(postgres_dsn)
    sealed = make_messenger(store=store, keyring=Keyring.from_file(keys))
    agree(sealed)
    with psycopg.connect(postgres_dsn) as host, ThreadPoolExecutor(1) as elsewhere:
        granted(sealed.within(host))  # type: ignore[arg-type]
        rotation = elsewhere.submit(rotated, keys, make_messenger, store=store)
        with pytest.raises(TimeoutError):
            rotation.result(timeout=0.5)
        host.commit()
        newest = rotation.result(timeout=30)
        sealing = host.execute("SELECT key_id FROM sms_chains").fetchall()

    assert sealing == [(newest,), (newest,)]


def test_whoever_waited_for_a_rotation_seals_with_its_key(
    make_messenger: Make, keys: Path, postgres_dsn: str
) -> None:
    """What was read before the wait counts no more."""
    store = PostgreSQL(postgres_dsn)
    sealed = make_messenger(store=store, keyring=Keyring.from_file(keys))
    agree(sealed)
    Keyring.from_file(keys).with_new_key().replace(keys)
    with psycopg.connect(postgres_dsn) as host, ThreadPoolExecutor(1) as elsewhere:
        joined = PostgreSQL(postgres_dsn).joined(host, Keyring.from_file(keys))
        assert finish(joined.run(lambda tx: tx.rewrap(1))) == 1
        grant = elsewhere.submit(granted, sealed)
        with pytest.raises(TimeoutError):
            grant.result(timeout=0.5)
        host.commit()
        grant.result(timeout=30)
        sealing = host.execute("SELECT DISTINCT key_id FROM sms_chains ORDER BY 1").fetchall()

    assert {key_id for (key_id,) in sealing} == set(Keyring.from_file(keys).key_ids)


def test_another_practice_s_keys_are_left_alone(
    sealed: Messenger, keys: Path, make_messenger: Make, practice: Practice
) -> None:
    """Practices with keyrings of their own in one database rotate each for themselves."""
    a_life(sealed)
    other = make_messenger(
        practice=evolve(practice, id="hilltop"),
        provider=evolve(sealed._ports.provider, sender=OTHER_SENDERS[0]),
        keyring=Keyring.generate(),
    )
    other.consent.grant("+12175550188", person="pat-1", **SPOKEN)
    Keyring.from_file(keys).with_new_key().replace(keys)
    rotating = make_messenger(keyring=Keyring.from_file(keys))

    assert rotating.rotate_keys() == 4
    assert rotating.rotate_keys() == 0
    assert other.consent.events("+12175550188")[0].person == "pat-1"


def test_whoever_rotates_reads_the_key_file_again(
    sealed: Messenger, keys: Path, database: Path
) -> None:
    """A process from before the new key does not say that nothing is left to do."""
    a_life(sealed)
    Keyring.from_file(keys).with_new_key().replace(keys)

    assert sealed.rotate_keys() == 4
    assert wrapped_by(database) == {Keyring.from_file(keys).newest}
    assert sealed.rotate_keys() == 0


def test_nothing_is_called_done_that_is_sealed_with_an_unknown_key(
    sealed: Messenger, keys: Path, make_messenger: Make
) -> None:
    """A process with a copy of the older keys says that it lacks the newest one."""
    a_life(sealed)
    before = make_messenger(keyring=Keyring.parse(keys.read_text()))
    assert before.history(PERSON).received
    Keyring.from_file(keys).with_new_key().replace(keys)
    assert sealed.rotate_keys() == 4

    with pytest.raises(CannotUnseal, match=Keyring.from_file(keys).newest):
        before.rotate_keys()


def test_keys_that_nothing_can_join_are_rotated_as_they_are(database: Path) -> None:
    """What stands in for a keyring need not be able to read anything again."""
    older = Keyring({"k1": bytes(32)})
    ring = Keyring({"k2": b"2" * 32, "k1": bytes(32)})

    class FromElsewhere:
        """A keyring of a host's own, as it was before there was ``refresh()``."""

        newest, key_ids = ring.newest, ring.key_ids
        seal, open = ring.seal, ring.open
        new_data_key, cipher = ring.new_data_key, ring.cipher

    async def begins(tx: Transaction) -> None:
        await tx.remember_rows("lakeside", Kind.OPT_OUT, {b"row"})

    store = SQLite(database)
    finish(store.blocking(older).run(begins))

    assert finish(rotate_keys(store.blocking(FromElsewhere()), practice_id="lakeside")) == 1
    assert wrapped_by(database) == {"k2"}
    store.close()


def test_there_is_nothing_to_rotate_in_the_clear(make_messenger: Make) -> None:
    """Without a keyring no key is sealed."""
    messenger = make_messenger()
    agree(messenger)

    assert messenger.rotate_keys() == 0


def test_a_lost_key_is_named(sealed: Messenger, keys: Path, make_messenger: Make) -> None:
    """Whoever removed a line too early is told which, by its id."""
    a_life(sealed)
    lost = Keyring.from_file(keys).newest
    other = make_messenger(keyring=Keyring.generate())

    with pytest.raises(CannotUnseal, match=lost):
        other.history(PERSON)


def test_the_key_of_a_chain_opens_its_records(sealed: Messenger, database: Path) -> None:
    """Whoever is given it can check what was sealed; there is none for a chain that is not."""
    a_life(sealed)
    (chain_id,) = columns(database, "SELECT min(chain_id) FROM sms_chains")[0]
    run, practice_id = sealed._ports.store.run, sealed.practice.id

    key = finish(run(lambda tx: tx.data_key(practice_id, str(chain_id))))
    assert key is not None
    assert len(key) == 32
    assert finish(run(lambda tx: tx.data_key(practice_id, "nobody"))) is None


# Plaintext


def test_a_real_provider_needs_a_keyring_or_a_reason(
    make_messenger: Make, provider: Twilio
) -> None:
    """The error says how to make a keyring, and what else to pass."""
    real = evolve(provider, base_url=REAL)
    with pytest.raises(ConfigurationError, match="compliant-sms keys new") as caught:
        make_messenger(provider=real)

    assert "Plaintext(reason=...)" in str(caught.value)
    make_messenger(provider=real, keyring=Plaintext(reason="the disk is encrypted"))


def test_a_reason_goes_on_record(make_messenger: Make, database: Path) -> None:
    """Beside what it is the reason for, and on the audit log: once, and again when it changes."""
    first = make_messenger(keyring=Plaintext(reason="the disk is encrypted"))
    agree(first)
    remind(first)
    remind(first, "2")
    second = make_messenger(keyring=Plaintext(reason="so is the new disk"))
    remind(second, "3")

    assert columns(database, "SELECT plaintext FROM sms_vaults") == [("the disk is encrypted",)]
    assert [(event.act, event.reason) for event in second.audit()] == [
        ("plaintext_accepted", "the disk is encrypted"),
        ("plaintext_accepted", "so is the new disk"),
    ]


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_reason_says_something(reason: str) -> None:
    """An empty one is refused."""
    with pytest.raises(InvalidInput, match="needs a reason"):
        Plaintext(reason=reason)


def test_the_clear_and_the_sealed_never_mix(
    sealed: Messenger, make_messenger: Make, carrier: Sandbox
) -> None:
    """Whoever opens a sealed practice without its keyring is refused before anything is sent."""
    a_life(sealed)
    sent = len(outgoing(carrier))
    clear = make_messenger(keyring=Plaintext(reason="forgot"))
    for attempt in (
        lambda: remind(clear, "9"),
        lambda: agree(clear),
        lambda: clear.receive(from_patient("STOP", "SM9")),
    ):
        with pytest.raises(CannotUnseal, match="sealed"):
            attempt()

    assert len(outgoing(carrier)) == sent


# What lies in the file can be read without a number.


@pytest.fixture
def held(sealed: Messenger, clock: MovableClock) -> Messenger:
    """A messenger with a text that waits for the morning."""
    agree(sealed)
    clock.move_to(NIGHT)
    remind(sealed)
    return sealed


def test_what_waits_is_found_and_sent(
    held: Messenger, clock: MovableClock, carrier: Sandbox
) -> None:
    """Dispatch decides about sealed texts as about others."""
    clock.move_to(DAWN)

    assert [type(outcome) for outcome in held.dispatch_due()] == [Sent]
    assert len(outgoing(carrier)) == 1


def test_a_chain_tells_whose_it_is(sealed: Messenger) -> None:
    """The number and the person of a sealed chain come back through the store alone."""
    a_life(sealed)
    chains = finish(sealed._ports.store.run(lambda tx: tx.chains("lakeside")))

    assert {(chain.number, chain.person) for chain in chains} == {
        (PhoneNumber(PATIENT), None),
        (PhoneNumber(PATIENT), PERSON),
        (PhoneNumber(PATIENT), "okapi-person"),
    }


# Elsewhere than in the file


def test_no_canary_lies_in_a_backup(sealed: Messenger, database: Path, tmp_path: Path) -> None:
    """A copy that SQLite makes while the messenger runs tells as little as the file."""
    a_life(sealed)
    copy = tmp_path / "copy.db"
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)

    assert len(columns(copy, "SELECT * FROM sms_messages")) == 2
    for canary in CANARIES:
        assert canary.encode() not in copy.read_bytes(), canary


def test_no_canary_lies_in_postgresql(
    make_messenger: Make, keys: Path, postgres: Server, postgres_dsn: str
) -> None:
    """Neither in the server's tables nor in its write-ahead log, nor in its own log."""
    with psycopg.connect(postgres_dsn) as connection:
        local = connection.info.host.startswith("/")
        ((folder,),) = connection.execute("SHOW data_directory").fetchall()
        ((oid,),) = connection.execute(
            "SELECT oid FROM pg_database WHERE datname = current_database()"
        ).fetchall()
    if not local:
        pytest.skip("the server's files lie on another machine")
    # Other tests write to the same server: nobody else knows these.
    number, person, words = "+12175550188", f"okapi-{uuid4().hex}", f"numbat {uuid4().hex}"
    messenger = make_messenger(store=PostgreSQL(postgres_dsn), keyring=Keyring.from_file(keys))
    messenger.consent.grant(number, person=person, **SPOKEN)
    body = f"Lakeside Family Medicine: {words}"
    messenger.send(
        to=number,
        person=person,
        purpose=Purpose.APPOINTMENT_REMINDER,
        body=body,
        idempotency_key="1",
    )
    plainly = make_messenger(
        store=PostgreSQL(postgres_dsn),
        practice=_other(messenger),
        provider=evolve(messenger._ports.provider, sender=OTHER_SENDERS[0]),
    )
    plainly.consent.grant("+12175550199", person="visible-aye-aye", **SPOKEN)
    postgres.run("CHECKPOINT")
    written = b"".join(
        path.read_bytes()
        for part in (f"base/{oid}", "pg_wal", "log")
        for path in sorted(Path(folder, part).glob("*"))
        if path.is_file()
    )

    assert messenger.history(person).texts[0].message.draft.body == body
    assert b"visible-aye-aye" in written
    for canary in (number, person, words):
        assert canary.encode() not in written, canary


def _other(messenger: Messenger) -> Practice:
    return evolve(messenger._ports.practice, id="hilltop")


def test_no_canary_stands_in_what_an_error_tells(
    sealed: Messenger, database: Path, make_messenger: Make
) -> None:
    """Neither in its words nor in those of what caused it."""
    a_life(sealed)
    with closing(sqlite3.connect(database)) as other, other:
        other.execute("UPDATE sms_messages SET draft = CAST(substr(draft, 1, 60) AS BLOB)")
        other.execute(
            """UPDATE sms_consent_events
            SET payload = CAST(replace(payload, 'sealed":"A', 'sealed":"B') AS BLOB)"""
        )
    told: list[str] = []
    for attempt in (
        lambda: sealed.history(PERSON),
        lambda: remind(sealed),
        sealed.verify_ledger,
        lambda: make_messenger(keyring=Keyring.generate()).history(PERSON),
    ):
        with pytest.raises(CompliantSmsError) as caught:
            attempt()
        told.append("".join(traceback.format_exception(caught.value)))

    for canary in CANARIES:
        assert canary not in "".join(told), canary


@pytest.mark.parametrize("database_kind", ["sqlite", "postgresql"], indirect=True)
@pytest.mark.parametrize("in_the_clear", [False, True])
def test_half_a_character_is_refused(
    make_messenger: Make, keys: Path, *, in_the_clear: bool
) -> None:
    """Wherever it is passed, before anything is recorded, and nobody is shown the text."""
    messenger = make_messenger(keyring=None if in_the_clear else Keyring.from_file(keys))
    agree(messenger)
    broken = "okapi \ud800"
    asked: list[Callable[[], object]] = [
        lambda: messenger.history(broken),
        lambda: messenger.cancel(broken),
        lambda: messenger.legal_holds.place(person=broken, reason="x", by="y"),
        lambda: messenger.legal_holds.place(person=PERSON, reason=broken, by="y"),
        lambda: messenger.pause(by="y", reason=broken),
        lambda: messenger.resume(by="y", reason=broken),
    ]
    for ask in asked:
        with pytest.raises(InvalidInput, match="half a surrogate pair") as caught:
            ask()
        assert not any("okapi" in line for line in traceback.format_exception_only(caught.value))
        assert caught.value.__context__ is None
    assert messenger.legal_holds.list() == ()
    assert messenger.audit() == ()
    assert isinstance(remind(messenger), Sent)


def test_nothing_in_the_clear_is_believed(sealed: Messenger, database: Path) -> None:
    """Whoever can write to the file, and has no key, cannot put words into anybody's mouth."""
    a_life(sealed)
    message = sealed.history(PERSON).texts[0].message
    forged = records.encode(evolve(message.draft, body="Lakeside Family Medicine: send money."))
    with closing(sqlite3.connect(database)) as other, other:
        other.execute("UPDATE sms_messages SET draft = ?", (forged,))

    with pytest.raises(CannotUnseal):
        sealed.history(PERSON)


def test_a_grant_in_the_clear_is_not_believed(
    sealed: Messenger, database: Path, carrier: Sandbox
) -> None:
    """Not even where it continues its chain: that takes no key."""
    event = agreed(sealed)
    forged = to_payload(evolve(event, occurred_at=event.occurred_at + timedelta(seconds=1)))
    with closing(sqlite3.connect(database)) as other, other:
        cursor = other.execute("SELECT chain_id, position, payload, digest FROM sms_consent_events")
        names = [column[0] for column in cursor.description]
        (last,) = [Link(**dict(zip(names, row, strict=True))) for row in cursor]
        new = link(last.chain_id, forged, last)
        other.execute(
            """INSERT INTO sms_consent_events (chain_id, position, payload, digest)
            VALUES (?, ?, ?, ?)""",
            (new.chain_id, new.position, new.payload, new.digest),
        )

    with pytest.raises(CannotUnseal):
        remind(sealed)
    assert outgoing(carrier) == []


@pytest.mark.parametrize("change", ["purged = '{}'", "purged = NULL"])
def test_without_their_key_nothing_in_the_clear_is_believed(
    sealed: Messenger, database: Path, carrier: Sandbox, clock: MovableClock, change: str
) -> None:
    """Whoever takes a person's key away, or calls a text purged, cannot have another one sent."""
    agreed(sealed)
    clock.move_to(NIGHT)
    held = remind(sealed)
    assert isinstance(held, Held)
    draft = sealed.history(PERSON).texts[0].message.draft
    forged = records.encode(evolve(draft, body="Lakeside Family Medicine: send money."))
    with closing(sqlite3.connect(database)) as other, other:
        other.execute(f"UPDATE sms_messages SET draft = ?, {change}", (forged,))
        if "NULL" in change:
            other.execute("UPDATE sms_chains SET data_key = NULL")
    clock.move_to(held.until)

    with pytest.raises(CannotUnseal):
        sealed.dispatch_due()
    assert outgoing(carrier) == []


def test_after_erasure_nothing_is_kept_in_the_clear() -> None:
    """A record that comes too late is refused rather than kept for all to read."""
    erased = Vault(Keyring.generate()).subject("chain", None)

    with pytest.raises(CannotUnseal):
        erased.seal(b"{}", "about")


def agreed(messenger: Messenger) -> ConsentEvent:
    """The event of a patient's consent."""
    return messenger.consent.grant(PATIENT, person=PERSON, basis="spoken", recorded_by="desk:ana")


@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        ('UPDATE sms_messages SET draft = CAST(\'{"body":"okapi"}\' AS BLOB)', NotOurDatabase),
        ("UPDATE sms_messages SET departure = CAST('okapi' AS BLOB)", NotOurDatabase),
        (
            """UPDATE sms_consent_events
            SET payload = CAST('{\"number\":\"okapi\"}' AS BLOB)""",
            LedgerTampered,
        ),
        ("UPDATE sms_consent_events SET payload = 'okapi'", LedgerTampered),
    ],
)
def test_what_is_damaged_is_told_and_not_shown(
    make_messenger: Make, database: Path, damage: str, kind: type[CompliantSmsError]
) -> None:
    """In the clear too: an error of ours, and nothing of the record."""
    messenger = make_messenger()
    agree(messenger)
    remind(messenger)
    with closing(sqlite3.connect(database)) as other, other:
        other.execute(damage)

    with pytest.raises(kind) as caught:
        messenger.history(PERSON)
    assert "okapi" not in "".join(traceback.format_exception(caught.value))
