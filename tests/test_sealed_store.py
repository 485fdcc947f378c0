"""With a keyring no body lies in the database in the clear; without it none can be read."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from compliant_sms import AsyncMessenger, Messenger, Practice, Purpose, Sent
from compliant_sms.errors import CannotUnseal, ConfigurationError, UnknownMessage
from compliant_sms.imports import read_consents
from compliant_sms.keyring import Keyring
from compliant_sms.providers import Twilio
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores import PostgreSQL, SQLite
from compliant_sms.stores._postgres._links import _BlockingLink as BlockingLink
from compliant_sms.stores._postgres._pipeline import Answer, Statement
from compliant_sms.testing import MovableClock
from conftest import OTHER_SENDERS, PATIENT, PERSON
from test_receive import callback, from_patient
from test_send import BODY, NIGHT, agree, outgoing, remind, waits

pytestmark = pytest.mark.usefixtures(waits.__name__)  # nobody sleeps here
Make = Callable[..., Messenger]
OUT = "Lakeside Family Medicine: Ana, see you soon, okapi. Reply STOP to opt out."
HELD = "Lakeside Family Medicine: Ana, see you soon, quagga. Reply STOP to opt out."
IN = "My zebra hurts"
CANARIES = [b"okapi", b"quagga", b"zebra", b"see you soon"]


@pytest.fixture
def keyring() -> Keyring:
    return Keyring.generate()


@pytest.fixture
def sealed(make_messenger: Make, keyring: Keyring) -> Messenger:
    """A messenger with a keyring, whose patient agreed."""
    messenger = make_messenger(keyring=keyring)
    agree(messenger)
    return messenger


def on_disk(database: Path) -> bytes:
    """Whatever the database has written: the file, its log, its index."""
    return b"".join(file.read_bytes() for file in database.parent.glob(f"{database.name}*"))


def bodies(messenger: Messenger) -> list[str]:
    """All bodies that the history shows."""
    told = messenger.history(PERSON)
    texts = [*(text.message.draft for text in told.texts), *told.received]
    return sorted(text.body for text in texts)


def a_day(messenger: Messenger, clock: MovableClock) -> None:
    """A text goes, one comes in, one is held and one is blocked."""
    assert isinstance(remind(messenger, "1", body=OUT), Sent)
    messenger.receive(from_patient(IN, "SM1"))
    remind(messenger, "2", body=f"{OUT} SSN 219-09-9998")
    clock.move_to(NIGHT)
    remind(messenger, "3", body=HELD)


def test_no_body_lies_in_the_clear(
    sealed: Messenger, carrier: Sandbox, clock: MovableClock, database: Path
) -> None:
    """Neither in the file nor in its log, while it is open and after; the history opens them."""
    a_day(sealed, clock)
    open_ = on_disk(database)
    seen = bodies(sealed)
    sealed.close()

    assert outgoing(carrier) == [OUT]
    assert seen == sorted([OUT, f"{OUT} SSN 219-09-9998", HELD, IN])
    for canary in [*CANARIES, b"219-09-9998"]:
        assert canary not in open_
        assert canary not in on_disk(database)


def test_no_number_lies_in_the_clear(sealed: Messenger, carrier: Sandbox, database: Path) -> None:
    """News of a text says to whom it was: neither of ours nor of any other does that stay."""
    sent = remind(sealed)
    assert isinstance(sent, Sent)
    for provider_id in (sent.provider_id or "", "SM" + "7" * 32):
        news = {"MessageSid": provider_id, "MessageStatus": "undelivered", "ErrorCode": "30006"}
        sealed.receive(callback(news | {"To": PATIENT}))

    assert outgoing(carrier)
    assert sealed.history(PERSON).texts[0].callbacks
    assert PATIENT.lstrip("+").encode() not in on_disk(database)


def test_no_number_goes_to_a_server_in_the_clear(
    make_messenger: Make,
    keyring: Keyring,
    clock: MovableClock,
    postgres_dsn: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its log may have the values of a statement that waited, as that does that locks a number."""
    told: list[str] = []
    together, ask = BlockingLink.together, BlockingLink.ask

    async def heard_together(link: BlockingLink, statements: Sequence[Statement]) -> list[Answer]:
        told.extend(repr(values) for _, values in statements)
        return await together(link, statements)

    async def heard(link: BlockingLink, sql: str, values: Sequence[object] | None = None) -> Answer:
        told.append(repr(values))
        return await ask(link, sql, values)

    monkeypatch.setattr(BlockingLink, "together", heard_together)
    monkeypatch.setattr(BlockingLink, "ask", heard)
    messenger = make_messenger(store=PostgreSQL(postgres_dsn), keyring=keyring)
    row = f"number,person,occurred_at,basis\n{PATIENT},{PERSON},2025-03-02,spoken\n"
    rows = read_consents(row.encode().splitlines(keepends=True), time_zone="America/Chicago")
    messenger.import_consents(
        rows, opt_outs=[], no_opt_outs_because="a new practice", source="ehr", by="it"
    )
    agree(messenger)
    a_day(messenger, clock)
    messenger.receive(from_patient("STOP", "SM2"))
    messenger.dispatch_due()
    messenger.consent.state(PATIENT, person=PERSON)
    said = "".join(told)

    assert len(told) > 50
    for canary in (PATIENT.lstrip("+"), PERSON, "zebra", "okapi", "quagga"):
        assert canary not in said


