"""Whether a text asks for no more texts, and which."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms.consent import Category
from compliant_sms.contact import MissedCalls
from compliant_sms.errors import ConfigurationError
from compliant_sms.optout import Awaiting, Certainty, Intent, read, read_revocation
from compliant_sms.optout._heard import hear
from compliant_sms.optout._revocation import find_revocation
from compliant_sms.optout._revocation_rules import Says, rulebook
from compliant_sms.phrases import parse, search
from compliant_sms.practice import Practice
from compliant_sms.templates import opt_out_line
from growth import shortest, within

DATA = Path(__file__).parent / "data"
VECTORS = [
    json.loads(line) for line in (DATA / "inbound-vectors.jsonl").read_text("utf-8").splitlines()
]
INTENTS = [row for row in VECTORS if row["rule"] == "inbound_intent"]


def lines(name: str) -> list[str]:
    rows = (DATA / name).read_text("utf-8").splitlines()
    return [row for row in rows if not row.startswith("#")]


def test_revokes() -> None:
    """A text that asks for no more texts is found, whatever its words."""
    assert [text for text in lines("revocations.txt") if read_revocation(text) is None] == []


def test_does_not_revoke() -> None:
    """A text that only shares words with such a wish is left alone."""
    assert [text for text in lines("no-revocations.txt") if read_revocation(text)] == []


@pytest.mark.parametrize("prompt", ["", "Reply C to confirm.", "Reply 1 to confirm."])
def test_an_answer_does_not_hide_a_revocation(prompt: str) -> None:
    """Who confirms and asks for no more texts does both, whether we asked or not."""
    texts = lines("answers-with-revocations.txt")
    passed_over = [
        text
        for text in texts
        for awaiting in (None, Awaiting.CONFIRM)
        if read(text, awaiting=awaiting, prompt=prompt).revocation is None
    ]

    assert len(texts) > 140
    assert passed_over == []


def test_no_danger() -> None:
    """A text that only shares words with danger alarms nobody."""
    texts = lines("no-emergencies.txt")

    assert [text for text in texts if read(text).intent is Intent.EMERGENCY] == []


@pytest.mark.parametrize("row", INTENTS, ids=lambda row: row["id"])
def test_vectors(row: dict[str, dict[str, str]]) -> None:
    """The rule vectors' opt-outs are found, and nothing else."""
    assert (row["expect"]["reason"] == "opt_out_detected") is (
        read_revocation(row["given"]["body"]) is not None
    )


@pytest.mark.parametrize(
    "text",
    [
        *["dejen de mandarme mensajes", "no me escriban más", "quítenme de la lista", "Baja"],
        *["ya no quiero recibir textos", "alto por favor", "quiero salir de la lista", "no más"],
        *["arrêtez de m'écrire", "ne m'envoyez plus de textos svp", "retirez mon numéro"],
        *["désabonnez-moi", "plus de messages s'il vous plaît", "laissez-moi tranquille"],
        *["xin đừng nhắn tin cho tôi nữa", "ngung nhan tin", "xóa số của tôi", "DỪNG"],
        *["请停止发送短信", "別再傳訊息給我", "把我的号码从名单上删掉", "退订", "停"],
        *["huwag na kayong mag-text", "tama na po ang text", "paki tanggal ang number ko"],
        *["не пишите мне больше", "удалите мой номер", "СТОП", "문자 보내지 마세요", "수신거부"],
        *["não quero mais receber mensagens", "me tire da lista", "Sair", "pa voye mesaj ankò"],
        *["retire nimewo m nan lis la", "توقفوا عن إرسال الرسائل", "احذفوا رقمي"],
        *["मुझे मैसेज मत भेजो", "मेरा नंबर हटा दो"],
    ],
)
def test_revokes_in_other_languages(text: str) -> None:
    """The same wish in the other languages is found."""
    assert read_revocation(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        *["no puedo dejar de toser", "quiero cancelar mi cita", "no me llegó el mensaje"],
        *["no dejen de mandarme recordatorios", "¿debo dejar de tomar la metformina?"],
        *["se me baja la presión", "¿a qué hora paran de atender?", "el fin de semana"],
        *["j'ai besoin d'un arrêt de travail", "dois-je arrêter le traitement ?"],
        *["je n'ai pas reçu le message", "annulez mon rdv", "tôi muốn hủy lịch hẹn"],
        *["khi nào ngừng uống thuốc", "取消预约", "手术前要停药吗？", "我没收到短信", "停车场"],
        *["kailan ako titigil sa gamot", "hindi ko natanggap ang text", "отмените запись"],
        *["когда прекратить принимать таблетки", "약을 끊어도 되나요", "posso parar o remédio"],
        *["anile randevou mwen", "متى أتوقف عن الدواء", "لم تصل الرسالة"],
    ],
)
def test_does_not_revoke_in_other_languages(text: str) -> None:
    """Words of stopping that are about something else are left alone there, too."""
    assert read_revocation(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *["how do I stop these texts", "can i unsubscribe", "go away", "too many texts"],
        *["please don't text after 9pm", "stop texting me at work", "I didn't sign up for this"],
        *["Unsubscribe me from your emails", "Text STOP to opt out", "cancel please", "Shop"],
        *["no more", "I moved out of state", "\U0001f6d1", "✋✋✋", "why do you keep texting me"],
    ],
)
def test_unsure(text: str) -> None:
    """What may be a wish to stop, and may not, is told as unsure: never ignored."""
    found = read_revocation(text)

    assert found is not None
    assert found.certainty is Certainty.UNSURE


