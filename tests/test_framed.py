"""Who wrote a text: a person, a phone, a robot or a carrier."""

from __future__ import annotations

import pytest

from compliant_sms.optout import Author, Awaiting, Certainty, Intent, read, read_revocation
from compliant_sms.optout._framed import author_of
from compliant_sms.optout._heard import hear

REACTIONS = [
    *["Liked “Reply STOP”", "Loved “x”", "Laughed at “x”", "Emphasised “x”", "Questioned “x”"],
    *["Disliked an image", "Removed a heart from “x”", "Removed ❤️ from “x”", "Ana liked “x”"],
    *["❤️ to “Reply STOP to end”", '👍🏽 to "hello"', "Reacted 👍 to “Text STOP”"],
    *["Le encantó “Responda STOP”", "Se rió de “x”", "No le gustó “x”", "Reaccionó con 👍 a “x”"],
    *["A adoré « x »", "A ri de « x »", "N’a pas aimé « x »", "A réagi avec 👍 à « x »"],
    *["Gostou de “x”", "Curtiu “x”", "Reagiu com 👍 a “x”", "Hat „x“ mit „Gefällt mir“ markiert"],
    *["Đã thích “x”", "喜欢了“x”", "对“x”表示喜欢", "Понравилось «x»", "أعجبني “x”"],
]
ROBOTS = [
    "Back on the 8th, call the office in an emergency. To stop auto replies text OFF.",
    *["This is an automated message: do not reply.", "Auto-Reply: thanks", "AUTO: unattended"],
    *["This mailbox is not monitored", "Can't talk right now. What's up?"],
    *["I'm driving and will respond later. Reply STOP to unsubscribe from auto replies."],
    *["I am currently out of the office and will return Monday.", "Respuesta automática"],
    *["Hi! Thanks for messaging Bob's Pizza. We'll get back to you soon. Reply STOP to end"],
    *["You have reached Acme. We will return your call shortly.", "réponse automatique"],
    *["SALE! 20% off all shoes this weekend only at Shoe Barn. Reply STOP to opt out"],
]
CARRIERS = [
    *["Your message could not be delivered", "Message blocking is active.", "AT&T Free Msg: x"],
    *["The number you have dialed is not in service", "FreeMsg: Unable to send message"],
]
PERSONS = [
    *["I liked your office", 'I loved it, "best ever"', "thanks for texting me back"],
    *["i'm driving, running late", "is this an automated message?", "stop the automated messages"],
    *["you've reached Carl's cell, wrong number", "Liked the new doctor", "STOP"],
    *["we are closed on monday so I can come in", "my inbox is full of your texts, stop"],
]


@pytest.mark.parametrize(
    ("text", "author"),
    [
        *[(text, Author.REACTION) for text in REACTIONS],
        *[(text, Author.ROBOT) for text in ROBOTS],
        *[(text, Author.CARRIER) for text in CARRIERS],
    ],
)
def test_no_person(text: str, author: Author) -> None:
    """A phone, a robot or a carrier is told from a person, by a rule, and revokes nothing."""
    found = author_of(hear(text))

    assert found is not None
    assert (author, True) == (found[0], found[1].startswith("frame:"))
    assert read_revocation(text) is None


@pytest.mark.parametrize("text", PERSONS)
def test_person(text: str) -> None:
    """Similar words of a person are a person's."""
    assert author_of(hear(text)) is None


@pytest.mark.parametrize(
    ("quote", "own"),
    [
        ("Liked “See you Tue. Reply STOP to opt out.” ", "please stop texting me"),
        ('Disliked "See you Tue."', " STOP"),
        ("Loved “Reply “C” to confirm.” ", "unsubscribe"),
        ("A adoré «\u202fÀ mardi\u202f» ", "ARRET"),
    ],
)
def test_words_behind_a_quote_are_a_persons(quote: str, own: str) -> None:
    """A wish to stop that is typed behind a reaction is heard, at its place."""
    revocation = read_revocation(quote + own)
    reading = read(quote + own)

    assert revocation is not None
    assert revocation.start >= len(quote.rstrip())
    assert (quote + own)[revocation.start : revocation.end].strip() in own
    assert (reading.author, reading.intent) == (Author.PERSON, Intent.OPT_OUT)
    assert reading.revocation == revocation
    assert read(f"{quote}I have chest pain").intent is Intent.EMERGENCY


@pytest.mark.parametrize(
    "text",
    [
        "Liked “Reply “C” to confirm or STOP to opt out",
        'Liked "Reply "C" to confirm or STOP to opt out',
        "Liked “See you. Reply STOP to opt out.” !",
        "Hat „Reply STOP“ mit „Gefällt mir“ markiert stop",
        "Liked an image. Reply STOP",
        'Liked \u2018Lakeside: the "flu" clinic is open. Stop texting? Reply STOP\u2019',
        "Liked 'Want offers? Reply \"DEALS\" or YES'",
    ],
)
def test_a_quote_without_a_plain_end_is_a_quote_to_the_end(text: str) -> None:
    """One that was cut off, or behind which the phone's own words go on, revokes nothing."""
    assert read_revocation(text) is None
    assert read(text).author is Author.REACTION


@pytest.mark.parametrize("own", ["YES", "C", "START", "see you then", "1"])
@pytest.mark.parametrize("awaiting", list(Awaiting))
def test_words_behind_a_quote_grant_and_confirm_nothing(own: str, awaiting: Awaiting) -> None:
    """Where a quote ends is not always plain: an inch mark looks like its end."""
    for quote in ("Loved \u201cSee you Tue\u201d ", 'Liked "Your 5" cast comes off. Reply '):
        reading = read(f"{quote}{own}", awaiting=awaiting, prompt="Reply 1 to confirm, C to stay")

        assert (reading.author, reading.intent) == (Author.PERSON, Intent.OTHER)
        assert reading.revocation is None


