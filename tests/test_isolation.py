"""Several practices share a store, and no method of one tells of another, or changes it."""

from __future__ import annotations

import inspect
import io
import itertools
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from attrs import evolve, frozen

from compliant_sms import AsyncMessenger, Keyring, Messenger, Practice, Profile, Purpose
from compliant_sms.contact import MissedCalls
from compliant_sms.conversations import InboxEvent, OpenItem
from compliant_sms.errors import CompliantSmsError
from compliant_sms.flows import Draft
from compliant_sms.imports import ImportedConsent, ImportedOptOut
from compliant_sms.lookups import LineAnswer, LineType, Lookups
from compliant_sms.messenger import (
    ConsentDesk,
    HoldDesk,
    InboxDesk,
    PermissionDesk,
    ReminderDesk,
    SecureDesk,
)
from compliant_sms.permission import Spoken, Submission
from compliant_sms.ports import Transaction
from compliant_sms.providers import Twilio
from compliant_sms.reminders import Appointment, AppointmentAnswer, ReminderPlan
from compliant_sms.sandbox import Sandbox
from compliant_sms.secure_pages import PageAccess, PageRequest, SecurePages
from compliant_sms.stores import SQLite
from compliant_sms.stores._dialect import SQLITE
from compliant_sms.stores._schema import migrations
from compliant_sms.stores._sql import _waits
from compliant_sms.templates import Catalogue
from compliant_sms.testing import MovableClock
from compliant_sms.testing._contract import _isolation
from conftest import INTAKE_WORDING, MORNING, OTHER_SENDERS, PATIENT, PERSON, SENDER, SID, TOKEN
from secure_visits import BORN, DRUG, URL, visitor
from templates_made import simple
from test_inbox import PLAN
from test_permission import permission
from test_receive import callback, text_of
from test_send import BODY, agree, remind, waits
from unmeasured import untraced

pytestmark = pytest.mark.usefixtures(waits.__name__)  # nobody sleeps here

THEIRS, NOBODYS = "+12175550135", "+12175550139"
TO_THEM = OTHER_SENDERS[0]
BY = {"by": "front-desk:ana", "reason": "asked"}
WALL = datetime(2026, 12, 3, 10, 0)  # noqa: DTZ001 - wall time
OTHER_SID, OTHER_TOKEN = "AC" + "6f" * 16, "the-token-of-another-account"
PRACTICE = Practice(
    name="Lakeside Family Medicine",
    phone="+1 217 555 0100",
    time_zone="America/Chicago",
    state="IL",
    id="lakeside",
    phi="notice",
    link_domains=["lakeside.example"],
)
KEYRING = Keyring.generate()
"""One for both, so that nothing stays theirs for want of a key."""
DESKS = {
    "": Messenger,
    "consent": ConsentDesk,
    "legal_holds": HoldDesk,
    "secure_pages": SecureDesk,
    "reminders": ReminderDesk,
    "permission": PermissionDesk,
    "inbox": InboxDesk,
}


@frozen(kw_only=True)
class Ids:
    """What another practice has ids of; or what nobody has."""

    message_id: str
    inbound_id: str
    thread_id: str
    hold_id: str
    number: str
    person: str
    key: str
    token: str
    answer: AppointmentAnswer
    event: InboxEvent
    item: OpenItem
    access: PageAccess
    visit: str


def unknown(known: Ids) -> Ids:
    """Ids of the same looks that nobody has."""
    return Ids(
        message_id="no-message",
        inbound_id="no-inbound",
        thread_id="no-thread",
        hold_id="no-hold",
        number=NOBODYS,
        person="pat-nobody",
        key="no-key",
        token="".join(reversed(known.token)),
        answer=evolve(known.answer, answer_id="no-answer", message_id="no-message"),
        event=evolve(known.event, event_id="no-event", reference="no-inbound"),
        item=evolve(known.item, reference="no-inbound", thread_id="no-thread"),
        access=evolve(known.access, access_id=10_000, message_id="no-message"),
        visit="no-visit",
    )


