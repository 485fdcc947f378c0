"""What asks for no more texts by the order of its words' classes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms.errors import ConfigurationError
from compliant_sms.optout import Awaiting, Certainty, _revocation_forms, read_revocation
from compliant_sms.optout._heard import hear
from compliant_sms.optout._revocation_forms import formed, may_be_formed
from compliant_sms.optout._revocation_grammar import _parse, grammar
from compliant_sms.optout._revocation_rules import rulebook
from growth import shortest, within
from test_revocation_phrases import lines

MINIMAL = """
slips = "stop"
joined = "stop"
ordinary = "shop"
footers = "sent from"
[classes]
fill = "please"
stop = "stop"
[[form]]
id = "x"
says = "certain"
calls = "stop"
pattern = "^ gap* stop $"
why = "x"
"""


def test_any_word_is_no_alternative() -> None:
    """The name "any" stands for every word, so among others it would match them all."""
    forms = {form for forms in grammar().calls.forms.values() for form in forms}

    assert [form.rule.id for form in forms if re.search(r"[(|]any[|)]", form.pattern)] == []


@pytest.mark.parametrize("text", lines("limited-revocations.txt"))
def test_limited(text: str) -> None:
    """A text that asks for an end of one kind of text is limited to it."""
    revocation = read_revocation(text)

    assert revocation is not None
    assert revocation.limited


@pytest.mark.parametrize(
    "text",
    [
        "stop mensajes porfavor",
        "stop Sent via TELUS webmail",
        "quit please ma'am",
        "unsubsribed plz",
        "zstop",
        "ssttoopp",
        "stopthese pls",
        "wants off the text list",
        "opt me outta this",
        "My consent to be texted is withdrawn",
        "forget you ever had this number",
        "I'd rather not hear from you by phone again",
        "stop Mrs Henderson 82 yrs old",
        "stop 206-555-0134",
        "erase my son's number",
    ],
)
def test_form(text: str) -> None:
    """A form is found in words that no phrase lists, and names itself."""
    (first, *_) = formed(hear(text), hear(text).text)
    revocation = read_revocation(text)

    assert revocation is not None
    assert revocation.certainty is Certainty.CERTAIN
    assert rulebook().name(first.rule) == f"grammar:{first.rule.id}"


@pytest.mark.parametrize(
    "text",
    [
        "um, stop?",
        "want out",
        "dont",
        "weekly would be enough",
        "another one??",
        "annoying",
        "mute me",
        "please block my number",
        "last text please",
        "can you stop until next month",
        "pause for a while",
        "\U0001f507",
    ],
)
def test_doubtful(text: str) -> None:
    """A short text that may be a wish to stop is one, and unsure."""
    revocation = read_revocation(text)

    assert revocation is not None
    assert revocation.certainty is Certainty.UNSURE


@pytest.mark.parametrize(
    "text",
    [
        "I forgot to mute my phone",
        "please silence your phone",
        "can you mute me?",
        "last time",
        "can I stop for a few days",
        "stop until better",
        "can you hold my spot until friday",
    ],
)
def test_something_else(text: str) -> None:
    """The same words about something else stop nothing."""
    assert read_revocation(text) is None


@pytest.mark.parametrize("awaiting", list(Awaiting))
@pytest.mark.parametrize("text", ["\U0001f507", "last text please", "pause for a while"])
def test_an_answer_to_a_question(text: str, awaiting: Awaiting) -> None:
    """What may be a wish to stop by itself is none where something was asked."""
    assert read_revocation(text, awaiting=awaiting) is None


@pytest.mark.parametrize("word", ["shop", "quiet", "remote", "stopover", "cancer", "step"])
def test_ordinary_words_are_no_slips(word: str) -> None:
    """A word of its own that is one letter away from a keyword is not taken for it by a form."""
    heard = hear(word)

    assert formed(heard, heard.text) == []
    assert not may_be_formed(heard)


@given(
    st.lists(st.sampled_from(["please", "ok", "thanks", "hey", "sir", "now", "!", "..."])),
    st.sampled_from(["stop", "unsubscribe", "optout", "quit"]),
    st.lists(st.sampled_from(["please", "thx", "ma'am", "bro", "now", "!", ".", "😡"])),
)
def test_courtesies_change_nothing(before: list[str], word: str, after: list[str]) -> None:
    """A stop word stays one among a few courtesies."""
    assert read_revocation(" ".join([*before[:4], word, *after[:4]])) is not None


@given(st.text(st.characters(max_codepoint=127) | st.sampled_from("a'1_ \n"), max_size=60))
def test_words_are_the_same_in_the_letters_of_ascii(text: str) -> None:
    """The quick way to part a text, which those in ASCII take, parts it as the other does."""
    quick, usual = (
        [match.span() for match in token.finditer(text)]
        for token in (_revocation_forms._ASCII_TOKEN, _revocation_forms._TOKEN)
    )

    assert quick == usual


@given(st.text(st.sampled_from("stop off want text no more ,.?🛑'") | st.characters(), max_size=80))
def test_found_within_the_text(body: str) -> None:
    """Whatever is found has a place in the text."""
    heard = hear(body)

    for one in formed(heard, heard.text):
        assert 0 <= one.start < one.end <= len(heard.text)


@pytest.mark.parametrize(
    "part",
    [
        "please ok now ",
        "want to be me off ",
        "forget you ever had ",
        "consent not ",
        "no more other ",
        "text, no ",
        "sent from ",
        "s*op ",
    ],
)
def test_hostile_length(part: str) -> None:
    """Four times the text takes no more than about four times as long."""
    whole = 3_600 // len(part)
    read_revocation(part * whole)

    bound = 16 * shortest(lambda: read_revocation(part * (whole // 4))) + 1e-3
    assert within(bound, lambda: read_revocation(part * whole))


def test_packaged_forms_have_names() -> None:
    """Every packaged form can be found by a word of it."""
    packaged = grammar()
    forms = {form for forms in packaged.calls.forms.values() for form in forms}

    assert all(form.rule.why and form.finder.pattern for form in forms)
    assert packaged.long.words <= packaged.calls.words


def test_parsed() -> None:
    """A grammar is its classes, forms and slips."""
    parsed = _parse(MINIMAL)

    assert set(parsed.calls.words) == {"stop"}
    assert parsed.slips["stp"] == ("stop",)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("[classes", "not valid TOML"),
        ("", "form|classes"),
        (MINIMAL.replace('says = "certain"', 'says = "shouts"'), "shouts"),
        (MINIMAL.replace("gap* stop $", "( stop $"), r"grammar\.toml"),
        (MINIMAL.replace('id = "x"', "id = 1"), r"grammar\.toml"),
    ],
)
def test_damaged(document: str, reason: str) -> None:
    """A damaged file of forms is refused."""
    with pytest.raises(ConfigurationError, match=reason):
        _parse(document)


def test_a_full_table_of_words_still_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not kept any more is looked up each time: memory has a bound, and reading none."""
    words = ["stop", "texting", "anything"]
    kept = _revocation_forms._Signs()
    expected = [kept[word] for word in words]
    monkeypatch.setattr(_revocation_forms, "_MOST_KEPT", 0)
    full = _revocation_forms._Signs()
    assert [full[word] for word in words] == expected
    assert not full


