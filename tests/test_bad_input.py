"""What cannot be used is refused by kind, with words that say what to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import Any

import pytest
from attrs import evolve

from compliant_sms import (
    Blocked,
    Category,
    Delivery,
    MessageClass,
    Messenger,
    PhoneNumber,
    Practice,
    Profile,
    Purpose,
    Queued,
    Rulebook,
    Sent,
    Settings,
    Signature,
    Tier,
    Wording,
)
from compliant_sms.conversations import BusinessHours, InboxPlan, Queue
from compliant_sms.errors import CompliantSmsError, InvalidInput, InvalidPhoneNumber
from compliant_sms.errors import PhoneNumberProblem as Problem
from compliant_sms.people import PatientFacts
from compliant_sms.providers import Twilio
from compliant_sms.routing import Routes
from compliant_sms.sandbox import Sandbox
from compliant_sms.secure_pages import SecurePages
from compliant_sms.stores._sql import _subjects
from compliant_sms.templates import opt_out_line
from compliant_sms.testing import MovableClock
from conftest import INTAKE_WORDING, MORNING, PATIENT, PERSON, SENDER, SID, TOKEN
from test_send import BODY, agree, outgoing, remind

NAIVE = datetime(2026, 12, 1, 14, 30)  # noqa: DTZ001 - that is the point
NUMBERS = [
    ("", Problem.EMPTY, "blank"),
    ("72975", Problem.SHORT_CODE, "short code"),
    ("911", Problem.SHORT_CODE, "service code"),
    ("555-0134", Problem.MISSING_AREA_CODE, "all ten digits"),
    ("12", Problem.TOO_SHORT, "too few digits"),
    ("+1217555013400000000", Problem.TOO_LONG, "too many digits"),
    ("217-555-0134 and 217-555-0135", Problem.NOT_A_NUMBER, "number alone"),
    ("+12175550134\r\nBcc: x@example.com", Problem.NOT_A_NUMBER, "number alone"),
    ("+12175550134'; DROP TABLE sms_messages; --", Problem.NOT_A_NUMBER, "number alone"),
    ("=HYPERLINK(1)", Problem.NOT_A_NUMBER, "number alone"),
    ("Ana", Problem.NOT_A_NUMBER, "number alone"),
    ("+19995550134", Problem.INVALID, "assigned"),
]


@pytest.fixture
def provider(request: pytest.FixtureRequest) -> Twilio:
    """The adapter; a carrier runs only where a test looks at it."""
    wanted = "carrier" in request.fixturenames
    url = request.getfixturevalue("carrier").url if wanted else "http://127.0.0.1:9"
    return Twilio(account_sid=SID, auth_token=TOKEN, sender=SENDER, base_url=url)


@pytest.fixture
def willing(messenger: Messenger) -> Messenger:
    """A messenger whose patient agreed."""
    agree(messenger)
    return messenger


@pytest.mark.parametrize(("number", "problem", "words"), NUMBERS, ids=range(len(NUMBERS)))
def test_numbers(willing: Messenger, number: str, problem: Problem, words: str) -> None:
    """A text that is no phone number is refused everywhere, and never repeated."""
    calls = [
        lambda: remind(willing, to=number),
        lambda: willing.check(to=number, person=PERSON, purpose=Purpose.RECALL, body=BODY),
        lambda: agree(willing, number),
        lambda: willing.consent.revoke(number, channel="spoken", recorded_by="ana"),
        lambda: willing.consent.state(number, person=PERSON),
        lambda: willing.consent.events(number),
    ]
    for call in calls:
        with pytest.raises(InvalidPhoneNumber, match=words) as caught:
            call()
        assert caught.value.problem is problem
        assert number in {"", "555-0134"} or number not in str(caught.value)


@pytest.mark.parametrize(
    "number", ["(217) 555-0134 ext. 12", "tel:+1-217-555-0134", "1.217.555.0134", " 2175550134 "]
)
def test_numbers_in_everyday_dress(willing: Messenger, carrier: Sandbox, number: str) -> None:
    """Everyday ways of writing a number are read, and an extension is dropped."""
    assert isinstance(remind(willing, to=number), Sent)
    assert carrier.messages()[0].to == PATIENT
    assert willing.consent.events(number) == willing.consent.events(PhoneNumber(PATIENT))


TEXTS: list[tuple[dict[str, Any], str]] = [
    ({"body": ""}, "nothing to send"),
    ({"body": " \n\t"}, "nothing to send"),
    ({"body": "x\0"}, "decode it properly"),
    ({"body": "x\ud83d"}, "decode it properly"),
    ({"body": "é" * 1601}, "Shorten it, or send a link"),
    ({"body": "x" * 2000}, "has 2000 characters"),
    ({"person": ""}, "Pass the host's id"),
    ({"person": "  "}, "Pass the host's id"),
    ({"purpose": "appointment_remindr"}, "'appointment_reminder' is close to it. Pass that, or: "),
    ({"purpose": None}, "Pass one of: appointment_confirmation, appointment_reminder, "),
    ({"idempotency_key": ""}, "1 to 255 characters. Build it from what the text is about"),
    ({"idempotency_key": " "}, "1 to 255 characters"),
    ({"idempotency_key": "k" * 256}, "1 to 255 characters"),
    ({"not_after": NAIVE}, "not_after has no time zone. Pass an aware datetime"),
]


@pytest.mark.parametrize(("changes", "words"), TEXTS, ids=range(len(TEXTS)))
def test_texts(willing: Messenger, changes: dict[str, Any], words: str) -> None:
    """A text that cannot be sent as it is leaves no trace."""
    with pytest.raises(InvalidInput, match=words):
        remind(willing, **changes)

    assert willing.history(PERSON).texts == ()


def test_limits_are_inclusive(willing: Messenger, carrier: Sandbox) -> None:
    """The longest body and the longest key still work, with the line that is added."""
    longest = 1600 - max(len(opt_out_line(language)) for language in ("en", "es", "fr"))
    assert isinstance(remind(willing, "k" * 255, body="é" * longest), Sent)
    [body] = outgoing(carrier)
    assert body.startswith("é" * longest)
    assert "STOP" in body
    with pytest.raises(InvalidInput, match="how to opt out"):
        remind(willing, "longer", body="é" * (longest + 1))


GRANTS: list[tuple[dict[str, Any], str]] = [
    ({"wording": None}, "Pass wording=Wording"),
    ({"basis": "web_form", "wording": None}, "Pass wording=Wording"),
    ({"tier": Tier.PRIOR_EXPRESS_WRITTEN}, "Pass signature=Signature"),
    ({"tier": Tier.PRIOR_EXPRESS_WRITTEN, "basis": "spoken", "wording": None}, "wording"),
    ({"categories": []}, "at least one category"),
    ({"person": ""}, "the person who gave it"),
    ({"recorded_by": " "}, "actor must not be empty"),
    ({"occurred_at": NAIVE}, "no time zone. Pass an aware datetime"),
    ({"occurred_at": MORNING + timedelta(minutes=6)}, "lies in the future"),
    ({"tier": 7}, "no such tier. Pass one of: 0, 1, 2"),
    ({"tier": Tier.NONE}, r"no consent. Pass Tier\.PRIOR_EXPRESS"),
    ({"basis": "hearsay"}, "no such basis. Pass one of: intake_form"),
]


@pytest.mark.parametrize(("changes", "words"), GRANTS, ids=range(len(GRANTS)))
def test_grants(messenger: Messenger, changes: dict[str, Any], words: str) -> None:
    """A grant that could not be proved later is refused and not recorded."""
    usual = {
        "person": PERSON,
        "basis": "intake_form",
        "wording": INTAKE_WORDING,
        "recorded_by": "front-desk:ana",
    }
    with pytest.raises(InvalidInput, match=words):
        messenger.consent.grant(PATIENT, **(usual | changes))

    assert messenger.consent.events(PATIENT) == ()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"occurred_at": NAIVE}, "no time zone"),
        ({"occurred_at": MORNING + timedelta(days=1)}, "future"),
        ({"recorded_by": ""}, "actor"),
        ({"channel": "telepathy"}, "no such channel. Pass one of: text"),
    ],
)
def test_revocations(
    willing: Messenger, carrier: Sandbox, changes: dict[str, Any], words: str
) -> None:
    """A revocation that cannot be recorded as told is refused, so that somebody tells it right."""
    with pytest.raises(InvalidInput, match=words):
        willing.consent.revoke(PATIENT, **({"channel": "spoken", "recorded_by": "ana"} | changes))

    assert isinstance(remind(willing), Sent)


def test_naive_as_known_at(willing: Messenger) -> None:
    """A question about a past instant needs an instant."""
    with pytest.raises(InvalidInput, match="as_known_at has no time zone"):
        willing.consent.state(PATIENT, person=PERSON, as_known_at=NAIVE)


def test_as_known_at(willing: Messenger, clock: MovableClock) -> None:
    """What was recorded later was not known then."""
    before = datetime(2026, 11, 30, 15, 59, tzinfo=UTC)
    clock.advance(timedelta(minutes=1))

    assert willing.consent.state(PATIENT, person=PERSON, as_known_at=before).grants == ()
    assert len(willing.consent.state(PATIENT, person=PERSON, as_known_at=clock()).grants) == 1
    assert willing.consent.state(PATIENT, person=None).grants == ()  # whoever else holds the number


def test_small_clock_skew(willing: Messenger, clock: MovableClock) -> None:
    """A revocation from a machine whose clock runs a little ahead counts at once."""
    willing.consent.revoke(
        PATIENT,
        channel="letter",
        recorded_by="ana",
        occurred_at=clock() + timedelta(minutes=5),
    )

    assert not isinstance(remind(willing), Sent)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Purpose("", MessageClass.MARKETING, Category.CARE), "code must not be empty"),
        (lambda: Purpose("x", MessageClass.MARKETING, " "), "category must not be empty"),
        (lambda: Purpose("x", "marketing", "care"), "needs a MessageClass"),  # type: ignore[arg-type]
        (lambda: Wording(text=" ", version="1"), "text must not be empty"),
        (lambda: Wording(text="x", version=""), "version must not be empty"),
        (lambda: Signature(signer="", act="x"), "signer must not be empty"),
        (lambda: Profile(time_zone="CDT"), "Pass a name such as 'America/Chicago'"),
        (partial(PatientFacts, names=["Ana", None]), "names is of a type .* leave out None"),
        (partial(PatientFacts, mrn=[482913]), r"mrn is of a type .* str\(\.\.\.\)"),
        (lambda: Delivery(lease=timedelta(0)), "more than zero"),
        (lambda: Delivery(attempts=0), "more than zero"),
        (lambda: Delivery(pause=timedelta(seconds=-1)), "more than zero"),
    ],
)
def test_values(make: Any, words: str) -> None:
    """Values that mean nothing cannot be made."""
    with pytest.raises(InvalidInput, match=words):
        make()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": " "}, "patients must be told who texts them"),
        ({"state": "Illinois"}, "two-letter postal code"),
        ({"state": "il"}, "two-letter postal code"),
        ({"time_zone": "Central"}, "America/Chicago"),
        ({"time_zone": "../etc/passwd"}, "America/Chicago"),
        ({"time_zone": "EST"}, "daylight saving .* 'America/New_York'"),
        ({"time_zone": "MST"}, "'America/Denver', or in Arizona 'America/Phoenix'"),
        ({"time_zone": "HST"}, "'Pacific/Honolulu'"),
        ({"time_zone": "Etc/GMT+6"}, "'America/Chicago'"),
        ({"time_zone": "Etc/GMT-10"}, "without daylight saving time"),
        ({"phone": "555"}, "too few digits"),
        ({"id": ""}, "id is empty"),
    ],
)
def test_practices(changes: dict[str, str], words: str) -> None:
    """A practice that patients could not recognise cannot be set up."""
    usual = {
        "name": "Lakeside",
        "phone": "+12175550100",
        "time_zone": "America/Chicago",
        "state": "IL",
    }
    with pytest.raises(InvalidInput, match=words):
        Practice(**(usual | changes))
    assert Practice(**usual).id == "+12175550100"


@pytest.mark.parametrize(
    "zone", ["EST5EDT", "US/Eastern", "America/Phoenix", "Pacific/Honolulu", "UTC", "Etc/GMT+0"]
)
def test_zones_that_keep_time(zone: str) -> None:
    """Those that know daylight saving time, places that have none, and UTC for programs."""
    assert Practice(name="L", phone="+12175550100", time_zone=zone, state="IL").time_zone == zone


@pytest.mark.parametrize(
    "written",
    ["lakeside.example", "https://lakeside.example/", "HTTP://lakeside.example:8443"],
)
def test_a_host_may_be_written_as_an_address(
    make_messenger: Callable[..., Messenger], practice: Practice, written: str
) -> None:
    """Links to it are the practice's own."""
    messenger = make_messenger(practice=evolve(practice, link_domains=[written]))
    agree(messenger)
    body = "Lakeside Family Medicine: fill this in: https://lakeside.example/in"
    decision = messenger.check(to=PATIENT, person=PERSON, purpose=Purpose.INTAKE_FORM, body=body)

    assert "dedicated-domain" in {finding.code for finding in decision.findings}


