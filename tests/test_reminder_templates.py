"""Reminders made from templates, by language and wish at the moment when they go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from compliant_sms import Cancelled, Held, Keyring, Messenger, Profile, Sent
from compliant_sms.classification import Purpose
from compliant_sms.errors import (
    CannotRender,
    ConfigurationError,
    InvalidInput,
    UnknownTemplate,
)
from compliant_sms.lifecycle import State
from compliant_sms.reminders import Answer, Kind, RecallPlan, ReminderContext, ReminderPlan
from compliant_sms.sandbox import Sandbox
from compliant_sms.templates import Catalogue, Place, Template, Variable, Withdrawal, starter
from compliant_sms.testing import MovableClock
from compliant_sms.volume import UNTIL_RESUMED
from conftest import MORNING, PATIENT, PERSON, WARNING
from templates_made import LEE, reminder, simple
from test_receive import from_patient
from test_reminders import CHICAGO, HOUR, LEAST, TUESDAY, WALL, family, history, run_to, visit, work
from test_send import TOO_LATE, agree, outgoing, waits

pytestmark = [
    pytest.mark.usefixtures(waits.__name__),  # nobody sleeps here
    pytest.mark.both_databases,
]
assert family  # a fixture
Make = Callable[..., Messenger]
NIGHT = TUESDAY - timedelta(hours=12)
GONE = Withdrawal(by="Dr. Lee", on=date(2026, 11, 30), reason="the word was wrong")
MINIMUM = "Lakeside Family Medicine: Ana, see you Wed Dec 2 at 2:30 PM. Reply C to confirm."
DETAIL = MINIMUM.replace("PM.", "PM for your colonoscopy.")


def own_values(context: ReminderContext) -> dict[str, object]:
    """What the practice knows beside the visit itself."""
    assert context.appointment.person in {PERSON, "pat-882"}
    return {"given_name": "Ana", "procedure": "colonoscopy"}


def plan(**changes: Any) -> ReminderPlan:
    """The practice's plan."""
    given = {"offsets": ["1 day before at 10:00"], "template": "visit", "values": own_values}
    return ReminderPlan(**(given | changes))


def made(version: int = 1, word: str = "see you", **changes: object) -> Template:
    """The template of the plan."""
    return reminder(version, word, asks="confirm", **changes)


@pytest.fixture
def profiles() -> dict[str, Profile]:
    """What the host knows of persons."""
    return {}


@pytest.fixture
def make_diary(make_messenger: Make, profiles: dict[str, Profile]) -> Make:
    """Makes messengers with plans and templates."""
    keyring = Keyring.generate()

    def make(*templates: Template, **changes: Any) -> Messenger:
        arguments: dict[str, Any] = {
            "people": lambda person: profiles.get(person, Profile(time_zone=CHICAGO)),
            "reminders": [plan()],
            "keyring": keyring,
            "templates": Catalogue(templates or [made()]),
        }
        return make_messenger(**(arguments | changes))

    return make


@pytest.fixture
def diary(make_diary: Make) -> Messenger:
    """A messenger whose patient agreed."""
    messenger = make_diary()
    agree(messenger)
    return messenger


def prefer(messenger: Messenger, person: str = PERSON) -> None:
    """The patient was warned and wants details by text."""
    messenger.consent.record_phi_preference(
        PATIENT, person=person, warning=WARNING, channel="spoken", recorded_by="ana"
    )