@pytest.mark.parametrize(
    ("text", "certainty"),
    [
        ("Stop! I'm so happy", Certainty.UNSURE),
        ("STOP I'm so happy!!", Certainty.UNSURE),
        ("omg stop! I'm so excited for you", Certainty.UNSURE),
        ("stop it, that's amazing", Certainty.UNSURE),
        ("Stop! I can't believe it", Certainty.UNSURE),
        ("Stop! I'm so happy \U0001f60d", Certainty.UNSURE),
        ("Stop!", Certainty.CERTAIN),
        ("Stop! I'm so tired of these texts", Certainty.CERTAIN),
        ("Stop! I'm so happy to be done with you", Certainty.CERTAIN),
        ("Stop! I can't believe this is still going on", Certainty.CERTAIN),
        ("Stop! I'm so happy. Stop texting me", Certainty.CERTAIN),
        ("Stop texting me, I'm so happy without you", Certainty.CERTAIN),
    ],
)
def test_an_outcry_of_delight_is_doubtful(text: str, certainty: Certainty) -> None:
    """Texts stop all the same, and a person looks at it; what is said of texts decides."""
    found = read_revocation(text)
    assert found is not None
    assert found.certainty is certainty


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("2175550134", "phone"),
        ("24", "number"),
        ("\U0001f6d1", "sign"),
        ("?", "asks"),
        ("office's", "whose"),
        (".", "ends"),
        ("hippopotamus", "other"),
        (",", "mark"),
    ],
)
def test_what_a_word_of_no_list_counts_as(word: str, kind: str) -> None:
    """Each word counts as something by its look, whatever this process has read before."""
    assert _revocation_forms._kind(word) == kind
