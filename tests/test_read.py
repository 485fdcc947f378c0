"""Reading what a patient's text is about: intents, emergencies, answers in context, language."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms.errors import ConfigurationError, InvalidInput
from compliant_sms.optout import (
    Assent,
    Author,
    Awaiting,
    Certainty,
    Intent,
    Reading,
    _answers,
    _emergencies,
    _intents,
    _intents_words,
    _language,
    names_another_time,
    read,
)
from compliant_sms.phrases import fold
from growth import grows
from unmeasured import surroundings

DATA = Path(__file__).parent / "data"


def rows_of(name: str) -> list[dict[str, Any]]:
    """The labelled texts of a file."""
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]


OWN = rows_of("reading.jsonl")
VECTORS = rows_of("inbound-vectors.jsonl")

LETTERS = "Reply C to confirm, R to reschedule, or call 312-555-0142."
FIGURES = "Reply 1 to confirm, 2 to reschedule, 3 to cancel."

REPLY_LABELS = {
    Intent.CONFIRM: "confirm",
    Intent.RESCHEDULE: "reschedule",
    Intent.CANCEL_APPOINTMENT: "cancel",
    Intent.OPT_OUT: "opt_out",
    Intent.HELP: "question",
    Intent.GREETING_OR_THANKS: "unknown",
    Intent.WRONG_NUMBER: "unknown",
    Intent.EMERGENCY: "unknown",
}
"""The labels of replies to a reminder; everything else is a question when it asks."""

VECTOR_INTENTS = {
    Intent.CANCEL_APPOINTMENT: "appointment_cancel",
    Intent.EMERGENCY: "emergency_escalation",
    Intent.OTHER: "none",
    Intent.APPOINTMENT_REQUEST: "none",
}
"""Where the vectors name an intent otherwise."""


def reply_label(reading: Reading) -> str:
    """The label of a reply to a reminder."""
    return REPLY_LABELS.get(reading.intent) or ("question" if reading.asks else "unknown")


def vector_reading(given: dict[str, Any]) -> Reading:
    """A vector's text, read as its context says."""
    context = given.get("context", {})
    if "confirm_keyword" in context:
        prompt = f"Reply {context['confirm_keyword']} to confirm"
        return read(given["body"], awaiting=Awaiting.CONFIRM, prompt=prompt)
    awaiting = Awaiting.OPT_IN if context.get("pending_double_opt_in") else None
    return read(given["body"], awaiting=awaiting)


def test_own_table() -> None:
    """Each text of the table is about what it says, and what only sounds like danger is none."""

    def is_right(row: dict[str, Any]) -> bool:
        intent = read(row["text"]).intent
        if row["intent"] == "not_emergency":
            return intent is not Intent.EMERGENCY
        return bool(row["intent"] == intent)

    assert [row for row in OWN if not is_right(row)] == []


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: row["id"])
def test_vectors(row: dict[str, Any]) -> None:
    """The vectors' intents hold."""
    reading = vector_reading(row["given"])
    expected = row["expect"].get("intent_any_of") or [row["expect"]["intent"]]

    assert VECTOR_INTENTS.get(reading.intent, reading.intent.value) in expected


