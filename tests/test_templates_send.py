"""Sending by the name of a template: language, tier, record, repeats."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from compliant_sms import (
    AsyncMessenger,
    Blocked,
    Messenger,
    Outcome,
    Practice,
    Profile,
    Purpose,
    Queued,
    Sent,
)
from compliant_sms.errors import (
    CannotRender,
    ConfigurationError,
    IdempotencyConflict,
    InvalidInput,
    UnknownTemplate,
)
from compliant_sms.evidence import verify_pack
from compliant_sms.evidence._files import PAGE, unpacked
from compliant_sms.optout import Awaiting
from compliant_sms.providers import Twilio
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores import SQLite
from compliant_sms.templates import Body, Catalogue, TemplateRef, starter
from compliant_sms.testing import MovableClock
from conftest import PATIENT, PERSON, WARNING
from evidence_story import SINCE, UNTIL, WHO, dossier_of
from templates_made import LEE, reminder, simple
from test_send import agree
from test_templates_catalogue import GONE

Make = Callable[..., Messenger]
VALUES = {
    "given_name": "Ana",
    "date": date(2026, 12, 1),
    "time": time(14, 30),
    "procedure": "colonoscopy",
}
PLAIN = (
    "Lakeside Family Medicine: Ana, see you Tue Dec 1 at 2:30 PM. Reply C to confirm. Reply STOP "
    "to opt out."
)
DETAIL = PLAIN.replace("PM.", "PM for your colonoscopy.")
SPANISH = (
    "Lakeside Family Medicine: Ana, le esperamos el mar 1 dic, 2:30 PM. Responda C para confirmar. "
    "Responda STOP para no recibir mensajes."
)
BOTH = Catalogue([*starter(LEE), reminder(asks="confirm")])


def without_line(text: str) -> str:
    """A text as it goes when the line was told before."""
    return text.partition(" Reply STOP")[0].partition(" Responda STOP")[0]


def profile(**changes: object) -> Callable[[str], Profile]:
    """What the host knows of everybody."""
    known = Profile(**({"time_zone": "America/Chicago"} | changes))  # type: ignore[arg-type]
    return lambda _: known


@pytest.fixture
def willing(make_messenger: Make) -> Messenger:
    """A messenger with templates, whose patient agreed to texts."""
    messenger = make_messenger(people=profile(), templates=BOTH)
    agree(messenger)
    return messenger


def prefer(messenger: Messenger) -> None:
    """The patient was warned and wants details by text."""
    messenger.consent.record_phi_preference(
        PATIENT, person=PERSON, warning=WARNING, channel="spoken", recorded_by="ana"
    )


def visit(messenger: Any, key: str = "appt-1/24h", **changes: Any) -> Outcome:
    """Send the reminder."""
    asked: dict[str, Any] = {
        "template": "visit",
        "to": PATIENT,
        "person": PERSON,
        "values": VALUES,
        "idempotency_key": key,
    }
    made: Outcome = messenger.send_template(**(asked | changes))
    return made


def bodies(carrier: Sandbox) -> list[str]:
    """What arrived."""
    return [text.body for text in carrier.messages()]


@pytest.mark.both_databases
def test_a_text_goes_out_and_its_template_stays_on_record(
    willing: Messenger, carrier: Sandbox
) -> None:
    """Name, version, fingerprint, language and tier are kept with the text, and what it asks."""
    assert isinstance(visit(willing), Sent)

    assert bodies(carrier) == [PLAIN]
    (record,) = willing.history(PERSON).texts
    assert record.message.draft.template == TemplateRef(
        name="visit",
        version=1,
        fingerprint=BOTH.newest("visit").fingerprint,
        language="en",
        tier="minimum",
    )
    assert record.message.draft.asks is Awaiting.CONFIRM
    assert record.message.draft.purpose == Purpose.APPOINTMENT_REMINDER
    assert willing.templates is BOTH


def test_the_wish_on_record_picks_the_body(willing: Messenger, carrier: Sandbox) -> None:
    """Detail only for who was warned and wants it, and no longer than they do."""
    prefer(willing)
    visit(willing, "a")
    willing.consent.withdraw_phi_preference(
        PATIENT, person=PERSON, channel="spoken", recorded_by="ana"
    )
    visit(willing, "b", values=VALUES | {"time": time(15)})

    assert bodies(carrier) == [DETAIL, without_line(PLAIN).replace("2:30", "3:00")]


def test_another_persons_wish_does_not_count(willing: Messenger, carrier: Sandbox) -> None:
    """A family shares a number; a wish is one person's."""
    willing.consent.record_phi_preference(
        PATIENT, person="pat-900", warning=WARNING, channel="spoken", recorded_by="ana"
    )
    visit(willing)

    assert bodies(carrier) == [PLAIN]