# What each method is called with. A parameter that stands in neither table, and a method with ids
# in other guises, fails the test until somebody has said here whose they are.

OF_ANOTHER: dict[str, Callable[[Ids], Any]] = {
    "message_id": lambda ids: ids.message_id,
    "inbound_id": lambda ids: ids.inbound_id,
    "thread_id": lambda ids: ids.thread_id,
    "hold_id": lambda ids: ids.hold_id,
    "number": lambda ids: ids.number,
    "to": lambda ids: ids.number,
    "from_": lambda ids: ids.number,
    "person": lambda ids: ids.person,
    "old": lambda ids: ids.person,
    "idempotency_key": lambda ids: ids.key,
    "call_id": lambda ids: ids.key,
    "answers": lambda ids: [ids.answer],
    "events": lambda ids: [ids.event],
    "items": lambda ids: [ids.item],
    "after": lambda ids: ids.person,
    "appointment": lambda ids: visit(ids.visit, ids.person, ids.number),
    "appointments": lambda ids: [visit(ids.visit, ids.person, ids.number)],
    "batch": lambda ids: [_estimated(ids)],
    "consents": lambda ids: [_imported(ids)],
    "opt_outs": lambda ids: [ImportedOptOut(number=ids.number, occurred_at=date(2026, 1, 5))],
    "sent": lambda ids: True,
}
PLAIN: dict[str, Any] = {
    "by": "front-desk:ana",
    "recorded_by": "front-desk:ana",
    "reason": "asked",
    "purpose": Purpose.APPOINTMENT_REMINDER,
    "body": BODY,
    "words": "They called.",
    "template": "hello",
    "values": {"given_name": "Ana"},
    "since": MORNING - timedelta(days=1),
    "until": MORNING + timedelta(days=9),
    "at": MORNING,
    "keep": ["care"],
    "channel": "spoken",
    "basis": "spoken",
    "queue": "billing",
    "into": "pat-500",
    "programme": "bills",
    "source": "the old system",
    "warning": INTAKE_WORDING,
}
"""What is asked of a method beside ids."""
LEFT_OUT = frozenset(
    {
        "accepted_offer",
        "against",
        "agreement",
        "as_known_at",
        "asks",
        "call_webhooks",
        "categories",
        "category",
        "clarification_asked",
        "days",
        "dry_run",
        "earlier",
        "given_to",
        "key",
        "keys",
        "language",
        "limit",
        "media",
        "secure",
        "message_class",
        "no_opt_outs_because",
        "not_after",
        "occurred_at",
        "price_per_segment",
        "progress",
        "provider",
        "reference",
        "scope",
        "signature",
        "state",
        "tier",
        "toll_free",
        "wording",
    }
)
"""What may be left out, and names nobody."""
OWN: dict[tuple[str, str], Callable[[Ids], dict[str, Any]]] = {
    ("SecureDesk", "acknowledge"): lambda ids: {"events": [ids.access]},
    ("SecureDesk", "answer"): lambda ids: {"request": PageRequest(method="GET", token=ids.token)},
    ("PermissionDesk", "answer"): lambda _: {"request": PageRequest(method="GET", token="")},
    ("PermissionDesk", "record"): lambda ids: {
        "number": ids.number,
        "programme": "bills",
        "told": Spoken(person=ids.person, recorded_by="front-desk:ana"),
    },
    ("PermissionDesk", "submit"): lambda ids: {
        "sent": Submission(
            id="s1", shown="", name="Ana", number=ids.number, agreed=["bills"], at=MORNING
        )
    },
    ("Messenger", "export_consents"): lambda _: {
        "opt_outs": io.StringIO(),
        "consents": io.StringIO(),
    },
    ("InboxDesk", "assign"): lambda ids: {"thread_id": ids.thread_id, "to": "ben", "by": "ana"},
    ("ReminderDesk", "acknowledge"): lambda ids: {"answers": [ids.answer]},
    ("Messenger", "receive"): lambda ids: {
        "request": callback(
            {"MessageSid": "SM9", "MessageStatus": "undelivered"},
            url=f"https://clinic.example/texts?ref={ids.message_id}",
        )
    },
}
"""Methods whose ids stand in an object, or whose parameters mean something of their own."""
WITHOUT = {
    ("Messenger", "close"): "it ends the messenger",
    ("Messenger", "on"): "it takes a handler, which hears of what this messenger writes",
    ("Messenger", "rotate_keys"): "whoever has the keys of several practices means all of them",
    ("Messenger", "within"): "it gives the same methods in a host's transaction",
}


