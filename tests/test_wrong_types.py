"""What is of another type is refused as input at every entry, and never repeated."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve

from compliant_sms import (
    AsyncMessenger,
    Delivery,
    Keyring,
    MessageClass,
    Messenger,
    Practice,
    Profile,
    Purpose,
    Settings,
    Signature,
    WebhookRequest,
    Wording,
)
from compliant_sms.conversations import BusinessHours, InboxPlan, Queue
from compliant_sms.errors import InvalidInput
from compliant_sms.imports import ImportedConsent, ImportedOptOut
from compliant_sms.lookups import DncAnswer, LookupAnswers, Lookups
from compliant_sms.people import Authorisation, PatientFacts, SoftOptIn
from compliant_sms.practice import Campaign
from compliant_sms.providers import Twilio
from compliant_sms.rates import Rate
from compliant_sms.reminders import Appointment, Offset, RecallPlan, ReminderPlan
from compliant_sms.routing import Routes
from compliant_sms.rules import PracticeCap, Rulebook
from compliant_sms.stores import SQLite
from compliant_sms.templates import Money, Number
from compliant_sms.testing import MovableClock
from compliant_sms.waiver import Waiver
from compliant_sms.worker import Worker
from conftest import INTAKE_WORDING, PATIENT, PERSON, SENDER, SID, TOKEN, WARNING
from test_inbox import PLAN
from test_permission import permission
from test_send import BODY

INTEGER = 8_812_175_550_134
DAY = date(2026, 11, 30)
SINCE = datetime(2026, 11, 1, tzinfo=UTC)
UNTIL = datetime(2026, 12, 1, tzinfo=UTC)

Call = Callable[..., object]
CASE = {"by": "it:kim", "reason": "a request"}
DRAFT = {"to": PATIENT, "person": PERSON, "purpose": Purpose.RECALL, "body": BODY}
DESK = {"number": PATIENT, "person": PERSON, "recorded_by": "ana", "reference": "form-7"}
SAID = DESK | {"channel": "spoken", "occurred_at": SINCE}
ENTRIES: dict[str, tuple[Callable[[Messenger], Call], dict[str, Any]]] = {
    "send": (lambda m: m.send, DRAFT | {"idempotency_key": "a-1", "not_after": UNTIL}),
    "check": (lambda m: m.check, DRAFT),
    "cancel": (lambda m: m.cancel, {"message_id": "m-1"}),
    "text": (lambda m: m.text_record, {"message_id": "m-1"}),
    "received": (lambda m: m.inbound, {"inbound_id": "i-1"}),
    "figures": (lambda m: m.figures, {"since": SINCE, "until": UNTIL}),
    "history": (lambda m: m.history, {"person": PERSON}),
    "issue_code": (lambda m: m.secure_pages.issue_code, CASE | {"message_id": "m-1"}),
    "withdraw page": (lambda m: m.secure_pages.withdraw, CASE | {"message_id": "m-1"}),
    "accesses": (lambda m: m.secure_pages.accesses, {"message_id": "m-1"}),
    "settle": (lambda m: m.settle, CASE | {"message_id": "m-1", "sent": True}),
    "receive": (lambda m: m.receive, {"request": None}),
    "grant": (
        lambda m: m.consent.grant,
        DESK
        | {
            "basis": "intake_form",
            "wording": INTAKE_WORDING,
            "categories": ["care"],
            "given_to": "Lakeside",
            "occurred_at": SINCE,
        },
    ),
    "revoke": (
        lambda m: m.consent.revoke,
        SAID | {"category": "care", "message_class": "transactional", "clarification_asked": True},
    ),
    "clarify": (lambda m: m.consent.clarify, SAID | {"keep": ["care"]}),
    "wish": (lambda m: m.consent.record_phi_preference, SAID | {"warning": WARNING}),
    "withdraw": (lambda m: m.consent.withdraw_phi_preference, SAID),
    "state": (lambda m: m.consent.state, {"number": PATIENT, "person": PERSON}),
    "events": (lambda m: m.consent.events, {"number": PATIENT}),
    "hold a person": (lambda m: m.legal_holds.place, CASE | {"person": PERSON}),
    "hold a number": (lambda m: m.legal_holds.place, CASE | {"number": PATIENT}),
    "lift": (lambda m: m.legal_holds.lift, CASE | {"hold_id": "h-1"}),
    "purge": (lambda m: m.purge, {"by": "it:kim"}),
    "erase": (lambda m: m.erase, CASE | {"person": PERSON}),
    "audit": (lambda m: m.audit, {"since": SINCE, "until": UNTIL}),
    "checkpoint": (lambda m: m.checkpoint, {"key": None}),
    "verify": (lambda m: m.verify_ledger, {"against": (), "keys": ()}),
    "evidence": (
        lambda m: m.evidence,
        CASE | {"number": PATIENT, "since": SINCE, "until": UNTIL, "earlier": None},
    ),
    "import": (
        lambda m: m.import_consents,
        {
            "consents": [],
            "opt_outs": [],
            "source": "old-ehr",
            "by": "it:kim",
            "no_opt_outs_because": "none",
            "dry_run": True,
            "batch": 5,
        },
    ),
}
WHOLE = {"batch"}
TOLD = r"Pass|Use one of|Use one from|True or False|texts in a list"
WRONG = [(name, argument) for name, (_, usual) in ENTRIES.items() for argument in usual]


@pytest.fixture(scope="module")
def messenger() -> Messenger:
    """Nothing that is asked here reaches a carrier or a file."""
    return Messenger(
        practice=Practice(
            name="Lakeside", phone="+12175550100", time_zone="America/Chicago", state="IL"
        ),
        provider=Twilio(
            account_sid=SID, auth_token=TOKEN, sender=SENDER, base_url="http://127.0.0.1:9"
        ),
        store=SQLite(":memory:"),
        keyring=Keyring.generate(),
        clock=lambda: datetime(2026, 11, 30, 16, tzinfo=UTC),
    )


@pytest.mark.parametrize(("entry", "argument"), WRONG)
def test_every_argument(messenger: Messenger, entry: str, argument: str) -> None:
    """Each argument of each entry refuses an object, and a whole number where none is meant."""
    method, usual = ENTRIES[entry]
    for wrong in [object(), 8.5, b"8812175550134"] + [INTEGER] * (argument not in WHOLE):
        with pytest.raises(InvalidInput, match=TOLD) as caught:
            method(messenger)(**(usual | {argument: wrong}))
        assert str(INTEGER) not in str(caught.value)


MUST = [
    *[("send", argument) for argument in ("to", "purpose", "body", "idempotency_key")],
    *[("grant", argument) for argument in ("number", "person", "basis", "recorded_by")],
    *[("revoke", argument) for argument in ("number", "channel", "recorded_by")],
    *[("erase", argument) for argument in ("person", "by", "reason")],
    *[("evidence", argument) for argument in ("number", "since", "until", "by", "reason")],
    *[("import", argument) for argument in ("source", "by", "consents", "batch")],
    *[("settle", argument) for argument in ("message_id", "sent", "by", "reason")],
    *[("purge", "by"), ("history", "person"), ("cancel", "message_id"), ("lift", "hold_id")],
]


@pytest.mark.parametrize(("entry", "argument"), MUST)
def test_none(messenger: Messenger, entry: str, argument: str) -> None:
    """None is no value where one is needed."""
    method, usual = ENTRIES[entry]
    with pytest.raises(InvalidInput):
        method(messenger)(**(usual | {argument: None}))


class Anybody(Protocol):
    """A Messenger, or the same for an event loop."""

    def __getattr__(self, name: str) -> Any: ...


HOW_MANY: dict[str, Callable[[Anybody, Any], Any]] = {
    "dispatch_due": lambda m, wrong: m.dispatch_due(limit=wrong),
    "reconcile": lambda m, wrong: m.reconcile(limit=wrong),
    "uncertain": lambda m, wrong: m.uncertain(limit=wrong),
    "confirm_received": lambda m, wrong: m.confirm_received(limit=wrong),
    "fetch_media": lambda m, wrong: m.fetch_media(limit=wrong),
    "open_items": lambda m, wrong: m.open_items(limit=wrong),
    "plan_due": lambda m, wrong: m.reminders.plan_due(limit=wrong),
    "answers": lambda m, wrong: m.reminders.answers(limit=wrong),
    "page_events": lambda m, wrong: m.secure_pages.events(limit=wrong),
    "waiting": lambda m, wrong: m.inbox.waiting(limit=wrong),
    "overdue": lambda m, wrong: m.inbox.overdue(limit=wrong),
    "escalate": lambda m, wrong: m.inbox.escalate(limit=wrong),
    "events": lambda m, wrong: m.inbox.events(limit=wrong),
    "threads": lambda m, wrong: m.inbox.threads(limit=wrong),
}
FLAGS: dict[str, Callable[[Anybody, Any], Any]] = {
    "doctor": lambda m, wrong: m.doctor(call_webhooks=wrong),
    "sync_opt_outs": lambda m, wrong: m.sync_opt_outs(by="it:kim", dry_run=wrong),
    "purge": lambda m, wrong: m.purge(by="it:kim", dry_run=wrong),
    "erase": lambda m, wrong: m.erase("pat-1", by="it:kim", reason="asked", dry_run=wrong),
    "registration": lambda m, wrong: m.permission.registration(toll_free=wrong),
}
ASKED = [
    *[(each, wrong) for each in HOW_MANY.values() for wrong in ("5", 5.5, True, None, -1, 10**30)],
    *[(each, wrong) for each in FLAGS.values() for wrong in ("no", None, 5)],
]


async def _awaited(found: Any) -> None:
    if asyncio.iscoroutine(found):
        await found


def test_how_many_and_whether(practice: Practice, provider: Twilio, clock: MovableClock) -> None:
    """What says how many, or yes or no, is refused where it says neither, blocking or not."""
    usual: dict[str, Any] = {
        "practice": evolve(practice, link_domains=["lakeside.example"]),
        "provider": provider,
        "keyring": Keyring.generate(),
        "clock": clock,
        "inbox": PLAN,
        "permission": permission(),
    }

    async def on_a_loop() -> None:
        async with AsyncMessenger(store=SQLite(":memory:"), **usual) as messenger:
            for ask, wrong in ASKED:
                with pytest.raises(InvalidInput, match=r"how many at most|True or False"):
                    await _awaited(ask(messenger, wrong))

    with Messenger(store=SQLite(":memory:"), **usual) as messenger:
        for ask, wrong in ASKED:
            with pytest.raises(InvalidInput, match=r"how many at most|True or False"):
                ask(messenger, wrong)
        assert messenger.dispatch_due(limit=0) == ()
    asyncio.run(on_a_loop())
    for wrong in ("no", 5):
        with pytest.raises(InvalidInput, match="dry_run must be True or False"):
            Messenger(store=SQLite(":memory:"), **usual, dry_run=wrong)


LASTING: list[tuple[Callable[..., object], dict[str, Any], str]] = [
    *((Worker, {}, name) for name in ("poll", "reconcile_every")),
    *((Delivery, {}, name) for name in ("lease", "settle_after", "pause", "report_after")),
    (Routes, {}, "rest_for"),
]
COUNTS: list[tuple[Callable[..., object], dict[str, Any], str]] = [
    (Worker, {}, "quantum"),
    (Delivery, {}, "attempts"),
    (Delivery, {}, "report_asks"),
    (Routes, {}, "rest_after"),
    (Offset, {}, "days"),
    (Offset, {}, "minutes"),
    (RecallPlan, {"after": "6 months"}, "at_most"),
    (Campaign, {}, "vetting_score"),
    (Number, {}, "least"),
    (Number, {}, "most"),
    (Money, {}, "most"),
]
FIGURES: list[tuple[Callable[..., object], dict[str, Any], str]] = [
    (Rate, {"burst": 1.0}, "per_second"),
    (Rate, {"per_second": 1.0}, "burst"),
    (partial(SQLite, ":memory:"), {}, "busy_timeout"),
]


@pytest.mark.parametrize(
    ("kinds", "wrongs"),
    [
        (LASTING, ("5", 5, 5.5, timedelta.max)),
        (COUNTS, ("5", 5.5, True)),
        (FIGURES, ("5", True, None, float("nan"), 10**400)),
    ],
    ids=["lasting", "counts", "figures"],
)
def test_settings(
    messenger: Messenger,
    kinds: list[tuple[Callable[..., object], dict[str, Any], str]],
    wrongs: tuple[object, ...],
) -> None:
    """A figure of another type is named, and does not wait for its first use."""
    first = {Worker: [messenger], Routes: messenger._ports.routes.routes}
    for kind, usual, name in kinds:
        for wrong in wrongs:
            with pytest.raises(InvalidInput, match=name):
                kind(*([first[kind]] if kind in first else []), **usual, **{name: wrong})


def test_figures_of_other_types_that_say_the_same(messenger: Messenger) -> None:
    """A whole number of an enum, and a part that is no float, are what they say."""

    class Setting(IntEnum):
        FEW = 3

    assert Delivery(attempts=Setting.FEW).attempts == 3
    assert messenger.dispatch_due(limit=Setting.FEW) == ()
    assert Rate(per_second=Fraction(1, 2)).per_second == 0.5  # type: ignore[arg-type]


def test_how_long_a_worker_goes_on(messenger: Messenger) -> None:
    """It is told at once."""
    with pytest.raises(InvalidInput, match="within must be a timedelta"):
        Worker([messenger]).drain(within=5, signals=False)  # type: ignore[arg-type]


def test_before_there_were_texts(messenger: Messenger) -> None:
    """What would break every later decision about a number is not recorded."""
    for year in (1, 1899):
        with pytest.raises(InvalidInput, match="occurred_at lies before there were texts"):
            messenger.consent.revoke(
                PATIENT,
                channel="spoken",
                recorded_by="ana",
                occurred_at=datetime(year, 1, 1, tzinfo=UTC),
            )


USUAL_TWILIO: dict[str, Any] = {"account_sid": SID, "auth_token": TOKEN, "sender": SENDER}
USUAL_PRACTICE = {"name": "L", "phone": "+12175550100", "time_zone": "UTC", "state": "IL"}
USUAL_WAIVER = {"of": "quiet-hours", "reason": "agreed", "by": "ana", "on": DAY}
USUAL_REQUEST = {"method": "POST", "url": "https://example.com", "body": b"Body=STOP"}
USUAL_PURPOSE = {
    "code": "flu",
    "message_class": MessageClass.TRANSACTIONAL,
    "category": "care",
}
USUAL_SOFT = {
    "details_from_sale": True,
    "similar_products": True,
    "opt_out_at_collection": True,
}
VALUES: list[tuple[Callable[..., object], dict[str, Any], str]] = [
    (Twilio, USUAL_TWILIO | {"auth_token": None}, "auth_token is of a type"),
    (Twilio, USUAL_TWILIO | {"account_sid": INTEGER}, "account_sid is of a type"),
    (Twilio, USUAL_TWILIO | {"sender": None}, "not a str"),
    (Twilio, USUAL_TWILIO | {"older_auth_tokens": "abc"}, "the secrets in a list"),
    (Twilio, USUAL_TWILIO | {"base_url": None}, "base_url is of a type"),
    (Practice, USUAL_PRACTICE | {"name": None}, "name is of a type"),
    (Practice, USUAL_PRACTICE | {"time_zone": None}, "time zone is of a type"),
    (Practice, USUAL_PRACTICE | {"state": 5}, "state is of a type"),
    (Practice, USUAL_PRACTICE | {"also_known_as": None}, "lists of str"),
    (Practice, USUAL_PRACTICE | {"link_domains": [INTEGER]}, "link_domains .* a list of texts"),
    *(
        (
            Practice,
            USUAL_PRACTICE | {"link_domains": ["a.example", wrong]},
            "the practice.s own hosts",
        )
        for wrong in ("https://facebook.com/lakeside", "//lakeside.example", "ftp://a.example", "")
    ),
    *(
        (Practice, USUAL_PRACTICE | {name: wrong}, f"{name} must be True or False")
        for name in ("tax_exempt_nonprofit", "free_to_end_user", "smart_encoding")
        for wrong in ("False", "no", 2, None)
    ),
    (Practice, USUAL_PRACTICE | {"campaign": "low_volume"}, "campaign .* a Campaign"),
    (Profile, {"state": 5}, "state is of a type"),
    (Profile, {"country": "us"}, "country is a code of ISO 3166-1 in capitals"),
    *(
        (Profile, {name: wrong}, f"{name} must be True or False")
        for name in ("no_sms", "controls_care", "number_from_patient", "personal_relationship")
        for wrong in ("False", "no", 2, b"")
    ),
    *(
        (Profile, {name: wrong}, rf"{name} .* a datetime\.date")
        for name in ("birth_date", "last_transaction_on", "last_inquiry_on", "do_not_call_on")
        for wrong in ("2026-11-01", 20261101)
    ),
    (Profile, {"authorisation": True}, "authorisation .* an Authorisation"),
    (Profile, {"soft_opt_in": True}, "soft_opt_in .* a SoftOptIn"),
    (Profile, {"facts": {"names": ["Ana Gomez"]}}, "facts .* PatientFacts"),
    (PatientFacts, {"birth_date": "1990-01-01"}, "birth_date .* a datetime"),
    (Authorisation, {"signed_on": "2026-01-01"}, "signed_on .* a datetime"),
    (Authorisation, {"signed_on": DAY, "states_remuneration": "no"}, "True or False"),
    (SoftOptIn, USUAL_SOFT | {"similar_products": "no"}, "similar_products must be True"),
    (DncAnswer, {"listed": "no", "as_of": DAY}, "listed must be True"),
    (DncAnswer, {"listed": None, "as_of": DAY}, "listed must be True"),
    (DncAnswer, {"listed": False, "as_of": "2026-11-01"}, "as_of .* a datetime"),
    (LookupAnswers, {"deactivated_on": "2026-11-01"}, "deactivated_on .* a datetime"),
    *(
        (Settings, {name: wrong}, f"{name} must be True or False")
        for name in (
            "healthcare_exemption",
            "health_care_message_carve_out",
            "send_without_reassigned_data",
            "unknown_countries",
        )
        for wrong in ("false", 2, None)
    ),
    (Rulebook, {"settings": "strict"}, r"settings .* Settings\(\.\.\.\)"),
    (Rulebook, {"settings": None}, r"settings .* Settings\(\.\.\.\)"),
    (Settings, {"opt_out_line_every": 30}, "opt_out_line_every .* a timedelta"),
    (Settings, {"identical_text_within": 12}, "identical_text_within .* a timedelta"),
    (Settings, {"caps": PracticeCap(count=1, within=timedelta(days=1))}, "caps .* in a tuple"),
    (PracticeCap, {"count": "3", "within": timedelta(days=1)}, "count .* a whole number"),
    (PracticeCap, {"count": 3, "within": 24}, "within .* a timedelta"),
    (Purpose, USUAL_PURPOSE | {"care_message": "no"}, "care_message must be True"),
    (Purpose, USUAL_PURPOSE | {"exemptible": "no"}, "exemptible must be True"),
    (Wording, {"text": None, "version": "1"}, "text is of a type"),
    (Signature, {"signer": 5, "act": "ticked"}, "signer is of a type"),
    (Waiver, USUAL_WAIVER | {"by": None}, "by is of a type"),
    (Waiver, USUAL_WAIVER | {"on": "2026-11-24"}, "on .* a datetime"),
    (WebhookRequest, USUAL_REQUEST | {"body": "Body=STOP"}, "the raw bytes as received"),
    (WebhookRequest, USUAL_REQUEST | {"body": None}, "the raw bytes as received"),
    (WebhookRequest, USUAL_REQUEST | {"url": None}, "url is of a type"),
    (WebhookRequest, USUAL_REQUEST | {"headers": None}, "a mapping of names"),
    (WebhookRequest, USUAL_REQUEST | {"headers": [(b"host", b"x")]}, "a mapping of names"),
    (ImportedOptOut, {"number": INTEGER}, "not a str"),
    (ImportedOptOut, {"number": PATIENT, "occurred_at": "2024-01-01"}, "is not a datetime"),
    (
        ImportedConsent,
        {"number": PATIENT, "person": 881, "occurred_at": DAY, "basis": "spoken"},
        "person is of a type",
    ),
    (
        ImportedConsent,
        {"number": PATIENT, "person": PERSON, "occurred_at": DAY, "basis": "spoken", "tier": 0},
        "no tier is no consent",
    ),
]


@pytest.mark.parametrize(("make", "fields", "words"), VALUES, ids=range(len(VALUES)))
def test_values(make: Callable[..., object], fields: dict[str, Any], words: str) -> None:
    """A value that is made of something else says which field, and what to pass."""
    with pytest.raises(InvalidInput, match=words) as caught:
        make(**fields)
    assert str(INTEGER) not in str(caught.value)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (
            lambda: ReminderPlan(offsets=[], body="See you {start}"),
            "body of a plan is not a function",
        ),
        (
            lambda: ReminderPlan(offsets=[], template="t", values={}),
            "values of a plan is not a func",
        ),
        (
            lambda: RecallPlan(after="6 months", body="It is time"),
            "body of a plan is not a function",
        ),
        (
            lambda: Appointment(id="1", person=PERSON, numbers=None, start=SINCE, time_zone="UTC"),
            "The phone number is not a str",
        ),
    ],
)
def test_parts_of_a_set_up(make: Callable[[], object], words: str) -> None:
    """Words where a function makes them, or nothing where a number is needed."""
    with pytest.raises(InvalidInput, match=words):
        make()


def test_days_and_flags_as_databases_have_them() -> None:
    """An instant is its day by its own clock, and a column of a row is 0, 1 or nothing."""
    late = datetime(2026, 11, 29, 23, 30, tzinfo=ZoneInfo("America/Chicago"))
    told = Profile(last_transaction_on=late, birth_date=late, no_sms=1, controls_care=None)  # type: ignore[arg-type]

    assert told == Profile(last_transaction_on=late.date(), birth_date=late.date(), no_sms=True)
    assert DncAnswer(listed=1, as_of=late) == DncAnswer(listed=True, as_of=late.date())  # type: ignore[arg-type]
    assert SoftOptIn(**dict.fromkeys(USUAL_SOFT, 1)).holds  # type: ignore[arg-type]
    assert Practice(**USUAL_PRACTICE, tax_exempt_nonprofit=0).tax_exempt_nonprofit is False  # type: ignore[arg-type]
    assert Settings(healthcare_exemption=1, unknown_countries=0) == Settings(  # type: ignore[arg-type]
        healthcare_exemption=True
    )
    assert Waiver(**USUAL_WAIVER | {"on": late}).on == late.date()
    assert LookupAnswers(deactivated_on=late).deactivated_on == late.date()
    assert Settings(caps=[PracticeCap(count=1, within=timedelta(1))]) == Settings(  # type: ignore[arg-type]
        caps=(PracticeCap(count=1, within=timedelta(1)),)
    )


class Missing(datetime):
    """What a table of pandas has where there is no day: NaT."""

    def __ne__(self, other: object) -> bool:
        """It equals nothing, not even itself."""
        return True


def test_no_day_as_a_table_has_it() -> None:
    """It is none."""
    missing = Missing(1, 1, 1)

    assert Profile(birth_date=missing, last_transaction_on=missing) == Profile()


def test_what_to_pass(messenger: Messenger) -> None:
    """The usual slips are told how to mend them."""
    grant = ENTRIES["grant"][1]
    for changes, words in [
        ({"person": 881}, r"person .* whole number, such as a key of your own database, str\("),
        ({"wording": "I agree"}, r"wording .* Wording\(text=\.\.\., version=\.\.\.\)"),
        ({"signature": "Ana"}, r"signature .* Signature\(signer"),
        ({"agreement": True}, "agreement .* WrittenAgreement"),
    ]:
        with pytest.raises(InvalidInput, match=words):
            messenger.consent.grant(**(grant | changes))
    with pytest.raises(InvalidInput, match=r"since is not a datetime. Pass an aware datetime"):
        messenger.evidence(PATIENT, since=DAY, until=UNTIL, by="ana", reason="asked")  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="ImportedConsent"):
        messenger.import_consents(
            ["a row"],  # type: ignore[list-item]
            opt_outs=[],
            source="ehr",
            by="ana",
            no_opt_outs_because="none",
        )
    with pytest.raises(InvalidInput, match="list of Checkpoints"):
        messenger.verify_ledger(against=["a text"])  # type: ignore[list-item]


SET_UP: dict[str, list[Any]] = {
    "practice": [None, "lakeside"],
    "provider": [None, "twilio", Twilio, []],
    "store": [None, "texting.db", SQLite],
    "rulebook": ["strict"],
    "people": [{}, {PERSON: Profile()}, Profile()],
    "lookups": [lambda _: None],
    "keyring": ["texting.keys", b"k" * 32, Keyring],
    "secure_links": ["https://clinic.example"],
    "clock": [None, SINCE],
    "delivery": [60],
    "transport": ["https://proxy.example"],
    "ids": [None, "a"],
    "retention": [6],
    "volume": [500],
    "dry_run": [None, "false", "0", 0, 1],
    "permission": [True],
    "missed_calls": [True],
    "telemetry": [None, True],
    "retry": [3],
}


@pytest.mark.parametrize("facade", [Messenger, AsyncMessenger])
@pytest.mark.parametrize(
    ("argument", "value"), [(name, value) for name, values in SET_UP.items() for value in values]
)
def test_a_set_up(facade: Any, usual: dict[str, Any], argument: str, value: Any) -> None:
    """It is refused when it is made: in the midst of a send nobody mends it.

    ``dry_run="false"``, as the environment has it, was a dry run: each text was on record as sent,
    and none left.
    """
    with pytest.raises(InvalidInput, match=rf"^{argument} (is of a type|must be True or False)"):
        facade(**usual | {argument: value})


@pytest.mark.parametrize("facade", [Messenger, AsyncMessenger])
@pytest.mark.parametrize("argument", ["clock", "ids", "people", "secure_links", "lookups"])
def test_a_set_up_of_coroutine_functions(facade: Any, usual: dict[str, Any], argument: str) -> None:
    """They are refused at once where nobody awaits them, and taken where somebody does."""

    async def answer(*_: object) -> None: ...

    class Answers:
        async def __call__(self, *_: object) -> None: ...

    for each in (answer, Answers(), partial(answer)):
        value = Lookups(line_type=each) if argument == "lookups" else each  # type: ignore[arg-type]
        if facade is AsyncMessenger and argument not in {"clock", "ids"}:
            facade(**usual | {argument: value})
            continue
        with pytest.raises(InvalidInput, match=r"is a coroutine function.* Pass a plain function"):
            facade(**usual | {argument: value})


def test_a_set_up_of_a_hosts_own(usual: dict[str, Any]) -> None:
    """What does the same may be of any type."""

    class Clock:
        def __call__(self) -> datetime:
            return SINCE

    class OnLoops:
        asynchronous = usual["store"].asynchronous

    AsyncMessenger(**usual | {"store": OnLoops()})
    made = Messenger(
        **usual | {"clock": Clock(), "ids": uuid4().hex.__str__, "people": partial(Profile)}
    )
    assert made.practice == usual["practice"]


@pytest.fixture
def usual(tmp_path: Path) -> dict[str, Any]:
    """What a messenger is made of."""
    return {
        "practice": Practice(**USUAL_PRACTICE),
        "provider": Twilio(account_sid=SID, auth_token=TOKEN, sender=SENDER),
        "store": SQLite(tmp_path / "texting.db"),
        "keyring": Keyring.generate(),
    }


@pytest.mark.both_databases
@pytest.mark.parametrize("limit", [-1, None, "5", "٥", 2.5, True, 2**63])
def test_how_many_at_most(make_messenger: Callable[..., Messenger], limit: Any) -> None:
    """What is no number of rows is refused by whatever database, and means everything to none."""
    hours = BusinessHours(time_zone="America/Chicago", week={"mon-fri": "09:00-17:00"})
    messenger = make_messenger(
        inbox=InboxPlan(point_person="dr-diaz", queues=[Queue(name="desk", hours=hours)]),
        reminders=[ReminderPlan(offsets=["2 hours before"])],
    )
    desk, inbox = messenger.reminders, messenger.inbox
    calls: list[Call] = [desk.plan_due, desk.answers, inbox.escalate, inbox.events]
    calls += [messenger.open_items, messenger.uncertain]
    for call in calls:
        with pytest.raises(InvalidInput, match="limit says how many"):
            call(limit=limit)
    for listed in (inbox.threads, inbox.waiting, inbox.overdue):
        with pytest.raises(InvalidInput, match="limit says how many"):
            listed(limit=limit)
    assert [call(limit=0) for call in calls] == [0, (), 0, (), (), ()]
    for days in (0, 36_601, limit):
        with pytest.raises(InvalidInput, match="days must be"):
            inbox.metrics(days=days)
