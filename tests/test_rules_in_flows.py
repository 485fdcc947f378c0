"""What the rules know when a text is really sent: history, look-ups, the line that is appended."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from compliant_sms import (
    Blocked,
    Category,
    Held,
    MessageClass,
    Messenger,
    Practice,
    Profile,
    Purpose,
    Rulebook,
    Sent,
    Settings,
)
from compliant_sms.consent import Basis, Revoked
from compliant_sms.errors import ConfigurationError, InvalidInput, NotOurDatabase
from compliant_sms.imports import ImportedConsent
from compliant_sms.lookups import (
    DncAnswer,
    LineAnswer,
    LineType,
    Lookups,
    Reassigned,
    ReassignedAnswer,
)
from compliant_sms.phone import PhoneNumber
from compliant_sms.practice import Campaign
from compliant_sms.rules import OptOutShown, PracticeCap, Verdict
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores import SQLite
from compliant_sms.stores._schema import newest
from compliant_sms.testing import MovableClock
from conftest import MORNING, PATIENT, PERSON, SENDER
from test_receive import from_patient
from test_send import BODY, agree, agree_in_writing, outgoing, remind

Make = Callable[..., Messenger]

PLAIN = "Lakeside Family Medicine: Ana, see you Tue Dec 1 at 2:30 PM."
LINE = " Reply STOP to opt out."
OFFER = "Lakeside Family Medicine: teeth whitening is 20% off this week. Reply STOP to opt out."


@pytest.fixture
def willing(messenger: Messenger) -> Messenger:
    """A messenger whose patient agreed."""
    agree(messenger)
    return messenger


def codes(outcome: Any) -> list[str]:
    """What the reasons of a refusal say."""
    assert isinstance(outcome, Blocked | Held)
    return [reason.code for reason in outcome.reasons]


# The line that says how to opt out


def test_the_first_text_says_how_to_opt_out(willing: Messenger, carrier: Sandbox) -> None:
    """The line is appended where it is missing, is part of the decision, and is what was sent."""
    remind(willing, body=PLAIN)
    [record] = willing.history(PERSON).texts
    readings = record.decisions[-1].facts.readings

    assert outgoing(carrier) == [PLAIN + LINE]
    assert record.message.draft.body == PLAIN
    assert record.message.body == PLAIN + LINE
    assert readings.opt_out is OptOutShown.APPENDED
    assert readings.characters == len(PLAIN + LINE)
    assert "opt-out-line-appended" in [f.code for f in record.decisions[-1].findings]


def test_the_line_comes_again_after_a_month(
    willing: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """Later texts go without it until the period is over; a text that has it is left alone."""
    expected = []
    for days, line in ((0, LINE), (10, ""), (19, ""), (1, LINE), (29, "")):
        clock.advance(timedelta(days=days))
        body = f"{PLAIN[:-1]}, visit {len(expected)}."
        remind(willing, body, body=body)
        expected.append(body + line)
    remind(willing, "own", body=BODY)

    assert outgoing(carrier) == [*expected, BODY]


def test_some_texts_say_it_each_time(willing: Messenger, carrier: Sandbox) -> None:
    """Where the catalogue asks for the line in each text, no earlier one counts."""
    bodies = [f"{PLAIN[:-1]}, visit {number}." for number in range(2)]
    for body in bodies:
        remind(willing, body, body=body, purpose=Purpose.RECALL)

    assert outgoing(carrier) == [body + LINE for body in bodies]


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("Ana, le esperamos el martes a las 2:30 PM.", "Responda STOP para no recibir mensajes."),
        ("Ana, nous vous attendons mardi à 14 h.", "Répondez STOP pour ne plus recevoir de SMS."),
    ],
)
def test_the_line_is_in_the_language_of_the_text(
    willing: Messenger, carrier: Sandbox, body: str, line: str
) -> None:
    """A Spanish text gets a Spanish line, a French one a French line."""
    remind(willing, body=f"Lakeside Family Medicine: {body}")

    assert outgoing(carrier)[0].endswith(f" {line}")


@pytest.mark.parametrize("purpose", [Purpose.CARE_CONVERSATION, Purpose.EMERGENCY_ALERT])
def test_no_line_where_none_is_due(willing: Messenger, carrier: Sandbox, purpose: Purpose) -> None:
    """An answer in a conversation and a warning stay as they were written."""
    remind(willing, body=PLAIN, purpose=purpose)

    assert outgoing(carrier) == [PLAIN]


# Content


def test_a_reminder_that_sells_is_a_promotion(willing: Messenger, carrier: Sandbox) -> None:
    """It is refused without written permission, and the decision tells why, without the words."""
    body = f"{PLAIN} Add an electric toothbrush for 20% off!"
    outcome = remind(willing, body=body)
    [record] = willing.history(PERSON).texts
    told = record.decisions[-1].findings[0]

    assert codes(outcome) == ["prior-express-written-consent-required", "dnc-scrub-stale"]
    assert (told.rule, told.code) == ("declared-purpose", "decided-as-marketing")
    assert "toothbrush" not in repr(record.decisions)
    assert outgoing(carrier) == []


def test_a_reminder_that_sells_goes_with_written_permission(
    willing: Messenger, carrier: Sandbox
) -> None:
    """It then says how to opt out each time."""
    agree_in_writing(willing)
    bodies = [f"{PLAIN} Add an electric toothbrush for {percent}% off!" for percent in (20, 30)]
    for body in bodies:
        assert isinstance(remind(willing, body, body=body), Sent)

    assert outgoing(carrier) == [body + LINE for body in bodies]


# What went before


def test_the_same_words_go_once(willing: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """Under another key too, also where the line was appended to the first; later they may go."""
    remind(willing, "1", body=PLAIN)
    assert codes(remind(willing, "2", body=PLAIN)) == ["identical-text"]
    clock.advance(timedelta(hours=10))
    assert codes(remind(willing, "3", body=PLAIN)) == ["identical-text"]
    clock.move_to(MORNING + timedelta(hours=24))

    assert isinstance(remind(willing, "4", body=PLAIN), Sent)
    assert len(outgoing(carrier)) == 2


def test_the_same_words_go_once_to_each_person(willing: Messenger, carrier: Sandbox) -> None:
    """Two patients at one number are each told what is about them."""
    agree(willing, person="pat-882")
    persons = [PERSON, "pat-882", "pat-882", PERSON]
    outcomes = [remind(willing, f"{n}", body=PLAIN, person=who) for n, who in enumerate(persons)]

    assert [type(each) for each in outcomes] == [Sent, Sent, Blocked, Blocked]
    assert codes(outcomes[2]) == codes(outcomes[3]) == ["identical-text"]
    assert outgoing(carrier) == [PLAIN + LINE, PLAIN]


def test_the_same_offer_goes_once_to_a_number(willing: Messenger, carrier: Sandbox) -> None:
    """Whoever reads there is offered the same once, however many patients they are."""
    agree_in_writing(willing)
    agree_in_writing(willing, person="pat-882")
    offer = {"purpose": Purpose.PROMOTION, "body": OFFER}

    assert isinstance(remind(willing, "1", **offer), Sent)
    assert "identical-text" in codes(remind(willing, "2", person="pat-882", **offer))
    assert outgoing(carrier) == [OFFER]


def test_a_text_that_surely_failed_does_not_count(willing: Messenger, carrier: Sandbox) -> None:
    """What the carrier refused was not read by anybody."""
    carrier.fail_next("status", status=400, body={"code": 21617, "message": "Invalid"})
    remind(willing, "1")

    assert isinstance(remind(willing, "2"), Sent)


def test_a_state_cap_counts_what_was_sent(make_messenger: Make, clock: MovableClock) -> None:
    """The fourth promotion to Florida within a day waits until the first is a day old."""
    florida = "+13055550134"
    profile = Profile(time_zone="America/New_York", state="FL")
    messenger = make_messenger(people=lambda _: profile)
    agree_in_writing(messenger, florida)
    outcomes = []
    for number in range(4):
        outcomes.append(
            remind(
                messenger,
                str(number),
                to=florida,
                purpose=Purpose.PROMOTION,
                body=f"{OFFER} ({number})",
            )
        )
        clock.advance(timedelta(minutes=10))

    assert [type(outcome) for outcome in outcomes] == [Sent, Sent, Sent, Held]
    assert codes(outcomes[-1]) == ["frequency-cap"]
    assert outcomes[-1].until == MORNING + timedelta(days=1)


def test_a_cap_of_the_practice(make_messenger: Make, clock: MovableClock) -> None:
    """A practice's own cap holds what is too much, and the text goes out when it may."""
    cap = PracticeCap(count=1, within=timedelta(hours=20))
    messenger = make_messenger(rulebook=Rulebook(Settings(caps=(cap,))))
    agree(messenger)
    assert isinstance(remind(messenger, "1"), Sent)
    held = remind(messenger, "2", body=f"{BODY} (2)")

    assert codes(held) == ["practice-cap"]
    assert held.until == MORNING + timedelta(hours=22)  # the cap ends at 6 AM, the hours begin at 8
    clock.move_to(held.until)
    assert [type(outcome) for outcome in messenger.dispatch_due()] == [Sent]


