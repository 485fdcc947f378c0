"""What becomes of a text that tells too much: refused, redacted, or a notice with a link."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms import (
    AsyncMessenger,
    Blocked,
    Cancelled,
    Held,
    Messenger,
    Practice,
    Profile,
    Purpose,
    Queued,
    Sent,
)
from compliant_sms.classification import ContentLabel
from compliant_sms.errors import ConfigurationError, InvalidInput
from compliant_sms.flows._deciding import _withhold
from compliant_sms.flows._sending import _send
from compliant_sms.keyring import Keyring
from compliant_sms.lifecycle import State
from compliant_sms.messages import Draft
from compliant_sms.people import PatientFacts
from compliant_sms.phi import ContentTier, PhiLabel, PhiPreference, beyond
from compliant_sms.ports import SecureMessage
from compliant_sms.practice import PhiMode
from compliant_sms.providers import Twilio
from compliant_sms.rules import Readings, Verdict, read
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores import SQLite
from compliant_sms.templates import neutral_notice, notice_language, sender_name
from compliant_sms.testing import MovableClock
from compliant_sms.text import segment
from conftest import PATIENT, PERSON, WARNING
from test_consent import STEADY
from test_receive import from_patient
from test_send import BODY, NIGHT, agree, outgoing, remind, waits

pytestmark = pytest.mark.usefixtures(waits.__name__)  # nobody sleeps here
Make = Callable[..., Messenger]
DRUG = "Lakeside Family Medicine: Ana, your lisinopril is ready. Reply STOP to opt out."
SPANISH = "Lakeside Family Medicine: Ana, su receta de lisinopril ya está lista para usted."
RECORD = "Lakeside Family Medicine: Ana, MRN 00482913 is closed. Reply STOP to opt out."
PROTECTED = "Lakeside Family Medicine: Ana, your suboxone is here. Reply STOP to opt out."
FULL = "Lakeside Family Medicine: Ana Gomez, see you Tue Dec 1. Reply STOP to opt out."
TOO_MUCH = [DRUG, RECORD, PROTECTED, FULL]
LINK = "https://portal.example/m/q7Jd81kPzW"
NOTICE = f"Lakeside Family Medicine: you have a new message from us. Read it here: {LINK}"
LINE = " Reply STOP to opt out."
ANA = PatientFacts(names=("Ana Gomez",), mrn=("00482913",))


class Portal:
    """The host's pages behind a login: one for each message, however often it is asked."""

    def __init__(self) -> None:
        self.pages: dict[str, SecureMessage] = {}
        self.asked = 0
        self.answer: Any = LINK
        self.meanwhile: Callable[[], object] = lambda: None

    def __call__(self, message: SecureMessage) -> str:
        self.asked += 1
        self.meanwhile()
        if isinstance(self.answer, Exception):
            raise self.answer
        self.pages[message.message_id] = message
        return self.answer  # type: ignore[no-any-return]


@pytest.fixture
def portal() -> Portal:
    return Portal()


@pytest.fixture
def noticing(make_messenger: Make, practice: Practice, portal: Portal) -> Messenger:
    """A messenger of a practice that sends notices; its patient agreed to texts."""
    messenger = make_messenger(
        practice=evolve(practice, phi=PhiMode.NOTICE),
        keyring=Keyring.generate(),
        secure_links=portal,
        people=lambda _: Profile(facts=ANA),
    )
    agree(messenger)
    return messenger


@pytest.fixture
def redacting(make_messenger: Make, practice: Practice) -> Messenger:
    """A messenger of a practice that redacts; its patient agreed to texts."""
    messenger = make_messenger(
        practice=evolve(practice, phi="redact"), people=lambda _: Profile(facts=ANA)
    )
    agree(messenger)
    return messenger


def wish(messenger: Messenger) -> None:
    """The patient is warned, and wants details."""
    messenger.consent.record_phi_preference(
        PATIENT, person=PERSON, warning=WARNING, channel="spoken", recorded_by="front-desk:ana"
    )


