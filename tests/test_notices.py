"""What texts tell their readers: in many wordings, and not in look-alikes."""

from __future__ import annotations

import unicodedata

import pytest
from attrs import fields
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms.text import Notices, notices
from compliant_sms.text._phrases import SURE, pattern

NAMES = (
    "Lakeside Family Medicine, P.C.",
    "St. Brendan's Clinic",
    "Clínica San José",
    "Smith & Jones Dental LLC",
)
PHONE = "12175550100"
HOSTS = ("Oak.example",)

TOLD = {
    "opt_out": [
        "Reply STOP to opt out",
        "Reply STOP.",
        "Text STOP to 40404 to opt out.",
        "STOP=end",
        "Stop2End",
        "txt STOP 2 quit",
        "Txt STOP to end",
        "Msg&data rates may apply. STOP to end.",
        "Reply STOP anytime.",
        'Reply "STOP" to unsubscribe',
        "reply with the word STOP",
        "Responda STOP para no recibir más",
        "Envíe BAJA para cancelar",
        "Responda ALTO para cancelar",
        "Responde PARE",
        "Envíe un texto con la palabra ALTO",
        "To opt out, call 217-555-0100",
        "Reply C to confirm, R to reschedule, or STOP.",
        "Reply Y, N or STOP to end",
        "REPLY STOP TO OPT OUT",
        "Call us at 773-555-0100 or text HELP. To stop msgs text STOP.",
        "To stop receiving texts, reply STOP",
        "Reply HELP for help, STOP to cancel",
        "Unsubscribe: https://oak.example/u",
        "Reply END to stop texts",
        "Si no desea recibir más mensajes, responda BAJA",
        "para darse de baja responda BAJA",
        "Text back STOP to opt-out of messages",
        "Reply STOP to opt out of texts.",
        "You can opt out at any time by replying STOP",
        "Reply ‘STOP’ to opt out",
        "Reply STOP if you no longer want texts",
        "Text QUIT to unsubscribe",
        "Responda STOP para cancelar.",
    ],
    "help": [
        "Reply HELP for help",
        "text HELP",
        "HELP for info",
        "Responda AYUDA para ayuda",
        "For help call 312-555-0142",
        "Support: 206-555-0133",
        "Questions? Call 217-555-0100",
        "Customer care: 800-555-0199",
        "Call 312-555-0142 for help.",
        "Need help? Text us at 217-555-0100",
        "¿Preguntas? Llame al 217-555-0100",
        "Reply STOP to opt out, HELP for help",
        "Glow Medspa help: call 480-555-0166",
        "For questions, call us",
        "Reply YES or HELP.",
        "Para ayuda llame al 217-555-0100",
    ],
    "fees": [
        "Msg & data rates may apply",
        "Msg&data rates may apply.",
        "Message and data rates may apply",
        "Msg rates apply",
        "Std msg rates apply",
        "data rates may apply",
        "Standard text messaging rates apply",
        "Pueden aplicarse tarifas de mensajes y datos",
        "Mensajes y datos: se aplican tarifas",
        "Carrier charges may apply",
        "Tarifas de msj y datos pueden aplicar",
        "Msg/data rates may apply",
    ],
    "frequency": [
        "Msg frequency varies",
        "Msg freq varies.",
        "Message frequency may vary",
        "Frequency varies",
        "up to 4 msgs/month",
        "4 msgs/mo",
        "1 msg/day",
        "About 4 msgs/month.",
        "2 messages per week",
        "one text a day",
        "recurring texts",
        "You agree to recurring automated messages",
        "weekly messages",
        "hasta 4 mensajes al mes",
        "La frecuencia de mensajes varía",
        "mensajes recurrentes",
        "1 mensaje por cita",
        "Jusqu'à quatre messages par mois.",
        "Deux SMS par mois.",
        "4 SMS mensuels au maximum.",
        "Un SMS hebdomadaire",
        "SMS automatisés quotidiens",
        "Chaque semaine, un SMS.",
        "Trois SMS chaque mois",
        "We text you up to 3 times a week",
        "number of messages varies",
    ],
    "no_reply": [
        "Do not reply",
        "Please do not reply to this text",
        "Replies to this number are not monitored",
        "replies are not read",
        "This inbox is not monitored",
        "This number is unmonitored",
        "no-reply",
        "We cannot receive replies",
        "This number does not accept replies",
        "Two-way texting is unavailable",
        "No responda a este mensaje",
        "No se leen las respuestas",
        "Las respuestas no se leen",
        "Don't reply to this message.",
        "This line isn't monitored.",
    ],
    "other_opt_out": [
        "To opt out, call 217-555-0100",
        "Call 217-555-0100 to opt out",
        "visit oak.example/stop to unsubscribe",
        "Opt out: oak.example/stop",
        "Email us at x@oak.example to stop texts",
        "Para darse de baja llame al 217-555-0100",
        "Reply STOP or call 217-555-0100 to opt out",
        "To stop these texts, tell the front desk",
    ],
}
NOT_TOLD = {
    "opt_out": [
        "The bus stop is at 5th. See you Tue.",
        "Stop by Pine Street for a demo",
        "Please don't stop taking your pills",
        "Urgent: stop using glucose meter lot 44J",
        "Text us if you stop taking aspirin",
        "Reply YES when you stop ibuprofen",
        "Call 217-555-0100 to cancel your appointment",
        "You're opted out of Riverbend texts.",
        "Reply C to confirm or CANCEL to cancel",
        "new portal: your old login stops working",
        "We stop seeing patients at 5. Reply C to confirm",
        "Please respond, stop aspirin 7 days before",
        "Reply N to cancel this appointment message us",
        "Text us to stop by.",
        "ask your doctor when to stop or start the drug",
        "Palo Alto clinic: Reply C",
        "hay que parar el tratamiento",
        "Prepare for surgery: baja dosis",
        "To end your visit text us",
        "Do not reply STOP",
    ],
    "help": [
        "the new inhaler is helping",
        "Help us build a new NICU",
        "For help call 911",
        "You're eligible for financial help. Apply by 5/1",
        "Hope this helps!",
        "Bring help to lift",
        "Su donación ayuda a niños",
        "physical therapy can help you move",
    ],
    "fees": [
        "A cancellation fee may apply",
        "Late fees may apply. Text us.",
        "Text us: late fees may apply",
        "rate your visit 1-5",
        "Your heart rate was fine",
        "It costs $20",
        "Cargo por cancelación: envíe mensaje",
    ],
    "frequency": [
        "Take 2 pills per day",
        "recurring headaches",
        "your daily dose",
        "visit 2 times a week",
        "Reminder: visit on day 2",
        "message us any day",
        "mensaje del dia",
        "monthly bill",
        "Prenez deux comprimés chaque jour",
        "Chaque semaine, un rendez-vous. Envoyez un SMS",
        "Facture mensuelle",
    ],
    "no_reply": [
        "If you do not reply by noon we will cancel",
        "Reply C to confirm",
        "We will monitor you",
        "do not eat",
        "you don't reply",
        "Reply YES or NO",
        "blood pressure is monitored",
    ],
    "other_opt_out": [
        "Reply STOP to opt out",
        "Call 217-555-0100 to confirm. Reply STOP to opt out.",
        "Call 217-555-0100 to reschedule or reply STOP to opt out.",
        "Reply STOP to opt out or call 217-555-0100 to reschedule",
        "Visit oak.example/pay. Reply STOP to end texts",
        "Reply STOP to opt out. Questions? Call 217-555-0100",
    ],
}
NOTICES = list(TOLD)


