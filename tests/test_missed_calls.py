"""A text after a missed call: to who agreed or accepted, on a mobile phone, once a day."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from compliant_sms import (
    AsyncMessenger,
    Blocked,
    Cancelled,
    Held,
    Keyring,
    Messenger,
    Outcome,
    Practice,
    Profile,
    Rulebook,
    Sent,
    Settings,
    Wording,
)
from compliant_sms.classification import Purpose
from compliant_sms.consent import Basis, Granted
from compliant_sms.contact import MissedCall, MissedCalls, SpokenOffer
from compliant_sms.errors import (
    ConfigurationError,
    IdempotencyConflict,
    InvalidInput,
    InvalidPhoneNumber,
)
from compliant_sms.lint import lint
from compliant_sms.lookups import AsyncLookups, LineAnswer, LineType, Lookups
from compliant_sms.messenger import StoreKind
from compliant_sms.providers import Twilio
from compliant_sms.rules import PracticeCap
from compliant_sms.sandbox import Sandbox
from compliant_sms.testing import MovableClock
from compliant_sms.text import segment
from conftest import MORNING, OTHER_SENDERS, PATIENT, PERSON, SENDER
from test_receive import from_patient
from test_send import agree, outgoing

pytestmark = pytest.mark.both_databases
Make = Callable[..., Messenger]
OTHER = "+12175550135"
HOUR = timedelta(hours=1)
NIGHT = MORNING + timedelta(hours=13)  # eleven at night in Chicago
WORDS = (
    "Lakeside Family Medicine: sorry we missed your call. Reply here, or call 217-555-0100. In an "
    "emergency call 911. Reply STOP to opt out."
)
OFFER = SpokenOffer(
    wording=Wording(
        text="Nobody can take your call. Press 1 and we text you at the number you call from.",
        version="2026-11",
    ),
    recorded_by="phone-menu:main",
)


@pytest.fixture
def lines() -> dict[str, LineType | None]:
    """What kind of line a number is; a mobile phone, where nothing else is said."""
    return {}


@pytest.fixture
def make_desk(make_messenger: Make, lines: dict[str, LineType | None], clock: MovableClock) -> Make:
    """Makes messengers that text back."""
    keyring = Keyring.generate()

    def ask(number: Any) -> LineAnswer | None:
        kind = lines.get(number.e164, LineType.MOBILE)
        return LineAnswer(kind=kind, as_of=clock().date()) if kind else None

    def make(**changes: object) -> Messenger:
        arguments: dict[str, object] = {
            "people": lambda _: Profile(time_zone="America/Chicago"),
            "lookups": Lookups(line_type=ask),
            "missed_calls": MissedCalls(),
            "keyring": keyring,
        }
        return make_messenger(**(arguments | changes))

    return make


@pytest.fixture
def desk(make_desk: Make) -> Messenger:
    """A messenger that texts back; nobody agreed to anything."""
    return make_desk()


def missed(messenger: Any, call_id: str = "CA1", **changes: Any) -> Outcome:
    """Somebody called, and nobody answered."""
    call = {"from_": PATIENT, "call_id": call_id, "at": MORNING} | changes
    made: Outcome = messenger.missed_call(**call)
    return made


def codes(outcome: Outcome) -> set[str]:
    """Why it was refused."""
    assert isinstance(outcome, Blocked)
    return {reason.code for reason in outcome.reasons}


def test_off_by_default(make_desk: Make, carrier: Sandbox) -> None:
    """Nobody is texted back by a practice that did not ask for it."""
    messenger = make_desk(missed_calls=None)
    agree(messenger)
    with pytest.raises(ConfigurationError, match=r"Messenger\(missed_calls=MissedCalls\(\)\)"):
        missed(messenger, accepted_offer=OFFER)

    assert outgoing(carrier) == []
    assert Basis.CALL_OFFER not in {getattr(each, "basis", None) for each in ledger(messenger)}


def ledger(messenger: Messenger) -> tuple[Any, ...]:
    """What is on record of the number."""
    return messenger.consent.events(PATIENT)


def test_who_agreed_before(desk: Messenger, carrier: Sandbox) -> None:
    """The text names the practice, how to reach it and how to opt out, and the basis is kept."""
    agree(desk)
    sent = missed(desk, person=PERSON)

    assert isinstance(sent, Sent)
    assert outgoing(carrier) == [WORDS]
    (text,) = desk.history(PERSON).texts
    assert text.message.draft.purpose == Purpose.MISSED_CALL_TEXT_BACK
    [basis] = [f for f in text.decisions[-1].findings if f.rule == "consent"]
    assert basis.relies_on == ledger(desk)[0].event_id


def test_the_only_person_at_the_number(desk: Messenger, carrier: Sandbox) -> None:
    """Where the host does not know who called, that one is meant; of two, nobody."""
    agree(desk)
    assert isinstance(missed(desk), Sent)
    agree(desk, person="pat-882")

    assert codes(missed(desk, "CA2", at=MORNING)) >= {"prior-express-consent-required"}
    assert len(outgoing(carrier)) == 1


def test_a_call_is_no_consent(desk: Messenger, carrier: Sandbox) -> None:
    """Whoever agreed to nothing, and accepted nothing, is not texted."""
    assert codes(missed(desk)) == {"prior-express-consent-required"}
    assert codes(missed(desk, "CA2", person=PERSON)) == {"prior-express-consent-required"}
    assert outgoing(carrier) == []


@pytest.mark.parametrize("person", [None, PERSON])
def test_an_accepted_offer_is_evidence(
    desk: Messenger, carrier: Sandbox, person: str | None
) -> None:
    """Who heard it, when, and what was said stand in the ledger, once for each call."""
    for _ in range(3):
        assert isinstance(missed(desk, person=person, accepted_offer=OFFER), Sent)

    (event,) = ledger(desk)
    assert isinstance(event, Granted)
    assert event.basis is Basis.CALL_OFFER
    assert event.person == (person or "call/CA1")
    assert (event.actor, event.reference) == ("phone-menu:main", "CA1")
    assert event.wording == OFFER.wording
    assert event.categories == ("answers",)
    assert event.occurred_at == MORNING
    assert len(outgoing(carrier)) == 1
    desk.verify_ledger()


def test_accepted_after_it_was_refused(desk: Messenger, carrier: Sandbox) -> None:
    """The phone system may tell of the call first, and of the answer later."""
    assert codes(missed(desk)) == {"prior-express-consent-required"}
    assert isinstance(missed(desk, accepted_offer=OFFER), Blocked | Sent)
    assert isinstance(missed(desk, "CA2", accepted_offer=OFFER), Sent | Blocked)

    assert len(outgoing(carrier)) == 1


def test_who_called_is_told_later(desk: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """A call that was refused for somebody else is decided as if all had been told at once."""
    desk.consent.grant(
        PATIENT, person=PERSON, basis="spoken", recorded_by="desk", categories=["billing"]
    )
    assert codes(missed(desk)) == {"prior-express-consent-required"}
    assert codes(missed(desk)) == {"prior-express-consent-required"}
    sent = missed(desk, accepted_offer=OFFER)
    assert isinstance(sent, Sent)
    clock.advance(HOUR)
    # Told again, with the offer or without: it is the one text of the call.
    for again in ({"accepted_offer": OFFER}, {}, {"person": PERSON}):
        assert missed(desk, **again) == sent
    with pytest.raises(IdempotencyConflict):
        missed(desk, from_=OTHER)
    assert len(outgoing(carrier)) == 1
    assert [getattr(e, "basis", None) for e in ledger(desk)].count(Basis.CALL_OFFER) == 1


def test_which_of_several_called_is_told_later(desk: Messenger, carrier: Sandbox) -> None:
    """Of two at the number nobody is meant, until the host knows which of them called."""
    agree(desk)
    agree(desk, person="pat-882")
    assert codes(missed(desk)) == {"prior-express-consent-required"}

    assert isinstance(missed(desk, person=PERSON), Sent)
    assert isinstance(missed(desk, person="pat-882"), Sent)
    assert len(outgoing(carrier)) == 1


def test_an_offer_lifts_no_stop(desk: Messenger, carrier: Sandbox) -> None:
    """Whoever texted STOP is not texted because a key was pressed."""
    agree(desk)
    desk.receive(from_patient("STOP", "SM1"))
    desk.dispatch_due()
    arrived = len(outgoing(carrier))

    assert "revoked" in str(codes(missed(desk, person=PERSON, accepted_offer=OFFER)))
    assert len(outgoing(carrier)) == arrived


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (None, "line-type-unknown"),
        (LineType.VOIP, "not-mobile"),
        (LineType.LANDLINE, "not-mobile"),
    ],
)
def test_mobile_phones_only(
    desk: Messenger,
    carrier: Sandbox,
    lines: dict[str, LineType | None],
    line: LineType | None,
    code: str,
) -> None:
    """Where nobody can tell, no text goes."""
    agree(desk)
    lines[PATIENT] = line

    assert code in codes(missed(desk))
    assert outgoing(carrier) == []


def test_nobody_asks_for_the_line(make_desk: Make, carrier: Sandbox) -> None:
    """Without a way to ask, no text goes."""
    messenger = make_desk(lookups=Lookups())
    agree(messenger)

    assert codes(missed(messenger)) == {"line-type-unknown"}
    assert outgoing(carrier) == []


def test_who_calls_from_another_number_is_answered_there(
    make_desk: Make, carrier: Sandbox, clock: MovableClock
) -> None:
    """Once a day is for each number, also where a practice's own limits are for each person."""
    cap = PracticeCap(count=5, within=24 * HOUR)
    messenger = make_desk(rulebook=Rulebook(Settings(caps=[cap])))
    for number in (PATIENT, OTHER):
        agree(messenger, number)
    assert isinstance(missed(messenger), Sent)
    clock.advance(HOUR)

    assert isinstance(missed(messenger, "CA2", from_=OTHER, at=clock()), Sent)
    assert "once-a-day" in codes(missed(messenger, "CA3", from_=OTHER, at=clock()))
    assert len(outgoing(carrier)) == 2