def told(messenger: Messenger) -> list[tuple[str, str]]:
    """What the last decision says about health information: code and words."""
    decision = messenger.history(PERSON).texts[-1].decisions[-1]
    return [(f.code, f.words) for f in decision.findings if f.rule == "phi-in-body"]


# Block


@pytest.mark.parametrize("body", TOO_MUCH)
def test_by_default_it_is_refused(messenger: Messenger, carrier: Sandbox, body: str) -> None:
    """Somebody rewrites it, and reads what to leave out."""
    agree(messenger)
    outcome = remind(messenger, body=body)

    assert isinstance(outcome, Blocked)
    assert [reason.rule for reason in outcome.reasons] == ["phi-in-body"]
    assert carrier.messages() == ()


def test_known_facts_find_what_no_form_tells(make_messenger: Make, practice: Practice) -> None:
    """A number is a record number because the patient's record has it; nothing of it is kept."""
    body = "Lakeside Family Medicine: Ana, about 0048-2913. Reply STOP to opt out."
    plain, knowing = (
        make_messenger(people=lambda _, facts=facts: Profile(facts=facts)) for facts in (None, ANA)
    )
    agree(plain)

    assert isinstance(remind(plain, "1", body=body), Sent)
    assert isinstance(remind(knowing, "2", body=body), Blocked)
    for text in knowing.history(PERSON).texts:
        assert text.decisions[-1].facts.recipient.facts is None
    assert "00482913" not in repr(knowing.history(PERSON))


# Redact


def test_what_is_too_much_is_taken_out(redacting: Messenger, carrier: Sandbox) -> None:
    """The rest goes; the decision names what was taken out, by its place in the text as given."""
    for key, body in enumerate(TOO_MUCH):
        assert isinstance(remind(redacting, str(key), body=body), Sent)

    assert outgoing(carrier) == [
        "Lakeside Family Medicine: Ana, your [medication] is ready. Reply STOP to opt out.",
        "Lakeside Family Medicine: Ana, MRN [number] is closed. Reply STOP to opt out.",
        "Lakeside Family Medicine: Ana, your [medication] is here. Reply STOP to opt out.",
        "Lakeside Family Medicine: [name], see you Tue Dec 1. Reply STOP to opt out.",
    ]
    for text in redacting.history(PERSON).texts:
        decision = text.decisions[-1]
        [taken] = decision.facts.readings.withheld
        [finding] = [f for f in decision.findings if f.rule == "phi-in-body"]
        assert finding.code == "details-redacted"
        assert f"{taken.label} at {taken.start}-{taken.end}." in finding.words
        assert text.message.draft.body[taken.start : taken.end] not in str(text.message.departure)
        assert beyond(decision.facts.readings.phi, ContentTier.MINIMUM) == ()


def test_who_wants_details_gets_them_whole(redacting: Messenger, carrier: Sandbox) -> None:
    """Only what no wish permits is still taken out."""
    wish(redacting)
    for key, body in enumerate((DRUG, FULL, PROTECTED, RECORD)):
        remind(redacting, str(key), body=body)

    assert outgoing(carrier)[:2] == [DRUG, FULL]
    assert "[medication]" in outgoing(carrier)[2]
    assert "[number]" in outgoing(carrier)[3]


def test_a_text_within_its_tier_leaves_as_given(redacting: Messenger, carrier: Sandbox) -> None:
    """Nothing is touched that may go."""
    remind(redacting)

    assert outgoing(carrier) == [BODY]
    assert told(redacting) == []


def test_it_is_redacted_in_the_language_of_the_text(redacting: Messenger, carrier: Sandbox) -> None:
    """Spanish words stand in a Spanish text, and so does the line that is due."""
    remind(redacting, body="Lakeside Family Medicine: Ana, su lisinopril ya esta listo para usted")

    [sent] = outgoing(carrier)
    assert sent == (
        "Lakeside Family Medicine: Ana, su [medicamento] ya esta listo para usted. "
        "Responda STOP para no recibir mensajes."
    )