def told(body: str) -> Notices:
    return notices(body, names=NAMES, phone_digits=PHONE, own_hosts=HOSTS)


def rows(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(notice, body) for notice, bodies in table.items() for body in bodies]


@pytest.mark.parametrize(("notice", "body"), rows(TOLD))
def test_a_notice_is_read(notice: str, body: str) -> None:
    """Common wordings in English and Spanish tell what they tell."""
    assert getattr(told(body), notice) is True


@pytest.mark.parametrize(("notice", "body"), rows(NOT_TOLD))
def test_look_alikes_tell_nothing(notice: str, body: str) -> None:
    """The same words in other senses are no notice."""
    assert getattr(told(body), notice) is False


@pytest.mark.parametrize(("notice", "body"), rows(TOLD))
def test_a_notice_counts_wherever_it_stands(notice: str, body: str) -> None:
    """A notice counts between other sentences, in decomposed letters and with curly quotes."""
    dressed = unicodedata.normalize("NFD", body.replace("'", "\u2019"))

    assert getattr(told(f"Ana, see you Tue at 2:30 PM. {dressed}\nThank you!"), notice) is True


SENTENCES = [body for bodies in (*TOLD.values(), *NOT_TOLD.values()) for body in bodies]


@given(st.lists(st.sampled_from(SENTENCES), max_size=5).map(". ".join))
def test_the_first_look_loses_nothing(body: str) -> None:
    """The patterns alone, run over every sentence, find nothing that the quick way misses."""
    found, text = told(body), fold(body)

    for notice in ("fees", "frequency", "no_reply", "help", "opt_out"):
        assert not said(notice, text) or getattr(found, notice)
    assert found.other_opt_out is (found.opt_out and said("other_opt_out", text))


