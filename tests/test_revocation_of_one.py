"""A wish about one of the persons that a number is told of: everything stops, and a person reads.

Whose texts shall go on is not for a machine to guess: the names of people are any word.
"""

from __future__ import annotations

import pytest

from compliant_sms.consent import Category
from compliant_sms.optout import Certainty, Intent, Revocation, read, read_revocation

NAMES = ("Mia", "leo", "Xóchitl", "Anh")


def waits_for_a_person(found: Revocation | None) -> bool:
    """Whether texts stop, and what shall go on is asked or read by a person."""
    if found is None:
        return False
    return found.certainty is Certainty.UNSURE or (found.limited and not found.categories)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "text",
    [
        *["stop {} only", "Stop for {}", "stop for {} but keep Sam", "only stop for {} please"],
        *["can you please stop just {}", "stop for our daughter {}, keep Sam's"],
        *["take {} off but leave Sam on", "unsubscribe {} but keep Sam", "stop about {} only"],
        *["stop texts for {}, keep texts for Sam", "Please stop the messages for Sam but not {}"],
        *["stop texting me but keep texting {}", "Paren solo los de mi hija {}, no los de Sam"],
        *["Ya no manden mensajes de {}, pero sí de Sam", "paren para mi hijo {} solamente"],
        *[
            "stop texts for {}",
            "Stop {}'s texts",
            "stop the texts for {} please",
            "no texts for {}",
        ],
        *["no more reminders for {}.", "stop all texts for {} Lopez", "stop texts for {} only"],
        *["please stop the messages for {}, she moved", "stop texts for my daughter {}"],
        *["stop sending {}'s reminders", "stop text messages for {} thanks", "stop texts to {}"],
        *["Deja de mandar mensajes de {}", "ya no manden mensajes para mi hija {}"],
        *["no quiero mensajes para {} por favor", "arrêtez les messages pour {}"],
        *["plus de rappels pour mon fils {}"],
    ],
)
def test_a_wish_about_one_waits_for_a_person(text: str, name: str) -> None:
    """Nothing more goes out, and somebody asks for whom texts may go on."""
    assert waits_for_a_person(read_revocation(text.format(name)))


@pytest.mark.parametrize(
    "text",
    [
        *["stop for gas", "should I stop for coffee?", "I will stop by for Mia", "take it off"],
        *["Para mi hija", "Dejen para mañana", "can I take the bandage off", "keep Mia's visit"],
        *[
            "we had to stop for traffic, keep our spot",
            "he stopped by for Leo",
            "Se murió mi perro",
        ],
    ],
)
def test_what_only_shares_its_words_stops_nothing(text: str) -> None:
    """Whoever stops for gas wants their texts."""
    assert read_revocation(text) is None


@pytest.mark.parametrize(
    "text", ["stop texts, leave me alone", "stop texting and leave us alone please"]
)
def test_who_wants_to_be_left_alone_keeps_nothing(text: str) -> None:
    """To leave somebody alone names nobody whose texts go on."""
    found = read_revocation(text)

    assert found is not None
    assert (found.certainty, found.limited) == (Certainty.CERTAIN, False)


@pytest.mark.parametrize(
    "text",
    [
        *[
            "stop texts for good",
            "Stop texts for now",
            "stop texts for me",
            "no texts for us please",
        ],
        *["stop texts for the time being", "stop texts for two weeks", "no more texts for today"],
        *[
            "stop texts to my phone",
            "stop the messages for heaven's sake",
            "stop texts to this cell",
        ],
        *["stop texts for Pete's sake", "stop all messages of any kind", "stop texts for everyone"],
        *["stop texts for privacy reasons", "stop texts. let's text later", "stop today's texts"],
        *["no more texts for Mia. Unsubscribe me.", "stop texts for Mia, wrong number"],
        *[
            "no más mensajes para siempre",
            "ya no manden mensajes de texto",
            "dejen los mensajes ya",
        ],
        *[
            "no manden mensajes para mí",
            "ya no quiero mensajes de ustedes",
            "no más mensajes de nada",
        ],
        *["arrêtez les messages pour de bon", "arrêtez les sms pour l'instant", "plus de messages"],
    ],
)
def test_what_names_nobody_is_meant_for_all(text: str) -> None:
    """When, why and to whom say nothing of one person, and a second wish is for all."""
    found = read_revocation(text)

    assert found is not None
    assert not waits_for_a_person(found)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "text",
    [
        *["My daughter {} passed away last week", "{} has died", "my husband {} is deceased"],
        *["Mi hija {} falleció", "{} murió la semana pasada", "Lamentablemente {} ya falleció"],
    ],
)
def test_a_death_cancels_no_visit_by_itself(text: str, name: str) -> None:
    """The texts stop and a person reads: whose visits are over is theirs to say."""
    reading = read(text.format(name))

    assert reading.intent is Intent.OPT_OUT
    assert Intent.CANCEL_APPOINTMENT not in reading.also
    assert waits_for_a_person(reading.revocation)


@pytest.mark.parametrize(
    ("text", "stopped"),
    [
        ("stop the promo texts only", {Category.PROMOTIONS}),
        ("only stop the ads", {Category.PROMOTIONS}),
        ("turn off survey texts only", {Category.SURVEYS}),
        ("stop billing only", {Category.BILLING}),
    ],
)
def test_only_what_is_to_stop(text: str, stopped: set[Category]) -> None:
    """Beside a word that ends them, "only" names the texts that end and not those that go on."""
    found = read_revocation(text)

    assert found is not None
    assert (found.limited, found.categories) == (True, stopped)


@pytest.mark.parametrize(
    "text",
    ["please only reminders", "only text me for reminders", "Just reminders please, nothing else"],
)
def test_only_reminders_are_those_of_visits(text: str) -> None:
    """Whoever wants reminders only still gets those of their visits."""
    found = read_revocation(text)

    assert found is not None
    assert found.categories == frozenset(Category) - {Category.APPOINTMENTS}


def test_a_kind_of_text_is_named_beside_one() -> None:
    """What ends is sure then: the kind, for the number, whoever it was sent for."""
    found = read_revocation("stop promo texts for Mia")

    assert found is not None
    assert (found.certainty, found.categories) == (Certainty.CERTAIN, {Category.PROMOTIONS})