def _estimated(ids: Ids) -> Draft:
    return Draft(
        to=ids.number,
        person=ids.person,
        purpose=Purpose.APPOINTMENT_REMINDER,
        body=BODY,
        idempotency_key=ids.key,
    )


def _imported(ids: Ids) -> ImportedConsent:
    return ImportedConsent(
        number=ids.number, person=ids.person, occurred_at=date(2026, 1, 5), basis="spoken"
    )


@frozen
class World:
    """A file in which the practice lives alone, and one that it shares."""

    alone: Path
    shared: Path
    theirs: Ids
    own: Mapping[str, Ids]
    open: Callable[[Path], Messenger]


def account(carrier: Sandbox, sid: str, token: str, sender: str) -> Twilio:
    """An account at a carrier."""
    return Twilio(
        account_sid=sid,
        auth_token=token,
        sender=sender,
        base_url=carrier.url,
        answers_keywords=False,
    )


def make(path: Path | str, provider: Twilio, prefix: str, **changes: Any) -> Messenger:
    """A messenger with all that one can have."""
    counter = itertools.count(changes.pop("first_id", 0))
    line = LineAnswer(kind=LineType.MOBILE, as_of=MORNING.date())
    arguments: dict[str, Any] = {
        "practice": PRACTICE,
        "provider": provider,
        "store": SQLite(path),
        "clock": MovableClock(MORNING),
        "ids": lambda: f"{prefix}-{next(counter):06}",
        "people": lambda _: Profile(time_zone="America/Chicago", birth_date=BORN),
        "keyring": KEYRING,
        "secure_links": SecurePages(url=URL),
        "templates": Catalogue([simple()]),
        "reminders": [ReminderPlan(offsets=["3 days before"])],
        "permission": permission(),
        "inbox": PLAN,
        "missed_calls": MissedCalls(),
        "lookups": Lookups(line_type=lambda _: line),
    }
    return Messenger(**(arguments | changes))


def live(messenger: Messenger, number: str, person: str) -> Ids:
    """A practice's day; the ids of what it left."""
    provider = messenger._ports.provider
    assert isinstance(provider, Twilio)
    sender, token = provider.sender.e164, provider.auth_token

    def write(words: str, sid: str) -> Any:
        fields = {"MessageSid": sid, "SmsStatus": "received", "From": number, "To": sender}
        return text_of(messenger.receive(callback(fields | {"Body": words}, token=token)))

    agree(messenger, number, person)
    agree(messenger, PATIENT, PERSON)
    remind(messenger, "shared")
    messenger.reminders.save(visit(f"visit-{person}", person, number))
    messenger.reminders.plan_due()
    messenger.dispatch_due()
    write("C", f"SM{person}1")
    sent = remind(messenger, f"page-{person}", to=number, person=person, body=DRUG)
    page = visitor(messenger, sent.message_id, person)
    page.answer()
    asked = write("Can I bring the forms?", f"SM{person}2")
    write("I have chest pain and can't breathe", f"SM{person}3")
    messenger.inbox.note(asked.thread_id, words="okapi", by="ana")
    hold = messenger.legal_holds.place(number=number, **BY)
    messenger.pause(**BY, scope="marketing")
    (answer,) = messenger.reminders.answers()
    return Ids(
        message_id=sent.message_id,
        inbound_id=asked.inbound.inbound_id,
        thread_id=asked.thread_id,
        hold_id=hold.hold_id,
        number=number,
        person=person,
        key=f"page-{person}",
        token=page.token,
        answer=answer,
        event=messenger.inbox.events()[0],
        item=messenger.open_items()[0],
        access=messenger.secure_pages.events()[0],
        visit=f"visit-{person}",
    )


