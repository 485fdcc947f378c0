"""Permission in Spanish and French: what is shown, asked, read out and kept is all in one."""

from __future__ import annotations

from datetime import timedelta
from string import Formatter
from typing import Any

import pytest
from attrs import evolve, fields

from compliant_sms import Messenger, Practice, Profile, Sent, Wording
from compliant_sms.consent import ConsentEvent, Granted, OptInAsked, PhiPreferenceStated
from compliant_sms.errors import IdempotencyConflict, InvalidInput
from compliant_sms.lint import lint
from compliant_sms.permission import (
    LANGUAGES,
    PERMISSION_REQUEST,
    Edition,
    FormProblem,
    FormView,
    OnPaper,
    PermissionState,
    Programme,
    Spoken,
    Submission,
    Translation,
    form_of,
    question,
    script,
    shown_on_form,
    welcome,
)
from compliant_sms.permission._words import Words, words_in
from compliant_sms.sandbox import Sandbox
from compliant_sms.templates import opt_in_text
from compliant_sms.testing import MovableClock
from compliant_sms.text import Encoding, notices, segment
from conftest import MORNING, PATIENT, PERSON
from form_visits import CARE, OFFERS, Make, browser, elements, permission
from frameworks import FORMS, MOUNT
from test_consent_form import HERE
from test_patient_texts import receive
from test_send import agree, outgoing, remind, waits

pytestmark = pytest.mark.usefixtures(waits.__name__)  # nobody sleeps here
CARE_TOO = evolve(
    CARE,
    translations={
        "es": Translation(about="sus citas y su atención"),
        "fr": Translation(about="vos rendez-vous et vos soins"),
    },
)
OFFERS_TOO = evolve(
    OFFERS,
    translations={
        "es": Translation(about="noticias del consultorio", frequency="Hasta 4 mensajes al mes."),
        "fr": Translation(about="les nouvelles du cabinet", frequency="4 SMS par mois au plus."),
    },
)
BOTH = [CARE_TOO, OFFERS_TOO]
BILLS = Programme(
    id="bills",
    about="bills and payments",
    categories=["billing"],
    editions="2026-03",
    translations={
        "es": Translation(about="sus facturas y pagos"),
        "fr": Translation(about="vos factures et paiements"),
    },
)
TITLES = {
    "en": "Texts from Lakeside Family Medicine",
    "es": "Mensajes de texto de Lakeside Family Medicine",
    "fr": "SMS de Lakeside Family Medicine",
}


LEGAL = permission().legal


def owning(practice: Practice) -> Practice:
    """The practice that asks, with a host of its own."""
    return evolve(practice, link_domains=["lakeside.example"])


def state_of(messenger: Messenger, programme: Programme) -> PermissionState:
    """How the patient's consent to a programme stands."""
    return messenger.permission.state(PATIENT, person=PERSON, programme=programme.id)


def asking(make_messenger: Make, practice: Practice, **changes: Any) -> Messenger:
    """A messenger whose form is there in three languages."""
    asks = permission(**{"programmes": BOTH, **changes})
    return make_messenger(practice=owning(practice), permission=asks)


def of_kind(messenger: Messenger, kind: type[ConsentEvent]) -> list[Any]:
    """The events of a kind about the patient's number."""
    return [e for e in messenger.consent.events(PATIENT) if isinstance(e, kind)]


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("es-MX,es;q=0.9,en;q=0.1", "es"),
        ("de, fr-CA;q=0.5", "fr"),
        ("de", "en"),
        ("", "en"),
        ("en-US, es", "en"),
    ],
)
def test_a_form_speaks_as_its_reader(
    make_messenger: Make, practice: Practice, carrier: Sandbox, accepted: str, language: str
) -> None:
    """Page, evidence and confirmation are in one language, whose tag the page has."""
    messenger = asking(make_messenger, practice)
    ana = browser(messenger)
    headers = {"Accept-Language": accepted}
    page = ana.ask("GET", headers, b"")
    sent = {"health-details": "yes", "agree-offers": "yes"}
    done = ana.send(page, but=sent, headers=headers)
    messenger.dispatch_due()

    for each in (page, done):
        (root,) = (e for e in elements(each) if e.tag == "html")
        assert root.given["lang"] == language
        assert "Accept-Language" in (each.header("vary") or "")
    assert [e.text for e in elements(page) if e.tag == "h1"] == [TITLES[language]]
    labels = {e.given["for"]: e.text for e in elements(page) if e.tag == "label"}
    (legal,) = (e.text for e in elements(page) if e.given.get("id") == "legal")
    for event, programme in zip(of_kind(messenger, Granted), BOTH, strict=True):
        shown = shown_on_form(programme, owning(practice), LEGAL, language)
        assert event.wording == shown
        assert event.wording.text == f"{labels[f'agree-{programme.id}']}\n{legal}"
        assert state_of(messenger, programme) is PermissionState.AGREED
    (wish,) = of_kind(messenger, PhiPreferenceStated)
    assert wish.warning == words_in(language).details
    assert outgoing(carrier) == [welcome(BOTH, practice, language, details=True)]