def test_once_a_day(desk: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """However often somebody calls; and other texts do not count."""
    agree(desk)
    assert isinstance(missed(desk), Sent)
    clock.advance(23 * HOUR)
    assert codes(missed(desk, "CA2", at=clock())) == {"once-a-day"}
    clock.advance(HOUR)
    assert isinstance(missed(desk, "CA3", at=clock()), Sent)

    assert len(outgoing(carrier)) == 2


def test_two_calls_in_the_night(desk: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """They wait for the morning, and one text goes."""
    agree(desk)
    clock.move_to(NIGHT)
    first = missed(desk, at=NIGHT - 2 * HOUR)
    second = missed(desk, "CA2", at=NIGHT)
    assert isinstance(first, Cancelled | Held)
    assert isinstance(second, Held)
    clock.move_to(second.until)
    desk.dispatch_due()

    assert len(outgoing(carrier)) == 1


def test_not_so_late(make_desk: Make, carrier: Sandbox, clock: MovableClock) -> None:
    """What could only go long after the call is not sent."""
    messenger = make_desk(missed_calls=MissedCalls(within=HOUR))
    agree(messenger)
    clock.move_to(NIGHT)

    assert isinstance(missed(messenger, at=NIGHT), Cancelled)
    assert outgoing(carrier) == []


@pytest.mark.parametrize("number", [SENDER, "+1 217 555 0100", OTHER_SENDERS[0]])
def test_never_to_ourselves(
    make_desk: Make, provider: Twilio, carrier: Sandbox, number: str
) -> None:
    """A practice's senders, of every program on this store, and its phone are not texted."""
    other = Twilio(
        account_sid=provider.account_sid,
        auth_token=provider.auth_token,
        sender=OTHER_SENDERS[0],
        base_url=provider.base_url,
        answers_keywords=False,
    )
    agree(make_desk(provider=other))
    make_desk(provider=other).send(
        to=PATIENT,
        person=PERSON,
        purpose=Purpose.APPOINTMENT_REMINDER,
        body="Lakeside Family Medicine: see you soon. Reply STOP to opt out.",
        idempotency_key="1",
    )
    arrived = len(outgoing(carrier))

    assert "own-number" in codes(missed(make_desk(), from_=number, accepted_offer=OFFER))
    assert len(outgoing(carrier)) == arrived


def test_one_call_is_one_text(desk: Messenger, clock: MovableClock) -> None:
    """Told of again later, and of another caller under the same id."""
    agree(desk)
    sent = missed(desk)
    clock.advance(HOUR)

    assert missed(desk, at=clock()) == sent
    with pytest.raises(IdempotencyConflict):
        missed(desk, from_=OTHER)


def test_in_the_callers_language(make_desk: Make, carrier: Sandbox) -> None:
    """As the host knows it; otherwise in English."""
    messenger = make_desk(people=lambda _: Profile(time_zone="America/Chicago", language="es-MX"))
    agree(messenger)
    assert isinstance(missed(messenger, person=PERSON), Sent)

    assert outgoing(carrier)[0].startswith("Lakeside Family Medicine: no pudimos atender")


def test_in_the_language_of_whoever_is_meant(make_desk: Make, carrier: Sandbox) -> None:
    """Who called need not be told where one person alone agreed at the number."""

    def people(person: str) -> Profile:
        return Profile(time_zone="America/Chicago", language="fr" if person == PERSON else None)

    messenger = make_desk(people=people)
    agree(messenger)
    assert isinstance(missed(messenger), Sent)
    assert isinstance(missed(messenger, from_=OTHER, call_id="another", accepted_offer=OFFER), Sent)
    known, stranger = outgoing(carrier)

    assert known.startswith("Lakeside Family Medicine : appel manqu\u00e9")
    assert stranger.startswith("Lakeside Family Medicine: sorry we missed")


def test_own_words_by_the_tag_of_their_language(practice: Practice) -> None:
    """A country in it narrows nothing: whoever reads that language gets them."""
    calls = MissedCalls(words={"en-US": "Sorry.", "es-MX": "Lo sentimos."})

    assert [calls.body(practice, tag) for tag in ("es", "es-MX", "fr", None)] == [
        "Lo sentimos.",
        "Lo sentimos.",
        "Sorry.",
        "Sorry.",
    ]


def test_in_french(make_desk: Make, carrier: Sandbox) -> None:
    """Whatever the country."""
    messenger = make_desk(people=lambda _: Profile(time_zone="America/Chicago", language="fr-CA"))
    agree(messenger)
    assert isinstance(missed(messenger, person=PERSON), Sent)

    assert outgoing(carrier)[0].startswith("Lakeside Family Medicine : appel manqué")


@pytest.mark.parametrize("language", ["en", "es", "fr", "vi", None])
def test_the_words_are_good_copy(practice: Practice, language: str | None) -> None:
    """One segment with the line, and nothing for the lint to say."""
    body = MissedCalls().body(practice, language)

    assert segment(body).segments == 1
    assert lint(body, Purpose.MISSED_CALL_TEXT_BACK, practice=practice) == ()


def test_bad_words_are_refused_at_once(make_desk: Make) -> None:
    """When the messenger is made, and not when somebody calls."""
    with pytest.raises(ConfigurationError, match=r"after a missed call \(en\)"):
        make_desk(missed_calls=MissedCalls(words={"en": "Sorry. Reply CANCEL to cancel."}))
    own = MissedCalls(
        words={"en": "{practice}: we missed you. Call {phone}. Reply STOP to opt out."}
    )
    assert make_desk(missed_calls=own) is not None


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"es": "x"}, "no text in English"),
        (
            {"en": "x", "es": "y", "es-MX": "z"},
            "two texts in one language, among 'en', 'es', 'es-MX'",
        ),
    ],
)
def test_what_is_wrong_with_the_words(words: dict[str, str], says: str) -> None:
    """Whoever wrote a dialect beside its language is told that, and no other thing."""
    with pytest.raises(InvalidInput, match=says):
        MissedCalls(words=words)