def test_stop_says_what_it_answers(make_messenger: Make, clock: MovableClock) -> None:
    """The ledger keeps which text a STOP replied to, so that a narrow policy can tell."""
    rulebook = Rulebook(Settings(revocation_scope="category"))
    messenger = make_messenger(rulebook=rulebook)
    agree(messenger)
    messenger.consent.grant(
        PATIENT,
        person=PERSON,
        basis="spoken",
        categories=[Category.BILLING],
        recorded_by="front-desk:ana",
    )
    remind(messenger, "bill", purpose=Purpose.BILLING, body="Lakeside: your balance is ready.")
    clock.advance(timedelta(minutes=5))
    messenger.receive(from_patient("STOP", "SM1"))
    event = messenger.consent.events(PATIENT)[-1]

    assert isinstance(event, Revoked)
    assert (event.in_reply_to, event.category) == ("billing", "billing")
    assert event.message_class == "transactional"
    assert codes(remind(messenger, "bill-2", purpose=Purpose.BILLING)) == ["revoked"]
    assert isinstance(remind(messenger, "visit"), Sent)


# Conversations


def test_one_answer_to_a_patients_own_text(messenger: Messenger, clock: MovableClock) -> None:
    """Whoever writes first gets an answer without any consent: one, within a day."""
    answer = {"purpose": Purpose.CARE_CONVERSATION, "body": "Yes, the office is open today."}
    assert codes(remind(messenger, "0", **answer)) == ["prior-express-consent-required"]
    messenger.receive(from_patient("are you open today?", "SM1"))
    clock.advance(timedelta(hours=2))
    assert isinstance(remind(messenger, "1", **answer), Sent)
    assert isinstance(remind(messenger, "2", **answer), Blocked)
    messenger.receive(from_patient("until when?", "SM2"))
    clock.advance(timedelta(hours=24, seconds=1))

    assert isinstance(remind(messenger, "3", **answer), Blocked)