@pytest.mark.parametrize(
    ("text", "prompt", "label"),
    [
        ("C", LETTERS, "confirm"),
        ("c thanks", LETTERS, "confirm"),
        ("Reply C", LETTERS, "confirm"),
        ("cc", LETTERS, "confirm"),
        ("\u0421", LETTERS, "confirm"),
        ("C, and is there a form?", LETTERS, "confirm"),
        ("Yes and where do I park?", LETTERS, "confirm"),
        ("ok see you then", LETTERS, "confirm"),
        ("\U0001f44d", LETTERS, "confirm"),
        ("we took the day off, see you there", LETTERS, "confirm"),
        ("not cancelling, I'll be there", LETTERS, "confirm"),
        ("R R R", LETTERS, "reschedule"),
        ("yes but can we do it later", LETTERS, "reschedule"),
        ("no, how about Friday?", LETTERS, "reschedule"),
        ("you bet, bringing the disc", LETTERS, "confirm"),
        ("wouldn't miss it", LETTERS, "confirm"),
        ("1\ufe0f\u20e3", FIGURES, "confirm"),
        ("have to swap, my sitter fell through", LETTERS, "reschedule"),
        ("resedule", LETTERS, "reschedule"),
        ("do you have Wednesday", LETTERS, "reschedule"),
        ("if I needed to cancel by when do I tell you", LETTERS, "question"),
        ("one", FIGURES, "confirm"),
        ("#1", FIGURES, "confirm"),
        ("2, evenings only", FIGURES, "reschedule"),
        ("3 pls", FIGURES, "cancel"),
        ("tres", FIGURES, "cancel"),
        ("2 pm is too late", FIGURES, "reschedule"),
        ("2 kids", FIGURES, "unknown"),
        ("No", LETTERS, "cancel"),
        ("cancel it", LETTERS, "cancel"),
        ("CANCEL", LETTERS, "opt_out"),
        ("cancel", FIGURES, "opt_out"),
        ("5", FIGURES, "unknown"),
        ("lol", LETTERS, "unknown"),
        ("if I reply R do I lose my spot", LETTERS, "question"),
        ("what time is it again", LETTERS, "question"),
        ("is there a fee if I cancel", LETTERS, "question"),
    ],
)
def test_replies(text: str, prompt: str, label: str) -> None:
    """What our own text named decides what a reply means; reserved words win over it."""
    assert label == reply_label(read(text, prompt=prompt))


@pytest.mark.parametrize(
    ("prompt", "named"),
    [
        (LETTERS, {"c": Intent.CONFIRM, "r": Intent.RESCHEDULE}),
        ("Y=confirm, N=cancel", {"y": Intent.CONFIRM, "n": Intent.CANCEL_APPOINTMENT}),
        ("To confirm, reply YES.", {"yes": Intent.CONFIRM}),
        (
            "Responda 1 para confirmar o 2 para cambiar",
            {"1": Intent.CONFIRM, "2": Intent.RESCHEDULE},
        ),
        ("Call us to confirm.", {}),
        ("", {}),
    ],
)
def test_named_words(prompt: str, named: dict[str, Intent]) -> None:
    """The words that our text asks for are read out of it."""
    assert named == _answers.named_in(prompt)


def test_what_is_open_shows_in_our_text() -> None:
    """Without being told, our text says whether it asked to confirm or to agree to texts."""
    assert read("yes", prompt="Reply YES to receive texts").intent is Intent.OPT_IN
    assert read("yes", prompt="Reply YES to confirm").intent is Intent.CONFIRM


@pytest.mark.parametrize(
    ("text", "awaiting", "intent"),
    [
        ("YES", None, Intent.OTHER),
        ("YES", Awaiting.OPT_IN, Intent.OPT_IN),
        ("YES", Awaiting.CONFIRM, Intent.CONFIRM),
        ("sure thing", Awaiting.OPT_IN, Intent.OPT_IN),
        ("let me think", Awaiting.OPT_IN, Intent.OTHER),
        ("1", Awaiting.CONFIRM, Intent.CONFIRM),
        ("C", None, Intent.OTHER),
        ("yes", Awaiting.SCOPE, Intent.OTHER),
        ("HELP", Awaiting.CONFIRM, Intent.HELP),
        ("START", Awaiting.CONFIRM, Intent.OPT_IN),
        ("STOP", Awaiting.CONFIRM, Intent.OPT_OUT),
        ("y do you ask", Awaiting.CONFIRM, Intent.OTHER),
    ],
)
def test_the_open_question_decides(text: str, awaiting: Awaiting | None, intent: Intent) -> None:
    """The same word answers what was asked, and says nothing when nothing was."""
    assert intent is read(text, awaiting=awaiting).intent