def test_without_a_keyring_bodies_lie_in_the_clear(
    make_messenger: Make, clock: MovableClock, database: Path
) -> None:
    """The search for canaries finds what is not sealed."""
    messenger = make_messenger()
    agree(messenger)
    a_day(messenger, clock)

    assert all(canary in on_disk(database) for canary in CANARIES)


def test_sealed_texts_need_their_keyring(
    sealed: Messenger, make_messenger: Make, carrier: Sandbox
) -> None:
    """Without it, or with another one, whoever reads them is told; nothing is sent by mistake."""
    remind(sealed)
    for other, why in ((None, "Pass keyring="), (Keyring.generate(), "not among the keys")):
        messenger = make_messenger(keyring=other)
        with pytest.raises(CannotUnseal, match=why) as caught:
            messenger.history(PERSON)
        with pytest.raises(CannotUnseal):
            remind(messenger, "2")
        assert "Lakeside" not in str(caught.value)

    assert len(carrier.messages()) == 1


def test_a_practice_is_sealed_from_its_first_record_or_not_at_all(
    make_messenger: Make, keyring: Keyring
) -> None:
    """A keyring that joins later is refused with what to do, and nothing is mixed."""
    before = make_messenger()
    agree(before)
    remind(before, body=OUT)
    after = make_messenger(keyring=keyring)
    for attempt in (lambda: remind(after, "2"), lambda: after.history(PERSON)):
        with pytest.raises(ConfigurationError, match="lie in the clear"):
            attempt()

    assert bodies(before) == [OUT]


@pytest.mark.parametrize(
    "damage",
    [
        """UPDATE sms_messages SET draft = (SELECT draft FROM sms_messages
        WHERE idempotency_key = 'b') WHERE idempotency_key = 'a'""",
        "UPDATE sms_messages SET departure = CAST(substr(departure, 1, 40) || x'00' AS BLOB)",
    ],
    ids=["moved", "changed"],
)
def test_a_sealed_body_belongs_to_its_record(
    sealed: Messenger, database: Path, damage: str
) -> None:
    """One that was changed, or moved to another text, does not open."""
    for key in "ab":
        remind(sealed, key, body=f"{BODY} {key}")
    with closing(sqlite3.connect(database)) as other, other:
        other.execute(damage)

    with pytest.raises(CannotUnseal):
        sealed.history(PERSON)


def test_a_text_that_looks_sealed_is_a_text(sealed: Messenger, carrier: Sandbox) -> None:
    """Nothing that anybody writes is taken for a sealed body."""
    odd = 'Lakeside Family Medicine: {"sealed":"AQk="} Reply STOP to opt out.'
    remind(sealed, body=odd)

    assert bodies(sealed) == outgoing(carrier) == [odd]