def test_confidential_care_gets_the_minimum(make_messenger: Make, carrier: Sandbox) -> None:
    """What a minor consented to alone goes in no detail: 45 CFR 164.502(g)(3)(i)."""
    messenger = make_messenger(people=profile(controls_care=True), templates=BOTH)
    agree(messenger)
    prefer(messenger)
    visit(messenger)

    assert bodies(carrier) == [PLAIN]


@pytest.mark.parametrize(
    ("language", "told", "expected"),
    [
        (None, {"language": "es-MX"}, SPANISH),
        ("es", {}, SPANISH),
        ("en", {"language": "es"}, PLAIN),
        (None, {"language": "vi"}, PLAIN),
        (None, {}, PLAIN),
    ],
)
def test_the_patients_language_picks_the_body(
    make_messenger: Make,
    carrier: Sandbox,
    language: str | None,
    told: dict[str, str],
    expected: str,
) -> None:
    """What is passed, then what the host's profile says, then English."""
    messenger = make_messenger(people=profile(**told), templates=BOTH)
    agree(messenger)
    visit(messenger, language=language)

    assert bodies(carrier) == [expected]


def test_the_line_added_is_in_the_language_of_the_template(
    make_messenger: Make, carrier: Sandbox
) -> None:
    """However few words it has to tell a language by."""
    few = simple(
        "{practice}: {given_name}, see you soon.",
        bodies={"es": Body(minimum="{practice}: {given_name}, visita.")},
    )
    messenger = make_messenger(templates=Catalogue([few]))
    agree(messenger)
    messenger.send_template(
        "hello",
        to=PATIENT,
        person=PERSON,
        values={"given_name": "Ana"},
        language="es",
        idempotency_key="1",
    )

    assert bodies(carrier) == [
        "Lakeside Family Medicine: Ana, visita. Responda STOP para no recibir mensajes."
    ]


def test_a_person_of_whom_nothing_is_known_gets_english(
    make_messenger: Make, carrier: Sandbox
) -> None:
    """No profile is no error."""
    messenger = make_messenger(people=lambda _: None, templates=BOTH)
    agree(messenger)
    visit(messenger)

    assert bodies(carrier) == [PLAIN]


@pytest.mark.both_databases
def test_the_same_call_again_is_the_same_text(
    make_messenger: Make, willing: Messenger, carrier: Sandbox
) -> None:
    """A newer version, a new wish and another language change nothing of what was asked before."""
    first = visit(willing)
    prefer(willing)
    newer = Catalogue([*BOTH, reminder(2, "we see you")])
    later = make_messenger(people=profile(language="es"), templates=newer)

    assert visit(later) == first
    assert bodies(carrier) == [PLAIN]
    assert isinstance(visit(later, "appt-2/24h"), Sent)
    assert bodies(carrier)[1] == without_line(SPANISH)
    with pytest.raises(IdempotencyConflict):
        visit(later, values=VALUES | {"given_name": "Jane"})
    with pytest.raises(IdempotencyConflict):
        visit(later, language="es")


def test_a_detailed_text_asked_for_again_stays_one(willing: Messenger, carrier: Sandbox) -> None:
    """The wish that ended since then raises no conflict and sends nothing."""
    prefer(willing)
    first = visit(willing)
    willing.consent.withdraw_phi_preference(
        PATIENT, person=PERSON, channel="spoken", recorded_by="ana"
    )

    assert visit(willing) == first
    assert bodies(carrier) == [DETAIL]