@pytest.mark.parametrize(
    "text",
    [
        *("YES", "Yes please", "yes.", "y", "Yup", "Yes, thank you so much!", "yes sir \U0001f60a"),
        *("S\u00ed", "s\u00ed, acepto", "I agree", "Oui merci", "\u201cYES\u201d"),
    ],
)
def test_a_plain_yes(text: str) -> None:
    """A yes to an invitation is the whole of a text, but for courtesies."""
    reading = read(text, awaiting=Awaiting.OPT_IN, prompt="Reply YES to receive texts")

    assert (reading.intent, reading.assent) == (Intent.OPT_IN, Assent.PLAIN)


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        ("JOIN please", "Reply JOIN to receive texts"),
        ("1", "Reply 1 to agree, 2 for a call"),
        ("One.", "Reply 1 to agree, 2 for a call"),
    ],
)
def test_the_word_that_was_named_is_a_plain_yes(text: str, prompt: str) -> None:
    """What our own text asks for stands for yes; without that text it is none."""
    assert read(text, awaiting=Awaiting.OPT_IN, prompt=prompt).assent is Assent.PLAIN
    assert read(text, awaiting=Awaiting.OPT_IN).assent is not Assent.PLAIN


@pytest.mark.parametrize(
    "text",
    [
        *("ok", "Sure!", "\U0001f44d", "absolutely \U0001f44d", "ok sounds good", "I'd like that"),
        *("text me", "that would be great", "ok that works", "texts are best", "that's fine"),
        *("sure, go ahead and text me", "yes I want reminders", "Yes, texting is best for me"),
        *(
            "claro que s\u00ed, m\u00e1ndenme los recordatorios",
            "You have my permission to text me",
        ),
    ],
)
def test_a_yes_in_other_words(text: str) -> None:
    """Whoever agrees and says nothing else agrees, in whatever words."""
    assert read(text, awaiting=Awaiting.OPT_IN).assent is Assent.IN_OTHER_WORDS
    assert read(text).assent is None
    assert read(text, awaiting=Awaiting.CONFIRM).assent is None


# What comes in from whoever has something else in mind while an invitation is open.
NO_YES = [
    *("please call me", "I need a refill please", "the new medicine works great", "great thanks"),
    *("Dale Smith here, running late", "is 9 still good?", "ok see you then", "ok thanks"),
    *("yes I'll be there", "yes to the appointment", "Yes, confirmed for Tue 9", "yes?"),
    *("Tuesday is good", "My knee feels great now", "perfect, see you Tuesday", "please", "dale"),
    *("thanks for the text", "yes text me when my results are in", "yes but only reminders"),
    *("that's great", "This is great!", "it is good", "they are great", "that's good"),
    *(
        "I'll take it",
        "yes, I will take that",
        "is it ok to text",
        "Yes, what number is this from",
        "yes and text my wife too",
        "no",
    ),
]


@pytest.mark.parametrize("text", NO_YES)
@pytest.mark.parametrize("prompt", ["", "Reply YES to receive texts"])
def test_friendly_words_are_no_yes(text: str, prompt: str) -> None:
    """A text that says anything else agrees to nothing, however kind its words are."""
    assert read(text, awaiting=Awaiting.OPT_IN, prompt=prompt).assent is None


def test_a_question_nobody_knows_is_refused() -> None:
    """Only known questions can be open."""
    with pytest.raises(InvalidInput):
        read("yes", awaiting="lunch")  # type: ignore[arg-type]


def test_rule_and_place() -> None:
    """A reading names the rule that decided and where it stands in the text as given."""
    text = "Hi, I\u2019d like a re\ufb01ll of my inhaler"
    reading = read(text)

    assert (reading.rule, text[reading.start : reading.end]) == (
        "intent:prescription/refill",
        "re\ufb01ll",
    )
    assert text not in repr(reading)


def test_plain_words_are_placed() -> None:
    """A rule that is a single word is placed as well."""
    text = "Gracias!!"
    reading = read(text)

    assert (reading.intent, text[reading.start : reading.end]) == (
        Intent.GREETING_OR_THANKS,
        "Gracias",
    )


def test_an_emergency_that_revokes_is_both() -> None:
    """Danger leads, and the revocation beside it is kept."""
    reading = read("STOP")
    both = read("help I can't breathe")

    assert (reading.intent, reading.revocation is not None) == (Intent.OPT_OUT, True)
    assert (both.intent, both.rule) == (Intent.EMERGENCY, "emergency:no-breath")