@pytest.mark.parametrize(
    "make",
    [
        lambda: MissedCalls(words={"es": "x"}),
        lambda: MissedCalls(words={"en": "x", "es": "y", "es-MX": "z"}),
        lambda: MissedCalls(words={"en": 7}),  # type: ignore[dict-item]
        lambda: MissedCalls(words="x"),  # type: ignore[arg-type]
        lambda: MissedCalls(within=timedelta(0)),
        lambda: MissedCalls(within=timedelta(days=2)),
        lambda: MissedCalls(within=7),  # type: ignore[arg-type]
        lambda: SpokenOffer(wording=OFFER.wording, recorded_by=" "),
        lambda: SpokenOffer(wording=None, recorded_by="x"),  # type: ignore[arg-type]
        lambda: MissedCall(from_=PATIENT, call_id=" ", at=MORNING),
        lambda: MissedCall(from_=PATIENT, call_id="x" * 201, at=MORNING),
        lambda: MissedCall(from_=PATIENT, call_id="x", at=datetime(2026, 1, 1)),  # noqa: DTZ001 - refused
    ],
)
def test_what_cannot_be_used(make: Callable[[], object]) -> None:
    """It is refused before anything is kept."""
    with pytest.raises(InvalidInput):
        make()


def test_hidden_numbers_and_calls_to_come(desk: Messenger) -> None:
    """Nobody can be texted who hid the number."""
    with pytest.raises(InvalidPhoneNumber):
        missed(desk, from_="anonymous")
    with pytest.raises(InvalidInput, match="future"):
        missed(desk, at=MORNING + HOUR)
    assert ledger(desk) == ()


def test_after_a_purge_it_is_not_texted_again(desk: Messenger, clock: MovableClock) -> None:
    """The call's id stays used when the words are gone."""
    agree(desk)
    missed(desk)
    clock.advance(timedelta(days=4000))
    desk.purge(by="ana")

    assert isinstance(missed(desk), Sent)


def test_in_an_event_loop(
    practice: Practice,
    provider: Twilio,
    make_store: Callable[[], StoreKind],
    clock: MovableClock,
    carrier: Sandbox,
) -> None:
    """The same flow."""

    async def mobile(_: object) -> LineAnswer:
        return LineAnswer(kind=LineType.MOBILE, as_of=clock().date())

    async def run() -> Outcome:
        async with AsyncMessenger(
            practice=practice,
            provider=provider,
            store=make_store(),
            clock=clock,
            lookups=AsyncLookups(line_type=mobile),
            missed_calls=MissedCalls(),
        ) as messenger:
            return await messenger.missed_call(
                from_=PATIENT, call_id="CA1", at=MORNING, accepted_offer=OFFER
            )

    assert isinstance(asyncio.run(run()), Sent)
    assert len(outgoing(carrier)) == 1