@pytest.mark.parametrize(
    "text",
    [
        *["please don't text me, call instead", "do not text me, phone is better"],
        *["I've asked you three times to stop", "no longer want to get your texts"],
    ],
)
def test_certain(text: str) -> None:
    """An order or a plain refusal is certain, whatever way it names instead."""
    found = read_revocation(text)

    assert found is not None
    assert found.certainty is Certainty.CERTAIN


@pytest.mark.parametrize("text", ["I want to be left alone", "I no longer wish to receive them"])
def test_no_texts_named(text: str) -> None:
    """A refusal that names no texts stops them, but is not sure."""
    found = read_revocation(text)

    assert found is not None
    assert found.certainty is Certainty.UNSURE


@pytest.mark.parametrize("text", ["I want nothing from you by text", "get none of it by text"])
def test_a_refusal_is_no_consent(text: str) -> None:
    """Texts that are named only to turn them down are not asked for."""
    assert read(text).intent is not Intent.OPT_IN


@pytest.mark.parametrize("text", ["pass", "I'd rather not", "don't need it", "fewer please"])
def test_what_may_be_an_answer(text: str) -> None:
    """A refusal of nothing in particular may mean the texts, unless it answers a question."""
    alone = read_revocation(text)

    assert alone is not None
    assert alone.certainty is Certainty.UNSURE
    assert read_revocation(text, awaiting=Awaiting.CONFIRM) is None


@pytest.mark.parametrize(
    ("text", "categories"),
    [
        ("stop the marketing texts", {Category.PROMOTIONS}),
        ("no more surveys", {Category.SURVEYS}),
        ("Stop billing texts, i pay by mail", {Category.BILLING}),
        ("quit asking me to rate my visit", {Category.SURVEYS}),
        ("I get my refill reminders from the pharmacy, you can stop those", {Category.CARE}),
        ("ya no me manden ofertas", {Category.PROMOTIONS}),
        ("stop texting me about the parking lot", set()),
        ("can you text me less", set()),
        ("Only text me about appointments", set(Category) - {Category.APPOINTMENTS}),
        ("stop the texts but keep my appointment reminders", set(Category) - {"appointments"}),
        ("take me off, the important messages are fine", set()),
    ],
)
def test_limited(text: str, categories: set[Category]) -> None:
    """Words that name a kind of text limit the revocation to it."""
    found = read_revocation(text)

    assert found is not None
    assert (True, categories) == (found.limited, found.categories)


@pytest.mark.parametrize(
    "text",
    [
        *["STOP", "stop texting me", "no more reminders please", "Turn off text reminders"],
        *["stop sending reminders, I already paid my bill", "take me off the list"],
        *["stop texting me. No more promos", "remove my number"],
        "i have to take care of my mother. you send too many texts, stop sending them",
    ],
)
def test_unlimited(text: str) -> None:
    """Without a limit everything stops."""
    found = read_revocation(text)

    assert found is not None
    assert (False, frozenset()) == (found.limited, found.categories)