def test_the_same_words_go_once_redacted_too(redacting: Messenger) -> None:
    """Two texts that leave with the same words are the same to a carrier."""
    remind(redacting, "1", body=DRUG)
    again = remind(redacting, "2", body=DRUG)

    assert [reason.code for reason in again.reasons] == ["identical-text"]


def test_a_name_that_tells_the_care_is_not_redacted(
    make_messenger: Make, practice: Practice, carrier: Sandbox
) -> None:
    """A text must say who sends it: the practice needs a short name that tells nothing."""
    messenger = make_messenger(practice=evolve(practice, name="Lakeside Oncology", phi="redact"))
    agree(messenger)
    outcome = remind(messenger, body=f"Lakeside Oncology: Ana, see you Tue Dec 1.{LINE}")

    assert isinstance(outcome, Blocked)
    assert "also_known_as" in outcome.reasons[0].remedy
    assert [code for code, _ in told(messenger)] == ["risk-warning-required"]
    assert carrier.messages() == ()


# Notice


def test_the_message_waits_behind_a_link(
    noticing: Messenger, carrier: Sandbox, portal: Portal, database: Path
) -> None:
    """The text says only that; the body goes to the host alone and lies sealed in the store."""
    outcome = remind(noticing, body=DRUG)
    [page] = portal.pages.values()
    [text] = noticing.history(PERSON).texts
    written = b"".join(file.read_bytes() for file in database.parent.iterdir())

    assert isinstance(outcome, Sent)
    assert outgoing(carrier) == [NOTICE + LINE]
    assert (page.message_id, page.person, page.number.e164) == (outcome.message_id, PERSON, PATIENT)
    assert (page.body, page.practice.id) == (DRUG, "lakeside")
    assert "lisinopril" not in repr(page)
    assert text.message.draft.body == DRUG
    assert text.message.body == NOTICE + LINE
    assert b"lisinopril" not in written
    assert [code for code, _ in told(noticing)] == ["neutral-notice"]
    assert "MEDICATION at 36-46" in told(noticing)[0][1]
    assert len(text.decisions) == 1


@pytest.mark.parametrize("body", TOO_MUCH)
def test_the_host_is_asked_only_where_it_must(
    noticing: Messenger, portal: Portal, carrier: Sandbox, body: str
) -> None:
    """Never for a text within its tier, for one that is refused or held, or for a check."""
    question = {"to": PATIENT, "person": PERSON, "purpose": Purpose.APPOINTMENT_REMINDER}
    checked = noticing.check(**question, body=body)
    remind(noticing, "plain")
    remind(noticing, "nobody", person="pat-882", body=body)
    asked_before = portal.asked
    remind(noticing, "too much", body=body)

    assert checked.verdict is Verdict.ALLOW
    assert [f.code for f in checked.findings if f.rule == "phi-in-body"] == ["neutral-notice"]
    assert (asked_before, portal.asked) == (0, 1)
    assert outgoing(carrier) == [BODY, NOTICE]  # the opt-out line is not due again


def test_other_refusals_stand(noticing: Messenger, portal: Portal, carrier: Sandbox) -> None:
    """A notice opens no way round a revocation or a missing permission."""
    sold = remind(noticing, "1", body=DRUG, purpose=Purpose.PROMOTION)
    noticing.receive(from_patient("STOP", "SM1"))
    stopped = remind(noticing, "2", body=DRUG)

    assert [reason.rule for reason in stopped.reasons] == ["revocation"]
    assert "prior-express-written-consent-required" in [reason.code for reason in sold.reasons]
    assert (portal.asked, outgoing(carrier)) == (0, [])