# Look-ups


def test_look_ups_are_asked_and_kept(make_messenger: Make, clock: MovableClock) -> None:
    """Each is asked where a rule needs it, and its answer stands in the decision."""
    asked: list[str] = []

    def dnc(number: PhoneNumber) -> DncAnswer:
        asked.append("dnc")
        return DncAnswer(listed=True, as_of=date(2026, 11, 20))

    def reassigned(number: PhoneNumber, since: date) -> ReassignedAnswer:
        asked.append(f"reassigned since {since}")
        return ReassignedAnswer(answer=Reassigned.NO, since=since, as_of=date(2026, 11, 29))

    def line_type(number: PhoneNumber) -> LineAnswer:
        asked.append("line")
        return LineAnswer(kind=LineType.MOBILE, as_of=date(2026, 11, 1))

    def deactivated_on(number: PhoneNumber) -> date | None:
        asked.append("deactivated")
        return None

    lookups = Lookups(
        national_dnc=dnc, reassigned=reassigned, line_type=line_type, deactivated_on=deactivated_on
    )
    messenger = make_messenger(lookups=lookups)
    agree(messenger)
    assert isinstance(remind(messenger), Sent)
    assert asked == ["reassigned since 2026-11-30", "line", "deactivated"]
    refused = remind(messenger, "promo", purpose=Purpose.PROMOTION, body=OFFER)

    assert asked[3] == "dnc"
    assert codes(refused) == ["prior-express-written-consent-required", "national-dnc"]
    [decision] = [
        record.decisions[-1]
        for record in messenger.history(PERSON).texts
        if record.message.draft.idempotency_key == "promo"
    ]
    assert decision.facts.lookups.national_dnc == DncAnswer(listed=True, as_of=date(2026, 11, 20))
    assert decision.replay() == decision