def test_danger_behind_a_long_text() -> None:
    """Danger is heard however far behind it stands, and placed there; nothing else is."""
    filler = "I was thinking about the weather. " * 400
    reading = read(f"{filler}My dad isn't breathing. {filler}")
    place = len(filler) + len("My dad ")

    assert (reading.intent, reading.rule) == (Intent.EMERGENCY, "emergency:no-breath")
    assert place == reading.start
    assert read(f"{filler}Please refill my lisinopril").intent is not Intent.PRESCRIPTION


def test_other_intents_are_told() -> None:
    """What else a text is about is kept for routing."""
    reading = read("Please refill my lisinopril. Where can I park?")

    assert (reading.intent, Intent.OTHER in reading.also) == (Intent.PRESCRIPTION, True)


def test_robots_say_nothing() -> None:
    """What a phone or a robot wrote is about nothing, whatever it quotes."""
    reading = read("Liked \u201cReply C to confirm\u201d", awaiting=Awaiting.CONFIRM)

    assert (reading.intent, reading.author) == (Intent.OTHER, Author.REACTION)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("can I come tomorrow", "en"),
        ("asdf", "en"),
        ("\u00bfpuedo cambiar mi cita?", "es"),
        ("quiero hacer una cita para mi hija", "es"),
        ("je voudrais annuler mon rendez-vous", "fr"),
        ("n\u00e3o posso ir amanh\u00e3", "pt"),
        ("t\u00f4i mu\u1ed1n \u0111\u1eb7t l\u1ecbch kh\u00e1m", "vi"),
        ("\u53d6\u6d88\u9884\u7ea6", "zh"),
        ("hindi na po ako makakapunta", "tl"),
        ("\u043d\u0435 \u0441\u043c\u043e\u0433\u0443 \u043f\u0440\u0438\u0439\u0442\u0438", "ru"),
        ("\uc608\uc57d \ucde8\uc18c\ud574 \uc8fc\uc138\uc694", "ko"),
        ("mwen pa ka vini demen", "ht"),
        ("\u0623\u0631\u064a\u062f \u0645\u0648\u0639\u062f\u0627", "ar"),
    ],
)
def test_language(text: str, language: str) -> None:
    """The language of a text shows in its script and its commonest words."""
    assert language == read(text).language


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("cant come to my apointmant", " cant come to my appointment"),
        ("Chset pain, Dr. Ortiz!", " chest pain , dr ortiz !"),
        ("9:40 on 3/15 or the 20th, 101.5", " clock on date or the nth , 101"),
        ("who?? \u2026ok", " who ? huh . . . okay"),
        ("\u0111\u1eb7t \u6211\u4e0d", " dat \u6211 \u4e0d"),
        ("fine \U0001f44d\U0001f3fd", " fine \U0001f44d"),
    ],
)
def test_spelling(written: str, spoken: str) -> None:
    """Text-speak and misspellings are read as the words that they stand for."""
    assert spoken == _intents_words.speak(fold(written).text).text


@given(st.text(max_size=300), st.sampled_from([None, *Awaiting]), st.sampled_from(["", LETTERS]))
def test_any_text_is_read(text: str, awaiting: Awaiting | None, prompt: str) -> None:
    """Any text has a reading whose place lies within it."""
    reading = read(text, awaiting=awaiting, prompt=prompt)

    assert 0 <= reading.start <= reading.end <= len(text)


@pytest.mark.parametrize("frame", ["{}", "\n\n{}  !!"])
@pytest.mark.parametrize("letters", [str, str.upper])
def test_case_hides_no_emergency(letters: Callable[[str], str], frame: str) -> None:
    """Danger is heard in capitals, and between blank lines."""
    texts = [row["text"] for row in OWN if row["intent"] == "emergency"]
    missed = [
        text for text in texts if read(frame.format(letters(text))).intent is not Intent.EMERGENCY
    ]

    assert len(texts) > 100
    assert missed == []