@pytest.mark.parametrize(
    ("text", "limited", "categories"),
    [
        ("all of them", False, set()),
        ("the lot", False, set()),
        ("1", False, set()),
        ("todos", False, set()),
        ("no texts at all", False, set()),
        ("just the promos", True, {Category.PROMOTIONS}),
        ("just the vaccine clinic ones", True, {Category.CARE}),
        ("2", True, {Category.PROMOTIONS}),
        ("surveys and offers", True, {Category.SURVEYS, Category.PROMOTIONS}),
        ("keep reminders", True, set(Category) - {Category.APPOINTMENTS}),
        ("not the appointment reminders", True, set(Category) - {Category.APPOINTMENTS}),
        ("everything but my lab results", True, set(Category) - {Category.CARE}),
    ],
)
def test_answers_about_scope(text: str, limited: bool, categories: set[Category]) -> None:  # noqa: FBT001
    """After the question which texts shall stop, a short answer settles it."""
    found = read_revocation(text, awaiting=Awaiting.SCOPE)

    assert found is not None
    assert (limited, categories) == (found.limited, found.categories)


@pytest.mark.parametrize(
    "text", ["ok thanks", "what do you mean", "my appointment is Friday", "I have a test today"]
)
def test_no_answer_about_scope(text: str) -> None:
    """Anything else is no answer to it."""
    assert read_revocation(text, awaiting=Awaiting.SCOPE) is None


@pytest.mark.parametrize("text", ["nope", "Decline", "not right now", "no gracias", "non"])
def test_refused_invitation(text: str) -> None:
    """Turning down an invitation counts after one, and only then."""
    assert read_revocation(text, awaiting=Awaiting.OPT_IN) is not None
    assert read_revocation(text, awaiting=Awaiting.CONFIRM) is None


@pytest.mark.parametrize("text", ["yes", "no problem, sign me up", "who is this", "not sure"])
def test_no_refusal(text: str) -> None:
    """Other answers to an invitation turn nothing down."""
    assert read_revocation(text, awaiting=Awaiting.OPT_IN) is None


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Yes, see you. Please STOP texting me!", "STOP texting"),
        ("thanks &amp; ＴＡＫＥ me off the list", "ＴＡＫＥ me off the list"),
        ("wrong number, s.t.o.p texting me", "s.t.o.p texting"),
        ("I'm Ana.\u200b Quit messaging me", "Quit messaging"),
    ],
)
def test_place(text: str, part: str) -> None:
    """Offsets are those of the text as given."""
    found = read_revocation(text)

    assert found is not None
    assert part == text[found.start : found.end]


def test_an_emergency_that_revokes_is_told_as_both() -> None:
    """The wish is found whatever else a text says."""
    assert read_revocation("stop texting me, I won't be alive tomorrow anyway") is not None


FOOTERS = [
    "Reply STOP to opt out",
    "Text STOP to end",
    "Reply STOP to unsubscribe, HELP for help",
    "Text END to quit these alerts",
    "STOP to end",
]
FRAMES = [
    "Liked “{}”",
    "Laughed at “Your visit is at 3. {}”",
    "\U0001f44d to “ Lakeview Eye: results ready. {} ”",
    "Auto-reply: I am away. {}",
    "Thanks for contacting Fern & Bloom! We'll reply shortly. {}",
    "“{}” what does that mean",
    "what happens if I do this: {}",
    "I see {} on each text, is my visit still on Tuesday?",
]


@given(st.sampled_from(FOOTERS), st.sampled_from(FRAMES))
def test_quoting_our_footer_never_opts_out(footer: str, frame: str) -> None:
    """The opt-out line of our own texts, quoted, is not the writer's wish."""
    assert read_revocation(frame.format(footer)) is None


PRACTICE = Practice(
    name="Lakeside", phone="+1 217 555 0100", time_zone="America/Chicago", state="IL", id="lakeside"
)
OWN = [
    *[f"Lakeside: 9 AM. {opt_out_line(language)}" for language in ("en", "es", "fr")],
    *[MissedCalls().body(PRACTICE, language) for language in ("en", "es", "fr")],
    "Lakeside, demain 9 h. Repondez 'STOP' pour vous desabonner",
    "Lakeside, demain 9 h. Envoyez STOP pour arreter nos rappels",
]


@pytest.mark.parametrize(
    "answer", ["> {}\nC", "{} ok", "« {} » c'est vous ?", "{} thanks, see you"]
)
@pytest.mark.parametrize("own", OWN)
def test_quoting_our_own_words_never_opts_out(own: str, answer: str) -> None:
    """What the library itself writes of STOP may stand in an answer, in each of its languages."""
    assert read_revocation(answer.format(own)) is None