def test_what_was_read_goes_on_record_whatever_the_browser_asks_for_then(
    make_messenger: Make, practice: Practice
) -> None:
    """A form in Spanish that is sent with another header is consent to the Spanish words."""
    messenger = asking(make_messenger, practice)
    ana = browser(messenger)
    page = ana.ask("GET", {"Accept-Language": "es"}, b"")

    assert ana.send(page).status == 200
    [granted] = of_kind(messenger, Granted)
    assert granted.wording == shown_on_form(CARE_TOO, owning(practice), LEGAL, "es")


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_on_a_form_is_left_in_english(language: str) -> None:
    """Whatever stands there is one of the language's own words, or the practice's."""
    form = form_of(permission(programmes=BOTH), HERE, language)
    view = FormView(form=form)
    others = [words_in(each) for each in LANGUAGES if each != language]
    foreign = {
        text.partition("{")[0]
        for words in others
        for text in [*texts_of(words), *words.problems.values()]
    } - {text.partition("{")[0] for text in texts_of(words_in(language))}
    pages = [view.blank("p", "c", problem=each) for each in [None, *FormProblem]]
    for page in [*pages, view.thanks(), view.refused()]:
        said = " ".join(e.text for e in elements(page) if e.tag in {"title", "main"})
        assert not [text for text in foreign if len(text) > 12 and text in said]
    for problem in FormProblem:
        refused = view.blank("p", "c", problem=problem)
        told = [e.text for e in elements(refused) if e.given.get("role") == "alert"]
        assert told == [problem.words_in(language)]
        assert f"<title>{words_in(language).error}: {TITLES[language]}" in refused.body.decode()
    assert FormProblem.STALE.words == FormProblem.STALE.words_in("en")