def test_own_purpose(
    make_messenger: Callable[..., Messenger], practice: Practice, carrier: Sandbox
) -> None:
    """A practice's own purpose works like one of the catalogue, under its own category."""
    parking = Purpose("parking_note", MessageClass.TRANSACTIONAL, "parking")
    willing = make_messenger(practice=evolve(practice, own_categories=["parking"]))
    agree(willing)
    assert not isinstance(remind(willing, purpose=parking), Sent)
    willing.consent.grant(
        PATIENT, person=PERSON, basis="spoken", recorded_by="ana", categories=["parking"]
    )

    assert isinstance(remind(willing, purpose=parking), Sent)


def test_one_base() -> None:
    """Everything that is refused can be caught as one kind, or as a ValueError."""
    with pytest.raises(CompliantSmsError) as caught:
        Profile(time_zone="nowhere")

    assert isinstance(caught.value, ValueError)


@pytest.mark.both_databases
def test_an_id_that_nothing_could_look_up(messenger: Messenger) -> None:
    """A record in place of an id is refused in words, by both databases alike."""
    random = Random(1)
    record = "".join(chr(random.randrange(33, 127)) for _ in range(9000))
    agree(messenger, person=record[:2000])

    assert messenger.consent.events(PATIENT)[0].person == record[:2000]
    with pytest.raises(InvalidInput, match="more than 2,000 bytes"):
        agree(messenger, person=record)
    assert messenger.history(record).texts == ()  # looked up, it is just not there