@given(
    st.sampled_from(["!", "...", " \U0001f642", "\n", " ?"]), st.sampled_from(["Cancel", "STOP"])
)
def test_marks_change_no_reserved_word(mark: str, word: str) -> None:
    """What stands behind a reserved word leaves it a revocation, whatever is open."""
    assert read(word + mark, awaiting=Awaiting.CONFIRM).intent is Intent.OPT_OUT


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "cancel my appointment text ",
        "cant breathe chest if ",
        "my dad had a stroke years ago, i had chest pain but it went away now ",
        "1",
        "\u4e0d\u60f3\u6d3b",
        "' ",
        "?",
    ],
)
def test_time_grows_with_length(piece: str) -> None:
    """Ten times the text takes about ten times as long at most, whatever it repeats."""
    assert grows(read, (piece * 100_000)[:100_000], 30)


@pytest.mark.parametrize(
    ("parse", "document"),
    [
        (_intents_words._parse, "no toml ["),
        (_intents_words._parse, "spelling = [{}]"),
        (_language._parse, "no toml ["),
        (_language._parse, "version = '1'"),
        (_language._parse, "[[language]]\ncode = 'en'\nscript = '['"),
    ],
)
def test_damaged_data(parse: Any, document: str) -> None:
    """A damaged packaged file is an error of its own kind."""
    with pytest.raises(ConfigurationError):
        parse(document)