def texts_of(words: Words) -> list[str]:
    """All single texts of a language."""
    found = [getattr(words, each.name) for each in fields(Words)]
    texts = [each for each in found if isinstance(each, str)]
    return [*texts, *words.box, *words.script, *words.question, words.details.text]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_says_all_of_it(language: str) -> None:
    """The same places to fill everywhere, and nothing left empty."""

    def places(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    mine, english = texts_of(words_in(language)), texts_of(words_in("en"))
    assert list(map(places, mine)) == list(map(places, english))
    assert all(each.strip() for each in mine)
    problems = words_in(language).problems
    assert set(problems) == set(FormProblem)
    assert len(set(problems.values())) == len(problems)
    # The words of carriers are English everywhere, as those are what they act on.
    for text in (*words_in(language).box, *words_in(language).script):
        assert "STOP" in text
        assert "HELP" in text


@pytest.mark.parametrize("programme", BOTH, ids=lambda each: each.id)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_is_read_as_english_is(language: str, programme: Programme) -> None:
    """Whatever is looked for in what patients agree to is found in all: CTIA 5.1.1."""
    for text in (
        shown_on_form(programme, HERE, LEGAL, language).text,
        script(programme, HERE, language).text,
        question(programme, HERE, LEGAL, language).text,
        welcome([programme], HERE, language),
        welcome([programme], HERE, language, details=True),
    ):
        read = notices(text, names=(HERE.name,), phone_digits="", own_hosts=())
        assert read.names_sender
        assert read.opt_out
        assert read.help
        assert read.fees
        assert read.frequency


def test_french_fits_every_name_and_every_sentence() -> None:
    """A practice may be feminine, and what STOP ends is texts, not the fees named before it."""
    french = words_in("fr")

    assert all(each.startswith("Acceptez-vous que {name} vous envoie ") for each in french.script)
    for text in (*french.box, *french.script, french.ends, french.welcome):
        assert "STOP pour ne plus recevoir de SMS" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_costs_no_more_than_in_english(language: str) -> None:
    """One alphabet, as long as what the practice says of itself is in it."""
    for programme in (BILLS, OFFERS_TOO):
        size = segment(question(programme, HERE, LEGAL, language).text)

        assert size.encoding is Encoding.GSM_7
        assert size.segments <= 3
        told = welcome([programme], HERE, language, details=True)
        assert segment(told).encoding is Encoding.GSM_7
    asked = question(BILLS, HERE, LEGAL, language).text
    assert lint(asked, PERMISSION_REQUEST, practice=HERE) == ()


def test_a_form_is_whole_or_english(make_messenger: Make, practice: Practice) -> None:
    """Nobody signs a form of which they can read the half."""
    whole = permission(programmes=BOTH)
    half = permission(programmes=[CARE_TOO, OFFERS])
    warned = Wording(text="Texts can be read by others.", version="w/1")
    own = permission(programmes=BOTH, health_details=warned)
    translated = evolve(own, health_details_translations={"es": evolve(warned, text="Otros leen.")})

    assert whole.languages == ("en", "es", "fr")
    assert half.languages == own.languages == permission().languages == ("en",)
    assert translated.languages == ("en", "es")
    assert permission(programmes=BOTH, health_details=None).languages == whole.languages
    assert [whole.language_for(each) for each in (None, "es-MX", "FR", "fr_CA", "de", "")] == [
        *("en", "es", "fr", "fr", "en", "en")
    ]
    assert form_of(translated, HERE, "es").health_details == Wording(
        text="Otros leen.", version="w/1"
    )
    messenger = asking(make_messenger, practice, health_details=warned)
    page = browser(messenger).ask("GET", {"Accept-Language": "es"}, b"")
    (root,) = (e for e in elements(page) if e.tag == "html")
    assert root.given["lang"] == "en"


@pytest.mark.parametrize("framework", FORMS, ids=lambda each: each.name)
def test_an_address_may_name_the_language(
    make_messenger: Make, practice: Practice, framework: Any
) -> None:
    """Whatever the browser asks for; in a language that is not there nobody finds a page."""
    messenger = asking(make_messenger, practice)
    french = {"Accept-Language": "fr"}
    with framework.client(messenger) as call:
        shown = call("GET", f"{MOUNT}/es", french, b"")
        plain = call("GET", f"{MOUNT}/", french, b"")
        missing = call("GET", f"{MOUNT}/de", french, b"")

    assert b'<html lang="es">' in shown.body
    assert b'<html lang="fr">' in plain.body
    assert missing.status == 404


def test_several_forms_each_in_its_languages(make_messenger: Make, practice: Practice) -> None:
    """A practice may be called as a language is."""
    messenger = asking(make_messenger, practice)
    with FORMS[0].client({"lakeside": messenger, "es": messenger}) as call:
        found = [
            call("GET", f"{MOUNT}/{path}", {}, b"").body.partition(b"><head>")[0][-3:-1]
            for path in ("lakeside", "lakeside/es", "es")
        ]

    assert found == [b"en", b"es", b"en"]


@pytest.mark.both_databases
def test_a_form_of_the_hosts_own(make_messenger: Make, practice: Practice) -> None:
    """A host that knows the patient's language shows the form in it, and passes what was seen."""
    messenger = asking(make_messenger, practice)
    form = messenger.permission.form(language="es-MX")
    submitted = messenger.permission.submit(
        Submission(
            id="web-1",
            shown=form.fingerprint,
            name="Ana Gómez",
            number=PATIENT,
            agreed=["care"],
            health_details=True,
            at=MORNING,
        )
    )

    assert form.language == "es"
    assert len({messenger.permission.form(language=each).fingerprint for each in LANGUAGES}) == 3
    assert messenger.permission.form(language="de") == messenger.permission.form()
    granted, wish = submitted.events
    assert isinstance(granted, Granted)
    assert isinstance(wish, PhiPreferenceStated)
    assert granted.wording == form.choices[0].wording
    assert wish.warning == form.health_details


def test_words_that_changed_in_silence(make_messenger: Make, practice: Practice) -> None:
    """A translation whose words changed while the edition stayed asks again."""
    messenger = asking(make_messenger, practice)
    ana = browser(messenger)
    ana.send(ana.ask("GET", {"Accept-Language": "es"}, b""), headers={"Accept-Language": "es"})
    other = evolve(CARE_TOO, translations={"es": Translation(about="sus citas y ofertas")})
    changed = asking(make_messenger, practice, programmes=[other, OFFERS_TOO])

    assert state_of(messenger, CARE_TOO) is PermissionState.AGREED
    assert state_of(changed, other) is PermissionState.OUTDATED


@pytest.mark.parametrize("language", LANGUAGES[1:])
@pytest.mark.parametrize("programme", BOTH, ids=lambda each: each.id)
def test_a_translation_that_is_gone_asks_nobody_again(
    make_messenger: Make, practice: Practice, language: str, programme: Programme
) -> None:
    """Nobody decided on other words in a language without any; an edition still does."""
    messenger = asking(make_messenger, practice)
    ana, headers = browser(messenger), {"Accept-Language": language}
    ana.send(ana.ask("GET", headers, b""), but={"agree-offers": "yes"}, headers=headers)
    kept = {k: v for k, v in programme.translations.items() if k != language}
    without = evolve(programme, translations=kept)
    anew = Edition(
        version="2026-09",
        follows="2026-03",
        changes_substance=True,
        decided_by="kim",
        reason="more",
    )
    later = evolve(without, editions=[*programme.editions, anew])
    states = [
        state_of(asking(make_messenger, practice, programmes=[each]), each)
        for each in (programme, without, later)
    ]

    assert states == [
        PermissionState.AGREED,
        PermissionState.AGREED,
        PermissionState.OUTDATED,
    ]


ASKED = {"en": "May we send you", "es": "¿Podemos enviarle", "fr": "pouvons-nous vous envoyer"}
CONFIRMED = {"en": "you will get texts about", "es": "le enviaremos", "fr": "vous recevrez"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_return_is_confirmed_in_every_language(
    make_messenger: Make, carrier: Sandbox, clock: MovableClock, language: str
) -> None:
    """START in answer to what was asked in a language is confirmed in it: no rule holds it up."""
    messenger = make_messenger()
    agree(messenger)
    asked = {
        "en": "Reply C to confirm.",
        "es": "Responda C para confirmar su cita.",
        "fr": "Répondez C pour confirmer votre visite.",
    }
    remind(messenger, body=f"Lakeside Family Medicine: {asked[language]}")
    for word in ("STOP", "START"):
        clock.advance(timedelta(minutes=1))
        receive(messenger, word, word)
        messenger.dispatch_due()

    assert outgoing(carrier)[-1] == opt_in_text("Lakeside Family Medicine", language=language)


@pytest.mark.parametrize(
    "told",
    [
        ("es-MX", "Sí", "es"),
        ("es", "SI", "es"),
        ("fr", "Oui", "fr"),
        ("de", "YES", "en"),
        (None, "Yes", "en"),
    ],
)
def test_invited_in_the_patients_language(
    make_messenger: Make,
    practice: Practice,
    carrier: Sandbox,
    clock: MovableClock,
    told: tuple[str | None, str, str],
) -> None:
    """Question, yes and confirmation are in the language that the host knows of."""
    profile, yes, language = told
    messenger = make_messenger(
        practice=owning(practice),
        permission=permission(programmes=[BILLS, OFFERS]),
        people=lambda _: Profile(time_zone="America/Chicago", language=profile),
    )
    agree(messenger)
    clock.advance(timedelta(minutes=1))
    sent = messenger.permission.invite(
        PATIENT, person=PERSON, programme="bills", idempotency_key="ask/1"
    )
    receive(messenger, yes)
    messenger.dispatch_due()
    asked, confirmed = outgoing(carrier)

    assert isinstance(sent, Sent)
    assert ASKED[language] in asked
    assert CONFIRMED[language] in confirmed
    (event,) = of_kind(messenger, OptInAsked)
    assert event.wording.text == asked
    assert event.wording.version == "bills/2026-03"
    assert state_of(messenger, BILLS) is PermissionState.AGREED


@pytest.mark.parametrize("said_first", ["es", None])
def test_one_key_is_one_question_in_whatever_language(
    make_messenger: Make, practice: Practice, carrier: Sandbox, said_first: str | None
) -> None:
    """Whose language was learnt or corrected since is asked nothing anew; other words are."""
    spoken = [said_first]
    options: dict[str, Any] = {
        "practice": owning(practice),
        "people": lambda _: Profile(time_zone="America/Chicago", language=spoken[0]),
    }
    messenger = make_messenger(permission=permission(programmes=[BILLS, OFFERS]), **options)
    agree(messenger)
    ask = {"person": PERSON, "programme": "bills", "idempotency_key": "ask/1"}
    first = messenger.permission.invite(PATIENT, **ask)
    spoken[0] = "fr"

    assert messenger.permission.invite(PATIENT, **ask) == first
    assert len(outgoing(carrier)) == 1
    changed = evolve(BILLS, about="other things", translations={})
    other = make_messenger(permission=permission(programmes=[changed, OFFERS]), **options)
    with pytest.raises(IdempotencyConflict):
        other.permission.invite(PATIENT, **ask)


def test_a_keyword_is_asked_about_in_its_language(
    make_messenger: Make, practice: Practice, carrier: Sandbox, clock: MovableClock
) -> None:
    """Whatever their Profile says. Who agrees in Spanish is confirmed in it, with permission."""
    messenger = make_messenger(
        practice=owning(practice),
        people=lambda _: Profile(time_zone="America/Chicago", language="fr"),
        permission=permission(programmes=[evolve(OFFERS_TOO, keyword="QUIERO")]),
    )
    agree(messenger)
    clock.advance(timedelta(minutes=1))
    receive(messenger, "¡Quiero!", "1")
    messenger.dispatch_due()
    clock.advance(timedelta(minutes=1))
    receive(messenger, "si", "2")
    messenger.dispatch_due()
    asked, confirmed = outgoing(carrier)

    assert "Responda SI para aceptar que le enviemos" in asked
    assert "le enviaremos mensajes sobre noticias del consultorio" in confirmed
    assert state_of(messenger, OFFERS_TOO) is PermissionState.AGREED


def test_on_paper_and_spoken(make_messenger: Make, practice: Practice) -> None:
    """What is printed and read out in Spanish is what goes on record."""
    desk = asking(make_messenger, practice).permission
    paper, said = desk.paper("care", language="es"), desk.script("care", language="es-US")
    signed = desk.record(
        PATIENT,
        programme="care",
        told=OnPaper(
            person=PERSON, signer="Ana", recorded_by="ana", language="es", occurred_at=MORNING
        ),
    )
    heard = desk.record(
        PATIENT, programme="care", told=Spoken(person=PERSON, recorded_by="ana", language="es")
    )

    assert paper.text.startswith("Acepto que Lakeside Family Medicine me envíe")
    assert said.text.startswith("¿Puede Lakeside Family Medicine enviarle")
    assert (signed.wording, heard.wording) == (paper, said)  # type: ignore[union-attr]
    assert desk.paper("care", language="de") == desk.paper("care")
    assert desk.state(PATIENT, person=PERSON, programme="care") is PermissionState.AGREED


@pytest.mark.parametrize("language", ["fr", "de-CH"])
def test_nobody_read_words_that_are_not_there(
    make_messenger: Make, practice: Practice, language: str
) -> None:
    """English goes on record for nobody who read another language; their own paper does."""
    care = evolve(CARE, translations={"es": Translation(about="sus citas y su atención")})
    desk = asking(make_messenger, practice, programmes=[care, OFFERS]).permission
    spoken = Spoken(person=PERSON, recorded_by="ana", language=language)
    paper = OnPaper(
        person=PERSON, signer="Ana", recorded_by="ana", language=language, occurred_at=MORNING
    )
    for told in (spoken, paper):
        with pytest.raises(InvalidInput, match="care is not translated"):
            desk.record(PATIENT, programme="care", told=told)
    own = Wording(text="Ihre Termine", version=care.version)
    event = desk.record(PATIENT, programme="care", told=evolve(paper, wording=own))

    assert isinstance(event, Granted)
    assert event.wording == own
    assert desk.script("care", language=language) == desk.script("care")
    english = desk.record(PATIENT, programme="care", told=evolve(spoken, language="en-US"))
    assert isinstance(english, Granted)
    assert english.wording == desk.script("care")


def test_confirmed_in_one_language(practice: Practice) -> None:
    """Of programmes that are not all translated the confirmation is in English."""
    assert welcome([CARE_TOO, OFFERS], practice, "es") == welcome([CARE, OFFERS], practice)


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_the_example_of_a_frequency_can_be_used(language: str) -> None:
    """Whoever left it out is told one in the language at hand."""
    silent = Translation(about="x")
    with pytest.raises(InvalidInput) as refused:
        evolve(OFFERS, translations={language: silent})
    example = words_in(language).often

    assert f'frequency="{example}"' in str(refused.value)
    told = evolve(OFFERS, translations={language: evolve(silent, frequency=example)})
    assert told.frequency_in(language) == example


@pytest.mark.parametrize(
    "make",
    [
        lambda: Translation(about=""),
        lambda: Translation(about="una\nlinea"),
        lambda: Translation(about="citas", frequency="a\nb"),
        lambda: Translation(about="citas", frequency=4),  # type: ignore[arg-type]
        lambda: evolve(CARE, translations={"de": Translation(about="Termine")}),
        lambda: evolve(CARE, translations={"en": Translation(about="visits")}),
        lambda: evolve(CARE, translations={"es": "citas"}),
        lambda: evolve(CARE, translations=[Translation(about="citas")]),
        # How often offers come has to be said in Spanish too, and as a sentence that says it.
        lambda: evolve(OFFERS, translations={"es": Translation(about="noticias")}),
        lambda: evolve(OFFERS, translations={"es": Translation(about="x", frequency="Hola.")}),
        lambda: permission(health_details_translations={"es": "words"}),
        lambda: permission(health_details_translations="es"),
        lambda: permission(health_details_translations={7: Wording(text="x", version="1")}),
        lambda: permission(health_details_translations={"de": Wording(text="x", version="1")}),
        lambda: permission(health_details_translations={"es-MX": Wording(text="x", version="1")}),
        lambda: permission(health_details_translations={"en": Wording(text="x", version="1")}),
        lambda: Spoken(person=PERSON, recorded_by="ana", language="spanish"),
        lambda: OnPaper(
            person=PERSON, signer="Ana", recorded_by="ana", language="", occurred_at=MORNING
        ),
    ],
)
def test_translations_that_cannot_be_used(make: Any) -> None:
    """They are refused where they are made."""
    with pytest.raises(InvalidInput):
        make()


@pytest.mark.parametrize(
    ("language", "asks"), [("es", "sus facturas y pagos"), ("fr", "vos factures et paiements")]
)
def test_a_question_about_bills_leaves_as_it_is(
    make_messenger: Make, carrier: Sandbox, language: str, asks: str
) -> None:
    """A bill is no fracture: in French the question was refused, or waited behind a link."""
    messenger = make_messenger(
        permission=permission(programmes=[BILLS]),
        people=lambda _: Profile(time_zone="America/Chicago", language=language),
    )
    agree(messenger)
    sent = messenger.permission.invite(
        PATIENT, person=PERSON, programme="bills", idempotency_key="ask"
    )

    assert isinstance(sent, Sent)
    assert asks in outgoing(carrier)[0]