def test_a_promotion_behind_a_link_is_one(noticing: Messenger, portal: Portal) -> None:
    """What the text as given sells decides, though the notice sells nothing."""
    body = f"{DRUG} Add an electric toothbrush for 20% off!"
    outcome = remind(noticing, body=body)
    [record] = noticing.history(PERSON).texts

    assert "prior-express-written-consent-required" in [r.code for r in outcome.reasons]
    assert record.decisions[-1].facts.readings.content is not ContentLabel.TRANSACTIONAL
    assert portal.asked == 0


def test_who_wants_details_gets_the_text(noticing: Messenger, portal: Portal, carrier: Any) -> None:
    """And a notice where no wish permits it."""
    wish(noticing)
    remind(noticing, "1", body=DRUG)
    remind(noticing, "2", body=PROTECTED)

    assert outgoing(carrier) == [DRUG, NOTICE]
    assert portal.asked == 1


BAD_ANSWERS = [
    ConnectionError(DRUG),
    None,
    "",
    "http://portal.example/m/1",
    "https://",
    "https://portal.example/a b",
    "https://portal.example/\n",
    "https://portal.example/ñ",
    "https://portal.example/" + "x" * 500,
    b"https://portal.example/m/1",
]


@pytest.mark.parametrize("answer", BAD_ANSWERS, ids=range(len(BAD_ANSWERS)))
def test_without_a_link_the_text_waits(
    noticing: Messenger, portal: Portal, carrier: Sandbox, clock: MovableClock, answer: Any
) -> None:
    """It is queued and never leaves as given; as soon as there is a link it goes, once."""
    portal.answer = answer
    outcome = remind(noticing, body=DRUG)

    assert isinstance(outcome, Queued)
    assert outcome.problem is not None
    assert outcome.problem.code == "no-secure-link"
    assert not {"lisinopril", "Ana"} & set(outcome.problem.words.split())
    assert outcome.not_before == clock() + timedelta(seconds=30)
    assert remind(noticing, body=DRUG) == outcome
    assert noticing.dispatch_due() == ()
    clock.move_to(outcome.not_before)
    [later] = noticing.dispatch_due()
    assert isinstance(later, Queued)
    assert carrier.messages() == ()

    portal.answer = LINK
    clock.move_to(later.not_before)
    assert [type(each) for each in noticing.dispatch_due()] == [Sent]
    assert outgoing(carrier) == [NOTICE + LINE]
    assert portal.asked == 3
    assert len(portal.pages) == 1


def test_nobody_to_ask_is_as_good_as_no_link(noticing: Messenger, carrier: Sandbox) -> None:
    """Flows that were set up by hand, without anybody who makes links, do not send in the clear."""
    noticing._ports = evolve(noticing._ports, secure_links=None)
    outcome = remind(noticing, body=DRUG)

    assert isinstance(outcome, Queued)
    assert outcome.problem is not None
    assert "pass secure_links" in outcome.problem.words
    assert carrier.messages() == ()


def test_pauses_grow_and_end_at_an_hour(
    noticing: Messenger, portal: Portal, clock: MovableClock
) -> None:
    """A host that is down for long is not asked every half minute."""
    portal.answer = TimeoutError()
    outcome = remind(noticing, body=DRUG)
    pauses = []
    for _ in range(10):
        pauses.append((outcome.not_before - clock()).total_seconds())
        clock.move_to(outcome.not_before)
        [outcome] = noticing.dispatch_due()

    assert pauses == [30, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600]


def test_a_text_that_waited_too_long_is_cancelled(
    noticing: Messenger, portal: Portal, carrier: Sandbox, clock: MovableClock
) -> None:
    """``not_after`` holds while there is no link."""
    portal.answer = TimeoutError()
    outcome = remind(noticing, body=DRUG, not_after=clock() + timedelta(seconds=40))
    portal.answer = LINK
    clock.advance(timedelta(minutes=1))

    assert isinstance(outcome, Queued)
    assert [type(each) for each in noticing.dispatch_due()] == [Cancelled]
    assert carrier.messages() == ()