def test_the_database_is_asked_since_the_patient_agreed(
    make_messenger: Make, clock: MovableClock
) -> None:
    """What another system had, or a booking, counts where nothing better is on record."""
    asked: list[date] = []

    def reassigned(number: PhoneNumber, since: date) -> ReassignedAnswer:
        asked.append(since)
        return ReassignedAnswer(answer=Reassigned.NO, since=since, as_of=date(2026, 12, 3))

    messenger = make_messenger(lookups=Lookups(reassigned=reassigned))

    def granted(basis: Basis) -> None:
        messenger.consent.grant(PATIENT, person=PERSON, basis=basis, recorded_by="front-desk:ana")

    def imported(on: date) -> None:
        old = ImportedConsent(number=PATIENT, person=PERSON, occurred_at=on, basis="spoken")
        which = {"opt_outs": None, "no_opt_outs_because": "there were none"}
        messenger.import_consents([old], source="old", by="it:kim", **which)

    known: list[Callable[[], None]] = [
        partial(granted, Basis.BOOKING),
        partial(imported, date(2025, 6, 2)),
        partial(granted, Basis.SPOKEN),
        partial(granted, Basis.BOOKING),
        partial(imported, date(2026, 12, 3)),
    ]
    for number, learn in enumerate(known):
        learn()
        assert isinstance(remind(messenger, str(number), body=f"{BODY} {number}"), Sent)
        clock.advance(timedelta(days=1))

    first, spoken = date(2026, 11, 30), date(2026, 12, 2)
    assert asked == [first, date(2025, 6, 2), spoken, spoken, spoken]


@pytest.mark.parametrize(
    ("lookups", "code"),
    [
        (
            Lookups(line_type=lambda _: LineAnswer(kind="landline", as_of=date(2026, 11, 1))),
            "landline",
        ),
        (Lookups(deactivated_on=lambda _: date(2026, 11, 1)), "number-deactivated"),
        (
            Lookups(
                reassigned=lambda _, since: ReassignedAnswer(
                    answer=Reassigned.YES, since=since, as_of=since
                )
            ),
            "number-reassigned",
        ),
    ],
)
def test_a_look_up_can_refuse(make_messenger: Make, lookups: Lookups, code: str) -> None:
    """What others know about a number counts."""
    messenger = make_messenger(lookups=lookups)
    agree(messenger)

    assert codes(remind(messenger)) == [code]


def test_the_registry_is_asked_about_a_reminder_that_sells(make_messenger: Make) -> None:
    """By its content a text is a promotion, so the look-ups follow the content too."""
    asked: list[PhoneNumber] = []
    lookups = Lookups(national_dnc=asked.append)
    messenger = make_messenger(lookups=lookups)
    agree(messenger)
    remind(messenger, body=f"{PLAIN} Add an electric toothbrush for 20% off!")

    assert asked == [PhoneNumber(PATIENT)]


# The exemption, and carriers' limits


def test_the_exemption_lets_one_text_a_day_through(
    make_messenger: Make, practice: Practice, clock: MovableClock, carrier: Sandbox
) -> None:
    """Without consent, on a free route, listed texts go: one a day, each with the line."""
    messenger = make_messenger(
        practice=evolve(practice, free_to_end_user=True),
        rulebook=Rulebook(Settings(healthcare_exemption=True)),
        people=lambda _: Profile(number_from_patient=True),
    )
    body = "Lakeside Family Medicine (217-555-0100): visit tomorrow at 2:30 PM."
    assert isinstance(remind(messenger, "1", body=body), Sent)
    clock.advance(timedelta(hours=1))
    held = remind(messenger, "2", body=f"{body} Bring your card.")

    assert codes(held) == ["exemption-daily-limit"]
    assert held.until == MORNING + timedelta(days=1)
    assert outgoing(carrier) == [body + LINE]
    clock.advance(timedelta(minutes=1))
    messenger.receive(from_patient("STOP", "SM1"))
    assert messenger.consent.state(PATIENT, person=PERSON).revocations[0].exempt