def visit(name: str, person: str, number: str) -> Appointment:
    """A visit in three days."""
    return Appointment(
        id=name, person=person, numbers=number, start=WALL, time_zone="America/Chicago"
    )


def sandbox(sid: str, token: str, number: str) -> Sandbox:
    """A carrier, at which an account has a number."""
    clock = MovableClock(MORNING)
    return Sandbox(
        account_sid=sid, auth_token=token, numbers=[number], answers_keywords=False, clock=clock
    )


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Two practices with accounts of their own, of which one had the file to itself as well."""
    room = tmp_path_factory.mktemp("isolation")
    alone, shared = room / "alone.db", room / "shared.db"
    with (
        untraced(),
        sandbox(SID, TOKEN, SENDER) as one,
        sandbox(OTHER_SID, OTHER_TOKEN, TO_THEM) as two,
    ):
        ours = account(one, SID, TOKEN, SENDER)
        theirs = account(two, OTHER_SID, OTHER_TOKEN, TO_THEM)
        hillside = evolve(PRACTICE, name="Hillside Dental", id="hillside", phone="+12175550199")
        with make(shared, theirs, "b", practice=hillside) as other:
            known = live(other, THEIRS, "pat-b")
        own = {}
        for path in (alone, shared):
            with make(path, ours, "a") as here:
                lived = live(here, "+12175550136", "pat-a")
                own[path.name] = evolve(lived, number=PATIENT, person=PERSON, key="shared")
        yield World(
            alone=alone,
            shared=shared,
            theirs=known,
            own=own,
            open=lambda path: make(path, ours, "a", first_id=10_000),
        )


def of_the_other(path: Path) -> dict[str, list[Any]]:
    """Every row that is the other practice's."""
    by_text = "message_id IN (SELECT message_id FROM sms_messages WHERE practice_id = :id)"
    by_chain = "chain_id IN (SELECT chain_id FROM sms_chains WHERE practice_id = :id)"
    beside = dict.fromkeys(["sms_steps", "sms_answers", "sms_decisions"], by_text)
    beside["sms_consent_events"] = by_chain
    found = {}
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in names:
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            where = "practice_id = :id" if "practice_id" in columns else beside.get(table)
            if where is not None:
                query = f"SELECT * FROM {table} WHERE {where}"
                found[table] = sorted(map(repr, connection.execute(query, {"id": "hillside"})))
            else:
                assert table in {"sms_schema", "sms_buckets", "sqlite_sequence"}, table
    return found


def told(value: object, ids: Ids) -> object:
    """What a method answered, without what differs from one run to the next, or is an id."""
    if attrs.has(type(value)):
        return type(value).__name__, {
            each.name: told(getattr(value, each.name), ids)
            for each in attrs.fields(type(value))
            # One series for all practices, and drawn at random.
            if each.name not in {"access_id", "claim"}
        }
    if isinstance(value, Mapping):
        return [(told(name, ids), told(each, ids)) for name, each in value.items()]
    if isinstance(value, list | tuple | set | frozenset):
        return [told(each, ids) for each in value]
    if isinstance(value, bytes):
        return _told_in(value) if value.startswith(b"PK") else told(_read(value), ids)
    if isinstance(value, str):
        for name in ("message_id", "inbound_id", "thread_id", "hold_id", "number", "person", "key"):
            value = value.replace(getattr(ids, name), f"<{name}>")
        value = value.replace(ids.number[-4:], "<number>").replace(ids.visit, "<visit>")
        return _BY_CHANCE.sub("<chance>", value)
    return value