def test_few_spellings_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words beyond what is kept are spelt all the same."""
    monkeypatch.setattr(_intents_words, "_MOST_KEPT", -10_000)

    assert _intents_words.speak("reshedul it").text == " reschedule it"


def scan(language: str, texts: Sequence[str]) -> None:
    """Compare what the words of a text allow with a bare search for each phrase."""
    for scanner in (_intents.phrases_in(language), _emergencies.dangers()):
        for spoken in (_intents_words.speak(fold(text).text) for text in texts):
            possible = scanner.possible(spoken.words)
            missed = [
                way.pattern
                for number, way in enumerate(scanner.ways)
                if way.shown.needed
                and not possible >> number & 1
                and way.compiled.search(spoken.text)
            ]
            assert missed == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_scanning_misses_no_phrase(language: str) -> None:
    """Every phrase that a bare search finds is found by the words that it begins with."""
    scan(language, [row["text"] for row in OWN[::12]])


@pytest.mark.endurance
@pytest.mark.parametrize("language", ["en", "es"])
def test_scanning_misses_no_phrase_of_any_text(language: str) -> None:
    """The same with all texts of the table."""
    scan(language, [row["text"] for row in OWN])


def test_a_text_is_read_alike_in_every_process() -> None:
    """Whatever seed the hashes of words have: a decision is taken again elsewhere, years later."""
    program = (
        "import json, sys; from compliant_sms.optout import read;"
        "texts = json.load(sys.stdin);"
        "print([read(text) for text in texts], [read(text, awaiting='scope') for text in texts])"
    )
    own = [row["text"] for row in OWN[::12]]
    texts = json.dumps(["merci quien", "buenos avec", "stop por favor merci", "marketing", *own])
    told = {
        subprocess.run(
            [sys.executable, "-c", program],
            input=texts,
            env={**surroundings(), "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1
    assert read("merci quien").language == "es"


@pytest.mark.parametrize(
    "body", ["STOP I have chest pain", "STOP who is this", "STOP my chest hurts so bad"]
)
def test_stop_in_capitals_is_never_passed_over(body: str) -> None:
    """Whatever else the text says: texts stop, and a person is asked. An emergency stays one."""
    found = read(body)
    assert found.revocation is not None
    assert (found.revocation.start, found.revocation.end) == (0, 4)
    assert found.intent in {Intent.EMERGENCY, Intent.OPT_OUT}


def test_stop_in_capitals_can_be_taken_back() -> None:
    """Whoever says in the same text that it was a mistake goes on as before."""
    assert read("STOP oops ignore that please keep texting me").revocation is None


@pytest.mark.parametrize(
    "body",
    ["STOP taking metformin?", "STOP the bleeding wont", "STOP? what is that", "Stop by at 3?"],
)
def test_what_is_to_stop_may_be_something_else(body: str) -> None:
    """A word in capitals whose object is no text of ours."""
    assert read(body).revocation is None


@pytest.mark.parametrize(
    "text",
    [
        "My sister is at Memorial. Thank you for your care.",
        "Mr. Reed is in hospice now, thank you for everything",
        "Thank you. Thank you for everything. My mother is in the hospital.",
        "thank you my mom is in the hospital",
        "Thanks! I have a new number starting monday",
        "Gracias. Mi mamá está en el hospital",
        "Mon mari est au centre de rééducation. Merci",
        "Good morning, this is about my son",
        "Thanks. He is not well",
        "Thanks I fell",
        "Thank you. MOM DIED",
        "Gracias. No lo recib\u00ed",
        "He passed. Thank you! So proud",
        "My mom died last year, thank you for the flowers",
        "My mother died. Thanks for asking",
    ],
)
def test_thanks_with_news(text: str) -> None:
    """What stands beside thanks, and has no words that rules know, is not lost among them."""
    reading = read(text)

    assert (reading.intent, reading.news) == (Intent.GREETING_OR_THANKS, True)


@pytest.mark.parametrize(
    "text",
    [
        "Thank you so much, Dr. Lee! Rosa P",
        "thanks for squeezing us in",
        "Thanks. Kathy and Bob Miller",
        "Thanks, talk to you tomorrow",
        "Thanks. Sorry for the confusion",
        "I got your message, thank you",
        "Thank you for all you do for our family",
        "Gracias, hasta ma\u00f1ana",
        "I can't thank you enough",
        "all done, thanks for everything",
        "never mind, thanks",
        "great, no more pain! thanks doc",
        "I appreciate the reminders",
        "You guys are lifesavers, thank you!!",
        "Perfect, thank you Odette",
        "Thanks! See you then",
        "ya no tengo preguntas, gracias",
        "merci beaucoup",
        "hi",
    ],
)
def test_thanks_alone(text: str) -> None:
    """What somebody thanks for, and who signs, is no news; neither is a text about something."""
    assert not read(text).news
    assert not read("Thank you. When do you open?").news


@pytest.mark.parametrize(
    "text",
    [
        "Hank passed away last week. Thank you for your care.",
        "My husband passed away last night, thank you for everything",
        "he died. thanks",
        "My dad passed. Thank you. God bless you all!",
        "She passed on Tuesday. We would like to thank all the nurses",
    ],
)
def test_whose_texts_these_are_has_died(text: str) -> None:
    """Thanks behind the news of a death hide it no more: texts end, and a person sees it."""
    reading = read(text)

    assert reading.intent is Intent.OPT_OUT
    assert reading.revocation is not None
    assert reading.revocation.certainty is Certainty.UNSURE


THURSDAY = "Lakeside: Yves, see you Thu Oct 29 at 3:00 PM. Reply C to confirm or R to reschedule."
SUNDAY = "Lakeside: le esperamos el dom 3 ene, 4:00 PM. Responda C para confirmar."
SAM = "Sun City Clinic: Sam, see you Mar 12 at 3:00 PM. Reply C to confirm."
MIERCOLES = "Lakeside: Ana, le esperamos el mi\u00e9 28 oct, 4:00 PM. Responda C para confirmar."


@pytest.mark.parametrize(
    ("text", "prompt", "means"),
    [
        ("yes i'll come tuesday", THURSDAY, Intent.OTHER),
        ("C, see you Friday", THURSDAY, Intent.OTHER),
        ("si voy el martes", MIERCOLES, Intent.OTHER),
        ("Yes, I'll be there Thursday!", THURSDAY, Intent.CONFIRM),
        ("si, el miercoles", MIERCOLES, Intent.CONFIRM),
        ("sounds good, sat next to you last time", THURSDAY, Intent.CONFIRM),
        ("si, el lunes", SUNDAY, Intent.OTHER),
        ("si el domingo", SUNDAY, Intent.CONFIRM),
        # A month, a name and a place that are written like days.
        ("yes, thursday", SAM, Intent.CONFIRM),
        ("C, have a great Friday", THURSDAY, Intent.CONFIRM),
        ("Yes, see you then. Happy Friday!", THURSDAY, Intent.CONFIRM),
        ("yes, good on Tuesday", THURSDAY, Intent.OTHER),
        ("yes tuesday", "Lakeside: your visit is set. Reply C to confirm.", Intent.CONFIRM),
    ],
)
def test_a_yes_to_another_day(text: str, prompt: str, means: Intent) -> None:
    """Whoever will come on Tuesday does not confirm Thursday."""
    assert read(text, awaiting=Awaiting.CONFIRM, prompt=prompt).intent is means


@pytest.mark.parametrize("text", ["C1", "C2", "D1", "J1", "Y1", "c 1"])
def test_a_letter_and_a_figure_have_no_language(text: str) -> None:
    """They are in that of what they answer, or in English."""
    assert read(text).language == "en"
    asked = "Hola, le esperamos el martes. Responda C1 para confirmar su cita."
    assert read(text, prompt=asked).language == "es"


VISIT = "Lakeside: see you Wed Dec 16 at 2:30 PM. Reply C to confirm or R to reschedule."


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("C", False),
        ("yes at 2:30", False),
        ("see you at 2pm", False),
        ("yes, a las dos y media, gracias", False),
        ("yes, a las 2 y cuarto", True),
        ("yes two thirty", False),
        ("yes three thirty", True),
        ("Yess thank youuu", False),
        ("Confirming for my son Liam", False),
        ("Confirming for my son Liam, he has a rash", True),
        ("I'll be there 10 minutes early", False),
        ("Lord willing, yes. Merry Christmas!", False),
        ("Si Dios quiere ahi estaremos", False),
        ("Si, no hay problema, buen dia", False),
        ("Si, no hay quien me lleve", True),
        ("S\u00ed puedo", False),
        ("ahi estare si puedo", True),
        ("Si puedo voy", True),
        ("Si, que tenga bonita tarde", False),
        ("Si, llego 10 minutos antes", False),
        ("Si, llego 10 minutos tarde", True),
        ("I need to reschedule", False),
        ("C, this is Dana's mom", False),
        ("yes, see you at 3", True),
        ("yes at two", False),
        ("sure, 2", False),
        ("yes 3", True),
        ("be there in 20 minutes", True),
        ("yes, vivo a 4 cuadras", True),
        ("yes three pm", True),
        ("yes two pm", False),
        ("yes see you in the afternoon", False),
        ("yes see you in the morning", True),
        ("confirmed for the 16th", False),
        ("confirmed for the 17th", True),
        ("yes I have covid though", True),
        ("ok hopefully", True),
        ("10-4", False),
    ],
)
def test_what_an_answer_says_besides(text: str, *, more: bool) -> None:
    """Another time, a condition, or anything but courtesies; the visit's own time is none."""
    assert read(text, prompt=VISIT).more is more


@pytest.mark.parametrize(
    ("text", "days", "other"),
    [
        ("see you tomorrow", 1, False),
        ("see you tomorrow", 2, True),
        ("see you today", 1, True),
        ("see you next week", 1, True),
        ("see you next week", 7, False),
        ("see you next month", 7, True),
        ("see you next month", 35, False),
        ("manana por la manana", 1, True),
        ("see you at 3", 1, True),
        ("see you at 2:30", 1, False),
        ("have a good day today", 1, True),
        ("see you Thursday", 1, False),
        ("see you Friday", 1, True),
        ("I can't do Thursday, how about Friday?", 1, True),
        ("have a great Friday", 1, False),
    ],
)
def test_another_time_than_that_of_the_visit(text: str, days: int, *, other: bool) -> None:
    """By the visit itself, where our text told no time; in a text that tells nothing, none is."""
    written = datetime(2026, 12, 2, 9)  # noqa: DTZ001 - wall time
    start = datetime(2026, 12, 2, 14, 30) + timedelta(days=days)  # noqa: DTZ001 - wall time
    assert names_another_time(text, "Reply C.", starts=[start], written=written) is other
    assert not names_another_time(text, "Reply C.")