def test_a_process_that_dies_while_it_asks_loses_nothing(
    noticing: Messenger, portal: Portal, carrier: Sandbox, clock: MovableClock
) -> None:
    """The text was on disk before the host was asked."""

    def dies() -> None:
        raise KeyboardInterrupt

    portal.meanwhile = dies
    with pytest.raises(KeyboardInterrupt):
        remind(noticing, body=DRUG)
    portal.meanwhile = lambda: None

    assert [text.message.state for text in noticing.history(PERSON).texts] == [State.DUE]
    assert [type(each) for each in noticing.dispatch_due()] == [Sent]
    assert outgoing(carrier) == [NOTICE + LINE]


def test_the_host_is_asked_outside_of_the_lock(noticing: Messenger, portal: Portal) -> None:
    """It may use the same store while it makes the page."""
    portal.meanwhile = lambda: remind(noticing, "another")

    assert isinstance(remind(noticing, body=DRUG), Sent)
    assert len(noticing.history(PERSON).texts) == 2


@pytest.mark.parametrize("answer", [LINK, TimeoutError()])
def test_somebody_else_may_take_it_meanwhile(
    noticing: Messenger, portal: Portal, carrier: Sandbox, answer: Any
) -> None:
    """Two workers ask for one text: it goes once, and both say so."""

    def other() -> None:
        portal.meanwhile = lambda: None
        portal.answer = LINK
        noticing.dispatch_due()
        portal.answer = answer

    portal.meanwhile = other

    assert isinstance(remind(noticing, body=DRUG), Sent)
    assert outgoing(carrier) == [NOTICE + LINE]


def test_a_stop_while_the_host_is_asked_is_honoured(
    noticing: Messenger, portal: Portal, carrier: Sandbox
) -> None:
    """The text is decided again with its link."""
    portal.meanwhile = lambda: noticing.receive(from_patient("STOP", "SM1"))

    assert isinstance(remind(noticing, body=DRUG), Blocked)
    assert outgoing(carrier) == []


def test_a_wish_while_the_host_is_asked_counts(
    noticing: Messenger, portal: Portal, carrier: Sandbox
) -> None:
    """Whoever wants details by then gets the text as given."""
    portal.meanwhile = lambda: wish(noticing)

    assert isinstance(remind(noticing, body=DRUG), Sent)
    assert outgoing(carrier) == [DRUG]


def test_at_night_it_is_held_without_a_page(
    noticing: Messenger, portal: Portal, carrier: Sandbox, clock: MovableClock
) -> None:
    """The page is made when the text goes."""
    clock.move_to(NIGHT)
    held = remind(noticing, body=DRUG)
    asked_at_night = portal.asked
    clock.move_to(held.until)

    assert isinstance(held, Held)
    assert [type(each) for each in noticing.dispatch_due()] == [Sent]
    assert (asked_at_night, portal.asked) == (0, 1)
    assert outgoing(carrier) == [NOTICE + LINE]


def test_a_refused_text_is_asked_for_again(noticing: Messenger, carrier: Sandbox) -> None:
    """Once blocked for another reason, it goes with its link when that is gone."""
    first = remind(noticing, person="pat-882", body=DRUG)
    agree(noticing, person="pat-882")
    again = remind(noticing, person="pat-882", body=DRUG)

    assert isinstance(first, Blocked)
    assert isinstance(again, Sent)
    assert again.message_id == first.message_id
    assert outgoing(carrier) == [NOTICE + LINE]


def test_a_link_that_tells_is_refused(
    noticing: Messenger, portal: Portal, carrier: Sandbox
) -> None:
    """A page whose address holds the record number is no neutral notice."""
    portal.answer = "https://portal.example/p?mrn=00482913"
    outcome = remind(noticing, body=DRUG)

    assert isinstance(outcome, Blocked)
    assert "URL" in outcome.reasons[0].words
    assert outgoing(carrier) == []