_BY_CHANCE = re.compile(
    rf"""SM[0-9a-f]{{32}}|{re.escape(URL)}/\w+|name="proof" value="[^"]+"|^\d{{8}}$"""
)
"""Ids of the carrier, links, proofs of forms, and codes."""


def _read(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return "<digest>"


def _told_in(pack: bytes) -> list[tuple[str, int]]:
    """How much each file of a pack says; the words have digests and keys in them."""
    with zipfile.ZipFile(io.BytesIO(pack)) as files:
        return [(name, len(files.read(name).splitlines())) for name in files.namelist()]


def asked(desk: str, name: str, ids: Ids) -> tuple[list[Any], dict[str, Any]]:
    """What a method is called with."""
    kind = DESKS[desk]
    own = OWN.get((kind.__name__, name))
    given = own(ids) if own else {}
    args: list[Any] = []
    for parameter in list(inspect.signature(getattr(kind, name)).parameters.values())[1:]:
        plain = parameter.name in PLAIN
        if parameter.name in given:
            value = given[parameter.name]
        elif not own and parameter.name in OF_ANOTHER:
            value = OF_ANOTHER[parameter.name](ids)
        elif plain:
            value = PLAIN[parameter.name]
        elif parameter.name in LEFT_OUT:
            assert parameter.default is not parameter.empty
            continue
        else:
            pytest.fail(f"say in this file whose {parameter.name!r} {kind.__name__}.{name} takes")
        if parameter.kind is parameter.VAR_POSITIONAL:
            args += value
        else:
            given[parameter.name] = value
    named = inspect.signature(getattr(kind, name)).parameters
    return args, {
        k: v for k, v in given.items() if named[k].kind is not inspect.Parameter.VAR_POSITIONAL
    }


def answer(messenger: Messenger, desk: str, name: str, ids: Ids) -> object:
    """What a method says to these ids."""
    args, kwargs = asked(desk, name, ids)
    owner = getattr(messenger, desk) if desk else messenger
    try:
        return told(getattr(owner, name)(*args, **kwargs), ids)
    except CompliantSmsError as error:
        return type(error).__name__, told(str(error), ids)


METHODS = [
    (desk, name)
    for desk, kind in DESKS.items()
    for name, value in inspect.getmembers(kind, inspect.isfunction)
    if not name.startswith("_") and (kind.__name__, name) not in WITHOUT
]


@pytest.mark.parametrize(("desk", "name"), METHODS)
def test_another_practice_is_as_if_it_were_not(
    world: World, tmp_path: Path, desk: str, name: str
) -> None:
    """With their ids a method says what it says with nobody's, where nobody else is.

    With ids of its own, of a patient whom both have, it says the same in either place.
    """
    alone, shared = tmp_path / "alone.db", tmp_path / "shared.db"
    before = of_the_other(world.shared)
    for nobodys, theirs in (
        (unknown(world.theirs), world.theirs),
        (world.own[alone.name], world.own[shared.name]),
    ):
        shutil.copy(world.alone, alone)
        shutil.copy(world.shared, shared)
        with world.open(alone) as here:
            expected = answer(here, desk, name, nobodys)
        with world.open(shared) as here:
            said = answer(here, desk, name, theirs)

        assert said == expected
        assert of_the_other(shared) == before


def test_each_public_thing_is_looked_at() -> None:
    """Desks, methods and properties: what is new has to be named here."""
    for kind in (Messenger, AsyncMessenger):
        names = {name for name in dir(kind) if not name.startswith("_")}
        methods = {name for desk, name in METHODS if not desk}
        methods |= {name for owner, name in WITHOUT if owner == "Messenger"}
        assert names - methods == {"practice", "provider_names", "templates"} | (
            {"aclose"} if kind is AsyncMessenger else set()
        )
    unused = Twilio(account_sid=SID, auth_token=TOKEN, sender=SENDER)
    with make(":memory:", unused, "x") as messenger:
        held = {name for name in vars(messenger) if not name.startswith("_")}
        assert held == {name for name in DESKS if name}
        assert {name: type(getattr(messenger, name)) for name in held} == {
            name: kind for name, kind in DESKS.items() if name
        }
    assert {name for _, name in METHODS} >= {name for _, name in OWN}


OF_A_PRACTICE = {
    "AuditEvent",
    "ConsentEvent",
    "LegalHold",
    "Inbound",
    "KeptAppointment",
    "ListedThreads",
    "Message",
    "Page",
    "Practice",
    "Sequence[Message]",
    "Thread",
    "Unconfirmed",
}
"""Values that say whose they are."""
OF_NOBODY = {
    "practice_at": "whose a number of ours is",
    "practice_of": "whose a text is that a callback of a shared account tells of",
    "practices": "all of them, for the command line",
    "bucket": "buckets have names of their own",
    "peek_bucket": "likewise",
    "save_bucket": "likewise",
    "to_rewrap": "whoever has the keys of several practices means all of them",
    "rewrap": "likewise",
    "sealed_with": "likewise; ids of keys",
    "one_moment": "it reads nothing itself",
}
"""What a store is asked without a practice, and why."""


@pytest.mark.parametrize("alias", ["", "AS w "])
def test_one_thread_is_found_without_going_through_a_practice(alias: str, tmp_path: Path) -> None:
    """Whoever answers or closes one does not pay for all that waits."""
    query = f"SELECT 1 FROM sms_waits {alias}WHERE settled = '' AND{_waits._OF_THREAD}"
    with closing(sqlite3.connect(tmp_path / "plan.db")) as connection:
        for statement in migrations(SQLITE, 0):
            connection.execute(statement)
        asked = {"thread_id": "", "practice_id": ""}
        steps = [row[-1] for row in connection.execute(f"EXPLAIN QUERY PLAN {query}", asked)]
    assert any("sms_waits_by_thread (thread_id=?)" in step for step in steps), steps
    assert not [step for step in steps if "sms_waits_open" in step or "SCAN" in step.split()[0:1]]


def test_each_method_of_the_port_says_whose() -> None:
    """What a practice may look up or change is told by the arguments, and not left to callers."""
    without = set()
    for name, method in inspect.getmembers(Transaction, inspect.isfunction):
        if name.startswith("_"):
            continue
        parameters = inspect.signature(method).parameters.values()
        says = any(
            each.name == "practice_id" or str(each.annotation) in OF_A_PRACTICE
            for each in parameters
        )
        required = all(
            each.default is each.empty for each in parameters if each.name == "practice_id"
        )
        if not (says and required):
            without.add(name)
    assert without == set(OF_NOBODY)


def test_the_contract_looks_at_each_look_up() -> None:
    """What is asked by an id of a record is asked under another practice as well."""
    tried = inspect.getsource(_isolation)
    for name, method in inspect.getmembers(Transaction, inspect.isfunction):
        ids = [each for each in inspect.signature(method).parameters if each in ID_OF_A_RECORD]
        if ids and name not in OF_NOBODY and name not in BESIDE:
            assert f"tx.{name}(" in tried, name


ID_OF_A_RECORD = {
    "access_ids",
    "answer_ids",
    "chain_id",
    "event_ids",
    "hold_id",
    "inbound_id",
    "inbound_ids",
    "message_id",
    "provider_id",
    "thread_id",
    "token_hash",
    "wait_id",
}
BESIDE = {
    "acknowledge_inbox_events": "the practice stands in the row: see the contract of the inbox",
    "add_status": "it is kept with the practice that is named, and found by it alone",
    "adopt_statuses": "likewise",
    "hold_provider_id": "it is a lock",
    "has_place": "a text's place lies with the practice's days",
    "take_place": "likewise",
    "leave_places": "likewise",
    "leaf_of": "a leaf lies in the practice's own tree",
}