def test_a_key_of_another_text_is_refused(make_messenger: Make, willing: Messenger) -> None:
    """Of another template, of none, or of a version that the catalogue forgot."""
    visit(willing)
    with pytest.raises(IdempotencyConflict):
        visit(
            willing,
            template="appointment_confirmed",
            values={name: VALUES[name] for name in ("given_name", "date", "time")},
        )
    willing.send(
        to=PATIENT,
        person=PERSON,
        purpose=Purpose.APPOINTMENT_REMINDER,
        body="Lakeside Family Medicine: see you.",
        idempotency_key="own",
    )
    with pytest.raises(IdempotencyConflict):
        visit(willing, "own")
    forgot = make_messenger(
        people=profile(), templates=Catalogue([reminder(2, "we see you", asks="confirm")])
    )
    with pytest.raises(IdempotencyConflict):
        visit(forgot)


def test_a_purged_text_is_not_texted_again(
    willing: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """Its template stays on record, so that the same call is known as the same."""
    visit(willing)
    clock.advance(timedelta(days=365 * 12))
    willing.purge(by="it:kim")

    (record,) = willing.history(PERSON).texts
    assert record.message.purged is not None
    assert record.message.draft.template is not None
    assert isinstance(visit(willing), Sent)
    assert len(bodies(carrier)) == 1


def test_detail_is_not_sent_when_the_wish_ended_before_it_left(
    willing: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """A text that waited is decided anew, and the rulebook refuses what the ledger forbids."""
    prefer(willing)
    clock.advance(timedelta(hours=13))
    visit(willing)
    willing.consent.withdraw_phi_preference(
        PATIENT, person=PERSON, channel="spoken", recorded_by="ana"
    )
    clock.advance(timedelta(hours=12))
    outcomes = willing.dispatch_due()

    assert [type(outcome) for outcome in outcomes] == [Blocked]
    assert bodies(carrier) == []


def test_refused_values_store_nothing(willing: Messenger, carrier: Sandbox) -> None:
    """Neither a text nor a key that is used up."""
    with pytest.raises(CannotRender, match="given_name is blank"):
        visit(willing, values=VALUES | {"given_name": ""})
    with pytest.raises(CannotRender, match="time is missing"):
        visit(willing, values={"given_name": "Ana", "date": VALUES["date"]})

    assert (willing.history(PERSON).texts, bodies(carrier)) == ((), [])
    assert isinstance(visit(willing), Sent)


def test_what_may_not_be_used_is_not_sent(make_messenger: Make) -> None:
    """Neither what nobody approved, nor what was withdrawn, nor from a messenger without any."""
    for templates in (
        Catalogue([reminder(approved=None)]),
        Catalogue([reminder(withdrawn=GONE)]),
        Catalogue(),
    ):
        with pytest.raises(UnknownTemplate):
            visit(make_messenger(people=profile(), templates=templates))
    with pytest.raises(ConfigurationError, match="has no templates"):
        visit(make_messenger(people=profile()))
    with pytest.raises(InvalidInput, match="templates"):
        make_messenger(templates=[reminder()])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"template": 3}, "template"),
        ({"person": 3}, "person"),
        ({"person": " "}, "person is empty"),
        ({"values": ["Ana"]}, "values"),
        ({"idempotency_key": 3}, "idempotency_key"),
        ({"language": 3}, "language"),
        ({"by": 3}, "by"),
        ({"to": "nobody"}, "number"),
    ],
)
def test_wrong_arguments_are_refused(
    willing: Messenger, changes: dict[str, object], words: str
) -> None:
    """Of another type, and never repeated."""
    with pytest.raises(InvalidInput, match=words):
        visit(willing, **changes)


def test_a_canned_reply_is_sent_by_a_person(willing: Messenger, carrier: Sandbox) -> None:
    """Without a person it is refused; the record says who picked it."""
    values = {"given_name": "Ana", "signature": "Sam"}

    with pytest.raises(InvalidInput, match="picked by a person"):
        visit(willing, template="reply_thanks", values=values)
    visit(willing, template="reply_thanks", values=values, by="front-desk:ana")

    assert bodies(carrier)[0].startswith(
        "You are very welcome, Ana. Text us whenever you need us. Sam"
    )
    (record,) = willing.history(PERSON).texts
    assert record.message.draft.template is not None
    assert record.message.draft.template.by == "front-desk:ana"
    assert record.message.draft.purpose == Purpose.CARE_CONVERSATION