def test_limits_are_for_each_patient_whatever_the_number(
    make_messenger: Make, practice: Practice, clock: MovableClock, database: Path
) -> None:
    """What went to a patient's other number counts; what went there to somebody else does not.

    Not even where that cannot be read.
    """
    other = "+12175550135"
    messenger = make_messenger(
        practice=evolve(practice, free_to_end_user=True),
        rulebook=Rulebook(Settings(healthcare_exemption=True)),
        people=lambda _: Profile(number_from_patient=True),
    )
    body = "Lakeside Family Medicine (217-555-0100): visit tomorrow at 2:30 PM."
    assert isinstance(remind(messenger, "1", to=other, person="pat-882", body=body), Sent)
    assert isinstance(remind(messenger, "2", body=body), Sent)
    clock.advance(timedelta(hours=26))
    assert isinstance(remind(messenger, "3", to=other, body=f"{body} Room 4."), Sent)
    clock.advance(timedelta(hours=1))
    damaged = "UPDATE sms_messages SET draft = CAST('{' AS BLOB) WHERE idempotency_key = '1'"
    with closing(sqlite3.connect(database)) as raw, raw:
        assert raw.execute(damaged).rowcount == 1

    assert codes(remind(messenger, "4", body=f"{body} Room 5.")) == ["exemption-daily-limit"]


def test_caps_are_for_each_person_whatever_the_number(
    make_messenger: Make, clock: MovableClock
) -> None:
    """Promotions to two numbers of one person are promotions to that person."""
    other = "+12175550135"
    messenger = make_messenger(people=lambda _: Profile(time_zone="America/New_York", state="FL"))
    agree_in_writing(messenger)
    for person in (PERSON, "pat-882"):
        agree_in_writing(messenger, other, person)
    sell = partial(remind, messenger, purpose=Purpose.PROMOTION)
    for each in range(3):
        offer = OFFER.replace("20%", f"{each + 1}0%")
        to_whom = {"to": other, "person": "pat-882" if each == 2 else PERSON}
        assert isinstance(sell(f"{each}", body=offer, **to_whom), Sent)
        clock.advance(timedelta(minutes=1))

    assert isinstance(sell("4", body=OFFER.replace("20%", "50%")), Sent)
    assert codes(sell("5", body=OFFER.replace("20%", "60%"))) == ["frequency-cap"]


def test_carriers_limits_hold_texts_until_their_next_day(
    make_messenger: Make, practice: Practice, clock: MovableClock, database: Path
) -> None:
    """Segments count per practice; what is over waits for midnight Pacific and the hours."""
    sole = Campaign(use_case="sole_proprietor")
    messenger = make_messenger(practice=evolve(practice, campaign=sole))
    agree(messenger)
    assert isinstance(remind(messenger, "1"), Sent)
    with sqlite3.connect(database) as connection:
        assert connection.execute("SELECT segments FROM sms_volume").fetchall() == [(1,)]
        connection.execute("UPDATE sms_volume SET segments = 1000")
    clock.advance(timedelta(hours=1))
    held = remind(messenger, "2", body=f"{BODY} (2)")

    assert codes(held) == ["carrier-cap"]
    assert held.until == MORNING + timedelta(hours=22)


# Around the decision


def test_a_birth_date_is_kept_only_where_it_decides(make_messenger: Make) -> None:
    """A decision about a parent's phone needs the age of the child; no other does."""
    born = date(2020, 5, 1)
    for holder, kept in (("patient", None), ("parent", born)):
        profile = Profile(birth_date=born, holder=holder, time_zone="America/Chicago")
        messenger = make_messenger(people=lambda _, known=profile: known)
        agree(messenger)
        checked = messenger.check(
            to=PATIENT, person=PERSON, purpose=Purpose.APPOINTMENT_REMINDER, body=BODY
        )

        assert checked.verdict is Verdict.ALLOW
        assert checked.facts.recipient.birth_date == kept


def test_a_database_that_was_never_released_is_refused(
    tmp_path: Path, make_messenger: Make
) -> None:
    """What cannot be brought up to date is left as it is, and the error says what to do."""
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE sms_schema (version)")
        connection.execute("INSERT INTO sms_schema VALUES (1)")
    messenger = make_messenger(store=SQLite(path))
    with pytest.raises(NotOurDatabase, match="never released"):
        agree(messenger)

    assert newest() > 1
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT version FROM sms_schema").fetchall() == [(1,)]