OURS = "Lakeside Family Medicine: Ana, see you Tue Dec 1 at 2:30 PM. Reply STOP to opt out."


@pytest.mark.parametrize("word", ["STOP", "unsubscribe", "CANCEL", "ALTO", "ARRET", "STOP!"])
@pytest.mark.parametrize(
    ("frame", "certainty"),
    [
        ("{word}\n> {ours}", Certainty.CERTAIN),
        ("> {ours}\n{word}", Certainty.CERTAIN),
        ("{word}\n\n{ours}", Certainty.UNSURE),
        ("{ours}\n{word}", Certainty.UNSURE),
        ('"{ours}" {word}', Certainty.UNSURE),
        ("{word}. I'm driving right now, I'll respond later", Certainty.UNSURE),
        ("The mailbox is full. {word}", Certainty.UNSURE),
    ],
)
def test_a_stop_beside_a_quote_of_ours_is_heard(
    word: str, frame: str, certainty: Certainty
) -> None:
    """A keyword above or below our own text, or a robot's, is a person's wish."""
    text = frame.format(word=word, ours=OURS)
    revocation, reading = read_revocation(text), read(text)

    assert revocation is not None
    assert (revocation.certainty, reading.revocation) == (certainty, revocation)
    assert text[revocation.start : revocation.end].strip("\n .!") == word.strip("!")
    assert (reading.author, reading.intent) == (Author.PERSON, Intent.OPT_OUT)


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("This number does not accept texts. Stop texting me.", Certainty.UNSURE),
        ("Auto-reply: I am away. Please don't text me while I drive", None),
        ("You asked us to stop billing texts. Done. Reply STOP to opt out of all of these.", None),
        ("Bob's Pizza: two for the price of one, today only! Txt STOP to end. STOP to end", None),
        ("Auto-reply: away. Auto-reply: stop", None),
    ],
)
def test_a_wish_in_a_sentence_beside_a_robots(text: str, heard: Certainty | None) -> None:
    """It counts where somebody speaks of themselves, as robots do not."""
    revocation = read_revocation(text)

    assert (revocation and revocation.certainty) == heard
    assert read(text).revocation == revocation


@pytest.mark.parametrize("answer", ["no", "C", "what time?", "YES"])
def test_an_answer_above_a_quote_goes_to_a_person(answer: str) -> None:
    """It is no robot's, and where a quote ends is not always plain, so it grants nothing."""
    for awaiting in Awaiting:
        reading = read(f"{answer}\n> {OURS}", awaiting=awaiting, prompt="Reply C to confirm")

        assert (reading.author, reading.intent) == (Author.PERSON, Intent.OTHER)
        assert (reading.revocation, reading.assent) == (None, None)
    assert read(f"> {OURS}").author is Author.ROBOT


@pytest.mark.parametrize(
    "text",
    [
        "I'm driving to the ER with chest pain. I'll call when I get there",
        "I'm out of the office, can't breathe, please contact my wife",
        "The mailbox is full. I took all my pills and want to die",
        "The mailbox is full. If you can, come. Dad isn't breathing",
        "I'm out of the office, dad collapsed, call 911, please contact my wife",
        "I can't breathe. I'm driving right now. If this is urgent, reply urgent",
    ],
)
def test_danger_in_words_that_robots_use_is_heard(text: str) -> None:
    """Whoever tells of danger is a person, whatever else the text looks like."""
    reading = read(f"{text}. STOP")

    assert author_of(hear(text)) is not None
    assert (reading.author, reading.intent) == (Author.PERSON, Intent.EMERGENCY)
    assert reading.rule.startswith("emergency:")
    assert text[reading.start : reading.end].strip()
    assert reading.revocation is not None


@pytest.mark.parametrize(
    "text",
    [
        "We are closed. If you have chest pain call 911. We'll get back to you",
        "Out of office until Monday. For emergencies call 911",
        "Respuesta autom\u00e1tica: si tiene dolor de pecho o no puede respirar llame al 911",
        "Respuesta autom\u00e1tica: dolor de pecho? llame al 911",
        "I'm driving right now, I'll respond later, if this is an emergency call 911",
        "Auto-reply: our office is closed. Chest pain? Call 911.",
        "Auto-reply: if someone is not breathing call 911",
        "Auto-reply: Call 988 if feeling suicidal.",
        "Auto-reply: Life-threatening emergencies: 911. Suicide hotline: 988",
        "This mailbox is not monitored. Patients with chest pain should call 911.",
        "This number is not monitored. For urgent help dial 911.",
        "This inbox is not monitored. Anyone experiencing suicidal thoughts should call 988.",
    ],
)
def test_advice_of_a_robot_is_no_emergency(text: str) -> None:
    """What an answering machine tells whoever reads it to do."""
    assert (read(text).author, read(text).intent) == (Author.ROBOT, Intent.OTHER)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("no\n> {ours}\nSTOP", Intent.OPT_OUT),
        ("> {ours}\nSTOP\n> so it goes on\nthanks", Intent.OPT_OUT),
        ("STOP\n> {ours}\nI have chest pain", Intent.EMERGENCY),
        ("> {ours}\nok\n> so it goes on\nwrong number", Intent.WRONG_NUMBER),
    ],
)
def test_all_that_stands_around_quoted_lines_is_read(text: str, intent: Intent) -> None:
    """What is urgent leads wherever it stands, and a stop stands in the reading beside it."""
    text = text.format(ours=OURS)
    reading, revocation = read(text), read_revocation(text)

    assert (reading.author, reading.intent) == (Author.PERSON, intent)
    assert reading.revocation == revocation
    assert (revocation is None) is ("STOP" not in text.replace(OURS, ""))