@pytest.mark.both_databases
@pytest.mark.usefixtures("carrier")
def test_an_id_from_before_there_was_a_limit_stays_of_use(
    messenger: Messenger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever an older version filed can be texted, looked up and left in peace."""
    person = "pat-881/" * 500
    with monkeypatch.context() as before:
        before.setattr(_subjects, "_LONGEST_PERSON", 9000)
        agree(messenger, person=person)

    assert isinstance(remind(messenger, person=person), Sent)
    assert len(messenger.history(person).texts) == 1
    messenger.consent.revoke(PATIENT, person=person, channel="spoken", recorded_by="front-desk:ana")
    assert isinstance(remind(messenger, "2", person=person), Blocked)


HUNDRED_YEARS = timedelta(days=36_600)
TWILIO = Twilio(account_sid=SID, auth_token=TOKEN, sender=SENDER)
DESK = Queue(
    name="desk", hours=BusinessHours(time_zone="America/Chicago", week={"mon": "09:00-17:00"})
)


@pytest.mark.parametrize("length", [timedelta.max, HUNDRED_YEARS + timedelta(days=1), timedelta(0)])
@pytest.mark.parametrize(
    "make",
    [
        lambda length: Delivery(lease=length),
        lambda length: Delivery(settle_after=length),
        lambda length: Delivery(pause=length),
        lambda length: Routes([TWILIO], rest_for=length),
        lambda length: SecurePages(url="https://lakeside.example/m", valid_for=length),
        lambda length: evolve(DESK, goal=length),
        lambda length: Queue(name="desk", hours=DESK.hours, goal=length),
        lambda length: evolve(DESK, warn_after=length),
        lambda length: evolve(DESK, point_person_after=length),
        lambda length: InboxPlan(point_person="ana", queues=[DESK], held_too_long=length),
    ],
)
def test_lengths_without_an_end(make: Any, length: timedelta) -> None:
    """What reaches beyond any calendar is refused where it is given, and not where it is used."""
    with pytest.raises(InvalidInput, match="at most 36,600 days"):
        make(length)


@pytest.mark.parametrize("name", ["opt_out_line_every", "identical_text_within"])
def test_settings_without_an_end(name: str) -> None:
    """A practice that never repeats a line says so with a hundred years."""
    with pytest.raises(InvalidInput, match="at most 36,600 days"):
        Settings(**{name: timedelta.max})  # type: ignore[arg-type]
    assert Settings(**{name: HUNDRED_YEARS})  # type: ignore[arg-type]


def test_a_hundred_years_can_be_looked_back(
    make_messenger: Callable[..., Messenger],
) -> None:
    """The longest that is taken lies within the calendar."""
    messenger = make_messenger(
        rulebook=Rulebook(Settings(opt_out_line_every=HUNDRED_YEARS)),
        delivery=Delivery(lease=HUNDRED_YEARS, settle_after=HUNDRED_YEARS, pause=HUNDRED_YEARS),
    )
    agree(messenger)
    assert isinstance(remind(messenger), Queued)
