"""Asking for permission by text and by keyword, on paper and spoken, through all floors."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from attrs import evolve

from compliant_sms import (
    AsyncMessenger,
    Blocked,
    Category,
    Keyring,
    Messenger,
    Practice,
    Purpose,
    Sent,
    Tier,
)
from compliant_sms.consent import (
    Basis,
    ConsentEvent,
    Flag,
    Granted,
    OptInAnswered,
    OptInAsked,
    SignatureKind,
    Wording,
)
from compliant_sms.errors import ConfigurationError, InvalidInput
from compliant_sms.messenger._set_up import refuse_taken_keywords
from compliant_sms.permission import (
    Edition,
    OnPaper,
    Permission,
    PermissionState,
    Programme,
    Spoken,
    permission_state,
    taken_by,
)
from compliant_sms.sandbox import Sandbox
from compliant_sms.testing import MovableClock
from conftest import INTAKE_WORDING, MORNING, PATIENT, PERSON
from test_consent import granted, restored, revoked
from test_patient_texts import receive
from test_receive import from_patient, text_of
from test_send import agree, outgoing, remind, waits

pytestmark = pytest.mark.usefixtures(waits.__name__)  # nobody sleeps here
Make = Callable[..., Messenger]
OFFER = "Lakeside Family Medicine: 20% off teeth whitening in December. Reply STOP to opt out."
BILLS = Programme(
    id="bills", about="bills and payments", categories=["billing"], editions="2026-03"
)
OFFERS = Programme(
    id="offers",
    about="offers and news from the practice",
    categories=["promotions"],
    editions="2026-03",
    frequency="Up to 4 messages a month.",
    keyword="deals",
)


def permission(**changes: Any) -> Permission:
    """How the practice asks."""
    usual: dict[str, Any] = {
        "programmes": [BILLS, OFFERS],
        "terms_url": "https://lakeside.example/terms",
        "privacy_url": "https://lakeside.example/privacy",
    }
    return Permission(**(usual | changes))


def owning(practice: Practice) -> Practice:
    """The practice, with a host of its own."""
    return evolve(practice, link_domains=["lakeside.example"])


@pytest.fixture
def asking(make_messenger: Make, practice: Practice, clock: MovableClock) -> Messenger:
    """A messenger that asks for permission; its patient agreed to texts about care."""
    messenger = make_messenger(practice=owning(practice), permission=permission())
    agree(messenger)
    clock.advance(timedelta(minutes=1))
    return messenger


def of_kind(messenger: Messenger, kind: type[ConsentEvent]) -> list[Any]:
    """The events of a kind about the patient's number."""
    return [e for e in messenger.consent.events(PATIENT) if isinstance(e, kind)]


def bill(messenger: Messenger, key: str = "bill-1") -> Any:
    """A text about money."""
    return messenger.send(
        to=PATIENT,
        person=PERSON,
        purpose=Purpose.BILLING,
        body="Lakeside Family Medicine: your statement is ready. Call 217-555-0100.",
        idempotency_key=key,
    )


def promote(messenger: Messenger, key: str = "offer-1") -> Any:
    """A text that sells."""
    return messenger.send(
        to=PATIENT, person=PERSON, purpose=Purpose.PROMOTION, body=OFFER, idempotency_key=key
    )


def invite(messenger: Messenger, **changes: Any) -> Any:
    """Ask about bills."""
    usual = {"person": PERSON, "programme": "bills", "idempotency_key": "ask/pat-881/bills"}
    return messenger.permission.invite(PATIENT, **(usual | changes))