def test_each_text_to_canada_says_how_to_unsubscribe(
    make_messenger: Make, carrier: Sandbox
) -> None:
    """CASL s. 6(6) frees factual texts from consent, not from the way out."""
    toronto = "+14165550134"
    messenger = make_messenger(people=lambda _: Profile(time_zone="America/Toronto"))
    messenger.consent.grant(
        toronto,
        person=PERSON,
        basis="spoken",
        recorded_by="front-desk:ana",
    )
    bodies = [f"{PLAIN[:-1]}, visit {number}." for number in range(2)]
    for body in bodies:
        assert isinstance(remind(messenger, body, body=body, to=toronto), Sent)

    assert outgoing(carrier) == [body + LINE for body in bodies]


@pytest.mark.parametrize(
    "bad",
    [
        lambda: Profile(holder="mother"),  # type: ignore[arg-type]
        lambda: Profile(state="Illinois"),
        lambda: Settings(revocation_scope="some"),  # type: ignore[arg-type]
        lambda: Practice(
            name="L", phone=SENDER, time_zone="America/Chicago", state="IL", kind="clinic"
        ),
        lambda: ReassignedAnswer(answer="maybe", since=date.min, as_of=date.min),
        lambda: PracticeCap(count=0, within=timedelta(days=1)),
        lambda: Practice(
            name="L",
            phone=SENDER,
            time_zone="America/Chicago",
            state="IL",
            also_known_as="Lakeside",
        ),
        lambda: Purpose("own", MessageClass.MARKETING, "offers", least_tier=7),  # type: ignore[arg-type]
    ],
)
def test_words_that_nobody_knows_are_refused(bad: Callable[[], object]) -> None:
    """A misspelt word would slip past a rule, so it is refused with the words that exist."""
    with pytest.raises(InvalidInput):
        bad()


def test_an_emergency_that_sells_is_none(make_messenger: Make, clock: MovableClock) -> None:
    """It is decided as a promotion, with the look-ups and the history that promotions need."""
    asked: list[PhoneNumber] = []
    messenger = make_messenger(lookups=Lookups(national_dnc=asked.append))
    outcome = remind(
        messenger,
        purpose=Purpose.EMERGENCY_ALERT,
        body="Lakeside Family Medicine: the water main broke. Teeth whitening is 20% off!",
    )

    assert "prior-express-written-consent-required" in codes(outcome)
    assert asked == [PhoneNumber(PATIENT)]


def test_an_address_adds_its_zones(make_messenger: Make, clock: MovableClock) -> None:
    """A patient in California with a number of New York is not texted at five in the morning."""
    manhattan = "+12125550134"
    messenger = make_messenger(people=lambda _: Profile(state="CA"))
    messenger.consent.grant(manhattan, person=PERSON, basis="spoken", recorded_by="front-desk:ana")
    clock.move_to(MORNING + timedelta(hours=21))  # eight in New York
    held = remind(messenger, to=manhattan)

    assert codes(held) == ["courtesy-window"]
    assert held.until == MORNING + timedelta(hours=24)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"people": lambda _: {"time_zone": "America/Chicago"}}, "people answered with dict"),
        ({"lookups": Lookups(line_type=lambda _: "mobile")}, "line_type answered with str"),  # type: ignore[arg-type,return-value]
    ],
)
def test_what_the_host_answers_is_checked(
    make_messenger: Make, changes: dict[str, Any], told: str
) -> None:
    """An answer of a wrong kind is told by the name of what was asked."""
    messenger = make_messenger(**changes)

    with pytest.raises(InvalidInput, match=told):
        remind(messenger)


def test_a_look_ups_day_is_a_day() -> None:
    """An instant counts as its day; anything else is refused."""
    answer = DncAnswer(listed=False, as_of=MORNING)

    assert answer.as_of == MORNING.date()
    assert type(answer.as_of) is date
    with pytest.raises(InvalidInput, match=r"datetime\.date"):
        DncAnswer(listed=False, as_of="2026-11-30")  # type: ignore[arg-type]


def test_packs_are_packs() -> None:
    """A file's name in place of a pack is told how to be read."""
    with pytest.raises(ConfigurationError, match=r"Pack\.parse"):
        Rulebook(packs=["lakeside.toml"])  # type: ignore[list-item]