def test_one_file_for_practices_with_keys_of_their_own(
    make_messenger: Make, keyring: Keyring, practice: Practice, provider: Twilio, database: Path
) -> None:
    """A store that two messengers share seals for each practice with its own keys."""
    store = SQLite(database)
    other = evolve(practice, id="hilltop")
    theirs = evolve(provider, sender=OTHER_SENDERS[0])
    plain = make_messenger(store=store, practice=other, provider=theirs)
    sealing = make_messenger(store=store, keyring=keyring)
    for messenger, body in ((plain, OUT), (sealing, HELD)):
        agree(messenger)
        remind(messenger, body=body)

    assert bodies(sealing) == [HELD]
    assert bodies(plain) == [OUT]
    assert b"okapi" in on_disk(database)
    assert b"quagga" not in on_disk(database)


def test_an_id_of_a_practice_with_other_keys_is_nobody_s_here(
    make_messenger: Make, practice: Practice, provider: Twilio, database: Path
) -> None:
    """Nobody learns that there is such a text, nor whose key would open it."""
    store = SQLite(database)
    here = make_messenger(store=store, keyring=Keyring.generate())
    there = make_messenger(
        store=store,
        practice=evolve(practice, id="hilltop"),
        provider=evolve(provider, sender=OTHER_SENDERS[0]),
        keyring=Keyring.generate(),
    )
    agree(there)
    theirs = remind(there, body=BODY)
    agree(here)

    for attempt in (
        lambda: here.cancel(theirs.message_id),
        lambda: here.settle(theirs.message_id, sent=True, by="it:kim", reason="asked"),
        lambda: here.secure_pages.withdraw(theirs.message_id, by="it:kim", reason="asked"),
        lambda: here.text_record(theirs.message_id),
    ):
        with pytest.raises(UnknownMessage):
            attempt()


def test_a_text_to_a_practice_with_other_keys_is_refused_whole(
    make_messenger: Make, practice: Practice, provider: Twilio, database: Path
) -> None:
    """Whoever runs the endpoint is told whose text it is, and its own messenger takes it later."""
    store = SQLite(database)
    here = make_messenger(store=store, keyring=Keyring.generate())
    there = make_messenger(
        store=store,
        practice=evolve(practice, id="hilltop"),
        provider=evolve(provider, sender=OTHER_SENDERS[0]),
        keyring=Keyring.generate(),
    )
    agree(here)
    agree(there)
    assert isinstance(remind(there, body=BODY), Sent)
    stop = from_patient("STOP", "SM1", to=OTHER_SENDERS[0])

    with pytest.raises(CannotUnseal) as caught:
        here.receive(stop)
    (note,) = caught.value.__notes__
    assert "number of another practice" in note
    assert there.consent.state(PATIENT, person=PERSON).revocation is None

    assert there.receive(stop).events[0].new
    assert there.consent.state(PATIENT, person=PERSON).revocation is not None
    assert here.consent.state(PATIENT, person=PERSON).revocation is None


def test_a_text_to_us_that_cannot_be_opened_is_nobody_else_s(
    sealed: Messenger, make_messenger: Make
) -> None:
    """A lost key of our own is told as such."""
    agree(sealed)

    with pytest.raises(CannotUnseal) as caught:
        make_messenger(keyring=Keyring.generate()).receive(from_patient("STOP", "SM1"))
    assert not hasattr(caught.value, "__notes__")


def test_an_event_loop_seals_too(
    practice: Practice,
    provider: Twilio,
    database: Path,
    keyring: Keyring,
    clock: MovableClock,
) -> None:
    """The other facade does the same."""

    async def main() -> Any:
        async with AsyncMessenger(
            practice=practice,
            provider=provider,
            store=SQLite(database),
            clock=clock,
            keyring=keyring,
        ) as messenger:
            await messenger.consent.grant(
                PATIENT, person=PERSON, basis="spoken", recorded_by="front-desk:ana"
            )
            outcome = await messenger.send(
                to=PATIENT,
                person=PERSON,
                purpose=Purpose.APPOINTMENT_REMINDER,
                body=OUT,
                idempotency_key="1",
            )
            told = await messenger.history(PERSON)
            return outcome, told.texts[0].message.body

    outcome, body = asyncio.run(main())

    assert isinstance(outcome, Sent)
    assert body == OUT
    assert b"okapi" not in on_disk(database)