def fold(body: str) -> str:
    plain = body.replace("\u2018", "'").replace("\u2019", "'")
    letters = unicodedata.normalize("NFKD", plain)
    return "".join(c for c in letters if not unicodedata.combining(c)).lower()


def said(notice: str, text: str) -> bool:
    sentences = text.replace("! ", ". ").replace("\n", ". ").split(". ")
    return any(pattern(notice).search(sentence) for sentence in sentences)


@pytest.mark.parametrize(("notice", "words"), [(n, w) for n in SURE for w in SURE[n]])
def test_what_is_sure_is_said(notice: str, words: str) -> None:
    """The short cuts are what the patterns would find."""
    assert pattern(notice).search(f"{words}scribe" if words.endswith("unsub") else words)


def test_a_reminder_tells_who_how_to_reach_them_and_how_to_stop() -> None:
    """Each notice is read for itself; the others stay what they are by default."""
    body = (
        "Lakeside Family Medicine: Ana, see you Tue Dec 1 at 2:30 PM. Reply C to confirm or call "
        "(217) 555-0100 to move it. Reply STOP to opt out."
    )

    assert told(body) == Notices(names_sender=True, contact=True, opt_out=True)


def test_a_complete_opt_in_confirmation_tells_five_things() -> None:
    """CTIA 5.1.2.1: programme, care or HELP, opt-out, frequency and fees."""
    body = (
        "Lakeside Family Medicine reminders: recurring texts, msg frequency varies. Msg & data "
        "rates may apply. Reply HELP for help, STOP to cancel."
    )

    assert told(body) == Notices(
        names_sender=True, opt_out=True, help=True, fees=True, frequency=True
    )


def test_nothing_is_told_by_default() -> None:
    """Every notice is a plain yes or no, and no until it is read."""
    assert told("") == Notices()
    assert {getattr(Notices(), field.name) for field in fields(Notices)} == {False}


NAMED = [
    *("LAKESIDE  FAMILY-MEDICINE: hi", "Lakeside Family Medicine's", "Lakeside\nFamily Medicine"),
    *(
        "st brendans clinic",
        "St Brendan\u2019s Clinic",
        "(St. Brendan's Clinic)",
        "St.Brendan's Clinic",
    ),
    *("Clinica San Jose", "CLÍNICA SAN JOSÉ", "Cli\u0301nica San José", "ＣＬÍＮＩＣＡ San José"),
    *("Smith and Jones Dental", "smith+jones dental", "Smith & Jones Dental, LLC"),
]


@pytest.mark.parametrize("body", NAMED)
def test_the_practice_is_named_in_many_ways(body: str) -> None:
    """Case, accents, punctuation, blanks, "and" and the kind of company do not matter."""
    assert told(f"Hi! {body} here").names_sender


@pytest.mark.parametrize(
    "body",
    ["Lakeside Family", "Lakeside Family Medicines", "XSmith & Jones Dental", "Smith Jones Dental"],
)
def test_half_a_name_is_none(body: str) -> None:
    """A name counts whole, and as whole words."""
    assert not told(body).names_sender