def test_the_visit_gives_day_and_time(
    diary: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """By the clinic's clock; the rest comes from the plan, and the template stays on record."""
    diary.reminders.save(visit())
    run_to(diary, clock, TUESDAY + HOUR)

    assert outgoing(carrier) == [f"{MINIMUM} Reply STOP to opt out."]
    (text,) = history(diary)
    assert text.draft.template is not None
    assert (text.draft.template.name, text.draft.template.tier) == ("visit", "minimum")
    assert str(text.draft.asks) == "confirm"
    assert text.draft.purpose == Purpose.APPOINTMENT_REMINDER


def test_the_clinic_lies_in_another_zone(
    diary: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """The time is what its own clock shows, not the practice's."""
    diary.reminders.save(visit(time_zone="America/Denver"))
    run_to(diary, clock, TUESDAY + 2 * HOUR)

    assert "at 2:30 PM" in outgoing(carrier)[0]


def test_place_where_there_is_one(make_diary: Make, carrier: Sandbox, clock: MovableClock) -> None:
    """A part of a template without a value is left out."""
    template = simple(
        "{practice}: see you {date} at {time}[[ at {place}]].",
        name="visit",
        variables=[*(v for v in made().variables if v.name in {"date", "time"}), PLACE],
    )
    messenger = make_diary(template, reminders=[plan(values=None)])
    agree(messenger)
    clock.advance(timedelta(minutes=1))
    agree(messenger, person="pat-883")
    messenger.reminders.save(visit(place="Room 4"))
    messenger.reminders.save(
        visit(id="992", person="pat-883", place="", start=WALL + timedelta(days=1))
    )
    run_to(messenger, clock, TUESDAY + timedelta(days=1, hours=1))

    first, second = outgoing(carrier)
    assert "at 2:30 PM at Room 4." in first
    assert "at 2:30 PM." in second


PLACE = Variable("place", Place(most=20))


@pytest.mark.parametrize("wished", ["before planning", "while it waits", "taken back"])
def test_as_detailed_as_the_patient_wishes_when_it_goes(
    diary: Messenger, carrier: Sandbox, clock: MovableClock, wished: str
) -> None:
    """What waits in the other tier is called back, and made anew."""
    if wished != "while it waits":
        prefer(diary)
    diary.reminders.save(visit())
    diary.reminders.plan_due(until=TUESDAY)
    (waiting,) = history(diary)
    assert waiting.draft.body == (MINIMUM if wished == "while it waits" else DETAIL)
    clock.advance(HOUR)
    if wished == "while it waits":
        prefer(diary)
    if wished == "taken back":
        diary.consent.withdraw_phi_preference(
            PATIENT, person=PERSON, channel="spoken", recorded_by="ana"
        )
    clock.move_to(TUESDAY)
    first = diary.dispatch_due()
    run_to(diary, clock, TUESDAY + HOUR)

    (arrived,) = outgoing(carrier)
    assert arrived.startswith(MINIMUM if wished == "taken back" else DETAIL)
    if wished != "before planning":
        assert first == (
            Cancelled(
                message_id=waiting.message_id,
                reason="the patient is to have it in another language, or in more or less detail",
            ),
        )


def test_in_the_language_of_the_profile(
    diary: Messenger, carrier: Sandbox, clock: MovableClock, profiles: dict[str, Profile]
) -> None:
    """It is asked at planning and at sending; the visit's language is the rest."""
    diary.reminders.save(visit())
    diary.reminders.plan_due(until=TUESDAY)
    profiles[PERSON] = Profile(time_zone=CHICAGO, language="es-MX")
    run_to(diary, clock, TUESDAY + HOUR)

    (arrived,) = outgoing(carrier)
    assert "le esperamos el" in arrived
    assert [each.state for each in history(diary)] == [State.CANCELLED, State.SENT]


def test_in_the_language_of_the_visit(
    diary: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """Where the host knows none of the patient."""
    diary.reminders.save(visit(language="es"))
    run_to(diary, clock, TUESDAY + HOUR)

    assert "le esperamos el" in outgoing(carrier)[0]


def test_care_that_is_a_minors_own_has_no_detail(
    diary: Messenger, carrier: Sandbox, clock: MovableClock, profiles: dict[str, Profile]
) -> None:
    """Whatever they wish: a wish counts for ordinary care."""
    prefer(diary)
    profiles[PERSON] = Profile(time_zone=CHICAGO, controls_care=True)
    diary.reminders.save(visit())
    run_to(diary, clock, TUESDAY + HOUR)

    assert outgoing(carrier)[0].startswith(MINIMUM)


def test_a_withdrawn_template_is_not_sent(
    diary: Messenger, make_diary: Make, carrier: Sandbox, clock: MovableClock
) -> None:
    """What waits of it is called back, and the newest version goes in its place."""
    diary.reminders.save(visit())
    diary.reminders.plan_due(until=TUESDAY)
    newer = make_diary(made(withdrawn=GONE), made(2, "we meet"))
    clock.move_to(TUESDAY)
    (gone,) = newer.dispatch_due()

    assert isinstance(gone, Cancelled)
    assert gone.reason == "the template that it was made from was withdrawn"
    run_to(newer, clock, TUESDAY + HOUR)
    assert [text.partition("Ana, ")[2][:7] for text in outgoing(carrier)] == ["we meet"]
    cancelled, sent = history(newer)
    assert cancelled.problem is not None
    assert cancelled.problem.words == gone.reason
    assert sent.draft.template is not None
    assert sent.draft.template.version == 2


@pytest.mark.parametrize("asked_on", [MORNING, TUESDAY])
def test_one_of_several_that_were_asked_for_ahead_is_made_anew(
    make_diary: Make,
    carrier: Sandbox,
    clock: MovableClock,
    profiles: dict[str, Profile],
    asked_on: datetime,
) -> None:
    """At its own time, not at that of the last one, when it is over."""
    days = ["1 day before at 18:00", "on the day at 9:00"]
    messenger = make_diary(reminders=[plan(offsets=days)])
    agree(messenger)
    messenger.reminders.save(visit())
    run_to(messenger, clock, asked_on)
    assert messenger.reminders.plan_due(until=visit().starts_at) == 2
    profiles[PERSON] = Profile(time_zone=CHICAGO, language="es")
    run_to(messenger, clock, TUESDAY + 9 * HOUR)

    (arrived,) = outgoing(carrier)
    assert "le esperamos el" in arrived


def test_the_first_of_those_that_were_asked_for_ahead_by_and_by(
    make_diary: Make, carrier: Sandbox, clock: MovableClock, profiles: dict[str, Profile]
) -> None:
    """It is made anew at its own time, whatever was asked for after it."""
    messenger = make_diary(reminders=[plan(offsets=["1 day before at 10:00", "2 hours before"])])
    agree(messenger)
    messenger.reminders.save(visit())
    run_to(messenger, clock, NIGHT + 6 * HOUR)
    assert messenger.reminders.plan_due(until=TUESDAY + 4 * HOUR) == 1
    assert messenger.reminders.plan_due(until=visit().starts_at) == 1
    profiles[PERSON] = Profile(time_zone=CHICAGO, language="es")
    run_to(messenger, clock, TUESDAY + HOUR)

    (arrived,) = outgoing(carrier)
    assert "le esperamos el" in arrived


@pytest.mark.parametrize("ahead", [False, True])
def test_a_template_that_was_withdrawn_during_a_pause(
    make_diary: Make, carrier: Sandbox, clock: MovableClock, *, ahead: bool
) -> None:
    """What was wrong is paused, mended and let go: the mended text goes soon after."""
    offsets = [plan(offsets=["1 day before at 10:00", "2 hours before"])]
    messenger = make_diary(reminders=offsets)
    agree(messenger)
    messenger.reminders.save(visit())
    run_to(messenger, clock, NIGHT)
    if ahead:
        assert messenger.reminders.plan_due(until=visit().starts_at) == 2
    messenger.pause(by="it:kim", reason="The word is wrong.")
    run_to(messenger, clock, TUESDAY + HOUR)
    assert UNTIL_RESUMED in {each.not_before for each in history(messenger)}
    mended = make_diary(made(withdrawn=GONE), made(2, "we see you"), reminders=offsets)
    mended.resume(by="it:kim", reason="The word is right.")
    run_to(mended, clock, TUESDAY + 2 * HOUR)

    (text,) = outgoing(carrier)
    assert "we see you" in text


def test_all_versions_withdrawn(
    diary: Messenger, make_diary: Make, carrier: Sandbox, clock: MovableClock
) -> None:
    """A practice that withdrew its words can still receive; planning says what is wrong."""
    diary.reminders.save(visit())
    newer = make_diary(made(withdrawn=GONE))
    clock.move_to(TUESDAY)
    with pytest.raises(UnknownTemplate):
        newer.reminders.plan_due()

    assert outgoing(carrier) == []


@pytest.mark.parametrize("templates", [None, Catalogue(starter(LEE))])
def test_a_program_without_the_template_holds_it(
    diary: Messenger,
    make_diary: Make,
    carrier: Sandbox,
    clock: MovableClock,
    templates: Catalogue | None,
) -> None:
    """It cannot tell whether the words were withdrawn; somebody reads why, and it goes later."""
    diary.reminders.save(visit())
    diary.reminders.plan_due(until=TUESDAY)
    other = make_diary(templates=templates, reminders=[])
    clock.move_to(TUESDAY)
    (held,) = other.dispatch_due()

    assert isinstance(held, Held)
    assert held.until == TUESDAY + HOUR
    [why] = held.reasons
    assert (why.rule, why.code) == ("template", "template-unknown")
    assert "Messenger(templates=...)" in why.remedy
    assert outgoing(carrier) == []
    clock.advance(HOUR)
    (sent,) = diary.dispatch_due()
    assert isinstance(sent, Sent)


def test_a_program_without_the_template_is_the_first_to_look(
    make_diary: Make, carrier: Sandbox, clock: MovableClock
) -> None:
    """As while programs are replaced: the other one finds the text in time, however short that is.

    Where only the one without it looks, it looks again and again, and at last cancels it.
    """
    plans = [plan(offsets=["30 minutes before"])]
    messenger = make_diary(reminders=plans)
    other = make_diary(templates=None, reminders=[])
    agree(messenger)
    messenger.reminders.save(visit(start=WALL - timedelta(days=2)))
    messenger.reminders.save(visit(id="992", start=WALL - timedelta(days=1)))
    for day, found in ((2, True), (1, False)):
        begins = visit(start=WALL - timedelta(days=day)).starts_at
        clock.move_to(begins - HOUR / 2)
        messenger.reminders.plan_due()
        outcomes = list(other.dispatch_due())
        while not found and clock() < begins:
            clock.advance(timedelta(minutes=1))
            outcomes += other.dispatch_due()
        run_to(messenger, clock, begins, HOUR / 12)
        *held, last = outcomes
        assert all(isinstance(each, Held) for each in held)
        assert isinstance(last, Held if found else Cancelled)
        assert len(held) == (0 if found else 5)

    (body,) = outgoing(carrier)
    assert "Mon Nov 30 at 2:30 PM" in body


@pytest.mark.parametrize("recalls", [False, True])
def test_a_plan_with_another_template_whose_old_one_is_gone(
    make_diary: Make, carrier: Sandbox, clock: MovableClock, *, recalls: bool
) -> None:
    """Nobody has the old one any more: the reminder is made anew, and does not wait until the end.

    So is a recall.
    """
    come = simple("{practice}: {given_name}, it is time to come.", name="come")
    soon = simple("{practice}: {given_name}, see you soon.", name="soon")

    def planned(name: str, template: str) -> ReminderPlan:
        recall = RecallPlan(after="10 days", template=name, values=lambda _: {"given_name": "Ana"})
        values = own_values if template == "visit" else recall.values
        return plan(template=template, recall=recall, values=values)

    messenger = make_diary(made(), come, reminders=[planned("come", "visit")])
    agree(messenger)
    messenger.reminders.save(
        visit(start=WALL - timedelta(days=11), status="done") if recalls else visit()
    )
    assert messenger.reminders.plan_due(until=TUESDAY) == 1
    newer = make_diary(soon, reminders=[planned("soon", "soon")])
    clock.move_to(TUESDAY)
    (gone,) = newer.dispatch_due()

    assert isinstance(gone, Cancelled)
    assert gone.reason.endswith("lacks its template, and plans it in other words")
    run_to(newer, clock, TUESDAY + HOUR)
    (text,) = outgoing(carrier)
    assert "Ana, see you soon." in text


def test_a_program_in_which_nobody_approved_the_template_yet(
    make_diary: Make, carrier: Sandbox, clock: MovableClock
) -> None:
    """It cannot tell either: the text waits for the program in which somebody did."""
    messenger, other = make_diary(), make_diary(made(approved=None), reminders=[])
    agree(messenger)
    clock.move_to(NIGHT + 2 * HOUR)
    messenger.send_template(
        "visit",
        to=PATIENT,
        person=PERSON,
        values={"given_name": "Ana", "date": date(2026, 12, 2), "time": WALL.time()},
        idempotency_key="hand-1",
    )
    clock.move_to(TUESDAY)
    (held,) = other.dispatch_due()

    assert isinstance(held, Held)
    assert [each.code for each in held.reasons] == ["template-unknown"]
    clock.advance(HOUR)
    (sent,) = messenger.dispatch_due()
    assert isinstance(sent, Sent)


def test_without_the_template_until_it_is_too_late(
    make_diary: Make, carrier: Sandbox, clock: MovableClock
) -> None:
    """Nobody waits for a template any longer than for the text."""
    messenger, other = make_diary(), make_diary(templates=None, reminders=[])
    agree(messenger)
    clock.move_to(NIGHT + 2 * HOUR)
    messenger.send_template(
        "visit",
        to=PATIENT,
        person=PERSON,
        values={"given_name": "Ana", "date": date(2026, 12, 2), "time": WALL.time()},
        idempotency_key="appt-1",
        not_after=TUESDAY + HOUR / 2,
    )
    clock.move_to(TUESDAY)
    (held,) = other.dispatch_due()
    assert isinstance(held, Held)
    clock.advance(HOUR)

    assert other.dispatch_due() == (Cancelled(message_id=held.message_id, reason=TOO_LATE),)
    assert outgoing(carrier) == []


def test_a_text_of_a_withdrawn_template_sent_by_name(
    make_diary: Make, carrier: Sandbox, clock: MovableClock
) -> None:
    """Held overnight, withdrawn meanwhile: it is cancelled, and asked again it says why."""
    asked = {
        "to": PATIENT,
        "person": PERSON,
        "values": {"given_name": "Ana", "date": date(2026, 12, 2), "time": WALL.time()},
        "idempotency_key": "appt-1",
    }
    messenger = make_diary()
    agree(messenger)
    clock.move_to(NIGHT + 2 * HOUR)
    assert isinstance(messenger.send_template("visit", **asked), Held)
    clock.move_to(TUESDAY)
    newer = make_diary(made(withdrawn=GONE), made(2, "we meet"))
    (gone,) = newer.dispatch_due()

    assert isinstance(gone, Cancelled)
    assert gone.reason == "the template that it was made from was withdrawn"
    assert newer.send_template("visit", **asked) == gone
    assert outgoing(carrier) == []
    assert isinstance(newer.send_template("visit", **(asked | {"idempotency_key": "2"})), Sent)


def test_confirmed_is_not_asked_again(
    diary: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """A template that asks is left for the library's own words, which do not."""
    diary.reminders.save(visit(status="confirmed"))
    run_to(diary, clock, TUESDAY + HOUR)

    (arrived,) = outgoing(carrier)
    assert arrived.startswith(LEAST)
    assert "confirm" not in arrived


def test_a_sensitive_visit_has_the_least_words(
    diary: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """Whatever the plan's template says."""
    diary.reminders.save(visit(kind=Kind("okapi", "mental_health")))
    run_to(diary, clock, TUESDAY + HOUR)

    assert outgoing(carrier)[0].startswith(LEAST)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("es-MX", "Lakeside Family Medicine: tiene una cita el mié 2 dic"),
        ("fr", "Lakeside Family Medicine : vous avez rendez-vous le mer 2 déc à 14 h 30."),
    ],
)
@pytest.mark.parametrize(
    "changes", [{"status": "confirmed"}, {"kind": Kind("okapi", "mental_health")}]
)
def test_the_least_words_are_in_the_language_of_the_profile(
    *,
    diary: Messenger,
    carrier: Sandbox,
    clock: MovableClock,
    profiles: dict[str, Profile],
    changes: dict[str, Any],
    language: str,
    told: str,
) -> None:
    """As the template that they stand in for would be."""
    profiles[PERSON] = Profile(time_zone=CHICAGO, language=language)
    diary.reminders.save(visit(**changes))
    run_to(diary, clock, TUESDAY + HOUR)

    assert outgoing(carrier)[0].startswith(told)


def test_a_reminder_in_french_is_confirmed(
    make_diary: Make, carrier: Sandbox, clock: MovableClock, profiles: dict[str, Profile]
) -> None:
    """From the starter's template to the patient's answer."""
    profiles[PERSON] = Profile(time_zone=CHICAGO, language="fr")

    def values(_: ReminderContext) -> dict[str, object]:
        return {"given_name": "Ana", "provider": "Dr. Lee"}

    french = plan(template="appointment_reminder", values=values)
    diary = make_diary(*starter(LEE), reminders=[french])
    agree(diary)
    diary.reminders.save(visit())
    run_to(diary, clock, TUESDAY + HOUR)
    diary.receive(from_patient("Oui, c'est parfait", "SM1"))
    (answer,) = diary.reminders.answers()

    assert "rendez-vous le mer 2 déc à 14 h 30" in outgoing(carrier)[0]
    assert answer.answer is Answer.CONFIRM


def test_a_recall_by_template(make_diary: Make, carrier: Sandbox, clock: MovableClock) -> None:
    """It has its own template, and no day of the visit that is past."""

    def name(context: ReminderContext) -> dict[str, object]:
        assert context.code == "recall-1"
        return {"given_name": "Ana"}

    recall = RecallPlan(after="1 days", template="recall", values=name, at_most=1)
    messenger = make_diary(*starter(LEE), made(), reminders=[plan(recall=recall)])
    agree(messenger)
    messenger.reminders.save(visit(status="done"))
    run_to(messenger, clock, visit().starts_at + timedelta(days=1))

    (arrived,) = outgoing(carrier)
    assert "Ana, it is time for your next visit" in arrived
    assert history(messenger)[0].draft.purpose == Purpose.RECALL


def test_values_that_cannot_be_used(
    make_diary: Make, carrier: Sandbox, clock: MovableClock
) -> None:
    """Nothing goes, the worker is told, and what the value was is told to nobody."""
    messenger = make_diary(reminders=[plan(values=lambda _: {"given_name": "http://x.example"})])
    agree(messenger)
    messenger.reminders.save(visit())
    clock.move_to(TUESDAY)
    with pytest.raises(CannotRender) as refused:
        messenger.reminders.plan_due()

    assert "x.example" not in str(refused.value)
    assert refused.value.__notes__ == ["It is about the visit 991."]
    assert outgoing(carrier) == []
    assert history(messenger) == []


def test_plans_whose_template_does_not_fit(make_diary: Make) -> None:
    """Said when the messenger is made, not on the day of the visit."""
    billing = simple(name="visit", purpose=Purpose.BILLING)
    for messenger in (
        lambda: make_diary(templates=None),
        lambda: make_diary(simple()),
        lambda: make_diary(billing),
        lambda: make_diary(reminders=[plan(confirm=False)]),
        lambda: make_diary(reminders=[plan(recall=RecallPlan(after="6 months", template="visit"))]),
        lambda: make_diary(
            *starter(LEE), made(), reminders=[plan(template="reply_thanks", values=None)]
        ),
    ):
        with pytest.raises(ConfigurationError, match=r"a reminder plan|for this plan"):
            messenger()


@pytest.mark.parametrize(
    "changes",
    [
        {"body": lambda _: "x"},
        {"template": None},
        {"template": 7},
    ],
)
def test_a_plan_says_once_what_its_texts_say(changes: dict[str, Any]) -> None:
    """Both a template and words, or values for nothing, are refused."""
    with pytest.raises(InvalidInput):
        plan(**changes)
    with pytest.raises(InvalidInput):
        RecallPlan(**({"after": "1 days", "template": "x", "values": own_values} | changes))


def test_the_key_of_a_reminder_taken_by_the_host(make_diary: Make, clock: MovableClock) -> None:
    """A text of the host's own under such a key tells of no visit, and goes as it is."""
    messenger = make_diary()
    agree(messenger)
    clock.move_to(NIGHT + 2 * HOUR)
    held = messenger.send_template(
        "visit",
        to=PATIENT,
        person=PERSON,
        values={"given_name": "Ana", "date": date(2026, 12, 2), "time": WALL.time()},
        idempotency_key="appt/991//mine",
    )
    assert isinstance(held, Held)
    clock.move_to(TUESDAY)
    work(messenger)

    assert [each.state for each in history(messenger)] == [State.SENT]