def test_a_withdrawal_at_the_last_moment_counts(
    noticing: Messenger, portal: Portal, carrier: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text that was within the wish a moment ago is refused, and goes as a notice after."""
    wish(noticing)
    inner = _send.brief_for

    async def slow(ports: Any, draft: Any) -> Any:
        known = await inner(ports, draft)
        noticing.consent.withdraw_phi_preference(
            PATIENT, person=PERSON, channel="spoken", recorded_by="front-desk:ana"
        )
        return known

    with monkeypatch.context() as patch:
        patch.setattr(_send, "brief_for", slow)
        assert isinstance(remind(noticing, body=DRUG), Blocked)
    assert outgoing(carrier) == []

    assert isinstance(remind(noticing, body=DRUG), Sent)
    assert outgoing(carrier) == [NOTICE + LINE]


def test_answers_of_our_own_are_never_notices(noticing: Messenger, carrier: Sandbox) -> None:
    """STOP and HELP are answered in words."""
    noticing.receive(from_patient("HELP", "SM1"))
    noticing.dispatch_due()

    assert outgoing(carrier)[0].startswith("Lakeside Family Medicine: for help call 217-555-0100.")


@pytest.mark.parametrize("lacking", ["keyring", "secure_links"])
@pytest.mark.parametrize("kind", [Messenger, AsyncMessenger])
def test_half_a_set_up_is_refused(
    practice: Practice, provider: Twilio, portal: Portal, kind: Any, lacking: str
) -> None:
    """Notices need both a keyring and somebody who makes links; the error says what to pass."""
    arguments: dict[str, Any] = {"keyring": Keyring.generate(), "secure_links": portal}
    arguments[lacking] = None

    with pytest.raises(ConfigurationError, match=f"{lacking}="):
        kind(
            practice=evolve(practice, phi=PhiMode.NOTICE),
            provider=provider,
            store=SQLite(":memory:"),
            **arguments,
        )


def test_an_event_loop_asks_too(
    practice: Practice, provider: Twilio, database: Path, clock: MovableClock, carrier: Sandbox
) -> None:
    """The other facade awaits the host."""

    async def links(message: SecureMessage) -> str:
        await asyncio.sleep(0)
        return LINK

    async def main() -> Any:
        async with AsyncMessenger(
            practice=evolve(practice, phi=PhiMode.NOTICE),
            provider=provider,
            store=SQLite(database),
            clock=clock,
            keyring=Keyring.generate(),
            secure_links=links,
        ) as messenger:
            await messenger.consent.grant(
                PATIENT, person=PERSON, basis="spoken", recorded_by="front-desk:ana"
            )
            return await messenger.send(
                to=PATIENT,
                person=PERSON,
                purpose=Purpose.PRESCRIPTION_NOTIFICATION,
                body=DRUG,
                idempotency_key="1",
            )

    assert isinstance(asyncio.run(main()), Sent)
    assert outgoing(carrier) == [NOTICE + LINE]


# The notice and its name


@pytest.mark.parametrize("language", ["en", "es", "es-MX", "fr", "fr_CA", ""])
def test_the_notice_is_short_and_plain(language: str) -> None:
    """One segment of GSM-7 with a usual name and link, in English where there is no other."""
    notice = neutral_notice("Lakeside Family Medicine", LINK, language=language)

    assert segment(notice).segments == 1
    assert notice.startswith("Lakeside Family Medicine")
    assert notice.endswith(LINK)
    assert ("usted" in notice) is language.startswith("es")
    assert ("vous" in notice) is language.startswith("fr")


@pytest.mark.parametrize(
    ("reads", "words"), [(None, "usted"), ("en", "you have"), ("fr-CA", "vous"), ("zh", "usted")]
)
def test_the_notice_is_in_the_language_of_its_reader(
    practice: Practice, reads: str | None, words: str
) -> None:
    """As far as that is known and there is a notice in it; otherwise as the text is."""
    sender = evolve(practice, phi=PhiMode.NOTICE)
    draft = Draft(to=PATIENT, purpose=Purpose.RECALL, body=SPANISH, idempotency_key="1")
    reader = Profile(language=reads)
    made = _withhold.instead_of(draft, read(SPANISH, sender), sender, reader, PhiPreference())

    assert made is not None
    assert words in made.body
    assert made.readings.language == notice_language(reads, "es")


def test_the_name_that_tells_least_is_used(practice: Practice) -> None:
    """The first that tells no kind of care; the usual one, if none does."""
    clinic = evolve(practice, name="Lakeside Oncology")

    assert sender_name(practice) == "Lakeside Family Medicine"
    assert sender_name(clinic) == "Lakeside Oncology"
    assert sender_name(evolve(clinic, also_known_as=("Lakeside",))) == "Lakeside"


@pytest.mark.parametrize("domains", [(), ("lakeside.example",)])
def test_the_stand_in_for_a_link_tells_nothing(practice: Practice, domains: Any) -> None:
    """Before there is a link the notice is judged with one of the practice's own hosts."""
    sender = evolve(practice, phi=PhiMode.NOTICE, link_domains=domains)
    draft = Draft(to=PATIENT, purpose=Purpose.RECALL, body=DRUG, idempotency_key="1")
    made = _withhold.instead_of(draft, read(DRUG, sender), sender, Profile(), PhiPreference())

    assert made is not None
    assert made.needs_link
    assert made.serves(PhiPreference())
    assert (domains or ("practice.example",))[0] in made.body
    assert beyond(made.readings.phi, ContentTier.MINIMUM) == ()


@STEADY
@given(
    st.text(max_size=40),
    st.sampled_from([PhiMode.REDACT, PhiMode.NOTICE]),
    st.booleans(),
)
def test_nothing_too_much_is_left(text: str, mode: PhiMode, wished: bool) -> None:  # noqa: FBT001
    """Whatever stands round a drug and a record number, neither leaves unless it may."""
    sender = Practice(
        name="Lakeside", phone="+12175550100", time_zone="UTC", state="IL", phi=mode, id="1"
    )
    body = f"Ana, your lisinopril and MRN 00482913 {text}"
    preference = PhiPreference(warned=wished, prefers=wished)
    person = Profile(facts=ANA)
    plain = read(body, sender, ANA)
    try:
        draft = Draft(to=PATIENT, purpose=Purpose.RECALL, body=body, idempotency_key="1")
    except InvalidInput:
        return
    made = _withhold.instead_of(draft, plain, sender, person, preference)

    assert made is not None
    assert "00482913" not in made.body
    assert PhiLabel.MRN in {finding.label for finding in made.readings.withheld}
    assert ("lisinopril" in made.body) is (wished and mode is PhiMode.REDACT)


def test_a_birth_date_of_the_profile_is_a_fact(practice: Practice) -> None:
    """It makes matches certain without being said twice."""
    born = date(1982, 3, 4)

    assert _withhold.patient_of(Profile()) is None
    assert _withhold.patient_of(Profile(facts=ANA)) is ANA
    assert _withhold.patient_of(Profile(birth_date=born)) == PatientFacts(birth_date=born)
    assert _withhold.patient_of(Profile(birth_date=born, facts=ANA)) == evolve(ANA, birth_date=born)
    own = evolve(ANA, birth_date=date(1982, 4, 3))
    assert _withhold.patient_of(Profile(birth_date=born, facts=own)) is own


def test_facts_are_lists() -> None:
    """One text in place of a list would be read letter by letter."""
    with pytest.raises(InvalidInput, match="lists of str"):
        PatientFacts(names="Ana Gomez")  # type: ignore[arg-type]
    assert repr(ANA) == "PatientFacts()"
    assert "Gomez" not in repr(Profile(facts=ANA))


def test_readings_without_a_change_say_nothing() -> None:
    """Old records and ordinary texts carry no trace of it."""
    assert (Readings().withheld, Readings().withheld_by) == ((), None)