@pytest.mark.both_databases
def test_invited_and_agreed(asking: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """The question, the yes and the consent are on record, with the words; a welcome follows."""
    assert isinstance(bill(asking), Blocked)
    assert isinstance(invite(asking), Sent)
    clock.advance(timedelta(minutes=2))
    said = receive(asking, "Yes")

    (asked,) = of_kind(asking, OptInAsked)
    (answered,) = of_kind(asking, OptInAnswered)
    granted = of_kind(asking, Granted)[-1]
    assert said.answers is not None
    assert asked.reference == said.answers.message_id
    assert asked.wording == Wording(text=outgoing(carrier)[0], version="bills/2026-03")
    assert (answered.agreed, answered.asked) == (True, asked.event_id)
    assert (granted.categories, granted.tier) == (("billing",), Tier.PRIOR_EXPRESS)
    assert (granted.wording, granted.basis) == (asked.wording, Basis.TEXT_MESSAGE)
    assert not said.inbound.needs_person
    asking.dispatch_due()
    assert "you will get texts about bills and payments" in outgoing(carrier)[-1]
    assert isinstance(bill(asking, "bill-2"), Sent)
    assert asking.verify_ledger().events == 4


@pytest.mark.both_databases
def test_keyword(asking: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """A patient who texts the keyword is asked, and a yes is written permission that suffices."""
    assert isinstance(promote(asking), Blocked)
    text = receive(asking, " Deals! ")
    asking.dispatch_due()
    clock.advance(timedelta(minutes=2))
    assert not text.inbound.needs_person
    assert "automated marketing texts" in outgoing(carrier)[-1]
    receive(asking, "YES", "SM2")

    granted = of_kind(asking, Granted)[-1]
    (asked,) = of_kind(asking, OptInAsked)
    assert asked.keyword == "DEALS"
    assert (granted.categories, granted.tier) == (("promotions",), Tier.PRIOR_EXPRESS_WRITTEN)
    assert granted.agreement.signature is SignatureKind.TEXT_REPLY
    assert isinstance(promote(asking, "offer-2"), Sent)


def test_who_never_agreed_is_not_asked(make_messenger: Make, practice: Practice) -> None:
    """Without prior express consent no question leaves, and none is on record."""
    messenger = make_messenger(practice=owning(practice), permission=permission())
    outcome = invite(messenger)

    assert isinstance(outcome, Blocked)
    assert [each.rule for each in outcome.reasons] == ["consent"]
    assert not messenger.consent.events(PATIENT)


def test_nobody_is_invited_to_promotions(asking: Messenger, carrier: Sandbox) -> None:
    """Whatever the patient agreed to, no text of ours offers marketing."""
    with pytest.raises(InvalidInput, match="marketing"):
        invite(asking, programme="offers")
    with pytest.raises(InvalidInput, match="Pass one of: bills, offers"):
        invite(asking, programme="loans")
    assert not outgoing(carrier)


def test_asked_once(asking: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """However often it is called, one question goes; another key asks again."""
    first, second = invite(asking), invite(asking)
    assert first == second
    assert len(outgoing(carrier)) == len(of_kind(asking, OptInAsked)) == 1

    clock.advance(timedelta(days=8))
    assert invite(asking) == first
    assert isinstance(invite(asking, idempotency_key="ask/pat-881/bills/new-portal"), Sent)
    assert len(of_kind(asking, OptInAsked)) == 2


@pytest.mark.parametrize(
    "words", ["maybe", "what is this?", "who are you", "later", "\U0001f914", "Deal"]
)
def test_anything_else_grants_nothing(asking: Messenger, words: str) -> None:
    """Only a yes is a yes."""
    invite(asking)
    before = asking.consent.events(PATIENT)
    text = receive(asking, words)

    assert asking.consent.events(PATIENT) == before
    assert text.answers is None
    assert isinstance(bill(asking), Blocked)


@pytest.mark.parametrize(
    "words",
    [
        *("please call me", "I need a refill please", "the new medicine works great", "ok thanks"),
        *("Dale Smith here, running late", "is 9 still good?", "ok see you then", "thank you"),
        *("yes see you Tuesday", "sure", "\U0001f44d", "go ahead and text me"),
    ],
)
def test_only_a_plain_yes_signs(asking: Messenger, clock: MovableClock, words: str) -> None:
    """Written consent takes a yes and nothing else; a person sees whatever else is said."""
    receive(asking, "DEALS")
    asking.dispatch_due()
    clock.advance(timedelta(minutes=2))
    before = asking.consent.events(PATIENT)
    text = receive(asking, words, "SM2")

    assert asking.consent.events(PATIENT) == before
    assert (text.answers, text.inbound.needs_person) == (None, True)
    assert isinstance(promote(asking), Blocked)


@pytest.mark.parametrize(
    ("words", "agrees"),
    [("sure, go ahead and text me", True), ("\U0001f44d", True), ("please call me", False)],
)
def test_a_yes_in_other_words(asking: Messenger, words: str, *, agrees: bool) -> None:
    """What needs no signature is agreed to in any words that say nothing else."""
    invite(asking)
    text = receive(asking, words)

    assert bool(of_kind(asking, OptInAnswered)) == agrees
    assert text.inbound.needs_person == (not agrees)


def test_no(asking: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """A no turns down what was asked, and ends nothing that was agreed to before."""
    invite(asking)
    clock.advance(timedelta(minutes=1))
    receive(asking, "No thanks")

    (answered,) = of_kind(asking, OptInAnswered)
    assert not answered.agreed
    assert isinstance(remind(asking), Sent)
    assert isinstance(bill(asking), Blocked)
    asking.dispatch_due()
    receive(asking, "yes", "SM2")
    assert isinstance(bill(asking, "bill-2"), Blocked)


def test_stop_ends_everything(asking: Messenger, clock: MovableClock) -> None:
    """Whoever answers STOP ends all texts, and a later yes answers nothing."""
    invite(asking)
    clock.advance(timedelta(minutes=1))
    receive(asking, "STOP")
    clock.advance(timedelta(minutes=1))
    receive(asking, "yes", "SM2")

    assert not of_kind(asking, OptInAnswered)
    assert isinstance(remind(asking), Blocked)
    assert asking.permission.state(PATIENT, person=PERSON, programme="bills") is (
        PermissionState.STOPPED
    )


def test_a_late_yes(make_messenger: Make, practice: Practice, clock: MovableClock) -> None:
    """After the time that the practice gives, a yes means something else."""
    messenger = make_messenger(
        practice=owning(practice), permission=permission(answer_within=timedelta(hours=2))
    )
    agree(messenger)
    clock.advance(timedelta(minutes=1))
    invite(messenger)
    (asked,) = of_kind(messenger, OptInAsked)
    assert asked.until == clock() + timedelta(hours=2)
    clock.advance(timedelta(hours=2, seconds=1))
    receive(messenger, "yes")

    assert not of_kind(messenger, OptInAnswered)


def test_a_second_yes(asking: Messenger, clock: MovableClock) -> None:
    """One question has one answer."""
    invite(asking)
    clock.advance(timedelta(minutes=1))
    receive(asking, "yes")
    again = receive(asking, "Yes", "SM2")

    assert len(of_kind(asking, OptInAnswered)) == 1
    assert len(of_kind(asking, Granted)) == 2
    assert (again.answers, again.inbound.needs_person) == (None, False)


def test_the_yes_covers_what_was_asked(
    asking: Messenger, make_messenger: Make, practice: Practice, clock: MovableClock
) -> None:
    """Settings that changed in between widen nothing, also where the programme is gone."""
    invite(asking)
    clock.advance(timedelta(minutes=1))
    wider = evolve(BILLS, categories=["billing", "surveys"], editions="2027-01")
    changed = make_messenger(practice=owning(practice), permission=permission(programmes=[wider]))
    text_of(changed.receive(from_patient("Yes", "SM1")))

    granted = of_kind(changed, Granted)[-1]
    assert granted.categories == ("billing",)
    assert granted.wording.version == "bills/2026-03"


def test_a_welcome_without_its_programme(
    asking: Messenger, make_messenger: Make, practice: Practice, carrier: Sandbox
) -> None:
    """The confirmation needs no programme that is configured still."""
    invite(asking)
    plain = make_messenger(practice=owning(practice))
    text_of(plain.receive(from_patient("Yes", "SM1")))
    plain.dispatch_due()

    assert "you will get the texts that you agreed to" in outgoing(carrier)[-1]


def test_who_texts_a_keyword_and_is_not_known(
    make_messenger: Make, practice: Practice, carrier: Sandbox
) -> None:
    """Consent is a person's: of a number at which nobody, or several, are known, a person asks."""
    messenger = make_messenger(practice=owning(practice), permission=permission())
    stranger = receive(messenger, "DEALS")
    agree(messenger)
    agree(messenger, person="pat-882")
    family = receive(messenger, "DEALS", "SM2")

    assert stranger.inbound.needs_person
    assert family.inbound.needs_person
    messenger.dispatch_due()
    assert not outgoing(carrier)


def test_who_has_a_wrong_number_agrees_for_nobody(
    asking: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """A stranger's keyword and yes would be the patient's consent, and bring their texts back."""
    agree(asking)
    remind(asking)
    clock.advance(timedelta(minutes=1))
    receive(asking, "wrong number")
    clock.advance(timedelta(minutes=1))
    stranger = receive(asking, "DEALS", "SM2")
    asking.dispatch_due()

    assert stranger.inbound.needs_person
    assert len(outgoing(carrier)) == 1


def test_wrong_number_in_answer_to_what_a_keyword_asked(
    asking: Messenger, clock: MovableClock
) -> None:
    """It flags the number, as after any text to a patient, and a later yes signs for nobody."""
    receive(asking, "DEALS")
    asking.dispatch_due()
    clock.advance(timedelta(minutes=1))
    denied = receive(asking, "wrong number", "SM2")
    clock.advance(timedelta(minutes=1))
    receive(asking, "Yes", "SM3")

    assert denied.inbound.needs_person
    assert len(of_kind(asking, Granted)) == 1
    flagged = asking.consent.state(PATIENT, person=PERSON).flagged
    assert flagged is not None
    assert flagged.why is Flag.WRONG_NUMBER


@pytest.mark.parametrize("said", ["DEALS", "START"])
def test_wrong_number_in_answer_to_a_confirmation(
    asking: Messenger, clock: MovableClock, said: str
) -> None:
    """Whoever reads that they will get texts, and says that it is the wrong number, gets none."""
    steps = ["DEALS", "Yes"] if said == "DEALS" else ["STOP", "START"]
    for turn, each in enumerate([*steps, "wrong number"]):
        receive(asking, each, f"SM{turn}")
        asking.dispatch_due()
        clock.advance(timedelta(minutes=1))

    assert asking.consent.state(PATIENT, person=PERSON).flagged is not None
    assert isinstance(remind(asking), Blocked)


def test_a_yes_after_an_erased_question_signs_nothing(
    make_messenger: Make, practice: Practice, clock: MovableClock
) -> None:
    """What somebody else there was asked last is gone: the yes may be meant for that."""
    keyring = Keyring.generate()
    asking = make_messenger(practice=owning(practice), permission=permission(), keyring=keyring)
    for turn, person in enumerate((PERSON, "pat-882")):
        agree(asking, person=person)
        clock.advance(timedelta(minutes=1))
        invite(asking, person=person, idempotency_key=f"ask/{turn}")
        clock.advance(timedelta(minutes=1))
    asking.erase("pat-882", reason="asked for it", by="privacy:kim")
    yes = receive(asking, "Yes")

    assert yes.inbound.needs_person
    assert not any("billing" in each.categories for each in of_kind(asking, Granted))


def _denied(messenger: Messenger) -> None:
    receive(messenger, "wrong number", "SM2")


def _taken_back(messenger: Messenger) -> None:
    messenger.consent.void(PATIENT, person=PERSON, recorded_by="desk:ana", reason="typing error")


def _shared(messenger: Messenger) -> None:
    agree(messenger, person="pat-882")


@pytest.mark.parametrize("waits_still", [True, False])
@pytest.mark.parametrize("happens", [_denied, _taken_back, _shared])
def test_what_a_keyword_asked_is_for_who_alone_is_known(
    *,
    asking: Messenger,
    carrier: Sandbox,
    clock: MovableClock,
    happens: Callable[[Messenger], None],
    waits_still: bool,
) -> None:
    """Nobody knows any more who texted it: a question that waits is called off, a yes signs not."""
    remind(asking)
    clock.advance(timedelta(minutes=1))
    receive(asking, "DEALS")
    if not waits_still:
        asking.dispatch_due()
    clock.advance(timedelta(minutes=1))
    happens(asking)
    asking.dispatch_due()
    clock.advance(timedelta(minutes=1))
    yes = receive(asking, "Yes", "SM3")

    assert len(outgoing(carrier)) == (1 if waits_still else 2)
    assert not any("promotions" in each.categories for each in of_kind(asking, Granted))
    # Where it was called off, and the number is still the patient's, the yes confirms the visit.
    assert yes.inbound.needs_person is not (waits_still and happens is _shared)


def test_a_keyword_again_and_again(
    asking: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """Who texts it again within the hour has the question already; after that it comes anew."""
    for turn in range(3):
        receive(asking, "DEALS", f"SM{turn}")
        asking.dispatch_due()
    assert len(outgoing(carrier)) == 1

    clock.advance(timedelta(hours=13))
    receive(asking, "DEALS", "SM9")
    asking.dispatch_due()
    assert len(outgoing(carrier)) == 2


def test_a_keyword_after_stop(asking: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """After a STOP nothing but its confirmation follows: START comes first."""
    receive(asking, "STOP")
    asking.dispatch_due()
    clock.advance(timedelta(minutes=1))
    receive(asking, "DEALS", "SM2")
    asking.dispatch_due()

    assert len(outgoing(carrier)) == 1
    assert not of_kind(asking, OptInAsked)


@pytest.mark.parametrize(
    ("said", "known", "asked"),
    [
        ("stop sending me bill texts", True, True),
        ("stop sending me bill texts", False, False),
        ("no more marketing texts please", True, False),
        ("STOP", True, False),
    ],
)
def test_a_keyword_after_a_no(
    *,
    asking: Messenger,
    carrier: Sandbox,
    clock: MovableClock,
    said: str,
    known: bool,
    asked: bool,
) -> None:
    """After a no that spared promotions it is asked; after any other it is a person's."""
    told = Spoken(person=PERSON, recorded_by="front-desk:kim")
    asking.permission.record(PATIENT, programme="bills", told=told)
    if known:
        heard = evolve(told, recording="call-9.wav")
        asking.permission.record(PATIENT, programme="offers", told=heard)
    clock.advance(timedelta(minutes=1))
    receive(asking, said)
    asking.dispatch_due()
    before = len(outgoing(carrier))
    clock.advance(timedelta(minutes=1))
    text = receive(asking, "DEALS", "SM2")
    asking.dispatch_due()

    assert len(outgoing(carrier)) == before + asked
    assert len(of_kind(asking, OptInAsked)) == asked
    assert text.inbound.needs_person is not asked
    assert isinstance(promote(asking), Sent if asked else Blocked)


def test_a_keyword_among_other_words(asking: Messenger, carrier: Sandbox) -> None:
    """Only the word alone asks for it."""
    text = receive(asking, "any deals on braces?")
    asking.dispatch_due()

    assert text.inbound.needs_person
    assert not outgoing(carrier)


def test_a_keyword_while_something_else_is_asked(
    asking: Messenger, clock: MovableClock, carrier: Sandbox
) -> None:
    """It answers no other question, even where it could be read as a yes."""
    joining = evolve(OFFERS, keyword="JOIN")
    asking._ports = evolve(asking._ports, permission=permission(programmes=[BILLS, joining]))
    invite(asking)
    clock.advance(timedelta(minutes=1))
    text = text_of(asking.receive(from_patient("join", "SM1")))
    asking.dispatch_due()

    assert text.answers is None
    assert "marketing texts" in outgoing(carrier)[-1]
    assert not of_kind(asking, OptInAnswered)


RESERVED = ["stop", "END", "Quit", "help", "INFO", "start", "yes", "confirm", "ALTO", "si", "911"]


@pytest.mark.parametrize("word", [*RESERVED, "two words", "AB", "A" * 16, "1DEAL", "DÉALS"])
def test_keywords_that_mean_something_already(word: str) -> None:
    """A word that law, carriers or our own questions have a meaning for is refused."""
    with pytest.raises(InvalidInput):
        evolve(OFFERS, keyword=word)


def test_keywords_of_the_provider(make_messenger: Make) -> None:
    """A word on which the provider acts by itself is refused where the messenger is made."""
    assert taken_by("JOIN", ["twilio", "gateway", "vonage"]) == "vonage"
    assert taken_by("ENDOSALE", ["twilio", "aws"]) == "aws"
    assert taken_by("DEALS", ["twilio", "telnyx", "vonage", "aws"]) is None
    assert make_messenger(permission=permission()).permission.has_form is False


def test_a_messenger_refuses_the_words_of_its_provider(make_messenger: Make) -> None:
    """The keyword must reach us."""

    class Grabbing:
        name = "vonage"

    class Routes:
        providers = (Grabbing(),)

    joining = permission(programmes=[evolve(OFFERS, keyword="JOIN")])
    with pytest.raises(ConfigurationError, match="vonage handles JOIN itself"):
        refuse_taken_keywords(joining, Routes())  # type: ignore[arg-type]


def test_written_down(asking: Messenger) -> None:
    """Paper and spoken consent hold the words, who agreed and who wrote it down."""
    paper = asking.permission.record(
        PATIENT,
        programme="offers",
        told=OnPaper(
            person=PERSON,
            signer="Ana Gomez",
            recorded_by="front-desk:ana",
            occurred_at=MORNING - timedelta(days=2),
            reference="scan-17",
        ),
    )
    spoken = asking.permission.record(
        PATIENT, programme="bills", told=Spoken(person=PERSON, recorded_by="front-desk:kim")
    )

    assert isinstance(paper, Granted)
    assert isinstance(spoken, Granted)
    assert paper.wording == asking.permission.paper("offers")
    assert (paper.basis, paper.actor, paper.reference) == (
        Basis.PAPER_FORM,
        "front-desk:ana",
        "scan-17",
    )
    assert paper.agreement is not None
    assert paper.agreement.signature is SignatureKind.WET_INK
    assert spoken.wording == asking.permission.script("bills")
    assert spoken.signature is not None
    assert spoken.signature.act == "said yes when asked by front-desk:kim; not recorded"
    assert (spoken.basis, spoken.agreement) == (Basis.SPOKEN, None)
    assert isinstance(bill(asking), Sent)
    assert isinstance(promote(asking), Sent)


def test_spoken_permission_for_promotions(asking: Messenger) -> None:
    """A spoken yes to marketing counts only where it was recorded."""
    said = Spoken(person=PERSON, recorded_by="front-desk:kim", recording=" ")
    with pytest.raises(InvalidInput, match="recorded"):
        asking.permission.record(PATIENT, programme="offers", told=said)
    blank = asking.permission.record(PATIENT, programme="bills", told=said)
    assert isinstance(blank, Granted)
    assert blank.signature is not None
    assert blank.signature.act == "said yes when asked by front-desk:kim; not recorded"

    event = asking.permission.record(
        PATIENT, programme="offers", told=evolve(said, recording="call-9.wav")
    )
    assert isinstance(event, Granted)
    assert event.agreement is not None
    assert event.agreement.signature is SignatureKind.RECORDED_VOICE
    assert isinstance(promote(asking), Sent)


EDITIONS = [
    Edition(version="2026-03"),
    Edition(
        version="2026-06",
        follows="2026-03",
        changes_substance=False,
        decided_by="compliance:kim",
        reason="a comma",
    ),
    Edition(
        version="2026-09",
        follows="2026-06",
        changes_substance=True,
        decided_by="compliance:kim",
        reason="twice as many texts",
    ),
]


def test_asked_again(asking: Messenger, make_messenger: Make, practice: Practice) -> None:
    """A change in substance asks again who agreed before it; a comma does not."""

    def state_under(count: int) -> PermissionState:
        newer = evolve(BILLS, editions=EDITIONS[:count])
        messenger = make_messenger(
            practice=owning(practice), permission=permission(programmes=[newer])
        )
        return messenger.permission.state(PATIENT, person=PERSON, programme="bills")

    assert state_under(1) is PermissionState.NOT_AGREED
    told = Spoken(person=PERSON, recorded_by="front-desk:kim")
    asking.permission.record(PATIENT, programme="bills", told=told)
    states = [state_under(count) for count in (1, 2, 3)]
    assert states == [PermissionState.AGREED, PermissionState.AGREED, PermissionState.OUTDATED]
    assert [each.needs_asking_again for each in states] == [False, False, True]


@pytest.mark.parametrize(
    ("category", "stands"), [("fundraising", "not_agreed"), ("care", "agreed")]
)
def test_start_is_no_consent_to_appeals(category: str, stands: str) -> None:
    """Nobody is said to agree whose texts the rules refuse."""
    gifts = Programme(id="gifts", about="our fund", categories=[category], editions="1")
    events: list[ConsentEvent] = [
        granted(1, categories=[category]),
        revoked(2),
        restored(3),
    ]

    assert permission_state(gifts, (), events, "pat-881") == stands
    assert permission_state(gifts, (), events[:2], "pat-881") == "stopped"


@pytest.mark.both_databases
def test_everybody_to_ask_again(
    asking: Messenger, make_messenger: Make, practice: Practice, clock: MovableClock
) -> None:
    """Page by page come exactly those of whom the state says so; nobody who stopped, or agreed."""
    newer = evolve(BILLS, editions=EDITIONS)
    messenger = make_messenger(practice=owning(practice), permission=permission(programmes=[newer]))
    everybody = [(f"+1217555{n:04}", f"pat-{n % 5}") for n in range(40, 52)]
    for n, (number, person) in enumerate(everybody):
        told = Spoken(person=person, recorded_by="front-desk:kim")
        asking.permission.record(number, programme="bills", told=told)
        clock.advance(timedelta(minutes=1))
        if n % 3 == 0:
            asking.consent.revoke(number, person=person, channel="spoken", recorded_by="desk:kim")
        if n % 4 == 0:
            messenger.permission.record(number, programme="bills", told=told)
    # Two persons share a number, and each agrees for themselves.
    told = Spoken(person="pat-7", recorded_by="front-desk:kim")
    asking.permission.record(everybody[1][0], programme="bills", told=told)
    everybody.append((everybody[1][0], "pat-7"))

    def outdated(number: str, person: str) -> bool:
        state = messenger.permission.state(number, person=person, programme="bills")
        return state.needs_asking_again

    expected = sorted(each for each in everybody if outdated(*each))
    for limit in (1, 5, 500):
        pages = [messenger.permission.to_ask_again("bills", limit=limit)]
        while pages[-1].after:
            pages.append(
                messenger.permission.to_ask_again("bills", after=pages[-1].after, limit=limit)
            )
        consents = [each for page in pages for each in page.consents]
        found = [(each.number.e164, each.person) for each in consents]
        assert sorted(found, key=str) == expected
        assert {each.wording and each.wording.version for each in consents} == {"bills/2026-03"}
        assert "+1217" not in repr(pages)
    assert 0 < len(expected) < len(everybody)


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        ("no more marketing texts please", PermissionState.OUTDATED),
        ("stop texting me about appointments", PermissionState.OUTDATED),
        ("stop sending me bill texts", PermissionState.STOPPED),
        ("please stop everything except appointment reminders", PermissionState.STOPPED),
        ("how do i unsubscribe", PermissionState.STOPPED),
        ("STOP", PermissionState.STOPPED),
    ],
)
def test_a_no_to_other_texts(
    *,
    asking: Messenger,
    make_messenger: Make,
    practice: Practice,
    clock: MovableClock,
    said: str,
    stands: PermissionState,
) -> None:
    """Who ended other kinds alone is asked again; who ended this one, or maybe did, is not."""
    newer = evolve(BILLS, editions=EDITIONS)
    messenger = make_messenger(practice=owning(practice), permission=permission(programmes=[newer]))
    told = Spoken(person=PERSON, recorded_by="front-desk:kim")
    asking.permission.record(PATIENT, programme="bills", told=told)
    clock.advance(timedelta(minutes=1))
    receive(asking, said)

    assert messenger.permission.state(PATIENT, person=PERSON, programme="bills") is stands
    again = messenger.permission.to_ask_again("bills").consents
    assert len(again) == (stands is PermissionState.OUTDATED)
    assert isinstance(bill(asking), Sent if again else Blocked)


def test_a_no_to_what_was_never_agreed_to(asking: Messenger, clock: MovableClock) -> None:
    """Words that name one kind spare those that were agreed to, and nothing else."""
    clock.advance(timedelta(minutes=1))
    receive(asking, "no more marketing texts please")

    assert asking.permission.state(PATIENT, person=PERSON, programme="bills") is (
        PermissionState.STOPPED
    )


@pytest.mark.both_databases
def test_nobody_erased_is_asked_again(make_messenger: Make, practice: Practice) -> None:
    """Where everything is sealed: of whom all was erased nobody is told, and the others still are.

    What the number itself said is nobody's consent.
    """
    keyring, owner = Keyring.generate(), owning(practice)
    asking = make_messenger(practice=owner, permission=permission(), keyring=keyring)
    newer = permission(programmes=[evolve(BILLS, editions=EDITIONS)])
    messenger = make_messenger(practice=owner, permission=newer, keyring=keyring)
    asking.consent.revoke("+12175550166", channel="spoken", recorded_by="front-desk:kim")
    for person, number in ((PERSON, PATIENT), ("pat-9", "+12175550177")):
        told = Spoken(person=person, recorded_by="front-desk:kim")
        asking.permission.record(number, programme="bills", told=told)
    assert len(messenger.permission.to_ask_again("bills").consents) == 2
    assert asking.permission.to_ask_again("bills").consents == ()
    asking.erase(PERSON, reason="asked for it", by="privacy:lee")

    (left,) = messenger.permission.to_ask_again("bills").consents
    assert left.person == "pat-9"
    with pytest.raises(InvalidInput, match="at least 1"):
        messenger.permission.to_ask_again("bills", limit=0)
    for wrong in ({"limit": "5"}, {"limit": 1.5}, {"after": None}):
        with pytest.raises(InvalidInput, match="cannot be used"):
            messenger.permission.to_ask_again("bills", **wrong)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput):
        messenger.permission.to_ask_again("nothing")


def test_other_words_stand(asking: Messenger) -> None:
    """Consent on an intake form's own words stands as it is; of an unknown edition nobody knows."""
    asking.consent.grant(
        PATIENT,
        person=PERSON,
        basis="intake_form",
        wording=INTAKE_WORDING,
        categories=[Category.BILLING],
        recorded_by="front-desk:ana",
    )
    assert asking.permission.state(PATIENT, person=PERSON, programme="bills") is (
        PermissionState.AGREED
    )
    asking.consent.grant(
        PATIENT,
        person=PERSON,
        basis="intake_form",
        wording=Wording(text="Older words.", version="bills/2019"),
        categories=[Category.BILLING],
        recorded_by="front-desk:ana",
    )
    assert asking.permission.state(PATIENT, person=PERSON, programme="bills") is (
        PermissionState.OUTDATED
    )


def test_words_that_changed_in_silence(asking: Messenger) -> None:
    """A form whose words changed while its version stayed counts as other words."""
    asking.consent.grant(
        PATIENT,
        person=PERSON,
        basis="web_form",
        wording=Wording(text="Something else.", version="bills/2026-03"),
        categories=[Category.BILLING],
        recorded_by="web-form",
    )

    assert asking.permission.state(PATIENT, person=PERSON, programme="bills") is (
        PermissionState.OUTDATED
    )


def test_an_older_paper(asking: Messenger) -> None:
    """An earlier paper goes on record with its own words, if its edition is known."""
    older = OnPaper(
        person=PERSON,
        signer="Ana Gomez",
        recorded_by="front-desk:ana",
        occurred_at=MORNING - timedelta(days=300),
        wording=Wording(text="Bills by text? Yes.", version="bills/2026-03"),
    )
    event = asking.permission.record(PATIENT, programme="bills", told=older)
    assert isinstance(event, Granted)
    assert event.wording == older.wording
    for version in ("2026-03", "offers/2026-03", "bills/1999"):
        wrong = evolve(older, wording=Wording(text="Bills?", version=version))
        with pytest.raises(InvalidInput, match="asked again"):
            asking.permission.record(PATIENT, programme="bills", told=wrong)


WRONG_EDITIONS: list[Any] = [
    [],
    [EDITIONS[1]],
    [EDITIONS[0], EDITIONS[2]],
    [EDITIONS[0], evolve(EDITIONS[1], version="2026-04"), EDITIONS[0]],
    ["2026-03"],
    "not a version",
]


@pytest.mark.parametrize("editions", WRONG_EDITIONS, ids=str)
def test_editions_that_are_no_line(editions: Any) -> None:
    """Each edition takes the place of the one before."""
    with pytest.raises(InvalidInput):
        evolve(BILLS, editions=editions)


@pytest.mark.parametrize(
    "changes",
    [
        {"changes_substance": None},
        {"decided_by": " "},
        {"reason": ""},
        {"version": ""},
        {"follows": "2026-06"},
    ],
    ids=str,
)
def test_an_edition_without_a_decision(changes: dict[str, Any]) -> None:
    """Who changes words decides, on record, what that means."""
    with pytest.raises(InvalidInput):
        evolve(EDITIONS[1], **changes)


def test_editions_in_a_circle() -> None:
    """A version comes once."""
    circle = evolve(EDITIONS[1], version="2026-03", follows="2026-06")
    with pytest.raises(InvalidInput, match="version of its own"):
        evolve(BILLS, editions=[*EDITIONS[:2], circle])


WRONG_PROGRAMMES: list[dict[str, Any]] = [
    {"id": "Bills"},
    {"id": "a/b"},
    {"about": "bills\nand more"},
    {"about": "bills at https://evil.example"},
    {"about": " "},
    {"categories": []},
    {"categories": ["billing", "promotions"]},
    {"categories": ["promotions"], "marketing": False},
    {"categories": ["billing"], "marketing": True},
    {"frequency": "Enjoy."},
    {"samples": "Hello"},
    {"samples": [" "]},
    {"marketing": "no"},
]


@pytest.mark.parametrize("changes", WRONG_PROGRAMMES, ids=str)
def test_programmes_that_cannot_be_used(changes: dict[str, Any]) -> None:
    """What bundles, hides or breaks the words that patients read is refused."""
    usual: dict[str, Any] = {
        "id": "bills",
        "about": "your bills",
        "categories": ["billing"],
        "editions": "1",
    }
    with pytest.raises(InvalidInput):
        Programme(**(usual | changes))


def test_a_category_of_ones_own_may_be_marketing() -> None:
    """A practice says of its own categories whether they sell."""
    own = Programme(
        id="spa", about="our spa", categories=["spa-offers"], editions="1", marketing=True
    )

    assert own.tier is Tier.PRIOR_EXPRESS_WRITTEN


def test_who_asks_for_nothing(messenger: Messenger) -> None:
    """A messenger without programmes says what to pass."""
    with pytest.raises(ConfigurationError, match="Permission"):
        invite(messenger)


def test_the_events_keep_what_proves(asking: Messenger) -> None:
    """A question to nobody, or about nothing, is no event."""
    invite(asking)
    (asked,) = of_kind(asking, OptInAsked)
    for wrong in ({"person": None}, {"person": " "}, {"categories": []}):
        with pytest.raises(InvalidInput):
            evolve(asked, **wrong)


def test_the_evidence_tells_of_it(asking: Messenger, clock: MovableClock) -> None:
    """Question and answer stand in the dispute pack, in words."""
    receive(asking, "DEALS")
    asking.dispatch_due()
    clock.advance(timedelta(minutes=1))
    receive(asking, "yes", "SM2")
    clock.advance(timedelta(minutes=1))
    since, until = MORNING - timedelta(days=1), clock() + timedelta(days=1)
    pack = asking.evidence(PATIENT, since=since, until=until, by="compliance:kim", reason="test")
    with ZipFile(BytesIO(pack.data)) as files:
        page = files.read("evidence.html").decode()

    assert "Asked by text to agree to texts about promotions. The patient had texted DEALS." in page
    assert "Answered the question: yes." in page
    assert "replied yes to the text that carried the disclosures" in page


def test_under_an_event_loop(
    practice: Practice, provider: Any, make_store: Any, clock: MovableClock
) -> None:
    """The same under an event loop."""

    async def work() -> tuple[Any, Any, Any]:
        async with AsyncMessenger(
            practice=owning(practice),
            provider=provider,
            store=make_store(),
            clock=clock,
            permission=permission(),
        ) as messenger:
            told = Spoken(person=PERSON, recorded_by="front-desk:kim")
            assert not (await messenger.permission.to_ask_again("bills")).consents
            event = await messenger.permission.record(PATIENT, programme="bills", told=told)
            state = await messenger.permission.state(PATIENT, person=PERSON, programme="bills")
            outcome = await messenger.permission.invite(
                PATIENT, person=PERSON, programme="bills", idempotency_key="ask"
            )
            return event, state, outcome

    event, state, outcome = asyncio.run(work())
    assert isinstance(event, Granted)
    assert state is PermissionState.AGREED
    assert isinstance(outcome, Blocked)  # nobody agreed to texts about care


def test_a_question_that_is_tried_again(
    asking: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """A question that the carrier took only later is on record once, and its yes counts."""
    carrier.fail_next("status", status=401, body={"code": 20003})
    invite(asking)
    clock.advance(timedelta(minutes=10))
    asking.dispatch_due()
    assert len(outgoing(carrier)) == len(of_kind(asking, OptInAsked)) == 1
    receive(asking, "yes")

    assert isinstance(bill(asking), Sent)


def test_a_long_text_is_no_keyword(asking: Messenger) -> None:
    """However long a text is, a keyword is one word."""
    assert asking.permission.state(PATIENT, person=PERSON, programme="offers") is (
        PermissionState.NOT_AGREED
    )
    receive(asking, "DEALS " * 50)

    assert not of_kind(asking, OptInAsked)