@pytest.mark.parametrize("line", [opt_out_line(language) for language in ("en", "es", "fr")])
def test_our_line_and_nothing_else_may_opt_out(line: str) -> None:
    """Who copies the instruction most likely follows it."""
    assert read_revocation(line) is not None


def test_own_words_beside_a_quote_count() -> None:
    """A person who quotes our line and adds a wish is read by the wish."""
    assert read_revocation("“Reply STOP to opt out” ok so take me off your list") is not None


AROUND = st.text(
    st.sampled_from("  \n\t.,!;:-_*()[]\"'“”«»¿¡…🛑🙏👍✋❤\ufe0f\u200d\u200b\ufeff"), max_size=20
)
PHRASES = ["stop texting me", "take me off your list", "unsubscribe", "no more texts"]
INSIDE = st.sampled_from(["", "\u200b", "\xad", "\u2060", "\ufeff"])


@given(st.sampled_from(PHRASES), st.sampled_from([str.upper, str.title]), AROUND, AROUND, INSIDE)
def test_dress(phrase: str, case: object, before: str, after: str, inside: str) -> None:
    """Case, punctuation, blanks, emoji and invisible characters change nothing."""
    assert callable(case)
    text = before + inside.join(case(phrase)) + after

    assert read_revocation(text) is not None


@given(st.sampled_from(["ok", "thanks", "see you then", "my visit"]), AROUND, AROUND)
def test_dress_adds_nothing(text: str, before: str, after: str) -> None:
    """Nor do they make a wish of what is none, signs of stopping aside."""
    plain = (before + after).translate(dict.fromkeys(map(ord, "🛑✋")))

    assert read_revocation(text + plain) is None


@given(st.text(st.characters()), st.sampled_from([None, *Awaiting]))
def test_any_text(body: str, awaiting: Awaiting | None) -> None:
    """Any text, valid Unicode or not, is read without an error, and places lie within it."""
    found = read_revocation(body, awaiting=awaiting)

    assert found is None or 0 <= found.start <= found.end <= len(body)


def test_find_is_what_read_uses() -> None:
    """The text as heard is read alike."""
    assert read_revocation("stop texting me") == find_revocation(hear("stop texting me"))


HOSTILE = [
    "stop ",
    "don't text ",
    "take me off ",
    "if i text stop ",
    "no more ",
    "&amp;",
    "s t o p ",
    f"burahin {'a' * 72} ",
    "why are you guys still texting me ",
]


@pytest.mark.parametrize("part", HOSTILE)
def test_hostile_length(part: str) -> None:
    """Four times the text takes no more than about four times as long."""
    read_revocation(part * 2_000)

    bound = 16 * shortest(lambda: read_revocation(part * 2_000))
    assert within(bound, lambda: read_revocation(part * 8_000))


def test_every_rule_compiles_and_is_told_by_language() -> None:
    """No packaged rule is broken, and each has a name."""
    book = rulebook()
    for rule in book.languages:
        assert rule.finder.pattern
        assert rule.exception is None or rule.exception.pattern
        assert book.name(rule).startswith("phrase:")


def test_damaged_phrases() -> None:
    """A phrase that says what there is not is refused by file and row."""
    document = (
        'version = "2026.11"\nfunction_words = ""\n[groups]\n'
        '[[phrase]]\nid = "x"\nsays = "shouts"\nwords = "x"\nwhy = "x"\n'
    )

    with pytest.raises(ConfigurationError, match=r"x\.toml, phrase 1"):
        parse({"x.toml": document}, Says)


def test_rules_of_one_id_are_told_in_one_order() -> None:
    """Two languages know the word: which of them is named does not depend on which comes first."""
    words = {"marketing"}
    called = list(rulebook().others[Says.KIND].rules_for(words))
    found = search("marketing", called, words)

    assert len({one.rule.file for one in found if one.start == 0}) > 1
    assert search("marketing", called[::-1], words) == found


@pytest.mark.parametrize(
    ("text", "certainty"),
    [
        ("Please opt me out of the patient directory", Certainty.UNSURE),
        ("take me off the surgery list", Certainty.UNSURE),
        ("opt me out of the texting directory", Certainty.CERTAIN),
        ("remove me from text messages from the surgery list", Certainty.CERTAIN),
    ],
)
def test_who_wants_out_of_a_directory_is_asked_about(text: str, certainty: Certainty) -> None:
    """It may be that of patients in a hospital (45 CFR 164.510(a)), which is no matter of texts."""
    found = read_revocation(text)

    assert found is not None
    assert found.certainty is certainty