@pytest.mark.parametrize(
    ("name", "body", "named"),
    [
        ("橡树诊所", "您好，橡树诊所提醒您明天就诊", True),
        ("Dr. Smith MD PA", "This is Dr Smith", True),
        ("LLC", "LLC says hello", True),
        ("L.L.C. P.A.", "an L.L.C. says hello", True),
        ("& Sons Clinic", "and sons clinic", True),
        ("O'Brien Eye", "obrien eye", True),
        ("Childrens Clinic", "Children's Clinic", True),
        ("S Clinic", "s clinic", True),
        ("&", "you & I", False),
        ("🦷", "🦷", False),
        ("", "anything", False),
    ],
)
def test_names_of_all_kinds(name: str, body: str, named: bool) -> None:  # noqa: FBT001
    """Names in other scripts, with titles, or without any letter at all."""
    found = notices(body, names=[name], phone_digits="", own_hosts=())

    assert found.names_sender is named


SEPARATORS = st.sampled_from(["", " ", "-", ".", " - ", "\u2011", "\xa0", "/"])


@given(SEPARATORS, SEPARATORS, st.sampled_from(["", "1", "+1 ", "1-", "+1 ("]))
def test_the_phone_counts_in_any_written_form(one: str, other: str, country: str) -> None:
    """However its digits are set apart, and with the country's code or without."""
    number = f"{country}217{one}555{other}0100"

    assert told(f"Call {number}, thanks").contact
    assert not told(f"Call {number}1").contact
    assert not told(f"Call 3{number}").contact or country not in {"", "1"}


@pytest.mark.parametrize(
    ("digits", "body", "contact"),
    [
        ("+1 800 625 2273", "Call 1-800-OAK-CARE", True),
        ("8006252273", "Call 800 OAKCARE", True),
        ("8006252273", "Call OAKCARE", False),
        ("12175550100", "Call 555-0100", False),
        ("442079460958", "Call 020 7946 0958", True),
        ("442079460958", "Call +44 20 7946 0958", True),
        ("442079460958", "Call 020 7946 0959", False),
        ("", "Call 217-555-0100", False),
    ],
)
def test_phones_of_all_kinds(digits: str, body: str, contact: bool) -> None:  # noqa: FBT001
    """Letters for digits count after an area code, and a trunk zero for a country's code."""
    assert notices(body, names=(), phone_digits=digits, own_hosts=()).contact is contact


@pytest.mark.parametrize(
    ("body", "contact"),
    [
        ("desk@anything.example", True),
        ("go.oak.example/x", True),
        ("https://OAK.example", True),
        ("notoak.example", False),
        ("oak.example.com", False),
        ("see you @ 2", False),
    ],
)
def test_addresses_count_as_contact(body: str, contact: bool) -> None:  # noqa: FBT001
    """A mail address counts, and a link to a host of the practice's own."""
    assert told(f"More: {body}").contact is contact


@given(st.text() | st.text(st.characters(categories=["Cs", "Mn", "Lu", "Po"])), st.text())
def test_any_text_is_read(body: str, name: str) -> None:
    """Any text and any name are read without an error."""
    assert isinstance(notices(body, names=[name], phone_digits=name, own_hosts=[name]), Notices)


@pytest.mark.parametrize(
    "piece",
    [
        *("stop reply ", "help for ", "questions need ", "to opt out call ", "msg data rates "),
        *("1 text a ", "not reply ", "replies not ", "si no desea recibir ", "lakeside ", "217 "),
    ],
)
def test_long_hostile_texts_are_read(piece: str) -> None:
    """Four thousand characters of the kinds that patterns dislike are read all the same."""
    assert told(piece * (4_000 // len(piece))) is not None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("See you on Monday, each day at 9. Reply to this text. We send 2 reminders a week.", True),
        ("We text you once each month. Bring your card.", True),
        ("Your appointment is on May 4. Reply to this text.", False),
        ("Replies are un-texts per month vary", True),
        ("You get un-read texts, 2 per month.", False),
    ],
)
def test_frequency_is_told_in_the_sentence_that_names_texts(text: str, *, told: bool) -> None:
    """A week or a visit in a sentence that speaks of no text says nothing of how many come."""
    found = notices(text, names=NAMES, phone_digits=PHONE, own_hosts=HOSTS)

    assert found.frequency is told