def test_not_after_is_kept(willing: Messenger, clock: MovableClock) -> None:
    """A reminder that comes too late is none."""
    last = clock() + timedelta(hours=2)
    visit(willing, not_after=last)

    (record,) = willing.history(PERSON).texts
    assert record.message.draft.not_after == last


def test_the_dispute_pack_tells_the_template(willing: Messenger) -> None:
    """Machines find it in the record, people on the page; a text without one tells none."""
    visit(willing)
    visit(
        willing,
        "b",
        template="reply_thanks",
        values={"given_name": "Ana", "signature": "Sam"},
        by="front-desk:ana",
    )
    willing.send(
        to=PATIENT,
        person=PERSON,
        purpose=Purpose.APPOINTMENT_REMINDER,
        body="Lakeside Family Medicine: see you.",
        idempotency_key="own",
    )
    pack = willing.evidence(PATIENT, since=SINCE, until=UNTIL, **WHO)
    first, second, third = dossier_of(pack.data).texts
    page = unpacked(pack.data)[PAGE].decode()

    assert first.template is not None
    assert (first.template.name, first.template.version, first.template.by) == ("visit", 1, "")
    assert first.template.fingerprint == BOTH.newest("visit").fingerprint
    assert second.template is not None
    assert second.template.by == "front-desk:ana"
    assert third.template is None
    assert "template visit, version 1, in en, minimum <small>" in page
    assert "reply_thanks, version 1, in en, minimum, picked by front-desk:ana" in page
    assert page.count("Made from") == 2
    assert verify_pack(pack.data).ok


def test_in_a_hosts_transaction_it_is_only_kept(
    willing: Messenger, carrier: Sandbox, database: Path
) -> None:
    """It leaves by dispatch after the commit, and never was there after a rollback."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        assert isinstance(visit(willing.within(connection), "rolled back"), Queued)
        connection.rollback()
        connection.execute("BEGIN IMMEDIATE")
        assert isinstance(visit(willing.within(connection)), Queued)
        assert isinstance(visit(willing.within(connection)), Queued)
        connection.commit()
    assert bodies(carrier) == []
    willing.dispatch_due()

    assert bodies(carrier) == [PLAIN]


def test_an_event_loop_does_the_same(
    practice: Practice, provider: Twilio, carrier: Sandbox, clock: MovableClock, database: Path
) -> None:
    """AsyncMessenger, and its part in a host's transaction."""

    async def people(_: str) -> Profile:
        return Profile(time_zone="America/Chicago", language="es")

    async def main() -> None:
        messenger = AsyncMessenger(
            practice=practice,
            provider=provider,
            store=SQLite(database),
            people=people,
            templates=BOTH,
            clock=clock,
        )
        async with messenger:
            await messenger.consent.grant(PATIENT, person=PERSON, basis="spoken", recorded_by="ana")
            asked: dict[str, Any] = {"to": PATIENT, "person": PERSON, "values": VALUES}
            await messenger.send_template("visit", idempotency_key="a", **asked)
            with closing(sqlite3.connect(database)) as connection:
                connection.execute("BEGIN IMMEDIATE")
                joined = messenger.within(connection)
                outcome = await joined.send_template(
                    "visit",
                    idempotency_key="b",
                    **(asked | {"values": VALUES | {"time": time(15)}}),
                )
                connection.commit()
            assert isinstance(outcome, Queued)
            await messenger.dispatch_due()

    asyncio.run(main())

    assert bodies(carrier) == [
        SPANISH,
        without_line(SPANISH).replace("2:30", "3:00"),
    ]


def test_a_profile_has_a_tag_or_no_language() -> None:
    """A name of a language is no tag of one."""
    assert Profile(language="es-419").language == "es-419"
    for wrong in ("Spanish", "", "e", "es mx"):
        with pytest.raises(InvalidInput, match="BCP 47"):
            Profile(language=wrong)
    with pytest.raises(InvalidInput):
        Profile(language=3)  # type: ignore[arg-type]


def test_smart_encoding_still_knows_the_text(make_messenger: Make, practice: Practice) -> None:
    """What is replaced on the way out is replaced again when the same call comes."""
    smart = make_messenger(
        people=profile(),
        templates=Catalogue([reminder(word="we\u2019ll see you")]),
        practice=evolve(practice, smart_encoding=True),
    )
    agree(smart)

    assert visit(smart) == visit(smart)
